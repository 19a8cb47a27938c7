"""What a rule would have made of an event that was otherwise, tried on copies of the state before it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from guerdon.history.event import Event, Facts
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.late import group_of
from guerdon.reference.rules import Verdict
from guerdon.reference.state import EVERYBODY

MOST_TRIALS = 60
"""So often is a rule tried at one event."""

MOST_BETWEEN = 200
"""An event is not moved past more than so many others."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that could have been otherwise: what was, and what would have been.

    Shape: `said`: `channel is shop`; `would`: `app`; `more` follows the sentence. It is other `facts` of the event (one `fact`),
    another instant at which it happened, or events that happen just before it.
    """

    said: str
    would: str
    facts: Mapping[str, object] = field(default_factory=dict)
    fact: str = ""
    at: int | None = None
    earlier: tuple[Event, ...] = ()
    more: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """An event as it was or could have been, and what the rule made of it.

    Shape: `earlier` are events that are made up, `between` those that happen before it where it is moved. `line`: which of its lines is
    looked at, of which list.
    """

    event: Event
    verdict: Verdict
    changes: tuple[Change, ...] = ()
    earlier: tuple[Event, ...] = ()
    between: tuple[Event, ...] = ()
    line: tuple[str, int] | None = None

    @property
    def gives(self) -> bool:
        return bool(self.verdict.quantity)


def before(engine: Engine, event: Event, linked: Iterable[str]) -> Engine:
    """The engine as it stands before an event, with those who are linked to its member, apart from what happens next."""
    engine.rankings.through(max(event.at, event.recorded))
    known = engine.world.subjects
    ids = {each.id for id in linked if id in known for each in engine.world.involved(known[id])} | {EVERYBODY}
    copied = engine.copied(group_of(engine.world, ids))  # an event that is put in its place looks at all of these again
    copied.rank_as(engine.world.ranks.copied())
    return copied


@dataclass
class Trials:
    """Tries a rule at an event that is otherwise; each time on a copy of the state `before` it.

    Shape: what was tried once is known; after `left` trials nothing more is. `events` are those that have a part in what the member
    has, in their order: an event that is moved happens among them.
    """

    before: Engine
    rule: nodes.Rule
    events: Sequence[Event] = ()
    left: int = MOST_TRIALS
    known: dict[str, Verdict | None] = field(default_factory=dict)

    @property
    def program(self) -> nodes.Program:
        return self.before.program

    def copied(self) -> Engine:
        """The state before the event, to do something with."""
        engine = self.before.copied(self.before.world.subjects)
        engine.rank_as(self.before.world.ranks.copied())
        return engine

    def with_change(self, at: Tried, change: Change) -> Tried | None:
        """What the rule makes of the event with one more change; None where that can't happen."""
        event = replace(at.event, facts={**at.event.facts, **change.facts})
        earlier, between = (*at.earlier, *change.earlier), at.between
        if change.at is not None:
            event = replace(event, at=change.at, recorded=event.recorded + change.at - event.at)
            passed = self._between(at.event, event)
            if passed is None:
                return None
            between += passed
        verdict = self.verdict(event, earlier, between)
        return None if verdict is None else Tried(event, verdict, _and(at.changes, change), earlier, between)

    def _between(self, event: Event, moved: Event) -> tuple[Event, ...] | None:
        """What happens before an event that is later; None where one that is earlier would come before others, or it is too much."""
        first, last = sorted((event.at, moved.at))
        start = bisect_left(self.events, first, key=lambda each: each.at)
        end = bisect_right(self.events, last, key=lambda each: each.at)
        found = self.events[start:end]
        if moved.at < event.at:
            return () if all(each.order >= event.order for each in found) else None
        after = tuple(each for each in found if each.order > event.order)
        return after if len(after) <= MOST_BETWEEN else None

    def verdict(self, event: Event, earlier: tuple[Event, ...] = (), between: tuple[Event, ...] = ()) -> Verdict | None:
        """What the rule makes of an event after some others; None where one that is made up is set aside, or too much was tried."""
        key = repr((event, earlier, [each.name for each in between]))
        if key not in self.known:
            if not self.left:
                return None
            self.left -= 1
            self.known[key] = self._run(event, earlier, between)
        return self.known[key]

    def _run(self, event: Event, earlier: tuple[Event, ...], between: tuple[Event, ...]) -> Verdict | None:
        engine, found = self.copied(), list[Verdict]()

        def watch(event: Event, facts: Facts, verdict: Verdict) -> None:
            if verdict.rule.name == self.rule.name:
                found.append(verdict)

        for each in sorted((*earlier, *between), key=lambda each: each.at):
            engine.happen(each)
        engine.happen(event, watch)
        aside = {each.event for each in engine.posted.rejections}
        return found[-1] if found and aside.isdisjoint(each.id for each in (event, *earlier)) else None


def _and(changes: tuple[Change, ...], change: Change) -> tuple[Change, ...]:
    """Changes with one more; of one fact, that takes the place of an earlier one."""
    before = next((each for each in changes if each.fact and each.fact == change.fact), None)
    if before is None:
        return *changes, change
    return tuple(replace(each, would=change.would, facts=change.facts) if each is before else each for each in changes)
