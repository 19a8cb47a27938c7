"""What rows that a kernel wrote say, in SQL: `kernel.ledger` reads them one by one, and says what each means.

Tables: `kernel_codes`, `kernel_rules`, `kernel_tiers` and `kernel_days` say what numbers stand for. Of some members who
have come to their end, `kernel_events` are the events, `kernel_batch` the rows, `kernel_awards` those of awards, and `kernel_numbers` their numbers as text.
All that a kernel writes lies before the end of its run, so nothing is looked at as of an instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import duckdb

from guerdon.kernel.days import NEVER
from guerdon.kernel.loop import Written
from guerdon.ledger.entries import OWN, Pot
from guerdon.program import nodes
from guerdon.program.printed import fingerprint
from guerdon.reference.calendar import Calendar
from guerdon.study.rows import exact
from guerdon.study.schema import TABLES, Kind, decimals, stored_as

Said = tuple[object, ...]

FIGURES = {
    "spent": Pot.SPENT,
    "expired": Pot.EXPIRED,
    "taken_back": Pot.TAKEN_BACK,
    "transferred": Pot.TRANSFERRED,
    "repaid": Pot.DEBT,
}
"""What a lot says of what left it, and the pot that it went to."""

SUMS = ("granted", "remaining", *FIGURES, "balance", "pending")
"""What postings add up to: the figures of a lot, and of a balance."""


def prepare(con: duckdb.DuckDBPyConnection, written: Written) -> None:
    """Makes the tables that say what numbers stand for."""
    program = written.make.program
    places = decimals(program)
    sums = ", ".join(f"{each} TINYINT" for each in SUMS)
    con.execute(
        f"""CREATE OR REPLACE TABLE kernel_codes (code INTEGER, kind VARCHAR, over BIGINT, rule VARCHAR, number INTEGER, unit VARCHAR, spendable BOOLEAN,
                steps BIGINT, step DECIMAL({places + 1},{places}), source VARCHAR, target VARCHAR, reason VARCHAR, ladder VARCHAR, {sums})"""
    )
    _fill(con, "kernel_codes", _codes(written))
    con.execute("CREATE OR REPLACE TABLE kernel_rules (number INTEGER, rule VARCHAR)")
    _fill(con, "kernel_rules", enumerate(program.rules))
    con.execute("CREATE OR REPLACE TABLE kernel_kinds (kind INTEGER, event VARCHAR)")
    _fill(con, "kernel_kinds", ((number, name) for name, number in written.make.columns.kinds.items()))
    con.execute("CREATE OR REPLACE TABLE kernel_tiers (ladder VARCHAR, rank INTEGER, tier VARCHAR)")
    ladders = program.ladders.values()
    _fill(
        con, "kernel_tiers", ((each.name, rank, tier.name) for each in ladders for rank, tier in enumerate(each.tiers))
    )
    con.execute("CREATE OR REPLACE TABLE kernel_days (day BIGINT, start BIGINT)")
    con.execute("CREATE OR REPLACE TABLE kernel_ends (over HUGEINT, places INTEGER, factor HUGEINT)")


def _fill(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Said]) -> None:
    listed = [*rows]
    if listed:
        con.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(listed[0]))})", listed)


def _codes(written: Written) -> Iterator[Said]:
    program = written.make.program
    rules = [*program.rules]
    for code, of in enumerate(written.codes):
        names = [str(each) for each in of.of]
        rule = unit = source = target = reason = ladder = None
        match of.kind:
            case "award" | "taken":
                rule, unit = names[0], program.rules[names[0]].unit
            case "posting":
                unit, source, target, reason = names
            case "expired":
                unit = names[0]
            case _:
                ladder, reason = names
        number = rules.index(rule) if rule is not None else None
        spendable = unit is not None and program.units[unit].spendable
        step = program.units[unit].step if unit is not None else Fraction(1)
        sums = _sums(Pot(source), Pot(target)) if source is not None and target is not None else dict.fromkeys(SUMS, 0)
        said = (
            code,
            of.kind,
            of.over,
            rule,
            number,
            unit,
            spendable,
            step.denominator,
            exact(step),
            source,
            target,
            reason,
            ladder,
        )
        yield *said, *(sums[each] for each in SUMS)


def _sums(source: Pot, target: Pot) -> dict[str, int]:
    """How often what is posted from a pot to another counts in each sum. Source: `study.lots`, and `Ledger.holdings`."""
    sums = dict.fromkeys(SUMS, 0)
    for pot, sign in ((source, -1), (target, 1)):
        if pot in OWN:
            sums["pending" if pot is Pot.PENDING else "balance"] += sign
    lot = Pot.PENDING, Pot.AVAILABLE
    if (source in lot) == (target in lot):
        return sums
    sums["remaining"] = sign = 1 if target in lot else -1
    other = source if target in lot else target
    if other is Pot.ISSUED or (source is Pot.TRANSFERRED and target in lot):
        sums["granted"] = sign
    else:
        sums[next(name for name, pot in FIGURES.items() if pot is other)] = -sign
    return sums


# ---------------------------------------------------------------- some members


def gather(con: duckdb.DuckDBPyConnection, written: Written, first: int, end: int) -> None:
    """Makes tables of the rows that were written for events `first` to `end` (exclusive), without members who are left to the reference engine."""
    con.execute(
        f"""CREATE OR REPLACE TABLE kernel_events AS
            SELECT rows.rowid AS row, who_is AS who, member, name AS id, event || '/' || name AS name, at_is AS happened
            FROM kernel_rows AS rows JOIN kernel_members ON who = who_is LEFT JOIN kernel_kinds ON kind = kind_is
            WHERE rows.rowid >= {first} AND rows.rowid < {end} AND who_is NOT IN (SELECT who FROM kernel_ended WHERE bad <> 0)"""
    )
    con.execute(
        f"""CREATE OR REPLACE TABLE kernel_batch AS
            SELECT ledger.rowid AS place, ledger.*, who
            FROM kernel_ledger AS ledger JOIN kernel_events AS events ON events.row = ledger.row WHERE ledger.row < {end}"""
    )
    _awards(con, len(written.make.program.rules))
    _days(con, written)
    _numbers(con)


def _awards(con: duckdb.DuckDBPyConnection, rules: int) -> None:
    """The awards: `came` over `came_over` is what one came to, `dropped` over `dropped_over` what was; of those taken back, `sale` is the event."""
    con.execute(
        f"""CREATE OR REPLACE TABLE kernel_awards AS
            SELECT place, row, who, code, quantity, row * {rules} + number AS lot, kind = 'taken' AS back,
                   CASE WHEN back THEN a END AS sale, CASE WHEN back THEN 0 ELSE b END AS cut, CASE WHEN NOT back AND c <> {NEVER} THEN c END AS ends,
                   CASE WHEN back THEN quantity ELSE a END::HUGEINT AS came, CASE WHEN back THEN steps ELSE over::HUGEINT * d END AS came_over,
                   CASE WHEN back THEN 0 ELSE a::HUGEINT * steps - (quantity + b)::HUGEINT * over * d END AS dropped,
                   CASE WHEN back OR dropped = 0 THEN 1 ELSE over::HUGEINT * d * steps END AS dropped_over
            FROM kernel_batch JOIN kernel_codes USING (code) WHERE kind IN ('award', 'taken')"""
    )


def _days(con: duckdb.DuckDBPyConnection, written: Written) -> None:
    """Makes the days known that rows name."""
    found = con.execute(
        """SELECT ends FROM kernel_awards WHERE ends IS NOT NULL UNION
           SELECT b FROM kernel_batch JOIN kernel_codes USING (code) WHERE kind IN ('posting', 'move') AND b >= 0
           EXCEPT SELECT day FROM kernel_days"""
    ).fetchall()
    calendar, years = Calendar(written.make.program.frame), written.make.years
    _fill(con, "kernel_days", ((day, calendar.start(years.day(day))) for (day,) in found))


def _numbers(con: duckdb.DuckDBPyConnection) -> None:
    """The numbers of awards as the shortest exact text; there are far fewer than awards."""
    con.execute(
        """CREATE OR REPLACE TABLE kernel_lowest AS
           SELECT number, over, number // common AS top, over // common AS bottom FROM (
               SELECT number, over, CASE WHEN number % over = 0 THEN over ELSE gcd(number, over) END AS common FROM (
                   SELECT came AS number, came_over AS over FROM kernel_awards UNION SELECT dropped, dropped_over FROM kernel_awards))"""
    )
    found = con.execute(
        "SELECT bottom::VARCHAR FROM kernel_lowest EXCEPT SELECT over::VARCHAR FROM kernel_ends"
    ).fetchall()
    _fill(con, "kernel_ends", (_ends(int(over)) for (over,) in found))
    digits = "abs(top * factor)::VARCHAR"
    digits = f"lpad({digits}, greatest(length({digits}), places + 1)::INTEGER, '0')"
    pointed = (
        f"CASE WHEN top < 0 THEN '-' ELSE '' END || left({digits}, -places::BIGINT) || '.' || right({digits}, places)"
    )
    con.execute(
        f"""CREATE OR REPLACE TABLE kernel_numbers AS
            SELECT number, lowest.over, CASE WHEN places = 0 THEN top::VARCHAR WHEN places IS NULL THEN top::VARCHAR || '/' || bottom::VARCHAR
                                             ELSE {pointed} END AS text
            FROM kernel_lowest AS lowest JOIN kernel_ends AS ends ON ends.over = bottom"""
    )


def _ends(over: int) -> Said:
    """A denominator, how many decimals it comes to, and what makes numerators those digits; None where they have no end."""
    written = exact(Fraction(1, over))
    if "/" in written:
        return str(over), None, None
    places = len(written.partition(".")[2])
    return str(over), places, str(10**places // over)


# ---------------------------------------------------------------- tables


def query(table: str, program: nodes.Program, until: int) -> str:
    """The rows of a result table, of the members that were gathered; by member, and in the order in which they were posted."""
    places = decimals(program)
    chosen = []
    for column in TABLES[table]:
        name = f'found."{column.name}"'
        value = f"make_timestamptz({name})" if column.kind is Kind.INSTANT else f"{name}::{stored_as(column, places)}"
        chosen.append(f'{value} AS "{column.name}"')
    of, order = _TABLES[table]
    filled = of.format(rules=len(program.rules), until=until, program=fingerprint(program))
    return f"SELECT {', '.join(chosen)} FROM ({filled}) AS found ORDER BY {order}"


def _when(place: str = "rows", day: str = "days") -> str:
    """When a row was posted: at its event, or as a day began."""
    return f"CASE WHEN {place}.b = -1 THEN events.happened ELSE {day}.start END"


_STEPS = "::DECIMAL(18,0) * step"

_AWARDS = f"""
    SELECT place, events.member, events.name || '/' || CASE WHEN back THEN sales.name || '/' ELSE '' END || rule AS id, events.id AS event, rule, unit,
           quantity{_STEPS} AS quantity, came.text AS exact, dropped.text AS dropped, cut{_STEPS} AS cut, events.happened AS "at",
           events.happened AS spendable_from, start AS expires, '{{program}}' AS program, sales.name || '/' || rule AS "of"
    FROM kernel_awards AS rows JOIN kernel_events AS events USING (row) JOIN kernel_codes AS codes USING (code)
    JOIN kernel_numbers AS came ON came.number = rows.came AND came.over = came_over
    JOIN kernel_numbers AS dropped ON dropped.number = rows.dropped AND dropped.over = dropped_over
    LEFT JOIN kernel_events AS sales ON sales.row = sale LEFT JOIN kernel_days ON day = ends"""

_POSTINGS = f"""
    SELECT place, events.member, unit, lots.name || '/' || rules.rule AS lot, source, target, quantity{_STEPS} AS quantity,
           {_when()} AS "at", CASE WHEN b = -1 THEN events.id END AS event, reason
    FROM kernel_batch AS rows JOIN kernel_events AS events USING (row) JOIN kernel_codes AS codes USING (code)
    LEFT JOIN kernel_events AS lots ON lots.row = CASE WHEN a >= 0 THEN a // {{rules}} END
    LEFT JOIN kernel_rules AS rules ON rules.number = CASE WHEN a >= 0 THEN a % {{rules}} END
    LEFT JOIN kernel_days AS days ON day = b WHERE kind = 'posting'"""

_TIERS = f"""
    SELECT place, rows.who, member, ladder, tier, since AS "from", lead(since) OVER (PARTITION BY who, ladder ORDER BY place) AS before, reason
    FROM (SELECT place, events.who, member, ladder, rows.quantity, {_when()} AS since, reason
          FROM kernel_batch AS rows JOIN kernel_events AS events USING (row) JOIN kernel_codes AS codes USING (code)
          LEFT JOIN kernel_days AS days ON day = b WHERE kind = 'move') AS rows
    JOIN kernel_tiers USING (ladder) WHERE rank = rows.quantity"""

_BALANCES = f"""
    SELECT who, member, unit, balance{_STEPS} AS balance, pending{_STEPS} AS pending, {{until}} AS as_of
    FROM (SELECT who, unit, any_value(step) AS step, sum(quantity * balance) AS balance, sum(quantity * pending) AS pending
          FROM kernel_batch JOIN kernel_codes USING (code) WHERE kind = 'posting' OR (kind IN ('award', 'taken') AND spendable) GROUP BY who, unit)
    JOIN kernel_members USING (who)"""

# INVARIANT: a kernel holds nothing back, and the first posting of a lot is that of its own event, at which it can be spent.
_SUMMED = ", ".join(f"sum(quantity * {each})::BIGINT AS {each}" for each in SUMS[:-2])
_LOTS = f"""
    SELECT place, events.name || '/' || rules.rule AS id, member, codes.unit, {", ".join(f"sums.{each}{_STEPS} AS {each}" for each in SUMS[:-2])},
           happened AS "at", happened AS spendable_from, start AS expires
    FROM (SELECT a AS lot, any_value(code) AS code, min(place) AS place, {_SUMMED}
          FROM kernel_batch JOIN kernel_codes USING (code) WHERE kind = 'posting' AND a >= 0 GROUP BY a) AS sums
    JOIN kernel_codes AS codes USING (code) JOIN kernel_events AS events ON events.row = lot // {{rules}}
    JOIN kernel_rules AS rules ON rules.number = lot % {{rules}}
    LEFT JOIN (SELECT lot, ends FROM kernel_awards WHERE NOT back) AS awards USING (lot) LEFT JOIN kernel_days ON day = ends"""

_TABLES = {
    "awards": (_AWARDS, "place"),
    "postings": (_POSTINGS, "place"),
    "tiers": (_TIERS, 'who, ladder, "from", place'),
    "balances": (_BALANCES, "who, unit"),
    "lots": (_LOTS, "place"),
}
