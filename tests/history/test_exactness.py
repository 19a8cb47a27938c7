"""Amounts come out as they went in, to the last digit, or not at all."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.history.conftest import SALE, SALE_EVENT, USD, Open, Refused, WriteParquet, codes, program, record, row_of

from guerdon.history.open import History
from guerdon.program import types

HEAD = "id,member,at,amount\n"


def amounts(history: History) -> list[object]:
    return [each.facts["amount"] for each in history.events()]


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        ("12.50", "12.5"),
        ("0", "0"),
        ("7.1", "7.1"),
        ("1.500", "1.5"),
        ("+3.00", "3"),
        ("9999999999999999.99", "9999999999999999.99"),
        (" 4.20 ", "4.2"),
    ],
)
def test_money_in_text_is_the_number_written(opened: Open, written: str, exact: str) -> None:
    history = opened(SALE, SALE_EVENT, sales__csv=f"{HEAD}1,m,2026-01-01,{written}\n")
    assert amounts(history) == [Fraction(exact)]
    assert isinstance(amounts(history)[0], Fraction)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1.234", "G604"),
        ("NaN", "G603"),
        ("inf", "G603"),
        ("1e400", "G603"),
        ("1e2", "G603"),
        ("twelve", "G603"),
        ('"1,000"', "G603"),
        ("1.", "G603"),
        (".5", "G603"),
        ("0x1F", "G603"),
        ("--1", "G603"),
        ("9" * 5000, "G605"),
        ("1" * 19, "G605"),
        ("-0.01", "G606"),
        ("", "G602"),
        ("99999999999999999.99", "G605"),
        ("1_000", "G603"),
        ("١٢", "G603"),
    ],
)
def test_what_is_not_an_amount_is_set_aside(opened: Open, written: str, code: str) -> None:
    history = opened(SALE, SALE_EVENT, sales__csv=f"{HEAD}1,m,2026-01-01,{written}\n2,m,2026-01-02,1.00\n")
    assert codes(history) == [code]
    assert amounts(history) == [1]
    rejection = history.rejections[0]
    assert (rejection.event, row_of(rejection), rejection.source["id"]) == ("1", 1, "1")
    assert rejection.help
    assert "{value}" not in rejection.message
    assert len(rejection.message) < 200


def test_a_float_is_refused_until_its_decimals_are_declared(refused: Refused, parquet: WriteParquet) -> None:
    parquet("sales.parquet", "SELECT '1' id, 'm' member, DATE '2026-01-01' AS \"at\", 12.5::DOUBLE amount")
    error = refused(SALE.replace(".csv", ".parquet"), SALE_EVENT)
    assert codes(error) == ["G526"]
    assert "columns: {amount: decimal 2}" in str(error)
    assert error.diagnostics[0].span is not None
    assert error.diagnostics[0].span.text == "amount"


def test_a_declared_float_is_the_decimal_it_stands_for(opened: Open, parquet: WriteParquet) -> None:
    values = "1.1, 0.1 + 0.2, 16.43, 4.35, 1.15, 123456789.12, 99999999999.99, 0.0, -0.0"
    parquet(
        "sales.parquet",
        f"SELECT generate_subscripts(a, 1) id, 'm' member, DATE '2026-01-01' AS \"at\", unnest(a) amount FROM (SELECT [{values}]::DOUBLE[] AS a)",
    )
    mapping = SALE.replace(".csv", ".parquet").replace(
        "timezone: UTC", "timezone: UTC\n    columns: {amount: decimal 2}"
    )
    history = opened(mapping, SALE_EVENT)
    assert not history.rejections
    assert amounts(history) == [
        Fraction(each) for each in ("1.1", "0.3", "16.43", "4.35", "1.15", "123456789.12", "99999999999.99", "0", "0")
    ]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1.234", "G620"),
        ("'nan'", "G603"),
        ("'infinity'", "G603"),
        ("1e300", "G605"),
        ("1e16", "G605"),
        ("-2.5", "G606"),
        ("0.00001", "G620"),
        ("0.010001", "G620"),
    ],
)
def test_a_float_that_is_no_such_decimal_is_set_aside(
    opened: Open, parquet: WriteParquet, value: str, code: str
) -> None:
    parquet("sales.parquet", f"SELECT '1' id, 'm' member, DATE '2026-01-01' AS \"at\", {value}::DOUBLE amount")
    mapping = SALE.replace(".csv", ".parquet").replace(
        "timezone: UTC", "timezone: UTC\n    columns: {amount: decimal 2}"
    )
    assert codes(opened(mapping, SALE_EVENT)) == [code]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cents=st.lists(st.integers(0, 10**13), min_size=1, max_size=50))
def test_every_amount_of_cents_survives_a_float(opened: Open, parquet: WriteParquet, cents: list[int]) -> None:
    listed = ", ".join(f"{each / 100!r}" for each in cents)
    parquet(
        "sales.parquet",
        f"SELECT generate_subscripts(a, 1) id, 'm' member, DATE '2026-01-01' AS \"at\", unnest(a) amount FROM (SELECT [{listed}]::DOUBLE[] AS a)",
    )
    mapping = SALE.replace(".csv", ".parquet").replace(
        "timezone: UTC", "timezone: UTC\n    columns: {amount: decimal 2}"
    )
    assert amounts(opened(mapping, SALE_EVENT)) == [Fraction(each, 100) for each in cents]


@pytest.mark.parametrize(
    ("sql", "exact"),
    [
        ("12.34::DECIMAL(10,2)", "12.34"),
        ("12.3400::DECIMAL(38,4)", "12.34"),
        ("12::INTEGER", "12"),
        ("12::UTINYINT", "12"),
        ("'12.34'", "12.34"),
        ("9999999999999999.99::DECIMAL(38,2)", "9999999999999999.99"),
    ],
)
def test_exact_columns_need_no_declaration(opened: Open, parquet: WriteParquet, sql: str, exact: str) -> None:
    parquet("sales.parquet", f"SELECT '1' id, 'm' member, DATE '2026-01-01' AS \"at\", {sql} amount")
    assert amounts(opened(SALE.replace(".csv", ".parquet"), SALE_EVENT)) == [Fraction(exact)]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("12.345::DECIMAL(10,3)", "G604"),
        ("9223372036854775807", "G605"),
        ("99999999999999999999.99::DECIMAL(38,2)", "G605"),
        ("-1", "G606"),
    ],
)
def test_exact_columns_that_do_not_fit_are_set_aside(opened: Open, parquet: WriteParquet, sql: str, code: str) -> None:
    parquet("sales.parquet", f"SELECT '1' id, 'm' member, DATE '2026-01-01' AS \"at\", {sql} amount")
    assert codes(opened(SALE.replace(".csv", ".parquet"), SALE_EVENT)) == [code]


@pytest.mark.parametrize(
    ("currency", "written", "code"),
    [("JPY", "100", None), ("JPY", "100.5", "G604"), ("KWD", "1.234", None), ("KWD", "1.2345", "G604")],
)
def test_a_currency_has_its_own_decimals(opened: Open, currency: str, written: str, code: str | None) -> None:
    event = record("sale", amount=types.Quantity(currency, Fraction(1)))
    history = opened(SALE, of=program(event, currency=currency), sales__csv=f"{HEAD}1,m,2026-01-01,{written}\n")
    assert codes(history) == ([code] if code else [])


@pytest.mark.parametrize(
    ("written", "literal"),
    [
        ("12.10", "12.10"),
        ('"12.10"', "12.10"),
        ("9007199254740.93", "9007199254740.93"),
        ("9999999999999999.99", "9999999999999999.99"),
        ("0.10", "0.10"),
    ],
)
def test_a_json_number_is_its_digits(opened: Open, written: str, literal: str) -> None:
    line = f'{{"note": "a 1, \\"2\\": 3", "id": 1, "member": "m", "at": "2026-01-01", "amount": {written}, "more": [1.50, {{"x": -2}}]}}\n'
    history = opened(SALE.replace(".csv", ".jsonl"), SALE_EVENT, sales__jsonl=line)
    assert amounts(history) == [Fraction(literal)]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1e400", "G603"),
        ("1E2", "G603"),
        ("NaN", "G603"),
        ("true", "G603"),
        ("null", "G602"),
        ('"NaN"', "G603"),
        ("[1]", "G603"),
        ("1.234", "G604"),
        ("9" * 5000, "G605"),
    ],
)
def test_what_is_not_an_amount_in_json_is_set_aside(opened: Open, written: str, code: str) -> None:
    good = '{"id": "2", "member": "m", "at": "2026-01-01", "amount": 1}\n'
    line = f'{{"id": "1", "member": "m", "at": "2026-01-01", "amount": {written}}}\n'
    history = opened(SALE.replace(".csv", ".jsonl"), SALE_EVENT, sales__jsonl=line + good)
    assert codes(history) == [code]
    assert amounts(history) == [1]


def test_numbers_may_be_negative_and_units_have_their_own_decimals(opened: Open) -> None:
    event = record(
        "sale",
        amount=USD,
        score=types.NUMBER,
        people=types.WHOLE,
        fuel=types.Quantity("litre", Fraction(1, 1000)),
        off=types.PERCENT,
    )
    mapping = SALE + "      score: score\n      people: people\n      fuel: fuel\n      off: off\n"
    history = opened(
        mapping,
        event,
        sales__csv="id,member,at,amount,score,people,fuel,off\n1,m,2026-01-01,1,-1.25,-3,40.125,25%\n2,m,2026-01-01,1,2,3.5,1,0.25\n",
    )
    facts = next(history.events()).facts
    assert (facts["score"], facts["people"], facts["fuel"], facts["off"]) == (
        Fraction(-5, 4),
        -3,
        Fraction(321, 8),
        Fraction(1, 4),
    )
    assert all(isinstance(each, Fraction) for each in facts.values())
    assert codes(history) == ["G604"]


def test_arithmetic_in_the_mapping_is_decimal(opened: Open) -> None:
    mapping = SALE.replace(
        "timezone: UTC", "timezone: UTC\n    columns: {amount: decimal 2, off: decimal 2, count: whole}"
    ).replace("amount: amount", "amount: (amount - off) * count")
    history = opened(mapping, SALE_EVENT, sales__csv="id,member,at,amount,off,count\n1,m,2026-01-01,1.10,0.70,3\n")
    assert amounts(history) == [Fraction("1.20")]
