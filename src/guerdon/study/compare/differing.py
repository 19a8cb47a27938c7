"""At which events two versions award something else, added up while awards go by, few members at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from guerdon.study.compare.sides import NEW, OLD

if TYPE_CHECKING:
    import duckdb


@dataclass
class Changed:
    """So many events at which there is more of something or less, and how much: of a unit, or what all of it costs."""

    events: int = 0
    more: int = 0
    less: int = 0


@dataclass(frozen=True, order=True)
class First:
    """The first event that differs, and what each version's rules awarded at it: (rule, unit, steps)."""

    at: int
    member: str
    event: str
    awards: tuple[tuple[tuple[str, str, int], ...], ...] = field(compare=False)


@dataclass
class Differing:
    """Events at which somebody is awarded another sum of a unit, by however many rules.

    Shape: of those before the new version decides: how many `events`, of how many `members`, of whom `losing` have less of a unit in all;
    the `earliest` of them, and what `changed` of each unit (None: in what it costs). `first`: of all events the first.
    """

    events: int = 0
    members: int = 0
    losing: int = 0
    earliest: int | None = None
    changed: dict[str | None, Changed] = field(default_factory=dict)
    first: First | None = None

    def add(self, con: duckdb.DuckDBPyConnection, places: int, live: int) -> None:
        """Adds what differs in the table `awarded`, which holds all that was awarded to some members; with the table `worths`."""
        con.execute(_DIFFERS.format(scale=10**places))
        self._add_first(con, places)
        con.execute(f'DELETE FROM differs WHERE "at" >= {live}')
        ((events, members, earliest, losing),) = con.execute(_COUNTED).fetchall()
        if not events:
            return
        self.events, self.members, self.losing = self.events + events, self.members + members, self.losing + losing
        self.earliest = earliest if self.earliest is None else min(self.earliest, earliest)
        for unit, events, more, less in con.execute(_CHANGED).fetchall():
            found = self.changed.setdefault(unit, Changed())
            found.events, found.more, found.less = found.events + events, found.more + more, found.less + less

    def _add_first(self, con: duckdb.DuckDBPyConnection, places: int) -> None:
        found = con.execute('SELECT "at", member, event FROM differs ORDER BY "at", member, event LIMIT 1').fetchall()
        for at, member, event in found:
            if self.first is None or (at, member, event) < (self.first.at, self.first.member, self.first.event):
                rows = con.execute(_AWARDED_AT.format(scale=10**places), [at, member, event]).fetchall()
                sides = (
                    tuple((rule, unit, steps) for of, rule, unit, steps in rows if of == side) for side in (OLD, NEW)
                )
                self.first = First(at, member, event, tuple(sides))


_DIFFERS = f"""
    CREATE OR REPLACE TEMP TABLE differs AS
    SELECT "at", member, event, found.unit, now - was AS steps, now * coalesce(new.worth, 0) - was * coalesce(old.worth, 0) AS cost FROM (
        SELECT "at", member, event, unit, (coalesce(sum(quantity) FILTER (version = {OLD}), 0) * {{scale}})::HUGEINT AS was,
               (coalesce(sum(quantity) FILTER (version = {NEW}), 0) * {{scale}})::HUGEINT AS now
        FROM awarded GROUP BY ALL HAVING was <> now) AS found
    LEFT JOIN worths AS old ON old.version = {OLD} AND old.unit = found.unit
    LEFT JOIN worths AS new ON new.version = {NEW} AND new.unit = found.unit"""

_AWARDED_AT = """
    SELECT version, rule, unit, (sum(quantity) * {scale})::HUGEINT FROM awarded
    WHERE "at" = $1 AND member = $2 AND event = $3 GROUP BY ALL ORDER BY rule"""

_COUNTED = """
    SELECT (SELECT count(*) FROM (SELECT DISTINCT member, event FROM differs)), count(DISTINCT member), min("at"),
           (SELECT count(DISTINCT member) FROM (SELECT member FROM differs GROUP BY member, unit HAVING sum(steps) < 0))
    FROM differs"""

_CHANGED = """
    SELECT unit, count(*), coalesce(sum(much) FILTER (much > 0), 0)::HUGEINT, coalesce(sum(much) FILTER (much < 0), 0)::HUGEINT FROM (
        SELECT unit, sum(steps) AS much FROM differs GROUP BY member, event, "at", unit UNION ALL
        SELECT NULL, sum(cost) FROM differs GROUP BY member, event, "at")
    GROUP BY unit"""
