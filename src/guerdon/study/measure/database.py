"""A database for one measurement: what was bought, returned and answered, and the result tables, each with its day and month.

Everything streams into it, from the tables of the history and from those of the run; it lies in a scratch folder, and spills there.
Months are numbered: 12 times the year, and the month from 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import nanoarrow

from guerdon.program import nodes
from guerdon.reference.calendar import ONE, Calendar
from guerdon.study.measure.asked import Asked, MeasureError
from guerdon.study.measure.named import Named
from guerdon.study.measure.spent import Spent, days, referred
from guerdon.study.measure.wording import SAYS, Again, measures_of_words, worded
from guerdon.study.parts import selected
from guerdon.study.results import connect

if TYPE_CHECKING:
    import duckdb

    from guerdon.history.open import History
    from guerdon.study.parts import Run

_UTC_DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1).toordinal()
_NEVER = 2**62

_COPIED = {
    "awards": 'member, rule, unit, quantity, "at"',
    "postings": 'member, unit, lot, source, target, quantity, "at"',
    "lots": "id AS lot, member, unit, remaining, expires",
    "tiers": 'member, ladder, tier, "from" AS "at", before',
}
"""What is taken of the result tables."""

_DATED = ("bought", "returned", "answers", "awards", "postings", "tiers", "words", "ends")
"""The tables whose rows get the `day` and the `month` of their instant `at`."""


@dataclass(frozen=True)
class Months:
    """The months of a run: all from `first` through `last`, those from `since` through `through` are shown."""

    first: int
    last: int
    since: int
    through: int
    read: date  # the last day of which anything was read

    @property
    def all(self) -> range:
        return range(self.first, self.last + 1)

    @property
    def shown(self) -> range:
        return range(self.since, self.through + 1)

    def end(self, month: int) -> date:
        """The last day of a month that was read."""
        return min(first_day(month + 1) - ONE, self.read)


def month_of(day: date) -> int:
    return 12 * day.year + day.month - 1


def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


@dataclass(frozen=True)
class Database:
    """Tables `bought`, `returned`, `answers`, `awards`, `postings`, `tiers`, `words` of measures, `ends` of tiers (all with `day` and `month`), `lots`, `everybody`, `referred`.

    Units: amounts in so many `steps` of the currency; days as ordinals of the proleptic Gregorian calendar.
    """

    con: duckdb.DuckDBPyConnection
    program: nodes.Program
    asked: Asked
    facts: Named
    calendar: Calendar
    months: Months
    until: int
    steps: int

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.con.execute(query).fetchall()

    def by_month(self, query: str) -> dict[int, tuple[Any, ...]]:
        """The rows of a query by their first column, a month."""
        return {month: tuple(rest) for month, *rest in self.rows(query)}

    def money(self, steps: int | None) -> Fraction:
        """An amount of the currency; nothing for None."""
        return Fraction(int(steps or 0), self.steps)


@contextmanager
def opened(
    run: Run, history: History, again: Again, program: nodes.Program, facts: Named, asked: Asked
) -> Iterator[Database]:
    """The database of a measurement, as long as the block lasts.

    Errors: MeasureError G923 where nothing was read, or no month of it is asked for; TooLarge.
    """
    if run.until is None:
        raise MeasureError(
            "G923", "nothing was read, so there is nothing to measure", "look at the history, and at `--as-of`"
        )
    calendar = Calendar(program.frame)
    with TemporaryDirectory(prefix="guerdon-") as scratch, connect(Path(scratch)) as con:
        spent = _events(con, run, history, program, facts)
        for table, columns in _COPIED.items():
            with selected(con, run, table, Path(scratch)) as rows:
                con.execute(f"CREATE TABLE raw_{table} AS SELECT {columns} FROM ({rows})")
        _words(con, run, again, Path(scratch))
        con.execute("ALTER TABLE raw_lots RENAME TO lots")
        con.execute('CREATE TABLE raw_ends AS SELECT DISTINCT before AS "at" FROM raw_tiers WHERE before IS NOT NULL')
        dated = " UNION ALL ".join(f'SELECT min("at") AS first FROM raw_{each}' for each in _DATED)
        ((first,),) = con.execute(f"SELECT min(first) FROM ({dated})").fetchall()
        first_of_all = calendar.day(min(first, run.until - 1) if first is not None else run.until - 1)
        months = _months(asked, first_of_all, calendar.day(run.until - 1))
        _dated(con, calendar, first_of_all, months.read)
        yield Database(con, program, asked, facts, calendar, months, run.until, spent)


def _words(con: duckdb.DuckDBPyConnection, run: Run, again: Again, folder: Path) -> None:
    """Copies what measures of words came to at the ends of months."""
    con.execute('CREATE TABLE raw_words (member VARCHAR, measure VARCHAR, word VARCHAR, "at" BIGINT)')
    saying = worded(run, again)
    if saying is None:
        return
    with selected(con, saying, "effects", folder) as rows:
        for name in measures_of_words(run.program):
            con.execute(
                f"""INSERT INTO raw_words SELECT member, $name, text, "at" FROM ({rows}) WHERE starts_with(rule, $rule)""",
                {"name": name, "rule": f"{SAYS}{name} is "},
            )


def _months(asked: Asked, first: date, read: date) -> Months:
    """The months of a history, and those that are shown."""
    since = max(month_of(first), month_of(asked.since)) if asked.since is not None else month_of(first)
    through = min(month_of(read), month_of(asked.through)) if asked.through is not None else month_of(read)
    if since > through:
        wanted = f"from {asked.since}" if asked.since is not None and asked.since > read else f"through {asked.through}"
        raise MeasureError(
            "G923", f"nothing was read {wanted}: the history goes from {first} through {read}", "change the period"
        )
    return Months(month_of(first), month_of(read), since, through, read)


# ---------------------------------------------------------------- what happened


def _events(con: duckdb.DuckDBPyConnection, run: Run, history: History, program: nodes.Program, facts: Named) -> int:
    """Copies what a history tells; in how many steps of the currency amounts are."""
    before = run.until if run.later else None
    apart = history.apart()
    try:
        spent = Spent(apart, history, program, facts, before)
        spent.aside(run)
        for table in ("bought", "returned", "answers"):
            query = f"SELECT * FROM ({getattr(spent, table)()}) WHERE amount IS NOT NULL"
            _taken(con, apart, f"raw_{table}", query, _HAPPENED)
        _taken(con, apart, "everybody", spent.members(), {"member": nanoarrow.string()})
    finally:
        history.forget(apart)
    con.execute("CREATE TABLE referred (member VARCHAR)")
    names = [*referred(history, facts.referrers, before)]
    if names:
        con.execute("INSERT INTO referred SELECT DISTINCT unnest($1)", [[member for (member,) in names]])
    return spent.steps


_HAPPENED = {"member": nanoarrow.string(), "at": nanoarrow.int64(), "amount": nanoarrow.int64()}
_AT_ONCE = 250_000
"""So many rows go from one database to the other together: a stream's are all made before it is read."""


def _taken(
    con: duckdb.DuckDBPyConnection, of: duckdb.DuckDBPyConnection, table: str, query: str, columns: dict[str, Any]
) -> None:
    """A table of the rows of a query in another database, where they are written down first: it spills to disk."""
    listed = ", ".join(f'"{each}"{"::BIGINT" if each == "amount" else ""} AS "{each}"' for each in columns)
    of.execute(f"CREATE TABLE {table} AS SELECT {listed} FROM ({query})")
    ((count,),) = of.execute(f"SELECT count(*) FROM {table}").fetchall()
    for first in range(0, max(count, 1), _AT_ONCE):
        rows = f"SELECT * FROM {table} WHERE rowid >= {first} AND rowid < {first + _AT_ONCE}"
        con.register("taken", _Rows(of, rows, columns))
        con.execute(f"{f'INSERT INTO {table}' if first else f'CREATE TABLE {table} AS'} SELECT * FROM taken")
        con.unregister("taken")
    of.execute(f"DROP TABLE {table}")


class _Rows:
    """The rows of a query as a stream of Arrow, made when it is read."""

    def __init__(self, con: duckdb.DuckDBPyConnection, query: str, columns: dict[str, Any]) -> None:
        self.con, self.query, self.columns = con, query, columns

    def __arrow_c_schema__(self) -> object:
        return nanoarrow.struct(self.columns).__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        stream: object = self.con.sql(self.query).__arrow_c_stream__()
        return stream


# ---------------------------------------------------------------- days


def _dated(con: duckdb.DuckDBPyConnection, calendar: Calendar, first: date, last: date) -> None:
    """Gives rows their day: of each day of UTC, the days of the program that start in it.

    INVARIANT: one hash join, whose right side has a row for each day; the rows stream by. No more than three days start in one of UTC.
    """
    con.execute("CREATE TABLE utc_days (utc_day BIGINT, day INTEGER, first BIGINT, second BIGINT, third BIGINT)")
    starts: dict[int, list[int]] = {}
    for _, start in (known := days(first, last, calendar)):
        starts.setdefault(start // _UTC_DAY, []).append(start)
    day, rows = known[0][0] - 1, []
    for utc_day in range(min(starts), max(starts) + 3):
        cuts = starts.get(utc_day, [])
        first_cut, second, third = (*cuts, *[_NEVER] * (3 - len(cuts)))
        rows.append((utc_day, day, first_cut, second, third))
        day += len(cuts)
    con.execute(
        f"INSERT INTO utc_days SELECT {', '.join(f'unnest(${at})' for at in range(1, 6))}",
        [[*each] for each in zip(*rows, strict=True)],
    )
    con.execute("CREATE TABLE months_of (day INTEGER, month INTEGER)")
    listed = [*range(known[0][0], known[-1][0] + 1)]
    con.execute(
        "INSERT INTO months_of SELECT unnest($1), unnest($2)",
        [listed, [month_of(date.fromordinal(each)) for each in listed]],
    )
    for table in _DATED:
        con.execute(
            f"""CREATE TABLE {table} AS SELECT raw.*, months_of.day, month
                FROM (SELECT raw.*, utc.day + ("at" >= first)::INTEGER + ("at" >= second)::INTEGER + ("at" >= third)::INTEGER AS day
                      FROM raw_{table} AS raw JOIN utc_days AS utc ON utc_day = ("at" + {_EPOCH} * {_UTC_DAY}) // {_UTC_DAY} - {_EPOCH}) AS raw
                JOIN months_of USING (day)"""
        )
        con.execute(f"DROP TABLE raw_{table}")
