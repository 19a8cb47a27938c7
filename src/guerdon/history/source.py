"""A source: a raw table whose declared columns are read as what they are declared to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import duckdb

from guerdon.history import lists, moment, reading, table
from guerdon.history.event import Rejection
from guerdon.history.fault import Fault, Faults
from guerdon.history.mapping import SourceMapping
from guerdon.history.reading import Reading, Unreadable
from guerdon.history.sql import complaint, missing_column, name
from guerdon.history.table import FILE, ROW
from guerdon.text.diagnostic import Diagnostic, nearest
from guerdon.text.source import Span

FAULT, SHOWN = '"guerdon_fault"', '"guerdon_shown"'
HIDDEN = (FILE, ROW, FAULT, SHOWN)


@dataclass(frozen=True, slots=True)
class Table:
    """A source as it can be selected from: its columns with their SQL types, files, and what never became a row."""

    name: str
    mapping: SourceMapping
    columns: dict[str, str]
    files: tuple[Path, ...]
    rejections: tuple[Rejection, ...]

    @property
    def view(self) -> str:
        return name(f"source {self.name}")

    @property
    def raw(self) -> str:
        return name(f"raw {self.name}")


def open_table(
    con: duckdb.DuckDBPyConnection,
    called: str,
    mapping: SourceMapping,
    files: list[Path],
    faults: Faults,
    place: Callable[..., Span],
    taken: bool = False,
) -> tuple[Table | None, list[Diagnostic]]:
    """The source as a table; none where it can't be read. `taken`: its raw table is there, and made of no file.

    Errors: G513, G514, G515, G516, G528.
    """
    try:
        rejections = [] if taken else table.load(con, f"raw {called}", files, mapping.separator)
    except table.BadTable as error:
        return None, [error.at(place("file"))]
    raw = name(f"raw {called}")
    try:
        raw = raw if mapping.each is None else lists.unnested(con, raw, mapping.each)
    except (duckdb.Error, lists.NoLists, lists.Taken) as error:
        return None, [_no_lists(con, error, raw, mapping, place)]
    types = columns(con, f"SELECT * EXCLUDE ({FILE}, {ROW}) FROM {raw}")
    readings, wrong = _declared(mapping, types, place)
    if wrong:
        return None, wrong
    con.execute(f"CREATE VIEW {name(f'source {called}')} AS {_view(raw, readings, faults)}")
    read = columns(con, f"SELECT * EXCLUDE ({', '.join(HIDDEN)}) FROM {name(f'source {called}')}")
    return Table(called, mapping, read, tuple(files), tuple(rejections)), []


def columns(con: duckdb.DuckDBPyConnection, query: str) -> dict[str, str]:
    """The columns of a query and their SQL types."""
    return {row[0]: str(row[1]) for row in con.execute(f"DESCRIBE {query}").fetchall()}


def no_such_column(called: str, known: dict[str, str], span: Span, separator: str = ",") -> Diagnostic:
    close = nearest(called, known)
    advice = [f"did you mean `{close}`?"] if close else []
    if len(known) == 1 and any(mark in next(iter(known)) for mark in ";\t|"):
        mark = next(each for each in ";\t|" if each in next(iter(known)))
        shown = {"\t": "a tab"}.get(mark, f"`{mark}`")
        written = {"\t": "\\t"}.get(mark, mark)
        advice = [f'the values seem to be separated by {shown}: add the line `separator: "{written}"` to the source']
    listed = ", ".join(known) if len(known) <= 20 else ", ".join(list(known)[:20]) + f" and {len(known) - 20} more"
    return Diagnostic("G515", f"there is no column `{called}`", span, help=(*advice, f"there are: {listed}"))


def _no_lists(
    con: duckdb.DuckDBPyConnection, error: Exception, raw: str, mapping: SourceMapping, place: Callable[..., Span]
) -> Diagnostic:
    """What is wrong with `each`."""
    if isinstance(error, lists.Taken):
        help = "give the column another name in the file"
        return Diagnostic("G516", "the file has a column called `each` already", place("each"), help=(help,))
    column = missing_column(error)
    if column is not None:
        return no_such_column(column, columns(con, f"SELECT * EXCLUDE ({FILE}, {ROW}) FROM {raw}"), place("each"))
    if isinstance(error, lists.NoLists):
        message = f"`{mapping.each}` gives {error}, not lists"
        return Diagnostic("G528", message, place("each"), help=("name a column that holds lists, or take `each` away",))
    message = f"`{mapping.each}` is not an expression that can be computed: {complaint(error)}"
    return Diagnostic("G525", message, place("each"), help=("write a column's name, or SQL over the columns",))


def _declared(
    mapping: SourceMapping, types: dict[str, str], place: Callable[..., Span]
) -> tuple[dict[str, Reading], list[Diagnostic]]:
    readings: dict[str, Reading] = {}
    wrong: list[Diagnostic] = []
    for column, kind in mapping.columns.items():
        if column not in types:
            wrong.append(no_such_column(column, types, place("columns", column, key=True)))
            continue
        try:
            readings[column] = declared(f"raw.{name(column)}", types[column], kind, column)
        except Unreadable as error:
            wrong.append(Diagnostic(error.code, error.message, place("columns", column), help=(error.help,)))
    return readings, wrong


def declared(r: str, sql_type: str, kind: str, column: str) -> Reading:
    """The column read as its declaration says, in an SQL type that computes exactly."""
    match kind.split()[0]:
        case "text":
            return Reading(f"CAST({r} AS VARCHAR)")
        case "yes/no":
            return reading.yes_or_no(r, sql_type, column)
        case "date":
            return reading.day(r, sql_type, column)
        case "timestamp":
            return moment.timestamp(r, sql_type, column, zoned=kind != "timestamp")
        case "number" if reading.is_binary_float(sql_type):
            return _decimal(f"CAST({r} AS VARCHAR)", "VARCHAR", 10, column)
        case "number":
            return _decimal(r, sql_type, 10, column)
        case "whole":
            return _decimal(r, sql_type, 0, column)
        case _:
            return _decimal(r, sql_type, int(kind.split()[1]), column)


def _decimal(r: str, sql_type: str, places: int, column: str) -> Reading:
    if reading.is_binary_float(sql_type):
        read = reading.from_float(r, places, column)
        return read if places else Reading(f"CAST({read.value} AS BIGINT)", read.checks)
    read = reading.steps(r, sql_type, places, column)
    checks = tuple((when, _of_declared(fault, places, column)) for when, fault in read.checks)
    if not places:
        return Reading(read.value, checks)
    step = f"CAST('{Decimal(1).scaleb(-places)}' AS DECIMAL({places + 1},{places}))"
    return Reading(f"CAST(CAST({read.value} AS DECIMAL(18,0)) * {step} AS DECIMAL(18,{places}))", checks)


def _of_declared(fault: Fault, places: int, column: str) -> Fault:
    """The fault with the help that serves where the column is declared."""
    return replace(fault, help=reading.declare_more(column, places)) if fault.code == "G604" else fault


def _view(raw: str, readings: dict[str, Reading], faults: Faults) -> str:
    replaced = ", ".join(f"{read.value} AS {name(column)}" for column, read in readings.items())
    checks = [
        (when, faults.number(fault), f"raw.{name(column)}")
        for column, read in readings.items()
        for when, fault in read.checks
    ]
    fault = " ".join(f"WHEN {when} THEN {number}" for when, number, _ in checks)
    shown = " ".join(f"WHEN {when} THEN left(CAST({value} AS VARCHAR), 200)" for when, _, value in checks)
    return f"""SELECT * {f"REPLACE ({replaced})" if replaced else ""},
                      {f"CASE {fault} END" if fault else "CAST(NULL AS INTEGER)"} AS {FAULT},
                      {f"CASE {shown} END" if shown else "CAST(NULL AS VARCHAR)"} AS {SHOWN}
               FROM {raw} AS raw"""
