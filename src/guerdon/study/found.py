"""What there is in place of what a test expects."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import assert_never

from guerdon.history.event import Event
from guerdon.ledger.entries import OWN, Award, Effect, Ledger, Posting
from guerdon.program import nodes
from guerdon.program.nodes import Expectation, Expected
from guerdon.reference import counting
from guerdon.reference.calendar import ONE
from guerdon.reference.engine import Engine
from guerdon.reference.evaluate import evaluate
from guerdon.reference.exact import ZERO
from guerdon.reference.state import Subject
from guerdon.study import words

NOTHING_YET = "no event before it"

Entry = Award | Posting


class Found:
    """What an engine knows after the latest event of a test."""

    def __init__(self, engine: Engine, last: Event | None) -> None:
        self.engine, self.last, self.ledger = engine, last, engine.posted.ledger

    def text(self, step: Expectation) -> str:
        """What there is, in the words of the expectation."""
        match step.kind:
            case Expected.AWARD if step.on is None:
                return self._awarded(step) if self.last else NOTHING_YET
            case Expected.SAID if step.on is None:
                return self._said_at(step, self.last) if self.last else NOTHING_YET
            case Expected.REFUSED:
                return self._refused() if self.last else NOTHING_YET
            case _:
                return self._there(step)

    # ------------------------------------------------------------ the latest event

    def _awarded(self, step: Expectation) -> str:
        """What the latest event gave less what it took, of this unit: by one rule, a group or in all, to one or to all."""
        assert step.unit is not None and self.last is not None
        whose = None if step.member is None else self._owner_id(step.member, self.engine.program.units[step.unit])
        last = self.last.id
        return self._came(step, whose, self.ledger, lambda entry: entry.event == last)

    def _came(self, step: Expectation, whose: str | None, ledger: Ledger, among: Callable[[Entry], bool]) -> str:
        """What came of some entries: of postings what went into somebody's own pots less what left them.

        Shape: of a unit that is only counted, and posted nowhere, what was awarded.
        """
        unit, total = self.engine.program.units[step.unit or ""], ZERO
        rules = None if step.rule is None else self.engine.program.rules_of(step.rule)
        for award in ledger.awards if not unit.spendable else ():
            if award.unit == unit.name and whose in (None, award.member) and among(award):
                total += award.quantity if rules is None or award.rule in rules else ZERO
        for each in ledger.postings:
            if each.unit == unit.name and whose in (None, each.holder) and (rules is None or each.reason in rules):
                total += ((each.target in OWN) - (each.source in OWN)) * each.quantity if among(each) else ZERO
        return words.quantity(total, unit.name)

    def _said_at(self, step: Expectation, last: Event) -> str:
        """How many messages the latest event brought, to one or to all."""
        whose = None if step.member is None else self.engine.world.who(step.member)
        return self._said(step, whose, self.ledger, lambda effect: effect.event == last.id)

    def _said(self, step: Expectation, whose: str | None, ledger: Ledger, among: Callable[[Effect], bool]) -> str:
        """How many messages there are among some effects: by one rule, a group or in all."""
        rules = None if step.rule is None else self.engine.program.rules_of(step.rule)
        mine = [each for each in ledger.effects if whose in (None, each.member) and among(each)]
        return words.count(sum(rules is None or each.rule in rules for each in mine), nodes.MESSAGE)

    def _came_on(self, step: Expectation, subject: Subject, day: date) -> str:
        """What a day gives less what it takes, or says: tried to its end on a copy, for more may happen on it."""
        whole, copied = self._to_its_end(subject, day)
        begins, ends = (whole.engine.calendar.start(each) for each in (day, day + ONE))
        if step.kind is Expected.SAID:
            return self._said(step, copied.id, whole.ledger, lambda effect: begins <= effect.at < ends)
        holder = whole.engine.world.owner(copied, self._account(step)).id
        return self._came(step, holder, whole.ledger, lambda entry: begins <= entry.at < ends)

    def _to_its_end(self, subject: Subject, day: date) -> tuple[Found, Subject]:
        """How things stand once a day has ended, on a copy, and the copy of somebody."""
        trial = Engine(self.engine.program, self.engine.member_facts)
        trial.watching, trial.world.trace = self.engine.watching, self.engine.world.trace
        trial.world.subjects = copy.deepcopy(self.engine.world.subjects)
        trial.world.ranks, trial.rankings.day = self.engine.world.ranks.copied(), self.engine.rankings.day
        whole = Found(trial, self.last)
        whole.ledger.awards, whole.ledger.postings = [*self.ledger.awards], [*self.ledger.postings]
        whole.ledger.effects = [*self.ledger.effects]
        copied = trial.world.subjects[subject.id]
        whole.pass_to(copied, day, ended=True)
        return whole, copied

    def ended(self, step: Expectation) -> str:
        """What there is on a day once it has ended; empty where nobody is asked about."""
        subject = self._subject(step.member or (self.last.member if self.last else ""), self._account(step))
        if subject is None or step.on is None:
            return ""
        whole, copied = self._to_its_end(subject, step.on)
        return whole._value(step, copied)

    def _refused(self) -> str:
        return words.REFUSAL if self.why_nothing() else "none"

    def why_nothing(self) -> str:
        """Why the latest event was refused or set aside; empty where it was not."""
        if self.last is None:
            return ""
        refused = [each for each in self.ledger.refusals if each.event == self.last.id]
        for refusal in refused:
            if refusal.rule is None or len(refused) == 1:
                what = f"the {self.last.type}" if refusal.rule is None else f'"{refusal.rule}"'
                return f"{what} was refused: {refusal.reason}"
        if refused:
            return "; ".join(f'"{each.rule}" was refused: {each.reason}' for each in refused)
        for rejection in reversed(self.engine.posted.rejections):
            if rejection.source.get("id") == self.last.id:
                return f"the {self.last.type} was set aside: {rejection.message} ({rejection.code})"
        member = self.engine.members.get(self.last.member)
        for event, unmatched in member.waiting if member else ():
            if event.id == self.last.id:
                return f"the {self.last.type} waits: {unmatched.message} ({unmatched.code})"
        return ""

    # ------------------------------------------------------------ what there is on a day

    def _there(self, step: Expectation) -> str:
        """A balance, a tier, a count or a measure on a day, the latest one where none is named."""
        who = step.member or (self.last.member if self.last else "")
        subject = self._subject(who, self._account(step))
        if subject is None:
            return f"no member {who}" if who else NOTHING_YET
        on = step.on or (self.engine.calendar.day(self.last.at) if self.last else subject.day)
        if step.kind in (Expected.AWARD, Expected.SAID):
            return self._came_on(step, subject, on)
        self.pass_to(subject, on)
        return self._value(step, subject)

    def _value(self, step: Expectation, subject: Subject) -> str:
        scene = self.engine.world.scene(subject)
        match step.kind:
            case Expected.BALANCE | Expected.PENDING:
                assert step.unit is not None
                purse = self.engine.world.owner(subject, self._account(step)).purses[step.unit]
                much = purse.available if step.kind is Expected.BALANCE else purse.pending
                return words.quantity(much, step.unit) + (" pending" if step.kind is Expected.PENDING else "")
            case Expected.TIER:
                ladder = self.engine.program.ladders[step.ladder or ""]
                return f"{ladder.name} {ladder.tiers[counting.holder_of(ladder, scene).standing].name}"
            case Expected.COUNT:
                ladder = self.engine.program.ladders[step.ladder or ""]
                return words.expected(_much(step, counting.count(ladder, scene)), self.engine.program)
            case Expected.NEEDS:
                ladder = self.engine.program.ladders[step.ladder or ""]
                at = ladder.tiers[ladder.rank(step.tier or "")].at or ZERO
                lacks = max(at - counting.count(ladder, scene), ZERO)
                return words.expected(_much(step, lacks), self.engine.program)
            case Expected.MEASURE:
                of = self.engine.program.measures[step.measure or ""].type
                value = evaluate(nodes.Defined(step.measure or "", of), scene)
                return f"{step.measure} {words.value(value, of)}"
            case Expected.AWARD | Expected.SAID | Expected.REFUSED:
                raise AssertionError("these are no state of things")
            case _:
                assert_never(step.kind)

    def _account(self, step: Expectation) -> str | None:
        """The account whose thing is expected; None: the member's own."""
        program = self.engine.program
        if step.ladder is not None:
            return program.ladders[step.ladder].account
        unit = program.units.get(step.unit or "")
        return unit.account if unit is not None else None

    def _subject(self, who: str, account: str | None) -> Subject | None:
        """The member of this id; where there is none the account of it, or that they are in by their facts."""
        member = self.engine.members.get(who)
        if member is not None:
            return self.engine.members.get(member.into, member) if member.into else member
        accounts, facts = self.engine.program.accounts, self.engine.member_facts.get(who, {})
        names = [account] if account else list(accounts)
        found = (self.engine.world.subjects.get(f"{name}/{facts.get(accounts[name].fact, who)}") for name in names)
        return next((each for each in found if each is not None), None)

    def _owner_id(self, who: str, unit: nodes.Unit) -> str:
        """Under whose name what `who` has of a unit is posted."""
        subject = self._subject(who, unit.account)
        return who if subject is None else self.engine.world.owner(subject, unit.account).id

    def pass_to(self, subject: Subject, day: date, ended: bool = False) -> None:
        """Lets days begin, and the last one end, for a member and the accounts they are in."""
        self.engine.rankings.through(self.engine.calendar.start(day + ONE if ended else day))
        owners = [self.engine.world.owner(subject, name) for name in self.engine.program.accounts]
        for each in {id(each): each for each in (subject, *owners)}.values():
            self.engine.pass_to(each, day, ended)


def _much(step: Expectation, quantity: Fraction) -> Expectation:
    """The expectation that would have been met."""
    return Expectation(step.kind, step.member, step.unit, quantity, ladder=step.ladder, tier=step.tier, span=step.span)
