"""Days that begin and end: what becomes of subjects between their events.

When a day begins, in this order: tiers are reviewed, lots expire, holds end, triggers of
the day happen. When it ends: triggers of the periods that end with it. A tier that is
reached on the way lets its trigger happen right after what reached it.

In a program with triggers the days of all members of an account, and its own, begin
together: what one of them is given may be the account's.

Source: language reference, Order of events, Triggers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from guerdon.program.nodes import TriggerKind
from guerdon.reference import ladders, lots, triggers
from guerdon.reference.calendar import ONE
from guerdon.reference.standing import Happen, Standing, standings
from guerdon.reference.state import Subject
from guerdon.reference.world import World

BEGINS, ENDS = range(2)

Moment = tuple[date, int]
"""That a day begins, or ends; they are in the order of time."""


class Days:
    """Lets days begin and end in a world."""

    def __init__(self, world: World, standing: Standing, happen: Happen) -> None:
        self.world, self.program, self.standing, self.happen = world, world.program, standing, happen
        every = self.program.triggers.values()
        self._at_end = [each for each in every if each.kind is TriggerKind.END]
        self._at_begin = [each for each in every if each.kind not in (TriggerKind.END, TriggerKind.REACHED)]

    def pass_to(self, subject: Subject, day: date, ended: bool = False) -> None:
        """Lets the days up to this one begin (and, where it has `ended`, end) in the order of time."""
        if subject.into is not None:
            self.world.remember(subject)
            return
        together, until = self.together(subject), (day, ENDS if ended else BEGINS)
        for each in together:
            self.world.remember(each)
        while True:
            first = min((moment for each in together for moment in self._due(each)), default=None)
            if first is None or first > until:
                break
            (self._begin if first[1] == BEGINS else self._end)(together, first[0])
        for each in together:
            each.day = max(each.day, day)

    def together(self, subject: Subject) -> list[Subject]:
        """All whose days begin with a subject's: members of one account, of all accounts that they are in."""
        if not self.program.triggers:
            return [subject]
        found, waiting = {subject.id: subject}, [subject]
        while waiting:
            each = waiting.pop()
            if each.account is None:
                linked = [self.world.owner(each, name) for name in self.program.accounts]
            else:
                known = (self.world.subjects.get(id) for id in each.members)
                linked = [one for one in known if one and one.into is None and self.is_in(one, each)]
            more = [one for one in linked if one.id not in found]
            found.update((one.id, one) for one in more)
            waiting += more
        return sorted(found.values(), key=lambda each: (each.account is not None, each.id))

    def is_in(self, member: Subject, account: Subject) -> bool:
        """Whether a member is in an account now."""
        return self.world.owner(member, account.account) is account

    def _due(self, subject: Subject) -> Iterator[Moment]:
        """When something is due next, of each kind."""
        scene = self.world.scene(subject)
        days = [ladders.due(ladder, scene) for ladder in self.standing.ladders(subject)]
        yield from ((day, BEGINS) for day in (*days, lots.due(subject)) if day is not None)
        if subject.account is None and not subject.closed:
            for trigger in self._at_begin:
                if (day := triggers.due(self.world, trigger, subject)) is not None:
                    yield day, BEGINS
            yield from ((triggers.end(self.world, trigger, subject), ENDS) for trigger in self._at_end)

    # ------------------------------------------------------------ a day

    def _end(self, together: list[Subject], day: date) -> None:
        """Ends a day: what waits for the end of a period happens, at its last instant."""
        at = self.world.calendar.start(day + ONE) - 1
        waiting = [
            (each, trigger)
            for each in together
            for trigger in self._at_end
            if each.account is None and not each.closed and triggers.end(self.world, trigger, each) == day
        ]
        for each in together:
            each.day = max(each.day, day)
        for member, trigger in waiting:
            member.happened[trigger.name] = day
            self.happen(trigger, member, at)

    def _begin(self, together: list[Subject], day: date) -> None:
        """Begins a day."""
        at = self.world.calendar.start(day)
        waiting = [
            (each, trigger)
            for each in together
            for trigger in self._at_begin
            if each.account is None and not each.closed and triggers.due(self.world, trigger, each) == day
        ]
        stood = {each.id: standings(each) for each in together}
        for each in together:
            self._review(each, day, max(at, each.known))
        for each in together:
            each.day = max(each.day, day)
        for each in together:
            self.standing.reached(each, stood[each.id], at)
        for each in together:
            stands = standings(each)
            if lots.begin_day(self.world, each, day):
                self.standing.follow(each, max(at, each.known))
                self.standing.reached(each, stands, at)
        for member, trigger in waiting:
            self.happen(trigger, member, at)
            triggers.drop_past(member)

    def _review(self, subject: Subject, day: date, at: int) -> None:
        """Reviews the tiers that are due."""
        scene = self.world.scene(subject)
        waiting = [ladder for ladder in self.standing.ladders(subject) if ladders.due(ladder, scene) == day]
        for ladder in waiting:
            self.standing.shift(
                subject, ladder, at, partial(ladders.review, ladder, self.world.scene(subject), day), day
            )
