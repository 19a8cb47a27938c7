"""Who pays for awards: each shared out to its payers in whole steps, so that what they pay sums to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from guerdon.ledger.entries import Award
from guerdon.program import nodes
from guerdon.reference.exact import ZERO, shared_out, summed
from guerdon.reference.payers import Payers


@dataclass(frozen=True, slots=True)
class Funded:
    """What a payer pays for an award; below zero where it is taken back."""

    award: Award
    partner: str
    quantity: Fraction


def funding(awards: Iterable[Award], program: nodes.Program) -> Iterator[Funded]:
    """What each payer pays for each award, in their order; nothing where it is zero.

    Shape: what is left of an award after each entry is shared out anew, and the difference
    is paid; so after a full return each payer has paid nothing. Where facts of lines name the payers, what is left
    is paid for by those whom the lines that remain name.
    Source: language reference, Who pays.
    """
    first: dict[str, str] = {}
    shares: dict[str, dict[str, Fraction]] = {}
    left: dict[str, Fraction] = {}
    payers: dict[str, Payers] = {}
    for award in awards:
        rule = program.rules.get(award.rule)
        if rule is None or not rule.funded:
            continue
        of = first[award.id] = first.get(award.of or "", award.of or award.id)
        left[of] = left.get(of, ZERO) + award.quantity
        payers[of] = award.payers or payers.get(of) or named(rule)
        was = shares.get(of, {})
        now = shares[of] = paid(left[of], payers[of], program.units[award.unit].step)
        for partner in dict.fromkeys((*was, *now)):
            much = now.get(partner, ZERO) - was.get(partner, ZERO)
            if much:
                yield Funded(award, partner, much)


def named(rule: nodes.Rule) -> Payers:
    """The payers whom a rule itself names, and how many parts each pays."""
    return tuple((each.name, each.parts) for each in rule.funded if each.by is None)


def paid(quantity: Fraction, payers: Payers, step: Fraction) -> dict[str, Fraction]:
    """What each payer pays of so much, in whole steps."""
    whole = summed(parts for _, parts in payers)
    shared = shared_out(abs(quantity), [abs(quantity) * parts / whole for _, parts in payers], step)
    sign = 1 if quantity >= 0 else -1
    return {name: sign * much for (name, _), much in zip(payers, shared, strict=True)}
