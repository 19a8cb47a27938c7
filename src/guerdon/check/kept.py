"""What gives, keeps and restarts a tier beside its count: grants, floors, what is carried, restarts."""

from __future__ import annotations

from collections.abc import Iterator

from guerdon.check.builtin import unknown_event
from guerdon.check.expressions import condition
from guerdon.check.names import Names, clause, clauses
from guerdon.check.reached import by_count, once
from guerdon.check.scene import Scene
from guerdon.check.terms import word
from guerdon.program import nodes
from guerdon.program.walk import walk
from guerdon.syntax import tree


def floors(declaration: tree.Declaration, names: Names) -> tuple[nodes.Floor, ...] | None:
    """The tiers that are kept while a condition holds; None where one was reported."""
    found: list[nodes.Floor] = []
    for written in clauses(declaration, tree.Floor):
        known = _is_higher(written.tier, declaration, "nobody falls below", names)
        holds = condition(written.condition, Scene("a floor", named=False), names)
        if known and holds is not None:
            found.append(nodes.Floor(written.tier.text, holds, span=written.span))
    return tuple(found) if len(found) == len(clauses(declaration, tree.Floor)) else None


def grants(declaration: tree.Declaration, names: Names) -> tuple[nodes.Grant, ...] | None:
    """The events that give a tier; None where one was reported."""
    found: list[nodes.Grant] = []
    for written in clauses(declaration, tree.Grants):
        known = _is_higher(written.tier, declaration, "everybody has", names)
        event = names.events.get(written.event.text)
        if event is None:
            unknown_event(written.event, names)
            return None
        when = None
        if written.when is not None:
            when = condition(written.when, Scene(f"`{event.name}`", event.facts, named=False), names)
        if not known or (when is None and written.when is not None):
            return None
        found.append(nodes.Grant(written.tier.text, event.name, when, span=written.span))
    return tuple(found)


def _is_higher(tier: tree.Name, declaration: tree.Declaration, why: str, names: Names) -> bool:
    """Whether this is a tier of the ladder and not its lowest; reported where it isn't."""
    assert declaration.name is not None
    tiers = [step.name for step in names.steps[declaration.name.text]]
    if tier.text not in tiers:
        message = f"`{tier.text}` is not a tier of `{declaration.name.text}`"
        names.unknown("G107", message, tier.span, tiers, "no such tier")
        return False
    if tier.text == tiers[0]:
        names.report(
            "G405",
            f"`{tier.text}` is the lowest tier, which {why} anyway",
            tier.span,
            "the lowest",
            help=("name a higher tier, or take this line out",),
        )
        return False
    return True


def carries(declaration: tree.Declaration, counts: nodes.Expr | None, names: Names) -> tuple[bool, bool, bool]:
    """Whether the excess of a period counts in the next, again and again, and not after a fall."""
    written = clause(declaration, tree.Carries)
    if written is None:
        return False, False, False
    if written.how.text not in ("once", "repeatedly"):
        word(written.how, ("once", "repeatedly"), "the excess is carried `once` or `repeatedly`", names)
    elif _has_thresholds(declaration, written, counts, names) and counts is not None:
        periods = set(_windows(counts, names))
        if len(periods) != 1 or not all(isinstance(each, nodes.Calendar) and not each.ahead for each in periods):
            names.report(
                "G407",
                "what a count exceeds its tier by is carried from one period to the next, and this count has no single period",
                counts.span,
                "no one period",
                related=((written.span, "carries"),),
                help=("count within a period, like `this calendar year` or `this membership year`",),
            )
    return True, written.how.text == "repeatedly", written.unless is not None


def restarts(
    declaration: tree.Declaration, counts: nodes.Expr | None, lasts: nodes.Term, names: Names
) -> nodes.Restart | None:
    """What the count begins with after a rise; None: it goes on."""
    written = clause(declaration, tree.Restarts)
    if written is None or not _has_thresholds(declaration, written, counts, names):
        return None
    if conditional := next((each for each in once(declaration) if isinstance(each.reached, tree.When)), None):
        names.report(
            "G406",
            "`restarts` is about a count, and this tier is reached by a condition",
            conditional.span,
            "no count here",
            related=((written.span, "starts anew"),),
            help=("write `tier " + conditional.name.text + " at ...`, or take `restarts` out",),
        )
        return None
    if isinstance(lasts, nodes.WhileMet):
        term = clause(declaration, tree.Lasts)
        assert term is not None
        names.report(
            "G408",
            "a count that starts anew at the rise no longer reaches the tier, and these tiers last only while it does",
            written.span,
            "starts anew",
            related=((term.span, "while it is met"),),
            help=("write a term, like `lasts 12 months`, or take this line out",),
        )
        return None
    return nodes.Restart(written.how.text)


def floored(written: tree.Counts | None, counts: nodes.Expr | None, names: Names) -> bool:
    """Whether the count never falls below zero; reported where its window lets go of the past day by day."""
    if written is None or written.floored is None or counts is None:
        return False
    available = any(isinstance(each, nodes.Available) for each in walk(counts, names.measures))
    windows = set(_windows(counts, names))
    if available or len(windows) != 1 or not all(map(_begins_anew, windows)):
        names.report(
            "G578",
            "a count is kept from falling below zero until its period ends, and this count has no single period",
            counts.span,
            "the balance" if available else "no one period",
            related=((written.floored.span, "until when?"),),
            help=(
                "count within one period, like `this calendar year`, or `ever`",
                f"or take `, {written.floored.text}` out",
            ),
        )
    return True


def _begins_anew(window: nodes.Window) -> bool:
    """Whether a window grows until it is empty again."""
    return isinstance(window, nodes.Ever | nodes.Since) or (isinstance(window, nodes.Calendar) and not window.ahead)


def _has_thresholds(declaration: tree.Declaration, written: tree.Node, counts: nodes.Expr | None, names: Names) -> bool:
    """Whether tiers are reached by a count; reported where none is."""
    if counts is not None and by_count(declaration):
        return True
    what = written.span.text.split()[0]
    names.report(
        "G406",
        f"`{what}` is about a count, and no tier of this ladder is reached by one",
        written.span,
        "of which count?",
        help=("write `counts`, and tiers like `tier Gold at 100 point`; or take this line out",),
    )
    return False


def _windows(expr: object, names: Names) -> Iterator[nodes.Window]:
    """The windows of all that is counted, in the measures that it names too."""
    for each in walk(expr, names.measures):
        if isinstance(each, nodes.Measured | nodes.Streak | nodes.Earned):
            yield each.window
