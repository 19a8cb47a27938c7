"""Lots of a unit in chains: taken out anywhere, and put back, each in a time that does not grow with how many there are.

A chain holds lots that can be spent in the order in which they expire. It is a ring of
places, `after` and `before` each, in which the place of the chain's own number stands
between its last lot and its first. What is left of a lot, and when it is gone, stays at its
place for good, so that what was taken at an event can be given back.

Lots of one `expires` line expire in the order in which they come: each line has a chain, and
what expires or is spent next is one of their first lots. What is put back finds its place from the
end of its chain.

Functions apart do it: `grant`, `spend`, `take`, `expire`, `into` a lot.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

from guerdon.kernel.days import NEVER
from guerdon.kernel.lots import Purse
from guerdon.kernel.make import DAYS, QUANTITY
from guerdon.kernel.values import Value
from guerdon.program import nodes
from guerdon.program.nodes import LotOrder


@dataclass
class Chained(Purse):
    """What a member has of a unit that is spent.

    Shape: `restores`: whether what was spent may come back.
    """

    restores: bool = False

    def __post_init__(self) -> None:
        make, n = self.make, self.name
        self.queued = self.together = False
        self.expires = any(line.origin is not None for line in self.unit.expiries)
        self.owes = self.noted
        self.chains = 1
        make.scalar(f"{n}_left", (0, QUANTITY))
        if self.owes:
            make.scalar(f"{n}_debt", (0, QUANTITY))
        make.scalar(f"{n}_tail", make.place, self.chains)
        make.scalar(f"{n}_live", make.place)
        for chain in range(self.chains):
            make.scalar(f"{n}_same{chain}", make.place)
        if self.expires:
            make.scalar(f"{n}_next", DAYS, NEVER)
            make.array(f"{n}_end", f"{n}_tail", "i32", DAYS)
        make.array(f"{n}_of", f"{n}_tail", bounds=(0, QUANTITY))
        for each in ("after", "before"):
            make.array(f"{n}_{each}", f"{n}_tail", "i32", make.place)
        if make.full:
            make.array(f"{n}_lot", f"{n}_tail")
        if self.noted:
            make.array(f"{n}_noted", f"{n}_tail", "u8")
        if self._by_day:
            make.array(f"{n}_day", f"{n}_tail", "i32")
        if self.restores:
            make.scalar(f"{n}_slices", make.place)
            make.array(f"{n}_slice_of", f"{n}_slices", "i32", make.place)
            make.array(f"{n}_slice_much", f"{n}_slices", bounds=(0, QUANTITY))
            make.array(f"{n}_again", f"{n}_tail", "i32", make.place)
            make.scalar(f"{n}_backs", make.place, 1)
            make.scalar(f"{n}_backs_from", make.place, 1)
            make.array(f"{n}_back", f"{n}_backs", "i32", make.place)

    def open(self) -> None:
        """Makes the chains of a new member, which hold nothing."""
        w, n = self.make.w, self.name
        for chain in range(self.chains):
            w.line(f"{n}_after[{chain}] = {chain}")
            w.line(f"{n}_before[{chain}] = {chain}")
            w.line(f"{n}_of[{chain}] = 0")
            if self.expires:
                w.line(f"{n}_end[{chain}] = {NEVER}")

    def rows_at_once(self) -> str:
        """So many rows an event may write for lots, beside a few."""
        n = self.name
        return f"{n}_live + 3 * {n}_slices" if self.restores else f"{n}_live"

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
        return self.make.code("posting", self.unit.name, source, target, reason)

    def _post(self, code: str | int, quantity: str, lot: str, day: str = "(-1)") -> None:
        if self.make.full:
            self.make.write(code, quantity, lot, day)

    def _lot(self, at: str) -> str:
        return f"{self.name}_lot[{at}]"

    # ------------------------------------------------------------ chains

    def _insert(self, at: str, chain: str) -> None:
        """Puts a place into a chain, by the day on which the lot is gone."""
        w, n = self.make.w, self.name
        w.line(f"ahead = {n}_before[{chain}]")
        later = f"({n}_end[ahead] > {n}_end[{at}] or ({n}_end[ahead] == {n}_end[{at}] and ahead > {at}))"
        later = later if self.expires else f"ahead > {at}"
        with w.block(f"while ahead != {chain} and {later}:"):
            w.line(f"ahead = {n}_before[ahead]")
        w.line(f"behind = {n}_after[ahead]")
        w.line(f"{n}_after[ahead] = {at}")
        w.line(f"{n}_before[{at}] = ahead")
        w.line(f"{n}_after[{at}] = behind")
        w.line(f"{n}_before[behind] = {at}")
        w.line(f"{n}_live += 1")

    def _unlink(self, at: str) -> None:
        w, n = self.make.w, self.name
        w.line(f"ahead = {n}_before[{at}]")
        w.line(f"behind = {n}_after[{at}]")
        w.line(f"{n}_after[ahead] = behind")
        w.line(f"{n}_before[behind] = ahead")
        w.line(f"{n}_live -= 1")

    def _look(self) -> None:
        """Notes when the first lot expires."""
        if self.expires:
            w, n = self.make.w, self.name
            w.line(f"{n}_next = {n}_end[{n}_after[0]]")

    @property
    def _follows(self) -> str:
        """What says which lot is spent after another."""
        return "before" if self.unit.order is LotOrder.NEWEST else "after"

    def _oldest(self) -> None:
        """Names the lot that was earned first, of those that can be spent; there is one."""
        self.make.w.line(f"at = {self.name}_after[0]")

    def _take_out(self, code: str, note: bool) -> None:
        """Takes `much` out of the lot `at`, or what there is; `note`: so that it can be given back, where it is `noted`."""
        w, n = self.make.w, self.name
        w.line(f"part = {n}_of[at] if {n}_of[at] < much else much")
        w.line("much -= part")
        w.line(f"{n}_left -= part")
        w.line(f"{n}_of[at] -= part")
        self._post(code, "part", self._lot("at"))
        if note and self.restores:
            with w.block("if noted:"):
                w.line(f"{n}_slice_of[{n}_slices] = at")
                w.line(f"{n}_slice_much[{n}_slices] = part")
                w.line(f"{n}_slices += 1")
        with w.block(f"if {n}_of[at] == 0:"):
            self._unlink("at")

    # ------------------------------------------------------------ the start of a day

    def expire(self, day: str, moved: str | None = None) -> None:
        """Lets the lots expire whose day has come."""
        if not self.expires:
            return
        make, w, n = self.make, self.make.w, self.name
        with w.block(f"if {n}_next <= {day}:"):
            make.stop(1, f"w > {make.room.rows - 8} - {n}_live")
            w.line(f"begun = {day}")
            self._call("expire", ("begun", "row"), self._expired)
            if moved is not None:
                w.line(f"{moved} = 1")

    def _expired(self) -> None:
        """Lots expire in the order in which they came to be there: those that were put back after the others."""
        w, n = self.make.w, self.name
        w.line(f"at = {n}_after[0]")
        with w.block(f"while {n}_end[at] <= begun:"):
            self._unlink("at")
            with w.block(f"if {n}_again[at] == 0:") if self.restores else nullcontext():
                self._gone("at", "begun", "expired")
            w.line(f"at = {n}_after[0]")
        if self.restores:
            w.line(f"again = {n}_backs_from")
            w.line("dead = 1")
            with w.block(f"while again < {n}_backs:"):
                w.line(f"at = {n}_back[again]")
                with w.block(f"if {n}_of[at] > 0 and {n}_again[at] == again:"):
                    with w.block(f"if {n}_end[at] <= begun:"):
                        self._gone("at", "begun", "expired")
                    with w.block("else:"):
                        w.line("dead = 0")
                w.line("again += 1")
                w.line(f"{n}_backs_from = again if dead else {n}_backs_from")
        self._look()

    def _gone(self, at: str, day: str, reason: str) -> None:
        """What is left of a lot is gone."""
        make, w, n = self.make, self.make.w, self.name
        if make.full:
            self._post(self._posting("available", "expired", reason), f"{n}_of[{at}]", self._lot(at), day)
        else:
            make.write(make.code("expired", self.unit.name), f"0 - {n}_of[{at}]")
        w.line(f"{n}_left -= {n}_of[{at}]")
        w.line(f"{n}_of[{at}] = 0")

    # ------------------------------------------------------------ granting

    def begin(self, gives: bool) -> None:
        """Each award is a lot."""

    def grant(self, quantity: str, lot: str, reason: str, noted: bool) -> None:
        """Gives a lot of today, which repays debt; `noted`: the event that it comes from can be undone."""
        w = self.make.w
        ends = w.kept("ends", self.ending("day")) if self.expires else str(NEVER)
        code = self._posting("issued", "available", reason) if self.make.full else 0
        for name, value in (("much", quantity), ("lot", lot), ("ends", ends), ("code", code), ("noted", int(noted))):
            w.line(f"{name} = {value}")
        self._call("grant", ("much", "lot", "ends", "code", "noted", "day", "row"), self._granted)

    def _granted(self) -> None:
        w, n = self.make.w, self.name
        w.line("at = 0")
        with w.block("if noted == 0:"):
            self._alike()
        if self.make.full:
            w.line(f"lot = {self._lot('at')} if at > 0 else lot")
        self._post("code", "much", "lot")
        if self.expires and self._may_be_over():
            with w.block("if ends <= day:"):
                if self.make.full:
                    self._post(self._posting("available", "expired", "expired"), "much", "lot")
                else:
                    self.make.write(self.make.code("expired", self.unit.name), "0 - much")
                w.line("much = 0")
        self._repay("much", "lot")
        with w.block("if much > 0:"):
            w.line(f"{n}_left = fits({n}_left + much, 0, {QUANTITY})")
            with w.block("if at > 0:"):
                w.line(f"{n}_of[at] += much")
            with w.block("else:"):
                self._enter("much", "lot", "ends", False)

    def _may_be_over(self) -> bool:
        return any(line.time is None or not isinstance(line.origin, nodes.Origin) for line in self.unit.expiries)

    def _enter(self, quantity: str, lot: str, ends: str, noted: bool) -> None:
        make, w, n = self.make, self.make.w, self.name
        w.line(f"at = {n}_tail")
        w.line(f"{n}_tail += 1")
        w.line(f"{n}_of[at] = {quantity}")
        if self.expires:
            w.line(f"{n}_end[at] = {ends}")
        if make.full:
            w.line(f"{n}_lot[at] = {lot}")
        if self.noted:
            w.line(f"{n}_noted[at] = noted")
        if self._by_day:
            w.line(f"{n}_day[at] = day")
        if self.restores:
            w.line(f"{n}_again[at] = 0")
        self._insert("at", "0")
        with w.block("if noted == 0:"):
            w.line(f"{n}_same0 = at")
        self._look()

    def _alike(self) -> None:
        """Names the lot that a new one joins: of those that nobody can tell from it the one that came to be there first."""
        w, n = self.make.w, self.name
        same = f"{n}_same0"
        alike = [f"{n}_end[{{0}}] == ends"] if self.expires else []
        own = alike + ([f"{n}_day[{{0}}] == day"] if self._by_day else [])
        guard = " and ".join([f"{n}_of[{same}] > 0", *(each.format(same) for each in own)])
        with w.block(f"if {guard}:"):
            w.line(f"at = {same}")
        if not self.restores:
            return
        with w.block("else:"):
            w.line(f"other = {n}_before[0]")
            w.line("found = 0")
            with w.block(f"while other != 0 and {alike[0].format('other') if alike else '1'}:"):
                guards = [f"{n}_noted[other] == 0"] if self.noted else []
                guards += [f"{n}_day[other] == day"] if self._by_day else []
                guards.append(f"(found == 0 or {n}_again[other] <= {n}_again[found])")
                with w.block(f"if {' and '.join(guards)}:"):
                    w.line("found = other")
                w.line(f"other = {n}_before[other]")
            w.line("at = found")
            w.line(f"{same} = found")

    # ------------------------------------------------------------ spending, and giving back

    def spend(self, quantity: str, code: int, noted: bool, start: str = "0") -> None:
        """Spends so much, which is there, from the lot `start` on (0: the first); `noted`: it may be given back."""
        w = self.make.w
        for name, value in (("much", quantity), ("code", code), ("noted", int(noted)), ("start", start)):
            w.line(f"{name} = {value}")
        self._call("spend", ("much", "code", "noted", "start", "row"), self._spent)

    def _spent(self) -> None:
        w, n = self.make.w, self.name
        with w.block(f"while much > 0 and {n}_left > 0:"):
            with w.block("if start > 0:"):
                w.line("at = start")
                w.line(f"start = {n}_{self._follows}[at]")
            with w.block("else:"):
                w.line(f"at = {n}_{self._follows}[0]")
            self._take_out("code", note=True)
        self._look()

    def give_back(self, first: str, end: str, before: str, wanted: str) -> None:
        """Gives back what was taken in some slices, in all `wanted` of it, of which so much was before; the last slice first."""
        w = self.make.w
        for name, value in (("first_of", first), ("end_of", end), ("before_of", before), ("wanted_of", wanted)):
            w.line(f"{name} = {value}")
        self._call("restore", ("first_of", "end_of", "before_of", "wanted_of", "day", "row"), self._given_back)

    def _given_back(self) -> None:
        w, n = self.make.w, self.name
        w.line("passed = 0")
        w.line("slice = end_of - 1")
        with w.block("while slice >= first_of and passed < wanted_of:"):
            w.line(f"upto = passed + {n}_slice_much[slice]")
            w.line("low = before_of if before_of > passed else passed")
            w.line("high = wanted_of if wanted_of < upto else upto")
            with w.block("if high > low:"):
                w.line(f"at = {n}_slice_of[slice]")
                w.line("much = high - low")
                self._into()
            w.line("passed = upto")
            w.line("slice -= 1")
        self._look()

    def _into(self) -> None:
        """Gives `much` back to the lot `at`; it expires at once, where its day has come and nothing of it was left."""
        w, n = self.make.w, self.name
        w.line(f"was = {n}_of[at]")
        w.line(f"{n}_of[at] += much")
        w.line(f"{n}_left = fits({n}_left + much, 0, {QUANTITY})")
        self._post(self._posting("spent", "available", "undone"), "much", self._lot("at"))
        over = f"was == 0 and {n}_end[at] <= day" if self.expires else None
        if over is not None:
            with w.block(f"if {over}:"):
                self._gone("at", "(-1)", "expired meanwhile")
        with w.block("else:") if over is not None else nullcontext():
            self._repay_from()
        with w.block(f"if was == 0 and {n}_of[at] > 0:"):
            self._insert("at", "0")
            w.line(f"{n}_again[at] = {n}_backs")
            w.line(f"{n}_back[{n}_backs] = at")
            w.line(f"{n}_backs += 1")
            w.line(f"{n}_same0 = 0")
        with w.block(f"if was > 0 and {n}_of[at] == 0:"):
            self._unlink("at")

    def _repay_from(self) -> None:
        """Uses `much` of the lot `at` to repay debt."""
        if not self.owes:
            return
        w, n = self.make.w, self.name
        with w.block(f"if {n}_debt > 0:"):
            w.line(f"repaid = {n}_debt if {n}_debt < much else much")
            w.line(f"{n}_debt -= repaid")
            w.line(f"{n}_of[at] -= repaid")
            w.line(f"{n}_left -= repaid")
            self._post(self._posting("available", "debt", "debt repaid"), "repaid", self._lot("at"))

    # ------------------------------------------------------------ taking back

    def take(self, quantity: str, target: str, reason: str) -> None:
        """Takes so much from the oldest lots; what is lacking becomes debt, or is written off."""
        w, n = self.make.w, self.name
        code = self._posting("available", target, reason) if self.make.full else 0
        w.line(f"much = {quantity}")
        w.line(f"code = {code}")
        self._call("take", ("much", "code", "row"), self._taken)
        rest = w.kept("rest", f"{n}_lacking + 0")
        self._owe(rest, target, reason)

    def _taken(self) -> None:
        w, n = self.make.w, self.name
        self.make.scalar(f"{n}_lacking", (0, QUANTITY))
        with w.block(f"while much > 0 and {n}_left > 0:"):
            self._oldest()
            self._take_out("code", note=False)
        w.line(f"{n}_lacking = much")
        self._look()
