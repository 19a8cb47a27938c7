"""What is known of the locals at one place of a text, and what several ways to it leave of that."""

from __future__ import annotations

from collections.abc import Container, Mapping

from guerdon.kernel.lowering import tree
from guerdon.kernel.lowering.interval import Interval, joined, met

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


def entered(entry: State, back: State | None, assigned: Container[str]) -> State:
    """The state at a loop's head, of those at its entry and at the end of a turn."""
    if back is None:
        return entry
    both = {name: held if name not in assigned else back.get(name) for name, held in entry.items()}
    return {name: joined(entry[name], turned) for name, turned in both.items() if turned is not None}


def holds(head: State, back: State) -> bool:
    """Whether all of `back` is in `head` already."""
    for name, held in head.items():
        new = back.get(name)  # None: on a way that was found only now it has no value
        if new is None or new[0] < held[0] or held[1] < new[1]:
            return False
    return True
