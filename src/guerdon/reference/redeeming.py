"""Rules that take: granted as a whole or refused, and out of which lots.

Such a rule is looked at like any other. What it comes to in the end, after its limits,
is held against what can be spent as before the event, less what others that take at the
same event took before it. If there is less, nothing is taken and no limit used up.

Source: language reference, Redeeming.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from guerdon.check.wording import plain
from guerdon.ledger.entries import Refusal
from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.reference import lots, spending
from guerdon.reference.evaluate import is_read
from guerdon.reference.exact import ZERO
from guerdon.reference.rules import Verdict, is_asked, judge, use_up
from guerdon.reference.scene import Scene
from guerdon.reference.state import Lot
from guerdon.reference.world import World


@dataclass
class Redeeming:
    """The rules that take at one event, one after the other.

    Shape: `verdicts` by rule; `taken`: what they take of which lot (by identity), and of each unit.
    """

    world: World
    scene: Scene
    watched: bool = False
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    taken: dict[int | str, Fraction] = field(default_factory=dict)

    def judge(self, rule: nodes.Rule) -> Verdict:
        """What a rule takes, as a whole or not at all; the same when asked again."""
        if rule.name not in self.verdicts:
            self.verdicts[rule.name] = self._judged(rule)
        return self.verdicts[rule.name]

    def denied(self) -> Verdict | None:
        """What came of the reward that a redemption names, where it is refused: then nothing comes of the event."""
        rule = self.world.program.rules.get(str(self.scene.facts.get("reward")))
        if rule is None or not rule.takes or not is_asked(rule, self.scene):
            return None
        verdict = self.judge(rule)
        return None if verdict.quantity else verdict

    def _judged(self, rule: nodes.Rule) -> Verdict:
        if not is_asked(rule, self.scene):
            return self._weighed(rule, self._there(rule), {})
        verdict = self._best(rule) if rule.one_expiry else self._weighed(rule, self._there(rule), {})
        if self.world.granted is not None:
            _answer(verdict, self.world.granted.get(rule.name, ZERO))
        if verdict.quantity:
            self._plan(rule, verdict)
            use_up(verdict, self.scene)
        return verdict

    def _weighed(self, rule: nodes.Rule, there: Fraction, within: Mapping[str, Fraction]) -> Verdict:
        """What a rule takes where there is so much; with `within`, of which alone it knows."""
        here = replace(self.scene, reads=None, measures={}, within=within)
        verdict = judge(rule, here, self.watched)
        verdict.refused = self._refused(rule, verdict, there) if is_asked(rule, here) else ""
        if verdict.refused:
            verdict.withheld, verdict.quantity = verdict.quantity, ZERO
        return verdict

    # ------------------------------------------------------------ what there is

    def _purse(self, rule: nodes.Rule) -> list[Lot]:
        unit = self.world.program.units[rule.unit]
        return spending.in_order(self.world, unit, self.scene.owner(unit.account))

    def _there(self, rule: nodes.Rule) -> Fraction:
        """What can be spent, less what was taken before."""
        available = self.scene.owner(self.world.program.units[rule.unit].account).purses[rule.unit].available
        return available - self.taken.get(rule.unit, ZERO)

    def _left(self, lot: Lot) -> Fraction:
        return lot.left - self.taken.get(id(lot), ZERO)

    def _best(self, rule: nodes.Rule) -> Verdict:
        """What a rule takes of the lots of one day of expiry: of the day where that is most, of several the soonest."""
        best, most = None, (ZERO, ZERO)
        for some in self._days(rule):
            there = sum(map(self._left, some), ZERO)
            verdict = self._weighed(rule, there, {rule.unit: sum((lot.left for lot in some), ZERO)})
            verdict.lots = some
            much = verdict.quantity, ZERO if verdict.quantity else there
            if best is None or much > most:
                best, most = verdict, much
        return best or self._weighed(rule, ZERO, {rule.unit: ZERO})

    def _days(self, rule: nodes.Rule) -> list[tuple[Lot, ...]]:
        """The lots that expire together, soonest first."""
        unit = self.world.program.units[rule.unit]
        days: dict[date, tuple[Lot, ...]] = {}
        for lot in self._purse(rule):
            day = lots.gone(self.world, unit, self.scene.owner(unit.account), lot) or date.max
            days[day] = (*days.get(day, ()), lot)
        return [days[day] for day in sorted(days)]

    def _plan(self, rule: nodes.Rule, verdict: Verdict) -> None:
        """Notes what will be taken of which lot."""
        lacking = verdict.quantity
        self.taken[rule.unit] = self.taken.get(rule.unit, ZERO) + lacking
        for lot in sorted(self._purse(rule), key=lambda lot: lot not in verdict.lots):
            part = min(self._left(lot), lacking)
            self.taken[id(lot)] = self.taken.get(id(lot), ZERO) + part
            lacking -= part

    # ------------------------------------------------------------ answers

    def _refused(self, rule: nodes.Rule, verdict: Verdict, there: Fraction) -> str:
        """Why a rule takes nothing; empty where it takes what it comes to."""
        unit = self.world.program.units[rule.unit]
        if isinstance(verdict.failed, nodes.Expr):
            return f"`{_text(verdict.failed)}` does not hold"
        if isinstance(verdict.failed, tuple):
            return f"it did not happen during {', '.join(_text(each) for each in verdict.failed)}"
        if not verdict.exact - verdict.dropped:
            return "it comes to nothing"
        full = next((each for each in verdict.cuts if each.cut and not verdict.quantity), None)
        if full is not None:
            return f"`{_text(full.limit)}` leaves no room"
        if not spending.may_spend(self.world, self.scene, self.scene.owner(unit.account)):
            return f"the member may not spend for the {unit.account}"
        one_day = " that expire on one day" if rule.one_expiry else ""
        return f"{plain(max(there, ZERO))} {rule.unit}{one_day} are available" if there < verdict.quantity else ""

    def refusals(self) -> Iterator[Refusal]:
        """What was asked for and not granted: what could not be had; where nothing was taken, what did not come to anything too."""
        event, some = self.scene.event, any(verdict.quantity for verdict in self.verdicts.values())
        assert event is not None
        for verdict in self.verdicts.values():
            rule = verdict.rule
            if verdict.refused and (verdict.exact - verdict.dropped or (not some and _is_wanted(verdict, self.scene))):
                holder = self.scene.owner(self.world.program.units[rule.unit].account).id
                much = verdict.withheld + verdict.cut
                yield Refusal(holder, event.id, rule.unit, much, event.at, verdict.refused, rule.name)


def _answer(verdict: Verdict, quantity: Fraction) -> None:
    """Puts what was answered once in the place of what would be now."""
    verdict.failed, verdict.exact, verdict.quantity = None, quantity, quantity
    verdict.dropped = verdict.withheld = ZERO
    verdict.cuts = []
    verdict.refused = "" if quantity else "it was refused"


def _is_wanted(verdict: Verdict, scene: Scene) -> bool:
    """Whether an event asks for what takes nothing: its words and yes or no say so, and an amount of its own that is not zero."""
    assert scene.event is not None
    if scene.facts.get("reward") == verdict.rule.name and scene.event.type in verdict.rule.on:
        return True
    if isinstance(verdict.failed, nodes.Expr):
        return not says_what(verdict.failed)
    return verdict.failed is not None or any(is_read(each) for each in walk(verdict.rule.give, scene.program.measures))


def says_what(condition: nodes.Expr) -> bool:
    """Whether a condition reads nothing but words, texts and yes or no of the event: it says what the event asks for."""
    reads = [each for each in walk(condition) if isinstance(each, nodes.Expr)]
    plain = (nodes.Field, nodes.Literal, nodes.Compare, nodes.Junction, nodes.Negation, nodes.OrElse)
    return all(isinstance(each, plain) for each in reads) and all(
        each.scope is nodes.Scope.EVENT and isinstance(_present(each.type), types.Choice | types.YesNo | types.Text)
        for each in reads
        if isinstance(each, nodes.Field)
    )


def _text(node: nodes.Node) -> str:
    """A node as it is written in the program, with single spaces."""
    return " ".join(node.span.text.split())


def _present(of: types.Type) -> types.Type:
    return of.of if isinstance(of, types.Optional) else of
