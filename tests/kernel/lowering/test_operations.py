"""Each operation at its edges: what CPython gives, WebAssembly gives too, or it traps."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest
from tests.kernel.lowering.both import MIDDLE, by_python, by_wasm, evaluate

from guerdon.kernel.lowering.interval import WORD
from guerdon.kernel.lowering.memory import LAYOUTS, Array, Memory
from guerdon.kernel.lowering.run import PythonKernel, Unproved, WasmKernel
from guerdon.kernel.lowering.wasm import lowered

LEAST, MOST = WORD
AROUND = [-(1 << 31) - 1, -(1 << 31), -9, -8, -7, -1, 0, 1, 2, 7, 8, 9, (1 << 31) - 1, 1 << 31]
EXTREMES = [LEAST, LEAST + 1, -(1 << 32), -1, 0, 1, 3, 1 << 31, 1 << 62, MOST - 1, MOST]
OPERATIONS = ["+", "-", "*", "//", "%", "&", "|", "^"]
MEMORY = Memory([Array("a", "i64", 4), Array("b", "u8", 4)])


def sweep(text: str, bounds: tuple[int, int], pairs: Iterable[tuple[int, ...]]) -> None:
    """One kernel of each kind, called with every pair: the same, or trapped only where it left 64 bits."""
    python, wasm = PythonKernel(text, MEMORY), WasmKernel(text, MEMORY, {"f": {"x": bounds, "y": bounds}})
    for pair in pairs:
        try:
            expected = python.call("f", *pair)
        except ZeroDivisionError:
            expected = MOST + 1
        try:
            assert wasm.call("f", *pair) == expected, pair
        except Unproved:
            assert not LEAST <= expected <= MOST, pair


@pytest.mark.parametrize("operation", OPERATIONS)
def test_arithmetic_is_pythons_at_any_sign(operation):
    text = f"def f(x, y):\n    return x {operation} y\n"
    sweep(text, (-(1 << 31) - 1, 1 << 31), itertools.product(AROUND, repeat=2))
    sweep(text, (-9, 9), [pair for pair in itertools.product(AROUND, repeat=2) if max(map(abs, pair)) <= 9])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_leaves_64_bits_traps_and_nothing_else(operation):
    sweep(f"def f(x, y):\n    return x {operation} y\n", WORD, itertools.product(EXTREMES, repeat=2))


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("number", [-(1 << 40), -8, -7, -1, 1, 3, 8, 1 << 33, MOST, LEAST])
def test_arithmetic_with_constants(operation, number):
    pairs = [(each, 0) for each in EXTREMES]
    sweep(f"def f(x, y):\n    return x {operation} {number}\n", WORD, pairs)
    sweep(f"def f(x, y):\n    return {number} {operation} x\n", WORD, pairs)
    small = [(each, 0) for each in (-100, -8, -7, -1, 0, 1, 7, 8, 100)]
    sweep(f"def f(x, y):\n    return x {operation} {number}\n", (-100, 100), small)
    sweep(f"def f(x, y):\n    return {number} {operation} x\n", (-100, 100), small)


@pytest.mark.parametrize("by", [0, 1, 3, 31, 32, 40, 62, 63])
@pytest.mark.parametrize("operation", ["<<", ">>"])
def test_shifts(operation, by):
    text = f"def f(x, y):\n    return x {operation} {by}\n"
    sweep(text, WORD, [(each, 0) for each in EXTREMES])
    sweep(text, (-5, 5), [(each, 0) for each in range(-5, 6)])
    sweep(text, (0, 5), [(each, 0) for each in range(6)])


def test_negative_quotients_and_remainders_are_rounded_down():
    assert evaluate("x // y", x=-7, y=2) == (-4, -4)
    assert evaluate("x % y", x=-7, y=2) == (1, 1)
    assert evaluate("x // y", x=7, y=-2) == (-4, -4)
    assert evaluate("x % y", x=7, y=-2) == (-1, -1)


def test_unary_minus():
    assert evaluate("-x", x=5) == (-5, -5)
    assert evaluate("-x", WORD, x=LEAST) == (1 << 63, None)


@pytest.mark.parametrize("comparison", ["<", "<=", "==", "!=", ">", ">="])
def test_comparisons_come_to_0_or_1(comparison):
    sweep(f"def f(x, y):\n    return x {comparison} y\n", WORD, itertools.product(EXTREMES, repeat=2))
    sweep(f"def f(x, y):\n    return (x {comparison} 0) + (0 {comparison} x)\n", (-9, 9), [(x, 0) for x in (-1, 0, 1)])


@pytest.mark.parametrize(
    "expression",
    [
        "x and y",
        "x or y",
        "not x",
        "not (x and not y) + 1",
        "1 if x and y else 2",
        "1 if x or y else 2",
        "1 if not (x or y) and x < y else 2",
        "x and (y or x > 3) and y",
        "(x and 5 // y > 1) + (x or 7 % (y - 1))",
    ],
)
def test_conditions(expression):
    numbers = [-(1 << 32), -1, 0, 1, 2, 5]
    sweep(f"def f(x, y):\n    return {expression}\n", MIDDLE, [(x, y) for x in numbers for y in numbers if y != 1 or x])


@pytest.mark.parametrize("checked", [False, True])
def test_only_the_chosen_way_is_evaluated(checked):
    text = """
def f(x, y):
    s = a[x] if x < 4 else 9
    t = 10 // y if y != 0 else 3
    if x < 4 and a[x] == 7:
        s += 100
    return s * 1000 + t
"""
    bounds = {"f": {"x": (0, 100), "y": (-5, 5)}}
    for arguments in ((2, 3), (3, 0), (4, 0), (100, -5)):
        python = by_python(text, MEMORY, "f", arguments, {"a": [1, 2, 3, 7]})
        assert by_wasm(text, MEMORY, bounds, "f", arguments, {"a": [1, 2, 3, 7]}, checked) == python


@pytest.mark.parametrize("kind", LAYOUTS)
def test_a_store_keeps_what_its_type_holds_and_traps_otherwise(kind):
    memory = Memory([Array("a", kind, 3)])
    text = "def f(x):\n    a[1] = x\n    a[2] += x\n    return a[1] + a[2]\n"
    least, most = memory.arrays["a"].of_type
    for number in {LEAST, least - 1, least, -1, 0, 1, most, most + 1, MOST}:
        if not LEAST <= number <= MOST:
            continue
        python = by_python(text, memory, "f", [number])
        wasm = by_wasm(text, memory, {"f": {"x": WORD}}, "f", [number])
        fits = least <= number <= most and LEAST <= 2 * number <= MOST
        assert wasm.value == (python.value if fits else None)
        assert not fits or wasm.arrays == python.arrays


def test_a_store_keeps_the_declared_bounds():
    memory = Memory([Array("a", "i64", 2, 10, 20), Array("far", "i64", 2, 1 << 40, 1 << 41)])
    text = "def f(x):\n    a[0] = x\n    return a[0]\n\ndef g(x):\n    far[1] = x\n    return 1\n"
    kernel = WasmKernel(text, memory, {"f": {"x": (0, 30)}, "g": {"x": (0, 30)}})
    assert [kernel.call("f", number) for number in (10, 20)] == [10, 20]
    for function, number in (("f", 9), ("f", 21), ("g", 5)):
        with pytest.raises(Unproved):
            kernel.call(function, number)


@pytest.mark.parametrize("place", [-1 << 33, -5, -1, 4, 5, 1 << 31, 1 << 32, (1 << 32) + 1, 1 << 61, MOST])
@pytest.mark.parametrize("array", ["a", "b"])
def test_a_place_outside_an_array_traps(array, place):
    text = f"def f(x):\n    return {array}[x]\n\ndef g(x):\n    {array}[x + 1] = 1\n    return 0\n"
    kernel = WasmKernel(text, MEMORY, {"f": {"x": WORD}, "g": {"x": WORD}})
    with pytest.raises(Unproved):
        kernel.call("f", place)
    if place != -1:
        with pytest.raises(Unproved):
            kernel.call("g", place)
    assert not any(any(view) for view in kernel.views.values())
    assert kernel.call("f", 3) == 0


def test_a_promise_is_checked():
    text = "def f(x):\n    y = fits(x, -3, 8)\n    fits(x, 0, 100)\n    return y\n"
    kernel = WasmKernel(text, MEMORY, {"f": {"x": WORD}})
    assert kernel.call("f", 0) == 0
    assert kernel.call("f", 8) == 8
    for number in (-4, 9, -1, LEAST, MOST):
        with pytest.raises(Unproved):
            kernel.call("f", number)
    python = PythonKernel(text, MEMORY)
    assert python.call("f", 1000) == 1000
    assert "fits" not in python.text


GROWS = """
def f(n, x):
    total = fits(a[0], -500, 499)
    i = 0
    while i < n:
        total = fits(total + x, -1000, 999, 50)
        i += 1
    a[0] = total
    return total
"""


@pytest.mark.parametrize(("most", "unproved"), [(9, 0), (10, 1)])
def test_what_grows_little_is_checked_where_a_call_begins(most, unproved):
    memory = Memory([Array("a", "i64", 1)])
    bounds = {"f": {"n": (0, 50), "x": (-most, most)}}
    left = [each for each in lowered(GROWS, memory, bounds).unproved if each.startswith("(total")]
    assert len(left) == unproved
    kernel = WasmKernel(GROWS, memory, bounds)
    assert [kernel.call("f", 40, most), kernel.call("f", 2, -most)] == [40 * most, 38 * most]
    kernel.views["a"][0] = 500
    with pytest.raises(Unproved):
        kernel.call("f", 1, 1)
    python = PythonKernel(GROWS, memory)
    python.views["a"][0] = 900
    assert python.call("f", 50, 9) == 1350


def test_loops_with_break_and_continue_within_each_other():
    text = """
def f(n, m):
    s = 0
    i = 0
    while i < n:
        i += 1
        if i % 3 == 0:
            continue
        j = 0
        while 1:
            j += 1
            if j > m:
                break
            if (i + j) % 2:
                continue
            if j == 7:
                return s * 100 + i
            s += i * j
        if s > 500 and i > 4:
            break
    return s
"""
    bounds = {"f": {"n": (0, 50), "m": (0, 50)}}
    kernel, python = WasmKernel(text, MEMORY, bounds), PythonKernel(text, MEMORY)
    for arguments in itertools.product((0, 1, 2, 5, 20), (0, 1, 3, 6, 9)):
        assert kernel.call("f", *arguments) == python.call("f", *arguments)


def test_a_constant_that_is_never_taken_may_have_no_room():
    text = "def f(x):\n    return 9007199254740993 if x < 0 else x + x\n"
    assert WasmKernel(text, MEMORY, {"f": {"x": (0, 6)}}).call("f", 3) == 6


@pytest.mark.parametrize("many", [3, 30, 150])
def test_a_loop_carries_any_number_of_locals(many):
    lines = [f"    x{number} = a[{number % 4}] * {number}" for number in range(many)]
    turned = [f"        x{number} = (x{(number * 7 + 1) % many} * 5 + x{number}) % 1009" for number in range(many)]
    halves = [
        "        q = x1 // 7",
        "        r = x1 % 7",
        "        x0 = x2 // 9",
        "        x2 = x2 % 9",
        "        n -= 1",
    ]
    ends = ["    " + f"return {' + '.join(f'x{number}' for number in range(many))}"]
    text = "\n".join(["def f(n):", *lines, "    while n > 0:", *turned, *halves, *ends]) + "\n"
    memory = Memory([Array("a", "i32", 4, -1000, 1000)])
    kernel, python = WasmKernel(text, memory, {"f": {"n": (0, 100)}}), PythonKernel(text, memory)
    for views in (kernel.views, python.views):
        views["a"][0], views["a"][1], views["a"][2], views["a"][3] = -1000, 7, 999, -1
    for turns in (0, 1, 2, 50, 100):
        assert kernel.call("f", turns) == python.call("f", turns)


def test_the_order_of_what_is_called_is_pythons():
    text = """
def f(x):
    a[g(1)] = g(2) + a[0]
    a[0] += g(5)
    return a[a[0] % 2] - g(1) * g(1)

def g(x):
    a[0] = a[0] * 2 + x
    return x
"""
    for number in range(3):
        expected = by_python(text, MEMORY, "f", [number])
        assert by_wasm(text, MEMORY, {"f": {"x": (0, 9)}}, "f", [number]) == expected


def test_functions_reach_their_end_with_0_and_change_parameters():
    text = """
def f(x):
    x += g(x)
    x *= 1 << 20
    h(x)
    return x + h(3)

def g(y):
    while y > 0:
        y -= 3
        if y == 1:
            return 77
    return y * y

def h(z):
    a[1] = z
"""
    for number in (0, 1, 2, 1 << 20):
        expected = by_python(text, MEMORY, "f", [number])
        assert by_wasm(text, MEMORY, {"f": {"x": (0, 1 << 20)}}, "f", [number]) == expected


def test_what_never_happens_is_left_out():
    text = """
def f(x):
    if x > 9:
        return a[x * 1000]
    y = a[7] if x > 5 else 3
    if x < 0 and a[x] > 2:
        y = unheard(x)
    while x > 100:
        x -= a[9]
    return y

def unheard(x):
    return x // 0
"""
    kernel = WasmKernel(text, MEMORY, {"f": {"x": (0, 9)}})
    assert kernel.call("f", 5) == 3
    with pytest.raises(Unproved):
        kernel.call("f", 6)


@pytest.mark.parametrize("bounds", [WORD, (-100, 100), (0, 100), (1, 1 << 31)])
def test_quotient_and_remainder_side_by_side(bounds):
    pairs = [
        pair
        for pair in itertools.product([*AROUND, *EXTREMES], repeat=2)
        if all(bounds[0] <= x <= bounds[1] for x in pair) and pair != (LEAST, -1)
    ]
    for left, right in (("x", "y"), ("x", "7"), ("x", "8"), ("1000", "y"), ("x", "-7")):
        text = (
            f"def f(x, y):\n    q = {left} // {right}\n    r = {left} % {right}\n    return (q & 65535) * 65536 + r\n"
        )
        sweep(text, bounds, pairs)
    sweep("def f(x, y):\n    x = x // y\n    r = x % y\n    return (x & 255) + r // 2\n", bounds, pairs)
