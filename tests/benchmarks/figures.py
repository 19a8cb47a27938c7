"""The figures that Guerdon is held to: a name, a floor, and how each is measured. Why these: docs/decisions/0026."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

from tests.benchmarks import kernel, measure, startup
from tests.benchmarks.measure import Range, Run, spread
from tests.benchmarks.peers import (
    Side,
    cel,
    drools,
    hand_c,
    json_logic,
    panel,
    polars,
    read_and_write,
    rule_engine,
    sql,
    zen,
)
from tests.benchmarks.report import Found, Other, Result
from tests.benchmarks.workload import History, Missing, Wrong, history

TIMES = " x"
LINEAR = 1.1  # an exponent that is measured to be so much is still called linear
STEPS = 20_000  # events of W through a session
MILLIONS = (1, 10, 50)
SIZES = {
    "events": (100_000, 300_000, 1_000_000),
    "members": (2_000, 6_000, 20_000),
    "rules": (10, 100, 1_000),
    "lots": (10_000, 100_000, 1_000_000),
}


@dataclass(frozen=True)
class Bench:
    """What all figures are measured with: how many members, how many rounds, and a folder for what is made on the way."""

    members: int
    rounds: int
    folder: Path

    @cached_property
    def history(self) -> History:
        return history(self.members)


@dataclass(frozen=True)
class Figure:
    name: str
    says: str
    floor: float
    how: Callable[[Bench], Found]
    at_most: bool = False
    unit: str = TIMES

    def measured(self, bench: Bench) -> Result:
        """Never an exception for what is not there or wrong: the line says so."""
        try:
            found = self.how(bench)
        except Missing as problem:
            found = Found(why=str(problem))
        except Wrong as problem:
            found = Found(why=f"wrong: {problem}")
        return Result(self.name, self.says, self.floor, self.at_most, self.unit, found)


# ---------------------------------------------------------------- beside another side


def compared(bench: Bench, side: Side, ours: Callable[[], Run], events: int, limit: Run | None = None) -> Found:
    """Events a second over those of the other side, all sides interleaved."""
    sides = {"ours": ours(), "other": side.run} | ({"limit": limit} if limit else {})
    took = measure.interleaved(bench.rounds, sides)
    counts = {"ours": events, "other": side.events, "limit": bench.history.events if limit else 0}
    rates = {name: [counts[name] / each for each in found] for name, found in took.items()}
    over = {name: spread(measure.ratios(each, rates["other"])) for name, each in rates.items()}
    other = Other(side.name, side.events, spread(rates["other"]), side.said)
    return Found(over["ours"], other=other, limit=over.get("limit"))


Prepare = Callable[[History, Path], Side]


def w_against(prepare: Prepare, with_limit: bool = True) -> Callable[[Bench], Found]:
    """All of W on WebAssembly against another side; hand-written C runs beside them where it can."""

    def how(bench: Bench) -> Found:
        side = prepare(bench.history, bench.folder)
        limit = hand_c.prepare(bench.history, bench.folder).run if with_limit else None
        return compared(bench, side, lambda: kernel.w_on_wasm(bench.history), bench.history.events, limit)

    return how


def s_against(prepare: Prepare) -> Callable[[Bench], Found]:
    def how(bench: Bench) -> Found:
        side = prepare(bench.history, bench.folder)
        return compared(bench, side, lambda: kernel.s_on_wasm(bench.history), bench.history.events)

    return how


def parquet_to_parquet(bench: Bench) -> Found:
    """The run goes first, so that what is read and written with no rules are the very files that it wrote."""
    events = read_and_write.events(bench.history, bench.folder / "events.parquet")
    out = bench.folder / "out"
    out.mkdir(exist_ok=True)
    ours = kernel.run_parquet(bench.history, events, out)
    side = read_and_write.side(bench.history, events, sorted(out.glob("*.parquet")), bench.folder)
    return compared(bench, side, lambda: ours, bench.history.events)


def whole_panel(bench: Bench) -> Found:
    side = panel.prepare()
    return compared(bench, side, lambda: kernel.panel(panel.whole(bench.folder)), panel.BASKETS)


def compared_versions(bench: Bench) -> Found:
    """Seconds of a comparison over those of one run, whole history to figures, in the same interleaved rounds."""
    folder = panel.whole(bench.folder)
    run, compare = kernel.panel(folder), kernel.compared_panel(folder)
    took = measure.interleaved(bench.rounds, {"run": run, "compare": compare})
    return Found(spread(measure.ratios(took["compare"], took["run"])))


# ---------------------------------------------------------------- by itself


@cache
def memory() -> list[tuple[int, int]]:
    """Bytes above imports by millions of events, in member order; measured once for the figures that look at it."""
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for millions in MILLIONS:
            events = read_and_write.many(millions * 1_000_000, folder)
            found.append((millions, measure.memory(*kernel.parquet_in_memory(events, folder))))
    return found


def most_memory(bench: Bench) -> Found:
    found = memory()
    gigabytes = [held / 1e9 for _, held in found]
    said = ", ".join(f"{millions} million {held / 1e9:.2f} GB" for millions, held in found)
    return Found(Range(max(gigabytes), min(gigabytes), max(gigabytes)), said=said)


def memory_growth(bench: Bench) -> Found:
    sizes, held = zip(*memory(), strict=True)
    exponent = measure.growth(sizes, held)
    return Found(Range(exponent, exponent, exponent))


def ready(bench: Bench) -> Found:
    took = measure.interleaved(bench.rounds, {"ready": kernel.ready()})
    return Found(spread([1000 * each for each in took["ready"]]))


def process(command: str, *parts: str) -> Callable[[Bench], Found]:
    def how(bench: Bench) -> Found:
        found = startup.times(bench.rounds, bench.folder, [*parts, command])
        return Found(spread(found.pop(command)), said=startup.steps(found))

    return how


def step(percent: int) -> Callable[[Bench], Found]:
    """Microseconds of one event through a session: the percentile over events, of each round."""

    def how(bench: Bench) -> Found:
        events = bench.history.first(STEPS)
        rounds = []
        for _ in range(bench.rounds):
            runs = kernel.session_steps(events)
            stamps = [time.perf_counter_ns()]
            for run in runs:
                run()
                stamps.append(time.perf_counter_ns())
            took = [(after - before) / 1000 for before, after in pairwise(stamps)]
            rounds.append(median(took) if percent == 50 else quantiles(took, n=100)[percent - 1])
        return Found(spread(rounds))

    return how


def state(full: bool) -> Callable[[Bench], Found]:
    def how(bench: Bench) -> Found:
        size = kernel.state(full)
        return Found(Range(size, size, size))

    return how


def grows(what: str) -> Callable[[Bench], Found]:
    def how(bench: Bench) -> Found:
        return Found(measure.growth_of(bench.rounds, {size: kernel.of_size(what, size) for size in SIZES[what]}))

    return how


# ---------------------------------------------------------------- the list

ALL_OF_W = "all of W, against only S on"
FIGURES = [
    Figure(
        "hand-c",
        "W on WebAssembly, copies included, against C by hand; goal 0.7",
        0.6,
        w_against(hand_c.prepare, False),
    ),
    Figure("zen", f"{ALL_OF_W} zen-engine's expressions", 100, w_against(zen.prepare)),
    Figure("cel", f"{ALL_OF_W} a CEL in Rust", 400, w_against(cel.prepare)),
    Figure("json-logic", f"{ALL_OF_W} JsonLogic", 500, w_against(json_logic.prepare)),
    Figure("rule-engine", f"{ALL_OF_W} rule-engine", 500, w_against(rule_engine.prepare)),
    Figure("drools", f"{ALL_OF_W} Drools", 25, w_against(drools.prepare)),
    Figure("polars", "S against Polars, one thread each", 1.0, s_against(polars.prepare)),
    Figure("sql", "W against SQL that approximates it, one thread", 30, w_against(sql.prepare)),
    Figure("parquet", "Parquet to Parquet, against the same files with no rules; goal 0.75", 0.6, parquet_to_parquet),
    Figure("memory", "most memory above imports at 1, 10 and 50 million events", 0.6, most_memory, True, " GB"),
    Figure("memory-growth", "its exponent: flat", 0.1, memory_growth, True, ""),
    Figure("ready", "typed program to ready kernel", 50, ready, True, " ms"),
    Figure(
        "check",
        "check of 20 rules, whole process",
        18,
        process(startup.CHECK, "import lark", "import guerdon.cli"),
        True,
    ),
    Figure("run-1000", "run of 1,000 events, whole process", 45, process(startup.RUN), True),
    Figure("step-median", "one event of W through a session, Python kernel", 10, step(50), True, " us"),
    Figure("step-p99", "the slowest in a hundred", 50, step(99), True, " us"),
    Figure("state-lean", "state of a member of W, without the names of events", 256, state(False), True, " bytes"),
    Figure("state-full", "with all that explaining and returns need", 640, state(True), True, " bytes"),
    Figure("panel", "Complete Journey, full panel, against the reference engine", 20, whole_panel),
    Figure(
        "compare", "two versions with two changes, attribution and page, against one run", 2.5, compared_versions, True
    ),
    *(Figure(f"growth-{what}", f"exponent of time by {what}", LINEAR, grows(what), True, "") for what in SIZES),
]


def measured(figures: list[Figure], members: int, rounds: int) -> list[Result]:
    """One after the other; what each is about is said as it begins."""
    results = []
    with tempfile.TemporaryDirectory() as scratch:
        for figure in figures:
            print(f"{figure.name}: {figure.says}", file=sys.stderr, flush=True)
            folder = Path(scratch) / figure.name
            folder.mkdir()
            results.append(figure.measured(Bench(members, rounds, folder)))
    return results
