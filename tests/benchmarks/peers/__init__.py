"""What Guerdon is measured against: a module each, with `prepare(history, folder)` that gives a side ready to run.

Each is asked first whether it computes the right thing. What it needs and is not there, it says with `Missing`.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.benchmarks.measure import Run


@dataclass(frozen=True)
class Side:
    """Something to run: how many events a run goes over, and what is to be said of it."""

    name: str
    events: int
    run: Run
    said: str = ""
