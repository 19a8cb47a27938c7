"""One rule and rules among each other (language reference: One rule, Rules among each other)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import pytest

PURCHASE = "event purchase\n  amount money\n  shop text\n  lines list of line\nrecord line\n  amount money\n  kind one of a, b\n"


def buy(when, amount="0", shop="s", lines=()):
    lines = [{"amount": Decimal(price), "kind": kind} for price, kind in lines]
    return when, "purchase", {"amount": Decimal(amount), "shop": shop, "lines": lines}


def test_clauses_work_in_one_order_whatever_order_they_were_typed_in(play):
    clauses = [
        "on purchase",
        "when amount >= 1 USD",
        "give 1 point per 1 USD of amount",
        "minimum 5 point",
        "round down per event",
    ]
    gave = set()
    for order in permutations(clauses):
        played = play(
            PURCHASE + 'earn "A"\n' + "".join(f"  {clause}\n" for clause in order), buy("2026-01-01 10:00", "3.99")
        )
        gave.add(tuple(played.gave("A")))
    assert gave == {(5,)}


def test_all_guards_must_hold_and_one_stretch_of_a_line_is_enough(play):
    rule = 'earn "A"\n  on purchase\n  when amount > 1 USD\n  when shop is "s"\n  during 2026-01-01, 2026-01-03\n  during Thursday\n  give 1 point\n'
    on = [buy("2026-01-01 10:00", "2"), buy("2026-01-02 10:00", "2"), buy("2026-01-03 10:00", "2")]
    assert play(PURCHASE + rule, *on, buy("2026-01-08 10:00", "2")).gave("A") == [1]
    assert play(PURCHASE + rule, buy("2026-01-01 10:00", "1")).gave("A") == []
    assert play(PURCHASE + rule, buy("2026-01-01 10:00", "2", "t")).gave("A") == []


@pytest.mark.parametrize(
    ("during", "inside", "outside"),
    [
        (
            "2026-03-01 through 2026-03-02",
            ["2026-03-01 00:00", "2026-03-02 23:59"],
            ["2026-02-28 23:59", "2026-03-03 00:00"],
        ),
        ("before 2026-03-02", ["2026-03-01 23:59"], ["2026-03-02 00:00"]),
        ("from 2026-03-02", ["2026-03-02 00:00"], ["2026-03-01 23:59"]),
        ("Saturday through Monday", ["2026-03-07 12:00", "2026-03-09 12:00"], ["2026-03-10 12:00", "2026-03-06 12:00"]),
        ("14:00 before 17:00", ["2026-03-01 14:00", "2026-03-01 16:59"], ["2026-03-01 17:00", "2026-03-01 13:59"]),
        ("22:00 before 02:00", ["2026-03-01 23:00", "2026-03-01 01:59"], ["2026-03-01 02:00", "2026-03-01 21:59"]),
    ],
)
def test_through_includes_the_day_and_before_does_not(play, during, inside, outside):
    rule = PURCHASE + f'earn "A"\n  on purchase\n  during {during}\n  give 1 point\n'
    for when in inside:
        assert play(rule, buy(when)).gave("A") == [1], when
    for when in outside:
        assert play(rule, buy(when)).gave("A") == [], when


def test_rounding_per_line_and_per_event_differ(play):
    rule = (
        PURCHASE
        + 'earn "A"\n  on purchase\n  each line where kind is a\n  give 1 point per 1 USD of amount\n  round {}\n'
    )
    lines = [("1.60", "a"), ("1.60", "a"), ("9.00", "b")]
    assert play(rule.format("down per line"), buy("2026-01-01 10:00", lines=lines)).gave("A") == [2]
    assert play(rule.format("down per event"), buy("2026-01-01 10:00", lines=lines)).gave("A") == [3]


@pytest.mark.parametrize(
    ("mode", "given"),
    [("down", [2, 2, 3]), ("up", [3, 3, 4]), ("half up", [3, 2, 4]), ("half even", [2, 2, 4])],
)
def test_rounding_modes_at_a_half_below_it_and_at_the_next_half(play, mode, given):
    rule = PURCHASE + f'earn "A"\n  on purchase\n  give 1 point per 1 USD of amount\n  round {mode} per event\n'
    assert play(rule, *(buy("2026-01-01 10:00", amount) for amount in ("2.50", "2.49", "3.50"))).gave("A") == given


def test_an_award_its_rounding_and_its_cuts_add_up_to_the_exact_value(play):
    rule = (
        PURCHASE
        + 'earn "A"\n  on purchase\n  give 1 point per 3 USD of amount\n  round down per event\n  limit 5 point per member per day\n'
    )
    played = play(rule, buy("2026-01-01 10:00", "10"), buy("2026-01-01 11:00", "10"), buy("2026-01-01 12:00", "10"))
    awards = played.outcome.ledger.awards
    assert [(a.exact, a.quantity, a.dropped, a.cut) for a in awards] == [
        (Fraction(10, 3), 3, Fraction(1, 3), 0),
        (Fraction(10, 3), 2, Fraction(1, 3), 1),
        (Fraction(10, 3), 0, Fraction(1, 3), 3),
    ]
    assert all(a.quantity + a.dropped + a.cut == a.exact for a in awards)


def test_the_minimum_counts_only_where_there_is_something(play):
    rule = PURCHASE + 'earn "A"\n  on purchase\n  give 1 point per full 10 USD of amount\n  minimum 4 point\n'
    assert play(rule, buy("2026-01-01 10:00", "9"), buy("2026-01-01 11:00", "10"), buy("2026-01-01 12:00", "70")).gave(
        "A"
    ) == [4, 7]


def test_rules_are_evaluated_in_the_order_of_what_they_read(play):
    text = 'earn "Bonus"\n  on purchase\n  give 50% of "Base"\n  round down per event\nearn "Base"\n  on purchase\n  give 10 point\n'
    played = play(PURCHASE + text, buy("2026-01-01 10:00"))
    assert list(played.program.rules) == ["Base", "Bonus"]
    assert played.gave("Bonus") == [5]


def test_a_percentage_adds_and_a_percentage_of_a_sum_multiplies(play):
    text = (
        'earn "Base"\n  on purchase\n  give 100 point\n'
        'earn "Cabin"\n  on purchase\n  give 25% of "Base"\n  round down per event\n'
        'earn "Adds"\n  on purchase\n  give 10% of "Base"\n  round down per event\n'
        'earn "Multiplies"\n  on purchase\n  give 10% of ("Base" + "Cabin")\n  round half up per event\n'
    )
    played = play(PURCHASE + text, buy("2026-01-01 10:00"))
    assert (played.gave("Adds"), played.gave("Multiplies")) == ([10], [13])


def test_a_named_rule_is_what_it_gave_and_exact_is_before_rounding_and_limits(play):
    text = (
        'earn "Base"\n  on purchase\n  give 1 point per 1 USD of amount\n  round down per event\n  limit 5 point per event\n'
        'earn "Of what was given"\n  on purchase\n  give 100% of "Base"\n'
        'earn "Of the exact"\n  on purchase\n  give 100% of exact "Base"\n  round half up per event\n'
    )
    played = play(PURCHASE + text, buy("2026-01-01 10:00", "7.50"))
    assert (played.gave("Of what was given"), played.gave("Of the exact")) == ([5], [8])


def test_a_rule_that_does_not_fire_gives_nothing_to_those_that_name_it(play):
    text = 'earn "Base"\n  on purchase\n  when amount > 5 USD\n  give 10 point\nearn "Twice"\n  on purchase\n  give 100% of "Base"\n'
    assert play(PURCHASE + text, buy("2026-01-01 10:00", "5")).outcome.ledger.awards == []


class TestAccumulate:
    """The award is Fraction(total so far) - Fraction(total before), with the same F on both sides."""

    STEPS = (
        PURCHASE
        + 'earn "A"\n  on purchase\n  give 1 point per full 25 USD of amount\n  accumulate per member per month\n'
    )

    def test_steps_run_through_the_period_and_the_rest_is_gone_at_its_end(self, play):
        played = play(
            self.STEPS, buy("2014-05-30 10:00", "30"), buy("2014-05-31 10:00", "30"), buy("2014-06-01 10:00", "40")
        )
        assert played.gave("A") == [1, 1, 1]

    def test_without_a_period_nothing_is_ever_lost(self, play):
        text = self.STEPS.replace(" per month", "")
        assert play(text, *[buy(f"2014-0{month}-01 10:00", "10") for month in range(1, 8)]).gave("A") == [1, 1]

    def test_rounding_per_total_carries_the_remainder_and_per_event_does_not(self, play):
        text = (
            PURCHASE
            + 'earn "A"\n  on purchase\n  give 1 point per 10 USD of amount\n  accumulate per member\n  round down per {}\n'
        )
        events = [buy(f"2026-01-0{day} 10:00", "5") for day in range(1, 6)]
        assert sum(play(text.format("total"), *events).gave("A")) == 2
        assert sum(play(text.format("event"), *events).gave("A")) == 0

    def test_a_new_rate_never_rates_the_past_again(self, play):
        text = (
            PURCHASE
            + "tiers status\n  counts sum of purchase.amount ever\n  tier Low\n  tier High at 100 USD\n  lasts forever\n"
            "table rate\n  by status\n  row Low: 1 point per full 10 USD\n  row High: 2 point per full 10 USD\n"
            'earn "A"\n  on purchase\n  give rate(status) of amount\n  accumulate per member\n'
        )
        assert play(text, buy("2026-01-01 10:00", "100"), buy("2026-01-02 10:00", "10")).gave("A") == [10, 2]

    def test_only_what_passed_the_guards_adds_up(self, play):
        text = self.STEPS.replace("  give", '  when shop is "s"\n  give')
        played = play(
            text, buy("2014-05-01 10:00", "20"), buy("2014-05-02 10:00", "20", "other"), buy("2014-05-03 10:00", "5")
        )
        assert played.gave("A") == [1]


class TestLimits:
    """A limit names a quantity or times, and per whom and what period; without a period, the rule's life."""

    def rule(self, limit):
        return PURCHASE + f'earn "A"\n  on purchase\n  give 10 point\n  limit {limit}\n'

    def test_partly_filled_unless_or_nothing(self, play):
        events = [buy(f"2026-01-01 1{hour}:00") for hour in range(3)]
        assert play(self.rule("25 point per member per day"), *events).gave("A") == [10, 10, 5]
        assert play(self.rule("25 point per member per day, or nothing"), *events).gave("A") == [10, 10, 0]

    def test_a_limit_without_a_period_is_for_the_rules_life(self, play):
        events = [buy(f"202{year}-01-01 10:00") for year in range(5)]
        assert play(self.rule("2 times per member"), *events).gave("A") == [10, 10, 0, 0, 0]

    def test_periods_start_anew_and_rolling_days_do_not(self, play):
        events = [buy("2016-01-13 10:00"), buy("2016-01-18 10:00"), buy("2016-01-20 10:00")]
        assert play(self.rule("1 time per member per week"), *events).gave("A") == [10, 10, 0]
        assert play(self.rule("1 time per member per 7 days"), *events).gave("A") == [10, 0, 10]

    def test_a_limit_may_count_by_a_fact(self, play):
        events = [
            buy("2026-01-01 10:00", shop="a"),
            buy("2026-01-01 11:00", shop="b"),
            buy("2026-01-01 12:00", shop="a"),
        ]
        assert play(self.rule("1 time per member per shop per day"), *events).gave("A") == [10, 10, 0]

    def test_several_limits_all_hold(self, play):
        events = [buy("2026-01-01 10:00"), buy("2026-01-01 11:00"), buy("2026-01-02 10:00"), buy("2026-01-03 10:00")]
        text = self.rule("15 point per member per day") + "  limit 28 point per member per month\n"
        assert play(text, *events).gave("A") == [10, 5, 10, 3]

    def test_what_is_given_nothing_does_not_use_up_times(self, play):
        text = (
            PURCHASE + 'earn "A"\n  on purchase\n  give 1 point per full 10 USD of amount\n  limit 1 time per member\n'
        )
        assert play(
            text, buy("2026-01-01 10:00", "5"), buy("2026-01-02 10:00", "15"), buy("2026-01-03 10:00", "15")
        ).gave("A") == [1, 0]

    def test_a_rule_may_ask_what_it_gave_itself_before(self, play):
        text = PURCHASE + 'earn "A"\n  on purchase\n  when "A" earned this month < 20 point\n  give 10 point\n'
        assert play(text, *[buy(f"2026-01-0{day} 10:00") for day in range(1, 6)]).gave("A") == [10, 10]


def test_a_base_below_zero_counts_as_zero(play):
    text = PURCHASE + 'earn "A"\n  on purchase\n  give 1 point per 1 USD of (amount - 10 USD)\n  round down per event\n'
    assert play(text, buy("2026-01-01 10:00", "4"), buy("2026-01-01 10:00", "14")).gave("A") == [4]


def test_a_quotient_by_zero_is_missing_and_has_its_value(play):
    text = (
        PURCHASE
        + 'earn "A"\n  on purchase\n  when (amount / sum of lines.amount this event or 3) is 3\n  give 1 point\n'
    )
    assert play(text, buy("2026-01-01 10:00", "4")).gave("A") == [1]
    assert play(text, buy("2026-01-01 10:00", "4", lines=[("1", "a")])).gave("A") == []


def test_lines_rounded_to_less_than_nothing_take_nothing_away(play):
    text = (
        "event purchase\n  lines list of line\nrecord line\n  amount money\n  off money\n"
        'earn "A"\n  on purchase\n  each line\n'
        "  give (1 point per 1 USD of amount) - (1 point per 1 USD of off)\n  round half up per line\n"
    )
    lines = [{"amount": Decimal("0.4"), "off": Decimal(0)}] * 2 + [{"amount": Decimal(0), "off": Decimal("0.5")}]
    (award,) = play(text, ("2026-01-01 10:00", "purchase", {"lines": lines})).outcome.ledger.awards
    assert (award.quantity, award.dropped, award.exact) == (0, Fraction(3, 10), Fraction(3, 10))


def test_a_minimum_holds_for_the_sum_of_rounded_lines(play):
    text = (
        PURCHASE
        + 'earn "A"\n  on purchase\n  each line\n  give 1 point per 1 USD of amount\n  minimum 3 point\n  round down per line\n'
    )
    assert play(text, buy("2026-01-01 10:00", lines=[("1.90", "a"), ("1.90", "a")])).gave("A") == [3]


def test_a_give_below_nothing_gives_nothing(play):
    text = PURCHASE + 'earn "A"\n  on purchase\n  give 5 point - 10 point\n'
    assert play(text, buy("2026-01-01 10:00")).outcome.ledger.awards == []
