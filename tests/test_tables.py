"""A parser from saved tables is the parser that lark derives from the grammar: same trees, same places, same errors."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lark
import pytest

from guerdon.syntax import tables

ROOT = Path(__file__).resolve().parents[1]
GRAMMAR = tables.grammar_path().read_text(encoding="utf-8")
FEW = """\
program "Corner Cafe Stars"
  edition     2026
  currency    USD
  timezone    America/Los_Angeles

unit star
  decimals    0
  worth       0.04 USD

event purchase
  paid_by     one of cash, card, app
  amount      money

earn "Base stars"
  on          purchase
  when        paid_by is app and amount >= 10 USD   # a comment
  give        1 star per 1 USD of amount
  round       down per event

endofmonth "words run together"
"""
DAMAGE = ["x", '"', "1", " ", ":", "of", "-", "%", "2026-01-01", "12:30", "\n  ", "(", "#"]


def declarations() -> list[str]:
    """The text above, and every program in the repository, split at the margin."""
    found = [FEW, *(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("examples/**/*.guerdon")))]
    parts = [part.rstrip() for text in found for part in re.split(r"\n(?=[^\s#])", text)]
    return [part for part in parts if part and not part.startswith("#")]


def damaged(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    if chance.random() < 0.4:
        return text[:at] + text[at + chance.randint(1, 6) :]
    return text[:at] + chance.choice(DAMAGE) + text[at:]


def texts() -> list[str]:
    chance = random.Random(1)
    whole = declarations()
    return whole + [damaged(text, chance) or "x" for text in whole * 8]


def places(part: Any) -> Any:
    """A tree as plain values with every position in it."""
    if isinstance(part, lark.Tree):
        return str(part.data), sorted(vars(part.meta).items()), [places(child) for child in part.children]
    if isinstance(part, lark.Token):
        start, end = (part.start_pos, part.line, part.column), (part.end_pos, part.end_line, part.end_column)
        return part.type, str(part), start, end
    return part


def answer(parser: lark.Lark, text: str, start: str) -> Any:
    """The tree, or the error with its place and what would have been accepted there."""
    try:
        return places(parser.parse(text, start=start))
    except lark.UnexpectedInput as error:
        stopped: Any = error
        found = type(error).__name__, getattr(error, "token", None)
        return found, error.line, error.column, error.pos_in_stream, frozenset(stopped.interactive_parser.accepts())


@pytest.fixture(scope="module")
def plain() -> lark.Lark:
    """Lark alone: its own lexer, no tables."""
    starts = tables.start_rules(GRAMMAR)
    kept = {"propagate_positions": True, "maybe_placeholders": True, "postlex": tables.WholeWords()}
    return lark.Lark(GRAMMAR, parser="lalr", start=starts, **kept)


def test_saved_tables_parse_as_the_grammar_does(plain: lark.Lark, tmp_path: Path) -> None:
    tables.write_tables(GRAMMAR, tmp_path / "tables.json")
    saved = tables.restore(tmp_path / "tables.json", GRAMMAR)
    assert saved is not None
    for text in texts():
        for start in tables.start_rules(GRAMMAR):
            assert answer(saved, text, start) == answer(plain, text, start), text


def test_a_parser_without_tables_parses_as_the_grammar_does(plain: lark.Lark) -> None:
    built = tables.build_parser(GRAMMAR)
    for text in declarations():
        for start in tables.start_rules(GRAMMAR):
            assert answer(built, text, start) == answer(plain, text, start), text


def test_literals_with_flags_are_left_to_lark(tmp_path: Path) -> None:
    grammar = 'start: "from"i NAME\nNAME: /[a-z]+/\n%ignore " "\n'
    tables.write_tables(grammar, tmp_path / "tables.json")
    saved = tables.restore(tmp_path / "tables.json", grammar)
    assert saved is not None
    assert saved.parse("FROM here").children == ["here"]


def test_tables_are_the_same_at_every_build(tmp_path: Path) -> None:
    for name in "ab":
        tables.write_tables(GRAMMAR, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_tables_of_another_grammar_or_another_lark_are_not_used(tmp_path: Path) -> None:
    path = tmp_path / "tables.json"
    assert tables.restore(path, GRAMMAR) is None
    tables.write_tables(GRAMMAR, path)
    assert tables.restore(path, GRAMMAR + "\n") is None
    saved = json.loads(path.read_text(encoding="utf-8"))
    saved["origin"]["lark"] = "0.0.0"
    path.write_text(json.dumps(saved), encoding="utf-8")
    assert tables.restore(path, GRAMMAR) is None


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", "null", "\xff"])
def test_damaged_tables_are_not_used(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "tables.json"
    path.write_text(damage, encoding="latin-1")
    assert tables.restore(path, GRAMMAR) is None


@pytest.mark.slow
def test_a_parser_from_tables_is_ready_five_times_sooner(tmp_path: Path) -> None:
    """Measured about 25 times sooner."""
    path = tmp_path / "tables.json"
    tables.write_tables(GRAMMAR, path)

    def least(make: Callable[[], object]) -> float:
        taken = []
        for _ in range(3):
            start = time.perf_counter()
            make()
            taken.append(time.perf_counter() - start)
        return min(taken)

    derived = least(lambda: lark.Lark(GRAMMAR, parser="lalr", start=tables.start_rules(GRAMMAR)))
    assert least(lambda: tables.restore(path, GRAMMAR)) * 5 < derived


@pytest.mark.slow
def test_the_grammar_has_no_conflicts_and_no_terminals_that_collide() -> None:
    """Lark resolves both in silence unless it is asked to be strict."""
    lark.Lark(GRAMMAR, parser="lalr", start=tables.start_rules(GRAMMAR), strict=True)
