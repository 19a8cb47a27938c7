"""The sources of an event, joined: each row of the first once, with what the others say about it."""

from __future__ import annotations

from guerdon.history import source
from guerdon.history.context import Context
from guerdon.history.document import Path
from guerdon.history.fault import HistoryError
from guerdon.history.mapping import EventMapping, MembersMapping
from guerdon.history.source import FAULT, SHOWN, Table
from guerdon.history.sql import name


def joined(context: Context, mapping: EventMapping | MembersMapping, path: Path) -> tuple[str, dict[str, str]]:
    """SQL to select from, and the columns that it has with their types.

    Shape: each row of the first source once; the others' columns are NULL where they have no such row.
    Errors: HistoryError with G515, G529.
    """
    main = context.tables[mapping.source]
    sql, known = f"{main.view} AS {name(main.name)}", dict(main.columns)
    for index, join in enumerate(mapping.join):
        other = context.tables[join.source]
        place = (*path, "join", index, "on")
        for here, there in join.pairs():
            if here not in known:
                raise HistoryError([source.no_such_column(here, known, context.document.span(place))])
            if there not in other.columns:
                raise HistoryError([source.no_such_column(there, other.columns, context.document.span(place))])
        keys = tuple(here for here, _ in join.pairs())
        looked_up = _looked_up(other, join.pairs(), known)
        _refuse_repeats(context, other, looked_up, keys, place)
        sql += f" LEFT JOIN ({looked_up}) AS {name(other.name)} USING ({', '.join(name(each) for each in keys)})"
        known = other.columns | known
    return sql, known


def bare(expression: str, known: dict[str, str]) -> str:
    """The expression; a column's name, whatever it is, as SQL takes it."""
    word = expression.strip()
    return name(word) if word in known else expression


def _looked_up(other: Table, pairs: tuple[tuple[str, str], ...], known: dict[str, str]) -> str:
    keys = [f"TRY_CAST({name(there)} AS {known[here]}) AS {name(here)}" for here, there in pairs]
    taken = {here for here, _ in pairs}
    rest = [name(column) for column in other.columns if column not in taken]
    hidden = [f"{FAULT} AS {name(f'guerdon.fault {other.name}')}", f"{SHOWN} AS {name(f'guerdon.shown {other.name}')}"]
    return f"SELECT {', '.join([*keys, *rest, *hidden])} FROM {other.view}"


def fault(mapping: EventMapping | MembersMapping) -> str:
    """SQL of the number of the fault that a row has in its sources, if any."""
    others = [name(f"guerdon.fault {join.source}") for join in mapping.join]
    return f"coalesce({', '.join([FAULT, *others, 'NULL'])})"


def shown(mapping: EventMapping | MembersMapping) -> str:
    """SQL of what stood where the fault is."""
    others = [name(f"guerdon.shown {join.source}") for join in mapping.join]
    return f"coalesce({', '.join([SHOWN, *others, 'NULL'])})"


def _refuse_repeats(context: Context, other: Table, looked_up: str, keys: tuple[str, ...], place: Path) -> None:
    """Errors: G529 where two rows have one key, as it is compared."""
    listed = ", ".join(name(each) for each in keys)
    known = " AND ".join(f"{name(each)} IS NOT NULL" for each in keys)
    repeated = context.con.execute(
        f"SELECT {listed}, count(*) FROM ({looked_up}) WHERE {known} GROUP BY ALL HAVING count(*) > 1 LIMIT 1"
    ).fetchall()
    if repeated:
        *values, count = repeated[0]
        values_shown = ", ".join(f"{key} {value}" for key, value in zip(keys, values, strict=True))
        message = f"`{other.name}` has {count} rows for {values_shown}: joining them would count lines more than once"
        help = "join on columns that find one row, or keep one row for each in the file"
        raise HistoryError([context.refuse("G529", message, place, help)])
