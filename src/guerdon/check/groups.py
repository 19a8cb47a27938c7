"""Groups: which of several rules stand together, and what is made of their sum."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from guerdon.check import giving, limits, messages, redeems
from guerdon.check.apart import apart
from guerdon.check.facts import shared
from guerdon.check.names import Names, clause, clauses
from guerdon.check.wording import quoted
from guerdon.program import nodes
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit

TAKES = tuple(take.value for take in nodes.Take)
TOGETHER = (tree.Minimum, tree.Round, tree.Limit)
"""Clauses about the sum of a group."""


def group(declaration: tree.Declaration, names: Names) -> nodes.Group | None:
    """The group, its rules checked before it; None where something was reported."""
    assert isinstance(declaration.name, tree.String)
    before = len([each for each in names.found if each.is_error])
    rules = _rules(declaration, names)
    take = _take(declaration, names)
    if rules is None or take is None:
        return None
    units = list(dict.fromkeys(rule.unit for rule in rules))
    minimum, bounds = None, tuple[nodes.Limit, ...]()
    if len(units) > 1:
        _of_several_units(declaration, take, rules, names)
    else:
        on = tuple(dict.fromkeys(event for rule in rules for event in rule.on))
        scene = shared(on, names)
        minimum = giving.minimum(declaration, names.units[units[0]], names, "these rules give")
        found = (
            limits.limit(each, units[0], on, scene, names, "these rules give")
            for each in clauses(declaration, tree.Limit)
        )
        bounds = tuple(filter(None, found))
        _raised(declaration, rules, names)
    if take is nodes.Take.ONE:
        _never_two(declaration, rules, names)
    mode = _rounding(declaration, names)
    if len([each for each in names.found if each.is_error]) > before:
        return None
    of = tuple(rule.name for rule in rules)
    return nodes.Group(declaration.name.text, of, take, minimum, mode, bounds, span=declaration.name.span)


def _rules(declaration: tree.Declaration, names: Names) -> list[nodes.Rule] | None:
    """The rules of a group in their order; None where one was reported."""
    written = clause(declaration, tree.Of)
    if written is None or len(written.rules) < 2:
        assert declaration.name is not None
        known = names.names("rule")[:2] or ["A", "B"]
        names.report(
            "G450",
            "a group is made of several rules",
            written.span if written is not None else declaration.name.span,
            "only one" if written is not None else "`of` is missing",
            help=(
                "write `of " + ", ".join(f'"{each}"' for each in known) + "`, in the order that decides between equals",
            ),
        )
        return None
    found = [_rule(each, names) for each in written.rules]
    return None if None in found else [rule for rule in found if rule is not None]


def _rule(written: tree.String, names: Names) -> nodes.Rule | None:
    """A rule that gives; None where it was reported."""
    found = names.rule(written.text, written.span)
    gives = found is None or (
        redeems.gives(written.text, written.span, names, "a group is of rules that give")
        and messages.gives(written.text, written.span, names, "a group is about what its rules give: leave it out")
    )
    return found if gives else None


def _take(declaration: tree.Declaration, names: Names) -> nodes.Take | None:
    written = clause(declaration, tree.Take)
    if written is None:
        return nodes.Take.ALL
    if written.how.text in TAKES:
        return nodes.Take(written.how.text)
    meant = _SAID.get(written.how.text)
    names.unknown(
        "G452",
        f"a group takes `all`, `best`, `one` or `top`, not `{written.how.text}`",
        written.how.span,
        TAKES,
        "not known",
        near=meant,
    )
    return None


_SAID = {
    **dict.fromkeys(("max", "maximum", "highest", "largest", "greatest", "most"), "best"),
    **dict.fromkeys(("first", "priority", "order", "listed"), "top"),
    **dict.fromkeys(("sum", "every", "each", "both", "total"), "all"),
    **dict.fromkeys(("exclusive", "single", "unique", "only", "any"), "one"),
}
"""What designers say for each way."""


def _rounding(declaration: tree.Declaration, names: Names) -> nodes.RoundMode | None:
    written = clause(declaration, tree.Round)
    if written is None:
        return None
    if written.place is not None:
        short = f"round {' '.join(written.mode.text.split())}"
        names.report(
            "G457",
            "a group rounds what its rules come to together at an event",
            written.span,
            f"per {written.place.text}",
            help=(f"write `{short}`",),
            edit=Edit(written.span, short),
        )
    return nodes.RoundMode(" ".join(written.mode.text.split()))


def _of_several_units(
    declaration: tree.Declaration, take: nodes.Take, rules: Sequence[nodes.Rule], names: Names
) -> None:
    """Reports what rules of several units have no sum for, and what they can't be compared by."""
    units = list(dict.fromkeys(rule.unit for rule in rules))
    together = next((each for each in declaration.clauses if isinstance(each, TOGETHER)), None)
    place = clause(declaration, tree.Of) or declaration
    if take is nodes.Take.ALL or together is not None:
        word = together.span.text.split()[0] if together is not None else "take all"
        names.report(
            "G453",
            f"these rules give {quoted(units)}, and `{word}` is about the sum of one unit",
            together.span if together is not None else place.span,
            "of which unit?",
            related=((place.span, f"give {quoted(units)}"),) if together is not None else (),
            help=("make a group of the rules of each unit; or write `take best`, `take one` or `take top` alone",),
        )
    lacking = [each for each in units if names.units[each].worth is None]
    if take is nodes.Take.BEST and lacking:
        who = (
            "neither has"
            if len(lacking) == len(units) == 2
            else f"{quoted(lacking)} {'has' if len(lacking) == 1 else 'have'}"
        )
        names.report(
            "G454",
            f"`take best` compares {quoted(units)} by what they are worth, and {who} {'a' if who == 'neither has' else 'no'} worth",
            place.span,
            "which is better?",
            related=tuple((names.units[each].span, "no `worth`") for each in lacking),
            help=(f"write `worth 0.01 {names.frame.currency or 'USD'}` below `unit {lacking[0]}`, or `take top`",),
        )


def _raised(declaration: tree.Declaration, rules: Sequence[nodes.Rule], names: Names) -> None:
    """Reports a rule with a limit of its own that the group's minimum could exceed."""
    least = clause(declaration, tree.Minimum)
    for rule in rules if least is not None else ():
        bound = next((each for each in rule.limits if each.of is None and each.times is None), None)
        if bound is not None and least is not None:
            names.report(
                "G456",
                f'the minimum of the group could raise "{rule.name}" above its own limit',
                least.span,
                "raises",
                related=((bound.span, "limits"),),
                help=("move the limit to the group, or the minimum to the rules",),
            )
            return


def _never_two(declaration: tree.Declaration, rules: Sequence[nodes.Rule], names: Names) -> None:
    """Reports two rules of which nothing shows that they never give at the same event."""
    written = clause(declaration, tree.Take)
    assert written is not None
    for one, other in combinations(rules, 2):
        if not apart(one, other, names):
            names.report(
                "G455",
                f'"{one.name}" and "{other.name}" can both give at one event, and `take one` says that only one does',
                written.span,
                "not sure to be one",
                related=((one.span, "gives here"), (other.span, "and here")),
                help=(
                    "write `take top` (the first listed that gives) or `take best` (the largest); or give them conditions that exclude each other",
                ),
            )
            return
