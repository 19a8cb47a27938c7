"""How an award is rounded, with an example that the engine's own arithmetic works out."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from guerdon.program import nodes, types
from guerdon.program.currency import DECIMALS
from guerdon.program.nodes import RoundPlace
from guerdon.program.types import RateValue
from guerdon.reference import exact as arithmetic
from guerdon.reference.tables import apply
from guerdon.study.describe import english
from guerdon.study.describe.english import plural, readable
from guerdon.study.describe.measures import key
from guerdon.study.describe.returns import rounded
from guerdon.study.describe.values import literal

_PLACES = {
    RoundPlace.LINE: "what each line comes to is",
    RoundPlace.EVENT: "what the event comes to is",
    RoundPlace.TOTAL: "what the running total comes to is",
}
_BASES = tuple(
    Fraction(each) for each in ("12.60", "12.99", "13", "7.35", "33", "1.25", "7", "101", "25", "2.6", "17.777")
)
_SIZES = tuple(Fraction(each) for each in ("12.6", "12.4", "12.5", "0.6"))


def rounding(of: nodes.Rule, program: nodes.Program) -> str:
    """How the rule rounds, and an example; empty where nothing is left to round."""
    if of.rounding is None:
        return ""
    unit = program.units[of.unit]
    example = next(_worked(of, program, unit.step), "") or plainly(of.rounding.mode, unit, of.minimum)
    carried = ", and what is left over is carried on" if of.rounding.place is RoundPlace.TOTAL else ""
    place = _PLACES[of.rounding.place]
    if of.rounding.place is RoundPlace.EVENT and of.on[0] in program.triggers:
        place = "what it comes to is"
    return f"{place} {to_steps(of.rounding.mode, unit)}{carried}; {example}"


def to_steps(how: nodes.RoundMode, unit: nodes.Unit) -> str:
    """`rounded down to whole points`."""
    one = english.amount(unit.step, unit.name)
    if unit.step == 1:
        return rounded(how, f"whole {plural(readable(unit.name))}", f"whole {readable(unit.name)}")
    return rounded(how, f"steps of {one}", one)


def plainly(how: nodes.RoundMode, unit: nodes.Unit, least: Fraction | None) -> str:
    """An amount of the unit itself, above the least that there is, and what rounding makes of it."""
    sizes = (size * unit.step + (least or 0) for size in _SIZES)
    outcomes = ((much, _outcome(how, unit.name, much, unit.step)) for much in sizes)
    return next(f"{english.amount(much, unit.name)} are {said}" for much, said in outcomes if said)


def _worked(of: nodes.Rule, program: nodes.Program, step: Fraction) -> Iterator[str]:
    """Amounts to which the rule's own rate is applied, and of which something is rounded off."""
    if not isinstance(of.give, nodes.Apply) or of.accumulate is not None or of.rounding is None:
        return
    per_line = of.rounding.place is RoundPlace.LINE
    if of.each is not None and not per_line:
        return
    base = of.give.base.type
    if not isinstance(base, types.Quantity):
        return
    for given, rate in _rates(of.give.rate, program):
        for much in _BASES:
            if (much / _grid(base.unit, program)).denominator != 1:
                continue
            exact = apply(rate, much)
            said = _outcome(of.rounding.mode, of.unit, exact, step)
            if said and (of.minimum is None or exact > of.minimum):
                line, come = ("a line of ", "comes") if per_line else ("", "come")
                come = "comes" if much == 1 else come
                yield f"{given}{line}{english.amount(much, base.unit)} {come} to {english.amount(exact, of.unit)}, {said}"


def _outcome(how: nodes.RoundMode, unit: str, exact: Fraction, step: Fraction) -> str:
    """What rounding makes of an amount; empty where it leaves it as it is, or where it can't be written with decimals."""
    given = arithmetic.rounded(exact, step, how)
    off = exact - given
    if not off or "/" in english.number(exact):
        return ""
    return f"rounded to {english.amount(given, unit)} ({english.number(abs(off))} {'dropped' if off > 0 else 'added'})"


def _rates(of: nodes.Expr, program: nodes.Program) -> Iterator[tuple[str, RateValue | Fraction]]:
    """Written rates, and those that stand in the rows of a table."""
    match of:
        case nodes.Literal(RateValue() | Fraction() as rate):
            yield "", rate
        case nodes.Lookup(name):
            table = program.tables[name]
            if table.bands is nodes.Bands.PARTS:
                return
            for row in table.rows:
                value = row.results[of.column]
                if isinstance(value, nodes.Literal) and isinstance(value.value, RateValue | Fraction) and value.value:
                    at = literal(value.value, value.type)
                    yield f"at {at} ({_keys(row, table)}), ", value.value


def _keys(row: nodes.Row, table: nodes.Table) -> str:
    return ", ".join(key(each, kind) for each, kind in zip(row.keys, table.keys.values(), strict=True))


def _grid(unit: str, program: nodes.Program) -> Fraction:
    if unit in DECIMALS:
        return Fraction(1, 10 ** DECIMALS[unit])
    return program.units[unit].step
