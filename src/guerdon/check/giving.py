"""What a rule gives: the value, what adds up, its minimum and its rounding."""

from __future__ import annotations

from fractions import Fraction

from guerdon.check import grouped, measured, messages, receiving, redeems
from guerdon.check.arithmetic import present
from guerdon.check.expressions import quantity, typed
from guerdon.check.limits import finer, not_awarded
from guerdon.check.names import Names, clause
from guerdon.check.scene import Scene
from guerdon.check.wording import plain, show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit
from guerdon.text.source import Span


def give(declaration: tree.Declaration, scene: Scene, names: Names) -> nodes.Expr | None:
    """What a rule gives or takes: a quantity of a declared unit; None where it was reported."""
    written = clause(declaration, tree.Give) or clause(declaration, tree.Cost)
    if written is None and redeems.takes(declaration):
        redeems.without_cost(declaration, names)
        return None
    if messages.only_says(declaration):
        return messages.one(declaration, names)
    if written is None:
        assert declaration.name is not None
        names.report(
            "G324",
            "a rule gives something, or says something",
            declaration.name.span,
            "`give` is missing",
            help=(f"write `give`, like `give 10 {next(iter(names.units), 'point')}`; or `say` and a text",),
        )
        return None
    value = typed(written.value, scene, names)
    if value is None or present(value, names) is None:
        return None
    if not isinstance(value.type, types.Quantity) or value.type.unit not in names.units:
        not_awarded(value, written.value.span, names, "redeemed" if redeems.takes(declaration) else "awarded")
        return None
    return value


def accumulate(
    declaration: tree.Declaration, value: nodes.Expr, each: nodes.Each | None, scene: Scene, names: Names
) -> nodes.Accumulate | None:
    """Bases add up per member (or account, or who is named) and period; the rate must be one for all that is added."""
    written = clause(declaration, tree.Accumulate)
    if written is None:
        return None
    periods = [per.scope for per in written.per if not isinstance(per.scope, tree.ForTime)]
    people = {of.text: found for of in periods if (found := _person(of, scene, names)) is not None}
    whose = [of for of in periods if of.text in ("member", *people) or ("account", of.text) in names.declared]
    if len(whose) != 1 or len(periods) != len(written.per) or len(periods) > 2:
        names.report(
            "G326",
            "`accumulate` adds up per member, and within a period if one is named",
            written.span,
            "not this",
            help=("write `accumulate per member per month`, or `accumulate per member`",),
        )
        return None
    if not isinstance(value, nodes.Apply):
        names.report(
            "G327",
            "`accumulate` adds up the base of a rate or percentage, and there is none",
            written.span,
            "nothing to add up",
            related=((value.span, "no base here"),),
            help=("give a rate `of` something, like `1 star per full 25 USD of amount`",),
        )
        return None
    if each is not None and _reads_line(value.rate):
        names.report(
            "G328",
            "the rate differs from line to line, so their bases can't be added up",
            value.rate.span,
            "reads the line",
            related=((written.span, "adds up"),),
            help=("write a rule for each rate, with `each ... where ...`",),
        )
        return None
    of = next((each for each in periods if each is not whose[0]), None)
    period = measured.period(of, names) if isinstance(of, tree.Period) else None
    account = whose[0].text if ("account", whose[0].text) in names.declared else None
    person = people.get(whose[0].text)
    return nodes.Accumulate(period, account, person, span=written.span) if period or of is None else None


def _person(of: tree.Period | tree.Path, scene: Scene, names: Names) -> nodes.Expr | None:
    """Whom a scope names, if it names a member by a fact; `member` alone is the member of the event."""
    if of.text == "member":
        return None
    return receiving.person(of if isinstance(of, tree.Path) else tree.Path(of.words, span=of.span), scene, names)


def _reads_line(expr: object) -> bool:
    """Whether a line's fact is read anywhere in it."""
    if isinstance(expr, nodes.OverLines):
        return False  # its filter and value read lines of its own
    if isinstance(expr, nodes.Field):
        return expr.scope is nodes.Scope.LINE
    if isinstance(expr, tuple):
        return any(map(_reads_line, expr))
    return isinstance(expr, nodes.Node) and any(_reads_line(getattr(expr, name)) for name in expr.field_names)


def minimum(
    declaration: tree.Declaration, unit: nodes.Unit, names: Names, who: str = "this rule gives"
) -> Fraction | None:
    """The least that a rule or a group gives where it gives something."""
    written = clause(declaration, tree.Minimum)
    if written is None:
        return None
    assert isinstance(written.quantity, tree.Quantity), "a value stands in place of a param"
    found = quantity(written.quantity, names)
    if found is None:
        return None
    if not isinstance(found.type, types.Quantity) or found.type.unit != unit.name:
        names.report(
            "G217",
            f"{who} {unit.name}, so the minimum is so much {unit.name}",
            written.quantity.span,
            show(found.type),
            help=(f"write `minimum 10 {unit.name}`",),
        )
        return None
    assert isinstance(found.value, Fraction)
    if not types.on_grid(found.value, unit.step):
        finer(written.quantity.span, unit, names)
    return found.value


def rounding(
    declaration: tree.Declaration, value: nodes.Expr, each: nodes.Each | None, names: Names
) -> nodes.Rounding | None:
    """How the award becomes whole steps; needed unless nothing is left to round."""
    written = clause(declaration, tree.Round)
    if written is None:
        if not grouped.rounds(declaration, names):
            _nothing_left(declaration, value, names)
        return None
    known = [place.value for place in nodes.RoundPlace]
    if written.place is None:
        end = Span(written.span.source, written.span.end, written.span.end)
        names.report(
            "G458",
            "a rule says what it rounds: each event, each line, or the running total",
            written.span,
            "`per` is missing",
            help=(f"write `{' '.join(written.span.text.split())} per event`",),
            edit=Edit(end, " per event"),
        )
        return None
    if written.place.text not in known:
        names.unknown("G329", f"nothing is rounded per `{written.place.text}`", written.place.span, known, "not known")
        return None
    place = nodes.RoundPlace(written.place.text)
    accumulates = clause(declaration, tree.Accumulate) is not None
    needed = {nodes.RoundPlace.LINE: ("each", each is not None), nodes.RoundPlace.TOTAL: ("accumulate", accumulates)}
    word, there = needed.get(place, ("", True))
    if not there:
        names.report(
            "G330",
            f"`per {place.value}` needs `{word}`, and this rule has none",
            written.span,
            f"per {place.value}",
            help=("write `per event`",),
            edit=Edit(written.place.span, "event"),
        )
        return None
    if place is nodes.RoundPlace.LINE and accumulates:
        names.report(
            "G352",
            "what adds up from event to event can't be rounded line by line",
            written.span,
            "per line",
            help=("write `per event`, or `per total` to carry what is left over",),
            edit=Edit(written.place.span, "event"),
        )
    least = clause(declaration, tree.Minimum)
    if place is nodes.RoundPlace.TOTAL and least is not None:
        names.report(
            "G348",
            "a minimum raises what one event gives, and this rounds the total of all",
            least.span,
            "of one event",
            related=((written.span, "of all"),),
            help=("write `round ... per event`, or take the minimum out",),
        )
    return nodes.Rounding(nodes.RoundMode(" ".join(written.mode.text.split())), place, span=written.span)


def _nothing_left(declaration: tree.Declaration, value: nodes.Expr, names: Names) -> None:
    """Reports an award without `round` that can come to a fraction."""
    written = clause(declaration, tree.Give) or clause(declaration, tree.Cost)
    assert isinstance(value.type, types.Quantity)
    if written is None:  # it only says something
        return
    unit = names.units[value.type.unit]
    if types.on_grid(value.type.step, unit.step):
        return
    if isinstance(value, nodes.Literal):
        finer(value.span, unit, names)
        return
    limited = isinstance(declaration.name, tree.String) and declaration.name.text in names.grouped
    limited = limited and clause(declaration, tree.Limit) is not None
    whole = "a whole" if unit.decimals == 0 else plain(unit.step)
    source = written.span.source
    indent = " " * (source.place(written.span.start)[1] - 1)
    names.report(
        "G219",
        f"this can come to a fraction of {whole} {unit.name}: say how it is rounded",
        value.span,
        f"a fractional {unit.name}",
        help=(
            "add the line `round down per event`, or `half up`, `half even` or `up`",
            *(("a rule with a limit of its own is rounded before it, not by its group",) if limited else ()),
        ),
        edit=Edit(Span(source, written.span.end, written.span.end), f"\n{indent}round down per event"),
    )
