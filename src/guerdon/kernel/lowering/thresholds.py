"""Where the interval of a local may come to rest while it grows: what the text compares it with, assigns to it or looks up by it.

Locals that are compared with each other, or assigned to each other, share theirs. A loop is gone over once for each step,
so there are few: the nearest number, the nearest again, then the farthest, then what a machine word knows. A step too far
costs little: it's taken back while narrowing, wherever a condition bounds the local.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from typing import assert_never

from guerdon.kernel.lowering import tree
from guerdon.kernel.lowering.interval import HALF, WORD, Interval
from guerdon.kernel.lowering.memory import Memory

MACHINE = sorted({0, *HALF, *WORD})
NEAR, FAR = 2, 4


class Rests:
    """Thresholds of one local: for its least and its most; each a number of the text or one beyond it.

    Shape: `lows` and `highs` are sorted.
    """

    def __init__(self, lows: Iterable[int], highs: Iterable[int]) -> None:
        self.lows, self.highs = sorted(lows), sorted(highs)

    def grown(self, old: Interval, new: Interval, time: int) -> Interval:
        """`old` and `new`, each side that grew set to a threshold; `time` counts from 1 how often the local grew."""
        low, high = old
        if new[0] < low:
            numbers = self.reached(self.lows, time, 0)
            low = numbers[bisect_right(numbers, new[0]) - 1]
        if new[1] > high:
            numbers = self.reached(self.highs, time, -1)
            high = numbers[bisect_left(numbers, new[1])]
        return (low, high)

    def reached(self, numbers: list[int], time: int, farthest: int) -> list[int]:
        if time <= NEAR:
            return sorted(numbers + MACHINE)
        return sorted([numbers[farthest], *MACHINE]) if time <= FAR else [*WORD]


ANY = Rests([0], [0])


def thresholds(function: tree.Function, memory: Memory, parameters: Mapping[str, Interval]) -> dict[str, Rests]:
    """For each local where it may rest."""
    found = Kin(function, memory)
    for name, bounds in parameters.items():
        found.numbers[name] |= set(bounds)
    found.block(function.body)
    return found.thresholds()


class Kin:
    """Which locals belong together, and the numbers of each."""

    def __init__(self, function: tree.Function, memory: Memory) -> None:
        self.memory = memory
        self.names = (*function.parameters, *function.assigned)
        self.parents = {name: name for name in self.names}
        self.numbers: dict[str, set[int]] = {name: set() for name in self.names}

    def thresholds(self) -> dict[str, Rests]:
        shared: dict[str, set[int]] = {}
        for name in self.names:
            shared.setdefault(self.root(name), set()).update(self.numbers[name])
        rests = {root: self.rests({0, *numbers}) for root, numbers in shared.items()}
        return {name: rests[self.root(name)] for name in self.names}

    def rests(self, numbers: set[int]) -> Rests:
        lows = {max(each - step, WORD[0]) for each in numbers for step in (0, 1)}
        highs = {min(each + step, WORD[1]) for each in numbers for step in (0, 1)}
        return Rests(lows, highs)

    def root(self, name: str) -> str:
        while self.parents[name] != name:
            name = self.parents[name]
        return name

    def block(self, body: Iterable[tree.Statement]) -> None:
        for node in body:
            match node:
                case tree.Assign(name, value):
                    self.meet((name,), None, named(value), value)
                    self.expression(value)
                case tree.If(condition, then, otherwise):
                    self.expression(condition)
                    self.block(then)
                    self.block(otherwise)
                case tree.Store(array, index, value):
                    self.looked_up(array, index)
                    self.expression(value)
                case tree.Update(array, index, total):
                    self.looked_up(array, index)
                    self.expression(total.right)
                case tree.While(condition, inner):
                    self.expression(condition)
                    self.block(inner)
                case tree.Return(value) | tree.Discard(value):
                    self.expression(value)
                case tree.Break() | tree.Continue():
                    pass
                case _:
                    assert_never(node)

    def expression(self, node: tree.Expression) -> None:
        if isinstance(node, (tree.Local, tree.Constant)):
            return
        if isinstance(node, tree.Load):
            self.looked_up(node.array, node.index)
            return
        if isinstance(node, tree.Compare):
            self.meet(named(node.left), node.left, named(node.right), node.right)
        elif isinstance(node, tree.Fits):
            for name in named(node.operand):
                self.numbers[name] |= {node.low, node.high}
        for inner in tree.inner(node):
            self.expression(inner)

    def looked_up(self, array: str, index: tree.Expression) -> None:
        for name in named(index):
            self.numbers[name] |= {0, self.memory.arrays[array].count}
        self.expression(index)

    def meet(
        self, left: tuple[str, ...], one: tree.Expression | None, right: tuple[str, ...], other: tree.Expression
    ) -> None:
        """What decides one side and what decides the other are alike."""
        names = left + right
        for name in names[1:]:
            self.parents[self.root(name)] = self.root(names[0])
        if left:
            self.told(self.numbers[left[0]], other)
        if right and one is not None:
            self.told(self.numbers[right[0]], one)

    def told(self, numbers: set[int], node: tree.Expression) -> None:
        """Adds what an expression says of what it is compared with, or assigned to."""
        if isinstance(node, tree.Constant):
            numbers.add(node.value)
        elif isinstance(node, tree.Fits):
            numbers.update((node.low, node.high))
        elif isinstance(node, tree.Load):
            numbers.update(self.memory.arrays[node.array].bounds)
        elif isinstance(node, tree.Choice):
            self.told(numbers, node.chosen)
            self.told(numbers, node.otherwise)


def named(node: tree.Expression) -> tuple[str, ...]:
    """The locals that an expression is, but for a constant step."""
    if isinstance(node, tree.Local):
        return (node.name,)
    if isinstance(node, tree.Binary):
        return named(node.left) if node.operation in ("+", "-") and isinstance(node.right, tree.Constant) else ()
    if isinstance(node, tree.Fits):
        return named(node.operand)
    if isinstance(node, tree.Choice):
        return named(node.chosen) + named(node.otherwise)
    return ()
