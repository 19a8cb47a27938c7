"""What members spent and gave back, and what they answered: queries over the events that a history has staged.

Amounts are whole numbers of steps of the currency, so sums of them are exact. A derived amount that SQL can say (a sum of lines) is
added up by the database; any other is worked out event by event, as the reference engine does, and written down there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import islice
from math import lcm
from typing import TYPE_CHECKING

from guerdon.history.column import Part, decimals
from guerdon.history.staging import Staged
from guerdon.program import nodes
from guerdon.program.currency import DECIMALS
from guerdon.reference.calendar import Calendar
from guerdon.reference.meters import derived
from guerdon.reference.scene import Scene
from guerdon.reference.state import Subject
from guerdon.study.measure import named
from guerdon.study.measure.named import Back, FactOf, Named

if TYPE_CHECKING:
    import duckdb

    from guerdon.history.open import History
    from guerdon.study.parts import Run

_AT_ONCE = 20_000  # rows that come from Python


@dataclass
class Spent:
    """Queries for what happened, of a connection that stands apart in the database of a history.

    Shape: without events that a run set aside, or did not read. `steps`: how many of the amounts one of the currency is.
    """

    con: duckdb.DuckDBPyConnection
    history: History
    program: nodes.Program
    facts: Named
    before: int | None

    def __post_init__(self) -> None:
        self.staged = {each.event: each for each in self.history.staged}
        scales = [named.scale(self.program, each) for each in self.facts.purchases]
        self.steps = lcm(10 ** DECIMALS.get(self.program.frame.currency, 0), *scales)

    def aside(self, run: Run) -> None:
        """Notes the events that were set aside, by the row that they came from."""
        self.con.execute("CREATE TABLE aside (file VARCHAR, row BIGINT, id VARCHAR)")
        places = ((each.place, each.event) for each in run.rejections)
        rows = (
            (str(place.file), place.row, event) for place, event in places if place is not None and event is not None
        )
        _insert(self.con, "aside", rows)

    # ------------------------------------------------------------ events

    def _heads(self, of: Staged) -> str:
        """The events of a kind that were read."""
        read = f"greatest(happened, recorded) < {self.before}" if self.before is not None else "true"
        files = ", ".join("'" + each.replace("'", "''") + "'" for each in of.files)
        found = f"(SELECT * FROM {of.table('heads')} WHERE {read})" if self.before is not None else of.table("heads")
        return f"""(SELECT heads.* FROM {found} AS heads
                    ANTI JOIN aside ON aside.row = heads.row AND aside.id = heads.id AND aside.file = ([{files}])[heads.file + 1])"""

    def members(self) -> str:
        """Everybody to whom something happened: `member`."""
        found = [f"SELECT member FROM {self._heads(each)}" for each in self.staged.values()]
        return f"SELECT DISTINCT member FROM ({' UNION ALL '.join(found) or _NOBODY})"

    def bought(self) -> str:
        """Purchases: `member`, `at`, `amount`."""
        found = [
            f'SELECT member, happened AS "at", amount FROM {self._bought(each)}'
            for each in self._there(self.facts.purchases)
        ]
        return " UNION ALL ".join(found) or _NOTHING

    def returned(self) -> str:
        """What came back: `member`, `at`, `amount`, of a return all purchases together."""
        found = [self._returned(each) for each in self.facts.returns if each.event in self.staged]
        return " UNION ALL ".join(found) or _NOTHING

    def answers(self) -> str:
        """Answers of the survey that are there: `member`, `at`, `amount`."""
        of = self.facts.survey
        raw = _stored(self.staged[of.event], of.field) if of is not None and of.event in self.staged else None
        if of is None or raw is None:
            return _NOTHING
        return f'SELECT member, happened AS "at", {raw}::BIGINT AS amount FROM {self._heads(self.staged[of.event])} WHERE {raw} IS NOT NULL'

    def _there(self, facts: tuple[FactOf, ...]) -> list[FactOf]:
        return [each for each in facts if each.event in self.staged]

    # ------------------------------------------------------------ amounts

    def _bought(self, of: FactOf) -> str:
        """The events of a kind, with what was spent at each."""
        return self._with_amounts(self.staged[of.event], of.field)

    def _with_amounts(self, staged: Staged, field: str, lines: str | None = None) -> str:
        """Events with an `amount` in steps; missing where the fact is."""
        fact = self.program.events[staged.event].facts[lines or field]
        if lines is not None:
            return self._of_lines(staged, lines, field)
        match fact.value:
            case None:
                raw = _stored(staged, field)
                return f"(SELECT *, {self._in_steps(raw)} AS amount FROM {self._heads(staged)})"
            case nodes.OverLines(nodes.Aggregate.SUM, of, nodes.Field(nodes.Scope.LINE, name, _), None, _) if self._has(
                staged, of, name
            ):
                return self._of_lines(staged, of, name)
        return self._worked_out(staged, field)

    def _in_steps(self, raw: str | None) -> str:
        places = decimals(self.program.frame.currency, self.program)
        return f"({raw}::BIGINT * {self.steps // 10**places})" if raw is not None else "NULL::BIGINT"

    def _has(self, staged: Staged, lines: str, name: str) -> bool:
        return lines in staged.lists and _stored(staged, name, lines) is not None

    def _of_lines(self, staged: Staged, lines: str, name: str) -> str:
        """Events with the sum of a fact of their lines; zero where an event has none."""
        raw = _stored(staged, name, lines) if lines in staged.lists else None
        if raw is None:
            return f"(SELECT *, NULL::BIGINT AS amount FROM {self._heads(staged)})"
        group = staged.at(Part.GROUP)
        return f"""(SELECT heads.*, coalesce(summed.amount, 0) AS amount FROM {self._heads(staged)} AS heads
                    LEFT JOIN (SELECT file, {group} AS key, sum({self._in_steps(raw)})::BIGINT AS amount FROM {staged.table("rows")} GROUP BY ALL) AS summed
                    ON summed.file = heads.file AND summed.key = heads.key)"""

    def _worked_out(self, staged: Staged, field: str) -> str:
        """Events with a derived amount, made by the definition of the language, event by event."""
        table = f"worked_out_{staged.number}"
        calendar = Calendar(self.program.frame)
        record = self.program.events[staged.event]
        self.con.execute(f"CREATE OR REPLACE TABLE {table} (id VARCHAR, amount BIGINT)")

        def amounts() -> Iterator[tuple[str, int | None]]:
            for event in self.history.events():
                if event.type == staged.event:
                    day, known = calendar.day(event.at), self.history.members.get(event.member, {})
                    who = Subject(event.member, dict(known), day, event.at, day)
                    amount: Fraction | None = derived(record, event.facts, Scene(self.program, calendar, who, day))[
                        field
                    ]
                    yield event.id, None if amount is None else int(amount * self.steps)

        _insert(self.con, table, amounts())
        return f"(SELECT heads.*, amount FROM {self._heads(staged)} AS heads JOIN {table} ON {table}.id = heads.id)"

    # ------------------------------------------------------------ returns

    def _returned(self, of: Back) -> str:
        """What each return takes off the sales; where it doesn't say, all that is left of the purchase that it names."""
        staged = self.staged[of.event]
        if of.field is None:
            back = f"(SELECT *, NULL::BIGINT AS amount FROM {self._heads(staged)})"
        else:
            back = self._with_amounts(staged, of.field, of.lines)
        by = _stored(staged, of.by) if of.by is not None else None
        if by is None or of.of.event not in self.staged:
            return f'SELECT member, happened AS "at", coalesce(amount, 0) AS amount FROM {back}'
        earlier = "OVER (PARTITION BY back.member, sale.id ORDER BY back.recorded, back.sequence, back.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
        return f"""SELECT member, "at", coalesce(given, greatest(price - before, 0)) AS amount
                   FROM (SELECT back.member, back.happened AS "at", back.amount AS given, sale.amount AS price,
                                CASE WHEN bool_or(back.amount IS NULL) {earlier} THEN sale.amount
                                     ELSE coalesce(sum(back.amount) {earlier}, 0) END AS before
                         FROM {back} AS back JOIN {self._bought(of.of)} AS sale ON sale.id = back.{by} AND sale.member = back.member)"""


_NOBODY = "SELECT NULL::VARCHAR AS member WHERE false"
_NOTHING = 'SELECT NULL::VARCHAR AS member, NULL::BIGINT AS "at", NULL::BIGINT AS amount WHERE false'


def _stored(staged: Staged, fact: str, lines: str = "") -> str | None:
    """The column in which a fact stands; None where this history never has it."""
    part = Part.LINE if lines else Part.FACT
    for index in staged.of(part):
        if (staged.columns[index].name, staged.columns[index].lines) == (fact, lines):
            return f"{'v' if lines else 'f'}{index}"
    return None


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: Iterator[tuple[object, ...]]) -> None:
    """Adds rows, some at a time."""
    while some := [*islice(rows, _AT_ONCE)]:
        columns = [[*each] for each in zip(*some, strict=True)]
        chosen = ", ".join(f"unnest(${number + 1})" for number in range(len(columns)))
        con.execute(f"INSERT INTO {table} SELECT {chosen}", columns)


def referred(history: History, names: tuple[str, ...], before: int | None) -> Iterator[tuple[str]]:
    """The members of whom a fact names somebody else who brought them, from the start or as it became known."""
    known = history.members.items()
    later = (
        (each.member, each.facts) for each in history.changes if before is None or max(each.at, each.recorded) < before
    )
    for member, facts in (*known, *later):
        if any(facts.get(name) not in (None, member) for name in names):
            yield (member,)


def days(first: date, last: date, calendar: Calendar) -> list[tuple[int, int]]:
    """Each day of a span with the instant at which it starts."""
    return [(day, calendar.start(date.fromordinal(day))) for day in range(first.toordinal(), last.toordinal() + 1)]
