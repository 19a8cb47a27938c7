"""What comes of adding, multiplying, dividing and applying values of given types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import reduce

from guerdon.check.mending import as_type, compared, default
from guerdon.check.names import Names
from guerdon.check.wording import plain, show
from guerdon.program import nodes, types
from guerdon.program.currency import DECIMALS
from guerdon.text.diagnostic import Edit
from guerdon.text.source import Span

MOST_SHOWN = 60
"""How long two values may be together to be written out in a help."""


def combine(operator: str, left: nodes.Expr, right: nodes.Expr, span: Span, names: Names) -> nodes.Expr | None:
    """`left operator right`; reported where the types do not go together."""
    if present(left, names) is None or present(right, names) is None:
        return None
    if operator == "/":
        return _divide(left, right, span, names)
    result = _product(left, right) if operator == "*" else _sum(operator, left.type, right.type)
    if result is None:
        word = {"+": "added", "-": "subtracted", "*": "multiplied"}[operator]
        mismatch(left, right, word, names)
        return None
    return nodes.Arithmetic(operator, left, right, result, span=span)


def apply(
    rate: nodes.Expr, base: nodes.Expr, span: Span, names: Names, ends: Iterable[Fraction] = ()
) -> nodes.Expr | None:
    """A rate or a percentage of a base; of parts of it, where it is cut at `ends`."""
    if present(rate, names) is None or present(base, names) is None:
        return None
    match rate.type, _cut(base.type, ends):
        case types.Rate(unit, per, values), types.Quantity(found, step):
            if per != found:
                _wrong_base(rate, base, names)
                return None
            steps = [value.give if value.full else types.scaled(step, value.give / value.per) for value in values]
            grid = reduce(types.common_step, steps) if steps else None
            return nodes.Apply(rate, base, types.Quantity(unit, grid), span=span)
        case types.Rate(), _:
            _wrong_base(rate, base, names)
            return None
        case types.Number(share, True), types.Quantity(unit, step):
            return nodes.Apply(rate, base, types.Quantity(unit, _times(share, step)), span=span)
        case types.Number(share, True), types.Number(step, _):
            return nodes.Apply(rate, base, types.Number(_times(share, step)), span=span)
    help_lines: tuple[str, ...] = ()
    if isinstance(rate.type, types.Number):
        help_lines = ("use `*` to multiply, or write a percentage",)
    elif isinstance(rate.type, types.Quantity) and isinstance(base.type, types.Quantity):
        help_lines = (f"write a rate, like `{rate.span.text} per 1 {base.type.unit}`",)
    names.report(
        "G208",
        f"only a rate or a percentage stands before `of`, and this is {show(rate.type)}",
        rate.span,
        show(rate.type),
        related=((base.span, show(base.type)),),
        help=help_lines,
    )
    return None


def _cut(of: types.Type, ends: Iterable[Fraction]) -> types.Type:
    """The type of the parts into which a value is cut."""
    match of:
        case types.Quantity(unit, step):
            return types.Quantity(unit, reduce(types.common_step, ends, step))
        case types.Number(step, percent):
            return types.Number(reduce(types.common_step, ends, step), percent)
    return of


def extreme(least: bool, parts: Sequence[nodes.Expr], span: Span, names: Names) -> nodes.Expr | None:
    """The least or the most of several values of one kind."""
    if any(present(part, names) is None for part in parts):
        return None
    for part in parts[1:]:
        both_dates = isinstance(parts[0].type, types.Date) and isinstance(part.type, types.Date)
        if not both_dates and (_sum("+", parts[0].type, part.type) is None or isinstance(parts[0].type, types.Date)):
            mismatch(parts[0], part, "compared", names)
            return None
    operator = "min" if least else "max"
    return reduce(
        lambda left, right: nodes.Arithmetic(operator, left, right, joined(left.type, right.type), span=span), parts
    )


def joined(left: types.Type, right: types.Type) -> types.Type:
    """The type that holds values of both, which are of one kind."""
    match left, right:
        case types.Quantity(unit, first), types.Quantity(_, second):
            return types.Quantity(unit, types.common_step(first, second))
        case types.Number(first, percent), types.Number(second, also):
            return types.Number(types.common_step(first, second), percent and also)
        case types.Rate(unit, per, first), types.Rate(_, _, second):
            return types.Rate(unit, per, first + tuple(value for value in second if value not in first))
        case _:
            return left


def one_kind(left: types.Type, right: types.Type) -> bool:
    """Whether values of both are of one kind: of one unit, rates of the same two, percentages or bare numbers."""
    match left, right:
        case types.Quantity(), types.Quantity():
            return left.unit == right.unit
        case types.Rate(), types.Rate():
            return (left.unit, left.per) == (right.unit, right.per)
        case types.Number(_, percent), types.Number(_, also):
            return percent == also
    return left == right


def ordered(of: types.Type) -> bool:
    """Whether values of a type are more or less than each other."""
    return isinstance(
        of, types.Quantity | types.Number | types.Date | types.Instant | types.Days | types.Months | types.Tier
    )


def mismatch(left: nodes.Expr, right: nodes.Expr, verb: str, names: Names) -> None:
    """Reports two values that do not go together, with what they are."""
    message = f"{show(left.type)} and {show(right.type)} can't be {verb}"
    if verb == "put in place":
        assert isinstance(left.type, types.Optional)
        message = f"{show(right.type)} can't stand in for {show(left.type.of)}"
    if verb != "multiplied" and (edit := _written_alike(left, right)):
        related = ((right.span, show(right.type)),)
        names.report(
            "G201", message, left.span, show(left.type), related=related, help=(f"write `{edit.text}`",), edit=edit
        )
        return
    help_lines: tuple[str, ...] = ()
    match left.type, right.type:
        case (types.Quantity(unit), types.Quantity(same)) if unit == same:
            help_lines = ("multiply with a number or a percentage",)
        case types.Quantity(first), types.Quantity(second) if first in DECIMALS and second in DECIMALS:
            help_lines = (f"the program's currency is {names.frame.currency}",) if names.frame.currency else ()
        case types.Quantity(first), types.Quantity(second):
            help_lines = _turned_into(left, right, first, second, verb, names)
        case (types.Quantity(unit), types.Number()) | (types.Number(), types.Quantity(unit)) if verb != "multiplied":
            help_lines = (f"only {show(types.Quantity(unit, None))} goes with {show(types.Quantity(unit, None))}",)
        case (types.Tier(ladder), _) | (_, types.Tier(ladder)) if names.steps[ladder]:
            help_lines = (f"a tier is compared with a tier, like `{ladder} >= {names.steps[ladder][-1].name}`",)
        case (types.Days(), types.Months()) | (types.Months(), types.Days()):
            help_lines = ("a month has no fixed number of days; use one of the two throughout",)
        case (types.Days(), types.Number()) | (types.Number(), types.Days()) if verb == "compared":
            help_lines = ("one of them is a bare number: write both with `days`, or both without",)
    names.report(
        "G201", message, left.span, show(left.type), related=((right.span, show(right.type)),), help=help_lines
    )


def _turned_into(
    left: nodes.Expr, right: nodes.Expr, first: str, second: str, verb: str, names: Names
) -> tuple[str, ...]:
    """How two quantities are brought together, in the words that stand there."""
    if len(left.span.text) + len(right.span.text) > MOST_SHOWN:
        return (f"a rate says what one is worth in the other, like `1 {first} per 1 {second}`",)
    if verb == "divided":
        if isinstance(right, nodes.Literal):
            return (f"divide by a number: write `{left.span.text} / {right.span.text.split()[0]}`",)
        by = f"{left.span.text} / ({right.span.text} / 1 {second})"
        return (f"for so much {first} for each {second}, divide by a number: write `({by} or 0 {first})`",)
    if verb == "multiplied":
        return ("multiply with a number or a percentage",)
    if isinstance(right, nodes.Literal):
        return (f"write so much {first} in place of `{right.span.text}`",)
    worth = names.units[second].worth if second in names.units and first == names.frame.currency else None
    rate = f"({plain(worth or Fraction(1))} {first} per 1 {second} of {_enclosed(right)})"
    return (f"in place of `{right.span.text}` write `{rate}`, with what one {second} is worth",)


def _enclosed(expr: nodes.Expr) -> str:
    """An expression as it stands behind `of`."""
    text = expr.span.text
    return f"({text})" if isinstance(expr, nodes.Arithmetic) and not text.startswith(("min(", "max(")) else text


def _written_alike(left: nodes.Expr, right: nodes.Expr) -> Edit | None:
    """One of the two written as a value of the other's type, where it is a plain number or quantity."""
    sides = [each.type.of if isinstance(each.type, types.Optional) else each.type for each in (left, right)]
    for value, of in ((right, sides[0]), (left, sides[1])):
        if meant := as_type(value.span, value, of):
            return Edit(value.span, meant)
    return None


def present(value: nodes.Expr, names: Names) -> nodes.Expr | None:
    """The value, if it can't be missing; reported where it can."""
    if not isinstance(value.type, types.Optional):
        return value
    text = value.span.text
    named, meant = f"`{text}`" if len(text) <= 40 else "this", default(value.type.of)
    help_lines = [
        f"write `({text} or {meant})`"
        + (" with the value that counts then" if meant == "VALUE" else ", or another value")
    ]
    if isinstance(value, nodes.Arithmetic) and value.operator == "/":
        help_lines.insert(0, f"there is no result where `{value.right.span.text}` is zero")
    message = f"{named} may be missing, and nothing says what counts then"
    names.report("G211", message, value.span, show(value.type), help=help_lines)
    return None


def holds(value: nodes.Expr | None, names: Names) -> nodes.Expr | None:
    """The value, if it is a condition; reported where it is something else."""
    if value is None or isinstance(value.type, types.YesNo):
        return value
    if isinstance(value.type, types.Optional) and isinstance(value.type.of, types.YesNo):
        return present(value, names)
    example = compared(value)
    names.report(
        "G210",
        f"a condition is yes or no, and this is {show(value.type)}",
        value.span,
        show(value.type),
        help=(f"compare it with something, like `{example}`",) if example else ("compare it with something",),
    )
    return None


def _times(first: types.Step, second: types.Step) -> types.Step:
    return None if first is None or second is None else first * second


def _sum(operator: str, left: types.Type, right: types.Type) -> types.Type | None:
    match left, right:
        case types.Quantity(), types.Quantity() if left.unit == right.unit:
            return joined(left, right)
        case types.Number(), types.Number():
            return joined(left, right)
        case (types.Days(), types.Days()) | (types.Months(), types.Months()):
            return left
        case types.Date(), types.Days() | types.Months():
            return left
        case types.Date(), types.Date() if operator == "-":
            return types.Days()
    return None


def _product(left: nodes.Expr, right: nodes.Expr) -> types.Type | None:
    match left.type, right.type:
        case types.Number(first, percent), types.Number(second, also):
            return types.Number(_times(first, second), percent and also)
        case types.Quantity(unit, step), types.Number(by, _):
            return types.Quantity(unit, _times(step, by))
        case types.Number(by, _), types.Quantity(unit, step):
            return types.Quantity(unit, _times(step, by))
    return None


def _divide(left: nodes.Expr, right: nodes.Expr, span: Span, names: Names) -> nodes.Expr | None:
    """A quotient; one by something that may be zero may be missing."""
    match left.type, right.type:
        case types.Quantity(unit), types.Quantity(other) if unit == other:
            result: types.Type = types.NUMBER
        case types.Quantity(unit, step), types.Number():
            by = right.value if isinstance(right, nodes.Literal) else None
            known = types.scaled(step, 1 / by) if isinstance(by, Fraction) and by else None
            result = types.Quantity(unit, known)
        case (types.Number(), types.Number()) | (types.Days(), types.Days()) | (types.Months(), types.Months()):
            result = types.NUMBER
        case _:
            mismatch(left, right, "divided", names)
            return None
    if isinstance(right, nodes.Literal):
        if right.value == 0:
            names.report(
                "G204", "a division by zero", right.span, "zero", help=("divide by a number that is not zero",)
            )
            return None
    else:
        result = types.Optional(result)
    return nodes.Arithmetic("/", left, right, result, span=span)


def _wrong_base(rate: nodes.Expr, base: nodes.Expr, names: Names) -> None:
    assert isinstance(rate.type, types.Rate)
    what = f"`{rate.span.text}` can't be applied to {show(base.type)}"
    help_lines: tuple[str, ...] = ()
    if isinstance(base.type, types.Quantity):
        help_lines = (f"write a rate per {base.type.unit}, like `1 {rate.type.unit} per 1 {base.type.unit}`",)
    elif isinstance(base.type, types.Number):
        help_lines = (f"write so much for each with `*`, like `1 {rate.type.unit} * {base.span.text}`",)
    names.report(
        "G202",
        what,
        rate.span,
        f"per {rate.type.per} here",
        related=((base.span, f"{show(base.type)} here"),),
        help=help_lines,
    )
