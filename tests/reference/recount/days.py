"""Which day an instant belongs to, which days belong together, and how days are reckoned on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from guerdon.program import nodes

EPOCH = datetime(1970, 1, 1)
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ONE = timedelta(1)


def months_on(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, or the last one that this month has."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    if not 1 <= year <= 9999:
        return date.max if year > 9999 else date.min
    number = day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1
            if number < 28:
                raise


def days_on(day: date, days: int) -> date:
    """So many days later; a date beyond the calendar's end stops there."""
    try:
        return day + timedelta(days)
    except OverflowError:
        return date.max if days > 0 else date.min


def time_on(day: date, time: nodes.ForTime) -> date:
    """So much later."""
    return months_on(day, time.months) if time.months else days_on(day, time.days)


class Days:
    """The calendar of a program. `joined`: the day of joining, which membership years begin with."""

    def __init__(self, frame: nodes.Frame) -> None:
        self.frame = frame
        self.zone = ZoneInfo(frame.timezone)
        self.start = cache(self._start)
        self.of = cache(self._of)
        self.last_of = cache(self._last_of)

    def wall(self, at: int) -> datetime:
        """What the clock on the wall shows."""
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def _start(self, day: date) -> int:
        """The first instant at which the clock shows the start of this day, or what comes after it."""
        wanted = datetime.combine(day, self.frame.day_start)
        middle = (wanted - EPOCH) // timedelta(microseconds=1)
        hour = 3_600_000_000
        found = []
        for at in (middle - 36 * hour, middle + 36 * hour):
            offset = (self.wall(at) - EPOCH) // timedelta(microseconds=1) - at
            if self.wall(middle - offset) == wanted:
                found.append(middle - offset)
        if found:
            return min(found)
        low, high = middle - 36 * hour, middle + 36 * hour
        while high - low > 1:
            between = (low + high) // 2
            if self.wall(between) >= wanted:
                high = between
            else:
                low = between
        return high

    def _of(self, at: int) -> date:
        """The day that has started and the next has not."""
        day = self.wall(at).date() + timedelta(2)
        while self.start(day) > at:
            day -= ONE
        return day

    def label(self, period: nodes.Period, day: date, joined: date) -> object:
        """Days with one label lie in one period."""
        match period:
            case nodes.Period.DAY:
                return day
            case nodes.Period.WEEK:
                return day - timedelta((day.weekday() - self.frame.week_start) % 7)
            case nodes.Period.MONTH:
                return day.year, day.month
            case nodes.Period.QUARTER:
                return day.year, (day.month + 2) // 3
            case nodes.Period.YEAR:
                return day.year
            case nodes.Period.FISCAL_YEAR:
                return day.year if (day.month, day.day) >= self.frame.fiscal_start else day.year - 1
            case nodes.Period.MEMBERSHIP_YEAR:
                year = day.year - joined.year
                return year if day >= months_on(joined, 12 * year) else year - 1

    def _last_of(self, period: nodes.Period, day: date, joined: date) -> date:
        """The last day of the period that holds the day."""
        label = self.label(period, day, joined)
        while self.label(period, day + ONE, joined) == label:
            day += ONE
        return day

    def first_of(self, period: nodes.Period, day: date, joined: date) -> date:
        """The first day of the period that holds the day."""
        label = self.label(period, day, joined)
        while self.label(period, day - ONE, joined) == label:
            day -= ONE
        return day

    def end_of(self, end: nodes.ThroughEnd, day: date, joined: date) -> date:
        """The last day of the period that holds the day, or of one after it."""
        last = self.last_of(end.period, day, joined)
        for _ in range(end.ahead):
            last = self.last_of(end.period, last + ONE, joined)
        return last

    def holds(self, window: nodes.Window, today: date, day: date, joined: date, entered: date | None = None) -> bool:
        """Whether a day lies in a window that is asked for today."""
        if day > today:
            return False
        match window:
            case nodes.Ever():
                return True
            case nodes.Since(ladder):
                since = joined if ladder is None else entered
                return since is None or day >= since
            case nodes.Calendar(period, back):
                there = today
                for _ in range(back):
                    there = self.first_of(period, there, joined) - ONE
                return self.label(period, day, joined) == self.label(period, there, joined)
            case nodes.Rolling(days, months):
                if months:
                    return day > months_on(today, -months)
                return (today - day).days < days
