"""Small programs and histories, made by hand."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event, Rejection
from guerdon.history.fault import HistoryError
from guerdon.history.open import History, open_history
from guerdon.program import nodes, types
from guerdon.text.diagnostic import render

USD = types.Quantity("USD", Fraction(1, 100))
STAR = types.Quantity("star", Fraction(1))

SALE = """
sources:
  sales:
    file: sales.csv
    timezone: UTC
events:
  sale:
    from: sales
    id: id
    member: member
    at: at
    fields:
      amount: amount
"""

BASKET = """
sources:
  sales:
    file: sales.csv
    timezone: UTC
events:
  basket:
    from: sales
    group: id
    id: id
    member: member
    at: at
    fields:
      lines:
        product: product
        amount: amount
"""


def record(name: str, **facts: types.Type) -> nodes.Record:
    return nodes.Record(name, {each: nodes.Fact(each, of) for each, of in facts.items()})


def program(
    *events: nodes.Record, zone: str = "UTC", currency: str = "USD", member: nodes.Record | None = None
) -> nodes.Program:
    """A program with these events and a record `line` of product and amount."""
    return nodes.Program(
        frame=nodes.Frame("p", 2026, currency, zone),
        units={"star": nodes.Unit("star", 0), "litre": nodes.Unit("litre", 3)},
        events={each.name: each for each in events},
        records={"line": record("line", product=types.Text(), amount=USD)},
        member=member or record("member"),
        tables={},
        meters=(),
        measures={},
        ladders={},
        rules={},
        groups={},
        tests=(),
        accounts={},
        triggers={},
    )


def typed(text: str) -> nodes.Program:
    """The checked program of a text."""
    found, said = check_bytes("test.guerdon", text.encode())
    assert found is not None, "\n".join(map(render, said))
    return found


SALE_EVENT = record("sale", amount=USD)
BASKET_EVENT = record("basket", lines=types.Lines("line"))

Open = Callable[..., History]
Refused = Callable[..., HistoryError]
WriteParquet = Callable[[str, str], None]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Writes `history.yaml` and files (`sales__csv=...` is sales.csv), and opens the history."""

    def _opened(mapping: str, *events: nodes.Record, of: nodes.Program | None = None, **files: str | bytes) -> History:
        (tmp_path / "history.yaml").write_text(mapping, encoding="utf-8")
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (tmp_path / name.replace("__", ".")).write_bytes(data)
        return open_history(tmp_path, of or program(*events))

    return _opened


@pytest.fixture
def refused(opened: Open) -> Refused:
    """The error with which a history is refused."""

    def _refused(*args: Any, **files: Any) -> HistoryError:
        with pytest.raises(HistoryError) as caught:
            opened(*args, **files)
        assert caught.value.diagnostics
        return caught.value

    return _refused


@pytest.fixture
def parquet(tmp_path: Path) -> WriteParquet:
    """Writes the result of a query as a Parquet file."""

    def _parquet(name: str, query: str) -> None:
        duckdb.sql(f"COPY ({query}) TO '{tmp_path / name}' (FORMAT parquet)")

    return _parquet


def codes(of: History | HistoryError) -> list[str]:
    """Codes of what was set aside, or of what is wrong."""
    return [each.code for each in (of.rejections if isinstance(of, History) else of.diagnostics)]


def row_of(what: Event | Rejection) -> int:
    """The row that it came from."""
    assert what.place is not None
    return what.place.row


def lines_of(event: Event) -> tuple[dict[str, Any], ...]:
    """The lines of a basket."""
    lines = event.facts["lines"]
    assert isinstance(lines, tuple)
    return lines
