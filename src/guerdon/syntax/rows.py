"""The tree of tables and of the types that facts and keys are declared with."""

# ruff: noqa: F403, F405 - a tree in several files is one module to its readers

from __future__ import annotations

from guerdon.syntax.expressions import *
from guerdon.text.node import Node

__all__ = [
    "Band",
    "Bands",
    "Bound",
    "By",
    "Cell",
    "Columns",
    "End",
    "FieldType",
    "Key",
    "ListOf",
    "NamedType",
    "OneOf",
    "Otherwise",
    "Row",
    "RowsFrom",
    "Use",
    "YesNo",
]

# ---------------------------------------------------------------- types of fields


class NamedType(Node):
    """A type, a unit or a currency by its name."""

    name: Name


class YesNo(Node):
    """`yes/no`."""

    word: Name


class OneOf(Node):
    """A closed list of words."""

    values: tuple[Name, ...]


class ListOf(Node):
    """Lines of a record."""

    record: Name


FieldType = NamedType | YesNo | OneOf | ListOf

# ---------------------------------------------------------------- tables


class Use(Node):
    """Another file whose declarations count as if they stood here."""

    file: String


class Key(Node):
    """What a table is looked up by."""

    name: Name
    type: NamedType | YesNo | OneOf | None


class By(Node):
    keys: tuple[Key, ...]


class Columns(Node):
    """The names of a table's results, where it has several."""

    names: tuple[Name, ...]


class Bands(Node):
    """`whole` or `parts`."""

    how: Name


class RowsFrom(Node):
    """A file that holds the rows of a table."""

    file: String


Bound = Name | Number | Percent | Date | Quantity
"""A plain value; a name is that of a `param`."""


class End(Node):
    """Where a band begins (`from`, `above`) or ends (`below`, `through`)."""

    side: Name
    value: Bound


class Band(Node):
    """A stretch of values; `end` is None where it has one end only, whichever it is."""

    first: End
    end: End | None = None


Cell = Bound | String | Band


class Row(Node):
    cells: tuple[Cell, ...]
    values: tuple[Expr, ...]


class Otherwise(Node):
    values: tuple[Expr, ...]
