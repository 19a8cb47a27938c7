"""The two readings of `of` beside `+` or `-`, in the words of the line where they stand."""

from __future__ import annotations

import re

from guerdon.syntax.split import mask

_BOUNDARY = re.compile(r"\b(?:and|or|not|is|in|to|where|if|when)\b|[<>]=?|[,\[\]:=]")
_OF = re.compile(
    r"(?<!count )(?<!sum )(?<!distinct )(?<!first )(?<!last )(?<!least )(?<!most )(?<!day )(?<!week )(?<!month )(?<!quarter )(?<!year )\bof\b"
)
_SUM = re.compile(r"(?<=\s)[-+](?=\s)")


def two_readings(line: str, column: int) -> tuple[str, str] | None:
    """The two ways to read `A of B - C`, or `A - B of C`, where the parser stopped at the second sign or `of`.

    >>> two_readings("  give 5% of amount - coupon", 20)
    ('5% of (amount - coupon)', '(5% of amount) - coupon')
    >>> two_readings("  give amount - 5% of coupon", 19)
    ('amount - (5% of coupon)', '(amount - 5%) of coupon')
    """
    flat = _flat(line, column)
    keyword = len(line) - len(line.lstrip().partition(" ")[2])
    start = max([keyword, *(found.end() for found in _BOUNDARY.finditer(flat[:column]) if found.end() > keyword)])
    following = _BOUNDARY.search(flat, column + 1)
    end = following.start() if following else len(flat.rstrip())
    stopped, operators = flat[column], [*_OF.finditer(flat, start, end), *_SUM.finditer(flat, start, end)]
    if stopped not in "+-o":
        return None
    before = [each for each in operators if each.start() < column and (each.group() == "of") == (stopped != "o")]
    if not before:
        return None
    first, second = max(before, key=lambda each: each.start()), _OF if stopped == "o" else _SUM
    here = second.match(flat, column)
    if here is None:
        return None
    left, middle = line[start : first.start()].strip(), line[first.end() : column].strip()
    further = _SUM.search(flat, here.end(), end) if stopped == "o" else None
    cut = further.start() if further else end
    right, tail = _together(line[here.end() : cut].strip()), line[cut:end].rstrip()
    one, other = first.group(), here.group()
    last = f"({right} {tail})" if tail else right
    return (
        f"{left} {one} ({middle} {other} {right}){' ' + tail if tail else ''}",
        f"({left} {one} {middle}) {other} {last}",
    )


def _flat(line: str, column: int) -> str:
    """The line without its texts and comments, and without all that stands in other parentheses than this column."""
    flat, opened = list(mask(line)), []
    for at, character in enumerate(flat.copy()):
        if character == "(":
            opened.append(at)
        elif character == ")" and opened:
            begins = opened.pop()
            if not begins < column < at:
                flat[begins : at + 1] = "_" * (at + 1 - begins)
    around = re.compile(r"[()]")
    return around.sub(",", "".join(flat))


def _together(terms: str) -> str:
    """Terms of a sum, each with an `of` in parentheses."""
    parts = re.split(r"(\s[-+]\s)", terms)
    return "".join(f"({part})" if _OF.search(part) and part[:1] != "(" else part for part in parts)
