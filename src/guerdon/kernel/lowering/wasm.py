"""A kernel's text as a module of WebAssembly: arrays at fixed places of one memory, functions of integers."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import NamedTuple, assert_never

from guerdon.kernel.lowering import encoding, operations, tree
from guerdon.kernel.lowering.carried import in_memory
from guerdon.kernel.lowering.encoding import Code, Width
from guerdon.kernel.lowering.expressions import Expressions, Signatures, width_of
from guerdon.kernel.lowering.interval import HALF, WORD, within
from guerdon.kernel.lowering.memory import CARRIED, PASSED, Array, Memory
from guerdon.kernel.lowering.python import expression
from guerdon.kernel.lowering.ranges import Facts, facts
from guerdon.kernel.lowering.states import Bounds
from guerdon.kernel.lowering.text import parse

SHORT = 24
"""A loop's condition of so many instructions at most is written twice: before the loop, and at the end of each turn."""


class Lowered(NamedTuple):
    """A module's bytes, and what is looked at as it runs because it isn't proved, in the text's words and order."""

    code: bytes
    unproved: tuple[str, ...]


def lowered(text: str, memory: Memory, bounds: Bounds, checked: bool = False) -> Lowered:
    """A module that exports `memory` and the functions of `bounds`.

    Units: the same text, memory and bounds give the same bytes, on every machine. With `checked` the proofs about indexes
    are not believed: each is looked at when it runs.
    Errors: ValueError for what isn't in the language, and for bounds of what isn't in the text.
    """
    with uncollected():
        return module_of(parse(text, memory.arrays), memory, bounds, checked)


@contextmanager
def uncollected() -> Iterator[None]:
    """Nobody looks for garbage meanwhile: what is made stands until the end, and looking through it took a tenth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def module_of(module: tree.Module, memory: Memory, bounds: Bounds, checked: bool) -> Lowered:
    known = facts(module, memory, bounds)
    signatures = Signatures(module, known)
    types: list[bytes] = []
    bodies: list[bytes] = []
    unproved: list[str] = []
    places = iter(range(memory.carried, memory.carried + CARRIED, 8))  # functions don't call themselves: one for each
    for name, function in module.functions.items():
        statements = Statements(function, known[name], memory, signatures, checked)
        statements.carry(places)
        types.append(encoding.function_type(signatures.parameters[name], [signatures.results[name]]))
        bodies.append(statements.body())
        unproved += map(expression, statements.unproved)
    if signatures.multiplies:
        types.append(encoding.function_type([64, 64], [64]))
        bodies.append(operations.multiplication())
    exports = [(name, len(bodies) + number) for number, name in enumerate(bounds)]
    types += [encoding.function_type()] * len(bounds)
    bodies += [entry(signatures, name) for name in bounds]
    return Lowered(encoding.module(types, memory.pages, exports, bodies), tuple(dict.fromkeys(unproved)))


def entry(signatures: Signatures, name: str) -> bytes:
    """A function without parameters or result, which are in memory instead: each that is passed costs the caller 30 us.

    Errors: ValueError for more parameters than can be passed.
    """
    parameters = signatures.parameters[name]
    if 8 * len(parameters) > PASSED:
        raise ValueError(f"{name} has {len(parameters)} parameters; from outside it can be called with {PASSED // 8}")
    code = Code([])
    code.constant(0, 32)
    for number, width in enumerate(parameters):
        code.constant(0, 32)
        code.access(encoding.LOADS[8, True][width == 64], width // 8, 8 * number)
    code.call(signatures.numbers[name])
    operations.converted(code, signatures.results[name], 64, WORD)
    code.access(encoding.STORES[8][1], 8, 0)
    return code.body()


class Statements(Expressions):
    """Writes one function.

    Shape: all of it lies in a block, to whose end everything leads that isn't proved: there it traps. So a check is one
    jump that is never taken.
    """

    def __init__(
        self, function: tree.Function, known: Facts, memory: Memory, signatures: Signatures, every_index: bool
    ) -> None:
        super().__init__(Code(signatures.parameters[function.name]), known, memory, signatures, every_index)
        self.function = function
        self.known = known
        self.result = signatures.results[function.name]
        self.loops: list[tuple[int, int]] = []  # of each open loop: the labels of `break` and `continue`
        for number, name in enumerate(function.parameters):
            self.locals[name] = number
        for name, value in known.locals.items():
            width = width_of(value)
            if name not in self.locals or width > self.code.widths[self.locals[name]]:
                self.locals[name] = self.code.local(width)

    def carry(self, places: Iterator[int]) -> None:
        """Has some locals lie in memory, as long as there are places."""
        wanted = [name for name in in_memory(self.function) if name in self.known.locals]
        for name, place in zip(wanted, places, strict=False):
            self.carried[name] = place, width_of(self.known.locals[name])

    def body(self) -> bytes:
        code = self.code
        for number, name in enumerate(self.function.parameters):
            if self.locals.get(name, number) != number:
                code.get(number)
                operations.converted(code, 32, 64, self.known.parameters[number] if self.known.parameters else WORD)
                code.set(self.locals[name])
        self.trap = code.begin(encoding.BLOCK)
        if self.known.parameters is None:
            code.raw(encoding.UNREACHABLE)
        else:
            self.block(self.function.body)
        code.constant(0, self.result)
        code.raw(encoding.RETURN)
        code.end()
        code.raw(encoding.UNREACHABLE)
        return code.body()

    def block(self, body: Iterable[tree.Statement]) -> None:
        divided = False
        for node, after in pairwise((*body, None)):
            if divided or node is None:
                divided = False
                continue
            if node not in self.known.reached:
                self.code.raw(encoding.UNREACHABLE)
                return
            divided = isinstance(after, tree.Assign) and self.quotient_and_remainder(node, after)
            if not divided:
                self.statement(node)

    def quotient_and_remainder(self, node: tree.Statement, after: tree.Assign) -> bool:
        """Whether the statements are `q = x // y` and `r = x % y`, which it then wrote with one division."""
        match node, after:
            case (
                tree.Assign(name, tree.Binary("//", left, right) as quotient),
                tree.Assign(rest, tree.Binary("%", other_left, other_right) as remainder),
            ) if alike(left, other_left, name) and alike(right, other_right, name):
                pass
            case _:
                return False
        if remainder not in self.values or (isinstance(right, tree.Constant) and right.value & (right.value - 1) == 0):
            return False
        code = self.code
        width = max(self.width(quotient), self.width(left), self.width(right))
        held = code.borrow(width)
        self.binary(quotient, width)
        code.tee(held)
        self.assigned(name, quotient, width)
        self.emit(left, width)
        code.get(held)
        self.emit(right, width)
        code.do("*", width)
        code.do("-", width)
        self.assigned(rest, remainder, width)
        code.give_back(held)
        return True

    def assigned(self, name: str, value: tree.Expression, width: Width) -> None:
        """Takes the value, of that width, off the stack."""
        code = self.code
        if name not in self.carried:
            local = self.locals[name]
            operations.converted(code, width, code.widths[local], self.values[value])
            code.set(local)
            return
        place, own = self.carried[name]
        operations.converted(code, width, own, self.values[value])
        held = code.borrow(own)
        code.set(held)
        code.constant(0, 32)
        code.get(held)
        code.access(encoding.STORES[own // 8][own == 64], own // 8, place)
        code.give_back(held)

    def statement(self, node: tree.Statement) -> None:
        code = self.code
        match node:
            case tree.Assign(name, value) if name in self.carried:
                place, width = self.carried[name]
                code.constant(0, 32)
                self.emit(value, width)
                code.access(encoding.STORES[width // 8][width == 64], width // 8, place)
            case tree.Assign(name, value):
                local = self.locals.get(name)
                self.emit(value, 64 if local is None else code.widths[local])
                if local is None:  # the value is never reached, and the local has no place
                    code.raw(encoding.DROP)
                else:
                    code.set(local)
            case tree.Store(array, index, value):
                self.store(self.memory.arrays[array], index, value)
            case tree.Update(array, index, total):
                self.update(self.memory.arrays[array], index, total)
            case tree.If(condition, then, otherwise):
                self.choose(condition, then, otherwise)
            case tree.While(condition, body):
                self.loop(condition, body)
            case tree.Break():
                code.jump(self.loops[-1][0])
            case tree.Continue():
                code.jump(self.loops[-1][1])
            case tree.Return(value):
                self.emit(value, self.result)
                code.raw(encoding.RETURN)
            case tree.Discard(value):
                self.emit(value, self.width(value))
                code.raw(encoding.DROP)
            case _:
                assert_never(node)

    def store(self, array: Array, index: tree.Expression, value: tree.Expression) -> None:
        """As in Python the value comes first, where what is called for one could change the other."""
        code, width = self.code, self.stored_width(array, value)
        first = calls(value) or calls(index)
        held = code.borrow(width) if first else 0
        if first:
            self.stored(array, value, width)
            code.set(held)
        offset = self.address(array, index)
        if first:
            code.get(held)
            code.give_back(held)
        else:
            self.stored(array, value, width)
        code.access(encoding.STORES[array.layout.size][width == 64], array.layout.size, offset)

    def stored_width(self, array: Array, value: tree.Expression) -> Width:
        return 64 if array.layout.size == 8 else self.width(value)

    def stored(self, array: Array, value: tree.Expression, width: Width) -> None:
        """Leaves what is stored; traps unless the array's bounds hold it."""
        bounds = array.bounds
        never = bounds[0] > HALF[1] or bounds[1] < HALF[0]
        own: Width = 64 if never else self.width(value)
        self.emit(value, own)
        known = self.values.get(value, WORD)
        if not within(known, bounds):
            self.unproved.append(value)
        operations.kept(self.code, self.trap, known, bounds, own)
        operations.converted(self.code, own, width, bounds if bounds[0] >= 0 else known)

    def update(self, array: Array, index: tree.Expression, total: tree.Binary) -> None:
        code, width = self.code, self.stored_width(array, total)
        held = code.borrow(32)
        offset = self.address(array, index)
        code.tee(held)
        self.places[total.left] = (held, offset)
        self.stored(array, total, width)
        code.access(encoding.STORES[array.layout.size][width == 64], array.layout.size, offset)
        code.give_back(held)

    def choose(
        self, condition: tree.Expression, then: tuple[tree.Statement, ...], otherwise: tuple[tree.Statement, ...]
    ) -> None:
        code = self.code
        if not isinstance(condition, tree.Logic):
            self.truth(condition, exact=False)
            code.begin(encoding.IF)
            self.block(then)
            if otherwise:
                code.otherwise()
                self.block(otherwise)
            code.end()
            return
        end = code.begin(encoding.BLOCK)
        other = code.begin(encoding.BLOCK) if otherwise else end
        self.jump(condition, other, when=False)
        self.block(then)
        if otherwise:
            code.jump(end)
            code.end()
            self.block(otherwise)
        code.end()

    def loop(self, condition: tree.Expression, body: tuple[tree.Statement, ...]) -> None:
        """The condition at the end of each turn, if it's short: one jump for each turn instead of two."""
        code = self.code
        turned = size(condition) <= SHORT and not isinstance(condition, tree.Constant)
        end = code.begin(encoding.BLOCK)
        if turned:
            self.jump(condition, end, when=False)
        top = code.begin(encoding.LOOP)
        if turned:
            again = code.begin(encoding.BLOCK)
        else:
            again = top
            self.jump(condition, end, when=False)
        self.loops.append((end, again))
        self.block(body)
        self.loops.pop()
        if turned:
            code.end()
            self.jump(condition, top, when=True)
        else:
            code.jump(top)
        code.end()
        code.end()


def alike(one: tree.Expression, other: tree.Expression, changed: str) -> bool:
    """Whether both are the same local, other than the changed one, or the same constant."""
    match one, other:
        case tree.Local(name), tree.Local(same):
            return name == same != changed
        case tree.Constant(value), tree.Constant(number):
            return value == number
    return False


def size(node: tree.Expression) -> int:
    return 1 + sum(size(inner) for inner in tree.inner(node))


def calls(node: tree.Expression) -> bool:
    return isinstance(node, tree.Call) or any(calls(inner) for inner in tree.inner(node))
