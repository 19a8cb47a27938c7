"""The number nearest to a fact's own with which something would have held, found by trying."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from guerdon.program import types
from guerdon.reference.rules import Verdict
from guerdon.study.explain.slots import Slot
from guerdon.study.explain.trying import Trials, Tried

_FINE = {False: Fraction(1, 100), True: Fraction(1, 1000)}
"""The grid of numbers that have none, and (True) of percents: a hundredth, and a tenth of a percent."""

GUESSES = 4
"""So many lines are drawn through two values before a number is given up."""
DOUBLINGS = 12


def nearest_number(
    trials: Trials,
    at: Tried,
    slot: Slot,
    held: Callable[[Verdict], bool],
    level: Callable[[Verdict], Fraction | None],
) -> Fraction | None:
    """The value of a fact, of those on its grid, nearest to its own with which something holds; None: none was found.

    Shape: `level` is zero where it begins to hold; where it is not known, greater values are tried. What lies between the
    fact's own value and the one that is found does not hold, as far as that was tried.
    """
    own = slot.own(at.event)
    if not isinstance(own, Fraction) or not isinstance(slot.type, types.Quantity | types.Number):
        return None
    step = slot.type.step or _FINE[isinstance(slot.type, types.Number) and slot.type.percent]

    def verdict(value: Fraction) -> Verdict | None:
        if value < 0:
            return None
        return trials.verdict(
            replace(at.event, facts={**at.event.facts, **slot.facts(at.event, value)}), at.earlier, at.between
        )

    def is_enough(value: Fraction) -> bool:
        found = verdict(value)
        return found is not None and held(found)

    for value in _guesses(own, step, at.verdict, verdict, level):
        if is_enough(value):
            return _tightened(own, value, step, is_enough)
    return None


def _guesses(
    own: Fraction,
    step: Fraction,
    now: Verdict,
    verdict: Callable[[Fraction], Verdict | None],
    level: Callable[[Verdict], Fraction | None],
) -> Iterator[Fraction]:
    """Where a line through two levels is zero, and a step beyond it; without levels twice as much, again and again."""
    was = level(now)
    if was is not None:
        yield from _along_lines(own, step, was, verdict, level)
    yield from (own + step * 2**power for power in range(DOUBLINGS))
    yield from (max(own, step) * 2**power for power in range(1, DOUBLINGS))


def _along_lines(
    own: Fraction,
    step: Fraction,
    was: Fraction,
    verdict: Callable[[Fraction], Verdict | None],
    level: Callable[[Verdict], Fraction | None],
) -> Iterator[Fraction]:
    """Where a line through two levels is zero, and a step beyond it."""
    value = _on_grid(own - was, own, step)
    for _ in range(GUESSES):
        value = value if value != own else own + step
        yield value
        yield value + (step if value > own else -step)
        found = verdict(value)
        then = level(found) if found is not None else None
        if then is None or then == was:
            return
        value = _on_grid(own - was * (value - own) / (then - was), own, step)
    yield own - step


def _on_grid(value: Fraction, own: Fraction, step: Fraction) -> Fraction:
    """The value on the grid that is no nearer to a fact's own."""
    steps = (value - own) / step
    return own + step * (ceil(steps) if steps > 0 else floor(steps))


def _tightened(own: Fraction, enough: Fraction, step: Fraction, is_enough: Callable[[Fraction], bool]) -> Fraction:
    """The same or a nearer value that is enough, halving what lies between; first the one beside it is tried."""
    sign = 1 if enough > own else -1
    low, high = 0, int(abs(enough - own) / step)
    middle = high - 1
    while high - low > 1:
        if is_enough(own + sign * middle * step):
            high = middle
        else:
            low = middle
        middle = (low + high) // 2
    return own + sign * high * step
