"""A result table of what a kernel wrote, part by part: each is made when it is read, so that no more than one is there at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import nanoarrow

from guerdon.study import kernel_rows, kernel_tables
from guerdon.study.schema import WHOLE_DIGITS, Column, Kind, decimals

if TYPE_CHECKING:
    import duckdb

    from guerdon.study.kernel_rows import Part
    from guerdon.study.streamed import Streamed


def streams(run: Streamed, table: str, columns: Sequence[Column], parts: Sequence[Part]) -> list[PartStream]:
    """Some columns of parts of a table, in order; none where no row of it is written."""
    room, has = _Room(), kernel_tables.has(table, run.program)
    return [PartStream(run, table, room, each, columns) for each in parts] if has else []


class _Room:
    """The connection of the part that is read: it is closed as the next one is taken. `failed`: why a part could not be made."""

    con: duckdb.DuckDBPyConnection | None = None
    failed: BaseException | None = None

    def taken(self, con: duckdb.DuckDBPyConnection) -> None:
        if self.con is not None:
            self.con.close()
        self.con = con


class PartStream:
    """Rows of a result table as a stream of Arrow: those of a part of the members.

    Units: instants in microseconds.
    """

    def __init__(self, run: Streamed, table: str, room: _Room, part: Part, columns: Sequence[Column]) -> None:
        self.run, self.table, self.room, self.part, self.columns = run, table, room, part, columns

    def __arrow_c_schema__(self) -> object:
        places = decimals(self.run.program)
        return nanoarrow.struct({each.name: _arrow(each, places) for each in self.columns}).__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """INVARIANT: what goes wrong is kept, for whoever reads makes another error of it, also of an interrupt."""
        try:
            return self._made()
        except BaseException as error:
            self.room.failed = error
            raise

    def _made(self) -> object:
        run = self.run
        assert run.until is not None and run.written is not None
        con = run.history.beside(run.con)
        self.room.taken(con)
        kernel_rows.gather(con, run.program, self.part, self.table, {each.name for each in self.columns})
        stream: object = con.sql(
            kernel_tables.query(self.table, run.written, run.until, self.columns)
        ).__arrow_c_stream__()
        return stream


def _arrow(column: Column, places: int) -> Any:
    match column.kind:
        case Kind.TEXT | Kind.EXACT:
            return nanoarrow.string()
        case Kind.QUANTITY:
            return nanoarrow.decimal128(WHOLE_DIGITS + places, places)
        case Kind.WHOLE | Kind.INSTANT:
            return nanoarrow.int64()
