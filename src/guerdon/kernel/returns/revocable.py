"""What a rule gave a member for events of others that can be undone, and what their returns take back of it.

The return says how much, as a row of theirs; out of which lots, and what was earned, is reckoned here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from guerdon.kernel.awards.crossing import LOST
from guerdon.kernel.lots.chained import Chained
from guerdon.kernel.lots.queue import Purse
from guerdon.kernel.parts import Parts
from guerdon.kernel.returns.corrected import Earned
from guerdon.program import nodes


@dataclass
class Revocable:
    """The awards of a rule, or of a share of one, that came from others, one after the other in arrays that begin with `name`.

    Shape: `award` is how they are called; each is known by the place of its event in the order of all.
    """

    parts: Parts
    rule: nodes.Rule
    award: str
    name: str
    earned: Earned = field(init=False)

    def __post_init__(self) -> None:
        make, n, rule = self.parts.make, self.name, self.rule
        returns = (record.reverses for record in make.program.events.values())
        reversals = [each for each in returns if each is not None and each.event in rule.on]
        self.always = {*rule.on} <= {each.event for each in reversals}
        at_sale = not all(each.at_return for each in reversals)
        self.earned = Earned(self.parts, n, [rule.unit], [rule.name], at_sale)
        self.own = isinstance(self.purse, Chained) and self.purse.own
        make.scalar(f"{n}_n", make.place)
        make.array(f"{n}_of", f"{n}_n", "i32")
        for each in (*(["day"] if at_sale else []), *self.earned.kept, *(["excused"] if self.own else [])):
            make.array(f"{n}_{each}", f"{n}_n")
        if self.own:
            make.array(f"{n}_lot_of", f"{n}_n", bounds=make.place)

    @property
    def purse(self) -> Purse | None:
        return self.parts.purses.get(self.rule.unit)

    def note(self) -> None:
        """Keeps what was received just now."""
        make, w, n = self.parts.make, self.parts.make.w, self.name
        at = w.kept("at", f"{n}_n + 0")
        w.line(f"{n}_of[{at}] = r_of[i]")
        if self.earned.at_sale:
            w.line(f"{n}_day[{at}] = day")
        self.earned.note(at)
        if self.own and self.purse is not None:
            w.line(f"{n}_lot_of[{at}] = {self.purse.name}_at")
            w.line(f"{n}_excused[{at}] = 0")
        w.line(make.longer.by_one(f"{n}_n", w.loops))

    def take_back(self, reversal: nodes.Reversal, quantity: str) -> None:
        """Takes so much back of what the row names: out of lots, and what is earned."""
        make, w, n, rule = self.parts.make, self.parts.make.w, self.name, self.rule
        w.line(f"of = {n}_n - 1")
        with w.block(f"while of >= 0 and {n}_of[of] != r_of[i]:"):
            w.line("of -= 1")
        with w.block("if of < 0:"):
            w.line("bad = 1")
        with w.block("else:"):
            make.write(make.code(LOST, self.award), f"0 - {quantity}")
            purse = self.purse
            if isinstance(purse, Chained) and not reversal.oldest:
                purse.take_own(quantity, "taken back", rule.name, f"{n}_lot_of[of]", f"{n}_excused[of]")
            elif purse is not None:
                purse.take(quantity, "taken back", rule.name)
            self.earned.less(rule.unit, rule.name, quantity, reversal.at_return)
            if purse is not None and purse.refuses:
                w.line(f"bad = 1 if {purse.name}_denied else bad")
