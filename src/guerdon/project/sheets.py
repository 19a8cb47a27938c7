"""Sheets: CSV and XLSX files as texts of cells, each number as its shortest decimal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from guerdon.syntax import tree
from guerdon.text.diagnostic import Diagnostic
from guerdon.text.sheet import Sheet, sheet
from guerdon.text.source import decode

MOST_ROWS = 10_000
MOST_COLUMNS = 100
MOST_UNPACKED = 100_000_000  # bytes of a workbook that is unpacked
MOST_DIGITS = 15  # that a spreadsheet keeps of a number; more are what its arithmetic leaves


class _Unreadable(Exception):
    """Why a file is no table, and what to do."""

    def __init__(self, code: str, message: str, help: str) -> None:
        super().__init__(message)
        self.code, self.help = code, help


def read_sheet(path: Path, data: bytes, named: tree.String) -> Sheet | Diagnostic:
    """The cells of a file, without the empty ones that follow the last; or why there are none.

    Errors: G436 no such table, G438 too many rows or columns.
    """
    try:
        rows = [*(_workbook(data) if path.suffix.lower() == ".xlsx" else _csv(path, data))]
        if len(rows) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in rows):
            help = "what happened belongs to the history of a program, not to its tables"
            raise _Unreadable("G438", f"has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns", help)
    except _Unreadable as problem:
        return Diagnostic(problem.code, f"`{named.text}` {problem}", named.span, "not read", help=(problem.help,))
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return sheet(str(path), rows)


def _csv(path: Path, data: bytes) -> Iterator[list[str]]:
    import csv  # only where there is one

    try:
        text = decode(path.name, data).text
    except UnicodeDecodeError as error:
        help = "save it as CSV UTF-8"
        raise _Unreadable("G436", f"is not UTF-8: byte {error.start} can't stand there", help) from error
    if "\0" in text:
        raise _Unreadable("G436", "is no text: it holds a byte that is zero", "save it as CSV UTF-8")
    reader = csv.reader(StringIO(text), strict=True)
    try:
        for number, row in enumerate(reader):
            yield row
            if number > MOST_ROWS:
                return
    except csv.Error as error:
        help = "a cell with a comma or a quote in it stands between quotes"
        raise _Unreadable("G436", f"can't be taken apart at line {reader.line_num}", help) from error


def _workbook(data: bytes) -> Iterator[list[str]]:
    """The cells of the first sheet; those shown as percentages with their sign."""
    from zipfile import BadZipFile, ZipFile  # only where there is one

    from guerdon.project.percents import percents

    help = "open it and save it again as .xlsx, or save it as CSV UTF-8"
    try:
        with ZipFile(BytesIO(data)) as packed:
            if sum(each.file_size for each in packed.infolist()) > MOST_UNPACKED:
                raise _Unreadable("G438", f"unpacks to more than {MOST_UNPACKED // 1_000_000} million bytes", help)
            shown = percents(packed)
        cells = _cells(data)
    except _Unreadable:
        raise
    except (BadZipFile, KeyError, ValueError, SyntaxError, OSError, NotImplementedError, RuntimeError) as error:
        raise _Unreadable("G436", "is no workbook that can be read", help) from error
    for row, values in enumerate(cells):
        yield [_text(value, (row, column) in shown) for column, value in enumerate(values)]


def _cells(data: bytes) -> list[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook  # only where there is one

    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        found: list[list[Any]] = book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=MOST_ROWS + 1)
    except (CalamineError, IndexError) as error:
        raise ValueError(str(error)) from error
    return found


def _text(value: Any, percent: bool) -> str:
    """A cell's value as it would be typed."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return _number(Decimal(repr(value)), percent)
        case datetime() if value.time() == time(0):
            return value.date().isoformat()
        case date():
            return value.isoformat()
    return str(value)


def _number(value: Decimal, percent: bool) -> str:
    """A number without an exponent; one of more digits than a spreadsheet keeps is shown with all of them, and not taken."""
    if not value.is_finite():
        return str(value)
    if len(value.normalize().as_tuple().digits) > MOST_DIGITS:
        return f"{value:f} (computed: round it to at most {MOST_DIGITS} digits)"
    text = f"{value * 100 if percent else value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}%" if percent else text
