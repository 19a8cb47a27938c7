"""What is known of a member: everything that a rule may ask for."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from guerdon.history.event import Facts


class Tally:
    """Values by day, in the order in which they came, with their running total.

    INVARIANT: days never go back; `totals[n]` is the exact sum of the first n values
    that are quantities or numbers.
    """

    __slots__ = ("days", "totals", "values")

    def __init__(self) -> None:
        self.days: list[date] = []
        self.values: list[Any] = []
        self.totals: list[Fraction] = [Fraction(0)]

    def add(self, day: date, value: Any) -> None:
        assert not self.days or self.days[-1] <= day
        self.days.append(day)
        self.values.append(value)
        self.totals.append(self.totals[-1] + value if isinstance(value, Fraction) else self.totals[-1])

    def places(self, bounds: tuple[date, date]) -> tuple[int, int]:
        """Where the values from the first day to before the second begin and end."""
        return bisect_left(self.days, bounds[0]), bisect_left(self.days, bounds[1])

    def within(self, bounds: tuple[date, date]) -> list[Any]:
        first, end = self.places(bounds)
        return self.values[first:end]

    def count(self, bounds: tuple[date, date]) -> int:
        first, end = self.places(bounds)
        return end - first

    def total(self, bounds: tuple[date, date]) -> Fraction:
        first, end = self.places(bounds)
        return self.totals[end] - self.totals[first]

    def first_day(self, bounds: tuple[date, date]) -> date | None:
        first, end = self.places(bounds)
        return self.days[first] if first < end else None

    def last_day(self, bounds: tuple[date, date]) -> date | None:
        first, end = self.places(bounds)
        return self.days[end - 1] if first < end else None


@dataclass
class Held:
    """The rank of the tier held on a ladder, and the first day after its term (None: no end).

    `given`: held without having been reached; it is not taken away because the count
    is not there.
    """

    rank: int = 0
    ends: date | None = None
    given: bool = False


def _tallies() -> dict[Any, Tally]:
    return defaultdict(Tally)


@dataclass
class Member:
    """A member's state.

    Shape: `meters` by number; `earned` by unit, `earned_by` by rule; `limits` by rule,
    number of the limit and the facts it counts by; `bases` by rule that accumulates.
    """

    id: str
    facts: Facts
    day: date
    at: int
    held: dict[str, Held] = field(default_factory=dict)
    balances: dict[str, Fraction] = field(default_factory=dict)
    meters: dict[int, Tally] = field(default_factory=_tallies)
    earned: dict[str, Tally] = field(default_factory=_tallies)
    earned_by: dict[str, Tally] = field(default_factory=_tallies)
    limits: dict[tuple[object, ...], Tally] = field(default_factory=_tallies)
    bases: dict[str, Tally] = field(default_factory=_tallies)
