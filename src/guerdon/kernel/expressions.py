"""Expressions as integer text: one function, a case for each kind of node."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from math import lcm
from typing import TYPE_CHECKING, assert_never

from guerdon.kernel.beyond import Beyond, covered
from guerdon.kernel.values import (
    Value,
    added,
    aligned,
    both,
    compared,
    const,
    floored,
    multiplied,
    product,
    scaled,
    times,
)
from guerdon.program import nodes, types
from guerdon.program.nodes import Aggregate, Scope

if TYPE_CHECKING:
    from guerdon.kernel.make import Make

Given = Mapping[str, tuple[Value, Value]]
"""By rule or group what it gave at this event: after rounding and limits, and before them."""


@dataclass(frozen=True)
class Here:
    """Where an expression stands: at a row of a kind of event, or (`event` None) on a day without one.

    Shape: `row` and `day` name what holds these; `line` is the list and the name of the line's
    row; `known` are facts of the event that were loaded or reckoned already.
    """

    day: str
    event: str | None = None
    row: str = "i"
    line: tuple[str, str] | None = None
    given: Given = field(default_factory=dict)
    known: Mapping[str, Value] = field(default_factory=dict)
    of_line: bool = False  # where a fact of a line is derived, its other facts stand as those of an event do


def condition(make: Make, expr: nodes.Expr, here: Here) -> str:
    """A condition as text."""
    return expression(make, expr, here).text


def expression(make: Make, expr: nodes.Expr, here: Here) -> Value:
    """The value of an expression; lines that it needs are written first."""
    match expr:
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
            return applied(make, expr.rate, base, here)
        case nodes.Lookup():
            return _looked_up(make, expr, here)
        case nodes.Given():
            quantity, exact = here.given.get(expr.rule, (const(0), const(0)))
            return exact if expr.exact else quantity
        case nodes.Defined():
            return expression(make, make.program.measures[expr.measure].value, here)
        case nodes.Standing():
            return Value(make.tiers[expr.ladder].rank, positive=True)
        case nodes.Earned() | nodes.Measured():
            return make.tallies.read(expr, here)
        case nodes.Available():
            purse = make.purses.get(expr.unit)
            return purse.available() if purse is not None else const(0)
        case nodes.OverLines():
            return _over_lines(make, expr, here)
        case nodes.PeriodDay(last, period, ahead):
            return _period_day(make, last, period, ahead, here)
        case nodes.Theirs() | nodes.Streak():
            raise Beyond("streaks" if isinstance(expr, nodes.Streak) else "others")
        case _:
            assert_never(expr)


def literal(make: Make, value: object, of: types.Type) -> Value:
    """A value as it was written; a tier is its rank."""
    match value:
        case bool():
            return Value(str(int(value)), positive=True)
        case Fraction() | int():
            return const(value)
        case str():
            if isinstance(of, types.Tier):
                return Value(str(make.program.ladders[of.ladder].rank(value)), positive=True)
            return Value(str(make.columns.code(value)), positive=True)
        case _:
            return make.date(value)


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
            record = make.record_of(here.event, here.line[0])
            if (value := record.facts[expr.name].value) is not None:
                return expression(make, value, replace(here, known={}, of_line=True))
            return make.load(make.columns.line_facts[here.event, here.line[0], expr.name], here.line[1])
        case Scope.EVENT:
            assert here.event is not None
            if expr.name in here.known:
                return here.known[expr.name]
            value = make.program.events[here.event].facts[expr.name].value
            if value is not None:
                return expression(make, value, replace(here, line=None))
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
    if isinstance(_of(expr.left.type), types.Date) and not isinstance(_of(expr.right.type), types.Date):
        by = scaled(right, Fraction(sign))
        return make.months_on(left, by) if isinstance(_of(expr.right.type), types.Months) else make.days_on(left, by)
    return added(left, right, sign)


def _of(of: types.Type) -> types.Type:
    return of.of if isinstance(of, types.Optional) else of


def lesser(make: Make, left: Value, right: Value, which: str = "min") -> Value:
    """The lesser of two values, or (`max`) the greater."""
    texts, over, by = aligned(kept(make, left), kept(make, right))
    one, other = (make.w.kept("v", text) for text in texts)
    than = "<=" if which == "min" else ">="
    text = make.w.kept(which, f"{one} if {one} {than} {other} else {other}")
    positive = (left.positive and right.positive) if which == "min" else (left.positive or right.positive)
    return Value(text, over, _name(make, by), both(left.there, right.there), positive)


def _name(make: Make, by: str | None) -> str | None:
    """A name for a denominator, so that it is reckoned once."""
    return None if by is None else make.w.kept("per", by)


def at_least_zero(make: Make, value: Value) -> Value:
    """The value, or zero where it lies below."""
    if value.positive:
        return value
    text = make.w.kept("above", value.text)
    return replace(value, text=make.w.kept("above", f"{text} if {text} > 0 else 0"), positive=True)


def kept(make: Make, value: Value) -> Value:
    """The same under a name, so that it is reckoned once."""
    return replace(value, text=make.w.kept("v", value.text))


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
    return Value(text, over, _name(make, by), default.there, value.positive and default.positive)


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


# ---------------------------------------------------------------- rates and tables


def applied(make: Make, rate: nodes.Expr, base: Value, here: Here) -> Value:
    """A rate or a share of a base; a base below zero counts as zero."""
    base = at_least_zero(make, base)
    match rate:
        case nodes.Literal():
            return _at(rate.value, base)
        case nodes.Lookup():
            table = make.program.tables[rate.table]
            if len(rate.keys) < len(table.keys):
                return _in_bands(make, table, rate, base, here)
            if table.bands is nodes.Bands.PARTS:
                raise Beyond("tables")
            return _by_row(make, rate, here, lambda result: applied(make, result, base, here))
        case nodes.OrElse() if isinstance(rate.type, types.Rate):
            raise Beyond("tables")
        case _:
            return multiplied(expression(make, rate, here), base)


def _at(rate: object, base: Value) -> Value:
    if isinstance(rate, types.RateValue):
        if rate.full:
            return scaled(Value(floored(scaled(base, 1 / rate.per)), there=base.there, positive=True), rate.give)
        return scaled(base, rate.give / rate.per)
    assert isinstance(rate, Fraction)
    return scaled(base, rate)


def _looked_up(make: Make, expr: nodes.Lookup, here: Here) -> Value:
    table = make.program.tables[expr.table]
    if len(expr.keys) < len(table.keys) or table.bands is nodes.Bands.PARTS:
        raise Beyond("tables")
    return _by_row(make, expr, here, lambda result: expression(make, result, here))


def _by_row(make: Make, expr: nodes.Lookup, here: Here, then: Callable[[nodes.Expr], Value]) -> Value:
    """What `then` makes of the result in the row for some keys."""
    table = make.program.tables[expr.table]
    keys = []
    for key, of in zip(expr.keys, table.keys.values(), strict=True):
        value = kept(make, expression(make, key, here))
        keys.append(at_least_zero(make, value) if isinstance(of, types.Quantity) else value)
    if not table.rows:
        return then(table.otherwise[expr.column])
    cases = [(_holds(make, row, table, keys), row.results[expr.column]) for row in table.rows]
    return chosen(make, cases, table.otherwise[expr.column] if table.otherwise else None, then)


def chosen(
    make: Make,
    cases: list[tuple[str, nodes.Expr]],
    otherwise: nodes.Expr | None,
    then: Callable[[nodes.Expr], Value],
) -> Value:
    """What `then` makes of the first expression whose condition holds, or of the other one."""
    w, name = make.w, make.w.name("found")
    results: list[tuple[int, Value, int]] = []
    depth = w.depth
    for number, (guard, result) in enumerate([*cases, *([("1", otherwise)] if otherwise is not None else [])]):
        last = number == len(cases) - (otherwise is None)
        w.depth = depth + number
        if not last:
            w.line(f"if {guard}:")
            w.depth += 1
        elif number == 0:
            pass
        value = then(result)
        results.append((len(w.lines), value, w.depth))
        w.line(f"{name} = 0")
        w.depth = depth + number
        if not last:
            w.line("else:")
    over, quotients = lcm(*(value.over for _, value, _ in results)), any(value.by for _, value, _ in results)
    missing = any(value.there is not None for _, value, _ in results)
    more = 0
    for at, value, level in results:
        w.lines[at + more] = "    " * level + f"{name} = {times(value.text, over // value.over)}"
        for each, text in ((f"{name}_is", value.there), (f"{name}_per", value.by)):
            if missing if each.endswith("_is") else quotients:
                more += 1
                w.lines.insert(at + more, "    " * level + f"{each} = {text or 1}")
    w.depth = depth
    positive = all(value.positive for _, value, _ in results)
    return Value(name, over, f"{name}_per" if quotients else None, f"{name}_is" if missing else None, positive)


def _holds(make: Make, row: nodes.Row, table: nodes.Table, keys: list[Value]) -> str:
    """Whether a row holds for some keys."""
    return (
        " and ".join(
            text
            for key, value, of in zip(row.keys, keys, table.keys.values(), strict=True)
            for text in _held(make, key, value, of)
        )
        or "1"
    )


def _held(make: Make, key: object, value: Value, of: types.Type) -> list[str]:
    if not isinstance(key, nodes.Band):
        return [compared("==", value, literal(make, key, of))]
    texts = []
    if key.first is not None:
        texts.append(compared(">=" if key.with_first else ">", value, literal(make, key.first, of)))
    if key.last is not None:
        texts.append(compared("<=" if key.with_last else "<", value, literal(make, key.last, of)))
    return texts or ["1"]


def _in_bands(make: Make, table: nodes.Table, rate: nodes.Lookup, base: Value, here: Here) -> Value:
    """A table applied to a base: all of it at the rate of its band, or each part at its own."""
    others = [kept(make, expression(make, key, here)) for key in rate.keys]
    kinds = [of for at, of in enumerate(table.keys.values()) if at != table.banded]
    others = [
        at_least_zero(make, value) if isinstance(of, types.Quantity) else value
        for value, of in zip(others, kinds, strict=True)
    ]
    of = [*table.keys.values()][table.banded]
    base = kept(make, base)

    def fits(row: nodes.Row) -> list[str]:
        keys = [key for at, key in enumerate(row.keys) if at != table.banded]
        return [
            text for key, value, kind in zip(keys, others, kinds, strict=True) for text in _held(make, key, value, kind)
        ]

    rest = table.otherwise[rate.column] if table.otherwise else None

    def apply(result: nodes.Expr, part: Value) -> Value:
        return applied(make, result, part, here)

    if table.bands is not nodes.Bands.PARTS:
        cases = [
            (" and ".join([*fits(row), *_held(make, row.keys[table.banded], base, of)]), row.results[rate.column])
            for row in table.rows
        ]
        return chosen(make, cases, rest, lambda result: apply(result, base))
    ends = sorted(
        {end for row in table.rows for end in _ends(row.keys[table.banded]) if isinstance(end, Fraction) and end > 0}
    )
    total = const(0)
    for low, high in zip([Fraction(0), *ends], [*ends, None], strict=True):
        part = at_least_zero(make, added(base, const(low), -1))
        if high is not None:
            part = lesser(make, part, const(high - low))
        inside = (low + high) / 2 if high is not None else low + 1
        cases = [
            (" and ".join(fits(row)) or "1", row.results[rate.column])
            for row in table.rows
            if _within(inside, row.keys[table.banded])
        ]
        if cases and cases[0][0] == "1":
            value = apply(cases[0][1], part)
        else:
            value = chosen(make, cases, rest, partial(apply, part=part))
        total = added(total, value)
    return kept(make, total)


def _ends(key: object) -> tuple[object, object]:
    return (key.first, key.last) if isinstance(key, nodes.Band) else (key, key)


def _within(value: Fraction, key: object) -> bool:
    if not isinstance(key, nodes.Band):
        return value == key
    assert not isinstance(key.first, str | bool) and not isinstance(key.last, str | bool)
    above = key.first is None or value > key.first or (key.with_first and value == key.first)  # type: ignore[operator]
    below = key.last is None or value < key.last or (key.with_last and value == key.last)  # type: ignore[operator]
    return above and below


def _period_day(make: Make, last: bool, period: nodes.Period, ahead: int, here: Here) -> Value:
    """The first or the last day of a period."""
    if last:
        return added(Value(make.period_end(period, here.day, ahead)), const(1), -1)
    return Value(make.period_first(period, here.day, ahead))
