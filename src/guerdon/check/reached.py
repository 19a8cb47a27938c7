"""What reaches a tier: a count, a condition, an invitation."""

from __future__ import annotations

from fractions import Fraction

from guerdon.check.expressions import condition, quantity
from guerdon.check.names import Names, clause, clauses, usable
from guerdon.check.scene import Scene
from guerdon.check.wording import plain, show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit


def steps(declaration: tree.Declaration, names: Names) -> tuple[nodes.TierStep, ...]:
    """The tiers by name, without the conditions that reach them; enough to name them in tables."""
    found: list[nodes.TierStep] = []
    for written in clauses(declaration, tree.Tier):
        usable(written.name, names)
        first = next((step for step in found if step.name == written.name.text), None)
        if first is not None:
            names.report(
                "G102",
                f"`{written.name.text}` is declared twice",
                written.name.span,
                "again here",
                related=((first.span, "first declared here"),),
                help=("give one of them another name",),
            )
            continue
        at = Fraction(amount.text) if (amount := _number(written)) else None
        invited = isinstance(written.reached, tree.ByInvitation)
        found.append(nodes.TierStep(written.name.text, at, None, invited, span=written.name.span))
    return tuple(found)


def _number(tier: tree.Tier) -> tree.Number | None:
    match tier.reached:
        case tree.Quantity(amount):
            return amount
        case tree.Number() as number:
            return number
    return None


def once(declaration: tree.Declaration) -> list[tree.Tier]:
    """The tiers as they were written, of two with one name the first."""
    first = {written.name.text: written for written in reversed(clauses(declaration, tree.Tier))}
    return list(reversed(first.values()))


def by_count(declaration: tree.Declaration) -> list[tree.Tier]:
    """The tiers that a count reaches."""
    return [written for written in once(declaration) if _number(written)]


def with_conditions(
    declaration: tree.Declaration, found: tuple[nodes.TierStep, ...], scene: Scene, names: Names
) -> tuple[nodes.TierStep, ...] | None:
    """The tiers, with the conditions that reach them; None where one was reported."""
    all_steps: list[nodes.TierStep] = []
    for step, written in zip(found, once(declaration), strict=True):
        if isinstance(written.reached, tree.When):
            when = condition(written.reached.condition, scene, names)
            if when is None:
                continue  # those of the other tiers are looked at all the same
            step = nodes.TierStep(step.name, None, when, span=step.span)
        all_steps.append(step)
    return tuple(all_steps) if len(all_steps) == len(found) else None


def rising(declaration: tree.Declaration, counts: nodes.Expr | None, names: Names) -> None:
    """The lowest tier needs nothing, each other something; each threshold is above those before it.

    Shape: a count that restarts at each rise reaches tier by tier, so there thresholds stand in no order.
    """
    restarts = clause(declaration, tree.Restarts) is not None
    below: Fraction | None = None
    last = counts.span if counts else declaration.span
    for index, written in enumerate(once(declaration)):
        if (index == 0) != (written.reached is None):
            _lowest(index, written, names)
            continue
        place = written.reached
        if counts is None or not isinstance(place, tree.Quantity | tree.Number):
            continue
        at = threshold(place, counts.type, names)
        if at is not None and below is not None and at <= below and not restarts:
            names.report(
                "G316",
                "each tier needs more than the one above it in the list",
                place.span,
                f"not more than {plain(below)}",
                related=((last, "the one above it"),),
                help=("list the tiers from the lowest to the highest",),
            )
        below, last = (at, place.span) if at is not None else (below, last)


def _lowest(index: int, written: tree.Tier, names: Names) -> None:
    """Reports a lowest tier that needs something, or another that needs nothing."""
    conditional = isinstance(written.reached, tree.When | tree.ByInvitation)
    names.report(
        "G315",
        "only the lowest tier needs nothing" if index else "the lowest tier needs nothing",
        written.span,
        "`at` is missing" if index else "a condition here" if conditional else "a threshold here",
        help=(f"write `tier {written.name.text} at ...`, `when ...` or `by invitation`",)
        if index
        else ("start with a tier for everybody, like `tier Member`",),
    )


def threshold(written: tree.Quantity | tree.Number, counted: types.Type, names: Names) -> Fraction | None:
    """So much of what a ladder counts; None where it is something else, which is reported."""
    if isinstance(written, tree.Number):
        if isinstance(counted, types.Number):
            return Fraction(written.text)
    elif isinstance(counted, types.Quantity) and written.unit.text == counted.unit:
        return Fraction(written.amount.text)
    elif quantity(written, names) is None:
        return None
    bare = isinstance(written, tree.Number)
    meant = written.text if isinstance(written, tree.Number) else written.amount.text
    meant += f" {counted.unit}" if isinstance(counted, types.Quantity) else ""
    edit = Edit(written.span, meant) if bare or isinstance(counted, types.Number) else None
    names.report(
        "G317",
        f"this ladder counts {show(counted)}",
        written.span,
        "not what is counted",
        help=(f"write `{meant}`",),
        edit=edit,
    )
    return None
