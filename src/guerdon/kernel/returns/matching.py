"""How a return finds what it undoes, and how much of each.

Where nothing fits, or more comes back than there is, the member is left to the reference engine, which says so.
"""

from __future__ import annotations

from dataclasses import replace

from guerdon.kernel.returns.deeds import Deeds
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.expressions import dry, expression
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.values import Value
from guerdon.program import nodes


class Matching:
    """Writes how one kind of return finds the events that it undoes."""

    def __init__(self, deeds: Deeds, event: str, reversal: nodes.Reversal) -> None:
        self.deeds, self.event, self.reversal = deeds, event, reversal
        self.make, self.w, self.name = deeds.make, deeds.make.w, deeds.name

    def match(self, here: Here) -> str:
        """Finds what is undone: the name of whether anything is."""
        if self.reversal.by is None or self.reversal.shared:
            return self._several(here)
        return self._named()

    def undo(self, back: str) -> None:
        """Undoes it."""
        if self.reversal.by is None or self.reversal.shared:
            self._undo_several(back)
        else:
            self.deeds.undo(self.reversal, back)

    # ------------------------------------------------------------ how much

    def _part(self) -> tuple[Value, int]:
        """How much comes back, in steps of what is measured, and the number of that."""
        make, part = self.make, self.reversal.part
        assert part is not None
        covered((self.event, part.field) in make.columns.facts and len(self.deeds.measured) == 1, "returns")
        number = self.deeds.measured.index(part.of)
        value = make.load(make.columns.facts[self.event, part.field], "i", is_sale=False)
        measure = self.deeds.measures[number]
        return replace(value, text=self.w.kept("part", measure.steps(value)), over=measure.over), number

    @property
    def _is_late(self) -> str | None:
        """Whether the event `of` is too long ago."""
        within = self.reversal.within
        if within is None:
            return None
        time = ("months", within.months) if within.months else ("days", within.days)
        return f"day > {self.make.moved(f'{self.name}_day[of]', time)}"

    # ------------------------------------------------------------ one that is named

    def _named(self) -> str:
        """Finds the event that is named by its id: `of`, and how much comes back of it: `back_of`."""
        w, n, reversal = self.w, self.name, self.reversal
        assert reversal.by is not None
        named = self.make.columns.facts[self.event, reversal.by].name
        w.line(f"of = {n}_n - 1")
        other = f"{n}_id[of] != {named}[i]"
        if self.make.together:
            other = f"({other} or {n}_whose[of] != turn)"
        with w.block(f"while of >= 0 and {other}:"):
            w.line("of -= 1")
        w.line("back = 1")
        w.line("back_of = 0")
        late = self._is_late
        with w.block(f"if of < 0 or {late}:" if late is not None else "if of < 0:"):
            w.line("bad = 1")
            w.line("back = 0")
        with w.block(f"elif {self.deeds.is_undone}:"):
            w.line("bad = 1")
            w.line("back = 0")
        if reversal.part is not None:
            value, number = self._part()
            there = value.there or "1"
            with w.block("if back:"):
                w.line(f"back_of = {value.text} if {there} else {n}_left{number}[of]")
                with w.block(f"if back_of > {n}_left{number}[of]:"):
                    w.line("bad = 1")
                    w.line("back = 0")
                with w.block(f"elif back_of <= 0 and {there}:"):
                    w.line("back = 0")
        return "back"

    # ------------------------------------------------------------ several that have a fact in common

    def _several(self, here: Here) -> str:
        """Finds out whether there are events of the member that have the same fact, or any; of these all come back, or so much."""
        w, n, by = self.w, self.name, self.reversal.by
        guards = [f"not {self.deeds.is_undone}"]
        guards += [f"{n}_whose[of] == turn"] if self.make.together else []
        if by is not None:
            of = self.make.program.events[self.event].facts[by].type
            same = expression(self.make, nodes.Field(nodes.Scope.EVENT, by, of), here)
            sold = self.make.program.events[self.deeds.event].facts[by].type
            theirs = dry(self.make, nodes.Field(nodes.Scope.EVENT, by, sold), self.deeds.event, None)
            covered(same.by is None and same.over == theirs.over, "returns")
            number = self.deeds.keys.index(by)
            self.key, self.there = w.kept("key", same.text), w.kept("is", same.there or "1")
            guards += [self.there, f"{n}_key_is{number}[of]", f"{n}_key{number}[of] == {self.key}"]
        late = self._is_late
        guards += [f"not ({late})"] if late is not None else []
        self.guard = " and ".join(guards)
        w.line("back = 0")
        self._first()
        with w.block(f"while of >= 0 and of < {n}_n:"):
            with w.block(f"if {self.guard}:"):
                w.line("back = 1")
            self._next()
        with w.block("if back == 0:"):
            w.line("bad = 1")
        if self.reversal.part is not None:
            value, _ = self._part()
            self.wanted, self.whole = w.kept("much", value.text), f"not {value.there}" if value.there else "0"
        else:
            self.wanted, self.whole = "0", "1"
        return "back"

    @property
    def _is_latest(self) -> bool:
        return self.reversal.choose is nodes.Choose.LATEST

    def _first(self) -> None:
        self.w.line(f"of = {self.name}_n - 1" if self._is_latest else "of = 0")

    def _next(self) -> None:
        self.w.line("of -= 1" if self._is_latest else "of += 1")

    def _undo_several(self, back: str) -> None:
        """Undoes one after the other, until as much came back."""
        w, n = self.w, self.name
        all_of = w.kept("all_of", self.whole)
        more = w.name("more")
        w.line(f"{more} = {self.wanted}")
        with w.block(f"if {back}:"):
            self._first()
            with w.block(f"while of >= 0 and of < {n}_n:"):
                with w.block(f"if {self.guard}:"):
                    w.line("back_of = 0")
                    if self.reversal.part is not None:
                        left = f"{n}_left0[of]"
                        w.line(f"back_of = {left} if {all_of} or {left} < {more} else {more}")
                        w.line(f"{more} -= back_of")
                    self.deeds.undo(self.reversal, f"{all_of} or back_of > 0")
                self._next()
            with w.block(f"if not {all_of} and {more} > 0:"):
                w.line("bad = 1")
