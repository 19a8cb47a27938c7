"""The result tables of a run as Arrow tables."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from guerdon.reference.posted import Posted
from guerdon.study.rows import Row, decimal, rows
from guerdon.study.schema import TABLES, WHOLE_DIGITS, Column, Kind, decimals

if TYPE_CHECKING:
    import pyarrow

_AT_ONCE = 50_000  # rows to a batch


def as_arrow(posted: Posted, table: str) -> pyarrow.Table:
    """A result table as Arrow, in the types that the Parquet file has.

    Errors: ImportError without the extra `arrow`; TooLarge.
    """
    try:
        import pyarrow  # an extra
    except ImportError:
        raise ImportError("Arrow tables need pyarrow: pip install 'guerdon[arrow]'") from None
    columns, places = TABLES[table], decimals(posted.program)
    schema = pyarrow.schema([(each.name, _arrow(pyarrow, each, places)) for each in columns])
    batches = [
        pyarrow.record_batch(
            [_column(each, values, places) for each, values in zip(columns, zip(*batch, strict=True), strict=True)],
            schema=schema,
        )
        for batch in _batches(rows(posted, table))
    ]
    return pyarrow.Table.from_batches(batches, schema)


def _batches(found: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(found, _AT_ONCE)):
        yield batch


def _arrow(pyarrow: Any, column: Column, places: int) -> Any:
    match column.kind:
        case Kind.TEXT | Kind.EXACT:
            return pyarrow.string()
        case Kind.QUANTITY:
            return pyarrow.decimal128(WHOLE_DIGITS + places, places)
        case Kind.WHOLE:
            return pyarrow.int64()
        case Kind.INSTANT:
            return pyarrow.timestamp("us", tz="UTC")


def _column(column: Column, values: tuple[Any, ...], places: int) -> list[Any]:
    """A column's values as Arrow takes them."""
    if column.kind is Kind.QUANTITY:
        return [Decimal(decimal(value, places)) for value in values]
    return list(values)
