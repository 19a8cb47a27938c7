"""Tier ladders: what counts and what reaches each tier, put together with terms, falls and what keeps a tier."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from guerdon.check import kept, ranks, reached, terms
from guerdon.check.accounts import owner
from guerdon.check.arithmetic import present
from guerdon.check.expressions import typed
from guerdon.check.names import Names, clause, clauses
from guerdon.check.scene import Scene
from guerdon.check.wording import show
from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit
from guerdon.text.source import Span

Reading = tuple[nodes.Expr, Span, str]
"""An expression that decides about tiers, where it stands, and what it does, for messages."""


def ladder(declaration: tree.Declaration, names: Names) -> nodes.Ladder | None:
    """The ladder; None where something it can't be without is missing or wrong."""
    assert declaration.name is not None
    name = declaration.name.text
    if not _has_tiers(declaration, names):
        return None
    written = clause(declaration, tree.Counts)
    counts = _counts(written, name, names) if written else None
    if counts is None and (written is not None or not _needs_no_count(declaration, names)):
        return None
    tiers = reached.with_conditions(
        declaration, names.steps[name], Scene("a tier's condition", named=False, ladder=name), names
    )
    lasts = terms.term(declaration, names)
    floors, grants = kept.floors(declaration, names), kept.grants(declaration, names)
    if tiers is None or lasts is None or floors is None or grants is None:
        return None
    if not _reads_well(_readings(declaration, counts, tiers, floors), names):
        return None
    reached.rising(declaration, counts, names)
    if isinstance(lasts, nodes.WhileMet):
        _count_stays(declaration, _readings(declaration, counts, tiers, ()), names)
    _count_serves(counts, tiers, names)
    carries, repeatedly, unless_fallen = kept.carries(declaration, counts, names)
    found = nodes.Ladder(
        name,
        counts,
        tiers,
        lasts,
        terms.fall(declaration),
        _perks(declaration, names),
        terms.rises(declaration, lasts, names),
        terms.grace(declaration, lasts, names),
        floors,
        grants,
        carries,
        repeatedly,
        unless_fallen,
        kept.restarts(declaration, counts, lasts, names),
        terms.returns(declaration, lasts, names),
        owner(names, name),
        kept.floored(written, counts, names),
        span=declaration.name.span,
    )
    if found.account is not None:
        of_account(found.name, found.account, _readings(declaration, counts, tiers, floors), names)
    return found


def _count_stays(declaration: tree.Declaration, readings: Iterator[Reading], names: Names) -> None:
    """Reports a count that begins anew with the tier that it reaches, where tiers last while it is there."""
    term = clause(declaration, tree.Lasts)
    assert term is not None
    for expr, span, _ in readings:
        windows = (
            each.window for each in walk(expr, names.measures) if isinstance(each, nodes.Measured | nodes.Earned)
        )
        if any(isinstance(window, nodes.Since) and window.ladder is not None for window in windows):
            names.report(
                "G408",
                "what is counted since the tier was entered no longer reaches it, and these tiers last only while it does",
                span,
                "begins anew with the tier",
                related=((term.span, "while it is met"),),
                help=("write a term, like `lasts 12 months`, or count in another window, like `last 12 months`",),
            )
            return


def _count_serves(counts: nodes.Expr | None, tiers: tuple[nodes.TierStep, ...], names: Names) -> None:
    """Reports a count beside tiers that are all reached otherwise."""
    otherwise = any(step.when is not None or step.invited for step in tiers)
    if counts is not None and otherwise and all(step.at is None for step in tiers):
        names.report(
            "G410",
            "this count reaches no tier",
            counts.span,
            "counted for nothing",
            help=(f"write `tier {tiers[-1].name} at ...`, with the count that it needs, or take `counts` out",),
        )


def _has_tiers(declaration: tree.Declaration, names: Names) -> bool:
    assert declaration.name is not None
    if names.steps[declaration.name.text]:
        return True
    unit = next(iter(names.units), "star")
    names.report(
        "G340",
        f"the ladder `{declaration.name.text}` has no tiers",
        declaration.name.span,
        "`tier` is missing",
        help=(f"write `tier Member`, and below it others, like `tier Gold at 100 {unit}`",),
    )
    return False


def _needs_no_count(declaration: tree.Declaration, names: Names) -> bool:
    """Whether every tier but the lowest is reached by something else; reported where a count is missing."""
    assert declaration.name is not None
    if not reached.by_count(declaration):
        return True
    unit = next(iter(names.units), "star")
    names.report(
        "G313",
        "a ladder says what counts towards its tiers",
        declaration.name.span,
        "`counts` is missing",
        help=(f"write `counts`, like `counts {unit} earned this calendar year`",),
    )
    return False


def _counts(written: tree.Counts, ladder: str, names: Names) -> nodes.Expr | None:
    """What counts: a quantity or a number."""
    value = typed(written.value, Scene("a tier's count", named=False, ladder=ladder), names)
    if value is None or present(value, names) is None:
        return None
    if not isinstance(value.type, types.Quantity | types.Number):
        example = f"count something like `{next(iter(names.units), 'star')} earned this calendar year`"
        message = f"tiers count a quantity or a number, not {show(value.type)}"
        names.report("G314", message, value.span, show(value.type), help=(example,))
        return None
    return value if ranks.not_counted(value, names) else None


def _readings(
    declaration: tree.Declaration,
    counts: nodes.Expr | None,
    tiers: tuple[nodes.TierStep, ...],
    floors: tuple[nodes.Floor, ...],
) -> Iterator[Reading]:
    """All that decides about tiers by itself, at a review too."""
    written = clause(declaration, tree.Counts)
    if counts is not None and written is not None:
        yield counts, written.value.span, "what counts towards a tier"
    for step in tiers:
        if step.when is not None:
            yield step.when, step.when.span, "what reaches a tier"
    for floor in floors:
        yield floor.condition, floor.condition.span, "what keeps a tier"


def _reads_well(readings: Iterator[Reading], names: Names) -> bool:
    """Whether nothing that decides about tiers asks for a tier; reported where it does."""
    for expr, span, what in readings:
        if any(isinstance(each, nodes.Standing) for each in walk(expr, names.measures)):
            names.report(
                "G353",
                f"{what} can't ask for a tier",
                span,
                "reads a tier",
                help=("count what is earned or bought; rules and tables may ask for tiers",),
            )
            return False
    return True


def of_account(name: str, account: str, readings: Iterable[Reading], names: Names) -> None:
    """Reports what one member's things decide, in a ladder or a unit that belongs to an account."""
    for expr, _, what in readings:
        for part in walk(expr, names.measures):
            found = _one_members(part, account, names)
            if found is not None:
                meant = _of_all(part, account, names)
                names.report(
                    "G409",
                    f"`{name}` belongs to `{account}`, and {what} looks at {found[0]}",
                    part.span,
                    "one member's",
                    help=(f"write `{meant}`" if meant else found[1],),
                    edit=Edit(part.span, meant) if meant else None,
                )
                return


def _of_all(part: nodes.Node, account: str, names: Names) -> str | None:
    """A measure over one member's events as one over those of all members."""
    if not isinstance(part, nodes.Measured) or names.meters[part.meter].account:
        return None
    event = names.meters[part.meter].event
    meant, found = re.subn(rf"\b(of|since)\s+{event}\b", rf"\1 {account}.{event}", part.span.text, count=1)
    return meant if found else None


def _one_members(part: nodes.Node, account: str, names: Names) -> tuple[str, str] | None:
    """What of one member this is, and what could be written instead."""
    match part:
        case nodes.Measured(meter) if names.meters[meter].account != account:
            return (
                "the events of one member",
                f"write `{account}.{names.meters[meter].event}`, for those of all members",
            )
        case nodes.Streak(meters) if names.meters[meters[0]].account != account:
            return "the events of one member", f"write `{account}.{names.meters[meters[0]].event}`, and so on"
        case nodes.Earned(unit) | nodes.Available(unit) if owner(names, unit) != account:
            return f"the `{unit}` of one member", f"write `owns {unit}` below `account {account}`"
        case nodes.Field(nodes.Scope.MEMBER):
            return (
                "a fact of one member",
                "count what all members do, like `sum of " + account + ".EVENT.FACT this year`",
            )
    return None


def _perks(declaration: tree.Declaration, names: Names) -> dict[str, tuple[str, ...]]:
    assert declaration.name is not None
    tiers = [step.name for step in names.steps[declaration.name.text]]
    perks: dict[str, tuple[str, ...]] = {}
    for perk in clauses(declaration, tree.Perk):
        if perk.tier.text not in tiers:
            message = f"`{perk.tier.text}` is not a tier of `{declaration.name.text}`"
            names.unknown("G107", message, perk.tier.span, tiers, "no such tier")
        perks[perk.tier.text] = (*perks.get(perk.tier.text, ()), perk.text.text)
    return perks
