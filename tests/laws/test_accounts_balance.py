"""What is posted adds up: laws about the ledger as a whole."""

from __future__ import annotations

from fractions import Fraction

import hypothesis
from tests.generated import pool
from tests.generated.playing import ZERO, net, play

from guerdon.ledger.entries import OWN, Pot


@pool.settings()
@hypothesis.given(pool.played())
def test_postings_sum_to_zero(case):
    """Law 1: of each unit, and of what goes from one holder to another."""
    _, program, history = case
    ledger = play(program, history).posted.ledger
    assert all(each.quantity > 0 and each.source is not each.target for each in ledger.postings)
    for unit in {each.unit for each in ledger.postings}:
        pots = {key: quantity for key, quantity in net(ledger).items() if key[1] == unit}
        assert sum(pots.values(), ZERO) == 0
        handed = [quantity for (_, _, pot), quantity in pots.items() if pot is Pot.TRANSFERRED]
        assert sum(handed, ZERO) == 0, "what was handed over arrived"


@pool.settings()
@hypothesis.given(pool.played())
def test_a_balance_is_what_is_left_of_lots_less_debt(case):
    """Law 2: the ledger's sums are the state's, and of no lot more is left than was granted."""
    _, program, history = case
    engine = play(program, history)
    found = {key: quantity for key, quantity in net(engine.posted.ledger).items() if key[2] in OWN}
    kept = {}
    for id, subject in engine.world.subjects.items():
        for name, purse in subject.purses.items():
            assert all(0 < lot.left <= lot.quantity for lot in purse.lots)
            kept[id, name, Pot.AVAILABLE] = sum((lot.left for lot in purse.lots if lot.released), ZERO)
            kept[id, name, Pot.PENDING] = purse.pending
            kept[id, name, Pot.DEBT] = -purse.debt
            assert purse.available == kept[id, name, Pot.AVAILABLE] - purse.debt
    assert {key: value for key, value in kept.items() if value} == found


@pool.settings()
@hypothesis.given(pool.played())
def test_all_of_a_lot_is_somewhere(case):
    """Law 3: granted = remaining + redeemed + expired + taken back + handed on + used to repay debt."""
    _, program, history = case
    engine = play(program, history)
    left: dict[tuple[str, str], Fraction] = {}
    for posting in engine.posted.ledger.postings:
        if posting.lot is not None:
            for pot, sign in ((posting.source, -1), (posting.target, 1)):
                if pot in (Pot.AVAILABLE, Pot.PENDING):
                    key = posting.holder, posting.lot
                    left[key] = left.get(key, ZERO) + sign * posting.quantity
    assert all(quantity >= 0 for quantity in left.values())
    there: dict[tuple[str, str], Fraction] = {}
    for subject in engine.world.subjects.values():
        for purse in subject.purses.values():
            for lot in purse.lots:
                there[subject.id, lot.id] = there.get((subject.id, lot.id), ZERO) + lot.left
    assert there == {key: quantity for key, quantity in left.items() if quantity}
