"""A program read from its file, and from those that it names, and checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from guerdon.check.passes import Beside, Checked, check_parsed
from guerdon.syntax import tree
from guerdon.syntax.parse import parse_bytes
from guerdon.text.source import read_bytes


def check_file(path: str | Path, given: Mapping[str, str] | None = None) -> Checked:
    """The typed program of a file and what it uses, or None, and everything that is to be said about it.

    Shape: `given` holds values for params by name, each as it would stand behind `is`.
    Errors: OSError where the file itself can't be read.
    """
    main = parse_bytes(str(path), read_bytes(path))
    if not given and not _names_files(main[0]):
        return check_parsed([main], Beside())
    from guerdon.project.reading import read  # only for programs in several files, or with values given

    return check_parsed(*read(path, main, given or {}))


def _names_files(document: tree.Document) -> bool:
    return any(
        isinstance(clause, tree.Use | tree.RowsFrom)
        for declaration in document.declarations
        if declaration.keyword in ("program", "table")
        for clause in declaration.clauses
    )
