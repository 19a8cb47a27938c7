"""Nothing is proved that is not so: what a history can show is found, or it is undecided."""

from __future__ import annotations

import pytest
from tests.study.prove.planted import frame

from guerdon.check.passes import check_bytes
from guerdon.program import nodes
from guerdon.study import trial
from guerdon.study.prove.prove import compare, prove
from guerdon.study.prove.report import Report
from guerdon.study.prove.scene import begin
from guerdon.study.prove.solve import Answer, asked
from guerdon.study.prove.values import NEVER, Variables


def typed(text: str) -> nodes.Program:
    program, said = check_bytes("program.guerdon", text.encode())
    assert program is not None, said
    return program


def report(text: str) -> Report:
    """What is found out about a program whose own tests hold."""
    program = typed(text)
    assert not any(each.misses for each in trial.run(program))
    return prove(program)


def beside(text: str, was: str, becomes: str) -> Report:
    """Two versions, each of which stands where the program has `@@`."""
    return compare(typed(text.replace("@@", was)), typed(text.replace("@@", becomes)))


def codes(of: Report) -> list[str]:
    return [each.said.code for each in of.findings]


SALE = """
unit point
event sale
  amount money
  channel one of shop, web
  product text
"""
BASE = 'earn "Base"\n  on sale\n  give 1 point per full 1 EUR of amount\n'
KINDS = "member\n  kind one of plain, staff\n"
LEVEL = "table level\n  by kind one of plain, staff\n  row plain: @@\n  row staff: 3\n"
TIERS = """
tiers status
  counts sum of sale.amount this calendar year
  tier Member
  tier Silver at 50 EUR
  tier Gold {gold}
  lasts through end of next calendar year
"""
SHOP = frame("Shop") + SALE
CLUB = frame("Club") + KINDS + SALE + BASE


# ---------------------------------------------------------------- two versions: what is asked by its name

ASKED = [
    (
        "tier",
        CLUB
        + "table need\n  by kind one of plain, staff\n  row plain: @@ EUR\n  row staff: 200 EUR\n"
        + TIERS.format(gold="when sum of sale.amount this calendar year >= need(member.kind)"),
        "500",
        "900",
    ),
    (
        "share",
        CLUB.replace("product text", "product text\n  club member optional")
        + "  share part(member.kind) to club\ntable part\n  by kind one of plain, staff\n  row plain: @@\n  row staff: 10%\n",
        "10%",
        "90%",
    ),
    (
        "expiry",
        CLUB.replace(
            "unit point",
            "unit point\n  expires never when level(member.kind) >= 2\n  expires 1 months after earned",
        )
        + LEVEL,
        "2",
        "1",
    ),
    (
        "hold",
        CLUB
        + "  hold until date + wait(member.kind)\n"
        + "table wait\n  by kind one of plain, staff\n  row plain: @@ days\n  row staff: 3 days\n",
        "3",
        "90",
    ),
    (
        "grant",
        CLUB
        + LEVEL
        + "event card\n"
        + TIERS.format(gold="at 500 EUR")
        + "  grants Gold on card when level(member.kind) >= 2\n",
        "2",
        "1",
    ),
    (
        "floor",
        CLUB + LEVEL + TIERS.format(gold="at 500 EUR") + "  floor Gold while level(member.kind) >= 2\n",
        "2",
        "1",
    ),
    (
        "where",
        SHOP
        + "table level\n  by channel\n  row shop: @@\n  row web: 3\n"
        + "measure bought\n  is count of sale where level(channel) >= 2 this month\n"
        + 'earn "X"\n  on sale\n  when bought >= 2\n  give 10 point\n',
        "2",
        "1",
    ),
    (
        "derived fact",
        SHOP.replace("product text", "product text\n  value money = min(amount, cap(channel))").replace(
            "event sale", "table cap\n  by channel one of shop, web\n  row shop: @@ EUR\n  row web: 300 EUR\nevent sale"
        )
        + "measure bought\n  is sum of sale.value this month\n"
        + 'earn "X"\n  on sale\n  when bought >= 200 EUR\n  give 10 point\n',
        "100",
        "50",
    ),
]


@pytest.mark.parametrize(("text", "was", "becomes"), [each[1:] for each in ASKED], ids=[each[0] for each in ASKED])
def test_a_table_that_differs_is_seen_wherever_it_is_asked(text: str, was: str, becomes: str) -> None:
    found = beside(text, was, becomes)
    assert codes(found) == ["G947"]
    assert not found.proved


def test_a_table_that_says_who_may_spend_is_undecided() -> None:
    text = (
        CLUB.replace("  kind one of plain, staff\n", "  kind one of plain, staff\n  family text optional\n", 1)
        + LEVEL
        + "account household\n  members family\n  owns point\n  spends when level(member.kind) >= 2\n"
    )
    found = beside(text, "2", "1")
    assert found.undecided
    assert not found.proved


@pytest.mark.parametrize("text", [each[1] for each in ASKED], ids=[each[0] for each in ASKED])
def test_a_table_that_does_not_differ_is_the_same(text: str) -> None:
    was = next(each[2] for each in ASKED if each[1] == text)
    found = beside(text, was, was)
    assert found.proved == ["both versions give the same at every event to a member of whom the same is known"]
    assert not found.undecided


# ---------------------------------------------------------------- two versions: rules


def test_a_redeem_that_uses_points_of_one_expiry_only_is_not_the_same() -> None:
    text = (
        SHOP.replace("unit point", "unit point\n  expires at end of next month")
        + BASE
        + 'event ask\nredeem "Fuel"\n  on ask\n@@  cost 100 point per full 100 point of point available\n'
    )
    found = beside(text, "", "  from one expiry\n")
    assert found.undecided
    assert not found.proved


def test_what_is_given_for_a_correction_by_hand_is_compared_without_tiers() -> None:
    found = beside(SHOP + BASE + 'earn "Sorry"\n  on adjustment\n  give @@ point\n', "5", "1")
    assert codes(found) == ["G947"]


def test_another_spelling_that_no_longer_counts_is_less() -> None:
    text = SHOP + 'earn "X"\n  on sale\n  when product @@ "tea"\n  give 5 point\n'
    assert codes(beside(text, "same as", "is")) == ["G947"]
    assert not beside(text, "is", "same as").findings


def test_the_same_text_spelled_differently_is_the_same() -> None:
    found = beside(SHOP + 'earn "X"\n  on sale\n  when product same as @@\n  give 5 point\n', '"tea"', '"T ea"')
    assert found.proved == ["both versions give the same at every event to a member of whom the same is known"]


OVER_TIME = [
    (
        "times",
        'earn "X"\n  on sale\n  when amount >= @@ EUR\n  give 1 point per full 10 EUR of amount\n  limit 1 time per member per month\n',
        "50",
        "20",
    ),
    (
        "days",
        'earn "X"\n  on sale\n  during @@\n  give 1 point per full 10 EUR of amount\n  limit 1 time per member per month\n',
        "Saturday, Sunday",
        "Friday through Sunday",
    ),
    ("whole", 'earn "X"\n  on sale\n  give @@ point\n  limit 100 point per member per month, or nothing\n', "30", "40"),
    ("earned", 'earn "X"\n  on sale\n  when point earned this month < 100 point\n  give @@ point\n', "99", "100"),
]


@pytest.mark.parametrize(
    ("text", "was", "becomes"), [each[1:] for each in OVER_TIME], ids=[each[0] for each in OVER_TIME]
)
def test_who_is_given_more_and_so_uses_up_a_limit_is_found(text: str, was: str, becomes: str) -> None:
    found = beside(SHOP + text, was, becomes)
    assert codes(found) == ["G947"]
    assert not found.proved


@pytest.mark.parametrize(
    "text",
    [
        'earn "X"\n  on sale\n  give @@ point\n  limit 100 point per member per month\n',
        BASE
        + 'earn "X"\n  on sale\n  give @@ point\ngroup "G"\n  of "Base", "X"\n  limit 100 point per member per month\n',
        'earn "X"\n  on sale\n  when point available >= 0 point\n  give @@ point\n',
        'earn "X"\n  on sale\n  give @@ point\n'
        + TIERS.format(gold="at 90 point").replace("sum of sale.amount", "point earned").replace("50 EUR", "50 point"),
    ],
    ids=["limit", "group", "balance", "ladder"],
)
def test_what_counts_later_is_undecided_over_several_events(text: str) -> None:
    found = beside(SHOP + text, "30", "40")
    assert not found.findings
    assert found.proved == ["at no event does the newer version give less to a member of whom the same is known"]
    assert [each.what for each in found.undecided] == ["whether a member is worse off after several events"]


def test_more_that_counts_for_nothing_is_proved() -> None:
    found = beside(SHOP + 'earn "X"\n  on sale\n  give @@ point\n  limit 100 point per event\n', "30", "40")
    assert found.proved == ["at no event does the newer version give less to a member of whom the same is known"]
    assert not found.undecided


def test_two_rules_that_change_places_are_not_the_same() -> None:
    """Together they give as much as before, and one of them is counted."""
    text = (
        SHOP
        + 'earn "A"\n  on sale\n  give @@\nearn "B"\n  on sale\n  give 11 point - "A"\n'
        + 'earn "C"\n  on sale\n  when "A" earned this month >= 10 point\n  give 1 point\n'
    )
    found = beside(text, "6 point", "5 point")
    assert "both versions give the same at every event to a member of whom the same is known" not in found.proved
    assert found.findings or found.undecided


# ---------------------------------------------------------------- members who become one, and what is carried

NIGHTS = (
    frame("Inn")
    + """
unit night
  kind status
unit point
event stay
  nights whole
  amount money
tiers status
  counts night earned this calendar year
  tier Guest
  tier Silver at 10 night
  tier Gold at 60 night
  lasts through end of next calendar year
earn "Nights"
  on stay
  give nights * 1 night
  limit 50 night per member per calendar year
earn "Gold points"
  on stay
  when status is Gold
  give 1 point per full 1 EUR of amount
"""
)
CARRIED = """
test "carried"
  event stay on 2026-03-02: nights 50, amount 0 EUR
  event stay on 2027-03-02: nights 50, amount 0 EUR
  expect status Gold
  event stay on 2027-03-03: nights 1, amount 10 EUR
  expect 10 point from "Gold points"
"""
MERGED = """
test "two cards become one"
  event stay by anna on 2026-03-02: nights 50, amount 0 EUR
  event stay by ben on 2026-03-03: nights 50, amount 0 EUR
  event merged by anna on 2026-03-04: other "ben"
  event stay by anna on 2026-03-05: nights 1, amount 10 EUR
  expect 10 point from "Gold points" for anna
"""


def test_a_tier_that_is_reached_by_what_is_carried_is_reached() -> None:
    carries = NIGHTS.replace("calendar year\nearn", "calendar year\n  carries excess once\nearn", 1)
    assert not codes(report(carries + CARRIED))
    assert not codes(report(carries))


def test_a_tier_that_is_reached_in_a_test_is_reached() -> None:
    assert not codes(report(NIGHTS + MERGED))


def test_what_waits_for_a_tier_that_nobody_reaches_says_so() -> None:
    found = report(NIGHTS)
    assert codes(found) == ["G948", "G940"]
    assert found.findings[1].said.message == '"Gold points" gives nothing as long as nobody reaches Gold'


CAPPED = SHOP + BASE + "  limit 100 point per member per month\n"
LAW = 'law "a hundred"\n  always "Base" earned this month <= 100 point\n'


def test_a_law_that_limits_keep_says_of_whom() -> None:
    (proved,) = (each for each in report(CAPPED + LAW).proved if "law" in each)
    assert proved == 'law "a hundred" holds for a member with whom no other was merged: limits let no more through'


@pytest.mark.parametrize(("most", "holds"), [(100, True), (99, False)])
def test_so_many_times_so_much_is_a_bound(most: int, holds: bool) -> None:
    text = SHOP + 'earn "Gift"\n  on sale\n  give 50 point\n  limit 2 times per member per month\n'
    found = report(text + f'law "gifts"\n  always "Gift" earned this month <= {most} point\n')
    assert any('law "gifts" holds' in each for each in found.proved) == holds


def test_a_group_that_raises_what_its_rules_give_leaves_no_bound() -> None:
    text = SHOP + 'earn "Gift"\n  on sale\n  give 5 point\n  limit 1 time per member per month\n'
    text += 'earn "Rare"\n  on sale\n  when amount > 999 EUR\n  give 1 point\n'
    text += (
        'group "G"\n  of "Gift", "Rare"\n  minimum 50 point\nlaw "five"\n  always "Gift" earned this month <= 5 point\n'
    )
    assert not any('law "five"' in each for each in report(text).proved)


# ---------------------------------------------------------------- rules that do give something


@pytest.mark.parametrize(
    "rule",
    [
        "on adjustment\n  when (unit or point) is point\n  give 1 point",
        "on opening\n  when (unit or point) is point\n  give 1 point",
        'on sale\n  when product same as "tea"\n  when product is not "tea"\n  give 1 point',
        'on sale\n  when product same as "tea"\n  when product is "TEA"\n  give 1 point',
        "on sale\n  when date > 2900-01-01\n  give 1 point",
        "on sale\n  when night earned ever < 0 night\n  give 1 point",
    ],
    ids=["adjustment", "opening", "another spelling", "spelled in the program", "late date", "taken off by hand"],
)
def test_a_rule_that_can_give_is_never_said_to_give_nothing(rule: str) -> None:
    nights = 'unit night\n  kind status\nearn "N"\n  on sale\n  give 1 night\n'
    assert not codes(report(SHOP + BASE + nights + f'earn "X"\n  {rule}\n'))


def test_another_spelling_is_not_shadowed() -> None:
    text = SHOP + 'earn "A"\n  on sale\n  when product is "Tea"\n  give 9 point\n'
    text += 'earn "X"\n  on sale\n  when product same as "Tea"\n  give 5 point\ngroup "G"\n  of "A", "X"\n  take top\n'
    assert not codes(report(text))


def test_a_spelling_that_no_text_can_have_is_never() -> None:
    text = SHOP + 'earn "X"\n  on sale\n  when product is "Tea"\n  when product same as "coffee"\n  give 1 point\n'
    assert codes(report(text)) == ["G940"]


def test_of_two_equal_limits_only_the_one_that_a_return_gives_back_is_redundant() -> None:
    text = SHOP + "event back\n  reverses sale\n" + 'earn "X"\n  on sale\n  give 5 point\n'
    text += "  limit 50 point per member per day\n  limit 50 point per member per day, kept on return\n"
    (finding,) = report(text).findings
    assert finding.said.code == "G944"
    assert finding.said.span is not None
    assert finding.said.span.text == "limit 50 point per member per day"


def test_of_a_scene_that_contradicts_itself_nothing_follows() -> None:
    known = Variables()
    begin(typed(SHOP + BASE), "sale", known)
    known.facts.append(NEVER)
    assert asked(known, [])[0] is Answer.UNDECIDED
