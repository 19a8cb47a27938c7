"""Groups one by one: which awards stand, what becomes of their sum."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from guerdon.program import nodes
from guerdon.study.describe import english
from guerdon.study.describe.english import listed, quoted, sentence
from guerdon.study.describe.page import Item, item, sentences
from guerdon.study.describe.prose import Prose
from guerdon.study.describe.returns import reversible
from guerdon.study.describe.rounding import plainly, to_steps
from guerdon.study.describe.rules import limits


def group(of: nodes.Group, program: nodes.Program) -> Item:
    """A group in the order in which its clauses work."""
    rules = [program.rules[name] for name in of.of]
    events = {event for rule in rules for event in rule.on}
    when = "each time" if events <= program.triggers.keys() else "at one event"
    says = Prose(program, next(iter(events)) if len(events) == 1 else None)
    said = [
        f"this is about what {listed(map(quoted, of.of))} give {when}, each after its own rounding and limits",
        _takes(of, len({rule.unit for rule in rules}) > 1),
        *_sums(of, program.units[rules[0].unit]),
        *limits(of.limits, says, bool(reversible(program) & events)),
        *_cuts(of),
    ]
    return item(of.name, sentences(*map(sentence, said)))


def _takes(of: nodes.Group, in_worth: bool) -> str:
    match of.take:
        case nodes.Take.ALL:
            return "all of them are given"
        case nodes.Take.BEST:
            worth = " (by what it is worth in money)" if in_worth else ""
            return f"only the largest{worth} is given; of equals, the one that is listed first"
        case nodes.Take.ONE:
            return "there is never more than one of them, as their conditions exclude each other"
        case nodes.Take.TOP:
            return "only the first of them that comes to something is given, in the order of the list"
        case _:
            assert_never(of.take)


def _sums(of: nodes.Group, unit: nodes.Unit) -> Iterator[str]:
    """What becomes of the sum before limits."""
    if of.minimum is not None:
        least = english.amount(of.minimum, unit.name)
        yield f"where that is more than nothing, but less than {least} together, it is raised to that; what is added goes to the first that gave something"
    if of.rounding is not None:
        yield (
            f"what they come to together is {to_steps(of.rounding, unit)}, and shared out to them in whole steps;"
            f" {plainly(of.rounding, unit, of.minimum)}"
        )


def _cuts(of: nodes.Group) -> Iterator[str]:
    if of.limits and of.take is nodes.Take.ALL:
        yield "what is cut off is taken from the last listed first"
