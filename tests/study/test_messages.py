"""Messages in summaries, comparisons, explanations, descriptions and coverage."""

from __future__ import annotations

from fractions import Fraction

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.posted import Posted
from guerdon.study import summary
from guerdon.study.compare import totals
from guerdon.study.compare.database import opened
from guerdon.study.compare.sides import Side
from guerdon.study.coverage import report
from guerdon.study.describe.describe import describe
from guerdon.study.explain import explain
from guerdon.study.rows import rows

TEXT = """\
program "Messages"
  currency    USD

unit star

event purchase
  amount      money

earn "Base"
  on          purchase
  give        1 star per full 1 USD of amount
  say         "Thanks"

rule "Welcome"
  on          purchase
  when        amount >= 5 USD
  say         "Welcome!"
  limit       1 time per member per month

test "t"
  event       purchase on 2026-01-02: amount 10 USD
  expect      2 messages
"""
DAY = 86_400_000_000
START = 1_767_283_200_000_000


def typed(text: str = TEXT) -> nodes.Program:
    found, said = check_bytes("messages.guerdon", text.encode())
    assert found is not None, said
    return found


def events() -> list[Event]:
    amounts = (("a", 10), ("a", 3), ("b", 0), ("a", 20))
    return [
        Event(
            f"p{number}",
            "purchase",
            who,
            START + number * DAY,
            START + number * DAY,
            number,
            {"amount": Fraction(much)},
        )
        for number, (who, much) in enumerate(amounts)
    ]


def posted(text: str = TEXT) -> Posted:
    return Engine(typed(text)).run(events())


def test_they_are_no_awards_and_no_balances() -> None:
    run = posted()
    assert [each[3:6] for each in rows(run, "effects")] == [
        ("Base", "message", "Thanks"),
        ("Welcome", "message", "Welcome!"),
        ("Base", "message", "Thanks"),
        ("Base", "message", "Thanks"),
    ]
    for table in ("awards", "balances", "lots", "postings"):
        assert not any(nodes.MESSAGE in row for row in rows(run, table))


def test_the_summary_counts_them_apart() -> None:
    found = summary.summarise(posted())
    assert [each.rule for each in found.rules] == ["Base"]
    assert [(each.rule, each.times, each.members) for each in found.messages] == [("Base", 3, 1), ("Welcome", 1, 1)]
    assert [each.unit for each in found.units] == ["star"]


def test_a_comparison_counts_them_by_rule() -> None:
    new = TEXT.replace("  limit       1 time per member per month\n", "").replace('  say         "Thanks"\n', "")
    old, newer = Side(posted()), Side(posted(new))
    with opened(old, newer) as db:
        found = totals.by_rule(db)
    tables = {table.name: table for table in found.tables}
    assert tables["rules"].column("rule") == ["Base"]
    assert (old.unpriced, newer.unpriced) == (["star"], ["star"])
    assert tables["messages"].rows == (("Welcome", 1, 2, 1), ("Base", 3, 0, -3))


def test_an_explanation_says_why_and_why_not() -> None:
    account = explain.explain(typed(), events, {}, "a", "p3")
    (event,) = account.explained
    base, welcome = event.rules
    assert (base.gave, base.reasons[-1].clause, base.reasons[-1].result) == ("20 star", "say", "said to a")
    assert (welcome.gave, welcome.fired, welcome.said) == ("nothing", False, True)
    assert [(each.clause, each.result) for each in welcome.reasons] == [
        ("when", "holds"),
        ("limit", "no room left"),
        ("say", "not said"),
        ("nearest", "Sunday 2026-02-01 would have been enough"),
    ]
    assert event.came == ('said "Thanks"',)
    assert account.timeline[0].text == '10 star "Base", said "Thanks", said "Welcome!"'


def test_a_description_tells_what_is_said() -> None:
    text = repr(describe(typed()))
    assert "Where anything is given, the member is told: “Thanks”" in text
    assert "For every purchase, the member is told: “Welcome!”" in text
    assert "beyond that nothing is said" in text
    assert "2 messages in all" in text


def test_coverage_asks_for_a_test_in_which_it_is_said() -> None:
    _, found = report.run(typed(), "messages.guerdon")
    (part,) = [part for part in found.parts if part.name == "Welcome"]
    assert [text for _, text in report.untaken(part, found.taken)] == [
        "`amount >= 5 USD` never failed to hold",
        "`limit 1 time per member per month` never kept anything from being said",
    ]
    _, found = report.run(typed(TEXT.replace("amount 10 USD\n  expect      2", "amount 1 USD\n  expect      1")), "")
    (part,) = [part for part in found.parts if part.name == "Welcome"]
    assert "it never said anything" in [text for _, text in report.untaken(part, found.taken)]
