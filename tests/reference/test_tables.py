"""Tables mean what they say: the one row of some keys, one rate for everything, each part at its own."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from guerdon.check.boxes import Boxes, told
from guerdon.check.names import Names
from guerdon.check.passes import check_bytes
from guerdon.program import nodes, types
from guerdon.reference.tables import apply, looked_up
from guerdon.study.trial import run

HEAD = """\
program "P"
  currency  EUR

unit point
  decimals  2

event purchase
  amount    money
  channel   one of shop, app

"""
EUR = types.Quantity("EUR", Fraction(1, 100))


def program(text: str) -> nodes.Program:
    typed, found = check_bytes("program.guerdon", (HEAD + text).encode())
    assert typed is not None, found
    return typed


def asked(table: nodes.Table, *keys: object, column: int = 0) -> Any:
    """What a table gives for keys; of a literal its value."""

    def value(expr: nodes.Expr) -> Any:
        assert isinstance(expr, nodes.Literal)
        return expr.value

    return looked_up(table, keys, column, value)


def rates(rows: str, bands: str = "parts") -> nodes.Table:
    """A table of rates by an amount."""
    lines = "".join(f"  {row.strip()}\n" for row in rows.split(";"))
    return program(f"table rate\n  by     amount\n  bands  {bands}\n{lines}").tables["rate"]


# ---------------------------------------------------------------- applied to an amount

STEPS = "row from 0 EUR: 1%; row from 100 EUR: 2%; row above 400 EUR: 5%"


@pytest.mark.parametrize(
    ("amount", "whole", "parts"),
    [("0", "0", "0"), ("99.99", "0.9999", "0.9999"), ("100", "2", "1"), ("400", "8", "7"), ("401", "20.05", "7.05")],
)
def test_whole_is_one_rate_for_everything_and_parts_each_at_its_own(amount, whole, parts) -> None:
    assert apply(asked(rates(STEPS, "whole")), Fraction(amount)) == Fraction(whole)
    assert apply(asked(rates(STEPS)), Fraction(amount)) == Fraction(parts)


def test_whole_steps_are_counted_in_each_part_by_itself() -> None:
    steps = rates("row from 0 EUR: 1 point per full 30 EUR; row from 100 EUR: 2 point per full 30 EUR")
    assert apply(asked(steps), Fraction(139)) == 3 + 2


def test_what_lies_in_no_band_has_the_rate_of_else() -> None:
    assert apply(asked(rates("row from 100 EUR below 200 EUR: 10%; else 1%")), Fraction(250)) == 1 + 10 + Fraction(1, 2)


def test_the_rate_of_all_parts_together_is_that_which_gives_the_same() -> None:
    for table, amount in product((rates(STEPS), rates(STEPS.replace("%", " point per 1 EUR"))), range(0, 1000, 37)):
        together = asked(table, Fraction(amount))
        assert apply(together, Fraction(amount)) == apply(asked(table), Fraction(amount))


def test_the_rate_of_nothing_is_that_of_the_first_part() -> None:
    assert asked(rates(STEPS), Fraction(0)) == Fraction(1, 100)


def test_below_zero_nothing_is_applied_and_zero_is_looked_up() -> None:
    assert apply(asked(rates(STEPS)), Fraction(-5)) == 0
    table = program("table rate\n  by  amount\n  row  from 0 EUR: 1 point\n  row  from 1 EUR: 2 point\n").tables["rate"]
    assert asked(table, Fraction(-5)) == 1


@pytest.mark.parametrize("bands", ["whole", "parts"])
def test_events_that_accumulate_come_to_what_their_sum_comes_to(bands) -> None:
    """In any cut of 500 EUR into events."""
    text = f"""\
table rate
  by     channel, amount
  bands  {bands}
  row    app, from 0 EUR: 1 point per 1 EUR
  row    app, from 100 EUR: 2 point per 1 EUR
  row    app, from 300 EUR: 3.5 point per 1 EUR
  row    shop, from 0 EUR: 1 point per 1 EUR

earn "Running"
  on          purchase
  accumulate  per member
  give        rate(channel) of amount
  round       down per total

test "t"
"""
    whole = {"whole": "1750", "parts": "1200"}[bands]
    for seed in range(20):
        dice, left, events = random.Random(seed), 50_000, []
        while left:
            part = min(left, dice.randrange(1, 20_000))
            left -= part
            events.append(f"  event purchase on 2026-03-02: channel app, amount {part / 100:.2f} EUR")
        (result,) = run(program(text + "\n".join(events) + f"\n  expect balance {whole} point\n"))
        assert not result.misses, events


# ---------------------------------------------------------------- one row for all keys

KEYS: dict[str, types.Type] = {"amount": EUR, "channel": types.Choice(("shop", "app", "web")), "day": types.Days()}
ENDS = [Fraction(0), Fraction(1), Fraction(3), Fraction(5)]


def a_row(dice: random.Random, number: int) -> nodes.Row:
    low, high = sorted((dice.choice(ENDS), dice.choice(ENDS)))
    amount = nodes.Band(low, dice.random() < 0.6, dice.choice([high, None]), dice.random() < 0.4)
    first, last = sorted((dice.randrange(3), dice.randrange(3)))
    day: Any = dice.choice([first, nodes.Band(None, False, last, True), nodes.Band(first, True, None, False)])
    result = nodes.Literal(Fraction(number), types.NUMBER)
    return nodes.Row((amount, dice.choice(("shop", "app", "web")), day), (result,))


def holding(row: nodes.Row, keys: tuple[Any, ...]) -> bool:
    """Written apart from the engine: whether a row holds for some keys."""
    for key, value in zip(row.keys, keys, strict=True):
        if not isinstance(key, nodes.Band):
            if key != value:
                return False
            continue
        if key.first is not None and (value < key.first or (value == key.first and not key.with_first)):
            return False
        if key.last is not None and (value > key.last or (value == key.last and not key.with_last)):
            return False
    return True


def test_the_first_gap_and_the_first_overlap_are_found_if_there_is_one() -> None:
    """Against every key on a grid twice as fine as the ends of the bands."""
    every = list(product([Fraction(half, 2) for half in range(14)], ("shop", "app", "web"), range(-1, 5)))
    gaps = overlaps = 0
    for seed in range(150):
        dice = random.Random(seed)
        rows = [a_row(dice, number) for number in range(dice.randrange(1, 14))]
        if seed % 2:
            rows = [
                nodes.Row((nodes.Band(Fraction(0), True, None, False), each, at), rows[0].results)
                for each in ("shop", "app", "web")
                for at in (nodes.Band(None, False, 1, True), nodes.Band(1, bool(seed % 3), None, False))
            ]
        counts = [sum(holding(row, keys) for row in rows) for keys in every]
        found = Boxes(KEYS, rows, Names(), fine=True)
        assert (found.gap() is not None) == (0 in counts), seed
        assert (found.overlap() is not None) == (max(counts) > 1), seed
        gaps, overlaps = gaps + (0 in counts), overlaps + (max(counts) > 1)
        if max(counts) == 1 and 0 not in counts:
            table = nodes.Table("t", KEYS, (), None, tuple(rows), (), (types.NUMBER,))
            for keys in every:
                assert asked(table, *keys) == next(row for row in rows if holding(row, keys)).results[0].value  # type: ignore[union-attr]
    assert 0 < gaps < 150 and 0 < overlaps < 150


def test_a_box_is_told_as_rows_are_written() -> None:
    low, high = nodes.Band(Fraction(0), True, Fraction(400), False), nodes.Band(Fraction(1000), True, None, False)
    rows = [nodes.Row((band, "shop", nodes.Band(None, False, None, False)), ()) for band in (low, high)]
    box = Boxes(KEYS, rows, Names()).gap()
    assert box is not None and told(box) == "amount from 0 EUR below 400 EUR, channel is app"


def test_a_table_may_have_many_rows() -> None:
    rows = "".join(
        f'  row  "p{number}", {band}: {number} point\n' for number in range(400) for band in ("below 5", "from 5")
    )
    typed = program(f"table price\n  by   product text, size number\n{rows}  else  0 point\n")
    assert asked(typed.tables["price"], "p399", Fraction(7)) == 399


RESULTS = """param slow
  is     1 point per 1 EUR

param fast
  is     3 point per 1 EUR

table by_amount
  by     amount
  row    from 0 EUR below 10 EUR: {low}
  row    from 10 EUR: {high}

earn "Base"
  on     purchase
  {clause}

test "the second row"
  event  purchase on 2026-03-02: amount 20 EUR, channel app
  expect {points} point
"""


@pytest.mark.parametrize(
    ("low", "high", "clause", "points"),
    [
        ("slow", "fast", "give by_amount(amount) of amount", 60),
        ("fast", "fast", "give by_amount(amount) of amount", 60),
        ("no", "yes", "when by_amount(amount)\n  give 1 point", 1),
        ("few", "many", "when by_amount(amount) is many\n  give 1 point", 1),
    ],
)
def test_results_are_params_or_yes_and_no_before_they_are_words(low: str, high: str, clause: str, points: int) -> None:
    (result,) = run(program(RESULTS.format(low=low, high=high, clause=clause, points=points)))
    assert not result.misses
