"""A run on the kernel: events in, what the reference engine would post for them out.

Members are run one after the other. A member of whom the kernel can't run an event (one that
comes late, a built-in one, a return of something that is not there) is run by the reference engine,
from their first event on: nothing crosses members in a program that the kernel covers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

from guerdon.check.builtin import NAMES
from guerdon.history.event import Event, Facts
from guerdon.kernel import others, ranked
from guerdon.kernel.columns import RUN, Columns
from guerdon.kernel.days import Years
from guerdon.kernel.loop.frame import written
from guerdon.kernel.machine import Machine, Views
from guerdon.kernel.rounds import Rounds, linked
from guerdon.kernel.rows.encoded import Block, Encoder
from guerdon.kernel.rows.ledger import Reader
from guerdon.kernel.writing.beyond import Beyond
from guerdon.kernel.writing.make import Room
from guerdon.program import nodes
from guerdon.program.time import FIRST_YEAR, LAST_YEAR
from guerdon.reference.calendar import EPOCH, MICROSECOND, ONE, Calendar
from guerdon.reference.engine import Engine
from guerdon.reference.posted import Posted
from guerdon.reference.ranks import Ranks


@dataclass
class Rows:
    """What a kernel wrote, in plain lists: rows of the ledger, and what members had in the end."""

    ledger: dict[str, list[int]]
    results: dict[str, list[int]]
    first: int = 0  # the number of the block's first row among all

    def take(self, views: Views, rows: int, members: int) -> None:
        for name, values in self.ledger.items():
            found = [*views[name][:rows]]
            values += [each + self.first for each in found] if name == "o_row" else found
        for name, values in self.results.items():
            values += [*views[name][:members]]


@dataclass
class KernelRun:
    """What a kernel made of some events: `rows` it wrote, and the members it left to the reference engine."""

    machine: Machine
    rows: Rows
    left: frozenset[str]
    block: Block


def run(
    program: nodes.Program,
    events: Iterable[Event],
    facts: Mapping[str, Facts] | None = None,
    as_of: date | None = None,
    compiled: bool = True,
    room: Room | None = None,
    cuts: Iterable[int] = (),
) -> Posted:
    """What the program makes of events, which come in their order; its entries member by member.

    Shape: as of the last event, or the end of the day `as_of`. `compiled`: by WebAssembly, else by CPython. `cuts`: rows
    at which blocks end beside those that `room` has it.
    Errors: ValueError as the reference engine.
    """
    return run_on_kernel(program, events, facts, as_of, compiled, room, cuts)[0]


def run_on_kernel(
    program: nodes.Program,
    events: Iterable[Event],
    facts: Mapping[str, Facts] | None = None,
    as_of: date | None = None,
    compiled: bool = True,
    room: Room | None = None,
    cuts: Iterable[int] = (),
) -> tuple[Posted, KernelRun | None]:
    """The same as `run`, with what of it the kernel did; None where no event was read."""
    calendar, posted = Calendar(program.frame), Posted(program)
    end = end_of(as_of, program)
    read = []
    for event in events:
        if end is not None and max(event.at, event.recorded) >= end:
            posted.later += 1
        else:
            read.append(event)
    until = end if end is not None else max((event.at + 1 for event in read), default=None)
    posted.until = until
    if not read or until is None:
        return posted, None
    last = calendar.day(until - 1)
    if not ranked.covers_history(program, read):
        _post_others(posted, program, read, facts or {}, until)
        return posted, None
    meant, events, ranks = program, read, ranked.Found()
    if program.rankings:
        values = run(ranked.valuing(program), read, facts, as_of, compiled, room)
        ranks = ranked.found(program, values.ledger.awards, max(read[0].at, read[0].recorded), until)
        meant, events = ranked.reading(program), [*ranked.with_changes(read, ranks.changes)]
    found = ran(meant, events, facts or {}, last, compiled, room, cuts, until >= calendar.start(last + ONE))
    _post(posted, meant, found, facts or {})
    posted.events -= sum(event.member not in found.left for event in ranks.changes)
    posted.ledger.ranks += ranks.entries
    left = [event for event in read if event.member in found.left]
    _post_others(posted, program, left, facts or {}, until, ranked.known(program, ranks))
    return posted, found


def end_of(as_of: date | None, program: nodes.Program) -> int | None:
    """The instant (exclusive) at which a run as of a day ends.

    Errors: ValueError for a day of a year that no program knows.
    """
    if as_of is None:
        return None
    if not FIRST_YEAR <= as_of.year <= LAST_YEAR:
        raise ValueError(f"a run ends on a day from {FIRST_YEAR} through {LAST_YEAR}, not on {as_of}")
    return Calendar(program.frame).start(as_of + ONE)


def ran(
    program: nodes.Program,
    events: list[Event],
    facts: Mapping[str, Facts],
    last: date,
    compiled: bool = True,
    room: Room | None = None,
    cuts: Iterable[int] = (),
    ended: bool = False,
) -> KernelRun:
    """What the kernel makes of some events, members being brought up to a day in the end, or (`ended`) to its end."""
    years, room = years_of(events, last), room or Room()
    built_in = _run_by_hand(program, {event.type for event in events} & {*NAMES}, years, room)
    encoder = Encoder(Columns(program, built_in), years, facts)
    block = encoder.block(events)
    room = replace(room, lines=max(room.lines, block.most_lines))
    machine = Machine(program, years, full=True, compiled=compiled, room=room, built_in=built_in)

    def through(block: Block) -> KernelRun:
        """Runs all rows of a block."""
        rows = Rows({name: [] for name in machine.written.outputs}, {name: [] for name in machine.written.results})
        count = len(block.events)
        machine.begin()
        for first, end in pairwise(_cuts(block, machine.room, cuts)):
            rows.first = first
            machine.run(block.part(first, end), end - first, end == count, years.number(last), rows.take, ended)
        ends = zip(rows.results["m_who"], rows.results["m_bad"], strict=True)
        return KernelRun(machine, rows, frozenset(id for who, bad in ends if bad for id in block.members[who]), block)

    found = through(block)
    if not others.concerns_others(program):
        return found
    rounds = Rounds(program, events, facts, encoder)
    while (crossed := rounds.following(machine.written, found.block, found.rows.ledger)) is not None:
        found = through(encoder.block(events, crossed))
    left = linked(found.left | rounds.unsettled, events, facts, program)
    if left != found.left:  # what was counted of them is not the kernel's
        found = through(encoder.block(events, rounds.crossed, without=left))
    return replace(found, left=left)


def _run_by_hand(program: nodes.Program, built_in: set[str], years: Years, room: Room) -> frozenset[str]:
    """Of the built-in events of a history those that the kernel runs, if it can; else none."""
    found = frozenset(built_in & {*RUN})
    if not found:
        return found
    try:
        written(program, years, room=room, built_in=found)
    except Beyond:
        return frozenset()
    return found


def _cuts(block: Block, room: Room, wanted: Iterable[int]) -> list[int]:
    """Where blocks begin, and where the last one ends: so that there is room for their rows, and for their lines."""
    count, starts = len(block.events), [block.columns[f"l{at}_first"] for at in block.lines]
    found, ends = [0], sorted({*(cut for cut in wanted if 0 < cut < count), count})
    while found[-1] < count:
        first = found[-1]
        end = min(first + room.block, next(each for each in ends if each > first))
        for lines in starts:
            end = min(end, bisect_right(lines, lines[first] + room.lines) - 1)
        found.append(max(end, first + 1))
    return found


def years_of(events: Iterable[Event], last: date) -> Years:
    """The years that hold all days of a run of some events."""
    return years_from(min((event.at for event in events), default=0), last)


def years_from(least: int, last: date) -> Years:
    """The years from that of an instant to that of a day, and one beside on either side."""
    first = (EPOCH + least * MICROSECOND).year
    return Years(max(first - 1, 2), min(max(last.year, first) + 1, 9990))


def _post(posted: Posted, program: nodes.Program, found: KernelRun, facts: Mapping[str, Facts]) -> None:
    """Adds what the kernel posted, and what it counted."""
    written = found.machine.written
    reader = Reader(written, found.block.events, found.block.received, facts)
    reader.read(found.rows.ledger, found.left, posted.ledger)
    counted = found.machine.kernel.views["x_sales"]
    posted.events += counted[0]
    posted.sales += sum(
        (Fraction(counted[number + 1], over) for number, (_, over) in enumerate(written.sales)), Fraction(0)
    )
    posted.members += len({id for ids in found.block.members for id in ids} - found.left)


def _post_others(
    posted: Posted,
    program: nodes.Program,
    events: list[Event],
    facts: Mapping[str, Facts],
    until: int,
    ranks: Ranks | None = None,
) -> None:
    """Runs the events of members whom the kernel left, and adds what comes of them; `ranks` are those among all members."""
    if not events:
        return
    engine = Engine(program, facts)
    if ranks is not None:
        engine.rank_as(ranks)
    for event in events:
        engine.happen(event)
    engine.close(until)
    others = engine.posted
    for name in ("awards", "postings", "moves", "refusals", "effects", "offers", "ranks"):
        getattr(posted.ledger, name).extend(getattr(others.ledger, name))
    posted.rejections += others.rejections
    posted.events += others.events
    posted.sales += others.sales
    posted.members += others.members
