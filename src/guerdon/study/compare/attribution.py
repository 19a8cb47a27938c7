"""Which change brings which part of the difference.

The changes are made one after the other, once in the order of the newer version and once in the reverse; with each, the
program is run. What a change brings is the mean of what the figures move by with it, in either order.

Laws: the parts sum to the whole difference, exactly: each order begins with the old version and ends with the new one.
What two changes bring only together is shared between them by halves; where no more than two come together, the mean over
these two orders is that over all orders, which is Shapley's value (L. S. Shapley, A Value for n-Person Games, 1953).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

Figure = TypeVar("Figure")
"""What is attributed: a unit, a rule."""

Figures = Mapping[Figure, Fraction]

ZERO = Fraction(0)
HALF = Fraction(1, 2)


def subsets(count: int) -> Iterator[frozenset[int]]:
    """The changes that are made at each step, in either order, without repetition: first none, then all, then those between."""
    steps = (frozenset(order[:made]) for order in _orders(count) for made in range(count + 1))
    yield from dict.fromkeys((frozenset[int](), frozenset(range(count)), *steps))


def attributed(count: int, figures: Callable[[frozenset[int]], Figures[Figure]]) -> list[dict[Figure, Fraction]]:
    """What each change brings, by figure; `figures` says what they are with some of the changes made."""
    found: list[dict[Figure, Fraction]] = [{} for _ in range(count)]
    for order in _orders(count):
        steps = [figures(frozenset(order[:made])) for made in range(count + 1)]
        for change, (before, after) in zip(order, pairwise(steps), strict=True):
            for name, much in moved(before, after).items():
                found[change][name] = found[change].get(name, ZERO) + HALF * much
    return found


def moved(before: Figures[Figure], after: Figures[Figure]) -> dict[Figure, Fraction]:
    """By how much each figure is another."""
    return {name: after.get(name, ZERO) - before.get(name, ZERO) for name in {**before, **after}}


def _orders(count: int) -> tuple[Sequence[int], Sequence[int]]:
    forward = range(count)
    return forward, forward[::-1]
