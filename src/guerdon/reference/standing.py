"""Where subjects stand on ladders: what moves them, and that each move is posted.

At an event tiers are looked at twice: before anything is undone or given (what stood,
and what of it rests on what is counted), and after all of it. A tier that is
reached lets its trigger happen right after what reached it.

Source: language reference, Tiers, Triggers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.program.nodes import TriggerKind
from guerdon.reference import counting, ladders
from guerdon.reference.scene import Scene
from guerdon.reference.state import Deed, Subject
from guerdon.reference.world import World

Happen = Callable[[nodes.Trigger, Subject, int], None]
"""Lets a trigger happen to a member, at an instant."""

BROUGHT = ("opening", "merged")
"""Events that bring tiers along, which nobody reached then."""


@dataclass(frozen=True)
class Stood:
    """How things stood before an event.

    Shape: `ranks` by ladder, of the event's member or their account; `rested`: subjects and
    ladders whose tier a return can take away; `undone` what it undoes, sold on `sold` or
    later; `awards` and `postings`: how many there were.
    """

    ranks: dict[str, int]
    rested: set[tuple[str, str]]
    undone: list[Deed]
    sold: date | None
    awards: int
    postings: int


class Standing:
    """The ladders of a program, and who stands where on them."""

    def __init__(self, world: World, happen: Happen) -> None:
        self.world, self.happen = world, happen
        self._all = tuple(world.program.ladders.values())
        self._reaching = [each for each in world.program.triggers.values() if each.kind is TriggerKind.REACHED]
        self._following = {
            ladder.name
            for ladder in self._all
            if isinstance(ladder.lasts, nodes.WhileMet) and counting.counts_available(ladder, world.program)
        }

    def ladders(self, subject: Subject) -> list[nodes.Ladder]:
        """The ladders that a subject stands on by itself."""
        return [
            ladder
            for ladder in self._all
            if ladder.account == subject.account
            or (subject.account is None and self.world.owner(subject, ladder.account) is subject)
        ]

    def follow(self, subject: Subject, at: int) -> None:
        """Lets tiers `while met` that count what can be spent follow it where it moved without an event."""
        for ladder in self.ladders(subject):
            if ladder.name in self._following:
                self.shift(subject, ladder, at, partial(ladders.after_change, ladder, self.world.scene(subject)))

    def shift(
        self,
        subject: Subject,
        ladder: nodes.Ladder,
        at: int,
        change: Callable[[], str | None],
        day: date | None = None,
    ) -> None:
        """Lets something change a tier, and posts where it then stands if that is elsewhere."""
        before = subject.held[ladder.name].standing
        reason = change()
        held = subject.held[ladder.name]
        if ladder.floors:
            held.floor = counting.floor(ladder, self.world.scene(subject, day))
        if held.standing != before:
            self.world.move(subject, ladder, at, reason or "floor")

    def reached(self, member: Subject, stood: Mapping[str, int], at: int) -> None:
        """Lets triggers happen for tiers that a member stood below and stands on or above now, once a day each."""
        for trigger in self._reaching if member.account is None else ():
            assert trigger.ladder is not None and trigger.tier is not None
            rank = self.world.program.ladders[trigger.ladder].rank(trigger.tier)
            rose = stood[trigger.ladder] < rank <= member.held[trigger.ladder].standing
            if rose and member.happened.get(trigger.name) != member.day:
                member.happened[trigger.name] = member.day
                self.happen(trigger, member, at)

    # ------------------------------------------------------------ an event

    def before(self, scene: Scene, undone: list[Deed]) -> Stood:
        """How things stand before an event undoes these deeds."""
        ledger = self.world.ledger
        return Stood(
            {ladder.name: scene.owner(ladder.account).held[ladder.name].standing for ladder in self._all},
            set(self._resting(scene, undone)),
            undone,
            min((deed.day for deed in undone), default=None),
            len(ledger.awards),
            len(ledger.postings),
        )

    def _resting(self, scene: Scene, undone: Iterable[Deed]) -> Iterable[tuple[str, str]]:
        sold = min((deed.day for deed in undone), default=None)
        ids = {id for deed in undone for id in (scene.member.id, *deed.holders(), *deed.accounts.values())}
        involved = {
            each.id: each for id in ids for each in self.world.involved(self.world.subjects[self.world.who(id)])
        }
        for owner in involved.values():
            for ladder in self.ladders(owner):
                if sold is not None and ladders.rests(ladder, self.world.scene(owner), sold):
                    yield owner.id, ladder.name

    def after(self, stood: Stood, scene: Scene, event: Event) -> None:
        """Lets tiers rise and fall after an event; posts where they moved."""
        for ladder in self._all:
            owner = scene.owner(ladder.account)
            here = self.world.scene(owner)
            here.event, here.facts = event, scene.facts
            reason = event.type if owner.held[ladder.name].standing != stood.ranks[ladder.name] else None
            if stood.sold is not None:
                rests = (owner.id, ladder.name) in stood.rested
                reason = ladders.after_return(ladder, here, stood.sold, rests) or reason
            reason = ladders.after_event(ladder, here) or reason
            held = owner.held[ladder.name]
            if ladder.floors:
                held.floor = counting.floor(ladder, here)
            if held.standing != stood.ranks[ladder.name]:
                self.world.move(owner, ladder, event.posted, reason or "floor")
        if event.type not in BROUGHT:
            self.reached(scene.member, stood.ranks, event.at)
        self._elsewhere(stood, scene, event)

    def _elsewhere(self, stood: Stood, scene: Scene, event: Event) -> None:
        """Lets the tiers of others follow: who was given something, or had something undone; accounts that were left too."""
        ledger = self.world.ledger
        whose = {each.member for each in ledger.awards[stood.awards :]}
        whose |= {each.holder for each in ledger.postings[stood.postings :]}
        whose |= {id for deed in stood.undone for id in deed.accounts.values()}
        for id in sorted(whose - {owner.id for owner in self.world.involved(scene.member)}):
            other = self.world.subjects[id]
            if other.into is not None or other.closed:
                continue
            was = standings(other)
            for ladder in self.ladders(other):
                there = self.world.scene(other)
                if stood.sold is not None:
                    rests = (other.id, ladder.name) in stood.rested
                    change = partial(ladders.after_return, ladder, there, stood.sold, rests)
                    self.shift(other, ladder, event.posted, change)
                self.shift(other, ladder, event.posted, partial(ladders.after_gain, ladder, there))
            self.reached(other, was, event.at)


def standings(subject: Subject) -> dict[str, int]:
    """Where a subject stands on each ladder."""
    return {name: held.standing for name, held in subject.held.items()}
