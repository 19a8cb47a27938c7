"""A kernel that runs one event at a time: what is kept of a member goes in, and what is kept after it comes out.

The text is that of a run, and so is its loop: what is kept is put where the loop finds a member in the middle of their rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from guerdon.history.event import Event, Facts
from guerdon.kernel.days import Calendar, Years
from guerdon.kernel.loop.frame import written
from guerdon.kernel.lowering.memory import Memory
from guerdon.kernel.lowering.run import PythonKernel
from guerdon.kernel.machine import DONE, NO_ROWS, OutOfYears, arrays
from guerdon.kernel.stepped.coded import Coder
from guerdon.kernel.stepped.kept import Kept, Open, meant
from guerdon.kernel.stepped.meaning import Meaning
from guerdon.kernel.stepped.pruned import Pruner
from guerdon.kernel.writing.make import Room
from guerdon.program import nodes

FIRST = 1970
"""The year with which the calendar of a session begins, so that days are the same numbers in all states."""

ROOM = Room(block=1, lines=1, rows=16_384, listed=2**40)
"""Lists have no end here, nor do the lines of an event."""


@dataclass
class Stepped:
    """What came of an event: rows of the ledger by column, and its number among the member's.

    Shape: `before` and `after`: what is kept of the member; `after` is None where the kernel could not run the event.
    """

    ledger: dict[str, list[int]]
    number: int
    before: bytes | None
    after: bytes | None


class Stepper:
    """Runs events of a program one at a time, for one thread at a time; days up to the end of the year `last`."""

    def __init__(self, program: nodes.Program, facts: Mapping[str, Facts], last: int) -> None:
        self.program, self.facts, self.years, self.room = program, facts, Years(FIRST, last), ROOM
        self._begin()

    def _begin(self) -> None:
        program, room = self.program, self.room
        self.written = kernel = written(program, self.years, True, room, one=True)
        tables = {name: Calendar(program.frame, self.years).table(of) for name, of in kernel.tables.items()}
        self.open, self.meaning = Open(kernel), Meaning(kernel)
        self.pruner = Pruner(self.meaning, self.open, self.years)
        views: dict[str, Any] = {name: [0] * 4 for name in (*kernel.inputs, *kernel.results, "x_out")}
        views |= {name: [0] * (room.rows + 1) for name in kernel.outputs}
        views |= tables | self.open.columns
        views |= {"s": [*self.open.state], "x_sales": [0] * (len(kernel.sales) + 1)}
        memory = Memory(arrays(kernel, Room(1, 1, 1, 1), tables, {}))
        self._run = PythonKernel(kernel.text, memory, views).names["run"]
        self.coder = Coder(kernel.make.columns, self.years, self.facts, views)
        self._s, self._out, self._id = views["s"], views["x_out"], views.get("id", [0])
        self._ledger = [(name, views[name]) for name in kernel.outputs]
        places = self.open.places
        self._bad = places["bad"]
        self._anew = [places[name] for name in self.meaning.anew if name in places]
        self._naming = self.open.holding({*self.meaning.lots, *self.meaning.events})
        self._coded = self.open.holding({*self.meaning.codes})

    def lengthen(self, last: int) -> None:
        """Goes up to the end of another year."""
        self.years = Years(FIRST, last)
        self._begin()

    def kept(self, member: str, data: bytes) -> Kept:
        """What some bytes hold, for those who want to look at it. Errors: BadState."""
        self.open.load(member, data)
        return self.open.kept(member)

    def named(self, member: str, data: bytes | None) -> tuple[list[list[int]], list[str]]:
        """The events that some bytes name, and their texts. Errors: BadState."""
        if data is None:
            return [[], [], []], []
        self.open.load(member, data)
        return self.open.rows.values(), [*map(meant, self.open.texts)]

    def step(self, event: Event, data: bytes | None) -> Stepped:
        """Runs an event of a member of whom `data` is kept (None: nothing).

        Errors: BadState; Odd for what no column holds, TooWide for what has no room in what is kept; OutOfYears for an
        event before FIRST or after the last year.
        """
        kept, coder, s = self.open, self.coder, self._s
        if data is None:
            kept.begin()
        else:
            kept.load(event.member, data)
        known, number = len(kept.texts), kept.row
        coder.texts = kept.texts
        coder.put(event, data is None)
        self._id[0] = id = coder.code(event.id)
        s[:] = kept.state
        s[0] = -1 if data is None else 0
        ledger = self._called(number)
        if ledger is None:
            self.room = replace(self.room, rows=4 * self.room.rows)
            self._begin()
            return self.step(event, data)
        if s[self._bad]:
            return Stepped(ledger, number, data, None)
        self._keep(coder.columns.kinds[event.type], id, known, data is None)
        return Stepped(ledger, number, data, kept.dumps(event.member))

    def _called(self, number: int) -> dict[str, list[int]] | None:
        """The rows of the ledger that the kernel writes; None: they are more than there is room for. Errors: OutOfYears."""
        out = self._out
        why = self._run(0, 1, 0, 0, number, 0)
        ledger = {name: view[: out[1]] for name, view in self._ledger}
        while why != DONE:
            if why != NO_ROWS:
                raise OutOfYears
            if not out[1]:
                return None
            why = self._run(out[0], 1, 0, 0, number, 0)
            for name, view in self._ledger:
                ledger[name] += view[: out[1]]
        return ledger

    def _keep(self, kind: int, id: int, known: int, is_new: bool) -> None:
        """Takes what the kernel keeps now, and of the event what is named by it."""
        kept = self.open
        kept.state = state = [*self._s]
        for place in self._anew:
            state[place] = 0
        if is_new:
            kept.joined = state[1]
        for section in self._naming:
            if section.fresh:
                kept.rows.fresh += kept.row, kind, id
                kept.row += 1
                break
        else:
            if not is_new and not any(section.fresh or section.changed for section in self._coded):
                del kept.texts[known:]
        self.pruner.prune()
