"""The shortest history that still breaks a law: without what it does not need, and with smaller figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction

from guerdon.check.builtin import NAMES
from guerdon.check.happenings import SOMEBODY
from guerdon.program import nodes, types
from guerdon.study.laws.history import NOON, History, Told, Values

MOST_TRIES = 400

Breaks = Callable[[History], bool]

SETTLED = ("unit", "quantity", "ladder", "tier", "reward")
"""Facts of built-in events of which none can be without the others."""

FIRST_DAY = date(2026, 3, 2)
"""Where a history begins that could begin on any day."""


def shrunk(history: History, breaks: Breaks, program: nodes.Program) -> History:
    """A history that breaks the same law and is no longer in anything; the same one for the same history."""
    return _Shrinker(history, breaks, program).shortest()


class _Shrinker:
    """Tries to leave out one thing after the other."""

    def __init__(self, history: History, breaks: Breaks, program: nodes.Program) -> None:
        self.history, self.breaks, self.program = history, breaks, program
        self.tries = 0

    def shortest(self) -> History:
        before = None
        while before != self.history and self.tries < MOST_TRIES:
            before = self.history
            self._drop_events()
            for way in (self._members, self._openings, self._facts, self._moments):
                self._each(way)
        return self.history

    def _try(self, candidate: History) -> bool:
        """Takes a shorter history, if it breaks the law too."""
        if self.tries >= MOST_TRIES or candidate == self.history:
            return False
        self.tries += 1
        if not self.breaks(candidate):
            return False
        self.history = candidate
        return True

    def _each(self, way: Callable[[], Iterator[History]]) -> None:
        """Tries what a way offers, beginning anew with each history that is taken."""
        while any(map(self._try, way())):
            pass

    # ------------------------------------------------------------ events and members

    def _drop_events(self) -> None:
        size = max(len(self.history.told) // 2, 1)
        while size:
            end = len(self.history.told)
            while end > 0:
                gone = {each.number for each in self.history.told[max(end - size, 0) : end]}
                self._try(without(self.history, gone))
                end = min(end - size, len(self.history.told))
            size //= 2

    def _members(self) -> Iterator[History]:
        """One member less: what happens to one happens to another, or is called as a test calls who has no name."""
        acting = self.history.acting
        for member in acting[1:]:
            yield _renamed(self.history, member, acting[0])
        if acting and SOMEBODY not in acting and SOMEBODY not in self.history.known:
            yield _renamed(self.history, acting[0], SOMEBODY)

    def _openings(self) -> Iterator[History]:
        known, left_out = self.history.known, self.history.left_out
        for at in range(len(left_out)):
            yield replace(self.history, left_out=left_out[:at] + left_out[at + 1 :])
        for member in known:
            if member not in self.history.acting:
                yield replace(self.history, known={name: of for name, of in known.items() if name != member})
        for member, facts in known.items():
            for simpler in _simpler_facts(facts, self.program.member, self.program):
                yield replace(self.history, known={**known, member: simpler})

    # ------------------------------------------------------------ facts and days

    def _facts(self) -> Iterator[History]:
        for at, told in enumerate(self.history.told):
            for simpler in _simpler_facts(told.facts, self.program.events[told.event], self.program):
                yield _put(self.history, at, replace(told, facts=simpler))

    def _moments(self) -> Iterator[History]:
        told = self.history.told
        if told and told[0].day != FIRST_DAY:
            by = FIRST_DAY - told[0].day
            yield replace(self.history, told=tuple(replace(each, day=each.day + by) for each in told))
        for at, each in enumerate(told):
            if each.clock != NOON:
                yield _in_order(_put(self.history, at, replace(each, clock=NOON)))
            if at and each.day != told[at - 1].day:
                by = told[at - 1].day - each.day
                later = (replace(one, day=one.day + by) for one in told[at:])
                yield _in_order(replace(self.history, told=(*told[:at], *later)))


def without(history: History, gone: set[int]) -> History:
    """The history without some events, and without those that name them."""
    while more := {each.number for each in history.told if each.names() & gone} - gone:
        gone = gone | more
    return replace(history, told=tuple(each for each in history.told if each.number not in gone))


def _put(history: History, at: int, told: Told) -> History:
    return replace(history, told=(*history.told[:at], told, *history.told[at + 1 :]))


def _in_order(history: History) -> History:
    """The history, its clocks set on where they would go back."""
    found: list[Told] = []
    for each in history.told:
        late = bool(found) and each.moment < found[-1].moment
        found.append(replace(each, day=found[-1].day, clock=found[-1].clock) if late else each)
    return replace(history, told=tuple(found))


def _renamed(history: History, old: str, new: str) -> History:
    told = tuple(replace(each, member=new) if each.member == old else each for each in history.told)
    known = {member: facts for member, facts in history.known.items() if member != old}
    known = {new: history.known.get(old, {}), **known} if new not in known else known
    left_out = tuple(dict.fromkeys((new if who == old else who, group) for who, group in history.left_out))
    return replace(history, told=told, known=known, left_out=left_out)


def _simpler_facts(facts: Values, record: nodes.Record, program: nodes.Program) -> Iterator[Values]:
    """The facts with one of them simpler."""
    for fact in record.facts.values():
        if record.name in NAMES and fact.name in SETTLED:
            many = facts.get(fact.name)
            if isinstance(many, Fraction) and many.denominator == 1:
                yield from ({**facts, fact.name: less} for less in _smaller(many, Fraction(1)) if less)
            continue
        for simpler in _simpler(facts.get(fact.name), fact.type, program) if fact.name in facts else ():
            yield {**facts, fact.name: simpler}


def _simpler(value: object, of: types.Type, program: nodes.Program) -> Iterator[object]:
    """Simpler values of a type, the simplest first."""
    match of, value:
        case types.Optional(inner), _:
            if value is not None:
                yield None
                yield from _simpler(value, inner, program)
        case types.Quantity(_, step) | types.Number(step, _), Fraction():
            yield from _smaller(value, step or Fraction(1, 100))
        case types.Choice(values), str():
            yield from values[: values.index(value)] if value in values else ()
        case types.YesNo(), True:
            yield False
        case types.Days() | types.Months(), int():
            yield from (each for each in (0, 1) if each < value)
        case types.Text(), str() if value > "a":
            yield "a"
        case types.Lines(record), tuple():
            for at, line in enumerate(value):
                yield (*value[:at], *value[at + 1 :])
                for simpler in _simpler_facts(line, program.records[record], program):
                    yield (*value[:at], simpler, *value[at + 1 :])


def _smaller(value: Fraction, step: Fraction) -> Iterator[Fraction]:
    """Smaller figures on the grid: round ones, then nearer and nearer to this one; whole ones rather than parts."""
    if value < 0:
        return
    grid = step if value.denominator != 1 or step >= 1 else max(Fraction(1), step)
    yield from (Fraction(each) for each in (0, 1, 10, 100, 1000) if each < value and Fraction(each) % step == 0)
    if value.denominator != 1 and (value // 1 + 1) % step == 0:
        yield Fraction(value // 1 + 1)
    by = value // grid // 2
    while by:
        yield value - by * grid
        by //= 2
