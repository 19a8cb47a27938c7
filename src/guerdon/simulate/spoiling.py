"""Rows made bad on purpose, each in one way that a history names by its code."""

from __future__ import annotations

from guerdon.simulate.chance import Chance
from guerdon.simulate.table import Row, Table

WAYS = {
    "money": (("G603", "n/a"), ("G604", "{}5")),
    "litres": (("G603", "n/a"), ("G604", "{}5")),
    "whole": (("G603", "n/a"),),
    "member": (("G602", ""),),
    "time": (("G610", "soon"),),
    "word": (("G608", "unknown"),),
}
"""By what a column holds: the code with which such a row is set aside, and what stands there instead; `{}` is what stood there."""


def spoilt(table: Table, row: Row, chance: Chance) -> tuple[str, Row]:
    """The code and the row, with one of its values made bad; a value that is missing stays missing."""
    places = [
        (place, way)
        for place, (column, kind) in enumerate(table.columns.items())
        for way in WAYS.get(kind, ())
        if row[place] and column != "recorded"
    ]
    place, (code, bad) = chance.one_of(places)
    return code, (*row[:place], bad.format(row[place]), *row[place + 1 :])
