"""Expressions made into functions from a state to an interval, each once; they are called each time the expression is passed.

A value's function gives what the expression can come to, and cuts the state to what must hold once it has been evaluated. A
condition's gives the states in which it holds and doesn't, None where that never happens; the state it's given is lost.
Both raise `Never` where evaluation never ends well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import assert_never

from guerdon.kernel.lowering import tree
from guerdon.kernel.lowering.interval import COMPARED, OPPOSITE, TRUTH, WORD, Comparing, Interval, combined, joined, met
from guerdon.kernel.lowering.memory import Array
from guerdon.kernel.lowering.states import Never, State, cut, either

Value = Callable[[State], Interval]
Condition = Callable[[State], tuple[State | None, State | None]]
Target = tuple[int, int]
"""The local that decides an expression, and what is to be added to a bound of the expression to get one of the local."""

ZERO: Interval = (0, 0)
LEAST, MOST = WORD


class Values:
    """Makes one function's expressions.

    Shape: `known`: what each came to when it was passed last. `constants`: those that come to the same wherever they stand.
    `touched`: the locals that anything made since may assign or cut.
    """

    def __init__(
        self,
        function: tree.Function,
        arrays: Mapping[str, Array],
        call: Callable[[str, tuple[Interval, ...]], Interval],
    ) -> None:
        self.places = {name: (array.bounds, array.count - 1) for name, array in arrays.items()}
        self.call = call
        self.slots = {name: number for number, name in enumerate((*function.parameters, *function.assigned))}
        self.known: dict[tree.Expression, Interval] = {}
        self.constants: dict[tree.Expression, Interval] = {}
        self.touched: set[int] = set()

    @contextmanager
    def touching(self) -> Iterator[set[int]]:
        """Gathers what is touched within."""
        outer, self.touched = self.touched, set()
        yield self.touched
        outer |= self.touched
        self.touched = outer

    def target(self, node: tree.Expression) -> Target | None:
        """None where no local decides the expression by itself."""
        shift = 0
        while True:
            match node:
                case tree.Local(name):
                    self.touched.add(self.slots[name])
                    return self.slots[name], shift
                case tree.Binary("+" | "-" as sign, inner, tree.Constant(number)):
                    shift += -number if sign == "+" else number
                    node = inner
                case tree.Fits(inner):
                    node = inner
                case _:
                    return None

    def value(self, node: tree.Expression) -> Value:
        match node:
            case tree.Local(name):
                return self.local(node, self.slots[name])
            case tree.Constant(number):
                only = self.constants[node] = (number, number)
                return lambda state: only
            case tree.Binary():
                return self.binary(node, self.value(node.left), self.value(node.right))
            case tree.Load(array, index):
                return self.load(node, self.places[array][0], self.place(array, index))
            case tree.Fits():
                return self.fits(node)
            case tree.Compare():
                return self.comparison(node)
            case tree.Choice():
                return self.choice(node)
            case tree.Not() | tree.Logic():
                return self.truth(node)
            case tree.Call(function, arguments):
                return self.called(node, function, [*map(self.value, arguments)])
            case _:
                assert_never(node)

    def local(self, node: tree.Expression, slot: int) -> Value:
        known = self.known

        def value(state: State) -> Interval:
            result = known[node] = state[slot]
            return result

        return value

    def load(self, node: tree.Expression, bounds: Interval, place: Value) -> Value:
        known = self.known

        def value(state: State) -> Interval:
            place(state)
            known[node] = bounds
            return bounds

        return value

    def place(self, array: str, index: tree.Expression) -> Value:
        """An index, cut to its array."""
        inner, most = self.value(index), self.places[array][1]
        if isinstance(index, tree.Constant) and 0 <= index.value <= most:
            return inner
        slot, shift = self.target(index) or (-1, 0)

        def value(state: State) -> Interval:
            result = low, high = inner(state)
            if low < 0 or high > most:
                if low > most or high < 0:
                    raise Never
                if slot >= 0:
                    cut(state, slot, shift, most + shift)
            return result

        return value

    def binary(self, node: tree.Binary, left: Value, right: Value) -> Value:
        known, operation = self.known, node.operation

        def checked(result: Interval | None) -> Interval:
            kept = None if result is None else met(result, WORD)
            if kept is None:
                raise Never
            return kept

        def total(state: State) -> Interval:
            (a, b), (c, d) = left(state), right(state)
            result = (a + c, b + d)
            if result[0] < LEAST or result[1] > MOST:
                result = checked(result)
            known[node] = result
            return result

        def difference(state: State) -> Interval:
            (a, b), (c, d) = left(state), right(state)
            result = (a - d, b - c)
            if result[0] < LEAST or result[1] > MOST:
                result = checked(result)
            known[node] = result
            return result

        def other(state: State) -> Interval:
            result = known[node] = checked(combined(operation, left(state), right(state)))
            return result

        return total if operation == "+" else difference if operation == "-" else other

    def fits(self, node: tree.Fits) -> Value:
        known, inner, low, high = self.known, self.value(node.operand), node.low, node.high
        slot, shift = self.target(node.operand) or (-1, 0)

        def value(state: State) -> Interval:
            result = inner(state)
            if result[0] < low or result[1] > high:
                kept = met(result, (low, high))
                if kept is None:
                    raise Never
                if slot >= 0:
                    cut(state, slot, kept[0] + shift, kept[1] + shift)
                result = kept
            known[node] = result
            return result

        return value

    def comparison(self, node: tree.Compare) -> Value:
        known, left, right = self.known, self.value(node.left), self.value(node.right)
        yes, no = COMPARED[node.comparison], COMPARED[OPPOSITE[node.comparison]]

        def value(state: State) -> Interval:
            sides = left(state), right(state)
            result = known[node] = (int(no(*sides) is None), int(yes(*sides) is not None))
            return result

        return value

    def truth(self, node: tree.Expression) -> Value:
        known = self.known
        with self.touching() as touched:
            condition = self.condition(node)

        def value(state: State) -> Interval:
            yes, no = condition(state.copy())
            found = (int(no is None), int(yes is not None))
            become(state, either(yes, no, touched), touched)
            result = known[node] = found
            return result

        return value

    def choice(self, node: tree.Choice) -> Value:
        known = self.known
        with self.touching() as touched:
            condition = self.condition(node.condition)
            ways = self.value(node.chosen), self.value(node.otherwise)

        def value(state: State) -> Interval:
            after: State | None = None
            result: Interval | None = None
            for way, inner in zip(condition(state.copy()), ways, strict=True):
                if way is None:
                    continue
                try:
                    found = inner(way)
                except Never:
                    continue
                result = found if result is None else joined(result, found)
                after = either(after, way, touched)
            become(state, after, touched)
            assert result is not None
            known[node] = result
            return result

        return value

    def called(self, node: tree.Expression, function: str, arguments: Sequence[Value]) -> Value:
        known, call = self.known, self.call

        def value(state: State) -> Interval:
            result = known[node] = call(function, tuple([argument(state) for argument in arguments]))
            return result

        return value

    def condition(self, node: tree.Expression) -> Condition:
        match node:
            case tree.Constant(number):
                self.constants[node] = (number, number)
                return (lambda state: (state, None)) if number else (lambda state: (None, state))
            case tree.Compare():
                self.constants[node] = TRUTH
                return self.compared(node.comparison, node.left, node.right, self.value(node.right))
            case tree.Not(operand):
                self.constants[node] = TRUTH
                inner = self.condition(operand)
                return lambda state: inner(state)[::-1]
            case tree.Logic(every, operands):
                self.constants[node] = TRUTH
                return self.logic(every, operands)
            case _:
                return self.compared("!=", node, None, lambda state: ZERO)

    def compared(
        self, comparison: tree.Comparison, one: tree.Expression, other: tree.Expression | None, right: Value
    ) -> Condition:
        left, yes, no = self.value(one), COMPARED[comparison], COMPARED[OPPOSITE[comparison]]
        slot, shift = self.target(one) or (-1, 0)
        second, moved = (None if other is None else self.target(other)) or (-1, 0)

        if second < 0 and isinstance(other, tree.Constant | None):
            return self.against(left, yes, no, right([]), slot, shift)

        def refined(state: State, sides: tuple[Interval, Interval] | None) -> State | None:
            if sides is None:
                return None
            (a, b), (c, d) = sides
            try:
                if slot >= 0:
                    cut(state, slot, a + shift, b + shift)
                if second >= 0:
                    cut(state, second, c + moved, d + moved)
            except Never:
                return None
            return state

        def condition(state: State) -> tuple[State | None, State | None]:
            sides = left(state), right(state)
            holds, fails = yes(*sides), no(*sides)
            if fails is None:
                return refined(state, holds), None
            return None if holds is None else refined(state.copy(), holds), refined(state, fails)

        return condition

    def against(self, left: Value, yes: Comparing, no: Comparing, right: Interval, slot: int, shift: int) -> Condition:
        """A comparison with what is always the same: most are."""

        def cut_to(state: State, sides: tuple[Interval, Interval]) -> State | None:
            low, high = sides[0]
            try:
                if slot >= 0:
                    cut(state, slot, low + shift, high + shift)
            except Never:
                return None
            return state

        def condition(state: State) -> tuple[State | None, State | None]:
            side = left(state)
            holds, fails = yes(side, right), no(side, right)
            if fails is None:
                return None if holds is None else cut_to(state, holds), None
            return None if holds is None else cut_to(state.copy(), holds), cut_to(state, fails)

        return condition

    def logic(self, every: bool, operands: Sequence[tree.Expression]) -> Condition:
        with self.touching() as touched:
            conditions = [*map(self.condition, operands)]

        def condition(state: State) -> tuple[State | None, State | None]:
            decided: State | None = None
            going: State | None = state
            for inner in conditions:
                if going is None:
                    break
                try:
                    yes, no = inner(going)
                except Never:
                    yes = no = None
                going, done = (yes, no) if every else (no, yes)
                decided = either(decided, done, touched)
            return (going, decided) if every else (decided, going)

        return condition


def become(state: State, other: State | None, touched: set[int]) -> None:
    """Changes `state` into another that differs in what is touched."""
    if other is None:
        raise Never
    for slot in touched:
        state[slot] = other[slot]
