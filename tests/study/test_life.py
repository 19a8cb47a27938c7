"""The ledger adds up, whatever happens: postings, lots, balances and the figures made of them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.ledger.entries import OWN, Holding
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.posted import Posted
from guerdon.study.flows import flows, in_debt
from guerdon.study.lots import lots
from guerdon.study.results import write
from guerdon.study.rows import rows
from guerdon.study.schema import TABLES
from guerdon.study.summary import as_json, summarise
from guerdon.text.diagnostic import render

TEXT = """
program "Life"
  currency    USD

unit star
  decimals    2
  worth       1 USD
  EXPIRES
  spends      ORDER
  debt        DEBT

unit mile

member
  household   text optional

account household
  members     household
  owns        mile
  joins       bringing balance
  leaves      taking balance

event purchase
  receipt     text
  amount      money

event refund
  receipt     text
  amount      money optional
  reverses    purchase by receipt within 60 days
  part        amount
  clawback    CLAWBACK

event undone
  reverses    redemption

event shown

earn "Stars"
  on          purchase
  give        1 star per 3 USD of amount
  round       down per event

earn "Held"
  on          purchase
  when        amount >= 50 USD
  give        10 star
  hold        14 days

earn "Waiting"
  on          purchase
  when        amount >= 80 USD
  give        1 star
  hold        until shown

earn "Miles"
  on          purchase
  give        2 mile per full 1 USD of amount
"""

CHOICES = {
    "EXPIRES": ["expires     60 days after earned", "expires     3 months without purchase", "expires     never"],
    "ORDER": ["soonest first", "oldest first", "newest first"],
    "DEBT": ["allowed", "refused", "forgiven", "charged", "up to 5 star"],
    "CLAWBACK": [
        "exactly",
        "recomputed",
        "oldest first",
        "in proportion, round half up",
        "in proportion, round half even, oldest first",
    ],
}


@cache
def program(*chosen: str) -> nodes.Program:
    text = TEXT
    for word, said in zip(CHOICES, chosen, strict=True):
        text = text.replace(word, said)
    found, diagnostics = check_bytes("life.guerdon", text.encode())
    assert found is not None, "\n".join(map(render, diagnostics))
    return found


PROGRAMS = st.tuples(*map(st.sampled_from, CHOICES.values())).map(lambda chosen: program(*chosen))
AMOUNTS = st.integers(1, 12_000).map(lambda cents: Fraction(cents, 100))
MEMBERS = st.sampled_from("abc")
HOUSEHOLDS = st.sampled_from([None, "h", "k"])


def happening(kind: str, **facts: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.tuples(st.just(kind), st.fixed_dictionaries(facts))


UNITS = st.sampled_from(["star", "mile"])
WHOLE = st.integers(1, 30).map(Fraction)
COMMON = st.one_of(
    happening("purchase", amount=AMOUNTS),
    happening("refund", amount=st.sampled_from([Fraction(1, 3), Fraction(1, 2), Fraction(1), None])),
    happening("redemption", unit=UNITS, quantity=WHOLE),
    happening("undone"),
    happening("transfer", unit=UNITS, quantity=WHOLE, to=MEMBERS),
)
RARE = st.one_of(
    happening("adjustment", unit=UNITS, quantity=st.integers(-40, 40).map(Fraction)),
    happening("opening", unit=UNITS, quantity=WHOLE, expires=st.sampled_from([None, date(2026, 4, 1)])),
    happening("changed", household=HOUSEHOLDS),
    happening("merged", other=MEMBERS),
    happening("shown"),
    st.sampled_from([("closed", {}), ("shown", {}), ("shown", {})]),
)
HAPPENINGS = st.integers(0, 3).flatmap(lambda place: COMMON if place else RARE)
HISTORIES = st.lists(st.tuples(MEMBERS, st.integers(0, 20), HAPPENINGS), min_size=2, max_size=30)
JANUARY, DAY = 1_767_283_200_000_000, 86_400_000_000


def history(found: nodes.Program, happenings: list[tuple[str, int, tuple[str, dict[str, Any]]]]) -> list[Event]:
    """Events in order; a refund is of so large a share of the latest purchase, an `undone` undoes the latest redemption."""
    events: list[Event] = []
    at = JANUARY
    for number, (member, days, (kind, facts)) in enumerate(happenings):
        at += days * DAY
        whole = dict.fromkeys(found.events[kind].facts) | {"receipt": str(number)} | facts
        latest = {event.type: event for event in events}
        sale, spent = latest.get("purchase"), latest.get("redemption")
        if kind == "refund" and sale is not None:
            part = facts["amount"] and round(facts["amount"] * sale.facts["amount"], 2)
            whole |= {"receipt": sale.facts["receipt"], "amount": part}
            member = sale.member
        if kind == "undone" and spent is not None:
            whole["redemption"], member = spent.id, spent.member
        events.append(Event(str(number), kind, member, at, at, number, whole))
    return events


def run(found: nodes.Program, happenings: list[tuple[str, int, tuple[str, dict[str, Any]]]]) -> Engine:
    engine = Engine(found, {"a": {"household": "h"}, "b": {"household": "h"}})
    engine.run(history(found, happenings))
    return engine


@settings(max_examples=150)
@given(PROGRAMS, HISTORIES)
def test_every_ledger_adds_up(found: nodes.Program, happenings: list[Any]) -> None:
    engine = run(found, happenings)
    ledger = engine.posted.ledger
    assert all(each.quantity > 0 and each.source is not each.target for each in ledger.postings)
    lines, held, owed = list(lots(ledger)), ledger.holdings(), in_debt(ledger.postings)
    assert len({(line.member, line.id) for line in lines}) == len(lines)
    spent: dict[str, Fraction] = defaultdict(Fraction)
    for line in lines:
        gone = (line.spent, line.expired, line.taken_back, line.transferred, line.repaid)
        assert line.granted == line.remaining + sum(gone)
        assert min(line.granted, line.remaining, *gone[1:]) >= 0
        spent[line.id] += line.spent  # of a lot that was merged, one holder spends and another gets it back
    assert min(spent.values(), default=Fraction(0)) >= 0
    there: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for line in lines:
        there[line.member, line.unit] += line.remaining
    for key, holding in held.items():
        assert holding.balance + holding.pending == there[key] - owed.get(key, 0)
    for id, subject in engine.world.subjects.items():
        for unit, purse in subject.purses.items():
            mine = held.get((id, unit), Holding())
            assert (purse.available, purse.pending) == (mine.balance, mine.pending)


@settings(max_examples=100)
@given(PROGRAMS, HISTORIES)
def test_what_was_issued_is_there_or_went_somewhere(found: nodes.Program, happenings: list[Any]) -> None:
    posted = run(found, happenings).posted
    for unit, flow in flows(posted.ledger).items():
        gone = flow.spent + flow.expired + flow.taken_back + flow.transferred + flow.billed
        assert flow.issued == gone + flow.balance + flow.held
        assert flow.debt == sum(much for (_, name), much in in_debt(posted.ledger.postings).items() if name == unit)
    summary = summarise(posted)
    for line in summary.units:
        assert line.balance == line.flow.balance
    assert as_json(summary)["refused"] == len(posted.ledger.refusals)


@settings(max_examples=60)
@given(PROGRAMS, HISTORIES)
def test_rows_fit_their_columns_and_agree_with_each_other(found: nodes.Program, happenings: list[Any]) -> None:
    posted = run(found, happenings).posted
    for table, columns in TABLES.items():
        for row in rows(posted, table):
            assert len(row) == len(columns)
            assert all(value is not None or column.optional for value, column in zip(row, columns, strict=True))
    own = {pot.value for pot in OWN}
    added: dict[tuple[object, object], Fraction] = defaultdict(Fraction)
    for holder, unit, _, source, target, quantity, at, *_ in rows(posted, "postings"):
        assert isinstance(quantity, Fraction) and isinstance(at, int) and posted.until is not None
        if at < posted.until:
            added[holder, unit] += ((target in own) - (source in own)) * quantity
    for member, unit, balance, pending, _ in rows(posted, "balances"):
        assert isinstance(balance, Fraction) and isinstance(pending, Fraction)
        assert added[member, unit] == balance + pending


# ---------------------------------------------------------------- one history, by hand

FIXED = program(CHOICES["EXPIRES"][0], "soonest first", "allowed", "exactly")
HAPPENED: list[Any] = [
    ("a", 0, ("purchase", {"amount": Fraction(90)})),  # 30 and 11 held stars, 180 miles of household h
    ("a", 1, ("redemption", {"unit": "star", "quantity": Fraction(25)})),
    ("a", 1, ("redemption", {"unit": "star", "quantity": Fraction(25)})),  # refused: 5 are there
    ("b", 1, ("transfer", {"unit": "mile", "quantity": Fraction(30), "to": "c"})),
    ("a", 1, ("refund", {"amount": Fraction(1, 2)})),  # 15 of 30, and both bonuses, held
    ("c", 100, ("purchase", {"amount": Fraction(3)})),
]


def posted() -> Posted:
    return run(FIXED, HAPPENED).posted


def read(folder: Any, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    return duckdb.connect().execute(f"SELECT {columns} FROM '{folder}/{table}.parquet'").fetchall()


def test_lots_say_what_became_of_an_award(tmp_path: Any) -> None:
    write(posted(), tmp_path)
    figures = "granted, remaining, spent, expired, taken_back, transferred, repaid"
    found = {(row[0], row[1]): tuple(map(float, row[2:])) for row in read(tmp_path, "lots", f"id, member, {figures}")}
    assert found == {
        ("purchase/0/Stars", "a"): (30, 0, 25, 0, 5, 0, 0),
        ("purchase/0/Held", "a"): (10, 0, 0, 0, 10, 0, 0),
        ("purchase/0/Waiting", "a"): (1, 0, 0, 0, 1, 0, 0),
        ("purchase/0/Miles", "household/h"): (180, 60, 0, 0, 90, 30, 0),
        ("transfer/3/0", "c"): (30, 30, 0, 0, 0, 0, 0),
        ("purchase/5/Stars", "c"): (1, 1, 0, 0, 0, 0, 0),
        ("purchase/5/Miles", "c"): (6, 6, 0, 0, 0, 0, 0),
    }


def test_balances_below_zero_are_debt_and_refusals_have_a_table(tmp_path: Any) -> None:
    write(posted(), tmp_path)
    found: dict[Any, Any] = {
        row[:2]: tuple(map(float, row[2:])) for row in read(tmp_path, "balances", "member, unit, balance, pending")
    }
    assert found["a", "star"] == (-10, 0)
    assert found["household/h", "mile"] == (60, 0)
    assert read(tmp_path, "refused", "member, event, unit, quantity::INTEGER") == [("a", "2", "star", 25)]


def test_an_award_that_takes_back_names_the_one_that_gave(tmp_path: Any) -> None:
    write(posted(), tmp_path)
    found = duckdb.connect().execute(f"""
        SELECT back.rule, back.quantity::INTEGER, given.quantity::INTEGER
        FROM '{tmp_path}/awards.parquet' AS back JOIN '{tmp_path}/awards.parquet' AS given ON back.of = given.id
        ORDER BY back.rule""")
    assert found.fetchall() == [("Held", -10, 10), ("Miles", -90, 180), ("Stars", -15, 30), ("Waiting", -1, 1)]


def test_the_summary_says_what_was_taken_back_and_what_is_owed() -> None:
    summary = summarise(posted())
    rules: dict[str, object] = {
        line.rule: (line.awards, line.quantity, line.taken_back, line.cost) for line in summary.rules
    }
    assert rules["Stars"] == (2, 31, 15, 16)
    assert rules["Miles"] == (2, 186, 90, None)
    stars = next(line for line in summary.units if line.unit == "star")
    assert (stars.members, stars.debtors) == (2, 1)
    assert [stars.balance, stars.flow.spent, stars.flow.debt, stars.flow.held] == [-9, 25, 10, 0]
    assert summary.refused == 1


@pytest.mark.parametrize("table", ["lots", "postings", "refused"])
def test_new_tables_are_written_in_every_format(tmp_path: Any, table: str) -> None:
    for format in ("csv", "jsonl", "parquet"):
        write(posted(), tmp_path, format)
    counts = {
        duckdb.connect().execute(f"SELECT count(*) FROM '{tmp_path}/{table}.{format}'").fetchone()
        for format in ("csv", "jsonl", "parquet")
    }
    assert counts == {(len(list(rows(posted(), table))),)}


def test_new_tables_have_the_types_of_their_schema(tmp_path: Any) -> None:
    write(posted(), tmp_path)
    types = {
        table: [row[1] for row in duckdb.connect().execute(f"DESCRIBE FROM '{tmp_path}/{table}.parquet'").fetchall()]
        for table in ("lots", "postings", "refused")
    }
    text, instant, quantity = "VARCHAR", "TIMESTAMP WITH TIME ZONE", "DECIMAL(20,2)"
    assert types["lots"] == [text, text, text, *[quantity] * 7, instant, instant, instant]
    assert types["postings"] == [*[text] * 5, quantity, instant, text, text]
    assert types["refused"] == [text, text, text, quantity, instant, text, text]
