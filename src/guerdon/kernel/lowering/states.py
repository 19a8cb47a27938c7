"""What is known of the locals at one place of a text, and what several ways to it leave of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from guerdon.kernel.lowering.interval import Interval, joined

State = list[Interval]
"""By the number of a local what it can be; `UNSET` where it may have no value. Who is given a state may change it."""

Bounds = Mapping[str, Mapping[str, Interval]]
"""For each function that is called from outside: the bounds of its parameters."""

UNSET: Interval = (1, 0)
"""No value: told by identity."""


class Never(Exception):
    """Nothing after this place is ever reached."""


def cut(state: State, local: int, low: int, high: int) -> None:
    """Cuts a local to what lies from `low` through `high`."""
    held = state[local]
    if held[0] >= low:
        low = held[0]
        if held[1] <= high:
            return
    elif held[1] <= high:
        high = held[1]
    if low > high:
        raise Never
    state[local] = (low, high)


def either(one: State | None, other: State | None, touched: Iterable[int]) -> State | None:
    """The state where two ways meet, `one` changed into it; they may differ in the locals that are `touched`, no others."""
    if one is None:
        return other
    if other is None:
        return one
    for local in touched:
        held, met = one[local], other[local]
        if held is met or held is UNSET:
            continue
        if met is UNSET or (met[0] <= held[0] and held[1] <= met[1]):
            one[local] = met
        elif met[0] < held[0] or held[1] < met[1]:
            one[local] = joined(held, met)
    return one


def joined_all(one: tuple[Interval, ...], other: tuple[Interval, ...]) -> tuple[Interval, ...]:
    return tuple(joined(*pair) for pair in zip(one, other, strict=True))
