"""What is known of a subject (a member or an account): everything that a rule may ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from guerdon.history.event import Event, Facts
from guerdon.ledger.entries import Pot
from guerdon.reference.exact import ZERO
from guerdon.reference.tally import Tally

Ref = tuple[str, str]
"""The kind and the id of an event."""

Awaited = tuple[str, str, str | None, object]
"""Whose event, of which kind, ends a hold; and the fact (None: any) that it has to have, with its value."""

EVERYBODY = "program/all"
"""The subject with which limits are kept that everybody counts for together."""

WHOLE = -1
"""The place of an event as a whole, beside those of its lines."""

Place = tuple[str, int]
"""What returns measure (`amount`, `lines.price`), and the place of the line, or WHOLE."""


@dataclass
class Held:
    """The tier held on a ladder: its rank, since when, and the first day after its term (None: no end).

    Shape: `given`: held without having been reached; it is not taken away because the
    count is not there. `reached`: the day whose count the tier rests on, `entered`: the day of
    entry from which it was counted then. `grace`: its
    term is over, and the time of grace runs. `deducted` is taken off what is counted
    on days before `deducted_until`, `carried` comes from an earlier period and counts on days before `carried_until`.
    `below`: what was held before it was reached. `floor`: the rank that it can't fall below now.
    `capped`: set by hand below what is reached; it does not rise. `brought`: what was
    carried into the period before this one.
    """

    rank: int = 0
    ends: date | None = None
    given: bool = False
    since: date = date.min
    reached: date = date.min
    grace: bool = False
    deducted: Fraction = ZERO
    deducted_until: date = date.max
    carried: Fraction = ZERO
    carried_until: date = date.min
    below: Held | None = None
    floor: int = 0
    capped: bool = False
    brought: Fraction = ZERO
    entered: date = date.min

    def joined(self, other: Held, day: date) -> Held:
        """The tier of a member who is two from a day on: the higher, less what either deducted, with what both carried."""
        both = (self, other)
        return replace(
            other if other.rank > self.rank else self,
            deducted=sum((each.deducted for each in both if day < each.deducted_until), ZERO),
            deducted_until=max((each.deducted_until for each in both if each.deducted), default=date.max),
            carried=sum((each.carried for each in both if day < each.carried_until), ZERO),
            carried_until=max(each.carried_until for each in both),
        )

    @property
    def standing(self) -> int:
        """The rank that counts: that held, or the floor."""
        return max(self.rank, self.floor)


@dataclass(eq=False)
class Lot:
    """An award's points that are spent and expire together.

    Shape: `starts`: the day from which they can be spent (None: an event is `awaited`). `expires`: from this day they are gone; None: on
    no fixed day. `line`: which `expires` of the unit they came under (None: none).
    `left` of `quantity` is there yet, `expired` went unused. `noted`: the member who can
    undo the event that it came from (None: nobody can).
    """

    id: str
    unit: str
    quantity: Fraction
    left: Fraction
    earned: date
    order: int
    starts: date | None
    awaited: Awaited | None
    expires: date | None
    line: int | None
    earner: str
    holder: str
    noted: str | None = None
    released: bool = False
    expired: Fraction = ZERO
    kept: date = date.min  # the latest day of what kept it alive in other purses


@dataclass(eq=False)
class Purse:
    """All that a subject has of a unit: lots in the order in which they came, and debt.

    Shape: `emptied` tells, of lots that came from another member's event that can be
    undone and of which nothing is left, when they were earned and how much of them expired.
    INVARIANT: no lot is due before `due` (None: none ever is), and every lot has something left.
    """

    lots: list[Lot] = field(default_factory=list)
    debt: Fraction = ZERO
    due: date | None = None
    emptied: dict[str, tuple[date, Fraction]] = field(default_factory=dict)

    @property
    def available(self) -> Fraction:
        """What can be spent; below zero: debt."""
        return sum((lot.left for lot in self.lots if lot.released), ZERO) - self.debt

    @property
    def pending(self) -> Fraction:
        return sum((lot.left for lot in self.lots if not lot.released), ZERO)


@dataclass(eq=False)
class Gift:
    """What a rule gave for an event that can be undone: to whom, as which lot, and what was taken back of it.

    Shape: `rooms`: what its limits left room for; `limits`: whose tallies they keep, under
    which keys. `came`: what it came to (or added to a running total) before rounding and
    limits. `share` of it is undone, `taken` back; `excused`: what expired before. `stood`: what
    the rule gave before its group.
    """

    award: str
    rule: str
    holder: str
    unit: str
    quantity: Fraction
    exact: Fraction
    lot: Lot | None
    rooms: tuple[Fraction | int, ...] = ()
    limits: tuple[tuple[str, tuple[object, ...]], ...] = ()
    came: Fraction = ZERO
    share: Fraction = ZERO
    taken: Fraction = ZERO
    excused: Fraction = ZERO
    stood: Fraction = ZERO


@dataclass(frozen=True)
class Slice:
    """So much of a unit that a holder gave: out of a lot, or where there was less, as `source` says (as debt, for one)."""

    holder: str
    unit: str
    quantity: Fraction
    lot: Lot | None = None
    source: Pot = Pot.AVAILABLE


@dataclass(eq=False)
class Taking:
    """What was taken at an event that can be undone: for which `reason` (the rule, or what happened), to which pot.

    Shape: `slices` of one unit, in the order in which they were taken; `limits`: whose
    tallies hold it, under which keys; `exact`: what it came to before rounding and
    limits. `restored` of it was given back.
    """

    reason: str
    to: Pot
    slices: list[Slice]
    exact: Fraction = ZERO
    limits: tuple[tuple[str, tuple[object, ...]], ...] = ()
    restored: Fraction = ZERO

    @property
    def quantity(self) -> Fraction:
        return sum((each.quantity for each in self.slices), ZERO)


@dataclass(eq=False)
class Deed:
    """An event that can be undone, and what came of it.

    Shape: `facts` with those derived; `accounts`: which the member was in; `reads`: what
    its rules read beside the facts, by expression; `gifts`: what was given, `takings`: what
    was taken; `left`: the share of what returns measure that they left; `corrected`: by how
    much sums were, elsewhere; `completed`: the openings of offers that gave, by rule.
    """

    event: Event
    day: date
    facts: Facts
    accounts: dict[str, str]
    reads: dict[Any, Any] = field(default_factory=dict)
    gifts: list[Gift] = field(default_factory=list)
    takings: list[Taking] = field(default_factory=list)
    left: dict[Place, Fraction] = field(default_factory=dict)
    corrected: dict[tuple[int, int], Fraction] = field(default_factory=dict)
    undone: bool = False
    completed: dict[str, list[Ref]] = field(default_factory=dict)

    def holders(self) -> set[str]:
        """Whose lots and limits it touched."""
        parts: list[Gift | Slice] = [*self.gifts, *(each for taking in self.takings for each in taking.slices)]
        touched = [each.lot for each in parts if each.lot is not None]
        lots = {id for lot in touched for id in (lot.holder, lot.earner)}
        kept = [each.limits for each in self.gifts] + [each.limits for each in self.takings]
        whose = {id for limits in kept for id, _ in limits}
        return lots | whose | {each.holder for each in parts}


@dataclass(eq=False)
class Opening:
    """An offer that is open to a member, or was.

    Shape: `ref`: what opened it; `through`: the last day, or the last instant; `facts`: of what opened it, as
    far as its rule asks for them; `meters`: what came since, by number; `done`: whether it gave;
    `withdrawn`: whether what opened it was undone after that.
    """

    ref: Ref
    through: date | int
    facts: Facts
    meters: dict[int, Tally] = field(default_factory=lambda: defaultdict(Tally))
    done: bool = False
    withdrawn: bool = False

    def is_past(self, day: date, at: int) -> bool:
        """Whether it is closed on a day, at an instant."""
        return self.through < day if isinstance(self.through, date) else self.through < at


Promise = tuple[str, str, str, Awaited]
"""A holder, a unit, the id of a lot, and what it waits for."""


def _tallies() -> dict[Any, Tally]:
    return defaultdict(Tally)


TALLIES = (
    *("meters", "corrected", "earned", "earned_by", "taken_back", "taken_back_by", "forgiven"),
    *("limits", "bases", "owed"),
)
"""What adds up in a subject, by the names of its fields."""


@dataclass(eq=False)
class Subject:
    """A member's state, or an account's.

    Shape: `meters` by number, and what returns `corrected` on their own day; `earned` by unit, `earned_by` by rule; `taken_back`
    and `taken_back_by` alike, on the days of returns, where the program reads them; `forgiven` by ladder: what its count was below
    zero; `limits` by rule, number of the limit and the facts it counts by; `bases` and `owed` by rule that
    accumulates; `deeds` by event; `waiting`: reversals of events that have not come, and
    why; `promised`: lots of others that an event of this one ends the hold of; `active`: the latest day
    of events that keep points alive or end a silence. By trigger, `coming`: on which days it happens,
    after which events, and `happened`: on which it did last. `members`: who is in the account, or was.
    `greeted`: whether a day of joining was said; `known`: the instant at which the latest of its events
    became known. `into`: whom the member became part of. `offers`: what was opened, by rule.
    """

    id: str
    facts: dict[str, Any]
    day: date
    at: int
    joined: date
    account: str | None = None
    held: dict[str, Held] = field(default_factory=dict)
    purses: dict[str, Purse] = field(default_factory=lambda: defaultdict(Purse))
    meters: dict[int, Tally] = field(default_factory=_tallies)
    corrected: dict[int, Tally] = field(default_factory=dict)
    earned: dict[str, Tally] = field(default_factory=_tallies)
    earned_by: dict[str, Tally] = field(default_factory=_tallies)
    taken_back: dict[str, Tally] = field(default_factory=_tallies)
    taken_back_by: dict[str, Tally] = field(default_factory=_tallies)
    forgiven: dict[str, Tally] = field(default_factory=_tallies)
    limits: dict[tuple[object, ...], Tally] = field(default_factory=_tallies)
    bases: dict[str, Tally] = field(default_factory=_tallies)
    owed: dict[str, Tally] = field(default_factory=_tallies)
    deeds: dict[Ref, Deed] = field(default_factory=dict)
    waiting: list[tuple[Event, Any]] = field(default_factory=list)
    promised: list[Promise] = field(default_factory=list)
    active: dict[str, date] = field(default_factory=dict)
    coming: dict[str, list[tuple[date, Ref | None]]] = field(default_factory=dict)
    happened: dict[str, date] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    closed: bool = False
    greeted: bool = False
    known: int = 0
    into: str | None = None
    offers: dict[str, list[Opening]] = field(default_factory=dict)
    lots: int = 0  # how many lots there have been

    def absorb(self, other: Subject) -> None:
        """Takes over what another has counted, earned and done."""
        self.joined = min(self.joined, other.joined)
        for name in TALLIES:
            mine: dict[Any, Tally] = getattr(self, name)
            for key, tally in getattr(other, name).items():
                into = mine.setdefault(key, Tally())
                for day, value, ref in zip(tally.days, tally.values, tally.refs, strict=True):
                    into.add(day, value, ref)
                into.forgotten += tally.forgotten
                into.sum_forgotten += tally.sum_forgotten
        self.deeds |= other.deeds
        self.waiting += other.waiting
        other.waiting = []
        self.promised += other.promised
        self.greeted |= other.greeted
        self.known = max(self.known, other.known)
        for latest, theirs in ((self.active, other.active), (self.happened, other.happened)):
            for name, day in theirs.items():
                latest[name] = max(day, latest.get(name, day))
        for name, coming in other.coming.items():
            known = self.coming.setdefault(name, [])
            known += [entry for entry in coming if entry not in known]
        other.coming = {}
        for name, openings in other.offers.items():
            self.offers[name] = [*self.offers.get(name, ()), *openings]
        other.offers = {}


def join(subjects: Mapping[str, Subject]) -> None:
    """Lets what is noted of events point to the lots in the purses again.

    A lot of another's purse may have been emptied while this state lay apart; the other's tells.
    """
    lots = {
        (lot.unit, lot.id): lot for each in subjects.values() for purse in each.purses.values() for lot in purse.lots
    }
    emptied = {
        (unit, id): expired
        for each in subjects.values()
        for unit, purse in each.purses.items()
        for id, (_, expired) in purse.emptied.items()
    }

    def joined(lot: Lot) -> Lot:
        key = lot.unit, lot.id
        if key not in lots:
            if key in emptied:
                lot.left, lot.expired = ZERO, emptied[key]
            lots[key] = lot
        return lots[key]

    for subject in subjects.values():
        for deed in subject.deeds.values():
            for gift in deed.gifts:
                gift.lot = joined(gift.lot) if gift.lot is not None else None
            for taking in deed.takings:
                taking.slices = [
                    replace(each, lot=joined(each.lot)) if each.lot is not None else each for each in taking.slices
                ]
