"""An account tells all that happened to a member: what was given, held, spent, expired, taken back, refused."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from fractions import Fraction
from functools import cache

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.reference.calendar import Calendar
from guerdon.study import screen
from guerdon.study.explain import shown
from guerdon.study.explain.account import Account
from guerdon.study.explain.explain import explain
from guerdon.text.diagnostic import render

TEXT = """
program "Cafe"
  currency    USD

unit star
  worth       0.05 USD
  expires     6 months after earned

unit mile

member
  household   text optional

account household
  members     household
  owns        mile

event purchase
  amount      money

event refund
  amount      money
  reverses    purchase
  part        amount

tiers status
  counts      sum of purchase.amount this calendar year
  tier        Base
  tier        Gold at 60 USD
  lasts       while met

earn "Stars"
  on          purchase
  give        2 star per 1 USD of amount
  round       down per event

earn "Big order"
  on          purchase
  when        amount >= 50 USD
  give        20 star
  hold        14 days

earn "Miles"
  on          purchase
  when        amount < 1 USD
  give        1 mile
"""


@cache
def program() -> nodes.Program:
    found, diagnostics = check_bytes("cafe.guerdon", TEXT.encode())
    assert found is not None, "\n".join(map(render, diagnostics))
    return found


def event(id: str, kind: str, day: str, member: str = "ana", **facts: object) -> Event:
    at = Calendar(program().frame).start(date.fromisoformat(day)) + 36_000_000_000
    whole = dict.fromkeys(program().events[kind].facts) | facts
    return Event(id, kind, member, at, at, 0, whole)


def money(amount: str) -> Fraction:
    return Fraction(amount)


EVENTS = [
    event("K1", "purchase", "2026-01-05", amount=money("60.50")),
    event("K2", "purchase", "2026-01-09", amount=money("12")),
    event("K3", "redemption", "2026-01-12", unit="star", quantity=Fraction(130)),
    event("K4", "redemption", "2026-01-13", unit="star", quantity=Fraction(100)),
    event("K5", "refund", "2026-01-20", purchase="K1", amount=money("10.25")),
    event("K6", "refund", "2026-01-21", purchase="K1", amount=money("50.25")),
    event("K7", "refund", "2026-01-22", purchase="K1", amount=money("50.25")),
    event("B1", "purchase", "2026-09-01", "ben", amount=money("5")),
]


def account(who: str = "ana", event: str | None = None, rule: str | None = None, *events: Event) -> Account:
    return explain(program(), lambda: events or EVENTS, {"ana": {"household": "7"}}, who, event, rule)


def told(found: Account) -> list[tuple[str, str, str]]:
    return [(each.event, each.kind, each.text) for each in found.timeline]


def test_the_time_line_tells_what_came_of_events_and_what_came_by_itself() -> None:
    found = told(account())
    assert found[:-1] == [
        ("K1", "purchase", '121 star "Stars", 20 star "Big order" (held to 2026-01-19)'),
        ("", "status", "Gold: reached"),
        ("K2", "purchase", '24 star "Stars"'),
        ("K3", "redemption", 'spent 130 star: 121 of "Stars" of purchase K1, 9 of "Stars" of purchase K2'),
        ("K4", "redemption", "refused 100 star: 15 star are available"),
        ("", "released", '20 star of "Big order" of purchase K1'),
        ("K5", "refund", '-20 star "Stars" of purchase K1'),
        (
            "K6",
            "refund",
            '-101 star "Stars" of purchase K1, -20 star "Big order" of purchase K1, owes 106 star',
        ),
        ("", "status", "Base: returned"),
    ]
    assert found[-1][:2] == ("K7", "refund") and found[-1][2].startswith("set aside: ")


def test_where_a_member_stands_is_as_of_the_end_of_the_history() -> None:
    """Also of one who is silent at the end: what is left expires."""
    found = account("ana", None, None, *EVENTS[:5], EVENTS[-1])
    assert told(found)[-1] == ("", "expired", '15 star of "Stars" of purchase K2')
    assert found.standing == ("status Gold", "0 star")
    assert account().standing == ("status Base", "-106 star")


def test_a_return_says_what_it_undid_and_how_the_quantity_came_about() -> None:
    (found,) = account("ana", "K5", "Stars").explained
    assert found.undid == ("purchase K1 on 2026-01-05 10:00:00: 10.25 USD of 60.50 USD",)
    (back,) = found.rules
    assert back.gave == "-20 star"
    reason = back.reasons[0]
    assert {each.name: each.value for each in reason.readings} == {
        "given for purchase K1": "121 star",
        "taken back before": "0 star",
        "undone of it by now": "about 16.94%",
    }
    assert "20.5, rounded down: takes back 20 star, 101 star stay" in reason.result
    assert back.reasons[1].readings[0].name == '"Big order" of purchase K1'


def test_a_return_says_of_what_it_takes_nothing_back_and_why() -> None:
    (found,) = account("ana", "K5").explained
    assert [(each.rule, each.gave) for each in found.rules] == [("Stars", "-20 star"), ("Big order", "nothing")]
    assert found.rules[1].reasons[0].result == (
        "for what remains the rule comes to as much as before: takes back nothing, 20 star stay"
    )


def test_the_last_part_of_a_return_says_what_is_owed() -> None:
    (found,) = account("ana", "K6", "Stars").explained
    assert found.undid == ("purchase K1 on 2026-01-05 10:00:00: 50.25 USD of 60.50 USD (nothing is left of it)",)
    assert "owes 106 star" in found.came
    readings = {each.name: each.value for each in found.rules[0].reasons[0].readings}
    assert readings["taken back before"] == "20 star"


def test_a_redemption_says_of_which_lots_it_was() -> None:
    (found,) = account("ana", "K3").explained
    assert found.came == ('spent 130 star: 121 of "Stars" of purchase K1, 9 of "Stars" of purchase K2',)
    assert found.before == ("status Gold", "145 star", "20 star held")


def test_an_event_that_was_refused_or_set_aside_says_why() -> None:
    (refused,) = account("ana", "K4").explained
    assert refused.came == ("refused 100 star: 15 star are available",)
    (aside,) = account("ana", "K7").explained
    assert aside.came[0].startswith("set aside: ") and aside.rules == []


def test_an_account_has_a_list_of_its_own_and_its_members_see_it() -> None:
    bought = event("M1", "purchase", "2026-01-05", amount=money("0.50"))
    assert told(account("ana", None, None, bought)) == [
        ("M1", "purchase", '1 star "Stars", 1 mile "Miles" to household/7')
    ]
    for who in ("household/7", "7"):
        found = account(who, None, None, bought)
        assert found.member == "household/7"
        assert told(found) == [("M1", "purchase", '1 mile "Miles" (by ana)')]
        assert found.standing == ("1 mile",)


def test_what_others_gave_is_in_the_list() -> None:
    gift = event("T1", "transfer", "2026-01-06", unit="star", quantity=Fraction(21), to="ben")
    found = account("ben", None, None, EVENTS[0], gift)
    assert told(found) == [("T1", "transfer", "received 21 star (by ana)")]
    assert found.standing == ("status Base", "21 star")
    assert told(account("ana", None, None, EVENTS[0], gift))[-1] == (
        "T1",
        "transfer",
        'passed on 21 star of "Stars" of purchase K1, received 21 star (ben)',
    )


def test_events_of_two_kinds_may_have_the_same_id() -> None:
    spent = event("K1", "redemption", "2026-01-06", unit="star", quantity=Fraction(21))
    found = told(account("ana", None, None, EVENTS[0], spent))
    assert [text for id, _, text in found if id == "K1"] == [
        '121 star "Stars", 20 star "Big order" (held to 2026-01-19)',
        'spent 21 star of "Stars" of purchase K1',
    ]


def test_an_account_is_shown_and_is_json() -> None:
    to = screen.console()
    with to.capture() as found:
        shown.show_account(account(), to)
        shown.show_account(account("ana", "K5"), to)
    assert "What came of it" in found.get() and "undoes purchase K1" in found.get()
    assert json.loads(json.dumps(asdict(account("ana", "K5"))))["explained"][0]["undid"]


def test_without_more_than_awards_the_list_is_of_what_was_given() -> None:
    to = screen.console()
    with to.capture() as found:
        shown.show_account(account("ben"), to)
    assert "Given" in found.get() and "What came of it" not in found.get()


def test_what_was_read_is_told_also_where_events_can_be_returned_or_come_late() -> None:
    late = TEXT.replace("  currency    USD\n", "  currency    USD\n  lateness    3 days\n")
    for text in (TEXT, late):
        more = '\nearn "Gold"\n  on          purchase\n  when        status is Gold\n  give        1 star\n'
        found, _ = check_bytes("cafe.guerdon", (text + more).encode())
        assert found is not None
        (about,) = explain(found, lambda: EVENTS[:2], {}, "ana", "K2", "Gold").explained
        ((when, _),) = [rule.reasons for rule in about.rules]
        assert [(each.name, each.value) for each in when.readings] == [("status", "Gold")]


TABLES = """
program "Shop"
  currency    USD

unit star

event purchase
  amount      money
  channel     one of shop, app

param doubled
  is          200%

table in_parts
  by          channel, amount
  bands       parts
  row         app, from 0 USD: 1 star per 1 USD
  row         app, from 100 USD: 2 star per 1 USD
  else        0 star per 1 USD

table at_once
  by          amount
  bands       whole
  row         below 50 USD: 1%
  row         from 50 USD: 5%

earn "Parts"
  on          purchase
  give        in_parts(channel) of amount
  round       down per event

earn "Whole"
  on          purchase
  give        doubled of (1 star per 1 USD of (at_once of amount))
  round       down per event

earn "Running"
  on          purchase
  accumulate  per member
  give        in_parts(channel) of amount
  round       down per event
"""


def test_a_table_that_is_applied_tells_the_rates_and_what_each_was_applied_to() -> None:
    typed, found = check_bytes("shop.guerdon", TABLES.encode())
    assert typed is not None, "\n".join(map(render, found))
    at = Calendar(typed.frame).start(date(2026, 1, 5))
    bought = Event("K1", "purchase", "ana", at, at, 0, {"amount": money("140"), "channel": "app"})
    (shown,) = explain(typed, lambda: [bought], {}, "ana", "K1").explained
    readings = {
        rule.rule: [(each.name, each.value) for reason in rule.reasons for each in reason.readings]
        for rule in shown.rules
    }
    assert readings["Parts"] == [
        ("channel", "app"),
        ("amount", "140.00 USD"),
        ("in_parts(channel) of 100.00 USD", "1 star per 1.00 USD"),
        ("in_parts(channel) of 40.00 USD", "2 star per 1.00 USD"),
    ]
    assert readings["Whole"] == [("doubled", "200%"), ("amount", "140.00 USD"), ("at_once of 140.00 USD", "5%")]
    bands = "1 star per 1.00 USD from 0.00 USD below 100.00 USD, 2 star per 1.00 USD from 100.00 USD, else 0 star per 1.00 USD"
    assert ("in_parts(channel)", bands) in readings["Running"]


TRIGGERED = b"""
program "Triggered"
  currency USD

unit star

event purchase
  amount money

earn "Rebate"
  on end of month
  give 1 star per full 10 USD of sum of purchase.amount this month

earn "Silent"
  on 30 days without purchase
  when count of purchase ever >= 2
  give 5 star
"""


def test_a_trigger_is_told_and_explained_like_an_event() -> None:
    program, _ = check_bytes("triggered.guerdon", TRIGGERED)
    assert program is not None
    bought = [
        event("p1", "purchase", "2026-01-10", amount=Fraction(45)),
        event("p2", "purchase", "2026-04-02", amount=Fraction(5)),
    ]
    month = "end of month 2026-01-31/ana"
    found = explain(program, lambda: bought, {}, "ana", month)
    assert [(each.event, each.kind, each.text) for each in found.timeline] == [
        ("p1", "purchase", "-"),
        (month, "trigger", '4 star "Rebate"'),
        ("p2", "purchase", "-"),
    ]
    (told_of,) = found.explained
    assert told_of.event == month and told_of.rules[0].gave == "4 star"
    silent = explain(program, lambda: bought, {}, "ana", "30 days without purchase 2026-02-09/ana", "Silent").explained
    assert [reason.result for each in silent for reason in each.rules[0].reasons] == ["does not hold: 1 too little"]


def test_a_ladder_says_what_it_counts_and_which_tiers_were_held() -> None:
    (found,) = account("ana", None, "status", *EVENTS[:2]).ladders
    assert found.tier == "Gold"
    assert found.counts == (
        ("counts sum of purchase.amount this calendar year", "72.50 USD"),
        ("tier Gold at 60.00 USD", "reached"),
    )
    assert [text for _, text in found.moves] == ["Gold: reached"]
    (fallen,) = account("ana", None, "status").ladders
    assert fallen.counts[1] == ("tier Gold at 60.00 USD", "48.00 USD lack")


def test_a_term_that_ends_stands_before_what_happens_at_that_instant() -> None:
    text = """program "Club"

event fee

tiers club
  tier        Guest
  tier        Club by invitation
  lasts       12 months
  grants      Club on fee
"""
    found, said = check_bytes("t.guerdon", text.encode())
    assert found is not None, said
    starts = [Calendar(found.frame).start(date.fromisoformat(day)) for day in ("2026-03-02", "2027-03-02")]
    events = [Event(str(at), "fee", "ana", at, at, number, {}) for number, at in enumerate(starts)]
    shown = explain(found, lambda: events, {}, "ana").timeline
    assert [(each.kind, each.text) for each in shown] == [
        ("fee", "-"),
        ("club", "Club: granted"),
        ("club", "Guest: term ended"),
        ("fee", "-"),
        ("club", "Club: granted"),
    ]
