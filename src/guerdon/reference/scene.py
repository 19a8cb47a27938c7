"""Where an expression stands: a member on a day, and inside rules an event, what came of it so far, and what was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from guerdon.history.event import Event, Facts
from guerdon.ledger.entries import Ranked
from guerdon.program import nodes
from guerdon.reference.calendar import Calendar
from guerdon.reference.exact import ZERO
from guerdon.reference.ranks import Ranks
from guerdon.reference.state import EVERYBODY, Opening, Subject
from guerdon.reference.tally import Tally


@dataclass(frozen=True, slots=True)
class Gift:
    """What a rule gave on this event: after rounding and limits, and before them."""

    quantity: Fraction = ZERO
    exact: Fraction = ZERO


@dataclass(slots=True)
class Step:
    """An expression, what it came to, and the steps that led there: the raw stuff of *why*."""

    expr: nodes.Expr
    value: Any = None
    steps: list[Step] = field(default_factory=list)
    ranked: Ranked | None = None  # of a rank what it was made of


@dataclass(slots=True)
class Scene:
    """Where an expression stands: a program, a member, a day, and inside rules an event and a line of it.

    `accounts`: whose things of an account are, by its name. `is_closed`: whether a member is. `meet`: a member by id, as
    of an instant; who is asked about is a member from then on. `all_of`: everybody together. `ranks`: those that were made;
    `ended`: whether it is the end of the day, and of what ends with it. `trace`: where given,
    evaluation notes each step in it. `reads`: where given, what is read beside the
    event's facts is noted in it, or (`frozen`) taken from it. `within`: of a unit of
    which a rule looks at the lots of one day only, how much these are. `opened`: the opening that
    the rule of an offer looks at; `completed`: of what remains of a deed, those that gave then.
    """

    program: nodes.Program
    calendar: Calendar
    member: Subject
    day: date
    event: Event | None = None
    facts: Facts = field(default_factory=dict)
    line: Facts | None = None
    given: Mapping[str, Gift] = field(default_factory=dict)
    trace: Step | None = None
    measures: dict[str, Any] | None = None  # values of measures, kept while nothing changes under them
    accounts: Mapping[str, Subject] = field(default_factory=dict)
    reads: dict[Any, Any] | None = None
    frozen: bool = False
    is_closed: Callable[[str], bool] = lambda id: False
    replaced: dict[str, nodes.Rule] = field(default_factory=dict)  # rules that give nothing here, and for which
    within: Mapping[str, Fraction] = field(default_factory=dict)
    opened: Opening | None = None
    completed: Mapping[str, Sequence[Opening]] | None = None
    meet: Callable[[str, int], Subject] = lambda id, at: _nobody(id)
    all_of: Callable[[int], Subject] = lambda at: _nobody(EVERYBODY)
    ranks: Ranks | None = None
    ended: bool = False

    def rank(self, measure: str) -> Fraction | None:
        """The member's rank by a measure."""
        assert self.ranks is not None
        if self.trace is not None:
            self.trace.ranked = self.ranks.entry(measure, self.member.id, self.day, self.ended)
        return self.ranks.of(measure, self.member.id, self.member.joined, self.day, self.ended)

    def person(self, id: object) -> Subject:
        """The member whom a value names."""
        assert self.event is not None
        return self.meet(str(id), self.event.at)

    def everybody(self) -> Subject:
        """Everybody together, with whom limits may be kept."""
        assert self.event is not None
        return self.all_of(self.event.at)

    def owner(self, account: str | None) -> Subject:
        """Whose a thing of an account is; the member's, where it is of none."""
        return self.member if account is None else self.accounts[account]

    def openings(self, offer: str) -> list[Opening]:
        """What is open to the member of an offer; of a deed, what it completed."""
        if self.completed is not None:
            return list(self.completed.get(offer, ()))
        return [each for each in self.member.offers.get(offer, ()) if not each.done and not self.is_past(each)]

    def is_past(self, opening: Opening) -> bool:
        """Whether an opening is closed by now."""
        return opening.is_past(self.day, self.event.at if self.event else self.calendar.start(self.day))

    def tally(self, meter: int) -> Tally:
        """What a meter has counted: for the member, an account, or since what was opened."""
        of = self.program.meters[meter]
        if of.offer is not None:
            assert self.opened is not None
            return self.opened.meters[meter]
        return self.owner(of.account).meters[meter]

    def bounds(self, window: nodes.Window, subject: Subject) -> tuple[date, date]:
        """The days that a window shows, of a subject, on the scene's day."""
        match window:
            case nodes.Since(ladder):
                since = subject.joined if ladder is None else self._holder(ladder).held[ladder].since
                return self.calendar.bounds(window, self.day, since)
            case nodes.Calendar(nodes.Period.MEMBERSHIP_YEAR):
                return self.calendar.bounds(window, self.day, subject.joined)
            case _:
                return self.calendar.bounds(window, self.day)

    def _holder(self, ladder: str) -> Subject:
        return self.owner(self.program.ladders[ladder].account)


def _nobody(id: str) -> Subject:
    raise AssertionError(f"{id} can't be asked about here")
