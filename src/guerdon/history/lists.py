"""Rows of lists: a table in which each value of a row's list is a row of its own."""

from __future__ import annotations

import duckdb

from guerdon.history.sql import kind

EACH = '"each"'
_LIST = '"guerdon.list"'


class Taken(Exception):
    """A table that has a column of this name."""


class NoLists(Exception):
    """An expression that gives no lists; says what it gives."""


def unnested(con: duckdb.DuckDBPyConnection, table: str, lists: str) -> str:
    """SQL of the table with a row for each value of the lists, in their order, in the column `each`.

    Shape: a list as JSON or as a list of SQL; the values of the former are texts. A value that is no list is a row as it is;
    of an empty list there is one row, in which `each` is nothing, so that no row of the table is lost.
    Errors: NoLists; Taken; duckdb.Error where the expression can't be computed.
    """
    if any(row[0].lower() == "each" for row in con.execute(f"DESCRIBE {table}").fetchall()):
        raise Taken
    if len(con.extract_statements(f"SELECT {lists}\n")) != 1:
        raise NoLists("several expressions")
    described = con.execute(f"DESCRIBE SELECT (\n{lists}\n) FROM {table}").fetchall()
    sql_type = str(described[0][1]) if described else "VARCHAR"
    found = f"SELECT *, {_as_list(lists, sql_type)} AS {_LIST} FROM {table}"
    values = f"unnest(CASE WHEN len({_LIST}) > 0 THEN {_LIST} ELSE [NULL] END) AS {EACH}"
    return f"(SELECT * EXCLUDE ({_LIST}), {values} FROM ({found}))"


def _as_list(lists: str, sql_type: str) -> str:
    if sql_type.endswith("[]"):
        return f"(\n{lists}\n)"
    if sql_type not in ("VARCHAR", "JSON"):
        raise NoLists(kind(sql_type))
    value = f"(\n{lists}\n)::VARCHAR"
    no_list = f"WHEN NOT json_valid({value}) THEN [{value}] WHEN json_type({value}) <> 'ARRAY' THEN [{value}]"
    return f"CASE {no_list} ELSE json_extract_string({value}, '$[*]') END"
