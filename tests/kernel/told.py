"""Histories by chance in which little is left to the reference engine: returns fit, nobody is handed anything, nothing comes late."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from tests.generated.histories import BUILT_IN, History, Teller, in_order

from guerdon.history.event import Event
from guerdon.program import nodes

OF_OTHERS = ("changed", "transfer", "merged", "closed", "erased", "joined")


class Tame(Teller):
    """Tells what a kernel can run."""

    def __init__(self, choose: Any, program: nodes.Program, knows: frozenset[str]) -> None:
        super().__init__(choose, program, knows, without=OF_OTHERS)
        self.left: dict[str, Fraction] = {}
        self.wild = choose(6) == 0

    def happening(self, id: str, kind: str, member: str, at: int, late: int, sequence: int) -> Event:
        record = self.program.events[kind]
        if record.reverses is None or self.wild:
            return super().happening(id, kind, member, at, 0, sequence)
        if not self.known(record.reverses):
            return super().happening(id, record.reverses.event, member, at, 0, sequence)
        facts = self.facts(record, at)
        event = Event(id, kind, self.refer(record.reverses, facts, member), at, at, sequence, facts)
        self.told.append(event)
        return event

    def known(self, reversal: nodes.Reversal) -> list[Event]:
        """The events of which a return may bring something back."""
        found = [each for each in self.told if each.type == reversal.event and self.left.get(each.id) != 0]
        if reversal.shared and reversal.by is not None:
            return [each for each in found if each.facts[reversal.by] is not None]
        return found

    def refer(self, reversal: nodes.Reversal, facts: dict[str, Any], member: str) -> str:
        """Lets a reversal name an event of which something is left, and no more of it than that."""
        known = self.known(reversal)
        if self.wild or not known or reversal.by is None:
            return super().refer(reversal, facts, member)
        event, part = self.pick(*known), reversal.part
        facts[reversal.by] = event.facts[reversal.by] if reversal.shared else event.id
        if part is None or part.lines is not None:
            like = [each for each in known if reversal.shared and each.facts[reversal.by] == facts[reversal.by]]
            self.left |= {each.id: Fraction(0) for each in (event, *like) if each.member == event.member}
            return event.member if part is None else super().refer(reversal, facts, member)
        whole = event.facts.get(part.of, event.facts.get("amount"))
        if whole is None:
            return event.member
        left = self.left.get(event.id, Fraction(whole))
        if facts[part.field] is not None:
            facts[part.field] = min(left, self.part_of(Fraction(whole)))
        self.left[event.id] = left - (facts[part.field] if facts[part.field] is not None else left)
        return event.member

    def settle(self, kind: str, facts: dict[str, Any], at: int) -> None:
        super().settle(kind, facts, at)
        if "ladder" in facts and facts["ladder"] is not None and not self.wild:
            units = [unit for unit in self.program.units.values() if unit.spendable]
            unit = self.pick(*units)
            facts |= {"ladder": None, "tier": None, "through": None, "unit": unit.name, "quantity": 7 * unit.step}
        if facts.get("expires") is not None and self.choose(3):
            facts["expires"] = None

    def history(self, most: int = 12) -> History:
        told = super().history(most)
        return replace(told, events=in_order([replace(event, recorded=event.at) for event in told.events]))


assert {*OF_OTHERS} < {*BUILT_IN}
