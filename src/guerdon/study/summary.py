"""What a run came to, in the figures that a program designer looks at first."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from fractions import Fraction

from guerdon.check.wording import plain
from guerdon.ledger.entries import Award
from guerdon.program import nodes
from guerdon.reference.engine import Posted
from guerdon.reference.exact import summed


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What a rule gave: how often, how much, what rounding dropped and limits cut, and its cost."""

    rule: str
    unit: str
    awards: int
    quantity: Fraction
    dropped: Fraction
    cut: Fraction
    cost: Fraction | None  # in the program's currency; None where the unit has no worth


@dataclass(frozen=True, slots=True)
class UnitLine:
    """The balances of a unit: how many members hold some, how much in all, and its worth."""

    unit: str
    members: int
    balance: Fraction
    worth: Fraction | None


@dataclass(frozen=True, slots=True)
class TierLine:
    """How many members hold a tier at the end, and what is needed for it."""

    ladder: str
    tier: str
    members: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A run's figures. INVARIANT: awards per rule of a unit add up to its balances."""

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
    )


def _rules(posted: Posted) -> list[RuleLine]:
    by_rule: dict[str, list[Award]] = {name: [] for name in posted.program.rules}
    for award in posted.ledger.awards:
        by_rule[award.rule].append(award)
    in_text_order = sorted(posted.program.rules.values(), key=lambda rule: rule.span.start)
    return [_rule(rule, by_rule[rule.name], posted.program) for rule in in_text_order]


def _rule(rule: nodes.Rule, awards: list[Award], program: nodes.Program) -> RuleLine:
    quantity = summed(award.quantity for award in awards)
    return RuleLine(
        rule.name,
        rule.unit,
        sum(award.quantity > 0 for award in awards),
        quantity,
        summed(award.dropped for award in awards),
        summed(award.cut for award in awards),
        _cost(program, rule, quantity),
    )


def _cost(program: nodes.Program, rule: nodes.Rule, quantity: Fraction) -> Fraction | None:
    worth = program.units[rule.unit].worth
    return None if worth is None else quantity * worth


def _units(posted: Posted) -> list[UnitLine]:
    balances = posted.ledger.balances()
    lines = []
    for unit in posted.program.units.values():
        held = [amount for (_, name), amount in balances.items() if name == unit.name and amount]
        total = summed(held)
        if held or any(rule.unit == unit.name for rule in posted.program.rules.values()):
            lines.append(UnitLine(unit.name, len(held), total, None if unit.worth is None else total * unit.worth))
    return lines


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
