"""The nodes about what is measured: meters, measures, and ranks among all members."""

from __future__ import annotations

from guerdon.program import types
from guerdon.program.expressions import Expr
from guerdon.program.time import Period
from guerdon.program.types import Type
from guerdon.text.node import Node

__all__ = ["Measure", "Meter", "Ranking"]


class Meter(Node):
    """What an event (or each of its `lines`) adds to a measure: `value`, where `where` holds, as things were then."""

    event: str
    lines: str | None
    value: Expr | None
    where: Expr | None
    sees_event: bool  # whether the event being rewarded is counted
    account: str | None = None  # over all members of the account
    offer: str | None = None  # what came since each opening of the rule of this name, apart


class Ranking(Node):
    """At each end of a `period` all members of whom `when` holds are ranked by a value, the `highest` or the lowest first.

    Shape: without `parts` a rank is a place: 1 and how many are in front of the member. With `parts` it is the part,
    from 1 on, into which this place falls where all are split into so many parts of one size.
    """

    highest: bool
    parts: int | None
    period: Period
    when: Expr | None


class Measure(Node):
    """A named expression over a member's past, or (`ranking`) the member's rank by it; `type` is that of what it comes to."""

    name: str
    value: Expr
    ranking: Ranking | None = None

    @property
    def type(self) -> Type:
        return self.value.type if self.ranking is None else types.Optional(types.WHOLE)
