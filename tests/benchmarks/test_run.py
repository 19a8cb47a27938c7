"""What the benchmarks say can be relied on: rounds, ratios, growth, the table and the list; and that what is compared computes the same."""

from __future__ import annotations

import io
import json
from pathlib import Path
from statistics import median

import duckdb
import pytest
from rich.console import Console
from tests.benchmarks import figures, kernel, measure, report, run, startup
from tests.benchmarks.measure import Range
from tests.benchmarks.peers import (
    cel,
    drools,
    hand_c,
    json_logic,
    panel,
    polars,
    read_and_write,
    rule_engine,
    sql,
    zen,
)
from tests.benchmarks.report import Found, Other
from tests.benchmarks.workload import TOTALS, Missing, Wrong, agree, history

PEERS = [zen, cel, rule_engine, json_logic, drools, polars, sql]
PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def test_sides_take_turns(monkeypatch):
    monkeypatch.setattr(measure, "OFTEN", 1)
    order: list[str] = []
    took = measure.interleaved(3, {"A": lambda: order.append("A"), "B": lambda: order.append("B")})
    assert "".join(order) == "AB" * 4, "a first round that is not counted, and three"
    assert {name: len(each) for name, each in took.items()} == {"A": 3, "B": 3}


def test_what_takes_no_time_is_run_often():
    runs: list[int] = []
    measure.interleaved(1, {"quick": lambda: runs.append(1)})
    assert len(runs) > 100


def test_a_side_that_takes_twice_as_long_has_twice_the_ratio():
    assert measure.spread(measure.ratios([2, 4, 8], [1, 2, 2])) == Range(2, 2, 4)


@pytest.mark.parametrize("power", [0, 0.5, 1, 2])
def test_growth_is_the_exponent(power):
    sizes = [100, 1_000, 10_000]
    assert measure.growth(sizes, [3 * size**power for size in sizes]) == pytest.approx(power)


def test_growth_of_one_that_is_off_is_what_fits_best():
    assert 0.9 < measure.growth([1, 2, 4, 8], [1, 2, 5, 8]) < 1.2


def test_memory_is_what_is_held_above_what_is_imported():
    assert 90e6 < measure.memory("import json", "held = b'x' * 100_000_000; del held") < 130e6
    with pytest.raises(RuntimeError, match="no memory at all"):
        measure.memory("", "raise ValueError('no memory at all')")


# ---------------------------------------------------------------- figures

BENCH = figures.Bench(members=1_000, rounds=1, folder=Path())
OTHER = Other("SQL", 50_158, Range(300_000, 250_000, 350_000), "approximates W")


def of(found: Found | Exception, floor: float = 30, at_most: bool = False) -> report.Result:
    def how(bench: figures.Bench) -> Found:
        if isinstance(found, Exception):
            raise found
        return found

    return figures.Figure("sql", "W against SQL", floor, how, at_most).measured(BENCH)


@pytest.mark.parametrize(
    ("figure", "floor", "at_most", "met"),
    [(38, 30, False, True), (30, 30, False, True), (29, 30, False, False), (12, 18, True, True), (19, 18, True, False)],
)
def test_a_floor_is_met_or_missed(figure, floor, at_most, met):
    assert of(Found(Range(figure, 1, 100)), floor, at_most).met is met


@pytest.mark.parametrize(
    ("problem", "why"),
    [
        (Missing("polars is not installed"), "polars is not installed"),
        (Wrong("Polars comes to 1, not 2"), "wrong: Polars comes to 1, not 2"),
    ],
)
def test_what_can_not_be_measured_is_a_line_that_says_why(problem, why):
    result = of(problem)
    assert (result.met, result.found.why) == (None, why)
    assert report.as_object(result)["why"] == why


def test_the_list_has_an_object_for_each_figure():
    measured = of(Found(Range(38.2, 31.0, 44.0), other=OTHER, limit=Range(60, 50, 70)))
    shown, missing = json.loads(report.as_json([measured, of(Missing("not there"))]))
    assert {name: shown[name] for name in ("name", "figure", "low", "high", "floor", "met")} == {
        "name": "sql",
        "figure": 38.2,
        "low": 31.0,
        "high": 44.0,
        "floor": 30,
        "met": True,
    }
    assert (shown["other"]["events_per_second"], shown["hand_c"]["figure"]) == (300_000, 60)
    assert "why" not in shown
    assert (missing["figure"], missing["met"], missing["why"]) == (None, None, "not there")


def test_the_table_shows_figure_floor_and_the_other_side():
    written = io.StringIO()
    results = [of(Found(Range(38.2, 31.0, 44.0), other=OTHER)), of(Missing("not there"), 18, True)]
    report.printed(results, Console(file=written, width=300))
    first, second = [line for line in written.getvalue().splitlines() if line.strip().startswith("sql")]
    for part in ("at least 30.0 x", "38.2 x (31.0 to 44.0)", "met", "SQL: 300,000 (250,000 to 350,000)"):
        assert part in first
    assert "at most 18.0 x" in second
    assert "not there" in second


def test_a_figure_is_printed_with_whether_it_is_met(capsys):
    assert run.main(["--only", "state-lean", "state-full", "--json"]) == 0
    lean, full = json.loads(capsys.readouterr().out)
    assert (lean["name"], lean["met"], full["met"]) == ("state-lean", True, True)
    assert lean["figure"] < full["figure"]


@pytest.mark.parametrize(("what", "size"), [("rules", 3), ("lots", 1_000)])
def test_what_grows_is_counted_right(what, size):
    try:
        kernel.of_size(what, size)()
    except Missing as problem:
        pytest.skip(str(problem))


def test_each_figure_has_a_name_of_its_own_and_stands_in_the_manual():
    names = [figure.name for figure in figures.FIGURES]
    assert len(set(names)) == len(names)
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in names if f"`{name}`" not in page] == []


# ---------------------------------------------------------------- what is compared


def test_a_side_that_computes_something_else_is_wrong():
    with pytest.raises(Wrong, match=r"zen comes to 1, not 2"):
        agree("zen", 1, 2)


def test_the_hand_written_kernel_comes_to_the_totals_of_w(tmp_path):
    try:
        assert hand_c.totals(1_000, tmp_path) == TOTALS[1_000]
    except Missing as problem:
        pytest.skip(str(problem))


@pytest.mark.slow
@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.__name__.rpartition(".")[2])
def test_each_peer_computes_what_it_is_measured_with(peer, tmp_path):
    """`prepare` asks it, over at least 20,000 events."""
    try:
        assert peer.prepare(history(1_000), tmp_path).events >= 20_000
    except Missing as problem:
        pytest.skip(str(problem))


@pytest.mark.slow
def test_the_files_hold_the_awards_and_events_of_w(tmp_path, monkeypatch):
    monkeypatch.setattr(read_and_write, "PART", 300)
    try:
        events = read_and_write.events(history(1_000), tmp_path / "events.parquet")
        kernel.run_parquet(history(1_000), events, tmp_path)
        assert read_and_write.side(history(1_000), events, [tmp_path / "awards.parquet"], tmp_path).run() == 50_158
        folder = read_and_write.many(20_000, tmp_path)
    except Missing as problem:
        pytest.skip(str(problem))
    given = "SELECT sum(quantity)::BIGINT, count(DISTINCT id) = count(*) FROM '{}'"
    found = duckdb.execute(given.format(tmp_path / "awards.parquet")).fetchall()
    assert found == [(sum(TOTALS[1_000].points[:-1]), True)]
    drawn = "SELECT count(*) >= 20000, count(DISTINCT id) = count(*), count(DISTINCT member) > 300 FROM '{}/*.parquet'"
    found = duckdb.execute(drawn.format(folder)).fetchall()
    assert found == [(True, True, True)]


@pytest.mark.slow
def test_the_panel_on_the_reference_engine_gives_awards():
    assert panel.prepare().run()


@pytest.mark.slow
def test_checking_twenty_rules_takes_at_most_18_times_bare_python(tmp_path):
    assert median(startup.times(9, tmp_path, [startup.CHECK])[startup.CHECK]) <= 18


@pytest.mark.slow
def test_1_000_events_are_run_from_a_file(tmp_path):
    assert startup.times(1, tmp_path, [startup.RUN])[startup.RUN][0] > 1
