"""A program's kernel, ready to run: its text, its memory, and the engine that runs it.

Blocks of rows go in, rows of the ledger come out. What WebAssembly can't prove, and what
has no room in 64 bits, CPython runs again from the state before the block.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from guerdon.kernel.days import Calendar, Years
from guerdon.kernel.loop.frame import Written, written
from guerdon.kernel.lowering.memory import Array, Letter, Memory, Type
from guerdon.kernel.lowering.run import PythonKernel, Unproved, WasmKernel
from guerdon.kernel.rows.encoded import list_of
from guerdon.kernel.writing.make import Room
from guerdon.program import nodes

Views = Mapping[str, MutableSequence[int] | memoryview]
"""Arrays by name."""

Sink = Callable[["Views", int, int], None]
"""Takes the rows of the ledger that a call wrote, and what members have who ended in it: so many of each."""

DONE, NO_ROWS, NO_DAYS, NO_LIST = range(4)


@dataclass
class Before:
    """What was kept before some calls, the columns and arguments of each since then, and how many rows these had."""

    kept: dict[str, Sequence[int]]
    calls: list[tuple[Mapping[str, Sequence[int]], tuple[int, ...]]] = field(default_factory=list)
    rows: int = 0


class OutOfYears(Exception):
    """An event of a day outside the years of the tables."""


class Machine:
    """The kernel of a program, for days of some years.

    Shape: `full`: rows say all that the ledger does. `compiled`: run as WebAssembly. `types`: of columns that come in
    others than their own. `built_in`: the built-in events that the rows have. `one`: what is kept is
    what a session goes on from.
    """

    def __init__(
        self,
        program: nodes.Program,
        years: Years,
        full: bool = True,
        compiled: bool = True,
        room: Room | None = None,
        types: Mapping[str, Type] | None = None,
        built_in: frozenset[str] = frozenset(),
        one: bool = False,
    ) -> None:
        self.built_in, self.one = built_in, one
        self.program, self.years, self.full, self.compiled = program, years, full, compiled
        self.room, self.types = room or Room(), dict(types or {})
        self._write()
        self.kernel: PythonKernel | WasmKernel = self._wasm() if compiled else self._python()
        self._fill(self.kernel.views)
        self.first = 0
        self.reruns = 0
        self._before: Before | None = None

    def _write(self) -> None:
        self.written: Written = written(self.program, self.years, self.full, self.room, self.built_in, self.one)
        self.tables = {name: self._calendar().table(of) for name, of in self.written.tables.items()}
        self.memory = Memory(self._arrays())
        self.state = [*self.written.state]

    def _calendar(self) -> Calendar:
        return Calendar(self.program.frame, self.years)

    def _arrays(self) -> list[Array]:
        return arrays(self.written, self.room, self.tables, self.types)

    def _wasm(self) -> WasmKernel:
        room = self.room
        row = (0, room.block)
        bounds = {
            "run": {
                "i": row,
                "n": row,
                "w": (0, room.rows),
                "last": (0, 1),
                "first": (0, 2**40),
                "end": (-(2**30), 2**30),
            }
        }
        if self.written.asks_ended:
            bounds["run"]["ended"] = (0, 1)
        return WasmKernel(self.written.text, self.memory, bounds)

    def _python(self) -> PythonKernel:
        return PythonKernel(self.written.text, self.memory)

    def _fill(self, views: Views) -> None:
        """Puts what does not change, and a state without a member, into fresh arrays."""
        for name, table in self.tables.items():
            _copy(views[name], table, len(table))
        for number, (begins, _, _) in enumerate(self.written.state.values()):
            views["s"][number] = begins if isinstance(begins, int) else 0

    def begin(self) -> None:
        """Begins anew: nothing was run."""
        views, self.first, self._before = self.kernel.views, 0, None
        self._fill(views)
        counted = len(views["x_sales"])
        _copy(views["x_sales"], [0] * counted, counted)

    # ------------------------------------------------------------ running

    def run(
        self,
        columns: Mapping[str, Sequence[int]],
        count: int,
        last: bool,
        end: int,
        sink: Sink,
        ended: bool = False,
    ) -> None:
        """Runs so many rows, which stand in columns; `end` is the day up to which members are brought in the end, `ended`: to its end.

        Errors: OutOfYears.
        """
        for name in self.written.inputs:
            _copy(self.kernel.views[name], columns[name], len(columns[name]))
        i = 0
        while True:
            why = self._call(columns, i, count, last, end, ended)
            views = self.kernel.views
            sink(views, views["x_out"][1], views["x_out"][2])
            stuck = views["x_out"][0] == i and views["x_out"][1] == 0
            i = views["x_out"][0]
            if why == DONE:
                break
            if why == NO_DAYS:
                raise OutOfYears
            if why == NO_LIST or stuck:
                self._grow(columns, stuck=why == NO_ROWS)
        self.first += count

    def _call(self, columns: Mapping[str, Sequence[int]], i: int, count: int, last: bool, end: int, ended: bool) -> int:
        arguments: tuple[int, ...] = i, count, 0, int(last), self.first, end
        if self.written.asks_ended:
            arguments = *arguments, int(ended)
        if isinstance(self.kernel, PythonKernel):
            return self.kernel.call("run", *arguments)
        before = self._remembered(columns, arguments)
        try:
            return self.kernel.call("run", *arguments)
        except Unproved:
            self.reruns += 1
            self._before = None
            return self._again(before)

    def _remembered(self, columns: Mapping[str, Sequence[int]], arguments: tuple[int, ...]) -> Before:
        """From where a call can be run again: what is kept is copied after twice as many rows as a list is long, so that a long one is not copied each time."""
        longest = max(self._lengths().values())
        if self._before is None or self._before.rows >= 2 * longest:
            self._before = Before(self._kept())
        self._before.calls.append((columns, arguments))
        self._before.rows += arguments[1] - arguments[0]
        return self._before

    def _lengths(self) -> dict[str, int]:
        """How much is kept of a member and in all, by name."""
        views = self.kernel.views
        lengths = {name: len(views[name]) for name in ("s", "x_sales")}
        if views["s"][0] >= 0:
            lengths |= {name: views["s"][self.state.index(end)] for name, (_, end, _, _) in self.written.lists.items()}
        return lengths

    def _kept(self) -> dict[str, Sequence[int]]:
        """What is kept of a member and in all, as it stands."""
        return {name: _copied(self.kernel.views[name], length) for name, length in self._lengths().items()}

    def _again(self, before: Before) -> int:
        """Runs what came since in integers without bounds, and goes on with what the last call leaves."""
        python = self._python()
        self._fill(python.views)
        for name, values in before.kept.items():
            _copy(python.views[name], values, len(values))
        why = DONE
        for columns, arguments in before.calls:
            for name in self.written.inputs:
                _copy(python.views[name], columns[name], len(columns[name]))
            why = python.call("run", *arguments)
        try:
            for name in ("s", "x_sales", "x_out", *self.written.lists, *self.written.outputs, *self.written.results):
                _copy(self.kernel.views[name], python.views[name], len(python.views[name]))
        except (ValueError, OverflowError, TypeError):
            self.kernel = python  # from now on all is run without bounds
        return why

    def _grow(self, columns: Mapping[str, Sequence[int]], stuck: bool) -> None:
        """Makes room for longer lists, or more rows, and goes on where it stood."""
        kept, self._before = self._kept(), None
        room = self.room
        self.room = replace(room, rows=4 * room.rows) if stuck else replace(room, listed=4 * room.listed)
        self._write()
        self.kernel = self._wasm() if isinstance(self.kernel, WasmKernel) else self._python()
        self._fill(self.kernel.views)
        for name, values in kept.items():
            _copy(self.kernel.views[name], values, len(values))
        for name in self.written.inputs:
            _copy(self.kernel.views[name], columns[name], len(columns[name]))


def arrays(kernel: Written, room: Room, tables: Mapping[str, Sequence[int]], types: Mapping[str, Type]) -> list[Array]:
    """The arrays of a kernel's memory; `types`: of columns that come in others than their own."""
    found = [
        Array(name, types.get(name, of), room.lines if _is_of_line(name) else room.block + 1)  # type: ignore[arg-type]
        for name, of in kernel.inputs.items()
    ]
    found += [Array(name, of, room.rows + 1) for name, of in kernel.outputs.items()]  # type: ignore[arg-type]
    found += [Array(name, of, room.block + 2) for name, of in kernel.results.items()]  # type: ignore[arg-type]
    found += [Array(name, of, room.listed + 1, low, high) for name, (of, _, low, high) in kernel.lists.items()]  # type: ignore[arg-type]
    for name, table in tables.items():
        low, high = min(table), max(table)
        of = "u8" if low >= 0 and high < 2**8 else "i32" if low >= -(2**31) and high < 2**31 else "i64"
        found.append(Array(name, of, len(table), low, high))  # type: ignore[arg-type]
    return [
        *found,
        Array("s", "i64", len(kernel.state)),
        Array("x_out", "i64", 3),
        Array("x_sales", "i64", len(kernel.sales) + 1),
    ]


def _is_of_line(name: str) -> bool:
    """Whether a column has an element for each line, not each event."""
    return list_of(name) is not None and not name.endswith("_first")


def _copied(values: MutableSequence[int] | memoryview, count: int) -> Sequence[int]:
    """So many values, as they are now."""
    if not isinstance(values, memoryview):
        return [*values[:count]]
    return memoryview(bytes(values[:count])).cast(cast("Letter", values.format))


def _copy(into: MutableSequence[int] | memoryview, values: Any, count: int) -> None:
    """Copies so many values: at once where both are buffers of one width."""
    if not isinstance(into, memoryview):
        into[:count] = [*values[:count]]
    elif isinstance(values, list):
        into[:count] = memoryview(array(into.format, values[:count]))
    else:  # numpy calls 64 bits `l`
        given = memoryview(values)
        if given.itemsize != into.itemsize:
            raise ValueError(f"integers of {given.itemsize} bytes where the kernel has them in {into.itemsize}")
        into[:count] = given.cast("B").cast(cast("Letter", into.format))[:count]
