"""The result tables in SQL, of members whose rows were gathered: what `study.rows` says of entries."""

from __future__ import annotations

from collections.abc import Sequence

from guerdon.kernel.loop.frame import Written
from guerdon.program import nodes
from guerdon.program.printed import fingerprint
from guerdon.study.kernel_rows import AWARD, NAMES_OF_AWARDS, NUMBERS_OF_AWARDS, SUMS
from guerdon.study.schema import Column, Kind, decimals, stored_as


def query(table: str, written: Written, until: int, columns: Sequence[Column]) -> str:
    """Some columns of a result table, of the members that were gathered; by member, and in the order in which they were posted.

    Shape: rows come in the order of what stands first in a query, see `history.open.connect`. Units: instants in microseconds.
    """
    program = written.make.program
    places = decimals(program)
    chosen = []
    for column in columns:
        of = "BIGINT" if column.kind is Kind.INSTANT else stored_as(column, places)
        chosen.append(f'found."{column.name}"::{of} AS "{column.name}"')
    names = {each.name for each in columns}
    rows = _TABLES[table].format(
        rules=len(program.rules),
        years=written.make.years.count,
        until=until,
        program=fingerprint(program),
        numbers=_NUMBERS if names & NUMBERS_OF_AWARDS else _NO_NUMBERS,
        undone=_UNDONE if names & NAMES_OF_AWARDS else _NO_NAMES,
    )
    return f"SELECT {', '.join(chosen)} FROM ({rows}) AS found"


_STEPS = "::DECIMAL(19,0) * step"

_WHEN = "CASE WHEN b = -1 THEN happened ELSE start END"
"""When a row was posted: at its event, or as a day began."""

_AWARDS = f"""
    SELECT concat(name, '/', coalesce(of, rule)) AS id, member, id AS event, rule, unit, rows.quantity{_STEPS} AS quantity,
           came AS exact, dropped, numbers.b{_STEPS} AS cut, happened AS "at", happened AS spendable_from, start AS expires, '{{program}}' AS program, of
    FROM kernel_said AS rows JOIN kernel_codes AS codes ON codes.code = rows.code AND kind IN ('award', 'taken')
    {{numbers}} {{undone}} LEFT JOIN kernel_days ON day = CASE WHEN kind = 'award' THEN c END"""

_NUMBERS = f"""
    JOIN kernel_numbers AS numbers ON numbers.code = rows.code AND numbers.quantity = rows.quantity AND numbers.a = {AWARD.format("rows.a")}
        AND numbers.b = {AWARD.format("rows.b")} AND numbers.d = {AWARD.format("rows.d")}"""

_UNDONE = "LEFT JOIN kernel_undone USING (place)"

# What nobody asks for is not made: of what is read here, nothing is chosen.
_NO_NUMBERS = "CROSS JOIN (SELECT NULL AS came, NULL AS dropped, 0 AS b) AS numbers"
_NO_NAMES = "CROSS JOIN (SELECT NULL AS of) AS named"

_FUNDING = f"""
    SELECT concat(name, '/', coalesce(of, rule)) AS award, partner, unit, shares.quantity{_STEPS} AS quantity
    FROM (SELECT * FROM kernel_shares ORDER BY place, nth) AS shares JOIN kernel_payers USING (number, nth) JOIN kernel_said AS rows USING (place)
    JOIN kernel_codes USING (code) LEFT JOIN kernel_undone USING (place)"""

# A lot below -1 comes from a trigger.
_LOT = "CASE WHEN a >= 0 THEN a WHEN a < -1 THEN (-3 - a) // 2 END"
_POSTINGS = f"""
    SELECT member, codes.unit, CASE WHEN a >= 0 THEN concat(event, '/', lots.id, '/', rules.rule)
                                    WHEN a < -1 THEN concat(words, '/', member, '/', rules.rule) END AS lot, source, target,
           quantity{_STEPS} AS quantity, CASE WHEN b = -1 THEN rows.happened ELSE start END AS "at", CASE WHEN b = -1 THEN rows.id END AS event, reason
    FROM kernel_said AS rows JOIN kernel_codes AS codes ON codes.code = rows.code AND kind = 'posting'
    LEFT JOIN kernel_events AS lots ON lots.row = CASE WHEN a >= 0 THEN a // {{rules}} END LEFT JOIN kernel_kinds ON kernel_kinds.type = lots.type
    LEFT JOIN kernel_rules AS rules ON rules.number = {_LOT} % {{rules}}
    LEFT JOIN kernel_lots ON kernel_lots.number = rules.number AND kernel_lots.day = CASE WHEN a < -1 THEN (-3 - a) // 2 // {{rules}} % {{years}} END
    LEFT JOIN kernel_days ON kernel_days.day = b"""

_TIERS = f"""
    SELECT member, ladder, tier, since AS "from", lead(since) OVER (PARTITION BY who, ladder ORDER BY place) AS before, reason
    FROM (SELECT place, who, member, ladder, quantity AS rank, {_WHEN} AS since, reason
          FROM kernel_said JOIN kernel_codes USING (code) LEFT JOIN kernel_days ON day = b
          WHERE kind = 'move') JOIN kernel_tiers USING (ladder, rank) ORDER BY who, ladder, since, place"""

HOLDINGS = """
    SELECT who, unit, any_value(step) AS step, any_value(steps) AS steps, sum(quantity * balance) AS balance, sum(quantity * pending) AS pending
    FROM kernel_batch JOIN kernel_codes USING (code) JOIN kernel_events USING (row)
    WHERE kind = 'posting' OR (kind IN ('award', 'taken') AND spendable) GROUP BY who, unit"""
"""What each member holds of a unit, in steps; also of those who were awarded something of which nothing was left."""

_BALANCES = f"""
    SELECT member, unit, balance{_STEPS} AS balance, pending{_STEPS} AS pending, {{until}} AS as_of
    FROM (SELECT * FROM ({HOLDINGS}) ORDER BY who, unit) JOIN kernel_members USING (who)"""

# INVARIANT: a kernel holds nothing back, and the first posting of a lot is that of its own event, at which it can be spent.
_SUMMED = ", ".join(f"sum(quantity * {each}) AS {each}" for each in SUMS[:-2])
_LOTS = f"""
    SELECT concat(name, '/', rules.rule) AS id, member, rows.unit, {", ".join(f"sums.{each}{_STEPS} AS {each}" for each in SUMS[:-2])},
           happened AS "at", happened AS spendable_from, start AS expires
    FROM (SELECT a, min(place) AS place, {_SUMMED}
          FROM kernel_batch JOIN kernel_codes USING (code) WHERE kind = 'posting' AND a <> -1 GROUP BY a ORDER BY place) AS sums
    JOIN (SELECT place, row, e, name, member, happened, unit, step FROM kernel_said JOIN kernel_codes USING (code)) AS rows USING (place)
    JOIN kernel_rules AS rules ON rules.number = CASE WHEN sums.a < -1 THEN (-3 - sums.a) // 2 ELSE sums.a END % {{rules}}
    LEFT JOIN (SELECT row, e, number, c AS ends FROM kernel_said JOIN kernel_codes USING (code) WHERE kind = 'award') AS awards
        ON awards.row = rows.row AND awards.e = rows.e AND awards.number = rules.number
    LEFT JOIN kernel_days ON day = ends"""

_EFFECTS = f"""
    SELECT concat(name, '/', rule) AS id, member, id AS event, rule, '{nodes.MESSAGE}' AS kind, text, happened AS "at"
    FROM kernel_said JOIN kernel_codes USING (code) WHERE kind = 'said'"""

_REFUSED = f"""
    SELECT member, id AS event, unit, quantity{_STEPS} AS quantity, happened AS "at", said AS reason, rule
    FROM kernel_said AS rows JOIN kernel_codes USING (code) JOIN kernel_reasons ON kernel_reasons.code = rows.code AND kernel_reasons.a = rows.a
    WHERE kind = 'refused'"""

_TABLES = {
    "awards": _AWARDS,
    "balances": _BALANCES,
    "lots": _LOTS,
    "postings": _POSTINGS,
    "funding": _FUNDING,
    "tiers": _TIERS,
    "refused": _REFUSED,
    "effects": _EFFECTS,
}


def has(table: str, program: nodes.Program) -> bool:
    """Whether a kernel of a program may write rows of a table. None writes offers, ranks and what was set aside."""
    match table:
        case "funding":
            return any(rule.funded for rule in program.rules.values())
        case "effects":
            return any(rule.say is not None for rule in program.rules.values())
        case "tiers":
            return bool(program.ladders)
        case "refused":
            return any(rule.takes for rule in program.rules.values())
        case _:
            return table in _TABLES
