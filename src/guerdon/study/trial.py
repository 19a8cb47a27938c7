"""The tests of a program, run on the reference engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from fractions import Fraction

from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.state import Held
from guerdon.study import words
from guerdon.text import diagnostic
from guerdon.text.diagnostic import Diagnostic
from guerdon.text.source import Span

NOON = time(12)
"""The time of a test's event that names none."""


@dataclass(frozen=True, slots=True)
class Miss:
    """An expectation that was not met: where, and what came instead."""

    span: Span
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Result:
    """A test, and what of it was not met."""

    case: nodes.Case
    misses: tuple[Miss, ...]


def run(program: nodes.Program) -> tuple[Result, ...]:
    """The results of all tests of a program, in text order."""
    return tuple(Result(case, tuple(_misses(case, program))) for case in program.tests)


def _misses(case: nodes.Case, program: nodes.Program) -> Iterator[Miss]:
    trial = _Trial(case, program)
    for number, step in enumerate(case.steps):
        if isinstance(step, nodes.Happening):
            trial.happen(step, number)
        else:
            found = trial.found(step)
            expected = _shown(step)
            if found != expected:
                yield Miss(step.span, expected, found)


def _shown(step: nodes.Expectation) -> str:
    if step.kind is nodes.Expected.TIER:
        return f"{step.ladder} {step.tier}"
    assert step.quantity is not None and step.unit is not None
    return words.quantity(step.quantity, step.unit)


class _Trial:
    """An engine with the openings of one test, its events happening one after the other."""

    def __init__(self, case: nodes.Case, program: nodes.Program) -> None:
        self.case, self.program = case, program
        facts: dict[str, dict[str, object]] = {}
        for opening in case.given:
            if opening.fact:
                facts.setdefault(opening.member, {})[opening.fact] = opening.value
        self.engine = Engine(program, facts)
        self.last: Event | None = None

    def happen(self, step: nodes.Happening, number: int) -> None:
        at = self.engine.calendar.instant(step.date, step.time or NOON)
        event = Event(f"{number:04}", step.event, step.member, at, at, number, step.facts)
        if step.member not in self.engine.members:
            self._open(event)
        self.engine.happen(event)
        self.last = event

    def _open(self, event: Event) -> None:
        """The member as the test gives it, from its first event on."""
        member = self.engine.admit(event)
        for opening in self.case.given:
            if opening.member != event.member:
                continue
            if opening.ladder and opening.tier:
                ladder = self.program.ladders[opening.ladder]
                ends = self.engine.calendar.term_end(ladder.lasts, member.day)
                rank = ladder.rank(opening.tier)
                member.held[ladder.name] = Held(rank, ends if rank else None, given=True)
            elif opening.unit and opening.quantity is not None:
                member.balances[opening.unit] = member.balances.get(opening.unit, Fraction(0)) + opening.quantity

    def found(self, step: nodes.Expectation) -> str:
        """What there is in place of what was expected, in the same words."""
        if step.kind is nodes.Expected.AWARD:
            return self._awarded(step)
        who = step.member or (self.last.member if self.last else "")
        if who not in self.engine.members:
            return f"no member {who}" if who else "no event before it"
        member = self.engine.members[who]
        if step.on is not None:
            self.engine.pass_to(member, step.on)
        if step.kind is nodes.Expected.TIER:
            assert step.ladder is not None
            ladder = self.program.ladders[step.ladder]
            return f"{step.ladder} {ladder.tiers[member.held[step.ladder].rank].name}"
        assert step.unit is not None
        return words.quantity(member.balances.get(step.unit, Fraction(0)), step.unit)

    def _awarded(self, step: nodes.Expectation) -> str:
        """What the latest event gave, by one rule or by all that give this unit."""
        assert step.unit is not None
        if self.last is None:
            return "no event before it"
        given = [
            award.quantity
            for award in self.engine.posted.ledger.awards
            if award.event == self.last.id
            and award.unit == step.unit
            and (step.rule is None or award.rule == step.rule)
            and (step.member is None or award.member == step.member)
        ]
        return words.quantity(sum(given, Fraction(0)), step.unit)


def render(result: Result, miss: Miss) -> str:
    """What was not met, in the layout of all messages."""
    message = f'test "{result.case.name}" expected {miss.expected} and found {miss.found}'
    return diagnostic.render(Diagnostic("G701", message, miss.span, f"found {miss.found}"))


def as_json(result: Result) -> dict[str, object]:
    """A result as plain values."""
    misses = [{"place": str(miss.span), "expected": miss.expected, "found": miss.found} for miss in result.misses]
    return {"test": result.case.name, "passed": not misses, "misses": misses}
