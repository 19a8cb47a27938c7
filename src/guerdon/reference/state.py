"""What is known of a subject (a member or an account): everything that a rule may ask for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from guerdon.history.event import Event, Facts
from guerdon.ledger.entries import Pot

ZERO = Fraction(0)

Ref = tuple[str, str]
"""The kind and the id of an event."""

Awaited = tuple[str, str, str | None, object]
"""Whose event, of which kind, ends a hold; and the fact (None: any) that it has to have, with its value."""

WHOLE = -1
"""The place of an event as a whole, beside those of its lines."""


class Tally:
    """Values by day, in the order in which they came, with their running total, and which event each is of.

    Shape: what lies so far back that only windows without a beginning show it may be
    `forgotten`: how many values, and their sum.
    INVARIANT: days never go back; `totals[n]` is the exact sum of the first n values
    that are quantities or numbers.
    """

    __slots__ = ("days", "forgotten", "refs", "sum_forgotten", "totals", "values")

    def __init__(self) -> None:
        self.days: list[date] = []
        self.values: list[Any] = []
        self.refs: list[Any] = []
        self.totals: list[Fraction] = [ZERO]
        self.forgotten, self.sum_forgotten = 0, ZERO

    def add(self, day: date, value: Any, ref: Any = None) -> None:
        """Adds a value; one of an earlier day takes its place among the others."""
        place = len(self.days)
        if self.days and self.days[-1] > day:
            place = bisect_right(self.days, day)
        self.days.insert(place, day)
        self.values.insert(place, value)
        self.refs.insert(place, ref)
        self._total(place)

    def _total(self, first: int) -> None:
        """Reckons the running totals anew from a place on."""
        del self.totals[first + 1 :]
        for value in self.values[first:]:
            self.totals.append(self.totals[-1] + value if isinstance(value, Fraction) else self.totals[-1])

    def of(self, ref: Any, day: date) -> list[int]:
        """The places of an event's values, which are of a day."""
        return [place for place in range(*self.span(day)) if self.refs[place] == ref]

    def span(self, day: date) -> tuple[int, int]:
        """Where a day's values begin and end."""
        return bisect_left(self.days, day), bisect_right(self.days, day)

    def replace(self, place: int, value: Any) -> None:
        self.values[place] = value
        self._total(place)

    def drop(self, place: int) -> None:
        for values in (self.days, self.values, self.refs):
            del values[place]
        self._total(place)

    def reduce(self, ref: Any, day: date, by: Fraction) -> None:
        """Takes so much off an event's values; one of which nothing is left is gone."""
        for place in reversed(self.of(ref, day)):
            taken = min(by, self.values[place])
            by -= taken
            if taken == self.values[place]:
                self.drop(place)
            elif taken:
                self.replace(place, self.values[place] - taken)

    def places(self, bounds: tuple[date, date]) -> tuple[int, int]:
        """Where the values from the first day to before the second begin and end."""
        return bisect_left(self.days, bounds[0]), bisect_left(self.days, bounds[1])

    def within(self, bounds: tuple[date, date]) -> list[Any]:
        first, end = self.places(bounds)
        return self.values[first:end]

    def count(self, bounds: tuple[date, date]) -> int:
        first, end = self.places(bounds)
        return end - first + (self.forgotten if bounds[0] == date.min else 0)

    def total(self, bounds: tuple[date, date]) -> Fraction:
        first, end = self.places(bounds)
        return self.totals[end] - self.totals[first] + (self.sum_forgotten if bounds[0] == date.min else ZERO)

    def forget(self, first: date, since: date, summed: bool) -> None:
        """Lets go of values of days before one, and of the names of events, but for those since another.

        `summed`: the number and the sum of what is let go of stay.
        """
        self.refs = [ref if day >= since else None for ref, day in zip(self.refs, self.days, strict=True)]
        for place in reversed(range(bisect_left(self.days, first))):
            value = self.values[place]
            if self.refs[place] is not None:
                continue
            if summed:
                self.forgotten += 1
                self.sum_forgotten += value if isinstance(value, Fraction) else ZERO
            for values in (self.days, self.values, self.refs):
                del values[place]
        self._total(0)

    def first_day(self, bounds: tuple[date, date]) -> date | None:
        first, end = self.places(bounds)
        return self.days[first] if first < end else None

    def last_day(self, bounds: tuple[date, date]) -> date | None:
        first, end = self.places(bounds)
        return self.days[end - 1] if first < end else None


@dataclass
class Held:
    """The tier held on a ladder: its rank, since when, and the first day after its term (None: no end).

    Shape: `given`: held without having been reached; it is not taken away because the
    count is not there. `reached`: the day whose count the tier rests on. `grace`: its
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
    limits. `share` of it is undone, `taken` back; `excused`: what expired before.
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


@dataclass(frozen=True)
class Slice:
    """So much of a unit that a holder gave: out of a lot, or where there was less, as `source` says (as debt, for one)."""

    holder: str
    unit: str
    quantity: Fraction
    lot: Lot | None = None
    source: Pot = Pot.AVAILABLE


@dataclass(eq=False)
class Deed:
    """An event that can be undone, and what came of it.

    Shape: `facts` with those derived; `accounts`: which the member was in; `reads`: what
    its rules read beside the facts, by expression; `slices`: what was taken out of which
    holder's lots, to the pot `spent_to`, `restored` of it; `returned`: how much of each line (by its place) or of
    the event as a whole (WHOLE) came back; `corrected`: by how much sums were, elsewhere.
    """

    event: Event
    day: date
    facts: Facts
    accounts: dict[str, str]
    reads: dict[Any, Any] = field(default_factory=dict)
    gifts: list[Gift] = field(default_factory=list)
    slices: list[Slice] = field(default_factory=list)
    spent_to: str = "spent"
    returned: dict[int, Fraction] = field(default_factory=dict)
    restored: Fraction = ZERO
    corrected: dict[tuple[int, int], Fraction] = field(default_factory=dict)
    undone: bool = False

    def holders(self) -> set[str]:
        """Whose lots and limits it touched."""
        parts: list[Gift | Slice] = [*self.gifts, *self.slices]
        touched = [each.lot for each in parts if each.lot is not None]
        lots = {id for lot in touched for id in (lot.holder, lot.earner)}
        whose = {id for gift in self.gifts for id, _ in gift.limits}
        return lots | whose | {each.holder for each in parts}


Promise = tuple[str, str, str, Awaited]
"""A holder, a unit, the id of a lot, and what it waits for."""


def _tallies() -> dict[Any, Tally]:
    return defaultdict(Tally)


@dataclass(eq=False)
class Subject:
    """A member's state, or an account's.

    Shape: `meters` by number, and what returns `corrected` on their own day; `earned` by unit, `earned_by` by rule; `limits` by rule,
    number of the limit and the facts it counts by; `bases` and `owed` by rule that
    accumulates; `deeds` by event; `waiting`: reversals of events that have not come, and
    why; `promised`: lots of others that an event of this one ends the hold of; `active`: the latest day
    of events that keep points alive or end a silence. By trigger, `coming`: on which days it happens,
    after which events, and `happened`: on which it did last. `members`: who is in the account, or was.
    `greeted`: whether a day of joining was said; `known`: the instant at which the latest of its events
    became known. `into`: whom the member became part of.
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
    lots: int = 0  # how many lots there have been

    def absorb(self, other: Subject) -> None:
        """Takes over what another has counted, earned and done."""
        self.joined = min(self.joined, other.joined)
        for name in ("meters", "corrected", "earned", "earned_by", "limits", "bases", "owed"):
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
            deed.slices = [
                replace(each, lot=joined(each.lot)) if each.lot is not None else each for each in deed.slices
            ]
