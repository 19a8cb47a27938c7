"""One rule at one event, always in this order, whatever order it was typed in:

`on`, `when`, `during`, `control`, `replaces`, `each` line, limits of facts, `accumulate`, `give` (or `cost`),
`minimum`, `round`, `limit`. What its group makes of it is the group's; what is shared, given to others or held is the posting's, not the rule's;
whether what a rule takes is there is decided in `redeeming`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import assert_never

from guerdon.history.event import Facts
from guerdon.program import nodes
from guerdon.reference.evaluate import evaluate
from guerdon.reference.exact import ZERO, rounded, summed
from guerdon.reference.offers import goes_over
from guerdon.reference.room import Admission, Admitted, fits, named, ref, room, tally_of, whose
from guerdon.reference.scene import Scene, Step
from guerdon.reference.state import Lot, Opening
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

    Shape: `failed` names the guard that did not hold, the control group that the member is in, or
    the rule that replaces this one (then nothing else is set); `steps` are the evaluations, where they were asked for. Of a
    rule that takes: `refused` says why it took nothing, `withheld` is what it would have,
    `lots` are those that it takes from first.
    INVARIANT: quantity + dropped + cut + withheld == exact.
    """

    rule: nodes.Rule
    failed: nodes.Expr | tuple[nodes.Stretch, ...] | str | Absent | nodes.Control | nodes.Rule | None = None
    exact: Fraction = ZERO
    quantity: Fraction = ZERO
    dropped: Fraction = ZERO
    cuts: list[Cut] = field(default_factory=list)
    raised: bool = False  # whether `minimum` raised it
    parts: list[tuple[Facts, Fraction]] = field(default_factory=list)  # lines and what each came to
    opened: list[Opening] = field(default_factory=list)  # of an offer: what gave
    totals: tuple[Fraction, Fraction] | None = None  # of `accumulate`: before, and with this event
    came: Fraction = ZERO  # what it came to, or (`accumulate`) added to its total, before all else
    admitted: list[Admitted] = field(default_factory=list)  # by limits of facts
    uses: list[tuple[str, tuple[object, ...]]] = field(
        default_factory=list
    )  # tallies of limits: whose, under which key
    receiver: str | None = None  # None: the event's member
    others: tuple[str | None, ...] = ()  # who gets the shares; None: nobody
    steps: list[Step] = field(default_factory=list)
    sheet: Sheet | None = None  # of its group
    stood: Fraction = ZERO  # what it gave before its group
    added: Fraction = ZERO  # by the minimum of its group
    off: Fraction = ZERO  # what rounding in its group took off, part of `dropped`
    lost: Fraction = ZERO  # in its group: not taken, or cut off there
    refused: str = ""
    withheld: Fraction = ZERO
    lots: tuple[Lot, ...] = ()

    @property
    def cut(self) -> Fraction:
        return summed(each.cut for each in self.cuts) + self.lost

    @property
    def rooms(self) -> tuple[Fraction | int, ...]:
        """What its limits left room for, in their order, then those of its group."""
        of_group = [each.room for each in self.sheet.cuts] if self.sheet is not None else []
        return *(each.room for each in self.admitted), *(each.room for each in self.cuts), *of_group


@dataclass(slots=True)
class Sheet:
    """What a group made of what its rules gave at an event, `verdicts` in its order.

    Shape: `taken`: the rule whose award alone stands, where one is chosen; `total`: after
    `take`; `raised` by the minimum, `rounded` by rounding; `cuts` of its limits.
    """

    group: nodes.Group
    verdicts: list[Verdict]
    taken: Verdict | None = None
    total: Fraction = ZERO
    raised: Fraction = ZERO
    rounded: Fraction = ZERO
    cuts: list[Cut] = field(default_factory=list)

    @property
    def quantity(self) -> Fraction:
        return summed(each.quantity for each in self.verdicts)


def judge(rule: nodes.Rule, scene: Scene, watched: bool = False) -> Verdict:
    """What a rule comes to at the scene's event, before its group, with the room that its limits leave.

    Changes nothing but the rule's own totals: limits are used up by what is given in the end.
    Source: language reference, One rule.
    """
    verdict = Verdict(rule)
    root, above = Step(rule.give), scene.trace
    if watched:
        scene.trace, verdict.steps = root, root.steps
    verdict.failed = _failed(rule, scene, verdict)
    if verdict.failed is None:
        for name in rule.replaces:
            scene.replaced.setdefault(name, rule)
        verdict.failed = scene.replaced.get(rule.name)
    if verdict.failed is None:
        verdict.others = tuple(_open(named(share.to, scene), scene) for share in rule.shares)
        admission = _admission(rule, scene, verdict)
        _give(rule, scene, verdict, admission)
        _limit(rule, scene, verdict)
    scene.trace = above
    return verdict


def use_up(verdict: Verdict, scene: Scene) -> None:
    """Counts what a rule gives or takes in the end, after its group, in its limits."""
    for index, limit in enumerate(verdict.rule.limits if verdict.failed is None else ()):
        if limit.of is None:
            tally, subject, key = tally_of(verdict.rule.name, index, limit, scene)
            if verdict.quantity:
                tally.add(scene.day, verdict.quantity, ref(scene))
            if not limit.per_event and not limit.kept:
                verdict.uses.append((subject.id, key))


def _failed(
    rule: nodes.Rule, scene: Scene, verdict: Verdict
) -> nodes.Expr | tuple[nodes.Stretch, ...] | str | Absent | nodes.Control | None:
    """The first guard that does not hold; None where all do."""
    assert scene.event is not None
    if not is_asked(rule, scene):
        return scene.event.type
    if rule.to is not None:
        verdict.receiver = named(rule.to, scene)
        if verdict.receiver is None or scene.is_closed(verdict.receiver):
            return Absent(rule.to, verdict.receiver)
    for condition in rule.when if rule.offer is None else ():
        if not evaluate(condition, scene):
            return condition
    local = scene.calendar.local(scene.event.at)
    for stretches in rule.during:
        if not any(_holds(stretch, scene, local) for stretch in stretches):
            return stretches
    return rule.control if rule.leaves_out(scene.member.id) else None


def is_asked(rule: nodes.Rule, scene: Scene) -> bool:
    """Whether a rule is looked at; one that takes on `redemption` where this names it."""
    assert scene.event is not None
    by_name = not rule.takes or scene.event.type != "redemption" or scene.facts.get("reward") == rule.name
    return scene.event.type in rule.on and by_name


def _open(who: str | None, scene: Scene) -> str | None:
    """Who it is, if they can receive."""
    return None if who is None or scene.is_closed(who) else who


def guarded(rule: nodes.Rule, scene: Scene) -> bool:
    """Whether all of a rule's conditions hold; those of an offer are asked for each opening."""
    return rule.offer is not None or all(evaluate(condition, scene) for condition in rule.when)


def comes_to(rule: nodes.Rule, scene: Scene, admission: Admission) -> Fraction:
    """What a rule comes to (`accumulate`: what it adds to its total), before rounding and limits."""
    give = rule.give
    if rule.accumulate is not None:
        assert isinstance(give, nodes.Apply)
        return summed(max(evaluate(give.base, scene), ZERO) for _ in lines(rule, scene, admission))
    return max(summed(_part(rule, scene) for _ in lines(rule, scene, admission)), ZERO)


def _part(rule: nodes.Rule, scene: Scene) -> Fraction:
    """What one line, one opening or the event comes to; openings stand by themselves, so none takes from another."""
    value: Fraction = evaluate(rule.give, scene)
    return value if rule.offer is None else max(value, ZERO)


def again(rule: nodes.Rule, scene: Scene, rooms: tuple[Fraction | int, ...]) -> Verdict:
    """What a rule would have given before its group, with the room that its limits left then."""
    verdict = Verdict(rule)
    if not guarded(rule, scene):
        return verdict
    admission = admitting(rule, rooms)
    _give(rule, scene, verdict, admission)
    for limit, left in zip(rule.limits, rooms, strict=False):
        if limit.of is None:
            _fit(limit, left, verdict)
    return verdict


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


def lines(rule: nodes.Rule, scene: Scene, admission: Admission) -> Iterator[Facts | None]:
    """The lines, or the openings of an offer, that a rule looks at, one after the other in the scene; else the event as a whole.

    Shape: in the scene, facts are as far as limits let them count; what is yielded is whole.
    """
    if rule.offer is not None:
        for at in goes_over(rule, scene):
            assert at.opened is not None
            yield at.opened.facts
        return
    if rule.each is None:
        whole, scene.facts = scene.facts, admission.of(scene.facts)
        yield None
        scene.facts = whole
        return
    for line in scene.facts[rule.each.lines] or ():
        scene.line = line
        if rule.each.where is None or evaluate(rule.each.where, scene):
            scene.line = admission.of(line)
            yield line
    scene.line = None


def _admission(rule: nodes.Rule, scene: Scene, verdict: Verdict) -> Admission:
    """What limits of facts leave room for at the event; what is let in is counted in their tallies."""
    found, tallies = [], []
    for index, limit in enumerate(rule.limits):
        if limit.of is not None:
            tally, subject, key = tally_of(rule.name, index, limit, scene)
            found.append(Admitted(limit, room(limit, tally, scene, subject)))
            tallies.append((found[-1], tally))
            if not limit.per_event and not limit.kept:
                verdict.uses.append((subject.id, key))
    verdict.admitted = found
    return Admission(found, tallies)


def admitting(rule: nodes.Rule, rooms: Sequence[Fraction | int]) -> Admission:
    """The same, with the room that there was then; nothing is counted."""
    limits = zip(rule.limits, rooms, strict=False)
    return Admission([Admitted(limit, Fraction(room)) for limit, room in limits if limit.of is not None])


def _give(rule: nodes.Rule, scene: Scene, verdict: Verdict, admission: Admission) -> None:
    """`give`, `accumulate`, `minimum` and `round`: the exact value and what rounding made of it."""
    if rule.accumulate is not None:
        _accumulate(rule, rule.accumulate, scene, verdict, admission)
    else:
        parts = []
        for line in lines(rule, scene, admission):
            parts.append(_part(rule, scene))
            if line is not None:
                verdict.parts.append((line, parts[-1]))
            if scene.opened is not None and parts[-1] > 0:
                verdict.opened.append(scene.opened)
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
    admission.count(scene)


def _rounded(value: Fraction, rule: nodes.Rule, scene: Scene) -> Fraction:
    """The value in whole steps of the rule's unit; unchanged where nothing is left to round, or its group rounds."""
    if rule.rounding is None:
        return value
    return rounded(value, scene.program.units[rule.unit].step, rule.rounding.mode)


def _accumulate(
    rule: nodes.Rule, accumulate: nodes.Accumulate, scene: Scene, verdict: Verdict, admission: Admission
) -> None:
    """F(total so far) - F(total before), exact and rounded, with the same F on both sides."""
    assert isinstance(rule.give, nodes.Apply)
    base = summed(max(evaluate(rule.give.base, scene), ZERO) for _ in lines(rule, scene, admission))
    rate = evaluate(rule.give.rate, scene)
    subject = whose(accumulate, scene) or scene.member
    bounds = scene.bounds(total_window(accumulate), subject)
    before = subject.bases[rule.name].total(bounds)
    subject.bases[rule.name].add(scene.day, base, ref(scene))
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


def _limit(rule: nodes.Rule, scene: Scene, verdict: Verdict) -> None:
    """`limit`: each cuts what does not fit."""
    for index, limit in enumerate(rule.limits):
        if limit.of is None:
            tally, subject, _ = tally_of(rule.name, index, limit, scene)
            _fit(limit, room(limit, tally, scene, subject), verdict)


def _fit(limit: nodes.Limit, left: Fraction | int, verdict: Verdict) -> None:
    """Takes off what a limit leaves no room for; partly, unless it says `or nothing`."""
    fit = fits(limit, left, verdict.quantity)
    verdict.cuts.append(Cut(limit, left, verdict.quantity - fit))
    verdict.quantity = fit
