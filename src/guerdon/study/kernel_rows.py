"""What rows that a kernel wrote say, in SQL: `kernel.ledger` reads them one by one, and says what each means.

Tables: `kernel_codes`, `kernel_rules`, `kernel_tiers` and `kernel_days` say what numbers stand for; `events` and `batch` are
the events and rows of some members who have come to their end, `awards`, `postings` and `moves` what those rows say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import duckdb

from guerdon.kernel.days import NEVER
from guerdon.kernel.loop import Written
from guerdon.program import nodes
from guerdon.program.printed import fingerprint
from guerdon.reference.calendar import Calendar
from guerdon.study.rows import exact
from guerdon.study.schema import TABLES, WHOLE_DIGITS, Kind, decimals, stored_as

Said = tuple[object, ...]


def prepare(con: duckdb.DuckDBPyConnection, written: Written) -> None:
    """Makes the tables that say what numbers stand for, and those for rows."""
    program = written.make.program
    places = decimals(program)
    step = f"DECIMAL({WHOLE_DIGITS}, {places})"
    con.execute(
        f"""CREATE OR REPLACE TABLE kernel_codes (code INTEGER, kind VARCHAR, over BIGINT, rule VARCHAR, unit VARCHAR, spendable BOOLEAN,
                steps BIGINT, step {step}, source VARCHAR, target VARCHAR, reason VARCHAR, ladder VARCHAR)"""
    )
    _fill(con, "kernel_codes", _codes(written))
    con.execute("CREATE OR REPLACE TABLE kernel_rules (number INTEGER, rule VARCHAR)")
    _fill(con, "kernel_rules", enumerate(program.rules))
    con.execute("CREATE OR REPLACE TABLE kernel_kinds (kind INTEGER, event VARCHAR)")
    _fill(con, "kernel_kinds", ((number, name) for name, number in written.make.columns.kinds.items()))
    con.execute("CREATE OR REPLACE TABLE kernel_tiers (ladder VARCHAR, rank INTEGER, tier VARCHAR)")
    tiers = (
        (ladder.name, rank, tier.name) for ladder in program.ladders.values() for rank, tier in enumerate(ladder.tiers)
    )
    _fill(con, "kernel_tiers", tiers)
    con.execute("CREATE OR REPLACE TABLE kernel_days (day BIGINT, start BIGINT)")
    con.execute("CREATE OR REPLACE TABLE kernel_ends (over HUGEINT, places INTEGER, factor HUGEINT)")


def _fill(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Said]) -> None:
    listed = [*rows]
    if listed:
        con.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(listed[0]))})", listed)


def _codes(written: Written) -> Iterator[Said]:
    program = written.make.program
    for number, code in enumerate(written.codes):
        of = [str(each) for each in code.of]
        rule = unit = source = target = reason = ladder = None
        match code.kind:
            case "award" | "taken":
                rule, unit = of[0], program.rules[of[0]].unit
            case "posting":
                unit, source, target, reason = of
            case "expired":
                unit = of[0]
            case _:
                ladder, reason = of
        step = program.units[unit].step if unit is not None else Fraction(1)
        spendable = unit is not None and program.units[unit].spendable
        yield (
            number,
            code.kind,
            code.over,
            rule,
            unit,
            spendable,
            step.denominator,
            exact(step),
            source,
            target,
            reason,
            ladder,
        )


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
            SELECT ledger.rowid AS place, ledger.row, ledger.quantity, a, b, c, d, who, member, id, name, happened, codes.*
            FROM kernel_ledger AS ledger JOIN kernel_events AS events ON events.row = ledger.row JOIN kernel_codes AS codes USING (code)
            WHERE ledger.row < {end}"""
    )
    _days(con, written)
    _awards(con)
    rules = len(written.make.program.rules)
    con.execute(
        f"""CREATE OR REPLACE TABLE kernel_postings AS
            SELECT place, batch.who, batch.member, unit, lots.name || '/' || rules.rule AS lot, source, target, quantity::DECIMAL(18,0) * step AS quantity,
                   CASE WHEN b = -1 THEN batch.happened ELSE start END AS happened, CASE WHEN b = -1 THEN batch.id END AS event, reason
            FROM kernel_batch AS batch
            LEFT JOIN kernel_events AS lots ON lots.row = CASE WHEN a >= 0 THEN a // {rules} END
            LEFT JOIN kernel_rules AS rules ON rules.number = CASE WHEN a >= 0 THEN a % {rules} END
            LEFT JOIN kernel_days ON day = b WHERE kind = 'posting'"""
    )


def _days(con: duckdb.DuckDBPyConnection, written: Written) -> None:
    """Makes the days known that rows name."""
    found = con.execute(
        f"""SELECT day FROM (SELECT CASE kind WHEN 'award' THEN c WHEN 'taken' THEN -1 ELSE b END AS day FROM kernel_batch)
            WHERE day >= 0 AND day < {NEVER} GROUP BY day EXCEPT SELECT day FROM kernel_days"""
    ).fetchall()
    calendar, years = Calendar(written.make.program.frame), written.make.years
    _fill(con, "kernel_days", ((day, calendar.start(years.day(day))) for (day,) in found))


def _awards(con: duckdb.DuckDBPyConnection) -> None:
    """The awards, with what they came to as numbers in lowest terms: `came` over `came_over`, `dropped` over `dropped_over`."""
    con.execute(
        """CREATE OR REPLACE TABLE kernel_awards AS
           WITH said AS (
               SELECT batch.*, kind = 'taken' AS back, sales.name || '/' || rule AS sale,
                      CASE WHEN back THEN quantity ELSE a END::HUGEINT AS came, CASE WHEN back THEN steps ELSE over * d END::HUGEINT AS came_over,
                      CASE WHEN back THEN 0 ELSE a::HUGEINT * steps - (quantity + b)::HUGEINT * over * d END AS dropped,
                      CASE WHEN back THEN 1 ELSE over::HUGEINT * d * steps END AS dropped_over
               FROM kernel_batch AS batch LEFT JOIN kernel_events AS sales ON sales.row = CASE WHEN kind = 'taken' THEN a END
               WHERE kind IN ('award', 'taken'))
           SELECT place, who, member, CASE WHEN back THEN name || '/' || sale ELSE name || '/' || rule END AS id, CASE WHEN back THEN sale END AS of,
                  said.id AS event, rule, unit, spendable, quantity::DECIMAL(18,0) * step AS quantity,
                  CASE WHEN back THEN 0 ELSE b END::DECIMAL(18,0) * step AS cut, happened, CASE WHEN NOT back THEN start END AS expires,
                  came // gcd(came, came_over) AS came, came_over // gcd(came, came_over) AS came_over,
                  dropped // gcd(dropped, dropped_over) AS dropped, dropped_over // gcd(dropped, dropped_over) AS dropped_over
           FROM said LEFT JOIN kernel_days ON NOT back AND day = c"""
    )
    found = con.execute(
        """SELECT over::VARCHAR FROM (SELECT came_over AS over FROM kernel_awards UNION SELECT dropped_over FROM kernel_awards)
           EXCEPT SELECT over::VARCHAR FROM kernel_ends"""
    ).fetchall()
    _fill(con, "kernel_ends", (_ends(int(over)) for (over,) in found))


def _ends(over: int) -> Said:
    """A denominator, how many decimals it comes to, and what makes numerators those digits; None where they have no end."""
    written = exact(Fraction(1, over))
    if "/" in written:
        return str(over), None, None
    places = len(written.partition(".")[2])
    return str(over), places, str(10**places // over)


# ---------------------------------------------------------------- tables


def query(table: str, program: nodes.Program, until: int) -> str:
    """The rows of a result table, of the members that were gathered; in the order in which they were posted, by member."""
    places = decimals(program)
    chosen = []
    for column in TABLES[table]:
        name = f'found."{column.name}"'
        value = f"make_timestamptz({name})" if column.kind is Kind.INSTANT else f"{name}::{stored_as(column, places)}"
        chosen.append(f'{value} AS "{column.name}"')
    found = {
        "awards": _of_awards,
        "postings": _of_postings,
        "tiers": _of_tiers,
        "balances": _of_balances,
        "lots": _of_lots,
    }
    return f"SELECT {', '.join(chosen)} FROM ({found[table](program, until)}) AS found ORDER BY {_ORDER[table]}"


_ORDER = {
    "awards": "place",
    "postings": "place",
    "tiers": 'who, ladder, "from", place',
    "balances": "who, unit",
    "lots": "place",
}


def _of_awards(program: nodes.Program, until: int) -> str:
    return f"""SELECT place, id, member, event, rule, unit, quantity, {_exact("came", "came_ends")} AS exact,
                      {_exact("dropped", "dropped_ends")} AS dropped, cut, happened AS "at", happened AS spendable_from, expires,
                      '{fingerprint(program)}' AS program, of AS "of"
               FROM kernel_awards LEFT JOIN kernel_ends AS came_ends ON came_ends.over = came_over
               LEFT JOIN kernel_ends AS dropped_ends ON dropped_ends.over = dropped_over"""


def _exact(number: str, ends: str) -> str:
    """A number in lowest terms as the shortest exact text."""
    scaled, places = f"{number} * {ends}.factor", f"{ends}.places"
    digits = f"abs({scaled})::VARCHAR"
    digits = f"lpad({digits}, greatest(length({digits}), {places} + 1)::INTEGER, '0')"
    pointed = f"CASE WHEN {number} < 0 THEN '-' ELSE '' END || left({digits}, -{places}::BIGINT) || '.' || right({digits}, {places})"
    return f"""CASE WHEN {places} = 0 THEN {number}::VARCHAR WHEN {places} IS NULL THEN {number}::VARCHAR || '/' || {number}_over::VARCHAR
               ELSE {pointed} END"""


def _of_postings(program: nodes.Program, until: int) -> str:
    return """SELECT place, member, unit, lot, source, target, quantity, happened AS "at", event, reason FROM kernel_postings"""


def _of_tiers(program: nodes.Program, until: int) -> str:
    moved = """SELECT place, who, member, ladder, a_rank, CASE WHEN b = -1 THEN happened ELSE start END AS since, reason
                FROM (SELECT *, quantity AS a_rank FROM kernel_batch WHERE kind = 'move') LEFT JOIN kernel_days ON day = b"""
    return f"""SELECT place, who, member, ladder, tier, since AS "from", lead(since) OVER (PARTITION BY who, ladder ORDER BY place) AS before, reason
               FROM ({moved}) JOIN kernel_tiers USING (ladder) WHERE rank = a_rank AND since < {until}"""


def _of_balances(program: nodes.Program, until: int) -> str:
    """Also of those who were awarded something of which rounding and limits left nothing."""
    inward, outward = (f"CASE WHEN {pot} IN ({{0}}) THEN quantity ELSE 0 END" for pot in ("target", "source"))
    own, held = "'available', 'debt'", "'pending'"
    return f"""SELECT who, member, unit, sum(balance) AS balance, sum(pending) AS pending, {until} AS as_of FROM (
                   SELECT who, member, unit, {inward.format(own)} - {outward.format(own)} AS balance, {inward.format(held)} - {outward.format(held)} AS pending
                   FROM kernel_postings WHERE happened < {until}
                   UNION ALL SELECT who, member, unit, 0, 0 FROM kernel_awards WHERE spendable)
               GROUP BY who, member, unit"""


def _of_lots(program: nodes.Program, until: int) -> str:
    """What `study.lots` says of postings: what was granted, and where each part of it went."""
    lot = "('pending', 'available')"
    inward, outward = f"source NOT IN {lot} AND target IN {lot}", f"target NOT IN {lot} AND source IN {lot}"

    def gone(pot: str) -> str:
        out, back = (
            f"sum(quantity) FILTER ({outward} AND target = '{pot}')",
            f"sum(quantity) FILTER ({inward} AND source = '{pot}')",
        )
        return f"coalesce({out}, 0) - coalesce({back}, 0)"

    def came(pots: str) -> str:
        return f"coalesce(sum(quantity) FILTER ({inward} AND source IN ({pots})), 0)"

    issued = f"coalesce(sum(quantity) FILTER ({outward} AND target = 'issued'), 0)"
    figures = {
        "spent": "spent",
        "expired": "expired",
        "taken_back": "taken back",
        "transferred": "transferred",
        "repaid": "debt",
    }
    listed = ", ".join(f"{gone(pot)} AS {name}" for name, pot in figures.items() if pot != "transferred")
    return f"""SELECT min(postings.place) AS place, lot AS id, postings.member, postings.unit, {came("'issued', 'transferred'")} - {issued} AS granted,
                      coalesce(sum(quantity) FILTER ({inward}), 0) - coalesce(sum(quantity) FILTER ({outward}), 0) AS remaining, {listed},
                      coalesce(sum(quantity) FILTER ({outward} AND target = 'transferred'), 0) AS transferred,
                      arg_min(happened, postings.place) AS "at",
                      coalesce(arg_min(happened, postings.place) FILTER (target = 'available'), any_value(awarded)) AS spendable_from,
                      any_value(expires) AS expires
               FROM kernel_postings AS postings
               LEFT JOIN (SELECT who, id, happened AS awarded, expires FROM kernel_awards WHERE of IS NULL) AS awards ON awards.who = postings.who AND awards.id = lot
               WHERE lot IS NOT NULL AND happened < {until} GROUP BY postings.who, postings.member, lot, postings.unit"""
