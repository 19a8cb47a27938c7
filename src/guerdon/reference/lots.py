"""Lots: how points are granted and held, and how they expire.

A lot is what an award brought of a unit with one day of expiry. Points of events that
can't be undone join the lot of the same day of expiry. Whatever moves is posted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import assert_never

from guerdon.ledger.entries import Pot
from guerdon.program import nodes
from guerdon.reference.calendar import ONE, after
from guerdon.reference.evaluate import holds
from guerdon.reference.exact import ZERO
from guerdon.reference.state import Lot, Purse, Subject
from guerdon.reference.world import World

# ---------------------------------------------------------------- when a lot is gone


def pinned(world: World, unit: nodes.Unit, subject: Subject, day: date) -> int | None:
    """The number of the `expires` line that a lot earned on a day comes under; None where there is none."""
    for number, line in enumerate(unit.expiries):
        if line.since is not None and day < line.since:
            continue
        if line.when is None or holds(line.when, world.scene(subject, day)):
            return number
    return None


def lines(world: World, member: Subject, units: Iterable[str]) -> dict[str, int | None]:
    """The `expires` line of each unit that a member earns under as they stand."""
    return {unit: pinned(world, world.program.units[unit], member, member.day) for unit in units}


def pin(world: World, holder: Subject, lot: Lot, earner: Subject) -> Lot:
    """Puts a new lot under the `expires` line that who earned it comes under as they stand."""
    unit = world.program.units[lot.unit]
    lot.line = pinned(world, unit, earner, lot.earned)
    lot.expires = ending(world, unit, holder, lot)
    return lot


def gone(world: World, unit: nodes.Unit, subject: Subject, lot: Lot) -> date | None:
    """The day from whose start a lot is gone, as things stand; None: it has no such day."""
    if lot.line is None or not unit.expiries[lot.line].without:
        return lot.expires
    line = unit.expiries[lot.line]
    assert line.time is not None
    return after(alive(unit, subject, lot), line.time)


def alive(unit: nodes.Unit, subject: Subject, lot: Lot) -> date:
    """The latest day of what keeps a lot alive: that on which it was earned, or of activity of who has it or had it."""
    without = unit.expiries[lot.line].without if lot.line is not None else ()
    return max([lot.earned, lot.kept, *(subject.active[name] for name in without if name in subject.active)])


def is_over(world: World, unit: nodes.Unit, subject: Subject, lot: Lot) -> bool:
    """Whether a lot's day has come, and nothing suspends it."""
    ends = gone(world, unit, subject, lot)
    return ends is not None and ends <= subject.day and not _is_suspended(world, unit, subject, subject.day)


def _is_suspended(world: World, unit: nodes.Unit, subject: Subject, day: date) -> bool:
    return unit.suspended is not None and holds(unit.suspended, world.scene(subject, day))


def ending(world: World, unit: nodes.Unit, subject: Subject, lot: Lot) -> date | None:
    """The day on which a lot expires by its line, where that is fixed."""
    if lot.line is None:
        return None
    line = unit.expiries[lot.line]
    match line.origin:
        case None:
            return None
        case nodes.Origin.EARNED:
            day = lot.earned
        case nodes.Origin.RELEASED:
            if lot.starts is None:
                return None
            day = lot.starts
        case nodes.Calendar():
            end = world.calendar.term_end(line.origin, lot.earned, subject.joined)
            assert end is not None
            day = end
        case date():
            day = line.origin
        case _:
            assert_never(line.origin)
    if line.time is not None:
        day = after(day, line.time)
    if line.at_end is not None:
        day = world.calendar.period(line.at_end, day, 0, subject.joined)[1]
    return day


# ---------------------------------------------------------------- granting


def grant(
    world: World,
    subject: Subject,
    lot: Lot,
    at: int,
    event: str | None,
    reason: str,
    merge: bool = False,
    source: Pot = Pot.ISSUED,
) -> Lot:
    """Gives a subject a lot, which repays debt where it can be spent; the lot that it became.

    `merge`: it may join one of the same day of expiry. `source`: where it comes from.
    """
    unit = world.program.units[lot.unit]
    purse = subject.purses[lot.unit]
    lot.released = lot.starts is not None and lot.starts <= subject.day
    same = next((other for other in purse.lots if _alike(other, lot, unit)), None) if merge else None
    lot, granted = same or lot, lot.quantity
    if same is None:
        subject.lots += 1
        lot.order = subject.lots
        purse.lots.append(lot)
    else:
        same.quantity, same.left = same.quantity + granted, same.left + granted
    world.post(subject.id, unit.name, lot.id, source, pot(lot), granted, at, event, reason)
    if is_over(world, unit, subject, lot):
        expire(world, subject, lot, at, event, "expired")
    elif lot.released:
        repay_from(world, subject, lot, granted, at, event)
    if lot.left:
        _note(purse, _dates(world, unit, subject, lot), subject.day)
    else:
        tidy(world, unit, subject)
    return lot


def _alike(one: Lot, other: Lot, unit: nodes.Unit) -> bool:
    """Whether two lots are spent and expire as one."""
    floats = any(line.without or line.existing for line in unit.expiries) or unit.order is not nodes.LotOrder.SOONEST
    return (
        (
            one.released,
            one.starts if not one.released else None,
            one.expires,
            one.line,
            one.earner,
            one.kept,
            one.awaited,
        )
        == (
            other.released,
            other.starts if not other.released else None,
            other.expires,
            other.line,
            other.earner,
            other.kept,
            None,
        )
        and one.noted is None
        and (one.earned == other.earned or not floats)
    )


def pot(lot: Lot) -> Pot:
    """Where what is left of a lot lies."""
    return Pot.AVAILABLE if lot.released else Pot.PENDING


def repay_from(world: World, subject: Subject, lot: Lot, most: Fraction, at: int, event: str | None) -> None:
    """Uses a lot that can be spent to repay debt."""
    purse = subject.purses[lot.unit]
    repaid = min(purse.debt, lot.left, most)
    if repaid:
        lot.left -= repaid
        purse.debt -= repaid
        world.post(subject.id, lot.unit, lot.id, Pot.AVAILABLE, Pot.DEBT, repaid, at, event, "debt repaid")


def release(world: World, subject: Subject, lot: Lot, at: int, event: str | None) -> None:
    """Ends the hold of a lot: from now on it can be spent."""
    unit = world.program.units[lot.unit]
    lot.released = True
    if lot.starts is None:
        lot.starts = subject.day
        lot.expires = ending(world, unit, subject, lot)
    world.post(subject.id, lot.unit, lot.id, Pot.PENDING, Pot.AVAILABLE, lot.left, at, event, "released")
    repay_from(world, subject, lot, lot.left, at, event)
    tidy(world, unit, subject)


def expire(world: World, subject: Subject, lot: Lot, at: int, event: str | None, reason: str) -> None:
    """What is left of a lot is gone."""
    world.post(subject.id, lot.unit, lot.id, pot(lot), Pot.EXPIRED, lot.left, at, event, reason)
    lot.expired += lot.left
    lot.left = ZERO


# ---------------------------------------------------------------- the start of a day


def due(subject: Subject) -> date | None:
    """No lot of the subject expires or is released before this day; None: none ever is."""
    return min((purse.due for purse in subject.purses.values() if purse.due is not None), default=None)


def begin_day(world: World, subject: Subject, day: date) -> bool:
    """Lets lots expire, and ends holds, at the start of a day; whether anything moved."""
    at, moved = max(world.calendar.start(day), subject.known), False
    for name in sorted(subject.purses):
        purse, unit = subject.purses[name], world.program.units.get(name)
        if unit is None or purse.due is None or purse.due > day:
            continue
        for lot in purse.lots:
            _repin(world, unit, subject, lot, day)
        suspended = _is_suspended(world, unit, subject, day)
        for lot in list(purse.lots):
            ends = gone(world, unit, subject, lot)
            if ends is not None and ends <= day and not suspended:
                expire(world, subject, lot, at, None, "expired")
                moved = True
        for lot in list(purse.lots):
            if lot.left and not lot.released and lot.starts is not None and lot.starts <= day:
                release(world, subject, lot, at, None)
                moved = True
        tidy(world, unit, subject, day)
    return moved


def _repin(world: World, unit: nodes.Unit, subject: Subject, lot: Lot, day: date) -> None:
    """Puts a lot under a line that takes over existing ones from this day on."""
    for number, line in enumerate(unit.expiries):
        takes_over = line.existing and line.since == day and lot.earned < day and lot.line != number
        whose = world.scene(world.subjects.get(world.who(lot.earner), subject), day)
        if takes_over and (line.when is None or holds(line.when, whose)):
            lot.line = number
            lot.expires = ending(world, unit, subject, lot)


def tidy(world: World, unit: nodes.Unit, subject: Subject, done: date | None = None) -> None:
    """Drops lots of which nothing is left, and notes when the next one is due.

    `done`: what was due by then has been looked at; what is suspended is due again the day after.
    """
    purse = subject.purses[unit.name]
    for lot in purse.lots:
        if not lot.left and lot.noted not in (None, lot.holder):
            purse.emptied[lot.id] = lot.earned, lot.expired
    purse.lots, purse.due = [lot for lot in purse.lots if lot.left], None
    for lot in purse.lots:
        _note(purse, _dates(world, unit, subject, lot), done or subject.day)


def _dates(world: World, unit: nodes.Unit, subject: Subject, lot: Lot) -> Iterator[date]:
    """The days on which something becomes of a lot, as things stand."""
    ends = gone(world, unit, subject, lot)
    if ends is not None:
        yield ends
    if not lot.released and lot.starts is not None:
        yield lot.starts
    yield from (line.since for line in unit.expiries if line.existing and line.since and line.since > subject.day)


def _note(purse: Purse, days: Iterable[date], done: date) -> None:
    """Notes days on which the purse is to be looked at, after one on which it was."""
    for day in days:
        later = max(day, done + ONE)
        purse.due = later if purse.due is None else min(purse.due, later)
