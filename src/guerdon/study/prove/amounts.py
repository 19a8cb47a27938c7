"""Numbers that stand in a program, wherever they are asked for."""

from __future__ import annotations

from fractions import Fraction

from guerdon.program import nodes


def constant(expr: nodes.Expr | None, program: nodes.Program) -> Fraction | None:
    """The number that an expression always is: a value, or a param; None where it is none."""
    match expr:
        case nodes.Literal(value) if isinstance(value, Fraction):
            return value
        case nodes.Lookup(table, ()) if not program.tables[table].keys:
            return constant(program.tables[table].otherwise[0], program)
    return None
