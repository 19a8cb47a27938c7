"""The tree of expressions, windows and the words in them."""

from __future__ import annotations

from guerdon.text.node import Node

__all__ = [
    "Add",
    "Alike",
    "Among",
    "Application",
    "Available",
    "Both",
    "Calendar",
    "Call",
    "Came",
    "Compare",
    "Date",
    "Earned",
    "Either",
    "Ever",
    "Exact",
    "Expr",
    "ForTime",
    "Measured",
    "Multiply",
    "Name",
    "Negation",
    "Number",
    "Open",
    "Path",
    "Percent",
    "Period",
    "PeriodDay",
    "Quantity",
    "Rate",
    "Rolling",
    "Same",
    "Since",
    "Streak",
    "String",
    "Window",
]

# ---------------------------------------------------------------- words and values


class Name(Node):
    """A plain word."""

    text: str


class Number(Node):
    """A number as it was typed."""

    text: str


class Percent(Node):
    """A percentage as it was typed, with its sign."""

    text: str


class String(Node):
    """What stands between quotes: a rule's name, or a text."""

    text: str


class Date(Node):
    """A day, YYYY-MM-DD."""

    text: str


class Quantity(Node):
    """So much of a unit."""

    amount: Number
    unit: Name


class Rate(Node):
    """So much per so much; `full` steps only."""

    give: Quantity
    full: Name | None
    per: Quantity


class Path(Node):
    """A word, or words joined by dots."""

    parts: tuple[Name, ...]

    @property
    def text(self) -> str:
        return ".".join(part.text for part in self.parts)


class Period(Node):
    """A stretch of the calendar; the word in front says whose year."""

    words: tuple[Name, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


class ForTime(Node):
    """So many days or months."""

    amount: Number
    unit: Name


# ---------------------------------------------------------------- windows


class Calendar(Node):
    """`this month`, `previous calendar year`."""

    which: Name
    period: Period


class Rolling(Node):
    """`last 7 days`."""

    time: ForTime


class Ever(Node):
    """`ever`."""


class Since(Node):
    """`since joining`, `since entry`."""

    word: Name


Window = Calendar | Rolling | Since | Ever

# ---------------------------------------------------------------- expressions


class Call(Node):
    """A table looked up, perhaps for one of its columns, or a function of several values."""

    name: Name
    arguments: tuple[Expr, ...]
    column: Name | None = None


class Exact(Node):
    """What a rule gave, before rounding and limits."""

    rule: String


class Measured(Node):
    """An aggregate (`days since` too) over events or lines in a window."""

    aggregate: Name
    path: Path
    where: Expr | None
    window: Window


class Came(Node):
    """What keeps a streak up: events or lines, on their own day or on that of a fact."""

    path: Path
    where: Expr | None


class Streak(Node):
    """Periods one after the other in which something came."""

    period: Period
    of: tuple[Came, ...]
    missed: Number | None
    window: Window


class Earned(Node):
    """What was earned of a unit, or by a rule, in a window; or (`back`) was taken back."""

    of: Path | String
    window: Window
    back: bool


class PeriodDay(Node):
    """`last day of next month`."""

    edge: Name
    which: Name
    period: Period


class Available(Node):
    """What can be spent of a unit."""

    of: Path


class Open(Node):
    """Whether an offer is open to the member."""

    offer: String


class Multiply(Node):
    """`*` or `/`."""

    left: Expr
    operator: Name
    right: Expr


class Add(Node):
    """`+` or `-`."""

    left: Expr
    operator: Name
    right: Expr


class Application(Node):
    """A rate, a percent or a table's result `of` a base."""

    rate: Expr
    base: Expr


class Compare(Node):
    """`>=`, `<=`, `>` or `<`."""

    left: Expr
    operator: Name
    right: Expr


class Same(Node):
    """`is` or `is not`."""

    left: Expr
    differs: Name | None
    right: Expr


class Alike(Node):
    """`same as`."""

    left: Expr
    right: Expr


class Among(Node):
    """`in [...]` or `not in [...]`."""

    item: Expr
    outside: Name | None
    values: tuple[Expr, ...]


class Negation(Node):
    """`not`."""

    of: Expr


class Both(Node):
    """`and`."""

    of: tuple[Expr, ...]


class Either(Node):
    """`or`: one of several conditions, or a value for what is missing."""

    of: tuple[Expr, ...]


Expr = (
    Number
    | Percent
    | String
    | Date
    | Quantity
    | Rate
    | Path
    | Call
    | Exact
    | Measured
    | Streak
    | Earned
    | Available
    | Open
    | PeriodDay
    | Multiply
    | Add
    | Application
    | Compare
    | Same
    | Alike
    | Among
    | Negation
    | Both
    | Either
)
