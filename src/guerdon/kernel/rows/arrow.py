"""Buffers of integers in and out of DuckDB, as Arrow: without an object for each value.

What comes is read where DuckDB put it, what goes is read from where it lies; `nanoarrow` keeps
the structures that own it alive (decision 0028).
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any

import duckdb
import nanoarrow

SQL = {"u8": "UTINYINT", "u16": "USMALLINT", "i32": "INTEGER", "i64": "BIGINT"}
"""What the types of columns are in SQL."""

LETTER = {"u8": "B", "u16": "H", "i32": "i", "i64": "q"}
_ARROW = {"B": nanoarrow.uint8, "H": nanoarrow.uint16, "i": nanoarrow.int32, "l": nanoarrow.int64, "q": nanoarrow.int64}

Buffers = dict[str, memoryview]
"""Columns of integers by name."""


def fetched(con: duckdb.DuckDBPyConnection, query: str, types: Mapping[str, str]) -> Buffers:
    """What a query comes to, whose columns are of these types and have no value missing; the connection is free before and after.

    INVARIANT: values are copied while their batch is there; a view of a batch's buffers does not keep them alive.
    """
    found = {name: array(LETTER[of]) for name, of in types.items()}
    with nanoarrow.c_array_stream(con.sql(query)) as stream:
        for batch in stream:
            view = batch.view()
            for number, values in enumerate(found.values()):
                column = view.child(number)
                assert not column.null_count, f"a value is missing: {query}"
                data = memoryview(column.buffer(1))
                values.frombytes(data[column.offset : column.offset + column.length].tobytes())
    return {name: memoryview(values) for name, values in found.items()}


def frame(columns: Mapping[str, memoryview], count: int) -> Any:
    """The first so many values of columns, as something that DuckDB can be asked about while they lie there."""
    arrays = [
        nanoarrow.c_array_from_buffers(_ARROW[each.format](), count, [None, each[:count]]) for each in columns.values()
    ]
    of = nanoarrow.struct({name: _ARROW[each.format]() for name, each in columns.items()})
    return nanoarrow.Array(nanoarrow.c_array_from_buffers(of, count, [None], children=arrays))
