"""Rules among each other: groups, replacing, what counts, and what remains of all this after a return."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.program.nodes import RoundMode
from guerdon.reference.exact import rounded, shared_out
from guerdon.study.funding import funding

SHOP = """event purchase
  amount money
  kind text optional
event refund
  amount money
  reverses purchase
  part amount
"""


def rule(name: str, *lines: str, on: str = "purchase") -> str:
    return f'earn "{name}"\n  on {on}\n  ' + "\n  ".join(lines) + "\n"


def group(*lines: str, of: str = '"A", "B"') -> str:
    return "\n  ".join(['group "G"', f"of {of}", *lines]) + "\n"


def bought(amount: int | str, at: str = "2026-01-01 10:00") -> tuple[str, str, dict[str, object]]:
    return at, "purchase", {"amount": Fraction(amount)}


def returned(event: str, amount: int | str, at: str = "2026-01-02 10:00") -> tuple[str, str, dict[str, object]]:
    return at, "refund", {"purchase": event, "amount": Fraction(amount)}


def parts(play, rule: str) -> list[tuple[int, ...]]:
    """Exact, dropped, cut and quantity of each award of a rule, times a hundred."""
    awards = [award for award in play.outcome.ledger.awards if award.rule == rule]
    assert all(award.quantity + award.dropped + award.cut == award.exact for award in awards)
    return [tuple(int(100 * of) for of in (each.exact, each.dropped, each.cut, each.quantity)) for each in awards]


LATER = "2026-01-03 10:00"
HALF = "give 0.5 point per 1 USD of amount"
THIRD = "give 0.35 point per 1 USD of amount"


class TestTake:
    def test_what_is_not_taken_is_cut_in_whole_steps(self, play):
        found = play(SHOP + rule("A", THIRD) + rule("B", HALF) + group("take best", "round down"), bought(11))
        assert parts(found, "A") == [(385, 85, 300, 0)]
        assert parts(found, "B") == [(550, 50, 0, 500)]

    def test_of_equals_the_first_listed_is_the_best(self, play):
        text = SHOP + rule("A", "give 5 point") + rule("B", "give 5 point")
        found = play(text + group("take best", of='"B", "A"'), bought(1))
        assert (found.gave("A"), found.gave("B")) == ([0], [5])

    def test_top_is_the_first_that_gives_something(self, play):
        text = SHOP + rule("A", "when amount >= 10 USD", "give 1 point") + rule("B", "give 5 point")
        found = play(text + group("take top"), bought(5), bought(10))
        assert (found.gave("A"), found.gave("B")) == ([1], [5, 0])

    def test_across_units_the_worth_decides(self, play):
        head = 'program "T"\n  currency USD\nunit point\n  worth 0.01 USD\nunit mile\n  worth 0.03 USD\n'
        text = SHOP + rule("A", "give 5 point") + rule("B", "give 2 mile") + group("take best")
        found = play(text, bought(1), head=head)
        assert (found.gave("A"), found.gave("B")) == ([0], [2])

    def test_a_rule_that_was_not_taken_uses_no_limit_up(self, play):
        text = SHOP + rule("A", "give 5 point", "limit 1 time per member")
        text += rule("B", "when amount >= 10 USD", "give 9 point") + group("take best")
        found = play(text, bought(10), bought(5), bought(5))
        assert found.gave("A") == [0, 5, 0]

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("when amount < 10 USD", "when amount >= 10 USD"),
            ("when kind_ is a", "when kind_ in [b, c]"),
            ("when kind_ in [a, b]", "when not (kind_ in [a, b])"),
            ("when kind_ is a or kind_ is b", "when kind_ is c"),
            ("when gift", "when not gift"),
            ("when not (amount < 5 USD or gift)", "when gift and amount > 3 USD"),
            ("when status is Low", "when status >= High"),
            ("when 10 USD <= amount", "when amount < 10 USD"),
            ("when count of purchase this month is 1", "when count of purchase this month is 2"),
            ("when count of purchase this month is 1", "when count of purchase this month > 1"),
            ("during Monday through Wednesday", "during Thursday, Sunday"),
            ("during 22:00 before 02:00", "during 02:00 before 22:00"),
            ("during 2026-01-01 through 2026-01-31", "during from 2026-02-01"),
            ("during 2026-02-01", "during before 2026-02-01"),
            ('replaces "B"', "when yes"),
        ],
    )
    def test_one_is_shown(self, checked, one, other):
        checked(self.kinds(one, other))

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("when amount <= 10 USD", "when amount >= 10 USD"),
            ("when kind_ is a", "when kind_ is not b"),
            ("when kind_ is a", "when amount > 10 USD"),
            ("when kind_ is a or gift", "when kind_ is b"),
            ("when count of purchase this month is 1", "when count of purchase this day is 2"),
            ("during Monday", "during Sunday through Tuesday"),
            ("during Monday", "during 2026-01-06"),
            ("during 22:00 before 02:00", "during 01:00 before 03:00"),
            ("during 2026-01-01, 2026-03-01", "during from 2026-02-01"),
        ],
    )
    def test_one_is_not_shown(self, checked, one, other):
        with pytest.raises(AssertionError, match="G455"):
            checked(self.kinds(one, other))

    def kinds(self, one: str, other: str) -> str:
        text = "event purchase\n  amount money\n  kind_ one of a, b, c\n  gift yes/no\n"
        text += "tiers status\n  counts point earned ever\n  tier Low\n  tier High at 5 point\n  lasts forever\n"
        return text + rule("A", one, "give 1 point") + rule("B", other, "give 1 point") + group("take one")


class TestSum:
    def test_a_sum_is_rounded_once_and_shared_out(self, play):
        text = SHOP + rule("A", THIRD) + rule("B", HALF)
        found = play(text + group("round half up"), bought(3))
        assert parts(found, "A") == [(105, 5, 0, 100)]
        assert parts(found, "B") == [(150, -50, 0, 200)]

    def test_the_first_that_gave_is_raised(self, play):
        text = SHOP + rule("A", "when amount >= 10 USD", "give 1 point") + rule("B", "give 2 point")
        found = play(text + group("minimum 5 point"), bought(5), bought(10))
        assert parts(found, "A") == [(300, 0, 0, 300)]
        assert parts(found, "B") == [(500, 0, 0, 500), (200, 0, 0, 200)]

    def test_the_last_listed_is_cut_first(self, play):
        text = SHOP + rule("A", "give 6 point") + rule("B", "give 6 point")
        found = play(
            text + group("limit 20 point per member per month", "limit 10 point per event"), bought(1), *[bought(1)] * 2
        )
        assert (found.gave("A"), found.gave("B")) == ([6, 6, 0], [4, 4, 0])

    def test_times_of_a_group_count_events(self, play):
        text = SHOP + rule("A", "give 1 point") + rule("B", "give 1 point")
        found = play(text + group("limit 2 times per member per day"), *[bought(1)] * 3)
        assert (found.gave("A"), found.gave("B")) == ([1, 1, 0], [1, 1, 0])

    def test_or_nothing_takes_all_of_it_away(self, play):
        text = SHOP + rule("A", "give 6 point") + rule("B", "give 6 point")
        found = play(text + group("limit 10 point per event, or nothing"), bought(1))
        assert (found.gave("A"), found.gave("B")) == ([0], [0])

    def test_a_group_is_named_after_it_and_its_rules_before(self, play):
        text = (
            SHOP
            + rule("Of the group", 'give 100% of "G"')
            + rule("Of a rule", 'give 200% of "A"', "round down per event")
        )
        found = play(text + rule("A", HALF) + rule("B", HALF) + group("take top", "round up"), bought(3))
        assert (found.gave("Of the group"), found.gave("Of a rule")) == ([2], [3])

    def test_what_a_group_earned_is_what_its_rules_earned(self, play):
        text = SHOP + rule("A", "give 1 point") + rule("B", "give 2 point") + group()
        text += rule("Third", 'when "G" earned this month >= 6 point', "give 100 point")
        assert play(text, *[bought(1)] * 3).gave("Third") == [100]


class TestReplaces:
    def test_who_is_replaced_still_replaces(self, play):
        text = SHOP + rule("A", "give 1 point") + rule("B", 'replaces "A"', "when amount >= 5 USD", "give 2 point")
        text += rule("C", 'replaces "B"', "when amount >= 10 USD", "give 3 point")
        found = play(text, bought(1), bought(5), bought(10))
        assert (found.gave("A"), found.gave("B"), found.gave("C")) == ([1], [2], [3])

    def test_what_is_replaced_adds_up_nothing(self, play):
        text = SHOP + rule("A", "accumulate per member", "give 1 point per full 10 USD of amount")
        text += rule("B", 'replaces "A"', "when amount >= 5 USD", "give 2 point")
        assert play(text, bought(4), bought(5), bought(4), bought(2)).gave("A") == [1]


class TestWhatCounts:
    def test_events_and_lines_count_in_their_order(self, play):
        text = "record line\n  amount money\n  pieces whole\nevent purchase\n  lines list of line\n"
        text += rule(
            "A", "each line where amount > 1 USD", "limit 3 of pieces per member per day", "give 2 point * pieces"
        )
        lines = [{"amount": 5, "pieces": 2}, {"amount": 1, "pieces": 9}, {"amount": 5, "pieces": 2}]
        one = "2026-01-01 10:00", "purchase", {"lines": lines}
        assert play(text, one, one).gave("A") == [6]

    def test_or_nothing_lets_in_what_fits_whole(self, play):
        text = SHOP + rule(
            "A", "limit 10 USD of amount per member, or nothing", "give 1 point per full 1 USD of amount"
        )
        assert play(text, bought(6), bought(5), bought(4)).gave("A") == [6, 4]

    def test_two_limits_of_a_fact_count_what_both_let_in(self, play):
        limits = "limit 10 USD of amount per member per day", "limit 15 USD of amount per member"
        text = SHOP + rule("A", *limits, "give 1 point per full 1 USD of amount")
        found = play(text, bought(12), bought(5), bought(12, "2026-01-02 10:00"))
        assert found.gave("A") == [10, 5]

    def test_a_return_leaves_what_counts_of_what_remains(self, play):
        text = SHOP + rule("A", "limit 100 USD of amount per member", "give 1 point per full 1 USD of amount")
        found = play(
            text,
            bought(150),
            returned("e001", 40),
            returned("e001", 30),
            bought(50, LATER),
            returned("e001", 80, LATER),
            bought(90, LATER),
        )
        assert found.gave("A") == [100, -20, 20, -80, 80]

    def test_kept_on_return_stays_used_up(self, play):
        limit = "limit 100 USD of amount per member, kept on return"
        text = SHOP + rule("A", limit, "give 1 point per full 1 USD of amount")
        assert play(text, bought(80), returned("e001", 80), bought(50, LATER)).gave("A") == [80, -80, 20]

    def test_what_a_rule_gives_nothing_for_is_used_up_and_given_back_too(self, play):
        text = SHOP + rule("A", "limit 15 USD of amount per member", "give 1 point per full 10 USD of amount")
        assert play(text, bought(9), bought(10)).gave("A") == []
        assert play(text, bought(9), returned("e001", 9), bought(10, LATER)).gave("A") == [1]


class TestReturns:
    BEST = SHOP + rule("A", "when amount >= 100 USD", "give 150 point")
    BEST += rule("B", "give 1 point per full 1 USD of amount") + group("take best")

    def test_what_was_not_taken_stands_in(self, play):
        found = play(self.BEST, bought(120), returned("e001", 30), returned("e001", 45), returned("e001", 45))
        assert found.gave("A") == [150, -60, -45, -45]
        assert found.gave("B") == [0]

    def test_recomputed_settles_the_group_anew(self, play):
        text = self.BEST.replace("  part amount\n", "  part amount\n  clawback recomputed\n")
        found = play(text, bought(120), returned("e001", 30), returned("e001", 45), returned("e001", 45))
        assert found.gave("A") == [150, -60, -45, -45]

    def test_recomputed_moves_what_was_cut_to_who_has_room(self, play):
        text = SHOP.replace("  part amount\n", "  part amount\n  clawback recomputed\n")
        text += (
            rule("A", "give 1 point per full 1 USD of amount")
            + rule("B", HALF)
            + group("round down", "limit 100 point per event")
        )
        found = play(text, bought(80), returned("e001", 40))
        assert (found.gave("A"), found.gave("B")) == ([80, -40], [20])
        assert sum(found.gave("A")) + sum(found.gave("B")) == 60

    def test_top_stays_what_was_taken(self, play):
        text = SHOP + rule("A", "when amount >= 100 USD", "give 50 point")
        text += rule("B", "give 1 point per full 1 USD of amount") + group("take top")
        assert play(text, bought(120), returned("e001", 30)).gave("A") == [50, -50]

    @pytest.mark.parametrize(("worths", "left"), [(("", ""), 0), (("  worth 0.01 USD\n", "  worth 0.02 USD\n"), 40)])
    def test_recomputed_across_units_goes_by_worth(self, play, worths, left):
        head = f'program "T"\n  currency USD\nunit point\n{worths[0]}unit mile\n{worths[1]}'
        text = SHOP.replace("  part amount\n", "  part amount\n  clawback recomputed\n")
        text += rule("A", "when amount >= 100 USD", "give 100 point") + rule("B", "give 20 mile") + group("take top")
        found = play(text, bought(100), returned("e001", 1), head=head)
        assert (sum(found.gave("A")), found.gave("B")) == (left, [0])

    def test_a_percentage_of_a_rule_that_was_not_taken_goes_with_the_rule(self, play):
        text = self.BEST + rule("Of B", 'give 100% of "B"')
        assert play(text, bought(120), returned("e001", 30)).gave("Of B") == [120, -30]

    def test_a_limit_of_the_group_is_given_back(self, play):
        text = SHOP + rule("A", "give 6 point") + rule("B", "give 6 point") + group("limit 12 point per member")
        found = play(text, bought(5), bought(5), returned("e001", 5), bought(5, LATER))
        assert (found.gave("A"), found.gave("B")) == ([6, 0, -6, 6], [6, 0, -6, 6])

    def test_a_minimum_comes_back_in_proportion(self, play):
        text = SHOP + rule("A", "give 1 point per full 1 USD of amount") + rule("B", "give 0 point")
        found = play(text + group("minimum 100 point"), bought(10), returned("e001", 5), returned("e001", 5))
        assert found.gave("A") == [100, -50, -50]


class TestWhoPays:
    @given(st.integers(0, 10**6), st.lists(st.integers(1, 50), min_size=1, max_size=5))
    def test_shares_sum_to_the_whole_and_are_within_a_step(self, whole, weights):
        parts = [Fraction(whole * each, sum(weights)) for each in weights]
        shares = shared_out(Fraction(whole), parts, Fraction(1))
        assert sum(shares) == whole
        assert all(abs(share - part) < 1 for share, part in zip(shares, parts, strict=True))

    @given(st.lists(st.fractions(0, 50, max_denominator=20), max_size=5), st.sampled_from(RoundMode))
    def test_a_rounded_sum_is_shared_out_within_a_step(self, parts, mode):
        whole = rounded(sum(parts, Fraction(0)), Fraction(1), mode)
        shares = shared_out(whole, parts, Fraction(1))
        assert sum(shares) == whole
        assert all(abs(share - part) < 1 for share, part in zip(shares, parts, strict=True))

    def test_partners_pay_and_are_paid_back(self, play):
        text = SHOP + rule("A", "give 1 point per full 1 USD of amount", "funded airline 2, hotel 1")
        found = play(text, bought(100), returned("e001", 50), returned("e001", 25), returned("e001", 25))
        paid = [(each.partner, int(each.quantity)) for each in funding(found.outcome.ledger.awards, found.program)]
        assert paid[:2] == [("airline", 67), ("hotel", 33)]
        assert paid[2:4] == [("airline", -34), ("hotel", -16)]
        assert sum(much for _, much in paid) == 0
        assert sum(much for name, much in paid if name == "hotel") == 0
