"""What comes of what a member receives for the event of another, as text: an award, a lot, and tiers that follow."""

from __future__ import annotations

from guerdon.kernel import others
from guerdon.kernel.awards.crossing import RECEIVED
from guerdon.kernel.awards.triggers import Triggers
from guerdon.kernel.days import NEVER
from guerdon.kernel.parts import Parts
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import QUANTITY
from guerdon.program import nodes


class Receiving:
    """Writes what comes of a row that is received; `rules` by the names of what they may give to others."""

    def __init__(self, parts: Parts, triggers: Triggers) -> None:
        self.parts, self.make, self.w, self.triggers = parts, parts.make, parts.make.w, triggers
        self.rules = others.rules_of(parts.make.program)

    def receive(self) -> None:
        """Gives what was handed over, and after the last of an event lets tiers follow."""
        w = self.w
        for number, (name, rule) in enumerate(self.rules.items()):
            with w.block(f"{'if' if number == 0 else 'elif'} r_rule[i] == {self.make.gifts.index(name)}:"):
                self._give(name, rule)
        with w.block("if r_last[i]:"):
            first = len(w.lines)
            stood = self.triggers.stood()
            for tier in self.parts.tiers.values():
                tier.after(Here("day"))
            self.triggers.reached(stood)
            if len(w.lines) == first:
                w.line("pass")

    def _give(self, name: str, rule: nodes.Rule) -> None:
        make, w = self.make, self.w
        purse = self.parts.purses.get(rule.unit)
        quantity = w.kept("quantity", f"fits(r_much[i], 0, {QUANTITY})")
        if rule.say is not None:
            with w.block(f"if {quantity} > 0:"):
                make.write(make.code("said", rule.name), quantity)
        ends = str(NEVER)
        if purse is not None:
            purse.begin(True)
            purse.see(True)
            ends = purse.ends_from(rule, "r_start[i]")
            ends = f"{ends} if {quantity} > 0 else {NEVER}" if ends != str(NEVER) else ends
        make.write(make.code(RECEIVED, name), quantity, "0", "0", ends, "1")
        with w.block(f"if {quantity} > 0:"):
            self.parts.tallies.count("earned", rule.unit, quantity)
            self.parts.tallies.count("by", rule.name, quantity)
            if purse is not None:
                purse.grant(quantity, make.lot(rule, name), rule.name, noted=False)
            else:
                w.line("pass")
