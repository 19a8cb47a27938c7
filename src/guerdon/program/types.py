"""Types of values.

A quantity's type knows the grid that its values lie on (`step`): money in a field
lies on cents, half of it on half cents, an unknown share of it on no known grid. A
quantity whose grid is not its unit's own is *fractional*: it can't be awarded before
it is rounded. Grids make "nothing is left to round" a proof, not a guess.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

from guerdon.text.node import Node

Step = Fraction | None  # None: on no known grid


class Quantity(Node):
    """So much of a unit or a currency; every value is a whole multiple of `step`."""

    unit: str
    step: Step


class RateValue(Node):
    """`give` for every `per`; whole steps only where `full`."""

    give: Fraction
    per: Fraction
    full: bool


class Rate(Node):
    """So much of `unit` for so much of `per`: one of `values`."""

    unit: str
    per: str
    values: tuple[RateValue, ...]


class Number(Node):
    """A bare number; a whole number lies on step 1, a percent is meant to be applied."""

    step: Step
    percent: bool = False


class Text(Node):
    """Any text."""


class Choice(Node):
    """One of a closed list of words."""

    values: tuple[str, ...]


class YesNo(Node):
    """Yes or no."""


class Date(Node):
    """A day in the program's calendar."""


class Instant(Node):
    """A point in time."""


class Days(Node):
    """A number of days."""


class Months(Node):
    """A number of months."""


class Member(Node):
    """A reference to a member."""


class Tier(Node):
    """A tier of a ladder; tiers of one ladder compare."""

    ladder: str


class Lines(Node):
    """A list of lines, each a record."""

    record: str


class AmountOf(Node):
    """An amount of some unit, which another fact names; no expression reckons with it."""


class Optional(Node):
    """A value that may be missing."""

    of: Type


Type = (
    Quantity
    | Rate
    | Number
    | Text
    | Choice
    | YesNo
    | Date
    | Instant
    | Days
    | Months
    | Member
    | Tier
    | Lines
    | AmountOf
    | Optional
)

WHOLE = Number(Fraction(1))
NUMBER = Number(None)
PERCENT = Number(None, percent=True)


def common_step(left: Step, right: Step) -> Step:
    """The coarsest grid that holds both: the greatest common divisor."""
    if left is None or right is None:
        return None
    denominator = lcm(left.denominator, right.denominator)
    return Fraction(gcd(int(left * denominator), int(right * denominator)), denominator)


def scaled(step: Step, by: Fraction) -> Step:
    """The grid of values multiplied by a known number."""
    return None if step is None else abs(step * by)


def on_grid(step: Step, grid: Fraction) -> bool:
    """Whether every multiple of `step` is a multiple of `grid`."""
    return step is not None and (step / grid).denominator == 1
