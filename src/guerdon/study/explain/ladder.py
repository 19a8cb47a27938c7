"""Where a member stands on a ladder, what is counted there, and which tiers were held when and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from guerdon.program import nodes
from guerdon.reference import counting
from guerdon.reference.engine import Engine
from guerdon.reference.evaluate import holds
from guerdon.reference.state import Subject
from guerdon.study import words
from guerdon.study.explain.account import LadderAccount
from guerdon.study.explain.timeline import Moment


def account(engine: Engine, ladder: nodes.Ladder, subject: Subject, timeline: Sequence[Moment]) -> LadderAccount:
    """A ladder as it stands for a member at the end of the history."""
    scene = engine.world.scene(subject)
    tier = ladder.tiers[counting.holder_of(ladder, scene).standing]
    moves = tuple((each.when, each.text) for each in timeline if each.kind == ladder.name)
    return LadderAccount(ladder.name, str(ladder.span), tier.name, tuple(_counts(engine, ladder, subject)), moves)


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
            met = "holds" if holds(tier.when, scene) else "does not hold"
            yield f"tier {tier.name} when {words.written(tier.when)}", met
        else:
            yield f"tier {tier.name}", "by invitation"
