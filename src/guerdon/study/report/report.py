"""What results are told in: tables whose columns have units, and below each what its figures mean.

Money, quantities and shares are exact; what a model or a confidence interval says is a float, and its column says so.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from fractions import Fraction

Value = str | int | Fraction | float | date | None
"""A cell; None: there is no such figure."""


class Kind(Enum):
    """What a column holds."""

    TEXT = "a text"
    MONTH = "a month, by its first day"
    COUNT = "a whole number"
    QUANTITY = "so much of a unit, exactly"
    MONEY = "money, exactly"
    SHARE = "a part of a whole, exactly; shown in percent"
    POINTS = "from -100 to 100, exactly"
    ESTIMATE = "what a model says: a binary floating-point number"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in files, its title for people, what it holds, and of what unit or currency.

    Shape: `signed`: what is above zero is shown with a plus. `decimals` of a share in percent.
    """

    name: str
    title: str
    kind: Kind
    unit: str = ""
    signed: bool = False
    decimals: int = 1


class Shape(Enum):
    """How a table is drawn."""

    LINES = "a line for each column over the rows"
    BARS = "bars above and below zero over the rows"
    HEAT = "each cell the darker the higher it is"
    SHARES = "a bar in each cell, as long as its share"


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing of some columns of a table, by its first one.

    Shape: `at`: where each row stands, from left to right, where they are not equally far apart; `level`: a figure to compare with, as a line;
    `beneath`: columns that have bars of their own below, because they are small beside the others.
    """

    shape: Shape
    columns: tuple[str, ...]
    beneath: tuple[str, ...] = ()
    at: tuple[Fraction, ...] = ()
    level: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `name` in files, `notes` what its figures mean, `warnings` what to beware of; `summed`: the columns whose sum means something.

    Shape: `of_rows`: where columns of quantities hold different things, what each row's are of: its kind, unit and decimals.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    plot: Plot | None = None
    summed: tuple[str, ...] = ()
    of_rows: tuple[Column, ...] = ()

    def of(self, row: int, column: Column) -> Column:
        """What the figures of a row are of, in a column."""
        if column.kind is not Kind.QUANTITY or row >= len(self.of_rows):
            return column
        mine = self.of_rows[row]
        return replace(column, kind=mine.kind, unit=mine.unit, decimals=mine.decimals)

    @property
    def total(self) -> tuple[Value, ...] | None:
        """The sums of the columns that have one, below the others; None where none has."""
        if not self.summed or not self.rows:
            return None
        sums = (self._sum(at) if each.name in self.summed else "" for at, each in enumerate(self.columns))
        _, *rest = sums
        return "in all", *rest

    def _sum(self, at: int) -> Value:
        values = [row[at] for row in self.rows]
        return sum((each for each in values if isinstance(each, int | Fraction)), start=0)

    def column(self, name: str) -> list[Value]:
        """The values of a column, from the first row on. Errors: StopIteration where there is none of this name."""
        at = next(at for at, each in enumerate(self.columns) if each.name == name)
        return [row[at] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Beside:
    """Two texts of several lines, side by side, each with a title of its own."""

    name: str
    title: str
    left: tuple[str, str]
    right: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Section:
    """A question, what answers it in a sentence, and the tables and texts that do; where there is nothing, `absent` says why."""

    title: str
    tables: tuple[Table, ...]
    absent: str = ""
    says: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()


@dataclass(frozen=True)
class Report:
    """Sections, and what they are of: a `title`, the lines of its `head`, plain values `about` it for other programs, and what stands below."""

    sections: tuple[Section, ...]

    @property
    @abstractmethod
    def title(self) -> str:
        """What it is of."""

    @property
    @abstractmethod
    def head(self) -> tuple[str, ...]:
        """What was read, line by line."""

    @property
    def headline(self) -> tuple[tuple[str, str, str], ...]:
        """The few figures that are read first: what each is of, the figure, and what it was or is made of."""
        return ()

    @property
    @abstractmethod
    def about(self) -> Mapping[str, object]:
        """The same as plain values."""

    @property
    @abstractmethod
    def foot(self) -> str:
        """What it can be told by: fingerprints."""

    def table(self, name: str) -> Table:
        """The table of a name. Errors: KeyError."""
        for section in self.sections:
            for each in section.tables:
                if each.name == name:
                    return each
        raise KeyError(name)
