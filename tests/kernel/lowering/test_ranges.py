"""What intervals prove of texts as they are generated, and what is left to be looked at as they run."""

from __future__ import annotations

import gc
from datetime import date, timedelta
from random import Random

import pytest
from tests.kernel.lowering import workload

from guerdon.kernel.lowering import tree
from guerdon.kernel.lowering.interval import HALF, within
from guerdon.kernel.lowering.memory import Array, Memory
from guerdon.kernel.lowering.ranges import Facts, Pass, facts
from guerdon.kernel.lowering.run import PythonKernel, Unproved, WasmKernel
from guerdon.kernel.lowering.text import parse
from guerdon.kernel.lowering.wasm import lowered

BLOCK = 4096
MEMBERS = """
def members(first, after):
    member = first
    while member < after:
        at = start[member]
        end = start[member + 1]
        oldest = at
        while at < end:
            day = (instant[at] - 1640995200) // 86400
            while oldest < at and lot_end[oldest] <= day:
                lapsed[oldest] = lot_left[oldest]
                lot_left[oldest] = 0
                oldest += 1
            quarters = cents[at] // 100 * (5 if weekend[day] != 0 else 4)
            points = quarters // 4
            rest = quarters % 4
            points += (rest > 2) | ((rest == 2) & points)
            share = points * cents[at]
            whole = cents[at] + 1
            back = share // whole
            over = share % whole
            back += (2 * over > whole) | ((2 * over == whole) & back)
            given[at] = points
            taken[at] = back
            lot_end[at] = end_of[day]
            lot_left[at] = points - 1 if points > 0 else 0
            at += 1
        member += 1
    return member
"""


def known(text: str, memory: Memory, bounds: dict[str, dict[str, tuple[int, int]]], name: str) -> Facts:
    return facts(parse(text, memory.arrays), memory, bounds)[name]


def plain_memory() -> Memory:
    return Memory(
        [
            Array("start", "i64", BLOCK + 1, 0, BLOCK),
            Array("instant", "i64", BLOCK, 1640995200, 1640995200 + 86400 * 1096 - 1),
            Array("cents", "i32", BLOCK, 0, 10**8),
            Array("weekend", "u8", 1096),
            Array("end_of", "i32", 1096),
            Array("lot_end", "i32", BLOCK),
            Array("lot_left", "i32", BLOCK, 0, 10**7),
            Array("lapsed", "i32", BLOCK),
            Array("given", "i32", BLOCK, 0, 10**7),
            Array("taken", "i64", BLOCK),
        ]
    )


def test_nothing_is_looked_at_in_a_loop_over_members():
    memory, bounds = plain_memory(), {"members": {"first": (0, BLOCK), "after": (0, BLOCK)}}
    assert lowered(MEMBERS, memory, bounds).unproved == ()
    found = known(MEMBERS, memory, bounds, "members")
    assert found.locals["at"] == (0, BLOCK)
    assert found.locals["day"] == (0, 1095)
    assert found.locals["oldest"] == (0, BLOCK)
    wide = {name for name, bounds in found.locals.items() if not within(bounds, HALF)}
    assert wide == {"share", "back"}


def test_what_one_interval_cannot_know_is_all_that_is_looked_at():
    text, memory, bounds = workload.text(), workload.memory(), workload.bounds()
    found = known(text, memory, bounds, "members")
    for name in ("at", "end", "begin", "member", "head", "tail"):
        assert found.locals[name] == (0, workload.BLOCK), name
    assert found.locals["rows"] == (0, 3 * workload.BLOCK)
    assert found.locals["sale"] == (-1, workload.BLOCK - 2)
    assert found.locals["day"] == (0, 1095)
    wide = {name for name, bounds in found.locals.items() if not within(bounds, HALF)}
    assert wide == {"counted", "debt", "gone", "held", "wanted", "product", "share"}
    assert lowered(text, memory, bounds).unproved == (
        "lot_left[head]",
        "row_event[rows]",
        "(gone + left)",
        "(counted + points)",
        "(used + bonus)",
        "(visits + 1)",
        "given[(sale - begin)]",
        "share",
        "(left - owed)",
        "(debt + owed)",
        "given[(at - begin)]",
        "lot_end[tail]",
        "(end - 1)",
        "(0 - debt)",
        "(held + lot_left[head])",
    )


@pytest.mark.parametrize("checked", [False, True])
def test_a_realistic_text_comes_to_the_same(checked):
    memory, bounds = workload.memory(BLOCK), workload.bounds(BLOCK)
    python, wasm = PythonKernel(workload.text(), memory), WasmKernel(workload.text(), memory, bounds, checked=checked)
    members = history(Random(5), python.views)
    for name, values in python.views.items():
        for place, value in enumerate(values):
            if value:
                wasm.views[name][place] = value
    rows = python.call("members", 0, members, 1096)
    assert rows > BLOCK
    assert wasm.call("members", 0, members, 1096) == rows
    assert {name: list(view) for name, view in wasm.views.items()} == python.views
    assert {0, 1, 2, 3, 4, 5} == set(python.views["row_rule"])
    again = wasm.fresh()
    assert again.call("members", 0, 0, 1096) == 0
    assert not any(again.views["row_event"])
    assert WasmKernel("", memory, bounds, code=wasm.code).call("members", 3, 3, 0) == 0


def history(random: Random, views) -> int:
    """Fills the columns with some eighty members, and the tables by day; the number of members."""
    at = member = 0
    while at + 100 < BLOCK:
        instants = sorted(random.randrange(86400 * 1096) for _ in range(random.randrange(1, 100)))
        begin = at
        for instant in instants:
            views["instant"][at] = 86400 * workload.FIRST_DAY + instant
            views["kind"][at] = kind = random.choices((0, 1, 2, 3), (68, 12, 18, 6))[0]
            views["cents"][at] = random.randrange(1, 80000)
            views["category"][at] = random.randrange(5)
            views["key"][at] = at * 0x9E3779B97F4A7C1 % (1 << 63)
            views["named"][at] = views["key"][random.randrange(max(begin, at - 6), at + 1)] if kind == 1 else -1
            at += 1
        member += 1
        views["start"][member] = at
    for day in range(workload.DAYS):
        today = date(2022, 1, 1) + timedelta(day)
        views["year_of"][day], views["month_of"][day] = today.year, today.year * 12 + today.month
        views["weekend"][day], views["campaign"][day] = today.weekday() >= 5, today.month == 11
        views["end_of"][day] = day + 365
    return member


def test_nothing_is_left_to_the_collector_of_garbage():
    gc.collect()
    gc.disable()
    try:
        assert lowered(workload.text(), workload.memory(), workload.bounds()).code
        assert not gc.isenabled()
        assert not [each for each in gc.get_objects() if isinstance(each, Pass | tree.Function | tree.Binary)]
    finally:
        gc.enable()


def test_conditions_cut_through_and_or_and_not():
    text = """
def f(x, y):
    if x > 3 and not (y <= x or y > 100):
        return y
    if not x or x == 7:
        return x
    return fits(x, -50, 50)
"""
    found = known(text, Memory([Array("a", "u8", 1)]), {"f": {"x": (-200, 200), "y": (-200, 200)}}, "f")
    assert found.result == (-50, 100)


def test_loops_come_to_rest_where_the_text_says():
    text = """
def f(n):
    i = 0
    while i < n:
        i += 2
    j = n
    while j > 0:
        j -= 1
    k = 0
    while 1:
        k += 1
        if k >= 500:
            break
    s = 0
    while s != 10:
        s += 1
    return a[0] + i * 0 + j * 0
"""
    found = known(text, Memory([Array("a", "u8", 10)]), {"f": {"n": (0, 10**6)}}, "f")
    assert found.locals["i"] == (0, 10**6 + 1)
    assert found.locals["j"] == (0, 10**6)
    assert found.locals["k"] == (0, 500)
    assert found.locals["s"] == (0, 10)
    assert found.result == (0, 255)


def test_a_way_that_is_found_late_may_know_fewer_locals():
    text = """
def f(n):
    i = 0
    flag = 0
    while i < n:
        if flag == 0:
            x = 3
        j = 0
        while j < 5:
            j += 1
            if flag == 0:
                y = j
        flag = 1 if i > 7 else 0
        i += 1
    return i + flag
"""
    memory, bounds = Memory([Array("a", "u8", 1)]), {"f": {"n": (0, 50)}}
    assert known(text, memory, bounds, "f").result == (0, 51)  # `flag` may still be 1
    assert WasmKernel(text, memory, bounds).call("f", 20) == PythonKernel(text, memory).call("f", 20) == 21


def test_calls_join_what_all_places_give():
    text = """
def f(x):
    total = 0
    while total < 1000:
        total = fits(added(total, x) + added(3, 4), 0, 5000)
    return total

def added(y, z):
    return y + half(z)

def half(w):
    return w // 2
"""
    memory, bounds = Memory([Array("a", "u8", 1)]), {"f": {"x": (0, 50)}}
    assert known(text, memory, bounds, "added").parameters == ((0, 999), (0, 50))
    assert known(text, memory, bounds, "half").result == (0, 25)
    assert known(text, memory, bounds, "added").result == (0, 1024)
    assert WasmKernel(text, memory, bounds).call("f", 50) == PythonKernel(text, memory).call("f", 50)


def test_an_argument_outside_its_bounds_is_not_proved():
    kernel = WasmKernel("def f(x):\n    return x\n", Memory([Array("a", "u8", 1)]), {"f": {"x": (0, 50)}})
    with pytest.raises(Unproved, match="51 is not from 0 through 50"):
        kernel.call("f", 51)
    assert kernel.call("f", 50) == 50


def test_views_outlive_their_kernel():
    kernel = WasmKernel("def f(x):\n    a[1] = x\n", Memory([Array("a", "i16", 3)]), {"f": {"x": (0, 50)}})
    kernel.call("f", 9)
    view = kernel.views["a"]
    del kernel
    assert list(view) == [0, 9, 0]
