"""What is seen, and windows (language reference: What is seen, Windows)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.reference.calendar import Calendar
from guerdon.reference.engine import Engine

PURCHASE = "event visit\nevent purchase\n  amount money\n  shop text\n  lines list of line\nrecord line\n  amount money\n  kind one of a, b\n"


def buy(when, amount="1", shop="s", lines=()):
    return (
        when,
        "purchase",
        {"amount": Decimal(amount), "shop": shop, "lines": [{"amount": Decimal(p), "kind": k} for p, k in lines]},
    )


def visit(when: str) -> tuple[str, str, dict[str, object]]:
    return when, "visit", {}


def when(condition):
    return PURCHASE + f'earn "A"\n  on purchase\n  when {condition}\n  give 1 point\n'


def given(play, condition, *events, **others):
    """The places (from 0) of the events at which a condition held."""
    played = play(when(condition), *events, **others)
    return [int(award.event[1:]) - 1 for award in played.outcome.ledger.awards]


DAYS = [buy("2026-01-01 10:00", "1"), buy("2026-01-02 10:00", "5"), buy("2026-01-03 10:00", "2")]


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        ("count of purchase ever is 2", [1]),
        ("sum of purchase.amount ever >= 6 USD", [1, 2]),
        ("distinct of purchase.shop ever is 1", [0, 1, 2]),
        ("(least of purchase.amount ever or 0 USD) is 1 USD", [0, 1, 2]),
        ("(most of purchase.amount ever or 0 USD) is 5 USD", [1, 2]),
    ],
)
def test_count_sum_distinct_least_and_most_include_the_event_being_rewarded(play, condition, held):
    assert given(play, condition, *DAYS) == held


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        ("(last of purchase.amount ever or 9 USD) is 9 USD", [0]),
        ("(last of purchase.amount ever or 9 USD) is 5 USD", [2]),
        ("(first of purchase.amount ever or 9 USD) is 1 USD", [1, 2]),
        ("(days since purchase ever or 99 days) is 1 days", [1, 2]),
        ("(days since purchase ever or 99 days) is 99 days", [0]),
    ],
)
def test_first_last_and_days_since_see_only_what_came_before(play, condition, held):
    assert given(play, condition, *DAYS) == held


def test_tier_and_units_earned_are_as_before_the_event(play):
    text = (
        PURCHASE
        + "tiers status\n  counts point earned this month\n  tier Low\n  tier High at 5 point\n  lasts while met\n"
        'earn "Base"\n  on purchase\n  give 5 point\n'
        'earn "High"\n  on purchase\n  when status is High\n  give 100 mile\n'
        'earn "Earned"\n  on purchase\n  when point earned this month >= 5 point\n  give 1 mile\n'
        'earn "Held"\n  on purchase\n  when point available >= 5 point\n  give 1 mile\n'
    )
    played = play(text, *DAYS[:2])
    assert (played.gave("High"), played.gave("Earned"), played.gave("Held")) == ([100], [1], [1])


def test_a_filter_is_judged_when_its_event_happens(play):
    text = (
        PURCHASE + "tiers status\n  counts count of purchase ever\n  tier Low\n  tier High at 2\n  lasts forever\n"
        'earn "A"\n  on purchase\n  when count of purchase where status is High ever is 1\n  give 1 point\n'
    )
    played = play(text, *DAYS, buy("2026-01-04 10:00"))
    assert [award.event for award in played.outcome.ledger.awards] == ["e003"]


def test_lines_of_past_events_are_measured_too(play):
    events = [buy("2026-01-01 10:00", lines=[("2", "a"), ("3", "b")]), buy("2026-02-01 10:00", lines=[("4", "a")])]
    assert given(play, "sum of purchase.lines.amount where kind is a ever is 6 USD", *events) == [1]
    assert given(play, "count of purchase.lines this month is 1", *events) == [1]


def test_this_event_is_a_window_over_its_own_lines(play):
    lines = [("2", "a"), ("3", "b"), ("5", "a")]
    for condition in (
        "count of lines this event is 3",
        "sum of lines.amount where kind is a this event is 7 USD",
        "(most of lines.amount this event or 0 USD) is 5 USD",
        "distinct of lines.kind this event is 2",
    ):
        assert given(play, condition, buy("2026-01-01 10:00", lines=lines)) == [0], condition


@pytest.mark.parametrize(
    ("window", "first", "last_before", "first_after"),
    [
        ("this day", "2026-03-04", "2026-03-04", "2026-03-05"),
        ("this week", "2026-03-02", "2026-03-08", "2026-03-09"),
        ("this month", "2026-03-01", "2026-03-31", "2026-04-01"),
        ("this quarter", "2026-01-01", "2026-03-31", "2026-04-01"),
        ("this calendar year", "2026-01-01", "2026-12-31", "2027-01-01"),
        ("previous day", "2026-03-05", "2026-03-05", "2026-03-06"),
        ("previous month", "2026-04-01", "2026-04-30", "2026-05-01"),
        ("previous calendar year", "2027-01-01", "2027-12-31", "2028-01-01"),
        ("last 1 day", "2026-03-04", "2026-03-04", "2026-03-05"),
        ("last 7 days", "2026-03-04", "2026-03-10", "2026-03-11"),
        ("last 2 weeks", "2026-03-04", "2026-03-17", "2026-03-18"),
        ("last 12 months", "2026-03-04", "2027-03-03", "2027-03-04"),
        ("ever", "2026-03-04", "2036-01-01", None),
    ],
)
def test_windows_hold_a_day_from_its_first_to_its_last_showing(play, window, first, last_before, first_after):
    marked = visit("2026-03-04 12:00")
    condition = f"count of visit {window} is 1"
    seen = given(play, condition, marked, buy(f"{max(first, '2026-03-04')} 13:00"), buy(f"{last_before} 23:59"))
    assert seen == [1, 2] or (first > "2026-03-04" and seen == [1, 2])
    if first_after:
        assert given(play, condition, marked, buy(f"{first_after} 00:00")) == []


def test_month_arithmetic_clamps_to_the_months_end(play):
    marked = visit("2024-01-31 12:00")
    condition = "count of visit last 1 month is 1"
    assert given(play, condition, marked, buy("2024-02-28 12:00")) == [1]
    assert given(play, condition, marked, buy("2024-02-29 12:00")) == [1]
    assert given(play, condition, marked, buy("2024-03-01 00:00")) == []


def test_the_fiscal_year_and_the_week_start_where_the_program_says(play):
    head = 'program "T"\n  currency USD\n  fiscal year starts 04-01\n  week starts Sunday\nunit point\n'
    marked = visit("2026-03-31 12:00")
    assert given(play, "count of visit this fiscal year is 1", marked, buy("2026-04-01 00:00"), head=head) == []
    assert given(play, "count of visit previous fiscal year is 1", marked, buy("2026-04-01 00:00"), head=head) == [1]
    saturday = visit("2026-03-07 12:00")
    assert given(play, "count of visit this week is 1", saturday, buy("2026-03-08 00:00"), head=head) == []


def test_days_are_the_programs_in_its_zone_and_from_its_start_of_day(play):
    head = 'program "T"\n  currency USD\n  timezone America/New_York\n  day starts 04:00\nunit point\n'
    late = visit("2026-03-05 03:59")
    assert given(play, "count of visit this day is 1", late, buy("2026-03-05 04:00"), head=head) == []
    assert given(play, "count of visit previous day is 1", late, buy("2026-03-05 04:00"), head=head) == [1]


def test_a_day_with_a_clock_change_is_one_day(play):
    head = 'program "T"\n  currency USD\n  timezone America/New_York\nunit point\n'
    events = [visit("2026-03-08 00:30"), buy("2026-03-08 23:30"), visit("2026-11-01 00:30"), buy("2026-11-01 23:30")]
    assert given(play, "count of visit this day is 1", *events, head=head) == [1, 3]


def test_samoas_skipped_day_belongs_to_no_window(play):
    head = 'program "T"\n  currency USD\n  timezone Pacific/Apia\nunit point\n'
    marked = visit("2011-12-29 12:00")
    assert given(play, "count of visit last 2 days is 1", marked, buy("2011-12-31 12:00"), head=head) == []
    assert given(play, "count of visit last 3 days is 1", marked, buy("2011-12-31 12:00"), head=head) == [1]


def test_a_declared_measure_is_its_expression(play):
    text = (
        PURCHASE
        + 'measure spend\n  is sum of purchase.amount this month\nearn "A"\n  on purchase\n  give 1 point per 1 USD of spend\n  round down per event\n'
    )
    assert play(text, *DAYS).gave("A") == [1, 6, 8]


@pytest.mark.parametrize(
    ("zone", "starts", "instants"),
    [
        ("America/New_York", "01:30", ("2026-11-01T05:40", "2026-11-01T06:10", "2026-11-01T06:40", "2026-11-01T07:10")),
        ("America/St_Johns", "00:00", ("2010-11-07T02:30:30", "2010-11-07T02:45", "2010-11-07T03:45")),
    ],
)
def test_a_day_starts_once_where_the_clock_goes_back_over_its_start(checked, zone, starts, instants):
    head = f'program "T"\n  currency USD\n  timezone {zone}\n  day starts {starts}\nunit point\n'
    rule = 'earn "A"\n  on visit\n  give 1 point\n  limit 1 time per member per day\n'
    program = checked("event visit\n" + rule, head)
    at = [int(datetime.fromisoformat(each).replace(tzinfo=UTC).timestamp()) * 1_000_000 for each in instants]
    events = [Event(f"e{each}", "visit", "m", each, each, 0, {}) for each in at]
    given = [award.quantity for award in Engine(program).run(events).ledger.awards]
    assert sum(given) == len({Calendar(program.frame).day(each) for each in at}) < 3


def test_an_instant_lies_between_the_starts_of_its_day_and_of_the_next():
    for zone, starts in (("America/New_York", 2), ("Asia/Beirut", 0), ("Pacific/Apia", 12), ("America/Sao_Paulo", 0)):
        calendar = Calendar(nodes.Frame("T", 2026, "USD", zone, day_start=time(starts, 30)))
        first = datetime(2011, 12, 28, tzinfo=UTC)
        for hours in [*range(120), *range(24 * 365 * 6, 24 * 365 * 9, 7)]:
            instant = int((first + timedelta(hours=hours)).timestamp()) * 1_000_000
            day = calendar.day(instant)
            assert calendar.start(day) <= instant < calendar.start(day + timedelta(days=1))


def test_a_date_that_leaves_the_calendar_stops_at_its_end(play):
    assert given(play, "date + 999999 months > date", buy("2026-01-01 10:00")) == [0]
    assert given(play, "date - 9999999 days < date", buy("2026-01-01 10:00")) == [0]


@pytest.mark.parametrize("period", ["day", "week", "quarter"])
def test_a_measure_called_like_a_period_leaves_the_period_what_it_is(play, period):
    text = f'{PURCHASE}measure {period}\n  is count of purchase this {period}\nearn "A"\n  on purchase\n  when {period} is 1\n  give 1 point\n  limit 1 time per member per {period}\n'
    played = play(text, buy("2026-01-01 10:00"), buy("2026-01-01 11:00"), buy("2026-04-01 10:00"))
    assert played.gave("A") == [1, 1]
