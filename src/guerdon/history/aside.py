"""Rows that were set aside, each with its code, its words and what stood in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import duckdb

from guerdon.history.column import Part
from guerdon.history.event import Place, Rejection
from guerdon.history.fault import Faults
from guerdon.history.sql import name
from guerdon.history.staging import Staged
from guerdon.history.table import FILE, ROW

_KEPT_TOGETHER = "mend the row that was wrong; an event is read whole or not at all"


def faulty_rows(con: duckdb.DuckDBPyConnection, staged: Staged, faults: Faults) -> Iterator[Rejection]:
    """Rows with a fault of their own, in order."""
    id = staged.at(Part.ID) or staged.at(Part.MEMBER)
    for file, row, fault, shown, event, source in _rows(
        con, staged, f"SELECT file, row, fault, shown, {id} FROM {staged.table('rows')} WHERE fault IS NOT NULL"
    ):
        message, help = faults[fault].said(shown)
        yield Rejection(faults[fault].code, message, event, Place(staged.files[file], row), source, help)


def companions(con: duckdb.DuckDBPyConnection, staged: Staged) -> Iterator[Rejection]:
    """Rows without a fault of their own, whose event was set aside for another row (G618)."""
    query = f"""SELECT rows.file, rows.row, heads.id, min(bad.row) FROM {staged.table("rows")} AS rows
                JOIN {staged.table("all")} AS heads ON rows.file = heads.file AND rows.{staged.at(Part.GROUP)} = heads.key
                JOIN {staged.table("bad")} AS bad ON bad.file = heads.file AND bad.key = heads.key
                WHERE heads.faulty AND rows.fault IS NULL GROUP BY ALL"""
    for file, row, event, bad, source in _rows(con, staged, query):
        message = f"the row belongs to event `{event}`, which was set aside because of row {bad}"
        yield Rejection("G618", message, event, Place(staged.files[file], row), source, _KEPT_TOGETHER)


def disagreeing(con: duckdb.DuckDBPyConnection, staged: Staged) -> Iterator[Rejection]:
    """Rows of events whose rows differ in what they should share (G617)."""
    query = f"""SELECT rows.file, rows.row, heads.id, heads.disagrees FROM {staged.table("rows")} AS rows
                JOIN {staged.table("all")} AS heads ON rows.file = heads.file AND rows.{staged.at(Part.GROUP)} = heads.key
                WHERE NOT heads.faulty AND heads.disagrees IS NOT NULL"""
    for file, row, event, column, source in _rows(con, staged, query):
        field = staged.columns[column].label
        message = f"the rows of {staged.event} `{event}` give different values for `{field}`"
        help = f"give all its rows the same `{field}`, or group by something else"
        yield Rejection("G617", message, event, Place(staged.files[file], row), source, help)


def conflicting(con: duckdb.DuckDBPyConnection, staged: Staged) -> Iterator[Rejection]:
    """Rows of events with the id of an earlier one and another content (G619)."""
    rows = f"SELECT file, row, id, first_file, first_row FROM {staged.table('later')} WHERE NOT same"
    if staged.grouped:
        rows = f"""SELECT rows.file, rows.row, id, first_file, first_row FROM {staged.table("rows")} AS rows
                   JOIN {staged.table("later")} AS later ON rows.file = later.file AND rows.{staged.at(Part.GROUP)} = later.key WHERE NOT same"""
    for file, row, event, first_file, first_row, source in _rows(con, staged, rows):
        message = f"`{event}` is the id of an earlier `{staged.event}` with other content, at {staged.files[first_file]} row {first_row}"
        help = "an id names one event: give this one its own, or remove it"
        help += "; all rows of a group lie in one file" if staged.grouped else ""
        yield Rejection("G619", message, event, Place(staged.files[file], row), source, help)


def _rows(con: duckdb.DuckDBPyConnection, staged: Staged, query: str) -> Iterator[tuple]:  # type: ignore[type-arg]
    """Rows of the query (file and row first), in order, each with what its source row holds at the end."""
    if not con.execute(f"SELECT 1 FROM ({query}) LIMIT 1").fetchall():
        return
    raw = f'SELECT * EXCLUDE ({FILE}, {ROW}) {_as_text(con, staged)}, {FILE} AS "guerdon.f", {ROW} AS "guerdon.r" FROM {name(f"raw {staged.source}")}'
    cursor = con.cursor()
    cursor.execute(
        f'SELECT found.*, raw.* EXCLUDE ("guerdon.f", "guerdon.r") FROM ({query}) AS found JOIN ({raw}) AS raw ON found.file = raw."guerdon.f" AND found.row = raw."guerdon.r" ORDER BY found.file, found.row'
    )
    columns = [each[0] for each in cursor.description]
    width = len(con.execute(f"DESCRIBE {query}").fetchall())
    while chunk := cursor.fetchmany(1_000):
        for values in chunk:
            source = {column: plain(value) for column, value in zip(columns[width:], values[width:], strict=True)}
            yield (*values[:width], source)


def _as_text(con: duckdb.DuckDBPyConnection, staged: Staged) -> str:
    """Columns of instants made text: DuckDB hands them over only where a package for time zones is installed."""
    described = con.execute(f"DESCRIBE {name(f'raw {staged.source}')}").fetchall()
    zoned = [name(column) for column, kind, *_ in described if "TIME ZONE" in kind]
    return f"REPLACE ({', '.join(f'CAST({each} AS VARCHAR) AS {each}' for each in zoned)})" if zoned else ""


def plain(value: object) -> object:
    """A value that prints as it stood: text, whole numbers and yes/no as they are, the rest as text."""
    if isinstance(value, datetime | date | Decimal):
        return str(value)
    return value
