"""Events that can be undone: what is kept of each, how a return finds it, and what it takes back.

Covered is a return `in proportion` from the oldest lots, of an event that it names, counted where
it happens: it takes the share of the sale that comes back, of all that the sale was given,
rounded once, and shared out to its awards by largest remainder.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from guerdon.kernel.expressions import Here, expression
from guerdon.kernel.make import PLACE, QUANTITY, Make
from guerdon.kernel.rules import Verdict
from guerdon.kernel.values import Value, rounding
from guerdon.program import nodes


@dataclass
class Deeds:
    """The events of a kind that can be undone, one after the other in arrays."""

    make: Make
    event: str
    name: str
    rules: list[nodes.Rule] = field(init=False)

    def __post_init__(self) -> None:
        make, name = self.make, self.name
        self.rules = [
            rule for rule in make.program.rules.values() if self.event in rule.on and not rule.only_says and not rule.takes
        ]
        parts = [record.reverses.part for record in make.program.events.values() if record.reverses and record.reverses.event == self.event]
        self.measured = [*dict.fromkeys(part.of for part in parts if part is not None)]
        make.scalar(f"{name}_n", PLACE)
        for each in ("id", "row", "day", "undone", *(f"{what}{n}" for n in range(len(self.measured)) for what in ("whole", "left"))):
            make.array(f"{name}_{each}", f"{name}_n")
        for number in range(len(self.rules)):
            make.array(f"{name}_gave{number}", f"{name}_n")
            make.array(f"{name}_took{number}", f"{name}_n")

    # ------------------------------------------------------------ keeping

    def note(self, verdicts: list[Verdict], here: Here) -> None:
        """Keeps the event and what its rules gave."""
        w, n = self.make.w, self.name
        at = f"{n}_n"
        w.line(f"{n}_id[{at}] = id[i]")
        w.line(f"{n}_row[{at}] = first + i")
        w.line(f"{n}_day[{at}] = day")
        w.line(f"{n}_undone[{at}] = 0")
        for number, fact in enumerate(self.measured):
            of = self.make.program.events[self.event].facts[fact].type
            value = expression(self.make, nodes.Field(nodes.Scope.EVENT, fact, of), here)
            w.line(f"{n}_whole{number}[{at}] = {value.text}")
            w.line(f"{n}_left{number}[{at}] = {value.text}")
        by_rule = {each.rule.name: each for each in verdicts}
        for number, rule in enumerate(self.rules):
            w.line(f"{n}_gave{number}[{at}] = {by_rule[rule.name].quantity}")
            w.line(f"{n}_took{number}[{at}] = 0")
        w.line(f"{at} += 1")

    # ------------------------------------------------------------ undoing

    def match(self, event: str, reversal: nodes.Reversal, here: Here) -> str:
        """Finds what a return undoes: the name of whether it undoes anything; the member is left to the other engine where it can't."""
        make, w, n = self.make, self.make.w, self.name
        assert reversal.by is not None and not reversal.shared
        named = make.columns.facts[event, reversal.by].name
        w.line(f"of = {n}_n - 1")
        with w.block(f"while of >= 0 and {n}_id[of] != {named}[i]:"):
            w.line("of -= 1")
        w.line("back = 1")
        failed = "of < 0"
        if reversal.within is not None:
            late = make.moved("day", ("months", reversal.within.months) if reversal.within.months else ("days", reversal.within.days))
            del late
            raise AssertionError("returns within a time are not covered")
        with w.block(f"if {failed}:"):
            w.line("bad = 1")
            w.line("back = 0")
        with w.block(f"elif {n}_undone[of]:"):
            w.line("bad = 1")
            w.line("back = 0")
        part = reversal.part
        if part is not None:
            column = make.columns.facts[event, part.field]
            value = make.load(column, "i", is_sale=False)
            number = self.measured.index(part.of)
            there = value.there or "1"
            with w.block("if back:"):
                w.line(f"back_of = {value.text} if {there} else {n}_left{number}[of]")
                with w.block(f"if back_of > {n}_left{number}[of]:"):
                    w.line("bad = 1")
                    w.line("back = 0")
                with w.block("elif back_of <= 0:"):
                    w.line("back = 0")
        return "back"

    def undo(self, reversal: nodes.Reversal, back: str) -> None:
        """Takes back the share of the sale that comes back."""
        make, w, n = self.make, self.make.w, self.name
        with w.block(f"if {back}:"):
            number = self.measured.index(reversal.part.of) if reversal.part is not None else None
            if number is None:
                w.line(f"{n}_undone[of] = 1")
            else:
                w.line(f"{n}_left{number}[of] -= back_of")
                w.line(f"{n}_undone[of] = {n}_left{number}[of] == 0")
            for unit in dict.fromkeys(rule.unit for rule in self.rules):
                self._of_unit(unit, reversal, number)

    def _of_unit(self, unit: str, reversal: nodes.Reversal, number: int | None) -> None:
        """Takes back of all that was given of a unit."""
        make, w, n = self.make, self.make.w, self.name
        mine = [at for at, rule in enumerate(self.rules) if rule.unit == unit]
        gave = [f"{n}_gave{at}[of]" for at in mine]
        w.line(f"given = {' + '.join(gave)}")
        w.line(f"held = given - {' - '.join(f'{n}_took{at}[of]' for at in mine)}")
        with w.block("if held > 0:"):
            if number is None:
                w.line("claw = held")
            else:
                assert reversal.rounding is not None
                w.line(f"whole = {n}_whole{number}[of]")
                share = Value("(given * back_of)", by="whole", positive=True)
                for line in rounding("claw", share, make.program.units[unit].step * make.program.units[unit].step.denominator, reversal.rounding)[0]:
                    w.line(line)
                w.line("claw = claw if claw < held else held")
                with w.block(f"if {n}_undone[of]:"):
                    w.line("claw = held")
            with w.block("if claw > 0:"):
                self._share_out(unit, mine, number)

    def _share_out(self, unit: str, mine: list[int], number: int | None) -> None:
        """Shares what is taken back out to the awards, by largest remainder, and takes it."""
        make, w, n = self.make, self.make.w, self.name
        if len(mine) == 1:
            self._taken(unit, mine[0], "claw")
            return
        w.line("rest = claw")
        for at in mine:
            w.line(f"top_{at} = ({n}_gave{at}[of] - {n}_took{at}[of]) * claw")
            w.line(f"part_{at} = top_{at} // held")
            w.line(f"loss_{at} = top_{at} - part_{at} * held")
            w.line(f"rest -= part_{at}")
        with w.block("while rest > 0:"):
            w.line("most = (-1)")
            w.line("most_of = 0")
            for at in mine:
                with w.block(f"if loss_{at} > most:"):
                    w.line(f"most = loss_{at}")
                    w.line(f"most_of = {at}")
            for number_of, at in enumerate(mine):
                with w.block(f"{'if' if number_of == 0 else 'elif'} most_of == {at}:"):
                    w.line(f"part_{at} += 1")
                    w.line(f"loss_{at} = (-1)")
            w.line("rest -= 1")
        for at in mine:
            with w.block(f"if part_{at} > 0:"):
                self._taken(unit, at, f"part_{at}")
        del number

    def _taken(self, unit: str, at: int, quantity: str) -> None:
        """Takes so much of what a rule gave: out of lots, what is earned and limits."""
        make, w, n, rule = self.make, self.make.w, self.name, self.rules[at]
        w.line(f"{n}_took{at}[of] = fits({n}_took{at}[of] + {quantity}, 0, {QUANTITY})")
        make.write(make.code("taken", rule.name), f"0 - {quantity}", f"{n}_row[of]")
        purse = make.purses.get(unit)
        if purse is not None:
            purse.take(quantity, "taken back", rule.name)
        make.tallies.count(("earned", unit), f"(0 - {quantity})")
        make.tallies.count(("by", rule.name), f"(0 - {quantity})")
        make.tallies.count(("back", unit), quantity)
        make.tallies.count(("back by", rule.name), quantity)
        self._limits(rule, quantity)

    def _limits(self, rule: nodes.Rule, quantity: str) -> None:
        """Gives room back in limits, of today's window."""
        make, w, n = self.make, self.make.w, self.name
        groups = [group for group in make.program.groups.values() if rule.name in group.of]
        of = [(rule.name, rule.limits), *((group.name, group.limits) for group in groups)]
        for name, limits in of:
            for index, limit in enumerate(limits):
                if limit.per_event or limit.kept:
                    continue
                assert limit.times is None, "room for times that comes back is not covered"
                total = make.tallies.of["limit", (name, index)].totals
                for (window, _), scalar in total.items():
                    if isinstance(window, nodes.Calendar):
                        with w.block(f"if {n}_day[of] >= {make.period_first(window.period, 'day')}:"):
                            w.line(f"{scalar} -= {quantity}")
                    else:
                        w.line(f"{scalar} -= {quantity}")
