"""One rule at one event, always in this order, whatever order it was typed in:

`on`, `when`, `during`, `each` line, `accumulate`, `give`, `minimum`, `round`, `limit`.
What is shared, given to others or held is the posting's, not the rule's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import assert_never

from guerdon.history.event import Facts
from guerdon.program import nodes
from guerdon.reference.evaluate import Scene, Step, evaluate
from guerdon.reference.exact import ZERO, rounded, summed
from guerdon.reference.state import Subject, Tally
from guerdon.reference.tables import apply


@dataclass(slots=True)
class Cut:
    """A limit, what room it left, and what it cut off."""

    limit: nodes.Limit
    room: Fraction | int
    cut: Fraction


@dataclass(frozen=True, slots=True)
class Absent:
    """What names who would receive: nobody, or somebody who was closed."""

    of: nodes.Expr
    who: str | None


@dataclass(slots=True)
class Verdict:
    """What came of a rule at an event, and how.

    Shape: `failed` names the guard that did not hold (then nothing else is set);
    `steps` are the evaluations, where they were asked for.
    INVARIANT: quantity + dropped + cut == exact.
    """

    rule: nodes.Rule
    failed: nodes.Expr | tuple[nodes.Stretch, ...] | str | Absent | None = None
    exact: Fraction = ZERO
    quantity: Fraction = ZERO
    dropped: Fraction = ZERO
    cuts: list[Cut] = field(default_factory=list)
    raised: bool = False  # whether `minimum` raised it
    parts: list[tuple[Facts, Fraction]] = field(default_factory=list)  # lines and what each came to
    totals: tuple[Fraction, Fraction] | None = None  # of `accumulate`: before, and with this event
    came: Fraction = ZERO  # what it came to, or (`accumulate`) added to its total, before all else
    uses: list[tuple[str, tuple[object, ...]]] = field(
        default_factory=list
    )  # tallies of limits: whose, under which key
    receiver: str | None = None  # None: the event's member
    others: tuple[str | None, ...] = ()  # who gets the shares; None: nobody
    steps: list[Step] = field(default_factory=list)

    @property
    def cut(self) -> Fraction:
        return summed(each.cut for each in self.cuts)


def judge(rule: nodes.Rule, scene: Scene, watched: bool = False) -> Verdict:
    """What a rule gives at the scene's event. Changes nothing but the rule's own counters.

    Source: language reference, One rule.
    """
    verdict = Verdict(rule)
    root, above = Step(rule.give), scene.trace
    if watched:
        scene.trace, verdict.steps = root, root.steps
    verdict.failed = _failed(rule, scene, verdict)
    if verdict.failed is None:
        verdict.others = tuple(_open(_named(share.to, scene), scene) for share in rule.shares)
        _give(rule, scene, verdict)
        _limit(rule, scene, verdict)
    scene.trace = above
    return verdict


def _failed(
    rule: nodes.Rule, scene: Scene, verdict: Verdict
) -> nodes.Expr | tuple[nodes.Stretch, ...] | str | Absent | None:
    """The first guard that does not hold; None where all do."""
    assert scene.event is not None
    if scene.event.type not in rule.on:
        return scene.event.type
    if rule.to is not None:
        verdict.receiver = _named(rule.to, scene)
        if verdict.receiver is None or scene.is_closed(verdict.receiver):
            return Absent(rule.to, verdict.receiver)
    for condition in rule.when:
        if not evaluate(condition, scene):
            return condition
    local = scene.calendar.local(scene.event.at)
    for stretches in rule.during:
        if not any(_holds(stretch, scene, local) for stretch in stretches):
            return stretches
    return None


def _named(of: nodes.Expr, scene: Scene) -> str | None:
    """The member whom an expression names."""
    trace, scene.trace = scene.trace, None
    named = evaluate(of, scene)
    scene.trace = trace
    return None if named is None else str(named)


def _open(who: str | None, scene: Scene) -> str | None:
    """Who it is, if they can receive."""
    return None if who is None or scene.is_closed(who) else who


def whose(of: nodes.Limit | nodes.Accumulate, scene: Scene) -> Subject | None:
    """With whom a limit or a running total is kept; None: nobody is named."""
    if of.person is None:
        return scene.owner(of.account)
    who = _named(of.person, scene)
    return None if who is None else scene.person(who)


def guarded(rule: nodes.Rule, scene: Scene) -> bool:
    """Whether all of a rule's conditions hold."""
    return all(evaluate(condition, scene) for condition in rule.when)


def comes_to(rule: nodes.Rule, scene: Scene) -> Fraction:
    """What a rule comes to (`accumulate`: what it adds to its total), before rounding and limits."""
    give = rule.give
    if rule.accumulate is not None:
        assert isinstance(give, nodes.Apply)
        return summed(max(evaluate(give.base, scene), ZERO) for _ in _lines(rule, scene))
    return max(summed(evaluate(give, scene) for _ in _lines(rule, scene)), ZERO)


def again(rule: nodes.Rule, scene: Scene, rooms: tuple[Fraction | int, ...]) -> Fraction:
    """What a rule would have given, with the room that its limits left then."""
    verdict = Verdict(rule)
    if not guarded(rule, scene):
        return ZERO
    _give(rule, scene, verdict)
    for limit, room in zip(rule.limits, rooms, strict=True):
        _fit(limit, room, verdict)
    return verdict.quantity


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
        verdict.exact = verdict.came = summed(parts)
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
    subject = whose(accumulate, scene) or scene.member
    bounds = scene.bounds(total_window(accumulate), subject)
    before = subject.bases[rule.name].total(bounds)
    subject.bases[rule.name].add(scene.day, base, _ref(scene))
    was, now = apply(rate, before), apply(rate, before + base)
    verdict.totals, verdict.came = (before, before + base), base
    owed = subject.owed[rule.name].total(bounds) if rule.name in subject.owed else ZERO
    verdict.exact = verdict.quantity = max(now - was - owed, ZERO)
    if owed:
        subject.owed[rule.name].add(scene.day, verdict.exact - (now - was))
    if rule.rounding is not None and rule.rounding.place is nodes.RoundPlace.TOTAL:
        whole = _rounded(now, rule, scene) - _rounded(was, rule, scene)
        verdict.quantity = max(whole - owed, ZERO)


def total_window(accumulate: nodes.Accumulate) -> nodes.Window:
    """The window in which bases add up."""
    return nodes.Calendar(accumulate.period) if accumulate.period else nodes.Ever()


def _ref(scene: Scene) -> tuple[str, str] | None:
    """The event's name, where it can be undone."""
    assert scene.event is not None
    return (scene.event.type, scene.event.id) if scene.reads is not None else None


def _limit(rule: nodes.Rule, scene: Scene, verdict: Verdict) -> None:
    """`limit`: each cuts what does not fit, and all count what is given in the end."""
    used: list[Tally] = []
    for index, limit in enumerate(rule.limits):
        key = (rule.name, index, *(scene.facts[name] for name in limit.fields))
        subject = whose(limit, scene) or scene.member
        tally = Tally() if limit.per_event else subject.limits[key]
        _fit(limit, _room(limit, tally, scene, subject), verdict)
        used.append(tally)
        if not limit.per_event and not limit.kept:
            verdict.uses.append((subject.id, key))
    if verdict.quantity:
        for tally in used:
            tally.add(scene.day, verdict.quantity, _ref(scene))


def _room(limit: nodes.Limit, used: Tally, scene: Scene, subject: Subject) -> Fraction | int:
    """How many times, or how much, a limit leaves room for."""
    bounds = scene.bounds(limit.window, subject)
    if limit.times is not None:
        return max(limit.times - used.count(bounds), 0)
    assert limit.most is not None
    most: Fraction = evaluate(limit.most, scene)
    return max(most - used.total(bounds), ZERO)


def _fit(limit: nodes.Limit, room: Fraction | int, verdict: Verdict) -> None:
    """Takes off what a limit leaves no room for; partly, unless it says `or nothing`."""
    if limit.times is not None:
        left = verdict.quantity if room else ZERO
    else:
        most = Fraction(room)
        left = verdict.quantity if verdict.quantity <= most else ZERO if limit.or_nothing else most
    verdict.cuts.append(Cut(limit, room, verdict.quantity - left))
    verdict.quantity = left
