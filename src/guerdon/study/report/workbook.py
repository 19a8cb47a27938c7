"""A report as a workbook for spreadsheets: a sheet for each section, sums and differences as formulas that are reckoned where it is opened.

XLSX keeps numbers as binary floating point; what is exact stands in the CSV and JSON of the same report.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from guerdon.program.currency import DECIMALS
from guerdon.study.report.report import Column, Kind, Report, Section, Table, Value

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LONGEST_NAME = 31
"""Characters of a sheet's name."""


class NoWorkbook(Exception):
    """The package that writes workbooks is not there."""


def write(report: Report, path: Path) -> None:
    """Writes the workbook. Errors: OSError; NoWorkbook without the extra `report`."""
    try:
        from xlsxwriter import Workbook
        from xlsxwriter.exceptions import FileCreateError
    except ImportError:
        raise NoWorkbook("a workbook needs another package: pip install 'guerdon[report]'") from None
    book = Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    styles = _Styles(book)
    for section in report.sections:
        if section.tables:
            _sheet(book.add_worksheet(_name(section.title)), report, section, styles)
    try:
        book.close()
    except FileCreateError as error:
        cause = error.args[0] if error.args else None
        raise cause if isinstance(cause, OSError) else OSError(str(error)) from None


def _name(title: str) -> str:
    return "".join(each for each in title if each not in "[]:*?/\\")[:LONGEST_NAME]


class _Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.title, self.head = book.add_format({"bold": True, "font_size": 14}), book.add_format({"bold": True})
        self.heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        self.right = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "align": "right"})
        self.note = book.add_format({"italic": True, "font_color": "#555555"})
        self._of: dict[str, Format] = {}

    def of(self, column: Column) -> Format:
        """The format of a column's figures."""
        written = _number_format(column)
        if written not in self._of:
            self._of[written] = self.book.add_format({"num_format": written} if written else {})
        return self._of[written]


def _number_format(column: Column) -> str:
    places = DECIMALS.get(column.unit, 2)
    match column.kind:
        case Kind.TEXT:
            return ""
        case Kind.MONTH:
            return "yyyy-mm"
        case Kind.SHARE:
            plain = f"0.{'0' * column.decimals}%"
        case Kind.MONEY:
            plain = f"#,##0.{'0' * places}" if places else "#,##0"
        case Kind.COUNT:
            plain = "#,##0"
        case _:
            plain = "#,##0.######"
    return f"+{plain};-{plain};{plain}" if column.signed else plain


def _sheet(sheet: Worksheet, report: Report, section: Section, styles: _Styles) -> None:
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, section.title, styles.title)
    row = 1
    for line in (*report.head, *section.says):
        sheet.write_string(row, 0, line, styles.note)
        row += 1
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 30, 14)
    for table in section.tables:
        if table.rows:
            row = _table(sheet, row + 1, table, styles)


def _table(sheet: Worksheet, row: int, table: Table, styles: _Styles) -> int:
    """Writes a table; the row below it."""
    sheet.write_string(row, 0, table.title, styles.head)
    for at, column in enumerate(table.columns):
        title = f"{column.title} ({column.unit})" if column.unit else column.title
        sheet.write_string(row + 1, at, title, styles.heading if column.kind is Kind.TEXT else styles.right)
    first = row + 2
    names = {column.name: at for at, column in enumerate(table.columns)}
    for number, values in enumerate(table.rows):
        for at, (value, of_all) in enumerate(zip(values, table.columns, strict=True)):
            column = table.of(number, of_all)
            formula = _difference(names, column, first + number, values)
            if formula is not None:
                sheet.write_formula(first + number, at, formula, styles.of(column), _float(value))
            else:
                _cell(sheet, first + number, at, value, column, styles)
    end = first + len(table.rows)
    if table.total is not None:
        sheet.write_string(end, 0, "in all", styles.head)
        for at, (value, column) in enumerate(zip(table.total, table.columns, strict=True)):
            if column.name in table.summed:
                letter = _letter(at)
                formula = f"=SUM({letter}{first + 1}:{letter}{end})"
                sheet.write_formula(end, at, formula, styles.of(column), _float(value))
        end += 1
    for note in table.notes:
        sheet.write_string(end, 0, note, styles.note)
        end += 1
    return end


def _difference(names: dict[str, int], column: Column, row: int, values: tuple[Value, ...]) -> str | None:
    """The formula of a difference: the new figure less the old one."""
    before = column.name.removesuffix("difference")
    if before == column.name or f"{before}old" not in names or f"{before}new" not in names:
        return None
    old, new = names[f"{before}old"], names[f"{before}new"]
    if values[old] is None or values[new] is None:
        return None
    return f"={_letter(new)}{row + 1}-{_letter(old)}{row + 1}"


def _letter(at: int) -> str:
    return chr(ord("A") + at) if at < 26 else chr(ord("A") + at // 26 - 1) + chr(ord("A") + at % 26)


def _cell(sheet: Worksheet, row: int, at: int, value: Value, column: Column, styles: _Styles) -> None:
    match value:
        case None:
            return
        case date():
            sheet.write_datetime(row, at, value, styles.of(column))
        case int() | Fraction() | float():
            sheet.write_number(row, at, float(value), styles.of(column))
        case str():
            sheet.write_string(row, at, value)


def _float(of: Value) -> float:
    return float(of) if isinstance(of, int | float | Fraction) else 0.0
