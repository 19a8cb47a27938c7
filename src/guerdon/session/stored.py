"""A subject's state as bytes, and back.

Shape: four letters `GRDN`, a byte of version, eight bytes of the program's fingerprint,
CBOR (RFC 8949), and four bytes of CRC-32 of all before it. The CBOR is one array, whose
places the functions of this module name in order; quantities are integers or rational
numbers (tag 30), days are counted from the first of January of the year 1 (day 1),
instants in microseconds since 1970. The same state gives the same bytes.

Source: docs/state.md.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import cbor2

from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.program.printed import fingerprint
from guerdon.program.walk import walk
from guerdon.reference.evaluate import is_read
from guerdon.reference.matching import Unmatched
from guerdon.reference.state import TALLIES, Deed, Subject, join
from guerdon.reference.world import Entry, Journal, World
from guerdon.session import parts
from guerdon.session.pruned import Reads, prune

MAGIC = b"GRDN"
OF_KERNEL = b"GRDK"
"""What states begin with, and those that the kernel made."""

VERSION = 1
HEAD = len(MAGIC) + 1 + 8
TAIL = 4


@dataclass(eq=False)
class BadState(Exception):
    """Bytes that are no state of this program: a code, why, and what to do."""

    code: str
    message: str
    help: str

    def __str__(self) -> str:
        return f"error {self.code}: {self.message}\nhelp: {self.help}"


def pack(world: World, id: str, layout: Layout | None = None) -> bytes:
    """The state of a subject as bytes; `layout` is the program's, where it is at hand."""
    layout, journal = layout or Layout(world.program), world.journals.get(id, Journal())
    for subject in (world.subjects[id], journal.base):
        if subject is not None:
            prune(world, subject, layout.windows)
    body = cbor2.dumps(
        [
            layout.subject(world.subjects[id]),
            layout.subject(journal.base) if journal.base is not None else None,
            [parts.plain_entry(entry) for entry in journal.entries],
            *([_plain_ranks(world, world.subjects[id], journal)] if layout.ranks else []),
        ]
    )
    whole = MAGIC + bytes([VERSION]) + layout.mark + body
    return whole + zlib.crc32(whole).to_bytes(TAIL, "big")


def unpack(world: World, states: Mapping[str, bytes], layout: Layout | None = None) -> None:
    """Puts subjects into a world that has none of them.

    Errors: BadState where bytes are damaged (G801), of a newer version (G802) or of another program (G803).
    """
    layout = layout or Layout(world.program)
    for id, data in states.items():
        layout.check(id, data)
    try:
        _unpack(world, states, layout)
    except BadState:
        raise
    except (ValueError, TypeError, LookupError, AttributeError) as odd:
        raise BadState("G801", f"the states of {', '.join(states)} are not as `step` gave them", f"{odd}") from odd


def _unpack(world: World, states: Mapping[str, bytes], layout: Layout) -> None:
    read = {id: cbor2.loads(data[HEAD:-TAIL]) for id, data in states.items()}
    shared: dict[tuple[str, str, int], Entry] = {}
    for id, (subject, base, entries, *ranks) in read.items():
        if subject[0] != id:
            raise BadState("G801", f"the state given for {id} is that of {subject[0]}", "give each subject its own")
        world.subjects[id] = layout.as_subject(subject)
        for measure, kept in ranks[0] if ranks else ():
            for day, rank in kept:
                world.ranks.keep(measure, id, parts.day(day), rank)
        if entries:
            journal = Journal(layout.as_subject(base) if base is not None else None)
            for values in entries:
                entry = parts.as_entry(values, layout.as_event(values[0]))
                key = entry.event.type, entry.event.id, entry.event.at
                journal.entries.append(shared.setdefault(key, entry))
            world.journals[id] = journal
    for subjects in (world.subjects, {id: journal.base for id, journal in world.journals.items()}):
        join({id: subject for id, subject in subjects.items() if subject is not None})


def _plain_ranks(world: World, subject: Subject, journal: Journal) -> list[Any]:
    """The ranks that may still be asked for: as of events that are looked at again, can come late or be undone, too."""
    known = [subject, *([journal.base] if journal.base is not None else [])]
    days = [day for each in known for day in (each.day, *(deed.day for deed in each.deeds.values()))]
    day = min([*days, *(world.calendar.day(entry.event.at) for entry in journal.entries)])
    return [
        [measure, [[last.toordinal(), rank] for last, rank in kept]]
        for measure, kept in world.ranks.since(subject.id, day)
    ]


class Layout:
    """How the states of one program are laid out: what is written as a number, by its place."""

    def __init__(self, program: nodes.Program) -> None:
        self.windows = Reads(program)
        self.ranks = bool(program.rankings)
        self.mark = bytes.fromhex(fingerprint(program)[:16])
        self.given = {
            name: [fact.name for fact in record.facts.values() if fact.value is None]
            for name, record in program.events.items()
        }
        read = program.events, program.records, program.meters, program.rules, program.groups, program.measures
        self.reads = [*dict.fromkeys(each for each in walk(read) if is_read(each))]
        self.places = {expr: place for place, expr in enumerate(self.reads)}

    def check(self, id: str, data: bytes) -> None:
        """Looks at some bytes from the outside in, up to the values in them."""
        if len(data) < HEAD + TAIL or not data.startswith(MAGIC):
            raise BadState("G801", f"the bytes of {id} are no state", "give what `step` gave")
        if data[len(MAGIC)] > VERSION:
            raise BadState("G802", f"the state of {id} was made by a newer version of guerdon", "use that version")
        if zlib.crc32(data[:-TAIL]) != int.from_bytes(data[-TAIL:], "big"):
            raise BadState("G801", f"the state of {id} is damaged", "restore it, or run the history again")
        if data[len(MAGIC) + 1 : HEAD] != self.mark:
            raise BadState("G803", f"the state of {id} is of another program", "run the history with this program")

    # ------------------------------------------------------------ subjects

    def subject(self, of: Subject) -> list[Any]:
        return [
            of.id,
            {name: parts.plain_value(value) for name, value in sorted(of.facts.items())},
            of.day.toordinal(),
            of.at,
            of.joined.toordinal(),
            of.account,
            {name: parts.plain_held(held) for name, held in sorted(of.held.items())},
            {
                name: parts.plain_purse(purse)
                for name, purse in sorted(of.purses.items())
                if purse.lots or purse.debt or purse.emptied
            },
            *[parts.plain_tallies(getattr(of, name)) for name in TALLIES],
            [self.deed(deed) for deed in of.deeds.values()],
            [[parts.plain_event(event), why.code, why.message] for event, why in of.waiting],
            {name: day.toordinal() for name, day in sorted(of.active.items())},
            of.closed,
            of.into,
            of.lots,
            [[*promise[:3], parts.plain_awaited(promise[3])] for promise in of.promised],
            of.greeted,
            of.known,
            {name: [parts.plain_coming(each) for each in coming] for name, coming in sorted(of.coming.items())},
            {name: day.toordinal() for name, day in sorted(of.happened.items())},
            sorted(of.members),
            {name: [parts.plain_opening(each) for each in of.offers[name]] for name in sorted(of.offers)},
        ]

    def as_subject(self, values: list[Any]) -> Subject:
        id, facts, day, at, joined, account, held, purses = values[:8]
        tallies, rest = values[8:-13], values[-13:]
        deeds, waiting, active, closed, into, lots, promised, greeted, known, coming, happened, members, offers = rest
        subject = Subject(
            id,
            {name: parts.as_value(value) for name, value in facts.items()},
            parts.day(day),
            at,
            parts.day(joined),
            account,
        )
        subject.held = {name: parts.as_held(each) for name, each in held.items()}
        for name, each in purses.items():
            subject.purses[name] = parts.as_purse(each, name)
        for name, each in zip(TALLIES, tallies, strict=True):
            getattr(subject, name).update({parts.frozen(key): parts.as_tally(tally) for key, tally in each})
        for each in deeds:
            deed = self.as_deed(each)
            subject.deeds[deed.event.type, deed.event.id] = deed
        subject.waiting = [(self.as_event(event), Unmatched(code, message, True)) for event, code, message in waiting]
        subject.active = {name: parts.day(each) for name, each in active.items()}
        subject.closed, subject.into, subject.lots = closed, into, lots
        subject.promised = [(holder, unit, lot, parts.as_awaited(awaited)) for holder, unit, lot, awaited in promised]
        subject.greeted, subject.known = greeted, known
        subject.coming = {name: [parts.as_coming(each) for each in entries] for name, entries in coming.items()}
        subject.happened = {name: parts.day(each) for name, each in happened.items()}
        subject.members = set(members)
        subject.offers = {name: [parts.as_opening(each) for each in openings] for name, openings in offers.items()}
        return subject

    def as_event(self, values: list[Any]) -> Event:
        """An event with all of its facts, those that are missing too."""
        event = parts.as_event(values)
        return replace(event, facts=dict.fromkeys(self.given[event.type]) | dict(event.facts))

    # ------------------------------------------------------------ what can be undone

    def deed(self, of: Deed) -> list[Any]:
        return [
            parts.plain_event(of.event),
            of.day.toordinal(),
            {name: parts.plain_value(value) for name, value in sorted(of.facts.items()) if name not in of.event.facts},
            of.accounts,
            [read for read in itertools.starmap(self.read, of.reads.items()) if read is not None],
            [parts.plain_gift(gift) for gift in of.gifts],
            [parts.plain_taking(each) for each in of.takings],
            [[*place, parts.plain_number(share)] for place, share in of.left.items()],
            [[*key, parts.plain_number(amount)] for key, amount in of.corrected.items()],
            of.undone,
            of.completed,
        ]

    def read(self, key: Any, value: Any) -> list[Any] | None:
        """What was read: which expression, its value, and since which opening; None of what no return asks for."""
        expr, opened = key if isinstance(key, tuple) else (key, None)
        return [self.places[expr], parts.plain_value(value), opened] if expr in self.places else None

    def as_read(self, values: list[Any]) -> tuple[Any, Any]:
        place, value, opened = values
        expr = self.reads[place]
        return expr if opened is None else (expr, tuple(opened)), parts.as_value(value)

    def as_deed(self, values: list[Any]) -> Deed:
        event, day, facts, accounts, reads, gifts, takings, left, corrected, undone, completed = values
        happened = self.as_event(event)
        return Deed(
            happened,
            parts.day(day),
            {**happened.facts, **{name: parts.as_value(value) for name, value in facts.items()}},
            accounts,
            dict(map(self.as_read, reads)),
            [parts.as_gift(gift) for gift in gifts],
            [parts.as_taking(each) for each in takings],
            {(what, place): Fraction(share) for what, place, share in left},
            {(number, place): Fraction(amount) for number, place, amount in corrected},
            undone,
            {name: [(kind, id) for kind, id in refs] for name, refs in completed.items()},
        )
