"""Where a member stands on a ladder, what is counted there, and which tiers were held when and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from guerdon.program import nodes
from guerdon.reference import counting
from guerdon.reference.calendar import ONE
from guerdon.reference.engine import Engine
from guerdon.reference.evaluate import earned, holds
from guerdon.reference.exact import ZERO
from guerdon.reference.scene import Scene, Step
from guerdon.reference.state import Subject
from guerdon.study import words
from guerdon.study.explain.account import LadderAccount, Reading
from guerdon.study.explain.judged import readings
from guerdon.study.explain.timeline import Moment


def account(engine: Engine, ladder: nodes.Ladder, subject: Subject, timeline: Sequence[Moment]) -> LadderAccount:
    """A ladder as it stands for a member at the end of the run."""
    scene = engine.world.scene(subject)
    held = counting.holder_of(ladder, scene)
    moves = tuple((each.when, each.text) for each in timeline if each.kind == ladder.name)
    counts = tuple(_counts(engine, ladder, subject))
    lasts = (("lasts", f"through {held.ends - ONE}"),) if held.ends is not None else ()
    tier = ladder.tiers[held.standing].name if not subject.closed and subject.into is None else "no more"
    return LadderAccount(ladder.name, str(ladder.span), tier, (*counts, *lasts), moves, tuple(_counted(ladder, scene)))


def _counted(ladder: nodes.Ladder, scene: Scene) -> Iterator[Reading]:
    """What was counted on which day of the window, then what was carried, deducted or forgiven; nothing where it is no sum."""
    found = _values(ladder.counts, scene)
    if found is None or ladder.counts is None:
        return
    kind, sums = ladder.counts.type, dict[date, Fraction]()
    for day, value in found:
        sums[day] = sums.get(day, ZERO) + value
    besides = counting.count(ladder, scene) - sum(sums.values(), ZERO)
    yield from (Reading(day.isoformat(), words.value(value, kind)) for day, value in sorted(sums.items()))
    if besides:
        yield Reading("carried, deducted, brought along", words.value(besides, kind))


def _values(expr: nodes.Expr | None, scene: Scene) -> list[tuple[date, Fraction]] | None:
    """What came on which day of a window; None of what is no sum or count."""
    match expr:
        case nodes.Earned(unit, _, window):
            owner = scene.owner(scene.program.units[unit].account)
            tallies = list(earned(expr, owner, scene.program))
        case nodes.Measured(meter, nodes.Aggregate.SUM | nodes.Aggregate.COUNT, window):
            owner = scene.owner(scene.program.meters[meter].account)
            tallies = [scene.tally(meter)]
        case _:
            return None
    bounds, counts = scene.bounds(window, owner), getattr(expr, "aggregate", None) is nodes.Aggregate.COUNT
    return [
        (tally.days[place], Fraction(1) if counts else tally.values[place])
        for tally in tallies
        for place in range(*tally.places(bounds))
        if counts or isinstance(tally.values[place], Fraction)
    ]


def _counts(engine: Engine, ladder: nodes.Ladder, subject: Subject) -> Iterator[tuple[str, str]]:
    """What is counted and what each tier asks for, and what came of it."""
    scene = engine.world.scene(subject)
    total = None
    if ladder.counts is not None:
        total = counting.count(ladder, scene)
        yield f"counts {words.written(ladder.counts)}", words.value(total, ladder.counts.type)
    for tier in ladder.tiers[1:]:
        if tier.at is not None and total is not None and ladder.counts is not None:
            lacks = tier.at - total
            said = "reached" if lacks <= 0 else f"{words.value(lacks, ladder.counts.type)} lack"
            yield f"tier {tier.name} at {words.value(tier.at, ladder.counts.type)}", said
        elif tier.when is not None:
            scene.trace = root = Step(tier.when)
            met = "holds" if holds(tier.when, scene) else "does not hold"
            scene.trace = None
            read = dict.fromkeys(f"{each.name} is {each.value}" for step in root.steps for each in readings(step))
            yield f"tier {tier.name} when {words.written(tier.when)}", "; ".join([met, *read])
        else:
            yield f"tier {tier.name}", "by invitation"
