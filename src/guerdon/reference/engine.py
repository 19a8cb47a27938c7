"""The engine: events in their order, each at its own time, for one member after the other or all at once.

For each event, in this order: what fell due at the starts of the days before it; the
facts that are derived; the meters that include it; the rules, each seeing the member
as before the event and what the rules before it gave; what the event does by itself
(a reversal, a redemption and so on); then the awards; then the meters that see only
what came before; then the tiers, which apply from the next event.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial

from guerdon.history.event import Event, Facts
from guerdon.ledger.entries import Pot
from guerdon.program import nodes
from guerdon.program.nodes import TriggerKind
from guerdon.program.time import FIRST_YEAR, LAST_YEAR
from guerdon.program.walk import opened, walk
from guerdon.reference import builtin, late, lots, meters, offers, reversal, triggers
from guerdon.reference.aside import Gate, asks_about_others, set_aside
from guerdon.reference.awards import Book
from guerdon.reference.calendar import ONE, Calendar
from guerdon.reference.days import Days
from guerdon.reference.exact import ZERO
from guerdon.reference.judging import Watch as Watch
from guerdon.reference.judging import judged
from guerdon.reference.matching import Back, Unmatched, match
from guerdon.reference.offers import Named
from guerdon.reference.posted import Posted, sales
from guerdon.reference.ranking import Rankings
from guerdon.reference.ranks import Ranks
from guerdon.reference.redeeming import Redeeming
from guerdon.reference.rules import Verdict
from guerdon.reference.scene import Scene
from guerdon.reference.standing import Standing
from guerdon.reference.state import Deed, Subject
from guerdon.reference.world import World


class Engine:
    """Evaluates a program's events one at a time and posts to a ledger.

    Errors: an event whose time lies before one already evaluated for its member is set
    aside with G690, one of a member of whom a needed fact is not known with G691, a
    reversal that names nothing that can be reversed with G692 to G695, one of a member
    whose account is closed with G696.
    """

    def __init__(self, program: nodes.Program, facts: Mapping[str, Facts] | None = None) -> None:
        self.program = program
        self.calendar = Calendar(program.frame)
        self.member_facts = facts or {}
        self.posted = Posted(program)
        self.world = World(program, self.calendar, self.posted.ledger, member_facts=self.member_facts)
        self._rules = tuple(program.rules.values())
        self._sales = sales(program)
        self._undoable = {record.reverses.event for record in program.events.values() if record.reverses}
        self._refusing = {unit.name for unit in program.units.values() if unit.debt.kind is nodes.DebtKind.REFUSED}
        self._asks = any(map(asks_about_others, walk((program.rules, program.groups, program.measures))))
        self._awaited = {rule.hold.event for rule in self._rules if rule.hold is not None}
        self.standing = Standing(self.world, self._happen)
        self._gate = Gate(self.world, self.member_facts, self._scene, self._afford if self._refusing else None)
        self.days = Days(self.world, self.standing, self._happen)
        self.rankings = Rankings(self.world, self._as_it_ends, self._takes_part)
        ranked = tuple(program.measures[name] for name in program.rankings)
        self._ranks_what_days_change = any(map(_days_change, opened(ranked, program)))
        self.triggered: dict[str, Event] = {}
        self.watching: tuple[Callable[[Event], bool] | None, Watch | None] = None, None  # of triggers too
        self.happened: Callable[[Event, Subject], None] = lambda trigger, member: None  # told of triggers
        self.world.receive, self.world.bring, self.world.meet = self._receiver, self.pass_to, self._meet
        self._keeps = {name for unit in program.units.values() for line in unit.expiries for name in line.without}
        self._keeps |= {
            name for each in program.triggers.values() if each.kind is TriggerKind.WITHOUT for name in each.events
        }

    @property
    def members(self) -> Mapping[str, Subject]:
        """The members' states by id, accounts left out."""
        return {id: subject for id, subject in self.world.subjects.items() if subject.account is None}

    # ------------------------------------------------------------ a run

    def run(
        self,
        events: Iterable[Event],
        as_of: date | None = None,
        watched: Callable[[Event], bool] | None = None,
        watch: Watch | None = None,
    ) -> Posted:
        """Evaluates events, which come in their order, and closes the run.

        Shape: as of the last event read, or the end of the day `as_of`; what happened or
        became known later is counted and not read.
        Errors: ValueError for a day outside the years that programs reckon with.
        """
        if as_of is not None and not FIRST_YEAR <= as_of.year <= LAST_YEAR:
            raise ValueError(f"a run ends on a day from {FIRST_YEAR} through {LAST_YEAR}, not on {as_of}")
        end = self.calendar.start(as_of + ONE) if as_of else None
        self.watching = watched, watch
        for event in events:
            if end is not None and max(event.at, event.recorded) >= end:
                self.posted.later += 1
                continue
            self.happen(event, watch if watch and (watched is None or watched(event)) else None)
        self.close(end)
        return self.posted

    def happen(self, event: Event, watch: Watch | None = None) -> None:
        """Evaluates one event."""
        self.rankings.through(max(event.at, event.recorded))
        self.posted.until = max(self.posted.until or event.at + 1, event.at + 1)
        if event.type == "closed" and self._is_late(event):
            event = replace(event, at=event.recorded)  # who is closed is so from when it is known
        refused = self._gate.refused(event, self._is_late(event))
        if refused is not None:
            self.posted.rejections.append(refused)
        elif self.program.frame.lateness is None:
            self._evaluate(event, watch)
        else:
            put = late.place if self._is_late(event) else late.record
            put(self.world, event, partial(self._evaluate, watch=watch), self._evaluate_again)

    def _is_late(self, event: Event) -> bool:
        """Whether an event happened before one that was evaluated of its member, or of an account they are in.

        Where there are triggers, also before a day that has begun: it may be another's event that began it.
        """
        known = self.world.subjects.get(self.world.who(event.member))
        if known is None:
            return False
        involved = list(self.world.involved(known))
        begun = self.program.triggers and any(self.calendar.day(event.at) < subject.day for subject in involved)
        return bool(begun) or any(event.at < subject.at for subject in involved)

    def _evaluate_again(self, event: Event) -> None:
        """Evaluates an event that was evaluated before: nothing of it is counted twice."""
        posted, self.posted = self.posted, Posted(self.program)
        try:
            self._evaluate(event)
        finally:
            self.posted = posted

    def _evaluate(self, event: Event, watch: Watch | None = None) -> None:
        """Lets the days up to an event begin, and takes it in; it is of whoever took over its member by then."""
        who = self.world.who(event.member)
        event = event if who == event.member else replace(event, member=who)
        member = self.admit(event)
        for subject in self.world.involved(member):
            self.pass_to(subject, self.calendar.day(event.at))
            subject.at = event.at
        for subject in self._joined(event):
            self.pass_to(subject, self.calendar.day(event.at))
        self._take_in(event, member, watch)
        for subject in self.world.involved(member):
            subject.known = max(subject.known, event.recorded)

    def _joined(self, event: Event) -> list[Subject]:
        """The accounts that a member who changes comes into, which may have had nothing happen to them for long."""
        accounts = self.program.accounts.values() if event.type == "changed" else ()
        ids = (f"{each.name}/{event.facts.get(each.fact)}" for each in accounts)
        return [self.world.subjects[id] for id in ids if id in self.world.subjects]

    def _afford(self, event: Event, member: Subject, deeds: Iterable[Deed]) -> None:
        """Sees to it that a reversal takes nobody below zero whose unit refuses debt, by trying it on a copy.

        Errors: Unmatched where it would.
        """
        is_late = self._is_late(event)
        whose = {member.id, *(id for deed in deeds for id in (*deed.holders(), *deed.accounts.values()))}
        whose |= late.group_of(self.world, whose) if is_late else set()
        known = [self.world.subjects[self.world.who(id)] for id in whose if id in self.world.subjects]
        involved = [each for subject in known for each in self.world.involved(subject)]
        ids = {each.id for subject in involved for each in self.days.together(subject)} | whose
        ids |= set(self.world.subjects) if self._asks else set()  # what is known of others, and kept with them
        trial = self.copied(ids)
        if is_late:
            late.place(trial.world, event, trial._evaluate, trial._evaluate_again)
        else:
            trial._evaluate(event)
        for posting in trial.posted.ledger.postings:
            if posting.source is Pot.DEBT and posting.unit in self._refusing and posting.event == event.id:
                raise Unmatched("G695", f"it would take the balance of {posting.unit} below zero")

    def copied(self, ids: Container[str]) -> Engine:
        """An engine of its own with copies of some subjects, to try something on."""
        trial = Engine(self.program, self.member_facts)
        trial.world.subjects, trial.world.journals = copy.deepcopy(
            (
                {id: each for id, each in self.world.subjects.items() if id in ids},
                {id: each for id, each in self.world.journals.items() if id in ids},
            )
        )
        trial.world.ranks = self.world.ranks
        return trial

    def rank_as(self, ranks: Ranks) -> None:
        """Takes ranks that were found among all members, and makes none."""
        self.world.ranks, self.rankings.ranked = ranks, {}

    def _takes_part(self, member: Subject) -> bool:
        """Whether a member is ranked and triggers happen to them: not one who is closed, or of whom a needed fact is not known."""
        return not member.closed and not self._gate.lacking(member.id, member)

    def _as_it_ends(self, member: Subject, day: date) -> Scene:
        """A member as things stand at the end of a day, on a copy where days change what is ranked."""
        engine = self
        if self._ranks_what_days_change:
            engine = self.copied({each.id for one in self.world.involved(member) for each in self.days.together(one)})
            member = engine.world.subjects[member.id]
            for each in list(engine.world.involved(member)):
                engine.pass_to(each, day)
        return replace(engine.world.scene(member, day), ended=True)

    def close(self, end: int | None = None) -> None:
        """Brings all subjects to the run's end, also those who were silent at the end; what waits still is set aside."""
        until = end if end is not None else self.posted.until
        self.posted.until, self.posted.members = until, len(self.members)
        if until is not None:
            self.rankings.through(until)
            day = self.calendar.day(until - 1)
            found = list(self.world.subjects.values())
            if self.program.triggers:  # which give awards, and these stand in one order
                found.sort(key=lambda subject: subject.id)
            for subject in found:
                self.pass_to(subject, day, ended=until >= self.calendar.start(day + ONE))
        for subject in self.world.subjects.values():
            for event, unmatched in subject.waiting:
                self.posted.rejections.append(set_aside(event, unmatched.code, unmatched.message, unmatched.help))
            subject.waiting.clear()

    # ------------------------------------------------------------ one subject

    def admit(self, event: Event) -> Subject:
        """The member's state, and those of their accounts; a new one starts on the lowest tier of each ladder."""
        return self._admit(self.world.who(event.member), event.at)

    def _admit(self, id: str, at: int) -> Subject:
        day = self.calendar.day(at)
        member = self.world.admit(id, self.member_facts.get(id, {}), day, at)
        for name, account in self.program.accounts.items():
            which = member.facts.get(account.fact)
            if which is not None:
                self.world.admit_to(name, which, id, day, at)
        return member

    def pass_to(self, subject: Subject, day: date, ended: bool = False) -> None:
        """Lets the days up to this one begin, and (`ended`) end, for a subject."""
        self.days.pass_to(subject, day, ended)

    def _happen(self, trigger: nodes.Trigger, member: Subject, at: int) -> None:
        """Lets a trigger happen to a member: not to one who is closed, or of whom a needed fact is not known."""
        quantity = triggers.quantity(self.world, trigger, member)
        if not self._takes_part(member) or quantity == 0:
            return
        event, scene = triggers.happening(trigger, member, at, quantity), self.world.scene(member)
        scene.event, scene.facts, scene.ended = event, event.facts, trigger.kind is TriggerKind.END
        watched, watch = self.watching
        if event.id in self.triggered or not (watched is None or watched(event)):
            watch = None
        openings = self.world.offers.opening(event, scene)
        verdicts = judged(self.world, self._rules, scene, Redeeming(self.world, scene, watch is not None), watch)
        book, stood = self._book(event, scene, None, verdicts), self.standing.before(scene, [])
        if verdicts or openings or watch is not None:
            self.triggered[event.id] = event
        for verdict in verdicts:
            book.award(verdict, self._receiver)
        self._offer(event, member, None, verdicts, openings)
        self.standing.after(stood, scene, event)
        self.happened(event, member)

    # ------------------------------------------------------------ one event

    def _take_in(self, event: Event, member: Subject, watch: Watch | None) -> None:
        """Evaluates an event of a member whose day has begun."""
        scene = self._scene(event, member)
        try:
            backs = self._reversed(event, scene)
        except Unmatched as unmatched:
            if unmatched.waits:
                member.waiting.append((event, unmatched))
            else:
                self.posted.rejections.append(set_aside(event, unmatched.code, unmatched.message, unmatched.help))
            return
        self.posted.events += 1
        refused = builtin.refused(self.world, event, scene)
        if refused is not None:
            self.world.ledger.refusals.append(refused)
            return
        builtin.before(self.world, event, scene)
        stood = self.standing.before(scene, [deed for deed, _ in backs])
        deed = self._deed(event, scene)
        fed = meters.feed(event, scene, deed is not None)
        redeeming = Redeeming(self.world, scene, watch is not None)
        denied = redeeming.denied()
        if denied is not None:
            fed.undo()
            member.deeds.pop((event.type, event.id), None)
            self.world.ledger.refusals.extend(redeeming.refusals())
            if watch is not None:
                watch(event, scene.facts, denied)
            return
        self.posted.sales += scene.facts.get(self._sales.get(event.type, "")) or ZERO
        openings = self.world.offers.opening(event, scene)
        verdicts = judged(self.world, self._rules, scene, redeeming, watch)
        book = self._book(event, scene, deed, verdicts)
        book.redeem(redeeming)
        for each, back in backs:
            self.world.ledger.awards.extend(reversal.undo(self.world, event, scene, each, back))
            if each.undone:
                triggers.forget(member, each.event)
        if event.type in builtin.EVENTS:
            builtin.happen(self.world, event, scene, deed)
        if event.type in self._awaited:
            book.release()
        for verdict in verdicts:
            book.award(verdict, self._receiver)
        self._offer(event, member, deed, verdicts, openings)
        meters.feed_unseen(event, scene, fed.unseen, deed is not None)
        if event.type in self._keeps:
            for subject in self.world.involved(member):
                subject.active[event.type] = max(subject.active.get(event.type, member.day), member.day)
        triggers.note(self.world, member, event, deed is not None)
        self.standing.after(stood, scene, event)
        if event.type == "closed":
            builtin.close(self.world, event, scene)
        self._resume(event, member)

    def _scene(self, event: Event, member: Subject) -> Scene:
        """Where the event stands: its member, accounts and facts."""
        scene = self.world.scene(member)
        scene.event, scene.reads = event, {} if event.type in self._undoable else None
        scene.facts = meters.derived(self.program.events[event.type], event.facts, scene)
        return scene

    def _reversed(self, event: Event, scene: Scene) -> list[tuple[Deed, Back]]:
        """What the event reverses; nothing where it is no reversal."""
        if self.program.events[event.type].reverses is None:
            return []
        backs = match(self.world, event, scene.facts, scene.member, scene.day)
        for deed, _ in backs:
            for id in sorted(deed.holders()):
                for each in self.world.involved(self.world.subjects[self.world.who(id)]):
                    self.pass_to(each, scene.day)
                    each.at = max(each.at, event.at)
        return backs

    def _deed(self, event: Event, scene: Scene) -> Deed | None:
        """Where what comes of an event is noted, if it can be undone."""
        if event.type not in self._undoable:
            return None
        deed = Deed(event, scene.day, scene.facts, {name: owner.id for name, owner in scene.accounts.items()})
        deed.reads = scene.reads if scene.reads is not None else {}
        scene.member.deeds[event.type, event.id] = deed
        return deed

    def _book(self, event: Event, scene: Scene, deed: Deed | None, verdicts: Iterable[Verdict]) -> Book:
        """Where what rules gave is posted, under the `expires` lines as the rules saw the member."""
        units = {each.rule.unit for each in verdicts if not each.rule.only_says}
        return Book(self.world, event, scene, deed, lots.lines(self.world, scene.member, units))

    def _offer(
        self, event: Event, member: Subject, deed: Deed | None, verdicts: Iterable[Verdict], openings: Iterable[Named]
    ) -> None:
        """Notes which offers an event completed, and opens others to its member."""
        done = [each for of in verdicts for each in offers.complete(of.rule.name, of.opened, deed)]
        self.world.offer(member, [*done, *offers.add(member, openings, event.at)], event.id, event.posted)

    def _meet(self, id: str, at: int) -> Subject:
        """A member that is asked about."""
        return self._admit(self.world.who(id), at)

    def _receiver(self, id: str, at: int) -> Subject:
        """A subject that an award goes to, its day begun."""
        subject = self._admit(self.world.who(id), at)
        for each in self.world.involved(subject):
            self.pass_to(each, self.calendar.day(at))
            each.at = max(each.at, at)
        return subject

    def _resume(self, event: Event, member: Subject) -> None:
        """Takes up reversals that waited for this event."""
        if event.type in self._undoable and member.waiting:
            watched, watch = self.watching
            waiting, member.waiting = member.waiting, []
            for late, _ in waiting:
                sees = watch if watched is None or watched(late) else None
                self._take_in(replace(late, at=max(late.at, event.at)), member, sees)


def _days_change(expr: nodes.Node) -> bool:
    """Whether an expression shows something else where days have begun: tiers, points, what triggers gave."""
    return isinstance(expr, nodes.Standing | nodes.Available | nodes.Earned)
