"""What a state can let go of: what no window of the program shows any more, and what can't be undone any more.

INVARIANT: nothing that a later event may read is lost, so the ledger is the same with
and without. Windows only move on; a sale that can still be returned keeps all its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from guerdon.program import nodes
from guerdon.program.walk import walk
from guerdon.reference import counting, offers
from guerdon.reference.aside import is_of_everybody
from guerdon.reference.calendar import BEGINNING, ONE, add_months, after
from guerdon.reference.room import limit_under
from guerdon.reference.rules import total_window
from guerdon.reference.state import Subject
from guerdon.reference.tally import Tally
from guerdon.reference.world import World

Read = tuple[nodes.Aggregate | None, nodes.Window]
"""How a window is looked at; None: for the days that are values in it, or whose values are in it."""

ADDED_UP = frozenset({nodes.Aggregate.SUM, nodes.Aggregate.COUNT})


class Reads:
    """In which windows a program looks at meters, at what was earned or taken back by unit and by rule, and at counts."""

    def __init__(self, program: nodes.Program) -> None:
        self.program = program
        self.meters: dict[int, list[Read]] = {}
        self.units: dict[tuple[str, bool], list[Read]] = {}
        self.rules: dict[tuple[str, bool], list[Read]] = {}
        self.ladders: dict[str, list[Read]] = {}
        for expr in walk(program):
            if isinstance(expr, nodes.Measured):
                self.meters.setdefault(expr.meter, []).append((expr.aggregate, expr.window))
            elif isinstance(expr, nodes.Streak):
                for meter in expr.meters:
                    self.meters.setdefault(meter, []).append((None, expr.window))
            elif isinstance(expr, nodes.Earned):
                read: Read = nodes.Aggregate.SUM, expr.window
                if expr.rule is None:
                    self.units.setdefault((expr.unit, expr.back), []).append(read)
                for name in program.rules_of(expr.rule) if expr.rule is not None else ():
                    self.rules.setdefault((name, expr.back), []).append(read)
        for ladder in program.ladders.values():
            shown = counting.shown(ladder, program)
            self.ladders[ladder.name] = [(nodes.Aggregate.SUM, shown)] if shown is not None else []

        self.undoable: dict[str, list[nodes.Duration | None]] = {}
        for record in program.events.values():
            if record.reverses is not None:
                self.undoable.setdefault(record.reverses.event, []).append(record.reverses.within)

    def returnable(self, today: date) -> date:
        """The first day of which an event may still be undone; today, where none can."""
        times = [time for times in self.undoable.values() for time in times]
        if None in times:
            return BEGINNING
        return min((_before(today, time) for time in times if time is not None), default=today)


def _before(day: date, time: nodes.Duration) -> date:
    """A day no later than the first from which so long reaches to a day."""
    return add_months(day, -time.months - 1) if time.months else day - time.days * ONE


def prune(world: World, subject: Subject, reads: Reads) -> None:
    """Lets go of what a subject's state does not need as of its day."""
    for ref, deed in list(subject.deeds.items()):
        within = reads.undoable.get(deed.event.type, [])
        if all(time is not None and after(deed.day, time) < subject.day for time in within):
            del subject.deeds[ref]
    offers.forget(subject, subject.at)
    subject.happened = {name: day for name, day in subject.happened.items() if day >= subject.day}
    since = reads.returnable(subject.day)
    for purse in subject.purses.values():
        purse.emptied = {id: emptied for id, emptied in purse.emptied.items() if emptied[0] >= since}
    pruning = _Pruning(world, subject, since)
    for number, tally in [*subject.meters.items(), *subject.corrected.items()]:
        pruning.forget(tally, reads.meters.get(number, ()))
    for back, units, rules in (
        (False, subject.earned, subject.earned_by),
        (True, subject.taken_back, subject.taken_back_by),
    ):
        for unit, tally in units.items():
            pruning.forget(tally, reads.units.get((unit, back), ()))
        for rule, tally in rules.items():
            pruning.forget(tally, reads.rules.get((rule, back), ()))
    for ladder, tally in subject.forgiven.items():
        pruning.forget(tally, reads.ladders[ladder])
    for key, tally in subject.limits.items():
        limit = limit_under(world.program, key)
        pruning.forget_counted(tally, limit, limit.window, adds_up=limit.times is None)
    for rule, tally in [*subject.bases.items(), *subject.owed.items()]:
        accumulate = world.program.rules[rule].accumulate
        assert accumulate is not None
        pruning.forget_counted(tally, accumulate, total_window(accumulate), adds_up=True)


@dataclass
class _Pruning:
    """What is let go of a subject: `since` is the first day of which an event may still be undone."""

    world: World
    subject: Subject
    since: date

    def forget(self, tally: Tally, reads: Iterable[Read]) -> None:
        """Lets go of what no window shows, as of today or of any day since."""
        first, summed = date.max, False
        if self.since == BEGINNING:  # whatever was sold may be returned: nothing is too old
            return
        for aggregate, window in reads:
            if isinstance(window, nodes.Ever) and aggregate in ADDED_UP:
                summed = True
            elif isinstance(window, nodes.Ever) and aggregate in (nodes.Aggregate.LAST, nodes.Aggregate.DAYS_SINCE):
                first = min(first, _last(tally, with_value=aggregate is nodes.Aggregate.LAST))
            else:
                days = self.since, self.subject.day
                begin = min(_begin(self.world, self.subject, window, day) for day in days)
                first = min(first, begin, *(_ahead(tally, begin) if aggregate is None else ()))
        tally.forget(first, self.since, summed)

    def forget_counted(
        self, tally: Tally, of: nodes.Limit | nodes.Accumulate, window: nodes.Window, adds_up: bool
    ) -> None:
        """Lets go of what a limit or total counts in no window any more. What is counted for others, whose days are not the
        subject's, stays by day.
        """
        if isinstance(window, nodes.Ever) or not (of.person is not None or is_of_everybody(of)):
            self.forget(tally, [(nodes.Aggregate.SUM, window)])
        elif adds_up:
            tally.gather()


def _last(tally: Tally, with_value: bool) -> date:
    """The day of the last entry, or of the last that has a value."""
    entries = zip(reversed(tally.days), reversed(tally.values), strict=True)
    return next((day for day, value in entries if value is not None or not with_value), date.max)


def _ahead(tally: Tally, begin: date) -> Iterator[date]:
    """The days of values that are days themselves, from one on: they may lie after the day of their event."""
    for day, value in zip(tally.days, tally.values, strict=True):
        if isinstance(value, date) and value >= begin:
            yield day


def _begin(world: World, subject: Subject, window: nodes.Window, day: date) -> date:
    """The first day that a window shows as of a day."""
    if isinstance(window, nodes.Ever | nodes.Since):
        return BEGINNING
    return world.calendar.bounds(window, day, subject.joined if _of_membership(window) else BEGINNING)[0]


def _of_membership(window: nodes.Window) -> bool:
    return isinstance(window, nodes.Calendar) and window.period is nodes.Period.MEMBERSHIP_YEAR
