"""The nodes of the tests and laws in a program."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from enum import Enum
from fractions import Fraction

from guerdon.program.expressions import Expr
from guerdon.text.node import Node

__all__ = ["Case", "Expectation", "Expected", "Happening", "Law", "Opening"]


class Happening(Node):
    """An event of a test, with its facts."""

    event: str
    member: str
    date: date
    time: time | None
    facts: Mapping[str, object]


class Expected(Enum):
    """What a test may expect."""

    AWARD = "award"
    BALANCE = "balance"
    PENDING = "pending"
    TIER = "tier"
    COUNT = "count"  # of a ladder, carried counts and all
    NEEDS = "needs"  # what a ladder's count lacks to reach a tier
    MEASURE = "measure"
    REFUSED = "refused"
    SAID = "said"


class Expectation(Node):
    """What the latest event gave, or a day did (by a rule, or in all), or what there is on a date: of what, `kind` says.

    Shape: `quantity` of `unit` (None: a bare number; or so many messages that were said); `tier` of `ladder`; `measure`, which may be a word (`tier`).
    """

    kind: Expected
    member: str | None
    unit: str | None = None
    quantity: Fraction | None = None
    rule: str | None = None
    ladder: str | None = None
    tier: str | None = None
    on: date | None = None
    measure: str | None = None


class Opening(Node):
    """What a test's member starts with: a tier, so much of a unit, a fact, or being in a control group."""

    member: str
    ladder: str | None = None
    tier: str | None = None
    unit: str | None = None
    quantity: Fraction | None = None
    fact: str | None = None
    value: object = None
    control: str | None = None


class Case(Node):
    """A test in the program: openings, then events and expectations in order."""

    name: str
    given: tuple[Opening, ...]
    steps: tuple[Happening | Expectation, ...]

    def controlled(self, group: str) -> frozenset[str]:
        """Who is in a control group."""
        return frozenset(each.member for each in self.given if each.control == group)


class Law(Node):
    """A claim: `always` holds after every event where all of `when` do, or more of a fact never gives less of `unit`.

    Shape: without `always`, the fact is `more` of `event`, of each of its `lines` where it is a
    line's. `meters`: what the claim measures and the rules do not, by numbers behind those of the program.
    """

    name: str
    when: tuple[Expr, ...] = ()
    always: Expr | None = None
    unit: str | None = None
    event: str | None = None
    lines: str | None = None
    more: str | None = None
    meters: tuple[Node, ...] = ()
