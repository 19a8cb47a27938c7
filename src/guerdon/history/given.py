"""An event from plain Python values: what a shop's own code has at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, assert_never

from guerdon.history.builtin import unfit
from guerdon.history.event import Event
from guerdon.program import nodes, types
from guerdon.program.time import FIRST_YEAR, LAST_YEAR
from guerdon.text.diagnostic import nearest

MOST_DIGITS = 40
"""Digits of a number; what is longer is a fault."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadEvent(ValueError):
    """Values that are no event of a program; `faults` says of each what is wrong and what to write."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


def event(
    program: nodes.Program,
    type: str,
    *,
    id: str,
    member: str,
    at: object,
    facts: Mapping[str, object],
    recorded: object = None,
    sequence: int = 0,
) -> Event:
    """An event of a program.

    Units: amounts as `Decimal`, `int`, or text like "12.60" (never a binary float);
    instants as a `datetime` with a zone or ISO 8601 text with one; dates as `date` or text.
    Errors: BadEvent, with all that is wrong.
    """
    faults: list[str] = []
    record = program.events.get(type)
    if record is None:
        near = nearest(type, list(program.events))
        raise BadEvent([f"no event is called `{type}`" + (f"; did you mean `{near}`?" if near else "")])
    known = _facts(program, record, facts, faults)
    when = _instant("at", at, faults)
    told = when if recorded is None else _instant("recorded", recorded, faults)
    faults += [
        f"`{name}` is a text, not {value!r}" for name, value in (("id", id), ("member", member)) if not _is_id(value)
    ]
    faults += [] if faults else unfit(program, record, member, known)
    if faults:
        raise BadEvent(faults)
    return Event(id, type, member, when, told, sequence, known)


def _facts(
    program: nodes.Program, record: nodes.Record, facts: Mapping[str, object], faults: list[str]
) -> dict[str, Any]:
    """The facts of an event or a line; what is wrong with them is collected."""
    known: dict[str, Any] = {}
    for name, fact in record.facts.items():
        if fact.value is not None:
            continue
        value, optional = facts.get(name), isinstance(fact.type, types.Optional)
        of = fact.type.of if isinstance(fact.type, types.Optional) else fact.type
        if value is None:
            known[name] = None
            if not optional:
                faults.append(f"`{record.name}` needs `{name}`")
        else:
            known[name] = _value(program, name, of, value, faults)
    for name in facts:
        if name not in record.facts or record.facts[name].value is not None:
            near = nearest(name, [each for each, fact in record.facts.items() if fact.value is None])
            faults.append(f"`{record.name}` has no fact `{name}`" + (f"; did you mean `{near}`?" if near else ""))
    return known


def _value(program: nodes.Program, name: str, of: types.Type, value: object, faults: list[str]) -> Any:
    """A value in the type of its fact; None where it does not fit."""
    match of:
        case types.Quantity(unit, step):
            amount = _number(name, value, faults)
            if amount is not None and step is not None and (amount / step).denominator != 1:
                faults.append(f"`{name}` is recorded in steps of {step} {unit}")
            if amount is not None and amount < 0:
                faults.append(f"`{name}` can't be below zero: what is taken back is an event of its own")
            return amount
        case types.Number(step, percent):
            amount = _number(name, value, faults)
            if amount is not None and step is not None and (amount / step).denominator != 1:
                faults.append(f"`{name}` is a whole number")
            return amount / 100 if amount is not None and percent else amount
        case types.AmountOf():
            return _number(name, value, faults)
        case types.YesNo():
            return _fits(name, value, isinstance(value, bool), "True or False", faults)
        case types.Choice(values):
            return _fits(name, value, value in values, f"one of {', '.join(values)}", faults)
        case types.Text() | types.Member():
            return _fits(name, value, isinstance(value, str), "a text", faults)
        case types.Date():
            return _day(name, value, faults)
        case types.Instant():
            return _instant(name, value, faults)
        case types.Days() | types.Months():
            return _fits(name, value, type(value) is int, "a whole number", faults)
        case types.Lines(record):
            if not isinstance(value, list | tuple):
                return _fits(name, value, False, "a list of lines", faults)
            return tuple(_facts(program, program.records[record], line, faults) for line in value)
        case types.Rate() | types.Tier() | types.Optional():
            raise AssertionError(f"no fact is of type {of}")
        case _:
            assert_never(of)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _fits(name: str, value: object, fits: bool, wanted: str, faults: list[str]) -> Any:
    if not fits:
        faults.append(f"`{name}` is {wanted}, not {value!r}")
        return None
    return value


def _number(name: str, value: object, faults: list[str]) -> Fraction | None:
    """An exact number; binary floats are refused, because 0.1 is none of them."""
    if isinstance(value, bool | float) or not isinstance(value, int | str | Decimal | Fraction):
        faults.append(f'`{name}` is a Decimal, an int or a text like "12.60", not {value!r}')
        return None
    if isinstance(value, int | Fraction):
        return Fraction(value)
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or len(number.as_tuple().digits) > MOST_DIGITS or abs(number.adjusted()) > MOST_DIGITS:
        faults.append(f"`{name}` is a number of at most {MOST_DIGITS} digits, not {str(value)[:60]!r}")
        return None
    return Fraction(number)


def _day(name: str, value: object, faults: list[str]) -> date | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else _fits(name, value, False, "a date", faults)
    except ValueError:
        return _fits(name, value, False, "a date like 2026-03-02", faults)  # type: ignore[no-any-return]


def _instant(name: str, value: object, faults: list[str]) -> int:
    """Microseconds since 1970 UTC; a time without a zone is no instant."""
    if type(value) is int:
        return value
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        faults.append(f"`{name}` is a time with a zone, like 2026-03-02T12:00:00+01:00, not {value!r}")
        return 0
    if not FIRST_YEAR < moment.year < LAST_YEAR:
        faults.append(f"`{name}` lies in the years {FIRST_YEAR + 1} to {LAST_YEAR - 1}, not in {moment.year}")
        return 0
    delta = moment - EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
