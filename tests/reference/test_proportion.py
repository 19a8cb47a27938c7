"""Returns in proportion and from the oldest lots, what was taken back, and counts that never fall below zero."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.reference.conftest import Happening

from guerdon.reference import counting

SHOP = """
event purchase
  amount money
event refund
  amount money
  reverses purchase
  part amount
  clawback in proportion, round half even
  counted at return
event visit
earn "Base"
  on purchase
  give 1 point per full 1 USD of amount
earn "Bonus"
  on purchase
  when amount >= 10 USD
  give 7 point
"""

BUY = ("2026-01-02 10:00", "purchase", {"amount": 10})
AGAIN = ("2026-01-06 10:00", "purchase", {"amount": 10})


def back(amount: int, day: str = "2026-01-05", of: int = 1) -> tuple[str, str, dict[str, object]]:
    return f"{day} 10:00", "refund", {"purchase": f"e{of:03}", "amount": amount}


def test_the_share_of_the_sale_is_taken_of_all_that_it_was_awarded(play):
    """Half of 17 is 8.5, rounded once to 8: four of ten and three of seven are less, and one more goes to who lost most."""
    played = play(SHOP, BUY, back(5))
    assert (played.gave("Base"), played.gave("Bonus")) == ([10, -5], [7, -3])


def test_no_rule_is_asked_what_it_comes_to_for_what_remains(play):
    """The bonus asks for ten dollars, and stays in proportion for five."""
    played = play(SHOP, BUY, back(5), back(4))
    assert sum(played.gave("Bonus")) == 1
    assert sum(played.gave("Base")) == 1


def test_all_that_is_left_goes_with_the_last_part(play):
    played = play(SHOP, BUY, *[back(1)] * 10)
    assert (sum(played.gave("Base")), sum(played.gave("Bonus"))) == (0, 0)


def test_returns_take_off_on_their_own_days_what_each_undoes(play):
    """Forty come back in February and are taken off there; sixty are cancelled, and January keeps the forty that February takes off."""
    text = (
        SHOP
        + """
event cancel
  reverses purchase
rule "January"
  on visit
  give 1 point per full 1 USD of max(sum of purchase.amount previous month, 0 USD)
rule "February"
  on visit
  give 1 point per full 1 USD of ((sum of purchase.amount this month) + 40 USD)
rule "Ever"
  on visit
  give 1 point per full 1 USD of max(sum of purchase.amount ever, 0 USD)
"""
    )
    bought = ("2026-01-02 10:00", "purchase", {"amount": 100})
    cancelled = ("2026-02-10 10:00", "cancel", {"purchase": "e001"})
    seen: list[Happening] = [(f"2026-02-{day} 10:00", "visit", {}) for day in ("08", "11")]
    played = play(text, bought, back(40, "2026-02-05"), seen[0], cancelled, seen[1])
    assert played.gave("Ever") == [60]
    assert played.gave("January") == [100, 40]
    assert played.gave("February") == []


def test_no_more_is_taken_than_is_left(play):
    """Each tenth of 17 is rounded up to 2: nine returns would take 18."""
    played = play(SHOP.replace("half even", "up"), BUY, *[back(1)] * 9)
    assert (sum(played.gave("Base")), sum(played.gave("Bonus"))) == (0, 0)
    assert played.engine.world.subjects["m"].purses["point"].debt == 0


def test_each_receiver_and_each_unit_is_rounded_by_itself(play):
    text = SHOP.replace("  give 7 point\n", "  give 7 mile\n  share 50% to other\n  round down per event\n").replace(
        "  amount money\nevent refund", "  amount money\n  other member\nevent refund"
    )
    buy = ("2026-01-02 10:00", "purchase", {"amount": 10, "other": "n"})
    played = play(text, buy, back(5))
    taken = {(each.member, each.unit): each.quantity for each in played.outcome.ledger.awards if each.of}
    assert taken == {("m", "point"): -5, ("m", "mile"): -2, ("n", "mile"): -2}


LINES = """
record line
  product text
  price money
event purchase
  lines list of line
event refund
  lines list of line
  reverses purchase
  part lines.price by product
  clawback in proportion, round down
earn "Each"
  on purchase
  give 10 point
"""


def test_the_share_of_lines_is_that_of_their_amounts(play):
    lines = [{"product": "Tea", "price": 3}, {"product": "Pot", "price": 9}]
    sold = ("2026-01-02 10:00", "purchase", {"lines": lines})
    returned = ("2026-01-03 10:00", "refund", {"purchase": "e001", "lines": lines[:1]})
    assert play(LINES, sold, returned).gave("Each") == [10, -2]


def test_a_limit_has_room_again_for_what_was_taken_back(play):
    text = SHOP.replace("  give 7 point\n", "  give 7 point\n  limit 7 point per member\n")
    played = play(text, BUY, back(5), AGAIN)
    assert played.gave("Bonus") == [7, -3, 3]


def test_a_limit_of_a_fact_counts_what_remains_in_proportion(play):
    text = SHOP.replace('earn "Bonus"\n  on purchase\n  when amount >= 10 USD\n  give 7 point\n', "").replace(
        "  on purchase\n  give", "  on purchase\n  limit 12 USD of amount per member\n  give"
    )
    assert play(text, BUY, back(5), AGAIN).gave("Base") == [10, -5, 7]


def test_a_running_total_falls_by_the_share_of_the_sale(play):
    text = SHOP.replace(
        "  on purchase\n  give 1 point per full 1 USD of amount\n",
        "  on purchase\n  accumulate per member\n  give 1 point per full 4 USD of amount\n",
    )
    played = play(text, BUY, back(5), AGAIN)
    assert sum(played.gave("Base")) == 15 // 4


OLDEST = SHOP.replace("round half even", "round half even, oldest first")


def test_what_expired_of_the_sale_is_taken_from_the_oldest_that_is_there(play):
    head = 'program "T"\n  currency USD\nunit point\n  expires 10 days after earned\nunit mile\n'
    later = [("2026-01-11 10:00", "purchase", {"amount": 9}), ("2026-01-15 10:00", "purchase", {"amount": 9})]
    played = play(OLDEST, BUY, *later, back(10, "2026-01-16"), head=head)
    purse = played.engine.world.subjects["m"].purses["point"]
    assert [(lot.left, str(lot.earned)) for lot in purse.lots] == [(1, "2026-01-15")]


@pytest.mark.parametrize("how", ["oldest first", "recomputed, oldest first"])
def test_the_oldest_lots_stand_beside_how_much(play, how):
    text = SHOP.replace("in proportion, round half even", how)
    played = play(text, ("2026-01-01 10:00", "purchase", {"amount": 6}), BUY, back(5, of=2))
    assert (played.gave("Base")[2:], played.gave("Bonus")) == ([-5], [7, -7])
    lots = played.engine.world.subjects["m"].purses["point"].lots
    assert [(lot.left, str(lot.earned)) for lot in lots] == [(4, "2026-01-02"), (7, "2026-01-02")]


# ---------------------------------------------------------------- what was taken back


TIERS = """
tiers status
  counts {0}
  tier Low
  tier High at 10 point
  lasts while met
"""


def counts(played) -> Fraction:
    ladder = played.program.ladders["status"]
    return counting.count(ladder, played.engine.world.scene(played.engine.world.subjects["m"]))


@pytest.mark.parametrize(
    ("counted", "comes_to"),
    [
        ("point taken back this month", 8),
        ('"Base" taken back this month', 5),
        ('"Bonus" taken back this month', 3),
        ('"Both" taken back this month', 8),
        ("point taken back previous month", 0),
        ("mile taken back this month", 0),
    ],
)
def test_what_was_taken_back_is_counted_on_the_day_of_the_return(play, counted, comes_to):
    group = 'group "Both"\n  of "Base", "Bonus"\n'
    text = SHOP.replace("counted at return", "counted at sale") + group
    text += TIERS.format(counted).replace("10 point", "10 mile" if "mile" in counted else "10 point")
    text += 'earn "Mile"\n  on visit\n  give 1 mile\n'
    assert counts(play(text, BUY, back(5, "2026-02-05"))) == comes_to


def test_rules_ask_what_was_taken_back(play):
    text = SHOP + 'earn "Kind"\n  on visit\n  when "Base" taken back ever is 5 point\n  give 1 point\n'
    before: Happening = ("2026-02-04 10:00", "visit", {})
    after: Happening = ("2026-02-06 10:00", "visit", {})
    assert play(text, BUY, before, back(5, "2026-02-05"), after).gave("Kind") == [1]


# ---------------------------------------------------------------- counts that never fall below zero

FROM_ZERO = SHOP + TIERS.format('"Base" earned this month - "Bonus" taken back this month, never below zero')


def test_what_a_return_takes_beyond_zero_is_forgiven(play):
    """Of December's sale 17 go in January: the count would be 3 - 17, and counts from zero then."""
    december = ("2025-12-30 10:00", "purchase", {"amount": 10})
    small = ("2026-01-02 10:00", "purchase", {"amount": 3})
    assert counts(play(FROM_ZERO, december, small, back(10))) == 0
    assert counts(play(FROM_ZERO, december, small, back(10), ("2026-01-06 10:00", "purchase", {"amount": 4}))) == 4


def test_what_is_forgiven_is_so_to_the_end_of_the_period(play):
    december = ("2025-12-30 10:00", "purchase", {"amount": 10})
    february = ("2026-02-06 10:00", "purchase", {"amount": 4})
    played = play(FROM_ZERO, december, back(10), february, back(1, "2026-02-07", 3))
    assert counts(played) == 3


def test_a_tier_is_reached_by_what_comes_after_zero(play):
    december = ("2025-12-30 10:00", "purchase", {"amount": 10})
    played = play(FROM_ZERO, december, back(10), ("2026-01-06 10:00", "purchase", {"amount": 10}))
    assert [tier for tier, _, _ in played.tiers()] == ["Low", "High", "Low", "High"]
