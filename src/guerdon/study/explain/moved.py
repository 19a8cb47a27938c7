"""The same event on another day, or at another hour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import assert_never

from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.reference.calendar import ONE, Calendar
from guerdon.reference.evaluate import WEEKDAYS
from guerdon.study.explain.trying import Change

MOST_DAYS = 31
"""A day that is further away is not near."""
_MINUTE = timedelta(minutes=1)


def moved(event: Event, days: Iterable[int], calendar: Calendar) -> Iterator[Change]:
    """The event so many days later (before, where below zero) at the same time of day, the nearest first."""
    local = calendar.local(event.at)
    for by in sorted(days, key=lambda each: (abs(each), -each)):
        if 0 < abs(by) <= MOST_DAYS:
            at = calendar.instant(local.date() + timedelta(days=by), local.time())
            yield Change(f"it happened on {_day(event.at, calendar)}", _day(at, calendar), at=at)


def into(stretches: Iterable[nodes.Stretch], event: Event, calendar: Calendar) -> Iterator[Change]:
    """The event moved to where one of some stretches of time begins or ends, the nearest first."""
    days: list[int] = []
    hours: list[Change] = []
    today = calendar.day(event.at)
    for stretch in stretches:
        match stretch:
            case nodes.Weekdays(wanted):
                days += [by for by in range(-6, 7) if (today.weekday() + by) % 7 in wanted]
            case nodes.Dates(first, end):
                days += [(first - today).days] if first is not None and today < first else []
                days += [(end - ONE - today).days] if end is not None and today >= end else []
            case nodes.Hours(start, end):
                hours += _hours(start, end, event, calendar)
            case _:
                assert_never(stretch)
    yield from (*hours, *moved(event, days, calendar))


def _hours(start: time, end: time, event: Event, calendar: Calendar) -> Iterator[Change]:
    """The event at the nearer end of some hours of the same day."""
    local = calendar.local(event.at)
    last = (datetime.combine(local.date(), end) - _MINUTE).time()
    for clock in sorted((start, last), key=lambda each: abs(_minutes(each) - _minutes(local.time()))):
        at = calendar.instant(local.date(), clock)
        yield Change(f"it happened at {local:%H:%M}", f"{clock:%H:%M}", at=at)


def _minutes(of: time) -> int:
    return of.hour * 60 + of.minute


def _day(at: int, calendar: Calendar) -> str:
    day = calendar.day(at)
    return f"{WEEKDAYS[day.weekday()]} {day}"
