"""What both versions come to in all: costs and what is owed, by unit, by rule, by month; what became of what was given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial

from guerdon.program import nodes
from guerdon.reference.exact import ZERO
from guerdon.study.compare.counted import either
from guerdon.study.compare.database import Database, first_day
from guerdon.study.compare.sides import NEW, OLD, Side
from guerdon.study.figures import Given
from guerdon.study.flows import Flow
from guerdon.study.report.report import Column, Kind, Plot, Section, Shape, Table, Value

UNIT = Column("unit", "unit", Kind.TEXT)
RULE = Column("rule", "rule", Kind.TEXT)
DIFFERENCE = ("old", "new", "difference")


def three(kind: Kind, unit: str = "", before: str = "", title: str = "") -> tuple[Column, Column, Column]:
    """A figure of the old version, of the new one, and the difference."""
    name, said = (f"{before}_" if before else ""), (f"{title}, " if title else "")
    return (
        Column(f"{name}old", f"{said}old", kind, unit),
        Column(f"{name}new", f"{said}new", kind, unit),
        Column(f"{name}difference", f"{said}difference" if not title else "difference", kind, unit, signed=True),
    )


def totals(db: Database) -> Section:
    """What it costs, what was awarded of each unit, and what became of it."""
    return Section("In all", (_cost(db), _units(db), _balances(db)))


def _cost(db: Database) -> Table:
    currency = db.new.program.frame.currency
    money, count = partial(Column, kind=Kind.MONEY, unit=currency), partial(Column, kind=Kind.COUNT)
    figures: dict[Column, Callable[[Side], Fraction | int | None]] = {
        money("cost", "cost"): lambda side: side.cost,
        Column("of_sales", "cost, of sales", Kind.SHARE, decimals=2): lambda side: side.of_sales,
        money("sales", "sales"): lambda side: side.figures.sales,
        money("owed", "owed at the end"): lambda side: side.liability,
        money("expired", "expired"): lambda side: side.expired,
        count("members", "members"): lambda side: side.figures.members,
        count("rejected", "set aside"): lambda side: len(side.run.rejections),
    }
    rows = []
    for each, of in figures.items():
        old, new = of(db.old), of(db.new)
        difference = new - old if new is not None and old is not None else None
        rows.append((f"{each.title} ({each.unit})" if each.unit else each.title, old, new, difference))
    unpriced = either(db.new.unpriced, db.old.unpriced)
    notes = (
        "The cost is what was awarded, less what was taken back, at its worth. Owed at the end is what members have, held or not, less their debt, at its worth.",
        *((f"Left out, for they have no worth: {', '.join(unpriced)}.",) if unpriced else ()),
    )
    columns = (Column("what", "", Kind.TEXT), *three(Kind.QUANTITY))
    return Table("cost", "What it costs", columns, tuple(rows), notes, of_rows=tuple(figures))


def _units(db: Database) -> Table:
    currency = db.new.program.frame.currency
    rows = []
    for unit in either(db.new.units, db.old.units):
        was, now = db.old.units.get(unit, ZERO), db.new.units.get(unit, ZERO)
        old, new = db.old.worth(unit), db.new.worth(unit)
        costs: tuple[Value, ...] = (None, None, None)
        if old is not None or new is not None:
            before, after = was * (old or ZERO), now * (new or ZERO)
            costs = before, after, after - before
        rows.append((unit, was, now, now - was, *costs))
    columns = (UNIT, *three(Kind.QUANTITY), *three(Kind.MONEY, currency, "cost", "cost"))
    return Table("units", "What was awarded", columns, tuple(rows), ("Less what was taken back.",), summed=_COSTS)


_COSTS = ("cost_old", "cost_new", "cost_difference")

_FATES: dict[str, Callable[[Flow], Fraction]] = {
    "balance": lambda of: of.balance,
    "debt": lambda of: of.debt,
    "held": lambda of: of.held,
    "spent": lambda of: of.spent,
    "expired": lambda of: of.expired,
    "taken back": lambda of: of.taken_back,
}


def _balances(db: Database) -> Table:
    rows = []
    for unit in either(db.new.flows, db.old.flows):
        was, now = db.old.flows.get(unit, Flow()), db.new.flows.get(unit, Flow())
        for name, of in _FATES.items():
            if of(was) or of(now):
                rows.append((unit, name, of(was), of(now), of(now) - of(was)))
    columns = (UNIT, Column("what", "", Kind.TEXT), *three(Kind.QUANTITY))
    notes = ("The balance is what can be spent, less debt; what is held can't be spent yet.",)
    return Table("balances", "Where it is, and where it went", columns, tuple(rows), notes)


# ---------------------------------------------------------------- by rule, by month


def by_rule(db: Database) -> Section:
    """What each rule gave and who pays for it, what each redeem took, how often each said something."""
    return Section("By rule", (_rules(db), _payers(db), _takers(db), _messages(db)))


def _rules(db: Database) -> Table:
    """By name and unit: a rule that gives another unit than before is gone from one and new in the other."""
    currency, rows = db.new.program.frame.currency, []
    sides = [
        {(rule.name, rule.unit): side.figures.given.get(rule.name, Given()) for rule in _giving(side)}
        for side in (db.old, db.new)
    ]
    for key in dict.fromkeys([*sides[NEW], *sides[OLD]]):
        rule, unit = key
        was, now = (side.get(key, Given()) for side in sides)
        net = [each.quantity - each.taken_back for each in (was, now)]
        worths = db.old.worth(unit), db.new.worth(unit)
        cost = None if worths == (None, None) else net[1] * (worths[1] or ZERO) - net[0] * (worths[0] or ZERO)
        there = "" if key in sides[OLD] and key in sides[NEW] else "new" if key in sides[NEW] else "gone"
        rows.append((rule, unit, there, was.awards, now.awards, net[0], net[1], net[1] - net[0], cost))
    columns = (
        RULE,
        UNIT,
        Column("there", "", Kind.TEXT),
        Column("times_old", "times, old", Kind.COUNT),
        Column("times_new", "times, new", Kind.COUNT),
        *three(Kind.QUANTITY),
        Column("cost_difference", "cost difference", Kind.MONEY, currency, signed=True),
    )
    notes = ("Less what was taken back.",)
    return Table("rules", "What each rule gave", columns, tuple(rows), notes, summed=("cost_difference",))


def _giving(side: Side) -> Iterator[nodes.Rule]:
    rules = sorted(side.program.rules.values(), key=lambda rule: rule.span.start)
    return (rule for rule in rules if not rule.takes and not rule.only_says)


def _payers(db: Database) -> Table:
    """What each partner pays for, where it is said who does."""
    currency, rows = db.new.program.frame.currency, list[tuple[Value, ...]]()
    sides = [side.figures.paid for side in (db.old, db.new)]
    for partner, unit in dict.fromkeys([*sides[NEW], *sides[OLD]]):
        was, now = (side.get((partner, unit), ZERO) for side in sides)
        worths = db.old.worth(unit), db.new.worth(unit)
        cost = None if worths == (None, None) else now * (worths[1] or ZERO) - was * (worths[0] or ZERO)
        rows.append((partner, unit, was, now, now - was, cost))
    columns = (
        Column("partner", "partner", Kind.TEXT),
        UNIT,
        *three(Kind.QUANTITY),
        Column("cost_difference", "cost difference", Kind.MONEY, currency, signed=True),
    )
    return Table("payers", "Who pays for it", columns, tuple(rows), summed=("cost_difference",))


def _takers(db: Database) -> Table:
    rows = list[tuple[Value, ...]]()
    names = [[rule.name for rule in side.program.rules.values() if rule.takes] for side in (db.new, db.old)]
    for rule in either(*names):
        unit = next(side.program.rules[rule].unit for side in (db.new, db.old) if rule in side.program.rules)
        taken = [side.figures.taken.get(rule) for side in (db.old, db.new)]
        times = [each.times if each is not None else 0 for each in taken]
        much = [each.quantity if each is not None else ZERO for each in taken]
        refused = [side.figures.refused[rule] for side in (db.old, db.new)]
        rows.append((rule, unit, *times, *much, much[1] - much[0], *refused))
    columns = (
        RULE,
        UNIT,
        Column("times_old", "times, old", Kind.COUNT),
        Column("times_new", "times, new", Kind.COUNT),
        *three(Kind.QUANTITY),
        Column("refused_old", "refused, old", Kind.COUNT),
        Column("refused_new", "refused, new", Kind.COUNT),
    )
    return Table("redeems", "What was redeemed", columns, tuple(rows))


def _messages(db: Database) -> Table:
    sides = [
        {rule.name: side.figures.told.get(rule.name) for rule in side.program.rules.values() if rule.say is not None}
        for side in (db.old, db.new)
    ]
    rows = list[tuple[Value, ...]]()
    for rule in either(sides[NEW], sides[OLD]):
        told = [side.get(rule) for side in sides]
        times = [each.times if each is not None else 0 for each in told]
        rows.append((rule, *times, times[1] - times[0]))
    return Table("messages", "What was said", (RULE, *three(Kind.COUNT)), tuple(rows))


def by_month(db: Database) -> Section:
    """What each month cost."""
    found = db.rows(
        f"""SELECT month, sum(cost) FILTER (version = {OLD}), sum(cost) FILTER (version = {NEW}) FROM monthly GROUP BY month ORDER BY month"""
    )
    rows = tuple(
        (first_day(month), db.money(old), db.money(new), db.money(new) - db.money(old)) for month, old, new in found
    )
    currency = db.new.program.frame.currency
    columns = (Column("month", "month", Kind.MONTH), *three(Kind.MONEY, currency))
    notes = ("What is taken back counts in the month of the return.",)
    plot = Plot(Shape.LINES, ("old", "new"), beneath=("difference",))
    return Section("By month", (Table("months", "Cost by month", columns, rows, notes, plot=plot, summed=DIFFERENCE),))
