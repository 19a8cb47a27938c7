"""How fast W streams from Parquet through the kernel to Parquet, stage by stage, and how much memory that takes above imports.

    python tests/benchmarks/streaming.py MEMBERS [FOLDER]

Needs numpy and pyarrow for the history, which is written by another process, once for each folder.
"""

from __future__ import annotations

import importlib.util
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from shutil import copy
from time import perf_counter
from typing import Any

import duckdb
import nanoarrow
from tests.benchmarks.workload import need

import guerdon
from guerdon.history.open import open_history
from guerdon.kernel import ordered
from guerdon.kernel.days import Years
from guerdon.kernel.machine import Machine
from guerdon.kernel.read import blocks
from guerdon.reference.calendar import Calendar
from guerdon.study.streamed import Streamed, streaming

HERE = Path(__file__).parent
GENERATOR = HERE.parents[2] / "shared" / "bench" / "prototype" / "gen.py"
END, YEARS = date(2025, 1, 1), Years(2021, 2027)


def write(members: int, folder: Path) -> None:
    """Writes the history, each member's events after the other."""
    import pyarrow.parquet

    numpy = need("numpy")

    spec = importlib.util.spec_from_file_location("gen", GENERATOR)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    of = module.generate(members)
    columns = {
        name: pyarrow.array(of[column]).cast(pyarrow.string())
        for name, column in (("id", "eid"), ("member", "member"), ("purchase", "ref"))
    }
    columns |= {"sequence": pyarrow.array(numpy.arange(len(of["ts"])))}
    named = (
        ("seconds", "ts"),
        ("kind", "kind"),
        ("cents", "amt"),
        ("category", "cat"),
        ("channel", "chan"),
        ("country", "country"),
    )
    columns |= {name: pyarrow.array(of[column]).cast(pyarrow.int64()) for name, column in named}
    pyarrow.parquet.write_table(pyarrow.table(columns), folder / "events.parquet")
    copy(HERE / "w.yaml", folder / "history.yaml")


def rss() -> float:
    """The most memory that there was, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(spent: Counter[str], stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        begun = perf_counter()
        try:
            return function(*arguments)
        finally:
            spent[stage] += perf_counter() - begun  # type: ignore[assignment]

    return call


def run(folder: Path, out: Path) -> None:
    print(
        f"duckdb {duckdb.__version__}, nanoarrow {nanoarrow.__version__}"
    )  # which are imported before memory is looked at
    base, spent = rss(), Counter[str]()
    program = guerdon.load(HERE / "w.guerdon").typed
    machine = Machine(program, YEARS)
    imported = rss()
    history = timed(spent, "read", open_history)(folder, program)
    print(f"imports {base:.0f} MB, kernel {imported - base:.0f} MB above, history read {rss() - base:.0f} MB above")
    calendar = Calendar(program.frame)
    until = calendar.start(date(2025, 1, 2))
    end = YEARS.number(END)
    ordered.Ordered.__post_init__ = timed(spent, "order", ordered.Ordered.__post_init__)  # type: ignore[method-assign]
    Streamed._insert = timed(spent, "rows in", Streamed._insert)  # type: ignore[method-assign]
    Streamed._read = timed(spent, "parts", Streamed._read)  # type: ignore[method-assign]
    Streamed.finish = timed(spent, "finish", Streamed.finish)  # type: ignore[method-assign]
    whole = perf_counter()
    count = 0
    with streaming(history, machine, until, out) as streamed:
        sink = timed(spent, "sink", streamed.sink)
        found = blocks(history, machine.written.make.columns, YEARS, before=until)
        following = timed(spent, "blocks", lambda: next(found, None))
        while (block := following()) is not None:
            timed(spent, "machine", machine.run)(block.columns, block.count, block.last, end, sink)
            count += block.count
        parts = spent["parts"]
    whole = perf_counter() - whole
    stages = {
        "read": spent["read"],
        "order": spent["order"],
        "blocks": spent["blocks"] - spent["order"],
        "kernel": spent["machine"] - spent["sink"],
        "rows in": spent["rows in"],
        "said of members": spent["parts"],
        "one file each": spent["finish"] - (spent["parts"] - parts),
    }
    for stage, seconds in stages.items():
        print(f"{stage:16} {seconds:8.2f} s {count / max(seconds, 1e-9) / 1e6:8.2f} M events/s")
    print(
        f"{'all':16} {whole + spent['read']:8.2f} s {count / (whole + spent['read']) / 1e6:8.2f} M events/s; {count} events, {machine.reruns} reruns"
    )
    print(f"most memory above imports {rss() - base:.0f} MB")
    for each in sorted(out.iterdir()):
        ((rows,),) = duckdb.execute(f"SELECT count(*) FROM '{each}'").fetchall()
        print(f"{each.name:20} {rows:10} rows {each.stat().st_size / 1e6:8.1f} MB")


if __name__ == "__main__":
    if len(sys.argv) > 3:
        write(int(sys.argv[1]), Path(sys.argv[2]))
        raise SystemExit
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[2] if len(sys.argv) > 2 else scratch)
        folder.mkdir(exist_ok=True)
        if not (folder / "history.yaml").exists():
            subprocess.run([sys.executable, __file__, sys.argv[1], str(folder), "write"], check=True)
        run(folder, Path(scratch) / "out")
