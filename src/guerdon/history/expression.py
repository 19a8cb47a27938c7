"""The SQL expressions of a mapping: what they give, and which of them is at fault when DuckDB complains."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from guerdon.history import source
from guerdon.history.column import Column
from guerdon.history.context import Context
from guerdon.history.document import Path
from guerdon.history.fault import HistoryError
from guerdon.history.mapping import EventMapping, MembersMapping
from guerdon.history.sql import complaint, missing_column
from guerdon.history.sql import kind as said
from guerdon.history.table import ROW
from guerdon.text.diagnostic import Diagnostic


def types_of(
    context: Context, joined: str, mapping: EventMapping | MembersMapping, columns: Sequence[Column], path: Path
) -> list[str]:
    """The SQL type that each expression gives.

    Errors: HistoryError with G515, G525.
    """
    faults: list[Diagnostic] = []
    types = [_type_of(context, joined, column.expression, column.path, faults) for column in columns]
    if mapping.where:
        kind = _type_of(context, joined, mapping.where, (*path, "where"), faults)
        if kind not in ("BOOLEAN", ""):
            faults.append(
                context.refuse(
                    "G525",
                    f"`where` gives {said(kind)}, not yes or no",
                    (*path, "where"),
                    "write a condition, such as `quantity > 0`",
                )
            )
    if faults:
        whole = len(context.tables[mapping.source].columns) == 1  # one mistake: the columns were not told apart
        raise HistoryError(faults[:1] if whole else faults)
    return types


def _type_of(context: Context, joined: str, expression: str, path: Path, faults: list[Diagnostic]) -> str:
    try:
        _one_expression(context, expression)
        found = context.con.execute(f"DESCRIBE SELECT (\n{expression}\n) AS r, {ROW} FROM {joined}").fetchall()
        return str(found[0][1]) if found else ""
    except (duckdb.Error, ValueError) as error:
        faults.append(_refused(context, error, expression, joined, path))
        return ""


def _one_expression(context: Context, expression: str) -> None:
    """Refuses what only looks like an expression once it stands in a query."""
    if len(context.con.extract_statements(f"SELECT {expression}\n")) != 1:
        raise ValueError("one expression was expected")


def _refused(context: Context, error: Exception, expression: str, joined: str, path: Path) -> Diagnostic:
    column = missing_column(error)
    if column is None:
        shown = " ".join(expression.split())
        over = (
            "over several rows: `sum(COLUMN) over (partition by COLUMN)`"
            if "GROUP BY" in str(error)
            else "say what the columns hold: `columns: {COLUMN: decimal 2}` in the source"
            if "does not work on" in complaint(error)
            else "write a column's name, or SQL over the columns"
        )
        return context.refuse(
            "G525", f"`{shown}` is not an expression that can be computed: {complaint(error)}", path, over
        )
    query = f"SELECT * FROM {joined}"
    known = {each: kind for each, kind in source.columns(context.con, query).items() if not each.startswith("guerdon")}
    fault = source.no_such_column(column, known, context.document.span(path))
    if expression.strip().strip('"') == column and not any(each.startswith("did you mean") for each in fault.help):
        constant = f"if the text itself is meant, write \"'{column}'\""
        fault = Diagnostic(fault.code, fault.message, fault.span, help=(*fault.help, constant))
    return fault


def blame(
    context: Context,
    error: duckdb.Error,
    joined: str,
    mapping: EventMapping | MembersMapping,
    columns: Sequence[Column],
    path: Path,
) -> Diagnostic:
    """Which expression failed on some row."""
    parts = [(column.expression, column.path) for column in columns] + (
        [(mapping.where, (*path, "where"))] if mapping.where else []
    )
    for expression, place in parts:
        try:
            context.con.execute(f"SELECT count((\n{expression}\n)) FROM {joined}").fetchall()
        except duckdb.Error as own:
            advice = "say how the columns are read with `columns:` of the source, or use `try_cast`"
            return context.refuse(
                "G525",
                f"`{' '.join(expression.split())}` can't be computed for every row: {complaint(own)}",
                place,
                advice,
            )
    return context.refuse(
        "G513",
        f"`{mapping.source}` can't be read: {complaint(error)}",
        (*path, "from"),
        "make the file anew; it may be damaged",
    )
