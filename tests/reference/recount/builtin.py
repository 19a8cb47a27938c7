"""What built-in events do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from tests.reference.recount.numbers import ZERO
from tests.reference.recount.past import Earning, Lot, Portion, Seen
from tests.reference.recount.subjects import Subject, Subjects

from guerdon.program import nodes


class BuiltIn(Subjects):
    """The events that are there in every program."""

    def builtin(self, here: Seen, member: Subject) -> None:
        match here.event.type:
            case "joined":
                member.joined = here.day
            case "changed":
                given = {name: here.event.facts.get(name) for name in self.program.member.facts}
                member.facts |= {name: value for name, value in given.items() if value is not None}
            case "redemption":
                self._spent(here, member, "spent")
            case "transfer":
                self._handed_on(here, member)
            case "adjustment" | "opening" if here.facts["quantity"] is not None:
                self._by_hand(here, member)
            case "adjustment" | "opening":
                self._tier_set(here, member)

    def _unit(self, here: Seen) -> nodes.Unit:
        named = here.facts["unit"]
        return self.program.units[named or next(unit.name for unit in self.program.units.values() if unit.spendable)]

    def _spent(self, here: Seen, member: Subject, target: str) -> list[tuple[Lot, Fraction]] | None:
        """Spends what is asked for, of which lots; None where it is refused."""
        unit, quantity, event = self._unit(here), here.facts["quantity"], here.event
        if self.past.pot(member.id, unit.name, "available") < quantity:
            self._refused(here, member, unit, quantity)
            return None
        lots = self.spending(member.id, unit.name, member.joined)
        return self.take(lots, quantity, target, event.at, event.id)

    def _refused(self, here: Seen, member: Subject, unit: nodes.Unit, quantity: Fraction) -> None:
        self.found.refusals.append((member.id, here.event.id, unit.name, quantity, here.event.at))

    def _handed_on(self, here: Seen, member: Subject) -> None:
        event = here.event
        taken = self._spent(here, member, "transferred")
        if taken is None:
            return
        other = self.joined(here.facts["to"], here.day, event.at)
        self.walk([other], here.day)
        other.latest = max(other.latest, event.at)  # finding 24
        for lot, many in taken:
            new = Lot(other.id, lot.unit, lot.earned, lot.at, lot.line, lot.fixed, released=lot.released)
            self.post(new, "transferred", "available", many, event.at, event.id)
            self.repay(new, event.at, event.id)

    def walk(self, subjects: list[Subject], day: date) -> None:
        raise NotImplementedError

    def _by_hand(self, here: Seen, member: Subject) -> None:
        unit, quantity, event = self._unit(here), here.facts["quantity"], here.event
        counts = event.type == "opening" and here.facts["earned"]
        if counts or not unit.spendable:
            self.past.earnings.append(Earning(member.id, unit.name, None, quantity, here.day))
        if not unit.spendable:
            part = Portion("", member.id, quantity, ZERO, ZERO, quantity, None)
            self.award(here, part, event.type, unit.name, event.at, None)
            return
        if quantity < 0:
            there = self.past.pot(member.id, unit.name, "available")
            if there < -quantity and unit.debt.most is None and unit.debt.kind is nodes.DebtKind.REFUSED:
                self._refused(here, member, unit, -quantity)
                return
            lots = self.spending(member.id, unit.name, member.joined)
            taken = self.take(lots, -quantity, "taken back", event.at, event.id)
            lacking = -quantity - sum([many for _, many in taken], ZERO)
            self.lack(member.id, unit.name, lacking, "taken back", event.at, event.id)
            return
        fixed = here.facts["expires"] if event.type == "opening" else None
        lot = Lot(member.id, unit.name, here.day, event.at, self.line(unit, here.view, here.day), fixed)
        self.add(lot, quantity, "issued", here.day, member.joined, event.at, event.id)

    def _tier_set(self, here: Seen, member: Subject) -> None:
        ladder = self.program.ladders[here.facts["ladder"] or next(iter(self.program.ladders))]
        place = ladder.rank(here.facts["tier"])
        held = replace(self.term(ladder, place, here.day, member.joined), is_given=True, before=None)
        if place and here.facts["through"] is not None:
            held = replace(held, last_day=here.facts["through"])
        self.move(member, ladder, (held, here.event.type), here.event.at)
