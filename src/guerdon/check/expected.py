"""What a test expects: awards, messages, balances, tiers, counts, measures, refusals."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from guerdon.check import moments, said
from guerdon.check.amounts import amount
from guerdon.check.expressions import typed
from guerdon.check.mending import as_type
from guerdon.check.names import Names
from guerdon.check.reached import threshold
from guerdon.check.scene import CONSTANT
from guerdon.check.wording import show
from guerdon.program import nodes, types
from guerdon.program.nodes import Expectation, Expected
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit

Expects = (
    tree.ExpectAward | tree.ExpectBalance | tree.ExpectTier | tree.ExpectValue | tree.ExpectNeeds | tree.ExpectRefused
)
Much = tuple[str | None, Fraction]
"""So much of a unit; of none: a bare number."""


def expectation(written: Expects, names: Names) -> Expectation | None:
    """The expectation; None where it was reported."""
    match written:
        case tree.ExpectAward(quantity) if said.counts(quantity):
            return said.expected(written, names)
        case tree.ExpectAward():
            return _award(written, names)
        case tree.ExpectBalance():
            return _balance(written, names)
        case tree.ExpectTier():
            return _tier(written, names)
        case tree.ExpectValue(counts=None):
            return _measure(written, names)
        case tree.ExpectValue():
            return _count(written, names)
        case tree.ExpectNeeds():
            return _needs(written, names)
        case tree.ExpectRefused():
            return Expectation(Expected.REFUSED, None, span=written.span)


def _member(written: tree.Name | None) -> str | None:
    return written.text if written else None


def _day(written: tree.Date | None, names: Names) -> date | None:
    return moments.day(written, names) if written else None


def _award(written: tree.ExpectAward, names: Names) -> Expectation | None:
    much = amount(written.quantity, names)
    if much is None:
        return None
    rule = written.rule.text if written.rule else None
    if written.rule is not None and said.told_of(written.rule, names):
        return None
    if written.rule is not None and names.rule_unit(written.rule.text, written.rule.span) is None:
        return None
    member, on = _member(written.member), _day(written.on, names)
    return Expectation(Expected.AWARD, member, unit=much[0], quantity=much[1], rule=rule, on=on, span=written.span)


def _balance(written: tree.ExpectBalance, names: Names) -> Expectation | None:
    much = amount(written.quantity, names)
    on, member = _day(written.on, names), _member(written.member)
    if much is None:
        return None
    kind = Expected(written.holding.text)
    return Expectation(kind, member, unit=much[0], quantity=much[1], on=on, span=written.span)


def tier(ladder: tree.Name, value: tree.Node, names: Names) -> str | None:
    """The tier of a ladder that is named; None where it was reported."""
    tiers = [step.name for step in names.steps[ladder.text]]
    if isinstance(value, tree.Name) and value.text in tiers:
        return value.text
    if isinstance(value, tree.String):
        typed(value, CONSTANT, names, types.Tier(ladder.text))
    else:
        message = f"`{value.span.text}` is not a tier of `{ladder.text}`"
        names.unknown("G107", message, value.span, tiers, "no such tier")
    return None


def _known_ladder(ladder: tree.Name, names: Names) -> bool:
    if ladder.text not in names.steps:
        names.unknown("G121", f"no ladder is called `{ladder.text}`", ladder.span, names.steps)
    return ladder.text in names.steps


def _tier(written: tree.ExpectTier, names: Names) -> Expectation | None:
    if written.ladder.text not in names.steps and ("measure", written.ladder.text) in names.declared:
        return _word(written, names)
    if not _known_ladder(written.ladder, names):
        return None
    found, on = tier(written.ladder, written.tier, names), _day(written.on, names)
    if found is None:
        return None
    member, ladder = _member(written.member), written.ladder.text
    return Expectation(Expected.TIER, member, ladder=ladder, tier=found, on=on, span=written.span)


def _word(written: tree.ExpectTier, names: Names) -> Expectation | None:
    """The word that a measure is expected to come to."""
    name, on = written.ladder.text, _day(written.on, names)
    measure = names.measure(name, written.ladder.span)
    if measure is None:
        return None
    of = measure.type.of if isinstance(measure.type, types.Optional) else measure.type
    if not isinstance(of, types.Choice):
        names.report(
            "G418",
            f"`{name}` is {show(of)}, so no word can be expected",
            written.tier.span,
            "a word",
            help=("expect a value of its kind, like `expect NAME 3`",),
        )
        return None
    if written.tier.text not in of.values:
        message = f"`{name}` never is `{written.tier.text}`"
        names.unknown("G107", message, written.tier.span, of.values, "no such word")
        return None
    return Expectation(
        Expected.MEASURE, _member(written.member), tier=written.tier.text, on=on, measure=name, span=written.span
    )


def _counted(ladder: tree.Name, names: Names) -> types.Type | None:
    """What a ladder counts; None where it counts nothing, or was reported."""
    if not _known_ladder(ladder, names) or ladder.text not in names.ladders:
        return None
    counts = names.ladders[ladder.text].counts
    if counts is None:
        names.report(
            "G416",
            f"`{ladder.text}` counts nothing: its tiers are reached by conditions",
            ladder.span,
            "has no count",
            related=((names.ladders[ladder.text].span, "this ladder"),),
            help=(f"expect the tier, like `expect {ladder.text} {names.steps[ladder.text][-1].name}`",),
        )
        return None
    return counts.type


def _count(written: tree.ExpectValue, names: Names) -> Expectation | None:
    counted, on = _counted(written.name, names), _day(written.on, names)
    if counted is None:
        return None
    much = None
    if isinstance(written.value, tree.Percent):
        _other(written, counted, f"`{written.name.text}` counts", names)
    elif (at := threshold(written.value, counted, names)) is not None:
        much = at
    if much is None:
        return None
    member, ladder = _member(written.member), written.name.text
    return Expectation(
        Expected.COUNT, member, unit=_unit(counted), quantity=much, ladder=ladder, on=on, span=written.span
    )


def _unit(of: types.Type) -> str | None:
    return of.unit if isinstance(of, types.Quantity) else None


def _needs(written: tree.ExpectNeeds, names: Names) -> Expectation | None:
    counted, on = _counted(written.ladder, names), _day(written.on, names)
    if counted is None:
        return None
    found, much = tier(written.ladder, written.tier, names), threshold(written.quantity, counted, names)
    if found is None or much is None:
        return None
    ladder = names.ladders[written.ladder.text]
    if ladder.tiers[ladder.rank(found)].at is None:
        names.report(
            "G417",
            f"`{found}` is reached by no count, so nothing can be said of what it needs",
            written.tier.span,
            "no threshold",
            related=((ladder.tiers[ladder.rank(found)].span, "this tier"),),
            help=("name a tier with a threshold, or expect the tier itself",),
        )
        return None
    return Expectation(
        Expected.NEEDS,
        _member(written.member),
        unit=_unit(counted),
        quantity=much,
        ladder=ladder.name,
        tier=found,
        on=on,
        span=written.span,
    )


def _measure(written: tree.ExpectValue, names: Names) -> Expectation | None:
    name, on = written.name.text, _day(written.on, names)
    if ("measure", name) not in names.declared:
        known = [*names.names("measure"), *names.steps]
        near = f"{name} counts" if name in names.steps else None
        names.unknown("G101", f"no measure is called `{name}`", written.name.span, known, "unknown measure", near=near)
        return None
    measure = names.measure(name, written.name.span)
    if measure is None:
        return None
    much = _value(written, measure.type, names)
    if much is None:
        return None
    return Expectation(
        Expected.MEASURE,
        _member(written.member),
        unit=much[0],
        quantity=much[1],
        on=on,
        measure=name,
        span=written.span,
    )


def _value(written: tree.ExpectValue, of: types.Type, names: Names) -> Much | None:
    """So much as a measure can come to; None where it is of another kind, which is reported."""
    of = of.of if isinstance(of, types.Optional) else of
    found = typed(written.value, CONSTANT, names)
    if found is None:
        return None
    match found.type, of:
        case types.Quantity(unit), types.Quantity(other) if unit == other:
            pass
        case types.Number(), types.Number():
            pass
        case types.Days(), types.Days():
            pass
        case _:
            _other(written, of, f"`{written.name.text}` is", names, as_type(written.value.span, found, of))
            return None
    assert isinstance(found, nodes.Literal) and isinstance(found.value, Fraction | int)
    return _unit(found.type), Fraction(found.value)


def _other(written: tree.ExpectValue, of: types.Type, what: str, names: Names, meant: str | None = None) -> None:
    names.report(
        "G418",
        f"{what} {show(of)}, so nothing else can be expected",
        written.value.span,
        "of another kind",
        help=(
            f"write `{meant}`"
            if meant
            else "expect a value of its kind; of measures only numbers, quantities, days and words can be expected",
        ),
        edit=Edit(written.value.span, meant) if meant else None,
    )
