"""The long run: `python -m tests.kernel.long --evaluations 1000000 [--seed N] [--first N] [--jobs 2] [--stop]`.

Programs by number, each with histories for all engines, until so many events were evaluated by a pair of engines whose
ledgers are the same. It says how far it came every half minute; with `--seed` and `--first` it goes on from there. What
differs is printed at once, as small as it gets, and the run goes on (or stops: `--stop`). The last line has the counts;
the exit status is 1 where something differed.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import count

from tests.generated import pool
from tests.kernel.many import KINDS, Counts, Differs, Effort, compare
from tests.kernel.smallest import smallest

MUCH = Effort(most=(20, 60, 2000), each=True, stepped=5, compiled=1)
AT_ONCE = 12
"""So many programs are tried before it is looked whether that is enough."""
HALF_A_MINUTE = 30


def some(seed: int, first: int, number: int = AT_ONCE) -> Counts:
    """What comes of the programs of some numbers, of all kinds by turns."""
    pool.seed[0] = seed
    counts, kinds = Counts(), [*KINDS]
    for each in range(first, first + number):
        kind = kinds[each % len(kinds)]
        try:
            counts.add(compare(kind, each // len(kinds), MUCH))
        except Differs as differs:
            counts.differences.append(f"{kind} (--seed {seed} --first {each})\n{smallest(differs)}")
    return counts


def parts(seed: int, first: int, jobs: int) -> Iterator[tuple[int, Counts]]:
    """The counts of each part in its order, with the number after its last; parts are run by so many processes."""
    if jobs == 1:
        yield from ((number + AT_ONCE, some(seed, number)) for number in count(first, AT_ONCE))
        return
    numbers = count(first, AT_ONCE)
    with ProcessPoolExecutor(jobs) as processes:
        waiting: list[tuple[int, Future[Counts]]] = []
        try:
            while True:
                while len(waiting) < 2 * jobs:
                    number = next(numbers)
                    waiting.append((number + AT_ONCE, processes.submit(some, seed, number)))
                end, part = waiting.pop(0)
                yield end, part.result()
        finally:
            for _, each in waiting:
                each.cancel()


def told(counts: Counts, seed: int, following: int, seconds: float) -> str:
    """The counts in a line."""
    return (
        f"seed {seed}: {counts.programs} programs made, {counts.covered} covered, {counts.histories} histories; "
        f"{counts.evaluations} event evaluations (CPython {counts.python}, WebAssembly {counts.compiled}, one at a time {counts.stepped}); "
        f"left to the reference engine {counts.left}, histories with a trap {counts.trapped}; {seconds:.0f} seconds; "
        f"{len(counts.differences)} differences; next: --seed {seed} --first {following}"
    )


def main() -> int:
    wanted = argparse.ArgumentParser(prog="python -m tests.kernel.long", description=__doc__.splitlines()[0])
    wanted.add_argument("--evaluations", type=int, default=1_000_000, help="how many event evaluations are enough")
    wanted.add_argument(
        "--seed", type=int, default=random.SystemRandom().randrange(10**9), help="what chance begins with"
    )
    wanted.add_argument("--first", type=int, default=0, help="the number of the first program")
    wanted.add_argument("--jobs", type=int, default=1, help="how many processes run")
    wanted.add_argument("--stop", action="store_true", help="stop at the first difference")
    asked = wanted.parse_args()
    began, said, counts, following = time.monotonic(), time.monotonic(), Counts(), asked.first
    try:
        for following, part in parts(asked.seed, asked.first, asked.jobs):
            counts.add(part)
            for difference in part.differences:
                print(f"\nDIFFERENCE {difference}\n", flush=True)
            if counts.evaluations >= asked.evaluations or (asked.stop and counts.differences):
                break
            if time.monotonic() - said >= HALF_A_MINUTE:
                said = time.monotonic()
                print(told(counts, asked.seed, following, said - began), flush=True)
    except KeyboardInterrupt:
        print("interrupted")
    print(told(counts, asked.seed, following, time.monotonic() - began), flush=True)
    return 1 if counts.differences else 0


if __name__ == "__main__":
    sys.exit(main())
