"""Tiers: how they rise, how long they last, how they fall."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import assert_never

from guerdon.program import nodes
from guerdon.reference.calendar import ONE, after
from guerdon.reference.counting import (
    changes,
    count,
    counted,
    counting_end,
    counting_period,
    counts_available,
    days_of,
    forgive,
    holder_of,
    term_end,
    window,
)
from guerdon.reference.evaluate import holds
from guerdon.reference.exact import ZERO
from guerdon.reference.scene import Scene
from guerdon.reference.state import Held

# ---------------------------------------------------------------- after an event


def after_event(ladder: nodes.Ladder, scene: Scene) -> str | None:
    """Moves a tier after an event, which may grant one; the reason, where it moved."""
    granted = _granted(ladder, holder_of(ladder, scene), scene)
    return after_gain(ladder, scene) or granted


def after_gain(ladder: nodes.Ladder, scene: Scene) -> str | None:
    """Moves a tier up (or, `while met`, down) after something was counted; the reason, where it moved."""
    held = holder_of(ladder, scene)
    forgive(ladder, scene)
    if ladder.rises is None and not held.capped:
        rank = _risen(ladder, held, scene) if ladder.restarts else counted(ladder, scene)
        if rank > held.rank:
            _rise(ladder, held, rank, scene)
            return "reached"
        if held.grace and rank >= held.rank:
            held.grace, held.ends = False, term_end(ladder, scene, scene.day)
            held.reached, held.entered = scene.day, held.since
        if rank < held.rank and isinstance(ladder.lasts, nodes.WhileMet) and not held.given:
            held.rank, held.below = rank, None
            return "no longer met"
    return None


def after_change(ladder: nodes.Ladder, scene: Scene) -> str | None:
    """Lets a tier `while met` follow what it counts, up and down, where no event changed it."""
    held, rank = holder_of(ladder, scene), counted(ladder, scene)
    if rank == held.rank or held.capped or (held.given and rank < held.rank):
        return None
    if rank > held.rank:
        _rise(ladder, held, rank, scene)
        return "reached"
    held.rank, held.below = rank, None
    return "no longer met"


def _rise(ladder: nodes.Ladder, held: Held, rank: int, scene: Scene, day: date | None = None) -> None:
    """Gives a tier that was reached on the scene's day, from `day` on."""
    day = day or scene.day
    if not ladder.restarts:
        held.below = replace(held, below=None)
    held.rank, held.ends, held.given, held.grace, held.capped = rank, term_end(ladder, scene, day), False, False, False
    held.entered, held.since, held.reached = held.since, day, scene.day


def _risen(ladder: nodes.Ladder, held: Held, scene: Scene) -> int:
    """The rank that is reached tier by tier, each taking its threshold off the count."""
    before, rank = replace(held, below=None), held.rank
    while (above := _next_counted(ladder, rank)) is not None:
        at, total = ladder.tiers[above].at, count(ladder, scene)
        if at is None or total < at:
            break
        rank = above
        held.since = scene.day
        left = total - at if ladder.restarts is nodes.Restart.EXCESS else ZERO
        held.deducted = ZERO
        held.carried_until = date.min
        held.deducted = count(ladder, scene) - left
        held.deducted_until = counting_end(ladder, scene) if window(ladder.counts, scene) else date.max
        held.below = before
    return rank


def _next_counted(ladder: nodes.Ladder, rank: int) -> int | None:
    """The next tier up that a count reaches; invitations are passed over."""
    return next((n for n in range(rank + 1, len(ladder.tiers)) if ladder.tiers[n].at is not None), None)


def _granted(ladder: nodes.Ladder, held: Held, scene: Scene) -> str | None:
    """Gives the highest tier that the event grants; one that is held already is renewed."""
    assert scene.event is not None
    granted = [each for each in ladder.grants if each.event == scene.event.type]
    ranks = [ladder.rank(each.tier) for each in granted if each.when is None or holds(each.when, scene)]
    rank = max(ranks, default=0)
    if rank > held.rank:
        _rise(ladder, held, rank, scene)
        held.given = True
        return "granted"
    if rank and held.rank in ranks and not held.capped:
        ends = term_end(ladder, scene, scene.day)
        if isinstance(ladder.lasts, nodes.Duration) and held.ends is not None and not held.grace:
            ends = after(held.ends, ladder.lasts)
        held.ends, held.grace, held.given = ends, False, True
    return None


def give(ladder: nodes.Ladder, scene: Scene, rank: int, through: date | None) -> None:
    """Sets a tier by hand, through a day or for a whole term; a lower one than is reached holds as long."""
    owner = scene.owner(ladder.account)
    ends = through + ONE if through is not None else term_end(ladder, scene, scene.day)
    capped = rank < counted(ladder, scene)
    owner.held[ladder.name] = Held(
        rank, ends if rank or capped else None, given=True, since=scene.day, reached=scene.day, capped=capped
    )


# ---------------------------------------------------------------- after a return


def rests(ladder: nodes.Ladder, scene: Scene, sold: date) -> bool:
    """Whether a return of what was sold on a day or later can take a tier away: it is reached by what is counted.

    Where it is not, because facts changed or it was given, it does not fall for that.
    """
    owner, held = scene.owner(ladder.account), holder_of(ladder, scene)
    if not held.rank or held.given or held.reached < sold:
        return False
    if not ladder.restarts:
        return _still_reached(ladder, held, scene)[0] >= held.rank
    fell = _risen_again(ladder, held, scene) is not None
    owner.held[ladder.name] = held
    return not fell


def after_return(ladder: nodes.Ladder, scene: Scene, sold: date, rested: bool) -> str | None:
    """Lowers a tier that `rested` on what was returned, sold on a day or later; the reason, where it moved.

    It stays where it would have been reached by another day too. Else it falls to the
    tier that is reached without what was returned, or that was held before if that is
    higher and does not rest on it as well. What was carried over is reckoned anew.
    """
    held = holder_of(ladder, scene)
    _carry_less(ladder, held, scene, sold)
    if held.capped and counted(ladder, scene) <= held.rank:  # it is not lower than what is reached any more
        held.capped, held.ends = False, held.ends if held.rank else None
    if ladder.returns is not nodes.OnReturn.ONCE or not held.rank or held.given:
        return None
    if isinstance(ladder.lasts, nodes.WhileMet) and ladder.rises is None:
        rank, below = min(counted(ladder, scene), held.rank), held.below
        if rank == held.rank:
            return None
        if below is not None and below.given and below.rank > rank and _stands(ladder, below, scene, sold):
            scene.owner(ladder.account).held[ladder.name] = below
        else:
            held.rank, held.below = rank, None
        return "returned"
    if not rested or counts_available(ladder, scene.program):
        return None  # what was available on a day that is past nobody knows any more
    if ladder.restarts:
        return _risen_again(ladder, held, scene)
    rank, reached = _still_reached(ladder, held, scene)
    if rank >= held.rank:
        if reached > held.reached:
            held.reached, held.entered = reached, held.since
        return None
    below = held.below
    if below is not None and below.rank >= rank and _stands(ladder, below, scene, sold):
        below.carried, below.carried_until, below.brought = held.carried, held.carried_until, held.brought
        scene.owner(ladder.account).held[ladder.name] = below
    else:
        held.rank, held.ends = rank, term_end(ladder, scene, held.reached) if rank else None
        held.since = scene.day
    return "returned"


def _still_reached(ladder: nodes.Ladder, held: Held, scene: Scene) -> tuple[int, date]:
    """The highest rank, up to the one held, that is reached on a day since it was, and that day."""
    owner, today, rank, when = scene.owner(ladder.account), scene.day, 0, held.reached
    standing = owner.held[ladder.name]
    for day in sorted({held.reached, today, *days_of(ladder, scene, held.reached)}):
        scene.day = day
        owner.held[ladder.name] = replace(held, since=held.entered if day == held.reached else held.since)
        reached = min(counted(ladder, scene), held.rank)
        if reached > rank:
            rank, when = reached, day
        if rank == held.rank:
            break
    scene.day, owner.held[ladder.name] = today, standing
    return rank, when


def _stands(ladder: nodes.Ladder, below: Held, scene: Scene, sold: date) -> bool:
    """Whether a tier that was held before is held yet, and does not rest on what was returned."""
    if below.ends is not None and below.ends <= scene.day:
        return False
    return below.given or below.reached < sold or _still_reached(ladder, below, scene)[0] >= below.rank


def _risen_again(ladder: nodes.Ladder, held: Held, scene: Scene) -> str | None:
    """Lets a tier that takes its threshold off the count rise again from the one that was held before it."""
    if held.below is None:
        return None
    again = replace(held.below)
    owner, today, rank = scene.owner(ladder.account), scene.day, held.rank
    owner.held[ladder.name] = again
    for day in sorted({held.reached, today, *days_of(ladder, scene, held.reached)}):
        scene.day = day
        reached = _risen(ladder, again, scene)
        if reached > again.rank:
            _rise(ladder, again, reached, scene)
    scene.day = today
    if again.rank >= rank:
        owner.held[ladder.name] = held
        return None
    return "returned"


def _carry_less(ladder: nodes.Ladder, held: Held, scene: Scene, sold: date) -> None:
    """Reckons anew what was carried into this period, where what was returned was sold before it."""
    if not ladder.carries or not held.carried or scene.day >= held.carried_until:
        return
    today, first = (
        scene.day,
        scene.calendar.period(counting_period(ladder, scene), scene.day, 0, scene.member.joined)[0],
    )
    if sold >= first:
        return
    before = replace(held, carried=held.brought, carried_until=first)
    owner = scene.owner(ladder.account)
    owner.held[ladder.name] = before
    held.carried = min(held.carried, _excess(ladder, before, scene, first))
    owner.held[ladder.name], scene.day = held, today


# ---------------------------------------------------------------- the start of a day


def due(ladder: nodes.Ladder, scene: Scene) -> date | None:
    """The next day on whose start a tier is to be looked at again; None: only after events."""
    return min(_due(ladder, scene), default=None)


def _due(ladder: nodes.Ladder, scene: Scene) -> Iterator[date]:
    held, owner = holder_of(ladder, scene), scene.owner(ladder.account)
    if held.rank and isinstance(ladder.lasts, nodes.WhileMet) and not held.given:
        yield from changes((ladder.counts, *(tier.when for tier in ladder.tiers)), scene)
        if ladder.account is None and (held_until := held.carried_until) > scene.day:
            yield held_until
    elif (held.rank or held.capped) and held.ends is not None:
        yield held.ends
    if ladder.rises is not None:
        yield scene.calendar.period(ladder.rises.period, scene.day, ladder.rises.ahead, owner.joined)[1]
    if ladder.carries and count(ladder, scene) > 0:
        yield counting_end(ladder, scene)
    for each in ladder.floors:
        yield from changes(each.condition, scene)


def review(ladder: nodes.Ladder, scene: Scene, day: date) -> str | None:
    """Reviews a tier at the start of a day; the reason, where it moved.

    What was reached in the time that just ended counts: the review is dated its last
    day. A tier that was earned again goes on for a new term; one that was not falls
    as the ladder says. A term through the end of *this* period can't be renewed by
    what was done in it. A tier rises at a review only where the ladder says so.
    Source: language reference, Tiers.
    """
    held, before = holder_of(ladder, scene), scene.day
    rank, reason = held.rank, None
    closes = ladder.carries and day == counting_end(ladder, scene)
    excess = _excess(ladder, held, scene, day) if closes else ZERO
    scene.day = day
    if ladder.rises is not None and day == _rise_day(ladder, scene, before):
        reason = _rise_at_review(ladder, held, scene, day)
    if held.capped and held.ends is not None and held.ends <= day:
        held.capped, held.ends = False, held.ends if held.rank else None
    if reason is None and held.rank:
        reason = _fall(ladder, held, scene, day)
    scene.day = day
    if closes:
        fallen = held.rank < rank and ladder.unless_fallen
        held.brought = held.carried if scene.day - ONE < held.carried_until else ZERO
        held.carried = ZERO if fallen else excess
        held.carried_until = counting_end(ladder, scene)
    return reason


def _rise_day(ladder: nodes.Ladder, scene: Scene, before: date) -> date:
    assert ladder.rises is not None
    owner = scene.owner(ladder.account)
    return scene.calendar.period(ladder.rises.period, before, ladder.rises.ahead, owner.joined)[1]


def _rise_at_review(ladder: nodes.Ladder, held: Held, scene: Scene, day: date) -> str | None:
    scene.day = day - ONE
    rank = held.rank if held.capped else _risen(ladder, held, scene) if ladder.restarts else counted(ladder, scene)
    if rank > held.rank:
        _rise(ladder, held, rank, scene, day)
        return "reached"
    return None


def _fall(ladder: nodes.Ladder, held: Held, scene: Scene, day: date) -> str | None:
    """What becomes of a tier that is held at the start of a day; the reason, where it falls."""
    if isinstance(ladder.lasts, nodes.WhileMet) and not held.given:
        rank = min(counted(ladder, scene), held.rank)
    elif held.ends is None or held.ends > day:
        return None
    elif isinstance(ladder.lasts, nodes.WhileMet):  # what was set through a day
        held.ends, rank = None, min(counted(ladder, scene), held.rank)
        held.given = False
    else:
        rank = _after_term(ladder, held, scene, day)
    if rank == held.rank:
        return None
    held.rank, held.given, held.below = rank, False, None
    return "no longer met" if isinstance(ladder.lasts, nodes.WhileMet) else "term ended"


def _excess(ladder: nodes.Ladder, held: Held, scene: Scene, day: date) -> Fraction:
    """What the count of the period that ends exceeds the threshold of the tier that it reached by."""
    scene.day = day - ONE
    total, rank = count(ladder, scene), counted(ladder, scene)
    at = ladder.tiers[rank].at
    if at is None:
        return ZERO
    own = total - (held.carried if scene.day < held.carried_until else ZERO)
    return total - at if ladder.repeatedly else max(min(total - at, own), ZERO)


def _after_term(ladder: nodes.Ladder, held: Held, scene: Scene, day: date) -> int:
    """The rank from a day on which a term ended; its new term is set."""
    renewable = not held.grace and not _is_of_this_period(ladder.lasts)
    renewed = _next_term(ladder, scene, day) if renewable else None
    scene.day = day - ONE if renewable or held.grace else day
    rank, dated = min(counted(ladder, scene), held.rank), scene.day
    scene.day, counted_then = day, rank
    if rank < held.rank and ladder.grace is not None and not held.grace:
        held.grace, held.ends = True, after(day, ladder.grace)
        return held.rank
    if rank < held.rank or not renewable:
        rank = _fallen(ladder.falls, held.rank, rank)
    held.ends = None if rank == 0 else renewed or term_end(ladder, scene, day)
    if counted_then >= rank:
        held.reached, held.entered = dated, held.since
    held.grace, held.since, held.deducted, held.below = False, day, ZERO, None
    return rank


def _next_term(ladder: nodes.Ladder, scene: Scene, day: date) -> date | None:
    """The end of the term that follows one that ended before `day`; None: it has none."""
    return term_end(ladder, scene, day if isinstance(ladder.lasts, nodes.Duration) else day - ONE)


def _is_of_this_period(term: nodes.Term) -> bool:
    """Whether a term ends with the period in which it began, so that nothing done in it renews it."""
    return isinstance(term, nodes.Calendar) and term.ahead == 0


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
