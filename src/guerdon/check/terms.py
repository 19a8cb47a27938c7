"""When tiers rise, how long they last, and where they fall."""

from __future__ import annotations

from guerdon.check import measured
from guerdon.check.names import Names, clause
from guerdon.program import nodes
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit

Timeless = nodes.WhileMet | nodes.Ever
"""Terms that never come to a review."""


def term(declaration: tree.Declaration, names: Names) -> nodes.Term | None:
    """How long a tier lasts; None where it is not said or was reported."""
    lasts = clause(declaration, tree.Lasts)
    match lasts.term if lasts else None:
        case None:
            assert declaration.name is not None
            names.report(
                "G318",
                f"`{declaration.name.text}` does not say how long a tier lasts",
                declaration.name.span,
                "`lasts` is missing",
                help=(
                    "write `lasts through end of next calendar year`, `lasts 12 months`, `lasts while met` or `lasts forever`",
                ),
            )
            return None
        case tree.WhileMet():
            return nodes.WhileMet()
        case tree.Forever():
            return nodes.Ever()
        case tree.ForTime() as time:
            return measured.for_time(time, names)
        case tree.ThroughEnd(end):
            return _through(end, names)


def _through(end: tree.EndOf, names: Names) -> nodes.Calendar | None:
    period = measured.period(end.period, names)
    if period is not None and end.which.text == "previous":
        names.report(
            "G319",
            "a tier can't last through what is over",
            end.which.span,
            "over already",
            help=("write `this` or `next`",),
        )
        return None
    return period and nodes.Calendar(period, 1 if end.which.text == "next" else 0)


def fall(declaration: tree.Declaration) -> nodes.Fall:
    """Where a tier falls; to the tier counted unless it is said."""
    falls = clause(declaration, tree.Falls)
    return nodes.Fall(falls.how.text) if falls else nodes.Fall.COUNTED


def rises(declaration: tree.Declaration, lasts: nodes.Term, names: Names) -> nodes.Calendar | None:
    """The end of the period at which tiers rise; None: after the event that reaches them."""
    written = clause(declaration, tree.Rises)
    if written is None:
        return None
    if written.end.which.text != "this":
        names.report(
            "G401",
            "a tier rises at the end of the period in which it is reached",
            written.end.which.span,
            "another period",
            help=(f"write `rises at end of this {written.end.period.text}`",),
            edit=Edit(written.end.which.span, "this"),
        )
        return None
    if isinstance(lasts, nodes.WhileMet):
        _at_once(declaration, written, names)
        return None
    period = measured.period(written.end.period, names)
    return period and nodes.Calendar(period, 0)


def _at_once(declaration: tree.Declaration, rises: tree.Rises, names: Names) -> None:
    lasts = clause(declaration, tree.Lasts)
    assert lasts is not None
    names.report(
        "G402",
        "a tier that lasts while it is met rises and falls with its count, not at the end of a period",
        rises.span,
        "at the end of a period",
        related=((lasts.span, "at every moment"),),
        help=("take this line out, or write a term, like `lasts through end of next calendar year`",),
    )


def grace(declaration: tree.Declaration, lasts: nodes.Term, names: Names) -> nodes.Duration | None:
    """How long a tier is kept after its term; None: not at all."""
    written = clause(declaration, tree.Grace)
    if written is None:
        return None
    if isinstance(lasts, Timeless):
        needs_term(declaration, written, "a time of grace comes after a term", names)
        return None
    return measured.for_time(written.time, names)


def returns(declaration: tree.Declaration, lasts: nodes.Term, names: Names) -> nodes.OnReturn:
    """When a tier falls whose count a return took away; at once unless it is said."""
    written = clause(declaration, tree.Returns)
    if written is None:
        return nodes.OnReturn.ONCE
    if written.how.text == "review":
        if isinstance(lasts, Timeless):
            needs_term(declaration, written, "a review comes at the end of a term", names)
        return nodes.OnReturn.REVIEW
    if written.how.text != "once":
        word(written.how, ("once", "review"), "a return lowers a tier `at once` or `at review`", names)
    return nodes.OnReturn.ONCE


def needs_term(declaration: tree.Declaration, written: tree.Node, message: str, names: Names) -> None:
    """Reports a clause that works at the end of a term, in a ladder whose tiers have none."""
    lasts = clause(declaration, tree.Lasts)
    assert lasts is not None
    names.report(
        "G403",
        f"{message}, and these tiers have none",
        written.span,
        "after which term?",
        related=((lasts.span, "no term"),),
        help=("take this line out, or write a term, like `lasts through end of next calendar year`",),
    )


def word(written: tree.Name, known: tuple[str, ...], message: str, names: Names) -> None:
    """Reports a word that means nothing in its clause."""
    names.unknown("G404", message, written.span, known, "not known")
