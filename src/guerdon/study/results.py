"""The results of a run as files, for spreadsheets, databases and dataframes.

Rows are streamed and written by DuckDB, with the types of the schema declared; memory does not grow with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guerdon.history.sql import is_interrupt
from guerdon.study.rows import TooLarge
from guerdon.study.schema import TABLES, Column, Kind
from guerdon.study.whole import appearing, as_os_error

if TYPE_CHECKING:
    import duckdb

    from guerdon.study.parts import Run

__all__ = ["FORMATS", "TABLES", "TooLarge", "write"]

FORMATS = ("parquet", "csv", "jsonl")


def write(run: Run, folder: str | Path, format: str = "parquet", tables: Iterable[str] = tuple(TABLES)) -> list[Path]:
    """Writes result tables into a folder, one file each; where the files are.

    Shape: nothing appears before all is written. In CSV a text that a spreadsheet would
    run as a formula starts with an apostrophe (see `cell`). In JSONL quantities are JSON
    numbers with all their decimals.
    Errors: ValueError for another format; TooLarge; OSError where it can't be written.
    """
    if format not in FORMATS:
        raise ValueError(f"results are written as {', '.join(FORMATS)}, not as {format}")
    import duckdb  # not needed where nothing is written

    names = {table: f"{table}.{format}" for table in tables}
    with appearing(Path(folder), [*names.values()]) as beside, connect(beside) as con:
        try:
            for table in names:
                write_table(con, run, table, beside, format)
        except duckdb.IOException as error:
            raise OSError(str(error)) from None
        except Exception as error:
            if is_interrupt(error):
                raise KeyboardInterrupt from None
            raise
    return [Path(folder) / name for name in names.values()]


def connect(beside: Path, *others: Path, room: str = "120MB") -> duckdb.DuckDBPyConnection:
    """A DuckDB that reads and writes in one folder, where it spills what `room` does not hold, and in others that are named, and nowhere else.

    INVARIANT: one thread, so that rows keep their order and memory stays below the
    limit; with more, each holds rows of its own and the file is written no faster.
    """
    import duckdb  # as above

    settings: dict[str, Any] = {
        "threads": 1,
        "memory_limit": room,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "temp_directory": str(beside),
    }
    con = duckdb.connect(config=settings)
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = false")
    con.execute("SET allowed_directories = $1", [[str(each) for each in (beside, *others)]])
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


def write_table(con: duckdb.DuckDBPyConnection, run: Run, table: str, beside: Path, format: str) -> None:
    """Writes one table into a folder."""
    from guerdon.study.parts import quoted, selected  # as above

    with as_os_error(), selected(con, run, table, beside, safe=format == "csv") as query:
        con.execute(
            f"COPY ({typed(query, table, format)}) TO {quoted(beside / f'{table}.{format}')} ({_COPIED[format]})"
        )


_COPIED = {"parquet": "FORMAT parquet, COMPRESSION zstd", "csv": "FORMAT csv, HEADER", "jsonl": "FORMAT json"}


def typed(query: str, table: str, format: str = "parquet") -> str:
    """A query for the rows of a table, as they go into a file of a format."""
    chosen = ", ".join(f'{taken(each, format)} AS "{each.name}"' for each in TABLES[table])
    return f"SELECT {chosen} FROM ({query})"


def taken(column: Column, format: str) -> str:
    """A column as it goes into a file of this format."""
    name = f'"{column.name}"'
    if column.kind is not Kind.INSTANT:
        return name
    if format == "parquet":
        return f"make_timestamptz({name})"
    second = f"strftime(make_timestamp({name}), '%Y-%m-%dT%H:%M:%S"
    return f"CASE WHEN {name} % 1000000 = 0 THEN {second}Z') ELSE {second}.%fZ') END"
