"""Lots: which line of its unit each has, when it is gone, what is spent first, and what is lacking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from tests.reference.recount.days import ONE, time_on
from tests.reference.recount.numbers import ZERO
from tests.reference.recount.past import Lot, Posting, View
from tests.reference.recount.rules import Rules

from guerdon.program import nodes


class SetAsideError(Exception):
    """An event is set aside, with a code."""


class Lots(Rules):
    """What holders have; `taking`: the numbers of a sale and of its return, while that takes back."""

    taking: tuple[int | None, int] = (None, 0)

    def post(
        self, lot: Lot | None, source: str, target: str, quantity: Fraction, at: int, event: str | None, *of: str
    ) -> None:
        """`of`: holder and unit, where it is of no lot."""
        holder, unit = of or (lot.holder, lot.unit) if lot else of
        if quantity:
            self.past.postings.append(Posting(holder, unit, lot, source, target, quantity, at, event, *self.taking))

    # ------------------------------------------------------------ when a lot is gone

    def line(self, unit: nodes.Unit, view: View, earned: date) -> nodes.Expiry | None:
        """The first line that holds."""
        for line in unit.expiries:
            if (line.since is None or earned >= line.since) and (line.when is None or self.value(line.when, view)):
                return line
        return None

    def gone(self, lot: Lot, joined: date) -> date | None:
        """The day from whose start a lot is gone; None where none is known."""
        line, joined = lot.line, lot.joined or joined
        if lot.fixed is not None or line is None:
            return lot.fixed
        if line.without:
            active = [
                seen.day for seen in self.past.events(lot.holder, self.past.mark) if seen.event.type in line.without
            ]
            day = max([lot.earned, *active, *([lot.active] if lot.active else [])])
        else:
            match line.origin:
                case None:
                    return None
                case nodes.Origin.EARNED:
                    day = lot.earned
                case nodes.Origin.RELEASED:
                    if lot.awaits is not None:
                        return None
                    day = lot.released or lot.until or lot.earned
                case nodes.Calendar():
                    day = self.days.end_of(line.origin, lot.earned, joined) + ONE
                case date():
                    day = line.origin
        if line.time is not None:
            day = time_on(day, line.time)
        if line.at_end is not None:
            day = self.days.last_of(line.at_end, day, joined) + ONE
        return day

    def active(self, lot: Lot) -> date | None:
        """The latest activity that kept a lot alive so far."""
        kinds = lot.line.without if lot.line is not None else ()
        days = [seen.day for seen in self.past.events(lot.holder, self.past.mark) if seen.event.type in kinds]
        return max([*days, *([lot.active] if lot.active else [])], default=None)

    def is_held(self, lot: Lot) -> bool:
        return lot.until is not None or lot.awaits is not None

    # ------------------------------------------------------------ what comes and goes

    def is_suspended(self, lot: Lot, at: int) -> bool:
        raise NotImplementedError

    def add(
        self, lot: Lot, quantity: Fraction, source: str, day: date, joined: date, at: int, event: str | None
    ) -> None:
        """A lot comes; what is gone at once is gone, and what of it can be spent repays debt."""
        lot.joined = lot.joined or joined
        gone = self.gone(lot, joined)
        is_held = self.is_held(lot)
        self.post(lot, source, "pending" if is_held else "available", quantity, at, event)
        if gone is not None and gone <= day and not self.is_suspended(lot, at):
            self.expire(lot, at, event)
        elif not is_held:
            self.repay(lot, at, event)

    def repay(self, lot: Lot, at: int, event: str | None) -> None:
        debt = -self.past.pot(lot.holder, lot.unit, "debt")
        self.post(lot, "available", "debt", min(debt, self.past.left(lot, "available")), at, event)

    def release(self, lot: Lot, day: date, at: int, event: str | None) -> None:
        """A hold ends."""
        lot.until, lot.awaits, lot.released = None, None, day
        self.post(lot, "pending", "available", self.past.left(lot, "pending"), at, event)
        self.repay(lot, at, event)

    def expire(self, lot: Lot, at: int, event: str | None) -> None:
        for pot in ("pending", "available"):
            self.post(lot, pot, "expired", self.past.left(lot, pot), at, event)

    def spending(self, holder: str, unit: str, joined: date) -> list[Lot]:
        """A holder's lots, what is spent first first."""
        lots = self.past.lots(holder, unit)
        lots.sort(key=lambda lot: (lot.earned, lot.at))
        match self.program.units[unit].order:
            case nodes.LotOrder.NEWEST:
                lots.reverse()
            case nodes.LotOrder.SOONEST:
                lots.sort(key=lambda lot: self.gone(lot, joined) or date.max)
        return lots

    def take(
        self, lots: Iterable[Lot], quantity: Fraction, target: str, at: int, event: str | None, pot: str = "available"
    ) -> list[tuple[Lot, Fraction]]:
        """Takes so much from lots, one after the other, as far as there is; says from which how much."""
        found = []
        for lot in lots:
            many = min(quantity, self.past.left(lot, pot))
            if many > 0:
                self.post(lot, pot, target, many, at, event)
                quantity -= many
                found.append((lot, many))
        return found

    def lack(
        self, holder: str, unit: str, quantity: Fraction, target: str, at: int, event: str | None
    ) -> list[tuple[str, Fraction]]:
        """So much is lacking: it becomes debt, or what else the unit says; says how much of which."""
        if not quantity:
            return []
        debt = self.program.units[unit].debt
        owed = ZERO
        if debt.most is not None:
            owed = min(quantity, max(ZERO, debt.most + self.past.pot(holder, unit, "debt")))
        elif debt.kind is nodes.DebtKind.ALLOWED:
            owed = quantity
        elif debt.kind is nodes.DebtKind.REFUSED:
            raise SetAsideError("G695")
        self.post(None, "debt", target, owed, at, event, holder, unit)
        is_charged = debt.kind is nodes.DebtKind.CHARGED
        self.post(None, "charged" if is_charged else "written off", target, quantity - owed, at, event, holder, unit)
        if is_charged:
            money, currency = quantity * (self.program.units[unit].worth or 1), self.program.frame.currency
            if currency in self.program.units:
                taken = self.take(self.spending(holder, currency, date.min), money, "charged", at, event)
                money -= sum([many for _, many in taken], ZERO)
            self.post(None, "debt", "charged", money, at, event, holder, currency)
        return [("debt", owed), ("charged" if is_charged else "written off", quantity - owed)]
