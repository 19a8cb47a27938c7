"""What built-in events do by themselves, of those that concern nobody else: amounts by hand, and spending without a rule.

A redemption is refused where there is less than it asks for; then nothing comes of it. An
event that sets a tier, or asks for what the kernel does not do, leaves its member to the
reference engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from guerdon.kernel.awards.granting import may_spend, why_not
from guerdon.kernel.lots.chained import Chained
from guerdon.kernel.parts import Parts
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import QUANTITY
from guerdon.program import nodes
from guerdon.program.walk import walk

BELOW = "it would take the balance below zero"


class ByHand:
    """Writes what a built-in event does."""

    def __init__(self, parts: Parts, event: str) -> None:
        self.parts, self.make, self.w, self.event = parts, parts.make, parts.make.w, event
        self.units = [*self.make.program.units.values()]
        self.noted = event in self.make.columns.undoable

    def refused(self) -> str:
        """Names whether what is asked for is not there."""
        w = self.w
        denied = w.name("denied")
        w.line(f"{denied} = 0")
        if self.event == "redemption":
            w.line(f"much_of = fits(b_much[i], {-QUANTITY}, {QUANTITY})")
            with w.block("if b_much_is[i] and (much_of < 0 or b_reward[i] > 0):"):
                w.line("bad = 1")
            for purse in self._purses():
                with self._of(purse.unit):
                    there = w.kept("there", purse.available().text)
                    may = may_spend(self.make, purse.unit, Here("day", self.event))
                    if may is not None:
                        with w.block(f"if {may} == 0:"):
                            w.line(f"{denied} = 1")
                            if self.make.full:
                                code = self.make.code("unavailable", purse.unit.name, why_not(purse.unit))
                                self.make.write(code, "much_of", there)
                    with w.block(f"if {there} < much_of and {denied} == 0:"):
                        w.line(f"{denied} = 1")
                        if self.make.full:
                            self.make.write(self.make.code("unavailable", purse.unit.name), "much_of", there)
        elif self.event == "adjustment":
            self._below_zero(denied)
        elif self.event == "joined":
            self._joined()
        return denied

    def _below_zero(self, denied: str) -> None:
        """Refuses to take more than there is of a unit that refuses debt."""
        w = self.w
        w.line(f"much_of = fits(b_much[i], {-QUANTITY}, {QUANTITY})")
        for purse in self._purses():
            if purse.refuses:
                with self._of(purse.unit):
                    there = w.kept("there", purse.available().text)
                    with w.block(f"if 0 - much_of > {there} and much_of < 0:"):
                        w.line(f"{denied} = 1")
                        if self.make.full:
                            self.make.write(self.make.code("unavailable", purse.unit.name, BELOW), "0 - much_of", "0")

    def _joined(self) -> None:
        """A day of joining is said once; one that is not the first day of all leaves what is reckoned from it."""
        w, make = self.w, self.make
        make.scalar("greeted", (0, 1), own=True)
        with w.block("if greeted:"):
            w.line("bad = 1")
        w.line("greeted = 1")
        since = (each for each in walk((make.program.rules, make.program.measures, make.program.ladders)))
        if any(isinstance(each, nodes.Since) for each in since) or make.joins:
            with w.block("if day != first_day:"):
                w.line("bad = 1")

    def happen(self) -> None:
        """Gives or takes so much."""
        w = self.w
        if self.event == "joined":
            return
        w.line(f"much_of = fits(b_much[i], {-QUANTITY}, {QUANTITY})")
        for unit in self.units:
            with self._of(unit):
                purse = self.parts.purses.get(unit.name)
                if purse is None:
                    self._count(unit)
                elif self.event == "redemption":
                    self._spend(self._chained(purse), "much_of", "spent")
                elif self.event == "opening":
                    with w.block("if much_of < 0:"):
                        w.line("bad = 1")
                    with w.block("if much_of > 0:"):
                        self._give(self._chained(purse))
                        with w.block("if b_earned[i]:"):
                            self.parts.tallies.count("earned", unit.name, "much_of")
                else:
                    with w.block("if much_of > 0:"):
                        self._give(self._chained(purse))
                    with w.block("elif much_of < 0:"):
                        self._spend(self._chained(purse), "0 - much_of", "taken back")

    @contextmanager
    def _of(self, unit: nodes.Unit) -> Iterator[None]:
        with self.w.block(f"if b_much_is[i] and b_unit[i] == {self.units.index(unit)}:"):
            yield

    def _purses(self) -> list[Chained]:
        return [self._chained(purse) for purse in self.parts.purses.values()]

    @staticmethod
    def _chained(purse: object) -> Chained:
        assert isinstance(purse, Chained), "what is given and taken by hand lies in chains"
        return purse

    def _give(self, purse: Chained) -> None:
        purse.grant_by_hand("much_of", "(-2) - 4 * (first + i)", "b_ends[i]", self.event, self.noted)

    def _spend(self, purse: Chained, quantity: str, target: str) -> None:
        """Takes so much, and what is lacking as the unit's debt says."""
        code = self.make.code("posting", purse.unit.name, "available", target, self.event) if self.make.full else 0
        if not self.make.full:
            self.make.write(self.make.code("spent", purse.unit.name), f"0 - ({quantity})")
        if self.noted:
            self.w.line(f"from_hand = {purse.name}_slices")
        purse.spend(quantity, code, self.noted)
        if target != "spent":
            purse.owe(target, self.event, self.noted)
        if self.noted:
            self.w.line(f"upto_hand = {purse.name}_slices")

    def _count(self, unit: nodes.Unit) -> None:
        """Counts so much of a unit that can't be spent; an opening of nothing does nothing."""
        if self.event == "redemption":
            self.w.line("bad = 1")
            return
        guard = "much_of != 0" if self.event == "opening" else "1"
        with self.w.block(f"if {guard}:"):
            self.make.write(self.make.code("counted", unit.name), "much_of")
            self.parts.tallies.count("earned", unit.name, "much_of")
