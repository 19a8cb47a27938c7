"""What a return takes back in proportion: of all that somebody was given of a unit for the sale, the share of it that comes back.

It is rounded once, and shared out to the awards by largest remainder. `part_N` names what is taken back of each award.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from fractions import Fraction

from guerdon.kernel.awards.remainders import hand_out
from guerdon.kernel.writing.make import Make
from guerdon.kernel.writing.values import Value, rounding
from guerdon.program import nodes


@dataclass
class Proportion:
    """What was given of each unit at the events of a kind.

    Shape: `name` begins the names of what is kept of the events, of which `kept` are those that are kept here. `rules` are those of the awards, by their
    places; `to_others` the places of those that may be of others, and `whose` says of whom.
    """

    make: Make
    name: str
    rules: Sequence[nodes.Rule]
    to_others: Sequence[int]
    whose: Callable[[int], str]

    def __post_init__(self) -> None:
        self.units = [*dict.fromkeys(rule.unit for rule in self.rules)]
        self.kept = [f"given{number}" for number in range(len(self.units))]

    def _of(self, unit: str) -> list[int]:
        """The places of the awards of a unit."""
        return [at for at, rule in enumerate(self.rules) if rule.unit == unit]

    def note(self, at: str, gave: Sequence[str]) -> None:
        """Keeps what an event gave of each unit: so much by each award."""
        for number, unit in enumerate(self.units):
            total = " + ".join(gave[each] for each in self._of(unit))
            self.make.w.line(f"{self.name}_given{number}[{at}] = {total}")

    def take_back(self, mode: nodes.RoundMode, number: int | None, is_undone: str) -> None:
        """Names how much of each award is taken back now; `number`: of what is measured, None where all comes back."""
        claw = _Claw(self.make, self.name, mode, number, is_undone)
        for place, unit in enumerate(self.units):
            mine = self._of(unit)
            for at in mine:
                self.make.w.line(f"part_{at} = 0")
            if {*mine} & {*self.to_others}:
                claw.take_from_each(mine, self.whose)
            else:
                claw.take(mine, f"{self.name}_given{place}[of]")


@dataclass(frozen=True)
class _Claw:
    """A return of the event `of`: `back_of` is how much of what it measures comes back."""

    make: Make
    name: str
    mode: nodes.RoundMode
    number: int | None
    undone: str

    def take(self, mine: Sequence[int], given: str) -> None:
        """Takes back of awards of one member, who was given so much."""
        w, n = self.make.w, self.name
        w.line(f"held = {' + '.join(f'{n}_left_of{at}[of]' for at in mine)}")
        with w.block("if held > 0:"):
            self._claw(given)
            with w.block("if claw > 0:"):
                self._share_out(mine)

    def _claw(self, given: str) -> None:
        """The share of the sale that comes back, of all that somebody was given, rounded once: `claw`, of what is `held` yet."""
        w, n, number = self.make.w, self.name, self.number
        w.line("claw = held")
        if number is None:
            return
        with w.block(f"if not {self.undone}:"):
            w.line(f"whole = {n}_whole{number}[of]")
            share = Value(f"({given} * back_of)", by="whole", positive=True)
            for line in rounding("claw", share, Fraction(1), self.mode)[0]:
                w.line(line)
            w.line("claw = claw if claw < held else held")

    def _share_out(self, mine: Sequence[int]) -> None:
        """Shares what is taken back out to the awards."""
        w, n = self.make.w, self.name
        if len(mine) == 1:
            w.line(f"part_{mine[0]} = claw")
            return
        with w.block(f"if {n}_left_of{mine[0]}[of] == held:"):
            w.line(f"part_{mine[0]} = claw")
        with w.block("else:"):
            w.line("rest = claw")
            for at in mine:
                w.line(f"top_{at} = {n}_left_of{at}[of] * claw")
                w.line(f"part_{at} = top_{at} // held")
                w.line(f"loss_{at} = top_{at} % held")
                w.line(f"rest -= part_{at}")
            hand_out(w, "rest", "most", [(f"part_{at}", f"loss_{at}") for at in mine])

    def take_from_each(self, mine: Sequence[int], whose: Callable[[int], str]) -> None:
        """Takes back of awards of several members: of each member's together."""
        w, n = self.make.w, self.name
        for first, at in enumerate(mine):
            theirs = mine[first:]
            before = " and ".join(f"{whose(each)} != {whose(at)}" for each in mine[:first])
            with w.block(f"if {before}:") if before else nullcontext():
                for each in theirs:
                    w.line(f"same_{each} = 1 if {whose(each)} == {whose(at)} else 0")
                    w.line(f"held_{each} = {n}_left_of{each}[of] if same_{each} else 0")
                w.line(f"held = {' + '.join(f'held_{each}' for each in theirs)}")
                with w.block("if held > 0:"):
                    w.line("given = 0")
                    for each in theirs:
                        w.line(f"given += {n}_gave{each}[of] if same_{each} else 0")
                    self._claw("given")
                    with w.block("if claw > 0:"):
                        self._share_out_to_same(theirs)

    def _share_out_to_same(self, theirs: Sequence[int]) -> None:
        w = self.make.w
        w.line("rest = claw")
        for each in theirs:
            w.line(f"top_{each} = held_{each} * claw")
            w.line(f"share_{each} = top_{each} // held")
            w.line(f"loss_{each} = top_{each} % held")
            w.line(f"rest -= share_{each}")
        hand_out(w, "rest", "most", [(f"share_{each}", f"loss_{each}") for each in theirs])
        for each in theirs:
            w.line(f"part_{each} += share_{each}")
