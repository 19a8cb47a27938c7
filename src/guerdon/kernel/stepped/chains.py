"""Lots that stand in rings, as a session keeps them: in few places, each ring in its order.

A run leaves the places of lots of which nothing is left; between two events these are let go of once they are many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from guerdon.kernel.days import NEVER
from guerdon.kernel.lots.places import Places

Columns = Mapping[str, Sequence[int]]
"""What is kept of places, by what it is: `of`, `end` and others."""

LINKS = ("after", "before", "same")


@dataclass(frozen=True)
class Chain:
    """The places of a purse: the first belong to its rings, one for each `expires` line.

    Shape: `name` begins the names of its lists; `kept` are those that say something of a lot.
    """

    name: str
    rings: int
    kept: tuple[str, ...]

    def lists(self) -> Iterator[str]:
        """The names of all its lists."""
        yield from (f"{self.name}_{each}" for each in (*self.kept, *LINKS))

    def live(self, places: Columns) -> list[int]:
        """The places of lots of which something is left."""
        return [place for place in range(self.rings, len(places["of"])) if places["of"][place]]

    def compacted(self, places: Columns) -> dict[str, list[int]]:
        """The places without those of which nothing is left."""
        live = self.live(places)
        return self.placed({each: [places[each][place] for place in live] for each in self.kept})

    def placed(self, lots: Columns) -> dict[str, list[int]]:
        """The places of lots in the order in which they came to be there."""
        empty = {each: NEVER if each == "end" else 0 for each in self.kept}
        found = {each: [empty[each]] * self.rings + [*lots[each]] for each in self.kept}
        count = len(found["of"])
        found |= {each: [0] * count for each in LINKS}
        lines, noted = found.get("line") or [0] * count, found.get("noted") or [0] * count
        for ring in range(self.rings):
            mine = [place for place in range(self.rings, count) if lines[place] == ring]
            around = [ring, *sorted(mine, key=lambda place: (found["end"][place], place)), ring]
            for before, after in pairwise(around):
                found["after"][before], found["before"][after] = after, before
            found["same"][ring] = max((place for place in mine if not noted[place]), default=0)
        return found


def chains(purses: Iterable[object]) -> Iterator[Chain]:
    """The purses of which all that is kept of lots is known here: nothing is held, put off, given back, or taken from an award's own lot."""
    for purse in purses:
        if isinstance(purse, Places) and not (
            purse.holds or purse.own or purse.restores or purse.by_hand or purse.life.float or purse.life.taking_over
        ):
            arrays = purse.make.lists
            said = [each for each in ("of", "end", "lot", "noted", "day", "line") if f"{purse.name}_{each}" in arrays]
            yield Chain(purse.name, purse.rings.count, tuple(said))
