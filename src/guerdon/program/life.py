"""The nodes about the life of a point, of a status and of those who hold them."""

from __future__ import annotations

from datetime import date
from enum import Enum
from fractions import Fraction
from hashlib import sha256
from math import ceil

from guerdon.program.expressions import Expr
from guerdon.program.time import Calendar, Duration, Period
from guerdon.text.node import Node

__all__ = [
    "DRAWN_OF",
    "Account",
    "Choose",
    "Clawback",
    "Control",
    "Debt",
    "DebtKind",
    "Expiry",
    "Floor",
    "Grant",
    "Hold",
    "LotOrder",
    "Offer",
    "OnReturn",
    "Origin",
    "Part",
    "Restart",
    "Reversal",
    "RoundMode",
    "Share",
]


class RoundMode(Enum):
    """Which neighbour on the grid; `down` is toward zero."""

    DOWN = "down"
    UP = "up"
    HALF_UP = "half up"
    HALF_EVEN = "half even"


# ---------------------------------------------------------------- units


class Origin(Enum):
    """What the life of a lot is reckoned from."""

    EARNED = "earned"
    RELEASED = "released"


class Expiry(Node):
    """When a lot that is earned while `when` holds, from `since` on, is gone.

    Shape: `time` after `origin` (a lot's own day, the end of a period, or a day), then
    rounded up to the end of the period `at_end`; or, where `without` names events,
    `time` after the latest of these or of the lot's own day. Never, where `origin` is
    None. `existing`: older lots come under it at the start of `since`.
    """

    time: Duration | None
    origin: Origin | Calendar | date | None
    at_end: Period | None
    without: tuple[str, ...]
    when: Expr | None
    since: date | None
    existing: bool


class LotOrder(Enum):
    """Which lots are spent first."""

    SOONEST = "soonest"
    OLDEST = "oldest"
    NEWEST = "newest"


class DebtKind(Enum):
    """What becomes of what can't be taken because it is spent."""

    ALLOWED = "allowed"  # the balance goes below zero
    REFUSED = "refused"  # what would take it there is refused as a whole
    FORGIVEN = "forgiven"  # it is written off
    CHARGED = "charged"  # it is charged in money, by the unit's worth


class Debt(Node):
    """What becomes of a shortfall: `kind`; with `most`, debt up to so much and the rest written off."""

    kind: DebtKind
    most: Fraction | None = None


# ---------------------------------------------------------------- events that reverse


class Choose(Enum):
    """Which of several events is reversed first."""

    LATEST = "latest"
    EARLIEST = "earliest"


class Part(Node):
    """What a reversal measures: `field` of this event against `of` of the other.

    Shape: with `lines`, facts of lines: those of this event's list `lines` against those
    of the other's `of_lines`, matched where the fact `key` is the same.
    """

    field: str
    of: str
    lines: str | None = None
    of_lines: str | None = None
    key: str | None = None

    @property
    def path(self) -> str:
        """What is measured, from the event: `amount`, or `lines.price`."""
        return self.of if self.lines is None else f"{self.of_lines}.{self.of}"


class Clawback(Enum):
    """How much of what was awarded is taken back."""

    EXACTLY = "exactly"
    PROPORTION = "in proportion"
    RECOMPUTED = "recomputed"


class Reversal(Node):
    """What an event undoes.

    Shape: an event of kind `event`: by its id, which the fact `by` of this one names
    where `shared` is false; or where both have the same fact `by`; or (`by` None) the
    member's own that fits. Of several the `choose` first. In full where `part` is None.
    `within`: no longer than so long after it. `oldest`: what is taken back comes from the
    oldest lots. `at_return`: measures are corrected on the day of the reversal, not of what
    it reverses.
    """

    event: str
    by: str | None
    shared: bool
    choose: Choose
    within: Duration | None
    part: Part | None
    clawback: Clawback
    rounding: RoundMode | None  # of `in proportion`
    oldest: bool
    at_return: bool


# ---------------------------------------------------------------- tiers


class Floor(Node):
    """The tier is at least `tier` while the condition holds."""

    tier: str
    condition: Expr


class Grant(Node):
    """An event that gives a tier."""

    tier: str
    event: str
    when: Expr | None


class Restart(Enum):
    """What the count begins with after a rise."""

    ZERO = "from zero"
    EXCESS = "keeping excess"


class OnReturn(Enum):
    """When a tier falls whose count a return took away."""

    ONCE = "at once"
    REVIEW = "at review"


# ---------------------------------------------------------------- rules


class Hold(Node):
    """When an award can be spent: one of these.

    Shape: `time` after the event; from the start of the day `until`; when `event`
    happens (of the same fact `by`, where that is given); or when the event can no
    longer be reversed.
    """

    time: Duration | None = None
    until: Expr | None = None
    event: str | None = None
    by: str | None = None
    returnable: bool = False


DRAWN_OF = 2**64
"""How many numbers there are that may be drawn for a member, from 0 on."""


class Control(Node):
    """The control group of a rule: a share of all members, for whom the rule is not there.

    Shape: `group` names what they are drawn for; rules that name the same have the same
    group. `only`: in a test, who is in it, and nobody is drawn.
    Source: language reference, Control groups.
    """

    share: Fraction
    group: str
    only: frozenset[str] | None = None

    @property
    def below(self) -> int:
        """The least number that is not in the group; so many of all numbers are."""
        return ceil(self.share * DRAWN_OF)

    def number(self, member: str) -> int:
        """What is drawn for a member, the same for ever: the first 64 bits of the SHA-256 of the group, a line end and their id."""
        return int(sha256(f"{self.group}\n{member}".encode(errors="surrogatepass")).hexdigest()[:16], 16)

    def holds(self, member: str) -> bool:
        """Whether a member is in the group."""
        return member in self.only if self.only is not None else self.number(member) < self.below


class Offer(Node):
    """What opens an offer to a member: events (or one trigger) `opens`, where `where` holds.

    Shape: `through` is the last day or the last instant on which it is open, as the event that opened it says.
    """

    opens: tuple[str, ...]
    where: Expr | None
    through: Expr


class Share(Node):
    """A share of an award that goes to the member whom `to` names; `name` is how that is written."""

    share: Expr
    to: Expr
    name: str


# ---------------------------------------------------------------- accounts


class Account(Node):
    """Members with something in common: those whose fact `fact` is the same text.

    Shape: what it owns is said at units and ladders. `brings`: who joins brings what
    they have of its units; `takes`: who leaves takes what their events earned.
    `spends`: whose redemptions are granted.
    """

    name: str
    fact: str
    brings: bool
    takes: bool
    spends: Expr | None
