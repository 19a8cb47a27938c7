"""The difference of two descriptions: what changed stands side by side, and what did not is left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.generated.mutants import mutants
from tests.generated.pool import programs, settings

from guerdon.check.passes import check_bytes
from guerdon.program import nodes
from guerdon.study.describe.difference import difference
from guerdon.study.describe.page import Grid, statements

SHOP = """program "Shop"
  currency    USD

unit point
  worth       0.01 USD
  expires     6 months after earned, at end of month

event purchase
  paid_by     one of cash, card, app
  amount      money

tiers status
  counts      point earned this calendar year
  tier        Member
  tier        Gold at 500 point
  lasts       through end of next calendar year
  perk        Gold: "Free delivery"

earn "Base"
  on          purchase
  give        1 point per 2 USD of amount
  round       half up per event

earn "In the app"
  on          purchase
  when        paid_by is app
  give        100% of "Base"
  limit       20 point per member per day

test "in the app"
  event       purchase on 2026-03-02: paid_by app, amount 10 USD
  expect      10 point
"""


ROUNDED = "What the event comes to is rounded to the nearest whole point, halves up"
APP = (
    "For every purchase, the member gets 100% of what “Base” gives. Only if “paid by” is app. This comes in addition to"
    " what “Base” gives: the same again, double in all. At most 20 points per member and day; what goes beyond that is cut off."
)


def shop(text: str = SHOP) -> nodes.Program:
    found, diagnostics = check_bytes("shop.guerdon", text.encode())
    assert found is not None, diagnostics
    return found


def changes(new: str) -> list[tuple[str, ...]]:
    """The rows of the difference to another shop, each with its section and item."""
    found = []
    for section in difference(shop(), shop(new)).sections:
        for item in section.items:
            for block in item.blocks:
                rows = block.rows if isinstance(block, Grid) else [block.of]
                found += [(section.title, item.title, *row) for row in rows]
    return found


def test_layout_comments_and_the_order_of_clauses_are_no_change():
    words = SHOP.replace("    ", " ").replace("earn ", "# a note\nearn ")
    guard = "  when        paid_by is app\n"
    turned = SHOP.replace(guard, "").replace("  limit ", f"{guard}  limit ")
    assert len({SHOP, words, turned}) == 3
    assert changes(words) == changes(turned) == [("", "", "Nothing changed.")]


def test_old_and_new_stand_side_by_side():
    rows = changes(SHOP.replace("per 2 USD", "per 4 USD").replace("20 point per", "30 point per"))
    rules = [row[1:] for row in rows if row[0].startswith("Rules")]
    assert rules == [
        (
            "Base",
            "changed",
            "For every purchase, the member gets 1 point for every 2 USD of the amount.",
            "For every purchase, the member gets 1 point for every 4 USD of the amount.",
        ),
        (
            "Base",
            "changed",
            f"{ROUNDED}; 12.60 USD come to 6.3 points, rounded to 6 points (0.3 dropped).",
            f"{ROUNDED}; 12.60 USD come to 3.15 points, rounded to 3 points (0.15 dropped).",
        ),
        (
            "In the app",
            "changed",
            "At most 20 points per member and day; what goes beyond that is cut off.",
            "At most 30 points per member and day; what goes beyond that is cut off.",
        ),
    ]


def test_what_is_new_and_what_is_gone_is_told_as_a_whole():
    gone = SHOP[: SHOP.index('earn "In the app"')] + 'earn "Welcome"\n  on purchase\n  give 5 point\n'
    assert [row[1:] for row in changes(gone) if row[0].startswith(("Rules", "Examples"))] == [
        ("Welcome", "added", "", "For every purchase, the member gets 5 points."),
        (
            "In the app",
            "removed",
            APP,
            "",
        ),
        ("in the app", "removed", "Purchase on 2 March 2026 (paid by app; amount 10 USD): 10 points in all.", ""),
    ]


def test_another_order_of_rules_is_a_change_and_of_units_is_none():
    base, app = SHOP.index('earn "Base"'), SHOP.index('earn "In the app"')
    end = SHOP.index("test ")
    more = '\nearn "More"\n  on purchase\n  give 1 point\n\n'
    old, new = SHOP[:base] + more + SHOP[base:], SHOP[:app] + more.lstrip() + SHOP[app:]
    assert end > app
    page = difference(shop(old), shop(new))
    (section,) = page.sections
    assert [item.title for item in section.items] == ["The order"]
    assert "“More”, “Base”" in next(statements(section.items[0]))


@given(programs(), st.data())
@settings(0.2)
def test_whatever_changes_a_program_is_a_difference(made, data):
    every = list(mutants(made[1]))
    changed, (node, name) = every[data.draw(st.integers(0, len(every) - 1))]
    for page in (difference(made[1], changed), difference(changed, made[1])):
        assert page.sections
        if page.sections[0].title == "":
            pytest.fail(f"{name} of {node}")
