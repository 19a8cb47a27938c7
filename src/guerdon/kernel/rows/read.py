"""A history as the columns that a kernel runs over, made by DuckDB: each member's rows after the other.

What `encoded` makes of events in memory is made here of the tables of a history, in SQL. The
rows in their order are a table too, `kernel_rows`, whose `rowid` is a row's number among all: what
a kernel writes is joined with it. Where the other differs: a row that is refused may hold anything
in columns of facts, and has no lines; `id` numbers the events of a kind that can be undone, others have none.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from guerdon.history.open import History
from guerdon.kernel.columns import Columns
from guerdon.kernel.days import Years
from guerdon.kernel.rows.arrow import Buffers, fetched
from guerdon.kernel.rows.ordered import order
from guerdon.kernel.writing.make import BLOCK


@dataclass(frozen=True)
class Block:
    """Some rows one after the other, as columns by name; `first` is the number of the first among all, `last`: none follow."""

    columns: Buffers
    first: int
    count: int
    last: bool


@dataclass(frozen=True)
class Span:
    """From when to when the events of a history happened (microseconds; None: there are none), how many are read, and how many come later."""

    first: int | None
    last: int | None
    count: int
    later: int


def span(history: History, before: int | None = None) -> Span:
    """What is known of a history's events that happened, and became known, before an instant (None: of all)."""
    con, tables = history.con, [each.table("heads") for each in history.staged]
    read = f"greatest(happened, recorded) < {before}" if before is not None else "true"
    firsts, lasts, count, later = [], [], 0, 0
    for table in tables:
        found = con.execute(
            f"SELECT min(happened) FILTER ({read}), max(happened) FILTER ({read}), count(*) FILTER ({read}), count(*) FROM {table}"
        ).fetchall()
        ((first, last, of_these, of_all),) = found
        firsts += [first] if first is not None else []
        lasts += [last] if last is not None else []
        count, later = count + of_these, later + of_all - of_these
    changes = [each.at for each in history.changes if before is None or max(each.at, each.recorded) < before]
    later += len(history.changes) - len(changes)
    return Span(
        min((*firsts, *changes), default=None), max((*lasts, *changes), default=None), count + len(changes), later
    )


def blocks(
    history: History,
    columns: Columns,
    years: Years,
    size: int = BLOCK,
    before: int | None = None,
    con: duckdb.DuckDBPyConnection | None = None,
    count: int | None = None,
) -> Iterator[Block]:
    """The rows of a history, so many at a time, those of its events that happened and became known before an instant.

    Shape: `count`: how many there are, where their tables are made already. A block has fewer rows where they have more than eight times as many lines. Members come in the order of
    their names, the events of each in the order (recorded, sequence, id). Nothing comes of a history without events.
    `con`: whose tables are made, or read: a cursor of the history's database.
    """
    con = con or history.con
    if count is None:
        count = order(history, con, columns, years, 8 * size, before)
    lists = {*columns.lines.values()}
    types = {"who_is": "i32", "at_is": "i64", "kind_is": "u8"}
    types |= {name: of for name, of in columns.widths.items() if not _of_line(name) or name.endswith("_first")}
    chosen = ", ".join(_chosen(name) for name in types)
    first = 0
    passed = dict.fromkeys(lists, 0)  # lines of the rows before
    while first < count:
        rows = f"FROM kernel_rows WHERE rowid >= {first} AND rowid < {first + size} ORDER BY rowid"
        found = fetched(con, f"SELECT {chosen} {rows}", types)
        taken = min(size, count - first)
        if lists:
            ends = {number: found[f"l{number}_first"] for number in lists}
            taken = min(taken, *(_that_fit(ends[number], 8 * size) for number in lists))
            found = {name: each[:taken] for name, each in found.items()}
            for number in lists:
                found |= _lines(con, columns, number, passed[number], ends[number][taken - 1])
                found[f"l{number}_first"] = _firsts(ends[number][:taken])
                passed[number] += ends[number][taken - 1]
        yield Block(found, first, taken, first + taken == count)
        first += taken


def _of_line(name: str) -> bool:
    return name.startswith("l") and "_" in name


def _chosen(name: str) -> str:
    """A column of rows; of lines, how many there are up to a row's last."""
    if name.endswith("_first"):
        lines = f"{name.removesuffix('_first')}_count"
        return f"(sum({lines}) OVER (ORDER BY rowid ROWS UNBOUNDED PRECEDING))::INTEGER AS {name}"
    return f"{name}::INTEGER AS {name}" if name == "id" else name


def _that_fit(ends: memoryview, most: int) -> int:
    """How many rows have so many lines at most, and at least one row."""
    return max(bisect_right(ends, most), 1)


def _firsts(ends: memoryview) -> memoryview:
    """Where the lines of each row begin, and the last end."""
    return memoryview(bytes(4) + bytes(ends)).cast("i")


def _lines(con: duckdb.DuckDBPyConnection, columns: Columns, number: int, passed: int, count: int) -> Buffers:
    types = {name: of for name, of in columns.widths.items() if _of_line(name) and name.startswith(f"l{number}_")}
    types.pop(f"l{number}_first")
    if not types:
        return {}
    rows = f"FROM kernel_lines_{number} WHERE rowid >= {passed} AND rowid < {passed + count} ORDER BY rowid"
    return fetched(con, f"SELECT {', '.join(types)} {rows}", types)
