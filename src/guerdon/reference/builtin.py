"""Built-in events: what they do by themselves, beside what rules make of them.

Source: language reference, Built-in events.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from guerdon.check.wording import plain
from guerdon.history.event import Event
from guerdon.ledger.entries import Award, Pot, Refusal
from guerdon.program import nodes
from guerdon.reference import ladders, lots
from guerdon.reference.evaluate import Scene, evaluate
from guerdon.reference.exact import ZERO
from guerdon.reference.state import Deed, Gift, Lot, Slice, Subject
from guerdon.reference.world import World

Doing = Callable[[World, Event, Scene, Deed | None], None]


def before(world: World, event: Event, scene: Scene) -> None:
    """What holds at the event itself already: the day of joining."""
    if event.type == "joined":
        scene.member.joined = scene.day


def happen(world: World, event: Event, scene: Scene, deed: Deed | None) -> None:
    """What a built-in event does, after its rules were judged and before their awards."""
    EVENTS[event.type](world, event, scene, deed)


def _nothing(world: World, event: Event, scene: Scene, deed: Deed | None) -> None:
    """`joined` does what it does before."""


def _changed(world: World, event: Event, scene: Scene, deed: Deed | None) -> None:
    """Facts of the member that are given take the place of those that were; accounts are left and joined."""
    member = scene.member
    owners = {name: world.owner(member, name) for name in world.program.accounts}
    for name in world.program.member.facts:
        if event.facts.get(name) is not None:
            member.facts[name] = event.facts[name]
    for name, account in world.program.accounts.items():
        which = member.facts.get(account.fact)
        if which is not None:
            world.admit(f"{name}/{which}", {}, scene.day, event.at, name)
        new = world.owner(member, name)
        if new is not owners[name]:
            _leave(world, event, account, member, owners[name], new)


def _leave(world: World, event: Event, account: nodes.Account, member: Subject, old: Subject, new: Subject) -> None:
    """Takes along what a member has when an account is joined or left."""
    goes = account.brings if old is member else account.takes
    for unit in world.program.units.values():
        if goes and unit.account == account.name:
            for lot in list(old.purses[unit.name].lots):
                if old is member or lot.earner == member.id:
                    _move(world, event, lot, old, new, "moved along")


def _move(world: World, event: Event, lot: Lot, old: Subject, new: Subject, reason: str) -> None:
    """Takes a lot from one purse to another as it is."""
    pot = Pot.AVAILABLE if lot.released else Pot.PENDING
    old.purses[lot.unit].lots.remove(lot)
    world.post(old.id, lot.unit, lot.id, pot, Pot.TRANSFERRED, lot.left, event.at, event.id, reason)
    world.post(new.id, lot.unit, lot.id, Pot.TRANSFERRED, pot, lot.left, event.at, event.id, reason)
    new.lots += 1
    lot.holder, lot.order = new.id, new.lots
    new.purses[lot.unit].lots.append(lot)
    lots.settle(world, new, lot, event.at, event.id)


def _unit(world: World, event: Event) -> nodes.Unit:
    """The unit that an event is about: the one that it names, or the only one that can be spent."""
    named = event.facts.get("unit")
    if named is not None:
        return world.program.units[named]
    return next(unit for unit in world.program.units.values() if unit.spendable)


def _redemption(world: World, event: Event, scene: Scene, deed: Deed | None) -> None:
    """Spends so much, or refuses where there is less: never a part of it."""
    unit, quantity = _unit(world, event), event.facts["quantity"]
    subject = world.owner(scene.member, unit.account)
    reason = _refused(world, scene, unit, subject, quantity)
    if reason:
        world.ledger.refusals.append(Refusal(subject.id, event.id, unit.name, quantity, event.at, reason))
        return
    slices, lacking = lots.spend(world, subject, unit, quantity, event.at, event.id, Pot.SPENT, "redemption")
    lots.owe(world, subject, unit, lacking, event.at, event.id, Pot.SPENT, "redemption")
    _note(deed, slices, subject, unit, lacking, Pot.SPENT)


def _note(
    deed: Deed | None, slices: list[Slice], subject: Subject, unit: nodes.Unit, lacking: Fraction, to: Pot
) -> None:
    """Notes what was taken out of lots and what was left owing, for when the event is undone."""
    if deed is not None:
        owed: list[Slice] = [(subject.id, unit.name, None, lacking)] if lacking else []
        deed.slices, deed.spent_to = [*slices, *owed], to.value


def _refused(world: World, scene: Scene, unit: nodes.Unit, subject: Subject, quantity: Fraction) -> str:
    """Why so much can't be spent; empty where it can."""
    if world.granted is not None:
        return "" if world.granted else "it was refused"
    available = subject.purses[unit.name].available
    if not unit.spendable:
        return f"{unit.name} can't be spent"
    if unit.account is not None and not _may_spend(world, scene, unit.account):
        return f"the member may not spend for the {unit.account}"
    return f"{plain(available)} {unit.name} are available" if available < quantity else ""


def _may_spend(world: World, scene: Scene, account: str) -> bool:
    condition = world.program.accounts[account].spends
    return condition is None or bool(evaluate(condition, world.scene(scene.member)))


def _adjustment(world: World, event: Event, scene: Scene, deed: Deed | None) -> None:
    """Gives or takes so much by hand, or sets a tier."""
    quantity = event.facts.get("quantity")
    if quantity is not None:
        unit = _unit(world, event)
        subject = world.owner(scene.member, unit.account)
        if quantity > 0:
            _grant(world, event, scene, deed, unit, subject, quantity, event.type)
        elif not unit.spendable:
            _count(world, event, scene, deed, unit, subject, quantity)
        else:
            _take(world, event, scene, deed, unit, subject, -quantity)
    _set_tier(world, event, scene)


def _take(
    world: World, event: Event, scene: Scene, deed: Deed | None, unit: nodes.Unit, subject: Subject, quantity: Fraction
) -> None:
    """Takes so much out of what can be spent; what is lacking becomes what the unit's debt says."""
    short = quantity > subject.purses[unit.name].available
    if short and unit.debt.kind is nodes.DebtKind.REFUSED:
        reason = "it would take the balance below zero"
        world.ledger.refusals.append(Refusal(subject.id, event.id, unit.name, quantity, event.at, reason))
        return
    slices, lacking = lots.spend(world, subject, unit, quantity, event.at, event.id, Pot.TAKEN_BACK, event.type)
    lots.owe(world, subject, unit, lacking, event.at, event.id, Pot.TAKEN_BACK, event.type)
    _note(deed, slices, subject, unit, lacking, Pot.TAKEN_BACK)


def _grant(
    world: World,
    event: Event,
    scene: Scene,
    deed: Deed | None,
    unit: nodes.Unit,
    subject: Subject,
    quantity: Fraction,
    reason: str,
) -> None:
    """Gives so much that no rule gave."""
    if not unit.spendable:
        _count(world, event, scene, deed, unit, subject, quantity)
        return
    id = f"{event.type}/{event.id}"
    lot = Lot(id, unit.name, quantity, quantity, scene.day, 0, scene.day, None, None, None, scene.member.id, subject.id)
    lot.noted = event.member if deed is not None else None
    expires = event.facts.get("expires")
    if expires is not None:
        lot.expires = expires
    lot = lots.grant(world, subject, lot, event.at, event.id, reason, merge=False)
    if deed is not None:
        deed.gifts.append(Gift(id, reason, subject.id, unit.name, quantity, quantity, lot))


def _count(
    world: World, event: Event, scene: Scene, deed: Deed | None, unit: nodes.Unit, subject: Subject, quantity: Fraction
) -> None:
    """Counts so much of a unit that can't be spent, in the ledger too."""
    subject.earned[unit.name].add(scene.day, quantity, (event.type, event.id))
    id, at = f"{event.type}/{event.id}", event.at
    award = Award(id, subject.id, event.id, event.type, unit.name, quantity, quantity, ZERO, ZERO, at, at)
    world.ledger.awards.append(award)
    if deed is not None:
        deed.gifts.append(Gift(id, event.type, subject.id, unit.name, quantity, quantity, None))


def _set_tier(world: World, event: Event, scene: Scene) -> None:
    name, tier = event.facts.get("ladder"), event.facts.get("tier")
    if name is None or tier is None:
        return
    ladder = world.program.ladders[name]
    owner = scene.owner(ladder.account)
    ladders.give(ladder, world.scene(owner, scene.day), ladder.rank(tier), event.facts.get("through"))


def _transfer(world: World, event: Event, scene: Scene, deed: Deed | None) -> None:
    """Gives so much to another member, the lots with their own days of expiry."""
    unit, quantity = _unit(world, event), event.facts["quantity"]
    subject = world.owner(scene.member, unit.account)
    reason = _refused(world, scene, unit, subject, quantity)
    if reason:
        world.ledger.refusals.append(Refusal(subject.id, event.id, unit.name, quantity, event.at, reason))
        return
    other = world.owner(world.receive(event.facts["to"], event.at), unit.account)
    slices, lacking = lots.spend(world, subject, unit, quantity, event.at, event.id, Pot.TRANSFERRED, "transfer")
    lots.owe(world, subject, unit, lacking, event.at, event.id, Pot.TRANSFERRED, "transfer")
    _note(deed, slices, subject, unit, lacking, Pot.TRANSFERRED)
    for number, (_, _, lot, part) in enumerate(slices):
        assert lot is not None
        id = f"{event.type}/{event.id}/{number}"
        new = lots.hand_over(
            world, other, replace(lot, noted=event.member if deed else None), part, id, event.at, event.id
        )
        if deed is not None:
            deed.gifts.append(Gift(id, event.type, other.id, unit.name, part, part, new))


def _opening(world: World, event: Event, scene: Scene, deed: Deed | None) -> None:
    """Balances and tiers brought along from elsewhere."""
    quantity = event.facts.get("quantity")
    if quantity:
        unit = _unit(world, event)
        subject = world.owner(scene.member, unit.account)
        _grant(world, event, scene, deed, unit, subject, quantity, event.type)
        if event.facts.get("earned") and unit.spendable:
            subject.earned[unit.name].add(scene.day, quantity, (event.type, event.id))
    _set_tier(world, event, scene)


def _merged(world: World, event: Event, scene: Scene, deed: Deed | None) -> None:
    """Another member becomes part of this one: lots, debts, what was counted and earned, deeds, and the higher tier."""
    member, other = scene.member, world.receive(event.facts["other"], event.at)
    if other is member:
        return
    for name in sorted(other.purses):
        for lot in list(other.purses[name].lots):
            _move(world, event, lot, other, member, "merged")
        debt = other.purses[name].debt
        if debt:
            world.post(other.id, name, None, Pot.TRANSFERRED, Pot.DEBT, debt, event.at, event.id, "merged")
            world.post(member.id, name, None, Pot.DEBT, Pot.TRANSFERRED, debt, event.at, event.id, "merged")
            other.purses[name].debt, member.purses[name].debt = ZERO, member.purses[name].debt + debt
        if name in world.program.units:
            lots.repay(world, member, world.program.units[name], event.at, event.id)
    member.absorb(other)
    for ladder in world.program.ladders.values():
        if ladder.account is None and other.held[ladder.name].rank > member.held[ladder.name].rank:
            member.held[ladder.name] = replace(other.held[ladder.name])
    other.into = member.id


def _closed(world: World, event: Event, scene: Scene, deed: Deed | None) -> None:
    """What the member has is gone; nothing more happens to them."""
    for purse in scene.member.purses.values():
        for lot in list(purse.lots):
            lots.expire(world, scene.member, lot, event.at, event.id, "closed")
        purse.lots.clear()
    scene.member.closed = True


def _erased(world: World, event: Event, scene: Scene, deed: Deed | None) -> None:
    """The person's facts go; what was posted stays."""
    for name in scene.member.facts:
        scene.member.facts[name] = None
    for each in scene.member.deeds.values():
        each.facts = dict(each.facts)


EVENTS: dict[str, Doing] = {
    "joined": _nothing,
    "changed": _changed,
    "redemption": _redemption,
    "adjustment": _adjustment,
    "transfer": _transfer,
    "opening": _opening,
    "merged": _merged,
    "closed": _closed,
    "erased": _erased,
}
