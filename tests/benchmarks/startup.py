"""How long commands take to start, as multiples of bare Python in the same interleaved run.

python tests/benchmarks/startup.py [ROUNDS]

prints median, range and what the time of `check` is made of, step by step.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

HEAD = """program "Twenty rules"
  currency    USD
  timezone    America/New_York

unit star

event purchase
  paid_by     one of cash, card, app
  amount      money
  lines       list of line

record line
  product     text
  category    one of drink, food
  amount      money

table status_bonus
  by          status
  row         Gold: 25%
  else        0%

tiers status
  counts      star earned this calendar year
  tier        Green
  tier        Gold at 450 star
  lasts       through end of next calendar year
  falls       one tier at a time
"""
RULE = """
earn "Rule {number}"
  on          purchase
  when        paid_by is app and amount >= {number} USD
  when        count of purchase where paid_by is app this month >= {times}
  during      2026-01-01 through 2026-12-31
  give        {number} star per 2 USD of amount
  round       down per event
  limit       {limit} star per member per day
"""


def twenty_rules() -> str:
    return HEAD + "".join(RULE.format(number=each, times=each % 3 + 1, limit=30 + each) for each in range(1, 21))


def commands(program: Path) -> dict[str, list[str]]:
    """What is timed, each step holding the one above it."""
    python = [sys.executable]
    return {
        "python -c pass": [*python, "-c", "pass"],
        "import lark": [*python, "-c", "import lark"],
        "import lark, click": [*python, "-c", "import lark, click"],
        "import guerdon.cli": [*python, "-c", "import guerdon.cli"],
        "guerdon check, 20 rules": [*python, "-m", "guerdon", "check", str(program)],
    }


def measure(rounds: int) -> dict[str, list[float]]:
    """Seconds of each command in each round, the commands interleaved."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "twenty.guerdon"
        program.write_text(twenty_rules(), encoding="utf-8")
        timed = commands(program)
        seconds: dict[str, list[float]] = {name: [] for name in timed}
        for each in range(rounds + 1):
            for name, command in timed.items():
                started = time.perf_counter()
                subprocess.run(command, env=environment, check=True, capture_output=True)
                if each:  # the first round fills caches
                    seconds[name].append(time.perf_counter() - started)
    return seconds


def ratios(seconds: dict[str, list[float]]) -> dict[str, list[float]]:
    """Multiples of bare Python, round by round."""
    bare = seconds["python -c pass"]
    return {name: [one / other for one, other in zip(each, bare, strict=True)] for name, each in seconds.items()}


if __name__ == "__main__":
    found = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
    for name, each in ratios(found).items():
        print(
            f"{name:26} {1000 * median(found[name]):7.1f} ms  {median(each):5.1f} x  ({min(each):.1f} to {max(each):.1f})"
        )
