"""The engine: events in their order, each at its own time, for one member after the other or all at once.

For each event, in this order: what fell due at the starts of the days before it; the
facts that are derived; the meters that include it; the rules, each seeing the member
as before the event and what the rules before it gave; then their awards; then the
meters that see only what came before; then the tiers, which apply from the next event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from guerdon.history.event import Event, Facts, Rejection
from guerdon.ledger.entries import Award, Ledger, Move
from guerdon.program import nodes, types
from guerdon.program.time import FIRST_YEAR, LAST_YEAR
from guerdon.reference import ladders
from guerdon.reference.calendar import ONE, Calendar
from guerdon.reference.evaluate import Gift, Scene, evaluate
from guerdon.reference.exact import ZERO
from guerdon.reference.rules import Verdict, judge
from guerdon.reference.state import Held, Member

Watch = Callable[[Event, Facts, Verdict], None]
"""Told what came of each rule at each event that is watched."""


@dataclass
class Posted:
    """What a run came to: the ledger, what was set aside, and what was read.

    Units: `until` is the instant (exclusive) as of which balances and tiers stand; None
    where no event was read. `sales` sums, over the events, the first fact that is money of the program's currency.
    """

    program: nodes.Program
    ledger: Ledger = field(default_factory=Ledger)
    rejections: list[Rejection] = field(default_factory=list)
    events: int = 0
    later: int = 0
    repeated: int = 0
    members: int = 0
    sales: Fraction = ZERO
    until: int | None = None


class Engine:
    """Evaluates a program's events one at a time and posts to a ledger.

    Errors: an event whose time lies before one already evaluated for its member is
    set aside with G690, one of a member of whom a needed fact is not known with G691.
    """

    def __init__(self, program: nodes.Program, facts: Mapping[str, Facts] | None = None) -> None:
        self.program = program
        self.calendar = Calendar(program.frame)
        self.member_facts = facts or {}
        self.members: dict[str, Member] = {}
        self.posted = Posted(program)
        self._rules = tuple(program.rules.values())
        self._needed = [
            each.name for each in program.member.facts.values() if not isinstance(each.type, types.Optional)
        ]
        self._worth = {name: first_money(record, program.frame.currency) for name, record in program.events.items()}

    # ------------------------------------------------------------ a run

    def run(
        self,
        events: Iterable[Event],
        as_of: date | None = None,
        watched: Callable[[Event], bool] | None = None,
        watch: Watch | None = None,
    ) -> Posted:
        """Evaluates events, which come in their order, and closes the run.

        Shape: as of the last event read, or the end of the day `as_of`; later events
        are counted and not read.
        Errors: ValueError for a day outside the years that programs reckon with.
        """
        if as_of is not None and not FIRST_YEAR <= as_of.year <= LAST_YEAR:
            raise ValueError(f"a run ends on a day from {FIRST_YEAR} through {LAST_YEAR}, not on {as_of}")
        end = self.calendar.start(as_of + ONE) if as_of else None
        for event in events:
            if end is not None and event.at >= end:
                self.posted.later += 1
                continue
            self.happen(event, watch if watch and (watched is None or watched(event)) else None)
        self.close(end)
        return self.posted

    def happen(self, event: Event, watch: Watch | None = None) -> None:
        """Evaluates one event."""
        lacking = self._lacking(event.member)
        if lacking:
            self.posted.rejections.append(_unknown(event, lacking))
            return
        member = self.admit(event)
        if event.at < member.at:
            self.posted.rejections.append(_late(event))
            return
        self.pass_to(member, self.calendar.day(event.at))
        member.at = event.at
        self.posted.events += 1
        self.posted.until = max(self.posted.until or event.at + 1, event.at + 1)
        scene = Scene(self.program, self.calendar, member, member.day, event, self._facts(event, member))
        self.posted.sales += scene.facts.get(self._worth[event.type] or "") or ZERO
        unseen = self._measure(event, scene)
        for award in self._judge(event, scene, watch):
            self._award(award, member)
        for number, value in unseen:
            member.meters[number].add(member.day, value)
        self._tiers(member, event.at)

    def close(self, end: int | None = None) -> None:
        """Brings all members to the run's end, also those who were silent at the end."""
        until = end if end is not None else self.posted.until
        self.posted.until, self.posted.members = until, len(self.members)
        if until is not None:
            for member in self.members.values():
                self.pass_to(member, self.calendar.day(until - 1))

    # ------------------------------------------------------------ one member

    def admit(self, event: Event) -> Member:
        """The member's state; a new member starts on the lowest tier of each ladder."""
        known = self.members.get(event.member)
        if known is not None:
            return known
        facts = self.member_facts.get(event.member, {})
        member = Member(event.member, facts, self.calendar.day(event.at), event.at)
        self.members[event.member] = member
        for ladder in self.program.ladders.values():
            member.held[ladder.name] = Held()
            self._move(member, ladder, event.at, "joined")
        return member

    def _lacking(self, member: str) -> str:
        """A fact that every member needs and this one has not; empty where all are there."""
        facts = self.member_facts.get(member, {})
        return next((name for name in self._needed if facts.get(name) is None), "")

    def pass_to(self, member: Member, day: date) -> None:
        """Lets the days up to this one begin: tiers whose term ended are reviewed, in the order of time."""
        while True:
            scene = Scene(self.program, self.calendar, member, member.day)
            waiting = [(ladders.due(ladder, scene), ladder) for ladder in self.program.ladders.values()]
            first = min((when for when, _ in waiting if when is not None), default=None)
            if first is None or first > day:
                break
            member.day = first
            for when, ladder in waiting:
                if when == first:
                    reason = ladders.review(ladder, Scene(self.program, self.calendar, member, first), first)
                    if reason:
                        self._move(member, ladder, self.calendar.start(first), reason)
        member.day = day

    def _tiers(self, member: Member, at: int) -> None:
        for ladder in self.program.ladders.values():
            reason = ladders.after_event(ladder, Scene(self.program, self.calendar, member, member.day))
            if reason:
                self._move(member, ladder, at, reason)

    def _move(self, member: Member, ladder: nodes.Ladder, at: int, reason: str) -> None:
        tier = ladder.tiers[member.held[ladder.name].rank].name
        self.posted.ledger.move(Move(member.id, ladder.name, tier, at, reason))

    # ------------------------------------------------------------ one event

    def _facts(self, event: Event, member: Member) -> Facts:
        """The event's facts with those that are derived from them, its lines' too."""
        record = self.program.events[event.type]
        facts = {name: self._lines(fact, event.facts.get(name), member) for name, fact in record.facts.items()}
        self._derive(record, facts, member)
        return facts

    def _lines(self, fact: nodes.Fact, value: object, member: Member) -> object:
        if not isinstance(fact.type, types.Lines) or not isinstance(value, tuple):
            return value
        record = self.program.records[fact.type.record]
        if all(each.value is None for each in record.facts.values()):
            return value
        lines = [dict(line) for line in value]
        for line in lines:
            self._derive(record, line, member)
        return tuple(lines)

    def _derive(self, record: nodes.Record, facts: dict[str, object], member: Member) -> None:
        for fact in record.facts.values():
            if fact.value is not None:
                scene = Scene(self.program, self.calendar, member, member.day, facts=facts)
                facts[fact.name] = evaluate(fact.value, scene)

    def _measure(self, event: Event, scene: Scene) -> list[tuple[int, object]]:
        """Feeds the meters that include this event; what the others get afterwards."""
        unseen: list[tuple[int, object]] = []
        for number, meter in enumerate(self.program.meters):
            if meter.event != event.type:
                continue
            for line in scene.facts[meter.lines] or () if meter.lines else (None,):
                scene.line = line
                if meter.where is None or evaluate(meter.where, scene):
                    value = evaluate(meter.value, scene) if meter.value else None
                    if meter.sees_event:
                        scene.member.meters[number].add(scene.day, value)
                    else:
                        unseen.append((number, value))
        scene.line = None
        return unseen

    def _judge(self, event: Event, scene: Scene, watch: Watch | None) -> list[Award]:
        """What the rules give, in the order of what they read."""
        given: dict[str, Gift] = {}
        scene.given, scene.measures, awards = given, {}, []
        for rule in self._rules:
            if event.type not in rule.on and watch is None:
                continue
            verdict = judge(rule, scene, watched=watch is not None)
            if watch is not None:
                watch(event, scene.facts, verdict)
            if verdict.exact:
                given[rule.name] = Gift(verdict.quantity, verdict.exact)
                awards.append(_entry(event, verdict))
        return awards

    def _award(self, award: Award, member: Member) -> None:
        """Posts an award and counts it as earned."""
        self.posted.ledger.post(award)
        if award.quantity:
            member.balances[award.unit] = member.balances.get(award.unit, ZERO) + award.quantity
            member.earned[award.unit].add(member.day, award.quantity)
            member.earned_by[award.rule].add(member.day, award.quantity)


def _entry(event: Event, verdict: Verdict) -> Award:
    rule = verdict.rule
    return Award(
        id=f"{event.type}/{event.id}/{rule.name}",
        member=event.member,
        event=event.id,
        rule=rule.name,
        unit=rule.unit,
        quantity=verdict.quantity,
        exact=verdict.exact,
        dropped=verdict.dropped,
        cut=verdict.cut,
        at=event.at,
        spendable_from=event.at,
    )


def _unknown(event: Event, fact: str) -> Rejection:
    return Rejection(
        "G691",
        f"nothing says what `{fact}` is for member {event.member}",
        event.type,
        event.place,
        {"id": event.id, "member": event.member},
        help=f"give the member a row with `{fact}`, or make the fact optional in the program",
    )


def _late(event: Event) -> Rejection:
    return Rejection(
        "G690",
        "the event comes late: one of the member's that happened after it is evaluated already",
        event.type,
        event.place,
        {"id": event.id, "member": event.member},
        help="to have events in the order in which they happened, take `recorded` out of the mapping",
    )


def first_money(record: nodes.Record, currency: str) -> str | None:
    """The name of an event's first fact that is money of the program's currency: what it counts as sales."""
    for fact in record.facts.values():
        if isinstance(fact.type, types.Quantity) and fact.type.unit == currency:
            return fact.name
    return None
