"""Days, periods and windows in the program's own calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import assert_never
from zoneinfo import ZoneInfo

from guerdon.program import nodes

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
ONE = timedelta(days=1)
BEGINNING = date.min

Bounds = tuple[date, date]
"""First day and the day after the last."""


def add_months(day: date, months: int) -> date:
    """The same day so many months on (or back), clamped to the month's end."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year < 1:
        return BEGINNING
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def after(day: date, time: nodes.Duration) -> date:
    """The day so long after a day; months are clamped to the month's end."""
    return add_months(day, time.months) if time.months else day + time.days * ONE


class Calendar:
    """The program's time zone, start of day, week and fiscal year."""

    def __init__(self, frame: nodes.Frame) -> None:
        self.zone = ZoneInfo(frame.timezone)
        self.day_start = timedelta(hours=frame.day_start.hour, minutes=frame.day_start.minute)
        self.week_start = frame.week_start
        self.fiscal_start = frame.fiscal_start
        self.period = lru_cache(maxsize=4096)(self._period)
        self.bounds = lru_cache(maxsize=4096)(self._bounds)
        self.start = lru_cache(maxsize=4096)(self._start)

    def local(self, instant: int) -> datetime:
        """Local date and time of an instant (microseconds since 1970 UTC)."""
        return (EPOCH + instant * MICROSECOND).astimezone(self.zone)

    def day(self, instant: int) -> date:
        """The program's day that holds an instant: the last that started no later."""
        day = (self.local(instant).replace(tzinfo=None) - self.day_start).date()
        while instant < self.start(day):
            day -= ONE
        while instant >= self.start(day + ONE):
            day += ONE
        return day

    def _start(self, day: date) -> int:
        """The first instant at which the clock shows the day's start or, where it skips that, a later time."""
        wanted = datetime.combine(day, time()) + self.day_start
        start, early = self.instant(day, wanted.time()), self.instant(day, wanted.time(), fold=1)
        if self.local(start).replace(tzinfo=None) == wanted:
            return start
        while start - early > 1:  # the clock was changed between the two
            middle = (start + early) // 2
            if self.local(middle).replace(tzinfo=None) < wanted:
                early = middle
            else:
                start = middle
        return start

    def instant(self, day: date, clock: time, fold: int = 0) -> int:
        """The instant of a local date and time; where it comes twice the earlier one, or (`fold` 1) the later."""
        local = datetime.combine(day, clock, self.zone).replace(fold=fold)
        return (local.astimezone(UTC) - EPOCH) // MICROSECOND

    def _period(self, period: nodes.Period, day: date, ahead: int = 0, joined: date = BEGINNING) -> Bounds:
        """The period that holds a day, or one so many periods after (before) it.

        Units: membership years begin on the day of joining and its anniversaries.
        """
        match period:
            case nodes.Period.DAY:
                first = day + ahead * ONE
                return first, first + ONE
            case nodes.Period.WEEK:
                first = day - (day.weekday() - self.week_start) % 7 * ONE + 7 * ahead * ONE
                return first, first + 7 * ONE
            case nodes.Period.MONTH:
                first = add_months(day.replace(day=1), ahead)
                return first, add_months(first, 1)
            case nodes.Period.QUARTER:
                first = add_months(day.replace(day=1), -((day.month - 1) % 3) + 3 * ahead)
                return first, add_months(first, 3)
            case nodes.Period.YEAR:
                return date(day.year + ahead, 1, 1), date(day.year + ahead + 1, 1, 1)
            case nodes.Period.FISCAL_YEAR:
                started = (day.month, day.day) >= self.fiscal_start
                year = day.year - (not started) + ahead
                return date(year, *self.fiscal_start), date(year + 1, *self.fiscal_start)
            case nodes.Period.MEMBERSHIP_YEAR:
                years = day.year - joined.year
                years += ahead - (day < add_months(joined, 12 * years))
                return add_months(joined, 12 * years), add_months(joined, 12 * years + 12)
            case _:
                assert_never(period)

    def last_day(self, period: nodes.Period, day: date) -> date:
        """The last day of the period of the calendar that holds a day."""
        return self.period(period, day)[1] - ONE

    def _bounds(self, window: nodes.Window, day: date, since: date = BEGINNING) -> Bounds:
        """The days that a window shows on a day; the day itself is the last that there can be.

        `since`: the day of joining (or of entry), for the windows that begin with it.
        """
        match window:
            case nodes.Ever():
                return BEGINNING, day + ONE
            case nodes.Calendar(period, ahead):
                first, end = self.period(period, day, ahead, since)
                return first, min(end, day + ONE)
            case nodes.Since():
                return since, day + ONE
            case nodes.Duration(days, months):
                if months:
                    return add_months(day, -months) + ONE, day + ONE
                return day - (days - 1) * ONE, day + ONE
            case _:
                assert_never(window)

    def leaves(self, window: nodes.Window, day: date, since: date = BEGINNING) -> date | None:
        """The first day on which a window shows something else of what happened on `day`."""
        match window:
            case nodes.Ever() | nodes.Since():
                return None
            case nodes.Calendar(period):
                return self.period(period, day, 0, since)[1]
            case nodes.Duration(days, 0):
                return day + days * ONE
            case nodes.Duration(_, months):
                leaving = add_months(day, months)
                while self.bounds(window, leaving)[0] > day:
                    leaving -= ONE
                while self.bounds(window, leaving)[0] <= day:
                    leaving += ONE
                return leaving
            case _:
                assert_never(window)

    def term_end(self, term: nodes.Term, day: date, joined: date = BEGINNING) -> date | None:
        """The first day after a term that begins on (or is reviewed on) a day; None: it has no end."""
        match term:
            case nodes.Calendar(period, ahead):
                return self.period(period, day, ahead, joined)[1]
            case nodes.Duration():
                return after(day, term)
            case nodes.WhileMet() | nodes.Ever():
                return None
            case _:
                assert_never(term)
