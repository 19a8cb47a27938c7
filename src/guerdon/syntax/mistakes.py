"""What the parser could not read, told in the designer's words.

Made from the place at which it stopped and from what it could have accepted there.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

from lark import Lark
from lark.exceptions import UnexpectedInput, UnexpectedToken

from guerdon.syntax.draft import keywords
from guerdon.syntax.missing import Place, a_unit, own_lines, to_end, unit_missing
from guerdon.syntax.readings import two_readings
from guerdon.syntax.slips import clause_like, meant, to_quote
from guerdon.syntax.split import Piece, mask
from guerdon.text.diagnostic import Diagnostic, Edit, nearest
from guerdon.text.source import Source, Span
from guerdon.text.zones import listed, zones_meant

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
    "SIGN": "a sign like `-`",
    "FACTOR": "`*` or `/`",
}
_PHRASES = {"TAKEN": "taken back"}
"""Words that are nothing without the next."""

_SIGNS = re.compile(r"==|=>|=<|!=|&&|\|\||\w+|.")
_VALUES = "NAME STRING DATE NOT COUNT SUM DISTINCT FIRST LAST LEAST MOST DAYS STREAK EXACT"
_GROUPS = (
    ("NUMBER PERCENT LPAR", _VALUES, "a value"),
    ("THIS EVER", "NEXT PREVIOUS LAST SINCE DOT", "a window like `this month`"),
    ("YESNO NAME", "LIST ONE", "a type like `money`"),
    ("AND OR", "COMPARE SIGN FACTOR IS SAME IN OF NOT DOT LPAR", "an operator"),
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
    (r"(?<=\*)\*|\^", "there are no powers: write the number out", None),
    (r"-(?=\s*[\d(])", "no number is below zero: take the sign out, or take away with `A - B`", None),
    (r"'", 'a text stands between two `"`', None),
    (r"\$", "write the currency behind the amount, like `5 USD`", None),
    (r"%", "write the sign right behind the number, like `5%`", None),
    (r"(?<=\d),(?=\d)", "write a decimal point, like `1.5`", "."),
    (r"(?<=\bin )\(", "write the values between brackets, like `[a, b]`", None),
    (r":", "take the colon out", ""),
    (r"of\b", "put what belongs together in parentheses, like `10% of (5% of amount)`", None),
)
"""What is written so elsewhere, and how it is written here."""

_FOR_EACH = "a rule gives once for each event it is `on`; to give for each line of one, add a line `each`"

_ALIKE = 0.75  # how much a word must look like a keyword to be taken for it: `reward` is no `record`


_AHEAD = ("expires", "lasts", "rises")
"""Clauses about what is to come: no period of the past can stand there, though it is read."""


def misread(error: UnexpectedInput, source: Source, piece: Piece, parser: Lark) -> tuple[Diagnostic, int]:
    """The mistake at which the parser stopped, and its line, counted from 0 in the piece."""
    at, end = _stopped(error, piece.text)
    index = piece.text.count("\n", 0, at)
    line = piece.text.split("\n")[index]
    column = at - (piece.text.rfind("\n", 0, at) + 1)
    accepted = _accepted(error)
    if line.split()[:1] and line.split()[0] in _AHEAD:
        accepted -= {"PREVIOUS"}
    words = sorted(word for name in accepted if (word := _word(name, parser)))
    span = Span(source, piece.offset + at, piece.offset + end)
    if not index and not line[:column].strip():
        return _declaration(span, words, parser), index
    place = Place(source, span.start - column, line, column, index, piece)
    slip = (
        meant(place.keyword, line, place.span, lambda clause: _reads(place.keyword, clause, parser), a_unit(source))
        if index
        else None
    )
    if not line[:column].strip():
        return _clause(place, span, words, "NAME" in accepted, slip, parser), index
    if column >= len(mask(line).rstrip()):
        label = to_end(line, accepted) or _expected(accepted, parser)
        return _with(Diagnostic("G014", "the line ends too early", span, label), slip or own_lines(place)), index
    if slip:
        return _with(_cannot_stand(span, accepted, parser), slip), index
    special = _zone(place, accepted) or unit_missing(place, parser) or _which(place, span)
    return special or _unexpected(place, span, accepted, words, parser), index


def _with(mistake: Diagnostic, slip: tuple[str, Edit | None] | None) -> Diagnostic:
    """The mistake, with the help and the edit for it if there are any."""
    return replace(mistake, help=(slip[0],), edit=slip[1]) if slip else mistake


def _cannot_stand(span: Span, accepted: frozenset[str], parser: Lark) -> Diagnostic:
    return Diagnostic("G005", f"`{span.text}` can't stand here", span, _expected(accepted, parser))


def _reads(keyword: str, clause: str, parser: Lark) -> bool:
    """Whether a clause can be read in such a declaration."""
    try:
        parser.parse(f"{keyword}{keywords(parser)[keyword]}\n  {clause}")
    except UnexpectedInput:
        return False
    return True


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
    words = (_PHRASES.get(name, parser.get_terminal(name).pattern.value) for name in left - _ENDS - _KINDS.keys())
    phrases += sorted(f"`{each}`" for each in words)
    phrases = [*phrases[:MOST_NAMED], "..."] if len(phrases) > MOST_NAMED else phrases
    phrases += ["the end of the line"] if ends else []
    return f"expected {', '.join(phrases[:-1])}{' or ' if phrases[1:] else ''}{phrases[-1]}" if phrases else ""


def _declaration(span: Span, known: list[str], parser: Lark) -> Diagnostic:
    written = span.text
    near = nearest(written, known, _ALIKE)
    which, known = _of_this_shape(span, known, parser)
    clause = any(terminal.pattern.value == written for terminal in parser.terminals)
    help = [f"did you mean `{near}`?"] if near else []
    if clause and not near:
        help.append(f"if `{written}` belongs to the declaration above, indent it")
    help.append(f"{which} start with {_listed(known)}")
    return Diagnostic(
        "G012",
        f"no declaration starts with `{written}`",
        span,
        "unknown word",
        help=tuple(help),
        edit=Edit(span, near) if near else None,
    )


def _of_this_shape(span: Span, known: list[str], parser: Lark) -> tuple[str, list[str]]:
    """The declarations whose name is written like the one that follows: in quotes, or without; all where none follows."""
    rest = span.source.text[span.end :].partition("\n")[0].strip()
    quoted = {word for word, name in keywords(parser).items() if '"' in name}
    if not rest:
        return "declarations", known
    if rest[0] == '"':
        return "declarations with a name in quotes", [word for word in known if word in quoted]
    return "declarations with a name of one word", [word for word in known if word not in quoted | {"member"}]


def _clause(
    place: Place, span: Span, known: list[str], facts: bool, slip: tuple[str, Edit | None] | None, parser: Lark
) -> Diagnostic:
    """That a line starts with no clause of its declaration, whose clauses may be facts too."""
    written, keyword = span.text, place.keyword
    others = [other for other, words in clauses(parser).items() if written in words]
    near = None if slip or others else clause_like(written, known)
    help = [slip[0]] if slip else [f"did you mean `{near}`?"] if near else []
    if not help and _indent(place.line) > _indent(place.piece.text.split("\n")[1]):
        help.append("a clause stands on one line: if this goes on from the line above, join them")
    if others and not slip:
        *more, last = (f"`{other}`" for other in sorted(others))
        help.append(f"`{written}` is a clause of {' and '.join(filter(None, (', '.join(more), last)))}")
    fields = "its fields, like `amount money`" if facts else ""
    help.append(f"the clauses of `{keyword}` are {', and '.join(filter(None, (fields, _listed(known))))}")
    return Diagnostic(
        "G013",
        f"`{written}` is not a clause of `{keyword}`",
        span,
        "unknown word",
        help=tuple(help),
        edit=slip[1] if slip else Edit(span, near) if near else None,
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _listed(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


# ---------------------------------------------------------------- in the line


def _which(place: Place, span: Span) -> Diagnostic | None:
    """That `of` stands beside `+` or `-`, with the two readings of just this expression."""
    readings = two_readings(place.line, place.column)
    if readings is None:
        return None
    help = "write " + " or ".join(f"`{reading}`" for reading in readings)
    message = "`of` next to `+` or `-`: parentheses must say which is meant"
    return Diagnostic("G015", message, span, "of what?", help=(help,))


def _zone(place: Place, accepted: frozenset[str]) -> Diagnostic | None:
    """That what stands behind `timezone` is no zone, with the zones that may be meant."""
    if not place.line.lstrip().startswith("timezone") or not (accepted == {"ZONE"} or accepted <= _ENDS):
        return None
    at = re.match(r"\s*timezone\s+", place.line)
    if at is None:
        return None
    rest = place.line[at.end() :].partition("#")[0].rstrip()
    near = zones_meant(rest.strip('"'))
    span = place.span(at.end(), at.end() + len(rest))
    help = [f"did you mean {listed(near)}?"] if near else []
    help.append("time zones are named like `Europe/Vienna` or `America/New_York`")
    message = f"no time zone is called `{rest}`"
    return Diagnostic(
        "G303", message, span, "unknown name", help=tuple(help), edit=Edit(span, near[0]) if len(near) == 1 else None
    )


def _unexpected(place: Place, span: Span, accepted: frozenset[str], words: list[str], parser: Lark) -> Diagnostic:
    text, edit = (
        _clause_of_its_own(place, span, accepted, parser)
        or _one_word(place, span, accepted)
        or _mended(place, span, accepted, words)
    )
    return _with(_cannot_stand(span, accepted, parser), (text, edit) if text else None)


_CONDITIONS = {"if": "when", "when": "when", "where": "when", "unless": "when not"}


def _clause_of_its_own(
    place: Place, span: Span, accepted: frozenset[str], parser: Lark
) -> tuple[str, Edit | None] | None:
    """That a clause goes on with another one, and the edit that gives it a line."""
    word, known = span.text, clauses(parser).get(place.keyword, ())
    clause = _CONDITIONS.get(word, word)
    if clause.split()[0] not in known or accepted.isdisjoint(_ENDS) or not place.index:
        return None
    rest = place.line[place.column + len(word) :].partition("#")[0].strip()
    indent = place.line[: _indent(place.line)]
    before = place.span(len(place.line[: place.column].rstrip()), place.column + len(word))
    what = "conditions stand" if word in _CONDITIONS else f"`{clause}` stands"
    open_ends = clause == "when not"  # how far the `not` reaches is for the writer to say
    help = f"{what} on a line of {'their' if word in _CONDITIONS else 'its'} own: write `{' '.join([clause, rest]).strip()}`"
    return help, None if open_ends else Edit(before, f"\n{indent}{clause}")


@cache
def clauses(parser: Lark) -> dict[str, frozenset[str]]:
    """The words that the clauses of each declaration start with; fields are not among them."""
    found = {}
    for keyword, name in keywords(parser).items():
        begun: Any = parser.parse_interactive(f"{keyword}{name}\n  ")
        begun.exhaust_lexer()
        found[keyword] = frozenset(word for each in begun.accepts() if (word := _word(each, parser)))
    return found


_TYPES = {"money", "text", "number", "whole", "percent", "date", "instant", "member", "yes", "one", "list"}


def _one_word(place: Place, span: Span, accepted: frozenset[str]) -> tuple[str, Edit | None] | None:
    """That a name of two words is written as one, and the edit that does it."""
    if place.index:  # a field: `gift card money`
        found = re.fullmatch(r"\s*(\w+)\s+(\w+)\s+", place.line[: place.column])
        meant = found and span.text in _TYPES and found[2] not in _TYPES
        meant = meant and place.keyword in ("event", "record", "member")
    else:
        found = re.fullmatch(r"\w+\s+(\w+)\s+((?:\w+\s*)+)", place.line.partition("#")[0].rstrip())
        meant = bool(found) and accepted <= _ENDS
    if not found or not meant:
        return None
    name = "_".join([found[1], *found[2].split()])
    return f"a name is one word: write `{name}`", Edit(place.span(found.start(1), found.end(2)), name)


def _alike(written: str, words: list[str]) -> str | None:
    """The word that is all but certainly meant: of short ones too many look alike."""
    near = nearest(written, words, _ALIKE)
    return near if near and (min(len(near), len(written)) > 3 or sorted(written.lower()) == sorted(near)) else None


def _mended(place: Place, span: Span, accepted: frozenset[str], words: list[str]) -> tuple[str, Edit | None]:
    """How it is probably meant, and the edit that says so."""
    written, line, column = span.text, place.line, place.column
    if written.isidentifier() and (near := _alike(written, words)):
        return f"did you mean `{near}`?", Edit(span, near)
    if written.isidentifier() and "STRING" in accepted and "NAME" not in accepted:
        whole = to_quote(line, column, written, place.index == 0)
        return f'write `"{whole}"`', Edit(place.span(column, column + len(whole)), f'"{whole}"')
    if written[:1] == '"' and place.keyword == "test" and line.split()[0] == "given":
        return "what rules gave, and what was used of a limit, comes of an `event` that happened before", None
    if written[:1] == '"' and "NAME" in accepted and "STRING" not in accepted:
        plain = written.strip('"')
        return "a name stands without quotes", Edit(span, plain) if plain.isidentifier() else None
    if written in ("and", "&") and "COMMA" in accepted:
        return "write a comma between them", Edit(place.span(len(line[:column].rstrip()), column + len(written)), ",")
    if written in ("for", "each", "every") and place.keyword in ("rule", "earn", "redeem"):
        return _FOR_EACH, None
    for pattern, help, text in _ELSEWHERE:
        if re.compile(pattern).match(line, column):
            return help, Edit(span, text) if text is not None else None
    return "", None
