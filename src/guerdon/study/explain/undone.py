"""What a reversal undid, and how what it took back came about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import assert_never

from guerdon.check.wording import plain
from guerdon.history.event import Event
from guerdon.ledger.entries import Award, Posting, Pot
from guerdon.program import nodes, types
from guerdon.reference import regrouped, remains
from guerdon.reference.engine import Engine
from guerdon.reference.exact import ZERO
from guerdon.reference.state import WHOLE, Deed, Gift, Place, Ref
from guerdon.study import words
from guerdon.study.explain.account import Reading, Reason, RuleAccount
from guerdon.study.explain.happened import Told


@dataclass
class Before:
    """What had come back of a member's events before one of them: what was left of each place, and which share of each award."""

    left: dict[Ref, dict[Place, Fraction]] = field(default_factory=dict)
    undone: set[Ref] = field(default_factory=set)
    shares: dict[str, Fraction] = field(default_factory=dict)


def before(deeds: Mapping[Ref, Deed], program: nodes.Program) -> Before:
    """How things stand now."""
    shares: dict[str, Fraction] = {}
    for deed in deeds.values():
        shares.update(_shares(deed, program))
    return Before(
        {ref: dict(deed.left) for ref, deed in deeds.items()},
        {ref for ref, deed in deeds.items() if deed.undone},
        shares,
    )


def _shares(deed: Deed, program: nodes.Program) -> Iterator[tuple[str, Fraction]]:
    """The share of each award of a deed that is undone, that of a group as the group has it."""
    gifts: dict[str, list[Gift]] = {}
    for gift in deed.gifts:
        gifts.setdefault(gift.rule, []).append(gift)
    by_hand = (
        remains.ALL if deed.undone else 1 - remains.share(program, deed)
    )  # a rule's share is noted, and never gets less
    found = {name: each[0].share if name in program.rules else by_hand for name, each in gifts.items()}
    for group in program.groups.values():
        mine = {name: gifts[name] for name in group.of if name in gifts}
        found |= regrouped.shares(group, mine, {name: found[name] for name in mine}, program)
    for gift in deed.gifts:
        yield gift.award, found[gift.rule]


def events(engine: Engine, was: Before, now: Before, deeds: Mapping[Ref, Deed]) -> Iterator[str]:
    """The events that a reversal undid, and how much of each."""
    for ref, deed in deeds.items():
        if ref in was.left and (was.left[ref], ref in was.undone) != (now.left[ref], ref in now.undone):
            when = words.local(engine.calendar.local(deed.event.at))
            parts = ", ".join(_parts(engine.program, deed, was.left[ref], now.left[ref])) or "in full"
            rest = " (nothing is left of it)" if ref in now.undone and parts != "in full" else ""
            yield f"{ref[0]} {ref[1]} on {when}: {parts}{rest}"


def _parts(program: nodes.Program, deed: Deed, was: dict[Place, Fraction], now: dict[Place, Fraction]) -> Iterator[str]:
    """How much came back, of the whole or of each line."""
    for (path, place), left in now.items():
        less = was.get((path, place), remains.ALL) - left
        if less:
            kind, whole = _measured(program, deed, path, place)
            of = "" if place == WHOLE else f" of line {place + 1}"
            yield f"{words.value(less * whole, kind)} of {words.value(whole, kind)}{of}"


def _measured(program: nodes.Program, deed: Deed, path: str, place: int) -> tuple[types.Type, Fraction]:
    """The type of what a return measured, and how much of it there was."""
    lines, _, of = path.rpartition(".")
    facts = program.events[deed.event.type].facts
    if place == WHOLE:
        return facts[of].type, deed.facts[of]
    listed = facts[lines].type
    assert isinstance(listed, types.Lines)
    return program.records[listed.record].facts[of].type, deed.facts[lines][place][of]


# ---------------------------------------------------------------- awards


def accounts(
    engine: Engine, told: Told, event: Event, now: Before, was: Before, deeds: Mapping[Ref, Deed]
) -> Iterator[RuleAccount]:
    """How what an event took back of each award came about, and why it took nothing back of others."""
    record = engine.program.events.get(event.type)
    reversal = record.reverses if record is not None else None
    for award in told.back(event) if reversal is not None else ():
        original = told.awards.get(award.of or "")
        if original is not None and reversal is not None:
            earlier = _earlier(engine.posted.ledger.awards, award)
            yield _account(engine.program, told, event, reversal, award, original, earlier, (was, now))
    for original in _kept(told, event, was, now, deeds) if reversal is not None else ():
        nothing = replace(original, id="", quantity=ZERO, at=event.at, of=original.id)
        earlier = _earlier(engine.posted.ledger.awards, nothing)
        if reversal is not None and earlier < original.quantity:
            yield _account(engine.program, told, event, reversal, nothing, original, earlier, (was, now))


def _kept(told: Told, event: Event, was: Before, now: Before, deeds: Mapping[Ref, Deed]) -> Iterator[Award]:
    """The awards of what an event undid of which it took nothing back."""
    touched = {award.of for award in told.back(event)}
    for ref, deed in deeds.items():
        if ref in was.left and (was.left[ref], ref in was.undone) != (now.left[ref], ref in now.undone):
            for gift in deed.gifts:
                original = told.awards.get(gift.award)
                if original is not None and gift.award not in touched and original.rule in told.program.rules:
                    yield original


def _earlier(awards: Iterable[Award], award: Award) -> Fraction:
    """What was taken back of the same award before."""
    total = ZERO
    for each in awards:
        if each is award or each.at > award.at:
            break
        if each.of == award.of:
            total -= each.quantity
    return total


def _account(
    program: nodes.Program,
    told: Told,
    event: Event,
    reversal: nodes.Reversal,
    award: Award,
    original: Award,
    earlier: Fraction,
    stand: tuple[Before, Before],
) -> RuleAccount:
    back = words.quantity(award.quantity, award.unit) if award.quantity else "nothing"
    rule = program.rules.get(award.rule)
    how = reversal.clawback if rule is not None else nodes.Clawback.EXACTLY  # by hand: by the share of the event
    found = RuleAccount(award.rule, str((rule or reversal).span), back, bool(award.quantity))
    was, now = (each.shares.get(original.id) for each in stand)
    readings = [
        Reading(f"given for {reversal.event} {original.event}", words.quantity(original.quantity, award.unit)),
        Reading("taken back before", words.quantity(earlier, award.unit)),
    ]
    if now is not None:
        readings.append(Reading("undone of it by now", _percent(now)))
    left = original.quantity - earlier + award.quantity
    came = "" if now is None else _came(reversal.event, how, original, left, now, now - (was or ZERO))
    if not award.quantity and now == (was or ZERO):
        came = "for what remains the rule comes to as much as before: "
    taken = words.quantity(abs(award.quantity), award.unit) if award.quantity else "nothing"
    result = f"{came}{'gives' if award.quantity > 0 else 'takes'} back {taken}, {words.quantity(left, award.unit)} stay"
    found.reasons.append(
        Reason("clawback", _clawback(reversal) if rule is not None else how.value, tuple(readings), result)
    )
    for group in program.groups.values():
        if award.rule in group.of and group.take is nodes.Take.BEST:
            found.reasons.append(Reason("group", f'"{group.name}"', result="the best of it for what remains stays"))
    found.reasons += _sources(told, event, award)
    return found


def _clawback(reversal: nodes.Reversal) -> str:
    if reversal.oldest and reversal.clawback is nodes.Clawback.EXACTLY:
        return "oldest first"
    rounding = f", round {reversal.rounding.value}" if reversal.rounding is not None else ""
    return f"{reversal.clawback.value}{rounding}{', oldest first' if reversal.oldest else ''}"


def _came(event: str, how: nodes.Clawback, original: Award, left: Fraction, share: Fraction, more: Fraction) -> str:
    """How the quantity that is to be taken back is reckoned."""
    unit = original.unit
    match how:
        case nodes.Clawback.EXACTLY:
            exact = original.quantity * share
            rounded = "" if exact.denominator == 1 else ", rounded down"
            return f"{_percent(share)} of {words.quantity(original.quantity, unit)} is {_close(exact)}{rounded}: "
        case nodes.Clawback.PROPORTION:
            if share == 1:
                return f"nothing remains of the {event}: "
            part = (
                f"{_percent(more)} of {words.quantity(original.quantity, unit)} is {_close(original.quantity * more)}"
            )
            return f"{part}, rounded together with what else it was given: "
        case nodes.Clawback.RECOMPUTED:
            return f"for what remains it comes to {words.quantity(left, unit)}: "
        case _:
            assert_never(how)


def _percent(share: Fraction) -> str:
    """A share in percent, where that has no end with two decimals."""
    return f"{_close(100 * share)}%"


def _close(number: Fraction) -> str:
    """A number exactly, or about, where it has no end."""
    shown = plain(number)
    return shown if "/" not in shown else f"about {words.decimal(number, 2)}"


_FROM = {Pot.DEBT: "owed from now on", Pot.WRITTEN_OFF: "written off", Pot.CHARGED: "charged in money"}


def _sources(told: Told, event: Event, award: Award) -> Iterator[Reason]:
    """Where what was taken back came from: its own lot, other lots, debt; or it had expired."""
    parts: dict[str, Fraction] = {}
    for each in _taken(told.posted(event), award):
        where = _FROM.get(each.source) or ("its own lot" if each.lot == award.of else told.lot(each.lot or ""))
        parts[where] = parts.get(where, ZERO) + each.quantity
    expired = -award.quantity - sum(parts.values(), ZERO)
    if expired > 0 and _single(told, event, award):
        parts["expired before, not taken twice"] = expired
    if parts and list(parts) != ["its own lot"]:
        named = tuple(Reading(where, words.quantity(much, award.unit)) for where, much in parts.items())
        yield Reason("from", "lots and debt", named)


def _taken(postings: Iterable[Posting], award: Award) -> Iterator[Posting]:
    for each in postings:
        of = (each.holder, each.unit, each.reason) == (award.member, award.unit, award.rule)
        if of and each.target is Pot.TAKEN_BACK:
            yield each


def _single(told: Told, event: Event, award: Award) -> bool:
    """Whether nothing else was taken back of this rule from this holder at the event, so that the postings are the award's."""
    key = award.member, award.rule
    return sum((each.member, each.rule) == key for each in told.back(event)) == 1
