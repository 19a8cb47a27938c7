"""Why a rule gave what it gave at an event, and why not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from guerdon.check.wording import plain
from guerdon.history.event import Event, Facts
from guerdon.ledger.entries import Holding
from guerdon.program import nodes
from guerdon.reference.calendar import ONE
from guerdon.reference.engine import Engine
from guerdon.reference.rules import Sheet, Verdict
from guerdon.reference.state import Deed, Ref, Subject
from guerdon.study import words
from guerdon.study.explain import grouped, undone
from guerdon.study.explain.account import Account, EventAccount, Reason, RuleAccount
from guerdon.study.explain.balance import account as balance_account
from guerdon.study.explain.balance import courses
from guerdon.study.explain.happened import Told, kind
from guerdon.study.explain.ladder import account as ladder_account
from guerdon.study.explain.nearest import nearest
from guerdon.study.explain.related import Circle, related
from guerdon.study.explain.rules import account
from guerdon.study.explain.timeline import timeline
from guerdon.study.explain.trying import Trials, Tried, before
from guerdon.study.funding import Funded, funding

MOST_LOTS = 12

PUT_RIGHT = "put right"
"""The clause that says what became of an award later."""


def explain(
    program: nodes.Program,
    history: Callable[[], Iterable[Event]],
    members: Mapping[str, Facts],
    member: str,
    event: str | None = None,
    rule: str | None = None,
    as_of: date | None = None,
    every: bool = False,
) -> Account:
    """A member's account; `event` (or `every` one) is explained in full, by `rule` alone where one is named.

    Shape: without an event `rule` may be a ladder or a unit, which is explained as it stands at the end. `history` gives all
    events, of other members too; those that have no part in the member's account are passed over, and so is what happened or
    became known after the day `as_of`. `member` may be an account.
    """
    engine = Engine(program, members)
    end = engine.calendar.start(as_of + ONE) if as_of is not None else None
    circle = _read(related(program, history, members, member), end)
    writer = _Writer(engine, circle, event, rule, every)
    engine.run(writer.watched(), as_of, watched=writer.is_asked, watch=writer.note)
    engine.close(circle.end)
    events = sorted((*circle.events, *engine.triggered.values()), key=lambda each: each.at)
    told = Told(engine, events)
    whose = tuple(_holders(engine, circle.who))
    shown = [each for each in events if writer.is_theirs(each) or told.touches(each, whose)]
    moments = timeline(engine, told, events, shown, circle.who, whose)
    named = None if event is not None else rule
    wanted = [each for each in (*program.ladders, *program.units) if each == named or (every and named is None)]
    subject = engine.world.subjects.get(circle.who)
    return Account(
        circle.who,
        [_given(each, told, engine, circle.who, whose) for each in shown],
        _standing(engine, circle.who),
        writer.explained(told, events),
        moments,
        tuple(
            ladder_account(engine, program.ladders[each], subject, moments)
            for each in wanted
            if each in program.ladders and _climbs(subject, program.ladders[each])
        )
        if subject is not None
        else (),
        tuple(
            balance_account(engine, told, program.units[each], circle.who) for each in wanted if each in program.units
        ),
        tuple(courses(engine, whose)),
        as_of.isoformat() if as_of is not None else "",
        program.frame.name,
    )


def _read(circle: Circle, end: int | None) -> Circle:
    """The events that a run reads which ends at an instant."""
    if end is None:
        return circle
    return replace(circle, events=[each for each in circle.events if max(each.at, each.recorded) < end], end=end)


def _given(event: Event, told: Told, engine: Engine, who: str, whose: Collection[str]) -> tuple[str, str, str, str]:
    """An event with the awards it brought; of somebody else's event those that came here."""
    given = told.given(event, who, None if event.member == who else whose)
    return event.id, kind(event), words.happened(event, engine.calendar), ", ".join(given or ["-"])


def _holders(engine: Engine, who: str) -> Iterator[str]:
    """A member, and the accounts they are in."""
    yield who
    subject = engine.world.subjects.get(who)
    if subject is not None and subject.account is None:
        owners = (engine.world.owner(subject, name).id for name in engine.program.accounts)
        yield from dict.fromkeys(id for id in owners if id != who)


def _standing(engine: Engine, who: str) -> tuple[str, ...]:
    """The tiers and balances of a member and of the accounts they are in."""
    subject = engine.world.subjects.get(who)
    if subject is None:
        return ()
    if subject.into is not None:
        return (f"merged into {engine.world.who(who)}",)
    held = engine.posted.ledger.holdings()
    balances = (text for id in _holders(engine, who) for text in _balances(engine, held, id, who))
    return (*_tiers(engine, subject), *balances)


def _tiers(engine: Engine, subject: Subject) -> Iterator[str]:
    for ladder in engine.program.ladders.values():
        if _climbs(subject, ladder) and not subject.closed:
            held = engine.world.owner(subject, ladder.account).held[ladder.name]
            yield f"{ladder.name} {ladder.tiers[held.standing].name}"


def _climbs(subject: Subject, ladder: nodes.Ladder) -> bool:
    """Whether a ladder is one of a member, or of the account."""
    return subject.account in (None, ladder.account)


def _balances(engine: Engine, held: Mapping[tuple[str, str], Holding], holder: str, who: str) -> Iterator[str]:
    """What is there of each unit, in the order in which the holder first had some."""
    spendable = {unit.name for unit in engine.program.units.values() if unit.spendable}
    units = [each.unit for each in engine.posted.ledger.awards if each.member == holder and each.unit in spendable]
    units += [unit for id, unit in held if id == holder]
    whose = "" if holder == who else f" ({holder})"
    for unit in dict.fromkeys(units):
        holding = held.get((holder, unit), Holding())
        yield words.quantity(holding.balance, unit) + whose
        if holding.pending:
            yield f"{words.quantity(holding.pending, unit)} held{whose}"


class _Writer:
    """Turns what happens at one event into its account while the engine runs."""

    def __init__(self, engine: Engine, circle: Circle, event: str | None, rule: str | None, every: bool) -> None:
        self.engine, self.circle, self.event, self.rule, self.every = engine, circle, event, rule, every
        self.theirs: dict[tuple[str, str], bool] = {}  # whether an event is theirs, as things stood then
        self.accounts: dict[tuple[str, str], EventAccount] = {}
        self.stood: dict[tuple[str, str], tuple[undone.Before, undone.Before]] = {}
        self.standing: dict[tuple[str, str], tuple[str, ...]] = {}
        self.noted: dict[tuple[str, str], Event] = {}  # as they were looked at: one that waited, later
        self.before: dict[tuple[str, str], Engine] = {}
        self.silent: list[tuple[RuleAccount, Verdict, Event]] = []  # rules that gave nothing
        self.sheets: dict[str, Sheet] = {}  # of groups whose rules are not all noted yet

    @cached_property
    def ordered(self) -> list[Event]:
        return sorted(self.circle.events, key=lambda each: each.at)

    @cached_property
    def _account(self) -> str | None:
        """The kind of account that is asked about; None where it is a member."""
        is_member = any(each.member == self.circle.who for each in self.circle.events)
        named = (each for each in self.engine.program.accounts if self.circle.who.startswith(f"{each}/"))
        return None if is_member else next(named, None)

    def is_theirs(self, event: Event) -> bool:
        """Whether an event is the member's own; of an account, that of one who is in it then."""
        key = event.type, event.id
        if key not in self.theirs:
            self.theirs[key] = event.member == self.circle.who or self._is_of_account(event)
        return self.theirs[key]

    def _is_of_account(self, event: Event) -> bool:
        if self._account is None:
            return False
        comes = event.facts.get(self.engine.program.accounts[self._account].fact) if event.type == "changed" else None
        owner = self.engine.world.owner_id(event.member, self._account)
        return self.circle.who in (owner, f"{self._account}/{comes}")

    def is_asked(self, event: Event) -> bool:
        """Whether an event is to be explained."""
        return (self.every or event.id == self.event) and self.is_theirs(event)

    def watched(self) -> Iterator[Event]:
        """The events, noting how things stood before one that is asked for, and what had come back of earlier ones."""
        for event in self.circle.events:
            self.is_theirs(event)
            if not self.is_asked(event):
                yield event
                continue
            was = undone.before(self._deeds(event), self.engine.program)
            self.standing[event.type, event.id] = _standing(self.engine, event.member)
            self.before[event.type, event.id] = before(self.engine, event, self.circle.linked)
            yield event
            self.stood[event.type, event.id] = was, undone.before(self._deeds(event), self.engine.program)

    def _deeds(self, event: Event) -> Mapping[Ref, Deed]:
        subject = self.engine.members.get(event.member)
        return subject.deeds if subject is not None else {}

    def note(self, event: Event, facts: Facts, verdict: Verdict) -> None:
        """Takes in what came of a rule at an event."""
        key = event.type, event.id
        self.noted[key] = event
        if key not in self.accounts:
            self.accounts[key] = self._event(event, facts, _standing(self.engine, event.member))
        listens = event.type in verdict.rule.on
        if self.rule == verdict.rule.name or (self.rule is None and listens):
            self.accounts[key].rules.append(account(verdict, event, facts, self.engine))
            if listens and not verdict.quantity:
                self.silent.append((self.accounts[key].rules[-1], verdict, event))
        if verdict.sheet is not None:
            self.sheets[verdict.sheet.group.name] = verdict.sheet
        group = self.engine.world.groups.behind.get(verdict.rule.name)
        if group is not None and self.rule in (None, group.name, *group.of) and group.name in self.sheets:
            self.accounts[key].rules.append(grouped.account(self.sheets.pop(group.name)))

    def _event(self, event: Event, facts: Facts, before: tuple[str, ...]) -> EventAccount:
        program = self.engine.program
        record = program.events.get(event.type) or nodes.Record(event.type, program.triggers[event.type].facts)
        when = words.happened(event, self.engine.calendar)
        return EventAccount(event.id, kind(event), when, words.facts(facts, record), before)

    def explained(self, told: Told, events: Iterable[Event]) -> list[EventAccount]:
        """The accounts of the events that were asked for, with what the ledger says of them."""
        for event in events:
            if self.is_asked(event):
                key = event.type, event.id
                found = self.accounts.setdefault(key, self._event(event, event.facts, self.standing.get(key, ())))
                self._complete(found, event, told)
        self._say_what_was_near()
        return list(self.accounts.values())

    def _say_what_was_near(self) -> None:
        """Adds to rules that gave nothing what would have been enough."""
        for found, verdict, event in self.silent:
            stood = self.before.get((event.type, event.id))  # none before a trigger
            put_right = any(each.clause == PUT_RIGHT for each in found.reasons)
            if stood is not None and not put_right:
                found.reasons += nearest(Trials(stood, verdict.rule, self.ordered), Tried(event, verdict))

    def _complete(self, found: EventAccount, event: Event, told: Told) -> None:
        """Adds what the event undid, and what came of it beside awards."""
        came = [*told.phrases(told.posted(event), event.member, MOST_LOTS), *told.refused(event)]
        came += (*told.said(event, event.member), *told.offered(event))
        found.came = (*map(str, came), *filter(None, [told.aside(event)]))
        key = event.type, event.id
        was, now = self.stood.get(key, (undone.Before(), undone.Before()))
        found.undid = tuple(undone.events(self.engine, was, now, self._deeds(event)))
        for rule in found.rules:
            rule.reasons += _put_right(told, self.noted.get(key, event), rule, self.engine.program)
        backs = list(undone.accounts(self.engine, told, event, now, was, self._deeds(event)))
        if backs:
            found.rules = [each for each in found.rules if event.type in self._on(each.rule)]
        paid = [each for each in self._paid if each.award.event == event.id]
        for rules, back in ((found.rules, False), (backs, True)):
            for each in rules:
                mine = [part for part in paid if part.award.rule == each.rule and (part.award.of is not None) == back]
                each.reasons += _funded(self.engine.program, each.rule, mine)
        found.rules[:0] = [each for each in backs if self.rule in (None, each.rule)]

    def _on(self, rule: str) -> set[str]:
        """What a rule, or one of a group, is looked at on."""
        program = self.engine.program
        return {each for name in program.rules_of(rule) for each in program.rules[name].on}

    @cached_property
    def _paid(self) -> list[Funded]:
        return list(funding(self.engine.posted.ledger.awards, self.engine.program))


def _put_right(told: Told, event: Event, rule: RuleAccount, program: nodes.Program) -> Iterator[Reason]:
    """What became more or less of an award when an earlier event came late."""
    for at, much, late in told.put_right(event, rule.rule, rule.fired):
        more = "more" if much > 0 else "less"
        quantity = words.quantity(abs(much), program.rules[rule.rule].unit)
        result = f"{quantity} {more}: {late or 'an earlier event'} became known"
        yield Reason(PUT_RIGHT, told.day(at), result=result)


def _funded(program: nodes.Program, rule: str, paid: list[Funded]) -> Iterator[Reason]:
    """Who pays for what a rule gave or took back."""
    sums: dict[str, Fraction] = {}
    for each in paid:
        sums[each.partner] = sums.get(each.partner, Fraction(0)) + each.quantity
    if sums:
        of = program.rules[rule]
        parts = ", ".join(f"{'by ' if each.by else ''}{each.name} {plain(each.parts)}" for each in of.funded)
        result = ", ".join(f"{name} {words.quantity(much, of.unit)}" for name, much in sums.items())
        yield Reason("funded", parts, result=result)
