"""Ways to come by points, or to lose them, by the order of what is done: each comes to what the reference says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from guerdon.check.passes import check_bytes
from guerdon.history.event import Facts
from guerdon.history.given import BadEvent, event
from guerdon.ledger.entries import Pot
from guerdon.reference.engine import Engine

Row = tuple[str, str, str, Mapping[str, Any]]
"""The kind, the member, the day, and facts; `id` and `known` (the day on which it became known) among them."""

SHOP = """
event purchase
  amount      money
event refund
  amount      money optional
  reverses    purchase
  part        amount
event undo_redemption
  reverses    redemption
event undo_transfer
  reverses    transfer
event undo_adjustment
  reverses    adjustment
earn "Base"
  on          purchase
  give        1 point per full 1 USD of amount
"""

IN_PIECES = """
event {0}
  pieces      number
event some_back
  pieces      number
  reverses    {0}
  part        pieces
"""

HOUSEHOLD = """
member
  household   text optional
account household
  members     household
  owns        point
  joins       bringing balance
  leaves      taking balance
"""


def shop(point: str = "", more: str = "", frame: str = "") -> str:
    return f'program "Shop"\n  currency USD\n{frame}unit point\n  worth 0.01 USD\n{point}{SHOP}{more}'


def run(text: str, *rows: Row, end: str | None = None, members: dict[str, Facts] | None = None) -> Engine:
    """Plays rows; whatever comes of them, what was handed on arrived, and the ledger says what the state says."""
    program, found = check_bytes("shop.guerdon", text.encode())
    assert program is not None, found
    engine = Engine(program, members)
    for number, (kind, member, day, facts) in enumerate(rows):
        told = {name: value for name, value in facts.items() if name not in ("id", "known")}
        at, known = f"{day}T12:00Z", facts.get("known", day)
        engine.happen(
            event(
                program,
                kind,
                id=facts.get("id", f"e{number}"),
                member=member,
                at=at,
                facts=told,
                recorded=f"{known}T12:00Z",
                sequence=number,
            )
        )
    engine.close(engine.calendar.start(date.fromisoformat(end)) if end else None)
    handed = [
        posting.quantity * (1 if posting.target is Pot.TRANSFERRED else -1)
        for posting in engine.posted.ledger.postings
        if Pot.TRANSFERRED in (posting.source, posting.target) and posting.unit == "point"
    ]
    assert sum(handed) == 0
    assert points(engine) == {
        holder: balance
        for (holder, unit), balance in engine.posted.ledger.balances().items()
        if unit == "point" and balance
    }
    return engine


def points(engine: Engine) -> dict[str, Fraction]:
    """What each can spend of `point`, where it is not nothing."""
    found = {id: each.purses["point"] for id, each in engine.world.subjects.items() if "point" in each.purses}
    return {id: purse.available for id, purse in found.items() if purse.available}


def codes(engine: Engine) -> list[str]:
    return [each.code for each in engine.posted.rejections]


BUY: Row = ("purchase", "a", "2026-01-01", {"amount": 30, "id": "S"})
TAKE: Row = ("adjustment", "a", "2026-01-02", {"quantity": -100, "id": "X"})


@pytest.mark.parametrize("debt", ["allowed", "forgiven", "up to 20 point", "charged"])
def test_undoing_what_was_taken_by_hand_gives_back_what_was_taken(debt: str) -> None:
    engine = run(shop(f"  debt {debt}\n"), BUY, TAKE, ("undo_adjustment", "a", "2026-01-03", {"adjustment": "X"}))
    assert points(engine) == {"a": 30}
    assert {key: balance for key, balance in engine.posted.ledger.balances().items() if balance} == {("a", "point"): 30}


def test_part_of_what_was_counted_by_hand_is_undone_as_a_part() -> None:
    more = "unit night\n  kind status\n" + IN_PIECES.format("adjustment")
    engine = run(
        shop(more=more),
        ("adjustment", "a", "2026-01-01", {"unit": "night", "quantity": 10, "pieces": 10, "id": "X"}),
        ("some_back", "a", "2026-01-02", {"adjustment": "X", "pieces": 3}),
        ("some_back", "a", "2026-01-03", {"adjustment": "X", "pieces": 3}),
    )
    assert [award.quantity for award in engine.posted.ledger.awards] == [10, -3, -3]
    assert engine.members["a"].earned["night"].values == [4]


def test_what_the_receiver_of_a_transfer_no_longer_has_is_not_given_back() -> None:
    transfer: Row = ("transfer", "a", "2026-01-02", {"quantity": 30, "to": "b", "id": "T"})
    gone: Row = ("closed", "b", "2026-01-03", {})
    undo: Row = ("undo_transfer", "a", "2026-01-04", {"transfer": "T"})
    assert points(run(shop(), BUY, transfer, gone, undo)) == {}
    assert points(run(shop(), BUY, transfer, undo)) == {"a": 30}


def test_parts_of_a_transfer_go_back_from_one_to_the_other() -> None:
    buys = [("purchase", "a", f"2026-01-0{day}", {"amount": 1}) for day in (1, 2, 3)]
    transfer: Row = ("transfer", "a", "2026-01-04", {"quantity": 3, "to": "b", "pieces": 3, "id": "T"})
    undo = [("some_back", "a", f"2026-01-0{day}", {"transfer": "T", "pieces": 1}) for day in (5, 6)]
    assert points(run(shop(more=IN_PIECES.format("transfer")), *buys, transfer, *undo)) == {"a": 2, "b": 1}


def test_a_transfer_that_was_granted_arrives_whole_though_there_was_less() -> None:
    engine = run(
        shop(frame="  lateness 30 days\n"),
        BUY,
        ("transfer", "a", "2026-01-05", {"quantity": 30, "to": "b"}),
        ("redemption", "a", "2026-01-03", {"quantity": 20, "known": "2026-01-06"}),
    )
    assert points(engine) == {"a": -20, "b": 30}


def test_what_is_suspended_does_not_expire_when_a_redemption_is_undone() -> None:
    engine = run(
        shop(
            "  expires 3 months after earned\n  suspended while member.away or no\n", "member\n  away yes/no optional\n"
        ),
        BUY,
        ("redemption", "a", "2026-02-02", {"quantity": 20, "id": "R"}),
        ("undo_redemption", "a", "2026-05-03", {"redemption": "R"}),
        end="2026-06-01",
        members={"a": {"away": True}},
    )
    assert points(engine) == {"a": 30}


@pytest.mark.parametrize("kind", ["redemption", "transfer", "adjustment"])
def test_what_was_refused_earns_nothing_and_does_not_count(kind: str) -> None:
    more = f'earn "Thanks"\n  on {kind}\n  give 5 point\nmeasure often\n  is count of {kind} ever\n'
    facts: dict[str, dict[str, Any]] = {
        "redemption": {"quantity": 50},
        "transfer": {"quantity": 50, "to": "b"},
        "adjustment": {"quantity": -50},
    }
    engine = run(shop("  debt refused\n", more), (kind, "a", "2026-01-02", facts[kind]))
    assert points(engine) == {}
    assert len(engine.posted.ledger.refusals) == 1
    assert all(not tally.days for tally in engine.members["a"].meters.values())


def test_without_a_receiver_no_limit_is_used_and_nothing_was_given() -> None:
    more = """
event sale
  seller      member optional
earn "Seller"
  on          sale
  give        3 point to seller
  limit       1 time per member per month
earn "Also"
  on          sale
  give        100% of "Seller"
"""
    nobody: Row = ("sale", "a", "2026-01-01", {})
    somebody: Row = ("sale", "a", "2026-01-02", {"seller": "b"})
    assert points(run(shop(more=more), nobody, somebody)) == {"a": 3, "b": 3}
    closed: Row = ("closed", "b", "2026-01-01", {})
    assert points(run(shop(more=more), closed, somebody)) == {}


def test_nobody_hands_on_to_a_member_who_was_closed() -> None:
    closed: Row = ("closed", "b", "2026-01-02", {})
    engine = run(shop(), BUY, closed, ("transfer", "a", "2026-01-03", {"quantity": 30, "to": "b"}))
    assert points(engine) == {"a": 30}
    assert [each.reason for each in engine.posted.ledger.refusals] == ["b is closed"]


SPENT: Row = ("redemption", "a", "2026-01-02", {"quantity": 30, "id": "R"})


def test_a_debt_is_written_off_when_its_member_is_closed() -> None:
    back: Row = ("refund", "a", "2026-01-03", {"purchase": "S"})
    assert points(run(shop(), BUY, SPENT, back, ("closed", "a", "2026-01-04", {}))) == {}


def test_who_brings_what_they_have_brings_what_they_owe() -> None:
    engine = run(
        shop(more=HOUSEHOLD),
        BUY,
        SPENT,
        ("refund", "a", "2026-01-03", {"purchase": "S"}),
        ("changed", "a", "2026-01-04", {"household": "h"}),
        ("purchase", "a", "2026-01-05", {"amount": 10}),
    )
    assert points(engine) == {"household/h": -20}


@pytest.mark.parametrize("undo", ["undo_redemption", "refund"])
def test_what_concerns_a_lot_that_was_spent_goes_where_the_lot_would_be(undo: str) -> None:
    """In the household that was joined since, or with the member who took the other over."""
    facts = {"undo_redemption": {"redemption": "R"}, "refund": {"purchase": "S"}}[undo]
    left = {"undo_redemption": 40, "refund": -20}[undo]
    joined: Row = ("changed", "a", "2026-01-03", {"household": "h"})
    bought: Row = ("purchase", "a", "2026-01-04", {"amount": 10})
    assert points(run(shop(more=HOUSEHOLD), BUY, SPENT, joined, bought, (undo, "a", "2026-01-05", facts))) == {
        "household/h": left
    }
    other: Row = ("purchase", "b", "2026-01-03", {"amount": 10})
    merged: Row = ("merged", "b", "2026-01-04", {"other": "a"})
    for who in "ab":
        assert points(run(shop(), BUY, SPENT, other, merged, (undo, who, "2026-01-05", facts))) == {"b": left}


@pytest.mark.parametrize("how", ["joins", "transfers"])
def test_what_activity_kept_alive_stays_alive_elsewhere(how: str) -> None:
    moves: dict[str, Row] = {
        "joins": ("changed", "a", "2025-07-04", {"household": "h"}),
        "transfers": ("transfer", "a", "2025-07-04", {"quantity": 31, "to": "b"}),
    }
    rows = [("purchase", "a", "2024-08-01", {"amount": 30}), ("purchase", "a", "2025-06-01", {"amount": 1})]
    text = shop("  expires 12 months without purchase\n", HOUSEHOLD)
    where = {"joins": "household/h", "transfers": "b"}[how]
    assert points(run(text, *rows, moves[how], end="2026-06-01")) == {where: 31}
    assert points(run(text, *rows, moves[how], end="2026-06-02")) == {}


def test_lots_keep_their_age_when_they_move() -> None:
    engine = run(
        shop("  spends oldest first\n"),
        ("purchase", "b", "2026-01-01", {"amount": 10, "id": "old"}),
        ("purchase", "a", "2026-03-01", {"amount": 10, "id": "young"}),
        ("merged", "a", "2026-04-01", {"other": "b"}),
        ("redemption", "a", "2026-04-02", {"quantity": 10}),
    )
    assert [lot.id for lot in engine.members["a"].purses["point"].lots] == ["purchase/young/Base"]


def test_two_who_become_one_have_used_up_what_both_used_up() -> None:
    ladder = """
event flight
  xp          whole
tiers level
  counts      sum of flight.xp ever
  tier        Entry
  tier        Silver at 100
  tier        Gold at 150
  lasts       forever
  restarts    at rise, keeping excess
"""
    flights = [("flight", who, "2026-01-01", {"xp": 130}) for who in "ab"]
    merged: Row = ("merged", "a", "2026-02-01", {"other": "b"})
    last: Row = ("flight", "a", "2026-02-02", {"xp": 0})
    engine = run(shop(more=ladder), *flights, merged, last)
    assert engine.members["a"].held["level"].rank == 1


def test_a_late_event_is_of_the_member_that_it_was_of_then() -> None:
    more = 'member\n  vip yes/no optional\nearn "Vip"\n  on purchase\n  when member.vip or no\n  give 100 point\n'
    rows: list[Row] = [
        ("purchase", "a", "2026-01-01", {"amount": 1}),
        ("purchase", "b", "2026-01-02", {"amount": 1}),
        ("merged", "a", "2026-01-04", {"other": "b"}),
    ]
    late: Row = ("purchase", "b", "2026-01-03", {"amount": 1, "known": "2026-01-05"})
    members: dict[str, Facts] = {"a": {"vip": False}, "b": {"vip": True}}
    assert points(run(shop(more=more, frame="  lateness 30 days\n"), *rows, late, members=members)) == {"a": 203}


def test_a_return_that_comes_late_is_refused_like_one_in_time() -> None:
    text = shop("  debt refused\n", frame="  lateness 30 days\n")
    ping: Row = ("purchase", "a", "2026-01-05", {"amount": 0})
    back: Row = ("refund", "a", "2026-01-03", {"purchase": "S", "known": "2026-01-06"})
    engine = run(text, BUY, SPENT, ping, back)
    assert points(engine) == {}
    assert codes(engine) == ["G695"]
    later: Row = ("redemption", "a", "2026-01-04", {"quantity": 30})  # granted before the return was known
    engine = run(text, BUY, later, ping, back)
    assert points(engine) == {"a": -30}
    assert codes(engine) == []


def test_a_tier_is_not_set_through_a_day_that_is_past() -> None:
    more = "tiers status\n  tier Member\n  tier Gold by invitation\n  lasts 12 months\n"
    engine = run(shop(more=more), BUY, ("adjustment", "a", "2026-01-02", {"tier": "Gold", "through": "2026-01-01"}))
    assert codes(engine) == ["G697"]
    engine = run(shop(more=more), BUY, ("adjustment", "a", "2026-01-02", {"tier": "Gold", "through": "2026-01-02"}))
    assert codes(engine) == []


def test_a_hold_until_an_event_is_not_ended_by_the_event_that_earned_it() -> None:
    more = 'earn "Held"\n  on purchase\n  give 5 point\n  hold until purchase\n'
    engine = run(shop(more=more), BUY)
    assert engine.members["a"].purses["point"].pending == 5
    engine = run(shop(more=more), BUY, ("purchase", "a", "2026-01-02", {"amount": 1}))
    assert engine.members["a"].purses["point"].pending == 5
    assert engine.members["a"].purses["point"].available == 36


def test_a_tier_rises_where_what_it_counts_moves() -> None:
    """While a lot expires, a tier that counts visits stays where it is; one that counts what is there follows."""
    ladder = "tiers club\n  counts {}\n  tier Guest\n  tier Regular at {}\n  lasts while met\n"
    expires = "  expires 5 days after earned\n"
    visits = run(
        shop(expires, ladder.format("count of purchase previous month", 1)),
        ("purchase", "a", "2026-03-28", {"amount": 10}),
        end="2026-04-10",
    )
    assert [move.tier for move in visits.posted.ledger.moves] == ["Guest"]
    held = 'earn "Held"\n  on purchase\n  give 50 point\n  hold 3 days\n'
    there = run(
        shop(expires, ladder.format("point available", "50 point") + held),
        ("purchase", "a", "2026-03-28", {"amount": 10}),
        end="2026-04-10",
    )
    assert [(move.tier, move.reason) for move in there.posted.ledger.moves] == [
        ("Guest", "joined"),
        ("Regular", "reached"),
        ("Guest", "no longer met"),
    ]


def test_a_tier_set_by_hand_is_reviewed_like_one_that_was_reached() -> None:
    ladder = "tiers club\n  counts 5\n  tier Guest\n  tier Regular at 1\n  lasts {}\n  falls to the lowest\n"
    by_hand: Row = ("adjustment", "a", "2026-03-03", {"tier": "Regular", "through": "2026-03-13"})
    for lasts, tier in (("forever", 1), ("12 months", 1), ("through end of this week", 0)):
        engine = run(shop(more=ladder.format(lasts)), by_hand, end="2026-03-14")
        engine = run(shop(more=ladder.format(lasts)), by_hand, end="2026-03-15")
        assert engine.members["a"].held["club"].rank == tier


@pytest.mark.parametrize(
    ("kind", "facts", "wrong"),
    [
        ("redemption", {"quantity": -1}, "below zero"),
        ("redemption", {"quantity": "0.5"}, "in steps of 1 point"),
        ("redemption", {"unit": "night", "quantity": 1}, "a status unit"),
        ("transfer", {"quantity": 1, "to": "a"}, "`to` is the member"),
        ("merged", {"other": "a"}, "`other` is the member"),
        ("adjustment", {}, "neither an amount nor a tier"),
        ("adjustment", {"quantity": 1, "tier": "Gold"}, "both an amount and a tier"),
        ("adjustment", {"tier": "Platinum"}, "`tier` is one of Member, Gold"),
        ("adjustment", {"quantity": "0.5"}, "in steps of 1 point"),
    ],
)
def test_a_built_in_event_from_plain_values_is_looked_at_like_a_row(
    kind: str, facts: Mapping[str, Any], wrong: str
) -> None:
    ladder = "tiers status\n  tier Member\n  tier Gold by invitation\n  lasts 12 months\n"
    with pytest.raises(BadEvent, match=wrong):
        run(shop(more=f"unit night\n  kind status\n{ladder}"), (kind, "a", "2026-01-01", facts))
