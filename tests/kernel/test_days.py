"""The tables of days hold what the one calendar says of each."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from guerdon.kernel.days import CHANGES, OFFSETS, STARTS, Calendar, Years
from guerdon.kernel.loop import civil
from guerdon.program import nodes
from guerdon.program.nodes import Period
from guerdon.reference.calendar import Calendar as Reference
from guerdon.reference.calendar import add_months

YEARS = Years(2009, 2030)
FRAMES = [
    ("UTC", time(0), (1, 1)),
    ("America/New_York", time(4), (2, 28)),
    ("Asia/Beirut", time(0), (7, 1)),
    ("Pacific/Apia", time(0), (1, 1)),  # which had no 30 December 2011
    ("Africa/Casablanca", time(2, 30), (4, 6)),
    ("Australia/Lord_Howe", time(2), (10, 31)),  # half an hour
]
CALENDAR = [Period.WEEK, Period.MONTH, Period.QUARTER, Period.YEAR, Period.FISCAL_YEAR]


def frame(zone: str, begins: time, fiscal: tuple[int, int]) -> nodes.Frame:
    return nodes.Frame(
        name="P", edition=1, currency="USD", timezone=zone, day_start=begins, fiscal_start=fiscal, week_start=2
    )


@pytest.mark.parametrize(("zone", "begins", "fiscal"), FRAMES)
def test_days_begin_when_the_calendar_says(zone, begins, fiscal):
    calendar = Calendar(frame(zone, begins, fiscal), YEARS)
    reference = Reference(calendar.frame)
    assert calendar.table(STARTS) == [reference.start(YEARS.day(number)) for number in range(YEARS.count + 1)]


@pytest.mark.parametrize(("zone", "begins", "fiscal"), FRAMES)
def test_the_clock_is_that_of_the_zone(zone, begins, fiscal):
    calendar = Calendar(frame(zone, begins, fiscal), YEARS)
    changes, offsets = calendar.table(CHANGES), calendar.table(OFFSETS)
    for change, offset in zip(changes[1:-1], offsets[1:-1], strict=True):
        for instant in (change - 1, change, change + 3_600_000_000):
            there = datetime.fromtimestamp(instant / 1_000_000, UTC).astimezone(ZoneInfo(zone)).utcoffset()
            last = max(number for number, each in enumerate(changes) if each <= instant)
            assert there == timedelta(microseconds=offsets[last]), (instant, offset)


@pytest.mark.parametrize("period", CALENDAR, ids=lambda period: period.value)
@pytest.mark.parametrize("fiscal", [(1, 1), (2, 28), (10, 31)], ids=str)
def test_periods_begin_and_end_with_those_of_the_calendar(period, fiscal):
    calendar = Calendar(frame("UTC", time(0), fiscal), YEARS)
    reference = Reference(calendar.frame)
    for which, table in enumerate((calendar.table((("first", period),)), calendar.table((("end", period),)))):
        expected = [YEARS.number(reference.period(period, YEARS.day(day))[which]) for day in range(YEARS.count)]
        assert table == expected


@pytest.mark.parametrize("months", [-25, -1, 1, 12, 18])
def test_months_are_clamped(months):
    calendar = Calendar(frame("UTC", time(0), (1, 1)), YEARS)
    expected = [YEARS.number(add_months(YEARS.day(day), months)) for day in range(YEARS.count)]
    assert calendar.table((("months", months),)) == expected
    assert [civil.months_on(day, months, YEARS.base) for day in range(YEARS.count)] == expected


def test_steps_are_taken_one_after_the_other():
    calendar = Calendar(frame("UTC", time(0), (1, 1)), YEARS)
    reference = Reference(calendar.frame)
    table = calendar.table((("months", 6), ("end", Period.QUARTER)))
    for day in range(0, YEARS.count, 17):
        expected = reference.period(Period.QUARTER, add_months(YEARS.day(day), 6))[1]
        assert table[day] == YEARS.number(expected)


@pytest.mark.parametrize("years", [Years(2016, 2016), Years(2011, 2012)], ids=str)
@pytest.mark.parametrize(("zone", "begins", "fiscal"), FRAMES)
def test_a_few_years_are_the_same_as_many(zone, begins, fiscal, years):
    few, many = Calendar(frame(zone, begins, fiscal), years), Calendar(frame(zone, begins, fiscal), YEARS)
    moved = years.base - YEARS.base
    assert few.table(STARTS) == many.table(STARTS)[moved : moved + years.count + 1]
    for steps in ((("months", 12), ("end", Period.FISCAL_YEAR), ("days", 31)), (("days", 9), ("first", Period.WEEK))):
        assert few.table(steps) == [day - moved for day in many.table(steps)[moved : moved + years.count]]
