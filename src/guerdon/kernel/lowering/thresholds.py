"""Where the interval of a local may come to rest while it grows: what the text compares it with, assigns to it or looks up by it.

Locals that are compared with each other, or assigned to each other, share theirs. A loop is gone over once for each step,
so there are few: the nearest number, the nearest again, then the farthest, then what a machine word knows. A step too far
costs little: it's taken back while narrowing, wherever a condition bounds the local.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, assert_never

from guerdon.kernel.lowering import tree
from guerdon.kernel.lowering.interval import HALF, WORD, Interval
from guerdon.kernel.lowering.memory import Memory

MACHINE = sorted({0, *HALF, *WORD})
NEAR, FAR = 2, 4


class Rests(NamedTuple):
    """Thresholds of one local: for its least and its most, sorted; each a number of the text or one beyond it."""

    lows: list[int]
    highs: list[int]

    def grown(self, old: Interval, new: Interval, time: int) -> Interval:
        """`old` and `new`, each side that grew set to a threshold; `time` counts from 1 how often the local grew."""
        low, high = old
        if new[0] < low:
            low = max(each for each in self.reached(self.lows, time, 0) if each <= new[0])
        if new[1] > high:
            high = min(each for each in self.reached(self.highs, time, -1) if each >= new[1])
        return (low, high)

    def reached(self, numbers: list[int], time: int, farthest: int) -> list[int]:
        if time <= NEAR:
            return numbers + MACHINE
        return [numbers[farthest], *MACHINE] if time <= FAR else [*WORD]


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
        return Rests(sorted(lows), sorted(highs))

    def root(self, name: str) -> str:
        while self.parents[name] != name:
            name = self.parents[name]
        return name

    def block(self, body: Iterable[tree.Statement]) -> None:
        for node in body:
            match node:
                case tree.Assign(name, value):
                    self.meets(tree.Local(name), value)
                    self.expression(value)
                case tree.Store(array, index, value):
                    self.looked_up(array, index)
                    self.expression(value)
                case tree.Update(array, index, total):
                    self.looked_up(array, index)
                    self.expression(total.right)
                case tree.If(condition, then, otherwise):
                    self.expression(condition)
                    self.block(then)
                    self.block(otherwise)
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
        match node:
            case tree.Load(array, index):
                self.looked_up(array, index)
            case tree.Compare(_, left, right):
                self.meets(left, right)
            case tree.Fits(operand, low, high):
                for name in named(operand):
                    self.numbers[name] |= {low, high}
        for inner in tree.inner(node):
            self.expression(inner)

    def looked_up(self, array: str, index: tree.Expression) -> None:
        for name in named(index):
            self.numbers[name] |= {0, self.memory.arrays[array].count}
        self.expression(index)

    def meets(self, one: tree.Expression, other: tree.Expression) -> None:
        """What decides one side and what decides the other are alike."""
        left, right = named(one), named(other)
        for name in (*left[1:], *right):
            self.parents[self.root(name)] = self.root((*left, *right)[0])
        for names, side in ((left, other), (right, one)):
            for name in names[:1]:
                self.numbers[name] |= self.told(side)

    def told(self, node: tree.Expression) -> set[int]:
        match node:
            case tree.Constant(value):
                return {value}
            case tree.Load(array):
                return set(self.memory.arrays[array].bounds)
            case tree.Fits(_, low, high):
                return {low, high}
            case tree.Choice(_, chosen, otherwise):
                return self.told(chosen) | self.told(otherwise)
        return set()


def named(node: tree.Expression) -> tuple[str, ...]:
    """The locals that an expression is, but for a constant step."""
    match node:
        case tree.Local(name):
            return (name,)
        case tree.Binary("+" | "-", inner, tree.Constant()) | tree.Fits(inner):
            return named(inner)
        case tree.Choice(_, chosen, otherwise):
            return (*named(chosen), *named(otherwise))
    return ()
