"""What a run adds up to, before it is told: sums by rule, unit and tier, of a ledger of entries, or of several runs together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from guerdon.ledger.entries import Offered, Pot
from guerdon.program import nodes
from guerdon.reference.exact import ZERO, summed
from guerdon.reference.offers import OPEN, WITHDRAWN
from guerdon.reference.posted import Posted
from guerdon.study.flows import Sums, sums
from guerdon.study.funding import funding


@dataclass(frozen=True, slots=True)
class Given:
    """What a rule gave, how often, what of it was taken back (above zero), what rounding dropped and limits cut."""

    awards: int = 0
    quantity: Fraction = ZERO
    taken_back: Fraction = ZERO
    dropped: Fraction = ZERO
    cut: Fraction = ZERO

    def __add__(self, other: Given) -> Given:
        return Given(
            self.awards + other.awards,
            self.quantity + other.quantity,
            self.taken_back + other.taken_back,
            self.dropped + other.dropped,
            self.cut + other.cut,
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """How often a rule took something that was not undone at the same event, and how much."""

    times: int = 0
    quantity: Fraction = ZERO

    def __add__(self, other: Taken) -> Taken:
        return Taken(self.times + other.times, self.quantity + other.quantity)


@dataclass(frozen=True, slots=True)
class Held:
    """How many have a balance of a unit that is not zero, how much in all, and how many have less than nothing."""

    holders: int = 0
    balance: Fraction = ZERO
    debtors: int = 0

    def __add__(self, other: Held) -> Held:
        return Held(self.holders + other.holders, self.balance + other.balance, self.debtors + other.debtors)


@dataclass(frozen=True, slots=True)
class Told:
    """How often a rule said something, and to how many."""

    times: int = 0
    members: int = 0

    def __add__(self, other: Told) -> Told:
        return Told(self.times + other.times, self.members + other.members)


@dataclass(frozen=True, slots=True)
class Opened:
    """How often an offer was opened, and to how many; how many openings were completed, are open yet, ran out, or were withdrawn."""

    opened: int = 0
    members: int = 0
    completed: int = 0
    open: int = 0
    ran_out: int = 0
    withdrawn: int = 0

    def __add__(self, other: Opened) -> Opened:
        return Opened(
            self.opened + other.opened,
            self.members + other.members,
            self.completed + other.completed,
            self.open + other.open,
            self.ran_out + other.ran_out,
            self.withdrawn + other.withdrawn,
        )


@dataclass
class Figures:
    """What a run adds up to.

    Shape: `given`, `taken`, `told` and `offers` by rule (without those that did nothing), `moved` and `held` by unit, `tiers` by ladder and tier those
    held at the end, `refused` by redeem (None: of a unit), `paid` by partner and unit, `rejected` by code.
    """

    program: nodes.Program
    events: int = 0
    members: int = 0
    sales: Fraction = ZERO
    repeated: int = 0
    later: int = 0
    given: dict[str, Given] = field(default_factory=dict)
    taken: dict[str, Taken] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)
    offers: dict[str, Opened] = field(default_factory=dict)
    moved: dict[str, Sums] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)
    tiers: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: Counter[str | None] = field(default_factory=Counter)
    paid: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    rejected: Counter[str] = field(default_factory=Counter)

    def add(self, other: Figures) -> None:
        """Adds what a run over other members came to, or over the same ones as far as nothing is counted by member."""
        self.events += other.events
        self.members += other.members
        self.sales += other.sales
        self.repeated += other.repeated
        self.later += other.later
        for rule, given in other.given.items():
            self.given[rule] = self.given.get(rule, Given()) + given
        for rule, taken in other.taken.items():
            self.taken[rule] = self.taken.get(rule, Taken()) + taken
        for rule, told in other.told.items():
            self.told[rule] = self.told.get(rule, Told()) + told
        for rule, opened in other.offers.items():
            self.offers[rule] = self.offers.get(rule, Opened()) + opened
        for unit, moved in other.moved.items():
            mine = self.moved.setdefault(unit, {})
            for pots, much in moved.items():
                mine[pots] = mine.get(pots, ZERO) + much
        for unit, held in other.held.items():
            self.held[unit] = self.held.get(unit, Held()) + held
        for key, paid in other.paid.items():
            self.paid[key] = self.paid.get(key, ZERO) + paid
        self.tiers += other.tiers
        self.refused += other.refused
        self.rejected += other.rejected


def figures(posted: Posted) -> Figures:
    """What the entries of a run add up to."""
    program, ledger = posted.program, posted.ledger
    return Figures(
        program,
        posted.events,
        posted.members,
        posted.sales,
        posted.repeated,
        posted.later,
        _given(posted),
        _taken(posted),
        _told(posted),
        dict(_offers(posted)),
        sums(ledger),
        _held(posted),
        Counter((each.ladder, each.tier) for each in ledger.standings() if each.before is None),
        Counter(each.rule for each in ledger.refusals),
        _paid(posted),
        Counter(each.code for each in posted.rejections),
    )


def _given(posted: Posted) -> dict[str, Given]:
    by_rule: dict[str, list[tuple[Fraction, Fraction, Fraction, bool]]] = {}
    for award in posted.ledger.awards:
        if award.rule in posted.program.rules:  # others are counted by hand
            by_rule.setdefault(award.rule, []).append((award.quantity, award.dropped, award.cut, award.of is not None))
    return {
        rule: Given(
            sum(quantity > 0 for quantity, *_ in awards),
            summed(quantity for quantity, _, _, back in awards if not back),
            -summed(quantity for quantity, _, _, back in awards if back),
            summed(dropped for _, dropped, _, _ in awards),
            summed(cut for _, _, cut, _ in awards),
        )
        for rule, awards in by_rule.items()
    }


def _taken(posted: Posted) -> dict[str, Taken]:
    """What each rule that takes took, of a corrected event what it took in the end."""
    names = {rule.name for rule in posted.program.rules.values() if rule.takes}
    found: dict[str, dict[str | None, Fraction]] = {}
    for each in posted.ledger.postings:
        if each.reason in names:
            signed = each.quantity if each.target is Pot.SPENT else -each.quantity
            of_rule = found.setdefault(each.reason, {})
            of_rule[each.event] = of_rule.get(each.event, ZERO) + signed
    return {rule: Taken(sum(map(bool, of_rule.values())), summed(of_rule.values())) for rule, of_rule in found.items()}


def _told(posted: Posted) -> dict[str, Told]:
    found: dict[str, list[str]] = {}
    for each in posted.ledger.effects:
        found.setdefault(each.rule, []).append(each.member)
    return {rule: Told(len(who), len(set(who))) for rule, who in found.items()}


def _offers(posted: Posted) -> Iterable[tuple[str, Opened]]:
    """Each opening as it is at the end."""
    latest = {(each.member, each.offer, each.opened): each for each in posted.ledger.offers}
    by_offer: dict[str, list[Offered]] = {}
    for each in latest.values():
        by_offer.setdefault(each.offer, []).append(each)
    until = posted.until or 0
    for offer, mine in by_offer.items():
        left = [each for each in mine if each.state == OPEN]
        withdrawn = sum(each.state == WITHDRAWN for each in mine)
        open_yet = sum(each.closes >= until for each in left)
        completed = len(mine) - len(left) - withdrawn
        members = len({each.member for each in mine})
        yield offer, Opened(len(mine), members, completed, open_yet, len(left) - open_yet, withdrawn)


def _held(posted: Posted) -> dict[str, Held]:
    by_unit: dict[str, list[Fraction]] = {}
    for (_, unit), balance in posted.ledger.balances().items():
        if balance:
            by_unit.setdefault(unit, []).append(balance)
    return {unit: Held(len(held), summed(held), sum(balance < 0 for balance in held)) for unit, held in by_unit.items()}


def _paid(posted: Posted) -> dict[tuple[str, str], Fraction]:
    found: dict[tuple[str, str], Fraction] = {}
    for each in funding(posted.ledger.awards, posted.program):
        key = each.partner, each.award.unit
        found[key] = found.get(key, ZERO) + each.quantity
    return found
