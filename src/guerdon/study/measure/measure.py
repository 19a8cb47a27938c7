"""A run, measured: each section of the report in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guerdon.program import nodes
from guerdon.program.printed import fingerprint
from guerdon.reference.posted import Posted
from guerdon.study.measure import control, cost, members, revenue, segments, survey, value
from guerdon.study.measure.asked import Asked
from guerdon.study.measure.database import Database, first_day, opened
from guerdon.study.measure.flowing import flows
from guerdon.study.measure.measured import Measured
from guerdon.study.measure.named import named
from guerdon.study.measure.wording import Again
from guerdon.study.report.report import Section

if TYPE_CHECKING:
    from guerdon.history.open import History
    from guerdon.study.parts import Run


def check(program: nodes.Program, asked: Asked) -> None:
    """What can be said of a measurement before anything is run. Errors: MeasureError."""
    named(program, asked)


def measure(run: Run, history: History, again: Again, asked: Asked) -> Measured:
    """All that is measured of a run of a history; `again` runs the program with more rules.

    Errors: MeasureError; TooLarge where a quantity has more digits than results have room for.
    """
    program = run.program
    with opened(run, history, again, program, named(program, asked), asked) as db:
        return Measured(
            tuple(_sections(db)),
            program.frame.name,
            fingerprint(program),
            program.frame.currency,
            first_day(db.months.since),
            db.months.end(db.months.through),
            db.months.read,
            run.events if isinstance(run, Posted) else run.events + run.others.events,
            len(run.rejections),
        )


def _sections(db: Database) -> list[Section]:
    members.prepare(db)
    moved = flows(db)
    return [
        members.retention(db),
        members.referrals(db),
        segments.segments(db),
        value.value(db),
        survey.survey(db),
        cost.cost(db, moved),
        revenue.revenue(db, moved),
        control.control(db),
    ]
