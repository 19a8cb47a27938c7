"""The ledger is only added to, and says what stood at any instant."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from guerdon.ledger.entries import Award, Ledger, Move, Standing


def award(at: int, quantity: int, member: str = "m") -> Award:
    given, none = Fraction(quantity), Fraction(0)
    return Award(f"{at}", member, f"{at}", "R", "point", given, given, none, none, at, at)


def test_tiers_stand_from_an_instant_to_before_the_next():
    ledger = Ledger()
    for at, tier in ((1, "Low"), (5, "High"), (9, "Low")):
        ledger.move(Move("m", "status", tier, at, "because"))
    assert [(each.tier, each.since, each.before) for each in ledger.standings()] == [
        ("Low", 1, 5),
        ("High", 5, 9),
        ("Low", 9, None),
    ]
    assert list(ledger.standings(before=9))[-1] == Standing("m", "status", "High", 5, None, "because")
    assert list(ledger.standings(before=1)) == []


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9), st.sampled_from("mn"))), st.integers(0, 51))
def test_a_balance_at_an_instant_is_the_sum_of_what_was_posted_before_it(posted, before):
    ledger = Ledger()
    for at, quantity, member in sorted(posted):
        ledger.post(award(at, quantity, member))
    found = ledger.balances(before)
    for member in "mn":
        mine = [quantity for at, quantity, whose in posted if whose == member and at < before]
        assert found.get((member, "point"), 0) == sum(mine)
