"""The parts of a state as plain values, and back: what CBOR writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import cbor2

from guerdon.history.event import Event
from guerdon.ledger.entries import Award, Effect, Ledger, Offered, Posting, Pot
from guerdon.reference.state import Awaited, Gift, Held, Lot, Opening, Purse, Ref, Slice, Taking
from guerdon.reference.tally import Tally
from guerdon.reference.world import Entry

# ---------------------------------------------------------------- values


def plain_number(value: Fraction) -> int | Fraction:
    """A quantity as an integer where it is one: shorter."""
    return value.numerator if value.denominator == 1 else value


def plain_value(value: Any) -> Any:
    """Any value of a fact, or who pays for an award, so that it can be told from others again."""
    match value:
        case Fraction():
            return [0, plain_number(value)]
        case date():
            return [1, value.toordinal()]
        case ((str(), Fraction()), *_):
            return [3, [[name, plain_number(parts)] for name, parts in value]]
        case tuple():
            return [2, [{name: plain_value(each) for name, each in sorted(line.items())} for line in value]]
        case _:
            return value


def as_value(value: Any) -> Any:
    match value:
        case [0, number]:
            return Fraction(number)
        case [1, number]:
            return day(number)
        case [3, pairs]:
            return tuple((name, Fraction(parts)) for name, parts in pairs)
        case [2, lines]:
            return tuple({name: as_value(each) for name, each in line.items()} for line in lines)
        case _:
            return value


def frozen(key: Any) -> Any:
    """A key as it is looked up: tuples for lists."""
    return tuple(as_value(each) if isinstance(each, list) else each for each in key) if isinstance(key, list) else key


def day(number: int) -> date:
    return date.fromordinal(number)


def plain_maybe(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


def as_maybe(number: int | None) -> date | None:
    return None if number is None else day(number)


# ---------------------------------------------------------------- the parts of a subject


def plain_tallies(tallies: Mapping[Any, Tally]) -> list[Any]:
    filled = [(key, tally) for key, tally in tallies.items() if tally.days or tally.forgotten]
    written = [
        [[plain_value(each) for each in key] if isinstance(key, tuple) else key, plain_tally(tally)]
        for key, tally in filled
    ]
    return sorted(written, key=lambda each: cbor2.dumps(each[0]))


def plain_tally(tally: Tally) -> list[Any]:
    """Days as steps from the one before, values, and the events that they are of."""
    days = [day.toordinal() for day in tally.days]
    steps = [day - before for day, before in zip(days, [0, *days], strict=False)]
    return [
        steps,
        [plain_value(value) for value in tally.values],
        list(tally.refs),
        tally.forgotten,
        plain_number(tally.sum_forgotten),
    ]


def as_tally(values: list[Any]) -> Tally:
    tally, number = Tally(), 0
    *entries, tally.forgotten, total = values
    tally.sum_forgotten = Fraction(total)
    for step, value, ref in zip(*entries, strict=True):
        number += step
        tally.add(day(number), as_value(value), tuple(ref) if isinstance(ref, list) else ref)
    return tally


def plain_held(held: Held) -> list[Any]:
    return [
        held.rank,
        plain_maybe(held.ends),
        held.given,
        held.since.toordinal(),
        held.reached.toordinal(),
        held.grace,
        plain_number(held.deducted),
        held.deducted_until.toordinal(),
        plain_number(held.carried),
        held.carried_until.toordinal(),
        plain_held(held.below) if held.below is not None else None,
        held.floor,
        held.capped,
        plain_number(held.brought),
        held.entered.toordinal(),
    ]


def as_held(values: list[Any]) -> Held:
    rank, ends, given, since, reached, grace, deducted, deducted_until, carried, until, below, *rest = values
    floor, capped, brought, entered = rest
    return Held(
        rank,
        as_maybe(ends),
        given,
        day(since),
        day(reached),
        grace,
        Fraction(deducted),
        day(deducted_until),
        Fraction(carried),
        day(until),
        as_held(below) if below is not None else None,
        floor,
        capped,
        Fraction(brought),
        day(entered),
    )


def plain_purse(purse: Purse) -> list[Any]:
    emptied = [[id, day.toordinal(), plain_number(expired)] for id, (day, expired) in sorted(purse.emptied.items())]
    return [[plain_lot(lot) for lot in purse.lots], plain_number(purse.debt), plain_maybe(purse.due), emptied]


def as_purse(values: list[Any], unit: str) -> Purse:
    lots, debt, due, emptied = values
    gone = {id: (day(earned), Fraction(expired)) for id, earned, expired in emptied}
    return Purse([as_lot(lot, unit) for lot in lots], Fraction(debt), as_maybe(due), gone)


def plain_lot(lot: Lot) -> list[Any]:
    return [
        lot.id,
        plain_number(lot.quantity),
        plain_number(lot.left),
        lot.earned.toordinal(),
        lot.order,
        plain_maybe(lot.starts),
        plain_awaited(lot.awaited) if lot.awaited is not None else None,
        plain_maybe(lot.expires),
        lot.line,
        lot.earner,
        lot.holder,
        lot.noted,
        lot.released,
        plain_number(lot.expired),
        plain_maybe(lot.kept) if lot.kept > date.min else None,
    ]


def as_lot(values: list[Any], unit: str) -> Lot:
    (
        id,
        quantity,
        left,
        earned,
        order,
        starts,
        awaited,
        expires,
        line,
        earner,
        holder,
        noted,
        released,
        expired,
        kept,
    ) = values
    return Lot(
        id,
        unit,
        Fraction(quantity),
        Fraction(left),
        day(earned),
        order,
        as_maybe(starts),
        as_awaited(awaited) if awaited is not None else None,
        as_maybe(expires),
        line,
        earner,
        holder,
        noted,
        released,
        Fraction(expired),
        as_maybe(kept) or date.min,
    )


def plain_awaited(awaited: Awaited) -> list[Any]:
    return [*awaited[:3], plain_value(awaited[3])]


def as_awaited(values: list[Any]) -> Awaited:
    whose, kind, by, fact = values
    return whose, kind, by, as_value(fact)


def plain_gift(gift: Gift) -> list[Any]:
    return [
        gift.award,
        gift.rule,
        gift.holder,
        gift.unit,
        plain_number(gift.quantity),
        plain_number(gift.exact),
        plain_lot(gift.lot) if gift.lot is not None else None,
        [plain_number(Fraction(room)) for room in gift.rooms],
        [[whose, [plain_value(each) for each in key]] for whose, key in gift.limits],
        plain_number(gift.came),
        plain_number(gift.share),
        plain_number(gift.taken),
        plain_number(gift.excused),
        plain_number(gift.stood),
    ]


def as_gift(values: list[Any]) -> Gift:
    award, rule, holder, unit, quantity, exact, lot, rooms, limits, came, share, taken, excused, stood = values
    return Gift(
        award,
        rule,
        holder,
        unit,
        Fraction(quantity),
        Fraction(exact),
        as_lot(lot, unit) if lot is not None else None,
        tuple(Fraction(room) for room in rooms),
        tuple((whose, frozen(key)) for whose, key in limits),
        Fraction(came),
        Fraction(share),
        Fraction(taken),
        Fraction(excused),
        Fraction(stood),
    )


def plain_taking(taking: Taking) -> list[Any]:
    return [
        taking.reason,
        taking.to.value,
        [plain_slice(each) for each in taking.slices],
        plain_number(taking.exact),
        [[whose, [plain_value(each) for each in key]] for whose, key in taking.limits],
        plain_number(taking.restored),
    ]


def as_taking(values: list[Any]) -> Taking:
    reason, to, slices, exact, limits, restored = values
    keys = tuple((whose, frozen(key)) for whose, key in limits)
    return Taking(reason, Pot(to), [as_slice(each) for each in slices], Fraction(exact), keys, Fraction(restored))


def plain_slice(part: Slice) -> list[Any]:
    lot = plain_lot(part.lot) if part.lot is not None else part.source.value
    return [part.holder, part.unit, plain_number(part.quantity), lot]


def as_slice(values: list[Any]) -> Slice:
    holder, unit, quantity, lot = values
    if isinstance(lot, str):
        return Slice(holder, unit, Fraction(quantity), source=Pot(lot))
    return Slice(holder, unit, Fraction(quantity), as_lot(lot, unit))


def plain_coming(entry: tuple[date, Ref | None]) -> list[Any]:
    return [entry[0].toordinal(), entry[1]]


def as_coming(values: list[Any]) -> tuple[date, Ref | None]:
    number, ref = values
    return day(number), (ref[0], ref[1]) if ref is not None else None


def plain_opening(opening: Opening) -> list[Any]:
    facts = {name: plain_value(value) for name, value in sorted(opening.facts.items())}
    return [
        opening.ref,
        plain_value(opening.through),
        facts,
        plain_tallies(opening.meters),
        opening.done,
        opening.withdrawn,
    ]


def as_opening(values: list[Any]) -> Opening:
    (kind, id), through, facts, meters, done, withdrawn = values
    known = {name: as_value(value) for name, value in facts.items()}
    opening = Opening((kind, id), as_value(through), known, done=done, withdrawn=withdrawn)
    opening.meters.update({key: as_tally(tally) for key, tally in meters})
    return opening


# ---------------------------------------------------------------- journals


Posted = Award | Posting | Effect | Offered
"""What a journal keeps of what was posted."""


def plain_event(event: Event) -> list[Any]:
    facts = {name: plain_value(value) for name, value in sorted(event.facts.items()) if value is not None}
    return [event.id, event.type, event.member, event.at, event.recorded, event.sequence, facts]


def as_event(values: list[Any]) -> Event:
    id, type, member, at, recorded, sequence, facts = values
    return Event(id, type, member, at, recorded, sequence, {name: as_value(value) for name, value in facts.items()})


def plain_entry(entry: Entry) -> list[Any]:
    return [
        plain_event(entry.event),
        entry.when,
        sorted(entry.touched),
        [plain_posted(award, Award) for award in entry.posted.awards],
        [plain_posted(posting, Posting) for posting in entry.posted.postings],
        {name: plain_number(quantity) for name, quantity in sorted(entry.granted.items())},
        [plain_posted(effect, Effect) for effect in entry.posted.effects],
        [plain_posted(each, Offered) for each in entry.posted.offers],
    ]


def plain_posted(entry: Posted, kind: type[Posted]) -> list[Any]:
    values = (getattr(entry, name) for name in kind.__slots__)
    return [value.value if isinstance(value, Pot) else plain_value(value) for value in values]


def as_entry(values: list[Any], event: Event) -> Entry:
    _, when, touched, awards, postings, granted, effects, offers = values
    posted = Ledger(
        awards=[Award(*map(as_value, each)) for each in awards],
        effects=[Effect(*each) for each in effects],
        offers=[Offered(*each) for each in offers],
    )
    for each in postings:
        holder, unit, lot, source, target, *rest = map(as_value, each)
        posted.postings.append(Posting(holder, unit, lot, Pot(source), Pot(target), *rest))
    given = {name: Fraction(quantity) for name, quantity in granted.items()}
    return Entry(event, when, frozenset(touched), posted, given)
