"""Laws about explanations: what they say sums to what there is, and asking changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import hypothesis
from tests.generated import pool
from tests.generated.histories import History
from tests.generated.playing import ZERO, play

from guerdon.ledger.entries import Award, Ledger
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.late import MARK
from guerdon.study.explain.account import Account, EventAccount, RuleAccount
from guerdon.study.explain.explain import explain


def number(said: str) -> Fraction:
    """The quantity that a text begins with."""
    return ZERO if said == "nothing" else Fraction(said.partition(" ")[0].replace(",", ""))


def total(said: Iterable[str]) -> Fraction:
    return sum(map(number, said), ZERO)


def explained(program: nodes.Program, history: History, who: str, every: bool = True) -> Account:
    return explain(program, lambda: history.events, history.members, who, as_of=history.as_of, every=every)


def subjects(engine: Engine) -> Iterator[str]:
    """Members and accounts of whom there was an event."""
    yield from (id for id in engine.world.subjects if not id.startswith("program/"))


def awards(ledger: Ledger, of: EventAccount, rule: str) -> list[Award]:
    """What a rule gave at an event, with what was put right of it later."""
    name = f"{of.event}/" if of.kind == "trigger" else f"{of.kind}/{of.event}/"
    first = [each for each in ledger.awards if each.rule == rule and each.id.startswith(name)]
    return [each for each in first if each.of is None or each.id.startswith(f"{each.of}{MARK}")]


def test_what_a_rule_came_to_less_what_was_cut_is_its_award():
    """And each award is explained: no rule gave more than it is said to. How many awards that was is said with `-rP`."""
    counted = [0]

    @pool.settings()
    @hypothesis.given(pool.played())
    def law(case):
        _, program, history = case
        counted[0] += all_awards_sum(program, history)

    law()
    assert counted[0]
    print(f"{counted[0]:,} awards, each of which is the sum of what it was said to be.")


def all_awards_sum(program: nodes.Program, history: History) -> int:
    """How many awards there were, each of which was explained."""
    engine = play(program, history)
    ledger, seen = engine.posted.ledger, set[str]()
    for who in subjects(engine):
        for event in explained(program, history, who).explained:
            for rule in event.rules:
                seen.update(each.id for each in add_up(program, ledger, event, rule))
    kinds = set(program.events) - {"opening", "adjustment", "transfer"}
    lacking = [
        each.id
        for each in ledger.awards
        if each.rule in program.rules and each.of is None and each.id not in seen and each.id.split("/")[0] in kinds
    ]
    assert lacking == []
    return len(seen)


def add_up(program: nodes.Program, ledger: Ledger, event: EventAccount, of: RuleAccount) -> list[Award]:
    """The awards that the account of a rule is about, which it sums to; a rule that failed may have them too, where a late event put that right."""
    back = any(each.clause == "clawback" for each in of.reasons)
    if back or of.said or of.rule not in program.rules:
        return []
    gave = total(each.value for each in of.sums)
    assert gave == number(of.gave)
    if of.took:
        return []
    found = awards(ledger, event, of.rule)
    later = sum((put_right(each.result) for each in of.reasons if each.clause == "put right"), ZERO)
    assert gave + later == sum((each.quantity for each in found), ZERO)
    return found


def put_right(said: str) -> Fraction:
    """What became more (less: below zero) of an award later."""
    return number(said) * (1 if " more: " in said else -1)


@pool.settings(0.5)
@hypothesis.given(pool.played())
def test_what_was_given_less_what_was_taken_back_stays(case):
    _, program, history = case
    engine = play(program, history)
    for who in subjects(engine):
        for event in explained(program, history, who).explained:
            for rule in event.rules:
                backs = [each for each in rule.reasons if each.clause == "clawback"]
                for each in backs:
                    given, before = (number(reading.value) for reading in each.readings[:2])
                    *_, stay = each.result.removesuffix(" stay").rpartition(", ")
                    assert given - before + number(rule.gave) == number(stay)


@pool.settings(0.5)
@hypothesis.given(pool.played())
def test_lots_and_what_is_owed_are_the_balance(case):
    """As the postings have it; and so is where its course ends."""
    _, program, history = case
    engine = play(program, history)
    held = engine.posted.ledger.holdings()
    for who in subjects(engine):
        account = explained(program, history, who)
        for each in account.balances:
            if not program.units[each.unit].spendable:
                assert total(lot.left for lot in each.lots) == number(each.balance)
                continue
            there = held.get((each.holder, each.unit))
            owed = total(reading.value for reading in each.owed)
            assert total(lot.left for lot in each.lots) + owed == number(each.balance)
            assert total(lot.held for lot in each.lots if lot.held) == number(each.held or "nothing")
            assert (there.balance if there else ZERO) == number(each.balance)
            assert (there.pending if there else ZERO) == number(each.held or "nothing")
            for lot in each.lots:
                went = total(reading.value for reading in lot.went)
                assert number(lot.granted) + went == number(lot.left) + number(lot.held or "nothing")
            for course in account.courses:
                if (course.holder, course.unit) == (each.holder, each.unit):
                    assert course.points[-1].balance == each.balance
        for ladder in account.ladders:
            if ladder.counted:
                assert total(reading.value for reading in ladder.counted) == number(ladder.counts[0][1])


@pool.settings(0.3)
@hypothesis.given(pool.played())
def test_asking_changes_nothing(case):
    """Whatever is tried to find what would have been enough, is tried on copies."""
    _, program, history = case
    for who in subjects(play(program, history)):
        asked, plain = (explained(program, history, who, every) for every in (True, False))
        assert asked.standing == plain.standing
        assert came(asked) == came(plain)


def came(account: Account) -> list[tuple[str, str, str, str]]:
    """All that came of something; a trigger of which nothing came is listed where it is asked about."""
    told = (each for each in account.timeline if each.text.partition(" (by ")[0] != "-")
    return [(each.when, each.event, each.kind, each.text) for each in told]
