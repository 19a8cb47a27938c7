"""Triggers happen on their days, each once: counted by a walk over all days, and whether or not anybody looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import hypothesis
from tests.generated import pool
from tests.generated.histories import History
from tests.generated.playing import ending, same

from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.program.nodes import TriggerKind
from guerdon.reference.calendar import ONE, after
from guerdon.reference.engine import Engine
from guerdon.reference.state import Subject

Happened = tuple[str, str, date]
"""A trigger, a member and a day."""


class Watched(Engine):
    """An engine that notes which triggers happened."""

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.seen: list[Happened] = []

    def _happen(self, trigger: nodes.Trigger, member: Subject, at: int) -> None:
        self.seen.append((trigger.name, member.id, member.day))
        super()._happen(trigger, member, at)


def watched(program: nodes.Program, history: History, daily: bool = False) -> Watched:
    """The engine after a history; `daily`: with each day of a member's past begun by itself."""
    engine = Watched(program, history.members)
    end = ending(engine, history)
    for event in history.events:
        if end is None or event.at < end:
            if daily and not engine._is_late(event):
                known = engine.world.subjects.get(engine.world.who(event.member))
                for subject in engine.world.involved(known) if known is not None else ():
                    _step(engine, subject, engine.calendar.day(event.at))
            engine.happen(event)
    if daily:
        until = end if end is not None else engine.posted.until or 1
        for subject in sorted(engine.world.subjects.values(), key=lambda each: each.id):  # as the engine closes
            _step(engine, subject, engine.calendar.day(until - 1))
    engine.close(end)
    return engine


def _step(engine: Engine, subject: Subject, day: date) -> None:
    while subject.day < day and subject.into is None:  # whoever became part of another has no days any more
        engine.pass_to(subject, subject.day + ONE)


def waits(program: nodes.Program) -> bool:
    return bool(program.triggers)


@pool.settings(0.5)
@hypothesis.given(pool.played(lambda program: waits(program) and program.frame.lateness is None, most=6))
def test_to_look_at_each_day_changes_nothing(case):
    """Law 10: days that begin one by one bring the same, for silent members too."""
    _, program, history = case
    hypothesis.assume(not _refusing(program))
    jumped, walked = watched(program, history), watched(program, history, daily=True)
    assert sorted(jumped.seen) == sorted(walked.seen)
    same(jumped.posted.ledger, walked.posted.ledger)


def _refusing(program: nodes.Program) -> bool:
    """Whether a return may be set aside after the days before it were begun."""
    return any(unit.debt.kind is nodes.DebtKind.REFUSED for unit in program.units.values())


@pool.settings(0.5)
@hypothesis.given(pool.played(waits))
def test_a_trigger_happens_once_a_day_at_most(case):
    """Law 5: so its awards have ids of their own."""
    _, program, history = case
    hypothesis.assume(program.frame.lateness is None)
    engine = watched(program, history)
    assert len(engine.seen) == len(set(engine.seen))
    ids = [award.id for award in engine.posted.ledger.awards]
    assert len(ids) == len(set(ids))


# ---------------------------------------------------------------- counted by hand


@pool.settings()
@hypothesis.given(pool.shops("waiting", without=("merged", "transfer", "erased", "opening")))
def test_each_happens_on_the_days_that_a_naive_walk_counts(case):
    """Law 10: of all days from a member's first to the last, those on which a trigger is due by the reference's words."""
    _, program, history = case
    engine = watched(program, history)
    aside = {each.source["id"] for each in engine.posted.rejections}
    refused = {each.event for each in engine.posted.ledger.refusals}
    for member in engine.members:
        known = [each for each in history.events if each.member == member and each.id not in aside]
        known = [each for each in known if engine.posted.until is not None and each.at < engine.posted.until]
        for trigger in program.triggers.values():
            if trigger.kind in (TriggerKind.BEFORE, TriggerKind.REACHED):
                continue
            seen = [day for name, who, day in engine.seen if (name, who) == (trigger.name, member)]
            told = Told(
                engine, trigger, [each for each in known if each.id not in refused or each is known[0]], refused
            )
            assert (trigger.name, seen) == (trigger.name, list(told.days(history.members[member])))


class Told:
    """What is known of one member, day by day."""

    def __init__(self, engine: Engine, trigger: nodes.Trigger, events: list[Event], refused: set[str]) -> None:
        self.engine, self.trigger, self.refused = engine, trigger, refused
        self.events = [(engine.calendar.day(each.at), each) for each in events]

    def days(self, facts: dict[str, object]) -> Iterator[date]:
        """The days on which the trigger is due; none after the member was closed."""
        until = self.engine.posted.until
        assert until is not None
        day, last = self.events[0][0], self.engine.calendar.day(until - 1)
        ended = until >= self.engine.calendar.start(last + ONE)
        while day <= last:
            before = [(on, each) for on, each in self.events if on < day]
            so_far = before if self.trigger.kind is not TriggerKind.END else [e for e in self.events if e[0] <= day]
            closed = any(each.type == "closed" for _, each in so_far)
            over = day < last or ended or self.trigger.kind is not TriggerKind.END
            if so_far and not closed and over and self._is_due(day, so_far, facts):
                yield day
            day += ONE

    def _is_due(self, day: date, events: list[tuple[date, Event]], facts: dict[str, object]) -> bool:
        trigger = self.trigger
        joined = max((on for on, each in events if each.type == "joined"), default=events[0][0])
        accepted = [on for on, each in events if each.type in trigger.events and each.id not in self.refused]
        match trigger.kind:
            case TriggerKind.END:
                return self._ends(day, joined)
            case TriggerKind.START:
                return self._ends(day - ONE, joined)
            case TriggerKind.DATE:
                return day == trigger.day
            case TriggerKind.AFTER:
                assert trigger.time is not None
                return any(after(on, trigger.time) == day for on in accepted)
            case TriggerKind.WITHOUT:
                assert trigger.time is not None
                return after(max(accepted, default=joined), trigger.time) == day
            case _:
                of: object = joined
                if trigger.fact is not None:
                    changed = [each.facts[trigger.fact] for _, each in events if each.type == "changed"]
                    told = [value for value in changed if value is not None]
                    of = told[-1] if told else facts[trigger.fact]
                return isinstance(of, date) and day.year > of.year and _same_day(of, day)

    def _ends(self, day: date, joined: date) -> bool:
        next_day, period = day + timedelta(1), self.trigger.period
        match period:
            case nodes.Period.DAY:
                return True
            case nodes.Period.WEEK:
                return next_day.weekday() == 0
            case nodes.Period.MONTH:
                return next_day.day == 1
            case nodes.Period.QUARTER:
                return next_day.day == 1 and next_day.month in (1, 4, 7, 10)
            case nodes.Period.YEAR | nodes.Period.FISCAL_YEAR:
                return (next_day.month, next_day.day) == (1, 1)
            case _:
                return next_day.year > joined.year and _same_day(joined, next_day)


def _same_day(of: date, day: date) -> bool:
    """Whether a day is an anniversary: 28 February in years without the 29th."""
    leap = (of.month, of.day) == (2, 29) and (day + ONE).month == 3 and day.month == 2
    return (of.month, of.day) == (day.month, day.day) or (leap and day.day == 28)
