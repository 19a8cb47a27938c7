"""Measures what Guerdon is held to, and prints it beside its floors.

python tests/benchmarks/run.py                              everything
python tests/benchmarks/run.py --only sql polars            these figures
python tests/benchmarks/run.py --members 1000 --json        a smaller history; a list of objects

Exits with 1 where a floor is missed. What needs something that is not here, such as a peer of the extra `bench`, says so in its line.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[2])  # the top of the checkout, in place of this folder

from tests.benchmarks import figures, report

WIDTH = 170


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="a list of objects instead of a table")
    names = [figure.name for figure in figures.FIGURES]
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=names, help=", ".join(names))
    parser.add_argument("--members", type=int, default=20_000, help="of W's history, about 50 events each (20000)")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds that are counted (5)")
    chosen = parser.parse_args(arguments)
    wanted = [figure for figure in figures.FIGURES if chosen.only is None or figure.name in chosen.only]
    results = figures.measured(wanted, chosen.members, chosen.rounds)
    if chosen.json:
        print(report.as_json(results))
    else:
        console = Console()
        report.printed(results, console if console.is_terminal else Console(width=WIDTH))
    return int(any(result.met is False for result in results))


if __name__ == "__main__":
    sys.exit(main())
