"""What counts as a gap between rules, and what the most that money earns assumes."""

from __future__ import annotations

import pytest
from tests.study.prove.planted import frame

from guerdon.check.passes import check_bytes
from guerdon.study.prove import prove as proving
from guerdon.study.prove.report import Most, Report
from guerdon.study.prove.shown import text

SALE = (
    frame("Shop")
    + """
unit point
param edge
  is 50 EUR
param last_day
  is 2026-06-30
member
  age whole
  joined date
event sale
  amount money
  nights whole
  channel one of shop, web, app
tiers status
  counts sum of sale.amount this calendar year
  tier Member
  tier Silver at 100 EUR
  tier Gold at 500 EUR
  tier Platinum at 900 EUR
  lasts through end of next calendar year
"""
)
BASE = 'earn "Base"\n  on sale\n  give 1 point per full 1 EUR of amount\n'


def rule(name: str, asks: str, give: str) -> str:
    clauses = "".join(f"  {ask}\n" for ask in asks.split("; ") if ask)
    return f'earn "{name}"\n  on sale\n{clauses}  give {give}\n'


def two(one: str, other: str, give: str = "5 point", more: str = "10 point") -> str:
    return SALE + BASE + rule("A", one, give) + rule("B", other, more)


def report(program: str) -> Report:
    typed, said = check_bytes("program.guerdon", program.encode())
    assert typed is not None, said
    return proving.prove(typed, said)


def beside(program: str) -> list[str]:
    """What is said of gaps and overlaps: the code, and where."""
    found = [each.said for each in report(program).findings if each.said.code in ("G945", "G946")]
    return [f"{each.code} {each.message.split(' at ', 1)[1]}" for each in found]


# ---------------------------------------------------------------- what is meant, and what is a slip

ENDS = {
    "the young and the old": ("when member.age < 18", "when member.age >= 65"),
    "the new and the loyal": ("when date - member.joined <= 30 days", "when date - member.joined >= 365 days"),
    "small and large": ("when amount < 20 EUR", "when amount >= 100 EUR"),
    "a night and a week": ("when nights <= 1", "when nights >= 7"),
    "the lowest and the highest tier": ("when status is Member", "when status is Platinum"),
    "the first days of two months": ("during 2026-06-01 through 2026-06-20", "during 2026-07-01 through 2026-07-20"),
    "morning and evening": ("during 06:00 before 10:00", "during 18:00 before 22:00"),
    "a Monday and a Friday": ("during Monday", "during Friday"),
    "the week and Sunday": ("during Monday through Friday", "during Sunday"),
}


@pytest.mark.parametrize("of", ENDS)
def test_bonuses_at_the_ends_of_a_scale_leave_no_gap(of: str) -> None:
    assert beside(two(*ENDS[of])) == []


SLIPS = {
    "a value": ("when amount < 50 EUR", "when amount > 50 EUR", "amount 50.00 EUR"),
    "whole euros": ("when amount <= 99 EUR", "when amount >= 101 EUR", "amount from 99.01 EUR through 100.99 EUR"),
    "a night": ("when nights <= 3", "when nights >= 5", "nights 4"),
    "a day": ("during 2026-06-01 through 2026-06-29", "during 2026-07-01 through 2026-07-31", "date 2026-06-30"),
    "a tier": ("when status <= Silver", "when status is Platinum", "status Gold"),
    "half an hour": ("during 06:00 before 11:00", "during 11:30 before 22:00", "time of day from 11:00 before 11:30"),
    "a day of the week": ("during Monday through Thursday", "during Saturday, Sunday", "weekday Friday"),
    "a param in a condition": ("when amount < edge", "when amount > edge", "amount 50.00 EUR"),
    "a date beside days": ("when date < last_day", "during from 2026-07-01", "date 2026-06-30"),
    "conditions in one and in two lines": (
        "when channel is app and amount < 50 EUR",
        "when channel is app; when amount > 50 EUR",
        "amount 50.00 EUR",
    ),
    "a range beside another that they share": (
        "when amount < 50 EUR; when nights >= 2",
        "when nights >= 2 and amount > 50 EUR",
        "amount 50.00 EUR",
    ),
}


@pytest.mark.parametrize("of", SLIPS)
def test_what_is_small_beside_both_sides_is_a_gap(of: str) -> None:
    one, other, where = SLIPS[of]
    assert beside(two(one, other)) == [f"G945 {where}"]


OVERLAPS = {
    "an hour": ("during 16:00 before 19:00", "during 18:00 before 02:00", "time of day from 18:00 before 19:00"),
    "a day of the week": ("during Monday through Friday", "during Friday through Sunday", "weekday Friday"),
    "a date beside days": ("when date <= last_day", "during from 2026-06-30", "date 2026-06-30"),
    "a param": ("when amount <= edge", "when amount >= 50 EUR", "amount 50.00 EUR"),
    "parts of a condition": (
        "when channel is app; when amount <= 50 EUR",
        "when channel is app and amount >= 50 EUR",
        "amount 50.00 EUR",
    ),
}


@pytest.mark.parametrize("of", OVERLAPS)
def test_overlaps_are_found_however_the_range_is_written(of: str) -> None:
    one, other, where = OVERLAPS[of]
    assert beside(two(one, other)) == [f"G946 {where}"]


def test_two_tiers_are_a_gap_where_no_other_rule_gives() -> None:
    rules = rule("A", "when status is Member", "5 point") + rule("B", "when status is Platinum", "10 point")
    assert beside(SALE + rules) == ["G945 status from Silver through Gold"]


RATE = "1 point per full 10 EUR of amount"


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("when amount < 101 EUR", "when amount >= 100 EUR", ["G946 amount from 100.00 EUR below 101.00 EUR"]),
        ("when amount < 100 EUR", "when amount > 100 EUR", ["G945 amount 100.00 EUR"]),
        ("when amount < 100 EUR", "when amount >= 100 EUR", []),
        ("when amount >= 5 EUR", "when amount < 20 EUR", []),
    ],
)
def test_a_rate_stands_beside_a_gift(one: str, other: str, found: list[str]) -> None:
    """Where they share much, the gift is meant to come on top."""
    assert beside(two(one, other, RATE, "50 point")) == found


COVERED = {
    "in another form": rule(
        "C", "when amount >= 49 EUR; when not (amount > 50 EUR)", "1 point per full 1 EUR of amount"
    ),
    "with something else beside": rule("C", "when amount >= 49 EUR and amount <= 50 EUR or channel is app", "7 point"),
    "by a table": (
        "table middle\n  by amount\n  row below 49 EUR: 0 point\n  row from 49 EUR through 50 EUR: 6 point\n"
        "  row above 50 EUR: 0 point\n" + rule("C", "", "middle(amount)")
    ),
    "by a rule for each channel": rule("C", "when amount >= 49 EUR; when channel in [shop, web]", "7 point")
    + rule("D", "when channel is app; when amount >= 49 EUR", "8 point"),
}


@pytest.mark.parametrize("of", COVERED)
def test_a_gap_that_another_rule_covers_is_none(of: str) -> None:
    program = two("when amount < 49 EUR", "when amount > 50 EUR")
    assert beside(program) == ["G945 amount from 49.00 EUR through 50.00 EUR"]
    assert beside(program + COVERED[of]) == []


def test_a_rule_that_gives_on_both_sides_covers_nothing() -> None:
    program = two("when amount < 49 EUR", "when amount > 50 EUR")
    assert beside(program + rule("C", "when amount >= 1 EUR; when nights < 3", "1 point")) != []


# ---------------------------------------------------------------- the most


def most(rules: str) -> Most:
    found = report(SALE + BASE + rules)
    assert not found.findings
    (figure,) = found.most
    return figure


def head(rules: str) -> str:
    return next(
        line for line in text(report(SALE + BASE + rules)).splitlines() if line.startswith(("1 EUR", "no more"))
    )


def test_what_grows_with_what_is_bought_says_so() -> None:
    figure = most(rule("Nights", "", "nights * 50 point"))
    assert figure.assumes == ("nights",)
    assert figure.more == ("50 point more for each of `nights`",)
    said = head(rule("Nights", "", "nights * 50 point"))
    assert "where there is no more of `nights` than of EUR, and 50 point more for each of `nights`" in said


def test_what_a_limit_stops_is_told_for_any_number() -> None:
    """One euro and ten nights: 1 and 500."""
    figure = most(rule("Nights", "", "nights * 50 point\n  limit 500 point per event"))
    assert figure.least == figure.most == 501
    assert not figure.assumes
    assert (
        head(rule("Nights", "", "nights * 50 point\n  limit 500 point per event"))
        == "1 EUR of `sale` earns up to 501 point"
    )


def test_what_grows_with_the_time_since_a_day_has_no_bound() -> None:
    give = "((date - member.joined) / 1 days) * 1 point\n  round down per event"
    (finding,) = report(SALE + BASE + rule("Tenure", "", give)).findings
    assert finding.said.code == "G943"
    assert "the time between `member.joined` and the event" in finding.said.message
    assert finding.witness
    bounded = most(
        rule(
            "Tenure",
            "",
            give.replace("/ 1 days)", "/ 1 days)").replace("((date", "min((date").replace("days) *", "days, 100) *"),
        )
    )
    assert bounded.least == 101


def test_an_event_that_earns_costs_what_is_told() -> None:
    """The figure is of one euro: the event is none of nothing, where it may cost something."""
    figure = most(rule("Coming by", "", "100 point"))
    assert figure.witness[-1] == "event sale on 2026-03-02: amount 1 EUR, nights 0, channel shop"


def test_what_only_costs_nothing_is_told_as_no_more_than_one() -> None:
    program = SALE + rule("Free", "when amount < 1 EUR", "3 point")
    assert text(report(program)).startswith("no more than 1 EUR of `sale` earns up to 3 point")


def test_the_rule_without_a_bound_is_told_and_not_the_one_that_it_takes_up() -> None:
    program = frame("Flights") + "unit mile\nevent flight\n  fare money\n  segments whole\n  distance whole\n"
    program += 'earn "Miles"\n  on flight\n  give 1 mile * distance\n'
    program += 'earn "Segments"\n  on flight\n  give segments * "Miles"\n'
    (finding,) = report(program).findings
    assert finding.said.code == "G943"
    assert '"Segments"' in finding.said.message
    assert any(each.startswith('"Segments"') for each in finding.came)


def test_a_group_whose_limit_is_used_up_is_told_as_that() -> None:
    program = SALE + rule("A", "", "10 point") + rule("B", "when channel is app", "5 point")
    program += 'group "Both"\n  of "A", "B"\n  limit 10 point per event\n'
    (finding,) = [each for each in report(program).findings if each.said.code == "G941"]
    assert 'leaves nothing of what the group "Both" lets through' in finding.said.message


def test_a_program_without_rules_proves_nothing_of_them() -> None:
    assert not report(SALE).proved


# ---------------------------------------------------------------- how much is asked


def test_a_question_too_many_is_undecided() -> None:
    z3 = pytest.importorskip("z3")
    from guerdon.study.prove.budget import within
    from guerdon.study.prove.solve import Answer, asked
    from guerdon.study.prove.values import Variables

    one = z3.Int("one")
    conditions = [one * one * one == 4, one > 0]
    with within(1_000_000):
        answers = [asked(Variables(), [*conditions, one < many])[0] for many in range(1_000, 3_000)]
    assert answers[0] is not Answer.FOUND
    assert answers[-1] is Answer.UNDECIDED
    assert asked(Variables(), [one == 4])[0] is Answer.FOUND
