"""Events that can be undone: what is kept of each, and what is undone of it.

How much is taken back of each award is reckoned in `proportion` of the sale, or by rules that
are `asked` again; what a built-in event did by itself is in `handed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field

from guerdon.kernel import others
from guerdon.kernel.awards.crossing import TAKEN
from guerdon.kernel.awards.groups import Verdict
from guerdon.kernel.awards.redeeming import Redeeming
from guerdon.kernel.counting.elsewhere import Elsewhere
from guerdon.kernel.counting.tally import plain
from guerdon.kernel.lots.chained import Chained
from guerdon.kernel.parts import Parts
from guerdon.kernel.returns.asked import Asked
from guerdon.kernel.returns.corrected import Counted, Earned
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
    """The events of a kind that can be undone, one after the other in arrays.

    Shape: `awards`: what `rules` may give, each the rule and how it is called. Of those that may be of others (`to_others`) it is kept whose they are.
    """

    parts: Parts
    event: str
    name: str
    make: Make = field(init=False)
    rules: list[nodes.Rule] = field(init=False)
    awards: list[tuple[nodes.Rule, str]] = field(init=False)
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
        self.awards = [(rule, each) for rule in self.rules for each in others.parts_of(rule)]
        crossing = others.rules_of(make.program)
        self.to_others = [at for at, (_, each) in enumerate(self.awards) if each in crossing]
        self.takings = Takings(self.parts, self.event, name)
        returns = (record.reverses for record in make.program.events.values())
        reversals = self.reversals = [each for each in returns if each is not None and each.event == self.event]
        parts = [each.part for each in reversals if each.part is not None]
        self.measured = [*dict.fromkeys(part.of for part in parts)]
        self.measures = [Measured(make, self.event, fact) for fact in self.measured]
        self.own = not all(each.oldest for each in reversals)
        ways = {each.clawback for each in reversals if each.part is not None}
        asks = bool(ways - {nodes.Clawback.PROPORTION})
        self.proportion = Proportion(make, name, [rule for rule, _ in self.awards], self.to_others, self._whose)
        mine = {rule.name: self._of_rules(rule.name) for rule in self.rules}
        self.asked = Asked(make, name, self.rules, mine, self.takings, ways)
        self.handed = Handed(self.parts, self.event, name) if self.event in make.columns.by_hand else None
        self.counted = Counted(self.parts, self.event, name)
        at_sale = not all(each.at_return for each in reversals)
        rules = [rule.name for rule in self.rules]
        by_hand = tuple(unit.name for unit in make.program.units.values() if self.handed and not unit.spendable)
        self.earned = Earned(self.parts, name, self.proportion.units, rules, at_sale, by_hand)
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
        dated = given_back or self.remaining is not None or self.counted.kept or self.earned.at_sale
        dated = dated or self.handed is not None or any(each.within is not None for each in reversals)
        kept += ["day"] if dated else []
        kept += self.proportion.kept + [f"left_of{number}" for number in range(len(self.awards))]
        kept += [f"of_whom{number}" for number in self.to_others]
        kept += [f"gave{at}" for at in range(len(self.awards)) if self.asked.exactly or self.to_others]
        kept += self.takings.kept + self.counted.kept + self.earned.kept + self.asked.kept
        kept += [name for of in (self.remaining, self.handed) if of is not None for name in of.kept]
        if self.own:
            kept += [f"{what}{at}" for at in range(len(self.awards)) for what in ("lot_of", "excused")]
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

    def _of_rules(self, *names: str) -> list[int]:
        """The places of the awards of some rules."""
        return [at for at, (rule, _) in enumerate(self.awards) if rule.name in names]

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
        """The numbers of the awards among all that rules give."""
        return [self.make.gifts.index(name) for _, name in self.awards]

    def note(
        self, verdicts: list[Verdict], redeeming: Redeeming, here: Here, crossed: Mapping[str, tuple[str, str]]
    ) -> None:
        """Keeps the event and what its rules gave and took; `crossed`: of what may be of others how much it is, and whose."""
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
        gave = [crossed[name][0] if name in crossed else by_name[name].quantity for _, name in self.awards]
        for number, quantity in enumerate(gave):
            w.line(f"{n}_left_of{number}[{at}] = {quantity}")
            if f"gave{number}" in self.kept:
                w.line(f"{n}_gave{number}[{at}] = {quantity}")
        for number in self.to_others:
            w.line(f"{n}_of_whom{number}[{at}] = {crossed[self.awards[number][1]][1]}")
        self.proportion.note(at, gave)
        self.asked.note(at, by_name)
        for number, by in enumerate(self.keys):
            of = self.make.program.events[self.event].facts[by].type
            value = expression(self.make, nodes.Field(nodes.Scope.EVENT, by, of), here)
            w.line(f"{n}_key{number}[{at}] = {value.text}")
            w.line(f"{n}_key_is{number}[{at}] = {value.there or 1}")
        self.takings.note(redeeming, at)
        self.counted.note(at, here)
        self.earned.note(at)
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
            self._tell_others(number)
            left = (f"{n}_whole{number}[of]", f"{n}_left{number}[of]") if number is not None else None
            for rule, given, emptied in self.takings.give_back(self.is_undone, left):
                self._limits(rule, given, emptied)
            if reversal.rounding is not None:
                self.proportion.take_back(reversal.rounding, number, self.is_undone)
                self.asked.note_share_of_sale(number, self.is_undone)
            else:
                self.asked.take_back(reversal.clawback, self.remaining, number, self.is_undone)
            for at in self._in_order():
                with w.block(f"if part_{at} > 0:"):
                    self._taken(at, f"part_{at}", reversal)
            if self.handed is not None:
                self.handed.undo(self.is_undone, left, self.earned)

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

    def _left(self, some: list[int]) -> str:
        """How much is left of some awards of the event `of`."""
        return " + ".join(f"{self.name}_left_of{at}[of]" for at in some)

    def _in_order(self) -> list[int]:
        """The places of the awards in the order in which they are taken back: those of a group after all of its rules."""
        program, found = self.make.program, list[str]()
        groups = Groups(program)
        for name in program.rules:
            if name not in groups.of:
                found.append(name)
            if (group := groups.behind.get(name)) is not None:
                found += group.of
        return [at for name in found for at in self._of_rules(name)]

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

    def _whose(self, at: int) -> str:
        """Whose an award of the event `of` is."""
        own = self.make.member_fact("member").text
        return f"{self.name}_of_whom{at}[of]" if at in self.to_others else own

    def _taken(self, at: int, quantity: str, reversal: nodes.Reversal) -> None:
        """Takes so much of an award: out of lots, what is earned and limits. Where it is another's, that is handed over."""
        make, w, n = self.make, self.make.w, self.name
        rule, name = self.awards[at]
        w.line(f"{n}_left_of{at}[of] -= {quantity}")
        if at in self.to_others:
            with w.block(f"if {self._whose(at)} == {make.member_fact('member').text}:"):
                self._taken_here(at, quantity, reversal)
            with w.block("else:"):
                kind = next(each.name for each in make.program.events.values() if each.reverses is reversal)
                make.write(make.code(TAKEN, name, kind), quantity, f"{n}_row[of]", self._whose(at))
        else:
            self._taken_here(at, quantity, reversal)
        self._limits(rule, quantity)

    def _taken_here(self, at: int, quantity: str, reversal: nodes.Reversal) -> None:
        make, n = self.make, self.name
        rule, name = self.awards[at]
        make.write(make.code("taken", name), f"0 - {quantity}", f"{n}_row[of]")
        purse = self.parts.purses.get(rule.unit)
        if isinstance(purse, Chained) and not reversal.oldest:
            purse.take_own(quantity, "taken back", rule.name, f"{n}_lot_of{at}[of]", f"{n}_excused{at}[of]")
        elif purse is not None:
            purse.take(quantity, "taken back", rule.name)
        self.earned.less(rule.unit, rule.name, quantity, reversal.at_return)

    def _tell_others(self, number: int | None) -> None:
        """Says how much remains of the event to those who count what its rules gave with others."""
        w, n = self.make.w, self.name
        left, whole = ("0", "1") if number is None else (w.name("remains"), f"{n}_whole{number}[of]")
        limits = dict.fromkeys(
            (name, index)
            for rule in self.rules
            for name, index, limit in self._limits_of(rule)
            if self._returned(limit)
        )
        tallies = [self.parts.tallies.of["limit", each] for each in limits]
        kept = [each for each in tallies if isinstance(each, Elsewhere)]
        if kept and number is not None:
            w.line(f"{left} = 0 if {self.is_undone} else {n}_left{number}[of]")
        for tally in kept:
            tally.remains(left, whole, f"{n}_row[of]")

    def _limits(self, rule: nodes.Rule, quantity: str, emptied: str | None = None) -> None:
        """Gives room back in limits, of today's window; a time, where nothing of it is left (`emptied`)."""
        make, w, n = self.make, self.make.w, self.name
        for name, index, limit in self._limits_of(rule):
            if not self._returned(limit):
                continue
            given = [rule.name] if name == rule.name else make.program.groups[name].of
            nothing = emptied or f"{self._left(self._of_rules(*given))} == 0"
            tally = self.parts.tallies.of["limit", (name, index)]
            if isinstance(tally, Elsewhere):
                with w.block(f"if {nothing}:") if limit.times is not None else nullcontext():
                    tally.give_back(quantity, f"{n}_row[of]")
                continue
            covered(not limit.fields, "returns")
            covered(isinstance(plain(limit.window), nodes.Ever | nodes.Calendar), "returns")
            for (window, _), scalar in tally.totals.items():
                guards = [nothing] if limit.times is not None else []
                if isinstance(window, nodes.Calendar):
                    guards.append(f"{n}_day[of] >= {make.period_first(window.period, 'day')}")
                with w.block(f"if {' and '.join(guards)}:") if guards else nullcontext():
                    w.line(f"{scalar} -= {quantity if limit.times is None else 1}")
