"""What built-in events do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from tests.reference.recount.lots import SetAsideError
from tests.reference.recount.numbers import ZERO
from tests.reference.recount.past import Earning, Lot, Part, Portion, Seen
from tests.reference.recount.subjects import Subject, Subjects

from guerdon.program import nodes


class BuiltIn(Subjects):
    """The events that are there in every program."""

    def builtin(self, here: Seen, member: Subject) -> None:
        match here.event.type:
            case "joined":
                if member.has_joined:
                    raise SetAsideError("G699")
                member.joined, member.has_joined = here.day, True
            case "changed":
                given = {name: here.event.facts.get(name) for name in self.program.member.facts}
                member.facts |= {name: value for name, value in given.items() if value is not None}
            case "redemption":
                here.parts = [Part(lot, many) for lot, many in self._spent(here, member, "spent")]
            case "transfer":
                self._handed_on(here, member)
            case "adjustment" | "opening" if here.facts["quantity"] is not None:
                self._by_hand(here, member)
            case "adjustment" | "opening":
                self._tier_set(here, member)

    def _unit(self, here: Seen) -> nodes.Unit:
        named = here.facts["unit"]
        return self.program.units[named or next(unit.name for unit in self.program.units.values() if unit.spendable)]

    def is_refused(self, here: Seen, member: Subject) -> bool:
        """Whether what is asked for is not granted; it is an answer, and nothing else."""
        kind, quantity = here.event.type, here.facts.get("quantity")
        if kind not in ("redemption", "transfer", "adjustment") or quantity is None:
            return False
        unit = self._unit(here)
        if kind == "adjustment":
            if unit.debt.kind is not nodes.DebtKind.REFUSED or unit.debt.most is not None or not unit.spendable:
                return False
            quantity = -quantity
        if self.past.pot(member.id, unit.name, "available") >= quantity:
            return False
        self.found.refusals.append((member.id, here.event.id, unit.name, quantity, here.event.at))
        return True

    def _spent(self, here: Seen, member: Subject, target: str) -> list[tuple[Lot, Fraction]]:
        """Spends what is asked for; says of which lots."""
        unit, quantity, event = self._unit(here), here.facts["quantity"], here.event
        lots = self.spending(member.id, unit.name, member.joined)
        return self.take(lots, quantity, target, event.at, event.id)

    def _handed_on(self, here: Seen, member: Subject) -> None:
        event = here.event
        taken = self._spent(here, member, "transferred")
        other = self.joined(here.facts["to"], here.day, event.at)
        self.walk([other], here.day)
        other.latest = max(other.latest, event.at)
        self.touched[other.id] = other
        for lot, many in taken:
            new = self.moved(lot, other, member.joined)
            here.parts.append(Part(lot, many, new))
            self.post(new, "transferred", "available", many, event.at, event.id)
            self.repay(new, event.at, event.id)

    def moved(self, lot: Lot, to: Subject, joined: date) -> Lot:
        """A lot that somebody else has now: it keeps its days."""
        active, joined = self.active(lot), lot.joined or joined
        return replace(lot, holder=to.id, active=active, joined=joined, not_twice=ZERO)

    def walk(self, subjects: list[Subject], day: date) -> None:
        raise NotImplementedError

    def _by_hand(self, here: Seen, member: Subject) -> None:
        unit, quantity, event = self._unit(here), here.facts["quantity"], here.event
        earning = Earning(member.id, unit.name, None, quantity, here.day)
        if not unit.spendable:
            self.past.earnings.append(earning)
            part = Portion("", member.id, quantity, ZERO, ZERO, quantity, None)
            self.award(here, part, event.type, unit.name, event.at, None)
            here.given = part
            return
        if quantity < 0:
            lots = self.spending(member.id, unit.name, member.joined)
            taken = self.take(lots, -quantity, "taken back", event.at, event.id)
            lacking = -quantity - sum([many for _, many in taken], ZERO)
            here.parts = [Part(lot, many) for lot, many in taken]
            for pot, many in self.lack(member.id, unit.name, lacking, "taken back", event.at, event.id):
                here.parts.append(Part(None, many, pot=pot))
            return
        fixed = here.facts["expires"] if event.type == "opening" else None
        lot = Lot(member.id, unit.name, here.day, event.at, self.line(unit, here.view, here.day), fixed)
        self.add(lot, quantity, "issued", here.day, member.joined, event.at, event.id)
        if event.type == "opening" and here.facts["earned"]:
            self.past.earnings.append(earning)
        here.given = Portion("", member.id, quantity, ZERO, ZERO, quantity, lot)

    def _tier_set(self, here: Seen, member: Subject) -> None:
        ladder = self.program.ladders[here.facts["ladder"] or next(iter(self.program.ladders))]
        place = ladder.rank(here.facts["tier"])
        held = replace(self.term(ladder, place, here.day, member.joined, True), is_given=True, before=None)
        through = here.facts["through"]
        if through is not None and through < here.day:
            raise SetAsideError("G697")
        if through is not None:
            held = replace(held, last_day=through)
        is_lower = place < self.counted(ladder, self.view(member, here.day, here.event.at))
        self.move(member, ladder, (replace(held, is_capped=is_lower), here.event.type), here.event.at)
