"""Result tables: what was posted comes back from a file as it was, in every format."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guerdon.check.passes import check_bytes
from guerdon.check.wording import plain
from guerdon.history.event import Event, Place, Rejection
from guerdon.ledger.entries import Ranked, Refusal
from guerdon.library import load
from guerdon.program import nodes
from guerdon.program.printed import fingerprint
from guerdon.reference.engine import Engine
from guerdon.reference.posted import Posted
from guerdon.study.arrow import as_arrow
from guerdon.study.results import FORMATS, TABLES, TooLarge, write
from guerdon.study.rows import decimal, exact, rows
from guerdon.study.whole import cell

GROCERY = Path(__file__).resolve().parents[2] / "examples" / "grocery"

TEXT = """
program "Corner"
  edition     2026
  currency    USD
  timezone    America/New_York

unit point

unit credit
  decimals    2

event order
  amount      money

tiers status
  counts      sum of order.amount this calendar year
  tier        Base
  tier        Gold at 300 USD
  lasts       while met

earn "Points"
  on          order
  give        1 point per 3 USD of amount
  round       half up per event
  limit       100 point per member per day

earn "Credit"
  on          order
  give        5 credit per 300 USD of amount
  round       down per event
  funded      airline 2, hotel 1

rule "Thanks"
  on          order
  when        amount > 0 USD
  say         "=Thanks; come again, soon"
  limit       1 time per member per day

offer "Much more"
  opens       order
  within      30 days
  on          order
  when        amount >= 100000 USD
  give        1 point
"""

JANUARY = 1_767_283_200_000_000
"""2026-01-01T16:00:00Z, in microseconds."""


@cache
def program() -> nodes.Program:
    found, diagnostics = check_bytes("corner.guerdon", TEXT.encode())
    assert found is not None, diagnostics
    return found


def order(number: int, member: str, amount: str, id: str = "") -> Event:
    at = JANUARY + number * 3_600_000_000
    return Event(id or f"e{number}", "order", member, at, at, number, {"amount": Fraction(amount)})


def posted(*events: Event) -> Posted:
    return Engine(program()).run(events)


def busy() -> Posted:
    """Awards rounded up and down and cut off, tiers reached, a request refused, a row set aside."""
    run = posted(order(0, "b", "22"), order(1, "a", "400.25"), order(2, "b", "0.01"), order(3, "a", "0"))
    run.ledger.refusals.append(Refusal("a", "e4", "point", Fraction(5), JANUARY, "no"))
    run.rejections.append(
        Rejection("G603", "`x` is no number", "e9", Place("orders.csv", 7), {"amount": "x", "note": 'say "hi"\n'})
    )
    run.ledger.ranks.append(Ranked("a", "place", JANUARY, Fraction(5, 2), 1, 2))
    run.rejections.append(Rejection("G690", "late", None, None, {}))
    return run


def read(folder: Path, table: str, format: str) -> list[tuple[object, ...]]:
    """A table's rows as Python values: quantities as Fraction, instants and the rest as text."""
    file = folder / f"{table}.{format}"
    if format == "csv":
        with file.open(newline="", encoding="utf-8") as lines:
            return [tuple(each or None for each in row) for row in list(csv.reader(lines))[1:]]
    if format == "jsonl":
        told = [json.loads(line, parse_float=Decimal) for line in file.read_text(encoding="utf-8").splitlines()]
        return [tuple(None if value is None else str(value) for value in row.values()) for row in told]
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    shown = ", ".join(
        f"""strftime("{each.name}", '%Y-%m-%dT%H:%M:%SZ')"""
        if each.kind.name == "INSTANT"
        else f'"{each.name}"::VARCHAR'
        for each in TABLES[table]
    )
    return con.execute(f"SELECT {shown} FROM read_parquet($1)", [str(file)]).fetchall()


@pytest.mark.parametrize("format", FORMATS)
def test_every_table_is_written_with_the_columns_of_its_schema(tmp_path: Path, format: str) -> None:
    files = write(busy(), tmp_path, format)
    assert sorted(files) == sorted(tmp_path.iterdir()) == sorted(tmp_path / f"{table}.{format}" for table in TABLES)
    for table, columns in TABLES.items():
        found = duckdb.connect().execute(f"SELECT * FROM '{tmp_path}/{table}.{format}'").description
        assert [each[0] for each in found] == [each.name for each in columns]


def test_parquet_has_the_types_of_the_schema_even_without_rows(tmp_path: Path) -> None:
    for run in (busy(), posted()):
        write(run, tmp_path)
        types = {
            table: [
                each[1]
                for each in duckdb.connect().execute(f"DESCRIBE SELECT * FROM '{tmp_path}/{table}.parquet'").fetchall()
            ]
            for table in TABLES
        }
        instant, quantity = "TIMESTAMP WITH TIME ZONE", "DECIMAL(20,2)"
        assert types["awards"] == [
            *["VARCHAR"] * 5,
            quantity,
            "VARCHAR",
            "VARCHAR",
            quantity,
            instant,
            instant,
            instant,
            "VARCHAR",
            "VARCHAR",
        ]
        assert types["balances"] == ["VARCHAR", "VARCHAR", quantity, quantity, instant]
        assert types["tiers"] == ["VARCHAR", "VARCHAR", "VARCHAR", instant, instant, "VARCHAR"]
        assert types["rejected"] == [*["VARCHAR"] * 4, "BIGINT", "VARCHAR"]


@pytest.mark.parametrize("format", FORMATS)
def test_awards_are_written_exactly_and_in_the_order_in_which_they_were_posted(tmp_path: Path, format: str) -> None:
    write(busy(), tmp_path, format)
    hash, at = fingerprint(program()), "2026-01-01T16:00:00Z"
    assert read(tmp_path, "awards", format)[:3] == [
        ("order/e0/Points", "b", "e0", "Points", "point", "7.00", "22/3", "1/3", "0.00", at, at, None, hash, None),
        ("order/e0/Credit", "b", "e0", "Credit", "credit", "0.36", "11/30", "1/150", "0.00", at, at, None, hash, None),
        (
            "order/e1/Points",
            "a",
            "e1",
            "Points",
            "point",
            "100.00",
            "1601/12",
            "5/12",
            "33.00",
            "2026-01-01T17:00:00Z",
            "2026-01-01T17:00:00Z",
            None,
            hash,
            None,
        ),
    ]


def test_a_written_award_adds_up(tmp_path: Path) -> None:
    write(busy(), tmp_path)
    found = (
        duckdb.connect().execute(f"SELECT quantity, dropped, cut, exact FROM '{tmp_path}/awards.parquet'").fetchall()
    )
    assert len(found) == 6
    assert all(
        Fraction(quantity) + Fraction(dropped) + Fraction(cut) == Fraction(whole)
        for quantity, dropped, cut, whole in found
    )


@pytest.mark.parametrize("format", FORMATS)
def test_balances_and_tiers_are_as_of_the_end_of_the_run(tmp_path: Path, format: str) -> None:
    run = busy()
    run.until = JANUARY + 4 * 3_600_000_000
    write(run, tmp_path, format)
    end = "2026-01-01T20:00:00Z"
    assert read(tmp_path, "balances", format) == [
        ("a", "credit", "6.67", "0.00", end),
        ("a", "point", "100.00", "0.00", end),
        ("b", "credit", "0.36", "0.00", end),
        ("b", "point", "7.00", "0.00", end),
    ]
    assert read(tmp_path, "tiers", format) == [
        ("a", "status", "Base", "2026-01-01T17:00:00Z", "2026-01-01T17:00:00Z", "joined"),
        ("a", "status", "Gold", "2026-01-01T17:00:00Z", None, "reached"),
        ("b", "status", "Base", "2026-01-01T16:00:00Z", None, "joined"),
    ]


@pytest.mark.parametrize("format", FORMATS)
def test_a_rejected_row_is_written_with_what_stood_in_it(tmp_path: Path, format: str) -> None:
    write(busy(), tmp_path, format)
    (first, second) = read(tmp_path, "rejected", format)
    assert first[:5] == ("G603", "`x` is no number", "e9", "orders.csv", "7")
    assert json.loads(str(first[5])) == {"amount": "x", "note": 'say "hi"\n'}
    assert second == ("G690", "late", None, None, None, "{}")


def test_parts_of_a_second_are_kept(tmp_path: Path) -> None:
    event = order(0, "a", "30")
    run = posted(replace(event, at=event.at + 5, recorded=event.at + 5))
    write(run, tmp_path, "jsonl")
    assert json.loads((tmp_path / "awards.jsonl").read_text().splitlines()[0])["at"] == "2026-01-01T16:00:00.000005Z"
    write(run, tmp_path)
    assert duckdb.connect().execute(
        f"SELECT DISTINCT epoch_us(\"at\") FROM '{tmp_path}/awards.parquet'"
    ).fetchall() == [(event.at + 5,)]


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\uffff"), max_size=12) | st.sampled_from(
    ["", "\\N", "NULL", '"', '","', "a\nb", "a\r\nb", "\x00", "'x", "=1+1", "x" * 70_000]
)


@pytest.mark.parametrize("format", ["parquet", "jsonl"])
@settings(max_examples=20)
@given(texts=st.lists(TEXTS, min_size=1, max_size=20))
def test_a_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, format: str, texts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("texts")
    run = posted(*(order(number, text, "30", id=f"{number}{text}") for number, text in enumerate(texts)))
    run.rejections = [Rejection("G603", text, text, Place(text, 1), {text: text}) for text in texts]
    write(run, folder, format)
    con = duckdb.connect()
    found = con.execute(f"SELECT member, event FROM '{folder}/awards.{format}' WHERE unit = 'point'").fetchall()
    assert found == [(text, f"{number}{text}") for number, text in enumerate(texts)]
    rejected = con.execute(f"SELECT message, event, file, source::VARCHAR FROM '{folder}/rejected.{format}'").fetchall()
    assert [each[:3] for each in rejected] == [(text, text, text) for text in texts]
    if format == "parquet":
        assert [json.loads(each[3]) for each in rejected] == [{text: text} for text in texts]


@given(TEXTS)
def test_a_csv_cell_is_no_formula_and_one_apostrophe_hides_no_text(text: str) -> None:
    assert cell(text)[:1] not in tuple("=+-@\t\r\n")
    assert cell(text).removeprefix("'") == text


def test_csv_holds_no_formula_and_leaves_numbers_alone(tmp_path: Path) -> None:
    run = posted(order(0, "=HYPERLINK(1)", "30", id="+49"), order(1, "-5", "30"))
    run.ledger.awards[0] = replace(
        run.ledger.awards[0], quantity=Fraction(-7), dropped=Fraction(-1, 3), exact=Fraction(-22, 3)
    )
    write(run, tmp_path, "csv")
    found = read(tmp_path, "awards", "csv")
    assert found[0][:9] == (
        "order/+49/Points",
        "'=HYPERLINK(1)",
        "'+49",
        "Points",
        "point",
        "-7.00",
        "-22/3",
        "-1/3",
        "0.00",
    )
    assert found[2][1] == "'-5"


@given(st.fractions() | st.decimals(allow_nan=False, allow_infinity=False, places=5).map(Fraction))
def test_an_exact_number_is_the_text_that_a_designer_would_type(number: Fraction) -> None:
    assert exact(number) == plain(number)
    assert Fraction(exact(number)) == number


@given(st.integers(-(10**18) + 1, 10**18 - 1), st.integers(0, 12))
def test_a_decimal_is_the_number_with_so_many_places(scaled: int, places: int) -> None:
    text = decimal(Fraction(scaled, 10**places), places)
    assert Fraction(text) == Fraction(scaled, 10**places)
    assert len(text.partition(".")[2]) == places


@pytest.mark.parametrize(
    ("number", "places"),
    [(Fraction(10**18), 0), (Fraction(-(10**18)), 2), (Fraction(1, 1000), 2), (Fraction(1, 3), 12)],
)
def test_what_results_have_no_room_for_is_refused(number: Fraction, places: int) -> None:
    with pytest.raises(TooLarge, match="no room for it"):
        decimal(number, places)


def test_a_run_that_can_not_be_written_leaves_everything_as_it_was(tmp_path: Path) -> None:
    write(posted(order(0, "a", "30")), tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    run = busy()
    run.ledger.awards.append(replace(run.ledger.awards[0], quantity=Fraction(10**18)))
    with pytest.raises(TooLarge):
        write(run, tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_run_written_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for format in FORMATS:
        first = [file.read_bytes() for file in write(busy(), tmp_path, format)]
        assert [file.read_bytes() for file in write(busy(), tmp_path, format)] == first


@pytest.mark.parametrize("format", FORMATS)
def test_a_folder_may_have_any_name(tmp_path: Path, format: str) -> None:
    write(busy(), tmp_path / "it's [new]*" / "ü", format)
    assert len(list((tmp_path / "it's [new]*" / "ü").iterdir())) == len(TABLES)


def test_a_large_source_row_is_kept_whole(tmp_path: Path) -> None:
    run = posted(order(0, "a", "30"))
    run.rejections = [Rejection("G603", "no", None, None, source) for source in ({"note": "é" * 5_000_000}, {})]
    write(run, tmp_path)
    assert duckdb.connect().execute(f"SELECT length(source) FROM '{tmp_path}/rejected.parquet'").fetchall() == [
        (5_000_012,),
        (2,),
    ]


def test_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="written as parquet, csv, jsonl, not as xml"):
        write(busy(), tmp_path, "xml")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("run", [busy, posted])
def test_arrow_holds_what_parquet_holds(tmp_path: Path, table: str, run: Callable[[], Posted]) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    write(run(), tmp_path)
    found, stored = as_arrow(run(), table), parquet.read_table(tmp_path / f"{table}.parquet")
    assert isinstance(found, pyarrow.Table)
    assert found.schema.equals(stored.schema)
    assert found.equals(stored)


def test_without_the_extra_arrow_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"guerdon\[arrow\]"):
        as_arrow(busy(), "awards")


def test_rows_fit_their_columns() -> None:
    for table, columns in TABLES.items():
        for row in rows(busy(), table):
            assert len(row) == len(columns)
            assert all(value is not None or column.optional for value, column in zip(row, columns, strict=True))


# ---------------------------------------------------------------- the grocery chain


@pytest.fixture(scope="module")
def grocery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grocery")
    load(GROCERY).run(GROCERY).write(folder)
    return folder


def test_the_grocery_awards_come_to_the_published_figures(grocery: Path) -> None:
    found = (
        duckdb.connect()
        .execute(f"SELECT rule, sum(quantity)::BIGINT FROM '{grocery}/awards.parquet' GROUP BY rule")
        .fetchall()
    )
    assert dict(found) == {"Base points": 165_558, "Produce bonus": 10_583, "Stamp card": 602}


def test_the_grocery_balances_are_the_sums_of_the_awards(grocery: Path) -> None:
    found = duckdb.connect().execute(f"""
        SELECT count(*) FROM '{grocery}/balances.parquet' AS balances
        FULL JOIN (SELECT member, unit, sum(quantity) AS total FROM '{grocery}/awards.parquet' GROUP BY ALL) AS awards USING (member, unit)
        WHERE balance IS DISTINCT FROM total
    """)
    assert found.fetchone() == (0,)


def test_the_grocery_tiers_at_the_end_are_the_published_ones(grocery: Path) -> None:
    found = (
        duckdb.connect()
        .execute(f"SELECT tier, count(*) FROM '{grocery}/tiers.parquet' WHERE \"before\" IS NULL GROUP BY tier")
        .fetchall()
    )
    assert dict(found) == {"Base": 26, "Silver": 32, "Gold": 27, "Platinum": 15}
