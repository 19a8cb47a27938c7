"""What was counted of an event that is undone, corrected: on the day of the event, or on that of the return.

What counts the event itself (its meters) is corrected as far as that is one number, which
is all of the past or begins again with a period.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

from guerdon.kernel.counting.tally import Tally
from guerdon.kernel.parts import Parts
from guerdon.kernel.returns.remaining import reads_past
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.expressions import condition, expression
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.values import times
from guerdon.program import nodes
from guerdon.program.nodes import Aggregate
from guerdon.program.walk import walk


@dataclass
class Earned:
    """What was earned of units, and by rules, at events that can be undone.

    Shape: `name` begins the names of what is kept of the events, of which `kept` are those that are kept here. `by_hand`: the units that
    the event counts by itself, which are always corrected on its day.
    """

    parts: Parts
    name: str
    units: list[str]
    rules: list[str]
    at_sale: bool  # whether a return may correct what was counted on the day of the event
    by_hand: tuple[str, ...] = ()
    kept: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.lists = [each for each in self._of() if each.listed]
        self.kept = [f"at_{each.name}" for each in self.lists]

    def _of(self) -> Iterator[Tally]:
        """The tallies that may be corrected on the day of the event."""
        units = {*self.by_hand, *(self.units if self.at_sale else ())}
        rules = {*self.rules} if self.at_sale else set()
        for (kind, names), tally in self.parts.tallies.of.items():
            if isinstance(names, tuple) and {*names} & (
                units if kind == "earned" else rules if kind == "by" else set()
            ):
                yield tally

    def note(self, at: str) -> None:
        """Keeps where what was earned stands."""
        for tally in self.lists:
            self.parts.make.w.line(f"{self.name}_at_{tally.name}[{at}] = {tally.name}_n - 1")

    def less(self, unit: str, rule: str, quantity: str, at_return: bool) -> None:
        """Takes so much off what was earned of a unit by a rule, on the day of the event `of` or on that of the return."""
        for what, name in (("earned", unit), ("by", rule)):
            if at_return:
                self.parts.tallies.count(what, name, f"(0 - {quantity})")
            else:
                self.uncount(what, name, quantity)
        self.parts.tallies.count("back", unit, quantity)
        self.parts.tallies.count("back by", rule, quantity)

    def uncount(self, what: str, name: str, quantity: str) -> None:
        """Takes so much off what was earned, or given by a rule, on the day of the event `of`."""
        make, w, n = self.parts.make, self.parts.make.w, self.name
        for (kind, names), tally in self.parts.tallies.of.items():
            if kind != what or not isinstance(names, tuple) or name not in names:
                continue
            for (window, _), scalar in tally.totals.items():
                if isinstance(window, nodes.Duration):
                    with w.block(f"if {n}_at_{tally.name}[of] >= {scalar}_from:"):
                        w.line(f"{scalar} -= {quantity}")
                else:
                    with within(self.parts, self.name, window):
                        w.line(f"{scalar} -= {quantity}")
            if tally.listed:
                w.line(f"of_list = fits({n}_at_{tally.name}[of], 0, {make.room.listed})")
                w.line(f"{tally.name}_value[of_list] -= {quantity}")


@contextmanager
def within(parts: Parts, name: str, window: nodes.Window) -> Iterator[None]:
    """What is inside holds where a window of today shows the day of the event `of`."""
    make = parts.make
    if isinstance(window, nodes.Calendar):
        with make.w.block(f"if {name}_day[of] >= {make.period_first(window.period, 'day')}:"):
            yield
    else:
        covered(isinstance(window, nodes.Ever), "returns")
        yield


@dataclass
class Counted:
    """What meters hold of events of a kind.

    Shape: `name` begins the names of what is kept of the events, of which `kept` are those that are kept here.
    """

    parts: Parts
    event: str
    name: str
    meters: list[int] = field(init=False)
    kept: list[str] = field(init=False)

    def __post_init__(self) -> None:
        program, of = self.parts.make.program, self.parts.tallies.of
        self.meters = [
            number
            for number, meter in enumerate(program.meters)
            if meter.event == self.event and ("meter", number) in of
        ]
        for number in self.meters:
            meter = program.meters[number]
            covered(not of["meter", number].listed and meter.lines is None and meter.offer is None, "returns")
            covered(not any(reads_past(each) for each in walk((meter.value, meter.where), program.measures)), "returns")
        self.kept = [f"{what}_m{number}" for number in self.meters for what in ("value", "counts")]

    def note(self, at: str, here: Here) -> None:
        """Keeps what the event added."""
        w, n = self.parts.make.w, self.name
        for number in self.meters:
            value, counts = self._of(number, here)
            w.line(f"{n}_value_m{number}[{at}] = {value}")
            w.line(f"{n}_counts_m{number}[{at}] = {counts}")

    def _of(self, number: int, here: Here) -> tuple[str, str]:
        """Names what an event adds to a meter, 0 where it adds nothing, and whether it counts."""
        make, w = self.parts.make, self.parts.make.w
        meter, tally = make.program.meters[number], self.parts.tallies.of["meter", number]
        value, counts = w.name("value"), w.name("counts")
        w.line(f"{value} = 0")
        w.line(f"{counts} = 0")
        with w.block(f"if {condition(make, meter.where, here)}:") if meter.where is not None else nullcontext():
            w.line(f"{counts} = 1")
            if meter.value is not None:
                found = expression(make, meter.value, here)
                covered(found.by is None and tally.over % found.over == 0, "returns")
                text = times(found.text, tally.over // found.over)
                w.line(f"{value} = {text} if {found.there} else 0" if found.there else f"{value} = {text}")
        return value, counts

    def correct(self, then: Here | None, at_return: bool) -> dict[int, tuple[str, str]]:
        """Leaves in the meters what remains of the event `of` (`then` None: nothing); by meter how much the sum and the count are less."""
        w, n, found = self.parts.make.w, self.name, dict[int, tuple[str, str]]()
        for number in self.meters:
            now, counts = self._of(number, then) if then is not None else ("0", "0")
            less = w.kept("less", f"{n}_value_m{number}[of] - {now}")
            gone = w.kept("gone", f"{n}_counts_m{number}[of] - {counts}") if not at_return else "0"
            for (window, aggregate), scalar in self.parts.tallies.of["meter", number].totals.items():
                covered(aggregate in (Aggregate.SUM, Aggregate.COUNT), "returns")
                change = less if aggregate is Aggregate.SUM else gone
                if change != "0":
                    with within(self.parts, self.name, window) if not at_return else nullcontext():
                        w.line(f"{scalar} -= {change}")
            w.line(f"{n}_value_m{number}[of] = {now}")
            if not at_return:
                w.line(f"{n}_counts_m{number}[of] = {counts}")
            found[number] = less, gone
        return found
