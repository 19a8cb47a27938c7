"""Late events that concern several members: what reaches into another's past."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.reference.engine import Engine

PROGRAM = b"""
program "Sellers"
  currency USD
  lateness 1 months

unit point
  expires 1 days after earned

event purchase
  seller member

event ping

earn "Sold"
  on purchase
  give 5 point to seller
"""


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    "known", ["2026-03-31T12:00", "2026-04-11T12:00"], ids=["in time", "too late to be put in its place"]
)
def test_an_award_into_a_past_that_is_closed_expires_once(known: str) -> None:
    """What the ledger says of it is what the state says, also after another event came late."""
    program, _ = check_bytes("late.guerdon", PROGRAM)
    assert program is not None
    engine, closed = Engine(program), "2026-03-02T12:00"
    for number, (kind, member, at, recorded) in enumerate(
        [
            ("ping", "ana", closed, closed),
            ("ping", "ana", "2026-03-30T12:00", "2026-03-30T12:00"),
            ("purchase", "ben", closed, known),
            ("ping", "ana", "2026-04-27T12:01", "2026-04-27T12:01"),
            ("ping", "ana", "2026-04-27T12:00", "2026-04-27T13:00"),
        ]
    ):
        facts = {"seller": "ana"} if kind == "purchase" else {}
        engine.happen(Event(f"e{number}", kind, member, instant(at), instant(recorded), number, facts))
    engine.close(instant("2026-05-01T00:00"))
    assert engine.posted.rejections == []
    assert engine.posted.ledger.balances() == {("ana", "point"): 0}
    assert engine.members["ana"].purses["point"].available == 0
