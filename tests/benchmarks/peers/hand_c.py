"""All of W in C written by hand: the practical limit. Compiled when it is asked for, from beside the checkout."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from tests.benchmarks.peers import Side
from tests.benchmarks.workload import PROTOTYPE, RULES, TOTALS, History, Missing, Totals, agree, history, need

FLAGS = ("-O3", "-march=native")
COLUMNS = ("off", "ts", "kind", "amt", "cat", "eid", "ref")
CALENDAR = ("L_year", "L_mon", "L_wend", "L_camp", "L_exp")
CHECKED = 1_000  # members whose totals are looked at


@cache
def library(folder: Path) -> Any:
    source = PROTOTYPE / "hand.c"
    if not source.exists():
        raise Missing("../shared/bench/prototype/hand.c is not beside the checkout")
    if shutil.which("gcc") is None:
        raise Missing("gcc is not installed")
    target = folder / "hand.so"
    subprocess.run(["gcc", *FLAGS, "-shared", "-fPIC", "-o", str(target), str(source)], check=True)
    loaded = ctypes.CDLL(str(target))
    loaded.hand.restype = ctypes.c_int64
    return loaded


class Work:
    """One history with room for its results, ready to be run any number of times."""

    def __init__(self, history: History, folder: Path) -> None:
        numpy = need("numpy")
        self.history = history
        self.library = library(folder)
        most = int(numpy.diff(history.columns["off"]).max()) + 1
        rooms = {"event": ("i4", 3), "rule": ("u1", 3), "points": ("i4", 3)}
        self.awards = {name: numpy.zeros(times * history.events, kind) for name, (kind, times) in rooms.items()}
        self.members = {"balance": "i8", "expired": "i8", "tier": "u1"}
        self.results = {name: numpy.zeros(history.members, kind) for name, kind in self.members.items()}
        self.scratch = [numpy.zeros(most, kind) for kind in ("i4", "i8", "i8")]
        self.calendar = [history.days[name] for name in CALENDAR]
        arrays = [*(history.columns[name] for name in COLUMNS), *self.calendar, *self.awards.values()]
        arrays += [*self.results.values(), *self.scratch]
        numbers = [0, history.members, history.first_day, history.as_of]
        self.arguments = [ctypes.c_int64(number) for number in numbers] + [pointer(array) for array in arrays]
        self.library.hand_init(ctypes.c_int(len(self.calendar[0])), *map(pointer, self.calendar))

    def run(self) -> int:
        """How many award rows were written."""
        rows: int = self.library.hand(*self.arguments)
        return rows

    def totals(self) -> Totals:
        numpy = need("numpy")
        rows = self.run()
        points = numpy.bincount(self.awards["rule"][:rows], self.awards["points"][:rows], len(RULES))
        return Totals(self.history.events, tuple(int(each) for each in points), int(self.results["balance"].sum()))


def pointer(array: Any) -> ctypes.c_void_p:
    assert array.flags.c_contiguous
    return ctypes.c_void_p(array.ctypes.data)


@cache
def totals(members: int, folder: Path) -> Totals:
    """W's totals, by the hand-written kernel once it was found to be right."""
    return Work(history(members), folder).totals()


def prepare(history: History, folder: Path) -> Side:
    said = agree("hand.c", totals(CHECKED, folder), TOTALS[CHECKED])
    work = Work(history, folder)
    if history.members in TOTALS:
        agree("hand.c", work.totals(), TOTALS[history.members])
    return Side("hand.c", history.events, work.run, f"{said}; {' '.join(('gcc', *FLAGS))}")
