"""S in Polars, one thread: three columns of awards from the columns of the history."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.benchmarks.peers import Side
from tests.benchmarks.workload import (
    DAY,
    DINING,
    PURCHASE,
    SATURDAY,
    History,
    Missing,
    Sums,
    agree,
    campaigns,
    need,
    stateless,
)


def prepare(history: History, folder: Path) -> Side:
    """The fastest of six ways to say it: campaigns as stretches of seconds, the weekday as what is left of the seconds in a week."""
    if "polars" not in sys.modules:
        os.environ["POLARS_MAX_THREADS"] = "1"  # read when it is imported
    pl = need("polars")
    if pl.thread_pool_size() != 1:
        raise Missing("Polars was imported before with more than one thread")
    columns = {"at": history.columns["ts"], "kind": history.columns["kind"]}
    columns |= {"amount": history.columns["amt"], "category": history.columns["cat"]}
    frame = pl.DataFrame(columns).lazy()
    at, dollars = pl.col("at"), pl.col("dollars")
    held = pl.lit(False)
    for first, after in campaigns():
        held |= at.is_between((history.first_day + first) * DAY, (history.first_day + after) * DAY, closed="left")
    weekend = (at + 3 * DAY) % (7 * DAY) >= SATURDAY * DAY
    asked = frame.with_columns(
        dollars=pl.when(pl.col("kind") == PURCHASE).then(pl.col("amount") // 100).otherwise(0).cast(pl.Int32)
    ).select(
        base=dollars,
        dining=pl.when((pl.col("category") == DINING) & weekend).then(2 * dollars).otherwise(0),
        campaign=pl.when(held).then(dollars).otherwise(0),
    )
    found = Sums(*asked.collect().select(pl.all().cast(pl.Int64).sum()).row(0))
    return Side("Polars", history.events, asked.collect, agree("Polars", found, stateless(history)))
