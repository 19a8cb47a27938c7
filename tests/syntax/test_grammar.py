"""The grammar has one meaning, fits on a few pages, and its words don't compete with names."""

from __future__ import annotations

import lark
import pytest
from lark.parsers.lalr_analysis import IntParseTable, Reduce, Shift

from guerdon.check.names import RESERVED
from guerdon.syntax import tables

GRAMMAR = tables.grammar_path().read_text(encoding="utf-8")
EXPRESSION = {"path", "call", "quantity", "period", "for_time"}
"""The rules of expressions that a name ends or begins."""
BEHIND = {"below", "by", "for", "from", "on", "same", "through", "when", "within"}
"""These stand behind a bare number or a period of one word: no unit may be called so, and no period ends in them."""


@pytest.mark.slow
def test_it_has_no_conflicts_and_no_collisions_of_terminals() -> None:
    starts = tables.start_rules(GRAMMAR)
    lark.Lark(GRAMMAR, parser="lalr", start=starts, strict=True, postlex=tables.WholeWords())


def test_its_rules_have_at_most_250_lines() -> None:
    assert len([line for line in GRAMMAR.splitlines() if line and not line.startswith("//")]) <= 250


def test_words_that_compete_with_names_in_expressions_are_reserved() -> None:
    """Where the parser takes a name and a keyword, the keyword wins: no name may look like it."""
    competing = competitors(tables.build_parser(GRAMMAR))
    assert {"count", "of", "and"} <= competing, "the computation finds nothing any more"
    assert competing - RESERVED == BEHIND


def competitors(parser: lark.Lark) -> set[str]:
    """The keywords that can stand where a name of an expression can."""
    table = parser.parser.parser._parse_table
    words = {each.name: each.pattern.value for each in parser.terminals if each.pattern.value.isalpha()}
    return {
        words[terminal]
        for row in table.states.values()
        if "NAME" in row and begun(table, row["NAME"]) & EXPRESSION
        for terminal in row
        if terminal in words
    }


def begun(table: IntParseTable, action: tuple[object, int]) -> set[str]:
    """The rules that a name, shifted by this action, may be the end of."""
    kind, state = action
    if kind is not Shift:
        return set()
    return {str(rule.origin.name) for kind, rule in table.states[state].values() if kind is Reduce}
