"""What a ladder counts beside what happened: what was carried over, what a rise took off, and since which day."""

from __future__ import annotations

from math import lcm

from guerdon.kernel.counting.tallies import Tallies
from guerdon.kernel.days import NEVER
from guerdon.kernel.standing.tiers import Tier
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.expressions import dry
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import AMOUNT, DAYS
from guerdon.kernel.writing.named import kept
from guerdon.kernel.writing.values import Value, added, compared, const, times
from guerdon.program import nodes
from guerdon.program.walk import walk


def since_entry(ladder: nodes.Ladder, program: nodes.Program) -> bool:
    """Whether anything is counted from the day on which a tier was entered."""
    parts = (ladder.counts, *(step.when for step in ladder.tiers))
    return any(isinstance(each, nodes.Since) and each.ladder is not None for each in walk(parts, program.measures))


class Count(Tier):
    """A tier of which it is kept what was carried into its count and taken off it, over one denominator for all of them."""

    def __post_init__(self) -> None:
        super().__post_init__()
        make, name, ladder = self.make, self.name, self.ladder
        self.over = 1
        if ladder.carries:
            make.scalar(f"{name}_carried", AMOUNT)
            make.scalar(f"{name}_until", DAYS, -NEVER)
            make.scalar(f"{name}_closes", DAYS, NEVER)
        if ladder.restarts is not None:
            make.scalar(f"{name}_off", AMOUNT)
            make.scalar(f"{name}_off_until", DAYS, NEVER)
        self.since = make.entry(ladder.name) if since_entry(ladder, make.program) else None
        self.tallies: Tallies | None = None

    def prepare(self, tallies: Tallies) -> None:
        super().prepare(tallies)
        self.tallies = tallies
        if self.ladder.counts is not None:
            value = dry(self.make, self.ladder.counts, next(iter(self.make.program.events)), None)
            covered(value.by is None and value.there is None, "missing")
            self.over = lcm(value.over, *(step.at.denominator for step in self.ladder.tiers if step.at is not None))

    def total(self, here: Here) -> Value:
        """What is counted: with what was forgiven and carried, without what a rise took off."""
        value, name = super().total(here), self.name
        if self.ladder.restarts is not None:
            off = self.make.w.kept("off", f"{name}_off if {here.day} < {name}_off_until else 0")
            value = added(value, Value(off, self.over), -1)
        if self.ladder.carries:
            value = added(value, Value(self._carried(here.day), self.over))
        return kept(self.make, value)

    def _carried(self, day: str) -> str:
        return self.make.w.kept("carried", f"{self.name}_carried if {day} < {self.name}_until else 0")

    def _put(self, name: str, value: Value) -> None:
        """Keeps a value that is counted, over the denominator of all of them."""
        self.make.w.line(f"{name} = {times(value.text, self.over // value.over)}")

    @property
    def counted_in(self) -> nodes.Period | None:
        """The period of the calendar in which things are counted."""
        found = (each for each in walk(self.ladder.counts, self.make.program.measures))
        return next((each.period for each in found if isinstance(each, nodes.Calendar)), None)

    def _period_end(self, day: str) -> str:
        """The day after the period in which things are counted; that of all of the past never comes."""
        return str(NEVER) if self.counted_in is None else self.make.period_end(self.counted_in, day)

    # ------------------------------------------------------------ what changes it

    def _enter(self, day: str) -> None:
        """Notes that the tier is held since a day."""
        if self.since is not None:
            assert self.tallies is not None
            self.make.w.line(f"{self.since} = {day}")
            for tally in self.tallies.of.values():
                tally.enter(self.ladder.name)

    def _risen(self, here: Here) -> str:
        """The name of the rank that is reached tier by tier, each taking its threshold off the count."""
        w, n, name = self.make.w, self.name, self.make.w.name("risen")
        w.line(f"{name} = {self.rank}")
        w.line(f"{name}_on = 1")
        for rank, step in enumerate(self.ladder.tiers):
            if step.at is None:
                continue
            with w.block(f"if {name}_on and {name} < {rank}:"):
                total = self.total(here)
                with w.block(f"if {compared('>=', total, const(step.at))}:"):
                    w.line(f"{name} = {rank}")
                    excess = self.ladder.restarts is nodes.Restart.EXCESS
                    left = kept(self.make, added(total, const(step.at), -1)) if excess else const(0)
                    self._enter(here.day)
                    w.line(f"{n}_off = 0")
                    if self.ladder.carries:
                        w.line(f"{n}_carried = 0")
                    self._put(f"{n}_off", added(self.total(here), left, -1))
                    w.line(f"{n}_off_until = {self._period_end(here.day)}")
                with w.block("else:"):
                    w.line(f"{name}_on = 0")
        return name

    def _exceeds(self, reached: str, total: Value, day: str) -> None:
        """What the count of the period that ends exceeds the threshold of the tier that it reached by."""
        w, n = self.make.w, self.name
        for rank, step in enumerate(self.ladder.tiers):
            if step.at is not None:
                with w.block(f"if {reached} == {rank}:"):
                    self._put(f"{n}_excess", added(total, const(step.at), -1))
        if not self.ladder.repeatedly:
            own = w.name("own")
            self._put(own, added(total, Value(self._carried(day), self.over), -1))
            w.line(f"{n}_excess = {own} if {own} < {n}_excess else {n}_excess")
            w.line(f"{n}_excess = {n}_excess if {n}_excess > 0 else 0")
