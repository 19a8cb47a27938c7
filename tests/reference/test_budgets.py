"""Limits per program: what everybody uses up together, in the order in which events become known."""

from __future__ import annotations

from datetime import date

import pytest
from tests.generated.histories import History, in_order
from tests.laws.test_any_split import Stepping

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.kernel.engine import run_on_kernel
from guerdon.kernel.uncovered import uncovered
from guerdon.program import nodes
from guerdon.reference.engine import Engine

DAY = 24 * 3600 * 10**6

SHOP = """program "P"
  currency    USD
{frame}
unit point
event purchase
  amount      point
  seller      member
earn "Base"
  on          purchase
  give        amount
  limit       {limit}
"""


def program(limit: str, frame: str = "") -> nodes.Program:
    found, diagnostics = check_bytes("p.guerdon", SHOP.format(limit=limit, frame=frame).encode())
    assert found is not None, diagnostics
    return found


def bought(number: int, member: str, day: str, amount: int, known: str | None = None) -> Event:
    at, recorded = ((date.fromisoformat(each) - date(1970, 1, 1)).days * DAY for each in (day, known or day))
    return Event(str(number), "purchase", member, at, recorded, number, {"amount": amount, "seller": "s"})


def given(of: nodes.Program, *events: Event) -> dict[str, int]:
    """What came of each event, corrections with it: in a run, one at a time, and on the kernel where it covers the program."""
    ordered = in_order([*events])
    engine = Engine(of)
    engine.run(ordered)
    found = _sums(engine.posted.ledger.awards)
    stepping = Stepping(of, History(ordered, {}, None))
    assert _sums([award for event in ordered for award in stepping.step(event).awards]) == found
    if not uncovered(of):
        assert _sums(run_on_kernel(of, ordered, compiled=False)[0].ledger.awards) == found
    return found


def _sums(awards) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in awards:
        found[each.event] = found.get(each.event, 0) + int(each.quantity)
    return dict(sorted(found.items()))


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("10 point per program", [1, 8, 1, 0]),
        ("10 point per seller", [1, 8, 1, 0]),
        ("10 point per program, or nothing", [1, 8, 0, 0]),
        ("2 times per program", [1, 8, 0, 0]),
        ("10 point of amount per program", [1, 8, 1]),
        ("10 point per program per month", [1, 8, 1, 0]),
        ("10 point per program per day", [1, 8, 8, 8]),
        ("10 point per program per 7 days", [1, 8, 2, 2]),
        ("10 point per seller per 7 days", [1, 8, 2, 2]),
    ],
)
def test_what_becomes_known_late_gets_what_is_left_and_no_more(limit, expected):
    """The third happened before the second: in no window that shows both is there more than the limit."""
    found = given(
        program(limit),
        bought(1, "a", "2026-01-01", 1),
        bought(2, "b", "2026-01-10", 8),
        bought(3, "c", "2026-01-05", 8, known="2026-01-12"),
        bought(4, "d", "2026-01-15", 8),
    )
    assert list(found.values()) == expected


@pytest.mark.parametrize("whose", ["seller", "program"])
def test_a_state_keeps_what_was_counted_for_others_and_no_more_than_its_days(whose):
    """`s` has gone on by two months when an event of January becomes known: how much there was of it then is still known."""
    of = program(f"10 point per {whose} per month")
    found = given(
        of,
        bought(1, "a", "2026-01-10", 8),
        bought(2, "s", "2026-03-01", 1),
        bought(3, "c", "2026-01-12", 8, known="2026-03-03"),
    )
    assert found == {"1": 8, "2": 1, "3": 2}
    stepping, sizes = Stepping(of, History([], {}, None)), []
    for number in range(12):
        stepping.step(bought(number, f"m{number}", "2026-01-10", 0 if number % 2 else 1))
        sizes.append(len(stepping.states["program/all" if whose == "program" else "s"]))
    assert sizes[2] == sizes[-1]


@pytest.mark.parametrize("others", [(), (bought(0, "z", "2026-01-01", 0),), (bought(5, "c", "2026-01-06", 0),)])
def test_with_lateness_all_is_as_if_it_had_come_in_order(others):
    """Whoever was there before: the late one gets its share, and what was given too much is corrected."""
    found = given(
        program("10 point per program", "  lateness    30 days\n"),
        *others,
        bought(1, "a", "2026-01-01", 1),
        bought(2, "b", "2026-01-10", 8),
        bought(3, "c", "2026-01-05", 8, known="2026-01-12"),
    )
    assert [found["1"], found["2"], found["3"]] == [1, 1, 8]
