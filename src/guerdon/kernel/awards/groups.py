"""Groups at an event, as text: what becomes of the awards of several rules together.

Always in the order `take`, `minimum`, `round`, `limit`. Where a group rounds, its rules come to parts of
steps: `finer` says of how many parts a step is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from guerdon.kernel.awards.limits import Limits
from guerdon.kernel.awards.remainders import hand_out
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import Make
from guerdon.kernel.writing.values import Value, rounding, times
from guerdon.program import nodes


@dataclass
class Verdict:
    """The names of what a rule came to at an event.

    Shape: `quantity` in steps of its unit, or `finer` parts of them until its group rounds; `exact` over `exact_over`; `cut` in steps.
    """

    rule: nodes.Rule
    quantity: str
    exact: str
    exact_over: int
    cut: str
    by: str | None = None  # of the exact value, where its denominator is known only then
    finer: int = 1
    rooms: tuple[str, ...] = ()  # by limit what room it left, where that is asked for when something comes back


@dataclass(frozen=True)
class Sheet:
    """What a group makes of what its rules gave at an event; `mine` are their verdicts, in its order."""

    make: Make
    group: nodes.Group
    mine: list[Verdict]
    limits_of: Callable[[nodes.Rule | nodes.Group], Limits]

    def settle(self, here: Here) -> None:
        """Takes, raises, rounds and cuts."""
        w, mine, group = self.make.w, self.mine, self.group
        self._take()
        if group.minimum is not None or group.rounding is not None:
            self._raise_and_round()
        total = w.name("together")
        w.line(f"{total} = {' + '.join(each.quantity for each in mine)}")
        if group.limits:
            with w.block(f"if {total} > 0:"):
                self._limit(total, here)
                self.limits_of(group).use_up(total)
        for each in mine:
            self.limits_of(each.rule).use_up(each.quantity, here)

    def _step(self, verdict: Verdict) -> Fraction:
        return self.make.program.units[verdict.rule.unit].step

    # ------------------------------------------------------------ take

    def _take(self) -> None:
        """Leaves the best, or the first, where a group takes one."""
        w, mine = self.make.w, self.mine
        if self.group.take not in (nodes.Take.BEST, nodes.Take.TOP) or len(mine) < 2:
            return
        best = w.name("best")
        w.line(f"{best} = 0")
        w.line(f"{best}_of = (-1)")
        for number, (each, value) in enumerate(zip(mine, self._values(), strict=True)):
            than = (
                f"{value} > {best}" if self.group.take is nodes.Take.BEST else f"{best}_of < 0 and {each.quantity} > 0"
            )
            with w.block(f"if {than}:"):
                w.line(f"{best} = {value}")
                w.line(f"{best}_of = {number}")
        for number, each in enumerate(mine):
            with w.block(f"if {best}_of != {number}:"):
                w.line(f"{each.cut} += {each.quantity}" + (f" // {each.finer}" if each.finer > 1 else ""))
                w.line(f"{each.quantity} = 0")

    def _values(self) -> list[str]:
        """What the awards are compared by: as they are, or across units by what they are worth."""
        program, found = self.make.program, list[Fraction]()
        units = {program.rules[name].unit for name in self.group.of}
        for each in self.mine:
            worth = program.units[each.rule.unit].worth if len(units) > 1 else Fraction(1)
            if self.group.take is nodes.Take.BEST:
                covered(worth is not None and worth > 0, "groups")
            found.append((worth or Fraction(1)) * self._step(each) / each.finer)
        over = lcm(*(each.denominator for each in found))
        whole = [each.numerator * (over // each.denominator) for each in found]
        if len(set(whole)) == 1:
            return [each.quantity for each in self.mine]
        return [times(each.quantity, by) for each, by in zip(self.mine, whole, strict=True)]

    # ------------------------------------------------------------ minimum and rounding

    def _raise_and_round(self) -> None:
        w, mine, group, step = self.make.w, self.mine, self.group, self._step(self.mine[0])
        covered(all(each.by is None for each in mine), "groups")
        least = (group.minimum or Fraction(0)) / step
        finer = lcm(least.denominator, *(each.finer for each in mine))
        for each in mine:
            if each.finer != finer:
                w.line(f"{each.quantity} = {each.quantity} * {finer // each.finer}")
                each.finer = finer
        total = w.name("parts")
        w.line(f"{total} = {' + '.join(each.quantity for each in mine)}")
        if group.minimum is not None:
            self._raise(total, int(least * finer), step / finer)
        if group.rounding is not None:
            with w.block(f"if {total} > 0:"):
                self._round(total, group.rounding, finer)
        covered(finer == 1 or group.rounding is not None, "groups")
        for each in mine:
            each.finer = 1

    def _raise(self, total: str, least: int, part: Fraction) -> None:
        """Gives what lacks to the first that gives something."""
        w, mine = self.make.w, self.mine
        for each in mine:
            over = lcm(each.exact_over, part.denominator)
            exact = w.name("raised")
            w.line(f"{exact} = {times(each.exact, over // each.exact_over)}")
            each.exact, each.exact_over = exact, over
        with w.block(f"if {total} > 0 and {total} < {least}:"):
            for number, each in enumerate(mine):
                with w.block(f"{'if' if number == 0 else 'elif'} {each.quantity} > 0:"):
                    w.line(f"{each.quantity} += {least} - {total}")
                    w.line(f"{each.exact} += ({least} - {total}) * {int(part * each.exact_over)}")
            w.line(f"{total} = {least}")

    def _round(self, total: str, mode: nodes.RoundMode, finer: int) -> None:
        """Rounds the sum, and shares it out by largest remainder."""
        w, mine = self.make.w, self.mine
        lines, whole = rounding(w.name("whole"), Value(total, finer, positive=True), Fraction(1), mode)
        for line in lines:
            w.line(line)
        rest, most = w.name("rest"), w.name("most")
        w.line(f"{rest} = {whole}")
        losses = []
        for each in mine:
            loss = w.name("loss")
            losses.append(loss)
            w.line(f"{loss} = {each.quantity} - {each.quantity} // {finer} * {finer} if {each.quantity} > 0 else (-1)")
            w.line(f"{each.quantity} = {each.quantity} // {finer}")
            w.line(f"{rest} -= {each.quantity}")
        hand_out(w, rest, most, [(each.quantity, loss) for each, loss in zip(mine, losses, strict=True)])

    # ------------------------------------------------------------ limits

    def _limit(self, total: str, here: Here) -> None:
        """Cuts what limits leave no room for, off the last listed first."""
        w, mine, step = self.make.w, self.mine, self._step(self.mine[0])
        for index in range(len(self.group.limits)):
            before = w.name("before")
            w.line(f"{before} = {total}")
            self.limits_of(self.group).fit(index, total, here, step)
            over = w.name("over")
            w.line(f"{over} = {before} - {total}")
            with w.block(f"if {over} > 0:"):
                for each in reversed(mine):
                    left = w.name("left")
                    w.line(f"{left} = {each.quantity} - {over}")
                    w.line(f"{left} = {left} if {left} > 0 else 0")
                    w.line(f"{each.cut} += {each.quantity} - {left}")
                    w.line(f"{over} -= {each.quantity} - {left}")
                    w.line(f"{each.quantity} = {left}")
