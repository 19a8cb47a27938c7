"""Rules among each other: what a group takes and limits, what is replaced, what counts, and who pays."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import hypothesis
from tests.generated import pool
from tests.generated.playing import ZERO, play
from tests.laws.test_awards import MOVES_MEMBERS, windows

from guerdon.ledger.entries import Award
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.room import limit_under
from guerdon.study.funding import funding


def on_time(program: nodes.Program) -> bool:
    return program.frame.lateness is None and bool(program.groups)


def given(engine: Engine) -> dict[str, dict[str, list[Award]]]:
    """What was given at each event, by rule."""
    found: dict[str, dict[str, list[Award]]] = {}
    for award in engine.posted.ledger.awards:
        if award.of is None:
            found.setdefault(award.event, {}).setdefault(award.rule, []).append(award)
    return found


def total(awards: list[Award]) -> Fraction:
    return sum((award.quantity for award in awards), ZERO)


@pool.settings()
@hypothesis.given(pool.played(on_time))
def test_a_group_gives_what_it_takes(case):
    """Of `best` and `top` one rule stands at an event, and of `one` only one comes to something; a sum is no less than the minimum."""
    _, program, history = case
    for by_rule in given(play(program, history)).values():
        for group in program.groups.values():
            mine = {name: by_rule[name] for name in group.of if name in by_rule}
            standing = [name for name, awards in mine.items() if total(awards)]
            if group.take is nodes.Take.ONE:
                assert len(mine) <= 1
            elif group.take is not nodes.Take.ALL:
                assert len(standing) <= 1
            receivers = [program.rules[name].to for name in group.of]
            if group.minimum is not None and standing and not group.limits and not any(receivers):
                step = program.units[program.rules[standing[0]].unit].step
                assert sum(total(awards) for awards in mine.values()) > group.minimum - step


@pool.settings()
@hypothesis.given(pool.played(on_time))
def test_best_is_as_good_as_any(case):
    """What a group of one unit takes as the best came to no less than what it left."""
    _, program, history = case
    for by_rule in given(play(program, history)).values():
        for group in program.groups.values():
            mine = [award for name in group.of for award in by_rule.get(name, ())]
            one_unit = len({award.unit for award in mine}) == 1
            plain = (
                not group.limits and group.minimum is None and not any(program.rules[name].limits for name in group.of)
            )
            plain = plain and not any(program.rules[name].to or program.rules[name].shares for name in group.of)
            if group.take is nodes.Take.BEST and one_unit and plain:
                step = program.units[mine[0].unit].step
                whole = [award.quantity + award.cut for award in mine]
                assert sum(award.quantity for award in mine) > max(whole) - step


@pool.settings()
@hypothesis.given(pool.played(lambda program: any(rule.replaces for rule in program.rules.values())))
def test_what_is_replaced_gives_nothing(case):
    """A rule and one that replaces it never come to something at the same event."""
    _, program, history = case
    for by_rule in given(play(program, history)).values():
        for rule in program.rules.values():
            if rule.name in by_rule:
                assert not any(name in by_rule for name in rule.replaces)


@pool.settings()
@hypothesis.given(pool.played(on_time, without=MOVES_MEMBERS))
def test_no_more_counts_than_a_limit_lets_in(case):
    """Law 12: of groups and of facts, within the time of every limit, after every event."""
    _, program, history = case
    play(program, history, after=lambda engine, _: _keep(engine))


def _keep(engine: Engine) -> None:
    """Fails where a tally holds more than its limit lets in."""
    program = engine.program
    for subject in engine.world.subjects.values():
        for key, tally in subject.limits.items():
            limit = limit_under(program, key)
            most = limit.times if limit.times is not None else next(_literal(limit.most), None)
            if most is None or (limit.of is None and key[0] not in program.groups):
                continue
            for bounds in windows(engine.calendar, limit, tally.days):
                within = tally.count(bounds) if limit.times is not None else tally.total(bounds)
                assert within <= most, key


def _literal(most: nodes.Expr | None) -> Iterator[Fraction]:
    if isinstance(most, nodes.Literal) and isinstance(most.value, Fraction):
        yield most.value


@pool.settings()
@hypothesis.given(pool.played(lambda program: any(rule.funded for rule in program.rules.values())))
def test_what_is_paid_sums_to_the_awards(case):
    """Each entry is paid in whole, in whole steps; where nothing is left of an award, nobody has paid anything."""
    _, program, history = case
    awards = play(program, history).posted.ledger.awards
    paid: dict[str, Fraction] = {}
    left: dict[tuple[str, str], Fraction] = {}
    first: dict[str, str] = {}
    for award in awards:
        first[award.id] = first.get(award.of or "", award.of or award.id)
    for each in funding(awards, program):
        assert (each.quantity / program.units[each.award.unit].step).denominator == 1
        paid[each.award.id] = paid.get(each.award.id, ZERO) + each.quantity
        key = first[each.award.id], each.partner
        left[key] = left.get(key, ZERO) + each.quantity
    funded = [award for award in awards if award.rule in program.rules and program.rules[award.rule].funded]
    assert {award.id: award.quantity for award in funded if award.quantity} == {id: of for id, of in paid.items() if of}
    net: dict[str, Fraction] = {}
    for award in funded:
        net[first[award.id]] = net.get(first[award.id], ZERO) + award.quantity
    assert all(not quantity for (of, _), quantity in left.items() if not net[of])
