"""Ranks: all members against each other at the end of a period, and no more changed after it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from tests.generated.histories import History, in_order
from tests.laws.test_any_split import Stepping

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.kernel.engine import run_on_kernel
from guerdon.kernel.uncovered import uncovered
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.ranking import ranked
from guerdon.session import BadState, Session
from guerdon.study.explain.explain import explain

NOON = 12 * 3600 * 10**6
DAY = 24 * 3600 * 10**6

HEAD = """program "P"
  edition     2026
  currency    USD
  timezone    UTC
{frame}
unit point
  decimals    0
  expires     40 days after earned
event purchase
  amount      money
  shop        text optional
earn "Base"
  on          purchase
  give        1 point per full 1 USD of amount
"""
REFUND = """
event refund
  amount      money
  reverses    purchase
  part        amount
"""
PLACE = """
measure place
  is          {by}
  ranked      {how} first,{parts} at end of month
earn "Place"
  on          end of month
  when        (place or 0) >= 1
  give        place_points(place or 9)
earn "Placed"
  on          purchase
  give        placed_points(place or 9)
table place_points
  by          place whole
  row         1: 1 point
  row         2: 2 point
  row         3: 3 point
  row         4: 4 point
  row         5: 5 point
  else        9 point
table placed_points
  by          place whole
  row         1: 10 point
  row         2: 20 point
  else        90 point
"""


def program(
    more: str = "",
    by: str = "sum of purchase.amount this month",
    how: str = "highest",
    parts: str = "",
    frame: str = "",
) -> nodes.Program:
    text = HEAD.format(frame=frame) + PLACE.format(by=by, how=how, parts=parts) + more
    found, diagnostics = check_bytes("p.guerdon", text.encode())
    assert found is not None, diagnostics
    return found


def bought(number: int, member: str, day: str, amount: int, known: str | None = None) -> Event:
    at = _at(day)
    facts = {"amount": Fraction(amount), "shop": None}
    return Event(str(number), "purchase", member, at, _at(known) if known else at, number, facts)


def refunded(number: int, of: int, member: str, day: str, amount: int) -> Event:
    return Event(
        str(number), "refund", member, _at(day), _at(day), number, {"amount": Fraction(amount), "purchase": str(of)}
    )


def _at(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days * DAY + NOON


def run(of: nodes.Program, *events: Event, as_of: str = "2026-06-30") -> Engine:
    """The reference engine after some events; where the kernel covers the program, it agrees."""
    engine, events = Engine(of), tuple(in_order([*events]))
    posted = engine.run(events, date.fromisoformat(as_of))
    if not uncovered(of):
        found, _ = run_on_kernel(of, events, as_of=date.fromisoformat(as_of))
        assert sorted(map(repr, found.ledger.ranks)) == sorted(map(repr, posted.ledger.ranks))
        assert sorted(map(repr, found.ledger.awards)) == sorted(map(repr, posted.ledger.awards))
    return engine


def told(engine: Engine, measure: str = "place") -> list[tuple[str, str, int, int]]:
    """Who was ranked when: as what, among how many."""
    calendar = engine.calendar
    return [
        (str(calendar.day(each.at)), each.member, each.rank, each.among)
        for each in engine.posted.ledger.ranks
        if each.measure == measure
    ]


def given(engine: Engine, rule: str) -> list[tuple[str, int]]:
    return [(each.member, int(each.quantity)) for each in engine.posted.ledger.awards if each.rule == rule]


@pytest.mark.parametrize(
    ("values", "highest", "parts", "expected"),
    [
        ([5, 3, 3, 1], True, None, [1, 2, 2, 4]),
        ([5, 3, 3, 1], False, None, [4, 2, 2, 1]),
        ([1, 2, 3, 4, 5], False, 5, [1, 2, 3, 4, 5]),
        ([1, 2, 3, 4, 5, 6, 7], False, 5, [1, 1, 2, 3, 3, 4, 5]),
        ([7, 7, 7], False, 5, [1, 1, 1]),
        ([1, 2], True, 4, [3, 1]),
        ([4], True, 10, [1]),
        ([], True, 10, []),
    ],
)
def test_a_place_is_one_more_than_are_in_front_and_a_part_is_made_of_the_place(values, highest, parts, expected):
    ranking = nodes.Ranking(highest, parts, nodes.Period.MONTH, None)
    found = dict(ranked({str(at): Fraction(value) for at, value in enumerate(values)}, ranking))
    assert [found[str(at)] for at in range(len(values))] == expected


def test_a_rule_at_the_end_of_a_period_sees_its_ranks_and_events_see_those_of_the_last_one():
    engine = run(
        program(),
        bought(1, "a", "2026-01-05", 10),
        bought(2, "b", "2026-01-31", 20),
        bought(3, "a", "2026-02-01", 50),
        bought(4, "c", "2026-02-02", 1),
        bought(5, "b", "2026-03-01", 1),
        as_of="2026-03-01",
    )
    assert told(engine) == [
        *(("2026-01-31", "a", 2, 2), ("2026-01-31", "b", 1, 2)),
        *(("2026-02-28", "a", 1, 3), ("2026-02-28", "b", 3, 3), ("2026-02-28", "c", 2, 3)),
    ]
    assert given(engine, "Placed") == [("a", 90), ("b", 90), ("a", 20), ("c", 90), ("b", 90)]
    assert given(engine, "Place") == [("a", 2), ("b", 1), ("b", 3), ("a", 1), ("c", 2)] or sorted(
        given(engine, "Place")
    ) == [("a", 1), ("a", 2), ("b", 1), ("b", 3), ("c", 2)]


def test_a_return_and_what_comes_late_count_at_the_next_ranking():
    of = program(REFUND, by="sum of purchase.amount ever", frame="  lateness    90 days\n")
    engine = run(
        of,
        bought(1, "a", "2026-01-05", 30),
        bought(2, "b", "2026-01-06", 20),
        refunded(3, 1, "a", "2026-02-02", 20),
        bought(4, "b", "2026-02-03", 1),
        bought(5, "a", "2026-01-20", 100, known="2026-02-10"),
        bought(6, "a", "2026-02-11", 1),
        as_of="2026-02-28",
    )
    assert told(engine) == [
        *(("2026-01-31", "a", 1, 2), ("2026-01-31", "b", 2, 2)),
        *(("2026-02-28", "a", 1, 2), ("2026-02-28", "b", 2, 2)),
    ]
    assert [each.value for each in engine.posted.ledger.ranks] == [30, 20, 111, 21]
    late = [each for each in engine.posted.ledger.awards if each.event == "5" and each.rule == "Placed"]
    assert [int(each.quantity) for each in late] == [90], "on its day nobody was ranked yet"


def test_what_is_known_before_it_happens_ends_the_periods_before_it_on_both_engines():
    engine = run(
        program(),
        bought(1, "a", "2026-01-10", 5),
        bought(2, "b", "2026-02-01", 3, known="2026-01-30"),
        bought(3, "c", "2026-01-31", 50),
        bought(4, "c", "2026-02-03", 1),
        as_of="2026-02-03",
    )
    assert told(engine) == [("2026-01-31", "a", 1, 1)]


def test_who_has_no_value_or_is_left_out_or_closed_is_not_ranked():
    more = """
measure lately
  is          days since purchase where amount >= 10 USD last 30 days
  ranked      lowest first, at end of month
  when        count of purchase ever >= 2
"""
    engine = run(
        program(more),
        bought(1, "a", "2026-01-05", 10),
        bought(2, "a", "2026-01-06", 1),
        bought(3, "b", "2026-01-20", 10),
        bought(4, "c", "2026-01-20", 1),
        bought(5, "c", "2026-01-21", 1),
        bought(6, "d", "2026-01-21", 50),
        bought(7, "d", "2026-01-22", 50),
        Event("8", "closed", "d", _at("2026-01-25"), _at("2026-01-25"), 8, {"why": None}),
        as_of="2026-02-10",
    )
    assert told(engine, "lately") == [("2026-01-31", "a", 1, 1)]


def test_a_rank_is_gone_where_a_member_is_not_ranked_again():
    of = program(by="last of purchase.amount this month")
    engine = run(
        of,
        bought(1, "a", "2026-01-05", 10),
        bought(2, "b", "2026-02-05", 10),
        bought(3, "a", "2026-03-05", 10),
        bought(4, "b", "2026-03-05", 10),
        as_of="2026-03-05",
    )
    assert told(engine) == [("2026-01-31", "a", 1, 1), ("2026-02-28", "b", 1, 1)]
    assert given(engine, "Placed") == [("a", 90), ("b", 90), ("a", 90), ("b", 10)]


def test_points_and_tiers_are_looked_at_as_of_the_end_of_the_day_and_nothing_is_changed():
    """Points that expire within the period are gone where members are ranked by them, though nobody asked since."""
    of = program(by="point available")
    plain = run(of, bought(1, "a", "2026-01-01", 100), bought(2, "b", "2026-01-25", 5), as_of="2026-02-28")
    ranks = [(each.member, each.value, each.rank) for each in plain.posted.ledger.ranks]
    assert ranks == [("a", 190, 1), ("b", 95, 2), ("a", 1, 2), ("b", 97, 1)]
    unread, found = check_bytes("p.guerdon", HEAD.format(frame="").encode())
    assert unread is not None, found
    ranking, found = check_bytes(
        "p.guerdon",
        (
            HEAD.format(frame="") + "measure place\n  is point available\n  ranked highest first, at end of month\n"
        ).encode(),
    )
    assert ranking is not None, found
    events = bought(1, "a", "2026-01-01", 100), bought(2, "b", "2026-01-25", 5), bought(3, "a", "2026-04-01", 1)
    one, other = (Engine(each).run(events, date(2026, 6, 30)).ledger for each in (unread, ranking))
    assert (one.awards, sorted(one.postings, key=repr)) == (other.awards, sorted(other.postings, key=repr))
    assert other.ranks


def test_one_ranking_may_read_another():
    more = """
measure overall
  is          (place or 9) * 2
  ranked      highest first, at end of month
"""
    engine = run(program(more), bought(1, "a", "2026-01-05", 10), bought(2, "b", "2026-01-06", 20), as_of="2026-01-31")
    assert told(engine, "overall") == [("2026-01-31", "a", 1, 2), ("2026-01-31", "b", 2, 2)]


def test_a_tier_may_ask_for_a_rank():
    more = """
tiers club
  tier        Guest
  tier        Top when (place or 9) is 1
  lasts       while met
"""
    engine = run(
        program(more),
        bought(1, "a", "2026-01-05", 10),
        bought(2, "b", "2026-01-06", 5),
        bought(3, "b", "2026-02-06", 50),
        bought(4, "a", "2026-03-06", 1),
        bought(5, "b", "2026-03-06", 1),
        as_of="2026-03-10",
    )
    moves = [(each.member, each.tier) for each in engine.posted.ledger.moves]
    assert moves == [("a", "Guest"), ("b", "Guest"), ("a", "Top"), ("a", "Guest"), ("b", "Top")]


def test_an_explanation_ranks_among_all_and_says_by_what():
    of = program()
    events = [bought(1, "a", "2026-01-05", 10), bought(2, "b", "2026-01-31", 20), bought(3, "a", "2026-02-01", 50)]
    account = explain(of, lambda: iter(events), {}, "a", event="3", rule="Placed")
    read = [reading for rule in account.explained[0].rules for reason in rule.reasons for reading in reason.readings]
    assert ("place", "2 (by 10, among 2 members)") in [(each.name, each.value) for each in read]


def stepped(of: nodes.Program, *events: Event) -> list[tuple[str, int]]:
    """What one event at a time is given by `Placed`: as a run over all of them."""
    ordered = in_order([*events])
    stepping = Stepping(of, History(ordered, {}, None))
    found = [
        (each.id, int(each.quantity))
        for event in ordered
        for each in stepping.step(event).awards
        if each.rule == "Placed"
    ]
    engine = Engine(of)
    engine.run(ordered)
    assert found == [(each.id, int(each.quantity)) for each in engine.posted.ledger.awards if each.rule == "Placed"]
    return found


@pytest.mark.parametrize("frame", ["", "  lateness    90 days\n"])
def test_who_becomes_known_after_rankings_had_no_rank_in_them_and_goes_on(frame):
    """Their first event happened before the end of a month and became known after it: nobody has to be ranked again."""
    assert stepped(
        program(frame=frame),
        bought(1, "a", "2026-01-05", 10),
        bought(2, "b", "2026-01-20", 20, known="2026-03-02"),
        bought(3, "b", "2026-03-03", 1),
        bought(4, "b", "2026-04-03", 1),
    ) == [("purchase/1/Placed", 90), ("purchase/2/Placed", 90), ("purchase/3/Placed", 90), ("purchase/4/Placed", 10)]


def test_events_that_are_looked_at_again_see_the_ranks_of_their_own_time():
    of = program(by="sum of purchase.amount ever", frame="  lateness    90 days\n")
    assert stepped(
        of,
        bought(1, "a", "2026-01-05", 3),
        bought(2, "b", "2026-01-20", 8),
        bought(3, "b", "2026-02-10", 8),
        bought(4, "a", "2026-02-11", 100),
        bought(5, "b", "2026-03-10", 1),
        bought(6, "b", "2026-02-05", 1, known="2026-03-12"),
        bought(7, "b", "2026-01-03", 1, known="2026-03-13"),
    )[4:] == [("purchase/5/Placed", 20), ("purchase/6/Placed", 10), ("purchase/7/Placed", 90)]


CLUB = """
tiers club
  tier        Guest
  tier        Top when (place or 9) is 1
  lasts       while met
"""


def test_progress_after_a_ranking_that_was_not_made_is_refused_as_an_event_is():
    session = Session(program(CLUB))
    _, states = session.step(bought(1, "a", "2026-01-05", 10), {"a": None})
    assert session.progress("a", states, date(2026, 1, 31)).rungs[0].tier == "Guest"
    with pytest.raises(BadState) as bad:
        session.progress("a", states, date(2026, 2, 1))
    assert bad.value.code == "G805"
    ranked_ = session.rank(states, date(2026, 1, 31))
    assert session.progress("a", ranked_, date(2026, 2, 1)).rungs[0].tier == "Guest"


def test_a_ranking_that_is_made_again_changes_nothing_and_none_is_made_of_what_came_after_it():
    session, end = Session(program()), date(2026, 1, 31)
    _, states = session.step(bought(1, "a", "2026-01-05", 10), {"a": None})
    once = session.rank(states, end)
    assert session.rank(once, end) == once
    _, after = session.step(bought(2, "a", "2026-02-05", 10), once)
    with pytest.raises(ValueError, match="a has gone on"):
        session.rank(after, end)
