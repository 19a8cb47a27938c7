"""The histories that speed is measured on: W's, as columns made by its generator, and what its stateless part S comes to.

W is described in `../shared/bench/W.md`, a folder beside the checkout. Its generator is used from there and not copied, so nothing
of this can be measured where the folder or numpy is missing: `Missing` says which.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PROTOTYPE = ROOT.parent / "shared" / "bench" / "prototype"
PURCHASE, RETURN, VISIT, REVIEW = range(4)
DINING = 3
DAY = 86_400
SATURDAY = 5
RULES = ("base", "dining", "campaign", "second visit", "clawback", "expired")


class Missing(Exception):
    """Something that a figure needs is not here; the message says what."""


class Wrong(Exception):
    """A side computes something else than it should, so its speed means nothing."""


class Totals(NamedTuple):
    """What W comes to: events, points by rule in the order of RULES, and the sum of balances.

    Source: the table of W.md, on which two independent engines agree.
    """

    events: int
    points: tuple[int, ...]
    balance: int


TOTALS = {
    1_000: Totals(50_158, (2_061_788, 90_596, 100_890, 64_700, -116_883, -1_395_946), 805_145),
    10_000: Totals(500_481, (20_418_588, 932_686, 986_547, 652_450, -1_156_254, -14_033_963), 7_800_054),
    200_000: Totals(
        9_999_638, (409_236_546, 18_648_724, 20_136_344, 13_076_344, -23_461_341, -281_506_710), 156_129_907
    ),
}


def need(module: str, package: str = "") -> Any:
    """A module of the extra `bench`, imported only by what needs it."""
    try:
        return importlib.import_module(module)
    except ImportError as problem:
        raise Missing(f"{package or module} is not installed: pip install 'guerdon[bench]'") from problem


@cache
def generator() -> ModuleType:
    """The module that makes W's history, from beside the checkout."""
    path = PROTOTYPE / "gen.py"
    need("numpy")
    if not path.exists():
        raise Missing("../shared/bench/prototype/gen.py is not beside the checkout")
    spec = importlib.util.spec_from_file_location("workload_w", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class History:
    """W's history.

    Shape: `columns` are arrays sorted by member and time; `off` has the place of each member's first event and, last, how many
    events there are. `days` are tables of the calendar by the number of days since the first.
    Units: `ts` in seconds since 1970 UTC, `amt` in cents.
    """

    columns: dict[str, Any]
    days: dict[str, Any]
    first_day: int
    as_of: int

    @property
    def members(self) -> int:
        return len(self.columns["off"]) - 1

    @property
    def events(self) -> int:
        return len(self.columns["ts"])

    def first(self, events: int) -> History:
        """The members at the beginning that have, together, at least so many events; all of them where there are not so many."""
        members = min(int(self.columns["off"].searchsorted(events)), self.members)
        until = int(self.columns["off"][members])
        cut = {name: column[: members + 1 if name == "off" else until] for name, column in self.columns.items()}
        return History(cut, self.days, self.first_day, self.as_of)


def generated(members: int, seed: int = 7) -> History:
    made = generator()
    return History(made.generate(members, seed=seed), made.luts(), made.D0, made.ASOF)


@cache
def history(members: int) -> History:
    """W's own history, which `TOTALS` is about, made once."""
    return generated(members)


class Sums(NamedTuple):
    """Points of S by rule."""

    base: int
    dining: int
    campaign: int


def campaigns() -> list[tuple[int, int]]:
    """First day and first day after it of each campaign, counted from the first day of the history."""
    made = generator()
    return [tuple(day.toordinal() - 719_163 - made.D0 for day in days) for days in made.CAMPAIGNS]


def days_of(history: History) -> tuple[Any, Any]:
    """The day of each event since the first of the history, and its weekday: Monday is 0."""
    since = history.columns["ts"] // DAY
    return since - history.first_day, (since + 3) % 7


def stateless(history: History) -> Sums:
    """S, counted with numpy: base without tier, dining weekend and campaigns without a cap."""
    columns = history.columns
    day, weekday = days_of(history)
    dollars = columns["amt"].astype("i8") // 100 * (columns["kind"] == PURCHASE)
    held = day < 0
    for first, after in campaigns():
        held |= (day >= first) & (day < after)
    dining = (columns["cat"] == DINING) & (weekday >= SATURDAY)
    return Sums(int(dollars.sum()), int((2 * dollars * dining).sum()), int((dollars * held).sum()))


def agree(who: str, found: object, expected: object) -> str:
    """What can be said of a side that computes the right thing. Errors: Wrong."""
    if found != expected:
        raise Wrong(f"{who} comes to {found}, not {expected}")
    return "its sums are right"


@dataclass(frozen=True)
class Facts:
    """The first events of a history as a peer for single events is given them: a dictionary each, made before the time is taken.

    What is hard for an expression is done for it: `dollars` are whole, `day` (since the first of the history) and `weekday` are known.
    """

    events: list[dict[str, int]]
    expected: Sums


def facts(history: History, events: int) -> Facts:
    cut = history.first(events)
    day, weekday = days_of(cut)
    columns = {
        "kind": cut.columns["kind"],
        "dollars": cut.columns["amt"] // 100,
        "category": cut.columns["cat"],
        "weekday": weekday,
        "day": day,
    }
    values = zip(*(column.tolist() for column in columns.values()), strict=True)
    return Facts([dict(zip(columns, each, strict=True)) for each in values], stateless(cut))
