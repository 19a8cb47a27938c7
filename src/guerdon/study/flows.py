"""Where the points of each unit went: the postings of a ledger added up by pot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from guerdon.ledger.entries import OWN, Ledger, Posting, Pot
from guerdon.reference.exact import ZERO, summed

Sums = dict[tuple[Pot, Pot], Fraction]
"""How much went from one pot to another."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What was issued of a unit, and what became of it.

    INVARIANT: issued == spent + expired + taken_back + transferred + billed + balance + held.
    Shape: undone spending is no spending; `balance` is what can be spent less `debt`;
    `debt` is above zero. `written_off` and `charged` is what could not be taken back, and
    in no sum; `billed` (of money) is what was charged for it.
    """

    issued: Fraction = ZERO
    spent: Fraction = ZERO
    expired: Fraction = ZERO
    taken_back: Fraction = ZERO
    transferred: Fraction = ZERO
    billed: Fraction = ZERO
    balance: Fraction = ZERO
    held: Fraction = ZERO
    debt: Fraction = ZERO
    written_off: Fraction = ZERO
    charged: Fraction = ZERO


def flows(ledger: Ledger) -> dict[str, Flow]:
    """What became of each unit, in order of first posting."""
    return {unit: flow(each) for unit, each in sums(ledger).items()}


def sums(ledger: Ledger) -> dict[str, Sums]:
    """How much of each unit went from where to where, in order of first posting."""
    parts: dict[tuple[str, Pot, Pot], list[Fraction]] = {}
    for each in ledger.postings:
        parts.setdefault((each.unit, each.source, each.target), []).append(each.quantity)
    found: dict[str, Sums] = {}
    for (unit, source, target), quantities in parts.items():
        found.setdefault(unit, {})[source, target] = summed(quantities)
    return found


def flow(sums: Sums) -> Flow:
    """What became of a unit of which so much went from where to where."""
    pending, available, debt = (_into(pot, sums) for pot in (Pot.PENDING, Pot.AVAILABLE, Pot.DEBT))
    return Flow(
        issued=-_left(Pot.ISSUED, sums),
        spent=_left(Pot.SPENT, sums),
        expired=_left(Pot.EXPIRED, sums),
        taken_back=_left(Pot.TAKEN_BACK, sums),
        transferred=_left(Pot.TRANSFERRED, sums),
        billed=_left(Pot.CHARGED, sums),
        balance=available + debt,
        held=pending,
        debt=-debt,
        written_off=-_into(Pot.WRITTEN_OFF, sums),
        charged=summed(much for (source, _), much in sums.items() if source is Pot.CHARGED),
    )


def _into(pot: Pot, sums: Sums) -> Fraction:
    """What entered a pot, less what left it."""
    return summed(((target is pot) - (source is pot)) * much for (source, target), much in sums.items())


def _left(pot: Pot, sums: Sums) -> Fraction:
    """What went from the holders' own pots into this one of the issuer's, less what came back."""
    out = summed(much for (source, target), much in sums.items() if source in OWN and target is pot)
    return out - summed(much for (source, target), much in sums.items() if source is pot and target in OWN)


def in_debt(postings: Iterable[Posting]) -> dict[tuple[str, str], Fraction]:
    """What each holder owes of each unit, where they owe something."""
    owed: dict[tuple[str, str], Fraction] = {}
    for each in postings:
        if each.source is Pot.DEBT or each.target is Pot.DEBT:
            key = each.holder, each.unit
            owed[key] = owed.get(key, ZERO) + (each.quantity if each.source is Pot.DEBT else -each.quantity)
    return {key: much for key, much in owed.items() if much}
