"""The rows of a result table as something that DuckDB selects from: entries that are staged in a file, and parts of what a kernel wrote.

Each part is made when it is read, and read once, so that no more than one is there at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from guerdon.reference.posted import Posted
from guerdon.study.rows import Row, TooLarge, decimal, rows
from guerdon.study.schema import TABLES, Column, Kind, decimals, stored_as
from guerdon.study.whole import FORMULAS, cell

if TYPE_CHECKING:
    from guerdon.study.kernel_parts import PartStream
    from guerdon.study.kernel_rows import Part
    from guerdon.study.streamed import Streamed

    Run = Posted | Streamed


@dataclass(frozen=True)
class Members:
    """Members of a run who are looked at together: so many `parts` of what a kernel wrote, and those (or not) of whom there are `entries`."""

    parts: tuple[Part, ...]
    entries: bool


def everybody(run: Run) -> Members:
    """All members of a run."""
    return Members(() if isinstance(run, Posted) else tuple(run.parts), entries=True)


def together(one: Run, other: Run) -> list[tuple[Members, Members]]:
    """The same members in two runs, few at a time; everybody at once, where the runs do not have their members in the same order."""
    if isinstance(one, Posted) or isinstance(other, Posted) or one.rows is not other.rows or one.left != other.left:
        return [(everybody(one), everybody(other))]
    ends = sorted({each.end for run in (one, other) for each in run.parts})
    found = [
        (Members((mine,), entries=False), Members((theirs,), entries=False))
        for mine, theirs in zip(one.cut(ends), other.cut(ends), strict=True)
    ]
    return [*found, (Members((), entries=True), Members((), entries=True))]


@contextmanager
def selected(
    con: duckdb.DuckDBPyConnection,
    run: Run,
    table: str,
    folder: Path,
    safe: bool = False,
    columns: Collection[str] | None = None,
    members: Members | None = None,
) -> Iterator[str]:
    """A query for the rows of a result table, as long as the block lasts; what is staged lies in a folder.

    Shape: all columns, or some; of all members, or of some that are looked at together. In the order of `study.rows`; of what a kernel wrote member by member, by their names, and then members who were left to the
    reference engine. Instants in microseconds. `safe`: texts as cells that a spreadsheet does not run.
    Errors: TooLarge.
    """
    posted = run if isinstance(run, Posted) else run.others
    members = members or everybody(run)
    staged = folder / f"{table}.staged"
    wanted = [each for each in TABLES[table] if columns is None or each.name in columns]
    parts = {}
    if not isinstance(run, Posted):
        parts = {f"{table}_{at}": part for at, part in enumerate(_streams(run, table, wanted, members.parts))}
    try:
        for name, part in parts.items():
            con.register(name, part)
        chosen = ", ".join(_cell(each) if safe else f'"{each.name}"' for each in wanted)
        found = [f"SELECT {chosen} FROM {name}" for name in parts]
        if members.entries or not found:
            some = _staged(staged, posted if members.entries else Posted(posted.program), table, safe)
            found.append(f"SELECT {', '.join(_named(wanted))} FROM ({some})")
        yield " UNION ALL ".join(found)
    except duckdb.Error as error:
        if "Could not cast value" in str(error):  # all quantities of an event are bounded, but not what is cut of them
            raise TooLarge("a quantity has more digits than results have room for") from None
        failed = next((part.room.failed for part in parts.values() if part.room.failed is not None), None)
        if failed is not None:
            raise failed from None
        raise
    finally:
        for name in parts:
            con.unregister(name)
        staged.unlink(missing_ok=True)


def _named(columns: Iterable[Column]) -> Iterator[str]:
    return (f'"{each.name}"' for each in columns)


def _streams(run: Streamed, table: str, columns: list[Column], parts: Sequence[Part]) -> list[PartStream]:
    from guerdon.study.kernel_parts import streams  # with what is known of kernels, which entries don't need

    return streams(run, table, columns, parts)


def _cell(column: Column) -> str:
    """A value as `cell` writes it."""
    return safe_text(column.name) if column.kind is Kind.TEXT else f'"{column.name}"'


def safe_text(column: str) -> str:
    """A text, in SQL, as `cell` writes it."""
    name = f'"{column}"'
    first = ", ".join(f"chr({ord(each)})" for each in sorted(FORMULAS))
    return f"CASE WHEN left({name}, 1) IN ({first}) THEN chr(39) || {name} ELSE {name} END AS {name}"


# ---------------------------------------------------------------- entries


def _staged(path: Path, posted: Posted, table: str, safe: bool) -> str:
    """Writes the rows of entries; a query for them."""
    columns, places = TABLES[table], decimals(posted.program)
    longest = _stage(path, rows(posted, table), columns, places, safe)
    types = ", ".join(f"'{each.name}': '{_staged_as(each, places)}'" for each in columns)
    most = max(longest, 2_000_000)
    return f"SELECT * FROM read_csv({quoted(path)}, columns={{{types}}}, {_AS_STAGED}, max_line_size={most})"


_AS_STAGED = """auto_detect=false, header=false, delim=',', quote='"', escape='"', new_line='\\n', nullstr='\uffff', parallel=false"""


def quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _stage(path: Path, found: Iterable[Row], columns: tuple[Column, ...], places: int, safe: bool) -> int:
    """Writes rows as CSV without a header; so many bytes as no row exceeds.

    Shape: every value in quotes, instants in microseconds, `_MISSING` for what is
    missing, so that an empty text is told from it. `safe`: for a spreadsheet.
    """
    longest = 0
    shown = [(number, show) for number, each in enumerate(columns) if (show := _shown(each, places, safe))]
    with path.open("w", encoding="utf-8", newline="") as file:
        for row in found:
            cells: list[Any] = list(row)
            for number, show in shown:
                cells[number] = _MISSING if row[number] is None else show(row[number])
            line = _line(cells)
            longest = max(longest, len(line))
            file.write(line)
    return longest * 4


def _shown(column: Column, places: int, safe: bool) -> Callable[[Any], str] | None:
    """How the values of a column are staged; None where they are texts that always are there."""
    match column.kind:
        case Kind.QUANTITY:
            return lambda value: decimal(value, places)
        case Kind.TEXT if safe:
            return cell
        case Kind.TEXT | Kind.EXACT:
            return str if column.optional else None
        case Kind.WHOLE | Kind.INSTANT:
            return str


def _line(cells: list[str]) -> str:
    """A row in quotes; twice as fast as the `csv` module, which looks at every character."""
    line = '","'.join(cells)
    if line.count('"') != 2 * len(cells) - 2:
        line = '","'.join(each.replace('"', '""') for each in cells)
    return f'"{line}"\n'


_MISSING = "\uffff"  # never a character of a text


def _staged_as(column: Column, places: int) -> str:
    return "BIGINT" if column.kind is Kind.INSTANT else stored_as(column, places)
