"""Lots of a unit that are spent, held or put off: given, spent, taken back."""

from __future__ import annotations

from contextlib import nullcontext

from guerdon.kernel.days import NEVER
from guerdon.kernel.lots.places import OWED, WRITTEN_OFF
from guerdon.kernel.lots.restoring import Restoring
from guerdon.kernel.writing.expressions import expression
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import QUANTITY
from guerdon.kernel.writing.named import kept
from guerdon.program import nodes
from guerdon.program.nodes import LotOrder, Period


class Chained(Restoring):
    """What a member has of a unit, whatever becomes of it."""

    # ------------------------------------------------------------ granting

    def begin(self, gives: bool) -> None:
        """Each award is a lot."""

    def see(self, gives: bool) -> None:
        """Looks at the line under which what the event gives comes, as things stand when its rules are judged."""
        self.line = self.life.pinned() if gives else "0"

    def ends(self, rule: nodes.Rule, here: Here) -> str:
        """The day on which what a rule gives is gone; how it is held is known from here on, and said."""
        self.start, self.waits, self.waits_for = "day", "0", "0"
        if rule.hold is not None:
            self._hold(rule.hold, here)
        return self._said_to_end(rule)

    def ends_from(self, rule: nodes.Rule, start: str) -> str:
        """The same, of what was handed over, and can be spent from a day on."""
        self.start, self.waits, self.waits_for = "day", "0", "0"
        if rule.hold is not None:
            self.start = self.make.w.kept("start", start)
        return self._said_to_end(rule)

    def held_until(self, rule: nodes.Rule, here: Here) -> str:
        """The day from which what a rule hands over can be spent."""
        self.start = "day"
        if rule.hold is not None:
            self._hold(rule.hold, here)
        return self.start

    def _said_to_end(self, rule: nodes.Rule) -> str:
        make, w = self.make, self.make.w
        if rule.hold is not None:
            with w.block(f"if {self.start} > day:"):
                if make.full:
                    make.write(make.code("held"), self.start)
        self.gone_on = self._ending(self.line, self.start)
        return self.gone_on

    def _hold(self, hold: nodes.Hold, here: Here) -> None:
        """Names the day from which an award can be spent; NEVER: an event is awaited."""
        make, w = self.make, self.make.w
        assert here.event is not None
        if hold.event is not None:
            self.start, self.waits = str(NEVER), str(self.awaits.index((hold.event, hold.by)) + 1)
            if hold.by is not None:
                self.waits_for, there = self.key(here.event, hold.by, here)
                self.waits = w.kept("waits", f"{self.waits} if {there} else 255")
        elif hold.time is not None:
            self.start = w.kept("start", make.moved("day", _step(hold.time)))
        elif hold.until is not None:
            until = kept(make, expression(make, hold.until, here))
            there = f"{until.there} and " if until.there else ""
            self.start = w.kept("start", f"{until.text} if {there}{until.text} > day else day")
        else:
            returns = (record.reverses for record in make.program.events.values())
            times = [each.within for each in returns if each is not None and each.event == here.event]
            for each in times:
                if each is not None:
                    end = w.kept("end", f"{make.moved('day', _step(each))} + 1")
                    self.start = w.kept("start", f"{end} if {end} > {self.start} else {self.start}")

    def _ending(self, chosen: str, start: str = "day") -> str:
        """Names the day on which a lot of today is gone by a line; NEVER: on no fixed day."""
        w = self.make.w
        days = []
        for line in self.life.lines:
            if line is None or line.origin is None:
                days.append(str(NEVER))
            elif line.origin is nodes.Origin.RELEASED and start == str(NEVER):
                days.append(start)
            else:
                days.append(self.ending(start if line.origin is nodes.Origin.RELEASED else "day", line))
        found = days[-1]
        for number, day in reversed([*enumerate(days[:-1])]):
            found = day if day == found else f"({day} if {chosen} == {number} else {found})"
        return w.kept("ends", found)

    def grant(self, quantity: str, lot: str, reason: str, noted: bool) -> None:
        """Gives a lot of today, which repays debt; `noted`: the event that it comes from can be undone."""
        self._grant(quantity, lot, self.gone_on, reason, noted=int(noted), joins=int(not noted), line=self.line)
        if self.own and noted:
            self.make.w.line(f"place_{[*self.make.program.rules].index(reason)} = {self.name}_at")

    def grant_undone(self, quantity: str, lot: str) -> None:
        """Gives a lot of today for what was taken, which joins no other; of an account it is nobody's of its members.

        Shape: who is in no account has it as their own.
        """
        self.start, self.waits, self.waits_for = "day", "0", "0"
        line, whose = self.life.pinned(), "turn"
        if self.unit.account is not None:
            there = self.make.member_fact(self.make.program.accounts[self.unit.account].fact).there
            whose = f"(-1 if {there} else turn)" if there is not None else "(-1)"
        self._grant(quantity, lot, self._ending(line), "undone", 0, 0, line, "taken back", whose=whose)

    def grant_by_hand(self, quantity: str, lot: str, ends: str, reason: str, noted: bool) -> None:
        """Gives a lot that joins no other, which is gone on a day of its own (NEVER: on that of the unit); `noted`: it may be taken back."""
        w = self.make.w
        self.start, self.waits, self.waits_for = "day", "0", "0"
        line = self.life.pinned()
        usual = self._ending(line)
        w.line("alone = 0")
        with w.block(f"if {ends} != {NEVER}:"):
            w.line("alone = 1")
            if self.life.several or self.life.float or self.unit.order is not LotOrder.SOONEST or self.returned:
                w.line("bad = 1")  # it is not in the order of the others
            if not self.expires:
                w.line("bad = 1")
        ends = w.kept("ends", f"{ends} if alone else {usual}")
        self._grant(quantity, lot, ends, reason, noted=1 if noted else "alone", joins=0, line=line)
        if noted:
            w.line(f"place_hand = {self.name}_at")

    def _grant(
        self,
        quantity: str,
        lot: str,
        ends: str,
        reason: str,
        noted: int | str,
        joins: int,
        line: str,
        source: str = "issued",
        whose: str = "turn",
    ) -> None:
        w = self.make.w
        code = str(self._posting(source, "available", reason))
        if self.holds:
            code = f"{self._posting(source, 'pending', reason)} if {self.start} > day else {code}"
        given = {"much": quantity, "lot": lot, "ends": ends, "code": code, "noted": noted, "joins": joins, "line": line}
        if self.holds:
            given |= {"start": self.start, "waits": self.waits, "waits_for": self.waits_for}
        if self.make.together:
            given |= {"earned_by": whose}
        for name, value in given.items():
            w.line(f"{name} = {value}")
        self._call("grant", (*given, "day", "row"), self._granted)

    def _granted(self) -> None:
        w, n = self.make.w, self.name
        w.line("at = 0")
        if self.holds:
            w.line("held = 1 if start > day else 0")
        with w.block("if joins and held == 0:" if self.holds else "if joins:"):
            self._alike()
        if self.holds:
            with w.block(f"if joins and held and start != {NEVER}:"):
                self._alike_held()
        if self.make.full:
            w.line(f"lot = {self._lot('at')} if at > 0 else lot")
        self._post("code", "much", "lot")
        if self.own:
            w.line("over = 0")
        if self.life.may_be_over or self.by_hand:
            with w.block("if ends <= day:"):
                if self.make.full:
                    over = str(self._posting("available", "expired", "expired"))
                    if self.holds:
                        pending = self._posting("pending", "expired", "expired")
                        over = w.kept("code_of", f"{pending} if held else {over}")
                    self._post(over, "much", "lot")
                else:
                    self.make.write(self.make.code("expired", self.unit.name), "0 - much")
                if self.own:
                    w.line("over = much")
                w.line("much = 0")
        with w.block("if held == 0:") if self.holds else nullcontext():
            self._repay("much", "lot")
        with w.block("if much > 0:"):
            with w.block("if held == 0:") if self.holds else nullcontext():
                w.line(f"{n}_left = fits({n}_left + much, 0, {QUANTITY})")
            with w.block("if at > 0:"):
                w.line(f"{n}_of[at] += much")
            with w.block("else:"):
                self._add()
        if self.own:
            with w.block("elif noted:"):
                self._place()
            with w.block("if noted:"):
                w.line(f"{n}_expired[at] = over")
            w.line(f"{n}_at = at")

    def _add(self) -> None:
        """Adds the new lot."""
        self._place()
        self._enlist()

    def _place(self) -> None:
        """Gives the new lot its place."""
        w, n = self.make.w, self.name
        w.line(f"at = {n}_tail")
        w.line(f"{n}_tail += 1")
        known = {
            "of": "much",
            "end": "ends",
            "lot": "lot",
            "noted": "noted",
            "day": "day",
            "line": "line",
            "again": "0",
            "whose": "earned_by",
        }
        known |= {"held": "held", "start": "start", "waits": "waits", "waits_for": "waits_for"} if self.holds else {}
        for name, value in known.items():
            if f"{n}_{name}" in self.make.lists:
                w.line(f"{n}_{name}[at] = {value}")

    def _enlist(self) -> None:
        """Puts the new lot into its ring."""
        w, n = self.make.w, self.name
        ring = "line" if self.life.several else "0"
        if self.holds:
            with w.block("if held:"):
                self._add_held()
        with w.block("else:") if self.holds else nullcontext():
            self.rings.insert("at", ring)
            with w.block("if noted == 0:"):
                w.line(f"{n}_same[{ring}] = at if joins else 0")
        self._look()

    def _add_held(self) -> None:
        w, n = self.make.w, self.name
        self.rings.append("at", str(self.held))
        w.line(f"{n}_frees = start if start < {n}_frees else {n}_frees")
        gone = w.kept("gone", self.life.gone_of("at"))
        w.line(f"{n}_frees = {gone} if {gone} < {n}_frees else {n}_frees")

    def _alike_held(self) -> None:
        """Names the lot that a new one joins, of those that are held as long."""
        w, n = self.make.w, self.name
        guards = [f"{n}_start[other] == start", f"{n}_end[other] == ends"]
        guards += [f"{n}_line[other] == line"] if self.life.several else []
        guards += [f"{n}_day[other] == day"] if self.life.by_day else []
        guards += [f"{n}_noted[other] == 0"] if self.noted or self.by_hand else []
        guards += [f"{n}_whose[other] == turn"] if self.make.together else []
        w.line(f"other = {n}_before[{self.held}]")
        with w.block(f"while other != {self.held}:"):
            with w.block(f"if {' and '.join(guards)}:"):
                w.line("at = other")
            w.line(f"other = {n}_before[other]")

    def _alike(self) -> None:
        """Names the lot that a new one joins: of those that nobody can tell from it the one that came to be there first."""
        w, n = self.make.w, self.name
        ring = "line" if self.life.several else "0"
        alike = f"{n}_end[{{0}}] == ends"
        alike += f" and {n}_day[{{0}}] == day" if self.life.by_day else ""
        w.line(f"same = {n}_same[{ring}]")
        mine = f" and {n}_whose[same] == turn" if self.make.together else ""
        with w.block(f"if {n}_of[same] > 0 and {alike.format('same')}{mine}:"):
            w.line("at = same")
        if not self.restores and not self.by_hand and not self.holds and not self.make.together:
            return
        with w.block("else:"):
            w.line(f"other = {n}_before[{ring}]")
            if self.restores:
                w.line("earliest = 0")
            if self.by_hand:  # what was given by hand may last longer
                with w.block(f"while other >= {self.rings.count} and {n}_end[other] > ends:"):
                    w.line(f"other = {n}_before[other]")
            with w.block(f"while other >= {self.rings.count} and {alike.format('other')}:"):
                guards = [f"{n}_noted[other] == 0"] if self.noted or self.by_hand else []
                guards += [f"{n}_waits[other] == 0"] if self.awaits else []  # what waited joins nothing
                guards += [f"{n}_whose[other] == turn"] if self.make.together else []
                if self.restores:
                    w.line(f"stands = 2 * {n}_since[{n}_again[other]] - 1 if {n}_again[other] > 0 else 2 * other")
                    same = f"stands == earliest and {n}_again[other] < {n}_again[at]"
                    guards.append(f"(at == 0 or stands < earliest or ({same}))")
                with w.block(f"if {' and '.join(guards)}:") if guards else nullcontext():
                    w.line("at = other")
                    if self.restores:
                        w.line("earliest = stands")
                w.line(f"other = {n}_before[other]")
            w.line(f"{n}_same[{ring}] = at")

    # ------------------------------------------------------------ spending, and giving back

    def spend(self, quantity: str, code: int, noted: bool, start: str = "0") -> None:
        """Spends so much, which is there, from the lot `start` on (0: the first); `noted`: it may be given back."""
        w = self.make.w
        for name, value in (("much", quantity), ("code", code), ("noted", int(noted)), ("start", start)):
            w.line(f"{name} = {value}")
        self._call("spend", ("much", "code", "noted", "start", "day", "row"), self._spent)

    def _spent(self) -> None:
        w, n, order = self.make.w, self.name, self.unit.order
        side = "before" if order is LotOrder.NEWEST else "after"
        with w.block(f"while much > 0 and {n}_left > 0:"):
            with w.block("if start > 0:"):
                w.line("at = start")
                w.line(f"start = {n}_{side}[at]")
            with w.block("else:"):
                self._pick(order)
            self._take_out("code", note=True)
        w.line(f"{n}_lacking = much")
        self._look()

    def owe(self, target: str, reason: str, noted: bool = False) -> None:
        """What was lacking of what was taken becomes debt, or is written off; `noted`: so that it can be given back."""
        w, n = self.make.w, self.name
        rest = w.kept("rest", f"{n}_lacking + 0")
        owed = w.kept("owed", f"{n}_debt + 0") if noted else ""
        self._owe(rest, target, reason)
        if noted:
            w.line(f"{owed} = {n}_debt - {owed}")
            for of, much in ((OWED, owed), (WRITTEN_OFF, w.kept("rest", f"{rest} - {owed}"))):
                with w.block(f"if {much} > 0:"):
                    w.line(f"{n}_slice_of[{n}_slices] = {of}")
                    w.line(f"{n}_slice_much[{n}_slices] = {much}")
                    w.line(f"{n}_slices += 1")

    # ------------------------------------------------------------ taking back

    def take(self, quantity: str, target: str, reason: str) -> None:
        """Takes so much from the oldest lots; what is lacking becomes debt, or is written off."""
        w = self.make.w
        w.line(f"much = {quantity}")
        w.line(f"code = {self._posting('available', target, reason)}")
        given: tuple[str, ...] = ("much", "code")
        if self.holds:
            w.line(f"code_held = {self._posting('pending', target, reason)}")
            given = (*given, "code_held")
        self._call("take", (*given, "day", "row"), self._taken)
        self.owe(target, reason)

    def _taken(self) -> None:
        self._take_rest(LotOrder.OLDEST)

    def _take_rest(self, order: LotOrder) -> None:
        """Takes what is wanted yet from lots that can be spent, then from those that are held; notes what is lacking."""
        w, n = self.make.w, self.name
        with w.block(f"while much > 0 and {n}_left > 0:"):
            self._pick(order)
            self._take_out("code")
        if self.holds:
            with w.block(f"while much > 0 and {n}_after[{self.held}] != {self.held}:"):
                w.line(f"at = {n}_after[{self.held}]")
                self._take_out("code_held", held=True)
        w.line(f"{n}_lacking = much")
        self._look()

    def take_own(self, quantity: str, target: str, reason: str, lot: str, excused: str) -> None:
        """Takes so much from a lot, then from others, those that can be spent first; what expired of it is not taken twice (`excused`: was before)."""
        w = self.make.w
        given = {"much": quantity, "own": lot, "excused": excused}
        given |= {"code": str(self._posting("available", target, reason))}
        if self.holds:
            given |= {"code_held": str(self._posting("pending", target, reason))}
        for name, value in given.items():
            w.line(f"{name} = {value}")
        self._call("take_own", (*given, "day", "row"), self._taken_own)
        w.line(f"{excused} = {self.name}_excused")
        self.owe(target, reason)

    def _taken_own(self) -> None:
        w, n = self.make.w, self.name
        w.line(f"gone = {n}_expired[own] - excused")
        w.line(f"short = much - {n}_of[own]")
        w.line("gone = gone if gone < short else short")
        w.line("gone = gone if gone > 0 else 0")
        w.line(f"{n}_excused = excused + gone")
        w.line("much -= gone")
        w.line("at = own")
        with w.block(f"if much > 0 and {n}_of[at] > 0:"):
            if self.holds:
                with w.block(f"if {n}_held[at]:"):
                    self._take_out("code_held", held=True)
            with w.block("else:") if self.holds else nullcontext():
                self._take_out("code")
        self._take_rest(self.unit.order)


def _step(time: nodes.Duration) -> tuple[str, Period | int]:
    return ("months", time.months) if time.months else ("days", time.days)
