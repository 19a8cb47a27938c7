"""What was found out about a program: what is amiss, what can be earned at most, what is proved, what is undecided."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from guerdon.text.diagnostic import Diagnostic

INSTALL = "pip install 'guerdon[prove]'"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is amiss, and where there is one the moment that shows it: clauses of a test, and what the engine gave there."""

    said: Diagnostic
    witness: tuple[str, ...] = ()
    came: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Most:
    """The most of a unit that one unit of money earns at one event of a kind.

    Shape: `least` was earned on the reference engine, by the witness; more than `most` can't be.
    """

    event: str
    unit: str
    currency: str
    least: Fraction
    most: Fraction
    within: str  # what baskets this is true of; empty: of all events
    witness: tuple[str, ...]
    came: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undecided:
    """What could not be decided, and what stood in the way."""

    what: str
    why: str


@dataclass(slots=True)
class Report:
    """All that was found out."""

    program: str
    findings: list[Finding] = field(default_factory=list)
    most: list[Most] = field(default_factory=list)
    proved: list[str] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
