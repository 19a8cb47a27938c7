"""What may be wrong with the text of a program, each with the code that names it: nothing crashes, nothing is executed, nothing is opened.

Kinds of faults are those that the most trusted engines guard against; cases of `tests/errors` show most of them as people read them.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from guerdon.check.passes import check_bytes
from guerdon.project.load import check_file
from guerdon.study.trial import run
from guerdon.text.diagnostic import Diagnostic, render

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "tests" / "errors"
HEAD = """\
program "P"
  currency  EUR

unit star
  decimals  2

event purchase
  amount    money
  note      text

"""
FAULTS = {
    "bytes that are no UTF-8": ["G001-latin-1", "G001-utf-16", "G001-in-a-used-file"],
    "a byte that is zero": ["G001-nul-byte"],
    "parentheses without end": ["G006-nested-too-deep", "G006-too-many-operations"],
    "a text in quotes that is not closed": ["G002-reason", "G002-rule-name"],
    "an unknown name": ["G101-misspelt-field", "G107-misspelt-word", "G115-misspelt-event", "G120-misspelt-rule"],
    "points and money": ["G201-points-plus-money", "G201-euros-against-dollars"],
    "rules in a circle": ["G321-itself", "G321-two-measures", "G321-two-rules"],
    "tiers in a circle": ["G353-its-own-tier", "G353-condition"],
    "one name twice": ["G102-two-rules", "G102-two-events", "G102-in-two-files", "G437-twice"],
    "letters that look like others, or are not seen": [
        "G011-cyrillic-letter",
        "G011-zero-width-space",
        "G011-no-break-space",
    ],
    "a file outside of the folder": ["G435-parent", "G435-absolute"],
    "an address": ["G435-address"],
    "a program that uses itself": ["G437-itself"],
    "aliases and tags in YAML": ["G501-alias"],
    "a number beyond all bounds": ["G007-5000-digits", "G005-exponent", "G005-power"],
    "a division by zero": ["G204-divided-by-zero", "G204-rate-per-nothing"],
    "a limit or a factor below zero": ["G005-limit-below-zero", "G005-factor-below-zero"],
    "another edition of the language": ["G301-edition"],
}
"""Each fault, and the cases that show it."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_has_a_case(fault: str) -> None:
    assert [case for case in FAULTS[fault] if not (CASES / case / "message.txt").exists()] == []


def said(text: str) -> list[Diagnostic]:
    return list(check_bytes("program.guerdon", (HEAD + text).encode())[1])


def rule(give: str, *more: str) -> str:
    return f'earn "R"\n  on    purchase\n  give  {give}\n' + "".join(f"  {line}\n" for line in more)


def test_bytes_that_are_no_text_are_told_by_their_number() -> None:
    (found,) = check_bytes("p", HEAD.encode() + b"# caf\xe9\n")[1]
    assert found.code == "G001" and f"byte {len(HEAD) + 5}" in found.message
    (found,) = check_bytes("p", HEAD.encode() + b"\0")[1]
    assert found.code == "G001" and f"byte {len(HEAD)} is zero" in found.message


def test_a_byte_order_mark_and_other_line_ends_leave_places_as_they_are() -> None:
    text = HEAD + rule("5 stra")
    places = {
        str(check_bytes("p", data)[1][0].span)
        for data in (text.encode(), text.replace("\n", "\r\n").encode("utf-8-sig"))
    }
    assert places == {"p:13:11"}


def test_a_hundred_thousand_parentheses_are_told_in_a_few_lines() -> None:
    (found,) = said(rule("(" * 100_000 + "5 star" + ")" * 100_000))
    assert found.code == "G006" and len(render(found)) < 1000


def test_a_text_that_is_not_closed_is_told_at_its_opening() -> None:
    (found,) = said('earn "R\n  on    purchase\n  give  5 star\n')
    assert found.code == "G002" and str(found.span) == "program.guerdon:11:6"


def test_a_circle_is_told_with_its_path() -> None:
    text = 'earn "A"\n  on purchase\n  give 100% of "B"\n  round down per event\nearn "B"\n  on purchase\n  give 100% of "A"\n  round down per event\n'
    (found,) = said(text)
    assert found.code == "G321" and '"A" -> "B" -> "A"' in found.help[0]


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200b", "\u2060"])
@pytest.mark.parametrize("where", ["unit st{}ar2\n", "# st{}ar\n", 'earn "R{}"\n  on purchase\n  give 5 star\n'])
def test_no_line_can_be_made_to_look_like_another(hidden: str, where: str) -> None:
    assert "G011" in {each.code for each in said(where.format(hidden))}


@pytest.mark.parametrize("letter", ["\u0430", "\u03bf", "\uff41", "\u0455"])
def test_names_are_made_of_plain_letters(letter: str) -> None:
    assert "G011" in {each.code for each in said(f"unit st{letter}r2\n")}


HOSTILE = [
    ");import os",
    "{0.__class__.__mro__}",
    "%s%n",
    "${jndi:ldap://x}",
    "'; DROP TABLE x; --",
    "</script>",
    "\\",
    "__import__('os')",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_data_wherever_it_stands(text: str) -> None:
    """It comes out as it went in."""
    program = f'''earn "{text}"
  on       purchase
  when     note is "{text}"
  give     5 star
  because  "{text}"

test "{text}"
  event    purchase on 2026-03-02: amount 1 EUR, note "{text}"
  expect   5 star from "{text}"
'''
    typed, found = check_bytes("p", (HEAD + program).encode())
    assert typed is not None, found
    (result,) = run(typed)
    assert result.case.name == text and not result.misses
    assert text in typed.rules


@pytest.mark.parametrize("room", ["text", "syntax", "program", "check", "project"])
def test_whoever_reads_a_program_executes_nothing(room: str) -> None:
    for path in (ROOT / "src" / "guerdon" / room).rglob("*.py"):
        calls = (each.func for each in ast.walk(ast.parse(path.read_text())) if isinstance(each, ast.Call))
        named = {each.id for each in calls if isinstance(each, ast.Name)}
        assert not named & {"eval", "exec", "compile", "__import__"}, path.name


@pytest.mark.parametrize("name", ["__class__", "__dict__", "amount.__class__", "member.__init__", "purchase.__class__"])
def test_no_name_reaches_behind_the_program(name: str) -> None:
    assert {each.code for each in said(rule(f"1 star per 1 EUR of {name}", "round down per event"))} <= {
        "G101",
        "G106",
        "G109",
        "G122",
    }
    assert said(rule(f"1 star per 1 EUR of {name}", "round down per event"))


@pytest.mark.parametrize(
    "number", ["10**10**9", "9" * 5000, "1e400", "1e+400", "10^10", "0x10", "1_000", "Infinity", "NaN"]
)
def test_a_number_beyond_all_bounds_is_refused_before_it_is_reckoned(number: str) -> None:
    assert {each.code for each in said(rule(f"{number} star"))} <= {"G005", "G007", "G101", "G105"}
    assert said(rule(f"{number} star"))


@pytest.mark.parametrize("give", ["5 star / 0", "5 star / 0.00", "1 star per 0 EUR of amount", "5 star * (1 / 0)"])
def test_nothing_is_divided_by_zero(give: str) -> None:
    assert "G204" in {each.code for each in said(rule(give, "round down per event"))}


@pytest.mark.parametrize(
    "line",
    ["limit -5 star per member", "limit -1 times per member", "minimum -3 star", "share -5% to member", "hold -3 days"],
)
def test_no_clause_takes_less_than_nothing(line: str) -> None:
    assert {each.code for each in said(rule("5 star", line))} == {"G005"}


def test_what_a_factor_below_zero_would_take_is_not_given_and_not_taken() -> None:
    assert [each.code for each in said(rule("5 star * -2"))] == ["G005"]
    test = 'test "t"\n  event purchase on 2026-03-02: amount 1 EUR, note ""\n  expect 0 star\n'
    typed, found = check_bytes("p", (HEAD + rule("5 star * (0 - 2)") + test).encode())
    assert typed is not None, found
    assert not run(typed)[0].misses


@pytest.mark.parametrize("edition", ["2025", "2027", "9999", "2026.5"])
def test_another_edition_of_the_language_is_not_read(edition: str) -> None:
    text = HEAD.replace("EUR\n", f"EUR\n  edition   {edition}\n", 1)
    assert [each.code for each in check_bytes("p", text.encode())[1]] == ["G301"]


def test_files_that_use_each_other_end(tmp_path: Path) -> None:
    """A file that is used uses nothing: there is no circle, and nothing grows from file to file."""
    for one, other in (("a", "b"), ("b", "a")):
        (tmp_path / f"{one}.guerdon").write_text(f'program "{one}"\n  use "{other}.guerdon"\n  use "{other}.guerdon"\n')
    assert [each.code for each in check_file(tmp_path / "a.guerdon")[1]] == ["G437", "G439"]
