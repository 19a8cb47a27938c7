"""A program in several files, with tables in sheets: what is read, and what never is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

import guerdon
from guerdon.cli import main
from guerdon.project import folder
from guerdon.project.load import check_file
from guerdon.text.diagnostic import render

MAIN = """\
program "P"
  currency  EUR
  use       "parts/units.guerdon"

event purchase
  amount    money

param rate
  is        1 point per 1 EUR

earn "Points"
  on        purchase
  give      rate of amount
  round     down per event

test "t"
  event     purchase on 2026-03-02: amount 10 EUR
  expect    10 point
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "units.guerdon").write_bytes(b"\xef\xbb\xbfunit point\r\n")
    (tmp_path / "main.guerdon").write_text(MAIN)
    return tmp_path


def codes(path: Path, **given: str) -> list[str]:
    return [each.code for each in check_file(path / "main.guerdon", given)[1]]


def using(shop: Path, name: str) -> list[str]:
    (shop / "main.guerdon").write_text(MAIN.replace("parts/units.guerdon", name))
    return codes(shop)


# ---------------------------------------------------------------- several files


def test_declarations_of_another_file_stand_as_if_they_were_here(shop: Path) -> None:
    alone = MAIN.replace('  use       "parts/units.guerdon"\n', "") + "\nunit point\n"
    (shop / "alone.guerdon").write_text(alone)
    together = check_file(shop / "main.guerdon")[0]
    assert together is not None and together == check_file(shop / "alone.guerdon")[0]


def test_a_folder_whose_other_files_are_used_holds_one_program(shop: Path) -> None:
    (shop / "more.guerdon").write_text("unit star\n")
    assert guerdon.load(shop).path == shop / "main.guerdon"


def test_what_is_wrong_in_a_used_file_is_told_there(shop: Path) -> None:
    (shop / "parts" / "units.guerdon").write_text("unit point\n  worth 1 USD\n")
    (said,) = check_file(shop / "main.guerdon")[1]
    assert said.span is not None and str(said.span) == f"{shop / 'parts' / 'units.guerdon'}:2:9"


@pytest.mark.parametrize(
    "name",
    ["../units.guerdon", "parts/../../units.guerdon", "/etc/hosts", "C:/units.guerdon", "\\\\host\\units.guerdon"],
)
def test_no_name_leads_out_of_the_folder(shop: Path, name: str) -> None:
    assert using(shop, name)[0] == "G435"


@pytest.mark.parametrize("name", ["https://example.org/units.guerdon", "file:///etc/hosts", "ftp://x/y.guerdon"])
def test_no_address_is_opened(shop: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setattr(socket, "socket", lambda *_: pytest.fail("a socket was opened"))
    assert using(shop, name)[0] == "G435"


@pytest.mark.parametrize("whole_folder", [False, True])
def test_no_link_leads_out_of_the_folder(
    shop: Path, tmp_path_factory: pytest.TempPathFactory, whole_folder: bool
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "units.guerdon").write_text("unit point\n")
    if whole_folder:
        (shop / "linked").symlink_to(outside)
        assert using(shop, "linked/units.guerdon")[0] == "G435"
    else:
        (shop / "linked.guerdon").symlink_to(outside / "units.guerdon")
        assert using(shop, "linked.guerdon")[0] == "G435"


def test_a_link_within_the_folder_is_followed_and_is_the_same_file(shop: Path) -> None:
    (shop / "linked.guerdon").symlink_to(shop / "parts" / "units.guerdon")
    assert using(shop, "linked.guerdon") == []
    assert using(shop, 'parts/units.guerdon"\n  use "linked.guerdon') == ["G437"]
    (shop / "loop.guerdon").symlink_to(shop / "loop.guerdon")
    assert using(shop, "loop.guerdon")[0] == "G436"


def test_a_program_does_not_use_itself(shop: Path) -> None:
    assert using(shop, "main.guerdon")[0] == "G437"
    assert using(shop, "parts/./../main.guerdon")[0] == "G435"


def test_too_many_files_and_too_large_ones_are_refused(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_BYTES", 100)
    (shop / "large.guerdon").write_text("# " + "x" * 100 + "\nunit point\n")
    assert using(shop, "large.guerdon")[0] == "G438"
    monkeypatch.setattr(folder, "MOST_FILES", 3)
    names = [f"u{number}.guerdon" for number in range(4)]
    for name in names:
        (shop / name).write_text(f"unit {name[:2]}\n")
    assert "G438" in using(shop, '"\n  use "'.join(names))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_no_file(shop: Path) -> None:
    os.mkfifo(shop / "pipe.guerdon")
    assert using(shop, "pipe.guerdon")[0] == "G436"


def test_a_program_from_standard_input_stands_in_no_folder() -> None:
    done = CliRunner().invoke(main, ["check", "-"], input=MAIN)
    assert done.exit_code == 1 and "error G436: `parts/units.guerdon` can't be read here" in done.output


def test_expand_prints_all_files_and_the_result_means_the_same(shop: Path) -> None:
    (shop / "parts" / "units.guerdon").write_text(
        '# units\nunit point  # whole\n\ntable fare\n  by    amount\n  from  "fares.csv"\n'
    )
    (shop / "parts" / "fares.csv").write_text("amount [EUR],rate [%]\nfrom 0,5\n")
    before = check_file(shop / "main.guerdon")[0]
    done = CliRunner().invoke(main, ["expand", str(shop / "main.guerdon")])
    assert '  from        "parts/fares.csv"' in done.output and "# units\nunit point" in done.output
    assert "use " not in done.output
    (shop / "main.guerdon").write_text(done.output)
    assert before is not None and check_file(shop / "main.guerdon")[0] == before


def test_fmt_lays_out_the_file_that_it_is_given_alone(shop: Path) -> None:
    before = (shop / "parts" / "units.guerdon").read_bytes()
    assert CliRunner().invoke(main, ["fmt", str(shop / "main.guerdon")]).exit_code == 0
    assert '  use         "parts/units.guerdon"\n' in (shop / "main.guerdon").read_text()
    assert (shop / "parts" / "units.guerdon").read_bytes() == before


# ---------------------------------------------------------------- values of params


def test_a_param_may_be_given_another_value_of_its_kind(shop: Path) -> None:
    assert codes(shop, rate="2 point per full 1 EUR") == []
    assert codes(shop, rate="5%") == ["G433"]
    assert codes(shop, rate="2 point per 1 USD") == ["G433"]
    assert codes(shop, rate="2 *") == ["G426"]
    assert codes(shop, rate="1 point per 1 EUR\n  is 2 point per 1 EUR") == ["G426"]
    assert codes(shop, rate='2 point per 1 EUR  # "') == ["G426"]
    assert codes(shop, rates="2 point per 1 EUR") == ["G432"]


def test_the_library_and_every_command_take_it(shop: Path) -> None:
    other = guerdon.load(shop, set={"rate": "3 point per 1 EUR"}).typed
    assert other.tables["rate"].otherwise != guerdon.load(shop).typed.tables["rate"].otherwise
    failed = CliRunner().invoke(main, ["test", str(shop), "--set", "rate=3 point per 1 EUR"])
    assert failed.exit_code == 1 and "expected 10 point and found 30 point" in failed.output
    for command in ("check", "test", "run", "explain", "compare"):
        assert any("--set" in each.opts for each in main.commands[command].params)
    assert "is not written like" in CliRunner().invoke(main, ["check", str(shop), "--set", "rate"]).output


def test_a_param_stands_where_a_plain_value_can_stand(tmp_path: Path) -> None:
    text = """\
program "P"
  currency  EUR

param at_gold
  is  20 point

param cent
  is  0.01 EUR

param begin
  is  2026-03-01

param finish
  is  2026-03-31

param many
  is  10 EUR

unit point
  worth  cent
  debt   up to at_gold

event purchase
  amount  money

table large
  by   amount
  row  from 0 EUR: 1 point
  row  from many: at_gold

tiers status
  counts  point earned this calendar year
  tier    Green
  tier    Gold at at_gold
  lasts   forever

earn "March"
  on       purchase
  during   begin through finish
  during   from begin
  during   2026-01-01 through finish
  during   begin through 2026-12-31
  give     large(amount) * 3
  minimum  at_gold
  limit    at_gold per event

test "t"
  event   purchase on 2026-03-31: amount 5 EUR
  expect  20 point
  expect  status Gold
  event   purchase on 2026-04-01: amount 10 EUR
  expect  0 point
"""
    (tmp_path / "main.guerdon").write_text(text)
    typed, found = check_file(tmp_path / "main.guerdon")
    assert typed is not None, [render(each) for each in found]
    done = CliRunner().invoke(main, ["test", str(tmp_path)])
    assert done.output == "1 passed, 0 failed\n"
    again, _ = check_file(tmp_path / "main.guerdon", {"at_gold": "30 point", "many": "4 EUR"})
    assert again is not None and again.ladders["status"].tiers[1].at == 30
