"""Texts by chance: every statement and expression of a kernel, loops that a counter ends, arrays of every type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st

from guerdon.kernel.lowering.interval import WORD
from guerdon.kernel.lowering.memory import Array, Memory

MEMORY = Memory(
    [
        Array("a", "i64", 4),
        Array("b", "u8", 8, 0, 200),
        Array("c", "i32", 5, -1000, 1000),
        Array("d", "i16", 3),
        Array("e", "u32", 4),
        Array("n", "i64", 6, 0, 6),
        Array("s", "i8", 7),
        Array("t", "u16", 2, 5, 60000),
    ]
)
BOUNDS = [(0, 6), (-5, 5), (0, 100), (-(1 << 20), 1 << 20), (-(1 << 31), (1 << 31) - 1), (0, 1 << 40), WORD]
EDGES = [
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    100,
    -1,
    -2,
    -3,
    -8,
    255,
    256,
    1000,
    65536,
    (1 << 31) - 1,
    1 << 31,
    -(1 << 31),
    1 << 33,
]
FAR = [(1 << 53) + 1, (1 << 62), WORD[0], WORD[1], -(1 << 40)]
LOCALS = ["p", "q", "r"]


class Program(NamedTuple):
    """A text whose function `f` is called, the bounds of its parameters, arguments in them, and what the arrays hold."""

    text: str
    bounds: dict[str, dict[str, tuple[int, int]]]
    arguments: list[int]
    numbers: dict[str, list[int]]


class Writer:
    """Draws one function's text."""

    def __init__(self, draw: Callable[..., Any], parameters: list[str], called: list[tuple[str, int]]) -> None:
        self.draw = draw
        self.names = [*parameters, *LOCALS]
        self.called = called
        self.loops = 0
        self.open: list[str] = []

    def pick(self, items):
        return self.draw(st.sampled_from(items))

    def chance(self, out_of: int) -> bool:
        return bool(self.draw(st.integers(1, out_of)) == out_of)

    def constant(self) -> str:
        return str(self.pick(EDGES[: 12 if self.chance(2) else None] if not self.chance(30) else FAR))

    def expression(self, depth: int) -> str:
        if depth <= 0:
            return self.constant() if self.chance(3) else str(self.pick([*self.names, *self.open]))
        inner = depth - 1
        kind = self.draw(st.integers(0, 13))
        if kind <= 3:
            return f"({self.expression(inner)} {self.pick(['+', '-', '*'])} {self.expression(inner)})"
        if kind == 4:
            divisor = self.expression(inner)
            divisor = divisor if self.chance(10) else f"({divisor} | 1)"
            return f"({self.expression(inner)} {self.pick(['//', '%'])} {divisor})"
        if kind == 5:
            return f"({self.expression(inner)} {self.pick(['//', '%'])} {self.constant()})"
        if kind == 6:
            return f"({self.expression(inner)} {self.pick(['&', '|', '^'])} {self.expression(inner)})"
        if kind == 7:
            return f"({self.expression(inner)} {self.pick(['<<', '>>'])} {self.pick([0, 1, 1, 2, 3, 3] if self.chance(2) else [16, 31, 32, 40, 63])})"
        if kind == 8:
            return self.load(inner)
        if kind == 9:
            chosen, other = self.expression(inner), self.expression(inner)
            return f"({chosen} if {self.condition(inner)} else {other})"
        if kind == 10:
            return self.condition(inner)
        if kind == 11 and self.called:
            name, arity = self.pick(self.called)
            return f"{name}({', '.join(self.expression(inner) for _ in range(arity))})"
        if kind == 12:
            if not self.chance(4):
                return f"fits({self.expression(inner)} % 100, 0, {self.pick([99, 99, 100, 98])})"
            low = self.pick([-1000, -1, 0, WORD[0]])
            return f"fits({self.expression(inner)}, {low}, {self.pick([100, 1000, 1 << 40, WORD[1]])})"
        return f"(-{self.expression(inner)})"

    def condition(self, depth: int) -> str:
        kind = self.draw(st.integers(0, 6)) if depth > 0 else 0
        if kind <= 2:
            sign = self.pick(["<", "<=", "==", "!=", ">", ">="])
            return f"({self.expression(depth - 1)} {sign} {self.expression(depth - 1)})"
        if kind == 3:
            return f"(not {self.condition(depth - 1)})"
        if kind <= 5:
            parts = [self.condition(depth - 1) for _ in range(self.draw(st.integers(2, 3)))]
            return "(" + str(self.pick([" and ", " or "])).join(parts) + ")"
        return self.expression(depth - 1)

    def place(self, depth: int) -> str:
        array = self.pick(list(MEMORY.arrays.values()))
        if self.chance(30):
            return f"{array.name}[{self.expression(depth)}]"
        if self.chance(3):
            return f"{array.name}[{self.draw(st.integers(0, array.count - 1))}]"
        return f"{array.name}[{self.expression(depth)} % {array.count}]"

    def load(self, depth: int) -> str:
        return self.place(depth)

    def block(self, depth: int, indent: str) -> list[str]:
        lines: list[str] = []
        for _ in range(self.draw(st.integers(1, 4))):
            lines += self.statement(depth, indent)
        return lines

    def statement(self, depth: int, indent: str) -> list[str]:
        kind = self.draw(st.integers(0, 11))
        if kind <= 2 or (depth <= 0 and kind <= 8):
            return [f"{indent}{self.pick(self.names)} = {self.expression(3)}"]
        if kind == 3:
            sign = self.pick(["+", "-", "*", "//", "%", "&", "|", "^"])
            return [f"{indent}{self.pick(self.names)} {sign}= {self.expression(2)}"]
        if kind == 4:
            return [f"{indent}{self.stored()}"]
        if kind == 5:
            return [f"{indent}{self.updated()}"]
        if kind <= 7:
            return self.choice(depth, indent)
        if kind == 8:
            return self.loop(depth, indent)
        if kind == 9 and self.open:
            return [f"{indent}if {self.condition(2)}:", f"{indent}    {self.pick(['break', 'continue'])}"]
        if kind == 10:
            return [f"{indent}if {self.condition(2)}:", f"{indent}    return {self.expression(2)}"]
        return [
            f"{indent}fits({self.pick(self.names)}, {self.pick([-(1 << 40), WORD[0], WORD[0]])}, {self.pick([1 << 33, WORD[1], WORD[1]])})"
        ]

    def stored(self) -> str:
        place = self.place(1)
        low, high = MEMORY.arrays[place[0]].bounds
        if high - low >= 1 << 32 or self.chance(12):
            return f"{place} = {self.expression(2)}"
        return f"{place} = {low} + {self.expression(2)} % {high - low + 1}"

    def updated(self) -> str:
        place = self.place(1)
        low, high = MEMORY.arrays[place[0]].bounds
        if high - low >= 1 << 32 or self.chance(12):
            return f"{place} {self.pick(['+', '-', '|', '//', '%'])}= {self.expression(2)}"
        return f"{place} {self.pick(['&', '|', '^', '%'])}= {1 if low <= 0 else 65535}"

    def choice(self, depth: int, indent: str) -> list[str]:
        lines = [f"{indent}if {self.condition(2)}:", *self.block(depth - 1, indent + "    ")]
        if self.chance(3):
            lines += [f"{indent}elif {self.condition(2)}:", *self.block(depth - 1, indent + "    ")]
        if self.chance(2):
            lines += [f"{indent}else:", *self.block(depth - 1, indent + "    ")]
        return lines

    def loop(self, depth: int, indent: str) -> list[str]:
        self.loops += 1
        counter = f"k{self.loops}"
        most = self.pick(["3", "5", f"n[{self.draw(st.integers(0, 5))}]"])
        also = f" and {self.condition(2)}" if self.chance(3) else ""
        self.open.append(counter)
        lines = [f"{indent}{counter} = 0", f"{indent}while {counter} < {most}{also}:", f"{indent}    {counter} += 1"]
        lines += self.block(depth - 1, indent + "    ")
        self.open.pop()
        return lines

    def function(self, name: str, parameters: list[str], depth: int) -> str:
        lines = [f"def {name}({', '.join(parameters)}):", *(f"    {local} = {self.constant()}" for local in LOCALS)]
        lines += self.block(depth, "    ")
        return "\n".join([*lines, f"    return {self.expression(2)}"]) + "\n"


@st.composite
def programs(draw) -> Program:
    texts = [Writer(draw, ["x", "y"], [("g", 2)]).function("f", ["x", "y"], 3)]
    texts.append(Writer(draw, ["u", "v"], []).function("g", ["u", "v"], 1))
    bounds = {name: draw(st.sampled_from(BOUNDS)) for name in ("x", "y")}
    arguments = [inside(draw, *bounds[name]) for name in ("x", "y")]
    numbers = {name: [inside(draw, *array.bounds) for _ in range(array.count)] for name, array in MEMORY.arrays.items()}
    return Program("\n".join(texts), {"f": bounds}, arguments, numbers)


def inside(draw, low: int, high: int) -> int:
    near = {low, high, *(edge for edge in (0, 1, 2, 3, 5, -1, 100) if low <= edge <= high)}
    return int(draw(st.one_of(st.sampled_from(sorted(near)), st.integers(low, high))))
