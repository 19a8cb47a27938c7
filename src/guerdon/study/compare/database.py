"""A database for one comparison: what both versions awarded, and what members have in the end. It lies in a scratch folder, and spills there.

Tables: `given` (each award of either version), `costs` (what each member cost, by version and month), `held`, `stood`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import lcm
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from guerdon.reference.calendar import Calendar
from guerdon.study.compare.sides import Side
from guerdon.study.parts import selected
from guerdon.study.results import connect
from guerdon.study.schema import decimals

if TYPE_CHECKING:
    import duckdb

OLD, NEW = 0, 1

ROOM = "400MB"
"""What it may take before it spills."""

_UTC_DAY = 86_400_000_000
_BEFORE = 1_000_000  # days: what is counted from there on is above zero
_NEVER = 2**62


@dataclass(frozen=True)
class Database:
    """Both versions of a comparison.

    Units: `steps` of each quantity are of 10 ** -`places`; a cost is in steps of one `over`-th of the currency.
    """

    con: duckdb.DuckDBPyConnection
    old: Side
    new: Side
    calendar: Calendar
    places: int
    over: int
    folder: Path  # where it may write

    def rows(self, query: str, **given: object) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.con.execute(query, given or None).fetchall()

    def quantity(self, steps: int | None) -> Fraction:
        return Fraction(int(steps or 0), 10**self.places)

    def money(self, steps: int | None) -> Fraction:
        return Fraction(int(steps or 0), self.over)


@contextmanager
def opened(old: Side, new: Side) -> Iterator[Database]:
    """The database of a comparison, as long as the block lasts. Errors: TooLarge."""
    sides = old, new
    places = max(decimals(side.program) for side in sides)
    worths = {side: {unit: side.worth(unit) for unit in side.program.units} for side in sides}
    over = lcm(*(each.denominator for of in worths.values() for each in of.values() if each is not None))
    calendar = Calendar(new.program.frame)
    with TemporaryDirectory(prefix="guerdon-") as scratch, connect(Path(scratch), room=ROOM) as con:
        con.execute("CREATE TABLE worths (version TINYINT, unit VARCHAR, worth HUGEINT)")
        for version, side in enumerate(sides):
            priced = {unit: int(each * over) for unit, each in worths[side].items() if each is not None}
            con.execute(
                "INSERT INTO worths SELECT $1, unnest($2), unnest($3)", [version, [*priced], [*priced.values()]]
            )
        db = Database(con, old, new, calendar, places, over * 10**places, Path(scratch))
        for table, columns in _COPIED.items():
            for version, side in enumerate(sides):
                with selected(con, side.run, table[0], Path(scratch), columns=_NEEDED[table[0]]) as rows:
                    made = f"INSERT INTO {table[1]}" if version else f"CREATE TABLE {table[1]} AS"
                    con.execute(
                        f"{made} SELECT {version}::TINYINT AS version, {columns.format(steps=f'* {10**places})::HUGEINT')} FROM ({rows}){_WHERE.get(table[1], '')}"
                    )
        _costs(db)
        yield db


_COPIED = {
    ("awards", "awarded"): 'member, rule, unit, event, "at", "of" IS NOT NULL AS back, (quantity {steps} AS steps',
    ("balances", "held"): "member, unit, (balance {steps} AS balance, (pending {steps} AS pending",
    ("tiers", "stood"): "member, ladder, tier",
}
"""What is taken of result tables, into which."""

_NEEDED = {
    "awards": ("member", "rule", "unit", "quantity", "event", "at", "of"),
    "balances": ("member", "unit", "balance", "pending"),
    "tiers": ("member", "ladder", "tier", "before"),
}

_WHERE = {"awarded": " WHERE quantity <> 0", "stood": ' WHERE "before" IS NULL'}


def _costs(db: Database) -> None:
    """What each member was given and cost, by unit, version and month: months are numbered, 12 times the year, and the month from 0."""
    con = db.con
    ((first, last),) = con.execute('SELECT min("at"), max("at") FROM awarded').fetchall()
    con.execute("CREATE TABLE utc_days (utc_day BIGINT, month INTEGER, cut BIGINT)")
    if first is not None:
        rows = [*_days(db.calendar, first, last)]
        con.execute(
            "INSERT INTO utc_days SELECT unnest($1), unnest($2), unnest($3)",
            [[*each] for each in zip(*rows, strict=True)],
        )
    con.execute(
        f"""CREATE TABLE costs AS
            SELECT version, member, unit, month + ("at" >= cut)::INTEGER AS month, sum(steps) AS steps, sum(steps * coalesce(worth, 0)) AS cost
            FROM awarded JOIN utc_days ON utc_day = ("at" + {_BEFORE * _UTC_DAY}) // {_UTC_DAY} - {_BEFORE}
            LEFT JOIN worths USING (version, unit) GROUP BY ALL"""
    )


def _days(calendar: Calendar, first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """The days of UTC between two instants: each with the month as it begins, and the instant in it at which the next one does."""
    day = calendar.day(first)
    month = 12 * day.year + day.month - 1
    following = calendar.start(first_day(month + 1))
    for utc_day in range(first // _UTC_DAY, last // _UTC_DAY + 1):
        while following <= utc_day * _UTC_DAY:
            month += 1
            following = calendar.start(first_day(month + 1))
        yield utc_day, month, following if following < (utc_day + 1) * _UTC_DAY else _NEVER


def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)
