"""Tiers: what the count reaches, and what becomes of a tier with each event and each day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tests.reference.recount.days import ONE, time_on
from tests.reference.recount.lots import Lots
from tests.reference.recount.past import Mark, View

from guerdon.program import nodes
from guerdon.text.node import Node


@dataclass(frozen=True)
class Held:
    """A tier that is held, since a day (None: the lowest, and never left), through its last day (None: no end).

    Shape: `is_given`: by hand or by a grant, so it is not lost because a count is not there;
    `in_grace`: its term is over; `is_capped`: by hand, and lower than what was reached; `view`: from where it was found to be reached; `before`: what
    was held before it rose.
    """

    tier: str
    since: date | None = None
    last_day: date | None = None
    is_given: bool = False
    in_grace: bool = False
    is_capped: bool = False
    view: View | None = None
    before: Held | None = None


Moved = tuple[Held, str] | None
"""What is held now, and why; None where nothing changed."""


class Tiers(Lots):
    """The ladders of a program."""

    def counted(self, ladder: nodes.Ladder, view: View) -> int:
        """The place of the highest tier that is reached."""
        count = None if ladder.counts is None else self.value(ladder.counts, view)
        reached = [0]
        for place, step in enumerate(ladder.tiers):
            if step.when is not None:
                is_reached = self.value(step.when, view)
            else:
                is_reached = step.at is not None and count is not None and count >= step.at
            if is_reached:
                reached.append(place)
        return max(reached)

    def counts_available(self, ladder: nodes.Ladder) -> bool:
        """Whether what can be spent decides about a ladder."""
        return self._asks_for([ladder.counts, *(step.when for step in ladder.tiers)], (nodes.Available,))

    def _asks_for(self, of: Any, kinds: tuple[type, ...]) -> bool:
        if isinstance(of, kinds):
            return True
        if isinstance(of, nodes.Field) and of.scope is nodes.Scope.MOMENT and nodes.PeriodDay in kinds:
            return True
        if isinstance(of, nodes.Measured) and of.aggregate is nodes.Aggregate.DAYS_SINCE and nodes.PeriodDay in kinds:
            return True
        match of:
            case nodes.Defined(name):
                return self._asks_for(self.program.measures[name].value, kinds)
            case nodes.Lookup(table, keys):
                rows = self.program.tables[table]
                return self._asks_for([keys, *(row.results for row in rows.rows), rows.otherwise], kinds)
            case Node():
                return any(self._asks_for(getattr(of, name), kinds) for name in of.field_names)
            case tuple() | list():
                return any(self._asks_for(each, kinds) for each in of)
        return False

    def term(self, ladder: nodes.Ladder, place: int, day: date, joined: date, is_set: bool = False) -> Held:
        """A tier that is held from a day on; the lowest has a term only where it is set by hand."""
        tier = ladder.tiers[place].name
        if place == 0 and not is_set:
            return Held(tier, day)
        match ladder.lasts:
            case nodes.Duration():
                return Held(tier, day, time_on(day, ladder.lasts) - ONE)
            case nodes.Calendar():
                return Held(tier, day, self.days.end_of(ladder.lasts, day, joined))
        return Held(tier, day)

    # ------------------------------------------------------------ after an event

    def after_event(self, ladder: nodes.Ladder, held: Held, view: View, joined: date) -> Moved:
        """What becomes of a tier after an event."""
        counted, now = self.counted(ladder, view), ladder.rank(held.tier)
        if held.is_capped:
            return None
        is_risen = counted > now and ladder.rises is None
        if is_risen or (held.in_grace and counted == now):
            before = held if is_risen else held.before
            return replace(self.term(ladder, counted, view.day, joined), view=view, before=before), "reached"
        if counted < now and not held.is_given and isinstance(ladder.lasts, nodes.WhileMet):
            return self.term(ladder, counted, view.day, joined), "no longer met"
        return None

    def granted(self, ladder: nodes.Ladder, held: Held, event: str, view: View, joined: date) -> Moved:
        """What an event grants: of several tiers the highest."""
        granted = [
            ladder.rank(grant.tier)
            for grant in ladder.grants
            if grant.event == event and (grant.when is None or self.value(grant.when, view))
        ]
        place, now, day = max(granted, default=-1), ladder.rank(held.tier), view.day
        if place < now or not granted or (held.is_capped and place == now):
            return None
        goes_on = place == now and isinstance(ladder.lasts, nodes.Duration) and not held.in_grace
        if goes_on and held.last_day is not None:
            day = held.last_day + ONE
        term = self.term(ladder, place, day, joined)
        since = held.since if place == now else term.since
        return replace(term, since=since, is_given=True), "granted"

    def uncapped(self, ladder: nodes.Ladder, held: Held, view: View) -> Held:
        """A tier that was set by hand is not lower than what is reached any more, once that was returned."""
        place = ladder.rank(held.tier)
        if not held.is_capped or self.counted(ladder, view) > place:
            return held
        return replace(held, is_capped=False, last_day=held.last_day if place else None)

    def lowered(self, ladder: nodes.Ladder, held: Held, view: View, before: Mark, joined: date) -> Moved:
        """What becomes of a tier when something was returned that it may rest on; `before` it was."""
        has_term = not isinstance(ladder.lasts, nodes.WhileMet)
        if ladder.returns is nodes.OnReturn.REVIEW or (has_term and self.counts_available(ladder)):
            return None
        now, first = self.counted(ladder, view), held
        while not held.is_given and held.tier != ladder.tiers[0].name:
            place = ladder.rank(held.tier)
            then = 0 if isinstance(ladder.lasts, nodes.WhileMet) else self._since(ladder, held, view, view.mark)
            if held.view is None:
                break
            reached = self._since(ladder, held, view, before) if has_term else self.counted(ladder, held.view)
            if max(now, then) >= place or reached < place:
                break
            held = held.before or Held(ladder.tiers[0].name, view.day)
            if max(now, then) > ladder.rank(held.tier):
                held = self.term(ladder, max(now, then), view.day, joined)
                break
        return (held, "returned") if held is not first else None

    def _since(self, ladder: nodes.Ladder, held: Held, view: View, mark: Mark) -> int:
        """What is reached at the end of some day since the tier was, by what is known at a mark."""
        if held.view is None:
            return 0
        days = range(held.view.day.toordinal(), view.day.toordinal() + 1)
        return max(self.counted(ladder, replace(held.view, mark=mark, day=date.fromordinal(day))) for day in days)

    # ------------------------------------------------------------ at the start of a day

    def morning(self, ladder: nodes.Ladder, held: Held, view: View, joined: date) -> Moved:
        """What becomes of a tier at the start of a day."""
        return self._risen(ladder, held, view, joined) or self._due(ladder, held, view, joined)

    def _risen(self, ladder: nodes.Ladder, held: Held, view: View, joined: date) -> Moved:
        """The tier that is entered because a period is over."""
        yesterday = view.day - ONE
        if held.is_capped or yesterday < joined or not self.ends_before(ladder, view, joined):
            return None
        counted = self.counted(ladder, replace(view, day=yesterday))
        if counted <= ladder.rank(held.tier):
            return None
        return replace(self.term(ladder, counted, view.day, joined), view=view, before=held), "reached"

    def asks_for_day(self, ladder: nodes.Ladder) -> bool:
        """Whether a floor asks which day it is."""
        return self._asks_for([floor.condition for floor in ladder.floors], (nodes.PeriodDay,))

    def ends_before(self, ladder: nodes.Ladder, view: View, joined: date) -> bool:
        """Whether a period at whose end tiers rise is just over."""
        last = view.day - ONE
        return ladder.rises is not None and self.days.last_of(ladder.rises.period, last, joined) == last

    def _due(self, ladder: nodes.Ladder, held: Held, view: View, joined: date) -> Moved:
        now = ladder.rank(held.tier)
        if now == 0:
            is_over = held.is_capped and held.last_day is not None and held.last_day < view.day
            return (replace(held, is_capped=False, last_day=None), "term ended") if is_over else None
        if isinstance(ladder.lasts, nodes.WhileMet):
            counted = self.counted(ladder, view)
            ends = not held.is_given if held.last_day is None else held.last_day < view.day
            if not ends or (counted >= now and not held.is_given):
                return None
            return self.term(ladder, min(counted, now), view.day, joined), "no longer met"
        if held.last_day is None or held.last_day >= view.day:
            return None
        return self._reviewed(ladder, held, held.last_day, view, joined), "term ended"

    def _reviewed(self, ladder: nodes.Ladder, held: Held, last_day: date, view: View, joined: date) -> Held:
        now = ladder.rank(held.tier)
        always_ends = isinstance(ladder.lasts, nodes.Calendar) and ladder.lasts.ahead == 0
        dated = view if always_ends and not held.in_grace else replace(view, day=last_day)
        counted = min(self.counted(ladder, dated), now)  # tiers rise after events only
        # "one more year", "12 months more"; what comes after a term through an end goes on from its last day
        goes_on = isinstance(ladder.lasts, nodes.Calendar) and not always_ends and not held.in_grace
        start = last_day if goes_on else view.day
        if not always_ends and counted >= now and not held.in_grace:
            return replace(self.term(ladder, now, start, joined), since=view.day, view=dated, before=held.before)
        match ladder.falls:
            case nodes.Fall.ONE:
                to = max(now - 1, counted)
            case nodes.Fall.COUNTED:
                to = counted
            case nodes.Fall.LOWEST:
                to = 0
            case nodes.Fall.NEVER:
                to = now
        # as the engine has it, where the reference is silent: no grace where the count is there
        if ladder.grace is not None and to < now and counted < now and not held.in_grace:
            return replace(held, last_day=time_on(last_day + ONE, ladder.grace) - ONE, in_grace=True)
        rests_on = dated if counted >= to else held.view
        return replace(self.term(ladder, to, start, joined), since=view.day, view=rests_on)
