"""Rows that a kernel wrote, as entries of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import repeat

from guerdon.check.wording import plain
from guerdon.history.event import Event, Facts
from guerdon.kernel import others
from guerdon.kernel.awards import crossing
from guerdon.kernel.awards.redeeming import SHORT
from guerdon.kernel.awards.triggers import AT_EVENT, BEGINS
from guerdon.kernel.counting import elsewhere
from guerdon.kernel.days import NEVER
from guerdon.kernel.loop.frame import Written
from guerdon.kernel.rows.received import Received
from guerdon.ledger.entries import Award, Effect, Ledger, Move, Posting, Pot, Refusal
from guerdon.program import nodes
from guerdon.reference.calendar import Calendar
from guerdon.reference.payers import Payers
from guerdon.reference.triggers import Due, due_on

Rows = Mapping[str, Sequence[int]]
"""Columns of rows by name."""


class Reader:
    """Reads rows of a program's kernel; `events` are those that rows name, by their number, `received` what came of others', `facts` those of members."""

    def __init__(
        self,
        written: Written,
        events: Sequence[Event] | Mapping[int, Event],
        received: Mapping[int, Received] | None = None,
        facts: Mapping[str, Facts] | None = None,
    ) -> None:
        self.codes, self.events, self.received, self.facts = written.codes, events, received or {}, facts or {}
        self.program = written.make.program
        self.gifts = others.names(self.program)
        self.rule_of = {**others.rules_of(self.program), **self.program.rules}
        self.triggers = [*self.program.triggers.values()]
        self.years = written.make.years
        self.calendar = Calendar(self.program.frame)

    def read(self, rows: Rows, without: frozenset[str], ledger: Ledger) -> None:
        """Adds the entries that rows say, but for those of some members, to a ledger."""
        columns = (rows[name] for name in ("o_row", "o_code", "o_quantity", "o_a", "o_b", "o_c", "o_d"))
        held: int | None = None
        due = rows.get("o_e") or repeat(0, len(rows["o_row"]))
        for (number, code, quantity, a, b, c, d), happened in zip(zip(*columns, strict=True), due, strict=True):
            event = self.events[number]
            if event.member in without:
                continue
            if happened:
                event = self._happened(event, happened)
            of = self.codes[code]
            match of.kind:
                case "held":
                    held = quantity
                case "award" | crossing.RECEIVED:
                    if of.kind == crossing.RECEIVED:
                        award = self._received(self.received[number], c)
                    else:
                        award = self._award(event, str(of.of[0]), of.over * d, quantity, a, b, c)
                    if held is not None:
                        award = replace(award, spendable_from=None if held == NEVER else self._start(held))
                    ledger.awards.append(award)
                    held = None
                case crossing.HANDED | crossing.TAKEN | elsewhere.USED | elsewhere.ASKED:
                    continue  # it is for the rows of others
                case elsewhere.REMAINS | elsewhere.GIVEN_BACK:
                    continue  # it is for the rows of others
                case "taken":
                    ledger.awards.append(self._taken(event, str(of.of[0]), quantity, self.events[a].name))
                case crossing.LOST:
                    sold = self.received[number].sold
                    ledger.awards.append(self._taken(event, str(of.of[0]), quantity, sold))
                case "said":
                    ledger.effects.append(self._said(event, str(of.of[0])))
                case "counted":
                    ledger.awards.append(self._counted(event, str(of.of[0]), quantity))
                case "uncounted":
                    ledger.awards.append(self._uncounted(event, str(of.of[0]), quantity, a))
                case "unavailable":
                    ledger.refusals.append(self._unavailable(event, of.of, quantity, a))
                case "refused":
                    ledger.refusals.append(self._refused(event, of.of, quantity, a))
                case "posting":
                    ledger.postings.append(self._posting(event, of.of, quantity, a, b))
                case _:
                    ledger.moves.append(self._move(event, of.of, quantity, b))

    def _received(self, of: Received, ends: int) -> Award:
        exact, over = of.exact.numerator, of.exact.denominator
        return self._award(of.event, self.gifts[of.gift], over, of.quantity, exact, of.cut, ends)

    def _award(self, event: Event, name: str, over: int, quantity: int, exact: int, cut: int, ends: int) -> Award:
        rule = self.rule_of[name]
        step = self.program.units[rule.unit].step
        given, came, off = quantity * step, Fraction(exact, over), cut * step
        expires = None if ends == NEVER else self._start(ends)
        return Award(
            f"{event.name}/{name}",
            self._owner(event, self.program.units[rule.unit].account),
            event.id,
            rule.name,
            rule.unit,
            given,
            came,
            came - given - off,
            off,
            event.at,
            event.at,
            expires,
            payers=_payers(rule, event),
        )

    def _taken(self, event: Event, name: str, quantity: int, sold: str) -> Award:
        rule = self.rule_of[name]
        back = quantity * self.program.units[rule.unit].step
        of = f"{sold}/{name}"
        zero = Fraction(0)
        return Award(
            f"{event.name}/{of}",
            self._owner(event, self.program.units[rule.unit].account),
            event.id,
            rule.name,
            rule.unit,
            back,
            back,
            zero,
            zero,
            event.at,
            event.at,
            of=of,
        )

    def _said(self, event: Event, name: str) -> Effect:
        text = self.program.rules[name].say or ""
        return Effect(f"{event.name}/{name}", event.member, event.id, name, nodes.MESSAGE, text, event.at)

    def _counted(self, event: Event, unit: str, quantity: int) -> Award:
        much, zero = quantity * self.program.units[unit].step, Fraction(0)
        id, at = event.name, event.at
        who = self._owner(event, self.program.units[unit].account)
        return Award(id, who, event.id, event.type, unit, much, much, zero, zero, at, at)

    def _uncounted(self, event: Event, unit: str, quantity: int, undone: int) -> Award:
        of = self.events[undone]
        counted = self._counted(event, unit, quantity)
        return replace(counted, id=f"{event.name}/{of.name}", rule=of.type, of=of.name)

    def _unavailable(self, event: Event, of: tuple[object, ...], quantity: int, there: int) -> Refusal:
        name = str(of[0])
        unit = self.program.units[name]
        reason = str(of[1]) if len(of) > 1 else f"{plain(there * unit.step)} {name} are available"
        return Refusal(self._owner(event, unit.account), event.id, name, quantity * unit.step, event.at, reason)

    def _refused(self, event: Event, of: tuple[object, ...], asked: int, there: int) -> Refusal:
        name, reason = map(str, of)
        unit = self.program.units[self.program.rules[name].unit]
        said = why_refused(reason, there, unit)
        return Refusal(self._owner(event, unit.account), event.id, unit.name, asked * unit.step, event.at, said, name)

    def _posting(self, event: Event, of: tuple[object, ...], quantity: int, lot: int, day: int) -> Posting:
        unit, source, target, reason = map(str, of)
        at_event = day == -1
        return Posting(
            self._owner(event, self.program.units[unit].account),
            unit,
            self._lot(lot),
            Pot(source),
            Pot(target),
            quantity * self.program.units[unit].step,
            event.at if at_event else self._start(day),
            event.id if at_event else None,
            reason,
        )

    def _happened(self, event: Event, code: int) -> Due:
        """The trigger that a row is about, of the member of an event."""
        rest, when = divmod(code - 1, 3)
        day, number = divmod(rest, len(self.triggers))
        if when == AT_EVENT:
            at = event.at
        else:
            at = self._start(day) if when == BEGINS else self._start(day + 1) - 1
        return due_on(self.triggers[number], event.member, self.years.day(day), at)

    def _lot(self, lot: int) -> str | None:
        if lot == -1:
            return None
        if lot < -1:
            rest, of_trigger = divmod(-2 - lot, 2)
            if not of_trigger:
                event = self.events[rest // 2]
                return f"{event.id}/undone" if rest % 2 else event.name
            rest, rule = divmod(rest, len(self.gifts))
            row, day = divmod(rest, self.years.count)
            trigger = self.program.triggers[self.rule_of[self.gifts[rule]].on[0]]
            return f"{due_on(trigger, self.events[row].member, self.years.day(day), 0).name}/{self.gifts[rule]}"
        row, rule = divmod(lot, len(self.gifts))
        return f"{self.events[row].name}/{self.gifts[rule]}"

    def _move(self, event: Event, of: tuple[object, ...], rank: int, day: int) -> Move:
        ladder, reason = map(str, of)
        tier = self.program.ladders[ladder].tiers[rank].name
        who = self._owner(event, self.program.ladders[ladder].account)
        return Move(who, ladder, tier, event.at if day == -1 else self._start(day), reason)

    def _owner(self, event: Event, account: str | None) -> str:
        """Whose a thing of an account is for the member of an event; the member's, where it is of none, or they are in none."""
        which = (
            self.facts.get(event.member, {}).get(self.program.accounts[account].fact) if account is not None else None
        )
        return event.member if which is None else f"{account}/{which}"

    def _start(self, day: int) -> int:
        return self.calendar.start(self.years.day(day))


def _payers(rule: nodes.Rule, event: Event) -> Payers:
    """Who pays for what a rule gave at an event, where facts of it say so. Source: `reference.payers`."""
    if all(each.by is None for each in rule.funded):
        return ()
    found: dict[str, Fraction] = {}
    for each in rule.funded:
        name = str(event.facts[each.by.name]) if isinstance(each.by, nodes.Field) else each.name
        found[name] = found.get(name, Fraction(0)) + each.parts
    return tuple(found.items())


def why_refused(reason: str, there: int, unit: nodes.Unit) -> str:
    """Why something was not granted, in words, where there were so many steps of the unit."""
    if not reason.startswith(SHORT):
        return reason
    return f"{plain(there * unit.step)} {unit.name}{reason.removeprefix(SHORT)} are available"
