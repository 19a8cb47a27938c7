"""What the kernel does not cover, of a program and of histories.

A program that has something of it runs on the reference engine, and so does a member
whose events have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import assert_never

from guerdon.history.builtin import is_undeclared
from guerdon.kernel import others, ranked
from guerdon.kernel.awards.triggers import feeds_tiers
from guerdon.kernel.columns import RUN, meant
from guerdon.kernel.days import Years
from guerdon.kernel.loop.frame import written
from guerdon.kernel.standing.held import says_more
from guerdon.kernel.writing.beyond import Beyond, covered
from guerdon.program import nodes
from guerdon.program.nodes import Period, Scope, TriggerKind
from guerdon.program.walk import walk
from guerdon.text.node import Node
from guerdon.text.source import NOWHERE

NOT_COVERED = {
    "accounts": "several accounts; points and tiers of members beside those of an account; with accounts what is given to others or counted with them, streaks of members, their membership years, triggers of tiers and so long after something",
    "triggers": "triggers before lots expire, so long after what can be undone, of tiers that they feed; rules on built-in events",
    "lateness": "events that come late",
    "others": "what others are given by triggers, on hold for an event, with quotients, or only told; what is asked of them but facts that events and members have",
    "offers": "offers",
    "ranks": "ranks by what is no whole number of decimals, by what rules gave, by other ranks, for tiers, and where members have to do with each other, or debt is refused",
    "redeems": "redeems from one expiry beside others of the unit, or with limits per facts",
    "limits": "limits and totals per somebody who is named, or per program: of triggers, of rules that take, in membership years",
    "groups": "groups with a minimum or a rounding, or across units, of what can be returned; with quotients, limits of what is not rounded, units worth nothing",
    "streaks": "streaks of membership years, and where there are returns of dates that are facts",
    "windows": "membership years of expiry",
    "missing": "measures, aggregates over lines and running totals of quotients; what came before of lines; rates by what is missing; tables of parts by several keys, in full steps; numbers of more than 64 bits",
    "payers": "who pays by facts of lines, or by derived facts",
    "falls": "tiers for a term that a return lowers at once, or takes from what they carry over; those while met that say more, where there are returns",
    "expiry": "expiry that is suspended, that takes over older lots but by activity alone, or from the release where lots are not spent soonest first; holds by amounts",
    "debt": "debt that is charged",
    "returns": "returns by lines, of running totals, recomputed of groups, or that ask again what a rule over lines, or in a group that takes the best, comes to; with lists of what was counted, and limits of facts of what can be returned",
}
"""What is not covered, by a word for it."""


def uncovered(program: nodes.Program) -> dict[str, Node]:
    """What of a program the kernel does not cover: words of NOT_COVERED, each with the first place that is known."""
    found: dict[str, Node] = {}
    for word, node in _found(program):
        if word not in found or found[word].span is NOWHERE:
            found[word] = node
    if not found:
        try:
            by_hand = frozenset(undoable(program) & {*RUN})
            text = written(ranked.reading(program), Years(2000, 2001), built_in=by_hand).text
            covered(all(int(each) < 2**63 for each in re.findall(r"\d{19,}", text)), "missing")
        except Beyond as beyond:
            found[beyond.word] = program.frame
    return found


def _found(program: nodes.Program) -> Iterator[tuple[str, Node]]:
    frame = program.frame
    yield from (("accounts", each) for each in _of_accounts(program))
    yield from (("triggers", each) for each in program.triggers.values() if not _is_covered(each, program))
    if frame.lateness is not None:
        yield "lateness", frame
    for rule in program.rules.values():
        yield from ((word, rule) for word in _of_rule(rule, program))
    for group in program.groups.values():
        yield from ((word, group) for word in _of_group(group, program))
    for unit in program.units.values():
        yield from ((word, unit) for word in _of_unit(unit, program))
    for ladder in program.ladders.values():
        yield from ((word, ladder) for word in _of_ladder(ladder, program))
    for record in program.events.values():
        if record.reverses is not None and not is_undeclared(record):
            yield from ((word, record) for word in _of_reversal(record, program))
    if not ranked.covers(program):
        yield "ranks", program.measures[next(iter(program.rankings))]
    for meter in program.meters:
        yield from ((word, meter) for word in _of_meter(meter, program))
    for kept, of in others.kept_with(program).items():
        on = {event for name in others.rules_at(kept, program) for event in program.rules[name].on}
        asked = of.person
        if not on <= {*program.events} or (
            asked and not all(others.is_known_at(asked, program.events[event]) for event in on)
        ):
            yield "limits", of
    for node in walk(meant(program)):
        yield from ((word, node) for word in _of_node(node, program))


def _of_accounts(program: nodes.Program) -> Iterator[Node]:
    """What is not covered of accounts: the members of one are run together, and have no lots and tiers of their own."""
    if not program.accounts:
        return
    yield from [*program.accounts.values()][1:]
    yield from (unit for unit in program.units.values() if unit.spendable and unit.account is None)
    yield from (ladder for ladder in program.ladders.values() if ladder.account is None)
    kinds = TriggerKind.AFTER, TriggerKind.REACHED
    yield from (trigger for trigger in program.triggers.values() if trigger.kind in kinds)
    if others.concerns_others(program):
        yield next(iter(program.accounts.values()))
    for node in walk(meant(program)):
        if getattr(node, "period", None) is Period.MEMBERSHIP_YEAR and not isinstance(node, nodes.Trigger):
            yield node


def undoable(program: nodes.Program) -> set[str]:
    """The events that others reverse."""
    return {record.reverses.event for record in program.events.values() if record.reverses is not None}


def _is_covered(trigger: nodes.Trigger, program: nodes.Program) -> bool:
    """Whether the kernel lets a trigger happen."""
    match trigger.kind:
        case TriggerKind.BEFORE:
            return False
        case TriggerKind.AFTER:
            return not undoable(program) & {*trigger.events}
        case TriggerKind.REACHED:
            return not feeds_tiers(trigger, program)
        case TriggerKind.END | TriggerKind.START | TriggerKind.ANNIVERSARY | TriggerKind.DATE | TriggerKind.WITHOUT:
            return True
        case _:
            assert_never(trigger.kind)


def _is_reckoned(by: nodes.Field, rule: nodes.Rule, program: nodes.Program) -> bool:
    """Whether a fact that names who pays is of lines, or derived."""
    return by.scope is nodes.Scope.LINE or any(program.events[on].facts[by.name].value is not None for on in rule.on)


def _of_rule(rule: nodes.Rule, program: nodes.Program) -> Iterator[str]:
    if rule.offer is not None:
        yield "offers"
    if any(isinstance(each.by, nodes.Field) and _is_reckoned(each.by, rule, program) for each in rule.funded):
        yield "payers"
    divided = (
        isinstance(each, nodes.Arithmetic) and each.operator == "/" for each in walk(rule.give, program.measures)
    )
    if rule.accumulate is not None and any(divided):
        yield "missing"
    if rule.hold is not None and not program.units[rule.unit].spendable:
        yield "expiry"
    if (others.crosses(rule) or rule.shares) and (
        rule.only_says or rule.on[0] in program.triggers or (rule.hold is not None and rule.hold.event is not None)
    ):
        yield "others"
    if any(is_undeclared(program.events[event]) for event in rule.on if event in program.events and event not in RUN):
        yield "triggers"
    if rule.takes and any(limit.person is not None or limit.everybody for limit in rule.limits):
        yield "limits"
    if undoable(program) & {*rule.on} and any(limit.of is not None for limit in rule.limits):
        yield "returns"


def _of_group(group: nodes.Group, program: nodes.Program) -> Iterator[str]:
    units = {program.rules[name].unit for name in group.of}
    on = {event for name in group.of for event in program.rules[name].on}
    if (group.minimum is not None or group.rounding is not None or len(units) > 1) and on & undoable(program):
        yield "groups"


def _of_unit(unit: nodes.Unit, program: nodes.Program) -> Iterator[str]:
    if unit.suspended is not None:
        yield "expiry"
    for line in unit.expiries:
        if line.existing and (line.when is not None or not line.without):
            yield "expiry"
        if isinstance(line.origin, nodes.Calendar) and line.origin.period is Period.MEMBERSHIP_YEAR:
            yield "windows"
        if line.at_end is Period.MEMBERSHIP_YEAR:
            yield "windows"
    if unit.debt.kind is nodes.DebtKind.CHARGED:
        yield "debt"


def _of_ladder(ladder: nodes.Ladder, program: nodes.Program) -> Iterator[str]:
    reverses = any(record.reverses is not None for record in program.events.values())
    at_once = ladder.returns is nodes.OnReturn.ONCE or ladder.carries
    if reverses and (says_more(ladder, program) if isinstance(ladder.lasts, nodes.WhileMet) else at_once):
        yield "falls"


def _of_reversal(record: nodes.Record, program: nodes.Program) -> Iterator[str]:
    reversal = record.reverses
    assert reversal is not None
    fine = (reversal.part is None or reversal.part.lines is None) and not any(
        reversal.event in rule.on and rule.accumulate is not None for rule in program.rules.values()
    )
    if not fine:
        yield "returns"


def _of_meter(meter: nodes.Meter, program: nodes.Program) -> Iterator[str]:
    if meter.offer is not None:
        yield "offers"
    if meter.value is not None and any(
        isinstance(each, nodes.Arithmetic) and each.operator == "/" for each in walk(meter.value, program.measures)
    ):
        yield "missing"


def _of_node(node: Node, program: nodes.Program) -> Iterator[str]:
    match node:
        case nodes.Streak(meters):
            if any(program.meters[number].value is not None for number in meters) and undoable(program):
                yield "streaks"
        case nodes.Field(Scope.OPENED | Scope.OFFER):
            yield "offers"
        case _:
            return
