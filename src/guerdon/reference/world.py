"""Everything that evaluation stands on: the program, its calendar, the subjects and the ledger."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

from guerdon.history.event import Event, Facts
from guerdon.ledger.entries import Ledger, Move, Offered, Posting, Pot
from guerdon.program import nodes
from guerdon.program.walk import walk
from guerdon.reference.calendar import ONE, Calendar
from guerdon.reference.groups import Groups
from guerdon.reference.offers import Changed, Offers
from guerdon.reference.ranks import Ranks
from guerdon.reference.scene import Scene, Step
from guerdon.reference.state import EVERYBODY, Deed, Held, Subject


@dataclass
class Entry:
    """An event of a journal: whom it touched, what was posted for it, and what it asked for was granted.

    Shape: `granted` by what was asked for: a rule's name, or for a built-in event that of the event.
    Units: `when` is the instant at which it stands among the others: its own, or a later
    one where it reached somebody's past that was closed already.
    """

    event: Event
    when: int
    touched: frozenset[str]
    posted: Ledger
    granted: Mapping[str, Fraction]


@dataclass
class Journal:
    """A subject's late past: the events that others may still come before, and the state before the first of them."""

    base: Subject | None = None
    entries: list[Entry] = field(default_factory=list)


@dataclass
class World:
    """The subjects of a program by their id; an account's is `NAME/ID`.

    Shape: `journals` only where events may come late; `touched` holds, while an event is
    evaluated for a journal, whom it touches and their state before, `reached` the latest
    instant up to which one of them was evaluated already; `grants` is what the event was
    granted, and `granted` says of one that is evaluated again what was answered then; `trace`,
    where given, notes what expressions about the subjects came to.
    """

    program: nodes.Program
    calendar: Calendar
    ledger: Ledger = field(default_factory=Ledger)
    subjects: dict[str, Subject] = field(default_factory=dict)
    journals: dict[str, Journal] = field(default_factory=dict)
    member_facts: Mapping[str, Facts] = field(default_factory=dict)  # of those who had no event yet
    touched: dict[str, Subject | None] | None = None
    reached: int = 0
    granted: Mapping[str, Fraction] | None = None
    grants: dict[str, Fraction] = field(default_factory=dict)
    trace: Step | None = None
    receive: Callable[[str, int], Subject] = lambda id, at: _nobody(id)  # a member by id, their day begun
    meet: Callable[[str, int], Subject] = lambda id, at: _nobody(id)  # a member by id, as they are known
    bring: Callable[[Subject, date], None] = lambda subject, day: None  # lets a subject's days up to one begin
    ranks: Ranks = field(init=False)
    groups: Groups = field(init=False)
    offers: Offers = field(init=False)

    def __post_init__(self) -> None:
        self.groups, self.offers = Groups(self.program), Offers(self.program)
        self.ranks = Ranks(self.program, self.calendar)

    def scene(self, subject: Subject, day: date | None = None) -> Scene:
        """Where expressions about a subject stand, its accounts with it."""
        accounts = {name: self.owner(subject, name) for name in self.program.accounts}
        return Scene(
            self.program,
            self.calendar,
            subject,
            day or subject.day,
            accounts=accounts,
            trace=self.trace,
            is_closed=self.is_closed,
            meet=self.meet,
            all_of=self.everybody,
            ranks=self.ranks,
        )

    def then(self, deed: Deed, member: Subject) -> Scene:
        """Where an event stood that can be undone: what was read then is taken as it was."""
        accounts = {name: self.subjects[id] for name, id in deed.accounts.items() if id in self.subjects}
        return Scene(
            self.program,
            self.calendar,
            member,
            deed.day,
            deed.event,
            deed.facts,
            accounts=accounts,
            reads=deed.reads,
            frozen=True,
            completed={
                name: [each for each in member.offers.get(name, ()) if each.ref in refs]
                for name, refs in deed.completed.items()
            },
            meet=self.meet,
            all_of=self.everybody,
            ranks=self.ranks,
        )

    def owner(self, subject: Subject, account: str | None) -> Subject:
        """Whose a thing of `account` is for a subject: its account's, or where it has none its own."""
        if account is None or subject.account == account:
            return subject
        which = subject.facts.get(self.program.accounts[account].fact)
        return subject if which is None else self.subjects.get(f"{account}/{which}", subject)

    def involved(self, member: Subject) -> Iterator[Subject]:
        """A member and the accounts they are in."""
        yield member
        for name in self.program.accounts:
            owner = self.owner(member, name)
            if owner is not member:
                yield owner

    def is_alone(self, subject: Subject, account: str | None) -> bool:
        """Whether a member is in no account of a kind, so that what it would own is their own."""
        return (
            subject.account is None
            and account is not None
            and subject.facts.get(self.program.accounts[account].fact) is None
        )

    def who(self, id: str) -> str:
        """The member that an id means: whoever took over the one who had it."""
        while (known := self.subjects.get(id)) is not None and known.into is not None:
            id = known.into
        return id

    def owner_id(self, member: str, account: str | None) -> str:
        """The id of whose a thing of `account` is for a member, who may have had no event yet."""
        known = self.subjects.get(self.who(member))
        facts = known.facts if known is not None else self.member_facts.get(member, {})
        which = facts.get(self.program.accounts[account].fact) if account is not None else None
        return self.who(member) if which is None else f"{account}/{which}"

    def is_closed(self, id: str) -> bool:
        """Whether the member of an id was closed, so that nobody receives for them."""
        known = self.subjects.get(self.who(id))
        return known is not None and known.closed

    def admit(self, id: str, facts: Facts, day: date, at: int, account: str | None = None) -> Subject:
        """The state of a subject; a new one starts on the lowest tier of each ladder."""
        known = self.subjects.get(id)
        if known is not None:
            self.remember(known)
            return known
        if self.touched is not None:
            self.touched[id] = None
        subject = Subject(id, dict(facts), day, at, joined=day, account=account, known=min(at, 0))
        self.subjects[id] = subject
        self.ranks.join(id, day)
        for ladder in self.program.ladders.values():
            subject.held[ladder.name] = Held(since=day)
            if ladder.account == account or self.is_alone(subject, ladder.account):
                self.move(subject, ladder, at, "joined")
        return subject

    def admit_to(self, account: str, which: str, member: str, day: date, at: int) -> Subject:
        """The state of an account that a member is in; who is in it is noted where their days begin together."""
        subject = self.admit(f"{account}/{which}", {}, day, at, account)
        if self.program.triggers:
            subject.members.add(member)
        return subject

    def everybody(self, at: int) -> Subject:
        """The subject of everybody together: it has no days, tiers or points, and what is put in its place is so for all."""
        subject = self.admit(EVERYBODY, {}, self.calendar.day(at), at, EVERYBODY.split("/")[0])
        subject.at = max(subject.at, at)
        return subject

    def remember(self, subject: Subject) -> None:
        """Keeps the state of a subject that is about to be touched, where a journal begins with it."""
        if self.touched is not None and subject.id not in self.touched:
            self.reached = max(self.reached, subject.at)
            journal = self.journals.get(subject.id)
            self.touched[subject.id] = None if journal and journal.entries else copy.deepcopy(subject)

    def leave(self, subject: Subject, at: int, reason: str) -> None:
        """Posts that a subject stands on no ladder any more."""
        for ladder in self.program.ladders.values():
            if ladder.account == subject.account or self.is_alone(subject, ladder.account):
                self.ledger.moves.append(Move(subject.id, ladder.name, None, at, reason))

    def move(self, subject: Subject, ladder: nodes.Ladder, at: int, reason: str) -> None:
        """Posts where a subject stands on a ladder."""
        tier = ladder.tiers[subject.held[ladder.name].standing].name
        self.ledger.moves.append(Move(subject.id, ladder.name, tier, at, reason))

    @cached_property
    def _asked_back(self) -> frozenset[tuple[str, str | None]]:
        """The units, and the rules with theirs, of which the program asks what was taken back."""
        asked = (each for each in walk(self.program) if isinstance(each, nodes.Earned) and each.back)
        return frozenset(
            (each.unit, rule)
            for each in asked
            for rule in (self.program.rules_of(each.rule) if each.rule is not None else (None,))
        )

    def note_back(self, holder: Subject, unit: str, rule: str, day: date, quantity: Fraction) -> None:
        """Adds up what was taken back, as far as the program asks for it."""
        if (unit, None) in self._asked_back:
            holder.taken_back[unit].add(day, quantity)
        if (unit, rule) in self._asked_back:
            holder.taken_back_by[rule].add(day, quantity)

    def offer(self, member: Subject, changed: Iterable[Changed], event: str, at: int) -> None:
        """Posts what became of offers that were opened to a member."""
        for name, opening, state in changed:
            through = opening.through
            closes = self.calendar.start(through + ONE) if isinstance(through, date) else through + 1
            self.ledger.offers.append(Offered(member.id, name, opening.ref[1], state, event, at, closes))

    def post(
        self,
        holder: str,
        unit: str,
        lot: str | None,
        source: Pot,
        target: Pot,
        quantity: Fraction,
        at: int,
        event: str | None,
        reason: str,
    ) -> None:
        """Posts what went from one pot to another; nothing where it is nothing."""
        if quantity:
            self.ledger.postings.append(Posting(holder, unit, lot, source, target, quantity, at, event, reason))


def _nobody(id: str) -> Subject:
    raise AssertionError(f"nobody receives for {id}")
