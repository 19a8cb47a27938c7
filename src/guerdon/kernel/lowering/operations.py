"""Arithmetic on what is on the stack, as Python means it: rounded down, never wrapped around.

Each takes its operands from the stack, of which intervals are known, and leaves the result; `trap` is the label where
whatever isn't proved leads.
"""

from __future__ import annotations

from guerdon.kernel.lowering import encoding
from guerdon.kernel.lowering.encoding import Code, Width
from guerdon.kernel.lowering.interval import WORD, Interval
from guerdon.kernel.lowering.tree import Arithmetic


def converted(code: Code, have: Width, want: Width, value: Interval) -> None:
    if have < want:
        code.raw(encoding.EXTEND_UNSIGNED if value[0] >= 0 else encoding.EXTEND_SIGNED)
    elif have > want:
        code.raw(encoding.WRAP)


def kept(code: Code, trap: int, value: Interval, bounds: Interval, width: Width) -> None:
    """The value on the stack, which stays there; a trap unless it lies in the bounds."""
    low, high = bounds
    below, above = value[0] < low, value[1] > high
    if not below and not above:
        return
    held = code.borrow(width)
    code.tee(held)
    if below and above:
        if low:
            code.constant(low, width)
            code.do("-", width)
        code.constant(high - low, width)
        code.do(">u", width)
    else:
        code.constant(low if below else high, width)
        code.do("<" if below else ">", width)
    code.jump_if(trap)
    code.get(held)
    code.give_back(held)


def by_power_of_two(code: Code, quotient: bool, left: Interval, divisor: int, width: Width) -> None:
    """Quotient or remainder of the value on the stack: a shift or a mask, which round down."""
    code.constant(divisor.bit_length() - 1 if quotient else divisor - 1, width)
    code.do((">>u" if left[0] >= 0 else ">>") if quotient else "&", width)


def floored(code: Code, quotient: bool, right: Interval, width: Width) -> None:
    """Quotient or remainder: WebAssembly's is toward zero, so one less (or a divisor more) where the remainder has another
    sign than the divisor. It traps by itself at zero and at a quotient too large.
    """
    dividend, divisor, rest, toward = (code.borrow(width) for _ in range(4))
    code.set(divisor)
    code.tee(dividend)
    code.get(divisor)
    if quotient:
        code.do("/", width)
        code.set(toward)
        code.get(dividend)
        code.get(toward)
        code.get(divisor)
        code.do("*", width)
        code.do("-", width)
    else:
        code.do("rem", width)
    code.set(rest)
    code.get(toward if quotient else rest)
    code.get(rest)
    if right[0] < 0:
        code.get(divisor)
        code.do("^", width)
    code.constant(width - 1, width)
    code.do(">>", width)
    if right[0] < 0:
        code.constant(0, width)
        code.get(rest)
        code.constant(0, width)
        code.do("!=", width)
        code.raw(encoding.SELECT)
    if not quotient:
        code.get(divisor)
        code.do("&", width)
    code.do("+", width)
    code.give_back(dividend, divisor, rest, toward)


def checked_sum(code: Code, trap: int, operation: Arithmetic, left: Interval, right: Interval) -> None:
    """Sum or difference at 64 bits: where the sign of one operand is known, the result has left on one side only."""
    one, other, result = (code.borrow(64) for _ in range(3))
    code.set(other)
    code.tee(one)
    code.get(other)
    code.do(operation, 64)
    code.set(result)
    adds = operation == "+"
    if right[0] >= 0 or right[1] <= 0:
        code.get(result)
        code.get(one)
        code.do("<" if adds == (right[0] >= 0) else ">", 64)
    elif adds and (left[0] >= 0 or left[1] <= 0):
        code.get(result)
        code.get(other)
        code.do("<" if left[0] >= 0 else ">", 64)
    else:
        code.get(one)
        code.get(result if adds else other)
        code.do("^", 64)
        code.get(other if adds else one)
        code.get(result)
        code.do("^", 64)
        code.do("&", 64)
        code.constant(0, 64)
        code.do("<", 64)
    code.jump_if(trap)
    code.get(result)
    code.give_back(one, other, result)


def factors_within_a_word(factor: int) -> Interval:
    """All that can be multiplied by the factor (not zero) without leaving 64 bits."""
    low, high = WORD
    if factor > 0:
        return (-(-low // factor), high // factor)
    return (-(high // -factor), low // factor)


def multiplication() -> bytes:
    """The body of a function of two words: their product, or a trap.

    Of two factors that fit 32 bits each nothing is to be checked; else the product divided by one must give the other.
    """
    code = Code([64, 64])
    product = code.local(64)
    trap = code.begin(encoding.BLOCK)
    code.get(0)
    code.get(1)
    code.do("*", 64)
    code.set(product)
    easy = code.begin(encoding.BLOCK)
    for factor in (0, 1):
        code.get(factor)
        code.constant(1 << 31, 64)
        code.do("+", 64)
    code.do("|", 64)
    code.constant(32, 64)
    code.do(">>u", 64)
    code.do("eqz", 64)
    code.jump_if(easy)
    code.get(0)
    code.do("eqz", 64)
    code.jump_if(easy)
    code.get(product)
    code.get(0)
    code.do("/", 64)
    code.get(1)
    code.do("!=", 64)
    code.jump_if(trap)
    code.end()
    code.get(product)
    code.raw(encoding.RETURN)
    code.end()
    code.raw(encoding.UNREACHABLE)
    return code.body()
