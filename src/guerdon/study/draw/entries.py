"""The list of a draw: who has which numbers, and which awards they come from.

An entry is one of a unit that was given in the period and is still there at its end, less what returns took back afterwards.
The list is made in a database from the result tables `postings` and `awards`, whichever engine wrote them, and is read from there.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from guerdon.ledger.entries import Pot
from guerdon.program import nodes
from guerdon.study.parts import selected
from guerdon.study.results import connect
from guerdon.study.whole import cell

if TYPE_CHECKING:
    import duckdb

    from guerdon.study.parts import Run

COLUMNS = ("first", "last", "member", "event", "rule")

Span = tuple[int, int]
"""Instants in microseconds, the first inclusive and the second exclusive."""


@dataclass(frozen=True, slots=True)
class Line:
    """The entries `first` through `last`: what a member has of what a rule gave at an event."""

    first: int
    last: int
    member: str
    event: str
    rule: str


class Entries:
    """The numbered list of a draw, read from a database line by line.

    Shape: by member, then by when they were given, by event and by rule; texts in the order of their code points.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con

    def __iter__(self) -> Iterator[Line]:
        last = 0
        found = self.con.execute("SELECT quantity, member, event, rule FROM listed")
        while rows := found.fetchmany(10_000):
            for quantity, member, event, rule in rows:
                yield Line(last + 1, last + quantity, member, event, rule)
                last += quantity

    def ends(self) -> list[int]:
        """The last number of each member, in order."""
        return [[line.last for line in lines][-1] for _, lines in groupby(self, lambda line: line.member)]

    def digest(self) -> str:
        """The SHA-256 of the list as `write` writes it, in hexadecimal."""
        found = hashlib.sha256()
        for text in self._texts():
            found.update(text)
        return found.hexdigest()

    def write(self, path: Path) -> None:
        """Writes the list as CSV, in UTF-8, each line ended by a line feed."""
        with path.open("wb") as file:
            file.writelines(self._texts())

    def _texts(self) -> Iterator[bytes]:
        yield _text(COLUMNS)
        for line in self:
            yield _text((line.first, line.last, cell(line.member), cell(line.event), cell(line.rule)))


def _text(cells: tuple[object, ...]) -> bytes:
    """A line of the file; texts that a spreadsheet would run start with an apostrophe."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()


@contextmanager
def listed(run: Run, unit: nodes.Unit, period: Span) -> Iterator[Entries]:
    """The list of a unit's entries of a period, as long as the block lasts."""
    with TemporaryDirectory(prefix="guerdon-") as scratch, connect(Path(scratch)) as con:
        prepare = _of_lots if unit.spendable else _of_awards
        prepare(con, run, unit.name, period, Path(scratch))
        con.execute(_LISTED, {"start": period[0]})
        yield Entries(con)


# ---------------------------------------------------------------- what is there

# Two tables are made: `given`, what was given before the end of the period and into which pool (a lot, or of a unit that is only counted a
# member), and `left_over`, how much of a pool there is and whose it is.


def _copy(
    con: duckdb.DuckDBPyConnection, run: Run, unit: str, scratch: Path, table: str, columns: str, where: str
) -> None:
    """Copies of a result table what is of a unit.

    INVARIANT: rows are written as they come. To group them at once DuckDB would open all parts of what a kernel wrote together, which its
    memory does not hold.
    """
    with selected(con, run, table, scratch) as rows:
        con.execute(
            f"CREATE TABLE {table} AS SELECT {columns} FROM ({rows}) WHERE unit = $unit AND {where}", {"unit": unit}
        )


def _of_lots(con: duckdb.DuckDBPyConnection, run: Run, unit: str, period: Span, scratch: Path) -> None:
    """Of a unit that lies in lots: what is left of each, in whose hands it is, less what returns took back of its award later."""
    posted = 'member, lot, source, target, quantity::BIGINT AS quantity, "at", event, reason'
    returned = f'"of" IS NOT NULL AND quantity < 0 AND "at" >= {period[1]}'
    _copy(con, run, unit, scratch, "postings", posted, f'lot IS NOT NULL AND "at" < {period[1]}')
    _copy(con, run, unit, scratch, "awards", '"of" AS lot, quantity::BIGINT AS quantity', returned)
    con.execute(
        f"""CREATE TABLE left_over AS SELECT lot AS pool, member, there + coalesce(returned.quantity, 0) AS quantity
            FROM (SELECT lot, member, sum(CASE WHEN {_own("target")} THEN quantity ELSE 0 END
                                          - CASE WHEN {_own("source")} THEN quantity ELSE 0 END) AS there
                  FROM postings GROUP BY lot, member)
            LEFT JOIN (SELECT lot, sum(quantity) AS quantity FROM awards GROUP BY lot) AS returned USING (lot)
            WHERE there > 0"""
    )
    con.execute(
        f"""CREATE TABLE given AS SELECT lot AS pool, event, reason AS rule, "at", sum(quantity) AS quantity
            FROM postings WHERE source = '{Pot.ISSUED.value}' GROUP BY ALL"""
    )


def _own(column: str) -> str:
    """Whether a pot is one in which a lot lies."""
    return f"{column} IN ('{Pot.PENDING.value}', '{Pot.AVAILABLE.value}')"


def _of_awards(con: duckdb.DuckDBPyConnection, run: Run, unit: str, period: Span, scratch: Path) -> None:
    """Of a unit that is only counted: each member's awards of the period, less what was taken back of them, and by hand."""
    awarded = 'id, member, event, rule, quantity::BIGINT AS quantity, "at", "of"'
    _copy(con, run, unit, scratch, "awards", awarded, "true")
    con.execute(
        """CREATE TABLE net AS SELECT member, event, rule, "at", awards.quantity + coalesce(corrected.quantity, 0) AS quantity
           FROM awards
           LEFT JOIN (SELECT "of" AS id, sum(quantity) AS quantity FROM awards WHERE "of" IS NOT NULL GROUP BY "of") AS corrected USING (id)
           WHERE "of" IS NULL AND "at" >= $start AND "at" < $before""",
        {"start": period[0], "before": period[1]},
    )
    con.execute(
        "CREATE TABLE left_over AS SELECT member AS pool, member, sum(quantity) AS quantity FROM net GROUP BY member"
    )
    con.execute('CREATE TABLE given AS SELECT member AS pool, event, rule, "at", quantity FROM net WHERE quantity > 0')


_LISTED = """
    CREATE TABLE listed AS SELECT quantity, member, event, rule
    FROM (SELECT member, event, rule, "at", pool,
                 least(given.quantity, left_over.quantity - coalesce(sum(given.quantity) OVER newer, 0)) AS quantity
          FROM given JOIN left_over USING (pool)
          WINDOW newer AS (PARTITION BY pool, member ORDER BY "at" DESC, event DESC, rule DESC
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
    WHERE "at" >= $start AND quantity > 0 ORDER BY member, "at", event, rule, pool"""
"""What is left of each pool is the newest of what was given. INVARIANT: a table keeps the order in which it was written, see `connect`."""
