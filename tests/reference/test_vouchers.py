"""Vouchers are lots like points: what became of each is told."""

from __future__ import annotations

from guerdon.study.lots import lots

SHOP = """unit voucher
  expires 6 months after earned
event statement
event purchase
  amount money
event return
  reverses purchase
redeem "Made into vouchers"
  on statement
  cost 500 point per full 500 point of point available
earn "Voucher"
  on statement
  give 1 voucher per full 500 point of "Made into vouchers"
redeem "Used"
  on purchase
  when amount >= 20 USD
  cost 1 voucher
"""


def test_a_voucher_is_used_comes_back_is_handed_on_and_expires(play):
    found = play(
        SHOP,
        ("2026-01-01 10:00", "adjustment", {"unit": "point", "quantity": 1700}),
        ("2026-01-01 11:00", "statement", {}),
        ("2026-01-02 10:00", "purchase", {"amount": 25}),
        ("2026-01-03 10:00", "purchase", {"amount": 30}),
        ("2026-01-04 10:00", "return", {"purchase": "e004"}),
        ("2026-01-05 10:00", "transfer", {"unit": "voucher", "quantity": 1, "to": "b"}),
        as_of="2026-12-31",
    )
    told = [each for each in lots(found.outcome.ledger, found.outcome.until) if each.unit == "voucher"]
    mine, handed = sorted(told, key=lambda lot: lot.member, reverse=True)
    assert (mine.member, *map(int, (mine.granted, mine.spent, mine.transferred, mine.expired))) == ("m", 3, 1, 1, 1)
    assert (handed.member, *map(int, (handed.granted, handed.expired))) == ("b", 1, 1)
    assert mine.remaining == handed.remaining == 0
