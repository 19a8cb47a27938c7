"""Intervals of integers: what arithmetic makes of two of them, and what a comparison leaves of them."""

from __future__ import annotations

from collections.abc import Callable

from guerdon.kernel.lowering.tree import Arithmetic, Comparison

Interval = tuple[int, int]
"""The least and the most of it, both in it."""

Comparing = Callable[[Interval, Interval], tuple[Interval, Interval] | None]

WORD: Interval = (-(1 << 63), (1 << 63) - 1)
HALF: Interval = (-(1 << 31), (1 << 31) - 1)
TRUTH: Interval = (0, 1)
OPPOSITE: dict[Comparison, Comparison] = {"<": ">=", ">=": "<", "<=": ">", ">": "<=", "==": "!=", "!=": "=="}


def within(inner: Interval, outer: Interval) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def joined(one: Interval, other: Interval) -> Interval:
    return (one[0] if one[0] < other[0] else other[0], one[1] if one[1] > other[1] else other[1])


def met(one: Interval, other: Interval) -> Interval | None:
    """What is in both; None if nothing is."""
    low, high = one[0] if one[0] > other[0] else other[0], one[1] if one[1] < other[1] else other[1]
    return (low, high) if low <= high else None


def combined(operation: Arithmetic, left: Interval, right: Interval) -> Interval | None:
    """All that the operation can come to; None where it never comes to anything (a divisor that is always zero)."""
    (a, b), (c, d) = left, right
    match operation:
        case "+":
            return (a + c, b + d)
        case "-":
            return (a - d, b - c)
        case "*":
            corners = (a * c, a * d, b * c, b * d)
            return (min(corners), max(corners))
        case "//":
            return divided(left, right)
        case "%":
            return remaining(left, right)
        case "<<":
            return (a << c, b << c)
        case ">>":
            return (a >> c, b >> c)
        case "&" | "|" | "^":
            return bitwise(operation, left, right)


def divided(left: Interval, right: Interval) -> Interval | None:
    (a, b), (c, d) = left, right
    divisors = [each for each in {c, d, *(x for x in (-1, 1) if c <= x <= d)} if each]
    if not divisors:
        return None
    corners = [dividend // divisor for dividend in (a, b) for divisor in divisors]
    return (min(corners), max(corners))


def remaining(left: Interval, right: Interval) -> Interval | None:
    (a, b), (c, d) = left, right
    if (c, d) == (0, 0):
        return None
    if a >= 0 and c > b:
        return left
    high = min(d - 1, b) if a >= 0 and c > 0 else max(d - 1, 0)
    return (min(c + 1, 0), high)


def bitwise(operation: Arithmetic, left: Interval, right: Interval) -> Interval:
    (a, b), (c, d) = left, right
    if operation == "&" and (a >= 0 or c >= 0):
        return (0, min(each[1] for each in (left, right) if each[0] >= 0))
    bits = max(each.bit_length() if each >= 0 else (~each).bit_length() for each in (a, b, c, d))
    most = (1 << bits) - 1
    if a >= 0 and c >= 0:
        return (max(a, c) if operation == "|" else 0, most)
    return (-most - 1, -1 if operation == "|" and (b < 0 or d < 0) else most)


def less(left: Interval, right: Interval) -> tuple[Interval, Interval] | None:
    (a, b), (c, d) = left, right
    return ((a, b if b < d else d - 1), (c if c > a else a + 1, d)) if a < d else None


def less_or_same(left: Interval, right: Interval) -> tuple[Interval, Interval] | None:
    (a, b), (c, d) = left, right
    return ((a, b if b < d else d), (c if c > a else a, d)) if a <= d else None


def more(left: Interval, right: Interval) -> tuple[Interval, Interval] | None:
    (a, b), (c, d) = left, right
    return ((a if a > c else c + 1, b), (c, d if d < b else b - 1)) if c < b else None


def more_or_same(left: Interval, right: Interval) -> tuple[Interval, Interval] | None:
    (a, b), (c, d) = left, right
    return ((a if a > c else c, b), (c, d if d < b else b)) if c <= b else None


def same(left: Interval, right: Interval) -> tuple[Interval, Interval] | None:
    both = met(left, right)
    return None if both is None else (both, both)


def other(left: Interval, right: Interval) -> tuple[Interval, Interval] | None:
    if left[0] == left[1] == right[0] == right[1]:
        return None
    return (without(left, right), without(right, left))


COMPARED: dict[Comparison, Comparing] = {
    "<": less,
    "<=": less_or_same,
    ">": more,
    ">=": more_or_same,
    "==": same,
    "!=": other,
}
"""What is left of both sides where a comparison holds; None where it never does."""


def without(one: Interval, other: Interval) -> Interval:
    """`one` less a single number that lies at its edge (both are not the same single number)."""
    if other[0] != other[1]:
        return one
    return (one[0] + (one[0] == other[0]), one[1] - (one[1] == other[0]))
