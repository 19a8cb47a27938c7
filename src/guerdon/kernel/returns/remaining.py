"""What remains of an event of which a part came back, as an event itself: its facts, and what its rules read then.

What is measured is what is left; other quantities are less in proportion. Rules are asked again
what they come to for it, and see what was read when the event happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from guerdon.kernel.parts import Parts
from guerdon.kernel.returns.measured import Measured
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.expressions import condition, dry, expression
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.named import at_least_zero, kept
from guerdon.kernel.writing.values import Value, aligned, const, floored, rounding, scaled
from guerdon.program import nodes, types
from guerdon.program.nodes import Aggregate
from guerdon.program.walk import walk
from guerdon.reference.evaluate import is_read
from guerdon.text.node import Node


@dataclass
class Remaining:
    """The facts of events of a kind, and what their rules read.

    Shape: `measured`: what returns measure; `name` begins the names of what is kept of the events, of which
    `kept` are those that are kept here.
    """

    parts: Parts
    event: str
    name: str
    measured: Measured
    rules: list[nodes.Rule]
    kept: list[str] = field(init=False)

    def __post_init__(self) -> None:
        make, program = self.parts.make, self.parts.make.program
        self.facts = {fact: column for (event, fact), column in make.columns.facts.items() if event == self.event}
        self.kept = [f"fact_{name}" for name in self.facts]
        self.kept += [f"there_{name}" for name, column in self.facts.items() if column.is_there is not None]
        self.reads: list[nodes.Expr] = []
        meters = {number for number, meter in enumerate(program.meters) if meter.event == self.event}
        groups = {name for group in program.groups.values() for name in (group.name, *group.of)}
        record = program.events[self.event]
        for fact in record.facts.values():
            lines = any(isinstance(each, nodes.OverLines) or is_read(each) for each in walk(fact.value))
            covered(fact.name == self.measured.fact or not lines, "returns")
        for rule in self.rules:
            covered(rule.each is None and rule.accumulate is None, "returns")
            for each in walk((rule.when, rule.give), program.measures):
                covered(not isinstance(each, nodes.OverLines | nodes.Streak), "returns")
                own = each if isinstance(each, nodes.Measured) and each.meter in meters else None
                covered(own is None or own.aggregate in (Aggregate.SUM, Aggregate.COUNT), "returns")
                covered(not (isinstance(each, nodes.Given) and (each.exact or each.rule in groups)), "returns")
                covered(
                    not (isinstance(each, nodes.Field) and (each.scope, each.name) == (nodes.Scope.MOMENT, "at")),
                    "returns",
                )
                if isinstance(each, nodes.Junction | nodes.OrElse):
                    covered(not any(reads_past(part) for part in walk(each, program.measures)), "returns")
                if isinstance(each, nodes.Measured | nodes.Standing | nodes.Earned | nodes.Available):
                    self.reads.append(each)
        for group in program.groups.values():
            alone = group.take is nodes.Take.BEST and {*group.of} & {rule.name for rule in self.rules}
            covered(not alone, "returns")
        of_others = [expr for event, expr in make.columns.others if event == self.event]
        self.reads = [*dict.fromkeys([*self.reads, *of_others])]
        self.kept += [f"read{number}" for number in range(len(self.reads))]
        self.kept += [f"is_read{number}" for number in range(len(self.reads)) if self._dry(number).there is not None]

    def _dry(self, number: int) -> Value:
        return dry(self.parts.make, self.reads[number], self.event, None)

    def see(self, here: Here) -> None:
        """Names what the rules of the event read, before anything comes of it."""
        w = self.parts.make.w
        for number, expr in enumerate(self.reads):
            value = expression(self.parts.make, expr, here)
            covered(value.by is None, "returns")
            w.line(f"{self.name}_now{number} = {value.text}")
            if value.there is not None:
                w.line(f"{self.name}_is_now{number} = 1 if {value.there} else 0")

    def note(self, at: str) -> None:
        """Keeps the event."""
        make, w, n = self.parts.make, self.parts.make.w, self.name
        for name, column in self.facts.items():
            w.line(f"{n}_fact_{name}[{at}] = {column.name}[i]")
            if column.is_there is not None:
                w.line(f"{n}_there_{name}[{at}] = {column.is_there}[i]")
        for number in range(len(self.reads)):
            w.line(f"{n}_read{number}[{at}] = {n}_now{number}")
            if f"is_read{number}" in self.kept:
                w.line(f"{n}_is_read{number}[{at}] = {n}_is_now{number}")
        del make

    # ------------------------------------------------------------ what remains

    def less_read(self, less: Mapping[int, tuple[str, str]]) -> None:
        """Takes what came back off the sums and counts that were read and held it; `less` by meter."""
        program, w = self.parts.make.program, self.parts.make.w
        for number, expr in enumerate(self.reads):
            match expr:
                case nodes.Measured(meter, aggregate, window) if meter in less and program.meters[meter].sees_event:
                    past = isinstance(window, nodes.Calendar) and window.ahead < 0
                    by = less[meter][0 if aggregate is Aggregate.SUM else 1]
                    if not past and by != "0":
                        w.line(f"{self.name}_read{number}[of] -= {by}")
                case _:
                    continue

    def then(self, given: Mapping[str, tuple[Value, Value]] | None = None) -> Here:
        """Where the rules of the event `of` stand with what remains of it; its `whole` is named so."""
        make, w, n = self.parts.make, self.parts.make.w, self.name
        record, known = make.program.events[self.event], dict[str, Value]()
        w.line(f"then = {n}_day[of]")
        for name, column in self.facts.items():
            there = f"{n}_there_{name}[of]" if column.is_there is not None else None
            value = Value(w.kept("fact", f"{n}_fact_{name}[of]"), there=there, positive=True)
            of = record.facts[name].type
            if _is_quantity(of):
                value = Value(w.kept("fact", f"{value.text} * {n}_left0[of]"), by="whole", there=there, positive=True)
            known[name] = scaled(value, column.step)
        if not self.measured.is_amount:  # which no rule reads
            known[self.measured.fact] = Value(f"{n}_left0[of]", self.measured.over, positive=True)
        reads: dict[nodes.Expr, Value] = {}
        for number, expr in enumerate(self.reads):
            was = self._dry(number)
            there = f"{n}_is_read{number}[of]" if was.there is not None else None
            reads[expr] = Value(f"{n}_read{number}[of]", was.over, there=there, positive=was.positive)
        return Here("then", self.event, known=known, reads=reads, given=given if given is not None else {})

    def _comes_to(self, rule: nodes.Rule, then: Here) -> Value:
        """What a rule comes to for what remains; where that is something, at least its minimum."""
        make, w = self.parts.make, self.parts.make.w
        value = at_least_zero(make, kept(make, expression(make, rule.give, then)))
        covered(value.there is None, "returns")
        if rule.minimum is None:
            return value
        texts, over, by = aligned(value, const(rule.minimum))
        came, least = (w.kept("came", text) for text in texts)
        raised = w.kept("raised", f"{least} if {came} > 0 and {came} < {least} else {came}")
        return Value(raised, over, by, positive=True)

    def again(self, rule: nodes.Rule, then: Here, rooms: Sequence[str]) -> str:
        """Names how much a rule would have given for what remains, with the rooms that its limits left then (in steps)."""
        make, w, step = self.parts.make, self.parts.make.w, self.parts.make.program.units[rule.unit].step
        name = w.name("again")
        w.line(f"{name} = 0")
        depth = w.depth
        for guard in rule.when:
            w.line(f"if {condition(make, guard, then)}:")
            w.depth += 1
        value = self._comes_to(rule, then)
        if rule.rounding is not None:
            lines, steps = rounding(w.name("in_steps"), value, step, rule.rounding.mode)
            for line in lines:
                w.line(line)
            value = scaled(Value(steps, positive=True), step)
        for limit, room in zip(rule.limits, rooms, strict=True):
            if limit.times is not None:
                value = replace(value, text=w.kept("stays", f"{value.text} if {room} > 0 else 0"))
            else:
                texts, over, by = aligned(value, scaled(Value(room, positive=True), step))
                wanted, most = (w.kept("stays", text) for text in texts)
                inside = "0" if limit.or_nothing else most
                value = Value(w.kept("stays", f"{wanted} if {wanted} <= {most} else {inside}"), over, by, positive=True)
        w.line(f"{name} = {floored(value, step)}")
        w.depth = depth
        return name

    def less(self, rule: nodes.Rule, then: Here, came: Value, gave: Sequence[str]) -> list[str]:
        """Names how much of each award of a rule is taken back by now: the share that it no longer comes to, rounded down."""
        make, w = self.parts.make, self.parts.make.w
        names = [w.kept("wanted", each) for each in gave]
        depth = w.depth
        for guard in rule.when:
            w.line(f"if {condition(make, guard, then)}:")
            w.depth += 1
        value = self._comes_to(rule, then)
        (now, was), _, _ = aligned(value, came)
        now, was = w.kept("now", now), w.kept("was", was)
        for name, each in zip(names, gave, strict=True):
            w.line(f"{name} = {each} * ({was} - {now}) // {was} if {now} < {was} else 0")
        w.depth = depth
        return names


def reads_past(expr: Node) -> bool:
    """Whether an expression reads what may be another at a return: something beside the event and the facts of members."""
    return is_read(expr) and not isinstance(expr, nodes.Field | nodes.Theirs)


def _is_quantity(of: types.Type) -> bool:
    return isinstance(of.of if isinstance(of, types.Optional) else of, types.Quantity)
