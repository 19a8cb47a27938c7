"""Time in a program: periods, windows, stretches and terms."""

from __future__ import annotations

from datetime import date, time
from enum import Enum

from guerdon.text.node import Node

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "Calendar",
    "Dates",
    "Duration",
    "Ever",
    "Hours",
    "Period",
    "Since",
    "Stretch",
    "Term",
    "Weekdays",
    "WhileMet",
    "Window",
]

FIRST_YEAR, LAST_YEAR = 1800, 2999
"""Days outside these years are refused, so that no reckoning with windows and terms leaves the calendar."""


class Period(Enum):
    """A stretch of the calendar, in the program's days."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "calendar year"
    FISCAL_YEAR = "fiscal year"
    MEMBERSHIP_YEAR = "membership year"  # from the day of joining, and its anniversaries


class Calendar(Node):
    """The period that holds the date, or one so many after it (before it, where `ahead` is negative)."""

    period: Period
    ahead: int = 0


class Duration(Node):
    """So many days or months: from a date on, or as a window the date and those before it."""

    days: int = 0
    months: int = 0


class Ever(Node):
    """All of the past; or without an end."""


class Since(Node):
    """Since the member joined, or since the tier of a ladder was entered or reviewed."""

    ladder: str | None = None


Window = Calendar | Duration | Since | Ever


class Dates(Node):
    """Days from `first` (or always) to before `end` (or for ever)."""

    first: date | None
    end: date | None


class Weekdays(Node):
    """Days of the week; Monday is 0."""

    days: frozenset[int]


class Hours(Node):
    """Local time from `start` to before `end`; over midnight where `end` is earlier."""

    start: time
    end: time


Stretch = Dates | Weekdays | Hours


class WhileMet(Node):
    """As long as the count stays at or above the threshold."""


Term = Calendar | Duration | WhileMet | Ever
"""How long a tier lasts: through the end of a period, for a time, while it is met, or for ever."""
