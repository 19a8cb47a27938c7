"""Rankings: at the end of a period all members are compared, before anything else happens there.

What a member's value comes to is looked at as things stand at the end of the day, and nothing is changed by it.

Source: language reference, Ranks; decision 0035.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from guerdon.ledger.entries import Ranked
from guerdon.program import nodes
from guerdon.reference.calendar import ONE
from guerdon.reference.evaluate import Gone, evaluate, holds
from guerdon.reference.scene import Scene
from guerdon.reference.state import Subject
from guerdon.reference.world import World

AsOf = Callable[[Subject, date], Scene]
"""A subject as things stand for them at the end of a day."""


@dataclass
class Rankings:
    """Ranks the members of a world whenever a period is over."""

    world: World
    as_of: AsOf
    takes_part: Callable[[Subject], bool]
    day: date | None = None  # the first day whose end was not looked at; None: nothing has happened yet

    def __post_init__(self) -> None:
        self.ranked = self.world.program.rankings

    def through(self, at: int) -> None:
        """Makes the rankings of all days that are over by an instant."""
        if not self.ranked:
            return
        self.world.ranks.today = today = self.world.calendar.day(at)
        if self.world.ranks.alone:
            return
        self.day = self.day or today
        while (
            end := min(self.world.calendar.last_day(ranking.period, self.day) for ranking in self.ranked.values())
        ) < today:
            self.make(end)
            self.day = end + ONE

    def due(self, day: date) -> list[str]:
        """The measures of which a period ends with a day."""
        last_day = self.world.calendar.last_day
        return [name for name, ranking in self.ranked.items() if last_day(ranking.period, day) == day]

    def make(self, day: date) -> list[str]:
        """Ranks all members by each measure of which a period ends with a day; the names of these."""
        due, subjects = self.due(day), self.world.subjects
        members = [each for _, each in sorted(subjects.items()) if each.account is None and each.into is None]
        for name in due:
            self._rank(name, day, members)
        return due

    def _rank(self, name: str, day: date, members: list[Subject]) -> None:
        measure, ranking = self.world.program.measures[name], self.ranked[name]
        values = {each.id: self._value(measure.value, ranking, each, day) for each in members}
        ranks = dict(ranked({id: value for id, value in values.items() if value is not None}, ranking))
        for id, value in values.items():
            self.world.ranks.keep(name, id, day, ranks.get(id))
            if value is not None:
                at = self.world.calendar.start(day + ONE) - 1
                entry = Ranked(id, name, at, value, ranks[id], len(ranks))
                self.world.ranks.entries[name, id, day] = entry
                self.world.ledger.ranks.append(entry)

    def _value(self, value: nodes.Expr, ranking: nodes.Ranking, member: Subject, day: date) -> Any:
        """What a member is ranked by; None where they are not ranked."""
        if not self.takes_part(member):
            return None
        scene = self.as_of(member, day)
        try:
            return evaluate(value, scene) if ranking.when is None or holds(ranking.when, scene) else None
        except Gone:
            return None


def ranked(values: dict[str, Any], ranking: nodes.Ranking) -> Iterator[tuple[str, int]]:
    """The members with their ranks: equal values have the same, that of the first of them."""
    order = sorted(values.values())
    for id, value in values.items():
        before = len(order) - bisect_right(order, value) if ranking.highest else bisect_left(order, value)
        yield id, 1 + (before if ranking.parts is None else before * ranking.parts // len(order))
