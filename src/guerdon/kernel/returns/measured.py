"""What returns measure of an event: a fact of it, or the amount of a built-in one.

An amount may be of any unit; it is measured in steps that are as fine as those of all units, and of what returns say of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import lcm

from guerdon.kernel.columns import is_amount_of, kind_of
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.expressions import dry, expression
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import Make
from guerdon.kernel.writing.values import Value, times
from guerdon.program import nodes, types


@dataclass
class Measured:
    """A fact that returns of an event measure; `over`: of how many steps one of it is made."""

    make: Make
    event: str
    fact: str
    over: int = field(init=False)

    def __post_init__(self) -> None:
        program = self.make.program
        of = program.events[self.event].facts[self.fact].type
        self.field = nodes.Field(nodes.Scope.EVENT, self.fact, of)
        self.is_amount = is_amount_of(of)
        if not self.is_amount:
            self.over = dry(self.make, self.field, self.event, None).over
            return
        steps = [unit.step for unit in program.units.values()]
        for record in program.events.values():
            part = record.reverses.part if record.reverses is not None else None
            if part is not None and record.reverses is not None and record.reverses.event == self.event:
                steps.append(kind_of(_present(record.facts[part.field].type))[2])
        self.over = lcm(*(step.denominator for step in steps))

    def whole(self, here: Here) -> str:
        """How much there is of it at an event, in steps; of an amount that is taken, none."""
        if not self.is_amount:
            return expression(self.make, self.field, here).text
        w, whole = self.make.w, self.make.w.name("whole")
        w.line(f"{whole} = 0")
        for number, unit in enumerate(self.make.program.units.values()):
            with w.block(f"if b_much_is[i] and b_unit[i] == {number} and much_of > 0:"):
                w.line(f"{whole} = {times('much_of', int(self.over * unit.step))}")
        return whole

    def steps(self, value: Value) -> str:
        """How many such steps a value is."""
        covered(self.over == value.over or self.is_amount, "returns")
        return times(value.text, self.over // value.over)


def _present(of: types.Type) -> types.Type:
    return of.of if isinstance(of, types.Optional) else of
