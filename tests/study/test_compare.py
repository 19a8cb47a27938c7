"""A comparison of two versions adds up, agrees with SQL over their award tables, and says which change brings what."""

from __future__ import annotations

import csv
import json
import zipfile
from collections import Counter
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import guerdon
from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.history.open import open_history
from guerdon.kernel.writing.make import Room
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.posted import Posted
from guerdon.study.compare.attribution import attributed
from guerdon.study.compare.comparison import Comparison, NotComparable, comparable, compare
from guerdon.study.compare.failing import holds as failing
from guerdon.study.compare.markdown import markdown
from guerdon.study.compare.running import Runs
from guerdon.study.compare.sides import Side
from guerdon.study.conditions.condition import Malformed, condition
from guerdon.study.parts import together
from guerdon.study.report import page, shown, workbook
from guerdon.study.results import write
from guerdon.study.streamed import streamed

GROCERY = Path(__file__).resolve().parents[2] / "examples" / "grocery"

OLD = """
program "Corner"
  edition     2026
  currency    USD
  timezone    America/New_York

unit point
  worth       0.01 USD

unit credit
  decimals    2
  worth       1 USD

unit stamp

event order
  amount      money

tiers status
  counts      sum of order.amount this calendar year
  tier        Base
  tier        Gold at 300 USD
  lasts       while met

earn "Points"
  on          order
  give        1 point per 3 USD of amount
  round       down per event

earn "Stamps"
  on          order
  give        1 stamp

earn "Credit"
  on          order
  when        amount > 100 USD
  give        5 credit per 300 USD of amount
  round       down per event
"""

NEW = (
    OLD.replace("1 point per 3 USD", "1 point per 2 USD")
    .replace("tier        Gold at 300 USD", "tier        Silver at 100 USD\n  tier        Gold at 400 USD")
    .replace('earn "Credit"', 'earn "Store credit"')
    .replace("amount > 100 USD", "amount > 250 USD")
    .replace("worth       1 USD", "worth       0.90 USD")
)


@cache
def program(text: str) -> nodes.Program:
    found, diagnostics = check_bytes("corner.guerdon", text.encode())
    assert found is not None, diagnostics
    return found


def order(number: int, member: str, amount: str | Fraction, hours: int | None = None) -> Event:
    at = 1_767_283_200_000_000 + (number if hours is None else hours) * 3_600_000_000
    return Event(f"e{number}", "order", member, at, at, number, {"amount": Fraction(amount)})


ORDERS = order(0, "a", "2"), order(1, "b", "301.50"), order(2, "c", "120"), order(3, "a", "99"), order(4, "b", "150")


def run(text: str, *events: Event) -> Posted:
    return Engine(program(text)).run(sorted(events, key=lambda event: event.order))


class Told:
    """A history of some events, as far as a comparison asks for it."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.told, self.members = sorted(events, key=lambda event: event.order), dict[str, Any]()

    def events(self, of: Iterable[str] | None = None) -> list[Event]:
        return [each for each in self.told if of is None or each.member in set(of)]


def compared(old: str, new: str, *events: Event, live: date | None = None, out: Path | None = None) -> Comparison:
    runs = Runs(lambda *_: run(old), lambda _: Told(events))  # type: ignore[arg-type,return-value]
    return compare(Side(run(old, *events)), Side(run(new, *events)), runs, live=live, out=out)


def rows(found: Comparison, name: str) -> list[dict[str, Any]]:
    """The rows of a table by the names of its columns; none where it is left out."""
    known = {table.name: table for section in found.sections for table in section.tables}
    if name not in known:
        return []
    return [dict(zip([each.name for each in known[name].columns], row, strict=True)) for row in known[name].rows]


def says(found: Comparison, title: str) -> str:
    return " ".join(next(each for each in found.sections if each.title == title).says)


# ---------------------------------------------------------------- figures


def test_a_version_and_itself_do_not_differ() -> None:
    found = compared(OLD, OLD, *ORDERS)
    assert not rows(found, "first")
    assert all(not row["difference"] and not row["there"] for row in rows(found, "rules"))
    assert all(not row["gain"] and not row["lose"] for row in rows(found, "people"))
    assert all(row["old"] == row["new"] for row in rows(found, "tiers_status"))
    assert says(found, "Before it goes live").startswith("Forward only")


def test_totals_are_what_was_awarded_and_cost_what_that_is_worth() -> None:
    found = compared(OLD, NEW, *ORDERS)
    assert {row["unit"]: (row["old"], row["new"]) for row in rows(found, "units")} == {
        "point": (0 + 100 + 40 + 33 + 50, 1 + 150 + 60 + 49 + 75),
        "credit": (Fraction("5.02") + 2 + Fraction("2.50"), Fraction("5.02")),
        "stamp": (5, 5),
    }
    cost, of_sales, *_ = rows(found, "cost")
    assert cost["old"] == found.old.cost == Fraction("2.23") + Fraction("9.52")
    assert cost["new"] == found.new.cost == Fraction("3.35") + Fraction("5.02") * Fraction("0.90")
    assert (of_sales["old"], of_sales["new"]) == (cost["old"] / Fraction("672.50"), cost["new"] / Fraction("672.50"))
    assert "Left out, for they have no worth: stamp." in found.table("cost").notes


def test_a_rule_of_one_version_only_is_shown_as_such() -> None:
    found = {row["rule"]: row for row in rows(compared(OLD, NEW, *ORDERS), "rules")}
    assert {rule: row["there"] for rule, row in found.items()} == {
        "Points": "",
        "Stamps": "",
        "Store credit": "new",
        "Credit": "gone",
    }
    assert (found["Credit"]["times_old"], found["Credit"]["times_new"], found["Credit"]["new"]) == (3, 0, 0)
    assert found["Stamps"]["cost_difference"] is None


def test_a_rule_that_gives_another_unit_is_gone_from_one_and_new_in_the_other() -> None:
    other = OLD.replace("give        1 stamp", "give        7 point")
    found = [row for row in rows(compared(OLD, other, *ORDERS), "rules") if row["rule"] == "Stamps"]
    assert [(row["unit"], row["there"], row["old"], row["new"]) for row in found] == [
        ("point", "new", 0, 35),
        ("stamp", "gone", 5, 0),
    ]


def test_who_pays_is_told_of_both() -> None:
    paid = OLD.replace("give        1 stamp\n", "give        2 stamp\n  funded      shop 1, maker 1\n")
    found = compared(OLD.replace("give        1 stamp\n", "give        2 stamp\n"), paid, order(0, "a", "10"))
    assert [(row["partner"], row["unit"], row["old"], row["new"]) for row in rows(found, "payers")] == [
        ("shop", "stamp", 0, 1),
        ("maker", "stamp", 0, 1),
    ]
    assert not any(table.name == "payers" for part in compared(OLD, OLD).sections for table in part.tables)


def test_members_stand_where_they_stood_at_the_end() -> None:
    found = compared(OLD, NEW, *ORDERS)
    assert [tuple(row.values()) for row in rows(found, "tiers_status")] == [
        ("Base", 2, 0, -2),
        ("Silver", 0, 2, 2),
        ("Gold", 1, 1, 0),
    ]
    assert [tuple(row.values()) for row in rows(found, "moves_status")] == [("Base", 0, 2, 0), ("Gold", 0, 0, 1)]
    by_tier = {row["group"]: row for row in rows(found, "cost_by_status")}
    assert sum(row["difference"] for row in by_tier.values()) == found.new.cost - found.old.cost
    assert {tier: row["members"] for tier, row in by_tier.items()} == {"Base": 2, "Gold": 1}


def test_the_biggest_winners_come_first_and_are_ten_at_most() -> None:
    orders = [order(number, f"m{number:02}", str(3 * number)) for number in range(1, 16)]
    found = compared(OLD, NEW, *orders)
    people = {row["counted_in"]: row for row in rows(found, "people")}
    assert (people["point"]["gain"], people["point"]["lose"], people["point"]["unchanged"]) == (14, 0, 1)
    assert people["stamp"]["unchanged"] == 15
    assert people["cost in USD"]["gain"] == 14
    assert [row["member"][1:] for row in rows(found, "gain_most")] == "14 15 12 13 10 11 08 09 06 07".split()
    assert not rows(found, "lose_most")


def test_tenths_are_of_one_size_and_stay_those_of_the_old_version() -> None:
    orders = [order(number, f"m{number:02}", str(3 * number)) for number in range(1, 24)]
    found = rows(compared(OLD, NEW, *orders), "tenths")
    assert [row["members"] for row in found] == [3, 3, 3, 2, 2, 2, 2, 2, 2, 2]
    assert [row["old"] for row in found[:2]] == [Fraction("0.06"), Fraction("0.15")]
    assert sum(row["difference"] for row in found) == Fraction(sum(3 * n // 2 - n for n in range(1, 24)), 100)


def test_the_first_difference_is_the_first_in_time_and_is_explained_by_both() -> None:
    found = compared(OLD, NEW, order(0, "a", "300", hours=9), order(1, "b", "1", hours=7), order(2, "c", "2", hours=8))
    (first,) = rows(found, "first")
    assert (first["member"], first["event"]) == ("c", "e2")
    assert (first["old"], first["new"]) == ('1 stamp "Stamps"', '1 point "Points", 1 stamp "Stamps"')
    (pair,) = next(each for each in found.sections if each.beside).beside
    assert '"Points" gave nothing' in pair.left[1] and '"Points" gave 1 point' in pair.right[1]


def test_a_rule_renamed_makes_no_customer_differ() -> None:
    found = compared(OLD, OLD.replace('"Points"', '"Base"'), *ORDERS)
    assert not rows(found, "first")
    assert {row["there"] for row in rows(found, "rules")} == {"", "new", "gone"}


def test_programs_in_two_currencies_are_not_compared() -> None:
    with pytest.raises(NotComparable, match="one program counts in USD, the other in EUR"):
        comparable(program(OLD), program(OLD.replace("USD", "EUR")))


def test_a_history_without_events_compares() -> None:
    found = compared(OLD, NEW)
    assert not rows(found, "first") and not rows(found, "tenths")
    assert shown.as_json(found) and page.as_html(found) and markdown(found)


# ---------------------------------------------------------------- what of the past changes


def test_what_begins_with_the_day_on_which_it_goes_live_is_forward_only() -> None:
    stamps = 'earn "Stamps"\n  on          order\n'
    until = f"{stamps}  during      2025-01-01 through 2026-01-04\n  give        1 stamp\n\n"
    since = until.replace("Stamps", "Two stamps").replace("2025-01-01 through 2026-01-04", "from 2026-01-05")
    new = OLD.replace(f"{stamps}  give        1 stamp\n\n", until + since.replace("1 stamp", "2 stamp"))
    orders = [order(number, "a", "10", hours=24 * number) for number in range(8)]
    assert says(compared(OLD, new, *orders, live=date(2026, 1, 5)), "Before it goes live") == (
        "Forward only: with the new version no award, no balance and no tier of before 2026-01-05 is another."
    )
    assert "Not forward only" in says(compared(OLD, new, *orders), "Before it goes live")


@pytest.mark.parametrize(
    ("old", "new", "rows_of"),
    [
        ("unit point\n", "unit point\n  expires     10 days after earned\n", [("balance of point", 1, 1)]),
        ("Gold at 300 USD", "Gold at 600 USD", [("tier of status", 1, 1)]),
    ],
)
@pytest.mark.parametrize("live", [None, date(2026, 1, 25)])
def test_what_expires_and_who_holds_which_tier_are_of_the_past_too(
    old: str, new: str, rows_of: list[tuple[str, int, int]], live: date | None
) -> None:
    assert OLD.count(old) == 1
    orders = [order(0, "a", "500"), order(1, "b", "0.10", hours=24 * 40)]
    found = compared(OLD, OLD.replace(old, new), *orders, live=live)
    assert "Not forward only: nothing that was awarded" in says(found, "Before it goes live")
    assert [tuple(row.values()) for row in rows(found, "past_members")] == rows_of
    assert dict(each[:2] for each in found.headline)["the past"] == "restated"
    too_early = compared(OLD, OLD.replace(old, new), *orders, live=date(2026, 1, 1))
    assert "Forward only" in says(too_early, "Before it goes live")


def test_what_would_be_taken_back_is_told_from_what_would_be_given() -> None:
    new = OLD.replace("1 point per 3 USD of amount", "1 point per 2 USD of (amount - 50 USD)").replace(
        'round       down per event\n\nearn "Stamps',
        'round       down per event\n  when        amount > 60 USD\n\nearn "Stamps',
    )
    found = compared(OLD, new, order(0, "a", "60"), order(1, "b", "600"))
    past = {row["counted_in"]: row for row in rows(found, "past")}
    assert (past["point"]["more"], past["point"]["less"], past["point"]["events"]) == (75, -20, 2)
    assert "1 member would have less than they were given" in says(found, "Before it goes live")


# ---------------------------------------------------------------- which change brings what


def test_parts_sum_to_the_whole_and_what_two_bring_together_is_halved() -> None:
    """A brings 3 alone, B 5, and both together 20: the twelve that only both bring are six for each."""
    worth = {frozenset[int](): 0, frozenset({0}): 3, frozenset({1}): 5, frozenset({0, 1}): 20}
    found = attributed(2, lambda made: {"cost": Fraction(worth[made])})
    assert [part["cost"] for part in found] == [9, 11]


@given(st.integers(1, 6), st.dictionaries(st.frozensets(st.integers(0, 5)), st.fractions(), max_size=30))
def test_parts_sum_to_the_whole_whatever_comes_together(count: int, figures: dict[frozenset[int], Fraction]) -> None:
    found = attributed(count, lambda made: {"x": figures.get(made, Fraction(0))})
    whole = figures.get(frozenset(range(count)), Fraction(0)) - figures.get(frozenset(), Fraction(0))
    assert sum(part.get("x", Fraction(0)) for part in found) == whole


SHOP = """program "Corner"
  currency USD
unit point
  worth 0.01 USD
event order
  amount money
param rate
  is 2
tiers status
  counts sum of order.amount this calendar year
  tier Base
  tier Gold at 300 USD
  lasts while met
earn "Points"
  on order
  give rate * 1 point per full 1 USD of amount
earn "Gold"
  on order
  when status is Gold
  give 100 point
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "old.guerdon").write_text(
        SHOP.replace("rate * 1 point per full 1 USD of amount", "rate * (1 point per full 1 USD of amount)")
    )
    (tmp_path / "orders.csv").write_text(
        "id,member,at,amount\n" + "".join(f"o{n},{'ab'[n % 2]},2026-01-{n + 1:02} 10:00,{100 + n}\n" for n in range(12))
    )
    (tmp_path / "history.yaml").write_text(
        "sources:\n  orders:\n    file: orders.csv\n    timezone: UTC\n    columns: {amount: decimal 2}\n"
        "events:\n  order:\n    from: orders\n    id: id\n    member: member\n    at: at\n    fields: {amount: amount}\n"
    )
    return tmp_path


def changed(shop: Path, *changes: tuple[str, str], set: dict[str, str] | None = None) -> Comparison:
    text = (shop / "old.guerdon").read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (shop / "new.guerdon").write_text(text)
    return guerdon.compare(guerdon.load(shop / "old.guerdon"), guerdon.load(shop / "new.guerdon", set), shop)


def test_each_change_brings_its_part(shop: Path) -> None:
    """Two more orders are made as Gold with the lower threshold, for each of two; 50 points more each time, and half of those that are more often."""
    found = changed(shop, ("300 USD", "200 USD"), ("give 100 point", "give 150 point"))
    causes = {row["change"]: row for row in rows(found, "causes")}
    assert {change: row["unit_point"] for change, row in causes.items()} == {
        "tiers status": Fraction(100 * 2 + 150 * 2, 2),
        'earn "Gold"': Fraction(50 * 6 + 50 * 8, 2),
    }
    assert sum(row["cost"] for row in causes.values()) == found.new.cost - found.old.cost
    assert [row["line"].split(maxsplit=1)[0] for row in rows(found, "changes")] == ["-", "+", "-", "+"]


def test_what_is_new_is_changed_together_with_what_names_it(shop: Path) -> None:
    table = "\ntable more\n  by status\n  row Base: 1\n  row Gold: 2\n"
    found = changed(
        shop, ("give 100 point", "give more(status) * 100 point"), ("lasts while met\n", "lasts while met\n" + table)
    )
    assert [row["change"] for row in rows(found, "causes")] == ['table more (new), earn "Gold"']


def test_only_what_has_to_is_changed_together(shop: Path) -> None:
    """A tier that is new comes with the table that has a row for it; the rule beside them stands alone."""
    text = (shop / "old.guerdon").read_text(encoding="utf-8")
    text = text.replace(
        'earn "Gold"', "table gifts\n  by status\n  row Base: 1 point\n  row Gold: 100 point\n" + 'earn "Gold"'
    )
    text = text.replace("when status is Gold\n  give 100 point", "give gifts(status)")
    (shop / "old.guerdon").write_text(text, encoding="utf-8")
    tier = ("  tier Gold at 300 USD\n", "  tier Gold at 300 USD\n  tier Top at 900 USD\n")
    row = ("  row Gold: 100 point\n", "  row Gold: 100 point\n  row Top: 300 point\n")
    found = changed(shop, tier, row, ("1 point per full 1 USD", "3 point per full 1 USD"))
    assert [row["change"] for row in rows(found, "causes")] == ["tiers status, table gifts", 'earn "Points"']


def test_a_rule_that_is_called_otherwise_is_one_change_that_brings_nothing(shop: Path) -> None:
    found = changed(shop, ('earn "Gold"', 'earn "More for Gold"'))
    assert [(row["change"], row["unit_point"]) for row in rows(found, "causes")] == [
        ('earn "More for Gold" (renamed)', 0)
    ]


def test_a_param_that_is_given_another_value_is_a_change(shop: Path) -> None:
    found = changed(shop, set={"rate": "3"})
    assert [(row["change"], row["unit_point"]) for row in rows(found, "causes")] == [
        ("param rate", sum(100 + n for n in range(12)))
    ]


def test_comments_layout_and_tests_are_no_change(shop: Path) -> None:
    found = changed(
        shop,
        ('earn "Gold"\n', '# why\nearn "Gold"\n'),
        (
            "give 100 point\n",
            'give   100 point\n\ntest "t"\n  event order on 2026-01-01: amount 5 USD\n  expect 10 point\n',
        ),
    )
    assert (
        next(each for each in found.sections if each.title.startswith("What changes")).absent
        == "both versions say the same"
    )


def test_segments_are_those_of_the_old_version(shop: Path) -> None:
    text = (shop / "old.guerdon").read_text()
    words = "table size\n  by key money\n  row below 400 USD: small\n  row from 400 USD: large\nmeasure segment\n  is size(sum of order.amount this month)\n"
    (shop / "old.guerdon").write_text(text + words)
    (shop / "orders.csv").write_text((shop / "orders.csv").read_text() + "x,c,2026-02-01 10:00,10\n")
    found = changed(shop, ("give 100 point", "give 150 point"), ("below 400", "below 10"), ("from 400", "from 10"))
    assert [tuple(row.values())[:3] for row in rows(found, "segments_segment")] == [("small", 0, 0), ("large", 2, 2)]
    costs = {row["group"]: row["difference"] for row in rows(found, "cost_by_segment")}
    assert costs["large"] == found.new.cost - found.old.cost > 0
    assert costs["not there"] == 0


# ---------------------------------------------------------------- conditions


@pytest.mark.parametrize(
    ("written", "holds"),
    [
        ("cost < 0", True),
        ("cost > 5%", False),
        ("cost <= -33%", True),
        ("point > 50%", True),
        ("point >= 112 point", True),
        ("point > 112 point", False),
        ("losers > 1", True),
        ("winners >= 4", False),
        ("owed < -3 USD", True),
        ("expired > 0", False),
        ("expired = 0", True),
        ("losers > 50%", True),
        ("losers > 70%", False),
        ("Gold = 0", True),
        ("status Gold < 0", False),
        ("Silver > 40%", True),
        ("Silver = 2", True),
        ("cost < -0.5% of sales", True),
        ("cost < -0.6% of sales", False),
        ('"Points" > 100 point', True),
        ('"Credit" < 0', True),
    ],
)
def test_a_condition_is_about_differences(written: str, holds: bool) -> None:
    assert (failing(condition(written), compared(OLD, NEW, *ORDERS)) is not None) is holds


@pytest.mark.parametrize(
    "written", ["cost", "cost == 5", "cost >", "cost > 5% of", "cost > 5 of sales", "> 5", "cost > five"]
)
def test_a_condition_that_can_t_be_read(written: str) -> None:
    with pytest.raises(Malformed, match="write it like `cost > 5%`"):
        condition(written)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (
            "costs > 5",
            "there are cost, owed, expired, winners, losers, sales, members, point, credit, stamp, Base, Silver, Gold",
        ),
        ("cost > 5 EUR", "cost is in USD, not in EUR"),
        ("losers > 5 USD", "losers counts members"),
        ("Gold > 5% of cost", "neither is a share of the other"),
        ('"Pionts" > 5', 'did you mean `"Points"`'),
    ],
)
def test_a_condition_about_nothing_in_the_comparison(written: str, message: str) -> None:
    with pytest.raises(Malformed, match=message):
        failing(condition(written), compared(OLD, NEW, *ORDERS))


# ---------------------------------------------------------------- sums

AMOUNTS = st.integers(0, 50_000).map(lambda cents: Fraction(cents, 100))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcdefghijklm"), AMOUNTS), max_size=25))
def test_rules_members_and_moves_add_up_to_the_totals(orders: list[tuple[str, Fraction]]) -> None:
    found = compared(OLD, NEW, *(order(number, member, amount) for number, (member, amount) in enumerate(orders)))
    difference = found.new.cost - found.old.cost
    for unit in rows(found, "units"):
        mine = [row for row in rows(found, "rules") if row["unit"] == unit["unit"]]
        assert (sum(row["old"] for row in mine), sum(row["new"] for row in mine)) == (unit["old"], unit["new"])
    assert sum(row["cost_difference"] or 0 for row in rows(found, "rules")) == difference
    assert sum(row["cost_difference"] or 0 for row in rows(found, "units")) == difference
    for name in ("months", "tenths", "cost_by_status"):
        assert sum(row["difference"] for row in rows(found, name)) == difference
    members = {member for member, _ in orders}
    people = rows(found, "people")[-1]
    assert people["gain"] + people["lose"] + people["unchanged"] == len(members)
    assert people["gained"] + people["lost"] == difference
    for figure in ("old", "new"):
        assert sum(row[figure] for row in rows(found, "tiers_status")) == len(members)
    assert bool(rows(found, "first")) == bool(rows(found, "past"))


# ---------------------------------------------------------------- files


def test_files_add_up_and_hold_exact_numbers(tmp_path: Path) -> None:
    found = compared(OLD, NEW, *ORDERS, order(5, "=d", "250"), out=tmp_path / "out")
    told = {file.stem: list(csv.DictReader(file.open(newline=""))) for file in (tmp_path / "out").iterdir()}
    for unit in told["units"]:
        of = [row for row in told["members"] if row["unit"] == unit["unit"]]
        assert sum(Fraction(row["awarded_old"]) for row in of) == Fraction(unit["old"])
        assert sum(Fraction(row["awarded_new"]) for row in of) == Fraction(unit["new"])
    assert {row["member"] for row in told["members"]} == {"a", "b", "c", "'=d"}
    sums = [Fraction(told["cost"][0][version]) for version in ("old", "new", "difference")]
    assert sums == [found.old.cost, found.new.cost, found.new.cost - found.old.cost]
    assert [row["kind"] for row in told["definitions"] if row["table"] == "tenths"] == ["title", "note", "note"]


def test_json_holds_exact_numbers_as_text() -> None:
    found = json.loads(json.dumps(shown.as_json(compared(OLD, NEW, *ORDERS))))
    cost = next(table for section in found["sections"] for table in section["tables"] if table["name"] == "cost")
    assert cost["rows"][0] == {"what": "cost (USD)", "old": "11.75", "new": "7.868", "difference": "-3.882"}
    assert set(found["old"]) == {"program", "fingerprint"}


def test_a_workbook_reckons_its_sums_and_differences_itself(tmp_path: Path) -> None:
    workbook.write(compared(OLD, NEW, *ORDERS), tmp_path / "book.xlsx")
    with zipfile.ZipFile(tmp_path / "book.xlsx") as book:
        sheets = "".join(book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets"))
    assert "<f>SUM(" in sheets and sheets.count("<f>C") > 5
    from python_calamine import load_workbook

    (rules,) = [sheet for sheet in load_workbook(str(tmp_path / "book.xlsx")).sheet_names if sheet == "By rule"]
    cells = load_workbook(str(tmp_path / "book.xlsx")).get_sheet_by_name(rules).to_python()
    assert ["Points", "point", "", 4.0, 5.0, 223.0, 335.0, 112.0, 1.12] in cells


def test_a_summary_for_a_pull_request_is_short() -> None:
    told = markdown(compared(OLD, NEW, *ORDERS))
    assert told.startswith("### Corner: what would change\n\n5 events of 3 members")
    assert "| cost (USD) | 11.75 | 7.87 | -3.88 |" in told
    assert len(told.splitlines()) < 80


# ---------------------------------------------------------------- the grocery chain


@pytest.fixture(scope="module")
def grocery(tmp_path_factory: pytest.TempPathFactory) -> tuple[Comparison, Path, Path]:
    """The grocery chain as it is, and with other thresholds, another rate and a limit; both written as Parquet."""
    was, now = versions_of_the_grocery_chain()
    folders = tmp_path_factory.mktemp("old"), tmp_path_factory.mktemp("new")
    runs = []
    for text, folder in zip((was, now), folders, strict=True):
        history = open_history(GROCERY, program(text))
        runs.append(Engine(program(text), history.members).run(history.events()))
        write(runs[-1], folder)
    history = open_history(GROCERY, program(was))
    told = Runs(lambda *_: runs[0], lambda _: history)
    return compare(Side(runs[0]), Side(runs[1]), told), *folders


def versions_of_the_grocery_chain() -> tuple[str, str]:
    was = (GROCERY / "grocery.guerdon").read_text(encoding="utf-8").partition("\ntest ")[0]
    now = was.replace("Silver at 500 USD", "Silver at 650 USD").replace(
        "1 point per full 1 USD of total", "3 point per full 4 USD of total"
    )
    now = now.replace(
        'earn "Stamp card"\n  on          basket\n',
        'earn "Stamp card"\n  on          basket\n  limit       5 times per member\n',
    )
    assert now.count("650 USD") == now.count("per full 4 USD") == now.count("5 times") == 1
    return was, now


def test_members_of_a_kernel_are_looked_at_a_few_at_a_time(grocery: tuple[Comparison, Path, Path]) -> None:
    """Each version's run is kept in parts of its own, which are cut anew so that both are about the same members."""
    was, now = (program(text) for text in versions_of_the_grocery_chain())
    history = open_history(GROCERY, was)
    old, new = (streamed(of, history, room=Room(block=200), at_once=rows) for of, rows in ((was, 3_000), (now, 1_700)))
    assert old is not None and new is not None and old.rows is new.rows
    places = [{each.end for each in side.parts} for side in (old, new)]
    assert len(together(old, new)) - 1 == len(places[0] | places[1]) > max(map(len, places)) > 5
    found = compare(Side(old), Side(new), Runs(lambda *_: old, lambda _: history))
    whole, _, _ = grocery
    for section, other in zip(found.sections, whole.sections, strict=True):
        assert (section.tables, section.says) == (other.tables, other.says)


def test_rules_of_the_grocery_chain_agree_with_sql(grocery: tuple[Comparison, Path, Path]) -> None:
    found, old, new = grocery
    query = f"""
        SELECT rule, unit, sum(quantity) FILTER (version = 'old'), sum(quantity) FILTER (version = 'new'),
               count(*) FILTER (version = 'old' AND quantity <> 0), count(*) FILTER (version = 'new' AND quantity <> 0)
        FROM (SELECT 'old' AS version, * FROM '{old}/awards.parquet' UNION ALL SELECT 'new', * FROM '{new}/awards.parquet')
        GROUP BY ALL ORDER BY rule"""
    names = ("rule", "unit", "old", "new", "times_old", "times_new")
    told = [tuple(row[name] for name in names) for row in rows(found, "rules")]
    assert sorted(told) == duckdb.connect().execute(query).fetchall()
    assert len({row["difference"] for row in rows(found, "rules")}) == 3


def test_members_of_the_grocery_chain_agree_with_sql(grocery: tuple[Comparison, Path, Path]) -> None:
    found, old, new = grocery
    query = f"""
        WITH old AS (SELECT member, unit, sum(quantity) AS total FROM '{old}/awards.parquet' WHERE quantity <> 0 GROUP BY ALL),
             new AS (SELECT member, unit, sum(quantity) AS total FROM '{new}/awards.parquet' WHERE quantity <> 0 GROUP BY ALL)
        SELECT member, unit, coalesce(old.total, 0), coalesce(new.total, 0)
        FROM old FULL JOIN new USING (member, unit) ORDER BY member, unit"""
    each = duckdb.connect().execute(query).fetchall()
    signs = Counter((unit, (now > was) - (now < was)) for _, unit, was, now in each)
    people = {row["counted_in"]: (row["gain"], row["lose"], row["unchanged"]) for row in rows(found, "people")}
    for unit in ("point", "reward"):
        assert people[unit] == (signs[unit, 1], signs[unit, -1], signs[unit, 0])


def test_months_and_cost_of_the_grocery_chain_agree_with_sql(grocery: tuple[Comparison, Path, Path]) -> None:
    found, old, new = grocery
    query = """SELECT strftime(timezone('America/New_York', "at"), '%Y-%m'), sum(quantity * CASE unit WHEN 'point' THEN 0.01 ELSE 2.50 END)
               FROM read_parquet($1) GROUP BY ALL"""
    told = [dict(duckdb.connect().execute(query, [str(folder / "awards.parquet")]).fetchall()) for folder in (old, new)]
    assert {f"{row['month']:%Y-%m}": (row["old"], row["new"]) for row in rows(found, "months")} == {
        month: (told[0][month], told[1][month]) for month in told[0]
    }
    assert found.old.of_sales == Fraction("3266.41") / Fraction("168746.06")


def test_moves_of_the_grocery_chain_agree_with_sql(grocery: tuple[Comparison, Path, Path]) -> None:
    found, old, new = grocery
    query = f"""
        SELECT old.tier, new.tier, count(*) FROM '{old}/tiers.parquet' AS old JOIN '{new}/tiers.parquet' AS new USING (member, ladder)
        WHERE old."before" IS NULL AND new."before" IS NULL GROUP BY ALL ORDER BY ALL"""
    titles = [each.title for each in found.table("moves_status").columns[1:]]
    told = [
        (row[0], tier, members)
        for row in found.table("moves_status").rows
        for tier, members in zip(titles, row[1:], strict=True)
        if members
    ]
    assert sorted(told) == duckdb.connect().execute(query).fetchall()
    assert ("Silver", "Base") in {each[:2] for each in told}


def test_the_first_difference_of_the_grocery_chain_agrees_with_sql(grocery: tuple[Comparison, Path, Path]) -> None:
    found, old, new = grocery
    query = f"""
        WITH added AS (SELECT "at", member, event, unit, quantity FROM '{new}/awards.parquet'
                      UNION ALL SELECT "at", member, event, unit, -quantity FROM '{old}/awards.parquet')
        SELECT member, event FROM added GROUP BY "at", member, event, unit HAVING sum(quantity) <> 0 ORDER BY "at", member, event LIMIT 1"""
    (first,) = rows(found, "first")
    assert (first["member"], first["event"]) == duckdb.connect().execute(query).fetchone()
