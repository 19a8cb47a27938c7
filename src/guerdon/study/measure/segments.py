"""Members by tier, and by the word that a measure comes to, at the end of each month, and their moves from one month to the next."""

from __future__ import annotations

from collections import Counter

from guerdon.program import nodes
from guerdon.study.measure.database import Database, first_day
from guerdon.study.measure.members import MONTH, count
from guerdon.study.measure.wording import measures_of_words
from guerdon.study.report.report import Column, Kind, Plot, Section, Shape, Table, Value


def segments(db: Database) -> Section:
    """Two tables for each ladder, and for each measure of words."""
    words = measures_of_words(db.program)
    if not db.program.ladders and not words:
        return Section("Segments", (), "the program has no tiers, and no measure that is looked up as a word")
    # INVARIANT: a tier held at an instant in a month and no longer at the month's end is of no row; so each member has one at most.
    db.con.execute(
        f"""CREATE TABLE held AS SELECT member, ladder, tier, entered, coalesce(left_in, {db.months.last + 1}) AS gone
            FROM (SELECT tiers.member, tiers.ladder, tiers.tier, tiers.month AS entered, ends.month AS left_in
                  FROM tiers LEFT JOIN ends ON ends."at" = tiers.before)
            WHERE left_in IS NULL OR entered < left_in"""
    )
    by_tier = (each for ladder in db.program.ladders.values() for each in (_standing(db, ladder), _moves(db, ladder)))
    by_word = (each for name in words for each in (_worded(db, name, words[name]), _changed(db, name, words[name])))
    return Section("Segments", (*by_tier, *by_word))


def _worded(db: Database, measure: str, words: tuple[str, ...]) -> Table:
    """How many a measure said each word of as each month ended."""
    found = Counter(
        {
            (month, word): members
            for month, word, members in db.con.execute(
                "SELECT month, word, count(*) FROM words WHERE measure = $measure GROUP BY ALL", {"measure": measure}
            ).fetchall()
        }
    )
    months = sorted({month for month, _ in found if month in db.months.shown})
    rows: list[tuple[Value, ...]] = [(first_day(month), *(found[month, word] for word in words)) for month in months]
    columns = (MONTH, *(count(f"word_{at}", word) for at, word in enumerate(words)))
    notes = (f"Members of whom {measure} is this word as the month ends; a month that is not over is left out.",)
    plot = Plot(Shape.LINES, tuple(each.name for each in columns[1:]))
    return Table(f"segments_{measure}", f"Members by {measure}", columns, tuple(rows), notes, plot=plot)


def _changed(db: Database, measure: str, words: tuple[str, ...]) -> Table:
    """Of whom a measure says another word at the end of a month than at the end of the month before."""
    found = db.con.execute(
        """SELECT now.month, was.word, now.word, count(*) FROM words AS now
           LEFT JOIN words AS was ON was.member = now.member AND was.measure = now.measure AND was.month = now.month - 1
           WHERE now.measure = $measure AND now.word IS DISTINCT FROM was.word GROUP BY ALL""",
        {"measure": measure},
    ).fetchall()
    places = {None: -1} | {word: at for at, word in enumerate(words)}
    found = sorted(found, key=lambda each: (each[0], places[each[1]], places[each[2]]))
    rows = tuple(
        (first_day(month), was or "not there", word, members)
        for month, was, word, members in found
        if month in db.months.shown
    )
    columns = (MONTH, Column("from", "From", Kind.TEXT), Column("to", "To", Kind.TEXT), count("members", "Members"))
    return Table(
        f"moves_{measure}",
        f"Moves by {measure}",
        columns,
        rows,
        ("From the end of the month before to the end of the month.",),
    )


def _standing(db: Database, ladder: nodes.Ladder) -> Table:
    """How many held each tier at the end of each month."""
    changes: Counter[tuple[str, int]] = Counter()
    of = {"ladder": ladder.name}
    for tier, month, members in db.con.execute(
        "SELECT tier, entered, count(*) FROM held WHERE ladder = $ladder GROUP BY ALL", of
    ).fetchall():
        changes[tier, month] += members
    for tier, month, members in db.con.execute(
        "SELECT tier, gone, count(*) FROM held WHERE ladder = $ladder GROUP BY ALL", of
    ).fetchall():
        changes[tier, month] -= members
    tiers = [each.name for each in ladder.tiers]
    standing, rows = Counter[str](), list[tuple[Value, ...]]()
    for month in range(db.months.first, db.months.through + 1):
        for tier in tiers:
            standing[tier] += changes[tier, month]
        if month >= db.months.since:
            rows.append((first_day(month), *(standing[tier] for tier in tiers)))
    columns = (MONTH, *(count(f"tier_{at}", tier) for at, tier in enumerate(tiers)))
    notes = (f"{_who(ladder)} who hold the tier as the month ends; who has not been on the ladder yet is in none.",)
    return Table(
        f"tiers_{ladder.name}",
        f"{_who(ladder)} by {ladder.name}",
        columns,
        tuple(rows),
        notes,
        plot=Plot(Shape.LINES, tuple(each.name for each in columns[1:])),
    )


def _moves(db: Database, ladder: nodes.Ladder) -> Table:
    """Who holds another tier at the end of a month than at the end of the month before."""
    found = db.con.execute(
        """SELECT entered, was, tier, count(*) FROM (
               SELECT member, ladder, tier, entered, CASE WHEN lag(gone) OVER own = entered THEN lag(tier) OVER own END AS was
               FROM held WINDOW own AS (PARTITION BY member, ladder ORDER BY entered))
           WHERE ladder = $ladder AND tier IS DISTINCT FROM was GROUP BY ALL""",
        {"ladder": ladder.name},
    ).fetchall()
    ranks = {None: -1} | {each.name: at for at, each in enumerate(ladder.tiers)}
    found = sorted(found, key=lambda each: (each[0], ranks[each[1]], ranks[each[2]]))
    rows = tuple(
        (first_day(month), was or "not there", tier, members)
        for month, was, tier, members in found
        if month in db.months.shown
    )
    columns = (MONTH, Column("from", "From", Kind.TEXT), Column("to", "To", Kind.TEXT), count("members", "Members"))
    notes = (
        "From the tier at the end of the month before to that at the end of the month; who held another in between, or left the ladder, is in none.",
    )
    return Table(f"moves_{ladder.name}", f"Moves on {ladder.name}", columns, rows, notes)


def _who(ladder: nodes.Ladder) -> str:
    return "Members" if ladder.account is None else f"Each {ladder.account}"
