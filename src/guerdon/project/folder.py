"""The folder of a program: which files it may name, how many, and how large they may be.

Only files inside of the folder are read, whatever a name, a link or an address says.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import NamedTuple

from guerdon.syntax import tree
from guerdon.text.diagnostic import Diagnostic, nearest

MOST_FILES = 100
MOST_BYTES = 5_000_000  # of one file


class Wanted(NamedTuple):
    """Kinds of files, by how their names end; what they are called; what to do with others."""

    endings: tuple[str, ...]
    what: str
    instead: str


PROGRAMS = Wanted((".guerdon",), "a file of a program", "name a file that ends in .guerdon")
SHEETS = Wanted((".csv", ".xlsx"), "a table", "save it as .xlsx, or as CSV UTF-8 with commas")


@dataclass
class Folder:
    """The folder of the program at `main`, and the files of it that were opened."""

    main: Path
    opened: dict[Path, tree.String] = field(default_factory=dict)

    def open(self, named: tree.String, beside: Path, wanted: Wanted) -> tuple[Path, bytes] | Diagnostic:
        """A file and its bytes, by the name that a file beside it gives; or why it is not read.

        Errors: G435 outside of the folder, G436 no such file, G437 opened already, G438 too many or too large.
        """
        wrong = _named_wrongly(named)
        if wrong:
            return wrong
        path = beside.parent / named.text
        real = Path(os.path.realpath(path))
        if not real.is_relative_to(os.path.realpath(self.main.parent)):
            return _outside(named, f"`{named.text}` is a link that leads out of the program's folder")
        if not real.is_file():
            return _absent(named, path)
        if path.suffix.lower() not in wanted.endings:
            message = f"`{named.text}` is not {wanted.what}"
            return Diagnostic("G436", message, named.span, "another kind of file", help=(wanted.instead,))
        if wanted is PROGRAMS and (real == Path(os.path.realpath(self.main)) or real in self.opened):
            return self._again(named, real)
        self.opened[real] = named
        if len(self.opened) > MOST_FILES:
            help = ("put what belongs together into one file",)
            message = f"a program is read from at most {MOST_FILES} files"
            return Diagnostic("G438", message, named.span, "one too many", help=help)
        return _bytes(path, named)

    def _again(self, named: tree.String, real: Path) -> Diagnostic:
        first = self.opened.get(real)
        if first is None:
            message, label = f"`{named.text}` is this program itself", "itself"
            return Diagnostic("G437", message, named.span, label, help=("take the line out",))
        related = ((first.span, "first here"),)
        help = ("take one of the two lines out",)
        return Diagnostic("G437", f"`{named.text}` is used twice", named.span, "again here", related, help)


def _named_wrongly(named: tree.String) -> Diagnostic | None:
    """What is wrong with a name before anything is looked for."""
    text = named.text
    if "://" in text:
        return _outside(named, f"`{text}` is an address, and only files are read", "download it and name the file")
    if not text.strip() or "\0" in text:
        return Diagnostic("G436", "a file needs a name", named.span, "no name", help=("name a file of the folder",))
    windows = PureWindowsPath(text)
    if windows.drive or windows.root or ".." in windows.parts:
        return _outside(named, f"`{text}` leads out of the program's folder")
    if "\\" in text:
        help = f'write `"{text.replace(chr(92), "/")}"`'
        return Diagnostic("G436", "folders are separated by `/`", named.span, "not like this", help=(help,))
    return None


def _outside(named: tree.String, message: str, help: str = "") -> Diagnostic:
    help = help or "put the file into the folder of the program, or below it, and name it from there"
    return Diagnostic("G435", message, named.span, "not in the folder", help=(help,))


def _absent(named: tree.String, path: Path) -> Diagnostic:
    if path.is_dir():
        return Diagnostic("G436", f"`{named.text}` is a folder", named.span, "no file", help=("name a file in it",))
    names = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    near = nearest(path.name, names)
    meant = (Path(named.text).parent / near).as_posix() if near else ""
    help = f'did you mean `"{meant}"`?' if near else "names are seen from the folder of the file that gives them"
    return Diagnostic("G436", f"there is no file `{named.text}`", named.span, "not found", help=(help,))


def _bytes(path: Path, named: tree.String) -> tuple[Path, bytes] | Diagnostic:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        message = f"`{named.text}` can't be read: {why}"
        return Diagnostic("G436", message, named.span, "not read", help=("let it be read, or name another",))
    if len(data) > MOST_BYTES:
        message = f"`{named.text}` holds more than {MOST_BYTES // 1_000_000} million bytes"
        help = "a table of a program is a few thousand rows; what happened belongs to its history"
        return Diagnostic("G438", message, named.span, "too large", help=(help,))
    return path, data
