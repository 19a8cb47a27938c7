"""Who pays for an award, where facts name them."""

from __future__ import annotations

from fractions import Fraction

from guerdon.program import nodes
from guerdon.reference.evaluate import evaluate
from guerdon.reference.exact import ZERO
from guerdon.reference.rules import admitting, lines
from guerdon.reference.scene import Scene

Payers = tuple[tuple[str, Fraction], ...]
"""Names, and how many parts each pays."""


def payers(rule: nodes.Rule, scene: Scene, rooms: tuple[Fraction | int, ...]) -> Payers:
    """Who pays for what a rule comes to at the scene's event, with the room that its limits left; where it goes over lines, by what each comes to.

    Shape: in the order in which the lines name them; empty where no fact names anybody, or the rule comes to nothing.
    Source: language reference, Who pays.
    """
    if all(each.by is None for each in rule.funded):
        return ()
    found: dict[str, Fraction] = {}
    if not by_line(rule):
        _add(found, rule, scene, Fraction(1))
    else:
        give = rule.give.base if rule.accumulate is not None and isinstance(rule.give, nodes.Apply) else rule.give
        for _ in lines(rule, scene, admitting(rule, rooms)):
            _add(found, rule, scene, evaluate(give, scene))
    return tuple((name, parts) for name, parts in found.items() if parts > 0)


def by_line(rule: nodes.Rule) -> bool:
    """Whether facts of lines name who pays."""
    return any(isinstance(each.by, nodes.Field) and each.by.scope is nodes.Scope.LINE for each in rule.funded)


def _add(found: dict[str, Fraction], rule: nodes.Rule, scene: Scene, came: Fraction) -> None:
    """Adds what each payer has to do with so much."""
    for each in rule.funded:
        name = each.name if each.by is None else str(evaluate(each.by, scene))
        found[name] = found.get(name, ZERO) + each.parts * came
