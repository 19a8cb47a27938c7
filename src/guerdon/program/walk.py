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
    if isinstance(part, Node) and not isinstance(part, nodes.Law):
        yield part
        if isinstance(part, nodes.Defined) and measures is not None:
            yield from walk(measures[part.measure].value, measures)
        else:
            for name in part.field_names:
                yield from walk(getattr(part, name), measures)
    elif isinstance(part, tuple | Mapping):
        for each in part.values() if isinstance(part, Mapping) else part:
            yield from walk(each, measures)
