"""Laws are attacked: what holds, what breaks and how it is shown, and that the same seed gives the same."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.generated import writer

from guerdon.check.passes import check_bytes
from guerdon.cli import main
from guerdon.program import nodes, types
from guerdon.program.printed import fingerprint
from guerdon.project.load import check_file
from guerdon.study.laws import history, told
from guerdon.study.laws.attack import Attack, attack
from guerdon.study.laws.pool import Pool
from guerdon.study.laws.teller import Teller, chance
from guerdon.study.trial import Trial, run

ROOT = Path(__file__).resolve().parents[2]
PRELUDE = """\
program "Cafe"
  currency    USD

unit star
  worth       0.04 USD

event purchase
  amount      money
  lines       list of line

record line
  category    one of drink, food
  amount      money

event return
  reverses    purchase

tiers status
  counts      star earned this calendar year
  tier        Green
  tier        Gold at 450 star
  lasts       through end of next calendar year

measure visits
  is          count of purchase this month

earn "Base stars"
  on          purchase
  give        1 star per full 1 USD of amount

earn "Iced week"
  on          purchase
  each        line where category is drink
  give        5 star
  limit       30 star per member per day

redeem "Any drink"
  cost        150 star

"""
ANY = nodes.Law("any", always=nodes.Literal(True, types.YesNo()))


def program(text: str, prelude: str = PRELUDE) -> nodes.Program:
    typed, found = check_bytes("cafe.guerdon", (prelude + text).encode())
    assert typed is not None, found
    return typed


def law(claim: str, prelude: str = PRELUDE, histories: int = 100, seed: int = 0) -> Attack:
    """What comes of one law."""
    (found,) = attack(program(f'law "L"\n  {claim}\n', prelude), histories, seed)
    return found


def shown(claim: str, prelude: str = PRELUDE, seed: int = 0) -> told.Shown:
    found = told.shown(law(claim, prelude, seed=seed))
    assert found is not None
    return found


# ---------------------------------------------------------------- laws that hold


@pytest.mark.parametrize(
    "claim",
    [
        'always "Iced week" earned this day <= 30 star',
        "always star available >= 0 star or star available < 0 star",
        "never less star for more purchase.amount",
        "never less star for more purchase.lines.amount",
        "when status is Green\n  always star earned this month >= 0 star",
    ],
)
def test_what_the_rules_see_to_holds(claim):
    found = law(claim, histories=25)
    assert found.broken is None, told.shown(found)
    assert found.tested and found.histories == 25
    assert told.render(found) == ""


# ---------------------------------------------------------------- laws that do not


def test_a_condition_that_fails_is_shown_as_the_shortest_test():
    found = shown('always "Iced week" earned this day <= 25 star')
    assert found.test == (
        'test "L"\n'
        "  event       purchase on 2026-03-02: amount 0 USD, lines [category drink, amount 0 USD"
        + "; category drink, amount 0 USD" * 5
        + ']\n  expect      30 star from "Iced week"\n'
    )
    assert (found.event, found.at, found.values) == (
        1,
        "the purchase on 2026-03-02",
        (('"Iced week" earned this day', "30 star"),),
    )


def test_debt_is_found_by_a_redemption_and_a_return():
    """A sale, its stars redeemed, and the sale taken back."""
    found = shown("always star available >= 0 star")
    assert found.test == (
        'test "L"\n'
        "  event       purchase on 2026-03-02: amount 0 USD, lines [category drink, amount 0 USD]\n"
        "  event       redemption on 2026-03-02: quantity 1 star\n"
        '  event       return on 2026-03-02: purchase "1"\n'
        "  expect      balance -1 star\n"
    )
    assert found.event == 3 and found.values == (("star available", "-1 star"),)


def test_what_is_nothing_but_a_trigger_is_named():
    prelude = PRELUDE + 'earn "Monthly"\n  on end of month\n  give 7 star\n\n'
    found = shown('always "Monthly" earned ever <= 14 star', prelude)
    assert found.at.startswith("`end of month` on ")
    assert found.values == (('"Monthly" earned ever', "21 star"),)


def test_all_sides_of_comparisons_are_told():
    found = shown("always visits <= 1 or star earned this month < 3 star")
    assert [name for name, _ in found.values] == ["visits", "star earned this month"]
    assert "expect      visits 2\n" in found.test and "expect      status" not in found.test


NOTHING_ABOVE = (
    'earn "Capped"\n  on purchase\n  give 1 star per full 1 USD of amount\n  limit 40 star per event, or nothing\n'
)
FALLING = """\
table rate
  by          amount money
  bands       whole
  row         from 0 USD below 100 USD: 10%
  row         from 100 USD: 1%

unit coin

earn "By bands"
  on          purchase
  give        1 coin per full 1 USD of (rate of amount)
"""


def test_a_limit_that_gives_nothing_above_it_gives_less_for_more():
    found = shown(
        "never less star for more purchase.amount",
        PRELUDE.replace("earn ", NOTHING_ABOVE + "\nearn ", 1).replace(
            "give        1 star per full 1 USD of amount", "give 0 star", 1
        ),
    )
    assert found.test == (
        'test "L"\n'
        "  event       purchase on 2026-03-02: amount 41 USD, lines []  # 0 star in all; with amount 1 USD it is 1 star\n"
        "  expect      0 star\n"
    )


def test_a_band_with_a_lower_rate_gives_less_for_more():
    found = shown("never less coin for more purchase.amount", PRELUDE + FALLING + "\n")
    (_, few), (_, many) = found.values
    assert int(few.split()[0]) > int(many.split()[0])
    assert "amount 100" in found.test


def test_a_test_that_shows_a_breach_passes_when_it_is_pasted():
    for claim in ("always star available >= 0 star", "always status is Green", "always visits < 3"):
        pasted = program(shown(claim).test)
        assert len(pasted.tests) == 1
        assert not any(each.misses for each in run(pasted))


def test_a_law_that_is_false_only_in_a_control_group_is_broken_by_a_member_in_it():
    """The test that shows it names the group, and passes where it is pasted; without the group the law holds."""
    bonus = 'earn "Bonus"\n  on          purchase\n  control     5%\n  give        1 star\n\n'
    claim = 'always count of purchase ever is 0 or "Bonus" earned ever > 0 star'
    found = shown(claim, PRELUDE + bonus)
    assert found.test == (
        'test "L"\n'
        '  given       control "Bonus"\n'
        "  event       purchase on 2026-03-02: amount 0 USD, lines []\n"
        '  expect      0 star from "Bonus"\n'
    )
    assert not any(each.misses for each in run(program(found.test, PRELUDE + bonus)))
    assert law(claim, PRELUDE + bonus.replace("  control     5%\n", "")).broken is None


# ---------------------------------------------------------------- never put to the test


def test_a_law_about_what_never_comes_is_said_to_be_untested():
    found = law(
        'always "Gifts" earned ever <= 3 star',
        PRELUDE + 'earn "Gifts"\n  on purchase\n  when amount < 0 USD\n  give 1 star\n\n',
        10,
    )
    assert found.broken is None and not found.tested
    assert told.render(found).startswith('warning G741: law "L" was never put to the test in 10 histories\n')


def test_a_law_whose_when_never_holds_is_untested():
    assert not law("when star earned ever < 0 star\n  always star available > 5 star", histories=10).tested


# ---------------------------------------------------------------- the same for the same


CLAIMS = 'law "A"\n  always star earned this day < 333 star\n\nlaw "B"\n  always not (status is Gold)\n'


def test_a_seed_decides_everything():
    """Also in another process, whose sets are in another order."""
    script = (
        "import sys\nfrom guerdon.check.passes import check_bytes\nfrom guerdon.study.laws import told\n"
        "from guerdon.study.laws.attack import attack\n"
        "program, _ = check_bytes('cafe.guerdon', sys.stdin.buffer.read())\n"
        "for seed in (0, 7):\n    for each in attack(program, 40, seed):\n        print(told.as_json(each))\n"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            input=(PRELUDE + CLAIMS).encode(),
            env=os.environ | {"PYTHONHASHSEED": order},
            capture_output=True,
            check=True,
        ).stdout
        for order in ("1", "2")
    }
    assert len(answers) == 1
    assert len(set(answers.pop().splitlines())) == 4, "another seed finds it elsewhere"


def test_laws_leave_the_program_as_it_is():
    """What they measure is theirs; the program, its states and its coverage stay what they are."""
    plain, claimed = program(""), program('law "L"\n  always sum of purchase.lines.amount this week < 10 USD\n')
    assert fingerprint(plain) == fingerprint(claimed)
    assert plain.meters == claimed.meters
    assert [len(each.meters) for each in claimed.laws] == [1]


# ---------------------------------------------------------------- on the command line


def invoke(folder: Path, text: str, *options: str) -> tuple[int, str]:
    path = folder / "cafe.guerdon"
    path.write_text(PRELUDE + text, encoding="utf-8")
    done = CliRunner().invoke(main, ["test", str(path), *options])
    return done.exit_code, done.output


def test_the_command_counts_laws_and_ends_with_1_where_one_does_not_hold(tmp_path):
    fine = 'law "L"\n  always star earned this day >= 0 star\n'
    assert invoke(tmp_path, fine, "--histories", "20") == (0, "there are no tests\n0 of 1 law broken\n")
    code, said = invoke(tmp_path, CLAIMS)
    assert code == 1 and said.count("error G740") == 2
    assert said.endswith("there are no tests\n2 of 2 laws broken\n")


def test_json_holds_the_test_and_the_values(tmp_path):
    code, said = invoke(tmp_path, 'law "L"\n  always visits < 3\n', "--format", "json", "--seed", "3")
    (found,) = json.loads(said)
    assert code == 1 and (found["law"], found["passed"], found["tested"], found["seed"]) == ("L", False, True, 3)
    assert found["breach"]["values"] == [{"of": "visits", "is": "3"}]
    assert found["breach"]["test"].startswith('test "L"\n')


def test_coverage_does_not_count_laws(tmp_path):
    law = 'law "L"\n  always star earned this day >= 0 star\n'
    with_, without = (invoke(tmp_path, text, "--coverage", "--histories", "5")[1] for text in (law, ""))
    assert [line for line in with_.splitlines() if "law" not in line] == without.splitlines()


def test_laws_are_tried_with_the_values_that_are_set(tmp_path):
    text = 'param top\n  is 100000000000 star\n\nlaw "L"\n  always star earned this day <= top\n'
    assert invoke(tmp_path, text, "--histories", "30")[0] == 0
    assert invoke(tmp_path, text, "--histories", "30", "--set", "top=3 star")[0] == 1


# ---------------------------------------------------------------- any program can be attacked


def accepted(program: nodes.Program, pool: Pool, number: int) -> tuple[int, int, nodes.Case]:
    """How many events of a history are taken in, and of how many."""
    case = Teller(chance(0, number), program, pool).history().case("made up")
    trial = Trial(case, program)
    for step in case.steps:
        assert isinstance(step, nodes.Happening)
        trial.happen(step)
    posted = trial.engine.posted
    refused = {each.event for each in posted.ledger.refusals}
    lost = len(posted.rejections) + sum(len(each.waiting) for each in trial.engine.members.values()) + len(refused)
    return len(case.steps) - lost, len(case.steps), case


@pytest.mark.slow
def test_histories_of_published_programs_are_mostly_taken_in():
    for path in sorted([*ROOT.glob("tests/cases/*/*.guerdon"), *ROOT.glob("examples/*/*.guerdon")]):
        typed, found = check_file(path, {})
        assert typed is not None, found
        taken, told_ = (
            sum(each) for each in zip(*(accepted(typed, Pool(typed, ANY), n)[:2] for n in range(10)), strict=True)
        )
        assert 2 * taken >= told_ > 0, path


@pytest.mark.slow
def test_any_program_can_be_attacked_and_its_histories_written_as_tests():
    """Generated programs: no exception, at least half of the events taken in, and the text of a history is that history."""
    taken = every = laws = 0
    for number in range(20):
        made = writer.program_of(random.Random(number).randrange)
        if made is None:
            continue
        text, typed = made
        pool = Pool(typed, ANY)
        for again in range(2):
            few, many, case = accepted(typed, pool, again)
            taken, every = taken + few, every + many
            written = f"{text}\n{history.text(case, typed, ['0 point'])}"
            pasted, found = check_bytes("made.guerdon", written.encode())
            assert pasted is not None or not case.steps, (written, found)
            if pasted is not None:
                back = next(each for each in pasted.tests if each.name == "made up")
                assert (back.given, back.steps[:-1]) == (case.given, case.steps)
        for found_ in attack(typed, histories=1):
            laws += 1
            told.render(found_)
    assert 2 * taken >= every > 0
    assert laws
