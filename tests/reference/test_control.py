"""Control groups: who is drawn, for how long, what a rule is for them, and how tests and explanations say so."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from fractions import Fraction
from hashlib import sha256

import duckdb
import hypothesis
import pytest
from hypothesis import strategies as st
from tests.generated.histories import History
from tests.kernel.both import agree, reference
from tests.kernel.stepping import step_both

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.kernel.rows.facts import in_control
from guerdon.kernel.uncovered import uncovered
from guerdon.program import nodes
from guerdon.program.nodes import Control
from guerdon.program.printed import fingerprint
from guerdon.reference.engine import Engine
from guerdon.study import trial
from guerdon.study.coverage import report
from guerdon.study.describe.describe import describe
from guerdon.study.explain.explain import explain
from guerdon.text.diagnostic import render
from guerdon.text.node import Node

PROGRAM = """\
program "Shop"
  currency    USD

param left_out
  is          50%

unit point

event purchase
  amount      money

event return
  reverses    purchase

earn "Base"
  on          purchase
  give        1 point per full 1 USD of amount
"""
DRAWN = """
earn "Win back"
  on          purchase
  control     50%
  give        100 point
"""
MEMBERS = [f"m{number}" for number in range(40)]
SHARES = st.fractions(Fraction(1, 1000), Fraction(999, 1000))


def program(rules: str = DRAWN, head: str = PROGRAM) -> nodes.Program:
    found, said = check_bytes("shop.guerdon", (head + rules).encode())
    assert found is not None, "\n".join(map(render, said))
    return found


def bought(id: str, day: str, member: str, kind: str = "purchase", **facts: object) -> Event:
    at = int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) * 10**6
    return Event(id, kind, member, at, at, 0, {"amount": Fraction(10)} | facts)


def passes(rules: str, test: str) -> None:
    """Fails where an expectation is not met."""
    (result,) = trial.run(program(rules + test))
    assert [f"{miss.expected} / {miss.found}" for miss in result.misses] == []


def who_gets(of: nodes.Program, rule: str) -> set[str]:
    """The members to whom a rule gives something, of forty who buy."""
    events = [bought(f"{member}-1", "2026-03-02", member) for member in MEMBERS]
    return {each.member for each in Engine(of).run(iter(events)).ledger.awards if each.rule == rule and each.quantity}


def test_the_number_is_what_sha256_of_coreutils_prints() -> None:
    """`printf 'Spring\\nm7' | sha256sum` begins with these digits: they stay for ever."""
    assert Control(Fraction(1, 2), "Spring").number("m7") == 0x0014396A3BBAB132
    assert Control(Fraction(1, 2), "Spring").number("m17") == 0x78A549AC6B3D017A


@hypothesis.given(st.text(max_size=20), st.text(min_size=1, max_size=20), SHARES)
def test_a_member_is_in_the_group_where_the_first_64_bits_are_a_fraction_below_the_share(group, member, share) -> None:
    hypothesis.assume(all(not 0xD800 <= ord(each) < 0xE000 for each in group + member))
    first = int.from_bytes(sha256(f"{group}\n{member}".encode()).digest()[:8], "big")
    assert Control(share, group).holds(member) == (Fraction(first, 2**64) < share)


@hypothesis.given(SHARES, SHARES, st.integers(0, 10**6))
def test_a_larger_share_only_adds_members(one, other, member) -> None:
    less, more = sorted([one, other])
    assert not Control(less, "Spring").holds(f"m{member}") or Control(more, "Spring").holds(f"m{member}")


@pytest.mark.parametrize("share", [Fraction(1, 100), Fraction(1, 10), Fraction(1, 2)])
def test_groups_are_as_large_as_their_shares_and_independent(share: Fraction) -> None:
    """Of 20,000 members, each number lies within four standard deviations of what is expected."""
    many = 20_000
    one, other = ({each for each in range(many) if Control(share, name).holds(f"m{each}")} for name in ("One", "Other"))
    for found, expected in ((one, share), (other, share), (one & other, share**2)):
        assert (len(found) - many * expected) ** 2 <= 16 * many * expected * (1 - expected)


@pytest.mark.parametrize("share", ["0.000000000000000001%", "0.5%", "50%", "99.9%", "99.9999999999999999999999%"])
def test_the_database_draws_whom_python_draws(share: str) -> None:
    names = [*MEMBERS, "O'Neil", 'a "b"', "Grüße", "\U0001f600", "a/b", " "]
    for group in ("Spring", "it's", "Ostern äöü"):
        of = Control(Fraction(share.rstrip("%")) / 100, group)
        with duckdb.connect() as con:
            for name in names:
                found = con.execute(f"SELECT {in_control(of)} FROM (SELECT ? AS member)", [name]).fetchone()
                assert found == (of.holds(name),), (group, name)


def test_some_get_it_and_others_do_not_for_ever() -> None:
    of = program()
    control = of.rules["Win back"].control
    assert control == Control(Fraction(1, 2), "Win back")
    assert who_gets(of, "Base") == {*MEMBERS}
    assert who_gets(of, "Win back") == {each for each in MEMBERS if not control.holds(each)} != {*MEMBERS}


def test_rules_that_name_one_group_leave_out_the_same_members_and_others_do_not() -> None:
    of = program("""
earn "Eggs"
  on          purchase
  control     50% for "Easter"
  give        1 point

rule "Bunny"
  on          purchase
  control     left_out for "Easter"
  say         "Happy Easter"

earn "Win back"
  on          purchase
  control     50%
  give        1 point
""")
    assert of.control_groups == ["Easter", "Win back"]
    assert of.rules["Eggs"].control == of.rules["Bunny"].control
    assert who_gets(of, "Eggs") != who_gets(of, "Win back")


def test_a_renamed_rule_keeps_its_group_where_it_names_it() -> None:
    renamed = DRAWN.replace('"Win back"', '"Come back"').replace("50%", '50% for "Win back"')
    assert who_gets(program(renamed), "Come back") == who_gets(program(), "Win back")
    other = DRAWN.replace('"Win back"', '"Come back"')
    assert who_gets(program(other), "Come back") != who_gets(program(), "Win back")


def test_it_is_part_of_what_a_program_means() -> None:
    texts = [
        DRAWN,
        DRAWN.replace("50%", "51%"),
        DRAWN.replace("50%", '50% for "X"'),
        DRAWN.replace("  control     50%\n", ""),
    ]
    assert len({fingerprint(program(each)) for each in texts}) == len(texts)
    assert fingerprint(program()) == fingerprint(program(DRAWN.replace("50%", "left_out")))


# ---------------------------------------------------------------- in tests


TOLD = """
test "told"
  given       anna: control "Win back"
  event       purchase by anna on 2026-03-02: amount 10 USD
  expect      10 point
  expect      0 point from "Win back"
  event       purchase by ben on 2026-03-02: amount 10 USD
  expect      110 point
"""


def test_in_a_test_nobody_is_drawn_and_who_is_left_out_is_told() -> None:
    passes(DRAWN, TOLD)
    for member in MEMBERS:
        passes(DRAWN, TOLD.replace("ben", member))


def test_a_test_that_is_not_met_says_who_is_in_the_control_group() -> None:
    (result,) = trial.run(program(DRAWN + TOLD.replace("expect      10 point", "expect      110 point")))
    (miss,) = result.misses
    assert '"Win back" gave nothing: `control 50%` anna is in the control group' in miss.help


def test_a_control_group_is_reached_by_a_test_that_puts_somebody_in_it() -> None:
    def said(test: str) -> list[str]:
        _, found = report.run(program(DRAWN + test), "shop.guerdon")
        told = (each for part in found.parts for _, each in report.untaken(part, found.taken))
        return [each for each in told if "control group" in each]

    assert said(TOLD) == []
    assert said('\ntest "t"\n  event purchase on 2026-03-02: amount 10 USD\n  expect 110 point\n') != []


# ---------------------------------------------------------------- beside other clauses


def test_a_rule_that_is_not_there_replaces_nothing() -> None:
    passes(
        """
earn "Double"
  on          purchase
  control     50%
  replaces    "Base"
  give        2 point per full 1 USD of amount
""",
        """
test "t"
  given       control "Double"
  event       purchase on 2026-03-02: amount 10 USD
  expect      10 point from "Base"
  expect      10 point
""",
    )


def test_others_that_rest_on_it_see_nothing_of_it() -> None:
    passes(
        DRAWN
        + """
earn "Half as much again"
  on          purchase
  give        50% of "Win back"
  round       down per event

group "Best"
  of          "Win back", "Base"
  take        best
""",
        """
test "t"
  given       control "Win back"
  event       purchase on 2026-03-02: amount 10 USD
  expect      10 point
  event       purchase by ben on 2026-03-02: amount 10 USD
  expect      100 point from "Best" for ben
  expect      150 point for ben
""",
    )


def test_an_offer_is_not_opened() -> None:
    rules = """
offer "Again"
  opens       purchase
  within      3 days
  on          purchase
  control     50%
  give        10 point

earn "Told of"
  on          purchase
  when        "Again" open
  give        1 point
"""
    test = """
test "t"
  given       control "Again"
  event       purchase on 2026-03-02: amount 10 USD
  event       purchase on 2026-03-03: amount 10 USD
  expect      10 point
  event       purchase by ben on 2026-03-03: amount 10 USD
  event       purchase by ben on 2026-03-04: amount 10 USD
  expect      21 point
"""
    passes(rules, test)
    of = program(rules)
    events = [bought(f"{member}-1", "2026-03-02", member) for member in MEMBERS]
    opened = {each.member for each in Engine(of).run(iter(events)).ledger.offers}
    assert opened == {each for each in MEMBERS if not of.rules["Again"].leaves_out(each)} != {*MEMBERS}


def test_a_return_takes_back_what_was_given_and_nothing_from_the_control_group() -> None:
    of = program()
    events = [bought(f"{member}-1", "2026-03-02", member) for member in MEMBERS]
    events += [bought(f"{member}-2", "2026-03-09", member, "return", purchase=f"{member}-1") for member in MEMBERS]
    ledger = Engine(of).run(iter(events)).ledger
    for member in MEMBERS:
        found = [each.quantity for each in ledger.awards if each.member == member and each.rule == "Win back"]
        assert found == ([] if of.rules["Win back"].leaves_out(member) else [100, -100])


# ---------------------------------------------------------------- told, and on other engines


def test_an_explanation_says_which_number_decides() -> None:
    of = program()
    control = of.rules["Win back"].control
    assert control is not None
    events = [bought(f"{member}-1", "2026-03-02", member) for member in MEMBERS]
    for member in MEMBERS[:8]:
        account = explain(of, lambda: events, {}, member, f"{member}-1", "Win back")
        (reason,) = [each for each in account.explained[0].rules[0].reasons if each.clause == "control"]
        shown = {each.name: each.value for each in reason.readings}
        digits = sha256(f"Win back\n{member}".encode()).hexdigest()[:16]
        assert shown[f'drawn for "Win back" and {member}'] == digits
        assert (digits < shown["the first that is not in the group"]) == control.holds(member)
        assert reason.result == f"{member} is {'' if control.holds(member) else 'not '}in the control group"


def test_a_description_says_how_many_are_left_out() -> None:
    text = str(describe(program(DRAWN + TOLD)))
    assert "50% of all members are left out of it, as a control group" in text
    assert "anna is in the control group of" in text


def test_the_kernel_and_a_session_leave_out_the_same_members() -> None:
    of = program()
    assert not uncovered(of)
    events = [bought(f"{member}-{day}", f"2026-03-0{day}", member) for day in (2, 3) for member in MEMBERS]
    expected = reference(of, events, {})
    for compiled in (False, True):
        assert agree(expected, of, events, {}, compiled=compiled) == len(events)
    of = program(head=PROGRAM.replace("event return\n  reverses    purchase\n", ""))
    for turns in (False, True):
        ran = step_both(of, History(events, {}, None), random.Random(1), turns)
        assert 0 < ran <= len(events) and (turns or ran == len(events))


def test_nodes_of_the_tree_stay_as_they_are_but_for_what_is_changed() -> None:
    class Pair(Node):
        one: int
        other: int = 2

    assert Pair(1).but(one=3) == Pair(3, 2)
