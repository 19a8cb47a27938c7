"""What an expression is worth: one function, a case for each kind of node."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, assert_never
from unicodedata import category, normalize

from guerdon.program import nodes, types
from guerdon.reference.calendar import BEGINNING, ONE, add_months
from guerdon.reference.exact import summed
from guerdon.reference.scene import Gift, Scene, Step
from guerdon.reference.state import Subject
from guerdon.reference.tables import apply, looked_up
from guerdon.reference.tally import Tally

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Gone(Exception):
    """A fact that every member needs, of one whose facts were erased."""


def holds(condition: nodes.Expr, scene: Scene) -> bool:
    """Whether a condition holds; one that asks for a fact that was erased does not."""
    try:
        return bool(evaluate(condition, scene))
    except Gone:
        return False


def evaluate(expr: nodes.Expr, scene: Scene) -> Any:
    """The value of an expression; None where it is missing.

    Units: quantities and numbers as Fraction in whole units, a percentage as its share.
    Source: language reference, Expressions.
    """
    if scene.trace is not None:
        return _traced(expr, scene, scene.trace)
    return _noted(expr, scene)


def _traced(expr: nodes.Expr, scene: Scene, above: Step) -> Any:
    """The value of an expression, noted as a step of what is evaluated above it."""
    step = scene.trace = Step(expr)
    above.steps.append(step)
    step.value = _noted(expr, scene)
    scene.trace = above
    return step.value


def is_read(expr: nodes.Node) -> bool:
    """Whether an expression reads something beside the event and its lines."""
    if isinstance(expr, nodes.Field):
        return expr.scope in (nodes.Scope.MEMBER, nodes.Scope.OFFER)
    kinds = nodes.Theirs | nodes.Measured | nodes.Streak | nodes.Standing | nodes.Earned | nodes.Available
    return isinstance(expr, kinds)


def _noted(expr: nodes.Expr, scene: Scene) -> Any:
    """The value; what is read of the past is noted for when the event is undone, or (`frozen`) taken as it was noted."""
    if scene.reads is None or not is_read(expr):
        return _value(expr, scene)
    key = read_as(expr, scene)
    if not scene.frozen or key not in scene.reads:
        scene.reads[key] = _value(expr, scene)
    return scene.reads[key]


def read_as(expr: nodes.Expr, scene: Scene) -> object:
    """Under what a value is noted: what came since something was opened, for each opening."""
    since = isinstance(expr, nodes.Measured) and scene.program.meters[expr.meter].offer is not None
    return (expr, scene.opened.ref) if since and scene.opened is not None else expr


def _value(expr: nodes.Expr, scene: Scene) -> Any:
    match expr:
        case nodes.Field():
            return _fact(expr, scene)
        case nodes.Theirs(of, name):
            who = evaluate(of, scene)
            return None if who is None else scene.person(who).facts.get(name)
        case nodes.Literal():
            return expr.value
        case nodes.Compare():
            return _compare(expr, evaluate(expr.left, scene), evaluate(expr.right, scene), scene)
        case nodes.OverLines():
            return _over_lines(expr, scene)
        case nodes.Measured():
            return _measured(expr, scene)
        case nodes.Streak():
            return _streak(expr, scene)
        case nodes.Apply():
            return apply(evaluate(expr.rate, scene), evaluate(expr.base, scene))
        case nodes.Lookup(name, keys, column):
            table, values = scene.program.tables[name], [evaluate(key, scene) for key in keys]
            return looked_up(table, values, column, lambda result: evaluate(result, scene))
        case nodes.Given():
            gift = scene.given.get(expr.rule, Gift())
            return gift.exact if expr.exact else gift.quantity
        case nodes.Defined():
            return _defined(expr.measure, scene)
        case nodes.Standing():
            ladder = scene.program.ladders[expr.ladder]
            return ladder.tiers[scene.owner(ladder.account).held[expr.ladder].standing].name
        case nodes.Earned():
            subject = scene.owner(scene.program.units[expr.unit].account)
            bounds = scene.bounds(expr.window, subject)
            return summed(tally.total(bounds) for tally in earned(expr, subject, scene.program))
        case nodes.Available():
            if expr.unit in scene.within:
                return scene.within[expr.unit]
            return scene.owner(scene.program.units[expr.unit].account).purses[expr.unit].available
        case nodes.PeriodDay(last, period, ahead):
            first, end = scene.calendar.period(period, scene.day, ahead, scene.member.joined)
            return end - timedelta(days=1) if last else first
        case nodes.Arithmetic():
            return _arithmetic(expr, evaluate(expr.left, scene), evaluate(expr.right, scene))
        case nodes.Junction():
            return (all if expr.every else any)(evaluate(each, scene) for each in expr.of)
        case nodes.Negation():
            return not evaluate(expr.of, scene)
        case nodes.OrElse():
            value = evaluate(expr.value, scene)
            return evaluate(expr.default, scene) if value is None else value
        case _:
            assert_never(expr)


def _defined(measure: str, scene: Scene) -> Any:
    """The value of a declared measure, which depends on no fact of the event or line."""
    of = scene.program.measures[measure]
    if of.ranking is not None:
        return scene.rank(measure)
    if scene.measures is None or scene.trace is not None or scene.reads is not None:
        return evaluate(of.value, scene)
    if measure not in scene.measures:
        scene.measures[measure] = evaluate(of.value, scene)
    return scene.measures[measure]


def _fact(expr: nodes.Field, scene: Scene) -> Any:
    match expr.scope:
        case nodes.Scope.LINE:
            assert scene.line is not None
            return scene.line[expr.name]
        case nodes.Scope.EVENT:
            return scene.facts[expr.name]
        case nodes.Scope.MOMENT if expr.name == "at":
            return scene.event.at if scene.event else scene.calendar.start(scene.day)
        case nodes.Scope.MOMENT:
            return scene.day if expr.name == "date" else WEEKDAYS[scene.day.weekday()]
        case nodes.Scope.OPENED:
            assert scene.opened is not None
            return scene.opened.facts[expr.name]
        case nodes.Scope.OFFER:
            return bool(scene.openings(expr.name))
        case nodes.Scope.MEMBER if expr.name == "member":
            return scene.member.id
        case nodes.Scope.MEMBER:
            value = scene.member.facts.get(expr.name)
            if value is None and not isinstance(expr.type, types.Optional):
                raise Gone(expr.name)
            return value
        case _:
            assert_never(expr.scope)


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": operator.eq,
    "is not": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compare(expr: nodes.Compare, left: Any, right: Any, scene: Scene) -> bool:
    """Tiers compare by their place on the ladder, everything else by value; `same as` looks past spelling."""
    if expr.operator == "same as":
        return _is_same(expr, left, right, scene)
    if isinstance(expr.left.type, types.Tier):
        ladder = scene.program.ladders[expr.left.type.ladder]
        left, right = ladder.rank(left), ladder.rank(right)
    return _COMPARE[expr.operator](left, right)


def _is_same(expr: nodes.Compare, left: Any, right: Any, scene: Scene) -> bool:
    """Whether both are there and the same: members by who they are now, texts and ids however they are spelled."""
    if left is None or right is None:
        return False
    types_of = (
        each.type.of if isinstance(each.type, types.Optional) else each.type for each in (expr.left, expr.right)
    )
    if any(isinstance(of, types.Member) for of in types_of):
        left, right = scene.person(left).id, scene.person(right).id
    if isinstance(left, str) and isinstance(right, str):
        return folded(left) == folded(right) != ""
    return bool(left == right)


def folded(text: str) -> str:
    """A text without what people spell differently: case, spaces and signs that are not seen, in one normal form (NFC)."""
    kept = (letter for letter in normalize("NFC", text).casefold() if not letter.isspace() and category(letter) != "Cf")
    return normalize("NFC", "".join(kept))


def _arithmetic(expr: nodes.Arithmetic, left: Any, right: Any) -> Any:
    """A quotient by zero is missing; months are added to a date clamped to the month's end."""
    match expr.operator:
        case "*":
            return left * right
        case "/":
            return Fraction(left) / right if right else None
        case "min" | "max":
            return min(left, right) if expr.operator == "min" else max(left, right)
    sign = 1 if expr.operator == "+" else -1
    if isinstance(left, date):
        return (left - right).days if isinstance(right, date) else _shifted(left, sign * right, expr.right.type)
    return left + sign * right


def _shifted(day: date, by: int, unit: types.Type) -> date:
    """A day so many days or months on or back; the calendar's first or last day where it would leave it."""
    try:
        return add_months(day, by) if isinstance(unit, types.Months) else day + timedelta(days=by)
    except (OverflowError, ValueError):
        return date.max if by > 0 else date.min


def _over_lines(expr: nodes.OverLines, scene: Scene) -> Any:
    """An aggregate over the event's own lines."""
    above, values = scene.line, []
    for line in scene.facts[expr.lines] or ():
        scene.line = line
        if expr.where is None or evaluate(expr.where, scene):
            values.append(evaluate(expr.value, scene) if expr.value else None)
    scene.line = above
    return aggregate(expr.aggregate, values)


def _measured(expr: nodes.Measured, scene: Scene) -> Any:
    """What a meter shows in a window."""
    subject = scene.owner(scene.program.meters[expr.meter].account)
    tally = scene.tally(expr.meter)
    bounds = scene.bounds(expr.window, subject)
    if expr.aggregate is nodes.Aggregate.DAYS_SINCE:
        last = tally.last_day(bounds)
        return (scene.day - last).days if last else None
    if expr.aggregate is nodes.Aggregate.SUM:
        corrected = subject.corrected.get(expr.meter)
        return tally.total(bounds) + corrected.total(bounds) if corrected else tally.total(bounds)
    if expr.aggregate is nodes.Aggregate.COUNT:
        return Fraction(tally.count(bounds))
    return aggregate(expr.aggregate, tally.within(bounds))


def earned(expr: nodes.Earned, subject: Subject, program: nodes.Program) -> Iterator[Tally]:
    """The tallies of what was earned of a unit or by rules, or of what was taken back of it."""
    units, rules = (subject.taken_back, subject.taken_back_by) if expr.back else (subject.earned, subject.earned_by)
    if expr.rule is None:
        yield units[expr.unit]
    else:
        yield from (rules[name] for name in program.rules_of(expr.rule))


def _streak(expr: nodes.Streak, scene: Scene) -> Fraction:
    """How many periods hold a day on which something came, back from the present one to the first that is missed too many.

    The present one is missed only once it is over.
    Source: language reference, Streaks.
    """
    subject = scene.owner(scene.program.meters[expr.meters[0]].account)

    def begin(day: date) -> date:
        return scene.calendar.period(expr.period, day, 0, subject.joined)[0]

    first, end = scene.bounds(expr.window, subject)
    held = {begin(day) for meter in expr.meters for day in _days(meter, subject, scene) if first <= day < end}
    streak, missed, period = 0, 0, begin(end - ONE)
    while period >= min(held, default=date.max) and missed <= expr.missed:
        streak += period in held
        missed += period not in held and period != begin(scene.day)
        period = begin(period - ONE)
    return Fraction(streak)


def _days(meter: int, subject: Subject, scene: Scene) -> list[date]:
    """The days that a meter shows: its values, or where it has none those of its events."""
    tally: Tally = subject.meters[meter]
    first, end = tally.places((BEGINNING, scene.day + ONE))
    if scene.program.meters[meter].value is None:
        return tally.days[first:end]
    return [day for day in tally.values[first:end] if day is not None]


def aggregate(how: nodes.Aggregate, values: Sequence[Any]) -> Any:
    """Many values as one; what is missing is left out, of none there is no first, last, least or most."""
    if how is nodes.Aggregate.COUNT:
        return Fraction(len(values))
    values = [value for value in values if value is not None]
    match how:
        case nodes.Aggregate.SUM:
            return summed(values)
        case nodes.Aggregate.DISTINCT:
            return Fraction(len(set(values)))
        case nodes.Aggregate.FIRST:
            return values[0] if values else None
        case nodes.Aggregate.LAST:
            return values[-1] if values else None
        case nodes.Aggregate.LEAST:
            return min(values, default=None)
        case nodes.Aggregate.MOST:
            return max(values, default=None)
        case nodes.Aggregate.DAYS_SINCE:
            raise AssertionError("days since are counted in days, not values")
        case _:
            assert_never(how)
