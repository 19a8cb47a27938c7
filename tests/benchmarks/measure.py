"""Time, ratios and growth, measured so that a noisy machine is noisy for both sides.

Sides are run in turn (A B A B ...), each round gives one ratio, and what is told is the median of these and their range.
"""

from __future__ import annotations

import gc
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Run = Callable[[], object]


@dataclass(frozen=True)
class Range:
    """The median of what each round gave, with the least and the most."""

    median: float
    low: float
    high: float


def spread(values: Sequence[float]) -> Range:
    return Range(median(values), min(values), max(values))


LEAST = 0.05  # seconds: what takes less is run several times in a row, and its time is the mean
OFTEN = 1_000


def seconds(run: Run, times: int = 1) -> float:
    """How long one run takes, in seconds, as the mean of so many in a row; what they leave behind before is thrown away outside of the time."""
    gc.collect()
    started = time.perf_counter()
    for _ in range(times):
        run()
    return (time.perf_counter() - started) / times


def interleaved(rounds: int, sides: Mapping[str, Run]) -> dict[str, list[float]]:
    """Seconds of each side in each round. A round before the first fills caches, says how often to run each, and is not counted."""
    times = {name: min(OFTEN, math.ceil(LEAST / max(seconds(run), LEAST / OFTEN))) for name, run in sides.items()}
    found: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, run in sides.items():
            found[name].append(seconds(run, times[name]))
    return found


def ratios(over: Sequence[float], under: Sequence[float]) -> list[float]:
    """Round by round, how many times the one is the other.

    >>> ratios([4.0, 9.0], [2.0, 3.0])
    [2.0, 3.0]
    """
    return [one / other for one, other in zip(over, under, strict=True)]


def growth(sizes: Sequence[float], took: Sequence[float]) -> float:
    """The exponent of the power law that fits best, by least squares of logarithms: 1 is linear, 0 does not grow.

    >>> round(growth([10, 100, 1000], [3, 30, 300]), 6)
    1.0
    """
    across, up = [math.log(size) for size in sizes], [math.log(each) for each in took]
    middle, height = sum(across) / len(across), sum(up) / len(up)
    slope = sum((x - middle) * (y - height) for x, y in zip(across, up, strict=True))
    return slope / sum((x - middle) ** 2 for x in across)


def growth_of(rounds: int, runs: Mapping[float, Run]) -> Range:
    """The exponent by the size of each run: one fit a round, the sizes interleaved."""
    took = interleaved(rounds, {str(size): run for size, run in runs.items()})
    return spread([growth(list(runs), each) for each in zip(*took.values(), strict=True)])


MEMORY = """import resource, sys
from pathlib import Path
{before}
def most():
    if sys.platform == "linux":  # where what the parent held would be counted in ru_maxrss
        (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
imported = most()
{work}
print(most() - imported)
"""


def memory(before: str, work: str) -> int:
    """Bytes by which `work` raises the most that a process of its own has ever held, above what `before` (its imports) needs."""
    text = MEMORY.format(before=before, work=work)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return int(done.stdout.split()[-1])
