"""The engine and a second reading of the language reference agree, on programs and histories by chance.

The recount knows what a program could say before points had a life of their own: no
expiry, returns, holds, accounts, built-in events, and none of what keeps a tier.
`GUERDON_EXAMPLES=20000` makes a long run of it.
"""

from __future__ import annotations

import random
from typing import Any

import hypothesis
import pytest
from tests.generated import pool, writer
from tests.generated.covered import expected, kinds
from tests.reference import recount

from guerdon.program import nodes
from guerdon.reference.engine import Engine


def differences(program: nodes.Program, history: Any) -> list[str]:
    """What the engine and the recount say differently."""
    engine = Engine(program, history.members)
    posted = engine.run(history.events, history.as_of)
    counted = recount.Recount(program, history.members).run(history.events, history.as_of)
    awards = {
        each.id: (
            each.member,
            each.event,
            each.rule,
            each.unit,
            each.quantity,
            each.exact,
            each.dropped,
            each.cut,
            each.at,
        )
        for each in posted.ledger.awards
    }
    found = [] if len(awards) == len(posted.ledger.awards) else ["two awards have one id"]
    found += [
        f"award {id}: {awards.get(id)} / {counted.awards.get(id)}"
        for id in {**awards, **counted.awards}
        if awards.get(id) != counted.awards.get(id)
    ]
    moves = [(each.member, each.ladder, each.tier, each.at, each.reason) for each in posted.ledger.moves]
    found += [f"move {each}: the engine only" for each in moves if each not in counted.moves]
    found += [f"move {each}: the recount only" for each in counted.moves if each not in moves]
    if sorted(moves) != sorted(counted.moves) and not found:
        found.append("a move twice")
    paths = [
        [[move for move in each if move[:2] == of] for of in sorted({move[:2] for move in moves})]
        for each in (moves, counted.moves)
    ]
    if paths[0] != paths[1] and not found:
        found.append(f"moves in another order: {paths}")
    balances = {key: value for key, value in posted.ledger.balances().items() if value}
    if balances != {key: value for key, value in counted.balances.items() if value}:
        found.append(f"balances: {balances} / {counted.balances}")
    late = [str(each.source["id"]) for each in posted.rejections if each.code == "G690"]
    if sorted(late) != sorted(counted.late):
        found.append(f"set aside: {late} / {counted.late}")
    return found


@pytest.mark.slow
@pool.settings()
@hypothesis.given(pool.old_cases())
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
    for _ in range(300):
        made = writer.program_of(chance.randrange, old=True)
        found |= kinds(made[1]) if made else set()
    assert sorted(expected(old=True) - found) == []
    assert len(writer.refused) - before <= 3, writer.refused[-1]  # of 300: each is a flaw of the generator
