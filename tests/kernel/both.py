"""A history on the reference engine and on the kernel, and what of the two differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from tests.generated.playing import by_holder

from guerdon.history.event import Event, Facts
from guerdon.kernel.engine import run
from guerdon.kernel.writing.make import Room
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.posted import Posted

SMALL = Room(block=64, rows=9_000, listed=200)
"""Room for little, so that blocks end and lists grow in short histories."""


def reference(
    program: nodes.Program, events: Iterable[Event], facts: Mapping[str, Facts], as_of: date | None = None
) -> Posted:
    return Engine(program, facts).run(iter(list(events)), as_of)


def agree(
    expected: Posted,
    program: nodes.Program,
    events: Iterable[Event],
    facts: Mapping[str, Facts],
    as_of: date | None = None,
    compiled: bool = False,
    room: Room = SMALL,
    cuts: Iterable[int] = (),
) -> None:
    """Fails where the kernel posts, counts or sets aside something else than was expected, of the first holder of whom it does."""
    found = run(program, list(events), facts, as_of, compiled, room, cuts)
    left, right = by_holder(expected.ledger), by_holder(found.ledger)
    for holder in {**left, **right}:
        assert (holder, left.get(holder)) == (holder, right.get(holder))
    for name in ("events", "later", "sales", "members", "until"):
        assert (name, getattr(expected, name)) == (name, getattr(found, name))
    assert sorted(map(repr, expected.rejections)) == sorted(map(repr, found.rejections))
