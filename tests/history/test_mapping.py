"""A mapping that can't be used is refused with a code, a place in it and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel
from tests.history.conftest import BASKET, BASKET_EVENT, SALE, SALE_EVENT, USD, Open, Refused, codes, program, record

from guerdon.history.fault import HistoryError
from guerdon.history.mapping import EventMapping, HistoryMapping, JoinMapping, MembersMapping, SourceMapping
from guerdon.history.open import open_history
from guerdon.program import nodes, types

ROWS = "id,member,at,amount\n1,m,2026-01-01,1\n"
LINES = "id,member,at,product,amount\n1,m,2026-01-01,tea,1\n"


@pytest.mark.parametrize(
    ("old", "new", "code", "marked", "said"),
    [
        ("    from: sales", "    form: sales", "G502", "form", "`from`"),
        ("    from: sales\n", "", "G504", "sale", "`from` is missing"),
        ("timezone: UTC", "zone: UTC", "G502", "zone", "timezone"),
        ("timezone: UTC", "timezone: UTC\n    columns: {amount: money}", "G503", "money", "decimal N"),
        ("timezone: UTC", "timezone: UTC\n    columns: {amount: decimal 99}", "G503", "decimal 99", "0 to 12"),
        ("timezone: UTC", "timezone: UTC\n    clock_change: sometimes", "G503", "sometimes", "earlier"),
        ("timezone: UTC", "timezone: UTC\n    columns: {amuont: text}", "G515", "amuont", "`amount`"),
        ("from: sales", "from: slaes", "G510", "slaes", "`sales`"),
        ("  sale:", "  sael: absent\n  sale:", "G521", "sael", "`sale`"),
        ("amount: amount", "amuont: amount", "G523", "amuont", "`amount`"),
        ("amount: amount", "amount: amuont", "G515", "amuont", "`amount`"),
        ("amount: amount", "amount: {product: amount}", "G524", "amount", "one value"),
        ("amount: amount", "amount: amount +", "G525", "amount +", "syntax error"),
        ("amount: amount", "amount: amount) , (1", "G525", "amount) , (1", "expression"),
        ("amount: amount", "amount: 1; drop table x", "G525", "1; drop table x", "expression"),
        ("amount: amount", "amount: count(amount)", "G525", "count(amount)", "GROUP BY"),
        ("amount: amount", "amount: cast(member as integer)", "G525", "cast(member as integer)", "every row"),
        ("amount: amount", "amount: '[amount]'", "G528", "'[amount]'", "needs a number"),
        ("member: member", "member: shop", "G515", "shop", "'shop'"),
        ("member: member", "member: 1.5::double", "G526", "1.5::double", "whole"),
        ("    id: id", "    where: amount\n    id: id", "G525", "amount", "not yes or no"),
        ("    id: id", "    where: amuont > 1\n    id: id", "G515", "amuont > 1", "`amount`"),
        ("    id: id", "    join: {source: goods, on: id}\n    id: id", "G510", "goods", "sales"),
        ("    id: id", "    join: {source: sales, on: id}\n    id: id", "G529", "sales", "itself"),
        ("    id: id", "    group: id\n    id: id", "G524", "group", "no list of lines"),
        ("    id: id\n", "    id: id\n    id: at\n", "G501", "id", "twice"),
        ("    id: id\n", "    id: &x id\n    group: *x\n", "G501", "", "alias"),
        ("    id: id\n", "    id: !!python/name:os.system x\n", "G501", "", "tag"),
        ("sources:", "sources: [", "G501", "", "YAML"),
        ("sources:", "sources: " + "[" * 20_000, "G501", "", "YAML"),
        ("amount: amount", "amount:", "G503", "", "amount"),
        ("sources:", "folder: nowhere\nsources:", "G511", "nowhere", "no folder"),
        ("    fields:\n      amount: amount\n", "", "G522", "", "`amount`"),
        ("    id: id", "    require: {it is so: amount}\n    id: id", "G525", "amount", "not yes or no"),
        ("    id: id", "    require: {it is so: amuont > 1}\n    id: id", "G515", "amuont > 1", "`amount`"),
        ("    id: id", "    require: amount\n    id: id", "G503", "amount", "indented"),
    ],
)
def test_a_fault_of_the_mapping_points_at_its_place(
    refused: Refused, old: str, new: str, code: str, marked: str, said: str
) -> None:
    assert old in SALE
    error = refused(SALE.replace(old, new, 1), SALE_EVENT, sales__csv=ROWS)
    assert codes(error) == [code]
    assert said in str(error)
    diagnostic = error.diagnostics[0]
    assert diagnostic.span is not None
    assert diagnostic.help
    assert marked in diagnostic.span.text
    assert diagnostic.span.line > 0


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("    group: id\n", "", "G524"),
        ("      lines:\n        product: product\n        amount: amount\n", "      lines: product\n", "G524"),
        ("        product: product\n", "", "G522"),
        ("product: product", "prodct: product", "G523"),
    ],
)
def test_lines_are_mapped_field_by_field_within_a_group(refused: Refused, old: str, new: str, code: str) -> None:
    assert code in codes(refused(BASKET.replace(old, new), BASKET_EVENT, sales__csv=LINES))


def test_an_event_is_mapped_or_said_to_be_absent(opened: Open, refused: Refused) -> None:
    survey = record("survey", score=types.WHOLE)
    error = refused(SALE, SALE_EVENT, survey, sales__csv=ROWS)
    assert codes(error) == ["G520"]
    assert "`survey: absent`" in str(error)
    assert opened(SALE + "  survey: absent\n", SALE_EVENT, survey, sales__csv=ROWS).count == 1
    assert codes(refused(SALE + "  survey: none\n", SALE_EVENT, survey, sales__csv=ROWS)) == ["G503"]


def test_a_derived_field_is_not_mapped(refused: Refused) -> None:
    total = nodes.Fact("double", USD, nodes.Literal(1, USD))
    event = nodes.Record("sale", {**SALE_EVENT.facts, "double": total})
    assert codes(refused(SALE + "      double: amount\n", event, sales__csv=ROWS)) == ["G523"]


def test_every_fault_is_told_at_once(refused: Refused) -> None:
    mapping = (
        SALE.replace("from: sales", "from: slaes")
        .replace("amount: amount", "amuont: amount")
        .replace("sales.csv", "none.csv")
    )
    assert set(codes(refused(mapping, SALE_EVENT))) == {"G510", "G523"}


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    for content in (None, b"\xff\xfe"):
        if content:
            (tmp_path / "history.yaml").write_bytes(content)
        with pytest.raises(HistoryError) as caught:
            open_history(tmp_path, program(SALE_EVENT))
        assert codes(caught.value) == ["G500"]
        assert "history.yaml" in str(caught.value)


def test_a_history_may_be_a_file_with_marks_and_windows_line_ends(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_bytes(b"\xef\xbb\xbf" + SALE.replace("\n", "\r\n").encode())
    (tmp_path / "sales.csv").write_text(ROWS)
    assert open_history(tmp_path / "other.yaml", program(SALE_EVENT)).count == 1


def test_the_empty_mapping_says_what_is_missing(refused: Refused) -> None:
    assert set(codes(refused("", SALE_EVENT))) == {"G504"}
    assert codes(refused("just text", SALE_EVENT)) == ["G503"]


@pytest.mark.parametrize("model", [HistoryMapping, SourceMapping, EventMapping, JoinMapping, MembersMapping])
def test_every_key_is_described(model: type[BaseModel]) -> None:
    assert all(field.description for field in model.model_fields.values())
    assert model.__doc__
