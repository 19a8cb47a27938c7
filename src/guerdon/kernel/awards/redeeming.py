"""Rules that take, as text: granted as a whole or refused, and why.

What such a rule comes to is held against what can be spent as before the event, less
what others that take at it took before. A refusal is a row that names its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from math import lcm

from guerdon.kernel.awards.during import during
from guerdon.kernel.awards.granting import may_spend, why_not
from guerdon.kernel.awards.groups import Verdict
from guerdon.kernel.awards.rules import Judge
from guerdon.kernel.lots.chained import Chained
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.expressions import condition
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.values import Value, times
from guerdon.program import nodes
from guerdon.program.walk import walk
from guerdon.reference.evaluate import is_read
from guerdon.reference.redeeming import says_what

SHORT = "short"
"""That there is less than what is asked for."""


@dataclass(frozen=True)
class Reason:
    """Why a rule takes nothing: in words (SHORT: by what there is), and whether it is refused though it came to nothing."""

    text: str
    wanted: bool


@dataclass
class Taken:
    """The names of what a rule takes: `asked` before its limits; `why` not (0: it is granted), and how much was `there`.

    Shape: `start`: the lot from which it takes (0, or no `one_expiry`: the first).
    """

    verdict: Verdict
    asked: str
    why: str
    there: str
    start: str
    reasons: list[Reason] = field(default_factory=list)


class Redeeming:
    """Writes what the rules come to that take at the events of one kind."""

    def __init__(self, judge: Judge) -> None:
        self.over, self.parts, self.make, self.w = judge, judge.parts, judge.make, judge.w
        self.taken: dict[str, Taken] = {}
        self.spent: dict[str, str] = {}

    def judge(self, rule: nodes.Rule, here: Here, replaced: dict[str, list[str]]) -> Verdict:
        """What a rule takes, as a whole or not at all; the same when asked again."""
        if rule.name in self.taken:
            return self.taken[rule.name].verdict
        covered(rule.accumulate is None, "redeems")
        w = self.w
        taken = self.taken[rule.name] = self._names(rule)
        by_name = self._by_name(rule)
        covered(not (by_name and (rule.replaces or replaced)), "redeems")
        several = not by_name and sum(each.takes and each.unit == rule.unit for each in self.over.rules) > 1
        if by_name:
            w.line(f"{taken.there} = 0")
            w.line(f"{taken.start} = 0")
        number = [*self.make.program.rules].index(rule.name) + 1
        with w.block(f"if b_reward[i] == {number}:") if by_name else nullcontext():
            self._judged(rule, taken, here, replaced, several)
        return taken.verdict

    def _judged(
        self, rule: nodes.Rule, taken: Taken, here: Here, replaced: dict[str, list[str]], several: bool
    ) -> None:
        w = self.w
        if rule.one_expiry:
            covered(not several and not any(limit.fields for limit in rule.limits), "redeems")
            self._best(rule, taken, here, replaced)
        else:
            there = self.purse(rule).available().text
            w.line(
                f"{taken.there} = {there} - {self.spent[rule.unit]}"
                if rule.unit in self.spent
                else f"{taken.there} = {there}"
            )
            self._weigh(rule, taken, here, replaced)
        verdict = taken.verdict
        with w.block(f"if {taken.why} > 0:"):
            w.line(f"{verdict.exact} = 0")
        if several and rule.unit not in self.spent:
            self.spent[rule.unit] = w.name("spent")
            w.line(f"{self.spent[rule.unit]} = {verdict.quantity}")
        elif several:
            w.line(f"{self.spent[rule.unit]} += {verdict.quantity}")
        if rule.one_expiry:
            self.over.limits_of(rule).use_up(verdict.quantity)

    def denied(self, here: Here) -> str:
        """Judges the rules that a redemption names before all others; names whether it is refused: then nothing comes of the event."""
        w, denied = self.w, self.w.name("denied")
        w.line(f"{denied} = 0")
        for rule in self.over.rules:
            if rule.takes and self._by_name(rule):
                self.judge(rule, replace(here, given={}), {})
                w.line(f"{denied} = 1 if {self.taken[rule.name].why} > 0 else {denied}")
        if self.make.full:
            with w.block(f"if {denied}:"):
                self._refusals()
        return denied

    def purse(self, rule: nodes.Rule) -> Chained:
        """The purse that a rule takes from."""
        purse = self.parts.purses[rule.unit]
        assert isinstance(purse, Chained), "what is spent lies in chains"
        return purse

    # ------------------------------------------------------------ one rule

    def _names(self, rule: nodes.Rule) -> Taken:
        w, name = self.w, self.w.name("takes")
        quantity, exact, cut, by = (f"{name}_{each}" for each in ("gives", "exact", "cut", "by"))
        asked, why, there = (f"{name}_{each}" for each in ("asked", "why", "there"))
        for each in (quantity, exact, cut, asked, why):
            w.line(f"{each} = 0")
        w.line(f"{by} = 1")
        return Taken(Verdict(rule, quantity, exact, 1, cut, by), asked, why, there, f"{name}_start")

    def _weigh(self, rule: nodes.Rule, taken: Taken, here: Here, replaced: dict[str, list[str]]) -> None:
        """What a rule comes to, and what of it is refused."""
        w, verdict, over = self.w, taken.verdict, self.over
        covered(not any(limit.of is not None for limit in rule.limits), "limits")
        verdict.by = verdict.by if over.is_quotient(rule, here) else None
        holds = f"{verdict.quantity}_holds"
        for other in rule.replaces:
            w.line(f"{holds} = 0")
            replaced.setdefault(other, []).append(holds)
        with self._guards(rule, taken, here, holds if rule.replaces else None, replaced.get(rule.name, [])):
            value = over.comes_to(rule, here, verdict.quantity, over.limits_of(rule).admission(rule, here))
            least = rule.minimum.denominator if rule.minimum is not None else 1
            verdict.exact_over = lcm(value[0].over, least)
            more = verdict.exact_over // value[0].over
            of = replace(value[0], text=times(value[0].text, more), over=verdict.exact_over)
            w.line(f"{verdict.exact} = {of.text}")
            if verdict.by is not None:
                w.line(f"{verdict.by} = {of.by or 1}")
            over.round(rule, (of, value[1]), verdict.quantity, verdict.exact)
            w.line(f"{taken.asked} = {verdict.quantity}")
            self._fit(rule, taken, here)
            self._hold(rule, taken, here)
            if not rule.one_expiry:
                over.limits_of(rule).use_up(verdict.quantity)

    def _best(self, rule: nodes.Rule, taken: Taken, here: Here, replaced: dict[str, list[str]]) -> None:
        """What a rule takes of the lots of one day of expiry: of the day where that is most, of several the soonest."""
        w, purse, verdict = self.w, self.purse(rule), taken.verdict
        covered(not purse.life.several and not purse.life.float, "redeems")
        n, name, unit = purse.name, w.name("best"), self.make.program.units[rule.unit]
        names = {verdict.quantity: "gives", verdict.exact: "exact", taken.asked: "asked", taken.why: "why"}
        names |= {taken.there: "there", taken.start: "start", str(verdict.by): "by"}
        best = {each: f"{name}_{what}" for each, what in names.items()}
        w.line(f"{name}_at = {n}_after[0]")
        w.line(f"{name}_of = 0")
        for each in best.values():
            w.line(f"{each} = 0")
        with w.block(f"while {name}_of == 0 or {name}_at != 0:"):
            w.line(f"{taken.start} = {name}_at")
            w.line(f"{taken.there} = 0")
            same = f" and {n}_end[{name}_at] == {n}_end[{taken.start}]"
            with w.block(f"while {name}_at != 0{same}:"):
                w.line(f"{taken.there} += {n}_of[{name}_at]")
                w.line(f"{name}_at = {n}_after[{name}_at]")
            for each in (verdict.quantity, verdict.exact, taken.asked, taken.why):
                w.line(f"{each} = 0")
            w.line(f"{verdict.by} = 1")
            of_day = Value(taken.there, unit.step.denominator, positive=True)
            self._weigh(rule, taken, replace(here, within={**here.within, rule.unit: of_day}), replaced)
            gives, there = best[verdict.quantity], best[taken.there]
            more = f"({verdict.quantity} == {gives} and {gives} == 0 and {taken.there} > {there})"
            with w.block(f"if {name}_of == 0 or {verdict.quantity} > {gives} or {more}:"):
                for each, kept_as in best.items():
                    if each != taken.start or unit.order is not nodes.LotOrder.NEWEST:
                        w.line(f"{kept_as} = {each}")
                if unit.order is nodes.LotOrder.NEWEST:
                    w.line(f"{best[taken.start]} = {n}_before[{name}_at]")
            w.line(f"{name}_of = 1")
        for each, kept_as in best.items():
            w.line(f"{each} = {kept_as}")

    @contextmanager
    def _guards(
        self, rule: nodes.Rule, taken: Taken, here: Here, holds: str | None, replaced: list[str]
    ) -> Iterator[None]:
        """What is inside stands where all conditions hold, and nothing replaces the rule; else the first that does not is why."""
        w, depth = self.w, self.w.depth
        guards: list[tuple[int, Reason]] = []

        def guard(text: str, reason: Reason) -> None:
            w.line(f"if {text}:")
            guards.append((w.depth, reason))
            w.depth += 1

        for each in rule.when:
            text = " ".join(each.span.text.split())
            guard(condition(self.make, each, here), Reason(f"`{text}` does not hold", not says_what(each)))
        for stretches in rule.during:
            listed = ", ".join(" ".join(each.span.text.split()) for each in stretches)
            guard(during(self.make, stretches), Reason(f"it did not happen during {listed}", True))
        if holds is not None:
            w.line(f"{holds} = 1")
        for other in replaced:
            guard(f"{other} == 0", Reason("it comes to nothing", True))
        yield
        for deep, reason in reversed(guards):
            w.depth = deep
            w.line("else:")
            w.line(f"    {taken.why} = {self._number(taken, reason)}")
        w.depth = depth

    @staticmethod
    def _number(taken: Taken, reason: Reason) -> int:
        taken.reasons.append(reason)
        return len(taken.reasons)

    def _fit(self, rule: nodes.Rule, taken: Taken, here: Here) -> None:
        """Limits: of one that leaves no room it is said."""
        w, quantity = self.w, taken.verdict.quantity
        for index, limit in enumerate(rule.limits):
            before = w.name("before")
            w.line(f"{before} = {quantity}")
            self.over.limits_of(rule).fit(index, quantity, here, self.over.step(rule))
            text = " ".join(limit.span.text.split())
            full = self._number(taken, Reason(f"`{text}` leaves no room", True))
            w.line(f"{taken.why} = {full} if {taken.why} == 0 and {before} > {quantity} else {taken.why}")
        if rule.limits:
            w.line(f"{taken.why} = 0 if {quantity} > 0 else {taken.why}")

    def _hold(self, rule: nodes.Rule, taken: Taken, here: Here) -> None:
        """Holds what is asked for against what there is, if the member may spend it."""
        w, quantity = self.w, taken.verdict.quantity
        wanted = any(is_read(each) for each in walk(rule.give, self.make.program.measures)) or self._by_name(rule)
        may = may_spend(self.make, self.make.program.units[rule.unit], here)
        nothing = self._number(taken, Reason("it comes to nothing", wanted))
        with w.block(f"if {taken.asked} == 0:"):
            w.line(f"{taken.why} = {nothing}")
        if may is not None:
            barred = self._number(taken, Reason(why_not(self.make.program.units[rule.unit]), True))
            with w.block(f"elif {taken.why} == 0 and {may} == 0:"):
                w.line(f"{taken.why} = {barred}")
                w.line(f"{quantity} = 0")
        one_day = " that expire on one day" if rule.one_expiry else ""
        short = self._number(taken, Reason(f"{SHORT}{one_day}", True))
        with w.block(f"elif {taken.why} == 0 and {taken.there} < {quantity}:"):
            w.line(f"{taken.why} = {short}")
            w.line(f"{quantity} = 0")

    @staticmethod
    def _by_name(rule: nodes.Rule) -> bool:
        return rule.on == ("redemption",)

    # ------------------------------------------------------------ answers

    def post(self, noted: bool) -> None:
        """Writes what was refused, then what is taken; `noted`: of an event that can be undone."""
        if self.make.full:
            self._refusals()
        for each in self.taken.values():
            self._take(each, noted)

    def _refusals(self) -> None:
        w = self.w
        some = " + ".join(each.verdict.quantity for each in self.taken.values())
        some = w.kept("some", some) if some else "0"
        for each in self.taken.values():
            told = [(number, reason) for number, reason in enumerate(each.reasons, 1)]
            with w.block(f"if {each.why} > 0:"):
                for number, reason in told:
                    came = f"({each.asked} > 0 or {some} == 0)" if reason.wanted else f"{each.asked} > 0"
                    guard = "" if self._by_name(each.verdict.rule) else f" and {came}"
                    with w.block(f"if {each.why} == {number}{guard}:"):
                        code = self.make.code("refused", each.verdict.rule.name, reason.text)
                        self.make.write(code, each.asked, f"{each.there} if {each.there} > 0 else 0")

    def _take(self, each: Taken, noted: bool) -> None:
        """Takes what was granted, and says so."""
        w, make, rule = self.w, self.make, each.verdict.rule
        purse, quantity = self.purse(rule), each.verdict.quantity
        if noted:
            w.line(f"{quantity}_from = {purse.name}_slices")
        with w.block(f"if {quantity} > 0:"):
            if not make.full:
                make.write(make.code("spent", rule.name), f"0 - {quantity}")
            code = make.code("posting", rule.unit, "available", "spent", rule.name) if make.full else 0
            purse.spend(quantity, code, noted, each.start if rule.one_expiry else "0")
            if rule.say is not None and make.full:
                make.write(make.code("said", rule.name), quantity)
        if noted:
            w.line(f"{quantity}_upto = {purse.name}_slices")
