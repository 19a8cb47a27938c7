"""Customer lifetime value: what members brought so far, what a model expects of them, and the closed form of a constant retention."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from guerdon.program import nodes
from guerdon.reference.calendar import add_months
from guerdon.study import words
from guerdon.study.measure import models
from guerdon.study.measure.database import Database, first_day
from guerdon.study.measure.members import NO_PURCHASES, count, part
from guerdon.study.report.report import Column, Kind, Plot, Section, Shape, Table, Value

FEWEST = 30
"""A model of fewer members who came back says nothing."""


def closed_form(margin: Fraction, retention: Fraction, discount: Fraction) -> Fraction:
    """The value today of a margin each year from the next one on, of a member of whom each year so many are kept: m * r / (1 + d - r).

    Units: retention and discount are fractions a year: 4.25% is 0.0425. Errors: ZeroDivisionError where all are kept and nothing is discounted.
    Source: S. Gupta, D. Lehmann, "Customers as Assets", Journal of Interactive Marketing 17 (2003), 9-24.
    """
    return margin * retention / (1 + discount - retention)


def value(db: Database) -> Section:
    """What members brought, and are expected to bring."""
    title = "Lifetime value"
    if not db.facts.purchases:
        return Section(title, (), NO_PURCHASES)
    return Section(title, (_historic(db), *_closed(db), *_predicted(db)))


def worth(program: nodes.Program, unit: str, quantity: Decimal | Fraction) -> Fraction:
    """What so much of a unit is worth; nothing where nobody said."""
    of = program.units.get(unit)
    return Fraction(quantity) * (of.worth or 0) if of is not None else Fraction(0)


# ---------------------------------------------------------------- so far


def _historic(db: Database) -> Table:
    """By cohort: what was spent less what was returned, less what the program gave."""
    spent = db.by_month("SELECT cohort, sum(amount) FROM bought JOIN firsts USING (member) GROUP BY cohort")
    back = db.by_month("SELECT cohort, sum(amount) FROM returned JOIN firsts USING (member) GROUP BY cohort")
    sizes = db.by_month("SELECT cohort, count(*) FROM firsts GROUP BY cohort")
    given: dict[int | None, Fraction] = {}
    for cohort, unit, quantity in db.rows(
        "SELECT cohort, unit, sum(quantity) FROM awards LEFT JOIN firsts USING (member) GROUP BY ALL"
    ):
        given[cohort] = given.get(cohort, Fraction(0)) + worth(db.program, unit, quantity)
    rows: list[tuple[Value, ...]] = []
    for cohort in db.months.shown:
        members = sizes.get(cohort, (0,))[0]
        net, cost = (
            db.money(spent.get(cohort, (0,))[0]) - db.money(back.get(cohort, (0,))[0]),
            given.get(cohort, Fraction(0)),
        )
        if members:
            rows.append((first_day(cohort), members, net, cost, net - cost, part(net - cost, members)))
    money = db.program.frame.currency
    columns = (
        Column("cohort", "Cohort", Kind.MONTH),
        count("members", "Members"),
        Column("net_sales", "Net sales", Kind.MONEY, money),
        Column("given", "Program gave", Kind.MONEY, money),
        Column("value", "Value so far", Kind.MONEY, money),
        Column("value_per_member", "per member", Kind.MONEY, money),
    )
    others = given.get(None, Fraction(0))
    notes = (
        "Value so far: sales less returns, less what the program gave, of the members who bought first in the month, through the last day that was read.",
        "What the program gave is at the worth of its units, less what was taken back, whether or not it was used.",
        *_unpriced(db),
        *((f"{words.money(others, money)} more went to who never bought anything, or to accounts.",) if others else ()),
    )
    return Table(
        "value",
        "Lifetime value so far, by cohort",
        columns,
        tuple(rows),
        notes,
        plot=Plot(Shape.LINES, ("value_per_member",)),
    )


def _unpriced(db: Database) -> tuple[str, ...]:
    """The units that cost nothing here, because nobody said what they are worth."""
    given = {rule.unit for rule in db.program.rules.values() if not rule.only_says}
    names = [
        unit.name for unit in db.program.units.values() if unit.worth is None and unit.spendable and unit.name in given
    ]
    return (f"Without a worth, and so at no cost here: {', '.join(names)}.",) if names else ()


# ---------------------------------------------------------------- the closed form


@dataclass(frozen=True, slots=True)
class _Year:
    """Twelve months: members who bought, what they brought, and how many of those of the year before are among them."""

    members: int
    margin: Fraction
    kept: Fraction | None


def _closed(db: Database) -> Iterator[Table]:
    """The closed form, where a discount rate is given."""
    if db.asked.discount is None:
        return
    year = _last_year(db)
    retention = db.asked.retention if db.asked.retention is not None else year.kept
    margin = part(year.margin, year.members)
    found = closed_form(margin, retention, db.asked.discount) if margin is not None and retention is not None else None
    money = db.program.frame.currency
    columns = (
        count("members", "Members"),
        Column("margin", "Margin a year", Kind.MONEY, money),
        Column("retention", "Retention", Kind.SHARE),
        Column("discount", "Discount", Kind.SHARE),
        Column("value", "Lifetime value", Kind.MONEY, money),
    )
    estimated = (
        "of those who bought in the twelve months before, the share that did in the last twelve"
        if db.asked.retention is None
        else "as given"
    )
    notes = (
        "Lifetime value per member: margin * r / (1 + d - r), the value today of a margin each year from the next one on (Gupta and Lehmann, 2003).",
        f"Margin: {words.decimal(100 * db.asked.margin, 2)}% of net sales less what the program gave at its worth, in the last twelve months, per member who bought in them.",
        f"Retention r a year: {estimated}. Discount d a year: as given.",
    )
    lacking = (
        "nobody bought in the last twelve months"
        if margin is None
        else "nobody bought in the twelve months before, so say `--retention`"
    )
    row = (year.members, margin, retention, db.asked.discount, found)
    yield Table(
        "closed_form",
        "Lifetime value of a constant retention",
        columns,
        (row,),
        notes,
        (lacking,) if found is None else (),
    )


def _last_year(db: Database) -> _Year:
    """The twelve months through the last day that was read."""
    end = db.months.read
    start, before = add_months(end, -12).toordinal(), add_months(end, -24).toordinal()
    last = f"day > {start}"
    ((spent,),) = db.rows(f"SELECT sum(amount) FROM bought WHERE {last}")
    ((back,),) = db.rows(f"SELECT sum(amount) FROM returned WHERE {last}")
    ((members,),) = db.rows(f"SELECT count(DISTINCT member) FROM visits WHERE {last}")
    ((there, kept),) = db.rows(
        f"""SELECT count(*), count(*) FILTER (now) FROM (SELECT bool_or(day > {start}) AS now, bool_or(day > {before} AND day <= {start}) AS was
            FROM visits GROUP BY member) WHERE was"""
    )
    given = db.rows(f"SELECT unit, sum(quantity) FROM awards WHERE {last} GROUP BY unit")
    cost = sum((worth(db.program, unit, quantity) for unit, quantity in given), Fraction(0))
    return _Year(members, (db.money(spent) - db.money(back)) * db.asked.margin - cost, part(kept, there))


# ---------------------------------------------------------------- the model


_HISTORIES = """
    SELECT cohort, x, recency, age, money FROM (
        SELECT member, count(*) - 1 AS x, max(day) - min(day) AS recency, {last} - min(day) AS age,
               coalesce(sum(amount) FILTER (before IS NOT NULL), 0)::DOUBLE / {steps} AS money FROM visits GROUP BY member) JOIN firsts USING (member)"""
"""Of each member: on how many days they bought after the first, the last of them, how long ago the first is, and what they spent on those."""


def _predicted(db: Database) -> Iterator[Table]:
    """What BG/NBD and Gamma-Gamma expect, by cohort, with the parameters that were found."""
    title = "Lifetime value to come, by a model"
    db.con.execute("CREATE TABLE histories AS " + _HISTORIES.format(last=db.months.read.toordinal(), steps=db.steps))
    try:
        yield from _expected(db, title)
    except models.NotInstalled:
        yield Table("expected_value", title, (), (), (), ("The model needs SciPy: install `guerdon[measure]`.",))
    except models.NotFitted:
        yield Table(
            "expected_value",
            title,
            (),
            (),
            (),
            ("The model does not fit: too few members came back, or they differ too little from each other.",),
        )


def _expected(db: Database, title: str) -> Iterator[Table]:
    ((repeated,),) = db.rows("SELECT count(*) FROM histories WHERE x > 0 AND money > 0")
    if repeated < FEWEST:
        warning = f"{words.count(repeated, 'member')} came back; a model is made of {FEWEST} or more."
        yield Table("expected_value", title, (), (), (), (warning,))
        return
    alike = _floats(
        db,
        "SELECT x, recency / 7 AS recency, age / 7 AS age, count(*) AS members FROM histories GROUP BY ALL ORDER BY ALL",
    )
    amounts = _floats(db, "SELECT x, money / x AS mean FROM histories WHERE x > 0 AND money > 0 ORDER BY ALL")
    buying = models.buying(alike["x"], alike["recency"], alike["age"], alike["members"])
    spending = models.spending(amounts["x"], amounts["mean"])
    rows = [row for cohort in db.months.shown if (row := _of_cohort(db, cohort, buying, spending)) is not None]
    money, days = db.program.frame.currency, db.asked.horizon
    columns = (
        Column("cohort", "Cohort", Kind.MONTH),
        count("members", "Members"),
        Column("alive", "Still buying", Kind.ESTIMATE),
        Column("purchases", "Expected purchases", Kind.ESTIMATE),
        Column("sales", "Expected sales", Kind.ESTIMATE, money),
        Column("margin", "Expected margin", Kind.ESTIMATE, money),
        Column("margin_per_member", "per member", Kind.ESTIMATE, money),
    )
    notes = (
        f"What is expected in the {words.count(days, 'day')} after the last that was read (`--horizon {days}`), undiscounted; days with a purchase count, whatever their number. Returns are left out.",
        "Purchases: BG/NBD (Fader, Hardie and Lee, 2005), fitted to all members by maximum likelihood; weeks are its unit of time. Still buying: how many have not left for good.",
        "Amounts: Gamma-Gamma (Fader and Hardie, 2013), fitted to members who came back; it takes amounts and frequency to be independent.",
        f"Expected margin: {words.decimal(100 * db.asked.margin, 2)}% of expected sales (`--margin`). All figures but members are floating-point estimates.",
    )
    yield Table("expected_value", title, columns, tuple(rows), notes)
    parameters = (
        ("r", buying.r, "shape of the rates of buying over members"),
        ("alpha", buying.alpha, "their scale, in weeks"),
        ("a", buying.a, "first shape of the chances to leave after a purchase"),
        ("b", buying.b, "their second shape"),
        ("p", spending.p, "shape of a member's amounts"),
        ("q", spending.q, "shape of their scales over members"),
        ("gamma", spending.gamma, f"scale of these, in {money}"),
        ("correlation", _correlation(amounts), "of frequency and average amount, near 0 where the model holds"),
    )
    known = (
        Column("name", "Parameter", Kind.TEXT),
        Column("value", "Value", Kind.ESTIMATE),
        Column("meaning", "Meaning", Kind.TEXT),
    )
    yield Table(
        "model",
        "Parameters of the model",
        known,
        parameters,
        ("r, alpha, a and b are of BG/NBD; p, q and gamma of Gamma-Gamma.",),
    )


def _of_cohort(db: Database, cohort: int, buying: models.Buying, spending: models.Spending) -> tuple[Value, ...] | None:
    """What is expected of a cohort together; None where it is empty."""
    found = _floats(
        db,
        f"SELECT x, recency / 7 AS recency, age / 7 AS age, money FROM histories WHERE cohort = {cohort} ORDER BY ALL",
    )
    if not len(found["x"]):
        return None
    x, recency, age = found["x"], found["recency"], found["age"]
    purchases = buying.expected(x, recency, age, db.asked.horizon / 7)
    mean = found["money"] / (x + (x == 0))
    sales = float((purchases * spending.expected(x, mean)).sum())
    margin = sales * float(db.asked.margin)
    return (
        first_day(cohort),
        len(x),
        float(buying.alive(x, recency, age).sum()),
        float(purchases.sum()),
        sales,
        margin,
        margin / len(x),
    )


def _floats(db: Database, query: str) -> dict[str, Any]:
    """The columns of a query as arrays of floats. Errors: NotInstalled."""
    try:
        import numpy  # noqa: F401 - DuckDB makes arrays with it
    except ImportError:
        raise models.NotInstalled from None
    return {name: each.astype(float) for name, each in db.con.execute(query).fetchnumpy().items()}


def _correlation(amounts: dict[str, Any]) -> float:
    """Pearson's correlation of how often members came back and what they spend on average."""
    x, mean = amounts["x"] - amounts["x"].mean(), amounts["mean"] - amounts["mean"].mean()
    spread = float(((x**2).sum() * (mean**2).sum()) ** 0.5)
    return float((x * mean).sum()) / spread if spread else 0.0
