"""An instant is computed by the zone's rules, or the row is set aside."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.history.conftest import SALE, SALE_EVENT, USD, Open, Refused, WriteParquet, codes, program, record

from guerdon.history import clock
from guerdon.history.open import History
from guerdon.program import nodes, types

NEW_YORK = SALE.replace("timezone: UTC", "timezone: America/New_York")
ZONELESS = SALE.replace("    timezone: UTC\n", "")


def at(history: History) -> list[int]:
    return [each.at for each in history.events()]


def micros(*moment: int, zone: str = "UTC", microsecond: int = 0) -> int:
    year, month, day, hour, minute = (*moment, 0, 0)[:5]
    whole = datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return int(whole.timestamp()) * 1_000_000 + microsecond


def sale(moment: str) -> str:
    return f"id,member,at,amount\n1,m,{moment},1\n"


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-03-02T14:30:00Z", micros(2026, 3, 2, 14, 30)),
        ("2026-03-02 14:30:00z", micros(2026, 3, 2, 14, 30)),
        ("2026-03-02T14:30:00+05:30", micros(2026, 3, 2, 9, 0)),
        ("2026-03-02T14:30:00 -0800", micros(2026, 3, 2, 22, 30)),
        ("2026-03-02T14:30:00+02", micros(2026, 3, 2, 12, 30)),
        ("2026-03-02T14:30:00.123456Z", micros(2026, 3, 2, 14, 30, microsecond=123456)),
        ("2026-03-02T14:30:00.1Z", micros(2026, 3, 2, 14, 30, microsecond=100000)),
        ("2026-03-02T14:30:00.123456000Z", micros(2026, 3, 2, 14, 30, microsecond=123456)),
        ("2026-03-02T14:30", micros(2026, 3, 2, 14, 30, zone="America/New_York")),
        ("2026-07-02 14:30:00", micros(2026, 7, 2, 14, 30, zone="America/New_York")),
        ("2026-03-02", micros(2026, 3, 2)),  # a day is the program's, whose zone is UTC here
        ("1900-01-01 00:00:00", micros(1900, 1, 1, zone="America/New_York")),
        ("2199-07-01 00:00:00", micros(2199, 7, 1, zone="America/New_York")),
    ],
)
def test_a_time_in_text_is_an_instant(opened: Open, written: str, instant: int) -> None:
    assert at(opened(NEW_YORK, SALE_EVENT, sales__csv=sale(written))) == [instant]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2026-02-30", "G610"),
        ("2026-13-01T00:00Z", "G610"),
        ("2026-03-02T24:00:00Z", "G610"),
        ("2026-03-02T23:59:60Z", "G610"),
        ("02/03/2026", "G610"),
        ("yesterday", "G610"),
        ("0000-01-01", "G610"),
        ("infinity", "G610"),
        ("2026-03-02T14:30:00.1234567Z", "G614"),
        ("2026-03-02T14:30:00+99:00", "G610"),
        ("2026-03-02T14:30:00 Mars/Base", "G610"),
        ("", "G602"),
        ("2024-03-10 02:30", "G612"),
        ("2024-11-03 01:30", "G613"),
        ("1772461800", "G610"),
    ],
)
def test_what_is_no_instant_is_set_aside(opened: Open, written: str, code: str) -> None:
    history = opened(NEW_YORK, SALE_EVENT, sales__csv=sale(written) + "2,m,2026-01-01,1\n")
    assert codes(history) == [code]
    assert len(at(history)) == 1


@pytest.mark.parametrize(
    ("written", "change", "hour"),
    [
        ("2024-03-10 02:30", "earlier", (6, 30)),
        ("2024-03-10 02:30", "later", (7, 30)),
        ("2024-11-03 01:30", "earlier", (5, 30)),
        ("2024-11-03 01:30", "later", (6, 30)),
        ("2024-11-03 12:00", "later", (17, 0)),
    ],
)
def test_a_source_may_say_which_moment_a_clock_change_means(
    opened: Open, written: str, change: str, hour: tuple[int, int]
) -> None:
    mapping = NEW_YORK.replace("America/New_York", f"America/New_York\n    clock_change: {change}")
    day = [int(each) for each in written[:10].split("-")]
    assert at(opened(mapping, SALE_EVENT, sales__csv=sale(written))) == [micros(*day, *hour)]


def test_a_zone_in_the_value_settles_a_clock_change(opened: Open) -> None:
    assert at(opened(NEW_YORK, SALE_EVENT, sales__csv=sale("2024-11-03T01:30:00-05:00"))) == [
        micros(2024, 11, 3, 6, 30)
    ]


@pytest.mark.parametrize(
    ("sql", "column"),
    [
        ("TIMESTAMP '2024-03-10 02:30:00'", "G612"),
        ("TIMESTAMP '2024-11-03 01:30:00'", "G613"),
        ("TIMESTAMP 'infinity'", "G610"),
        ("TIMESTAMP_NS '2024-05-01 01:30:00.123456789'", "G614"),
        ("NULL::TIMESTAMP", "G602"),
    ],
)
def test_a_timestamp_that_is_no_instant_is_set_aside(
    opened: Open, parquet: WriteParquet, sql: str, column: str
) -> None:
    parquet("sales.parquet", f"SELECT '1' id, 'm' member, {sql} AS \"at\", 1 amount")
    assert codes(opened(NEW_YORK.replace(".csv", ".parquet"), SALE_EVENT)) == [column]


@pytest.mark.parametrize(
    ("sql", "instant"),
    [
        ("TIMESTAMP '2024-07-01 12:00:00.5'", micros(2024, 7, 1, 16, 0, microsecond=500000)),
        ("TIMESTAMP_NS '2024-07-01 12:00:00.123456'", micros(2024, 7, 1, 16, 0, microsecond=123456)),
        ("TIMESTAMP_S '2024-07-01 12:00:00'", micros(2024, 7, 1, 16, 0)),
        ("TIMESTAMP_MS '2024-07-01 12:00:00'", micros(2024, 7, 1, 16, 0)),
        ("TIMESTAMPTZ '2024-07-01 12:00:00+00'", micros(2024, 7, 1, 12, 0)),
        ("DATE '2024-07-01'", micros(2024, 7, 1)),
    ],
)
def test_a_timestamp_is_an_instant(opened: Open, parquet: WriteParquet, sql: str, instant: int) -> None:
    parquet("sales.parquet", f"SELECT '1' id, 'm' member, {sql} AS \"at\", 1 amount")
    assert at(opened(NEW_YORK.replace(".csv", ".parquet"), SALE_EVENT)) == [instant]


def test_a_column_of_naive_timestamps_needs_a_zone(refused: Refused, parquet: WriteParquet) -> None:
    parquet("sales.parquet", "SELECT '1' id, 'm' member, TIMESTAMP '2024-07-01 12:00:00' AS \"at\", 1 amount")
    error = refused(ZONELESS.replace(".csv", ".parquet"), SALE_EVENT)
    assert codes(error) == ["G527"]
    assert "timezone: UTC" in str(error)


def test_a_naive_text_without_a_zone_is_set_aside_alone(opened: Open) -> None:
    history = opened(ZONELESS, SALE_EVENT, sales__csv=sale("2024-07-01 12:00:00") + "2,m,2024-07-01T12:00:00Z,1\n")
    assert codes(history) == ["G611"]
    assert at(history) == [micros(2024, 7, 1, 12, 0)]


def test_a_date_is_the_start_of_the_programs_day(opened: Open) -> None:
    history = opened(ZONELESS, of=program(SALE_EVENT, zone="America/Sao_Paulo"), sales__csv=sale("2018-11-04"))
    assert at(history) == [micros(2018, 11, 4, 3, 0)]  # midnight was skipped: the day began at one


def test_an_unknown_zone_is_named_with_its_neighbour(refused: Refused) -> None:
    error = refused(SALE.replace("UTC", "America/New_Yrok"), SALE_EVENT, sales__csv=sale("2024-07-01"))
    assert codes(error) == ["G517"]
    assert "America/New_York" in str(error)
    assert codes(refused(SALE.replace("UTC", "../x"), SALE_EVENT, sales__csv=sale("2024-07-01"))) == ["G517"]


def test_dates_and_instants_among_the_fields(opened: Open) -> None:
    event = record("sale", amount=USD, born=types.Date(), seen=types.Instant(), left=types.Optional(types.Date()))
    mapping = NEW_YORK + "      born: born\n      seen: seen\n      left: gone\n"
    history = opened(
        mapping,
        event,
        sales__csv="id,member,at,amount,born,seen,gone\n1,m,2026-01-01,1,2000-02-29,2026-01-01 12:00,\n2,m,2026-01-01,1,2001-02-29,2026-01-01 12:00,\n3,m,2026-01-01,1,2000-02-29,2024-03-10 02:30,\n",
    )
    facts = next(history.events()).facts
    assert (facts["born"], facts["seen"], facts["left"]) == (date(2000, 2, 29), micros(2026, 1, 1, 17, 0), None)
    assert codes(history) == ["G609", "G612"]


ZONES = [
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "Antarctica/Troll",
]


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(zone=st.sampled_from(ZONES), local=st.datetimes(datetime(1950, 1, 1), datetime(2060, 1, 1)))
def test_the_intervals_agree_with_the_zone_database(zone: str, local: datetime) -> None:
    found = [each for each in clock.intervals(zone, [local.year]) if each.start <= micros_of(local)][-1]
    first, second = (local.replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp() for fold in (0, 1))
    assert {micros_of(local) - found.earlier, micros_of(local) - found.later} == {
        round(first * 1e6),
        round(second * 1e6),
    }


def micros_of(local: datetime) -> int:
    return (local - datetime(1970, 1, 1)) // (datetime.resolution)


def test_a_day_that_a_zone_skipped_does_not_exist(opened: Open) -> None:
    history = opened(SALE.replace("UTC", "Pacific/Apia"), SALE_EVENT, sales__csv=sale("2011-12-30 12:00"))
    assert codes(history) == ["G612"]


def test_a_date_is_the_programs_day_whatever_clock_the_source_was_read_from(opened: Open) -> None:
    """It starts where the program's days start, in the program's zone."""
    of = program(SALE_EVENT, zone="America/New_York")
    frame = nodes.Frame("p", 2026, "USD", "America/New_York", day_start=time(4))
    early = nodes.Program(**{name: getattr(of, name) for name in of.field_names} | {"frame": frame})
    utc = NEW_YORK.replace("America/New_York", "UTC")
    assert at(opened(utc, of=early, sales__csv=sale("2026-03-05"))) == [micros(2026, 3, 5, 4, zone="America/New_York")]
    assert at(opened(utc, of=early, sales__csv=sale("2026-03-05 00:00:00"))) == [micros(2026, 3, 5)]


def test_a_day_whose_start_the_clock_skipped_starts_with_the_change(opened: Open) -> None:
    of = program(SALE_EVENT, zone="America/Sao_Paulo")
    frame = nodes.Frame("p", 2026, "USD", "America/Sao_Paulo", day_start=time(0, 30))
    late = nodes.Program(**{name: getattr(of, name) for name in of.field_names} | {"frame": frame})
    assert at(opened(ZONELESS, of=late, sales__csv=sale("2018-11-04"))) == [micros(2018, 11, 4, 3)]
