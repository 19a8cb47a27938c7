"""How fast a kernel's text runs as WebAssembly, against the same work written by hand in C.

`python -m tests.benchmarks.lowering [MEMBERS] [RUNS]` from the top of the repository, with `src` on the path. It needs numpy, gcc and a folder
with the history (`gen.py`) and the rival (`hand.c`): `shared/bench/prototype` beside the repository, or what GUERDON_BENCH names.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from tests.kernel.lowering import workload

from guerdon.kernel.lowering.run import WasmKernel
from guerdon.kernel.lowering.wasm import lowered

RIVAL = Path(os.environ.get("GUERDON_BENCH", Path(__file__).parents[3] / "shared" / "bench" / "prototype"))
COLUMNS = {"instant": "ts", "kind": "kind", "cents": "amt", "category": "cat", "key": "eid", "named": "ref"}
TABLES = {"year_of": "L_year", "month_of": "L_mon", "weekend": "L_wend", "campaign": "L_camp", "end_of": "L_exp"}
ROWS = {"row_event": "i4", "row_rule": "u1", "row_points": "i4"}
MEMBERS = {"balance": "i8", "lapsed": "i8", "tier": "u1"}


class Run(NamedTuple):
    """Seconds of one run: by hand, by the kernel with copies in and out, and of that in WebAssembly itself."""

    hand: float
    blocks: float
    inside: float


def measure(members: int, runs: int, block: int = workload.BLOCK) -> tuple[int, list[Run]]:
    """The number of events, and runs one after the other: by hand, then by the kernel; both give the same rows."""
    import numpy

    history, tables = generated(members)
    expected, results = outputs(numpy, history), outputs(numpy, history)
    by_hand = hand(numpy, history, tables, expected)
    by_blocks = blocks(numpy, history, tables, results, block)
    rows = by_hand()
    assert by_blocks()[0] == rows
    for name in expected:
        end = rows if name in ROWS else members
        assert (expected[name][:end] == results[name][:end]).all(), name
    return len(history["ts"]), list(repeated(by_hand, by_blocks, runs))


def repeated(by_hand: Callable[[], int], by_blocks: Callable[[], tuple[int, float]], runs: int) -> Iterator[Run]:
    for _ in range(runs):
        start = perf_counter()
        by_hand()
        middle = perf_counter()
        _, inside = by_blocks()
        yield Run(middle - start, perf_counter() - middle, inside)


def generated(members: int) -> tuple[dict[str, Any], dict[str, Any]]:
    found = importlib.util.spec_from_file_location("rival_gen", RIVAL / "gen.py")
    assert found is not None and found.loader is not None
    gen = importlib.util.module_from_spec(found)
    found.loader.exec_module(gen)
    return gen.generate(members), gen.luts()


def outputs(numpy: Any, history: dict[str, Any]) -> dict[str, Any]:
    events, members = len(history["ts"]), len(history["off"]) - 1
    rows = {name: numpy.zeros(3 * events, kind) for name, kind in ROWS.items()}
    return rows | {name: numpy.zeros(members, kind) for name, kind in MEMBERS.items()}


def hand(numpy: Any, history: dict[str, Any], tables: dict[str, Any], into: dict[str, Any]) -> Callable[[], int]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hand.so"
        command = ["gcc", "-O3", "-march=native", "-shared", "-fPIC", "-o", str(path), str(RIVAL / "hand.c")]
        subprocess.run(command, check=True)
        library = ctypes.CDLL(str(path))
    scratch = [numpy.zeros(1000, kind) for kind in ("i4", "i8", "i8")]
    columns = [history[name] for name in ("off", "ts", "kind", "amt", "cat", "eid", "ref")]
    arrays = [*columns, *(tables[name] for name in TABLES.values()), *into.values(), *scratch]
    assert max(numpy.diff(history["off"])) < len(scratch[0])

    def pointer(array: Any) -> ctypes.c_void_p:
        return ctypes.c_void_p(array.ctypes.data)

    library.hand_init(len(tables["L_year"]), *(pointer(tables[name]) for name in TABLES.values()))
    library.hand.restype = ctypes.c_int64
    scalars = [ctypes.c_int64(each) for each in (0, len(history["off"]) - 1, workload.FIRST_DAY, 1096)]

    def run() -> int:
        return int(library.hand(*scalars, *map(pointer, arrays)))

    return run


def blocks(
    numpy: Any, history: dict[str, Any], tables: dict[str, Any], into: dict[str, Any], block: int
) -> Callable[[], tuple[int, float]]:
    """Columns are copied in and rows out, whole members at a time; the answer: rows, and seconds in the kernel."""
    kernel = WasmKernel(workload.text(), workload.memory(block), workload.bounds(block))
    views = {name: numpy.frombuffer(view, dtype=view.format) for name, view in kernel.views.items()}
    for name, table in TABLES.items():
        views[name][:] = tables[table]
    starts = history["off"]
    cuts = [0]
    while cuts[-1] < len(starts) - 1:
        cuts.append(int(numpy.searchsorted(starts, starts[cuts[-1]] + block, "right")) - 1)

    def run() -> tuple[int, float]:
        rows, inside = 0, 0.0
        for first, after in pairwise(cuts):
            begin, end = int(starts[first]), int(starts[after])
            numpy.subtract(starts[first : after + 1], begin, out=views["start"][: after - first + 1])
            for name, column in COLUMNS.items():
                views[name][: end - begin] = history[column][begin:end]
            start = perf_counter()
            more = kernel.call("members", 0, after - first, 1096)
            inside += perf_counter() - start
            numpy.add(views["row_event"][:more], numpy.int32(begin), out=into["row_event"][rows : rows + more])
            for name in ("row_rule", "row_points"):
                into[name][rows : rows + more] = views[name][:more]
            for name in MEMBERS:
                into[name][first:after] = views[name][: after - first]
            rows += more
        return rows, inside

    return run


def best(work: Callable[[], object], times: int = 5) -> float:
    seconds = []
    for _ in range(times):
        start = perf_counter()
        work()
        seconds.append(perf_counter() - start)
    return min(seconds)


def main() -> None:
    members, runs = (int(each) for each in (sys.argv[1:] + ["20000", "5"][len(sys.argv) - 1 :]))
    text, memory, bounds = workload.text(), workload.memory(), workload.bounds()
    code = lowered(text, memory, bounds).code
    print(f"text of {text.count(chr(10))} lines, {len(code)} bytes of module")
    print(f"lowered in {1000 * best(lambda: lowered(text, memory, bounds)):.1f} ms")
    print(f"compiled and ready in {1000 * best(lambda: WasmKernel(text, memory, bounds, code=code)):.1f} ms")
    events, found = measure(members, runs)
    for run in found:
        print(
            f"hand {events / run.hand / 1e6:5.1f} M events/s   kernel with copies {events / run.blocks / 1e6:5.1f}: "
            f"{run.hand / run.blocks:.2f}   without {events / run.inside / 1e6:5.1f}: {run.hand / run.inside:.2f}"
        )
    print(
        f"medians of {runs} runs over {events} events: with copies {median(run.hand / run.blocks for run in found):.2f}"
    )
    fastest = [min(each) for each in zip(*found, strict=True)]
    print(f"fastest of each: with copies {fastest[0] / fastest[1]:.2f}, without {fastest[0] / fastest[2]:.2f}")


if __name__ == "__main__":
    main()
