"""An account shows the order of the calculation line by line, and the lines sum."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.study.explain.account import EventAccount, Reason
from guerdon.study.explain.explain import explain
from guerdon.text.diagnostic import render

TEXT = """
program "Flights"
  currency    USD

unit mile

event flight
  amount      money
  cabin       one of eco, biz

event refund
  amount      money
  reverses    flight
  part        amount

earn "Base"
  on          flight
  give        1 mile per full 1 USD of amount

earn "Special"
  on          flight
  when        cabin is eco
  replaces    "Base"
  give        2 mile per full 1 USD of amount

earn "Elite bonus"
  on          flight
  give        25% of "Base"

earn "Cabin bonus"
  on          flight
  when        cabin is biz
  limit       1500 USD of amount per member per quarter
  give        0.5 mile per 1 USD of amount
  funded      airline 2, hotel 1

group "Bonuses"
  of          "Elite bonus", "Cabin bonus"
  take        best
  minimum     100 mile
  round       down
  limit       600 mile per member per day
"""


@cache
def program() -> nodes.Program:
    found, said = check_bytes("flights.guerdon", TEXT.encode())
    assert found is not None, "\n".join(map(render, said))
    return found


def told(amount: str, cabin: str, back: str | None = None) -> EventAccount:
    """The account of a flight, or of a refund of it."""
    flight = Event("f", "flight", "ana", 10**15, 10**15, 0, {"amount": Fraction(amount), "cabin": cabin})
    events = [flight]
    if back is not None:
        events.append(Event("r", "refund", "ana", 2 * 10**15, 2 * 10**15, 1, {"flight": "f", "amount": Fraction(back)}))
    (found,) = explain(program(), lambda: events, {}, "ana", events[-1].id).explained
    return found


def lines(of: EventAccount, rule: str) -> list[str]:
    """What each clause of a rule or a group came to; of several accounts of it the first."""
    found = next(each for each in of.rules if each.rule == rule)
    return [_line(each) for each in found.reasons if each.result]


def _line(reason: Reason) -> str:
    return f"{reason.clause}: {reason.result}"


def gave(of: EventAccount) -> list[tuple[str, str]]:
    return [(each.rule, each.gave) for each in of.rules]


def test_rules_and_groups_stand_in_the_order_in_which_they_are_reckoned() -> None:
    assert gave(told("2000.30", "biz")) == [
        ("Special", "nothing"),
        ("Base", "2000 mile"),
        ("Elite bonus", "nothing"),
        ("Cabin bonus", "600 mile"),
        ("Bonuses", "600 mile"),
    ]


def test_a_group_says_what_it_took_rounded_and_cut() -> None:
    found = told("2000.30", "biz")
    assert lines(found, "Bonuses") == [
        'take: takes "Cabin bonus"',
        "round: to 750 mile",
        "limit: 150 mile cut off",
    ]
    assert lines(found, "Elite bonus") == [
        "give: comes to 500 mile",
        'group: 500 mile before it; not taken: "Cabin bonus" was better; 0 mile after it',
    ]
    assert lines(found, "Cabin bonus") == [
        "when: holds",
        "limit: 1,500.00 USD of it counts",
        "give: comes to 750 mile",
        "group: 750 mile before it; its limit cuts 150 mile off; 600 mile after it",
        "funded: airline 400 mile, hotel 200 mile",
    ]


def test_what_a_minimum_adds_is_said_of_the_rule_and_of_the_group() -> None:
    found = told("50.30", "biz")
    assert (
        lines(found, "Cabin bonus")[-2] == "group: 25.15 mile before it; its minimum adds 74.85 mile; 100 mile after it"
    )
    assert 'minimum: raised to it: 74.85 mile more for "Cabin bonus"' in lines(found, "Bonuses")


def test_what_is_replaced_says_by_what() -> None:
    found = told("100", "eco")
    assert lines(found, "Base") == ["replaced: gives nothing here"]
    (reason,) = next(each for each in found.rules if each.rule == "Base").reasons
    assert reason.text == 'by "Special"'


def test_a_refund_says_what_stays_of_a_group_and_who_is_paid_back() -> None:
    found = told("1000", "biz", back="700")
    assert lines(found, "Cabin bonus") == [
        "clawback: 70% of 500 mile is 350: takes back 350 mile, 150 mile stay",
        "group: the best of it for what remains stays",
        "funded: airline -233 mile, hotel -117 mile",
    ]
