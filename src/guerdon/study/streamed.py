"""Results as files, from the rows that a kernel writes, while it writes them; memory does not grow with them.

Rows are held until their member has come to the end. What is then said of some members goes into a
file for each table, in a folder that nobody sees; in the end those are made one.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator, Mapping, MutableSequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from guerdon.history.open import History
from guerdon.kernel.arrow import LETTER, frame
from guerdon.kernel.machine import Machine, Views
from guerdon.reference.posted import Posted
from guerdon.study import kernel_rows
from guerdon.study.results import connect, write_table
from guerdon.study.whole import appearing

WRITTEN = ("awards", "postings", "tiers", "balances", "lots")
"""The tables that are written."""

AT_ONCE = 500_000
"""So many rows of the ledger, or more, are read at a time."""


@contextmanager
def streaming(history: History, machine: Machine, until: int, folder: str | Path) -> Iterator[Streamed]:
    """Takes what a machine writes; when the block ends well, the tables are files of a folder.

    Shape: nothing appears before all is written. The rows of each member are in the order that `results` writes,
    members in that of their names. `until`: the instant (exclusive) at which the run ends.
    Errors: OSError where it can't be written.
    """
    names = [f"{table}.parquet" for table in WRITTEN]
    with (
        appearing(Path(folder), names) as beside,
        tempfile.TemporaryDirectory(dir=history.scratch) as parts,
        history.con.cursor() as con,
    ):
        streamed = Streamed(con, machine, until, Path(parts))
        try:
            yield streamed
            streamed.finish(beside)
        except duckdb.IOException as error:
            raise OSError(str(error)) from None


class Streamed:
    """What a machine's rows say, part by part."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, machine: Machine, until: int, parts: Path, at_once: int = AT_ONCE
    ) -> None:
        self.con, self.machine, self.until, self.folder, self.at_once = con, machine, until, parts, at_once
        self.program = machine.program
        self.waiting = 0
        self.first = 0
        self.ended = -1
        self.parts = 0
        self.others: list[Posted] = []
        kernel_rows.prepare(con, machine.written)
        columns = "row BIGINT, code INTEGER, quantity BIGINT, a BIGINT, b BIGINT, c BIGINT, d BIGINT"
        con.execute(f"CREATE OR REPLACE TABLE kernel_ledger ({columns})")
        con.execute("CREATE OR REPLACE TABLE kernel_ended (who INTEGER, bad UTINYINT)")

    def sink(self, views: Views, rows: int, members: int) -> None:
        """Takes the rows that a call of the kernel wrote, and who came to the end in it."""
        if rows:
            names = ("o_row", "o_code", "o_quantity", "o_a", "o_b", "o_c", "o_d")
            chosen = f"o_row::BIGINT + {self.machine.first}, {', '.join(names[1:])}"
            self._insert("kernel_ledger", chosen, _buffers(views, self.machine.written.outputs, names, rows), rows)
            self.waiting += rows
        if members:
            buffers = _buffers(views, self.machine.written.results, ("m_who", "m_bad"), members)
            self._insert("kernel_ended", "m_who, m_bad", buffers, members)
            self.ended = buffers["m_who"][members - 1]
        if self.waiting >= self.at_once and members:
            self._read()

    def bad(self) -> list[str]:
        """The members, so far, who are left to the reference engine."""
        found = self.con.execute(
            "SELECT member FROM kernel_ended JOIN kernel_members USING (who) WHERE bad <> 0 ORDER BY who"
        ).fetchall()
        return [member for (member,) in found]

    def add(self, posted: Posted) -> None:
        """Adds what a reference engine made of other members."""
        self.others.append(posted)

    def _insert(self, table: str, chosen: str, buffers: Mapping[str, memoryview], count: int) -> None:
        self.con.register("kernel_written", frame(buffers, count))
        self.con.execute(f"INSERT INTO {table} SELECT {chosen} FROM kernel_written")
        self.con.unregister("kernel_written")

    def _read(self) -> None:
        """Writes what rows say of the members who have come to the end, and forgets those rows."""
        con = self.con
        end = self.first + _count(con, f"kernel_rows WHERE rowid >= {self.first} AND who_is <= {self.ended}")
        kernel_rows.gather(con, self.machine.written, self.first, end)
        for table in WRITTEN:
            con.execute(
                f"COPY ({kernel_rows.query(table, self.program, self.until)}) TO '{self._part(table, self.parts)}' (FORMAT parquet, COMPRESSION lz4_raw)"
            )
        con.execute(
            f"CREATE OR REPLACE TABLE kernel_ledger AS SELECT * FROM kernel_ledger WHERE row >= {end} ORDER BY rowid"
        )
        self.waiting, self.first, self.parts = _count(con, "kernel_ledger"), end, self.parts + 1

    def _part(self, table: str, number: int) -> Path:
        return self.folder / f"{table}-{number:06}.parquet"

    def finish(self, beside: Path) -> None:
        """Makes one file of the parts of each table."""
        if self.waiting or not self.parts:
            self._read()
        with connect(beside, self.folder) as con:
            for table in WRITTEN:
                for posted in self.others:
                    write_table(con, posted, table, self.folder, "parquet")
                    (self.folder / f"{table}.parquet").rename(self._part(table, self.parts))
                    self.parts += 1
                listed = ", ".join(f"'{each}'" for each in sorted(self.folder.glob(f"{table}-*.parquet")))
                con.execute(f"COPY (SELECT * FROM read_parquet([{listed}])) TO '{beside / table}.parquet' ({_PARQUET})")
                for each in self.folder.glob(f"{table}-*.parquet"):
                    each.unlink()


def _count(con: duckdb.DuckDBPyConnection, rows: str) -> int:
    """How many rows there are; all are fetched, or the connection stays taken."""
    ((count,),) = con.execute(f"SELECT count(*) FROM {rows}").fetchall()
    return int(count)


_PARQUET = "FORMAT parquet, COMPRESSION zstd"


def _buffers(
    views: Mapping[str, MutableSequence[int] | memoryview], types: Mapping[str, str], names: tuple[str, ...], count: int
) -> dict[str, memoryview]:
    """Columns as buffers; a kernel that CPython runs has lists."""
    found = {}
    for name in names:
        values = views[name]
        found[name] = (
            values if isinstance(values, memoryview) else memoryview(array(LETTER[types[name]], values[:count]))
        )
    return found
