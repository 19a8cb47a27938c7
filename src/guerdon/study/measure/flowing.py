"""Where the points of each unit went in each month, of the postings of a run."""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction

from guerdon.ledger.entries import Pot
from guerdon.program import nodes
from guerdon.study.flows import Flow, Sums, flow
from guerdon.study.measure.database import Database


@dataclass(frozen=True)
class Flows:
    """What became of a unit, month by month; `bought`: what purchases gave to who bought, `returned`: what of that was taken back.

    Shape: a month in which nothing was posted has a flow of nothing.
    """

    unit: nodes.Unit
    by_month: dict[int, Flow]
    bought: dict[int, Fraction]
    returned: dict[int, Fraction]

    def of(self, month: int) -> Flow:
        return self.by_month.get(month, Flow())

    def worth(self, quantity: Fraction) -> Fraction:
        """What so much of the unit is worth. INVARIANT: the unit has a worth."""
        assert self.unit.worth is not None
        return quantity * self.unit.worth


def through(one: Flow, other: Flow) -> Flow:
    """What became of a unit in two spans of time together."""
    return Flow(*(getattr(one, each.name) + getattr(other, each.name) for each in fields(Flow)))


def flows(db: Database) -> list[Flows]:
    """The units of which something was posted, in the order of the program."""
    moved: dict[str, dict[int, Sums]] = {}
    for unit, month, source, target, quantity in db.rows(
        "SELECT unit, month, source, target, sum(quantity) FROM postings GROUP BY ALL ORDER BY ALL"
    ):
        moved.setdefault(unit, {}).setdefault(month, {})[Pot(source), Pot(target)] = Fraction(quantity)
    bought, returned = dict[str, dict[int, Fraction]](), dict[str, dict[int, Fraction]]()
    for unit, month, given, back in db.con.execute(
        """SELECT unit, month, coalesce(sum(quantity) FILTER (quantity > 0), 0), coalesce(-sum(quantity) FILTER (quantity < 0), 0)
           FROM awards WHERE list_contains($1, rule) GROUP BY ALL""",
        [_of_purchases(db)],
    ).fetchall():
        bought.setdefault(unit, {})[month] = Fraction(given)
        returned.setdefault(unit, {})[month] = Fraction(back)
    return [
        Flows(
            unit,
            {month: flow(sums) for month, sums in moved[name].items()},
            bought.get(name, {}),
            returned.get(name, {}),
        )
        for name, unit in db.program.units.items()
        if name in moved
    ]


def _of_purchases(db: Database) -> list[str]:
    """The rules that give something to who buys, on nothing but purchases."""
    events = {each.event for each in db.facts.purchases}
    return [
        rule.name for rule in db.program.rules.values() if not rule.takes and rule.to is None and {*rule.on} <= events
    ]
