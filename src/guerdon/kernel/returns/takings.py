"""What rules took at an event that can be undone: out of which lots, and what is given back of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from guerdon.kernel.awards.redeeming import Redeeming
from guerdon.kernel.lots.chained import Chained
from guerdon.kernel.parts import Parts
from guerdon.kernel.writing.values import Value
from guerdon.program import nodes


@dataclass
class Takings:
    """The rules that take at a kind of event; of each event the slices that they took, how much that was, and what was given back.

    Shape: `name` begins the names of what is kept of the events; `kept` are those of what is kept here.
    """

    parts: Parts
    event: str
    name: str
    rules: list[nodes.Rule] = field(init=False)
    kept: list[str] = field(init=False)

    def __post_init__(self) -> None:
        rules = self.parts.make.program.rules.values()
        self.rules = [rule for rule in rules if rule.takes and self.event in rule.on]
        kept = ("from", "upto", "took", "restored")
        self.kept = [f"{what}{at}" for at in range(len(self.rules)) for what in kept]

    def _purse(self, rule: nodes.Rule) -> Chained:
        purse = self.parts.purses[rule.unit]
        assert isinstance(purse, Chained), "what is spent lies in chains"
        return purse

    def note(self, redeeming: Redeeming, at: str) -> None:
        """Keeps what the rules took at an event."""
        w, n = self.parts.make.w, self.name
        for number, rule in enumerate(self.rules):
            quantity = redeeming.taken[rule.name].verdict.quantity
            w.line(f"{n}_from{number}[{at}] = {quantity}_from")
            w.line(f"{n}_upto{number}[{at}] = {quantity}_upto")
            w.line(f"{n}_took{number}[{at}] = {quantity}")
            w.line(f"{n}_restored{number}[{at}] = 0")

    def left(self) -> Iterator[tuple[nodes.Rule, Value]]:
        """How much of what each rule took at the event `of` was not given back, in steps."""
        for number, rule in enumerate(self.rules):
            yield rule, Value(f"({self.name}_took{number}[of] - {self.name}_restored{number}[of])", positive=True)

    def give_back(self, undone: str, part: tuple[str, str] | None) -> Iterator[tuple[nodes.Rule, str, str]]:
        """Gives back what is undone of the event `of`: all, or the share of the whole that is not left; what of each rule was given back.

        Shape: what came last first; the rule, how much, and whether all was.
        """
        w, n = self.parts.make.w, self.name
        for number, rule in reversed([*enumerate(self.rules)]):
            took, before = f"{n}_took{number}[of]", f"{n}_restored{number}[of]"
            w.line(f"wanted = {took}")
            if part is not None:
                whole, left = part
                with w.block(f"if not {undone}:"):
                    w.line(f"whole = {whole}")
                    w.line(f"wanted = {took} * (whole - {left}) // whole")
            w.line(f"more = wanted - {before}")
            with w.block("if more > 0:"):
                self._purse(rule).give_back(f"{n}_from{number}[of]", f"{n}_upto{number}[of]", before, "wanted")
                w.line(f"{before} = wanted")
                yield rule, "more", f"wanted == {took}"
