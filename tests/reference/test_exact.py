"""Exact sums and rounding, and laws that hold for any history."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reference.conftest import event

from guerdon.program.nodes import RoundMode
from guerdon.reference.engine import Engine
from guerdon.reference.exact import rounded, summed

fractions = st.fractions(min_value=-1000, max_value=1000, max_denominator=1000)
steps = st.sampled_from([Fraction(1), Fraction(1, 100), Fraction(5, 100), Fraction(1, 3)])


@given(st.lists(fractions))
def test_a_sum_is_the_sum(values):
    assert summed(values) == sum(values, Fraction(0))


@given(fractions, steps, st.sampled_from(RoundMode))
def test_rounding_goes_to_a_neighbour_on_the_grid_and_mirrors_for_what_is_taken_back(value, step, mode):
    result = rounded(value, step, mode)
    assert (result / step).denominator == 1
    assert abs(result - value) < step
    assert rounded(-value, step, mode) == -result
    assert rounded(result, step, mode) == result


@given(fractions, steps)
def test_modes_differ_as_their_names_say(value, step):
    down, up = (rounded(abs(value), step, mode) for mode in (RoundMode.DOWN, RoundMode.UP))
    half_up, half_even = (rounded(abs(value), step, mode) for mode in (RoundMode.HALF_UP, RoundMode.HALF_EVEN))
    assert down <= abs(value) <= up
    assert half_up == (down if abs(value) - down < step / 2 else up)
    if abs(value) - down == step / 2:
        assert (half_even / step) % 2 == 0
    else:
        assert half_even == half_up


RULES = """event purchase
  amount      money
  shop        text
unit star
  decimals    2
tiers status
  counts      point earned this calendar year
  tier        Low
  tier        High at 60 point
  lasts       through end of next calendar year
  falls       one tier at a time
table bonus
  by          status
  row         Low: 0%
  row         High: 12.5%
earn "Base"
  on          purchase
  give        1 point per 3 USD of amount
  round       half even per event
earn "Bonus"
  on          purchase
  give        bonus(status) of exact "Base"
  round       down per event
  limit       3 point per member per month
earn "Steps"
  on          purchase
  give        2 mile per full 25 USD of amount
  accumulate  per member per month
  limit       9 mile per member per quarter
earn "Carried"
  on          purchase
  give        1 star per 7 USD of amount
  accumulate  per member
  round       down per total
"""
purchases = st.lists(
    st.tuples(st.integers(0, 900), st.integers(0, 20_000), st.sampled_from("ab"), st.sampled_from("mn")), max_size=25
)


def played(program, happenings):
    """An engine after purchases (day, cents, shop, member), in the order of their days."""
    engine = Engine(program)
    events = []
    for number, (day, cents, shop, member) in enumerate(sorted(happenings), 1):
        when = f"{2025 + day // 365}-{day % 365 // 31 + 1:02}-{day % 28 + 1:02} 12:00"
        facts = {"amount": Decimal(cents) / 100, "shop": shop, "member": member}
        events.append(event(program, number, when, "purchase", facts))
    return engine, sorted(events, key=lambda each: each.order)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(purchases)
def test_every_award_adds_up_is_on_its_grid_and_never_negative(checked, happenings):
    program = checked(RULES)
    engine, events = played(program, happenings)
    for award in engine.run(events).ledger.awards:
        assert award.quantity + award.dropped + award.cut == award.exact
        assert (award.quantity / program.units[award.unit].step).denominator == 1
        assert award.quantity >= 0


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(purchases)
def test_accumulated_awards_are_what_the_period_comes_to_and_limits_hold(checked, happenings):
    engine, events = played(checked(RULES), happenings)
    outcome = engine.run(events)
    calendar = engine.calendar
    spend: dict[tuple[str, int, int], Fraction] = {}
    miles: dict[tuple[str, int, int], Fraction] = {}
    stars: dict[str, Fraction] = {}
    for each in events:
        day = calendar.day(each.at)
        spend[each.member, day.year, day.month] = (
            spend.get((each.member, day.year, day.month), 0) + each.facts["amount"]
        )
    for award in outcome.ledger.awards:
        day = calendar.day(award.at)
        if award.rule == "Steps":
            key = award.member, day.year, day.month
            miles[key] = miles.get(key, 0) + award.exact
        if award.rule == "Carried":
            stars[award.member] = stars.get(award.member, 0) + award.quantity
    assert miles == {key: 2 * floor(total / 25) for key, total in spend.items() if total >= 25}
    for member in stars:
        total = sum(amount for (who, *_), amount in spend.items() if who == member)
        assert stars[member] == Fraction(floor(total / 7 * 100), 100)
    given_per_quarter: dict[tuple[str, int, int], Fraction] = {}
    for award in outcome.ledger.awards:
        if award.rule == "Steps":
            day = calendar.day(award.at)
            key = award.member, day.year, (day.month - 1) // 3
            given_per_quarter[key] = given_per_quarter.get(key, Fraction(0)) + award.quantity
    assert all(total <= 9 for total in given_per_quarter.values())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(purchases, st.integers(0, 25))
def test_a_history_in_two_runs_ends_in_the_same_ledger_for_each_member(checked, happenings, cut):
    program = checked(RULES)
    whole, events = played(program, happenings)
    whole.run(events)
    parts, _ = played(program, happenings)
    parts.run(events[:cut])
    parts.run(events[cut:])
    assert parts.posted.ledger.awards == whole.posted.ledger.awards
    for member in "mn":
        moves = [[move for move in each.posted.ledger.moves if move.member == member] for each in (parts, whole)]
        assert moves[0] == moves[1]
