"""What adds up: meters, what was earned, what limits have let through, running totals."""

from __future__ import annotations

from math import lcm

from guerdon.kernel.counting.elsewhere import Elsewhere
from guerdon.kernel.counting.keyed import Keyed
from guerdon.kernel.counting.tally import Tally
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.expressions import condition, dry, expression
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import Make
from guerdon.kernel.writing.values import Value, times
from guerdon.program import nodes
from guerdon.program.nodes import Aggregate, Period
from guerdon.program.walk import walk

Key = tuple[str, object]
"""What a tally is of: `meter` and its number, `earned` (`back`) and units, `by` (`back by`) and rules, `limit` and whose, `base` and a rule, `forgiven` and a ladder."""


class Tallies:
    """All tallies of a program, by what they are of."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.of: dict[Key, Tally] = {}

    def prepare(self) -> None:
        """Makes a tally for all that the program reads, and for its limits and running totals."""
        program = self.make.program
        for expr in self.make.columns.nodes:
            match expr:
                case nodes.Measured(number, aggregate, window):
                    tally = self._of_meter(number)
                    tally.watch(window, aggregate)
                case nodes.Streak(meters):
                    for number in meters:
                        self._of_meter(number).watch_all()
                case nodes.Earned(unit, window=window):
                    self.made(key_of(expr, program), _steps(program, unit)).watch(window, Aggregate.SUM)
        for rule in program.rules.values():
            of = None if rule.only_says else program.units[rule.unit]
            self._of_limits(rule.name, rule.limits, of, admitted_over(self.make, rule))
            if rule.accumulate is not None:
                assert isinstance(rule.give, nodes.Apply)
                lines = rule.each.lines if rule.each is not None else None
                over = max(dry(self.make, rule.give.base, event, lines).over for event in rule.on)
                tally = self.made(("base", rule.name), over)
                tally.watch(of_period(rule.accumulate.period), Aggregate.SUM)
        for group in program.groups.values():
            self._of_limits(group.name, group.limits, program.units[program.rules[group.of[0]].unit])

    def _of_limits(
        self, name: str, limits: tuple[nodes.Limit, ...], unit: nodes.Unit | None, admitted: int = 1
    ) -> None:
        over = unit.step.denominator if unit is not None else 1
        for index, limit in enumerate(limits):
            if not limit.per_event:
                of = over if limit.of is None else admitted
                tally = self.made(("limit", (name, index)), of, len(limit.fields))
                tally.watch(limit.window, Aggregate.COUNT if limit.times is not None else Aggregate.SUM)

    def made(self, key: Key, over: int, keys: int = 0) -> Tally:
        column = self.make.columns.elsewhere.get(key)
        if key not in self.of:
            name = f"t{len(self.of)}"
            if column is not None:
                self.of[key] = Elsewhere(self.make, name, over, column=column)
                return self.of[key]
            own = self.make.together and account_of(key, self.make.program) is None
            covered(not (own and keys), "accounts")
            self.of[key] = Keyed(self.make, name, over, keys=keys) if keys else Tally(self.make, name, over, own=own)
        return self.of[key]

    def _of_meter(self, number: int) -> Tally:
        meter = self.make.program.meters[number]
        if meter.value is None:
            return self.made(("meter", number), 1)
        value = dry(self.make, meter.value, meter.event, meter.lines)
        tally = self.made(("meter", number), value.over)
        tally.missing = value.there is not None
        return tally

    def read(self, expr: nodes.Expr, here: Here) -> Value:
        match expr:
            case nodes.Measured(number, aggregate, window):
                return self.of["meter", number].read(window, aggregate, here)
            case nodes.Earned(window=window):
                return self.of[key_of(expr, self.make.program)].read(window, Aggregate.SUM, here)
            case _:
                raise AssertionError("nothing else is read of tallies")

    def count(self, what: str, name: str, quantity: str) -> None:
        """Counts a quantity (in steps) of a unit or by a rule, wherever it is read."""
        for (kind, names), tally in self.of.items():
            if kind == what and isinstance(names, tuple) and name in names:
                tally.add(quantity)

    def feed(self, event: str, here: Here, seen: bool) -> list[tuple[Tally, str, str, str]]:
        """Adds an event to its meters; of those that see only what came before, the values and whether they count."""
        waiting = []
        for number, meter in enumerate(self.make.program.meters):
            tally = self.of.get(("meter", number))
            if meter.event != event or tally is None or meter.sees_event is not seen:
                continue
            if meter.lines is not None and not seen:
                continue
            w = self.make.w
            if seen:
                self._add(meter, tally, here)
            else:
                guard = w.kept("counts", condition(self.make, meter.where, here) if meter.where is not None else "1")
                waiting.append((tally, guard, *self._value(meter, tally, here)))
        return waiting

    def feed_lines(self, event: str, here: Here) -> None:
        """Adds the lines of an event to meters that see only what came before, once all is given: what they are read of has not changed."""
        for number, meter in enumerate(self.make.program.meters):
            tally = self.of.get(("meter", number))
            if meter.event == event and tally is not None and meter.lines is not None and not meter.sees_event:
                reads = nodes.Measured | nodes.Earned | nodes.Available | nodes.Standing
                read = walk((meter.value, meter.where), self.make.program.measures)
                covered(not any(isinstance(each, reads) for each in read), "missing")
                self._add(meter, tally, here)

    def _add(self, meter: nodes.Meter, tally: Tally, here: Here) -> None:
        w = self.make.w
        assert meter.lines is None or here.event is not None
        if meter.lines is not None:
            with self.make.over_lines(here.event or "", meter.lines, here) as inside:
                self._add_one(meter, tally, inside)
        else:
            self._add_one(meter, tally, here)
        del w

    def _add_one(self, meter: nodes.Meter, tally: Tally, here: Here) -> None:
        w = self.make.w
        if meter.where is None:
            tally.add(*self._value(meter, tally, here))
        else:
            with w.block(f"if {condition(self.make, meter.where, here)}:"):
                tally.add(*self._value(meter, tally, here))

    def _value(self, meter: nodes.Meter, tally: Tally, here: Here) -> tuple[str, str]:
        """What an event adds, and whether that is there."""
        if meter.value is None:
            return "0", "1"
        w, value = self.make.w, expression(self.make, meter.value, here)
        covered(value.by is None, "missing")
        text = w.kept("value", times(value.text, tally.over // value.over))
        if value.there is None:
            return text, "1"
        there = w.kept("is", value.there)
        return w.kept("value", f"{text} if {there} else 0"), there


def key_of(expr: nodes.Earned, program: nodes.Program) -> Key:
    """The tally of what was earned of a unit or by rules, or of what was taken back of it."""
    if expr.rule is None:
        return "back" if expr.back else "earned", (expr.unit,)
    return "back by" if expr.back else "by", program.rules_of(expr.rule)


def admitted_over(make: Make, rule: nodes.Rule) -> int:
    """The denominator of what limits of facts let in."""
    over = [1]
    lines = rule.each.lines if rule.each is not None else None
    for limit in rule.limits:
        for event in rule.on if limit.of is not None else ():
            assert limit.most is not None and limit.of is not None
            facts = make.program.events[event].facts if lines is None else make.record_of(event, lines).facts
            scope = nodes.Scope.EVENT if lines is None else nodes.Scope.LINE
            field = nodes.Field(scope, limit.of, facts[limit.of].type)
            over += [dry(make, field, event, lines).over, dry(make, limit.most, event, None).over]
    return lcm(*over)


def account_of(key: Key, program: nodes.Program) -> str | None:
    """Which account's a tally is; None: the member's own."""
    match key:
        case "meter", int(number):
            return program.meters[number].account
        case (("earned" | "back"), (str(unit), *_)):
            return program.units[unit].account
        case (("by" | "back by"), (str(rule), *_)):
            return program.units[program.rules[rule].unit].account
        case "limit", (str(name), int(index)):
            return (program.groups[name] if name in program.groups else program.rules[name]).limits[index].account
        case "forgiven", str(ladder):
            return program.ladders[ladder].account
        case "base", str(rule):
            accumulate = program.rules[rule].accumulate
            return accumulate.account if accumulate is not None else None
        case _:
            raise AssertionError(f"a tally of what nobody counts: {key}")


def _steps(program: nodes.Program, unit: str) -> int:
    return program.units[unit].step.denominator


def of_period(period: Period | None) -> nodes.Window:
    """The window of a period; without one, all of the past."""
    return nodes.Calendar(period) if period is not None else nodes.Ever()
