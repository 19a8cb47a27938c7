"""The command line keeps its contract: what each command prints, and how it exits."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from guerdon.cli import main

GOOD = """program "P"
  currency    USD

unit point

event purchase
  amount      money

earn "Base"
  on          purchase
  give        1 point per 1 USD of amount
  round       down per event

test "base"
  event       purchase on 2026-01-01: amount 3.50 USD
  expect      3 point from "Base"
"""
MAPPING = """sources:
  sales: {file: sales.csv, timezone: UTC}
events:
  purchase:
    from: sales
    id: id
    member: who
    at: at
    fields: {amount: amount}
"""
SALES = """id,who,at,amount
1,ana,2026-01-01 10:00:00,10.00
2,ben,2026-01-02 10:00:00,5.50
3,ana,2026-01-03 10:00:00,0.99
"""


@pytest.fixture
def run() -> Callable[..., Result]:
    """Runs a command in this process; what it printed and how it exited."""

    def ran(*arguments: object, given: str | None = None) -> Result:
        return CliRunner().invoke(main, [str(each) for each in arguments], input=given)

    return ran


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with a program and its history."""
    for name, text in {"shop.guerdon": GOOD, "history.yaml": MAPPING, "sales.csv": SALES}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


class TestCheck:
    def test_says_nothing_of_a_good_program_and_exits_0(self, run, shop):
        done = run("check", shop)
        assert (done.exit_code, done.stdout) == (0, "nothing to say: fine\n")

    def test_says_how_large_states_get_where_it_is_asked(self, run, shop):
        first, *sizes = run("check", shop, "--size").stdout.splitlines()
        assert first == "nothing to say: fine"
        assert re.fullmatch(r"state of a member: at most \d+ bytes, and for each", sizes[0])

    def test_tells_what_is_wrong_and_exits_1(self, run, shop):
        (shop / "shop.guerdon").write_text(GOOD.replace("per 1 USD", "per 1 EUR"))
        done = run("check", shop / "shop.guerdon")
        assert done.exit_code == 1
        assert "error G202" in done.stdout
        assert "1 error, 0 warnings" in done.stdout

    def test_gives_json(self, run, shop):
        (shop / "shop.guerdon").write_text(GOOD.replace("per 1 USD", "per 1 EUR"))
        (told,) = json.loads(run("check", shop, "--format", "json").stdout)
        assert (told["code"], told["place"]["line"], told["severity"]) == ("G202", 11, "error")

    def test_reads_standard_input(self, run):
        assert run("check", "-", given=GOOD).exit_code == 0

    def test_an_unreadable_file_is_wrong_use(self, run, tmp_path):
        done = run("check", tmp_path / "none.guerdon")
        assert done.exit_code == 2
        assert "G901" in done.stderr
        assert "can't be read" in done.stderr

    def test_a_folder_without_a_program_is_wrong_use(self, run, tmp_path):
        done = run("check", tmp_path)
        assert done.exit_code == 2
        assert "holds no program" in done.stderr


class TestFmt:
    def test_lays_out_a_file_once(self, run, shop):
        file = shop / "shop.guerdon"
        file.write_text(GOOD.replace("  give        1 point", " give 1   point"))
        assert run("fmt", "--check", file).exit_code == 1
        assert file.read_text() != GOOD, "--check changes nothing"
        assert run("fmt", file).exit_code == 0
        assert file.read_text() == GOOD
        assert run("fmt", "--check", file).exit_code == 0

    def test_lays_out_standard_input(self, run):
        assert run("fmt", "-", given=GOOD.replace("  give  ", " give ")).stdout == GOOD

    def test_leaves_a_file_that_can_t_be_read_as_it_is(self, run, shop):
        file = shop / "shop.guerdon"
        file.write_text("program\n")
        assert run("fmt", file).exit_code == 1
        assert file.read_text() == "program\n"


def test_expand_writes_shorthand_out_and_the_result_checks(run, shop):
    done = run("expand", shop)
    assert 'rule "Base"' in done.stdout
    assert "earn" not in done.stdout
    assert run("check", "-", given=done.stdout).exit_code == 0


class TestTest:
    def test_counts_what_passed(self, run, shop):
        done = run("test", shop)
        assert (done.exit_code, done.stdout) == (0, "1 passed, 0 failed\n")

    def test_shows_what_came_instead_at_its_place(self, run, shop):
        (shop / "shop.guerdon").write_text(GOOD.replace("expect      3", "expect      4"))
        done = run("test", shop)
        assert done.exit_code == 1
        assert "expected 4 point and found 3 point" in done.stdout
        assert "shop.guerdon:16:" in done.stdout
        told = json.loads(run("test", shop, "--format", "json").stdout)
        assert told[0]["misses"][0]["found"] == "3 point"


class TestRun:
    def test_prints_a_summary(self, run, shop):
        done = run("run", shop)
        assert done.exit_code == 0, done.output
        for shown in ("3 events of 2 members", "Base", "15 point", "Nothing was set aside"):
            assert shown in done.stdout

    def test_says_which_fact_the_sales_are(self, run, shop):
        assert "Sales 16.49 USD: `amount` of purchase." in run("run", shop).stdout
        back = "event refund\n  reverses purchase\n\nearn"
        (shop / "shop.guerdon").write_text(GOOD.replace("earn", back, 1))
        refund = "  refund: {from: backs, id: id, member: who, at: at, fields: {purchase: purchase}}\n"
        backs = "sources:\n  backs: {file: backs.csv, timezone: UTC}\n"
        (shop / "history.yaml").write_text(MAPPING.replace("sources:\n", backs) + refund)
        (shop / "backs.csv").write_text("id,who,at,purchase\nR1,ana,2026-01-05 10:00:00,1\n")
        assert "Sales 16.49 USD: `amount` of purchase, before returns." in run("run", shop).stdout

    def test_shows_no_balances_where_nothing_can_be_spent(self, run, shop):
        assert "Balances" in run("run", shop).stdout
        (shop / "shop.guerdon").write_text(GOOD.replace("unit point", "unit point\n  kind status"))
        assert "Balances" not in run("run", shop).stdout

    def test_gives_json_that_adds_up(self, run, shop):
        told = json.loads(run("run", shop, "--format", "json").stdout)
        assert told["events"] == 3
        assert told["sales"] == "16.49"
        assert told["rules"][0]["quantity"] == "15"
        assert told["units"][0]["balance"] == "15"

    def test_writes_tables(self, run, shop, tmp_path):
        assert run("run", shop, "--out", tmp_path / "out").exit_code == 0
        assert {each.name for each in (tmp_path / "out").iterdir()} == {
            "awards.parquet",
            "balances.parquet",
            "lots.parquet",
            "postings.parquet",
            "funding.parquet",
            "refused.parquet",
            "effects.parquet",
            "offers.parquet",
            "ranks.parquet",
            "tiers.parquet",
            "rejected.parquet",
        }

    def test_sets_bad_rows_aside_goes_on_and_exits_1_unless_that_is_allowed(self, run, shop):
        (shop / "sales.csv").write_text(SALES + "4,ben,2026-01-04 10:00:00,lots\n")
        done = run("run", shop)
        assert done.exit_code == 1
        assert "Set aside: 1 row" in done.stdout
        assert "sales.csv, row 4 below the header" in done.stdout
        assert "15 point" in done.stdout
        assert run("run", shop, "--allow-rejected").exit_code == 0

    def test_as_of_reads_through_a_day(self, run, shop):
        told = json.loads(run("run", shop, "--as-of", "2026-01-01", "--format", "json").stdout)
        assert (told["events"], told["later"]) == (1, 2)

    def test_a_mapping_that_is_wrong_is_wrong_use(self, run, shop):
        (shop / "history.yaml").write_text(MAPPING.replace("member: who", "member: whom"))
        done = run("run", shop)
        assert done.exit_code == 2
        assert "history.yaml:7" in done.stderr

    def test_a_program_that_is_wrong_is_wrong_use(self, run, shop):
        (shop / "shop.guerdon").write_text("program\n")
        assert run("run", shop).exit_code == 2


class TestExplain:
    def test_lists_a_members_events(self, run, shop):
        done = run("explain", shop, "--member", "ana")
        assert done.exit_code == 0
        assert '10 point "Base"' in done.stdout
        assert "Now: 10 point" in done.stdout

    def test_says_why(self, run, shop):
        done = run("explain", shop, "--member", "ben", "--event", "2", "--rule", "Base")
        for shown in ('"Base" gave 5 point', "amount is 5.50 USD", "comes to 5.5 point", "0.5 point dropped"):
            assert shown in done.stdout

    def test_says_why_not(self, run, shop):
        guarded = GOOD.replace(
            "  on          purchase\n  give", "  on          purchase\n  when        amount >= 6 USD\n  give"
        )
        (shop / "shop.guerdon").write_text(guarded)
        done = run("explain", shop, "--member", "ben", "--event", "2")
        for shown in (
            '"Base" gave nothing',
            "amount >= 6 USD",
            "amount is 5.50 USD",
            "does not hold: 0.50 USD too little",
        ):
            assert shown in done.stdout

    def test_says_what_would_have_been_enough(self, run, shop):
        guarded = GOOD.replace(
            "  on          purchase\n  give", "  on          purchase\n  when        amount >= 6 USD\n  give"
        )
        (shop / "shop.guerdon").write_text(guarded)
        done = run("explain", shop, "--member", "ben", "--event", "2")
        assert "nearest     amount is 5.50 USD" in done.stdout
        assert "6.00 USD would have been enough: 6 point" in done.stdout

    def test_says_what_a_balance_is_made_of_on_a_date(self, run, shop):
        done = run("explain", shop, "--member", "ana", "--rule", "point", "--as-of", "2026-12-31")
        assert done.exit_code == 0
        assert "10 point of ana at the end of 2026-12-31" in done.stdout
        assert '"Base" of purchase 1' in done.stdout

    def test_explains_an_award_by_its_id(self, run, shop):
        done = run("explain", shop, "--award", "purchase/2/Base")
        assert done.stdout.startswith("purchase 2 of ben")
        assert run("explain", shop, "--award", "purchase/2/Base", "--member", "ben").exit_code == 2
        assert run("explain", shop).exit_code == 2

    def test_makes_a_page_of_a_member(self, run, shop):
        done = run("explain", shop, "--member", "ben", "--format", "html")
        assert done.stdout.startswith("<!doctype html>") and done.stdout.rstrip().endswith("</html>")
        assert "<svg" in done.stdout and "<details" in done.stdout and "comes to 5.5 point" in done.stdout

    def test_names_what_there_is_not(self, run, shop):
        for asked, said in {
            ("--member", "zoe"): "no event of the history is of a member zoe",
            (
                "--member",
                "ana",
                "--as-of",
                "2025-01-01",
            ): "no event of the history through 2025-01-01 is of a member ana",
            ("--award", "purchase/9/Base"): "no event of the history gives an award purchase/9/Base",
            ("--member", "ana", "--rule", "points"): 'did you mean "point"?',
            ("--member", "ana", "--event", "1", "--rule", "point"): "point is a unit",
            ("--member", "ana", "--event", "2"): "2 is an event of ben: ask for `--member ben`",
            ("--member", "ana", "--event", "9"): "ana has no event 9",
            ("--member", "ana", "--event", "1", "--rule", "Bass"): 'did you mean "Base"?',
        }.items():
            done = run("explain", shop, *asked)
            assert done.exit_code == 2
            assert said in done.stderr


def test_compare_shows_the_difference_that_a_version_makes(run, shop, tmp_path):
    newer = tmp_path / "newer.guerdon"
    newer.write_text(GOOD.replace("1 point per 1 USD", "2 point per 1 USD"))
    done = run("compare", shop / "shop.guerdon", newer, "--history", shop, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "32" in done.stdout, "20 + 11 + 1"
    assert (tmp_path / "out" / "members.csv").exists()
    told = run("compare", shop / "shop.guerdon", newer, "--history", shop, "--format", "json")
    assert json.loads(told.stdout)


def test_code_explains_a_code_and_offers_the_nearest(run):
    assert "G201" in run("code", "g201").stdout
    done = run("code", "G20l")
    assert done.exit_code == 2
    assert "did you mean G" in done.stderr


def test_new_makes_a_program_that_checks_passes_its_tests_and_runs(run, tmp_path):
    folder = tmp_path / "mine"
    assert run("new", folder).exit_code == 0
    for command in ("check", "test", "run"):
        assert run(command, folder).exit_code == 0, command
    assert run("fmt", "--check", folder).exit_code == 0
    done = run("new", folder)
    assert done.exit_code == 2
    assert "already there" in done.stderr


def test_a_program_may_lie_apart_from_its_history(run, shop, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.move(shop / "shop.guerdon", elsewhere / "shop.guerdon")
    assert run("run", elsewhere, "--history", shop).exit_code == 0


@pytest.mark.parametrize(("option", "name", "said"), [("--report", "r.pdf", "HTML"), ("--xlsx", "r.csv", "workbook")])
def test_a_file_is_written_under_a_name_that_says_what_it_is(run, shop, option, name, said):
    found = run("compare", shop / "shop.guerdon", shop / "shop.guerdon", "--history", shop, option, shop / name)
    assert found.exit_code == 2 and not (shop / name).exists()
    assert f"this writes a {'page of ' if said == 'HTML' else ''}{said}: give it a name like `report." in " ".join(
        found.output.split()
    )
