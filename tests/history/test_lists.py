"""Lists in a column are rows: each value once, in order, and none is lost."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from tests.history.conftest import BASKET_EVENT, Open, Refused, WriteParquet, codes, lines_of, row_of, typed

from guerdon.library import Program

MAPPING = """
sources:
  orders:
    file: orders.jsonl
    timezone: UTC
    each: items
events:
  basket:
    from: orders
    group: guerdon_row
    id: id
    member: member
    at: at
    fields:
      lines:
        product: each ->> '$.sku'
        amount: (each ->> '$.price')::decimal(18, 2) * (each ->> '$.pieces')::int
"""


def order(id: str, items: object) -> str:
    return json.dumps({"id": id, "member": "m", "at": "2026-01-01", "items": items}) + "\n"


def item(sku: str, price: str = "1.10", pieces: int = 1) -> dict[str, object]:
    return {"sku": sku, "price": price, "pieces": pieces}


def test_each_value_of_a_list_is_a_line(opened: Open) -> None:
    orders = order("A", [item("tea", "1.10", 3), item("bun", "0.50")]) + order("B", [item("tea")])
    first, second = opened(MAPPING, BASKET_EVENT, orders__jsonl=orders).events()
    assert lines_of(first) == (
        {"product": "tea", "amount": Fraction(33, 10)},
        {"product": "bun", "amount": Fraction(1, 2)},
    )
    assert lines_of(second) == ({"product": "tea", "amount": Fraction(11, 10)},)
    assert (row_of(first), row_of(second)) == (1, 2)


def test_lines_keep_their_order_in_long_lists_too(opened: Open) -> None:
    orders = "".join(order(str(number), [item(f"p{n}") for n in range(150)]) for number in range(200))
    history = opened(MAPPING, BASKET_EVENT, orders__jsonl=orders)
    wanted = [f"p{n}" for n in range(150)]
    assert all([line["product"] for line in lines_of(each)] == wanted for each in history.events())


def test_an_event_without_lines_is_set_aside_not_lost(opened: Open) -> None:
    history = opened(MAPPING, BASKET_EVENT, orders__jsonl=order("A", []) + order("B", [item("tea")]) + order("C", None))
    assert [each.id for each in history.events()] == ["B"]
    assert [(each.code, row_of(each)) for each in history.rejections] == [("G602", 1), ("G602", 3)]


def test_a_value_that_is_no_list_is_one_line(opened: Open) -> None:
    (event,) = opened(MAPPING, BASKET_EVENT, orders__jsonl=order("A", item("tea"))).events()
    assert lines_of(event) == ({"product": "tea", "amount": Fraction(11, 10)},)


def test_a_bad_value_takes_its_event_along_and_is_told_once(opened: Open) -> None:
    orders = order("A", [item("tea"), item("bun", "-0.50"), item("cup")]) + order("B", [item("tea")])
    history = opened(MAPPING, BASKET_EVENT, orders__jsonl=orders)
    assert [each.id for each in history.events()] == ["B"]
    assert [(each.code, row_of(each)) for each in history.rejections if each.code != "G618"] == [("G606", 1)]


def test_an_order_that_comes_again_counts_once(opened: Open) -> None:
    line = order("A", [item("tea"), item("bun")])
    history = opened(MAPPING, BASKET_EVENT, orders__jsonl=line + line)
    assert (history.count, history.repeated) == (1, 1)
    other = opened(MAPPING, BASKET_EVENT, orders__jsonl=line + order("A", [item("bun"), item("tea")]))
    assert (other.count, other.repeated, codes(other)) == (1, 0, ["G619"])


def test_the_column_may_be_declared_and_come_from_anywhere_in_a_row(opened: Open) -> None:
    mapping = MAPPING.replace("each: items", "each: items -> '$.prices'\n    columns: {each: decimal 2}")
    mapping = mapping.replace("each ->> '$.sku'", "id").partition("        amount")[0] + "        amount: each * 2\n"
    (event,) = opened(mapping, BASKET_EVENT, orders__jsonl=order("A", {"prices": [1.05, 2]})).events()
    assert [line["amount"] for line in lines_of(event)] == [Fraction(21, 10), Fraction(4)]


def test_lists_of_parquet_are_read_too(opened: Open, parquet: WriteParquet) -> None:
    items = "[{'sku': 'tea', 'price': 1.10::decimal(9,2), 'pieces': 2}, {'sku': 'bun', 'price': 0.5::decimal(9,2), 'pieces': 1}]"
    parquet("orders.parquet", f"SELECT 'A' AS id, 'm' AS member, DATE '2026-01-01' AS at, {items} AS items")
    mapping = MAPPING.replace("jsonl", "parquet").replace("each ->> '$.sku'", "'\"each\".sku'")
    mapping = mapping.partition("        amount")[0] + '        amount: \'"each".price * "each".pieces\'\n'
    (event,) = opened(mapping, BASKET_EVENT).events()
    assert [line["amount"] for line in lines_of(event)] == [Fraction(22, 10), Fraction(1, 2)]


@pytest.mark.parametrize(("lists", "code"), [("item", "G515"), ("length(id)", "G528"), ("items ->>", "G525")])
def test_what_gives_no_lists_is_refused(refused: Refused, lists: str, code: str) -> None:
    mapping = MAPPING.replace("each: items", f"each: {lists}")
    assert codes(refused(mapping, BASKET_EVENT, orders__jsonl=order("A", [item("tea")]))) == [code]


PROGRAM = """
program "P"
  currency    USD

unit star

record line
  product     text
  amount      money

event basket
  lines       list of line

earn "Cups"
  on          basket
  each        line where product is "cup"
  give        1 star per 1 USD of amount
  round       down per line
"""


def test_a_column_that_is_called_so_already_is_refused(refused: Refused) -> None:
    orders = json.dumps({"id": "A", "member": "m", "at": "2026-01-01", "items": [], "each": 1}) + "\n"
    assert codes(refused(MAPPING, BASKET_EVENT, orders__jsonl=orders)) == ["G516"]


def test_engines_see_the_same_lines(opened: Open, tmp_path: Path) -> None:
    program = typed(PROGRAM)
    orders = "".join(order(f"{n:03}", [item("tea")] * (n % 3) + [item("cup", "1.60", n)] * 2) for n in range(30))
    wanted = sum(2 * (16 * n // 10) for n in range(30))
    for engine in ("reference", "kernel"):
        history = opened(MAPPING, of=program, orders__jsonl=orders)
        outcome = Program(program, (), tmp_path).run(history, engine=engine)
        assert outcome.posted.ledger.balances() == {("m", "star"): wanted}
