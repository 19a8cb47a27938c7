"""A run on the kernel of a history that stays where it is: rows go through in blocks, and what the kernel writes is kept in the history's database.

Nothing is held for each event but integers there, which it may spill to disk. What those say (tables, figures, entries) is asked for afterwards, of so many
members at a time.
"""

from __future__ import annotations

import weakref
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableSequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise

import duckdb

from guerdon.history.event import Rejection
from guerdon.history.open import History
from guerdon.kernel.columns import Columns
from guerdon.kernel.days import Years
from guerdon.kernel.engine import end_of, years_from
from guerdon.kernel.loop.frame import Written
from guerdon.kernel.machine import Machine, Views
from guerdon.kernel.rows.arrow import LETTER, frame
from guerdon.kernel.rows.ordered import order
from guerdon.kernel.rows.read import blocks, span
from guerdon.kernel.writing.make import Room
from guerdon.program import nodes
from guerdon.reference.calendar import ONE, Calendar
from guerdon.reference.engine import Engine
from guerdon.reference.posted import Posted
from guerdon.study import kernel_figures, kernel_rows
from guerdon.study.figures import Figures
from guerdon.study.figures import figures as figures_of
from guerdon.study.kernel_rows import Part

AT_ONCE = 300_000
"""So many rows of the ledger, or more, are looked at together."""


class Rows:
    """The rows of a history in their order, as tables that a run reads; those of the last run are used again by one that reads the same.

    Shape: `count` of them; `of`: all that they rest on.
    """

    def __init__(
        self, history: History, of: tuple[object, ...], order: Callable[[duckdb.DuckDBPyConnection], int]
    ) -> None:
        self.of, self.con = of, history.apart()
        weakref.finalize(self, history.forget, self.con).atexit = False
        self.count = order(self.con)


_latest: weakref.WeakKeyDictionary[History, weakref.ref[Rows]] = weakref.WeakKeyDictionary()


def _rows(history: History, columns: Columns, years: Years, most: int, before: int | None) -> Rows:
    """The rows of a history, made or known."""
    of = (*columns.meaning, years, most, before)
    known = _latest.get(history)
    found = known() if known is not None else None
    if found is None or found.of != of:
        found = Rows(history, of, lambda con: order(history, con, columns, years, most, before))
        _latest[history] = weakref.ref(found)
    return found


@dataclass
class Streamed:
    """What a run came to, kept as a kernel wrote it.

    Shape: `left` are the members who were left to the reference engine. `parts` are members who are looked at together; `others`: what that
    posted, and all that was set aside. `until`: as `Posted` has it.
    """

    program: nodes.Program
    history: History
    as_of: date | None
    con: duckdb.DuckDBPyConnection
    rows: Rows | None = None
    written: Written | None = None
    until: int | None = None
    later: int = 0
    events: int = 0
    members: int = 0
    sales: Fraction = Fraction(0)
    parts: list[Part] = field(default_factory=list)
    left: frozenset[str] = frozenset()
    others: Posted = field(init=False)

    def __post_init__(self) -> None:
        self.others = Posted(self.program)
        self.others.rejections = [*self.history.rejections]
        self.others.repeated = self.history.repeated
        weakref.finalize(self, self.history.forget, self.con).atexit = False

    @property
    def rejections(self) -> list[Rejection]:
        """What was set aside."""
        return self.others.rejections

    def cut(self, ends: Iterable[int]) -> list[Part]:
        """All members, in parts of others than `parts` are: each up to the event with one of these numbers (exclusive), at which another member begins."""
        with self.history.beside(self.con) as con:
            places = [(end, _count(con, f"kernel_ledger WHERE row < {end}")) for end in ends]
        return [Part(first, end, place, last) for (first, place), (end, last) in pairwise([(0, 0), *places])]

    def figures(self) -> Figures:
        """What it adds up to."""
        found = Figures(self.program, self.events, self.members, self.sales, later=self.later)
        with self.history.beside(self.con) as con:
            for part in self.parts:
                found.add(kernel_figures.figures(con, self.program, part))
        found.add(figures_of(self.others))
        return found


def streamed(
    program: nodes.Program,
    history: History,
    as_of: date | None = None,
    progress: Callable[[int], object] = lambda events: None,
    compiled: bool = True,
    room: Room | None = None,
    at_once: int = AT_ONCE,
) -> Streamed | None:
    """What the kernel makes of a history, member by member, None where entries alone tell of it; `progress` is told how many events were run.

    Shape: as of the last event, or the end of the day `as_of`. `compiled`: by WebAssembly, else by CPython.
    Errors: ValueError as the reference engine.
    """
    if program.rankings:
        return None
    calendar, before, room = Calendar(program.frame), end_of(as_of, program), room or Room()
    known = span(history, before)
    if known.first is None or known.last is None:
        return Streamed(program, history, as_of, history.apart(), later=known.later)
    until = before if before is not None else known.last + 1
    last = calendar.day(until - 1)
    years = years_from(known.first, last)
    machine = Machine(program, years, compiled=compiled, room=room)
    if not kernel_rows.told(machine.written):
        return None
    columns = machine.written.make.columns
    rows = _rows(history, columns, years, 8 * room.block, before)
    found = Streamed(program, history, as_of, history.apart(rows.con), rows, later=known.later)
    found.until, found.written = until, machine.written
    sink, ended = Sink(found.con, machine, at_once), until >= calendar.start(last + ONE)
    try:
        for block in blocks(history, columns, years, room.block, before, found.con, rows.count):
            machine.run(block.columns, block.count, block.last, years.number(last), sink.take, ended)
            progress(block.first + block.count)
    except NoRoom:
        return None
    kernel_rows.ended(found.con, machine.written)
    found.parts = [*sink.parts(known.count)]
    counted = machine.kernel.views["x_sales"]
    found.events, sales = counted[0], enumerate(machine.written.sales, 1)
    found.sales = sum((Fraction(counted[number], over) for number, (_, over) in sales), Fraction(0))
    found.members = _count(found.con, "kernel_ended WHERE bad = 0")
    _left(found, before, until)
    return found


def _left(found: Streamed, before: int | None, until: int) -> None:
    """Runs the members who are left to the reference engine on it."""
    rows = "SELECT member FROM kernel_ended JOIN kernel_members USING (who) WHERE bad <> 0"
    found.left = frozenset(member for (member,) in found.con.execute(rows).fetchall())
    if not found.left:
        return
    engine = Engine(found.program, found.history.members)
    for event in found.history.events(found.left):
        if before is None or max(event.at, event.recorded) < before:
            engine.happen(event)
    engine.close(until)
    engine.posted.rejections[:0] = found.others.rejections
    engine.posted.repeated = found.others.repeated
    found.others = engine.posted


class NoRoom(Exception):
    """A number that 64 bits don't hold: integers without bounds came to it."""


class Sink:
    """Keeps what a machine writes; `cuts`: of how many events, and rows, those are who are looked at together, and all before them."""

    def __init__(self, con: duckdb.DuckDBPyConnection, machine: Machine, at_once: int) -> None:
        self.con, self.machine, self.at_once = con, machine, at_once
        self.rows = 0
        self.cuts = [(0, 0)]
        kernel_rows.prepare(con, machine.written)

    def take(self, views: Views, rows: int, members: int) -> None:
        """Takes the rows that a call of the kernel wrote, and who came to the end in it."""
        written = self.machine.written
        names = (*kernel_rows.LEDGER, *(each for each in written.outputs if each == kernel_rows.DUE))
        rest = _buffers(views, written.outputs, names, rows)
        if rows:
            chosen = f"o_row::BIGINT + {self.machine.first}, {', '.join(names[1:])}"
            self._insert("kernel_ledger", chosen, rest, rows)
        if members:
            ended = _buffers(views, written.results, ("m_who", "m_bad"), members)
            self._insert("kernel_ended", "m_who, m_bad", ended, members)
            if self.rows + rows - self.cuts[-1][1] >= self.at_once:
                first = _first_after(self.con, ended["m_who"][members - 1])
                mine = bisect_left(rest["o_row"], first - self.machine.first, 0, rows)
                self.cuts.append((first, self.rows + mine))
        self.rows += rows

    def parts(self, events: int) -> Iterator[Part]:
        """Members who are looked at together, of so many events in all."""
        cuts = [*self.cuts, (events, self.rows)] if self.cuts[-1][0] < events else self.cuts
        return (Part(first, end, place, last) for (first, place), (end, last) in pairwise(cuts))

    def _insert(self, table: str, chosen: str, buffers: Mapping[str, memoryview], count: int) -> None:
        self.con.register("kernel_written", frame(buffers, count))
        self.con.execute(f"INSERT INTO {table} SELECT {chosen} FROM kernel_written")
        self.con.unregister("kernel_written")


def _first_after(con: duckdb.DuckDBPyConnection, who: int) -> int:
    """The number of the first event of those who come after a member; of how many there are, where nobody does."""
    return _count(con, f"kernel_rows WHERE who_is <= {who}")


def _count(con: duckdb.DuckDBPyConnection, rows: str) -> int:
    """How many rows there are; all are fetched, or the connection stays taken."""
    ((count,),) = con.execute(f"SELECT count(*) FROM {rows}").fetchall()
    return int(count)


def _kept(values: MutableSequence[int], type: str, count: int) -> memoryview:
    try:
        return memoryview(array(LETTER[type], values[:count]))
    except OverflowError:
        raise NoRoom from None


def _buffers(
    views: Mapping[str, MutableSequence[int] | memoryview], types: Mapping[str, str], names: tuple[str, ...], count: int
) -> dict[str, memoryview]:
    """Columns as buffers; a kernel that CPython runs has lists.

    Errors: NoRoom.
    """
    found = {}
    for name in names:
        values = views[name]
        found[name] = values if isinstance(values, memoryview) else _kept(values, types[name], count)
    return found
