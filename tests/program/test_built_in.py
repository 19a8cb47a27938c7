"""What every program has without declaring it, and what belongs to accounts."""

from __future__ import annotations

from fractions import Fraction

import pytest

from guerdon.check import builtin
from guerdon.check.passes import check_bytes
from guerdon.program import nodes, types
from guerdon.text.diagnostic import render

TEXT = """
program "Corner"
  currency    USD

unit point

unit night
  kind        status

member
  home        text optional
  household   text optional

account household
  members     household
  owns        point, status

event purchase
  amount      money

event redemption
  reward      text
  mug         yes/no = reward is "Mug"

measure together
  is          sum of household.purchase.amount this month

tiers status
  counts      point earned this calendar year
  tier        Member
  tier        Gold at 500 point
  lasts       forever

tiers stays
  counts      night earned since entry
  tier        One
  tier        Two when count of purchase since entry >= 5
  tier        Three at 10 night
  lasts       12 months
"""


def checked(text: str) -> nodes.Program:
    program, found = check_bytes("program.guerdon", text.encode())
    assert program is not None, "\n\n".join(render(each) for each in found)
    return program


@pytest.fixture(scope="module")
def program() -> nodes.Program:
    return checked(TEXT)


def happening(settings: str) -> nodes.Happening:
    """The event of a test that is written like this."""
    (test,) = checked(f'{TEXT}\ntest "t"\n  event  {settings}\n  expect  refused\n').tests
    found = test.steps[0]
    assert isinstance(found, nodes.Happening)
    return found


def test_every_program_has_all_built_in_events_behind_its_own(program: nodes.Program) -> None:
    assert next(iter(program.events)) == "purchase"
    assert set(builtin.NAMES) <= set(program.events)
    assert set(checked('program "P"').events) == set(builtin.NAMES)


def test_a_built_in_event_has_the_facts_that_are_declared_too(program: nodes.Program) -> None:
    facts = program.events["redemption"].facts
    assert list(facts) == ["unit", "quantity", "reward", "mug"]
    assert facts["quantity"].type == types.AmountOf()
    assert facts["mug"].value is not None


def test_a_change_has_the_facts_of_a_member_and_needs_none(program: nodes.Program) -> None:
    changed = program.events["changed"].facts
    assert list(changed) == list(program.member.facts)
    assert all(isinstance(fact.type, types.Optional) for fact in changed.values())


@pytest.mark.parametrize(
    ("written", "unit", "quantity"),
    [
        ("adjustment on 2026-03-02: quantity -50 point", "point", -50),
        ("adjustment on 2026-03-02: quantity +3 night", "night", 3),
        ("opening on 2026-03-02: unit point, quantity 7 point, earned yes", "point", 7),
        ('transfer on 2026-03-02: quantity 5 point, to "ben"', "point", 5),
    ],
)
def test_an_amount_in_a_test_says_its_unit(written: str, unit: str, quantity: int) -> None:
    facts = happening(written).facts
    assert (facts["unit"], facts["quantity"]) == (unit, Fraction(quantity))


def test_a_tier_in_a_test_is_a_plain_word() -> None:
    facts = happening("adjustment on 2026-03-02: ladder stays, tier Three, through 2026-12-31").facts
    assert (facts["ladder"], facts["tier"], facts["quantity"]) == ("stays", "Three", None)


def test_what_an_account_owns_says_so(program: nodes.Program) -> None:
    assert {name: each.account for name, each in program.units.items()} == {"point": "household", "night": None}
    assert {name: each.account for name, each in program.ladders.items()} == {"status": "household", "stays": None}


def test_a_path_that_begins_with_an_account_goes_over_all_its_members(program: nodes.Program) -> None:
    measured = program.measures["together"].value
    assert isinstance(measured, nodes.Measured)
    assert program.meters[measured.meter].account == "household"


def test_the_window_since_entry_knows_its_ladder(program: nodes.Program) -> None:
    counts, when = program.ladders["stays"].counts, program.ladders["stays"].tiers[1].when
    assert isinstance(counts, nodes.Earned) and counts.window == nodes.Since("stays")
    assert isinstance(when, nodes.Compare) and isinstance(when.left, nodes.Measured)
    assert when.left.window == nodes.Since("stays")


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("-20 point", nodes.Expected.AWARD),
        ("balance -450 point", nodes.Expected.BALANCE),
        ("pending 20 point on 2026-03-02", nodes.Expected.PENDING),
        ("stays Three", nodes.Expected.TIER),
        ("stays counts 26 night for anna on 2026-03-02", nodes.Expected.COUNT),
        ("stays needs 4 night to reach Three", nodes.Expected.NEEDS),
        ("together 3.50 USD on 2026-03-02", nodes.Expected.MEASURE),
        ("refused", nodes.Expected.REFUSED),
    ],
)
def test_each_expectation_has_a_kind(written: str, kind: nodes.Expected) -> None:
    (test,) = checked(f'{TEXT}\ntest "t"\n  event  joined on 2026-03-01\n  expect  {written}\n').tests
    found = test.steps[1]
    assert isinstance(found, nodes.Expectation) and found.kind is kind
