"""What a return undoes: exactly what the sale did, however it is split."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import hypothesis
from hypothesis import strategies as st
from tests.generated import pool
from tests.generated.histories import DAY, MINUTE, History
from tests.generated.playing import ZERO, own, play, standing, taken_back

from guerdon.history.event import Event
from guerdon.ledger.entries import Ledger
from guerdon.program import nodes
from guerdon.reference.engine import Engine

OTHERS = ("joined", "changed", "transfer", "opening", "merged", "closed", "erased")


def sale(program: nodes.Program, member: str, at: int, amount: Fraction, coupon: Fraction | None = None) -> Event:
    facts: dict[str, Any] = {"code": "the one", "amount": amount, "coupon": coupon}
    known = {name: value for name, value in facts.items() if name in program.events["purchase"].facts}
    return Event("sale", "purchase", member, at, at, 0, known)


def back(of: Event, number: int, at: int, amount: Fraction) -> Event:
    facts = {"code": "the one", "amount": amount}
    return Event(f"back{number}", "refund", of.member, at, at, number, facts)


def placed(history: History, *events: Event) -> list[Event]:
    """The events of a history before some others, then these, then the rest as it was."""
    first = min(event.at for event in events)
    before = [event for event in history.events if event.at < first]
    after = [event for event in history.events if event.at > max(event.at for event in events)]
    return [*before, *events, *after]


CENTS = st.integers(1, 6000).map(lambda cents: Fraction(cents, 100))


@st.composite
def sold(draw: Any, kind: str = "returned") -> tuple[str, nodes.Program, History, Event]:
    """A shop, what happens there, and a sale somewhere in between; all is known when it happens."""
    text, program, history = draw(pool.shops(kind, without=OTHERS))
    history = replace(history, as_of=None, events=[each for each in history.events if each.recorded == each.at])
    at = history.events[draw(st.integers(0, len(history.events) - 1))].at + MINUTE if history.events else DAY
    member = draw(st.sampled_from(("m1", "m2")))
    coupon = draw(st.one_of(st.none(), CENTS)) if "coupon" in program.events["purchase"].facts else None
    event = sale(program, member, at, draw(CENTS), coupon)
    hypothesis.note(repr(event))
    return text, program, history, event


def run(program: nodes.Program, history: History, events: list[Event]) -> Engine:
    return play(program, replace(history, events=events))


def of_sale(ledger: Ledger) -> dict[str, Fraction]:
    """What was given for the sale, and what of it is left."""
    given = {award.id: award.quantity for award in ledger.awards if award.of is None and award.event == "sale"}
    taken = taken_back(ledger.awards)
    return {id: quantity - taken.get(id, ZERO) for id, quantity in given.items()}


def later(ledger: Ledger) -> list[Any]:
    return [award for award in ledger.awards if award.event != "sale" and not award.event.startswith("back")]


def everything(program: nodes.Program, engine: Engine) -> dict[str, Any]:
    return {id: standing(program, subject) for id, subject in engine.world.subjects.items()}


# ---------------------------------------------------------------- laws


@pool.settings(2)
@hypothesis.given(sold(), st.lists(st.integers(1, 99), min_size=1, max_size=3), st.integers(0, 40), CENTS)
def test_any_split_of_a_return_equals_the_whole(case, cuts, days, returned):
    """Law 14: awards taken back, measures, limits, lots, debts and tiers are the same, and so is all that follows."""
    _, program, history, event = case
    returned = min(returned, event.facts["amount"])
    at = event.at + days * DAY
    cents = int(returned * 100)
    bounds = sorted({0, cents, *(cents * cut // 100 for cut in cuts)})
    parts = [Fraction(end - start, 100) for start, end in pairwise(bounds)]
    whole = run(program, history, placed(history, event, back(event, 0, at, returned)))
    split = run(program, history, placed(history, event, *(back(event, n, at, part) for n, part in enumerate(parts))))
    assert of_sale(whole.posted.ledger) == of_sale(split.posted.ledger)
    assert later(whole.posted.ledger) == later(split.posted.ledger)
    assert own(whole.posted.ledger) == own(split.posted.ledger)
    assert everything(program, whole) == everything(program, split)


@pool.settings(2)
@hypothesis.given(sold("redeemed"), st.lists(st.integers(1, 99), min_size=1, max_size=3), st.integers(0, 40))
def test_what_was_redeemed_comes_back_in_any_split(case, cuts, days):
    """Law 14: all of it with the last part, into its lots; what was had for it is taken back."""
    _, program, history, event = case
    at, cents = event.at + days * DAY, int(event.facts["amount"] * 100)
    bounds = sorted({0, cents, *(cents * cut // 100 for cut in cuts)})
    parts = [Fraction(end - start, 100) for start, end in pairwise(bounds)]
    whole = run(program, history, placed(history, event, back(event, 0, at, event.facts["amount"])))
    split = run(program, history, placed(history, event, *(back(event, n, at, part) for n, part in enumerate(parts))))
    for engine in (whole, split):
        assert all(not left for left in of_sale(engine.posted.ledger).values())
        deed = engine.members[event.member].deeds["purchase", "sale"]
        assert all(taking.restored == taking.quantity for taking in deed.takings)
    assert later(whole.posted.ledger) == later(split.posted.ledger)
    assert own(whole.posted.ledger) == own(split.posted.ledger)
    assert everything(program, whole) == everything(program, split)


@pool.settings(2)
@hypothesis.given(sold(), st.integers(0, 40))
def test_after_a_full_return_all_is_as_without_the_sale(case, days):
    """Law 15: lots, measures, limits and tiers stand as if nothing had been sold, and what follows is the same."""
    _, program, history, event = case
    reversal = program.events["refund"].reverses
    assert reversal is not None
    hypothesis.assume(not reversal.at_return)  # else what was sold stays in its own time
    hypothesis.assume(not reversal.oldest)  # else other lots are there, and those of the sale
    at = event.at + days * DAY
    sold_and_returned = placed(history, event, back(event, 0, at, event.facts["amount"]))
    never = [each for each in sold_and_returned if each.id not in ("sale", "back0")]
    if not any(each.member == event.member for each in never if each.at <= event.at):
        return  # who was nobody before is a member now
    one, other = run(program, history, sold_and_returned), run(program, history, never)
    if at >= (other.posted.until or 0):
        end = one.posted.until
        other.close(end)
    assert all(not left for left in of_sale(one.posted.ledger).values())
    assert later(one.posted.ledger) == later(other.posted.ledger)
    assert own(one.posted.ledger) == own(other.posted.ledger)
    assert everything(program, one) == everything(program, other)


@pool.settings()
@hypothesis.given(sold(), st.lists(st.tuples(st.integers(0, 40), CENTS), min_size=1, max_size=3))
def test_a_return_never_raises_a_balance(case, returns):
    """Law 14: of nobody, nothing; and whatever comes back in the end, all that was given is taken back with the last of it."""
    _, program, history, event = case
    at, left, events = event.at, event.facts["amount"], [event]
    for number, (days, amount) in enumerate(returns):
        at += days * DAY
        events.append(back(event, number, at, min(amount, left)))
        left -= min(amount, left)
    events.append(back(event, 9, at, left))
    engine = Engine(program, history.members)
    for each in sorted([*history.events, *events], key=lambda each: each.order):
        if each.type == "refund":
            for subject in list(engine.world.subjects.values()):
                if subject.at <= each.at:
                    engine.pass_to(subject, engine.calendar.day(each.at))
        before = engine.posted.ledger.balances()
        engine.happen(each)
        if each.type == "refund":
            now = engine.posted.ledger.balances()
            assert all(now[key] <= before.get(key, ZERO) for key in now)
    assert all(not left for left in of_sale(engine.posted.ledger).values())
