"""One event, or one trigger, of any member at any time: what it and its lines hold, as variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

import z3

from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.reference.calendar import Calendar
from guerdon.study.prove.values import Value, Variables, plainly

LINES = 2
"""So many lines of a list are told apart; of more of them only what they come to together is known."""

YEARS = (2020, 2036)
"""In these years the days are known at which a period begins or ends."""

Facts = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list, and whether it is there."""

    there: Any
    record: str
    facts: dict[str, Value]


@dataclass(slots=True)
class Scene:
    """An event of a kind, with the facts that it may have.

    Shape: `lines` by list; `few` by list: that it has no more than `LINES` lines.
    """

    program: nodes.Program
    event: str
    known: Variables
    facts: dict[str, Value] = field(default_factory=dict)
    lines: dict[str, list[Line]] = field(default_factory=dict)
    few: dict[str, Any] = field(default_factory=dict)

    @property
    def date(self) -> Any:
        """The program's day, as `date.toordinal` counts them."""
        return self.known.of("moment/date", "date", types.Date()).term

    @property
    def weekday(self) -> Any:
        """Monday is 0."""
        return (self.date - 1) % 7

    @property
    def minute(self) -> Any:
        """The minute of the local day."""
        term = self.known.of("moment/minute", "time of day", types.Days()).term
        self.known.facts.append(term < 24 * 60)
        return term

    @property
    def is_trigger(self) -> bool:
        return self.event in self.program.triggers

    @property
    def record(self) -> Mapping[str, nodes.Fact]:
        """What an event of this kind, or a trigger, holds."""
        if self.is_trigger:
            return self.program.triggers[self.event].facts
        return self.program.events[self.event].facts


def begin(program: nodes.Program, event: str, known: Variables, prefix: str = "") -> Scene:
    """A scene with variables for all facts that are given; those that are derived are added by who translates them.

    Shape: with another `prefix` another event of the kind, of the same member on the same day.
    """
    scene = Scene(program, event, known)
    for name, fact in scene.record.items():
        if fact.value is not None:
            continue
        of = plainly(fact.type)
        if isinstance(of, types.Lines):
            _lines(scene, name, of.record, prefix)
        else:
            key = f"{prefix}event/{event}/{name}"
            scene.facts[name] = known.of(key, name, fact.type, below_zero=not isinstance(of, types.Quantity))
    trigger = program.triggers.get(event)
    if trigger is not None:
        known.facts += _days_of(trigger, scene)
    return scene


def _days_of(trigger: nodes.Trigger, scene: Scene) -> Iterator[Any]:
    """On which days a trigger can happen: the days of periods are told apart in the years around the present."""
    if trigger.day is not None:
        yield scene.date == trigger.day.toordinal()
    if trigger.kind not in (nodes.TriggerKind.END, nodes.TriggerKind.START) or trigger.period is None:
        return
    if trigger.period is nodes.Period.MEMBERSHIP_YEAR:
        return
    calendar, day = Calendar(scene.program.frame), date(YEARS[0], 1, 1)
    days = []
    while day.year < YEARS[1]:
        first, end = calendar.period(trigger.period, day)
        days.append(first if trigger.kind is nodes.TriggerKind.START else end - timedelta(1))
        day = end
    inside = [scene.date == each.toordinal() for each in days]
    yield z3.Or(scene.date < days[0].toordinal(), scene.date > days[-1].toordinal(), *inside)


def _lines(scene: Scene, name: str, record: str, prefix: str) -> None:
    scene.few[name] = scene.known.of(f"{prefix}few/{name}", f"few `{name}`", types.YesNo()).term
    lines: list[Line] = []
    for at in range(LINES):
        there = scene.known.of(f"{prefix}line/{name}/{at}", f"line {at + 1} of `{name}`", types.YesNo()).term
        if lines:
            scene.known.facts.append(z3.Implies(there, lines[-1].there))
        facts = {
            each.name: scene.known.of(
                f"{prefix}line/{name}/{at}/{each.name}",
                f"{name}.{each.name}",
                each.type,
                below_zero=not isinstance(plainly(each.type), types.Quantity),
            )
            for each in scene.program.records[record].facts.values()
            if each.value is None
        }
        lines.append(Line(there, record, facts))
    scene.lines[name] = lines


def meaning(part: object, program: nodes.Program) -> str:
    """What a part of a program is, with all that it reads by name: tables, derived facts, measures, meters, rules and groups.

    Shape: the same only where it comes to the same; each name is told once, in the order in which it is met.
    """
    found, seen, waiting = [repr(part)], set[object](), [part]
    while waiting:
        for each in walk(waiting.pop()):
            for name, what in _named(each, program):
                if name not in seen:
                    seen.add(name)
                    found.append(f"{name!r}: {what!r}")
                    waiting.append(what)
    return "/".join(found)


def _named(node: object, program: nodes.Program) -> Iterator[tuple[object, object]]:
    """What a node reads by a name or a number. Of facts those of all events and records count that are called so."""
    match node:
        case nodes.Lookup(table):
            yield ("table", table), program.tables[table]
        case nodes.Defined(measure):
            yield ("measure", measure), program.measures[measure]
        case nodes.Measured(meter):
            yield ("meter", meter), program.meters[meter]
        case nodes.Streak(meters):
            yield from ((("meter", meter), program.meters[meter]) for meter in meters)
        case nodes.Given(rule):
            yield from ((("rule", name), program.rules[name]) for name in program.rules_of(rule))
            if rule in program.groups:
                yield ("group", rule), program.groups[rule]
        case nodes.Field(nodes.Scope.MEMBER, name) if name in program.member.facts:
            yield ("member", name), program.member.facts[name]
        case nodes.Theirs(_, name) if name in program.member.facts:
            yield ("member", name), program.member.facts[name]
        case nodes.Field(nodes.Scope.EVENT | nodes.Scope.LINE | nodes.Scope.OPENED, name):
            records = *program.events.values(), *program.records.values()
            own = [(each.name, each.facts) for each in records]
            own += [(each.name, each.facts) for each in program.triggers.values()]
            for of, facts in own:
                if name in facts and facts[name].value is not None:
                    yield ("fact", of, name), facts[name]


def holds(stretch: nodes.Stretch, scene: Scene) -> Any:
    """Whether the event happened within a stretch of days, weekdays or hours."""
    match stretch:
        case nodes.Dates(first, end):
            return z3.And(
                z3.BoolVal(True) if first is None else scene.date >= first.toordinal(),
                z3.BoolVal(True) if end is None else scene.date < end.toordinal(),
            )
        case nodes.Weekdays(days):
            return z3.Or([scene.weekday == day for day in sorted(days)])
        case nodes.Hours(start, end):
            begins, ends = scene.minute >= _minutes(start), scene.minute < _minutes(end)
            return z3.And(begins, ends) if start <= end else z3.Or(begins, ends)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
