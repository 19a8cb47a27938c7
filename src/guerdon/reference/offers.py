"""Offers: opened to a member by an event, for a time; each gives once.

An opening stands by itself: it keeps what its rule asks for of the event that opened
it, and has meters of its own for what came since. A return of what completed it opens
it again; a return of what opened it closes it.

Source: language reference, Offers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.program.walk import walk
from guerdon.reference.evaluate import evaluate
from guerdon.reference.scene import Scene, Step
from guerdon.reference.state import Deed, Opening, Ref, Subject

OPEN, COMPLETED, WITHDRAWN = "open", "completed", "withdrawn"

Named = tuple[str, Opening]
"""An opening, with the name of its offer."""

Changed = tuple[str, Opening, str]
"""The name of an offer, an opening of it, and what became of that."""


class Offers:
    """The offers of a program, by the rule's name, and which facts of what opens them each asks for."""

    def __init__(self, program: nodes.Program) -> None:
        self.rules = {name: rule for name, rule in program.rules.items() if rule.offer is not None}
        self.facts = {name: tuple(sorted({"date", *_facts(rule, program)})) for name, rule in self.rules.items()}

    def opening(self, event: Event, scene: Scene) -> list[Named]:
        """What an event opens to its member, as the rules see them; nothing is opened yet."""
        found = []
        for name, rule in self.rules.items():
            offer = rule.offer
            assert offer is not None
            asked = event.type in offer.opens and not rule.leaves_out(scene.member.id)
            if asked and (offer.where is None or evaluate(offer.where, scene)):
                known = {**scene.facts, "date": scene.day, "at": event.at}
                facts = {fact: known[fact] for fact in self.facts[name]}
                found.append((name, Opening((event.type, event.id), evaluate(offer.through, scene), facts)))
        return found

    def undo(self, deed: Deed, then: Scene, now: Scene) -> Iterator[Changed]:
        """Opens again what a deed completed and would not now, and withdraws what it would not have opened, unless its time is over."""
        for name, refs in deed.completed.items():
            rule, held = self.rules[name], []
            for scene in goes_over(rule, then) if not deed.undone else ():
                assert scene.opened is not None
                if evaluate(rule.give, scene) > 0:
                    held.append(scene.opened.ref)
            for each in then.member.offers.get(name, ()):
                if each.done and each.ref in refs and each.ref not in held:
                    each.done = each.withdrawn
                    yield name, each, WITHDRAWN if each.withdrawn else OPEN
            deed.completed[name] = held
        ref = deed.event.type, deed.event.id
        for name, openings in then.member.offers.items():
            opened = [each for each in openings if each.ref == ref and not each.withdrawn]
            if not opened or (not deed.undone and _opens(self.rules[name], then)):
                continue
            for each in opened:
                each.withdrawn = True
                if not each.done:
                    each.done = True
                    if not now.is_past(each):
                        yield name, each, WITHDRAWN


def _opens(rule: nodes.Rule, then: Scene) -> bool:
    assert rule.offer is not None
    return rule.offer.where is None or bool(evaluate(rule.offer.where, then))


def _facts(rule: nodes.Rule, program: nodes.Program) -> Iterator[str]:
    """The facts of what opened an offer that its rule asks for."""
    meters = tuple(meter for meter in program.meters if meter.offer == rule.name)
    for each in walk((rule.when, rule.give, meters)):
        if isinstance(each, nodes.Field) and each.scope is nodes.Scope.OPENED:
            yield each.name


def goes_over(rule: nodes.Rule, scene: Scene) -> Iterator[Scene]:
    """The scene with each opening, one after the other, for which the rule's conditions hold.

    Where evaluation is traced, each opening is a step of its own, with the opening as its value.
    """
    above = scene.trace
    for opened in scene.openings(rule.name):
        scene.opened = opened
        if above is not None:
            scene.trace = Step(rule.give, opened)
            above.steps.append(scene.trace)
        if all(evaluate(condition, scene) for condition in rule.when):
            yield scene
    scene.opened, scene.trace = None, above


def add(member: Subject, openings: Iterable[Named], now: int) -> Iterator[Changed]:
    """Opens offers to a member; what became of which."""
    for name, opening in openings:
        member.offers[name] = [*_live(member, name, now), opening]
        yield name, opening, OPEN


def forget(member: Subject, now: int) -> None:
    """Lets go of openings that give nothing any more, and of which nothing can be undone."""
    member.offers = {name: live for name in member.offers if (live := _live(member, name, now))}


def _live(member: Subject, name: str, now: int) -> list[Opening]:
    """Those that can give yet, or what completed them can be undone."""
    noted: set[Ref] = {ref for deed in member.deeds.values() for ref in deed.completed.get(name, ())}
    return [
        each
        for each in member.offers.get(name, ())
        if each.ref in noted or not (each.done or each.is_past(member.day, now))
    ]


def complete(offer: str, openings: Iterable[Opening], deed: Deed | None) -> Iterator[Changed]:
    """Notes that openings gave: they are done; what became of which."""
    for each in openings:
        each.done = True
        if deed is not None:
            deed.completed.setdefault(offer, []).append(each.ref)
        yield offer, each, COMPLETED
