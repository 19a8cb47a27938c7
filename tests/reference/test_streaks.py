"""Streaks (language reference: Streaks)."""

from __future__ import annotations

from datetime import date

import pytest
from tests.reference.conftest import Happening, event

from guerdon.session import Session
from guerdon.study.describe.prose import Prose

HEAD = 'program "T"\n  currency USD\n  fiscal year starts 04-01\nunit point\n'
EVENTS = """event checkin
event lesson
  good yes/no
  parts list of part
record part
  hard yes/no
event make_up
  day date optional
event undo
  reverses checkin
"""


def run(play, streak, *happenings, head=HEAD, **others):
    """What a streak is at each event but undoings, in their order."""
    rule = f'earn "A"\n  on checkin, lesson, make_up\n  give 1 point * ({streak} + 0)\n'
    return list(map(int, play(EVENTS + rule, *happenings, head=head, **others).gave("A")))


def checkin(*days):
    return [(f"{day} 12:00", "checkin", {}) for day in days]


def make_up(on, day):
    return (f"{on} 13:00", "make_up", {"day": date.fromisoformat(day) if day else None})


def lesson(on, good=True, hard=()):
    return (f"{on} 12:00", "lesson", {"good": good, "parts": [{"hard": each} for each in hard]})


def test_it_counts_days_in_a_row_with_the_event_being_rewarded(play):
    days = checkin("2026-03-01", "2026-03-02", "2026-03-02", "2026-03-03", "2026-03-05", "2026-03-06")
    assert run(play, "streak per day of checkin ever", *days) == [1, 2, 2, 3, 1, 2]


def test_the_present_period_is_missed_only_once_it_is_over(play):
    happened = [*checkin("2026-03-01", "2026-03-02"), lesson("2026-03-03"), lesson("2026-03-04")]
    assert run(play, "1 + streak per day of checkin ever", *happened) == [2, 3, 3, 1]


def test_a_window_that_is_over_has_no_present_period(play):
    happened = [*checkin("2026-03-06", "2026-03-07"), lesson("2026-03-10")]
    assert run(play, "1 + streak per day of checkin previous week", *happened) == [1, 1, 1]
    happened = [*checkin("2026-03-07", "2026-03-08"), lesson("2026-03-10")]
    assert run(play, "1 + streak per day of checkin previous week", *happened) == [1, 1, 3]
    assert run(play, "1 + streak per month of checkin previous week", *happened) == [1, 1, 2]


@pytest.mark.parametrize(
    ("period", "days", "streaks"),
    [
        ("week", ("2026-03-01", "2026-03-02", "2026-03-15", "2026-03-30"), [1, 2, 3, 1]),
        ("month", ("2025-12-31", "2026-01-31", "2026-02-01", "2026-04-01"), [1, 2, 3, 1]),
        ("quarter", ("2025-10-01", "2026-03-31", "2026-04-01", "2026-12-31"), [1, 2, 3, 1]),
        ("calendar year", ("2023-01-01", "2024-12-31", "2025-01-01", "2027-01-01"), [1, 2, 3, 1]),
        ("fiscal year", ("2025-03-31", "2025-04-01", "2026-04-01", "2028-04-01"), [1, 2, 3, 1]),
        ("membership year", ("2024-02-29", "2025-02-28", "2026-02-28", "2028-02-29"), [1, 2, 3, 1]),
    ],
)
def test_periods_are_those_of_windows(play, period, days, streaks):
    assert run(play, f"streak per {period} of checkin ever", *checkin(*days)) == streaks


def test_days_are_the_programs(play):
    head = HEAD.replace("unit point", "  timezone America/New_York\n  day starts 04:00\nunit point")
    times: list[Happening] = [
        (at, "checkin", {}) for at in ("2026-03-01 12:00", "2026-03-03 03:59", "2026-03-03 04:00")
    ]
    assert run(play, "streak per day of checkin ever", *times, head=head) == [1, 2, 3]


def test_only_days_in_the_window_count(play):
    days = checkin(*(f"2026-03-{day:02}" for day in range(1, 11)))
    assert run(play, "streak per day of checkin this week", *days) == [1, 1, 2, 3, 4, 5, 6, 7, 1, 2]
    assert run(play, "streak per day of checkin last 3 days", *days) == [1, 2, 3, 3, 3, 3, 3, 3, 3, 3]
    assert run(play, "streak per week of checkin this month", *days) == [1, 2, 2, 2, 2, 2, 2, 2, 3, 3]


def test_several_kinds_keep_it_up_each_with_its_own_condition(play):
    happened = [*checkin("2026-03-01"), lesson("2026-03-02"), *checkin("2026-03-03"), lesson("2026-03-04", good=False)]
    assert run(play, "1 + streak per day of checkin, lesson where good ever", *happened) == [2, 3, 4, 4]


def test_lines_keep_it_up_too(play):
    happened = [
        lesson("2026-03-01", hard=[False, True]),
        lesson("2026-03-02", hard=[True]),
        lesson("2026-03-04", hard=[False]),
    ]
    assert run(play, "1 + streak per day of lesson.parts where hard ever", *happened) == [2, 3, 1]


def test_a_date_says_on_which_day_it_counts(play):
    happened = [
        *checkin("2026-03-02"),
        *checkin("2026-03-04"),
        make_up("2026-03-04", "2026-03-03"),
        make_up("2026-03-04", None),
        *checkin("2026-03-05"),
    ]
    assert run(play, "streak per day of checkin, make_up.day ever", *happened) == [1, 1, 3, 3, 4]


def test_a_day_to_come_counts_once_it_has_come(play):
    happened = [*checkin("2026-03-01"), make_up("2026-03-01", "2026-03-03"), *checkin("2026-03-02", "2026-03-04")]
    assert run(play, "1 + streak per day of checkin, make_up.day ever", *happened) == [2, 2, 3, 5]


def test_a_day_before_the_window_does_not_count(play):
    happened = [*checkin("2026-03-02"), make_up("2026-03-02", "2026-03-01")]
    assert run(play, "streak per day of checkin, make_up.day this week", *happened) == [1, 1]
    assert run(play, "streak per day of checkin, make_up.day ever", *happened) == [1, 2]


def test_what_may_be_missed_ends_nothing_and_is_not_counted(play):
    days = checkin("2026-03-01", "2026-03-03", "2026-03-04", "2026-03-06", "2026-03-09")
    assert run(play, "streak per day of checkin, 1 missed ever", *days) == [1, 2, 3, 3, 1]
    assert run(play, "streak per day of checkin, 2 missed ever", *days) == [1, 2, 3, 4, 2]
    assert run(play, "streak per day of checkin, 4 missed ever", *days) == [1, 2, 3, 4, 5]


def test_what_was_undone_does_not_count(play):
    happened = [
        *checkin("2026-03-01", "2026-03-02"),
        ("2026-03-02 13:00", "undo", {"checkin": "e002"}),
        lesson("2026-03-03"),
        *checkin("2026-03-03"),
    ]
    rule = 'earn "A"\n  on lesson, checkin\n  give 1 point * (1 + streak per day of checkin ever)\n'
    played = play(EVENTS + rule, *happened, head=HEAD)
    assert list(map(int, played.gave("A"))) == [2, 3, -3, 1, 2]


def test_a_tier_that_counts_a_streak_falls_when_it_ends(play):
    text = EVENTS + (
        "tiers status\n  counts streak per day of checkin ever\n  tier Low\n  tier High at 2\n  lasts while met\n"
    )
    played = play(text, *checkin("2026-03-01", "2026-03-02"), head=HEAD, as_of="2026-03-31")
    assert played.tiers() == [
        ("Low", "2026-03-01 12:00", "joined"),
        ("High", "2026-03-02 12:00", "reached"),
        ("Low", "2026-03-04 00:00", "no longer met"),
    ]


def test_all_members_of_an_account_keep_one_up_together(play):
    text = "member\n  home text optional\naccount household\n  members home\n" + EVENTS
    rule = 'earn "A"\n  on checkin\n  give 1 point * (streak per day of household.checkin ever + 0)\n'
    played = play(text + rule, *checkin("2026-03-01", "2026-03-02"), head=HEAD, facts={"home": "h"})
    assert list(map(int, played.gave("A"))) == [1, 2]


def test_a_state_keeps_a_day_to_come_and_lets_go_of_what_is_past(checked):
    rule = 'earn "A"\n  on checkin\n  give 1 point * streak per day of checkin, make_up.day this week\n'
    program, states, gave, sizes = checked(EVENTS.partition("event undo")[0] + rule, HEAD), dict[str, bytes](), [], []
    happened = [
        *checkin("2026-03-01"),
        make_up("2026-03-01", "2026-03-10"),
        *checkin("2026-03-09", "2026-03-11", "2026-03-30"),
    ]
    for number, each in enumerate(happened, 1):
        step, new = Session(program).step(event(program, number, *each), {"m": states.get("m")})
        states |= new
        gave += [int(award.quantity) for award in step.awards]
        sizes.append(len(states["m"]))
    assert gave == [1, 1, 3, 1]
    assert sizes[-1] <= sizes[0] < sizes[1]


def test_it_is_described(play):
    rule = 'earn "A"\n  on checkin\n  when streak per day of checkin, make_up.day, 1 missed this week >= 2\n  give 1 point\n'
    played = play(EVENTS + rule, *checkin("2026-03-02", "2026-03-04"), head=HEAD)
    assert played.gave("A") == [1]
    condition = played.program.rules["A"].when[0]
    assert Prose(played.program).condition(condition) == (
        "the number of days in a row with checkins or make ups (on their day) (1 day may be missed, which is not counted), "
        "up to the present day, this week is at least 2"
    )
