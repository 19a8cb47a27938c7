"""A program as the solver is asked about it: all that can happen, once for each kind of event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.rules import Verdict
from guerdon.study import words
from guerdon.study.laws.pool import Pool
from guerdon.study.laws.teller import Teller, chance
from guerdon.study.prove.rules import Judged, judged
from guerdon.study.prove.values import Variables
from guerdon.study.prove.witness import Witness, run
from guerdon.study.trial import Trial

HISTORIES = 25
"""So many histories are made up to see a rule at work for which no single event could be shown."""


@dataclass
class Asked:
    """A program, and what comes of each kind of event; `unreached`: tiers that nobody reaches, but by hand or by a merger."""

    program: nodes.Program
    unreached: frozenset[tuple[str, str]] = frozenset()
    _judged: dict[str, Judged] = field(default_factory=dict)

    @cached_property
    def happens(self) -> tuple[str, ...]:
        """The events and triggers that rules are on, in the order of the rules."""
        return tuple(dict.fromkeys(on for rule in self.program.rules.values() for on in rule.on))

    def at(self, event: str) -> Judged:
        """What comes of an event of a kind."""
        if event not in self._judged:
            self._judged[event] = judged(self.program, event, Variables())
        return self._judged[event]

    def supposed(self, event: str) -> list[Any]:
        """That the event is of a member who has none of the unreached tiers."""
        known = self.at(event).scene.known
        held = ((known.things.get(f"tier/{ladder}"), tier) for ladder, tier in sorted(self.unreached))
        return [thing.value.term != known.words.number(tier) for thing, tier in held if thing is not None]

    @cached_property
    def in_tests(self) -> set[str]:
        """Rules that give or take something in the program's tests."""
        return _seen(self.program, self.program.tests)

    @cached_property
    def in_histories(self) -> set[str]:
        """Rules that give or take something in histories that are made up."""
        pool = Pool(self.program, nodes.Law(""))
        tellers = (Teller(chance(0, number), self.program, pool) for number in range(HISTORIES))
        return _seen(self.program, (teller.history().case("") for teller in tellers))


def held_in_tests(program: nodes.Program) -> set[tuple[str, str]]:
    """Ladders and tiers that members come to hold in the program's tests; tests that begin with a tier are left aside."""
    found = _Seen(set(), set(program.ladders))
    for case in program.tests:
        if not any(opening.ladder is not None for opening in case.given):
            _told(case, program, found)
    return found.tiers


def _seen(program: nodes.Program, cases: Iterable[nodes.Case]) -> set[str]:
    """Rules that give or take something in some cases; no more of these are looked at than need be."""
    found = _Seen(set())
    for case in cases:
        if found.rules >= program.rules.keys():
            break
        _told(case, program, found)
    return found.rules


def _told(case: nodes.Case, program: nodes.Program, found: _Seen) -> None:
    trial = Trial(case, program, found)
    for step in case.steps:
        if isinstance(step, nodes.Happening):
            trial.happen(step)


@dataclass
class _Seen:
    """Which rules gave or took something, and which tiers of these `ladders` members held."""

    rules: set[str]
    ladders: set[str] = field(default_factory=set)
    tiers: set[tuple[str, str]] = field(default_factory=set)

    def begin(self, engine: Engine) -> None: ...

    def watch(self, event: object, facts: object, verdict: Verdict) -> None:
        if verdict.quantity:
            self.rules.add(verdict.rule.name)

    def happened(self, engine: Engine, event: object, refused: bool) -> None:
        for subject in engine.world.subjects.values() if self.ladders else ():
            for name in self.ladders & subject.held.keys():
                tier = engine.world.program.ladders[name].tiers[subject.held[name].standing]
                self.tiers.add((name, tier.name))

    def end(self, engine: Engine) -> None: ...


def came(witness: Witness, program: nodes.Program, title: str = "") -> Iterator[str]:
    """What each rule gave at a witness's event, on the reference engine, in words."""
    for name, verdict in (run(witness, program) or {}).items():
        if verdict.quantity:
            verb = "takes" if verdict.rule.takes else "gives"
            yield f'{title}"{name}" {verb} {words.quantity(verdict.quantity, verdict.rule.unit)}'
