"""Tiers: what the count reaches, and what becomes of a tier with each event and each day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from tests.reference.recount.days import ONE, time_on
from tests.reference.recount.lots import Lots
from tests.reference.recount.past import View

from guerdon.program import nodes


@dataclass(frozen=True)
class Held:
    """A tier that is held, since a day (None: the lowest, and never left), through its last day (None: no end).

    Shape: `is_given`: by hand or by a grant, so it is not lost because a count is not there.
    """

    tier: str
    since: date | None = None
    last_day: date | None = None
    is_given: bool = False


class Tiers(Lots):
    """The ladders of a program."""

    def counted(self, ladder: nodes.Ladder, view: View) -> int:
        """The place of the tier that the count reaches."""
        assert ladder.counts is not None
        count = self.value(ladder.counts, view)
        reached = [place for place, step in enumerate(ladder.tiers) if step.at is None or count >= step.at]
        return max(reached)

    def term(self, ladder: nodes.Ladder, place: int, day: date, joined: date) -> Held:
        """A tier that is held from a day on."""
        tier = ladder.tiers[place].name
        if place == 0:
            return Held(tier, day)
        match ladder.lasts:
            case nodes.ForTime():
                return Held(tier, day, time_on(day, ladder.lasts) - ONE)
            case nodes.ThroughEnd():
                return Held(tier, day, self.days.end_of(ladder.lasts, day, joined))
        return Held(tier, day)

    def after_event(self, ladder: nodes.Ladder, held: Held, view: View, joined: date) -> tuple[Held, str] | None:
        """What becomes of a tier after an event, and why; None where nothing does."""
        counted, now = self.counted(ladder, view), ladder.rank(held.tier)
        if counted > now:
            return self.term(ladder, counted, view.day, joined), "reached"
        if counted < now and not held.is_given and isinstance(ladder.lasts, nodes.WhileMet):
            return self.term(ladder, counted, view.day, joined), "no longer met"
        return None

    def morning(self, ladder: nodes.Ladder, held: Held, view: View, joined: date) -> tuple[Held, str] | None:
        """What becomes of a tier at the start of a day, and why; None where nothing is due."""
        now = ladder.rank(held.tier)
        if now == 0:
            return None
        if isinstance(ladder.lasts, nodes.WhileMet):
            counted = self.counted(ladder, view)
            ends = not held.is_given if held.last_day is None else held.last_day < view.day
            if not ends or (counted >= now and not held.is_given):
                return None
            return self.term(ladder, min(counted, now), view.day, joined), "no longer met"
        if held.last_day is None or held.last_day >= view.day:
            return None
        return self._reviewed(ladder, held.last_day, now, view, joined), "term ended"

    def _reviewed(self, ladder: nodes.Ladder, last_day: date, now: int, view: View, joined: date) -> Held:
        always_ends = (
            isinstance(ladder.lasts, nodes.ThroughEnd)
            and ladder.lasts.ahead == 0
            and self.days.last_of(ladder.lasts.period, last_day, joined) == last_day  # finding 7
        ) or isinstance(ladder.lasts, nodes.Forever)  # finding 14
        dated = view if always_ends else replace(view, day=last_day)
        counted = min(self.counted(ladder, dated), now)  # tiers rise after events only
        # "one more year", "12 months more"; what comes after a term through an end goes on from its last day
        start = last_day if isinstance(ladder.lasts, nodes.ThroughEnd) and not always_ends else view.day
        if not always_ends and counted >= now:
            return self.term(ladder, now, start, joined)
        match ladder.falls:
            case nodes.Fall.ONE:
                to = max(now - 1, counted)
            case nodes.Fall.COUNTED:
                to = counted
            case nodes.Fall.LOWEST:
                to = 0
            case nodes.Fall.NEVER:
                to = now
        return self.term(ladder, to, start, joined)
