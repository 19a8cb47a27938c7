"""Offers: what opens them, what completes them, what a return and a late event do to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.ledger.entries import Ledger
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.session import Session
from guerdon.study import trial
from guerdon.text.diagnostic import render

PROGRAM = """\
program "Offers"
  currency    USD{more}

unit star
  expires     3 months after earned

member
  born        date optional

record line
  product     text
  amount      money

event received
  product     text
  least_      money
  reward      star
  until       date
  moment      instant optional

event purchase
  amount      money
  lines       list of line

event viewed
  offer       text

event return
  amount      money
  reverses    purchase
  part        amount

event withdrawn
  reverses    received
"""

SPEND = """
offer "Spend"
  opens       received where product is not ""
  through     until
  on          purchase
  when        sum of purchase.amount since opened >= opened.least_
  give        opened.reward
"""


def program(rules: str = SPEND, more: str = "") -> nodes.Program:
    found, said = check_bytes("offers.guerdon", (PROGRAM.replace("{more}", more) + rules).encode())
    assert found is not None, "\n".join(map(render, said))
    return found


def passes(rules: str, test: str, more: str = "") -> None:
    """Fails where an expectation is not met."""
    (result,) = trial.run(program(rules + '\ntest "it"\n' + test, more))
    assert [f"{miss.expected} / {miss.found}" for miss in result.misses] == []


def received(least: int, until: str, reward: int = 5, product: str = "tea") -> str:
    return f'product "{product}", least_ {least} USD, reward {reward} star, until {until}'


def test_what_opens_it_is_not_what_completes_it() -> None:
    passes(
        """
offer "Again"
  opens       purchase
  within      7 days
  on          purchase
  give        1 star
""",
        """
  event purchase on 2026-03-01: amount 1 USD, lines []
  expect 0 star
  event purchase on 2026-03-01: amount 1 USD, lines []
  expect 1 star
  event purchase on 2026-03-09: amount 1 USD, lines []
  expect 0 star
  event purchase on 2026-03-16: amount 1 USD, lines []
  expect 1 star
""",
    )


@pytest.mark.parametrize(
    ("day", "gives"), [("2026-03-08", 5), ("2026-03-09", 0), ("2026-02-28", 0)], ids=["last day", "after", "before"]
)
def test_it_is_open_through_its_last_day(day: str, gives: int) -> None:
    first = f"  event received on 2026-03-01: {received(1, '2026-03-08')}\n"
    then = f"  event purchase on {day}: amount 1 USD, lines []\n  expect {gives} star\n"
    passes(SPEND, then + first if day < "2026-03" else first + then)


def test_months_are_months() -> None:
    passes(
        SPEND.replace("through     until", "within      1 month"),
        f"""
  event received on 2026-01-31: {received(1, "2026-01-01")}
  event received on 2026-01-31: {received(1, "2026-01-01")}
  event purchase on 2026-02-28: amount 1 USD, lines []
  expect 10 star
  event purchase on 2026-03-01: amount 1 USD, lines []
  expect 0 star
""",
    )


def test_an_instant_is_the_last_one() -> None:
    rules = SPEND.replace("until", "(moment or at)")
    engine = Engine(program(rules))
    noon = at("2026-03-01T12:00")
    engine.run(
        [
            happens("received", "r1", "2026-03-01T00:00", moment=noon),
            happens("received", "r2", "2026-03-01T00:00", moment=noon - 1),
            happens("purchase", "p1", "2026-03-01T12:00"),
        ]
    )
    assert states(engine.posted.ledger) == [("r1", "open"), ("r2", "open"), ("r1", "completed")]


def test_what_is_counted_may_depend_on_what_opened_it() -> None:
    passes(
        SPEND.replace("purchase.amount since", "purchase.lines.amount where product is opened.product since"),
        f"""
  event received on 2026-03-01: {received(5, "2026-03-31", 1, "tea")}
  event received on 2026-03-01: {received(5, "2026-03-31", 10, "bun")}
  event purchase on 2026-03-02: amount 9 USD, lines [product "tea", amount 4 USD; product "bun", amount 4 USD]
  expect 0 star
  event purchase on 2026-03-03: amount 9 USD, lines [product "tea", amount 9 USD]
  expect 1 star
  event purchase on 2026-03-04: amount 9 USD, lines [product "bun", amount 1 USD]
  expect 10 star
""",
    )


def test_it_may_ask_whether_it_was_seen() -> None:
    passes(
        SPEND + "  when        count of viewed where offer is opened.product since opened >= 1\n",
        f"""
  event viewed on 2026-02-28: offer "tea"
  event received on 2026-03-01: {received(5, "2026-03-31")}
  event purchase on 2026-03-02: amount 5 USD, lines []
  expect 0 star
  event viewed on 2026-03-03: offer "bun"
  event viewed on 2026-03-03: offer "tea"
  event purchase on 2026-03-04: amount 0 USD, lines []
  expect 5 star
""",
    )


def test_limits_and_rounding_come_after_all_openings() -> None:
    passes(
        SPEND.replace(
            "opened.reward", "50% of opened.reward\n  round       down per event\n  limit       4 star per member"
        ),
        f"""
  event received on 2026-03-01: {received(1, "2026-03-31")}
  event received on 2026-03-01: {received(1, "2026-03-31")}
  event received on 2026-03-03: {received(1, "2026-03-31")}
  event purchase on 2026-03-02: amount 5 USD, lines []
  expect 4 star
  event purchase on 2026-03-04: amount 5 USD, lines []
  expect 0 star
""".replace("2026-03-03", "2026-03-01", 1),
    )


def test_a_part_that_comes_back_takes_what_it_no_longer_completes() -> None:
    passes(
        SPEND,
        f"""
  event received on 2026-03-01: {received(10, "2026-03-31", 3)}
  event received on 2026-03-01: {received(20, "2026-03-31", 5)}
  event purchase on 2026-03-02: amount 20 USD, lines []
  expect 8 star
  event return on 2026-03-03: purchase "3", amount 5 USD
  expect -5 star
  event purchase on 2026-03-04: amount 4 USD, lines []
  expect 0 star
  event purchase on 2026-03-05: amount 1 USD, lines []
  expect 5 star
  event return on 2026-03-06: purchase "3", amount 15 USD
  expect -3 star
  event purchase on 2026-03-07: amount 5 USD, lines []
  expect 3 star
""",
    )


def test_what_came_before_and_is_returned_leaves_what_was_given() -> None:
    passes(
        SPEND,
        f"""
  event received on 2026-03-01: {received(10, "2026-03-31")}
  event purchase on 2026-03-02: amount 6 USD, lines []
  event purchase on 2026-03-03: amount 6 USD, lines []
  expect 5 star
  event return on 2026-03-04: purchase "2", amount 6 USD
  expect 0 star
  event return on 2026-03-05: purchase "3", amount 1 USD
  expect 0 star
  event return on 2026-03-06: purchase "3", amount 2 USD
  expect -5 star
  event purchase on 2026-03-07: amount 6 USD, lines []
  expect 0 star
  event purchase on 2026-03-08: amount 1 USD, lines []
  expect 5 star
""",
    )


def test_it_is_open_until_it_is_completed_withdrawn_or_over() -> None:
    asks = """
earn "Nothing open"
  on          viewed
  when        not "Spend" open
  give        1 star
"""
    passes(
        SPEND + asks,
        f"""
  event viewed on 2026-02-01: offer ""
  expect 1 star
  event received on 2026-03-01: {received(10, "2026-03-02")}
  event viewed on 2026-03-02: offer ""
  expect 0 star
  event viewed on 2026-03-03: offer ""
  expect 1 star
  event received on 2026-03-04: {received(10, "2026-03-31")}
  event withdrawn on 2026-03-05: received "5"
  event viewed on 2026-03-06: offer ""
  expect 1 star
  event received on 2026-03-07: {received(10, "2026-03-31")}
  event purchase on 2026-03-08: amount 10 USD, lines []
  expect 5 star
  event viewed on 2026-03-08: offer ""
  expect 1 star
  event withdrawn on 2026-03-09: received "8"
  expect 0 star
""",
    )


def test_a_measure_and_a_tier_know_of_it() -> None:
    passes(
        SPEND
        + """
measure has_offer
  is          "Spend" open

tiers status
  tier        Green
  tier        Guest when has_offer
  lasts       while met
""",
        f"""
  event viewed on 2026-03-01: offer ""
  event received on 2026-03-02: {received(10, "2026-03-05")}
  expect status Guest on 2026-03-03
  expect status Guest on 2026-03-05
  expect status Green on 2026-03-06
""",
    )


def test_a_trigger_opens_it_also_for_who_is_silent() -> None:
    passes(
        """
offer "Birthday"
  opens       anniversary of born
  within      7 days
  on          purchase
  give        10 star
  say         "Happy birthday!"
""",
        """
  given born 1990-03-05
  event viewed on 2026-03-01: offer ""
  event purchase on 2026-03-12: amount 1 USD, lines []
  expect 10 star
  expect 1 message from "Birthday"
  event purchase on 2026-03-12: amount 1 USD, lines []
  expect 0 star
""",
    )


def test_one_that_only_says_something_says_it_once() -> None:
    passes(
        SPEND.replace("  give        opened.reward\n", '  say         "Done"\n'),
        f"""
  event received on 2026-03-01: {received(1, "2026-03-31")}
  event purchase on 2026-03-02: amount 1 USD, lines []
  expect 1 message from "Spend"
  event purchase on 2026-03-02: amount 1 USD, lines []
  expect 0 messages from "Spend"
""",
    )


def test_a_fact_may_be_called_opened() -> None:
    """Outside of offers the word is free; in one, `opened` alone is the fact."""
    found, said = check_bytes(
        "opened.guerdon",
        b"""program "P"

unit star

member
  level       text optional

event visit
  opened      member

earn "Base"
  on          visit
  when        (opened.level or "b") is "a"
  give        1 star

offer "O"
  opens       visit
  within      3 days
  on          visit
  when        opened same as opened.opened
  give        1 star
""",
    )
    assert found is not None, "\n".join(map(render, said))


# ---------------------------------------------------------------- the table of offers


def at(moment: str) -> int:
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()) * 1_000_000


def happens(kind: str, id: str, when: str, recorded: str = "", **facts: object) -> Event:
    plain: dict[str, dict[str, object]] = {
        "received": {"product": "tea", "least_": Fraction(1), "reward": Fraction(5), "until": None, "moment": None},
        "purchase": {"amount": Fraction(1), "lines": ()},
        "return": {"purchase": "", "amount": Fraction(1)},
    }
    known = {**plain[kind], **facts}
    if kind == "received" and known["until"] is None:
        known["until"] = datetime(2026, 3, 31).date()
    return Event(id, kind, "m", at(when), at(recorded or when), 0, known)


def states(ledger: Ledger) -> list[tuple[str, str]]:
    return [(each.opened, each.state) for each in ledger.offers]


def test_the_table_says_what_became_of_each() -> None:
    engine = Engine(program())
    engine.run(
        [
            happens("received", "r1", "2026-03-01"),
            happens("received", "r2", "2026-03-02"),
            happens("purchase", "p1", "2026-03-03"),
            happens("return", "x1", "2026-03-04", purchase="p1"),
        ]
    )
    (first, *_), ledger = engine.posted.ledger.offers, engine.posted.ledger
    assert (first.member, first.offer, first.event, first.at) == ("m", "Spend", "r1", at("2026-03-01"))
    assert first.closes == at("2026-04-01")
    assert states(ledger) == [
        *(("r1", "open"), ("r2", "open")),
        *(("r1", "completed"), ("r2", "completed")),
        *(("r1", "open"), ("r2", "open")),
    ]


def test_a_late_event_puts_them_right() -> None:
    engine = Engine(program(more="\n  lateness    30 days"))
    engine.run(
        [
            happens("received", "r1", "2026-03-01", least_=Fraction(10)),
            happens("purchase", "p1", "2026-03-03", amount=Fraction(6)),
            happens("purchase", "p2", "2026-03-05", amount=Fraction(6)),
            happens("purchase", "p0", "2026-03-02", "2026-03-06", amount=Fraction(4)),
        ]
    )
    ledger = engine.posted.ledger
    assert [(each.id, int(each.quantity)) for each in ledger.awards if each.quantity] == [
        ("purchase/p2/Spend", 5),
        ("purchase/p1/Spend", 5),
        ("purchase/p2/Spend@p0", -5),
    ]
    assert [(each.opened, each.state, each.event) for each in ledger.offers] == [
        ("r1", "open", "r1"),
        ("r1", "completed", "p2"),
        ("r1", "completed", "p1"),
    ]
    late = Engine(program(more="\n  lateness    30 days"))
    late.run([happens("purchase", "p1", "2026-03-03"), happens("received", "r1", "2026-03-01", "2026-03-04")])
    assert states(late.posted.ledger) == [("r1", "completed")]
    assert late.posted.ledger.offers[0].at == at("2026-03-04")


FRIEND = """
program "Friends"
  currency    USD

unit star

member
  vip         yes/no optional

event invited
  friend      member

event purchase
  seller      member

offer "Friend"
  opens       invited
  within      14 days
  on          purchase
  when        opened.friend.vip or no
  give        10 star

offer "Seller"
  opens       invited
  within      14 days
  on          purchase
  when        count of purchase where seller is opened.friend since opened is 1
  give        3 star
"""


def test_a_session_names_the_members_of_whom_an_opening_asks() -> None:
    found, said = check_bytes("offers.guerdon", FRIEND.encode())
    assert found is not None, "\n".join(map(render, said))
    session = Session(found, {"ben": {"vip": True}})
    invited = session.event("invited", id="1", member="anna", at="2026-03-01T10:00Z", friend="ben")
    bought = session.event("purchase", id="2", member="anna", at="2026-03-02T10:00Z", seller="ben")
    assert session.subjects(bought) == ("anna", "ben")
    _, states = session.step(invited, {"anna": None, "ben": None})
    unnamed = session.event("purchase", id="3", member="anna", at="2026-03-02T10:00Z", seller="cleo")
    assert session.subjects(unnamed, {"anna": states["anna"]}) == ("anna", "ben", "cleo")
    step, _ = session.step(bought, {"ben": None, **states})
    assert [(each.rule, int(each.quantity)) for each in step.awards] == [("Friend", 10), ("Seller", 3)]


@pytest.mark.parametrize(("day", "expected"), [("2026-03-07", ["open", "withdrawn"]), ("2026-03-12", ["open"])])
def test_what_is_over_is_not_withdrawn_whether_or_not_a_state_has_let_go_of_it(day: str, expected: list[str]) -> None:
    """What opened it is undone before its time is over, or after it."""
    of = program()
    withdrawn = Event("w1", "withdrawn", "m", at(day), at(day), 1, {"received": "r1"})
    events = [
        happens("received", "r1", "2026-03-01", until=datetime(2026, 3, 10).date(), least_=Fraction(10)),
        happens("purchase", "p1", day),
        withdrawn,
    ]
    engine = Engine(of)
    engine.run(events)
    assert [each.state for each in engine.posted.ledger.offers] == expected
    session, known, found = Session(of), dict[str, bytes | None]({"m": None}), []
    for event in events:
        step, after = session.step(event, known)
        known |= after
        found += [each.state for each in step.offers]
    assert found == expected


def test_a_session_says_what_became_of_them_and_lets_go_of_what_is_over() -> None:
    text = (PROGRAM.replace("{more}", "") + SPEND).replace("opens       received", "opens       visit")
    kept, _, undone = text.partition("event return")
    text = kept + undone.partition("part        amount")[2]  # nothing can be undone
    text = text.replace(
        "event withdrawn\n  reverses    received\n",
        "event visit\n  product text\n  least_ money\n  reward star\n  until date\n",
    )
    found, said = check_bytes("offers.guerdon", text.encode())
    assert found is not None, "\n".join(map(render, said))
    session, known = Session(found), dict[str, bytes | None]({"m": None})
    sizes = []
    for day in range(1, 7):
        visit = happens("received", f"v{day}", f"2026-03-0{day}T10:00")
        facts = {name: visit.facts[name] for name in ("product", "least_", "reward", "until")}
        step, states = session.step(replace(visit, type="visit", facts=facts), known)
        assert [(each.opened, each.state) for each in step.offers] == [(f"v{day}", "open")]
        step, states = session.step(happens("purchase", f"p{day}", f"2026-03-0{day}T11:00"), states)
        assert [(each.opened, each.state) for each in step.offers] == [(f"v{day}", "completed")]
        known = dict(states)
        sizes.append(b"visit" in (known["m"] or b""))
    assert sizes == [False] * 6
