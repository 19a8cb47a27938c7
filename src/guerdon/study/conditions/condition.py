"""A condition as it is written: `cost > 5%`, `losers = 0`, `Gold = 5%`, `cost <= 1.2% of sales`, `point <= 100000 point`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

_NAME = r'"[^"]+"|\w+(?:\s+\w+)?'
_WRITTEN = re.compile(rf"\s*({_NAME})\s*(>=|<=|>|<|=)\s*([+-]?\d+(?:\.\d+)?)\s*(?:(\w+)|(%)(?:\s*of\s+({_NAME}))?)?\s*")
OPERATORS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
}


class Malformed(Exception):
    """A condition that can't be read, or that is about nothing; `help` says what to write."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(f"{message}; {help}" if help else message)
        self.message, self.help = message, help


@dataclass(frozen=True)
class Condition:
    """A figure, how it compares, and with what: so much, in a unit or without one, or (`%`) so much of a whole.

    Shape: `whole` is the figure that it is a share of; empty: what the share is of by itself.
    """

    text: str
    figure: str
    operator: str
    number: Fraction
    unit: str = ""
    whole: str = ""

    @property
    def is_share(self) -> bool:
        return self.unit == "%"

    @property
    def goal(self) -> Fraction:
        """What the figure is compared with; a share from 0 to 1."""
        return self.number / 100 if self.is_share else self.number

    def met_by(self, figure: Fraction) -> bool:
        """Whether a figure, or its share, is as the condition says."""
        return OPERATORS[self.operator](figure, self.goal)


def condition(text: str) -> Condition:
    """A condition as it is written. Errors: Malformed."""
    read = _WRITTEN.fullmatch(text)
    if read is None:
        raise Malformed(
            f"`{text}` is no condition",
            "write it like `cost > 5%`, `losers = 0`, `Gold <= 40` or `cost <= 1.2% of sales`",
        )
    figure, compared, number, unit, percent, whole = read.groups()
    amount = Fraction(Decimal(number))
    return Condition(text.strip(), _one(figure), compared, amount, percent or unit or "", _one(whole or ""))


def _one(name: str) -> str:
    return " ".join(name.split())
