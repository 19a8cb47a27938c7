"""What a rule gave becomes awards: whose they are, when they can be spent, what is noted for a return."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from guerdon.history.event import Event
from guerdon.ledger.entries import Award, Effect, Pot
from guerdon.program import nodes
from guerdon.reference import lots, spending
from guerdon.reference.calendar import ONE, after
from guerdon.reference.evaluate import evaluate
from guerdon.reference.exact import ZERO, rounded
from guerdon.reference.payers import Payers, payers
from guerdon.reference.redeeming import Redeeming
from guerdon.reference.rules import Verdict
from guerdon.reference.scene import Scene
from guerdon.reference.state import Awaited, Deed, Gift, Lot, Subject, Taking
from guerdon.reference.world import World

Receiver = Callable[[str, int], Subject]
"""The member of an id, at an instant."""


@dataclass
class Book:
    """Where the awards of one event are booked."""

    world: World
    event: Event
    scene: Scene
    deed: Deed | None
    lines: Mapping[str, int | None]
    """The `expires` line of each unit that what the member earns comes under, as the rules see the member."""

    def award(self, verdict: Verdict, receive: Receiver) -> None:
        """Posts what a rule gave, to each who gets a part of it, and what it said."""
        rule = verdict.rule
        self._say(verdict)
        if rule.only_says:
            return
        if not verdict.exact:
            self._note_base(verdict)
            return
        step = self.world.program.units[rule.unit].step
        assert (verdict.quantity / step).denominator == 1, "the checker saw to it that nothing is left to round"
        starts, awaited = self._held(rule)
        paying = payers(rule, self.scene, verdict.rooms)
        for name, member, quantity, exact in self._parts(verdict):
            main = name == rule.name
            subject = self.scene.member if member == self.event.member else receive(member, self.event.at)
            holder = self.world.owner(subject, self.world.program.units[rule.unit].account)
            award = self._entry(verdict, name, holder, quantity, exact, main, starts, awaited, paying)
            lot = self._lot(award, subject, holder, starts, awaited) if quantity else None
            if lot is not None and lot.expires is not None:
                award = replace(award, expires=self.world.calendar.start(lot.expires))
            self.world.ledger.awards.append(award)
            self._count(award, holder)
            if lot is not None and awaited is not None and holder not in self._here():
                self.scene.member.promised.append((holder.id, lot.unit, lot.id, awaited))
            if self.deed is not None:
                self.deed.gifts.append(_gift(award, verdict, lot, main))

    def redeem(self, redeeming: Redeeming) -> None:
        """Posts what the rules that take took, and what of it was refused."""
        self.world.ledger.refusals.extend(redeeming.refusals())
        for verdict in redeeming.verdicts.values():
            if verdict.quantity:
                self._take(verdict)
                self._say(verdict)

    def _say(self, verdict: Verdict) -> None:
        """Posts what a rule said that gave or took something: an answer, of which nothing is noted for a return."""
        rule, event = verdict.rule, self.event
        if rule.say is not None and verdict.quantity:
            who = event.member if verdict.receiver is None else self.world.who(verdict.receiver)
            id = f"{event.name}/{rule.name}"
            said = Effect(id, who, event.id, rule.name, nodes.MESSAGE, rule.say, event.posted)
            self.world.ledger.effects.append(said)

    def _take(self, verdict: Verdict) -> None:
        """Posts what a rule took, which is nobody's award."""
        rule, unit = verdict.rule, self.world.program.units[verdict.rule.unit]
        subject = self.scene.owner(unit.account)
        self.world.grants[rule.name] = verdict.quantity
        at, id = self.event.at, self.event.id
        slices = spending.spend(self.world, subject, unit, verdict.quantity, at, id, Pot.SPENT, rule.name, verdict.lots)
        if self.deed is not None:
            uses = tuple(verdict.uses)
            self.deed.takings.append(Taking(rule.name, Pot.SPENT, slices, verdict.exact, uses))

    def _note_base(self, verdict: Verdict) -> None:
        """Notes what was added to a running total, or let in by a limit, and gave nothing yet: it can be undone too."""
        if self.deed is not None and (verdict.came or any(each.let_in for each in verdict.admitted)):
            rule, member = verdict.rule, self.event.member
            id = f"{self.event.name}/{rule.name}"
            gift = Gift(id, rule.name, member, rule.unit, ZERO, ZERO, None, verdict.rooms, tuple(verdict.uses))
            gift.came = verdict.came
            self.deed.gifts.append(gift)

    def _parts(self, verdict: Verdict) -> Iterator[tuple[str, str, Fraction, Fraction]]:
        """The award's name, who gets it, how much, and the exact value: what is shared out, then the rest."""
        rule = verdict.rule
        to = self.event.member if rule.to is None else verdict.receiver
        left, exact = verdict.quantity, verdict.exact
        step = self.world.program.units[rule.unit].step
        for share, other in zip(rule.shares, verdict.others, strict=True):
            part = rounded(verdict.quantity * evaluate(share.share, self.scene), step, nodes.RoundMode.DOWN)
            part = min(part, left)
            if other is not None and part:
                yield f"{rule.name}/{share.name}", other, part, part
                left, exact = left - part, exact - part
        if to is not None:
            yield rule.name, to, left, exact

    def _held(self, rule: nodes.Rule) -> tuple[date | None, Awaited | None]:
        """The day from which an award can be spent, or the event that it waits for and what its fact is."""
        hold, day = rule.hold, self.scene.day
        if hold is None:
            return day, None
        if hold.time is not None:
            return after(day, hold.time), None
        if hold.event is not None:
            return None, (self.event.member, hold.event, hold.by, self.scene.facts.get(hold.by) if hold.by else None)
        if hold.returnable:
            return self._returnable(), None
        until = evaluate(hold.until, self.scene) if hold.until is not None else None
        return max(until, day) if until is not None else day, None

    def _returnable(self) -> date:
        """The first day on which the event can no longer be reversed."""
        within = [
            record.reverses.within
            for record in self.world.program.events.values()
            if record.reverses is not None and record.reverses.event == self.event.type
        ]
        return max((after(self.scene.day, time) + ONE for time in within if time is not None), default=self.scene.day)

    def _entry(
        self,
        verdict: Verdict,
        name: str,
        holder: Subject,
        quantity: Fraction,
        exact: Fraction,
        main: bool,
        starts: date | None,
        awaited: object,
        paying: Payers,
    ) -> Award:
        held, at = awaited is not None or starts is None or starts > self.scene.day, self.event.posted
        return Award(
            id=f"{self.event.name}/{name}",
            member=holder.id,
            event=self.event.id,
            rule=verdict.rule.name,
            unit=verdict.rule.unit,
            quantity=quantity,
            exact=exact,
            dropped=verdict.dropped if main else ZERO,
            cut=verdict.cut if main else ZERO,
            at=at,
            spendable_from=at if not held else max(at, self.world.calendar.start(starts)) if starts else None,
            payers=paying,
        )

    def _lot(
        self, award: Award, subject: Subject, holder: Subject, starts: date | None, awaited: Awaited | None
    ) -> Lot | None:
        unit = self.world.program.units[award.unit]
        if not unit.spendable:
            return None
        lot = Lot(
            award.id,
            award.unit,
            award.quantity,
            award.quantity,
            self.scene.day,
            0,
            starts,
            awaited,
            None,
            None,
            subject.id,
            holder.id,
            noted=self.event.member if self.deed is not None else None,
        )
        if subject is self.scene.member:
            lot.line = self.lines[award.unit]
            lot.expires = lots.ending(self.world, unit, holder, lot)
        else:
            lots.pin(self.world, holder, lot, subject)
        at, id = self.event.posted, self.event.id
        return lots.grant(self.world, holder, lot, at, id, award.rule, merge=self.deed is None)

    def _count(self, award: Award, holder: Subject) -> None:
        """Counts what was awarded as earned."""
        if award.quantity:
            ref = (self.event.type, self.event.id) if self.deed is not None else None
            holder.earned[award.unit].add(self.scene.day, award.quantity, ref)
            holder.earned_by[award.rule].add(self.scene.day, award.quantity, ref)

    def release(self) -> None:
        """Ends the holds that waited for this event, also of what others were given for an earlier one of the member."""
        for subject in self._here():
            for _, purse in sorted(subject.purses.items()):
                for lot in list(purse.lots):
                    if not lot.released and self._is_awaited(lot.awaited):
                        lots.release(self.world, subject, lot, self.event.at, self.event.id)
        promised, self.scene.member.promised = self.scene.member.promised, []
        for each in promised:
            if not self._is_awaited(each[3]):
                self.scene.member.promised.append(each)
                continue
            holder = self.world.receive(each[0], self.event.at)
            for lot in [lot for lot in holder.purses[each[1]].lots if lot.id == each[2] and not lot.released]:
                lots.release(self.world, holder, lot, self.event.at, self.event.id)

    def _here(self) -> list[Subject]:
        """The event's member and their accounts."""
        return list({id(each): each for each in (self.scene.member, *self.scene.accounts.values())}.values())

    def _is_awaited(self, awaited: Awaited | None) -> bool:
        if awaited is None:
            return False
        whose, kind, by, fact = awaited
        if kind != self.event.type or self.world.who(whose) != self.scene.member.id:
            return False
        return by is None or self.scene.facts.get(by) == fact is not None


def _gift(award: Award, verdict: Verdict, lot: Lot | None, main: bool) -> Gift:
    return Gift(
        award.id,
        award.rule,
        award.member,
        award.unit,
        award.quantity,
        award.exact - (verdict.added if main else ZERO),
        lot,
        rooms=verdict.rooms,
        limits=tuple(verdict.uses),
        came=verdict.came,
        stood=verdict.stood,
    )
