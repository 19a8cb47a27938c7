"""The days of a history, some busier than others: a week and a year have their seasons."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

STEADY_WEEK, STEADY = (100,) * 7, (100,) * 12
DAY = 86_400
"""Seconds of a day; no day of a clock change is longer, since nothing happens at night."""


@dataclass(frozen=True)
class Season:
    """How busy each day of the week (from Monday) and each month is, in percent of a steady one, and when there is somebody about."""

    week: tuple[int, ...]
    year: tuple[int, ...] = STEADY
    opens: int = 8
    closes: int = 21

    def busy(self, day: date) -> int:
        """In thousandths of a steady day."""
        return self.week[day.weekday()] * self.year[day.month - 1] // 10


class Calendar:
    """Days by their number from the first, 0, and where in the season's time each of them lies.

    Units: the season's time runs in thousandths of a steady day, and slower on a quiet day than on a busy one: what waits for
    so much of it comes on busy days more often.
    """

    def __init__(self, first: date, months: int, season: Season) -> None:
        self.first = first
        self.count = (_later(first, months) - first).days
        self.season = season
        days = [first + timedelta(days=number) for number in range(self.count)]
        self._texts = [each.isoformat() for each in days]
        self._starts = [0, *accumulate(season.busy(each) for each in days)]

    def start(self, day: int) -> int:
        """Where a day begins in the season's time; one before the first begins with it."""
        return self._starts[max(day, 0)]

    def day(self, position: int) -> int | None:
        """The day at a place in the season's time; None behind the last."""
        found = bisect_right(self._starts, position) - 1
        return found if found < self.count else None

    def date(self, day: int) -> str:
        """As it is written; of any day, also one before the first or behind the last."""
        return self._texts[day] if 0 <= day < self.count else (self.first + timedelta(days=day)).isoformat()

    def time(self, moment: int) -> str:
        """A moment, in seconds from the start of day 0, as it is written on the clock."""
        day, second = divmod(moment, DAY)
        return f"{self.date(day)} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _later(day: date, months: int) -> date:
    """So many months later; of a shorter month its last day."""
    first, following = (_first_of_month(day, number) for number in (months, months + 1))
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


def _first_of_month(day: date, later: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + later, 12)
    return date(year, month + 1, 1)
