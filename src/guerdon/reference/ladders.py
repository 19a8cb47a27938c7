"""Tiers: how they rise, how long they last, how they fall."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import assert_never

from guerdon.program import nodes
from guerdon.reference.calendar import ONE
from guerdon.reference.evaluate import Scene, evaluate
from guerdon.reference.state import Held, Tally


def counted(ladder: nodes.Ladder, scene: Scene) -> int:
    """The rank of the highest tier whose threshold is met on the scene's day."""
    count: Fraction = evaluate(ladder.counts, scene)
    return max(rank for rank, tier in enumerate(ladder.tiers) if tier.at is None or tier.at <= count)


def after_event(ladder: nodes.Ladder, scene: Scene) -> str | None:
    """Moves a tier up (or, `while met`, down) after an event; the reason, where it moved."""
    held, rank = scene.member.held[ladder.name], counted(ladder, scene)
    if rank > held.rank:
        held.given = False
        held.rank, held.ends = rank, scene.calendar.term_end(ladder.lasts, scene.day)
        return "reached"
    if rank < held.rank and isinstance(ladder.lasts, nodes.WhileMet) and not held.given:
        held.rank = rank
        return "no longer met"
    return None


def due(ladder: nodes.Ladder, scene: Scene) -> date | None:
    """The next day on whose start a tier is to be looked at again; None: only after events."""
    held = scene.member.held[ladder.name]
    if held.rank == 0:
        return None
    if isinstance(ladder.lasts, nodes.WhileMet):
        return min(_changes(ladder.counts, scene), default=None)
    return held.ends


def review(ladder: nodes.Ladder, scene: Scene, day: date) -> str | None:
    """Reviews a tier at the start of a day; the reason, where it moved.

    What was reached in the time that just ended counts: the review is dated its last
    day. A tier that was earned again goes on for a new term; one that was not falls
    as the ladder says. A term through the end of *this* period can't be renewed by
    what was done in it. A tier never rises at a review: it rises after an event.
    Source: language reference, Tiers.
    """
    held = scene.member.held[ladder.name]
    scene.day = day
    if isinstance(ladder.lasts, nodes.WhileMet):
        rank = min(counted(ladder, scene), held.rank)
    else:
        rank = _after_term(ladder, held, scene, day)
    if rank == held.rank:
        return None
    held.rank, held.given = rank, False
    return "no longer met" if isinstance(ladder.lasts, nodes.WhileMet) else "term ended"


def _after_term(ladder: nodes.Ladder, held: Held, scene: Scene, day: date) -> int:
    """The rank from a day on which a term ended; its new term is set."""
    renewed = _next_term(ladder, scene, day)
    scene.day = day - ONE if renewed else day
    rank = min(counted(ladder, scene), held.rank)
    scene.day = day
    if rank < held.rank or not renewed:
        rank = _fallen(ladder.falls, held.rank, rank)
    held.ends = None if rank == 0 else renewed or scene.calendar.term_end(ladder.lasts, day)
    return rank


def _next_term(ladder: nodes.Ladder, scene: Scene, day: date) -> date | None:
    """The end of the term that follows one that ended before `day`; None where there is none beyond it."""
    if isinstance(ladder.lasts, nodes.ForTime):
        return scene.calendar.term_end(ladder.lasts, day)
    end = scene.calendar.term_end(ladder.lasts, day - ONE)
    return end if end is not None and end > day else None


def _fallen(falls: nodes.Fall, held: int, reached: int) -> int:
    match falls:
        case nodes.Fall.ONE:
            return max(held - 1, reached)
        case nodes.Fall.COUNTED:
            return reached
        case nodes.Fall.LOWEST:
            return 0
        case nodes.Fall.NEVER:
            return held
        case _:
            assert_never(falls)


def _changes(expr: object, scene: Scene) -> Iterator[date]:
    """The next day, after the scene's, on which each window in an expression shows something else."""
    match expr:
        case nodes.Moment() | nodes.Measured(aggregate=nodes.Aggregate.DAYS_SINCE):
            yield scene.day + ONE
        case nodes.Measured(meter=meter, window=window):
            yield from _leaving(scene.member.meters[meter], window, scene)
        case nodes.Earned(unit, rule, window):
            tally = scene.member.earned_by[rule] if rule else scene.member.earned[unit]
            yield from _leaving(tally, window, scene)
        case nodes.Defined(measure):
            yield from _changes(scene.program.measures[measure].value, scene)
        case nodes.Node():
            for name in expr.field_names:
                yield from _changes(getattr(expr, name), scene)
        case tuple():
            for each in expr:
                yield from _changes(each, scene)


def _leaving(tally: Tally, window: nodes.Window, scene: Scene) -> Iterator[date]:
    """The next day after the scene's on which something enters or leaves a window."""
    calendar, day = scene.calendar, scene.day
    if isinstance(window, nodes.Calendar):
        if tally.days:
            yield calendar.period(window.period, day)[1]
        return
    shown = tally.first_day(calendar.bounds(window, day))
    leaves = calendar.leaves(window, shown) if shown else None
    if leaves is not None:
        yield leaves
