"""What of a text keeps the past of a member: tallies, purses, tiers."""

from __future__ import annotations

from dataclasses import dataclass, field

from guerdon.kernel.counting.streaks import streak
from guerdon.kernel.counting.tallies import Tallies
from guerdon.kernel.lots.chained import Chained
from guerdon.kernel.lots.queue import Purse
from guerdon.kernel.standing.held import Held, says_more
from guerdon.kernel.standing.tiers import Tier
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import Make
from guerdon.kernel.writing.values import Value, const
from guerdon.program import nodes
from guerdon.program.walk import walk


@dataclass
class Parts:
    """The parts of a text, by what they are of: purses by unit, tiers by ladder; `given`: the rules of which rules ask what they gave."""

    make: Make
    tallies: Tallies
    purses: dict[str, Purse]
    tiers: dict[str, Tier]
    given: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        asked = walk(self.make.program.rules)
        self.given = frozenset(each.rule for each in asked if isinstance(each, nodes.Given))

    def read(self, expr: nodes.Expr, here: Here) -> Value:
        if expr in here.reads:
            return here.reads[expr]
        match expr:
            case nodes.Standing(ladder):
                return Value(self.tiers[ladder].stands, positive=True)
            case nodes.Available(unit):
                if unit in here.within:
                    return here.within[unit]
                return self.purses[unit].available() if unit in self.purses else const(0)
            case nodes.Streak():
                return streak(self.make, self.tallies, expr, here)
            case _:
                return self.tallies.read(expr, here)


def parts(make: Make) -> Parts:
    """The parts of a program's text, ready to be read."""
    program, undoable = make.program, make.columns.undoable
    purses, tiers = dict[str, Purse](), dict[str, Tier]()
    for number, (name, unit) in enumerate(sorted(program.units.items())):
        if unit.spendable:
            given = [rule for rule in program.rules.values() if rule.unit == name and not rule.takes]
            events = {event for rule in given for event in rule.on}
            purses[name] = _purse(make, unit, f"u{number}", bool(events & undoable) or "adjustment" in undoable)
    for number, (name, ladder) in enumerate(program.ladders.items()):
        tiers[name] = (Held if says_more(ladder, program) else Tier)(make, ladder, f"k{number}")
    found = make.past = Parts(make, Tallies(make), purses, tiers)
    found.tallies.prepare()
    for tier in tiers.values():
        tier.prepare(found.tallies)
    return found


def _purse(make: Make, unit: nodes.Unit, name: str, noted: bool) -> Purse:
    """A queue, where lots leave it at its beginning; chains where they are spent."""
    takers = [rule for rule in make.program.rules.values() if rule.takes and rule.unit == unit.name]
    by_hand = make.columns.by_hand - {"joined"}
    special = any(line.without or line.when or line.since for line in unit.expiries)
    holds = any(rule.unit == unit.name and rule.hold is not None for rule in make.program.rules.values())
    reversals = [record.reverses for record in make.program.events.values() if record.reverses is not None]
    given = [rule for rule in make.program.rules.values() if rule.unit == unit.name and not rule.takes]
    of_unit = [each for each in reversals if any(each.event in rule.on for rule in given)]
    undone = by_hand & make.columns.undoable
    own = "adjustment" in undone or not all(each.oldest for each in of_unit)
    oldest = any(each.oldest for each in of_unit)
    if not takers and not by_hand and not special and not holds and not own:
        return Purse(make, unit, name, noted)
    restores = bool(undone) or any({*rule.on} & make.columns.undoable for rule in takers)
    return Chained(
        make, unit, name, noted, restores, bool(by_hand), oldest, holds, own, owed_back="adjustment" in undone
    )
