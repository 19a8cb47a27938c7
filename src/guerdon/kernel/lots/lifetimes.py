"""When lots are gone: under which `expires` line each comes, and on which day its time is over.

A line that goes by activity has no fixed day: its lots live for so long after the latest
day of activity, or their own. Then each lot's own day is kept, and the end is reckoned when it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from guerdon.kernel.days import NEVER
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.expressions import condition
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import DAYS, Make
from guerdon.program import nodes


@dataclass
class Lifetimes:
    """The `expires` lines of a unit; each has a ring of lots.

    Shape: `lines` in their order, None (the last): lots that never expire by themselves.
    """

    make: Make
    unit: nodes.Unit
    name: str
    lines: list[nodes.Expiry | None] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = []
        for line in self.unit.expiries:
            self.lines.append(line)
            if line.when is None and line.since is None:
                break
        else:
            self.lines.append(None)
        covered(self.unit.suspended is None, "expiry")
        for number in range(len(self.lines)):
            if self.floats(number):
                self.make.scalar(self.active(number), DAYS, -1)

    @property
    def several(self) -> bool:
        return len(self.lines) > 1

    @property
    def float(self) -> bool:
        """Whether activity puts anything off."""
        return any(self.floats(number) for number in range(len(self.lines)))

    @property
    def by_day(self) -> bool:
        """Whether lots of different days are never one, though they expire together."""
        order = self.unit.order is not nodes.LotOrder.SOONEST
        return order or any(line is not None and (line.without or line.existing) for line in self.lines)

    @property
    def fixed(self) -> bool:
        """Whether lots of a line expire in the order in which they come."""
        return not any(line is not None and line.origin is nodes.Origin.RELEASED for line in self.lines)

    def floats(self, number: int) -> bool:
        line = self.lines[number]
        return line is not None and bool(line.without)

    def active(self, number: int) -> str:
        """What holds the latest day of what puts a line off."""
        return f"{self.name}_active{number}"

    def keep_alive(self, event: str) -> bool:
        """Notes that an event happened, where that puts something off; whether it does."""
        found = [number for number, line in enumerate(self.lines) if line is not None and event in line.without]
        for number in found:
            self.make.w.line(f"{self.active(number)} = day")
        return bool(found)

    # ------------------------------------------------------------ lines

    def pinned(self) -> str:
        """Names the number of the line that a lot of today comes under."""
        w = self.make.w
        if not self.several:
            return "0"
        held = []
        for line in self.lines[:-1]:
            assert line is not None
            guards = [f"day >= {self.make.date(line.since).text}"] if line.since is not None else []
            guards += [condition(self.make, line.when, Here("day"))] if line.when is not None else []
            held.append(" and ".join(guards))
        name = w.name("line")
        w.line(f"{name} = {len(self.lines) - 1}")
        for number, guard in reversed([*enumerate(held)]):
            with w.block(f"if {guard}:"):
                w.line(f"{name} = {number}")
        return name

    @property
    def taking_over(self) -> list[int]:
        """The lines that older lots come under when they begin."""
        return [number for number, line in enumerate(self.lines) if line is not None and line.existing]

    def begins(self, number: int) -> str:
        """The day on which a line begins."""
        line = self.lines[number]
        assert line is not None and line.since is not None
        return self.make.date(line.since).text

    # ------------------------------------------------------------ days

    def gone(self, at: str, number: int) -> str:
        """The day on which a lot of a line is gone, as things stand."""
        line, w, n = self.lines[number], self.make.w, self.name
        if line is None or not line.without:
            return f"{n}_end[{at}]"
        active = self.active(number)
        alive = w.kept("alive", f"{n}_day[{at}] if {n}_day[{at}] > {active} else {active}")
        return w.kept("gone", self._so_long_after(alive, line))

    def of_day(self, number: int) -> str:
        """The day on which the lot `at` would be gone by a line that goes by activity, if there were none: by it a ring is in order."""
        line = self.lines[number]
        assert line is not None
        return self._so_long_after(f"{self.name}_day[at]", line)

    def _so_long_after(self, day: str, line: nodes.Expiry) -> str:
        assert line.time is not None
        time = ("months", line.time.months) if line.time.months else ("days", line.time.days)
        return self.make.moved(day, time)

    def gone_of(self, at: str) -> str:
        """The same, of a lot of which the line is known only then."""
        w, n = self.make.w, self.name
        if not self.float:
            return f"{n}_end[{at}]"
        if not self.several:
            return self.gone(at, 0)
        name = w.name("ends")
        w.line(f"{name} = {n}_end[{at}]")
        for number in range(len(self.lines)):
            if self.floats(number):
                with w.block(f"if {n}_line[{at}] == {number}:"):
                    w.line(f"{name} = {self.gone(at, number)}")
        return name

    @property
    def may_be_over(self) -> bool:
        """Whether a lot may be gone on the day on which it is earned."""
        lines = [line for line in self.lines if line is not None and line.origin is not None]
        return any(line.time is None or not isinstance(line.origin, nodes.Origin) for line in lines)


NONE = str(NEVER)
"""The end of what has none."""
