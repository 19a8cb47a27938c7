"""The bytes of WebAssembly: numbers, instructions, sections.

Source: WebAssembly core specification 2.0, chapter 5 (binary format).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Literal

Width = Literal[32, 64]

I32, I64, NOTHING = 0x7F, 0x7E, 0x40
TYPES: dict[Width, int] = {32: I32, 64: I64}

UNREACHABLE, BLOCK, LOOP, IF, ELSE, END, BRANCH, BRANCH_IF, RETURN, CALL = 0, 2, 3, 4, 5, 0x0B, 0x0C, 0x0D, 0x0F, 0x10
DROP, SELECT, GET, SET, TEE = 0x1A, 0x1B, 0x20, 0x21, 0x22
WRAP, EXTEND_SIGNED, EXTEND_UNSIGNED = 0xA7, 0xAC, 0xAD

INSTRUCTIONS: dict[str, tuple[int, int]] = {  # at 32 and at 64 bits
    "const": (0x41, 0x42),
    "eqz": (0x45, 0x50),
    "==": (0x46, 0x51),
    "!=": (0x47, 0x52),
    "<": (0x48, 0x53),
    "<u": (0x49, 0x54),
    ">": (0x4A, 0x55),
    ">u": (0x4B, 0x56),
    "<=": (0x4C, 0x57),
    ">=": (0x4E, 0x59),
    ">=u": (0x4F, 0x5A),
    "+": (0x6A, 0x7C),
    "-": (0x6B, 0x7D),
    "*": (0x6C, 0x7E),
    "/": (0x6D, 0x7F),
    "/u": (0x6E, 0x80),
    "rem": (0x6F, 0x81),
    "rem u": (0x70, 0x82),
    "&": (0x71, 0x83),
    "|": (0x72, 0x84),
    "^": (0x73, 0x85),
    "<<": (0x74, 0x86),
    ">>": (0x75, 0x87),
    ">>u": (0x76, 0x88),
}
LOADS: dict[tuple[int, bool], tuple[int, int]] = {  # by bytes of an element and whether it's signed
    (1, True): (0x2C, 0x30),
    (1, False): (0x2D, 0x31),
    (2, True): (0x2E, 0x32),
    (2, False): (0x2F, 0x33),
    (4, True): (0x28, 0x34),
    (4, False): (0x28, 0x35),
    (8, True): (0x28, 0x29),  # at 32 bits its lower half, which is all of it where that is proved
}
STORES: dict[int, tuple[int, int]] = {1: (0x3A, 0x3C), 2: (0x3B, 0x3D), 4: (0x36, 0x3E), 8: (0x37, 0x37)}


SHORT = [bytes((number,)) for number in range(0x80)]


def unsigned(number: int) -> bytes:
    """LEB128 of a number that isn't negative."""
    if number < 0x80:
        return SHORT[number]
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


@cache
def signed(number: int) -> bytes:
    """LEB128 in two's complement."""
    out = bytearray()
    while not -64 <= number < 64:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number & 0x7F)
    return bytes(out)


def vector(items: Sequence[bytes]) -> bytes:
    return unsigned(len(items)) + b"".join(items)


def sized(content: bytes) -> bytes:
    return unsigned(len(content)) + content


def named(name: str) -> bytes:
    return sized(name.encode())


def function_type(parameters: Iterable[Width] = (), results: Iterable[Width] = ()) -> bytes:
    return b"\x60" + b"".join(sized(bytes(TYPES[width] for width in each)) for each in (parameters, results))


def module(types: Sequence[bytes], pages: int, exports: Sequence[tuple[str, int]], bodies: Sequence[bytes]) -> bytes:
    """A module with one type for each function and one memory of so many pages, which it exports as `memory`."""
    exported = [named("memory") + b"\x02\x00", *(named(name) + b"\x00" + unsigned(number) for name, number in exports)]
    sections = {
        1: vector(types),
        3: vector([unsigned(number) for number in range(len(types))]),
        5: vector([b"\x01" + unsigned(pages) + unsigned(pages)]),
        7: vector(exported),
        10: vector([sized(body) for body in bodies]),
    }
    return b"\0asm\x01\0\0\0" + b"".join(bytes((number,)) + sized(each) for number, each in sections.items())


GETS, SETS, TEES = ([bytes((kind, local)) for local in range(0x80)] for kind in (GET, SET, TEE))


class Code:
    """One function's instructions as they are written, with its locals and the blocks that are open.

    A label is the number of blocks that were open inside of it, itself included. Scratch locals are lent and given back.
    """

    def __init__(self, parameters: Sequence[Width]) -> None:
        self.bytes = bytearray()
        self.parameters = len(parameters)
        self.widths: list[Width] = list(parameters)
        self.open = 0
        self.free: dict[Width, list[int]] = {32: [], 64: []}

    def local(self, width: Width) -> int:
        self.widths.append(width)
        return len(self.widths) - 1

    def borrow(self, width: Width) -> int:
        return self.free[width].pop() if self.free[width] else self.local(width)

    def give_back(self, *locals_: int) -> None:
        for each in locals_:
            self.free[self.widths[each]].append(each)

    def raw(self, instruction: int) -> None:
        self.bytes.append(instruction)

    def do(self, instruction: str, width: Width) -> None:
        self.bytes.append(INSTRUCTIONS[instruction][width == 64])

    def constant(self, number: int, width: Width) -> None:
        """A number of so many bits, signed or not."""
        self.do("const", width)
        self.bytes += signed(number - (1 << width) if number >= 1 << (width - 1) else number)

    def get(self, local: int) -> None:
        self.bytes += GETS[local] if local < 0x80 else bytes((GET,)) + unsigned(local)

    def set(self, local: int) -> None:
        self.bytes += SETS[local] if local < 0x80 else bytes((SET,)) + unsigned(local)

    def tee(self, local: int) -> None:
        self.bytes += TEES[local] if local < 0x80 else bytes((TEE,)) + unsigned(local)

    def call(self, function: int) -> None:
        self.bytes.append(CALL)
        self.bytes += unsigned(function)

    def access(self, instruction: int, size: int, offset: int) -> None:
        """A load or store of `size` bytes at the address on the stack plus `offset`."""
        self.bytes.append(instruction)
        self.bytes += unsigned(size.bit_length() - 1) + unsigned(offset)

    def begin(self, kind: int, result: Width | None = None) -> int:
        self.bytes += bytes((kind, NOTHING if result is None else TYPES[result]))
        self.open += 1
        return self.open

    def otherwise(self) -> None:
        self.bytes.append(ELSE)

    def end(self) -> None:
        self.bytes.append(END)
        self.open -= 1

    def jump(self, label: int) -> None:
        self.bytes.append(BRANCH)
        self.bytes += unsigned(self.open - label)

    def jump_if(self, label: int) -> None:
        self.bytes.append(BRANCH_IF)
        self.bytes += unsigned(self.open - label)

    def body(self) -> bytes:
        own = [b"\x01" + bytes((TYPES[width],)) for width in self.widths[self.parameters :]]
        return vector(own) + bytes(self.bytes) + bytes((END,))
