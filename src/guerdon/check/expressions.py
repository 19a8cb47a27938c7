"""Expressions: what each name means, what type each value has, which grid it lies on.

`typed` gives a typed node, or None where something was reported. What a word means
depends on the scene it stands in (an event's rule, a line of it, a measure's filter)
and, for the words of a closed list and tiers, on what it is compared with.
"""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from guerdon.check import arithmetic, comparisons, lookups, meaning, measured, offers, streaks
from guerdon.check.arithmetic import holds
from guerdon.check.moments import day, period_day
from guerdon.check.names import Names
from guerdon.check.scene import Scene
from guerdon.program import nodes, types
from guerdon.syntax import tree


def typed(expr: tree.Expr, scene: Scene, names: Names, expected: types.Type | None = None) -> nodes.Expr | None:
    """The typed expression; None where something in it was reported."""
    match expr:
        case tree.Number(text):
            value = Fraction(text)
            return nodes.Literal(value, types.Number(value), span=expr.span)
        case tree.Percent(text):
            value = Fraction(text.rstrip("%")) / 100
            return nodes.Literal(value, types.Number(value, percent=True), span=expr.span)
        case tree.Date():
            return nodes.Literal(day(expr, names), types.Date(), span=expr.span)
        case tree.Quantity():
            return quantity(expr, names)
        case tree.Rate():
            return _rate(expr, names)
        case tree.String():
            return meaning.string(expr, scene, names, expected)
        case tree.Exact(rule):
            return meaning.given(rule, True, scene, names, expr.span)
        case tree.Path():
            return meaning.path(expr, scene, names, expected)
        case tree.Call():
            return _call(expr, scene, names)
        case tree.Measured() | tree.Earned() | tree.Available():
            return measured.typed(expr, scene, names, typed)
        case tree.Streak():
            return streaks.typed(expr, scene, names, typed)
        case tree.Open():
            return offers.is_open(expr, scene, names)
        case tree.PeriodDay():
            return period_day(expr, scene, names)
        case tree.Multiply() | tree.Add():
            left, right = typed(expr.left, scene, names), typed(expr.right, scene, names)
            return left and right and arithmetic.combine(expr.operator.text, left, right, expr.span, names)
        case tree.Application(rate, base):
            of = typed(base, scene, names)
            if lookups.is_open(rate, names):
                return of and lookups.applied(rate, of, expr.span, scene, names, typed)
            how = typed(rate, scene, names)
            return how and of and arithmetic.apply(how, of, expr.span, names)
        case tree.Compare():
            return comparisons.compare(expr, scene, names, typed)
        case tree.Same():
            return comparisons.same(expr, scene, names, typed)
        case tree.Alike():
            return comparisons.same_as(expr, scene, names, typed)
        case tree.Among():
            return comparisons.among(expr, scene, names, typed)
        case tree.Negation(of):
            inner = condition(of, scene, names)
            return inner and nodes.Negation(inner, types.YesNo(), span=expr.span)
        case tree.Both(of):
            parts = [condition(each, scene, names) for each in of]
            return (
                nodes.Junction(True, tuple(filter(None, parts)), types.YesNo(), span=expr.span) if all(parts) else None
            )
        case tree.Either():
            return comparisons.either(expr, scene, names, typed, expected)
        case _:
            assert_never(expr)


def condition(expr: tree.Expr, scene: Scene, names: Names) -> nodes.Expr | None:
    """A yes-or-no expression."""
    return holds(typed(expr, scene, names), names)


def quantity(expr: tree.Quantity, names: Names) -> nodes.Literal | None:
    """So much of a unit, of a currency, or of days or months."""
    amount, unit = Fraction(expr.amount.text), expr.unit.text
    if unit in ("day", "days", "month", "months"):
        if amount.denominator != 1:
            names.report("G203", f"`{unit}` are counted whole", expr.amount.span, "not a whole number")
            return None
        of: types.Type = types.Days() if unit.startswith("day") else types.Months()
        return nodes.Literal(int(amount), of, span=expr.span)
    kind = names.quantity(unit)
    if kind is None:
        names.unknown_unit(expr.unit, "unit or currency", names.unit_names())
        return None
    return nodes.Literal(amount, types.Quantity(unit, abs(amount)), span=expr.span)


def _rate(expr: tree.Rate, names: Names) -> nodes.Expr | None:
    give, per = quantity(expr.give, names), quantity(expr.per, names)
    if give is None or per is None:
        return None
    if not isinstance(give.type, types.Quantity) or not isinstance(per.type, types.Quantity):
        wrong = expr.per if isinstance(give.type, types.Quantity) else expr.give
        names.report(
            "G220",
            "a rate is so much of a unit per so much of a unit",
            wrong.span,
            "a length of time",
            help=("how often something counts is said by a limit, like `limit 1 time per member per day`",),
        )
        return None
    if per.value == 0:
        help_line = f"write for how much it is given, like `per 1 {per.type.unit}`"
        names.report("G204", "a rate per nothing", expr.per.span, "zero", help=(help_line,))
        return None
    assert isinstance(give.value, Fraction) and isinstance(per.value, Fraction)
    value = types.RateValue(give.value, per.value, expr.full is not None)
    return nodes.Literal(value, types.Rate(give.type.unit, per.type.unit, (value,)), span=expr.span)


def _call(expr: tree.Call, scene: Scene, names: Names) -> nodes.Expr | None:
    word = expr.name.text
    if word in ("min", "max"):
        parts = [typed(each, scene, names) for each in expr.arguments]
        return (
            arithmetic.extreme(word == "min", [each for each in parts if each], expr.span, names)
            if all(parts)
            else None
        )
    return lookups.lookup(expr, scene, names, typed)
