"""What an event's facts are, and what they add to measures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from guerdon.history.event import Event, Facts
from guerdon.program import nodes, types
from guerdon.reference.evaluate import evaluate
from guerdon.reference.exact import ZERO
from guerdon.reference.scene import Scene
from guerdon.reference.state import WHOLE, Opening, Ref
from guerdon.reference.tally import Tally

Entry = tuple[int, int, Any, Opening | None]
"""A meter's number, the place of the line (or WHOLE), a value, and since which opening it counts."""


@dataclass(slots=True)
class Fed:
    """What an event added to meters, by its place there, and what others get after it."""

    seen: list[tuple[Tally, int]] = field(default_factory=list)
    unseen: list[Entry] = field(default_factory=list)

    def undo(self) -> None:
        """Takes it out again: of what is refused nothing counts."""
        for tally, place in reversed(self.seen):
            tally.drop(place)


def derived(record: nodes.Record, facts: Facts, scene: Scene) -> dict[str, Any]:
    """An event's facts with those that are derived from them, its lines' too."""
    found = {name: _lines(fact, facts.get(name), scene) for name, fact in record.facts.items()}
    _derive(record, found, scene)
    return found


def _lines(fact: nodes.Fact, value: object, scene: Scene) -> object:
    if not isinstance(fact.type, types.Lines) or not isinstance(value, tuple):
        return value
    record = scene.program.records[fact.type.record]
    if all(each.value is None for each in record.facts.values()):
        return value
    lines = [dict(line) for line in value]
    for line in lines:
        _derive(record, line, scene)
    return tuple(lines)


def _derive(record: nodes.Record, facts: dict[str, Any], scene: Scene) -> None:
    for fact in record.facts.values():
        if fact.value is not None:
            here = replace(scene, event=None, facts=facts, line=None)
            facts[fact.name] = evaluate(fact.value, here)


def feed(event: Event, scene: Scene, noted: bool) -> Fed:
    """Adds an event to the meters that include it.

    `noted`: with the event's name on each value, so that it can be found again.
    """
    fed = Fed()
    for number, meter in enumerate(scene.program.meters):
        if meter.event != event.type:
            continue
        for opened in _openings(meter, scene):
            scene.opened = opened
            for place, value in _values(meter, scene):
                ref = (event.type, event.id, place) if noted else None
                if meter.sees_event:
                    tally = scene.tally(number)
                    fed.seen.append((tally, tally.add(scene.day, value, ref)))
                else:
                    fed.unseen.append((number, place, value, opened))
        scene.opened = None
    return fed


def _openings(meter: nodes.Meter, scene: Scene) -> Iterable[Opening | None]:
    """Since which openings a meter counts apart; None: it does not."""
    if meter.offer is None:
        return (None,)
    return [each for each in scene.member.offers.get(meter.offer, ()) if not scene.is_past(each)]


def _values(meter: nodes.Meter, scene: Scene) -> Iterator[tuple[int, Any]]:
    """What an event, or each of its lines, adds to a meter, and at which place."""
    for place, line in enumerate(scene.facts[meter.lines] or ()) if meter.lines else ((WHOLE, None),):
        scene.line = line
        if meter.where is None or evaluate(meter.where, scene):
            yield place, evaluate(meter.value, scene) if meter.value else None
    scene.line = None


def feed_unseen(event: Event, scene: Scene, unseen: list[Entry], noted: bool) -> None:
    """Adds an event to the meters that see only what came before."""
    for number, place, value, scene.opened in unseen:
        scene.tally(number).add(scene.day, value, (event.type, event.id, place) if noted else None)
    scene.opened = None


def correct(
    event: Event,
    then: Scene,
    kept: dict[str, list[int]] | None,
    at: Scene | None,
    corrected: dict[tuple[int, int], Fraction],
) -> dict[tuple[int, Ref | None], tuple[Fraction, int]]:
    """Leaves in the meters what remains of an event; by meter (and since which opening), the difference in sum and in count.

    Shape: `then` stands where the event did, with the facts that remain; `kept` are the
    places of the lines that do, by list (None: nothing does). `at`: where given, sums are
    corrected on its day and all else stays; `corrected` is by how much they were before.
    """
    found: dict[tuple[int, Ref | None], tuple[Fraction, int]] = {}
    meters = [(number, meter) for number, meter in enumerate(then.program.meters) if meter.event == event.type]
    for number, meter in meters:
        openings: Iterable[Opening | None] = (None,)
        if meter.offer is not None:
            openings = then.member.offers.get(meter.offer, ())
        for opened in openings:
            then.opened, of = opened, opened.ref if opened is not None else None
            found[number, of] = _correct(number, event, then, kept, at if of is None else None, corrected)
    then.opened = None
    return found


def _correct(
    number: int,
    event: Event,
    then: Scene,
    kept: dict[str, list[int]] | None,
    at: Scene | None,
    corrected: dict[tuple[int, int], Fraction],
) -> tuple[Fraction, int]:
    """Leaves in one tally what remains of an event; the difference in sum and in count.

    What earlier returns took off on days of their own stays there, so the day of the event keeps as much more.
    """
    meter, tally, sums, counts, settled = then.program.meters[number], then.tally(number), ZERO, 0, ZERO
    for place in _places(tally, event, then):
        index = tally.of((event.type, event.id, place), then.day)[0]
        was, now = tally.values[index], _now(meter, place, then, kept)
        if isinstance(was, Fraction):
            less = (now[0] if now and now[0] is not None else ZERO) - was - corrected.get((number, place), ZERO)
            sums += less
            if at is not None:
                corrected[number, place] = corrected.get((number, place), ZERO) + less
        if at is None:
            counts -= now is None
            _leave(tally, index, now)
            settled -= corrected.pop((number, place), ZERO)
    day, more = (then.day, settled) if at is None else (at.day, sums)
    if more:
        then.owner(meter.account).corrected.setdefault(number, Tally()).add(day, more)
    return sums, counts


def _leave(tally: Tally, index: int, now: tuple[Any] | None) -> None:
    """Leaves what remains of a value in its place, or nothing."""
    if now is None:
        tally.drop(index)
    else:
        tally.replace(index, now[0])


def _places(tally: Tally, event: Event, then: Scene) -> list[int]:
    first, end = tally.span(then.day)
    return [ref[2] for ref in tally.refs[first:end] if ref is not None and ref[:2] == (event.type, event.id)]


def _now(meter: nodes.Meter, place: int, then: Scene, kept: dict[str, list[int]] | None) -> tuple[Any] | None:
    """What is left of a meter's value, boxed; None: nothing, or what remains is not included any more."""
    if kept is None or (meter.lines is not None and place not in kept[meter.lines]):
        return None
    if meter.lines is not None:
        then.line = then.facts[meter.lines][kept[meter.lines].index(place)]
    included = meter.where is None or evaluate(meter.where, then)
    value = evaluate(meter.value, then) if meter.value and included else None
    then.line = None
    return (value,) if included else None
