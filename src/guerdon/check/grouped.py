"""Groups by their names: which rule is in which, and what a group's name means."""

from __future__ import annotations

from guerdon.check.names import Names, clause
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit
from guerdon.text.source import Span


def listed(names: Names) -> None:
    """Notes the group of each rule; a rule that stands in two, or twice, is reported."""
    places: dict[str, Span] = {}
    for (keyword, _), declaration in names.declared.items():
        written = clause(declaration, tree.Of) if keyword == "group" else None
        for each in written.rules if written is not None else ():
            if each.text in places:
                names.report(
                    "G451",
                    f"{each.span.text} is in {'this group twice' if names.grouped[each.text] is declaration else 'two groups'}",
                    each.span,
                    "again here",
                    related=((places[each.text], "first here"),),
                    help=("a rule is in one group at most: take it out of one of them",),
                )
                continue
            places[each.text] = each.span
            names.grouped[each.text] = declaration


def not_a_rule(name: str, span: Span, names: Names, of_group: bool = False) -> None:
    """Reports a name that no rule has; `of_group`: it stands in a group, whose rules can't be in another one too."""
    if ("group", name) not in names.declared:
        names.unknown("G120", f'no rule is called "{name}"', span, names.names("rule"), "unknown rule")
        return
    of = clause(names.declared["group", name], tree.Of)
    rules = ", ".join(each.span.text for each in of.rules) if of is not None else ""
    helps = (f"name its rules: write `{rules}`",) if rules else ()
    if of_group:
        helps = ("a rule is in one group at most: make one group of all the rules, or leave this one out",)
    names.report(
        "G464",
        f"{span.text} is a group, and rules are named here",
        span,
        "a group",
        help=helps,
        edit=Edit(span, rules) if rules and not of_group else None,
    )


def rounds(declaration: tree.Declaration, names: Names) -> bool:
    """Whether a rule's group rounds what it gives; a rule with a limit of its own rounds before it."""
    group = names.grouped.get(declaration.name.text) if isinstance(declaration.name, tree.String) else None
    return group is not None and clause(group, tree.Round) is not None and clause(declaration, tree.Limit) is None


def unit(name: str, span: Span, names: Names) -> str | None:
    """The unit that a group gives; None where there is not one of all, or it was reported."""
    declaration = names.declared["group", name]
    written = clause(declaration, tree.Of)
    found = [names.rule_unit(each.text, each.span) for each in written.rules] if written is not None else []
    if not found or None in found:
        return None
    if len(set(found)) > 1:
        _no_sum(name, span, declaration, names)
        return None
    return found[0]


def events(name: tree.String, names: Names) -> tuple[str, ...]:
    """The events and triggers at which some rule of a group is looked at."""
    group = names.group(name.text, name.span)
    rules = [names.rule(each, name.span) for each in group.of] if group is not None else []
    return tuple(dict.fromkeys(event for rule in rules if rule is not None for event in rule.on))


def summed(name: tree.String, exact: bool, names: Names, span: Span) -> nodes.Expr | None:
    """What a group gives on this event."""
    if names.group(name.text, name.span) is None:
        return None
    if exact:
        names.report(
            "G466",
            "`exact` is what a rule comes to before it is rounded; of a group there is only the sum",
            span,
            "a group",
            help=(f"write `{name.span.text}`",),
            edit=Edit(span, name.span.text),
        )
        return None
    found = unit(name.text, name.span, names)
    if found is None:
        return None
    return nodes.Given(name.text, False, types.Quantity(found, names.units[found].step), span=span)


def _no_sum(name: str, span: Span, declaration: tree.Declaration, names: Names) -> None:
    assert declaration.name is not None
    names.report(
        "G467",
        f'"{name}" has rules of several units, so it has no sum',
        span,
        "of which unit?",
        related=((declaration.name.span, "this group"),),
        help=("name a rule of it instead",),
    )
