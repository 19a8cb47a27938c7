"""Referrals: nobody brings themselves, a friend counts once, rings are not paid, and a limit of times is on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import hypothesis
from hypothesis import strategies as st
from tests.generated import pool
from tests.generated.histories import History
from tests.generated.playing import ZERO, play

from guerdon.ledger.entries import Ledger
from guerdon.reference.late import MARK

CHANGING = ("changed", "merged", "erased")
"""Events that make somebody else of a member, or change who brought them."""

ASIDE = (*CHANGING, "joined", "adjustment", "opening", "transfer", "redemption", "closed")
"""Events that have nothing to do with referrals leave room for those that have."""


NAMED = st.lists(st.sampled_from(("m1", "m2", "m3")), min_size=3, max_size=3)
"""Who is said to have brought each of the members."""


def named(history: History, who: list[str]) -> History:
    """A history in which everybody was brought by somebody."""
    members = {id: facts | {"invited_by": by} for (id, facts), by in zip(history.members.items(), who, strict=True)}
    return replace(history, members=members)


def kept(ledger: Ledger) -> dict[tuple[str, str, str], Fraction]:
    """What is left of each award of the referral, by event, rule and receiver."""
    found: dict[tuple[str, str, str], Fraction] = {}
    for award in ledger.awards:
        if award.rule.startswith("Friends"):
            event = (award.of or award.id).split(MARK)[0].removesuffix(f"/{award.rule}")
            key = event, award.rule, award.member
            found[key] = found.get(key, ZERO) + award.quantity
    return {key: quantity for key, quantity in found.items() if quantity}


def edges(history: History, ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Who was paid for having brought whom."""
    whose = {f"{event.type}/{event.id}": event.member for event in history.events}
    for event, _, receiver in kept(ledger):
        if receiver != whose[event]:
            yield whose[event], receiver


@pool.settings()
@hypothesis.given(pool.shops("referring", without=ASIDE), NAMED)
def test_a_friend_counts_once(case, who):
    """Law 19: at most one event of a friend is paid for, and one referrer of each level."""
    _, program, history = case
    history = named(history, who)
    ledger = play(program, history).posted.ledger
    whose = {f"{event.type}/{event.id}": event.member for event in history.events}
    paid = [event for event, _, _ in kept(ledger)]
    friends = {event: whose[event] for event in paid}
    assert len(set(friends.values())) == len(friends)
    assert len({(event, rule) for event, rule, _ in kept(ledger)}) == len(kept(ledger))


@pool.settings()
@hypothesis.given(pool.shops("referring", without=ASIDE), NAMED)
def test_nobody_brings_themselves_and_no_ring_is_paid(case, who):
    """Law 19: from friend to referrer to whoever brought that one, nobody comes twice."""
    _, program, history = case
    history = named(history, who)
    ledger = play(program, history).posted.ledger
    brought: dict[str, set[str]] = {}
    for friend, referrer in edges(history, ledger):
        brought.setdefault(friend, set()).add(referrer)
    for friend in brought:
        seen, waiting = set[str](), [friend]
        while waiting:
            for each in brought.get(waiting.pop(), ()):
                assert each != friend
                if each not in seen:
                    seen.add(each)
                    waiting.append(each)


@pool.settings()
@hypothesis.given(pool.shops("referring", without=ASIDE), NAMED)
def test_who_was_not_named_in_time_is_not_paid_for(case, who):
    """Law 19: whoever is paid for was named by the facts of then, which never change here, and shares no device."""
    _, program, history = case
    history = named(history, who)
    ledger = play(program, history).posted.ledger
    for friend, receiver in edges(history, ledger):
        referrer = history.members[friend]["invited_by"]
        assert receiver in (referrer, history.members[referrer]["invited_by"])
        devices = [history.members[each].get("device") for each in (friend, referrer)]
        refuses = "refuse same device" in case[0]
        assert not refuses or None in devices or devices[0] != devices[1]
