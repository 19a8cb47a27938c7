"""Entries of the ledger, and what they add up to on a date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from fractions import Fraction

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Award:
    """What a rule gave for an event, or (`of`) what an event took back or corrected of an award.

    Units: quantities in whole units (not smallest steps); instants in microseconds UTC.
    `spendable_from` is None where it is not known yet; `expires` None: not on a fixed day.
    `payers`: who pays for what is left of it from here on, and how many parts each, where facts say so.
    INVARIANT: quantity + dropped + cut == exact, so nothing is lost unseen. A rule that
    came to something and gave nothing (all rounded away, all cut off) is an entry too.
    """

    id: str
    member: str
    event: str
    rule: str
    unit: str
    quantity: Fraction
    exact: Fraction
    dropped: Fraction
    cut: Fraction
    at: int
    spendable_from: int | None
    expires: int | None = None
    of: str | None = None
    payers: tuple[tuple[str, Fraction], ...] = ()


class Pot(Enum):
    """Where points come from and go to: three of the holder's own, the others the issuer's."""

    PENDING = "pending"
    AVAILABLE = "available"
    DEBT = "debt"
    ISSUED = "issued"
    SPENT = "spent"
    EXPIRED = "expired"
    TAKEN_BACK = "taken back"
    TRANSFERRED = "transferred"
    WRITTEN_OFF = "written off"
    CHARGED = "charged"


OWN = frozenset({Pot.PENDING, Pot.AVAILABLE, Pot.DEBT})


@dataclass(frozen=True, slots=True)
class Posting:
    """So much of a unit that went from one pot to another, as part of a lot (None: no lot's).

    Units: `quantity` above zero; `at` in microseconds UTC. `reason`: the rule, or what happened.
    INVARIANT: what leaves one pot enters another, so the postings sum to zero.
    """

    holder: str
    unit: str
    lot: str | None
    source: Pot
    target: Pot
    quantity: Fraction
    at: int
    event: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Move:
    """A holder's tier from an instant on, and why; None: they stand on the ladder no more."""

    member: str
    ladder: str
    tier: str | None
    at: int
    reason: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something asked for and not granted: an answer, not an error. `rule`: the redeem that was asked for, if one was."""

    member: str
    event: str
    unit: str
    quantity: Fraction
    at: int
    reason: str
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that a rule did beside awards, and that nothing takes back; of `kind` message: what it said, to whom.

    Units: `at` in microseconds UTC: when the event happened, or where that came to be due later, when it did.
    """

    id: str
    member: str
    event: str
    rule: str
    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Offered:
    """What became of an offer that was opened to a member: it is `open`, `completed` or `withdrawn`.

    Shape: `opened`: the id of the event that opened it; `event`: of the one at which this came about.
    Units: instants in microseconds UTC; from `closes` on it is closed.
    """

    member: str
    offer: str
    opened: str
    state: str
    event: str
    at: int
    closes: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A member's rank by a measure, at the end of a period: by which value, and among how many.

    Units: `at`, in microseconds UTC, is the period's last instant. `value`: a number, so many days, an amount in whole units, or a date.
    """

    member: str
    measure: str
    at: int
    value: Fraction | int | date
    rank: int
    among: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A tier held from an instant (inclusive) to another (exclusive; None: still)."""

    member: str
    ladder: str
    tier: str
    since: int
    before: int | None
    reason: str


@dataclass(slots=True)
class Holding:
    """What a holder has of a unit: spendable (below zero: debt), and held for later."""

    balance: Fraction = ZERO
    pending: Fraction = ZERO


def _holding(numerators: dict[tuple[bool, int], int]) -> Holding:
    """What is held, of numerators by whether they are held for later, and their denominator."""
    holding = Holding()
    for (pending, over), numerator in numerators.items():
        if pending:
            holding.pending += Fraction(numerator, over)
        else:
            holding.balance += Fraction(numerator, over)
    return holding


@dataclass
class Ledger:
    """All entries in the order in which they were posted; there is no way to take one back.

    INVARIANT: the entries posted so far are a prefix of the entries posted later.
    """

    awards: list[Award] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    offers: list[Offered] = field(default_factory=list)
    ranks: list[Ranked] = field(default_factory=list)

    def holdings(self, before: int | None = None) -> dict[tuple[str, str], Holding]:
        """What is held by (holder, unit) as of an instant (exclusive; None: now), in order of first posting."""
        numerators: dict[
            tuple[str, str], dict[tuple[bool, int], int]
        ] = {}  # adding fractions one by one is ten times slower
        for posting in self.postings:
            if before is None or posting.at < before:
                sums = numerators.setdefault((posting.holder, posting.unit), {})
                over, size = posting.quantity.denominator, posting.quantity.numerator
                for pot, numerator in ((posting.source, -size), (posting.target, size)):
                    if pot in OWN:
                        key = pot is Pot.PENDING, over
                        sums[key] = sums.get(key, 0) + numerator
        return {key: _holding(sums) for key, sums in numerators.items()}

    def balances(self, before: int | None = None) -> dict[tuple[str, str], Fraction]:
        """Spendable balance by (holder, unit) as of an instant (exclusive; None: now), in order of first posting."""
        return {key: holding.balance for key, holding in self.holdings(before).items()}

    def standings(self, before: int | None = None) -> Iterator[Standing]:
        """Tiers held, by holder and ladder, each from when to when, up to an instant (exclusive)."""
        paths: dict[tuple[str, str], list[Move]] = {}
        for move in self.moves:
            if before is None or move.at < before:
                paths.setdefault((move.member, move.ladder), []).append(move)
        for path in paths.values():
            ends: list[int | None] = [move.at for move in path[1:]]
            for move, end in zip(path, [*ends, None], strict=True):
                if move.tier is None:
                    continue
                yield Standing(move.member, move.ladder, move.tier, move.at, end, move.reason)
