"""What a run came to, in the figures that a program designer looks at first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from guerdon.check.wording import plain
from guerdon.program import nodes
from guerdon.reference.exact import summed
from guerdon.reference.posted import Posted, sales
from guerdon.study.figures import Figures, Given, Held, Opened, Taken, Told, figures
from guerdon.study.flows import Flow, flow
from guerdon.study.funding import named

if TYPE_CHECKING:
    from guerdon.study.streamed import Streamed


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


def summarise(run: Posted | Streamed) -> Summary:
    """The figures of a run; rules and units in program order, also those that gave nothing."""
    of = figures(run) if isinstance(run, Posted) else run.figures()
    program = of.program
    rules = tuple(_rule(rule, of.given.get(rule.name, Given()), program) for rule in _gives(program))
    return Summary(
        program.frame.name,
        program.frame.currency,
        of.events,
        of.members,
        of.sales,
        rules,
        tuple(_units(of)),
        tuple(_tiers(of)),
        summed(line.cost for line in rules if line.cost is not None),
        tuple(sorted(of.rejected.items())),
        of.repeated,
        of.later,
        of.refused.total(),
        tuple(_funding(of)),
        tuple(_redeems(of)),
        tuple(_messages(of)),
        tuple(_offers(of)),
        tuple((sold := sales(program)).items()),
        any(each.reverses is not None and each.reverses.event in sold for each in program.events.values()),
    )


def _gives(program: nodes.Program) -> list[nodes.Rule]:
    return [rule for rule in _in_text_order(program) if not rule.takes and not rule.only_says]


def _in_text_order(program: nodes.Program) -> list[nodes.Rule]:
    return sorted(program.rules.values(), key=lambda rule: rule.span.start)


def _messages(of: Figures) -> Iterator[MessageLine]:
    """The rules that say something, also those that never did."""
    for rule in _in_text_order(of.program):
        if rule.say is not None:
            told = of.told.get(rule.name, Told())
            yield MessageLine(rule.name, told.times, told.members)


def _offers(of: Figures) -> Iterator[OfferLine]:
    for rule in _in_text_order(of.program):
        if rule.offer is not None:
            found = of.offers.get(rule.name, Opened())
            left = found.open, found.ran_out
            yield OfferLine(rule.name, found.opened, found.members, found.completed, *left, found.withdrawn)


def _redeems(of: Figures) -> Iterator[RedeemLine]:
    for rule in _in_text_order(of.program):
        if rule.takes:
            taken = of.taken.get(rule.name, Taken())
            yield RedeemLine(rule.name, rule.unit, taken.times, taken.quantity, of.refused[rule.name])


def _rule(rule: nodes.Rule, given: Given, program: nodes.Program) -> RuleLine:
    return RuleLine(
        rule.name,
        rule.unit,
        given.awards,
        given.quantity,
        given.dropped,
        given.cut,
        _cost(program, rule, given.quantity - given.taken_back),
        given.taken_back,
    )


def _funding(of: Figures) -> Iterator[FundingLine]:
    """By payer in the order of the program, then by unit; then those whom facts name, in the order of the alphabet."""
    program, paid = of.program, dict[tuple[str, str], Fraction]()
    for rule in _in_text_order(program):
        for partner, _ in named(rule):
            paid.setdefault((partner, rule.unit), Fraction(0))
    for (partner, unit), quantity in (paid | dict(sorted(of.paid.items()))).items():
        worth = program.units[unit].worth
        yield FundingLine(partner, unit, quantity, None if worth is None else quantity * worth)


def _cost(program: nodes.Program, rule: nodes.Rule, quantity: Fraction) -> Fraction | None:
    worth = program.units[rule.unit].worth
    return None if worth is None else quantity * worth


def _units(of: Figures) -> list[UnitLine]:
    """The units that can be spent, as far as there is something of them or a rule gives them, and money that is charged."""
    program, went = of.program, {unit: flow(moved) for unit, moved in of.moved.items()}
    spendable = [unit.name for unit in program.units.values() if unit.spendable]
    given = {rule.unit for rule in program.rules.values()}
    shown = [name for name in dict.fromkeys([*spendable, *went]) if name in went or name in given]
    return [_unit(name, of.held.get(name, Held()), went.get(name, Flow()), program) for name in shown]


def _unit(name: str, held: Held, went: Flow, program: nodes.Program) -> UnitLine:
    worth, total = program.units[name].worth if name in program.units else Fraction(1), held.balance
    return UnitLine(name, held.holders, total, None if worth is None else total * worth, went, held.debtors)


def _tiers(of: Figures) -> list[TierLine]:
    return [
        TierLine(ladder.name, tier.name, of.tiers[ladder.name, tier.name])
        for ladder in of.program.ladders.values()
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
