"""Programs that are made once and played on often; the strategies of the tests.

`GUERDON_EXAMPLES` is the number of examples of each test, and decides how many programs
there are. Which ones these are depends on the seed of the run, which the header of the
tests shows.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import hypothesis
from hypothesis import strategies as st
from tests.generated import writer
from tests.generated.chance import Choose
from tests.generated.histories import History, Teller

from guerdon.program import nodes

LONG = "GUERDON_EXAMPLES" in os.environ
EXAMPLES = int(os.environ.get("GUERDON_EXAMPLES", "100"))
PROGRAMS = max(EXAMPLES, 100)
PHASES = [each for each in hypothesis.Phase if LONG or each is not hypothesis.Phase.shrink]  # to shrink takes minutes
CHECKS = [
    hypothesis.HealthCheck.too_slow,
    hypothesis.HealthCheck.data_too_large,
    hypothesis.HealthCheck.large_base_example,
    hypothesis.HealthCheck.filter_too_much,
]

seed: list[int] = [0]
"""The seed of this run; the header of the tests shows it."""

Draw = Callable[[st.SearchStrategy[Any]], Any]
Made = tuple[str, nodes.Program]

_BELOW: dict[int, st.SearchStrategy[int]] = {}


def choosing(draw: Draw) -> Choose:
    """Lets hypothesis decide."""

    def choose(below: int) -> int:
        if below not in _BELOW:
            _BELOW[below] = st.integers(0, below - 1)
        return int(draw(_BELOW[below]))

    return choose


@lru_cache(maxsize=2000)
def program_at(number: int) -> Made | None:
    """The program of a number, in this run."""
    return writer.program_of(random.Random(f"{seed[0]}/{number}").randrange)


@st.composite
def programs(draw: Draw, fits: Callable[[nodes.Program], bool] = lambda program: True) -> Made:
    """A program of the pool; `fits` says which ones a law is about."""
    first = draw(st.integers(0, PROGRAMS - 1))
    for number in range(first, first + PROGRAMS):
        found = program_at(number % PROGRAMS)
        if found is not None and fits(found[1]):
            return found
    raise AssertionError("no program of the pool is one that the law is about")


@st.composite
def played(
    draw: Draw,
    fits: Callable[[nodes.Program], bool] = lambda program: True,
    without: tuple[str, ...] = (),
    most: int = 12,
) -> tuple[str, nodes.Program, History]:
    """A program of the pool, and a history for it."""
    text, program = draw(programs(fits))
    hypothesis.note(text)
    history = Teller(choosing(draw), program, without=without).history(most)
    hypothesis.note(repr(history))
    return text, program, history


@st.composite
def cases(draw: Draw, knows: frozenset[str]) -> tuple[str, nodes.Program, list[History]]:
    """A text of what is known, its program, and histories: reading a text takes longer than playing on it."""
    choose = choosing(draw)
    found = writer.program_of(choose, knows)
    if found is None:
        hypothesis.reject()
    return *found, [Teller(choose, found[1], knows).history() for _ in range(3)]


def settings(share: float = 1.0) -> Any:
    """Settings of a test: so many examples of the whole number."""
    return hypothesis.settings(max_examples=max(int(EXAMPLES * share), 1), suppress_health_check=CHECKS, phases=PHASES)


@st.composite
def shops(draw: Draw, kind: str, without: tuple[str, ...] = ()) -> tuple[str, nodes.Program, History]:
    """A small program of a kind, and a history for it."""
    from tests.generated.tame import tame  # which needs this module for the seed

    text, program = tame(kind, draw(st.integers(0, PROGRAMS - 1)))
    hypothesis.note(text)
    history = Teller(choosing(draw), program, without=without).history()
    hypothesis.note(repr(history))
    return text, program, history
