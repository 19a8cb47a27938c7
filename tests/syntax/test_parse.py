"""Whatever is in a file, the parser says what is wrong with it, where, and goes on."""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark

from guerdon.syntax import tables, tree
from guerdon.syntax.format import format_document
from guerdon.syntax.parse import parse_bytes
from guerdon.text.diagnostic import Diagnostic
from guerdon.text.source import Source, Span

ONE_MISTAKE = """\
unit star
  decimals    0

earn "Base"
  on          purchase
\tgiv\t5 star
"""


def mistakes(text: str | bytes) -> list[Diagnostic]:
    return list(parse_bytes("t", text if isinstance(text, bytes) else text.encode())[1])


def told(text: str | bytes) -> list[tuple[str, str, str]]:
    """Code, place and marked text of each mistake."""
    return [(each.code, place(each), each.span.text if each.span else "") for each in mistakes(text)]


def place(mistake: Diagnostic) -> str:
    return str(mistake.span).removeprefix("t:")


def clause(line: str) -> list[tuple[str, str, str]]:
    return told(f'earn "A"\n  {line}')


def only(text: str | bytes) -> Diagnostic:
    (mistake,) = mistakes(text)
    return mistake


# ---------------------------------------------------------------- bytes


@pytest.mark.parametrize(
    ("data", "at", "said"),
    [
        (b'earn "\xff"', "1:7", "byte 6 is 0xff, which can't stand there"),
        ("é".encode("latin-1"), "1:1", "byte 0 is 0xe9, which can't stand there"),
        (ONE_MISTAKE.encode("utf-16"), "1:1", "byte 0 is 0xff, which can't stand there"),
        (b"unit star\n  \0", "2:3", "byte 12 is zero"),
        (b"\0\xff", "1:1", "byte 0 is zero"),
    ],
)
def test_what_is_no_text_is_told_by_its_place(data: bytes, at: str, said: str) -> None:
    mistake = only(data)
    assert (mistake.code, place(mistake), mistake.message) == ("G001", at, f"the file is not a text in UTF-8: {said}")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_are_the_same_whatever_the_line_ends_and_the_mark(mark: str, end: str) -> None:
    text = mark + ONE_MISTAKE.replace("\n", end)
    assert told(text) == [("G013", "6:2", "giv")]


@given(st.binary(max_size=60))
@settings(max_examples=300)
def test_no_bytes_raise(data: bytes) -> None:
    parse_bytes("t", data)


PARTS = [
    *'" # ( ) [ ] , ; : . + - * / > = % $ \t'.split(" "),
    "\n",
    "\n  ",
    " ",
    "5",
    "1,000",
    "2026-02-30",
    '"x"',
    "x",
    "earn",
    "unit",
    "event",
    "give",
    "on",
    "when",
    "count",
    "of",
    "where",
    "this",
    "year",
    "expect",
    "é",
    "\u202e",
]


@given(st.lists(st.sampled_from(PARTS), max_size=25))
@settings(max_examples=600)
def test_no_words_raise_and_each_line_has_one_mistake_at_most(parts: list[str]) -> None:
    document, found = parse_bytes("t", b'earn "A"\n  on p\n ' + " ".join(parts).encode())
    lines = [each.span.line for each in found if each.span]
    assert len(lines) == len(set(lines)) == len(found)
    assert found or len(parse_bytes("t", format_document(document).encode())[0].declarations) >= 1


# ---------------------------------------------------------------- lines


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "\ufeff", " \t\r\n"])
def test_an_empty_file_is_told(text: str) -> None:
    assert [each[:2] for each in told(text)] == [("G003", "1:1")]


def test_an_indented_line_above_the_first_declaration_is_told() -> None:
    assert told("  on purchase\nunit star") == [("G004", "1:3", "on purchase")]


@pytest.mark.parametrize(
    ("line", "code", "at", "marked"),
    [
        ('because "A campaign', "G002", "2:11", '"A campaign'),
        ("give 1,000 star", "G008", "2:8", "1,000"),
        ("when amount > 1,000,000", "G008", "2:17", "1,000,000"),
        ("give max(2, 1,000 star)", "G008", "2:15", "1,000"),
        ("during 2026-7-6", "G009", "2:10", "2026-7-6"),
        ("during 2026-02-28 through 2026-02-30", "G010", "2:29", "2026-02-30"),
        ("give stars\u202e", "G011", "2:13", "\u202e"),
        ('because "\u2066hidden\u2069"', "G011", "2:12", "\u2066"),
        ("give 5 star  # \u202e", "G011", "2:18", "\u202e"),
        ("give \u0430mount", "G011", "2:8", "\u0430"),
        ("because \u201cA campaign\u201d", "G011", "2:11", "\u201c"),
        ("give\u00a05 star", "G011", "2:7", "\u00a0"),
        ("give 5\x0cstar", "G011", "2:9", "\x0c"),
        ("giveaway 5 star", "G013", "2:3", "giveaway"),
        ("give 5 star tofriend", "G005", "2:15", "tofriend"),
        ("when", "G014", "2:7", ""),
        ("when amount >   # a comment", "G014", "2:16", ""),
        ("when (amount", "G014", "2:15", ""),
        ("give 5% of amount - coupon", "G015", "2:21", "-"),
        ("give amount - 5% of coupon", "G015", "2:20", "of"),
        ("when amount == 5", "G005", "2:15", "=="),
        ("round dwn per event", "G005", "2:9", "dwn"),
    ],
)
def test_a_line_that_cannot_be_read_is_told(line: str, code: str, at: str, marked: str) -> None:
    assert clause(line) == [(code, at, marked)]


@pytest.mark.parametrize(
    "text", ["x in [1,200, 300]", "max(1,200)", "x is 2026-02-28", '"1,000 2026-7-6 (" is "\U0001f469\u200d\U0001f467"']
)
def test_what_only_looks_wrong_is_read(text: str) -> None:
    assert clause(f"when {text}  # 1,000 2026-7-6 ((( it's \"open") == []


def test_decimals_with_a_comma_are_told() -> None:
    mistake = only('earn "A"\n  give 2,5 star')
    assert (mistake.code, mistake.help) == ("G005", ("write a decimal point, like `1.5`",))


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("text", "code", "message", "edit"),
    [
        ('earnn "X"\n  on p', "G012", "no declaration starts with `earnn`", "earn"),
        ('earn "X"\n  giv 5 star', "G013", "`giv` is not a clause of `earn`", "give"),
        ("program\n  x", "G014", "the line ends too early", None),
        ('earn "X"\n  during 2026-01-01 though 2026-01-02', "G005", "`though` can't stand here", "through"),
        ('earn "X"\n  when a AND b', "G005", "`AND` can't stand here", "and"),
        ("unit x\n  hold 14 days", "G013", "`hold` is not a clause of `unit`", None),
        ('earn "X"\n  hold 14 until b', "G005", "the unit is missing after `14`", None),
        ('earn "X"\n  when a = b', "G005", "`=` can't stand here", "is"),
        ("earn X", "G005", "`X` can't stand here", '"X"'),
        ('unit "star"', "G005", '`"star"` can\'t stand here', "star"),
        ("earn \u201cX\u201d", "G011", "the character left double quotation mark can't stand outside a text", '"'),
    ],
)
def test_a_word_is_told_with_the_one_that_was_meant(text: str, code: str, message: str, edit: str | None) -> None:
    mistake = mistakes(text)[0]
    assert (mistake.code, mistake.message, mistake.edit and mistake.edit.text) == (code, message, edit)


@pytest.mark.parametrize("load", [tables.load_parser, lambda: tables.build_parser(tables.grammar_path().read_text())])
@pytest.mark.parametrize("text", ['earn "A"\n  giveaway', 'earnn "A"', 'earn "A"\n  round downper event', "membera"])
def test_a_word_is_a_whole_word(load: Callable[[], Lark], text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With saved tables and with fresh ones: a keyword is never the beginning of a word."""
    parser = load()
    monkeypatch.setattr("guerdon.syntax.parse.parser", lambda: parser)
    assert told(text)[0][2] in text.split()


def test_a_clause_at_the_margin_is_told_to_be_indented() -> None:
    mistake = only('earn "A"\n  on p\ngive 5 star')
    assert (mistake.code, mistake.help[0]) == ("G012", "if `give` belongs to the declaration above, indent it")


def test_a_clause_that_goes_on_is_told_to_be_joined() -> None:
    mistake = only('earn "A"\n  give 5 star\n    for all')
    assert (mistake.code, mistake.help[0]) == (
        "G013",
        "a clause stands on one line: if this goes on from the line above, join them",
    )


SPOKEN = """\
earn "A"
  when
  give 5 star,
  limit 30 star
  when count of purchase
  each 5
event p
  amount
  x one off a
"""


def test_what_was_expected_is_said_in_few_words() -> None:
    assert [each.label for each in mistakes(SPOKEN)] == [
        "expected a value",
        "expected `to` or the end of the line",
        "expected `of` or `per`",
        "expected a window like `this month` or `where`",
        "expected a name",
        "expected a type like `money`",
        "expected `of`",
    ]


def test_messages_are_lower_case_without_a_full_stop() -> None:
    lines = ["x", "  x", "", 'a "', "unit 1,0,0", "unit é", "event p\n  5 x", 'earn "A"\n  give 1,000']
    texts = [SPOKEN, ONE_MISTAKE, *lines]
    for mistake in (mistake for text in texts for mistake in mistakes(text)):
        for said in (mistake.message, mistake.label, *mistake.help):
            assert said[:1] == said[:1].lower() and not said.endswith(".")


# ---------------------------------------------------------------- several


def test_a_mistake_never_hides_the_next_declaration() -> None:
    text = 'earn "open\n  on p\n\nfoo bar\n\nearn "B"\n  giv 5 star\n\nunit star\n  decimals 0\n'
    document, found = parse_bytes("t", text.encode())
    assert [each.code for each in found] == ["G002", "G012", "G013"]
    assert document.declarations == (tree.Declaration("unit", tree.Name("star"), (tree.Decimals(tree.Number("0")),)),)


def test_all_mistakes_of_a_declaration_are_told_in_their_order() -> None:
    text = "earn A\n  on 5\n  giv 5 star\n  give 1,000 star\n  when amount\n  round dwn per event\n  limit"
    assert told(text) == [
        ("G005", "1:6", "A"),
        ("G014", "2:7", ""),
        ("G013", "3:3", "giv"),
        ("G008", "4:8", "1,000"),
        ("G005", "6:9", "dwn"),
        ("G014", "7:8", ""),
    ]


def test_one_mistake_in_the_last_line_is_told_once() -> None:
    assert [each.code for each in mistakes("unit star\n  decimals x")] == ["G005"]


# ---------------------------------------------------------------- sizes


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("(" * 100_000 + ")" * 100_000, "G006", "an expression nested 100000 deep: at most 64 levels are read"),
        ("1" + " + 1" * 100_000, "G006", "100000 operations on one line: at most 100 are read"),
        ("not " * 100_000 + "a", "G006", "100000 operations on one line: at most 100 are read"),
        ("x in [" * 100_000, "G006", "an expression nested 100000 deep: at most 64 levels are read"),
        ("count of p where " * 20_000, "G006", "an expression nested 20000 deep: at most 64 levels are read"),
        ("7" * 5_000, "G007", "a number of 5000 digits: at most 30 are read"),
        ('"' * 100_001, "G002", "a text in quotes is not closed on its line"),
    ],
)
def test_what_is_too_large_is_told_at_once(line: str, code: str, message: str) -> None:
    before = time.process_time()
    mistake = only(f'earn "A"\n  when {line}')
    assert (mistake.code, mistake.message) == (code, message)
    assert time.process_time() - before < 2


def test_what_is_read_can_be_walked_by_a_plain_recursion() -> None:
    """The deepest tree that is read takes less than half of Python's stack to build and to write."""
    deep = "(a + b is " * 60 + "c" + ")" * 60
    wheres = "count of p where " * 64 + "a" + " ever" * 64
    for line in ("1" + " + 1" * 100, "not " * 100 + "a", "(" * 64 + "a" + ")" * 64, deep, wheres):
        document, found = parse_bytes("t", f"measure m\n  is {line}".encode())
        assert {each.code for each in found} <= {"G006"}
        with shallow(600):
            assert parse_bytes("t", format_document(document).encode() or b"unit x")[0].declarations


@contextmanager
def shallow(calls: int) -> Iterator[None]:
    """Python's stack no deeper than so many calls from here."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + calls)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


@pytest.mark.parametrize("page", ["design_page", "life"])
def test_places_point_into_the_source(page: str) -> None:
    """Every node's text is where its span says, in trees that hold every clause."""
    text = (Path(__file__).parent / "format" / f"{page}.guerdon").read_bytes()
    document, _ = parse_bytes("t", text)
    for declaration in document.declarations:
        assert declaration.span.text.startswith(declaration.keyword)
        for each in declaration.clauses:
            assert each.span == Span(each.span.source, each.span.start, each.span.end)
            assert each.span.source.line(each.span.line).strip().startswith(each.span.text.split()[0])
            assert isinstance(each.span.source, Source)
