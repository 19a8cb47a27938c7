"""Lots as the ledger tells of them: what was granted, and where each part of it went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from guerdon.ledger.entries import Ledger, Pot
from guerdon.reference.exact import ZERO


@dataclass(slots=True)
class LotLine:
    """A lot in one holder's hands.

    INVARIANT: granted == remaining + spent + expired + taken_back + transferred + repaid.
    Shape: what was spent and undone is not spent; a lot that moved to another holder is
    transferred by one and granted to the other, to whom it `came_over`. `spendable_from` and `expires` are None
    where they are not known.
    """

    id: str
    member: str
    unit: str
    at: int
    spendable_from: int | None = None
    expires: int | None = None
    granted: Fraction = ZERO
    remaining: Fraction = ZERO
    spent: Fraction = ZERO
    expired: Fraction = ZERO
    taken_back: Fraction = ZERO
    transferred: Fraction = ZERO
    repaid: Fraction = ZERO
    came_over: bool = False


_FIGURE = {
    Pot.SPENT: "spent",
    Pot.EXPIRED: "expired",
    Pot.TAKEN_BACK: "taken_back",
    Pot.TRANSFERRED: "transferred",
    Pot.DEBT: "repaid",
}
"""The figure that counts what leaves a lot for a pot."""


def lots(ledger: Ledger, before: int | None = None) -> Iterator[LotLine]:
    """Every lot as of an instant (exclusive; None: now), in order of the first posting, from postings and awards alone."""
    found = _posted(ledger, before)
    moved: dict[str, list[LotLine]] = {}
    for line in found.values():
        if line.came_over:
            moved.setdefault(line.id, []).append(line)
    for award in ledger.awards:
        own = found.get((award.member, award.id))
        for line in (*((own,) if own is not None else ()), *moved.get(award.id, ())):
            line.expires = award.expires
            line.spendable_from = line.spendable_from or award.spendable_from
    return iter(found.values())


def _posted(ledger: Ledger, before: int | None) -> dict[tuple[str, str], LotLine]:
    """The lots by holder and id, with all that was posted."""
    found: dict[tuple[str, str], LotLine] = {}
    for each in ledger.postings:
        if each.lot is None or (before is not None and each.at >= before):
            continue
        line = found.get((each.holder, each.lot))
        if line is None:
            line = found[each.holder, each.lot] = LotLine(each.lot, each.holder, each.unit, each.at)
            line.came_over = each.source is Pot.TRANSFERRED
        if each.target is Pot.AVAILABLE and line.spendable_from is None:
            line.spendable_from = each.at
        _move(line, each.source, each.target, each.quantity)
    return found


def _move(line: LotLine, source: Pot, target: Pot, quantity: Fraction) -> None:
    """Counts what entered a lot or left it; a hold that ends does neither. `DEBT` is where a lot repays it."""
    inward, outward = source not in _LOT_POTS, target not in _LOT_POTS
    if inward and not outward:
        line.remaining = _sum(line.remaining, quantity)
        if source is Pot.ISSUED or source is Pot.TRANSFERRED:
            line.granted = _sum(line.granted, quantity)
        else:
            setattr(line, _FIGURE[source], getattr(line, _FIGURE[source]) - quantity)
    elif outward and not inward:
        line.remaining = ZERO if line.remaining == quantity else line.remaining - quantity
        if target is Pot.ISSUED:  # a late event put right what was given
            line.granted -= quantity
            return
        setattr(line, _FIGURE[target], _sum(getattr(line, _FIGURE[target]), quantity))


def _sum(one: Fraction, other: Fraction) -> Fraction:
    """The sum; most of a lot's figures are added to once, and adding to zero takes no time."""
    return one + other if one else other


_LOT_POTS = (Pot.PENDING, Pot.AVAILABLE)
