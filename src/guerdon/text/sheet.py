"""A table of a file as a source: its rows are lines, and a place in it is a cell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from guerdon.text.source import Source, Span

BETWEEN = " | "


@dataclass(frozen=True)
class Sheet(Source):
    """The cells of a file, row by row, as their texts; the first row is line 1.

    Shape: `text` holds the cells with ` | ` between; `cells` says where each begins and ends in it.
    """

    cells: tuple[tuple[tuple[int, int], ...], ...] = ()

    def cell(self, row: int, column: int) -> Span:
        """The place of a cell, both counted from 0; of the end of a row that is too short."""
        cells = self.cells[row]
        if column < len(cells):
            return Span(self, *cells[column])
        end = self.line_starts[row] + len(self.line(row + 1))
        return Span(self, end, end)

    def where(self, offset: int) -> str:
        return f"{self.name}, cell {self.cell_at(offset)}"

    def cell_at(self, offset: int) -> str:
        """The cell that holds an offset, as spreadsheets call it: `C7`."""
        row = self.place(offset)[0]
        column = bisect_right(self._begins[row - 1], offset) - 1 if row <= len(self.cells) else 0
        return f"{letters(max(column, 0))}{row}"

    @cached_property
    def _begins(self) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(start for start, _ in cells) for cells in self.cells)


def sheet(name: str, rows: Sequence[Sequence[str]]) -> Sheet:
    """The sheet of these cells; line ends in them count as spaces, and short rows are as long as the first."""
    lines, places, at = [], [], 0
    width = len(rows[0]) if rows else 0
    for row in rows:
        texts = [" ".join(cell.split()) for cell in row] + [""] * (width - len(row))
        cells, start = [], at
        for text in texts:
            cells.append((start, start + len(text)))
            start += len(text) + len(BETWEEN)
        lines.append(BETWEEN.join(texts))
        places.append(tuple(cells))
        at += len(lines[-1]) + 1
    return Sheet(name, "\n".join(lines), tuple(places))


def letters(column: int) -> str:
    """The letters of a column, counted from 0.

    >>> letters(0), letters(25), letters(26), letters(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    return (letters(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)
