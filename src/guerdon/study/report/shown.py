"""A report on a terminal, as JSON, and as CSV files."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from guerdon.program.currency import DECIMALS
from guerdon.study import words
from guerdon.study.report.report import Column, Kind, Report, Table, Value
from guerdon.study.rows import exact
from guerdon.study.whole import appearing, cell

if TYPE_CHECKING:
    from rich.console import Console

PLACES = 6
"""Decimals of a share, and of what has no last one, in JSON and in files."""


def is_left(column: Column) -> bool:
    """Whether a column is set flush left."""
    return column.kind is Kind.TEXT


def texts(table: Table) -> list[list[str]]:
    """The figures of a table for people; quantities of a column all have the decimals that one of them needs, two at most (of a model: three)."""
    rows = [*table.rows, *([table.total] if table.total is not None else [])]
    usual = [_places(column, [row[at] for row in rows]) for at, column in enumerate(table.columns)]
    found = []
    for number, row in enumerate(rows):
        columns = [table.of(number, each) for each in table.columns]
        places = [_places(*each) for each in zip(columns, ([value] for value in row), strict=True)]
        found.append([text(*each) for each in zip(row, columns, places if table.of_rows else usual, strict=True)])
    return found


def _places(column: Column, values: list[Value]) -> int:
    if column.kind is Kind.ESTIMATE and not column.unit:
        return 3 if any(isinstance(each, float) and abs(each) < 1 for each in values) else 1
    broken = any(isinstance(each, Fraction) and each.denominator != 1 for each in values)
    return DECIMALS.get(column.unit, 2 if broken else 0)


def text(of: Value, column: Column, places: int = 0) -> str:
    """A figure for people: thousands set apart, money in the currency's decimals, shares in percent; a dash where there is none."""
    shown = _text(of, column, places)
    return f"+{shown}" if column.signed and isinstance(of, int | Fraction) and of > 0 else shown


def _text(of: Value, column: Column, places: int) -> str:
    match of, column.kind:
        case None, _:
            return "-"
        case date(), _:
            return f"{of:%Y-%m}"
        case int() | Fraction(), Kind.MONEY:
            return words.decimal(Fraction(of), DECIMALS.get(column.unit, 2))
        case int() | Fraction(), Kind.SHARE:
            return f"{words.decimal(100 * Fraction(of), column.decimals)}%"
        case int() | Fraction(), Kind.POINTS:
            return words.decimal(Fraction(of), 1)
        case int() | Fraction(), _:
            return words.decimal(Fraction(of), places)
        case float(), _:
            return f"{of:,.{places}f}"
    return str(of)


# ---------------------------------------------------------------- a terminal


def show(report: Report, to: Console) -> None:
    """Each section: its tables, and below each what its figures mean."""
    from rich.text import Text

    to.print(Text(report.title, style="bold"))
    for line in report.head:
        to.print(line, markup=False)
    for section in report.sections:
        to.print()
        to.print(Text(section.title.upper(), style="bold cyan"))
        if section.absent:
            _note(f"Left out: {section.absent}.", "dim", to)
        for line in section.says:
            to.print(line, markup=False, highlight=False)
        for table in section.tables:
            to.print()
            _show(table, to)
        for pair in section.beside:
            for title, told in (pair.left, pair.right):
                to.print()
                to.print(Text(f"{pair.title}: {title}", style="bold"))
                to.print(told, markup=False, highlight=False, soft_wrap=True)


def _show(table: Table, to: Console) -> None:
    from rich.text import Text

    from guerdon.study import screen

    if table.rows:
        to.print(
            screen.table(
                table.title, [each.title if is_left(each) else f">{each.title}" for each in table.columns], texts(table)
            )
        )
    else:
        to.print(Text(table.title, style="bold"))
    for note in table.notes:
        _note(note, "dim", to)
    for warning in table.warnings:
        _note(warning, "yellow", to)


def _note(text: str, style: str, to: Console) -> None:
    from rich.padding import Padding
    from rich.text import Text

    to.print(Padding(Text(text, style=style), (0, 0, 0, 2), expand=False))


# ---------------------------------------------------------------- JSON and CSV


def plain(of: Value, column: Column) -> str | int | float | None:
    """A figure for other programs: counts and floats as numbers, months as their first day, what is exact as text.

    Shape: shares, and what has no last decimal, are rounded half even to six.
    """
    match of:
        case date():
            return of.isoformat()
        case Fraction():
            rounded = Fraction(round(of * 10**PLACES), 10**PLACES)
            return exact(rounded if column.kind is Kind.SHARE or (of * 10**PLACES).denominator != 1 else of)
        case int() if column.kind is not Kind.COUNT:
            return str(of)
    return of


def as_json(report: Report) -> dict[str, object]:
    """The whole report as plain values."""
    return {
        **report.about,
        "sections": [
            {
                "title": each.title,
                "absent": each.absent,
                "says": list(each.says),
                "tables": [_table(table) for table in each.tables],
                "beside": [
                    {"name": pair.name, "title": pair.title, "left": list(pair.left), "right": list(pair.right)}
                    for pair in each.beside
                ],
            }
            for each in report.sections
        ],
    }


def _table(of: Table) -> dict[str, object]:
    columns = [
        {"name": each.name, "title": each.title, "kind": each.kind.name.lower(), "unit": each.unit}
        for each in of.columns
    ]
    rows = [
        {column.name: plain(each, of.of(at, column)) for each, column in zip(row, of.columns, strict=True)}
        for at, row in enumerate(of.rows)
    ]
    return {
        "name": of.name,
        "title": of.title,
        "columns": columns,
        "rows": rows,
        "notes": list(of.notes),
        "warnings": list(of.warnings),
    }


def write_csv(
    report: Report, folder: str | Path, more: Mapping[str, Callable[[Path], object]] | None = None
) -> list[Path]:
    """Writes a file for each table, and `definitions.csv` with what their figures mean; where they are.

    Shape: figures as in JSON, nothing where there is none. Nothing appears before all is written. `more`: files by name, and what
    writes them.
    """
    tables = [table for section in report.sections for table in section.tables if table.rows]
    others = more or {}
    files = [*(f"{each.name}.csv" for each in tables), "definitions.csv", *others]
    with appearing(Path(folder), files) as beside:
        for name, write in others.items():
            write(beside / name)
        for each in tables:
            _write(beside / f"{each.name}.csv", [[column.name for column in each.columns], *map(list, _cells(each))])
        _write(beside / "definitions.csv", [["table", "kind", "text"], *_definitions(report)])
    return [Path(folder) / name for name in files]


def _cells(table: Table) -> Iterator[list[object]]:
    for at, row in enumerate(table.rows):
        found = [plain(each, table.of(at, column)) for each, column in zip(row, table.columns, strict=True)]
        yield [
            "" if each is None else cell(each) if column.kind is Kind.TEXT and isinstance(each, str) else each
            for each, column in zip(found, table.columns, strict=True)
        ]


def _definitions(report: Report) -> Iterator[list[object]]:
    """What each table is called, says and warns of; and why a section is left out."""
    for section in report.sections:
        if section.absent:
            yield ["", "left out", f"{section.title}: {section.absent}"]
        for table in section.tables:
            lines = [
                ("title", table.title),
                *(("note", each) for each in table.notes),
                *(("warning", each) for each in table.warnings),
            ]
            for kind, line in lines:
                yield [table.name, kind, cell(line)]


def _write(path: Path, rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
