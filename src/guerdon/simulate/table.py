"""The tables of a history: their columns, and what each of them holds."""

from __future__ import annotations

from dataclasses import dataclass

SQL = {
    "text": "VARCHAR",
    "member": "VARCHAR",
    "word": "VARCHAR",
    "time": "TIMESTAMP",
    "date": "DATE",
    "money": "DECIMAL(18,2)",
    "litres": "DECIMAL(18,2)",
    "whole": "BIGINT",
}
"""What a column may hold, and its type in Parquet; a `word` is one of those that the program knows."""

NUMBERS = ("money", "litres", "whole")

Row = tuple[str, ...]
"""Values as they are written; an empty one is missing."""


@dataclass(frozen=True)
class Table:
    """A file of the history, without its ending; `columns` by name with what each holds."""

    name: str
    columns: dict[str, str]

    @property
    def is_events(self) -> bool:
        """Whether it holds what happened, and not who there is."""
        return "at" in self.columns


def table(name: str, columns: str) -> Table:
    """A table of columns that are written like `id member:member at:time`; text where nothing else is said."""
    pairs = (each.partition(":") for each in columns.split())
    return Table(name, {column: kind or "text" for column, _, kind in pairs})


def money(cents: int) -> str:
    """An amount, or any number of two decimals, as it is written."""
    return f"{cents // 100}.{cents % 100:02}"
