"""Values as the kernel keeps them, and as the reference engine does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from guerdon.kernel.columns import Columns
from guerdon.kernel.days import Years
from guerdon.program import types


@dataclass
class Converter:
    """Integers of a member as values of a program, and back.

    Shape: `texts` are the member's own, and grow.
    """

    columns: Columns
    years: Years
    texts: list[str]

    def value(self, of: types.Type, integer: int, over: int = 1) -> Any:
        """What an integer stands for; a quantity or a number is so many of `over` parts."""
        match of.of if isinstance(of, types.Optional) else of:
            case types.Quantity() | types.Number():
                return Fraction(integer, over)
            case types.Date():
                return self.years.day(integer)
            case types.YesNo():
                return bool(integer)
            case types.Days() | types.Months() | types.Instant():
                return integer
            case _:
                return self.text(integer)

    def integer(self, value: Any, over: int = 1) -> int:
        """What a value is as an integer; `over` makes a quantity or a number whole."""
        match value:
            case Fraction():
                whole = value * over
                assert whole.denominator == 1, "what an engine counts lies on its grid"
                return whole.numerator
            case date():
                return self.years.number(value)
            case bool() | int():
                return int(value)
            case _:
                return self.code(str(value))

    def text(self, code: int) -> str:
        known = [*self.columns.codes]
        return known[code] if code < len(known) else self.texts[code - len(known)]

    def code(self, text: str) -> int:
        known = self.columns.codes
        if text not in known and text not in self.texts:
            self.texts.append(text)
        return known[text] if text in known else len(known) + self.texts.index(text)
