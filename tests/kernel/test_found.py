"""What was found to differ once, each as the smallest program that shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from tests.kernel.both import SMALL, agree, reference

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.kernel.engine import run
from guerdon.kernel.machine import Before, Machine
from guerdon.kernel.uncovered import uncovered
from guerdon.kernel.writing.make import Room
from guerdon.program import nodes

DAY = 86_400_000_000
START = 1_772_452_800_000_000  # 2 March 2026
HEAD = 'program "P"\n  edition 2026\n  currency USD\n  timezone UTC\n\nunit point\n\n'
SALES = "event sale\n  amount money\n  wait days optional\n\n"
BACK = (
    "event back\n  amount money\n  reverses sale\n  part amount\n"
    "  clawback in proportion, round down, oldest first\n  counted at return\n\n"
)


def program(text: str) -> nodes.Program:
    found, said = check_bytes("p.guerdon", (HEAD + text).encode())
    assert found is not None, said
    return found


def event(number: int, kind: str, day: int, **facts: object) -> Event:
    at = START + day * DAY
    return Event(f"e{number}", kind, "anna", at, at, number, facts)


def sale(number: int, day: int, dollars: int, wait: int | None = None) -> Event:
    return event(number, "sale", day, amount=Fraction(dollars), wait=wait)


def held(of: nodes.Program, events: list[Event], room: Room = SMALL) -> None:
    expected = reference(of, events, {})
    for compiled in (False, True):
        agree(expected, of, events, {}, compiled=compiled, room=room)


def test_a_rule_that_is_replaced_replaces_others_all_the_same():
    rules = [f'earn "{name}"\n  on sale\n  give {points} point\n' for name, points in (("A", 3), ("B", 5), ("C", 7))]
    rules[0] += '  replaces "B"\n'
    rules[1] += '  replaces "C"\n'
    held(program(SALES + "\n".join(rules)), [sale(1, 0, 10), sale(2, 1, 10)])


def test_room_that_comes_back_in_a_window_that_moves_is_not_covered():
    rule = 'earn "A"\n  on sale\n  give 1 point per full 1 USD of amount\n  limit 5 point per member per last 7 days\n'
    found, _ = check_bytes("p.guerdon", (HEAD + SALES + BACK + rule).encode())
    assert found is None or "returns" in uncovered(found)


def test_parts_by_different_facts_are_not_covered():
    sales = "event sale\n  amount money\n  goods money\n\n"
    other = (
        BACK.replace("event back", "event swap")
        .replace("  amount money", "  goods money")
        .replace("part amount", "part goods")
    )
    of = program(sales + BACK + other + 'earn "A"\n  on sale\n  give 1 point per full 1 USD of amount\n')
    assert "returns" in uncovered(of)


def test_more_rules_than_a_byte_can_name():
    rules = "\n".join(f'earn "R{number}"\n  on sale\n  give {number + 1} point\n' for number in range(150))
    held(
        program(SALES + rules),
        [sale(1, 0, 10), sale(2, 1, 10), sale(3, 40, 10)],
        Room(block=64, rows=12_000, listed=400),
    )


def test_a_number_that_no_column_holds_leaves_the_member_to_the_reference():
    rule = 'earn "A"\n  on sale\n  give 1 point\n  when (wait or 0 days) > 3 days\n'
    held(program(SALES + rule), [sale(1, 0, 10, 2**40), sale(2, 1, 10, 4)])


@pytest.mark.parametrize("listed", [110, 400])
def test_an_event_for_whose_lines_there_is_no_room_is_counted_once(listed):
    text = "record line\n  price money\n\nevent basket\n  lines list of line\n\n"
    text += 'earn "A"\n  on basket\n  give 1 point\n  when (most of basket.lines.price last 7 days or 0 USD) > 3 USD\n'
    lines = tuple({"price": Fraction(number)} for number in range(60))
    held(
        program(text),
        [event(number, "basket", number, lines=lines) for number in range(5)],
        Room(64, 64 * 8, 9_000, listed),
    )


def test_what_a_grouped_rule_gave_is_counted_for_the_facts_of_its_event():
    rule = 'earn "{}"\n  on sale\n  give {} point\n  limit 3 point per member per wait per {}\n\n'
    rules = rule.format("A", 2, "calendar year") + rule.format("B", 1, "7 days")
    of = program(SALES + rules + 'group "G"\n  of "A", "B"\n')
    held(of, [sale(number, number, 10, number % 2 or None) for number in range(1, 9)])


def test_numbers_that_no_machine_word_holds_are_not_covered():
    rule = 'earn "A"\n  on sale\n  give 1 point\n  when amount * 1.00000000000000000001 > 3 USD\n'
    assert "missing" in uncovered(program(SALES + rule))


def test_running_totals_of_quotients_are_not_covered():
    sales = "event sale\n  amount money\n  share number = (amount / (amount + 3 USD) or 1)\n\n"
    rule = 'earn "A"\n  on sale\n  give 1% of (9 point * share)\n  accumulate per member per month\n  round half up per total\n'
    assert "missing" in uncovered(program(sales + rule))


def test_what_a_tier_that_is_reached_gives_is_given_when_the_event_happened():
    ladder = "tiers status\n  counts sum of sale.amount ever\n  tier Low\n  tier High at 10 USD\n  lasts 2 days\n  rises at end of this week\n\n"
    rules = (
        'earn "A"\n  on status reaching High\n  give 3 point\n\nearn "B"\n  on 2 days after sale\n  give 1 point\n\n'
    )
    rules += 'earn "C"\n  on end of month\n  give 5 point\n'
    of = program(SALES + rules + ladder)
    held(of, [sale(1, 0, 10), sale(2, 1, 10), sale(3, 1, 10), sale(4, 90, 10)])
    held(
        program(SALES + rules + ladder.replace("  rises at end of this week\n", "")), [sale(1, 0, 10), sale(2, 90, 10)]
    )


def test_a_tier_that_was_brought_along_was_not_reached():
    ladder = "tiers status\n  counts point available\n  tier Low\n  tier High at 5 point\n  lasts while met\n\n"
    of = program(SALES + ladder + 'earn "A"\n  on status reaching High\n  give 1 point\n')
    held(of, [event(1, "opening", 0, unit="point", quantity=Fraction(9)), sale(2, 1, 10)])


def test_a_floor_is_not_looked_at_before_anything_is_counted():
    ladder = "tiers status\n  counts point earned this month\n  tier Low\n  tier High at 5 point\n  lasts 3 days\n"
    ladder += "  floor High while (point earned last 9 days) < 3 point\n\n"
    of = program(SALES + ladder + 'earn "A"\n  on sale\n  give 1 point\n')
    refused = event(1, "redemption", 0, unit="point", quantity=Fraction(9))
    held(of, [refused, replace(sale(2, 20, 10), member="bob")])
    held(of, [refused, sale(2, 2, 10), sale(3, 30, 10)])


def test_what_expires_leaves_room_for_the_event_that_comes_then():
    rules = "".join(f'earn "R{number}"\n  on sale\n  give {number + 1} point\n\n' for number in range(12))
    text = (HEAD + SALES + rules).replace("unit point\n", "unit point\n  expires 10000 days after earned\n")
    of, said = check_bytes("p.guerdon", text.encode())
    assert of is not None, said
    events = [*(sale(number, number, 1) for number in range(8_990)), sale(8_990, 20_000, 1), sale(8_991, 20_001, 1)]
    expected = run(of, events, {}, compiled=False)
    agree(expected, of, events, {}, room=replace(SMALL, listed=20_000))


def test_a_lot_joins_one_before_which_stand_others_that_were_given_longer():
    text = HEAD.replace("unit point\n", "unit point\n  expires at end of this month\n") + SALES
    text += 'earn "A"\n  on sale\n  give 1 point per full 1 USD of amount\n'
    of, said = check_bytes("p.guerdon", text.encode())
    assert of is not None, said
    longer = event(1, "opening", 0, unit="point", quantity=Fraction(100), expires=date(2026, 6, 30))
    held(of, [longer, event(2, "opening", 1, unit="point", quantity=Fraction(7)), sale(3, 2, 5)])


def test_a_lot_joins_none_that_waited_for_an_event():
    rules = 'rule "Held"\n  on sale\n  give 1 point per full 1 USD of amount\n  hold until note\n\nearn "B"\n  on sale\n  give 3 point\n'
    of = program(SALES + "event note\n\n" + rules)
    held(of, [sale(1, 0, 1), event(2, "note", 0), sale(3, 0, 10)])


def test_blocks_since_a_long_list_was_copied_are_run_again_with_the_one_that_needs_it(monkeypatch):
    again, calls = Machine._again, list[int]()

    def counted(machine: Machine, before: Before) -> int:
        calls.append(len(before.calls))
        return again(machine, before)

    monkeypatch.setattr(Machine, "_again", counted)
    earns = 'earn "A"\n  on sale\n  give 1 point per full 1 USD of amount\n'
    found = program(SALES + BACK + earns)
    amounts = [
        *range(1, 61),
        *[90_000_000_000_000] * 110,
        *range(1, 9),
    ]  # more than there is room for in the sum of lots
    events = [sale(number, 0, amount) for number, amount in enumerate(amounts)]
    room = replace(SMALL, block=8)
    agree(reference(found, events, {}), found, events, {}, compiled=True, room=room)
    assert calls and max(calls) > 2


def test_days_are_divided_by_days():
    """A share of days is exact on both engines, and missing where there are none to divide by."""
    rule = 'earn "A"\n  on sale\n  give 1 point per 1 USD of (amount * ((wait or 0 days) / (30 days) + (7 days / (wait or 0 days) or 2)))\n  round down per event\n'
    events = [sale(1, 0, 10, 3), sale(2, 1, 10), sale(3, 2, 100, 14)]
    of = program(SALES + rule)
    assert not uncovered(of)
    held(of, events)
    assert [award.quantity for award in reference(of, events, {}).ledger.awards] == [24, 20, 96]


def test_lots_that_a_line_took_over_expire_in_their_turn_among_its_own():
    text = f"""unit stamp
  expires 7 days without visit from {(date(1970, 1, 1) + timedelta(days=START // DAY + 3)).isoformat()}, existing too
  expires 300 days after earned

event visit
  amount money

{SALES}
earn "A"
  on sale
  give 1 stamp per full 1 USD of amount
"""
    of = program(text)
    assert not uncovered(of)
    held(of, [sale(1, 0, 10), sale(2, 5, 20), sale(3, 30, 1)])


def test_a_tier_that_a_sum_of_sales_holds_is_lost_where_a_sale_comes_back():
    """Also where the return feeds no measure, and nothing was earned."""
    whole = "event back\n  reverses sale\n\n"
    ladder = "tiers level\n  counts sum of sale.amount this calendar year\n  tier Low\n  tier Top at 10 USD\n  lasts while met\n"
    of = program(SALES + whole + ladder)
    assert not uncovered(of)
    events = [sale(1, 0, 10), event(2, "back", 1, sale="e1")]
    assert [move.reason for move in reference(of, events, {}).ledger.moves] == ["joined", "reached", "returned"]
    held(of, events)


def test_a_derived_fact_may_look_up_a_table():
    """It was taken for one that is not derived, without a word."""
    of = program(
        "event sale\n  amount money\n  place one of shop, web\n  capped money = min(amount, cap(place))\n"
        "  big yes/no = large(capped)\n\n"
        "table cap\n  by place\n  row shop: 100 USD\n  row web: 300 USD\n\n"
        "table large\n  by capped\n  row from 0 USD: no\n  row from 200 USD: yes\n\n"
        'earn "A"\n  on sale\n  when big\n  give 1 point per full 1 USD of capped\n'
    )
    assert not uncovered(of)
    sales = [
        event(number, "sale", number, amount=Fraction(500), place=place) for number, place in ((1, "shop"), (2, "web"))
    ]
    assert [award.quantity for award in reference(of, sales, {}).ledger.awards] == [300]
    held(of, sales)
