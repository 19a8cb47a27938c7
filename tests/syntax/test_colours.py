"""Pages colour what the parser reads, and leave no letter out."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pygments import token
from pygments.lexers import find_lexer_class_by_name
from tests.syntax.test_highlighting import PROGRAMS, tokens, words

from guerdon.syntax.colours import LITERALS, GuerdonLexer

Kind = object


def colours(text: str) -> dict[int, tuple[Kind, str]]:
    return {at: (kind, letters) for at, kind, letters in GuerdonLexer().get_tokens_unprocessed(text)}


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_word_is_what_the_parser_reads(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = iter(sorted(each for each in colours(text).items() if each[1][0] not in (token.Text, token.Comment.Single)))
    for expected, _, _ in tokens(path):
        _, (kind, letters) = next(found)
        assert letters == expected
        if expected.type in words():
            assert kind in token.Keyword or kind is token.Operator.Word, (path.name, expected)
        elif expected.type in LITERALS:
            assert kind in LITERALS[expected.type], (path.name, expected)
    assert next(found, None) is None


@given(st.one_of(st.text(), st.text('eventarn "#\n 0129.%:-()')))
@example("account")
@example("earn 5\n  on purchase")
def test_no_letter_is_left_out(text: str) -> None:
    assert "".join(letters for _, _, letters in GuerdonLexer().get_tokens_unprocessed(text)) == text


def test_lines_that_cannot_be_read_leave_the_others_as_they_are() -> None:
    text = 'earn "A"\n  on first\n  gvie 5 %% "x" # why\n  round down per event\n'
    found = {letters: kind for kind, letters in colours(text).values()}
    assert found["on"] is found["gvie"] is found["round"] is token.Keyword
    assert found["first"] is token.Name
    assert found["per"] is token.Operator.Word
    assert found['"x"'] is token.String.Double
    assert found["# why"] is token.Comment.Single


def test_pygments_finds_the_lexer_of_the_installed_package() -> None:
    if "guerdon" not in {each.name for each in importlib.metadata.entry_points(group="pygments.lexers")}:
        pytest.skip("this guerdon is not installed: pip install -e '.[dev]'")
    assert find_lexer_class_by_name("guerdon").name == "Guerdon"
