"""Measures and tables: what has a name and is used by rules."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from guerdon.program import nodes, types
from guerdon.study.describe import english, times
from guerdon.study.describe.english import readable
from guerdon.study.describe.page import Grid, Item, item, sentences
from guerdon.study.describe.prose import Prose
from guerdon.study.describe.values import kind


def measures(program: nodes.Program) -> Item:
    """Each measure by its name."""
    rows = tuple((readable(each.name), _told(each, Prose(program))) for each in program.measures.values())
    return item("", Grid(("Measure", "Is"), rows))


def _told(measure: nodes.Measure, says: Prose) -> str:
    """What a measure is; of one that ranks how, when and whom."""
    what, ranking = says.value(measure.value), measure.ranking
    if ranking is None:
        return what
    among = f"all members of whom {says.condition(ranking.when)}" if ranking.when is not None else "all members"
    first = "highest" if ranking.highest else "lowest"
    place = f"the part, of {ranking.parts} of one size," if ranking.parts is not None else "the place"
    return f"{place} of the member among {among}, as every {times.which(ranking.period, 0).removeprefix('this ')} ends, by {what}: the {first} comes first, and equal values have the same rank"


def table(of: nodes.Table, program: nodes.Program) -> Item:
    """The rows of a table, with what holds for all other keys, and what it is applied to; of a param its value."""
    says = Prose(program)
    name = readable(of.name).capitalize()
    if not of.keys:
        return item(name, sentences(english.sentence(f"it is {says.value(of.otherwise[0])}, and can be set anew")))
    kinds = list(of.keys.values())
    rows = [
        (*(key(each, kind) for each, kind in zip(row.keys, kinds, strict=True)), *map(says.value, row.results))
        for row in of.rows
    ]
    if of.otherwise:
        rest = "everything else" if rows else "everything"
        rows.append((rest.capitalize(), *[""] * (len(kinds) - 1), *map(says.value, of.otherwise)))
    told = [f"looked up by {english.listed(f'{readable(name)} ({kind(of)})' for name, of in of.keys.items())}"]
    if of.bands is nodes.Bands.WHOLE:
        told.append("applied to an amount, all of it counts at the rate of the band that it lies in")
    if of.bands is nodes.Bands.PARTS:
        told.append("applied to an amount, each part of it counts at the rate of its own band")
    heads = (*map(readable, of.keys), *(map(readable, of.columns) if of.columns else ["Value"]))
    return item(
        name, sentences(*map(english.sentence, told)), Grid(tuple(each.capitalize() for each in heads), tuple(rows))
    )


def key(of: object, kind: types.Type) -> str:
    """A key of a table, or a band of keys, as it is read."""
    if isinstance(of, nodes.Band):
        first = f"{'from' if of.with_first else 'above'} {key(of.first, kind)}" if of.first is not None else ""
        last = f"{'through' if of.with_last else 'below'} {key(of.last, kind)}" if of.last is not None else ""
        return f"{first} {last}".strip() or "all"
    if isinstance(of, Fraction) and isinstance(kind, types.Quantity):
        return english.amount(of, kind.unit)
    if isinstance(of, date):
        return english.day(of)
    if isinstance(of, bool):
        return "yes" if of else "no"
    if isinstance(of, Fraction):
        return english.number(of)
    return english.quoted(str(of)) if isinstance(kind, types.Text) else readable(str(of))
