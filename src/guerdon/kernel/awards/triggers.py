"""Triggers as text: what happens to a member by itself, the day on which it is next, and what comes of it.

Each has the name of a day: that at whose start it happens, or (at the end of a period) that before which it does.
Rows that are written then say in `o_e` which trigger it was, on which day, and when: as that began, as it ended or at an event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field

from guerdon.kernel.awards.rules import Judge
from guerdon.kernel.days import NEVER
from guerdon.kernel.parts import Parts
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import DAYS, Make
from guerdon.program import nodes
from guerdon.program.nodes import TriggerKind
from guerdon.program.walk import walk

BEGINS, ENDS, AT_EVENT = range(3)
"""When a trigger happens."""


def feeds_tiers(trigger: nodes.Trigger, program: nodes.Program) -> bool:
    """Whether what a trigger gives may move a tier."""
    rules = {rule.name for rule in program.rules.values() if trigger.name in rule.on and not rule.only_says}
    units = {program.rules[name].unit for name in rules}
    for ladder in program.ladders.values():
        parts = (ladder.counts, *(step.when for step in ladder.tiers), ladder.floors)
        for each in walk(parts, program.measures):
            match each:
                case nodes.Earned(unit, None) | nodes.Available(unit) if unit in units:
                    return True
                case nodes.Earned(rule=str(rule)) if rules & {*program.rules_of(rule)}:
                    return True
    return False


@dataclass
class Coming:
    """A trigger: `next` names the day on which it happens next."""

    make: Make
    trigger: nodes.Trigger
    name: str
    next: str = field(init=False)

    def __post_init__(self) -> None:
        make, n, kind = self.make, self.name, self.trigger.kind
        self.next = make.scalar(f"{n}_next", DAYS, NEVER, own=True)
        if kind is TriggerKind.ANNIVERSARY:
            make.scalar(f"{n}_years", (0, 9_999), own=True)
            make.functions.add("months_on")
            if self.trigger.fact is None:
                make.membership()
        if kind is TriggerKind.AFTER:
            make.scalar(f"{n}_from", make.place)
            make.scalar(f"{n}_n", make.place)
            make.array(f"{n}_day", f"{n}_n", "i32", DAYS)
        if kind is TriggerKind.REACHED:
            make.scalar(f"{n}_on", DAYS, -NEVER)

    def joined(self) -> None:
        """On the first day of a member."""
        w, trigger = self.make.w, self.trigger
        match trigger.kind:
            case TriggerKind.END | TriggerKind.START:
                assert trigger.period is not None
                w.line(f"{self.next} = {self.make.period_end(trigger.period, 'day')}")
            case TriggerKind.ANNIVERSARY:
                self._first_anniversary()
            case TriggerKind.DATE:
                there = self.make.date(trigger.day).text
                w.line(f"{self.next} = {there} if {there} > day else {NEVER}")
            case TriggerKind.WITHOUT:
                self._wait()
            case TriggerKind.AFTER | TriggerKind.BEFORE | TriggerKind.REACHED:
                return

    def _first_anniversary(self) -> None:
        w, n = self.make.w, self.name
        fact = self.trigger.fact
        of = self.make.member_fact(fact) if fact is not None else None
        start = of.text if of is not None else "joined"
        with w.block(f"if {of.there}:") if of is not None and of.there is not None else nullcontext():
            w.line(f"{n}_years = (day - {start}) // 366")
            w.line(f"{n}_years = {n}_years if {n}_years > 1 else 1")
            self._anniversary(start)
            with w.block(f"while {self.next} <= day:"):
                w.line(f"{n}_years += 1")
                self._anniversary(start)

    def _anniversary(self, of: str) -> None:
        self.make.w.line(f"{self.next} = months_on({of}, 12 * {self.name}_years, {self.make.years.base})")

    def _after(self) -> str:
        """The day so long after today."""
        time = self.trigger.time
        assert time is not None
        return self.make.moved("day", ("months", time.months) if time.months else ("days", time.days))

    def _wait(self) -> None:
        """Begins to wait anew."""
        w = self.make.w
        then = w.kept("then", self._after())
        w.line(f"{self.next} = {then} if {then} > day else {NEVER}")

    def note(self) -> None:
        """At an event that it waits for, or that ends a silence."""
        w, n = self.make.w, self.name
        if self.trigger.kind is TriggerKind.WITHOUT:
            self._wait()
            return
        then = w.kept("then", self._after())
        with w.block(f"if {then} > day and ({n}_from == {n}_n or {n}_day[{n}_n - 1] != {then}):"):
            w.line(f"{self.next} = {then} if {n}_from == {n}_n else {self.next}")
            w.line(f"{n}_day[{n}_n] = {then}")
            w.line(f"{n}_n += 1")

    def go_on(self) -> None:
        """Once it happened: when it does again."""
        w, n, trigger = self.make.w, self.name, self.trigger
        match trigger.kind:
            case TriggerKind.END:
                assert trigger.period is not None
                w.line(f"{self.next} = {self.make.period_end(trigger.period, 'day', 1)}")
            case TriggerKind.START:
                assert trigger.period is not None
                w.line(f"{self.next} = {self.make.period_end(trigger.period, 'day')}")
            case TriggerKind.ANNIVERSARY:
                w.line(f"{n}_years += 1")
                self._anniversary(self.make.member_fact(trigger.fact).text if trigger.fact is not None else "joined")
            case TriggerKind.AFTER:
                w.line(f"{n}_from += 1")
                w.line(f"{self.next} = {n}_day[{n}_from] if {n}_from < {n}_n else {NEVER}")
            case TriggerKind.DATE | TriggerKind.WITHOUT:
                w.line(f"{self.next} = {NEVER}")
            case TriggerKind.BEFORE | TriggerKind.REACHED:
                return


class Triggers:
    """The triggers of a program."""

    def __init__(self, parts: Parts) -> None:
        self.parts, self.make, self.w = parts, parts.make, parts.make.w
        named = enumerate(self.make.program.triggers.values())
        self.all = [Coming(self.make, trigger, f"g{number}") for number, trigger in named]
        self.at_end = [each for each in self.all if each.trigger.kind is TriggerKind.END]
        self.reaching = [each for each in self.all if each.trigger.kind is TriggerKind.REACHED]
        self.at_begin = [each for each in self.all if each not in (*self.at_end, *self.reaching)]

    def joined(self) -> None:
        """On the first day of a member."""
        for each in self.all:
            each.joined()

    def noting(self, event: str) -> list[Coming]:
        """Those that an event is noted for."""
        return [each for each in self.all if event in each.trigger.events]

    # ------------------------------------------------------------ as a day begins, or ends

    def end(self, now: str) -> None:
        """Ends the day before one: what waits for the end of a period happens, at its last instant."""
        for each in self.at_end:
            with self.w.block(f"if {each.next} == {now}:"):
                each.go_on()
                self._happen(each)

    def begin(self, now: str) -> None:
        """Lets happen what waits for the start of a day."""
        for each in self.at_begin:
            with self.w.block(f"if {each.next} == {now}:"):
                each.go_on()
                self._happen(each)

    # ------------------------------------------------------------ tiers that are reached

    def stood(self) -> Mapping[str, str]:
        """Where the member stands before something: names by the ladders that triggers look at."""
        found = {}
        for ladder in dict.fromkeys(each.trigger.ladder or "" for each in self.reaching):
            found[ladder] = self.w.name("stood")
            self.w.line(f"{found[ladder]} = {self.parts.tiers[ladder].stands}")
        return found

    def reached(self, stood: Mapping[str, str]) -> None:
        """Lets triggers happen for tiers that the member stood below and stands on or above now, once a day each."""
        for each in self.reaching:
            of = each.trigger
            assert of.ladder is not None and of.tier is not None
            ladder = self.make.program.ladders[of.ladder]
            rank, stands = ladder.rank(of.tier), self.parts.tiers[of.ladder].stands
            with self.w.block(f"if {stood[of.ladder]} < {rank} and {stands} >= {rank} and {each.name}_on != day:"):
                self.w.line(f"{each.name}_on = day")
                self._happen(each)

    # ------------------------------------------------------------ what comes of it

    def _happen(self, coming: Coming) -> None:
        """Lets a trigger happen on the day that has begun: rules, awards, tiers."""
        w, name = self.w, coming.trigger.name
        here = Here("day", name)
        w.line(f"due = (day * {len(self.all)} + {self.all.index(coming)}) * 3 + when + 1")
        units = {rule.unit for rule in self.make.program.rules.values() if name in rule.on}
        for unit, purse in self.parts.purses.items():
            purse.begin(unit in units)
        judge = Judge(self.parts, name)
        verdicts = judge.judge(here)
        for purse in self.parts.purses.values():
            purse.see(any(each.rule.unit == purse.unit.name for each in verdicts))
        for verdict in verdicts:
            judge.post(verdict, False, judge.after(here))
        for purse in self.parts.purses.values():
            purse.grant_together(False)
        if coming.trigger.kind is not TriggerKind.REACHED or any(self._follows(name)):
            stood = self.stood() if coming.trigger.kind is not TriggerKind.REACHED else {}
            for tier in self.parts.tiers.values():
                if tier.moves(name):
                    tier.after(here)
            if stood:
                self.reached(stood)
        w.line("due = 0")

    def _follows(self, name: str) -> Iterator[bool]:
        """Of each tier whether it is looked at after a trigger."""
        return (tier.moves(name) for tier in self.parts.tiers.values())
