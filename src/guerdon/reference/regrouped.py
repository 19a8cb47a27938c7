"""What remains of a group's awards when a part of their sale came back.

Each rule says by itself how much less it comes to for what remains. Of `all`, each award
is taken back by that. Of `best`, what stays is worth as much as the best of what the
rules come to for what remains: a rule that was not taken stands in where it is better
now. Of `top`, the rule that was taken stays the one that is. `recomputed` settles the
group anew, with the room that its limits left then.

Source: language reference, Groups; decision 0017; law 7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from guerdon.program import nodes
from guerdon.reference.exact import ZERO, rounded, summed
from guerdon.reference.groups import in_worth, settle
from guerdon.reference.rules import Sheet, Verdict
from guerdon.reference.state import Gift

Gifts = Mapping[str, Sequence[Gift]]
"""What each rule of a group gave for a sale, of those that came to something, in the group's order."""


def shares(
    group: nodes.Group, gifts: Gifts, own: Mapping[str, Fraction], program: nodes.Program
) -> dict[str, Fraction]:
    """The share of each rule's award that is undone, of the shares that each no longer comes to."""
    taken = next((name for name, each in gifts.items() if summed(gift.quantity for gift in each)), None)
    if group.take is not nodes.Take.BEST or taken is None:
        return dict(own)
    verdicts = {name: Verdict(program.rules[name]) for name in gifts}
    values = {
        name: in_worth(gifts[name][0].stood, each.rule, verdicts.values(), program) for name, each in verdicts.items()
    }
    best = max(value * (1 - own[name]) for name, value in values.items())
    if not values[taken]:  # of units that are worth nothing
        return dict(own)
    return {**own, taken: max(1 - best / values[taken], ZERO)}


def kept(group: nodes.Group, gifts: Gifts, again: Mapping[str, Verdict], program: nodes.Program) -> dict[str, Fraction]:
    """How much of each rule's award stays, if the group is settled anew: never more than was given.

    Shape: where a rule would give more now than it was given then, awards of the others
    stay for as much, in the group's order; across units by what they are worth, if all have a worth.
    """
    given = {name: summed(gift.quantity for gift in each) for name, each in gifts.items()}
    if not any(given.values()):
        return given
    rooms = next((gift.rooms for each in gifts.values() for gift in each if gift.quantity), ())
    of_group = rooms[len(rooms) - len(group.limits) :]
    sheet = Sheet(group, [again[name] for name in gifts if again[name].quantity])
    settle(sheet, program, lambda index: of_group[index])
    found = {name: min(again[name].quantity, given[name]) for name in gifts}
    units = {program.units[each.rule.unit] for each in again.values()}
    if len(units) > 1 and any(unit.worth is None for unit in units):
        return found
    more = summed(
        in_worth(again[name].quantity - found[name], again[name].rule, again.values(), program) for name in gifts
    )
    for name in gifts:
        one = in_worth(Fraction(1), again[name].rule, again.values(), program)
        step = program.units[again[name].rule.unit].step
        part = min(given[name] - found[name], rounded(more / one, step, nodes.RoundMode.DOWN)) if one else ZERO
        found[name] += part
        more -= part * one
    return found
