"""A comparison of two versions adds up, and agrees with SQL over their award tables."""

from __future__ import annotations

import csv
import json
from collections import Counter
from fractions import Fraction
from functools import cache
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.history.open import open_history
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.posted import Posted
from guerdon.study.compare import Comparison, NotComparable, as_json, compare, tables, write_csv
from guerdon.study.comparison import Change, Count, Given, Presence
from guerdon.study.results import write

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


def compared(old: str, new: str, *events: Event) -> Comparison:
    return compare(run(old, *events), run(new, *events))


# ---------------------------------------------------------------- figures


def test_a_version_and_itself_do_not_differ() -> None:
    found = compared(OLD, OLD, *ORDERS)
    assert found.first is None
    assert found.cost.difference == 0
    assert all(each.awarded.difference == 0 and each.presence is Presence.BOTH for each in found.rules)
    assert all(each.winners == each.losers == 0 for each in found.people)
    assert all(move.old == move.new for ladder in found.ladders for move in ladder.moves)


def test_totals_are_what_was_awarded_and_cost_what_that_is_worth() -> None:
    found = compared(OLD, NEW, *ORDERS)
    totals = {each.unit: (each.awarded.old, each.awarded.new) for each in found.units}
    assert totals == {
        "point": (0 + 100 + 40 + 33 + 50, 1 + 150 + 60 + 49 + 75),
        "credit": (Fraction("5.02") + 2 + Fraction("2.50"), Fraction("5.02")),
        "stamp": (5, 5),
    }
    assert found.cost.old == Fraction("2.23") + Fraction("9.52")
    assert found.cost.new == Fraction("3.35") + Fraction("5.02") * Fraction("0.90")
    assert found.unpriced == ("stamp",)
    assert found.percent_of_sales == (
        100 * found.cost.old / Fraction("672.50"),
        100 * found.cost.new / Fraction("672.50"),
    )


def test_a_rule_of_one_version_only_is_shown_as_such() -> None:
    found = {each.rule: each for each in compared(OLD, NEW, *ORDERS).rules}
    assert list(found) == ["Points", "Stamps", "Store credit", "Credit"]
    assert [each.presence for each in found.values()] == [Presence.BOTH, Presence.BOTH, Presence.NEW, Presence.OLD]
    assert found["Credit"].times == Count(3, 0)
    assert found["Credit"].awarded.new == 0
    assert found["Stamps"].cost is None


def test_a_rule_that_gives_another_unit_is_gone_from_one_and_new_in_the_other() -> None:
    other = OLD.replace("give        1 stamp", "give        7 point")
    found = [
        (each.unit, each.presence, each.awarded)
        for each in compared(OLD, other, *ORDERS).rules
        if each.rule == "Stamps"
    ]
    none, all, sevens = Fraction(0), Fraction(5), Fraction(35)
    assert found == [("point", Presence.NEW, Change(none, sevens)), ("stamp", Presence.OLD, Change(all, none))]


def test_members_stand_where_they_stood_at_the_end() -> None:
    (ladder,) = compared(OLD, NEW, *ORDERS).ladders
    assert [(each.tier, each.presence, each.members.old, each.members.new) for each in ladder.tiers] == [
        ("Base", Presence.BOTH, 2, 0),
        ("Silver", Presence.NEW, 0, 2),
        ("Gold", Presence.BOTH, 1, 1),
    ]
    assert [(each.old, each.new, each.members) for each in ladder.moves] == [("Base", "Silver", 2), ("Gold", "Gold", 1)]


def test_the_biggest_winners_and_losers_come_first_and_are_ten_at_most() -> None:
    orders = [order(number, f"m{number:02}", str(3 * number)) for number in range(1, 16)]
    people = {each.unit: each for each in compared(OLD, NEW, *orders).people}
    points = people["point"]
    assert (points.winners, points.losers, points.unchanged) == (14, 0, 1)  # 3 USD are one point under both
    assert [each.member for each in points.most_gained] == [
        "m14",
        "m15",
        "m12",
        "m13",
        "m10",
        "m11",
        "m08",
        "m09",
        "m06",
        "m07",
    ]
    assert points.most_lost == ()
    assert people["stamp"].unchanged == 15
    assert people["USD"].winners == 14


def test_the_first_difference_is_the_first_in_time() -> None:
    found = compared(
        OLD, NEW, order(0, "a", "300", hours=9), order(1, "b", "1", hours=7), order(2, "c", "2", hours=8)
    ).first
    assert found is not None
    assert (found.member, found.event, found.old, found.new) == (
        "c",
        "e2",
        (Given("Stamps", "stamp", Fraction(1)),),
        found.new,
    )
    assert {each.rule: each.quantity for each in found.new} == {"Points": 1, "Stamps": 1}


def test_a_rule_renamed_makes_no_customer_differ() -> None:
    found = compared(OLD, OLD.replace('"Points"', '"Base"'), *ORDERS)
    assert found.first is None
    assert {each.presence for each in found.rules} == {Presence.BOTH, Presence.OLD, Presence.NEW}


def test_programs_in_two_currencies_are_not_compared() -> None:
    with pytest.raises(NotComparable, match="one program counts in USD, the other in EUR"):
        compared(OLD, OLD.replace("USD", "EUR"))


def test_a_history_without_events_compares() -> None:
    found = compared(OLD, NEW)
    assert (found.members, found.first, found.percent_of_sales) == ((), None, (None, None))
    assert tables(found) and as_json(found)


# ---------------------------------------------------------------- sums

AMOUNTS = st.integers(0, 50_000).map(lambda cents: Fraction(cents, 100))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("abcdefghijklm"), AMOUNTS), max_size=25))
def test_rules_members_and_moves_add_up_to_the_totals(orders: list[tuple[str, Fraction]]) -> None:
    found = compared(OLD, NEW, *(order(number, member, amount) for number, (member, amount) in enumerate(orders)))
    for unit in found.units:
        for parts in (found.rules, found.members):
            assert sum(each.awarded.old for each in parts if each.unit == unit.unit) == unit.awarded.old
            assert sum(each.awarded.new for each in parts if each.unit == unit.unit) == unit.awarded.new
    for costs in ([each.cost for each in found.rules], [each.cost for each in found.units]):
        assert sum(cost.old for cost in costs if cost) == found.cost.old
        assert sum(cost.new for cost in costs if cost) == found.cost.new
    for people in found.people:
        listed = {each.member for each in found.members if people.unit in (each.unit, "USD")}
        assert people.winners + people.losers + people.unchanged <= len(listed)
    (ladder,) = found.ladders
    members = {member for member, _ in orders}
    assert sum(move.members for move in ladder.moves) == len(members)
    for tier in ladder.tiers:
        assert tier.members.old == sum(move.members for move in ladder.moves if move.old == tier.tier)
        assert tier.members.new == sum(move.members for move in ladder.moves if move.new == tier.tier)
    assert (found.first is None) == (not any(each.awarded.difference for each in found.members))


# ---------------------------------------------------------------- tables, files, JSON


def test_tables_are_rectangular_texts_with_numbers_to_the_right() -> None:
    sheets = tables(compared(OLD, NEW, *ORDERS, order(5, "d", "25000")))
    for title, columns, rows in sheets:
        assert title and rows
        assert all(len(row) == len(columns) and all(isinstance(text, str) for text in row) for row in rows)
    in_all = {row[0]: row[1:] for row in sheets[0].rows}
    assert sheets[0].columns == ["", ">old", ">new", ">difference"]
    assert in_all["point"] == ["8,556", "12,835", "+4,279"]
    assert in_all["cost (USD)"] == ["511.74", "507.86", "-3.88"]
    assert {sheet.title for sheet in sheets} >= {
        "In all",
        "By rule",
        "Moves on status",
        "Who gains most, in point",
        "Who loses most, in credit",
    }


def test_files_add_up_and_hold_exact_numbers(tmp_path: Path) -> None:
    found = compared(OLD, NEW, *ORDERS, order(5, "=d", "250"))
    files = write_csv(found, tmp_path)
    assert (
        sorted(file.name for file in tmp_path.iterdir())
        == sorted(file.name for file in files)
        == ["balances.csv", "members.csv", "messages.csv", "rules.csv", "tiers.csv", "totals.csv"]
    )
    told = {file.stem: list(csv.DictReader(file.open(newline=""))) for file in files}
    for total in told["totals"][:3]:
        for name in ("rules", "members"):
            for figure in ("old", "new", "difference"):
                assert sum(Fraction(row[figure]) for row in told[name] if row["unit"] == total["what"]) == Fraction(
                    total[figure]
                )
    assert [row["what"] for row in told["totals"][3:]] == ["cost in USD", "sales in USD", "cost in percent of sales"]
    assert sum(int(row["members"]) for row in told["tiers"]) == 4
    assert {row["member"] for row in told["members"]} == {"a", "b", "c", "'=d"}


def test_json_holds_exact_numbers_as_text() -> None:
    found = json.loads(json.dumps(as_json(compared(OLD, NEW, *ORDERS))))
    assert found["cost"] == {"old": "11.75", "new": "7.868", "difference": "-3.882"}
    assert found["first"]["at"] == "2026-01-01T16:00:00Z"
    assert found["rules"][2]["presence"] == "new only"
    assert found["ladders"][0]["moves"][0] == {"old": "Base", "new": "Silver", "members": 2}
    assert Fraction(found["percent_of_sales"]["old"]) == 100 * Fraction("11.75") / Fraction("672.50")


# ---------------------------------------------------------------- the grocery chain


@pytest.fixture(scope="module")
def grocery(tmp_path_factory: pytest.TempPathFactory) -> tuple[Comparison, Path, Path]:
    """The grocery chain as it is, and with other thresholds, another rate and a limit; both written as Parquet."""
    was = (GROCERY / "grocery.guerdon").read_text(encoding="utf-8").partition("\ntest ")[0]
    now = was.replace("Silver at 500 USD", "Silver at 650 USD").replace(
        "1 point per full 1 USD of total", "3 point per full 4 USD of total"
    )
    now = now.replace(
        'earn "Stamp card"\n  on          basket\n',
        'earn "Stamp card"\n  on          basket\n  limit       5 times per member\n',
    )
    assert now.count("650 USD") == now.count("per full 4 USD") == now.count("5 times") == 1
    folders = tmp_path_factory.mktemp("old"), tmp_path_factory.mktemp("new")
    runs = []
    for text, folder in zip((was, now), folders, strict=True):
        history = open_history(GROCERY, program(text))
        runs.append(Engine(program(text), history.members).run(history.events()))
        write(runs[-1], folder)
    return compare(*runs), *folders


def test_rules_of_the_grocery_chain_agree_with_sql(grocery: tuple[Comparison, Path, Path]) -> None:
    found, old, new = grocery
    query = f"""
        SELECT rule, unit, sum(quantity) FILTER (version = 'old'), sum(quantity) FILTER (version = 'new'),
               count(*) FILTER (version = 'old' AND quantity <> 0), count(*) FILTER (version = 'new' AND quantity <> 0)
        FROM (SELECT 'old' AS version, * FROM '{old}/awards.parquet' UNION ALL SELECT 'new', * FROM '{new}/awards.parquet')
        GROUP BY ALL ORDER BY rule"""
    told = [
        (each.rule, each.unit, each.awarded.old, each.awarded.new, each.times.old, each.times.new)
        for each in found.rules
    ]
    assert sorted(told) == duckdb.connect().execute(query).fetchall()
    assert len({each.awarded.difference for each in found.rules}) == 3


def test_members_of_the_grocery_chain_agree_with_sql(grocery: tuple[Comparison, Path, Path]) -> None:
    found, old, new = grocery
    query = f"""
        WITH old AS (SELECT member, unit, sum(quantity) AS total FROM '{old}/awards.parquet' WHERE quantity <> 0 GROUP BY ALL),
             new AS (SELECT member, unit, sum(quantity) AS total FROM '{new}/awards.parquet' WHERE quantity <> 0 GROUP BY ALL)
        SELECT member, unit, coalesce(old.total, 0), coalesce(new.total, 0)
        FROM old FULL JOIN new USING (member, unit) ORDER BY member, unit"""
    rows = duckdb.connect().execute(query).fetchall()
    assert [(each.member, each.unit, each.awarded.old, each.awarded.new) for each in found.members] == rows
    signs = Counter((unit, (now > was) - (now < was)) for _, unit, was, now in rows)
    assert [(each.winners, each.losers, each.unchanged) for each in found.people[:2]] == [
        (signs[unit, 1], signs[unit, -1], signs[unit, 0]) for unit in ("point", "reward")
    ]


def test_cost_of_the_grocery_chain_agrees_with_sql(grocery: tuple[Comparison, Path, Path]) -> None:
    found, old, new = grocery
    query = "SELECT sum(quantity * CASE unit WHEN 'point' THEN 0.01 ELSE 2.50 END) FROM read_parquet($1)"
    costs = [duckdb.connect().execute(query, [str(folder / "awards.parquet")]).fetchone() for folder in (old, new)]
    assert [(found.cost.old,), (found.cost.new,)] == costs
    assert found.percent_of_sales[0] == 100 * Fraction("3266.41") / Fraction("168746.06")


def test_moves_of_the_grocery_chain_agree_with_sql(grocery: tuple[Comparison, Path, Path]) -> None:
    found, old, new = grocery
    query = f"""
        SELECT old.tier, new.tier, count(*) FROM '{old}/tiers.parquet' AS old JOIN '{new}/tiers.parquet' AS new USING (member, ladder)
        WHERE old."before" IS NULL AND new."before" IS NULL GROUP BY ALL ORDER BY ALL"""
    (ladder,) = found.ladders
    assert (
        sorted((each.old or "", each.new or "", each.members) for each in ladder.moves)
        == duckdb.connect().execute(query).fetchall()
    )
    assert ("Silver", "Base") in {(each.old, each.new) for each in ladder.moves}


def test_the_first_difference_of_the_grocery_chain_agrees_with_sql(grocery: tuple[Comparison, Path, Path]) -> None:
    found, old, new = grocery
    query = f"""
        WITH added AS (SELECT "at", member, event, unit, quantity FROM '{new}/awards.parquet'
                      UNION ALL SELECT "at", member, event, unit, -quantity FROM '{old}/awards.parquet')
        SELECT epoch_us("at"), member, event FROM added GROUP BY "at", member, event, unit HAVING sum(quantity) <> 0 ORDER BY ALL LIMIT 1"""
    assert found.first is not None
    assert (found.first.at, found.first.member, found.first.event) == duckdb.connect().execute(query).fetchone()
