"""The rows of a mapping with every value read: one SQL table, faults told by number.

Shape: columns `file`, `row`, `fault` (NULL: none), `shown` (what stood there), then
`v0`, `v1`, ... in the order of the columns mapped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from guerdon.history import clock, joins, moment
from guerdon.history.builtin import Together, together
from guerdon.history.column import Column, FactsOf, Part, read, required
from guerdon.history.context import Context
from guerdon.history.document import Path
from guerdon.history.expression import blame, types_of
from guerdon.history.fault import Fault, HistoryError
from guerdon.history.mapping import EventMapping, MembersMapping
from guerdon.history.moment import Clock, Moment
from guerdon.history.reading import Check, Reading, Unreadable
from guerdon.history.source import Table
from guerdon.history.sql import name
from guerdon.history.table import FILE, ROW
from guerdon.program import nodes, types
from guerdon.text.diagnostic import Diagnostic


def make(
    context: Context, into: str, mapping: EventMapping | MembersMapping, columns: Sequence[Column], path: Path
) -> list[FactsOf | None]:
    """Makes the table `into` and says, for each column, how stored values become facts.

    Errors: HistoryError with G510, G515, G517, G525 to G529.
    """
    main = context.tables[mapping.source]
    joined, known = joins.joined(context, mapping, path)
    columns = [replace(each, expression=joins.bare(each.expression, known)) for each in columns]
    kinds = types_of(context, joined, mapping, columns, path)
    event = together(str(path[-1]), columns, context.program) if path[0] == "events" else None
    readings, moments = _readings(context, main, columns, kinds, event)
    picked = ", ".join(f"(\n{column.expression}\n) AS r{index}" for index, column in enumerate(columns))
    where = f"WHERE coalesce((\n{mapping.where}\n), {joins.fault(mapping)} IS NOT NULL)" if mapping.where else ""
    place = f"{name(main.name)}.{FILE} AS file, {name(main.name)}.{ROW} AS row"
    found = f"{joins.fault(mapping)} AS fault, {joins.shown(mapping)} AS shown"
    query = f"SELECT {place}, {found}, {picked} FROM {joined} {where}"
    layered = _layers(query, moments)
    zones = _zones(context, layered, moments)
    try:
        context.con.execute(
            f"CREATE TABLE {name(into)} AS {_values(context, f'({layered}) AS picked{zones}', columns, readings, moments)}"
        )
    except duckdb.Error as error:
        raise HistoryError([blame(context, error, joined, mapping, columns, path)]) from None
    return [each.fact if each else None for each in readings]


def _readings(
    context: Context, main: Table, columns: Sequence[Column], types: Sequence[str], event: Together | None
) -> tuple[list[Reading | None], list[Moment | None]]:
    readings: list[Reading | None] = []
    moments: list[Moment | None] = []
    faults: list[Diagnostic] = []
    watch = _clock(context, main)
    for index, (column, sql_type) in enumerate(zip(columns, types, strict=True)):
        try:
            instant = column.is_instant
            moments.append(moment.moment(str(index), sql_type, column.label, watch) if instant else None)
            own = event and event.read(column, f"r{index}", sql_type)
            readings.append(None if instant else own or read(column, f"r{index}", sql_type, context.program))
        except Unreadable as error:
            help = _help(error.help, column, main, sql_type)
            faults.append(context.refuse(error.code, error.message, column.path, help))
    if faults:
        raise HistoryError(faults)
    return readings, moments


def _help(help: str, column: Column, main: Table, sql_type: str) -> str:
    bare = column.expression.strip().strip('"')
    return help.replace("COLUMN", bare if bare in main.columns else "COLUMN")


def _clock(context: Context, main: Table) -> Clock:
    frame = context.program.frame
    start = (frame.day_start.hour * 60 + frame.day_start.minute) * 60_000_000
    return Clock(main.mapping.timezone, main.mapping.clock_change, frame.timezone, start)


def _layers(query: str, moments: Sequence[Moment | None]) -> str:
    """The rows picked, with the layers of their moments beside them."""
    for layer in zip(*(each.layers for each in moments if each), strict=True):
        query = f"SELECT *, {', '.join(layer)} FROM ({query})"
    return query


def _zones(context: Context, query: str, moments: Sequence[Moment | None]) -> str:
    """The joins that give each local time its zone's interval; the zones' tables cover the years that occur."""
    joins = ""
    for each in moments:
        if each is None or not each.zones:
            continue
        at = each.column
        try:
            years = context.con.execute(
                f"SELECT DISTINCT l{at} // 31556952000000 + 1970 FROM ({query}) WHERE l{at} IS NOT NULL"
            ).fetchall()
        except duckdb.Error:
            years = []  # the same fault is met, and told, when the rows are read
        for alias, zone, after in each.zones:
            _zone_table(context, f"zone {alias}", zone, {int(found) for (found,) in years})
            local = f"l{at} + {after}"
            joins += f""" LEFT JOIN {name(f"zone {alias}")} AS {alias}
                ON {alias}.span = ({local}) // {clock.SPAN} AND {local} >= {alias}.start AND {local} < {alias}.finish"""
    return joins


def _zone_table(context: Context, called: str, zone: str, years: set[int]) -> None:
    rows = ", ".join(
        f"({span}, {each.start}, {finish}, {each.earlier}, {each.later}, {each.kind})"
        for span, each, finish in clock.spans(zone, years)
    )
    context.con.execute(
        f"""CREATE OR REPLACE TABLE {name(called)}
            (span BIGINT, start BIGINT, finish BIGINT, earlier BIGINT, later BIGINT, kind TINYINT)"""
    )
    if rows:
        context.con.execute(f"INSERT INTO {name(called)} VALUES {rows}")


def _values(
    context: Context,
    table: str,
    columns: Sequence[Column],
    readings: Sequence[Reading | None],
    moments: Sequence[Moment | None],
) -> str:
    """The query for place, fault, what stood there, and values."""
    names = ", ".join(f"v{index}" for index in range(len(columns)))
    values: list[str] = []
    faults: list[tuple[str, int, str]] = []
    for index, (column, reading, of) in enumerate(zip(columns, readings, moments, strict=True)):
        each = of or reading
        assert each is not None
        values.append(f"{each.value} AS v{index}")
        checks = [*_missing(column, f"r{index}"), *each.checks]
        faults += [(when, context.faults.number(fault), f"r{index}") for when, fault in checks]
    fault = "".join(f" WHEN {when} THEN {number}" for when, number, _ in faults)
    shown = "".join(f" WHEN {number} THEN left(CAST({value} AS VARCHAR), 200)" for _, number, value in faults)
    return f"""SELECT file, row, found AS fault, CASE WHEN fault IS NOT NULL THEN shown ELSE CASE found{shown} END END AS shown, {names}
               FROM (SELECT *, CASE WHEN fault IS NOT NULL THEN fault{fault} END::INTEGER AS found, {", ".join(values)} FROM {table})"""


def _missing(column: Column, r: str) -> list[Check]:
    if column.is_optional:
        return []
    nameless = f" OR CAST({r} AS VARCHAR) = ''" if column.part in (Part.ID, Part.MEMBER, Part.GROUP) else ""
    of = column.expression[1:-1] if column.expression[:1] == '"' else column.label
    where = "" if of == column.label else f": nothing stands in `{of}`"
    help = "give it a value in every row, or make the field optional in the program"
    if column.part not in (Part.FACT, Part.LINE):
        help = f"every event has {_NEEDED.get(column.part, 'one')}: add it, or leave such rows out with `where`"
    return [(f"{r} IS NULL{nameless}", Fault("G602", f"`{column.label}` is missing{where}", help))]


_NEEDED = {Part.ID: "an id", Part.MEMBER: "a member", Part.AT: "a time"}


def lines_of(fact: nodes.Fact) -> str:
    """The record that a list's lines are of."""
    of = required(fact.type)
    assert isinstance(of, types.Lines)
    return of.record
