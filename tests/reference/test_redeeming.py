"""What rules that take do beside what the language reference shows: together, late, refused, undone, by accounts."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from guerdon.check.passes import check_bytes
from guerdon.history.event import Facts
from guerdon.history.given import BadEvent, event
from guerdon.ledger.entries import Pot
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.session import Session
from guerdon.study.explain.explain import explain
from guerdon.study.summary import summarise

Row = tuple[str, str, str, Mapping[str, Any]]
"""The kind, the member, the day, and facts; `id` and `known` (the day on which it became known) among them."""

SHOP = """
event order
  amount      money
  use         yes/no
event refund
  amount      money
  reverses    order
  part        amount
event undone
  reverses    redemption
redeem "Drink"
  cost        150 point
  limit       2 times per member per month
redeem "Delivery"
  on          order
  when        use
  cost        200 point
redeem "Off"
  on          order
  when        use
  when        amount >= 10 USD
  cost        500 point per full 500 point of (point available - "Delivery")
earn "Discount"
  on          order
  give        5 USD per 500 point of "Off"
  round       down per event
earn "Thanks"
  on          redemption
  give        1 point per full 150 point of "Drink"
"""


def typed(more: str = "", frame: str = "", point: str = "") -> nodes.Program:
    text = f'program "Shop"\n  currency USD\n{frame}unit point\n{point}unit USD\n{SHOP}{more}'
    program, said = check_bytes("shop", text.encode())
    assert program is not None, said
    return program


def run(program: nodes.Program, *rows: Row, members: Mapping[str, Facts] | None = None) -> Engine:
    engine = Engine(program, members)
    for number, (kind, member, day, facts) in enumerate(rows):
        engine.happen(happening(program, number, kind, member, day, facts))
    return engine


def happening(program: nodes.Program, number: int, kind: str, member: str, day: str, facts: Mapping[str, Any]) -> Any:
    known = {name: value for name, value in facts.items() if name not in ("id", "known")}
    known |= {"unit": "point"} if "quantity" in known else {}
    at, told = f"{day}T12:00Z", f"{facts.get('known', day)}T12:00Z"
    id = facts.get("id", f"{number}")
    return event(program, kind, id=id, member=member, at=at, facts=known, recorded=told, sequence=number)


def points(engine: Engine, unit: str = "point") -> Mapping[str, Fraction]:
    return {who: much for (who, of), much in engine.posted.ledger.balances().items() if of == unit and much}


def refusals(engine: Engine) -> list[tuple[str | None, str]]:
    return [(each.rule, each.reason) for each in engine.posted.ledger.refusals]


def given(much: int, day: str = "2026-01-01") -> Row:
    return ("adjustment", "a", day, {"quantity": much})


def order(amount: int, use: bool = True, day: str = "2026-01-02", **more: str) -> Row:
    return ("order", "a", day, {"amount": amount, "use": use, **more})


def drink(day: str = "2026-01-02", **more: str) -> Row:
    return ("redemption", "a", day, {"reward": "Drink", **more})


# ---------------------------------------------------------------- granted or refused


def test_what_one_takes_is_not_there_for_the_next() -> None:
    engine = run(typed(), given(1250), order(20))
    assert points(engine) == {"a": 50}
    assert points(engine, "USD") == {"a": 10}
    assert refusals(engine) == []


def test_what_can_t_be_had_is_refused_though_something_else_was() -> None:
    engine = run(typed(more='redeem "Gift"\n  on order\n  when use\n  cost 900 point\n'), given(1100), order(20))
    assert refusals(engine) == [("Gift", "400 point are available")]


def test_where_nothing_was_taken_every_condition_that_failed_is_named() -> None:
    engine = run(typed(), given(100), order(5))
    assert refusals(engine) == [("Delivery", "100 point are available"), ("Off", "`amount >= 10 USD` does not hold")]


def test_what_was_not_asked_for_is_not_refused() -> None:
    engine = run(typed(), given(100), order(5, use=False))
    assert refusals(engine) == []


def test_a_refused_reward_earns_nothing_counts_nowhere_and_uses_no_limit_up() -> None:
    program = typed(
        more="measure asked\n  is count of redemption ever\n"
        'earn "First"\n  on redemption\n  when asked is 1\n  give 7 point\n'
    )
    engine = run(program, given(100), drink(), given(50, "2026-01-03"), drink("2026-01-03"))
    assert refusals(engine) == [("Drink", "100 point are available")]
    assert points(engine) == {"a": 8}
    engine = run(program, given(1000), drink(), drink(), drink())
    assert refusals(engine) == [("Drink", "`limit 2 times per member per month` leaves no room")]


def test_a_redemption_names_a_reward_or_an_amount() -> None:
    program = typed()
    for facts, said in (
        ({}, "asks for neither an amount nor a reward"),
        ({"reward": "Drink", "quantity": 5, "unit": "point"}, "asks for both an amount and a reward"),
        ({"reward": "Drnk"}, "did you mean Drink"),
        ({"reward": "Off"}, "`reward` is one of Drink"),
    ):
        with pytest.raises(BadEvent, match=said):
            event(program, "redemption", id="1", member="a", at="2026-01-01T12:00Z", facts=facts)


def test_members_who_may_not_spend_for_the_account_are_refused() -> None:
    more = """
member
  household   text optional
  holder      yes/no
account household
  members     household
  owns        point
  spends when member.holder
"""
    members: dict[str, Facts] = {"a": {"household": "h", "holder": False}, "b": {"household": "h", "holder": True}}
    theirs: Row = ("redemption", "b", "2026-01-03", {"reward": "Drink"})
    engine = run(typed(more), given(200), drink(), theirs, members=members)
    assert refusals(engine) == [("Drink", "the member may not spend for the household")]
    assert points(engine) == {"household/h": 51}


def test_from_one_expiry_the_conditions_look_at_the_same_lots() -> None:
    more = """
event pump
redeem "Fuel"
  on          pump
  from        one expiry
  when        point available >= 300 point
  cost        100 point per full 100 point of point available
"""
    program = typed(more, point="  expires at end of next month\n")
    pump: Row = ("pump", "a", "2026-02-02", {})
    engine = run(program, given(250), given(250, "2026-02-01"), pump)
    assert refusals(engine) == [("Fuel", "`point available >= 300 point` does not hold")]
    engine = run(program, given(250), given(350, "2026-02-01"), pump)
    assert [each.lot for each in engine.posted.ledger.postings if each.target is Pot.SPENT] == ["adjustment/1"]
    assert points(engine) == {"a": 300}


# ---------------------------------------------------------------- with rules among each other

BETTER = """
earn "Welcome"
  on order
  give 3 USD
group "Better"
  of "Discount", "Welcome"
  take best
"""


@pytest.mark.parametrize(("amount", "left", "dollars"), [(50, 600, 5), (80, 960, 3), (100, 1200, 0)])
def test_what_is_had_for_points_can_be_the_better_of_two(amount: int, left: int, dollars: int) -> None:
    """What remains of an order is one for which fewer points were taken."""
    back = ("refund", "a", "2026-01-03", {"order": "1", "amount": amount})
    engine = run(typed(more=BETTER), given(1200), order(100))
    assert points(engine) == {}
    assert points(engine, "USD") == {"a": 10}
    engine = run(typed(more=BETTER), given(1200), order(100), back)
    assert points(engine)["a"] == left
    assert points(engine, "USD").get("a", 0) == dollars


def test_what_is_had_for_points_can_be_replaced() -> None:
    """The points are taken all the same: they are what the order cost."""
    more = 'earn "Instead"\n  on order\n  when amount >= 50 USD\n  replaces "Discount"\n  give 20 USD\n'
    engine = run(typed(more=more), given(1200), order(100))
    assert points(engine) == {}
    assert points(engine, "USD") == {"a": 20}


# ---------------------------------------------------------------- undone


def test_what_was_redeemed_comes_back_in_any_split_and_gives_room_again() -> None:
    for parts in ([20], [5, 15], [7, 7, 6]):
        backs: list[Row] = [("refund", "a", "2026-01-03", {"order": "o", "amount": each}) for each in parts]
        engine = run(typed(), given(1250), order(20, id="o"), *backs)
        assert points(engine) == {"a": 1250}
        assert points(engine, "USD") == {}
    undone: Row = ("undone", "a", "2026-01-02", {"redemption": "d"})
    engine = run(typed(), given(1000), drink(id="d"), drink(), undone, drink("2026-01-03"))
    assert refusals(engine) == []
    assert points(engine) == {"a": 702}


# ---------------------------------------------------------------- late


def test_what_was_redeemed_is_redeemed_again_and_as_much() -> None:
    program = typed(frame="  lateness 30 days\n")
    late: Row = ("adjustment", "a", "2026-01-01", {"quantity": -1000, "known": "2026-01-05"})
    engine = run(program, given(1250, "2025-12-31"), order(20), late)
    assert points(engine) == {"a": -950}
    assert points(engine, "USD") == {"a": 10}
    more: Row = ("adjustment", "a", "2026-01-01", {"quantity": 5000, "known": "2026-01-05"})
    engine = run(program, given(1250, "2025-12-31"), order(20), more)
    assert points(engine) == {"a": 5050}


def test_what_was_refused_stays_refused() -> None:
    program = typed(frame="  lateness 30 days\n")
    more: Row = ("adjustment", "a", "2026-01-01", {"quantity": 500, "known": "2026-01-05"})
    engine = run(program, given(50, "2025-12-31"), drink(), order(20), more)
    assert points(engine) == {"a": 550}
    assert len(refusals(engine)) == 3


def test_what_comes_late_and_is_refused_is_told() -> None:
    program = typed(frame="  lateness 30 days\n")
    late: tuple[Row, ...] = (
        drink(known="2026-01-05"),
        ("redemption", "a", "2026-01-02", {"quantity": 5, "known": "2026-01-06"}),
    )
    engine = run(program, given(500, "2026-01-04"), *late)
    assert refusals(engine) == [("Drink", "0 point are available"), (None, "0 point are available")]
    assert points(engine) == {"a": 500}


# ---------------------------------------------------------------- told


def test_a_preview_says_what_would_be_taken() -> None:
    program = typed()
    session = Session(program)
    states = session.step(happening(program, 0, *given(200)), {"a": None})[1]
    seen = session.preview(happening(program, 1, *drink()), states)
    assert [(each.reason, each.quantity) for each in seen.postings if each.target is Pot.SPENT] == [
        ("Drink", Fraction(150))
    ]
    assert not seen.refused
    poor = session.step(happening(program, 0, *given(100)), {"a": None})[1]
    seen = session.preview(happening(program, 1, *drink()), poor)
    assert seen.refused and [(each.rule, each.quantity) for each in seen.refusals] == [("Drink", Fraction(150))]


def test_explain_and_summary_say_what_was_taken_and_refused() -> None:
    program = typed()
    rows = [given(200), drink(id="d"), drink("2026-01-03", id="e")]
    events = [happening(program, number, *row) for number, row in enumerate(rows)]
    for id, took, ends in (
        ("d", "150 point", "comes to 150 point"),
        ("e", "nothing", "refused: 51 point are available"),
    ):
        found = explain(program, lambda: iter(events), {}, "a", id)
        rule = next(each for each in found.explained[0].rules if each.rule == "Drink")
        assert (rule.gave, rule.took) == (took, True)
        assert any(ends in reason.result for reason in rule.reasons)
    engine = Engine(program)
    summary = summarise(engine.run(events))
    assert [(each.rule, each.times, int(each.quantity), each.refused) for each in summary.redeems] == [
        ("Drink", 1, 150, 1),
        ("Delivery", 0, 0, 0),
        ("Off", 0, 0, 0),
    ]
