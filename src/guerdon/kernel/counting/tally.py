"""What has been counted under one key, as text.

A sum or a count over a period of the calendar, or over all of the past, is one number,
which begins again when the period does. Windows of so many days or months, or since a tier was entered, are kept as
lists of days and values, with a sum that follows two places in them. What else is asked
of a window looks through its list.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import assert_never

from guerdon.kernel.writing.beyond import Beyond
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import AMOUNT, DAYS, Make
from guerdon.kernel.writing.values import Value
from guerdon.program import nodes
from guerdon.program.nodes import Aggregate

ADDED_UP = (Aggregate.SUM, Aggregate.COUNT)


@dataclass
class Tally:
    """What has been counted under a key.

    Shape: `over`: the denominator of its values; `totals`: by window and aggregate the name of
    the number; `days` and `values`: the names of its lists, where it has some.
    """

    make: Make
    name: str
    over: int
    totals: dict[tuple[nodes.Window, Aggregate], str] = field(default_factory=dict)
    listed: bool = False
    moving: list[tuple[nodes.Duration | nodes.Since, Aggregate]] = field(default_factory=list)
    missing: bool = False  # whether values may be
    keys: int = 0  # by so many facts it is kept apart
    own: bool = False  # whether members who are together have it each for themselves

    def find(self, fields: tuple[str, ...], here: Here) -> None:
        """Names the place of what has been counted for these facts of the event; of today's period."""
        assert not fields, "what is counted by facts is kept apart"

    def watch(self, window: nodes.Window, aggregate: Aggregate) -> None:
        """Sees to it that a window can be read."""
        key = plain(window), aggregate
        if key in self.totals:
            return
        if aggregate in ADDED_UP and _is_one_number(window):
            name = self.make.scalar(f"{self.name}_{_word(aggregate)}_{len(self.totals)}", AMOUNT, own=self.own)
            self.totals[key] = name
            if isinstance(key[0], nodes.Calendar):
                rolls = self.make.own_rolls if self.own else self.make.rolls
                rolls.setdefault(key[0].period, []).append(name)
            return
        self._list()
        if aggregate in ADDED_UP and isinstance(window, nodes.Duration | nodes.Since):
            name = f"{self.name}_{_word(aggregate)}_{len(self.totals)}"
            self.totals[key] = self.make.scalar(name, AMOUNT, own=self.own)
            self.make.scalar(f"{name}_from", self.make.place, own=self.own)
            self.moving.append((window, aggregate))

    def watch_all(self) -> None:
        """Sees to it that the days of all values can be looked through."""
        self._list()

    def _list(self) -> None:
        if not self.listed:
            self.listed = True
            self.make.array(f"{self.name}_day", f"{self.name}_n", "i32", DAYS)
            self.make.array(f"{self.name}_value", f"{self.name}_n")
            if self.missing:
                self.make.array(f"{self.name}_is", f"{self.name}_n", "u8", (0, 1))
            if self.own:
                self.make.array(f"{self.name}_whose", f"{self.name}_n", "i32", self.make.place)
            self.make.scalar(f"{self.name}_n", self.make.place)

    def add(self, value: str, there: str = "1") -> None:
        """Counts a value (over `over`, 0 where it is missing) of today."""
        w = self.make.w
        for (window, aggregate), name in self.totals.items():
            more = value if aggregate is Aggregate.SUM else "1"
            self.make.add(name, more, moves=(window, aggregate) in self.moving)
        if self.listed:
            w.line(f"{self.name}_day[{self.name}_n] = day")
            w.line(f"{self.name}_value[{self.name}_n] = {value}")
            if self.missing:
                w.line(f"{self.name}_is[{self.name}_n] = {there}")
            if self.own:
                w.line(f"{self.name}_whose[{self.name}_n] = turn")
            w.line(f"{self.name}_n += 1")

    def roll(self, day: str) -> None:
        """Lets what a day no longer shows go."""
        for window, aggregate in self.moving:
            if isinstance(window, nodes.Duration):
                self._begin(window, aggregate, first_day(self.make, window, day))

    def enter(self, ladder: str) -> None:
        """Lets what came before a tier was entered go."""
        for window, aggregate in self.moving:
            if isinstance(window, nodes.Since) and window.ladder == ladder:
                self._begin(window, aggregate, self.make.entry(ladder))

    def _begin(self, window: nodes.Window, aggregate: Aggregate, first: str) -> None:
        """Lets a sum or a count begin with a day."""
        w, name = self.make.w, self.totals[window, aggregate]
        with w.block(f"while {name}_from < {self.name}_n and {self.name}_day[{name}_from] < {first}:"):
            less = f"{self.name}_value[{name}_from]" if aggregate is Aggregate.SUM else "1"
            with w.block(f"if {self._is_mine(f'{name}_from')}:") if self.own else nullcontext():
                w.line(f"{name} -= {less}")
            w.line(f"{name}_from += 1")

    def _is_mine(self, place: str) -> str:
        """Whether a value is of the member whose turn it is."""
        return f"{self.name}_whose[{place}] == turn"

    def read(self, window: nodes.Window, aggregate: Aggregate, here: Here) -> Value:
        """What a window shows."""
        found = self.totals.get((plain(window), aggregate))
        if found is not None:
            over = self.over if aggregate is Aggregate.SUM else 1
            return Value(found, over, positive=aggregate is Aggregate.COUNT)
        return self._looked_through(window, aggregate, here)

    def _looked_through(self, window: nodes.Window, aggregate: Aggregate, here: Here) -> Value:
        """What the values of a window come to, the latest looked at first."""
        w, name = self.make.w, self.make.w.name("seen")
        first, end = bounds(self.make, window, here.day)
        at, value = f"{name}_at", f"{self.name}_value[{name}_at]"
        w.line(f"{name} = 0")
        w.line(f"{name}_is = 0")
        w.line(f"{at} = {self.name}_n - 1")
        guard = f"{at} >= 0" if first is None else f"{at} >= 0 and {self.name}_day[{at}] >= {first}"
        with w.block(f"while {guard}:"):
            guards = [f"{self.name}_day[{at}] < {end}"] if end is not None else []
            guards += [self._is_mine(at)] if self.own else []
            if self.missing and aggregate not in (Aggregate.COUNT, Aggregate.DAYS_SINCE):
                guards.append(f"{self.name}_is[{at}]")
            with w.block(f"if {' and '.join(guards)}:") if guards else nullcontext():
                match aggregate:
                    case Aggregate.SUM:
                        w.line(f"{name} += {value}")
                    case Aggregate.COUNT:
                        w.line(f"{name} += 1")
                    case Aggregate.FIRST:
                        w.line(f"{name} = {value}")
                    case Aggregate.LAST:
                        w.line(f"{name} = {name} if {name}_is else {value}")
                    case Aggregate.DAYS_SINCE:
                        w.line(f"{name} = {name} if {name}_is else {here.day} - {self.name}_day[{at}]")
                    case Aggregate.LEAST | Aggregate.MOST:
                        than = "<" if aggregate is Aggregate.LEAST else ">"
                        w.line(f"{name} = {value} if {name}_is == 0 or {value} {than} {name} else {name}")
                    case Aggregate.DISTINCT:
                        w.line(f"{name}_like = {at} + 1")
                        like = f"{self.name}_value[{name}_like] != {value}"
                        if end is not None:
                            like = f"({like} or {self.name}_day[{name}_like] >= {end})"
                        if self.own:
                            like = f"({like} or {self.name}_whose[{name}_like] != turn)"
                        if self.missing:
                            like = f"({like} or not {self.name}_is[{name}_like])"
                        with w.block(f"while {name}_like < {self.name}_n and {like}:"):
                            w.line(f"{name}_like += 1")
                        w.line(f"{name} += {name}_like == {self.name}_n")
                    case _:
                        assert_never(aggregate)
                w.line(f"{name}_is = 1")
            w.line(f"{at} -= 1")
        counted = aggregate in (Aggregate.COUNT, Aggregate.DISTINCT, Aggregate.DAYS_SINCE)
        there = None if aggregate in (*ADDED_UP, Aggregate.DISTINCT) else f"{name}_is"
        return Value(name, 1 if counted else self.over, there=there, positive=counted)


def _word(aggregate: Aggregate) -> str:
    return "sum" if aggregate is Aggregate.SUM else "count"


def plain(window: nodes.Window) -> nodes.Window:
    """The window that shows the same: nothing came before the member joined."""
    return nodes.Ever() if isinstance(window, nodes.Since) and window.ladder is None else window


def _is_one_number(window: nodes.Window) -> bool:
    """Whether a window only grows until it begins again."""
    shown = plain(window)
    return isinstance(shown, nodes.Ever) or (isinstance(shown, nodes.Calendar) and shown.ahead == 0)


def first_day(make: Make, window: nodes.Duration, day: str) -> str:
    """The first day that a window of so many days or months shows."""
    if window.months:
        return f"{make.moved(day, ('months', -window.months))} + 1"
    return f"{day} - {window.days - 1}"


def bounds(make: Make, window: nodes.Window, day: str) -> tuple[str | None, str | None]:
    """The first day that a window shows and the one after the last; None: the first, or today's, of all."""
    match plain(window):
        case nodes.Ever():
            return None, None
        case nodes.Duration() as so_long:
            return first_day(make, so_long, day), None
        case nodes.Since(str(ladder)):
            return make.entry(ladder), None
        case nodes.Calendar(period, ahead):
            return make.period_first(period, day, ahead), make.period_first(period, day, ahead + 1) if ahead else None
        case _:
            raise Beyond("windows")
