"""What could have been otherwise so that a condition came out the other way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from guerdon.history.event import Event
from guerdon.program import nodes, types
from guerdon.reference import counting
from guerdon.reference.evaluate import WEEKDAYS
from guerdon.reference.rules import Verdict
from guerdon.reference.scene import Step
from guerdon.study import words
from guerdon.study.explain.moved import moved
from guerdon.study.explain.numbers import nearest_number
from guerdon.study.explain.slots import MOST_LINES, Slot, plain_type, slot_of, slots_read
from guerdon.study.explain.trying import Change, Trials, Tried

MOST_TIMES = 12
"""So often an event may have happened before."""

_OPPOSITE = {"is": "is not", "is not": "is", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def flips(step: Step, want: bool, at: Tried, trials: Trials) -> Iterator[Change]:
    """Changes with which a condition may hold (or not: `want`), in the order of its parts; each has to be tried."""
    match step.expr:
        case nodes.Junction(every):
            amiss = [each for each in step.steps if bool(each.value) != want]
            for each in amiss[:1] if every == want else step.steps:
                yield from flips(each, want, at, trials)
        case nodes.Negation():
            yield from flips(step.steps[0], not want, at, trials)
        case nodes.Defined() if step.steps:
            yield from flips(step.steps[0], want, at, trials)
        case nodes.Field() as field:
            yield from _other_value(field, "is", want, at, trials)
        case nodes.Compare(operator) if operator != "same as" and len(step.steps) == 2:
            yield from _compared(step, operator if want else _OPPOSITE[operator], want, at, trials)
        case _:
            return


def _compared(step: Step, operator: str, want: bool, at: Tried, trials: Trials) -> Iterator[Change]:
    left, right = step.steps
    yield from _side(left, operator, right.value, at, trials)
    yield from _side(right, _MIRRORED.get(operator, operator), left.value, at, trials)
    if isinstance(left.value, Fraction) and isinstance(right.value, Fraction):
        yield from _numbers(step, want, at, trials)


def _side(side: Step, operator: str, other: object, at: Tried, trials: Trials) -> Iterator[Change]:
    """Changes of one side of a comparison, as far as they don't have to be reckoned."""
    expr, value = (side.steps[0].expr, side.steps[0].value) if _is_default(side) else (side.expr, side.value)
    match expr:
        case nodes.Field(nodes.Scope.MOMENT, name):
            yield from _another_day(name, operator, other, at, trials)
        case nodes.Field():
            yield from _other_value(expr, operator, other, at, trials)
        case nodes.Standing(ladder):
            wanted = [each.name for each in trials.program.ladders[ladder].tiers]
            rank = wanted.index(str(other))
            yield from (
                each for each in tiers(expr, str(value), at, trials) if _fits(wanted.index(each.would), operator, rank)
            )
        case nodes.Available(unit) if isinstance(value, Fraction) and isinstance(other, Fraction):
            enough = _beyond(other, operator, trials.program.units[unit].step)
            yield by_hand(words.written(expr), unit, value, enough, at, trials.program)
        case nodes.Measured(meter, nodes.Aggregate.COUNT) if isinstance(value, Fraction) and isinstance(
            other, Fraction
        ):
            yield from _again(expr, meter, value, _beyond(other, operator, Fraction(1)), at, trials)
        case nodes.OverLines(where=where) if where is not None and operator in (">", ">=", "is"):
            yield from of_lines(expr.lines, where, side.steps, at, trials)
        case nodes.Measured(_, nodes.Aggregate.DAYS_SINCE) if isinstance(value, int) and isinstance(other, int):
            yield from moved(at.event, [other - value, other - value + 1], trials.before.calendar)
        case _:
            return


def of_lines(lines: str, where: nodes.Expr, steps: list[Step], at: Tried, trials: Trials) -> Iterator[Change]:
    """Changes of one of the first lines with which it would be one of those `where` something holds; `steps` hold that of each line."""
    looked_at = [each for each in steps if each.expr is where]
    for place, each in enumerate(looked_at[:MOST_LINES]):
        if not each.value:
            yield from flips(each, True, replace(at, line=(lines, place)), trials)


def _is_default(side: Step) -> bool:
    return isinstance(side.expr, nodes.OrElse) and bool(side.steps)


def _beyond(other: Fraction, operator: str, step: Fraction) -> Fraction:
    """The least number that compares so with another, or the greatest."""
    return other + {">": step, "<": -step}.get(operator, Fraction(0))


def _fits(rank: int, operator: str, other: int) -> bool:
    return {
        "is": rank == other,
        "is not": rank != other,
        ">=": rank >= other,
        "<=": rank <= other,
        ">": rank > other,
        "<": rank < other,
    }[operator]


# ---------------------------------------------------------------- facts


def _other_value(field: nodes.Field, operator: str, other: object, at: Tried, trials: Trials) -> Iterator[Change]:
    """A fact of the event, its line or the member with another value: a word, a text, yes or no, a day."""
    slot = slot_of(field, at, trials.program)
    of_member = field.scope is nodes.Scope.MEMBER and field.name != "member"
    for value in _values(plain_type(field.type), operator, other):
        if slot is not None:
            yield slot.change(at.event, value)
        elif of_member:
            yield _of_member(field, value, at, trials)


def _of_member(field: nodes.Field, value: object, at: Tried, trials: Trials) -> Change:
    member = trials.before.world.subjects.get(trials.before.world.who(at.event.member))
    facts = member.facts if member is not None else trials.before.member_facts.get(at.event.member, {})
    said = f"{words.written(field)} is {words.value(facts.get(field.name), field.type)}"
    changed = _built_in("changed", at.event, trials.program, {field.name: value})
    return Change(said, words.value(value, plain_type(field.type)), earlier=(changed,))


def _values(kind: types.Type, operator: str, other: object) -> Iterator[object]:
    """The values of a type that compare so with another, the nearest first."""
    match kind, operator, other:
        case types.Choice(values), "is not", _:
            yield from (each for each in values if each != other)
        case types.YesNo(), "is not", _:
            yield not other
        case ((types.Choice() | types.YesNo() | types.Text()), "is", str() | bool()):
            yield other
        case types.Date(), ("is" | ">=" | "<="), date():
            yield other
        case types.Date(), (">" | "<" | "is not"), date() as day:
            yield day + timedelta(days=-1 if operator == "<" else 1)


def others(slot: Slot, at: Tried) -> Iterator[Change]:
    """A fact of the event or of its line with each other value that it can have: words, yes or no."""
    own = slot.own(at.event)
    for value in _values(slot.type, "is not", own) if own is not None else ():
        yield slot.change(at.event, value)


def _numbers(step: Step, want: bool, at: Tried, trials: Trials) -> Iterator[Change]:
    """Numbers and amounts of the event with which a comparison comes out the other way."""

    def again(verdict: Verdict) -> Step | None:
        return next((each for above in verdict.steps for each in _below(above) if each.expr is step.expr), None)

    def held(verdict: Verdict) -> bool:
        found = again(verdict)
        return found is not None and bool(found.value) == want

    def level(verdict: Verdict) -> Fraction | None:
        found = again(verdict)
        sides = [each.value for each in found.steps] if found is not None else []
        return sides[0] - sides[1] if len(sides) == 2 and all(isinstance(each, Fraction) for each in sides) else None

    for slot in slots_read(step.expr, at, trials.program):
        value = nearest_number(trials, at, slot, held, level)
        if value is not None:
            yield slot.change(at.event, value)


def _below(step: Step) -> Iterator[Step]:
    yield step
    for each in step.steps:
        yield from _below(each)


# ---------------------------------------------------------------- what happened before


def by_hand(what: str, unit: str, there: Fraction, enough: Fraction, at: Tried, program: nodes.Program) -> Change:
    """More of a unit, given by hand just before."""
    given = _built_in("adjustment", at.event, program, {"unit": unit, "quantity": enough - there})
    return Change(f"{what} is {words.quantity(there, unit)}", words.quantity(enough, unit), earlier=(given,))


def _again(
    expr: nodes.Expr, meter: int, there: Fraction, enough: Fraction, at: Tried, trials: Trials
) -> Iterator[Change]:
    """The same event, so often before that it is counted often enough."""
    lacking = enough - there
    if trials.program.meters[meter].event == at.event.type and 0 < lacking <= MOST_TIMES:
        same = tuple(replace(at.event, id=f"{at.event.id}+{number}") for number in range(int(lacking)))
        times = words.count(int(lacking), at.event.type)
        said = f"{words.written(expr)} is {words.value(there, expr.type)}"
        yield Change(said, words.value(enough, expr.type), earlier=same, more=f"with {times} more like it before")


def tiers(standing: nodes.Standing, now: str, at: Tried, trials: Trials) -> Iterator[Change]:
    """The other tiers, set by hand just before, the nearest first; of higher ones also what lacks to reach them."""
    ladder = trials.program.ladders[standing.ladder]
    rank = ladder.rank(now)
    for tier in sorted(ladder.tiers, key=lambda each: (abs(ladder.rank(each.name) - rank), -ladder.rank(each.name))):
        if tier.name != now:
            given = _built_in("adjustment", at.event, trials.program, {"ladder": ladder.name, "tier": tier.name})
            lacks = _lacks(ladder, tier, at.event, trials)
            yield Change(f"{ladder.name} is {now}", tier.name, earlier=(given,), more=lacks)


def _lacks(ladder: nodes.Ladder, tier: nodes.TierStep, event: Event, trials: Trials) -> str:
    """How much more of what a ladder counts would have reached a tier before the event; empty where that is no number."""
    if tier.at is None or ladder.counts is None:
        return ""
    engine = trials.copied()
    member = engine.admit(event)
    for each in list(engine.world.involved(member)):
        engine.pass_to(each, engine.calendar.day(event.at))
    lacking = tier.at - counting.count(ladder, engine.world.scene(member))
    counted = words.written(ladder.counts)
    return f"with {words.value(lacking, ladder.counts.type)} more of `{counted}`" if lacking > 0 else ""


def _built_in(kind: str, event: Event, program: nodes.Program, facts: dict[str, object]) -> Event:
    """A built-in event just before another."""
    whole = {**dict.fromkeys(program.events[kind].facts), **facts}
    return replace(event, id=f"{kind} before {event.id}", type=kind, facts=whole, place=None)


# ---------------------------------------------------------------- days


def _another_day(name: str, operator: str, other: object, at: Tried, trials: Trials) -> Iterator[Change]:
    """The same event on another day of the week, or on another date."""
    day = trials.before.calendar.day(at.event.at)
    if name == "weekday" and operator in ("is", "is not") and isinstance(other, str):
        wanted = WEEKDAYS.index(other)
        away = [days for days in range(-6, 7) if ((day.weekday() + days) % 7 == wanted) == (operator == "is")]
        yield from moved(at.event, away, trials.before.calendar)
    elif name == "date" and isinstance(other, date):
        by = {">": 1, "<": -1, "is not": 1}.get(operator, 0)
        yield from moved(at.event, [(other - day).days + by], trials.before.calendar)
