"""What is said is said with what is given, once, and nothing takes it back."""

from __future__ import annotations

import hypothesis
from tests.generated import pool
from tests.generated.playing import play

from guerdon.ledger.entries import Pot
from guerdon.program import nodes


def says(program: nodes.Program) -> bool:
    return any(rule.say is not None for rule in program.rules.values())


def in_order(program: nodes.Program) -> bool:
    return says(program) and program.frame.lateness is None


@pool.settings()
@hypothesis.given(pool.played(says))
def test_no_event_says_one_thing_twice(case):
    """Law 5: an answer is given once, whatever comes late."""
    _, program, history = case
    effects = play(program, history).posted.ledger.effects
    assert len({each.id for each in effects}) == len(effects)
    assert all(each.text == program.rules[each.rule].say for each in effects)


@pool.settings()
@hypothesis.given(pool.played(in_order))
def test_what_is_given_or_taken_is_told_of_and_nothing_else_is(case):
    """Beside `give` and `cost` a message stands for an award or a posting above zero; alone it leaves neither."""
    _, program, history = case
    ledger = play(program, history).posted.ledger
    given = [each for each in ledger.awards if each.of is None and each.quantity > 0]
    taken = {(each.reason, each.event) for each in ledger.postings if each.target is Pot.SPENT}
    told = {each.id for each in ledger.effects}
    for award in given:
        rule = program.rules.get(award.rule)
        if rule is not None and rule.say is not None and award.id.endswith(f"/{rule.name}"):
            assert award.id in told
    for each in ledger.effects:
        rule = program.rules[each.rule]
        if rule.takes:
            assert (rule.name, each.event) in taken
        else:
            assert any(f"{award.id}/".startswith(f"{each.id}/") for award in given) != rule.only_says
    assert nodes.MESSAGE not in {*(each.unit for each in ledger.awards), *(each.unit for each in ledger.postings)}
