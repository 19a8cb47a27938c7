"""S on rule-engine (Python), parsed once. It reckons in decimals."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.peers import Side, expressions
from tests.benchmarks.workload import History, facts, need

EVENTS = 20_000


def prepare(history: History, folder: Path) -> Side:
    rule = need("rule_engine", "rule-engine").Rule(expressions.text("and", "or"))
    return expressions.side("rule-engine", facts(history, EVENTS), rule.evaluate)
