"""The smallest that is found of a program and a history of which engines make something else."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from tests.generated.histories import History
from tests.kernel.many import Differs, tried

from guerdon.check.passes import check_bytes
from guerdon.kernel.uncovered import uncovered
from guerdon.program import nodes

T = TypeVar("T")

SECONDS = 60


def smallest(differs: Differs, seconds: float = SECONDS) -> Differs:
    """The same difference, or another to which it leads when events, declarations and lines are left out; looked for so long at most."""
    until, found = time.monotonic() + seconds, [differs]

    def still(text: str, history: History) -> bool:
        program = program_of(text)
        if (
            program is None
            or time.monotonic() > until
            or not {each.type for each in history.events} <= {*program.events}
        ):
            return False
        try:
            tried(differs.again, text, program, history, differs.way)
        except Differs as other:
            if type(other.__cause__) is type(differs.__cause__):
                found.append(other)
                return True
        return False

    def fewer_events() -> None:
        text, history = found[-1].text, found[-1].history
        least(history.events, lambda events: still(text, replace(history, events=events)))

    fewer_events()
    history = found[-1].history
    declarations = [each for each in re.split(r"^(?=\S)", found[-1].text, flags=re.MULTILINE) if each]
    least(declarations, lambda some: still("".join(some), history))
    least(found[-1].text.splitlines(keepends=True), lambda some: still("".join(some), history))
    fewer_events()
    return found[-1]


def least(items: list[T], holds: Callable[[list[T]], bool]) -> list[T]:
    """What is left when as many as possible are left out: half of them at a time, then a quarter, and so on."""
    size = max(len(items) // 2, 1)
    while True:
        at = 0
        while at < len(items):
            fewer = items[:at] + items[at + size :]
            if holds(fewer):
                items = fewer
            else:
                at += size
        if size == 1:
            return items
        size //= 2


def program_of(text: str) -> nodes.Program | None:
    """The program of a text, where the checker accepts it and the kernel covers it."""
    try:
        program, _ = check_bytes("made.guerdon", text.encode())
    except Exception:
        return None
    return None if program is None or uncovered(program) else program
