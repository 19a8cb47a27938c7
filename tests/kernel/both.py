"""A history on the reference engine and on the kernel, and what of the two differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from tests.generated.playing import by_holder

from guerdon.history.event import Event, Facts
from guerdon.kernel.engine import run_on_kernel
from guerdon.kernel.writing.make import Room
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.posted import Posted

SMALL = Room(block=64, rows=9_000, listed=260)
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
) -> int:
    """Fails where the kernel posts, counts or sets aside something else than was expected, of the first holder of whom it does.

    Shape: how many events the kernel itself evaluated: not those of members whom it left to the reference engine, and none
    where WebAssembly left a block to CPython.
    """
    events = list(events)
    found, kernel = run_on_kernel(program, events, facts, as_of, compiled, room, cuts)
    left, right = by_holder(expected.ledger), by_holder(found.ledger)
    for holder in {**left, **right}:
        for kind in {**left.get(holder, {}), **right.get(holder, {})}:
            same(
                f"{kind} of {holder}, {compiled=}",
                left.get(holder, {}).get(kind, []),
                right.get(holder, {}).get(kind, []),
            )
    for name in ("events", "later", "sales", "members", "until"):
        same(name, [getattr(expected, name)], [getattr(found, name)])
    same("rejections", sorted(map(repr, expected.rejections)), sorted(map(repr, found.rejections)))
    if kernel is None or (compiled and kernel.machine.reruns):
        return 0
    return len({event.name for event in events if event.member not in kernel.left})


def same(what: str, expected: Sequence[object], found: Sequence[object]) -> None:
    """Fails where two lists differ, and says from where on."""
    if expected != found:
        at = next((at for at, pair in enumerate(zip(expected, found, strict=False)) if pair[0] != pair[1]), None)
        first = min(len(expected), len(found)) if at is None else at
        more = slice(first, first + 3)
        raise AssertionError(f"{what}, from number {first} on:\n  expected {expected[more]}\n  found    {found[more]}")
