"""The formatter's laws: what it writes is read as what it was given, and written the same again."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from tests.syntax import strategies

from guerdon.syntax import tree
from guerdon.syntax.format import format_document
from guerdon.syntax.parse import parse, parse_bytes
from guerdon.syntax.phrase import expression
from guerdon.text.diagnostic import render
from guerdon.text.source import Source

GOLDEN = sorted(Path(__file__).parent.glob("format/*.guerdon"))
many = settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])


def read(text: str | bytes) -> tree.Document:
    """The document, without a mistake in it."""
    document, wrong = parse(Source("t", text)) if isinstance(text, str) else parse_bytes("t", text)
    assert not wrong, "\n".join([repr(text), *map(render, wrong)])
    return document


@many
@given(strategies.documents)
def test_what_is_written_is_read_as_it_was(document: tree.Document) -> None:
    assert read(format_document(document)) == document


@many
@given(strategies.documents, st.data())
def test_any_layout_of_a_document_is_laid_out_the_same(document: tree.Document, data: Any) -> None:
    text = format_document(document)
    other = data.draw(strategies.messy(text))
    assert read(other) == document
    assert format_document(read(other)) == text


@many
@given(strategies.declarations(), st.data())
def test_comments_are_kept_each_beside_its_clause(declaration: tree.Declaration, data: Any) -> None:
    document = tree.Document((declaration,), ())
    found = read(data.draw(strategies.messy(format_document(document))))
    assert Counter(beside(found)) == Counter(beside(document))


@many
@given(strategies.declarations())
def test_lines_are_clean(declaration: tree.Declaration) -> None:
    text = format_document(tree.Document((declaration,) * 2, ()))
    assert text.endswith("\n") and not text.endswith("\n\n") and "\n\n\n" not in text
    assert not [line for line in text.split("\n") if line != line.rstrip(" \t")]


def beside(document: tree.Document) -> list[tuple[object, ...]]:
    """Each comment with the clause it stands above or behind."""
    placed: list[tuple[object, ...]] = [("end", text) for text in document.comments]
    for declaration in document.declarations:
        lines = [declaration.keyword, *declaration.clauses, "below"]
        placed += [(lines[each.clause + 1], each.behind, each.text) for each in declaration.comments]
    return placed


@many
@given(strategies.expressions())
def test_no_pair_of_parentheses_can_be_left_out(expr: Any) -> None:
    text = expression(expr)
    for start, end in pairs(text):
        less = f"{text[:start]} {text[start + 1 : end]} {text[end + 1 :]}"
        found, wrong = parse(Source("t", f"measure m\n  is {less}"))
        assert wrong or found.declarations[0].clauses != (tree.IsClause(expr),), text


def pairs(text: str) -> list[tuple[int, int]]:
    """Where parentheses open and close that are not those of a call."""
    blank = re.sub(r'"[^"]*"', lambda found: "_" * len(found[0]), text)
    open_at: list[int] = []
    found = []
    for at, character in enumerate(blank):
        if character == "(":
            open_at.append(at)
        elif character == ")":
            start = open_at.pop()
            if not re.search(r"\w$", blank[:start]):
                found.append((start, at))
    return found


def test_every_kind_of_node_is_generated() -> None:
    unseen = strategies.classes()
    for number in range(400):
        unseen -= generated(number) if unseen else set()
    assert unseen == set()


def generated(number: int) -> set[type]:
    """The classes in a few documents."""
    seen: set[type] = set()

    @seed(number)
    @settings(max_examples=20, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(strategies.documents)
    def look(document: tree.Document) -> None:
        seen.update(strategies.inside(document))

    look()
    return seen


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_texts_are_laid_out_as_expected(path: Path) -> None:
    expected = path.with_suffix(".expected").read_text(encoding="utf-8")
    assert format_document(read(path.read_bytes())) == expected
    assert format_document(read(expected)) == expected


def test_nothing_but_comments_is_kept() -> None:
    document, _ = parse(Source("t", "# one\n\n  # two"))
    assert format_document(document) == "# one\n# two\n"
    assert format_document(tree.Document((), ())) == ""
