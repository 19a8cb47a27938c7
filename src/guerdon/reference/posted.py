"""What a run came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from guerdon.history.event import Rejection
from guerdon.ledger.entries import Ledger
from guerdon.program import nodes, types
from guerdon.reference.exact import ZERO


@dataclass
class Posted:
    """What a run came to: the ledger, what was set aside, and what was read.

    Units: `until` is the instant (exclusive) as of which balances and tiers stand; None
    where no event was read. `sales` sums, over the events, the first fact that is money of the program's currency.
    """

    program: nodes.Program
    ledger: Ledger = field(default_factory=Ledger)
    rejections: list[Rejection] = field(default_factory=list)
    events: int = 0
    later: int = 0
    repeated: int = 0
    members: int = 0
    sales: Fraction = ZERO
    until: int | None = None


def first_money(record: nodes.Record, currency: str) -> str | None:
    """The name of an event's first fact that is money of the program's currency: what it counts as sales."""
    if record.reverses is not None:
        return None
    for fact in record.facts.values():
        if isinstance(fact.type, types.Quantity) and fact.type.unit == currency:
            return fact.name
    return None
