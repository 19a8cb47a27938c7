"""A comparison of programs in which points are spent, returned and owed."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.posted import Posted
from guerdon.study.compare.comparison import Comparison, compare
from guerdon.study.compare.running import Runs
from guerdon.study.compare.sides import Side

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


def compared(old: str, new: str, out: Path | None = None) -> Comparison:
    sides = Side(lively(old)), Side(lively(new))
    runs = Runs(lambda *_: sides[0].run, lambda _: Nothing())  # type: ignore[arg-type,return-value]
    return compare(*sides, runs, out=out)


class Nothing:
    """A history of which nothing is asked."""

    members: Mapping[str, object] = {}

    def events(self, of: object = None) -> list[Event]:
        return []


def balances(found: Comparison) -> dict[str, tuple[object, object]]:
    return {str(what): (old, new) for _, what, old, new, _ in found.table("balances").rows}


def test_awards_are_net_and_balances_and_debt_are_compared() -> None:
    found = compared(LIVELY, LIVELY.replace("allowed", "forgiven"))
    assert found.table("units").rows[0][1:4] == (0, 0, 0)
    assert found.table("rules").column("times_new") == [1]
    assert balances(found) == {
        "balance": (-75, 5),
        "debt": (75, 0),
        "spent": (80, 80),
        "taken back": (100, 20),
    }
    assert (found.old.liability, found.new.liability) == (Fraction("-0.75"), Fraction("0.05"))


def test_balances_of_members_are_in_their_file(tmp_path: Path) -> None:
    compared(LIVELY, LIVELY.replace("allowed", "forgiven"), tmp_path)
    (row,) = csv.DictReader((tmp_path / "members.csv").open(newline=""))
    assert row == {
        "member": "a",
        "unit": "point",
        "awarded_old": "0",
        "awarded_new": "0",
        "balance_old": "-75",
        "balance_new": "5",
    }
