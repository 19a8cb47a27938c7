"""Triggers: what happens to a member by itself, and on which day next.

Source: language reference, Triggers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import assert_never

from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.program.nodes import TriggerKind
from guerdon.program.time import LAST_YEAR
from guerdon.reference import lots
from guerdon.reference.calendar import BEGINNING, ONE, add_months, after
from guerdon.reference.exact import ZERO
from guerdon.reference.state import Subject
from guerdon.reference.world import World


@dataclass(frozen=True, slots=True)
class Due(Event):
    """A trigger that happens to a member: its id says which, on which day, to whom, so it is a name of its own."""

    @property
    def name(self) -> str:
        return self.id

    @property
    def posted(self) -> int:
        """What fell due before the latest event became known is posted when that did."""
        return self.recorded


def happening(trigger: nodes.Trigger, member: Subject, at: int, quantity: Fraction | None = None) -> Due:
    """A trigger at a member's day; `quantity` is the fact of that name."""
    facts = {} if quantity is None else {"quantity": quantity}
    return replace(due_on(trigger, member.id, member.day, at), recorded=max(at, member.known), facts=facts)


def due_on(trigger: nodes.Trigger, member: str, day: date, at: int) -> Due:
    """A trigger that happens to a member on a day, at an instant, and is known then."""
    return Due(f"{due_words(trigger, day)}/{member}", trigger.name, member, at, at, 0, {})


def due_words(trigger: nodes.Trigger, day: date) -> str:
    """What a trigger that happens on a day is called, without to whom."""
    return day.isoformat() if trigger.kind is TriggerKind.DATE else f"{trigger.name} {day.isoformat()}"


def end(world: World, trigger: nodes.Trigger, member: Subject) -> date:
    """The last day of the next period at whose end the trigger has not happened yet."""
    last = _next_period(world, trigger, member, member.day) - ONE
    if member.happened.get(trigger.name) == last:
        return _next_period(world, trigger, member, last + ONE) - ONE
    return last


def _next_period(world: World, trigger: nodes.Trigger, member: Subject, day: date) -> date:
    """The day on which the period after that of a day starts."""
    assert trigger.period is not None
    of_member = trigger.period is nodes.Period.MEMBERSHIP_YEAR
    return world.calendar.period(trigger.period, day, 0, member.joined if of_member else BEGINNING)[1]


def due(world: World, trigger: nodes.Trigger, member: Subject) -> date | None:
    """The next day, after the member's, on whose start a trigger happens as things stand; None: none is known.

    Shape: of triggers that happen at the start of a day; not at the end of a period, not with a tier.
    """
    days = (day for day in _days(world, trigger, member) if day > member.day)
    return min(days, default=None)


def _days(world: World, trigger: nodes.Trigger, member: Subject) -> Iterator[date]:
    match trigger.kind:
        case TriggerKind.START:
            yield _next_period(world, trigger, member, member.day)
        case TriggerKind.ANNIVERSARY:
            of = member.joined if trigger.fact is None else member.facts.get(trigger.fact)
            if of is not None and of.year < LAST_YEAR:
                years = max(member.day.year - of.year, 1)
                yield from (add_months(of, 12 * each) for each in (years, years + 1))
        case TriggerKind.DATE:
            assert trigger.day is not None
            yield trigger.day
        case TriggerKind.AFTER:
            yield from (day for day, _ in member.coming.get(trigger.name, ()))
        case TriggerKind.WITHOUT:
            assert trigger.time is not None
            known = [member.active[event] for event in trigger.events if event in member.active]
            yield after(max(known, default=member.joined), trigger.time)
        case TriggerKind.BEFORE:
            yield from (day for day, _ in _expiring(world, trigger, member))
        case TriggerKind.END | TriggerKind.REACHED:
            raise AssertionError("these are not due at the start of a day")
        case _:
            assert_never(trigger.kind)


def _expiring(world: World, trigger: nodes.Trigger, member: Subject) -> Iterator[tuple[date, Fraction]]:
    """The days that lie so long before each lot's last, and how much is left of it."""
    assert trigger.unit is not None and trigger.time is not None
    unit, time = world.program.units[trigger.unit], trigger.time
    for lot in member.purses[unit.name].lots:
        gone = lots.gone(world, unit, member, lot)
        if gone is not None:
            yield add_months(gone, -time.months) if time.months else gone - time.days * ONE, lot.left


def quantity(world: World, trigger: nodes.Trigger, member: Subject) -> Fraction | None:
    """How much expires so long after the member's day; None for triggers without that fact."""
    if trigger.kind is not TriggerKind.BEFORE:
        return None
    return sum((left for day, left in _expiring(world, trigger, member) if day == member.day), ZERO)


# ---------------------------------------------------------------- so long after events


def note(world: World, member: Subject, event: Event, undoable: bool) -> None:
    """Notes the days that lie so long after an event; with its name, where it can be undone."""
    ref = (event.type, event.id) if undoable else None
    for trigger in world.program.triggers.values():
        if trigger.kind is TriggerKind.AFTER and event.type in trigger.events:
            assert trigger.time is not None
            entry = after(member.day, trigger.time), ref
            coming = member.coming.setdefault(trigger.name, [])
            if entry not in coming:
                coming.append(entry)


def forget(member: Subject, event: Event) -> None:
    """Lets go of what was to come after an event of which nothing remains."""
    for name, coming in member.coming.items():
        member.coming[name] = [entry for entry in coming if entry[1] != (event.type, event.id)]


def drop_past(member: Subject) -> None:
    """Lets go of days up to the member's, which have begun."""
    for name, coming in list(member.coming.items()):
        left = [entry for entry in coming if entry[0] > member.day]
        if left:
            member.coming[name] = left
        else:
            del member.coming[name]
