"""What remains of a sale of which a part came back: a sale itself.

Source: language reference, Returns; decision 0010.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from guerdon.history.event import Facts
from guerdon.program import nodes, types
from guerdon.reference.exact import ZERO
from guerdon.reference.state import WHOLE, Deed


def remaining(program: nodes.Program, deed: Deed, part: nodes.Part) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """The facts of what remains of a deed, not yet derived anew, and the places of its lines that do, by list.

    Shape: what is measured is less by what came back, other quantities in proportion.
    """
    record = program.events[deed.event.type]
    facts: dict[str, Any] = dict(deed.facts)
    kept: dict[str, list[int]] = {}
    share = share_left(program, deed, part)
    for name, fact in record.facts.items():
        if isinstance(fact.type, types.Lines):
            facts[name], kept[name] = _lines(program, deed, part, fact, share)
        elif fact.value is None and _is_quantity(fact.type) and facts[name] is not None:
            facts[name] = facts[name] * share
    if part.lines is None:
        facts[part.of] = (deed.facts.get(part.of) or ZERO) * share
    return facts, kept


def share_left(program: nodes.Program, deed: Deed, part: nodes.Part) -> Fraction:
    """How much of a deed remains; with lines, by their first quantity, else by what is measured."""
    if part.lines is None:
        total = deed.facts.get(part.of) or ZERO
        return 1 - deed.returned.get(WHOLE, ZERO) / total if total else ZERO
    fact = program.events[deed.event.type].facts[part.of_lines or ""]
    assert isinstance(fact.type, types.Lines)
    facts = program.records[fact.type.record].facts.values()
    weigh = next((each.name for each in facts if isinstance(each.type, types.Quantity)), part.of)
    all_lines = deed.facts.get(fact.name) or ()
    total = sum((line.get(weigh) or ZERO for line in all_lines), ZERO)
    left = ZERO
    for place, line in enumerate(all_lines):
        left += (line.get(weigh) or ZERO) * _line_share(deed, part, place, line)
    return left / total if total else ZERO


def _is_quantity(of: types.Type) -> bool:
    return isinstance(of.of if isinstance(of, types.Optional) else of, types.Quantity)


def _line_share(deed: Deed, part: nodes.Part, place: int, line: Facts) -> Fraction:
    """How much of a line remains, as a share."""
    total = line.get(part.of) or ZERO
    return 1 - deed.returned.get(place, ZERO) / total if total else Fraction(1)


def _lines(
    program: nodes.Program, deed: Deed, part: nodes.Part, fact: nodes.Fact, share: Fraction
) -> tuple[tuple[Facts, ...], list[int]]:
    """The lines that remain, and their places."""
    assert isinstance(fact.type, types.Lines)
    facts = program.records[fact.type.record].facts.values()
    measured = fact.name == part.of_lines and part.lines is not None
    left_lines, places = [], []
    for place, line in enumerate(deed.facts.get(fact.name) or ()):
        left = _line_share(deed, part, place, line) if measured else share
        if left:
            places.append(place)
            scaled = [
                each.name
                for each in facts
                if each.value is None and (_is_quantity(each.type) or (measured and each.name == part.of))
            ]
            left_lines.append({**line, **{name: line[name] * left for name in scaled if line.get(name) is not None}})
    return tuple(left_lines), places
