"""What remains of a sale: a sale itself, of which each return takes a share.

A deed notes the share that is `left` by what returns measure (`amount`, or `lines.price`
of a line). So returns of several kinds meet in one place: each is of what the ones
before it left.

Source: language reference, Returns.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from guerdon.history.event import Facts
from guerdon.program import nodes, types
from guerdon.reference.exact import ZERO
from guerdon.reference.state import WHOLE, Deed, Place

ALL = Fraction(1)


def places(program: nodes.Program, part: nodes.Part, key: object, deed: Deed) -> Iterator[tuple[Place, Fraction]]:
    """The places of a deed that a part may come from (`key`: of lines, those that have it), and how much is left there."""
    if part.lines is None:
        yield (part.path, WHOLE), measured(program, deed, part.path)
        return
    for place, line in enumerate(deed.facts.get(part.of_lines or "") or ()):
        if line.get(part.key or "") == key:
            yield (part.path, place), measured(program, deed, part.path, place)


def measured(program: nodes.Program, deed: Deed, path: str, place: int = WHOLE) -> Fraction:
    """How much is left of what returns measure; of a line, by its place."""
    lines, _, of = path.rpartition(".")
    record, held = program.events[deed.event.type], deed.facts
    if place != WHOLE:
        record, held = _record(program, deed, lines), held[lines][place]
    whole: Fraction = held.get(of) or ZERO
    left = share(program, deed) if place == WHOLE else _of_line(program, deed, lines, place)
    if left and not _is_quantity(record.facts[of].type):  # other returns leave numbers as they are
        left = deed.left.get((path, place), ALL)
    return whole * left


def take(program: nodes.Program, deed: Deed, place: Place, amount: Fraction) -> None:
    """Takes so much of what is left at a place."""
    deed.left[place] = deed.left.get(place, ALL) * (1 - amount / measured(program, deed, *place))


def is_whole(deed: Deed, part: nodes.Part) -> bool:
    """Whether nothing of a deed remains by what a part measures."""
    if part.lines is None:
        return not deed.left.get((part.of, WHOLE), ALL)
    lines = enumerate(deed.facts.get(part.of_lines or "") or ())
    return not any(line.get(part.of) and deed.left.get((part.path, place), ALL) for place, line in lines)


def share(program: nodes.Program, deed: Deed) -> Fraction:
    """How much of a deed remains: of what was taken of lines, by their first quantity or what is measured."""
    return _of_event(deed, {name: _of_lines(program, deed, name) for name in _lists(deed)})


def facts(program: nodes.Program, deed: Deed) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """The facts of what remains of a deed, not yet derived anew, and the places of its lines that do, by list.

    Shape: what is measured is less by what came back, other quantities in proportion.
    """
    found: dict[str, Any] = dict(deed.facts)
    kept: dict[str, list[int]] = {}
    left = share(program, deed)
    for name, fact in program.events[deed.event.type].facts.items():
        if isinstance(fact.type, types.Lines):
            found[name], kept[name] = _lines_left(program, deed, name)
        elif fact.value is None and found[name] is not None:
            by = left if _is_quantity(fact.type) else deed.left.get((name, WHOLE), ALL)
            found[name] = found[name] * by if by != ALL else found[name]
    return found, kept


def _of_event(deed: Deed, lists: dict[str, Fraction]) -> Fraction:
    """The share of what was taken of the event itself and of lists of its lines."""
    left = ALL
    for (_, place), part in deed.left.items():
        left *= part if place == WHOLE else ALL
    for part in lists.values():
        left *= part
    return left


def _lists(deed: Deed) -> set[str]:
    """The lists of lines of which something came back."""
    return {path.partition(".")[0] for path, place in deed.left if place != WHOLE}


def _of_lines(program: nodes.Program, deed: Deed, name: str) -> Fraction:
    """The share of a list of lines that remains by what was taken of its lines."""
    record = _record(program, deed, name)
    paths = (path.partition(".")[2] for path, place in deed.left if path.partition(".")[0] == name)
    weigh = next((each.name for each in record.facts.values() if isinstance(each.type, types.Quantity)), None)
    by = weigh or next(paths)
    total = left = ZERO
    for place, line in enumerate(deed.facts.get(name) or ()):
        weight = line.get(by) or ZERO
        total += weight
        left += weight * _own(deed, name, place)
    return left / total if total else ZERO


def _own(deed: Deed, name: str, place: int) -> Fraction:
    """The share of a line that remains by what was taken of the line itself."""
    left = ALL
    for (path, where), part in deed.left.items():
        left *= part if where == place and path.partition(".")[0] == name else ALL
    return left


def _of_line(program: nodes.Program, deed: Deed, name: str, place: int) -> Fraction:
    """The share of a line that remains."""
    others = {each: _of_lines(program, deed, each) for each in _lists(deed) - {name}}
    return _own(deed, name, place) * _of_event(deed, others)


def _lines_left(program: nodes.Program, deed: Deed, name: str) -> tuple[tuple[Facts, ...], list[int]]:
    """The lines that remain, and their places."""
    record = _record(program, deed, name)
    left_lines, kept = [], []
    for place, line in enumerate(deed.facts.get(name) or ()):
        left = _of_line(program, deed, name, place)
        if left:
            kept.append(place)
            shares = {
                each.name: left if _is_quantity(each.type) else deed.left.get((f"{name}.{each.name}", place), ALL)
                for each in record.facts.values()
                if each.value is None and line.get(each.name) is not None
            }
            left_lines.append({**line, **{fact: line[fact] * by for fact, by in shares.items() if by != ALL}})
    return tuple(left_lines), kept


def _record(program: nodes.Program, deed: Deed, name: str) -> nodes.Record:
    of = program.events[deed.event.type].facts[name].type
    assert isinstance(of, types.Lines)
    return program.records[of.record]


def _is_quantity(of: types.Type) -> bool:
    return isinstance(of.of if isinstance(of, types.Optional) else of, types.Quantity)
