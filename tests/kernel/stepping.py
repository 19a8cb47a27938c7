"""A history one event at a time, by the reference engine and by the kernel."""

from __future__ import annotations

import random

from tests.generated.histories import History
from tests.kernel.both import same

from guerdon.choice import session
from guerdon.history.event import Event
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


def stepped(engine: Session | KernelSession, event: Event, states: States) -> tuple[Step, States]:
    needed = engine.subjects(event, states)
    step, after = engine.step(event, {id: states.get(id) for id in needed})
    return step, states | after
