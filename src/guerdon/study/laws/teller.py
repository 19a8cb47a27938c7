"""Histories by chance: one number decides everything, and gives the same history on every machine.

Only whole numbers are drawn, by `getrandbits`, whose sequence no version of Python changes; nothing is taken from
a set without being put in order first.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, time, timedelta
from fractions import Fraction
from typing import TypeVar

from guerdon.check.builtin import NAMES
from guerdon.check.happenings import SOMEBODY
from guerdon.check.redeems import ASKED_BY
from guerdon.program import nodes, types
from guerdon.program.time import LAST_YEAR
from guerdon.reference.calendar import add_months
from guerdon.study.found import Found
from guerdon.study.laws.history import NOON, Earlier, History, Told, Values
from guerdon.study.laws.pool import USUAL_DAYS, Pool, of_type, on_grid
from guerdon.study.trial import Trial

T = TypeVar("T")

MOST_EVENTS = 20
TRIES_OF_EVENT = 4
"""How often an event is made up anew that would come to nothing; some of these are kept."""

PEOPLE = (SOMEBODY, "anna", "ben")
GROUPS = ("h1", "h1", "h2")
"""Accounts have few names, so that members meet in them."""

PACES = ((0, 0, 0, 0, 1), (0, 1, 1, 2, 7), (1, 7, 28, 30, 31, 61, 90), (30, 90, 183, 365))
"""How many days lie between events; one of these for all of a history."""

LINES = (0, 1, 1, 2, 2, 3, 7)


def chance(seed: int, number: int) -> random.Random:
    """What decides about a history: the same for the same two numbers."""
    return random.Random((seed << 32) + number)


class Teller:
    """Makes up one history of a program."""

    def __init__(self, decide: random.Random, program: nodes.Program, pool: Pool) -> None:
        self.decide, self.program, self.pool = decide, program, pool
        self.kinds = [kind for kind in self._kinds() for _ in range(1 if kind in NAMES else 3)]
        named = any(_is_member(fact.type) for record in self._records() for fact in record.facts.values())
        self.people = PEOPLE[: max(self.below(3) + 1, 2 if named else 1)]
        self.accounts = {account.fact for account in program.accounts.values()}
        self.left_out = tuple((who, each) for each in program.control_groups for who in self.people if self.one_in(4))
        self.told: list[Told] = []
        self.pace = self.pick(PACES)
        self.mostly = self.pick(self.kinds) if self.kinds else ""

    def below(self, most: int) -> int:
        """A number from 0 on."""
        return self.decide.getrandbits(32) % most

    def pick(self, values: Sequence[T]) -> T:
        return values[self.below(len(values))]

    def one_in(self, many: int) -> bool:
        return self.below(many) == 0

    # ------------------------------------------------------------ what can happen

    def _records(self) -> list[nodes.Record]:
        return [self.program.member, *(self.program.events[name] for name in self._kinds())]

    def _kinds(self) -> list[str]:
        """The events that are told of: those that the program is about, of which a test can give all facts."""
        names = sorted(self.pool.used)
        return [name for name in names if self._can_be_told(self.program.events[name])]

    def _can_be_told(self, record: nodes.Record) -> bool:
        return all(
            fact.value is not None or not _needs_instant(fact.type, self.program) for fact in record.facts.values()
        )

    def history(self, most: int = MOST_EVENTS) -> History:
        """What happens to one to three members, up to so many events in the order of time."""
        if not self.kinds:
            return History(())
        known = {member: self._known(at) for at, member in enumerate(self.people)}
        days = [*USUAL_DAYS, *self.pool.days] if self.one_in(2) or not self.pool.days else self.pool.days
        day, clock = self.pick(days), NOON
        so_far = Trial(History((), known, self.left_out).case(""), self.program)
        for number in range(min(self.below(most), self.below(most)) + 1):
            if number:
                day, clock = self._later(day, clock)
            if day.year >= LAST_YEAR - 50:
                break
            for _ in range(TRIES_OF_EVENT):
                self.told.append(self._happening(number, day, clock))
                if self._is_taken_in(so_far) or self.one_in(8):
                    break
                self.told.pop()
        return History(tuple(self.told), known, self.left_out)

    def _is_taken_in(self, so_far: Trial) -> bool:
        """Whether the latest event comes to something: it is neither refused nor set aside."""
        step = History(tuple(self.told)).case("").steps[-1]
        assert isinstance(step, nodes.Happening)
        so_far.happen(step)
        return not Found(so_far.engine, so_far.last).why_nothing()

    def _later(self, day: date, clock: time) -> tuple[date, time]:
        """A moment that is the same or later: often the same day, at times right at what the program names."""
        if self.one_in(5):
            return day, clock
        days = self.pick(self.pace)
        if not days:
            clocks = [each for each in (*self.pool.clocks, time(18), time(23, 59)) if each >= clock]
            return day, self.pick(clocks) if clocks and self.one_in(3) else clock
        return self._later_day(day, days), NOON if self.one_in(2) else self.pick((*self.pool.clocks, NOON))

    def _later_day(self, day: date, days: int) -> date:
        ahead = [each for each in self.pool.days if each > day][:3]
        if ahead and self.one_in(4):
            return self.pick(ahead)
        if self.one_in(5):
            first = date(day.year + 1, 1, 1) if self.one_in(3) else add_months(day.replace(day=1), 1)
            return max(first - timedelta(self.below(2)), day + timedelta(1))  # the last day of a period, or the first
        if self.pool.lengths and self.one_in(4):
            by, months = self.pick(self.pool.lengths)
            if by <= 3_700 and months <= 120:
                return max(add_months(day, months) + timedelta(by + self.below(3) - 1), day + timedelta(1))
        return day + timedelta(days)

    # ------------------------------------------------------------ values

    def value(self, of: types.Type) -> object:
        """A value of a type, if possible one that the program looks at."""
        match of:
            case types.Optional(inner):
                return None if self.one_in(2) else self.value(inner)
            case types.Quantity(_, step) | types.Number(step, _):
                return self.number(of, step or Fraction(1, 100))
            case types.Text():
                return self.pick(self.pool.texts)
            case types.Choice(values):
                return self.pick(values) if values else None
            case types.YesNo():
                return self.one_in(2)
            case types.Date():
                return self.pick((*self.pool.days, *USUAL_DAYS, self.told[-1].day if self.told else USUAL_DAYS[0]))
            case types.Days():
                return self.pick((0, 1, 30, *(days for days, _ in self.pool.lengths)))
            case types.Months():
                return self.pick((0, 1, 12, *(months for _, months in self.pool.lengths)))
            case types.Member():
                return self.pick(self.people)
            case types.Lines(record):
                many, of_record = self.pick(LINES), self.program.records[record]
                if many and self.one_in(2):
                    return (self.facts(of_record),) * many
                return tuple(self.facts(of_record) for _ in range(many))
        return None

    def number(self, of: types.Quantity | types.Number, step: Fraction) -> Fraction:
        """An amount or number: around what it is compared with, some figure of the program, or a small one."""
        around = self.pool.around(of_type(of), step)
        return self.pick(around) if around and not self.one_in(3) else self.pick(self.pool.others(step))

    def facts(self, record: nodes.Record) -> Values:
        """The facts of an event or a line, but for those that are derived."""
        return {name: self.value(fact.type) for name, fact in record.facts.items() if fact.value is None}

    def _known(self, at: int) -> Values:
        """What is known of a member at first; who is named was there before, so that nobody invites their inviter."""
        known = self.facts(self.program.member)
        for name, fact in self.program.member.facts.items():
            if _is_member(fact.type):
                needed = not isinstance(fact.type, types.Optional)
                known[name] = self.pick(self.people[: max(at, 1)]) if needed or at else None
            if name in self.accounts and known[name] is not None:
                known[name] = self.pick(GROUPS)
        return known

    # ------------------------------------------------------------ events

    def _happening(self, number: int, day: date, clock: time) -> Told:
        kinds = [each for each in self.kinds if self._reversible(each)] or self.kinds
        kind, member = self.pick(kinds), self.pick(self.people)
        kind = self.mostly if self.mostly in kinds and self.one_in(2) else kind
        record, last = self.program.events[kind], self.told[-1] if self.told else None
        again = last is not None and last.event == kind and self.one_in(3)
        facts = dict(last.facts) if last is not None and again else self.facts(record)
        if kind in NAMES:
            self._settle(kind, facts, member, day)
        elif record.reverses is not None:
            member = self._refer(record.reverses, facts, record, member)
        return Told(number, kind, member, day, clock, facts)

    def _reversible(self, kind: str) -> bool:
        """Whether there is something that such an event could reverse; so it is for all that reverse nothing."""
        reversal = self.program.events[kind].reverses
        return reversal is None or any(each.event == reversal.event for each in self.told)

    def _settle(self, kind: str, facts: Values, member: str, day: date) -> None:
        """Amount and unit, or tier and ladder, of a built-in event."""
        if "quantity" in self.program.events[kind].facts:
            able = kind not in ("adjustment", "opening")
            unit = self.pick([each for each in self.program.units.values() if each.spendable or not able])
            known = self.pool.around(unit.name, unit.step) or self.pool.others(unit.step)
            many = self.pick([each for each in known if each] or [unit.step])
            facts |= {"unit": unit.name, "quantity": -many if kind == "adjustment" and self.one_in(3) else many}
            self._reward(kind, facts)
        if "ladder" in facts:
            facts |= {"ladder": None, "tier": None, "through": None}
            if self.program.ladders and self.one_in(3):
                ladder = self.pick([*self.program.ladders.values()])
                facts |= {"ladder": ladder.name, "tier": self.pick(ladder.tiers).name, "unit": None, "quantity": None}
        if kind == "opening":
            facts["expires"] = day + timedelta(self.pick((1, 30, 365))) if facts["expires"] is not None else None
            facts |= {"earned": None, "expires": None} if facts["ladder"] is not None else {}
        if kind == "transfer":
            facts["to"] = self.pick([each for each in PEOPLE if each != member])
        if kind == "merged":
            facts["other"] = self.pick([each for each in PEOPLE if each != member])
        for name in sorted(self.accounts & facts.keys()):
            facts[name] = self.pick(GROUPS) if facts[name] is not None else None

    def _reward(self, kind: str, facts: Values) -> None:
        """Most redemptions ask for something by its name, where there is something to ask for."""
        rewards = [rule.name for rule in self.program.rules.values() if rule.takes and rule.on == (ASKED_BY,)]
        if kind == ASKED_BY and rewards:
            facts["reward"] = None if self.one_in(4) else self.pick(rewards)
            if facts["reward"] is not None:
                facts |= {"unit": None, "quantity": None}

    def _refer(self, reversal: nodes.Reversal, facts: Values, record: nodes.Record, member: str) -> str:
        """Lets a reversal name an event that was, and all or a part of it; whose it was."""
        known = [each for each in self.told if each.event == reversal.event]
        if not known:
            return member
        event = self.pick(known[-4:])
        if reversal.by is not None:
            facts[reversal.by] = event.facts.get(reversal.by) if reversal.shared else Earlier(event.number)
        part = reversal.part
        if part is not None and part.lines is None:
            of = record.facts[part.field].type
            facts[part.field] = self._part(event.facts, part.of, of, facts[part.field])
        elif part is not None and part.lines is not None:
            of = record.facts[part.lines].type
            assert isinstance(of, types.Lines)
            whole = event.facts.get(part.of_lines or "")
            lines = [each for each in whole if not self.one_in(3)] if isinstance(whole, tuple) else []
            facts[part.lines] = tuple(self._back(part, each, self.program.records[of.record]) for each in lines)
        return event.member

    def _back(self, part: nodes.Part, line: Values, record: nodes.Record) -> Values:
        """A line that takes back a line, or some of it."""
        found = self.facts(record)
        found |= {name: value for name, value in line.items() if name in found}
        if part.field in found:
            found[part.field] = self._part(line, part.of, record.facts[part.field].type, found[part.field])
        return found

    def _part(self, facts: Values, name: str, of: types.Type, else_: object) -> object:
        """All of an amount, a half or a third of it on its grid; where there is none of this unit, what was made up."""
        kind, whole = of.of if isinstance(of, types.Optional) else of, facts.get(name)
        if not isinstance(whole, Fraction) or not isinstance(kind, types.Quantity | types.Number):
            return else_
        if isinstance(kind, types.Quantity) and facts.get("unit", kind.unit) != kind.unit:
            return else_
        step = kind.step or Fraction(1, 100)
        return self.pick([on_grid(each, step) for each in (whole, whole / 2, whole / 3)]) or else_


def _is_member(of: types.Type) -> bool:
    return isinstance(of.of if isinstance(of, types.Optional) else of, types.Member)


def _needs_instant(of: types.Type, program: nodes.Program) -> bool:
    """Whether a fact must be given and holds an instant, which no test can write."""
    if isinstance(of, types.Lines):
        facts = program.records[of.record].facts.values()
        return any(fact.value is None and _needs_instant(fact.type, program) for fact in facts)
    return isinstance(of, types.Instant)
