"""Expressions and values as text, with the fewest parentheses that give the same tree back."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import assert_never

from guerdon.syntax import tree

Value = tree.Name | tree.String | tree.Number | tree.Percent | tree.Date | tree.Quantity | tree.Negative | tree.LineList


class Binding(IntEnum):
    """How tightly the parts of an expression hold together, loosest first: the levels of the grammar."""

    OR = 0
    AND = 1
    NOT = 2
    COMPARE = 3
    OF = 4
    SUM = 5  # beside OF in the grammar: either may be compared, neither may hold the other without parentheses
    PRODUCT = 6
    ATOM = 7


def expression(expr: tree.Expr, least: Binding = Binding.OR) -> str:
    """The text of an expression, in parentheses if it binds less tightly than its place asks for."""
    text = _bare(expr)
    return f"({text})" if _binding(expr) < least else text


def _binding(expr: tree.Expr) -> Binding:
    match expr:
        case tree.Either():
            return Binding.OR
        case tree.Both():
            return Binding.AND
        case tree.Negation():
            return Binding.NOT
        case tree.Compare() | tree.Same() | tree.Alike() | tree.Among():
            return Binding.COMPARE
        case tree.Application():
            return Binding.OF
        case tree.Add():
            return Binding.SUM
        case tree.Multiply():
            return Binding.PRODUCT
        case _:
            return Binding.ATOM


def _bare(expr: tree.Expr) -> str:
    match expr:
        case tree.Either(of):
            return " or ".join(expression(each, Binding.AND) for each in of)
        case tree.Both(of):
            return " and ".join(expression(each, Binding.NOT) for each in of)
        case tree.Negation(denied):
            return f"not {expression(denied, Binding.NOT)}"
        case tree.Compare(left, operator, right):
            return f"{expression(left, Binding.OF)} {operator.text} {expression(right, Binding.OF)}"
        case tree.Same(left, differs, right):
            return f"{expression(left, Binding.OF)} {'is not' if differs else 'is'} {expression(right, Binding.OF)}"
        case tree.Alike(left, right):
            return f"{expression(left, Binding.OF)} same as {expression(right, Binding.OF)}"
        case tree.Among(item, outside, values):
            word = "not in" if outside else "in"
            return f"{expression(item, Binding.OF)} {word} [{listed(map(expression, values))}]"
        case tree.Application(rate, base):
            return f"{expression(rate, Binding.PRODUCT)} of {expression(base, Binding.PRODUCT)}"
        case tree.Add(left, operator, right):
            return f"{expression(left, Binding.SUM)} {operator.text} {expression(right, Binding.PRODUCT)}"
        case tree.Multiply(left, operator, right):
            return f"{expression(left, Binding.PRODUCT)} {operator.text} {expression(right, Binding.ATOM)}"
        case _:
            return _atom(expr)


def _atom(
    expr: tree.Number
    | tree.Percent
    | tree.String
    | tree.Date
    | tree.Quantity
    | tree.Rate
    | tree.Path
    | tree.Call
    | tree.Exact
    | tree.Measured
    | tree.Streak
    | tree.Earned
    | tree.Available
    | tree.Open
    | tree.PeriodDay,
) -> str:
    match expr:
        case tree.Number() | tree.Percent() | tree.String() | tree.Date() | tree.Quantity():
            return value(expr)
        case tree.Rate(give, full, per):
            return f"{value(give)} per {'full ' if full else ''}{value(per)}"
        case tree.Path():
            return expr.text
        case tree.Call(name, arguments, column):
            return f"{name.text}({listed(map(expression, arguments))}){f'.{column.text}' if column else ''}"
        case tree.Exact(rule):
            return f"exact {value(rule)}"
        case tree.Measured(aggregate, path, condition, over):
            of = "" if aggregate.text == "days since" else " of"
            return f"{aggregate.text}{of} {path.text}{where(condition)} {window(over)}"
        case tree.Streak(period, came, missed, over):
            of = listed(each.path.text + where(each.where) for each in came)
            missing = f", {missed.text} missed" if missed else ""
            return f"streak per {period.text} of {of}{missing} {window(over)}"
        case tree.Earned(of, over, back):
            return f"{_atom(of)} {'taken back' if back else 'earned'} {window(over)}"
        case tree.Available(path):
            return f"{path.text} available"
        case tree.Open(offer):
            return f"{value(offer)} open"
        case tree.PeriodDay(edge, which, period):
            return f"{edge.text} day of {which.text} {period.text}"
        case _:
            assert_never(expr)


def value(written: Value) -> str:
    """The text of a name, a literal, a quantity or a test's lines."""
    match written:
        case tree.Name(text) | tree.Number(text) | tree.Percent(text) | tree.Date(text):
            return text
        case tree.String(text):
            return f'"{text}"'
        case tree.Quantity(amount, unit):
            return f"{amount.text} {unit.text}"
        case tree.Negative(sign, amount):
            return sign.text + value(amount)
        case tree.LineList(lines):
            return f"[{'; '.join(map(settings, lines))}]"
        case _:
            assert_never(written)


def settings(of: Iterable[tree.Setting]) -> str:
    return listed(f"{each.name.text} {value(each.value)}" for each in of)


def where(condition: tree.Expr | None) -> str:
    """` where ...`, or nothing."""
    return f" where {expression(condition)}" if condition is not None else ""


def window(over: tree.Window) -> str:
    match over:
        case tree.Calendar(which, of):
            return f"{which.text} {of.text}"
        case tree.Rolling(time):
            return f"last {stretch_of_time(time)}"
        case tree.Since(word):
            return f"since {word.text}"
        case tree.Ever():
            return "ever"
        case _:
            assert_never(over)


def stretch_of_time(time: tree.ForTime) -> str:
    return f"{time.amount.text} {time.unit.text}"


def named(names: Iterable[tree.Name], between: str = ", ") -> str:
    return between.join(name.text for name in names)


def behind(word: str, of: Value | tree.Path | None) -> str:
    """` word of`, or nothing if there is no such part."""
    if of is None:
        return ""
    return f" {word} {of.text if isinstance(of, tree.Path) else value(of)}"


def listed(texts: Iterable[str]) -> str:
    """`a, b, c`."""
    return ", ".join(texts)
