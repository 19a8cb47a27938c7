"""Programs with one value changed: every literal, number, date and word of a list, each in other ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from enum import Enum
from fractions import Fraction
from typing import Any

from guerdon.program import nodes, types
from guerdon.program.currency import DECIMALS
from guerdon.program.types import RateValue
from guerdon.text.node import Node

Place = tuple[Node, str]
"""A node and the name of the field of it that was changed."""

OPERATORS = {"is": "is not", "is not": "is", "<": "<=", "<=": ">", ">": ">=", ">=": "<"}
OPERATORS |= {"same as": "is", "+": "-", "-": "+", "*": "/", "/": "*", "min": "max", "max": "min"}
NAMES = {
    *("name", "unit", "rule", "ladder", "measure", "table", "event", "account", "fact", "to", "tier", "by", "field"),
    *("of", "lines", "of_lines", "key", "member", "edition", "currency", "timezone", "more"),
}
"""Fields that name something else: another name there is another program, or none."""

CLAUSES = {
    *(
        ("Rule", name)
        for name in (
            "when",
            "during",
            "limits",
            "shares",
            "minimum",
            "rounding",
            "because",
            "say",
            "hold",
            "to",
            "replaces",
            "funded",
            "control",
        )
    ),
    *(("Group", name) for name in ("minimum", "rounding", "limits")),
    *(("Ladder", name) for name in ("floors", "grants", "rises", "grace", "restarts")),
    *(("Unit", name) for name in ("expiries", "suspended", "worth", "account")),
    *(("Expiry", name) for name in ("at_end", "when", "since")),
    *(("Reversal", name) for name in ("within", "part")),
    *(
        ("Limit", "fields"),
        ("Limit", "account"),
        ("Limit", "person"),
        ("Accumulate", "person"),
        ("Accumulate", "period"),
        ("Accumulate", "account"),
        ("Hold", "by"),
    ),
    *(("Frame", "lateness"), ("Each", "where"), ("Meter", "where"), ("OverLines", "where"), ("Account", "spends")),
    *(("Table", "otherwise"), ("Grant", "when"), ("Debt", "most"), ("Law", "when")),
}
"""Fields that hold what may be left out of a program."""

WITHOUT_MEANING = {
    ("Expiry", "existing"): lambda of: of.since is None,
    ("Ladder", "repeatedly"): lambda of: not of.carries,
    ("Ladder", "unless_fallen"): lambda of: not of.carries,
    ("Ladder", "falls"): lambda of: isinstance(of.lasts, nodes.WhileMet | nodes.Ever),
    ("Limit", "or_nothing"): lambda of: of.times is not None,
    ("Limit", "kept"): lambda of: of.per_event,
    ("Limit", "everybody"): lambda of: of.per_event,
    ("Limit", "per_event"): lambda of: True,  # changes who counts too
    ("Reversal", "shared"): lambda of: True,  # changes what `by` names
    ("Reversal", "choose"): lambda of: of.by is not None and not of.shared,
    ("Unit", "worth"): lambda of: of.name in DECIMALS,
    ("Unit", "spendable"): lambda of: True,  # none of its other clauses would be there
    ("Unit", "expiries"): lambda of: all(each.origin is None and not each.without for each in of.expiries),  # never
    ("Unit", "order"): lambda of: not of.spendable,
    ("Rule", "give"): lambda of: of.only_says,  # one message, by the program alone
    ("Payer", "parts"): lambda of: True,  # who pays alone pays for all
    ("Debt", "kind"): lambda of: True,  # what else is there depends on it
    ("Account", "brings"): lambda of: True,  # only where it owns a unit
    ("Account", "takes"): lambda of: True,
    ("TierStep", "invited"): lambda of: of.at is not None or of.when is not None,
    ("Meter", "sees_event"): lambda of: True,  # follows from what is measured
    ("Measured", "aggregate"): lambda of: True,  # what is measured depends on it
    ("Measured", "meter"): lambda of: True,
    ("OverLines", "aggregate"): lambda of: True,
    ("Streak", "meters"): lambda of: True,
    ("Expectation", "kind"): lambda of: True,
    ("Moment", "part"): lambda of: True,
    ("Hold", "returnable"): lambda of: True,
    ("Duration", "days"): lambda of: bool(of.months),
    ("Expiry", "origin"): lambda of: bool(of.without),
    ("Field", "scope"): lambda of: True,  # goes with the name
    ("Junction", "every"): lambda of: len(of.of) == 1,
    ("Trigger", "kind"): lambda of: True,  # what else is there depends on it
    ("Lookup", "column"): lambda of: True,  # a name
    ("Band", "with_first"): lambda of: of.first is None,
    ("Band", "with_last"): lambda of: of.last is None,
    ("Rule", "takes"): lambda of: True,  # another clause stands in place of `give`
    ("Rule", "one_expiry"): lambda of: not of.takes,
    ("Arithmetic", "operator"): lambda of: isinstance(of.right.type, types.Date) and of.operator == "-",
}
"""Fields that mean nothing on their own in some nodes."""


def mutants(value: Any, kind: types.Type | None = None) -> Iterator[tuple[Any, Place]]:
    """A part of a program with one value in it changed, in every way, and where that was."""
    if isinstance(value, nodes.Literal):
        for changed in _literals(value):
            yield nodes.Literal(changed, value.type, span=value.span), (value, "value")
    elif isinstance(value, types.Type):
        return
    elif isinstance(value, Node):
        for name in value.field_names:
            if name not in NAMES or (isinstance(value, nodes.Negation | nodes.Junction | nodes.OrElse)):
                yield from _with(value, name)
    elif isinstance(value, tuple):
        for place, each in enumerate(value):
            for changed, where in mutants(each):
                yield (*value[:place], changed, *value[place + 1 :]), where
    elif isinstance(value, Mapping):
        for key, each in value.items():
            for changed, where in mutants(each):
                yield {**value, key: changed}, where


def _with(node: Node, name: str) -> Iterator[tuple[Node, Place]]:
    """A node with one of its fields changed."""
    if (type(node).__name__, name) in WITHOUT_MEANING and WITHOUT_MEANING[type(node).__name__, name](node):
        return
    value = getattr(node, name)
    fields = {each: getattr(node, each) for each in node.field_names}
    for changed in (*_plain(value, name), *_shorter(value, node, name)):
        yield type(node)(**{**fields, name: changed}, span=node.span), (node, name)
    for changed, where in mutants(value):
        yield type(node)(**{**fields, name: changed}, span=node.span), where


def _shorter(value: Any, node: Node, name: str) -> Iterator[Any]:
    """What is left where a clause, or one of several, is taken out."""
    if (type(node).__name__, name) in CLAUSES and value not in (None, ()):
        if isinstance(node, nodes.Table):  # `else`, one for each column; of a param the value itself
            yield from [()] if node.keys else []
        elif isinstance(value, tuple):
            yield from (value[:place] + value[place + 1 :] for place in range(len(value)))
        else:
            yield None


def _plain(value: Any, name: str) -> Iterator[Any]:
    """Another value in place of a plain one; none for what is missing, and for names."""
    match value:
        case bool():
            yield not value
        case Enum():
            yield from (each for each in type(value) if each not in (value, nodes.Clawback.PROPORTION))
        case int() if name == "week_start":
            yield (value + 1) % 7
        case Fraction() | int():
            yield value + 1
        case date():
            yield value + timedelta(days=1) if value.year > 2000 else value + timedelta(days=400)
        case time():
            yield value.replace(minute=(value.minute + 7) % 60)
        case str() if name == "operator":
            yield OPERATORS[value]
        case str() if name in ("because", "say"):
            yield f"{value}, too"
        case frozenset():
            yield value ^ {0}
    if name == "fiscal_start":
        yield (value[0] % 12 + 1, 28)


def _literals(of: nodes.Literal) -> Iterator[Any]:
    """Other values that could be written in place of one."""
    match of.type, of.value:
        case types.Choice(words), _:
            yield from (each for each in words if each != of.value)
        case types.Tier(), _:
            yield f"{of.value}er"
        case _, RateValue(give, per, full):
            yield from (RateValue(give + 1, per, full), RateValue(give, per + 1, full), RateValue(give, per, not full))
        case _, str():
            yield f"{of.value}x"
        case _, value:
            yield from _plain(value, "value")
