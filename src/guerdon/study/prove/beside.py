"""Gaps and overlaps between rules that differ only in the range of one thing, and in how much they give.

Two rules at the ends of a scale leave out what lies between them on purpose, and two that meet leave out a day, a cent, a
tier by a slip. What is meant is not written anywhere; the size tells: a slip is small beside what lies around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any, TypeVar

from guerdon.check.scene import WEEKDAYS
from guerdon.program import nodes, types
from guerdon.study.prove.ranges import DAY, Around, Atom, Axis, Kind, Range, families
from guerdon.study.prove.report import Finding
from guerdon.text.diagnostic import Diagnostic

OF_A_SIDE = Fraction(1, 5)
"""What lies between is a slip where it is no more than this share of each side, or just one step."""
OF_AN_EDGE = Fraction(1, 10)
"""The same where a side has no end, of the value at which it begins."""
OF_DATES = timedelta(7)
"""The same of days: a side without an end has no size."""


Each = TypeVar("Each", Range, Around)


@dataclass(frozen=True, slots=True)
class Hole:
    """What two rules leave out: what they have in common, and what each of them and the hole ask of the thing."""

    kind: Kind
    before: nodes.Rule
    after: nodes.Rule
    thing: nodes.Expr | None  # None: days of the week or hours
    inside: tuple[Atom, ...]
    sides: tuple[tuple[Atom, ...], tuple[Atom, ...]]


Covered = Callable[[Hole], bool]
"""Whether other rules are there for a hole."""


def beside(program: nodes.Program, covered: Covered = lambda hole: False) -> Iterator[Finding]:
    """Gaps and overlaps between a program's rules; of the gaps those that no other rule covers."""
    chosen = {name for group in program.groups.values() if group.take is not nodes.Take.ALL for name in group.of}
    found = families(program)
    for (kind, axis), ranges in found.ranges.items():
        elsewhere = _gives_elsewhere(kind, {each.rule.name for each in ranges}, program)
        for alike in _of_one_base(ranges):
            yield from _Sides(kind, axis, chosen, covered, elsewhere).between(alike)
    for (kind, size), around in found.around.items():
        for of_one in _of_one_base(around):
            yield from _Circle(kind, size, chosen, covered).between(of_one)


def _gives_elsewhere(kind: Kind, names: set[str], program: nodes.Program) -> bool:
    """Whether rules that are not of a family give the same unit at its events."""
    rules = [rule for rule in program.rules.values() if rule.name not in names and rule.unit == kind.unit]
    return any(not rule.takes and rule.offer is None and set(rule.on) & set(kind.on) for rule in rules)


def _of_one_base(ranges: Sequence[Each]) -> Iterator[list[Each]]:
    """Those whose rate is applied to the same thing, and those that give the same each time; then each of the first with all of the second."""
    bases = list(dict.fromkeys(each.base for each in ranges))
    for base in bases:
        yield [each for each in ranges if each.base == base]
    for base in bases:
        if base is not None and None in bases:
            yield [each for each in ranges if each.base in (base, None)]


def _stands_apart(one: nodes.Rule, other: nodes.Rule, chosen: set[str]) -> bool:
    """Whether one of two rules replaces the other, or a group takes one of them."""
    return {one.name, other.name} <= chosen or one.name in other.replaces or other.name in one.replaces


def _differ(one: Range | Around, other: Range | Around) -> bool:
    """Whether one of two rules gives at a rate, and the other one the same each time."""
    return (one.base is None) != (other.base is None)


def _is_small(size: Fraction, side: Fraction, share: Fraction, one: Fraction) -> bool:
    return size < side and (size <= one or size <= side * share)


# ---------------------------------------------------------------- along a line


@dataclass(frozen=True, slots=True)
class _Sides:
    """What is known where ranges of one thing are looked at; `elsewhere`: whether rules that don't ask for it give the same unit."""

    kind: Kind
    of: Axis
    chosen: set[str]
    covered: Covered
    elsewhere: bool

    def between(self, ranges: list[Range]) -> Iterator[Finding]:
        """Holes that are small beside what lies on both sides of them, and overlaps of which neither side holds the other."""
        mixed = len({each.base for each in ranges}) > 1
        in_order = sorted(ranges, key=_begins)
        reach = in_order[0] if in_order else None
        for before, after in pairwise(in_order):
            assert reach is not None
            reach = max((reach, before), key=_ends)
            if reach.last is None or after.first is None or (mixed and not _differ(reach, after)):
                continue
            free = self._free(reach, after)
            if free is not None:
                if self._is_slip(free, reach, after) and not self.covered(self._hole(free, reach, after)):
                    yield _gap(reach, after, f"{self.of.name} {self._shown(free)}")
            elif _overlaps(reach, after) and not _stands_apart(reach.rule, after.rule, self.chosen):
                both = self._both(reach, after)
                if both is not None and not (mixed and not self._is_narrow(reach, after)):
                    yield _overlap(reach, after, f"{self.of.name} {both}")

    def _free(self, before: Range, after: Range) -> nodes.Band | None:
        """What lies between two ranges; None where nothing does."""
        step = self.of.step
        if before.last > after.first or (before.last == after.first and (before.with_last or after.with_first)):
            return None
        if step is None:
            return nodes.Band(before.last, not before.with_last, after.first, not after.with_first)
        low = _down(before.last, step) + step if before.with_last else _up(before.last, step)
        high = _up(after.first, step) - step if after.with_first else _down(after.first, step)
        return nodes.Band(low, True, high, True) if low <= high else None

    def _shown(self, free: nodes.Band) -> str:
        low, high = self.of.shown(free.first), self.of.shown(free.last)
        if low == high:
            return low if self.of.step is not None else f"of just {low}"
        return f"{'from' if free.with_first else 'above'} {low} {'through' if free.with_last else 'below'} {high}"

    def _is_slip(self, free: nodes.Band, before: Range, after: Range) -> bool:
        """Whether a hole is small; one of tiers is one that no rule fills, or a single tier between more than two."""
        size = _much(free.first, free.last) + self._one
        if self.of.tiers:
            return not self.elsewhere or (size == 1 and self._length(before) + self._length(after) > 2)
        return all(self._is_beside(size, side) for side in (before, after))

    def _is_narrow(self, before: Range, after: Range) -> bool:
        """Whether what two ranges share is small."""
        size = _much(after.first, before.last) + self._one
        return all(self._is_beside(size, side) for side in (before, after))

    @property
    def _one(self) -> Fraction:
        return _much(0, self.of.step or 0) if not isinstance(self.of.step, timedelta) else Fraction(1)

    def _is_beside(self, size: Fraction, side: Range) -> bool:
        """Whether something is small beside a range."""
        if (side.first is not None and side.last is not None) or self.of.tiers:
            return _is_small(size, self._length(side), OF_A_SIDE, self._one)
        edge = side.last if side.last is not None else side.first
        if isinstance(edge, date):
            return size <= OF_DATES.days
        return _is_small(size, abs(Fraction(edge)), OF_AN_EDGE, self._one)

    def _length(self, side: Range) -> Fraction:
        first = 0 if side.first is None else side.first
        last = len(self.of.tiers) - 1 if side.last is None else side.last
        open_ends = [side.with_first, side.with_last].count(False) if isinstance(self.of.step, int | timedelta) else 0
        return _much(first, last) + self._one - open_ends

    def _both(self, before: Range, after: Range) -> str | None:
        """What two ranges share, in words; None where it is nothing."""
        if before.last < after.first or (before.last == after.first and not (before.with_last and after.with_first)):
            return None
        if before.last == after.first:
            return self.of.shown(before.last)
        low = "from" if after.with_first else "above"
        high = "through" if before.with_last else "below"
        return f"{low} {self.of.shown(after.first)} {high} {self.of.shown(before.last)}"

    def _hole(self, free: nodes.Band, before: Range, after: Range) -> Hole:
        inside = (
            self._compared(">=" if free.with_first else ">", free.first),
            self._compared("<=" if free.with_last else "<", free.last),
        )
        return Hole(self.kind, before.rule, after.rule, self.of.thing, inside, (before.atoms, after.atoms))

    def _compared(self, operator: str, value: Any) -> nodes.Expr:
        value = self.of.tiers[value] if self.of.tiers else value
        return nodes.Compare(operator, self.of.thing, nodes.Literal(value, self.of.type), types.YesNo())


def _begins(of: Range) -> tuple[bool, Any, bool]:
    return of.first is not None, of.first if of.first is not None else 0, not of.with_first


def _ends(of: Range) -> tuple[bool, Any, bool]:
    return of.last is None, of.last if of.last is not None else 0, of.with_last


def _much(first: Any, last: Any) -> Fraction:
    """What lies between two values; of dates, in days."""
    size = last - first
    return Fraction(size.days if isinstance(size, timedelta) else size)


def _overlaps(before: Range, after: Range) -> bool:
    """Whether two ranges share something, and each has something of its own on its side."""
    begins_before = before.first is None or before.first < after.first
    ends_after = after.last is None or before.last < after.last
    return begins_before and ends_after


def _up(value: Any, step: Any) -> Any:
    """The least value on a grid that is not below one."""
    return -(-value // step) * step if isinstance(step, Fraction) else value


def _down(value: Any, step: Any) -> Any:
    """The greatest value on a grid that is not above one."""
    return value // step * step if isinstance(step, Fraction) else value


# ---------------------------------------------------------------- around a circle


@dataclass(frozen=True, slots=True)
class _Circle:
    """Days of the week, or minutes of the day: behind the last comes the first."""

    kind: Kind
    size: int
    chosen: set[str]
    covered: Covered

    def between(self, around: list[Around]) -> Iterator[Finding]:
        """The same as along a line."""
        mixed = len({each.base for each in around}) > 1
        taken = frozenset[int]().union(*(each.slots for each in around))
        for first, length in self._runs(frozenset(range(self.size)) - taken):
            before = [each for each in around if (first - 1) % self.size in each.slots]
            after = [each for each in around if (first + length) % self.size in each.slots]
            if not before or not after or any(each in after for each in before):
                continue
            one, other = before[0], after[0]
            if (mixed and not _differ(one, other)) or not self._is_slip(first, length, one, other):
                continue
            inside = (self._stretch(first, length),)
            if not self.covered(Hole(self.kind, one.rule, other.rule, None, (inside,), (one.atoms, other.atoms))):
                yield _gap(one, other, self._shown(first, length))
        for one, other in combinations(around, 2):
            both = one.slots & other.slots
            if not both or both in (one.slots, other.slots) or (mixed and not _differ(one, other)):
                continue
            small = all(
                _is_small(Fraction(len(both)), Fraction(len(each.slots)), OF_A_SIDE, Fraction(1))
                for each in (one, other)
            )
            if (small or not mixed) and not _stands_apart(one.rule, other.rule, self.chosen):
                yield _overlap(one, other, self._shown(*next(self._runs(both))))

    def _runs(self, slots: frozenset[int]) -> Iterator[tuple[int, int]]:
        """Slots that follow each other, by the first and how many they are."""
        for first in sorted(slots):
            if (first - 1) % self.size not in slots:
                length = next(at for at in range(1, self.size + 1) if (first + at) % self.size not in slots)
                yield first, length

    def _is_slip(self, first: int, length: int, before: Around, after: Around) -> bool:
        ends, begins = (first - 1) % self.size, (first + length) % self.size
        sides = [next(at for at in range(1, self.size + 1) if (ends - at) % self.size not in before.slots)]
        sides.append(next(at for at in range(1, self.size + 1) if (begins + at) % self.size not in after.slots))
        return all(_is_small(Fraction(length), Fraction(side), OF_A_SIDE, Fraction(1)) for side in sides)

    def _stretch(self, first: int, length: int) -> nodes.Stretch:
        if self.size != DAY:
            return nodes.Weekdays(frozenset((first + at) % self.size for at in range(length)))
        return nodes.Hours(_clock(first), _clock(first + length))

    def _shown(self, first: int, length: int) -> str:
        if self.size == DAY:
            return f"time of day from {_clock(first):%H:%M} before {_clock(first + length):%H:%M}"
        last = (first + length - 1) % self.size
        return (
            f"weekday {WEEKDAYS[first]}" if length == 1 else f"weekday from {WEEKDAYS[first]} through {WEEKDAYS[last]}"
        )


def _clock(minute: int) -> time:
    return time(*divmod(minute % DAY, 60))


# ---------------------------------------------------------------- in words


def _gap(before: Range | Around, after: Range | Around, where: str) -> Finding:
    return Finding(
        Diagnostic(
            "G945",
            f'neither "{before.rule.name}" nor "{after.rule.name}" gives anything at {where}',
            before.ends.span,
            "ends before",
            related=((after.begins.span, "begins behind"),),
            help=("let one of them begin where the other ends",),
        )
    )


def _overlap(before: Range | Around, after: Range | Around, where: str) -> Finding:
    return Finding(
        Diagnostic(
            "G946",
            f'both "{before.rule.name}" and "{after.rule.name}" give at {where}',
            before.ends.span,
            "ends here",
            related=((after.begins.span, "begins before that"),),
            help=("let one of them end where the other begins",),
        )
    )
