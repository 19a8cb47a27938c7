"""Text to tree: split at the margin, parse each declaration, collect what is wrong."""

from __future__ import annotations

from functools import cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from guerdon.syntax import tree
from guerdon.syntax.build import build, deepest
from guerdon.syntax.draft import without
from guerdon.syntax.foresee import MOST_LEVELS, foresee, foresee_comment, too_deep
from guerdon.syntax.split import Piece, split
from guerdon.syntax.tables import load_parser
from guerdon.text.diagnostic import Diagnostic
from guerdon.text.source import Source, Span, decode

_TRIES = 20  # mistakes named in one declaration


@cache
def parser() -> Lark:
    """The parser of one declaration, made once."""
    return load_parser()


def parse(source: Source) -> tuple[tree.Document, tuple[Diagnostic, ...]]:
    """The tree of a text, and what of it could not be read.

    Shape: declarations in their order, without those that could not be read.
    Errors: G001 to G019, G103 and G303, all of them, in the order of the text.
    """
    pieces = split(source)
    found = [_stray(source, line) for line in pieces.stray]
    declarations = []
    for piece in pieces.pieces:
        declaration, wrong = _parse_piece(source, piece)
        found += wrong
        if declaration is not None:
            declarations.append(declaration)
    if not pieces.pieces and not found:
        found.append(_empty(source))
    found += _in_comments(source, pieces.pieces)
    found.sort(key=lambda mistake: mistake.span.start if mistake.span else 0)
    whole = Span(source, 0, len(source.text))
    return tree.Document(tuple(declarations), tuple(pieces.below), span=whole), tuple(found)


def parse_bytes(name: str, data: bytes) -> tuple[tree.Document, tuple[Diagnostic, ...]]:
    """The tree of a file's bytes; bytes that are no text are told by their place."""
    at, what = _undecodable(data)
    if what:
        source = decode(name, data[:at])
        place = Span(source, len(source.text), len(source.text))
        wide = data[:2] in (b"\xff\xfe", b"\xfe\xff") or 0 in data[:2]
        help = ("save the file as UTF-8 in your editor" + ("; it seems to be saved as UTF-16" if wide else ""),)
        mistake = Diagnostic(
            "G001", f"the file is not a text in UTF-8: {what}", place, "up to here it can be read", help=help
        )
        return tree.Document((), ()), (mistake,)
    return parse(decode(name, data))


def _undecodable(data: bytes) -> tuple[int, str]:
    at = data.find(b"\0")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if at < 0 or error.start < at:
            return error.start, f"byte {error.start} is 0x{data[error.start]:02x}, which can't stand there"
    return at, f"byte {at} is zero" if at >= 0 else ""


def _parse_piece(source: Source, piece: Piece) -> tuple[tree.Declaration | None, list[Diagnostic]]:
    """The declaration, or None and its mistakes: a line that can't be read is left out to see the others."""
    foreseen = foresee(source, piece)
    wrong = [*foreseen.values()]
    draft: Piece | None = piece
    for index in reversed(foreseen):
        draft = draft and without(draft, index, parser())
    for _ in range(_TRIES):
        if draft is None:
            break
        try:
            parsed: Tree[Token] = parser().parse(draft.text)
        except UnexpectedInput as error:
            from guerdon.syntax.mistakes import misread  # a sound program makes none

            mistake, index = misread(error, source, draft, parser())
        else:
            at, levels = deepest(parsed)
            if levels <= MOST_LEVELS:
                return (None if wrong else _arranged(build(parsed, source, piece), piece)), wrong
            mistake, index = _too_deep(source, draft, at, levels)
        wrong.append(mistake)
        draft = without(draft, index, parser())
    return None, wrong


def _too_deep(source: Source, piece: Piece, at: int, levels: int) -> tuple[Diagnostic, int]:
    """That the line at an offset of the piece is too deep, and the line, from 0."""
    index = piece.text.count("\n", 0, at)
    start = source.line_starts[piece.line - 1 + index]
    line = source.line(piece.line + index)
    place = Span(source, start + len(line) - len(line.lstrip()), start + len(line.rstrip()))
    return too_deep(levels, MOST_LEVELS, place), index


def _arranged(declaration: tree.Declaration, piece: Piece) -> tree.Declaration:
    """The declaration with its clauses in their one order, and its comments beside them."""
    order = tree.ORDER.get(declaration.keyword)
    clauses = list(declaration.clauses)
    if order:
        clauses.sort(key=lambda clause: order.index(type(clause)))
    lines = {clause.span.line: index for index, clause in enumerate(clauses)} | {piece.line: -1}
    comments = [tree.Comment(-1, False, text) for text in piece.head]
    comments += [tree.Comment(lines[line], False, text) for line in sorted(piece.above) for text in piece.above[line]]
    comments += [tree.Comment(lines[line], True, text) for line, text in sorted(piece.behind.items())]
    comments += [tree.Comment(len(clauses), False, text) for text in piece.below]
    comments.sort(key=lambda comment: (comment.clause, comment.behind))
    return tree.Declaration(
        declaration.keyword, declaration.name, tuple(clauses), tuple(comments), span=declaration.span
    )


def _in_comments(source: Source, pieces: list[Piece]) -> list[Diagnostic]:
    """What can't stand even in comments, above and between the declarations."""
    if source.text.isascii():
        return []
    inside = {line for piece in pieces for line in range(piece.line, piece.line + piece.text.count("\n") + 1)}
    outside = (number for number in range(1, len(source.line_starts) + 1) if number not in inside)
    found = (foresee_comment(source, line) for line in outside if source.line(line).lstrip().startswith("#"))
    return [mistake for mistake in found if mistake is not None]


def _stray(source: Source, line: int) -> Diagnostic:
    text = source.line(line)
    start = source.line_starts[line - 1] + len(text) - len(text.lstrip())
    place = Span(source, start, source.line_starts[line - 1] + len(text.rstrip()))
    return Diagnostic(
        "G004",
        "an indented line belongs to the declaration above it, and there is none",
        place,
        "indented, but nothing stands above",
        help=("start the line at the margin, or put its declaration above",),
    )


def _empty(source: Source) -> Diagnostic:
    return Diagnostic(
        "G003",
        "there is nothing in this file",
        Span(source, 0, 0),
        "a program was expected",
        help=('start with `program "NAME"`, or let `guerdon new DIR` make a program to start from',),
    )
