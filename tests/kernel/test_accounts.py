"""Members of an account on the kernel: run together, each in their turn; who comes and goes is left to the reference engine, with the others."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

import pytest
from tests.history.conftest import typed
from tests.kernel.both import agree, reference

from guerdon.history.event import Event
from guerdon.kernel.engine import run_on_kernel
from guerdon.kernel.rows.together import together
from guerdon.kernel.uncovered import uncovered

FAMILY = """program "Family"
  currency USD

unit point
  expires 12 months after earned

member
  family text optional
  role one of head, child optional

account family
  members family
  owns point
  spends when (member.role or child) is head

event purchase
  amount money

earn "Points"
  on purchase
  give 1 point per full 1 USD of amount

earn "The member's third of a month"
  on purchase
  when count of purchase this month is 3
  give 100 point

earn "The family's fourth"
  on purchase
  when count of family.purchase this month is 4
  give 1000 point

earn "A cent for a dollar of the month"
  on end of month
  give 1 point per full 1 USD of (sum of family.purchase.amount this month)
  limit 1 time per family per month
"""

DAY = 86_400_000_000
FACTS: dict[str, dict[str, object]] = {
    "anna": {"family": "h1", "role": "head"},
    "ben": {"family": "h1", "role": "child"},
    "zoe": {"family": None, "role": None},
    "carl": {"family": "h2", "role": None},
}


def events(*said: tuple[int, str, str, dict[str, object]]) -> list[Event]:
    def given(facts: dict[str, object]) -> dict[str, object]:
        return {name: Fraction(value) if isinstance(value, int) else value for name, value in facts.items()}

    return [
        Event(f"e{number}", kind, member, day * DAY, day * DAY, number, given(facts))
        for number, (day, member, kind, facts) in enumerate(said)
    ]


BOUGHT = events(
    (10, "ben", "purchase", {"amount": 5}),
    (11, "anna", "purchase", {"amount": 7}),
    (12, "zoe", "purchase", {"amount": 1}),
    (12, "ben", "purchase", {"amount": 5}),
    (13, "ben", "purchase", {"amount": 5}),
    (50, "ben", "redemption", {"quantity": 10, "unit": "point"}),
    (51, "anna", "redemption", {"quantity": 1100, "unit": "point"}),
    (52, "anna", "redemption", {"quantity": 1100, "unit": "point"}),
    (400, "carl", "purchase", {"amount": 2}),
)


@pytest.mark.parametrize("compiled", [False, True])
def test_what_is_the_familys_and_what_is_a_members_own(compiled):
    program = typed(FAMILY)
    assert not uncovered(program)
    expected = reference(program, BOUGHT, FACTS)
    assert agree(expected, program, BOUGHT, FACTS, compiled=compiled) == len(BOUGHT)
    given = {(award.member, award.rule): award.quantity for award in expected.ledger.awards if award.quantity}
    assert given["family/h1", "The member's third of a month"] == 100
    assert given["family/h1", "The family's fourth"] == 1000
    assert [refusal.reason for refusal in expected.ledger.refusals] == [
        "the member may not spend for the family",
        "44 point are available",
    ]


def test_who_changes_takes_all_along_to_the_reference_engine():
    program = typed(FAMILY)
    history = [*BOUGHT[:6], *events((60, "carl", "changed", {"family": "h1"}), (61, "carl", "purchase", {"amount": 3}))]
    _, kernel = run_on_kernel(program, history, FACTS)
    assert kernel is not None
    assert kernel.left == {"anna", "ben", "carl"}
    agree(reference(program, history, FACTS), program, history, FACTS)


def test_who_is_together():
    program = typed(FAMILY)
    history = [*BOUGHT, *events((500, "zoe", "transfer", {"to": "dora", "quantity": 1, "unit": "point"}))]
    facts = defaultdict[str, dict[str, object]](dict, FACTS | {"dora": {"family": "h2", "role": None}})
    found = together(dict.fromkeys(event.member for event in history), history, facts.__getitem__, program)
    assert found == [("anna", "ben"), ("carl", "zoe")]


UNDONE = """program "Undone"
  currency USD

unit point

member
  family text optional

account family
  members family
  owns point

event adjustment
  note text optional

event mistaken
  note text
  reverses adjustment by note

event visit

earn "Visit"
  on visit
  give 5 point
"""


@pytest.mark.parametrize("compiled", [False, True])
def test_what_is_given_back_of_a_debt_that_was_repaid_is_nobodys_in_the_family(compiled):
    """So that what a member earns later joins no lot that is the family's own."""
    program = typed(UNDONE)
    assert not uncovered(program)
    nothing: dict[str, object] = {"ladder": None, "tier": None, "through": None}
    taken: dict[str, object] = {
        "unit": "point",
        "quantity": -100,
        "by": "us",
        "why": "a mistake",
        "note": "one",
        **nothing,
    }
    opened: dict[str, object] = {"unit": "point", "quantity": 10, "earned": None, "expires": None, **nothing}
    history = events(
        (10, "anna", "adjustment", taken),
        (11, "anna", "opening", opened),
        (12, "anna", "mistaken", {"note": "one"}),
        (13, "anna", "visit", {}),
        (14, "ben", "visit", {}),
        (15, "ben", "visit", {}),
    )
    expected = reference(program, history, FACTS)
    lots = [posting.lot for posting in expected.ledger.postings]
    assert "e2/undone" in lots and "visit/e3/Visit" in lots and lots[-2:] == ["visit/e4/Visit"] * 2
    assert agree(expected, program, history, FACTS, compiled=compiled) == len(history)


@pytest.mark.parametrize("compiled", [False, True])
def test_what_is_given_back_of_a_debt_is_the_member_s_who_has_no_family(compiled):
    """So that what they earn later joins it, which a family's does not."""
    program = typed(UNDONE)
    nothing: dict[str, object] = {"ladder": None, "tier": None, "through": None}
    taken: dict[str, object] = {"unit": "point", "quantity": -100, "by": "us", "why": "x", "note": "one", **nothing}
    opened: dict[str, object] = {"unit": "point", "quantity": 10, "earned": None, "expires": None, **nothing}
    history: list[tuple[int, str, str, dict[str, object]]] = [
        event
        for who in ("alone", "anna")
        for event in (
            (10, who, "adjustment", taken | {"note": who}),
            (11, who, "opening", opened),
            (12, who, "mistaken", dict[str, object](note=who)),
            (13, who, "visit", {}),
        )
    ]
    played = events(*sorted(history, key=lambda each: each[0]))
    expected = reference(program, played, FACTS)
    later = {posting.holder: posting.lot for posting in expected.ledger.postings}
    assert later["alone"] is not None and later["alone"].endswith("/undone")
    assert next(lot for holder, lot in later.items() if holder != "alone") not in (None, later["alone"])
    assert agree(expected, program, played, FACTS, compiled=compiled) == len(played)
