"""Published histories come out with figures that were computed elsewhere, with SQL and dataframes.

The slice of the Complete Journey panel ships with its example; the full panel, CDNOW
and the independent answers lie in a folder beside the checkout, and what needs them is
skipped where it is absent.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
ORACLES = SHARED / "oracles"
HERE = Path(__file__).parent

pytestmark = pytest.mark.slow


def guerdon(*arguments: object) -> subprocess.CompletedProcess[str]:
    """`guerdon ...` in a process of its own; fails with what it said where it does."""
    command = [sys.executable, "-m", "guerdon", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def rows(query: str) -> list[Any]:
    found = duckdb.sql(query)
    assert found is not None
    return found.fetchall()


def needs(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the checkout")
    return path


@pytest.fixture(scope="module")
def slice_results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("slice")
    guerdon("run", ROOT / "examples" / "grocery", "--out", out)
    return out


@pytest.fixture(scope="module")
def panel_results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's program, unchanged, on the full panel through its other mapping."""
    data = needs(SHARED / "complete_journey")
    folder = tmp_path_factory.mktemp("panel")
    mapping = (ROOT / "examples" / "grocery" / "panel" / "history.yaml").read_text()
    (folder / "history.yaml").write_text(f"folder: {data}\n{mapping}")
    guerdon("run", ROOT / "examples" / "grocery", "--history", folder, "--out", folder / "out")
    return folder / "out"


def by_rule(out: Path) -> dict[object, object]:
    return dict(rows(f"SELECT rule, sum(quantity)::BIGINT FROM '{out}/awards.parquet' GROUP BY rule"))


def tiers_now(out: Path) -> dict[object, object]:
    return dict(rows(f"SELECT tier, count(*) FROM '{out}/tiers.parquet' WHERE before IS NULL GROUP BY tier"))


def gold_reached(out: Path) -> str:
    return f"""SELECT member::BIGINT AS household_id, min("from") AT TIME ZONE 'UTC' AS gold_at_utc
               FROM '{out}/tiers.parquet' WHERE tier IN ('Gold', 'Platinum') GROUP BY member"""


def per_household(out: Path) -> str:
    return f"""SELECT member::BIGINT AS household_id,
                      coalesce(sum(quantity) FILTER (rule = 'Base points'), 0)::BIGINT AS base_points,
                      coalesce(sum(quantity) FILTER (rule = 'Stamp card'), 0)::BIGINT AS stamp_rewards_10
               FROM '{out}/awards.parquet' GROUP BY member"""


def same(left: str, right: str) -> bool:
    """Whether two queries give the same rows as multisets, and some."""
    (count,) = rows(f"SELECT count(*) FROM ({left})")[0]
    return bool(count) and not rows(f"(({left}) EXCEPT ALL ({right})) UNION ALL (({right}) EXCEPT ALL ({left}))")


def test_the_slice_gives_the_published_points_stamps_and_tiers(slice_results):
    assert by_rule(slice_results) == {"Base points": 165_558, "Produce bonus": 10_583, "Stamp card": 602}
    assert tiers_now(slice_results) == {"Base": 26, "Silver": 32, "Gold": 27, "Platinum": 15}
    assert rows(f"SELECT count(*) FROM ({gold_reached(slice_results)})") == [(42,)]
    stamps = rows(f"SELECT DISTINCT quantity::INT FROM '{slice_results}/awards.parquet' WHERE rule = 'Stamp card'")
    assert stamps == [(1,)], "one award for each ten baskets"


def test_the_slice_gives_the_same_bytes_whatever_the_machines_zone_locale_and_hash_seed(slice_results, tmp_path):
    elsewhere = {"TZ": "Pacific/Apia", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-m", "guerdon", "run", ROOT / "examples" / "grocery", "--out", tmp_path]
    subprocess.run(command, env=os.environ | elsewhere, check=True, capture_output=True)
    for table in ("awards", "balances", "tiers", "rejected"):
        name = f"{table}.parquet"
        assert (tmp_path / name).read_bytes() == (slice_results / name).read_bytes(), table


def test_the_slice_agrees_household_by_household(slice_results):
    households = needs(ORACLES / "cjmini_households.csv")
    reached = needs(ORACLES / "cjmini_gold_reached.csv")
    _agrees(slice_results, households, reached)


def test_the_panel_gives_the_published_points_stamps_and_tiers(panel_results):
    assert by_rule(panel_results) == {"Base points": 4_519_934, "Produce bonus": 295_344, "Stamp card": 14_478}
    assert tiers_now(panel_results) == {"Base": 648, "Silver": 768, "Gold": 560, "Platinum": 493}
    assert rows(f"SELECT count(*) FROM ({gold_reached(panel_results)})") == [(1_053,)]


def test_the_panel_agrees_household_by_household(panel_results):
    _agrees(panel_results, needs(ORACLES / "cj_households.csv"), needs(ORACLES / "cj_gold_reached.csv"))


def test_the_panel_agrees_month_by_month(panel_results):
    months = needs(ORACLES / "cj_points_by_month.csv")
    ours = f"""SELECT strftime("at" AT TIME ZONE 'America/New_York', '%Y-%m') AS month, sum(quantity)::BIGINT AS points
               FROM '{panel_results}/awards.parquet' WHERE rule = 'Base points' GROUP BY month"""
    theirs = f"SELECT month, points_local::BIGINT AS points FROM '{months}' WHERE points_local > 0"
    assert same(ours, theirs.replace(f"'{months}'", f"read_csv('{months}', types={{'month': 'VARCHAR'}})"))


def _agrees(out: Path, households: Path, reached: Path) -> None:
    assert same(
        per_household(out),
        f"SELECT household_id, base_points::BIGINT AS base_points, stamp_rewards_10 FROM '{households}'",
    )
    assert same(gold_reached(out), f"SELECT household_id, gold_at_utc FROM '{reached}'")


def test_the_panel_takes_at_most_three_minutes_and_two_gigabytes(tmp_path):
    data = needs(SHARED / "complete_journey")
    mapping = (ROOT / "examples" / "grocery" / "panel" / "history.yaml").read_text()
    (tmp_path / "history.yaml").write_text(f"folder: {data}\n{mapping}")
    measured = textwrap.dedent(f"""
        import resource, time
        import guerdon
        started = time.perf_counter()
        outcome = guerdon.load({str(ROOT / "examples" / "grocery")!r}).run({str(tmp_path)!r})
        assert outcome.posted.events == 155_848
        print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    """)
    done = subprocess.run([sys.executable, "-c", measured], capture_output=True, text=True, check=True)
    seconds, kilobytes = map(float, done.stdout.split())
    assert seconds <= 180
    assert kilobytes <= 2_000_000


CDNOW = HERE / "cdnow"


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The results as of the end of 1997 and of the end of the data, June 1998."""
    data = needs(SHARED / "cdnow")
    folder = tmp_path_factory.mktemp("cdnow")
    mapping = re.sub(r"(?m)^folder: .*$", f"folder: {data}", (CDNOW / "history.yaml").read_text())
    (folder / "history.yaml").write_text(mapping)
    results = {}
    for year, last in {"1997": "1997-12-31", "1998": "1998-12-31"}.items():
        results[year] = folder / year
        guerdon("run", CDNOW, "--history", folder, "--as-of", last, "--out", results[year])
    return results


def test_cdnow_gives_the_published_points(cdnow):
    assert by_rule(cdnow["1998"]) == {"Base points": 2_453_159}
    ours = f"SELECT member AS customer_id, sum(quantity)::BIGINT AS points FROM '{cdnow['1998']}/awards.parquet' GROUP BY 1"
    oracle = needs(ORACLES / "cdnow_customers.csv")
    theirs = f"""SELECT customer_id, base_points_row::BIGINT AS points
                 FROM read_csv('{oracle}', types={{'customer_id': 'VARCHAR'}}) WHERE base_points_row > 0"""
    assert same(ours, theirs)


def test_cdnow_gives_the_published_tiers_of_both_years(cdnow):
    assert tiers_now(cdnow["1997"]) == {"base": 18_350, "bronze": 3_574, "silver": 1_192, "gold": 454}
    assert same(
        f"""SELECT old.tier AS t97, new.tier AS t98, count(*) AS n
            FROM '{cdnow["1997"]}/tiers.parquet' AS old JOIN '{cdnow["1998"]}/tiers.parquet' AS new USING (member)
            WHERE old.before IS NULL AND new.before IS NULL
            GROUP BY 1, 2""",
        f"SELECT t97, t98, n FROM '{needs(ORACLES / 'cdnow_tier_matrix_1997_1998.csv')}'",
    )
    assert tiers_now(cdnow["1998"]) == {"base": 22_266, "bronze": 959, "silver": 251, "gold": 94}
