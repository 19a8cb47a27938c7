"""Measurements: every figure is worked out by hand, or by another way over the same history."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.history.conftest import typed

from guerdon.cli import main
from guerdon.history.open import open_frames
from guerdon.library import Outcome, Program, load
from guerdon.study.measure.asked import Asked, MeasureError
from guerdon.study.measure.control import Sample, welch
from guerdon.study.measure.measure import check
from guerdon.study.measure.revenue import allocated, earned
from guerdon.study.measure.survey import score
from guerdon.study.measure.value import closed_form
from guerdon.study.report import page, shown
from guerdon.study.report.plots import Line, drawn, ticks
from guerdon.study.report.report import Report

ROOT = Path(__file__).resolve().parents[2]
FRAME = """
program "Shop"
  currency  USD
  timezone  America/New_York
"""
SHOP = f"""{FRAME}
unit point
  worth     0.10 USD
  expires   3 months after earned, at end of month
event purchase
  amount    money
event refund
  amount    money
  reverses  purchase
  part      amount
earn "Points"
  on        purchase
  give      1 point per full 1 USD of amount
redeem "Voucher"
  cost      100 point
"""
Row = dict[str, Any]
Events = Mapping[str, Sequence[Row]]
ENGINES = ("reference", "kernel")
each_engine = pytest.mark.parametrize("engine", ENGINES)


def ran(program: str, events: Events, as_of: date | None = None, engine: str = "auto", **members: Any) -> Outcome:
    """A program's outcome on events; times without a zone are New York's."""
    of = Program(typed(program), (), Path("shop"))
    frames = {name: pyarrow.Table.from_pylist(list(rows)) for name, rows in {**events, **members}.items() if rows}
    return of.run(open_frames(frames, of.typed, "America/New_York"), as_of, engine=engine)


def buy(id: str, member: str, at: str, amount: object, **more: str) -> Row:
    return {"id": id, "member": member, "at": at, "amount": str(amount), **more}


def refund(id: str, member: str, at: str, amount: object, of: str) -> Row:
    return buy(id, member, at, amount, purchase=of)


def ask(id: str, member: str, at: str, reward: str) -> Row:
    return {"id": id, "member": member, "at": at, "reward": reward}


def column(report: Report, table: str, *names: str) -> list[Any]:
    """Some columns of a table, row by row; of one column its values."""
    found = [report.table(table).column(name) for name in names]
    return [row[0] if len(row) == 1 else row for row in zip(*found, strict=True)]


def usd(amount: str) -> Fraction:
    return Fraction(amount)


# ---------------------------------------------------------------- sales, members, cohorts

BOUGHT = {
    "purchase": [
        buy("1", "ana", "2026-01-05T10:00", 20),
        buy("2", "ana", "2026-01-05T18:00", 10),
        buy("3", "ben", "2026-01-20T10:00", "7.50"),
        buy("4", "ana", "2026-02-10T10:00", 100),
        buy("5", "cleo", "2026-02-28T23:30", 40),
        buy("6", "ben", "2026-05-02T10:00", 12),
    ],
    "refund": [refund("7", "ana", "2026-03-01T09:00", 30, "4")],
}


@each_engine
def test_returns_reduce_the_sales_of_their_own_month(engine):
    report = ran(SHOP, BOUGHT, engine=engine).measure()
    assert column(report, "sales", "purchases", "sales", "returns", "net_sales", "buyers", "new_buyers") == [
        (3, usd("37.50"), 0, usd("37.50"), 2, 2),
        (2, 140, 0, 140, 2, 1),
        (0, 0, 30, -30, 0, 0),
        (0, 0, 0, 0, 0, 0),
        (1, 12, 0, 12, 1, 0),
    ]
    assert column(report, "sales", "frequency", "basket")[0] == (Fraction(3, 2), usd("12.50"))


def test_a_month_is_that_of_the_programs_own_clock():
    """Half past eleven in New York is in March in UTC already."""
    report = ran(SHOP, BOUGHT).measure()
    assert column(report, "sales", "month", "purchases")[1] == (date(2026, 2, 1), 2)
    early = SHOP.replace("America/New_York", "America/New_York\n  day starts 04:00")
    night = {"purchase": [buy("1", "ana", "2026-03-01T03:30", 1), buy("2", "ana", "2026-03-01T04:00", 2)]}
    assert column(ran(early, night).measure(), "sales", "month", "sales") == [
        (date(2026, 2, 1), 1),
        (date(2026, 3, 1), 2),
    ]


@each_engine
def test_who_is_active_lapses_and_is_won_back(engine):
    """Ana lapses on 4 February, is back on the 10th and lapses on 12 March; Ben lapses on 19 February, Cleo on 30 March, and Ben is back on 2 May."""
    report = ran(SHOP, BOUGHT, engine=engine).measure(Asked(lapsed_after=30))
    figures = column(report, "members", "members", "active", "newly_lapsed", "won_back", "lapsed", "repeat_rate")
    assert figures == [
        (2, 2, 0, 0, 0, Fraction(1, 2)),
        (3, 2, 2, 1, 1, Fraction(1, 3)),
        (3, 0, 2, 0, 3, Fraction(1, 3)),
        (3, 0, 0, 0, 3, Fraction(1, 3)),
        (3, 1, 0, 1, 2, Fraction(2, 3)),
    ]


def test_a_member_lapses_on_the_day_on_which_the_days_are_over():
    history = {"purchase": [buy("1", "ana", "2026-01-01T10:00", 1), buy("2", "ben", "2026-01-02T10:00", 1)]}
    report = ran(SHOP, history, date(2026, 1, 31)).measure(Asked(lapsed_after=30))
    assert column(report, "members", "active", "lapsed") == [(1, 1)]


@settings(max_examples=40, deadline=None)
@given(
    visits=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 200)), min_size=1, max_size=12),
    lapsed_after=st.integers(1, 70),
)
def test_active_and_lapsed_members_are_those_that_a_count_by_day_finds(visits, lapsed_after):
    start = date(2026, 1, 1).toordinal()
    bought = [buy(str(at), who, f"{date.fromordinal(start + day)}T10:00", 1) for at, (who, day) in enumerate(visits)]
    report = ran(SHOP, {"purchase": bought}, date(2026, 8, 15)).measure(Asked(lapsed_after=lapsed_after))
    for month, members, active, lapsed in column(report, "members", "month", "members", "active", "lapsed"):
        end = min(date(month.year, month.month + 1, 1).toordinal() - 1, date(2026, 8, 15).toordinal())
        last = {
            who: max(day for other, day in visits if other == who and start + day <= end)
            for who, day in visits
            if start + day <= end
        }
        still = sum(end - (start + day) < lapsed_after for day in last.values())
        assert (members, active, lapsed) == (len(last), still, len(last) - still)


def test_cohorts_are_followed_from_their_first_month_on():
    report = ran(SHOP, BOUGHT).measure()
    names = ("cohort", "members", "repeat_rate", "month_1", "month_2", "month_3", "month_4")
    assert column(report, "cohorts", *names) == [
        (date(2026, 1, 1), 2, 1, Fraction(1, 2), 0, 0, Fraction(1, 2)),
        (date(2026, 2, 1), 1, 0, 0, 0, 0, None),
    ]


def test_other_months_are_shown_of_the_same_figures():
    whole = ran(SHOP, BOUGHT).measure()
    part = ran(SHOP, BOUGHT).measure(Asked(since=date(2026, 2, 14), through=date(2026, 3, 1)))
    for table in ("sales", "members", "cost", "points_point", "revenue_point"):
        assert part.table(table).rows == whole.table(table).rows[1:3]
    assert (part.first, part.last) == (date(2026, 2, 1), date(2026, 3, 31))


def test_what_was_not_read_is_in_no_figure():
    report = ran(SHOP, BOUGHT, date(2026, 2, 20)).measure()
    assert column(report, "sales", "sales") == [usd("37.50"), 100]
    assert report.read == date(2026, 2, 20)
    assert any("read through 2026-02-20" in each for each in report.table("members").notes)


def test_events_that_were_set_aside_are_in_no_figure():
    """A refund of more than was paid is refused, and so is one of a purchase that nobody made."""
    refunds = [refund("7", "ana", "2026-03-01T09:00", 101, "4"), refund("8", "ana", "2026-03-01T09:00", 1, "none")]
    outcome = ran(SHOP, BOUGHT | {"refund": refunds})
    assert len(outcome.rejections) == 2
    assert column(outcome.measure(), "sales", "returns") == [0, 0, 0, 0, 0]


def test_a_purchase_that_comes_back_whole_takes_off_what_is_left_of_it():
    program = SHOP.replace("  part      amount\n", "").replace("event refund\n  amount    money", "event refund")
    refunds = [{"id": "7", "member": "ana", "at": "2026-03-01T09:00", "purchase": "4"}]
    assert column(ran(program, BOUGHT | {"refund": refunds}).measure(), "sales", "returns") == [0, 0, 100, 0, 0]
    optional = SHOP.replace("event refund\n  amount    money", "event refund\n  amount    money optional")
    both = [
        refund("7", "ana", "2026-02-11T09:00", 30, "4"),
        {"id": "8", "member": "ana", "at": "2026-03-02T09:00", "amount": None, "purchase": "4"},
    ]
    assert column(ran(optional, BOUGHT | {"refund": both}).measure(), "sales", "returns") == [0, 30, 70, 0, 0]


LINES = f"""{FRAME}
unit point
record line
  amount    money
  deposit   money
record back
  amount    money
  deposit   money
event purchase
  lines     list of line
  total     money = sum of lines.amount this event
  paid      money = sum of lines.amount this event + sum of lines.deposit this event
event refund
  lines     list of back
  reverses  purchase
  part      lines.amount by deposit
earn "Points"
  on        purchase
  give      1 point per full 1 USD of total
"""


@pytest.mark.parametrize(("amount", "sales"), [("total", 7), ("paid", usd("8.25"))])
def test_amounts_that_are_derived_are_added_up(amount, sales):
    """Sums of lines by the database, everything else as the definition of the language does."""
    lines = [{"amount": "3", "deposit": "0.25"}, {"amount": "4", "deposit": "1"}]
    bought = [{"id": "1", "member": "ana", "at": "2026-01-05T10:00", "lines": lines}]
    program = LINES.replace(
        "event refund\n  lines     list of back\n  reverses  purchase\n  part      lines.amount by deposit\n", ""
    )
    assert column(ran(program, {"purchase": bought}).measure(Asked((f"purchase.{amount}",))), "sales", "sales") == [
        sales
    ]


# ---------------------------------------------------------------- referrals and segments

REFERRALS = f"""{FRAME}
unit point
member
  told_by   member optional
event purchase
  amount    money
earn "For who told you"
  on        purchase
  give      1 point per full 1 USD of amount to member.told_by
"""


def test_referrals_bring_those_who_name_somebody_else():
    members = [{"id": "ana", "told_by": None}, {"id": "ben", "told_by": "ana"}, {"id": "cleo", "told_by": "cleo"}]
    bought = [
        buy("1", "ana", "2026-01-05T10:00", 30),
        buy("2", "ben", "2026-01-20T10:00", 10),
        buy("3", "cleo", "2026-02-01T10:00", 20),
        buy("4", "ben", "2026-02-02T10:00", 5),
    ]
    report = ran(REFERRALS, {"purchase": bought}, members=members).measure()
    names = (
        "new_buyers",
        "referred",
        "referred_share",
        "new_sales",
        "referred_sales",
        "referred_sales_share",
        "all_sales_share",
    )
    assert column(report, "referrals", *names) == [
        (2, 1, Fraction(1, 2), 40, 10, Fraction(1, 4), Fraction(1, 4)),
        (1, 0, 0, 20, 0, 0, Fraction(1, 5)),
    ]


TIERS = f"""{FRAME}
unit point
event purchase
  amount    money
tiers status
  counts    sum of purchase.amount this calendar year
  tier      Green
  tier      Silver at 100 USD
  tier      Gold at 200 USD
  lasts     while met
earn "Points"
  on        purchase
  give      1 point per full 1 USD of amount
"""


SEGMENTS = f"""{SHOP}
measure place
  is        sum of purchase.amount this month
  ranked    highest first, at end of month
table kinds
  by        place whole
  row       1: best
  row       from 2: good
  row       below 1: absent
measure kind
  is        kinds(place or 0)
"""


@each_engine
def test_segments_by_a_measure_of_words_and_moves_between_them(engine):
    events = {
        "purchase": [
            buy("1", "ana", "2026-01-05 12:00", 50),
            buy("2", "ben", "2026-01-06 12:00", 20),
            buy("3", "ben", "2026-02-06 12:00", 20),
            buy("4", "cleo", "2026-02-07 12:00", 10),
            buy("5", "cleo", "2026-03-07 12:00", 10),
        ]
    }
    report = ran(SEGMENTS, events, engine=engine).measure()
    months = [date(2026, 1, 1), date(2026, 2, 1)]
    assert report.table("segments_kind").rows == ((months[0], 1, 1, 0), (months[1], 1, 2, 0)), "March is not over"
    assert report.table("moves_kind").rows == (
        (months[0], "not there", "best", 1),
        (months[0], "not there", "good", 1),
        (months[1], "not there", "good", 1),
        (months[1], "best", "good", 1),
        (months[1], "good", "best", 1),
    )


@each_engine
def test_tiers_are_counted_as_months_end(engine):
    """Ana is Silver and Gold within January, which shows Gold alone; with the new year both begin again."""
    bought = [
        buy("1", "ana", "2025-11-05T10:00", 100),
        buy("2", "ana", "2025-11-06T10:00", 100),
        buy("3", "ben", "2025-12-20T10:00", 150),
        buy("4", "ben", "2026-01-31T23:59", 200),
    ]
    report = ran(TIERS, {"purchase": bought}, engine=engine).measure()
    assert column(report, "tiers_status", "tier_0", "tier_1", "tier_2") == [(0, 0, 1), (0, 1, 1), (1, 0, 1)]
    assert report.table("moves_status").rows == (
        (date(2025, 11, 1), "not there", "Gold", 1),
        (date(2025, 12, 1), "not there", "Silver", 1),
        (date(2026, 1, 1), "Silver", "Gold", 1),
        (date(2026, 1, 1), "Gold", "Green", 1),
    )


# ---------------------------------------------------------------- lifetime value


def test_value_so_far_is_sales_less_returns_less_what_was_given():
    """Ana 130 - 30 USD, 100 points of 0.10; Ben 19.50 USD and 7 + 12 points, Cleo 40 USD and 40 points."""
    report = ran(SHOP, BOUGHT).measure()
    assert column(report, "value", "members", "net_sales", "given", "value", "value_per_member") == [
        (2, usd("119.50"), usd("11.90"), usd("107.60"), usd("53.80")),
        (1, 40, 4, 36, 36),
    ]


def test_the_closed_form_takes_the_last_twelve_months_and_those_before():
    """Ana and Ben bought in the year before, Ana again: half are kept. Ana brings 60% of 200 - 20 in the year, less 180 points of 0.10."""
    bought = {
        "purchase": [
            buy("1", "ana", "2025-01-01T10:00", 10),
            buy("2", "ben", "2025-03-01T10:00", 10),
            buy("3", "ana", "2026-01-15T10:00", 200),
        ],
        "refund": [refund("4", "ana", "2026-02-01T10:00", 20, "3")],
    }
    asked = Asked(discount=Fraction(1, 10), margin=Fraction(6, 10))
    report = ran(SHOP, bought, date(2026, 3, 1)).measure(asked)
    assert column(report, "closed_form", "members", "margin", "retention", "value") == [
        (1, 90, Fraction(1, 2), 90 * Fraction(1, 2) / Fraction(6, 10))
    ]


def test_without_a_year_before_the_closed_form_says_what_is_missing():
    table = ran(SHOP, BOUGHT).measure(Asked(discount=Fraction(1, 10))).table("closed_form")
    assert table.column("value") == [None]
    assert "--retention" in table.warnings[0]


def test_a_model_of_a_few_members_is_none():
    table = ran(SHOP, BOUGHT).measure().table("expected_value")
    assert not table.rows
    assert table.warnings == ("2 members came back; a model is made of 30 or more.",)


def regulars(number: int) -> list[Row]:
    """So many members who first buy in January, a few of them often, some of them not for long, each for amounts around one of their own."""
    found = []
    for who in range(number):
        times, every, usual = (1, 1, 2, 3, 6, 12)[who % 6], 2 + who % 13, 5 + 13 * who % 60
        for each in range(times):
            day = date.fromordinal(date(2026, 1, 1).toordinal() + who % 29 + each * every)
            found.append(buy(f"{who}-{each}", f"m{who}", f"{day}T10:00", usual + 7 * each % 11))
    return found


def test_the_model_tells_of_everybody_in_their_cohort():
    report = ran(SHOP, {"purchase": regulars(90)}, date(2026, 6, 30)).measure(Asked(margin=Fraction(1, 2), horizon=70))
    table = report.table("expected_value")
    for members, alive, purchases, sales, margin, each in column(
        report, "expected_value", "members", "alive", "purchases", "sales", "margin", "margin_per_member"
    ):
        assert members == 90 and 0 < alive < 90 and 0 < purchases < sales
        assert margin == pytest.approx(sales / 2) and each == pytest.approx(margin / members)
    assert len(table.rows) == 1
    assert column(report, "model", "name") == ["r", "alpha", "a", "b", "p", "q", "gamma", "correlation"]


def test_without_scipy_models_and_intervals_are_left_out_and_nothing_else(monkeypatch):
    with_it = ran(CONTROL, {"purchase": regulars(80)}).measure()
    monkeypatch.setitem(sys.modules, "scipy", None)
    without = ran(CONTROL, {"purchase": regulars(80)}).measure()
    assert "guerdon[measure]" in without.table("expected_value").warnings[0]
    assert any("guerdon[measure]" in each for each in without.table("control_1").warnings)
    assert [row[:6] for row in without.table("control_1").rows] == [row[:6] for row in with_it.table("control_1").rows]
    assert without.table("control_1").rows[0][6:] == (None, None) != with_it.table("control_1").rows[0][6:]
    assert without.table("sales") == with_it.table("sales")


# ---------------------------------------------------------------- promoter score


SURVEY = f"""{FRAME}
unit point
event survey
  score     whole
event purchase
  amount    money
earn "Thanks"
  on        survey
  give      1 point
"""


def test_promoters_less_detractors_of_all_answers():
    answers = [
        {"id": str(at), "member": f"m{at}", "at": "2026-01-05T10:00", "score": str(score)}
        for at, score in enumerate([10, 9, 8, 7, 6, 0, 9])
    ]
    report = ran(SURVEY, {"survey": answers}).measure()
    assert column(report, "nps", "promoters", "passives", "detractors", "answers", "nps") == [
        (3, 2, 2, 7, Fraction(100, 7))
    ]
    assert score(0, 0, 0) is None


def test_an_answer_above_ten_is_refused():
    answers = [{"id": "1", "member": "ana", "at": "2026-01-05T10:00", "score": "11"}]
    with pytest.raises(MeasureError) as told:
        ran(SURVEY, {"survey": answers}).measure()
    assert told.value.code == "G922"


# ---------------------------------------------------------------- cost

SPENT = {
    "purchase": [
        buy("1", "ana", "2026-01-05T10:00", 300),
        buy("2", "ben", "2026-01-20T10:00", 50),
        buy("3", "ana", "2026-02-10T10:00", 100),
    ],
    "refund": [refund("4", "ana", "2026-02-11T10:00", 40, "3")],
    "redemption": [ask("5", "ana", "2026-02-20T10:00", "Voucher")],
}


@each_engine
def test_what_was_given_is_taken_back_redeemed_expired_or_open(engine):
    """Of January's 350 points 100 are spent, and 250 expire as April ends."""
    report = ran(SHOP, SPENT, date(2026, 5, 1), engine).measure()
    names = ("before", "given", "taken_back", "redeemed", "expired", "open")
    assert column(report, "points_point", *names) == [
        (0, 350, 0, 0, 0, 350),
        (350, 100, -40, -100, 0, 310),
        (310, 0, 0, 0, 0, 310),
        (310, 0, 0, 0, 0, 310),
        (310, 0, 0, 0, -250, 60),
    ]
    assert column(report, "points_point", "cost_per_point")[-1] == Fraction(410 - 250, 410) / 10
    assert column(report, "cost", "given", "breakage", "cost", "cost_share", "cost_per_sale", "redeemed", "open") == [
        (35, 0, 35, Fraction(1, 10), Fraction(35, 2), 0, 35),
        (6, 0, 6, Fraction(1, 10), 6, 10, 31),
        (0, 0, 0, None, None, 0, 31),
        (0, 0, 0, None, None, 0, 31),
        (0, 25, -25, None, None, 0, 6),
    ]


def test_open_points_are_by_age_and_by_expiry():
    """At the end of 30 March all were given 1 to 3 months ago, and go within two; on 5 March those of February were not a month old."""
    report = ran(SHOP, SPENT, date(2026, 3, 30)).measure()
    ages = {row[0]: row[1] for row in report.table("age_point").rows if row[1]}
    assert ages == {"1 to under 3 months": 310, "in all": 310}
    ends = {row[0]: row[1] for row in report.table("expiry_point").rows if row[1]}
    assert ends == {"within 3 months": 310, "in all": 310}
    lasting = SHOP.replace("  expires   3 months after earned, at end of month\n", "")
    report = ran(lasting, SPENT, date(2026, 3, 30)).measure()
    assert {row[0]: row[1] for row in report.table("expiry_point").rows if row[1]} == {
        "on no fixed day": 310,
        "in all": 310,
    }
    early = ran(lasting, SPENT, date(2026, 3, 5)).measure()
    ages = {row[0]: row[1] for row in early.table("age_point").rows if row[1]}
    assert ages == {"under 1 month": 60, "1 to under 3 months": 250, "in all": 310}


@each_engine
def test_of_a_lot_that_was_filled_twice_the_newest_is_left(engine):
    """Nothing can be taken back, so points that never expire are one lot: of 300 in January and 100 in February, 300 are left."""
    lasting = SHOP.replace("  expires   3 months after earned, at end of month\n", "")
    program = lasting.replace("event refund\n  amount    money\n  reverses  purchase\n  part      amount\n", "")
    outcome = ran(
        program,
        {"purchase": [SPENT["purchase"][0], SPENT["purchase"][2]], "redemption": SPENT["redemption"]},
        date(2026, 3, 5),
        engine,
    )
    assert outcome.lots.num_rows == 1
    ages = {row[0]: row[1] for row in outcome.measure().table("age_point").rows if row[1]}
    assert ages == {"under 1 month": 100, "1 to under 3 months": 200, "in all": 300}


# ---------------------------------------------------------------- deferred revenue


def test_the_price_of_points_is_their_share_of_stand_alone_prices():
    assert allocated(Fraction(100_000), Fraction(9_500)) == Fraction(100_000 * 9_500, 109_500)
    assert allocated(Fraction(100_000), Fraction(9_700), decimals=0) == 9_000
    assert allocated(Fraction(100), Fraction(10), Fraction(15)) == 8
    assert allocated(Fraction(0), Fraction(10)) == 0


def test_nothing_is_earned_twice_and_all_of_it_in_the_end():
    assert earned(Fraction(90), Fraction(45), Fraction(90)) == 45
    assert earned(Fraction(90), Fraction(99), Fraction(90)) == 90
    assert earned(Fraction(90), Fraction(0), Fraction(0)) == 90


@each_engine
def test_the_liability_is_what_was_deferred_and_is_not_earned(engine):
    """80% expected: January 350 * 28 / 378 = 25.93; February 100 * 8 / 108 = 7.41 less the refund's 40 * 3.20 / 43.20 = 2.96.

    100 of 0.8 * 410 = 328 are redeemed as February ends; as May begins, 250 have expired, 60 are open: 160 can be expected at most.
    """
    report = ran(SHOP, SPENT, date(2026, 5, 1), engine).measure(Asked(redeemed=((None, Fraction(8, 10)),)))
    assert column(report, "revenue_point", "deferred") == [usd("25.93"), usd("4.44"), 0, 0, 0]
    assert column(report, "revenue_point", "expected") == [280, 328, 328, 328, 160]
    assert column(report, "revenue_point", "earned") == [0, usd("9.26"), 0, 0, usd("9.72")]
    assert column(report, "revenue_point", "liability")[-1] == usd("11.39")
    for net, goods, deferred in column(report, "revenue_point", "net_sales", "goods", "deferred"):
        assert net == goods + deferred


def test_what_is_expected_is_estimated_of_what_was_decided():
    """Nothing has expired until May: all is expected. Then 100 were redeemed and 250 expired."""
    report = ran(SHOP, SPENT, date(2026, 5, 1)).measure()
    assert column(report, "revenue_point", "redemption") == [1, 1, 1, 1, Fraction(100, 350)]


# ---------------------------------------------------------------- control groups


CONTROL = (
    SHOP
    + """
earn "Extra"
  on        purchase
  give      1 point
  control   50%
"""
)


def sample(*values: int) -> Sample:
    return Sample(len(values), Fraction(sum(values)), Fraction(sum(each * each for each in values)))


def test_the_interval_is_that_of_the_tables_of_students_t():
    """Variances of 2.5 and five values each: an error of 1, eight degrees of freedom, whose t is 2.306; against no variance four, and 2.776."""
    low, high = welch(sample(1, 2, 3, 4, 5), sample(3, 4, 5, 6, 7))
    assert (round(low, 3), round(high, 3)) == (-4.306, 0.306)
    low, high = welch(sample(1, 2, 3, 4, 5), sample(0, 0, 0))
    assert (round(low, 3), round(high, 3)) == (round(3 - 2.7764 * 0.5**0.5, 3), round(3 + 2.7764 * 0.5**0.5, 3))
    assert welch(sample(1, 1), sample(3, 3)) == (-2, -2)


def test_who_was_left_out_is_compared_with_who_was_not():
    members = [f"m{at}" for at in range(80)]
    of = typed(CONTROL).rules["Extra"].control
    assert of is not None
    out = [each for each in members if of.holds(each)]
    bought = [
        buy(each, each, "2026-01-05T10:00", 10 + at % 5 if each in out else 20 + at % 5)
        for at, each in enumerate(members)
    ]
    table = ran(CONTROL, {"purchase": bought}).measure().table("control_1")
    amounts: dict[bool, list[int]] = {True: [], False: []}
    for each in bought:
        amounts[each["member"] in out].append(int(each["amount"]))
    means = [Fraction(sum(amounts[left]), len(amounts[left])) for left in (False, True)]
    assert table.rows[0][1:6] == (80 - len(out), len(out), *means, means[0] - means[1])
    low, high = table.rows[0][6:]
    assert isinstance(low, float) and isinstance(high, float) and low < means[0] - means[1] < high
    assert table.rows[1][3:6] == (1, 1, 0)
    assert any(each.startswith("Purchases: the interval holds zero") for each in table.warnings)


def test_who_bought_nothing_counts_and_few_members_say_nothing():
    quiet = CONTROL + "event signup\n"
    table = (
        ran(
            quiet,
            {
                "purchase": [buy("1", "m1", "2026-01-05T10:00", 10)],
                "signup": [{"id": "s", "member": "m2", "at": "2026-01-01T10:00"}],
            },
        )
        .measure()
        .table("control_1")
    )
    assert sum(table.rows[0][1:3]) == 2  # type: ignore[arg-type]
    assert sum("too few to say anything" in each for each in table.warnings) == 2


# ---------------------------------------------------------------- what a program says of itself


@pytest.mark.parametrize(
    ("program", "asked", "code"),
    [
        (
            SHOP.replace(
                "  amount    money\nevent refund", "  amount    money\n  tip       money\nevent refund", 1
            ).replace("of amount", "of (amount + tip)"),
            {},
            "G920",
        ),
        (SHOP, {"purchases": ("purchase.total",)}, "G920"),
        (SHOP, {"purchases": ("sale.amount",)}, "G920"),
        (SHOP, {"returns": ("purchase.amount",)}, "G921"),
        (SHOP, {"survey": "purchase.amount"}, "G922"),
    ],
)
def test_what_is_not_plain_is_asked_for(program, asked, code):
    with pytest.raises(MeasureError) as told:
        check(typed(program), Asked(**asked))
    assert told.value.code == code
    assert told.value.help


def test_of_several_amounts_the_one_is_taken_that_rules_reward():
    program = SHOP.replace("event purchase\n  amount    money", "event purchase\n  amount    money\n  tip       money")
    bought = [buy("1", "ana", "2026-01-05T10:00", 20, tip="5")]
    assert column(ran(program, {"purchase": bought}).measure(), "sales", "sales") == [20]
    tips = Asked(("purchase.tip",), returns=("refund.amount",))
    assert column(ran(program, {"purchase": bought}).measure(tips), "sales", "sales") == [5]


def test_else_the_one_that_is_measured():
    program = TIERS.replace("  amount    money", "  amount    money\n  tip       money").replace(
        "per full 1 USD of amount", ""
    )
    bought = [buy("1", "ana", "2026-01-05T10:00", 20, tip="5")]
    assert column(ran(program, {"purchase": bought}).measure(), "sales", "sales") == [20]


def test_a_period_without_events_is_refused():
    with pytest.raises(MeasureError) as told:
        ran(SHOP, BOUGHT).measure(Asked(since=date(2027, 1, 1)))
    assert told.value.code == "G923"
    with pytest.raises(MeasureError):
        Asked(since=date(2026, 2, 1), through=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"margin": Fraction(2)}, "from 0 to 1"),
        ({"discount": Fraction(0)}, "above zero"),
        ({"lapsed_after": 0}, "one or more"),
    ],
)
def test_what_makes_no_sense_is_a_mistake_of_the_caller(wrong, told):
    with pytest.raises(ValueError, match=told):
        Asked(**wrong)


def test_both_engines_measure_the_same():
    grocery = load(ROOT / "examples" / "grocery")
    one, other = (grocery.run(engine=engine).measure(Asked(discount=Fraction(1, 10))) for engine in ENGINES)
    assert one == other


def test_members_whom_the_kernel_leaves_to_the_reference_engine_are_measured_too():
    gift = {
        "id": "9",
        "member": "ana",
        "at": "2026-02-15T10:00",
        "unit": "point",
        "quantity": "5",
        "by": "desk",
        "why": "sorry",
    }
    outcomes = [ran(SHOP, SPENT | {"adjustment": [gift]}, date(2026, 5, 1), engine) for engine in ENGINES]
    one, other = (each.measure() for each in outcomes)
    assert one == other
    assert one.events == 6
    assert column(one, "points_point", "given") == [350, 105, 0, 0, 0]


@pytest.mark.parametrize("example", ["cafe", "grocery", "weddings"])
def test_every_table_adds_up_and_comes_to_what_run_says(example):
    outcome = load(ROOT / "examples" / example).run()
    report, summary = outcome.measure(), outcome.summary()
    assert sum(column(report, "sales", "sales")) == summary.sales
    for members, active, lapsed in column(report, "members", "members", "active", "lapsed"):
        assert members == active + lapsed
    assert sum(column(report, "cohorts", "members")) == column(report, "members", "members")[-1]
    for line in summary.units:
        table = report.table(f"points_{line.unit}")
        assert table.column("open")[-1] == line.balance + line.flow.held
        assert sum(table.column("given")) == line.flow.issued  # type: ignore[arg-type]
        for row in table.rows:
            figures = dict(zip((each.name for each in table.columns), row, strict=True))
            figures.pop("cost_per_point", None)
            _, before, *moved, after = figures.values()
            assert sum(moved, before) == after  # type: ignore[arg-type]
    for table in (each for section in report.sections for each in section.tables if each.name.startswith("revenue_")):
        there = Fraction(0)
        for net, goods, deferred, earned_now, liability in column(
            report, table.name, "net_sales", "goods", "deferred", "earned", "liability"
        ):
            there += deferred - earned_now
            assert (net, liability) == (goods + deferred, there)
            assert liability >= 0
    for table in (
        each for section in report.sections for each in section.tables if each.name.startswith(("age_", "expiry_"))
    ):
        *buckets, whole = table.column("open")
        assert sum(buckets) == whole  # type: ignore[arg-type]
    for ladder in outcome.program.typed.ladders:
        *_, (_, *standing) = report.table(f"tiers_{ladder}").rows
        assert standing == [
            sum(line.members for line in summary.tiers if (line.ladder, line.tier) == (ladder, each.title))
            for each in report.table(f"tiers_{ladder}").columns[1:]
        ]


# ---------------------------------------------------------------- as it is shown


def test_json_csv_and_the_page_say_the_same(tmp_path):
    arguments = ["measure", str(ROOT / "examples" / "cafe"), "--allow-rejected"]
    done = CliRunner().invoke(
        main, [*arguments, "--format", "json", "--out", str(tmp_path), "--html", str(tmp_path / "page.html")]
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    tables = {table["name"]: table for section in told["sections"] for table in section["tables"]}
    for name, table in tables.items():
        if not table["rows"]:
            continue
        with (tmp_path / f"{name}.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows == [
            {key: "" if value is None else str(value) for key, value in row.items()} for row in table["rows"]
        ]
    html = (tmp_path / "page.html").read_text()
    assert "src=" not in html and "<script" not in html
    assert all(table["title"] in html for table in tables.values())
    with (tmp_path / "definitions.csv").open(newline="") as file:
        assert {row["table"] for row in csv.DictReader(file)} >= tables.keys()


def test_every_table_says_what_its_figures_mean():
    report = load(ROOT / "examples" / "cafe").run().measure(Asked(discount=Fraction(1, 10)))
    for section in report.sections:
        assert section.tables or section.absent
        for table in section.tables:
            assert table.notes or table.warnings, table.name
            assert len({each.name for each in table.columns}) == len(table.columns)
            assert all(len(row) == len(table.columns) for row in table.rows)


def test_rows_that_were_set_aside_end_with_one():
    done = CliRunner().invoke(main, ["measure", str(ROOT / "examples" / "cafe")])
    assert done.exit_code == 1
    assert "Set aside: 1 row" in done.stdout


def test_shares_have_six_decimals_and_money_all_of_them():
    report = ran(SHOP, BOUGHT).measure()
    of = shown.as_json(report)
    assert '"referred_share"' not in json.dumps(of)
    (members,) = [table for section in of["sections"] for table in section["tables"] if table["name"] == "members"]  # type: ignore[attr-defined]
    assert [row["repeat_rate"] for row in members["rows"]][1] == "0.333333"


def test_a_drawing_holds_its_figures_between_round_numbers():
    assert ticks(0, 37) == [0, 10, 20, 30, 40]
    assert ticks(-60, 25) == [-60, -40, -20, 0, 20, 40]
    drawing = drawn("t", ["2026-01", "2026-02", "2026-03"], [Line("a<b", (1.0, None, -3.0))])
    assert drawing.count("<circle") == 2 and "<polyline" not in drawing and "a&lt;b" in drawing
    assert drawn("t", ["2026-01"], [Line("a", (None,))]) == ""
    assert page.as_html(ran(SHOP, BOUGHT).measure()).count("<svg") >= 4


def test_the_closed_form_is_that_of_the_model():
    """A margin of 100 each year, four of five kept, at 10%: the sum of 100 * (0.8 / 1.1)**year."""
    found = closed_form(Fraction(100), Fraction(8, 10), Fraction(1, 10))
    assert found == Fraction(800, 3)
    assert abs(float(found) - sum(100 * (0.8 / 1.1) ** year for year in range(1, 200))) < 1e-9
