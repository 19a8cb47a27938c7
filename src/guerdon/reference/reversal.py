"""Returns: what an event takes back of an earlier one, exactly.

A reversal finds the *deeds* that it names (events with what came of them) and says how
much of each is given back. What remains of such an event is an event itself: its facts
without what came back. Measures then hold what remains, on the day of the sale. What
a rule gave is taken back by the share that it no longer comes to, rounded down over
all returns of the sale together, so that any split of a return equals the whole; or
`in proportion`, by the share of the sale.

Source: language reference, Returns; law 7.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import assert_never

from guerdon.history.event import Event
from guerdon.ledger.entries import Award, Pot
from guerdon.program import nodes
from guerdon.reference import meters, proportion, regrouped, remains, spending
from guerdon.reference.evaluate import evaluate
from guerdon.reference.exact import ZERO, rounded
from guerdon.reference.matching import Back
from guerdon.reference.payers import Payers, by_line, payers
from guerdon.reference.room import limit_under, step_of, whose
from guerdon.reference.rules import Verdict, admitting, again, comes_to, guarded, total_window
from guerdon.reference.scene import Gift as Given
from guerdon.reference.scene import Scene
from guerdon.reference.state import WHOLE, Deed, Gift, Ref, Slice, Subject, Taking
from guerdon.reference.tables import apply
from guerdon.reference.world import World


def undo(world: World, event: Event, scene: Scene, deed: Deed, back: Back) -> list[Award]:
    """Undoes so much of a deed: measures, limits, totals, awards and what was spent; the awards that say so."""
    reversal = world.program.events[event.type].reverses
    assert reversal is not None
    before = remains.share(world.program, deed)
    for place, amount in (back or {}).items():
        remains.take(world.program, deed, place, amount)
    deed.undone = back is None or reversal.part is None or remains.is_whole(deed, reversal.part)
    then, kept = _what_remains(world, scene.member, deed)
    changed = meters.correct(deed.event, then, kept, scene if reversal.at_return else None, deed.corrected)
    _change_reads(deed, then, changed)
    undoing = _Undoing(world, event, scene, reversal, deed, then, proportion.parts(world, reversal, deed, before))
    _refund(undoing)
    awards = [*_of_rules(undoing), *_restore(undoing)]
    world.offer(scene.member, world.offers.undo(deed, then, scene), event.id, event.posted)
    return awards


def _what_remains(world: World, member: Subject, deed: Deed) -> tuple[Scene, dict[str, list[int]] | None]:
    """The scene of the deed with the facts that remain, and the places of the lines that do; None: nothing does."""
    then = world.then(deed, member)
    if deed.undone:
        return then, None
    record = world.program.events[deed.event.type]
    facts, kept = remains.facts(world.program, deed)
    then.facts = meters.derived(record, facts, then)
    for name, place in deed.left:
        if place == WHOLE and record.facts[name].value is not None:  # it is less by what came back all the same
            then.facts[name] = remains.measured(world.program, deed, name)
    return then, kept


def _change_reads(deed: Deed, then: Scene, changed: dict[tuple[int, Ref | None], tuple[Fraction, int]]) -> None:
    """Takes what came back off the sums and counts that the rules of the deed read, as far as they held it."""
    for key, value in deed.reads.items():
        expr, opened = key if isinstance(key, tuple) else (key, None)
        if (
            not isinstance(expr, nodes.Measured)
            or (expr.meter, opened) not in changed
            or not then.program.meters[expr.meter].sees_event
        ):
            continue
        owner = then.owner(then.program.meters[expr.meter].account)
        if then.bounds(expr.window, owner)[1] <= then.day:
            continue
        sums, count = changed[expr.meter, opened]
        if expr.aggregate is nodes.Aggregate.SUM:
            deed.reads[key] = value + sums
        elif expr.aggregate is nodes.Aggregate.COUNT:
            deed.reads[key] = value + count


@dataclass(frozen=True)
class _Undoing:
    """What is being undone, and where: the reversal's scene and that of the deed as it remains.

    Shape: `parts`: what is taken back now of each award, where that goes by the sale.
    """

    world: World
    event: Event
    scene: Scene
    reversal: nodes.Reversal
    deed: Deed
    then: Scene
    parts: dict[str, Fraction] | None


def _of_rules(undoing: _Undoing) -> list[Award]:
    """Takes back what rules gave, in the order of what they read; of a group once its rules are known."""
    deed, groups, awards = undoing.deed, undoing.world.groups, list[Award]()
    gifts: dict[str, list[Gift]] = {}
    for gift in deed.gifts:
        gifts.setdefault(gift.rule, []).append(gift)
    own: dict[str, Fraction] = {}
    for rule in undoing.world.program.rules.values():
        if rule.name in gifts:
            mine = gifts[rule.name]
            own[rule.name] = _own_share(undoing, rule, mine)
            if rule.name in groups.of:
                left = mine[0].stood * (1 - own[rule.name])
                _remains(undoing, rule.name, left, mine, own[rule.name])
            else:
                undo = _Share(
                    own[rule.name], mine[0].share, own[rule.name], _recomputed(undoing, rule, mine, own[rule.name])
                )
                awards += _of_rule(undoing, rule, mine, undo)
        if (group := groups.behind.get(rule.name)) is not None:
            awards += _of_group(undoing, group, {name: gifts[name] for name in group.of if name in gifts}, own)
    return awards


def _of_group(
    undoing: _Undoing, group: nodes.Group, gifts: dict[str, list[Gift]], own: dict[str, Fraction]
) -> list[Award]:
    """Takes back what the rules of a group gave, and notes what is left of their sum."""
    program, kept = undoing.world.program, dict[str, Fraction]()
    own = {name: own[name] for name in gifts}
    before = regrouped.shares(group, gifts, {name: each[0].share for name, each in gifts.items()}, program)
    now = regrouped.shares(group, gifts, own, program)
    if undoing.reversal.clawback is nodes.Clawback.RECOMPUTED and not undoing.deed.undone:
        again = {name: _again(undoing, program.rules[name], each, own[name]) for name, each in gifts.items()}
        kept = regrouped.kept(group, gifts, again, program)
    awards = []
    for name, each in gifts.items():
        undo = _Share(own[name], before[name], now[name], kept.get(name, ZERO))
        awards += _of_rule(undoing, program.rules[name], each, undo, in_group=True)
    left = sum((gift.quantity - gift.taken for each in gifts.values() for gift in each), ZERO)
    undoing.then.given = {**undoing.then.given, group.name: Given(left)}
    return awards


@dataclass(frozen=True)
class _Share:
    """What is undone of a rule's award: `own`, the share that it no longer comes to; of what it gave, the share
    `before` and `now`; `kept`: what it would have given for what remains, where it is recomputed.
    """

    own: Fraction
    before: Fraction
    now: Fraction
    kept: Fraction


def _of_rule(
    undoing: _Undoing, rule: nodes.Rule, gifts: list[Gift], undo: _Share, in_group: bool = False
) -> list[Award]:
    """Takes back what a rule gave for what is undone, of everyone to whom it gave."""
    taken = [(gift, _taken(undoing, gift, gifts, undo)) for gift in gifts]
    back = sum((part for _, part in taken), ZERO)
    if rule.accumulate is not None:
        _total(undoing, rule, rule.accumulate, gifts, undo.own, back)
    for gift in gifts:
        gift.share = undo.own
    if not in_group:
        left = sum((gift.quantity - gift.taken for gift, _ in taken), ZERO) - back
        _remains(undoing, rule.name, left, gifts, undo.own)
    paying = payers(rule, undoing.then, gifts[0].rooms) if by_line(rule) and not undoing.deed.undone else ()
    return [_take(undoing, gift, part, paying) for gift, part in taken if part]


def _remains(undoing: _Undoing, name: str, quantity: Fraction, gifts: list[Gift], share: Fraction) -> None:
    """Notes what is left of what a rule gave, for the rules that name it."""
    exact = sum((gift.exact for gift in gifts), ZERO) * (1 - share)
    undoing.then.given = {**undoing.then.given, name: Given(quantity, exact)}


def _own_share(undoing: _Undoing, rule: nodes.Rule, gifts: list[Gift]) -> Fraction:
    """The share of what a rule came to that it no longer comes to, and no limit lets in any more."""
    gift, then = gifts[0], undoing.then
    if undoing.parts is not None:
        share = max(gift.share, _share_undone(undoing))
        proportion.leave(undoing.world, undoing.deed, rule, gift, share, then)
        return share
    admission, share = admitting(rule, gift.rooms), Fraction(1)
    if not undoing.deed.undone and guarded(rule, then):
        share = _less(rule, gift.came, comes_to(rule, then, admission)) if gift.came else ZERO
    ref = undoing.deed.event.type, undoing.deed.event.id
    for holder_id, key in gift.limits:
        limit = limit_under(undoing.world.program, key)
        if limit.of is not None:
            tally = undoing.world.subjects[undoing.world.who(holder_id)].limits[key]
            let_in = next(each.let_in for each in admission.limits if each.limit is limit)
            step = step_of(limit, rule, undoing.world.program, then)
            tally.leave(ref, undoing.deed.day, rounded(let_in, step, nodes.RoundMode.UP) if step else let_in)
    return max(gift.share, share)


def _less(rule: nodes.Rule, came: Fraction, left: Fraction) -> Fraction:
    """The share that is missing of what a rule came to, its minimum held against both."""
    least = rule.minimum or ZERO
    return 1 - min((max(left, least) if left else ZERO) / max(came, least), Fraction(1))


def _taken(undoing: _Undoing, gift: Gift, gifts: list[Gift], undo: _Share) -> Fraction:
    """How much of a gift is taken back now."""
    step, left = undoing.world.program.units[gift.unit].step, gift.quantity - gift.taken
    match undoing.reversal.clawback:
        case nodes.Clawback.EXACTLY:
            wanted = rounded(gift.quantity * undo.now, step, nodes.RoundMode.DOWN) - gift.taken
        case nodes.Clawback.PROPORTION:
            assert undoing.parts is not None
            wanted = undoing.parts[gift.award]
        case nodes.Clawback.RECOMPUTED:
            wanted = left - _part(gift, gifts, rounded(undo.kept, step, nodes.RoundMode.DOWN), step)
        case _:
            assert_never(undoing.reversal.clawback)
    return min(max(wanted, ZERO), left)


def _part(gift: Gift, gifts: list[Gift], kept: Fraction, step: Fraction) -> Fraction:
    """What a gift would have been; of several, all but the first are rounded down."""
    total = sum((each.quantity for each in gifts), ZERO)
    others = {each.award: rounded(kept * each.quantity / total, step, nodes.RoundMode.DOWN) for each in gifts[1:]}
    return others.get(gift.award, kept - sum(others.values(), ZERO))


def _again(undoing: _Undoing, rule: nodes.Rule, gifts: list[Gift], share: Fraction) -> Verdict:
    """What a rule would have given for what remains, before its group."""
    if rule.accumulate is None:
        return again(rule, undoing.then, gifts[0].rooms)
    return Verdict(rule, quantity=gifts[0].stood * (1 - share))


def _recomputed(undoing: _Undoing, rule: nodes.Rule, gifts: list[Gift], share: Fraction) -> Fraction:
    """What a rule without a group would have given for what remains, where that is asked for."""
    if undoing.deed.undone or undoing.reversal.clawback is not nodes.Clawback.RECOMPUTED:
        return ZERO
    if rule.accumulate is None:
        return again(rule, undoing.then, gifts[0].rooms).quantity
    step = undoing.world.program.units[rule.unit].step
    return rounded(sum((gift.quantity for gift in gifts), ZERO) * (1 - share), step, nodes.RoundMode.DOWN)


def _take(undoing: _Undoing, gift: Gift, quantity: Fraction, paying: Payers) -> Award:
    """Takes so much of a gift back, out of lots, what is earned and limits; the award that says so."""
    world, deed, event, at = undoing.world, undoing.deed, undoing.event, undoing.scene.event
    assert at is not None
    gift.taken += quantity
    if world.program.units[gift.unit].spendable:
        spending.take(world, gift, quantity, at.at, event.id, undoing.reversal.oldest)
    holder, ref = world.subjects[world.who(gift.holder)], (deed.event.type, deed.event.id)
    for tally in (holder.earned[gift.unit], holder.earned_by[gift.rule]):
        if undoing.reversal.at_return:
            tally.add(undoing.scene.day, -quantity)
        else:
            tally.reduce(ref, deed.day, quantity)
    world.note_back(holder, gift.unit, gift.rule, undoing.scene.day, quantity)
    for holder_id, key in gift.limits:
        if limit_under(world.program, key).of is None:
            world.subjects[world.who(holder_id)].limits[key].reduce(ref, deed.day, quantity)
    return replace(_back(event, gift, holder.id, quantity, at.at), payers=paying)


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
    rounded_together = rule.rounding is None and rule.name in undoing.world.groups.of
    if rounded_together or (rule.rounding is not None and rule.rounding.place is nodes.RoundPlace.EVENT):
        back = sum((each.exact for each in gifts), ZERO) * (share - gift.share)
    else:
        step, back = undoing.world.program.units[rule.unit].step, taken
        mode = rule.rounding.mode if rule.rounding is not None else nodes.RoundMode.DOWN
        was, now = rounded(was, step, mode), rounded(now, step, mode)
    if was - now != back:
        subject.owed[rule.name].add(deed.day, was - now - back)


def _share_undone(undoing: _Undoing) -> Fraction:
    """The share of what was taken that is given back by now: that of the event."""
    deed = undoing.deed
    return Fraction(1) if deed.undone else 1 - remains.share(undoing.world.program, deed)


def _wanted(undoing: _Undoing, taking: Taking) -> Fraction:
    """How much of a taking is given back by now, in whole steps."""
    step = undoing.world.program.units[taking.slices[0].unit].step
    return rounded(taking.quantity * _share_undone(undoing), step, nodes.RoundMode.DOWN)


def _refund(undoing: _Undoing) -> None:
    """Gives back what rules took, before anything is taken back; rules that name them see what is left of it."""
    then, at = undoing.then, undoing.scene.event
    assert at is not None
    for taking in reversed(undoing.deed.takings):
        if taking.reason in undoing.world.program.rules and taking.slices:
            _give_back(undoing, taking, at.at)
            left = taking.quantity - taking.restored
            exact = taking.exact * (1 - _share_undone(undoing))
            then.given = {**then.given, taking.reason: Given(left, exact)}


def _restore(undoing: _Undoing) -> list[Award]:
    """Takes back what no rule gave, and gives back what the deed took out of lots: what came last first."""
    world, deed, event, at = undoing.world, undoing.deed, undoing.event, undoing.scene.event
    assert at is not None
    awards, handed = list[Award](), any(taking.to is Pot.TRANSFERRED for taking in deed.takings)
    for gift in deed.gifts:
        if gift.rule not in world.program.rules and not handed:
            step = world.program.units[gift.unit].step
            back = rounded(gift.quantity * _share_undone(undoing), step, nodes.RoundMode.DOWN)
            back, gift.taken = back - gift.taken, back
            if world.program.units[gift.unit].spendable:
                spending.take(world, gift, back, at.at, event.id)
            elif back:
                awards.append(_uncount(undoing, gift, back, at.at))
    for taking in deed.takings:
        if taking.reason not in world.program.rules:
            _give_back(undoing, taking, at.at)
    return awards


def _give_back(undoing: _Undoing, taking: Taking, at: int) -> None:
    """Gives back what is undone of a taking, and the room in the limits of its rule."""
    world, deed, event, before = undoing.world, undoing.deed, undoing.event, taking.restored
    for number, piece in _pieces(undoing, taking):
        if taking.to is Pot.TRANSFERRED:
            gift = next(each for each in deed.gifts if each.award == f"{deed.event.type}/{deed.event.id}/{number}")
            gift.taken += piece.quantity
            piece = replace(piece, quantity=spending.take(world, gift, piece.quantity, at, event.id, to=taking.to))
        spending.restore(world, [piece], taking.to, at, event.id)
    for holder_id, key in taking.limits:
        tally = world.subjects[world.who(holder_id)].limits[key]
        tally.reduce((deed.event.type, deed.event.id), deed.day, taking.restored - before)


def _pieces(undoing: _Undoing, taking: Taking) -> list[tuple[int, Slice]]:
    """What is given back now of the slices, with their places: of all, the share less what was before, the last first."""
    if not taking.slices:
        return []
    wanted = _wanted(undoing, taking)
    pieces, passed = [], ZERO
    for number, each in reversed(list(enumerate(taking.slices))):
        first, last = max(taking.restored, passed), min(wanted, passed + each.quantity)
        if last > first:
            pieces.append((number, replace(each, quantity=last - first)))
        passed += each.quantity
    taking.restored = wanted
    return pieces


def _uncount(undoing: _Undoing, gift: Gift, quantity: Fraction, at: int) -> Award:
    """Takes back so much of what was counted by hand, be it below zero; the award that says so."""
    world, deed, event = undoing.world, undoing.deed, undoing.event
    holder = world.subjects[world.who(gift.holder)]
    tally = holder.earned[gift.unit]
    world.note_back(holder, gift.unit, gift.rule, undoing.scene.day, quantity)
    for place in tally.of((deed.event.type, deed.event.id), deed.day)[:1]:
        left = tally.values[place] - quantity
        if left:
            tally.replace(place, left)
        else:
            tally.drop(place)
    return _back(event, gift, holder.id, quantity, at)


def _back(event: Event, gift: Gift, holder: str, quantity: Fraction, at: int) -> Award:
    """The award that says what was taken back of another."""
    id = f"{event.type}/{event.id}/{gift.award}"
    back = -quantity
    return Award(id, holder, event.id, gift.rule, gift.unit, back, back, ZERO, ZERO, at, at, of=gift.award)
