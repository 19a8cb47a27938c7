"""Clauses as designers say them in their own words, and how they are written here.

Two kinds. What the parser stops at is looked up in `meant`, for a better help than what could have stood there. What it
would read, but as something that nobody means, is foreseen by `unmeant`: a fact called like a clause, a clause taken for a fact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from guerdon.syntax.slip import Slip
from guerdon.text.diagnostic import Diagnostic, Edit, nearest
from guerdon.text.source import Span

Place = Callable[[int, int], Span]


@cache
def slips(keyword: str) -> tuple[tuple[re.Pattern[str], Slip], ...]:
    """Those of one declaration, the first that fits being meant; compiled when there is a mistake, which most runs don't see."""
    from guerdon.syntax.sayings import KNOWN  # a sound program needs none of them
    from guerdon.syntax.sayings_of_laws import OF_LAWS
    from guerdon.syntax.sayings_of_offers import OF_OFFERS

    words = {keyword, "earn"} if keyword == "offer" else {keyword}  # an offer gives as other rules do
    said = (*OF_OFFERS, *KNOWN, *OF_LAWS)
    return tuple((re.compile(slip.begins), slip) for slip in said if not words.isdisjoint(slip.of.split()))


def meant(
    keyword: str, line: str, place: Place, reads: Callable[[str], bool], a_unit: str = "point"
) -> tuple[str, Edit | None] | None:
    """How a clause that can't be read is meant, and the edit that says so; none for a clause that holds a text.

    What is not read (`reads`) either is never offered. `a_unit`: one of the program, to show with.
    """
    body, start = line.partition("#")[0].strip(), len(line) - len(line.lstrip())
    plain = " ".join(body.split())
    for pattern, slip in slips(keyword) if '"' not in line else ():
        found = pattern.match(plain)
        if found is None:
            continue
        if slip.why:
            return slip.why.format(**found.groupdict()), None
        ways = [way.format(a_unit=a_unit, **found.groupdict()) + plain[found.end() :] for way in slip.meant.split("|")]
        if reads(ways[0]):
            help = "write " + " or ".join(f"`{way}`" for way in ways)
            return help, Edit(place(start, start + len(body)), ways[0]) if len(ways) == 1 else None
    return None


def clause_like(written: str, known: Iterable[str]) -> str | None:
    """The clause whose word looks like this one, or that designers know by it."""
    from guerdon.syntax.sayings import KNOWN_AS

    known = list(known)
    return nearest(written, known) or (KNOWN_AS[written] if KNOWN_AS.get(written) in known else None)


def to_quote(line: str, column: int, word: str, of_declaration: bool) -> str:
    """What is meant as a text where quotes are missing: to the end of its line, where nothing else can follow."""
    of_text = line.split()[0] in ("say", "because")
    found = re.compile(r'[^"#]*[^"#\s]' if of_text else r"\w+([ \t]+\w+)*").match(line, column)
    return found.group() if found and (of_text or of_declaration) else word


# ---------------------------------------------------------------- what would be read as something else

_FACT = re.compile(r"\s+(reverses|part|clawback|counted)\s+(\S+)(.*)")
_TYPES = ("money", "text", "number", "whole", "percent", "date", "instant", "member", "yes/no", "days", "months")
_REVERSES = re.compile(
    r"\s+(reverse|reversal|reversing|reverts|undoes|undo|cancels|refunds|returns)\s+(?:(?:latest|earliest|the|a)\s+)?(\w+)"
)
_HELD = re.compile(r"\s+hold\s+(until)\s+(\d+\s+(?:day|week|month|year)s?)\s*$")
_BUILT_IN = ("redemption", "adjustment", "transfer")


def unmeant(keyword: str, line: str, source: str, place: Place) -> Diagnostic | None:
    """What the parser would read in a clause as something that nobody means by it."""
    line = line.partition("#")[0].rstrip()
    if keyword == "event":
        return _fact(line, source, place) or _reverses(line, source, place)
    if keyword in ("rule", "earn") and (held := _HELD.match(line)):
        help, edit = f"write `hold {held[2]}`", Edit(place(held.start(1), held.end()), held[2])
        return Diagnostic(
            "G005",
            "`until` can't stand here",
            place(*held.span(1)),
            "a length of time follows",
            help=(help,),
            edit=edit,
        )
    return None


def _fact(line: str, source: str, place: Place) -> Diagnostic | None:
    """That a fact of an event is called like a clause."""
    found = _FACT.match(line)
    if found is None or not (found[2] in _TYPES or _is_type(found[2], found[3].strip(), source)):
        return None
    word, span = found[1], place(*found.span(1))
    message = f"`{word}` starts a clause of `event` and can't be the name of a fact"
    help = (f"write `{word}_` or another word",)
    return Diagnostic("G103", message, span, "taken", help=help, edit=Edit(span, f"{word}_"))


def _is_type(word: str, rest: str, source: str) -> bool:
    """Whether a word behind a clause's keyword and what follows are the type of a fact, going by what the program declares."""
    if re.match(r"optional\b|=", rest):
        return True
    if word in ("one", "list"):
        return bool(re.match(r"of\s+\w+\s*,", rest) or (word == "list" and re.match(r"of\s+\w+$", rest)))
    unit = re.search(rf"^unit[ \t]+{re.escape(word)}\b|^[ \t]+currency[ \t]+{re.escape(word)}\b", source, re.MULTILINE)
    fact = re.search(rf"^[ \t]+{re.escape(word)}[ \t]", source, re.MULTILINE)
    return bool(unit and not fact and not rest)


def _reverses(line: str, source: str, place: Place) -> Diagnostic | None:
    """That an event is named where a fact would have its type."""
    found = _REVERSES.match(line)
    if found is None or not (found[2] in _BUILT_IN or re.search(rf"^event[ \t]+{found[2]}\b", source, re.MULTILINE)):
        return None
    if re.search(rf"^unit[ \t]+{found[2]}\b", source, re.MULTILINE):
        return None
    word, span = found[1], place(*found.span(1))
    message = f"`{word}` is not a clause of `event`"
    help = ("did you mean `reverses`?",)
    return Diagnostic("G013", message, span, "unknown word", help=help, edit=Edit(span, "reverses"))
