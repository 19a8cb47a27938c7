"""Events that can be undone: what is kept of each, and what is undone of it.

How much is taken back of each award is reckoned in `proportion` of the sale, or by rules that
are `asked` again; what a built-in event did by itself is in `handed`.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field

from guerdon.kernel.awards.groups import Verdict
from guerdon.kernel.awards.redeeming import Redeeming
from guerdon.kernel.counting.tally import plain
from guerdon.kernel.lots.chained import Chained
from guerdon.kernel.parts import Parts
from guerdon.kernel.returns.asked import Asked
from guerdon.kernel.returns.corrected import Counted
from guerdon.kernel.returns.handed import Handed
from guerdon.kernel.returns.measured import Measured
from guerdon.kernel.returns.proportion import Proportion
from guerdon.kernel.returns.remaining import Remaining
from guerdon.kernel.returns.takings import Takings
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.expressions import expression
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import QUANTITY, Make
from guerdon.program import nodes
from guerdon.reference.groups import Groups


@dataclass
class Deeds:
    """The events of a kind that can be undone, one after the other in arrays."""

    parts: Parts
    event: str
    name: str
    make: Make = field(init=False)
    rules: list[nodes.Rule] = field(init=False)
    takings: Takings = field(init=False)
    is_plain: bool = field(init=False)  # no more is kept than returns in proportion from the oldest lots ask for

    def __post_init__(self) -> None:
        make, name = self.parts.make, self.name
        self.make = make
        self.rules = [
            rule
            for rule in make.program.rules.values()
            if self.event in rule.on and not rule.only_says and not rule.takes
        ]
        self.takings = Takings(self.parts, self.event, name)
        returns = (record.reverses for record in make.program.events.values())
        reversals = self.reversals = [each for each in returns if each is not None and each.event == self.event]
        parts = [each.part for each in reversals if each.part is not None]
        self.measured = [*dict.fromkeys(part.of for part in parts)]
        self.measures = [Measured(make, self.event, fact) for fact in self.measured]
        self.own = not all(each.oldest for each in reversals)
        ways = {each.clawback for each in reversals if each.part is not None}
        asks = bool(ways - {nodes.Clawback.PROPORTION})
        self.proportion = Proportion(make, name, self.rules)
        self.asked = Asked(make, name, self.rules, self.takings, ways)
        self.handed = Handed(self.parts, self.event, name) if self.event in make.columns.by_hand else None
        at_sale = not all(each.at_return for each in reversals)
        self.counted = Counted(self.parts, self.event, name, self.proportion.units, at_sale, self.handed is not None)
        self.remaining = None
        if self.measured and (asks or self.counted.meters):
            self.remaining = Remaining(self.parts, self.event, name, self.measures[0], self.rules if asks else [])
            covered(len(self.measured) == 1, "returns")
        make.scalar(f"{name}_n", make.place)
        kept = ["id", *(f"{what}{at}" for at in range(len(self.measured)) for what in ("whole", "left"))]
        kept += [] if self.measured else ["undone"]
        kept += ["row"] if make.full else []
        kept += ["whose"] if make.together else []
        self.keys = [*dict.fromkeys(each.by for each in reversals if each.by is not None and each.shared)]
        kept += [f"{what}{at}" for at in range(len(self.keys)) for what in ("key", "key_is")]
        given_back = any(
            self._returned(limit)
            for rule in [*self.rules, *self.takings.rules]
            for _, _, limit in self._limits_of(rule)
        )
        dated = given_back or self.remaining is not None or self.counted.kept or self.counted.at_sale
        dated = dated or self.handed is not None or any(each.within is not None for each in reversals)
        kept += ["day"] if dated else []
        kept += self.proportion.kept + [f"left_of{number}" for number in range(len(self.rules))]
        kept += self.takings.kept + self.counted.kept + self.asked.kept
        kept += [name for of in (self.remaining, self.handed) if of is not None for name in of.kept]
        if self.own:
            kept += [f"{what}{at}" for at in range(len(self.rules)) for what in ("lot_of", "excused")]
        self.kept = kept
        plain = all(
            each.clawback is nodes.Clawback.PROPORTION and each.oldest and each.at_return and not each.shared
            for each in reversals
        )
        plain = plain and not self.counted.kept and self.handed is None
        self.is_plain = plain and all(each.within is None and each.by is not None for each in reversals)
        for each in kept:
            amount = each.startswith(("whole", "left", "given"))
            bounds = make.place if each.startswith("lot_of") else (-1, QUANTITY) if amount else None
            make.array(f"{name}_{each}", f"{name}_n", bounds=bounds)

    def _limits_of(self, rule: nodes.Rule) -> list[tuple[str, int, nodes.Limit]]:
        """The limits that count what a rule gives: its own, and those of its group."""
        groups = [group for group in self.make.program.groups.values() if rule.name in group.of]
        of: list[nodes.Rule | nodes.Group] = [rule, *groups]
        return [(each.name, index, limit) for each in of for index, limit in enumerate(each.limits)]

    @staticmethod
    def _returned(limit: nodes.Limit) -> bool:
        """Whether a return gives room back in a limit."""
        return not limit.per_event and not limit.kept

    # ------------------------------------------------------------ keeping

    def see(self, here: Here) -> None:
        """Looks at what the rules of the event read, before anything comes of it."""
        if self.remaining is not None:
            self.remaining.see(here)
        if self.own:
            for number in self._numbers:
                self.make.w.line(f"place_{number} = 0")
        if self.handed is not None:
            self.handed.see()

    @property
    def _numbers(self) -> list[int]:
        """The numbers of the rules among all."""
        names = [*self.make.program.rules]
        return [names.index(rule.name) for rule in self.rules]

    def note(self, verdicts: list[Verdict], redeeming: Redeeming, here: Here) -> None:
        """Keeps the event and what its rules gave and took."""
        w, n = self.make.w, self.name
        at = f"at_{n}"
        w.line(f"{at} = {n}_n")
        known = {"id": "id[i]", "row": "first + i", "day": "day", "undone": "0", "whose": "turn"}
        for each in self.kept:
            if each in known:
                w.line(f"{n}_{each}[{at}] = {known[each]}")
        for number, measure in enumerate(self.measures):
            whole = measure.whole(here)
            for each in ("whole", "left"):
                w.line(f"{n}_{each}{number}[{at}] = {whole}")
        by_name = {each.rule.name: each for each in verdicts}
        for number, rule in enumerate(self.rules):
            w.line(f"{n}_left_of{number}[{at}] = {by_name[rule.name].quantity}")
        self.proportion.note(at, by_name)
        self.asked.note(at, by_name)
        for number, by in enumerate(self.keys):
            of = self.make.program.events[self.event].facts[by].type
            value = expression(self.make, nodes.Field(nodes.Scope.EVENT, by, of), here)
            w.line(f"{n}_key{number}[{at}] = {value.text}")
            w.line(f"{n}_key_is{number}[{at}] = {value.there or 1}")
        self.takings.note(redeeming, at)
        self.counted.note(at, here)
        if self.remaining is not None:
            self.remaining.note(at)
        for number, place in enumerate(self._numbers) if self.own else ():
            w.line(f"{n}_lot_of{number}[{at}] = place_{place}")
            w.line(f"{n}_excused{number}[{at}] = 0")
        if self.handed is not None:
            self.handed.note(at)
        w.line(self.make.longer.by_one(f"{n}_n", w.loops))

    # ------------------------------------------------------------ undoing

    def undo(self, reversal: nodes.Reversal, back: str) -> None:
        """Takes back the share of the sale that comes back."""
        w, n = self.make.w, self.name
        number_of = self.reversals.index(reversal)
        name = f"undo_{n}_{number_of}" if number_of else f"undo_{n}"
        first = ("first",) if self.handed is not None else ()
        with w.block(f"if {back}:"), self.make.apart(name, "of", "back_of", "day", "row", *first):
            number = self.measured.index(reversal.part.of) if reversal.part is not None else None
            if number is None:
                self._is_over()
            else:
                w.line(f"{n}_left{number}[of] -= back_of")
                with w.block(f"if {n}_left{number}[of] == 0:"):
                    self._is_over()
            self._corrected(reversal, number)
            left = (f"{n}_whole{number}[of]", f"{n}_left{number}[of]") if number is not None else None
            for rule, given, emptied in self.takings.give_back(self.is_undone, left):
                self._limits(rule, given, emptied)
            if reversal.rounding is not None:
                self.proportion.take_back(reversal.rounding, number, self.is_undone)
                self.asked.note_share_of_sale(number, self.is_undone)
            else:
                self.asked.take_back(reversal.clawback, self.remaining, number, self.is_undone)
            for at in self._in_order():
                rule = self.rules[at]
                with w.block(f"if part_{at} > 0:"):
                    self._taken(rule.unit, at, f"part_{at}", reversal)
            if self.handed is not None:
                self.handed.undo(self.is_undone, left, self.counted)

    def _corrected(self, reversal: nodes.Reversal, number: int | None) -> None:
        """Leaves in what was counted what remains of the event."""
        w, n = self.make.w, self.name
        if not self.counted.meters:
            return
        if number is None or self.remaining is None:
            self.counted.correct(None, reversal.at_return)
            return
        with w.block(f"if {self.is_undone}:"):
            self.counted.correct(None, reversal.at_return)
        with w.block("else:"):
            w.line(f"whole = {n}_whole{number}[of]")
            self.remaining.less_read(self.counted.correct(self.remaining.then(), reversal.at_return))

    def _in_order(self) -> list[int]:
        """The places of the rules in the order in which what they gave is taken back: those of a group after all of its rules."""
        program, found = self.make.program, list[str]()
        groups = Groups(program)
        for name in program.rules:
            if name not in groups.of:
                found.append(name)
            if (group := groups.behind.get(name)) is not None:
                found += group.of
        places = {rule.name: at for at, rule in enumerate(self.rules)}
        return [places[name] for name in found if name in places]

    @property
    def is_undone(self) -> str:
        """Whether nothing of the event remains: then less than nothing is said to be left."""
        return f"{self.name}_left0[of] < 0" if self.measured else f"{self.name}_undone[of]"

    def _is_over(self) -> None:
        w, n = self.make.w, self.name
        for number in range(len(self.measured)):
            w.line(f"{n}_left{number}[of] = (-1)")
        if not self.measured:
            w.line(f"{n}_undone[of] = 1")

    def _taken(self, unit: str, at: int, quantity: str, reversal: nodes.Reversal) -> None:
        """Takes so much of what a rule gave: out of lots, what is earned and limits."""
        make, w, n, rule = self.make, self.make.w, self.name, self.rules[at]
        w.line(f"{n}_left_of{at}[of] -= {quantity}")
        make.write(make.code("taken", rule.name), f"0 - {quantity}", f"{n}_row[of]")
        purse = self.parts.purses.get(unit)
        if isinstance(purse, Chained) and not reversal.oldest:
            purse.take_own(quantity, "taken back", rule.name, f"{n}_lot_of{at}[of]", f"{n}_excused{at}[of]")
        elif purse is not None:
            purse.take(quantity, "taken back", rule.name)
        if reversal.at_return:
            self.parts.tallies.count("earned", unit, f"(0 - {quantity})")
            self.parts.tallies.count("by", rule.name, f"(0 - {quantity})")
        else:
            self.counted.uncount("earned", unit, quantity)
            self.counted.uncount("by", rule.name, quantity)
        self.parts.tallies.count("back", unit, quantity)
        self.parts.tallies.count("back by", rule.name, quantity)
        self._limits(rule, quantity)

    def _limits(self, rule: nodes.Rule, quantity: str, emptied: str | None = None) -> None:
        """Gives room back in limits, of today's window; a time, where nothing of it is left (`emptied`)."""
        make, w, n = self.make, self.make.w, self.name
        for name, index, limit in self._limits_of(rule):
            if not self._returned(limit):
                continue
            covered(not limit.fields, "returns")
            covered(isinstance(plain(limit.window), nodes.Ever | nodes.Calendar), "returns")
            given = {rule.name} if name == rule.name else {*make.program.groups[name].of}
            left = " + ".join(f"{n}_left_of{at}[of]" for at, each in enumerate(self.rules) if each.name in given)
            nothing = emptied or f"{left} == 0"
            for (window, _), scalar in self.parts.tallies.of["limit", (name, index)].totals.items():
                guards = [nothing] if limit.times is not None else []
                if isinstance(window, nodes.Calendar):
                    guards.append(f"{n}_day[of] >= {make.period_first(window.period, 'day')}")
                with w.block(f"if {' and '.join(guards)}:") if guards else nullcontext():
                    w.line(f"{scalar} -= {quantity if limit.times is None else 1}")
