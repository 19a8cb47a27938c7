"""Messages: when something is said, to whom, and that it stays said."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.ledger.entries import Effect
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.session import Session
from guerdon.study import trial
from guerdon.text.diagnostic import render

PROGRAM = """\
program "Messages"
  currency    USD{more}

unit star
  expires     3 months after earned

unit mile

member
  born        date optional
  invited_by  member optional
  household   text optional

account household
  members     household
  owns        mile

event purchase
  amount      money

event visit

event return
  reverses    purchase

earn "Base"
  on          purchase
  give        1 star per full 1 USD of amount
"""


def program(rules: str, more: str = "") -> nodes.Program:
    found, said = check_bytes("messages.guerdon", (PROGRAM.replace("{more}", more) + rules).encode())
    assert found is not None, "\n".join(map(render, said))
    return found


def passes(rules: str, test: str) -> None:
    """Fails where an expectation is not met."""
    (result,) = trial.run(program(rules + test))
    assert [f"{miss.expected} / {miss.found}" for miss in result.misses] == []


def happens(kind: str, id: str, day: str, recorded: str = "", member: str = "m", **facts: object) -> Event:
    at, known = (
        int(datetime.fromisoformat(each).replace(tzinfo=UTC).timestamp()) * 10**6 for each in (day, recorded or day)
    )
    return Event(id, kind, member, at, known, 0, facts)


def bought(id: str, day: str, amount: int = 10, recorded: str = "", member: str = "m") -> Event:
    return happens("purchase", id, day, recorded, member, amount=Fraction(amount))


def said(effects: list[Effect]) -> list[tuple[str, str, str]]:
    return [(each.id, each.member, each.text) for each in effects]


WELCOME = """
rule "Welcome"
  on          purchase
  say         "Welcome!"
  limit       1 time per member per calendar year
"""

LATENESS = "\n  lateness    60 days"


def test_it_is_said_where_guards_hold_and_limits_leave_room() -> None:
    rules = """
rule "Big"
  on          purchase
  when        amount >= 50 USD
  say         "What a purchase!"
  limit       1 time per member per month
"""
    test = """
test "t"
  event       purchase on 2026-01-02: amount 10 USD
  expect      0 messages
  event       purchase on 2026-01-03: amount 50 USD
  expect      1 message
  event       purchase on 2026-01-04: amount 50 USD
  expect      0 messages from "Big"
  event       purchase on 2026-02-01: amount 50 USD
  expect      1 message from "Big"
"""
    passes(rules, test)


def test_beside_give_it_is_said_where_something_is_given() -> None:
    """What rounding and limits leave nothing of is not told of; nor is what a group does not take."""
    rules = """
earn "Half"
  on          purchase
  give        0.01 star per 1 USD of amount
  round       down per event
  say         "a star is yours"

earn "A"
  on          visit
  give        3 star
  limit       3 star per member per month, or nothing
  say         "A"

earn "B"
  on          visit
  give        2 star
  say         "B"

group "One"
  of          "A", "B"
  take        best
"""
    test = """
test "t"
  event       purchase on 2026-01-02: amount 10 USD
  expect      0 messages
  event       purchase on 2026-01-02: amount 100 USD
  expect      1 message from "Half"
  event       visit on 2026-01-03
  expect      1 message
  expect      1 message from "A"
  expect      1 message from "One"
  event       visit on 2026-01-04
  expect      1 message from "B"
  expect      0 messages from "A"
"""
    passes(rules, test)


def test_it_is_said_to_whom_it_is_given_and_to_members_not_to_accounts() -> None:
    rules = """
earn "Miles"
  on          purchase
  give        1 mile
  say         "a mile"

earn "Thanks"
  on          purchase
  give        5 star to member.invited_by
  say         "5 stars"

rule "Told"
  on          purchase
  say         "came again" to member.invited_by
"""
    engine = Engine(program(rules), {"m": {"household": "h", "invited_by": "anna"}, "x": {}})
    engine.run([bought("p1", "2026-01-02"), bought("p2", "2026-01-03", member="x")])
    assert said(engine.posted.ledger.effects) == [
        ("purchase/p1/Miles", "m", "a mile"),
        ("purchase/p1/Thanks", "anna", "5 stars"),
        ("purchase/p1/Told", "anna", "came again"),
        ("purchase/p2/Miles", "x", "a mile"),
    ]


def test_a_redeem_says_something_where_it_takes() -> None:
    rules = """
redeem "Drink"
  cost        8 star
  say         "Enjoy!"
"""
    test = """
test "t"
  event       purchase on 2026-01-02: amount 10 USD
  event       redemption on 2026-01-03: reward "Drink"
  expect      1 message from "Drink"
  event       redemption on 2026-01-04: reward "Drink"
  expect      0 messages
  expect      refused
"""
    passes(rules, test)


def test_each_side_of_a_referral_is_told_once() -> None:
    rules = """
referral "Friends"
  friend      visit
  referrer    invited_by
  qualifies   purchase
  give        5 star to referrer
  give        1 mile to referrer
  give        2 star to friend
  say         "for you" to referrer
  say         "welcome" to friend
"""
    test = """
test "t"
  given       invited_by "anna"
  event       visit by anna on 2026-01-01
  event       visit on 2026-01-02
  event       purchase on 2026-01-03: amount 1 USD
  expect      2 messages
  expect      1 message for anna
  event       purchase on 2026-01-04: amount 1 USD
  expect      0 messages
"""
    passes(rules, test)


def test_a_rule_in_place_of_another_silences_it() -> None:
    rules = (
        WELCOME
        + """
rule "Big welcome"
  on          purchase
  when        amount > 20 USD
  replaces    "Welcome"
  say         "WELCOME!"
"""
    )
    test = """
test "t"
  event       purchase on 2026-01-02: amount 30 USD
  expect      0 messages from "Welcome"
  event       purchase on 2026-01-03: amount 3 USD
  expect      1 message from "Welcome"
"""
    passes(rules, test)


def test_nothing_of_a_message_is_earned_posted_or_taken_back() -> None:
    engine = Engine(program(WELCOME))
    back = happens("return", "r", "2026-01-04", purchase="p1")
    engine.run([bought("p1", "2026-01-02"), back, bought("p2", "2026-01-05")])
    ledger = engine.posted.ledger
    assert said(ledger.effects) == [("purchase/p1/Welcome", "m", "Welcome!")], "and its limit is not given back"
    assert {each.rule for each in ledger.awards} == {"Base"}
    assert nodes.MESSAGE not in engine.world.subjects["m"].purses
    assert "Welcome" not in engine.world.subjects["m"].earned_by


# ---------------------------------------------------------------- late


def test_a_late_event_says_what_it_brings_when_it_becomes_known() -> None:
    rule = '\nrule "Hello"\n  on          purchase\n  say         "Hello"\n'
    engine = Engine(program(rule, LATENESS))
    engine.run([bought("p1", "2026-01-10"), bought("p0", "2026-01-02", recorded="2026-01-20")])
    assert said(engine.posted.ledger.effects) == [
        ("purchase/p1/Hello", "m", "Hello"),
        ("purchase/p0/Hello", "m", "Hello"),
    ]
    assert engine.posted.ledger.effects[1].at == happens("visit", "", "2026-01-20").at


def test_what_moves_to_a_late_event_is_not_said_twice() -> None:
    engine = Engine(program(WELCOME, LATENESS))
    late = bought("p0", "2026-01-02", recorded="2026-01-20")
    engine.run([bought("p1", "2026-01-10"), late, bought("p2", "2026-02-01")])
    assert said(engine.posted.ledger.effects) == [("purchase/p1/Welcome", "m", "Welcome!")]


def test_what_comes_to_be_due_later_is_said_once_and_what_does_not_stays_said() -> None:
    """The third visit of the month is told of; late ones make it another, and then two in two months."""
    rule = """
rule "Third"
  on          purchase
  when        count of purchase this month is 3
  say         "The third!"
"""
    events = [
        bought("p1", "2026-01-05"),
        bought("p2", "2026-01-06"),
        bought("p3", "2026-01-08", recorded="2026-01-09"),
        bought("p4", "2026-01-10"),
        bought("p0", "2026-01-02", recorded="2026-01-11"),
        bought("q", "2026-01-03", recorded="2026-01-12"),
    ]
    engine = Engine(program(rule, LATENESS))
    for event in events:
        engine.happen(event)
    assert said(engine.posted.ledger.effects) == [("purchase/p3/Third", "m", "The third!")]


def test_an_award_that_comes_late_is_told_of() -> None:
    rule = """
earn "Third"
  on          purchase
  when        count of purchase this month is 3
  give        5 star
  say         "5 stars for the third!"
"""
    engine = Engine(program(rule, LATENESS))
    late = bought("p0", "2026-01-02", recorded="2026-01-11")
    engine.run([bought("p1", "2026-01-05"), bought("p2", "2026-01-06"), late])
    assert said(engine.posted.ledger.effects) == [("purchase/p2/Third", "m", "5 stars for the third!")]


def test_one_event_at_a_time_says_the_same_late_ones_too() -> None:
    of = program(WELCOME + '\nrule "Month"\n  on          end of month\n  say         "Over"\n', LATENESS)
    events = [
        bought("p1", "2026-01-10"),
        bought("p0", "2026-01-02", recorded="2026-01-20"),
        bought("p2", "2026-02-10"),
        bought("p3", "2026-01-05", recorded="2026-02-20"),
    ]
    engine, session, states, found = Engine(of), Session(of), dict[str, bytes](), list[Effect]()
    for event in events:
        engine.happen(event)
        needed = session.subjects(event, states)
        step, new = session.step(event, {id: states.get(id) for id in needed})
        states |= new
        found += step.effects
    assert found == engine.posted.ledger.effects
    assert said(found) == [
        ("purchase/p1/Welcome", "m", "Welcome!"),
        ("end of month 2026-01-31/m/Month", "m", "Over"),
    ]
