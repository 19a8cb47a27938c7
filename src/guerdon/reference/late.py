"""Late events: what a member's events would have come to in the order in which they happened.

A program with `lateness` keeps, for so long, a journal of each subject's events and the
state before the first of them. A late event is put in its place, the events after it are
evaluated again, and what differs from what was posted is posted as a correction on the
day on which the event became known. What was answered stays: what was redeemed is
redeemed again, be it out of debt, and what was said is not said twice.

Source: language reference, Order of events; laws 5 and 6.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from guerdon.history.event import Event
from guerdon.ledger.entries import Award, Ledger, Offered, Posting, Pot
from guerdon.program import nodes
from guerdon.reference.calendar import after
from guerdon.reference.exact import ZERO
from guerdon.reference.offers import OPEN, WITHDRAWN
from guerdon.reference.state import join
from guerdon.reference.world import Entry, Journal, World

Evaluate = Callable[[Event], None]
"""Evaluates an event in the world as it stands."""

MARK = "@"
"""Stands in a correction's id between the award's and that of the event that came late."""


def record(world: World, event: Event, evaluate: Evaluate, again: Evaluate) -> None:
    """Evaluates an event that comes in order, and keeps it in the journals of whom it touches."""
    entry = _record(world, event, evaluate)
    if world.reached > event.at and not is_too_late(world, event):  # it reached into another's past
        _put_in_order(world, event, set(entry.touched), None, evaluate, again)
    _forget(world, entry, again)


def _record(world: World, event: Event, evaluate: Evaluate, when: int | None = None) -> Entry:
    """Evaluates an event as one of a journal; `when` it stands there, where that is known."""
    world.touched, world.reached = {}, event.at
    began = _marks(world.ledger)
    world.grants = {}
    evaluate(event)
    if when is None:
        when = world.reached if is_too_late(world, event) else event.at
    entry = Entry(event, when, frozenset(world.touched), _since(world.ledger, began), world.grants)
    for id, base in world.touched.items():
        journal = world.journals.setdefault(id, Journal())
        if not journal.entries:
            journal.base = base
        journal.entries.append(entry)
    world.touched = None
    return entry


def place(world: World, event: Event, evaluate: Evaluate, again: Evaluate) -> None:
    """Puts a late event where it belongs, and posts what that changes on the day on which it became known."""
    _put_in_order(
        world,
        event,
        {id for member in (event.member, world.who(event.member)) for id in (member, *_accounts(world, member))},
        Entry(event, event.at, frozenset(), Ledger(), {}),
        evaluate,
        again,
    )


def _put_in_order(
    world: World, event: Event, ids: set[str], new_entry: Entry | None, evaluate: Evaluate, again: Evaluate
) -> None:
    """Evaluates the journals of some subjects again in their order, with a new entry, and posts what that changes."""
    group = group_of(world, ids)
    entries = _entries(world, group)
    old = _added(entry.posted for entry in entries)
    stood = {id: _standings(world, id) for id in group}
    ledger, world.ledger = world.ledger, Ledger()
    reached: set[str] = set()
    try:
        _undo(world, group)
        for entry in sorted([*entries, new_entry] if new_entry else entries, key=_happened):
            world.granted = None if entry is new_entry else entry.granted
            answered = len(world.ledger.refusals)
            done = _record(world, entry.event, evaluate if entry is new_entry else again, entry.when)
            if entry is new_entry:
                ledger.refusals += world.ledger.refusals[answered:]  # an answer that is given now
            reached |= done.touched if world.reached > done.when else set()
        evaluated = _entries(world, group)
        new = _added(entry.posted for entry in evaluated)
    finally:
        world.ledger, world.granted = ledger, None
    _correct(world, event, old, new)
    _say(world, event, entries, evaluated)
    _offer(world, event, entries, evaluated)
    for id in sorted(group):
        for ladder in world.program.ladders.values():
            if id in world.subjects and stood[id].get(ladder.name) != _standings(world, id).get(ladder.name):
                world.move(world.subjects[id], ladder, event.recorded, "corrected")
    if not reached <= group:  # into the past of somebody else, whose events are to be looked at again too
        _put_in_order(world, event, group | reached, None, evaluate, again)


def _happened(entry: Entry) -> tuple[int, tuple[int, int, str]]:
    return entry.when, entry.event.order


def _undo(world: World, group: Iterable[str]) -> None:
    """Goes back to the states before the first events of the journals."""
    for id in group:
        journal = world.journals.pop(id, None)
        if journal is not None and journal.base is not None:
            world.subjects[id] = journal.base
        elif journal is not None:
            del world.subjects[id]
    join(world.subjects)  # each was kept apart from the others


def _accounts(world: World, member: str) -> list[str]:
    known = world.subjects.get(member)
    return [] if known is None else [world.owner(known, name).id for name in world.program.accounts]


def group_of(world: World, ids: set[str]) -> set[str]:
    """Some subjects and all with whom they have events of the journal in common."""
    group, new = set(ids), set(ids)
    while new:
        touched = {
            id
            for each in new
            if each in world.journals
            for entry in world.journals[each].entries
            for id in entry.touched
        }
        new = touched - group
        group |= new
    return group


def _entries(world: World, group: Iterable[str]) -> list[Entry]:
    """The events in the journals of some subjects, each once, as they happened."""
    journals = [world.journals[each] for each in group if each in world.journals]
    found = {(entry.event.type, entry.event.id): entry for journal in journals for entry in journal.entries}
    return sorted(found.values(), key=_happened)


# ---------------------------------------------------------------- what is too old


def _forget(world: World, latest: Entry, again: Evaluate) -> None:
    """Lets go of events that nothing can come before any more: the state before the first moves on."""
    lateness = world.program.frame.lateness
    assert lateness is not None
    if not any(_has_old(world, world.journals[id], latest, lateness) for id in latest.touched if id in world.journals):
        return
    group = group_of(world, set(latest.touched))
    entries = _entries(world, group)
    today = world.calendar.day(latest.event.recorded)
    old = [entry for entry in entries if after(world.calendar.day(entry.when), lateness) < today]
    if not old or len(old) < len(entries) // 2:
        return
    kept = entries[len(old) :]
    now = {id: world.subjects[id] for id in group}
    ledger, world.ledger = world.ledger, Ledger()
    try:
        _undo(world, group)
        for entry in old:
            world.granted = entry.granted
            _record(world, entry.event, again, entry.when)
    finally:
        world.ledger, world.granted = ledger, None
    for id in group:
        base = world.subjects.get(id)
        mine = [entry for entry in kept if id in entry.touched]
        world.journals.pop(id, None)
        if mine:
            world.journals[id] = Journal(base, mine)
        world.subjects[id] = now[id]
    join(world.subjects)


def _has_old(world: World, journal: Journal, latest: Entry, lateness: nodes.Duration) -> bool:
    """Whether nothing can come before the first half of a journal any more: then it is worth looking at."""
    middle = journal.entries[(len(journal.entries) - 1) // 2]
    return after(world.calendar.day(middle.when), lateness) < world.calendar.day(latest.event.recorded)


# ---------------------------------------------------------------- corrections

Key = tuple[object, ...]


@dataclass
class _Sums:
    """What was posted, added up: awards by id, postings by lot and pots."""

    awards: dict[str, Award]
    postings: dict[Key, tuple[Posting, Fraction]]


def _added(ledgers: Iterable[Ledger]) -> _Sums:
    sums = _Sums({}, {})
    for ledger in ledgers:
        for award in ledger.awards:
            known = sums.awards.get(award.id)
            sums.awards[award.id] = award if known is None else _sum(known, award, 1)
        for posting in ledger.postings:
            pots = sorted((posting.source, posting.target), key=lambda pot: pot.value)
            key = (posting.holder, posting.unit, posting.lot, *pots, posting.event, posting.reason)
            signed = posting.quantity if posting.source is pots[0] else -posting.quantity
            sums.postings[key] = posting, sums.postings.get(key, (posting, ZERO))[1] + signed
    return sums


def _sum(one: Award, other: Award, sign: int) -> Award:
    return replace(
        one,
        quantity=one.quantity + sign * other.quantity,
        exact=one.exact + sign * other.exact,
        dropped=one.dropped + sign * other.dropped,
        cut=one.cut + sign * other.cut,
    )


def _correct(world: World, event: Event, old: _Sums, new: _Sums) -> None:
    """Posts what is different, as of when the event became known."""
    at = max(event.recorded, event.at)
    for id in [*new.awards, *(id for id in old.awards if id not in new.awards)]:
        was, now = old.awards.get(id), new.awards.get(id)
        if was is None:
            assert now is not None
            world.ledger.awards.append(replace(now, at=at))
        else:
            nothing = replace(was, quantity=ZERO, exact=ZERO, dropped=ZERO, cut=ZERO)
            change = _sum(now or nothing, was, -1)
            if (change.quantity, change.exact, change.dropped, change.cut) != (ZERO, ZERO, ZERO, ZERO):
                world.ledger.awards.append(replace(change, id=f"{id}{MARK}{event.id}", at=at, of=id))
    for key in [*new.postings, *(key for key in old.postings if key not in new.postings)]:
        posting = (new.postings.get(key) or old.postings[key])[0]
        change_by = new.postings.get(key, (posting, ZERO))[1] - old.postings.get(key, (posting, ZERO))[1]
        first, second = key[3], key[4]
        assert isinstance(first, Pot) and isinstance(second, Pot)
        source, target = (first, second) if change_by > 0 else (second, first)
        if change_by:
            world.ledger.postings.append(replace(posting, source=source, target=target, quantity=abs(change_by), at=at))


def _say(world: World, event: Event, old: Iterable[Entry], new: Iterable[Entry]) -> None:
    """Posts what came to be due and was not said, and notes in the journals what was: to each, by each rule, no more
    than is due by now less what was said before, and nothing twice.
    """
    said = {effect.id: (entry.event, effect) for entry in old for effect in entry.posted.effects}
    due = {effect.id: (entry.event, effect) for entry in new for effect in entry.posted.effects}
    room = Counter((effect.member, effect.rule) for _, effect in due.values())
    room.subtract((effect.member, effect.rule) for _, effect in said.values())
    for id, (happened, effect) in due.items():
        if id not in said and room[effect.member, effect.rule] > 0:
            room[effect.member, effect.rule] -= 1
            said[id] = happened, replace(effect, at=max(event.recorded, event.at))
            world.ledger.effects.append(said[id][1])
    for entry in new:
        mine = [effect for of, effect in said.values() if (of.type, of.id) == (entry.event.type, entry.event.id)]
        entry.posted.effects[:] = mine


def _offer(world: World, event: Event, old: Iterable[Entry], new: Iterable[Entry]) -> None:
    """Posts what became of offers otherwise than was posted."""
    was, now = (_by_opening(entries) for entries in (old, new))
    for key in dict.fromkeys((*now, *was)):
        if key in now:
            last = now[key][-1]
        else:
            last = replace(was[key][-1], state=WITHDRAWN if was[key][0].state == OPEN else OPEN, event=event.id)
        if key not in was or (last.state, last.event) != (was[key][-1].state, was[key][-1].event):
            world.ledger.offers.append(replace(last, at=max(event.recorded, event.at)))


def _by_opening(entries: Iterable[Entry]) -> dict[Key, list[Offered]]:
    """What became of each opening, in order."""
    found: dict[Key, list[Offered]] = {}
    for entry in entries:
        for each in entry.posted.offers:
            found.setdefault((each.member, each.offer, each.opened), []).append(each)
    return found


def _standings(world: World, id: str) -> dict[str, int]:
    known = world.subjects.get(id)
    return {} if known is None else {name: held.standing for name, held in known.held.items()}


def _marks(ledger: Ledger) -> tuple[int, int, int, int]:
    return len(ledger.awards), len(ledger.postings), len(ledger.effects), len(ledger.offers)


def _since(ledger: Ledger, marks: tuple[int, int, int, int]) -> Ledger:
    """What was posted since some marks; moves and refusals are answers, and not corrected one by one."""
    awards, postings, effects, offers = marks
    return Ledger(
        awards=ledger.awards[awards:],
        postings=ledger.postings[postings:],
        effects=ledger.effects[effects:],
        offers=ledger.offers[offers:],
    )


def is_too_late(world: World, event: Event) -> bool:
    """Whether an event became known later than the program lets it."""
    lateness = world.program.frame.lateness
    known = world.calendar.day(event.recorded)
    return lateness is None or after(world.calendar.day(event.at), lateness) < known
