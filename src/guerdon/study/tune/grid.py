"""The values that a param may take: so many equal steps, each written as a designer would write it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor

from guerdon.check.wording import plain
from guerdon.program import nodes
from guerdon.program.currency import DECIMALS
from guerdon.program.time import FIRST_YEAR, LAST_YEAR
from guerdon.study.tune.asked import Asked, TuneError
from guerdon.syntax import tree
from guerdon.syntax.cells import value
from guerdon.text.source import Source, Span

OF_NOTHING = 100
"""So many steps are looked at of a param that is nothing now."""
DAYS = 30
"""So many days before and after a date are looked at."""

_LENGTHS = ("day", "days", "month", "months")


@dataclass(frozen=True)
class Scale:
    """What a param counts, and the step that its values have by themselves.

    Units: percentages as parts of one, dates as numbers of days, rates by what they give.
    """

    like: tree.Expr
    step: Fraction

    def number(self, of: tree.Expr) -> Fraction | None:
        """The number that a value stands for; None where it is of another kind."""
        match self.like, of:
            case tree.Quantity(_, unit), tree.Quantity(amount, other) if _unit(unit.text) == _unit(other.text):
                return Fraction(amount.text)
            case (tree.Number(), tree.Number(text)):
                return Fraction(text)
            case (tree.Percent(), tree.Percent(text)):
                return Fraction(text.rstrip("%")) / 100
            case tree.Date(), tree.Date(text):
                return _day(text)
            case tree.Rate(give, full, per), tree.Rate(other_give, other_full, other_per):
                alike = give.unit.text == other_give.unit.text and per.unit.text == other_per.unit.text
                same = Fraction(per.amount.text) == Fraction(other_per.amount.text) and bool(full) == bool(other_full)
                return Fraction(other_give.amount.text) if alike and same else None
        return None

    def long(self, of: tree.Expr) -> Fraction | None:
        """The number that a step stands for: a value, of dates so many days."""
        if isinstance(self.like, tree.Date):
            days = isinstance(of, tree.Quantity) and _unit(of.unit.text) == "day"
            return Fraction(of.amount.text) if days and isinstance(of, tree.Quantity) else None
        return self.number(of)

    def written(self, number: Fraction) -> str:
        """A value as it stands behind `is`."""
        match self.like:
            case tree.Quantity(_, unit):
                return f"{plain(number)} {unit.text}"
            case tree.Percent():
                return f"{plain(100 * number)}%"
            case tree.Date():
                return date.fromordinal(int(number)).isoformat()
            case tree.Rate(give, full, per):
                return (
                    f"{plain(number)} {give.unit.text} per {'full ' if full else ''}{per.amount.text} {per.unit.text}"
                )
        return plain(number)


def _unit(word: str) -> str:
    return word.rstrip("s") if word in _LENGTHS else word


def _day(text: str) -> Fraction | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return Fraction(found.toordinal()) if FIRST_YEAR <= found.year <= LAST_YEAR else None


def scale(param: str, now: tree.Expr, program: nodes.Program) -> Scale:
    """What a param counts, by its present value. Errors: G960 where its values are no steps."""
    match now:
        case tree.Quantity(amount, unit):
            step = _step(unit.text, program)
            shown = amount.text
        case tree.Number(text):
            step, shown = Fraction(1), text
        case tree.Percent(text):
            step, shown = Fraction(1, 10), text.rstrip("%")
        case tree.Date():
            return Scale(now, Fraction(1))
        case tree.Rate(give, full, _):
            own = _step(give.unit.text, program)
            step, shown = own if full else own / 10, give.amount.text
        case _:
            raise TuneError(
                "G960",
                f"`{param}` is {now.span.text}, and there is nothing between one such value and the next",
                "tune a param that is an amount, a number, a percentage, a rate, a date or a length of time",
            )
    while (Fraction(shown) / step).denominator != 1:
        step /= 10
    return Scale(now, step / 100 if isinstance(now, tree.Percent) else step)


def _step(unit: str, program: nodes.Program) -> Fraction:
    if unit in program.units:
        return program.units[unit].step
    return Fraction(1) if unit in _LENGTHS else Fraction(1, 10 ** DECIMALS.get(unit, 0))


@dataclass(frozen=True)
class Grid:
    """Values from `low` on, `count` of them, `step` from each to the next."""

    scale: Scale
    low: Fraction
    step: Fraction
    count: int

    def number(self, at: int) -> Fraction:
        return self.low + at * self.step

    def written(self, at: int) -> str:
        return self.scale.written(self.number(at))

    def at(self, number: Fraction) -> int | None:
        """Where a number stands; None where it is none of the values."""
        place = (number - self.low) / self.step
        return int(place) if place.denominator == 1 and 0 <= place < self.count else None

    def part(self, first: int, last: int) -> Grid:
        """The values from one place through another."""
        return Grid(self.scale, self.number(first), self.step, last - first + 1)


def grid(asked: Asked, of: Scale, now: Fraction) -> Grid:
    """The values that are looked at, the present one among them where nothing else is asked for. Errors: G962."""
    step = of.step if asked.step is None else _read(asked, asked.step, of, of.long, _long(of, of.step))
    if step <= 0:
        raise TuneError("G962", f"a step of {asked.step} leads nowhere", f"the smallest is {_long(of, of.step)}")
    low = None if asked.low is None else _read(asked, asked.low, of, of.number, of.written(now))
    high = None if asked.high is None else _read(asked, asked.high, of, of.number, of.written(now))
    if low is None:
        low = Fraction(0) if not isinstance(of.like, tree.Date) else now - max(floor(DAYS / step), 1) * step
    if high is None:
        high = _twice(max(now, low), of, low + OF_NOTHING * step)
    count = floor((high - low) / step) + 1
    if count < 2:
        raise TuneError(
            "G962",
            f"there are no two values of `{asked.param}` from {of.written(low)} to {of.written(high)} in steps of {_long(of, step)}",
            "let `--to` be a step or more above `--from`",
        )
    return Grid(of, low, step, count)


def _twice(number: Fraction, of: Scale, of_nothing: Fraction) -> Fraction:
    """How far values are looked at that are not bounded."""
    return number + DAYS if isinstance(of.like, tree.Date) else 2 * number or of_nothing


def _long(of: Scale, step: Fraction) -> str:
    """A step as people write it."""
    return f"{plain(step)} days" if isinstance(of.like, tree.Date) else of.written(step)


def _read(asked: Asked, text: str, of: Scale, number: Callable[[tree.Expr], Fraction | None], like: str) -> Fraction:
    """The number of a value that was given. Errors: G961."""
    found = literal(text)
    read = number(found) if found is not None else None
    if read is None:
        now = of.like.span.text
        raise TuneError("G961", f"`{text}` is no value of `{asked.param}`, which is {now}", f"write it like `{like}`")
    return read


def literal(text: str) -> tree.Expr | None:
    """A value as it stands behind `is`; None where it is none."""
    return value(text.strip(), Span(Source("value", text), 0, len(text)))
