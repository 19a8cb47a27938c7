"""Whether a history breaks a law, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from guerdon.history.event import Event
from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.reference.evaluate import Gone, evaluate, is_read
from guerdon.reference.exact import ZERO
from guerdon.reference.scene import Scene
from guerdon.reference.state import Subject
from guerdon.study import words
from guerdon.study.laws.history import History, Told
from guerdon.study.trial import Trial


@dataclass(frozen=True, slots=True)
class Breach:
    """Where a claim is false: behind which event (its place from 0), of whom, at which trigger, and what it reads then."""

    place: int
    member: str
    values: tuple[tuple[str, str], ...]
    trigger: str = ""
    day: date | None = None


class Always:
    """The claim that a condition holds after every event and trigger."""

    def __init__(self, law: nodes.Law, program: nodes.Program) -> None:
        assert law.always is not None
        self.law, self.program, self.always = law, program, law.always
        reads = [each for each in walk(law.always, program.measures) if isinstance(each, nodes.Expr) and is_read(each)]
        self.reads = [each for each in reads if not isinstance(each, nodes.Field)] or reads
        self.tested = False

    def breach(self, history: History) -> Breach | None:
        """The first place at which the claim is false; None where it holds throughout."""
        case = history.case(self.law.name)
        found: list[Breach] = []
        trial = Trial(case, self.program)
        at = 0

        def happened(trigger: Event, member: Subject) -> None:
            found.extend(self._at(at, trial, member, trigger))

        trial.engine.happened = happened
        for at, step in enumerate(case.steps):
            assert isinstance(step, nodes.Happening)
            trial.happen(step)
            assert trial.last is not None
            today = trial.engine.calendar.day(trial.last.at)
            for member in trial.engine.members.values() if not found else ():
                if member.day == today:
                    found.extend(self._at(at, trial, member, None))
            if found:
                return found[0]
        return None

    def _at(self, place: int, trial: Trial, member: Subject, trigger: Event | None) -> Iterator[Breach]:
        """The breach of one member at one moment, if there is one; whoever was closed or erased has no claim."""
        scene = trial.engine.world.scene(member)
        if member.closed or member.into is not None:
            return
        try:
            if not all(evaluate(each, scene) for each in self.law.when):
                return
            self.tested = self.tested or bool(self.law.when)  # which held
            self.tested = self.tested or any(self._is_something(each, scene) for each in self.reads)
            if not evaluate(self.always, scene):
                name = trigger.type if trigger is not None else ""
                yield Breach(place, member.id, tuple(values(self.always, scene)), name, member.day)
        except Gone:
            return

    def _is_something(self, read: nodes.Expr, scene: Scene) -> bool:
        """Whether what is read is more than nothing: of tiers, more than the lowest."""
        value = evaluate(read, scene)
        if isinstance(read, nodes.Standing):
            return self.program.ladders[read.ladder].rank(str(value)) > 0
        return bool(value)


def values(condition: nodes.Expr, scene: Scene) -> Iterator[tuple[str, str]]:
    """What the sides of a condition's comparisons came to, each once; what is written as a value is left out."""
    sides = [
        side for each in walk(condition) if isinstance(each, nodes.Compare) for side in (each.left, each.right)
    ] or [condition]
    told = {words.written(side): side for side in sides if not isinstance(side, nodes.Literal)}
    for name, side in told.items():
        yield name, words.value(evaluate(side, scene), side.type)


# ---------------------------------------------------------------- more never gives less


Ended = tuple[Fraction, frozenset[str]]
"""How much there was in the end, and which events did not count."""


@dataclass(frozen=True, slots=True)
class More:
    """One fact of a history made larger: of which event (by its number), of which line, how much."""

    number: int
    line: int | None
    much: Fraction


class NeverLess:
    """The claim that more of a fact never gives less of a unit."""

    def __init__(self, law: nodes.Law, program: nodes.Program) -> None:
        assert law.unit is not None and law.event is not None and law.more is not None
        self.law, self.program = law, program
        self.unit, self.fact = law.unit, law.more
        step = program.units[law.unit].step
        self.kind = _kind(law, program)
        self.known: tuple[History, str, Ended] | None = None  # what the latest history ends with
        self.earned = nodes.Earned(law.unit, None, nodes.Ever(), types.Quantity(law.unit, step))
        self.tested = False

    def places(self, history: History) -> Iterator[tuple[Told, int | None, Fraction]]:
        """Where the fact stands in a history: the event, the line, and how much it is."""
        for told in history.told:
            if told.event != self.law.event:
                continue
            lines = [None] if self.law.lines is None else range(len(_lines(told.facts.get(self.law.lines))))
            for line in lines:
                value = self._facts(told, line).get(self.fact)
                if isinstance(value, Fraction):
                    yield told, line, value

    @property
    def step(self) -> Fraction:
        """The grid on which the fact lies."""
        return self.kind.step or Fraction(1, 100)

    def _facts(self, told: Told, line: int | None) -> dict[str, object]:
        return dict(told.facts if line is None else _lines(told.facts[self.law.lines or ""])[line])

    def raised(self, history: History, more: More) -> History | None:
        """The same history with more of the fact; None where it is not more, or the fact is gone."""
        for told, line, value in self.places(history):
            if (told.number, line) == (more.number, more.line) and value < more.much:
                facts = {**self._facts(told, line), self.fact: more.much}
                if line is not None:
                    lines = _lines(told.facts[self.law.lines or ""])
                    facts = {**told.facts, self.law.lines or "": (*lines[:line], facts, *lines[line + 1 :])}
                changed = replace(told, facts=facts)
                every = tuple(changed if each.number == told.number else each for each in history.told)
                return replace(history, told=every)
        return None

    def loss(self, history: History, more: More) -> tuple[Fraction, Fraction] | None:
        """What the member of the event ends with, and the lesser with more of the fact; None where it is not less."""
        other = self.raised(history, more)
        if other is None:
            return None
        member = next(each.member for each in history.told if each.number == more.number)
        if self.known is None or self.known[:2] != (history, member):
            self.known = history, member, self._ends(history, member)
        (first, out), (second, other_out) = self.known[2], self._ends(other, member)
        self.tested = self.tested or first != 0 or second != 0
        return (first, second) if second < first and out == other_out else None

    def _ends(self, history: History, member: str) -> Ended:
        """How much of the unit a member was given in all, less what was taken back, and which events were set aside or refused.

        Where these differ, not all else was the same.
        """
        trial = Trial(history.case(self.law.name), self.program)
        for step in trial.case.steps:
            assert isinstance(step, nodes.Happening)
            trial.happen(step)
        world = trial.engine.world
        subject = world.subjects.get(world.who(member))
        found = evaluate(self.earned, world.scene(subject)) if subject is not None else ZERO
        assert isinstance(found, Fraction | int)
        posted = trial.engine.posted
        aside = [str((each.source or {}).get("id")) for each in posted.rejections]
        return Fraction(found), frozenset([*aside, *(each.event for each in posted.ledger.refusals)])


def _kind(law: nodes.Law, program: nodes.Program) -> types.Quantity | types.Number:
    """The type of the fact that a law wants more of."""
    record = program.events[law.event or ""]
    of = record.facts[law.lines or law.more or ""].type
    if isinstance(of, types.Lines):
        of = program.records[of.record].facts[law.more or ""].type
    of = of.of if isinstance(of, types.Optional) else of
    assert isinstance(of, types.Quantity | types.Number)
    return of


def _lines(of: object) -> tuple[dict[str, object], ...]:
    return of if isinstance(of, tuple) else ()
