"""Whether two rules can never give at the same event: what `take one` has to be shown.

What is seen: no event in common, days or hours that don't meet, conditions on the same
thing that exclude each other, one rule that replaces the other. Whatever else may keep
them apart is not seen, and the designer is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from guerdon.program import nodes, types


class Ladders(Protocol):
    """What knows the tiers of each ladder, in rising order."""

    @property
    def steps(self) -> Mapping[str, Sequence[nodes.TierStep]]: ...


def apart(one: nodes.Rule, other: nodes.Rule, names: Ladders) -> bool:
    """Whether nothing can happen at which both rules give."""
    if not set(one.on) & set(other.on) or one.name in other.replaces or other.name in one.replaces:
        return True
    if any(_never(mine, theirs) for mine in one.during for theirs in other.during):
        return True
    mine = [claim for when in one.when for claim in claims(when, True, names)]
    theirs = [claim for when in other.when for claim in claims(when, True, names)]
    return exclude(mine, theirs) or exclude(theirs, mine)


# ---------------------------------------------------------------- days and hours


def _never(one: tuple[nodes.Stretch, ...], other: tuple[nodes.Stretch, ...]) -> bool:
    """Whether no stretch of one meets one of the other."""
    return not any(_meet(mine, theirs) for mine in one for theirs in other)


def _meet(one: nodes.Stretch, other: nodes.Stretch) -> bool:
    match one, other:
        case nodes.Dates(), nodes.Dates():
            starts = [each.first for each in (one, other) if each.first is not None]
            ends = [each.end for each in (one, other) if each.end is not None]
            return not starts or not ends or max(starts) < min(ends)
        case nodes.Weekdays(), nodes.Weekdays():
            return bool(one.days & other.days)
        case nodes.Hours(), nodes.Hours():
            return any(a < d and c < b for a, b in _spans(one) for c, d in _spans(other))
        case _:
            return True


def _spans(hours: nodes.Hours) -> Iterator[tuple[Any, Any]]:
    """The stretches of one day, in microseconds; two where it goes over midnight."""
    start, end = (((each.hour * 60 + each.minute) * 60 + each.second) * 10**6 for each in (hours.start, hours.end))
    day = 24 * 3600 * 10**6
    if start <= end:
        yield start, end
    else:
        yield start, day
        yield 0, end


# ---------------------------------------------------------------- conditions


class Claim:
    """What a condition says of a thing: that it is one of some values (`among`), none of them, or in a range."""

    __slots__ = ("among", "end", "first", "of", "values", "with_end", "with_first")

    def __init__(self, of: nodes.Expr, values: frozenset[Any] | None = None, among: bool = True) -> None:
        self.of, self.values, self.among = of, values, among
        self.first: Any = None
        self.end: Any = None
        self.with_first = self.with_end = True

    def admits(self, value: Any) -> bool:
        """Whether the thing can have a value."""
        if self.values is not None:
            return (value in self.values) == self.among
        above = self.first is None or value > self.first or (self.with_first and value == self.first)
        return above and (self.end is None or value < self.end or (self.with_end and value == self.end))


def exclude(mine: Sequence[Claim], theirs: Sequence[Claim]) -> bool:
    """Whether two lists of claims can't all hold: no value is left, or ranges don't meet."""
    for one in mine:
        about = [each for each in theirs if each.of == one.of]
        if one.values is not None and one.among:
            if not any(all(each.admits(value) for each in about) for value in one.values):
                return True
        elif one.values is None and any(_below(one, each) or _below(each, one) for each in about):
            return True
    return False


def _below(one: Claim, other: Claim) -> bool:
    """Whether a range ends before another begins."""
    if one.end is None or other.first is None:
        return False
    return bool(one.end < other.first or (one.end == other.first and not (one.with_end and other.with_first)))


def claims(condition: nodes.Expr, holds: bool, names: Ladders) -> Iterator[Claim]:
    """What follows from a condition that holds, or does not."""
    match condition:
        case nodes.Negation(inner):
            yield from claims(inner, not holds, names)
        case nodes.Junction(every, parts) if every == holds:
            for part in parts:
                yield from claims(part, holds, names)
        case nodes.Junction(_, parts):
            yield from _either([list(claims(part, holds, names)) for part in parts])
        case nodes.Compare():
            yield from _compared(condition, holds, names)
        case _ if isinstance(condition.type, types.YesNo):
            yield Claim(condition, frozenset({holds}))


def _either(ways: list[list[Claim]]) -> Iterator[Claim]:
    """What follows where one of several holds: that the same thing is one of all their values."""
    if all(len(way) == 1 and way[0].values is not None and way[0].among for way in ways):
        one = [way[0] for way in ways]
        if all(claim.of == one[0].of for claim in one):
            yield Claim(one[0].of, frozenset().union(*(claim.values or () for claim in one)))


_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "is": "is", "is not": "is not", "same as": "same as"}
_DENIED = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "is": "is not", "is not": "is"}


def _compared(condition: nodes.Compare, holds: bool, names: Ladders) -> Iterator[Claim]:
    operator, of, literal = condition.operator, condition.left, condition.right
    if isinstance(of, nodes.Literal):
        operator, of, literal = _TURNED[operator], literal, of
    if not isinstance(literal, nodes.Literal) or operator not in _DENIED:
        return
    operator = operator if holds else _DENIED[operator]
    value = _value(literal, names)
    if operator in ("is", "is not"):
        yield Claim(of, frozenset({value}), operator == "is")
        return
    claim = Claim(of)
    if operator.startswith(">"):
        claim.first, claim.with_first = value, operator == ">="
    else:
        claim.end, claim.with_end = value, operator == "<="
    yield claim


def _value(literal: nodes.Literal, names: Ladders) -> Any:
    """What is compared: of a tier its place on the ladder."""
    if isinstance(literal.type, types.Tier):
        return [step.name for step in names.steps[literal.type.ladder]].index(str(literal.value))
    return literal.value
