"""What members hold of a unit, by how long ago it was given, and by when it expires."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from guerdon.ledger.entries import Pot
from guerdon.reference.calendar import ONE, add_months
from guerdon.study.measure.database import Database
from guerdon.study.measure.flowing import Flows
from guerdon.study.measure.members import part
from guerdon.study.report.report import Column, Kind, Table, Value

EDGES = (1, 3, 6, 12, 24, 36)
"""Where buckets end, in months."""


def prepare(db: Database) -> None:
    """Makes `open_lots`: what is left of each lot, and when it came into it; of a lot that was filled several times the newest is left."""
    own, came = (
        ", ".join(f"'{pot.value}'" for pot in pots)
        for pots in ((Pot.PENDING, Pot.AVAILABLE), (Pot.ISSUED, Pot.TRANSFERRED))
    )
    db.con.execute(
        f"""CREATE TABLE open_lots AS SELECT unit, "at", expires, remaining FROM (
                SELECT unit, "at", expires, least(quantity, remaining - coalesce(sum(quantity) OVER newer, 0)) AS remaining
                FROM (SELECT member, unit, lot, "at", sum(quantity) AS quantity FROM postings WHERE source IN ({came}) AND target IN ({own}) GROUP BY ALL)
                JOIN (SELECT * FROM lots WHERE remaining > 0) USING (lot, member, unit)
                WINDOW newer AS (PARTITION BY lot, member, unit ORDER BY "at" DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
            WHERE remaining > 0"""
    )


def ages(db: Database, of: Flows, share: Fraction) -> Iterator[Table]:
    """Two tables as of the last day that was read: lots by age, and by what is left of their time. `share` is expected to be redeemed.

    Shape: none where nothing is open.
    """
    if not db.con.execute("SELECT 1 FROM open_lots WHERE unit = $unit LIMIT 1", {"unit": of.unit.name}).fetchall():
        return
    after = db.months.read + ONE
    since = [db.calendar.start(add_months(after, -each)) for each in EDGES]
    held = _by(
        db, of, " ".join(f'WHEN "at" >= {start} THEN {bucket}' for bucket, start in enumerate(since)), len(EDGES)
    )
    names = [
        *(f"under {_months(each)}" for each in EDGES[:1]),
        *(f"{low} to under {_months(high)}" for low, high in pairwise(EDGES)),
        f"{_months(EDGES[-1])} or more",
    ]
    about = "Held back or not; what is owed is not taken off. Where lots are one, what is left is the newest."
    yield _table(
        db,
        of,
        f"age_{of.unit.name}",
        f"Open {of.unit.name} by age",
        "Given",
        names,
        held,
        share,
        f"By how long before the end of {db.months.read} it was given. {about}",
    )
    ends = [db.calendar.start(add_months(after, each)) for each in EDGES]
    whens = f"WHEN expires IS NULL THEN {len(EDGES) + 1} " + " ".join(
        f"WHEN expires <= {end} THEN {bucket}" for bucket, end in enumerate(ends)
    )
    left = _by(db, of, whens, len(EDGES))
    names = [*(f"within {_months(each)}" for each in EDGES), "later", "on no fixed day"]
    yield _table(
        db,
        of,
        f"expiry_{of.unit.name}",
        f"Open {of.unit.name} by expiry",
        "Expires",
        names,
        left,
        share,
        f"By when it expires, after the end of {db.months.read}. {about}",
    )


def _by(db: Database, of: Flows, whens: str, otherwise: int) -> dict[int, Fraction]:
    """What is left of lots, by bucket."""
    query = f"SELECT CASE {whens} ELSE {otherwise} END AS bucket, sum(remaining) FROM open_lots WHERE unit = $unit GROUP BY bucket"
    return {bucket: Fraction(quantity) for bucket, quantity in db.con.execute(query, {"unit": of.unit.name}).fetchall()}


def _table(
    db: Database,
    of: Flows,
    name: str,
    title: str,
    first: str,
    names: list[str],
    held: dict[int, Fraction],
    share: Fraction,
    note: str,
) -> Table:
    total = sum(held.values(), Fraction(0))
    rows: list[tuple[Value, ...]] = []
    for what, quantity in [
        *((each, held.get(bucket, Fraction(0))) for bucket, each in enumerate(names)),
        ("in all", total),
    ]:
        worth = of.worth(quantity)
        rows.append((what, quantity, part(quantity, total), worth, worth * share))
    money = db.program.frame.currency
    columns = (
        Column("bucket", first, Kind.TEXT),
        Column("open", "Open", Kind.QUANTITY, of.unit.name),
        Column("share", "of all", Kind.SHARE),
        Column("worth", "Worth", Kind.MONEY, money),
        Column("expected", "Expected to be redeemed", Kind.MONEY, money),
    )
    return Table(
        name,
        title,
        columns,
        tuple(rows),
        (
            note,
            "Expected to be redeemed: the worth times the share that is expected at the end of the last month shown.",
        ),
    )


def _months(number: int) -> str:
    return f"{number} month" if number == 1 else f"{number} months"
