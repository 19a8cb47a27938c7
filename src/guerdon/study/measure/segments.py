"""Members by tier at the end of each month, and their moves from one month to the next."""

from __future__ import annotations

from collections import Counter

from guerdon.program import nodes
from guerdon.study.measure.database import Database, first_day
from guerdon.study.measure.members import MONTH, count
from guerdon.study.measure.report import Column, Kind, Plot, Section, Shape, Table, Value


def segments(db: Database) -> Section:
    """Two tables for each ladder."""
    if not db.program.ladders:
        return Section("Segments", (), "the program has no tiers")
    # INVARIANT: a tier held at an instant in a month and no longer at the month's end is of no row; so each member has one at most.
    db.con.execute(
        f"""CREATE TABLE held AS SELECT member, ladder, tier, entered, coalesce(left_in, {db.months.last + 1}) AS gone
            FROM (SELECT tiers.member, tiers.ladder, tiers.tier, tiers.month AS entered, ends.month AS left_in
                  FROM tiers LEFT JOIN ends ON ends."at" = tiers.before)
            WHERE left_in IS NULL OR entered < left_in"""
    )
    return Section(
        "Segments",
        tuple(each for ladder in db.program.ladders.values() for each in (_standing(db, ladder), _moves(db, ladder))),
    )


def _standing(db: Database, ladder: nodes.Ladder) -> Table:
    """How many held each tier at the end of each month."""
    changes: Counter[tuple[str, int]] = Counter()
    of = {"ladder": ladder.name}
    for tier, month, members in db.con.execute(
        "SELECT tier, entered, count(*) FROM held WHERE ladder = $ladder GROUP BY ALL", of
    ).fetchall():
        changes[tier, month] += members
    for tier, month, members in db.con.execute(
        "SELECT tier, gone, count(*) FROM held WHERE ladder = $ladder GROUP BY ALL", of
    ).fetchall():
        changes[tier, month] -= members
    tiers = [each.name for each in ladder.tiers]
    standing, rows = Counter[str](), list[tuple[Value, ...]]()
    for month in range(db.months.first, db.months.through + 1):
        for tier in tiers:
            standing[tier] += changes[tier, month]
        if month >= db.months.since:
            rows.append((first_day(month), *(standing[tier] for tier in tiers)))
    columns = (MONTH, *(count(f"tier_{at}", tier) for at, tier in enumerate(tiers)))
    notes = (f"{_who(ladder)} who hold the tier as the month ends; who has not been on the ladder yet is in none.",)
    return Table(
        f"tiers_{ladder.name}",
        f"{_who(ladder)} by {ladder.name}",
        columns,
        tuple(rows),
        notes,
        plot=Plot(Shape.LINES, tuple(each.name for each in columns[1:])),
    )


def _moves(db: Database, ladder: nodes.Ladder) -> Table:
    """Who holds another tier at the end of a month than at the end of the month before."""
    found = db.con.execute(
        """SELECT entered, was, tier, count(*) FROM (
               SELECT member, ladder, tier, entered, CASE WHEN lag(gone) OVER own = entered THEN lag(tier) OVER own END AS was
               FROM held WINDOW own AS (PARTITION BY member, ladder ORDER BY entered))
           WHERE ladder = $ladder AND tier IS DISTINCT FROM was GROUP BY ALL""",
        {"ladder": ladder.name},
    ).fetchall()
    ranks = {None: -1} | {each.name: at for at, each in enumerate(ladder.tiers)}
    found = sorted(found, key=lambda each: (each[0], ranks[each[1]], ranks[each[2]]))
    rows = tuple(
        (first_day(month), was or "not there", tier, members)
        for month, was, tier, members in found
        if month in db.months.shown
    )
    columns = (MONTH, Column("from", "From", Kind.TEXT), Column("to", "To", Kind.TEXT), count("members", "Members"))
    notes = (
        "From the tier at the end of the month before to that at the end of the month; who held another in between, or left the ladder, is in none.",
    )
    return Table(f"moves_{ladder.name}", f"Moves on {ladder.name}", columns, rows, notes)


def _who(ladder: nodes.Ladder) -> str:
    return "Members" if ladder.account is None else f"Each {ladder.account}"
