"""Tiers: rise after the event, apply from the next, last their term, fall as declared (language reference: Tiers)."""

from __future__ import annotations

from decimal import Decimal

import pytest

PURCHASE = "event purchase\n  amount money\n"


def buy(when, amount):
    return when, "purchase", {"amount": Decimal(amount)}


def ladder(lasts, falls="", counts="sum of purchase.amount this calendar year"):
    fall = f"  falls {falls}\n" if falls else ""
    return (
        PURCHASE
        + f"tiers status\n  counts {counts}\n  tier Low\n  tier Mid at 100 USD\n  tier High at 200 USD\n  lasts {lasts}\n{fall}"
    )


def test_a_tier_rises_at_the_event_that_fills_it_and_may_skip_one(play):
    played = play(ladder("forever"), buy("2026-01-05 10:00", "99.99"), buy("2026-01-06 10:00", "100.01"))
    assert played.tiers() == [("Low", "2026-01-05 10:00", "joined"), ("High", "2026-01-06 10:00", "reached")]


def test_the_tier_applies_from_the_next_event(play):
    text = ladder("forever") + 'unit star\nearn "A"\n  on purchase\n  when status >= Mid\n  give 1 star\n'
    played = play(text, buy("2026-01-05 10:00", "100"), buy("2026-01-05 10:00", "1"))
    assert [award.event for award in played.outcome.ledger.awards] == ["e002"]


def test_a_term_through_the_end_of_next_year_is_reviewed_with_the_year_that_ended(play):
    text = ladder("through end of next calendar year", "one tier at a time")
    played = play(text, buy("2026-06-01 10:00", "200"), buy("2027-03-01 10:00", "100"), as_of="2030-06-01")
    assert played.tiers()[1:] == [
        ("High", "2026-06-01 10:00", "reached"),
        ("Mid", "2028-01-01 00:00", "term ended"),
        ("Low", "2029-01-01 00:00", "term ended"),
    ]


def test_a_tier_earned_again_goes_on_for_a_new_term(play):
    text = ladder("through end of next calendar year", "to the lowest")
    played = play(text, buy("2026-06-01 10:00", "200"), buy("2027-03-01 10:00", "200"), as_of="2030-06-01")
    assert played.tiers()[1:] == [("High", "2026-06-01 10:00", "reached"), ("Low", "2029-01-01 00:00", "term ended")]


def test_a_term_through_the_end_of_this_year_is_not_renewed_by_it(play):
    text = ladder("through end of this calendar year")
    played = play(text, buy("2026-06-01 10:00", "200"), buy("2027-03-01 10:00", "100"), as_of="2028-06-01")
    assert played.tiers()[1:] == [
        ("High", "2026-06-01 10:00", "reached"),
        ("Low", "2027-01-01 00:00", "term ended"),
        ("Mid", "2027-03-01 10:00", "reached"),
        ("Low", "2028-01-01 00:00", "term ended"),
    ]


@pytest.mark.parametrize(
    ("falls", "to"),
    [("one tier at a time", "Mid"), ("to the tier counted", "Low"), ("to the lowest", "Low"), ("never", None)],
)
def test_a_tier_falls_as_declared(play, falls, to):
    played = play(
        ladder("12 months", falls, "sum of purchase.amount last 30 days"),
        buy("2026-01-31 10:00", "200"),
        as_of="2027-06-01",
    )
    fallen = played.tiers()[2:]
    assert fallen == ([] if to is None else [(to, "2027-01-31 00:00", "term ended")])


def test_a_term_in_months_runs_from_entry_and_from_review(play):
    text = ladder("6 months", "to the lowest", "sum of purchase.amount last 6 months")
    played = play(text, buy("2026-01-10 10:00", "200"), buy("2026-05-01 10:00", "200"), as_of="2027-12-31")
    assert played.tiers()[2:] == [("Low", "2027-01-10 00:00", "term ended")]


def test_while_met_a_tier_falls_on_the_day_on_which_the_window_moves_on(play):
    rolling = play(
        ladder("while met", counts="sum of purchase.amount last 12 months"),
        buy("2024-02-29 10:00", "200"),
        as_of="2026-01-01",
    )
    assert rolling.tiers()[2:] == [("Low", "2025-03-01 00:00", "no longer met")]
    yearly = play(ladder("while met"), buy("2026-12-31 23:00", "200"), as_of="2027-01-01")
    assert yearly.tiers()[2:] == [("Low", "2027-01-01 00:00", "no longer met")]


def test_reviews_come_before_the_events_of_their_day(play):
    text = ladder("while met") + 'unit star\nearn "A"\n  on purchase\n  when status is Low\n  give 1 star\n'
    played = play(text, buy("2026-12-31 23:00", "200"), buy("2027-01-01 00:00", "1"))
    assert [award.event for award in played.outcome.ledger.awards] == ["e001", "e002"]


def test_silent_members_are_reviewed_up_to_the_last_event_of_anybody(play):
    text = ladder("through end of this calendar year")
    other = ("2027-02-01 10:00", "purchase", {"amount": Decimal("1"), "member": "other"})
    played = play(text, buy("2026-06-01 10:00", "200"), other)
    assert ("Low", "2027-01-01 00:00", "term ended") in played.tiers()


def test_two_ladders_are_independent(play):
    text = (
        ladder("forever")
        + "tiers club\n  counts count of purchase ever\n  tier Guest\n  tier Regular at 2\n  lasts forever\n"
    )
    played = play(text, buy("2026-06-01 10:00", "200"), buy("2026-06-02 10:00", "1"))
    assert [tier for tier, _, _ in played.tiers()] == ["Low", "High"]
    assert [tier for tier, _, _ in played.tiers("club")] == ["Guest", "Regular"]


def test_a_tier_never_rises_at_a_review(play):
    text = (
        "event purchase\n  amount money\ntiers status\n  counts count of purchase previous calendar year\n"
        "  tier Low\n  tier Mid at 1\n  tier High at 3\n  lasts 30 days\n"
    )
    days = ("2018-02-18", "2019-02-18", "2019-03-20", "2019-03-20")
    played = play(text, *(buy(f"{day} 10:00", "1") for day in days), as_of="2020-04-30")
    assert "High" not in [tier for tier, _, _ in played.tiers()]


def test_while_met_a_window_that_moves_on_never_raises_a_tier(play):
    text = (
        "event purchase\n  amount money\ntiers status\n  counts (least of purchase.amount last 12 months or 7 USD)\n"
        "  tier Low\n  tier Mid at 1 USD\n  tier High at 2 USD\n  lasts while met\n"
    )
    played = play(text, buy("2026-07-01 10:00", "1"), as_of="2028-01-01")
    assert [tier for tier, _, _ in played.tiers()] == ["Low", "Mid"]


@pytest.mark.parametrize("condition", ["date < 2026-02-01", "(days since purchase ever or 0 days) < 31 days"])
def test_while_met_days_that_pass_are_looked_at_too(play, condition):
    text = (
        "event purchase\n  amount money\ntable worth\n  by young yes/no\n  row yes: 1\n  row no: 0\n"
        f"tiers status\n  counts worth({condition})\n  tier Low\n  tier Mid at 1\n  lasts while met\n"
    )
    played = play(text, buy("2026-01-01 10:00", "1"), as_of="2026-06-01")
    assert played.tiers()[1:] == [("Mid", "2026-01-01 10:00", "reached"), ("Low", "2026-02-01 00:00", "no longer met")]
