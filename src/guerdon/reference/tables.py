"""Tables: the row for some keys, and a table applied to an amount, whole or part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from guerdon.program import nodes, types
from guerdon.reference.exact import ZERO, summed

Rate = types.RateValue | Fraction
"""So much of one for so much of another, or a share."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The rates of a table by its bands of `key`; `rest` for what lies in none. In `parts`, each part at its own."""

    key: types.Type
    bands: tuple[tuple[nodes.Band, Rate], ...]
    rest: Rate | None
    parts: bool

    def at(self, value: Fraction) -> Rate:
        """The rate of the band that holds a value."""
        found = next((rate for band, rate in self.bands if within(value, band)), self.rest)
        assert found is not None, "the checker saw to it that every value has a band"
        return found

    def parts_of(self, base: Fraction) -> Iterator[tuple[Rate, Fraction]]:
        """The parts into which the bands cut a base, from zero on: the rate of each, and how much it is."""
        ends = {end for band, _ in self.bands for end in (band.first, band.last) if isinstance(end, Fraction)}
        cuts = [ZERO, *sorted(end for end in ends if ZERO < end < base), base]
        for low, high in pairwise(cuts):
            yield self.at((low + high) / 2), high - low

    def mean(self, value: Fraction) -> Rate:
        """The rate that all parts come to together; of nothing, that of the first part."""
        value = max(value, ZERO)
        ends = (end for band, _ in self.bands for end in (band.first, band.last) if isinstance(end, Fraction))
        begins = self.at(min((end for end in ends if end > 0), default=Fraction(1)) / 2)
        if value == 0:
            return begins
        whole = apply(self, value) / value
        return whole if isinstance(begins, Fraction) else types.RateValue(whole, Fraction(1), False)


def within(value: Any, band: nodes.Band) -> bool:
    """Whether a band holds a value."""
    above = band.first is None or value > band.first or (band.with_first and value == band.first)
    below = band.last is None or value < band.last or (band.with_last and value == band.last)
    return bool(above and below)


def looked_up(table: nodes.Table, values: Sequence[Any], column: int, evaluate: Callable[[nodes.Expr], Any]) -> Any:
    """A column of the row for some keys, its results evaluated; without the key in bands, all its bands.

    Source: language reference, Tables.
    """
    if len(values) < len(table.keys):
        return _scale(table, values, column, evaluate)
    kinds = table.keys.values()
    keys = [max(key, ZERO) if isinstance(of, types.Quantity) else key for key, of in zip(values, kinds, strict=True)]
    if table.bands is nodes.Bands.PARTS:
        others = [key for at, key in enumerate(keys) if at != table.banded]
        return _scale(table, others, column, evaluate).mean(keys[table.banded])
    return evaluate(_row(table, keys)[column])


def _row(table: nodes.Table, keys: Sequence[Any]) -> tuple[nodes.Expr, ...]:
    """The results for these keys: of the one row that holds for them, else those for all others."""
    for banded, rows in table.by_value.items():
        values = tuple(key for at, key in enumerate(keys) if at not in banded)
        for row in rows.get(values, ()):
            if all(within(keys[at], _band(row, at)) for at in banded):
                return row.results
    assert table.otherwise, "the checker saw to it that every key has a row"
    return table.otherwise


def _band(row: nodes.Row, at: int) -> nodes.Band:
    band = row.keys[at]
    assert isinstance(band, nodes.Band)
    return band


def _scale(table: nodes.Table, others: Sequence[Any], column: int, evaluate: Callable[[nodes.Expr], Any]) -> Scale:
    """The bands of a table for its other keys."""
    kinds = [of for at, of in enumerate(table.keys.values()) if at != table.banded]
    keys = [max(key, ZERO) if isinstance(of, types.Quantity) else key for key, of in zip(others, kinds, strict=True)]
    found = []
    for row in table.rows:
        if [key for at, key in enumerate(row.keys) if at != table.banded] == keys:
            found.append((_point_or_band(row.keys[table.banded]), evaluate(row.results[column])))
    rest = evaluate(table.otherwise[column]) if table.otherwise else None
    key = [*table.keys.values()][table.banded]
    return Scale(key, tuple(found), rest, table.bands is nodes.Bands.PARTS)


def _point_or_band(key: Any) -> nodes.Band:
    """A band; one that holds a single value where a row names just this."""
    return key if isinstance(key, nodes.Band) else nodes.Band(key, True, key, True)


def apply(rate: Rate | Scale, base: Fraction) -> Fraction:
    """A rate or a share of a base; a base below zero counts as zero, `full` counts whole steps."""
    base = max(base, ZERO)
    match rate:
        case Scale(parts=True):
            return summed(apply(each, part) for each, part in rate.parts_of(base))
        case Scale():
            return apply(rate.at(base), base)
        case Fraction():
            return rate * base
    steps = base / rate.per
    return rate.give * (steps.numerator // steps.denominator if rate.full else steps)
