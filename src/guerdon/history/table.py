"""The raw table of a source: its columns as they are, and of each row the file and number.

CSV and JSON are text in every column. What can't be taken apart (a ragged row, a line
that is not JSON) is not in the table but told apart, with its place.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import duckdb

from guerdon.history.event import Place, Rejection
from guerdon.history.files import FORMATS
from guerdon.history.sql import complaint, name, text
from guerdon.text.diagnostic import Diagnostic
from guerdon.text.source import Span

FILE, ROW = '"guerdon_file"', '"guerdon_row"'

_LINES = "auto_detect=false, header=false, delim='\x01', quote='', escape='', comment='', strict_mode=false, max_line_size=16000000"
_NUMBERS = r"""((?:"(?:[^"\\]|\\.)*"|[^"0-9-])*)(-?[0-9][0-9.eE+-]*|$)"""


class BadTable(Exception):
    """A file that is not a table; says what is wrong with it."""

    def __init__(self, code: str, message: str, help: str) -> None:
        super().__init__(message)
        self.code, self.message, self.help = code, message, help

    def at(self, span: Span) -> Diagnostic:
        return Diagnostic(self.code, self.message, span, help=(self.help,))


def load(con: duckdb.DuckDBPyConnection, table: str, files: list[Path], separator: str) -> list[Rejection]:
    """Makes the raw table `table` of these files, of one format.

    Errors: BadTable, with G513 (unreadable), G514 (not UTF-8) or G516 (column names).
    """
    formats = {FORMATS[each.suffix.lower()] for each in files}
    if len(formats) > 1:
        other = next(each for each in files if FORMATS[each.suffix.lower()] != FORMATS[files[0].suffix.lower()])
        message = f"`{files[0].name}` and `{other.name}` are files of different kinds"
        raise BadTable("G512", message, "make a source of each kind of file")
    try:
        return {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}[formats.pop()](con, table, files, separator)
    except duckdb.Error as error:
        raise _unreadable(error, files) from None


def _unreadable(error: duckdb.Error, files: list[Path]) -> BadTable:
    named = files[0].name if len(files) == 1 else ", ".join(each.name for each in files[:3])
    if "utf-8" in str(error).lower() or "unicode" in str(error).lower():
        return _not_utf8(files)
    if "magic bytes" in str(error) or "too small to be a Parquet" in str(error):
        message = f"`{named}` can't be read: it is not a Parquet file, or not the whole of one"
        return BadTable(
            "G513", message, "make the file anew; a file of another kind keeps its own ending, such as .csv"
        )
    if "invalid state" in str(error):
        return BadTable(
            "G513",
            f"`{named}` can't be taken apart: its lines end in different ways",
            "save it again in an editor or spreadsheet, so that all lines end alike",
        )
    return BadTable(
        "G513",
        f"`{named}` can't be read: {complaint(error)}",
        "make the file anew; it may be damaged or of another kind",
    )


def _not_utf8(files: list[Path]) -> BadTable:
    """That a file is in another encoding: the first that can't be read, and its first such line."""
    help = "save it as UTF-8 (in a spreadsheet: CSV UTF-8)"
    for path in files:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    line.decode("utf-8")
                except UnicodeDecodeError:
                    return BadTable("G514", f"`{path.name}` is not UTF-8 text: line {number} can't be read", help)
    return BadTable("G514", f"`{files[0].name}` is not UTF-8 text", help)


def _parquet(con: duckdb.DuckDBPyConnection, table: str, files: list[Path], _: str) -> list[Rejection]:
    paths = "[" + ", ".join(text(str(each)) for each in files) + "]"
    con.execute(
        f"""CREATE VIEW {name(table)} AS
            SELECT * EXCLUDE ("guerdon_path", file_row_number),
                   list_position({paths}, "guerdon_path") - 1 AS {FILE}, file_row_number + 1 AS {ROW}
            FROM read_parquet({paths}, filename='guerdon_path', file_row_number=true)"""
    )
    con.execute(f"SELECT * FROM {name(table)} LIMIT 1")
    return []


# ---------------------------------------------------------------- CSV


def _csv(con: duckdb.DuckDBPyConnection, table: str, files: list[Path], separator: str) -> list[Rejection]:
    columns = _header(con, files[0], separator)
    listed = ", ".join(f"{name(each)} VARCHAR" for each in columns)
    con.execute(f"CREATE TABLE {name(table)} ({listed}, {FILE} INTEGER, {ROW} BIGINT)")
    rejections: list[Rejection] = []
    for index, path in enumerate(files):
        own = _header(con, path, separator)
        if set(own) != set(columns):
            odd = sorted(set(own) ^ set(columns))[0]
            having, lacking = (path, files[0]) if odd in own else (files[0], path)
            raise BadTable(
                "G516",
                f"`{having.name}` has a column `{odd}`, and `{lacking.name}` has none",
                "make a source of each, or give the files the same columns",
            )
        rejections += _csv_file(con, table, path, index, own, separator)
    return rejections


def _header(con: duckdb.DuckDBPyConnection, path: Path, separator: str) -> list[str]:
    found = con.execute(
        f"SELECT line FROM read_csv({text(str(path))}, {_LINES}, columns={{'line': 'VARCHAR'}}) LIMIT 1"
    ).fetchall()
    first = (found and found[0][0]) or ""
    columns = [each.strip() for each in next(csv.reader([first.removeprefix("\ufeff")], delimiter=separator), [])]
    folded = [each.casefold() for each in columns]
    twice = next((each for each in columns if folded.count(each.casefold()) > 1), None)
    if not columns or not all(columns):
        raise BadTable("G516", f"`{path.name}` has a column without a name", "give each column a name in the first row")
    if twice is not None:
        raise BadTable("G516", f"`{path.name}` has two columns named `{twice}`", "give each column a name of its own")
    return columns


def _csv_file(
    con: duckdb.DuckDBPyConnection, table: str, path: Path, index: int, columns: list[str], separator: str
) -> list[Rejection]:
    listed = ", ".join(f"{text(each)}: 'VARCHAR'" for each in columns)
    con.execute("DROP TABLE IF EXISTS ragged; DROP TABLE IF EXISTS ragged_scans")
    con.execute(
        f"""CREATE TEMP TABLE reading AS SELECT *, row_number() OVER () AS {ROW}
            FROM read_csv({text(str(path))}, auto_detect=false, header=true, delim={text(separator)}, quote='"', escape='"', comment='',
                          strict_mode=true, columns={{{listed}}}, max_line_size=16000000,
                          store_rejects=true, rejects_table='ragged', rejects_scan='ragged_scans', rejects_limit=0)"""
    )
    ragged = con.execute(
        "SELECT line, min(error_type::VARCHAR), min(csv_line), min(error_message) FROM ragged GROUP BY line ORDER BY line"
    ).fetchall()
    if any(kind == "INVALID ENCODING" for _, kind, _, _ in ragged):
        raise _not_utf8([path])
    starts = ", ".join(f"({line - 1 - earlier})" for earlier, (line, *_) in enumerate(ragged)) or "(NULL)"
    con.execute(
        f"""INSERT INTO {name(table)} BY NAME
            SELECT * REPLACE ({ROW} + (SELECT count(*) FROM (VALUES {starts}) skipped(start) WHERE start <= {ROW}) AS {ROW}), {index} AS {FILE}
            FROM reading; DROP TABLE reading"""
    )
    return [_ragged(path, line - 1, kind, raw, said, len(columns)) for line, kind, raw, said in ragged]


def _ragged(path: Path, row: int, kind: str, raw: str | None, said: str, columns: int) -> Rejection:
    count = said.rpartition("Found: ")[2]
    counted = kind in ("MISSING COLUMNS", "TOO MANY COLUMNS") and count.isdigit()
    message = (
        f"the row has {count} values, but there are {columns} columns"
        if counted
        else "a quote is opened and not closed"
        if "quote" in said
        else f"the row can't be taken apart: {complaint(Exception(said))}"
    )
    help = "a value that contains the separator, a quote or a line break stands in double quotes"
    return Rejection("G600", message, None, Place(str(path), row), {"row": (raw or "").strip("\r\n")}, help)


def torn(
    rejections: Iterable[Rejection], files: Sequence[Path], column: int, separator: str
) -> list[tuple[int, str, int]]:
    """File, value of a column and row of each ragged row, as far as the row goes."""
    found = []
    for each in rejections:
        values = next(csv.reader([str(each.source["row"])], delimiter=separator), [])
        if each.code == "G600" and each.place and len(values) > column:
            found.append(([str(path) for path in files].index(each.place.file), values[column], each.place.row))
    return found


# ---------------------------------------------------------------- JSON


def _jsonl(con: duckdb.DuckDBPyConnection, table: str, files: list[Path], _: str) -> list[Rejection]:
    reads = " UNION ALL ".join(
        f"SELECT line, {index} AS file, row_number() OVER () AS row FROM read_csv({text(str(path))}, {_LINES}, columns={{'line': 'VARCHAR'}})"
        for index, path in enumerate(files)
    )
    con.execute(
        f"""CREATE TEMP TABLE reading AS
            SELECT *, CASE WHEN fine THEN json_keys(line) END AS keys
            FROM (SELECT line, file, row, CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END AS fine
                  FROM ({reads}) WHERE trim(line) <> '')"""
    )
    columns = [
        each
        for (each,) in con.execute(
            "SELECT k FROM (SELECT unnest(keys) k, file, row FROM reading) GROUP BY k ORDER BY min(row), k"
        ).fetchall()
    ]
    if not columns:
        raise BadTable(
            "G513",
            f"`{files[0].name}` has no line that is a JSON object",
            'write one to a line: {"id": "1", "amount": "12.50"}',
        )
    con.execute(f"CREATE TABLE {name(table)} AS {_objects(columns)}")
    rejections = list(_not_objects(con, files))
    con.execute("DROP TABLE reading")
    return rejections


def _objects(columns: list[str]) -> str:
    """Each value as text: a string's characters, a number's digits as they were typed, lists and objects as JSON."""
    quoted = rf"""regexp_replace(regexp_replace(line, {text(_NUMBERS)}, '\1"\2"', 'g'), '("")+$', '')"""
    paths = ", ".join(text(_path(each)) for each in columns)
    values = ", ".join(f"found[{index}] AS {name(each)}" for index, each in enumerate(columns, 1))
    return f"""SELECT {values}, file::INTEGER AS {FILE}, row::BIGINT AS {ROW}
               FROM (SELECT json_extract_string({quoted}, [{paths}]) AS found, file, row FROM reading
                     WHERE fine AND len(keys) = len(list_distinct(keys)))"""


def _path(key: str) -> str:
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _not_objects(con: duckdb.DuckDBPyConnection, files: list[Path]) -> Iterator[Rejection]:
    found = con.execute(
        "SELECT line, file, row, fine FROM reading WHERE NOT fine OR len(keys) <> len(list_distinct(keys)) ORDER BY file, row"
    ).fetchall()
    for line, file, row, fine in found:
        message = "the line names a key twice" if fine else "the line is not a JSON object"
        yield Rejection(
            "G601",
            message,
            None,
            Place(str(files[file]), row),
            {"row": line},
            'write one object to a line: {"id": "1", "amount": "12.50"}',
        )
