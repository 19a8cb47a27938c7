"""Where a number came from that a test did not expect: what each rule gave at the event, or why it gave nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from guerdon.check.in_part import untouched
from guerdon.history.event import Event, Facts
from guerdon.ledger.entries import Award
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.rules import Verdict
from guerdon.study import words
from guerdon.study.explain.account import Reason, RuleAccount
from guerdon.study.explain.rules import account

MOST_RULES = 6
"""How many rules are named: those that gave something, then the others."""


class Watched:
    """What rules made of each event of a test, by the event's id."""

    def __init__(self) -> None:
        self.verdicts: dict[str, list[tuple[Event, Facts, Verdict]]] = {}

    def begin(self, engine: Engine) -> None:
        """A test begins."""

    def watch(self, event: Event, facts: Facts, verdict: Verdict) -> None:
        """A rule was looked at."""
        self.verdicts.setdefault(event.id, []).append((event, facts, verdict))

    def happened(self, engine: Engine, event: Event, refused: bool) -> None:
        """An event happened."""

    def end(self, engine: Engine) -> None:
        """The test is over."""


def told(step: nodes.Expectation, event: Event, watched: Watched, engine: Engine) -> tuple[str, ...]:
    """What the rules that an expectation is about gave at an event, and took back, a line for each."""
    program, unit = engine.program, step.unit
    names = program.rules if step.rule is None else program.rules_of(step.rule)
    found = [
        account(verdict, of, facts, engine)
        for of, facts, verdict in watched.verdicts.get(event.id, ())
        if verdict.rule.name in names and verdict.rule.unit == unit and event.type in verdict.rule.on
    ]
    ordered = [*filter(_fired, found), *(each for each in found if not _fired(each))]
    taken = [*_taken_back(engine.posted.ledger.awards, event, step, names), *_kept(program, event, step, names)]
    lines = [*taken, *map(_line, ordered)]
    more = len(lines) - MOST_RULES
    return (*lines[:MOST_RULES], *([f"and {more} more rules"] if more > 0 else []))


def _fired(of: RuleAccount) -> bool:
    return of.fired


def _line(of: RuleAccount) -> str:
    """What a rule gave and what it came to, or the clause because of which it gave nothing."""
    did = "took" if of.took else "gave"
    why = _gave(of.reasons) if of.fired else _failed(of.reasons)
    return f'"{of.rule}" {did} {of.gave}' + (f": {why}" if why else "")


def _gave(reasons: Iterable[Reason]) -> str:
    return "; ".join(_said(each) for each in reasons if each.clause in ("give", "cost") or _cut(each))


def _failed(reasons: list[Reason]) -> str:
    """The last clause that was looked at: a rule that gives nothing stops there."""
    cut = [each for each in reasons if _cut(each)]
    last = cut[-1] if cut else next((each for each in reversed(reasons) if each.clause != "limit"), None)
    return _said(last) if last is not None else ""


def _cut(reason: Reason) -> bool:
    return reason.result.endswith("cut off") and not reason.result.startswith("nothing")


def _said(reason: Reason) -> str:
    return f"`{reason.clause} {reason.text}` {reason.result}"


def _taken_back(awards: Iterable[Award], event: Event, step: nodes.Expectation, names: Iterable[str]) -> Iterator[str]:
    for each in awards:
        if each.event == event.id and each.of is not None and each.unit == step.unit and each.rule in set(names):
            yield f'of "{each.rule}" {words.quantity(-each.quantity, each.unit)} were taken back'


def _kept(program: nodes.Program, event: Event, step: nodes.Expectation, names: Iterable[str]) -> Iterator[str]:
    """The rules of which a part takes nothing back."""
    own = program.events[event.type]
    part = own.reverses.part if own.reverses is not None else None
    for rule in untouched(own, program) if part is not None else ():
        if part is not None and rule.unit == step.unit and rule.name in set(names):
            yield f'of "{rule.name}" a part takes nothing back: it does not depend on `{part.of}`'
