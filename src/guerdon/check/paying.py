"""Which rules a rule replaces, and who pays for what it gives."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from guerdon.check import grouped, redeems
from guerdon.check.expressions import typed
from guerdon.check.names import Names, clause
from guerdon.check.scene import Scene
from guerdon.check.wording import quoted, show
from guerdon.program import nodes, types
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


def funded(declaration: tree.Declaration, scene: Scene, names: Names) -> tuple[nodes.Payer, ...]:
    """Who pays for the awards, and how many parts each."""
    written = clause(declaration, tree.Funded)
    found: dict[tuple[str, bool], nodes.Payer] = {}
    for each in written.payers if written is not None else ():
        key, parts = (each.name.text, each.by_fact), Fraction(each.parts.text)
        if key in found or not parts:
            twice = key in found
            names.report(
                "G463",
                f"`{each.name.text}` {'pays twice' if twice else 'pays nothing'}",
                each.span,
                "again" if twice else "no part of it",
                help=("write each payer once, with all of its parts" if twice else "take it out of the line",),
            )
        by = _fact(each, scene, names) if each.by_fact else None
        found.setdefault(key, nodes.Payer(each.name.text, parts, by, span=each.span))
    return tuple(found.values())


def _fact(written: tree.Payer, scene: Scene, names: Names) -> nodes.Expr | None:
    """What names a payer: a fact of the line, or of the event, that is always there; reported where it is none."""
    word, facts = written.name.text, {**scene.event, **(scene.line or {})}
    if word in facts and _names_somebody(facts[word].type):
        return typed(tree.Path((written.name,), span=written.name.span), scene, names)
    known = [name for name, fact in facts.items() if _names_somebody(fact.type)]
    if word not in facts and scene.trigger:
        names.report(
            "G469",
            f"{scene.what} has no facts that say who pays",
            written.name.span,
            "no fact",
            help=(f"name a payer who is always the same, without `by`: `{word} {written.parts.text}`",),
        )
        return None
    if word not in facts:
        called = f"a payer who is called so is written without `by`: `{word} {written.parts.text}`"
        of_member = f"`{word}` is a fact of `member`: who pays is a fact of {scene.what}, or of its lines"
        help_lines = (of_member if word in names.member.facts else called,)
        names.unknown("G469", f"no fact `{word}` says who pays", written.name.span, known, "who?", help=help_lines)
        return None
    of, fact = facts[word].type, facts[word]
    missing = isinstance(of, types.Optional) and _names_somebody(of.of)
    some = "one of " if len(known) > 1 else ""
    help_line = "declare it without `optional`" if missing else f"name {some}{quoted(known)}"
    names.report(
        "G469",
        f"`{word}` may be missing, and then nobody pays" if missing else f"`{word}` is {show(of)}, and names nobody",
        written.name.span,
        "not always there" if missing else "names no payer",
        related=((fact.span, show(of)),),
        help=(help_line,) if known or missing else (),
    )
    return None


def _names_somebody(of: types.Type) -> bool:
    return isinstance(of, types.Text | types.Choice | types.Member)
