"""Whom the rules of an event ask about: members who are named, and those whom these name in turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeGuard

from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.reference.evaluate import Gone, evaluate
from guerdon.reference.scene import Scene


def asked_about(program: nodes.Program, event: str, scene: Scene) -> set[str]:
    """The members whom the rules and measures on an event name or compare, as far as states tell.

    Shape: of a path those on its way, too; each becomes known once the state of the one before it is.
    """
    found: set[str] = set()
    here = replace(scene, reads=dict(scene.reads) if scene.reads is not None else None)
    for parts, at in _asking(program, event, here):
        for expr in dict.fromkeys(each for each in walk(parts, program.measures) if _names_member(each)):
            try:
                value = evaluate(expr, at)
            except (Gone, KeyError):  # the event will be set aside, or has not this fact
                continue
            found |= {str(value)} if value is not None else set()
    return found


def _asking(program: nodes.Program, event: str, here: Scene) -> Iterator[tuple[tuple[object, ...], Scene]]:
    """What is looked at on an event, and where it stands: of an offer at each of its openings."""
    rules = tuple(rule for rule in program.rules.values() if event in rule.on)
    groups = tuple(group for group in program.groups.values() if not {rule.name for rule in rules}.isdisjoint(group.of))
    meters = tuple(meter for meter in program.meters if meter.event == event)
    plain = tuple(rule for rule in rules if rule.offer is None)
    yield (plain, groups, tuple(meter for meter in meters if meter.offer is None)), here
    for name, rule in program.rules.items():
        if rule.offer is not None:
            if event in rule.offer.opens:
                yield (rule.offer,), here
            looked_at = (rule.but(offer=None),) if event in rule.on else ()
            for opened in here.openings(name):
                yield (looked_at, tuple(meter for meter in meters if meter.offer == name)), replace(here, opened=opened)


def _names_member(expr: nodes.Node) -> TypeGuard[nodes.Field | nodes.Theirs | nodes.Literal | nodes.Measured]:
    if not isinstance(expr, nodes.Field | nodes.Theirs | nodes.Literal | nodes.Measured):
        return False
    if isinstance(expr, nodes.Field) and expr.scope is nodes.Scope.LINE:
        return False
    of = expr.type.of if isinstance(expr.type, types.Optional) else expr.type
    return isinstance(of, types.Member)
