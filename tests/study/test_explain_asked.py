"""What an auditor asks about: awards of every kind, accounts, what was set aside, lines, and what would have been enough among other events."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from fractions import Fraction

import pytest

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event, Place
from guerdon.program import nodes
from guerdon.reference.calendar import Calendar
from guerdon.reference.engine import Engine
from guerdon.study import screen
from guerdon.study.explain import shown
from guerdon.study.explain.account import Account, RuleAccount
from guerdon.study.explain.awarded import Awarded, awarded
from guerdon.study.explain.explain import explain
from guerdon.text.diagnostic import render

HEAD = """program "Shop"
  currency    USD
  lateness    30 days

unit star

unit night
  kind        status

record line
  price       money
  kind        one of tea, cake

member
  company     text optional
  share       percent optional

account company
  members     company

event sale
  amount      money
  lines       list of line

event visit
  note        text optional

"""


def program(clauses: str) -> nodes.Program:
    found, diagnostics = check_bytes("shop.guerdon", f"{HEAD}{clauses}\n".encode())
    assert found is not None, "\n".join(map(render, diagnostics))
    return found


def at(day: str) -> int:
    calendar = Calendar(program("").frame)
    return calendar.instant(date.fromisoformat(day), time(10))


def event(id: str, kind: str, day: str, member: str = "ana", known: str = "", **facts: object) -> Event:
    return Event(id, kind, member, at(day), at(known or day), int(id[1:]), facts)


def sale(id: str, day: str, amount: str = "10", *lines: tuple[str, str], **more: str) -> Event:
    rows = tuple({"price": Fraction(price), "kind": kind} for price, kind in lines)
    return replace(event(id, "sale", day, **more), facts={"amount": Fraction(amount), "lines": rows})


def by_hand(id: str, day: str, **facts: object) -> Event:
    whole = dict.fromkeys(("unit", "quantity", "ladder", "tier", "through"), None) | {"by": "us", "why": "x"} | facts
    return event(id, "adjustment", day, **whole)  # type: ignore[arg-type]


def told(of: nodes.Program, events: list[Event], who: str = "ana", event: str | None = None) -> Account:
    return explain(of, lambda: events, {}, who, event)


def rule(of: nodes.Program, events: list[Event], name: str = "Bonus") -> RuleAccount:
    """What is said of a rule at the last event."""
    (found,) = told(of, events, events[-1].member, events[-1].id).explained
    return next(each for each in found.rules if each.rule == name)


def nearest(of: nodes.Program, *events: Event) -> tuple[str, str] | None:
    found = [each for each in rule(of, list(events)).reasons if each.clause == "nearest"]
    return (found[0].text, found[0].result) if found else None


# ---------------------------------------------------------------- whose


def test_an_account_has_the_events_of_those_who_are_in_it_then() -> None:
    of = program('earn "Stars"\n  on sale\n  give 1 star')
    members = {"ana": {"company": "a"}, "ben": {"company": "b"}}
    moves = event("e3", "changed", "2026-01-03", "ben", company="a")
    events = [
        sale("e1", "2026-01-01"),
        sale("e2", "2026-01-02", member="ben"),
        moves,
        sale("e4", "2026-01-04", member="ben"),
    ]
    found = explain(of, lambda: events, members, "company/a", every=True)
    assert [each.event for each in found.explained] == ["e1", "e3", "e4"]
    assert [each[0] for each in found.events] == ["e1", "e3", "e4"]
    assert explain(of, lambda: events, members, "company/a", "e2").explained == []


def test_who_was_merged_stands_nowhere() -> None:
    of = program("tiers club\n  counts night earned this year\n  tier Guest\n  tier Top at 5 night\n  lasts while met")
    events = [event("e1", "visit", "2026-01-01", "zed"), event("e2", "merged", "2026-01-02", "ana", other="zed")]
    assert told(of, events, "zed").standing == ("merged into ana",)
    (ladder,) = explain(of, lambda: events, {}, "zed", rule="club").ladders
    assert ladder.tier == "no more"


# ---------------------------------------------------------------- which award


def test_each_award_is_found_by_its_id() -> None:
    of = program('earn "Second"\n  on sale\n  when count of sale this month is 2\n  give 5 star')
    late = sale("e3", "2026-01-02", known="2026-01-20")
    events = [
        sale("e1", "2026-01-05"),
        sale("e2", "2026-01-09"),
        late,
        by_hand("e4", "2026-01-21", unit="night", quantity=Fraction(3)),
    ]
    ledger = Engine(of).run(events).ledger
    ids = {each.id for each in ledger.awards}
    assert ids == {"sale/e2/Second", "sale/e2/Second@e3", "sale/e1/Second", "adjustment/e4"}
    found = {id: awarded(of, lambda: events, id) for id in ids}
    assert found["sale/e2/Second@e3"] == found["sale/e2/Second"] == Awarded("ana", "e2", "Second")
    assert found["adjustment/e4"] == Awarded("ana", "e4", None)
    assert {each[0]: each[3] for each in told(of, events).events}["e4"] == "3 night by adjustment"


def test_what_was_put_right_has_no_other_suggestion_and_when_it_became_known_is_said() -> None:
    of = program('earn "Bonus"\n  on sale\n  when count of sale this month is 2\n  give 5 star')
    events = [sale("e1", "2026-01-05"), sale("e2", "2026-01-02", known="2026-01-20")]
    (found,) = told(of, events, event="e1").explained
    assert [each.clause for each in found.rules[0].reasons] == ["when", "put right"]
    assert told(of, events, event="e2").explained[0].when == "2026-01-02 10:00:00, known on 2026-01-20"


def test_only_what_was_set_aside_is_said_to_be() -> None:
    of = program('earn "Stars"\n  on sale\n  give 1 star')
    late = replace(sale("e1", "2026-01-05", known="2026-03-20"), place=Place("sales.csv", 7))
    before = sale("e9", "2026-03-01")
    events = [by_hand("e1", "2026-01-01", unit="star", quantity=Fraction(3)), before, late]
    shown_of = {each.kind: each.came for each in told(of, events, event="e1").explained}
    assert shown_of["adjustment"] == ("given 3 star",)
    assert shown_of["sale"][0].endswith("(G690, sales.csv, row 7 below the header)")
    text = screen.written(lambda to: shown.show_event("ana", told(of, [before, late], event="e1").explained[0], to), 96)
    assert "set aside" in text and "no rule" not in text


# ---------------------------------------------------------------- conditions


def test_a_stretch_of_days_says_on_which_day_it_happened() -> None:
    of = program('earn "Bonus"\n  on sale\n  during Saturday, Sunday\n  give 5 star')
    reason = next(each for each in rule(of, [sale("e1", "2026-01-05")]).reasons if each.clause == "during")
    assert reason.result == "does not hold: it happened on Monday 2026-01-05 10:00:00"


def test_percents_lack_points_and_numbers_without_a_grid_are_looked_for() -> None:
    of = program('earn "Bonus"\n  on sale\n  when (amount / 50 USD) >= 30%\n  give 5 star')
    found = rule(of, [sale("e1", "2026-01-05")])
    assert found.reasons[0].result.startswith("does not hold")
    assert nearest(of, sale("e1", "2026-01-05")) == ("amount is 10.00 USD", "15.00 USD would have been enough: 5 star")


def test_a_tier_that_asks_for_a_condition_shows_what_was_read() -> None:
    of = program("tiers club\n  tier Guest\n  tier Top when count of sale ever >= 2\n  lasts while met")
    (ladder,) = explain(of, lambda: [sale("e1", "2026-01-05")], {}, "ana", rule="club").ladders
    assert ladder.counts == (("tier Top when count of sale ever >= 2", "does not hold; count of sale ever is 1"),)


# ---------------------------------------------------------------- lines


LINES = 'earn "Bonus"\n  on sale\n  each line where kind is cake\n  give 1 star per full 5 USD of price'


def test_each_line_says_why_it_does_not_count() -> None:
    found = rule(program(LINES), [sale("e1", "2026-01-05", "9", ("4", "tea"), ("5", "cake"))])
    each = next(reason for reason in found.reasons if reason.clause == "each")
    assert [(read.name, read.value) for read in each.readings] == [
        ("line 1 (kind tea)", "not counted"),
        ("line 2 (5, cake)", "1 star"),
        ("  price", "5.00 USD"),
    ]
    assert each.result == "1 line"


@pytest.mark.parametrize(
    ("clauses", "said", "would"),
    [
        (LINES, "kind of line 2 is tea", "cake would have been enough: 1 star"),
        (
            LINES.replace("kind is cake", "price >= 20 USD"),
            "price of line 1 is 4.00 USD",
            "20.00 USD would have been enough: 4 star",
        ),
        (
            'earn "Bonus"\n  on sale\n  when (count of lines where kind is cake this event) >= 1\n  give 5 star',
            "kind of line 1 is tea",
            "cake would have been enough: 5 star",
        ),
        (
            'earn "Bonus"\n  on sale\n  when (sum of lines.price this event) >= 15 USD\n  give 5 star',
            "price of line 1 is 4.00 USD",
            "8.00 USD would have been enough: 5 star",
        ),
    ],
)
def test_what_would_have_been_enough_of_a_line(clauses: str, said: str, would: str) -> None:
    assert nearest(program(clauses), sale("e1", "2026-01-05", "11", ("4", "tea"), ("7", "tea"))) == (said, would)


# ---------------------------------------------------------------- offers, groups, other events


def test_what_would_have_been_enough_for_an_offer() -> None:
    clauses = 'offer "Bonus"\n  opens visit\n  through date + 7 days\n  on sale\n  when amount >= 20 USD\n  give 3 star'
    events = event("e1", "visit", "2026-01-04"), sale("e2", "2026-01-05")
    assert nearest(program(clauses), *events) == ("amount is 10.00 USD", "20.00 USD would have been enough: 3 star")


def test_what_would_have_been_enough_to_be_the_best() -> None:
    clauses = (
        'earn "Base"\n  on sale\n  give 3 star\n\n'
        'earn "Bonus"\n  on sale\n  give 1 star per full 5 USD of amount\n\ngroup "Best"\n  of "Base", "Bonus"\n  take best'
    )
    found = nearest(program(clauses), sale("e1", "2026-01-05"))
    assert found == ("amount is 10.00 USD", "20.00 USD would have been enough: 4 star")


def test_an_event_that_is_moved_happens_among_the_others() -> None:
    """A week later would have been enough, had there been no sale in between."""
    of = program('earn "Bonus"\n  on sale\n  when (days since sale ever or 99 days) >= 7 days\n  give 5 star')
    alone = [sale("e1", "2026-01-01"), sale("e2", "2026-01-05")]
    assert nearest(of, *alone) == (
        "it happened on Monday 2026-01-05",
        "Thursday 2026-01-08 would have been enough: 5 star",
    )
    (found,) = explain(of, lambda: [*alone, sale("e3", "2026-01-06")], {}, "ana", "e2").explained
    assert "nearest" not in [each.clause for each in found.rules[0].reasons]


def test_two_changes_of_one_fact_are_one() -> None:
    clauses = 'earn "Bonus"\n  on sale\n  when amount > 10 USD\n  give 1 star per full 15 USD of amount'
    found = nearest(program(clauses), sale("e1", "2026-01-05"))
    assert found == ("amount is 10.00 USD", "15.00 USD would have been enough: 1 star")


def test_names_are_shown_as_they_are_written() -> None:
    of = program('earn "100:100:"\n  on sale\n  give 1 star')
    (found,) = told(of, [sale("e1", "2026-01-05")], event="e1").explained
    assert '"100:100:" gave 1 star' in screen.written(lambda to: shown.show_event("ana", found, to), 96)


def test_what_a_late_event_brought_about_is_not_given_twice() -> None:
    """A trigger that came of a late event was looked at for the first time when that became known, which its award says."""
    of = program(
        "tiers club\n  tier Guest\n  tier Top by invitation\n  lasts 2 years\n  grants Top on visit\n\n"
        'earn "Bonus"\n  on club reaching Top\n  give 5 star'
    )
    events = [sale("e1", "2026-01-05", "20"), event("e2", "visit", "2026-01-02", known="2026-01-20")]
    found = explain(of, lambda: events, {}, "ana", every=True).explained
    (trigger,) = (each for each in found if each.kind == "trigger")
    (bonus,) = (each for each in trigger.rules if each.rule == "Bonus")
    assert (bonus.gave, [each.clause for each in bonus.reasons]) == ("5 star", ["give"])
