"""Rows become events whole, once and in order; the rest is set aside with its reason."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from tests.history.conftest import (
    BASKET,
    BASKET_EVENT,
    SALE,
    SALE_EVENT,
    STAR,
    USD,
    Open,
    Refused,
    codes,
    lines_of,
    program,
    record,
    row_of,
)

from guerdon.history.open import History
from guerdon.program import nodes, types

HEAD = "id,member,at,amount\n"
LINES = "id,member,at,product,amount\n"


def ids(history: History) -> list[str]:
    return [each.id for each in history.events()]


def test_rows_of_a_group_are_the_lines_of_one_event(opened: Open) -> None:
    history = opened(
        BASKET, BASKET_EVENT, sales__csv=f"{LINES}2,m,2026-01-02,tea,1.50\n1,n,2026-01-01,cup,3\n2,m,2026-01-02,bun,2\n"
    )
    first, second = history.events()
    assert (first.id, first.member, first.facts) == ("1", "n", {"lines": ({"product": "cup", "amount": Fraction(3)},)})
    assert lines_of(second) == ({"product": "tea", "amount": Fraction(3, 2)}, {"product": "bun", "amount": Fraction(2)})
    assert (row_of(second), history.count, history.repeated) == (1, 2, 0)


def test_a_bad_line_sets_its_whole_event_aside(opened: Open) -> None:
    history = opened(
        BASKET,
        BASKET_EVENT,
        sales__csv=f"{LINES}1,m,2026-01-02,tea,1.50\n1,m,2026-01-02,cup,-3\n2,m,2026-01-02,bun,2\n",
    )
    assert ids(history) == ["2"]
    assert [(each.code, row_of(each), each.event) for each in history.rejections] == [
        ("G606", 2, "1"),
        ("G618", 1, "1"),
    ]
    assert "row 2" in history.rejections[1].message


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ("1,m,2026-01-02,tea,1\n1,n,2026-01-02,cup,3\n", "member"),
        ("1,m,2026-01-02,tea,1\n1,m,2026-01-03,cup,3\n", "at"),
    ],
)
def test_rows_of_a_group_agree_on_what_they_share(opened: Open, rows: str, field: str) -> None:
    history = opened(BASKET, BASKET_EVENT, sales__csv=f"{LINES}{rows}2,m,2026-01-02,bun,2\n")
    assert codes(history) == ["G617", "G617"]
    assert f"`{field}`" in history.rejections[0].message
    assert ids(history) == ["2"]


def test_an_optional_field_missing_in_one_row_of_a_group_disagrees(opened: Open) -> None:
    event = record("basket", shop=types.Optional(types.Text()), lines=types.Lines("line"))
    mapping = BASKET.replace("fields:\n", "fields:\n      shop: shop\n")
    history = opened(
        mapping,
        event,
        sales__csv="id,member,at,product,amount,shop\n1,m,2026-01-02,tea,1,s\n1,m,2026-01-02,cup,3,\n2,m,2026-01-02,cup,3,\n",
    )
    assert codes(history) == ["G617", "G617"]
    assert next(history.events()).facts["shop"] is None


@pytest.mark.parametrize("column", ["id", "member", "at"])
def test_rows_without_id_member_or_time_are_set_aside(opened: Open, column: str) -> None:
    row = {"id": "1", "member": "m", "at": "2026-01-01", column: ""}
    history = opened(
        SALE, SALE_EVENT, sales__csv=f"{HEAD}{row['id']},{row['member']},{row['at']},1\n2,m,2026-01-01,1\n"
    )
    assert codes(history) == ["G602"]
    assert f"`{column}` is missing" in history.rejections[0].message


def test_a_row_without_a_group_is_set_aside(opened: Open) -> None:
    history = opened(
        BASKET.replace("group: id", "group: product"),
        BASKET_EVENT,
        sales__csv=f"{LINES}1,m,2026-01-02,,1\n2,m,2026-01-02,bun,2\n",
    )
    assert codes(history) == ["G602"]


def test_a_repeated_event_counts_once(opened: Open) -> None:
    history = opened(
        SALE,
        SALE_EVENT,
        sales__csv=f"{HEAD}1,m,2026-01-01,1\n2,m,2026-01-01,1\n1,m,2026-01-01,1.00\n1,m,2026-01-01,1.0\n",
    )
    assert (ids(history), history.repeated, history.rejections, history.count) == (["1", "2"], 2, [], 2)


def test_an_id_used_for_something_else_is_set_aside_with_both_places(opened: Open) -> None:
    history = opened(SALE, SALE_EVENT, sales__csv=f"{HEAD}1,m,2026-01-01,1\n1,m,2026-01-01,2\n1,m,2026-01-01,1\n")
    assert (ids(history), history.repeated, codes(history)) == (["1"], 1, ["G619"])
    assert row_of(history.rejections[0]) == 2
    assert "sales.csv row 1" in history.rejections[0].message


def test_a_basket_delivered_again_in_another_file_counts_once(opened: Open, tmp_path: Path) -> None:
    rows = "1,m,2026-01-01,tea,1\n1,m,2026-01-01,cup,2\n"
    (tmp_path / "a.csv").write_text(LINES + rows)
    (tmp_path / "b.csv").write_text(LINES + rows + "2,m,2026-01-01,tea,1\n3,m,2026-01-01,tea,1\n")
    (tmp_path / "c.csv").write_text(LINES + "3,m,2026-01-01,tea,1\n3,m,2026-01-01,tea,1\n")
    history = opened(BASKET.replace("file: sales.csv", "file: '*.csv'"), BASKET_EVENT)
    assert (ids(history), history.repeated) == (["1", "2", "3"], 1)
    assert [(each.code, row_of(each)) for each in history.rejections] == [("G619", 1), ("G619", 2)]
    assert [len(lines_of(each)) for each in history.events()] == [2, 1, 1]


def test_events_come_by_recorded_then_sequence_then_id_as_text(opened: Open) -> None:
    mapping = SALE.replace("at: at", "at: at\n    recorded: known\n    sequence: seq")
    rows = [
        "a,m,2026-01-09,1,2026-01-01,5",
        "b,m,2026-01-01,1,2026-01-02,-1",
        "10,m,2026-01-01,1,2026-01-02,3",
        "9,m,2026-01-01,1,2026-01-02,3",
        "c,m,2026-01-01,1,2026-01-02,2",
    ]
    history = opened(mapping, SALE_EVENT, sales__csv="id,member,at,amount,known,seq\n" + "\n".join(rows) + "\n")
    assert ids(history) == ["a", "b", "c", "10", "9"]
    orders = [each.order for each in history.events()]
    assert orders == sorted(orders)


def test_the_row_number_orders_what_nothing_else_does(opened: Open) -> None:
    history = opened(SALE, SALE_EVENT, sales__csv=f"{HEAD}z,m,2026-01-01,1\na,m,2026-01-01,1\n")
    assert [(each.id, each.sequence) for each in history.events()] == [("z", 1), ("a", 2)]


def test_several_kinds_of_events_are_one_order(opened: Open) -> None:
    mapping = (
        SALE + "  survey:\n    from: sales\n    where: amount is null\n    id: id\n    member: member\n    at: at\n"
    )
    mapping = mapping.replace(
        "    from: sales\n    id: id\n    member: member\n    at: at\n    fields:",
        "    from: sales\n    where: amount is not null\n    id: id\n    member: member\n    at: at\n    fields:",
        1,
    )
    history = opened(
        mapping,
        SALE_EVENT,
        record("survey"),
        sales__csv=f"{HEAD}1,m,2026-01-03,1\n1,m,2026-01-02,\n3,m,2026-01-01,2\n4,m,2026-01-04,\n",
    )
    assert [(each.type, each.id) for each in history.events()] == [
        ("sale", "3"),
        ("survey", "1"),
        ("sale", "1"),
        ("survey", "4"),
    ]
    assert (history.count, history.rejections) == (4, [])


def test_where_excludes_rows_but_never_a_faulty_one_it_can_not_judge(opened: Open) -> None:
    mapping = SALE.replace("timezone: UTC", "timezone: UTC\n    columns: {amount: decimal 2}").replace(
        "from: sales", "from: sales\n    where: amount > 1"
    )
    history = opened(
        mapping, SALE_EVENT, sales__csv=f"{HEAD}1,m,2026-01-01,1\n2,m,2026-01-01,x\n3,m,2026-01-01,2\n4,m,2026-01-01,\n"
    )
    assert (ids(history), codes(history)) == (["3"], ["G603"])


def test_a_joined_source_is_looked_up_and_may_lack_the_row(opened: Open) -> None:
    mapping = BASKET.replace("events:", "  goods:\n    file: goods.csv\nevents:").replace(
        "    group: id", "    join: {source: goods, on: product}\n    group: id"
    )
    mapping = mapping.replace("product: product", "product: coalesce(kind, 'unknown')")
    history = opened(
        mapping,
        BASKET_EVENT,
        sales__csv=f"{LINES}1,m,2026-01-02,tea,1\n1,m,2026-01-02,cup,2\n",
        goods__csv="product,kind\ntea,drink\n",
    )
    assert [line["product"] for line in lines_of(next(history.events()))] == ["drink", "unknown"]


def test_a_join_that_would_count_lines_twice_is_refused(refused: Refused) -> None:
    mapping = SALE.replace("events:", "  goods:\n    file: goods.csv\nevents:").replace(
        "    id: id", "    join: {source: goods, on: {member: product}}\n    id: id"
    )
    error = refused(
        mapping, SALE_EVENT, sales__csv=f"{HEAD}1,m,2026-01-01,1\n", goods__csv="product,kind\nm,drink\nm,food\n"
    )
    assert codes(error) == ["G529"]
    assert "2 rows for member m" in str(error)


def test_words_of_a_closed_list_suggest_the_nearest(opened: Open) -> None:
    event = record("sale", amount=USD, paid=types.Choice(("cash", "card", "app")))
    history = opened(
        SALE + "      paid: paid\n",
        event,
        sales__csv="id,member,at,amount,paid\n1,m,2026-01-01,1,csah\n2,m,2026-01-01,1,Card\n3,m,2026-01-01,1,app\n",
    )
    assert (ids(history), codes(history)) == (["3"], ["G608", "G608"])
    assert "`cash`" in history.rejections[0].help
    assert "`card`" in history.rejections[1].help
    assert "`csah`" in history.rejections[0].message


def test_yes_and_no_and_units(opened: Open) -> None:
    event = record("sale", amount=STAR, gift=types.YesNo(), friend=types.Optional(types.Member()))
    history = opened(
        SALE + "      gift: gift\n      friend: friend\n",
        event,
        sales__csv="id,member,at,amount,gift,friend\n1,m,2026-01-01,3,Yes,\n2,m,2026-01-01,1,0,n\n3,m,2026-01-01,1,maybe,n\n4,m,2026-01-01,1.5,no,n\n",
    )
    assert [(each.facts["amount"], each.facts["gift"], each.facts["friend"]) for each in history.events()] == [
        (3, True, None),
        (1, False, "n"),
    ]
    assert codes(history) == ["G615", "G604"]


@pytest.mark.parametrize("name", ['" m"', "m\u200b", "m\u202e", "m\t"])
def test_a_name_with_something_invisible_is_set_aside(opened: Open, name: str) -> None:
    assert codes(opened(SALE, SALE_EVENT, sales__csv=f"{HEAD}1,{name},2026-01-01,1\n")) == ["G616"]


def test_a_name_is_the_same_however_it_is_composed(opened: Open) -> None:
    history = opened(SALE, SALE_EVENT, sales__csv=f"{HEAD}1,Zoe\u0308,2026-01-01,1\n2,Zo\u00eb,2026-01-01,1\n")
    assert {each.member for each in history.events()} == {"Zo\u00eb"}


def test_values_with_braces_and_control_characters_are_data(opened: Open) -> None:
    history = opened(SALE, SALE_EVENT, sales__csv=f'{HEAD}1,m,2026-01-01,"{{value}}\x1b[31m%s"\n')
    assert codes(history) == ["G603"]
    assert "\x1b" not in history.rejections[0].message


def test_every_row_is_an_event_a_rejection_or_excluded(opened: Open) -> None:
    rows = [
        "1,m,2026-01-01,1",
        "2,,2026-01-01,1",
        "3,m,x,1",
        "4,m,2026-01-01,-1",
        "5,m,2026-01-01",
        "1,m,2026-01-01,1",
        "1,m,2026-01-01,9",
        ",m,2026-01-01,1",
    ]
    history = opened(SALE, SALE_EVENT, sales__csv=HEAD + "\n".join(rows) + "\n")
    assert len(ids(history)) + len(history.rejections) + history.repeated == len(rows)
    assert sorted(row_of(each) for each in history.rejections) == [2, 3, 4, 5, 7, 8]


def test_an_optional_field_that_is_not_mapped_is_missing(opened: Open) -> None:
    event = record("sale", amount=USD, note=types.Optional(types.Text()))
    assert next(opened(SALE, event, sales__csv=f"{HEAD}1,m,2026-01-01,1\n").events()).facts == {
        "amount": 1,
        "note": None,
    }


def test_a_derived_field_is_not_read(opened: Open) -> None:
    event = record("sale", amount=USD)
    total = nodes.Fact("double", USD, nodes.Literal(Fraction(1), USD))
    event = nodes.Record("sale", {**event.facts, "double": total})
    assert next(opened(SALE, event, sales__csv=f"{HEAD}1,m,2026-01-01,1\n").events()).facts == {"amount": 1}


MEMBERS = "members:\n  from: people\n  id: who\n  fields:\n    age: age\n    device: device\n"


def test_facts_about_members_by_their_id(opened: Open) -> None:
    member = record("member", age=types.Optional(types.WHOLE), device=types.Optional(types.Text()))
    mapping = SALE.replace("events:", "  people:\n    file: people.csv\nevents:") + MEMBERS
    people = "who,age,device\nm,30,phone\nn,,\nm,30,phone\nm,31,phone\no,x,\n,3,\n"
    history = opened(
        mapping, of=program(SALE_EVENT, member=member), sales__csv=f"{HEAD}1,m,2026-01-01,1\n", people__csv=people
    )
    assert dict(history.members) == {"m": {"age": 30, "device": "phone"}, "n": {"age": None, "device": None}}
    assert codes(history) == ["G603", "G602", "G621"]


def test_events_can_be_read_again_and_in_chunks(opened: Open) -> None:
    rows = "".join(f"{each},m,2026-01-01,{each % 100}.{each % 90 + 10}\n" for each in range(20_000))
    history = opened(SALE, SALE_EVENT, sales__csv=HEAD + rows)
    first = list(history.events())
    assert [each.id for each in first] == [str(each) for each in range(20_000)]
    assert first == list(history.events())
    assert history.count == 20_000


def test_a_row_that_two_kinds_of_events_look_at_is_set_aside_once(opened: Open) -> None:
    mapping = (
        SALE.replace("timezone: UTC", "timezone: UTC\n    columns: {amount: decimal 2}")
        + "  survey: {from: sales, id: id, member: member, at: at}\n"
    )
    history = opened(mapping, SALE_EVENT, record("survey"), sales__csv=f"{HEAD}1,m,2026-01-03,x\n2,m,2026-01-02,1\n")
    assert codes(history) == ["G603"]


def test_a_joined_row_that_can_not_be_read_sets_the_row_aside(opened: Open) -> None:
    goods = "  goods:\n    file: goods.csv\n    columns: {price: decimal 2}\nevents:"
    mapping = SALE.replace("events:", goods).replace(
        "    id: id", "    join: {source: goods, on: {member: product}}\n    id: id"
    )
    rows = f"{HEAD}1,m,2026-01-01,1\n2,n,2026-01-01,1\n"
    history = opened(mapping, SALE_EVENT, sales__csv=rows, goods__csv="product,price\nm,cheap\nn,1.00\n")
    assert (ids(history), codes(history)) == (["2"], ["G603"])
    assert "`price` is `cheap`" in history.rejections[0].message


@pytest.mark.parametrize(
    "kind", ["timestamp", "timestamp with zone", "date", "whole", "number", "yes/no", "text", "decimal 3"]
)
def test_a_declared_column_can_be_computed_with_or_is_set_aside(opened: Open, kind: str) -> None:
    good, bad, sql = {
        "timestamp": ("2026-01-01 10:00:00", "2026-01-01T10:00:00Z", "x < TIMESTAMP '2027-01-01'"),
        "timestamp with zone": (
            "2026-01-01T10:00:00Z",
            "2026-01-01 10:00:00",
            "x < TIMESTAMPTZ '2027-01-01 00:00:00+00'",
        ),
        "date": ("2026-01-01", "2026-01-41", "x + 1 > DATE '2026-01-01'"),
        "whole": ("12", "12.5", "x * 2 = 24"),
        "number": ("-12.5", "1e5", "x * 2 = -25"),
        "yes/no": ("yes", "si", "x"),
        "text": ("abc", "", "x || 'd' = 'abcd'"),
        "decimal 3": ("0.125", "0.1255", "x * 8 = 1"),
    }[kind]
    mapping = SALE.replace("timezone: UTC", f"timezone: UTC\n    columns: {{x: {kind}}}").replace(
        "from: sales", f"from: sales\n    where: {sql}"
    )
    history = opened(
        mapping, SALE_EVENT, sales__csv=f"id,member,at,amount,x\n1,m,2026-01-01,1,{good}\n2,m,2026-01-01,1,{bad}\n"
    )
    assert ids(history) == ["1"]
    assert len(history.rejections) == (kind != "text")
