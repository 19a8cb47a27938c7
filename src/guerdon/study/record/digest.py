"""SHA-256 of files, and of the rows of result tables whatever wrote them in whatever order."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from guerdon.history import sql
from guerdon.study.parts import quoted
from guerdon.study.record.contents import File, Table
from guerdon.study.results import taken
from guerdon.study.schema import TABLES, Column, Kind

if TYPE_CHECKING:
    import duckdb

APART = {("awards", "program")}
"""Columns that are not hashed: the fingerprint is compared by itself, because versions may print a program in another way."""


def file(path: Path) -> File:
    """A file as it is. Errors: OSError."""
    with path.open("rb") as read:
        found = hashlib.file_digest(read, "sha256").hexdigest()
        return File(bytes=read.tell(), sha256=found)


def text(of: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(of).hexdigest()


def hashed(table: str) -> tuple[str, ...]:
    """The columns of a table that are hashed."""
    return tuple(each.name for each in TABLES[table] if (table, each.name) not in APART)


def table(con: duckdb.DuckDBPyConnection, path: Path, name: str, columns: tuple[str, ...]) -> Table:
    """What some columns of a result table come to, read from its Parquet file.

    Shape: a row is a line of its columns, in order, with tabs between, as PostgreSQL copies them: what is missing is `\\N`, and a backslash, a tab, a line
    feed and a carriage return within a text are `\\\\`, `\\t`, `\\n`, `\\r`. Quantities have the decimals of the table, instants are ISO 8601 with Z. The lines,
    in UTF-8, each with a line feed behind it, are sorted by their bytes; theirs is the SHA-256.
    """
    joined = ", ".join(f"coalesce({_escaped(each)}, '\\N')" for each in columns)
    found = con.execute(f"SELECT concat_ws(chr(9), {joined}) AS line FROM ({texts(path, name, columns)}) ORDER BY line")
    whole, rows = hashlib.sha256(), 0
    while lines := found.fetchmany(_AT_ONCE):
        whole.update("".join(f"{line}\n" for (line,) in lines).encode())
        rows += len(lines)
    return Table(rows=rows, columns=columns, sha256=whole.hexdigest())


_AT_ONCE = 10_000


def _escaped(column: str) -> str:
    escaped = f'"{column}"'
    for character, letter in ((92, "\\"), (9, "t"), (10, "n"), (13, "r")):
        escaped = f"replace({escaped}, chr({character}), '\\{letter}')"
    return escaped


def texts(path: Path, name: str, columns: tuple[str, ...]) -> str:
    """A query for some columns of a result table in a Parquet file, each value as text."""
    of = {each.name: each for each in TABLES[name]}
    read = ", ".join(_read(of[each]) for each in columns)
    chosen = ", ".join(f"CAST({taken(of[each], 'csv')} AS VARCHAR) AS {sql.name(each)}" for each in columns)
    return f"SELECT {chosen} FROM (SELECT {read} FROM read_parquet({quoted(path)}))"


def _read(column: Column) -> str:
    """A column of a Parquet file, instants in microseconds since 1970 UTC."""
    name = sql.name(column.name)
    return f"epoch_us({name}) AS {name}" if column.kind is Kind.INSTANT else name
