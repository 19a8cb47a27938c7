"""What every pass over a history's rows is given."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from guerdon.history.document import Document, Path
from guerdon.history.fault import Faults
from guerdon.history.source import Table
from guerdon.program import nodes
from guerdon.text.diagnostic import Diagnostic


@dataclass(frozen=True)
class Context:
    """What reading rows takes: the connection, the program, the mapping's text, the sources, the faults known."""

    con: duckdb.DuckDBPyConnection
    program: nodes.Program
    document: Document
    tables: dict[str, Table]
    faults: Faults

    def refuse(self, code: str, message: str, path: Path, *help: str, key: bool = False) -> Diagnostic:
        return Diagnostic(code, message, self.document.span(path, key=key), help=help)
