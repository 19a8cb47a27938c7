"""What the parser could not read, told in the designer's words.

Made from the place at which it stopped and from what it could have accepted there.
"""

from __future__ import annotations

import re
from typing import Any

from lark import Lark
from lark.exceptions import UnexpectedInput, UnexpectedToken

from guerdon.syntax.split import Piece, mask
from guerdon.text.diagnostic import Diagnostic, Edit, nearest
from guerdon.text.source import Source, Span

MOST_NAMED = 8  # of what could stand in a place

_ENDS = {"$END", "_NL"}
_KINDS = {
    "NAME": "a name",
    "STRING": "a text in quotes",
    "NUMBER": "a number",
    "PERCENT": "a percentage",
    "DATE": "a date like 2026-02-28",
    "TIME": "a time like 14:30",
    "MONTHDAY": "a month and day like 04-01",
    "ZONE": "a time zone like Europe/Vienna",
    "COMPARE": "a comparison like `>=`",
    "SIGN": "`+` or `-`",
    "FACTOR": "`*` or `/`",
}
_SIGNS = re.compile(r"==|=>|=<|!=|&&|\|\||\w+|.")
_GROUPS = (
    ("NUMBER PERCENT LPAR", "NAME STRING DATE NOT COUNT SUM DISTINCT FIRST LAST LEAST MOST DAYS EXACT", "a value"),
    ("THIS EVER", "NEXT PREVIOUS LAST DOT", "a window like `this month`"),
    ("YESNO NAME", "LIST ONE", "a type like `money`"),
    ("AND OR", "COMPARE SIGN FACTOR IS IN OF NOT DOT LPAR", "an operator"),
)
"""Where all of the first can stand, they and the second are said in one phrase."""

_ELSEWHERE = (
    (r"=>", "write `>=`", ">="),
    (r"=<", "write `<=`", "<="),
    (r"==?", "write `is`", "is"),
    (r"!=", "write `is not`", "is not"),
    (r"(?<=<)>", "write `is not`", None),
    (r"&&?", "write `and`", "and"),
    (r"\|\|?", "write `or`", "or"),
    (r"!", "write `not`", "not"),
    (r"'", 'a text stands between two `"`', None),
    (r"\$", "write the currency behind the amount, like `5 USD`", None),
    (r"%", "write the sign right behind the number, like `5%`", None),
    (r"(?<=\d),(?=\d)", "write a decimal point, like `1.5`", "."),
    (r"(?<=\bin )\(", "write the values between brackets, like `[a, b]`", None),
    (r":", "take the colon out", ""),
    (r"of\b", "put what belongs together in parentheses, like `10% of (5% of amount)`", None),
)
"""What is written so elsewhere, and how it is written here."""


def misread(error: UnexpectedInput, source: Source, piece: Piece, parser: Lark) -> tuple[Diagnostic, int]:
    """The mistake at which the parser stopped, and its line, counted from 0 in the piece."""
    at, end = _stopped(error, piece.text)
    index = piece.text.count("\n", 0, at)
    line = piece.text.split("\n")[index]
    column = at - (piece.text.rfind("\n", 0, at) + 1)
    accepted = _accepted(error)
    words = sorted(word for name in accepted if (word := _word(name, parser)))
    span = Span(source, piece.offset + at, piece.offset + end)
    if not line[:column].strip():
        return (_clause(span, words, piece, line) if index else _declaration(span, words, parser)), index
    if column >= len(mask(line).rstrip()):
        return Diagnostic("G014", "the line ends too early", span, _expected(accepted, parser)), index
    if re.search({"+": r"\bof\b", "-": r"\bof\b", "of": r"\s[-+]\s"}.get(span.text, "$."), mask(line[:column])):
        return _which(span), index
    return _unexpected(span, line, column, accepted, words, _expected(accepted, parser)), index


def _stopped(error: Any, text: str) -> tuple[int, int]:
    """Where the parser stopped, and the end of what it stopped at; the end of the text in a line that is too short."""
    token = error.token if isinstance(error, UnexpectedToken) else None
    if token is not None and token.type in _ENDS:
        before = text if token.type == "$END" else text[: token.start_pos]
        start = before.rfind("\n") + 1
        at = start + len(mask(before[start:]).rstrip())
        return at, at
    at = error.pos_in_stream
    found = _SIGNS.match(text, at) if token is None or token[:1] in "<>=" else None
    return at, found.end() if found else at + len(token or " ")


def _accepted(error: Any) -> frozenset[str]:
    return frozenset(error.interactive_parser.accepts())


def _word(name: str, parser: Lark) -> str:
    """The keyword that a terminal stands for; empty if it stands for no one word."""
    if name in _KINDS or name in _ENDS:
        return ""
    pattern = parser.get_terminal(name).pattern
    return pattern.value if pattern.type == "str" and pattern.value.isalpha() else ""


def _expected(accepted: frozenset[str], parser: Lark) -> str:
    """What could have stood there: `expected an operator, `to` or the end of the line`."""
    left, phrases = set(accepted), []
    for needed, covered, phrase in _GROUPS:
        if left.issuperset(needed.split()):
            left -= {*needed.split(), *covered.split()}
            phrases.append(phrase)
    ends = not left.isdisjoint(_ENDS)
    phrases += sorted({_KINDS[name] for name in left if name in _KINDS})
    phrases += sorted(f"`{parser.get_terminal(name).pattern.value}`" for name in left - _ENDS - _KINDS.keys())
    phrases = [*phrases[:MOST_NAMED], "..."] if len(phrases) > MOST_NAMED else phrases
    phrases += ["the end of the line"] if ends else []
    return f"expected {', '.join(phrases[:-1])}{' or ' if phrases[1:] else ''}{phrases[-1]}" if phrases else ""


def _declaration(span: Span, known: list[str], parser: Lark) -> Diagnostic:
    written = span.text
    near = nearest(written, known)
    clause = any(terminal.pattern.value == written for terminal in parser.terminals)
    help = [f"did you mean `{near}`?"] if near else []
    if clause and not near:
        help.append(f"if `{written}` belongs to the declaration above, indent it")
    help.append(f"declarations start with {_listed(known)}")
    return Diagnostic(
        "G012",
        f"no declaration starts with `{written}`",
        span,
        "unknown word",
        help=tuple(help),
        edit=Edit(span, near) if near else None,
    )


def _clause(span: Span, known: list[str], piece: Piece, line: str) -> Diagnostic:
    written, keyword = span.text, piece.text.split(None, 1)[0]
    near = nearest(written, known)
    help = [f"did you mean `{near}`?"] if near else []
    if not near and _indent(line) > _indent(piece.text.split("\n")[1]):
        help.append("a clause stands on one line: if this goes on from the line above, join them")
    if known:
        help.append(f"the clauses of `{keyword}` are {_listed(known)}")
    else:
        help.append(f"the clauses of `{keyword}` are its fields, like `amount money`")
    return Diagnostic(
        "G013",
        f"`{written}` is not a clause of `{keyword}`",
        span,
        "unknown word",
        help=tuple(help),
        edit=Edit(span, near) if near else None,
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _listed(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _which(span: Span) -> Diagnostic:
    return Diagnostic(
        "G015",
        "`of` next to `+` or `-`: parentheses must say which is meant",
        span,
        "of what?",
        help=("write `5% of (amount - coupon)` or `(5% of amount) - coupon`",),
    )


def _unexpected(
    span: Span, line: str, column: int, accepted: frozenset[str], words: list[str], expected: str
) -> Diagnostic:
    text, edit = _mended(span, line, column, accepted, words)
    help = (text,) if text else ()
    return Diagnostic("G005", f"`{span.text}` can't stand here", span, expected, help=help, edit=edit)


def _mended(span: Span, line: str, column: int, accepted: frozenset[str], words: list[str]) -> tuple[str, Edit | None]:
    """How it is probably meant, and the edit that says so."""
    written = span.text
    if written.isidentifier() and (near := nearest(written, words)):
        return f"did you mean `{near}`?", Edit(span, near)
    if written.isidentifier() and "STRING" in accepted and "NAME" not in accepted:
        return f'write `"{written}"`', Edit(span, f'"{written}"')
    if written[:1] == '"' and "NAME" in accepted and "STRING" not in accepted:
        plain = written.strip('"')
        return "a name stands without quotes", Edit(span, plain) if plain.isidentifier() else None
    for pattern, help, text in _ELSEWHERE:
        if re.compile(pattern).match(line, column):
            return help, Edit(span, text) if text is not None else None
    return "", None
