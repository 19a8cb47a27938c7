"""Every node in a part of a program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from guerdon.program import nodes
from guerdon.text.node import Node


def walk(part: object, measures: Mapping[str, nodes.Measure] | None = None) -> Iterator[Node]:
    """All nodes in a part of a program, each before those in it.

    Shape: with `measures`, what a measure is made of stands behind its name. Without laws: what they claim is no
    part of the program.
    """
    waiting = [part]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Node):
            if isinstance(each, nodes.Law):
                continue
            yield each
            if isinstance(each, nodes.Defined) and measures is not None:
                measure = measures[each.measure]
                waiting += [measure.ranking, measure.value]
            else:
                waiting += [getattr(each, name) for name in reversed(each.field_names)]
        elif isinstance(each, tuple):
            waiting += reversed(each)
        elif not isinstance(each, str) and isinstance(each, Mapping):
            waiting += reversed([*each.values()])


def opened(part: object, program: nodes.Program) -> tuple[Node, ...]:
    """All nodes in a part of a program, with what measures are made of; found once, for days on which they are asked for again."""
    known = program.opened
    found = known.get(part)
    if found is None:
        found = known[part] = tuple(walk(part, program.measures))
    return found
