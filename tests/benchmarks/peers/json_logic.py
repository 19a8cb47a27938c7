"""S in JsonLogic, by the fork of json-logic that is looked after: the original does not run on Python 3."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from tests.benchmarks.peers import Side, expressions
from tests.benchmarks.workload import DINING, PURCHASE, SATURDAY, History, campaigns, facts, need

EVENTS = 20_000


def rule() -> Any:
    """The expression of the others as nested operations. `<=` with three values is one step where `and` would be three."""
    dollars, day = {"var": "dollars"}, {"var": "day"}
    dining = {"and": [{"==": [{"var": "category"}, DINING]}, {">=": [{"var": "weekday"}, SATURDAY]}]}
    held = {"or": [{"<=": [first, day, after - 1]} for first, after in campaigns()]}
    awards = [dollars, {"if": [dining, {"*": [2, dollars]}, 0]}, {"if": [held, dollars, 0]}]
    return {"if": [{"==": [{"var": "kind"}, PURCHASE]}, {"merge": awards}, {"merge": [0, 0, 0]}]}


def prepare(history: History, folder: Path) -> Side:
    judge = need("json_logic", "maykin-json-logic-py").jsonLogic
    return expressions.side("JsonLogic", facts(history, EVENTS), partial(judge, rule()))
