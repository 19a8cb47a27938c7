"""What rows that a kernel wrote say, in SQL: `kernel.ledger` reads them one by one, and says what each means.

Tables of a run: `kernel_ledger` (the rows, in the order in which they were written), `kernel_ended` (who came to their end, and whether they are left to the
reference engine), `kernel_left` (the events of those); `kernel_codes`, `kernel_rules`, `kernel_kinds`, `kernel_tiers`, `kernel_payers`, `kernel_days`, `kernel_due` and `kernel_lots` say what numbers stand for. Of a part of the
members, on a connection that looks at it: `kernel_events` are the events, `kernel_batch` the rows, `kernel_said` the rows with what they are of (its name, and when it happened), `kernel_numbers` the numbers of awards as text, `kernel_undone` which
awards are taken back, `kernel_shares` what payers pay.
All that a kernel writes lies before the end of its run, so nothing is looked at as of an instant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import duckdb

from guerdon.kernel import others
from guerdon.kernel.awards.triggers import AT_EVENT, BEGINS
from guerdon.kernel.days import NEVER
from guerdon.kernel.loop.frame import Written
from guerdon.kernel.rows.ledger import why_refused
from guerdon.kernel.writing.make import Code
from guerdon.ledger.entries import OWN, Pot
from guerdon.program import nodes
from guerdon.reference.calendar import Calendar
from guerdon.reference.triggers import due_words
from guerdon.study.funding import named, paid
from guerdon.study.rows import exact
from guerdon.study.schema import decimals

Said = tuple[object, ...]

LEDGER = ("o_row", "o_code", "o_quantity", "o_a", "o_b", "o_c", "o_d")
"""The columns of a row as a kernel writes it: `row`, `code`, `quantity`, `a` to `d` of `kernel_ledger`."""

DUE = "o_e"
"""The column, where a program has triggers, that says which of them a row is of: `e` of `kernel_ledger`, 0 for none."""

FIGURES = {
    "spent": Pot.SPENT,
    "expired": Pot.EXPIRED,
    "taken_back": Pot.TAKEN_BACK,
    "transferred": Pot.TRANSFERRED,
    "repaid": Pot.DEBT,
}
"""What a lot says of what left it, and the pot that it went to."""

NUMBERS_OF_AWARDS = frozenset({"exact", "dropped", "cut"})
"""Columns of awards that take the numbers of awards."""

NAMES_OF_AWARDS = frozenset({"id", "of"})
"""Columns of awards that take the names of what is taken back."""

SUMS = ("granted", "remaining", *FIGURES, "balance", "pending")
"""What postings add up to: the figures of a lot, and of a balance."""


def prepare(con: duckdb.DuckDBPyConnection, written: Written) -> None:
    """Makes the tables of a run: those that say what numbers stand for, and those that are filled while it goes on."""
    program = written.make.program
    places = decimals(program)
    sums = ", ".join(f"{each} TINYINT" for each in SUMS)
    con.execute(
        f"""CREATE TABLE kernel_codes (code INTEGER, kind VARCHAR, over BIGINT, rule VARCHAR, number INTEGER, unit VARCHAR, spendable BOOLEAN,
                steps BIGINT, step DECIMAL({places + 1},{places}), source VARCHAR, target VARCHAR, reason VARCHAR, ladder VARCHAR, text VARCHAR, {sums})"""
    )
    _fill(con, "kernel_codes", _codes(written))
    con.execute("CREATE TABLE kernel_rules (number INTEGER, rule VARCHAR, unit VARCHAR, takes BOOLEAN)")
    rules = enumerate(program.rules.values())
    _fill(con, "kernel_rules", ((number, rule.name, rule.unit, rule.takes) for number, rule in rules))
    con.execute("CREATE TABLE kernel_kinds (type UTINYINT, event VARCHAR)")
    _fill(con, "kernel_kinds", ((number, name) for name, number in written.make.columns.kinds.items()))
    con.execute("CREATE TABLE kernel_tiers (ladder VARCHAR, rank INTEGER, tier VARCHAR)")
    ladders = program.ladders.values()
    _fill(
        con, "kernel_tiers", ((each.name, rank, tier.name) for each in ladders for rank, tier in enumerate(each.tiers))
    )
    con.execute("CREATE TABLE kernel_payers (number INTEGER, nth INTEGER, partner VARCHAR)")
    _fill(con, "kernel_payers", _payers(program))
    con.execute("CREATE TABLE kernel_days (day BIGINT, start BIGINT)")
    con.execute("CREATE TABLE kernel_due (e BIGINT, words VARCHAR, starts BIGINT)")
    con.execute("CREATE TABLE kernel_lots (number INTEGER, day BIGINT, words VARCHAR)")
    due = ", e BIGINT" if DUE in written.outputs else ""
    con.execute(
        f"CREATE TABLE kernel_ledger (row BIGINT, code INTEGER, quantity BIGINT, a BIGINT, b BIGINT, c BIGINT, d BIGINT{due})"
    )
    con.execute("CREATE TABLE kernel_ended (who INTEGER, bad UTINYINT)")


def _fill(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Said]) -> None:
    """Adds rows, all at once."""
    columns = [list(each) for each in zip(*rows, strict=True)]
    if columns:
        unnested = ", ".join(f"unnest(${number + 1})" for number in range(len(columns)))
        con.execute(f"INSERT INTO {table} SELECT {unnested}", columns)


def _codes(written: Written) -> Iterator[Said]:
    program = written.make.program
    rules = [*program.rules]
    for code, of in enumerate(written.codes):
        said = _said(of, program)
        rule, unit, source, target = (said.get(each) for each in ("rule", "unit", "source", "target"))
        sums = _sums(Pot(source), Pot(target)) if source is not None else dict.fromkeys(SUMS, 0)
        step = program.units[unit].step if unit is not None else Fraction(1)
        yield (
            code,
            of.kind,
            of.over,
            rule,
            rules.index(rule) if rule is not None else None,
            unit,
            unit is not None and program.units[unit].spendable,
            step.denominator,
            exact(step),
            source,
            target,
            said.get("reason"),
            said.get("ladder"),
            program.rules[rule].say if rule is not None else None,
            *(sums[each] for each in SUMS),
        )


def _said(of: Code, program: nodes.Program) -> dict[str, str]:
    """What a code names."""
    names = [str(each) for each in of.of]
    match of.kind:
        case "award" | "taken":
            return {"rule": names[0], "unit": program.rules[names[0]].unit}
        case "said":
            return {"rule": names[0]}
        case "refused":
            return {"rule": names[0], "unit": program.rules[names[0]].unit, "reason": names[1]}
        case "posting":
            return dict(zip(("unit", "source", "target", "reason"), names, strict=True))
        case "expired":
            return {"unit": names[0]}
        case "move":
            return dict(zip(("ladder", "reason"), names, strict=True))
        case _:
            raise AssertionError(f"a row of a kind that no table tells: {of.kind}")


KINDS = frozenset({"award", "taken", "said", "refused", "posting", "expired", "move"})
"""The kinds of rows that are told in SQL."""


def told(written: Written) -> bool:
    """Whether all that a kernel reads and may write is told in SQL; entries tell of the rest."""
    make = written.make
    alone = not make.columns.by_hand and not others.concerns_others(make.program) and not make.together
    alone &= all(each.by is None for rule in make.program.rules.values() for each in rule.funded)
    return alone and all(code.kind in KINDS for code in written.codes)


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


def _payers(program: nodes.Program) -> Iterator[Said]:
    for number, rule in enumerate(program.rules.values()):
        for nth, (partner, _) in enumerate(named(rule)):
            yield number, nth, partner


def ended(con: duckdb.DuckDBPyConnection, written: Written) -> None:
    """Makes known which events are of members who are left to the reference engine, and the days and triggers that rows name: when all is written."""
    con.execute(
        """CREATE TABLE kernel_left AS
           SELECT rowid AS row FROM kernel_rows WHERE who_is IN (SELECT who FROM kernel_ended WHERE bad <> 0)"""
    )
    found = con.execute(
        f"""SELECT c FROM kernel_ledger JOIN kernel_codes USING (code) WHERE kind = 'award' AND c <> {NEVER} UNION
            SELECT b FROM kernel_ledger JOIN kernel_codes USING (code) WHERE kind IN ('posting', 'move') AND b >= 0"""
    ).fetchall()
    calendar, years = Calendar(written.make.program.frame), written.make.years
    _fill(con, "kernel_days", ((day, calendar.start(years.day(day))) for (day,) in found))
    if DUE in written.outputs:
        _triggers(con, written, calendar)


def _triggers(con: duckdb.DuckDBPyConnection, written: Written, calendar: Calendar) -> None:
    """Makes the triggers known that rows are of, and that lots come from: in words, and when each happened (None: at the event). Source: `kernel.ledger`."""
    program, years = written.make.program, written.make.years
    triggers, rules = [*program.triggers.values()], [*program.rules.values()]
    found = con.execute("SELECT DISTINCT e FROM kernel_ledger WHERE e <> 0").fetchall()

    def due() -> Iterator[Said]:
        for (code,) in found:
            rest, when = divmod(code - 1, 3)
            day, number = divmod(rest, len(triggers))
            at = None
            if when != AT_EVENT:
                at = calendar.start(years.day(day)) if when == BEGINS else calendar.start(years.day(day + 1)) - 1
            yield code, due_words(triggers[number], years.day(day)), at

    _fill(con, "kernel_due", due())
    lots = con.execute(
        f"""SELECT DISTINCT (-3 - a) // 2 % {len(rules)}, (-3 - a) // 2 // {len(rules)} % {years.count}
            FROM kernel_ledger JOIN kernel_codes USING (code) WHERE kind = 'posting' AND a < -1"""
    ).fetchall()
    words = ((rule, day, due_words(program.triggers[rules[rule].on[0]], years.day(day))) for rule, day in lots)
    _fill(con, "kernel_lots", words)


# ---------------------------------------------------------------- some members


@dataclass(frozen=True)
class Part:
    """Members who are looked at together: their events from `first` to `end` (exclusive), and the rows that were written of them from `place` to `last` (exclusive)."""

    first: int
    end: int
    place: int
    last: int


def gather(
    con: duckdb.DuckDBPyConnection,
    program: nodes.Program,
    part: Part,
    table: str,
    columns: Collection[str] | None = None,
) -> None:
    """Makes, on this connection, what the columns of a result table (or some) are made of: views of a part, and for awards and who pays for them tables."""
    con.execute(
        f"""CREATE OR REPLACE TEMP VIEW kernel_events AS SELECT rowid AS row, who_is AS who, name AS id, kind_is AS type, at_is AS happened
            FROM kernel_rows WHERE rowid >= {part.first} AND rowid < {part.end}"""
    )
    ((left,),) = con.execute("SELECT count(*) FROM kernel_left").fetchall()
    con.execute(
        f"""CREATE OR REPLACE TEMP VIEW kernel_batch AS SELECT rowid AS place, * FROM kernel_ledger {"ANTI JOIN kernel_left USING (row)" if left else ""}
            WHERE rowid >= {part.place} AND rowid < {part.last}"""
    )
    happened = _DUE if program.triggers else _PLAIN
    con.execute(f"CREATE OR REPLACE TEMP VIEW kernel_said AS SELECT rows.*, who, member, {happened}")
    if table == "funding" or (table == "awards" and _wanted(columns, NAMES_OF_AWARDS)):
        _undone(con)
    if table == "awards" and _wanted(columns, NUMBERS_OF_AWARDS):
        _numbers(con)
    if table == "funding":
        _shares(con, program)
    if table == "refused":
        _reasons(con, program)


def _wanted(columns: Collection[str] | None, these: frozenset[str]) -> bool:
    return columns is None or not these.isdisjoint(columns)


_JOINED = "FROM kernel_batch AS rows JOIN kernel_events USING (row) JOIN kernel_members USING (who) JOIN kernel_kinds USING (type)"
_PLAIN = f"0 AS e, id, concat(event, '/', id) AS name, happened {_JOINED}"
_DUE = f"""CASE WHEN rows.e <> 0 THEN concat(words, '/', member) ELSE id END AS id,
    CASE WHEN rows.e <> 0 THEN concat(words, '/', member) ELSE concat(event, '/', id) END AS name, coalesce(starts, happened) AS happened
    {_JOINED} LEFT JOIN kernel_due AS due ON due.e = rows.e"""


def _undone(con: duckdb.DuckDBPyConnection) -> None:
    """Of awards that are taken back which they are of."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE kernel_undone AS
           SELECT place, concat(event, '/', id, '/', rule) AS of
           FROM kernel_events JOIN (SELECT place, a, rule FROM kernel_batch JOIN kernel_codes USING (code) WHERE kind = 'taken') ON row = a
           JOIN kernel_kinds USING (type)"""
    )


AWARD = "CASE WHEN kind = 'award' THEN {} ELSE 0 END"
"""A column of an award, which of one that is taken back means something else."""


def _numbers(con: duckdb.DuckDBPyConnection) -> None:
    """What awards came to, and what of it was dropped, as the shortest exact text, by what rows say of it: there are far fewer than awards."""
    columns = ", ".join(f"{AWARD.format(each)} AS {each}" for each in ("a", "b", "d"))
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE kernel_distinct AS SELECT *,
                CASE WHEN d = 0 THEN quantity ELSE a END::HUGEINT AS came, CASE WHEN d = 0 THEN steps ELSE over::HUGEINT * d END AS came_over,
                CASE WHEN d = 0 THEN 0 ELSE a::HUGEINT * steps - (quantity + b)::HUGEINT * over * d END AS dropped,
                CASE WHEN dropped = 0 THEN 1 ELSE over::HUGEINT * d * steps END AS dropped_over
            FROM (SELECT DISTINCT code, quantity, {columns} FROM kernel_batch JOIN kernel_codes USING (code) WHERE kind IN ('award', 'taken'))
            JOIN kernel_codes USING (code)"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE kernel_lowest AS
           SELECT number, over, number // common AS top, over // common AS bottom FROM (
               SELECT number, over, CASE WHEN number % over = 0 THEN over ELSE gcd(number, over) END AS common FROM (
                   SELECT came AS number, came_over AS over FROM kernel_distinct UNION SELECT dropped, dropped_over FROM kernel_distinct))"""
    )
    con.execute("CREATE OR REPLACE TEMP TABLE kernel_ends (over HUGEINT, places INTEGER, factor HUGEINT)")
    found = con.execute("SELECT DISTINCT bottom::VARCHAR FROM kernel_lowest").fetchall()
    _fill(con, "kernel_ends", (_ends(int(over)) for (over,) in found))
    digits = "abs(top * factor)::VARCHAR"
    digits = f"lpad({digits}, greatest(length({digits}), places + 1)::INTEGER, '0')"
    pointed = (
        f"CASE WHEN top < 0 THEN '-' ELSE '' END || left({digits}, -places::BIGINT) || '.' || right({digits}, places)"
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE kernel_texts_of AS
            SELECT number, lowest.over, CASE WHEN places = 0 THEN top::VARCHAR WHEN places IS NULL THEN top::VARCHAR || '/' || bottom::VARCHAR
                                             ELSE {pointed} END AS text
            FROM kernel_lowest AS lowest JOIN kernel_ends AS ends ON ends.over = bottom"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE kernel_numbers AS SELECT code, quantity, a, b, d, came.text AS came, dropped.text AS dropped
           FROM kernel_distinct AS rows JOIN kernel_texts_of AS came ON came.number = rows.came AND came.over = came_over
           JOIN kernel_texts_of AS dropped ON dropped.number = rows.dropped AND dropped.over = dropped_over"""
    )


def _ends(over: int) -> Said:
    """A denominator, how many decimals it comes to, and what makes numerators those digits; None where they have no end."""
    written = exact(Fraction(1, over))
    if "/" in written:
        return str(over), None, None
    places = len(written.partition(".")[2])
    return str(over), places, str(10**places // over)


def _reasons(con: duckdb.DuckDBPyConnection, program: nodes.Program) -> None:
    """Why what was asked for was refused, by the code of a row and by how much there was."""
    found = con.execute(
        "SELECT DISTINCT code, a, rule, reason FROM kernel_batch JOIN kernel_codes USING (code) WHERE kind = 'refused'"
    ).fetchall()
    con.execute("CREATE OR REPLACE TEMP TABLE kernel_reasons (code INTEGER, a BIGINT, said VARCHAR)")
    rules, units = program.rules, program.units
    said = ((code, there, why_refused(reason, there, units[rules[rule].unit])) for code, there, rule, reason in found)
    _fill(con, "kernel_reasons", said)


def _shares(con: duckdb.DuckDBPyConnection, program: nodes.Program) -> None:
    """What each payer pays for awards: the difference that an entry makes to their share of what is left of its award. Source: `study.funding`."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE kernel_funded AS
           SELECT place, number, sum(quantity) OVER (PARTITION BY number, of ORDER BY place)::BIGINT AS now, now - quantity AS was
           FROM (SELECT place, number, quantity, CASE WHEN kind = 'taken' THEN a ELSE row END AS of FROM kernel_batch JOIN kernel_codes USING (code)
                 WHERE kind IN ('award', 'taken') AND number IN (SELECT number FROM kernel_payers))"""
    )
    found = con.execute("SELECT number, now FROM kernel_funded UNION SELECT number, was FROM kernel_funded").fetchall()
    con.execute("CREATE OR REPLACE TEMP TABLE kernel_paid (number INTEGER, much BIGINT, nth INTEGER, steps BIGINT)")
    _fill(con, "kernel_paid", _paid(found, program))
    con.execute(
        """CREATE OR REPLACE TEMP TABLE kernel_shares AS
           SELECT place, number, nth, after.steps - before.steps AS quantity
           FROM kernel_funded JOIN kernel_paid AS after USING (number) JOIN kernel_paid AS before USING (number, nth)
           WHERE after.much = now AND before.much = was AND after.steps <> before.steps"""
    )


def _paid(found: Iterable[tuple[int, int]], program: nodes.Program) -> Iterator[Said]:
    """What each payer pays of so much that a rule gave, in steps."""
    rules = [*program.rules.values()]
    for number, much in found:
        step = program.units[rules[number].unit].step
        for nth, part in enumerate(paid(much * step, named(rules[number]), step).values()):
            yield number, much, nth, int(part / step)
