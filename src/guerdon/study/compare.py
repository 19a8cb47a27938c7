"""Two runs of two versions of a program over one history, compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from fractions import Fraction
from typing import TypeVar

from guerdon.ledger.entries import Award
from guerdon.program import nodes
from guerdon.program.printed import fingerprint
from guerdon.reference.calendar import Calendar
from guerdon.reference.exact import ZERO, summed
from guerdon.reference.posted import Posted
from guerdon.study import words
from guerdon.study.comparison import (
    BalanceChange,
    Change,
    Comparison,
    Count,
    FirstDifference,
    Given,
    LadderChange,
    MemberChange,
    MessageChange,
    People,
    Presence,
    RuleChange,
    TierCount,
    TierMove,
    UnitChange,
    Version,
)
from guerdon.study.exports import as_json, write_csv
from guerdon.study.flows import Flow, flows
from guerdon.study.sheets import tables

__all__ = ["Comparison", "NotComparable", "as_json", "compare", "tables", "write_csv"]

BIGGEST = 10
"""How many winners and losers are named."""

Key = TypeVar("Key")


class NotComparable(Exception):
    """Two runs whose difference would mean nothing."""


def compare(old: Posted, new: Posted) -> Comparison:
    """What changes from one version to the other over the history that both were run on.

    Errors: NotComparable where they count money in different currencies.
    """
    currency = new.program.frame.currency
    if old.program.frame.currency != currency:
        raise NotComparable(f"one program counts in {old.program.frame.currency}, the other in {currency}")
    before, after = _Side(old), _Side(new)
    units, members = tuple(_units(before, after)), tuple(_members(before, after))
    return Comparison(
        before.version,
        after.version,
        currency,
        units,
        Change(before.cost(), after.cost()),
        tuple(each.unit for each in units if before.lacks_worth(each.unit) or after.lacks_worth(each.unit)),
        tuple(_rules(before, after)),
        tuple(_ladders(before, after)),
        members,
        tuple(_people(members, units, before, after)),
        _first(before, after),
        tuple(_balances(before, after)),
        tuple(_messages(before, after)),
    )


class _Side:
    """One version: its awards added up by rule, by member and by unit."""

    def __init__(self, posted: Posted) -> None:
        self.posted, self.program = posted, posted.program
        self.version = Version(
            self.program.frame.name,
            fingerprint(self.program),
            posted.events,
            posted.members,
            len(posted.rejections),
            posted.sales,
        )
        self.given = [award for award in posted.ledger.awards if award.quantity]
        self.times = Counter((award.rule, award.unit) for award in self.given if award.of is None)
        self.by_rule = _added(((award.rule, award.unit), award.quantity) for award in self.given)
        self.by_member = _added(((award.member, award.unit), award.quantity) for award in self.given)
        self.balances = {key: balance for key, balance in posted.ledger.balances(posted.until).items() if balance}
        self.debtors = Counter(unit for (_, unit), balance in self.balances.items() if balance < 0)
        self.flows = flows(posted.ledger)
        self.by_unit = _added((unit, quantity) for (_, unit), quantity in self.by_rule.items())
        self.rules = {
            (rule.name, rule.unit): rule
            for rule in sorted(self.program.rules.values(), key=lambda rule: rule.span.start)
            if not rule.takes and not rule.only_says
        }
        self.said = Counter(each.rule for each in posted.ledger.effects)
        self.saying = [rule.name for rule in self.program.rules.values() if rule.say is not None]

    def worth(self, unit: str) -> Fraction | None:
        return self.program.units[unit].worth if unit in self.program.units else None

    def lacks_worth(self, unit: str) -> bool:
        """Whether it is awarded, and nobody knows at what cost."""
        return unit in self.by_unit and self.worth(unit) is None

    def cost(self) -> Fraction:
        return summed(quantity * (self.worth(unit) or ZERO) for unit, quantity in self.by_unit.items())


def _added(pairs: Iterable[tuple[Key, Fraction]]) -> dict[Key, Fraction]:
    """The sum for each key, in order of first appearance."""
    totals: dict[Key, Fraction] = {}
    for key, quantity in pairs:
        totals[key] = totals.get(key, ZERO) + quantity
    return totals


def _either(new: Iterable[Key], old: Iterable[Key]) -> list[Key]:
    """What is in one or both: in the order of the new version, then what is gone."""
    return list(dict.fromkeys([*new, *old]))


def _presence(key: Key, old: Collection[Key], new: Collection[Key]) -> Presence:
    return Presence.OLD if key not in new else Presence.NEW if key not in old else Presence.BOTH


def _cost(awarded: Change, unit: str, old: _Side, new: _Side) -> Change | None:
    """What quantities of a unit cost at each version's worth; None where neither has one."""
    was, now = old.worth(unit), new.worth(unit)
    if was is None and now is None:
        return None
    return Change(awarded.old * (was or ZERO), awarded.new * (now or ZERO))


# ---------------------------------------------------------------- units and rules


def _units(old: _Side, new: _Side) -> Iterator[UnitChange]:
    """The units that a rule of either version gives."""
    given = {unit for side in (old, new) for _, unit in side.rules}
    for unit in _either(new.program.units, old.program.units):
        if unit in given:
            awarded = Change(old.by_unit.get(unit, ZERO), new.by_unit.get(unit, ZERO))
            presence = _presence(unit, old.program.units, new.program.units)
            yield UnitChange(unit, presence, awarded, _cost(awarded, unit, old, new))


def _rules(old: _Side, new: _Side) -> Iterator[RuleChange]:
    """By name and unit: a rule that gives another unit than before is gone from one and new in the other."""
    for key in _either(new.rules, old.rules):
        rule, unit = key
        awarded = Change(old.by_rule.get(key, ZERO), new.by_rule.get(key, ZERO))
        times = Count(old.times[key], new.times[key])
        yield RuleChange(
            rule, unit, _presence(key, old.rules, new.rules), awarded, times, _cost(awarded, unit, old, new)
        )


def _messages(old: _Side, new: _Side) -> Iterator[MessageChange]:
    """The rules that say something in either version."""
    for rule in _either(new.saying, old.saying):
        yield MessageChange(rule, _presence(rule, old.saying, new.saying), Count(old.said[rule], new.said[rule]))


def _balances(old: _Side, new: _Side) -> Iterator[BalanceChange]:
    """The units of which something was posted in either version."""
    for unit in _either(new.flows, old.flows):
        was, now = old.flows.get(unit, Flow()), new.flows.get(unit, Flow())
        yield BalanceChange(
            unit,
            Change(was.balance, now.balance),
            Change(was.debt, now.debt),
            Count(old.debtors[unit], new.debtors[unit]),
            Change(was.held, now.held),
            Change(was.spent, now.spent),
            Change(was.expired, now.expired),
            Change(was.taken_back, now.taken_back),
        )


# ---------------------------------------------------------------- tiers


def _ladders(old: _Side, new: _Side) -> Iterator[LadderChange]:
    for ladder in _either(new.program.ladders, old.program.ladders):
        before, after = _standing(old.posted, ladder), _standing(new.posted, ladder)
        names = _tiers(old.program, ladder), _tiers(new.program, ladder)
        presence = _presence(ladder, old.program.ladders, new.program.ladders)
        yield LadderChange(
            ladder, presence, tuple(_counts(before, after, *names)), tuple(_moves(before, after, *names))
        )


def _standing(posted: Posted, ladder: str) -> dict[str, str]:
    """The tier of each member at the end."""
    held = posted.ledger.standings(posted.until)
    return {each.member: each.tier for each in held if each.ladder == ladder and each.before is None}


def _tiers(program: nodes.Program, ladder: str) -> list[str]:
    return [tier.name for tier in program.ladders[ladder].tiers] if ladder in program.ladders else []


def _counts(before: dict[str, str], after: dict[str, str], old: list[str], new: list[str]) -> Iterator[TierCount]:
    was, now = Counter(before.values()), Counter(after.values())
    for tier in _either(new, old):
        yield TierCount(tier, _presence(tier, old, new), Count(was[tier], now[tier]))


def _moves(before: dict[str, str], after: dict[str, str], old: list[str], new: list[str]) -> Iterator[TierMove]:
    moves = Counter((before.get(member), after.get(member)) for member in _either(after, before))
    for was in [*old, None]:
        for now in [*new, None]:
            if moves[was, now]:
                yield TierMove(was, now, moves[was, now])


# ---------------------------------------------------------------- members


def _members(old: _Side, new: _Side) -> Iterator[MemberChange]:
    for key in sorted(old.by_member.keys() | new.by_member.keys() | old.balances.keys() | new.balances.keys()):
        awarded = Change(old.by_member.get(key, ZERO), new.by_member.get(key, ZERO))
        yield MemberChange(*key, awarded, Change(old.balances.get(key, ZERO), new.balances.get(key, ZERO)))


def _people(
    members: tuple[MemberChange, ...], units: tuple[UnitChange, ...], old: _Side, new: _Side
) -> Iterator[People]:
    """For each unit, and where several have a worth by cost."""
    for each in units:
        yield _ranked(each.unit, [change for change in members if change.unit == each.unit])
    if sum(each.cost is not None for each in units) > 1:
        currency = new.program.frame.currency
        yield _ranked(currency, list(_costs(members, currency, old, new)), by_cost=True)


def _costs(members: tuple[MemberChange, ...], currency: str, old: _Side, new: _Side) -> Iterator[MemberChange]:
    """What each member costs, all units together."""
    priced = [(each.member, _cost(each.awarded, each.unit, old, new)) for each in members]
    was = _added((member, cost.old) for member, cost in priced if cost)
    now = _added((member, cost.new) for member, cost in priced if cost)
    for member in was:
        yield MemberChange(member, currency, Change(was[member], now[member]))


def _ranked(unit: str, changes: list[MemberChange], by_cost: bool = False) -> People:
    by_gain = sorted(changes, key=lambda each: (-each.awarded.difference, each.member))
    by_loss = sorted(changes, key=lambda each: (each.awarded.difference, each.member))
    winners = sum(each.awarded.difference > 0 for each in changes)
    losers = sum(each.awarded.difference < 0 for each in changes)
    unchanged = len(changes) - winners - losers
    return People(
        unit,
        winners,
        losers,
        unchanged,
        tuple(by_gain[: min(winners, BIGGEST)]),
        tuple(by_loss[: min(losers, BIGGEST)]),
        by_cost,
    )


# ---------------------------------------------------------------- the first who differs


def _first(old: _Side, new: _Side) -> FirstDifference | None:
    """The first event that gives another sum of some unit; which rules it comes from makes no difference."""
    before, after = _by_event(old.given), _by_event(new.given)
    differing = [key[:3] for key in before.keys() | after.keys() if before.get(key, ZERO) != after.get(key, ZERO)]
    if not differing:
        return None
    at, member, event = min(differing)
    local = words.local(Calendar(new.program.frame).local(at))
    return FirstDifference(at, local, member, event, *(_given(side.given, at, member, event) for side in (old, new)))


def _by_event(awards: list[Award]) -> dict[tuple[int, str, str, str], Fraction]:
    return _added(((award.at, award.member, award.event, award.unit), award.quantity) for award in awards)


def _given(awards: list[Award], at: int, member: str, event: str) -> tuple[Given, ...]:
    found = (award for award in awards if award.at == at and award.member == member and award.event == event)
    return tuple(Given(award.rule, award.unit, award.quantity) for award in found)
