"""Blocks, room and bounds: what becomes of a kernel where something is too long, too large or cut in two."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.kernel.both import SMALL, agree, reference

import guerdon
from guerdon.history.event import Event
from guerdon.kernel.engine import run
from guerdon.kernel.writing.make import Room
from guerdon.program import nodes

DAY = 86_400_000_000

TEXT = """program "P"
  edition 2026
  currency USD
  timezone UTC

unit point
  expires 30 days after earned

event purchase
  amount money

tiers status
  counts sum of purchase.amount last 60 days
  tier Low
  tier High at 100 USD
  lasts while met

earn "Base"
  on purchase
  give 1 point per full 1 USD of amount
  limit 500 point per member per month

earn "Largest"
  on purchase
  when amount is (most of purchase.amount last 90 days or 0 USD)
  give 3 point
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> nodes.Program:
    path = tmp_path_factory.mktemp("machine") / "p.guerdon"
    path.write_text(
        TEXT.replace("counts sum of purchase.amount last 60 days", "counts sum of purchase.amount this quarter")
    )
    return guerdon.load(path).typed


def purchases(count: int, members: int = 2, cents: int = 1234) -> list[Event]:
    found = []
    for number in range(count):
        at = 1_700_000_000_000_000 + number * DAY // 3
        facts = {"amount": Fraction(cents * (number % 7 + 1), 100)}
        found.append(Event(f"e{number:05}", "purchase", f"m{number % members}", at, at, number, facts))
    return found


@pytest.mark.parametrize("compiled", [False, True])
def test_a_block_may_end_anywhere(program, compiled):
    events = purchases(40)
    expected = reference(program, events, {})
    for cut in range(1, 40, 3):
        agree(expected, program, events, {}, compiled=compiled, cuts=[cut])


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("block", [30, 300])
def test_lists_and_rows_grow(program, block, compiled):
    events = purchases(700, members=1)
    expected = reference(program, events, {})
    agree(expected, program, events, {}, compiled=compiled, room=Room(block=block, rows=8_300, listed=130))


def test_what_does_not_fit_64_bits_is_run_again(program):
    """Amounts near the bounds of columns, whose products leave a word."""
    events = purchases(30, cents=2**49)
    expected = reference(program, events, {})
    agree(expected, program, events, {}, compiled=True)


def test_what_no_column_holds_is_left_to_the_reference(program):
    events = purchases(30, cents=2**60)
    agree(reference(program, events, {}), program, events, {}, compiled=True)


def test_a_late_event_leaves_its_member_to_the_reference(program):
    events = purchases(20)
    late = events[3]
    events[3] = Event(late.id, late.type, late.member, late.at - 40 * DAY, late.at, late.sequence, late.facts)
    expected = reference(program, events, {})
    assert len(expected.rejections) == 1
    agree(expected, program, events, {}, compiled=True)


def test_nothing_comes_of_nothing(program):
    posted = run(program, [], {})
    assert (posted.events, posted.members, posted.until) == (0, 0, None)


def test_years_far_apart(program):
    events = purchases(4)
    early = events[0]
    events[0] = Event(
        early.id, early.type, early.member, -4_000_000_000_000_000, -4_000_000_000_000_000, 0, early.facts
    )
    agree(reference(program, events, {}), program, events, {}, room=SMALL)


@pytest.mark.parametrize("compiled", [False, True])
def test_blocks_end_where_there_is_no_room_for_lines(compiled):
    """One basket has more lines than a block has room for."""
    program = guerdon.load("examples/grocery").typed
    events = []
    for number in range(30):
        lines = ({"category": "PRODUCE", "amount": Fraction(150 + number, 100)},) * (200 if number == 7 else number % 5)
        at = 1_488_000_000_000_000 + number * DAY
        events.append(Event(f"b{number:02}", "basket", f"m{number // 10}", at, at, number, {"lines": lines}))
    expected = reference(program, events, {})
    agree(expected, program, events, {}, compiled=compiled, room=Room(block=64, lines=12, rows=9_000, listed=200))
