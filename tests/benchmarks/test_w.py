"""W comes out exactly: on the reference engine as an independent count of its words has it.

The words, the generator of the history and the table lie beside the checkout. In that table a
clawback is one row, and what one event gave expires as one row. In the ledger each award has a
row and a lot of its own: a clawback has one row for each award that it takes from, what an event
gave expires in one posting for each of its awards, and what the cap cut to nothing is a row of 0.
"""

from __future__ import annotations

import calendar
import importlib.util
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from shutil import copy

import pyarrow
import pyarrow.compute
import pyarrow.parquet
import pytest

import guerdon
from guerdon.library import Outcome

HERE = Path(__file__).parent
GENERATOR = HERE.parents[2] / "shared" / "bench" / "prototype" / "gen.py"

pytestmark = [
    pytest.mark.skipif(not GENERATOR.exists(), reason="the generator of W is not beside the checkout"),
    pytest.mark.skipif(
        importlib.util.find_spec("numpy") is None, reason="numpy, which the generator needs, is missing"
    ),
]

END = date(2025, 1, 1)
RULES = ("Base", "Dining weekend", "Campaign", "Second visit")
CAMPAIGNS = [
    (date(2022, 11, 20), date(2022, 12, 1)),
    (date(2023, 6, 1), date(2023, 6, 15)),
    (date(2024, 11, 25), date(2024, 12, 25)),
]
TABLE = {
    "events": 50_158,
    "Base": 2_061_788,
    "Dining weekend": 90_596,
    "Campaign": 100_890,
    "Second visit": 64_700,
    "clawback": -116_883,
    "expired": -1_395_946,
    "balances": 805_145,
}
"""Of 1,000 members."""
ROWS = 62_495
"""Rows of that table, of 1,000 members."""


def generated() -> dict[str, list[int]]:
    """The columns of the history of 1,000 members, in order."""
    spec = importlib.util.spec_from_file_location("gen", GENERATOR)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: column.tolist() for name, column in module.generate(1000).items()}


@pytest.fixture(scope="module")
def history() -> dict[str, list[int]]:
    return generated()


# ---------------------------------------------------------------- the count


@dataclass
class Member:
    """What is known of a member. Units: points, days, cents."""

    lots: list[tuple[date, int]] = field(default_factory=list)  # the day from which it is gone, and what is left
    debt: int = 0
    year: int = 0
    qualifying: int = 0
    bonus: Counter[date] = field(default_factory=Counter[date])
    visits: Counter[tuple[int, int]] = field(default_factory=Counter[tuple[int, int]])
    sales: dict[int, tuple[int, int]] = field(default_factory=dict)  # cents, and the points given for them


@dataclass
class Count:
    """W in plain integers: totals, balances, and how many rows the table has for it."""

    totals: Counter[str] = field(default_factory=Counter[str])
    balances: dict[str, int] = field(default_factory=dict)
    rows: int = 0

    def member(self, events: list[dict[str, int]]) -> None:
        state = Member()
        for event in events:
            self.totals["events"] += 1
            day = datetime.fromtimestamp(event["ts"], UTC).date()
            self.expire(state, day)
            if day.year != state.year:
                state.year, state.qualifying = day.year, 0
            if event["kind"] == 1:
                self.take_back(state, event)
            else:
                self.give(state, day, sum(self.rules(state, day, event)))
        self.expire(state, END)
        name = str(events[0]["member"])
        self.balances[name] = sum(left for _, left in state.lots) - state.debt
        self.totals["balances"] += self.balances[name]

    def rules(self, state: Member, day: date, event: dict[str, int]) -> list[int]:
        """What each rule gives, and that it does."""
        given, dollars = dict.fromkeys(RULES, 0), event["amt"] // 100
        if event["kind"] == 0:
            quarters = 4 + (state.qualifying >= 1000) + (state.qualifying >= 5000)
            given["Base"] = half_even(dollars * quarters, 4)
            given["Dining weekend"] = 2 * dollars if event["cat"] == 3 and day.weekday() >= 5 else 0
            given["Campaign"] = dollars if any(first <= day < end for first, end in CAMPAIGNS) else 0
        elif event["kind"] == 2:
            state.visits[day.year, day.month] += 1
            given["Second visit"] = 50 if state.visits[day.year, day.month] == 2 else 0
        for rule in RULES[1:]:
            given[rule] = min(given[rule], 500 - state.bonus[day])
            state.bonus[day] += given[rule]
        state.qualifying += given["Base"]
        if event["kind"] == 0:
            state.sales[event["eid"]] = event["amt"], sum(given.values())
        for rule, points in given.items():
            self.totals[rule] += points
            self.rows += points > 0
        return list(given.values())

    def give(self, state: Member, day: date, points: int) -> None:
        repaid = min(points, state.debt)
        state.debt -= repaid
        last = calendar.monthrange(day.year + 1, day.month)[1]
        if points > repaid:
            state.lots.append((date(day.year + 1, day.month, min(day.day, last)), points - repaid))

    def take_back(self, state: Member, event: dict[str, int]) -> None:
        cents, given = state.sales[event["ref"]]
        back = lacking = half_even(given * event["amt"], cents)
        self.totals["clawback"] -= back
        self.rows += back > 0
        state.qualifying = max(state.qualifying - back, 0)
        while lacking and state.lots:
            gone, left = state.lots.pop(0)
            if left > lacking:
                state.lots.insert(0, (gone, left - lacking))
            lacking -= min(left, lacking)
        state.debt += lacking

    def expire(self, state: Member, day: date) -> None:
        while state.lots and state.lots[0][0] <= day:
            self.totals["expired"] -= state.lots.pop(0)[1]
            self.rows += 1


def half_even(part: int, whole: int) -> int:
    down, rest = divmod(part, whole)
    return down + (2 * rest > whole or (2 * rest == whole and down % 2 == 1))


def counted(history: dict[str, list[int]], members: int) -> Count:
    count, off = Count(), history["off"]
    names = [name for name in history if name != "off"]
    for first, end in pairwise(off[: members + 1]):
        count.member([{name: history[name][place] for name in names} for place in range(first, end)])
    return count


# ---------------------------------------------------------------- the engine


def ran(history: dict[str, list[int]], members: int, folder: Path) -> Outcome:
    """The run of the first members, read by the mapping."""
    end = history["off"][members]
    columns = {
        "id": [str(each) for each in history["eid"][:end]],
        "member": [str(each) for each in history["member"][:end]],
        "seconds": history["ts"][:end],
        "sequence": list(range(end)),
        "kind": history["kind"][:end],
        "cents": history["amt"][:end],
        "category": history["cat"][:end],
        "channel": history["chan"][:end],
        "country": history["country"][:end],
        "purchase": [str(each) for each in history["ref"][:end]],
    }
    pyarrow.parquet.write_table(pyarrow.table(columns), folder / "events.parquet")
    copy(HERE / "w.yaml", folder / "history.yaml")
    return guerdon.load(HERE / "w.guerdon").run(folder, as_of=END)


def found(outcome: Outcome) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """The totals as the table has them, and the balances."""
    totals: Counter[str] = Counter()
    for award in outcome.awards.to_pylist():
        totals["clawback" if award["of"] is not None else award["rule"]] += award["quantity"]
    for posting in outcome.postings.to_pylist():
        totals["expired"] -= posting["quantity"] if posting["target"] == "expired" else 0
    balances = {each["member"]: each["balance"] for each in outcome.balances.to_pylist()}
    return {**totals, "balances": sum(balances.values())}, balances


def check(history: dict[str, list[int]], members: int, folder: Path) -> Count:
    count, outcome = counted(history, members), ran(history, members, folder)
    assert outcome.rejected.num_rows == 0
    totals, balances = found(outcome)
    events = count.totals.pop("events")
    assert totals == dict(count.totals)
    assert {name: balances.get(name, 0) for name in count.balances} == count.balances
    count.totals["events"] = events
    return count


def test_the_words_of_w_come_out_on_the_first_hundred_members(history, tmp_path):
    assert len(check(history, 100, tmp_path).balances) == 100


@pytest.mark.slow
def test_all_thousand_members_come_out_as_in_the_table(history, tmp_path):
    count = check(history, 1000, tmp_path)
    assert dict(count.totals) == TABLE
    assert count.rows == ROWS
