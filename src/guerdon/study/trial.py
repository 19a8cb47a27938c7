"""The tests of a program, run on the reference engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Protocol

from guerdon.history.event import Event, Facts
from guerdon.program import nodes, types
from guerdon.reference import ladders, lots
from guerdon.reference.calendar import ONE
from guerdon.reference.engine import Engine
from guerdon.reference.rules import Verdict
from guerdon.reference.state import Lot, Subject
from guerdon.study import words
from guerdon.study.found import Found
from guerdon.text import diagnostic
from guerdon.text.diagnostic import Diagnostic
from guerdon.text.source import Span

NOON = time(12)
"""The time of a test's event that names none."""


@dataclass(frozen=True, slots=True)
class Miss:
    """An expectation that was not met: where, what came instead, and where that came from."""

    span: Span
    expected: str
    found: str
    help: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A test, and what of it was not met."""

    case: nodes.Case
    misses: tuple[Miss, ...]


class Observer(Protocol):
    """Told of what happens in tests: of each engine, of each rule at each event, and of each event."""

    def begin(self, engine: Engine) -> None:
        """A test begins."""

    def watch(self, event: Event, facts: Facts, verdict: Verdict) -> None:
        """A rule was looked at."""

    def happened(self, engine: Engine, event: Event, refused: bool) -> None:
        """An event of the test happened, or was refused or set aside."""

    def end(self, engine: Engine) -> None:
        """The test is over."""


def run(program: nodes.Program, observer: Observer | None = None) -> tuple[Result, ...]:
    """The results of all tests of a program, in text order."""
    return tuple(Result(case, tuple(_misses(case, program, observer))) for case in program.tests)


def _misses(case: nodes.Case, program: nodes.Program, observer: Observer | None) -> Iterator[Miss]:
    trial = Trial(case, program, observer)
    yield from _unmet(trial, case, program)
    if observer is not None:
        observer.end(trial.engine)


def _unmet(trial: Trial, case: nodes.Case, program: nodes.Program) -> Iterator[Miss]:
    for step in case.steps:
        if isinstance(step, nodes.Happening):
            trial.happen(step)
        else:
            found, expected = trial.found(step), words.expected(step, program)
            if found != expected:
                yield Miss(step.span, expected, found + trial.aside(step), trial.why(step, expected))


class Trial:
    """An engine with the openings of one test, its events happening one after the other.

    Shape: events have the ids 1, 2, 3... in the order of the test.
    """

    def __init__(self, case: nodes.Case, program: nodes.Program, observer: Observer | None = None) -> None:
        self.case, self.program, self.observer = case, program.trying(case), observer
        facts: dict[str, dict[str, object]] = {}
        for opening in case.given:
            if opening.fact:
                facts.setdefault(opening.member, {})[opening.fact] = opening.value
        self.engine = Engine(self.program, facts)
        if observer is not None:
            observer.begin(self.engine)
            self.engine.watching = None, observer.watch
        self.events = 0
        self.last: Event | None = None
        self.opened: set[str] = set()
        self.silent = [each.member for each in case.given if each.member not in _acting(case)]

    def happen(self, step: nodes.Happening) -> None:
        at = self.engine.calendar.instant(step.date, step.time or NOON)
        self.events += 1
        event = Event(str(self.events), step.event, step.member, at, at, self.events, step.facts)
        for id in (*self.silent, *_named(event, self.program), step.member):
            self._open(id, event)
        self.engine.happen(event, self.observer.watch if self.observer is not None else None)
        self.last = event
        if self.observer is not None:
            self.observer.happened(self.engine, event, bool(Found(self.engine, event).why_nothing()))

    def _open(self, id: str, event: Event) -> None:
        """Gives a member, or an account, what the test gives it: once, before the first event that it has a part in."""
        given = [each for each in self.case.given if each.member == id]
        if id in self.opened or not given:
            return
        self.opened.add(id)
        for opening in given:
            if opening.fact:
                self._owner(id, None, event)
            ladder = self.program.ladders.get(opening.ladder or "")
            unit = self.program.units.get(opening.unit or "")
            if ladder is not None and opening.tier:
                subject = self._owner(id, ladder.account, event)
                ladders.give(ladder, self.engine.world.scene(subject), ladder.rank(opening.tier), None)
            elif unit is not None and opening.quantity:
                self._grant(self._owner(id, unit.account, event), unit, opening, event)

    def _owner(self, id: str, account: str | None, event: Event) -> Subject:
        """Who owns a thing of an account: the account of the member, or the account itself of which this is the id."""
        world = self.engine.world
        if account is not None and id not in _people(self.case, self.program):
            return world.admit(f"{account}/{id}", {}, self.engine.calendar.day(event.at), event.at, account)
        return world.owner(self.engine.admit(replace(event, member=id)), account)

    def _grant(self, owner: Subject, unit: nodes.Unit, opening: nodes.Opening, event: Event) -> None:
        """So much as a lot of that day; of a status unit, as counted."""
        assert opening.quantity is not None
        day, much, id = owner.day, opening.quantity, f"given/{opening.member}/{unit.name}"
        if unit.spendable:
            earner = self.engine.world.subjects.get(opening.member, owner)
            lot = Lot(id, unit.name, much, much, day, 0, day, None, None, None, earner.id, owner.id)
            lots.pin(self.engine.world, owner, lot, earner)
            lots.grant(self.engine.world, owner, lot, event.at, None, "given", merge=False)
        else:
            owner.earned[unit.name].add(day, much, ("given", id))

    def found(self, step: nodes.Expectation) -> str:
        """What there is in place of what was expected, in the same words."""
        return Found(self.engine, self.last).text(step)

    def why(self, step: nodes.Expectation, expected: str) -> tuple[str, ...]:
        """What the rules gave at the latest event, where that is asked for; that a day's end makes a difference."""
        if step.kind is nodes.Expected.AWARD and step.on is None:
            return self._given(step) if self.last is not None and not self.aside(step) else ()
        if step.on is None or step.kind in (nodes.Expected.AWARD, nodes.Expected.SAID, nodes.Expected.REFUSED):
            return ()
        ended = Found(self.engine, self.last).ended(step)
        return _at_the_end(step.on, ended, ended == expected) if ended not in ("", self.found(step)) else ()

    def _given(self, step: nodes.Expectation) -> tuple[str, ...]:
        """The same events once more, watched: most tests are met, and need no watching."""
        from guerdon.study import missed  # only for tests that are not met

        assert self.last is not None
        watched = missed.Watched()
        again = Trial(self.case, self.program, watched)
        for each in [each for each in self.case.steps if isinstance(each, nodes.Happening)][: self.events]:
            again.happen(each)
        return missed.told(step, self.last, watched, again.engine)

    def aside(self, step: nodes.Expectation) -> str:
        """That nothing came of the latest event, and why; empty where something did."""
        why = Found(self.engine, self.last).why_nothing()
        return f"; {why}" if why and step.kind is not nodes.Expected.REFUSED else ""


def _at_the_end(day: date, ended: str, met: bool) -> tuple[str, ...]:
    """What a day is at its end, where that is something else than on the day."""
    last = f"at the very end of {day} it becomes {ended}, by what happens at the end of a period"
    return (last, f"write `on {day + ONE}`: what comes at the end of a day is there on the next") if met else (last,)


def _acting(case: nodes.Case) -> set[str]:
    """The members that something happens to in a test."""
    return {step.member for step in case.steps if isinstance(step, nodes.Happening)}


def _people(case: nodes.Case, program: nodes.Program) -> set[str]:
    """The members of a test: those that act, that have facts, or that an event names."""
    steps = [step for step in case.steps if isinstance(step, nodes.Happening)]
    named = {id for step in steps for id in _named(Event("", step.event, step.member, 0, 0, 0, step.facts), program)}
    return _acting(case) | {each.member for each in case.given if each.fact} | named


def _named(event: Event, program: nodes.Program) -> Iterator[str]:
    """The members that an event's facts name."""
    for fact in program.events[event.type].facts.values():
        of = fact.type.of if isinstance(fact.type, types.Optional) else fact.type
        if isinstance(of, types.Member) and event.facts.get(fact.name) is not None:
            yield str(event.facts[fact.name])


def render(result: Result, miss: Miss) -> str:
    """What was not met, in the layout of all messages."""
    message = f'test "{result.case.name}" expected {miss.expected} and found {miss.found}'
    return diagnostic.render(Diagnostic("G701", message, miss.span, f"found {miss.found}", help=miss.help))


def as_json(result: Result) -> dict[str, object]:
    """A result as plain values."""
    misses = [
        {"place": str(miss.span), "expected": miss.expected, "found": miss.found, "help": list(miss.help)}
        for miss in result.misses
    ]
    return {"test": result.case.name, "passed": not misses, "misses": misses}
