"""Rows that come twice, and in any order, make no difference; an id with another content is set aside."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import strategies as st
from tests.generated import pool
from tests.generated.playing import by_holder

from guerdon.check.passes import check_bytes
from guerdon.history.open import History, open_history
from guerdon.reference.engine import Engine

PROGRAM = b"""program "P"
  currency USD
  lateness 30 days
unit point
  expires 2 months after earned
event purchase
  code text
  amount money
event refund
  code text
  amount money
  reverses purchase by code
  part amount
earn "Base"
  on purchase
  give 1 point per full 1 USD of amount
  limit 50 point per member per month
"""
MAPPING = """sources:
  rows:
    file: rows.csv
    timezone: UTC
"""
EVENT = """  {0}:
    from: rows
    where: kind = '{0}'
    id: id
    member: member
    at: at
    recorded: recorded
    sequence: sequence
    fields:
      code: code
      amount: amount
"""
HEAD = "kind,id,member,at,recorded,sequence,code,amount"
START = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIRST = "purchase,first,m9,2026-03-02T12:00:00Z,2026-03-02T12:00:00Z,0,z,1.00"
"""A row that is always there: a history without any is a mistake."""


@st.composite
def rows(draw: Any) -> list[str]:
    found, at = [FIRST, FIRST.replace("purchase,first", "refund,back")], START
    for number in range(draw(st.integers(1, 8))):
        at += timedelta(hours=draw(st.integers(0, 400)))
        known = at + timedelta(hours=draw(st.sampled_from((0, 0, 30, 300))))
        kind = draw(st.sampled_from(("purchase", "purchase", "refund")))
        code, cents = draw(st.sampled_from("abc")), draw(st.integers(1, 9999))
        when = [moment.isoformat().replace("+00:00", "Z") for moment in (at, known)]
        member = draw(st.sampled_from(("m1", "m2")))
        found.append(f"{kind},e{number},{member},{','.join(when)},{number},{code},{cents / 100:.2f}")
    return found


def read(lines: list[str]) -> tuple[History, Engine]:
    """What becomes of a history with these rows."""
    program, _ = check_bytes("made.guerdon", PROGRAM)
    assert program is not None
    mapped = "".join(map(EVENT.format, ("purchase", "refund")))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "history.yaml").write_text(f"{MAPPING}events:\n{mapped}", encoding="utf-8")
        Path(folder, "rows.csv").write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
        history = open_history(Path(folder), program)
        engine = Engine(program, history.members)
        engine.run(history.events())
        return history, engine


@pool.settings(0.1)
@hypothesis.given(rows(), st.data())
def test_duplicates_and_the_order_of_rows_make_no_difference(lines, data):
    """Law 6: where `recorded` and `sequence` are given, a history is the set of its rows."""
    doubled = data.draw(st.permutations([*lines, *data.draw(st.lists(st.sampled_from(lines), max_size=4))]))
    (once, one), (twice, other) = read(lines), read(doubled)
    assert by_holder(one.posted.ledger) == by_holder(other.posted.ledger)
    assert twice.repeated == len(doubled) - len(lines)
    assert twice.rejections == once.rejections == []


@pool.settings(0.1)
@hypothesis.given(rows(), st.data())
def test_an_id_with_another_content_is_set_aside(lines, data):
    """Law 7: it is an error, and what was there stays as it was."""
    changed = data.draw(st.sampled_from(lines))
    other = changed.rsplit(",", 1)[0] + ",12345.67"
    (_, one), (history, engine) = read(lines), read([*lines, other])
    assert [each.code for each in history.rejections] == ["G619"]
    assert by_holder(one.posted.ledger) == by_holder(engine.posted.ledger)
