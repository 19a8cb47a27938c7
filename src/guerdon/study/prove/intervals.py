"""What conditions on one thing at a time decide, without a solver: rules that contradict themselves, gaps and overlaps between rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

from guerdon.check.apart import Claim, apart, claims, exclude
from guerdon.program import nodes, types
from guerdon.study import words
from guerdon.study.prove.report import Finding
from guerdon.text.diagnostic import Diagnostic


@dataclass(frozen=True)
class Known:
    """The ladders of a program, as conditions are compared by them."""

    program: nodes.Program

    @cached_property
    def steps(self) -> Mapping[str, tuple[nodes.TierStep, ...]]:
        return {name: ladder.tiers for name, ladder in self.program.ladders.items()}


def contradictions(program: nodes.Program) -> Iterator[Finding]:
    """Rules whose conditions exclude each other, each looked at by itself; no days in common are one too."""
    known = Known(program)
    for rule in program.rules.values():
        if _no_days(rule) or _contradicts(rule, known):
            yield never(rule, rule.when or rule.during[0])


def _contradicts(rule: nodes.Rule, known: Known) -> bool:
    own = [claim for when in rule.when for claim in claims(when, True, known)]
    return exclude(own, own)


def _no_days(rule: nodes.Rule) -> bool:
    """Whether two `during` of a rule never meet."""
    alone = [rule.but(when=(), during=(each,)) for each in rule.during]
    nowhere = Known(None)  # type: ignore[arg-type]
    return any(apart(one.but(on=("",)), other.but(on=("",), name=""), nowhere) for one in alone for other in alone)


def never(rule: nodes.Rule, why: tuple[nodes.Node, ...] | tuple[nodes.Stretch, ...]) -> Finding:
    """A rule whose conditions can't hold together: those that are in each other's way."""
    places = [each.span for each in why]
    label = "this never holds" if len(places) == 1 else "these never hold together"
    return Finding(
        Diagnostic(
            "G940",
            f'"{rule.name}" never gives anything',
            places[0],
            label,
            related=tuple((place, "with this") for place in places[1:]),
            help=("mend one of them, or take the rule out",),
        )
    )


# ---------------------------------------------------------------- rules side by side


@dataclass(frozen=True, slots=True)
class Range:
    """For what range of a thing a rule is; None: without an end."""

    rule: nodes.Rule
    first: Any
    with_first: bool
    last: Any
    with_last: bool
    place: nodes.Node


@dataclass(frozen=True, slots=True)
class Axis:
    """What ranges are of: a thing by its name and type, tiers by their places on the ladder."""

    name: str
    type: types.Type
    tiers: tuple[str, ...] = ()

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


def beside(program: nodes.Program) -> Iterator[Finding]:
    """Gaps and overlaps between rules that differ only in their days or a range, and in how much they give."""
    known = Known(program)
    chosen = {name for group in program.groups.values() if group.take is not nodes.Take.ALL for name in group.of}
    families: dict[object, list[Range]] = {}
    axes: dict[object, Axis] = {}
    for rule in program.rules.values():
        if rule.takes or rule.offer is not None or rule.only_says:
            continue
        for key, of, found in _ranges(rule, known):
            families.setdefault(key, []).append(found)
            axes[key] = of
    for key, ranges in families.items():
        if len(ranges) > 1:
            yield from _between(ranges, axes[key], chosen)


def _ranges(rule: nodes.Rule, known: Known) -> Iterator[tuple[object, Axis, Range]]:
    """The ranges that a rule is for, each with all that else it is: rules of one family have this in common."""
    asks = rule.when if rule.each is None or rule.each.where is None else (*rule.when, rule.each.where)
    if len(rule.during) == 1 and len(rule.during[0]) == 1 and isinstance(rule.during[0][0], nodes.Dates):
        days = rule.during[0][0]
        last = None if days.end is None else days.end - timedelta(1)
        of = Range(rule, days.first, True, last, True, days)
        yield (*_kind(rule), frozenset(asks), "date"), Axis("date", types.Date()), of
    by_thing: dict[nodes.Expr, list[tuple[nodes.Expr, Claim]]] = {}
    plain = []
    for when in asks:
        of_one = [_as_range(each) for each in claims(when, True, known)]
        if of_one and all(each.values is None for each in of_one) and len({each.of for each in of_one}) == 1:
            by_thing.setdefault(of_one[0].of, []).extend((when, each) for each in of_one)
        else:
            plain.append(when)
    if len(by_thing) == 1:
        ((thing, found),) = by_thing.items()
        tiers = known.steps[thing.type.ladder] if isinstance(thing.type, types.Tier) else ()
        axis = Axis(words.written(thing), thing.type, tuple(tier.name for tier in tiers))
        yield (*_kind(rule), frozenset(plain), rule.during, thing), axis, _range(rule, found)


_ORDERED = types.Quantity | types.Number | types.Date | types.Days | types.Months | types.Tier


def _as_range(claim: Claim) -> Claim:
    """Just one value of what has an order as the range that it is."""
    if claim.values is None or not claim.among or len(claim.values) != 1 or not isinstance(claim.of.type, _ORDERED):
        return claim
    found = Claim(claim.of)
    (found.first,) = (found.end,) = claim.values
    return found


def _range(rule: nodes.Rule, found: list[tuple[nodes.Expr, Claim]]) -> Range:
    """The range in which several claims hold together."""
    first = last = None
    with_first = with_last = True
    for _, claim in found:
        if claim.first is not None and (first is None or (claim.first, not claim.with_first) > (first, not with_first)):
            first, with_first = claim.first, claim.with_first
        if claim.end is not None and (last is None or (claim.end, claim.with_end) < (last, with_last)):
            last, with_last = claim.end, claim.with_end
    return Range(rule, first, with_first, last, with_last, found[0][0])


def _kind(rule: nodes.Rule) -> tuple[object, ...]:
    """What rules side by side have in common: their events, lines, unit, and what their rate is applied to."""
    match rule.give:
        case nodes.Literal():
            base: nodes.Expr | None = None
        case nodes.Apply(_, base) | nodes.Arithmetic("*", nodes.Literal(), base):
            pass
        case nodes.Arithmetic("*", base, nodes.Literal()):
            pass
        case _:
            return (rule.name,)
    return (rule.on, rule.each and rule.each.lines, rule.unit, rule.to, rule.shares, base, rule.accumulate is None)


def _between(ranges: list[Range], of: Axis, chosen: set[str]) -> Iterator[Finding]:
    """Holes that are smaller than what lies on both sides of them, and overlaps of which neither side holds the other."""
    in_order = sorted(ranges, key=lambda each: (each.first is not None, each.first if each.first is not None else 0))
    reach = in_order[0]
    for before, after in pairwise(in_order):
        reach = max((reach, before), key=lambda each: (each.last is None, each.last if each.last is not None else 0))
        if reach.last is None or after.first is None:
            continue
        free = _free(reach, after, of)
        if free is not None and _is_hole(reach, after, of):
            yield _gap(reach, after, f"{of.name} {free}")
        elif free is None and _overlaps(reach, after) and not {reach.rule.name, after.rule.name} <= chosen:
            both = _both(reach, after, of)
            if both is not None and _apart(reach.rule, after.rule):
                yield _overlap(reach, after, f"{of.name} {both}")


def _apart(one: nodes.Rule, other: nodes.Rule) -> bool:
    return one.name not in other.replaces and other.name not in one.replaces


def _free(before: Range, after: Range, of: Axis) -> str | None:
    """What lies between two ranges, in words; None where nothing does."""
    step = of.step
    if before.last > after.first or (before.last == after.first and (before.with_last or after.with_first)):
        return None
    if step is not None:
        low = before.last + step if before.with_last else _up(before.last, step)
        high = after.first - step if after.with_first else _down(after.first, step)
        if low > high:
            return None
        return of.shown(low) if low == high else f"from {of.shown(low)} through {of.shown(high)}"
    if before.last == after.first:
        return f"of just {of.shown(before.last)}"
    low_word, high_word = ("above" if before.with_last else "from"), ("below" if after.with_first else "through")
    return f"{low_word} {of.shown(before.last)} {high_word} {of.shown(after.first)}"


def _is_hole(before: Range, after: Range, of: Axis) -> bool:
    """Whether what lies between is smaller than the ranges on both sides; of tiers it always is a hole."""
    if of.tiers:
        return True
    one = of.step if isinstance(of.step, timedelta | int) else of.step or 0
    hole = after.first - before.last - one if before.with_last and after.with_first else after.first - before.last
    sides = [
        each.last - each.first + one for each in (before, after) if each.first is not None and each.last is not None
    ]
    return all(hole < side for side in sides)


def _overlaps(before: Range, after: Range) -> bool:
    """Whether two ranges share something, and each has something of its own on its side."""
    begins_before = before.first is None or before.first < after.first
    ends_after = after.last is None or before.last < after.last
    return begins_before and ends_after


def _both(before: Range, after: Range, of: Axis) -> str | None:
    """What two ranges share, in words; None where it is nothing."""
    if before.last < after.first or (before.last == after.first and not (before.with_last and after.with_first)):
        return None
    if before.last == after.first:
        return of.shown(before.last)
    low = "from" if after.with_first else "above"
    high = "through" if before.with_last else "below"
    return f"{low} {of.shown(after.first)} {high} {of.shown(before.last)}"


def _up(value: Any, step: Any) -> Any:
    """The least value on the grid that is not below one."""
    return -(-value // step) * step if isinstance(step, Fraction) else value


def _down(value: Any, step: Any) -> Any:
    """The greatest value on the grid that is below one, or is this one where that ends it."""
    return value // step * step if isinstance(step, Fraction) else value


def _gap(before: Range, after: Range, where: str) -> Finding:
    return Finding(
        Diagnostic(
            "G945",
            f'neither "{before.rule.name}" nor "{after.rule.name}" gives anything at {where}',
            before.place.span,
            "ends before",
            related=((after.place.span, "begins behind"),),
            help=("let one of them begin where the other ends",),
        )
    )


def _overlap(before: Range, after: Range, where: str) -> Finding:
    return Finding(
        Diagnostic(
            "G946",
            f'both "{before.rule.name}" and "{after.rule.name}" give at {where}',
            before.place.span,
            "ends here",
            related=((after.place.span, "begins before that"),),
            help=("let one of them end where the other begins",),
        )
    )
