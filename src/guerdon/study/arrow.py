"""The result tables of a run through Arrow: as streams, and as tables of pyarrow."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guerdon.study.parts import selected
from guerdon.study.results import connect, typed

if TYPE_CHECKING:
    import pyarrow

    from guerdon.study.parts import Run


class Stream:
    """A result table that is made while it is read, as anything takes it that speaks Arrow.

    Shape: in the types that the Parquet file has. It can be read again, each time from the beginning; it has to
    be there as long as it is read.
    Errors: TooLarge where it is read.
    """

    def __init__(self, run: Run, table: str) -> None:
        self.run, self.table = run, table
        self._open = ExitStack()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._relation().__arrow_c_stream__()

    def _relation(self) -> Any:
        scratch = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="guerdon-")))
        con = self._open.enter_context(connect(scratch))
        return con.sql(typed(self._open.enter_context(selected(con, self.run, self.table, scratch)), self.table))

    def close(self) -> None:
        """Forgets what is read."""
        self._open.close()

    def __del__(self) -> None:
        self.close()


def as_arrow(run: Run, table: str) -> pyarrow.Table:
    """A result table as Arrow, in the types that the Parquet file has.

    Errors: ImportError without the extra `arrow`; TooLarge.
    """
    try:
        import pyarrow  # an extra
    except ImportError:
        raise ImportError("Arrow tables need pyarrow: pip install 'guerdon[arrow]'") from None
    return pyarrow.table(Stream(run, table))
