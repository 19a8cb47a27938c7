"""Ranks on a kernel, which runs one member after the other: what members are ranked by is found in a run of its own, and their ranks come to them as events.

For the first run a program is made in which a rule gives, at each end of a period, as much as the measure comes to. All
are compared then. In the second run each member has an event where their rank becomes another one, behind all
others of that instant, and the measure is what the latest of these says.

Source: language reference, Ranks; decision 0035.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from heapq import merge
from typing import Any

from guerdon.check.builtin import NAMES
from guerdon.history.event import Event
from guerdon.kernel import others
from guerdon.ledger.entries import Award, Ranked
from guerdon.program import nodes, types
from guerdon.program.nodes import Scope, TriggerKind
from guerdon.program.walk import walk
from guerdon.reference.calendar import ONE, Calendar
from guerdon.reference.exact import ZERO
from guerdon.reference.ranking import ranked
from guerdon.reference.ranks import Ranks

BELOW = " below"
"""Stands behind the name of the rule that tells how much less than nothing it is by which somebody is ranked."""

DAY_ONE = date(1970, 1, 1)
RANKED = "ranked "
"""Stands in front of a measure in the names of what tells its ranks: no unit and no event of a program has a space in its name."""

LAST = 2**62
"""A place behind all others of an instant."""


def covers(program: nodes.Program) -> bool:
    """Whether a kernel can find and use the ranks of a program: they rest on the events of each member alone."""
    ranks, shown = program.rankings, {name: program.measures[name] for name in program.rankings}
    if not ranks:
        return True
    parts = [*walk(tuple(shown.values()), program.measures)]
    meters = {number for each in parts for number in _meters_of(each)}
    while (
        more := {
            number
            for at in meters
            for each in walk(program.meters[at], program.measures)
            for number in _meters_of(each)
        }
        - meters
    ):
        meters |= more
    parts += [each for number in meters for each in walk(program.meters[number], program.measures)]
    events = {program.meters[number].event for number in meters}
    return not (
        others.concerns_others(program)
        or bool(program.accounts)
        or any(map(_is_beyond_events, parts))
        or any(isinstance(each, nodes.Defined) and each.measure in ranks for each in parts)
        or any(_decimals(each.value.type) is None for each in shown.values())
        or events & {*NAMES}
        or any(rule.takes and events & {*rule.on} for rule in program.rules.values())
        or any(unit.debt.kind is nodes.DebtKind.REFUSED for unit in program.units.values())
        or any(
            isinstance(each, nodes.Defined) and each.measure in ranks
            for each in walk(tuple(program.ladders.values()), program.measures)
        )
    )


def _meters_of(each: object) -> tuple[int, ...]:
    match each:
        case nodes.Measured(meter):
            return (meter,)
        case nodes.Streak(meters):
            return meters
        case _:
            return ()


def _is_beyond_events(each: object) -> bool:
    """Whether an expression reads what rules gave, or what is open."""
    if isinstance(each, nodes.Field):
        return each.scope in (Scope.OFFER, Scope.OPENED)
    return isinstance(each, nodes.Standing | nodes.Available | nodes.Earned | nodes.Given)


def _decimals(of: types.Type) -> int | None:
    """The decimals in which a value can be told; None: it has no end, or is told otherwise."""
    match of:
        case types.Optional(inner):
            return _decimals(inner)
        case types.Quantity(step=step) | types.Number(step=step):
            return next(
                (places for places in range(10) if step is not None and (step * 10**places).denominator == 1), None
            )
        case types.Days() | types.Date():
            return 0
        case _:
            return None


# ---------------------------------------------------------------- what members are ranked by


def valuing(program: nodes.Program) -> nodes.Program:
    """The program in which rules give so much of a unit as each measure that ranks comes to at the end of its periods."""
    units, rules, triggers = dict[str, nodes.Unit](), dict[str, nodes.Rule](), dict[str, nodes.Trigger]()
    for name, ranking in program.rankings.items():
        trigger = nodes.Trigger(f"end of {ranking.period.value}", TriggerKind.END, {}, period=ranking.period)
        unit = nodes.Unit(RANKED + name, _decimals(program.measures[name].value.type) or 0, spendable=False)
        units[unit.name], triggers[trigger.name] = unit, trigger
        rules.update((rule.name, rule) for rule in _giving(program.measures[name], unit, trigger))
    measures = {name: each.but(ranking=None) for name, each in program.measures.items()}
    return program.but(
        units={**program.units, **units},
        rules=rules,
        triggers=triggers,
        measures=measures,
        groups={},
        tests=(),
        laws=(),
    )


def _giving(measure: nodes.Measure, unit: nodes.Unit, trigger: nodes.Trigger) -> Iterator[nodes.Rule]:
    """Two rules, for whoever is ranked: one gives 1 and what the measure comes to, the other so much as it is below nothing."""
    assert measure.ranking is not None
    of, number = types.Quantity(unit.name, unit.step), _as_number(measure.value)
    when = (measure.ranking.when,) if measure.ranking.when is not None else ()
    if isinstance(number.type, types.Optional):
        zero, one = (nodes.OrElse(number, _literal(each), number.type.of) for each in (0, 1))
        missing = tuple(nodes.Compare("is", each, each.default, types.YesNo()) for each in (zero, one))
        when = (*when, nodes.Negation(nodes.Junction(True, missing, types.YesNo()), types.YesNo()))
        number = zero
    most = nodes.Arithmetic("max", number, _literal(0), number.type)
    less = nodes.Arithmetic("-", _literal(0), number, number.type)
    gives = {
        unit.name: nodes.Arithmetic("+", most, _literal(1), of),
        unit.name + BELOW: nodes.Arithmetic("max", less, _literal(0), of),
    }
    for name, give in gives.items():
        yield nodes.Rule(name, (trigger.name,), when, (), None, None, give, unit.name, None, None, (), None)


def _literal(number: int) -> nodes.Literal:
    return nodes.Literal(Fraction(number), types.WHOLE)


def _as_number(value: nodes.Expr) -> nodes.Expr:
    """A date as so many days."""
    of = value.type.of if isinstance(value.type, types.Optional) else value.type
    if not isinstance(of, types.Date):
        return value
    days: types.Type = types.Optional(types.Days()) if isinstance(value.type, types.Optional) else types.Days()
    return nodes.Arithmetic("-", value, nodes.Literal(DAY_ONE, types.Date()), days)


def _as_value(number: Fraction, of: types.Type) -> Any:
    """What a member is ranked by, of what was given for it."""
    match of.of if isinstance(of, types.Optional) else of:
        case types.Date():
            return DAY_ONE + timedelta(days=int(number))
        case types.Days():
            return int(number)
        case _:
            return number


# ---------------------------------------------------------------- ranks


@dataclass
class Found:
    """The ranks of members: entries of the ledger, and for each member by instant and measure where theirs becomes another one (0: none)."""

    entries: list[Ranked] = field(default_factory=list)
    changes: list[Event] = field(default_factory=list)
    ranks: dict[str, dict[str, list[tuple[date, int | None]]]] = field(default_factory=dict)


def found(program: nodes.Program, awards: Iterable[Award], first: int, until: int) -> Found:
    """The ranks that come of what the rules of `valuing` gave, from the instant of the first event until another (exclusive)."""
    calendar, whole, measures = Calendar(program.frame), Found(), program.rankings
    numbers: dict[tuple[str, int], dict[str, Fraction]] = {}
    for each in awards:
        if each.rule.startswith(RANKED):  # what an opening brought along is an award, too
            mine = numbers.setdefault((each.unit, each.at), {})
            mine[each.member] = mine.get(each.member, ZERO) + (
                -each.quantity if each.rule.endswith(BELOW) else each.quantity - 1
            )
    day = calendar.day(first)
    while (end := min(calendar.last_day(ranking.period, day) for ranking in measures.values())) < calendar.day(until):
        at = calendar.start(end + ONE) - 1
        for name, ranking in measures.items():
            if calendar.last_day(ranking.period, end) == end:
                of = program.measures[name].value.type
                values = {id: _as_value(each, of) for id, each in numbers.get((RANKED + name, at), {}).items()}
                _rank(name, ranking, values, end, at, whole)
        day = end + ONE
    return whole


def _rank(name: str, ranking: nodes.Ranking, values: Mapping[str, Any], day: date, at: int, whole: Found) -> None:
    """Ranks members at the last instant of a day."""
    ranks, known = dict(ranked(dict(values), ranking)), whole.ranks.setdefault(name, {})
    for member in sorted({*ranks, *known}):
        rank = ranks.get(member)
        kept = known.setdefault(member, [])
        if rank != (kept[-1][1] if kept else None):
            kept.append((day, rank))
            facts = {"rank": Fraction(rank or 0)}
            whole.changes.append(Event(f"{day}/{member}", RANKED + name, member, at, at, LAST, facts))
        if rank is not None:
            whole.entries.append(Ranked(member, name, at, values[member], rank, len(ranks)))


def covers_history(program: nodes.Program, events: Iterable[Event]) -> bool:
    """Whether of each event it is known who takes part in it, and that before members were ranked with it."""
    calendar, periods = Calendar(program.frame), {each.period for each in program.rankings.values()}
    return not periods or not any(
        event.type in ("transfer", "merged")
        or (event.at != event.recorded and any(_between(event, period, calendar) for period in periods))
        for event in events
    )


def _between(event: Event, period: nodes.Period, calendar: Calendar) -> bool:
    """Whether a period ended between when an event happened and when it was known, be it before."""
    happened, known = calendar.day(event.at), calendar.day(event.recorded)
    return calendar.period(period, happened) != calendar.period(period, known)


def with_changes(events: Iterable[Event], changes: Iterable[Event]) -> Iterator[Event]:
    """The events in their order, with those that say ranks."""
    return merge(events, changes, key=lambda event: event.order)


def reading(program: nodes.Program) -> nodes.Program:
    """The program in which measures that rank read the latest event that says it; their ranking stays, to tell that 0 is none."""
    if not program.rankings:
        return program
    events, meters, measures = dict(program.events), list(program.meters), dict(program.measures)
    for name, ranking in program.rankings.items():
        fact = nodes.Fact("rank", types.WHOLE)
        events[RANKED + name] = nodes.Record(RANKED + name, {"rank": fact})
        rank = nodes.Field(Scope.EVENT, "rank", types.WHOLE)
        latest = nodes.Measured(len(meters), nodes.Aggregate.LAST, nodes.Ever(), types.Optional(types.WHOLE))
        meters.append(nodes.Meter(RANKED + name, None, rank, None, sees_event=False))
        measures[name] = measures[name].but(value=latest, ranking=ranking.but(when=None))
    return program.but(events=events, meters=tuple(meters), measures=measures)


def known(program: nodes.Program, of: Found) -> Ranks:
    """The ranks as the reference engine looks them up."""
    return Ranks(program, Calendar(program.frame), kept=of.ranks)
