"""Two versions over histories that are made up, where a single event does not show the difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from guerdon.program import nodes, types
from guerdon.reference.exact import summed
from guerdon.reference.state import Subject
from guerdon.study import words
from guerdon.study.found import Found
from guerdon.study.laws.history import History
from guerdon.study.laws.pool import Pool
from guerdon.study.laws.shrink import shrunk
from guerdon.study.laws.teller import Teller, chance
from guerdon.study.prove.asked import Asked
from guerdon.study.prove.report import Finding
from guerdon.study.prove.solve import simplest
from guerdon.study.prove.witness import Witness, few, repeated, witness
from guerdon.study.trial import Trial
from guerdon.text.diagnostic import Diagnostic

HISTORIES = 300
"""So many are tried."""

LATER = (1, 8, 15, 32, 62, 93, 184, 366, 400, 550, 731, 1100)
"""So many days after a single event it is looked at what is left of it."""

Standing = tuple[str, str, str]
"""Whose, of which unit or ladder, when."""


def less(old: nodes.Program, new: nodes.Program) -> Finding | None:
    """A history after which a member stands worse under the newer version, made short; None where none was found.

    Shape: half of those that are tried are made up of what the older version asks for, half of what the newer one does.
    """
    pools = Pool(old, nodes.Law("")), Pool(new, nodes.Law(""))
    for number in range(HISTORIES):
        of, pool = (old, pools[0]) if number % 2 == 0 else (new, pools[1])
        told = Teller(chance(0, number // 2), of, pool).history()
        if not _fits(told, old) or not _fits(told, new) or _worse(told.case(""), old, new) is None:
            continue
        at = next(
            at for at in range(1, len(told.told) + 1) if _worse(replace(told, told=told.told[:at]).case(""), old, new)
        )
        told = replace(told, told=told.told[:at])
        told = shrunk(told, lambda each: _fits(each, new) and _worse(each.case(""), old, new) is not None, old)
        worse = _worse(told.case("less generous"), old, new)
        assert worse is not None, "what is shorter shows it too"
        return _finding(told.case("less generous"), worse, old)
    return None


def one_after_the_other(one: Witness, other: Witness, old: nodes.Program, new: nodes.Program) -> Finding | None:
    """Two events of a member, the earlier first, where they stand worse under the newer version after both."""
    steps = sorted((one.event, other.event), key=lambda each: each.date)
    case = other.case.but(steps=tuple(steps))
    if not all(_fits_facts(each.event, each.facts, new) for each in steps):
        return None
    worse = _worse(case, old, new)
    return _finding(case, worse, old) if worse is not None else None


def again(old: nodes.Program, new: nodes.Program) -> Finding | None:
    """One event that happens again and again, until a member stands worse under the newer version; None where none was found."""
    of = Asked(old)
    for event in of.happens:
        found = of.at(event)
        for came in found.came.values():
            for wishes in ((), (came.quantity >= 10,), (came.quantity >= 100,)):
                model = simplest(found.scene.known, [came.quantity > 0, *few(found)], wishes)
                shown = witness(found, model, "less generous") if model is not None else None
                if shown is None or not _fits_facts(shown.event.event, shown.event.facts, new):
                    break
                for case in repeated(shown):
                    worse = _worse(case.case, old, new, later=len(case.case.steps) == 1)
                    if worse is not None:
                        return _finding(case.case, worse, old)
    return None


def _fits(told: History, program: nodes.Program) -> bool:
    """Whether a program has the events and facts of a history."""
    return all(_fits_facts(each.event, each.facts, program) for each in told.told)


def _fits_facts(event: str, facts: Mapping[str, object], program: nodes.Program) -> bool:
    """Whether an event of a program has these facts, and no others must be given."""
    record = program.events.get(event)
    if record is None or not facts.keys() <= record.facts.keys():
        return False
    return all(
        isinstance(fact.type, types.Optional) or fact.value is not None or name in facts
        for name, fact in record.facts.items()
    )


def _worse(
    case: nodes.Case, old: nodes.Program, new: nodes.Program, later: bool = False
) -> tuple[str, str, str] | None:
    """What somebody has less of: what it is, as it was, as it is. `later`: also what is left of it on days to come."""
    before, after = (dict(_stands(case, program, later)) for program in (old, new))
    for (who, what, when), value in before.items():
        other = after.get((who, what, when), Fraction(0))
        if other >= value:
            continue
        if what in old.ladders and what in new.ladders:
            tiers = [old.ladders[what].tiers[int(value)].name, new.ladders[what].tiers[int(other)].name]
            return f"{what}{when}", tiers[0], tiers[1]
        if what in new.units:
            return f"{what}{when}", words.quantity(value, what), words.quantity(other, what)
    return None


def _stands(case: nodes.Case, program: nodes.Program, later: bool) -> Iterator[tuple[Standing, Fraction]]:
    """How each member stands after a history: what they were given of each unit, and their tiers, each as a number."""
    trial = Trial(case, program)
    for step in case.steps:
        assert isinstance(step, nodes.Happening)
        trial.happen(step)
    engine = trial.engine
    for who in dict.fromkeys(step.member for step in case.steps if isinstance(step, nodes.Happening)):
        for unit in program.units:
            awards = [each for each in engine.posted.ledger.awards if each.member == who and each.unit == unit]
            yield (who, unit, " in all"), summed(each.quantity for each in awards)
        subject = engine.world.subjects.get(who)
        if subject is None:
            continue
        yield from _has(who, "", subject, program)
        for days in LATER if later else ():
            assert trial.last is not None
            day = engine.calendar.day(trial.last.at) + timedelta(days)
            Found(engine, trial.last).pass_to(subject, day)
            yield from _has(who, f" on {day}", subject, program)
            for name, of in program.units.items():
                if of.spendable and of.account is None:
                    yield (who, name, f" on {day}"), subject.purses[name].available


def _has(who: str, when: str, subject: Subject, program: nodes.Program) -> Iterator[tuple[Standing, Fraction]]:
    """The place of a member on each ladder."""
    for name, ladder in program.ladders.items():
        if ladder.account is None:
            yield (who, name, when), Fraction(subject.held[name].standing)


def _finding(case: nodes.Case, worse: tuple[str, str, str], old: nodes.Program) -> Finding:
    what, was, now = worse
    return Finding(
        Diagnostic("G947", f"after these events the newer version comes to less: {what}, {now} instead of {was}"),
        tuple(Witness(case).lines(old)),
        (f"older: {what}: {was}", f"newer: {what}: {now}"),
    )
