"""Limits as text: how much room they leave, what does not fit, what they count, and how much of facts they let in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

from guerdon.kernel.counting.elsewhere import Elsewhere
from guerdon.kernel.counting.tallies import Tallies, admitted_over
from guerdon.kernel.counting.tally import Tally
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.expressions import expression
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import Make
from guerdon.kernel.writing.named import at_least_zero, kept
from guerdon.kernel.writing.values import Value, added, compared, const, scaled, times
from guerdon.program import nodes
from guerdon.program.nodes import Aggregate, Scope


@dataclass(frozen=True)
class Limits:
    """The limits of a rule or a group, by its name."""

    make: Make
    tallies: Tallies
    name: str
    limits: tuple[nodes.Limit, ...]

    def _tally(self, index: int, here: Here | None = None) -> Tally | None:
        """What a limit counts, in its place for the facts of the event; None: nothing is kept of it."""
        limit = self.limits[index]
        if limit.per_event:
            return None
        tally = self.tallies.of["limit", (self.name, index)]
        if here is not None:
            tally.find(limit.fields, here)
        return tally

    def room(self, index: int, here: Here) -> Value:
        """How much a limit leaves room for."""
        return self._most_and_room(index, here)[1]

    def _most_and_room(self, index: int, here: Here) -> tuple[Value, Value]:
        """How much a limit lets in at most, and how much of it is left."""
        make, limit = self.make, self.limits[index]
        tally = self._tally(index, here)
        assert limit.most is not None
        most = kept(make, expression(make, limit.most, here))
        room = most if tally is None else added(most, tally.read(limit.window, Aggregate.SUM, here), -1)
        room = at_least_zero(make, kept(make, room))
        covered(room.by is None and room.there is None, "missing")
        return most, room

    def fit(self, index: int, quantity: str, here: Here, step: Fraction) -> Value:
        """Takes off what a limit leaves no room for; what room it left, in steps, or (`times`) whether it left any. Where it is kept with others, what was asked is said."""
        limit, tally = self.limits[index], self._tally(index)
        if not isinstance(tally, Elsewhere):
            return self._fit(index, quantity, here, step)[1]
        wanted = self.make.w.kept("wanted", f"{quantity} + 0")
        most, room = self._fit(index, quantity, here, step)
        most = scaled(most, 1 / step)
        tally.ask(wanted, f"({most.text}) // {most.over}", quantity, limit.or_nothing)
        return room

    def _fit(self, index: int, quantity: str, here: Here, step: Fraction) -> tuple[Value, Value]:
        """Takes it off; how much (or how often) the limit lets in at most, and what room it left."""
        w, limit = self.make.w, self.limits[index]
        if limit.times is not None:
            tally = self._tally(index, here)
            used = tally.read(limit.window, Aggregate.COUNT, here).text if tally is not None else "0"
            w.line(f"{quantity} = {quantity} if {used} < {limit.times} else 0")
            return scaled(const(limit.times), step), Value(f"(1 if {used} < {limit.times} else 0)", positive=True)
        most, room = self._most_and_room(index, here)
        wanted, inside = scaled(Value(quantity, positive=True), step), scaled(room, 1 / step)
        if limit.or_nothing:
            w.line(f"{quantity} = {quantity} if {compared('<=', wanted, room)} else 0")
            return most, inside
        assert inside.over == 1, "a limit finer than the unit's steps is not covered"
        w.line(f"{quantity} = {quantity} if {quantity} <= {inside.text} else {inside.text}")
        return most, inside

    def use_up(self, quantity: str, here: Here | None = None) -> None:
        """Counts what is given in the end; `here`: where it isn't known any more what was counted for the facts of the event."""
        counting = [index for index, limit in enumerate(self.limits) if limit.of is None and not limit.per_event]
        if counting:
            with self.make.w.block(f"if {quantity} > 0:"):
                for index in counting:
                    tally = self._tally(index, here)
                    assert tally is not None
                    tally.add(quantity)

    def admission(self, rule: nodes.Rule, here: Here) -> Admission:
        """What limits of facts leave room for at an event."""
        found = []
        over = admitted_over(self.make, rule)
        for index, limit in enumerate(self.limits):
            if limit.of is not None:
                room = self.room(index, here)
                text = self.make.w.kept("room", times(room.text, over // room.over))
                let_in = self.make.w.name("let_in")
                self.make.w.line(f"{let_in} = 0")
                found.append(Admitted(limit, self._tally(index), text, let_in))
        return Admission(self.make, rule.each.lines if rule.each is not None else None, over, tuple(found))


@dataclass(frozen=True)
class Admitted:
    """A limit of a fact: its tally, and the names of what room it left and of how much was let in."""

    limit: nodes.Limit
    tally: Tally | None
    room: str
    let_in: str


@dataclass(frozen=True)
class Admission:
    """Lets so much of facts, of the event or of its `lines`, count as limits leave room for; all over `over`."""

    make: Make
    lines: str | None
    over: int
    limits: tuple[Admitted, ...]

    def of(self, here: Here) -> Here:
        """Where facts are as far as they count; what is missing or below zero stays."""
        names = dict.fromkeys(each.limit.of or "" for each in self.limits)
        scope = Scope.EVENT if self.lines is None else Scope.LINE
        found = {(scope, name): self._let_in(name, here) for name in names}
        return replace(here, admitted=found) if found else here

    def _let_in(self, name: str, here: Here) -> Value:
        """A fact as far as it counts."""
        make, w = self.make, self.make.w
        value = expression(make, self._fact(name, here), here)
        covered(value.by is None, "missing")
        mine = [each for each in self.limits if each.limit.of == name]
        part = w.name("part")
        w.line(f"{part} = {times(value.text, lcm(self.over, value.over) // value.over)}")
        with w.block(f"if {value.there} and {part} > 0:" if value.there is not None else f"if {part} > 0:"):
            for each in mine:
                left = w.kept("left", f"{each.room} - {each.let_in}")
                w.line(f"{part} = {part} if {part} <= {left} else {'0' if each.limit.or_nothing else left}")
            for each in mine:
                w.line(f"{each.let_in} += {part}")
        return replace(value, text=part, over=self.over)

    def _fact(self, name: str, here: Here) -> nodes.Field:
        program = self.make.program
        assert here.event is not None
        facts = (
            program.events[here.event].facts
            if self.lines is None
            else self.make.record_of(here.event, self.lines).facts
        )
        return nodes.Field(Scope.EVENT if self.lines is None else Scope.LINE, name, facts[name].type)

    def count(self) -> None:
        """Counts what was let in."""
        for each in self.limits:
            if each.tally is not None:
                with self.make.w.block(f"if {each.let_in} > 0:"):
                    each.tally.add(each.let_in)
