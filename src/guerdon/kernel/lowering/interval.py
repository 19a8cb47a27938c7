"""Intervals of integers: what arithmetic makes of two of them, and what a comparison leaves of them."""

from __future__ import annotations

from guerdon.kernel.lowering.tree import Arithmetic, Comparison

Interval = tuple[int, int]
"""The least and the most of it, both in it."""

WORD: Interval = (-(1 << 63), (1 << 63) - 1)
HALF: Interval = (-(1 << 31), (1 << 31) - 1)
TRUTH: Interval = (0, 1)
MIRRORED: dict[Comparison, Comparison] = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
OPPOSITE: dict[Comparison, Comparison] = {"<": ">=", ">=": "<", "<=": ">", ">": "<=", "==": "!=", "!=": "=="}


def within(inner: Interval, outer: Interval) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def joined(one: Interval, other: Interval) -> Interval:
    return (min(one[0], other[0]), max(one[1], other[1]))


def met(one: Interval, other: Interval) -> Interval | None:
    """What is in both; None if nothing is."""
    low, high = max(one[0], other[0]), min(one[1], other[1])
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


def compared(comparison: Comparison, left: Interval, right: Interval) -> tuple[Interval, Interval] | None:
    """What is left of both sides where the comparison holds; None where it never does."""
    (a, b), (c, d) = left, right
    match comparison:
        case "<":
            return ((a, min(b, d - 1)), (max(c, a + 1), d)) if a < d else None
        case "<=":
            return ((a, min(b, d)), (max(c, a), d)) if a <= d else None
        case "==":
            both = met(left, right)
            return None if both is None else (both, both)
        case "!=":
            return None if a == b == c == d else (without(left, right), without(right, left))
        case _:
            other = compared(MIRRORED[comparison], right, left)
            return None if other is None else (other[1], other[0])


def without(one: Interval, other: Interval) -> Interval:
    """`one` less a single number that lies at its edge (both are not the same single number)."""
    if other[0] != other[1]:
        return one
    return (one[0] + (one[0] == other[0]), one[1] - (one[1] == other[0]))
