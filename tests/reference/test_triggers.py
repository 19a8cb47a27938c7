"""Triggers: on which day, how often, seeing what, and what becomes of them when things come late or are taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.state import Subject
from guerdon.study import trial
from guerdon.text.diagnostic import render

PROGRAM = """\
program "Triggers"
  currency    USD

unit star
  expires     3 months after earned

unit mile

unit night
  kind        status

member
  born        date optional
  household   text optional

account household
  members     household
  owns        mile

event purchase
  code        text
  amount      money

event refund
  code        text
  amount      money
  reverses    purchase by code
  part        amount

event visit

tiers status
  counts      star earned ever
  tier        Low
  tier        Mid at 50 star
  tier        High at 80 star
  lasts       forever

tiers ahead
  counts      sum of purchase.amount this month
  tier        None_yet
  tier        Good at 100 USD
  rises       at end of this month
  lasts       through end of next month

earn "Base"
  on          purchase
  give        1 star per full 1 USD of amount
"""


def program(rules: str, lateness: str = "") -> nodes.Program:
    text = PROGRAM.replace("USD\n", f"USD\n{lateness}\n", 1) if lateness else PROGRAM
    found, said = check_bytes("triggers.guerdon", (text + rules).encode())
    assert found is not None, "\n".join(map(render, said))
    return found


BOUGHT = 'purchase on {}: code "{}", amount {} USD'

CASES = {
    "a month and its end": (
        "end of month\n  when count of purchase this month is 1",
        [f"event {BOUGHT.format('2026-01-31', 'a', 5)}", "expect 3 night on 2026-01-31"],
        ["expect 0 night on 2026-02-28", "event visit on 2026-03-01", "expect 0 night on 2026-03-31"],
    ),
    "the first of a month sees the new one": (
        "start of month\n  when count of purchase this month is 0 and count of purchase previous month is 1",
        [f"event {BOUGHT.format('2026-01-31', 'a', 5)}", "expect 0 night on 2026-01-31"],
        ["expect 3 night on 2026-02-01", "expect 0 night on 2026-03-01"],
    ),
    "no anniversary of the day itself": (
        "anniversary of joining",
        ["event joined on 2024-02-29", "expect 0 night on 2024-02-29", "expect 3 night on 2025-02-28"],
        ["expect 0 night on 2025-03-01", "expect 3 night on 2028-02-29"],
    ),
    "a date of a member that changes": (
        "anniversary of born",
        ["given born 2000-03-10", "event visit on 2026-03-09", "event changed on 2026-03-09: born 2000-04-01"],
        ["expect 0 night on 2026-03-10", "expect 3 night on 2026-04-01"],
    ),
    "who joins on the day comes too late": (
        "2026-12-24",
        ["event visit on 2026-12-24", "expect 0 night on 2026-12-24"],
        [],
    ),
    "two events of one day are followed once": (
        "10 days after visit",
        ["event visit on 2026-03-01", "event visit on 2026-03-01 at 13:00", "event visit on 2026-03-02"],
        ["expect 3 night on 2026-03-11", "expect 3 night on 2026-03-12", "expect 0 night on 2026-03-13"],
    ),
    "what was returned as a whole is not followed": (
        "10 days after purchase",
        [
            f"event {BOUGHT.format('2026-03-01', 'a', 5)}",
            f"event {BOUGHT.format('2026-03-02', 'b', 5)}",
            'event refund on 2026-03-05: code "a", amount 5 USD',
            'event refund on 2026-03-05: code "b", amount 4 USD',
        ],
        ["expect 0 night on 2026-03-11", "expect 3 night on 2026-03-12"],
    ),
    "a silence that began with joining": (
        "30 days without purchase",
        ["event visit on 2026-03-01", "event visit on 2026-03-20", "expect 3 night on 2026-03-31"],
        [
            f"event {BOUGHT.format('2026-04-01', 'a', 5)}",
            "expect 3 night on 2026-05-01",
            "expect 0 night on 2026-05-31",
        ],
    ),
    "an event on the last day of a silence comes after it": (
        "30 days without purchase",
        [f"event {BOUGHT.format('2026-03-01', 'a', 5)}", f"event {BOUGHT.format('2026-03-31', 'b', 5)}"],
        ["expect 3 night on 2026-03-31", "expect 3 night on 2026-04-30"],
    ),
    "what is spent does not expire": (
        "7 days before star expires\n  when quantity is 15 star",
        [
            f"event {BOUGHT.format('2026-01-10', 'a', 25)}",
            "event redemption on 2026-02-01: quantity 10 star",
        ],
        ["expect 3 night on 2026-04-03", "expect -15 star on 2026-04-10"],
    ),
    "a tier that is skipped is reached": (
        "status reaching Mid\n  when status is High",
        [f"event {BOUGHT.format('2026-01-10', 'a', 80)}", "expect 3 night on 2026-01-10"],
        [f"event {BOUGHT.format('2026-01-11', 'b', 80)}", "expect 0 night on 2026-01-11"],
    ),
    "a tier that is entered at a review": (
        "ahead reaching Good",
        [f"event {BOUGHT.format('2026-01-10', 'a', 100)}", "expect 0 night on 2026-01-31"],
        ["expect 3 night on 2026-02-01"],
    ),
    "a tier set by hand is reached, one brought along is not": (
        "status reaching High",
        [
            "event opening by ana on 2026-01-10: ladder status, tier High",
            "event adjustment by ben on 2026-01-10: ladder status, tier High",
        ],
        ["expect 0 night for ana on 2026-01-10", "expect 3 night for ben on 2026-01-10"],
    ),
    "nothing comes to who is closed": (
        "30 days without purchase",
        ["event visit on 2026-03-01", 'event closed on 2026-03-02: why "gone"', "expect 0 night on 2026-03-31"],
        [],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_triggers_come_on_their_days(name: str) -> None:
    on, *lines = CASES[name]
    steps = "".join(f"  {line}\n" for part in lines for line in part)
    found = program(f'earn "R"\n  on {on}\n  give 3 night\ntest "t"\n{steps}')
    (result,) = trial.run(found)
    assert [trial.render(result, miss) for miss in result.misses] == []


def test_a_chain_ends_because_a_tier_is_reached_once_a_day() -> None:
    found = program(
        'earn "Mid"\n  on status reaching Mid\n  give 30 star\nearn "High"\n  on status reaching High\n  give 7 star\n'
        'test "t"\n  event purchase on 2026-01-10: code "a", amount 50 USD\n  expect 87 star on 2026-01-10\n  expect status High\n'
    )
    assert not trial.run(found)[0].misses


def test_of_two_in_a_household_the_second_sees_what_the_first_was_given() -> None:
    found = program(
        'earn "Month"\n  on end of month\n  give 10 mile\n  limit 1 time per household per month\n'
        'test "t"\n  given ana: household "h"\n  given ben: household "h"\n'
        "  event visit by ana on 2026-01-10\n  event visit by ben on 2026-01-20\n  expect balance 10 mile for ben on 2026-02-01\n"
        "  event visit by ben on 2026-04-20\n  expect balance 30 mile for ana\n"
    )
    assert [trial.render(trial.run(found)[0], miss) for miss in trial.run(found)[0].misses] == []


# ---------------------------------------------------------------- runs


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def bought(id: str, at: str, amount: int, known: str | None = None) -> Event:
    facts = {"code": id, "amount": Fraction(amount)}
    return Event(id, "purchase", "m", instant(at), instant(known or at), 0, facts)


@pytest.mark.parametrize(("as_of", "times"), [("2026-03-30", 2), ("2026-03-31", 3), ("2026-04-01", 3)])
def test_a_run_as_of_the_last_day_of_a_period_holds_its_end(as_of: str, times: int) -> None:
    engine = Engine(program('earn "R"\n  on end of month\n  give 3 night\n'))
    posted = engine.run([bought("a", "2026-01-10T12:00", 5)], date.fromisoformat(as_of))
    given = [award for award in posted.ledger.awards if award.rule == "R"]
    assert [award.id for award in given][:1] == ["end of month 2026-01-31/m/R"]
    assert given[0].at == instant("2026-02-01T00:00") - 1
    assert len(given) == times


def test_a_purchase_that_comes_late_ends_a_silence_that_was_rewarded() -> None:
    """What was given is taken back when the event becomes known, and the silence is reckoned anew."""
    rules = 'earn "R"\n  on 30 days without purchase\n  give 3 night\n'
    engine = Engine(program(rules, "  lateness 2 months"))
    late = bought("b", "2026-03-20T12:00", 5, known="2026-04-10T12:00")
    for event in (bought("a", "2026-03-01T12:00", 5), bought("c", "2026-04-05T12:00", 5), late):
        engine.happen(event)
    engine.close(instant("2026-05-10T00:00"))
    given = [(award.id, int(award.quantity)) for award in engine.posted.ledger.awards if award.rule == "R"]
    name = "30 days without purchase"
    assert given == [(f"{name} 2026-03-31/m/R", 3), (f"{name} 2026-03-31/m/R@b", -3), (f"{name} 2026-05-05/m/R", 3)]


def test_a_silent_year_is_as_many_steps_as_there_are_days_on_which_something_happens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine, steps = Engine(program('earn "R"\n  on anniversary of joining\n  give 3 night\n')), list[date]()
    begin = engine.days._begin

    def note(together: list[Subject], day: date) -> None:
        steps.append(day)
        begin(together, day)

    monkeypatch.setattr(engine.days, "_begin", note)
    engine.run([Event("v", "visit", "m", instant("2026-01-10T12:00"), 0, 0, {})], date(2029, 1, 1))
    assert [str(each) for each in steps if each.month == 1 and each.day == 10] == ["2027-01-10", "2028-01-10"]
    assert len(steps) == 2 + 36  # and `ahead` is looked at each month


def test_what_fell_due_before_an_event_became_known_is_posted_when_it_did() -> None:
    rules = 'earn "R"\n  on end of month\n  give 3 star\n  hold 1 day\n'
    engine = Engine(program(rules, "  lateness 2 months"))
    posted = engine.run([bought("a", "2026-01-10T12:00", 5, known="2026-02-20T12:00")], date(2026, 2, 28))
    given = [award for award in posted.ledger.awards if award.rule == "R"]
    assert [award.id[:23] for award in given] == ["end of month 2026-01-31", "end of month 2026-02-28"]
    assert [award.at for award in given] == [instant("2026-02-20T12:00"), instant("2026-03-01T00:00") - 1]
    assert [award.spendable_from for award in given] == [instant("2026-02-20T12:00"), instant("2026-03-01T00:00")]
    assert [each.at for each in posted.ledger.postings if each.reason == "R"] == [award.at for award in given]


def test_a_tier_that_another_s_event_lets_a_member_reach_is_reached_then() -> None:
    text = PROGRAM.replace("event visit\n", "event visit\n  friend      member\n")
    rules = (
        'earn "Thanks"\n  on visit\n  give 60 star to friend\nearn "Mid"\n  on status reaching Mid\n  give 3 night\n'
    )
    steps = 'test "t"\n  event visit by ana on 2026-01-10: friend "ben"\n'
    steps += (
        "  expect status Mid for ben\n  expect 3 night for ben on 2026-01-10\n  expect 0 night for ana on 2026-01-10\n"
    )
    found, said = check_bytes("triggers.guerdon", (text + rules + steps).encode())
    assert found is not None, "\n".join(map(render, said))
    assert [trial.render(trial.run(found)[0], miss) for miss in trial.run(found)[0].misses] == []


def test_a_return_sees_what_triggers_give_the_others_of_an_account() -> None:
    """Where a unit refuses debt, a return is tried: with the days of all members of the account."""
    text = PROGRAM.replace("unit mile\n", "unit mile\n  debt        refused\n")
    rules = (
        'earn "Miles"\n  on purchase\n  give 1 mile per full 1 USD of amount\n'
        'earn "Month"\n  on end of month\n  when count of visit ever >= 1\n  give 5 mile\n'
    )
    steps = (
        'test "t"\n  given ana: household "h"\n  given ben: household "h"\n  event visit by ben on 2026-01-10\n'
        f"  event {BOUGHT.format('2026-01-11', 'a', 5).replace('purchase', 'purchase by ana')}\n"
        "  event redemption by ana on 2026-01-12: unit mile, quantity 5 mile\n"
        '  event refund by ana on 2026-02-02: code "a", amount 5 USD\n  expect balance 0 mile for ana\n'
    )
    found, said = check_bytes("triggers.guerdon", (text + rules + steps).encode())
    assert found is not None, "\n".join(map(render, said))
    assert [trial.render(trial.run(found)[0], miss) for miss in trial.run(found)[0].misses] == []
