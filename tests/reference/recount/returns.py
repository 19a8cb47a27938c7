"""What an event undoes: which events it reverses, what remains of them, and what is taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from tests.reference.recount.builtin import BuiltIn
from tests.reference.recount.days import time_on
from tests.reference.recount.lots import SetAsideError
from tests.reference.recount.numbers import ZERO, whole_steps
from tests.reference.recount.past import PLACE, Earning, Lot, Part, Portion, Return, Seen
from tests.reference.recount.subjects import Subject

from guerdon.history.event import Facts
from guerdon.program import nodes, types

Remains = Facts | None
"""What is left of an event; None where it was returned as a whole."""


class Returns(BuiltIn):
    """The events that reverse others."""

    # ------------------------------------------------------------ which, and how much of them

    def reversed(self, here: Seen, member: Subject) -> list[tuple[Seen, Remains]] | None:
        """What an event reverses, and what remains of each; None where that has not come yet."""
        reversal = self.program.events[here.event.type].reverses
        if reversal is None:
            return []
        found = self._named(reversal, here, member)
        if not found and reversal.by is not None:
            return None
        if not found:
            raise SetAsideError("G692")
        part = reversal.part
        asked = None if part is None else here.facts[part.lines or part.field]
        if part is None or asked is None:
            left: list[tuple[Seen, Remains]] = [(seen, None) for seen in found if self._left(seen) is not None]
            if not left:
                raise SetAsideError("G694")
            return left
        if part.lines is None:
            return list(self._amounts(found, part, asked))
        return list(self._lines(found, part, asked))

    def _named(self, reversal: nodes.Reversal, here: Seen, member: Subject) -> list[Seen]:
        """The events that are meant, what is reversed first first."""
        found = []
        for seen in self.past.events(member.id, self.past.mark):
            is_late = reversal.within is not None and here.day > time_on(seen.day, reversal.within)
            if seen.event.type == reversal.event and not is_late and self._is_named(reversal, here, seen):
                found.append(seen)
        if reversal.choose is nodes.Choose.LATEST:
            found.reverse()
        return found

    def _is_named(self, reversal: nodes.Reversal, here: Seen, seen: Seen) -> bool:
        if reversal.by is None:
            return True
        named = here.facts[reversal.by]
        return bool(named == (seen.facts[reversal.by] if reversal.shared else seen.event.id))

    def _left(self, seen: Seen) -> Remains:
        return self.past.remaining(seen, self.past.mark)

    def _amounts(self, found: list[Seen], part: nodes.Part, asked: Fraction) -> Iterator[tuple[Seen, Remains]]:
        """So much comes back of one event after the other."""
        for number, seen in enumerate(found):
            left = self._left(seen)
            there = ZERO if left is None else max(ZERO, left[part.of])
            many = min(asked, there)
            if asked > there and number == len(found) - 1:
                raise SetAsideError("G694")
            asked -= many
            if left is not None and many:
                yield seen, self._less(seen, left, part.of, left[part.of] - many) if there > many else None
            if not asked:
                return

    def _less(self, seen: Seen, left: Facts, name: str, value: Fraction) -> Facts:
        """What is left of an event, of which a fact is so much now: its other amounts are in proportion."""
        whole = left[name]
        share = value / whole if whole else Fraction(1)
        record = self.program.events[seen.event.type]
        lines = {
            fact.name: tuple(
                self._in_proportion(self.program.records[fact.type.record], line, share, {}) for line in left[fact.name]
            )
            for fact in record.facts.values()
            if isinstance(fact.type, types.Lines)
        }
        return self._derive_all(record, self._in_proportion(record, left, share, {name: value} | lines), seen)

    def _in_proportion(
        self, record: nodes.Record, facts: Facts, share: Fraction, known: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Amounts times a share; what is known stays, what is derived is missing."""
        found: dict[str, Any] = {}
        for name, fact in record.facts.items():
            of = fact.type.of if isinstance(fact.type, types.Optional) else fact.type
            value = facts[name]
            if name in known:
                found[name] = known[name]
            elif fact.value is None:
                found[name] = value * share if isinstance(of, types.Quantity) and value is not None else value
        return found | {PLACE: facts[PLACE]} if PLACE in facts else found

    def _derive_all(self, record: nodes.Record, facts: dict[str, Any], seen: Seen) -> Facts:
        """Derived facts of an event and of its lines anew."""
        for name, fact in record.facts.items():
            if isinstance(fact.type, types.Lines):
                of = self.program.records[fact.type.record]
                facts[name] = tuple(self.derived(of, dict(line), seen.view.person) for line in facts[name])
        return self.derived(record, facts, seen.view.person)

    def _lines(self, found: list[Seen], part: nodes.Part, asked: tuple[Facts, ...]) -> Iterator[tuple[Seen, Remains]]:
        """So much comes back of lines with the same key, of one event after the other."""
        assert part.key is not None and part.of_lines is not None
        wanted = [(line[part.key], line[part.field]) for line in asked]
        for seen in found:
            left = self._left(seen)
            if left is None:
                continue
            lines = [dict(line) for line in left[part.of_lines]]
            changed = False
            for number, (key, many) in enumerate(wanted):
                for line in lines:
                    back = min(many, line[part.of])
                    if line[part.key] == key and back > 0:
                        gone = back == line[part.of]
                        of = self.program.records[self._record_of(seen, part.of_lines)]
                        share = (line[part.of] - back) / line[part.of]
                        value = {part.of: line[part.of] - back}
                        line |= self._in_proportion(of, line, share, value)
                        lines = [each for each in lines if each is not line or not gone]
                        many, changed = many - back, True
                wanted[number] = key, many
            if changed:
                yield seen, self._of_lines(seen, left, part, lines)
        if any(many > 0 for _, many in wanted):
            raise SetAsideError("G694")

    def _record_of(self, seen: Seen, name: str) -> str:
        of = self.program.events[seen.event.type].facts[name].type
        assert isinstance(of, types.Lines)
        return of.record

    def _of_lines(self, seen: Seen, left: Facts, part: nodes.Part, lines: list[dict[str, Any]]) -> Remains:
        """What is left of an event with these lines left."""
        assert part.of_lines is not None
        if not sum([line[part.of] for line in lines], ZERO):
            return None
        record = self.program.events[seen.event.type]
        by = self._weighed_by(record, part)
        all_of_it = sum([line[by] or ZERO for line in left[part.of_lines]], ZERO)
        share = sum([line[by] or ZERO for line in lines], ZERO) / all_of_it if all_of_it else ZERO
        known = {part.of_lines: tuple(lines)}
        return self._derive_all(record, self._in_proportion(record, left, share, known), seen)

    def _weighed_by(self, record: nodes.Record, part: nodes.Part) -> str:
        """By what lines count beside each other: their first amount, or where they have none what is measured."""
        lines = record.facts[part.of_lines or ""].type
        assert isinstance(lines, types.Lines)
        facts = self.program.records[lines.record].facts.values()
        return next((fact.name for fact in facts if isinstance(fact.type, types.Quantity)), part.of)

    # ------------------------------------------------------------ what is taken back

    def undo(self, here: Seen, targets: list[tuple[Seen, Remains]]) -> None:
        """Takes back what is due of each event."""
        reversal = self.program.events[here.event.type].reverses
        assert reversal is not None or not targets
        for seen, remains in targets:
            assert reversal is not None
            if reversal.clawback is nodes.Clawback.PROPORTION:
                self._share_back(here, reversal, seen, remains)
                continue
            back: dict[str, Fraction] = {}
            ghost = self._again(seen, remains)
            for rule, portions in seen.portions.items():
                for part in portions:
                    taken = self.past.taken(seen, part.name, self.past.mark)
                    now = self._due_back(reversal, rule, part, ghost, seen, taken)
                    back[part.name] = max(ZERO, min(now, part.quantity - taken))
            self._took(here, reversal, seen, remains, back)

    def _took(
        self, here: Seen, reversal: nodes.Reversal, seen: Seen, remains: Remains, back: dict[str, Fraction]
    ) -> None:
        """Takes so much back of each award."""
        asked = self._asked_back(seen, remains)
        seen.returns.append(Return(len(self.past.seen) - 1, here.day, reversal.at_return, remains, back))
        for rule, portions in seen.portions.items():
            for part in portions:
                member = self.subjects[part.subject]
                self._take_back(reversal, here, member, seen, self.program.rules[rule], part, back[part.name])
        self._undone(here, seen, asked)

    def _share_back(self, here: Seen, reversal: nodes.Reversal, seen: Seen, remains: Remains) -> None:
        """Of all that each was given of each unit goes the share of the sale that comes back, rounded once."""
        assert reversal.rounding is not None
        share = self._share_left(seen, self._left(seen)) - self._share_left(seen, remains)
        whose: dict[tuple[str, str], list[Portion]] = {}
        for rule, portions in seen.portions.items():
            for part in portions:
                whose.setdefault((part.subject, self.program.rules[rule].unit), []).append(part)
        back: dict[str, Fraction] = {}
        for (_, unit), parts in whose.items():
            step = self.program.units[unit].step
            left = {part.name: part.quantity - self.past.taken(seen, part.name, self.past.mark) for part in parts}
            there = sum(left.values(), ZERO)
            many = whole_steps(sum([part.quantity for part in parts], ZERO) * share, step, reversal.rounding)
            many = there if remains is None else min(many, there)
            exact = {name: many * each / there if there else ZERO for name, each in left.items()}
            down = {name: whole_steps(each, step, nodes.RoundMode.DOWN) for name, each in exact.items()}
            for name in sorted(exact, key=lambda name: down[name] - exact[name]):
                more = step if sum(down.values(), ZERO) < many else ZERO
                down[name] += more
            back |= down
        self._took(here, reversal, seen, remains, back)

    def _share_left(self, seen: Seen, remains: Remains) -> Fraction:
        """The share of an event that is left: amounts are less in proportion, and so tell."""
        if remains is None:
            return ZERO
        facts = self.program.events[seen.event.type].facts
        amounts = [name for name, fact in facts.items() if fact.value is None and self._is_amount(fact.type)]
        parts = [each.reverses.part for each in self.program.events.values() if each.reverses is not None]
        measured = [part.of for part in parts if part is not None and part.lines is None and part.of in facts]
        for name in [*amounts, *measured]:
            if seen.facts[name]:
                return Fraction(remains[name]) / Fraction(seen.facts[name])
        for part in parts:
            if part is not None and part.of_lines in facts and part.of_lines is not None:
                then = sum([line[part.of] for line in seen.facts[part.of_lines]], ZERO)
                if then:
                    return sum([line[part.of] for line in remains[part.of_lines]], ZERO) / then
        return Fraction(1)

    def _is_amount(self, of: types.Type) -> bool:
        return isinstance(of.of if isinstance(of, types.Optional) else of, types.Quantity)

    def _asked_back(self, seen: Seen, remains: Remains) -> Fraction:
        """How much of what a built-in event did is undone."""
        left = self._left(seen)
        if left is None or left.get("quantity") is None:
            return ZERO
        before, after = Fraction(left["quantity"]), ZERO if remains is None else Fraction(remains["quantity"])
        return abs(before - after)

    def _undone(self, here: Seen, seen: Seen, asked: Fraction) -> None:
        """What was spent, taken or handed on comes back, the last first; what was given by hand is taken."""
        if seen.given is not None:
            self._given_back(here, seen, seen.given)
        for part in reversed(seen.parts):
            many = min(asked, part.quantity)
            part.quantity -= many
            asked -= many
            if not many:
                continue
            if part.to is not None:
                self._handed_back(here, part, many)
            elif part.lot is not None:
                self.back(part.lot, many, "spent" if seen.event.type == "redemption" else "taken back", here)
            else:
                self._owed_no_more(here, seen, part, many)

    def back(self, lot: Lot, many: Fraction, source: str, here: Seen) -> None:
        """So much comes back into a lot."""
        at, id, holder = here.event.at, here.event.id, self.subjects[lot.holder]
        self.post(lot, source, "available", many, at, id)
        gone = self.gone(lot, holder.joined)
        if gone is not None and gone <= here.day and not self.is_suspended(lot, at):
            self.expire(lot, at, id)
        else:
            self.repay(lot, at, id)

    def _again(self, seen: Seen, remains: Remains) -> Seen | None:
        """The event as if only what remains had happened: what its rules come to."""
        if remains is None:
            return None
        ghost = Seen(seen.event, seen.view)
        ghost.view = replace(seen.view, here=ghost, facts=remains)
        for rule in self.program.rules.values():
            gift = self.judged(rule, ghost.view) if seen.event.type in rule.on else None
            if gift is not None:
                ghost.gifts[rule.name] = gift
        return ghost

    def _due_back(
        self, reversal: nodes.Reversal, rule: str, part: Portion, ghost: Seen | None, seen: Seen, taken: Fraction
    ) -> Fraction:
        """How much of an award is to be taken back now."""
        step = self.program.units[self.program.rules[rule].unit].step
        if reversal.clawback is nodes.Clawback.RECOMPUTED:
            return part.quantity - taken - self._would_have(rule, part, ghost)
        return whole_steps(part.quantity * self._lost(rule, ghost, seen), step, nodes.RoundMode.DOWN) - taken

    def _would_have(self, rule: str, part: Portion, ghost: Seen | None) -> Fraction:
        if ghost is None or rule not in ghost.gifts:
            return ZERO
        parts = self.shared(self.program.rules[rule], ghost.gifts[rule], ghost.view)
        return sum([gift.quantity for name, _, gift in parts if name == part.name], ZERO)

    def _lost(self, rule: str, ghost: Seen | None, seen: Seen) -> Fraction:
        """The share that a rule no longer comes to."""
        again = ghost.gifts[rule].exact if ghost is not None and rule in ghost.gifts else ZERO
        return 1 - min(Fraction(1), again / seen.gifts[rule].exact)

    def _take_back(
        self,
        reversal: nodes.Reversal,
        here: Seen,
        member: Subject,
        seen: Seen,
        rule: nodes.Rule,
        part: Portion,
        many: Fraction,
    ) -> None:
        if not many:
            return
        event, number = here.event, len(self.past.seen) - 1
        member.latest = max(member.latest, event.at)
        self.touched[member.id] = member
        day = here.day if reversal.at_return else seen.day
        sale = self.past.seen.index(seen)
        self.past.earnings.append(Earning(member.id, rule.unit, rule.name, -many, day, sale, number))
        of = f"{seen.event.type}/{seen.event.id}/{part.name}"
        whose = f"{event.type}/{event.id}/{of}", member.id, event.id, rule.name, rule.unit
        self.found.awards.append((*whose, -many, -many, ZERO, ZERO, event.at, event.at, None, of))
        if part.lot is not None:
            self.taking = sale, number
            self.take_from(part.lot, many, here, reversal.oldest)
            self.taking = None, 0

    def take_from(
        self, own: Lot, many: Fraction, here: Seen, oldest: bool = False, target: str = "taken back"
    ) -> Fraction:
        """So much that somebody had is taken, from their own lot first; says how much but for what expired."""
        event, member = here.event, self.subjects[own.holder]
        whole, lots = many, self.spending(member.id, own.unit, member.joined)
        if oldest:
            lots.sort(key=lambda lot: (lot.earned, lot.at))
        else:
            for pot in ("pending", "available"):
                many -= self._sum(self.take([own], many, target, event.at, event.id, pot))
        gone = ZERO
        if many and not oldest:  # what expired of the award is not taken twice
            gone = min(many, self.past.left(own, "expired") - own.not_twice)
            own.not_twice += gone
            many -= gone
        for pot in ("available", "pending"):
            many -= self._sum(self.take(lots, many, target, event.at, event.id, pot))
        self.lack(member.id, own.unit, many, target, event.at, event.id)
        return whole - gone

    def _given_back(self, here: Seen, seen: Seen, given: Portion) -> None:
        """What was given by hand is taken; of a status unit, its award is taken back."""
        event = here.event
        if given.lot is not None:
            self.take_from(given.lot, given.quantity, here)
            return
        unit, number = self._unit(seen), len(self.past.seen) - 1
        sale = self.past.seen.index(seen)
        self.past.earnings.append(Earning(given.subject, unit.name, None, -given.quantity, seen.day, sale, number))
        of = f"{seen.event.type}/{seen.event.id}"
        whose = f"{event.type}/{event.id}/{of}", given.subject, event.id, seen.event.type, unit.name
        amounts = -given.quantity, -given.quantity, ZERO, ZERO
        self.found.awards.append((*whose, *amounts, event.at, event.at, None, of))

    def _owed_no_more(self, here: Seen, seen: Seen, part: Part, many: Fraction) -> None:
        event, unit = here.event, self._unit(seen)
        self.post(None, "taken back", part.pot, many, event.at, event.id, event.member, unit.name)
        if part.pot == "charged":
            money = many * (unit.worth or 1)
            self.post(None, "charged", "debt", money, event.at, event.id, event.member, self.program.frame.currency)

    def _handed_back(self, here: Seen, part: Part, many: Fraction) -> None:
        """So much that was handed on comes back, but for what expired there."""
        event = here.event
        assert part.lot is not None and part.to is not None
        other = self.subjects[part.to.holder]
        self.walk([other], here.day)
        other.latest = max(other.latest, event.at)
        self.touched[other.id] = other
        many = self.take_from(part.to, many, here, target="transferred")
        self.back(part.lot, many, "transferred", here)

    def _sum(self, taken: list[tuple[Any, Fraction]]) -> Fraction:
        return sum([many for _, many in taken], ZERO)

    def derived(self, record: nodes.Record, facts: dict[str, Any], person: Facts) -> dict[str, Any]:
        raise NotImplementedError
