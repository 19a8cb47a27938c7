"""A piece without the lines that can't be read, so that the others can be.

Every character that is left keeps its place in the source: a clause becomes a comment of
its own length, and where the head line changes its length the piece's offset makes up for it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from lark import Lark

from guerdon.syntax.split import Piece

_STAND_INS = {"NAME": " x", "STRING": ' "x"'}


def without(piece: Piece, index: int, parser: Lark) -> Piece | None:
    """The piece without a line (from 0); none if that is a head line that starts with no keyword."""
    lines = piece.text.split("\n")
    if index >= len(lines):
        return piece  # it was left out with those above it
    length = len(lines[index])
    if index:
        lines[index] = "#" * length
    else:
        head = _stand_in(lines[0], parser)
        if head is None:
            return None
        lines[0] = head
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()  # a line end must be followed by a clause
    shift = 0 if index else length - len(lines[0])
    return replace(piece, offset=piece.offset + shift, text="\n".join(lines))


def _stand_in(head: str, parser: Lark) -> str | None:
    """A head line that can be read, with the keyword of this one; never with a guessed one, whose clauses would be others."""
    known, keyword = keywords(parser), head.split()[0]
    return keyword + known[keyword] if keyword in known else None


@cache
def keywords(parser: Lark) -> dict[str, str]:
    """The keyword of each declaration, and a name where it needs one."""
    declarations = {rule.expansion[0].name for rule in parser.rules if rule.origin.name == "_declaration"}
    return {
        str(parser.get_terminal(word.name).pattern.value): _STAND_INS.get(rest[0].name, "") if rest else ""
        for rule in parser.rules
        if rule.origin.name in declarations
        for word, *rest in [rule.expansion]
    }
