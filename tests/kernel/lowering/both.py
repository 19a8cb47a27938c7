"""Runs a text by both lowerings and compares; says independently whether anything left its bounds on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from guerdon.kernel.lowering import tree
from guerdon.kernel.lowering.interval import WORD
from guerdon.kernel.lowering.memory import Array, Memory
from guerdon.kernel.lowering.run import PythonKernel, Unproved, WasmKernel
from guerdon.kernel.lowering.text import parse

Numbers = Mapping[str, Sequence[int]]
NOTHING: Numbers = MappingProxyType({})
MIDDLE = (-(1 << 40), 1 << 40)


@dataclass(frozen=True)
class Answer:
    """What a call gave and left in the arrays; `value` None: it raised or trapped."""

    value: int | None
    arrays: dict[str, list[int]] = field(default_factory=dict)


def by_python(text: str, memory: Memory, function: str, arguments: Sequence[int], numbers: Numbers = NOTHING) -> Answer:
    kernel = PythonKernel(text, memory)
    fill(kernel.views, numbers)
    try:
        value = kernel.call(function, *arguments)
    except (ZeroDivisionError, IndexError):
        return Answer(None)
    return Answer(value, {name: list(view) for name, view in kernel.views.items()})


def by_wasm(
    text: str,
    memory: Memory,
    bounds: Mapping[str, Mapping[str, tuple[int, int]]],
    function: str,
    arguments: Sequence[int],
    numbers: Numbers = NOTHING,
    checked: bool = False,
) -> Answer:
    kernel = WasmKernel(text, memory, bounds, checked=checked)
    fill(kernel.views, numbers)
    try:
        value = kernel.call(function, *arguments)
    except Unproved:
        return Answer(None)
    return Answer(value, {name: list(view) for name, view in kernel.views.items()})


def fill(views, numbers: Numbers) -> None:
    for name, values in numbers.items():
        for place, value in enumerate(values):
            views[name][place] = value


def evaluate(expression: str, bounds: tuple[int, int] = MIDDLE, **values: int) -> tuple[int | None, int | None]:
    """An expression over parameters, by both."""
    text = f"def f({', '.join(values)}):\n    return {expression}\n"
    memory = Memory([Array("a", "i64", 4)])
    arguments = list(values.values())
    declared = {"f": dict.fromkeys(values, bounds)}
    return by_python(text, memory, "f", arguments).value, by_wasm(text, memory, declared, "f", arguments).value


class Left(Exception):
    """Something is outside of 64 bits, of an array or of what was declared."""


class Watched:
    """Runs the tree over Python's integers and raises `Left` as soon as WebAssembly may trap."""

    def __init__(self, text: str, memory: Memory, numbers: Numbers = NOTHING) -> None:
        self.module = parse(text, memory.arrays)
        self.memory = memory
        self.arrays = {name: [0] * array.count for name, array in memory.arrays.items()}
        fill(self.arrays, numbers)

    def call(self, function: str, *arguments: int) -> int:
        called = self.module.functions[function]
        state = dict(zip(called.parameters, arguments, strict=True))
        end = self.block(called.body, state)
        return end if isinstance(end, int) else 0

    def block(self, body: Sequence[tree.Statement], state: dict[str, int]) -> int | tree.Statement | None:
        for node in body:
            end = self.statement(node, state)
            if end is not None:
                return end
        return None

    def statement(self, node: tree.Statement, state: dict[str, int]) -> int | tree.Statement | None:
        match node:
            case tree.Assign(name, value):
                state[name] = self.value(value, state)
            case tree.Store(array, index, value):
                number = self.value(value, state)
                self.write(array, self.place(array, index, state), number)
            case tree.Update(array, index, total):
                place = self.place(array, index, state)
                right = self.value(total.right, {**state, "left of it": 0})
                self.write(array, place, self.operate(total, self.arrays[array][place], right))
            case tree.If(condition, then, otherwise):
                return self.block(then if self.value(condition, state) else otherwise, state)
            case tree.While(condition, body):
                while self.value(condition, state):
                    end = self.block(body, state)
                    if isinstance(end, tree.Break):
                        break
                    if isinstance(end, int):
                        return end
            case tree.Break() | tree.Continue():
                return node
            case tree.Return(value):
                return self.value(value, state)
            case tree.Discard(value):
                self.value(value, state)
        return None

    def write(self, array: str, place: int, number: int) -> None:
        low, high = self.memory.arrays[array].bounds
        self.keep(number, low, high)
        self.arrays[array][place] = number

    def keep(self, number: int, low: int, high: int) -> int:
        if not low <= number <= high:
            raise Left
        return number

    def place(self, array: str, index: tree.Expression, state: dict[str, int]) -> int:
        return self.keep(self.value(index, state), 0, self.memory.arrays[array].count - 1)

    def value(self, node: tree.Expression, state: dict[str, int]) -> int:
        match node:
            case tree.Constant(value):
                return value
            case tree.Local(name):
                return state[name]
            case tree.Load(array, index):
                return self.arrays[array][self.place(array, index, state)]
            case tree.Binary(_, left, right):
                return self.operate(node, self.value(left, state), self.value(right, state))
            case tree.Compare(comparison, left, right):
                return int(
                    eval(f"one {comparison} other", {"one": self.value(left, state), "other": self.value(right, state)})
                )
            case tree.Not(operand):
                return int(not self.value(operand, state))
            case tree.Logic(True, operands):
                return int(all(self.value(operand, state) for operand in operands))
            case tree.Logic(_, operands):
                return int(any(self.value(operand, state) for operand in operands))
            case tree.Choice(condition, chosen, otherwise):
                return self.value(chosen if self.value(condition, state) else otherwise, state)
            case tree.Call(function, arguments):
                return self.call(function, *[self.value(argument, state) for argument in arguments])
            case tree.Fits(operand, low, high):
                return self.keep(self.value(operand, state), low, high)

    def operate(self, node: tree.Binary, left: int, right: int) -> int:
        if node.operation in ("//", "%") and right == 0:
            raise Left
        return self.keep(eval(f"({left}) {node.operation} ({right})"), *WORD)
