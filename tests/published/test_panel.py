"""The full household panel, looked at as its marketing would: what the program says is what queries over the files say that know nothing of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.published.test_published import SHARED, guerdon, rows

HERE = Path(__file__).parent / "panel"
DATA = SHARED / "complete_journey"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.exists(), reason="the full panel is not beside the checkout"),
]

BASKETS = f"""
baskets AS (
    SELECT household_id::VARCHAR AS member, basket_id,
        (any_value(transaction_timestamp) AT TIME ZONE 'UTC' AT TIME ZONE 'America/New_York')::DATE AS day,
        sum(round(sales_value * 100)::BIGINT) AS cents
    FROM '{DATA}/transactions.parquet' GROUP BY ALL)"""

SCORES = f"""
WITH {BASKETS},
months AS (SELECT (unnest(generate_series(DATE '2017-01-01', DATE '2017-12-01', INTERVAL 1 MONTH)) + INTERVAL 1 MONTH - INTERVAL 1 DAY)::DATE AS last),
figures AS (
    SELECT last, member, min(last - day) AS days, count(*) AS times, sum(cents) AS cents
    FROM months JOIN baskets ON day <= last AND day > last - INTERVAL 12 MONTH GROUP BY last, member),
places AS (
    SELECT *, count(*) OVER month AS n, rank() OVER (month ORDER BY days DESC) - 1 AS r, rank() OVER (month ORDER BY times) - 1 AS f,
        rank() OVER (month ORDER BY cents) - 1 AS m
    FROM figures WINDOW month AS (PARTITION BY last)),
scores AS (SELECT last, member, days, times, cents, 1 + r * 5 // n AS r, 1 + f * 5 // n AS f, 1 + m * 5 // n AS m FROM places)"""
"""The scores of all households at the end of each month, by the ranks of a window function."""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("panel")
    mapping = re.sub(r"(?m)^folder: .*$", f"folder: {DATA}", (HERE / "history.yaml").read_text())
    (folder / "history.yaml").write_text(mapping)
    guerdon("run", HERE / "panel.guerdon", "--history", folder, "--as-of", "2018-01-01", "--out", folder / "out")
    return folder / "out"


def told(out: Path, rule: str) -> set[tuple[object, ...]]:
    """To whom a rule said something, on which day."""
    day = """("at" AT TIME ZONE 'America/New_York')::DATE"""
    return {*rows(f"SELECT member, {day} FROM '{out}/effects.parquet' WHERE rule = '{rule}'")}


def test_scores_of_recency_frequency_and_money_are_those_of_a_query(out):
    day = """("at" AT TIME ZONE 'America/New_York')::DATE"""
    ranks = f"""SELECT {day} AS last, member, max(rank) FILTER (measure = 'recency') AS r, max(rank) FILTER (measure = 'frequency') AS f,
        max(rank) FILTER (measure = 'monetary') AS m, max(value) FILTER (measure = 'recency')::INT AS days,
        max(value) FILTER (measure = 'frequency')::INT AS times, (max(value) FILTER (measure = 'monetary')::DECIMAL(18, 2) * 100)::BIGINT AS cents
        FROM '{out}/ranks.parquet' GROUP BY 1, 2"""
    differ = f"{SCORES} SELECT * FROM (SELECT last, member, r, f, m, days, times, cents FROM scores) EXCEPT ({ranks})"
    assert rows(differ) == []
    assert rows(f"{SCORES} SELECT count(*) FROM scores") == rows(f"SELECT count(*) FROM ({ranks})")


def test_segments_are_made_of_the_scores(out):
    segment = {"Champion": "r >= 4 AND f + m >= 8", "Slipping": "r IN (2, 3) AND f + m >= 8"}
    for rule, condition in segment.items():
        found = rows(f"{SCORES} SELECT member, (last + INTERVAL 1 DAY)::DATE FROM scores WHERE {condition}")
        assert told(out, rule) == {*found} != set()


def test_who_has_been_away_for_six_weeks_is_told_so_on_that_day(out):
    found = rows(f"""WITH {BASKETS},
        days AS (SELECT member, day, count(*) AS times FROM baskets GROUP BY ALL),
        silences AS (
            SELECT member, day + 42 AS away, lead(day) OVER (PARTITION BY member ORDER BY day) AS back,
                sum(times) OVER (PARTITION BY member ORDER BY day) AS times
            FROM days)
        SELECT member, away FROM silences WHERE times > 3 AND coalesce(back, DATE '2999-01-01') >= away AND away <= DATE '2018-01-01'""")
    assert told(out, "Away") == {*found} != set()


def test_all_coupons_came_back_from_whom_they_were_mailed_to_in_time_on_a_day_of_shopping(out):
    assert rows(f"SELECT count(*), sum(quantity)::INT FROM '{out}/awards.parquet' WHERE rule = 'Coupon'") == [
        (2102, 2102)
    ]
    found = rows(f"""WITH {BASKETS}, days AS (SELECT DISTINCT member, day FROM baskets)
        SELECT count(*) FROM '{DATA}/coupon_redemptions.parquet' AS back
            JOIN '{DATA}/campaigns.parquet' USING (household_id, campaign_id)
            JOIN '{DATA}/campaign_descriptions.parquet' USING (campaign_id)
            JOIN days ON days.member = household_id::VARCHAR AND days.day = redemption_date::DATE
        WHERE redemption_date BETWEEN start_date AND end_date""")
    assert found == [(2102,)]


def test_households_that_shopped_on_four_days_of_every_month(out):
    months = f"""WITH {BASKETS}, months AS (
        SELECT member, date_trunc('month', day) AS month FROM baskets GROUP BY ALL HAVING count(DISTINCT day) >= 4)
        SELECT member, count(*) FROM months GROUP BY ALL"""
    given = f"SELECT member, sum(quantity)::INT FROM '{out}/awards.parquet' WHERE rule = 'Four days' GROUP BY 1"
    assert {*rows(given)} == {*rows(months)}
    every = f"SELECT count(*) FROM ({months}) AS of_each(member, months) WHERE months = 12"
    assert rows(f"SELECT count(*) FROM ({given}) AS of_each(member, months) WHERE months = 12") == rows(every)
    assert rows(every)[0][0] > 100
