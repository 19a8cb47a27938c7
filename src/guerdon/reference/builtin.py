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
from guerdon.reference import ladders, lots, spending
from guerdon.reference.exact import ZERO
from guerdon.reference.scene import Scene
from guerdon.reference.state import Deed, Gift, Lot, Slice, Subject, Taking
from guerdon.reference.world import World

Doing = Callable[[World, Event, Scene, Deed | None], None]


def before(world: World, event: Event, scene: Scene) -> None:
    """What holds at the event itself already: the day of joining."""
    if event.type == "joined":
        scene.member.joined, scene.member.greeted = scene.day, True


def already(world: World, event: Event, member: Subject | None) -> str:
    """Why an event that happens once can't happen again; empty where it can."""
    if event.type == "joined" and member is not None and member.greeted:
        return "the member has joined already"
    if event.type == "merged" and member is not None and world.who(event.facts["other"]) == member.id:
        return f"{event.facts['other']} is part of the member already"
    if event.type == "merged" and world.is_closed(event.facts["other"]):
        return f"{event.facts['other']} is closed"
    return ""


def happen(world: World, event: Event, scene: Scene, deed: Deed | None) -> None:
    """What a built-in event does, after its rules were judged and before their awards."""
    EVENTS[event.type](world, event, scene, deed)


def refused(world: World, event: Event, scene: Scene) -> Refusal | None:
    """Why what an event asks for can't be had: then nothing comes of it, neither by itself nor of rules; None: it can."""
    quantity = event.facts.get("quantity")
    if event.type not in ("redemption", "transfer", "adjustment") or quantity is None:
        return None
    unit = _unit(world, event)
    subject = world.owner(scene.member, unit.account)
    if event.type == "adjustment":
        reason = _taken_below(unit, subject, quantity)
    elif world.granted is not None:
        reason = "" if event.type in world.granted else "it was refused"
    else:
        reason = _unspendable(world, event, scene, unit, subject, quantity)
    if not reason:
        world.grants[event.type] = quantity
    return Refusal(subject.id, event.id, unit.name, abs(quantity), event.at, reason) if reason else None


def _taken_below(unit: nodes.Unit, subject: Subject, quantity: Fraction) -> str:
    """Why so much can't be taken by hand; empty where it can."""
    if quantity > 0 or not unit.spendable or unit.debt.kind is not nodes.DebtKind.REFUSED:
        return ""
    short = -quantity > subject.purses[unit.name].available
    return "it would take the balance below zero" if short else ""


def _unspendable(
    world: World, event: Event, scene: Scene, unit: nodes.Unit, subject: Subject, quantity: Fraction
) -> str:
    """Why so much can't be spent; empty where it can."""
    available = subject.purses[unit.name].available
    if not unit.spendable:
        return f"{unit.name} can't be spent"
    if not spending.may_spend(world, scene, subject):
        return f"the member may not spend for the {unit.account}"
    if event.type == "transfer" and world.is_closed(event.facts["to"]):
        return f"{event.facts['to']} is closed"
    if event.type == "transfer" and world.owner_id(event.facts["to"], unit.account) == subject.id:
        return f"it is {event.facts['to']}'s already"
    return f"{plain(available)} {unit.name} are available" if available < quantity else ""


def _nothing(world: World, event: Event, scene: Scene, deed: Deed | None) -> None:
    """`joined` does what it does before, `closed` at the end."""


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
            world.admit_to(name, which, member.id, scene.day, event.at)
        new = world.owner(member, name)
        if new is not owners[name]:
            owners[name].members.discard(member.id)
            _leave(world, event, account, member, owners[name], new)


def _leave(world: World, event: Event, account: nodes.Account, member: Subject, old: Subject, new: Subject) -> None:
    """Takes along what a member has, and what they owe themselves, when an account is joined or left."""
    goes = account.brings if old is member else account.takes
    for unit in world.program.units.values():
        if goes and unit.account == account.name:
            for lot in list(old.purses[unit.name].lots):
                if old is member or world.who(lot.earner) == member.id:
                    spending.move(world, lot, old, new, event.at, event.id, "moved along")
            if old is member:
                spending.move_debt(world, unit.name, old, new, event.at, event.id, "moved along")


def _unit(world: World, event: Event) -> nodes.Unit:
    """The unit that an event is about: the one that it names, or the only one that can be spent."""
    named = event.facts.get("unit")
    if named is not None:
        return world.program.units[named]
    return next(unit for unit in world.program.units.values() if unit.spendable)


def _redemption(world: World, event: Event, scene: Scene, deed: Deed | None) -> None:
    """Spends so much; where that is granted again of which there is less by now, it leaves debt. A reward is the rule's."""
    if event.facts.get("quantity") is None:
        return
    unit = _unit(world, event)
    _spend(world, event, deed, unit, world.owner(scene.member, unit.account), event.facts["quantity"], Pot.SPENT)


def _spend(
    world: World, event: Event, deed: Deed | None, unit: nodes.Unit, subject: Subject, quantity: Fraction, to: Pot
) -> list[Slice]:
    """Takes so much out of a purse, and notes it for when the event is undone."""
    slices = spending.spend(world, subject, unit, quantity, event.at, event.id, to, event.type)
    if deed is not None:
        deed.takings.append(Taking(event.type, to, slices))
    return slices


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
            _spend(world, event, deed, unit, subject, -quantity, Pot.TAKEN_BACK)
    _set_tier(world, event, scene)


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
    else:
        lots.pin(world, subject, lot, scene.member)
    lot = lots.grant(world, subject, lot, event.at, event.id, reason)
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
    if tier is None:
        return
    ladder = world.program.ladders[name or next(iter(world.program.ladders))]
    owner = scene.owner(ladder.account)
    ladders.give(ladder, world.scene(owner, scene.day), ladder.rank(tier), event.facts.get("through"))


def _transfer(world: World, event: Event, scene: Scene, deed: Deed | None) -> None:
    """Gives so much to another member, the lots with their own days of expiry."""
    unit = _unit(world, event)
    subject = world.owner(scene.member, unit.account)
    other = world.owner(world.receive(event.facts["to"], event.at), unit.account)
    slices = _spend(world, event, deed, unit, subject, event.facts["quantity"], Pot.TRANSFERRED)
    for number, each in enumerate(slices):
        id, lot = f"{event.type}/{event.id}/{number}", each.lot
        if lot is not None:
            lot = replace(lot, noted=event.member if deed else None, kept=lots.alive(unit, subject, lot))
        new = spending.hand_over(world, other, each, lot, id, event.at, event.id)
        if deed is not None:
            deed.gifts.append(Gift(id, event.type, other.id, unit.name, each.quantity, each.quantity, new))


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
            spending.move(world, lot, other, member, event.at, event.id, "merged")
        spending.move_debt(world, name, other, member, event.at, event.id, "merged")
    for name in world.program.accounts:
        world.owner(other, name).members.discard(other.id)
    member.absorb(other)
    for ladder in world.program.ladders.values():
        if ladder.account is None:
            member.held[ladder.name] = member.held[ladder.name].joined(other.held[ladder.name], scene.day)
    other.into = member.id
    world.leave(other, event.at, "merged")


def close(world: World, event: Event, scene: Scene) -> None:
    """What the member has is gone, and what they owe is written off; nothing more happens to them."""
    for name, purse in sorted(scene.member.purses.items()):
        for lot in list(purse.lots):
            lots.expire(world, scene.member, lot, event.at, event.id, "closed")
        if name in world.program.units:
            lots.tidy(world, world.program.units[name], scene.member)
        world.post(scene.member.id, name, None, Pot.WRITTEN_OFF, Pot.DEBT, purse.debt, event.at, event.id, "closed")
        purse.debt = ZERO
    scene.member.closed, scene.member.coming = True, {}
    world.leave(scene.member, event.at, "closed")


def _erased(world: World, event: Event, scene: Scene, deed: Deed | None) -> None:
    """The person's facts go, and with them their accounts; what was posted stays."""
    for name in world.program.accounts:
        world.owner(scene.member, name).members.discard(scene.member.id)
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
    "closed": _nothing,
    "erased": _erased,
}
