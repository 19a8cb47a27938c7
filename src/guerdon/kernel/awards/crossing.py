"""What a rule gives to somebody else than the event's member, all of it or a share, as text.

It is handed over: a row says what, and for whom; among the rows of the receiver another one, at the same instant,
gives it to them (`receiving`). What the receiver's day, lots and tiers make of it is reckoned there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from guerdon.kernel.awards.groups import Verdict
from guerdon.kernel.lots.chained import Chained
from guerdon.kernel.parts import Parts
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.expressions import expression
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.named import kept
from guerdon.kernel.writing.values import Value, rounding, times
from guerdon.program import nodes

HANDED = "handed"
"""The kind of a row that says what a rule gives somebody else: how that is called, and whether the event may be a return."""

TAKEN = "taken from"
"""The kind of a row that says what a return takes back from somebody else: how what they were given is called, and the kind of the return."""

RECEIVED = "received"
"""The kind of the row that something given is for the receiver."""

LOST = "lost"
"""The kind of the row that something taken back is for them."""

Award = Callable[[Verdict, str, str], None]
"""Writes an award to the event's member, under a name, where a condition holds."""


@dataclass
class Crossing:
    """Writes to whom the rules of an event give; `named`: by rule whom it and its shares name, when it is judged.

    Shape: `gave`: by what they are called the names of how much the awards are, and of whose.
    """

    parts: Parts
    named: dict[str, list[Value | None]] = field(default_factory=dict)
    gave: dict[str, tuple[str, str]] = field(default_factory=dict)

    def name(self, rule: nodes.Rule, here: Here) -> Value | None:
        """Names who receives what a rule gives, and its shares: the codes of their ids. The first is of the rule, None: the event's member."""
        make = self.parts.make
        covered(make.full and here.event is not None, "others")
        covered(not rule.only_says and (rule.hold is None or rule.hold.event is None), "others")
        covered(rule.say is None or not rule.shares, "others")
        main = None if rule.to is None else kept(make, expression(make, rule.to, here))
        shares = [kept(make, expression(make, share.to, here)) for share in rule.shares]
        self.named[rule.name] = [main, *shares]
        return main

    def post(self, verdict: Verdict, here: Here, award: Award) -> None:
        """Writes the shares, then what is left."""
        rule = verdict.rule
        main, *shares = self.named[rule.name]
        is_any = f"{verdict.exact} > 0"  # of nothing that is left an award says so
        if shares:
            verdict = self._shared(verdict, shares, here, award)
        self._give(verdict, rule.name, is_any, main, here, award)
        whose = main.text if main is not None else self.parts.make.member_fact("member").text
        self.gave[rule.name] = verdict.quantity, whose

    def _shared(self, verdict: Verdict, shares: list[Value | None], here: Here, award: Award) -> Verdict:
        """Writes what is shared out; what is left of a verdict."""
        make, w, rule = self.parts.make, self.parts.make.w, verdict.rule
        step = make.program.units[rule.unit].step
        covered(verdict.by is None and verdict.finer == 1, "others")
        left, exact = f"{verdict.quantity}_left", f"{verdict.exact}_left"
        w.line(f"{left} = {verdict.quantity}")
        w.line(f"{exact} = {times(verdict.exact, step.denominator)}")
        for share, to in zip(rule.shares, shares, strict=True):
            assert to is not None
            of = expression(make, share.share, here)
            covered(of.by is None and of.there is None and (of.constant is not None or of.positive), "others")
            whole = Value(f"({verdict.quantity}) * ({of.text})", of.over, positive=True)
            lines, part = rounding(w.name("part"), whole, step / step, nodes.RoundMode.DOWN)
            for line in lines:
                w.line(line)
            w.line(f"{part} = {part} if {part} < {left} else {left}")
            if to.there is not None:
                w.line(f"{part} = {part} if {to.there} else 0")
            with w.block(f"if {part} > 0:"):
                gift = Verdict(rule, part, times(part, step.numerator), step.denominator, "0")
                self._give(gift, f"{rule.name}/{share.name}", "1", to, here, award)
                w.line(f"{left} -= {part}")
                w.line(f"{exact} -= {times(part, step.numerator * verdict.exact_over)}")
            self.gave[f"{rule.name}/{share.name}"] = part, to.text
        return replace(verdict, quantity=left, exact=exact, exact_over=verdict.exact_over * step.denominator)

    def _give(self, verdict: Verdict, name: str, guard: str, to: Value | None, here: Here, award: Award) -> None:
        make, w = self.parts.make, self.parts.make.w
        if to is None:
            award(verdict, name, guard)
            return
        with w.block(f"if {to.text} == {make.member_fact('member').text}:"):
            award(verdict, name, guard)
        with w.block("else:"):
            self._hand_over(verdict, name, guard, to, here)

    def _hand_over(self, verdict: Verdict, name: str, guard: str, to: Value, here: Here) -> None:
        """Writes what a rule gives somebody else, from a day on."""
        make, purse = self.parts.make, self.parts.purses.get(verdict.rule.unit)
        covered(verdict.by is None, "others")
        with make.w.block(f"if {guard}:"):
            start = purse.held_until(verdict.rule, here) if isinstance(purse, Chained) else "day"
            code = str(make.code(HANDED, name, False, over=verdict.exact_over))
            if make.program.events[here.event or ""].reverses is not None:
                code = f"{make.code(HANDED, name, True, over=verdict.exact_over)} if back else {code}"
            make.write(code, verdict.quantity, verdict.exact, verdict.cut, to.text, start)
