"""A history that was made up: as a test that runs, and as the text of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from fractions import Fraction

from guerdon.check.happenings import SOMEBODY
from guerdon.check.wording import plain
from guerdon.program import nodes, types
from guerdon.program.currency import DECIMALS
from guerdon.syntax.format import format_document
from guerdon.syntax.parse import parse_bytes

NOON = time(12)

Values = dict[str, object]
"""Values by fact, as a test's events hold them; what is missing is None."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The id of an event that happened before, by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class Told:
    """An event that was made up; its number stays the same when others are left out."""

    number: int
    event: str
    member: str
    day: date
    clock: time
    facts: Values

    @property
    def moment(self) -> tuple[date, time]:
        return self.day, self.clock

    def names(self) -> set[int]:
        """The numbers of the events that it names."""
        return {value.number for value in self.facts.values() if isinstance(value, Earlier)}


@dataclass(frozen=True, slots=True)
class History:
    """What happens to a few members, in the order of time; what is known of each at first, and the control groups that members are `left_out` by."""

    told: tuple[Told, ...]
    known: Mapping[str, Values] = field(default_factory=dict)
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def acting(self) -> list[str]:
        return list(dict.fromkeys(each.member for each in self.told))

    def place(self, number: int) -> int | None:
        """Where an event of this number stands, from 0."""
        return next((at for at, each in enumerate(self.told) if each.number == number), None)

    def case(self, name: str) -> nodes.Case:
        """The history as a test without expectations, its events called 1, 2, 3 and so on."""
        ids = {each.number: str(at) for at, each in enumerate(self.told, 1)}
        given = tuple(
            nodes.Opening(member, fact=fact, value=value)
            for member, facts in self.known.items()
            for fact, value in facts.items()
            if value is not None
        )
        given += tuple(nodes.Opening(member, control=group) for member, group in self.left_out)
        return nodes.Case(name, given, tuple(_happening(each, ids) for each in self.told))


def _happening(told: Told, ids: Mapping[int, str]) -> nodes.Happening:
    facts = {name: ids.get(of.number, "0") if isinstance(of, Earlier) else of for name, of in told.facts.items()}
    return nodes.Happening(told.event, told.member, told.day, None if told.clock == NOON else told.clock, facts)


# ---------------------------------------------------------------- as text


def text(case: nodes.Case, program: nodes.Program, expected: list[str], notes: Mapping[int, str] | None = None) -> str:
    """The test as it is written in a program, in the one layout; `notes` stand behind events, by their place."""
    notes = notes or {}
    lines = [f'test "{case.name}"']
    for opening in case.given:
        whose = "" if opening.member == SOMEBODY else f"{opening.member}: "
        if opening.control is not None:
            lines.append(f'  given {whose}control "{opening.control}"')
            continue
        kind = program.member.facts[opening.fact or ""].type
        lines.append(f"  given {whose}{opening.fact} {written(opening.value, kind, program)}")
    for at, step in enumerate(case.steps):
        assert isinstance(step, nodes.Happening)
        lines.append(f"  {_event(step, program)}{f' # {notes[at]}' if at in notes else ''}")
    lines += [f"  expect {each}" for each in expected]
    document, wrong = parse_bytes("history", ("\n".join(lines) + "\n").encode())
    assert not wrong, (lines, wrong)
    return format_document(document)


def _event(step: nodes.Happening, program: nodes.Program) -> str:
    whose = "" if step.member == SOMEBODY else f" by {step.member}"
    clock = "" if step.time is None else f" at {step.time:%H:%M}"
    told = facts(step.facts, program.events[step.event], program)
    return f"event {step.event}{whose} on {step.date.isoformat()}{clock}{f': {told}' if told else ''}"


def facts(of: Mapping[str, object], record: nodes.Record, program: nodes.Program) -> str:
    """Facts with commas between them; an amount of any unit says its unit itself."""
    found = []
    for fact in record.facts.values():
        value, kind = of.get(fact.name), _plainly(fact.type)
        if value is None or fact.value is not None or (fact.name == "unit" and of.get("quantity") is not None):
            continue
        if isinstance(kind, types.AmountOf):
            assert isinstance(value, Fraction)
            found.append(f"{fact.name} {plain(value)} {of['unit']}")
        elif fact.name == "tier" and "ladder" in record.facts and of.get("ladder") is not None:
            found.append(f"{fact.name} {value}")
        else:
            found.append(f"{fact.name} {written(value, kind, program)}")
    return ", ".join(found)


def _plainly(of: types.Type) -> types.Type:
    return of.of if isinstance(of, types.Optional) else of


def written(value: object, kind: types.Type, program: nodes.Program) -> str:
    """A value as a test gives it."""
    match _plainly(kind), value:
        case types.Quantity(unit), Fraction():
            return much(value, unit)
        case types.Number(_, percent), Fraction():
            return f"{plain(value * 100)}%" if percent else plain(value)
        case types.YesNo(), _:
            return "yes" if value else "no"
        case types.Days(), int():
            return f"{value} days"
        case types.Months(), int():
            return f"{value} months"
        case types.Text() | types.Member(), str():
            return f'"{value}"'
        case types.Lines(record), tuple():
            return f"[{'; '.join(facts(line, program.records[record], program) for line in value)}]"
        case _, date():
            return value.isoformat()
    return str(value)


def much(value: Fraction, unit: str) -> str:
    """So much of a unit; parts of a currency's unit with all its decimals.

    >>> much(Fraction("12.6"), "USD"), much(Fraction(30), "USD")
    ('12.60 USD', '30 USD')
    """
    decimals = DECIMALS.get(unit, 0)
    steps = value * 10**decimals
    if value.denominator == 1 or steps.denominator != 1:
        return f"{plain(value)} {unit}"
    digits = str(abs(int(steps))).zfill(decimals + 1)
    return f"{'-' if value < 0 else ''}{digits[:-decimals]}.{digits[-decimals:]} {unit}"
