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
from guerdon.kernel.machine import Machine
from guerdon.kernel.rows import ordered
from guerdon.study import results
from guerdon.study.streamed import Sink, streamed

HERE = Path(__file__).parent
GENERATOR = HERE.parents[2] / "shared" / "bench" / "prototype" / "gen.py"
END = date(2025, 1, 1)


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
    ordered.Ordered.__post_init__ = timed(spent, "order", ordered.Ordered.__post_init__)  # type: ignore[method-assign]
    Machine._call = timed(spent, "kernel", Machine._call)  # type: ignore[method-assign]
    Sink._insert = timed(spent, "rows in", Sink._insert)  # type: ignore[method-assign]
    program = guerdon.load(HERE / "w.guerdon").typed
    history = timed(spent, "read", open_history)(folder, program)
    print(f"imports {base:.0f} MB, history read {rss() - base:.0f} MB above")
    whole = timed(spent, "run", streamed)(program, history, END)
    assert whole is not None
    print(f"run {rss() - base:.0f} MB above")
    timed(spent, "figures", whole.figures)()
    print(f"figures {rss() - base:.0f} MB above")
    out.mkdir()
    with results.connect(out) as con:
        for table in results.TABLES:
            timed(spent, table, results.write_table)(con, whole, table, out, "parquet")
    spent["run"] -= spent["order"] + spent["kernel"] + spent["rows in"]
    for stage, seconds in spent.items():
        print(f"{stage:16} {seconds:8.2f} s {whole.events / max(seconds, 1e-9) / 1e6:8.2f} M events/s")
    seconds = sum(spent.values())
    print(f"{'all':16} {seconds:8.2f} s {whole.events / seconds / 1e6:8.2f} M events/s; {whole.events} events")
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
