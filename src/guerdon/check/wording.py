"""Types in the designer's words, for messages."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import assert_never

from guerdon.check.scene import WEEKDAYS
from guerdon.program import types
from guerdon.program.currency import DECIMALS


def show(of: types.Type) -> str:
    """What a value of this type is called in a message."""
    match of:
        case types.Quantity(unit):
            return f"money in {unit}" if unit in DECIMALS else f"a quantity of {unit}"
        case types.Rate(unit, per):
            return f"a rate, {unit} per {per}"
        case types.Number(step, percent):
            return "a percentage" if percent else "a whole number" if step and step.denominator == 1 else "a number"
        case types.Text():
            return "a text"
        case types.Choice(values):
            more = ", ..." if len(values) > 5 else ""
            return "a day of the week" if values == WEEKDAYS else f"one of {', '.join(values[:5])}{more}"
        case types.YesNo():
            return "yes or no"
        case types.Date():
            return "a date"
        case types.Instant():
            return "an instant"
        case types.Days():
            return "a number of days"
        case types.Months():
            return "a number of months"
        case types.Member():
            return "a member"
        case types.Tier(ladder):
            return f"a tier of {ladder}"
        case types.Lines(record):
            return f"a list of {record}"
        case types.AmountOf():
            return "an amount of a unit"
        case types.Optional(inner):
            return f"{show(inner)}, or nothing"
        case _:
            assert_never(of)


def plain(number: Fraction) -> str:
    """A number as a designer would type it; a fraction where it has no end."""
    denominator = number.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    if denominator != 1:
        return f"{number.numerator}/{number.denominator}"
    decimals = 0
    while (number * 10**decimals).denominator != 1:
        decimals += 1
    digits = f"{abs(number) * 10**decimals}".zfill(decimals + 1)
    whole, part = (digits[:-decimals], "." + digits[-decimals:]) if decimals else (digits, "")
    return f"{'-' if number < 0 else ''}{whole}{part}"


def quoted(words: Iterable[str]) -> str:
    """`a`, `b` and `c`."""
    shown = [f"`{word}`" for word in words]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else "none"
