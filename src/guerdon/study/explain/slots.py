"""Facts that an event could have had otherwise: its own, and those of its lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from guerdon.history.event import Event
from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.study import words
from guerdon.study.explain.trying import Change, Tried

MOST_LINES = 3
"""Of so many lines facts are looked at, where none of them is looked at alone."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A fact of an event; with `lines`, one of its line at a `place` of that list."""

    fact: nodes.Fact
    lines: str | None = None
    place: int = 0

    @property
    def type(self) -> types.Type:
        """The type of a value that is there."""
        return plain_type(self.fact.type)

    @property
    def name(self) -> str:
        return self.fact.name if self.lines is None else f"{self.fact.name} of line {self.place + 1}"

    def own(self, event: Event) -> object:
        """What an event has there."""
        facts = event.facts if self.lines is None else event.facts[self.lines][self.place]
        return facts.get(self.fact.name)

    def facts(self, event: Event, value: object) -> Mapping[str, object]:
        """The facts of an event that are others, where it has a value there."""
        if self.lines is None:
            return {self.fact.name: value}
        rows = list(event.facts[self.lines])
        rows[self.place] = {**rows[self.place], self.fact.name: value}
        return {self.lines: tuple(rows)}

    def change(self, event: Event, value: object) -> Change:
        """An event with a value there."""
        said = f"{self.name} is {words.value(self.own(event), self.fact.type)}"
        return Change(said, words.value(value, self.type), self.facts(event, value), self.name)


def plain_type(of: types.Type) -> types.Type:
    """The type of a value that is there."""
    return of.of if isinstance(of, types.Optional) else of


def slot_of(field: nodes.Field, at: Tried, program: nodes.Program) -> Slot | None:
    """Where a fact that is read stands in an event; None where it is not the event's own, or derived."""
    own = program.events[at.event.type].facts
    match field.scope:
        case nodes.Scope.EVENT:
            slot = Slot(own[field.name])
        case nodes.Scope.LINE if at.line is not None:
            lines, place = at.line
            slot = Slot(_record(own[lines], program)[field.name], lines, place)
        case _:
            return None
    return slot if slot.fact.value is None else None


def slots_read(part: object, at: Tried, program: nodes.Program) -> Iterator[Slot]:
    """The facts of an event and of its lines that a part of a rule depends on, each once.

    Shape: also through derived facts, through measures that count the event, and through rules that are named.
    """
    event = at.event.type
    own = program.events[event].facts
    lists = {name: _record(fact, program) for name, fact in own.items() if isinstance(fact.type, types.Lines)}
    waiting: list[tuple[object, str | None]] = [(part, None)]  # what is read, and the list whose lines it is of
    seen = set[tuple[str | None, str]]()
    while waiting:
        looked_at, inside = waiting.pop()
        for each in walk(looked_at, program.measures):
            match each:
                case nodes.Field((nodes.Scope.EVENT | nodes.Scope.LINE) as scope, name):
                    of_lines = inside is not None or scope is nodes.Scope.LINE
                    known = {inside: lists[inside]} if inside is not None else lists if of_lines else {None: own}
                    for lines, facts in known.items():
                        if name in facts and (lines, name) not in seen:
                            seen.add((lines, name))
                            yield from _slots(facts[name], lines, at)
                            waiting.append((facts[name].value, lines))
                case nodes.Measured(meter) if program.meters[meter].event == event:
                    waiting.append(((program.meters[meter].value, program.meters[meter].where), None))
                case nodes.Given(name) if (None, f'"{name}"') not in seen:
                    seen.add((None, f'"{name}"'))
                    named = (program.rules[rule] for rule in program.rules_of(name))
                    waiting += [(rule.give, None) for rule in named if event in rule.on]
                case _:
                    continue


def _slots(fact: nodes.Fact, lines: str | None, at: Tried) -> Iterator[Slot]:
    if fact.value is not None:
        return
    if lines is None:
        yield Slot(fact)
        return
    places = range(min(len(at.event.facts.get(lines) or ()), MOST_LINES))
    for place in [at.line[1]] if at.line is not None and at.line[0] == lines else places:
        yield Slot(fact, lines, place)


def _record(fact: nodes.Fact, program: nodes.Program) -> Mapping[str, nodes.Fact]:
    assert isinstance(fact.type, types.Lines)
    return program.records[fact.type.record].facts
