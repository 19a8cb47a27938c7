"""A member's points and tiers in the order of time: events with what came of them, and what came by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from guerdon.history.event import Event
from guerdon.ledger.entries import Posting
from guerdon.reference.engine import Engine
from guerdon.study import words
from guerdon.study.explain.happened import Told, kind, moved


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened: when, of which event (none: a day began), of which kind, and what came of it."""

    when: str
    event: str
    kind: str
    text: str


Placed = tuple[tuple[int, int], Moment]
"""A moment with its place in time: an instant, and what is before what at one instant."""

_REVIEWED, _DAY, _EVENT, _RISEN = range(4)


def timeline(
    engine: Engine, told: Told, events: list[Event], shown: list[Event], who: str, whose: Collection[str]
) -> list[Moment]:
    """All that happened to a member; `whose`: them and the accounts that they are in.

    Shape: `events` are theirs and those of others that may have touched them, `shown` those that did.
    """
    placed = [*_events(engine, told, shown, who, whose), *_days(engine, told, who, whose)]
    placed += _moves(engine, events, who, whose)
    return [moment for _, moment in sorted(placed, key=lambda each: each[0])]


def _events(engine: Engine, told: Told, events: list[Event], who: str, whose: Collection[str]) -> Iterator[Placed]:
    """The member's own events, and those of others that gave or took something."""
    for event in events:
        own = event.member == who
        parts = told.given(event, who, None if own else whose)
        parts += map(str, told.phrases(_mine(told.posted(event), own, whose), who))
        parts += map(str, (*told.refused(event), *told.said(event, who, None if own else whose)))
        parts += map(str, told.offered(event) if own else ())
        parts += filter(None, [told.aside(event)])
        by = "" if own else f" (by {event.member})"
        when = words.happened(event, engine.calendar)
        yield (event.at, _EVENT), Moment(when, event.id, kind(event), (", ".join(parts) or "-") + by)


def _mine(postings: list[Posting], own: bool, whose: Collection[str]) -> list[Posting]:
    """What is told of an event: all that the member did, and of others' what touched the member."""
    return postings if own else [each for each in postings if each.holder in whose]


def _days(engine: Engine, told: Told, who: str, whose: Collection[str]) -> Iterator[Placed]:
    """What came by itself when days began: holds that ended, lots that expired."""
    by_start: dict[int, list[Posting]] = {}
    for each in engine.posted.ledger.postings:
        if each.event is None and each.holder in whose:
            by_start.setdefault(each.at, []).append(each)
    for at, postings in by_start.items():
        when = words.local(engine.calendar.local(at))
        for verb, text in told.phrases(postings, who):
            yield (at, _DAY), Moment(when, "", verb, text)


def _moves(engine: Engine, events: list[Event], who: str, whose: Collection[str]) -> Iterator[Placed]:
    """Tiers that came to be held, but for those that everybody begins with."""
    instants = {event.at for event in events}
    for move in engine.posted.ledger.moves:
        if move.member in whose and move.reason != "joined":
            risen = move.at in instants and move.reason != "term ended"  # terms end before what happens at that instant
            when, place = words.local(engine.calendar.local(move.at)), _RISEN if risen else _REVIEWED
            kind, text = moved(move, who)
            yield (move.at, place), Moment(when, "", kind, text)
