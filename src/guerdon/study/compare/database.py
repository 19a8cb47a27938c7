"""A database for one comparison: what both versions awarded, and what members have in the end. It lies in a scratch folder, and spills there.

Tables: `costs` (what each member was given and cost, by version and unit), `monthly` (what each month cost), `held` and `stood` (balances at the
end, and tiers), `held_before_live`. Awards themselves
are looked at in passing, few members at a time: there may be more than a disk has room for.
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

from guerdon.ledger.entries import OWN
from guerdon.reference.calendar import Calendar
from guerdon.study.compare.differing import Differing
from guerdon.study.compare.sides import Side
from guerdon.study.parts import selected, together
from guerdon.study.results import connect
from guerdon.study.schema import decimals

if TYPE_CHECKING:
    import duckdb


ROOM = "400MB"
"""What it may take before it spills."""

_UTC_DAY = 86_400_000_000
_BEFORE = 1_000_000  # days: what is counted from there on is above zero
_NEVER = 2**62


@dataclass(frozen=True)
class Database:
    """Both versions of a comparison.

    Units: `steps` of each quantity are of 10 ** -`places`; a cost is in steps of one `over`-th of the currency. `live`: as `opened` has it.
    """

    con: duckdb.DuckDBPyConnection
    old: Side
    new: Side
    calendar: Calendar
    places: int
    over: int
    folder: Path  # where it may write
    live: int | None
    differing: Differing

    def rows(self, query: str, **given: object) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.con.execute(query, given or None).fetchall()

    def quantity(self, steps: int | None) -> Fraction:
        return Fraction(int(steps or 0), 10**self.places)

    def money(self, steps: int | None) -> Fraction:
        return Fraction(int(steps or 0), self.over)


@contextmanager
def opened(old: Side, new: Side, live: int | None = None) -> Iterator[Database]:
    """The database of a comparison, as long as the block lasts; `live`: the instant at which the new version
    begins to decide, where it is to be known at which events awards differ. Errors: TooLarge."""
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
        db = Database(con, old, new, calendar, places, over * 10**places, Path(scratch), live, Differing())
        _copy(db)
        if live is not None:
            _hold(db, live)
        _award(db)
        yield db


_COPIED = {
    "balances": ("held", "member, unit, (balance {steps} AS balance, (pending {steps} AS pending", ""),
    "tiers": (
        "stood",
        'member, ladder, tier, "before" IS NULL AS last, "from" < {live} AND coalesce("before" >= {live}, true) AS before_live',
        " WHERE last OR before_live",
    ),
}
"""What is taken of result tables: into which, what, and of which rows."""

_NEEDED = {
    "balances": ("member", "unit", "balance", "pending"),
    "tiers": ("member", "ladder", "tier", "from", "before"),
}


def _copy(db: Database) -> None:
    """What members have at the end, and have when the new version begins to decide."""
    steps, live = f"* {10**db.places})::HUGEINT", db.live if db.live is not None else _NEVER
    for table, (into, columns, where) in _COPIED.items():
        for version, side in enumerate((db.old, db.new)):
            with selected(db.con, side.run, table, db.folder, columns=_NEEDED[table]) as rows:
                made = f"INSERT INTO {into}" if version else f"CREATE TABLE {into} AS"
                chosen = columns.format(steps=steps, live=live)
                db.con.execute(f"{made} SELECT {version}::TINYINT AS version, {chosen} FROM ({rows}){where}")


def _hold(db: Database, live: int) -> None:
    """What members had, held or not, when the new version begins to decide: at the end, where all that was read lies before."""
    untils = [side.run.until for side in (db.old, db.new)]
    if all(until is None or until <= live for until in untils):
        db.con.execute(
            "CREATE VIEW held_before_live AS SELECT version, member, unit, balance + pending AS steps FROM held"
        )
        return
    db.con.execute("CREATE TABLE held_before_live (version TINYINT, member VARCHAR, unit VARCHAR, steps HUGEINT)")
    own = ", ".join(f"'{pot.value}'" for pot in OWN)
    into = f"CASE WHEN target IN ({own}) THEN 1 ELSE 0 END - CASE WHEN source IN ({own}) THEN 1 ELSE 0 END"
    for version, side in enumerate((db.old, db.new)):
        with selected(db.con, side.run, "postings", db.folder, columns=_OF_POSTINGS) as rows:
            db.con.execute(
                f"""INSERT INTO held_before_live SELECT {version}, member, unit, (sum(quantity * ({into})) * {10**db.places})::HUGEINT
                    FROM ({rows}) WHERE "at" < {live} GROUP BY member, unit"""
            )


_OF_POSTINGS = ("member", "unit", "source", "target", "quantity", "at")


# ---------------------------------------------------------------- awards


def _award(db: Database) -> None:
    """What each member was given and cost, by version and unit; what each month cost; and at which events that differs: of few members at a time."""
    con = db.con
    con.execute("CREATE TABLE costs (version TINYINT, member VARCHAR, unit VARCHAR, steps HUGEINT, cost HUGEINT)")
    con.execute("CREATE TABLE monthly (version TINYINT, month INTEGER, cost HUGEINT)")
    con.execute("CREATE TABLE utc_days (utc_day BIGINT, month INTEGER, cut BIGINT)")
    days = range(0)
    for members in together(db.old.run, db.new.run):
        for version, side in enumerate((db.old, db.new)):
            with selected(con, side.run, "awards", db.folder, columns=_OF_AWARDS, members=members[version]) as rows:
                made = "INSERT INTO awarded" if version else "CREATE OR REPLACE TEMP TABLE awarded AS"
                con.execute(f"{made} SELECT {version}::TINYINT AS version, * FROM ({rows}) WHERE quantity <> 0")
        days = _cover(db, days)
        _cost(db)
        if db.live is not None:
            db.differing.add(con, db.places, db.live)
    con.execute("DROP TABLE IF EXISTS awarded")


_OF_AWARDS = ("member", "rule", "unit", "quantity", "event", "at")


def _cost(db: Database) -> None:
    """Adds what those in `awarded` were given and cost: months are numbered, 12 times the year, and the month from 0."""
    steps = f"(sum(quantity) * {10**db.places})::HUGEINT"
    db.con.execute(
        f"""INSERT INTO costs SELECT version, member, unit, steps, steps * coalesce(worth, 0)
            FROM (SELECT version, member, unit, {steps} AS steps FROM awarded GROUP BY ALL) LEFT JOIN worths USING (version, unit)"""
    )
    db.con.execute(
        f"""INSERT INTO monthly SELECT version, month, sum(steps * coalesce(worth, 0)) FROM (
                SELECT version, unit, month + ("at" >= cut)::INTEGER AS month, {steps} AS steps
                FROM awarded JOIN utc_days ON utc_day = ("at" + {_BEFORE * _UTC_DAY}) // {_UTC_DAY} - {_BEFORE} GROUP BY ALL)
            LEFT JOIN worths USING (version, unit) GROUP BY version, month"""
    )


def _cover(db: Database, known: range) -> range:
    """Makes the days known that are in `awarded`, beside those that are; which are now."""
    ((first, last),) = db.rows('SELECT min("at"), max("at") FROM awarded')
    if first is None:
        return known
    days = range(first // _UTC_DAY, last // _UTC_DAY + 1)
    if known:
        days = range(min(days[0], known[0]), max(days[-1], known[-1]) + 1)
    missing = (
        [each for each in (range(days[0], known[0]), range(known[-1] + 1, days[-1] + 1)) if each] if known else [days]
    )
    rows = [row for each in missing for row in _days(db.calendar, each)]
    if rows:
        columns = [[*each] for each in zip(*rows, strict=True)]
        db.con.execute("INSERT INTO utc_days SELECT unnest($1), unnest($2), unnest($3)", columns)
    return days


def _days(calendar: Calendar, utc_days: range) -> Iterator[tuple[int, int, int]]:
    """Days of UTC: each with the month as it begins, and the instant in it at which the next one does."""
    day = calendar.day(utc_days[0] * _UTC_DAY)
    month = 12 * day.year + day.month - 1
    following = calendar.start(first_day(month + 1))
    for utc_day in utc_days:
        while following <= utc_day * _UTC_DAY:
            month += 1
            following = calendar.start(first_day(month + 1))
        yield utc_day, month, following if following < (utc_day + 1) * _UTC_DAY else _NEVER


def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)
