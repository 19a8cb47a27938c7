"""Events made ready in SQL: rows read, grouped, checked against each other, in order.

Tables made for an event type, by its number: `rows N` (see `rows`), `heads N` (one row
an event, in no order; `ordinal` tells them apart), `all N` (the same before any is set aside),
`later N` (events whose id an earlier one has), `bad N` (rows that spoil their event). The tables stay in DuckDB, which may spill them to disk. Where
each row is an event, `heads` and `all` are views: nothing is stored twice, and put in order when it is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from guerdon.history.column import Column, FactsOf, Part
from guerdon.history.sql import name


@dataclass(frozen=True)
class Staged:
    """One event type, ready to be read: its tables' number, columns, and how values become facts."""

    number: int
    event: str
    source: str
    files: tuple[str, ...]
    columns: tuple[Column, ...]
    facts: tuple[FactsOf | None, ...]
    optional: tuple[str, ...]  # fields that this history never has
    optional_lines: dict[str, tuple[str, ...]]
    several: bool = False  # a row of the file may be several of the table, which are in order

    @property
    def lists(self) -> list[str]:
        """The event's lists of lines."""
        return list(self.optional_lines)

    @property
    def grouped(self) -> bool:
        return self.at(Part.GROUP) is not None

    def at(self, part: Part) -> str | None:
        """The SQL column of a part, where it is mapped."""
        return next((f"v{index}" for index, each in enumerate(self.columns) if each.part is part), None)

    @property
    def line_order(self) -> str:
        """The SQL column that orders the lines of an event."""
        return "rows.rowid" if self.several else "rows.row"

    def of(self, part: Part) -> list[int]:
        return [index for index, each in enumerate(self.columns) if each.part is part]

    def table(self, kind: str) -> str:
        return name(f"{kind} {self.number}")


def stage(con: duckdb.DuckDBPyConnection, staged: Staged, torn: Sequence[tuple[int, str, int]] = ()) -> None:
    """Makes `heads` of the rows; `torn` are rows (file, group, row) that could not be taken apart, but spoil their event."""
    con.execute(f"CREATE TABLE {staged.table('bad')} (file INTEGER, key VARCHAR, row BIGINT)")
    if torn:
        con.executemany(f"INSERT INTO {staged.table('bad')} VALUES (?, ?, ?)", list(torn))
    if staged.grouped:
        group = staged.at(Part.GROUP)
        con.execute(
            f"INSERT INTO {staged.table('bad')} SELECT file, {group}, row FROM {staged.table('rows')} WHERE fault IS NOT NULL AND {group} IS NOT NULL"
        )
    what = "TABLE" if staged.grouped else "VIEW"
    con.execute(f"CREATE {what} {staged.table('all')} AS {_all(staged)}")
    con.execute(f"CREATE TABLE {staged.table('later')} AS {_later(staged)}")
    ((later,),) = con.execute(f"SELECT count(*) FROM {staged.table('later')}").fetchall()
    con.execute(f"CREATE {what} {staged.table('heads')} AS {_heads(staged, later > 0)}")


def _all(staged: Staged) -> str:
    """One row an event, faulty ones included; `disagrees` is the number of a column its rows differ in."""
    base = f"{staged.at(Part.ID)} AS id, {staged.at(Part.MEMBER)} AS member, {staged.at(Part.AT)} AS happened"
    recorded, sequence = staged.at(Part.RECORDED) or staged.at(Part.AT), staged.at(Part.SEQUENCE)
    facts = "".join(f", v{index} AS f{index}" for index in staged.of(Part.FACT))
    if not staged.grouped:
        order = f"{recorded} AS recorded, {sequence or 'row'} AS sequence"
        return f"SELECT rowid AS ordinal, file, row, row AS key, {base}, {order}, 1 AS lines, fault IS NOT NULL AS faulty, NULL::INTEGER AS disagrees{facts} FROM {staged.table('rows')}"
    shared = [index for index, each in enumerate(staged.columns) if each.part not in (Part.GROUP, Part.LINE)]
    picked = ", ".join(f"max(v{index}) AS v{index}" for index in shared)
    differ = " ".join(
        f"WHEN min(v{index}) <> max(v{index}) OR count(v{index}) NOT IN (0, count(*)) THEN {index}" for index in shared
    )
    grouped = f"""SELECT file, min(row) AS row, {staged.at(Part.GROUP)} AS key, count(*) AS lines,
                         (file, key) IN (SELECT (file, key) FROM {staged.table("bad")}) AS faulty,
                         CASE {differ} END AS disagrees, {picked}
                  FROM {staged.table("rows")} WHERE {staged.at(Part.GROUP)} IS NOT NULL GROUP BY file, key"""
    order = f"{recorded} AS recorded, {sequence or 'row'} AS sequence"
    return f"SELECT row_number() OVER () AS ordinal, file, row, key, {base}, {order}, lines, faulty, disagrees{facts} FROM ({grouped})"


def _fine(staged: Staged) -> str:
    return f"(SELECT * FROM {staged.table('all')} WHERE NOT faulty AND disagrees IS NULL)"


def _later(staged: Staged) -> str:
    """Events whose id an earlier one has: whether the content is the `same`, and where the first stands.

    Content is what happened: member, time, facts and lines; not when it was recorded, which a second delivery changes.
    """
    facts = ["happened", "member", *(f"f{index}" for index in staged.of(Part.FACT))]
    mapped = "sequence, " if staged.at(Part.SEQUENCE) else ""
    first = f"OVER (PARTITION BY id ORDER BY recorded, {mapped}file, row)"
    several = "HAVING count(*) > 1"  # of numbers first, which take less room than texts
    maybe = (
        f"SELECT * FROM {_fine(staged)} WHERE hash(id) IN (SELECT hash(id) FROM {_fine(staged)} GROUP BY ALL {several})"
    )
    twice = f"SELECT * FROM ({maybe}) WHERE id IN (SELECT id FROM ({maybe}) GROUP BY id {several})"
    content, joined = f"to_json(row({', '.join(facts)}))::VARCHAR", ""
    if staged.grouped:
        values = ", ".join(f"v{index}" for index in staged.of(Part.LINE)) or "0"
        joined = f"""JOIN (SELECT rows.file, rows.{staged.at(Part.GROUP)} AS key, list(to_json(row({values}))::VARCHAR ORDER BY {staged.line_order})::VARCHAR AS listed
                           FROM {staged.table("rows")} AS rows SEMI JOIN twice ON twice.file = rows.file AND twice.key = rows.{staged.at(Part.GROUP)}
                           GROUP BY ALL) USING (file, key)"""
        content += " || listed"
    told = f"SELECT file, row, key, id, {content} AS content, recorded, sequence FROM twice {joined}"
    return f"""WITH twice AS ({twice}), told AS ({told})
               SELECT file, row, key, id, content = first_value(content) {first} AS same,
                      first_value(file) {first} AS first_file, first_value(row) {first} AS first_row
               FROM told QUALIFY row_number() {first} > 1"""


def _heads(staged: Staged, is_later: bool) -> str:
    """`is_later`: some have the id of an earlier one."""
    facts = "".join(f", f{index}" for index in staged.of(Part.FACT))
    once = f"ANTI JOIN {staged.table('later')} AS later USING (file, key)" if is_later else ""
    return f"""SELECT ordinal, id, member, happened, recorded, sequence, file, row, key, lines{facts}
               FROM {_fine(staged)} AS fine {once}"""


def heads_query(staged: Staged, among: str | None = None) -> str:
    """Events in order, those of the members of a table alone: id, member, happened, recorded, sequence, file, row, lines, then the facts."""
    facts = "".join(f", f{index}" for index in staged.of(Part.FACT))
    return f"""SELECT id, member, happened, recorded, sequence, file, row, lines{facts} FROM {staged.table("heads")} AS heads
               {_among(among)} ORDER BY {_ORDER}"""


_ORDER = "heads.recorded, heads.sequence, heads.id"
"""The order of events; ids are unique among those of one type."""


def _among(table: str | None) -> str:
    return f"WHERE heads.member IN (SELECT member FROM {table})" if table is not None else ""


def lines_query(staged: Staged, columns: Sequence[int], among: str | None = None) -> str:
    """Values of these columns, line after line in the order of their events, then of their rows."""
    values = ", ".join(f"v{index}" for index in columns)
    return f"""SELECT {values} FROM {staged.table("rows")} AS rows
               JOIN {staged.table("heads")} AS heads ON rows.file = heads.file AND rows.{staged.at(Part.GROUP)} = heads.key
               {_among(among)} ORDER BY {_ORDER}, {staged.line_order}"""


def counts(con: duckdb.DuckDBPyConnection, staged: Staged) -> tuple[int, int]:
    """How many events there are, and how many repeated another."""
    ((count,),) = con.execute(f"SELECT count(*) FROM {staged.table('heads')}").fetchall()
    ((same,),) = con.execute(f"SELECT count(*) FROM {staged.table('later')} WHERE same").fetchall()
    return int(count), int(same)
