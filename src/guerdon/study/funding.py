"""Who pays for awards: each shared out to its payers in whole steps, so that what they pay sums to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from guerdon.ledger.entries import Award
from guerdon.program import nodes
from guerdon.reference.exact import ZERO, shared_out, summed


@dataclass(frozen=True, slots=True)
class Funded:
    """What a payer pays for an award; below zero where it is taken back."""

    award: Award
    partner: str
    quantity: Fraction


def funding(awards: Iterable[Award], program: nodes.Program) -> Iterator[Funded]:
    """What each payer pays for each award, in their order; nothing where it is zero.

    Shape: what is left of an award after each entry is shared out anew, and the difference
    is paid; so after a full return each payer has paid nothing.
    Source: language reference, Who pays.
    """
    first: dict[str, str] = {}
    left: dict[str, Fraction] = {}
    for award in awards:
        rule = program.rules.get(award.rule)
        if rule is None or not rule.funded:
            continue
        of = first[award.id] = first.get(award.of or "", award.of or award.id)
        before = left.get(of, ZERO)
        left[of] = before + award.quantity
        step = program.units[award.unit].step
        for (partner, _), was, now in zip(
            rule.funded, paid(before, rule, step), paid(left[of], rule, step), strict=True
        ):
            if now != was:
                yield Funded(award, partner, now - was)


def paid(quantity: Fraction, rule: nodes.Rule, step: Fraction) -> list[Fraction]:
    """What each payer pays of so much, in whole steps."""
    whole = summed(parts for _, parts in rule.funded)
    shared = shared_out(abs(quantity), [abs(quantity) * parts / whole for _, parts in rule.funded], step)
    return shared if quantity >= 0 else [-each for each in shared]
