"""What a return takes back `in proportion`: the share of the sale that comes back, of all that the sale was given of a unit.

It is rounded once, and shared out to the awards by largest remainder.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from guerdon.kernel.awards.groups import Verdict
from guerdon.kernel.awards.remainders import hand_out
from guerdon.kernel.writing.make import Make
from guerdon.kernel.writing.values import Value, rounding
from guerdon.program import nodes


@dataclass
class Proportion:
    """What was given of each unit at the events of a kind.

    Shape: `name` begins the names of what is kept of the events, of which `kept` are those that are kept here.
    """

    make: Make
    name: str
    rules: list[nodes.Rule]

    def __post_init__(self) -> None:
        self.units = [*dict.fromkeys(rule.unit for rule in self.rules)]
        self.kept = [f"given{number}" for number in range(len(self.units))]

    def _of(self, unit: str) -> list[int]:
        """The places of the rules that give a unit."""
        return [at for at, rule in enumerate(self.rules) if rule.unit == unit]

    def note(self, at: str, verdicts: dict[str, Verdict]) -> None:
        """Keeps what an event gave of each unit."""
        for number, unit in enumerate(self.units):
            total = " + ".join(verdicts[self.rules[each].name].quantity for each in self._of(unit))
            self.make.w.line(f"{self.name}_given{number}[{at}] = {total}")

    def take_back(self, mode: nodes.RoundMode, number: int | None, is_undone: str) -> None:
        """Names how much of each award is taken back now: `part_N`; `number`: of what is measured, None where all comes back."""
        w, n = self.make.w, self.name
        for unit in self.units:
            mine = self._of(unit)
            for at in mine:
                w.line(f"part_{at} = 0")
            w.line(f"held = {' + '.join(f'{n}_left_of{at}[of]' for at in mine)}")
            with w.block("if held > 0:"):
                w.line("claw = held")
                if number is not None:
                    with w.block(f"if not {is_undone}:"):
                        self._share(unit, mode, number)
                with w.block("if claw > 0:"):
                    self._share_out(mine)

    def _share(self, unit: str, mode: nodes.RoundMode, number: int) -> None:
        """The share of the sale that comes back, of all that it gave, rounded once."""
        w, n = self.make.w, self.name
        w.line(f"whole = {n}_whole{number}[of]")
        share = Value(f"({n}_given{self.units.index(unit)}[of] * back_of)", by="whole", positive=True)
        for line in rounding("claw", share, Fraction(1), mode)[0]:
            w.line(line)
        w.line("claw = claw if claw < held else held")

    def _share_out(self, mine: list[int]) -> None:
        """Shares what is taken back out to the awards, by largest remainder."""
        w, n = self.make.w, self.name
        if len(mine) == 1:
            w.line(f"part_{mine[0]} = claw")
            return
        with w.block(f"if {n}_left_of{mine[0]}[of] == held:"):
            w.line(f"part_{mine[0]} = claw")
        with w.block("else:"):
            self._share_out_to_several(mine)

    def _share_out_to_several(self, mine: list[int]) -> None:
        w, n = self.make.w, self.name
        w.line("rest = claw")
        for at in mine:
            w.line(f"top_{at} = {n}_left_of{at}[of] * claw")
            w.line(f"part_{at} = top_{at} // held")
            w.line(f"loss_{at} = top_{at} % held")
            w.line(f"rest -= part_{at}")
        hand_out(w, "rest", "most", [(f"part_{at}", f"loss_{at}") for at in mine])
