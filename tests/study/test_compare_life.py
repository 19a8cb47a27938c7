"""A comparison of programs in which points are spent, returned and owed."""

from __future__ import annotations

import csv
from fractions import Fraction
from functools import cache
from pathlib import Path

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.posted import Posted
from guerdon.study.compare import compare, tables, write_csv
from guerdon.study.comparison import Change, Count

LIVELY = """
program "Corner"
  currency    USD

unit point
  worth       0.01 USD
  debt        allowed

event order
  amount      money

event refund
  reverses    order

earn "Points"
  on          order
  give        1 point per full 1 USD of amount
"""


@cache
def program(text: str) -> nodes.Program:
    found, diagnostics = check_bytes("corner.guerdon", text.encode())
    assert found is not None, diagnostics
    return found


def lively(text: str) -> Posted:
    def happens(number: int, kind: str, **facts: object) -> Event:
        at = 1_767_283_200_000_000 + number * 3_600_000_000
        whole = dict.fromkeys(program(text).events[kind].facts) | facts
        return Event(f"e{number}", kind, "a", at, at, number, whole)

    events = [
        happens(0, "order", amount=Fraction(100)),
        happens(1, "redemption", unit="point", quantity=Fraction(80)),
        happens(2, "refund", order="e0"),
        happens(3, "opening", unit="point", quantity=Fraction(5)),
    ]
    return Engine(program(text)).run(events)


def test_awards_are_net_and_balances_and_debt_are_compared() -> None:
    forgiven = LIVELY.replace("allowed", "forgiven")
    found = compare(lively(LIVELY), lively(forgiven))
    (unit,), (rule,), (balance,), (member,) = found.units, found.rules, found.balances, found.members
    assert unit.awarded == found.cost == Change(Fraction(0), Fraction(0))
    assert rule.times == Count(1, 1)
    assert (balance.balance, balance.debt) == (Change(Fraction(-75), Fraction(5)), Change(Fraction(75), Fraction(0)))
    assert (balance.debtors, balance.taken_back) == (Count(1, 0), Change(Fraction(100), Fraction(20)))
    assert balance.spent.old == 80
    assert member.balance == balance.balance
    (sheet,) = (sheet for sheet in tables(found) if sheet.title == "Balances at the end")
    assert ["debt (point)", "75", "0", "-75"] in sheet.rows


def test_balances_have_a_file_of_their_own(tmp_path: Path) -> None:
    write_csv(compare(lively(LIVELY), lively(LIVELY)), tmp_path)
    rows = {row["what"]: row["old"] for row in csv.DictReader((tmp_path / "balances.csv").open(newline=""))}
    assert rows == {
        "balance": "-75",
        "debt": "75",
        "held": "0",
        "spent": "80",
        "expired": "0",
        "taken back": "100",
        "members in debt": "1",
    }


def test_balances_that_are_what_was_awarded_are_not_shown() -> None:
    at = 1_767_283_200_000_000
    orders = [Event("e0", "order", "a", at, at, 0, {"amount": Fraction(100)})]
    runs = [Engine(program(LIVELY)).run(orders) for _ in "on"]
    assert "Balances at the end" not in {sheet.title for sheet in tables(compare(*runs))}
