"""Which facts of a program are purchases, returns, answers of a survey and referrers: as it says itself, or as it is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from guerdon.check.builtin import NAMES
from guerdon.history.column import required
from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.reference.posted import sales
from guerdon.study.measure.asked import Asked, MeasureError
from guerdon.text.diagnostic import nearest

SURVEYS = ("survey", "nps", "feedback")
"""What the name of an event holds that is taken for a survey unless another is named."""


@dataclass(frozen=True, slots=True)
class FactOf:
    """A fact of a kind of event."""

    event: str
    field: str

    def __str__(self) -> str:
        return f"{self.event}.{self.field}"


@dataclass(frozen=True, slots=True)
class Back:
    """What a kind of return takes off the sales: the sum of `lines.field`, or `field`; None: all that is left of the purchase.

    Shape: where `field` may be missing it is all that is left, too. `of`: the purchase, whose id the fact `by` of the return names.
    """

    event: str
    field: str | None
    lines: str | None
    of: FactOf
    by: str | None


@dataclass(frozen=True, slots=True)
class Named:
    """The facts that are measured. `referrers`: facts of members that say who brought them."""

    purchases: tuple[FactOf, ...]
    returns: tuple[Back, ...]
    survey: FactOf | None
    referrers: tuple[str, ...]


def named(program: nodes.Program, asked: Asked) -> Named:
    """What is measured of a program. Errors: MeasureError G920 to G922."""
    bought = tuple(_purchases(program, asked.purchases))
    return Named(
        bought, tuple(_returns(program, bought, asked.returns)), _survey(program, asked.survey), _referrers(program)
    )


# ---------------------------------------------------------------- purchases


def _purchases(program: nodes.Program, asked: tuple[str, ...]) -> Iterator[FactOf]:
    """Those that are named; else of each event that has sales its money, where it is plain which."""
    if asked:
        known = [f"{event}.{fact}" for event in _own(program) for fact in _money(program, event)]
        for each in asked:
            yield _checked(program, _one(each, known, "G920", "a purchase", "--purchase"))
        return
    for event in sales(program):
        facts = _money(program, event)
        read = [[fact for fact in facts if fact in by(program, event)] for by in (_given_for, _measured)]
        plain = facts if len(facts) == 1 else read[0] or read[1]
        if len(plain) != 1:
            listed = " or ".join(f"`--purchase {event}.{each}`" for each in plain or facts)
            raise MeasureError(
                "G920", f"{event} has several amounts, and it isn't plain which one was spent", f"say {listed}"
            )
        yield _checked(program, FactOf(event, plain[0]))


def _own(program: nodes.Program) -> Iterator[str]:
    """The events of the program's own."""
    return (event for event in program.events if event not in NAMES)


def _money(program: nodes.Program, event: str) -> list[str]:
    """The facts of an event that always are money of the program's currency."""
    facts, currency = program.events[event].facts.values(), program.frame.currency
    return [fact.name for fact in facts if isinstance(fact.type, types.Quantity) and fact.type.unit == currency]


def _given_for(program: nodes.Program, event: str) -> set[str]:
    """The facts of an event that rules give something for."""
    return {
        name
        for rule in program.rules.values()
        if event in rule.on and not rule.takes
        for name in _facts_in(rule.give, program)
    }


def _measured(program: nodes.Program, event: str) -> set[str]:
    """The facts of an event that measures and tiers add up."""
    return {name for meter in program.meters if meter.event == event for name in _facts_in(meter.value, program)}


def _facts_in(part: object, program: nodes.Program) -> Iterator[str]:
    found = (node for node in walk(part, program.measures) if isinstance(node, nodes.Field))
    return (node.name for node in found if node.scope is nodes.Scope.EVENT)


def _one(asked: str, known: list[str], code: str, what: str, option: str) -> FactOf:
    """The fact of this name among those that there are."""
    if asked not in known:
        near = nearest(asked, known)
        listed = ", ".join(f"`{option} {each}`" for each in known[:4])
        advice = f"did you mean `{option} {near}`?" if near else f"say {listed}" if known else "leave it out"
        raise MeasureError(
            code, f"`{asked}` is no amount of {what}" if code != "G922" else f"`{asked}` holds no answers", advice
        )
    return FactOf(*asked.split("."))


def _checked(program: nodes.Program, of: FactOf) -> FactOf:
    """A fact whose amounts lie on a grid, so that they can be added exactly."""
    scale(program, of)
    return of


def scale(program: nodes.Program, of: FactOf) -> int:
    """How many steps one of the currency has, in which a fact's amounts are counted. Errors: MeasureError G920."""
    kind = required(program.events[of.event].facts[of.field].type)
    assert isinstance(kind, types.Quantity)
    if kind.step is None:
        raise MeasureError(
            "G920",
            f"`{of}` is worked out without being rounded, so that its amounts can't be added exactly",
            "name another amount with `--purchase`",
        )
    return Fraction(kind.step).denominator


# ---------------------------------------------------------------- returns


def _returns(program: nodes.Program, bought: tuple[FactOf, ...], asked: tuple[str, ...]) -> Iterator[Back]:
    """What takes purchases back: each event that reverses one, or what is named of it."""
    reversing = [event for event in _own(program) if program.events[event].reverses is not None]
    known = [f"{event}.{fact}" for event in reversing for fact in _money(program, event)]
    told = {each.event: each for each in (_one(each, known, "G921", "a return", "--return") for each in asked)}
    for event in reversing:
        reversal = program.events[event].reverses
        assert reversal is not None
        for of in bought:
            if of.event == reversal.event:
                yield _back(program, event, of, reversal, told.get(event))


def _back(program: nodes.Program, event: str, of: FactOf, reversal: nodes.Reversal, told: FactOf | None) -> Back:
    by = reversal.by if not reversal.shared else None
    if told is not None:
        return Back(event, told.field, None, of, by)
    part = reversal.part
    if part is None and by is not None:
        return Back(event, None, None, of, by)
    if part is not None and _measures(program, part, of) and _is_said(program, event, part, by):
        return Back(event, part.field, part.lines, of, by)
    listed = [f"`--return {event}.{fact}`" for fact in _money(program, event)]
    raise MeasureError(
        "G921",
        f"{event} doesn't say how much money of a {of.event} it takes back",
        f"say {' or '.join(listed)}" if listed else f"give {event} a fact that is money, and name it with `--return`",
    )


def _measures(program: nodes.Program, part: nodes.Part, of: FactOf) -> bool:
    """Whether what a return measures is the amount that was spent."""
    fact = program.events[of.event].facts[of.field]
    if part.lines is None:
        return part.of == of.field
    match fact.value:
        case nodes.OverLines(nodes.Aggregate.SUM, lines, nodes.Field(_, name, _), None, _):
            return (lines, name) == (part.of_lines, part.of)
    return False


def _is_said(program: nodes.Program, event: str, part: nodes.Part, by: str | None) -> bool:
    """Whether a return always says so, or names the purchase of which then all that is left comes back."""
    of = program.events[event].facts[part.lines or part.field].type
    listed = required(of)
    plain = not isinstance(listed, types.Lines) or program.records[listed.record].facts[part.field].value is None
    return plain and (by is not None or not isinstance(of, types.Optional))


# ---------------------------------------------------------------- surveys and referrals


def _survey(program: nodes.Program, asked: str | None) -> FactOf | None:
    """The answers that are named; else those of the one event that is called a survey, where it has one number."""
    known = [f"{event}.{fact}" for event in _own(program) for fact in _numbers(program, event)]
    if asked is not None:
        return _one(asked, known, "G922", "a survey", "--survey")
    called = [each for each in known if any(word in each.split(".")[0].lower() for word in SURVEYS)]
    return FactOf(*called[0].split(".")) if len(called) == 1 else None


def _numbers(program: nodes.Program, event: str) -> Iterator[str]:
    for fact in program.events[event].facts.values():
        kind = required(fact.type)
        if isinstance(kind, types.Number) and kind.step == 1 and not kind.percent and fact.value is None:
            yield fact.name


def _referrers(program: nodes.Program) -> tuple[str, ...]:
    """The facts of members that name another, to whom a rule gives something."""
    receivers: Iterable[nodes.Expr] = (rule.to for rule in program.rules.values() if rule.to is not None)
    found = (node for to in receivers for node in walk(to, program.measures) if isinstance(node, nodes.Field))
    return tuple(dict.fromkeys(each.name for each in found if each.scope is nodes.Scope.MEMBER and _names(each)))


def _names(of: nodes.Field) -> bool:
    return of.name != "member" and isinstance(required(of.type), types.Member)
