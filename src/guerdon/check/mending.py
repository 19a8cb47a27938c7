"""What a designer could write instead: values with their unit, words for other languages' words."""

from __future__ import annotations

from fractions import Fraction

from guerdon.program import nodes, types
from guerdon.text.source import Span

CURRENCIES = {
    "US": "USD",
    "DOLLAR": "USD",
    "DOLLARS": "USD",
    "EURO": "EUR",
    "EUROS": "EUR",
    "EU": "EUR",
    "POUND": "GBP",
    "POUNDS": "GBP",
    "STERLING": "GBP",
    "UKP": "GBP",
    "YEN": "JPY",
    "YUAN": "CNY",
    "RMB": "CNY",
    "RUPEE": "INR",
    "SFR": "CHF",
}
"""What currencies are called elsewhere, in capitals."""

TYPES = {
    "string": "text",
    "str": "text",
    "varchar": "text",
    "char": "text",
    "id": "text",
    "int": "whole",
    "integer": "whole",
    "bigint": "whole",
    "float": "number",
    "double": "number",
    "decimal": "number",
    "numeric": "number",
    "bool": "yes/no",
    "boolean": "yes/no",
    "flag": "yes/no",
    "datetime": "instant",
    "timestamp": "instant",
    "time": "instant",
    "amount": "money",
    "price": "money",
    "currency": "money",
    "percentage": "percent",
    "customer": "member",
}
"""What types are called elsewhere, in small letters."""

DAYS = {"weekend": "Saturday through Sunday", "weekday": "Monday through Friday", "workday": "Monday through Friday"}
"""Days that have a name together."""

MONTHS = frozenset("jan feb mar apr may jun jul aug sep oct nov dec".split())
"""How the names of months begin."""

_ROUNDING = "how an award is rounded stands on a line of its own, like `round down per event`"
_CHOOSING = "a `table` gives a value for each key, and `when` says when a rule counts"
FUNCTIONS = {
    **dict.fromkeys("round rounddown roundup floor ceil ceiling int trunc mround".split(), _ROUNDING),
    **dict.fromkeys("if ifs switch choose lookup vlookup hlookup xlookup".split(), _CHOOSING),
    **dict.fromkeys(
        "sumif sumifs total".split(), "a sum over events is written like `sum of purchase.amount this month`"
    ),
    **dict.fromkeys("countif countifs".split(), "events are counted like `count of purchase this month`"),
}
"""What is written instead of a spreadsheet's functions."""


def as_type(written: Span, value: nodes.Expr, of: types.Type) -> str | None:
    """How this value is written as one of another type: the unit behind it, its quotes; None where that is not known."""
    if not isinstance(value, nodes.Literal):
        return None
    text = written.text
    match value.type, of:
        case types.Number(_, False), types.Quantity(unit):
            return f"{text} {unit}"
        case types.Number(step, False), types.Days() | types.Months() if types.on_grid(step, Fraction(1)):
            return f"{text} {'days' if isinstance(of, types.Days) else 'months'}"
        case types.Number(_, False), types.Number(_, True):
            return f"{text}%"
        case types.Quantity(), types.Number(_, False):
            return text.split()[0]
        case types.Number(), types.Text():
            return f'"{text}"'
    return None


def compared(value: nodes.Expr) -> str | None:
    """A condition on this value, to show how one is written."""
    text = value.span.text
    match value.type:
        case types.Quantity(unit):
            return f"{text} >= 10 {unit}"
        case types.Number():
            return f"{text} >= 5"
        case types.Days():
            return f"{text} >= 30 days"
        case types.Choice(values):
            return f"{text} is {values[0]}"
        case types.Text():
            return f'{text} is "..."'
        case types.Date():
            return f"{text} is 2026-12-24"
    return None


def default(of: types.Type) -> str:
    """A value to stand for a missing one; VALUE where only the designer can know."""
    match of:
        case types.Quantity(unit):
            return f"0 {unit}"
        case types.Number():
            return "0"
        case types.YesNo():
            return "no"
        case types.Text():
            return '"none"'
    return "VALUE"


def sample(of: types.Type) -> str:
    """A value of this type, as a test would give it."""
    match of:
        case types.Quantity(unit):
            return f"10 {unit}"
        case types.Number(step, percent):
            return "10%" if percent else "3" if step else "2.5"
        case types.Choice(values):
            return values[0]
        case types.YesNo():
            return "yes"
        case types.Date():
            return "2026-12-24"
        case types.Days():
            return "30 days"
        case types.Months():
            return "3 months"
        case types.Lines():
            return "[]"
        case types.Optional(inner):
            return sample(inner)
    return '"..."'
