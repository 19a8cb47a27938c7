"""What plain words name, depending on where an expression stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from guerdon.program import nodes, types

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOMENTS: Mapping[str, types.Type] = {
    "date": types.Date(),
    "at": types.Instant(),
    "weekday": types.Choice(WEEKDAYS),
}


@dataclass(frozen=True)
class Scene:
    """Whose facts plain words name: an event's, and inside `each` a line's."""

    what: str  # for messages: "`purchase`"
    event: Mapping[str, nodes.Fact] = field(default_factory=dict)
    line: Mapping[str, nodes.Fact] | None = None
    happens: bool = True  # whether there is an event: dates, tiers and measures make sense
    named: bool = True  # whether other rules of this event can be named
    on: tuple[str, ...] = ()  # the events, or the one trigger, of a rule
    trigger: bool = False
    at_event: bool = False  # whether it is judged when an event happens, and not at the start of a day, too
    ladder: str | None = None  # whose counts or conditions these are: `since entry` is known there
    offer: str | None = None  # of which offer this is the rule
    opened: Mapping[str, nodes.Fact] = field(default_factory=dict)  # the facts of what opened it
    of_all: bool = False  # whether this clause of an offer is about all that one event completes
    opening: bool = False  # whether it is about what opens one

    def inside(self, line: Mapping[str, nodes.Fact]) -> Scene:
        return replace(self, line=line)


CONSTANT = Scene("a fixed value", happens=False, named=False)
A_LAW = "a law"
OF_MEMBER = Scene(A_LAW, named=False)
"""A law looks at a member as they are after an event, and at no event."""
