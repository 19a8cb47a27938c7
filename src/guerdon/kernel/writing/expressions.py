"""Expressions as integer text: one function, a case for each kind of node."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import assert_never

from guerdon.kernel.others import Known
from guerdon.kernel.writing.beyond import Beyond, covered
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import Make
from guerdon.kernel.writing.named import kept, lesser, literal, name_of
from guerdon.kernel.writing.rates import applied, looked_up
from guerdon.kernel.writing.values import (
    Value,
    added,
    aligned,
    both,
    compared,
    const,
    multiplied,
    product,
    scaled,
    times,
)
from guerdon.kernel.writing.written import Writer
from guerdon.program import nodes, types
from guerdon.program.nodes import Aggregate, Scope


def _of(make: Make, here: Here, expr: nodes.Expr) -> Value:
    return expression(make, expr, here)


def condition(make: Make, expr: nodes.Expr, here: Here) -> str:
    """A condition as text."""
    return expression(make, expr, here).text


def expression(make: Make, expr: nodes.Expr, here: Here) -> Value:
    """The value of an expression; lines that it needs are written first."""
    match expr:
        case nodes.Theirs() | nodes.Compare("same as"):
            return _of_others(make, expr, here)
        case nodes.Literal():
            return literal(make, expr.value, expr.type)
        case nodes.Field():
            return _fact(make, expr, here)
        case nodes.Compare():
            return _compare(make, expr, here)
        case nodes.Junction():
            joined = " and " if expr.every else " or "
            return Value(f"({joined.join(condition(make, each, here) for each in expr.of)})")
        case nodes.Negation():
            return Value(f"(not {condition(make, expr.of, here)})")
        case nodes.OrElse():
            return _or_else(make, expression(make, expr.value, here), expression(make, expr.default, here))
        case nodes.Arithmetic():
            return _arithmetic(make, expr, here)
        case nodes.Apply():
            base = expression(make, expr.base, here)
            return applied(make, expr.rate, base, partial(_of, make, here))
        case nodes.Lookup():
            return looked_up(make, expr, partial(_of, make, here))
        case nodes.Given():
            quantity, exact = here.given.get(expr.rule, (const(0), const(0)))
            return exact if expr.exact else quantity
        case nodes.Defined():
            measure = make.program.measures[expr.measure]
            value = expression(make, measure.value, here)
            return value if measure.ranking is None else replace(value, there=both(value.there, f"({value.text} > 0)"))
        case nodes.Earned() | nodes.Measured() | nodes.Available() | nodes.Standing() | nodes.Streak():
            return make.past.read(expr, here)
        case nodes.OverLines():
            return _over_lines(make, expr, here)
        case nodes.PeriodDay(last, period, ahead):
            return _period_day(make, last, period, ahead, here)
        case _:
            assert_never(expr)


def _of_others(make: Make, expr: Known, here: Here) -> Value:
    """What the facts of the event, and of members, say about others: a column."""
    if expr in here.reads:
        return here.reads[expr]
    column = make.columns.others.get((here.event or "", expr))
    if column is None or here.of_line:
        raise Beyond("others")
    return make.load(column, here.row, is_sale=False)


def dry(make: Make, expr: nodes.Expr, event: str, lines: str | None) -> Value:
    """What an expression would be, written nowhere."""
    w, make.w = make.w, Writer()
    try:
        return expression(make, expr, Here("day", event, line=(lines, "line") if lines is not None else None))
    finally:
        make.w = w


# ---------------------------------------------------------------- facts


def _fact(make: Make, expr: nodes.Field, here: Here) -> Value:
    match expr.scope:
        case Scope.MOMENT if expr.name == "at":
            return Value(make.at(here))
        case Scope.MOMENT if expr.name == "date":
            return Value(here.day)
        case Scope.MOMENT:
            return Value(make.weekday(here.day), positive=True)
        case Scope.EVENT if here.of_line:
            return _fact(make, nodes.Field(Scope.LINE, expr.name, expr.type), replace(here, of_line=False))
        case Scope.LINE:
            assert here.line is not None and here.event is not None
            if (Scope.LINE, expr.name) in here.admitted:
                return here.admitted[Scope.LINE, expr.name]
            record = make.record_of(here.event, here.line[0])
            if (value := record.facts[expr.name].value) is not None:
                return expression(make, value, replace(here, known={}, admitted={}, of_line=True))
            return make.load(make.columns.line_facts[here.event, here.line[0], expr.name], here.line[1])
        case Scope.EVENT:
            assert here.event is not None
            if (Scope.EVENT, expr.name) in here.admitted:
                return here.admitted[Scope.EVENT, expr.name]
            if expr.name in here.known:
                return here.known[expr.name]
            value = make.program.events[here.event].facts[expr.name].value
            if value is not None:
                return expression(make, value, replace(here, line=None, admitted={}))
            return make.load(make.columns.facts[here.event, expr.name], here.row, is_sale=make.is_sale(here.event))
        case Scope.MEMBER:
            return make.member_fact(expr.name)
        case _:
            raise Beyond("offers")


def _over_lines(make: Make, expr: nodes.OverLines, here: Here) -> Value:
    """An aggregate over the lines of the event."""
    w, name = make.w, make.w.name("of_lines")
    assert here.event is not None
    best = expr.aggregate in (Aggregate.FIRST, Aggregate.LAST, Aggregate.LEAST, Aggregate.MOST)
    w.line(f"{name} = 0")
    if best:
        w.line(f"{name}_is = 0")
    over = 1
    with make.over_lines(here.event, expr.lines, here) as inside:
        guard = "1" if expr.where is None else condition(make, expr.where, inside)
        with w.block(f"if {guard}:") if guard != "1" else nullcontext():
            value = expression(make, expr.value, inside) if expr.value is not None else const(1)
            covered(value.by is None, "missing")
            over = value.over
            with w.block(f"if {value.there}:") if value.there else nullcontext():
                match expr.aggregate:
                    case Aggregate.COUNT:
                        w.line(f"{name} += 1")
                    case Aggregate.SUM:
                        w.line(f"{name} += {value.text}")
                    case Aggregate.FIRST:
                        w.line(f"{name} = {name} if {name}_is else {value.text}")
                    case Aggregate.LAST:
                        w.line(f"{name} = {value.text}")
                    case Aggregate.LEAST | Aggregate.MOST:
                        kept = w.kept("value", value.text)
                        than = "<" if expr.aggregate is Aggregate.LEAST else ">"
                        w.line(f"{name} = {kept} if {name}_is == 0 or {kept} {than} {name} else {name}")
                    case Aggregate.DISTINCT:
                        _new(make, expr, inside, here, name, value)
                    case _:
                        raise AssertionError("days since are counted in days, not lines")
                if best:
                    w.line(f"{name}_is = 1")
    counted = expr.aggregate in (Aggregate.COUNT, Aggregate.DISTINCT)
    return Value(name, 1 if counted else over, there=f"{name}_is" if best else None, positive=counted)


def _new(make: Make, expr: nodes.OverLines, inside: Here, here: Here, name: str, value: Value) -> None:
    """Counts the value of a line that no line before it has."""
    w, own = make.w, make.w.kept("value", value.text)
    assert here.event is not None and inside.line is not None and expr.value is not None
    w.line(f"{name}_new = 1")
    with make.over_lines(here.event, expr.lines, here, until=inside.line[1]) as other:
        guards = [condition(make, expr.where, other)] if expr.where is not None else []
        same = expression(make, expr.value, other)
        guards += [same.there] if same.there else []
        with w.block(f"if {' and '.join([*guards, f'{same.text} == {own}'])}:"):
            w.line(f"{name}_new = 0")
    w.line(f"{name} += {name}_new")


# ---------------------------------------------------------------- arithmetic


def _arithmetic(make: Make, expr: nodes.Arithmetic, here: Here) -> Value:
    left, right = expression(make, expr.left, here), expression(make, expr.right, here)
    match expr.operator:
        case "*":
            return multiplied(left, right)
        case "/":
            return _divided(make, left, right)
        case "min" | "max":
            return lesser(make, left, right, expr.operator)
    sign = 1 if expr.operator == "+" else -1
    if isinstance(_kind(expr.left.type), types.Date) and not isinstance(_kind(expr.right.type), types.Date):
        by = scaled(right, Fraction(sign))
        return make.months_on(left, by) if isinstance(_kind(expr.right.type), types.Months) else make.days_on(left, by)
    return added(left, right, sign)


def _kind(of: types.Type) -> types.Type:
    return of.of if isinstance(of, types.Optional) else of


def _divided(make: Make, left: Value, right: Value) -> Value:
    """A quotient; by zero it is missing."""
    known = right.constant
    if known is not None:
        return scaled(left, 1 / known) if known else replace(left, there="0")
    right = kept(make, right)
    bottom = make.w.kept("per", f"{right.text} if {right.text} > 0 else (0 - {right.text} if {right.text} < 0 else 1)")
    top = times(product(left.text, right.by), right.over)
    if not right.positive:
        top = make.w.kept("part", f"{top} if {right.text} > 0 else 0 - {top}")
    by = bottom if left.by is None else make.w.kept("per", product(left.by, bottom))
    there = both(both(left.there, right.there), f"({right.text} != 0)")
    return Value(top, left.over, by, there, left.positive and right.positive)


def _or_else(make: Make, value: Value, default: Value) -> Value:
    if value.there is None:
        return value
    (one, other), over, by = aligned(value, default)
    text = make.w.kept("or", f"{one} if {value.there} else {other}")
    return Value(text, over, name_of(make, by), default.there, value.positive and default.positive)


# ---------------------------------------------------------------- comparisons


_SIGNS = {"is": "==", "is not": "!="}


def _compare(make: Make, expr: nodes.Compare, here: Here) -> Value:
    """A comparison; what is missing is equal to nothing."""
    left, right = expression(make, expr.left, here), expression(make, expr.right, here)
    text = compared(_SIGNS.get(expr.operator, expr.operator), left, right)
    there = both(left.there, right.there)
    if there is not None:
        if expr.operator == "is not":
            either = f"({left.there or 1} or {right.there or 1})"
            return Value(f"({text} if {there} else {either})")
        return Value(f"({there} and {text})")
    return Value(text)


def _period_day(make: Make, last: bool, period: nodes.Period, ahead: int, here: Here) -> Value:
    """The first or the last day of a period."""
    if last:
        return added(Value(make.period_end(period, here.day, ahead)), const(1), -1)
    return Value(make.period_first(period, here.day, ahead))
