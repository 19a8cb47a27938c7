"""Arrays of integers and where they lie in one linear memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

Type = Literal["i8", "u8", "i16", "u16", "i32", "u32", "i64"]
Letter = Literal["b", "B", "h", "H", "i", "I", "q"]


class Layout(NamedTuple):
    """A type of elements: bytes, whether below zero, and the letter that `memoryview.cast` knows it by."""

    size: int
    signed: bool
    letter: Letter


LAYOUTS: dict[str, Layout] = {
    "i8": Layout(1, True, "b"),
    "u8": Layout(1, False, "B"),
    "i16": Layout(2, True, "h"),
    "u16": Layout(2, False, "H"),
    "i32": Layout(4, True, "i"),
    "u32": Layout(4, False, "I"),
    "i64": Layout(8, True, "q"),
}
ALIGNMENT = 64
PASSED = 256
"""Bytes at the beginning of a memory in which arguments are handed over, 8 for each, and the result is handed back."""
CARRIED = 1024
"""Bytes at the end of a memory in which locals lie, 8 for each."""
PAGE = 65536
LARGEST = 1 << 32


@dataclass(frozen=True, slots=True)
class Array:
    """So many integers of a type, each of them from `low` through `high` (of the type, where not said).

    Units: `count` in elements. Whoever fills an array from outside keeps its bounds: loads rely on them.
    """

    name: str
    type: Type
    count: int
    low: int | None = None
    high: int | None = None

    def __post_init__(self) -> None:
        if self.type not in LAYOUTS:
            raise ValueError(f"{self.name}: there is no type {self.type!r}; there are {', '.join(LAYOUTS)}")
        least, most = self.of_type
        if self.count < 1:
            raise ValueError(f"{self.name}: an array has at least one element, not {self.count}")
        if not least <= self.bounds[0] <= self.bounds[1] <= most:
            raise ValueError(f"{self.name}: {self.bounds[0]} through {self.bounds[1]} is no part of {self.type}")

    @property
    def layout(self) -> Layout:
        return LAYOUTS[self.type]

    @property
    def of_type(self) -> tuple[int, int]:
        """What the type can hold."""
        bits = 8 * self.layout.size
        return (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if self.layout.signed else (0, (1 << bits) - 1)

    @property
    def bounds(self) -> tuple[int, int]:
        least, most = self.of_type
        return (least if self.low is None else self.low, most if self.high is None else self.high)

    @property
    def initial(self) -> int:
        """What every element is at first: zero, or what is nearest to it within the bounds."""
        return min(max(0, self.bounds[0]), self.bounds[1])


class Memory:
    """Arrays one after the other, each at a multiple of 64 bytes, after the first 256, in which arguments are passed.

    Shape: behind them, at `carried`, is room for locals.
    Units: `offsets`, `carried` and `size` in bytes, `pages` of 64 KiB.
    Errors: ValueError for two arrays of one name, and for more than 4 GiB.
    """

    def __init__(self, arrays: Iterable[Array]) -> None:
        self.arrays: dict[str, Array] = {}
        self.offsets: dict[str, int] = {}
        end = PASSED
        for array in arrays:
            if array.name in self.arrays:
                raise ValueError(f"{array.name}: declared twice")
            self.arrays[array.name] = array
            self.offsets[array.name] = end
            end += -(-array.count * array.layout.size // ALIGNMENT) * ALIGNMENT
        self.carried = end
        self.size = end + CARRIED
        self.pages = -(-self.size // PAGE)
        if self.pages * PAGE >= LARGEST:
            raise ValueError(f"the arrays take {end} bytes; a memory has less than {LARGEST}")

    def with_counts(self, **counts: int) -> Memory:
        """The same arrays, some of them with other counts."""
        unknown = counts.keys() - self.arrays.keys()
        if unknown:
            raise ValueError(f"there is no array {min(unknown)}")
        return Memory(replace(array, count=counts.get(array.name, array.count)) for array in self.arrays.values())
