"""Built-in events in a test: the amount and its unit apart, or a tier of a ladder."""

from __future__ import annotations

from fractions import Fraction

from guerdon.check import redeems
from guerdon.check.amounts import SoMuch, negative
from guerdon.check.names import Names
from guerdon.check.wording import quoted
from guerdon.program import nodes
from guerdon.syntax import tree
from guerdon.text.source import Span

Facts = dict[str, object]


def settled(facts: Facts, event: nodes.Record, written: tree.Happens, names: Names) -> Facts | None:
    """The facts of a built-in event, unit and amount apart, what they leave out filled in; None where reported."""
    places = {each.name.text: each for each in written.settings or ()}
    much = facts.get("quantity")
    if isinstance(much, SoMuch):
        unit, quantity_ = much
        if not _one_unit(unit, facts["unit"], places, names) or not _allowed(unit, quantity_, event, places, names):
            return None
        facts = facts | {"unit": unit, "quantity": quantity_}
    if event.name == redeems.ASKED_BY and not redeems.named(facts, written, names):
        return None
    if "ladder" in event.facts:
        return _of_tier(facts, event, written, places, names)
    return facts


def _one_unit(unit: str, named: object, places: dict[str, tree.Setting], names: Names) -> bool:
    """Whether the unit of the amount is the one that is named beside it, if one is; reported where it isn't."""
    if named is None or named == unit:
        return True
    names.report(
        "G412",
        f"`unit` says `{named}`, and the amount is in `{unit}`",
        places["quantity"].value.span,
        f"in `{unit}`",
        related=((places["unit"].value.span, f"`{named}`"),),
        help=("take `unit` out: the amount says of which unit it is",),
    )
    return False


def _allowed(unit: str, much: Fraction, event: nodes.Record, places: dict[str, tree.Setting], names: Names) -> bool:
    """Whether so much of the unit can be part of this event; reported where it can't."""
    value = places["quantity"].value
    if much < 0 and event.name != "adjustment" and isinstance(value, tree.Negative):
        negative("quantity", value, names)
        return False
    if event.name in ("redemption", "transfer") and not names.units[unit].spendable:
        _not_spent(unit, value.span, names)
        return False
    return True


def _not_spent(unit: str, span: Span, names: Names) -> None:
    spendable = [each.name for each in names.units.values() if each.spendable]
    names.report(
        "G413",
        f"`{unit}` is a status unit: it is counted, and not spent",
        span,
        "can't be spent",
        related=((names.units[unit].span, "this unit"),),
        help=(f"write so much of {quoted(spendable)}" if spendable else "declare a unit that can be spent",),
    )


def _of_tier(
    facts: Facts, event: nodes.Record, written: tree.Happens, places: dict[str, tree.Setting], names: Names
) -> Facts | None:
    """The facts of an adjustment or opening: of an amount, or of a tier."""
    tier = any(facts[each] is not None for each in ("ladder", "tier", "through"))
    if tier == (facts["quantity"] is not None):
        unit, ladder = next(iter(names.units), "star"), next(iter(names.steps), "status")
        names.report(
            "G414",
            f"`{event.name}` is about so much of a unit or about a tier",
            written.event.span,
            "about both" if tier else "about neither",
            help=(f"write `quantity 10 {unit}`, or `ladder {ladder}, tier ...`",),
        )
        return None
    if not tier:
        return facts
    one = next(iter(names.steps)) if len(names.steps) == 1 else None
    of, named = facts["ladder"] or one, facts["tier"]
    if of is None or named is None:
        what = "ladder" if of is None else "tier"
        names.report(
            "G415",
            f"`{event.name}` does not say of which {what}",
            written.event.span,
            f"`{what}` is missing",
            help=(f"write `{what} ...`; known here: {quoted(_known(what, of, names))}",),
        )
        return None
    tiers = _known("tier", of, names)
    if named not in tiers:
        place = places["tier"].value.span
        names.unknown("G107", f"`{place.text}` is not a tier of `{of}`", place, tiers, "no such tier")
        return None
    return facts | {"ladder": of}


def _known(what: str, ladder: object, names: Names) -> list[str]:
    return list(names.steps) if what == "ladder" else [step.name for step in names.steps[str(ladder)]]
