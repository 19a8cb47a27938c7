"""What a reversal means: which earlier events, and how much of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

from guerdon.history.event import Event, Facts
from guerdon.program import nodes
from guerdon.reference import remains
from guerdon.reference.calendar import after
from guerdon.reference.exact import ZERO
from guerdon.reference.state import Deed, Place, Subject
from guerdon.reference.world import World

Back = dict[Place, Fraction] | None
"""How much comes back of each line, or of the event; None: all that is left."""


class Unmatched(Exception):
    """A reversal that can't be done: a code, why, and whether what it names may still come."""

    def __init__(self, code: str, message: str, waits: bool = False) -> None:
        super().__init__(code, message, waits)
        self.code, self.message, self.waits = code, message, waits

    @property
    def help(self) -> str:
        """What whoever gave the event can do."""
        return {
            "G692": "see that what it names is there, and of the same member",
            "G694": "take back no more than is left",
            "G695": "write another `debt` in the unit, or let the balance grow first",
        }[self.code]


def match(world: World, event: Event, facts: Facts, member: Subject, day: date) -> list[tuple[Deed, Back]]:
    """The deeds that an event reverses, and how much of each.

    Errors: Unmatched where there is none, none that is recent enough, or not so much of it.
    """
    reversal = world.program.events[event.type].reverses
    assert reversal is not None
    found = [
        deed
        for deed in _named(reversal, facts, member)
        if reversal.within is None or day <= after(deed.day, reversal.within)
    ]
    if not found:
        raise _missing(reversal, facts)
    part = reversal.part
    if part is None:
        return _whole(found, reversal)
    if part.lines is None:
        amount = facts.get(part.field)
        return (
            _whole(found, reversal)
            if amount is None
            else _allotted(world.program, part, [(None, amount)], found, reversal.event)
        )
    lines = facts.get(part.lines)
    if lines is None:
        return _whole(found, reversal)
    wanted = [(line[part.key or ""], line[part.field] or ZERO) for line in lines]
    return _allotted(world.program, part, wanted, found, reversal.event)


def _whole(deeds: list[Deed], reversal: nodes.Reversal) -> list[tuple[Deed, Back]]:
    """All that is left of some deeds."""
    whole: list[tuple[Deed, Back]] = [(deed, None) for deed in deeds if not deed.undone]
    if not whole:
        raise Unmatched("G694", f"the {reversal.event} was reversed before")
    return whole


def _named(reversal: nodes.Reversal, facts: Facts, member: Subject) -> Iterator[Deed]:
    """The member's events that a reversal may mean, in the order in which they are reversed."""
    if reversal.by is not None and not reversal.shared:
        deed = member.deeds.get((reversal.event, str(facts[reversal.by])))
        return iter([deed] if deed is not None else [])
    deeds = [
        deed
        for deed in member.deeds.values()
        if deed.event.type == reversal.event
        and (reversal.by is None or deed.facts.get(reversal.by) == facts[reversal.by] is not None)
    ]
    deeds.sort(key=lambda deed: (deed.event.at, deed.event.order))
    return iter(deeds if reversal.choose is nodes.Choose.EARLIEST else deeds[::-1])


def _missing(reversal: nodes.Reversal, facts: Facts) -> Unmatched:
    """That there is nothing to reverse; an event that is named may still come.

    INVARIANT: what is too long ago is as if it were not there, so that nobody has to remember it.
    """
    late = ", or it is longer ago than it can be reversed" if reversal.within is not None else ""
    if reversal.by is None:
        return Unmatched("G692", f"the member has no {reversal.event} that this could reverse{late}")
    named = f"with {reversal.by} " if reversal.shared else ""
    return Unmatched("G692", f"the member has no {reversal.event} {named}`{facts[reversal.by]}`{late}", waits=True)


def _allotted(
    program: nodes.Program,
    part: nodes.Part,
    wanted: Iterable[tuple[object, Fraction]],
    deeds: list[Deed],
    what: str,
) -> list[tuple[Deed, Back]]:
    """Shares out what comes back over deeds and their lines, in order.

    Errors: Unmatched where more comes back than there is.
    """
    backs: dict[int, dict[Place, Fraction]] = {}
    for key, amount in wanted:
        left = amount
        for number, deed in enumerate(deeds):
            if deed.undone:
                continue
            for place, there in remains.places(program, part, key, deed):
                back = backs.setdefault(number, {})
                taken = min(there - back.get(place, ZERO), left)
                if taken > 0:
                    back[place] = back.get(place, ZERO) + taken
                    left -= taken
        if left > 0:
            of = f"`{key}`" if key is not None else "it"
            raise Unmatched("G694", f"more of {of} comes back than there is left of the {what}")
    return [(deed, backs[number]) for number, deed in enumerate(deeds) if backs.get(number)]
