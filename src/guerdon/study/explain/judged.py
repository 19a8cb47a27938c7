"""How a condition or a value was judged: what was read for it, and by how much it fell short."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from guerdon.program import nodes, types
from guerdon.reference.scene import Step
from guerdon.reference.tables import Scale
from guerdon.study import words
from guerdon.study.explain.account import Reading, Reason
from guerdon.text.source import Written


def guard(condition: nodes.Expr, step: Step) -> Reason:
    """Whether a condition held, and what it read."""
    result = "holds" if step.value else "does not hold"
    short = _unnamed(condition, step) or _short(step)
    return Reason("when", words.written(condition), tuple(readings(step)), f"{result}{short}")


def _unnamed(condition: nodes.Expr, step: Step) -> str:
    """That a friend named nobody, where a referral's own condition fails for that: the count of where they did."""
    match condition:
        case nodes.Compare("is", nodes.Measured(), nodes.Literal()) if (
            isinstance(condition.span, Written) and not step.value
        ):
            return ": at one of them nobody was named as referrer, or the friend themselves"
    return ""


def _short(step: Step) -> str:
    """By how much a comparison of quantities or numbers fails."""
    expr = step.expr
    if step.value or not isinstance(expr, nodes.Compare) or len(step.steps) != 2:
        return ""
    left, right = step.steps[0].value, step.steps[1].value
    if not isinstance(left, Fraction) or not isinstance(right, Fraction):
        return ""
    gap = abs(left - right)
    if not gap:
        return {">": ": it is no more", "<": ": it is no less"}.get(expr.operator, "")
    kind = expr.left.type.of if isinstance(expr.left.type, types.Optional) else expr.left.type
    if isinstance(kind, types.Number) and kind.percent:
        return f": {words.value(100 * gap, types.Number(None, False))} percentage points too {'low' if left < right else 'high'}"
    return f": {words.value(gap, kind)} too {'little' if left < right else 'much'}"


_READ = (
    nodes.Field,
    nodes.Theirs,
    nodes.Standing,
    nodes.Measured,
    nodes.Streak,
    nodes.Earned,
    nodes.Available,
    nodes.Given,
    nodes.OverLines,
    nodes.Defined,
    nodes.Lookup,
)


def _applied(table: Step, base: Step) -> Iterator[Reading]:
    """What a table was asked by, and its rates for an amount: that of all of it, or those of its parts."""
    for below in (*table.steps, base):
        yield from readings(below)
    scale, amount, of = table.value, max(base.value, Fraction(0)), table.expr.type
    parts = list(scale.parts_of(amount)) if scale.parts and amount else [(scale.at(amount), amount)]
    for rate, part in parts:
        what = f"{words.written(table.expr)} of {words.value(part, base.expr.type)}"
        yield Reading(what, words.value(rate, of))


def readings(step: Step) -> Iterator[Reading]:
    """What was read under a step, each once, not what was read line by line."""
    if isinstance(step.expr, nodes.Apply) and isinstance(step.steps[0].value, Scale):
        yield from _applied(step.steps[0], step.steps[1])
    elif not isinstance(step.expr, nodes.OverLines):
        for below in step.steps:
            yield from readings(below)
    if isinstance(step.expr, _READ):
        by = f" {words.ranked(step.ranked)}" if step.ranked is not None else ""
        yield Reading(words.written(step.expr), words.value(step.value, step.expr.type) + by)
