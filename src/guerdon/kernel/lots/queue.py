"""Lots of a unit as a queue: what was awarded enters at its end, what expires or is spent leaves at its beginning.

Covered are units whose lots expire in the order in which they come. A unit that never
expires is one number, unless the rows name its lots.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from guerdon.kernel.days import NEVER
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import DAYS, QUANTITY, YES, Make
from guerdon.kernel.writing.values import Value
from guerdon.program import nodes
from guerdon.program.nodes import Period
from guerdon.reference.calendar import Calendar, after


@dataclass
class Purse:
    """What a member has of a unit."""

    make: Make
    unit: nodes.Unit
    name: str
    noted: bool  # whether some of its lots come from events that can be undone

    def __post_init__(self) -> None:
        make, name = self.make, self.name
        self.expires = bool(self.unit.expiries) and self.unit.expiries[0].origin is not None
        self.queued = self.expires or make.full
        self.together = False
        self.owes = self.noted
        if self.owes:
            make.scalar(f"{name}_debt", (0, QUANTITY))
            if self.refuses:
                make.scalar(f"{name}_denied", YES)
        if not self.queued:
            make.scalar(f"{name}_left", (0, QUANTITY))
            return
        make.scalar(f"{name}_head", make.place)
        make.scalar(f"{name}_tail", make.place)
        make.array(f"{name}_of", f"{name}_tail", bounds=(0, QUANTITY))
        if self.expires:
            make.array(f"{name}_end", f"{name}_tail", "i32", DAYS)
            make.scalar(f"{name}_next", DAYS, NEVER)
        if make.full:
            make.array(f"{name}_lot", f"{name}_tail")
            if self.noted:
                make.array(f"{name}_noted", f"{name}_tail", "u8")
            if self._keeps_days:
                make.array(f"{name}_day", f"{name}_tail", "i32")
            if make.together:
                make.array(f"{name}_whose", f"{name}_tail", "i32")

    def open(self) -> None:
        """What is written for a new member: nothing, for the queue begins where it ends."""

    def rows_at_once(self) -> str | None:
        """So many rows an event may write for lots, beside a few; None: no more than that."""
        return f"({self.name}_tail - {self.name}_head)" if self.queued else None

    # ------------------------------------------------------------ when

    @property
    def refuses(self) -> bool:
        """Whether what would leave debt is refused."""
        return self.unit.debt.kind is nodes.DebtKind.REFUSED

    @property
    def due(self) -> bool:
        """Whether something becomes of lots on days without events."""
        return self.expires

    @property
    def any_day(self) -> bool:
        """Whether lots that expire on several days may do so one after the other."""
        return True

    def ends(self, rule: nodes.Rule, here: Here) -> str:
        """The day on which what a rule gives is gone."""
        return self.ending("day", self.unit.expiries[0]) if self.expires else str(NEVER)

    def held_until(self, rule: nodes.Rule, here: Here) -> str:
        """The day from which what a rule hands over can be spent: nothing is held."""
        return "day"

    def ends_from(self, rule: nodes.Rule, start: str) -> str:
        """The same, of what was handed over, and can be spent from a day on."""
        return self.ending("day", self.unit.expiries[0]) if self.expires else str(NEVER)

    def ending(self, day: str, line: nodes.Expiry) -> str:
        """The day on which a lot of a day is gone by a line of expiry."""
        if isinstance(line.origin, date):
            return self._after(line.origin, line)
        steps: list[tuple[str, Period | int]] = []
        if isinstance(line.origin, nodes.Calendar):
            steps.append(("end", line.origin.period))
            months = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12, Period.FISCAL_YEAR: 12}
            if line.origin.ahead:
                covered(line.origin.period in months, "expiry")
                steps.append(("months", months[line.origin.period] * line.origin.ahead))
        if line.time is not None:
            steps.append(("months", line.time.months) if line.time.months else ("days", line.time.days))
        if line.at_end is not None:
            steps.append(("end", line.at_end))
        return self.make.moved(day, *steps)

    def _after(self, day: date, line: nodes.Expiry) -> str:
        """The number of the day that is reckoned from a date."""
        if line.time is not None:
            day = after(day, line.time)
        if line.at_end is not None:
            day = Calendar(self.make.program.frame).period(line.at_end, day)[1]
        return self.make.date(day).text

    def expire(self, day: str, moved: str | None = None, room: str | None = None) -> None:
        """Lets the lots expire whose day has come; stops where more rows are written than leave `room`."""
        if not self.expires:
            return
        make, w, name = self.make, self.make.w, self.name
        code = make.code("expired", self.unit.name)
        with w.block(f"while {name}_next <= {day}:"):
            make.stop(1, f"w > {room or make.room.rows - 8}")
            w.line(f"gone = {name}_of[{name}_head]")
            with w.block("if gone > 0:"):
                if make.full:
                    make.post(
                        self.unit.name, "available", "expired", "gone", f"{name}_lot[{name}_head]", day, "expired"
                    )
                else:
                    make.write(code, "0 - gone")
            w.line(f"{name}_head += 1")
            self._look()
            if moved is not None:
                w.line(f"{moved} = 1")

    def _look(self) -> None:
        """Notes when the first lot expires."""
        if self.expires:
            n = self.name
            self.make.w.line(f"{n}_next = {n}_end[{n}_head] if {n}_head < {n}_tail else {NEVER}")

    # ------------------------------------------------------------ in and out

    def see(self, gives: bool) -> None:
        """What is to be known of lots before an event that may give some takes anything: nothing."""

    def release(self, event: str, here: Here) -> None:
        """Ends the holds that wait for an event: nothing is held."""

    def keep_alive(self, event: str) -> None:
        """What an event puts off: nothing."""

    def begin(self, gives: bool) -> None:
        """At the beginning of an event, of which something may be given: where no row names lots, what it gives is one."""
        self.together = gives and not self.make.full
        if self.together:
            self.make.w.line(f"{self.name}_got = 0")

    def grant_together(self, noted: bool) -> None:
        """Gives what an event gave, where that is one lot."""
        if self.together:
            self.together = False
            with self.make.w.block(f"if {self.name}_got > 0:"):
                self.grant(f"{self.name}_got", "0", "", noted)

    def grant(self, quantity: str, lot: str, reason: str, noted: bool) -> None:
        """Gives a lot of today, which repays debt; `noted`: the event that it comes from can be undone."""
        make, w, n, unit = self.make, self.make.w, self.name, self.unit.name
        if self.together:
            w.line(f"{n}_got += {quantity}")
            return
        held = quantity
        if make.full:
            held = w.name("got")
            w.line(f"{held} = {quantity}")
        if not self.queued:
            self._repay(held, "")
            w.line(f"{n}_left = fits({n}_left + {held}, 0, {QUANTITY})")
            return
        ends = w.kept("ends", self.ending("day", self.unit.expiries[0])) if self.expires else str(NEVER)
        same, which = self._same(ends, noted), lot
        if make.full:
            which = w.kept("lot", f"{n}_lot[{same}] if {same} >= 0 else {lot}" if same is not None else f"0 + {lot}")
        make.post(unit, "issued", "available", held, which, "(-1)", reason)
        if self.expires and self._may_be_over():
            with w.block(f"if {ends} <= day:"):
                if make.full:
                    make.post(unit, "available", "expired", held, which, "(-1)", "expired")
                else:
                    make.write(make.code("expired", unit), f"0 - {held}")
                w.line(f"{held} = 0")
        self._repay(held, which)
        with w.block(f"if {held} > 0:"):
            if same is None:
                self._enter(held, which, ends, noted)
            else:
                with w.block(f"if {same} >= 0:"):
                    w.line(f"{n}_of[{same}] += {held}")
                with w.block("else:"):
                    self._enter(held, which, ends, noted)

    def _repay(self, held: str, which: str) -> None:
        make, w, n = self.make, self.make.w, self.name
        if not self.owes:
            return
        with w.block(f"if {n}_debt > 0:"):
            w.line(f"repaid = {n}_debt if {n}_debt < {held} else {held}")
            w.line(f"{n}_debt -= repaid")
            w.line(f"{held} -= repaid")
            if make.full:
                with w.block("if repaid > 0:"):
                    make.post(self.unit.name, "available", "debt", "repaid", which, "(-1)", "debt repaid")

    def _may_be_over(self) -> bool:
        """Whether a lot may be gone on the day on which it is earned."""
        line = self.unit.expiries[0]
        return not (line.time is not None and line.origin is not None and not isinstance(line.origin, nodes.Calendar))

    def _same(self, ends: str, noted: bool) -> str | None:
        """The place of the lot that a new one joins, or -1; None: it never does."""
        w, n = self.make.w, self.name
        if noted or (self.noted and not self.make.full):
            return None
        same, first = w.name("same"), f"{n}_head"
        alike = f"{n}_end[{same}] == {ends}" if self.expires else "1"
        w.line(f"{same} = {n}_tail - 1")
        if self.make.full:
            others = [f"{n}_noted[{same}]"] if self.noted else []
            others += [f"{n}_whose[{same}] != turn"] if self.make.together else []
            if others:
                with w.block(f"while {same} >= {first} and {alike} and ({' or '.join(others)}):"):
                    w.line(f"{same} -= 1")
            alike += f" and {n}_day[{same}] == day" if self._by_day else ""
        w.line(f"{same} = {same} if {same} >= {first} and {alike} else (-1)")
        return same

    @property
    def _by_day(self) -> bool:
        """Whether lots of different days are never one, though they expire together."""
        return self.unit.order is not nodes.LotOrder.SOONEST

    @property
    def _keeps_days(self) -> bool:
        """Whether lots have the days on which they were earned: those that another member takes over are spent by them."""
        return self._by_day or self.make.one

    def _enter(self, quantity: str, lot: str, ends: str, noted: bool) -> None:
        make, w, n = self.make, self.make.w, self.name
        w.line(f"place = {n}_tail")
        w.line(f"{n}_of[place] = {quantity}")
        if self.expires:
            w.line(f"{n}_end[place] = {ends}")
            w.line(f"{n}_next = {ends} if {n}_head == place else {n}_next")
        if make.full:
            w.line(f"{n}_lot[place] = {lot}")
            if self.noted:
                w.line(f"{n}_noted[place] = {int(noted)}")
            if self._keeps_days:
                w.line(f"{n}_day[place] = day")
            if make.together:
                w.line(f"{n}_whose[place] = turn")
        w.line(make.longer.by_one(f"{n}_tail", w.loops))

    def take(self, quantity: str, target: str, reason: str) -> None:
        """Takes so much from the oldest lots; what is lacking becomes debt, or is written off."""
        make, w, n, unit = self.make, self.make.w, self.name, self.unit
        rest = w.name("rest")
        w.line(f"{rest} = {quantity}")
        if not self.queued:
            w.line(f"part = {n}_left if {n}_left < {rest} else {rest}")
            w.line(f"{n}_left -= part")
            w.line(f"{rest} -= part")
        else:
            with w.block(f"while {rest} > 0 and {n}_head < {n}_tail:"):
                w.line(f"part = {n}_of[{n}_head]")
                with w.block(f"if part > {rest}:"):
                    w.line(f"{n}_of[{n}_head] = part - {rest}")
                    w.line(f"part = {rest}")
                    make.post(unit.name, "available", target, "part", f"{n}_lot[{n}_head]", "(-1)", reason)
                with w.block("else:"):
                    make.post(unit.name, "available", target, "part", f"{n}_lot[{n}_head]", "(-1)", reason)
                    w.line(f"{n}_head += 1")
                w.line(f"{rest} -= part")
            self._look()
        self._owe(rest, target, reason)

    def _owe(self, rest: str, target: str, reason: str) -> None:
        make, w, n, unit = self.make, self.make.w, self.name, self.unit
        with w.block(f"if {rest} > 0:"):
            if self.refuses:
                w.line(f"{n}_denied = 1")  # the return is set aside, which the other engine says
                return
            owed, source = rest, "debt"
            if unit.debt.kind is nodes.DebtKind.FORGIVEN:
                make.post(unit.name, "written off", target, rest, "(-1)", "(-1)", reason)
                return
            if unit.debt.most is not None:
                most = int(unit.debt.most / unit.step)
                owed = w.name("owed")
                w.line(f"{owed} = {most} - {n}_debt if {n}_debt < {most} else 0")
                w.line(f"{owed} = {owed} if {owed} < {rest} else {rest}")
            w.line(f"{n}_debt = fits({n}_debt + {owed}, 0, {QUANTITY})")
            if owed == rest:
                make.post(unit.name, source, target, owed, "(-1)", "(-1)", reason)
                return
            with w.block(f"if {owed} > 0:"):
                make.post(unit.name, source, target, owed, "(-1)", "(-1)", reason)
            with w.block(f"if {rest} > {owed}:"):
                make.post(unit.name, "written off", target, f"{rest} - {owed}", "(-1)", "(-1)", reason)

    # ------------------------------------------------------------ how much

    def available(self) -> Value:
        """What can be spent, less what is owed."""
        w, n = self.make.w, self.name
        over = self.unit.step.denominator
        if not self.queued:
            return Value(f"({n}_left - {n}_debt)" if self.owes else f"{n}_left", over)
        total = w.name("held")
        w.line(f"{total} = 0 - {n}_debt" if self.owes else f"{total} = 0")
        w.line(f"at_lot = {n}_head")
        with w.block(f"while at_lot < {n}_tail:"):
            w.line(f"{total} += {n}_of[at_lot]")
            w.line("at_lot += 1")
        return Value(total, over)
