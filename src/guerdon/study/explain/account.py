"""A member's account: what was given, clause by clause, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from guerdon.study.explain.course import Course
from guerdon.study.explain.drawing import drawn
from guerdon.study.explain.timeline import Moment
from guerdon.study.report.fragment import fragment, texts


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
    """What a rule gave at an event (or `took`, or only `said`), clause by clause.

    Shape: `sums` are what it came to and what rounding, limits and its group added or (below zero) took off; together they are
    what it gave. There are none of what was taken back.
    """

    rule: str
    place: str
    gave: str
    fired: bool
    reasons: list[Reason] = field(default_factory=list)
    took: bool = False
    said: bool = False
    sums: tuple[Reading, ...] = ()


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
    """A ladder at the end of the run: the tier, what is counted and asked for with what came of it, and the moves with their times.

    Shape: `counted`: what was counted on which day, summing to the count, where that is a sum of what came in a window.
    """

    ladder: str
    place: str
    tier: str
    counts: tuple[tuple[str, str], ...]
    moves: tuple[tuple[str, str], ...]
    counted: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class LotAccount:
    """A lot: the award it came from, where the rule stands that gave it, how much it was, where that went, and what is left.

    Shape: `granted` and what `went` (below zero) sum to what can be spent yet (`left`) and what is `held`. Days are those on which
    it came and on which it is gone; texts are empty where there is nothing to say. `came`: where several awards are in one lot, these.
    """

    name: str
    place: str
    since: str
    granted: str
    went: tuple[Reading, ...]
    left: str
    held: str = ""
    expires: str = ""
    came: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class BalanceAccount:
    """A balance at the end of the run, of a member or an account.

    Shape: what is left of the `lots` and what is `owed` (below zero) sum to the `balance`, what is held of them to `held`. `rules`:
    the `expires` lines of the unit, with their places.
    """

    unit: str
    place: str
    holder: str
    balance: str
    held: str
    lots: tuple[LotAccount, ...]
    owed: tuple[Reading, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()


MOST_SHOWN = 100
"""So many moments of an account are shown in a notebook, the latest ones."""


@dataclass(slots=True, repr=False)
class Account:
    """A member's events with what each was given, where they stand, and the events explained in full.

    Shape: `timeline` holds the events with all that came of them, and what came by itself; `ladders` and `balances`: the one that
    was asked for, or all where every event is explained; `courses`: how balances went; `as_of`: the last day that was read, where one was named.
    """

    member: str
    events: list[tuple[str, str, str, str]]  # id, kind, when, what was given
    standing: tuple[str, ...]
    explained: list[EventAccount]
    timeline: list[Moment] = field(default_factory=list)
    ladders: tuple[LadderAccount, ...] = ()
    balances: tuple[BalanceAccount, ...] = ()
    courses: tuple[Course, ...] = ()
    as_of: str = ""
    program: str = ""

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
        """How balances went, what came of each event, and of those that are explained each rule, clause by clause."""
        shown = self.timeline[-MOST_SHOWN:]
        left = f", the last {MOST_SHOWN} of {len(self.timeline):,}" if len(shown) < len(self.timeline) else ""
        rows = [(each.event, each.kind, each.when, each.text) for each in shown]
        parts = [f"<h1>Member {escape(self.member)}</h1>\n<p>Now: {escape(', '.join(self.standing))}.</p>"]
        parts += [
            f"<h3>{escape(each.unit)} of {escape(each.holder)}</h3>\n{drawn(each, {})}"
            for each in self.courses
            if each.points
        ]
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
