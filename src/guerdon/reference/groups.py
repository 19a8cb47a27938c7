"""A group at one event, after its rules, always in this order: `take`, `minimum`, `round`, `limit`.

Each step changes the awards of its rules, so that these still sum to what the group gives,
and each award to what its rule came to.

Source: language reference, Groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from guerdon.program import nodes
from guerdon.reference.exact import ZERO, rounded, shared_out, summed
from guerdon.reference.room import fits, ref, room, tally_of
from guerdon.reference.rules import Cut, Sheet, Verdict
from guerdon.reference.scene import Scene
from guerdon.reference.tally import Tally


class Groups:
    """Which rule is in which group, and after which rule a group is looked at."""

    def __init__(self, program: nodes.Program) -> None:
        self.of = {name: group for group in program.groups.values() for name in group.of}
        order = {name: place for place, name in enumerate(program.rules)}
        self.behind = {max(group.of, key=order.__getitem__): group for group in program.groups.values()}


def together(group: nodes.Group, verdicts: Mapping[str, Verdict], scene: Scene) -> Sheet:
    """What a group makes of its rules' verdicts at the scene's event; its limits count what is given in the end."""
    tallies: list[Tally] = []

    def left(index: int) -> Fraction | int:
        tally, subject, key = tally_of(group.name, index, group.limits[index], scene)
        tallies.append(tally)
        if not group.limits[index].per_event and not group.limits[index].kept:
            for each in sheet.verdicts:
                each.uses.append((subject.id, key))
        return room(group.limits[index], tally, scene, subject)

    sheet = Sheet(group, [verdicts[name] for name in group.of if name in verdicts and verdicts[name].exact])
    if sheet.verdicts:
        settle(sheet, scene.program, left)
    if sheet.quantity:
        for tally in tallies:
            tally.add(scene.day, sheet.quantity, ref(scene))
    return sheet


def settle(sheet: Sheet, program: nodes.Program, left: Callable[[int], Fraction | int]) -> None:
    """Takes, raises, rounds and cuts; `left` is the room that each limit leaves."""
    group = sheet.group
    for each in sheet.verdicts:
        each.sheet, each.stood = sheet, each.quantity
    _take(sheet, program)
    sheet.total = sheet.quantity
    given = [each for each in sheet.verdicts if each.quantity]
    if group.minimum is not None and 0 < sheet.total < group.minimum:
        sheet.raised = given[0].added = group.minimum - sheet.total
        given[0].quantity += sheet.raised
        given[0].exact += sheet.raised
    if group.rounding is not None and given:
        step = program.units[given[0].rule.unit].step
        parts = [each.quantity for each in given]
        whole = rounded(summed(parts), step, group.rounding)
        sheet.rounded = summed(parts) - whole
        for each, part in zip(given, shared_out(whole, parts, step), strict=True):
            _drop(each, each.quantity - part)
            each.quantity = part
    for index, limit in enumerate(group.limits):
        _fit(sheet, limit, left(index))


def _take(sheet: Sheet, program: nodes.Program) -> None:
    """Leaves of several awards the best, or the first; nothing of the others."""
    given = [each for each in sheet.verdicts if each.quantity]
    if sheet.group.take not in (nodes.Take.BEST, nodes.Take.TOP) or not given:
        return
    best = sheet.group.take is nodes.Take.BEST
    sheet.taken = max(given, key=lambda each: in_worth(each.quantity, each.rule, given, program)) if best else given[0]
    for each in given:
        if each is not sheet.taken:  # whole steps are cut off, and less than a step is rounded off
            each.lost = rounded(each.quantity, program.units[each.rule.unit].step, nodes.RoundMode.DOWN)
            _drop(each, each.quantity - each.lost)
            each.quantity = ZERO


def _drop(verdict: Verdict, part: Fraction) -> None:
    verdict.dropped += part
    verdict.off += part


def in_worth(quantity: Fraction, rule: nodes.Rule, among: Iterable[Verdict], program: nodes.Program) -> Fraction:
    """What a quantity counts when it is compared: itself, or across units what it is worth."""
    if len({each.rule.unit for each in among}) == 1:
        return quantity
    worth = program.units[rule.unit].worth
    assert worth is not None, "the checker asks for it"
    return quantity * worth


def _fit(sheet: Sheet, limit: nodes.Limit, left: Fraction | int) -> None:
    """Cuts what a limit leaves no room for, off the last listed first."""
    quantity = sheet.quantity
    over = quantity - fits(limit, left, quantity)
    sheet.cuts.append(Cut(limit, left, over))
    for each in reversed(sheet.verdicts):
        part = min(over, each.quantity)
        each.quantity -= part
        each.lost += part
        over -= part
