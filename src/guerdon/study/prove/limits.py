"""Limits that never bind, and the most that limits let through in a window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

from guerdon.program import nodes
from guerdon.program.nodes import TriggerKind
from guerdon.study.prove.amounts import constant
from guerdon.study.prove.report import Finding
from guerdon.study.prove.windows import held
from guerdon.text.diagnostic import Diagnostic

if TYPE_CHECKING:
    from guerdon.study.prove.asked import Asked

Limited = nodes.Rule | nodes.Group


def in_force(rule: nodes.Rule) -> int | None:
    """On how many days a rule can give at all, by its `during`; None: there is no such number."""
    found = []
    for stretches in rule.during:
        days = [
            each.end - each.first for each in stretches if isinstance(each, nodes.Dates) and each.first and each.end
        ]
        if len(days) == len(stretches):
            found.append(sum(days, timedelta(0)).days)
    return min(found, default=None)


def same_holder(one: nodes.Limit, other: nodes.Limit) -> bool:
    """Whether a limit is kept with the same as another, or with more of them at a time."""
    mine = (one.account, one.person, one.everybody, frozenset(one.fields))
    return mine == (other.account, other.person, other.everybody, frozenset(other.fields))


def never_binding(program: nodes.Program, of: Asked | None) -> Iterator[Finding]:
    """Limits into which all fits that can come; without the solver, as far as other limits show it."""
    every: list[Limited] = [*program.rules.values(), *program.groups.values()]
    for limited in every:
        for at, limit in enumerate(limited.limits):
            if limit.of is None and (found := _never_binds(limited, at, limit, program, of)) is not None:
                yield found


def _never_binds(
    limited: Limited, at: int, limit: nodes.Limit, program: nodes.Program, of: Asked | None
) -> Finding | None:
    most = constant(limit.most, program)

    def fits(times: int) -> bool:
        """Whether what comes at so many events always fits into the limit."""
        return of is not None and most is not None and _fits(limited, at, most / times, of)

    if limit.per_event:
        return _finding(limited, limit, None) if fits(1) else None
    days = in_force(limited) if isinstance(limited, nodes.Rule) else None
    for place, other in enumerate(limited.limits):
        if place == at or other.of is not None or not same_holder(other, limit) or other.per_event:
            continue
        if limit.kept and not other.kept:  # what a return gives back to the other one is still used up here
            continue
        if place > at and (limit.or_nothing or other.but(or_nothing=limit.or_nothing) == limit):
            continue
        often = held(other.window, limit.window, days)
        if often is None:
            continue
        if _is_looser(limit, most, other, constant(other.most, program), often, fits):
            return _finding(limited, limit, other)
    once = _times(limited, limit, program)
    if once is not None and (fits(once) if limit.times is None else once <= limit.times):
        return _finding(limited, limit, None)
    return None


def _is_looser(
    limit: nodes.Limit,
    most: Fraction | None,
    other: nodes.Limit,
    bound: Fraction | None,
    often: int,
    fits: Callable[[int], bool],
) -> bool:
    """Whether another limit, so often, lets through no more than a limit does."""
    if limit.times is not None:
        return other.times is not None and other.times * often <= limit.times
    if other.times is not None:
        return fits(other.times * often) if other.times else False
    return most is not None and bound is not None and bound * often <= most


def _times(limited: Limited, limit: nodes.Limit, program: nodes.Program) -> int | None:
    """How often what a rule is on happens to a member in a limit's window at most; None: there is no such number."""
    if not isinstance(limited, nodes.Rule) or limit.everybody or limit.account or limit.person is not None:
        return None
    found = 0
    for event in limited.on:
        trigger = program.triggers.get(event)
        if trigger is None:
            return None
        match trigger.kind:
            case TriggerKind.DATE:
                found += 1
            case TriggerKind.END | TriggerKind.START if trigger.period is not None:
                often = held(nodes.Calendar(trigger.period), limit.window, None)
                if often is None:
                    return None
                found += often
            case _:
                return None
    return found or None


def _fits(limited: Limited, at: int, most: Fraction, of: Asked) -> bool:
    """Whether it is proved that no event brings a limit more than so much."""
    from guerdon.study.prove.solve import Answer, asked
    from guerdon.study.prove.values import fraction

    events = [event for name in of.program.rules_of(limited.name) for event in of.program.rules[name].on]
    for event in dict.fromkeys(events):
        found = of.at(event)
        judged: Any = found.came.get(limited.name) or found.sheets.get(limited.name)
        if judged is None or asked(found.scene.known, [judged.entering[at] > fraction(most)])[0] is not Answer.NEVER:
            return False
    return True


def _finding(limited: Limited, limit: nodes.Limit, other: nodes.Limit | None) -> Finding:
    what = "the group" if isinstance(limited, nodes.Group) else "what the rule gives"
    label = "its other limit never lets so much through" if other is not None else "it never comes to more"
    return Finding(
        Diagnostic(
            "G944",
            f'a limit of "{limited.name}" never binds: {what} always fits into it',
            limit.span,
            label,
            related=((other.span, "this one binds first"),) if other is not None else (),
            help=("lower it, or take it out",),
        )
    )


# ---------------------------------------------------------------- what limits let through


def most_within(counted: nodes.Earned, program: nodes.Program) -> Fraction | None:
    """The most that rules give a member of a unit in a window, by their limits; None where there is no bound.

    What is given by hand, transferred or brought along is left aside, and so is what a member had who became part of this one.
    """
    names = program.rules_of(counted.rule) if counted.rule is not None else tuple(program.rules)
    found = Fraction(0)
    giving = [program.rules[name] for name in names if program.rules[name].unit == counted.unit]
    giving = [rule for rule in giving if not rule.takes]
    raised = {name for each in program.groups.values() if each.minimum or each.rounding for name in each.of}
    if _is_let_in_again(program):
        return None
    for rule in giving:
        if rule.to is not None or rule.shares or program.units[rule.unit].account is not None or rule.name in raised:
            return None
        bound = _bound(rule, counted.window, program)
        if bound is None:
            return None
        found += bound
    return found if giving else None


def _is_let_in_again(program: nodes.Program) -> bool:
    """Whether a late event finds room that a return left on the day of the sale, while what was earned is corrected on another day."""
    late = program.frame.lateness is not None
    return late and any(event.reverses is not None and event.reverses.at_return for event in program.events.values())


def _bound(rule: nodes.Rule, window: nodes.Window, program: nodes.Program) -> Fraction | None:
    """The most that the limits of a rule with a member let through in a window."""
    found, at_once = [], _at_once(rule, program)
    for limit in rule.limits:
        if limit.of is not None or limit.fields or limit.per_event:
            continue
        if limit.account is not None or limit.person is not None:
            continue
        most = constant(limit.most, program) if limit.times is None else at_once and at_once * limit.times
        often = 1 if isinstance(limit.window, nodes.Ever) else held(limit.window, window, in_force(rule))
        if often is not None and most is not None:
            found.append(most * often)
    return min(found, default=None)


def _at_once(rule: nodes.Rule, program: nodes.Program) -> Fraction | None:
    """The most that a rule gives at one event, where that stands in the program; None where it does not."""
    per_event = [constant(limit.most, program) for limit in rule.limits if limit.per_event and limit.of is None]
    found = [each for each in per_event if each is not None]
    much = constant(rule.give, program) if rule.each is None and rule.accumulate is None else None
    if much is not None and rule.offer is None and rule.unit in program.units:
        steps = ceil(max(much, rule.minimum or Fraction(0)) / program.units[rule.unit].step)
        found.append(steps * program.units[rule.unit].step)
    return min(found, default=None) if rule.offer is None else None
