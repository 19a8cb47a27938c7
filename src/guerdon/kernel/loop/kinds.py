"""What comes of an event, for each kind of event: measures, rules, what it takes back and does by itself, awards, tiers."""

from __future__ import annotations

import re
from contextlib import nullcontext

from guerdon.kernel.awards.receiving import Receiving
from guerdon.kernel.awards.redeeming import Redeeming
from guerdon.kernel.awards.rules import Judge
from guerdon.kernel.awards.triggers import Triggers
from guerdon.kernel.columns import RECEIVED, REFUSED, sales_facts
from guerdon.kernel.counting.elsewhere import Elsewhere
from guerdon.kernel.counting.tally import Tally
from guerdon.kernel.loop.by_hand import ByHand
from guerdon.kernel.parts import Parts
from guerdon.kernel.returns.deeds import Deeds
from guerdon.kernel.returns.matching import Matching
from guerdon.kernel.writing.expressions import expression
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import BESIDE
from guerdon.kernel.writing.named import kept
from guerdon.kernel.writing.values import Value
from guerdon.program import nodes
from guerdon.reference.standing import BROUGHT


class Kinds:
    """Writes what comes of events.

    Shape: `deeds` of the kinds that can be undone; `sales` by kind the fact that counts as sales, `sales_over` its denominator.
    """

    def __init__(self, parts: Parts, triggers: Triggers) -> None:
        self.parts, self.make, self.w, self.program = parts, parts.make, parts.make.w, parts.make.program
        self.triggers = triggers
        kinds = self.make.columns.kinds
        self.deeds = {event: Deeds(parts, event, f"e{kinds[event]}") for event in sorted(self.make.columns.undoable)}
        self.sales, self.sales_over = sales_facts(self.program), dict[str, int]()
        self.asked = {each.name for each in self.make.columns.nodes if isinstance(each, nodes.Field)}

    def event(self) -> None:
        """What comes of the event of a row."""
        w, make = self.w, self.make
        kinds = make.columns.kinds
        w.line("q_kind = kind_is[i]")
        wanted = [event for event in self.program.events if self._matters(event)]
        wanted.sort(key=lambda event: event not in self.deeds)  # what is kept of those is known where they are undone
        for number, event in enumerate(wanted):
            with w.block(f"{'if' if number == 0 else 'elif'} q_kind == {kinds[event]}:"):
                self._of_kind(event)
        make.longer.event = ""
        received = Receiving(self.parts, self.triggers)
        if received.rules:
            with w.block(f"{'elif' if wanted else 'if'} q_kind == {RECEIVED}:"):
                received.receive()
        with w.block(f"{'elif' if wanted or received.rules else 'if'} q_kind == {REFUSED}:"):
            w.line("bad = 1")

    def _lines_fit(self, event: str) -> None:
        """Stops where there is no room for what an event adds for its lines."""
        make = self.make
        for number, meter in enumerate(self.program.meters):
            tally = self.parts.tallies.of.get(("meter", number))
            if meter.event == event and meter.lines is not None and tally is not None and tally.listed:
                at = make.columns.lines[event, meter.lines]
                more = f"l{at}_first[i + 1] - l{at}_first[i]"
                make.stop(3, f"{tally.name}_n > {make.room.listed - BESIDE - len(self.program.rules)} - ({more})")

    def _matters(self, event: str) -> bool:
        """Whether anything comes of an event."""
        program = self.program
        rules = any(event in rule.on for rule in program.rules.values())
        meters = any(meter.event == event for meter in program.meters)
        reverses = program.events[event].reverses is not None
        moves = any(tier.moves(event) for tier in self.parts.tiers.values())
        if event in self.make.columns.by_hand or self.triggers.noting(event):
            return True
        keeps = any(event in line.without for unit in program.units.values() for line in unit.expiries)
        keeps |= any(rule.hold is not None and rule.hold.event == event for rule in program.rules.values())
        return keeps or rules or meters or reverses or moves or event in self.sales

    def _of_kind(self, event: str) -> None:
        """One kind of event; of one that is refused nothing comes. What undoes built-in events that are not run is left to the reference engine."""
        reversal = self.program.events[event].reverses
        if reversal is not None and reversal.event not in self.deeds:
            self.w.line("bad = 1")
            return
        w, here = self.w, self._here(event)
        self.make.longer.event = event
        self._lines_fit(event)
        for tally in self.parts.tallies.of.values():
            if isinstance(tally, Elsewhere):
                tally.begin()
        if event not in self.make.columns.by_hand:
            self._sales(event, here)
            self._happens(event, here, None)
            return
        hand = ByHand(self.parts, event)
        denied = hand.refused()
        self._never_met(denied)
        with w.block(f"if {denied} == 0:"):
            self._happens(event, here, hand)

    def _happens(self, event: str, here: Here, hand: ByHand | None) -> None:
        """Measures, rules, what the event does by itself and takes back, awards, measures again, tiers."""
        w = self.w
        reversal = self.program.events[event].reverses
        back = None
        if reversal is not None:
            found = self.matching = Matching(self.deeds[reversal.event], event, reversal)
            back = found.match(here)
        units = {rule.unit for rule in self.program.rules.values() if event in rule.on and not rule.takes}
        for name, purse in self.parts.purses.items():
            purse.begin(name in units)
        start = len(w.lines)
        self.parts.tallies.feed(event, here, seen=True)
        waiting = self.parts.tallies.feed(event, here, seen=False)
        judge = Judge(self.parts, event)
        redeeming = Redeeming(judge)
        judge.take = redeeming.judge
        if hand is None:
            self._rewards(event, here, judge, redeeming, hand, back, waiting)
            return
        unfed = self._as_before(start)
        denied = redeeming.denied(here)
        self._never_met(denied)
        with w.block(f"if {denied}:"):
            for line in unfed:
                w.line(line)
        with w.block("else:"):
            self._sales(event, here)
            self._rewards(event, here, judge, redeeming, hand, back, waiting)

    def _never_met(self, denied: str) -> None:
        """A member of whom the first event is refused, so that no tier was looked at yet, is left to the reference engine."""
        if self.make.full and self.program.ladders:
            with self.w.block(f"if {denied} and events == 0:"):
                self.w.line("bad = 1")

    def _as_before(self, start: int) -> list[str]:
        """Lines that put back what the lines from a place on change of what is kept; what that was is kept before them."""
        w = self.w
        fed = w.lines[start:]
        assigned = {found[1] for line in fed if (found := re.match(r" *(\w+) [-+]?= ", line))}
        changed = [name for name in self.make.state if name in assigned]
        w.lines[start:] = []
        for name in changed:
            w.line(f"was_{name} = {name}")
        w.lines += fed
        return [f"{name} = was_{name}" for name in changed]

    def _rewards(
        self,
        event: str,
        here: Here,
        judge: Judge,
        redeeming: Redeeming,
        hand: ByHand | None,
        back: str | None,
        waiting: list[tuple[Tally, str, str, str]],
    ) -> None:
        """What rules make of an event, what it does by itself, and what comes after."""
        w = self.w
        deed = self.deeds.get(event)
        if deed is not None:
            deed.see(here)
        verdicts = judge.judge(here)
        for purse in self.parts.purses.values():
            purse.see(any(each.rule.unit == purse.unit.name for each in verdicts))
        redeeming.post(deed is not None)
        if back is not None:
            self.matching.undo(back)
            for purse in self.parts.purses.values():
                if purse.refuses and purse.owes:
                    w.line(f"bad = 1 if {purse.name}_denied else bad")
        if hand is not None:
            hand.happen()
        for purse in self.parts.purses.values():
            purse.release(event, here)
        for verdict in verdicts:
            judge.post(verdict, deed is not None, judge.after(here))
        for purse in self.parts.purses.values():
            purse.grant_together(deed is not None)
        if deed is not None:
            deed.note(verdicts, redeeming, here, judge.crossing.gave)
        self.parts.tallies.feed_lines(event, here)
        for tally, guard, value, there in waiting:
            with w.block(f"if {guard}:"):
                tally.add(value, there)
        for purse in self.parts.purses.values():
            purse.keep_alive(event)
        for coming in self.triggers.noting(event):
            coming.note()
        stood = self.triggers.stood()
        for tier in self.parts.tiers.values():
            if tier.moves(event):
                tier.after(here, back)
        if event not in BROUGHT:
            self.triggers.reached(stood)

    def _here(self, event: str) -> Here:
        """Where rules stand at an event, its facts loaded and those that are derived reckoned once."""
        make, known = self.make, dict[str, Value]()
        for name, fact in self.program.events[event].facts.items():
            column = make.columns.facts.get((event, name))
            if column is not None and column.is_there is None and name in self.asked:
                known[name] = make.load(column, "i", make.is_sale(event))
            elif fact.value is not None and name in self.asked:
                value = expression(make, fact.value, Here("day", event, known=known))
                if value.by is None and value.there is None:
                    known[name] = kept(make, value)
        return Here("day", event, known=known)

    def _sales(self, event: str, here: Here) -> None:
        """Adds up what counts as sales."""
        w = self.w
        fact = self.sales.get(event)
        if fact is not None and self.make.full:
            of = self.program.events[event].facts[fact].type
            value = expression(self.make, nodes.Field(nodes.Scope.EVENT, fact, of), here)
            self.sales_over[event] = value.over
            name = f"sales_{[*self.sales].index(event)}"
            with w.block(f"if {value.there}:") if value.there else nullcontext():
                self.make.add(name, value.text)
