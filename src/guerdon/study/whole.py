"""Files that appear under their names only when they are whole, and cells that a spreadsheet does not run."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FORMULAS = frozenset("=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20")  # the last four: full-width `=`, `+`, `-`, `@`
"""What a text starts with that a spreadsheet would run."""
"""What a text starts with that a spreadsheet would run."""


class AlreadyThere(Exception):
    """A file that would be written is there; says which."""


def not_there(folder: Path, names: list[str]) -> None:
    """Errors: AlreadyThere where one of the names is a file of a folder."""
    for each in names:
        if (folder / each).exists():
            raise AlreadyThere(folder / each)


@contextmanager
def appearing(folder: Path, names: list[str]) -> Iterator[Path]:
    """A hidden folder to write files in; those named move to `folder` when the block ends well.

    Shape: `folder` is made where it is not there; an older file of a name is replaced.
    Nothing appears, and nothing is left behind, where the block fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".guerdon-", dir=folder) as beside:
        yield Path(beside)
        for name in names:
            os.replace(Path(beside) / name, folder / name)


@contextmanager
def as_os_error() -> Iterator[None]:
    """Raises what DuckDB can't write, as on a full disk, as an OSError that says so in the words of the system."""
    import duckdb  # only where it is wanted: it is slow to import

    try:
        yield
    except duckdb.IOException as error:
        number = re.search(r'"errno":"(\d+)"', str(error))
        if number is None:
            raise OSError(str(error)) from error
        raise OSError(int(number[1]), os.strerror(int(number[1]))) from error


def cell(text: str) -> str:
    """A text as a CSV cell that a spreadsheet shows and does not run.

    Shape: an apostrophe in front of a text that starts with `=`, `+`, `-`, `@`, a tab, a
    line end or an apostrophe; whoever takes one leading apostrophe away has the text.
    """
    return f"'{text}" if text[:1] in FORMULAS else text
