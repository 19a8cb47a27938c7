"""What members cost by a group that each of them is in: those of the old version, so that the groups stay the same."""

from __future__ import annotations

from guerdon.study.compare.database import Database
from guerdon.study.compare.sides import NEW, OLD
from guerdon.study.compare.totals import DIFFERENCE, three
from guerdon.study.report.report import Column, Kind, Table, Value

NOT_THERE = "not there"
"""Of whom no group is known."""


def cost_by(db: Database, of: str, names: list[str], members: str, note: str, **given: object) -> Table:
    """What each group cost by either version; `members`: a query for whom (`member`) is in which (`name`), with the values that it is given."""
    found = db.rows(
        f"""SELECT name, count(DISTINCT member), sum(cost) FILTER (version = {OLD}), sum(cost) FILTER (version = {NEW})
            FROM costs LEFT JOIN ({members}) USING (member) GROUP BY name""",
        **given,
    )
    by_name = {name: (count, db.money(old), db.money(new)) for name, count, old, new in found}
    rows = list[tuple[Value, ...]]()
    for name in [*names, None]:
        if name in by_name:
            count, old, new = by_name[name]
            rows.append((name or NOT_THERE, count, old, new, new - old, (new - old) / count))
    currency = db.new.program.frame.currency
    columns = (
        Column("group", of, Kind.TEXT),
        Column("members", "members", Kind.COUNT),
        *three(Kind.MONEY, currency),
        Column("each", "per member", Kind.MONEY, currency, signed=True),
    )
    return Table(f"cost_by_{of}", f"Cost by {of}", columns, tuple(rows), (note,), summed=("members", *DIFFERENCE))
