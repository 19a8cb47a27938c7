"""Returns: what an event takes back of an earlier one, exactly.

A reversal finds the *deeds* that it names (events with what came of them) and says how
much of each is given back. What remains of such an event is an event itself: its facts
without what came back. Measures then hold what remains, on the day of the sale. What
a rule gave is taken back by the share that it no longer comes to, rounded down over
all returns of the sale together, so that any split of a return equals the whole.

Source: language reference, Returns; law 7.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, assert_never

from guerdon.history.event import Event, Facts
from guerdon.ledger.entries import Award, Pot
from guerdon.program import nodes, types
from guerdon.reference import meters, spending
from guerdon.reference.evaluate import Gift as Given
from guerdon.reference.evaluate import Scene, evaluate
from guerdon.reference.exact import ZERO, rounded
from guerdon.reference.matching import Back
from guerdon.reference.rules import again, comes_to, guarded, total_window, whose
from guerdon.reference.state import WHOLE, Deed, Gift, Slice, Subject
from guerdon.reference.tables import apply
from guerdon.reference.world import World

# ---------------------------------------------------------------- what remains


def remaining(program: nodes.Program, deed: Deed, part: nodes.Part) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """The facts of what remains of a deed, not yet derived anew, and the places of its lines that do, by list.

    Shape: what is measured is less by what came back, other quantities in proportion.
    """
    record = program.events[deed.event.type]
    facts: dict[str, Any] = dict(deed.facts)
    kept: dict[str, list[int]] = {}
    share = _share(program, deed, part)
    for name, fact in record.facts.items():
        if isinstance(fact.type, types.Lines):
            facts[name], kept[name] = _lines(program, deed, part, fact, share)
        elif fact.value is None and _is_quantity(fact.type) and facts[name] is not None:
            facts[name] = facts[name] * share
    if part.lines is None:
        facts[part.of] = (deed.facts.get(part.of) or ZERO) * share
    return facts, kept


def _share(program: nodes.Program, deed: Deed, part: nodes.Part) -> Fraction:
    """How much of a deed remains; with lines, by their first quantity, else by what is measured."""
    if part.lines is None:
        total = deed.facts.get(part.of) or ZERO
        return 1 - deed.returned.get(WHOLE, ZERO) / total if total else ZERO
    fact = program.events[deed.event.type].facts[part.of_lines or ""]
    assert isinstance(fact.type, types.Lines)
    facts = program.records[fact.type.record].facts.values()
    weigh = next((each.name for each in facts if isinstance(each.type, types.Quantity)), part.of)
    all_lines = deed.facts.get(fact.name) or ()
    total = sum((line.get(weigh) or ZERO for line in all_lines), ZERO)
    left = ZERO
    for place, line in enumerate(all_lines):
        left += (line.get(weigh) or ZERO) * _line_share(deed, part, place, line)
    return left / total if total else ZERO


def _is_quantity(of: types.Type) -> bool:
    return isinstance(of.of if isinstance(of, types.Optional) else of, types.Quantity)


def _line_share(deed: Deed, part: nodes.Part, place: int, line: Facts) -> Fraction:
    """How much of a line remains, as a share."""
    total = line.get(part.of) or ZERO
    return 1 - deed.returned.get(place, ZERO) / total if total else Fraction(1)


def _lines(
    program: nodes.Program, deed: Deed, part: nodes.Part, fact: nodes.Fact, share: Fraction
) -> tuple[tuple[Facts, ...], list[int]]:
    """The lines that remain, and their places."""
    assert isinstance(fact.type, types.Lines)
    facts = program.records[fact.type.record].facts.values()
    measured = fact.name == part.of_lines and part.lines is not None
    left_lines, places = [], []
    for place, line in enumerate(deed.facts.get(fact.name) or ()):
        left = _line_share(deed, part, place, line) if measured else share
        if left:
            places.append(place)
            scaled = [
                each.name
                for each in facts
                if each.value is None and (_is_quantity(each.type) or (measured and each.name == part.of))
            ]
            left_lines.append({**line, **{name: line[name] * left for name in scaled if line.get(name) is not None}})
    return tuple(left_lines), places


# ---------------------------------------------------------------- undoing


def undo(world: World, event: Event, scene: Scene, deed: Deed, back: Back) -> list[Award]:
    """Undoes so much of a deed: measures, limits, totals, awards and what was spent; the awards that say so."""
    reversal = world.program.events[event.type].reverses
    assert reversal is not None
    for place, amount in (back or {}).items():
        deed.returned[place] = deed.returned.get(place, ZERO) + amount
    deed.undone = back is None or _is_whole(deed, reversal.part)
    then, kept = _what_remains(world, scene.member, deed, reversal.part)
    changed = meters.correct(deed.event, then, kept, scene if reversal.at_return else None, deed.corrected)
    _change_reads(deed, then, changed)
    awards: list[Award] = []
    for rule in world.program.rules.values():
        gifts = [gift for gift in deed.gifts if gift.rule == rule.name]
        if gifts:
            awards += _of_rule(_Undoing(world, event, scene, reversal, deed, then), rule, gifts)
    _restore(_Undoing(world, event, scene, reversal, deed, then))
    return awards


def _is_whole(deed: Deed, part: nodes.Part | None) -> bool:
    """Whether nothing of a deed remains."""
    if part is None or part.lines is None:
        return part is None or deed.returned.get(WHOLE, ZERO) >= (deed.facts.get(part.of) or ZERO)
    lines = deed.facts.get(part.of_lines or "") or ()
    return all(deed.returned.get(place, ZERO) >= (line.get(part.of) or ZERO) for place, line in enumerate(lines))


def _what_remains(
    world: World, member: Subject, deed: Deed, part: nodes.Part | None
) -> tuple[Scene, dict[str, list[int]] | None]:
    """The scene of the deed with the facts that remain, and the places of the lines that do; None: nothing does."""
    then = world.then(deed, member)
    if deed.undone or part is None:
        return then, None
    facts, kept = remaining(world.program, deed, part)
    fixed = facts[part.of] if part.lines is None else None
    then.facts = meters.derived(world.program.events[deed.event.type], facts, then)
    if part.lines is None:
        then.facts[part.of] = fixed  # where it is derived, it is less by what came back all the same
    return then, kept


def _change_reads(deed: Deed, then: Scene, changed: dict[int, tuple[Fraction, int]]) -> None:
    """Takes what came back off the sums and counts that the rules of the deed read, as far as they held it."""
    for expr, value in deed.reads.items():
        if (
            not isinstance(expr, nodes.Measured)
            or expr.meter not in changed
            or not then.program.meters[expr.meter].sees_event
        ):
            continue
        owner = then.owner(then.program.meters[expr.meter].account)
        if then.bounds(expr.window, owner)[1] <= then.day:
            continue
        sums, count = changed[expr.meter]
        if expr.aggregate is nodes.Aggregate.SUM:
            deed.reads[expr] = value + sums
        elif expr.aggregate is nodes.Aggregate.COUNT:
            deed.reads[expr] = value + count


@dataclass(frozen=True)
class _Undoing:
    """What is being undone, and where: the reversal's scene and that of the deed as it remains."""

    world: World
    event: Event
    scene: Scene
    reversal: nodes.Reversal
    deed: Deed
    then: Scene


def _of_rule(undoing: _Undoing, rule: nodes.Rule, gifts: list[Gift]) -> list[Award]:
    """Takes back what a rule gave for what is undone, of everyone to whom it gave."""
    deed, then = undoing.deed, undoing.then
    before = gifts[0].share
    share = Fraction(1) if deed.undone else max(before, _gone(rule, gifts[0].came, then))
    taken = [(gift, _taken(undoing, rule, gift, gifts, share)) for gift in gifts]
    if rule.accumulate is not None:
        _total(undoing, rule, rule.accumulate, gifts, share, sum((part for _, part in taken), ZERO))
    for gift in gifts:
        gift.share = share
    quantity = sum((gift.quantity - gift.taken for gift, _ in taken), ZERO) - sum((part for _, part in taken), ZERO)
    then.given = {**then.given, rule.name: Given(quantity, sum((gift.exact for gift in gifts), ZERO) * (1 - share))}
    return [_take(undoing, gift, part) for gift, part in taken if part]


def _gone(rule: nodes.Rule, came: Fraction, then: Scene) -> Fraction:
    """The share of what a rule came to that it no longer comes to."""
    if not guarded(rule, then):
        return Fraction(1)
    if not came:
        return ZERO
    least = rule.minimum or ZERO
    now = comes_to(rule, then)
    return 1 - min((max(now, least) if now else ZERO) / max(came, least), Fraction(1))


def _taken(undoing: _Undoing, rule: nodes.Rule, gift: Gift, gifts: list[Gift], share: Fraction) -> Fraction:
    """How much of a gift is taken back now."""
    step, left = undoing.world.program.units[gift.unit].step, gift.quantity - gift.taken
    match undoing.reversal.clawback:
        case nodes.Clawback.EXACTLY | nodes.Clawback.OLDEST:
            wanted = rounded(gift.quantity * share, step, nodes.RoundMode.DOWN) - gift.taken
        case nodes.Clawback.PROPORTION:
            assert undoing.reversal.rounding is not None
            wanted = rounded(gift.quantity * (share - gift.share), step, undoing.reversal.rounding)
        case nodes.Clawback.RECOMPUTED:
            wanted = left - _recomputed(undoing, rule, gift, gifts, share, step)
        case _:
            assert_never(undoing.reversal.clawback)
    return min(max(wanted, ZERO), left)


def _recomputed(
    undoing: _Undoing, rule: nodes.Rule, gift: Gift, gifts: list[Gift], share: Fraction, step: Fraction
) -> Fraction:
    """What a gift would have been for what remains; of several, all but the first are rounded down."""
    if undoing.deed.undone:
        return ZERO
    total = sum((each.quantity for each in gifts), ZERO)
    if rule.accumulate is not None:
        return rounded(gift.quantity * (1 - share), step, nodes.RoundMode.DOWN)
    new = again(rule, undoing.then, gift.rooms)
    others = {each.award: rounded(new * each.quantity / total, step, nodes.RoundMode.DOWN) for each in gifts[1:]}
    return others.get(gift.award, new - sum(others.values(), ZERO))


def _take(undoing: _Undoing, gift: Gift, quantity: Fraction) -> Award:
    """Takes so much of a gift back, out of lots, what is earned and limits; the award that says so."""
    world, deed, event, at = undoing.world, undoing.deed, undoing.event, undoing.scene.event
    assert at is not None
    gift.taken += quantity
    if world.program.units[gift.unit].spendable:
        spending.take(world, gift, quantity, at.at, event.id, undoing.reversal.clawback is nodes.Clawback.OLDEST)
    holder, ref = world.subjects[world.who(gift.holder)], (deed.event.type, deed.event.id)
    for tally in (holder.earned[gift.unit], holder.earned_by[gift.rule]):
        if undoing.reversal.at_return:
            tally.add(undoing.scene.day, -quantity)
        else:
            tally.reduce(ref, deed.day, quantity)
    for holder_id, key in gift.limits:
        world.subjects[world.who(holder_id)].limits[key].reduce(ref, deed.day, quantity)
    return _back(event, gift, holder.id, quantity, at.at)


def _total(
    undoing: _Undoing,
    rule: nodes.Rule,
    accumulate: nodes.Accumulate,
    gifts: list[Gift],
    share: Fraction,
    taken: Fraction,
) -> None:
    """Takes what came back off a running total, and notes what later awards of the period owe for it.

    Without this, what a later event awards could be had twice: its award is F(total) less
    F(total before), and the total before is less now than what was awarded for it.
    """
    deed, then, gift = undoing.deed, undoing.then, gifts[0]
    assert isinstance(rule.give, nodes.Apply)
    subject = whose(accumulate, then) or then.member
    window, rate = total_window(accumulate), evaluate(rule.give.rate, then)
    day = undoing.scene.day
    if accumulate.period is not None:
        last = then.calendar.period(accumulate.period, deed.day, 0, subject.joined)[1]
        day = min(day, date.fromordinal(last.toordinal() - 1))
    bounds = replace(then, day=day, reads=None).bounds(window, subject)
    before = subject.bases[rule.name].total(bounds)
    base = gift.came * (share - gift.share)
    subject.bases[rule.name].reduce((deed.event.type, deed.event.id), deed.day, base)
    was, now = apply(rate, before), apply(rate, before - base)
    if rule.rounding is not None and rule.rounding.place is nodes.RoundPlace.EVENT:
        back = sum((each.exact for each in gifts), ZERO) * (share - gift.share)
    else:
        step, back = undoing.world.program.units[rule.unit].step, taken
        mode = rule.rounding.mode if rule.rounding is not None else nodes.RoundMode.DOWN
        was, now = rounded(was, step, mode), rounded(now, step, mode)
    if was - now != back:
        subject.owed[rule.name].add(deed.day, was - now - back)


def _restore(undoing: _Undoing) -> None:
    """Takes back what no rule gave, and gives back what the deed took out of lots: what came last first."""
    world, deed, event, part = undoing.world, undoing.deed, undoing.event, undoing.reversal.part
    at = undoing.scene.event
    assert at is not None
    share = Fraction(1) if deed.undone or part is None else 1 - _share(world.program, deed, part)
    pot = Pot(deed.spent_to)
    for gift in deed.gifts:
        if gift.rule not in world.program.rules and pot is not Pot.TRANSFERRED:
            back = rounded(gift.quantity * share, world.program.units[gift.unit].step, nodes.RoundMode.DOWN)
            back, gift.taken = back - gift.taken, back
            if world.program.units[gift.unit].spendable:
                spending.take(world, gift, back, at.at, event.id)
            elif back:
                _uncount(undoing, gift, back, at.at)
    for number, piece in _pieces(world.program, deed, share):
        if pot is Pot.TRANSFERRED:
            gift = next(each for each in deed.gifts if each.award == f"{deed.event.type}/{deed.event.id}/{number}")
            gift.taken += piece.quantity
            piece = replace(piece, quantity=spending.take(world, gift, piece.quantity, at.at, event.id, to=pot))
        spending.restore(world, [piece], pot, at.at, event.id)


def _pieces(program: nodes.Program, deed: Deed, share: Fraction) -> list[tuple[int, Slice]]:
    """What is given back now of the slices, with their places: of all, the share less what was before, the last first."""
    if not deed.slices:
        return []
    spent = sum((each.quantity for each in deed.slices), ZERO)
    wanted = rounded(spent * share, program.units[deed.slices[0].unit].step, nodes.RoundMode.DOWN)
    pieces, passed = [], ZERO
    for number, each in reversed(list(enumerate(deed.slices))):
        first, last = max(deed.restored, passed), min(wanted, passed + each.quantity)
        if last > first:
            pieces.append((number, replace(each, quantity=last - first)))
        passed += each.quantity
    deed.restored = wanted
    return pieces


def _uncount(undoing: _Undoing, gift: Gift, quantity: Fraction, at: int) -> None:
    """Takes back so much of what was counted by hand, be it below zero."""
    world, deed, event = undoing.world, undoing.deed, undoing.event
    holder = world.subjects[world.who(gift.holder)]
    tally = holder.earned[gift.unit]
    for place in tally.of((deed.event.type, deed.event.id), deed.day)[:1]:
        left = tally.values[place] - quantity
        if left:
            tally.replace(place, left)
        else:
            tally.drop(place)
    world.ledger.awards.append(_back(event, gift, holder.id, quantity, at))


def _back(event: Event, gift: Gift, holder: str, quantity: Fraction, at: int) -> Award:
    """The award that says what was taken back of another."""
    id = f"{event.type}/{event.id}/{gift.award}"
    back = -quantity
    return Award(id, holder, event.id, gift.rule, gift.unit, back, back, ZERO, ZERO, at, at, of=gift.award)
