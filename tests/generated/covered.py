"""Which kinds of node, and which of their shapes, there are in programs, and which there should be."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

from tests.generated.chance import EVERYTHING

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
            yield from _life(each)
        case nodes.Streak(meters, period, missed, window):
            yield f"Streak of {'several' if meters[1:] else 'one'}"
            yield f"Streak {'some' if missed else 'none'} missed"
            yield from (f"Streak {period}", f"Streak {type(window).__name__}")
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
        case nodes.Table(keys=keys, columns=columns, bands=bands, otherwise=otherwise):
            yield f"Table {min(len(keys), 2)} keys"
            yield f"Table {'several columns' if columns else 'one result'} {bands}"
            yield f"Table {'with' if otherwise else 'without'} else"
        case nodes.Band(first, with_first, last, with_last):
            yield f"Band {first is not None and ('from' if with_first else 'above')}"
            yield f"Band {last is not None and ('through' if with_last else 'below')}"
        case nodes.Apply(nodes.Lookup(), _):
            yield "Apply Lookup"
        case _:
            yield from _life(each)


def _limit(limit: nodes.Limit) -> Iterator[str]:
    what = "times" if limit.times is not None else type(limit.most).__name__
    yield f"Limit {what} {'per event' if limit.per_event else type(limit.window).__name__}"
    yield from (
        f"Limit {name}"
        for name in ("fields", "or_nothing", "account", "kept", "of", "person", "everybody")
        if getattr(limit, name)
    )
    if limit.of is not None:
        assert limit.most is not None
        yield f"Limit of {type(limit.most.type).__name__}"


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
    "Earned": ("back",),
    "Reversal": ("within", "part", "rounding", "oldest", "at_return"),
    "Meter": ("lines", "value", "where", "sees_event", "account", "offer"),
    "Offer": ("where",),
    "Measure": ("ranking",),
    "Ranking": ("highest", "parts", "when"),
    "TierStep": ("at", "when", "invited"),
    "Ladder": (
        *("counts", "rises", "grace", "floors", "grants", "carries", "repeatedly", "unless_fallen"),
        *("restarts", "account", "perks", "floored"),
    ),
    "Grant": ("when",),
    "Trigger": ("facts", "fact"),
    "Accumulate": ("period", "account", "person"),
    "Hold": ("by",),
    "Law": ("when", "always", "unit", "event", "lines", "more"),
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
        "replaces",
        "funded",
        "takes",
        "one_expiry",
        "offer",
        "say",
        "control",
    ),
    "Payer": ("by",),
    "Group": ("minimum", "rounding", "limits"),
}
"""Fields that may be empty, by kind of node."""


def expected(knows: frozenset[str] = EVERYTHING) -> set[str]:
    """All that there is in the parts of the language that are known."""
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
    return {each for each in whole | _of_life() if _is_known(each, knows)}


def _of_life() -> set[str]:
    found = {f"{kind} {name} {which}" for kind, names in OPTIONAL.items() for name in names for which in ("yes", "no")}
    found |= {f"Expiry from {each}" for each in ("NoneType", "Origin", "Calendar", "date")}
    found |= {f"Hold {each}" for each in ("time", "until", "event", "returnable")}
    found |= {f"Reversal of {each}" for each in ("purchase", "visit", "redemption", "adjustment", "transfer")}
    found |= {f"Reversal {how} {which}" for how in ("by fact", "of what fits") for which in nodes.Choose}
    found |= {"Reversal by id Choose.LATEST", "Part lines", "Part amount", "Since joining", "Since entry"}
    found |= {f"PeriodDay {last} {ahead}" for last in (True, False) for ahead in (-1, 0, 1)}
    found |= {"Limit account", "Limit kept", "Table with else", "Table without else", "Apply Lookup"}
    found |= {"Limit of Quantity", "Limit of Number", "Limit person", "Limit everybody", "Compare same as"}
    found |= {"Streak of several", "Streak of one", "Streak some missed", "Streak none missed"}
    found |= {f"Streak {each}" for each in (*nodes.Period, *(of.__name__ for of in nodes.Window.__args__))}
    found |= {f"Table {count} keys" for count in (0, 1, 2)}
    found |= {f"Table {how} {bands}" for how in ("several columns", "one result") for bands in (None, *nodes.Bands)}
    found |= {f"Band {end}" for end in ("from", "above", "through", "below", "False")}
    return found


_PARTS = {
    "accounts": ("Account", "account yes", "Limit account"),
    "budgets": ("Limit everybody",),
    "ranks": ("Ranking", "Measure ranking yes"),
    "bands": ("Band", "Table 0 keys", "Table 2 keys", "Table several columns", "Apply Lookup"),
    "control groups": ("Control", "Rule control yes"),
    "debt": ("DebtKind.REFUSED", "DebtKind.FORGIVEN", "DebtKind.CHARGED", "Debt most yes"),
    "expiry": ("Expiry", "Origin", "expiries yes", "suspended yes"),
    "holds": ("Hold", "hold yes"),
    "lateness": ("lateness yes",),
    "limits of facts": ("Limit of",),
    "membership": ("Since", "MEMBERSHIP"),
    "messages": ("Rule say yes", "Expected.SAID"),
    "order": ("LotOrder.OLDEST", "LotOrder.NEWEST"),
    "period days": ("PeriodDay",),
    "laws": ("Law",),
    "payers": ("Payer", "Rule funded yes"),
    "receivers": ("Share", "Rule to yes", "Rule shares yes"),
    "redeems": ("Rule takes yes", "Rule one_expiry yes"),
    "replacing": ("Rule replaces yes",),
    "returns": ("Reversal", "Choose", "Part", "Clawback", "Limit kept", "Hold returnable", "OnReturn.REVIEW"),
    "referrals": ("Theirs", "Accumulate person yes", "Limit person", "Compare same as"),
    "streaks": ("Streak",),
    "status units": ("Unit spendable no",),
    "tests": ("Expected", "Case", "Happening", "Expectation", "Opening"),
    "alternatives": ("TierStep when yes", "TierStep invited yes", "TierStep at no", "Ladder counts no"),
    "counts from zero": ("Ladder floored yes",),
    "carried counts": ("Ladder carries yes", "Ladder repeatedly yes", "Ladder unless_fallen yes"),
    "floors": ("Floor", "Ladder floors yes"),
    "grace": ("Ladder grace yes",),
    "grants": ("Grant", "Ladder grants yes"),
    "groups": ("Group", "Take"),
    "offers": ("Offer", "OFFER", "OPENED", "offer yes"),
    "perks": ("Ladder perks yes",),
    "restarts": ("Restart", "Ladder restarts yes"),
    "returns at return": ("Reversal at_return yes",),
    "returns by line": ("Part lines", "Reversal of what fits"),
    "returns without id": ("Reversal by fact", "Reversal of what fits", "Choose.EARLIEST"),
    "modes of return": ("Clawback.PROPORTION", "Clawback.RECOMPUTED", "Reversal oldest yes", "Reversal rounding yes"),
    "rises at end": ("Ladder rises yes",),
    "since entry": ("Since entry",),
    "triggers": ("Trigger",),
    "undoing": ("Reversal of redemption", "Reversal of adjustment", "Reversal of transfer"),
}
"""What a kind's name holds, by the part of the language that it belongs to."""


def _is_known(kind: str, knows: frozenset[str]) -> bool:
    return not any(word in kind for part, words in _PARTS.items() if part not in knows for word in words)
