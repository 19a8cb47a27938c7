"""Law 1: the kernel, run by CPython and as WebAssembly, in blocks that end anywhere, posts what the reference engine does."""

from __future__ import annotations

import os
import random

import pytest
from tests.generated import pool, writer
from tests.generated.histories import History, Teller, in_order
from tests.kernel.both import agree, reference

from guerdon.kernel.uncovered import uncovered
from guerdon.program import nodes

KNOWS = frozenset({"bands", "modes of return", "returns"})
"""What the programs hold that are made here; of these, those run that the kernel covers."""

PROGRAMS = int(os.environ.get("GUERDON_EXAMPLES", "150"))
PARTS = 5


def made(number: int) -> tuple[str, nodes.Program, random.Random] | None:
    """The program of a number that the kernel covers, and chance for its histories."""
    chance = random.Random(f"kernel/{pool.seed[0]}/{number}")
    knows = KNOWS if number % 3 else frozenset({"bands"})
    found = writer.program_of(chance.randrange, knows)
    if found is None or uncovered(found[1]):
        return None
    return *found, chance


def at_once_known(history: History) -> History:
    """The history in which every event is known when it happens."""
    from dataclasses import replace

    events = [replace(event, recorded=event.at) for event in history.events]
    return replace(history, events=in_order(events))


@pytest.mark.parametrize("part", range(PARTS))
def test_the_kernels_agree_with_the_reference(part):
    tried = 0
    for number in range(part, PROGRAMS, PARTS):
        found = made(number)
        if found is None:
            continue
        text, program, chance = found
        for turn in range(3):
            history = Teller(chance.randrange, program, KNOWS).history(14)
            if chance.randrange(4):
                history = at_once_known(history)
            cuts = {chance.randrange(len(history.events) + 1) for _ in range(chance.randrange(3))}
            expected = reference(program, history.events, history.members, history.as_of)
            for compiled in (False, True) if turn == 0 else (False,):
                try:
                    agree(expected, program, history.events, history.members, history.as_of, compiled, cuts=cuts)
                except AssertionError as difference:
                    raise AssertionError(f"program {number}, {compiled=}\n{text}\n{history!r}\n{difference}") from None
            tried += 1
    assert tried, "not one program is covered"
