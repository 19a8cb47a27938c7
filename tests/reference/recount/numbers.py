"""Rounding, and rates of a base."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from guerdon.program import nodes, types

ZERO = Fraction(0)


def whole_steps(value: Fraction, step: Fraction, mode: nodes.RoundMode) -> Fraction:
    """Rounded by size, whatever the sign."""
    steps = abs(value) / step
    below = Fraction(steps.numerator // steps.denominator)
    rest = steps - below
    up = {
        nodes.RoundMode.DOWN: False,
        nodes.RoundMode.UP: rest > 0,
        nodes.RoundMode.HALF_UP: rest >= Fraction(1, 2),
        nodes.RoundMode.HALF_EVEN: rest > Fraction(1, 2) or (rest == Fraction(1, 2) and below % 2 == 1),
    }[mode]
    size = (below + (1 if up else 0)) * step
    return size if value >= 0 else -size


def applied(rate: Any, base: Fraction) -> Fraction:
    """A rate or a percentage of a base; of one below zero, nothing."""
    if base <= 0:
        return ZERO
    if isinstance(rate, types.RateValue):
        times = base / rate.per
        return rate.give * (Fraction(times.numerator // times.denominator) if rate.full else times)
    return Fraction(rate * base)
