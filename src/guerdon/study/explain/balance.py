"""What a balance is made of: where each lot of it came from, what of it is left, and what is owed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fractions import Fraction

from guerdon.ledger.entries import OWN, Holding, Ledger, Posting, Pot
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.exact import ZERO
from guerdon.study import words
from guerdon.study.explain.account import BalanceAccount, LotAccount, Reading
from guerdon.study.explain.course import Course, Point
from guerdon.study.explain.happened import Told
from guerdon.study.lots import LotLine, lots

_WENT = ("spent", "expired", "taken_back", "transferred", "repaid")
"""The figures of what left a lot."""


def account(engine: Engine, told: Told, unit: nodes.Unit, member: str) -> BalanceAccount:
    """The balance of a unit at the end of the run, of a member or of the account that owns it for them."""
    ledger = engine.posted.ledger
    subject = engine.world.subjects.get(member)
    holder = engine.world.owner(subject, unit.account).id if subject is not None else member
    rules = tuple((words.written(each), str(each.span)) for each in unit.expiries)
    if not unit.spendable:
        counted = tuple(_counted(ledger, told, unit.name, holder))
        total = sum((each.quantity for each in ledger.awards if (each.member, each.unit) == (holder, unit.name)), ZERO)
        return BalanceAccount(unit.name, str(unit.span), holder, words.quantity(total, unit.name), "", counted)
    holding = ledger.holdings().get((holder, unit.name), Holding())
    return BalanceAccount(
        unit.name,
        str(unit.span),
        holder,
        words.quantity(holding.balance, unit.name),
        words.quantity(holding.pending, unit.name) if holding.pending else "",
        tuple(_lots(ledger, told, unit.name, holder)),
        tuple(_owed(ledger, told, unit.name, holder)),
        rules,
    )


def _lots(ledger: Ledger, told: Told, unit: str, holder: str) -> Iterator[LotAccount]:
    held, came = _held(ledger, unit, holder), _came(ledger, told, unit, holder)
    for line in lots(ledger):
        if (line.member, line.unit) == (holder, unit):
            yield _lot(line, told, held.get(line.id, ZERO), tuple(came.get(line.id, ())))


def _came(ledger: Ledger, told: Told, unit: str, holder: str) -> dict[str, list[Reading]]:
    """Of each lot what came into it: of which event on which day."""
    found: dict[str, list[Reading]] = {}
    for each in ledger.postings:
        if (
            (each.holder, each.unit) == (holder, unit)
            and each.lot is not None
            and Pot.ISSUED in (each.source, each.target)
        ):
            sign = 1 if each.source is Pot.ISSUED else -1
            name = f'{told.day(each.at)} "{each.reason}" of {each.event}'
            found.setdefault(each.lot, []).append(Reading(name, words.quantity(sign * each.quantity, unit)))
    return found


def _lot(line: LotLine, told: Told, held: Fraction, came: tuple[Reading, ...]) -> LotAccount:
    went = ((name.replace("_", " "), getattr(line, name)) for name in _WENT)
    return LotAccount(
        told.lot(line.id),
        _place(told, line.id),
        told.day(line.at),
        words.quantity(line.granted, line.unit),
        tuple(Reading(name, words.quantity(-much, line.unit)) for name, much in went if much),
        words.quantity(line.remaining - held, line.unit),
        words.quantity(held, line.unit) if held else "",
        told.day(line.expires) if line.expires is not None else "",
        came if len(came) > 1 else (),
    )


def _place(told: Told, award: str) -> str:
    """Where the rule stands that gave a lot; nowhere, if it was given by hand."""
    found = told.awards.get(award)
    rule = told.program.rules.get(found.rule) if found is not None else None
    return str(rule.span) if rule is not None else ""


def _held(ledger: Ledger, unit: str, holder: str) -> dict[str, Fraction]:
    """How much of each lot can't be spent yet."""
    found: dict[str, Fraction] = {}
    for each in ledger.postings:
        if (each.holder, each.unit) == (holder, unit) and each.lot is not None:
            sign = (each.target is Pot.PENDING) - (each.source is Pot.PENDING)
            found[each.lot] = found.get(each.lot, ZERO) + sign * each.quantity
    return found


def _owed(ledger: Ledger, told: Told, unit: str, holder: str) -> Iterator[Reading]:
    """What came to be owed, below zero, and what repaid it."""
    for each in ledger.postings:
        if (each.holder, each.unit) == (holder, unit) and Pot.DEBT in (each.source, each.target):
            sign = -1 if each.source is Pot.DEBT else 1
            what = f"{each.reason} {each.event}" if each.event is not None else each.reason
            yield Reading(f"{told.day(each.at)} {what}", words.quantity(sign * each.quantity, unit))


def _counted(ledger: Ledger, told: Told, unit: str, holder: str) -> Iterator[LotAccount]:
    """The awards of a unit that can't be spent, each less what was taken back of it from the holder.

    Shape: also those of somebody else, of which the holder lost something who took over what they had.
    """
    given: dict[str, Fraction] = {}
    back: dict[str, Fraction] = {}
    since: dict[str, int] = {}
    for each in ledger.awards:
        if (each.member, each.unit) == (holder, unit) and each.quantity:
            id = each.of or each.id
            since.setdefault(id, each.at)
            sums = given if each.of is None else back
            sums[id] = sums.get(id, ZERO) + each.quantity
    for id, at in since.items():
        came, less = given.get(id, ZERO), back.get(id, ZERO)
        went = (Reading("taken back", words.quantity(less, unit)),) if less else ()
        left = words.quantity(came + less, unit)
        yield LotAccount(told.lot(id), _place(told, id), told.day(at), words.quantity(came, unit), went, left)


# ---------------------------------------------------------------- over time


def courses(engine: Engine, whose: Collection[str]) -> Iterator[Course]:
    """How each balance of a member and of their accounts went, in the order in which they first had some."""
    found: dict[tuple[str, str], list[Posting]] = {}
    for each in sorted(engine.posted.ledger.postings, key=lambda each: each.at):
        if each.holder in whose:
            found.setdefault((each.unit, each.holder), []).append(each)
    for (unit, holder), postings in found.items():
        yield Course(unit, holder, tuple(_points(engine, unit, postings)))


def _points(engine: Engine, unit: str, postings: list[Posting]) -> Iterator[Point]:
    """The balance after what was posted at one instant of one event."""
    balance = ZERO
    for place, each in enumerate(postings):
        balance += each.quantity * (_counts(each.target) - _counts(each.source))
        after = postings[place + 1] if place + 1 < len(postings) else None
        if after is None or (after.at, after.event) != (each.at, each.event):
            when = words.local(engine.calendar.local(each.at))
            yield Point(each.at, when, each.event or "", each.reason, words.quantity(balance, unit))


def _counts(pot: Pot) -> int:
    """Whether a balance counts what is in a pot: not what is held."""
    return int(pot in OWN and pot is not Pot.PENDING)
