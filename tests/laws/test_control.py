"""Who is in a control group of a rule has what they would have if the rule were not there; all others have what it gives."""

from __future__ import annotations

import hypothesis
from tests.generated import pool
from tests.generated.histories import History
from tests.generated.playing import play, same

from guerdon.program import nodes


def has_control(program: nodes.Program) -> bool:
    return bool(program.control_groups)


def leaving_out(program: nodes.Program, whom: frozenset[str]) -> nodes.Program:
    """The program with just these members in each control group."""
    rules = {
        name: rule if rule.control is None else rule.but(control=rule.control.but(only=whom))
        for name, rule in program.rules.items()
    }
    return program.but(rules=rules)


def never_asked(rule: nodes.Rule) -> nodes.Rule:
    """A rule that nothing happens to, so that it is only there to be named."""
    return rule.but(control=None, on=(), offer=rule.offer and rule.offer.but(opens=()))


def everybody(history: History) -> frozenset[str]:
    return frozenset({*history.members, *(event.member for event in history.events)})


@pool.settings()
@hypothesis.given(pool.played(has_control))
def test_who_is_left_out_has_what_they_would_have_without_the_rule(case):
    _, program, history = case
    found = leaving_out(program, everybody(history))
    without = {name: rule if rule.control is None else never_asked(rule) for name, rule in program.rules.items()}
    one, other = play(found, history).posted.ledger, play(program.but(rules=without), history).posted.ledger
    same(one, other)
    assert one.offers == other.offers


@pool.settings()
@hypothesis.given(pool.played(has_control))
def test_who_is_not_left_out_has_what_they_would_have_without_the_clause(case):
    _, program, history = case
    open_to_all = {name: rule.but(control=None) for name, rule in program.rules.items()}
    one = play(leaving_out(program, frozenset()), history).posted.ledger
    other = play(program.but(rules=open_to_all), history).posted.ledger
    same(one, other)
    assert one.offers == other.offers


@pool.settings()
@hypothesis.given(pool.played(has_control))
def test_nothing_is_given_to_whom_the_number_leaves_out(case):
    """Of what is given anew: what a member was given who is merged into another stays that of the first."""
    _, program, history = case
    ledger = play(program, history).posted.ledger
    drawn = {name: rule.control for name, rule in program.rules.items() if rule.control is not None}
    for award in ledger.awards:
        if award.rule in drawn and award.of is None:
            assert drawn[award.rule].number(award.member) >= drawn[award.rule].below
    for effect in ledger.effects:
        assert effect.rule not in drawn or not drawn[effect.rule].holds(effect.member)
