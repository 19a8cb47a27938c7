"""Law 21: an event is judged by the rules of its day; a rule that begins later changes nothing before it."""

from __future__ import annotations

from datetime import date

import hypothesis
import pytest
from tests.generated import pool
from tests.generated.playing import play

from guerdon.check.passes import check_bytes

pytestmark = pytest.mark.slow

LATER = """
earn "Of a new edition"
  on          purchase
  during      from {day}
  give        3 {unit}
  limit       9 {unit} per member per month
"""


@pool.settings()
@hypothesis.given(pool.played())
def test_a_rule_that_begins_later_changes_nothing_before(case):
    text, program, history = case
    calendar = play(program, history, close=False).calendar
    days = sorted(calendar.day(event.at) for event in history.events)
    day = days[len(days) // 2] if days else date(2026, 1, 1)
    unit = next(iter(program.units))
    changed = check_bytes("changed.guerdon", (text + LATER.format(day=day, unit=unit)).encode())[0]
    hypothesis.assume(changed is not None)
    assert changed is not None
    begins = calendar.start(day)
    before, after = (
        [award for award in play(each, history).posted.ledger.awards if award.at < begins]
        for each in (program, changed)
    )
    assert before == after
