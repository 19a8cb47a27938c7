"""A session on the kernel that CPython runs: one event at a time, in microseconds.

What the kernel can't run (an event that comes late, is built in, or undoes nothing) is run by the reference
engine, from the same states: those of the one are read by the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from guerdon.check.builtin import NAMES
from guerdon.history.event import Event, Facts, Rejection
from guerdon.kernel.days import Years
from guerdon.kernel.loop.frame import written
from guerdon.kernel.machine import OutOfYears
from guerdon.kernel.rows.encoded import Odd
from guerdon.kernel.rows.ledger import Reader
from guerdon.kernel.stepped.converted import Converter
from guerdon.kernel.stepped.kept import MAGIC, TooWide
from guerdon.kernel.stepped.meaning import Meaning
from guerdon.kernel.stepped.of_history import AHEAD, StatesOf
from guerdon.kernel.stepped.stepper import FIRST, Rows, Stepper
from guerdon.kernel.stepped.subject import Conversion
from guerdon.ledger.entries import Ledger
from guerdon.program import nodes
from guerdon.program.time import LAST_YEAR
from guerdon.reference.calendar import EPOCH, MICROSECOND
from guerdon.reference.engine import Engine
from guerdon.session.progress import Progress
from guerdon.session.step import Session, States, Step
from guerdon.session.stored import BadState, Layout, pack, unpack


@dataclass
class KernelSession:
    """Evaluates events of a program one at a time, from states and into states; as `Session`, and the same ledger.

    Shape: `facts` are those of members that are not known from an event `changed`.
    Safe to use from several threads: each call has a kernel of its own.
    """

    program: nodes.Program
    facts: Mapping[str, Facts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._reference = Session(self.program, self.facts)
        self._layout = Layout(self.program)
        self._free: list[Stepper] = []

    def event(self, type: str, *, id: str, member: str, at: object, **more: Any) -> Event:
        """An event from plain values, as `Session.event`."""
        return self._reference.event(type, id=id, member=member, at=at, **more)

    def subjects(self, event: Event, states: States | None = None) -> tuple[str, ...]:
        """The subjects whose states an event needs, as `Session.subjects`."""
        data = (states or {}).get(event.member)
        if event.type not in NAMES and (data is None or data.startswith(MAGIC)):
            return (event.member,)
        return self._reference.subjects(event, self.of_reference(states or {}))

    def step(self, event: Event, states: States) -> tuple[Step, dict[str, bytes]]:
        """Posts an event: what came of it, and the states after it, as `Session.step`.

        Errors: BadState where a state is damaged, newer, of another program, or missing.
        """
        member = event.member
        if member not in states:
            raise BadState(
                "G804",
                f"the state of {member} is needed too",
                "ask `subjects` whose states an event needs, and give None for somebody who is new",
            )
        stepper = self._taken()
        try:
            before, after = self._stepped(stepper, event, states[member])
        finally:
            self._free.append(stepper)
        if after is None:
            return self._otherwise(event, states)
        known = {member: after}
        if len(states) > 1:
            known = {id: each for id, each in states.items() if each is not None} | known
        return Step(lambda: self._entries(event, before)), known

    def rankings(self, day: date) -> tuple[str, ...]:
        """The measures by which members are ranked when a day is over, as `Session.rankings`."""
        return self._reference.rankings(day)

    def rank(self, states: States, day: date) -> dict[str, bytes]:
        """The states after all members were ranked, as `Session.rank`."""
        return self._reference.rank(self.of_reference(states), day)

    def preview(self, event: Event, states: States) -> Step:
        """What would come of an event; posts nothing."""
        return self.step(event, states)[0]

    def states(
        self, events: Iterable[Event], rejected: Callable[[Rejection], object] = lambda rejection: None
    ) -> Iterator[tuple[str, bytes]]:
        """The states of all members after a history, as `Session.states`: each when the kernel is done with them.

        Shape: last come those whom the reference engine has to run.
        """
        read, left = [*events], set[str]()
        stepper = self._taken()
        try:
            yield from StatesOf(self.program, self.facts, stepper).after(read, left)
        finally:
            self._free.append(stepper)
        yield from self._reference.states((event for event in read if event.member in left), rejected)

    def progress(self, member: str, states: States, on: date | None = None) -> Progress:
        """How far a member has come, as `Session.progress`."""
        return self._reference.progress(member, self.of_reference(states), on)

    # ------------------------------------------------------------ on the kernel

    def _taken(self) -> Stepper:
        """A kernel that no other call has."""
        try:
            return self._free.pop()
        except IndexError:
            return Stepper(self.program, self.facts, date.today().year + AHEAD)

    def _stepped(self, stepper: Stepper, event: Event, data: bytes | None) -> tuple[bytes | None, bytes | None]:
        """The kernel's state before an event, and after it; None where it can't run it."""
        if event.recorded != event.at or event.type in NAMES:
            return data, None
        try:
            if data is not None and not data.startswith(MAGIC):
                data = self._of_kernel(stepper, event.member, data)
            return data, stepper.step(event, data)
        except (Odd, TooWide):
            return data, None
        except OutOfYears:
            year = (EPOCH + event.at * MICROSECOND).year
            if not max(FIRST, stepper.years.last - 1) <= year <= LAST_YEAR - AHEAD:
                return data, None
            stepper.lengthen(year + AHEAD)
            return self._stepped(stepper, event, data)

    def _whole(self, stepper: Stepper, event: Event, before: bytes | None) -> Rows:
        """The rows of an event that a kernel has run, perhaps one with a longer calendar than this."""
        try:
            return stepper.whole(event, before)
        except OutOfYears:
            stepper.lengthen((EPOCH + event.at * MICROSECOND).year + AHEAD)
            return stepper.whole(event, before)

    def _entries(self, event: Event, before: bytes | None) -> Ledger:
        """The entries of the ledger that a kernel's rows say."""
        stepper, ledger = self._taken(), Ledger()
        try:
            found = self._whole(stepper, event, before)
            rows, texts = stepper.named(event.member, before)
            make = stepper.written.make
            converter = Converter(make.columns, make.years, texts)
            kinds = {number: name for name, number in make.columns.kinds.items()}
            events = {
                number: Event(converter.text(code), kinds[kind], event.member, 0, 0, 0, {})
                for number, kind, code in zip(*rows, strict=True)
            }
            ledger_rows = found.ledger | {"o_row": [found.number] * len(found.ledger["o_row"])}
            Reader(stepper.written, events | {found.number: event}).read(ledger_rows, frozenset(), ledger)
        finally:
            self._free.append(stepper)
        return ledger

    def _of_kernel(self, stepper: Stepper, member: str, data: bytes) -> bytes:
        """A state of the reference engine as the kernel's. Errors: Odd where it keeps nothing for what it holds."""
        world = Engine(self.program, self.facts).world
        unpack(world, {member: data}, self._layout)
        kept = None if member in world.journals else self._conversion(stepper).kept(world.subjects[member])
        if kept is None:
            raise Odd
        stepper.open.put(kept)
        return stepper.open.dumps()

    def _conversion(self, stepper: Stepper) -> Conversion:
        return Conversion(stepper.meaning, stepper.open, stepper.years, self.facts)

    # ------------------------------------------------------------ on the reference engine

    def _otherwise(self, event: Event, states: States) -> tuple[Step, dict[str, bytes]]:
        """What the reference engine makes of an event; states that it leaves as they were stay those of the kernel."""
        given = self.of_reference(states)
        step, after = self._reference.step(event, given)
        changed = {id: data for id, data in after.items() if data != given.get(id)}
        return step, {**{id: data for id, data in states.items() if data is not None}, **changed}

    def of_reference(self, states: States) -> dict[str, bytes | None]:
        """The states as the reference engine has them; those that are so stay. Errors: BadState."""
        found = dict(states)
        mine = {id: data for id, data in states.items() if data is not None and data.startswith(MAGIC)}
        if mine:
            stepper = self._taken()
            try:
                world = Engine(self.program, self.facts).world
                for id, data in mine.items():
                    world.subjects[id] = self._conversion(stepper).subject(stepper.kept(id, data))
                found |= {id: pack(world, id, self._layout) for id in mine}
            finally:
                self._free.append(stepper)
        return found


def steps(program: nodes.Program) -> bool:
    """Whether a program that the kernel covers is run one event at a time too: all that it keeps is known, and nobody is ranked."""
    return not program.rankings and not Meaning(written(program, Years(2000, 2001), one=True)).unknown
