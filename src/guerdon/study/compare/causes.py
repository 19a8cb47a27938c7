"""What was changed in the rules, and which part of the difference each change brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from guerdon.program import nodes
from guerdon.reference.exact import ZERO, summed
from guerdon.study.compare.attribution import attributed, moved, subsets
from guerdon.study.compare.changes import Versions
from guerdon.study.compare.counted import either
from guerdon.study.compare.running import Runs
from guerdon.study.compare.sides import Side
from guerdon.study.report.report import Column, Kind, Plot, Section, Shape, Table, Value

AS_USUAL = 6
"""So many changes are attributed without being asked: the program is run twice for each."""

COST = ""
"""In place of a unit: what all units cost."""

Figure = str | tuple[str, str]
"""A unit, COST, or a ladder and a tier, of which the members are counted."""

Parts = Sequence[Mapping[Figure, Fraction]]
"""What each change brings."""


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
        tables += _brought(old, new, versions, runs)
    else:
        says = (f"What each of the {count} changes brings takes {2 * count} runs: ask for it with `--attribute`.",)
    return Section(title, tuple(tables), says=says)


def _said(versions: Versions) -> Table:
    rows = [(each.title if at == 0 else "", line) for each in versions.changes for at, line in enumerate(each.lines)]
    columns = Column("change", "change", Kind.TEXT), Column("line", "lines that are gone, and new", Kind.TEXT)
    return Table("changes", "What was changed", columns, tuple(rows))


def _brought(old: Side, new: Side, versions: Versions, runs: Runs) -> Iterator[Table]:
    """What each change brings: of each unit and of the cost; and of the members of each tier, where they are others."""
    count = len(versions.changes)
    everything = frozenset(range(count))
    known: dict[frozenset[int], Mapping[Figure, Fraction]] = {frozenset(): _figures(old), everything: _figures(new)}
    for among in subsets(count):
        if among not in known:
            known[among] = _figures(runs.side(versions.mixed(among), _named(versions, among)))
    parts = attributed(count, known.__getitem__)
    whole = moved(known[frozenset()], known[everything])
    assert all(summed(part.get(name, ZERO) for part in parts) == much for name, much in whole.items())
    titles = [each.title for each in versions.changes]
    yield _of_units(titles, parts, either(new.units, old.units), whole.get(COST, ZERO), new.program.frame.currency)
    for ladder in either(new.program.ladders, old.program.ladders):
        tiers = [tier.name for side in (new, old) for tier in _tiers(side, ladder)]
        if any(part.get((ladder, tier)) for part in parts for tier in tiers):
            yield _of_tiers(titles, parts, ladder, [*dict.fromkeys(tiers)])


def _tiers(side: Side, ladder: str) -> tuple[nodes.TierStep, ...]:
    return side.program.ladders[ladder].tiers if ladder in side.program.ladders else ()


def _of_units(titles: list[str], parts: Parts, units: list[str], whole: Fraction, currency: str) -> Table:
    rows = list[tuple[Value, ...]]()
    for title, part in zip(titles, parts, strict=True):
        cost = part.get(COST, ZERO)
        quantities = (part.get(unit, ZERO) for unit in units)
        rows.append((title, *quantities, cost, cost / whole if whole else None))
    columns = (
        Column("change", "change", Kind.TEXT),
        *(Column(f"unit_{unit}", unit, Kind.QUANTITY, signed=True) for unit in units),
        Column("cost", "cost", Kind.MONEY, currency, signed=True),
        Column("share", "of it", Kind.SHARE, signed=True),
    )
    notes = (
        "The changes are made one after the other, in the order of the new version and in the reverse. A change brings the mean of what each figure moves by with it, in either order; so the parts sum to the whole.",
        *(("What two changes bring only together is shared between them by halves.",) if len(titles) > 1 else ()),
    )
    summed_too = tuple(each.name for each in columns[1:] if whole or each.name != "share")
    plot = Plot(Shape.SHARES, ("share",))
    return Table("causes", "What each change brings", columns, tuple(rows), notes, plot=plot, summed=summed_too)


def _of_tiers(titles: list[str], parts: Parts, ladder: str, tiers: list[str]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (title, *(part.get((ladder, tier), ZERO) for tier in tiers)) for title, part in zip(titles, parts, strict=True)
    ]
    members = [Column(f"tier_{tier}", tier, Kind.QUANTITY, signed=True) for tier in tiers]
    columns = Column("change", "change", Kind.TEXT), *members
    title = f"What each change brings: members by {ladder} at the end"
    return Table(f"causes_{ladder}", title, columns, tuple(rows), summed=tuple(each.name for each in members))


def _named(versions: Versions, among: frozenset[int]) -> str:
    return f"old, with {', '.join(each.title for at, each in enumerate(versions.changes) if at in among)}"


def _figures(of: Side) -> Mapping[Figure, Fraction]:
    found: dict[Figure, Fraction] = {COST: of.cost}
    return found | {**of.units} | {tier: Fraction(members) for tier, members in of.figures.tiers.items()}
