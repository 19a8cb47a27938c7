"""A comparison as CSV files and as JSON, for machines."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from pathlib import Path

from guerdon.study.comparison import Change, Comparison, Count, balance_figures
from guerdon.study.rows import exact, instant
from guerdon.study.whole import appearing, cell


def write_csv(comparison: Comparison, folder: str | Path) -> list[Path]:
    """Writes totals.csv, rules.csv, balances.csv, messages.csv, tiers.csv and members.csv; where they are.

    Shape: numbers exact, without thousands separators, as `22/3` where decimals have no
    end; percents are rounded half even to six decimals. `tiers` is the matrix of moves.
    Texts that a spreadsheet would run start with an apostrophe (see `cell`). Nothing
    appears before all is written.
    """
    files = {
        "totals.csv": _total_rows,
        "rules.csv": _rule_rows,
        "balances.csv": _balance_rows,
        "messages.csv": _message_rows,
        "tiers.csv": _tier_rows,
        "members.csv": _member_rows,
    }
    with appearing(Path(folder), list(files)) as beside:
        for name, rows in files.items():
            with (beside / name).open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(rows(comparison))
    return [Path(folder) / name for name in files]


Cells = Iterator[list[object]]


def _total_rows(of: Comparison) -> Cells:
    """Each unit, then the cost of all, the sales, and the cost in percent of them."""
    yield ["what", "old", "new", "difference"]
    for each in of.units:
        yield [cell(each.unit), *_exact(each.awarded)]
    yield [f"cost in {of.currency}", *_exact(of.cost)]
    yield [f"sales in {of.currency}", *_exact(Change(of.old.sales, of.new.sales))]
    old, new = of.percent_of_sales
    percents = (old, new, None if old is None or new is None else new - old)
    yield [
        "cost in percent of sales",
        *("" if each is None else exact(Fraction(round(each * 10**6), 10**6)) for each in percents),
    ]


def _rule_rows(of: Comparison) -> Cells:
    yield [
        "rule",
        "unit",
        "in",
        "old",
        "new",
        "difference",
        "old_times",
        "new_times",
        "old_cost",
        "new_cost",
        "cost_difference",
    ]
    for each in of.rules:
        cost = _exact(each.cost) if each.cost else ["", "", ""]
        yield [
            cell(each.rule),
            cell(each.unit),
            each.presence.value,
            *_exact(each.awarded),
            each.times.old,
            each.times.new,
            *cost,
        ]


def _balance_rows(of: Comparison) -> Cells:
    """What there is of each unit at the end, and what became of the rest."""
    yield ["unit", "what", "old", "new", "difference"]
    for each in of.balances:
        for what, change in balance_figures(each).items():
            yield [cell(each.unit), what, *_exact(change)]
        yield [cell(each.unit), "members in debt", each.debtors.old, each.debtors.new, each.debtors.difference]


def _message_rows(of: Comparison) -> Cells:
    yield ["rule", "in", "old", "new", "difference"]
    for each in of.messages:
        yield [cell(each.rule), each.presence.value, each.times.old, each.times.new, each.times.difference]


def _tier_rows(of: Comparison) -> Cells:
    yield ["ladder", "old_tier", "new_tier", "members"]
    for ladder in of.ladders:
        for each in ladder.moves:
            yield [cell(ladder.ladder), cell(each.old or ""), cell(each.new or ""), each.members]


def _member_rows(of: Comparison) -> Cells:
    balance = ["old_balance", "new_balance", "balance_difference"]
    yield ["member", "unit", "old", "new", "difference", *balance]
    for each in of.members:
        yield [cell(each.member), cell(each.unit), *_exact(each.awarded), *_exact(each.balance)]


def _exact(change: Change) -> list[str]:
    return [exact(number) for number in (change.old, change.new, change.difference)]


def as_json(comparison: Comparison) -> dict[str, object]:
    """Plain values: quantities, money and percents as exact text, counts as numbers, instants in ISO 8601."""
    told = _plain(comparison)
    assert isinstance(told, dict)
    old, new = comparison.percent_of_sales
    told["percent_of_sales"] = {"old": _plain(old), "new": _plain(new)}
    if comparison.first:
        told["first"]["at"] = instant(comparison.first.at)
    return told


def _plain(value: object) -> object:
    match value:
        case Change() | Count():
            return {"old": _plain(value.old), "new": _plain(value.new), "difference": _plain(value.difference)}
        case Fraction():
            return exact(value)
        case Enum():
            return value.value
        case tuple():
            return [_plain(each) for each in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value
