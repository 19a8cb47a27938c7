"""What a return takes back in proportion: of all that somebody was given of a unit for the sale, the share of it that comes back.

It is rounded once, and shared out to the awards by largest remainder. `part_N` names what is taken back of each award.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from fractions import Fraction

from guerdon.kernel.awards.remainders import hand_out
from guerdon.kernel.writing.make import Make
from guerdon.kernel.writing.values import Value, rounding
from guerdon.program import nodes


@dataclass(frozen=True)
class Proportion:
    """A return of the event `of`, whose arrays begin with `name`; `undone`: whether nothing of it remains.

    Shape: `number`: of what the return measures (None: all comes back); `back_of` is how much of it does.
    """

    make: Make
    name: str
    reversal: nodes.Reversal
    undone: str
    number: int | None

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
            assert self.reversal.rounding is not None
            w.line(f"whole = {n}_whole{number}[of]")
            share = Value(f"({given} * back_of)", by="whole", positive=True)
            for line in rounding("claw", share, Fraction(1), self.reversal.rounding)[0]:
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

    def take_from_each(self, mine: Sequence[int], whose: Mapping[int, str]) -> None:
        """Takes back of awards of several members, `whose` by award: of each member's together."""
        w, n = self.make.w, self.name
        for first, at in enumerate(mine):
            theirs = mine[first:]
            before = " and ".join(f"{whose[each]} != {whose[at]}" for each in mine[:first])
            with w.block(f"if {before}:") if before else nullcontext():
                for each in theirs:
                    w.line(f"same_{each} = 1 if {whose[each]} == {whose[at]} else 0")
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
