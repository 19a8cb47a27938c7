"""Places of lots that are spent, held or put off: what is kept of each, and which comes next.

What is left of a lot, and when it is gone, stays at its place for good, so that what was
taken at an event can be given back. Lots that can be spent are in rings, one for each
`expires` line, in the order in which they expire: what expires or is spent next is one of their
first (or last). Lots that are held are in a ring by themselves. All this takes a time that
does not grow with how many lots there are, but for a lot that is put back, or released:
it looks for its place from the end.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field

from guerdon.kernel.days import NEVER
from guerdon.kernel.lots.lifetimes import Lifetimes
from guerdon.kernel.lots.queue import Purse
from guerdon.kernel.lots.rings import Rings
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.make import DAYS, QUANTITY, YES
from guerdon.kernel.writing.values import Value
from guerdon.program.nodes import LotOrder

OWED, WRITTEN_OFF = 0, -1
"""In place of the lot of a slice: that it was owed, or written off."""


@dataclass
class Places(Purse):
    """What a member has of a unit, in rings.

    Shape: `restores`: whether what was spent may come back; `by_hand`: whether there are lots that no rule gives;
    `returned`: whether returns take from the oldest lots; `holds`: whether some can't be spent at once; `own`: whether returns take from the lot of an award first;
    `owed_back`: whether what was taken, and lacked, may be given back.
    """

    restores: bool = False
    by_hand: bool = False
    returned: bool = False
    holds: bool = False
    own: bool = False
    owed_back: bool = False
    life: Lifetimes = field(init=False)
    rings: Rings = field(init=False)

    def __post_init__(self) -> None:
        make, n = self.make, self.name
        self.queued = self.together = False
        self.life = Lifetimes(make, self.unit, n)
        self.lines = len(self.life.lines)
        self.expires = any(line is not None for line in self.life.lines)
        self.owes = self.noted or self.by_hand
        self.rings = Rings(make, n, self.lines + self.holds)
        by_place = self.unit.order is not LotOrder.SOONEST or self.returned
        covered(self.life.fixed or not by_place, "expiry")
        holds = (rule.hold for rule in make.program.rules.values() if rule.unit == self.unit.name)
        self.awaits = [*dict.fromkeys((hold.event, hold.by) for hold in holds if hold is not None and hold.event)]
        self._declare()

    def _declare(self) -> None:
        make, n = self.make, self.name
        make.scalar(f"{n}_left", (0, QUANTITY))
        make.scalar(f"{n}_lacking", (0, QUANTITY))
        if self.owes:
            make.scalar(f"{n}_debt", (0, QUANTITY))
            if self.refuses:
                make.scalar(f"{n}_denied", YES)
        make.scalar(f"{n}_tail", make.place, self.rings.count)
        make.scalar(f"{n}_live", make.place)
        if self.due:
            make.scalar(f"{n}_next", DAYS, NEVER)
        make.array(f"{n}_of", f"{n}_tail", bounds=(0, QUANTITY))
        make.array(f"{n}_end", f"{n}_tail", "i32", DAYS)
        make.array(f"{n}_same", f"{n}_tail", "i32", make.place)
        self.rings.declare()
        if make.full:
            make.array(f"{n}_lot", f"{n}_tail")
        if self.noted or self.by_hand:
            make.array(f"{n}_noted", f"{n}_tail", "u8")
        if self.life.by_day:
            make.array(f"{n}_day", f"{n}_tail", "i32", DAYS)
        if self.life.several:
            make.array(f"{n}_line", f"{n}_tail", "u8", (0, self.lines - 1))
        if make.together:
            make.array(f"{n}_whose", f"{n}_tail", "i32")
        if self.own:
            make.scalar(f"{n}_at", make.place)
            make.scalar(f"{n}_excused", (0, QUANTITY))
            make.array(f"{n}_expired", f"{n}_tail", bounds=(0, QUANTITY))
        if self.holds:
            make.scalar(f"{n}_frees", DAYS, NEVER)
            make.array(f"{n}_start", f"{n}_tail", "i32", DAYS)
            make.array(f"{n}_held", f"{n}_tail", "u8")
            make.array(f"{n}_waits", f"{n}_tail", "u8")
            make.array(f"{n}_waits_for", f"{n}_tail")
        if self.restores:
            make.scalar(f"{n}_slices", make.place)
            make.array(f"{n}_slice_of", f"{n}_slices", "i32", (WRITTEN_OFF, make.room.listed))
            make.array(f"{n}_slice_much", f"{n}_slices", bounds=(0, QUANTITY))
            make.array(f"{n}_again", f"{n}_tail", "i32", make.place)
            make.scalar(f"{n}_backs", make.place, 1)
            make.scalar(f"{n}_backs_from", make.place, 1)
            make.array(f"{n}_back", f"{n}_backs", "i32", make.place)
            make.array(f"{n}_since", f"{n}_backs", "i32", make.place)

    @property
    def due(self) -> bool:
        return self.expires or self.holds

    @property
    def held(self) -> int:
        """The ring of lots that can't be spent yet."""
        return self.lines

    def open(self) -> None:
        """Makes the rings of a new member."""
        w, n = self.make.w, self.name
        self.rings.open()
        for ring in range(self.rings.count):
            w.line(f"{n}_of[{ring}] = 0")
            w.line(f"{n}_end[{ring}] = {NEVER}")
            w.line(f"{n}_same[{ring}] = 0")

    def rows_at_once(self) -> str:
        """So many rows an event may write for lots, beside a few."""
        n = self.name
        of_lots = f"3 * {n}_live" if self.holds else f"{n}_live"
        return f"{of_lots} + 3 * {n}_slices" if self.restores else of_lots

    def available(self) -> Value:
        """What can be spent, less what is owed."""
        n, over = self.name, self.unit.step.denominator
        return Value(f"({n}_left - {n}_debt)", over) if self.owes else Value(f"{n}_left", over, positive=True)

    # ------------------------------------------------------------ functions apart

    def _call(self, name: str, given: tuple[str, ...], write: Callable[[], None]) -> None:
        """Calls a function apart, which is written where it is called first."""
        make, name = self.make, f"{name}_{self.name}"
        if name in make.cold:
            make.w.line(f"@call {name}")
            return
        with make.apart(name, *given):
            write()

    def _posting(self, source: str, target: str, reason: str) -> int:
        return self.make.code("posting", self.unit.name, source, target, reason) if self.make.full else 0

    def _post(self, code: str | int, quantity: str, lot: str, day: str = "(-1)") -> None:
        if self.make.full:
            self.make.write(code, quantity, lot, day)

    def _lot(self, at: str) -> str:
        return f"{self.name}_lot[{at}]"

    # ------------------------------------------------------------ which lot

    def _look(self, day: str = "day") -> None:
        """Notes when the next lot expires, or a line takes over."""
        if not self.due:
            return
        w, n = self.make.w, self.name
        if self.lines == 1 and not self.life.float:
            w.line(f"{n}_next = {n}_end[{n}_after[0]]")
        else:
            w.line(f"{n}_next = {NEVER}")
            for ring in range(self.lines):
                w.line(f"one = {n}_after[{ring}]")
                with w.block(f"if one != {ring}:"):
                    gone = w.kept("gone", self.life.gone("one", ring))
                    w.line(f"{n}_next = {gone} if {gone} < {n}_next else {n}_next")
        if self.holds:
            w.line(f"{n}_next = {n}_frees if {n}_frees < {n}_next else {n}_next")
        for number in self.life.taking_over:
            begins = self.life.begins(number)
            w.line(f"{n}_next = {begins} if {n}_live > 0 and {day} < {begins} and {begins} < {n}_next else {n}_next")

    def _pick(self, order: LotOrder) -> None:
        """Names the lot that comes next in an order, of those that can be spent: `at`; there is one."""
        w, n = self.make.w, self.name
        side = "before" if order is LotOrder.NEWEST else "after"
        if self.lines == 1:
            w.line(f"at = {n}_{side}[0]")
            return
        w.line("at = 0")
        w.line("best = 0")
        for ring in range(self.lines):
            w.line(f"one = {n}_{side}[{ring}]")
            with w.block(f"if one >= {self.rings.count}:"):
                if order is LotOrder.SOONEST:
                    gone = w.kept("gone", self.life.gone("one", ring))
                    first = f"at == 0 or {gone} < best or ({gone} == best and one < at)"
                else:
                    gone, first = "0", f"at == 0 or one {'>' if order is LotOrder.NEWEST else '<'} at"
                with w.block(f"if {first}:"):
                    w.line("at = one")
                    w.line(f"best = {gone}")

    def _take_out(self, code: str, note: bool = False, held: bool = False) -> None:
        """Takes `much` out of the lot `at`, or what there is; `note`: so that it can be given back, where it is `noted`."""
        w, n = self.make.w, self.name
        w.line(f"part = {n}_of[at] if {n}_of[at] < much else much")
        w.line("much -= part")
        if not held:
            w.line(f"{n}_left -= part")
        w.line(f"{n}_of[at] -= part")
        self._post(code, "part", self._lot("at"))
        if note and self.restores:
            with w.block("if noted:"):
                w.line(f"{n}_slice_of[{n}_slices] = at")
                w.line(f"{n}_slice_much[{n}_slices] = part")
                w.line(f"{n}_slices += 1")
        with w.block(f"if {n}_of[at] == 0:"):
            self.rings.unlink("at")

    def _gone(self, at: str, day: str, reason: str) -> None:
        """What is left of a lot is gone."""
        make, w, n = self.make, self.make.w, self.name
        code = str(self._posting("available", "expired", reason))
        if self.holds:
            held = self._posting("pending", "expired", reason)
            code = w.kept("code_of", f"{held} if {n}_held[{at}] else {code}")
        if make.full:
            self._post(code, f"{n}_of[{at}]", self._lot(at), day)
        else:
            make.write(make.code("expired", self.unit.name), f"0 - {n}_of[{at}]")
        with w.block(f"if {n}_held[{at}] == 0:") if self.holds else nullcontext():
            w.line(f"{n}_left -= {n}_of[{at}]")
        if self.own:
            w.line(f"{n}_expired[{at}] += {n}_of[{at}]")
        w.line(f"{n}_of[{at}] = 0")

    def keep_alive(self, event: str) -> None:
        """Notes that an event happened, where that puts something off."""
        if self.life.keep_alive(event):
            self._look()

    def _repay_from(self, day: str = "(-1)") -> None:
        """Uses `much` of the lot `at` to repay debt."""
        if not self.owes:
            return
        w, n = self.make.w, self.name
        with w.block(f"if {n}_debt > 0:"):
            w.line(f"repaid = {n}_debt if {n}_debt < much else much")
            w.line(f"{n}_debt -= repaid")
            w.line(f"{n}_of[at] -= repaid")
            w.line(f"{n}_left -= repaid")
            self._post(self._posting("available", "debt", "debt repaid"), "repaid", self._lot("at"), day)
