"""Entries of the ledger, and what they add up to on a date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Award:
    """What a rule gave for an event.

    Units: quantities in whole units (not smallest steps); instants in microseconds UTC.
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
    spendable_from: int
    expires: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A member's tier from an instant on, and why."""

    member: str
    ladder: str
    tier: str
    at: int
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A tier held from an instant (inclusive) to another (exclusive; None: still)."""

    member: str
    ladder: str
    tier: str
    since: int
    before: int | None
    reason: str


@dataclass
class Ledger:
    """All entries in the order in which they were posted; there is no way to take one back.

    INVARIANT: the entries posted so far are a prefix of the entries posted later.
    """

    awards: list[Award] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)

    def post(self, award: Award) -> None:
        self.awards.append(award)

    def move(self, move: Move) -> None:
        self.moves.append(move)

    def balances(self, before: int | None = None) -> dict[tuple[str, str], Fraction]:
        """Balance by (member, unit) as of an instant (exclusive; None: now), in order of first award."""
        totals: dict[tuple[str, str], Fraction] = {}
        for award in self.awards:
            if before is None or award.at < before:
                key = award.member, award.unit
                totals[key] = totals.get(key, ZERO) + award.quantity
        return totals

    def standings(self, before: int | None = None) -> Iterator[Standing]:
        """Tiers held, by member and ladder, each from when to when, up to an instant (exclusive)."""
        paths: dict[tuple[str, str], list[Move]] = {}
        for move in self.moves:
            if before is None or move.at < before:
                paths.setdefault((move.member, move.ladder), []).append(move)
        for path in paths.values():
            ends: list[int | None] = [move.at for move in path[1:]]
            for move, end in zip(path, [*ends, None], strict=True):
                yield Standing(move.member, move.ladder, move.tier, move.at, end, move.reason)
