"""S as one expression, for peers that judge one event at a time: a list of three awards, or of nothing where it is no purchase.

Each peer has the form that was fastest of those tried: one expression beat three, and looking first whether it is a purchase beat looking in each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.benchmarks.peers import Side
from tests.benchmarks.workload import DINING, PURCHASE, SATURDAY, Facts, Sums, agree, campaigns

Awards = Callable[[dict[str, int]], Sequence[Any]]


def text(and_: str, or_: str) -> str:
    """The expression, in the signs that zen, CEL and rule-engine have in common, with their words for `and` and `or`."""
    held = f" {or_} ".join(f"(day >= {first} {and_} day < {after})" for first, after in campaigns())
    dining = f"category == {DINING} {and_} weekday >= {SATURDAY}"
    return f"kind == {PURCHASE} ? [dollars, ({dining}) ? 2 * dollars : 0, ({held}) ? dollars : 0] : [0, 0, 0]"


def side(name: str, given: Facts, awards: Awards) -> Side:
    """A run over all events, one call each. Errors: Wrong."""

    def run() -> Sums:
        base = dining = campaign = 0
        for event in given.events:
            one, two, three = awards(event)
            base += one
            dining += two
            campaign += three
        return Sums(int(base), int(dining), int(campaign))

    return Side(name, len(given.events), run, agree(name, run(), given.expected))
