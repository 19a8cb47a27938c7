"""What a search for a value found: the value, the boundary around it, and every run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from guerdon.check.wording import plain
from guerdon.program.currency import DECIMALS
from guerdon.program.printed import fingerprint
from guerdon.reference.calendar import Calendar
from guerdon.study import words
from guerdon.study.conditions.condition import Condition
from guerdon.study.report.notebook import InNotebook
from guerdon.study.report.report import Column, Kind, Plot, Section, Shape, Table
from guerdon.study.report.shown import text
from guerdon.study.tune.grid import Grid
from guerdon.study.tune.search import Search, Way
from guerdon.study.tune.trying import Point, Trying


@dataclass(frozen=True, repr=False)
class Tuned(InNotebook):
    """Which value of a param meets a target over a history.

    Shape: `value` is what meets it, or else comes nearest (`met`: which of both; None where there is no figure at all); `beyond` are the values
    next to it that are on the other side; `present` is the program as it is; `points` are all that were run, in order.
    """

    program: str
    fingerprint: str
    currency: str
    last: date
    events: int
    members: int
    aside: int
    param: str
    target: Condition
    met: bool
    value: Point | None
    beyond: tuple[Point, ...]
    present: Point
    points: tuple[Point, ...]
    way: Way
    values: int
    runs: int

    @property
    def title(self) -> str:
        return f"{self.program}: {self.param} for {self.target.text}"

    @property
    def head(self) -> tuple[str, ...]:
        return words.of_what_was_read(
            f"{words.count(self.events, 'event')} of {words.count(self.members, 'member')}, read through {self.last}.",
            self.currency,
            self.aside,
        )

    @property
    def headline(self) -> tuple[tuple[str, str, str], ...]:
        """The value, what the figure is there and at present, and how many runs it took."""
        found = self.value
        column = next(each for each in self.table("runs").columns if each.name == "figure")
        said = "meets the target" if self.met else "comes nearest to the target"
        value = (self.param, found.written if found is not None else "none", said)
        there = (column.title, text(found.figure if found is not None else None, column, 2), self.target.text)
        present = ("at present", text(self.present.figure, column, 2), self.present.written)
        return value, there, present, ("runs", f"{self.runs:,}", f"of {self.values:,} values")

    @property
    def about(self) -> Mapping[str, object]:
        return {
            "program": self.program,
            "fingerprint": self.fingerprint,
            "currency": self.currency,
            "last": self.last.isoformat(),
            "events": self.events,
            "aside": self.aside,
            "param": self.param,
            "target": self.target.text,
            "met": self.met,
            "value": self.value.written if self.value is not None else None,
            "beyond": [each.written for each in self.beyond],
            "present": self.present.written,
            "way": self.way.value,
            "values": self.values,
            "runs": self.runs,
        }

    @property
    def foot(self) -> str:
        return f"Program {self.fingerprint}."


def tuned(of: Trying, values: Grid, search: Search, now: Fraction) -> Tuned:
    """What a search found, in words and tables."""
    run = of.present.run
    best = search.best((now - values.low) / values.step)
    at_best = of.point(values.number(best)) if best is not None else None
    beyond = tuple(of.point(values.number(at)) for at in search.beyond(best)) if best is not None else ()
    ran = tuple(point for _, point in sorted(of.points.items()))
    frame, until = of.present.program.frame, run.until
    found = Tuned(
        (),
        frame.name,
        fingerprint(of.present.program),
        frame.currency,
        Calendar(frame).day(until - 1) if until is not None else date.min,
        of.present.figures.events,
        of.present.figures.members,
        len(run.rejections),
        of.param,
        of.target,
        best is not None and search.meets(best),
        at_best,
        beyond,
        of.points[now],
        ran,
        search.way,
        values.count,
        sum(each.amount is not None for each in ran),
    )
    rows = _Rows(found, of, search)
    told = tuple(_answer(found, values, search, best, rows))
    around = {each.number: each for each in (found.present, *beyond, *((at_best,) if at_best is not None else ()))}
    boundary = rows.table("boundary", "The boundary", [each for _, each in sorted(around.items())])
    curve = Plot(Shape.LINES, ("figure",), at=tuple(each.number for each in ran), level=of.target.goal)
    each_run = replace(rows.table("runs", "Each value that was run", ran), plot=curve)
    sections = (
        Section("What meets the target", (boundary,), says=told),
        Section("How the figure goes", (each_run,), says=tuple(_way(found, values, search))),
    )
    return replace(found, sections=sections)


# ---------------------------------------------------------------- in words


def _answer(of: Tuned, values: Grid, search: Search, best: int | None, rows: _Rows) -> Iterator[str]:
    """The value, what the figure is there and next to it."""
    point = of.value
    if best is None or point is None:
        yield f"`{of.target.text}` is about a share of nothing: at none of the values there is a figure."
        return
    name, through = rows.of.figure.name, f"from {values.written(0)} through {values.written(values.count - 1)}"
    if not of.met:
        yield f"No value {through} that was run meets `{of.target.text}`. {point.written} comes nearest: {name} {rows.told(point)}."
    else:
        first, last = search.stretch(best)
        yield f"`{of.param}` {point.written} meets `{of.target.text}`: {name} {rows.told(point)}."
        if of.target.operator == "=" and first < last:
            yield f"So does each value that was run from {values.written(first)} through {values.written(last)}; this one is nearest to the present."
        elif not of.beyond:
            yield f"So does each value {through} that was run: there is no boundary; `--from` and `--to` say where else to look."
    for each in of.beyond:
        yield (
            f"At {each.written} it is {rows.told(each)}."
            if each.figure is not None
            else f"At {each.written} there is none."
        )
    if of.present.number not in {point.number, *(each.number for each in of.beyond)}:
        yield f"At present, at {of.present.written}, it is {rows.told(of.present)}."


def _way(of: Tuned, values: Grid, search: Search) -> Iterator[str]:
    """What was seen of the figure as the value rises, and what follows of it."""
    yield f"{words.count(of.runs, 'run')}, to find one of {of.values:,} values, {values.written(0)} through {values.written(values.count - 1)}."
    if search.is_whole:
        yield f"Every value was run. As `{of.param}` rises, the figure {of.way.value}."
    elif of.way is Way.TURNS:
        yield (
            f"As `{of.param}` rises, the figure goes up and down. Between values that were not run there may be others that meet the target, "
            "or don't; `--all` runs every value."
        )
    elif of.way is Way.LEVEL:
        yield f"At all values that were run the figure is the same: `{of.param}` does not change it there. `--all` runs every value."
    else:
        yield f"As `{of.param}` rises, the figure {of.way.value} from one value that was run to the next. That it does so in between, too, is not proved; `--all` runs every value."


# ---------------------------------------------------------------- in tables

FEWEST_DECIMALS, MOST_DECIMALS = 2, 6
"""Of a share in percent."""


def _decimals(found: Tuned) -> int:
    """So many decimals of a share as tell the value from those next to it, and from the target."""
    value, goal = found.value, found.target.goal
    near = [
        each.figure
        for each in (value, *found.beyond)
        if value is not None and each is not None and each.figure is not None
    ]
    apart = {*near, goal}
    for places in range(FEWEST_DECIMALS, MOST_DECIMALS):
        if len({round(100 * each, places) for each in apart}) == len(apart):
            return places
    return MOST_DECIMALS


class _Rows:
    """The rows of values, and the columns that say something of this target."""

    def __init__(self, found: Tuned, of: Trying, search: Search) -> None:
        self.found, self.of = found, of
        target, column = found.target, of.figure.column
        self.share = target.is_share
        by = f"of {of.whole.name}" if of.whole is not None else ("of members" if of.figure.whole else "of the present")
        self.amount = Column("amount", of.figure.name, column.kind, column.unit)
        share = Column("figure", f"{of.figure.name}, {by}", Kind.SHARE, decimals=_decimals(found))
        self.figure = share if self.share else replace(self.amount, name="figure")
        priced = any(each.cost or each.owed for each in found.points)
        self.money = priced and bool(found.currency)
        self.with_cost = self.money and of.figure.name != "cost"
        self.with_sales = self.money and any(each.of_sales is not None for each in found.points)
        self.with_sales &= not (of.whole is not None and of.whole.name == "sales" and of.figure.name == "cost")
        self.with_owed = self.money and of.figure.name != "owed"

    def told(self, point: Point) -> str:
        """What the figure is, for people."""
        if point.amount is None:
            return "no program"
        amount = self.of.figure.written(point.amount)
        if not self.share:
            exact = plain(point.amount)
            steps = point.amount * 10 ** DECIMALS.get(self.found.currency, 2)
            rounded = self.money and steps.denominator != 1 and "/" not in exact
            return f"{amount} (exactly {exact})" if rounded else amount
        share = text(point.figure, self.figure) if point.figure is not None else "a share of nothing"
        return f"{amount}, {share} {self.figure.title.rpartition(', ')[2]}"

    def table(self, name: str, title: str, points: list[Point] | tuple[Point, ...]) -> Table:
        """Values and what came of them."""
        currency = self.found.currency
        columns = [Column("value", self.found.param, Kind.TEXT), Column("meets", "meets the target", Kind.TEXT)]
        columns += [self.amount, self.figure] if self.share else [self.figure]
        columns += [Column("cost", "cost", Kind.MONEY, currency)] if self.with_cost else []
        columns += [Column("of_sales", "cost, of sales", Kind.SHARE, decimals=2)] if self.with_sales else []
        columns += [Column("owed", "owed at the end", Kind.MONEY, currency)] if self.with_owed else []
        rows = tuple(tuple(self._cell(each, point) for each in columns) for point in points)
        return Table(name, title, tuple(columns), rows, tuple(self._notes(points)))

    def _cell(self, column: Column, point: Point) -> str | Fraction | None:
        match column.name:
            case "value":
                return point.written
            case "amount":
                return point.amount
            case "figure":
                return point.figure
            case "meets":
                return "yes" if point.figure is not None and self.found.target.met_by(point.figure) else "no"
            case "cost":
                return point.cost
            case "of_sales":
                return point.of_sales
        return point.owed

    def _notes(self, points: list[Point] | tuple[Point, ...]) -> Iterator[str]:
        yield f"At present it is {self.found.present.written}."
        if any(each.amount is None for each in points):
            yield "Where there is no figure, the checker refuses the program with this value."
