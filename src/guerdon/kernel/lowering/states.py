"""What is known of the locals at one place of a text, and what several ways to it leave of that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from guerdon.kernel.lowering import tree
from guerdon.kernel.lowering.interval import WORD, Interval, joined, met
from guerdon.kernel.lowering.memory import Memory

State = dict[str, Interval]
Bounds = Mapping[str, Mapping[str, Interval]]
"""For each function that is called from outside: the bounds of its parameters."""


class Never(Exception):
    """Nothing after this place is ever reached."""


def cut(node: tree.Expression, bounds: Interval, state: State) -> None:
    """Cuts the local that decides what the expression is, if it's one, to what keeps the expression in the bounds."""
    match node:
        case tree.Local(name):
            kept = met(state[name], bounds)
            if kept is None:
                raise Never
            state[name] = kept
        case tree.Binary("+", inner, tree.Constant(number)):
            cut(inner, (bounds[0] - number, bounds[1] - number), state)
        case tree.Binary("-", inner, tree.Constant(number)):
            cut(inner, (bounds[0] + number, bounds[1] + number), state)
        case tree.Fits(inner):
            cut(inner, bounds, state)
        case _:
            pass


def become(state: State, other: State | None) -> None:
    if other is None:
        raise Never
    if state is not other:
        state.clear()
        state.update(other)


def either(one: State | None, other: State | None) -> State | None:
    """The state where two ways meet: what has a value on both."""
    if one is None or other is None:
        return other if one is None else one
    return {
        name: held if (met_ := other[name]) == held else joined(held, met_)
        for name, held in one.items()
        if name in other
    }


def joined_all(one: tuple[Interval, ...], other: tuple[Interval, ...]) -> tuple[Interval, ...]:
    return tuple(joined(*pair) for pair in zip(one, other, strict=True))


def thresholds(module: tree.Module, memory: Memory, bounds: Bounds) -> list[int]:
    """Where a growing interval may come to rest: numbers of the text, of its arrays and parameters, and powers of two."""
    found = {0, *WORD, *(sign * (1 << bits) - less for bits in (31, 32, 53) for sign in (1, -1) for less in (0, 1))}
    for array in memory.arrays.values():
        found |= {array.count, *array.bounds, *(2 * bound for bound in array.bounds)}
    for declared in bounds.values():
        found |= {bound for interval in declared.values() for bound in interval}
    for function in module.functions.values():
        found |= {number for statement in function.body for number in numbers(statement)}
    near = {each + step for each in found for step in (-1, 0, 1)}
    return sorted(each for each in near if WORD[0] <= each <= WORD[1])


def numbers(node: Any) -> Iterator[int]:
    match node:
        case tree.Constant(value):
            yield value
        case tree.Fits(operand, low, high):
            yield from (low, high, *numbers(operand))
        case tuple():
            for each in node:
                yield from numbers(each)
        case _ if is_dataclass(node):
            for field in fields(node):
                yield from numbers(getattr(node, field.name))
