"""The examples show what they say: every branch is tested, every rule works in the history, and pages quote the program."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from guerdon.cli import main
from guerdon.project.load import check_file

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted(path.parent for path in ROOT.glob("examples/**/*.guerdon"))
SMALL = [folder for folder in EXAMPLES if "grocery" not in folder.parts]  # whose data were made up for it
PAGES = sorted(path.parent for path in ROOT.glob("examples/*/README.md"))

_QUOTED = re.compile(r"^```\n((?:program|unit|event|record|member|param|table|tiers|earn|rule|redeem|offer|referral)\b.*?)^```$", re.MULTILINE | re.DOTALL)  # fmt: skip


def named(folder: Path) -> str:
    return folder.name


def program_of(folder: Path) -> Path:
    return next(folder.glob("*.guerdon"))


def answer(*arguments: str | Path) -> str:
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("folder", EXAMPLES, ids=named)
def test_its_tests_are_met_and_reach_every_branch(folder: Path) -> None:
    answer("test", folder, "--coverage", "--fail-under", "100")


@pytest.mark.parametrize("folder", EXAMPLES, ids=named)
def test_its_program_is_laid_out_and_has_no_warnings(folder: Path) -> None:
    answer("fmt", "--check", folder)
    assert answer("check", folder).startswith("nothing to say")


@pytest.mark.parametrize("folder", PAGES, ids=named)
def test_its_page_quotes_the_program(folder: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.guerdon"))]
    program = "\n\n".join(texts).splitlines()
    for block in _QUOTED.findall((folder / "README.md").read_text(encoding="utf-8")):
        for declaration in re.split(r"\n\n+", block.strip()):
            first, *rest = declaration.splitlines()
            start = program.index(first)
            end = next((at for at in range(start + 1, len(program)) if not program[at]), len(program))
            quoted, kept = [line for line in rest if line.strip() != "..."], program[start + 1 : end]
            assert [line for line in kept if line in quoted] == quoted, declaration


@pytest.mark.slow
@pytest.mark.parametrize("folder", SMALL, ids=named)
def test_every_rule_of_it_works_in_its_history(folder: Path) -> None:
    told = json.loads(answer("run", folder, "--allow-rejected", "--format", "json"))
    works = {each["rule"] for each in told["rules"] if each["awards"]}
    works |= {each["rule"] for each in told["redeems"] if each["times"]} | {each["rule"] for each in told["messages"]}
    typed, _ = check_file(program_of(folder))
    assert typed is not None and set(typed.rules) <= works
    assert all(each["times"] for each in told["messages"])


@pytest.mark.slow
@pytest.mark.parametrize("folder", SMALL, ids=named)
def test_its_history_holds_all_that_may_happen(folder: Path) -> None:
    told = json.loads(answer("run", folder, "--allow-rejected", "--format", "json"))
    flows = [each["flow"] for each in told["units"]]
    for what in ("spent", "expired", "taken_back"):
        assert any(float(flow[what]) for flow in flows), what
    assert all(each["refused"] for each in told["redeems"])
    assert any(float(each["cut"]) for each in told["rules"])
    assert all(each["members"] for each in told["tiers"])
    assert [code for code, _ in told["rejected"]] == ["G690"]
