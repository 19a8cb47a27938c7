"""A block without what is assigned and never read: from its end to its beginning, by what is read further on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from guerdon.kernel.lowering import tree

Read = frozenset[str]
"""The locals that may be read from some place on."""


def calls(node: tree.Expression) -> bool:
    """Whether an expression calls a function, which may do something."""
    return isinstance(node, tree.Call) or any(map(calls, tree.inner(node)))


def read_by(node: tree.Expression) -> Read:
    """The locals that an expression reads."""
    return frozenset(_locals(node))


def _locals(node: tree.Expression) -> Iterator[str]:
    if isinstance(node, tree.Local):
        yield node.name
    for each in tree.inner(node):
        yield from _locals(each)


def used(body: Iterable[tree.Statement]) -> tuple[tree.Statement, ...]:
    """A function's body without what nothing needs."""
    return _block(tuple(body), frozenset(), (frozenset(), frozenset()))[0]


def _block(
    body: tuple[tree.Statement, ...], after: Read, loop: tuple[Read, Read]
) -> tuple[tuple[tree.Statement, ...], Read]:
    """What is left of a block, and what is read from it on; `loop`: what is read after the loop that it is in, and at its head."""
    left = list[tree.Statement]()
    for node in reversed(body):
        kept, after = _statement(node, after, loop)
        if kept is not None:
            left.append(kept)
    return tuple(reversed(left)), after


def _statement(node: tree.Statement, after: Read, loop: tuple[Read, Read]) -> tuple[tree.Statement | None, Read]:
    match node:
        case tree.Assign(name, value):
            if name not in after and not calls(value):
                return None, after
            return node, (after - {name}) | read_by(value)
        case tree.Store(_, index, value):
            return node, after | read_by(index) | read_by(value)
        case tree.Update(_, index, total):
            return node, after | read_by(index) | read_by(total.right)
        case tree.If(condition, then, otherwise):
            one, first = _block(then, after, loop)
            other, second = _block(otherwise, after, loop)
            if not one and not other and not calls(condition):
                return None, after
            if not one:
                one, other, condition = other, one, tree.Not(condition)
            return tree.If(condition, one, other), first | second | read_by(condition)
        case tree.While(condition, body):
            return _while(condition, body, after)
        case tree.Break():
            return node, loop[0]
        case tree.Continue():
            return node, loop[1]
        case tree.Return(value):
            return node, read_by(value)
        case tree.Discard(value):
            return node, after | read_by(value)
        case _:
            assert_never(node)


def _while(condition: tree.Expression, body: tuple[tree.Statement, ...], after: Read) -> tuple[tree.Statement, Read]:
    """What a turn reads may be what the one before it assigned: until nothing is added."""
    head = after | read_by(condition)
    while True:
        left, before = _block(body, head, (after, head))
        if before <= head:
            return tree.While(condition, left), head
        head |= before
