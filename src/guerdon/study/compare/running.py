"""Versions of a program, run over one history that is read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from guerdon.program import nodes
from guerdon.study.compare.sides import Side

if TYPE_CHECKING:
    from guerdon.history.open import History
    from guerdon.study.parts import Run

Watched = Callable[[str, int | None], AbstractContextManager[Callable[[int], object]]]
"""Tells of a run: given what is run and how many events there are, something that is told how many were run."""

RunOf = Callable[[nodes.Program, "History", Callable[[int], object]], "Run"]
"""Runs a program on a history, and tells how many events were run."""


@contextmanager
def unwatched(what: str, events: int | None) -> Iterator[Callable[[int], object]]:
    """Nobody looks."""
    yield lambda events: None


@dataclass
class Runs:
    """Runs versions of a program. A history that is read for one is used again for each that reads the same of it."""

    run: RunOf
    open: Callable[[nodes.Program], History]
    watched: Watched = unwatched
    _opened: list[tuple[nodes.Program, History]] = field(default_factory=list)

    def history(self, program: nodes.Program) -> History:
        """The history, mapped to the events of a version."""
        for other, history in self._opened:
            if _reads(other) == _reads(program):
                return history
        found = self.open(program)
        self._opened.append((program, found))
        return found

    def side(self, program: nodes.Program, what: str) -> Side:
        """A version, and what it makes of the history."""
        history = self.history(program)
        with self.watched(what, history.count) as told:
            return Side(self.run(program, history, told))


def _reads(program: nodes.Program) -> tuple[object, ...]:
    """What of a program a history is mapped to."""
    return program.events, program.records, program.member, program.frame.timezone
