"""One event at a time: a checkout, an app, a stream.

    session = guerdon.load("shop").session()
    event = session.event("purchase", id="s1", member="anna", at="2026-03-02T12:00Z", amount="12.60")
    states = {id: store.get(id) for id in session.subjects(event)}
    step, states = session.step(event, states)

A session holds nothing between two calls: what is known of a member or an account is in
the bytes that `step` takes and gives. The ledger is the same as that of a run over all
the events, whatever the split.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from guerdon.history.event import Event, Facts, Rejection
from guerdon.history.given import event as given_event
from guerdon.ledger.entries import Award, Effect, Ledger, Move, Offered, Posting, Refusal
from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.reference.aside import is_of_everybody
from guerdon.reference.engine import Engine
from guerdon.reference.evaluate import Gone
from guerdon.reference.meters import derived
from guerdon.reference.ranks import NotRanked
from guerdon.reference.state import EVERYBODY
from guerdon.session.named import asked_about
from guerdon.session.progress import Progress, progress
from guerdon.session.stored import BadState, Layout, pack, unpack

States = Mapping[str, bytes | None]
"""States by subject; None: a subject that nothing is known of yet."""


@dataclass(frozen=True, eq=False)
class Step:
    """What came of an event: entries of the ledger, or why it was set aside.

    Shape: `rejected` is None where the event was evaluated; `refused` where something that it
    asked for was not granted; `effects`: what was said; `offers`: what was opened and completed. `others`: reversals that
    had waited for it, and can't be done. `posted` makes the entries, when they are asked for first.
    """

    posted: Callable[[], Ledger] = field(repr=False)
    rejected: Rejection | None = None
    others: tuple[Rejection, ...] = ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Step):
            return NotImplemented
        return (self.ledger, self.rejected, self.others) == (other.ledger, other.rejected, other.others)

    __hash__ = None  # type: ignore[assignment]

    @cached_property
    def ledger(self) -> Ledger:
        return self.posted()

    @property
    def awards(self) -> tuple[Award, ...]:
        return tuple(self.ledger.awards)

    @property
    def postings(self) -> tuple[Posting, ...]:
        return tuple(self.ledger.postings)

    @property
    def moves(self) -> tuple[Move, ...]:
        return tuple(self.ledger.moves)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        return tuple(self.ledger.refusals)

    @property
    def effects(self) -> tuple[Effect, ...]:
        return tuple(self.ledger.effects)

    @property
    def offers(self) -> tuple[Offered, ...]:
        return tuple(self.ledger.offers)

    @property
    def refused(self) -> bool:
        return self.rejected is not None or bool(self.refusals)


@dataclass
class Session:
    """Evaluates events of a program one at a time, from states and into states.

    Shape: `facts` are those of members that are not known from an event `changed`. `read` makes states of another engine
    its own.
    Safe to use from several threads: it changes nothing of its own.
    """

    program: nodes.Program
    facts: Mapping[str, Facts] = field(default_factory=dict)
    read: Callable[[States], States] = lambda states: states

    def __post_init__(self) -> None:
        self._layout = Layout(self.program)

    def event(
        self,
        type: str,
        *,
        id: str,
        member: str,
        at: object,
        recorded: object = None,
        sequence: int = 0,
        **facts: object,
    ) -> Event:
        """An event from plain values.

        Shape: `recorded`: when it became known (None: when it happened); `sequence` decides
        between events of one moment.
        Errors: BadEvent with what is wrong with each of them.
        """
        return given_event(
            self.program, type, id=id, member=member, at=at, facts=facts, recorded=recorded, sequence=sequence
        )

    def subjects(self, event: Event, states: States | None = None) -> tuple[str, ...]:
        """The subjects whose states an event needs, sorted: the member, those that it names, and their accounts.

        Shape: whose accounts and journals there are is known only from states: ask
        again with those that were named until nothing is added.
        """
        states = self.read(states or {})
        engine = self._engine(states)
        world, known = engine.world, set(states)
        member = engine.admit(event)
        try:
            facts = derived(self.program.events[event.type], event.facts, world.scene(member))
        except Gone:  # the event will be set aside
            facts = dict(event.facts)
        scene = world.scene(member, engine.calendar.day(event.at))
        scene.event, scene.facts = event, facts
        found = {event.member, member.id, *_named(self.program.events[event.type], facts)}
        found |= asked_about(self.program, event.type, scene)
        if any(map(is_of_everybody, walk((self.program.rules, self.program.groups)))):
            found.add(EVERYBODY)
        for subject in [world.subjects[id] for id in known & world.subjects.keys()]:
            for deed in subject.deeds.values():
                found |= deed.holders() | asked_about(self.program, deed.event.type, world.then(deed, subject))
            found |= {holder for holder, *_ in subject.promised}
            for other, _ in subject.waiting:
                found |= set(_named(self.program.events[other.type], other.facts))
            if self.program.frame.lateness is not None:
                found |= set(_named(self.program.member, subject.facts))
        found |= {world.who(id) for id in found} | {
            each.into for each in world.subjects.values() if each.into is not None
        }
        for id in list(found):
            told = world.subjects[id].facts if id in world.subjects else self.facts.get(id, {})
            for name, account in self.program.accounts.items():
                found |= {f"{name}/{which}" for each in (told, facts) if (which := each.get(account.fact)) is not None}
        for id in list(found & world.subjects.keys()):
            found |= world.subjects[id].members
        for journal in world.journals.values():
            found |= {id for entry in journal.entries for id in entry.touched}
        return tuple(sorted(found))

    def step(self, event: Event, states: States) -> tuple[Step, dict[str, bytes]]:
        """Posts an event: what came of it, and the states after it, those that were given and those that are new.

        Errors: BadState where a state is damaged, newer, of another program, or missing. An
        event that is set aside leaves every state as it was.
        """
        states = self.read(states)
        engine = self._engine(states)
        with _as_bad_state():
            engine.happen(event)
        missing = sorted(_concerned(engine) - states.keys())
        if missing:
            raise BadState(
                "G804",
                f"the state of {missing[0]} is needed too",
                "ask `subjects` whose states an event needs, and give None for somebody who is new",
            )
        step = _step(engine, event)
        known = {id: data for id, data in states.items() if data is not None}
        if step.rejected is not None:
            return step, known
        return step, {**known, **{id: pack(engine.world, id, self._layout) for id in sorted(engine.world.subjects)}}

    def rankings(self, day: date) -> tuple[str, ...]:
        """The measures by which members are ranked when a day is over."""
        return tuple(Engine(self.program).rankings.due(day))

    def rank(self, states: States, day: date) -> dict[str, bytes]:
        """The states after all members were ranked, by each measure of which a period ends with a day.

        Shape: `states` are those of everybody, as they are when that day is over. Of those that are ranked then already nothing changes.
        Errors: ValueError where no ranking is due then, or something of what comes after it was stepped; BadState as of `step`.
        """
        engine = self._engine(self.read(states))
        ahead = next((id for id, each in sorted(engine.world.subjects.items()) if each.day > day), None)
        if ahead is not None:
            raise ValueError(
                f"members are ranked at the end of {day} before what comes after it, and {ahead} has gone on"
            )
        if not engine.rankings.make(day):
            raise ValueError(f"the program ranks nobody at the end of {day}")
        return {id: pack(engine.world, id, self._layout) for id in sorted(engine.world.subjects)}

    def preview(self, event: Event, states: States) -> Step:
        """What would come of an event; posts nothing."""
        return self.step(event, states)[0]

    def states(
        self, events: Iterable[Event], rejected: Callable[[Rejection], object] = lambda rejection: None
    ) -> Iterator[tuple[str, bytes]]:
        """The states of all subjects after a history, as if each event had been stepped.

        Shape: `events` come in their order; `rejected` is told what of them was set aside, which changes nothing. A subject comes
        once, in no order.
        """
        engine = Engine(self.program, self.facts)
        for event in events:
            engine.happen(event)
        for each in engine.posted.rejections:
            rejected(each)
        for id in engine.world.subjects:
            yield id, pack(engine.world, id, self._layout)

    def progress(self, member: str, states: States, on: date | None = None) -> Progress:
        """How far a member has come as of the start of a day (None: of their latest event), accounts included.

        Errors: KeyError where no state of the member was given; BadState as of `step`.
        """
        with _as_bad_state():
            return progress(self._engine(self.read(states)), member, on)

    def _engine(self, states: States) -> Engine:
        engine = Engine(self.program, self.facts)
        engine.world.ranks.alone = True
        unpack(engine.world, {id: data for id, data in states.items() if data is not None}, self._layout)
        return engine


@contextmanager
def _as_bad_state() -> Iterator[None]:
    """Raises as BadState (G805) that a ranking was not made which is asked for."""
    try:
        yield
    except NotRanked as lacking:
        raise BadState(
            "G805",
            f"members were not ranked by `{lacking.measure}` at the end of {lacking.day}, and this comes after it",
            f"call `rank` with the states of all members and {lacking.day}, and go on from what it gives",
        ) from lacking


def _step(engine: Engine, event: Event) -> Step:
    ledger, rejections = engine.posted.ledger, engine.posted.rejections
    own = next((each for each in rejections if each.event == event.id), None)
    return Step(lambda: ledger, own, tuple(each for each in rejections if each is not own))


def _concerned(engine: Engine) -> set[str]:
    """Those whom an event had to do with: subjects that there are, and who is in an account with one of them."""
    world = engine.world
    members = [each for each in world.subjects.values() if each.account is None and each.into is None]
    owners = [world.owner(each, name) for each in members for name in engine.program.accounts]
    return {*world.subjects, *(id for each in owners for id in each.members)}


def _named(record: nodes.Record, facts: Facts) -> Iterator[str]:
    """The members that the facts of an event, or of a member, name."""
    for name, fact in record.facts.items():
        of = fact.type.of if isinstance(fact.type, types.Optional) else fact.type
        if isinstance(of, types.Member) and facts.get(name) is not None:
            yield str(facts[name])
