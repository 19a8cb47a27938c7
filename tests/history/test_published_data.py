"""The published household panel comes out with the figures computed for it elsewhere."""

from __future__ import annotations

import csv
import os
import time
from collections import Counter
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.history.conftest import lines_of, program, record

from guerdon.history.event import Event
from guerdon.history.open import History, open_history
from guerdon.program import types

NEW_YORK = ZoneInfo("America/New_York")
PANEL = """
folder: {folder}
sources:
  transactions:
    file: transactions.parquet
    timezone: UTC
    columns: {{sales_value: decimal 2}}
  products:
    file: products.parquet
events:
  basket:
    from: transactions
    join: {{source: products, on: product_id}}
    group: basket_id
    id: basket_id
    member: household_id
    at: transaction_timestamp
    sequence: basket_id
    fields:
      lines:
        product: coalesce(product_category, 'unknown')
        amount: sales_value
"""


@pytest.fixture
def data() -> Path:
    folder = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
    if not (folder / "cj_mini" / "transactions.parquet").is_file():
        pytest.skip("the shared data sets do not lie beside this checkout")
    return folder.resolve()


def opened(data: Path, which: str, tmp_path: Path) -> History:
    (tmp_path / "history.yaml").write_text(PANEL.format(folder=os.path.relpath(data / which, tmp_path)))
    return open_history(tmp_path, program(record("basket", lines=types.Lines("line")), zone="America/New_York"))


def local(event: Event) -> datetime:
    return datetime.fromtimestamp(event.at // 1_000_000, UTC).astimezone(NEW_YORK)


def test_the_small_panel_is_exact(data: Path, tmp_path: Path) -> None:
    history = opened(data, "cj_mini", tmp_path)
    events = list(history.events())
    assert (len(events), history.count, history.rejections, history.repeated) == (6_503, 6_503, [], 0)
    assert sum(len(lines_of(each)) for each in events) == 54_349
    totals = [sum(line["amount"] for line in lines_of(each)) for each in events]
    assert sum(totals) == Fraction(16_874_606, 100)
    assert sum(int(each) for each in totals) == 165_558
    assert {local(each).year for each in events} == {2017}


def test_each_household_has_its_published_spend(data: Path, tmp_path: Path) -> None:
    spend: Counter[str] = Counter()
    for event in opened(data, "cj_mini", tmp_path).events():
        spend[event.member] += int(sum(line["amount"] for line in lines_of(event)))
    with open(data / "oracles" / "cjmini_households.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["household_id"]: Fraction(row["base_points"]) for row in rows} == dict(spend)


@pytest.mark.slow
def test_the_whole_panel_is_exact_and_quick(data: Path, tmp_path: Path) -> None:
    start = time.perf_counter()
    history = opened(data, "complete_journey", tmp_path)
    ready = time.perf_counter()
    baskets = lines = 0
    total, hours = Fraction(0), Counter[int]()
    for event in history.events():
        baskets += 1
        lines += len(lines_of(event))
        total += sum(line["amount"] for line in lines_of(event))
        hours[event.at // 1_000_000 // 86_400] += 1
    end = time.perf_counter()
    print(f"\nopened in {ready - start:.1f} s, read in {end - ready:.1f} s")
    assert (baskets, lines, total) == (155_848, 1_469_307, Fraction(459_603_958, 100))
    assert (history.rejections, history.count) == ([], 155_848)
    assert end - start < 120
