"""The same files read and written with no rules in between: what Parquet to Parquet costs by itself. DuckDB, one thread.

The events of W are one Parquet file as a shop might keep it, with texts, decimals and timestamps. What is written are the files of a run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.peers import Side
from tests.benchmarks.workload import History, generated, need

BLOCK = 65_536
PART = 20_000  # members
EVENTS = """
COPY (SELECT printf('{part}-%016x', id) AS id, printf('m{part}-%07d', member) AS member, make_timestamp(moment * 1000000) AS moment,
             ['purchase', 'return', 'visit', 'review'][kind + 1] AS kind, (amount / 100)::DECIMAL(12, 2) AS amount,
             category, channel, country, CASE WHEN ref >= 0 THEN printf('{part}-%016x', ref) END AS purchase
      FROM given) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""


def database() -> Any:
    return need("duckdb").connect(config={"threads": 1, "preserve_insertion_order": True})


def events(history: History, path: Path, part: int = 0) -> Path:
    """Writes W's events as one Parquet file, in their order; ids and members of different parts differ."""
    names = {"id": "eid", "moment": "ts", "amount": "amt", "category": "cat", "channel": "chan"}
    columns = {name: history.columns[names.get(name, name)] for name in ("member", "kind", "country", "ref", *names)}
    con = database()
    con.register("given", need("pyarrow").table(columns))
    con.execute(EVENTS.format(path=path, part=part))
    return path


def many(count: int, folder: Path) -> Path:
    """Writes at least so many events of W as the files of a new folder, part by part, so that making them takes little memory."""
    made, target = 0, folder / f"events-{count}"
    target.mkdir()
    while made < count:
        part = len(list(target.iterdir()))
        drawn = generated(min(PART, math.ceil((count - made) / 50)), seed=7 + part)
        made += drawn.events
        events(drawn, target / f"part-{part:04}.parquet", part)
    return target


def side(history: History, events: Path, results: Sequence[Path], folder: Path) -> Side:
    """Reads all of the events in blocks and writes each of the results, which lie ready in memory."""
    con = database()
    for number, path in enumerate(results):
        con.execute(f"CREATE TABLE result_{number} AS SELECT * FROM '{path}'")

    def run() -> int:
        read = 0
        for block in con.sql(f"SELECT * FROM '{events}'").to_arrow_reader(BLOCK):
            read += block.num_rows
        for number, path in enumerate(results):
            target = folder / f"again-{path.name}"
            con.execute(f"COPY result_{number} TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
        return read

    assert run() == history.events
    sizes = ", ".join(f"{path.name} {path.stat().st_size / 1e6:.1f} MB" for path in [events, *results])
    return Side("reading and writing", history.events, run, sizes)
