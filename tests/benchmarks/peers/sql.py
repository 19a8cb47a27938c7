"""W approximated by SQL with window functions in DuckDB, one thread: awards and balances as tables in memory.

Every step of W is there but for what windows can't say:

- a tier looks at the dollars of the year before the event: not at what the tier made of them, and not at clawbacks;
- debt, and which lot a return takes from: what expires is all that is old less all that was ever taken back.

The daily cap is exact, and so are both bonuses and the second visit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.benchmarks.peers import Side, hand_c
from tests.benchmarks.workload import (
    DAY,
    DINING,
    PURCHASE,
    RETURN,
    RULES,
    SATURDAY,
    VISIT,
    History,
    Totals,
    Wrong,
    campaigns,
    need,
)

OFF = 0.02  # by how much of itself a total may be off

AWARDS = """
CREATE OR REPLACE TEMP TABLE awards AS
WITH dated AS (
    SELECT place, member, kind, amount, id, ref, category, (moment // {DAY} - {first_day})::INTEGER AS day, make_timestamp(moment * 1000000) AS stamp,
           CASE WHEN kind = {PURCHASE} THEN amount // 100 ELSE 0 END AS dollars
    FROM events),
counted AS (
    SELECT *,
           coalesce(sum(dollars) OVER (PARTITION BY member, year(stamp) ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS counts,
           row_number() OVER (PARTITION BY member, year(stamp), month(stamp), kind = {VISIT} ORDER BY place) AS visit
    FROM dated),
came AS (
    SELECT place, member, day, kind, amount, id, ref,
           round_even(dollars * (4 + (counts >= 1000)::INTEGER + (counts >= 5000)::INTEGER) / 4.0, 0)::BIGINT AS base,
           CASE WHEN category = {DINING} AND isodow(stamp) > {SATURDAY} THEN 2 * dollars ELSE 0 END AS dining,
           CASE WHEN {held} THEN dollars ELSE 0 END AS campaign,
           CASE WHEN kind = {VISIT} AND visit = 2 THEN 50 ELSE 0 END AS second
    FROM counted),
roomy AS (
    SELECT *, greatest(500 - coalesce(sum(dining + campaign + second)
                  OVER (PARTITION BY member, day ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), 0) AS room
    FROM came),
cut AS (
    SELECT place, member, day, kind, amount, id, ref, base, least(dining, room) AS dining,
           least(campaign, greatest(room - dining, 0)) AS campaign, least(second, greatest(room - dining - campaign, 0)) AS second
    FROM roomy),
back AS (
    SELECT sent.place, sent.member, sent.day,
           round_even((sale.base + sale.dining + sale.campaign) * sent.amount / sale.amount, 0)::BIGINT AS points
    FROM cut sent JOIN cut sale ON sale.id = sent.ref
    WHERE sent.kind = {RETURN})
SELECT place, member, day, rule, points
FROM (SELECT place, member, day, unnest([0, 1, 2, 3]) AS rule, unnest([base, dining, campaign, second]) AS points FROM cut WHERE kind IN ({PURCHASE}, {VISIT})
      UNION ALL SELECT place, member, day, 4, -points FROM back)
WHERE points <> 0
"""
BALANCES = """
CREATE OR REPLACE TEMP TABLE balances AS
SELECT member, earned - expired AS balance, expired
FROM (SELECT member, sum(points) AS earned,
             greatest(coalesce(sum(points) FILTER (points > 0 AND day <= {old}), 0) + coalesce(sum(points) FILTER (points < 0), 0), 0) AS expired
      FROM awards GROUP BY member)
"""
SUMS = "SELECT sum(points) FILTER (rule = {rule}) FROM awards"
ENDS = "SELECT -sum(expired), sum(balance) FROM balances"


def tables(history: History) -> Any:
    """A database in memory that holds the history as a table, in its order."""
    duckdb, arrow = need("duckdb"), need("pyarrow")
    database = duckdb.connect(config={"threads": 1})
    names = {
        "moment": "ts",
        "kind": "kind",
        "amount": "amt",
        "category": "cat",
        "id": "eid",
        "ref": "ref",
        "member": "member",
    }
    given = arrow.table({name: history.columns[column] for name, column in names.items()})
    database.register("given", given)
    database.execute("CREATE TABLE events AS SELECT (row_number() OVER () - 1)::INTEGER AS place, * FROM given")
    database.unregister("given")
    return database


def prepare(history: History, folder: Path) -> Side:
    database = tables(history)
    words = {"DAY": DAY, "PURCHASE": PURCHASE, "RETURN": RETURN, "VISIT": VISIT, "DINING": DINING, "SATURDAY": SATURDAY}
    held = " OR ".join(f"day >= {first} AND day < {after}" for first, after in campaigns())
    old = (
        int(history.days["L_exp"].searchsorted(history.as_of, side="right")) - 1
    )  # the last day whose awards have expired
    queries = AWARDS.format(**words, first_day=history.first_day, held=held), BALANCES.format(old=old)

    def run() -> None:
        for query in queries:
            database.execute(query)

    run()
    return Side("SQL in DuckDB", history.events, run, compared(totals(database, history), exact(history, folder)))


def totals(database: Any, history: History) -> Totals:
    points = [database.execute(SUMS.format(rule=rule)).fetchone()[0] for rule in range(len(RULES) - 1)]
    expired, balance = database.execute(ENDS).fetchone()
    return Totals(history.events, (*points, expired), balance)


def exact(history: History, folder: Path) -> Totals:
    return hand_c.Work(history, folder).totals()


def compared(found: Totals, expected: Totals) -> str:
    """By how much each total is off, where it is. Errors: Wrong where one is off by more than a little."""
    names = [*RULES, "balances"]
    pairs = zip(names, [*found.points, found.balance], [*expected.points, expected.balance], strict=True)
    off = {name: one / other - 1 for name, one, other in pairs if one != other}
    if any(abs(each) > OFF for each in off.values()):
        raise Wrong(f"the SQL does not approximate W: {off}")
    return "approximates W: " + ", ".join(f"{name} {each:+.2%}" for name, each in off.items())
