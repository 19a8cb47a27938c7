"""A moment that the solver found, as a test, and what the reference engine makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from fractions import Fraction
from typing import Any

import z3

from guerdon.check.happenings import SOMEBODY
from guerdon.history.event import Event, Facts
from guerdon.program import nodes, types
from guerdon.reference.engine import Engine
from guerdon.reference.rules import Verdict
from guerdon.study.laws import history
from guerdon.study.prove.rules import Judged
from guerdon.study.prove.values import Value, Variables, exact, plainly
from guerdon.study.trial import NOON, Trial


@dataclass(frozen=True, slots=True)
class Witness:
    """A member and what happens to them: the last event is the one that shows it."""

    case: nodes.Case

    @property
    def event(self) -> nodes.Happening:
        step = self.case.steps[-1]
        assert isinstance(step, nodes.Happening)
        return step

    def but(self, **facts: object) -> Witness:
        """The same with other facts of the event."""
        return self.with_event(self.event.but(facts={**self.event.facts, **facts}))

    def with_event(self, event: nodes.Happening) -> Witness:
        return replace(self, case=self.case.but(steps=(*self.case.steps[:-1], event)))

    def lines(self, program: nodes.Program) -> list[str]:
        """The clauses of a test that tells of it."""
        given = [f"given {_given(each, program)}" for each in self.case.given]
        return [*given, *(_event(step, program) for step in self.case.steps if isinstance(step, nodes.Happening))]


def _given(opening: nodes.Opening, program: nodes.Program) -> str:
    if opening.fact is not None:
        kind = program.member.facts[opening.fact].type
        return f"{opening.fact} {history.written(opening.value, kind, program)}"
    if opening.ladder is not None:
        return f"{opening.ladder} {opening.tier}"
    if opening.control is not None:
        return f'control "{opening.control}"'
    assert opening.unit is not None and opening.quantity is not None
    return history.much(opening.quantity, opening.unit)


def _event(step: nodes.Happening, program: nodes.Program) -> str:
    clock = "" if step.time is None else f" at {step.time:%H:%M}"
    told = history.facts(step.facts, program.events[step.event], program)
    return f"event {step.event} on {step.date.isoformat()}{clock}{f': {told}' if told else ''}"


REPEATED = (0, 1, 31)
"""How many days lie between events that happen again and again."""
OFTEN = 12


def repeated(of: Witness, often: int = OFTEN) -> Iterator[Witness]:
    """The same, with its event happening once, and then again and again: on one day, on days in a row, a month apart."""
    yield of
    for days in REPEATED:
        for times in range(2, often + 1):
            steps = [of.event.but(date=of.event.date + timedelta(days * at)) for at in range(times)]
            yield Witness(of.case.but(steps=tuple(steps)))


# ---------------------------------------------------------------- on the engine


@dataclass(slots=True)
class _Watched:
    """The verdicts at the latest event."""

    verdicts: dict[str, Verdict]
    event: Event | None = None
    aside: bool = False

    def begin(self, engine: Engine) -> None: ...

    def watch(self, event: Event, facts: Facts, verdict: Verdict) -> None:
        if self.event is not event:
            self.event = event
            self.verdicts.clear()
        self.verdicts[verdict.rule.name] = verdict

    def happened(self, engine: Engine, event: Event, refused: bool) -> None:
        self.aside = refused
        if self.event is not event:
            self.verdicts.clear()

    def end(self, engine: Engine) -> None: ...


def run(witness: Witness, program: nodes.Program) -> Mapping[str, Verdict] | None:
    """What each rule came to at the last event, on the reference engine; None where the event was refused or set aside."""
    watched = _Watched({})
    trial = Trial(witness.case, program, watched)
    for step in witness.case.steps:
        assert isinstance(step, nodes.Happening)
        trial.happen(step)
    return None if watched.aside else watched.verdicts


def given(verdicts: Mapping[str, Verdict], unit: str) -> Fraction:
    """What the rules give of a unit together."""
    found = [each.quantity for each in verdicts.values() if each.rule.unit == unit and not each.rule.takes]
    return sum(found, Fraction(0))


# ---------------------------------------------------------------- from a model


def witness(found: Judged, model: Any, name: str) -> Witness | None:
    """The moment of a model as a test; None where no test can tell it (a trigger, a past that must have been)."""
    scene, known = found.scene, found.scene.known
    if scene.is_trigger:
        return None
    facts = {
        name: _read(known, model, scene.facts.get(name), fact.type)
        for name, fact in scene.record.items()
        if fact.value is None
    }
    for name_of, lines in scene.lines.items():
        of = [line for line in lines if z3.is_true(model.eval(line.there, model_completion=True))]
        facts[name_of] = tuple(
            {
                fact.name: _read(known, model, line.facts.get(fact.name), fact.type)
                for fact in scene.program.records[line.record].facts.values()
                if fact.value is None
            }
            for line in of
        )
    day, clock = _moment(known, model, scene.program.frame.day_start)
    step = nodes.Happening(scene.event, SOMEBODY, day, None if clock == NOON else clock, facts)
    return Witness(nodes.Case(name, tuple(_opened(found, model)), (step,)))


def _moment(known: Variables, model: Any, day_start: time) -> tuple[date, time]:
    """The local date and time of a program's day; before the day starts, it is the next local date."""
    day = known.things.get("moment/date")
    minute = known.things.get("moment/minute")
    found = date.fromordinal(int(_number(model, day.value.term))) if day is not None else date(2026, 3, 2)
    clock = divmod(int(_number(model, minute.value.term)), 60) if minute is not None else (12, 0)
    at = time(*clock)
    return (found + timedelta(1) if at < day_start else found), at


def _opened(found: Judged, model: Any) -> Iterator[nodes.Opening]:
    """What is known of the member, the tiers that they hold, and what they have."""
    program, known = found.scene.program, found.scene.known
    for fact in program.member.facts.values():
        thing = known.things.get(f"member/{fact.name}")
        value = _read(known, model, thing.value if thing is not None else None, fact.type)
        if value is not None:
            yield nodes.Opening(SOMEBODY, fact=fact.name, value=value)
    for ladder in program.ladders.values():
        thing = known.things.get(f"tier/{ladder.name}")
        if thing is not None:
            tier = known.words.word(int(_number(model, thing.value.term)))
            if tier != ladder.tiers[0].name:
                yield nodes.Opening(SOMEBODY, ladder=ladder.name, tier=tier)
    for unit in program.units:
        thing = known.things.get(f"available/{unit}")
        much = _number(model, thing.value.term) if thing is not None else Fraction(0)
        if much > 0:
            yield nodes.Opening(SOMEBODY, unit=unit, quantity=much)
    for group in program.control_groups:
        thing = known.things.get(f"control/{group}")
        if thing is not None and z3.is_true(model.eval(thing.value.term, model_completion=True)):
            yield nodes.Opening(SOMEBODY, control=group)


def _number(model: Any, term: Any) -> Fraction:
    return exact(model.eval(term, model_completion=True))


def _read(known: Variables, model: Any, value: Value | None, of: types.Type) -> object:
    """A fact's value; one that nothing looks at is a plain one, or missing."""
    kind = plainly(of)
    if value is None or z3.is_true(model.eval(value.missing, model_completion=True)):
        return None if isinstance(of, types.Optional) else _any(kind)
    match kind:
        case types.YesNo():
            return z3.is_true(model.eval(value.term, model_completion=True))
        case types.Quantity() | types.Number() | types.AmountOf():
            return _number(model, value.term)
    number = int(_number(model, value.term))
    match kind:
        case types.Date():
            return date.fromordinal(number)
        case types.Days() | types.Months() | types.Instant():
            return number
        case types.Choice(values):
            word = known.words.word(number)
            return word if word in values else values[0]
    return known.words.word(number)


def _any(of: types.Type) -> object:
    """A plain value of a type."""
    match of:
        case types.Quantity() | types.Number() | types.AmountOf():
            return Fraction(0)
        case types.YesNo():
            return False
        case types.Date():
            return date(2026, 3, 2)
        case types.Choice(values):
            return values[0]
        case types.Lines():
            return ()
        case types.Days() | types.Months() | types.Instant():
            return 0
    return "a"


def few(found: Judged) -> Iterable[Any]:
    """That no list has more lines than are told apart."""
    return found.scene.few.values()
