"""Streaks as text: how many periods hold a day that meters show, back from the present one to the first that is missed too many.

The days of each meter are a list in their order, so one place in each goes back with the periods.
"""

from __future__ import annotations

from guerdon.kernel.beyond import covered
from guerdon.kernel.here import Here
from guerdon.kernel.make import Make
from guerdon.kernel.tallies import Tallies
from guerdon.kernel.tally import bounds
from guerdon.kernel.values import Value
from guerdon.program import nodes


def streak(make: Make, tallies: Tallies, expr: nodes.Streak, here: Here) -> Value:
    """The streak on a day; the present period is missed only once it is over."""
    covered(expr.period is not nodes.Period.MEMBERSHIP_YEAR, "streaks")
    w, name, day = make.w, make.w.name("streak"), here.day
    first, end = bounds(make, expr.window, day)
    first = w.kept("first", first) if first is not None else None
    lists = [tallies.of["meter", number].name for number in expr.meters]
    places = [w.name("shown") for _ in lists]
    present = w.kept("present", make.period_first(expr.period, day))
    period = w.name("period")
    w.line(f"{period} = {present}")
    for of, place in zip(lists, places, strict=True):
        w.line(f"{place} = {of}_n - 1")
    if end is not None:
        last = w.kept("last", f"{end} - 1")
        w.line(f"{period} = {make.period_first(expr.period, last)}")
        for of, place in zip(lists, places, strict=True):
            with w.block(f"while {place} >= 0 and {of}_day[{place}] > {last}:"):
                w.line(f"{place} -= 1")
    w.line(f"{name} = 0")
    w.line(f"{name}_missed = 0")
    more = [
        f"{place} >= 0" + (f" and {of}_day[{place}] >= {first}" if first else "")
        for of, place in zip(lists, places, strict=True)
    ]
    guard = " or ".join(f"({each})" for each in more)
    with w.block(f"while {name}_missed <= {expr.missed} and ({guard}):"):
        w.line(f"{name}_held = 0")
        for of, place, there in zip(lists, places, more, strict=True):
            with w.block(f"while {there} and {of}_day[{place}] >= {period}:"):
                w.line(f"{name}_held = 1")
                w.line(f"{place} -= 1")
        w.line(f"{name} += {name}_held")
        with w.block(f"if {name}_held == 0 and {period} != {present}:"):
            w.line(f"{name}_missed += 1")
        before = w.kept("before", f"{period} - 1")
        w.line(f"{period} = {make.period_first(expr.period, before)}")
    return Value(name, positive=True)
