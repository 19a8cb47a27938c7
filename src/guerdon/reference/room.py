"""The room that limits leave, and what those of facts let in.

Source: language reference, Limits.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from guerdon.history.event import Facts
from guerdon.program import nodes, types
from guerdon.reference.calendar import Bounds
from guerdon.reference.evaluate import evaluate
from guerdon.reference.exact import ZERO
from guerdon.reference.scene import Scene
from guerdon.reference.state import Subject
from guerdon.reference.tally import Tally

Key = tuple[object, ...]


def ref(scene: Scene) -> tuple[str, str] | None:
    """The event's name, where it can be undone."""
    assert scene.event is not None
    return (scene.event.type, scene.event.id) if scene.reads is not None else None


def named(of: nodes.Expr, scene: Scene) -> str | None:
    """The member whom an expression names."""
    trace, scene.trace = scene.trace, None
    who = evaluate(of, scene)
    scene.trace = trace
    return None if who is None else str(who)


def whose(of: nodes.Limit | nodes.Accumulate, scene: Scene) -> Subject | None:
    """With whom a limit or a running total is kept; None: nobody is named."""
    if isinstance(of, nodes.Limit) and of.everybody:
        return scene.everybody()
    if of.person is None:
        return scene.owner(of.account)
    who = named(of.person, scene)
    return None if who is None else scene.person(who)


def tally_of(name: str, index: int, limit: nodes.Limit, scene: Scene) -> tuple[Tally, Subject, Key]:
    """What a limit of a rule or group has counted so far, whose it is, and under which key."""
    key = (name, index, *(scene.facts[each] for each in limit.fields))
    subject = whose(limit, scene) or scene.member
    return Tally() if limit.per_event else subject.limits[key], subject, key


def limit_under(program: nodes.Program, key: Key) -> nodes.Limit:
    """The limit that counts under a key."""
    name, index = key[0], key[1]
    assert isinstance(name, str) and isinstance(index, int)
    return (program.groups[name] if name in program.groups else program.rules[name]).limits[index]


def room(limit: nodes.Limit, used: Tally, scene: Scene, subject: Subject) -> Fraction | int:
    """How many times, or how much, a limit leaves room for, in each window that shows the scene's day."""
    windows = list(_windows(limit, used, scene, subject))
    if limit.times is not None:
        return max(limit.times - max(map(used.count, windows)), 0)
    assert limit.most is not None
    most: Fraction = evaluate(limit.most, scene)
    return max(most - max(map(used.total, windows)), ZERO)


def _windows(limit: nodes.Limit, used: Tally, scene: Scene, subject: Subject) -> Iterator[Bounds]:
    """The windows of a limit that show the scene's day: as of it, and as of later days on which something was counted, be it for
    others who are kept with it and became known before.
    """
    yield scene.bounds(limit.window, subject)
    for day in dict.fromkeys(used.days[bisect_right(used.days, scene.day) :]):
        bounds = replace(scene, day=day).bounds(limit.window, subject)
        if bounds[0] > scene.day:
            break
        yield bounds


def fits(limit: nodes.Limit, room: Fraction | int, quantity: Fraction) -> Fraction:
    """What of a quantity there is room for; partly, unless the limit says `or nothing`."""
    if limit.times is not None:
        return quantity if room else ZERO
    most = Fraction(room)
    return quantity if quantity <= most else ZERO if limit.or_nothing else most


# ---------------------------------------------------------------- limits of facts


@dataclass(slots=True)
class Admitted:
    """A limit of a fact, what room it left, how much there was, and how much of it was let in."""

    limit: nodes.Limit
    room: Fraction | int
    there: Fraction = ZERO
    let_in: Fraction = ZERO


class Admission:
    """Lets so much of facts count as limits leave room for, line after line; `tallies` count it."""

    def __init__(self, limits: list[Admitted], tallies: Iterable[tuple[Admitted, Tally]] = ()) -> None:
        self.limits, self.tallies = limits, tuple(tallies)

    def of(self, facts: Facts) -> Facts:
        """The facts with as much of each as counts; what is missing or below zero stays."""
        found: dict[str, Any] = dict(facts) if self.limits else {}
        for each in self.limits:
            there = found[each.limit.of or ""]
            if there is not None and there > 0:
                found[each.limit.of or ""] = fits(each.limit, each.room - each.let_in, there)
        for each in self.limits:
            if (there := facts[each.limit.of or ""]) is not None and there > 0:
                each.there += there
                each.let_in += found[each.limit.of or ""]
        return found or facts

    def count(self, scene: Scene) -> None:
        """Counts what was let in."""
        for each, tally in self.tallies:
            if each.let_in:
                tally.add(scene.day, each.let_in, ref(scene))


def step_of(limit: nodes.Limit, rule: nodes.Rule, program: nodes.Program, scene: Scene) -> Fraction | None:
    """The grid that the fact of a limit lies on: what counts of it is whole steps, even of what remains of a sale."""
    assert scene.event is not None and limit.of is not None
    facts = program.events[scene.event.type].facts
    if rule.each is not None:
        lines = _of(facts[rule.each.lines].type)
        assert isinstance(lines, types.Lines)
        facts = program.records[lines.record].facts
    of = _of(facts[limit.of].type)
    return of.step if isinstance(of, types.Quantity | types.Number) else None


def _of(of: types.Type) -> types.Type:
    return of.of if isinstance(of, types.Optional) else of
