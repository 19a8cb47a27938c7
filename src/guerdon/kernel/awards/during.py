"""Stretches of time in which a rule holds, as conditions about the event: dates, days of the week, hours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from guerdon.kernel.days import BEFORE, FROM
from guerdon.kernel.writing.make import Make
from guerdon.program import nodes


def during(make: Make, stretches: Iterable[nodes.Stretch]) -> str:
    """Whether any of the stretches holds the event; several of dates are looked up in one table."""
    stretches = [*stretches]
    dates = [each for each in stretches if isinstance(each, nodes.Dates)]
    if len(dates) < 2:
        return " or ".join(_holds(make, each) for each in stretches)
    others = [_holds(make, each) for each in stretches if not isinstance(each, nodes.Dates)]
    return " or ".join([_dates(make, dates), *others])


def _dates(make: Make, dates: Iterable[nodes.Dates]) -> str:
    steps: list[tuple[str, int]] = []
    for each in dates:
        first, end = (None if day is None else make.years.number(day) for day in (each.first, each.end))
        steps += [(FROM, 0 if first is None else first), (BEFORE, make.years.count if end is None else end)]
    return f"{make.table(tuple(steps))}[day]"


def _holds(make: Make, stretch: nodes.Stretch) -> str:
    match stretch:
        case nodes.Dates(first, end):
            held = [f"day >= {make.date(first).text}"] if first is not None else []
            held += [f"day < {make.date(end).text}"] if end is not None else []
            return f"({' and '.join(held) or '1'})"
        case nodes.Weekdays(days):
            weekday = make.w.kept("weekday", make.weekday("day"))
            return f"({' or '.join(f'{weekday} == {each}' for each in sorted(days))})"
        case nodes.Hours(start, end):
            clock = make.clock("at")
            opens, closes = (each.hour * 3_600_000_000 + each.minute * 60_000_000 for each in (start, end))
            return f"({clock} >= {opens} {'and' if start <= end else 'or'} {clock} < {closes})"
        case _:
            assert_never(stretch)
