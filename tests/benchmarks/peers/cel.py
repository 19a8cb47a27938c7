"""S on a CEL in Rust, compiled once."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.peers import Side, expressions
from tests.benchmarks.workload import History, facts, need

EVENTS = 100_000


def prepare(history: History, folder: Path) -> Side:
    program = need("cel", "common-expression-language").compile(expressions.text("&&", "||"))
    return expressions.side("CEL in Rust", facts(history, EVENTS), program.execute)
