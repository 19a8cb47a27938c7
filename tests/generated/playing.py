"""A history played on the engine, and what it came to, ready to be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.generated.histories import History

from guerdon.history.event import Event
from guerdon.ledger.entries import OWN, Award, Ledger, Pot
from guerdon.library import Program
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.state import Lot, Subject
from guerdon.reference.tally import Tally

ZERO = Fraction(0)


def library(program: nodes.Program) -> Program:
    return Program(program, (), Path("made.guerdon"))


def play(
    program: nodes.Program,
    history: History,
    before: Callable[[Engine, Event], None] = lambda engine, event: None,
    after: Callable[[Engine, Event], None] = lambda engine, event: None,
    close: bool = True,
) -> Engine:
    """The engine after a history, with something done before and after each event."""
    engine = Engine(program, history.members)
    end = ending(engine, history)
    for event in history.events:
        if end is None or is_read(event, end):
            before(engine, event)
            engine.happen(event)
            after(engine, event)
    if close:
        engine.close(end)
    return engine


def ending(engine: Engine, history: History) -> int | None:
    """The instant at which a run ends, where the history says so."""
    return engine.calendar.start(history.as_of.fromordinal(history.as_of.toordinal() + 1)) if history.as_of else None


def is_read(event: Event, end: int) -> bool:
    """Whether a run that ends at an instant reads an event: it happened, and was known, before."""
    return max(event.at, event.recorded) < end


def with_events(history: History, events: Iterable[Event]) -> History:
    return replace(history, events=list(events))


# ---------------------------------------------------------------- what is compared


def by_holder(ledger: Ledger) -> dict[str, dict[str, list[Any]]]:
    """All entries, of each holder in their order."""
    found: dict[str, dict[str, list[Any]]] = {}
    for name in ("awards", "postings", "moves", "refusals", "effects", "ranks"):
        for entry in getattr(ledger, name):
            whose = entry.holder if name == "postings" else entry.member
            found.setdefault(whose, {}).setdefault(name, []).append(entry)
    return found


def same(one: Ledger, other: Ledger) -> None:
    """Fails where two ledgers differ, of the first holder of whom they do."""
    left, right = by_holder(one), by_holder(other)
    for holder in {**left, **right}:
        assert (holder, left.get(holder)) == (holder, right.get(holder))
    assert one.awards == other.awards
    assert one.effects == other.effects
    left_offers, right_offers = (
        sorted(each.offers, key=lambda of: (of.member, of.offer, of.opened)) for each in (one, other)
    )
    assert left_offers == right_offers


def net(ledger: Ledger) -> dict[tuple[str, str, Pot], Fraction]:
    """How much went into each pot of a holder, less what went out; nothing left out but zero."""
    found: dict[tuple[str, str, Pot], Fraction] = {}
    for posting in ledger.postings:
        for pot, quantity in ((posting.source, -posting.quantity), (posting.target, posting.quantity)):
            key = posting.holder, posting.unit, pot
            found[key] = found.get(key, ZERO) + quantity
    return {key: quantity for key, quantity in found.items() if quantity}


def own(ledger: Ledger) -> dict[tuple[str, str, Pot], Fraction]:
    """What is in the holders' own pots."""
    return {key: quantity for key, quantity in net(ledger).items() if key[2] in OWN}


def taken_back(awards: Iterable[Award]) -> dict[str, Fraction]:
    """How much was taken back of each award."""
    found: dict[str, Fraction] = {}
    for award in awards:
        if award.of is not None:
            found[award.of] = found.get(award.of, ZERO) - award.quantity
    return found


def tally(of: Tally, added: bool) -> list[tuple[Any, Any]]:
    """The values by day; `added`: those of a day as one, where what was taken back is a value of its own."""
    if not added:
        return [(day, value) for day, value in zip(of.days, of.values, strict=True) if value != 0]
    sums = dict.fromkeys(of.days, ZERO)
    for day, value in zip(of.days, of.values, strict=True):
        sums[day] += value
    return [(day, value) for day, value in sums.items() if value]


def lot(of: Lot) -> tuple[Any, ...]:
    """What a lot is, but for its number."""
    return tuple(
        getattr(of, each.name) for each in fields(of) if each.name not in ("order", "id", "mergeable", "expired")
    )


def standing(program: nodes.Program, subject: Subject) -> dict[str, Any]:
    """What a subject has and has counted, without how it came about."""
    purses = {
        name: (purse.available, purse.pending, purse.debt, sorted(map(lot, purse.lots), key=repr))
        for name, purse in subject.purses.items()
        if purse.lots or purse.debt
    }
    tallies = {
        f"{name} {key}": found
        for name in ("meters", "corrected", "earned", "earned_by", "limits", "bases")
        for key, each in getattr(subject, name).items()
        if (found := tally(each, name in ("corrected", "earned", "earned_by")))
    }
    held = {name: held.standing for name, held in subject.held.items()}
    return {"facts": subject.facts, "purses": purses, "held": held, **tallies}
