"""Typed expressions: names resolved, types and grids known."""

from __future__ import annotations

from datetime import date
from enum import Enum
from fractions import Fraction

from guerdon.program.time import Period, Window
from guerdon.program.types import RateValue, Type
from guerdon.text.node import Node

__all__ = [
    "Aggregate",
    "Apply",
    "Arithmetic",
    "Available",
    "Compare",
    "Defined",
    "Earned",
    "Expr",
    "Field",
    "Given",
    "Junction",
    "Literal",
    "Lookup",
    "Measured",
    "Negation",
    "OrElse",
    "OverLines",
    "PeriodDay",
    "Scope",
    "Standing",
    "Streak",
    "Theirs",
    "Value",
]


class Aggregate(Enum):
    """How the values of several events or lines become one."""

    COUNT = "count"
    SUM = "sum"
    DISTINCT = "distinct"
    FIRST = "first"
    LAST = "last"
    LEAST = "least"
    MOST = "most"
    DAYS_SINCE = "days since"


class Scope(Enum):
    """Whose fact a field is."""

    EVENT = "event"
    MOMENT = "moment"  # what every event has: its local `date` and `weekday`, and `at`, its instant
    LINE = "line"
    MEMBER = "member"
    OPENED = "opened"  # of what opened the offer
    OFFER = "offer"  # whether an offer is open to the member


Value = Fraction | str | bool | date | int


class Literal(Node):
    """A value as it was written."""

    value: Value | RateValue
    type: Type


class Field(Node):
    """A fact of the event, of the line, of the member or of what opened an offer; as a fact of the member, `member` is who they are.

    As one of offers, whether that of the name is open.
    """

    scope: Scope
    name: str
    type: Type


class Theirs(Node):
    """A fact of the member whom a value names; missing where nobody is named, or nothing is known of it."""

    of: Expr
    name: str
    type: Type


class PeriodDay(Node):
    """The first or `last` day of the period that holds the date, or of one so many after it."""

    last: bool
    period: Period
    ahead: int
    type: Type


class Standing(Node):
    """The member's tier on a ladder, as before the event."""

    ladder: str
    type: Type


class Measured(Node):
    """What a meter shows in a window."""

    meter: int
    aggregate: Aggregate
    window: Window
    type: Type


class Streak(Node):
    """How many periods of a window, one after the other up to the present one, hold a day that meters show.

    Shape: a meter with a value shows the day that it is, else that of its event. All are
    of one member or of one account. `missed`: so many periods may hold none; they are not
    counted.
    """

    meters: tuple[int, ...]
    period: Period
    missed: int
    window: Window
    type: Type


class Earned(Node):
    """What was awarded in a window, of a unit or (`rule`) by a rule or the rules of a group, as before the event.

    Shape: `back`: instead of what is left of it, what returns took back on days of the window.
    """

    unit: str
    rule: str | None
    window: Window
    type: Type
    back: bool = False


class Available(Node):
    """The balance of a unit that can be spent, as before the event."""

    unit: str
    type: Type


class Given(Node):
    """What a rule gave on this event, after rounding and limits, or (`exact`) before them; or the sum of a group."""

    rule: str
    exact: bool
    type: Type


class OverLines(Node):
    """An aggregate over the event's own lines: of `value`, of those where `where` holds."""

    aggregate: Aggregate
    lines: str
    value: Expr | None
    where: Expr | None
    type: Type


class Defined(Node):
    """The value of a declared measure."""

    measure: str
    type: Type


class Lookup(Node):
    """A column of a table's row for some keys.

    Shape: one value for each key; without the key in bands, all its bands for the others,
    as the rate of an `Apply` whose base is then that key. In a table of parts that is
    looked up by all keys, the rate that they come to together.
    """

    table: str
    keys: tuple[Expr, ...]
    column: int
    type: Type


class Apply(Node):
    """A rate or a percent applied to a base; a base below zero counts as zero."""

    rate: Expr
    base: Expr
    type: Type


class Arithmetic(Node):
    """`+`, `-`, `*` or `/` of two values, or (`min`, `max`) the lesser or the greater."""

    operator: str
    left: Expr
    right: Expr
    type: Type


class Compare(Node):
    """`is`, `is not`, `<`, `<=`, `>`, `>=`, or `same as`, which does not hold where a side is missing."""

    operator: str
    left: Expr
    right: Expr
    type: Type


class Junction(Node):
    """`every` one of the conditions holds (`and`), or one at least (`or`)."""

    every: bool
    of: tuple[Expr, ...]
    type: Type


class Negation(Node):
    """The condition does not hold."""

    of: Expr
    type: Type


class OrElse(Node):
    """The value, or where it is missing the other one."""

    value: Expr
    default: Expr
    type: Type


Expr = (
    Literal
    | Field
    | Theirs
    | PeriodDay
    | Standing
    | Measured
    | Streak
    | Earned
    | Available
    | Given
    | OverLines
    | Defined
    | Lookup
    | Apply
    | Arithmetic
    | Compare
    | Junction
    | Negation
    | OrElse
)
