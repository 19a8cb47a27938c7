"""Where members stand at the end, who moves, and what members of each tier cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from guerdon.study.compare.counted import either
from guerdon.study.compare.database import Database
from guerdon.study.compare.grouped import NOT_THERE, cost_by
from guerdon.study.compare.sides import NEW, OLD, Side
from guerdon.study.compare.totals import DIFFERENCE, three
from guerdon.study.report.report import Column, Kind, Section, Table, Value


def standing(db: Database) -> Section:
    """Three tables for each ladder."""
    ladders = either(db.new.program.ladders, db.old.program.ladders)
    if not ladders:
        return Section("Tiers", (), "neither version has tiers")
    return Section("Tiers", tuple(each for ladder in ladders for each in _of_ladder(db, ladder)))


def _of_ladder(db: Database, ladder: str) -> Iterator[Table]:
    tiers = [_tiers(side, ladder) for side in (db.old, db.new)]
    found = db.rows(
        f"""SELECT old.tier, new.tier, count(*) FROM (SELECT member, tier FROM stood WHERE version = {OLD} AND ladder = $ladder AND last) AS old
            FULL JOIN (SELECT member, tier FROM stood WHERE version = {NEW} AND ladder = $ladder AND last) AS new USING (member) GROUP BY ALL""",
        ladder=ladder,
    )
    moves = {(was, now): members for was, now, members in found}
    yield _counts(ladder, moves, *tiers)
    yield _moves(ladder, moves, *tiers)
    note = f"Members by the {ladder} that they hold at the end under the old version."
    mine = f"SELECT member, tier AS name FROM stood WHERE version = {OLD} AND ladder = $ladder AND last"
    yield cost_by(db, ladder, tiers[OLD], mine, note, ladder=ladder)


def _tiers(side: Side, ladder: str) -> list[str]:
    return [tier.name for tier in side.program.ladders[ladder].tiers] if ladder in side.program.ladders else []


Moves = dict[tuple[str | None, str | None], int]


def _counts(ladder: str, moves: Moves, old: list[str], new: list[str]) -> Table:
    was, now = Counter[str | None](), Counter[str | None]()
    for (before, after), members in moves.items():
        was[before] += members
        now[after] += members
    rows = tuple((tier, was[tier], now[tier], now[tier] - was[tier]) for tier in either(new, old))
    columns = (Column("tier", "tier", Kind.TEXT), *three(Kind.COUNT))
    return Table(f"tiers_{ladder}", f"Members by {ladder} at the end", columns, rows, summed=DIFFERENCE)


def _moves(ladder: str, moves: Moves, old: list[str], new: list[str]) -> Table:
    """The matrix: old tiers down, new ones across."""
    across: list[str | None] = [*new, *([None] if any(after is None for _, after in moves) else [])]
    down: list[str | None] = [*old, *([None] if any(before is None for before, _ in moves) else [])]
    rows = tuple[tuple[Value, ...], ...](
        (was or NOT_THERE, *(moves.get((was, now), 0) for now in across)) for was in down
    )
    columns = (
        Column("old", "old, and new →", Kind.TEXT),
        *(Column(f"new_{tier or NOT_THERE}", tier or NOT_THERE, Kind.COUNT) for tier in across),
    )
    return Table(f"moves_{ladder}", f"Moves on {ladder}", columns, rows)
