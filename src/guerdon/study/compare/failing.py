"""Conditions on a comparison, for a pipeline that is to stop: `cost > 5%`, `losers > 0`, `point >= 10000 point`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from guerdon.program.currency import DECIMALS
from guerdon.reference.exact import ZERO
from guerdon.study import words

if TYPE_CHECKING:
    from guerdon.study.compare.comparison import Comparison

_WRITTEN = re.compile(r"\s*(\w+)\s*(>=|<=|>|<)\s*([+-]?\d+(?:\.\d+)?)\s*(%|\w+)?\s*")
_OPERATORS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_COUNTS = ("winners", "losers")
FIGURES = ("cost", "owed", "expired", *_COUNTS)
"""What a condition may be about, beside the units: differences between the versions, and how many members gain or lose."""


class Malformed(Exception):
    """A condition that can't be read, or that is about nothing in the comparison; the message says what to write."""


@dataclass(frozen=True)
class Condition:
    """A figure, how it compares, and with what: so much, or (`%`) so much of what it is under the old version."""

    text: str
    figure: str
    operator: str
    number: Fraction
    unit: str

    def holds(self, found: Comparison) -> str | None:
        """What the figure is, in words, where the condition holds; None where it does not. Errors: Malformed."""
        if self.figure in _COUNTS:
            return self._judged(Fraction(self._members(found)), str(self._members(found)))
        old, new, unit = self._figures(found)
        difference = new - old
        sign = "+" if difference > 0 else ""
        told = f"{sign}{words.quantity(difference, unit) if unit not in DECIMALS else words.money(difference, unit)}"
        if self.unit != "%":
            return self._judged(difference, told)
        if not old:
            return f"{told}, from nothing" if difference and self.operator[0] == ">" else None
        share = 100 * difference / old
        return self._judged(share, f"{told}, {sign}{words.decimal(share, 2)}%")

    def _judged(self, is_: Fraction, told: str) -> str | None:
        return told if _OPERATORS[self.operator](is_, self.number) else None

    def _figures(self, found: Comparison) -> tuple[Fraction, Fraction, str]:
        old, new, currency = found.old, found.new, found.currency
        expected = currency
        match self.figure:
            case "cost":
                pair = old.cost, new.cost
            case "owed":
                pair = old.liability, new.liability
            case "expired":
                pair = old.expired, new.expired
            case unit if unit in {*old.program.units, *new.program.units}:
                expected, pair = unit, (old.units.get(unit, ZERO), new.units.get(unit, ZERO))
            case _:
                units = [*new.program.units]
                raise Malformed(f"`{self.figure}` is no figure; there are {', '.join([*FIGURES, *units])}")
        if self.unit not in ("", "%", expected):
            raise Malformed(f"`{self.text}`: {self.figure} is in {expected}, not in {self.unit}")
        return *pair, expected

    def _members(self, found: Comparison) -> int:
        """How many gain, or lose, as the last row of the table of people counts them."""
        if self.unit:
            raise Malformed(f"`{self.text}`: {self.figure} are members, so many, like `{self.figure} > 0`")
        table = found.table("people")
        column = table.column("gain" if self.figure == "winners" else "lose")
        last = column[-1] if column else 0
        assert isinstance(last, int)
        return last


def condition(text: str) -> Condition:
    """A condition as it is written. Errors: Malformed."""
    read = _WRITTEN.fullmatch(text)
    if read is None:
        raise Malformed(f"`{text}` is no condition; write it like `cost > 5%`, `losers > 0` or `cost >= 1000`")
    figure, compared, number, unit = read.groups()
    return Condition(text.strip(), figure, compared, Fraction(Decimal(number)), unit or "")
