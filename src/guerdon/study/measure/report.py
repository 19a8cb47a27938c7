"""What a measurement is told in: tables whose columns have units, and below each what its figures mean.

Money, quantities and shares are exact; what a model or a confidence interval says is a float, and its column says so.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    """A column: its name in files, its title for people, what it holds, and of what unit or currency."""

    name: str
    title: str
    kind: Kind
    unit: str = ""


class Shape(Enum):
    """How a table is drawn."""

    LINES = "a line for each column over the months"
    BARS = "bars above and below zero over the months"
    HEAT = "each cell the darker the higher it is"


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing of some columns of a table, by its first one."""

    shape: Shape
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `name` in files, `notes` what its figures mean, `warnings` what to beware of."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    plot: Plot | None = None

    def column(self, name: str) -> list[Value]:
        """The values of a column, from the first row on. Errors: StopIteration where there is none of this name."""
        at = next(at for at, each in enumerate(self.columns) if each.name == name)
        return [row[at] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Section:
    """A question, and the tables that answer it; without any, `absent` says why."""

    title: str
    tables: tuple[Table, ...]
    absent: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All that was measured of a run.

    Units: `first` and `last` are days of the program, both included: of what is shown by month. `read` is the last
    day of which anything was read.
    """

    program: str
    fingerprint: str
    currency: str
    first: date
    last: date
    read: date
    events: int
    aside: int
    sections: tuple[Section, ...]

    def table(self, name: str) -> Table:
        """The table of a name. Errors: KeyError."""
        for section in self.sections:
            for each in section.tables:
                if each.name == name:
                    return each
        raise KeyError(name)
