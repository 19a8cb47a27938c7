"""What a ladder counts: how much there is, what it reaches, on which days it changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from guerdon.program import nodes
from guerdon.program.walk import opened
from guerdon.reference.calendar import ONE
from guerdon.reference.evaluate import Gone, earned, evaluate, holds
from guerdon.reference.exact import ZERO
from guerdon.reference.scene import Scene
from guerdon.reference.state import Held
from guerdon.reference.tally import Tally


def holder_of(ladder: nodes.Ladder, scene: Scene) -> Held:
    return scene.owner(ladder.account).held[ladder.name]


def count(ladder: nodes.Ladder, scene: Scene) -> Fraction:
    """What is counted on the scene's day: with what was carried, without what a rise deducted."""
    assert ladder.counts is not None
    held = holder_of(ladder, scene)
    try:
        value: Fraction = evaluate(ladder.counts, scene)
    except Gone:
        value = ZERO
    value -= held.deducted if scene.day < held.deducted_until else ZERO
    value += _forgiven(ladder, scene) if ladder.floored else ZERO
    return value + (held.carried if scene.day < held.carried_until else ZERO)


def _forgiven(ladder: nodes.Ladder, scene: Scene) -> Fraction:
    """What the count was below zero after events, in the window in which it counts."""
    owner, window = scene.owner(ladder.account), shown(ladder, scene.program)
    assert window is not None
    return owner.forgiven[ladder.name].total(scene.bounds(window, owner))


def shown(ladder: nodes.Ladder, program: nodes.Program) -> nodes.Window | None:
    """The first window in which a ladder counts; where its count never falls below zero, the only one."""
    kinds = nodes.Measured | nodes.Streak | nodes.Earned
    return next((each.window for each in opened(ladder.counts, program) if isinstance(each, kinds)), None)


def forgive(ladder: nodes.Ladder, scene: Scene) -> None:
    """Forgives what an event left of the count below zero, so that what comes next counts from zero."""
    if ladder.floored and (below := count(ladder, scene)) < 0:
        scene.owner(ladder.account).forgiven[ladder.name].add(scene.day, -below)


def counted(ladder: nodes.Ladder, scene: Scene) -> int:
    """The rank of the highest tier that is reached on the scene's day."""
    total = count(ladder, scene) if ladder.counts is not None else ZERO
    return max(rank for rank, tier in enumerate(ladder.tiers) if _met(rank, tier, total, scene))


def _met(rank: int, tier: nodes.TierStep, total: Fraction, scene: Scene) -> bool:
    if tier.at is not None:
        return tier.at <= total
    return holds(tier.when, scene) if tier.when is not None else rank == 0


def floor(ladder: nodes.Ladder, scene: Scene) -> int:
    """The rank that the tier can't fall below as things stand."""
    return max((ladder.rank(each.tier) for each in ladder.floors if holds(each.condition, scene)), default=0)


def term_end(ladder: nodes.Ladder, scene: Scene, day: date) -> date | None:
    return scene.calendar.term_end(ladder.lasts, day, scene.owner(ladder.account).joined)


def lacking(
    ladder: nodes.Ladder, tier: nodes.TierStep, scene: Scene
) -> tuple[tuple[tuple[str, Fraction | None], ...], ...]:
    """The ways in which a tier can be reached, each as what lacks of it.

    Shape: what is counted in the program's words, and how much of it lacks (None: it
    must come to hold). A part that is met is left out.
    """
    if tier.at is not None:
        assert ladder.counts is not None
        left = tier.at - count(ladder, scene)
        return (((ladder.counts.span.text, left),) if left > 0 else (),)
    if tier.when is None:
        return ()
    ways = tier.when.of if isinstance(tier.when, nodes.Junction) and not tier.when.every else (tier.when,)
    return tuple(tuple(_unmet(way, scene)) for way in ways)


def _unmet(way: nodes.Expr, scene: Scene) -> Iterator[tuple[str, Fraction | None]]:
    for part in way.of if isinstance(way, nodes.Junction) and way.every else (way,):
        if evaluate(part, scene):
            continue
        if isinstance(part, nodes.Compare) and part.operator == ">=":
            left, right = evaluate(part.left, scene), evaluate(part.right, scene)
            if isinstance(left, Fraction) and isinstance(right, Fraction):
                yield part.left.span.text, right - left
                continue
        yield part.span.text, None


def counts_available(ladder: nodes.Ladder, program: nodes.Program) -> bool:
    """Whether a ladder counts what can be spent, which is known of now only."""
    parts = (ladder.counts, *(tier.when for tier in ladder.tiers))
    return any(isinstance(each, nodes.Available) for each in opened(parts, program))


def counting_end(ladder: nodes.Ladder, scene: Scene) -> date:
    """The first day after the period in which things are counted."""
    period = counting_period(ladder, scene)
    return scene.calendar.period(period, scene.day, 0, scene.owner(ladder.account).joined)[1]


def counting_period(ladder: nodes.Ladder, scene: Scene) -> nodes.Period:
    """The period in which things are counted that are carried over."""
    found = window(ladder.counts, scene)
    assert found is not None, "the checker saw to it that what is carried is counted in a period"
    return found.period


def window(expr: object, scene: Scene) -> nodes.Calendar | None:
    """The period of the calendar that an expression counts in."""
    return next((each for each in opened(expr, scene.program) if isinstance(each, nodes.Calendar)), None)


def days_of(ladder: nodes.Ladder, scene: Scene, first: date) -> Iterator[date]:
    """The days from one on, up to the scene's, on which something that counts was added."""
    for tally in tallies((ladder.counts, *(tier.when for tier in ladder.tiers)), scene):
        begin, end = tally.places((first, scene.day + ONE))
        yield from tally.days[begin:end]


def tallies(expr: object, scene: Scene) -> Iterator[Tally]:
    """The tallies that an expression reads."""
    for each in opened(expr, scene.program):
        match each:
            case nodes.Measured(meter=meter):
                yield scene.owner(scene.program.meters[meter].account).meters[meter]
            case nodes.Streak(meters):
                for meter in meters:
                    yield scene.owner(scene.program.meters[meter].account).meters[meter]
            case nodes.Earned(unit):
                yield from earned(each, scene.owner(scene.program.units[unit].account), scene.program)


def changes(expr: object, scene: Scene) -> Iterator[date]:
    """The next day, after the scene's, on which each window in an expression shows something else."""
    for each in opened(expr, scene.program):
        match each:
            case (
                nodes.Field(scope=nodes.Scope.MOMENT | nodes.Scope.OFFER)
                | nodes.PeriodDay()
                | nodes.Streak()
                | nodes.Measured(aggregate=nodes.Aggregate.DAYS_SINCE)
            ):
                yield scene.day + ONE
            case nodes.Measured(window=shown) | nodes.Earned(window=shown):
                for tally in tallies(each, scene):
                    yield from _leaving(tally, shown, scene)


def _leaving(tally: Tally, window: nodes.Window, scene: Scene) -> Iterator[date]:
    """The next day after the scene's on which something enters or leaves a window."""
    calendar, day, joined = scene.calendar, scene.day, scene.member.joined
    if isinstance(window, nodes.Calendar):
        if tally.days:
            yield calendar.period(window.period, day, 0, joined)[1]
        return
    shown = tally.first_day(scene.bounds(window, scene.member))
    leaves = calendar.leaves(window, shown, joined) if shown else None
    if leaves is not None:
        yield leaves
