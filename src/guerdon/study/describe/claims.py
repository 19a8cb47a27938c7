"""The laws of a program, told as claims."""

from __future__ import annotations

from guerdon.program import nodes
from guerdon.study.describe.english import article, happening, listed, plural, readable, sentence
from guerdon.study.describe.page import Item, item, sentences
from guerdon.study.describe.prose import Prose


def claim(of: nodes.Law, program: nodes.Program) -> Item:
    """What is claimed; that it is tried on histories is said where the reader is told how to read."""
    if of.always is None:
        return item(of.name, sentences(sentence(_more(of))))
    says = Prose(program.claiming(of))
    when = f" as long as {listed(map(says.condition, of.when))}," if of.when else ""
    return item(
        of.name, sentences(sentence(f"It is claimed that after every event,{when} {says.condition(of.always)}"))
    )


def _more(of: nodes.Law) -> str:
    assert of.event is not None and of.more is not None and of.unit is not None
    line = " in a line" if of.lines is not None else ""
    what = f"a larger {readable(of.more)}{line} of {article(happening(of.event))}"
    return f"It is claimed that {what} never leaves a member with fewer {plural(readable(of.unit))} earned"
