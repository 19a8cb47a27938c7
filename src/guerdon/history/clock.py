"""Local time and instants: the rules of a zone, from the zone database that Python reads, as a table.

Between two changes of a clock, an instant is the local time less a shift. Each row of
a zone's table holds from its `start` (local microseconds) to the next row's. Where the
clock skipped local times (`kind` 1) or showed them twice (`kind` 2) there are two
shifts: one gives the earlier instant, one the later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from guerdon.program.time import FIRST_YEAR, LAST_YEAR

MICROSECONDS = 1_000_000
_DAY = 86_400 * MICROSECONDS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

NORMAL, SKIPPED, TWICE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Interval:
    """Local times from `start` on, and what to take off for the instant; all in microseconds."""

    start: int
    earlier: int
    later: int
    kind: int


def intervals(zone: str, years: Iterable[int]) -> list[Interval]:
    """Intervals of local time that cover these years, in order; runs of years may lie apart.

    Errors: ZoneInfoNotFoundError (or ValueError) for a name that isn't a zone's.
    """
    rules = ZoneInfo(zone)
    needed = sorted(
        {year for each in years for year in (each - 1, each, each + 1) if FIRST_YEAR - 1 <= year <= LAST_YEAR + 1}
    )
    found: list[Interval] = []
    for first, last in _runs(needed):
        found += _of_run(rules, datetime(first, 1, 1, tzinfo=UTC), datetime(last, 12, 31, tzinfo=UTC))
    return found


def changes(zone: str, first: int, last: int) -> Iterator[tuple[datetime, timedelta]]:
    """What a zone's clocks are ahead of UTC when a year begins, and each instant until the end of another from which on they differ, with what they are then.

    Errors: as `intervals`.
    """
    rules, start, end = ZoneInfo(zone), datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    yield start, timedelta(microseconds=_offset(rules, start))
    for change, _, after in _changes(rules, start, end):
        yield change, timedelta(microseconds=after)


SPAN = 2**43
"""Microseconds, about a hundred days: intervals are looked up by the span in which a time lies, whole and toward zero."""


def spans(zone: str, years: Collection[int]) -> Iterator[tuple[int, Interval, int]]:
    """The intervals that cover these years, each with where it ends, by the spans that it touches.

    Errors: as `intervals`.
    """
    found = intervals(zone, years)
    ends = [each.start for each in found[1:]] + [(max(years, default=0) + 3 - 1970) * 366 * _DAY]
    for each, finish in zip(found, ends, strict=bool(found)):
        for span in range(_span(each.start), _span(finish - 1) + 1):
            yield span, each, finish


def _span(at: int) -> int:
    return at // SPAN if at >= 0 else -(-at // SPAN)


def _runs(years: list[int]) -> Iterator[tuple[int, int]]:
    starts = [year for year in years if year - 1 not in set(years)]
    ends = [year for year in years if year + 1 not in set(years)]
    yield from zip(starts, ends, strict=True)


def _of_run(rules: ZoneInfo, first: datetime, last: datetime) -> Iterator[Interval]:
    offset = _offset(rules, first)
    yield Interval(_local(first, offset), offset, offset, NORMAL)
    for change, before, after in _changes(rules, first, last):
        start, end = sorted((_local(change, before), _local(change, after)))
        kind = SKIPPED if after > before else TWICE
        yield Interval(start, max(before, after), min(before, after), kind)
        yield Interval(end, after, after, NORMAL)


def _changes(rules: ZoneInfo, first: datetime, last: datetime) -> Iterator[tuple[datetime, int, int]]:
    """Instants at which the offset changes, with the offset before and after."""
    days = (first + timedelta(days=each) for each in range((last - first).days + 1))
    known = ((each, _offset(rules, each)) for each in days)
    for (start, before), (end, after) in pairwise(known):
        if before != after:
            yield _change(rules, start, end), before, after


def _change(rules: ZoneInfo, start: datetime, end: datetime) -> datetime:
    """The first whole second with the offset of `end`."""
    before = _offset(rules, start)
    while end - start > timedelta(seconds=1):
        middle = start + timedelta(seconds=int((end - start).total_seconds()) // 2)
        start, end = (middle, end) if _offset(rules, middle) == before else (start, middle)
    return end


def _offset(rules: ZoneInfo, at: datetime) -> int:
    shift = at.astimezone(rules).utcoffset()
    assert shift is not None
    return int(shift.total_seconds()) * MICROSECONDS


def _local(at: datetime, offset: int) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1) + offset
