"""Rules and groups at an event, as text: what each comes to, then what is posted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from fractions import Fraction
from functools import partial
from math import lcm

from guerdon.kernel import others
from guerdon.kernel.awards.crossing import Crossing
from guerdon.kernel.awards.during import during
from guerdon.kernel.awards.groups import Sheet, Verdict
from guerdon.kernel.awards.limits import Admission, Limits
from guerdon.kernel.columns import in_group
from guerdon.kernel.counting.tallies import of_period
from guerdon.kernel.counting.tally import Tally
from guerdon.kernel.days import NEVER
from guerdon.kernel.lots.chained import Chained
from guerdon.kernel.parts import Parts
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.expressions import condition, dry, expression
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.named import at_least_zero, kept
from guerdon.kernel.writing.quotients import add_to
from guerdon.kernel.writing.rates import applied
from guerdon.kernel.writing.values import Value, added, const, product, rounding, scaled, times
from guerdon.kernel.writing.written import Writer
from guerdon.program import nodes
from guerdon.program.nodes import Aggregate, RoundPlace


class Judge:
    """Writes what rules come to at the events of one kind."""

    def __init__(self, parts: Parts, event: str) -> None:
        self.parts, self.make, self.event, self.w = parts, parts.make, event, parts.make.w
        program = self.make.program
        self.rules = [rule for rule in program.rules.values() if event in rule.on]
        self.groups = {name: group for group in program.groups.values() for name in group.of}
        order = {name: place for place, name in enumerate(program.rules)}
        self.behind = {max(group.of, key=order.__getitem__): group for group in program.groups.values()}
        self.verdicts: dict[str, Verdict] = {}
        self.crossing = Crossing(parts)
        self.asked_again = event in self.make.columns.recomputed
        self.take: Callable[[nodes.Rule, Here, dict[str, list[str]]], Verdict]  # of a rule that takes

    def judge(self, here: Here) -> list[Verdict]:
        """What each rule of the event comes to, in the order of what they read."""
        given = self.given = dict[str, tuple[Value, Value]]()
        replaced: dict[str, list[str]] = {}
        for rule in self.make.program.rules.values():
            if self.event in rule.on:
                of_rule = self.take if rule.takes else self._one
                verdict = of_rule(rule, replace(here, given=given), replaced)
                self.verdicts[rule.name] = verdict
                given[rule.name] = self._gave(verdict)
                if (
                    rule.name in self.groups and rule.name in self.parts.given
                ):  # others see it as it was before its group
                    given[rule.name] = (
                        kept(self.make, Value(f"({verdict.quantity} + 0)", positive=True)),
                        given[rule.name][1],
                    )
                    step = self.step(rule) / verdict.finer
                    given[rule.name] = scaled(given[rule.name][0], step), given[rule.name][1]
            group = self.behind.get(rule.name)
            if group is not None:
                mine = [self.verdicts[name] for name in group.of if name in self.verdicts]
                if mine:
                    Sheet(self.make, group, mine, self.limits_of).settle(replace(here, given=given))
                if group.name in self.parts.given:
                    total = const(0)
                    for each in mine:
                        total = added(total, self._gave(each)[0])
                    given[group.name] = kept(self.make, total), const(0)
        return [self.verdicts[rule.name] for rule in self.rules if not rule.takes]

    def after(self, here: Here) -> Here:
        """Where what is said of awards stands, when all rules are judged."""
        return replace(here, given=self.given)

    def _gave(self, verdict: Verdict) -> tuple[Value, Value]:
        step = self.step(verdict.rule) / verdict.finer
        quantity = scaled(Value(verdict.quantity, positive=True), step)
        return quantity, Value(verdict.exact, verdict.exact_over, verdict.by, positive=True)

    def step(self, rule: nodes.Rule) -> Fraction:
        return self.make.program.units[rule.unit].step if not rule.only_says else Fraction(1)

    # ------------------------------------------------------------ one rule

    def _one(self, rule: nodes.Rule, here: Here, replaced: dict[str, list[str]]) -> Verdict:
        """What a rule comes to: guards, lines, rate, minimum, rounding, limits."""
        w, name = self.w, self.w.name("r")
        quantity, exact, cut = f"{name}_gives", f"{name}_exact", f"{name}_cut"
        for each in (quantity, exact, cut):
            w.line(f"{each} = 0")
        by = f"{name}_by"
        over, finer, quotient = 1, 1, self.is_quotient(rule, here)
        if quotient:
            w.line(f"{by} = 1")
        for other in rule.replaces:
            w.line(f"{name}_holds = 0")
            replaced.setdefault(other, []).append(f"{name}_holds")
        rooms = tuple(f"{name}_room{index}" for index in range(len(rule.limits))) if self.asked_again else ()
        for each in rooms:
            w.line(f"{each} = 0")
        with self._guards(rule, here, f"{name}_holds" if rule.replaces else None, replaced.get(rule.name, [])):
            admission = self.limits_of(rule).admission(rule, here)
            value = self.comes_to(rule, here, name, admission)
            over = lcm(value[0].over, rule.minimum.denominator) if rule.minimum is not None else value[0].over
            value = replace(value[0], text=times(value[0].text, over // value[0].over), over=over), value[1]
            w.line(f"{exact} = {value[0].text}")
            if quotient:
                w.line(f"{by} = {value[0].by or 1}")
            finer = self.round(rule, value, quantity, exact)
            admission.count()
            self._limits(rule, quantity, cut, here, rooms)
            if rule.name not in self.groups:
                self.limits_of(rule).use_up(quantity)
        return Verdict(rule, quantity, exact, over, cut, by if quotient else None, finer, rooms)

    def is_quotient(self, rule: nodes.Rule, here: Here) -> bool:
        """Whether what a rule gives has a denominator that is known only then."""
        w, self.make.w = self.make.w, Writer()
        try:
            lines = rule.each.lines if rule.each is not None else None
            return (
                expression(self.make, rule.give, replace(here, line=(lines, "line") if lines else None)).by is not None
            )
        finally:
            self.make.w = w

    @contextmanager
    def _guards(self, rule: nodes.Rule, here: Here, holds: str | None, replaced: list[str]) -> Iterator[None]:
        """What is inside stands where all conditions hold, which `holds` says, and nothing replaces the rule."""
        w, depth = self.w, self.w.depth
        if others.crosses(rule) or rule.shares:
            to = self.crossing.name(rule, here)
            if to is not None and to.there is not None:
                w.line(f"if {to.there}:")
                w.depth += 1
        for guard in rule.when:
            w.line(f"if {condition(self.make, guard, here)}:")
            w.depth += 1
        for stretches in rule.during:
            w.line(f"if {during(self.make, stretches)}:")
            w.depth += 1
        if rule.control is not None:
            w.line(f"if {self.make.member_fact(in_group(rule.control)).text} == 0:")
            w.depth += 1
        if holds is not None:
            w.line(f"{holds} = 1")
        for each in replaced:
            w.line(f"if {each} == 0:")
            w.depth += 1
        first = len(w.lines)
        yield
        if len(w.lines) == first:
            w.line("pass")
        w.depth = depth

    def comes_to(self, rule: nodes.Rule, here: Here, name: str, admission: Admission) -> tuple[Value, str | None]:
        """The exact value; and where lines are rounded one by one, the name of their sum in steps."""
        if rule.accumulate is not None:
            return self._accumulated(rule, rule.accumulate, here, admission), None
        if rule.each is None:
            value = expression(self.make, rule.give, admission.of(here))
            covered(value.there is None, "missing")
            return at_least_zero(self.make, kept(self.make, value)), None
        w, total, whole = self.w, f"{name}_total", f"{name}_whole"
        per_line = rule.rounding is not None and rule.rounding.place is RoundPlace.LINE
        value = dry(self.make, rule.give, self.event, rule.each.lines)
        per = f"{name}_per" if value.by is not None else None
        w.line(f"{total} = 0")
        if per is not None:
            w.line(f"{per} = 1")
        if per_line:
            w.line(f"{whole} = 0")
        with self.make.over_lines(self.event, rule.each.lines, here) as inside:
            guard = condition(self.make, rule.each.where, inside) if rule.each.where is not None else None
            with w.block(f"if {guard}:") if guard is not None else nullcontext():
                value = kept(self.make, expression(self.make, rule.give, admission.of(inside)))
                covered(value.there is None, "missing")
                add_to(w, total, per, value)
                if per_line:
                    assert rule.rounding is not None
                    size = w.kept("size", f"{value.text} if {value.text} > 0 else 0 - {value.text}")
                    of_size = replace(value, text=size)
                    lines, steps = rounding(w.name("line_gives"), of_size, self.step(rule), rule.rounding.mode)
                    for each in lines:
                        w.line(each)
                    w.line(f"{whole} += {steps} if {value.text} >= 0 else 0 - {steps}")
        if per_line and not value.positive:
            w.line(f"{whole} = {whole} if {whole} > 0 and {total} >= 0 else 0")
        found = at_least_zero(self.make, Value(total, value.over, per, positive=value.positive))
        return found, whole if per_line else None

    def _accumulated(self, rule: nodes.Rule, accumulate: nodes.Accumulate, here: Here, admission: Admission) -> Value:
        """F(total with this event) - F(total before); both roundings of it are kept by names."""
        assert isinstance(rule.give, nodes.Apply)
        make = self.make
        base = self._base(rule, rule.give.base, here, admission)
        tally = self._base_of(rule, accumulate, base.over)
        before = tally.read(of_period(accumulate.period), Aggregate.SUM, here)
        was = kept(make, Value(f"({before.text} + 0)", before.over, positive=True))
        tally.add(times(base.text, tally.over // base.over))
        now = Value(before.text, before.over, positive=True)

        def of(expr: nodes.Expr) -> Value:
            return expression(make, expr, here)

        old = kept(make, applied(make, rule.give.rate, was, of))
        new = kept(make, applied(make, rule.give.rate, now, of))
        self._both = old, new
        return at_least_zero(make, kept(make, added(new, old, -1)))

    def _base(self, rule: nodes.Rule, of: nodes.Expr, here: Here, admission: Admission) -> Value:
        """What an event adds to a running total, line by line where the rule goes over lines."""
        make, w = self.make, self.w
        if rule.each is None:
            value = expression(make, of, admission.of(here))
            covered(value.by is None and value.there is None, "missing")
            return at_least_zero(make, kept(make, value))
        total, over = w.name("base"), 1
        w.line(f"{total} = 0")
        with make.over_lines(self.event, rule.each.lines, here) as inside:
            guard = condition(make, rule.each.where, inside) if rule.each.where is not None else None
            with w.block(f"if {guard}:") if guard is not None else nullcontext():
                value = at_least_zero(make, kept(make, expression(make, of, admission.of(inside))))
                covered(value.by is None, "missing")
                over = value.over
                w.line(f"{total} += {value.text}")
        return Value(total, over, positive=True)

    def _base_of(self, rule: nodes.Rule, accumulate: nodes.Accumulate, over: int) -> Tally:
        tally = self.parts.tallies.of[("base", rule.name)]
        covered(tally.over % over == 0, "missing")
        return tally

    def round(self, rule: nodes.Rule, value: tuple[Value, str | None], quantity: str, exact: str) -> int:
        """Minimum and rounding: the quantity in steps; of how many parts it has each is made, where its group rounds.

        Lines are rounded, and totals, before the minimum is held against them.
        """
        w, step = self.w, self.step(rule)
        whole, by_line = value
        most = product(str((rule.minimum or 0) * whole.over), whole.by)
        at_total = rule.rounding is not None and rule.rounding.place is RoundPlace.TOTAL
        if by_line is not None:
            w.line(f"{quantity} = {by_line}")
        elif at_total:
            assert rule.rounding is not None
            names = []
            for each in self._both:
                lines, name = rounding(w.name("in_steps"), each, step, rule.rounding.mode)
                for line in lines:
                    w.line(line)
                names.append(name)
            w.line(f"{quantity} = {names[1]} - {names[0]}")
            w.line(f"{quantity} = {quantity} if {quantity} > 0 else 0")
        else:
            if rule.minimum is not None:
                w.line(f"{exact} = {most} if {exact} > 0 and {exact} < {most} else {exact}")
            group = self.groups.get(rule.name)
            if rule.rounding is None and group is not None and group.rounding is not None:
                return self._in_parts(rule, whole, quantity, exact)
            mode = rule.rounding.mode if rule.rounding is not None else nodes.RoundMode.DOWN
            lines, name = rounding(w.name("in_steps"), replace(whole, text=exact), step, mode)
            for line in lines:
                w.line(line)
            w.line(f"{quantity} = {name}")
            return 1
        if rule.minimum is not None:
            least = int(rule.minimum / step)
            with w.block(f"if {exact} > 0 and {quantity} < {least}:"):
                w.line(f"{quantity} = {least}")
                w.line(f"{exact} = {most} if {exact} < {most} else {exact}")
        return 1

    def _in_parts(self, rule: nodes.Rule, whole: Value, quantity: str, exact: str) -> int:
        """What a rule comes to in parts of steps, which its group rounds."""
        covered(whole.by is None and not any(limit.of is None for limit in rule.limits), "groups")
        steps = 1 / (whole.over * self.step(rule))
        self.w.line(f"{quantity} = {times(exact, steps.numerator)}")
        return steps.denominator

    # ------------------------------------------------------------ limits

    def _limits(self, rule: nodes.Rule, quantity: str, cut: str, here: Here, rooms: tuple[str, ...]) -> None:
        """Cuts what does not fit, and notes the rooms that there were."""
        w = self.w
        for index, limit in enumerate(rule.limits):
            if limit.of is None:
                before = w.name("before")
                w.line(f"{before} = {quantity}")
                room = self.limits_of(rule).fit(index, quantity, here, self.step(rule))
                w.line(f"{cut} += {before} - {quantity}")
                if rooms:
                    covered(room.over == 1, "returns")
                    w.line(f"{rooms[index]} = {room.text}")

    def limits_of(self, of: nodes.Rule | nodes.Group) -> Limits:
        return Limits(self.make, self.parts.tallies, of.name, of.limits)

    # ------------------------------------------------------------ posting

    def post(self, verdict: Verdict, noted: bool, here: Here) -> None:
        """Writes an award and its lot; `noted`: of an event that can be undone."""
        rule = verdict.rule
        award = partial(self._award, noted=noted, here=here)
        self._say(verdict)
        if rule.name in self.crossing.named:
            self.crossing.post(verdict, here, award)
        elif not rule.only_says:
            award(verdict, rule.name, f"{verdict.exact} > 0" if self.make.full else f"{verdict.quantity} > 0")

    def _say(self, verdict: Verdict) -> None:
        """Writes what a rule says to the event's member; others are told where they receive."""
        make, w, rule = self.make, self.w, verdict.rule
        if rule.say is None or not make.full:
            return
        to, *_ = self.crossing.named.get(rule.name, [None])
        own = f" and {to.text} == {make.member_fact('member').text}" if to is not None else ""
        with w.block(f"if {verdict.quantity} > 0{own}:"):
            make.write(make.code("said", rule.name), verdict.quantity)

    def _award(self, verdict: Verdict, name: str, guard: str, noted: bool, here: Here) -> None:
        make, w, rule = self.make, self.w, verdict.rule
        purse = self.parts.purses.get(rule.unit)
        with w.block(f"if {guard}:"):
            code = make.code("award", name, over=verdict.exact_over)
            ends = str(NEVER) if purse is None else purse.ends(rule, here)
            ends = f"{ends} if {verdict.quantity} > 0 else {NEVER}" if ends != str(NEVER) else ends
            make.write(code, verdict.quantity, verdict.exact, verdict.cut, ends, verdict.by or "1")
            with w.block(f"if {verdict.quantity} > 0:") if make.full else nullcontext():
                self.parts.tallies.count("earned", rule.unit, verdict.quantity)
                self.parts.tallies.count("by", rule.name, verdict.quantity)
                if purse is not None:
                    purse.grant(verdict.quantity, make.lot(rule, name), rule.name, noted)
                if noted and isinstance(purse, Chained) and purse.own:
                    w.line(f"place_{make.gifts.index(name)} = {purse.name}_at")
