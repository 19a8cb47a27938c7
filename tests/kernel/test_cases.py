"""The cases of real programs whose programs the kernel covers: their events post the same on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kernel.both import agree

import guerdon
from guerdon.history.event import Event
from guerdon.kernel.uncovered import uncovered
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.study.trial import NOON

CASES = sorted((Path(__file__).parents[1] / "cases").glob("*/*.guerdon"))


def history(case: nodes.Case, engine: Engine) -> list[Event]:
    """The events of a test, in the order in which they happen."""
    steps = [step for step in case.steps if isinstance(step, nodes.Happening)]
    found = []
    for number, step in enumerate(steps, 1):
        at = engine.calendar.instant(step.date, step.time or NOON)
        found.append(Event(str(number), step.event, step.member, at, at, number, step.facts))
    return sorted(found, key=lambda event: event.order)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_events_of_a_case_post_the_same(path):
    program = guerdon.load(path).typed
    if uncovered(program):
        pytest.skip("the kernel does not cover the program")
    for case in program.tests:
        facts: dict[str, dict[str, object]] = {}
        for opening in case.given:
            if opening.fact:
                facts.setdefault(opening.member, {})[opening.fact] = opening.value
        engine = Engine(program, facts)
        events = history(case, engine)
        expected = engine.run(events)
        for compiled in (False, True):
            agree(expected, program, events, facts, compiled=compiled)
