"""How a balance went, point by point."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A balance from an instant (in microseconds UTC) on, and the event it came of, or what happened by itself."""

    at: int
    when: str
    event: str
    reason: str
    balance: str


@dataclass(frozen=True, slots=True)
class Course:
    """How a balance went: what it was after each event that changed it, in the order of time."""

    unit: str
    holder: str
    points: tuple[Point, ...]
