"""What a built-in event that can be undone gave or took by itself, and what of it is undone.

What was given goes as a rule's award does, from its own lot first, but rounded down by the
share of the event that is undone; what was taken comes back into its lots, and what was owed
for it is owed no more.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from guerdon.kernel.lots.chained import Chained
from guerdon.kernel.parts import Parts
from guerdon.kernel.returns.corrected import Earned

POTS = {"redemption": "spent", "adjustment": "taken back"}
"""The built-in events of which this is known, and where what they take goes."""


@dataclass
class Handed:
    """The amounts of the built-in events of a kind.

    Shape: `name` begins the names of what is kept of the events, of which `kept` are those that are kept here: the number of a unit
    (-1: none), how much of it (below zero: taken) and what of that is undone, its lot, and the slices that were taken.
    """

    parts: Parts
    event: str
    name: str
    kept: list[str] = field(init=False)

    def __post_init__(self) -> None:
        named = ("unit", "much", "back", "lot_of", "excused", "from", "upto")
        self.kept = [f"{each}_hand" for each in named]

    def see(self) -> None:
        """Before anything is given or taken."""
        for each in ("place", "from", "upto"):
            self.parts.make.w.line(f"{each}_hand = 0")

    def note(self, at: str) -> None:
        """Keeps what an event gave or took by itself."""
        w, n = self.parts.make.w, self.name
        sign = "0 - " if self.event == "redemption" else ""
        values = {"unit": "b_unit[i] if b_much_is[i] else (-1)", "much": f"{sign}much_of if b_much_is[i] else 0"}
        values |= {"lot_of": "place_hand", "from": "from_hand", "upto": "upto_hand"}
        for each in self.kept:
            w.line(f"{n}_{each}[{at}] = {values.get(each.removesuffix('_hand'), '0')}")

    def undo(self, undone: str, part: tuple[str, str] | None, earned: Earned) -> None:
        """Undoes the share of the event `of` that comes back by now: of the whole and what is left of it, or (None) all."""
        w, n = self.parts.make.w, self.name
        w.line(f"wanted = {n}_much_hand[of]")
        if part is not None:
            whole, left = part
            with w.block(f"if not {undone}:"):
                w.line(f"whole = {whole}")
                w.line(f"size = (wanted if wanted > 0 else 0 - wanted) * (whole - {left}) // whole")
                w.line("wanted = size if wanted > 0 else 0 - size")
        w.line(f"more = wanted - {n}_back_hand[of]")
        for number, unit in enumerate(self.parts.make.program.units.values()):
            with w.block(f"if more != 0 and {n}_unit_hand[of] == {number}:"):
                purse = self.parts.purses.get(unit.name)
                if purse is None:
                    self._uncount(unit.name, earned)
                else:
                    assert isinstance(purse, Chained), "what is given and taken by hand lies in chains"
                    self._of_purse(purse)
        w.line(f"{n}_back_hand[of] = wanted")

    def _of_purse(self, purse: Chained) -> None:
        """Takes back what was given, or gives back what was taken."""
        w, n = self.parts.make.w, self.name
        if self.event == "adjustment":
            with w.block("if more > 0:"):
                purse.take_own("more", "taken back", self.event, f"{n}_lot_of_hand[of]", f"{n}_excused_hand[of]")
        with w.block("if more < 0:"):
            slices = f"{n}_from_hand[of]", f"{n}_upto_hand[of]"
            lot = "(-4) - 4 * (first + row)"  # of the return itself
            purse.give_back(*slices, f"0 - {n}_back_hand[of]", "0 - wanted", POTS[self.event], lot)

    def _uncount(self, unit: str, earned: Earned) -> None:
        """Takes back what was counted, be it below zero, on the day of the event."""
        make, tallies = self.parts.make, self.parts.tallies
        make.write(make.code("uncounted", unit), "0 - more", f"{self.name}_row[of]")
        earned.uncount("earned", unit, "more")
        tallies.count("back", unit, "more")
