"""What was found to differ of redeems, of events by hand and of several returns, each as the smallest program that shows it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from tests.kernel.both import agree, reference
from tests.kernel.test_found import HEAD, SALES, event, held, program, sale

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.kernel.uncovered import uncovered
from guerdon.program import nodes

EARNS = 'earn "A"\n  on sale\n  give 1 point per full 1 USD of amount\n\n'
VISIT = "event visit\n\n"
BACK = "event back\n  amount money optional\n  reverses sale\n  part amount\n  clawback {how}\n  counted at {when}\n\n"


def of(text: str) -> nodes.Program:
    found = program(text)
    assert not uncovered(found)
    return found


def visit(number: int, day: int) -> Event:
    return event(number, "visit", day)


def back(number: int, day: int, of: int, dollars: int | None) -> Event:
    return event(number, "back", day, sale=f"e{of}", amount=Fraction(dollars) if dollars is not None else None)


def spending(number: int, day: int, quantity: int | None, reward: str | None = None) -> Event:
    facts = {"unit": None, "quantity": Fraction(quantity) if quantity is not None else None, "reward": reward}
    return event(number, "redemption", day, **facts)


def test_a_limit_that_leaves_no_room_is_why_though_there_is_nothing():
    text = SALES + VISIT + BACK.format(how="in proportion, round down, oldest first", when="return") + EARNS
    text += 'redeem "T"\n  on visit\n  cost max(point available, 4 point)\n  round down per event\n  limit 2 point per member per day, or nothing\n'
    held(of(text), [sale(1, 0, 9), visit(2, 1), back(3, 2, 1, None), visit(4, 3)])


def test_a_reward_that_is_asked_for_is_refused_though_it_comes_to_nothing():
    text = SALES + EARNS + 'redeem "T"\n  cost 5 point\n  when 2 USD in [3 USD, 100 USD]\n'
    held(of(text), [sale(1, 0, 9), spending(2, 1, None, "T")])


def test_of_a_redemption_that_is_refused_nothing_counts():
    text = SALES + EARNS + 'redeem "T"\n  cost 5 point\n\n'
    text += 'earn "B"\n  on redemption\n  give 1 point\n  when count of redemption ever is 1\n'
    held(
        of(text),
        [sale(1, 0, 3), spending(2, 1, None, "T"), sale(3, 2, 4), spending(4, 3, None, "T"), spending(5, 4, 2)],
    )


def test_limits_per_fact_of_what_is_taken():
    text = SALES.replace("amount money", "amount money\n  shop text") + EARNS
    text += 'redeem "T"\n  on sale\n  cost 2 point\n  during 2026-03-03\n  limit 1 time per member per shop per month\n'
    facts = [("a", 0), ("a", 1), ("b", 1), ("a", 1)]
    events = [
        event(number, "sale", day, amount=Fraction(5), wait=None, shop=shop) for number, (shop, day) in enumerate(facts)
    ]
    held(of(text), events)


def test_who_is_handed_something_is_left_to_the_reference_engine():
    text = SALES + EARNS
    gone = Event(
        "x",
        "transfer",
        "bea",
        sale(5, 5, 1).at,
        sale(5, 5, 1).at,
        5,
        {"unit": None, "quantity": Fraction(3), "to": "anna"},
    )
    bought = Event("y", "sale", "bea", sale(4, 4, 1).at, sale(4, 4, 1).at, 4, {"amount": Fraction(9), "wait": None})
    events = [sale(1, 0, 10), bought, gone, sale(6, 9, 2)]
    found = of(text)
    for compiled in (False, True):
        agree(reference(found, events, {}), found, events, {}, compiled=compiled)


def test_a_tier_that_fell_below_what_is_counted_rises_at_any_event():
    text = SALES + VISIT + EARNS + "tiers status\n  counts point earned ever\n  tier Low\n  tier High at 5 point\n"
    text += "  lasts through end of this month\n  falls to the lowest\n\n"
    text += 'earn "B"\n  on visit\n  give 1 point\n  when status is High\n'
    held(of(text), [sale(1, 0, 9), visit(2, 40), visit(3, 41)])


@pytest.mark.parametrize(
    "how", ["exactly", "oldest first", "in proportion, round up", "in proportion, round half even, oldest first"]
)
@pytest.mark.parametrize("when", ["sale", "return"])
def test_several_kinds_of_returns_of_one_sale(how: str, when: str):
    text = SALES + VISIT + BACK.format(how=how, when=when)
    text += "event cancel\n  reverses sale within 40 days\n  clawback exactly\n  counted at sale\n\n"
    text += EARNS.replace("point per full 1 USD", "point per full 3 USD")
    text += 'earn "B"\n  on sale\n  give 50% of "A"\n  round half up per event\n  hold 2 days\n\n'
    text += 'earn "C"\n  on visit\n  give 1 point\n  when sum of sale.amount this month > 5 USD\n\n'
    text += 'redeem "T"\n  on sale\n  cost 2 point\n'
    found, said = check_bytes("p.guerdon", (HEAD + text).encode())
    assert found is not None, said
    events = [sale(1, 0, 30), sale(2, 1, 20), visit(3, 1), back(4, 1, 1, 7), visit(5, 2), back(6, 3, 1, 11)]
    events += [event(7, "cancel", 5, sale="e2"), visit(8, 6), back(9, 40, 1, None), visit(10, 41), sale(11, 50, 9)]
    held(found, events)


def test_lots_that_are_put_off_held_and_taken_over():
    unit = (
        "unit mile\n  expires 10 days without visit from 2026-03-20, existing too\n  expires 30 days without visit\n\n"
    )
    text = SALES + VISIT + unit
    text += 'earn "A"\n  on sale\n  give 1 mile per full 1 USD of amount\n  hold until visit\n\n'
    text += 'earn "B"\n  on visit\n  give 3 mile\n  hold 4 days\n'
    events = [sale(1, 0, 5), visit(2, 1), sale(3, 9, 4), visit(4, 15), sale(5, 19, 6), sale(6, 70, 1), visit(7, 71)]
    held(of(text), events)


def test_what_waits_for_one_event_is_released_unit_by_unit():
    text = SALES + VISIT + "unit mile\n\n"
    text += 'earn "A"\n  on sale\n  give 2 point\n  hold until visit\n\n'
    text += 'earn "B"\n  on sale\n  give 1 mile\n  hold until visit\n'
    held(of(text), [sale(1, 0, 5), visit(2, 1)])


@pytest.mark.parametrize("how", ["exactly", "in proportion, round down, oldest first"])
def test_a_lot_that_was_emptied_and_given_back_expires_before_those_that_came_later(how: str):
    text = HEAD.replace("unit point\n", "unit point\n  expires at end of this month\n") + SALES + VISIT
    text += BACK.format(how=how, when="return") + EARNS + 'earn "B"\n  on visit\n  give 5 point\n\n'
    text += 'redeem "T"\n  on sale\n  cost 4 point\n'
    found, said = check_bytes("p.guerdon", text.encode())
    assert found is not None and not uncovered(found), said
    events = [sale(1, 0, 4), sale(2, 1, 2), back(3, 4, 2, None), visit(4, 5)]
    expected = reference(found, events, {}, date(2026, 4, 2))
    order = [each.lot for each in expected.ledger.postings if each.reason == "expired"]
    assert order.index("sale/e1/A") < order.index("visit/e4/B"), order
    for compiled in (False, True):
        agree(expected, found, events, {}, date(2026, 4, 2), compiled=compiled)
