"""Where an expression stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from guerdon.kernel.writing.values import Value
from guerdon.program import nodes
from guerdon.program.nodes import Scope

Given = Mapping[str, tuple[Value, Value]]
"""By rule or group what it gave at this event: after rounding and limits, and before them."""


@dataclass(frozen=True)
class Here:
    """Where an expression stands: at a row of a kind of event, or (`event` None) on a day without one.

    Shape: `row` and `day` name what holds these; `line` is the list and the name of the line's
    row; `known` are facts of the event that were loaded or reckoned already.
    """

    day: str
    event: str | None = None
    row: str = "i"
    line: tuple[str, str] | None = None
    given: Given = field(default_factory=dict)
    known: Mapping[str, Value] = field(default_factory=dict)
    admitted: Mapping[tuple[Scope, str], Value] = field(default_factory=dict)
    """Facts of the event or of the line of which only so much counts as limits let in."""
    within: Mapping[str, Value] = field(default_factory=dict)  # of units of which no more is known of
    reads: Mapping[nodes.Expr, Value] = field(default_factory=dict)  # what was read when the event happened
    of_line: bool = False  # where a fact of a line is derived, its other facts stand as those of an event do
