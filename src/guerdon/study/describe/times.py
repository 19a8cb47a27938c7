"""Windows, periods, stretches, lengths of time and terms, as English says them."""

from __future__ import annotations

from typing import assert_never

from guerdon.program import nodes
from guerdon.program.nodes import Period
from guerdon.study.describe import english


def which(period: Period, ahead: int) -> str:
    """A period, seen from the date: `this month`, `the previous month`, `the next month`."""
    if ahead == 0:
        return f"this {period.value}"
    if abs(ahead) == 1:
        return f"the {'next' if ahead > 0 else 'previous'} {period.value}"
    return f"the {period.value} {english.so_many(abs(ahead), period.value)} {'after' if ahead > 0 else 'before'} this"


def length(of: nodes.Duration) -> str:
    """`30 days`, `6 months`."""
    return english.so_many(of.months, "month") if of.months else english.so_many(of.days, "day")


def window(of: nodes.Window) -> str:
    """A window behind what is counted in it: `this month`, `in the last 7 days`, `so far`."""
    match of:
        case nodes.Calendar(Period.DAY, ahead) if ahead in (0, -1):
            return "yesterday" if ahead else "today"
        case nodes.Calendar(period, 0):
            return f"this {period.value}"
        case nodes.Calendar(period, ahead):
            return f"in {which(period, ahead)}"
        case nodes.Duration():
            return f"in the last {length(of)}"
        case nodes.Since(None):
            return "since the member joined"
        case nodes.Since(ladder):
            return f"since the tier of {english.readable(ladder or '')} was entered or last reviewed"
        case nodes.Ever():
            return "so far"
        case _:
            assert_never(of)


def stretch(of: nodes.Stretch) -> str:
    """When something counts: days, days of the week, hours."""
    match of:
        case nodes.Dates(None, None):
            return "at any time"
        case nodes.Dates(first, None):
            assert first is not None
            return f"from {english.day(first)} on"
        case nodes.Dates(None, end):
            assert end is not None
            return f"before {english.day(end)}"
        case nodes.Dates(first, end):
            assert first is not None and end is not None
            return english.days(first, english.day_before(end))
        case nodes.Weekdays(days):
            return english.weekdays(days)
        case nodes.Hours(start, end):
            over = " over midnight" if end < start else ""
            return f"from {start:%H:%M}{over} to just before {end:%H:%M}"
        case _:
            assert_never(of)


def stretches(of: tuple[nodes.Stretch, ...]) -> str:
    """Stretches of which one is enough."""
    return english.listed(map(stretch, of), "or")


def end_of(of: nodes.Calendar, since: str) -> str:
    """The end of a period that is reckoned from something: `the end of the month in which it was earned`."""
    if of.ahead == 0:
        return f"the end of the {of.period.value} in which {since}"
    after = "after" if of.ahead == 1 else f"{of.ahead} {english.plural(of.period.value)} after"
    return f"the end of the {of.period.value} {after} the one in which {since}"


def trigger(of: nodes.Trigger) -> str:
    """When a trigger happens to a member: `at the end of every month`."""
    kinds, events = nodes.TriggerKind, english.listed(map(english.happening, of.events), "or")
    match of.kind:
        case kinds.END | kinds.START:
            assert of.period is not None
            return f"at the {'end' if of.kind is kinds.END else 'start'} of every {of.period.value}"
        case kinds.ANNIVERSARY:
            since = f"the member's {english.named(of.fact)}" if of.fact is not None else "the day of joining"
            return f"on every anniversary of {since}"
        case kinds.DATE:
            assert of.day is not None
            return f"on {english.day(of.day)}"
        case kinds.AFTER:
            assert of.time is not None
            return f"{length(of.time)} after every {events}"
        case kinds.WITHOUT:
            assert of.time is not None
            return f"when {length(of.time)} have passed since the latest {events}, or since joining if there was none"
        case kinds.BEFORE:
            assert of.time is not None and of.unit is not None
            return f"{length(of.time)} before {english.plural(english.readable(of.unit))} of the member expire"
        case kinds.REACHED:
            higher = f"{english.readable(of.tier or '')} or a higher tier of {english.readable(of.ladder or '')}"
            return f"when the member comes to hold {higher}"
        case _:
            assert_never(of.kind)


def term(of: nodes.Term) -> str:
    """How long a tier lasts."""
    match of:
        case nodes.Calendar():
            return f"A tier lasts through {end_of(of, 'it was reached')}."
        case nodes.Duration():
            return f"A tier lasts {length(of)}, the day on which it was reached being the first."
        case nodes.WhileMet():
            return "A tier lasts as long as what reaches it is there, and ends on the day on which it no longer is."
        case nodes.Ever():
            return "A tier that was reached is kept for ever."
        case _:
            assert_never(of)
