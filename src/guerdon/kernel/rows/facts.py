"""Facts as integers, in SQL: what `encoded` says of an event in memory, of a column in DuckDB."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from guerdon.history.column import decimals, required
from guerdon.kernel.columns import Column
from guerdon.kernel.days import Years
from guerdon.kernel.rows.arrow import SQL
from guerdon.kernel.writing.make import QUANTITY
from guerdon.program import nodes, types

_PLACES = 18
"""So many decimals has a number at most that is kept as its digits."""


@dataclass(frozen=True)
class Given:
    """A column of the kernel as SQL: its value (NULL where there is none), and what says that no column holds it (None: never)."""

    column: Column
    value: str
    odd: str | None

    def put(self) -> dict[str, str]:
        """The values of a row by their columns: 0 where one is missing."""
        found = {self.column.name: f"coalesce({self.value}, 0)::{SQL[self.column.type]}"}
        if self.column.is_there is not None:
            found[self.column.is_there] = f"({self.value} IS NOT NULL)::UTINYINT"
        return found


@dataclass(frozen=True)
class Facts:
    """Writes facts of a program as SQL, days as numbers in some years."""

    program: nodes.Program
    years: Years

    def given(self, raw: str, of: types.Type, column: Column, is_sale: bool, code: str | None = None) -> Given:
        """A fact that SQL names `raw`; of a text `code` is its number. `is_sale`: it is never below zero."""
        value = code or self._value(raw, required(of), column, is_sale)
        if column.is_there is None:
            return Given(column, value, f"{value} IS NULL")
        fails = code is None and not isinstance(required(of), types.Date | types.YesNo | types.Instant)
        return Given(column, value, f"{raw} IS NOT NULL AND {value} IS NULL" if fails else None)

    def _value(self, raw: str, of: types.Type, column: Column, is_sale: bool) -> str:
        match of:
            case types.Quantity(unit, _):
                unit_of = Fraction(1, 10 ** decimals(unit, self.program))
                return _whole(f"{raw}::BIGINT", unit_of / column.step, is_sale)
            case types.Number(step, percent) if step != 1 or percent:
                return _of_digits(f"{raw}::VARCHAR", column.step, is_sale)
            case types.Number() | types.Days() | types.Months():
                size = 2**31 - 1 if column.type == "i32" else QUANTITY
                return _whole(f"{raw}::BIGINT", 1 / column.step, is_sale, size)
            case types.Date():
                return f"({raw}::DATE - DATE '{date.fromordinal(self.years.base)}')"
            case types.YesNo():
                return f"{raw}::BOOLEAN::UTINYINT"
            case types.Instant():
                return f"{raw}::BIGINT"
            case _:
                raise AssertionError(f"{of} is a text")


def in_control(group: nodes.Control) -> str:
    """Whether the `member` of a row is in a control group: digits are compared, and have the order of numbers."""
    if group.below == nodes.DRAWN_OF:
        return "true"
    name = group.group.replace("'", "''")
    return f"left(sha256('{name}' || chr(10) || member), 16) < '{group.below:016x}'"


def is_text(of: types.Type) -> bool:
    """Whether a fact's column holds a code."""
    numbers = types.Quantity, types.Number, types.Days, types.Months, types.Date, types.YesNo, types.Instant
    return not isinstance(required(of), numbers)


def _whole(number: str, by: Fraction, is_sale: bool, size: int = QUANTITY) -> str:
    """An integer times so much; NULL where that is no integer, too large, or below zero where it must not be."""
    most = size // by.numerator * by.denominator
    fits = f"{number} BETWEEN {0 if is_sale else -most} AND {most}"
    if by.denominator == 1:
        return f"CASE WHEN {fits} THEN {number}{f' * {by.numerator}' if by != 1 else ''} END"
    scaled = f"({number} // {by.denominator}){f' * {by.numerator}' if by.numerator != 1 else ''}"
    return f"CASE WHEN {fits} AND {number} % {by.denominator} = 0 THEN ({scaled})::BIGINT END"


def _of_digits(raw: str, step: Fraction, is_sale: bool) -> str:
    """The steps of a number of which the digits are kept, with a sign of percent or without."""
    digits = f"rtrim({raw}, '% ')"
    decimal = f"rtrim(split_part({digits}, '.', 2), '0')"
    number = f"(split_part({digits}, '.', 1) || rpad({decimal}, {_PLACES}, '0'))::HUGEINT"
    plain = _whole(number, Fraction(1, 10**_PLACES) / step, is_sale)
    percent = _whole(number, Fraction(1, 10 ** (_PLACES + 2)) / step, is_sale)
    return f"CASE WHEN contains({raw}, '%') THEN {percent} ELSE {plain} END"
