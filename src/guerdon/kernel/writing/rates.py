"""Rates, shares and tables: applied to a base, or looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from math import lcm

from guerdon.kernel.writing.beyond import Beyond, covered
from guerdon.kernel.writing.make import Make
from guerdon.kernel.writing.named import at_least_zero, kept, lesser, literal, name_of
from guerdon.kernel.writing.values import (
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
from guerdon.program.walk import walk

FEW = 8
"""One of so many numbers at most is chosen within one line."""

Of = Callable[[nodes.Expr], Value]
"""The value of an expression, where a rate is applied."""


def applied(make: Make, rate: nodes.Expr, base: Value, of: Of) -> Value:
    """A rate or a share of a base; a base below zero counts as zero."""
    base = at_least_zero(make, base)
    match rate:
        case nodes.Literal():
            return _at(rate.value, base)
        case nodes.Lookup():
            table = make.program.tables[rate.table]
            if len(rate.keys) < len(table.keys):
                return _in_bands(make, table, rate.keys, rate.column, base, of)
            if table.bands is nodes.Bands.PARTS:
                return _mean(make, table, rate, base, of)
            return _by_row(make, rate, of, lambda result: applied(make, result, base, of))
        case nodes.OrElse() if isinstance(rate.type, types.Rate):
            raise Beyond("missing")
        case _:
            return multiplied(of(rate), base)


def _at(rate: object, base: Value) -> Value:
    if isinstance(rate, types.RateValue):
        if rate.full:
            return scaled(Value(floored(scaled(base, 1 / rate.per)), there=base.there, positive=True), rate.give)
        return scaled(base, rate.give / rate.per)
    assert isinstance(rate, Fraction)
    return scaled(base, rate)


def looked_up(make: Make, expr: nodes.Lookup, of: Of) -> Value:
    table = make.program.tables[expr.table]
    covered(len(expr.keys) == len(table.keys), "missing")
    if table.bands is nodes.Bands.PARTS:
        return _mean(make, table, expr, const(1), of)
    return _by_row(make, expr, of, of)


def _mean(make: Make, table: nodes.Table, rate: nodes.Lookup, base: Value, of: Of) -> Value:
    """The rate that all parts of an amount come to together, of a base; of nothing, that of the first part."""
    amount = at_least_zero(make, kept(make, of(rate.keys[table.banded])))
    others = tuple(key for at, key in enumerate(rate.keys) if at != table.banded)
    whole = _in_bands(make, table, others, rate.column, amount, of)
    covered(whole.by is None and amount.by is None, "missing")
    per = make.w.kept("per", f"{amount.text} if {amount.text} > 0 else 1")
    mean = scaled(multiplied(whole, base), Fraction(amount.over))
    mean = replace(mean, by=per if mean.by is None else make.w.kept("per", product(mean.by, per)))
    ends = _cuts(table)
    inside = min(ends, default=Fraction(1)) / 2
    keys = _others(make, table, others, of)
    cases = [
        (" and ".join(_fits(make, table, row, keys)) or "1", row.results[rate.column])
        for row in table.rows
        if _within(inside, row.keys[table.banded])
    ]
    first = chosen(
        make,
        cases,
        table.otherwise[rate.column] if table.otherwise else None,
        lambda each: applied(make, each, base, of),
    )
    (one, other), over, by = aligned(mean, first)
    text = make.w.kept("mean", f"{one} if {amount.text} > 0 else {other}")
    return Value(text, over, name_of(make, by), both(mean.there, first.there), mean.positive and first.positive)


def _by_row(make: Make, expr: nodes.Lookup, of: Of, then: Callable[[nodes.Expr], Value]) -> Value:
    """What `then` makes of the result in the row for some keys."""
    table = make.program.tables[expr.table]
    keys = []
    for key, kind in zip(expr.keys, table.keys.values(), strict=True):
        value = kept(make, of(key))
        keys.append(at_least_zero(make, value) if isinstance(kind, types.Quantity) else value)
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
    depth, first = w.depth, len(w.lines)
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
    positive = all(value.positive for _, value, _ in results)
    if len(w.lines) - first == 3 * len(results) - 2 <= 3 * FEW and not any(
        value.constant is None for _, value, _ in results
    ):
        texts = [times(value.text, over // value.over) for _, value, _ in results]
        line = texts.pop()
        for guard, _ in cases[: len(texts)][::-1]:
            line = f"({texts.pop()} if {guard} else {line})"
        w.lines[first:], w.depth = [f"{'    ' * depth}{name} = {line}"], depth
        return Value(name, over, positive=positive)
    more = 0
    for at, value, level in results:
        w.lines[at + more] = "    " * level + f"{name} = {times(value.text, over // value.over)}"
        for each, text in ((f"{name}_is", value.there), (f"{name}_per", value.by)):
            if missing if each.endswith("_is") else quotients:
                more += 1
                w.lines.insert(at + more, "    " * level + f"{each} = {text or 1}")
    w.depth = depth
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


def _in_bands(make: Make, table: nodes.Table, keys: tuple[nodes.Expr, ...], column: int, base: Value, of: Of) -> Value:
    """A table applied to a base: all of it at the rate of its band, or each part at its own."""
    others = _others(make, table, keys, of)
    banded = [*table.keys.values()][table.banded]
    base = kept(make, base)

    def fits(row: nodes.Row) -> list[str]:
        return _fits(make, table, row, others)

    rest = table.otherwise[column] if table.otherwise else None

    def apply(result: nodes.Expr, part: Value) -> Value:
        return applied(make, result, part, of)

    if table.bands is not nodes.Bands.PARTS:
        cases = [
            (" and ".join([*fits(row), *_held(make, row.keys[table.banded], base, banded)]), row.results[column])
            for row in table.rows
        ]
        return chosen(make, cases, rest, lambda result: apply(result, base))
    ends = _cuts(table)
    steps = any(isinstance(each, types.RateValue) and each.full for each in _rates(table))
    covered(not steps or not others, "missing")  # another key's bands would cut a part in two
    total = const(0)
    for low, high in zip([Fraction(0), *ends], [*ends, None], strict=True):
        part = at_least_zero(make, added(base, const(low), -1))
        if high is not None:
            part = lesser(make, part, const(high - low))
        inside = (low + high) / 2 if high is not None else low + 1
        cases = [
            (" and ".join(fits(row)) or "1", row.results[column])
            for row in table.rows
            if _within(inside, row.keys[table.banded])
        ]
        if cases and cases[0][0] == "1":
            value = apply(cases[0][1], part)
        else:
            value = chosen(make, cases, rest, partial(apply, part=part))
        total = added(total, value)
    return kept(make, total)


def _others(make: Make, table: nodes.Table, keys: tuple[nodes.Expr, ...], of: Of) -> list[Value]:
    """The keys of a table beside that in bands."""
    kinds = [kind for at, kind in enumerate(table.keys.values()) if at != table.banded]
    values = [kept(make, of(key)) for key in keys]
    return [
        at_least_zero(make, value) if isinstance(kind, types.Quantity) else value
        for value, kind in zip(values, kinds, strict=True)
    ]


def _fits(make: Make, table: nodes.Table, row: nodes.Row, others: list[Value]) -> list[str]:
    """Whether a row holds for the keys beside that in bands."""
    kinds = [kind for at, kind in enumerate(table.keys.values()) if at != table.banded]
    keys = [key for at, key in enumerate(row.keys) if at != table.banded]
    return [
        text for key, value, kind in zip(keys, others, kinds, strict=True) for text in _held(make, key, value, kind)
    ]


def _cuts(table: nodes.Table) -> list[Fraction]:
    """Where bands begin and end, above zero."""
    ends = {end for row in table.rows for end in _ends(row.keys[table.banded])}
    return sorted(end for end in ends if isinstance(end, Fraction) and end > 0)


def _rates(table: nodes.Table) -> Iterator[object]:
    """The rates that a table names."""
    for each in walk((table.rows, table.otherwise)):
        if isinstance(each, nodes.Literal):
            yield each.value


def _ends(key: object) -> tuple[object, object]:
    return (key.first, key.last) if isinstance(key, nodes.Band) else (key, key)


def _within(value: Fraction, key: object) -> bool:
    if not isinstance(key, nodes.Band):
        return value == key
    assert not isinstance(key.first, str | bool) and not isinstance(key.last, str | bool)
    above = key.first is None or value > key.first or (key.with_first and value == key.first)  # type: ignore[operator]
    below = key.last is None or value < key.last or (key.with_last and value == key.last)  # type: ignore[operator]
    return above and below
