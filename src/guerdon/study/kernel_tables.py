"""The result tables in SQL, of members whose rows were gathered: what `study.rows` says of entries."""

from __future__ import annotations

from guerdon.program import nodes
from guerdon.program.printed import fingerprint
from guerdon.study.kernel_rows import SUMS
from guerdon.study.schema import TABLES, Kind, decimals, stored_as


def query(table: str, program: nodes.Program, until: int) -> str:
    """The rows of a result table, of the members that were gathered; by member, and in the order in which they were posted.

    Units: instants in microseconds.
    """
    places = decimals(program)
    chosen = []
    for column in TABLES[table]:
        of = "BIGINT" if column.kind is Kind.INSTANT else stored_as(column, places)
        chosen.append(f'found."{column.name}"::{of} AS "{column.name}"')
    rows, order = _TABLES[table]
    filled = rows.format(rules=len(program.rules), until=until, program=fingerprint(program))
    return f"SELECT {', '.join(chosen)} FROM ({filled}) AS found ORDER BY {order}"


def _when(place: str = "rows", day: str = "days") -> str:
    """When a row was posted: at its event, or as a day began."""
    return f"CASE WHEN {place}.b = -1 THEN events.happened ELSE {day}.start END"


_STEPS = "::DECIMAL(18,0) * step"

_AWARD = "events.name || '/' || CASE WHEN back THEN sales.name || '/' ELSE '' END || rule"

_AWARDS = f"""
    SELECT place, events.member, {_AWARD} AS id, events.id AS event, rule, unit,
           quantity{_STEPS} AS quantity, came.text AS exact, dropped.text AS dropped, cut{_STEPS} AS cut, events.happened AS "at",
           events.happened AS spendable_from, start AS expires, '{{program}}' AS program, sales.name || '/' || rule AS "of"
    FROM kernel_awards AS rows JOIN kernel_events AS events USING (row) JOIN kernel_codes AS codes USING (code)
    JOIN kernel_numbers AS came ON came.number = rows.came AND came.over = came_over
    JOIN kernel_numbers AS dropped ON dropped.number = rows.dropped AND dropped.over = dropped_over
    LEFT JOIN kernel_events AS sales ON sales.row = sale LEFT JOIN kernel_days ON day = ends"""

_FUNDING = f"""
    SELECT place, nth, {_AWARD} AS award, partner, unit, shares.quantity{_STEPS} AS quantity
    FROM kernel_shares AS shares JOIN kernel_payers USING (number, nth) JOIN kernel_awards AS rows USING (place)
    JOIN kernel_events AS events USING (row) JOIN kernel_codes AS codes USING (code) LEFT JOIN kernel_events AS sales ON sales.row = sale"""

_POSTINGS = f"""
    SELECT place, events.member, codes.unit, lots.name || '/' || rules.rule AS lot, source, target, quantity{_STEPS} AS quantity,
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

HOLDINGS = """
    SELECT who, unit, any_value(step) AS step, any_value(steps) AS steps, sum(quantity * balance)::BIGINT AS balance, sum(quantity * pending)::BIGINT AS pending
    FROM kernel_batch JOIN kernel_events USING (row) JOIN kernel_codes USING (code)
    WHERE kind = 'posting' OR (kind IN ('award', 'taken') AND spendable) GROUP BY who, unit"""
"""What each member holds of a unit, in steps; also of those who were awarded something of which nothing was left."""

_BALANCES = f"""
    SELECT who, member, unit, balance{_STEPS} AS balance, pending{_STEPS} AS pending, {{until}} AS as_of
    FROM ({HOLDINGS}) JOIN kernel_members USING (who)"""

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

_EFFECTS = f"""
    SELECT place, events.name || '/' || rule AS id, member, events.id AS event, rule, '{nodes.MESSAGE}' AS kind, text, happened AS "at"
    FROM kernel_batch AS rows JOIN kernel_events AS events USING (row) JOIN kernel_codes AS codes USING (code) WHERE codes.kind = 'said'"""

_TABLES = {
    "awards": (_AWARDS, "place"),
    "balances": (_BALANCES, "who, unit"),
    "lots": (_LOTS, "place"),
    "postings": (_POSTINGS, "place"),
    "funding": (_FUNDING, "place, nth"),
    "tiers": (_TIERS, 'who, ladder, "from", place'),
    "effects": (_EFFECTS, "place"),
}


def has(table: str, program: nodes.Program) -> bool:
    """Whether a kernel of a program may write rows of a table. None writes refusals, offers and what was set aside."""
    match table:
        case "funding":
            return any(rule.funded for rule in program.rules.values())
        case "effects":
            return any(rule.say is not None for rule in program.rules.values())
        case "tiers":
            return bool(program.ladders)
        case _:
            return table in _TABLES
