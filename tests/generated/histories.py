"""Histories by chance: what happens to a few members, with returns, late events, built-in ones, and an end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from tests.generated.chance import DATES, EVERYTHING, TEXTS, Choose

from guerdon.history.event import Event
from guerdon.program import nodes, types

T = TypeVar("T")

BUILT_IN = ("joined", "changed", "redemption", "adjustment", "transfer", "opening", "merged", "closed", "erased")
STARTS = (
    "2026-03-02 12:00",
    "2024-02-28 22:00",
    "2024-02-29 12:00",
    "2026-03-08 01:30",
    "2026-11-01 00:30",
    "2011-12-29 22:00",
    "2018-11-03 23:30",
    "2018-02-17 22:30",
    "2025-03-29 23:30",
    "2023-12-31 23:00",
    "2024-01-31 12:00",
    "2026-06-30 20:00",
)
SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86400 * SECOND
STEPS = (0, 0, MINUTE, HOUR, 3 * HOUR, 12 * HOUR, *(days * DAY for days in (1, 1, 2, 7, 28, 30, 31, 90, 365)))
QUICK = (0, MINUTE, HOUR, HOUR, 3 * HOUR, 12 * HOUR, DAY, DAY, 2 * DAY, 7 * DAY)
"""What lies between events of a history in which much happens: an engine looks at few days for each."""
ENDS = (None, None, -400, -1, 0, 1, 31, 400, 400, 800)
SOON = (None, None, -1, 0, 1, 31)
HOUSEHOLDS = ("h1", "h2")


@dataclass
class History:
    """Events in their order, facts about members, and the end."""

    events: list[Event]
    members: dict[str, dict[str, Any]]
    as_of: date | None

    def __repr__(self) -> str:
        return "\n".join(map(repr, [*self.events, self.members, self.as_of]))


def instant(program: nodes.Program, local: str) -> int:
    moment = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(program.frame.timezone))
    return (moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def in_order(events: list[Event]) -> list[Event]:
    return sorted(events, key=lambda event: event.order)


class Teller:
    """Tells what happens; `choose` decides everything.

    Shape: `wild`: whether what can't be is told too; `members`: how many there may be; `steps`: what may lie between two events; `ends`: how many days after the last one a run may end (None: with it).
    """

    wild: bool = True
    members: int = 3
    steps: tuple[int, ...] = STEPS
    ends: tuple[int | None, ...] = ENDS

    def __init__(
        self,
        choose: Choose,
        program: nodes.Program,
        knows: frozenset[str] = EVERYTHING,
        without: tuple[str, ...] = (),
    ) -> None:
        self.choose, self.program, self.knows = choose, program, knows
        names = [name for name in program.events if name not in BUILT_IN]
        self.kinds = [name for name in names for _ in range(2 if program.events[name].reverses else 1)]
        self.kinds += ["purchase"] * 4
        if "built-in events" in knows:
            often = ["redemption"] * 4 + ["adjustment", "transfer", "opening", "changed"] * 2
            endings = () if "endings" in knows else ("merged", "closed", "erased")
            self.kinds = self.kinds * 5 + [name for name in (*BUILT_IN, *often) if name not in endings]
        self.kinds = [name for name in self.kinds if name not in without]
        self.told: list[Event] = []

    def pick(self, *values: T) -> T:
        return values[self.choose(len(values))]

    # ------------------------------------------------------------ values

    def value(self, of: types.Type, at: int) -> Any:
        """A value of a type, none too rare."""
        match of:
            case types.Optional(inner):
                return None if self.choose(2) else self.value(inner, at)
            case types.Quantity(_, step):
                wild = (0, 99) if "returns" in self.knows else (0, 99, 123_456, 10**15)
                return (step or 1) * self.pick(*wild, 1, 100, 250, 999, 1000, 1001, 5000, 10_000)
            case types.Number(step, percent):
                if step == 1:
                    return Fraction(self.pick(0, 1, 2, 3, 10, 1000))
                found = [Fraction(0), Fraction(1, 4), Fraction(1), Fraction(1, 10), Fraction(5, 2)]
                return self.pick(*found, *([] if percent else [Fraction(-3, 2)]))
            case types.Text():
                return self.pick(*TEXTS)
            case types.Choice(values):
                return self.pick(*values) if values else None
            case types.YesNo():
                return self.choose(2) == 1
            case types.Date():
                return date.fromisoformat(self.pick(*DATES))
            case types.Instant():
                return self.pick(at, at - 1, at + 10**12, 0)
            case types.Days():
                return self.pick(0, 1, 30)
            case types.Months():
                return self.pick(0, 1, 12)
            case types.Member():
                return self.pick("m1", "m2", "m3")
            case types.Lines(record):
                return tuple(self.facts(self.program.records[record], at) for _ in range(self.pick(0, 1, 2, 3)))
        raise AssertionError(of)

    def facts(self, record: nodes.Record, at: int) -> dict[str, Any]:
        return {
            name: self.value(fact.type, at)
            for name, fact in record.facts.items()
            if fact.value is None and fact.type != types.AmountOf() and fact.type != types.Optional(types.AmountOf())
        }

    def about(self, at: int) -> dict[str, Any]:
        """The facts of a member; accounts have few names, so that they have members in common."""
        known = self.facts(self.program.member, at)
        for name in {account.fact for account in self.program.accounts.values()}:
            known[name] = self.pick(*HOUSEHOLDS, *HOUSEHOLDS, "h3") if known[name] is not None else None
        return known

    # ------------------------------------------------------------ events

    def happening(self, id: str, kind: str, member: str, at: int, late: int, sequence: int) -> Event:
        """An event with facts that are worth something: amounts that may be there, events that were."""
        record = self.program.events[kind]
        facts = self.facts(record, at)
        if kind in BUILT_IN:
            self.settle(kind, facts, at)
            if kind == "transfer" and facts["to"] == member:
                facts["to"] = "m2" if member == "m1" else "m1"
        elif record.reverses is not None and self.told and self.choose(8) != 0:
            member = self.refer(record.reverses, facts, member)
        event = Event(id, kind, member, at, at + late, sequence, facts)
        self.told.append(event)
        return event

    def settle(self, kind: str, facts: dict[str, Any], at: int) -> None:
        """The amount and unit, or the tier and ladder, of a built-in event."""
        units = [unit for unit in self.program.units.values() if unit.spendable or kind in ("adjustment", "opening")]
        if "quantity" in self.program.events[kind].facts:
            unit = self.pick(*units)
            many = self.pick(1, 1, 2, 5, 10, 20, 50, 100) if kind != "opening" else self.pick(10, 100, 500)
            facts["unit"], facts["quantity"] = unit.name, many * self.pick(unit.step, Fraction(1))
            if kind == "adjustment" and self.choose(2):
                facts["quantity"] *= -1
            rewards = [rule.name for rule in self.program.rules.values() if rule.takes and kind in rule.on]
            if rewards:
                facts["reward"] = self.pick(*rewards) if self.choose(2) else None
                facts |= {"unit": None, "quantity": None} if facts["reward"] is not None else {}
        if "ladder" in facts:
            facts["ladder"] = facts["tier"] = facts["through"] = None
            if self.program.ladders and not self.choose(4):
                ladder = self.pick(*self.program.ladders.values())
                facts |= {"ladder": ladder.name, "tier": self.pick(*(step.name for step in ladder.tiers))}
                facts |= {"unit": None, "quantity": None, "through": self.day(at) if self.choose(2) else None}
        if kind == "opening" and facts["expires"] is not None:
            facts["expires"] = self.day(at)
        if kind == "changed":
            facts |= {name: value for name, value in self.about(at).items() if name in facts and self.choose(2)}

    def day(self, at: int) -> date:
        first = (datetime(1970, 1, 1) + timedelta(microseconds=at)).date()
        return first + timedelta(self.pick(-1, 0, 1, 2, 10, 100, 400))

    def refer(self, reversal: nodes.Reversal, facts: dict[str, Any], member: str) -> str:
        """Lets a reversal name what happened before, and as much of it as there may be; whose it was."""
        known = [event for event in self.told if event.type == reversal.event]
        if not known:
            return member
        event = self.pick(*known)
        if reversal.by is not None:
            facts[reversal.by] = event.facts[reversal.by] if reversal.shared else event.id
        part = reversal.part
        if part is not None and part.lines is None:
            whole = event.facts.get(part.of, event.facts.get("amount"))
            if whole is not None and facts[part.field] is not None:
                facts[part.field] = self.part_of(Fraction(whole))
        elif part is not None and part.lines is not None:
            lines = [line for line in event.facts[part.of_lines or ""] or () if self.choose(3)]
            facts[part.lines] = tuple({**line, part.field: self.part_of(line[part.of])} for line in lines)
        return event.member

    def part_of(self, whole: Fraction) -> Fraction:
        """All of an amount, some of it, or too much."""
        third = Fraction(int(whole * 100) // 3, 100) if whole.denominator > 1 else Fraction(int(whole) // 3)
        return self.pick(whole, whole, third, third, third, whole + third)

    # ------------------------------------------------------------ histories

    def history(self, most: int = 12) -> History:
        """What happens to some members, in the order in which it is looked at."""
        at = instant(self.program, self.pick(*STARTS))
        members = [f"m{number}" for number in range(1, self.choose(self.members) + 2)]
        events = []
        late = self.delays()
        for number in range(self.choose(most) + 1):
            at += self.pick(*self.steps)
            kind, member = self.pick(*self.kinds), self.pick(*members)
            if number == 0 and "opening" in self.kinds and self.choose(2):
                kind = "opening"  # so that there is something to spend
            delay, sequence = self.pick(*late), number if self.choose(4) else 0
            events.append(self.happening(f"e{number:02}", kind, member, at, delay, sequence))
        known = {name: self.about(at) for name in dict.fromkeys(("m1", "m2", "m3", *members))}
        as_of = self.pick(*self.ends)
        end = None if as_of is None else (datetime(1970, 1, 1) + timedelta(microseconds=at)).date() + timedelta(as_of)
        return History(in_order(events), known, end)

    def delays(self) -> tuple[int, ...]:
        """How much later than they happen events become known."""
        if self.program.frame.lateness is not None:
            return (0, 0, HOUR, DAY, 2 * DAY, 40 * DAY)
        return (0, 0, 0, 0, 0, 0, 0, 2 * DAY)


def on_time(history: History) -> History:
    """The same history, with every event known when it happens."""
    events = [replace(event, recorded=event.at) for event in history.events]
    return replace(history, events=in_order(events))
