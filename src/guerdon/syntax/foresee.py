"""Mistakes that are plain to see before parsing, which would call them something else.

A thousands separator, a date without zeros, a quote that is never closed, characters
that look like others; and lines so long or so nested that nothing should try to read them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from unicodedata import bidirectional, category, name

from guerdon.syntax.slips import Place, unmeant
from guerdon.syntax.split import Piece, mask
from guerdon.text.diagnostic import Diagnostic, Edit
from guerdon.text.source import Source, Span

MOST_NESTING = 64  # parentheses, brackets and `where` within each other
MOST_OPERATORS = 100  # on one line
MOST_LEVELS = 120  # of a declaration's tree: every walk over it must stay far from Python's own limit
MOST_DIGITS = 30

_DATE = re.compile(r"(?<![\w-])\d{4}-\d{1,2}-\d{1,2}(?![\w-])")
_THOUSANDS = re.compile(r"(?<![\w.,-])\d{1,3}(,\d{3})+(?![\w,-])")
_UNIT_FOLLOWS = re.compile(r"\s*%|\s+[A-Za-z]")
_DIGITS = re.compile(r"[\d.]{%d,}" % (MOST_DIGITS + 1))
_EXPONENT = re.compile(r"(?<![\w.])\d+(?:\.\d+)?[eE]\+?(?P<exponent>\d+)(?![\w.])")
_BRACKETS = re.compile(r"[(\[)\]]|\bwhere\b")
_OPERATORS = re.compile(r"[-+*/]|\bnot\b")
_BIDI = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
_UNSEEN = "\u200b\u2060\ufeff"
_CURLY = "\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"

Check = Callable[[str, str, Place], Diagnostic | None]


def foresee(source: Source, piece: Piece) -> dict[int, Diagnostic]:
    """The mistakes that are plain to see, one a line at most, by the line's place in the piece."""
    found: dict[int, Diagnostic] = {}
    keyword = piece.text.split(None, 1)[0]
    for index in range(piece.text.count("\n") + 1):
        start, line = source.line_starts[piece.line - 1 + index], source.line(piece.line + index)

        def place(at: int, end: int, start: int = start) -> Span:
            return Span(source, start + at, start + end)

        masked = mask(line)
        mistake = next(filter(None, (check(line, masked, place) for check in _CHECKS)), None)
        if mistake is None and index:
            mistake = unmeant(keyword, masked, source.text, place)
        if mistake is not None:
            found[index] = mistake
    return found


def foresee_comment(source: Source, line: int) -> Diagnostic | None:
    """A character that can't stand even in a comment: one that changes what its line looks like."""
    start = source.line_starts[line - 1]
    return _foreign(source.line(line), "", lambda at, end: Span(source, start + at, start + end))


def _unclosed(line: str, masked: str, place: Place) -> Diagnostic | None:
    if masked.count('"') % 2 == 0:
        return None
    return Diagnostic(
        "G002",
        "a text in quotes is not closed on its line",
        place(masked.rindex('"'), len(line)),
        "opens here",
        help=('write a second `"` where the text ends',),
    )


def _foreign(line: str, masked: str, place: Place) -> Diagnostic | None:
    if line.isascii() and line.replace("\t", " ").isprintable():
        return None
    for at, character in enumerate(line):
        control = category(character) == "Cc" and character != "\t"
        if control or bidirectional(character) in _BIDI or character in _UNSEEN:
            return _hidden(character, place(at, at + 1))
        if masked and not masked[at].isascii():
            return _letter(character, place(at, at + 1))
    return None


def _hidden(character: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "G011",
        f"{_called(character)} can't stand in a program",
        span,
        "can't be seen",
        help=("take it out: it makes a line look like another",),
        edit=Edit(span, ""),
    )


def _letter(character: str, span: Span) -> Diagnostic:
    message, edit = f"{_called(character)} can't stand outside a text", None
    label, help = "names are made of A to Z, a to z, 0 to 9 and _", "other letters belong between quotes"
    if character in _CURLY:
        label, help, edit = "not a plain quote", 'write `"` on both sides of a text', Edit(span, '"')
    elif character.isspace():
        label, help, edit = "not a plain space", "write a plain space", Edit(span, " ")
    elif category(character) == "Sc":
        label, help = "a currency's sign", "write the currency's letters behind the amount, like `5 EUR`"
    return Diagnostic("G011", message, span, label, help=(help,), edit=edit)


def _called(character: str) -> str:
    return f"the character {name(character, 'U+%04X' % ord(character)).lower()}"


def _thousands(line: str, masked: str, place: Place) -> Diagnostic | None:
    for found in _THOUSANDS.finditer(masked):
        before = masked[: found.start()]
        listed = before.count("(") + before.count("[") > before.count(")") + before.count("]")
        if listed and not _UNIT_FOLLOWS.match(masked, found.end()):
            continue  # values of a list, written without spaces
        plain = found.group().replace(",", "")
        span = place(*found.span())
        return Diagnostic(
            "G008",
            "numbers are written without thousands separators",
            span,
            "the comma separates values",
            help=(f"write `{plain}`",),
            edit=Edit(span, plain),
        )
    return None


def _dates(line: str, masked: str, place: Place) -> Diagnostic | None:
    for found in _DATE.finditer(masked):
        year, month, day = (int(part) for part in found.group().split("-"))
        padded = f"{year:04}-{month:02}-{day:02}"
        span = place(*found.span())
        if padded != found.group():
            message = "a date has two digits for the month and two for the day"
            return Diagnostic("G009", message, span, "a date?", help=(f"write `{padded}`",), edit=Edit(span, padded))
        try:
            date(year, month, day)
        except ValueError:
            message = f"there is no day {padded} in the calendar"
            help = ("dates are written year-month-day, like 2026-02-28",)
            return Diagnostic("G010", message, span, "no such day", help=help)
    return None


def _digits(line: str, masked: str, place: Place) -> Diagnostic | None:
    found = _DIGITS.search(masked)
    if not found:
        return None
    return Diagnostic(
        "G007",
        f"a number of {sum(map(str.isdigit, found.group()))} digits: at most {MOST_DIGITS} are read",
        place(*found.span()),
        "too long",
        help=("write the number with fewer digits",),
    )


def _exponent(line: str, masked: str, place: Place) -> Diagnostic | None:
    """A number with an exponent, which would be read as a number and a unit."""
    found = _EXPONENT.search(masked)
    if not found:
        return None
    small = len(found["exponent"]) == 1
    plain = f"{Decimal(found.group()):f}" if small else ""
    span = place(*found.span())
    return Diagnostic(
        "G005",
        f"`{found.group()}` is not how a number is written",
        span,
        "with an exponent",
        help=(f"write `{plain}`" if small else "write the number out",),
        edit=Edit(span, plain) if small else None,
    )


def _nesting(line: str, masked: str, place: Place) -> Diagnostic | None:
    """Parentheses and brackets count while they are open, each `where` to the end of the line."""
    depth, deepest, first = 0, 0, None
    for found in _BRACKETS.finditer(masked):
        depth += -1 if found.group() in ")]" else 1
        deepest = max(deepest, depth)
        if depth > MOST_NESTING and first is None:
            first = found
    return too_deep(deepest, MOST_NESTING, place(*first.span())) if first else None


def too_deep(levels: int, most: int, span: Span) -> Diagnostic:
    return Diagnostic(
        "G006",
        f"an expression nested {levels} deep: at most {most} levels are read",
        span,
        "too deep here",
        help=("give a part of it a name with `measure`",),
    )


def _operators(line: str, masked: str, place: Place) -> Diagnostic | None:
    found = list(_OPERATORS.finditer(_DATE.sub(lambda day: "0" * len(day.group()), masked)))
    if len(found) <= MOST_OPERATORS:
        return None
    return Diagnostic(
        "G006",
        f"{len(found)} operations on one line: at most {MOST_OPERATORS} are read",
        place(*found[MOST_OPERATORS].span()),
        "too many from here",
        help=("give a part of it a name with `measure`",),
    )


_CHECKS: tuple[Check, ...] = (_unclosed, _foreign, _nesting, _operators, _digits, _exponent, _thousands, _dates)
