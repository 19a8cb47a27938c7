"""However a history is cut, the same comes of it: in one run, in batches, from states as bytes, one event at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import hypothesis
from hypothesis import strategies as st
from tests.generated import pool
from tests.generated.histories import History
from tests.generated.playing import by_holder, ending, is_read, play, same

from guerdon.history.event import Event, Rejection
from guerdon.ledger.entries import Ledger
from guerdon.program import nodes
from guerdon.program.walk import walk
from guerdon.reference.aside import is_of_everybody
from guerdon.reference.calendar import ONE, Calendar
from guerdon.reference.engine import Engine
from guerdon.session import Session
from guerdon.session.step import Step
from guerdon.session.stored import pack, unpack


def added(ledgers: Iterator[Ledger] | list[Ledger]) -> Ledger:
    whole = Ledger()
    for each in ledgers:
        whole.awards += each.awards
        whole.postings += each.postings
        whole.moves += each.moves
        whole.refusals += each.refusals
        whole.effects += each.effects
        whole.offers += each.offers
        whole.ranks += each.ranks
    return whole


def read(history: History, engine: Engine) -> list[Event]:
    end = ending(engine, history)
    return [event for event in history.events if end is None or is_read(event, end)]


@pool.settings()
@hypothesis.given(pool.played(), st.lists(st.integers(0, 12), max_size=4))
def test_batches_come_to_the_same_as_one_run(case, cuts):
    """Law 10: each batch goes on from the states, as bytes, in which the one before it ended."""
    _, program, history = case
    whole = Engine(program, history.members)
    whole.run(history.events, history.as_of)
    engines = [Engine(program, history.members)]
    for number, event in enumerate(read(history, whole)):
        if number in cuts:
            engines.append(_continued(engines[-1], history))
        engines[-1].happen(event)
    engines.append(_continued(engines[-1], history))
    engines[-1].close(whole.posted.until)
    same(whole.posted.ledger, added([engine.posted.ledger for engine in engines]))
    rejected = [each.source for engine in engines for each in engine.posted.rejections]
    assert rejected == [each.source for each in whole.posted.rejections]


def _continued(engine: Engine, history: History) -> Engine:
    """An engine that knows no more than the states of another, as bytes."""
    found = Engine(engine.program, history.members)
    unpack(found.world, {id: pack(engine.world, id) for id in engine.world.subjects})
    found.rankings.day = engine.rankings.day
    return found


class Stepping:
    """A session that keeps the states of all, and has them ranked when that is due."""

    def __init__(self, program: nodes.Program, history: History) -> None:
        self.session, self.states, self.calendar = (
            Session(program, history.members),
            dict[str, bytes](),
            Calendar(program.frame),
        )
        self.day: date | None = None  # the first whose end was not looked at

    def needed(self, event: Event) -> tuple[str, ...]:
        """The subjects of an event; before it members are ranked at the ends of days that are over."""
        today = self.calendar.day(max(event.at, event.recorded))
        self.day = self.day or today
        while self.day < today:
            if self.session.rankings(self.day):
                self.states = self.session.rank(self.states, self.day)
            self.day += ONE
        return _needed(self.session, event, self.states)

    def step(self, event: Event) -> Step:
        needed = self.needed(event)
        step, new = self.session.step(event, {id: self.states.get(id) for id in needed})
        self.states |= new
        return step


@pool.settings()
@hypothesis.given(pool.played())
def test_one_at_a_time_comes_to_the_same_as_one_run(case):
    """Law 10: each event sees no other states than those of the subjects that it needs."""
    _, program, history = case
    whole = play(program, history, close=False)
    stepping = Stepping(program, history)
    steps = [stepping.step(event) for event in read(history, whole)]
    ledger = Ledger()
    for step in steps:
        ledger.awards += step.awards
        ledger.postings += step.postings
        ledger.moves += step.moves
        ledger.refusals += step.refusals
        ledger.effects += step.effects
        ledger.offers += step.offers
    last = Engine(program, history.members)
    unpack(last.world, stepping.states)
    last.rankings.day = stepping.day
    ledger.ranks = whole.posted.ledger.ranks[:]  # who steps asks for them, and is given states
    whole.close(ending(whole, history))
    last.close(whole.posted.until)
    same(whole.posted.ledger, added([ledger, last.posted.ledger]))


@pool.settings()
@hypothesis.given(pool.played())
def test_states_of_a_history_are_those_of_its_last_steps(case):
    """Law 10: all at once, and one event after the other: what the next event brings is the same."""
    _, program, history = case
    happened = read(history, Engine(program, history.members))
    hypothesis.assume(happened)
    *events, last = happened
    stepping, rejected = Stepping(program, history), []
    for event in events:
        step = stepping.step(event)
        rejected += [each for each in (step.rejected, *step.others) if each is not None]
    session, found = stepping.session, list[Rejection]()
    at_once = dict(session.states(events, found.append))
    assert at_once.keys() == stepping.states.keys()
    assert found == rejected
    hypothesis.assume(stepping.day is None or not _is_ranked_before(last, stepping))
    states, needed = stepping.states, stepping.needed(last)
    assert _needed(session, last, at_once) == needed
    (one, _), (other, _) = (session.step(last, {id: each.get(id) for id in needed}) for each in (states, at_once))
    assert (one.rejected, one.ledger) == (other.rejected, other.ledger)


def _is_ranked_before(event: Event, stepping: Stepping) -> bool:
    """Whether members are ranked between the last step and an event."""
    today, day = stepping.calendar.day(max(event.at, event.recorded)), stepping.day
    return day is not None and any(stepping.session.rankings(day + ONE * ahead) for ahead in range((today - day).days))


def _needed(session: Session, event: Event, states: dict[str, bytes]) -> tuple[str, ...]:
    """The subjects of an event: asked again until nobody is added."""
    needed = session.subjects(event)
    while True:
        more = session.subjects(event, {id: states.get(id) for id in needed})
        if set(more) <= set(needed):
            return needed
        needed = tuple(sorted({*needed, *more}))


@pool.settings()
@hypothesis.given(pool.played())
def test_the_same_state_gives_the_same_bytes(case):
    """Law 5: bytes that are read and written again are what they were."""
    _, program, history = case
    engine = play(program, history)
    states = {id: pack(engine.world, id) for id in engine.world.subjects}
    again = Engine(program, history.members)
    unpack(again.world, states)
    assert {id: pack(again.world, id) for id in again.world.subjects} == states


@pool.settings()
@hypothesis.given(pool.played())
def test_an_event_that_is_set_aside_changes_no_state(case):
    """Law 22: neither the bytes that a step gives back nor what an engine holds."""
    _, program, history = case
    stepping = Stepping(program, history)
    session, states = stepping.session, stepping.states
    for event in history.events:
        stepping.states = states
        needed = stepping.needed(event)
        states = stepping.states
        step, new = session.step(event, {**dict.fromkeys(needed), **states})
        if step.rejected is not None:
            assert new == states
            assert not (step.awards or step.postings or step.moves or step.refusals or step.effects or step.offers), (
                "and posts nothing"
            )
        states = new


@pool.settings()
@hypothesis.given(pool.played())
def test_to_watch_changes_nothing(case):
    """Law 20: evaluated again, and explained on the way, all is what it was."""
    _, program, history = case
    plain = play(program, history)
    watched = Engine(program, history.members)
    verdicts = []
    watched.run(history.events, history.as_of, watch=lambda event, facts, verdict: verdicts.append(verdict))
    same(plain.posted.ledger, watched.posted.ledger)
    for verdict in verdicts:
        assert verdict.quantity + verdict.dropped + verdict.cut + verdict.withheld == verdict.exact


# ---------------------------------------------------------------- members among each other


def apart(program: nodes.Program) -> bool:
    """Whether no rule and no account lets one member's event touch another, or see one."""
    if program.accounts or any(each.ranking for each in program.measures.values()):
        return False
    if any(rule.to is not None or rule.shares for rule in program.rules.values()):
        return False
    return not any(
        isinstance(each, nodes.Theirs)
        or (isinstance(each, nodes.Limit | nodes.Accumulate) and (each.person is not None or is_of_everybody(each)))
        for each in walk(program)
    )


@pool.settings()
@hypothesis.given(pool.played(apart, without=("transfer", "merged")), st.randoms(use_true_random=False))
def test_distinct_members_commute(case, chance):
    """Law 8: whose events come first makes no difference to anybody, as long as each has theirs in order."""
    _, program, history = case
    events = read(history, Engine(program, history.members))
    queues = {name: [event for event in events if event.member == name] for name in {each.member for each in events}}
    mixed = []
    while any(queues.values()):
        name = chance.choice(sorted(name for name, queue in queues.items() if queue))
        mixed.append(queues[name].pop(0))
    one, other = Engine(program, history.members), Engine(program, history.members)
    for engine, order in ((one, events), (other, mixed)):
        for event in order:
            engine.happen(event)
        engine.close(ending(engine, history))
    assert by_holder(one.posted.ledger) == by_holder(other.posted.ledger)
