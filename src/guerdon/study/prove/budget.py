"""How much the solver may do for several questions together, in its own steps: on every machine it is the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import z3


@dataclass(slots=True)
class Budget:
    """How many steps are left."""

    left: int


_shared: ContextVar[Budget | None] = ContextVar("shared", default=None)


@contextmanager
def within(work: int) -> Iterator[None]:
    """All that is asked in here may take so much together; what is asked when it is used up is undecided."""
    token = _shared.set(Budget(work))
    try:
        yield
    finally:
        _shared.reset(token)


def checked(solver: Any, work: int, own: Budget | None = None) -> Any:
    """What the solver says within so many steps, and within what is left of the budgets: its own, and the one shared with other questions."""
    budgets = [each for each in (own, _shared.get()) if each is not None]
    work = min([work, *(each.left for each in budgets)])
    if work <= 0:
        return z3.unknown
    solver.set("rlimit", work)
    before = _steps(solver)
    found = solver.check()
    for each in budgets:
        each.left -= _steps(solver) - before
    return found


def _steps(solver: Any) -> int:
    """How many steps were taken so far, by all solvers."""
    counted = solver.statistics()
    return int(counted.get_key_value("rlimit count"))
