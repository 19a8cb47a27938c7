"""Broken programs beside the messages that they must give, and what holds for every message.

`tests/errors/CODE-slug/` holds a `program.guerdon` and the `message.txt` that it gives, word for word. A folder that
also holds a `history.yaml` is run as a history of its program: the message says what is wrong with its mapping, or which
rows were set aside; of `NAME.parquet.sql` the test makes `NAME.parquet`. Where a file `command` holds arguments, such as
`run .`, the message is all that this command prints in the folder, times as N. `GUERDON_SNAPSHOTS=write pytest
tests/test_errors.py` writes the messages anew: read each change of them aloud before you keep it. `python
tests/errors/write_pages.py` then makes `docs/errors.md` of them.
"""

from __future__ import annotations

import importlib.util
import os
import random
import re
import runpy
import shlex
import shutil
from collections.abc import Iterator
from contextlib import chdir
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from zoneinfo import available_timezones

import pytest
from click.testing import CliRunner

import guerdon
from guerdon.check.passes import check_bytes
from guerdon.project.load import check_file
from guerdon.syntax.parse import parse_bytes
from guerdon.text import zones
from guerdon.text.codes import CODES
from guerdon.text.diagnostic import Diagnostic, render
from guerdon.text.pages import page

ROOT = Path(__file__).resolve().parents[1]
ERRORS = ROOT / "tests" / "errors"
VALID = (ERRORS / "valid.guerdon").read_text(encoding="utf-8")
CASES = sorted(path for path in ERRORS.iterdir() if path.is_dir() and not path.name.startswith("_"))
PROGRAMS = [
    case for case in CASES if not any((case / name).exists() for name in ("history.yaml", "command", "session"))
]
OTHERS = [case for case in CASES if case not in PROGRAMS]
WRITE = os.environ.get("GUERDON_SNAPSHOTS") == "write"
MUTANTS = int(os.environ.get("GUERDON_MUTANTS", "300"))
SEVERAL = {
    "G013-two-mistakes",
    "G201-in-several-tiers",
    "G618-other-row-is-wrong",
}  # folders whose case has more than one mistake


def named(case: Path) -> str:
    return case.name


@cache
def checked(case: Path) -> tuple[Diagnostic, ...]:
    """What is said about the program of a case."""
    return check_bytes("program.guerdon", (case / "program.guerdon").read_bytes())[1]


def said(case: Path) -> str:
    """What is said about a case, as its `message.txt` holds it."""
    if case in PROGRAMS:
        return "\n\n".join(render(each) for each in checked(case)) + "\n"
    with TemporaryDirectory() as folder:
        shutil.copytree(case, folder, dirs_exist_ok=True)
        with chdir(folder):
            for query in Path().glob("*.parquet.sql"):
                make_parquet(query)
            if Path("session").exists():
                return told_of_a_state()
            return printed(Path("command")) if Path("command").exists() else told_of_history()


def make_parquet(query: Path) -> None:
    """The file that the query is named for, in a folder that has no other program's settings."""
    import duckdb

    duckdb.sql(f"COPY ({query.read_text(encoding='utf-8')}) TO '{query.stem}' (FORMAT parquet)")


def printed(command: Path) -> str:
    """All that a command prints in this folder, with its end; times are N."""
    from guerdon.cli import main

    done = CliRunner().invoke(main, shlex.split(command.read_text(encoding="utf-8")))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code or "warning G" in done.output, "a case of an error does not end well"
    told = re.sub(r"[\d.,]+ seconds, [\d,]+ events a second", "N seconds, N events a second", done.output)
    return "\n".join(line.rstrip() for line in told.rstrip().split("\n")) + "\n"


def told_of_a_state() -> str:
    """What a session says of the bytes that this folder's script gives it."""
    with pytest.raises(guerdon.BadState) as told:
        runpy.run_path("session")
    return f"{told.value}\n"


def told_of_history() -> str:
    """What running this folder's history says: about its mapping, else about the rows that are set aside."""
    from guerdon import load
    from guerdon.history.fault import HistoryError
    from guerdon.study.screen import set_aside

    try:
        found = load(".").run().posted.rejections
    except HistoryError as error:
        return "\n\n".join(render(each) for each in error.diagnostics) + "\n"
    return "\n\n".join(set_aside(each) for each in found) + "\n"


# ---------------------------------------------------------------- the corpus


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_case_gives_its_message(case: Path) -> None:
    message = case / "message.txt"
    if WRITE:
        message.write_text(said(case), encoding="utf-8")
    assert message.read_text(encoding="utf-8") == said(case)


@pytest.mark.parametrize("case", PROGRAMS, ids=named)
def test_one_mistake_gives_one_message_with_the_code_of_its_folder(case: Path) -> None:
    codes = [each.code for each in checked(case)]
    assert set(codes) == {case.name.partition("-")[0]}
    assert len(codes) == 1 or case.name in SEVERAL


@pytest.mark.parametrize("case", OTHERS, ids=named)
def test_a_case_of_data_or_use_gives_the_code_of_its_folder(case: Path) -> None:
    codes = re.findall(
        r"^(?:error|warning) (G\d{3}): ", (case / "message.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert case.name.partition("-")[0] in codes
    assert len(set(codes)) == 1 or case.name in SEVERAL


@pytest.mark.parametrize("case", OTHERS, ids=named)
def test_a_message_about_data_or_use_is_in_the_style_of_the_house(case: Path) -> None:
    """Lower case, no full stop, no path of this computer, no tool's own words, and what to do."""
    message = (case / "message.txt").read_text(encoding="utf-8")
    for head in re.findall(r"^(?:error|warning) G\d{3}: (.*)$", message, re.MULTILINE):
        assert not head.endswith("."), "no full stop"
        assert not re.match(r"[A-Z][a-z]+ ", head), "lower case"
    assert not re.search(r"/tmp|duckdb|pydantic|Traceback|errno|DuckDB|VARCHAR", message, re.IGNORECASE)
    assert "help: " in message or case.name[:2] in ("G7", "G9"), (
        "what to do; of tests and commands the line itself says it"
    )


@pytest.mark.parametrize("case", PROGRAMS, ids=named)
def test_a_message_is_in_the_style_of_the_house(case: Path) -> None:
    for each in checked(case):
        assert not each.message.endswith("."), "no full stop"
        assert not re.match(r"[A-Z][a-z]+ ", each.message), "lower case"
        assert each.span is not None, "a place"
        assert each.label, "what is marked"
        assert not each.edit or each.help, "an edit is told in words too"


@pytest.mark.parametrize("case", PROGRAMS, ids=named)
def test_an_edit_mends_what_was_said(case: Path) -> None:
    """Applied, the diagnostic is gone from its place, and there are no more of them than before."""
    before = checked(case)
    for each in before:
        if each.edit is None or each.span is None:
            continue
        text = each.edit.span.source.text
        mended = text[: each.edit.span.start] + each.edit.text + text[each.edit.span.end :]
        assert mended != text
        after = check_bytes("program.guerdon", mended.encode())[1]
        assert not [other for other in after if other.code == each.code and starts_at(other) == starts_at(each)]
        assert len(after) <= len(before), [render(other) for other in after]


def starts_at(diagnostic: Diagnostic) -> int:
    return diagnostic.span.start if diagnostic.span else -1


# ---------------------------------------------------------------- the table of codes


def codes_in_the_source() -> set[str]:
    """Every code that a module other than the table names."""
    files = [path for path in (ROOT / "src" / "guerdon").rglob("*.py") if path.name != "codes.py"]
    return {code for path in files for code in re.findall(r'"(G\d{3})"', path.read_text(encoding="utf-8"))}


def test_every_code_in_the_source_is_in_the_table() -> None:
    assert codes_in_the_source() <= CODES.keys()


def test_every_code_of_the_table_is_in_the_source() -> None:
    assert {code for code in CODES if not code.startswith("G9")} <= codes_in_the_source()


def test_the_table_is_in_order_and_says_all() -> None:
    assert list(CODES) == sorted(CODES)
    titles = [(code[1], each.title) for code, each in CODES.items()]
    assert len(set(titles)) == len(titles)
    for code, each in CODES.items():
        assert each.meaning.endswith("."), code
        assert each.mend.endswith((".", "`", ":")), code
        assert each.severity in ("error", "warning"), code


def test_every_code_has_a_case() -> None:
    assert CODES.keys() == {case.name[:4] for case in CASES}


def test_every_case_is_used() -> None:
    """Each folder is named for a code, and holds a message and what gives it."""
    for case in CASES:
        assert re.fullmatch(r"G\d{3}-[a-z0-9-]+", case.name), case.name
        assert (case / "message.txt").exists(), case.name
        assert (case / "program.guerdon").exists() or (case / "command").exists(), case.name


# ---------------------------------------------------------------- the error index


def write_pages() -> ModuleType:
    """The script that makes the index; it lies with the cases and is no part of the package."""
    made = importlib.util.spec_from_file_location("write_pages", ERRORS / "write_pages.py")
    assert made is not None and made.loader is not None
    module = importlib.util.module_from_spec(made)
    made.loader.exec_module(module)
    return module


def test_the_error_index_is_up_to_date() -> None:
    assert (ROOT / "docs" / "errors.md").read_text(encoding="utf-8") == write_pages().pages()


def test_every_code_has_a_page() -> None:
    for code, about in CODES.items():
        found = page(code)
        assert found is not None and found.startswith(f"## {code} {about.title}\n")
    assert page("g204") == page("G204")
    assert page("G999") is None


# ---------------------------------------------------------------- input that no file should hold


def test_byte_order_mark_line_ends_and_tabs_are_accepted() -> None:
    plain = check_bytes("program.guerdon", VALID.encode())
    windows = VALID.replace("\n", "\r\n").replace("  ", "\t").encode("utf-8-sig")
    assert plain[0] is not None and not plain[1]
    assert check_bytes("program.guerdon", windows)[0] == plain[0]


@pytest.mark.parametrize("brackets", ["()", "[]"])
def test_nesting_without_end_is_told_and_does_not_crash(brackets: str) -> None:
    deep = f"amount >= {brackets[0] * 100_000}1 USD{brackets[1] * 100_000}"
    program, found = check_bytes("program.guerdon", VALID.replace("guests > 1", deep).encode())
    assert program is None
    assert [each.code for each in found] == ["G006"]
    assert len(render(found[0])) < 2000


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "\t\n", "\ufeff"])
def test_nothing_is_told_once(text: str) -> None:
    assert [each.code for each in check_bytes("program.guerdon", text.encode())[1]] == ["G003"]


def test_a_mistake_in_one_declaration_hides_none_in_another() -> None:
    """Names that only the broken declaration has are not called unknown; others are."""
    broken = VALID.replace("record line\n  product   text", "record line\n  product,  text").replace(
        "visits is 5", "vists is 5"
    )
    found = check_bytes("program.guerdon", broken.encode())[1]
    assert [each.span.text for each in found if each.span and each.code == "G101"] == ["vists"]
    assert len(found) == 2


# ---------------------------------------------------------------- programs broken at random

TOKEN = re.compile(r'"[^"\n]*"|[\w./%-]+|[^\s\w]|\n[ \t]*|[ \t]+')
STRANGE = """0 9999-12-31 2026-02-30 EUR day month times or not ( ) 25:00 24:00 event member.device purchase.lines.amount % yes
    text days line now 1,000 é " this ever last of is where 0.5 -1 ,""".split()


def mutant(seed: int) -> str:
    """The valid program with a few tokens or lines taken out, doubled, exchanged or replaced."""
    dice = random.Random(seed)
    parts = TOKEN.findall(VALID.partition("\n")[2])
    for _ in range(dice.choice((1, 1, 2, 4))):
        places = [index for index, part in enumerate(parts) if part.strip()]
        one, other = dice.choice(places), dice.choice(places)
        match dice.randrange(6):
            case 0:
                parts[one] = ""
            case 1:
                parts[one] = f"{parts[one]} {parts[one]}"
            case 2:
                parts[one], parts[other] = parts[other], parts[one]
            case 3:
                parts[one] = parts[other]
            case 4:
                parts[one] = dice.choice(STRANGE)
            case _:
                parts = TOKEN.findall("\n".join(lines_changed("".join(parts).split("\n"), dice)))
    return "".join(parts)


def lines_changed(lines: list[str], dice: random.Random) -> Iterator[str]:
    """The lines with one of them taken out, doubled or moved elsewhere."""
    taken, to, doubled = dice.randrange(len(lines)), dice.randrange(len(lines)), dice.random() < 0.3
    for index, line in enumerate(lines):
        if index != taken or doubled:
            yield line
        if index == to and not doubled and dice.random() < 0.5:
            yield lines[taken]
        if index == taken and doubled:
            yield line


@pytest.mark.slow
def test_a_program_broken_at_random_is_refused_with_a_message_or_accepted() -> None:
    """`GUERDON_MUTANTS=5000` tries more of them."""
    for seed in range(MUTANTS):
        text = mutant(seed)
        try:
            program, found = check_bytes("program.guerdon", text.encode())
            messages = [render(each) for each in found]
        except Exception as problem:
            raise AssertionError(f"seed {seed}:\n{text}") from problem
        refused = [each for each in found if each.is_error]
        assert (program is None) == bool(refused), f"seed {seed}:\n{text}"
        assert len(messages) == len(set(messages)), f"seed {seed}: a message is told twice"


def test_the_valid_program_is_valid() -> None:
    program, found = check_file(ERRORS / "valid.guerdon")
    assert program is not None and found == ()


# ---------------------------------------------------------------- readings and zones that a message offers

TWO_WAYS = """5% of amount - coupon - tax
amount - 5% of coupon
amount + 5% of coupon - 3 USD
(5% of amount - coupon) * 2
max(5% of amount - coupon, 3 USD)
1 star per 1 USD of amount - 5% of coupon to member
5% of (amount - coupon) - (tax or 0 USD)
rate(status) of "Base - x" + "Bonus"
count of purchase where amount - 5% of coupon > 3 USD this month""".splitlines()


@pytest.mark.parametrize("expression", TWO_WAYS)
def test_both_readings_that_are_offered_can_be_read(expression: str) -> None:
    def found(written: str) -> list[Diagnostic]:
        text = f'program "P"\n\nearn "R"\n  on    purchase\n  give  {written}\n'
        return list(parse_bytes("program.guerdon", text.encode())[1])

    (mistake,) = found(expression)
    assert mistake.code == "G015"
    readings = re.findall(r"`([^`]+)`", mistake.help[0])
    assert len(readings) == 2
    assert [found(reading) for reading in readings] == [[], []]


def test_zones_that_are_offered_exist() -> None:
    known = available_timezones()
    for written in (*zones.CLOCKS, "Vienna", "New York", "Europe/Viena", "Eastern Standard Time", "utc"):
        assert zones.zones_meant(written), written
        assert set(zones.zones_meant(written)) <= known, written
    assert zones.zones_meant("Mars/Base") == zones.zones_meant("") == []
