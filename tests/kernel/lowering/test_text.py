"""What is no text of a kernel is refused, with the line and the reason."""

from __future__ import annotations

import re

import pytest

from guerdon.kernel.lowering.memory import CARRIED, Array, Memory
from guerdon.kernel.lowering.ranges import facts
from guerdon.kernel.lowering.run import PythonKernel, WasmKernel
from guerdon.kernel.lowering.text import parse
from guerdon.kernel.lowering.wasm import lowered

REFUSED = {
    "import os": "line 1: a text has functions",
    "def f(x=1):\n    return x": "parameters are plain names",
    "def f(*x):\n    return 1": "parameters are plain names",
    "def f(a):\n    return 1": "the name is taken",
    "def f(x):\n    return f(x)": "functions can't call themselves: f calls f",
    "def f(x):\n    return g(x)\ndef g(x):\n    return h(x)\ndef h(x):\n    return g(x)": "g calls h calls g",
    "def f(x):\n    for i in x:\n        pass": "line 2: no statement",
    "def f(x):\n    return": "no statement",
    "def f(x):\n    x": "no statement",
    "def f(x):\n    break": "line 2: no loop around it",
    "def f(x):\n    while x:\n        x = 0\n    else:\n        x = 1": "no statement",
    "def f(x):\n    x = y = 1": "no statement",
    "def f(x):\n    return x / 2": "no arithmetic of a kernel",
    "def f(x):\n    return x ** 2": "no arithmetic of a kernel",
    "def f(x):\n    return x << x": "shifts are by constants",
    "def f(x):\n    return x >> 64": "shifts are by constants",
    "def f(x):\n    return 1 < x < 3": "no expression of a kernel",
    "def f(x):\n    return ~x": "no expression of a kernel",
    "def f(x):\n    return 1.5": "no expression of a kernel",
    "def f(x):\n    return True": "no expression of a kernel",
    "def f(x):\n    return 9223372036854775808": "a number of more than 64 bits",
    "def f(x):\n    return y": "line 2: y may have no value here",
    "def f(x):\n    if x:\n        y = 1\n    return y": "y may have no value here",
    "def f(x):\n    while x:\n        y = 1\n        x -= 1\n    return y": "y may have no value here",
    "def f(x):\n    y += 1": "y may have no value here",
    "def f(x):\n    return b[0]": "values are in locals and in declared arrays",
    "def f(x):\n    return a": "a is no local",
    "def f(x):\n    a = 1": "the name is taken",
    "def f(x):\n    a[0:1] = 1": "no expression of a kernel",
    "def f(x):\n    return g(x)": "there is no function g",
    "def f(x):\n    return g(x)\ndef g():\n    return 1": "g takes 0 arguments",
    "def f(x):\n    return fits(x, 0, x)": "with constants",
    "def f(x):\n    return fits(x, 2, 1)": "with constants",
    "def f(x):\n    return fits(x * 2, 0, 1, 5)": "with constants",
    "def f(x):\n    return fits(x + 2, 0, 1, x)": "with constants",
    "def f(x):\n    return 1\ndef f(x):\n    return 2": "the name f is taken",
    "def f(x:\n    return 2": "line 1:",
}


@pytest.mark.parametrize("text", REFUSED, ids=list(REFUSED.values()))
def test_a_text_is_refused(text):
    with pytest.raises(ValueError, match=re.escape(REFUSED[text])):
        parse(text, {"a"})


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    if x:\n        y = 1\n    else:\n        return 2\n    return y",
        "def f(x):\n    while 1:\n        y = 1\n        if x:\n            break\n    return y",
        'def f(x):\n    """Says what it is."""\n    pass\n    return -9223372036854775808',
    ],
)
def test_a_text_is_read(text):
    assert list(parse(text, {"a"}).functions) == ["f"]


def test_bounds_are_of_what_is_there():
    memory = Memory([Array("a", "i64", 4)])
    module = parse("def f(x):\n    return x", memory.arrays)
    with pytest.raises(ValueError, match="there is no function g"):
        facts(module, memory, {"g": {}})
    with pytest.raises(ValueError, match="f has the parameters x"):
        facts(module, memory, {"f": {}})
    for wrong in ((3, 2), (0, 1 << 63)):
        with pytest.raises(ValueError, match="f: x can't be from"):
            facts(module, memory, {"f": {"x": wrong}})
    parameters = [f"x{number}" for number in range(33)]
    with pytest.raises(ValueError, match="f has 33 parameters"):
        lowered(f"def f({', '.join(parameters)}):\n    return 1", memory, {"f": dict.fromkeys(parameters, (0, 1))})


def test_arrays_are_declared_with_sense():
    with pytest.raises(ValueError, match="no type"):
        Array("a", "u64", 1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least one"):
        Array("a", "u8", 0)
    with pytest.raises(ValueError, match="no part of u8"):
        Array("a", "u8", 1, high=256)
    with pytest.raises(ValueError, match="declared twice"):
        Memory([Array("a", "u8", 1), Array("a", "i8", 1)])
    with pytest.raises(ValueError, match="a memory has less"):
        Memory([Array("a", "i64", 1 << 29)])


def test_arrays_keep_their_bounds_from_the_beginning():
    memory = Memory([Array("a", "i64", 3, 5, 9), Array("b", "i16", 2, -9, -5), Array("c", "i8", 2, -1, 1)])
    text = "def f():\n    return a[0] + b[1] + c[1]\n"
    python, wasm = PythonKernel(text, memory), WasmKernel(text, memory, {"f": {}})
    assert {name: list(view) for name, view in wasm.views.items()} == python.views
    assert python.views == {"a": [5, 5, 5], "b": [-5, -5], "c": [0, 0]}
    assert wasm.call("f") == python.call("f") == 0


def test_arrays_lie_at_multiples_of_64_bytes():
    memory = Memory([Array("a", "u8", 65), Array("b", "i64", 1), Array("c", "i16", 3)])
    assert memory.offsets == {"a": 256, "b": 384, "c": 448}
    assert (memory.carried, memory.size, memory.pages) == (512, 512 + CARRIED, 1)
    assert memory.with_counts(a=64).offsets == {"a": 256, "b": 320, "c": 384}
    with pytest.raises(ValueError, match="no array d"):
        memory.with_counts(d=1)
