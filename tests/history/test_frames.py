"""Dataframes are histories: any object that gives its columns through Arrow."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pyarrow
import pytest
from tests.history.conftest import BASKET_EVENT, SALE_EVENT, program, record

from guerdon.history.fault import HistoryError
from guerdon.history.open import open_frames
from guerdon.program import types


class Only:
    """A frame that is nothing but its stream, to be read once."""

    def __init__(self, of: Any) -> None:
        self.of = of

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        stream, self.of = self.of.__arrow_c_stream__(requested_schema), None
        return stream


ROWS = """SELECT 7 AS id, 'ana' AS member, TIMESTAMPTZ '2026-01-02 12:00Z' AS "at", 1.50::DECIMAL(9,2) AS amount
          UNION ALL SELECT 8, 'bea', TIMESTAMPTZ '2026-01-01 12:00Z', 2"""


def test_a_frame_is_read_as_a_file_would_be() -> None:
    with duckdb.connect() as con:
        history = open_frames({"sale": Only(con.sql(ROWS))}, program(SALE_EVENT))
    assert [(each.id, each.member, each.facts) for each in history.events()] == [
        ("8", "bea", {"amount": Fraction(2)}),
        ("7", "ana", {"amount": Fraction(3, 2)}),
    ]
    assert history.rejections == []


def test_binary_floats_are_the_decimals_that_they_stand_for() -> None:
    frame = pyarrow.table({"id": [1, 2], "member": ["m", "m"], "at": ["2026-01-02"] * 2, "amount": [0.1, 0.123]})
    history = open_frames({"sale": frame}, program(SALE_EVENT), "UTC")
    assert [each.facts["amount"] for each in history.events()] == [Fraction(1, 10)]
    assert [each.code for each in history.rejections] == ["G620"]


def test_a_list_of_structs_is_a_list_of_lines() -> None:
    lines = [
        [{"product": "tea", "amount": Decimal("1.50")}, {"product": "bun", "amount": Decimal("2.00")}],
        [{"product": "cup", "amount": Decimal("3.00")}],
    ]
    frame = pyarrow.table({"id": ["1", "2"], "member": ["m", "n"], "at": ["2026-01-02", "2026-01-01"], "lines": lines})
    history = open_frames({"basket": frame}, program(BASKET_EVENT), "UTC")
    second, first = history.events()
    assert [each["product"] for each in first.facts["lines"]] == ["tea", "bun"]
    assert [each["amount"] for each in second.facts["lines"]] == [Fraction(3)]


def test_facts_of_members_are_a_frame_too() -> None:
    member = record("member", staff=types.Optional(types.YesNo()))
    frames = {
        "sale": pyarrow.table({"id": [1], "member": ["m"], "at": ["2026-01-02"], "amount": ["1.50"]}),
        "members": pyarrow.table({"id": ["m"], "staff": [True]}),
    }
    assert open_frames(frames, program(SALE_EVENT, member=member), "UTC").members == {"m": {"staff": True}}


def test_a_column_that_is_missing_is_told() -> None:
    with pytest.raises(HistoryError) as caught:
        open_frames({"sale": pyarrow.table({"id": [1], "member": ["m"], "at": ["2026-01-02"]})}, program(SALE_EVENT))
    assert {each.code for each in caught.value.diagnostics} == {"G522"}


def test_an_event_that_the_program_does_not_have_is_told() -> None:
    with pytest.raises(HistoryError) as caught:
        open_frames({"sail": pyarrow.table({"id": [1], "member": ["m"], "at": ["2026-01-02"]})}, program(SALE_EVENT))
    assert {each.code for each in caught.value.diagnostics} == {"G521"}


@pytest.mark.parametrize("package", ["polars", "pandas"])
def test_frames_of_others(package: str) -> None:
    module = pytest.importorskip(package)
    frame = module.DataFrame({"id": ["1"], "member": ["m"], "at": ["2026-01-02"], "amount": ["1.50"]})
    if not hasattr(frame, "__arrow_c_stream__"):
        pytest.skip("it has no stream")
    history = open_frames({"sale": frame}, program(SALE_EVENT), "UTC")
    assert [each.facts["amount"] for each in history.events()] == [Fraction(3, 2)]
