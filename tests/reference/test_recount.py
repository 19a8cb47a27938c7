"""The engine and a second reading of the language reference agree, on programs and histories by chance.

`KNOWN` says which parts of the language the recount knows; the generator leaves out the rest.
Awards, postings, refusals, tiers and what is set aside must be the same. Where the recount does
as the engine does against the reference, or where that is silent, the place says so.
`GUERDON_EXAMPLES=20000` makes a long run of it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import hypothesis
import pytest
from tests.generated import pool, writer
from tests.generated.chance import EVERYTHING
from tests.generated.covered import expected, kinds
from tests.reference import recount

from guerdon.ledger.entries import Ledger
from guerdon.program import nodes
from guerdon.reference.engine import Engine

KNOWN = EVERYTHING - {
    *(
        "accounts",
        "bands",
        "budgets",
        "carried counts",
        "counts from zero",
        "endings",
        "floors",
        "grace and rises",
        "lateness",
        "offers",
        "ranks",
    ),
    *(
        "grants and returns",
        "groups",
        "limits of facts",
        "messages",
        "redeems",
        "referrals",
        "replacing",
        "restarts",
        "returns at return",
        "settled totals",
        "triggers",
        "undoing",
    ),
}


def differences(program: nodes.Program, history: Any) -> list[str]:
    """What the engine and the recount say differently."""
    engine = Engine(program, history.members)
    posted = engine.run(history.events, history.as_of)
    counted = recount.Recount(program, history.members).run(history.events, history.as_of)
    ledger = posted.ledger
    found = [] if len({each.id for each in ledger.awards}) == len(ledger.awards) else ["two awards have one id"]
    awards = [tuple(getattr(each, name) for name in recount.AWARD) for each in ledger.awards]
    moves = [(each.member, each.ladder, each.tier, each.at, each.reason) for each in ledger.moves]
    refusals = [(each.member, each.event, each.unit, each.quantity, each.at) for each in ledger.refusals]
    aside = [(str(each.source["id"]), each.code) for each in posted.rejections]
    found += apart("award", awards, counted.awards)
    found += apart("move", moves, counted.moves)
    found += apart("refusal", refusals, counted.refusals)
    found += apart("set aside", aside, counted.rejections)
    found += apart("posted", flows(ledger), net(counted.past.postings))
    if paths(moves) != paths(counted.moves) and not found:
        found.append(f"moves in another order: {paths(moves)} / {paths(counted.moves)}")
    return found


def apart(what: str, ours: Iterable[Any], theirs: Iterable[Any]) -> Iterator[str]:
    """What only the engine says, then what only the recount says."""
    one, other = Counter(ours), Counter(theirs)
    yield from (f"{what} {each}: the engine only" for each in one - other)
    yield from (f"{what} {each}: the recount only" for each in other - one)


def flows(ledger: Ledger) -> list[tuple[Any, ...]]:
    return net(
        (each.holder, each.unit, None, each.source.value, each.target.value, each.quantity, each.at, each.event)
        for each in ledger.postings
    )


def net(postings: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """What each event, or a day's start, put into each pot of a holder, less what it took out."""
    sums: dict[tuple[Any, ...], Fraction] = {}
    for holder, unit, _, source, target, quantity, at, event, *_ in postings:
        for pot, many in ((source, -quantity), (target, quantity)):
            key = holder, unit, pot, at, event
            sums[key] = sums.get(key, Fraction(0)) + many
    return [(*key, many) for key, many in sums.items() if many]


def paths(moves: list[Any]) -> list[Any]:
    """The moves of each member on each ladder, in their order."""
    return [[move for move in moves if move[:2] == of] for of in sorted({move[:2] for move in moves})]


@pytest.mark.slow
@pool.settings()
@hypothesis.given(pool.cases(KNOWN))
def test_the_engine_and_the_recount_agree(case):
    text, program, histories = case
    hypothesis.note(text)
    for history in histories:
        hypothesis.note(repr(history))
        assert differences(program, history) == []


@pytest.mark.slow
def test_every_kind_of_node_that_the_recount_knows_is_generated():
    found, chance = set(), random.Random(2026)
    before = len(writer.refused)
    for _ in range(500):
        made = writer.program_of(chance.randrange, KNOWN)
        found |= kinds(made[1]) if made else set()
    assert sorted(expected(KNOWN) - found) == []
    assert len(writer.refused) - before <= 3, writer.refused[-1]  # of 500: each is a flaw of the generator
