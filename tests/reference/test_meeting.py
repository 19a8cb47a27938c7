"""Where features meet: groups, limits of facts and redeems with triggers, referrals and members who are named."""

from __future__ import annotations

import pytest

from guerdon.check.passes import check_bytes
from guerdon.history.given import event
from guerdon.program import nodes
from guerdon.session.step import Session
from guerdon.study import trial
from guerdon.text.diagnostic import render

PROGRAM = """\
program "Meeting"
  currency    USD

unit star
  expires     3 months after earned

unit night
  kind        status

member
  invited_by  member optional

event signup

event purchase
  code        text
  amount      money
  seller      member optional

event refund
  code        text
  amount      money
  reverses    purchase by code
  part        amount

tiers status
  counts      night earned ever
  tier        Low
  tier        High at 10 night
  lasts       forever

"""
BUY = 'event purchase by {} on {}: code "{}", amount {} USD'


def program(text: str) -> nodes.Program:
    found, said = check_bytes("meeting.guerdon", (PROGRAM + text).encode())
    assert found is not None, "\n".join(map(render, said))
    return found


CASES = {
    "the best of a month's end": (
        ("Buyer", "end of month", "7 star", "when count of purchase this month >= 1"),
        ("Large", "end of month", "20 star", "when sum of purchase.amount this month >= 100 USD"),
        "take best",
        "limit 25 star per member per calendar year",
        [
            BUY.format("ana", "2026-01-10", "a", 50),
            'expect 7 star from "Buyer" on 2026-01-31',
            BUY.format("ana", "2026-02-10", "b", 150),
            'expect 18 star from "Months" on 2026-02-28',
            'expect 0 star from "Buyer" on 2026-02-28',
        ],
    ),
    "a sale and a month's end share a limit": (
        ("Buyer", "purchase", "7 star", ""),
        ("Large", "end of month", "20 star", ""),
        "take all",
        "limit 30 star per member",
        [
            BUY.format("ana", "2026-01-10", "a", 50),
            "expect 7 star",
            'expect 20 star from "Months" on 2026-01-31',
            BUY.format("ana", "2026-02-10", "b", 50),
            'expect 3 star from "Buyer"',
            'expect 0 star from "Large" on 2026-02-28',
        ],
    ),
    "a group counts per member who is named": (
        ("Buyer", "purchase", "7 star", ""),
        ("Large", "purchase", "20 star", "when amount >= 100 USD"),
        "take all",
        "limit 30 star per member.invited_by",
        [
            'given ana: invited_by "rex"',
            'given ben: invited_by "rex"',
            BUY.format("ana", "2026-01-10", "a", 150),
            "expect 27 star",
            BUY.format("ben", "2026-01-11", "b", 150),
            "expect 3 star",
            'event refund by ana on 2026-01-12: code "a", amount 150 USD',
            "expect -27 star for ana",
            BUY.format("ben", "2026-01-13", "c", 150),
            "expect 27 star",
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_group_of_rules_that_wait_or_count_per_somebody_else(case: str) -> None:
    *rules, take, limit, steps = CASES[case]
    text = ""
    for rule in rules:
        assert isinstance(rule, tuple)
        name, on, give, when = rule
        text += f'earn "{name}"\n  on {on}\n  give {give}\n' + (f"  {when}\n" if when else "") + "\n"
    text += f'group "Months"\n  of "Buyer", "Large"\n  {take}\n  {limit}\n\n'
    text += 'test "t"\n' + "".join(f"  {step}\n" for step in steps)
    met(text)


def met(text: str) -> None:
    """That the tests of a program are met."""
    for result in trial.run(program(text)):
        assert [trial.render(result, miss) for miss in result.misses] == []


def test_a_rule_that_waits_replaces_another_that_does() -> None:
    met(
        'earn "Small"\n  on end of month\n  give 1 star\n'
        'earn "Great"\n  on end of month\n  when count of purchase this month >= 2\n  replaces "Small"\n  give 5 star\n'
        'test "t"\n  event signup on 2026-01-05\n  expect 1 star on 2026-01-31\n'
        + "".join(f"  {BUY.format('member', f'2026-02-1{day}', day, 5)}\n" for day in (1, 2)).replace(" by member", "")
        + '  expect 5 star on 2026-02-28\n  expect 0 star from "Small" on 2026-02-28\n'
    )


def test_so_much_of_what_expires_counts() -> None:
    met(
        'earn "Base"\n  on purchase\n  give 1 star per full 1 USD of amount\n'
        'earn "Reminded"\n  on 7 days before star expires\n  limit 50 star of quantity per member per calendar year\n'
        "  give 1 night per full 10 star of quantity\n  round down per event\n"
        f'test "t"\n  {BUY.format("ana", "2026-01-10", "a", 40)}\n  {BUY.format("ana", "2026-01-20", "b", 40)}\n'
        "  expect 4 night on 2026-04-03\n  expect 1 night on 2026-04-13\n"
    )


def test_a_limit_of_a_fact_counts_per_member_who_is_named() -> None:
    met(
        'earn "Base"\n  on purchase\n  limit 100 USD of amount per seller per month\n  give 1 star per full 1 USD of amount\n'
        f'test "t"\n  {BUY.format("ana", "2026-01-10", "a", 80)}, seller "rex"\n  expect 80 star\n'
        f'  {BUY.format("ben", "2026-01-11", "b", 80)}, seller "rex"\n  expect 20 star\n'
        f'  {BUY.format("ben", "2026-01-12", "c", 80)}, seller "sue"\n  expect 80 star\n'
        '  event refund by ana on 2026-01-13: code "a", amount 80 USD\n  expect -80 star for ana\n'
        f'  {BUY.format("ben", "2026-01-14", "d", 90)}, seller "rex"\n  expect 80 star\n'
    )


def test_a_redeem_is_limited_by_who_brought_the_member() -> None:
    met(
        'earn "Base"\n  on purchase\n  give 1 star per full 1 USD of amount\n'
        'redeem "Drink"\n  cost 10 star\n  limit 1 time per member.invited_by\n'
        'test "t"\n  given ana: invited_by "rex"\n  given ben: invited_by "rex"\n'
        f"  {BUY.format('ana', '2026-01-10', 'a', 50)}\n  {BUY.format('ben', '2026-01-10', 'b', 50)}\n"
        '  event redemption by ana on 2026-01-11: reward "Drink"\n  expect -10 star\n'
        '  event redemption by ben on 2026-01-12: reward "Drink"\n  expect refused\n'
    )


def test_points_of_a_referral_stand_in_a_group_and_reach_a_tier() -> None:
    """The friend's rule of a referral is called like it, so a group may hold it."""
    met(
        'referral "Friends"\n  friend signup\n  referrer invited_by\n  qualifies purchase where amount >= 10 USD\n'
        "  give 3 star to friend\n  give 10 night to referrer\n"
        'earn "Base"\n  on purchase\n  give 1 star per full 10 USD of amount\n'
        'group "Best"\n  of "Friends", "Base"\n  take best\n'
        'earn "High"\n  on status reaching High\n  give 5 star\n'
        'test "t"\n  given ana: invited_by "rex"\n  event signup by ana on 2026-01-09\n'
        f"  {BUY.format('ana', '2026-01-10', 'a', 20)}\n"
        '  expect 3 star from "Best"\n  expect 5 star from "High" for rex on 2026-01-10\n  expect status High for rex\n'
        f"  {BUY.format('ana', '2026-01-11', 'b', 20)}\n  expect 2 star\n"
    )


def test_a_session_needs_whom_only_a_group_s_limit_names() -> None:
    of = program(
        'earn "A"\n  on purchase\n  give 1 star\nearn "B"\n  on purchase\n  give 1 star\n'
        'group "G"\n  of "A", "B"\n  limit 3 star per member.invited_by\n'
    )
    session = Session(of, {"ana": {"invited_by": "rex"}})
    bought = event(of, "purchase", id="e1", member="ana", at="2026-01-10T12:00Z", facts={"code": "a", "amount": "5"})
    assert {"ana", "rex"} <= set(session.subjects(bought))
