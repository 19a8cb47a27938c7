"""The order of events and the end of a run (language reference: Order of events, The end of a run)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random

from guerdon.reference.engine import Engine

PURCHASE = "event purchase\n  amount money\n"
RULE = PURCHASE + 'earn "Third"\n  on purchase\n  when count of purchase ever is 3\n  give 1 point\n'


def buy(when, amount="1", **others):
    return when, "purchase", {"amount": Decimal(amount), **others}


def test_events_are_ordered_by_recorded_then_sequence_then_id(play):
    played = play(RULE, buy("2026-01-01 10:00"))
    first = Engine(played.program)
    base = list(first.run([]).ledger.awards)
    assert base == []
    from guerdon.history.event import Event

    events = [
        Event(name, "purchase", "m", 0, recorded, sequence, {"amount": Decimal(1)})
        for name, recorded, sequence in [("b", 0, 1), ("a", 0, 1), ("c", 0, 0), ("z", -1, 9)]
    ]
    assert [each.id for each in sorted(events, key=lambda each: each.order)] == ["z", "c", "a", "b"]


def test_an_event_before_one_already_evaluated_for_its_member_is_set_aside(play):
    played = play(
        RULE, buy("2026-01-02 10:00"), buy("2026-01-01 10:00"), buy("2026-01-02 10:00"), buy("2026-01-02 10:01")
    )
    assert [(each.code, each.source["id"]) for each in played.outcome.rejections] == [("G690", "e002")]
    assert played.gave("Third") == [1]


def test_members_do_not_see_each_other(play):
    rng = Random(7)
    events = [buy(f"2026-01-{day:02} 10:00", str(rng.randint(1, 90)), member=rng.choice("abc")) for day in range(1, 29)]
    text = (
        PURCHASE
        + 'earn "A"\n  on purchase\n  give 1 point per full 25 USD of amount\n  accumulate per member per month\n'
    )
    together = play(text, *events)
    for member in "abc":
        alone = play(text, *(each for each in events if each[2]["member"] == member))
        mine = [award for award in together.outcome.ledger.awards if award.member == member]
        assert [replace(a, event="", id="") for a in alone.outcome.ledger.awards] == [
            replace(a, event="", id="") for a in mine
        ]


def test_a_run_ends_with_the_day_named_and_later_events_are_counted_not_read(play):
    events = [buy("2026-01-01 23:59"), buy("2026-01-02 00:00"), buy("2026-01-03 00:00")]
    played = play(RULE, *events, as_of="2026-01-01")
    assert (played.outcome.events, played.outcome.later) == (1, 2)


def test_the_ledger_of_a_part_is_a_prefix_of_the_ledger_of_the_whole(play):
    text = PURCHASE + 'earn "A"\n  on purchase\n  give 1 point per 3 USD of amount\n  round half even per event\n'
    events = [buy(f"2026-01-{day:02} 10:00", f"{day}.37") for day in range(1, 20)]
    whole = play(text, *events).outcome.ledger.awards
    for cut in (0, 1, 7, 18):
        assert play(text, *events[:cut]).outcome.ledger.awards == whole[:cut]


def test_balances_stand_as_of_an_instant(play):
    text = PURCHASE + 'earn "A"\n  on purchase\n  give 1 point\n'
    played = play(text, buy("2026-01-01 10:00"), buy("2026-01-02 10:00"))
    ledger = played.outcome.ledger
    assert ledger.balances()["m", "point"] == 2
    assert ledger.balances(before=ledger.awards[1].at)["m", "point"] == 1
    assert ledger.balances(before=ledger.awards[0].at) == {}
