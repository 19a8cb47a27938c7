"""Returns of what others were given, and of what limits are kept of with others: programs by chance are in `many`."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.kernel.both import agree, reference

import guerdon
from guerdon.check.passes import check_bytes
from guerdon.history.event import Event, Facts
from guerdon.kernel import engine, rounds
from guerdon.kernel.rows.elsewhere import Count
from guerdon.kernel.uncovered import uncovered
from guerdon.ledger.entries import Ledger
from guerdon.program import nodes
from guerdon.reference.calendar import EPOCH, MICROSECOND

HOUR = 3_600_000_000
DAY = 24 * HOUR
PEOPLE: dict[str, Facts] = {"anna": {"sent_by": None}, "ben": {"sent_by": "anna"}, "cleo": {"sent_by": "ben"}}
HEAD = """program "Gifts"
  edition 2026
  currency USD

unit point
{unit}

member
  sent_by member optional

event hello

event sale
  amount money
  seller member

event back
  reverses sale
  amount money optional
  part amount
  clawback {how}
  counted at {when}

"""
SHARED = """earn "Sold"
  on sale
  give 1 point per 1 USD of amount to seller
  share 30% to member.sent_by
  share 10% to seller.sent_by
  round down per event

earn "Own"
  on sale
  give 2 point per 5 USD of amount
  round down per event

earn "More"
  on sale
  give 3 point to seller
  when "Sold" >= 4 point
  when not seller same as member.sent_by
"""
TIERS = """
tiers status
  counts point earned this month
  tier Low
  tier High at 6 point
  lasts while met
"""
WAYS = ["exactly", "oldest first", "in proportion, round half up", "in proportion, round up, oldest first"]


def program(rules: str, how: str = "exactly", when: str = "sale", unit: str = "  expires never") -> nodes.Program:
    text = HEAD.format(how=how, when=when, unit=unit) + rules
    found, said = check_bytes("gifts.guerdon", text.encode())
    assert found is not None, said
    assert not uncovered(found)
    return found


def hello(*members: str) -> list[Event]:
    return [Event(f"h{member}", "hello", member, 0, 0, 0, {}) for member in members]


def sale(number: int, hours: int, member: str, dollars: str, seller: str) -> Event:
    facts = {"amount": Fraction(dollars), "seller": seller}
    return Event(f"e{number}", "sale", member, hours * HOUR, hours * HOUR, number, facts)


def back(number: int, hours: int, of: Event, dollars: str | None = None) -> Event:
    facts = {"sale": of.id, "amount": None if dollars is None else Fraction(dollars)}
    return Event(f"e{number}", "back", of.member, hours * HOUR, hours * HOUR, number, facts)


def held(of: nodes.Program, events: list[Event], facts: dict[str, Facts] | None = None) -> tuple[Ledger, int]:
    """What the reference engine posts, which the kernels do too, and how many of the events they evaluated."""
    people = PEOPLE if facts is None else facts
    expected = reference(of, events, people)
    ran = [agree(expected, of, events, people, compiled=compiled) for compiled in (False, True)]
    assert ran[0] == ran[1]
    return expected.ledger, ran[0]


def earned(ledger: Ledger) -> dict[str, Fraction]:
    """What the awards of each member come to."""
    found: dict[str, Fraction] = {}
    for award in ledger.awards:
        found[award.member] = found.get(award.member, Fraction(0)) + award.quantity
    return found


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("when", ["sale", "return"])
def test_a_sale_that_comes_back_leaves_nothing_to_anybody(how, when):
    of = program(SHARED + TIERS, how, when)
    one = sale(1, 1, "cleo", "10.99", "anna")
    events = [*hello("anna", "ben", "cleo"), one, back(2, 50, one, "3.33"), back(3, 99, one)]
    ledger, ran = held(of, events)
    assert ran == len(events)
    assert earned(ledger) == {"anna": 0, "ben": 0, "cleo": 0}
    assert {each.member for each in ledger.awards if each.quantity < 0 and each.event == "e3"} == {
        "anna",
        "ben",
        "cleo",
    }
    assert [(each.member, each.reason) for each in ledger.moves if each.at] == [
        ("anna", "reached"),
        ("anna", "returned"),
    ]


@pytest.mark.parametrize("how", WAYS)
def test_what_was_given_to_one_member_in_several_ways_goes_back_together(how):
    of = program(SHARED, how)
    one, two = sale(1, 1, "cleo", "17.50", "ben"), sale(2, 2, "ben", "9.75", "ben")
    events = [
        *hello("anna", "ben", "cleo"),
        one,
        two,
        back(3, 3, one, "5.55"),
        back(4, 4, two, "3.21"),
        back(5, 5, one, "1.01"),
    ]
    ledger, ran = held(of, events)
    assert ran == len(events) and any(each.quantity < 0 for each in ledger.awards)


@pytest.mark.parametrize(
    "unit", ["  expires 2 days after earned", "  debt forgiven", "  debt up to 2 point", "  spends newest first"]
)
@pytest.mark.parametrize("how", WAYS)
def test_what_is_lacking_is_as_the_unit_of_the_receiver_says(unit, how):
    of = program(SHARED + 'redeem "Tea"\n  on hello\n  cost 5 point\n', how, unit=unit)
    one, two = sale(1, 1, "cleo", "12", "anna"), sale(2, 70, "cleo", "4", "anna")
    tea = Event("tea", "hello", "anna", 2 * HOUR, 2 * HOUR, 9, {})
    events = [*hello("anna", "ben", "cleo"), one, tea, two, back(3, 71, one, "6"), back(4, 72, one), back(5, 73, two)]
    ledger, ran = held(of, events)
    assert ran == len(events) and any(each.reason == "Tea" for each in ledger.postings)


def test_a_unit_that_refuses_debt_leaves_all_who_are_linked_to_the_reference_engine():
    of = program(SHARED + 'redeem "Tea"\n  on hello\n  cost 5 point\n', unit="  debt refused")
    one, two = sale(1, 1, "cleo", "12", "anna"), sale(2, 5, "dora", "12", "dora")
    tea = Event("tea", "hello", "anna", 2 * HOUR, 2 * HOUR, 9, {})
    people: dict[str, Facts] = {**PEOPLE, "dora": {"sent_by": None}}
    events = [*hello("anna", "ben", "cleo", "dora"), one, tea, back(3, 3, one), two, back(4, 6, two)]
    expected = reference(of, events, people)
    assert [each.code for each in expected.rejections] == ["G695"]
    assert agree(expected, of, events, people) == 3, "only what happened to dora"


REFERRAL = """earn "New"
  on sale
  give 7 point
  limit 1 time per member

earn "Referrer"
  on sale
  when "New" > 0 point
  give 20 point to member.sent_by
"""


def test_a_rule_that_names_another_still_sees_it_when_a_part_comes_back():
    of = program(REFERRAL)
    one = sale(1, 1, "ben", "10", "ben")
    ledger, ran = held(of, [*hello("anna", "ben"), one, back(2, 2, one, "3"), back(3, 3, one)])
    assert ran == 5
    assert [(each.event, int(each.quantity)) for each in ledger.awards if each.member == "anna"] == [
        ("e1", 20),
        ("e3", -20),
    ]


@pytest.mark.parametrize(
    ("limit", "left"),
    [
        ("25 point per seller", [20, 5, -20, 20]),
        ("25 point per seller, or nothing", [20, -20, 20]),
        ("1 time per seller", [20, -20, 20]),
        ("25 point per program per 3 days", [20, 5, -20, 20]),
        ("25 point per seller per month, kept on return", [20, 5, -20]),
    ],
)
def test_a_return_gives_room_back_to_whoever_comes_next(limit, left):
    of = program(f'earn "A"\n  on sale\n  give 20 point to seller\n  limit {limit}\n')
    one = sale(1, 1, "ben", "10", "anna")
    events = [one, sale(2, 2, "cleo", "10", "anna"), back(3, 3, one), sale(4, 4, "cleo", "10", "anna")]
    ledger, ran = held(of, [*hello("anna", "ben", "cleo"), *events])
    assert ran == 7
    assert [each.quantity for each in ledger.awards if each.member == "anna" and each.quantity] == left


@pytest.mark.parametrize("whom", ["seller", "program"])
def test_room_of_yesterday_is_of_no_use_today(whom):
    of = program(f'earn "A"\n  on sale\n  give 20 point to seller\n  limit 25 point per {whom} per day\n')
    one = sale(1, 1, "ben", "10", "anna")
    events = [one, sale(2, 27, "cleo", "10", "anna"), back(3, 28, one), sale(4, 29, "cleo", "10", "anna")]
    ledger, ran = held(of, [*hello("anna", "ben", "cleo"), *events])
    assert ran == 7
    assert [each.quantity for each in ledger.awards if each.member == "anna" and each.quantity] == [20, 20, -20, 5]


def test_a_part_gives_a_part_of_the_room_back():
    of = program(
        'earn "A"\n  on sale\n  give 1 point per 1 USD of amount to seller\n  round down per event\n  limit 25 point per seller\n'
    )
    one = sale(1, 1, "ben", "24.50", "anna")
    events = [*hello("anna", "ben", "cleo"), one, back(2, 2, one, "10.10"), sale(3, 3, "cleo", "30", "anna")]
    events += [back(4, 4, one, "10"), sale(5, 5, "cleo", "30", "anna")]
    ledger, ran = held(of, events)
    assert ran == len(events)
    assert earned(ledger)["anna"] == 25


BUDGET = """earn "A"
  on sale
  give 1 point per full 1 USD of amount to seller
  limit 10 point per program
"""


def test_a_sale_of_nothing_that_comes_back_gives_back_all_the_room_it_took():
    of = program('earn "A"\n  on sale\n  give 20 point to seller\n  limit 25 point per program\n')
    one, two = sale(1, 1, "ben", "0", "anna"), sale(2, 2, "ben", "0", "anna")
    events = [
        *hello("anna", "ben", "cleo"),
        one,
        two,
        back(3, 3, two),
        back(4, 4, one),
        sale(5, 5, "cleo", "0", "anna"),
    ]
    ledger, ran = held(of, events)
    assert ran == len(events)
    assert [each.quantity for each in ledger.awards] == [20, 5, -5, -20, 20]


def test_a_budget_that_returns_fill_again_and_again_settles_at_once(monkeypatch):
    """Who gets something rests on all returns before: in rounds that only add up what the last one gave, each return takes one."""
    monkeypatch.setattr(rounds, "ROUNDS", 3)
    of, events = program(BUDGET), hello("anna", "ben", "cleo")
    for number in range(0, 120, 3):
        one = sale(number, number + 1, ("ben", "cleo")[number % 2], "8", "anna")
        events += [one, sale(number + 1, number + 1, "cleo", "7", "ben"), back(number + 2, number + 2, one)]
    expected = reference(of, events, PEOPLE)
    assert agree(expected, of, events, PEOPLE) == len(events)
    last = (EPOCH + events[-1].at * MICROSECOND).date()
    assert not engine.ran(of, events, PEOPLE, last, compiled=False).left


def test_who_is_only_given_something_is_left_with_all_who_share_a_budget():
    """What was handed over to them is not posted twice."""
    of = program(BUDGET)
    events = [*hello("anna"), sale(1, 1, "anna", "3", "zoe"), sale(2, 2, "stranger", "3", "zoe")]
    events.append(back(3, 3, sale(9, 1, "stranger", "3", "zoe")))  # of nothing that was sold
    ledger, ran = held(of, events, {})
    assert ran == 0 and earned(ledger) == {"zoe": 6}


def test_values_that_change_are_added_up_as_if_they_had_been_so():
    days = [(EPOCH + number * DAY // 3 * MICROSECOND).date() for number in range(50)]
    values, count = [number * number % 17 for number in range(50)], Count()
    for number, (day, value) in enumerate(zip(days, values, strict=True), 1):
        assert count.add(day, value) == number
    for number in (0, 7, 31, 49, 7):
        count.reduce(number + 1, 2)
        values[number] -= 2
    for first, end in ((0, 16), (3, 9), (5, 6), (15, 16)):
        inside = [value for day, value in zip(days, values, strict=True) if days[3 * first] <= day < days[3 * end - 1]]
        assert count.shows(days[3 * first], days[3 * end - 1]) == sum(inside)


def test_a_referral_that_can_be_refunded_is_covered():
    assert not uncovered(guerdon.load("tests/cases/paypal-referral-01/paypal-referral-01.guerdon").typed)
