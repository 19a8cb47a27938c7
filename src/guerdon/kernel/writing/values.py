"""Values in a text: integers over denominators that are known when it is written.

A quotient by something that is known only at run time has that in its denominator too,
until it is compared, rounded or applied.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm

from guerdon.program.nodes import RoundMode


@dataclass(frozen=True)
class Value:
    """`text / (over * by)`; it is missing where `there` (None: it is always there) does not hold.

    Shape: `text` is an expression that stands anywhere (a name, a number, or in parentheses);
    `over` is above zero, `by` (None: 1) a name of something above zero. `positive`: known not
    to be below zero. Units: quantities in whole units; days, codes and conditions over 1.
    """

    text: str
    over: int = 1
    by: str | None = None
    there: str | None = None
    positive: bool = False

    @property
    def constant(self) -> Fraction | None:
        """Its value, where that is known."""
        if self.by is None and self.there is None and self.text.strip("()").lstrip("-").isdigit():
            return Fraction(int(self.text.strip("()")), self.over)
        return None


def const(value: Fraction | int) -> Value:
    """A value that is known."""
    value = Fraction(value)
    return Value(_number(value.numerator), value.denominator, positive=value >= 0)


def _number(value: int) -> str:
    return str(value) if value >= 0 else f"({value})"


def times(text: str, by: int) -> str:
    """The product with a known number."""
    if by == 1:
        return text
    if text.lstrip("-").isdigit():
        return _number(int(text) * by)
    return f"({text} * {_number(by)})"


def product(*factors: str | None) -> str:
    """The product of some texts; None is 1."""
    named = [each for each in factors if each is not None and each != "1"]
    if any(each == "0" for each in named):
        return "0"
    return named[0] if len(named) == 1 else f"({' * '.join(named)})" if named else "1"


def both(left: str | None, right: str | None) -> str | None:
    """That two conditions hold; None: a condition that always does."""
    if left is None or right is None or left == right:
        return left if right is None else right
    return f"({left} and {right})"


def reduced(over: int, *factors: int) -> tuple[int, ...]:
    """A known denominator and numerators without their common divisor."""
    divisor = gcd(over, *factors)
    return (over // divisor, *(each // divisor for each in factors))


def scaled(value: Value, by: Fraction) -> Value:
    """A value times a known number."""
    if value.constant is not None:
        return const(value.constant * by)
    over, numerator = reduced(value.over * by.denominator, by.numerator)
    return replace(value, text=times(value.text, numerator), over=over, positive=value.positive and by >= 0)


def added(left: Value, right: Value, sign: int = 1) -> Value:
    """The sum, or (`sign` -1) the difference."""
    if left.constant is not None and right.constant is not None:
        return const(left.constant + sign * right.constant)
    (one, other), over, by = aligned(left, right)
    text = one if other == "0" else f"({one} {'+' if sign > 0 else '-'} {other})"
    positive = left.positive and right.positive and sign > 0
    return Value(text, over, by, both(left.there, right.there), positive)


def multiplied(left: Value, right: Value) -> Value:
    """The product."""
    if left.constant is not None:
        return scaled(right, left.constant)
    if right.constant is not None:
        return scaled(left, right.constant)
    by = None if left.by is None and right.by is None else product(left.by, right.by)
    there = both(left.there, right.there)
    return Value(product(left.text, right.text), left.over * right.over, by, there, left.positive and right.positive)


def aligned(*values: Value) -> tuple[list[str], int, str | None]:
    """Texts of some values over one denominator, and this one."""
    over = lcm(*(each.over for each in values))
    dividers = [*dict.fromkeys(each.by for each in values if each.by is not None)]
    texts = [product(times(each.text, over // each.over), *(by for by in dividers if by != each.by)) for each in values]
    return texts, over, product(*dividers) if dividers else None


def compared(operator: str, left: Value, right: Value) -> str:
    """A comparison of two values that are there."""
    (one, other), _, _ = aligned(left, right)
    return f"({one} {operator} {other})"


def floored(value: Value, step: Fraction = Fraction(1)) -> str:
    """How many whole steps are in a value that is not below zero."""
    over, numerator = reduced(value.over * step.numerator, step.denominator)
    text = times(value.text, numerator)
    by = product(str(over), value.by)
    return text if by == "1" else f"({text} // {by})"


def rounding(name: str, value: Value, step: Fraction, mode: RoundMode) -> tuple[list[str], str]:
    """Lines that reckon the whole steps of a value that is not below zero, and the name of their number.

    Shape: `name` begins the names that the lines need.
    """
    over, numerator = reduced(value.over * step.numerator, step.denominator)
    text, by = times(value.text, numerator), product(str(over), value.by)
    if by == "1":
        return [f"{name} = {text}"], name
    if mode is RoundMode.DOWN:
        return [f"{name} = {text} // {by}"], name
    lines = [f"{name}_of = {text}", f"{name} = {name}_of // {by}", f"{name}_rest = {name}_of % {by}"]
    match mode:
        case RoundMode.UP:
            up = f"({name}_rest > 0)"
        case RoundMode.HALF_UP:
            up = f"(2 * {name}_rest >= {by})"
        case _:
            up = f"((2 * {name}_rest > {by}) | ((2 * {name}_rest == {by}) & ({name} & 1)))"
    return [*lines, f"{name} = {name} + {up}"], name
