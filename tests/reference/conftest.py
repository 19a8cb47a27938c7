"""A program and a few events, played on the reference engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.posted import Posted
from guerdon.text.diagnostic import render

HEAD = 'program "T"\n  currency USD\nunit point\nunit mile\n'
Happening = tuple[str, str, Mapping[str, Any]]  # local time, type, facts


class Play:
    """What a program made of events; `gave` looks things up by rule."""

    def __init__(self, program: nodes.Program, outcome: Posted, engine: Engine) -> None:
        self.program, self.outcome, self.engine = program, outcome, engine

    def gave(self, rule: str) -> list[Fraction]:
        """What a rule gave, in the order of posting, nothing left out."""
        return [award.quantity for award in self.outcome.ledger.awards if award.rule == rule]

    def tiers(self, ladder: str = "status") -> list[tuple[str, str, str]]:
        """Tier, local time, reason of each move."""
        calendar = self.engine.calendar
        return [
            (move.tier, calendar.local(move.at).strftime("%Y-%m-%d %H:%M"), move.reason)
            for move in self.outcome.ledger.moves
            if move.ladder == ladder and move.tier is not None
        ]


def exact(value: Any) -> Any:
    """Decimal texts as exact quantities, inside lists of lines too."""
    if isinstance(value, list):
        return tuple({name: exact(each) for name, each in line.items()} for line in value)
    return Fraction(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else value


@pytest.fixture
def checked() -> Callable[[str], nodes.Program]:
    """The typed program of a text below a short head (USD, `point`, `mile`); without errors."""

    def check(text: str, head: str = HEAD) -> nodes.Program:
        program, found = check_bytes("test.guerdon", (head + text).encode())
        assert program is not None, "\n".join(map(render, found))
        return program

    return check


@pytest.fixture
def play(checked: Callable[..., nodes.Program]) -> Callable[..., Play]:
    """Plays events `(local time, type, facts)` of one member, in the order given, one second per place."""

    def played(
        text: str,
        *happenings: Happening,
        as_of: str | None = None,
        head: str = HEAD,
        facts: Mapping[str, Any] | None = None,
    ) -> Play:
        program = checked(text, head)
        engine = Engine(program, {"m": facts or {}})
        events = [event(program, number, *each) for number, each in enumerate(happenings, 1)]
        outcome = engine.run(events, date.fromisoformat(as_of) if as_of else None)
        return Play(program, outcome, engine)

    return played


def event(program: nodes.Program, number: int, when: str, kind: str, facts: Mapping[str, Any]) -> Event:
    """An event of member `m` (or `facts["member"]`) at a local time."""
    local = datetime.fromisoformat(when).replace(tzinfo=ZoneInfo(program.frame.timezone))
    at = int(local.astimezone(UTC).timestamp()) * 1_000_000
    values = {name: exact(value) for name, value in facts.items() if name != "member"}
    whole = {name: values.get(name) for name in program.events[kind].facts}
    return Event(f"e{number:03}", kind, str(facts.get("member", "m")), at, at, number, whole)
