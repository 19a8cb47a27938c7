"""Which rules a rule replaces, and who pays for what it gives."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from guerdon.check import grouped, redeems
from guerdon.check.names import Names, clause
from guerdon.check.wording import quoted
from guerdon.syntax import tree
from guerdon.syntax.lines import trigger
from guerdon.text.source import Span


def replacing(name: str, names: Names) -> Iterator[tuple[str, Span]]:
    """The rules that replace one, and where they say so."""
    for (keyword, other), declaration in names.declared.items():
        written = clause(declaration, tree.Replaces) if keyword == "rule" else None
        for each in written.rules if written is not None else ():
            if each.text == name:
                yield other, each.span


def replaces(declaration: tree.Declaration, on: tuple[str, ...], names: Names) -> tuple[str, ...]:
    """The rules that give nothing where this one's guards hold; they are looked at after it."""
    written = clause(declaration, tree.Replaces)
    found: list[str] = []
    for each in written.rules if written is not None else ():
        other = names.declared.get(("rule", each.text))
        if other is None:
            grouped.not_a_rule(each.text, each.span, names)
            continue
        if not redeems.gives(each.text, each.span, names, "only rules that give are replaced"):
            continue
        when = clause(other, tree.On)
        events = _said(when.what) if when is not None else []
        if when is not None and not set(events) & set(on):
            names.report(
                "G462",
                f"this rule never meets {each.span.text}: no event has both",
                each.span,
                f"is on {quoted(events)}",
                related=((declaration.name.span if declaration.name else declaration.span, f"is on {quoted(on)}"),),
                help=("take the line out, or give both rules an event in common",),
            )
        found.append(each.text)
    return tuple(dict.fromkeys(found))


def _said(on: tuple[tree.Name, ...] | tree.Trigger) -> list[str]:
    """The events of a rule, or its trigger, as they are written."""
    return [event.text for event in on] if isinstance(on, tuple) else [trigger(on)]


def funded(declaration: tree.Declaration, names: Names) -> tuple[tuple[str, Fraction], ...]:
    """Who pays for the awards, and how many parts each."""
    written = clause(declaration, tree.Funded)
    found: dict[str, Fraction] = {}
    for each in written.payers if written is not None else ():
        parts = Fraction(each.parts.text)
        if each.name.text in found or not parts:
            twice = each.name.text in found
            names.report(
                "G463",
                f"`{each.name.text}` {'pays twice' if twice else 'pays nothing'}",
                each.span,
                "again" if twice else "no part of it",
                help=("write each payer once, with all of its parts" if twice else "take it out of the line",),
            )
        found.setdefault(each.name.text, parts)
    return tuple(found.items())
