"""States as bytes: as large as `check` says at most, and the same ledger with and without them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from guerdon.check.passes import check_bytes
from guerdon.check.size import state_size
from guerdon.history.event import Event
from guerdon.history.given import event
from guerdon.ledger.entries import Award, Move, Posting
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.state import Subject
from guerdon.session import Session
from guerdon.session.stored import Layout, pack, unpack

PROGRAM = """
program "States"
  currency USD
  timezone Europe/Vienna

unit star
  expires 3 months after earned, at end of month

unit night
  kind status

member
  home text optional

record line
  product text
  amount  money

event purchase
  receipt text
  channel one of shop, app
  lines   list of line
  total   money = sum of lines.amount this event

event return
  receipt  text
  lines    list of line
  reverses purchase by receipt within 14 days
  part     lines.amount by product

measure recent
  is sum of purchase.total last 30 days

measure teas
  is count of purchase.lines where product is "tea" this month

tiers status
  counts star earned this calendar year
  tier   Green
  tier   Gold at 100 star
  lasts  through end of next calendar year

earn "Base"
  on    purchase
  give  1 star per 1 USD of total
  round down per event
  limit 60 star per member per week

earn "Tea time"
  on    purchase
  when  teas >= 2
  give  5 star
  hold  7 days
  limit 1 time per member per channel per day

earn "Every 50"
  on         purchase
  accumulate per member per month
  give       1 night per full 50 USD of total
"""


@cache
def programs(text: str = PROGRAM) -> nodes.Program:
    program, said = check_bytes("states.guerdon", text.encode())
    assert program is not None, said
    return program


def year(program: nodes.Program) -> Iterator[Event]:
    """A purchase every few days for a year, some returned, some stars spent."""
    for number in range(120):
        day = f"2026-{1 + number // 10:02}-{1 + 2 * (number % 10):02}T10:00:00+01:00"
        lines = [{"product": name, "amount": f"{7 + number % 9}.50"} for name in ("tea", "bun")]
        facts = {"receipt": f"R{number}", "channel": "app" if number % 2 else "shop", "lines": lines}
        yield event(program, "purchase", id=f"p{number}", member="m", at=day, facts=facts)
        if number % 7 == 3:
            back = {"receipt": f"R{number}", "lines": lines[:1]}
            yield event(program, "return", id=f"r{number}", member="m", at=day.replace("T10", "T11"), facts=back)
        if number % 10 == 9:
            spent = {"quantity": "20", "unit": "star"}
            yield event(program, "redemption", id=f"s{number}", member="m", at=day.replace("T10", "T12"), facts=spent)


def test_one_event_at_a_time_gives_the_ledger_of_a_run() -> None:
    program = programs()
    engine, session = Engine(program), Session(program)
    store: dict[str, bytes] = {}
    awards: list[Award] = []
    postings: list[Posting] = []
    moves: list[Move] = []
    for each in year(program):
        engine.happen(each)
        step, states = session.step(each, {id: store.get(id) for id in session.subjects(each, store)})
        store.update(states)
        awards += step.awards
        postings += step.postings
        moves += step.moves
    ledger = engine.posted.ledger
    assert (awards, postings, moves) == (ledger.awards, ledger.postings, ledger.moves)
    assert len(postings) > 200 and any(award.quantity < 0 for award in awards)


def test_a_state_does_not_grow_beyond_its_windows() -> None:
    """After a year it is no larger than after four months, give or take some ids."""
    program = programs(PROGRAM.replace("this calendar year", "this month").replace("3 months after", "1 months after"))
    session, sizes = Session(program), []
    store: dict[str, bytes] = {}
    for each in year(program):
        store.update(session.step(each, {"m": store.get("m")})[1])
        sizes.append(len(store["m"]))
    assert max(sizes[80:]) <= 1.2 * max(sizes[:50])


LAST = """
program "L"
  currency EUR
  timezone UTC

unit star

event purchase
  coupon money optional

earn "Once more"
  on purchase
  when (last of purchase.coupon ever or 0 EUR) > 5 EUR
  give 1 star
"""


def test_a_state_keeps_the_last_value_though_events_without_one_came_later() -> None:
    program, states = programs(LAST), dict[str, bytes]()
    session, given = Session(program), list[int]()
    for day, coupon in (("2026-01-01", "9.00"), ("2026-02-01", None), ("2026-09-01", None), ("2026-12-01", None)):
        facts = {"coupon": coupon} if coupon else {}
        bought = event(program, "purchase", id=day, member="m", at=f"{day}T12:00Z", facts=facts)
        step, states = session.step(bought, {"m": states.get("m")})
        given.append(len(step.awards))
    assert given[1:] == [1, 1, 1]


TRIGGERS = """
earn "Later"
  on    3 weeks after purchase
  give  1 star

earn "Silent"
  on    10 days without purchase, return
  give  1 night

earn "Monthly"
  on    end of month
  give  1 star

earn "Gold"
  on    status reaching Gold
  give  1 star
"""


@pytest.mark.parametrize("more", ["", TRIGGERS], ids=["events", "triggers"])
def test_states_are_no_larger_than_check_says(more: str) -> None:
    program = programs(PROGRAM + more)
    session, size = Session(program), state_size(program)
    store: dict[str, bytes] = {}
    for each in year(program):
        store.update(session.step(each, {"m": store.get("m")})[1])
        most = size.fixed + sum(part.bytes * held(part.what, unpacked(program, store)) for part in size.parts)
        assert len(store["m"]) <= most


def unpacked(program: nodes.Program, store: dict[str, bytes]) -> Subject:
    engine = Engine(program)
    unpack(engine.world, store)
    return engine.world.subjects["m"]


def held(what: str, subject: Subject) -> int:
    """How many of something a state holds."""
    if what.startswith("lot of "):
        return len(subject.purses[what.removeprefix("lot of ")].lots)
    if "still to come" in what:
        return sum(map(len, subject.coming.values()))
    if what.startswith("line in"):
        return sum(len(deed.facts["lines"]) for deed in subject.deeds.values())
    if "can be reversed" in what:
        return len(subject.deeds)
    meters = [len(tally.days) for tally in subject.meters.values()]
    others = [*subject.earned.values(), *subject.earned_by.values(), *subject.limits.values(), *subject.bases.values()]
    return max([*meters, *(len(tally.days) for tally in others)], default=0)


def test_the_same_state_gives_the_same_bytes() -> None:
    program = programs()
    engine = Engine(program)
    for each in year(program):
        engine.happen(each)
    first = pack(engine.world, "m")
    again = Engine(program)
    unpack(again.world, {"m": first})
    assert pack(again.world, "m", Layout(program)) == first


@pytest.mark.parametrize("place", range(0, 400, 13))
def test_a_damaged_state_is_refused(place: int) -> None:
    from guerdon.session import BadState

    program = programs()
    session = Session(program)
    first = next(year(program))
    state = session.step(first, {"m": None})[1]["m"]
    place %= len(state)
    damaged = state[:place] + bytes([state[place] ^ 1]) + state[place + 1 :]
    with pytest.raises(BadState) as told:
        session.preview(first, {"m": damaged})
    assert told.value.code in ("G801", "G802", "G803")


def test_a_preview_posts_nothing_and_says_what_a_step_would() -> None:
    program = programs()
    session = Session(program)
    store: dict[str, bytes] = {}
    for each in year(program):
        before = dict(store)
        seen = session.preview(each, {"m": store.get("m")})
        assert store == before
        step, states = session.step(each, {"m": store.get("m")})
        assert step == seen
        store.update(states)


def test_progress_says_what_lacks_and_what_goes() -> None:
    program = programs()
    session = Session(program)
    store: dict[str, bytes] = {}
    for each in list(year(program))[:3]:
        store.update(session.step(each, {"m": store.get("m")})[1])
    found = session.progress("m", store)
    (rung,) = found.rungs
    assert (rung.tier, rung.next) == ("Green", "Gold")
    ((missing,),) = rung.ways
    assert missing.what == "star earned this calendar year"
    assert rung.counted is not None and missing.quantity == 100 - rung.counted
    assert [str(each.day) for each in found.expiring] == ["2026-05-01"]
    assert found.pending and found.balances["star"] + sum(each.quantity for each in found.pending) == rung.counted


def test_a_state_of_another_machine_reads_the_same() -> None:
    """The layout is that of docs/library.md: version 1, as it was written down once."""
    kept = Path(__file__).with_name("state-1.bin")
    program = programs()
    session, first = Session(program), next(year(program))
    state = session.step(first, {"m": None})[1]["m"]
    if not kept.exists():
        kept.write_bytes(state)
    assert kept.read_bytes() == state
