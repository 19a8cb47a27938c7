"""Events as they are read: chunks of rows in, one event after the other out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, repeat
from typing import Any

import duckdb

from guerdon.history.column import FactsOf, Part
from guerdon.history.event import Event, Place
from guerdon.history.staging import Staged, heads_query, lines_query

_CHUNK = 8_192
_BASE = 8  # columns of a head before its facts

Line = dict[str, object]


def events(con: duckdb.DuckDBPyConnection, staged: Staged, among: str | None = None) -> Iterator[Event]:
    """The events of one type, in order; `among`: of members of a table alone.

    Shape: at most a chunk of heads and a chunk of lines are held at a time.
    """
    names = [staged.columns[index].name for index in staged.of(Part.FACT)]
    empty: dict[str, object] = dict.fromkeys(staged.optional)
    lists = [_lines(con, staged, each, among) for each in staged.lists]
    for id, member, at, recorded, sequence, file, row, count, *values in _heads(con, staged, among):
        facts = empty | dict(zip(names, values, strict=True))
        for each, lines in zip(staged.lists, lists, strict=True):
            facts[each] = tuple(islice(lines, count))
        yield Event(id, staged.event, member, at, recorded, sequence, facts, Place(staged.files[file], row))


def _heads(con: duckdb.DuckDBPyConnection, staged: Staged, among: str | None) -> Iterator[tuple[Any, ...]]:
    for columns in _converted(
        con, heads_query(staged, among), [*[None] * _BASE, *(staged.facts[index] for index in staged.of(Part.FACT))]
    ):
        yield from zip(*columns, strict=True)


def _lines(con: duckdb.DuckDBPyConnection, staged: Staged, name: str, among: str | None) -> Iterator[Line]:
    """The lines of one list, event after event."""
    indexes = [index for index in staged.of(Part.LINE) if staged.columns[index].lines == name]
    names = [staged.columns[index].name for index in indexes] + list(staged.optional_lines[name])
    missing = [repeat(None)] * len(staged.optional_lines[name])
    for columns in _converted(con, lines_query(staged, indexes, among), [staged.facts[index] for index in indexes]):
        yield from [dict(zip(names, row)) for row in zip(*columns, *missing)]  # noqa: B905


def _converted(
    con: duckdb.DuckDBPyConnection, query: str, facts: list[FactsOf | None]
) -> Iterator[list[Sequence[object]]]:
    """Chunks of the query's rows as columns, their values made facts."""
    cursor = con.cursor()
    cursor.execute(query)
    while rows := cursor.fetchmany(_CHUNK):
        columns = zip(*rows, strict=True)
        yield [fact(each) if fact else each for fact, each in zip(facts, columns, strict=True)]
