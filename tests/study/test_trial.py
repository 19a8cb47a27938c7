"""What tests in programs can expect, and what is found in its place."""

from __future__ import annotations

import pytest

from guerdon.check.passes import check_bytes
from guerdon.study import trial
from guerdon.text.diagnostic import render

PRELUDE = """\
program "Trial"
  currency    USD

unit star
  expires     60 days after earned

unit mile

unit night
  kind        status

member
  household   text optional
  role        one of holder, guest optional

account household
  members     household
  owns        mile
  spends when (member.role or guest) is holder

event purchase
  amount      money

event stay

event refund
  amount      money
  reverses    purchase within 30 days
  part        amount

tiers status
  counts      night earned this calendar year
  tier        Base
  tier        Gold at 5 night
  lasts       through end of next calendar year

measure visits
  is          count of purchase this month

measure quiet
  is          days since purchase ever

measure spent
  is          sum of purchase.amount this month

earn "Base"
  on          purchase
  give        1 star per 1 USD of amount
  round       down per event

earn "Held"
  on          purchase
  when        amount >= 50 USD
  give        10 star
  hold        14 days

earn "Miles"
  on          purchase
  give        2 mile per full 1 USD of amount

earn "Nights"
  on          stay
  give        1 night

test "t"
"""


def found(text: str) -> list[tuple[str, str]]:
    """What was expected and what was found instead, for each expectation that is not met."""
    lines = [f"  {line.strip()}" for line in text.strip().splitlines()]
    program, diagnostics = check_bytes("trial.guerdon", (PRELUDE + "\n".join(lines) + "\n").encode())
    assert program is not None, "\n".join(map(render, diagnostics))
    (result,) = trial.run(program)
    return [(miss.expected, miss.found) for miss in result.misses]


MET = {
    "an award is what was given less what was taken back": """
        event       purchase on 2026-03-02: amount 60.50 USD
        expect      70 star
        expect      60 star from "Base"
        expect      10 star from "Held"
        expect      120 mile
        event       refund on 2026-03-03: purchase "1", amount 10.50 USD
        expect      -10 star
        expect      -20 mile from "Miles\"""",
    "pending is what is held": """
        event       purchase on 2026-03-02: amount 60 USD
        expect      pending 10 star
        expect      balance 60 star
        expect      pending 10 star on 2026-03-15
        expect      pending 0 star on 2026-03-16
        expect      balance 70 star""",
    "an opening is a lot of the first day": """
        given       20 star
        event       stay on 2026-03-02
        expect      balance 20 star
        expect      0 star
        expect      balance 20 star on 2026-04-30
        expect      balance 0 star on 2026-05-01""",
    "an opening of a status unit counts": """
        given       4 night
        event       stay on 2026-03-02
        expect      status counts 5 night
        expect      status needs 0 night to reach Gold
        expect      status Gold""",
    "counts, needs and measures": """
        event       stay on 2026-03-02
        expect      1 night
        expect      status counts 1 night
        expect      status needs 4 night to reach Gold
        event       purchase on 2026-03-02: amount 5 USD
        expect      visits 1
        expect      spent 5 USD
        expect      quiet 3 days on 2026-03-05
        expect      visits 0 on 2026-04-01""",
    "a tier that is given has a whole term": """
        given       status Gold
        event       stay on 2026-03-02
        expect      status Gold on 2027-12-31
        expect      status Base on 2028-01-01""",
    "a spending is granted or refused": """
        given       20 star
        event       redemption on 2026-03-02: quantity 30 star
        expect      refused
        expect      balance 20 star
        event       redemption on 2026-03-02: quantity 5 star
        expect      -5 star
        expect      balance 15 star""",
    "what is set aside is refused": """
        event       purchase on 2026-03-02: amount 5 USD
        event       refund on 2026-03-02: purchase "1", amount 6 USD
        expect      refused
        event       refund on 2026-03-02: purchase "9", amount 1 USD
        expect      refused
        event       refund on 2026-04-02: purchase "1", amount 1 USD
        expect      refused""",
    "an account is asked for by its members and by its id": """
        given       household "smith"
        given       role holder
        given       bob: household "smith"
        given       smith: 30 mile
        event       purchase on 2026-03-02: amount 10 USD
        expect      20 mile
        expect      20 mile for bob
        expect      20 mile for smith
        expect      balance 50 mile
        expect      balance 50 mile for bob
        expect      balance 50 mile for smith
        event       redemption by bob on 2026-03-02: quantity 5 mile
        expect      refused
        event       redemption on 2026-03-02: quantity 5 mile
        expect      balance 45 mile for smith""",
    "who gets a transfer has what they were given": """
        given       20 star
        given       anna: 5 star
        event       transfer on 2026-03-02: quantity 8 star, to "anna"
        expect      -8 star for member
        expect      8 star for anna
        expect      balance 13 star for anna""",
    "adjustments give and take": """
        event       adjustment on 2026-03-02: quantity 50 star, why "goodwill"
        expect      50 star
        event       adjustment on 2026-03-02: quantity -60 star
        expect      -60 star
        expect      balance -10 star
        event       adjustment on 2026-03-02: ladder status, tier Gold
        expect      status Gold""",
}


@pytest.mark.parametrize("law", MET)
def test_expectations_are_met(law: str) -> None:
    assert found(MET[law]) == []


MISSED = {
    'expect 1 star from "Held"': ("1 star", "10 star"),
    "expect pending 1 star": ("1 star pending", "10 star pending"),
    "expect balance 1 star": ("1 star", "60 star"),
    "expect 1 night": ("1 night", "0 night"),
    "expect status Gold": ("status Gold", "status Base"),
    "expect status counts 1 night": ("status counts 1 night", "status counts 0 night"),
    "expect status needs 1 night to reach Gold": (
        "status needs 1 night to reach Gold",
        "status needs 5 night to reach Gold",
    ),
    "expect visits 3": ("visits 3", "visits 1"),
    "expect quiet 3 days": ("quiet 3 days", "quiet nothing"),
    "expect spent 3 USD": ("spent 3.00 USD", "spent 60.00 USD"),
    "expect refused": ("a refusal", "none"),
    "expect balance 1 star for nobody": ("1 star", "no member nobody"),
}


@pytest.mark.parametrize("expectation", MISSED)
def test_what_is_not_met_is_told_in_the_words_of_the_expectation(expectation: str) -> None:
    (miss,) = found(f"event purchase on 2026-03-02: amount 60 USD\n{expectation}")
    if "quiet" in expectation:
        assert miss == ("quiet 3 days", "quiet 0 days")
    else:
        assert miss == MISSED[expectation]


def test_what_came_of_an_event_that_was_refused_or_set_aside_is_told_with_the_reason() -> None:
    text = """
        event       purchase on 2026-03-02: amount 5 USD
        event       redemption on 2026-03-02: quantity 30 star
        expect      -30 star
        event       refund on 2026-03-02: purchase "1", amount 6 USD
        expect      -6 star
        event       refund on 2026-03-02: purchase "9", amount 6 USD
        expect      balance 0 star"""
    refused, aside, waiting = (miss[1] for miss in found(text))
    assert refused.startswith("0 star; the redemption was refused: 5 star are available")
    assert aside.startswith("0 star; the refund was set aside: ") and aside.endswith("(G694)")
    assert waiting.startswith("5 star; the refund ") and "(G692)" in waiting


def test_nothing_can_be_found_before_the_first_event() -> None:
    assert found("given 20 star\nexpect 0 star\nexpect refused\nevent stay on 2026-03-02") == [
        ("0 star", "no event before it"),
        ("a refusal", "no event before it"),
    ]


# ---------------------------------------------------------------- where a number came from


def helped(tests: str, more: str = "") -> list[tuple[str, ...]]:
    """What is said below each expectation that is not met."""
    program, found = check_bytes("t.guerdon", f"{PRELUDE.replace(TEST, more + TEST)}\n{tests}".encode())
    assert program is not None, "\n".join(render(each) for each in found)
    return [miss.help for result in trial.run(program) for miss in result.misses]


TEST = 'test "t"'
LARGE = """
earn "Large"
  on          purchase
  when        amount >= 20 USD
  give        50 star

earn "Small"
  on          purchase
  give        3 star
  limit       3 star per member per day
"""


def test_what_each_rule_gave_is_said_and_why_it_gave_nothing() -> None:
    (first, second) = helped(
        """
  event       purchase on 2026-03-02: amount 12.60 USD
  expect      18 star
  event       purchase on 2026-03-02: amount 25 USD
  expect      3 star from "Small"
""",
        LARGE,
    )
    assert first == (
        '"Base" gave 12 star: `give 1 star per 1 USD of amount` comes to 12.6 star',
        '"Small" gave 3 star: `give 3 star` comes to 3 star',
        '"Held" gave nothing: `when amount >= 50 USD` does not hold: 37.40 USD too little',
        '"Large" gave nothing: `when amount >= 20 USD` does not hold: 7.40 USD too little',
    )
    assert second == ('"Small" gave nothing: `limit 3 star per member per day` 3 star cut off',)


def test_what_a_return_takes_back_is_said_and_of_what_it_takes_nothing() -> None:
    (found,) = helped(
        """
  event       purchase on 2026-03-02: amount 10 USD
  event       refund on 2026-03-03: purchase "1", amount 5 USD
  expect      -8 star
""",
        LARGE.replace("  limit       3 star per member per day\n", ""),
    )
    assert found == (
        'of "Base" 5 star were taken back',
        'of "Small" a part takes nothing back: it does not depend on `amount`',
    )


def test_what_comes_at_the_very_end_of_a_day_is_said() -> None:
    monthly = 'earn "Monthly"\n  on          end of month\n  give        7 star\n'
    found = helped(
        """
  event       purchase on 2026-03-02: amount 10 USD
  expect      balance 17 star on 2026-03-31
  expect      balance 16 star on 2026-03-31
  expect      balance 17 star on 2026-04-01
""",
        monthly,
    )
    assert [len(each) for each in found] == [2, 1]
    assert found[0][0].startswith("at the very end of 2026-03-31 it becomes 17 star")
    assert found[0][1].startswith("write `on 2026-04-01`")


def test_a_message_that_a_day_does_not_bring_is_not_looked_for_at_its_end() -> None:
    monthly = 'rule "Monthly"\n  on          end of month\n  say         "A month is over."\n'
    found = helped(
        """
  event       purchase on 2026-03-02: amount 10 USD
  expect      1 message on 2026-03-30
  expect      1 message on 2026-03-31
""",
        monthly,
    )
    assert found == [()]


def test_what_an_account_was_given_and_spent_comes_back_with_a_return() -> None:
    spending = 'redeem "Miles off"\n  on          purchase\n  cost        10 mile\n'
    found = helped(
        """
  given       household "smith"
  given       role holder
  given       smith: 30 mile
  event       purchase on 2026-03-02: amount 10 USD
  expect      -10 mile from "Miles off"
  event       refund on 2026-03-03: purchase "1", amount 10 USD
  expect      balance 30 mile
""",
        spending,
    )
    assert found == []
