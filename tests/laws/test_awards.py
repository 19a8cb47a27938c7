"""Laws about single awards: steps, parts, limits, receivers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

import hypothesis
from tests.generated import pool
from tests.generated.histories import BUILT_IN, History
from tests.generated.playing import ZERO, play

from guerdon.ledger.entries import Award
from guerdon.program import nodes
from guerdon.reference.calendar import Calendar
from guerdon.reference.engine import Engine


@pool.settings()
@hypothesis.given(pool.played())
def test_an_award_is_so_many_whole_steps(case):
    """Law 11: never below zero, and less than a step away from what the rule came to, but for what was cut off."""
    _, program, history = case
    for award in play(program, history).posted.ledger.awards:
        rule, unit = program.rules.get(award.rule), program.units[award.unit]
        assert (award.quantity / unit.step).denominator == 1
        if award.of is None and rule is not None:  # else it was given by hand
            assert award.quantity >= 0
            assert award.cut >= 0
            if rule.rounding is None or rule.rounding.place is nodes.RoundPlace.EVENT:
                assert abs(award.dropped) < unit.step


@pool.settings()
@hypothesis.given(pool.played())
def test_an_awards_parts_add_up(case):
    """Law 20: what was given, rounded off and cut off is what the rule came to."""
    _, program, history = case
    for award in play(program, history).posted.ledger.awards:
        assert award.quantity + award.dropped + award.cut == award.exact


@pool.settings()
@hypothesis.given(pool.played())
def test_each_receiver_is_paid_once(case):
    """Law 19, as far as it is about more than referrals: one entry for each rule, event and receiver, and no circles of members."""
    _, program, history = case
    engine = play(program, history)
    ids = [award.id for award in engine.posted.ledger.awards]
    assert len(ids) == len(set(ids))
    for subject in engine.world.subjects.values():
        seen = [subject.id]
        while (into := engine.world.subjects[seen[-1]].into) is not None:
            assert into not in seen, "nobody is part of themselves"
            seen.append(into)
    balances = {key[0] for key, balance in engine.posted.ledger.balances().items() if balance}
    gone = {id for id, subject in engine.world.subjects.items() if subject.into is not None}
    assert not balances & gone, "who became part of another has nothing of their own"


# ---------------------------------------------------------------- limits


MOVES_MEMBERS = ("merged", "changed", "erased", "joined", "transfer")


def in_order(program: nodes.Program) -> bool:
    return program.frame.lateness is None and any(rule.limits for rule in program.rules.values())


@pool.settings()
@hypothesis.given(pool.played(in_order, without=MOVES_MEMBERS))
def test_no_limit_is_ever_exceeded(case):
    """Law 12: whatever was given within the time of a limit, less what returns gave back, is never more than it says."""
    _, program, history = case
    engine = play(program, history)
    awards = engine.posted.ledger.awards
    for rule in program.rules.values():
        for limit in rule.limits:
            if limit.of is not None:
                continue  # of what counts, not of what is given
            _keeps(program, history, engine, rule, limit, awards)


def _keeps(
    program: nodes.Program,
    history: History,
    engine: Engine,
    rule: nodes.Rule,
    limit: nodes.Limit,
    awards: list[Award],
) -> None:
    """Fails where a limit was exceeded at any moment."""
    most = limit.times if limit.times is not None else _most(program, limit.most)
    calendar, events = engine.calendar, {event.id: event for event in history.events} | engine.triggered
    whose: dict[object, list[tuple[date, str]]] = {}
    given: dict[str, Fraction] = {}
    for award in awards:
        if award.rule != rule.name:
            continue
        id = award.event if award.of is None else award.of.split("/")[1]
        event = events[id]
        if award.of is None:
            account = program.accounts[limit.account].fact if limit.account else None
            owner = history.members[event.member].get(account) if account else None
            if limit.person is not None:
                if not isinstance(limit.person, nodes.Field) or limit.person.scope is not nodes.Scope.EVENT:
                    return  # per whom the member's facts name, who may change
                owner = event.facts.get(limit.person.name)
            key = (event.id,) if limit.per_event else (owner or event.member, *_by(limit, event.facts))
            if limit.fields and any(name not in event.facts for name in limit.fields):
                return  # by a fact that is derived
            if id not in given:
                whose.setdefault(key, []).append((calendar.day(event.at), id))
        if award.of is None or not limit.kept:
            given[id] = given.get(id, ZERO) + award.quantity
        for counted in whose.values():
            for days in windows(calendar, limit, [day for day, _ in counted]):
                inside = [given[each] for day, each in counted if days[0] <= day < days[1]]
                total = sum(inside, ZERO) if limit.times is None else sum(each > 0 for each in inside)
                assert most is None or total <= most, (rule.name, limit, days)


def _by(limit: nodes.Limit, facts: object) -> Iterator[object]:
    for name in limit.fields:
        yield facts.get(name)  # type: ignore[attr-defined]


def _most(program: nodes.Program, most: nodes.Expr | None) -> Fraction | None:
    """The most that a limit can be."""
    match most:
        case nodes.Literal(Fraction() as value):
            return value
        case nodes.Lookup(name, _, column):
            table = program.tables[name]
            rows = [*(row.results[column] for row in table.rows), *table.otherwise[column : column + 1]]
            values = [_most(program, each) for each in rows]
            return max(each for each in values if each is not None)
    return None


def windows(calendar: Calendar, limit: nodes.Limit, days: list[date]) -> Iterator[tuple[date, date]]:
    """The stretches of days within which a limit counts, that hold any of these days."""
    for day in days:
        match limit.window:
            case nodes.Calendar(nodes.Period.MEMBERSHIP_YEAR):
                return
            case nodes.Calendar(period):
                yield calendar.period(period, day)
            case nodes.Duration():
                yield calendar.bounds(limit.window, day)
            case _:
                yield date.min, date.max - timedelta(days=1)


# ---------------------------------------------------------------- what is taken back


@pool.settings()
@hypothesis.given(pool.played(lambda program: any(record.reverses for record in program.events.values())))
def test_a_return_takes_no_more_than_was_given(case):
    """Law 14: of an award never more than all of it, and never less than nothing."""
    _, program, history = case
    awards = play(program, history).posted.ledger.awards
    net, of = dict[str, Fraction](), dict[str, str]()
    for award in awards:
        id, corrects = award.id.split("@")[0], "@" in award.id
        net[id] = net.get(id, ZERO) + award.quantity
        if award.of is not None and not corrects:
            assert award.quantity < 0
            of[id] = award.of
    taken = dict[str, Fraction]()
    for id, whose in of.items():
        taken[whose] = taken.get(whose, ZERO) - net[id]
    for id, quantity in taken.items():
        assert ZERO <= quantity <= net[id], id


assert set(MOVES_MEMBERS) <= set(BUILT_IN)
