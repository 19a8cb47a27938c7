"""What was answered, and from where it is looked at: all else is counted from this."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from tests.reference.recount.numbers import ZERO

from guerdon.history.event import Event, Facts
from guerdon.program import nodes

PLACE = ""
"""A line's fact that says which one of its event's lines it is."""


@dataclass(frozen=True)
class Gift:
    """What a rule came to at an event: given, rounded off, cut off."""

    exact: Fraction
    rounded: Fraction
    quantity: Fraction

    @property
    def dropped(self) -> Fraction:
        return self.exact - self.rounded

    @property
    def cut(self) -> Fraction:
        return self.rounded - self.quantity


@dataclass(eq=False)
class Lot:
    """So much that is spent, expires and is taken back together; how much, the postings say."""

    holder: str
    unit: str
    earned: date
    at: int
    line: nodes.Expiry | None = None
    fixed: date | None = None  # gone from this day on, whatever the unit says
    until: date | None = None  # held to the start of this day
    awaits: tuple[str, str, str | None, Any] | None = None  # a member's event of a kind, a fact and its value
    released: date | None = None
    active: date | None = None  # activity of those who had it before
    joined: date | None = None  # when who earned it did, where it was moved
    not_twice: Fraction = ZERO  # of what expired: what a return would have taken


class Posting(NamedTuple):
    """So much of a lot (None: no lot's) went from one pot to another."""

    holder: str
    unit: str
    lot: Lot | None
    source: str
    target: str
    quantity: Fraction
    at: int
    event: str | None
    sale: int | None = None  # the number of the event that was returned, where this takes back
    number: int = 0  # and that of the return


class Earning(NamedTuple):
    """What counts as earned, and by which rule (None: by hand)."""

    subject: str
    unit: str
    rule: str | None
    quantity: Fraction
    day: date
    sale: int | None = None  # the number of the event that was returned, where this takes back
    number: int = 0  # and that of the return


class Mark(NamedTuple):
    """How many events, earnings and postings lie before; returns at which of them are known of."""

    seen: int
    earnings: int
    postings: int
    returns: int


@dataclass(frozen=True)
class Portion:
    """What somebody gets of a gift: `name` is that of the award, the rule's with the fact that names a receiver of a share."""

    name: str
    subject: str
    exact: Fraction
    dropped: Fraction
    cut: Fraction
    quantity: Fraction
    lot: Lot | None


@dataclass(frozen=True)
class Return:
    """What an event took back of another: what remains of its facts (None: nothing), and of which award how much."""

    number: int
    day: date
    at_return: bool
    remains: Mapping[str, Any] | None
    taken: Mapping[str, Fraction]


@dataclass
class Part:
    """So much that an event took from a lot (None: what was lacking), and into which lot of somebody else, by a pot."""

    lot: Lot | None
    quantity: Fraction
    to: Lot | None = None
    pot: str = "available"


@dataclass(eq=False)
class Seen:
    """An event that was looked at: from where, and what came of each rule."""

    event: Event
    view: View
    gifts: dict[str, Gift] = field(default_factory=dict)
    portions: dict[str, list[Portion]] = field(default_factory=dict)
    returns: list[Return] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)  # of a built-in event, and not undone
    given: Portion | None = None  # by hand

    @property
    def day(self) -> date:
        return self.view.day

    @property
    def facts(self) -> Mapping[str, Any]:
        assert self.view.facts is not None
        return self.view.facts


@dataclass(frozen=True)
class View:
    """From where something is asked.

    Shape: `subjects` by the account's name, the member by the name ""; `joined` and `entered`
    by subject and by ladder; `entered` None: the lowest tier that was never left.
    """

    mark: Mark
    day: date
    at: int
    subjects: Mapping[str, str]
    person: Facts
    tiers: Mapping[str, str]
    joined: Mapping[str, date]
    entered: Mapping[str, date | None]
    here: Seen | None = None
    facts: Mapping[str, Any] | None = None
    line: Mapping[str, Any] | None = None

    def subject(self, account: str | None) -> str | None:
        """Whose something is: the account's, or (None: it has no owner; the member is in none) the member's."""
        return self.subjects.get(account or "", self.subjects.get(""))


def _is_taken(each: Posting | Earning, before: Mark) -> bool:
    """Whether it takes back of an event that lies before, in a return that is known of."""
    return each.sale is not None and each.sale < before.seen and each.number < before.returns


@dataclass
class Past:
    """All that was answered, in the order in which it was."""

    seen: list[Seen] = field(default_factory=list)
    earnings: list[Earning] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)

    @property
    def mark(self) -> Mark:
        return Mark(len(self.seen), len(self.earnings), len(self.postings), len(self.seen))

    def events(self, subject: str | None, before: Mark) -> Iterator[Seen]:
        """The events of a member or of the members of an account."""
        for seen in self.seen[: before.seen]:
            if subject in seen.view.subjects.values():
                yield seen

    def returns(self, seen: Seen, before: Mark) -> list[Return]:
        """What came back of an event so far."""
        return [each for each in seen.returns if each.number < before.returns]

    def remaining(self, seen: Seen, before: Mark) -> Mapping[str, Any] | None:
        """The facts of what remains of an event so far; None where it was returned as a whole."""
        returns = self.returns(seen, before)
        return returns[-1].remains if returns else seen.facts

    def taken(self, seen: Seen, award: str, before: Mark) -> Fraction:
        """How much of an award was taken back so far."""
        return sum([each.taken.get(award, ZERO) for each in self.returns(seen, before)], ZERO)

    def earned(self, before: Mark) -> Iterator[Earning]:
        """What counts as earned, less what was taken back of it."""
        for place, each in enumerate(self.earnings):
            if place < before.earnings or _is_taken(each, before):
                yield each

    def pot(self, holder: str | None, unit: str, name: str, before: Mark | None = None) -> Fraction:
        """What is in a holder's pot."""
        found = ZERO
        for place, each in enumerate(self.postings):
            is_known = before is None or place < before.postings or _is_taken(each, before)
            if is_known and each.holder == holder and each.unit == unit:
                found += each.quantity * ((each.target == name) - (each.source == name))
        return found

    def left(self, lot: Lot, name: str) -> Fraction:
        """What of a lot is in a pot."""
        found = ZERO
        for each in self.postings:
            if each.lot is lot:
                found += each.quantity * ((each.target == name) - (each.source == name))
        return found

    def lots(self, holder: str | None = None, unit: str | None = None) -> list[Lot]:
        """A holder's lots, or everybody's, as they came."""
        lots = dict.fromkeys(each.lot for each in self.postings if each.lot is not None)
        return [lot for lot in lots if holder in (None, lot.holder) and unit in (None, lot.unit)]
