"""The tree of clauses about the life of points and tiers: expiry, debt, returns, holds, subjects."""

# ruff: noqa: F403, F405 - a tree in several files is one module to its readers

from __future__ import annotations

from guerdon.syntax.expressions import *
from guerdon.text.node import Node

__all__ = [
    "ByInvitation",
    "Carries",
    "Clawback",
    "Counted",
    "Debt",
    "EndOf",
    "Expires",
    "Floor",
    "Friend",
    "Grace",
    "Grants",
    "Hold",
    "HoldReturnable",
    "HoldUntil",
    "InProportion",
    "Joins",
    "Kind",
    "Lateness",
    "Leaves",
    "LifeAfter",
    "LifeOn",
    "LifeTo",
    "LifeWithout",
    "Members",
    "Never",
    "Owns",
    "Part",
    "Qualifies",
    "Referrer",
    "Refuse",
    "Restarts",
    "Returns",
    "Reverses",
    "Rises",
    "Share",
    "Spends",
    "SpendsWhen",
    "Suspended",
    "UnlessFallen",
    "UpTo",
]


class EndOf(Node):
    """`end of this month`: the instant at which the next one starts."""

    which: Name
    period: Period


class Lateness(Node):
    time: ForTime


# ---------------------------------------------------------------- units


class Kind(Node):
    word: Name


class LifeAfter(Node):
    """`6 months after earned, at end of month`."""

    time: ForTime
    origin: Name | EndOf
    at_end: Period | None


class LifeTo(Node):
    """`at end of next month`."""

    end: EndOf


class LifeOn(Node):
    """`on 2026-12-31`."""

    date: Date


class LifeWithout(Node):
    """`12 months without purchase, visit`."""

    time: ForTime
    events: tuple[Name, ...]


class Never(Node):
    """`Never` as written."""


class Expires(Node):
    life: LifeAfter | LifeTo | LifeOn | LifeWithout | Never
    when: Expr | None
    since: Date | None
    existing: Name | None


class Suspended(Node):
    condition: Expr


class Spends(Node):
    """Which lots are spent first: `oldest`, `newest` or `soonest`."""

    order: Name


class UpTo(Node):
    quantity: Quantity | Name


class Debt(Node):
    how: Name | UpTo


# ---------------------------------------------------------------- events that reverse


class Reverses(Node):
    """What an event takes back: which of several, matched by which fact, for how long."""

    which: Name | None
    event: Name
    by: Name | None
    within: ForTime | None


class Part(Node):
    """What of it: the path to a fact of this event (or of its lines), measured against the fact `of` of the other."""

    path: Path
    of: Name | None
    by: Name | None


class InProportion(Node):
    mode: Name


class Clawback(Node):
    """`exactly`, `recomputed`, `oldest first`, or in proportion; the last two perhaps `oldest first` too."""

    how: InProportion | Name
    first: Name | None
    oldest: Name | None


class Counted(Node):
    """Where measures are corrected: at the `sale` or at the `return`."""

    at: Name


# ---------------------------------------------------------------- accounts


class Members(Node):
    fact: Name


class Owns(Node):
    names: tuple[Name, ...]


class Joins(Node):
    """`bringing` or `keeping`."""

    how: Name


class Leaves(Node):
    """`taking` or `leaving`."""

    how: Name


class SpendsWhen(Node):
    condition: Expr


# ---------------------------------------------------------------- tiers


class ByInvitation(Node):
    """`ByInvitation` as written."""


class Rises(Node):
    end: EndOf


class Grace(Node):
    time: ForTime


class Floor(Node):
    tier: Name
    condition: Expr


class Grants(Node):
    tier: Name
    event: Name
    when: Expr | None


class UnlessFallen(Node):
    """`UnlessFallen` as written."""


class Carries(Node):
    """`once` or `repeatedly`."""

    how: Name
    unless: UnlessFallen | None


class Restarts(Node):
    """`from zero` or `keeping excess`."""

    how: Name


class Returns(Node):
    """When a return lowers a tier: at `once` or at `review`."""

    how: Name


# ---------------------------------------------------------------- rules


class Share(Node):
    share: Expr
    to: Path


class HoldUntil(Node):
    moment: Expr
    by: Name | None


class HoldReturnable(Node):
    """`HoldReturnable` as written."""


class Hold(Node):
    how: ForTime | HoldUntil | HoldReturnable


# ---------------------------------------------------------------- referrals


class Friend(Node):
    """The event by which a friend appears."""

    event: Name


class Referrer(Node):
    """The fact that names who brought the friend."""

    fact: Name


class Qualifies(Node):
    """The friend's event that counts, and within which time of which other one."""

    event: Name
    where: Expr | None
    within: ForTime | None
    of: Name | None


class Refuse(Node):
    """The facts that friend and referrer may not have in common."""

    facts: tuple[Name, ...]
