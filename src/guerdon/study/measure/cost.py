"""What the program cost: points given, taken back, redeemed, expired and open, at their worth, and against sales."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from guerdon.study.flows import Flow
from guerdon.study.measure.database import Database, first_day
from guerdon.study.measure.flowing import Flows, through
from guerdon.study.measure.members import MONTH, part
from guerdon.study.report.report import Column, Kind, Plot, Section, Shape, Table, Value


def cost(db: Database, flows: list[Flows]) -> Section:
    """A table of each unit, and the cost of all that have a worth."""
    if not flows:
        return Section("Cost of the program", (), "the program gave nothing that can be spent")
    priced = [each for each in flows if each.unit.worth is not None]
    tables = [_unit(db, each) for each in flows]
    return Section("Cost of the program", (*([_cost(db, priced)] if priced else []), *tables))


def spent(of: Flow) -> Fraction:
    """How much of a unit will have to be made good: given, not taken back, and not expired."""
    return of.issued - of.taken_back - of.expired


def _cost(db: Database, flows: list[Flows]) -> Table:
    """All units together, in money."""
    sold = db.by_month("SELECT month, sum(amount), count(*) FROM bought GROUP BY month")
    back = db.by_month("SELECT month, sum(amount) FROM returned GROUP BY month")
    rows: list[tuple[Value, ...]] = []
    open_yet = Fraction(0)
    for month in range(db.months.first, db.months.through + 1):
        given = _worth(flows, ((each, each.of(month).issued - each.of(month).taken_back) for each in flows))
        gone, redeemed = (
            _worth(flows, ((each, getattr(each.of(month), name)) for each in flows)) for name in ("expired", "spent")
        )
        open_yet += _worth(flows, ((each, each.of(month).balance + each.of(month).held) for each in flows))
        if month >= db.months.since:
            amount, purchases = sold.get(month, (0, 0))
            net = db.money(amount) - db.money(back.get(month, (0,))[0])
            came = given - gone
            rows.append(
                (
                    first_day(month),
                    given,
                    gone,
                    came,
                    part(came, net) if net > 0 else None,
                    part(came, purchases),
                    redeemed,
                    open_yet,
                )
            )
    money = db.program.frame.currency
    columns = (
        MONTH,
        Column("given", "Given", Kind.MONEY, money),
        Column("breakage", "Expired", Kind.MONEY, money),
        Column("cost", "Cost", Kind.MONEY, money),
        Column("cost_share", "of net sales", Kind.SHARE),
        Column("cost_per_sale", "per purchase", Kind.MONEY, money),
        Column("redeemed", "Redeemed", Kind.MONEY, money),
        Column("open", "Open", Kind.MONEY, money),
    )
    unpriced = [unit.name for unit in db.program.units.values() if unit.worth is None and unit.spendable]
    notes = (
        "At the worth of units. Given: less what was taken back in the month. Expired: breakage. Cost: given less expired. Redeemed: less what was given back.",
        "Open: what members hold as the month ends, held back or not, less what they owe.",
        *((f"Without a worth, and so not here: {', '.join(unpriced)}.",) if unpriced else ()),
    )
    return Table(
        "cost", "Cost by month", columns, tuple(rows), notes, plot=Plot(Shape.LINES, ("cost", "redeemed", "open"))
    )


def _worth(flows: list[Flows], quantities: Iterable[tuple[Flows, Fraction]]) -> Fraction:
    return sum((of.worth(quantity) for of, quantity in quantities), Fraction(0))


def _unit(db: Database, of: Flows) -> Table:
    """What became of a unit, month by month, so that each line adds up to the next."""
    rows: list[tuple[Value, ...]] = []
    there, so_far = Fraction(0), Flow()
    for month in range(db.months.first, db.months.through + 1):
        now = of.of(month)
        so_far, before = through(so_far, now), there
        there += now.balance + now.held
        other = now.transferred + now.billed
        if month >= db.months.since:
            per_point = (
                part(of.worth(spent(so_far)), so_far.issued - so_far.taken_back) if of.unit.worth is not None else None
            )
            rows.append(
                (
                    first_day(month),
                    before,
                    now.issued,
                    -now.taken_back,
                    -now.spent,
                    -now.expired,
                    -other,
                    there,
                    per_point,
                )
            )
    unit, money = of.unit.name, db.program.frame.currency
    columns = (
        MONTH,
        *(
            Column(name, title, Kind.QUANTITY, unit)
            for name, title in (
                ("before", "Before"),
                ("given", "Given"),
                ("taken_back", "Taken back"),
                ("redeemed", "Redeemed"),
                ("expired", "Expired"),
                ("other", "Other"),
                ("open", "Open"),
            )
        ),
        Column("cost_per_point", "Cost of one", Kind.MONEY, money),
    )
    kept = [at for at, each in enumerate(columns) if each.name != "other" or any(row[at] for row in rows)]
    kept = [at for at in kept if columns[at].name != "cost_per_point" or of.unit.worth is not None]
    notes = (
        "Open: before, and all that follows in the line, which are signed. "
        + (
            f"Cost of one: what was given and not taken back so far, less what expired, at {unit}'s worth, for each one given and not taken back."
            if of.unit.worth is not None
            else f"{unit} has no worth, so its cost is not known."
        ),
    )
    return Table(
        f"points_{unit}",
        f"What became of {unit}",
        tuple(columns[at] for at in kept),
        tuple(tuple(row[at] for at in kept) for row in rows),
        notes,
    )
