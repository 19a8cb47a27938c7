"""A history from dataframes: each kind of event a frame, whose columns are named as the facts.

A frame is any object with `__arrow_c_stream__`. It becomes a table in DuckDB, and a mapping is made of
its columns; from there on all is as for files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

import duckdb
import nanoarrow

from guerdon.history import reading
from guerdon.history.column import decimals, required
from guerdon.history.sql import name
from guerdon.history.table import FILE, ROW
from guerdon.program import nodes, types

MEMBERS = "members"
"""The frame that says what is known of members, by `id`."""

GROUP = "guerdon_event"
"""The column that says which lines are one event's."""

LINE = "guerdon_line"
"""The column that says which of an event's lines it is, while they are put in order."""

_BASE = ("id", "member", "at", "recorded", "sequence")


@runtime_checkable
class Frame(Protocol):
    """Columns that can be read through Arrow: of Polars, pandas 3, pyarrow, DuckDB, and others."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class _Stream:
    """A frame of which DuckDB sees nothing but its stream: of some it would take another way, which needs packages more.

    Shape: the stream is asked for once, for there are frames that give it once; its schema is told apart.
    """

    def __init__(self, frame: Frame) -> None:
        self.stream = nanoarrow.c_array_stream(frame)
        self.schema = self.stream.get_schema()

    def __arrow_c_schema__(self) -> object:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.stream.__arrow_c_stream__()


def take(con: duckdb.DuckDBPyConnection, called: str, frame: Frame, record: nodes.Record) -> None:
    """Makes the raw table of a source of a frame; an event with a list of structs has a row for each of them, or one without."""
    with con.cursor() as cursor:
        cursor.register("guerdon_frame", _Stream(frame))
        cursor.execute(
            f"CREATE TABLE {name(f'taken {called}')} AS SELECT *, 0 AS {FILE}, row_number() OVER () AS {ROW} FROM guerdon_frame"
        )
        cursor.unregister("guerdon_frame")
    of_lists = [each for each, fact in record.facts.items() if isinstance(required(fact.type), types.Lines)]
    found = {row[0]: row[1] for row in con.execute(f"DESCRIBE {name(f'taken {called}')}").fetchall()}
    lists = [each for each in of_lists if each in found]
    if not lists:
        con.execute(f"ALTER TABLE {name(f'taken {called}')} RENAME TO {name(f'raw {called}')}")
        return
    unnested = ", ".join(f"unnest({name(each)}) AS {name(each)}" for each in lists)
    longest = ", ".join(f"coalesce(len({name(each)}), 0)" for each in lists)
    parts = ", ".join(
        f"{name(each)}.{name(part)} AS {name(f'{each}.{part}')}" for each in lists for part in _parts(con, called, each)
    )
    left_out = ", ".join(map(name, lists))
    empty = " AND ".join(f"coalesce(len({name(each)}), 0) = 0" for each in lists)
    nothing = ", ".join(f"NULL AS {name(each)}" for each in lists)
    con.execute(
        f"""CREATE TABLE {name(f"raw {called}")} AS
            SELECT * EXCLUDE ({left_out}, {LINE}) REPLACE (row_number() OVER (ORDER BY {ROW}, {LINE}) AS {ROW}), {ROW} AS {GROUP}, {parts}
            FROM (SELECT * REPLACE ({unnested}), unnest(range(greatest({longest}))) AS {LINE} FROM {name(f"taken {called}")} UNION ALL
                  SELECT * REPLACE ({nothing}), 0 AS {LINE} FROM {name(f"taken {called}")} WHERE {empty})"""
    )
    con.execute(f"DROP TABLE {name(f'taken {called}')}")


def _parts(con: duckdb.DuckDBPyConnection, called: str, lines: str) -> list[str]:
    """The fields of a list of structs."""
    query = f"DESCRIBE SELECT unnest({name(lines)}[1]) FROM {name(f'taken {called}')}"
    return [row[0] for row in con.execute(query).fetchall()]


def mapping(con: duckdb.DuckDBPyConnection, called: list[str], program: nodes.Program, timezone: str | None) -> str:
    """The text of a `history.yaml` that reads each fact from the column of its name, of tables that were taken."""
    sources: dict[str, Any] = {}
    events: dict[str, Any] = {}
    members: dict[str, Any] = {}
    for each in called:
        columns = {row[0]: str(row[1]) for row in con.execute(f"DESCRIBE {name(f'raw {each}')}").fetchall()}
        record = (
            program.member
            if each == MEMBERS
            else program.events[each]
            if each in program.events
            else nodes.Record(each, {})
        )
        sources[each] = {"file": each, "columns": dict(_declared(record, columns, program))}
        sources[each] |= {"timezone": timezone} if timezone is not None else {}
        fields = {fact: _fields(fact, columns) for fact in record.facts if record.facts[fact].value is None}
        fields = {fact: column for fact, column in fields.items() if column}
        if each == MEMBERS:
            members = {"members": {"from": each, "id": "id", "fields": fields}}
            members["members"] |= {"since": "since"} if "since" in columns else {}
            continue
        base = {part: part for part in _BASE if part in columns or part in _BASE[:3]}
        events[each] = {"from": each, **base, **({"group": GROUP} if GROUP in columns else {}), "fields": fields}
    absent = {event: "absent" for event in program.events if event not in events}
    return json.dumps({"sources": sources, "events": events | absent, **members}, indent=1, ensure_ascii=False)


def _fields(fact: str, columns: Mapping[str, str]) -> str | dict[str, str] | None:
    """The column of a fact, or those of a list's facts."""
    parts = {each.removeprefix(f"{fact}."): name(each) for each in columns if each.startswith(f"{fact}.")}
    return name(fact) if fact in columns else parts or None


def _declared(record: nodes.Record, columns: Mapping[str, str], program: nodes.Program) -> Iterator[tuple[str, str]]:
    """What binary floats stand for: decimals of the fact's unit, or any number."""
    facts = {fact: each.type for fact, each in record.facts.items()}
    for list_name, of in list(facts.items()):
        if isinstance(lines := required(of), types.Lines):
            facts |= {f"{list_name}.{each}": fact.type for each, fact in program.records[lines.record].facts.items()}
    for column, sql_type in columns.items():
        if column in facts and reading.is_binary_float(sql_type):
            match required(facts[column]):
                case types.Quantity(unit, _):
                    yield column, f"decimal {decimals(unit, program)}"
                case types.Number(step, percent):
                    yield column, "whole" if step == 1 and not percent else "number"
                case _:
                    pass
