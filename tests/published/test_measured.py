"""Measurements of published histories: as an independent query over the same files, and as published papers have it.

The data lie in a folder beside the checkout; what needs them is skipped where it is absent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import numpy
import pytest
from tests.history.conftest import typed
from tests.published.test_published import ROOT, SHARED, needs

from guerdon.library import Program, load
from guerdon.study.measure import models
from guerdon.study.measure.asked import Asked
from guerdon.study.report.report import Report

pytestmark = pytest.mark.slow

CDNOW = """
program "CDNOW"
  currency  USD
  timezone  UTC
unit point
event purchase
  amount    money
earn "Points"
  on        purchase
  give      1 point per full 1 USD of amount
"""


@pytest.fixture(scope="module")
def sample() -> Report:
    """The 1/10 sample of 2,357 customers, and what they bought through week 39."""
    data = needs(SHARED / "cdnow")
    program = Program(typed(CDNOW), (), Path("cdnow"))
    bought = duckdb.sql(
        f"""SELECT row_number() OVER ()::VARCHAR AS id, customer_id AS member, date AS at, dollar_value::DECIMAL(9,2) AS amount
            FROM '{data}/transactions.parquet' SEMI JOIN '{data}/sample_members.parquet' USING (customer_id)"""
    )
    assert bought is not None
    return program.run({"purchase": bought}, date(1997, 9, 30)).measure(Asked(horizon=273))


def test_the_model_of_buying_is_the_published_one(sample: Report) -> None:
    """Fader, Hardie and Lee (2005), table 2: r 0.243, alpha 4.414, a 0.793, b 2.426. Fader and Hardie (2013): p 6.25, q 3.74, gamma 15.44."""
    found = dict(zip(sample.table("model").column("name"), sample.table("model").column("value"), strict=True))
    published = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
    assert {name: round(float(str(found[name])), 3) for name in published} == published
    published = {"p": 6.25, "q": 3.74, "gamma": 15.44}
    assert {name: round(float(str(found[name])), 2) for name in published} == published
    assert sum(map(int, map(str, sample.table("expected_value").column("members")))) == 2357


def test_one_customer_is_expected_to_buy_as_often_as_is_published() -> None:
    """Fader and Hardie, "Implementing the BG/NBD Model for Customer Base Analysis in Excel" (2005): x 2, t_x 30.43, T 38.86, 39 weeks ahead: 1.226."""
    model = models.Buying(0.243, 4.414, 0.793, 2.426)
    x, recency, age = (numpy.array([each]) for each in (2.0, 30.43, 38.86))
    expected = model.expected(x, recency, age, 39.0)
    assert round(float(expected[0]), 3) == 1.226


# ---------------------------------------------------------------- the household panel


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Report:
    data = needs(SHARED / "complete_journey")
    folder = tmp_path_factory.mktemp("panel")
    mapping = (ROOT / "examples" / "grocery" / "panel" / "history.yaml").read_text()
    (folder / "history.yaml").write_text(f"folder: {data}\n{mapping}")
    outcome = load(ROOT / "examples" / "grocery").run(folder)
    assert outcome.choice.engine == "kernel"
    return outcome.measure(Asked(lapsed_after=60))


@pytest.fixture(scope="module")
def baskets() -> Iterator[duckdb.DuckDBPyConnection]:
    """A table of baskets with their day in New York, made of the file alone."""
    data = needs(SHARED / "complete_journey")
    con = duckdb.connect()
    con.execute(
        f"""CREATE TABLE baskets AS SELECT household_id AS who, basket_id, sum(round(sales_value * 100)::BIGINT) AS cents,
                   any_value(timezone('America/New_York', timezone('UTC', transaction_timestamp)))::DATE AS day
            FROM '{data}/transactions.parquet' GROUP BY ALL"""
    )
    yield con
    con.close()


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    return con.execute(query).fetchall()


def test_sales_by_month_are_those_of_a_query(panel: Report, baskets: duckdb.DuckDBPyConnection) -> None:
    table = panel.table("sales")
    found = list(zip(*(table.column(each) for each in ("month", "purchases", "sales", "buyers")), strict=True))
    told = rows(
        baskets,
        "SELECT date_trunc('month', day)::DATE, count(*), sum(cents), count(DISTINCT who) FROM baskets GROUP BY 1 ORDER BY 1",
    )
    assert found == [(month, count, Fraction(int(cents), 100), buyers) for month, count, cents, buyers in told]
    assert len(found) == 12


def test_retention_by_month_is_that_of_a_query(panel: Report, baskets: duckdb.DuckDBPyConnection) -> None:
    told = rows(
        baskets,
        """WITH firsts AS (SELECT who, min(month(day)) AS cohort FROM baskets GROUP BY who), sizes AS (SELECT cohort, count(*) AS size FROM firsts GROUP BY cohort)
           SELECT cohort, month(day) - cohort AS ahead, count(DISTINCT who), any_value(size) FROM baskets JOIN firsts USING (who) JOIN sizes USING (cohort)
           WHERE month(day) > cohort GROUP BY ALL""",
    )
    shares = {(cohort, ahead): Fraction(members, size) for cohort, ahead, members, size in told}
    table = panel.table("cohorts")
    found = {
        (row[0].month, ahead): share
        for row in table.rows
        if isinstance(row[0], date)
        for ahead, share in enumerate(row[3:], 1)
        if share
    }
    assert found == shares
    assert len(shares) > 50


def test_active_households_are_those_of_a_query(panel: Report, baskets: duckdb.DuckDBPyConnection) -> None:
    table = panel.table("members")
    for month, members, active in zip(*(table.column(each) for each in ("month", "members", "active")), strict=True):
        ((known, bought),) = rows(
            baskets,
            f"""SELECT count(DISTINCT who), count(DISTINCT who) FILTER (day > last_day(DATE '{month}') - 60)
                FROM baskets WHERE day <= last_day(DATE '{month}')""",
        )
        assert (members, active) == (known, bought)


def test_what_the_program_gave_adds_up_to_its_awards(panel: Report) -> None:
    """As the figures that were computed elsewhere: `tests/published/test_published.py`."""
    assert (
        sum(map(Fraction, map(str, panel.table("points_reward").column("given"))))
        == panel.table("points_reward").column("open")[-1]
    )
