"""What becomes of lots on days without events: lines take over, lots expire, holds end."""

from __future__ import annotations

from contextlib import nullcontext

from guerdon.kernel.days import NEVER
from guerdon.kernel.lots.places import Places
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.expressions import expression
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import QUANTITY
from guerdon.program import nodes


class Expiring(Places):
    """Lots of which the days pass."""

    @property
    def any_day(self) -> bool:
        """A line may begin on any day, and take over."""
        return False

    def expire(self, day: str, moved: str | None = None, room: str | None = None) -> None:
        """Lets the lots expire whose day has come."""
        if not self.due:
            return
        make, w, n = self.make, self.make.w, self.name
        with w.block(f"if {n}_next <= {day}:"):
            make.stop(1, f"w > {make.room.rows - 8} - {2 if self.holds else 1} * {n}_live")
            w.line(f"begun = {day}")
            self._call("expire", ("begun", "row"), self._begun)
            if moved is not None:
                w.line(f"{moved} = 1")

    def _begun(self) -> None:
        for number in self.life.taking_over:
            with self.make.w.block(f"if begun == {self.life.begins(number)}:"):
                self._take_over(number)
        if self.holds:
            self._due_of_held()
        self._expired()
        if self.holds:
            self._freed()
        self._look("begun")

    def _take_over(self, number: int) -> None:
        """Puts all lots of other lines under one that begins."""
        w, n, line = self.make.w, self.name, self.life.lines[number]
        assert line is not None
        covered(line.when is None and bool(line.without), "expiry")
        for ring in range(self.lines):
            if ring == number:
                continue
            w.line(f"at = {n}_after[{ring}]")
            with w.block(f"while at >= {self.rings.count}:"):
                self.rings.unlink("at")
                w.line(f"{n}_end[at] = {self.life.of_day(number)}")
                w.line(f"{n}_line[at] = {number}")
                self.rings.insert("at", str(number))
                w.line(f"at = {n}_after[{ring}]")
            w.line(f"{n}_same[{ring}] = 0")
        w.line(f"{n}_same[{number}] = 0")
        if self.holds:
            w.line(f"at = {n}_after[{self.held}]")
            with w.block(f"while at != {self.held}:"):
                w.line(f"{n}_end[at] = {self.life.of_day(number)}")
                w.line(f"{n}_line[at] = {number}")
                w.line(f"at = {n}_after[at]")

    def _first_over(self) -> None:
        """Names the lot that came first of those whose day has come: `at` (0: none has)."""
        w, n = self.make.w, self.name
        w.line("at = 0")
        for ring in range(self.lines):
            w.line(f"one = {n}_after[{ring}]")
            with w.block(f"if one >= {self.rings.count}:"):
                gone = self.life.gone("one", ring)
                with w.block(f"if {gone} <= begun and (at == 0 or one < at):"):
                    w.line("at = one")

    def _expired(self) -> None:
        """Lots expire in the order in which they came to be there; one that was emptied and given back came when it was."""
        w, n = self.make.w, self.name
        if self.restores:
            w.line(f"again = {n}_backs_from")
            w.line("dead = 1")
        self._first_over()
        with w.block("while at > 0:"):
            self.rings.unlink("at")
            with w.block(f"if {n}_again[at] == 0:") if self.restores else nullcontext():
                if self.restores:
                    self._given_back_over(f" and {n}_since[again] <= at")
                self._gone("at", "begun", "expired")
            self._first_over()
        if self.restores:
            self._given_back_over("")

    def _given_back_over(self, before: str) -> None:
        """Lets what was given back expire, in the order in which it was; what is left of it in a ring is taken out there."""
        w, n = self.make.w, self.name
        with w.block(f"while again < {n}_backs{before}:"):
            w.line(f"one = {n}_back[again]")
            with w.block(f"if {n}_of[one] > 0 and {n}_again[one] == again:"):
                gone = self.life.gone_of("one")
                with w.block(f"if {gone} <= begun:"):
                    self._gone("one", "begun", "expired")
                with w.block("else:"):
                    w.line("dead = 0")
            w.line("again += 1")
            w.line(f"{n}_backs_from = again if dead else {n}_backs_from")

    # ------------------------------------------------------------ holds

    def _due_of_held(self) -> None:
        """Puts lots that expire while they are held among the others, of which they have their turn."""
        w, n = self.make.w, self.name
        w.line(f"at = {n}_after[{self.held}]")
        with w.block(f"while at != {self.held}:"):
            w.line(f"following = {n}_after[at]")
            gone = self.life.gone_of("at")
            with w.block(f"if {gone} <= begun:"):
                self.rings.unlink("at")
                self._into_line("at")
            w.line("at = following")

    def _into_line(self, at: str) -> None:
        """Puts a lot into the ring of its line."""
        w = self.make.w
        w.line(f"ring = {self.name}_line[{at}]" if self.life.several else "ring = 0")
        self.rings.insert(at, "ring")

    def _freed(self) -> None:
        """Ends the holds whose day has come, and notes when the next does, or what is held expires."""
        w, n = self.make.w, self.name
        w.line(f"{n}_frees = {NEVER}")
        w.line(f"at = {n}_after[{self.held}]")
        with w.block(f"while at != {self.held}:"):
            w.line(f"following = {n}_after[at]")
            with w.block(f"if {n}_start[at] <= begun:"):
                self._release("begun")
            with w.block("else:"):
                w.line(f"{n}_frees = {n}_start[at] if {n}_start[at] < {n}_frees else {n}_frees")
                gone = w.kept("gone", self.life.gone_of("at"))
                w.line(f"{n}_frees = {gone} if {gone} < {n}_frees else {n}_frees")
            w.line("at = following")

    def _release(self, day: str) -> None:
        """Lets the lot `at` be spent from now on."""
        w, n = self.make.w, self.name
        self.rings.unlink("at")
        w.line(f"{n}_held[at] = 0")
        w.line(f"much = {n}_of[at]")
        w.line(f"{n}_left = fits({n}_left + much, 0, {QUANTITY})")
        self._post(self._posting("pending", "available", "released"), "much", self._lot("at"), day)
        self._repay_from(day)
        with w.block(f"if {n}_of[at] > 0:"):
            self._into_line("at")
            w.line(f"{n}_same[ring] = 0")

    def release(self, event: str, here: Here) -> None:
        """Ends the holds that wait for an event."""
        w, n = self.make.w, self.name
        for number, (kind, by) in enumerate(self.awaits, 1):
            if kind != event:
                continue
            guard = f"{n}_waits[at] == {number}"
            guard += f" and {n}_whose[at] == turn" if self.make.together else ""
            there = "1"
            if by is not None:
                fact, there = self.key(event, by, here)
                guard += f" and {n}_waits_for[at] == {fact}"
            with w.block(f"if {there}:") if there != "1" else nullcontext():
                w.line(f"at = {n}_after[{self.held}]")
                with w.block(f"while at != {self.held}:"):
                    w.line(f"following = {n}_after[at]")
                    with w.block(f"if {guard}:"):
                        w.line(f"{n}_start[at] = day")
                        if not self.life.fixed:
                            w.line(f"{n}_end[at] = {self.ending_of('at')}")
                        self._release("(-1)")
                    w.line("at = following")
                self._look()

    def ending_of(self, at: str) -> str:
        """The day on which a lot is gone that can be spent from today on, by its line."""
        found = f"{self.name}_end[{at}]"
        for number, line in enumerate(self.life.lines):
            if line is not None and line.origin is nodes.Origin.RELEASED:
                ends = self.ending("day", line)
                found = f"({ends} if {self.name}_line[{at}] == {number} else {found})" if self.life.several else ends
        return found

    def key(self, event: str, by: str, here: Here) -> tuple[str, str]:
        """What a fact of an event is by which a hold ends, and whether it is there."""
        covered(event in self.make.program.events, "expiry")
        of = self.make.program.events[event].facts[by].type
        value = expression(self.make, nodes.Field(nodes.Scope.EVENT, by, of), here)
        covered(value.by is None and value.over == 1, "expiry")
        return self.make.w.kept("key", value.text), value.there or "1"
