"""The calendar of a program as tables over the days of some years, made when they are needed.

A day is a number: 0 is the first of January of the first year. A table holds for each
day, say, the first day of its month or the day 12 months on; what lies outside the years
is a number too, and no place of a table.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from guerdon.program import nodes
from guerdon.program.nodes import Period

DAY = 86_400_000_000
"""Microseconds."""

NEVER = 2**30
"""A day after all others."""

Table = tuple[tuple[str, Period | int], ...]
"""Steps from a day: the `first` day of its period, the `end` of it, so many `months` or `days` on; or whether it lies
`from` one day on and `before` another, in any of some such pairs.
"""

STARTS: Table = (("starts", 0),)
"""The instants at which days begin."""

CHANGES: Table = (("changes", 0),)
"""The instants at which the zone's offset changes, one before and one after all others."""

OFFSETS: Table = (("offsets", 0),)
"""The zone's offset (microseconds) from each of these on."""

FROM, BEFORE = "from", "before"

EPOCH = date(1970, 1, 1).toordinal()


def name_of(steps: Table) -> str:
    """The name of a table."""
    return "_".join(["d", *(f"{step}_{_said(by)}" for step, by in steps)])


def so_many_on(period: Period, ahead: int) -> Table:
    """The steps to the beginning of a period so many after the one that begins on a day."""
    months = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12, Period.FISCAL_YEAR: 12}
    if not ahead:
        return ()
    if period in months:
        return (("months", months[period] * ahead),)
    if period is Period.MEMBERSHIP_YEAR:
        return (("days", ahead),)  # so many of its own
    return (("days", (7 if period is Period.WEEK else 1) * ahead),)


def _said(by: Period | int) -> str:
    if isinstance(by, Period):
        return by.name.lower()
    return str(by) if by >= 0 else f"back_{-by}"


@dataclass(frozen=True)
class Years:
    """The days of the years `first` to `last`."""

    first: int
    last: int

    @property
    def base(self) -> int:
        """The ordinal of the first day."""
        return date(self.first, 1, 1).toordinal()

    @property
    def count(self) -> int:
        return date(self.last, 12, 31).toordinal() - self.base + 1

    def number(self, day: date) -> int:
        return day.toordinal() - self.base

    def day(self, number: int) -> date:
        return date.fromordinal(number + self.base)

    def months(self) -> Iterator[tuple[int, int]]:
        """The first day of each month, and how many days it has."""
        first = 0
        for year in range(self.first, self.last + 1):
            for month in range(1, 13):
                length = monthrange(year, month)[1]
                yield first, length
                first += length


@dataclass(frozen=True)
class Calendar:
    """A program's calendar over some years: what its tables hold."""

    frame: nodes.Frame
    years: Years

    @property
    def is_plain(self) -> bool:
        """Whether each day begins at midnight of UTC, so that no table of its beginnings is needed."""
        return self.zone_is_utc and self.frame.day_start == time(0)

    @property
    def zone_is_utc(self) -> bool:
        return self.frame.timezone in ("UTC", "Etc/UTC")

    def changes(self) -> tuple[tuple[int, int], ...]:
        """From which instants on the zone's offset is another, and which."""
        return _changes(self.frame.timezone, self.years.base, self.years.count)

    def table(self, of: Table) -> list[int]:
        """What a table holds: the steps one after the other, from each day."""
        if of == STARTS:
            return self.starts()
        if of in (CHANGES, OFFSETS):
            return [each[of == OFFSETS] for each in self.changes()]
        if of[0][0] == FROM:
            return self.within(of)
        found: list[int] = [*range(self.years.count)]
        for number, (step, by) in enumerate(of):
            found = self._first(step, by) if number == 0 else self._then(step, by, found)
        return found

    def within(self, of: Table) -> list[int]:
        """1 for each day that lies in one of the pairs, else 0."""
        table = [0] * self.years.count
        for (_, first), (_, end) in zip(of[::2], of[1::2], strict=True):
            assert isinstance(first, int) and isinstance(end, int)
            for day in range(max(first, 0), min(end, self.years.count)):
                table[day] = 1
        return table

    def _first(self, step: str, by: Period | int) -> list[int]:
        if not isinstance(by, Period):
            return self.plus(by) if step == "months" else [*range(by, by + self.years.count)]
        if by is Period.DAY:
            return [*range(step == "end", self.years.count + (step == "end"))]
        if by is Period.WEEK:
            shift = (self.years.base - 1 - self.frame.week_start) % 7
            first = 7 * (step == "end") - shift
            weeks = [week for week in range(first, first + self.years.count + 7, 7) for _ in range(7)]
            return weeks[shift : shift + self.years.count]
        table: list[int] = []
        for first, end in pairwise(self.beginnings(by)):
            table += [first if step == "first" else end] * (min(end, self.years.count) - max(first, 0))
        return table

    def _then(self, step: str, by: Period | int, days: list[int]) -> list[int]:
        """A further step from days that may lie outside the years; `days` never go back."""
        from guerdon.reference.calendar import Calendar as Reference
        from guerdon.reference.calendar import add_months

        reference, table = Reference(self.frame), list[int]()
        until, moved = -NEVER, 0  # up to which day what was found last goes on
        for day, same in groupby(days):
            if not isinstance(by, Period) or day >= until:
                there = self.years.day(day)
                if isinstance(by, Period):
                    first, end = reference.period(by, there)
                    found, until = first if step == "first" else end, self.years.number(end)
                else:
                    found = add_months(there, by) if step == "months" else there + timedelta(days=by)
                moved = self.years.number(found)
            table += [moved] * len([*same])
        return table

    def beginnings(self, period: Period) -> Iterator[int]:
        """The first days of the periods of the years, from the one that holds the first day to the one after the last."""
        months = 1 if period is Period.MONTH else 3 if period is Period.QUARTER else 12
        month, day = self.frame.fiscal_start if period is Period.FISCAL_YEAR else (1, 1)
        for year in range(self.years.first - 1, self.years.last + 3):
            for each in range(month, month + (12 if months < 12 else 1), months):
                number = self.years.number(date(year, each, day))
                following = self.years.number(_months_on(date(year, each, day), months))
                if following > 0 and (number < self.years.count or number - self.years.count < 366):
                    yield number

    def plus(self, months: int) -> list[int]:
        """The day so many months on (or back) of each day, clamped to the month's end."""
        table: list[int] = []
        first, base = self.years.first * 12, self.years.base
        for number, (_, length) in enumerate(self.years.months()):
            year, month = divmod(first + number + months, 12)
            if not 1 <= year <= 9998:
                table += [NEVER if months > 0 else -NEVER] * length
                continue
            there, most = date(year, month + 1, 1).toordinal() - base, monthrange(year, month + 1)[1]
            table += range(there, there + min(length, most))
            table += [there + most - 1] * (length - most)
        return table

    def starts(self) -> list[int]:
        """The instant at which each day begins, and that of the day after the last.

        Source: language reference, Days and time: where a clock change leaves the wanted time out, the first instant after it.
        """
        from guerdon.reference.calendar import Calendar as Reference  # the one meaning of a day's beginning

        reference, base = Reference(self.frame), self.years.base
        count = self.years.count
        begin = self.frame.day_start.hour * 3_600_000_000 + self.frame.day_start.minute * 60_000_000
        noon = (base - EPOCH) * 86_400 + 43_200
        found = _offsets(self.frame.timezone, noon, noon + (count + 1) * 86_400, 10 * 86_400, 86_400)
        offsets = [((second - noon) // 86_400, offset) for second, offset in found]
        odd = {day for change in range(1, len(offsets)) for day in _around(offsets[change][0])}
        table: list[int] = []
        for (first, offset), (end, _) in pairwise([*offsets, (count + 1, 0)]):
            zero = (base + first - EPOCH) * DAY + begin - offset
            table += range(zero, zero + (end - first) * DAY, DAY)
        for number in odd:
            if 0 <= number <= count:
                table[number] = reference.start(date.fromordinal(base + number))
        return table


def _around(number: int) -> Iterable[int]:
    return range(number - 3, number + 4)


@cache
def _changes(timezone: str, base: int, count: int) -> tuple[tuple[int, int], ...]:
    """From which instants on the zone's offset is another, and which (both in microseconds)."""
    first, last = (base - 2 - EPOCH) * 86_400, (base + count + 2 - EPOCH) * 86_400
    found = [(second * 1_000_000, offset) for second, offset in _offsets(timezone, first, last, 5 * 86_400, 1)]
    return (*found, (2**62, found[-1][1]))


def _offsets(timezone: str, first: int, last: int, look: int, step: int) -> Iterator[tuple[int, int]]:
    """From which instants (seconds) on the zone's offset (microseconds) is another: so many steps after `first`.

    Shape: what changes and changes back between two looks isn't seen.
    """
    zone, at = ZoneInfo(timezone), first

    def offset(second: int) -> timedelta | None:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)).astimezone(zone).utcoffset()

    known = offset(at)

    def differs(second: int) -> bool:
        return offset(second) != known

    while True:
        assert known is not None
        yield at, known // timedelta(microseconds=1)
        found = next((each for each in range(at + look, last, look) if differs(each)), last)
        if found == last and not differs(last):
            return
        between = range(max(found - look, at), found + 1, step)
        at = between[bisect_left(between, True, key=differs)]
        known = offset(at)


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, day.day)
