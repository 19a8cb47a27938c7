"""What word each measure of words came to for each member at the ends of months: such are segments.

A run keeps no measures. So the program is run once more, with rules that say the word as a month ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from guerdon.program import nodes, types
from guerdon.program.nodes import MESSAGE, TriggerKind
from guerdon.reference.calendar import Calendar

if TYPE_CHECKING:
    from guerdon.study.parts import Run

MONTH_ENDS = "end of month"
SAYS = "says "
"""Stands in front of the measure in the name of the rule that says its word: `says segment is champion`."""


def measures_of_words(program: nodes.Program) -> dict[str, tuple[str, ...]]:
    """The measures that come to a word, with their words."""
    return {
        name: of.values for name, each in program.measures.items() if isinstance(of := _plain(each.type), types.Choice)
    }


Again = Callable[[nodes.Program, date], "Run"]
"""Runs another program on the same history, as of the end of a day."""


def worded(run: Run, again: Again) -> Run | None:
    """A run of the same history, in whose effects the words are; None where there are no measures of words.

    Shape: the rule is `says MEASURE`, the text the word, the instant the last of the month.
    """
    program = run.program
    found = measures_of_words(program)
    if not found or run.until is None:
        return None
    rules = {rule.name: rule for name in found for rule in _saying(program.measures[name], found[name])}
    trigger = nodes.Trigger(MONTH_ENDS, TriggerKind.END, {}, period=nodes.Period.MONTH)
    saying = program.but(
        rules={**program.rules, **rules}, triggers={MONTH_ENDS: trigger, **program.triggers}, tests=(), laws=()
    )
    as_of = Calendar(program.frame).day(run.until - 1)
    return again(saying, as_of)


def _plain(of: types.Type) -> types.Type:
    return of.of if isinstance(of, types.Optional) else of


def _saying(measure: nodes.Measure, words: tuple[str, ...]) -> Iterator[nodes.Rule]:
    """For each word a rule that says it of whom the measure comes to it."""
    of: nodes.Expr = nodes.Defined(measure.name, measure.type)
    kind = _plain(measure.type)
    nothing = nodes.Literal("", kind)
    of = of if kind == measure.type else nodes.OrElse(of, nothing, kind)
    one = nodes.Literal(Fraction(1), types.Quantity(MESSAGE, Fraction(1)))
    for word in words:
        is_it = nodes.Compare("is", of, nodes.Literal(word, kind), types.YesNo())
        yield nodes.Rule(
            f"{SAYS}{measure.name} is {word}",
            (MONTH_ENDS,),
            (is_it,),
            (),
            None,
            None,
            one,
            MESSAGE,
            None,
            None,
            (),
            None,
            say=word,
        )
