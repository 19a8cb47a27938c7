"""Editors colour what the parser reads: keywords where they are keywords, names where they are names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lark
import pytest
from tests.syntax import textmate

from guerdon.syntax import tables
from guerdon.syntax.draft import keywords
from guerdon.syntax.parse import parse_bytes
from guerdon.syntax.split import split
from guerdon.text.source import decode

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted([*ROOT.glob("tests/syntax/format/*.expected"), *ROOT.glob("examples/**/*.guerdon")])
PARSER = tables.load_parser()
COLOURED = ("keyword.", "storage.")
LITERALS = {
    "STRING": "string.quoted.double.guerdon",
    "NUMBER": "constant.numeric.guerdon",
    "PERCENT": "constant.numeric.percent.guerdon",
    "DATE": "constant.other.date.guerdon",
    "MONTHDAY": "constant.other.date.guerdon",
    "TIME": "constant.other.time.guerdon",
    "ZONE": "constant.other.timezone.guerdon",
}


def words() -> dict[str, str]:
    """The grammar's keywords by the name of their terminal."""
    patterns = {each.name: each.pattern.value for each in PARSER.terminals if each.pattern.type == "str"}
    return {name: word for name, word in patterns.items() if word[0].isalpha()}


def tokens(path: Path) -> Iterator[tuple[lark.Token, str, str]]:
    """Each token of a program as the parser reads it, its scope, and the declaration's keyword."""
    source = decode(path.name, path.read_bytes())
    assert not parse_bytes(path.name, path.read_bytes())[1]
    colours = textmate.scopes(source.text)
    for piece in split(source).pieces:
        interactive = PARSER.parse_interactive(piece.text)
        for token in interactive.iter_parse():
            start, end = piece.offset + (token.start_pos or 0), piece.offset + (token.end_pos or 0)
            if token.type not in ("_NL", "$END"):
                covering = {colour for colour, letter in zip(colours[start:end], token, strict=True) if letter.strip()}
                yield token, covering.pop() if len(covering) == 1 else str(covering), piece.text.split()[0]


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_colours_are_what_the_parser_reads(path: Path) -> None:
    known = words()
    for token, scope, _ in tokens(path):
        if token.type in known:
            assert scope.startswith(COLOURED), (path.name, token.line, token, scope)
        elif token.type == "NAME":
            assert not scope.startswith(COLOURED), (path.name, token.line, token, scope)
        elif token.type in LITERALS:
            assert scope == LITERALS[token.type], (path.name, token.line, token, scope)


def test_every_keyword_of_the_grammar_is_seen_and_coloured() -> None:
    """A new keyword fails here until a text under `format/` holds it and the highlighting knows it."""
    seen = {token.type for path in PROGRAMS for token, _, _ in tokens(path)}
    assert set(words()) - seen == set()


def test_clauses_are_coloured_in_their_own_declarations() -> None:
    """Each declaration's clause keywords at the start of a line, and no others there."""
    for keyword, name in keywords(PARSER).items():
        own = clause_words(keyword + name)
        for word in set(words().values()) | {"nonsense"}:
            line = f"  {word} x"
            colour = textmate.scopes(f"{keyword}{name}\n{line}")[-len(line) + 2]
            assert (colour == "keyword.other.clause.guerdon") == (word in own), (keyword, word, colour)


def clause_words(head: str) -> set[str]:
    interactive: Any = PARSER.parse_interactive(head + "\n ")
    interactive.exhaust_lexer()
    known = words()
    return {known[name] for name in interactive.accepts() if name in known}


def test_strings_and_comments_win_over_what_is_in_them() -> None:
    text = 'earn "give 5 star # of"  # on "give" 5%\n  because "2026-01-01 and # or"\n# earn "x"\n  # give 5\n'
    found = textmate.scopes(text)
    for part in re.finditer(r'"give 5 star # of"|"2026-01-01 and # or"', text):
        assert set(found[part.start() : part.end()]) == {LITERALS["STRING"]}
    for part in re.finditer(r"# (on|earn|give).*", text):
        assert set(found[part.start() : part.end()]) == {"comment.line.number-sign.guerdon"}


def test_a_field_called_like_a_clause_is_a_field() -> None:
    others = sorted(word for word in set(words().values()) - clause_words("event purchase") if word.isalpha())
    lines = ["event purchase", *(f"  {word} text" for word in others)]
    found = Counter(textmate.scopes(f"{line}\n{lines[0]}\n{line}")[-len(line) + 2] for line in lines[1:])
    assert set(found) == {"variable.other.field.guerdon"}


def test_words_that_hold_a_keyword_are_not_split() -> None:
    text = 'earn "A"\n  when giveaway and orchid > notice'
    found = textmate.scopes(text)
    for word in ("giveaway", "orchid", "notice"):
        assert set(found[text.index(word) : text.index(word) + len(word)]) == {"variable.other.guerdon"}
