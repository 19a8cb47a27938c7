"""One rule at one event, always in this order, whatever order it was typed in:

`on`, `when`, `during`, `each` line, `accumulate`, `give`, `minimum`, `round`, `limit`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import assert_never

from guerdon.history.event import Facts
from guerdon.program import nodes
from guerdon.reference.evaluate import Scene, Step, apply, evaluate
from guerdon.reference.exact import ZERO, rounded, summed
from guerdon.reference.state import Tally


@dataclass(slots=True)
class Cut:
    """A limit, what room it left, and what it cut off."""

    limit: nodes.Limit
    room: Fraction | int
    cut: Fraction


@dataclass(slots=True)
class Verdict:
    """What came of a rule at an event, and how.

    Shape: `failed` names the guard that did not hold (then nothing else is set);
    `steps` are the evaluations, where they were asked for.
    INVARIANT: quantity + dropped + cut == exact.
    """

    rule: nodes.Rule
    failed: nodes.Expr | tuple[nodes.Stretch, ...] | str | None = None
    exact: Fraction = ZERO
    quantity: Fraction = ZERO
    dropped: Fraction = ZERO
    cuts: list[Cut] = field(default_factory=list)
    raised: bool = False  # whether `minimum` raised it
    parts: list[tuple[Facts, Fraction]] = field(default_factory=list)  # lines and what each came to
    totals: tuple[Fraction, Fraction] | None = None  # of `accumulate`: before, and with this event
    steps: list[Step] = field(default_factory=list)

    @property
    def cut(self) -> Fraction:
        return summed(each.cut for each in self.cuts)


def judge(rule: nodes.Rule, scene: Scene, watched: bool = False) -> Verdict:
    """What a rule gives at the scene's event. Changes nothing but the rule's own counters.

    Source: language reference, One rule.
    """
    verdict = Verdict(rule)
    root = Step(rule.give)
    if watched:
        scene.trace, verdict.steps = root, root.steps
    verdict.failed = _failed(rule, scene)
    if verdict.failed is None:
        _give(rule, scene, verdict)
        _limit(rule, scene, verdict)
    scene.trace = None
    return verdict


def _failed(rule: nodes.Rule, scene: Scene) -> nodes.Expr | tuple[nodes.Stretch, ...] | str | None:
    """The first guard that does not hold; None where all do."""
    assert scene.event is not None
    if scene.event.type not in rule.on:
        return scene.event.type
    for condition in rule.when:
        if not evaluate(condition, scene):
            return condition
    local = scene.calendar.local(scene.event.at)
    for stretches in rule.during:
        if not any(_holds(stretch, scene, local) for stretch in stretches):
            return stretches
    return None


def _holds(stretch: nodes.Stretch, scene: Scene, local: datetime) -> bool:
    """Whether the event happened within a stretch of days, weekdays or hours."""
    match stretch:
        case nodes.Dates(first, end):
            return (first is None or first <= scene.day) and (end is None or scene.day < end)
        case nodes.Weekdays(days):
            return scene.day.weekday() in days
        case nodes.Hours(start, end):
            time = local.time()
            return start <= time < end if start <= end else time >= start or time < end
        case _:
            assert_never(stretch)


def _lines(rule: nodes.Rule, scene: Scene) -> Iterator[Facts | None]:
    """The lines that a rule looks at, one after the other in the scene; without `each`, the event as a whole."""
    if rule.each is None:
        yield None
        return
    for line in scene.facts[rule.each.lines] or ():
        scene.line = line
        if rule.each.where is None or evaluate(rule.each.where, scene):
            yield line
    scene.line = None


def _give(rule: nodes.Rule, scene: Scene, verdict: Verdict) -> None:
    """`give`, `accumulate`, `minimum` and `round`: the exact value and what rounding made of it."""
    if rule.accumulate is not None:
        _accumulate(rule, rule.accumulate, scene, verdict)
    else:
        parts = []
        for line in _lines(rule, scene):
            parts.append(evaluate(rule.give, scene))
            if line is not None:
                verdict.parts.append((line, parts[-1]))
        verdict.exact = summed(parts)
        per_line = rule.rounding is not None and rule.rounding.place is nodes.RoundPlace.LINE
        verdict.quantity = summed(_rounded(part, rule, scene) for part in parts) if per_line else verdict.exact
    if verdict.exact < 0:  # a discount larger than what it is taken off: nothing is given, and nothing taken
        verdict.exact = verdict.quantity = ZERO
    if rule.minimum is not None and verdict.exact > 0 and verdict.quantity < rule.minimum:
        verdict.exact = max(verdict.exact, rule.minimum)
        verdict.quantity = rule.minimum
        verdict.raised = True
    if rule.rounding is None or rule.rounding.place is nodes.RoundPlace.EVENT:
        verdict.quantity = _rounded(verdict.quantity, rule, scene)
    verdict.quantity = max(verdict.quantity, ZERO)  # lines rounded one by one may come to less than nothing
    verdict.dropped = verdict.exact - verdict.quantity


def _rounded(value: Fraction, rule: nodes.Rule, scene: Scene) -> Fraction:
    """The value in whole steps of the rule's unit; unchanged where nothing is left to round."""
    step = scene.program.units[rule.unit].step
    if rule.rounding is None:
        assert (value / step).denominator == 1, "the checker proved that nothing is left to round"
        return value
    return rounded(value, step, rule.rounding.mode)


def _accumulate(rule: nodes.Rule, accumulate: nodes.Accumulate, scene: Scene, verdict: Verdict) -> None:
    """F(total so far) - F(total before), exact and rounded, with the same F on both sides."""
    assert isinstance(rule.give, nodes.Apply)
    base = summed(max(evaluate(rule.give.base, scene), ZERO) for _ in _lines(rule, scene))
    rate = evaluate(rule.give.rate, scene)
    tally = scene.member.bases[rule.name]
    window = nodes.Calendar(accumulate.period) if accumulate.period else nodes.Ever()
    before = tally.total(scene.calendar.bounds(window, scene.day))
    tally.add(scene.day, base)
    was, now = apply(rate, before), apply(rate, before + base)
    verdict.totals = before, before + base
    verdict.exact = verdict.quantity = now - was
    if rule.rounding is not None and rule.rounding.place is nodes.RoundPlace.TOTAL:
        verdict.quantity = _rounded(now, rule, scene) - _rounded(was, rule, scene)


def _limit(rule: nodes.Rule, scene: Scene, verdict: Verdict) -> None:
    """`limit`: each cuts what does not fit, and all count what is given in the end."""
    used: list[Tally] = []
    for index, limit in enumerate(rule.limits):
        key = (rule.name, index, *(scene.facts[name] for name in limit.fields))
        tally = Tally() if limit.per_event else scene.member.limits[key]
        _cut(limit, tally, scene, verdict)
        used.append(tally)
    if verdict.quantity:
        for tally in used:
            tally.add(scene.day, verdict.quantity)


def _cut(limit: nodes.Limit, used: Tally, scene: Scene, verdict: Verdict) -> None:
    """Takes off what a limit leaves no room for; partly, unless it says `or nothing`."""
    bounds = scene.calendar.bounds(limit.window, scene.day)
    if limit.times is not None:
        room: Fraction | int = max(limit.times - used.count(bounds), 0)
        left = verdict.quantity if room else ZERO
    else:
        assert limit.most is not None
        most: Fraction = max(evaluate(limit.most, scene) - used.total(bounds), ZERO)
        room = most
        left = verdict.quantity if verdict.quantity <= most else ZERO if limit.or_nothing else most
    verdict.cuts.append(Cut(limit, room, verdict.quantity - left))
    verdict.quantity = left
