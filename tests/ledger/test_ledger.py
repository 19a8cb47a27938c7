"""The ledger is only added to, and says what stood at any instant."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from guerdon.ledger.entries import Ledger, Move, Posting, Pot, Standing


def posting(at: int, quantity: int, member: str, source: Pot, target: Pot) -> Posting:
    return Posting(member, "point", "lot", source, target, Fraction(quantity), at, f"{at}", "R")


def test_tiers_stand_from_an_instant_to_before_the_next():
    ledger = Ledger()
    for at, tier in ((1, "Low"), (5, "High"), (9, "Low")):
        ledger.moves.append(Move("m", "status", tier, at, "because"))
    assert [(each.tier, each.since, each.before) for each in ledger.standings()] == [
        ("Low", 1, 5),
        ("High", 5, 9),
        ("Low", 9, None),
    ]
    assert list(ledger.standings(before=9))[-1] == Standing("m", "status", "High", 5, None, "because")
    assert list(ledger.standings(before=1)) == []


POTS = list(Pot)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 50), st.integers(1, 9), st.sampled_from("mn"), st.sampled_from(POTS), st.sampled_from(POTS)
        )
    ),
    st.integers(0, 51),
)
def test_what_is_held_at_an_instant_is_the_sum_of_what_was_posted_before_it(posted, before):
    ledger = Ledger()
    ledger.postings += [posting(*each) for each in posted]
    found = ledger.holdings(before)
    for member in "mn":
        sums = dict.fromkeys(POTS, 0)
        for at, quantity, whose, source, target in posted:
            if whose == member and at < before:
                sums[source] -= quantity
                sums[target] += quantity
        assert sum(sums.values()) == 0
        holding = found.get((member, "point"))
        assert (holding.balance if holding else 0) == sums[Pot.AVAILABLE] + sums[Pot.DEBT]
        assert (holding.pending if holding else 0) == sums[Pot.PENDING]
