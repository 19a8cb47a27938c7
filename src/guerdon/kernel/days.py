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
from itertools import pairwise
from zoneinfo import ZoneInfo

from guerdon.program import nodes
from guerdon.program.nodes import Period

DAY = 86_400_000_000
"""Microseconds."""

NEVER = 2**30
"""A day after all others."""

Table = tuple[tuple[str, Period | int], ...]
"""Steps from a day: the `first` day of its period, the `end` of it, so many `months` or `days` on."""

STARTS: Table = (("starts", 0),)
"""The instants at which days begin."""

CHANGES: Table = (("changes", 0),)
"""The instants at which the zone's offset changes, one before and one after all others."""

OFFSETS: Table = (("offsets", 0),)
"""The zone's offset (microseconds) from each of these on."""

EPOCH = date(1970, 1, 1).toordinal()


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

    def changes(self) -> list[tuple[int, int]]:
        """From which instants on the zone's offset is another, and which."""
        zone, base, count = ZoneInfo(self.frame.timezone), self.years.base, self.years.count

        def offset(second: int) -> int:
            found = datetime.fromtimestamp(second, UTC).astimezone(zone).utcoffset()
            assert found is not None
            return found // timedelta(microseconds=1)

        first, last = (base - 2 - EPOCH) * 86_400, (base + count + 2 - EPOCH) * 86_400
        found, known, at = [(first * 1_000_000, offset(first))], offset(first), first
        while at < last:
            there = min(at + 5 * 86_400, last)
            if offset(there) != known:
                there = bisect_left(range(at, there + 1), True, key=lambda each: offset(each) != known) + at
                known = offset(there)
                found.append((there * 1_000_000, known))
            at = there
        return [*found, (2**62, known)]

    def table(self, of: Table) -> list[int]:
        """What a table holds: the steps one after the other, from each day."""
        if of == STARTS:
            return [*self.starts()]
        if of in (CHANGES, OFFSETS):
            return [each[of == OFFSETS] for each in self.changes()]
        found: list[int] = [*range(self.years.count)]
        for number, (step, by) in enumerate(of):
            found = self._first(step, by) if number == 0 else [*self._then(step, by, found)]
        return found

    def _first(self, step: str, by: Period | int) -> list[int]:
        if not isinstance(by, Period):
            return [*self.plus(by)] if step == "months" else [day + by for day in range(self.years.count)]
        if by is Period.DAY:
            return [day + (step == "end") for day in range(self.years.count)]
        if by is Period.WEEK:
            shift = (self.years.base - 1 - self.frame.week_start) % 7
            return [day - (day + shift) % 7 + 7 * (step == "end") for day in range(self.years.count)]
        table: list[int] = []
        for first, end in pairwise(self.beginnings(by)):
            table += [first if step == "first" else end] * (min(end, self.years.count) - max(first, 0))
        return table

    def _then(self, step: str, by: Period | int, days: list[int]) -> Iterator[int]:
        """A further step from days that may lie outside the years."""
        from guerdon.reference.calendar import Calendar as Reference
        from guerdon.reference.calendar import add_months

        reference, known = Reference(self.frame), dict[int, int]()
        for day in days:
            if day not in known:
                there = self.years.day(day)
                if isinstance(by, Period):
                    moved = reference.period(by, there)[0 if step == "first" else 1]
                else:
                    moved = add_months(there, by) if step == "months" else there + timedelta(days=by)
                known[day] = self.years.number(moved)
            yield known[day]

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

    def plus(self, months: int) -> Iterator[int]:
        """The day so many months on (or back) of each day, clamped to the month's end."""
        for number, (_, length) in enumerate(self.years.months()):
            year, month = divmod(self.years.first * 12 + number + months, 12)
            if not 1 <= year <= 9998:
                yield from [NEVER if months > 0 else -NEVER] * length
                continue
            there = date(year, month + 1, 1).toordinal() - self.years.base
            most = monthrange(year, month + 1)[1]
            yield from (there + min(day, most - 1) for day in range(length))

    def starts(self) -> Iterator[int]:
        """The instant at which each day begins, and that of the day after the last.

        Source: language reference, Days: where a clock change leaves the wanted time out, the first instant after it.
        """
        from guerdon.reference.calendar import Calendar as Reference  # the one meaning of a day's beginning

        reference, base = Reference(self.frame), self.years.base
        count, zone = self.years.count, ZoneInfo(self.frame.timezone)
        begin = self.frame.day_start.hour * 3_600_000_000 + self.frame.day_start.minute * 60_000_000
        offsets = [*_offsets(zone, base, count + 1)]
        odd = {day for change in range(1, len(offsets)) for day in _around(offsets[change][0])}
        for (first, offset), (end, _) in pairwise([*offsets, (count + 1, 0)]):
            for number in range(first, end):
                if number in odd:
                    yield reference.start(date.fromordinal(base + number))
                else:
                    yield (base + number - EPOCH) * DAY + begin - offset


def _around(number: int) -> Iterable[int]:
    return range(number - 3, number + 4)


def _offsets(zone: ZoneInfo, base: int, count: int) -> Iterator[tuple[int, int]]:
    """Numbers of days from which on the zone's offset (microseconds) at noon is another."""

    def offset(number: int) -> int:
        noon = datetime.fromordinal(base + number) + timedelta(hours=12)
        found = noon.replace(tzinfo=UTC).astimezone(zone).utcoffset()
        assert found is not None
        return found // timedelta(microseconds=1)

    known = offset(0)
    yield 0, known
    number = 0
    while number < count:
        last = min(number + 10, count)
        there = offset(last)
        if there != known:
            change = bisect_left(range(number, last + 1), True, key=lambda each: offset(each) != known) + number
            known = offset(change)
            yield change, known
            number = change
        else:
            number = last


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, day.day)
