"""The tree of clauses: one class for each kind."""

from __future__ import annotations

from guerdon.syntax.expressions import *
from guerdon.syntax.life import *
from guerdon.syntax.measures import *
from guerdon.syntax.rows import *
from guerdon.syntax.together import *
from guerdon.syntax.trials import *
from guerdon.text.node import Node

__all__ = [
    "Accumulate",
    "Because",
    "BeforeDate",
    "Clause",
    "Cost",
    "Counts",
    "Currency",
    "Dates",
    "DayStart",
    "Decimals",
    "During",
    "Each",
    "Edition",
    "Fact",
    "Falls",
    "Fiscal",
    "Forever",
    "FromDate",
    "FromOneExpiry",
    "Give",
    "Hours",
    "Lasts",
    "Limit",
    "LimitOf",
    "Minimum",
    "On",
    "OnAfter",
    "OnBefore",
    "OnDate",
    "OnDay",
    "OnReached",
    "OnWithout",
    "Opens",
    "Per",
    "Perk",
    "Round",
    "Say",
    "Stretch",
    "Through",
    "ThroughEnd",
    "Tier",
    "Timezone",
    "Trigger",
    "WeekStart",
    "Weekdays",
    "When",
    "WhileMet",
    "Within",
    "Worth",
]


class Edition(Node):
    number: Number


class Currency(Node):
    name: Name


class Timezone(Node):
    zone: Name


class Fiscal(Node):
    """The month and day on which the fiscal year starts, MM-DD."""

    day: Name


class DayStart(Node):
    """The local time at which a day starts, HH:MM."""

    time: Name


class WeekStart(Node):
    day: Name


class Decimals(Node):
    number: Number


class Worth(Node):
    quantity: Quantity | Name


class Fact(Node):
    """A field of an event, a record or the member; `value` derives it."""

    name: Name
    type: FieldType
    optional: Name | None
    value: Expr | None


class Counts(Node):
    """What counts, perhaps `never below zero`."""

    value: Expr
    floored: Name | None


class Tier(Node):
    """A tier and what reaches it: a count, a condition, an invitation, or nothing."""

    name: Name
    reached: Quantity | Number | Name | When | ByInvitation | None


class ThroughEnd(Node):
    end: EndOf


class WhileMet(Node):
    """`WhileMet` as written."""


class Forever(Node):
    """`Forever` as written."""


class Lasts(Node):
    term: ThroughEnd | ForTime | WhileMet | Forever


class Falls(Node):
    """`one tier at a time`, `to the tier counted`, `to the lowest` or `never`."""

    how: Name


class Perk(Node):
    tier: Name
    text: String


class OnDay(Node):
    """`end of` a period, or `anniversary of` a date."""

    edge: Name
    of: Period


class OnDate(Node):
    date: Date


class OnAfter(Node):
    time: ForTime
    event: Name


class OnWithout(Node):
    time: ForTime
    events: tuple[Name, ...]


class OnBefore(Node):
    time: ForTime
    unit: Name


class OnReached(Node):
    ladder: Name
    tier: Name


Trigger = OnDay | OnDate | OnAfter | OnWithout | OnBefore | OnReached


class On(Node):
    """The events at which a rule is looked at, or the one trigger."""

    what: tuple[Name, ...] | Trigger


class Opens(Node):
    """What opens an offer: events that fit, or the one trigger."""

    what: tuple[Name, ...] | Trigger
    where: Expr | None


class Within(Node):
    """How long an offer is open."""

    time: ForTime


class Through(Node):
    """The last day, or the last instant, of an offer."""

    last: Expr


class When(Node):
    condition: Expr


class Dates(Node):
    """Days; a name is that of a `param`."""

    first: Date
    last: Date | Name | None


class FromDate(Node):
    date: Date | Name


class BeforeDate(Node):
    date: Date | Name


class Weekdays(Node):
    """Days of the week; or days that a `param` names."""

    first: Name
    last: Name | Date | None


class Hours(Node):
    start: Name
    end: Name


Stretch = Dates | FromDate | BeforeDate | Weekdays | Hours


class During(Node):
    stretches: tuple[Stretch, ...]


class Each(Node):
    record: Name
    where: Expr | None


class Per(Node):
    """A scope: `per member`, `per calendar year`, `per 7 days`, `per merchant`, `per member.invited_by`."""

    scope: Period | ForTime | Path


class Accumulate(Node):
    per: tuple[Per, ...]


class Give(Node):
    value: Expr
    to: Path | None


class Cost(Node):
    value: Expr


class FromOneExpiry(Node):
    """`FromOneExpiry` as written."""


class Minimum(Node):
    quantity: Quantity | Name


class Round(Node):
    mode: Name
    place: Name | None


class Limit(Node):
    most: Quantity | Call | Name
    per: tuple[Per, ...]
    or_nothing: Name | None
    kept: Name | None


class LimitOf(Node):
    """So much of a fact that counts."""

    most: Quantity | Number | Call
    field: Name
    per: tuple[Per, ...]
    or_nothing: Name | None
    kept: Name | None


class Say(Node):
    text: String
    to: Path | None


class Because(Node):
    text: String


Clause = (
    Edition
    | Currency
    | Timezone
    | Fiscal
    | DayStart
    | WeekStart
    | Decimals
    | Worth
    | Fact
    | Use
    | By
    | Columns
    | Bands
    | RowsFrom
    | Row
    | Otherwise
    | IsClause
    | Ranked
    | Counts
    | Tier
    | Lasts
    | Falls
    | Perk
    | On
    | When
    | During
    | Each
    | Accumulate
    | Give
    | Cost
    | FromOneExpiry
    | Minimum
    | Round
    | Limit
    | LimitOf
    | Say
    | Because
    | Opens
    | Within
    | Through
    | Control
    | Replaces
    | Funded
    | Of
    | Take
    | Given
    | Happens
    | ExpectAward
    | ExpectBalance
    | ExpectTier
    | ExpectValue
    | ExpectNeeds
    | ExpectRefused
    | Always
    | NeverLess
    | Lateness
    | Kind
    | Expires
    | Suspended
    | Spends
    | Debt
    | Reverses
    | Part
    | Clawback
    | Counted
    | Members
    | Owns
    | Joins
    | Leaves
    | SpendsWhen
    | Rises
    | Grace
    | Floor
    | Grants
    | Carries
    | Restarts
    | Returns
    | Share
    | Hold
    | Friend
    | Referrer
    | Qualifies
    | Refuse
)
