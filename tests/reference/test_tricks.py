"""Ways to come by points, or to lose them, by the order of what is done: each comes to what the reference says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
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


# ---------------------------------------------------------------- what comes late


def test_what_comes_late_to_somebody_is_there_for_what_they_did_since() -> None:
    point, frame = "  expires 3 months after earned\n", "  lateness 30 days\n"
    rows: list[Row] = [
        ("purchase", "a", "2025-11-10", {"amount": 10}),
        ("purchase", "b", "2026-01-02", {"amount": 10}),
        ("redemption", "b", "2026-01-05", {"quantity": 10}),
        ("purchase", "a", "2026-01-06", {"amount": 0}),
        ("transfer", "a", "2026-01-03", {"quantity": 10, "to": "b", "known": "2026-01-08"}),
    ]
    late = run(shop(point, frame=frame), *rows, end="2026-03-01")
    in_order = run(shop(point, frame=frame), *rows[:2], rows[4], *rows[2:4], end="2026-03-01")
    assert points(late) == points(in_order) == {"b": 10}


def test_a_merge_that_comes_late_takes_along_what_came_after_it() -> None:
    rows: list[Row] = [
        ("purchase", "a", "2026-01-01", {"amount": 10}),
        ("purchase", "b", "2026-01-05", {"amount": 20}),
        ("purchase", "a", "2026-01-07", {"amount": 1}),
        ("merged", "a", "2026-01-03", {"other": "b", "known": "2026-01-08"}),
    ]
    assert points(run(shop(frame="  lateness 30 days\n"), *rows)) == {"a": 31}


def test_what_comes_late_and_is_refused_is_told() -> None:
    rows: list[Row] = [
        ("purchase", "a", "2026-01-05", {"amount": 1}),
        ("redemption", "a", "2026-01-03", {"quantity": 5, "known": "2026-01-06"}),
    ]
    engine = run(shop(frame="  lateness 30 days\n"), *rows)
    assert [each.event for each in engine.posted.ledger.refusals] == ["e1"]


def test_what_is_held_of_the_oldest_is_taken_before_anything_is_owed() -> None:
    held = SHOP.replace("  part        amount\n", "  part        amount\n  clawback    oldest first\n")
    text = shop().replace(SHOP, held.rstrip() + "\n  hold        30 days\n")
    engine = run(text, BUY, ("refund", "a", "2026-01-03", {"purchase": "S"}))
    purse = engine.members["a"].purses["point"]
    assert not purse.pending
    assert not purse.debt


def test_who_is_closed_late_is_closed_when_it_is_known() -> None:
    rows: list[Row] = [
        BUY,
        ("purchase", "a", "2026-01-05", {"amount": 20}),
        ("closed", "a", "2026-01-03", {"known": "2026-01-07"}),
    ]
    engine = run(shop(frame="  lateness 30 days\n"), *rows)
    assert points(engine) == {}
    assert codes(engine) == []


def test_what_fell_due_before_it_was_known_is_posted_when_it_is() -> None:
    late: Row = ("purchase", "a", "2026-01-01", {"amount": 100, "known": "2026-01-20"})
    text = shop("  expires 5 days after earned\n", frame="  lateness 30 days\n")
    engine = run(text, ("purchase", "a", "2026-01-02", {"amount": 1}), late, end="2026-02-01")
    assert [each.at for each in engine.posted.ledger.postings] == sorted(
        each.at for each in engine.posted.ledger.postings
    )


def test_a_run_reads_nothing_that_was_not_known_at_its_end() -> None:
    program, _ = check_bytes("shop.guerdon", shop(frame="  lateness 30 days\n").encode())
    assert program is not None
    told = {"id": "S", "member": "a", "facts": {"amount": 10}}
    known = event(program, "purchase", at="2026-01-05T12:00Z", recorded="2026-01-20T12:00Z", **told)  # type: ignore[arg-type]
    posted = Engine(program).run([known], date(2026, 1, 10))
    assert (posted.events, posted.later) == (0, 1)


def test_ids_hold_any_sign() -> None:
    """An `@` in the ids of events that come late changes nothing."""
    rows: list[Row] = [
        ("purchase", "a", "2026-01-01", {"amount": 10, "id": "o@1"}),
        ("purchase", "a", "2026-01-05", {"amount": 10, "id": "o@2"}),
        ("purchase", "a", "2026-01-03", {"amount": 10, "id": "o@3", "known": "2026-01-06"}),
    ]
    more = 'earn "Third"\n  on purchase\n  when count of purchase ever is 3\n  give 7 point\n'
    engine = run(shop(more=more, frame="  lateness 30 days\n"), *rows)
    assert sum(award.quantity for award in engine.posted.ledger.awards) == 37
    assert points(engine) == {"a": 37}


# ---------------------------------------------------------------- who is who


def test_a_member_with_the_id_of_an_account_is_set_aside() -> None:
    joined: Row = ("changed", "a", "2026-01-01", {"household": "h"})
    steal: Row = ("redemption", "household/h", "2026-01-02", {"quantity": 30})
    hand: Row = ("transfer", "a", "2026-01-03", {"quantity": 1, "to": "household/h"})
    engine = run(shop(more=HOUSEHOLD), joined, BUY, steal, hand)
    assert codes(engine) == ["G698", "G698"]
    assert points(engine) == {"household/h": 30}


def test_members_join_once_and_are_merged_once() -> None:
    gift = 'earn "Gift"\n  on joined\n  give 5 point\n'
    rows: list[Row] = [
        ("joined", "a", "2026-01-01", {}),
        ("joined", "a", "2026-01-03", {}),
        ("joined", "b", "2026-01-03", {}),
        ("merged", "a", "2026-01-04", {"other": "b"}),
        ("merged", "a", "2026-01-05", {"other": "b"}),
        ("closed", "c", "2026-01-05", {}),
        ("merged", "a", "2026-01-06", {"other": "c"}),
    ]
    engine = run(shop(more=gift), *rows)
    assert codes(engine) == ["G699", "G699", "G699"]
    assert points(engine) == {"a": 10}


def test_what_came_by_a_merge_is_taken_along() -> None:
    rows: list[Row] = [
        ("purchase", "b", "2026-01-01", {"amount": 10}),
        ("merged", "a", "2026-01-02", {"other": "b"}),
        ("changed", "a", "2026-01-03", {"household": "h"}),
        ("changed", "a", "2026-01-04", {"household": "i"}),
    ]
    assert points(run(shop(more=HOUSEHOLD), *rows)) == {"household/i": 10}


def test_what_fell_due_in_an_account_before_somebody_joined_it_is_posted_on_its_own_day() -> None:
    rows: list[Row] = [
        ("purchase", "a", "2026-01-01", {"amount": 10}),
        ("purchase", "b", "2026-01-02", {"amount": 10}),
        ("changed", "b", "2026-01-20", {"household": "h"}),
    ]
    gone: dict[str, Facts] = {"a": {"household": "h"}, "b": {"household": "i"}}
    engine = run(shop("  expires 9 days after earned\n", HOUSEHOLD), *rows, members=gone)
    posted = engine.posted.ledger.postings
    days = {each.holder: engine.calendar.day(each.at) for each in posted if each.target is Pot.EXPIRED}
    assert days == {"household/h": date(2026, 1, 10), "household/i": date(2026, 1, 11)}


def test_who_is_alone_spends_what_is_theirs_and_nobody_hands_on_what_is_shared() -> None:
    holder = HOUSEHOLD.replace("account household", "  holder yes/no optional\naccount household")
    more = holder + "  spends when member.holder or no\n"
    assert points(run(shop(more=more), BUY, SPENT)) == {}
    facts: dict[str, Facts] = {
        "a": {"household": "h", "holder": True},
        "b": {"household": "h", "holder": False},
    }
    among: Row = ("transfer", "a", "2026-01-02", {"quantity": 10, "to": "b"})
    engine = run(shop(more=more), BUY, among, members=facts)
    assert [each.reason for each in engine.posted.ledger.refusals] == ["it is b's already"]


def test_what_a_closing_earns_is_gone_with_the_rest() -> None:
    more = 'earn "Bye"\n  on closed\n  give 10 point\n'
    engine = run(shop(more=more), BUY, ("closed", "a", "2026-01-02", {}))
    assert points(engine) == {}


# ---------------------------------------------------------------- lots


def test_what_others_hold_is_released_by_the_event_of_who_gave_it() -> None:
    more = """
event order
  receipt     text
  seller      member
event delivery
  receipt     text
earn "Shared"
  on          order
  give        10 point
  share       50% to seller
  hold        until delivery by receipt
"""
    order: Row = ("order", "a", "2026-01-01", {"receipt": "A1", "seller": "b"})
    theirs: Row = ("delivery", "b", "2026-01-02", {"receipt": "A1"})
    delivery: Row = ("delivery", "a", "2026-01-03", {"receipt": "A1"})
    assert points(run(shop(more=more), order, theirs)) == {}
    assert points(run(shop(more=more), order, theirs, delivery)) == {"a": 5, "b": 5}


@pytest.mark.parametrize("debt", ["allowed", "refused", "forgiven"])
def test_what_is_pending_is_taken_before_anything_is_owed(debt: str) -> None:
    more = 'earn "Held"\n  on purchase\n  give 30 point\n  hold 14 days\n'
    back: Row = ("refund", "a", "2026-01-03", {"purchase": "S", "amount": 15})
    engine = run(shop(f"  debt {debt}\n", more), BUY, SPENT, back, end="2026-02-01")
    assert points(engine) == {"a": 15}
    assert codes(engine) == []


def test_a_line_takes_over_lots_on_its_own_day_only() -> None:
    point = """  expires 1 months after earned when member.vip or no from 2026-03-01, existing too
  expires 12 months after earned
"""
    rows: list[Row] = [
        ("purchase", "a", "2026-01-01", {"amount": 100}),
        ("changed", "a", "2026-04-01", {"vip": True}),
        ("purchase", "a", "2026-04-02", {"amount": 1}),
    ]
    engine = run(shop(point, "member\n  vip yes/no optional\n"), *rows, end="2026-06-01")
    assert points(engine) == {"a": 100}


def test_what_expired_of_the_sale_is_taken_from_the_oldest_that_is_left() -> None:
    oldest = SHOP.replace("  part        amount\n", "  part        amount\n  clawback    oldest first\n")
    text = shop("  expires 10 days after earned\n").replace(SHOP, oldest)
    back: Row = ("refund", "a", "2026-01-12", {"purchase": "S"})
    assert points(run(text, BUY, ("purchase", "a", "2026-01-11", {"amount": 50}), back)) == {"a": 20}


def test_nothing_is_written_off_to_hand_back_a_transfer() -> None:
    rows: list[Row] = [
        ("transfer", "a", "2026-01-02", {"quantity": 30, "to": "b", "id": "T"}),
        ("redemption", "b", "2026-01-03", {"quantity": 20}),
        ("undo_transfer", "a", "2026-01-04", {"transfer": "T"}),
    ]
    assert points(run(shop("  debt forgiven\n"), BUY, *rows)) == {"a": 10}


# ---------------------------------------------------------------- tiers


CALENDAR = """
tiers status
  counts      sum of purchase.amount this calendar year
  tier        Low
  tier        Mid at 100 USD
  tier        High at 200 USD
  lasts       through end of next calendar year
"""


def rank(engine: Engine, id: str = "a") -> int:
    return engine.world.subjects[id].held["status"].standing


def test_what_was_carried_over_goes_with_what_it_came_from() -> None:
    text = shop(more=CALENDAR + "  carries     excess once\n")
    bought: Row = ("purchase", "a", "2026-12-30", {"amount": 399, "id": "S"})
    more: Row = ("purchase", "a", "2027-01-10", {"amount": 1})
    engine = run(text, bought, more, ("refund", "a", "2027-01-20", {"purchase": "S"}))
    assert rank(engine) == 0
    part = run(text, bought, more, ("refund", "a", "2027-01-20", {"purchase": "S", "amount": 100}))
    assert rank(part) == 2
    assert part.members["a"].held["status"].carried == 99


def test_a_tier_set_lower_by_hand_is_held_as_long() -> None:
    set_low: Row = ("adjustment", "a", "2026-07-01", {"tier": "Low", "through": "2026-07-31"})
    rows: list[Row] = [("purchase", "a", "2026-06-01", {"amount": 220}), set_low]
    later: Row = ("purchase", "a", "2026-07-15", {"amount": 1})
    assert rank(run(shop(more=CALENDAR), *rows, later)) == 0
    assert rank(run(shop(more=CALENDAR), *rows, later, ("purchase", "a", "2026-08-01", {"amount": 1}))) == 2


def test_a_return_lowers_below_what_rested_on_it_too() -> None:
    rows: list[Row] = [
        ("purchase", "a", "2026-06-01", {"amount": 120, "id": "S"}),
        ("purchase", "a", "2026-06-02", {"amount": 90}),
        ("refund", "a", "2026-06-04", {"purchase": "S"}),
    ]
    assert rank(run(shop(more=CALENDAR), *rows)) == 0


def test_a_part_returned_takes_the_upper_of_two_tiers_that_were_reached_at_once() -> None:
    ladder = """
tiers status
  counts      sum of purchase.amount ever
  tier        Low
  tier        Mid at 100 USD
  tier        High at 150 USD
  lasts       forever
  restarts    at rise, keeping excess
"""
    bought: Row = ("purchase", "a", "2026-01-01", {"amount": 260, "id": "S"})
    back: Row = ("refund", "a", "2026-01-02", {"purchase": "S", "amount": 20})
    assert rank(run(shop(more=ladder), bought)) == 2
    assert rank(run(shop(more=ladder), bought, back)) == 1


def test_a_return_lowers_the_tier_of_an_account_that_was_left() -> None:
    more = HOUSEHOLD.replace("owns        point", "owns        point, status") + CALENDAR.replace(
        "sum of purchase", "sum of household.purchase"
    )
    rows: list[Row] = [
        ("changed", "a", "2026-06-01", {"household": "h"}),
        ("purchase", "a", "2026-06-02", {"amount": 200, "id": "S"}),
        ("changed", "a", "2026-06-03", {"household": "i"}),
    ]
    assert rank(run(shop(more=more), *rows), "household/h") == 2
    engine = run(shop(more=more), *rows, ("refund", "a", "2026-06-04", {"purchase": "S"}))
    assert rank(engine, "household/h") == 0


def test_the_tier_of_who_receives_follows() -> None:
    more = """
event sale
  seller      member
event unsale
  reverses    sale
earn "Seller"
  on          sale
  give        500 point to seller
tiers status
  counts      point earned ever
  tier        Low
  tier        High at 500 point
  lasts       forever
"""
    sale: Row = ("sale", "a", "2026-01-01", {"seller": "b", "id": "X"})
    assert rank(run(shop(more=more), sale), "b") == 1
    assert rank(run(shop(more=more), sale, ("unsale", "a", "2026-01-02", {"sale": "X"})), "b") == 0


def test_of_several_grants_the_highest_is_given() -> None:
    ladder = """
event gift
tiers status
  tier        Low
  tier        Mid by invitation
  tier        High by invitation
  lasts       12 months
  grants      Mid on gift
  grants      High on gift
"""
    assert rank(run(shop(more=ladder), ("gift", "a", "2026-01-01", {}))) == 2


def test_a_floor_ends_with_its_condition() -> None:
    ladder = """
event stay
tiers status
  counts      count of stay last 10 days
  tier        Low
  tier        High at 50
  lasts       20 days
  floor       High while count of stay last 15 days > 0
"""
    stay: Row = ("stay", "a", "2026-01-05", {})
    assert rank(run(shop(more=ladder), stay, end="2026-01-20")) == 1
    assert rank(run(shop(more=ladder), stay, end="2026-01-21")) == 0


def test_an_award_that_its_minimum_raised_stays_while_the_minimum_holds() -> None:
    more = 'earn "Least"\n  on purchase\n  give 1 point per full 1 USD of amount\n  minimum 100 point\n'
    back: Row = ("refund", "a", "2026-01-03", {"purchase": "S", "amount": 3})
    assert points(run(shop(more=more), BUY, back)) == {"a": 127}
    assert points(run(shop(more=more), BUY, ("refund", "a", "2026-01-03", {"purchase": "S"}))) == {}


def test_what_was_read_last_ends_a_run_also_where_it_is_set_aside() -> None:
    back = [("refund", "a", day, {"purchase": "S"}) for day in ("2026-01-03", "2026-09-12")]
    engine = run(shop("  expires 1 months after earned\n"), BUY, *back)
    assert engine.posted.until == engine.calendar.instant(date(2026, 9, 12), time(12)) + 1


CLUB = """
tiers club
  counts      sum of purchase.amount since entry
  tier        Guest
  tier        Silver at 100 USD
  lasts       {0}
"""


def club(engine: Engine) -> int:
    return engine.members["a"].held["club"].rank


@pytest.mark.parametrize(("returned", "rank"), [("S", 1), ("T", 0)])
def test_a_tier_that_counts_since_entry_rests_on_what_was_counted_then(returned: str, rank: int) -> None:
    rows: list[Row] = [
        ("purchase", "a", "2026-01-01", {"amount": 5, "id": "S"}),
        ("purchase", "a", "2026-01-02", {"amount": 60, "id": "T"}),
        ("purchase", "a", "2026-01-05", {"amount": 60}),
        ("refund", "a", "2026-01-06", {"purchase": returned}),
    ]
    assert club(run(shop(more=CLUB.format("forever")), *rows)) == rank


@pytest.mark.parametrize(("returned", "rank"), [("S", 0), ("T", 1)])
def test_a_tier_that_never_falls_rests_on_the_day_on_which_it_was_reached(returned: str, rank: int) -> None:
    rows: list[Row] = [
        ("purchase", "a", "2026-01-01", {"amount": 100, "id": "S"}),
        ("purchase", "a", "2026-02-01", {"amount": 7, "id": "T"}),
        ("refund", "a", "2026-02-02", {"purchase": returned}),
    ]
    assert club(run(shop(more=CLUB.format("1 week\n  falls never")), *rows)) == rank


def test_what_remains_of_a_sale_counts_if_it_comes_under_the_condition() -> None:
    challenge = """
earn "Third"
  on          visit
  give        500 point
  when        count of purchase where amount >= 50 USD ever >= 3
"""
    bought: list[Row] = [("purchase", "a", f"2026-01-0{day}", {"amount": 50, "id": f"S{day}"}) for day in (1, 2, 3)]
    back: list[Row] = [("refund", "a", "2026-01-04", {"purchase": "S1", "amount": 49})]
    visit: Row = ("visit", "a", "2026-01-05", {})
    text = shop(more=f"event visit\n{challenge}")
    assert points(run(text, *bought, visit)) == {"a": 650}
    assert points(run(text, *bought, *back, visit)) == {"a": 101}


def test_returns_of_two_kinds_are_each_of_what_is_left() -> None:
    lines = """
record line
  article     text
  price       money
event bought
  amount      money
  lines       list of line
event cheaper
  amount      money
  reverses    bought
  part        amount
event back
  lines       list of line
  reverses    bought
  part        lines.price by article
earn "Bought"
  on          bought
  give        1 point per full 1 USD of amount
"""
    basket = [{"article": "tea", "price": 60}, {"article": "cup", "price": 40}]
    sale: Row = ("bought", "a", "2026-01-01", {"amount": 100, "lines": basket, "id": "S"})
    half: Row = ("cheaper", "a", "2026-01-02", {"bought": "S", "amount": 50})

    def back(article: str, price: int) -> Row:
        return ("back", "a", "2026-01-03", {"bought": "S", "lines": [{"article": article, "price": price}]})

    assert points(run(shop(more=lines), sale, half, back("tea", 30))) == {"a": 20}
    assert codes(run(shop(more=lines), sale, half, back("tea", 31))) == ["G694"]
    assert points(run(shop(more=lines), sale, half, back("tea", 30), back("cup", 20))) == {}
    for amount, found in ((40, []), (50, ["G694"])):
        cheaper: Row = ("cheaper", "a", "2026-01-04", {"bought": "S", "amount": amount})
        engine = run(shop(more=lines), sale, back("tea", 60), cheaper)
        assert codes(engine) == found
        assert points(engine) == ({"a": 40} if found else {})


def test_the_day_of_expiry_is_that_of_the_tier_that_the_rules_see() -> None:
    given = """
tiers club
  tier        Guest
  tier        Gold by invitation
  lasts       forever
earn "Welcome"
  on          adjustment
  give        5 point
"""
    text = shop("  expires     never when club is Gold\n  expires     1 month after earned\n", given)
    engine = run(text, ("adjustment", "a", "2026-01-01", {"ladder": "club", "tier": "Gold"}), end="2026-03-01")
    assert points(engine) == {}


def test_who_is_released_something_is_told_of_nothing_earlier() -> None:
    gift = """
event gift
  friend      member
event visit
earn "Gift"
  on          gift
  give        10 point to friend
  hold        until visit
"""
    rows: list[Row] = [
        ("gift", "a", "2026-01-01", {"friend": "b"}),
        ("visit", "b", "2026-01-02", {}),
        ("visit", "a", "2026-01-05", {}),
        ("purchase", "b", "2026-01-04", {"amount": 1}),
    ]
    engine = run(shop(more=gift), *rows[:2])
    assert engine.members["b"].purses["point"].pending == 10
    engine = run(shop(more=gift), *rows)
    assert points(engine) == {"b": 10}
    assert codes(engine) == ["G690"]


def test_a_grant_of_the_same_tier_does_not_prolong_what_was_set_lower_by_hand() -> None:
    ladder = """
event visit
tiers club
  counts      sum of purchase.amount ever
  tier        Guest
  tier        Silver at 10 USD
  tier        Gold at 20 USD
  lasts       1 year
  grants      Silver on visit
"""
    rows: list[Row] = [
        BUY,
        ("adjustment", "a", "2026-01-02", {"ladder": "club", "tier": "Silver", "through": "2026-01-10"}),
        ("visit", "a", "2026-01-05", {}),
        ("purchase", "a", "2026-01-12", {"amount": 1}),
    ]
    assert club(run(shop(more=ladder), *rows[:3])) == 1
    assert club(run(shop(more=ladder), *rows)) == 2


AVAILABLE = """
event visit
tiers club
  counts      point available
  tier        Guest
  tier        Silver by invitation
  tier        Gold at 30 point
  lasts       while met
"""


def test_a_tier_set_by_hand_is_there_again_when_what_was_reached_above_it_is_returned() -> None:
    silver: Row = ("adjustment", "a", "2026-01-01", {"ladder": "club", "tier": "Silver"})
    back: Row = ("refund", "a", "2026-01-03", {"purchase": "S"})
    assert club(run(shop(more=AVAILABLE), silver, BUY)) == 2
    assert club(run(shop(more=AVAILABLE), silver, BUY, back)) == 1


def test_a_tier_that_follows_what_is_available_above_one_set_by_hand_falls_with_it() -> None:
    held = shop(more=AVAILABLE).replace("  give        1 point", "  hold        3 days\n  give        1 point")
    held = held.replace("unit point\n", "unit point\n  expires     10 days after earned\n")
    silver: Row = ("adjustment", "a", "2026-01-01", {"ladder": "club", "tier": "Silver"})
    assert club(run(held, silver, BUY, ("visit", "a", "2026-01-04", {}))) == 2
    assert club(run(held, silver, BUY, ("visit", "a", "2026-01-12", {}))) == 0


def test_what_is_derived_from_facts_of_the_member_is_derived_with_those_of_then() -> None:
    lower = """
member
  factor      whole
event changed
event order
  amount      money
  net         money = amount * member.factor
event back
  amount      money
  reverses    order
  part        amount
earn "Net"
  on          order
  give        1 point per 1 USD of net
  round       down per event
"""
    rows: list[Row] = [
        ("order", "a", "2026-01-01", {"amount": 100, "id": "S"}),
        ("changed", "a", "2026-01-02", {"factor": 1}),
        ("back", "a", "2026-01-03", {"order": "S", "amount": 50}),
    ]
    engine = run(shop(more=lower), *rows, members={"a": {"factor": Fraction(2)}})
    assert points(engine) == {"a": 100}


def test_a_return_by_who_left_the_household_that_it_was_bought_in_is_tried_with_that_household() -> None:
    text = """program "Left"
  edition 2026
  currency USD
  timezone UTC
unit point
  decimals 0
  debt refused
member
  household text optional
account household
  members household
  owns status
event purchase
  amount money
event refund
  reverses purchase
tiers status
  counts sum of household.purchase.amount this calendar year
  tier Low
  tier High at 100 USD
  lasts through end of next calendar year
earn "Base"
  on purchase
  give 1 point per 1 USD of amount
  round down per event
"""
    engine = run(
        text,
        ("purchase", "a", "2026-01-02", {"id": "1", "amount": 200}),
        ("changed", "a", "2026-01-03", {"household": "k"}),
        ("refund", "a", "2026-01-04", {"purchase": "1"}),
        members={"a": {"household": "h"}},
    )
    assert [(award.of, award.quantity) for award in engine.posted.ledger.awards][1:] == [
        ("purchase/1/Base", Fraction(-200))
    ]
