"""What two versions of a program made of one history, side by side.

Everything is exact, and adds up: the rules of a unit to its total, its members too;
the moves on a ladder to its members. What was awarded is net of what was taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction


class Presence(Enum):
    """Which of the two versions has a rule, a unit, a tier."""

    BOTH = "both"
    OLD = "old only"
    NEW = "new only"


@dataclass(frozen=True, slots=True)
class Change:
    """A figure under the old version and under the new one."""

    old: Fraction
    new: Fraction

    @property
    def difference(self) -> Fraction:
        return self.new - self.old


NOTHING = Change(Fraction(0), Fraction(0))


@dataclass(frozen=True, slots=True)
class Count:
    """A number of awards or members under the old version and under the new one."""

    old: int
    new: int

    @property
    def difference(self) -> int:
        return self.new - self.old


@dataclass(frozen=True, slots=True)
class Version:
    """A run: which program, what it read, and the sales of that.

    Shape: `program` is the fingerprint; `rejected` counts what was set aside.
    """

    name: str
    program: str
    events: int
    members: int
    rejected: int
    sales: Fraction


@dataclass(frozen=True, slots=True)
class UnitChange:
    """What was awarded of a unit less what was taken back, and its cost (None where it has no worth in either version)."""

    unit: str
    presence: Presence
    awarded: Change
    cost: Change | None


@dataclass(frozen=True, slots=True)
class BalanceChange:
    """What there is of a unit at the end, and what became of the rest.

    Shape: `balance` is what can be spent, less `debt`; `held` can't be spent yet. What
    was issued is all of these but the debt.
    """

    unit: str
    balance: Change
    debt: Change
    debtors: Count
    held: Change
    spent: Change
    expired: Change
    taken_back: Change


def balance_figures(of: BalanceChange) -> dict[str, Change]:
    """The figures of a unit by what they are called."""
    return {
        "balance": of.balance,
        "debt": of.debt,
        "held": of.held,
        "spent": of.spent,
        "expired": of.expired,
        "taken back": of.taken_back,
    }


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What a rule gave of a unit less what was taken back, how many times it gave, and the cost of it."""

    rule: str
    unit: str
    presence: Presence
    awarded: Change
    times: Count
    cost: Change | None


@dataclass(frozen=True, slots=True)
class MessageChange:
    """How many times a rule said something."""

    rule: str
    presence: Presence
    times: Count


@dataclass(frozen=True, slots=True)
class TierCount:
    """The members that stand on a tier at the end."""

    tier: str
    presence: Presence
    members: Count


@dataclass(frozen=True, slots=True)
class TierMove:
    """So many members stand on `old` in one version and on `new` in the other; None: they are not in that version."""

    old: str | None
    new: str | None
    members: int


@dataclass(frozen=True, slots=True)
class LadderChange:
    """A ladder: members of each tier at the end, and the matrix of moves without its zeros, in the order of the tiers."""

    ladder: str
    presence: Presence
    tiers: tuple[TierCount, ...]
    moves: tuple[TierMove, ...]


@dataclass(frozen=True, slots=True)
class MemberChange:
    """What a member was awarded of a unit, or (where `unit` is the currency) what that cost; their balance of it."""

    member: str
    unit: str
    awarded: Change
    balance: Change = NOTHING


@dataclass(frozen=True, slots=True)
class People:
    """Who gains and who loses, in a unit or, where `by_cost`, in what it costs in the currency `unit`.

    Shape: `most_gained` and `most_lost` hold ten at most, the biggest first.
    """

    unit: str
    winners: int
    losers: int
    unchanged: int
    most_gained: tuple[MemberChange, ...]
    most_lost: tuple[MemberChange, ...]
    by_cost: bool = False

    @property
    def counted_in(self) -> str:
        """What the figures are of, for people."""
        return f"cost in {self.unit}" if self.by_cost else self.unit


@dataclass(frozen=True, slots=True)
class Given:
    """What a rule gave for one event."""

    rule: str
    unit: str
    quantity: Fraction


@dataclass(frozen=True, slots=True)
class FirstDifference:
    """The first event, in the order of time, whose member is awarded something else.

    Units: `at` in microseconds since 1970 UTC, `local` as people read it, in the program's zone.
    """

    at: int
    local: str
    member: str
    event: str
    old: tuple[Given, ...]
    new: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions over one history.

    Shape: `cost` adds up the units that have a worth; `unpriced` are those that lack one
    in a version that gives them. `members` holds all that were awarded something of a
    unit, or have a balance of it, in either version, by member and unit.
    """

    old: Version
    new: Version
    currency: str
    units: tuple[UnitChange, ...]
    cost: Change
    unpriced: tuple[str, ...]
    rules: tuple[RuleChange, ...]
    ladders: tuple[LadderChange, ...]
    members: tuple[MemberChange, ...]
    people: tuple[People, ...]
    first: FirstDifference | None
    balances: tuple[BalanceChange, ...]
    messages: tuple[MessageChange, ...]

    @property
    def percent_of_sales(self) -> tuple[Fraction | None, Fraction | None]:
        """The cost in percent of each version's sales (5 for 5 %); None where nothing was sold."""
        pairs = ((self.cost.old, self.old.sales), (self.cost.new, self.new.sales))
        old, new = (100 * cost / sales if sales else None for cost, sales in pairs)
        return old, new
