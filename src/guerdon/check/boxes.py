"""Whether a table has one row for all keys: the first keys without a row, or with two.

Keys are gone through one after the other. Each is cut into words, or into stretches
between the ends of its bands, and for each of these the rows that hold for it are looked
at further. A *box* is a stretch or a word for each of the keys gone through so far.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

from guerdon.check.names import Names
from guerdon.check.strange import words_for
from guerdon.check.wording import plain
from guerdon.program import nodes, types

Cut = tuple[Any, ...]
"""A place between values: just before one `(0, value, 0)`, just behind it `(0, value, 1)`; LOW and HIGH are before and behind all."""
LOW: Cut = (-1,)
HIGH: Cut = (1,)
REST = "anything else"


@dataclass(frozen=True)
class Stretch:
    """The values between two cuts."""

    low: Cut
    high: Cut


@dataclass(frozen=True)
class Part:
    """What a key is in a box."""

    key: str
    of: types.Type
    what: nodes.Value | Stretch

    @property
    def is_rest(self) -> bool:
        return self.what is REST

    def text(self, between: str = " ") -> str:
        """As a row holds it, behind the key's name."""
        if not isinstance(self.what, Stretch):
            verb = "" if between == " " else "is "
            return f"{self.key} {verb}{_shown(self.what, self.of)}"
        return f"{self.key} {self.cell}"

    @property
    def cell(self) -> str:
        """As a row holds it."""
        if not isinstance(self.what, Stretch):
            return _shown(self.what, self.of)
        low, high, ends = self.what.low, self.what.high, []
        if low != LOW and high != HIGH and low[1] in (high[1], _before(high[1])):
            return _shown(low[1], self.of)
        if low != LOW:
            ends.append(f"{'above' if low[2] else 'from'} {_shown(low[1], self.of)}")
        if high != HIGH:
            through = high[2] or isinstance(high[1], date)
            ends.append(f"{'through' if through else 'below'} {_shown(_before(high[1]), self.of)}")
        return " ".join(ends) or "anything"


def _before(value: Any) -> Any:
    """The last day before one, which is how days end; other values as they are."""
    return value - timedelta(1) if isinstance(value, date) else value


def _shown(value: Any, of: types.Type) -> str:
    match of, value:
        case _, bool():
            return "yes" if value else "no"
        case types.Quantity(unit), Fraction():
            return f"{plain(value)} {unit}"
        case types.Number(_, True), Fraction():
            return f"{plain(value * 100)}%"
        case _, Fraction():
            return plain(value)
        case types.Days(), _:
            return f"{value} days"
        case types.Months(), _:
            return f"{value} months"
        case types.Text(), str() if value is not REST:
            return f'"{value}"'
    return str(value)


Box = list[Part]


@dataclass
class Boxes:
    """The keys of a table and its rows. `fine`: keys in quantities and numbers may lie between the steps of their type."""

    keys: dict[str, types.Type]
    rows: Sequence[nodes.Row]
    names: Names
    fine: bool = False
    full: set[tuple[int, tuple[int, ...]]] = field(default_factory=set)  # what was found to have no gap

    def gap(self) -> Box | None:
        """The first keys without a row."""
        return self._gap(0, tuple(range(len(self.rows))))

    def overlap(self) -> tuple[Box, nodes.Row, nodes.Row] | None:
        """The first keys with two rows, and these."""
        return self._overlap(0, tuple(range(len(self.rows))))

    def _gap(self, at: int, rows: tuple[int, ...]) -> Box | None:
        if not rows:
            return []
        if at == len(self.keys) or (at, rows) in self.full:
            return None
        for part, held in self._split(at, rows):
            found = self._gap(at + 1, held)
            if found is not None:
                return [part, *found]
        self.full.add((at, rows))
        return None

    def _overlap(self, at: int, rows: tuple[int, ...]) -> tuple[Box, nodes.Row, nodes.Row] | None:
        if len(rows) < 2:
            return None
        if at == len(self.keys):
            return [], self.rows[rows[0]], self.rows[rows[1]]
        for part, held in self._split(at, rows):
            found = self._overlap(at + 1, held)
            if found is not None:
                return [part, *found[0]], found[1], found[2]
        return None

    def _split(self, at: int, rows: tuple[int, ...]) -> Iterator[tuple[Part, tuple[int, ...]]]:
        """The words or stretches of a key, and the rows that hold for each."""
        name, of = list(self.keys.items())[at]
        keys = [self.rows[row].keys[at] for row in rows]
        if any(isinstance(key, nodes.Band) for key in keys):
            yield from self._stretches(name, of, at, rows)
            return
        by_value: dict[nodes.Value, list[int]] = {}
        for row, key in zip(rows, keys, strict=True):
            assert not isinstance(key, nodes.Band)
            by_value.setdefault(key, []).append(row)
        words = words_for(of, self.names)
        domain: list[nodes.Value] = list(by_value)
        if words is not None:
            domain = [word == "yes" if isinstance(of, types.YesNo) else word for word in words]
        for value in domain:
            yield Part(name, of, value), tuple(by_value.get(value, ()))
        if words is None:
            yield Part(name, of, REST), ()

    def _stretches(
        self, name: str, of: types.Type, at: int, rows: tuple[int, ...]
    ) -> Iterator[tuple[Part, tuple[int, ...]]]:
        begin: Cut = (0, Fraction(0), 0) if isinstance(of, types.Quantity) else LOW
        held = []
        for row in rows:
            low, high = (self._on_grid(cut, of) for cut in _cuts(self.rows[row].keys[at]))
            if max(low, begin) < high:
                held.append((max(low, begin), high, row))
        cuts = sorted({begin, HIGH, *(low for low, _, _ in held), *(high for _, high, _ in held)})
        held.sort()
        active: list[tuple[Cut, Cut, int]] = []
        for low, high in pairwise(cuts):
            while held and held[0][0] <= low:
                active.append(held.pop(0))
            active = [each for each in active if each[1] > low]
            yield Part(name, of, Stretch(low, high)), tuple(sorted(row for _, _, row in active))

    def _on_grid(self, cut: Cut, of: types.Type) -> Cut:
        """A cut just before the next value that there is."""
        if cut in (LOW, HIGH):
            return cut
        value, behind = cut[1], cut[2]
        if isinstance(of, types.Date):
            return (0, value + timedelta(behind), 0)
        if isinstance(of, types.Days | types.Months):
            return (0, value + behind, 0)
        step = of.step if isinstance(of, types.Quantity | types.Number) and not self.fine else None
        if step is None:
            return cut
        steps = value / step
        return (0, (floor(steps) + 1 if behind or steps.denominator != 1 else floor(steps)) * step, 0)


def _cuts(key: nodes.Value | nodes.Band) -> tuple[Cut, Cut]:
    """Where a key begins and ends."""
    if not isinstance(key, nodes.Band):
        return (0, key, 0), (0, key, 1)
    low = LOW if key.first is None else (0, key.first, 0 if key.with_first else 1)
    high = HIGH if key.last is None else (0, key.last, 1 if key.with_last else 0)
    return low, high


def told(box: Box) -> str:
    """`status is Gold, amount from 400 EUR below 1000 EUR`; keys that can be anything are left out."""
    return ", ".join(part.text("is") for part in box if part.cell != "anything")
