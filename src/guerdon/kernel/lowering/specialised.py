"""A text for which some values are known beforehand: what they decide is decided, what nobody reads is left out.

Shape: the text is gone through once. `known` are locals whose value is known at that place; what is left is written without them,
and where two ways meet on one of which it isn't known, it is assigned. A loop that is gone through is known to end after a few turns.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import assert_never

from guerdon.kernel.lowering import tree
from guerdon.kernel.lowering.unused import calls

ARITHMETIC: Mapping[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
}
COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
}
TURNS = 4

Known = dict[str, int]
"""Locals and what they are."""


class Undecided(Exception):
    """What is known does not decide how a loop ends that has to be gone through."""


class Way(Enum):
    """How a block is left."""

    ON = "to what follows"
    OUT = "out of the loop that is gone through"
    AGAIN = "to its next turn"
    GONE = "by what is written"


@dataclass
class Specialiser:
    """What is left of blocks.

    Shape: `loads`: what arrays are known to hold, by array and place. `unread`: arrays that nobody reads: nothing is stored there, and
    what `counts` them stays as it is. `stops`: what the local `why` is set to where a loop is left for want of room, which there
    is. `otherwise`: what is returned where the loop that is gone through is left and it isn't known beforehand.
    """

    loads: Mapping[tuple[str, int], int]
    unread: frozenset[str]
    counts: str
    stops: frozenset[int]
    otherwise: int
    _loops: list[frozenset[str]] = field(default_factory=list)

    # ------------------------------------------------------------ statements

    def block(
        self, body: Iterable[tree.Statement], known: Known, out: list[tree.Statement], decided: bool, through: bool
    ) -> Way:
        """Writes what is left of a block; `decided`: whether it is reached for sure, `through`: in a loop that is gone through."""
        for node in body:
            way = self._statement(node, known, out, decided, through)
            if way is not Way.ON:
                return way
        return Way.ON

    def _statement(
        self, node: tree.Statement, known: Known, out: list[tree.Statement], decided: bool, through: bool
    ) -> Way:
        match node:
            case tree.Assign(name, value):
                self._assign(name, self.value(value, known), known, out)
            case tree.Store(array, index, value):
                if array not in self.unread:
                    out.append(tree.Store(array, self.value(index, known), self.value(value, known)))
            case tree.Update(array, index, total):
                place = self.value(index, known)
                total = tree.Binary(total.operation, tree.Load(array, place), self.value(total.right, known))
                out.append(tree.Update(array, place, total))
            case tree.If():
                return self._if(node, known, out, decided, through)
            case tree.While():
                self._while(node, known, out)
            case tree.Break() | tree.Continue():
                return self._leave(node, known, out, decided, through)
            case tree.Return(value):
                out.append(tree.Return(self.value(value, known)))
                return Way.GONE
            case tree.Discard(value):
                value = self.value(value, known)
                if calls(value):
                    out.append(tree.Discard(value))
            case _:
                assert_never(node)
        return Way.ON

    def _assign(self, name: str, value: tree.Expression, known: Known, out: list[tree.Statement]) -> None:
        if name == self.counts:
            if calls(value):
                out.append(tree.Discard(value))
        elif isinstance(value, tree.Constant):
            known[name] = value.value
        else:
            known.pop(name, None)
            out.append(tree.Assign(name, value))

    def _leave(
        self,
        node: tree.Break | tree.Continue,
        known: Known,
        out: list[tree.Statement],
        decided: bool,
        through: bool,
    ) -> Way:
        if not through:
            _assigned(self._loops[-1], known, out)
            out.append(node)
            return Way.GONE
        if decided:
            return Way.OUT if isinstance(node, tree.Break) else Way.AGAIN
        if isinstance(node, tree.Continue):
            raise Undecided
        out.append(tree.Return(tree.Constant(self.otherwise)))
        return Way.GONE

    def _if(self, node: tree.If, known: Known, out: list[tree.Statement], decided: bool, through: bool) -> Way:
        if self._stops(node):
            return Way.ON
        condition = self.value(node.condition, known)
        if isinstance(condition, tree.Constant):
            return self.block(node.then if condition.value else node.otherwise, known, out, decided, through)
        one, other = dict(known), dict(known)
        then, otherwise = list[tree.Statement](), list[tree.Statement]()
        first = self.block(node.then, one, then, False, through)
        second = self.block(node.otherwise, other, otherwise, False, through)
        if first is Way.ON and second is Way.ON:
            same = {name for name, value in one.items() if other.get(name) == value}
            _assigned(one.keys() - same, one, then)
            _assigned(other.keys() - same, other, otherwise)
            left = {name: one[name] for name in same}
        else:
            left = other if second is Way.ON else one
        known.clear()
        known.update(left)
        if then or otherwise or calls(condition):
            out.append(tree.If(condition, tuple(then), tuple(otherwise)))
        return Way.GONE if Way.ON not in (first, second) else Way.ON

    def _stops(self, node: tree.If) -> bool:
        """Whether the loop is left here for want of room."""
        match node.then:
            case (tree.Assign("why", tree.Constant(why)), tree.Break()):
                return why in self.stops and not node.otherwise
        return False

    def _while(self, node: tree.While, known: Known, out: list[tree.Statement]) -> None:
        """A loop that is kept: what it assigns isn't known in it, nor after it."""
        condition = self.value(node.condition, known)
        if isinstance(condition, tree.Constant) and not condition.value:
            return
        names = tree.assigned(node.body) - {self.counts}
        _assigned(names, known, out)
        here, body = dict(known), list[tree.Statement]()
        self._loops.append(names)
        if self.block(node.body, here, body, False, False) is Way.ON:
            _assigned(names, here, body)
        self._loops.pop()
        out.append(tree.While(self.value(node.condition, known), tuple(body)))

    def through(self, node: tree.While, known: Known, out: list[tree.Statement]) -> None:
        """Goes through a loop. Errors: Undecided where it isn't known when it ends."""
        for _ in range(TURNS):
            condition = self.value(node.condition, known)
            if not isinstance(condition, tree.Constant):
                raise Undecided
            if not condition.value or self.block(node.body, known, out, True, True) in (Way.OUT, Way.GONE):
                return
        raise Undecided

    # ------------------------------------------------------------ values

    def value(self, node: tree.Expression, known: Known) -> tree.Expression:
        """An expression less what is known."""
        match node:
            case tree.Constant():
                return node
            case tree.Local(name):
                return tree.Constant(known[name]) if name in known else node
            case tree.Load(array, index):
                place = self.value(index, known)
                if isinstance(place, tree.Constant) and (array, place.value) in self.loads:
                    return tree.Constant(self.loads[array, place.value])
                return tree.Load(array, place)
            case tree.Binary(operation, left, right):
                return _computed(operation, self.value(left, known), self.value(right, known))
            case tree.Compare(comparison, left, right):
                left, right = self.value(left, known), self.value(right, known)
                if isinstance(left, tree.Constant) and isinstance(right, tree.Constant):
                    return tree.Constant(int(COMPARISONS[comparison](left.value, right.value)))
                return tree.Compare(comparison, left, right)
            case tree.Not(operand):
                operand = self.value(operand, known)
                return (
                    tree.Constant(int(not operand.value)) if isinstance(operand, tree.Constant) else tree.Not(operand)
                )
            case tree.Logic(every, operands):
                return _joined(every, [self.value(each, known) for each in operands])
            case tree.Choice(condition, chosen, otherwise):
                condition = self.value(condition, known)
                if isinstance(condition, tree.Constant):
                    return self.value(chosen if condition.value else otherwise, known)
                return tree.Choice(condition, self.value(chosen, known), self.value(otherwise, known))
            case tree.Call(function, arguments):
                return tree.Call(function, tuple(self.value(each, known) for each in arguments))
            case tree.Fits(operand):
                return self.value(operand, known)
            case _:
                assert_never(node)


def _assigned(names: Iterable[str], known: Known, out: list[tree.Statement]) -> None:
    """Assigns what is known of these, from where on it is not known any more."""
    for name in sorted(names):
        if name in known:
            out.append(tree.Assign(name, tree.Constant(known.pop(name))))


def _computed(operation: tree.Arithmetic, left: tree.Expression, right: tree.Expression) -> tree.Expression:
    if isinstance(right, tree.Constant):
        if isinstance(left, tree.Constant) and (right.value or operation not in ("//", "%")):
            return tree.Constant(ARITHMETIC[operation](left.value, right.value))
        if right.value == 0 and operation in ("+", "-"):
            return left
    if isinstance(left, tree.Constant) and left.value == 0 and operation == "+":
        return right
    return tree.Binary(operation, left, right)


def _joined(every: bool, operands: list[tree.Expression]) -> tree.Expression:
    left = list[tree.Expression]()
    for each in operands:
        if not isinstance(each, tree.Constant):
            left.append(each)
        elif bool(each.value) is not every and not any(map(calls, left)):
            return tree.Constant(int(not every))
        elif bool(each.value) is not every:
            return tree.Logic(every, (*left, each))
    return tree.Logic(every, tuple(left)) if left else tree.Constant(int(every))
