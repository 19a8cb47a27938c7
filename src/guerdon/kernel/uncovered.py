"""What the kernel does not cover, of a program and of histories.

A program that has something of it runs on the reference engine, and so does a member
whose events have.
"""

from __future__ import annotations

from collections.abc import Iterator

from guerdon.check.builtin import NAMES
from guerdon.history.builtin import is_undeclared
from guerdon.kernel.beyond import Beyond
from guerdon.kernel.columns import RUN, meant
from guerdon.kernel.days import Years
from guerdon.kernel.loop import written
from guerdon.program import nodes
from guerdon.program.nodes import Period, Scope
from guerdon.program.walk import walk
from guerdon.text.node import Node
from guerdon.text.source import NOWHERE

NOT_COVERED = {
    "accounts": "accounts",
    "triggers": "triggers",
    "lateness": "events that come late",
    "others": "what is known of other members, and what they are given",
    "offers": "offers",
    "redeems": "redeems from one expiry beside others of the unit, or with limits per facts",
    "holds": "holds of units that are not spent, by amounts, or with expiry after release that is not spent first",
    "shares": "shares",
    "limits": "limits of facts, per somebody who is named, and per facts within so many days",
    "groups": "groups with a minimum or a rounding, and across units",
    "accumulate": "running totals of accounts, or per somebody who is named",
    "streaks": "streaks",
    "windows": "windows that begin with a tier; membership years of tiers and of expiry",
    "missing": "measures and sums over lines of quotients, and what came before of lines",
    "tables": "tables of parts as a value",
    "tiers": "tiers that are granted, carried over, floored, in grace, started anew or raised by reviews",
    "falls": "tiers for a term of which a return takes away what they rest on",
    "met": "tiers that ask for a tier, or for what is available; those while met that ask for a streak",
    "expiry": "expiry that is suspended, or that takes over older lots but by activity alone",
    "debt": "debt that is refused or charged",
    "returns": "returns by lines, recomputed, of running totals, and with lists of what was counted",
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
            written(program, Years(2000, 2001))
        except Beyond as beyond:
            found[beyond.word] = program.frame
    return found


def _found(program: nodes.Program) -> Iterator[tuple[str, Node]]:
    frame = program.frame
    yield from (("accounts", each) for each in program.accounts.values())
    yield from (("triggers", each) for each in program.triggers.values())
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
    for meter in program.meters:
        yield from ((word, meter) for word in _of_meter(meter, program))
    for node in walk(meant(program)):
        yield from ((word, node) for word in _of_node(node, program))


def _of_rule(rule: nodes.Rule, program: nodes.Program) -> Iterator[str]:
    if rule.offer is not None:
        yield "offers"
    quotient = rule.each is not None or rule.accumulate is not None
    if quotient and any(
        isinstance(each, nodes.Arithmetic) and each.operator == "/" for each in walk(rule.give, program.measures)
    ):
        yield "missing"
    if rule.hold is not None and not program.units[rule.unit].spendable:
        yield "holds"
    if rule.shares:
        yield "shares"
    own = isinstance(rule.to, nodes.Field) and (rule.to.scope, rule.to.name) == (Scope.MEMBER, "member")
    if rule.to is not None and not own:
        yield "others"
    if any(is_undeclared(program.events[event]) for event in rule.on if event in program.events and event not in RUN):
        yield "triggers"
    yield from _of_limits(rule.limits)
    if rule.accumulate is not None and (rule.accumulate.person is not None or rule.accumulate.account is not None):
        yield "accumulate"


def _of_limits(limits: tuple[nodes.Limit, ...]) -> Iterator[str]:
    for limit in limits:
        by_facts = limit.fields and isinstance(limit.window, nodes.Duration)
        if limit.of is not None or by_facts or limit.person is not None or limit.account is not None:
            yield "limits"
        yield from _of_window(limit.window)


def _of_group(group: nodes.Group, program: nodes.Program) -> Iterator[str]:
    if group.minimum is not None or group.rounding is not None:
        yield "groups"
    if len({program.rules[name].unit for name in group.of}) > 1:
        yield "groups"
    yield from _of_limits(group.limits)


def _of_window(window: nodes.Window) -> Iterator[str]:
    if isinstance(window, nodes.Since) and window.ladder is not None:
        yield "windows"


def _of_unit(unit: nodes.Unit, program: nodes.Program) -> Iterator[str]:
    if unit.account is not None:
        yield "accounts"
    if unit.suspended is not None:
        yield "expiry"
    for line in unit.expiries:
        if line.existing and (line.when is not None or not line.without):
            yield "expiry"
        if isinstance(line.origin, nodes.Calendar) and line.origin.period is Period.MEMBERSHIP_YEAR:
            yield "windows"
        if line.at_end is Period.MEMBERSHIP_YEAR:
            yield "windows"
    if unit.debt.kind in (nodes.DebtKind.REFUSED, nodes.DebtKind.CHARGED):
        yield "debt"


def _of_ladder(ladder: nodes.Ladder, program: nodes.Program) -> Iterator[str]:
    if ladder.account is not None:
        yield "accounts"
    special = ladder.rises, ladder.grace, ladder.floors, ladder.grants, ladder.carries, ladder.restarts
    if any(special):
        yield "tiers"
    if isinstance(ladder.lasts, nodes.Calendar) and ladder.lasts.period is Period.MEMBERSHIP_YEAR:
        yield "windows"
    reverses = any(record.reverses is not None for record in program.events.values())
    if reverses and not isinstance(ladder.lasts, nodes.WhileMet):
        yield "falls"
    parts = (ladder.counts, *(step.when for step in ladder.tiers))
    for each in walk(parts, program.measures):
        if isinstance(each, nodes.Available | nodes.Standing):
            yield "met"
        if isinstance(ladder.lasts, nodes.WhileMet):
            if isinstance(each, nodes.Streak):
                yield "met"
            if isinstance(each, nodes.Calendar) and each.period is Period.MEMBERSHIP_YEAR:
                yield "windows"


def _of_reversal(record: nodes.Record, program: nodes.Program) -> Iterator[str]:
    reversal = record.reverses
    assert reversal is not None
    fine = (
        (reversal.part is None or reversal.part.lines is None)
        and reversal.clawback is not nodes.Clawback.RECOMPUTED
        and reversal.event not in NAMES
        and not any(reversal.event in rule.on and rule.accumulate is not None for rule in program.rules.values())
    )
    if not fine:
        yield "returns"


def _of_meter(meter: nodes.Meter, program: nodes.Program) -> Iterator[str]:
    if meter.account is not None:
        yield "accounts"
    if meter.offer is not None:
        yield "offers"
    if meter.value is not None and any(
        isinstance(each, nodes.Arithmetic) and each.operator == "/" for each in walk(meter.value, program.measures)
    ):
        yield "missing"


def _of_node(node: Node, program: nodes.Program) -> Iterator[str]:
    match node:
        case nodes.Theirs() | nodes.Compare(operator="same as"):
            yield "others"
        case nodes.Streak():
            yield "streaks"
        case nodes.Field(Scope.OPENED | Scope.OFFER):
            yield "offers"
        case nodes.Measured(window=window) | nodes.Earned(window=window):
            yield from _of_window(window)
        case nodes.Lookup(name, keys):
            table = program.tables[name]
            if table.bands is nodes.Bands.PARTS and len(keys) == len(table.keys):
                yield "tables"
        case _:
            return
