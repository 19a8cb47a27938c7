"""The engine and a second reading of the language reference agree, on programs and histories by chance.

`GUERDON_EXAMPLES=20000` makes a long run of it.
"""

from __future__ import annotations

import importlib.util
import os
import random
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis
import pytest

from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.text.node import Node


def _beside(name: str) -> ModuleType:
    """A module of this folder: tests are imported by path, so there is no package to import from."""
    full = f"tests.reference.{name}"
    if full in sys.modules:
        return sys.modules[full]
    spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[full] = module
    spec.loader.exec_module(module)
    return module


recount, strategies = _beside("recount"), _beside("strategies")

EXAMPLES = int(os.environ.get("GUERDON_EXAMPLES", "150"))
LONG = "GUERDON_EXAMPLES" in os.environ
PHASES = [each for each in hypothesis.Phase if LONG or each is not hypothesis.Phase.shrink]  # to shrink takes minutes
CHECKS = [
    hypothesis.HealthCheck.too_slow,
    hypothesis.HealthCheck.data_too_large,
    hypothesis.HealthCheck.large_base_example,
]


def differences(program: nodes.Program, history: Any) -> list[str]:
    """What the engine and the recount say differently."""
    engine = Engine(program, history.members)
    posted = engine.run(history.events, history.as_of)
    counted = recount.Recount(program, history.members).run(history.events, history.as_of)
    awards = {
        each.id: (
            each.member,
            each.event,
            each.rule,
            each.unit,
            each.quantity,
            each.exact,
            each.dropped,
            each.cut,
            each.at,
        )
        for each in posted.ledger.awards
    }
    found = [] if len(awards) == len(posted.ledger.awards) else ["two awards have one id"]
    found += [
        f"award {id}: {awards.get(id)} / {counted.awards.get(id)}"
        for id in {**awards, **counted.awards}
        if awards.get(id) != counted.awards.get(id)
    ]
    moves = [(each.member, each.ladder, each.tier, each.at, each.reason) for each in posted.ledger.moves]
    found += [f"move {each}: the engine only" for each in moves if each not in counted.moves]
    found += [f"move {each}: the recount only" for each in counted.moves if each not in moves]
    if sorted(moves) != sorted(counted.moves) and not found:
        found.append("a move twice")
    paths = [
        [[move for move in each if move[:2] == of] for of in sorted({move[:2] for move in moves})]
        for each in (moves, counted.moves)
    ]
    if paths[0] != paths[1] and not found:
        found.append(f"moves in another order: {paths}")
    balances = {key: value for key, value in posted.ledger.balances().items() if value}
    if balances != {key: value for key, value in counted.balances.items() if value}:
        found.append(f"balances: {balances} / {counted.balances}")
    late = [str(each.source["id"]) for each in posted.rejections if each.code == "G690"]
    if sorted(late) != sorted(counted.late):
        found.append(f"set aside: {late} / {counted.late}")
    return found


@pytest.mark.slow
@hypothesis.settings(max_examples=EXAMPLES, suppress_health_check=CHECKS, phases=PHASES)
@hypothesis.given(strategies.cases())
def test_the_engine_and_the_recount_agree(case):
    text, program, histories = case
    hypothesis.note(text)
    for history in histories:
        hypothesis.note("\n".join(map(repr, [*history.events, history.members, history.as_of])))
        assert differences(program, history) == []


# ---------------------------------------------------------------- the generator leaves nothing out


def _parts(value: Any) -> Iterator[Any]:
    """A node and everything in it."""
    match value:
        case Node():
            yield value
            for name in value.field_names:
                yield from _parts(getattr(value, name))
        case dict():
            for each in value.values():
                yield from _parts(each)
        case tuple() | frozenset() | list():
            for each in value:
                yield from _parts(each)
        case Enum():
            yield value


def _kinds(program: nodes.Program) -> set[str]:
    found = set()
    for each in _parts(program):
        found.add(str(each) if isinstance(each, Enum) else type(each).__name__)
        match each:
            case nodes.Measured() | nodes.OverLines() | nodes.Earned():
                window = each.window if not isinstance(each, nodes.OverLines) else None
                found.add(
                    f"{type(each).__name__} {getattr(each, 'aggregate', '')} {type(window).__name__ if window else ''}".strip()
                )
            case nodes.Calendar(period, back):
                found.add(f"Calendar {period} {back}")
            case nodes.Rolling(days):
                found.add("Rolling days" if days else "Rolling months")
            case nodes.ThroughEnd(_, ahead):
                found.add(f"ThroughEnd {ahead}")
            case nodes.ForTime(days):
                found.add("ForTime days" if days else "ForTime months")
            case nodes.Limit(most, times, per_event, fields, window, or_nothing):
                what = "times" if times is not None else type(most).__name__
                found.add(f"Limit {what} {'per event' if per_event else type(window).__name__}")
                found |= {"Limit fields"} if fields else set()
                found |= {"Limit or nothing"} if or_nothing else set()
            case nodes.Compare(operator) | nodes.Arithmetic(operator):
                found.add(f"{type(each).__name__} {operator}")
            case nodes.Field(scope):
                found.add(f"Field {scope}")
    return found


def _expected() -> set[str]:
    expressions = {each.__name__ for each in nodes.Expr.__args__}
    enums = {
        str(each)
        for kind in (nodes.Aggregate, nodes.Fall, nodes.RoundMode, nodes.RoundPlace, nodes.Period, nodes.Scope)
        for each in kind
    }
    unions = {each.__name__ for union in (nodes.Window, nodes.Term, nodes.Stretch) for each in union.__args__}
    calendars = {f"Calendar {period} {back}" for period in nodes.Period for back in (0, 1)}
    measured = {
        f"Measured {aggregate} {window.__name__}" for aggregate in nodes.Aggregate for window in nodes.Window.__args__
    }
    unseen = (nodes.Aggregate.FIRST, nodes.Aggregate.LAST, nodes.Aggregate.DAYS_SINCE)
    lines = {f"OverLines {aggregate}" for aggregate in nodes.Aggregate if aggregate not in unseen}
    earned = {f"Earned  {window.__name__}" for window in nodes.Window.__args__}
    limits = {f"Limit {what} {window.__name__}" for what in ("times", "Literal") for window in nodes.Window.__args__}
    limits |= {
        "Limit times per event",
        "Limit Literal per event",
        "Limit Lookup Calendar",
        "Limit fields",
        "Limit or nothing",
    }
    terms = {"ThroughEnd 0", "ThroughEnd 1", "ForTime days", "ForTime months", "Rolling days", "Rolling months"}
    operators = {f"Compare {each}" for each in ("is", "is not", "<", "<=", ">", ">=")} | {
        f"Arithmetic {each}" for each in "+-*/"
    }
    rules = {"Each", "Accumulate", "Rounding", "RateValue", "Table", "Meter", "Measure", "Ladder", "Rule"}
    return expressions | enums | unions | calendars | measured | lines | earned | limits | terms | operators | rules


@pytest.mark.slow
def test_every_kind_of_node_is_generated():
    found, chance = set(), random.Random(2026)
    before = len(strategies.refused)
    for _ in range(300):
        made = strategies.program_of(chance.randrange)
        found |= _kinds(made[1]) if made else set()
    assert _expected() - found == set()
    assert len(strategies.refused) - before <= 3, strategies.refused[-1]  # of 300: each is a flaw of the generator
