"""Amounts in tests: with their unit, perhaps below zero."""

from __future__ import annotations

from fractions import Fraction

from guerdon.check.expressions import quantity, typed
from guerdon.check.limits import finer, not_awarded
from guerdon.check.names import Names
from guerdon.check.scene import CONSTANT
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit


def amount(written: tree.Quantity | tree.Negative, names: Names) -> tuple[str, Fraction] | None:
    """A quantity of an awarded unit, on its grid, perhaps below zero: its unit, and how much."""
    sign = -1 if isinstance(written, tree.Negative) and written.sign.text == "-" else 1
    unsigned = written.amount if isinstance(written, tree.Negative) else written
    found = quantity(unsigned, names) if isinstance(unsigned, tree.Quantity) else _bare(unsigned, names)
    if found is None:
        return None
    if not isinstance(found.type, types.Quantity) or found.type.unit not in names.units:
        not_awarded(found, unsigned.span, names)
        return None
    assert isinstance(found.value, Fraction)
    if not types.on_grid(found.type.step, names.units[found.type.unit].step):
        finer(unsigned.span, names.units[found.type.unit], names)
        return None
    return found.type.unit, sign * found.value


def _bare(written: tree.Node, names: Names) -> nodes.Literal | None:
    """A number without its unit, as a value."""
    assert isinstance(written, tree.Number)
    value = typed(written, CONSTANT, names)
    assert isinstance(value, nodes.Literal)
    return value


class SoMuch(tuple[str, Fraction]):
    """An amount and its unit, until both become facts of their own."""

    __slots__ = ()


def of_some_unit(written: tree.Setting, names: Names) -> tuple[object] | None:
    """The amount of a built-in event with its unit, boxed."""
    value = written.value
    if not isinstance(value, tree.Quantity | tree.Negative | tree.Number):
        names.report(
            "G215",
            f"`{written.name.text}` is an amount of a unit",
            value.span,
            "no amount",
            help=(f"write `{written.name.text} 10 {next(iter(names.units), 'star')}`",),
        )
        return None
    if isinstance(value, tree.Number):
        value = tree.Negative(tree.Name("+", span=value.span), value, span=value.span)
    found = amount(value, names)
    return (SoMuch(found),) if found else None


def negative(what: str, written: tree.Negative, names: Names) -> None:
    """Reports an amount below zero."""
    amount = written.amount.span.text
    names.report(
        "G411",
        f"`{what}` can't be below zero",
        written.span,
        "below zero",
        help=(f"write `{amount}`; what is taken back is an event of its own",),
        edit=Edit(written.span, amount),
    )
