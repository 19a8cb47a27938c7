"""What every expression of a kernel can come to, proved: intervals, from the bounds of parameters and arrays.

An expression that leaves 64 bits is trapped when it runs, so after it the interval is cut to a word; so is an index cut to
its array, and a promise to what it says. Loops: the state at a loop's head is widened to thresholds until nothing changes,
then taken back (`narrowed`) for as long as that helps; the last pass is the one whose facts are kept. Calls: one interval for
each parameter from all places that call, one for each result.

INVARIANT: what is passed on is never less than what can happen. While widening, states only grow until they hold; while
narrowing, each is made from one that holds, so it holds too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from guerdon.kernel.lowering import tree
from guerdon.kernel.lowering.interval import (
    OPPOSITE,
    TRUTH,
    WORD,
    Interval,
    combined,
    compared,
    joined,
    met,
)
from guerdon.kernel.lowering.memory import Memory
from guerdon.kernel.lowering.states import Bounds, Never, State, become, cut, either, entered, holds, joined_all
from guerdon.kernel.lowering.thresholds import ANY, thresholds

ROUNDS_BEFORE_WIDENING = 3
NARROWINGS = 4
ZERO = tree.Constant(0)


@dataclass(slots=True)
class Facts:
    """What is proved of one function; an expression or statement that isn't in it is never reached.

    Shape: `values`: where an expression may leave 64 bits it's what is left after the trap. `locals`: all that is ever
    assigned to a local. `parameters` and `result`: None for a function that is never called, or never returns.
    """

    values: dict[tree.Expression, Interval]
    reached: set[tree.Statement]
    locals: State
    parameters: tuple[Interval, ...] | None
    result: Interval | None


def facts(module: tree.Module, memory: Memory, bounds: Bounds) -> dict[str, Facts]:
    """The facts of each function of a text.

    Errors: ValueError if `bounds` names no function, or not just its parameters.
    """
    for name, declared in bounds.items():
        if name not in module.functions:
            raise ValueError(f"there is no function {name} in the text")
        if set(declared) != set(module.functions[name].parameters):
            raise ValueError(f"{name} has the parameters {', '.join(module.functions[name].parameters) or 'none'}")
        for parameter, (low, high) in declared.items():
            if not WORD[0] <= low <= high <= WORD[1]:
                raise ValueError(f"{name}: {parameter} can't be from {low} through {high}")
    return Analysis(module, memory, bounds).run()


class Analysis:
    """The fixpoint over all functions of a text."""

    def __init__(self, module: tree.Module, memory: Memory, bounds: Bounds) -> None:
        self.module = module
        self.memory = memory
        self.bounds = bounds
        self.parameters = {name: self.declared(name) for name in module.functions}
        self.results: dict[str, Interval | None] = dict.fromkeys(module.functions)
        self.passes = {name: Pass(self, function) for name, function in module.functions.items()}

    def declared(self, name: str) -> tuple[Interval, ...] | None:
        if name not in self.bounds:
            return None
        return tuple(self.bounds[name][parameter] for parameter in self.module.functions[name].parameters)

    def run(self) -> dict[str, Facts]:
        number = 0
        while self.round(number):
            number += 1
        for _ in range(NARROWINGS):
            if not self.narrowed():
                break
        return {name: run.facts for name, run in self.passes.items()}

    def round(self, number: int) -> bool:
        """Whether anything grew."""
        grew = False
        for name, run in self.passes.items():
            own = self.parameters[name]
            if own is None:
                continue
            run.run(own, widening=True)
            for called, given in run.given.items():
                grew |= self.grow_parameters(called, given, number)
            grew |= self.grow_result(name, run.facts.result, number)
        return grew

    def grow_parameters(self, called: str, given: tuple[Interval, ...], number: int) -> bool:
        old = self.parameters[called]
        if old is None:
            self.parameters[called] = given
            return True
        self.parameters[called] = tuple(self.grown(*pair, number) for pair in zip(old, given, strict=True))
        return self.parameters[called] != old

    def grow_result(self, name: str, result: Interval | None, number: int) -> bool:
        old = self.results[name]
        if result is None or result == old:
            return False
        self.results[name] = result if old is None else self.grown(old, result, number)
        return self.results[name] != old

    def grown(self, old: Interval, new: Interval, number: int) -> Interval:
        if number < ROUNDS_BEFORE_WIDENING:
            return joined(old, new)
        return ANY.grown(old, new, number)

    def narrowed(self) -> bool:
        """Whether anything became less, one pass over all functions, callers first."""
        changed = False
        fresh = {name: self.declared(name) for name in self.passes}
        for name, run in self.passes.items():
            own = self.parameters[name] = fresh[name]
            if own is None:
                continue
            run.run(own, widening=False)
            for called, given in run.given.items():
                fresh[called] = given if (old := fresh[called]) is None else joined_all(old, given)
            changed |= run.changed or self.results[name] != run.facts.result
            self.results[name] = run.facts.result
        return changed


class Pass:
    """One function's states; `run` goes over it once, keeping what is known of its loops' heads."""

    def __init__(self, analysis: Analysis, function: tree.Function) -> None:
        self.analysis = analysis
        self.arrays = analysis.memory.arrays
        self.function = function
        self.heads: dict[tree.While, State] = {}
        self.backs: dict[tree.While, State | None] = {}
        self.turned: dict[tree.While, frozenset[str]] = {}  # what each loop assigns
        self.growths: dict[tree.While, dict[str, int]] = {}  # how often each local grew at a loop's head
        self.rests = thresholds(function, analysis.memory, analysis.bounds.get(function.name, {}))
        self.loops: list[tuple[list[State], list[State]]] = []  # of each open loop: states that leave it, that go on
        self.given: dict[str, tuple[Interval, ...]] = {}
        self.facts = Facts({}, set(), {}, None, None)
        self.widening = True
        self.changed = False

    def run(self, parameters: tuple[Interval, ...], widening: bool) -> None:
        self.widening, self.changed = widening, False
        state = dict(zip(self.function.parameters, parameters, strict=True))
        self.given = {}
        self.facts = Facts({}, set(), dict(state), parameters, None)
        if self.block(self.function.body, state) is not None:
            self.returned((0, 0))

    def returned(self, value: Interval) -> None:
        old = self.facts.result
        self.facts.result = value if old is None else joined(old, value)

    def block(self, body: Iterable[tree.Statement], state: State | None) -> State | None:
        try:
            for node in body:
                if state is None:
                    return None
                self.facts.reached.add(node)
                state = self.statement(node, state)
        except Never:
            return None
        return state

    def statement(self, node: tree.Statement, state: State) -> State | None:
        match node:
            case tree.Assign(name, value):
                self.assign(name, self.value(value, state), state)
            case tree.Store(array, index, value):
                self.value(value, state)
                self.place(array, index, state)
            case tree.Update(array, index, total):
                self.place(array, index, state)
                self.facts.values[total.left] = self.arrays[array].bounds
                self.arithmetic(total, self.arrays[array].bounds, self.value(total.right, state))
            case tree.If(condition, then, otherwise):
                yes, no = self.branch(condition, state)
                return either(self.block(then, yes), self.block(otherwise, no))
            case tree.While():
                return self.loop(node, state)
            case tree.Break():
                self.loops[-1][0].append(state)
                return None
            case tree.Continue():
                self.loops[-1][1].append(state)
                return None
            case tree.Return(value):
                self.returned(self.value(value, state))
                return None
            case tree.Discard(value):
                self.value(value, state)
            case _:
                assert_never(node)
        return state

    def assign(self, name: str, value: Interval, state: State) -> None:
        state[name] = value
        old = self.facts.locals.get(name)
        self.facts.locals[name] = value if old is None else joined(old, value)

    def loop(self, node: tree.While, entry: State) -> State | None:
        """The state after a loop. A local that the loop never assigns is at its head what it is at its entry."""
        own = self.turned.setdefault(node, tree.assigned(node.body))
        old = self.heads.get(node)
        if not self.widening:
            head = entered(entry, self.backs.get(node), own)
            self.changed |= head != old
            self.heads[node] = head
            left, self.backs[node] = self.turn(node, head)
            return left
        head = dict(entry)
        if old is not None:
            head = {name: old[name] if name in own else held for name, held in entry.items() if name in old}
            head = head if holds(head, entry) else self.widened(node, head, entry)
        while True:
            left, back = self.turn(node, head)
            if back is None or holds(head, back):
                self.heads[node], self.backs[node] = head, back
                return left
            head = self.widened(node, head, back)

    def widened(self, node: tree.While, old: State, new: State) -> State:
        times = self.growths.setdefault(node, {})
        after = {}
        for name, held in old.items():
            if name not in new:
                continue
            grown = new[name]
            if not (held[0] <= grown[0] and grown[1] <= held[1]):
                time = times[name] = times.get(name, 0) + 1
                held = self.rests[name].grown(held, grown, time)
            after[name] = held
        return after

    def turn(self, node: tree.While, head: State) -> tuple[State | None, State | None]:
        """Once through a loop from the state at its head: the states after it, and back at its head."""
        try:
            inside, outside = self.branch(node.condition, head)
        except Never:
            return None, None
        self.loops.append(([], []))
        back = self.block(node.body, inside)
        breaks, continues = self.loops.pop()
        for state in breaks:
            outside = either(outside, state)
        for state in continues:
            back = either(back, state)
        return outside, back

    def branch(self, node: tree.Expression, state: State) -> tuple[State | None, State | None]:
        """The states in which the condition holds, and doesn't; None where that never happens."""
        match node:
            case tree.Not(operand):
                no, yes = self.branch(operand, state)
            case tree.Logic(every, operands):
                yes, no = self.logic(every, operands, state)
            case tree.Compare(comparison, left, right):
                here = dict(state)
                sides = self.value(left, here), self.value(right, here)
                yes = self.refined(comparison, left, right, sides, here)
                no = self.refined(OPPOSITE[comparison], left, right, sides, here)
            case _:
                here = dict(state)
                value = self.value(node, here)
                yes = self.refined("!=", node, ZERO, (value, (0, 0)), here)
                no = self.refined("==", node, ZERO, (value, (0, 0)), here)
        self.facts.values.setdefault(node, TRUTH)
        return yes, no

    def logic(
        self, every: bool, operands: Sequence[tree.Expression], state: State
    ) -> tuple[State | None, State | None]:
        known: State | None = None
        going: State | None = state
        for operand in operands:
            if going is None:
                break
            try:
                yes, no = self.branch(operand, going)
            except Never:
                yes = no = None
            known, going = (either(known, no), yes) if every else (either(known, yes), no)
        return (going, known) if every else (known, going)

    def refined(
        self,
        comparison: tree.Comparison,
        left: tree.Expression,
        right: tree.Expression,
        sides: tuple[Interval, Interval],
        state: State,
    ) -> State | None:
        left_after = compared(comparison, *sides)
        if left_after is None:
            return None
        after = dict(state)
        try:
            cut(left, left_after[0], after)
            cut(right, left_after[1], after)
        except Never:
            return None
        return after

    def value(self, node: tree.Expression, state: State) -> Interval:
        """What the expression can come to; `state` is cut to what must hold once it has been evaluated."""
        match node:
            case tree.Constant(number):
                result = (number, number)
            case tree.Local(name):
                result = state[name]
            case tree.Load(array, index):
                self.place(array, index, state)
                result = self.arrays[array].bounds
            case tree.Binary(_, left, right):
                return self.arithmetic(node, self.value(left, state), self.value(right, state))
            case tree.Compare() | tree.Not() | tree.Logic():
                yes, no = self.branch(node, state)
                become(state, either(yes, no))
                result = (int(no is None), int(yes is not None))
            case tree.Choice(condition, chosen, otherwise):
                result = self.choice(condition, chosen, otherwise, state)
            case tree.Call(function, arguments):
                result = self.call(function, [self.value(argument, state) for argument in arguments])
            case tree.Fits(operand, low, high):
                kept = met(self.value(operand, state), (low, high))
                if kept is None:
                    raise Never
                cut(operand, kept, state)
                result = kept
            case _:
                assert_never(node)
        self.facts.values[node] = result
        return result

    def arithmetic(self, node: tree.Binary, left: Interval, right: Interval) -> Interval:
        result = combined(node.operation, left, right)
        kept = None if result is None else met(result, WORD)
        if kept is None:
            raise Never
        self.facts.values[node] = kept
        return kept

    def place(self, array: str, index: tree.Expression, state: State) -> None:
        inside = met(self.value(index, state), (0, self.arrays[array].count - 1))
        if inside is None:
            raise Never
        cut(index, inside, state)

    def choice(
        self, condition: tree.Expression, chosen: tree.Expression, otherwise: tree.Expression, state: State
    ) -> Interval:
        after: State | None = None
        result: Interval | None = None
        for way, expression in zip(self.branch(condition, state), (chosen, otherwise), strict=True):
            if way is None:
                continue
            try:
                value = self.value(expression, way)
            except Never:
                continue
            result = value if result is None else joined(result, value)
            after = either(after, way)
        become(state, after)
        assert result is not None
        return result

    def call(self, function: str, arguments: list[Interval]) -> Interval:
        given = tuple(arguments)
        self.given[function] = joined_all(self.given[function], given) if function in self.given else given
        result = self.analysis.results[function]
        if result is None:
            raise Never
        return result
