"""A kernel's text, ready to be called: by CPython, or as WebAssembly.

Both are made of a text and a memory, have `views` of the arrays and a `call`. What a call of the one gives the other gives
too, or it raises `Unproved`; then arrays may have been written in part, and the caller fills them again and takes the other.
"""

from __future__ import annotations

import atexit
import ctypes
from collections.abc import Mapping, MutableSequence
from copy import copy
from functools import cache
from struct import pack
from typing import TYPE_CHECKING, Any, Protocol

from guerdon.kernel.lowering.memory import PASSED, Memory
from guerdon.kernel.lowering.python import written
from guerdon.kernel.lowering.states import Bounds
from guerdon.kernel.lowering.text import parse
from guerdon.kernel.lowering.wasm import lowered, uncollected

if TYPE_CHECKING:
    import wasmtime


class Unproved(Exception):
    """Something left its bounds that wasn't proved to keep them; the message says at least in which function."""


class Kernel(Protocol):
    """A text that can be called; its arrays by name."""

    @property
    def views(self) -> Mapping[str, MutableSequence[int] | memoryview]: ...

    def call(self, function: str, *arguments: int) -> int: ...


class PythonKernel:
    """The text run by CPython.

    Shape: `arrays`: for each array a list or a memoryview, written in place; else lists of what each array is at first. Numbers
    in lists have no bound, those in memoryviews that of their type.
    Errors: ValueError for what isn't in the language; a call raises what Python raises.
    """

    def __init__(
        self, text: str, memory: Memory, arrays: Mapping[str, MutableSequence[int] | memoryview] | None = None
    ) -> None:
        own = (
            {name: [array.initial] * array.count for name, array in memory.arrays.items()} if arrays is None else arrays
        )
        if own.keys() != memory.arrays.keys():
            raise ValueError(f"not the arrays of the memory: {', '.join(sorted(own.keys() ^ memory.arrays.keys()))}")
        self.memory = memory
        self.views: Mapping[str, MutableSequence[int] | memoryview] = own
        self.names: dict[str, Any] = dict(own)
        with uncollected():
            self.text = written(parse(text, memory.arrays))
            exec(compile(self.text, "<kernel>", "exec"), self.names)

    def call(self, function: str, *arguments: int) -> int:
        return int(self.names[function](*arguments))


class WasmKernel:
    """The text as WebAssembly, run by wasmtime: one instance with a memory of its own.

    Shape: `bounds`: the functions that are called, and of each the bounds of its parameters. `code`: the module's bytes;
    given again, with the same memory and bounds, they spare the lowering. `views`: of each array a memoryview of its type,
    of the memory itself, without copies; they live as long as anybody holds them. `checked`: each index is looked at even
    where it's proved.
    Units: who fills an array keeps its declared bounds: that is not looked at.
    Errors: ValueError as `PythonKernel`, and for bounds of what isn't in the text.
    """

    def __init__(
        self, text: str, memory: Memory, bounds: Bounds, *, checked: bool = False, code: bytes | None = None
    ) -> None:
        import wasmtime  # 60 ms that only a kernel needs

        self.memory = memory
        self.bounds = {name: list(declared.values()) for name, declared in bounds.items()}
        self.code = lowered(text, memory, bounds, checked).code if code is None else code
        self.trap = wasmtime.Trap
        self.module = wasmtime.Module(engine(), self.code)
        self.begin()

    def fresh(self) -> WasmKernel:
        """Another instance of the same compiled module, as at first; for a thread of its own, or instead of this one."""
        other = copy(self)
        other.begin()
        return other

    def begin(self) -> None:
        import wasmtime

        self.store = wasmtime.Store(engine())
        exports: Any = wasmtime.Instance(self.store, self.module, []).exports(self.store)
        self.functions = {name: exports[name] for name in self.bounds}
        extent = ctypes.c_ubyte * self.memory.size
        buffer = extent.from_address(ctypes.addressof(exports["memory"].data_ptr(self.store).contents))
        vars(buffer)["store"] = self.store  # INVARIANT: the memory lives as long as a view of it
        whole = memoryview(buffer).cast("B")
        self.passed = whole[:PASSED].cast("q")
        self.views = {}
        for name, array in self.memory.arrays.items():
            offset = self.memory.offsets[name]
            self.views[name] = whole[offset : offset + array.count * array.layout.size].cast(array.layout.letter)
            if array.initial:
                self.views[name][:] = memoryview(pack("=" + array.layout.letter, array.initial) * array.count).cast(
                    array.layout.letter
                )

    def call(self, function: str, *arguments: int) -> int:
        """Errors: Unproved, also for arguments outside their bounds."""
        for place, (argument, (low, high)) in enumerate(zip(arguments, self.bounds[function], strict=True)):
            if not low <= argument <= high:
                raise Unproved(f"{function}: {argument} is not from {low} through {high}")
            self.passed[place] = argument
        try:
            self.functions[function](self.store)
        except self.trap as trap:
            raise Unproved(f"{function}: {trap.message.splitlines()[-1].strip()}") from None
        return self.passed[0]


@cache
def engine() -> wasmtime.Engine:
    """Cranelift for speed: what it costs to compile is milliseconds once."""
    import wasmtime

    config = wasmtime.Config()
    config.cranelift_opt_level = "speed"
    atexit.register(engine.cache_clear)  # while the library that frees it is still there
    return wasmtime.Engine(config)
