"""What a kind of history is: its members' habits, its tables, and how a member's rows come about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from guerdon.simulate.member import Habit, Member
from guerdon.simulate.table import Table, table

MEMBERS = table("members", "member joined:date invited_by:member device")
"""Who there is, when they joined, and who brought them; every kind has this table."""


@dataclass(frozen=True)
class Kind:
    """A kind by name; `live` writes the rows of a member, in whose table they stand."""

    name: str
    habit: Habit
    tables: tuple[Table, ...]
    live: Callable[[Member], None]

    def write(self, member: Member) -> None:
        """Puts all rows of a member, who they are first."""
        member.put(MEMBERS, member.id, member.date(member.joined), member.invited_by, f"d{member.number * 7 // 8:06}")
        self.live(member)
