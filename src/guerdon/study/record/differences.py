"""Where two result tables differ: how many rows, and the first of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from guerdon.study.record.digest import texts

if TYPE_CHECKING:
    import duckdb

KEYS: dict[str, tuple[str, ...]] = {
    "awards": ("id", "unit", "of"),
    "balances": ("member", "unit"),
    "lots": ("id", "member", "unit"),
    "postings": ("member", "unit", "event", "reason", "source", "target", "lot"),
    "funding": ("award", "partner", "unit"),
    "tiers": ("member", "ladder", "from"),
    "refused": ("event", "member", "unit", "rule"),
    "effects": ("id", "member"),
    "offers": ("member", "offer", "opened", "state"),
    "ranks": ("member", "measure", "at"),
    "rejected": ("file", "row", "event", "code"),
}
"""The columns by which people look a row of a table up. Several rows may have the same; then they are taken in order."""

_TIMES = ("at", "from")


@dataclass(frozen=True, slots=True)
class Difference:
    """How many rows of a table were there and are not, how many are and were not, and the first row that differs.

    Shape: the first by its time, where rows have one, then by its key. `column`, `was` and `now` say the first column that differs; `column` is None where
    the whole row is gone (`came` false) or was not there (`came` true).
    """

    table: str
    gone: int
    new: int
    key: tuple[tuple[str, str | None], ...]
    came: bool = False
    column: str | None = None
    was: str | None = None
    now: str | None = None


def difference(
    con: duckdb.DuckDBPyConnection, name: str, old: Path, new: Path, columns: tuple[str, ...]
) -> Difference | None:
    """The difference between two Parquet files of one result table, over some of its columns; None where they have the same rows."""
    was, now = (texts(each, name, columns) for each in (old, new))
    con.execute(f"CREATE OR REPLACE TEMP TABLE gone AS ({was}) EXCEPT ALL ({now})")
    con.execute(f"CREATE OR REPLACE TEMP TABLE come AS ({now}) EXCEPT ALL ({was})")
    ((gone, come),) = con.execute("SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM come)").fetchall()
    if not gone and not come:
        return None
    key = tuple(each for each in KEYS[name] if each in columns)
    before, after = _first(con, key, columns)
    there = dict(zip(columns, before or after or (), strict=True))
    named = tuple((each, there[each]) for each in key)
    if before is None or after is None:
        return Difference(name, gone, come, named, came=before is None)
    at = next(at for at in range(len(columns)) if before[at] != after[at])
    return Difference(name, gone, come, named, column=columns[at], was=before[at], now=after[at])


Texts = tuple[str | None, ...]


def _first(
    con: duckdb.DuckDBPyConnection, key: tuple[str, ...], columns: tuple[str, ...]
) -> tuple[Texts | None, Texts | None]:
    """The first row that differs, as it was and as it is; None where it was not, or is not."""
    by = ", ".join(f'"{each}"' for each in key)
    rest = ", ".join(f'"{each}"' for each in columns)
    numbered = f"*, row_number() OVER (PARTITION BY {by} ORDER BY {rest}) AS nth"
    same = " AND ".join(f'was."{each}" IS NOT DISTINCT FROM now."{each}"' for each in key)
    times = [each for each in _TIMES if each in columns]
    order = ", ".join(f'coalesce(was."{each}", now."{each}")' for each in (*times, *key))
    chosen = ", ".join(f'{side}."{each}"' for side in ("was", "now") for each in columns)
    found = con.execute(
        f"""SELECT was.nth IS NOT NULL, now.nth IS NOT NULL, {chosen}
            FROM (SELECT {numbered} FROM gone) AS was FULL JOIN (SELECT {numbered} FROM come) AS now ON was.nth = now.nth AND {same}
            ORDER BY {order}, was.nth, now.nth LIMIT 1"""
    ).fetchall()
    ((was, now, *values),) = found
    half = len(columns)
    return tuple(values[:half]) if was else None, tuple(values[half:]) if now else None
