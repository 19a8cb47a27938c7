"""What has been counted for the facts of events apart, so that a limit may be kept for each of them."""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm

from guerdon.kernel.counting.tally import Tally, first_day
from guerdon.kernel.days import NEVER
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.expressions import dry, expression
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import AMOUNT, DAYS
from guerdon.kernel.writing.values import Value, times
from guerdon.program import nodes
from guerdon.program.nodes import Aggregate


@dataclass
class Keyed(Tally):
    """A tally of one window and one aggregate, in places that are found by facts of an event.

    Shape: within a period of the calendar, or for all of the past, each place has one number; within so many days, each value has a place.
    """

    place: str = ""
    like: tuple[str, ...] = ()

    def watch(self, window: nodes.Window, aggregate: Aggregate) -> None:
        make, n = self.make, self.name
        self.totals[window, aggregate] = f"{n}_sum"
        make.scalar(f"{n}_n", make.place)
        for number in range(2 * self.keys):
            make.array(f"{n}_key{number}", f"{n}_n")
        make.array(f"{n}_sum", f"{n}_n", bounds=AMOUNT)
        make.array(f"{n}_{'day' if self.moves else 'end'}", f"{n}_n", "i32", DAYS)

    @property
    def window(self) -> nodes.Window:
        ((window, _),) = self.totals
        return window

    @property
    def moves(self) -> bool:
        """Whether its window moves on with each day."""
        return isinstance(self.window, nodes.Duration)

    def _facts(self, fields: tuple[str, ...], here: Here) -> list[str]:
        """The names of facts of the event, each with whether it is there."""
        make, w = self.make, self.make.w
        assert here.event is not None
        values: list[str] = []
        for each in fields:
            of = {
                event: record.facts[each].type for event, record in make.program.events.items() if each in record.facts
            }
            value = expression(make, nodes.Field(nodes.Scope.EVENT, each, of[here.event]), here)
            covered(value.by is None, "missing")
            overs = (
                dry(make, nodes.Field(nodes.Scope.EVENT, each, kind), event, None).over for event, kind in of.items()
            )
            text = times(value.text, lcm(*overs) // value.over)
            there = w.kept("is", value.there) if value.there else "1"
            values.append(w.kept("key", f"{text} if {there} else 0" if value.there else text))
            values.append(there)
        return values

    def find(self, fields: tuple[str, ...], here: Here) -> None:
        make, w, n, window = self.make, self.make.w, self.name, self.window
        values = self._facts(fields, here)
        if isinstance(window, nodes.Duration):
            self._find_within(window, values, here)
            return
        at = self.place = w.name("at")
        w.line(f"{at} = 0")
        same = " and ".join(f"{n}_key{number}[{at}] == {key}" for number, key in enumerate(values))
        with w.block(f"while {at} < {n}_n and not ({same}):"):
            w.line(f"{at} += 1")
        with w.block(f"if {at} == {n}_n:"):
            for number, each_key in enumerate(values):
                w.line(f"{n}_key{number}[{at}] = {each_key}")
            w.line(f"{n}_sum[{at}] = 0")
            w.line(f"{n}_end[{at}] = 0")
            w.line(f"{n}_n += 1")
        with w.block(f"if {n}_end[{at}] <= day:"):
            end = make.period_end(window.period, "day") if isinstance(window, nodes.Calendar) else str(NEVER)
            w.line(f"{n}_end[{at}] = {end}")
            w.line(f"{n}_sum[{at}] = 0")

    def _find_within(self, window: nodes.Duration, values: list[str], here: Here) -> None:
        """Adds up what a window shows of values that came with these facts."""
        w, n = self.make.w, self.name
        self.like, self.place = tuple(values), w.name("alike")
        at = w.name("at")
        w.line(f"{self.place} = 0")
        w.line(f"{at} = {n}_n - 1")
        with w.block(f"while {at} >= 0 and {n}_day[{at}] >= {first_day(self.make, window, here.day)}:"):
            same = " and ".join(f"{n}_key{number}[{at}] == {key}" for number, key in enumerate(values))
            with w.block(f"if {same}:"):
                w.line(f"{self.place} += {n}_sum[{at}]")
            w.line(f"{at} -= 1")

    def add(self, value: str, there: str = "1") -> None:
        w, n = self.make.w, self.name
        ((_, aggregate),) = self.totals
        more = value if aggregate is Aggregate.SUM else "1"
        if not self.moves:
            self.make.add(f"{n}_sum[{self.place}]", more, moves=True)
            return
        for number, key in enumerate(self.like):
            w.line(f"{n}_key{number}[{n}_n] = {key}")
        w.line(f"{n}_sum[{n}_n] = {more}")
        w.line(f"{n}_day[{n}_n] = day")
        w.line(f"{n}_n += 1")

    def read(self, window: nodes.Window, aggregate: Aggregate, here: Here) -> Value:
        over = self.over if aggregate is Aggregate.SUM else 1
        found = self.place if self.moves else f"{self.name}_sum[{self.place}]"
        return Value(found, over, positive=aggregate is Aggregate.COUNT)
