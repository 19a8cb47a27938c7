"""What values of a type are, as English says it."""

from __future__ import annotations

from typing import assert_never

from guerdon.program import types
from guerdon.study.describe.english import listed, plural, readable


def kind(of: types.Type) -> str:
    """What a value of a type is."""
    match of:
        case types.Quantity(unit):
            return f"an amount in {unit}" if plural(unit) == unit else f"a number of {plural(readable(unit))}"
        case types.Rate(unit, per):
            return f"{plural(readable(unit))} per {readable(per)}"
        case types.Number(step, percent):
            return (
                "a percentage"
                if percent
                else "a whole number"
                if step is not None and step.denominator == 1
                else "a number"
            )
        case types.Text():
            return "a text"
        case types.Choice(words):
            return f"one of {listed(map(readable, words), 'or')}" if len(words) > 1 else f"always {readable(words[0])}"
        case types.YesNo():
            return "yes or no"
        case types.Date():
            return "a day"
        case types.Instant():
            return "a moment"
        case types.Days():
            return "a number of days"
        case types.Months():
            return "a number of months"
        case types.Member():
            return "a member"
        case types.Tier(ladder):
            return f"a tier of {readable(ladder)}"
        case types.Lines(record):
            return f"a list of {plural(readable(record))}"
        case types.AmountOf():
            return "an amount of a unit"
        case types.Optional(inner):
            return kind(inner)
        case _:
            assert_never(of)
