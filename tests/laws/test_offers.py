"""Offers: each opening gives at most once, in its time, and what it gave stands or is open again."""

from __future__ import annotations

from itertools import pairwise

import hypothesis
from tests.generated import pool
from tests.generated.playing import play

from guerdon.ledger.entries import Offered
from guerdon.program import nodes


def has_offers(program: nodes.Program) -> bool:
    return any(rule.offer is not None for rule in program.rules.values())


def openings(offers: list[Offered]) -> dict[tuple[str, str], list[Offered]]:
    """What became of each opening, in order; a member may have become part of another."""
    found: dict[tuple[str, str], list[Offered]] = {}
    for each in offers:
        found.setdefault((each.offer, each.opened), []).append(each)
    return found


@pool.settings()
@hypothesis.given(pool.played(has_offers))
def test_an_opening_changes_from_open_to_completed_and_back(case):
    _, program, history = case
    for changes in openings(play(program, history).posted.ledger.offers).values():
        states = [each.state for each in changes]
        assert program.frame.lateness is not None or all(was != now for was, now in pairwise(states))
        assert program.frame.lateness is not None or states[0] == "open"
        for was, now in pairwise(changes):  # what withdraws an opening may complete it, as rules see it before
            at_once = now.state == "completed" and now.event == was.event
            assert program.frame.lateness is not None or was.state != "withdrawn" or at_once


@pool.settings()
@hypothesis.given(pool.played(lambda program: has_offers(program) and program.frame.lateness is None))
def test_what_is_completed_gave_in_its_time(case):
    """Each completion is of an event of its member, before the opening closes, at which its rule gave, or came to, something."""
    _, program, history = case
    ledger = play(program, history).posted.ledger
    opened = {key: changes[0].at for key, changes in openings(ledger.offers).items()}
    came = {(each.rule, each.event) for each in ledger.awards}
    said = {(each.rule, each.event) for each in ledger.effects}
    grouped = {name for group in program.groups.values() for name in group.of}
    for each in ledger.offers:
        if each.state == "completed":
            assert opened[each.offer, each.opened] <= each.at < each.closes
            assert each.offer in grouped or (each.offer, each.event) in came | said


@pool.settings()
@hypothesis.given(pool.played(lambda program: has_offers(program) and not program.groups))
def test_a_rule_gives_at_no_event_at_which_nothing_was_completed(case):
    _, program, history = case
    ledger = play(program, history).posted.ledger
    completed = {(each.offer, each.event) for each in ledger.offers if each.state == "completed"}
    for award in ledger.awards:
        rule = program.rules.get(award.rule)
        if rule is not None and rule.offer is not None and award.of is None and program.frame.lateness is None:
            assert (award.rule, award.event) in completed
