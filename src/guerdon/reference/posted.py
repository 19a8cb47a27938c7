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


def sales(program: nodes.Program) -> dict[str, str]:
    """What counts as sales: of each event the first fact that is money of the program's currency.

    Shape: without events that reverse others, and those that no rule is looked at on and nothing is measured of.
    """
    on = {event for rule in program.rules.values() for event in rule.on}
    on |= {meter.event for meter in program.meters}
    found = {}
    for name, record in program.events.items():
        if record.reverses is None and name in on:
            money = (fact.name for fact in record.facts.values() if _is_money(fact.type, program.frame.currency))
            found[name] = next(money, "")
    return {name: fact for name, fact in found.items() if fact}


def _is_money(of: types.Type, currency: str) -> bool:
    return isinstance(of, types.Quantity) and of.unit == currency
