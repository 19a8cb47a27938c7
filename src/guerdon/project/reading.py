"""What a program's files say together. The only place that opens what `use` and `from` name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from guerdon.check.expand import expand
from guerdon.check.names import Names
from guerdon.check.passes import Beside, Parsed
from guerdon.project.folder import PROGRAMS, SHEETS, Folder
from guerdon.syntax import tree
from guerdon.syntax.cells import value
from guerdon.syntax.parse import parse_bytes
from guerdon.text.diagnostic import Diagnostic
from guerdon.text.sheet import Sheet
from guerdon.text.source import Source, Span, read_bytes


def read(path: str | Path, main: Parsed, given: Mapping[str, str]) -> tuple[list[Parsed], Beside]:
    """The trees of a program's files, its own first, and what stands beside them."""
    values, found = _values(given)
    reading = _Reading(Folder(Path(path)), [main], found)
    if str(path) != "-":
        reading.programs()
        reading.tables()
    return reading.parsed, Beside(frozenset(reading.used), reading.sheets, values, tuple(reading.found))


def files(path: Path, given: Mapping[str, str]) -> tuple[Path, ...]:
    """The files that a program is read from, its own first: those that it uses, and those that hold rows of its tables. Errors: OSError."""
    parsed, beside = read(path, parse_bytes(str(path), read_bytes(path)), given)
    used = [document.span.source.name for document, _ in parsed]
    sheets = [each.name for each in beside.sheets.values() if each is not None]
    return tuple(dict.fromkeys(map(Path, [*used, *sheets])))


def whole(path: str | Path, data: bytes) -> Parsed:
    """The tree of a program with its shorthand, and all files that it uses, written out; and what could not be read."""
    reading = _Reading(Folder(Path(path)), [parse_bytes(str(path), data)], [])
    if str(path) != "-":
        reading.programs()
    found = tuple(each for _, said in reading.parsed for each in said) + tuple(reading.found)
    beside = Path(path).parent
    declarations = [_moved(each, beside) for document, _ in reading.parsed for each in document.declarations]
    comments = tuple(each for document, _ in reading.parsed for each in document.comments)
    said = Names()
    document = expand(tree.Document(tuple(declarations), comments, span=reading.parsed[0][0].span), said)
    return document, found or tuple(said.found)


def _moved(declaration: tree.Declaration, to: Path) -> tree.Declaration:
    """A declaration without `use`, the files of its rows named as from another folder."""
    clauses = [each for each in declaration.clauses if not isinstance(each, tree.Use)]
    at = Path(declaration.span.source.name).parent
    for index, each in enumerate(clauses):
        if isinstance(each, tree.RowsFrom):
            name = PurePosixPath(os.path.relpath(at / each.file.text, to)).as_posix()
            clauses[index] = tree.RowsFrom(tree.String(name))
    kept = {at: index for index, at in enumerate(_kept(declaration))}
    comments = tuple(
        tree.Comment(kept.get(each.clause, each.clause if each.clause < 0 else len(clauses)), each.behind, each.text)
        for each in declaration.comments
        if each.clause in kept or each.clause in (-1, len(declaration.clauses))
    )
    return tree.Declaration(declaration.keyword, declaration.name, tuple(clauses), comments, span=declaration.span)


def _kept(declaration: tree.Declaration) -> list[int]:
    return [at for at, each in enumerate(declaration.clauses) if not isinstance(each, tree.Use)]


def _values(given: Mapping[str, str]) -> tuple[dict[str, tree.Expr], list[Diagnostic]]:
    """What is given for params, as values."""
    values: dict[str, tree.Expr] = {}
    found: list[Diagnostic] = []
    for name, text in given.items():
        written = f"{name}={text}"
        place = Span(Source("--set", written), len(name) + 1, len(written))
        read = value(text.strip(), place)
        if read is None:
            help = ("write it as it would stand behind `is`, like `5%` or `100 USD`",)
            found.append(Diagnostic("G426", f"`{text}` is no value for `{name}`", place, "can't be read", help=help))
        else:
            values[name] = read
    return values, found


@dataclass
class _Reading:
    """What was read so far; sheets by the file that names them and their name in it."""

    folder: Folder
    parsed: list[Parsed]
    found: list[Diagnostic]
    used: set[str] = field(default_factory=set)
    sheets: dict[tuple[str, str], Sheet | None] = field(default_factory=dict)

    def programs(self) -> None:
        """Reads the programs that it uses."""
        for clause in _clauses(self.parsed[0][0], tree.Use):
            self.used.add(clause.file.text)
            opened = self.folder.open(clause.file, self.folder.main, PROGRAMS)
            if isinstance(opened, Diagnostic):
                self.found.append(opened)
            else:
                self.parsed.append(parse_bytes(str(opened[0]), opened[1]))

    def tables(self) -> None:
        """Reads the sheets of its tables, and of those that it uses."""
        for document, _ in self.parsed:
            for taken in _clauses(document, tree.RowsFrom):
                self._sheet(taken, Path(document.span.source.name))

    def _sheet(self, taken: tree.RowsFrom, beside: Path) -> None:
        from guerdon.project.sheets import read_sheet  # only for programs whose rows stand in files

        key = taken.file.span.source.name, taken.file.text
        if key in self.sheets:
            return
        opened = self.folder.open(taken.file, beside, SHEETS)
        found = opened if isinstance(opened, Diagnostic) else read_sheet(*opened, taken.file)
        self.sheets[key] = None if isinstance(found, Diagnostic) else found
        if isinstance(found, Diagnostic):
            self.found.append(found)


def _clauses(document: tree.Document, kind: type[tree.T]) -> Iterator[tree.T]:
    for declaration in document.declarations:
        yield from (each for each in declaration.clauses if isinstance(each, kind))
