"""The tree of the clauses of measures and params."""

from __future__ import annotations

from guerdon.syntax.expressions import Expr, Name, Number, Period
from guerdon.text.node import Node

__all__ = ["IsClause", "Ranked"]


class IsClause(Node):
    value: Expr


class Ranked(Node):
    """Who is `highest` or `lowest` comes first, in so many parts, at each end of a period."""

    first: Name
    parts: Number | None
    period: Period
