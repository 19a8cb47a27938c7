"""What a return takes back where rules are asked again: of each award the share that its rule no longer comes to, or all but what it would have given.

Exactly, the share is rounded down over all returns of the event together; a share that was undone stays so.
Recomputed, what the rule would have given is rounded and limited as it was then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from guerdon.kernel import others
from guerdon.kernel.awards.groups import Verdict
from guerdon.kernel.returns.remaining import Remaining
from guerdon.kernel.returns.takings import Takings
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.make import Make
from guerdon.kernel.writing.values import Value, const, scaled
from guerdon.program import nodes
from guerdon.program.nodes import Clawback


@dataclass
class Asked:
    """The rules of events of a kind, in the order in which they are asked again; `ways`: how returns of a part take back.

    Shape: `name` begins the names of what is kept of the events, of which `kept` are those that are kept here. `awards`: by rule the
    places of what it may give: to whom it gives, and to those with whom it shares.
    """

    make: Make
    name: str
    rules: list[nodes.Rule]
    awards: Mapping[str, Sequence[int]]
    takings: Takings
    ways: set[Clawback]
    kept: list[str] = field(init=False)
    came_over: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        places = range(len(self.rules))
        self.exactly, self.recomputed = Clawback.EXACTLY in self.ways, Clawback.RECOMPUTED in self.ways
        self.several = self.exactly and len(self.ways) > 1  # then the shares that are undone are kept
        grouped = {rule for group in self.make.program.groups.values() for rule in group.of}
        covered(not self.recomputed or not grouped & {rule.name for rule in self.rules}, "returns")
        crossing = others.rules_of(self.make.program).values()
        covered(not (self.recomputed and any(rule in crossing for rule in self.rules)), "returns")
        self.kept = [f"{what}{place}" for place in places for what in ("came", "came_by") if self.exactly]
        self.kept += [f"share{at}" for mine in self.awards.values() for at in mine if self.several]
        self.kept += [room for at in places for room in self._rooms(at)]

    def _rooms(self, at: int) -> list[str]:
        """What is kept of the room that the limits of a rule left."""
        return [f"room{at}_{index}" for index in range(len(self.rules[at].limits))] if self.recomputed else []

    def note(self, at: str, verdicts: dict[str, Verdict]) -> None:
        """Keeps what each rule came to."""
        w, n = self.make.w, self.name
        for number, rule in enumerate(self.rules):
            verdict = verdicts[rule.name]
            if self.exactly:
                w.line(f"{n}_came{number}[{at}] = {verdict.exact}")
                w.line(f"{n}_came_by{number}[{at}] = {verdict.by or 1}")
                self.came_over[rule.name] = verdict.exact_over
            for award in self.awards[rule.name] if self.several else ():
                w.line(f"{n}_share{award}[{at}] = 0")
            for kept, room in zip(self._rooms(number), verdict.rooms, strict=True) if self.recomputed else ():
                w.line(f"{n}_{kept}[{at}] = {room}")

    # ------------------------------------------------------------ taking back

    def take_back(self, way: Clawback, remaining: Remaining | None, number: int | None, is_undone: str) -> None:
        """Names how much of each award is taken back now: `part_N`; `number`: of what is measured, None where all comes back."""
        w, n = self.make.w, self.name
        for at in (at for mine in self.awards.values() for at in mine):
            w.line(f"part_{at} = {n}_left_of{at}[of]")
        if number is None:
            return
        assert remaining is not None
        with w.block(f"if not {is_undone}:"):
            w.line(f"whole = {n}_whole{number}[of]")
            given: dict[str, tuple[Value, Value]] = {}
            for rule, left in self.takings.left():
                given[rule.name] = scaled(left, self._step(rule)), const(0)
            then = remaining.then(given)
            for place, rule in enumerate(self.rules):
                mine = self.awards[rule.name]
                for at in mine:
                    w.line(f"part_{at} = 0")
                with w.block(f"if {self._left(mine)} > 0:"):
                    if self.exactly:
                        gave = [f"{n}_gave{at}[of]" for at in mine]
                        for at, share in zip(mine, remaining.less(rule, then, self._came(place), gave), strict=True):
                            self._lessen(at, share)
                    if way is Clawback.RECOMPUTED:
                        again = remaining.again(rule, then, [f"{n}_{each}[of]" for each in self._rooms(place)])
                        w.line(f"part_{mine[0]} = {n}_left_of{mine[0]}[of] - {again}")
                    for at in mine:
                        w.line(f"part_{at} = part_{at} if part_{at} > 0 else 0")
                parts = " - ".join(f"part_{at}" for at in mine)
                left_now = Value(f"({self._left(mine)} - {parts})", positive=True)
                given[rule.name] = scaled(left_now, self._step(rule)), const(0)

    def _left(self, mine: Sequence[int]) -> str:
        """How much is left of some awards of the event `of`."""
        return " + ".join(f"{self.name}_left_of{at}[of]" for at in mine)

    def _came(self, at: int) -> Value:
        """What a rule came to."""
        n = self.name
        return Value(f"{n}_came{at}[of]", self.came_over[self.rules[at].name], f"{n}_came_by{at}[of]", positive=True)

    def _step(self, rule: nodes.Rule) -> Fraction:
        return self.make.program.units[rule.unit].step

    def _lessen(self, at: int, share: str) -> None:
        """Names what is to be taken back of an award, of which a share (in steps) is undone by now."""
        w, n = self.make.w, self.name
        share = self._noted(at, share)
        w.line(f"part_{at} = {share} - ({n}_gave{at}[of] - {n}_left_of{at}[of])")

    def note_share_of_sale(self, number: int | None, is_undone: str) -> None:
        """Notes the share of the sale that is undone, of each award, where other returns ask for it."""
        w, n = self.make.w, self.name
        if not self.several or number is None:
            return
        with w.block(f"if not {is_undone}:"):
            w.line(f"whole = {n}_whole{number}[of]")
            for at in (at for mine in self.awards.values() for at in mine):
                self._noted(at, w.kept("share", f"{n}_gave{at}[of] * (whole - {n}_left{number}[of]) // whole"))

    def _noted(self, at: int, share: str) -> str:
        """The share of an award that is undone by now, in steps: never less than before."""
        if not self.several:
            return share
        noted = f"{self.name}_share{at}[of]"
        self.make.w.line(f"{noted} = {share} if {share} > {noted} else {noted}")
        return noted
