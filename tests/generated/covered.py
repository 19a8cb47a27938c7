"""Which kinds of node, and which of their shapes, there are in programs, and which there should be."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

from guerdon.program import nodes
from guerdon.text.node import Node


def parts(value: Any) -> Iterator[Any]:
    """A node and everything in it."""
    match value:
        case Node():
            yield value
            for name in value.field_names:
                yield from parts(getattr(value, name))
        case dict():
            for each in value.values():
                yield from parts(each)
        case tuple() | frozenset() | list():
            for each in value:
                yield from parts(each)
        case Enum():
            yield value


def kinds(program: nodes.Program) -> set[str]:
    """The kinds of node and member of enums in a program, and what differs within a kind."""
    found = set()
    for each in parts(program):
        found.add(str(each) if isinstance(each, Enum) else type(each).__name__)
        found |= set(_shapes(each))
    return found


def _shapes(each: Any) -> Iterator[str]:
    match each:
        case nodes.Measured(window=window) | nodes.Earned(window=window):
            yield f"{type(each).__name__} {getattr(each, 'aggregate', '')} {type(window).__name__}"
        case nodes.OverLines(aggregate):
            yield f"OverLines {aggregate}"
        case nodes.Calendar(period, ahead):
            yield f"Calendar {period} {ahead}"
        case nodes.Duration(days):
            yield "Duration days" if days else "Duration months"
        case nodes.Ladder(lasts=lasts):
            yield f"Ladder lasts {type(lasts).__name__}"
            yield from _life(each)
        case nodes.Compare(operator) | nodes.Arithmetic(operator):
            yield f"{type(each).__name__} {operator}"
        case nodes.Field(scope):
            yield f"Field {scope}"
        case nodes.Since(ladder):
            yield f"Since {'joining' if ladder is None else 'entry'}"
        case nodes.PeriodDay(last, _, ahead):
            yield f"PeriodDay {last} {ahead}"
        case nodes.Limit():
            yield from _limit(each)
        case _:
            yield from _life(each)


def _limit(limit: nodes.Limit) -> Iterator[str]:
    what = "times" if limit.times is not None else type(limit.most).__name__
    yield f"Limit {what} {'per event' if limit.per_event else type(limit.window).__name__}"
    yield from (
        f"Limit {name}" for name in ("fields", "or_nothing", "account", "kept", "person") if getattr(limit, name)
    )


def _life(each: Any) -> Iterator[str]:
    """What may be there or not: each such field of a node, both ways."""
    for kind, fields in OPTIONAL.items():
        if type(each).__name__ == kind:
            for name in fields:
                yield f"{kind} {name} {'yes' if getattr(each, name) else 'no'}"
    match each:
        case nodes.Expiry(origin=origin):
            yield f"Expiry from {type(origin).__name__}"
        case nodes.Hold():
            yield f"Hold {next(name for name in ('time', 'until', 'event', 'returnable') if getattr(each, name))}"
        case nodes.Reversal(event=event):
            yield f"Reversal of {event}"
            yield f"Reversal {'by fact' if each.shared else 'by id' if each.by else 'of what fits'} {each.choose}"
        case nodes.Part(lines=lines):
            yield "Part lines" if lines else "Part amount"


OPTIONAL = {
    "Frame": ("lateness",),
    "Unit": ("worth", "spendable", "expiries", "suspended", "account"),
    "Expiry": ("time", "at_end", "without", "when", "since", "existing"),
    "Debt": ("most",),
    "Reversal": ("within", "part", "rounding", "at_return"),
    "Meter": ("lines", "value", "where", "sees_event", "account"),
    "TierStep": ("at", "when", "invited"),
    "Ladder": (
        *("counts", "rises", "grace", "floors", "grants", "carries", "repeatedly", "unless_fallen"),
        *("restarts", "account", "perks"),
    ),
    "Grant": ("when",),
    "Accumulate": ("period", "account", "person"),
    "Hold": ("by",),
    "Account": ("brings", "takes", "spends"),
    "Rule": (
        "each",
        "accumulate",
        "minimum",
        "rounding",
        "because",
        "to",
        "shares",
        "hold",
        "limits",
        "when",
        "during",
    ),
}
"""Fields that may be empty, by kind of node."""


def expected(old: bool = False) -> set[str]:
    """All that there is; `old` leaves out what the recount does not know."""
    expressions = {each.__name__ for each in nodes.Expr.__args__}
    modules = (nodes,)
    every = {each for module in modules for each in vars(module).values() if isinstance(each, type)}
    enums = {str(member) for kind in every if issubclass(kind, Enum) for member in kind}
    unions = {each.__name__ for union in (nodes.Window, nodes.Term, nodes.Stretch) for each in union.__args__}
    plain = {each.__name__ for each in every if issubclass(each, Node) and each is not Node}
    calendars = {f"Calendar {period} {back}" for period in nodes.Period for back in (0, -1)}
    windows = [each.__name__ for each in nodes.Window.__args__]
    measured = {f"Measured {aggregate} {window}" for aggregate in nodes.Aggregate for window in windows}
    unseen = (nodes.Aggregate.FIRST, nodes.Aggregate.LAST, nodes.Aggregate.DAYS_SINCE)
    lines = {f"OverLines {aggregate}" for aggregate in nodes.Aggregate if aggregate not in unseen}
    earned = {f"Earned  {window}" for window in windows}
    limits = {f"Limit {what} {window}" for what in ("times", "Literal") for window in windows if window != "Since"}
    limits |= {
        "Limit times per event",
        "Limit Literal per event",
        "Limit Lookup Calendar",
        "Limit fields",
        "Limit or_nothing",
    }
    terms = {f"Ladder lasts {each.__name__}" for each in nodes.Term.__args__} | {"Duration days", "Duration months"}
    operators = {f"Compare {each}" for each in ("is", "is not", "<", "<=", ">", ">=")}
    operators |= {f"Arithmetic {each}" for each in (*"+-*/", "min", "max")}
    whole = expressions | enums | unions | plain | calendars | measured | lines | earned | limits | terms | operators
    return {each for each in whole if not _is_new(each)} if old else whole | _of_life()


def _of_life() -> set[str]:
    found = {f"{kind} {name} {which}" for kind, names in OPTIONAL.items() for name in names for which in ("yes", "no")}
    found |= {f"Expiry from {each}" for each in ("NoneType", "Origin", "Calendar", "date")}
    found |= {f"Hold {each}" for each in ("time", "until", "event", "returnable")}
    found |= {f"Reversal of {each}" for each in ("purchase", "visit", "redemption", "adjustment", "transfer")}
    found |= {f"Reversal {how} {which}" for how in ("by fact", "of what fits") for which in nodes.Choose}
    found |= {"Reversal by id Choose.LATEST", "Part lines", "Part amount", "Since joining", "Since entry"}
    found |= {f"PeriodDay {last} {ahead}" for last in (True, False) for ahead in (-1, 0, 1)}
    found |= {"Limit account", "Limit kept", "Limit person", "Compare same as"}
    return found


_NEW = (
    *(
        "Theirs",
        "PeriodDay",
        "Since",
        "MEMBERSHIP",
        "Expiry",
        "Origin",
        "LotOrder.OLDEST",
        "LotOrder.NEWEST",
        "Reversal",
        "Choose",
    ),
    *("Part", "Clawback", "Floor", "Grant", "Restart", "OnReturn.REVIEW", "Hold", "Share", "Account", "Lateness"),
    *(
        "DebtKind.REFUSED",
        "DebtKind.FORGIVEN",
        "DebtKind.CHARGED",
        "Expected",
        "Case",
        "Happening",
        "Expectation",
        "Opening",
    ),
)


def _is_new(kind: str) -> bool:
    return any(word in kind for word in _NEW)
