"""All events of all members, one after the other, and each subject's days between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from tests.reference.recount.days import ONE, Days, time_on
from tests.reference.recount.lots import SetAsideError
from tests.reference.recount.past import PLACE, Earning, Gift, Lot, Past, Portion, Seen, View
from tests.reference.recount.returns import Returns
from tests.reference.recount.subjects import Recounted, Subject

from guerdon.history.event import Event, Facts
from guerdon.program import nodes, types


class Recount:
    """A program, its members' facts, and all of their events.

    An event that is found to be refused while it is looked at is left out, and all is counted again.
    """

    def __init__(self, program: nodes.Program, members: Mapping[str, Facts] | None = None) -> None:
        self.program, self.members = program, members or {}

    def run(self, events: Iterable[Event], as_of: date | None = None) -> Recounted:
        days = Days(self.program.frame)
        read = [event for event in events if as_of is None or days.of(max(event.at, event.recorded)) <= as_of]
        read.sort(key=lambda event: (event.recorded, event.sequence, event.id))
        aside: dict[str, str] = {}
        in_vain: set[str] = set()  # what waited, and was set aside then
        while True:
            run = Run(self.program, self.members, in_vain)
            try:
                for event in read:
                    if event.id not in aside or event.id in in_vain:
                        run.look_at(event)
                break
            except SetAsideError as why:
                aside[run.current.id] = str(why)
                if run.current in run.waiting:
                    in_vain.add(run.current.id)
        if read:
            run.end(as_of or max(days.of(event.at) for event in read))
        waited = {event.id: "G692" for event in run.waiting}
        run.found.rejections = sorted({**waited, **aside}.items())
        return run.found


class Run(Returns):
    """One run over events of which none is set aside."""

    def __init__(self, program: nodes.Program, members: Mapping[str, Facts], in_vain: set[str]) -> None:
        super().__init__(program, Days(program.frame), Past())
        self.members, self.in_vain = members, in_vain
        self.subjects: dict[str, Subject] = {}
        self.found = Recounted(self.past)
        self.waiting: list[Event] = []
        self.current: Event

    # ------------------------------------------------------------ days

    def end(self, day: date) -> None:
        for subject in list(self.subjects.values()):
            self.walk([subject], day)

    def walk(self, subjects: list[Subject], day: date) -> None:
        """Each day up to this one begins for some subjects."""
        today = min([subject.day for subject in subjects]) + ONE
        while today <= day:
            self._morning([subject for subject in subjects if subject.day < today], today)
            today += ONE
        self.answered = len(self.found.moves)

    def _morning(self, subjects: list[Subject], today: date) -> None:
        at, self.answered = self.days.start(today), len(self.found.moves)
        for subject in subjects:
            for ladder in self.ladders(subject):
                view = self.view(subject, today, at)
                looks = subject.is_active or self.ends_before(ladder, view, subject.joined) or self.asks_for_day(ladder)
                if at >= subject.begun and looks:
                    self.look_at_floors(subject, ladder, view)
                moved = self.morning(ladder, subject.held[ladder.name], view, subject.joined)
                self.move(subject, ladder, moved, max(at, subject.known))
                self.floor(subject, ladder, max(at, subject.known))
        posted = len(self.past.postings)
        for subject in subjects:
            self.lots_expire(subject, today, max(at, subject.known))
        for subject in subjects:
            for lot in self.past.lots(subject.id):
                if lot.until is not None and lot.until <= today:
                    self.release(lot, today, max(at, subject.known), None)
        for subject in subjects:
            subject.day = today
            if len(self.past.postings) > posted:
                self._look_again(subject, today, max(at, subject.known))

    def _look_again(self, subject: Subject, today: date, at: int) -> None:
        """Tiers `while met` that count what is available follow it."""
        for ladder in self.ladders(subject):
            if isinstance(ladder.lasts, nodes.WhileMet) and self.counts_available(ladder):
                view = self.view(subject, today, at)
                self.move(
                    subject, ladder, self.after_event(ladder, subject.held[ladder.name], view, subject.joined), at
                )

    # ------------------------------------------------------------ an event

    def look_at(self, event: Event) -> None:
        """An event happens, if it is not late, and those that waited for it."""
        self.current = event
        member = self.subjects.get(event.member)
        if member is not None and event.at < member.latest:
            raise SetAsideError("G690")
        waits = not self.happens(event)
        if waits:
            self.waiting.append(event)
            return
        for other in list(self.waiting):
            self.current = other
            now = replace(other, at=max(other.at, event.at))
            if other.member == event.member and self.happens(now):
                self.waiting.remove(other)

    def happens(self, event: Event) -> bool:
        """Whether an event could happen; it does so, unless what it reverses has not come yet."""
        day = self.days.of(event.at)
        member = self.joined(event.member, day, event.at)
        member.latest = max(event.at, member.latest)
        self.walk([member], day)
        here, self.answered = self._seen(event, member, day), len(self.found.moves)
        targets = self.reversed(here, member) if event.id not in self.in_vain else None
        if targets is None:
            member.known = max(member.known, event.recorded)
            return False
        self.touched = {}
        if self.is_refused(here, member):
            member.known = max(member.known, event.recorded)
            return True
        for rule in self.program.rules.values():
            gift = self.judged(rule, here.view) if event.type in rule.on and self.receives(rule, here.view) else None
            if gift is not None:
                here.gifts[rule.name] = gift
        for seen, _ in targets:
            for part in [part for portions in seen.portions.values() for part in portions]:
                holder = self.subjects[part.subject]
                holder.latest = max(holder.latest, event.at)
                self.walk([holder], day)
        self.past.seen.append(here)
        self.undo(here, targets)
        self.builtin(here, member)
        waiting = [lot for lot in self.past.lots() if self._ends(lot, here)]
        for lot in waiting:
            holder = self.subjects[lot.holder]
            holder.latest = max(holder.latest, event.at)
            self.walk([holder], day)
            self.touched[holder.id] = holder
        for lot in waiting:
            self.release(lot, day, event.at, event.id)
        for name, gift in here.gifts.items():
            self._award(self.program.rules[name], gift, here)
        member.known = max(member.known, event.recorded)  # and not that of others who receive, as the engine has it
        for subject in dict.fromkeys([member, *self.touched.values()]):
            subject.is_active = True
            self._tiers_change(subject, here, has_lost=bool(targets))
        return True

    def _tiers_change(self, subject: Subject, here: Seen, has_lost: bool) -> None:
        """Tiers fall that rest on what was returned, and tiers rise."""
        at, joined = here.event.at, subject.joined
        for ladder in self.ladders(subject):
            after = self.view(subject, here.day, at)
            self.look_at_floors(subject, ladder, after)
            if has_lost:
                subject.held[ladder.name] = self.uncapped(ladder, subject.held[ladder.name], after)
                lowered = self.lowered(ladder, subject.held[ladder.name], after, here.view.mark, joined)
                self.move(subject, ladder, lowered, at)
            known = replace(after, facts=here.facts)
            if subject.id == here.event.member:
                granted = self.granted(ladder, subject.held[ladder.name], here.event.type, known, joined)
                self.move(subject, ladder, granted, at)
            self.move(subject, ladder, self.after_event(ladder, subject.held[ladder.name], after, joined), at)
            self.floor(subject, ladder, at)

    def _seen(self, event: Event, member: Subject, day: date) -> Seen:
        view = replace(self.view(member, day, event.at), facts=self._facts(event, member.facts))
        here = Seen(event, view)
        here.view = replace(view, here=here)
        return here

    def _ends(self, lot: Lot, here: Seen) -> bool:
        """Whether a hold ends with this event."""
        if lot.awaits is None:
            return False
        member, event, by, value = lot.awaits
        return member == here.event.member and event == here.event.type and (by is None or here.facts[by] == value)

    # ------------------------------------------------------------ awards

    def _award(self, rule: nodes.Rule, gift: Gift, here: Seen) -> None:
        """Posts what a rule gave, to all who get of it."""
        here.portions[rule.name] = []
        for name, id, part in self.shared(rule, gift, here.view):
            if part.quantity or name == rule.name:
                member = self.joined(id, here.day, here.event.at)
                self.walk([member], here.day)
                member.latest = max(member.latest, here.event.at)
                self.touched[member.id] = member
                self._portion(rule, part, here, member, name)

    def _portion(self, rule: nodes.Rule, gift: Gift, here: Seen, member: Subject, name: str) -> None:
        unit, event = self.program.units[rule.unit], here.event
        assert gift.quantity + gift.dropped + gift.cut == gift.exact
        view = here.view
        if member.id != view.subjects[""]:
            view = self.view(member, here.day, event.at)
            view = replace(view, mark=view.mark._replace(seen=here.view.mark.seen))
        line = self.line(unit, view, here.day)
        spendable: int | None = event.at
        gone: date | None = None
        lot: Lot | None = None
        if unit.spendable:
            lot = Lot(member.id, unit.name, here.day, event.at, line)
            self._hold(lot, rule, here)
            if self.is_held(lot):
                spendable = None if lot.until is None else self.days.start(lot.until)
            gone = self.gone(lot, member.joined) if gift.quantity else None
            self.add(lot, gift.quantity, "issued", here.day, member.joined, event.at, event.id)
        self.past.earnings.append(Earning(member.id, unit.name, rule.name, gift.quantity, here.day))
        portion = Portion(name, member.id, gift.exact, gift.dropped, gift.cut, gift.quantity, lot)
        here.portions[rule.name].append(portion)
        self.award(here, portion, rule.name, unit.name, spendable, None if gone is None else self.days.start(gone))

    def _hold(self, lot: Lot, rule: nodes.Rule, here: Seen) -> None:
        """Holds a lot, if the rule says so and the day is not past."""
        hold = rule.hold
        if hold is None:
            return
        if hold.event is not None:
            lot.awaits = here.event.member, hold.event, hold.by, here.facts[hold.by] if hold.by is not None else None
            return
        if hold.time is not None:
            until = time_on(here.day, hold.time)
        elif hold.until is not None:
            until = self.value(hold.until, here.view)
        else:
            until = max([time_on(here.day, within) for within in self._withins(here.event.type)]) + ONE
        if until > here.day:
            lot.until = until

    def _withins(self, event: str) -> list[nodes.Duration]:
        """How long after it an event can be reversed."""
        reversals = [record.reverses for record in self.program.events.values() if record.reverses is not None]
        return [each.within for each in reversals if each.event == event and each.within is not None]

    # ------------------------------------------------------------ facts

    def _facts(self, event: Event, person: Facts) -> dict[str, Any]:
        record = self.program.events[event.type]
        facts: dict[str, Any] = {
            name: event.facts.get(name) for name, fact in record.facts.items() if fact.value is None
        }
        for name, fact in record.facts.items():
            if fact.value is None and isinstance(fact.type, types.Lines):
                facts[name] = tuple(
                    self.derived(self.program.records[fact.type.record], {**line, PLACE: place}, person)
                    for place, line in enumerate(facts[name])
                )
        return self.derived(record, facts, person)

    def derived(self, record: nodes.Record, facts: dict[str, Any], person: Facts) -> dict[str, Any]:
        for name, fact in record.facts.items():
            if fact.value is not None and name not in facts:
                view = View(self.past.mark, date(2000, 1, 1), 0, {}, person, {}, {}, {}, None, facts, facts)
                facts[name] = self.value(fact.value, view)
        return facts
