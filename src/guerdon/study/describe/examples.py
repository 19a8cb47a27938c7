"""The tests of a program, told as examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import assert_never

from guerdon.program import nodes, types
from guerdon.program.nodes import Expected
from guerdon.study.describe import english
from guerdon.study.describe.english import listed, quoted, readable, sentence
from guerdon.study.describe.page import Item, Points, item
from guerdon.study.describe.status import so_much
from guerdon.study.describe.values import literal

ANYBODY = "member"
"""The member of a test that names none."""


def example(of: nodes.Case, program: nodes.Program) -> Item:
    """What is given, then what happens, each time with what comes of it."""
    said = list(_given(of, program))
    for step in of.steps:
        if isinstance(step, nodes.Happening):
            said.append(f"{_happens(step, program)}:")
        elif said:
            joined = " " if said[-1].endswith(":") else "; "
            said[-1] = f"{said[-1]}{joined}{_expected(step, program)}"
    return item(of.name, Points(tuple(sentence(each.removesuffix(":")) for each in said)))


def _given(of: nodes.Case, program: nodes.Program) -> Iterator[str]:
    by: dict[str, list[nodes.Opening]] = {}
    for each in of.given:
        by.setdefault(each.member, []).append(each)
    for member, given in by.items():
        has = [_opening(each, program) for each in given if each.control is None]
        left_out = [quoted(each.control) for each in given if each.control is not None]
        told = [f"has {listed(has)}"] * bool(has) + [f"is in the control group of {each}" for each in left_out]
        yield f"at first {_who(member)} {listed(told)}"


def _opening(of: nodes.Opening, program: nodes.Program) -> str:
    if of.ladder is not None:
        return f"{readable(of.ladder)} {readable(of.tier or '')}"
    if of.unit is not None and of.quantity is not None:
        return english.amount(of.quantity, of.unit)
    fact = program.member.facts[of.fact or ""]
    return f"{readable(fact.name)} {literal(of.value, fact.type)}"


def _who(id: str) -> str:
    return "the member" if id == ANYBODY else id


def _happens(step: nodes.Happening, program: nodes.Program) -> str:
    record = program.events[step.event]
    at = f" at {step.time:%H:%M}" if step.time is not None else ""
    by = f" by {step.member}" if step.member != ANYBODY else ""
    told = "; ".join(_facts(step.facts, record, program))
    return f"{readable(step.event)}{by} on {english.day(step.date)}{at}{f' ({told})' if told else ''}"


def _facts(of: Mapping[str, object], record: nodes.Record, program: nodes.Program) -> Iterator[str]:
    unit = of.get("unit")
    for fact in record.facts.values():
        value = of.get(fact.name)
        kind = fact.type.of if isinstance(fact.type, types.Optional) else fact.type
        if value is None or fact.value is not None or (fact.name == "unit" and "quantity" in of):
            continue
        if isinstance(value, tuple) and isinstance(kind, types.Lines):
            yield _lines(value, readable(fact.name), program.records[kind.record], program)
        elif isinstance(kind, types.AmountOf) and isinstance(value, Fraction) and isinstance(unit, str):
            yield english.amount(value, unit)
        else:
            yield f"{readable(fact.name)} {literal(value, kind)}"


def _lines(of: tuple[Mapping[str, object], ...], name: str, record: nodes.Record, program: nodes.Program) -> str:
    said = [", ".join(_facts(line, record, program)) for line in of]
    return f"{name}: {' / '.join(said)}" if said else f"no {name}"


def _expected(step: nodes.Expectation, program: nodes.Program) -> str:
    """What comes of it, and whose and when where that is said."""
    whose = f" for {_who(step.member)}" if step.member not in (None, ANYBODY) else ""
    on = f" on {english.day(step.on)}" if step.on is not None else ""
    return f"{_what(step, program)}{whose}{on}"


def _what(step: nodes.Expectation, program: nodes.Program) -> str:
    match step.kind:
        case Expected.AWARD:
            return f"{_much(step)} {f'from {quoted(step.rule)}' if step.rule else 'in all'}"
        case Expected.BALANCE:
            return f"a balance of {_much(step)}"
        case Expected.PENDING:
            return f"{_much(step)} held"
        case Expected.TIER:
            return f"{readable(step.ladder or '')} {readable(step.tier or '')}"
        case Expected.COUNT:
            return f"{readable(step.ladder or '')} counts {_counted(step, program)}"
        case Expected.NEEDS:
            return f"{readable(step.ladder or '')} lacks {_counted(step, program)} to {readable(step.tier or '')}"
        case Expected.MEASURE:
            of = program.measures[step.measure or ""].type
            of = of.of if isinstance(of, types.Optional) else of
            if step.tier is not None:
                return f"{quoted(readable(step.measure or ''))} {readable(step.tier)}"
            days = isinstance(of, types.Days | types.Months) and step.quantity is not None
            return f"{quoted(readable(step.measure or ''))} {literal(int(step.quantity or 0) if days else step.quantity, of)}"
        case Expected.REFUSED:
            return "refused"
        case Expected.SAID:
            times = int(step.quantity or 0)
            said = f"{times} {nodes.MESSAGE}{'' if times == 1 else 's'}"
            return f"{said} {f'from {quoted(step.rule)}' if step.rule else 'in all'}"
        case _:
            assert_never(step.kind)


def _much(step: nodes.Expectation) -> str:
    assert step.quantity is not None
    return english.amount(step.quantity, step.unit) if step.unit is not None else english.number(step.quantity)


def _counted(step: nodes.Expectation, program: nodes.Program) -> str:
    assert step.quantity is not None
    return so_much(step.quantity, program.ladders[step.ladder or ""])
