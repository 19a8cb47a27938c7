"""Values and expressions as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction

from guerdon.check.wording import plain
from guerdon.history.event import Event
from guerdon.ledger.entries import Ranked
from guerdon.program import nodes, types
from guerdon.program.currency import DECIMALS
from guerdon.program.nodes import Expected
from guerdon.reference.calendar import Calendar
from guerdon.reference.tables import Scale

MOST_BANDS = 8


def money(amount: Fraction, currency: str) -> str:
    """An amount with the decimals of its currency, thousands set apart: `1,234.50 USD`."""
    return f"{decimal(amount, DECIMALS.get(currency, 2))} {currency}".strip()


def decimal(number: Fraction, decimals: int) -> str:
    """A number rounded half even to so many decimals, thousands set apart; for display only."""
    scaled = round(number * 10**decimals)
    sign, digits = ("-" if scaled < 0 else ""), str(abs(scaled)).zfill(decimals + 1)
    whole = f"{int(digits[: len(digits) - decimals]):,}"
    return f"{sign}{whole}.{digits[-decimals:]}" if decimals else f"{sign}{whole}"


def quantity(amount: Fraction, unit: str) -> str:
    """So much of a unit, exactly."""
    if unit in DECIMALS and (amount * 10 ** DECIMALS[unit]).denominator == 1:
        return money(amount, unit)
    return f"{plain(amount)} {unit}"


def close(number: Fraction, unit: str = "") -> str:
    """A number exactly; where it has no end also about what it is: `about 31.23 EUR (937/30)`."""
    shown = plain(number)
    if "/" not in shown:
        return f"{shown}{unit}"
    return f"about {decimal(number, 2)}{unit} ({shown})"


def value(of: object, kind: types.Type) -> str:
    """A value as a designer would write it."""
    match kind, of:
        case types.Optional(inner), _:
            return value(of, inner)
        case _, Scale():
            shown = [f"{value(rate, kind)} {band(each, of.key)}" for each, rate in of.bands[:MOST_BANDS]]
            more = ["..."] if len(of.bands) > MOST_BANDS else []
            return ", ".join([*shown, *more, *([f"else {value(of.rest, kind)}"] if of.rest is not None else [])])
        case _, None:
            return "nothing"
        case types.Quantity(unit), Fraction():
            said = quantity(of, unit)
            return said if "/" not in said else close(of, f" {unit}")
        case types.Number(_, True), Fraction():
            return close(of * 100, "%")
        case types.Rate(unit, per), types.RateValue(give, by, full):
            return f"{quantity(give, unit)} per {'full ' if full else ''}{quantity(by, per)}"
        case types.Number() | types.AmountOf(), Fraction():
            return close(of)
        case types.YesNo(), _:
            return "yes" if of else "no"
        case types.Days(), _:
            return f"{of} days"
        case types.Months(), _:
            return f"{of} months"
        case types.Text(), str():
            return f'"{of}"'
        case types.Lines(), tuple():
            return f"{len(of)} {'line' if len(of) == 1 else 'lines'}"
        case _, date():
            return of.isoformat()
    return str(of)


def band(of: nodes.Band, kind: types.Type) -> str:
    """A band as a row holds it."""
    low = f"{'from' if of.with_first else 'above'} {value(of.first, kind)}" if of.first is not None else ""
    high = f"{'through' if of.with_last else 'below'} {value(of.last, kind)}" if of.last is not None else ""
    return f"{low} {high}".strip()


def facts(of: Mapping[str, object], record: nodes.Record) -> str:
    """The facts of an event, as a test would write them."""
    shown = [
        f"{fact.name} {value(of.get(fact.name), fact.type)}"
        for fact in record.facts.values()
        if of.get(fact.name) is not None
    ]
    return ", ".join(shown)


REFUSAL = "a refusal"
"""What a test expects that expects something to be refused."""


def expected(step: nodes.Expectation, program: nodes.Program) -> str:
    """What a test expects, in few words."""
    match step.kind:
        case Expected.TIER:
            return f"{step.ladder} {step.tier}"
        case Expected.REFUSED:
            return REFUSAL
        case Expected.SAID:
            return count(int(step.quantity or 0), nodes.MESSAGE)
        case Expected.MEASURE:
            return f"{step.measure} {_measured(step, program)}"
    assert step.quantity is not None
    much = quantity(step.quantity, step.unit) if step.unit else plain(step.quantity)
    match step.kind:
        case Expected.PENDING:
            return f"{much} pending"
        case Expected.COUNT:
            return f"{step.ladder} counts {much}"
        case Expected.NEEDS:
            return f"{step.ladder} needs {much} to reach {step.tier}"
    return much


def _measured(step: nodes.Expectation, program: nodes.Program) -> str:
    """The expected value of a measure, as the measure's own values are written."""
    of = program.measures[step.measure or ""].type
    of = of.of if isinstance(of, types.Optional) else of
    if step.tier is not None:
        return step.tier
    assert step.quantity is not None
    return value(int(step.quantity) if isinstance(of, types.Days) else step.quantity, of)


def local(moment: datetime) -> str:
    """Local date and time, to the second."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def happened(event: Event, calendar: Calendar) -> str:
    """When an event happened, and the day on which it became known, where that is a later one."""
    known = calendar.day(event.recorded)
    late = f", known on {known}" if known > calendar.day(event.at) else ""
    return f"{local(calendar.local(event.at))}{late}"


def ranked(of: Ranked) -> str:
    """By which value a rank was found, and among how many."""
    value = of.value.isoformat() if isinstance(of.value, date) else plain(Fraction(of.value))
    return f"(by {value}, among {count(of.among, 'member')})"


def written(node: nodes.Node) -> str:
    """An expression in the program's own words."""
    return " ".join(node.span.text.split())


def clause(node: nodes.Node) -> str:
    """What a clause says behind its keyword."""
    return written(node).partition(" ")[2]


def limit(of: nodes.Limit) -> str:
    """What a limit says behind its keyword; the one that a `referral` has of itself stands in no clause."""
    return clause(of) if written(of).startswith("limit ") else "1 time per friend"


def count(number: int, word: str) -> str:
    """So many of a thing: `1 event`, `6,503 events`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def of_what_was_read(read: str, currency: str, aside: int = 0) -> tuple[str, ...]:
    """What a report begins with: what was read (a sentence), what money is in, and how many rows were set aside."""
    money = f" Money in {currency}, rounded where it is shown and reckoned exactly." if currency else ""
    left_out = f"Set aside: {count(aside, 'row')}, which are in no figure; `guerdon run` shows why."
    return (f"{read}{money}", left_out) if aside else (f"{read}{money}",)
