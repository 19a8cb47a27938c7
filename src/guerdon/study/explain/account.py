"""A member's account: what was given, clause by clause, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from guerdon.study.explain.timeline import Moment


@dataclass(frozen=True, slots=True)
class Reading:
    """Something that was read: what it is called, and what it was."""

    name: str
    value: str


@dataclass(slots=True)
class Reason:
    """A clause of the rule, what was read for it, and what came of it."""

    clause: str
    text: str
    readings: tuple[Reading, ...] = ()
    result: str = ""


@dataclass(slots=True)
class RuleAccount:
    """What a rule gave at an event (or `took`, or only `said`), clause by clause."""

    rule: str
    place: str
    gave: str
    fired: bool
    reasons: list[Reason] = field(default_factory=list)
    took: bool = False
    said: bool = False


@dataclass(slots=True)
class EventAccount:
    """An event, the member before it, what each rule made of it, and what else came of it.

    Shape: `undid`: the events that it reversed, and how much of each; `came`: what it
    spent, moved, owed, was refused.
    """

    event: str
    kind: str
    when: str
    facts: str
    before: tuple[str, ...]
    rules: list[RuleAccount] = field(default_factory=list)
    undid: tuple[str, ...] = ()
    came: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LadderAccount:
    """A ladder at the end of the history: the tier, what is counted and asked for with what came of it, and the moves with their times."""

    ladder: str
    place: str
    tier: str
    counts: tuple[tuple[str, str], ...]
    moves: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Account:
    """A member's events with what each was given, where they stand, and the events explained in full.

    Shape: `timeline` holds the events with all that came of them, and what came by itself; `ladder`, where one was asked for.
    """

    member: str
    events: list[tuple[str, str, str, str]]  # id, kind, when, what was given
    standing: tuple[str, ...]
    explained: list[EventAccount]
    timeline: list[Moment] = field(default_factory=list)
    ladder: LadderAccount | None = None
