"""A kernel that runs one event at a time: what is kept of a member goes in, and what is kept after it comes out.

The text is that of a run, less its loop and its rows of the ledger. Where these are asked for, the whole text is run: what
is kept is put where its loop finds a member in the middle of their rows.
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
from guerdon.kernel.lowering.specialised import Undecided
from guerdon.kernel.machine import DONE, NO_ROWS, OutOfYears, arrays
from guerdon.kernel.stepped.coded import Coder
from guerdon.kernel.stepped.kept import Kept, Open
from guerdon.kernel.stepped.meaning import Meaning
from guerdon.kernel.stepped.one_row import OTHERWISE, OneRow, Run
from guerdon.kernel.stepped.pruned import Pruner
from guerdon.kernel.stepped.sections import Section
from guerdon.kernel.writing.make import Room
from guerdon.program import nodes

FIRST = 1970
"""The year with which the calendar of a session begins, so that days are the same numbers in all states."""

UNASKED = -1
"""In place of the code of an event's id, where no text asks for it."""

ROOM = Room(block=1, lines=1, rows=16_384, listed=2**31 - 2)
"""Lists are as long as places have numbers here, and the lines of an event have no end."""


@dataclass
class Rows:
    """What came of an event: rows of the ledger by column, and its number among the member's.

    Shape: `after`: what is kept of the member then; None where the kernel could not run the event.
    """

    ledger: dict[str, list[int]]
    number: int
    after: bytes | None


@dataclass
class Runs:
    """What runs events of a kind, the kind's number, the sections that it looks at or changes, and whether it asks for the event's id."""

    run: Run
    kind: int
    touches: tuple[Section, ...]
    by_id: bool


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
        views |= {"s": self.open.state, "x_sales": [0] * (len(kernel.sales) + 1)}
        memory = Memory(arrays(kernel, Room(1, 1, 1, 1), tables, {}))
        self._run = PythonKernel(kernel.text, memory, views).names["run"]
        self._one_row = OneRow(kernel, views, {*self.meaning.anew})
        self._runs = dict[tuple[str, bool], Runs]()
        self.coder = Coder(kernel.make.columns, self.years, self.facts, views)
        self._out, self._id = views["x_out"], views.get("id", [0])
        self._ledger = [(name, views[name]) for name in kernel.outputs]
        places = self.open.places
        self._bad = places["bad"]
        self._anew = [places[name] for name in self.meaning.anew if name in places]
        self._naming = self.open.holding({*self.meaning.lots, *self.meaning.events})
        self._coded = [self.open.columns[name] for name in self.meaning.codes if name in self.open.columns]

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
        return self.open.rows.values(), self.open.texts.all()

    def step(self, event: Event, data: bytes | None) -> bytes | None:
        """What is kept of a member after an event, of whom `data` was kept (None: nothing); None where the kernel can't run it.

        Errors: BadState; Odd for what no column holds, TooWide for what has no room in what is kept; OutOfYears for an
        event before FIRST or after the last year.
        """
        is_new = data is None
        texts, kept = self._taken_in(event, data), self.open
        run = self._runs.get((event.type, is_new)) or self._made(event.type, is_new)
        self._id[0] = self.coder.code(event.id) if run.by_id else UNASKED
        kept.touched = run.touches
        if run.run(kept.row):
            return self.whole(event, data).after
        self._keep(run.kind, event.id, texts, is_new)
        return kept.dumps()

    def _made(self, kind: str, is_new: bool) -> Runs:
        """What runs events of a kind; the whole text where it isn't known how its loop ends."""
        number, open = self.coder.columns.kinds[kind], self.open
        try:
            run, arrays = self._one_row.run(number, is_new)
        except Undecided:
            run, arrays = _otherwise, frozenset()
        touched = (each for each, names in zip(open.sections, open.of_end, strict=True) if not arrays.isdisjoint(names))
        self._runs[kind, is_new] = found = Runs(run, number, tuple(touched), "id" in arrays)
        return found

    def whole(self, event: Event, data: bytes | None) -> Rows:
        """The rows of the ledger that an event comes to, by the whole text. Errors: as `step`."""
        texts, kept = self._taken_in(event, data), self.open
        number, state = kept.row, kept.state
        self._id[0] = self.coder.code(event.id)
        kept.touch()
        state[0] = -1 if data is None else 0
        ledger = self._called(number)
        if ledger is None:
            self.room = replace(self.room, rows=4 * self.room.rows)
            self._begin()
            return self.whole(event, data)
        if state[self._bad]:
            return Rows(ledger, number, None)
        for place in self._anew:
            state[place] = 0
        self._keep(self.coder.columns.kinds[event.type], event.id, texts, data is None)
        return Rows(ledger, number, kept.dumps())

    def _taken_in(self, event: Event, data: bytes | None) -> bytes:
        """Puts an event and what is kept where the text finds them, but for its id; the texts before it."""
        kept, coder = self.open, self.coder
        if data is None:
            kept.begin(event.member)
        else:
            kept.load(event.member, data)
        coder.texts = kept.texts
        texts = kept.texts.whole
        coder.put(event, data is None)
        return texts

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

    def _keep(self, kind: int, id: str, texts: bytes, is_new: bool) -> None:
        """Takes what is kept of the event itself: its name, where something is named by it."""
        kept, state = self.open, self.open.state
        if is_new:
            state[-2] = state[1]
        for end, section in self._naming:
            if state[end] > section.count:
                code = self._id[0]
                kept.name(kind, self.coder.code(id) if code == UNASKED else code)
                self.pruner.forget_names()
                break
        else:
            if not is_new and not any(column.changed for column in self._coded):
                kept.texts.whole = texts
        self.pruner.forget_values()


def _otherwise(number: int) -> int:
    return OTHERWISE
