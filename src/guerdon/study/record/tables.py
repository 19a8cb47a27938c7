"""The result tables of a run as files of a record, and the instants that they name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from guerdon.history.event import Rejection
from guerdon.history.open import History
from guerdon.reference.posted import Posted
from guerdon.study.parts import quoted
from guerdon.study.results import connect
from guerdon.study.results import write as write_tables
from guerdon.study.schema import TABLES, Kind

if TYPE_CHECKING:
    import duckdb

    from guerdon.study.parts import Run

OF_ROWS = "rejected"
"""The table that names the files of rows."""


def write(run: Run, history: History, folder: Path) -> None:
    """Writes all result tables into a folder as Parquet; rows that were set aside name their files as the history's folder does.

    Errors: TooLarge; OSError.
    """
    write_tables(run, folder, tables=[each for each in TABLES if each != OF_ROWS])
    aside = Posted(run.program, rejections=[*_placed(run.rejections, history)])
    write_tables(aside, folder, tables=[OF_ROWS])


def _placed(rejections: list[Rejection], history: History) -> Iterator[Rejection]:
    """Rejections as they are wherever the history lies."""
    names = {str(path): name for name, path in files(history).items()}
    longest = sorted(names, key=len, reverse=True)
    for each in rejections:
        message = each.message
        for path in longest:
            message = message.replace(path, names[path])
        place = replace(each.place, file=names.get(each.place.file, each.place.file)) if each.place else None
        yield replace(each, message=message, place=place)


def files(history: History) -> dict[str, Path]:
    """The files of a history by their names in its folder, in order."""
    assert history.origin is not None
    return dict(sorted((each.relative_to(history.origin.folder).as_posix(), each) for each in history.files))


@contextmanager
def reading(*folders: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that reads tables in some folders, and spills to one of its own."""
    with TemporaryDirectory(prefix="guerdon-") as scratch, connect(Path(scratch), *folders) as con:
        yield con


def instants(con: duckdb.DuckDBPyConnection, folder: Path) -> list[int]:
    """The first and the last instant of each column of the tables that lie in a folder, in microseconds; none where there are no rows."""
    found: list[int] = []
    for name, columns in TABLES.items():
        for each in (each.name for each in columns if each.kind is Kind.INSTANT):
            read = f"read_parquet({quoted(folder / f'{name}.parquet')})"
            ((first, last),) = con.execute(
                f'SELECT epoch_us(min("{each}")), epoch_us(max("{each}")) FROM {read}'
            ).fetchall()
            found += [first, last] if first is not None else []
    return found
