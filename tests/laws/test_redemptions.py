"""What is spent, and what expires: at once or not at all, lot by lot, day by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import hypothesis
from tests.generated import pool
from tests.generated.histories import History, on_time
from tests.generated.playing import ZERO, by_holder, play

from guerdon.history.event import Event
from guerdon.ledger.entries import Pot
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.reference.lots import gone


def prompt(program: nodes.Program) -> bool:
    return program.frame.lateness is None and any(unit.spendable for unit in program.units.values())


@pool.settings()
@hypothesis.given(pool.played(prompt))
def test_a_redemption_is_whole_or_refused(case):
    """Law 13: what is spent was there, comes from the lots in their order, and never from debt."""
    _, program, history = case
    there: list[dict[tuple[str, str], list[tuple[str, Fraction]]]] = []

    def before(engine: Engine, event: Event) -> None:
        for subject in engine.world.subjects.values():
            if event.type == "redemption" and subject.at <= event.at:
                engine.pass_to(subject, engine.calendar.day(event.at))
        there.append(_in_order(engine))

    def after(engine: Engine, event: Event) -> None:
        lots = there.pop()
        ledger = engine.posted.ledger
        if event.type != "redemption" or any(each.source["id"] == event.id for each in engine.posted.rejections):
            return
        if event.facts["quantity"] is None:
            return  # asked for by name: below
        spent = [each for each in ledger.postings if each.event == event.id and each.target is Pot.SPENT]
        refused = any(each.event == event.id for each in ledger.refusals)
        assert sum((each.quantity for each in spent), ZERO) == (0 if refused else event.facts["quantity"])
        assert all(each.source is Pot.AVAILABLE for each in spent)
        for number, each in enumerate(spent):
            lot, left = lots[each.holder, each.unit][number]
            assert each.lot == lot
            assert each.quantity == left or number == len(spent) - 1

    play(program, history, before, after)


def takes(program: nodes.Program) -> bool:
    return program.frame.lateness is None and any(rule.takes for rule in program.rules.values())


@pool.settings()
@hypothesis.given(pool.played(takes))
def test_what_a_rule_takes_was_there(case):
    """Law 13: as a whole or refused, out of what could be spent before the event, from one expiry where that is said."""
    _, program, history = case
    there: list[tuple[dict[tuple[str, str], Fraction], dict[str, object]]] = []

    def before(engine: Engine, event: Event) -> None:
        for subject in engine.world.subjects.values():
            if subject.at <= event.at:
                engine.pass_to(subject, engine.calendar.day(event.at))
        there.append((_available(engine), _gone(engine)))

    def after(engine: Engine, event: Event) -> None:
        available, gone_on = there.pop()
        ledger, sums = engine.posted.ledger, dict[tuple[str, str], Fraction]()
        refused = {each.rule for each in ledger.refusals if each.event == event.id}
        for rule in program.rules.values():
            spent = [each for each in ledger.postings if (each.event, each.reason) == (event.id, rule.name)]
            if not rule.takes or not spent:
                continue
            assert rule.name not in refused, "granted as a whole or refused"
            assert event.type in rule.on
            assert all((each.source, each.target) == (Pot.AVAILABLE, Pot.SPENT) for each in spent)
            for each in spent:
                key = each.holder, each.unit
                sums[key] = sums.get(key, ZERO) + each.quantity
            if rule.one_expiry:
                assert len({gone_on[each.lot or ""] for each in spent}) == 1
        for key, much in sums.items():
            assert much <= available[key]

    play(program, history, before, after)


def _available(engine: Engine) -> dict[tuple[str, str], Fraction]:
    """What can be spent, by holder and unit."""
    subjects = engine.world.subjects.items()
    return {(id, name): purse.available for id, subject in subjects for name, purse in subject.purses.items()}


def _gone(engine: Engine) -> dict[str, object]:
    """The day on which each lot expires, as things stand."""
    return {
        lot.id: gone(engine.world, engine.program.units[lot.unit], subject, lot)
        for subject in engine.world.subjects.values()
        for purse in subject.purses.values()
        for lot in purse.lots
        if lot.unit in engine.program.units
    }


def _in_order(engine: Engine) -> dict[tuple[str, str], list[tuple[str, Fraction]]]:
    """The lots that can be spent, by holder and unit, in the order of the program."""
    found = {}
    for id, subject in engine.world.subjects.items():
        for name, purse in subject.purses.items():
            unit = engine.program.units.get(name)
            if unit is None:
                continue  # money that is owed
            lots = [lot for lot in purse.lots if lot.released]
            match unit.order:
                case nodes.LotOrder.SOONEST:
                    lots.sort(key=lambda lot: (gone(engine.world, unit, subject, lot) or date.max, lot.order))
                case nodes.LotOrder.OLDEST:
                    lots.sort(key=lambda lot: lot.order)
                case nodes.LotOrder.NEWEST:
                    lots.sort(key=lambda lot: -lot.order)
            found[id, name] = [(lot.id, lot.left) for lot in lots]
    return found


# ---------------------------------------------------------------- the start of a day


@pool.settings(0.7)
@hypothesis.given(pool.played(lambda program: program.frame.lateness is None, most=8))
def test_what_falls_due_does_so_whether_or_not_anybody_looks(case):
    """Law 18: day by day and all at once, tiers are reviewed, lots expire and holds end at the same instants."""
    _, program, history = case
    history = _short(on_time(history))

    lazy = play(program, history)
    aside = {each.source["id"] for each in lazy.posted.rejections}

    def day_by_day(engine: Engine, event: Event) -> None:
        if event.id not in aside:
            _pass(engine, engine.calendar.day(event.at))

    eager = play(program, history, before=day_by_day, close=False)
    if lazy.posted.until is not None:
        _pass(eager, eager.calendar.day(lazy.posted.until - 1))
        eager.close(lazy.posted.until)
    assert by_holder(lazy.posted.ledger) == by_holder(eager.posted.ledger)


def _short(history: History) -> History:
    """A history without long silences, to be walked day by day."""
    first = min((event.at for event in history.events), default=0)
    year = 400 * 86_400_000_000
    return replace(history, as_of=None, events=[event for event in history.events if event.at < first + year])


def _pass(engine: Engine, until: date) -> None:
    """Lets all days up to one begin, each of all subjects before the next."""
    subjects = list(engine.world.subjects.values())
    day = min((subject.day for subject in subjects), default=until)
    while day < until:
        day += timedelta(days=1)
        for subject in subjects:
            if subject.day < day:
                engine.pass_to(subject, day)


@pool.settings()
@hypothesis.given(pool.played(prompt, without=("redemption", "transfer", "closed", "merged", "erased", "changed")))
def test_a_lot_can_be_spent_until_the_instant_at_which_it_expires(case):
    """Law 18: what expires was there a microsecond before, and is not at the start of the day."""
    _, program, history = case
    free = [name for name, account in program.accounts.items() if account.spends is None]
    ledger = play(program, history).posted.ledger
    ends = [
        each
        for each in ledger.postings
        if each.target is Pot.EXPIRED and each.source is Pot.AVAILABLE and each.event is None
        if each.holder in history.members and program.units[each.unit].account in (None, *free)
    ]
    for each in ends[:3]:
        before = [event for event in history.events if event.at < each.at]
        if max(event.recorded for event in before) >= each.at:
            continue
        engines = []
        for at in (each.at - 1, each.at):
            engine = play(program, replace(history, events=before), close=False)
            asked = Event("last", "redemption", each.holder, at, at, 0, _redeems(program, each.unit, each.quantity))
            engine.happen(asked)
            engines.append(engine)
        sold, late = engines
        expired = [one for one in late.posted.ledger.postings if one.at == each.at and one.lot == each.lot]
        assert any(one.target is Pot.EXPIRED for one in expired)
        spent = [one for one in late.posted.ledger.postings if one.target is Pot.SPENT and one.lot == each.lot]
        assert all(one.at < each.at for one in spent)
        assert not any(one.target is Pot.EXPIRED and one.at == each.at for one in sold.posted.ledger.postings)


def _redeems(program: nodes.Program, unit: str, quantity: object) -> dict[str, object]:
    facts = {name: None for name, fact in program.events["redemption"].facts.items() if fact.value is None}
    return facts | {"unit": unit, "quantity": quantity}
