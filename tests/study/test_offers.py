"""Offers as people see them: in the account of a member, in words, in figures and in tables."""

from __future__ import annotations

from pathlib import Path

import pytest

import guerdon
from guerdon.study.describe.describe import describe
from guerdon.study.rows import rows
from guerdon.study.summary import summarise

PROGRAM = """\
program "Offers"
  currency    USD

unit star

event received
  least_      money
  until       date

event purchase
  amount      money

event return
  reverses    purchase

offer "Spend"
  opens       received where least_ > 0 USD
  through     until
  on          purchase
  when        sum of purchase.amount since opened >= opened.least_
  give        5 star

offer "Back"
  opens       60 days without purchase
  within      14 days
  on          purchase
  give        10 star
"""

HISTORY = """\
sources:
  rows:
    file: rows.csv
    timezone: UTC
events:
  received:
    from: rows
    where: kind = 'received'
    id: id
    member: "'m'"
    at: at
    fields: {least_: amount, until: until}
  purchase:
    from: rows
    where: kind = 'purchase'
    id: id
    member: "'m'"
    at: at
    fields: {amount: amount}
  return:
    from: rows
    where: kind = 'return'
    id: id
    member: "'m'"
    at: at
    fields: {purchase: of}
"""

ROWS = """\
id,kind,at,amount,until,of
r1,received,2026-03-01,20,2026-03-10,
r2,received,2026-03-01,5,2026-03-31,
p1,purchase,2026-03-02,12,,
p2,purchase,2026-03-10,8,,
x1,return,2026-03-11,,,p2
x2,return,2026-03-12,,,p1
p3,purchase,2026-06-01,1,,
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> guerdon.Program:
    folder = tmp_path_factory.mktemp("offers")
    for name, text in {"offers.guerdon": PROGRAM, "history.yaml": HISTORY, "rows.csv": ROWS}.items():
        (Path(folder) / name).write_text(text)
    return guerdon.load(folder)


def test_a_members_account_says_what_opens_and_what_became_of_it(project: guerdon.Program) -> None:
    account = project.run().explain("m")
    assert [(moment.event, moment.text) for moment in account.timeline if "Spend" in moment.text] == [
        ("r1", 'opens "Spend" through 2026-03-10'),
        ("r2", 'opens "Spend" through 2026-03-31'),
        ("p1", '5 star "Spend", completed "Spend" (opened by r2)'),
        ("p2", '5 star "Spend", completed "Spend" (opened by r1)'),
        ("x1", '-5 star "Spend" of purchase p2, no longer completed "Spend" (opened by r1)'),
        ("x2", '-5 star "Spend" of purchase p1, opens again "Spend" (opened by r2) through 2026-03-31'),
    ]


def test_each_opening_is_explained(project: guerdon.Program) -> None:
    (event,) = project.run().explain("m", "p1").explained
    spend, back = event.rules
    assert [(each.clause, each.text, each.result) for each in spend.reasons] == [
        ("opened", "by received r1 on 2026-03-01", "gives nothing"),
        ("when", "sum of purchase.amount since opened >= opened.least_", "does not hold: 8.00 USD too little"),
        ("opened", "by received r2 on 2026-03-01", "gives 5 star"),
        ("when", "sum of purchase.amount since opened >= opened.least_", "holds"),
        ("give", "5 star", "comes to 5 star"),
    ]
    assert [(each.clause, each.result) for each in back.reasons] == [("opens", "nothing was open")]


def test_the_summary_and_the_table_count_them(project: guerdon.Program) -> None:
    posted = project.run().posted
    spend, back = summarise(posted).offers
    assert (spend.opened, spend.members, spend.completed, spend.open, spend.ran_out) == (2, 1, 0, 0, 2)
    assert (back.opened, back.completed, back.ran_out) == (1, 0, 1)
    assert [(row[2], row[3], row[4]) for row in rows(posted, "offers")] == [
        ("r1", "open", "r1"),
        ("r2", "open", "r2"),
        ("r2", "completed", "p1"),
        ("r1", "completed", "p2"),
        ("r1", "open", "x1"),
        ("r2", "open", "x2"),
        ("60 days without purchase 2026-05-09/m", "open", "60 days without purchase 2026-05-09/m"),
    ]


def test_it_is_told_in_prose(project: guerdon.Program) -> None:
    (section,) = [each for each in describe(project.typed).sections if each.title.startswith("Rules")]
    text = " ".join(str(section).split())
    assert "by every “received” event if the" in text
    assert "through the until" in text
    assert "since it was opened" in text
    assert "it is open again" in text
