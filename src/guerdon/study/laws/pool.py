"""What a program compares with: amounts, numbers, texts, days, lengths of time. Histories are drawn around these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from fractions import Fraction

from guerdon.program import nodes, types
from guerdon.program.time import FIRST_YEAR, LAST_YEAR
from guerdon.program.walk import walk
from guerdon.text.source import NOWHERE

NUMBER, PERCENT = "number", "percent"
"""What bare numbers and percentages are kept under, beside units."""

DAY = timedelta(days=1)
PLAIN = tuple(map(Fraction, (1, 2, 3, 5, 10, 20, 50, 100)))
LARGEST = Fraction(10**9)
USUAL_DAYS = (date(2026, 3, 2), date(2026, 1, 31), date(2026, 12, 30), date(2024, 2, 28), date(2027, 6, 30))

Of = str
Found = tuple[Of, Fraction]


class Pool:
    """The values that matter to a program, and to a law about it."""

    def __init__(self, program: nodes.Program, law: nodes.Law) -> None:
        self.program = program
        found = [*walk(program), *walk((law.always, law.when, law.meters))]
        self._around: dict[tuple[Of, Fraction], tuple[Fraction, ...]] = {}
        self._others: dict[Fraction, tuple[Fraction, ...]] = {}
        self.amounts: dict[Of, set[Fraction]] = {}
        for of, value in (*_of_nodes(found), *_of_declarations(program)):
            self.amounts.setdefault(of, set()).add(abs(value))
        self._through_rates(found)
        self.texts = tuple(dict.fromkeys(["a", "b", *sorted(_texts(found))]))
        self.days = tuple(sorted({day for day in _days(found) if FIRST_YEAR + 1 < day.year < LAST_YEAR - 100}))
        self.lengths = tuple(sorted({(each.days, each.months) for each in found if isinstance(each, nodes.Duration)}))
        self.clocks = tuple(sorted(_clocks(found, program)))
        self.used = _used(program, found)

    def _through_rates(self, found: list[nodes.Node]) -> None:
        """What earns so much of a unit as something is compared with."""
        rates = {
            (each.type.unit, each.type.per, value)
            for each in found
            if isinstance(each, nodes.Literal) and isinstance(each.type, types.Rate)
            for value in each.type.values
        }
        written = {of: frozenset(values) for of, values in self.amounts.items()}
        for unit, per, rate in rates:
            if rate.give:
                self.amounts.setdefault(per, set()).update(
                    much * rate.per / rate.give for much in written.get(unit, ())
                )

    def around(self, of: Of, step: Fraction) -> tuple[Fraction, ...]:
        """Values of a kind, on a grid, with those just below and above, none below zero; the least first."""
        if (of, step) in self._around:
            return self._around[of, step]
        near = {
            on_grid(value, step) + by
            for value in self.amounts.get(of, ())
            if value <= LARGEST
            for by in (-step, 0, step)
        }
        self._around[of, step] = tuple(sorted(value for value in near if value >= 0))
        return self._around[of, step]

    def others(self, step: Fraction) -> tuple[Fraction, ...]:
        """The figures that stand in the program, whatever they are of, on a grid."""
        if step in self._others:
            return self._others[step]
        every = {on_grid(value, step) for values in self.amounts.values() for value in values if value <= 10**6}
        self._others[step] = tuple(sorted({*every, *(on_grid(value, step) for value in PLAIN)}))
        return self._others[step]


def on_grid(value: Fraction, step: Fraction) -> Fraction:
    """The value, or where it is on no grid point the one below."""
    return value // step * step


def _of_nodes(found: Iterable[nodes.Node]) -> Iterator[Found]:
    for each in found:
        match each:
            case nodes.Literal(value, types.Quantity(unit)) if isinstance(value, Fraction):
                yield unit, value
            case nodes.Literal(value, types.Number(_, percent)) if isinstance(value, Fraction):
                yield PERCENT if percent else NUMBER, value
            case nodes.Literal(_, types.Rate(unit, per, values)):
                for rate in values:
                    yield per, rate.per
                    yield unit, rate.give
            case nodes.Limit(times=int(times)):
                yield NUMBER, Fraction(times)


def _of_declarations(program: nodes.Program) -> Iterator[Found]:
    """Thresholds, minimums and bands, whose unit is that of what they belong to."""
    for ladder in program.ladders.values():
        for step in ladder.tiers:
            if step.at is not None and ladder.counts is not None:
                yield _of(ladder.counts.type), step.at
    for rule in program.rules.values():
        if rule.minimum is not None:
            yield rule.unit, rule.minimum
    for table in program.tables.values():
        for row in table.rows:
            for key, kind in zip(row.keys, table.keys.values(), strict=True):
                for value in (key.first, key.last) if isinstance(key, nodes.Band) else (key,):
                    if isinstance(value, Fraction):
                        yield _of(kind), value


def _of(kind: types.Type) -> Of:
    """What values of a type are kept under."""
    match kind:
        case types.Optional(inner):
            return _of(inner)
        case types.Quantity(unit):
            return unit
        case types.Number(_, percent):
            return PERCENT if percent else NUMBER
    return ""


def of_type(kind: types.Quantity | types.Number) -> Of:
    """What values of a number's type are kept under."""
    return _of(kind)


def _texts(found: Iterable[nodes.Node]) -> Iterator[str]:
    for each in found:
        if isinstance(each, nodes.Literal) and isinstance(each.type, types.Text) and isinstance(each.value, str):
            yield each.value
        if isinstance(each, nodes.Table):
            for at, kind in enumerate(each.keys.values()):
                if isinstance(kind, types.Text):
                    yield from (str(row.keys[at]) for row in each.rows if isinstance(row.keys[at], str))


def _days(found: Iterable[nodes.Node]) -> Iterator[date]:
    """The days that are named, and those beside them."""
    for each in found:
        match each:
            case nodes.Literal(value=date() as day) | nodes.Trigger(day=date() as day):
                yield from (day - DAY, day, day + DAY)
            case nodes.Dates(first, end):
                yield from (day + by for day in (first, end) if day is not None for by in (-DAY, 0 * DAY))
            case nodes.Expiry(origin=origin, since=since):
                yield from (day + by for day in (origin, since) if isinstance(day, date) for by in (-DAY, 0 * DAY))


def _clocks(found: Iterable[nodes.Node], program: nodes.Program) -> set[time]:
    """The times of day at which something begins or ends, and the minutes before."""
    clocks = {program.frame.day_start}
    for each in found:
        if isinstance(each, nodes.Hours):
            clocks |= {each.start, each.end}
    minutes = {clock.hour * 60 + clock.minute for clock in clocks}
    return {time(each // 60, each % 60) for at in minutes for each in (at, (at - 1) % 1440)}


def _used(program: nodes.Program, found: Iterable[nodes.Node]) -> frozenset[str]:
    """The events that the program declares, or that something in it is about."""
    used = {name for name, record in program.events.items() if record.span is not NOWHERE}
    for each in found:
        match each:
            case nodes.Rule(on=on) | nodes.Trigger(events=on):
                used |= {*on}
            case nodes.Meter(event=event) | nodes.Grant(event=event) | nodes.Reversal(event=event):
                used.add(event)
            case nodes.Expiry(without=without):
                used |= {*without}
            case nodes.Hold(event=str(event)):
                used.add(event)
    spendable = {unit.name for unit in program.units.values() if unit.spendable}
    used |= {"redemption"} if spendable else set()
    if spendable - {rule.unit for rule in program.rules.values() if not rule.takes}:
        used.add("opening")  # nothing else brings any
    used |= {"changed"} if program.accounts else set()
    return frozenset(used & program.events.keys())
