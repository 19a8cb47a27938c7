"""Which of many values meets a target, found by few runs.

Values stand at places from 0 on. The first and the last are run, and some between them. Wherever two neighbours of those that were run differ
in whether they meet the target, the value in the middle between them is run, until they stand side by side: then the boundary is exact. If what was
seen goes one way, there is no other boundary among the values that were not run, as far as that holds in between. If it goes up and down, more
values are run, and whoever asked is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from itertools import pairwise

from guerdon.study.conditions.condition import Condition

FEW = 16
"""So many values are all run; and so many at least where the figure goes up and down."""
FIRST = 5
"""So many are run first of more than a few: the ends, and what stands between them at equal distances."""


class Way(Enum):
    """How the figure goes as the value rises, wherever it was run."""

    RISES = "never falls"
    FALLS = "never rises"
    LEVEL = "is the same"
    TURNS = "goes up and down"


@dataclass
class Search:
    """The values that were run, and their figures: None where there is none.

    Shape: `figure` runs the value at a place; it is asked once for each.
    """

    target: Condition
    count: int
    figure: Callable[[int], Fraction | None]
    found: dict[int, Fraction | None] = field(default_factory=dict)

    def run(self, every: bool) -> None:
        """Runs values until each boundary that is seen is exact; `every`: all of them."""
        self._try(range(self.count) if every or self.count <= FEW else _apart(self.count, FIRST))
        looked_closely = False
        while True:
            if self.way is Way.TURNS and not looked_closely:
                looked_closely = True
                self._try(_apart(self.count, FEW))
            middle = self._between()
            if middle is None:
                return
            self._try([middle])

    def _try(self, places: Iterable[int]) -> None:
        for at in places:
            if at not in self.found:
                self.found[at] = self.figure(at)

    def _between(self) -> int | None:
        """A place between two neighbours of which one meets the target, or is on another side of it, and the other is not; None: all stand side by side."""
        for left, right in pairwise(sorted(self.found)):
            if right - left > 1 and self._side(left) != self._side(right):
                return (left + right) // 2
        return None

    def _side(self, at: int) -> object:
        """What neighbours differ in: whether there is a figure, and it meets the target; of one that is a single figure, on which side of it they are."""
        figure = self.found[at]
        if figure is None:
            return None
        if self.target.operator != "=":
            return self.meets(at)
        return (figure > self.target.goal) - (figure < self.target.goal)

    # ---------------------------------------------------------------- what was found

    def meets(self, at: int) -> bool:
        """Whether a value that was run meets the target."""
        figure = self.found.get(at)
        return figure is not None and self.target.met_by(figure)

    @property
    def way(self) -> Way:
        """How the figure goes from each value to the next that was run."""
        figures = [figure for _, figure in sorted(self.found.items()) if figure is not None]
        rises = any(left < right for left, right in pairwise(figures))
        falls = any(left > right for left, right in pairwise(figures))
        return {(True, True): Way.TURNS, (True, False): Way.RISES, (False, True): Way.FALLS}.get(
            (rises, falls), Way.LEVEL
        )

    @property
    def is_whole(self) -> bool:
        """Whether all values were run."""
        return len(self.found) == self.count

    def best(self, now: Fraction) -> int | None:
        """The place of the value that meets the target, or else comes nearest to it; None where there is no figure at all.

        Shape: where several meet it: one at a boundary, nearest to the target; of one that is a single figure, the value nearest to the present
        one, which stands at the place `now`.
        """
        meeting = [at for at in self.found if self.meets(at)]
        if meeting and self.target.operator == "=":
            return min(meeting, key=lambda at: (abs(at - now), at))
        edges = [at for at in meeting if self.beyond(at)]
        among = edges or meeting or [at for at, figure in self.found.items() if figure is not None]
        return min(among, key=lambda at: (self.distance(at), not self.beyond(at), abs(at - now), at), default=None)

    def distance(self, at: int) -> Fraction:
        """How far a figure is from the target."""
        figure = self.found[at]
        assert figure is not None
        return abs(figure - self.target.goal)

    def beyond(self, at: int) -> list[int]:
        """The values next to one that are on another side of the target."""
        return [each for each in (at - 1, at + 1) if each in self.found and self._side(each) != self._side(at)]

    def stretch(self, at: int) -> tuple[int, int]:
        """The first and the last of the values around one that meet the target, as far as was seen."""
        places = sorted(self.found)
        here = places.index(at)
        first = last = here
        while first > 0 and self.meets(places[first - 1]):
            first -= 1
        while last + 1 < len(places) and self.meets(places[last + 1]):
            last += 1
        return places[first], places[last]


def _apart(count: int, some: int) -> list[int]:
    """Some places at equal distances, the first and the last among them."""
    return [at * (count - 1) // (some - 1) for at in range(some)]
