"""Tier ladders: what counts, thresholds in rising order, terms and falls."""

from __future__ import annotations

from fractions import Fraction

from guerdon.check import measured
from guerdon.check.arithmetic import present
from guerdon.check.expressions import quantity, typed
from guerdon.check.names import Names, clause, clauses, usable
from guerdon.check.scene import Scene
from guerdon.check.wording import plain, show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit

SCENE = Scene("a tier's count", named=False)


def steps(declaration: tree.Declaration, names: Names) -> tuple[nodes.TierStep, ...]:
    """The tiers by name, thresholds still without their unit; enough to name them in tables."""
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
        amount = written.at.amount if isinstance(written.at, tree.Quantity) else written.at
        at = Fraction(amount.text) if amount else None
        found.append(nodes.TierStep(written.name.text, at, span=written.name.span))
    return tuple(found)


def ladder(declaration: tree.Declaration, names: Names) -> nodes.Ladder | None:
    """The ladder; None where what counts is missing or wrong."""
    assert declaration.name is not None
    name = declaration.name.text
    counts = clause(declaration, tree.Counts)
    tiers = names.steps[name]
    unit = next(iter(names.units), "star")
    if not tiers:
        names.report(
            "G340",
            f"the ladder `{name}` has no tiers",
            declaration.name.span,
            "`tier` is missing",
            help=(f"write `tier Member`, and below it others, like `tier Gold at 100 {unit}`",),
        )
        return None
    if counts is None:
        names.report(
            "G313",
            "a ladder says what counts towards its tiers",
            declaration.name.span,
            "`counts` is missing",
            help=(f"write `counts`, like `counts {unit} earned this calendar year`",),
        )
        return None
    value = typed(counts.value, SCENE, names)
    if value is None or present(value, names) is None:
        return None
    if _reads_tier(value, names):
        names.report(
            "G353",
            "what counts towards a tier can't ask for a tier",
            counts.value.span,
            "reads a tier",
            help=("count what is earned or bought; rules and tables may ask for tiers",),
        )
        return None
    _thresholds(declaration, value, names)
    lasts, falls = clause(declaration, tree.Lasts), clause(declaration, tree.Falls)
    term = _term(lasts, declaration.name, names)
    if term is None:
        return None
    return nodes.Ladder(name, value, tiers, term, _fall(falls), _perks(declaration, names), span=declaration.name.span)


def _reads_tier(expr: object, names: Names) -> bool:
    """Whether a tier is read anywhere in it, in the measures that it names too."""
    match expr:
        case nodes.Standing():
            return True
        case nodes.Defined(measure):
            return _reads_tier(names.measures[measure].value, names)
        case nodes.Node():
            return any(_reads_tier(getattr(expr, name), names) for name in expr.field_names)
        case tuple():
            return any(_reads_tier(each, names) for each in expr)
    return False


def _thresholds(declaration: tree.Declaration, counts: nodes.Expr, names: Names) -> None:
    """The lowest tier needs nothing, each other more than the one below, in what is counted."""
    if not isinstance(counts.type, types.Quantity | types.Number):
        example = f"count something like `{next(iter(names.units), 'star')} earned this calendar year`"
        message = f"tiers count a quantity or a number, not {show(counts.type)}"
        names.report("G314", message, counts.span, show(counts.type), help=(example,))
        return
    below: Fraction | None = None
    last = counts.span
    once = {written.name.text: written for written in reversed(clauses(declaration, tree.Tier))}
    for index, written in enumerate(reversed(once.values())):
        if (index == 0) != (written.at is None):
            message = "the lowest tier needs nothing" if index == 0 else "only the lowest tier needs nothing"
            names.report(
                "G315",
                message,
                written.span,
                "a threshold here" if index == 0 else "`at` is missing",
                help=("start with a tier for everybody, like `tier Member`",)
                if index == 0
                else (f"write `tier {written.name.text} at ...`",),
            )
            continue
        if written.at is None:
            continue
        at = _threshold(written.at, counts.type, names)
        if at is not None and below is not None and at <= below:
            names.report(
                "G316",
                "each tier needs more than the one above it in the list",
                written.at.span,
                f"not more than {plain(below)}",
                related=((last, "the one above it"),),
                help=("list the tiers from the lowest to the highest",),
            )
        below, last = (at, written.at.span) if at is not None else (below, last)


def _threshold(written: tree.Quantity | tree.Number, counted: types.Type, names: Names) -> Fraction | None:
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


def _term(lasts: tree.Lasts | None, name: tree.Name | tree.String, names: Names) -> nodes.Term | None:
    match lasts.term if lasts else None:
        case None:
            names.report(
                "G318",
                f"`{name.text}` does not say how long a tier lasts",
                name.span,
                "`lasts` is missing",
                help=(
                    "write `lasts through end of next calendar year`, `lasts 12 months`, `lasts while met` or `lasts forever`",
                ),
            )
            return None
        case tree.WhileMet():
            return nodes.WhileMet()
        case tree.Forever():
            return nodes.Forever()
        case tree.ForTime() as time:
            return measured.for_time(time, names)
        case tree.ThroughEnd(which, of):
            period = measured.period(of, names)
            if period is not None and which.text == "previous":
                names.report(
                    "G319",
                    "a tier can't last through what is over",
                    which.span,
                    "over already",
                    help=("write `this` or `next`",),
                )
                return None
            return period and nodes.ThroughEnd(period, 1 if which.text == "next" else 0)


def _fall(falls: tree.Falls | None) -> nodes.Fall:
    """Where a tier falls; to the tier counted unless it is said."""
    match falls.how if falls else None:
        case tree.OneTier():
            return nodes.Fall.ONE
        case tree.ToLowest():
            return nodes.Fall.LOWEST
        case tree.Never():
            return nodes.Fall.NEVER
    return nodes.Fall.COUNTED


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
