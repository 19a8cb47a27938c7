"""A program with other values of one param, each of them run once."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from guerdon.program import nodes
from guerdon.project.parts import Parts, checked, with_value
from guerdon.study.compare.counted import counted
from guerdon.study.compare.database import opened
from guerdon.study.compare.people import gains
from guerdon.study.compare.running import Runs
from guerdon.study.compare.sides import Side
from guerdon.study.conditions.condition import Condition
from guerdon.study.conditions.figures import Figure, gaining
from guerdon.study.tune.asked import TuneError
from guerdon.study.tune.grid import Scale, literal
from guerdon.text.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class Point:
    """A value, and what came of it: the figure that was asked for (`amount`, and as the target compares it), and what it costs.

    Shape: all is None of a value with which there is no program; `figure` is None, too, where it is a share of nothing.
    """

    number: Fraction
    written: str
    figure: Fraction | None = None
    amount: Fraction | None = None
    cost: Fraction | None = None
    of_sales: Fraction | None = None
    owed: Fraction | None = None


@dataclass
class Trying:
    """Runs a program with values of a param; `present` is how it stands now."""

    parts: Parts
    runs: Runs
    param: str
    scale: Scale
    target: Condition
    figure: Figure
    whole: Figure | None
    present: Side
    points: dict[Fraction, Point] = field(default_factory=dict)

    def program(self, number: Fraction) -> tuple[nodes.Program | None, tuple[Diagnostic, ...]]:
        """The program with a value, or None, and what is said about it."""
        value = literal(self.scale.written(number))
        assert value is not None, "it is written as the present one is"
        return checked(with_value(self.parts, self.param, value).declarations, [self.parts.beside])

    def point(self, number: Fraction) -> Point:
        """What comes of a value; it is run when it is first asked for."""
        if number not in self.points:
            written = self.scale.written(number)
            typed, _ = self.program(number)
            side = self.runs.side(typed, f"run {len(self.points) + 1}: {written}") if typed is not None else None
            self.points[number] = self._of(number, side) if side is not None else Point(number, written)
        return self.points[number]

    def at_present(self, number: Fraction) -> Point:
        """What comes of the program as it is, whose run is there already."""
        self.points[number] = self._of(number, self.present)
        return self.points[number]

    def _of(self, number: Fraction, side: Side) -> Point:
        amount = self._amount(self.figure, side)
        figure: Fraction | None = amount
        if self.target.is_share:
            whole = self._whole(side)
            figure = amount / whole if whole else None
        written = self.scale.written(number)
        return Point(number, written, figure, amount, side.cost, side.of_sales, side.liability)

    def _amount(self, of: Figure, side: Side) -> Fraction:
        if of.of is not None:
            return of.of(side)
        if side is self.present:
            return Fraction(0)
        with opened(self.present, side) as db:
            return gaining(gains(db, counted(db)), of)

    def _whole(self, side: Side) -> Fraction:
        """What a share is of: a figure of the same run, all members, or what the figure is at present."""
        if self.whole is not None:
            return self._amount(self.whole, side)
        return self.figure.whole(side) if self.figure.whole is not None else self._amount(self.figure, self.present)

    def refuse(self, number: Fraction, said: tuple[Diagnostic, ...]) -> TuneError:
        """Why there is no program with a value."""
        first = next(each for each in said if each.is_error)
        text = f"with `{self.param}` {self.scale.written(number)} there is no program: {first.code}, {first.message}"
        return TuneError("G964", text, "look at other values, with `--from` and `--to`")
