"""What adds up: meters, what was earned, what limits have let through, running totals.

A sum or a count over a period of the calendar, or over all of the past, is one number,
which begins again when the period does. Windows of so many days or months are kept as
lists of days and values, with a sum that follows two places in them. What else is asked
of a window looks through its list.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import assert_never

from guerdon.kernel.beyond import Beyond, covered
from guerdon.kernel.columns import meant
from guerdon.kernel.days import NEVER
from guerdon.kernel.expressions import condition, expression
from guerdon.kernel.here import Here
from guerdon.kernel.make import AMOUNT, DAYS, Make
from guerdon.kernel.values import Value, times
from guerdon.program import nodes
from guerdon.program.nodes import Aggregate, Period
from guerdon.program.walk import walk

Key = tuple[str, object]
"""What a tally is of: `meter` and its number, `earned` (`back`) and units, `by` (`back by`) and rules, `limit` and whose, `base` and a rule."""

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
    moving: list[tuple[nodes.Duration, Aggregate]] = field(default_factory=list)
    keys: int = 0  # by so many facts it is kept apart
    place: str = ""
    missing: bool = False  # whether values may be

    def find(self, fields: tuple[str, ...], here: Here) -> None:
        """Names the place of what has been counted for these facts of the event; of today's period."""
        if not fields:
            return
        make, w, n = self.make, self.make.w, self.name
        assert here.event is not None
        values: list[str] = []
        for each in fields:
            value = expression(
                make, nodes.Field(nodes.Scope.EVENT, each, make.program.events[here.event].facts[each].type), here
            )
            there = w.kept("is", value.there) if value.there else "1"
            values.append(w.kept("key", f"{value.text} if {there} else 0" if value.there else value.text))
            values.append(there)
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
        ((window, _),) = self.totals
        with w.block(f"if {n}_end[{at}] <= day:"):
            end = make.period_end(window.period, "day") if isinstance(window, nodes.Calendar) else str(NEVER)
            w.line(f"{n}_end[{at}] = {end}")
            w.line(f"{n}_sum[{at}] = 0")

    def watch(self, window: nodes.Window, aggregate: Aggregate) -> None:
        """Sees to it that a window can be read."""
        key = plain(window), aggregate
        if key in self.totals:
            return
        if self.keys:
            self.totals[key] = f"{self.name}_sum"
            self.make.scalar(f"{self.name}_n", self.make.place)
            for number in range(2 * self.keys):
                self.make.array(f"{self.name}_key{number}", f"{self.name}_n")
            self.make.array(f"{self.name}_sum", f"{self.name}_n", bounds=AMOUNT)
            self.make.array(f"{self.name}_end", f"{self.name}_n", "i32", DAYS)
            return
        if aggregate in ADDED_UP and _is_one_number(window):
            name = self.make.scalar(f"{self.name}_{_word(aggregate)}_{len(self.totals)}", AMOUNT)
            self.totals[key] = name
            if isinstance(key[0], nodes.Calendar):
                self.make.rolls.setdefault(key[0].period, []).append(name)
            return
        self._list()
        if aggregate in ADDED_UP and isinstance(window, nodes.Duration):
            name = f"{self.name}_{_word(aggregate)}_{len(self.totals)}"
            self.totals[key] = self.make.scalar(name, AMOUNT)
            self.make.scalar(f"{name}_from", self.make.place)
            self.moving.append((window, aggregate))

    def _list(self) -> None:
        if not self.listed:
            self.listed = True
            self.make.array(f"{self.name}_day", f"{self.name}_n", "i32", DAYS)
            self.make.array(f"{self.name}_value", f"{self.name}_n")
            if self.missing:
                self.make.array(f"{self.name}_is", f"{self.name}_n", "u8", (0, 1))
            self.make.scalar(f"{self.name}_n", self.make.place)

    def add(self, value: str, there: str = "1") -> None:
        """Counts a value (over `over`, 0 where it is missing) of today."""
        w = self.make.w
        for (_, aggregate), name in self.totals.items():
            more = value if aggregate is Aggregate.SUM else "1"
            name = f"{name}[{self.place}]" if self.keys else name
            self.make.add(name, more)
        if self.listed:
            w.line(f"{self.name}_day[{self.name}_n] = day")
            w.line(f"{self.name}_value[{self.name}_n] = {value}")
            if self.missing:
                w.line(f"{self.name}_is[{self.name}_n] = {there}")
            w.line(f"{self.name}_n += 1")

    def roll(self, day: str) -> None:
        """Lets what a day no longer shows go."""
        w = self.make.w
        for window, aggregate in self.moving:
            name = self.totals[window, aggregate]
            first = first_day(self.make, window, day)
            with w.block(f"while {name}_from < {self.name}_n and {self.name}_day[{name}_from] < {first}:"):
                less = f"{self.name}_value[{name}_from]" if aggregate is Aggregate.SUM else "1"
                w.line(f"{name} -= {less}")
                w.line(f"{name}_from += 1")

    def read(self, window: nodes.Window, aggregate: Aggregate, here: Here) -> Value:
        """What a window shows."""
        found = self.totals.get((plain(window), aggregate))
        if found is not None:
            found = f"{found}[{self.place}]" if self.keys else found
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
        case nodes.Calendar(period, ahead):
            return make.period_first(period, day, ahead), make.period_first(period, day, ahead + 1) if ahead else None
        case _:
            raise Beyond("windows")


class Tallies:
    """All tallies of a program, by what they are of."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.of: dict[Key, Tally] = {}

    def prepare(self) -> None:
        """Makes a tally for all that the program reads, and for its limits and running totals."""
        program = self.make.program
        for expr in walk(meant(program)):
            match expr:
                case nodes.Measured(number, aggregate, window):
                    tally = self._of_meter(number)
                    tally.watch(window, aggregate)
                case nodes.Earned(unit, window=window):
                    self.made(key_of(expr, program), _steps(program, unit)).watch(window, Aggregate.SUM)
        for rule in program.rules.values():
            self._of_limits(rule.name, rule.limits, None if rule.only_says else program.units[rule.unit])
            if rule.accumulate is not None:
                assert isinstance(rule.give, nodes.Apply)
                lines = rule.each.lines if rule.each is not None else None
                over = max(dry(self.make, rule.give.base, event, lines).over for event in rule.on)
                tally = self.made(("base", rule.name), over)
                tally.watch(of_period(rule.accumulate.period), Aggregate.SUM)
        for group in program.groups.values():
            self._of_limits(group.name, group.limits, program.units[program.rules[group.of[0]].unit])

    def _of_limits(self, name: str, limits: tuple[nodes.Limit, ...], unit: nodes.Unit | None) -> None:
        over = unit.step.denominator if unit is not None else 1
        for index, limit in enumerate(limits):
            if not limit.per_event:
                tally = self.made(("limit", (name, index)), over, len(limit.fields))
                tally.watch(limit.window, Aggregate.COUNT if limit.times is not None else Aggregate.SUM)

    def made(self, key: Key, over: int, keys: int = 0) -> Tally:
        if key not in self.of:
            self.of[key] = Tally(self.make, f"t{len(self.of)}", over, keys=keys)
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


def dry(make: Make, expr: nodes.Expr, event: str, lines: str | None) -> Value:
    """What an expression would be, written nowhere."""
    from guerdon.kernel.written import Writer

    w, make.w = make.w, Writer()
    try:
        return expression(make, expr, Here("day", event, line=(lines, "line") if lines is not None else None))
    finally:
        make.w = w


def _steps(program: nodes.Program, unit: str) -> int:
    return program.units[unit].step.denominator


def of_period(period: Period | None) -> nodes.Window:
    """The window of a period; without one, all of the past."""
    return nodes.Calendar(period) if period is not None else nodes.Ever()
