"""Lots: how points are granted, held, spent, taken back, and how they expire.

A lot is what an award brought of a unit with one day of expiry. Points of events that
can't be undone join the lot of the same day of expiry. Whatever moves is posted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import assert_never

from guerdon.ledger.entries import Pot
from guerdon.program import nodes
from guerdon.reference.calendar import ONE, after
from guerdon.reference.evaluate import holds
from guerdon.reference.exact import ZERO
from guerdon.reference.state import Gift, Lot, Purse, Slice, Subject
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


def gone(world: World, unit: nodes.Unit, subject: Subject, lot: Lot) -> date | None:
    """The day from whose start a lot is gone, as things stand; None: it has no such day."""
    if lot.line is None or not unit.expiries[lot.line].without:
        return lot.expires
    line = unit.expiries[lot.line]
    assert line.time is not None
    return after(
        max([lot.earned, *(subject.active[name] for name in line.without if name in subject.active)]), line.time
    )


def _fixed(world: World, unit: nodes.Unit, subject: Subject, lot: Lot) -> date | None:
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


def grant(world: World, subject: Subject, lot: Lot, at: int, event: str | None, reason: str, merge: bool) -> Lot:
    """Gives a subject a lot, which repays debt where it can be spent; the lot that it became.

    `merge`: it may join one of the same day of expiry.
    """
    unit = world.program.units[lot.unit]
    purse = subject.purses[lot.unit]
    if lot.line is None and lot.expires is None:
        lot.line = pinned(world, unit, world.subjects.get(lot.earner, subject), lot.earned)
        lot.expires = _fixed(world, unit, subject, lot)
    lot.released = lot.starts is not None and lot.starts <= subject.day
    same = next((other for other in purse.lots if _alike(other, lot, unit)), None) if merge else None
    lot, granted = same or lot, lot.quantity
    if same is None:
        subject.lots += 1
        lot.order = subject.lots
        purse.lots.append(lot)
    else:
        same.quantity, same.left = same.quantity + granted, same.left + granted
    world.post(subject.id, unit.name, lot.id, Pot.ISSUED, _pot(lot), granted, at, event, reason)
    ends = gone(world, unit, subject, lot)
    if ends is not None and ends <= subject.day:
        expire(world, subject, lot, at, event, "expired")
    elif lot.released:
        _repay(world, subject, purse, lot, granted, at, event)
    if lot.left:
        _note(purse, _dates(world, unit, subject, lot), subject.day)
    else:
        _tidy(world, unit, subject, purse)
    return lot


def _alike(one: Lot, other: Lot, unit: nodes.Unit) -> bool:
    """Whether two lots are spent and expire as one."""
    floats = any(line.without or line.existing for line in unit.expiries) or unit.order is not nodes.LotOrder.SOONEST
    return (
        (one.released, one.starts if not one.released else None, one.expires, one.line, one.earner, one.awaited)
        == (other.released, other.starts if not other.released else None, other.expires, other.line, other.earner, None)
        and one.noted is None
        and (one.earned == other.earned or not floats)
    )


def _pot(lot: Lot) -> Pot:
    return Pot.AVAILABLE if lot.released else Pot.PENDING


def _repay(world: World, subject: Subject, purse: Purse, lot: Lot, most: Fraction, at: int, event: str | None) -> None:
    """Uses a lot to repay debt."""
    repaid = min(purse.debt, lot.left, most)
    if repaid:
        lot.left -= repaid
        purse.debt -= repaid
        world.post(subject.id, lot.unit, lot.id, Pot.AVAILABLE, Pot.DEBT, repaid, at, event, "debt repaid")


def release(world: World, subject: Subject, lot: Lot, at: int, event: str | None) -> None:
    """Ends the hold of a lot: from now on it can be spent."""
    unit, purse = world.program.units[lot.unit], subject.purses[lot.unit]
    lot.released = True
    if lot.starts is None:
        lot.starts = subject.day
        lot.expires = _fixed(world, unit, subject, lot)
    world.post(subject.id, lot.unit, lot.id, Pot.PENDING, Pot.AVAILABLE, lot.left, at, event, "released")
    _repay(world, subject, purse, lot, lot.left, at, event)
    _tidy(world, unit, subject, purse)


def expire(world: World, subject: Subject, lot: Lot, at: int, event: str | None, reason: str) -> None:
    """What is left of a lot is gone."""
    world.post(subject.id, lot.unit, lot.id, _pot(lot), Pot.EXPIRED, lot.left, at, event, reason)
    lot.expired += lot.left
    lot.left = ZERO


# ---------------------------------------------------------------- the start of a day


def due(subject: Subject) -> date | None:
    """No lot of the subject expires or is released before this day; None: none ever is."""
    return min((purse.due for purse in subject.purses.values() if purse.due is not None), default=None)


def begin_day(world: World, subject: Subject, day: date) -> bool:
    """Lets lots expire, and ends holds, at the start of a day; whether anything moved."""
    at, moved = world.calendar.start(day), False
    for name in sorted(subject.purses):
        purse, unit = subject.purses[name], world.program.units.get(name)
        if unit is None or purse.due is None or purse.due > day:
            continue
        for lot in purse.lots:
            _repin(world, unit, subject, lot, day)
        suspended = unit.suspended is not None and holds(unit.suspended, world.scene(subject, day))
        for lot in list(purse.lots):
            ends = gone(world, unit, subject, lot)
            if ends is not None and ends <= day and not suspended:
                expire(world, subject, lot, at, None, "expired")
                moved = True
        for lot in list(purse.lots):
            if lot.left and not lot.released and lot.starts is not None and lot.starts <= day:
                release(world, subject, lot, at, None)
                moved = True
        _tidy(world, unit, subject, purse, day)
    return moved


def _repin(world: World, unit: nodes.Unit, subject: Subject, lot: Lot, day: date) -> None:
    """Puts a lot under the latest line that took over existing ones."""
    for number, line in enumerate(unit.expiries):
        if line.existing and line.since is not None and lot.earned < line.since <= day and lot.line != number:
            if lot.moved is not None and lot.moved >= line.since:
                continue
            if line.when is None or holds(line.when, world.scene(world.subjects.get(lot.earner, subject), day)):
                lot.line, lot.moved = number, line.since
                lot.expires = _fixed(world, unit, subject, lot)


def _tidy(world: World, unit: nodes.Unit, subject: Subject, purse: Purse, done: date | None = None) -> None:
    """Drops lots of which nothing is left, and notes when the next one is due.

    `done`: what was due by then has been looked at; what is suspended is due again the day after.
    """
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


# ---------------------------------------------------------------- spending


def in_order(world: World, unit: nodes.Unit, subject: Subject) -> list[Lot]:
    """The lots that can be spent, in the order in which they are."""
    lots = [lot for lot in subject.purses[unit.name].lots if lot.released and lot.left]
    match unit.order:
        case nodes.LotOrder.SOONEST:
            return sorted(lots, key=lambda lot: (gone(world, unit, subject, lot) or date.max, lot.order))
        case nodes.LotOrder.OLDEST:
            return sorted(lots, key=lambda lot: lot.order)
        case nodes.LotOrder.NEWEST:
            return sorted(lots, key=lambda lot: -lot.order)
        case _:
            assert_never(unit.order)


def spend(
    world: World, subject: Subject, unit: nodes.Unit, quantity: Fraction, at: int, event: str, to: Pot, reason: str
) -> tuple[list[Slice], Fraction]:
    """Takes so much out of the lots; what was taken of which, and what was lacking."""
    slices: list[Slice] = []
    purse = subject.purses[unit.name]
    for lot in in_order(world, unit, subject):
        part = min(lot.left, quantity)
        if not part:
            break
        lot.left -= part
        quantity -= part
        slices.append((subject.id, unit.name, lot, part))
        world.post(subject.id, unit.name, lot.id, Pot.AVAILABLE, to, part, at, event, reason)
    _tidy(world, unit, subject, purse)
    return slices, quantity


def restore(world: World, slices: Iterable[Slice], source: Pot, at: int, event: str) -> None:
    """Gives back what was taken out, into its own lots; what has expired since stays expired.

    What was owed is owed no more; as far as it was repaid since, it comes as a lot of its own.
    """
    for holder, name, lot, part in slices:
        subject, unit = world.subjects[lot.holder if lot is not None else world.who(holder)], world.program.units[name]
        purse = subject.purses[name]
        if lot is None:
            less = min(purse.debt, part)
            purse.debt -= less
            world.post(subject.id, name, None, source, Pot.DEBT, less, at, event, "undone")
            if less == part:
                continue
            part -= less
            lot = Lot(
                f"{event}/undone", name, part, ZERO, subject.day, 0, subject.day, None, None, None, holder, subject.id
            )
            lot.released, lot.line = True, pinned(world, unit, subject, subject.day)
            lot.expires = _fixed(world, unit, subject, lot)
        lot.left += part
        if lot not in purse.lots:
            purse.lots.append(lot)
            purse.emptied.pop(lot.id, None)
        world.post(subject.id, name, lot.id, source, Pot.AVAILABLE, part, at, event, "undone")
        ends = gone(world, unit, subject, lot)
        if ends is not None and ends <= subject.day:
            expire(world, subject, lot, at, event, "expired meanwhile")
        else:
            _repay(world, subject, purse, lot, part, at, event)
        _tidy(world, unit, subject, purse)


def settle(world: World, subject: Subject, lot: Lot, at: int, event: str) -> None:
    """What is to be done with a lot that came from another purse: debt is repaid, and its days are noted."""
    purse = subject.purses[lot.unit]
    if lot.released:
        _repay(world, subject, purse, lot, lot.left, at, event)
    _tidy(world, world.program.units[lot.unit], subject, purse)


def repay(world: World, subject: Subject, unit: nodes.Unit, at: int, event: str) -> None:
    """Uses what can be spent to repay debt."""
    purse = subject.purses[unit.name]
    for lot in in_order(world, unit, subject):
        _repay(world, subject, purse, lot, lot.left, at, event)
    _tidy(world, unit, subject, purse)


def hand_over(world: World, subject: Subject, lot: Lot, part: Fraction, id: str, at: int, event: str) -> Lot:
    """Gives a part of another's lot to a subject, as a lot that expires with it."""
    subject.lots += 1
    new = replace(
        lot, id=id, quantity=part, left=part, order=subject.lots, earner=subject.id, holder=subject.id, expired=ZERO
    )
    subject.purses[lot.unit].lots.append(new)
    world.post(subject.id, lot.unit, id, Pot.TRANSFERRED, Pot.AVAILABLE, part, at, event, "transfer")
    settle(world, subject, new, at, event)
    return new


# ---------------------------------------------------------------- taking back


def take(
    world: World, gift: Gift, quantity: Fraction, at: int, event: str, oldest: bool = False, to: Pot = Pot.TAKEN_BACK
) -> None:
    """Takes back so much of what was given: from its own lot, then other lots, then as the unit's debt says.

    What expired of it before is not taken twice. `oldest`: from the oldest lots instead.
    """
    lot, unit = gift.lot, world.program.units[gift.unit]
    subject = world.subjects[lot.holder if lot is not None else world.who(gift.holder)]
    if lot is not None and not oldest:
        own = min(lot.left, quantity)
        lot.left -= own
        quantity -= own
        world.post(subject.id, unit.name, lot.id, _pot(lot), to, own, at, event, gift.rule)
        excused = min(max(lot.expired - gift.excused, ZERO), quantity)
        gift.excused += excused
        quantity -= excused
    _tidy(world, unit, subject, subject.purses[unit.name])
    lacking = quantity
    if oldest:
        for other in sorted(subject.purses[unit.name].lots, key=lambda lot: lot.order):
            part = min(other.left, lacking)
            other.left -= part
            lacking -= part
            world.post(subject.id, unit.name, other.id, _pot(other), to, part, at, event, gift.rule)
        _tidy(world, unit, subject, subject.purses[unit.name])
    else:
        _, lacking = spend(world, subject, unit, quantity, at, event, to, gift.rule)
    owe(world, subject, unit, lacking, at, event, to, gift.rule)


def owe(
    world: World, subject: Subject, unit: nodes.Unit, lacking: Fraction, at: int, event: str, to: Pot, reason: str
) -> None:
    """What can't be taken, as the unit's `debt` says: owed, written off, or charged in money."""
    purse, debt = subject.purses[unit.name], unit.debt
    owed = lacking
    if debt.kind is nodes.DebtKind.FORGIVEN or debt.kind is nodes.DebtKind.CHARGED:
        owed = ZERO
    elif debt.most is not None:
        owed = min(lacking, max(debt.most - purse.debt, ZERO))
    purse.debt += owed
    world.post(subject.id, unit.name, None, Pot.DEBT, to, owed, at, event, reason)
    if debt.kind is not nodes.DebtKind.CHARGED:
        world.post(subject.id, unit.name, None, Pot.WRITTEN_OFF, to, lacking - owed, at, event, reason)
        return
    assert unit.worth is not None, "the checker saw to it"
    currency, charge = world.program.frame.currency, lacking * unit.worth
    world.post(subject.id, unit.name, None, Pot.CHARGED, to, lacking, at, event, reason)
    money = world.program.units.get(currency)
    if money is not None:
        subject = world.owner(subject, money.account)
        _, charge = spend(world, subject, money, charge, at, event, Pot.CHARGED, reason)
    subject.purses[currency].debt += charge
    world.post(subject.id, currency, None, Pot.DEBT, Pot.CHARGED, charge, at, event, reason)
