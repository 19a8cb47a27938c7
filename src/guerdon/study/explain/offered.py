"""What an offer's rule looked at: each opening by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from guerdon.reference.calendar import Calendar
from guerdon.reference.rules import Verdict
from guerdon.reference.state import Opening
from guerdon.study import words
from guerdon.study.explain.account import Reading, Reason
from guerdon.study.explain.judged import guard


def openings(verdict: Verdict, calendar: Calendar) -> Iterator[Reason]:
    """Each opening that was looked at, the conditions for it up to the first that does not hold, and what it gave."""
    rule = verdict.rule
    looked_at = [(looked, looked.value) for looked in verdict.steps if isinstance(looked.value, Opening)]
    if not looked_at:
        assert rule.offer is not None
        yield Reason("opens", words.clause(rule.offer), result="nothing was open")
    for looked, opening in looked_at:
        gave = [step.value for step in looked.steps if step.expr is rule.give]
        result = f"gives {words.quantity(gave[0], rule.unit)}" if gave else "gives nothing"
        kind, id = opening.ref
        what = f"by {kind} {id}" if kind not in id else f"by {id}"
        yield Reason("opened", f"{what} on {opening.facts['date']}", (_until(opening, calendar),), result)
        for step in looked.steps:
            if any(step.expr is condition for condition in rule.when):
                yield guard(step.expr, step)


def _until(opening: Opening, calendar: Calendar) -> Reading:
    through = opening.through
    return Reading("open through", str(through) if isinstance(through, date) else words.local(calendar.local(through)))
