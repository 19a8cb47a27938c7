"""Single values that stand outside of a program's text: in cells of a sheet, on the command line."""

from __future__ import annotations

import re
from typing import Any

from lark.exceptions import LarkError

from guerdon.syntax import tree
from guerdon.syntax.build import Builder
from guerdon.syntax.foresee import MOST_DIGITS
from guerdon.syntax.parse import parser
from guerdon.syntax.split import Piece
from guerdon.text.source import Span

MOST_LETTERS = 200
_UNREADABLE = re.compile(r'[\n\r"#\0]|[\d.]{%d,}' % (MOST_DIGITS + 1))


class _Placed(Builder):
    """Makes nodes that all stand in one place."""

    def __init__(self, span: Span) -> None:
        super().__init__(span.source, Piece(0, 1))
        self._span = span

    def place(self, start: int, end: int) -> Span:
        return self._span


def value(text: str, span: Span) -> tree.Expr | None:
    """The value that a text is, as it would stand behind `is`; None where it can't be read."""
    if len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:
        return tree.String(text[1:-1], span=span)
    declaration = _parsed(f"param x\n  is {text}", text, span)
    found: Any = declaration and declaration.clauses[0]
    return found.value if isinstance(found, tree.IsClause) and len(declaration.clauses) == 1 else None


def cell(text: str, span: Span) -> tree.Cell | None:
    """The key that a text is, as it would stand in a `row`; None where it can't be read."""
    declaration = _parsed(f"table x\n  row {text}: 0", text, span)
    row: Any = declaration and declaration.clauses[0]
    return row.cells[0] if isinstance(row, tree.Row) and len(row.cells) == 1 else None


def _parsed(declaration: str, text: str, span: Span) -> Any:
    if not text or len(text) > MOST_LETTERS or _UNREADABLE.search(text):
        return None
    try:
        return _Placed(span).transform(parser().parse(declaration))
    except LarkError:
        return None
