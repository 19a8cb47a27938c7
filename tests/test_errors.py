"""Broken programs beside the messages that they must give, and what holds for every message.

`tests/errors/CODE-slug/` holds a `program.guerdon` and the `message.txt` that it gives, word for word; a folder that
also holds a `history.yaml` is read as a history of its program. `GUERDON_SNAPSHOTS=write pytest tests/test_errors.py`
writes the messages anew: read each change of them aloud before you keep it. `python tests/errors/write_pages.py` then
makes `docs/errors.md` of them.
"""

from __future__ import annotations

import importlib.util
import os
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from guerdon.check.passes import check_bytes, check_file
from guerdon.text.codes import CODES
from guerdon.text.diagnostic import Diagnostic, render
from guerdon.text.pages import page

if TYPE_CHECKING:
    from guerdon.history.event import Rejection

ROOT = Path(__file__).resolve().parents[1]
ERRORS = ROOT / "tests" / "errors"
VALID = (ERRORS / "valid.guerdon").read_text(encoding="utf-8")
CASES = sorted(path.parent for path in ERRORS.glob("*/program.guerdon"))
PROGRAMS = [case for case in CASES if not (case / "history.yaml").exists()]
WRITE = os.environ.get("GUERDON_SNAPSHOTS") == "write"
MUTANTS = int(os.environ.get("GUERDON_MUTANTS", "300"))
SEVERAL = {"G013-two-mistakes"}  # folders whose program has more than one mistake


def named(case: Path) -> str:
    return case.name


@cache
def checked(case: Path) -> tuple[Diagnostic, ...]:
    """What is said about the program of a case."""
    return check_bytes("program.guerdon", (case / "program.guerdon").read_bytes())[1]


def said(case: Path) -> str:
    """What is said about a case, as its `message.txt` holds it."""
    found = history_messages(case) if (case / "history.yaml").exists() else checked(case)
    return "\n\n".join(each if isinstance(each, str) else render(each) for each in found) + "\n"


def history_messages(case: Path) -> list[str]:
    """What reading the case's history says: about its mapping, else about the rows that are set aside."""
    from guerdon.history.fault import HistoryError
    from guerdon.history.open import open_history

    program, found = check_bytes("program.guerdon", (case / "program.guerdon").read_bytes())
    assert program is not None, [render(each) for each in found]
    try:
        history = open_history(case, program)
    except HistoryError as error:
        return [render(each).replace(f"{case}{os.sep}", "") for each in error.diagnostics]
    return [set_aside(each).replace(f"{case}{os.sep}", "") for each in history.rejections]


def set_aside(rejection: Rejection) -> str:
    """A rejected row as text: what is wrong, where it stands, what stood there."""
    lines = [f"error {rejection.code}: {rejection.message}"]
    lines += [f"--> {rejection.place.file}, row {rejection.place.row}"] if rejection.place else []
    lines += [f"  {name}: {value}" for name, value in rejection.source.items()]
    return "\n".join([*lines, *([f"help: {rejection.help}"] if rejection.help else [])])


# ---------------------------------------------------------------- the corpus


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_broken_program_gives_its_message(case: Path) -> None:
    message = case / "message.txt"
    if WRITE:
        message.write_text(said(case), encoding="utf-8")
    assert message.read_text(encoding="utf-8") == said(case)


@pytest.mark.parametrize("case", PROGRAMS, ids=named)
def test_one_mistake_gives_one_message_with_the_code_of_its_folder(case: Path) -> None:
    codes = [each.code for each in checked(case)]
    assert set(codes) == {case.name.partition("-")[0]}
    assert len(codes) == 1 or case.name in SEVERAL


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


def test_every_code_about_programs_has_a_broken_program() -> None:
    assert {code for code in CODES if code[1] in "0123"} == {case.name[:4] for case in PROGRAMS}


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
    broken = VALID.replace("record line\n  product   text", "record line\n  product,  text").replace("visits is 5", "vists is 5")
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
