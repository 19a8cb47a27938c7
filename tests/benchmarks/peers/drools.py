"""S on Drools: a small Java program against the jar that comes with the package drools_jpy; events are inserted in batches.

The Java virtual machine stays alive between runs and is warmed up first. It compiles and collects on threads of its own; the rules run on one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import weakref
from pathlib import Path
from typing import Any

from tests.benchmarks.peers import Side
from tests.benchmarks.workload import History, Missing, Sums, agree, campaigns, days_of, need, stateless

EVENTS = 100_000
BATCH = 1_000
WARM = 4_000_000  # events that go through it before anything is timed: until then it gets faster
SOURCE = Path(__file__).with_name("Stateless.java")


def jar() -> Path:
    (found,) = Path(need("drools.jars", "drools_jpy").__file__).parent.glob("*.jar")
    return found


def written(history: History, folder: Path) -> Path:
    """The facts of S, five integers an event."""
    numpy = need("numpy")
    day, weekday = days_of(history)
    columns = [history.columns["kind"], history.columns["amt"] // 100, history.columns["cat"], weekday, day]
    path = folder / "events.bin"
    numpy.stack(columns, 1).astype("<i4").tofile(path)
    return path


def started(history: History, folder: Path) -> subprocess.Popen[str]:
    for program in ("java", "javac"):
        if shutil.which(program) is None:
            raise Missing(f"{program} is not installed")
    classes = f"{jar()}{os.pathsep}{folder}"
    subprocess.run(["javac", "-nowarn", "-cp", classes, "-d", str(folder), str(SOURCE)], check=True)
    days = [str(day) for each in campaigns() for day in each]
    command = [
        "java",
        "-XX:+UseSerialGC",
        "-Xmx1g",
        "-cp",
        classes,
        "Stateless",
        str(written(history, folder)),
        str(BATCH),
    ]
    pipe: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([*command, *days], text=True, **pipe)


def prepare(history: History, folder: Path) -> Side:
    cut = history.first(EVENTS)
    process = started(cut, folder)

    def run() -> Sums:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        return Sums(*map(int, process.stdout.readline().split()))

    weakref.finalize(run, process.kill)  # with the side, or at the end
    said = agree("Drools", run(), stateless(cut))
    for _ in range(WARM // cut.events):
        run()
    return Side("Drools", cut.events, run, f"{said}; executable model, {BATCH:,} events inserted together")
