"""A text cut at the margin: one piece a declaration, with its comments.

A declaration starts at the margin, so a mistake in one never hides the next. Comments
and strings are told apart here, once; the grammar then only has to skip comments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from guerdon.text.source import Source

_COMMENT = re.compile(r'^((?:[^"#]|"[^"]*")*)(#.*)$')
_STRING = re.compile(r'"[^"]*"')


@dataclass
class Piece:
    """The lines of one declaration.

    Shape: `text` begins at `offset` of the source and ends with the last clause;
    `above` and `behind` hold comments by line number, `head` those above the first
    line, `below` those after the last clause.
    """

    offset: int
    line: int
    text: str = ""
    head: list[str] = field(default_factory=list)
    above: dict[int, list[str]] = field(default_factory=dict)
    behind: dict[int, str] = field(default_factory=dict)
    below: list[str] = field(default_factory=list)


@dataclass
class Pieces:
    """The declarations of a text; `stray` lines stand indented before the first of them."""

    pieces: list[Piece] = field(default_factory=list)
    stray: list[int] = field(default_factory=list)
    below: list[str] = field(default_factory=list)


def split(source: Source) -> Pieces:
    """The pieces of a text, in order; none where it holds only blanks and comments."""
    found = Pieces()
    pending: list[tuple[bool, str]] = []  # comments not yet placed: at the margin?, text
    for number, start in enumerate(source.line_starts, 1):
        line = source.line(number)
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            pending += [(not line[:1].isspace(), stripped)] if stripped else []
        elif not line[0].isspace():
            _close(found, pending)
            found.pieces.append(Piece(start, number, head=[text for _, text in pending]))
            pending = []
            _extend(found.pieces[-1], source, number)
        elif found.pieces:
            if pending:
                found.pieces[-1].above[number] = [text for _, text in pending]
            pending = []
            _extend(found.pieces[-1], source, number)
        else:
            found.stray.append(number)
    _close(found, pending)
    found.below = [text for _, text in pending]
    return found


def _close(found: Pieces, pending: list[tuple[bool, str]]) -> None:
    """Indented comments below the last clause stay with their declaration."""
    while found.pieces and pending and not pending[0][0]:
        found.pieces[-1].below.append(pending.pop(0)[1])


def _extend(piece: Piece, source: Source, number: int) -> None:
    line = source.line(number)
    comment = _COMMENT.match(line)
    if comment:
        piece.behind[number] = comment.group(2).rstrip()
        line = comment.group(1)
    piece.text = source.text[piece.offset : source.line_starts[number - 1] + len(line.rstrip())]


def mask(line: str) -> str:
    """The line with strings and comments blanked out, as long as before."""
    comment = _COMMENT.match(line)
    if comment:
        line = comment.group(1) + " " * len(comment.group(2))
    return _STRING.sub(lambda found: '"' + " " * (len(found.group()) - 2) + '"', line)
