"""How lots are spent, handed on and taken back, and what becomes of what is lacking.

Whatever was taken out is noted in slices, so that it can be given back where it came from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import assert_never

from guerdon.ledger.entries import Pot
from guerdon.program import nodes
from guerdon.reference import lots
from guerdon.reference.evaluate import evaluate
from guerdon.reference.exact import ZERO
from guerdon.reference.scene import Scene
from guerdon.reference.state import Gift, Lot, Slice, Subject
from guerdon.reference.world import World


def in_order(world: World, unit: nodes.Unit, subject: Subject) -> list[Lot]:
    """The lots that can be spent, in the order in which they are."""
    released = sorted(
        (lot for lot in subject.purses[unit.name].lots if lot.released and lot.left),
        key=lambda lot: (lot.earned, lot.order),
    )
    match unit.order:
        case nodes.LotOrder.SOONEST:
            return sorted(released, key=lambda lot: lots.gone(world, unit, subject, lot) or date.max)
        case nodes.LotOrder.OLDEST:
            return released
        case nodes.LotOrder.NEWEST:
            return released[::-1]
        case _:
            assert_never(unit.order)


def home(world: World, lot: Lot) -> Subject:
    """Who has a lot, or where nothing is left of it: who would have it if something were."""
    holder = world.subjects[world.who(lot.holder)]
    if lot.left:
        return holder
    account = world.program.units[lot.unit].account
    earner = world.subjects.get(world.who(lot.earner))
    if holder.account is not None and earner is not None and world.program.accounts[holder.account].takes:
        return world.owner(earner, account)
    return _where(world, holder, lot.unit)


def _where(world: World, holder: Subject, unit: str) -> Subject:
    """Where a member's own lots and debts of a unit are now: with them, or in the account to which they were brought."""
    account = world.program.units[unit].account if unit in world.program.units else None
    brought = account is not None and holder.account is None and world.program.accounts[account].brings
    return world.owner(holder, account) if brought else holder


# ---------------------------------------------------------------- spending


def may_spend(world: World, scene: Scene, subject: Subject) -> bool:
    """Whether a member may spend what is a subject's: their own, or an account's that lets them."""
    condition = world.program.accounts[subject.account].spends if subject.account is not None else None
    return condition is None or bool(evaluate(condition, world.scene(scene.member)))


def spend(
    world: World,
    subject: Subject,
    unit: nodes.Unit,
    quantity: Fraction,
    at: int,
    event: str,
    to: Pot,
    reason: str,
    first: tuple[Lot, ...] = (),
) -> list[Slice]:
    """Takes so much out of the lots, of some `first`, and what is lacking as the unit's `debt` says; what was taken of which."""
    some = sorted(in_order(world, unit, subject), key=lambda lot: lot not in first)
    slices, lacking = _out_of_lots(world, some, subject, quantity, at, event, to, reason)
    return slices + _owe(world, subject, unit, lacking, at, event, to, reason)


def _out_of_lots(
    world: World,
    some: Iterable[Lot],
    subject: Subject,
    quantity: Fraction,
    at: int,
    event: str,
    to: Pot,
    reason: str,
) -> tuple[list[Slice], Fraction]:
    """Takes so much out of some lots of a purse, one after the other; what was taken, and what was lacking."""
    slices: list[Slice] = []
    for lot in some:
        part = min(lot.left, quantity)
        if not part:
            continue
        lot.left -= part
        quantity -= part
        slices.append(Slice(subject.id, lot.unit, part, lot))
        world.post(subject.id, lot.unit, lot.id, lots.pot(lot), to, part, at, event, reason)
    for unit in {each.unit for each in slices}:
        lots.tidy(world, world.program.units[unit], subject)
    return slices, quantity


def _owe(
    world: World, subject: Subject, unit: nodes.Unit, lacking: Fraction, at: int, event: str, to: Pot, reason: str
) -> list[Slice]:
    """What can't be taken, as the unit's `debt` says: owed, written off, or charged in money."""
    purse, debt = subject.purses[unit.name], unit.debt
    owed, rest = lacking, Pot.WRITTEN_OFF
    if debt.kind is nodes.DebtKind.FORGIVEN or debt.kind is nodes.DebtKind.CHARGED:
        owed = ZERO
    elif debt.most is not None:
        owed = min(lacking, max(debt.most - purse.debt, ZERO))
    purse.debt += owed
    if debt.kind is nodes.DebtKind.CHARGED:
        rest = Pot.CHARGED
        _charge(world, subject, unit, lacking, at, event, reason)
    slices = []
    for pot, part in ((Pot.DEBT, owed), (rest, lacking - owed)):
        world.post(subject.id, unit.name, None, pot, to, part, at, event, reason)
        if part:
            slices.append(Slice(subject.id, unit.name, part, source=pot))
    return slices


def _charge(
    world: World, subject: Subject, unit: nodes.Unit, quantity: Fraction, at: int, event: str, reason: str
) -> None:
    """Charges so much of a unit in money, by its worth: out of the member's money, else as debt."""
    assert unit.worth is not None, "the checker saw to it"
    currency, charge = world.program.frame.currency, quantity * unit.worth
    money = world.program.units.get(currency)
    if money is not None:
        subject = world.owner(subject, money.account)
        _, charge = _out_of_lots(
            world, in_order(world, money, subject), subject, charge, at, event, Pot.CHARGED, reason
        )
    subject.purses[currency].debt += charge
    world.post(subject.id, currency, None, Pot.DEBT, Pot.CHARGED, charge, at, event, reason)


def repay(world: World, subject: Subject, unit: nodes.Unit, at: int, event: str) -> None:
    """Uses what can be spent to repay debt."""
    for lot in in_order(world, unit, subject):
        lots.repay_from(world, subject, lot, lot.left, at, event)
    lots.tidy(world, unit, subject)


# ---------------------------------------------------------------- giving back


def restore(world: World, slices: Iterable[Slice], target: Pot, at: int, event: str) -> None:
    """Gives back what went to a pot: into its own lots, where what has expired since stays expired.

    What was owed is owed no more, what was written off is not, and what was charged is paid
    back. As far as debt was repaid since, it comes as a lot of its own.
    """
    for each in slices:
        if each.lot is not None:
            _into_lot(world, each.lot, each.quantity, target, at, event)
            continue
        subject, unit = _where(world, world.subjects[world.who(each.holder)], each.unit), world.program.units[each.unit]
        if each.source is Pot.DEBT:
            _owe_less(world, subject, each.unit, each.quantity, target, at, event)
        else:
            world.post(subject.id, each.unit, None, target, each.source, each.quantity, at, event, "undone")
        if each.source is Pot.CHARGED:
            assert unit.worth is not None, "the checker saw to it"
            currency = world.program.frame.currency
            money = world.program.units.get(currency)
            payer = subject if money is None else world.owner(subject, money.account)
            _owe_less(world, payer, currency, each.quantity * unit.worth, Pot.CHARGED, at, event)


def _into_lot(world: World, lot: Lot, part: Fraction, source: Pot, at: int, event: str) -> None:
    """Gives so much back to a lot; it expires at once, where its day has come and nothing of it was left."""
    subject, unit, was = home(world, lot), world.program.units[lot.unit], lot.left
    purse = subject.purses[lot.unit]
    lot.left += part
    if lot not in purse.lots:
        world.subjects[lot.holder].purses[lot.unit].emptied.pop(lot.id, None)
        lot.holder = subject.id
        purse.lots.append(lot)
    world.post(subject.id, lot.unit, lot.id, source, Pot.AVAILABLE, part, at, event, "undone")
    if not was and lots.is_over(world, unit, subject, lot):
        lots.expire(world, subject, lot, at, event, "expired meanwhile")
    else:
        lots.repay_from(world, subject, lot, part, at, event)
    lots.tidy(world, unit, subject)


def _owe_less(world: World, subject: Subject, unit: str, quantity: Fraction, source: Pot, at: int, event: str) -> None:
    """Takes so much off a debt; as far as it was repaid since, it comes as a lot of its own."""
    purse = subject.purses[unit]
    less = min(purse.debt, quantity)
    purse.debt -= less
    world.post(subject.id, unit, None, source, Pot.DEBT, less, at, event, "undone")
    if less < quantity:
        lot = own_lot(world, f"{event}/undone", unit, quantity - less, subject)
        lots.grant(world, subject, lot, at, event, "undone", source=source)


def own_lot(world: World, id: str, unit: str, quantity: Fraction, subject: Subject) -> Lot:
    """A lot of a subject's own, earned on its day, that can be spent at once."""
    day = subject.day
    lot = Lot(id, unit, quantity, quantity, day, 0, day, None, None, None, subject.id, subject.id)
    return lots.pin(world, subject, lot, subject)


# ---------------------------------------------------------------- handing on


def hand_over(world: World, subject: Subject, given: Slice, lot: Lot | None, id: str, at: int, event: str) -> Lot:
    """Gives what was taken from another to a subject: of a lot, as one that expires with it.

    `lot`: the one that it was taken from, as it was there; None: nobody had it.
    """
    if lot is None:
        new = own_lot(world, id, given.unit, given.quantity, subject)
        return lots.grant(world, subject, new, at, event, "transfer", source=Pot.TRANSFERRED)
    new = replace(lot, id=id, quantity=given.quantity, left=given.quantity, earner=subject.id, expired=ZERO)
    receive(world, subject, new, at, event, "transfer")
    return new


def receive(world: World, subject: Subject, lot: Lot, at: int, event: str, reason: str) -> None:
    """Puts a lot that comes from another purse into a subject's, where it repays debt."""
    subject.lots += 1
    lot.order, lot.holder = subject.lots, subject.id
    subject.purses[lot.unit].lots.append(lot)
    world.post(subject.id, lot.unit, lot.id, Pot.TRANSFERRED, lots.pot(lot), lot.left, at, event, reason)
    if lot.released:
        lots.repay_from(world, subject, lot, lot.left, at, event)
    lots.tidy(world, world.program.units[lot.unit], subject)


def move(world: World, lot: Lot, old: Subject, new: Subject, at: int, event: str, reason: str) -> None:
    """Takes a lot from one purse to another as it is."""
    lot.kept = lots.alive(world.program.units[lot.unit], old, lot)
    old.purses[lot.unit].lots.remove(lot)
    world.post(old.id, lot.unit, lot.id, lots.pot(lot), Pot.TRANSFERRED, lot.left, at, event, reason)
    receive(world, new, lot, at, event, reason)


def move_debt(world: World, unit: str, old: Subject, new: Subject, at: int, event: str, reason: str) -> None:
    """Takes what is owed from one purse to another, where what can be spent repays it."""
    debt = old.purses[unit].debt
    if debt:
        world.post(old.id, unit, None, Pot.TRANSFERRED, Pot.DEBT, debt, at, event, reason)
        world.post(new.id, unit, None, Pot.DEBT, Pot.TRANSFERRED, debt, at, event, reason)
        old.purses[unit].debt, new.purses[unit].debt = ZERO, new.purses[unit].debt + debt
    if unit in world.program.units:
        repay(world, new, world.program.units[unit], at, event)


# ---------------------------------------------------------------- taking back


def take(
    world: World, gift: Gift, quantity: Fraction, at: int, event: str, oldest: bool = False, to: Pot = Pot.TAKEN_BACK
) -> Fraction:
    """Takes back so much of what was given, and how much that was.

    From its own lot, then from other lots, those that can be spent first, then as the unit's
    debt says. What expired of it before is not taken twice. `oldest`: from the oldest lots,
    whosever award they are, and all of it. Of what is handed back, nothing is written off.
    """
    lot, unit = gift.lot, world.program.units[gift.unit]
    assert lot is not None, "what can be spent lies in a lot"
    subject = home(world, lot)
    expired = ZERO if oldest else min(max(lot.expired - gift.excused, ZERO), max(quantity - lot.left, ZERO))
    gift.excused += expired
    pending = [each for each in subject.purses[unit.name].lots if not each.released and (oldest or each is not lot)]
    there = [*([] if oldest else [lot]), *in_order(world, unit, subject), *pending]
    if oldest:
        there.sort(key=lambda each: (not each.released, each.earned, each.order))
    taken, lacking = _out_of_lots(world, there, subject, quantity - expired, at, event, to, gift.rule)
    if (
        to is not Pot.TRANSFERRED
        or unit.debt.kind is nodes.DebtKind.ALLOWED
        or unit.debt.kind is nodes.DebtKind.REFUSED
    ):
        taken += _owe(world, subject, unit, lacking, at, event, to, gift.rule)
    return sum((each.quantity for each in taken), ZERO)
