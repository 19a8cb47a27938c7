"""For what range of a thing each rule is: of a date, an amount, a tier; or around a circle, of the days of a week or the hours of a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from functools import cached_property
from typing import Any

from guerdon.check.apart import Claim, claims
from guerdon.check.scene import WEEKDAYS
from guerdon.program import nodes, types
from guerdon.study import words

Atom = nodes.Expr | tuple[nodes.Stretch, ...]
"""What a rule asks that can't be split any more: a condition, or days and hours of which one has to meet."""

DATE = nodes.Field(nodes.Scope.MOMENT, "date", types.Date())
WEEKDAY = nodes.Field(nodes.Scope.MOMENT, "weekday", types.Choice(WEEKDAYS))
DAY = 24 * 60


@dataclass(frozen=True)
class Known:
    """The ladders of a program, as conditions are compared by them."""

    program: nodes.Program

    @cached_property
    def steps(self) -> Mapping[str, tuple[nodes.TierStep, ...]]:
        return {name: ladder.tiers for name, ladder in self.program.ladders.items()}


@dataclass(frozen=True, slots=True)
class Kind:
    """What rules side by side have in common: their events, lines, unit, and all that they ask but for one thing."""

    on: tuple[str, ...]
    lines: str | None
    unit: str
    others: tuple[object, ...]
    asks: frozenset[Atom]


@dataclass(frozen=True, slots=True)
class Range:
    """For what range of a thing a rule is; None: without an end. `begins` and `ends` say so in the program. `base`: what its rate is applied to; None: it gives the same each time."""

    rule: nodes.Rule
    base: nodes.Expr | None
    first: Any
    with_first: bool
    last: Any
    with_last: bool
    begins: nodes.Node
    ends: nodes.Node
    atoms: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class Around:
    """On which days of the week, or in which minutes of the day, a rule is."""

    rule: nodes.Rule
    base: nodes.Expr | None
    slots: frozenset[int]
    place: nodes.Node
    atoms: tuple[Atom, ...]

    @property
    def begins(self) -> nodes.Node:
        return self.place

    @property
    def ends(self) -> nodes.Node:
        return self.place


@dataclass(frozen=True, slots=True)
class Axis:
    """What ranges are of: a thing by its name and type, tiers by their places on the ladder."""

    thing: nodes.Expr
    tiers: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return "date" if self.thing == DATE else words.written(self.thing)

    @property
    def type(self) -> types.Type:
        return self.thing.type

    @property
    def step(self) -> Any:
        """What the next value is away; None where there is no next one."""
        match self.type:
            case types.Date():
                return timedelta(1)
            case types.Quantity(_, step) | types.Number(step, _):
                return step
            case types.Days() | types.Months() | types.Tier():
                return 1
        return None

    def shown(self, value: Any) -> str:
        return self.tiers[value] if self.tiers else words.value(value, self.type)


@dataclass(slots=True)
class Families:
    """Rules that differ in the range of one thing, and in how much they give."""

    ranges: dict[tuple[Kind, Axis], list[Range]] = field(default_factory=dict)
    around: dict[tuple[Kind, int], list[Around]] = field(default_factory=dict)  # by how many slots a circle has


def families(program: nodes.Program) -> Families:
    """All families of a program's rules; a rule stands in one for each thing of which it asks a range."""
    known, found = Known(program), Families()
    for rule in program.rules.values():
        amount = None if rule.takes or rule.offer is not None or rule.only_says else _amount(rule, program)
        if amount is None:
            continue
        asks = list(_atoms(rule, program))
        things = [_thing(each, known) for each in asks]
        for thing in dict.fromkeys(each for each in things if each is not None):
            own = tuple(ask for ask, of in zip(asks, things, strict=True) if of == thing)
            rest = frozenset(ask for ask, of in zip(asks, things, strict=True) if of != thing)
            kind = _kind(rule, rest)
            if isinstance(thing, int):
                found.around.setdefault((kind, thing), []).append(_around(rule, amount[0], own, thing, known))
                continue
            range = _range(rule, amount[0], own, known)
            if range.first is None or range.last is None or range.first <= range.last:
                tiers = known.steps[thing.type.ladder] if isinstance(thing.type, types.Tier) else ()
                axis = Axis(thing, tuple(tier.name for tier in tiers))
                found.ranges.setdefault((kind, axis), []).append(range)
    return found


def _kind(rule: nodes.Rule, asks: frozenset[Atom]) -> Kind:
    others = (rule.to, rule.shares, rule.accumulate is None)
    return Kind(rule.on, rule.each.lines if rule.each is not None else None, rule.unit, others, asks)


def _amount(rule: nodes.Rule, program: nodes.Program) -> tuple[nodes.Expr | None] | None:
    """What a rule's rate is applied to, in a tuple; None where it gives in another way than at a rate or always the same."""
    match placed(rule.give, program):
        case nodes.Literal():
            return (None,)
        case nodes.Apply(_, base) | nodes.Arithmetic("*", nodes.Literal(), base):
            return (base,)
        case nodes.Arithmetic("*", base, nodes.Literal()):
            return (base,)
    return None


def placed(part: Any, program: nodes.Program) -> Any:
    """An expression with the values of params in their place."""
    if isinstance(part, nodes.Lookup) and not program.tables[part.table].keys:
        value = placed(program.tables[part.table].otherwise[0], program)
        return value.but(span=part.span) if isinstance(value, nodes.Literal) else part
    if isinstance(part, nodes.Expr):
        return part.but(**{name: placed(getattr(part, name), program) for name in part.field_names})
    return tuple(placed(each, program) for each in part) if isinstance(part, tuple) else part


# ---------------------------------------------------------------- what a rule asks


def _atoms(rule: nodes.Rule, program: nodes.Program) -> Iterator[Atom]:
    """Each condition and each `during`; of what is joined by `and`, each part."""
    asks = rule.when if rule.each is None or rule.each.where is None else (*rule.when, rule.each.where)
    for ask in asks:
        yield from _parts(placed(ask, program))
    yield from rule.during


def _parts(ask: nodes.Expr) -> Iterator[nodes.Expr]:
    if isinstance(ask, nodes.Junction) and ask.every:
        for part in ask.of:
            yield from _parts(part)
    else:
        yield ask


def _thing(ask: Atom, known: Known) -> nodes.Expr | int | None:
    """Of which one thing something asks a range, or of which circle a part: one of 7 days, one of a day's minutes."""
    if isinstance(ask, tuple):
        if len(ask) == 1 and isinstance(ask[0], nodes.Dates):
            return DATE
        if ask and all(isinstance(each, nodes.Weekdays) for each in ask):
            return len(WEEKDAYS)
        return DAY if ask and all(isinstance(each, nodes.Hours) for each in ask) else None
    found = [_as_range(each) for each in claims(ask, True, known)]
    if not found or len({each.of for each in found}) > 1:
        return None
    thing = DATE if _is(found[0].of, DATE) else found[0].of
    if len(found) == 1 and found[0].values is not None:
        return len(WEEKDAYS) if _is(thing, WEEKDAY) else None
    return thing if all(each.values is None for each in found) else None


def _is(expr: nodes.Expr, moment: nodes.Field) -> bool:
    return isinstance(expr, nodes.Field) and (expr.scope, expr.name) == (moment.scope, moment.name)


_ORDERED = types.Quantity | types.Number | types.Date | types.Days | types.Months | types.Tier


def _as_range(claim: Claim) -> Claim:
    """Just one value of what has an order as the range that it is."""
    if claim.values is None or not claim.among or len(claim.values) != 1 or not isinstance(claim.of.type, _ORDERED):
        return claim
    found = Claim(claim.of)
    (found.first,) = (found.end,) = claim.values
    return found


def _range(rule: nodes.Rule, base: nodes.Expr | None, own: tuple[Atom, ...], known: Known) -> Range:
    """The range in which all that is asked of a thing holds."""
    first = last = None
    with_first = with_last = True
    begins = ends = _place(own[0])
    for ask, claim in [(each, claim) for each in own for claim in _claims(each, known)]:
        if claim.first is not None and (first is None or (claim.first, not claim.with_first) > (first, not with_first)):
            first, with_first, begins = claim.first, claim.with_first, _place(ask)
        if claim.end is not None and (last is None or (claim.end, claim.with_end) < (last, with_last)):
            last, with_last, ends = claim.end, claim.with_end, _place(ask)
    return Range(rule, base, first, with_first, last, with_last, begins, ends, own)


def _claims(ask: Atom, known: Known) -> Iterator[Claim]:
    if not isinstance(ask, tuple):
        yield from (_as_range(each) for each in claims(ask, True, known))
        return
    (days,) = ask
    assert isinstance(days, nodes.Dates)
    found = Claim(DATE)
    found.first, found.end = days.first, None if days.end is None else days.end - timedelta(1)
    yield found


def _place(ask: Atom) -> nodes.Node:
    return ask[0] if isinstance(ask, tuple) else ask


# ---------------------------------------------------------------- around a circle


def _around(rule: nodes.Rule, base: nodes.Expr | None, own: tuple[Atom, ...], size: int, known: Known) -> Around:
    slots = frozenset(range(size))
    for ask in own:
        slots &= _slots(ask, known)
    return Around(rule, base, slots, _place(own[0]), own)


def _slots(ask: Atom, known: Known) -> frozenset[int]:
    """The days of the week, or the minutes of the day, at which something holds."""
    if not isinstance(ask, tuple):
        (claim,) = claims(ask, True, known)
        return frozenset(at for at, day in enumerate(WEEKDAYS) if claim.admits(day))
    found: set[int] = set()
    for each in ask:
        match each:
            case nodes.Weekdays(days):
                found |= days
            case nodes.Hours(start, end):
                first, last = _minute(start), _minute(end)
                found |= {*range(first, last)} if first <= last else {*range(first, DAY), *range(last)}
    return frozenset(found)


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute
