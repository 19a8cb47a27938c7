"""A history one event at a time, by the reference engine and by the kernel."""

from __future__ import annotations

import random
from unittest.mock import patch

from tests.generated.histories import History
from tests.kernel.both import same

from guerdon.choice import session
from guerdon.history.event import Event, Rejection
from guerdon.kernel.stepped import of_history
from guerdon.kernel.stepped.kept import MAGIC
from guerdon.kernel.stepped.session import KernelSession
from guerdon.program import nodes
from guerdon.session import Session
from guerdon.session.step import Step

States = dict[str, bytes]


def step_both(program: nodes.Program, history: History, chance: random.Random, turns: bool) -> int:
    """Steps a history on the reference engine, and on the kernel or (`turns`) on either, from the states that the other left.

    Shape: how many events the kernel itself evaluated.
    """
    plain = Session(program, history.members)
    engines = [session(program, history.members, each) for each in ("kernel", "reference")]
    expected: States = {}
    found: States = {}
    ran = 0
    for event in history.events:
        step, expected = stepped(plain, event, expected)
        engine = engines[chance.randrange(2) if turns else 0]
        came, found = stepped(engine, event, found)
        for kind in ("awards", "postings", "moves", "refusals", "effects", "offers"):
            same(f"{kind} of {event.name}", getattr(step.ledger, kind), getattr(came.ledger, kind))
        same(f"what became of {event.name}", [step.rejected, {*expected}], [came.rejected, {*found}])
        ran += isinstance(engine, KernelSession) and found.get(event.member, b"").startswith(MAGIC)
    return ran


def step_the_rest(program: nodes.Program, history: History, chance: random.Random) -> None:
    """Steps the rest of a history from the states after some events: those of each step, and those of all at once."""
    engine, plain = session(program, history.members, "kernel"), Session(program, history.members)
    count = chance.randrange(len(history.events) + 1)
    one, other = list[Rejection](), list[Rejection]()
    with patch.object(of_history, "WORTH_IT", chance.randrange(2) * 2_000):  # on WebAssembly, or not
        found = dict(engine.states(iter(history.events[:count]), one.append))
    expected = dict(plain.states(history.events[:count], other.append))
    same("whose states there are", [*sorted(expected)], [*sorted(found)])
    same("what was set aside", sorted(map(repr, other)), sorted(map(repr, one)))
    step_by_step: States = {}
    for event in history.events[:count]:
        _, step_by_step = stepped(plain, event, step_by_step)
    same("the states", sorted(step_by_step.items()), sorted(expected.items()))
    for event in history.events[count:]:
        step, expected = stepped(plain, event, expected)
        came, found = stepped(engine, event, found)
        for kind in ("awards", "postings", "moves", "refusals", "effects", "offers"):
            same(f"{kind} of {event.name}", getattr(step.ledger, kind), getattr(came.ledger, kind))
        same(f"what became of {event.name}", [step.rejected, {*expected}], [came.rejected, {*found}])


def stepped(engine: Session | KernelSession, event: Event, states: States) -> tuple[Step, States]:
    needed = engine.subjects(event, states)
    step, after = engine.step(event, {id: states.get(id) for id in needed})
    return step, states | after
