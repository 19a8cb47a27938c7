"""What a run came to, in the figures that a program designer looks at first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction

from guerdon.check.wording import plain
from guerdon.ledger.entries import Award, Pot
from guerdon.program import nodes
from guerdon.reference.exact import summed
from guerdon.reference.offers import OPEN, WITHDRAWN
from guerdon.reference.posted import Posted, sales
from guerdon.study.flows import Flow, flows
from guerdon.study.funding import funding


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What a rule gave: how often, how much, what of it was taken back, what rounding dropped and limits cut, and its cost."""

    rule: str
    unit: str
    awards: int
    quantity: Fraction
    dropped: Fraction
    cut: Fraction
    cost: Fraction | None  # in the program's currency, of what was not taken back; None where the unit has no worth
    taken_back: Fraction


@dataclass(frozen=True, slots=True)
class RedeemLine:
    """What a redeem took, how often, and how often it was refused; what was given back later is not taken off."""

    rule: str
    unit: str
    times: int
    quantity: Fraction
    refused: int


@dataclass(frozen=True, slots=True)
class MessageLine:
    """How often a rule said something, and to how many members."""

    rule: str
    times: int
    members: int


@dataclass(frozen=True, slots=True)
class OfferLine:
    """How often an offer was opened, and to how many members; how many were completed, are open yet, ran out, or were withdrawn."""

    offer: str
    opened: int
    members: int
    completed: int
    open: int
    ran_out: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class UnitLine:
    """The balances of a unit: how many members hold some, how much in all, and its worth.

    Shape: `flow` says what was issued and where it went; `debtors` are those whose balance is below zero.
    """

    unit: str
    members: int
    balance: Fraction
    worth: Fraction | None
    flow: Flow
    debtors: int


@dataclass(frozen=True, slots=True)
class FundingLine:
    """What a payer pays of a unit, less what was taken back, and what that is worth."""

    partner: str
    unit: str
    quantity: Fraction
    worth: Fraction | None


@dataclass(frozen=True, slots=True)
class TierLine:
    """How many members hold a tier at the end, and what is needed for it."""

    ladder: str
    tier: str
    members: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A run's figures. INVARIANT: what was issued of a unit is there yet or went where `UnitLine.flow` says.

    Shape: `sales` sums the facts `sold`, by event, before returns (`returned`: some of it can come back).
    """

    program: str
    currency: str
    events: int
    members: int
    sales: Fraction
    rules: tuple[RuleLine, ...]
    units: tuple[UnitLine, ...]
    tiers: tuple[TierLine, ...]
    cost: Fraction
    rejected: tuple[tuple[str, int], ...]  # code, how many
    repeated: int
    later: int
    refused: int
    funding: tuple[FundingLine, ...]
    redeems: tuple[RedeemLine, ...] = ()
    messages: tuple[MessageLine, ...] = ()
    offers: tuple[OfferLine, ...] = ()
    sold: tuple[tuple[str, str], ...] = ()
    returned: bool = False


def summarise(posted: Posted) -> Summary:
    """The figures of a run; rules and units in program order, also those that gave nothing."""
    program = posted.program
    rules = tuple(_rules(posted))
    return Summary(
        program.frame.name,
        program.frame.currency,
        posted.events,
        posted.members,
        posted.sales,
        rules,
        tuple(_units(posted)),
        tuple(_tiers(posted)),
        summed(line.cost for line in rules if line.cost is not None),
        tuple(sorted(Counter(each.code for each in posted.rejections).items())),
        posted.repeated,
        posted.later,
        len(posted.ledger.refusals),
        tuple(_funding(posted)),
        tuple(_redeems(posted)),
        tuple(_messages(posted)),
        tuple(_offers(posted)),
        tuple((sold := sales(program)).items()),
        any(each.reverses is not None and each.reverses.event in sold for each in program.events.values()),
    )


def _rules(posted: Posted) -> list[RuleLine]:
    by_rule: dict[str, list[Award]] = {name: [] for name in posted.program.rules}
    for award in posted.ledger.awards:
        if award.rule in by_rule:  # others are counted by hand
            by_rule[award.rule].append(award)
    return [_rule(rule, by_rule[rule.name], posted.program) for rule in _gives(posted)]


def _gives(posted: Posted) -> list[nodes.Rule]:
    return [rule for rule in _in_text_order(posted) if not rule.takes and not rule.only_says]


def _messages(posted: Posted) -> Iterator[MessageLine]:
    """The rules that say something, also those that never did."""
    told: dict[str, list[str]] = {}
    for each in posted.ledger.effects:
        told.setdefault(each.rule, []).append(each.member)
    for rule in _in_text_order(posted):
        if rule.say is not None:
            who = told.get(rule.name, [])
            yield MessageLine(rule.name, len(who), len(set(who)))


def _offers(posted: Posted) -> Iterator[OfferLine]:
    """Each opening as it is at the end."""
    latest = {(each.member, each.offer, each.opened): each for each in posted.ledger.offers}
    until = posted.until or 0
    for rule in _in_text_order(posted):
        if rule.offer is not None:
            mine = [each for each in latest.values() if each.offer == rule.name]
            left = [each for each in mine if each.state == OPEN]
            withdrawn = sum(each.state == WITHDRAWN for each in mine)
            open_yet = sum(each.closes >= until for each in left)
            members = len({each.member for each in mine})
            completed = len(mine) - len(left) - withdrawn
            yield OfferLine(rule.name, len(mine), members, completed, open_yet, len(left) - open_yet, withdrawn)


def _in_text_order(posted: Posted) -> list[nodes.Rule]:
    return sorted(posted.program.rules.values(), key=lambda rule: rule.span.start)


def _redeems(posted: Posted) -> Iterator[RedeemLine]:
    """What each rule that takes took, of a corrected event what it took in the end."""
    names = {rule.name for rule in posted.program.rules.values() if rule.takes}
    taken: dict[str, dict[str | None, Fraction]] = {name: {} for name in names}
    for each in posted.ledger.postings:
        if each.reason in names:
            signed = each.quantity if each.target is Pot.SPENT else -each.quantity
            of_rule = taken[each.reason]
            of_rule[each.event] = of_rule.get(each.event, Fraction(0)) + signed
    refused = Counter(each.rule for each in posted.ledger.refusals)
    for rule in _in_text_order(posted):
        if rule.takes:
            parts = [much for much in taken[rule.name].values() if much]
            yield RedeemLine(rule.name, rule.unit, len(parts), summed(parts), refused[rule.name])


def _rule(rule: nodes.Rule, awards: list[Award], program: nodes.Program) -> RuleLine:
    given = summed(award.quantity for award in awards if award.of is None)
    taken_back = -summed(award.quantity for award in awards if award.of is not None)
    return RuleLine(
        rule.name,
        rule.unit,
        sum(award.quantity > 0 for award in awards),
        given,
        summed(award.dropped for award in awards),
        summed(award.cut for award in awards),
        _cost(program, rule, given - taken_back),
        taken_back,
    )


def _funding(posted: Posted) -> Iterator[FundingLine]:
    """By payer in the order of the program, then by unit."""
    program, paid = posted.program, dict[tuple[str, str], Fraction]()
    for rule in sorted(program.rules.values(), key=lambda rule: rule.span.start):
        for partner, _ in rule.funded:
            paid.setdefault((partner, rule.unit), Fraction(0))
    for each in funding(posted.ledger.awards, program):
        paid[each.partner, each.award.unit] += each.quantity
    for (partner, unit), quantity in paid.items():
        worth = program.units[unit].worth
        yield FundingLine(partner, unit, quantity, None if worth is None else quantity * worth)


def _cost(program: nodes.Program, rule: nodes.Rule, quantity: Fraction) -> Fraction | None:
    worth = program.units[rule.unit].worth
    return None if worth is None else quantity * worth


def _units(posted: Posted) -> list[UnitLine]:
    """The units that can be spent, as far as there is something of them or a rule gives them, and money that is charged."""
    program, went = posted.program, flows(posted.ledger)
    held: dict[str, list[Fraction]] = {}
    for (_, unit), balance in posted.ledger.balances().items():
        if balance:
            held.setdefault(unit, []).append(balance)
    spendable = [unit.name for unit in program.units.values() if unit.spendable]
    given = {rule.unit for rule in program.rules.values()}
    shown = [name for name in dict.fromkeys([*spendable, *went]) if name in went or name in given]
    return [_unit(name, held.get(name, []), went.get(name, Flow()), program) for name in shown]


def _unit(name: str, held: list[Fraction], flow: Flow, program: nodes.Program) -> UnitLine:
    worth = program.units[name].worth if name in program.units else Fraction(1)
    total = summed(held)
    debtors = sum(balance < 0 for balance in held)
    return UnitLine(name, len(held), total, None if worth is None else total * worth, flow, debtors)


def _tiers(posted: Posted) -> list[TierLine]:
    held = Counter((each.ladder, each.tier) for each in posted.ledger.standings() if each.before is None)
    return [
        TierLine(ladder.name, tier.name, held[ladder.name, tier.name])
        for ladder in posted.program.ladders.values()
        for tier in ladder.tiers
    ]


def as_json(summary: Summary) -> dict[str, object]:
    """The figures as plain values, exact numbers as text."""

    def plain_values(of: object) -> object:
        if isinstance(of, Fraction):
            return plain(of)
        if isinstance(of, dict):
            return {name: plain_values(each) for name, each in of.items()}
        return [plain_values(each) for each in of] if isinstance(of, list | tuple) else of

    return {name: plain_values(each) for name, each in asdict(summary).items()}
