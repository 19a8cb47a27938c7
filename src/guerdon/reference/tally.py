"""What adds up day by day, and can be taken out again."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date
from fractions import Fraction
from typing import Any

from guerdon.reference.exact import ZERO


class Tally:
    """Values by day, in the order in which they came, with their running total, and which event each is of.

    Shape: what lies so far back that only windows without a beginning show it may be
    `forgotten`: how many values, and their sum.
    INVARIANT: days never go back; `totals[n]` is the exact sum of the first n values
    that are quantities or numbers.
    """

    __slots__ = ("days", "forgotten", "refs", "sum_forgotten", "totals", "values")

    def __init__(self) -> None:
        self.days: list[date] = []
        self.values: list[Any] = []
        self.refs: list[Any] = []
        self.totals: list[Fraction] = [ZERO]
        self.forgotten, self.sum_forgotten = 0, ZERO

    def add(self, day: date, value: Any, ref: Any = None) -> int:
        """Adds a value; one of an earlier day takes its place among the others. Its place."""
        place = len(self.days)
        if self.days and self.days[-1] > day:
            place = bisect_right(self.days, day)
        self.days.insert(place, day)
        self.values.insert(place, value)
        self.refs.insert(place, ref)
        self._total(place)
        return place

    def _total(self, first: int) -> None:
        """Reckons the running totals anew from a place on."""
        del self.totals[first + 1 :]
        for value in self.values[first:]:
            self.totals.append(self.totals[-1] + value if isinstance(value, Fraction) else self.totals[-1])

    def of(self, ref: Any, day: date) -> list[int]:
        """The places of an event's values, which are of a day."""
        return [place for place in range(*self.span(day)) if self.refs[place] == ref]

    def span(self, day: date) -> tuple[int, int]:
        """Where a day's values begin and end."""
        return bisect_left(self.days, day), bisect_right(self.days, day)

    def replace(self, place: int, value: Any) -> None:
        self.values[place] = value
        self._total(place)

    def drop(self, place: int) -> None:
        for values in (self.days, self.values, self.refs):
            del values[place]
        self._total(place)

    def reduce(self, ref: Any, day: date, by: Fraction) -> None:
        """Takes so much off an event's values; one of which nothing is left is gone."""
        for place in reversed(self.of(ref, day)):
            taken = max(min(by, self.values[place]), ZERO)  # what was taken by hand lies below it
            by -= taken
            if taken == self.values[place]:
                self.drop(place)
            elif taken:
                self.replace(place, self.values[place] - taken)

    def leave(self, ref: Any, day: date, most: Fraction) -> None:
        """Leaves no more than so much of an event's values."""
        held = sum((self.values[place] for place in self.of(ref, day)), ZERO)
        self.reduce(ref, day, max(held - most, ZERO))

    def places(self, bounds: tuple[date, date]) -> tuple[int, int]:
        """Where the values from the first day to before the second begin and end."""
        return bisect_left(self.days, bounds[0]), bisect_left(self.days, bounds[1])

    def within(self, bounds: tuple[date, date]) -> list[Any]:
        first, end = self.places(bounds)
        return self.values[first:end]

    def count(self, bounds: tuple[date, date]) -> int:
        first, end = self.places(bounds)
        return end - first + (self.forgotten if bounds[0] == date.min else 0)

    def total(self, bounds: tuple[date, date]) -> Fraction:
        first, end = self.places(bounds)
        return self.totals[end] - self.totals[first] + (self.sum_forgotten if bounds[0] == date.min else ZERO)

    def forget(self, first: date, since: date, summed: bool) -> None:
        """Lets go of values of days before one, and of the names of events, but for those since another.

        `summed`: the number and the sum of what is let go of stay.
        """
        self.refs = [ref if day >= since else None for ref, day in zip(self.refs, self.days, strict=True)]
        for place in reversed(range(bisect_left(self.days, first))):
            value = self.values[place]
            if self.refs[place] is not None:
                continue
            if summed:
                self.forgotten += 1
                self.sum_forgotten += value if isinstance(value, Fraction) else ZERO
            for values in (self.days, self.values, self.refs):
                del values[place]
        self._total(0)

    def gather(self) -> None:
        """Adds up what one after the other came on one day, of events that can't be undone."""
        days, values, refs = self.days, self.values, self.refs
        for place in reversed(range(1, len(days))):
            if days[place - 1] == days[place] and refs[place - 1] is refs[place] is None:
                values[place - 1] += values[place]
                for each in (days, values, refs):
                    del each[place]
        self._total(0)

    def first_day(self, bounds: tuple[date, date]) -> date | None:
        first, end = self.places(bounds)
        return self.days[first] if first < end else None

    def last_day(self, bounds: tuple[date, date]) -> date | None:
        first, end = self.places(bounds)
        return self.days[end - 1] if first < end else None
