"""S on zen-engine's expressions (Rust), compiled once."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.peers import Side, expressions
from tests.benchmarks.workload import History, facts, need

EVENTS = 100_000


def prepare(history: History, folder: Path) -> Side:
    compiled = need("zen", "zen-engine").compile_expression(expressions.text("and", "or"))
    return expressions.side("zen-engine", facts(history, EVENTS), compiled.evaluate)
