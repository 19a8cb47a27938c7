"""Who is refused as a friend, who gets something all the same, and what an explanation says of it."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.history.given import event
from guerdon.ledger.entries import Award
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.study.explain.explain import explain

TEXT = """program "P"
  currency USD
unit star
member
  invited_by member optional
  device text optional
event signup
event purchase
  amount money
event refund
  amount money
  reverses purchase
  part amount
referral "Friends"
  friend signup
  referrer invited_by
  qualifies purchase where amount >= 10 USD
  give 100 star to referrer
  give 50 star to friend
  limit 150 star per referrer
  limit 3 times per referrer
  refuse same device
"""


def program(text: str = TEXT) -> nodes.Program:
    found, said = check_bytes("p.guerdon", text.encode())
    assert found is not None, said
    return found


def happened(of: nodes.Program, *told: tuple[str, str, dict[str, Any]]) -> list[Event]:
    """Events on one day after the other."""
    return [
        event(of, kind, id=f"e{number}", member=member, at=f"2026-01-{number + 1:02}T12:00Z", facts=facts)
        for number, (kind, member, facts) in enumerate(told)
    ]


def bought(*members: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Each signs up and buys."""
    bought: dict[str, Any] = {"amount": "10"}
    return [each for who in members for each in (("signup", who, {}), ("purchase", who, bought))]


def given(
    invited: dict[str, str], *told: tuple[str, str, dict[str, Any]], more: Iterable[tuple[str, str]] = ()
) -> dict[str, Fraction]:
    """What each member got in the end."""
    of = program()
    facts: dict[str, dict[str, Any]] = {who: {"invited_by": by, "device": None} for who, by in invited.items()}
    for who, device in more:
        facts.setdefault(who, {"invited_by": None})["device"] = device
    engine = Engine(of, facts)
    engine.run(happened(of, *told))
    sums: dict[str, Fraction] = {}
    awards: list[Award] = engine.posted.ledger.awards
    for each in awards:
        sums[each.member] = sums.get(each.member, Fraction(0)) + each.quantity
    return {who: much for who, much in sums.items() if much}


def test_a_ring_of_five_is_seen_and_one_of_six_is_not():
    ring = ["a", "b", "c", "d", "e"]
    assert given(dict(zip(ring, [*ring[1:], "a"], strict=True)), *bought("a")) == {}
    longer = [*ring, "f"]
    assert given(dict(zip(longer, [*longer[1:], "a"], strict=True)), *bought("a")) == {"b": 100, "a": 50}


def test_who_named_another_id_of_their_own_is_refused():
    assert given({"a": "A "}, *bought("a")) == {}
    merged: list[tuple[str, str, dict[str, Any]]] = [("merged", "a", {"other": "b"})]
    assert given({"a": "b"}, ("signup", "b", {}), *merged, *bought("a")) == {}


def test_a_full_referrer_costs_the_friend_nothing_until_the_times_are_used_up():
    friends = dict.fromkeys("abcd", "r")
    assert given(friends, *bought(*"abcd")) == {"r": 150, "a": 50, "b": 50, "c": 50}


def test_a_closed_referrer_gets_nothing_and_the_friend_does():
    assert given({"a": "r"}, ("signup", "r", {}), ("closed", "r", {}), *bought("a")) == {"a": 50}


def test_a_return_below_the_amount_takes_all_back_and_the_next_one_counts():
    back: tuple[str, str, dict[str, Any]] = ("refund", "a", {"purchase": "e1", "amount": "0.01"})
    assert given({"a": "r"}, *bought("a"), back) == {}
    assert given({"a": "r"}, *bought("a"), back, ("purchase", "a", {"amount": "10"})) == {"r": 100, "a": 50}


def test_an_explanation_says_by_which_line_and_with_what():
    of = program()
    facts: dict[str, dict[str, Any]] = {
        "a": {"invited_by": "r", "device": "X 1"},
        "r": {"invited_by": None, "device": "x1"},
    }
    told = explain(of, lambda: happened(of, *bought("a")), facts, "a", "e1", "Friends")
    last = told.explained[0].rules[0].reasons[-1]
    assert (last.text, last.result) == ("not member.invited_by.device same as member.device", "does not hold")
    readings = {each.name: each.value for each in last.readings}
    assert readings["member.invited_by.device"] == '"x1"' and readings["member.device"] == '"X 1"'
    assert readings["member.invited_by"] == "r"


PARAMS = """program "P"
  currency USD
unit star
param base_rate
  is 2 star per 1 USD
param at_most
  is 15 star
param welcome
  is 5 star
table terms
  by amount
  columns rate, gift
  row below 10 USD: 1 star per 1 USD, 1 star
  else 3 star per 1 USD, 7 star
member
  invited_by member optional
event purchase
  amount money
referral "Friends"
  friend joined
  referrer invited_by
  qualifies purchase
  give {} to friend
  give welcome to friend
  give terms(amount).gift to referrer
  round down per event
  limit at_most per friend
"""


def test_what_a_referral_gives_stands_in_params_and_tables_too():
    """The first rule decides whatever unit it gives, be it by a rate that has a name."""
    for rate in ("base_rate", "terms(amount).rate"):
        of = program(PARAMS.format(f"{rate} of amount"))
        engine = Engine(of, {"ben": {"invited_by": "anna"}})
        engine.run(happened(of, ("joined", "ben", {}), ("purchase", "ben", {"amount": "10"})))
        assert [(each.member, each.rule, int(each.quantity)) for each in engine.posted.ledger.awards] == [
            ("ben", "Friends", 15),
            ("ben", "Friends (friend 2)", 5),
            ("anna", "Friends (referrer)", 7),
        ]
