"""Late events: inside of what a program allows they come to the same, outside they are set aside."""

from __future__ import annotations

from dataclasses import replace

import hypothesis
from hypothesis import strategies as st
from tests.generated import pool
from tests.generated.histories import DAY, in_order, on_time
from tests.generated.playing import ZERO, own, play, standing

from guerdon.ledger.entries import Award
from guerdon.reference.calendar import after

ANSWERED = ("joined", "changed", "redemption", "adjustment", "transfer", "opening", "merged", "closed", "erased")


@pool.settings(1.5)
@hypothesis.given(pool.shops("patient", without=ANSWERED), st.lists(st.integers(0, 29), min_size=14, max_size=14))
def test_late_events_end_in_the_same_balances(case, delays):
    """Law 8: net of corrections, every award, balance and count is that of a history in which nothing came late."""
    _, program, history = case
    history = replace(history, as_of=None)
    apart = [replace(event, at=event.at + number) for number, event in enumerate(on_time(history).events)]
    punctual = on_time(replace(history, events=apart))  # of events of one instant, which became known first decides
    late = [
        replace(event, recorded=event.at + days * DAY) for event, days in zip(punctual.events, delays, strict=False)
    ]
    one, other = play(program, punctual), play(program, replace(history, events=in_order(late)), close=False)
    other.close(one.posted.until)
    assert not [each for each in other.posted.rejections if each.code == "G690"]
    aside, still = ({each.source["id"] for each in engine.posted.rejections} for engine in (one, other))
    hypothesis.assume(aside == still)  # a return that came before its sale was known was answered
    assert _net(one.posted.ledger.awards) == _net(other.posted.ledger.awards)
    assert own(one.posted.ledger) == own(other.posted.ledger)
    stood, stands = (
        {id: standing(program, subject) for id, subject in engine.world.subjects.items()} for engine in (one, other)
    )
    assert stood == stands


def _net(awards: list[Award]) -> dict[str, object]:
    """What came of each award in the end, corrections with it."""
    found: dict[str, list[object]] = {}
    for award in awards:
        id = award.id.split("@")[0]
        sums = found.setdefault(id, [ZERO, ZERO, ZERO, ZERO])
        for place, quantity in enumerate((award.quantity, award.exact, award.dropped, award.cut)):
            sums[place] = sums[place] + quantity  # type: ignore[operator]
    return {id: sums for id, sums in found.items() if any(sums)}


@pool.settings()
@hypothesis.given(pool.shops("patient"))
def test_what_comes_too_late_is_set_aside(case):
    """Law 8: an event that happened before others of its member, and became known later than the program lets it."""
    _, program, history = case
    lateness = program.frame.lateness
    assert lateness is not None
    engine = play(program, history, close=False)
    calendar = engine.calendar
    aside = {each.source["id"] for each in engine.posted.rejections if each.code == "G690"}
    for event in history.events:
        in_time = after(calendar.day(event.at), lateness) >= calendar.day(event.recorded)
        assert not (in_time and event.id in aside)
