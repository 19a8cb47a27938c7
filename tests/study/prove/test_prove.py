"""`guerdon prove`: what it prints, how it ends, and what it says without a solver."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.study.prove.bounds import BOUNDS
from tests.study.prove.gaps import GAPS
from tests.study.prove.over_time import OVER_TIME
from tests.study.prove.planted import Planted, frame
from tests.study.prove.unreached import UNREACHED
from tests.study.prove.versions import SHOP, VERSIONS

from guerdon.check.passes import check_bytes
from guerdon.cli import main
from guerdon.program import nodes
from guerdon.study.prove import prove as proving
from guerdon.study.prove.report import Report
from guerdon.study.prove.windows import held

Period = nodes.Period


def asked(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["prove", *map(str, arguments)])


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.guerdon"
    path.write_text(text, encoding="utf-8")
    return path


def report(text: str) -> Report:
    program, said = check_bytes("program.guerdon", text.encode())
    assert program is not None, said
    return proving.prove(program, said)


def planted(name: str) -> Planted:
    return next(each for each in (*GAPS, *UNREACHED, *OVER_TIME, *BOUNDS, *VERSIONS) if each.name == name)


# ---------------------------------------------------------------- the command


def test_a_sound_program_ends_well(tmp_path: Path) -> None:
    done = asked(written(tmp_path, "shop", SHOP))
    assert done.exit_code == 0, done.output
    assert "1 EUR of `sale` earns up to 11 point" in done.output
    assert done.output.rstrip().endswith("0 findings, 0 undecided")


def test_a_finding_ends_with_1(tmp_path: Path) -> None:
    done = asked(written(tmp_path, "toys", planted("amounts that exclude each other").faulty))
    assert done.exit_code == 1
    assert 'warning G940: "Middle" never gives anything' in done.output


def test_gaps_of_tables_are_findings_though_the_program_can_not_run(tmp_path: Path) -> None:
    done = asked(written(tmp_path, "books", planted("bands of an amount").faulty))
    assert done.exit_code == 1
    assert "error G312" in done.output
    assert "paid from 200 EUR below 250 EUR" in done.output


def test_another_mistake_is_wrong_use(tmp_path: Path) -> None:
    done = asked(written(tmp_path, "shop", SHOP.replace("paid money", "paid mony")))
    assert done.exit_code == 2
    assert "G119" in done.output


def test_two_versions_show_who_gets_less(tmp_path: Path) -> None:
    of = planted("a tier's share")
    assert of.older is not None
    done = asked(written(tmp_path, "old", of.older), written(tmp_path, "new", of.faulty))
    assert done.exit_code == 1
    assert "given guest Gold" in done.output
    assert 'older: "More" gives' in done.output


def test_the_same_version_gives_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, "shop", SHOP)
    done = asked(path, path)
    assert done.exit_code == 0
    assert "both versions give the same at every event" in done.output


def test_versions_in_two_currencies_can_not_be_compared(tmp_path: Path) -> None:
    done = asked(written(tmp_path, "old", SHOP), written(tmp_path, "new", SHOP.replace("EUR", "USD")))
    assert done.exit_code == 2
    assert "G904" in done.output


@pytest.mark.parametrize("option", [["--json"], ["--format", "json"]])
def test_json_has_all_that_the_text_has(option: list[str], tmp_path: Path) -> None:
    done = asked(written(tmp_path, "agency", planted("a factor that anybody may type").faulty), *option)
    told = json.loads(done.output)
    assert done.exit_code == 1
    (finding,) = told["findings"]
    assert finding["code"] == "G943"
    assert finding["witness"] == ["event invoice on 2026-03-02: net 1 EUR, factor 1000001"]
    assert finding["came"] == ['"Credits" gives 1000001 credit']
    assert told["undecided"] == []


def test_a_value_can_be_set(tmp_path: Path) -> None:
    text = SHOP.replace("unit point", "param lowest\n  is 5 EUR\nunit point")
    text = text.replace("when channel is web", "when channel is web and paid >= lowest and paid < 20 EUR")
    path = written(tmp_path, "shop", text)
    assert asked(path).exit_code == 0
    assert asked(path, "--set", "lowest=25 EUR").exit_code == 1


# ---------------------------------------------------------------- figures


def test_the_most_adds_up_all_rules_that_give_at_one_event() -> None:
    """1 EUR by the web: 1 for the euro, 10 for the channel."""
    (most,) = report(SHOP).most
    assert most.least == most.most == Fraction(11)
    assert most.came == ('"Base" gives 1 point', '"Web" gives 10 point')


def test_the_most_knows_how_is_rounded() -> None:
    """Half a point and more is a whole one: 1.50 EUR give 2 points, 4/3 to the euro."""
    (most,) = report(
        frame("Half") + "unit point\nevent sale\n  paid money\n"
        'earn "Base"\n  on sale\n  give 1 point per 1 EUR of paid\n  round half up per event\n'
    ).most
    assert most.least == most.most
    assert most.most == Fraction(4, 3)


def test_what_an_offer_gives_is_undecided() -> None:
    found = report(
        SHOP + "event letter\n  reward point\n  last_day date\n"
        'offer "Letter"\n  opens letter\n  through last_day\n  on sale\n  give opened.reward\n'
    )
    assert not found.findings
    assert any('"Letter"' in each.what for each in found.undecided)


# ---------------------------------------------------------------- laws

PLAIN = (
    frame("Plain")
    + """
unit point
event sale
  paid money
earn "Base"
  on sale
  give 1 point per 1 EUR of paid
  round down per event
"""
)
MORE = 'law "more is more"\n  never less point for more sale.paid\n'


def test_a_law_about_one_event_is_proved() -> None:
    found = report(PLAIN + MORE)
    assert not found.findings
    assert any('law "more is more" holds' in each for each in found.proved)


def test_a_law_that_is_broken_is_a_finding() -> None:
    text = PLAIN + 'earn "Small"\n  on sale\n  when paid < 5 EUR\n  give 10 point\n' + MORE
    (finding,) = report(text).findings
    assert finding.said.code == "G949"
    assert finding.witness[0] == 'test "more is more"'


def test_a_law_that_asks_for_the_past_is_undecided() -> None:
    found = report(PLAIN.replace("per event", "per event\n  limit 50 point per member per day") + MORE)
    assert not found.findings
    assert any(each.what == 'law "more is more"' for each in found.undecided)


@pytest.mark.parametrize(("most", "holds"), [(620, True), (619, False)])
def test_a_law_about_what_a_rule_gives_is_proved_by_its_limits(most: int, holds: bool) -> None:
    """20 a day are at most 620 in a month of 31 days."""
    text = PLAIN.replace("per event", "per event\n  limit 20 point per member per day")
    found = report(text + f'law "budget"\n  always "Base" earned this month <= {most} point\n')
    assert any('law "budget" holds' in each for each in found.proved) == holds


# ---------------------------------------------------------------- without a solver


@pytest.fixture
def _no_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "has_solver", lambda: False)


@pytest.mark.usefixtures("_no_solver")
@pytest.mark.parametrize(
    "name",
    [
        "amounts that exclude each other",
        "a day between two rates",
        "a day with both rates",
        "a day's limit that is tighter",
    ],
)
def test_intervals_decide_without_a_solver(name: str) -> None:
    of = planted(name)
    found, sound = report(of.faulty), report(of.sound)
    assert [each.said.code for each in found.findings] == [of.code]
    assert not sound.findings
    assert "pip install 'guerdon[prove]'" in sound.undecided[0].why


@pytest.mark.usefixtures("_no_solver")
def test_two_versions_need_a_solver() -> None:
    program, _ = check_bytes("program.guerdon", SHOP.encode())
    assert program is not None
    found = proving.compare(program, program)
    assert "pip install 'guerdon[prove]'" in found.undecided[0].why


# ---------------------------------------------------------------- windows in windows


@pytest.mark.parametrize(
    ("inner", "outer", "most"),
    [
        (Period.DAY, Period.WEEK, 7),
        (Period.DAY, Period.MONTH, 31),
        (Period.DAY, Period.YEAR, 366),
        (Period.WEEK, Period.MONTH, 6),
        (Period.MONTH, Period.YEAR, 12),
        (Period.YEAR, Period.MONTH, None),
    ],
)
def test_so_many_periods_meet_a_longer_one(inner: nodes.Period, outer: nodes.Period, most: int | None) -> None:
    assert held(nodes.Calendar(inner), nodes.Calendar(outer), None) == most
