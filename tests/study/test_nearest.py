"""Of a rule that gave nothing an explanation says the nearest change with which it gives something, and nothing that it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time
from fractions import Fraction
from functools import cache

import pytest

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.reference.calendar import Calendar
from guerdon.reference.engine import Engine
from guerdon.reference.rules import Verdict
from guerdon.study.explain.explain import explain
from guerdon.text.diagnostic import render

HEAD = """
program "Shop"
  currency    USD

unit star

unit cup

member
  student     yes/no optional

event purchase
  amount      money
  coupon      money
  channel     one of shop, app, phone
  gift        yes/no
  net         money = amount - coupon

tiers status
  counts      sum of purchase.amount this calendar year
  tier        Member
  tier        Silver at 100 USD
  tier        Gold at 500 USD
  lasts       through end of next calendar year

earn "Paid"
  on          purchase
  give        1 star per full 10 USD of amount
"""


@cache
def program(clauses: str) -> nodes.Program:
    found, diagnostics = check_bytes("shop.guerdon", f"{HEAD}\n{clauses}\n".encode())
    assert found is not None, "\n".join(map(render, diagnostics))
    return found


def instant(day: str, clock: str) -> int:
    return Calendar(program("").frame).instant(date.fromisoformat(day), time.fromisoformat(clock))


def bought(id: str, day: str = "2026-03-01", clock: str = "10:00", amount: str = "12.74", **facts: object) -> Event:
    """A purchase: on a Sunday, unless another day is given."""
    at = instant(day, clock)
    whole = {"amount": Fraction(amount), "coupon": Fraction(0), "channel": "shop", "gift": False} | facts
    return Event(id, "purchase", "ana", at, at, int(id), whole)


def nearest(clauses: str, *events: Event, facts: Mapping[str, object] | None = None) -> tuple[str, str] | None:
    """What is said at the last event of the rule of the clauses."""
    account = explain(program(clauses), lambda: events, {"ana": facts or {}}, "ana", events[-1].id)
    (event,) = account.explained
    found = [each for each in event.rules[-1].reasons if each.clause == "nearest"]
    return (found[0].text, found[0].result) if found else None


def rule(*lines: str, on: str = "purchase") -> str:
    return "\n  ".join([f'earn "Bonus"\n  on {on}', *lines])


@pytest.mark.parametrize(
    ("lines", "said", "would"),
    [
        (["when amount >= 20 USD", "give 5 star"], "amount is 12.74 USD", "20.00 USD would have been enough: 5 star"),
        (["when amount > 20 USD", "give 5 star"], "amount is 12.74 USD", "20.01 USD would have been enough: 5 star"),
        (["when amount < 5 USD", "give 5 star"], "amount is 12.74 USD", "4.99 USD would have been enough: 5 star"),
        (["when net * 2 > 50 USD", "give 5 star"], "amount is 12.74 USD", "25.01 USD would have been enough: 5 star"),
        (["when channel is app", "give 5 star"], "channel is shop", "app would have been enough: 5 star"),
        (["when channel is not shop", "give 5 star"], "channel is shop", "app would have been enough: 5 star"),
        (["when gift", "give 5 star"], "gift is no", "yes would have been enough: 5 star"),
        (["when not (channel is shop)", "give 5 star"], "channel is shop", "app would have been enough: 5 star"),
        (
            ["when channel is app and amount >= 20 USD", "give 5 star"],
            "channel is shop and amount is 12.74 USD",
            "app and 20.00 USD would have been enough: 5 star",
        ),
        (
            ["when channel is app or amount >= 20 USD", "give 5 star"],
            "channel is shop",
            "app would have been enough: 5 star",
        ),
        (
            ["when amount >= 20 USD", "when channel is app", "give 1 star per full 5 USD of amount"],
            "amount is 12.74 USD and channel is shop",
            "20.00 USD and app would have been enough: 4 star",
        ),
        (
            ["during Monday", "give 5 star"],
            "it happened on Sunday 2026-03-01",
            "Monday 2026-03-02 would have been enough: 5 star",
        ),
        (
            ["during 2026-03-09 through 2026-03-20", "give 5 star"],
            "it happened on Sunday 2026-03-01",
            "Monday 2026-03-09 would have been enough: 5 star",
        ),
        (["during 14:00 before 17:00", "give 5 star"], "it happened at 10:00", "14:00 would have been enough: 5 star"),
        (
            ["when count of purchase this month is 3", "give 5 star"],
            "count of purchase this month is 1",
            "3 would have been enough, with 2 purchases more like it before: 5 star",
        ),
        (
            ["when sum of purchase.amount this month >= 50 USD", "give 5 star"],
            "amount is 12.74 USD",
            "50.00 USD would have been enough: 5 star",
        ),
        (
            ["when (member.student or no) is yes", "give 5 star"],
            "member.student is nothing",
            "yes would have been enough: 5 star",
        ),
        (
            ["when status >= Silver", "give 5 star"],
            "status is Member",
            "Silver would have been enough, with 100.00 USD more of `sum of purchase.amount this calendar year`: 5 star",
        ),
        (
            ["give 1 cup per full 20 USD of net"],
            "amount is 12.74 USD",
            "20.00 USD would have been enough: 1 cup",
        ),
        (
            ["when star available >= 3 star", "give 1 cup"],
            "star available is 0 star",
            "3 star would have been enough: 1 cup",
        ),
    ],
)
def test_what_would_have_been_enough_is_said(lines: list[str], said: str, would: str) -> None:
    assert nearest(rule(*lines), bought("1")) == (said, would)


def test_what_lacks_for_a_tier_is_less_after_other_events() -> None:
    lines = rule("when status is Gold", "give 5 star")
    found = nearest(lines, bought("1", amount="120"), bought("2", day="2026-03-02"))
    assert found is not None and found[0] == "status is Silver"
    assert "with 380.00 USD more of" in found[1]


def test_where_a_limit_leaves_no_room_the_next_period_would_have_been_enough() -> None:
    lines = rule("give 5 star", "limit 1 time per member per month")
    found = nearest(lines, bought("1"), bought("2", day="2026-03-20"))
    assert found == ("it happened on Friday 2026-03-20", "Wednesday 2026-04-01 would have been enough: 5 star")


@pytest.mark.parametrize(
    "lines",
    [
        ["during 2027-03-09 through 2027-03-20", "give 5 star"],  # far away
        ["when sum of purchase.amount previous month >= 50 USD", "give 5 star"],  # nothing of the event
        ["when amount < 0 USD", "give 5 star"],  # an amount is never below zero
    ],
)
def test_where_nothing_near_is_found_nothing_is_said(lines: list[str]) -> None:
    assert nearest(rule(*lines), bought("1")) is None


def test_what_is_said_comes_out_when_the_event_is_run_so() -> None:
    """And does not a cent below: run from the beginning, on an engine of its own."""
    clauses = rule("when net * 3 - 1 USD > sum of purchase.amount this month", "give 5 star")
    events = [bought("1", amount="30"), bought("2", day="2026-03-02", amount="1")]
    found = nearest(clauses, *events)
    assert found is not None and found[0] == "amount is 1.00 USD"
    enough = Fraction(found[1].split()[0])

    def gives(amount: Fraction) -> bool:
        engine, verdicts = Engine(program(clauses)), list[Verdict]()
        engine.happen(events[0])
        changed = bought("2", day="2026-03-02", amount=str(amount))
        engine.happen(changed, lambda event, facts, verdict: verdicts.append(verdict))
        return any(each.rule.name == "Bonus" and each.quantity for each in verdicts)

    assert gives(enough) and not gives(enough - Fraction(1, 100))


def test_a_redemption_that_is_refused_says_how_much_would_have_been_enough() -> None:
    clauses = 'redeem "Cup"\n  cost 4 star'
    at = instant("2026-03-03", "09:00")
    asked = dict.fromkeys(program(clauses).events["redemption"].facts) | {"reward": "Cup"}
    spent = Event("9", "redemption", "ana", at, at, 9, asked)
    found = nearest(clauses, bought("1"), spent)
    assert found == ("what can be spent is 1 star", "4 star would have been enough: 4 star")


def test_nothing_is_tried_on_the_member_themselves() -> None:
    """What others see of the history is the same, whatever was tried at an event in its midst."""
    clauses = rule("when status is Gold", "give 5 star")
    events = [bought(str(number), day=f"2026-03-{number:02}") for number in range(1, 6)]
    asked, plain = (explain(program(clauses), lambda: events, {}, "ana", event) for event in ("2", None))
    assert (asked.timeline, asked.standing) == (plain.timeline, plain.standing)


def test_rules_of_other_events_are_not_looked_for_in_this_one() -> None:
    clauses = """event visit
  score       whole

earn "Visited"
  on          visit
  give        score * 1 star

group "All"
  of          "Paid", "Visited"
""" + rule('give 50% of "All"', "round down per event")
    assert nearest(clauses, bought("1", amount="5")) == (
        "amount is 5.00 USD",
        "20.00 USD would have been enough: 1 star",
    )


def test_what_late_events_would_look_at_again_is_tried_with_it() -> None:
    """One budget joins the journals of all members: those of others go on with what is tried at one."""
    text = HEAD.replace("currency    USD", "currency    USD\n  lateness    30 days")
    text += "\n" + rule("give 1 star per full 50 USD of amount", "limit 9 star per program")
    found, diagnostics = check_bytes("shop.guerdon", text.encode())
    assert found is not None, "\n".join(map(render, diagnostics))
    events = [replace(bought("1", day="2026-03-02"), member="bea"), bought("2", day="2026-05-02", amount="20")]
    (told,) = explain(found, lambda: events, {}, "ana", "2", "Bonus").explained
    assert told.rules[0].reasons[-1].result == "50.00 USD would have been enough: 1 star"
