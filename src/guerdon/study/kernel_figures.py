"""What rows that a kernel wrote add up to, in SQL, of members that were gathered: what `study.figures` says of entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import duckdb

from guerdon.ledger.entries import Pot
from guerdon.program import nodes
from guerdon.study import kernel_rows
from guerdon.study.figures import Figures, Given, Held, Taken, Told
from guerdon.study.kernel_rows import Part
from guerdon.study.kernel_tables import HOLDINGS


def figures(con: duckdb.DuckDBPyConnection, program: nodes.Program, part: Part) -> Figures:
    """What the rows of a part add up to, but for what is counted while they are run."""
    kernel_rows.gather(con, program, part, "funding" if _is_funded(program) else "")
    found = Figures(program)
    for rule, given in _given(con, program):
        found.given[rule] = found.given.get(rule, Given()) + given
    for unit, pots, much in _moved(con, program):
        moved = found.moved.setdefault(unit, {})
        moved[pots] = moved.get(pots, Fraction(0)) + much
    found.held.update(_held(con))
    if any(rule.takes for rule in program.rules.values()):
        found.taken.update(_taken(con, program))
        found.refused = _refused(con)
    if any(rule.say is not None for rule in program.rules.values()):
        found.told.update(_told(con))
    if program.ladders:
        found.tiers = _tiers(con)
    if _is_funded(program):
        found.paid.update(_paid(con, program))
    return found


def _is_funded(program: nodes.Program) -> bool:
    return any(rule.funded for rule in program.rules.values())


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    """All are fetched, or the connection stays taken."""
    return con.execute(query).fetchall()


def _given(con: duckdb.DuckDBPyConnection, program: nodes.Program) -> Iterator[tuple[str, Given]]:
    """By rule, and by the denominators of what it came to."""
    rows = _rows(
        con,
        """SELECT rule, kind = 'taken', over, d, count(*) FILTER (quantity > 0), sum(quantity), sum(a), sum(b)
           FROM kernel_batch JOIN kernel_codes USING (code) WHERE kind IN ('award', 'taken') GROUP BY ALL ORDER BY ALL""",
    )
    for rule, back, over, by, awards, quantity, came, cut in rows:
        step = program.units[program.rules[rule].unit].step
        if back:
            yield rule, Given(awards, taken_back=-quantity * step)
        else:
            off = Fraction(came, over * by) - (quantity + cut) * step
            yield rule, Given(awards, quantity * step, dropped=off, cut=cut * step)


def _moved(con: duckdb.DuckDBPyConnection, program: nodes.Program) -> Iterator[tuple[str, tuple[Pot, Pot], Fraction]]:
    rows = _rows(
        con,
        """SELECT unit, source, target, sum(quantity), min(place) FROM kernel_batch JOIN kernel_codes USING (code)
           WHERE kind = 'posting' GROUP BY unit, source, target ORDER BY min(place)""",
    )
    for unit, source, target, quantity, _ in rows:
        yield unit, (Pot(source), Pot(target)), quantity * program.units[unit].step


def _taken(con: duckdb.DuckDBPyConnection, program: nodes.Program) -> Iterator[tuple[str, Taken]]:
    """By rule that takes what each event took, as far as that is not undone at it."""
    rows = _rows(
        con,
        f"""SELECT rule, unit, count(*), sum(net) FROM (
                SELECT rules.rule, rules.unit, sum(CASE WHEN target = '{Pot.SPENT.value}' THEN quantity ELSE -quantity END) AS net
                FROM kernel_said JOIN kernel_codes AS codes USING (code) JOIN kernel_rules AS rules ON rules.rule = reason
                WHERE kind = 'posting' AND takes GROUP BY rules.rule, rules.unit, CASE WHEN b = -1 THEN row END, CASE WHEN b = -1 THEN e END) AS found(rule, unit, net)
            WHERE net <> 0 GROUP BY rule, unit ORDER BY rule""",
    )
    return ((rule, Taken(times, quantity * program.units[unit].step)) for rule, unit, times, quantity in rows)


def _refused(con: duckdb.DuckDBPyConnection) -> Counter[str | None]:
    rows = _rows(
        con,
        """SELECT rule, count(*) FROM kernel_batch JOIN kernel_codes USING (code)
           WHERE kind = 'refused' GROUP BY rule ORDER BY rule""",
    )
    return Counter(dict(rows))


def _held(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, Held]]:
    rows = _rows(
        con,
        f"""SELECT unit, any_value(steps), count(*), sum(balance), count(*) FILTER (balance < 0)
            FROM ({HOLDINGS}) WHERE balance <> 0 GROUP BY unit ORDER BY unit""",
    )
    return ((unit, Held(holders, Fraction(balance, steps), debtors)) for unit, steps, holders, balance, debtors in rows)


def _told(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, Told]]:
    rows = _rows(
        con,
        """SELECT rule, count(*), count(DISTINCT who) FROM kernel_batch JOIN kernel_codes AS codes USING (code)
           JOIN kernel_events USING (row) WHERE codes.kind = 'said' GROUP BY rule ORDER BY rule""",
    )
    return ((rule, Told(times, members)) for rule, times, members in rows)


def _tiers(con: duckdb.DuckDBPyConnection) -> Counter[tuple[str, str]]:
    """The tiers that are held at the end."""
    rows = _rows(
        con,
        """SELECT ladder, tier, count(*) FROM (
               SELECT ladder, arg_max(quantity, place) AS rank FROM kernel_batch JOIN kernel_codes AS codes USING (code)
               JOIN kernel_events USING (row) WHERE codes.kind = 'move' GROUP BY who, ladder) JOIN kernel_tiers USING (ladder, rank)
           GROUP BY ladder, tier ORDER BY ladder, tier""",
    )
    return Counter({(ladder, tier): members for ladder, tier, members in rows})


def _paid(con: duckdb.DuckDBPyConnection, program: nodes.Program) -> Iterator[tuple[tuple[str, str], Fraction]]:
    rows = _rows(
        con,
        """SELECT partner, unit, sum(quantity) FROM kernel_shares JOIN kernel_payers USING (number, nth) JOIN kernel_rules USING (number)
           GROUP BY partner, unit ORDER BY partner, unit""",
    )
    return (((partner, unit), quantity * program.units[unit].step) for partner, unit, quantity in rows)
