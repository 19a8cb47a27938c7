"""When a rule counts: days, days of the week, hours."""

from __future__ import annotations

from datetime import timedelta

from guerdon.check import moments
from guerdon.check.names import Names
from guerdon.program import nodes
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit
from guerdon.text.source import Span

_KINDS = {nodes.Dates: "dates", nodes.Weekdays: "days of the week", nodes.Hours: "hours"}


def during(written: tree.During, names: Names) -> tuple[nodes.Stretch, ...]:
    """The stretches of one line, of which one is enough; they are of one kind."""
    stretches = tuple(_stretch(each, names) for each in written.stretches)
    first = stretches[0]
    for other in stretches[1:]:
        if type(other) is not type(first):
            names.report(
                "G343",
                f"one `during` lists {_KINDS[type(first)]} or {_KINDS[type(other)]}, of which one is enough",
                other.span,
                _KINDS[type(other)],
                related=((first.span, _KINDS[type(first)]),),
                help=("write a `during` line for each kind: all lines must hold",),
            )
            break
    return stretches


def _stretch(written: tree.Stretch, names: Names) -> nodes.Stretch:
    match written:
        case tree.Dates(first, tree.Date() | None as last):
            return _dates(first, last or first, written.span, names)
        case tree.FromDate(tree.Date() as day):
            return nodes.Dates(moments.day(day, names), None, span=written.span)
        case tree.BeforeDate(tree.Date() as day):
            return nodes.Dates(None, moments.day(day, names), span=written.span)
        case tree.Weekdays(one, tree.Name() | None as other):
            return _weekdays(one, other or one, written.span, names)
        case tree.Hours(opens, closes):
            return nodes.Hours(moments.clock(opens, names), moments.clock(closes, names), span=written.span)
    raise AssertionError("values stand in place of params")


def _dates(first: tree.Date, last: tree.Date, span: Span, names: Names) -> nodes.Dates:
    """Both days included; the last day that there is has none after it."""
    start, end = moments.day(first, names), moments.day(last, names)
    if end < start:
        turned = f"{last.text} through {first.text}"
        names.report(
            "G331",
            "this ends before it starts",
            span,
            "no day at all",
            help=(f"write `{turned}`",),
            edit=Edit(span, turned),
        )
    return nodes.Dates(start, end + timedelta(1), span=span)


def _weekdays(one: tree.Name, other: tree.Name, span: Span, names: Names) -> nodes.Weekdays:
    """From one day of the week through another, over Sunday where need be."""
    first = moments.weekday(one, names)
    last = first if other is one else moments.weekday(other, names)
    return nodes.Weekdays(frozenset((first + ahead) % 7 for ahead in range((last - first) % 7 + 1)), span=span)
