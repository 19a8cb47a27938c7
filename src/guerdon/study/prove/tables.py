"""Tables as terms: the row for some keys, and rates applied to an amount."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any, Protocol

import z3

from guerdon.program import nodes, types
from guerdon.study.prove.values import (
    ALWAYS,
    ZERO,
    Rates,
    Scale,
    Term,
    Value,
    any_of,
    every,
    first_of,
    fraction,
    least,
    most,
    total,
)


class Results(Protocol):
    """What evaluates the results of rows."""

    def result(self, expr: nodes.Expr) -> Value | Rates: ...

    def key_number(self, word: str) -> int: ...


Met = tuple[int, Any]
"""A row by its place, and when it holds; the place behind the last is `else`."""


def looked_up(
    table: nodes.Table, keys: Sequence[Any], expr: nodes.Lookup, results: Results
) -> tuple[Term | None, list[Met]]:
    """A column of the row for some keys, and when each row is met; None where it can't be said."""
    kinds = list(table.keys.values())
    if len(keys) < len(kinds):
        others = [of for at, of in enumerate(kinds) if at != table.banded]
        return _scale(table, _from_zero(keys, others), expr.column, results)
    keys = _from_zero(keys, kinds)
    met = [every(_is(key, cell, results) for key, cell in zip(keys, row.keys, strict=True)) for row in table.rows]
    rows = list(enumerate(met))
    if table.otherwise:
        rows.append((len(table.rows), z3.Not(any_of(met))))
    if table.bands is nodes.Bands.PARTS:
        return None, rows
    found = [results.result(row.results[expr.column]) for row in table.rows]
    rest = results.result(table.otherwise[expr.column]) if table.otherwise else None
    return _one_of(met, found, rest), rows


def _from_zero(keys: Sequence[Any], kinds: Sequence[types.Type]) -> list[Any]:
    """A quantity below zero is looked up as zero."""
    return [most(key, ZERO) if isinstance(of, types.Quantity) else key for key, of in zip(keys, kinds, strict=True)]


def _one_of(met: Sequence[Any], found: Sequence[Value | Rates], rest: Value | Rates | None) -> Term:
    results = [*found, *([rest] if rest is not None else [])]
    conditions = [*met, *([z3.Not(any_of(met))] if rest is not None else [])]
    if any(isinstance(each, Rates) for each in results):
        of = tuple(
            (z3.And(condition, when), rate)
            for condition, each in zip(conditions, results, strict=True)
            if isinstance(each, Rates)
            for when, rate in each.of
        )
        return Rates(of)
    terms = [each.term for each in results if isinstance(each, Value)]
    return Value(first_of(list(zip(conditions, terms, strict=True))[:-1], terms[-1]))


def _is(key: Any, cell: nodes.Value | nodes.Band, results: Results) -> Any:
    """Whether a key is a value, or lies in a band."""
    if isinstance(cell, nodes.Band):
        return within(key, cell)
    match cell:
        case bool():
            return key == z3.BoolVal(cell)
        case Fraction() | int():
            return key == fraction(cell) if z3.is_real(key) else key == int(cell)
        case date():
            return key == cell.toordinal()
    return key == results.key_number(str(cell))


def within(key: Any, band: nodes.Band) -> Any:
    """Whether a band holds a value."""
    first, last = _end(band.first, key), _end(band.last, key)
    above = ALWAYS if first is None else key >= first if band.with_first else key > first
    below = ALWAYS if last is None else key <= last if band.with_last else key < last
    return z3.And(above, below)


def _end(end: nodes.Value | None, key: Any) -> Any:
    match end:
        case date():
            return z3.IntVal(end.toordinal())
        case Fraction() | int():
            return fraction(end) if z3.is_real(key) else z3.IntVal(int(end))
    return None


def _scale(table: nodes.Table, others: list[Any], column: int, results: Results) -> tuple[Scale, list[Met]]:
    """The rates of a table by bands, for its other keys; a row is met where these are its own."""
    bands, rows = [], []
    for at, row in enumerate(table.rows):
        own = [cell for place, cell in enumerate(row.keys) if place != table.banded]
        met = every(_is(key, cell, results) for key, cell in zip(others, own, strict=True))
        cell = row.keys[table.banded]
        band = cell if isinstance(cell, nodes.Band) else nodes.Band(cell, True, cell, True)
        bands.append((met, band, results.result(row.results[column])))
        rows.append((at, met))
    rest = results.result(table.otherwise[column]) if table.otherwise else None
    rows += [(len(table.rows), ALWAYS)] if table.otherwise else []
    return Scale(tuple(bands), rest, table.bands is nodes.Bands.PARTS), rows


# ---------------------------------------------------------------- applied to an amount


def apply(rate: Term, base: Any) -> Any:
    """A rate or a share of a base; a base below zero counts as zero, `full` counts whole steps."""
    base = most(base, ZERO)
    match rate:
        case Value(term):
            return term * base
        case Rates(of):
            cases = [(when, _of(each, base)) for when, each in of]
            return first_of(cases[:-1], cases[-1][1])
        case Scale(parts=False):
            cases = [(z3.And(met, within(base, band)), apply(each, base)) for met, band, each in rate.bands]
            return first_of(cases, apply(rate.rest, base) if rate.rest is not None else ZERO)
    return total(_parts(rate, base))


def bands_met(scale: Scale, base: Any) -> list[Met]:
    """Each row by its place, and when a base is reckoned with it; the place behind the last is `else`."""
    base = most(base, ZERO)
    if scale.parts:
        reached = [ALWAYS if band.first is None else base > _end(band.first, base) for _, band, _ in scale.bands]
        found = [
            (at, z3.And(met, base > 0, so))
            for at, ((met, _, _), so) in enumerate(zip(scale.bands, reached, strict=True))
        ]
        return [*found, *([(len(found), ALWAYS)] if scale.rest is not None else [])]
    found = [(at, z3.And(met, within(base, band))) for at, (met, band, _) in enumerate(scale.bands)]
    rest = z3.Not(any_of(met for _, met in found))
    return [*found, *([(len(found), rest)] if scale.rest is not None else [])]


def _of(rate: types.RateValue, base: Any) -> Any:
    steps = base / fraction(rate.per)
    return fraction(rate.give) * (z3.ToReal(z3.ToInt(steps)) if rate.full else steps)


def _parts(scale: Scale, base: Any) -> Iterator[Any]:
    """What each part of a base comes to: cut where a band of some row ends."""
    ends = {end for _, band, _ in scale.bands for end in (band.first, band.last) if isinstance(end, Fraction)}
    cuts: list[Fraction | None] = [Fraction(0), *sorted(end for end in ends if end > 0), None]
    for low, high in pairwise(cuts):
        assert low is not None
        middle = fraction(low + 1 if high is None else (low + high) / 2)
        size = most((base if high is None else least(base, fraction(high))) - fraction(low), ZERO)
        cases = [(z3.And(met, within(middle, band)), apply(each, size)) for met, band, each in scale.bands]
        yield first_of(cases, apply(scale.rest, size) if scale.rest is not None else ZERO)
