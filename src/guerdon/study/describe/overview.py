"""The program as a whole: its name, money, calendar, and how its pages are to be read."""

from __future__ import annotations

from collections.abc import Iterator

from guerdon.program import nodes
from guerdon.program.walk import walk
from guerdon.study.describe import english, times
from guerdon.study.describe.page import Item, Points, item, sentences


def overview(program: nodes.Program) -> Item:
    """The program's own settings, defaults included."""
    frame = program.frame
    month, day = frame.fiscal_start
    late = "An event that becomes known only after a later one of the same member is set aside."
    if frame.lateness is not None:
        late = f"An event that becomes known late is put in its place up to {times.length(frame.lateness)} after it happened, and set aside from then on."
    return item(
        "",
        sentences(
            f"{english.quoted(frame.name)} is a reward program, written in edition {frame.edition} of the language.",
            f"Money is in {frame.currency}." if frame.currency else "It does not reckon with money.",
            f"Days are those of {frame.timezone}, and start at {frame.day_start:%H:%M}.",
            f"A week starts on {english.WEEKDAYS[frame.week_start]}.",
            f"A fiscal year starts on {day} {english.MONTHS[month - 1]}.",
            late,
        ),
    )


def reading(program: nodes.Program) -> Item:
    """What holds for all that is said further on; only what this program makes use of."""
    return item("", Points(tuple(_holds(program))))


def _holds(program: nodes.Program) -> Iterator[str]:
    found = {type(each) for each in walk(program)}
    aggregates = {each.aggregate for each in walk(program) if isinstance(each, nodes.Measured)}
    before = {nodes.Aggregate.FIRST, nodes.Aggregate.LAST, nodes.Aggregate.DAYS_SINCE}
    if aggregates - before or nodes.Streak in found:
        yield "Numbers and totals of what happened in a stretch of time include the event that is looked at."
    if found & {nodes.Standing, nodes.Earned, nodes.Available}:
        yield "A tier, a balance and what was earned are as they were before the event that is looked at."
    if program.triggers:
        yield "What happens on a day happens at its start, before the events of the day; what happens at the end of a period sees all of it."
    if nodes.Given in found:
        group = ", and before its group" if program.groups else ""
        yield f"What a rule gives is what it gives at the same event, after its own rounding and limits{group}."
    if any(rule.takes for rule in program.rules.values()):
        yield "What a rule takes is what was taken at the same event: nothing, where it was refused."
    if any(rule.say is not None for rule in program.rules.values()):
        yield "What was said stays said: a return takes no message back."
    if nodes.Apply in found:
        yield "A rate or a percentage of an amount below zero is nothing."
    if any(isinstance(getattr(each, "window", None), nodes.Duration) for each in walk(program)):
        yield "The last 7 days are today and the six days before it; the last 12 months begin on the day after this date 12 months ago."
    if any(rule.when or rule.during for rule in program.rules.values()):
        yield "A rule whose conditions do not hold gives nothing, and counts for none of its limits."
