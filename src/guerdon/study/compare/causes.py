"""What was changed in the rules, and which part of the difference each change brings."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from guerdon.reference.exact import ZERO, summed
from guerdon.study.compare.attribution import attributed, subsets
from guerdon.study.compare.changes import Versions
from guerdon.study.compare.counted import either
from guerdon.study.compare.running import Runs
from guerdon.study.compare.sides import Side
from guerdon.study.report.report import Column, Kind, Section, Table, Value

AS_USUAL = 6
"""So many changes are attributed without being asked: the program is run twice for each."""

COST = ""
"""In place of a unit: what all units cost."""


def causes(old: Side, new: Side, versions: Versions | None, runs: Runs, attribute: bool | None) -> Section:
    """What was changed, and (where it is asked for, or there are few changes) what each brings."""
    title = "What changes, and what it brings"
    if versions is None:
        return Section(title, (), "the versions are not read from files")
    if not versions.changes:
        return Section(title, (), "both versions say the same")
    count, tables = len(versions.changes), [_said(versions)]
    says: tuple[str, ...] = ()
    if attribute or (attribute is None and count <= AS_USUAL):
        tables.append(_brought(old, new, versions, runs))
    else:
        says = (f"What each of the {count} changes brings takes {2 * count} runs: ask for it with `--attribute`.",)
    return Section(title, tuple(tables), says=says)


def _said(versions: Versions) -> Table:
    rows = [(each.title if at == 0 else "", line) for each in versions.changes for at, line in enumerate(each.lines)]
    columns = Column("change", "change", Kind.TEXT), Column("line", "lines that are gone, and new", Kind.TEXT)
    return Table("changes", "What was changed", columns, tuple(rows))


def _brought(old: Side, new: Side, versions: Versions, runs: Runs) -> Table:
    count = len(versions.changes)
    known: dict[frozenset[int], Mapping[str, Fraction]] = {
        frozenset(): _figures(old),
        frozenset(range(count)): _figures(new),
    }
    for among in subsets(count):
        if among not in known:
            known[among] = _figures(runs.side(versions.mixed(among), _named(versions, among)))
    parts = attributed(count, known.__getitem__)
    units = either(new.units, old.units)
    whole = {
        name: known[frozenset(range(count))].get(name, ZERO) - known[frozenset()].get(name, ZERO)
        for name in (*units, COST)
    }
    assert all(summed(part.get(name, ZERO) for part in parts) == much for name, much in whole.items())
    rows = [_row(each.title, part, units, whole[COST]) for each, part in zip(versions.changes, parts, strict=True)]
    columns = (
        Column("change", "change", Kind.TEXT),
        *(Column(f"unit_{at}", unit, Kind.QUANTITY, signed=True) for at, unit in enumerate(units)),
        Column("cost", "cost", Kind.MONEY, new.program.frame.currency, signed=True),
        Column("share", "of it", Kind.SHARE, signed=True),
    )
    summed_too = tuple(each.name for each in columns[1:])
    notes = (
        "The changes are made one after the other, in the order of the new version and in the reverse. A change brings the mean of what each figure moves by with it, in either order; so the parts sum to the whole.",
        *(("What two changes bring only together is shared between them by halves.",) if count > 1 else ()),
    )
    return Table("causes", "What each change brings", columns, tuple(rows), notes, summed=summed_too)


def _named(versions: Versions, among: frozenset[int]) -> str:
    return f"old, with {', '.join(each.title for at, each in enumerate(versions.changes) if at in among)}"


def _figures(of: Side) -> Mapping[str, Fraction]:
    return {**of.units, COST: of.cost}


def _row(title: str, figures: Mapping[str, Fraction], units: list[str], whole: Fraction) -> tuple[Value, ...]:
    cost = figures.get(COST, ZERO)
    return title, *(figures.get(unit, ZERO) for unit in units), cost, cost / whole if whole else None
