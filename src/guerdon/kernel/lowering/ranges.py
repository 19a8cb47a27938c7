"""What every expression of a kernel can come to, proved: intervals, from the bounds of parameters and arrays.

An expression that leaves 64 bits is trapped when it runs, so after it the interval is cut to a word; so is an index cut to
its array, and a promise to what it says. Loops: the state at a loop's head is widened to thresholds until nothing changes,
then taken back (`narrowed`) for as long as that helps; the last pass is the one whose facts are kept. Calls: one interval for
each parameter from all places that call, one for each result.

INVARIANT: what is passed on is never less than what can happen. While widening, states only grow until they hold; while
narrowing, each is made from one that holds, so it holds too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import assert_never

from guerdon.kernel.lowering import tree
from guerdon.kernel.lowering.interval import WORD, Interval, joined
from guerdon.kernel.lowering.memory import Memory
from guerdon.kernel.lowering.states import UNSET, Bounds, Never, State, either, joined_all
from guerdon.kernel.lowering.thresholds import ANY, thresholds
from guerdon.kernel.lowering.values import Value, Values

ROUNDS_BEFORE_WIDENING = 3
NARROWINGS = 4

Step = Callable[[State], State | None]
"""From the state before a statement to the one after it; None where that is never reached."""

Steps = Callable[[State | None], State | None]


@dataclass(slots=True)
class Facts:
    """What is proved of one function; an expression or statement that isn't in it is never reached.

    Shape: `values`: where an expression may leave 64 bits it's what is left after the trap. `locals`: all that is ever
    assigned to a local. `parameters` and `result`: None for a function that is never called, or never returns.
    """

    values: dict[tree.Expression, Interval]
    reached: set[tree.Statement]
    locals: dict[str, Interval]
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
        found = {name: run.facts for name, run in self.passes.items()}
        for run in self.passes.values():
            run.forget()
        return found

    def round(self, number: int) -> bool:
        """Whether anything grew."""
        grew, called_ones = False, {called for each in self.module.functions.values() for called in each.calls}
        for name, run in self.passes.items():
            own = self.parameters[name]
            if own is None:
                continue
            run.run(own, widening=True)
            for called, given in run.given.items():
                grew |= self.grow_parameters(called, given, number)
            grew |= self.grow_result(name, run.facts.result, number) and name in called_ones
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
        self.function = function
        self.results = analysis.results
        self.made = Values(function, analysis.memory.arrays, self.call)
        self.names = [*self.made.slots]
        rests = thresholds(function, analysis.memory, analysis.bounds.get(function.name, {}))
        self.rests = [rests[name] for name in self.names]
        self.loops: list[tuple[list[State], list[State]]] = []  # of each open loop: states that leave it, that go on
        self.given: dict[str, tuple[Interval, ...]] = {}
        self.reached: set[tree.Statement] = set()
        self.assigned: list[Interval] = []
        self.result: Interval | None = None
        self.widening = True
        self.changed = False
        self.whole = self.block(function.body)
        self.facts = Facts({}, set(), {}, None, None)

    def run(self, parameters: tuple[Interval, ...], widening: bool) -> None:
        self.widening, self.changed = widening, False
        state = [*parameters, *([UNSET] * (len(self.names) - len(parameters)))]
        self.given, self.result = {}, None
        self.made.known.clear()
        self.made.known.update(self.made.constants)
        self.reached.clear()
        self.assigned[:] = state
        if self.whole(state) is not None:
            self.returned((0, 0))
        found = {name: held for name, held in zip(self.names, self.assigned, strict=True) if held is not UNSET}
        self.facts = Facts(self.made.known, self.reached, found, parameters, self.result)

    def forget(self) -> None:
        """Lets go of what was made, which knows the pass: such circles cost the collector more than making them did."""
        del self.whole, self.made

    def returned(self, value: Interval) -> None:
        self.result = value if self.result is None else joined(self.result, value)

    def call(self, function: str, given: tuple[Interval, ...]) -> Interval:
        self.given[function] = joined_all(self.given[function], given) if function in self.given else given
        result = self.results[function]
        if result is None:
            raise Never
        return result

    def block(self, body: Iterable[tree.Statement]) -> Steps:
        steps, reached = [(node, self.statement(node)) for node in body], self.reached

        def run(state: State | None) -> State | None:
            try:
                for node, step in steps:
                    if state is None:
                        return None
                    reached.add(node)
                    state = step(state)
            except Never:
                return None
            return state

        return run

    def statement(self, node: tree.Statement) -> Step:
        made = self.made
        match node:
            case tree.Assign(name, value):
                return self.assign(made.slots[name], made.value(value), isinstance(value, tree.Constant))
            case tree.Store(array, index, value):
                constant = isinstance(index, tree.Constant) and 0 <= index.value < made.places[array][1]
                place = made.place(array, index)
                return both(made.value(value), None if constant else place)
            case tree.Update(array, index, total):
                made.constants[total.left] = bounds = made.places[array][0]
                sum_ = made.binary(total, lambda state: bounds, made.value(total.right))
                return both(made.place(array, index), sum_)
            case tree.If():
                return self.choose(node)
            case tree.While():
                return Loop(self, node).run
            case tree.Break():
                return lambda state: self.loops[-1][0].append(state)
            case tree.Continue():
                return lambda state: self.loops[-1][1].append(state)
            case tree.Return(value):
                result = made.value(value)
                return lambda state: self.returned(result(state))
            case tree.Discard(value):
                return both(made.value(value), None)
            case _:
                assert_never(node)

    def assign(self, slot: int, value: Value, constant: bool) -> Step:
        self.made.touched.add(slot)
        assigned = self.assigned
        only = value([]) if constant else UNSET

        def run(state: State) -> State:
            new = state[slot] = only if constant else value(state)
            old = assigned[slot]
            if old is UNSET:
                assigned[slot] = new
            elif new[0] < old[0] or new[1] > old[1]:
                assigned[slot] = joined(old, new)
            return state

        return run

    def choose(self, node: tree.If) -> Step:
        with self.made.touching() as touched:
            condition = self.made.condition(node.condition)
            then, otherwise = self.block(node.then), self.block(node.otherwise)

        def run(state: State) -> State | None:
            yes, no = condition(state)
            return either(then(yes), otherwise(no), touched)

        return run


def both(one: Value, other: Value | None) -> Step:
    """What evaluates both, or the one that there is."""

    def first(state: State) -> State:
        one(state)
        return state

    def run(state: State) -> State:
        one(state)
        second(state)
        return state

    if other is None:
        return first
    second = other
    return run


class Loop:
    """A loop, and what is known of its head.

    Shape: `own`: the locals that it assigns; every other is at its head what it is at its entry.
    """

    def __init__(self, within: Pass, node: tree.While) -> None:
        self.within = within
        self.head: State | None = None
        self.back: State | None = None
        self.growths: dict[int, int] = {}  # how often each local grew
        self.own = sorted(within.made.slots[name] for name in tree.assigned(node.body))
        with within.made.touching() as self.touched:
            self.condition = within.made.condition(node.condition)
            self.body = within.block(node.body)

    def run(self, entry: State) -> State | None:
        """The state after the loop."""
        if not self.within.widening:
            head = self.entered(entry)
            self.within.changed |= head != self.head
            self.head = head
            left, self.back = self.turn(head)
            return left
        head = entry if self.head is None else self.widened(entry, self.head, entry)
        while True:
            left, back = self.turn(head)
            if back is None or self.holds(head, back):
                self.head, self.back = head, back
                return left
            head = self.widened(head, head, back)

    def entered(self, entry: State) -> State:
        """The state at the head, of those at the entry and at the end of a turn."""
        return either(entry.copy(), self.back, self.own) or entry

    def holds(self, head: State, back: State) -> bool:
        """Whether all of `back` is in `head` already."""
        for local in self.own:
            held, new = head[local], back[local]
            if held is not new and held is not UNSET and (new is UNSET or new[0] < held[0] or held[1] < new[1]):
                return False
        return True

    def widened(self, state: State, old: State, new: State) -> State:
        """`state`, with all that the loop assigns as it was, or grown where that is not enough."""
        state = state.copy()
        for local in self.own:
            held, grown = old[local], new[local]
            if held is UNSET or grown is UNSET:
                held = UNSET
            elif grown[0] < held[0] or held[1] < grown[1]:
                time = self.growths[local] = self.growths.get(local, 0) + 1
                held = self.within.rests[local].grown(held, grown, time)
            state[local] = held
        return state

    def turn(self, head: State) -> tuple[State | None, State | None]:
        """Once through from the state at the head: the states after the loop, and back at its head."""
        try:
            inside, outside = self.condition(head.copy())
        except Never:
            return None, None
        breaks: list[State] = []
        continues: list[State] = []
        self.within.loops.append((breaks, continues))
        back = self.body(inside)
        self.within.loops.pop()
        for state in breaks:
            outside = either(outside, state, self.touched)
        for state in continues:
            back = either(back, state, self.touched)
        return outside, back
