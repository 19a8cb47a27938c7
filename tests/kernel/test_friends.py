"""What members are given by others, and what is asked about them: programs by chance are in `many`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.kernel.both import agree, reference

import guerdon
from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.kernel import engine, rounds
from guerdon.kernel.uncovered import uncovered

DAY = 86_400_000_000


CHAIN = """program "Chain"
  edition 2026

unit point
  expires 3 days after earned

event pass_on
  to_whom member

event start

rule "Start"
  on start
  give 100 point

redeem "Half"
  on pass_on
  cost 50% of point available
  round down per event

rule "Passed on"
  on pass_on
  give 1 point per 1 point of "Half" to to_whom
  round down per event

tiers status
  counts point earned ever
  tier Low
  tier High at 20 point
  lasts while met
"""


def chain(links: int) -> list[Event]:
    """What each member is given, half of it is passed on to the next within the hour."""
    happened = [Event("0", "start", "m0", 0, 0, 0, {})]
    for number in range(links):
        at = (number + 1) * DAY // 24
        happened.append(Event(f"p{number}", "pass_on", f"m{number}", at, at, 0, {"to_whom": f"m{(number + 1) % 7}"}))
    return happened


@pytest.mark.parametrize("links", [1, 5, 6])
def test_what_is_given_rests_on_what_was_received(links):
    program, _ = check_bytes("chain.guerdon", CHAIN.encode())
    assert program is not None and not uncovered(program)
    events = [replace(each, member=f"m{int(each.member[1:]) % 7}") for each in chain(links)]
    expected = reference(program, events, {})
    assert len(expected.ledger.awards) == links + 1
    for compiled in (False, True):
        agree(expected, program, events, {}, compiled=compiled)


def test_who_is_not_done_in_so_many_rounds_is_left_to_the_reference_engine(monkeypatch):
    program, _ = check_bytes("chain.guerdon", CHAIN.encode())
    assert program is not None
    monkeypatch.setattr(rounds, "ROUNDS", 2)
    other = Event("x", "start", "alone", DAY, DAY, 0, {})
    events = [*chain(6), other]
    found = engine.ran(program, events, {}, last=date(1970, 1, 3), compiled=False)
    assert "alone" not in found.left and {"m3", "m4"} <= found.left
    agree(reference(program, events, {}), program, events, {})


ASKS = """program "Asks"
  edition 2026

unit point

member
  invited_by member optional
  home text optional

event visit

rule "Neighbours"
  on visit
  when member.home same as member.invited_by.home
  give 3 point
"""


def test_what_is_asked_of_others_is_no_column_of_a_table(tmp_path):
    path, history = tmp_path / "asks.guerdon", tmp_path / "history"
    path.write_text(ASKS, encoding="utf-8")
    history.mkdir()
    (history / "history.yaml").write_text(
        "sources: {visits: {file: visit.csv}, people: {file: members.csv}}\n"
        "events: {visit: {from: visits, id: id, member: member, at: at}}\n"
        "members: {from: people, id: member, fields: {invited_by: invited_by, home: home}}\n",
        encoding="utf-8",
    )
    (history / "visit.csv").write_text(
        "id,member,at\n1,anna,2026-01-01T10:00:00Z\n2,ben,2026-01-02T10:00:00Z\n3,cleo,2026-01-03T10:00:00Z\n",
        encoding="utf-8",
    )
    (history / "members.csv").write_text(
        "member,invited_by,home\nanna,,12 Elm\nben,anna,12 ELM\ncleo,anna,\n", encoding="utf-8"
    )
    program = guerdon.load(path)
    assert not uncovered(program.typed)
    for name in ("reference", "kernel"):
        outcome = program.run(history, engine=name)
        assert [(each["member"], each["quantity"]) for each in outcome.awards.to_pylist()] == [("ben", 3)], name
