"""Events made by hand, and what a small program makes of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from tests.history.conftest import typed

from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.posted import Posted

SHOP = """
program "Shop"
  currency  USD
unit point
  worth     0.01 USD
event sale
  amount    money
event refund
  amount    money
  reverses  sale within 30 days
  part      amount
tiers status
  counts    sum of sale.amount this calendar year
  tier      Base
  tier      Gold at 100 USD
  lasts     through end of next calendar year
  returns   lower at once
earn "Points"
  on        sale
  give      1 point per full 1 USD of amount
"""


def instant(day: str, zone: str = "UTC") -> int:
    """Microseconds of a local time such as `2026-01-31 12:00`."""
    local = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    return (local - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@dataclass
class Told:
    """Events as they are told, and what a program makes of them."""

    program: nodes.Program
    events: list[Event]

    def add(self, kind: str, at: int | str, member: str = "ana", id: str = "", **facts: object) -> Told:
        """The same with one more event; whole numbers are exact amounts."""
        when = instant(at, self.program.frame.timezone) if isinstance(at, str) else at
        exact = {name: Fraction(value) if type(value) is int else value for name, value in facts.items()}
        given = (
            dict.fromkeys(name for name, fact in self.program.events[kind].facts.items() if fact.value is None) | exact
        )
        number = len(self.events) + 1
        return replace(self, events=[*self.events, Event(id or str(number), kind, member, when, when, number, given)])

    def run(self, as_of: str | None = None) -> Posted:
        ordered = sorted(self.events, key=lambda event: event.order)
        return Engine(self.program).run(ordered, date.fromisoformat(as_of) if as_of else None)


def told(text: str = SHOP) -> Told:
    return Told(typed(text), [])


def balance(posted: Posted, member: str = "ana", before: int | None = None) -> int:
    found = posted.ledger.balances(before).get((member, "point"), Fraction(0))
    assert found.denominator == 1
    return int(found)


def aside(posted: Posted) -> list[str]:
    return [each.code for each in posted.rejections]
