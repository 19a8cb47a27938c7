"""Colours for programs on pages: a lexer for Pygments, which asks the parser what each word is.

Whether `first` is a keyword or a name depends on where it stands, and only the grammar knows. So nothing of the language is listed here: a word is a
keyword where the parser reads one. Lines that can't be read are left out one by one, and coloured by their first word, their quotes and their digits.
Pygments finds this by the entry point `pygments.lexers` of the package; nothing else imports it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import lark
from pygments import token
from pygments.lexer import Lexer

from guerdon.syntax import tables
from guerdon.syntax.draft import keywords, without
from guerdon.syntax.split import Piece, split
from guerdon.text.source import decode

LITERALS = {
    "STRING": token.String.Double,
    "NUMBER": token.Number,
    "PERCENT": token.Number,
    "DATE": token.Number,
    "MONTHDAY": token.Number,
    "TIME": token.Number,
    "ZONE": token.Name.Constant,
    "NAME": token.Name,
}
_LOOSE = re.compile(
    r'(?P<comment>#.*)|(?P<string>"[^"\n]*"?)|(?P<number>[0-9][0-9.:%-]*)|(?P<word>[A-Za-z_]\w*)|(?P<rest>\s+|.)'
)

Coloured = tuple[int, Any, str]
"""A place in the text, what stands there, and its letters."""


class GuerdonLexer(Lexer):  # type: ignore[misc]  # Pygments has no types
    """Programs, and parts of programs."""

    name = "Guerdon"
    aliases = ("guerdon",)
    filenames = ("*.guerdon",)
    mimetypes = ("text/x-guerdon",)

    def get_tokens_unprocessed(self, text: str) -> Iterator[Coloured]:
        """Every character once, in order."""
        at = 0
        for start, kind, letters in read(text):
            yield from loose(text, at, start)
            yield start, kind, letters
            at = start + len(letters)
        yield from loose(text, at, len(text))


def read(text: str) -> Iterator[Coloured]:
    """What the parser reads, in order."""
    for piece in split(decode("", text.encode())).pieces:
        yield from sorted(read_piece(piece))


def read_piece(piece: Piece) -> list[Coloured]:
    """The words of a declaration; of lines that can't be read none."""
    parser = tables.load_parser()
    left: Piece | None = piece
    while left is not None:
        try:
            interactive = parser.parse_interactive(left.text)
            words = [each for each in interactive.iter_parse() if each.type not in ("_NL", "$END")]
            interactive.feed_eof()  # type: ignore[no-untyped-call]
            own = left.text.split("\n")[0] == piece.text.split("\n")[0]  # else another head stands in for it
            return [coloured(left, each) for each in words if own or each.line != 1]
        except lark.UnexpectedInput as problem:
            line = problem.line if problem.line and problem.line > 0 else left.text.count("\n") + 1
            shorter = without(left, line - 1, parser)
            left = shorter if shorter != left else None
    return []


def coloured(piece: Piece, each: lark.Token) -> Coloured:
    at = each.start_pos or 0
    before = piece.text[piece.text.rfind("\n", 0, at) + 1 : at]
    return piece.offset + at, kind(each, before), str(each)


def kind(each: lark.Token, before: str) -> Any:
    """What a word is; `before` stands to the left of it on its line."""
    if each.type in LITERALS:
        return token.Name.Class if each.type == "NAME" and before.rstrip() in declarations() else LITERALS[each.type]
    if not each[:1].isalpha():
        return token.Punctuation
    if not before:
        return token.Keyword.Declaration
    return token.Keyword if before.isspace() else token.Operator.Word


@cache
def declarations() -> frozenset[str]:
    """The words that begin a declaration."""
    return frozenset(keywords(tables.load_parser()))


def loose(text: str, start: int, end: int) -> Iterator[Coloured]:
    """What lies between: spaces, comments, and lines that can't be read."""
    kinds = {"comment": token.Comment.Single, "string": token.String.Double, "number": token.Number, "rest": token.Text}
    for found in _LOOSE.finditer(text, start, end):
        before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
        first = token.Keyword if before else token.Keyword.Declaration
        word = first if not before.strip() else token.Name
        yield found.start(), kinds.get(found.lastgroup or "", word), found.group()
