"""The keys of a table's rows: values, and bands of what has an order."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise
from typing import Any

from guerdon.check.arithmetic import one_kind
from guerdon.check.expressions import typed
from guerdon.check.mending import as_type
from guerdon.check.names import Names
from guerdon.check.scene import CONSTANT
from guerdon.check.strange import words_for
from guerdon.check.wording import quoted, show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit, nearest

Key = nodes.Value | nodes.Band
ORDERED = types.Quantity | types.Number | types.Date | types.Days | types.Months
"""Types whose values can be given in bands."""


def key(written: tree.Cell, of: types.Type, names: Names) -> Key | None:
    """The key of a row as the engine meets it; None where it is not one of the table's."""
    if isinstance(written, tree.Band):
        return _band(written, of, names)
    words = words_for(of, names)
    match written:
        case tree.Name(text) if words is not None:
            if text in words:
                return text == "yes" if isinstance(of, types.YesNo) else text
            what = f"a tier of `{of.ladder}`" if isinstance(of, types.Tier) else f"one of {quoted(words)}"
            names.unknown("G107", f"`{text}` is not {what}", written.span, words, "no such key")
            return None
        case tree.String(text) if isinstance(of, types.Text):
            return text
        case tree.Name() | tree.Number() | tree.Percent() | tree.Date() | tree.Quantity() if isinstance(of, ORDERED):
            return _value(written, of, names)
    _wrong(written, of, names)
    return None


def _value(written: tree.Bound, of: types.Type, names: Names) -> nodes.Value | None:
    """A plain value of a type that has an order; a word is that of a `param`."""
    expr = tree.Path((written,), span=written.span) if isinstance(written, tree.Name) else written
    found = typed(expr, CONSTANT, names, of)
    if isinstance(found, nodes.Lookup):
        found = names.tables[found.table].otherwise[0]
    if found is None:
        return None
    if not isinstance(found, nodes.Literal) or isinstance(found.value, types.RateValue) or not one_kind(found.type, of):
        _wrong(written, of, names, found)
        return None
    return found.value


def _wrong(written: tree.Cell, of: types.Type, names: Names, found: nodes.Expr | None = None) -> None:
    """Reports a key of another kind."""
    meant, words = None, words_for(of, names)
    if words is not None and isinstance(written, tree.String):
        meant = nearest(written.text, words)
    elif isinstance(of, types.Text) and not isinstance(written, tree.Band):
        meant = f'"{written.span.text}"'
    elif found is not None:
        meant = as_type(written.span, found, of)
    names.report(
        "G205",
        f"this table is looked up by {show(of)}",
        written.span,
        "not such a key",
        help=(f"write `{meant}`",) if meant else (),
        edit=Edit(written.span, meant) if meant else None,
    )


def _band(written: tree.Band, of: types.Type, names: Names) -> nodes.Band | None:
    """A band as it was written; None where it has no order, or nothing in it."""
    if not isinstance(of, ORDERED):
        names.report(
            "G424",
            f"`{written.first.side.text}` begins a band of what has an order, and this key is {show(of)}",
            written.span,
            "no order",
            help=("write a row for each value",),
        )
        return None
    ends = [end for end in (written.first, written.end) if end is not None]
    values = [_value(end.value, of, names) for end in ends]
    if any(value is None for value in values):
        return None
    low = high = None
    with_low = with_high = False
    for end, value in zip(ends, values, strict=True):
        if end.side.text in ("from", "above"):
            low, with_low = value, end.side.text == "from"
        else:
            high, with_high = value, end.side.text == "through"
    band = nodes.Band(low, with_low, high, with_high, span=written.span)
    return band if not _is_empty(band, written, of, names) else None


def _is_empty(band: nodes.Band, written: tree.Band, of: types.Type, names: Names) -> bool:
    """Whether no value lies in a band; then it is reported."""
    if (
        isinstance(of, types.Quantity)
        and isinstance(band.last, Fraction)
        and (band.last, band.with_last) <= (Fraction(0), False)
    ):
        names.report(
            "G425",
            "nothing lies in this band: an amount below zero is looked up as zero",
            band.span,
            "below zero",
            help=("take the row out, or let it end above zero",),
        )
        return True
    if band.first is None or band.last is None:
        return False
    first: Any = band.first
    last: Any = band.last
    if first < last or (first == last and band.with_first and band.with_last):
        return False
    assert written.end is not None
    first_text, last_text = written.first.value.span.text, written.end.value.span.text
    turned = f"{written.first.side.text} {last_text} {written.end.side.text} {first_text}"
    meant = turned if last < first else first_text
    names.report(
        "G425",
        "nothing lies in this band: it ends before it begins" if last < first else "nothing lies in this band",
        band.span,
        "empty",
        help=(f"write `{meant}`" + ("" if last < first else " to mean just this value"),),
        edit=Edit(band.span, meant),
    )
    return True


def with_ends(rows: list[nodes.Row]) -> list[nodes.Row]:
    """The rows, those without an upper end going to where the next one with the same other keys begins."""
    found = [list(row.keys) for row in rows]
    for at in range(len(rows[0].keys) if rows else 0):
        alike: dict[tuple[Key, ...], list[int]] = defaultdict(list)
        for number, row in enumerate(rows):
            band = row.keys[at]
            if isinstance(band, nodes.Band) and band.first is not None:
                alike[row.keys[:at] + row.keys[at + 1 :]].append(number)
        for numbers in alike.values():
            numbers.sort(key=lambda number: _begins(rows[number], at))
            for number, following in pairwise(numbers):
                band, after = rows[number].keys[at], rows[following].keys[at]
                assert isinstance(band, nodes.Band) and isinstance(after, nodes.Band)
                if band.last is None and _begins(rows[number], at) < _begins(rows[following], at):
                    found[number][at] = nodes.Band(
                        band.first, band.with_first, after.first, not after.with_first, span=band.span
                    )
    return [nodes.Row(tuple(keys), row.results, span=row.span) for keys, row in zip(found, rows, strict=True)]


def _begins(row: nodes.Row, at: int) -> tuple[Any, bool]:
    """Where a row's band begins, for sorting: at its first value, or just above it."""
    band = row.keys[at]
    assert isinstance(band, nodes.Band) and band.first is not None
    return band.first, not band.with_first
