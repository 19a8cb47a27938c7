"""A member's account: what was given, clause by clause, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from guerdon.study.report.fragment import fragment, texts
from guerdon.study.timeline import Moment


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


MOST_SHOWN = 100
"""So many moments of an account are shown in a notebook, the latest ones."""


@dataclass(slots=True, repr=False)
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

    def __repr__(self) -> str:
        explained = f", {len(self.explained)} explained" if self.explained else ""
        return f"<Account of {self.member}: {len(self.events)} event{'' if len(self.events) == 1 else 's'}{explained}>"

    def _repr_markdown_(self) -> str:
        """Who it is of, where they stand, and what was given at each event that is explained."""
        lines = [f"### Member {self.member}", "", f"Now: {', '.join(self.standing)}."]
        for event in self.explained:
            lines += ["", f"**{event.kind} {event.event}**, {event.when}", ""]
            lines += [f"- {each.rule}: {each.gave}" for each in event.rules]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """What came of each event, and of those that are explained each rule, clause by clause."""
        shown = self.timeline[-MOST_SHOWN:]
        left = f", the last {MOST_SHOWN} of {len(self.timeline):,}" if len(shown) < len(self.timeline) else ""
        rows = [(each.event, each.kind, each.when, each.text) for each in shown]
        parts = [f"<h1>Member {escape(self.member)}</h1>\n<p>Now: {escape(', '.join(self.standing))}.</p>"]
        parts += [texts(f"What came of it{left}", ("event", "kind", "when", "what came of it"), rows)] if rows else []
        for event in self.explained:
            parts.append(
                f"<h2>{escape(event.kind)} {escape(event.event)}</h2>\n<p>{escape(event.when)} {escape(event.facts)}</p>"
            )
            parts += [_rule(each) for each in event.rules]
            parts += [f"<p>{escape(each)}</p>" for each in (*event.undid, *event.came)]
        return fragment("\n".join(parts))


def _rule(of: RuleAccount) -> str:
    """A rule as a table of its clauses."""
    did = "said" if of.said else "took" if of.took else "gave"
    rows = [
        (each.clause, each.text, ", ".join(f"{read.name} is {read.value}" for read in each.readings), each.result)
        for each in of.reasons
    ]
    return texts(f'"{of.rule}" {did} {of.gave}', ("clause", "says", "read", "result"), rows)
