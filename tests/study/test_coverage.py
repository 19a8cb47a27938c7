"""What tests reach: each kind of branch is seen where it is taken, and looking changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from tests.generated.playing import play
from tests.generated.pool import played, programs, settings

from guerdon.check.passes import check_bytes
from guerdon.cli import main
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.scene import Step
from guerdon.study import trial
from guerdon.study.coverage import report

TEXT = """program "Shop"
  currency    USD
  lateness    3 days

unit point
  expires     1 month after earned

member
  staff       yes/no optional

event purchase
  amount      money
  channel     one of shop, app
  friend      member optional

event refund
  amount      money
  reverses    purchase within 30 days
  part        amount

event visit

tiers status
  counts      sum of purchase.amount where channel is app this calendar year
  tier        Member
  tier        Gold at 100 USD
  tier        Black by invitation
  lasts       90 days
  grants      Black on visit

table bonus
  by          status
  row         Gold: 50%
  else        10%

earn "Base"
  on          purchase
  when        amount >= 5 USD or channel is app
  when        not (member.staff or no)
  during      2026-03-01 through 2026-03-31
  give        1 point per 1 USD of amount
  minimum     10 point
  round       down per event
  limit       50 point per member per day
  share       50% to friend
  hold        7 days

earn "Bonus"
  on          purchase
  give        bonus(status) of "Base"
  round       down per event

"""
ALL = {
    "nothing ever expired by it",
    "no refund ever took anything back",
    "`channel is app` was never looked at",
    "nobody ever reached Gold",
    "nobody ever reached Black",
    "it never gave Black",
    "no tier ever fell at its end",
    "the row `Gold` was never used",
    "`else` was never used",
    "no test reaches it at all",
    "no test makes it give anything",
}
BUY = "event purchase on 2026-03-02: amount 60 USD, channel app"


def coverage(*tests: str) -> report.Coverage:
    """What tests of the shop reach; each is its lines, with `;` between them."""
    text = TEXT + "".join(
        f'test "{number}"\n' + "".join(f"  {line.strip()}\n" for line in test.split(" ; ")) + "\n"
        for number, test in enumerate(tests)
    )
    found, diagnostics = check_bytes("shop.guerdon", text.encode())
    assert found is not None, diagnostics
    results, reach = report.run(found, "shop.guerdon")
    assert not any(each.misses for each in results), results
    return reach


def untaken(*tests: str) -> set[str]:
    reach = coverage(*tests)
    return {text for part in reach.parts for _, text in report.untaken(part, reach.taken)}


def test_without_a_test_nothing_is_reached():
    assert untaken() == ALL
    assert coverage().reached == 0


def test_a_purchase_reaches_what_it_looks_at():
    left = untaken(f'{BUY} ; expect 50 point from "Base"')
    assert "`amount >= 5 USD or channel is app` never failed to hold" in left
    assert "`channel is app` was never looked at" in left  # `or` does not look at it where the amount is large
    assert "nothing happened outside of `2026-03-01 through 2026-03-31`" in left
    assert "nothing was ever raised to its minimum" in left
    assert "nothing ever went to friend" in left
    assert "its hold never ended" in left
    assert "the row `Gold` was never used" in left
    assert not left & {"`else` was never used", "it never gave anything", "no test reaches it at all"}
    assert not any("never cut anything off" in each for each in left)


@pytest.mark.parametrize(
    ("test", "reached"),
    [
        (f"{BUY} ; expect balance 5 point ; expect balance 55 point on 2026-03-09", "its hold never ended"),
        (f'{BUY}, friend "ben" ; expect 25 point for ben', "nothing ever went to friend"),
        (f"{BUY} ; expect balance 0 point on 2026-04-02", "nothing ever expired by it"),
        (
            f'{BUY} ; event refund on 2026-03-03: purchase "1", amount 60 USD ; expect -50 point from "Base"',
            "no refund ever took anything back",
        ),
        ("event visit on 2026-03-01 ; expect status Black", "it never gave Black"),
        ("event visit on 2026-03-01 ; expect status Black", "nobody ever reached Black"),
        (f"{BUY.replace('60', '100')} ; expect status Gold", "nobody ever reached Gold"),
        ("event visit on 2026-03-01 ; expect status Member on 2026-05-30", "no tier ever fell at its end"),
        (f'given status Gold ; {BUY} ; expect 25 point from "Bonus"', "the row `Gold` was never used"),
        (
            'event purchase on 2026-03-02: amount 1 USD, channel app ; expect 10 point from "Base"',
            "nothing was ever raised to its minimum",
        ),
        (
            "event purchase on 2026-04-01: amount 60 USD, channel app ; expect 0 point",
            "nothing happened outside of `2026-03-01 through 2026-03-31`",
        ),
    ],
)
def test_what_is_taken_is_no_longer_told(test: str, reached: str):
    assert reached in untaken(BUY + ' ; expect 50 point from "Base"') | ALL
    assert reached not in untaken(test, BUY + ' ; expect 50 point from "Base"')


TOGETHER = """earn "Large"
  on          purchase
  when        amount >= 10 USD
  give        3 point per 1 USD of amount

earn "Any"
  on          purchase
  limit       40 USD of amount per event
  give        1 point per 1 USD of amount

earn "Instead"
  on          purchase
  when        channel is app
  replaces    "Large"
  give        1 point

group "Best"
  of          "Large", "Any", "Instead"
  take        best
  minimum     5 point
  round       down
  limit       90 point per event

"""
REACHES = {
    '"Large" was never the one that is taken': ("amount 20 USD, channel shop", 60),
    '"Any" was never the one that is taken': ("amount 20 USD, channel app", 20),
    '"Instead" was never the one that is taken': ("amount 0.50 USD, channel app", 5),
    "nothing was ever raised to its minimum": ("amount 2 USD, channel shop", 5),
    'it never stood in place of "Large"': ("amount 20 USD, channel app", 20),
    "`limit 40 USD of amount per event` never left anything out": ("amount 50 USD, channel app", 40),
    "`limit 90 point per event` never cut anything off": ("amount 50 USD, channel shop", 90),
}


def of_group(facts: str, points: int) -> tuple[set[str], set[str]]:
    """What a test of the group leaves untaken, and what there is."""
    head = TEXT[: TEXT.index("tiers status")]
    text = head + TOGETHER + f'test "T"\n  event purchase on 2026-03-02: {facts}\n  expect {points} point from "Best"\n'
    found, diagnostics = check_bytes("shop.guerdon", text.encode())
    assert found is not None, diagnostics
    results, reach = report.run(found, "shop.guerdon")
    assert not any(each.misses for each in results), results
    every = {point.untaken for part in reach.parts for point in part.points}
    return {point.untaken for part in reach.parts for point in part.points if point.key not in reach.taken}, every


@pytest.mark.parametrize("text", REACHES)
def test_what_rules_do_among_each_other_is_a_branch(text: str):
    left, every = of_group(*REACHES[text])
    assert text in every - left
    assert any(text in of_group(*other)[0] for other in REACHES.values())


def test_what_only_a_day_gives_is_reached_by_what_is_expected_of_the_day():
    rule = '\nearn "Month"\n  on          end of month\n  when        count of visit this month >= 1\n  give        5 point\n'
    test = '\ntest "t"\n  event       visit on 2026-03-01\n  expect      5 point from "Month" on 2026-03-31\n'
    program, _ = check_bytes("shop.guerdon", (TEXT + rule + test).encode())
    assert program is not None
    results, reach = report.run(program, "shop.guerdon")
    assert not any(each.misses for each in results)
    (month,) = [part for part in reach.parts if part.name == "Month"]
    left = {text for _, text in report.untaken(month, reach.taken)}
    assert left == {"`count of visit this month >= 1` never failed to hold"}


def test_a_refund_that_is_set_aside_takes_nothing_back():
    assert "no refund ever took anything back" in untaken(
        'event refund on 2026-03-03: purchase "9", amount 1 USD ; expect refused'
    )


def test_each_side_of_a_condition_is_a_branch_of_its_own():
    small = "event purchase on 2026-03-02: amount 1 USD, channel shop ; expect 0 point"
    left = untaken(f'{BUY} ; expect 50 point from "Base"', small)
    assert not any("amount >= 5 USD" in each for each in left)
    assert "`channel is app` never held" in left


def test_lines_are_reached_partly_or_never():
    reach = coverage(f'{BUY} ; expect 50 point from "Base"')
    states = report.lines(reach)
    by_text = {reach.source.line(line).split()[0]: state for line, state in states.items() if reach.source}
    assert (by_text["else"], by_text["during"], by_text["share"]) == ("reached", "partly", "never")


@given(programs(lambda program: bool(program.tests)))
@settings(0.1)
def test_results_are_the_same_with_coverage_and_without(made):
    results, reach = report.run(made[1], "made.guerdon")
    assert results == trial.run(made[1])
    assert 0 <= reach.reached <= reach.branches
    assert json.dumps(report.as_json(reach))
    assert report.as_html([reach])


@given(played())
@settings(0.1)
def test_an_engine_that_notes_what_it_evaluates_comes_to_the_same(case):
    _, program, history = case
    engine = Engine(program, history.members)
    engine.world.trace = Step(nodes.Literal(True, None))  # type: ignore[arg-type]
    engine.run(history.events, history.as_of, watch=lambda event, facts, verdict: None)
    assert engine.posted.ledger == play(program, history).posted.ledger


# ---------------------------------------------------------------- the command


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.guerdon"
    path.write_text(TEXT + f'test "one"\n  {BUY}\n  expect 50 point from "Base"\n')
    return path


def ran(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["test", *map(str, arguments)])


def test_the_exit_code_is_that_of_the_tests(shop):
    assert ran(shop, "--coverage").exit_code == 0
    shop.write_text(shop.read_text().replace("expect 50", "expect 51"))
    assert ran(shop, "--coverage").exit_code == 1


def test_less_than_asked_for_exits_1(shop):
    share = coverage(f'{BUY} ; expect 50 point from "Base"').share * 100
    assert ran(shop, "--fail-under", "0").exit_code == 0
    assert ran(shop, "--fail-under", str(int(share))).exit_code == 0
    done = ran(shop, "--fail-under", f"{int(share) + 1}%")
    assert done.exit_code == 1
    assert "error G470" in done.stderr
    assert ran(shop, "--fail-under", "many").exit_code == 2


def test_marks_stand_before_the_lines(shop):
    lines = ran(shop, "--marked").stdout.splitlines()
    assert any(line.startswith("~") and line.endswith("2026-03-31") for line in lines)
    assert any(line.startswith("!") and "refund" not in line for line in lines)
    assert any(line.startswith("+") and "else" in line for line in lines)


def test_json_and_html_say_the_same(shop, tmp_path):
    told = json.loads(ran(shop, "--coverage", "--format", "json").stdout)
    assert told["tests"][0]["passed"]
    assert {"file", "branches", "reached", "percent", "declarations", "lines"} == set(told["coverage"][0])
    page = tmp_path / "page.html"
    assert ran(shop, "--coverage", "--format", "html", "--out", page).exit_code == 0
    assert told["coverage"][0]["percent"] in page.read_text()
    assert ran(shop, "--format", "html").exit_code == 2
    assert ran(shop, "--coverage", "--out", page).exit_code == 2


def test_a_referral_that_is_tested_well_reaches_all_that_was_written():
    """What it stands for holds conditions that nobody wrote, and some that can never fail."""
    text = """program "Shop"
  currency    USD

unit point

event order
  amount      money
  code_of     member optional

referral "Friends"
  friend      order
  referrer    code_of
  qualifies   order where amount >= 10 USD
  give        10 point to referrer
  give        5 point to friend
  limit       1 time per referrer

test "twice by one code"
  event       order by ben on 2026-03-02: amount 5 USD, code_of "anna"
  expect      0 point for ben
  event       order by ben on 2026-03-03: amount 10 USD, code_of "anna"
  expect      5 point for ben
  expect      10 point for anna
  event       order by cleo on 2026-03-04: amount 10 USD, code_of "anna"
  expect      0 point for cleo
"""
    found, diagnostics = check_bytes("shop.guerdon", text.encode())
    assert found is not None, diagnostics
    results, reach = report.run(found, "shop.guerdon")
    assert not any(each.misses for each in results)
    assert [list(report.untaken(part, reach.taken)) for part in reach.parts] == [[], []]


def test_the_holds_of_two_rules_end_though_what_they_gave_lies_in_one_lot() -> None:
    rule = 'earn "{}"\n  on visit\n  give 1 point\n  hold 3 days\n'
    seen = "event visit on 2026-01-01\n  expect balance 2 point on 2026-01-04\n"
    text = f'program "P"\nunit point\nevent visit\n{rule.format("A")}{rule.format("B")}test "t"\n  {seen}'
    program, _ = check_bytes("p.guerdon", text.encode())
    assert program is not None
    _, reach = report.run(program, "p.guerdon")
    assert reach.reached == reach.branches == 4
