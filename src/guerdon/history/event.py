"""An event as the engines see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Facts = Mapping[str, Any]
"""Values by field name; what they may be is said at `Event`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row came from: a file, and a row from 1 (a header is not a row)."""

    file: str
    row: int

    def __str__(self) -> str:
        """As people look it up: a spreadsheet counts the header, and this does not.

        >>> str(Place("sales.csv", 4))
        'sales.csv, row 4 below the header'
        """
        if self.file.lower().endswith(".csv"):
            return f"{self.file}, row {self.row} below the header"
        return f"{self.file}, {'row' if self.file.lower().endswith('.parquet') else 'line'} {self.row}"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a member.

    Shape: `facts` by field name, in the types of the program: quantities, numbers and
    percents as Fraction (dollars, not cents; 25 % is 1/4), choices and texts as str,
    yes/no as bool, dates as date, instants as microseconds since 1970 UTC, lists of
    lines as tuples of mappings, what is missing as None; derived fields are not in it.
    Units: `at` and `recorded` in microseconds since 1970-01-01T00:00Z.
    Source: language reference, Order of events.
    """

    id: str
    type: str
    member: str
    at: int
    recorded: int
    sequence: int
    facts: Facts
    place: Place | None = None

    @property
    def name(self) -> str:
        """What its awards are called after."""
        return f"{self.type}/{self.id}"

    @property
    def posted(self) -> int:
        """The instant of what is posted for it."""
        return self.at

    @property
    def order(self) -> tuple[int, int, str]:
        """Events happen in the order (recorded, sequence, id)."""
        return self.recorded, self.sequence, self.id


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row or an event that was set aside: a code, why, where, and what stood there."""

    code: str
    message: str
    event: str | None
    place: Place | None
    source: Mapping[str, object]
    help: str = ""
