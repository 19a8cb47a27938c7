"""Law 1: the kernel, run by CPython and as WebAssembly, in blocks that end anywhere, posts what the reference engine does."""

from __future__ import annotations

import os
import random
from dataclasses import replace

import pytest
from tests.generated import pool, writer
from tests.generated.histories import History, Teller, in_order
from tests.kernel.both import agree, reference
from tests.kernel.clubs import club
from tests.kernel.shops import shop
from tests.kernel.told import Tame

from guerdon.kernel.uncovered import uncovered
from guerdon.program import nodes

KNOWS = frozenset(
    {
        *("bands", "membership", "messages", "perks", "status units"),
        *("alternatives", "carried counts", "counts from zero", "floors", "grace", "grace and rises", "grants"),
        *("restarts", "rises at end", "since entry", "limits of facts", "groups", "triggers", "streaks"),
        *("redeems", "expiry", "holds", "order"),
    }
)
"""What the programs hold that are made here; of these, those run that the kernel covers."""

PROGRAMS = int(os.environ.get("GUERDON_EXAMPLES", "100"))
PARTS = 5


def made(number: int) -> tuple[str, nodes.Program, random.Random] | None:
    """The program of a number that the kernel covers, and chance for its histories."""
    chance = random.Random(f"kernel/{pool.seed[0]}/{number}")
    found = writer.program_of(chance.randrange, KNOWS)
    if found is None or uncovered(found[1]):
        return None
    return *found, chance


def at_once_known(history: History) -> History:
    """The history in which every event is known when it happens."""
    events = [replace(event, recorded=event.at) for event in history.events]
    return replace(history, events=in_order(events))


def compare(found: tuple[str, nodes.Program, random.Random], number: int, turns: int = 3) -> None:
    """Holds histories of a program against both engines."""
    text, program, chance = found
    for turn in range(turns):
        by_hand = frozenset({"built-in events", "endings"}) if chance.randrange(2) else frozenset()
        tell = Tame if chance.randrange(3) else Teller
        history = tell(chance.randrange, program, KNOWS | by_hand).history(20)
        if chance.randrange(4):
            history = at_once_known(history)
        cuts = {chance.randrange(len(history.events) + 1) for _ in range(chance.randrange(3))}
        expected = reference(program, history.events, history.members, history.as_of)
        for compiled in (False, True) if turn == 0 else (False,):
            try:
                agree(expected, program, history.events, history.members, history.as_of, compiled, cuts=cuts)
            except AssertionError as difference:
                raise AssertionError(f"program {number}, {compiled=}\n{text}\n{history!r}\n{difference}") from None


@pytest.mark.parametrize("part", range(PARTS))
def test_the_kernels_agree_with_the_reference(part):
    found = [(number, program) for number in range(part, PROGRAMS, PARTS) if (program := made(number)) is not None]
    assert found, "not one program is covered"
    for number, program in found:
        compare(program, number)


@pytest.mark.parametrize("part", range(PARTS))
def test_the_kernels_agree_on_returns(part):
    for number in range(part, PROGRAMS, PARTS):
        chance = random.Random(f"shop/{pool.seed[0]}/{number}")
        found = shop(chance.randrange)
        if found is not None and not uncovered(found[1]):
            compare((*found, chance), number)


@pytest.mark.parametrize("part", range(PARTS))
def test_the_kernels_agree_on_tiers_and_triggers(part):
    for number in range(part, PROGRAMS, PARTS):
        chance = random.Random(f"club/{pool.seed[0]}/{number}")
        found = club(chance.randrange)
        assert found is not None, "the checker does not accept a club"
        if not uncovered(found[1]):
            compare((*found, chance), number)
