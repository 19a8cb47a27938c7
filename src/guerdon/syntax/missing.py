"""What is missing where a line can't be read: a unit behind a number, a window behind a list of the event."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from lark import Lark

from guerdon.syntax.split import Piece, mask
from guerdon.text.diagnostic import Diagnostic, Edit
from guerdon.text.source import Source, Span


@dataclass(frozen=True, slots=True)
class Place:
    """Where the parser stopped: the line, where it starts in the source, the column in it, its number in the piece."""

    source: Source
    start: int
    line: str
    column: int
    index: int
    piece: Piece

    @property
    def keyword(self) -> str:
        return self.piece.text.split(None, 1)[0]

    @property
    def before(self) -> str:
        return mask(self.line[: self.column])

    def span(self, start: int, end: int) -> Span:
        return Span(self.source, self.start + start, self.start + end)


_TIMED = ("last", "lasts", "per", "expires", "grace", "hold", "lateness", "within")
"""Behind these a length of time stands."""


def to_end(line: str, accepted: frozenset[str]) -> str:
    """What is missing behind a number at the end of a line."""
    found = re.search(r"(\w+)\s+[\d.]+\s*$", mask(line))
    if not found or accepted != {"NAME"}:
        return ""
    return "expected `days` or `months`" if found[1] in _TIMED else "expected a unit or a currency"


def unit_missing(place: Place, parser: Lark) -> Diagnostic | None:
    """That a number has no unit: what follows it was taken for one."""
    found = re.search(r"(?:(\w+)\s+)?(?<![\w.])(\d+(?:\.\d+)?)\s+(\w+)\s*$", place.before)
    if found is None or found[3] not in words_of_language(parser) or found[3].removesuffix("s") in _TIMES:
        return None
    number = found[2]
    if found[1] in _TIMED and found[1] != "per":
        ways = [f"`{number} days`", f"`{number} months`"]
    else:
        ways = [f"`{number} {a_unit(place.source)}`"]
        ways += (
            [f"`{number} time{'' if number == '1' else 's'}`"]
            if found[1] == "limit" and found[3] == "per" and "." not in number
            else []
        )
    span = place.span(*found.span(2))
    return Diagnostic(
        "G005", f"the unit is missing after `{number}`", span, "of what?", help=(f"write {' or '.join(ways)}",)
    )


def a_unit(source: Source) -> str:
    """The first unit that the program declares, to show with; `point` where it declares none."""
    found = re.search(r"^unit[ \t]+([A-Za-z_]\w*)", source.text, re.MULTILINE)
    return found[1] if found else "point"


_OWN_LINES = re.compile(r"\b(?:count|sum|distinct|least|most)\s+of\s+(\w+)(?:\.\w+)?\s*$")


def own_lines(place: Place) -> tuple[str, Edit | None] | None:
    """That what is counted without a window is a list of the event, whose window is the event itself."""
    line = mask(place.line).rstrip()
    found = _OWN_LINES.search(line)
    if found is None or not re.search(rf"^[ \t]+{found[1]}[ \t]+list[ \t]+of\b", place.source.text, re.MULTILINE):
        return None
    help = f"`{found[1]}` is a list of the event: write `{found.group().strip()} this event`"
    return help, Edit(place.span(len(line), len(line)), " this event")


_TIMES = ("day", "week", "month", "year")


@cache
def words_of_language(parser: Lark) -> frozenset[str]:
    """The words that the grammar knows."""
    return frozenset(
        each.pattern.value for each in parser.terminals if each.pattern.type == "str" and each.pattern.value.isalpha()
    )
