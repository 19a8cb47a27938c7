"""The tree of the clauses of tests and laws: what is given, what happens, what is expected; what is claimed."""

# ruff: noqa: F403, F405 - a tree in several files is one module to its readers

from __future__ import annotations

from guerdon.syntax.expressions import *
from guerdon.text.node import Node

__all__ = [
    "Always",
    "ExpectAward",
    "ExpectBalance",
    "ExpectNeeds",
    "ExpectRefused",
    "ExpectTier",
    "ExpectValue",
    "Given",
    "Happens",
    "LineList",
    "Negative",
    "NeverLess",
    "Setting",
]


class LineList(Node):
    """Lines of a test's event: the settings of each."""

    lines: tuple[tuple[Setting, ...], ...]


class Negative(Node):
    """An amount with a sign in front of it."""

    sign: Name
    amount: Quantity | Number


class Setting(Node):
    """A fact and its value in a test."""

    name: Name
    value: Name | String | Number | Percent | Date | Quantity | Negative | LineList


class Given(Node):
    member: Name | None
    what: Setting | Quantity


class Happens(Node):
    event: Name
    member: Name | None
    date: Date
    time: Name | None
    settings: tuple[Setting, ...] | None


class ExpectAward(Node):
    """What the latest event gave, or what a day did."""

    quantity: Quantity | Negative
    rule: String | None
    member: Name | None
    on: Date | None


class ExpectBalance(Node):
    """`balance` or `pending`."""

    holding: Name
    quantity: Quantity | Negative
    member: Name | None
    on: Date | None


class ExpectTier(Node):
    ladder: Name
    tier: Name
    member: Name | None
    on: Date | None


class ExpectValue(Node):
    """The value of a measure, or (`counts`) what a ladder counts."""

    name: Name
    counts: Name | None
    value: Quantity | Number | Percent
    member: Name | None
    on: Date | None


class ExpectNeeds(Node):
    """What a ladder's count lacks to reach a tier."""

    ladder: Name
    quantity: Quantity | Number
    tier: Name
    member: Name | None
    on: Date | None


class ExpectRefused(Node):
    """`ExpectRefused` as written."""


class Always(Node):
    """A condition that a law claims to hold after every event."""

    condition: Expr


class NeverLess(Node):
    """The claim that nobody is given less of a unit for more of a fact."""

    unit: Name
    path: Path
