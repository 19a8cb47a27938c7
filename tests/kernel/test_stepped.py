"""Law 1: one event at a time, on the kernel and on the reference engine by turns, posts what the reference engine does."""

from __future__ import annotations

import os
import random
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from fractions import Fraction
from unittest.mock import patch

import pytest
from tests.generated.histories import History
from tests.kernel.many import Counts, Effort, compare
from tests.kernel.stepping import step_both

from guerdon.check.passes import check_bytes
from guerdon.choice import session
from guerdon.history.event import Event
from guerdon.kernel.stepped import of_history
from guerdon.kernel.stepped.session import KernelSession
from guerdon.kernel.stepped.stepper import Stepper
from guerdon.session import BadState, Session

PROGRAMS = int(os.environ.get("GUERDON_EXAMPLES", "50"))
PARTS = 2
ONE_AT_A_TIME = Effort(histories=0, stepped=1)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", ["simple", "till", "counter", "ladder"])
def test_one_event_at_a_time_is_what_the_reference_engine_posts(kind, part):
    counts = Counts()
    for number in range(part, PROGRAMS, PARTS):
        counts.add(compare(kind, number, ONE_AT_A_TIME))
    assert counts.stepped


W = """program "W"
  edition 2026
  currency USD
  timezone UTC

unit point
  expires 12 months after earned

event purchase
  amount money

earn "Base"
  on purchase
  give 1 point per full 1 USD of amount
"""


def shop_with_a_purchase():
    program, _ = check_bytes("w.guerdon", W.encode())
    assert program is not None
    engine = session(program, {}, "kernel")
    event = engine.event("purchase", id="s/1\x1f\x1d", member="an\x1fa", at="2026-03-02T12:00Z", amount="12.60")
    step, states = engine.step(event, {"an\x1fa": None})
    assert step.awards[0].quantity == 12
    return program, engine, states


def test_auto_takes_the_kernel_and_each_engine_reads_the_other():
    program, engine, states = shop_with_a_purchase()
    assert isinstance(session(program, {}, "auto"), KernelSession)
    other = session(program, {}, "reference")
    assert isinstance(other, Session)
    assert other.progress("an\x1fa", states) == engine.progress("an\x1fa", states)
    lot = engine.of_reference(states)
    again = engine.event("purchase", id="s2", member="an\x1fa", at="2027-03-02T12:00Z", amount="1.00")
    assert engine.step(again, states)[0] == engine.step(again, lot)[0] == other.step(again, states)[0]
    assert engine.step(again, states)[0].postings[0].lot == "purchase/s/1\x1f\x1d/Base"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda data: data[:-1], "G801"),
        (lambda data: data[:20] + bytes([data[20] ^ 1]) + data[21:], "G801"),
        (lambda data: data[:10], "G801"),
        (lambda data: sealed(data[:4] + b"\x09" + data[5:-4]), "G802"),
        (lambda data: sealed(data[:5] + bytes(8) + data[13:-4]), "G803"),
    ],
)
def test_damaged_states_are_refused(change, code):
    _, engine, states = shop_with_a_purchase()
    event = engine.event("purchase", id="s2", member="an\x1fa", at="2026-03-03T12:00Z", amount="1.00")
    with pytest.raises(BadState) as bad:
        engine.step(event, {id: change(data) for id, data in states.items()})
    assert bad.value.code == code


def sealed(data: bytes) -> bytes:
    return data + zlib.crc32(data).to_bytes(4, "big")


def test_a_refused_state_can_be_raised_through_the_context_of_a_caller():
    """Such as a transaction, in which a step and the record of its event are written."""

    @contextmanager
    def transaction():
        yield

    _, engine, states = shop_with_a_purchase()
    with pytest.raises(BadState), transaction():
        engine.progress("an\x1fa", {"an\x1fa": states["an\x1fa"][:-1]})


def test_a_state_is_somebodys_own_and_one_that_is_lacking_is_said():
    _, engine, states = shop_with_a_purchase()
    event = engine.event("purchase", id="s2", member="ben", at="2026-03-03T12:00Z", amount="1.00")
    for given, code in (({"ben": states["an\x1fa"]}, "G801"), (states, "G804")):
        with pytest.raises(BadState) as bad:
            engine.step(event, given)
        assert bad.value.code == code


def test_a_member_who_became_part_of_another_is_asked_for_with_them():
    _, engine, states = shop_with_a_purchase()
    known: dict[str, bytes] = dict(states)
    later = {"at": "2026-04-01T12:00Z", "amount": "5.00"}
    for event in (
        engine.event("purchase", id="b1", member="ben", at="2026-03-03T12:00Z", amount="3.00"),
        engine.event("merged", id="m", member="ben", at="2026-03-04T12:00Z", other="an\x1fa"),
        engine.event("purchase", id="s3", member="an\x1fa", **later),
    ):
        needed: tuple[str, ...] = ()
        while needed != (found := engine.subjects(event, {id: known.get(id) for id in needed})):
            needed = found
        step, after = engine.step(event, {id: known.get(id) for id in needed})
        known |= after
    assert [(each.member, each.quantity) for each in step.awards] == [("ben", 5)]


SHARED = """program "Shared"
  currency USD

unit point

event purchase
  amount money
  seller member

earn "Base"
  on purchase
  {clause}
  give 1 point per full 10 USD of amount
"""


@pytest.mark.parametrize(
    ("clause", "given"),
    [
        ("limit 10 point per program", [8, 2, 0]),
        ("limit 1 time per program per month", [8, 0, 0]),
        ("limit 100 USD of amount per program", [8, 1, 0]),
        ("limit 10 point per seller", [8, 2, 0]),
        ("accumulate per seller per month", [8, 9, 8]),
    ],
)
def test_what_members_have_in_common_is_not_counted_for_each_of_them_alone(clause, given):
    program, diagnostics = check_bytes("shared.guerdon", SHARED.format(clause=clause).encode())
    assert program is not None, diagnostics
    engine, found = session(program, {}, "auto"), []
    states: dict[str, bytes] = {}
    for number, member in enumerate("abc"):
        at = f"2026-03-0{number + 1}T12:00Z"
        event = engine.event("purchase", id=str(number), member=member, at=at, amount="85.00", seller="s")
        step, after = engine.step(event, {id: states.get(id) for id in engine.subjects(event, states)})
        found.append(sum(each.quantity for each in step.awards))
        states |= after
    assert found == given


def test_lots_that_no_rule_gave_are_left_to_the_reference_engine():
    program, engine, states = shop_with_a_purchase()
    other = session(program, {}, "reference")
    given = {"unit": "point", "quantity": Fraction(3), "by": "ben", "why": "sorry"}
    by_hand = engine.event("adjustment", id="a1", member="an\x1fa", at="2026-03-03T12:00Z", **given)
    _, states = engine.step(by_hand, states)
    again = engine.event("purchase", id="s2", member="an\x1fa", at="2026-03-04T12:00Z", amount="2.00")
    assert engine.step(again, states)[0] == other.step(again, engine.of_reference(states))[0]


def test_lots_of_members_who_became_one_are_taken_by_the_day_on_which_they_were_earned():
    program, _ = check_bytes("w.guerdon", W.replace("  expires 12 months after earned\n", "").encode())
    assert program is not None
    engine = session(program, {}, "kernel")

    def sale(member: str, day: int, amount: int) -> Event:
        return engine.event(
            "purchase", id=f"{member}{day}", member=member, at=f"2026-03-{day:02}T12:00Z", amount=amount
        )

    merged = engine.event("merged", id="m", member="ann", at="2026-03-05T12:00Z", other="ben")
    taken = engine.event(
        "adjustment", id="a", member="ann", at="2026-03-06T12:00Z", unit="point", quantity=Fraction(-6)
    )
    events = [sale("ann", 1, 5), sale("ben", 2, 9), sale("ann", 3, 0), merged, taken]
    assert step_both(program, History(events, {}, None), random.Random(1), turns=False) == 3


COUNTED = """program "P"
  currency USD
  timezone UTC

unit point

event visit

tiers club
  counts count of visit since joining
  tier Guest
  tier Regular at 2
  lasts while met

earn "Again"
  on visit
  when count of visit {window} >= 2
  give 1 point
"""


@pytest.mark.parametrize("window", ["this calendar year", "this month", "ever", "since joining"])
def test_what_counts_since_joining_is_counted_by_the_engine_that_goes_on(window: str):
    program, said = check_bytes("p.guerdon", COUNTED.format(window=window).encode())
    assert program is not None, said
    engine, other = session(program, {}, "kernel"), session(program, {}, "reference")
    _, states = engine.step(engine.event("visit", id="v1", member="ann", at="2026-03-01T12:00Z"), {"ann": None})
    second = engine.event("visit", id="v2", member="ann", at="2026-03-02T12:00Z")
    step, _ = other.step(second, states)
    assert [each.tier for each in step.moves] == ["Regular"]
    assert step == engine.step(second, states)[0]
    assert len(step.awards) == 1


SPENT = """program "P"
  currency USD
  timezone UTC

unit point{order}
  expires 5 days after earned when sum of visit.points this month > 40
  expires 3 months after earned

event visit
  points number

event taken

earn "A"
  on visit
  give points * 1 point
  round down per event

redeem "T"
  on taken
  cost 9 point
"""


@pytest.mark.parametrize("order", ["", "\n  spends newest first"])
@pytest.mark.parametrize("turns", [False, True])
def test_a_state_lets_go_of_lots_of_which_nothing_is_left(order: str, turns: bool):
    program, said = check_bytes("p.guerdon", SPENT.format(order=order).encode())
    assert program is not None, said
    engine, chance = session(program, {}, "kernel"), random.Random(f"{order} {turns}")
    assert isinstance(engine, KernelSession)
    events, sizes, states = list[Event](), list[int](), dict[str, bytes]()
    for number in range(300):
        day = date(2026, 1, 1) + timedelta(days=number // 2)
        points = {"points": 1 + chance.randrange(6)} if chance.randrange(3) else {}
        events.append(
            engine.event("visit" if points else "taken", id=str(number), member="ann", at=f"{day}T12:00Z", **points)
        )
        _, states = engine.step(events[-1], {"ann": states.get("ann")})
        sizes.append(len(states["ann"]))
    assert max(sizes[150:]) < 1.5 * max(sizes[:150])
    assert step_both(program, History(events, {}, None), chance, turns) > 100


def test_years_go_on_and_what_lies_before_1970_is_left_to_the_reference_engine():
    _, engine, _ = shop_with_a_purchase()
    for year in ("2090", "2200", "1960"):
        event = engine.event("purchase", id=year, member=year, at=f"{year}-03-03T12:00Z", amount="1.00")
        step, after = engine.step(event, {year: None})
        assert step.awards[0].quantity == 1
        assert after[year].startswith(b"GRDN" if year == "1960" else b"GRDK")


def test_entries_are_told_by_another_kernel_than_the_one_that_made_the_step():
    _, engine, _ = shop_with_a_purchase()
    assert isinstance(engine, KernelSession)
    event = engine.event("purchase", id="s", member="ann", at="2090-03-03T12:00Z", amount="1.00")
    step, _ = engine.step(event, {"ann": None})
    engine._free.clear()  # it is busy elsewhere
    assert [each.quantity for each in step.awards] == [1]


def test_a_step_does_not_run_the_whole_text():
    _, engine, states = shop_with_a_purchase()
    event = engine.event("purchase", id="s2", member="an\x1fa", at="2026-03-03T12:00Z", amount="1.00")
    with patch.object(Stepper, "whole", side_effect=AssertionError):
        for known in (states, {"an\x1fa": None}):
            step, _ = engine.step(event, known)
    assert [each.quantity for each in step.awards] == [1]


def test_threads_have_kernels_of_their_own():
    program, engine, _ = shop_with_a_purchase()
    del program

    def visits(member: str) -> bytes:
        states: dict[str, bytes | None] = {member: None}
        for number in range(60):
            event = engine.event(
                "purchase",
                id=f"{member}{number}",
                member=member,
                at=f"2026-{number % 12 + 1:02}-01T12:00Z",
                amount=number,
            )
            _, after = engine.step(event, states)
            states = dict(after)
        return states[member] or b""

    members = [f"m{number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool_of_threads:
        assert [*pool_of_threads.map(visits, members)] == [visits(member) for member in members]


def test_a_state_of_windows_and_returns_that_end_does_not_grow():
    program, _ = check_bytes("w.guerdon", W.encode())
    assert program is not None
    engine, sizes = session(program, {}, "kernel"), list[int]()
    states: dict[str, bytes] = {}
    for number in range(400):
        day = date(2026, 1, 1) + timedelta(days=7 * number)
        event = engine.event("purchase", id=f"sale {number}", member="a", at=f"{day}T12:00Z", amount=number)
        _, states = engine.step(event, {"a": states.get("a")})
        sizes.append(len(states["a"]))
    assert max(sizes[200:]) < 1.2 * max(sizes[100:150])


def test_states_of_a_history_are_those_of_its_last_steps():
    program, _ = check_bytes("w.guerdon", W.encode())
    assert program is not None
    engine, states = session(program, {}, "kernel"), dict[str, bytes]()
    events = [
        engine.event("purchase", id=f"s{number}", member=f"m{number % 7}", at=f"{day}T12:00Z", amount=number)
        for number in range(of_history.WORTH_IT)
        for day in [date(2026, 1, 1) + timedelta(days=number)]
    ]
    for event in events:
        _, after = engine.step(event, {event.member: states.get(event.member)})
        states |= after
    found = dict(engine.states(events))
    assert found.keys() == states.keys()
    assert all(data.startswith(b"GRDK") for data in found.values())
    last = "2031-09-01T12:00Z"
    for member in states:
        event = engine.event("purchase", id="last", member=member, at=last, amount=1)
        assert engine.step(event, {member: found[member]})[0] == engine.step(event, {member: states[member]})[0]
