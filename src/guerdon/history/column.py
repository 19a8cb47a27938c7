"""A mapped value: an SQL expression that becomes a fact of an event, a line or a member."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import assert_never

from guerdon.history import reading
from guerdon.history.document import Path
from guerdon.history.reading import Reading, Unreadable
from guerdon.program import nodes, types
from guerdon.program.currency import DECIMALS

FactsOf = Callable[[Iterable[object]], list[object]]


class Part(Enum):
    """What a column is for."""

    ID = "id"
    MEMBER = "member"
    AT = "at"
    RECORDED = "recorded"
    SEQUENCE = "sequence"
    GROUP = "group"
    SINCE = "since"
    REQUIRED = "require"
    FACT = "fact"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Column:
    """One expression of the mapping: what for, the field's name and type, and where it is written."""

    part: Part
    name: str
    type: types.Type
    expression: str
    path: Path
    lines: str = ""  # the list that a line's field belongs to

    @property
    def is_optional(self) -> bool:
        return isinstance(self.type, types.Optional)

    @property
    def is_instant(self) -> bool:
        return isinstance(required(self.type), types.Instant)

    @property
    def label(self) -> str:
        return f"{self.lines}.{self.name}" if self.lines else self.name


def required(of: types.Type) -> types.Type:
    """The type without its `optional`."""
    return of.of if isinstance(of, types.Optional) else of


def read(column: Column, r: str, sql_type: str, program: nodes.Program) -> Reading:
    """How the column's value is read; an instant is read by `moment`, not here.

    Errors: Unreadable where this SQL type never gives it.
    """
    if column.part in (Part.ID, Part.MEMBER, Part.GROUP):
        return reading.identity(r, sql_type, column.label)
    if column.part is Part.REQUIRED:
        return reading.holds(r, sql_type, column.name)
    if sql_type == '"NULL"':
        return Reading(f"CAST({r} AS VARCHAR)")
    return _typed(required(column.type), r, sql_type, column.label, program)


def _typed(of: types.Type, r: str, sql_type: str, field: str, program: nodes.Program) -> Reading:
    match of:
        case types.Quantity(unit=unit):
            places = decimals(unit, program)
            read = reading.non_negative(reading.steps(r, sql_type, places, field), field)
            return Reading(read.value, read.checks, _Amounts(places).of)
        case types.Number(step=step, percent=percent):
            return _number(r, sql_type, field, whole=step == 1, percent=percent)
        case types.Days() | types.Months():
            return reading.steps(r, sql_type, 0, field)
        case types.Choice(values=values):
            return reading.one_of(r, sql_type, field, values)
        case types.Text() | types.Tier():
            return reading.words(r, sql_type, field)
        case types.Member():
            return reading.identity(r, sql_type, field)
        case types.YesNo():
            return reading.yes_or_no(r, sql_type, field)
        case types.Date():
            return reading.day(r, sql_type, field)
        case types.Rate() | types.Lines() | types.Instant() | types.AmountOf() | types.Optional():
            raise Unreadable(
                "G528", f"`{field}` can't be read from a table", "leave it out, or make it optional in the program"
            )
        case _:
            assert_never(of)


def _number(r: str, sql_type: str, field: str, *, whole: bool, percent: bool) -> Reading:
    if whole and not percent:
        read = reading.steps(r, sql_type, 0, field)
        return Reading(read.value, read.checks, _Amounts(0).of)
    read = reading.number(r, sql_type, field, percent=percent)
    return Reading(read.value, read.checks, _Numbers().of)


def decimals(unit: str, program: nodes.Program) -> int:
    """How many decimals an amount of this unit or currency has."""
    return program.units[unit].decimals if unit in program.units else DECIMALS[unit]


def amounts(places: int) -> FactsOf:
    """What makes steps of 10**-places exact amounts."""
    return _Amounts(places).of


_MOST_KEPT = 50_000  # values kept ready; amounts repeat a lot


@dataclass(frozen=True, slots=True)
class _Amounts:
    """Steps of 10**-places as exact amounts; those met lately are kept."""

    places: int
    known: dict[object, object] = field(default_factory=dict)

    def of(self, stored: Iterable[object]) -> list[object]:
        known = self.known
        if len(known) > _MOST_KEPT:
            known.clear()
        known[None] = None
        unit = 10**self.places
        for each in set(stored) - known.keys():
            known[each] = Fraction(each, unit)  # type: ignore[call-overload]
        return [known[each] for each in stored]


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Written numbers as exact ones; those met lately are kept."""

    known: dict[object, object] = field(default_factory=dict)

    def of(self, stored: Iterable[object]) -> list[object]:
        known = self.known
        if len(known) > _MOST_KEPT:
            known.clear()
        known[None] = None
        for each in set(stored) - known.keys():
            known[each] = _written(str(each))
        return [known[each] for each in stored]


def _written(number: str) -> Fraction:
    digits = number.rstrip("% ")
    return Fraction(digits) / 100 if number.endswith("%") else Fraction(digits)
