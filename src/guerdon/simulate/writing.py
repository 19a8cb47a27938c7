"""The files of a history: rows go out as they come, so that no more than one member's are held."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from guerdon.simulate.table import NUMBERS, SQL, Row, Table
from guerdon.study.whole import as_os_error

FORMATS = ("csv", "jsonl", "parquet")


class Writer:
    """Open files, one for each table, in which rows are put as text."""

    def __init__(self, files: Mapping[str, TextIO], as_json: bool) -> None:
        self._files, self._as_json = files, as_json

    def put(self, rows: Sequence[tuple[Table, Row]]) -> None:
        """Writes rows, in their order."""
        lines: dict[str, list[str]] = {}
        for table, row in rows:
            lines.setdefault(table.name, []).append(_as_json(table, row) if self._as_json else ",".join(row))
        for name, found in lines.items():
            self._files[name].write("\n".join(found) + "\n")


@contextmanager
def files(folder: Path, tables: Sequence[Table], form: str, as_text: bool) -> Iterator[Writer]:
    """Files to write in, in UTF-8 with `\\n` at the end of lines; of Parquet they are made when all rows are there.

    Shape: `as_text`: columns of Parquet are texts, so that they hold what is no number.
    """
    ending = "jsonl" if form == "jsonl" else "csv"
    with ExitStack() as stack:
        opened = {
            each.name: stack.enter_context((folder / f"{each.name}.{ending}").open("w", encoding="utf-8", newline="\n"))
            for each in tables
        }
        if ending == "csv":
            for each in tables:
                opened[each.name].write(",".join(each.columns) + "\n")
        yield Writer(opened, ending == "jsonl")
    if form == "parquet":
        for each in tables:
            _parquet(folder, each, as_text)


def _as_json(table: Table, row: Row) -> str:
    values = zip(table.columns.items(), row, strict=True)
    pairs = [f'"{name}": {_value(kind, value)}' for (name, kind), value in values]
    return "{" + ", ".join(pairs) + "}"


def _value(kind: str, value: str) -> str:
    if not value:
        return "null"
    return value if kind in NUMBERS and value[-1].isdigit() else json.dumps(value)


def _parquet(folder: Path, table: Table, as_text: bool) -> None:
    """Turns the CSV file of a table into one of Parquet, row by row in its order."""
    import duckdb  # only where it is wanted: it is slow to import

    columns = {column: "VARCHAR" if as_text else SQL[kind] for column, kind in table.columns.items()}
    listed = ", ".join(f"'{column}': '{sql}'" for column, sql in columns.items())
    source, target = folder / f"{table.name}.csv", folder / f"{table.name}.parquet"
    with as_os_error(), duckdb.connect(config={"threads": 1}) as con:
        con.execute(
            f"COPY (SELECT * FROM read_csv($1, auto_detect=false, header=true, delim=',', columns={{{listed}}})) TO '{_quoted(target)}' (FORMAT parquet)",
            [str(source)],
        )
    source.unlink()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
