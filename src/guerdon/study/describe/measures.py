"""Measures and tables: what has a name and is used by rules."""

from __future__ import annotations

from fractions import Fraction

from guerdon.program import nodes, types
from guerdon.study.describe import english
from guerdon.study.describe.english import readable
from guerdon.study.describe.page import Grid, Item, item, sentences
from guerdon.study.describe.prose import Prose, kind


def measures(program: nodes.Program) -> Item:
    """Each measure by its name."""
    rows = tuple((readable(each.name), Prose(program).value(each.value)) for each in program.measures.values())
    return item("", Grid(("Measure", "Is"), rows))


def table(of: nodes.Table, program: nodes.Program) -> Item:
    """The rows of a table, with what holds for all other keys."""
    says = Prose(program)
    rows = [(key(each, of.key), says.value(value)) for each, value in of.rows.items()]
    if of.otherwise is not None:
        rows.append(("Everything else" if rows else "Everything", says.value(of.otherwise)))
    by = f"looked up by {kind(of.key)}"
    return item(readable(of.name).capitalize(), sentences(english.sentence(by)), Grid(("For", "Value"), tuple(rows)))


def key(of: str | Fraction | bool, kind: types.Type) -> str:
    """A key of a table, as it is written."""
    if isinstance(of, bool):
        return "yes" if of else "no"
    if isinstance(of, Fraction):
        return english.number(of)
    return english.quoted(of) if isinstance(kind, types.Text) else readable(of)
