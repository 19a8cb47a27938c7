"""Who gains and who loses: how many, how much, in which tenth of the members, and who most."""

from __future__ import annotations

from guerdon.study.compare.counted import Counted, counted
from guerdon.study.compare.database import Database
from guerdon.study.compare.sides import NEW, OLD
from guerdon.study.report.report import Column, Kind, Plot, Section, Shape, Table

BIGGEST = 10
"""So many who gain, and who lose, most are named."""

TENTHS = 10
_SUMMED = ("members", "old", "new", "difference", "gain", "lose")
MEMBER = Column("member", "member", Kind.TEXT)


def people(db: Database) -> Section:
    """Of all who were awarded something by either version."""
    ways = counted(db)
    last = ways[-1] if ways else None
    tables = [gains(db, ways)]
    if last is not None:
        tables += [_tenths(db, last), _most(db, last, "gain", "DESC"), _most(db, last, "lose", "ASC")]
    return Section("Who gains and who loses", tuple(tables))


def _members(by: Counted) -> str:
    """A query for what each member was given, or cost, by either version, and the difference."""
    return f"""SELECT member, old, new, new - old AS more FROM (
               SELECT member, coalesce(sum({by.total}) FILTER (version = {OLD}), 0) AS old, coalesce(sum({by.total}) FILTER (version = {NEW}), 0) AS new
               FROM costs WHERE {by.rows} GROUP BY member)"""


def gains(db: Database, ways: list[Counted]) -> Table:
    """How many gain and lose, and how much, counted in each unit, and last in what they cost."""
    rows = []
    for by in ways:
        ((gain, lose, same, more, less),) = db.rows(
            f"""SELECT count(*) FILTER (more > 0), count(*) FILTER (more < 0), count(*) FILTER (more = 0),
                       sum(more) FILTER (more > 0), sum(more) FILTER (more < 0) FROM ({_members(by)})""",
            **by.given,
        )
        rows.append((by.title, gain, lose, same, by.value(db, more), by.value(db, less)))
    columns = (
        Column("counted_in", "counted in", Kind.TEXT),
        *(Column(each, each, Kind.COUNT) for each in ("gain", "lose", "unchanged")),
        Column("gained", "gained in all", Kind.QUANTITY, signed=True),
        Column("lost", "lost in all", Kind.QUANTITY),
    )
    notes = ("Members, and accounts, that were awarded something by either version.",)
    return Table(
        "people", "Members who gain and lose", columns, tuple(rows), notes, of_rows=tuple(by.of_row for by in ways)
    )


def _tenths(db: Database, by: Counted) -> Table:
    """Members in ten groups of one size, by what they were given by the old version."""
    found = db.rows(
        f"""SELECT tenth, count(*), min(old), max(old), sum(old), sum(new), count(*) FILTER (more > 0), count(*) FILTER (more < 0)
            FROM (SELECT *, ntile({TENTHS}) OVER (ORDER BY old, member) AS tenth FROM ({_members(by)})) GROUP BY tenth ORDER BY tenth""",
        **by.given,
    )
    rows = []
    for tenth, members, least, most, was, now, gain, lose in found:
        old, new = by.value(db, was), by.value(db, now)
        share = (new - old) / old if old else None
        rows.append((tenth, members, by.value(db, least), by.value(db, most), old, new, new - old, share, gain, lose))
    columns = (
        Column("tenth", "tenth", Kind.COUNT),
        Column("members", "members", Kind.COUNT),
        by.column("least", "from"),
        by.column("most", "to"),
        by.column("old", "old"),
        by.column("new", "new"),
        by.column("difference", "difference", signed=True),
        Column("share", "in %", Kind.SHARE, signed=True),
        Column("gain", "gain", Kind.COUNT),
        Column("lose", "lose", Kind.COUNT),
    )
    notes = (
        f"Members who were awarded something by either version, in the order of their {by.title} under the old version (of equals, of their ids), cut into ten groups of one size.",
        "Where they can't be of one size, the first groups have one member more. The groups stay the same for the new version.",
    )
    plot = Plot(Shape.BARS, ("difference",))
    return Table(
        "tenths", f"By tenths of the members, {by.title}", columns, tuple(rows), notes, plot=plot, summed=_SUMMED
    )


def _most(db: Database, by: Counted, what: str, order: str) -> Table:
    sign = ">" if order == "DESC" else "<"
    found = db.rows(
        f"SELECT member, old, new, more FROM ({_members(by)}) WHERE more {sign} 0 ORDER BY more {order}, member LIMIT {BIGGEST}",
        **by.given,
    )
    rows = tuple((member, *(by.value(db, each) for each in figures)) for member, *figures in found)
    columns = (MEMBER, by.column("old", "old"), by.column("new", "new"), by.column("difference", "difference", True))
    return Table(f"{what}_most", f"Who {what}s most, {by.title}", columns, rows)
