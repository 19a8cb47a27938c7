"""A typed program as text: one line a node, the same for all texts that mean the same.

Every field of every node is printed, so that nothing that can differ is left out, but
for those that are as they are where a program does not say them (so a clause that is new to the
language changes nothing for programs without it), and for what follows from the rest: places, types of expressions, numbers of meters (a meter
stands where it is read). Left out too: tests and laws, which are claims about a program
and no part of what it means. What may be written in any order is sorted; rules, ladders,
limits and facts keep their order, which has a meaning.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from enum import Enum
from fractions import Fraction
from hashlib import sha256

from guerdon.program import nodes, types

FIRST_LINE = "guerdon typed program 9"
"""Changes when the same program is printed in another way."""

_ANY_ORDER = {
    ("Program", "units"),
    ("Program", "events"),
    ("Program", "records"),
    ("Program", "tables"),
    ("Program", "measures"),
    ("Program", "accounts"),
    ("Program", "groups"),
    ("Expiry", "without"),
    ("Table", "rows"),
    ("Ladder", "perks"),
    ("Rule", "on"),
    ("Offer", "opens"),
    ("Trigger", "events"),
    ("Rule", "when"),
    ("Rule", "during"),
    ("Rule", "shares"),
    ("Rule", "replaces"),
    ("Limit", "fields"),
    ("Streak", "meters"),
}
_NOT_PRINTED = {
    ("Program", "tests"),
    ("Program", "laws"),
    ("Program", "meters"),
    ("Table", "types"),
    ("Control", "only"),
}


def printed(program: nodes.Program) -> str:
    """The typed program, one line a node, what belongs to a node indented below it."""
    return "\n".join([FIRST_LINE, *_Printer(program).node("program", program, "")]) + "\n"


def fingerprint(program: nodes.Program) -> str:
    """SHA-256 of the printed program, in hexadecimal.

    Shape: layout, comments, the order of clauses, the tests and the laws of a program leave it as it is.
    """
    return sha256(printed(program).encode()).hexdigest()


Lines = Iterator[str]
"""The lines of one node, its own first."""


_NONE_BY_ITSELF = object()
"""In place of what a field is by itself, where it must be said: equal to nothing."""


class _Printer:
    """Prints the nodes of one program, whose meters it looks up."""

    def __init__(self, program: nodes.Program) -> None:
        self.meters = program.meters

    def node(self, label: str, node: nodes.Node, margin: str) -> Lines:
        """A node's line, its plain fields on it, and the lines of the nodes in it."""
        kind, plain, inside = type(node).__name__, [], []
        for name, value in self._fields(node):
            if _is_plain(value):
                if (kind, name) in _ANY_ORDER and isinstance(value, tuple):
                    value = frozenset(value)
                plain.append(f"{name}={_plain(value)}")
            else:
                inside.append((name, value))
        yield " ".join([f"{margin}{label}: {kind}", *plain])
        for name, value in inside:
            yield from self._in_order(kind, name, value, margin + "  ")

    def _fields(self, node: nodes.Node) -> Iterator[tuple[str, object]]:
        if isinstance(node, nodes.Literal):
            yield from (("value", node.value), ("of", _of(node.type)))
            return
        for name in node.field_names:
            if getattr(node, name) == getattr(type(node), name, _NONE_BY_ITSELF):
                continue
            if isinstance(node, nodes.Measured) and name == "meter":
                yield name, self.meters[node.meter]
            elif isinstance(node, nodes.Streak) and name == "meters":
                yield name, tuple(self.meters[number] for number in node.meters)
            elif (type(node).__name__, name) not in _NOT_PRINTED and not (
                name == "type" and isinstance(node, nodes.Expr)
            ):
                yield name, getattr(node, name)

    def _in_order(self, kind: str, name: str, value: object, margin: str) -> Lines:
        parts = [list(lines) for lines in self._parts(name, value, margin)]
        for lines in sorted(parts) if (kind, name) in _ANY_ORDER else parts:
            yield from lines

    def _parts(self, name: str, value: object, margin: str) -> Iterator[Lines]:
        """The lines of each node in a field; several nodes may be in an order or by key."""
        match value:
            case nodes.Node():
                yield self.node(name, value, margin)
            case Mapping():
                for key, each in value.items():
                    yield self._below(f"{name} {_plain(key)}", each, margin)
            case tuple():
                for each in value:
                    yield self._below(name, each, margin)
            case _:
                raise TypeError(f"{type(value).__name__} in {name} can't be printed")

    def _below(self, label: str, value: object, margin: str) -> Lines:
        """One of several: a node, a plain value, or several again."""
        if isinstance(value, nodes.Node):
            yield from self.node(label, value, margin)
        elif _is_plain(value):
            yield f"{margin}{label}: {_plain(value)}"
        else:
            yield f"{margin}{label}:"
            for part in sorted(list(lines) for lines in self._parts("any of", value, margin + "  ")):
                yield from part


def _is_plain(value: object) -> bool:
    """Whether a value fits on its node's line: there is no node in it."""
    if isinstance(value, Mapping):
        return not value
    if isinstance(value, tuple):
        return all(map(_is_plain, value))
    return not isinstance(value, nodes.Node)


_WRITTEN: dict[type, Callable[..., str]] = {
    str: lambda value: json.dumps(value, ensure_ascii=False),
    bool: lambda value: "yes" if value else "no",
    int: str,
    Fraction: str,
    date: date.isoformat,
    time: time.isoformat,
    type(None): lambda value: "none",
}


def _plain(value: object) -> str:
    """A value without nodes; members of a set are sorted.

    Errors: TypeError for what no node holds.
    """
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, frozenset):
        return f"[{', '.join(sorted(map(_plain, value)))}]"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_plain, value))}]"
    if isinstance(value, Mapping) and not value:
        return "[]"
    written = _WRITTEN.get(type(value))
    if written is None:
        raise TypeError(f"{type(value).__name__} can't be printed")
    return written(value)


def _of(kind: types.Type) -> tuple[str, ...]:
    """What a written value is a value of: its kind, and the unit, ladder or words that it names."""
    match kind:
        case types.Quantity(unit):
            return "Quantity", unit
        case types.Rate(unit, per):
            return "Rate", unit, per
        case types.Tier(ladder):
            return "Tier", ladder
        case _:
            return (type(kind).__name__,)
