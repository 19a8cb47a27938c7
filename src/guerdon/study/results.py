"""The results of a run as files, for spreadsheets, databases and dataframes.

Rows are streamed to a file of their own and from there written by DuckDB, with the
types of the schema declared; memory does not grow with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guerdon.reference.posted import Posted
from guerdon.study.arrow import as_arrow
from guerdon.study.rows import Row, TooLarge, decimal, rows
from guerdon.study.schema import TABLES, Column, Kind, decimals, stored_as
from guerdon.study.whole import appearing, cell

if TYPE_CHECKING:
    import duckdb

__all__ = ["FORMATS", "TABLES", "TooLarge", "as_arrow", "write"]

FORMATS = ("parquet", "csv", "jsonl")


def write(posted: Posted, folder: str | Path, format: str = "parquet") -> list[Path]:
    """Writes every result table into a folder, one file each; where the files are.

    Shape: nothing appears before all is written. In CSV a text that a spreadsheet would
    run as a formula starts with an apostrophe (see `cell`). In JSONL quantities are JSON
    numbers with all their decimals.
    Errors: ValueError for another format; TooLarge; OSError where it can't be written.
    """
    if format not in FORMATS:
        raise ValueError(f"results are written as {', '.join(FORMATS)}, not as {format}")
    import duckdb  # not needed where nothing is written

    names = [f"{table}.{format}" for table in TABLES]
    with appearing(Path(folder), names) as beside, connect(beside) as con:
        try:
            for table in TABLES:
                write_table(con, posted, table, beside, format)
        except duckdb.IOException as error:
            raise OSError(str(error)) from None
    return [Path(folder) / name for name in names]


def connect(beside: Path, *others: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB that reads and writes in one folder, or some more, and nowhere else.

    INVARIANT: one thread, so that rows keep their order and memory stays below the
    limit; with more, each holds rows of its own and the file is written no faster.
    """
    import duckdb  # as above

    settings = {
        **_FRUGAL,
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


_FRUGAL: dict[str, Any] = {"threads": 1, "memory_limit": "300MB"}


def write_table(con: duckdb.DuckDBPyConnection, posted: Posted, table: str, beside: Path, format: str) -> None:
    """Writes one table into a folder."""
    columns, places = TABLES[table], decimals(posted.program)
    staged = beside / f"{table}.staged"
    longest = _stage(staged, rows(posted, table), columns, places, safe=format == "csv")
    types = ", ".join(f"'{each.name}': '{_staged_as(each, places)}'" for each in columns)
    chosen = ", ".join(f'{_taken(each, format)} AS "{each.name}"' for each in columns)
    con.execute(f"""
        COPY (
            SELECT {chosen}
            FROM read_csv({_quoted(staged)}, columns={{{types}}}, {_AS_STAGED}, max_line_size={max(longest, 2_000_000)})
        ) TO {_quoted(beside / f"{table}.{format}")} ({_COPIED[format]})
    """)
    staged.unlink()


_COPIED = {"parquet": "FORMAT parquet, COMPRESSION zstd", "csv": "FORMAT csv, HEADER", "jsonl": "FORMAT json"}
_AS_STAGED = """auto_detect=false, header=false, delim=',', quote='"', escape='"', new_line='\\n', nullstr='\uffff', parallel=false"""


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


# ---------------------------------------------------------------- staged rows


def _stage(path: Path, found: Iterable[Row], columns: tuple[Column, ...], places: int, safe: bool) -> int:
    """Writes rows as CSV without a header; so many bytes as no row exceeds.

    Shape: every value in quotes, instants in microseconds, `_MISSING` for what is
    missing, so that an empty text is told from it. `safe`: for a spreadsheet.
    """
    longest = 0
    shown = [(number, show) for number, each in enumerate(columns) if (show := _shown(each, places, safe))]
    with path.open("w", encoding="utf-8", newline="") as file:
        for row in found:
            cells: list[Any] = list(row)
            for number, show in shown:
                cells[number] = _MISSING if row[number] is None else show(row[number])
            line = _line(cells)
            longest = max(longest, len(line))
            file.write(line)
    return longest * 4


def _shown(column: Column, places: int, safe: bool) -> Callable[[Any], str] | None:
    """How the values of a column are staged; None where they are texts that always are there."""
    match column.kind:
        case Kind.QUANTITY:
            return lambda value: decimal(value, places)
        case Kind.TEXT if safe:
            return cell
        case Kind.TEXT | Kind.EXACT:
            return str if column.optional else None
        case Kind.WHOLE | Kind.INSTANT:
            return str


def _line(cells: list[str]) -> str:
    """A row in quotes; twice as fast as the `csv` module, which looks at every character."""
    line = '","'.join(cells)
    if line.count('"') != 2 * len(cells) - 2:
        line = '","'.join(each.replace('"', '""') for each in cells)
    return f'"{line}"\n'


_MISSING = "\uffff"  # never a character of a text


def _staged_as(column: Column, places: int) -> str:
    return "BIGINT" if column.kind is Kind.INSTANT else stored_as(column, places)


def _taken(column: Column, format: str) -> str:
    """A staged column as it goes into a file of this format."""
    name = f'"{column.name}"'
    if column.kind is not Kind.INSTANT:
        return name
    if format == "parquet":
        return f"make_timestamptz({name})"
    second = f"strftime(make_timestamp({name}), '%Y-%m-%dT%H:%M:%S"
    return f"CASE WHEN {name} % 1000000 = 0 THEN {second}Z') ELSE {second}.%fZ') END"
