"""A comparison as tables for people."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from guerdon.program.currency import DECIMALS
from guerdon.study.comparison import (
    NOTHING,
    Change,
    Comparison,
    Count,
    LadderChange,
    People,
    Presence,
    balance_figures,
)
from guerdon.study.rows import exact
from guerdon.study.words import decimal, quantity


class Sheet(NamedTuple):
    """A titled table of texts; columns of numbers begin with `>`."""

    title: str
    columns: list[str]
    rows: list[list[str]]


def tables(comparison: Comparison) -> list[Sheet]:
    """The comparison for people: thousands set apart, costs in the currency's decimals, differences signed."""
    sheets = [_totals(comparison), _rules(comparison), _balances(comparison), _messages(comparison)]
    for ladder in comparison.ladders:
        sheets += [_tiers(ladder), _moves(ladder)]
    sheets.append(_people(comparison))
    sheets += [sheet for each in comparison.people for sheet in _biggest(each)]
    return [sheet for sheet in [*sheets, _first(comparison)] if sheet.rows]


_FIGURES = [">old", ">new", ">difference"]


def _totals(of: Comparison) -> Sheet:
    """What is awarded, what that costs, and how much of the sales."""
    rows = [[each.unit, *_three(each.awarded)] for each in of.units]
    rows.append([f"cost ({of.currency})", *_three(of.cost, of.currency)])
    percents = of.percent_of_sales
    rows.append(["cost in % of sales", *(_percent(each) for each in percents), _percent_difference(*percents)])
    if of.old.sales != of.new.sales:
        rows.append([f"sales ({of.currency})", *_three(Change(of.old.sales, of.new.sales), of.currency)])
    if of.old.rejected or of.new.rejected:
        rows.append(["rejected", *_three(Count(of.old.rejected, of.new.rejected))])
    rows += [[f"{unit} has no worth: its cost is left out", "", "", ""] for unit in of.unpriced]
    return Sheet("In all", ["", *_FIGURES], rows)


def _rules(of: Comparison) -> Sheet:
    rows = []
    for each in of.rules:
        cost = _three(each.cost, of.currency)[2] if each.cost else ""
        rows.append([_named(each.rule, each.presence), each.unit, *_three(each.awarded), *_three(each.times)[:2], cost])
    return Sheet(
        "By rule", ["rule", "unit", *_FIGURES, ">times, old", ">times, new", f">cost difference ({of.currency})"], rows
    )


def _balances(of: Comparison) -> Sheet:
    """What there is at the end and what became of the rest, where that is more than what was awarded."""
    rows = []
    for each in of.balances:
        figures = balance_figures(each)
        if any(change != NOTHING for what, change in figures.items() if what != "balance"):
            shown = {what: change for what, change in figures.items() if change != NOTHING}
            rows += [[f"{what} ({each.unit})", *_three(change, each.unit)] for what, change in shown.items()]
        if each.debtors != Count(0, 0):
            rows.append([f"members in debt ({each.unit})", *_three(each.debtors)])
    return Sheet("Balances at the end", ["", *_FIGURES], rows)


def _messages(of: Comparison) -> Sheet:
    rows = [[_named(each.rule, each.presence), *_three(each.times)] for each in of.messages]
    return Sheet("Messages", ["rule", *_FIGURES], rows)


def _tiers(ladder: LadderChange) -> Sheet:
    rows = [[_named(each.tier, each.presence), *_three(each.members)] for each in ladder.tiers]
    return Sheet(f"Members by {_named(ladder.ladder, ladder.presence)} at the end", ["tier", *_FIGURES], rows)


def _moves(ladder: LadderChange) -> Sheet:
    """A line for each tier of the old version, a column for each of the new one."""
    moves = {(each.old, each.new): each.members for each in ladder.moves}
    lines, columns = (list(dict.fromkeys(names)) for names in zip(*moves, strict=True)) if moves else ([], [])
    ranks = {each.tier: number for number, each in enumerate(ladder.tiers)}
    columns.sort(key=lambda tier: ranks.get(tier or "", len(ranks)))
    rows = [[line or "not there", *(f"{moves.get((line, each), 0):,}" for each in columns)] for line in lines]
    return Sheet(
        f"Moves on {ladder.ladder}",
        ["old, and new \N{RIGHTWARDS ARROW}", *(f">{each or 'not there'}" for each in columns)],
        rows,
    )


def _people(of: Comparison) -> Sheet:
    rows = [
        [each.counted_in, *(f"{count:,}" for count in (each.winners, each.losers, each.unchanged))]
        for each in of.people
    ]
    return Sheet("Members who gain and lose", ["counted in", ">gain", ">lose", ">unchanged"], rows)


def _biggest(people: People) -> Iterator[Sheet]:
    for what, changes in (("gains", people.most_gained), ("loses", people.most_lost)):
        rows = [[each.member, *_three(each.awarded, people.unit)] for each in changes]
        yield Sheet(f"Who {what} most, in {people.counted_in}", ["member", *_FIGURES], rows)


def _first(of: Comparison) -> Sheet:
    if of.first is None:
        return Sheet("The first event that differs", [], [])
    given = [
        ", ".join(f'{quantity(each.quantity, each.unit)} "{each.rule}"' for each in side) or "nothing"
        for side in (of.first.old, of.first.new)
    ]
    return Sheet(
        "The first event that differs",
        ["at", "member", "event", "old", "new"],
        [[of.first.local, of.first.member, of.first.event, *given]],
    )


def _three(change: Change | Count, unit: str = "") -> list[str]:
    """Old, new and the signed difference."""
    difference = change.difference
    sign = "+" if difference > 0 else ""
    return [_shown(change.old, unit), _shown(change.new, unit), sign + _shown(difference, unit)]


def _shown(number: Fraction | int, unit: str) -> str:
    """A number with its thousands set apart; money rounded half even to the currency's decimals."""
    if unit in DECIMALS:
        return decimal(Fraction(number), DECIMALS[unit])
    whole, point, rest = exact(Fraction(number)).partition(".")
    return f"{int(whole):,}{point}{rest}" if "/" not in whole and whole != "-0" else whole + point + rest


def _percent(number: Fraction | None) -> str:
    return "" if number is None else f"{decimal(number, 2)}%"


def _percent_difference(old: Fraction | None, new: Fraction | None) -> str:
    if old is None or new is None:
        return ""
    return ("+" if new > old else "") + _percent(new - old)


def _named(name: str, presence: Presence) -> str:
    return name if presence is Presence.BOTH else f"{name} ({presence.value})"
