"""The net promoter score: what members answered who were asked how likely they are to recommend, from 0 to 10.

Source: F. Reichheld, "The One Number You Need to Grow", Harvard Business Review 81 (December 2003), 46-54.
"""

from __future__ import annotations

from fractions import Fraction

from guerdon.study.measure.asked import MeasureError
from guerdon.study.measure.database import Database, first_day
from guerdon.study.measure.members import MONTH, count
from guerdon.study.report.report import Column, Kind, Plot, Section, Shape, Table, Value


def score(promoters: int, answers: int, detractors: int) -> Fraction | None:
    """Promoters less detractors in percent of all answers, from -100 to 100; None where nobody answered."""
    return Fraction(100 * (promoters - detractors), answers) if answers else None


def survey(db: Database) -> Section:
    """The score of each month, and of all that are shown. Errors: MeasureError G922 for an answer that is none from 0 to 10."""
    of = db.facts.survey
    if of is None:
        return Section(
            "Net promoter score", (), "no one event is called a survey; name its answers with `--survey EVENT.FIELD`"
        )
    wrong = db.rows(
        "SELECT member, amount FROM answers WHERE amount NOT BETWEEN 0 AND 10 ORDER BY amount DESC, member LIMIT 1"
    )
    if wrong:
        ((member, answer),) = wrong
        raise MeasureError(
            "G922", f"`{of}` of {member} is {answer}, and answers go from 0 to 10", "name another fact with `--survey`"
        )
    found = db.by_month(
        "SELECT month, count(*) FILTER (amount >= 9), count(*) FILTER (amount BETWEEN 7 AND 8), count(*) FILTER (amount <= 6) FROM answers GROUP BY month"
    )
    rows: list[tuple[Value, ...]] = []
    for month in db.months.shown:
        promoters, passive, detractors = found.get(month, (0, 0, 0))
        answers = promoters + passive + detractors
        rows.append((first_day(month), promoters, passive, detractors, answers, score(promoters, answers, detractors)))
    columns = (
        MONTH,
        count("promoters", "Promoters"),
        count("passives", "Passives"),
        count("detractors", "Detractors"),
        count("answers", "Answers"),
        Column("nps", "NPS", Kind.POINTS),
    )
    notes = (
        f"Answers: `{of}`. Promoters answered 9 or 10, passives 7 or 8, detractors 0 to 6.",
        "NPS: promoters less detractors in percent of all answers, from -100 to 100; every answer counts, also several of one member.",
    )
    table = Table("nps", "Net promoter score", columns, tuple(rows), notes, plot=Plot(Shape.BARS, ("nps",)))
    return Section("Net promoter score", (table,))
