"""A balance is explained lot by lot, a tier day by day, an award by what it came to less what was cut; and all of it on one page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from tests.study.test_explain import EVENTS, TEXT, event, money, program

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.study.explain import page, shown
from guerdon.study.explain.account import Account
from guerdon.study.explain.explain import explain
from guerdon.text.diagnostic import render


def about(what: str | None, day: str | None, *events: Event, every: bool = False) -> Account:
    as_of = date.fromisoformat(day) if day is not None else None
    return explain(program(), lambda: events or EVENTS, {}, "ana", None, what, as_of, every)


def test_a_balance_on_a_date_is_its_lots_and_what_is_owed() -> None:
    (found,) = about("star", "2026-01-12").balances
    assert (found.balance, found.held) == ("15 star", "20 star")
    assert found.rules[0][0] == "expires 6 months after earned"
    assert [(each.name, each.granted, each.left, each.held) for each in found.lots] == [
        ('"Stars" of purchase K1', "121 star", "0 star", ""),
        ('"Big order" of purchase K1', "20 star", "0 star", "20 star"),
        ('"Stars" of purchase K2', "24 star", "15 star", ""),
    ]
    assert [each.value for each in found.lots[2].went] == ["-9 star"]
    (owed,) = about("star", "2026-01-21").balances
    assert (owed.balance, [each.value for each in owed.owed]) == ("-106 star", ["-86 star", "-20 star"])
    assert sum(int(each.left.split()[0]) for each in owed.lots) == 0


def test_a_tier_on_a_date_says_what_was_counted_when() -> None:
    (found,) = about("status", "2026-01-12").ladders
    assert found.tier == "Gold"
    assert [(each.name, each.value) for each in found.counted] == [
        ("2026-01-05", "60.50 USD"),
        ("2026-01-09", "12.00 USD"),
    ]
    assert about("status", "2026-01-21").ladders[0].tier == "Base"


def test_what_came_after_the_day_is_not_read() -> None:
    found = about(None, "2026-01-12")
    assert [each.event for each in found.timeline if each.event] == ["K1", "K2", "K3"]
    assert (found.as_of, found.standing) == ("2026-01-12", ("status Gold", "15 star", "20 star held"))


def test_what_a_rule_came_to_less_what_was_cut_is_what_it_gave() -> None:
    limited = (
        TEXT
        + """
earn "Weekly"
  on          purchase
  give        3 star per 1 USD of amount
  round       down per event
  limit       40 star per member per week
"""
    )
    found, diagnostics = check_bytes("cafe.guerdon", limited.encode())
    assert found is not None, "\n".join(map(render, diagnostics))
    bought = event("K1", "purchase", "2026-01-05", amount=money("20.50"))
    (shown_of,) = explain(found, lambda: [bought], {}, "ana", "K1", "Weekly").explained
    (rule,) = shown_of.rules
    assert [(each.name, each.value) for each in rule.sums] == [
        ("comes to", "61.5 star"),
        ("round", "-0.5 star"),
        ("limit 40 star per member per week", "-21 star"),
    ]
    told_as = shown.summed(rule)
    assert told_as == "61.5 star - 0.5 star (round) - 21 star (limit 40 star per member per week) = 40 star"


def test_an_award_that_a_late_event_put_right_says_so() -> None:
    late = TEXT.replace("  currency    USD\n", "  currency    USD\n  lateness    30 days\n")
    third = '\nearn "Second"\n  on          purchase\n  when        count of purchase this month is 2\n  give        5 star\n'
    found, diagnostics = check_bytes("cafe.guerdon", (late + third).encode())
    assert found is not None, "\n".join(map(render, diagnostics))
    first, second, came_late = EVENTS[0], EVENTS[1], event("K0", "purchase", "2026-01-02", amount=money("5"))
    events = [first, second, replace(came_late, recorded=second.at + 1)]
    gave = {}
    for id in ("K1", "K2"):
        (of,) = explain(found, lambda: events, {}, "ana", id, "Second").explained
        right = [(each.text, each.result) for each in of.rules[0].reasons if each.clause == "put right"]
        gave[id] = of.rules[0].gave, right
    assert gave == {
        "K1": ("nothing", [("2026-01-09", "5 star more: an earlier event became known")]),
        "K2": ("5 star", [("2026-01-09", "5 star less: K0 became known")]),
    }


def test_a_page_opens_each_event_and_draws_each_balance() -> None:
    account = about(None, None, every=True)
    html = page.as_html(account)
    assert html.count("<details") == len(account.explained) == len(EVENTS) - 1
    assert html.count("<svg") == len(account.courses) == 1
    assert account.courses[0].points[-1].balance == account.balances[0].balance
    assert 'href="#e0"' in html and 'id="e0"' in html and "http-equiv" not in html and "<script" not in html


def test_what_is_written_into_a_page_is_no_markup() -> None:
    odd = replace(EVENTS[0], id="<b>&")
    html = page.as_html(about(None, None, odd, every=True))
    assert "<b>&" not in html and "&lt;b&gt;&amp;" in html


@pytest.mark.parametrize(("debt", "said"), [("forgiven", "no longer written off"), ("allowed", "owes no more")])
def test_what_was_lacking_and_is_undone_is_said(debt: str, said: str) -> None:
    text = f"""program "Undone"
  currency USD

unit star
  debt {debt}

event adjustment
  note text optional

event mistaken
  note text
  reverses adjustment by note
"""
    found, diagnostics = check_bytes("undone.guerdon", text.encode())
    assert found is not None, "\n".join(map(render, diagnostics))
    taken: dict[str, object] = {"unit": "star", "quantity": Fraction(-7), "by": "us", "why": "x", "note": "one"}
    taken |= {"ladder": None, "tier": None, "through": None}
    events = [
        Event("A1", "adjustment", "ana", 0, 0, 0, taken),
        Event("M1", "mistaken", "ana", 1, 1, 1, {"note": "one"}),
    ]
    told = explain(found, lambda: events, {}, "ana").timeline
    assert [each.text for each in told if each.event == "M1"] == [f"{said} 7 star"]


def test_what_was_counted_by_hand_and_is_undone_is_explained() -> None:
    """Whatever the return does with what rules gave, of what was set by hand it takes back the share of the event."""
    text = """program "Undone"
  currency USD

unit night
  decimals 0
  kind status

event adjustment
  note text optional

event mistaken
  note text
  reverses adjustment by note
  clawback recomputed, oldest first
"""
    found, diagnostics = check_bytes("undone.guerdon", text.encode())
    assert found is not None, "\n".join(map(render, diagnostics))
    taken: dict[str, object] = {"unit": "night", "quantity": Fraction(-50), "by": "us", "why": "x", "note": "one"}
    taken |= {"ladder": None, "tier": None, "through": None}
    events = [
        Event("A1", "adjustment", "ana", 0, 0, 0, taken),
        Event("M1", "mistaken", "ana", 1, 1, 1, {"note": "one"}),
    ]
    (told,) = explain(found, lambda: events, {}, "ana", "M1").explained
    (rule,) = told.rules
    assert (rule.rule, rule.gave, rule.place) == ("adjustment", "50 night", "undone.guerdon:13:3")
    (reason,) = rule.reasons
    assert (reason.clause, reason.text) == ("clawback", "exactly")
    assert [each.value for each in reason.readings] == ["-50 night", "0 night", "100%"]
    assert reason.result == "100% of -50 night is -50: gives back 50 night, 0 night stay"
