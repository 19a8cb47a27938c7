"""What members receive for the events of others: rows of theirs, beside their own events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from guerdon.history.event import Event

Given = Mapping[str, "tuple[Received, ...]"]
"""By member what they receive, in its order."""


Used = Mapping[tuple[int, str], int]
"""What has been counted with others before an event, by its place and the column that shows it, where it is not 0."""


@dataclass(frozen=True)
class Crossed:
    """What came to members, and what they are shown, of what others did."""

    given: Given = field(default_factory=dict)
    used: Used = field(default_factory=dict)


@dataclass(frozen=True)
class Received:
    """What a rule gives somebody for an event of another, or a return takes back of it: `place` in the order of events, and among what the event hands over.

    Shape: `event` is theirs, under the name of the other's; `gift` by number among what rules give, and behind it what returns take back; `quantity` and `cut` in
    steps, `start` the day from which it can be spent. `sale`: the place of the event for which it was given (-1: it can't be undone), `sold` its name. `undoes`: the event is a return. `last`: of that event, for this member.
    """

    place: tuple[int, int]
    event: Event
    gift: int
    quantity: int
    exact: Fraction
    cut: int
    start: int
    sale: int
    sold: str
    undoes: bool
    last: bool

    @property
    def row(self) -> dict[str, int]:
        """Its columns."""
        row = {"r_rule": self.gift, "r_much": self.quantity, "r_start": self.start, "r_last": int(self.last)}
        return row | {"r_of": self.sale, "r_undoes": int(self.undoes)}
