"""What a figure came to, as a table for people and as a list for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from tests.benchmarks.measure import Range


@dataclass(frozen=True)
class Other:
    """The side that is compared with: its events a second, over how many events, and what is to be said of it."""

    name: str
    events: int
    rate: Range
    said: str


@dataclass(frozen=True)
class Found:
    """What one figure came to.

    Shape: `figure` is missing where it could not be measured, and `why` says why. `limit` is how many times as many events a second hand-written C makes, doing all of W.
    """

    figure: Range | None = None
    why: str = ""
    other: Other | None = None
    limit: Range | None = None
    said: str = ""


@dataclass(frozen=True)
class Result:
    """A figure beside its floor. `at_most`: it may not be more, else it may not be less."""

    name: str
    says: str
    floor: float
    at_most: bool
    unit: str
    found: Found

    @property
    def met(self) -> bool | None:
        if self.found.figure is None:
            return None
        measured = self.found.figure.median
        return measured <= self.floor if self.at_most else measured >= self.floor


def brief(number: float) -> str:
    """Three digits, as far as they say something.

    >>> [brief(each) for each in (0.6789, 5.432, 54.32, 543.21, 65432.1)]
    ['0.679', '5.43', '54.3', '543', '65,432']
    """
    return f"{number:,.{0 if abs(number) >= 100 else 1 if abs(number) >= 10 else 2 if abs(number) >= 1 else 3}f}"


def ranged(found: Range | None, unit: str = "") -> str:
    return f"{brief(found.median)}{unit} ({brief(found.low)} to {brief(found.high)})" if found else ""


def as_list(results: Iterable[Result]) -> list[dict[str, Any]]:
    """One object a figure; numbers are not rounded."""
    return [as_object(each) for each in results]


def as_object(result: Result) -> dict[str, Any]:
    figure, other, limit = result.found.figure, result.found.other, result.found.limit
    told: dict[str, Any] = {
        "name": result.name,
        "says": result.says,
        "figure": figure.median if figure else None,
        "low": figure.low if figure else None,
        "high": figure.high if figure else None,
        "unit": result.unit,
        "floor": result.floor,
        "at_most": result.at_most,
        "met": result.met,
    }
    if figure is None:
        told["why"] = result.found.why
    if result.found.said:
        told["said"] = result.found.said
    if other:
        rate = {"events_per_second": other.rate.median, "low": other.rate.low, "high": other.rate.high}
        told["other"] = {"name": other.name, "events": other.events, **rate, "said": other.said}
    if limit:
        told["hand_c"] = {"figure": limit.median, "low": limit.low, "high": limit.high}
    return told


def as_json(results: Iterable[Result]) -> str:
    return json.dumps(as_list(results), indent=2, ensure_ascii=False)


WORDS = {True: "[green]met[/]", False: "[red]missed[/]", None: "[yellow]-[/]"}


def table(results: Iterable[Result]) -> Table:
    """A row a figure. What is said of the sides stands below their numbers."""
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Figure", "Floor", "Measured", "", "Other side, events a second", "Hand-written C to it"):
        shown.add_column(heading, overflow="fold")
    for result in results:
        found = result.found
        floor = f"{'at most' if result.at_most else 'at least'} {brief(result.floor)}{result.unit}"
        measured = ranged(found.figure, result.unit) or found.why
        other = found.other
        beside = f"{other.name}: {ranged(other.rate)}\n[dim]{other.events:,} events; {other.said}[/]" if other else ""
        beside += f"[dim]{found.said}[/]" if found.said else ""
        limit = ranged(found.limit, result.unit)
        shown.add_row(f"[bold]{result.name}[/]\n{result.says}", floor, measured, WORDS[result.met], beside, limit)
    return shown


def printed(results: Iterable[Result], console: Console) -> None:
    console.print(table(results))
