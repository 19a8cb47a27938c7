"""The nearest change with which a rule that gave nothing would have given something, each one tried before it is said."""

from __future__ import annotations

from collections.abc import Iterator

from guerdon.program import nodes
from guerdon.program.walk import walk
from guerdon.reference.rules import Cut, Verdict
from guerdon.reference.scene import Step
from guerdon.reference.state import Opening
from guerdon.study import words
from guerdon.study.explain.account import Reason
from guerdon.study.explain.flips import by_hand, flips, of_lines, others, tiers
from guerdon.study.explain.moved import into, moved
from guerdon.study.explain.numbers import nearest_number
from guerdon.study.explain.slots import slots_read
from guerdon.study.explain.trying import Change, Trials, Tried

MOST_CHANGES = 3
"""So many changes together are near."""


def nearest(trials: Trials, at: Tried) -> Iterator[Reason]:
    """What would have been enough, and what the rule gives then; nothing where nothing near was found."""
    found = _found(at, trials, MOST_CHANGES)
    if found is not None:
        said, would = (
            " and ".join(each) for each in zip(*((each.said, each.would) for each in found.changes), strict=True)
        )
        besides = "".join(f", {each.more}" for each in found.changes if each.more)
        gives = "" if trials.rule.only_says else f": {words.quantity(found.verdict.quantity, trials.rule.unit)}"
        yield Reason("nearest", said, result=f"{would} would have been enough{besides}{gives}")


def _found(at: Tried, trials: Trials, most: int) -> Tried | None:
    """The event with the fewest changes after which the rule gives something; of equals the first."""
    further = []
    for change in _changes(at, trials):
        tried = trials.with_change(at, change)
        if tried is not None and tried.gives:
            return tried
        if tried is not None and _place(tried.verdict) > _place(at.verdict):
            further.append(tried)
    for each in further if most > 1 else ():
        found = _found(each, trials, most - 1)
        if found is not None:
            return found
    return None


def _place(verdict: Verdict) -> tuple[int, int]:
    """How far a rule came: the clause where it stopped, and how many parts of that held; of one that goes over lines how many counted."""
    rule, failed = verdict.rule, verdict.failed
    if failed is None:
        held = sum(_held(each) for each in verdict.steps) if rule.offer is not None else _lines(verdict)
        return len(rule.when) + len(rule.during) + 1, held
    for place, condition in enumerate(rule.when):
        if condition is failed:
            steps = [each for each in verdict.steps if each.expr is condition]
            return place, sum(bool(each.value) for step in steps for each in step.steps)
    for place, stretches in enumerate(rule.during, len(rule.when)):
        if stretches is failed:
            return place, 0
    return (len(rule.when) + len(rule.during), 0) if isinstance(failed, nodes.Control | nodes.Rule) else (-1, 0)


def _lines(verdict: Verdict) -> int:
    """How many lines a rule's own condition let count."""
    each = verdict.rule.each
    return sum(bool(step.value) for step in verdict.steps if step.expr is each.where) if each is not None else 0


def _held(step: Step) -> int:
    """How many of an offer's conditions held for an opening."""
    return sum(bool(each.value) for each in step.steps) if isinstance(step.value, Opening) else 0


def _changes(at: Tried, trials: Trials) -> Iterator[Change]:
    """What may be enough, by the clause where the rule stopped."""
    verdict, rule = at.verdict, at.verdict.rule
    calendar = trials.before.calendar
    if isinstance(verdict.failed, tuple):
        yield from into(verdict.failed, at.event, calendar)
    elif isinstance(verdict.failed, nodes.Expr):
        for step in verdict.steps:
            if step.expr is verdict.failed:
                yield from flips(step, True, at, trials)
    elif verdict.failed is not None:
        return
    elif verdict.withheld:
        yield from _balance(at, trials)
    elif rule.offer is not None and not verdict.opened:
        for opening in verdict.steps:
            failed = next((each for each in opening.steps if not each.value), None)
            yield from flips(failed, True, at, trials) if failed is not None else ()
    elif rule.each is not None and rule.each.where is not None and not _lines(verdict):
        yield from of_lines(rule.each.lines, rule.each.where, verdict.steps, at, trials)
    elif verdict.exact == verdict.dropped:
        yield from _amounts(rule, at, trials)
    elif any(each.cut for each in _cuts(verdict)):
        yield from moved(at.event, _next_periods(verdict, at, trials), calendar)
    elif verdict.lost:
        yield from _amounts(rule, at, trials)


def _balance(at: Tried, trials: Trials) -> Iterator[Change]:
    """As much to spend as a rule takes."""
    verdict, world = at.verdict, trials.before.world
    subject = world.subjects.get(world.who(at.event.member))
    if subject is not None:
        unit = trials.program.units[verdict.rule.unit]
        there = world.owner(subject, unit.account).purses[unit.name].available
        if there < verdict.withheld:
            yield by_hand("what can be spent", unit.name, there, verdict.withheld, at, trials.program)


def _amounts(rule: nodes.Rule, at: Tried, trials: Trials) -> Iterator[Change]:
    """Amounts, tiers and words with which what a rule gives comes to something."""

    def held(verdict: Verdict) -> bool:
        return bool(verdict.quantity)

    for slot in slots_read(rule.give, at, trials.program):
        yield from others(slot, at)
        value = nearest_number(trials, at, slot, held, lambda verdict: None)
        if value is not None:
            yield slot.change(at.event, value)
    for expr in walk(rule.give, trials.program.measures):
        if isinstance(expr, nodes.Standing):
            now = next((str(each) for each in _standings(at.verdict, expr)), None)
            yield from tiers(expr, now, at, trials) if now is not None else ()


def _standings(verdict: Verdict, expr: nodes.Standing) -> Iterator[object]:
    """What a tier was read as."""
    waiting = [*verdict.steps]
    while waiting:
        step = waiting.pop()
        waiting += step.steps
        if step.expr == expr:
            yield step.value


def _cuts(verdict: Verdict) -> list[Cut]:
    """What limits cut off, those of the rule and of its group."""
    return [*verdict.cuts, *(verdict.sheet.cuts if verdict.sheet is not None else ())]


def _next_periods(verdict: Verdict, at: Tried, trials: Trials) -> Iterator[int]:
    """How many days later the period of a limit that left no room begins anew."""
    day = trials.before.calendar.day(at.event.at)
    for cut in _cuts(verdict):
        period = cut.limit.window.period if isinstance(cut.limit.window, nodes.Calendar) else None
        if cut.cut and period not in (None, nodes.Period.MEMBERSHIP_YEAR):
            yield (trials.before.calendar.last_day(period, day) - day).days + 1
