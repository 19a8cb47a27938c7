"""Bad numbers and dates, line by line as the list of faults has it; what they do to answers is tried on the engine."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from tests.history.conftest import (
    SALE,
    SALE_EVENT,
    Open,
    Refused,
    codes,
    program,
    record,
)
from tests.history.told import SHOP, balance, instant, told

from guerdon.history import clock
from guerdon.ledger.entries import Pot
from guerdon.program import types

HEAD = "id,member,at,amount\n"
ROW = "1,ana,2026-01-01,1.00\n"


@pytest.mark.parametrize("written", ["NaN", "nan", "Infinity", "-inf", "∞", "1e400"])
def test_nan_and_infinity(opened: Open, written: str) -> None:
    assert codes(opened(SALE, SALE_EVENT, sales__csv=f"{HEAD}1,ana,2026-01-01,{written}\n")) == ["G603"]


@pytest.mark.parametrize(
    "written", ["9223372036854775807", "9223372036854775808", "-9223372036854775809", "92233720368547758.08"]
)
def test_int64_overflow(opened: Open, written: str) -> None:
    assert codes(opened(SALE, SALE_EVENT, sales__csv=f"{HEAD}1,ana,2026-01-01,{written}\n")) == ["G605"]


def test_int64_overflow_of_a_sum() -> None:
    """Amounts near the largest add up exactly: nothing is reckoned in 64 bits."""
    most = Fraction("9999999999999999.99")
    shop = told()
    for n in range(1, 12):
        shop = shop.add("sale", f"2026-01-{n:02}", amount=most)
    assert balance(shop.run()) == 11 * 9_999_999_999_999_999


def test_5000_digits(opened: Open) -> None:
    for written in ("9" * 5000, "0." + "9" * 5000, "1" + "0" * 5000):
        (code,) = codes(opened(SALE, SALE_EVENT, sales__csv=f"{HEAD}1,ana,2026-01-01,{written}\n"))
        assert code in ("G604", "G605")


@pytest.mark.parametrize(
    ("currency", "fine", "wrong"), [("JPY", "100", "100.5"), ("USD", "0.01", "0.005"), ("KWD", "0.001", "0.0005")]
)
def test_half_units(opened: Open, currency: str, fine: str, wrong: str) -> None:
    """A currency has its own decimals: an amount between two coins is refused, and an award is rounded as declared."""
    event = record("sale", amount=types.Quantity(currency, Fraction(1)))
    history = opened(
        SALE, of=program(event, currency=currency), sales__csv=f"{HEAD}1,m,2026-01-01,{fine}\n2,m,2026-01-01,{wrong}\n"
    )
    assert [each.facts["amount"] for each in history.events()] == [Fraction(fine)]
    assert codes(history) == ["G604"]
    for mode, given in (("down", 2), ("up", 3), ("half up", 3), ("half even", 2)):
        shop = SHOP.replace(
            "1 point per full 1 USD of amount", f"1 point per 2 USD of amount\n  round     {mode} per event"
        )
        assert balance(told(shop).add("sale", "2026-01-01", amount=5).run()) == given


@pytest.mark.parametrize(
    ("time", "earned", "gone"),
    [
        ("1 month", "2026-01-31", "2026-02-28"),
        ("1 month", "2024-01-31", "2024-02-29"),
        ("12 months", "2024-02-29", "2025-02-28"),
        ("48 months", "2024-02-29", "2028-02-29"),
        ("12 months", "2023-02-28", "2024-02-28"),
    ],
)
def test_29_february_and_a_year_31_january_and_a_month(time: str, earned: str, gone: str) -> None:
    shop = told(SHOP.replace("unit point", f"unit point\n  expires   {time} after earned"))
    before = date.fromisoformat(gone) - timedelta(days=1)
    sold = shop.add("sale", f"{earned} 12:00", amount=5)
    assert balance(sold.run(str(before))) == 5
    assert balance(sold.run(gone)) == 0


@pytest.mark.parametrize(("written", "code"), [("2024-03-10 02:30", "G612"), ("2024-11-03 01:30", "G613")])
def test_clock_gap_and_overlap(opened: Open, written: str, code: str) -> None:
    """Refused, unless the mapping says which of two moments is meant."""
    mapping = SALE.replace("UTC", "America/New_York")
    rows = f"{HEAD}1,ana,{written},1\n"
    assert codes(opened(mapping, SALE_EVENT, sales__csv=rows)) == [code]
    moments = []
    for which in ("earlier", "later"):
        said = mapping.replace("America/New_York", f"America/New_York\n    clock_change: {which}")
        moments += [each.at for each in opened(said, SALE_EVENT, sales__csv=rows).events()]
    assert moments[1] - moments[0] == 3_600_000_000


def test_samoas_skipped_day() -> None:
    """Apia had no 30 December 2011: its days are windows of their own all the same, and none is counted twice."""
    apia = SHOP.replace("  currency  USD", "  currency  USD\n  timezone  Pacific/Apia")
    apia += '\nearn "First of the day"\n  on     sale\n  give   100 point\n  limit  1 time per member per day\n'
    apia += '\nearn "Third in two days"\n  on     sale\n  when   count of sale last 2 days >= 3\n  give   1000 point\n'
    shop = told(apia).add("sale", "2011-12-29 23:59:59", amount=1)
    midnight = instant("2011-12-31", "Pacific/Apia")
    assert midnight - instant("2011-12-29 23:59:59", "Pacific/Apia") == 1_000_000, "a second later it is the 31st"
    shop = shop.add("sale", midnight, amount=1)
    assert balance(shop.run()) == 202
    assert balance(shop.add("sale", "2011-12-31 12:00", amount=1).run()) == 203, "the 29th is two days before the 31st"


def test_expiry_over_samoas_skipped_day() -> None:
    apia = SHOP.replace("  currency  USD", "  currency  USD\n  timezone  Pacific/Apia")
    shop = told(apia.replace("unit point", "unit point\n  expires   1 day after earned"))
    sold = shop.add("sale", "2011-12-29 12:00", amount=5)
    posted = sold.run("2011-12-31")
    assert balance(posted) == 0
    (gone,) = [each.at for each in posted.ledger.postings if each.target is Pot.EXPIRED]
    assert gone == instant("2011-12-31", "Pacific/Apia"), "the 30th starts, and ends, as the 31st does"


def test_tzdata_change(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event holds an instant: another edition of the zones moves none that was read, nor one that names its zone."""
    rows = f"{HEAD}1,ana,2026-07-01 12:00,1\n2,ana,2026-07-01T12:00:00-04:00,1\n"
    mapping = SALE.replace("UTC", "America/New_York")
    history = opened(mapping, SALE_EVENT, sales__csv=rows)
    read = [each.at for each in history.events()]
    assert read[0] == read[1] == instant("2026-07-01 16:00")
    moved = [clock.Interval(-(10**17), 0, 0, clock.NORMAL)]
    monkeypatch.setattr(clock, "intervals", lambda zone, years: moved)
    assert [each.at for each in history.events()] == read
    assert [each.at for each in opened(mapping, SALE_EVENT, sales__csv=rows).events()] == [
        instant("2026-07-01 12:00"),
        read[1],
    ]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2026-01-01 12:00", "G611"),
        ("2026-01-01T23:59:60Z", "G610"),
        ("2026-01-01T12:00:00 ../x", "G610"),
        ("2026-01-01T12:00:00[Europe/Berlin]", "G610"),
    ],
)
def test_naive_time_leap_second_and_zone(opened: Open, written: str, code: str) -> None:
    assert codes(
        opened(SALE.replace("    timezone: UTC\n", ""), SALE_EVENT, sales__csv=f"{HEAD}1,ana,{written},1\n")
    ) == [code]


@pytest.mark.parametrize("zone", ["../x", "/etc/localtime", "America/New_Yrok", "Europe", "UTC\\0"])
def test_zone_that_is_none(refused: Refused, zone: str) -> None:
    assert codes(refused(SALE.replace("UTC", zone), SALE_EVENT, sales__csv=HEAD + ROW)) == ["G517"]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Apia"])
def test_expiry_to_the_microsecond(zone: str) -> None:
    """The last microsecond before the day can still be spent in; the day itself can't."""
    text = SHOP.replace("  currency  USD", f"  currency  USD\n  timezone  {zone}")
    shop = told(text.replace("unit point", "unit point\n  expires   10 days after earned"))
    sold = shop.add("sale", "2026-03-01 12:00", amount=5)
    start = instant("2026-03-11", zone)
    for at, refused_, left in ((start - 1, 0, 0), (start, 1, 0), (start + 1, 1, 0)):
        posted = sold.add("redemption", at, unit="point", quantity=5).run()
        assert (len(posted.ledger.refusals), balance(posted)) == (refused_, left)
        expired = [each for each in posted.ledger.postings if each.target is Pot.EXPIRED]
        assert [each.at for each in expired] == [start] * refused_, "once, at the start of the day"
