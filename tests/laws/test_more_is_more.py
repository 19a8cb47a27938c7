"""More never earns less, and a ladder that counts what is earned is what its count says."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import hypothesis
from hypothesis import strategies as st
from tests.generated import pool
from tests.generated.histories import MINUTE, SECOND, History
from tests.generated.playing import ZERO, play

from guerdon.history.event import Event
from guerdon.ledger.entries import Ledger
from guerdon.program import nodes
from guerdon.reference.calendar import Calendar

ONLY_SALES = ("joined", "changed", "redemption", "adjustment", "transfer", "opening", "merged", "closed", "erased")
MORE = st.integers(1, 10_000).map(lambda cents: Fraction(cents, 100))


@st.composite
def bought(draw: Any, kind: str) -> tuple[nodes.Program, History, History]:
    """A history, and one with more in it: a larger amount or one more event."""
    _, program, history = draw(pool.shops(kind, without=ONLY_SALES))
    events = [event for event in history.events if event.recorded == event.at]
    place, more = draw(st.integers(0, max(len(events) - 1, 0))), draw(MORE)
    larger = list(events)
    if events and draw(st.booleans()):
        facts = {**events[place].facts, "amount": events[place].facts["amount"] + more}
        larger[place] = replace(events[place], facts=facts)
    else:
        at = events[place].at + MINUTE if events else SECOND
        added = Event("added", "purchase", "m1", at, at, 0, {"amount": more})
        larger = sorted([*events, added], key=lambda event: event.order)
    hypothesis.note(f"with more: {larger}")
    history = replace(history, as_of=None)
    return program, replace(history, events=events), replace(history, events=larger)


def earned(ledger: Ledger, before: int) -> dict[tuple[str, str], Fraction]:
    """What each rule gave to each member before an instant."""
    found: dict[tuple[str, str], Fraction] = {}
    for award in ledger.awards:
        if award.at < before:
            found[award.member, award.rule] = found.get((award.member, award.rule), ZERO) + award.quantity
    return found


@pool.settings(2)
@hypothesis.given(bought("rising"))
def test_a_larger_amount_or_one_more_event_never_earns_less(case):
    """Law 17: after every event, by every rule of a program whose rules are rates with room that fills up partly."""
    program, history, more = case
    one, other = play(program, history).posted.ledger, play(program, more).posted.ledger
    for event in history.events:
        less, now = earned(one, event.at + 1), earned(other, event.at + 1)
        assert all(now.get(key, ZERO) >= quantity for key, quantity in less.items())


@pool.settings()
@hypothesis.given(bought("counting"))
def test_more_never_lowers_a_tier(case):
    """Law 16: on a ladder that counts what is earned, `while met` or for ever."""
    program, history, more = case
    ladder, one, other = program.ladders["status"], play(program, history), play(program, more)
    for event in history.events:
        less, now = _ranks(ladder, one.posted.ledger, event.at + 1), _ranks(ladder, other.posted.ledger, event.at + 1)
        assert all(now[member] >= rank for member, rank in less.items())


def _ranks(ladder: nodes.Ladder, ledger: Ledger, before: int) -> dict[str, int]:
    return {each.member: ladder.rank(each.tier) for each in ledger.standings(before)}


@pool.settings()
@hypothesis.given(bought("counting"))
def test_a_tier_is_what_its_count_says(case):
    """Law 16: `while met`, the tier after each event is the highest whose threshold is earned within the window."""
    program, history, _ = case
    ladder, calendar = program.ladders["status"], Calendar(program.frame)
    if not isinstance(ladder.lasts, nodes.WhileMet):
        return
    counts = ladder.counts
    assert isinstance(counts, nodes.Earned)
    ledger = play(program, history).posted.ledger
    for event in history.events:
        first, end = calendar.bounds(counts.window, calendar.day(event.at))
        within = [award for award in ledger.awards if award.at <= event.at and award.member == event.member]
        total = sum((award.quantity for award in within if first <= calendar.day(award.at) < end), ZERO)
        reached = max(rank for rank, tier in enumerate(ladder.tiers) if (tier.at or ZERO) <= total)
        assert _ranks(ladder, ledger, event.at + 1)[event.member] == reached
