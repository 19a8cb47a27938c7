"""Whether other rules are there for what two rules leave out between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import z3

from guerdon.program import nodes
from guerdon.program.walk import walk
from guerdon.study.prove.asked import Asked
from guerdon.study.prove.beside import Hole
from guerdon.study.prove.ranges import Atom, placed
from guerdon.study.prove.rules import Judged
from guerdon.study.prove.scene import holds
from guerdon.study.prove.solve import WORK, Answer, asked
from guerdon.study.prove.terms import Terms
from guerdon.study.prove.values import any_of, every
from guerdon.study.prove.witness import few


@dataclass(frozen=True, slots=True)
class _Place:
    """The hole and its two sides, as conditions at an event."""

    found: Judged
    inside: list[Any]
    sides: tuple[list[Any], list[Any]]

    def can(self, where: list[Any], term: Any) -> Answer:
        return asked(self.found.scene.known, [*few(self.found), *where, term], WORK // 8)[0]


def covered(hole: Hole, of: Asked) -> bool:
    """Whether at each event of two rules, others that are not there on both sides give something in the hole."""
    events = [event for event in hole.before.on if event in hole.after.on]
    return bool(events) and all(_is_covered(hole, of.at(event)) for event in events)


def _is_covered(hole: Hole, found: Judged) -> bool:
    place = _place(hole, found)
    others = [each for each in found.came.values() if each.rule.name not in (hole.before.name, hole.after.name)]
    others = [each for each in others if each.rule.unit == hole.kind.unit and not each.rule.takes]
    for each in others:
        if place.can(place.inside, each.quantity > 0) is Answer.FOUND and any(
            place.can(side, each.quantity > 0) is Answer.NEVER for side in place.sides
        ):
            return True
    partly = [each.guarded for each in others if _asks(each.rule, hole, found)]
    partly = [term for term in partly if all(place.can(side, z3.Not(term)) is not Answer.NEVER for side in place.sides)]
    return bool(partly) and place.can(place.inside, z3.Not(any_of(partly))) is Answer.NEVER


def _asks(rule: nodes.Rule, hole: Hole, found: Judged) -> bool:
    """Whether a rule's conditions look at the thing that the hole is of."""
    if hole.thing is None:
        return bool(rule.during)
    return any(each == hole.thing for each in walk(placed(rule.when, found.scene.program)))


def _place(hole: Hole, found: Judged) -> _Place:
    terms, shared = Terms(found.scene, found.terms.given), []
    if hole.kind.lines is not None:
        first, *others = found.scene.lines[hole.kind.lines]
        terms.line = first
        shared = [first.there, *(z3.Not(line.there) for line in others)]
    shared += _said(hole.kind.asks, terms)
    before, after = ([*shared, *_said(side, terms)] for side in hole.sides)
    return _Place(found, [*shared, *_said(hole.inside, terms)], (before, after))


def _said(atoms: Iterable[Atom], terms: Terms) -> list[Any]:
    return [
        any_of(holds(each, terms.scene) for each in atom) if isinstance(atom, tuple) else every([terms.holds(atom)])
        for atom in atoms
    ]
