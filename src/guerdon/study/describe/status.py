"""Status: a table of tiers, and how they are reached, kept and lost."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import assert_never

from guerdon.program import nodes, types
from guerdon.study.describe import english, times
from guerdon.study.describe.english import readable, sentence
from guerdon.study.describe.page import Grid, Item, item, sentences
from guerdon.study.describe.prose import Prose
from guerdon.study.describe.returns import reversible


def ladder(of: nodes.Ladder, program: nodes.Program) -> Item:
    """One ladder: its tiers from the lowest to the highest, then how they come and go."""
    perks = {tier: "; ".join(texts) for tier, texts in of.perks.items()}
    rows: tuple[tuple[str, ...], ...] = tuple(
        (readable(each.name), str(place), _reached(each, of, program), perks.get(each.name, ""))
        for place, each in enumerate(of.tiers, 1)
    )
    columns: tuple[str, ...] = ("Tier", "Place", "Reached", "Brings")
    if not any(perks.values()):
        rows, columns = tuple(row[:3] for row in rows), columns[:3]
    said = [
        *_counts(of, program),
        *_rises(of),
        *_keeps(of, program),
        *_given(of, program),
        *_carried(of),
        *_returned(of, program),
    ]
    return item(readable(of.name).capitalize(), Grid(columns, rows), sentences(*map(sentence, said)))


def _reached(tier: nodes.TierStep, of: nodes.Ladder, program: nodes.Program) -> str:
    if tier.at is not None:
        more = " more than the tier below" if of.restarts is not None else ""
        count = "" if of.counts is not None and isinstance(of.counts.type, types.Quantity) else "a count of "
        return f"at {count}{so_much(tier.at, of)}{more}"
    if tier.when is not None:
        return f"once {Prose(program).condition(tier.when)}"
    return "by invitation only" if tier.invited else "from the first event on"


def so_much(much: Fraction, of: nodes.Ladder) -> str:
    """So much of what a ladder counts."""
    unit = of.counts.type if of.counts is not None else None
    return english.amount(much, unit.unit) if isinstance(unit, types.Quantity) else english.number(much)


def _counts(of: nodes.Ladder, program: nodes.Program) -> Iterator[str]:
    if of.account is not None:
        yield f"this status is held by the {readable(of.account)}, and decided by what all its members do"
    yield f"everybody starts on {readable(of.tiers[0].name)}"
    if of.counts is not None:
        yield f"what counts: {Prose(program).value(of.counts)}"
    if of.floored:
        yield "the count never falls below zero: what a return takes beyond that is forgiven, and what comes next counts from zero"


def _rises(of: nodes.Ladder) -> Iterator[str]:
    if of.rises is None:
        yield "a tier is entered right after the event that fills it, and applies from the next event on"
    else:
        yield (
            f"what was reached is looked at once, at the end of {times.which(of.rises.period, of.rises.ahead)};"
            " the tier is entered on the day after"
        )


def _keeps(of: nodes.Ladder, program: nodes.Program) -> Iterator[str]:
    """How long a tier lasts, and what becomes of it then."""
    yield times.term(of.lasts)
    if isinstance(of.lasts, nodes.Calendar | nodes.Duration):
        this = isinstance(of.lasts, nodes.Calendar) and of.lasts.ahead == 0
        if not this:
            yield "then it is reviewed: where it was reached again in that time, it goes on for another term"
        yield f"{'then' if this else 'where it was not,'} {_falls(of, this)}"
    if of.grace is not None:
        yield f"before it falls it is kept for {times.length(of.grace)} more, and stays if it is reached again in that time"
    for each in of.floors:
        yield f"nobody is below {readable(each.tier)} while {Prose(program).condition(each.condition)}"


def _falls(of: nodes.Ladder, always: bool) -> str:
    counted = of.counts is not None
    reached = "the tier that the count reaches" if counted else "the highest tier whose condition holds"
    match of.falls:
        case nodes.Fall.ONE:
            return f"it falls by one tier, or to {reached} if that is higher"
        case nodes.Fall.COUNTED:
            return f"it falls to {reached}"
        case nodes.Fall.LOWEST:
            return f"it falls to the lowest tier{(', whatever the count' if counted else ', whatever holds') if always else ''}"
        case nodes.Fall.NEVER:
            return "it is kept all the same, and never falls"
        case _:
            assert_never(of.falls)


def _given(of: nodes.Ladder, program: nodes.Program) -> Iterator[str]:
    for each in of.grants:
        when = f" if {Prose(program, each.event).condition(each.when)}" if each.when is not None else ""
        yield f"{english.article(english.happening(each.event))} gives {readable(each.tier)} for a whole term{when}; who holds a higher tier keeps it"


def _carried(of: nodes.Ladder) -> Iterator[str]:
    if of.carries:
        again = (
            "and what was carried is carried on again"
            if of.repeatedly
            else "but what was carried is not carried on again"
        )
        fallen = "; nothing is carried where the tier falls" if of.unless_fallen else ""
        yield f"what the count exceeds its tier by counts in the next period too, {again}{fallen}"
    match of.restarts:
        case None:
            pass
        case nodes.Restart.ZERO:
            yield "with each rise the count starts again from zero"
        case nodes.Restart.EXCESS:
            yield "with each rise the count starts again, keeping what it exceeds the tier by"
        case _:
            assert_never(of.restarts)


def _returned(of: nodes.Ladder, program: nodes.Program) -> Iterator[str]:
    match of.returns:
        case nodes.OnReturn.ONCE if not reversible(program):
            pass
        case nodes.OnReturn.ONCE:
            yield "where a return takes away what a tier rests on, it falls at once"
        case nodes.OnReturn.REVIEW:
            yield "where a return takes away what a tier rests on, it is kept to the end of its term"
        case _:
            assert_never(of.returns)
