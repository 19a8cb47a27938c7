"""The value of a param that meets a target is the one that running every value finds, in few runs; what was assumed is said."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from math import ceil, log2
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import guerdon
from guerdon import TuneError
from guerdon.cli import main
from guerdon.history.event import Event
from guerdon.project.parts import Parts, parts
from guerdon.reference.engine import Engine
from guerdon.study.compare.running import Runs
from guerdon.study.conditions.condition import condition
from guerdon.study.report import page, shown
from guerdon.study.tune.asked import Asked
from guerdon.study.tune.search import FEW, FIRST, Search, Way
from guerdon.study.tune.tune import tune
from guerdon.study.tune.tuned import Tuned

CAFE = Path(__file__).resolve().parents[2] / "examples" / "cafe"

CORNER = """
program "Corner"
  edition     2026
  currency    USD
  timezone    UTC

unit point
  worth       0.01 USD

event order
  amount      money

param silver_at
  is          100 USD

param gold_at
  is          200 USD

param bonus
  is          10%

param rate
  is          1 point per 1 USD

param steps
  is          2 point per full 10 USD

param often
  is          3

param first_day
  is          2026-01-01

param unused
  is          5

param greeting
  is          "hello"

table extra
  by          status
  row         Gold: bonus
  else        0%

tiers status
  counts      sum of order.amount this calendar year
  tier        Base
  tier        Silver at silver_at
  tier        Gold at gold_at
  lasts       while met

earn "Points"
  on          order
  give        rate of amount
  round       down per event

earn "Steps"
  on          order
  when        amount < 20 USD
  give        steps of amount

earn "Extra"
  on          order
  give        extra(status) of "Points"
  round       down per event

earn "Often"
  on          order
  when        count of order this calendar year >= often
  during      from first_day
  give        5 point
"""


@cache
def corner() -> tuple[guerdon.Program, Parts]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "corner.guerdon"
        path.write_text(CORNER, encoding="utf-8")
        return guerdon.load(path), parts(path)


def order(number: int, member: str, amount: str | Fraction) -> Event:
    at = 1_767_283_200_000_000 + number * 86_400_000_000
    return Event(f"e{number}", "order", member, at, at, number, {"amount": Fraction(amount)})


ORDERS = [
    order(number, member, amount)
    for number, (member, amount) in enumerate(
        [("a", "12"), ("b", "250.50"), ("c", "120"), ("a", "99"), ("b", "150"), ("d", "7"), ("a", "60"), ("c", "15")]
    )
]


class Told:
    """A history of some events, as far as a run asks for it."""

    def __init__(self, events: list[Event]) -> None:
        self.count = len(events)


def tuned(target: str, events: list[Event], param: str, **asked: str | bool) -> Tuned:
    program, of = corner()
    runs = Runs(lambda typed, *_: Engine(typed).run(events), lambda _: Told(events))  # type: ignore[arg-type,return-value]
    return tune(program.typed, of, runs, condition(target), Asked(param, **asked))  # type: ignore[arg-type]


def found(of: Tuned) -> tuple[str | None, bool]:
    return (of.value.written if of.value is not None else None), of.met


# ---------------------------------------------------------------- the boundary


@pytest.mark.parametrize(
    ("target", "value"),
    [
        ("Gold = 1", "200 USD"),
        ("Gold >= 2", "171 USD"),
        ("Gold >= 50%", "171 USD"),
        ("status Gold < 2", "171.01 USD"),
        ("Silver >= 50% of members", "171.01 USD"),
        ("Gold < 25%", None),
    ],
)
def test_the_boundary_is_exact_to_the_cent(target: str, value: str | None) -> None:
    """The members spent 171, 400.50, 135 and 7 dollars."""
    of = tuned(target, ORDERS, "gold_at")
    assert found(of) == (value or "200 USD", value is not None)
    assert of.runs <= 1 + FIRST + 2 * ceil(log2(of.values))


@pytest.mark.parametrize(
    ("param", "target", "asked"),
    [
        ("bonus", "cost <= 1.10% of sales", {"step": "0.5%"}),
        ("bonus", "point <= 760 point", {"step": "0.5%"}),
        ("rate", '"Points" <= 1000 point', {}),
        ("rate", "cost <= 120%", {}),
        ("steps", "point <= 800", {"high": "20 point per full 10 USD"}),
        ("often", "point >= 720", {"high": "30"}),
        ("first_day", '"Often" = 0', {}),
        ("bonus", "winners >= 1", {"step": "0.5%"}),
        ("bonus", "losers = 0", {"step": "0.5%"}),
    ],
)
def test_few_runs_find_what_all_of_them_find(param: str, target: str, asked: dict[str, str]) -> None:
    few, every = (tuned(target, ORDERS, param, every=each, **asked) for each in (False, True))
    assert few.values > FEW and few.runs < every.runs
    assert len(every.points) >= every.values
    by_hand = [each for each in every.points if each.figure is not None and few.target.met_by(each.figure)]
    assert few.met == every.met == bool(by_hand)
    if every.beyond:
        assert found(few) == found(every) and few.beyond == every.beyond
    else:
        assert not by_hand or len(by_hand) == len(every.points)


def test_the_next_value_on_the_other_side_is_shown() -> None:
    of = tuned("Gold >= 2", ORDERS, "gold_at")
    assert [each.written for each in of.beyond] == ["171.01 USD"]
    assert [row[:3] for row in of.table("boundary").rows] == [
        ("171 USD", "yes", 2),
        ("171.01 USD", "no", 1),
        ("200 USD", "no", 1),
    ]
    assert of.sections[0].says == (
        "`gold_at` 171 USD meets `Gold >= 2`: Gold 2.",
        "At 171.01 USD it is 1.",
        "At present, at 200 USD, it is 1.",
    )


def test_where_no_value_meets_the_target_the_nearest_is_told() -> None:
    of = tuned("Gold = 10%", ORDERS, "gold_at")
    assert found(of) == ("200 USD", False)
    assert of.sections[0].says[0].startswith("No value from 100.01 USD through 400 USD that was run meets")


def test_values_without_a_program_are_left_out() -> None:
    """Gold is above Silver, so that no value through Silver's makes a program."""
    of = tuned("Gold >= 3", ORDERS, "gold_at")
    assert of.points[0].written == "100.01 USD" and of.points[0].cost is not None
    with pytest.raises(TuneError, match="there is no program") as raised:
        tuned("Gold >= 3", ORDERS, "gold_at", low="50 USD")
    assert raised.value.code == "G964"


def test_a_param_that_changes_nothing_is_told() -> None:
    of = tuned("cost <= 1 USD", ORDERS, "unused", high="100")
    assert of.way is Way.LEVEL and not of.met and found(of)[0] == "5"
    assert "`unused` does not change it" in of.sections[1].says[1]


def test_a_share_of_nothing_is_no_figure() -> None:
    of = tuned("cost <= 2% of sales", [], "bonus")
    assert found(of) == (None, False)
    assert "a share of nothing" in of.sections[0].says[0]
    assert json.dumps(shown.as_json(of)) and page.as_html(of)


# ---------------------------------------------------------------- any history

AMOUNTS = st.integers(0, 30_000).map(lambda cents: Fraction(cents, 100))
HISTORIES = st.lists(st.tuples(st.sampled_from("abcdefgh"), AMOUNTS), max_size=15).map(
    lambda told: [order(number, member, amount) for number, (member, amount) in enumerate(told)]
)
TARGETS = st.sampled_from(
    ["Gold = 25%", "Gold <= 1", "Gold >= 2", "point <= 900", "cost >= 5 USD", "owed <= 1% of sales"]
)


@settings(max_examples=40, deadline=None)
@given(HISTORIES, TARGETS)
def test_what_is_found_is_what_all_values_show(events: list[Event], target: str) -> None:
    bounds = {"low": "101 USD", "high": "401 USD", "step": "12.50 USD"}
    few, every = (tuned(target, events, "gold_at", every=each, **bounds) for each in (False, True))
    assert few.values == every.runs - (few.present.number not in _grid(few)) == 25
    assert few.met == every.met
    if every.beyond and every.way is not Way.TURNS:
        assert found(few) == found(every)
        assert few.beyond == every.beyond
    assert few.runs <= FIRST + 2 + 2 * ceil(log2(few.values))


def _grid(of: Tuned) -> set[Fraction]:
    return {Fraction(101) + at * Fraction("12.5") for at in range(of.values)}


# ---------------------------------------------------------------- the search alone


def search(target: str, figures: list[int | None], every: bool = False) -> Search:
    def figure(at: int) -> Fraction | None:
        of = figures[at]
        return None if of is None else Fraction(of)

    made = Search(condition(target), len(figures), figure)
    made.run(every)
    return made


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.integers(0, 4), min_size=2, max_size=2000),
    st.booleans(),
    st.sampled_from(["<", "<=", ">", ">="]),
    st.integers(-5, 4500),
)
def test_of_what_goes_one_way_the_boundary_is_exact(rises: list[int], falls: bool, compared: str, goal: int) -> None:
    figures = list[int | None](sum(rises[: at + 1]) for at in range(len(rises)))
    figures = figures[::-1] if falls else figures
    made = search(f"x {compared} {goal}", figures)
    target = condition(f"x {compared} {goal}")
    meeting = [at for at, each in enumerate(figures) if each is not None and target.met_by(Fraction(each))]
    best = made.best(Fraction(0))
    assert best is not None
    assert made.meets(best) == bool(meeting)
    if meeting and len(meeting) < len(figures):
        assert best == (meeting[-1] if meeting[0] == 0 else meeting[0])
        assert len(made.beyond(best)) == 1
    assert len(made.found) <= max(FEW, FIRST + ceil(log2(len(figures))))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=500), st.integers(-3, 800))
def test_of_what_goes_one_way_all_values_with_one_figure_are_found(rises: list[int], goal: int) -> None:
    figures = list[int | None](sum(rises[: at + 1]) for at in range(len(rises)))
    made = search(f"x = {goal}", figures)
    best = made.best(Fraction(0))
    assert best is not None
    if goal in figures:
        assert made.stretch(best) == (figures.index(goal), len(figures) - 1 - figures[::-1].index(goal))
    else:
        assert made.distance(best) == min(abs(each - goal) for each in figures if each is not None)
    assert len(made.found) <= max(FEW, FIRST + 2 * ceil(log2(len(figures))))


def test_what_goes_up_and_down_is_looked_at_more_closely_and_told() -> None:
    hill = [50 - abs(at - 50) for at in range(101)]
    made = search("x >= 30", list[int | None](hill))
    assert made.way is Way.TURNS
    assert len(made.found) >= FEW
    assert made.meets(30) and not made.meets(29) and made.meets(70) and not made.meets(71)
    assert made.best(Fraction(90)) == 70 and made.best(Fraction(0)) == 30


def test_few_values_are_all_run() -> None:
    jagged = list[int | None](0 if at != 6 else 9 for at in range(FEW))
    assert search("x > 5", jagged).best(Fraction(0)) == 6
    assert search("x > 5", [*jagged, *jagged], every=True).is_whole


def test_values_without_a_figure_meet_nothing() -> None:
    made = search("x <= 5", [None, None, *range(60)])
    assert made.best(Fraction(0)) == 7 and not made.meets(0)
    assert search("x <= 5", [None, None]).best(Fraction(0)) is None


# ---------------------------------------------------------------- what is asked


@pytest.mark.parametrize(
    ("param", "target", "asked", "code", "message"),
    [
        ("gold", "Gold = 1", {}, "G902", "no param `gold`"),
        ("extra", "Gold = 1", {}, "G960", "is a table"),
        ("greeting", "Gold = 1", {}, "G960", 'is "hello"'),
        ("bonus", "Gold = 1", {"low": "5 USD"}, "G961", "is no value of `bonus`"),
        ("rate", "Gold = 1", {"high": "2 point per 2 USD"}, "G961", "is no value of `rate`"),
        ("steps", "Gold = 1", {"high": "2 point per 10 USD"}, "G961", "is no value of `steps`"),
        ("first_day", "Gold = 1", {"step": "1 month"}, "G961", "is no value of `first_day`"),
        ("bonus", "Gold = 1", {"step": "0%"}, "G962", "leads nowhere"),
        ("bonus", "Gold = 1", {"low": "9%", "high": "8%"}, "G962", "no two values"),
        ("bonus", "Platinum = 1", {}, "G963", "`Platinum` is no figure"),
        ("bonus", "cost <= 5 EUR", {}, "G963", "cost is in USD"),
        ("bonus", "point <= 5% of sales", {}, "G963", "neither is a share of the other"),
    ],
)
def test_what_can_t_be_looked_for(param: str, target: str, asked: dict[str, str], code: str, message: str) -> None:
    with pytest.raises(TuneError, match=message) as raised:
        tuned(target, ORDERS, param, **asked)
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("param", "asked", "first", "last", "values"),
    [
        ("bonus", {}, "0%", "20%", 201),
        ("bonus", {"step": "2.5%"}, "0%", "20%", 9),
        ("rate", {}, "0 point per 1 USD", "2 point per 1 USD", 21),
        ("steps", {}, "0 point per full 10 USD", "4 point per full 10 USD", 5),
        ("often", {"low": "1", "high": "4"}, "1", "4", 4),
        ("first_day", {"step": "10 days"}, "2025-12-02", "2026-01-31", 7),
        ("unused", {"low": "20"}, "20", "40", 21),
    ],
)
def test_values_are_those_that_the_param_counts(
    param: str, asked: dict[str, str], first: str, last: str, values: int
) -> None:
    of = tuned("point > 0", ORDERS, param, **asked)
    assert of.values == values
    assert f"{first} through {last}" in of.sections[1].says[0]


# ---------------------------------------------------------------- the command

Run = Callable[..., tuple[int, str]]


def command(*given: str) -> tuple[int, str]:
    ran = CliRunner().invoke(main, ["tune", str(CAFE), "--history", str(CAFE), *given])
    return ran.exit_code, ran.output


def test_the_command_writes_what_the_library_finds(tmp_path: Path) -> None:
    of = guerdon.tune(guerdon.load(CAFE), CAFE, "gold_at", "Gold >= 3")
    asked = "--param", "gold_at", "--target", "Gold >= 3"
    status, told = command(
        *asked, "--format", "json", "--out", str(tmp_path / "out"), "--report", str(tmp_path / "p.html")
    )
    assert status == 0
    plain = json.loads(told)
    assert plain == json.loads(json.dumps(shown.as_json(of)))
    assert (plain["value"], plain["met"]) == (of.value and of.value.written, True)
    with (tmp_path / "out" / "runs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["value"] for row in rows] == [each.written for each in of.points]
    assert {row["meets"] for row in rows} == {"yes", "no"}
    written = (tmp_path / "p.html").read_text()
    assert written.count("<circle") == len(rows) and "the target" in written


def test_a_value_that_was_found_gives_the_same_figure_when_it_is_set() -> None:
    of = guerdon.tune(guerdon.load(CAFE), CAFE, "gold_at", "Gold >= 3")
    for point in [of.value, *of.beyond]:
        assert point is not None
        tiers = guerdon.load(CAFE, set={"gold_at": point.written}).run().summary().tiers
        assert {line.tier: line.members for line in tiers}["Gold"] == point.amount


def test_the_command_ends_with_1_where_no_value_meets_the_target() -> None:
    assert command("--param", "gold_at", "--target", "Gold = 3%", "--step", "50 star")[0] == 1
    status, told = command("--param", "gold", "--target", "Gold = 3%")
    assert status == 2 and "did you mean `gold_at`?" in told
