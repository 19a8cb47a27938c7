"""Ranks as they were found: what each member's was, from the end of which day on.

They are facts from then on: what comes late or is returned counts at the next ranking.

Source: language reference, Ranks; decision 0035.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from guerdon.ledger.entries import Ranked
from guerdon.program import nodes
from guerdon.reference.calendar import BEGINNING, ONE, Calendar

Kept = tuple[date, int | None]
"""The last day of a period, and the rank at its end; None: the member was not ranked."""


@dataclass(eq=False)
class NotRanked(Exception):
    """The ranking of a measure at the end of a day, which a member's event comes after, was not made."""

    measure: str
    day: date


@dataclass
class Ranks:
    """The ranks of members, by measure and member, in the order of days.

    Shape: `alone`: of some members only, as they were ranked elsewhere among all. `today`: the day on which the latest
    event became known. `entries`: what was posted of them, by measure, member and day, as far as they were found here.
    """

    program: nodes.Program
    calendar: Calendar
    alone: bool = False
    today: date = BEGINNING
    kept: dict[str, dict[str, list[Kept]]] = field(default_factory=dict)
    entries: dict[tuple[str, str, date], Ranked] = field(default_factory=dict)

    def copied(self) -> Ranks:
        """The same to go on from, apart."""
        return replace(self, kept=copy.deepcopy(self.kept), entries=dict(self.entries))

    def keep(self, measure: str, member: str, day: date, rank: int | None) -> None:
        """Notes a rank; one of a day of which it is known already stays."""
        kept = self.kept.setdefault(measure, {}).setdefault(member, [])
        if not kept or kept[-1][0] < day:
            kept.append((day, rank))

    def join(self, member: str, day: date) -> None:
        """Notes of a member who joined on a day, and is known of from today on, that they were not ranked in between."""
        for name, ranking in self.program.rankings.items():
            kept = self.kept.setdefault(name, {}).setdefault(member, [])
            until = kept[0][0] if kept else self.today
            kept[:0] = [(last, None) for last in self._ends(ranking.period, day, until)]

    def of(self, measure: str, member: str, joined: date, day: date, ended: bool) -> Fraction | None:
        """The rank of a member on a day, or (`ended`) at its end; None: they have none.

        Errors: NotRanked where that ranking is not known.
        """
        last = self._last(measure, day, ended)
        found = next((each for each in reversed(self.kept.get(measure, {}).get(member, [])) if each[0] <= last), None)
        if self.alone and joined <= last and (found is None or found[0] < last):
            raise NotRanked(measure, last)
        return None if found is None or found[1] is None else Fraction(found[1])

    def entry(self, measure: str, member: str, day: date, ended: bool) -> Ranked | None:
        """What was posted of the rank that a member has on a day, or at its end."""
        return self.entries.get((measure, member, self._last(measure, day, ended)))

    def _last(self, measure: str, day: date, ended: bool) -> date:
        """The last day of the period that ended latest."""
        return self.calendar.period(self.program.rankings[measure].period, day + ONE if ended else day)[0] - ONE

    def _ends(self, period: nodes.Period, day: date, until: date) -> Iterator[date]:
        """The last days of the periods from the one that holds a day, before another day."""
        while (last := self.calendar.last_day(period, day)) < until:
            yield last
            day = last + ONE

    def since(self, member: str, day: date) -> Iterator[tuple[str, list[Kept]]]:
        """What has to be kept of a member, of whom nothing is asked on days before a day: by measure."""
        for measure in sorted(self.kept):
            kept = self.kept[measure].get(member, [])
            later = [place for place, (last, _) in enumerate(kept) if last >= day]
            first = max((later[0] if later else len(kept)) - 1, 0)
            if kept[first:]:
                yield measure, kept[first:]
