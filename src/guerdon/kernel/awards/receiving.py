"""What comes of what a member receives for the event of another, as text: an award and a lot, or what a return takes back of them, and tiers that follow."""

from __future__ import annotations

from guerdon.kernel import others
from guerdon.kernel.awards.crossing import RECEIVED
from guerdon.kernel.awards.triggers import Triggers
from guerdon.kernel.days import NEVER
from guerdon.kernel.parts import Parts
from guerdon.kernel.returns.revocable import Revocable
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import QUANTITY
from guerdon.program import nodes


class Receiving:
    """Writes what comes of a row that is received; `rules` by the names of what they may give to others, `revocable` what of it returns may take back."""

    def __init__(self, parts: Parts, triggers: Triggers) -> None:
        self.parts, self.make, self.w, self.triggers = parts, parts.make, parts.make.w, triggers
        self.rules = others.rules_of(parts.make.program)
        self.revocable = dict[str, Revocable]()
        for name, _ in self.make.taken_back:
            if name not in self.revocable:
                self.revocable[name] = Revocable(parts, self.rules[name], name, f"v{len(self.revocable)}")

    def receive(self) -> None:
        """Gives what was handed over, or takes it back, and after the last of an event lets tiers follow."""
        w, events = self.w, self.make.program.events
        for number, (name, rule) in enumerate(self.rules.items()):
            with w.block(f"{'if' if number == 0 else 'elif'} r_rule[i] == {self.make.gifts.index(name)}:"):
                self._give(name, rule)
        for number, (name, kind) in enumerate(self.make.taken_back, len(self.make.gifts)):
            reversal = events[kind].reverses
            assert reversal is not None
            with w.block(f"elif r_rule[i] == {number}:"):
                self.revocable[name].take_back(reversal, w.kept("quantity", f"fits(r_much[i], 0, {QUANTITY})"))
        undoes = "r_undoes[i]" if self.make.taken_back else None
        with w.block("if r_last[i]:"):
            first = len(w.lines)
            stood = self.triggers.stood()
            for tier in self.parts.tiers.values():
                tier.after(Here("day"), undoes)
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
            revocable = self.revocable.get(name)
            if revocable is None:
                self._grant(name, rule, quantity, noted=False)
            elif revocable.always:
                self._grant(name, rule, quantity, noted=True)
                revocable.note()
            else:
                with w.block("if r_of[i] >= 0:"):
                    self._grant(name, rule, quantity, noted=True)
                    revocable.note()
                with w.block("else:"):
                    self._grant(name, rule, quantity, noted=False)

    def _grant(self, name: str, rule: nodes.Rule, quantity: str, noted: bool) -> None:
        """Gives a lot; `noted`: of an event that can be undone."""
        purse = self.parts.purses.get(rule.unit)
        if purse is not None:
            purse.grant(quantity, self.make.lot(rule, name), rule.name, noted)
        else:
            self.w.line("pass")
