"""Whole processes, as multiples of bare Python in the same interleaved rounds: a check of 20 rules, a run of 1,000 events."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from tests.benchmarks import measure

BARE = "python -c pass"
CHECK = "guerdon check of 20 rules"
RUN = "guerdon run of 1,000 events"
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
MAPPING = """sources:
  rows:
    file: rows.csv
    timezone: America/New_York
    columns:
      amount: decimal 2

events:
  purchase:
    from: rows
    group: number
    id: number
    member: member
    at: at
    fields:
      paid_by: paid_by
      amount: amount
      lines:
        product: product
        category: category
        amount: amount
"""
EVENTS = 1_000
MEMBERS = 50


def twenty_rules() -> str:
    return HEAD + "".join(RULE.format(number=each, times=each % 3 + 1, limit=30 + each) for each in range(1, 21))


def rows() -> str:
    """1,000 purchases of one line each by 50 members in the course of 2026, by chance that is always the same."""
    chance = random.Random(1)
    lines = ["number,member,at,paid_by,amount,product,category"]
    start = datetime(2026, 1, 1)
    for number in range(EVENTS):
        at = start + timedelta(minutes=number * 500 + chance.randrange(500))
        way, kind = chance.choice(["cash", "card", "app"]), chance.choice(["drink", "food"])
        lines.append(
            f"p{number},m{chance.randrange(MEMBERS)},{at:%Y-%m-%d %H:%M:%S},{way},{chance.randrange(100, 9000) / 100:.2f},tea,{kind}"
        )
    return "\n".join(lines) + "\n"


def prepared(folder: Path) -> dict[str, list[str]]:
    """Writes program and history; the commands that are timed, by name."""
    (folder / "twenty.guerdon").write_text(twenty_rules(), encoding="utf-8")
    (folder / "history.yaml").write_text(MAPPING, encoding="utf-8")
    (folder / "rows.csv").write_text(rows(), encoding="utf-8")
    python, program = [sys.executable], str(folder / "twenty.guerdon")
    return {
        BARE: [*python, "-c", "pass"],
        "import lark": [*python, "-c", "import lark"],
        "import guerdon.cli": [*python, "-c", "import guerdon.cli"],
        CHECK: [*python, "-m", "guerdon", "check", program],
        RUN: [*python, "-m", "guerdon", "run", program],
    }


def times(rounds: int, folder: Path, names: list[str]) -> dict[str, list[float]]:
    """Multiples of bare Python of the commands named, round by round."""
    commands = prepared(folder)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run(command: list[str]) -> measure.Run:
        return lambda: subprocess.run(command, env=environment, check=True, capture_output=True)

    took = measure.interleaved(rounds, {name: run(commands[name]) for name in [BARE, *names]})
    return {name: measure.ratios(each, took[BARE]) for name, each in took.items()}


def steps(found: dict[str, list[float]]) -> str:
    """What a figure is made of, in multiples of bare Python."""
    return ", ".join(f"{name} {median(each):.1f}" for name, each in found.items())
