"""Locals that lie in memory: what a loop carries from turn to turn, where that is more than a machine has registers for.

A compiler keeps such locals on the stack anyway, and where ways meet it moves each to the one place in which it has to be on
all of them, though most of these ways change none of it. In memory it's read where it's read, and written where it changes.
"""

from __future__ import annotations

from guerdon.kernel.lowering import tree

FEW = 8
"""So many locals that a loop carries stay in registers."""


def in_memory(function: tree.Function) -> tuple[str, ...]:
    """The locals of a function that lie in memory, none of them a parameter; in the order of their first assignment.

    Shape: of loops that are in no other statement. What such a loop carries has a value before it, and is assigned in it.
    """
    before: set[str] = set()
    found: set[str] = set()
    for node in function.body:
        changed = tree.assigned([node]).difference(function.parameters)
        if isinstance(node, tree.While) and len(before & changed) > FEW:
            found |= before & changed
        before |= changed
    return tuple(name for name in function.assigned if name in found)
