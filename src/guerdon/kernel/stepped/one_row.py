"""A kernel's text for one row: what an event of one kind does, without the loop and without rows of the ledger.

Whose row it is and of which kind is known; so are the loop's turns. Entries of the ledger are made by the whole text, when
somebody asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import reduce
from typing import Any

from guerdon.kernel.loop.frame import NOBODY, Written
from guerdon.kernel.lowering import python, tree
from guerdon.kernel.lowering.specialised import Specialiser
from guerdon.kernel.lowering.text import parse
from guerdon.kernel.lowering.unused import used
from guerdon.kernel.machine import NO_LIST, NO_ROWS

OTHERWISE = 4
"""What comes back where the whole text has to run the row: where it is said why."""

_NAME = re.compile(r"\w+")

Run = Callable[[int], int]
"""Runs the row, of a member of whom so many events have numbers: 0, or the whole text has to."""


@dataclass
class OneRow:
    """The texts for one row, each made when it is wanted first.

    Shape: `views`: the arrays, which stand in `names` too. `anew`: the scalars that begin anew with each event.
    """

    written: Written
    views: dict[str, Any]
    anew: Collection[str]

    def __post_init__(self) -> None:
        self.module = parse(self.written.text, self.views.keys())
        self.names = dict(self.views)
        self._scalars = [*self.written.state]
        self._apart = ""  # their texts
        self._stored = set[int]()  # scalars that functions apart store
        for function in self.module.functions.values():
            if function.name != "run":
                body = list[tree.Statement]()
                self._specialiser({}).block(function.body, {}, body, False, False)
                self._stored |= {*_stored(body)}
                self._apart += self._exec(
                    tree.Function(function.name, function.parameters, (), used(body), frozenset())
                )

    def _specialiser(self, loads: dict[tuple[str, int], int]) -> Specialiser:
        unread = frozenset({*self.written.outputs, *self.written.results, "x_out", "x_sales"})
        return Specialiser(loads, unread, "w", frozenset({NO_ROWS, NO_LIST}), OTHERWISE)

    def _exec(self, function: tree.Function) -> str:
        """Takes in a function; its text."""
        lines = "\n".join(python.function_lines(function))
        exec(compile(lines, "<one row>", "exec"), self.names)
        return lines

    def run(self, kind: int, is_new: bool) -> tuple[Run, frozenset[str]]:
        """What runs a row of a kind, of a member of whom there is none yet, or of one who is known; the arrays that it asks for.

        Errors: Undecided.
        """
        body = used(self._left(kind, is_new))
        lines = self._exec(tree.Function("run", ("first",), (), body, frozenset()))
        run: Run = self.names.pop("run")
        apart = self._apart if any(f"{name}(" in lines for name in self.module.functions) else ""
        return run, frozenset(_NAME.findall(lines + apart)) & self.views.keys()

    def _left(self, kind: int, is_new: bool) -> list[tree.Statement]:
        """The loop's text for one row. Errors: Undecided."""
        body = self.module.functions["run"].body
        at = next(number for number, node in enumerate(body) if isinstance(node, tree.While))
        loop = body[at]
        assert isinstance(loop, tree.While)
        parameters = self.module.functions["run"].parameters
        known = {name: 0 for name in parameters if name != "first"} | {"n": 1}
        before, out = list[tree.Statement](), list[tree.Statement]()
        row = {("who_is", 0): 0, ("who_is", 1): int(NOBODY.strip("()")), ("kind_is", 0): kind}
        self._specialiser(self._known(is_new)).block(body[:at], known, before, True, False)
        self._specialiser(row).through(loop, known, out)
        changed = tree.assigned(out)
        for name, place in zip(self._scalars, range(len(self._scalars)), strict=True):
            index, value = tree.Constant(place), _local(name, known)
            if name in self.anew:
                out += [tree.Store("s", index, tree.Constant(0))] if is_new else []
            elif name in changed or place in self._stored or isinstance(value, tree.Constant):
                out.append(tree.Store("s", index, value))
        ends = [_local(name, known) for name in ("why", "bad")]
        asked = [each for each in ends if not isinstance(each, tree.Constant) or each.value]
        done: tree.Expression = reduce(_either, asked) if asked else tree.Constant(0)
        return [*before, *out, tree.Return(done)]

    def _known(self, is_new: bool) -> dict[tuple[str, int], int]:
        """What is known of the scalars."""
        if not is_new:
            return {("s", place): 0 for place, name in enumerate(self._scalars) if name in self.anew}
        begins = (each for each, _, _ in self.written.state.values())
        return {("s", place): each if isinstance(each, int) else 0 for place, each in enumerate(begins)}


def _local(name: str, known: dict[str, int]) -> tree.Expression:
    return tree.Constant(known[name]) if name in known else tree.Local(name)


def _either(one: tree.Expression, other: tree.Expression) -> tree.Expression:
    return tree.Binary("|", one, other)


def _stored(body: Collection[tree.Statement]) -> set[int]:
    """The scalars that statements store."""
    found = set[int]()
    for node in body:
        match node:
            case tree.Store("s", tree.Constant(place)):
                found.add(place)
            case tree.If(_, then, otherwise):
                found |= _stored((*then, *otherwise))
            case tree.While(_, turned):
                found |= _stored(turned)
    return found
