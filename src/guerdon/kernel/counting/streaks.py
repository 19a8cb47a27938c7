"""Streaks as text: how many periods hold a day that meters show, back from the present one to the first that is missed too many.

The days of a meter's events are a list in their order, so one place in each goes back with the periods. Days that
are facts stand in any order: of these the first is known, and all are looked through for each period.
"""

from __future__ import annotations

from dataclasses import dataclass

from guerdon.kernel.counting.tallies import Tallies
from guerdon.kernel.counting.tally import Tally, bounds
from guerdon.kernel.days import NEVER
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import Make
from guerdon.kernel.writing.values import Value
from guerdon.program import nodes

MARGIN = 370
"""Days that lie before all that a streak may go back to: the tables of the calendar begin with the year before the first event."""


def streak(make: Make, tallies: Tallies, expr: nodes.Streak, here: Here) -> Value:
    """The streak on a day; the present period is missed only once it is over."""
    covered(expr.period is not nodes.Period.MEMBERSHIP_YEAR, "streaks")
    covered(not any(tallies.of["meter", number].own for number in expr.meters), "accounts")
    w, name = make.w, make.w.name("streak")
    first, end = bounds(make, expr.window, here.day)
    first = w.kept("first", first) if first is not None else None
    last = w.kept("last", f"{end} - 1") if end is not None else here.day
    present = w.kept("present", make.period_first(expr.period, here.day))
    period, until = w.name("period"), w.name("through")
    w.line(f"{period} = {make.period_first(expr.period, last) if end is not None else present}")
    w.line(f"{until} = {last}")
    shown = [_shown(make, tallies.of["meter", number], number, first, until) for number in expr.meters]
    for each in shown:
        each.begin()
    w.line(f"{name} = 0")
    w.line(f"{name}_missed = 0")
    guard = " or ".join(f"({each.more})" for each in shown)
    with w.block(f"while {name}_missed <= {expr.missed} and ({guard}):"):
        w.line(f"{name}_held = 0")
        for each in shown:
            each.hold(f"{name}_held", period)
        w.line(f"{name} += {name}_held")
        with w.block(f"if {name}_held == 0 and {period} != {present}:"):
            w.line(f"{name}_missed += 1")
        w.line(f"{until} = {period} - 1")
        w.line(f"{period} = {make.period_first(expr.period, until)}")
    return Value(name, positive=True)


@dataclass(frozen=True)
class Days:
    """The days of a meter's events, from `first` (None: all) through the day that `until` names."""

    make: Make
    tally: Tally
    place: str
    first: str | None
    until: str

    @property
    def more(self) -> str:
        """Whether there are days yet."""
        there = f"{self.tally.name}_day[{self.place}]"
        return f"{self.place} >= 0" + (f" and {there} >= {self.first}" if self.first is not None else "")

    def begin(self) -> None:
        w, of = self.make.w, self.tally.name
        w.line(f"{self.place} = {of}_n - 1")
        with w.block(f"while {self.place} >= 0 and {of}_day[{self.place}] > {self.until}:"):
            w.line(f"{self.place} -= 1")

    def hold(self, held: str, period: str) -> None:
        """Notes whether there is a day since the beginning of a period."""
        w = self.make.w
        with w.block(f"while {self.more} and {self.tally.name}_day[{self.place}] >= {period}:"):
            w.line(f"{held} = 1")
            w.line(f"{self.place} -= 1")


class Dates(Days):
    """The same of days that are facts: `place` names the first of them."""

    @property
    def more(self) -> str:
        return f"{self.place} <= {self.until}"

    def _each(self, guards: list[str], lines: list[str]) -> None:
        """Lines for each value that is there."""
        w, n, at = self.make.w, self.tally.name, self.make.w.name("at")
        guards = [f"{n}_is[{at}]", *guards] if self.tally.missing else guards
        w.line(f"{at} = {n}_n - 1")
        with w.block(f"while {at} >= 0:"):
            value = w.kept("shows", f"{n}_value[{at}]")
            with w.block(f"if {' and '.join(guards)}:".replace("VALUE", value)):
                for line in lines:
                    w.line(line.replace("VALUE", value))
            w.line(f"{at} -= 1")

    def begin(self) -> None:
        w, since = self.make.w, [f"VALUE >= {self.first}"] if self.first is not None else []
        w.line(f"{self.place} = {NEVER}")
        least = f"{self.place} = VALUE if VALUE < {self.place} else {self.place}"
        self._each([*since, f"VALUE <= {self.until}"], [least])
        with w.block(f"if {self.place} < {MARGIN}:"):
            w.line("bad = 1")
            w.line(f"{self.place} = {NEVER}")

    def hold(self, held: str, period: str) -> None:
        since = [f"VALUE >= {self.first}"] if self.first is not None else []
        self._each([*since, f"VALUE >= {period}", f"VALUE <= {self.until}"], [f"{held} = 1"])


def _shown(make: Make, tally: Tally, number: int, first: str | None, until: str) -> Days:
    """The days that a meter shows: its values, or where it has none those of its events."""
    place = make.w.name("shown")
    if make.program.meters[number].value is None:
        return Days(make, tally, place, first, until)
    return Dates(make, tally, place, first, until)
