"""A program's fingerprint stands for what it means, not for how it is written."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from guerdon.check.passes import check_bytes
from guerdon.program import nodes
from guerdon.program.printed import fingerprint, printed

TEXT = """
program "Corner"
  edition     2026
  currency    USD
  timezone    America/New_York

unit point
  worth       0.01 USD

unit mile
  decimals    2

event order
  paid_by     one of cash, card, app
  amount      money

event visit
  length      number

tiers status
  counts      sum of order.amount this calendar year
  tier        Base
  tier        Gold at 300 USD
  lasts       through end of next calendar year
  perk        Base: "A birthday cake"
  perk        Gold: "Free delivery"

earn "Base"
  on          order
  when        amount > 5 USD
  when        paid_by is app
  during      2026-03-01 through 2026-03-07, 2026-03-20
  during      Monday, Tuesday
  give        1 point per 1 USD of amount
  round       down per event
  limit       30 point per member per day

earn "Fifth"
  on          order
  when        count of order this month is 5
  give        50 point

earn "Miles"
  on          order
  when        count of visit this month > 1
  give        0.25 mile

test "one order"
  event       order on 2026-03-02: paid_by app, amount 12.60 USD
  expect      12 point
"""


LIFE = """
program "Corner"
  currency    USD
  lateness    30 days

unit point
  worth       0.01 USD
  expires     6 months after earned, at end of month when member.staff
  expires     12 months without order, visit
  suspended   while member.staff
  spends      newest first
  debt        up to 500 point

member
  staff       yes/no

event order
  receipt     text
  amount      money
  company     member optional
  agent       member optional

event visit
  receipt     text

event refund
  receipt     text
  amount      money
  reverses    order by receipt within 30 days
  part        amount
  clawback    in proportion, round down
  counted     at return

earn "Base"
  on          order
  give        1 point per 1 USD of amount to agent
  round       down per event
  limit       30 point per member per day, kept on return
  share       40% to company
  hold        until last day of next month
"""


def program(text: str) -> nodes.Program:
    found, diagnostics = check_bytes("corner.guerdon", text.encode())
    assert found is not None, diagnostics
    return found


def moved(text: str, line: str, before: str) -> str:
    """The text with one line taken out and put before another."""
    return text.replace(line, "", 1).replace(before, line + before, 1)


LAYOUT = {
    "comments": TEXT.replace("unit mile", "# not yet in use\nunit mile"),
    "white space": TEXT.replace("    ", "  ").replace("\n\n", "\n\n\n"),
    "line ends": TEXT.replace("\n", "\r\n"),
    "order of clauses": moved(TEXT, "  round       down per event\n", "  when        amount > 5 USD\n"),
    "order of conditions": moved(TEXT, "  when        paid_by is app\n", "  when        amount > 5 USD\n"),
    "order of alternatives": TEXT.replace(
        "2026-03-01 through 2026-03-07, 2026-03-20", "2026-03-20, 2026-03-01 through 2026-03-07"
    ),
    "order of weekdays": TEXT.replace("Monday, Tuesday", "Tuesday, Monday"),
    "order of perks": moved(TEXT, '  perk        Gold: "Free delivery"\n', "  perk        Base"),
    "order of units": moved(TEXT, "unit mile\n  decimals    2\n\n", "unit point"),
    "decimals typed": TEXT.replace("300 USD", "300.00 USD"),
    "tests": TEXT.replace("12 point\n", "13 point\n"),
}

MEANING = {
    "a rate": TEXT.replace("1 point per 1 USD", "2 point per 1 USD"),
    "full steps": TEXT.replace("1 point per 1 USD", "1 point per full 1 USD"),
    "a threshold": TEXT.replace("300 USD", "301 USD"),
    "a rule's name": TEXT.replace('"Base"', '"Basis"'),
    "a rounding": TEXT.replace("down per event", "half up per event"),
    "a day": TEXT.replace("through 2026-03-07", "through 2026-03-08"),
    "a weekday": TEXT.replace("Monday, Tuesday", "Monday, Wednesday"),
    "a window": TEXT.replace("order this month", "order this quarter"),
    "what is counted": TEXT.replace("count of visit", "count of order"),
    "a limit": TEXT.replace("30 point per member per day", "30 point per member per week"),
    "decimals of a unit": TEXT.replace("decimals    2", "decimals    3"),
    "a worth": TEXT.replace("0.01 USD", "0.02 USD"),
    "a perk": TEXT.replace("birthday", "wedding"),
    "a term": TEXT.replace("through end of next calendar year", "through end of this calendar year"),
    "a time zone": TEXT.replace("New_York", "Chicago"),
    "the order of rules": moved(
        TEXT,
        'earn "Fifth"\n  on          order\n  when        count of order this month is 5\n  give        50 point\n\n',
        'earn "Base"',
    ),
}


MEANING_OF_LIFE = {
    "lateness": LIFE.replace("lateness    30", "lateness    31"),
    "a kind of unit": LIFE[: LIFE.index("  expires")].replace("worth       0.01 USD", "kind  status")
    + LIFE[LIFE.index("member\n") :].replace("  hold        until last day of next month\n", ""),
    "an expiry": LIFE.replace("6 months after", "7 months after"),
    "its end": LIFE.replace("at end of month", "at end of quarter"),
    "its origin": LIFE.replace("after earned", "after released"),
    "activity": LIFE.replace("without order, visit", "without order"),
    "never": LIFE.replace("12 months without order, visit", "never"),
    "from a day": LIFE.replace("month when member.staff", "month when member.staff from 2026-07-01"),
    "for older ones too": LIFE.replace(
        "month when member.staff", "month when member.staff from 2026-07-01, existing too"
    ),
    "suspended": LIFE.replace("while member.staff", "while not member.staff"),
    "which first": LIFE.replace("newest first", "oldest first"),
    "a debt": LIFE.replace("up to 500 point", "refused"),
    "most debt": LIFE.replace("up to 500", "up to 501"),
    "which is reversed": LIFE.replace("reverses    order", "reverses    earliest order"),
    "by its id": LIFE.replace("order by receipt", "order"),
    "within": LIFE.replace("within 30 days", "within 1 month"),
    "in full": LIFE.replace("  part        amount\n  clawback    in proportion, round down\n", ""),
    "recomputed": LIFE.replace("in proportion, round down", "recomputed"),
    "rounded back": LIFE.replace("round down\n", "round up\n"),
    "counted": LIFE.replace("at return", "at sale"),
    "a receiver": LIFE.replace(" to agent", ""),
    "kept": LIFE.replace(", kept on return", ""),
    "a share": LIFE.replace("40%", "41%"),
    "whose share": LIFE.replace("40% to company", "40% to agent").replace("amount to agent", "amount to company"),
    "a day of a period": LIFE.replace("last day of next", "first day of next"),
    "its period": LIFE.replace("last day of next month", "last day of this month"),
    "for a time": LIFE.replace("until last day of next month", "14 days"),
    "until an event": LIFE.replace("until last day of next month", "until visit"),
    "of the same": LIFE.replace("until last day of next month", "until visit by receipt"),
    "while returnable": LIFE.replace("until last day of next month", "while returnable"),
}


@pytest.mark.parametrize("text", LAYOUT.values(), ids=LAYOUT.keys())
def test_how_a_program_is_written_leaves_its_fingerprint(text: str) -> None:
    assert text != TEXT
    assert printed(program(text)) == printed(program(TEXT))
    assert fingerprint(program(text)) == fingerprint(program(TEXT))


@pytest.mark.parametrize(("text", "others"), [(TEXT, MEANING), (LIFE, MEANING_OF_LIFE)], ids=["rules", "life"])
def test_what_a_program_means_changes_its_fingerprint(text: str, others: dict[str, str]) -> None:
    found = {name: fingerprint(program(text)) for name, text in [("the program", text), *others.items()]}
    assert len(set(found.values())) == len(found)


def test_activity_is_in_any_order() -> None:
    turned = LIFE.replace("order, visit", "visit, order")
    assert turned != LIFE and fingerprint(program(turned)) == fingerprint(program(LIFE))


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_a_fingerprint_is_the_same_in_every_process(seed: str) -> None:
    asked = "import sys; from guerdon.check.passes import check_bytes; from guerdon.program.printed import fingerprint; print(fingerprint(check_bytes('x', sys.stdin.buffer.read())[0]))"
    paths = os.pathsep.join(filter(None, sys.path))
    answer = subprocess.run(
        [sys.executable, "-c", asked],
        input=TEXT.encode(),
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": paths},
    )
    assert answer.stdout.decode().strip() == fingerprint(program(TEXT))


def test_a_program_is_printed_one_line_a_node() -> None:
    lines = printed(program(TEXT)).splitlines()
    assert '  units "mile": Unit name="mile" decimals=2' in lines, "what is not said is not printed"
    assert all(line.strip() for line in lines)
    assert "NOWHERE" not in printed(program(TEXT)) and "Span" not in printed(program(TEXT))
