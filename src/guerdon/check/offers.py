"""Offers: what opens one to a member, and until when it is open; what its rule may ask of that.

Source: language reference, Offers.
"""

from __future__ import annotations

from collections.abc import Mapping

from guerdon.check.names import Names, clause
from guerdon.check.scene import MOMENTS, Scene
from guerdon.check.wording import show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit

OPENED = "opened"
"""What opened an offer, before the names of its facts, and behind `since`."""


def is_offer(declaration: tree.Declaration) -> bool:
    """Whether a rule goes over what is open to the member."""
    return declaration.keyword == "offer"


def facts(event: Mapping[str, nodes.Fact]) -> dict[str, nodes.Fact]:
    """The facts of what opens an offer by which it is known later: not its lists."""
    moments = {name: nodes.Fact(name, MOMENTS[name]) for name in ("date", "at")}
    return {name: fact for name, fact in event.items() if not isinstance(fact.type, types.Lines)} | moments


def opening(declaration: tree.Declaration, names: Names) -> tree.Opens | None:
    """What opens an offer; None where it does not say."""
    written = clause(declaration, tree.Opens)
    if written is None:
        assert declaration.name is not None
        names.report(
            "G560",
            "an offer says what opens it",
            declaration.name.span,
            "`opens` is missing",
            help=(f"write `opens {next(iter(names.events), 'signup')}`, or `opens 60 days without EVENT`",),
        )
    return written


def last(declaration: tree.Declaration, names: Names) -> tree.Within | tree.Through | None:
    """Until when an offer is open; None where it does not say so, or says it twice."""
    within, through = clause(declaration, tree.Within), clause(declaration, tree.Through)
    assert declaration.name is not None
    if within is not None and through is not None:
        names.report(
            "G561",
            "an offer is open until one moment",
            through.span,
            "another one",
            related=((within.span, "open so long"),),
            help=("keep one of the two",),
        )
        return None
    if within is None and through is None:
        names.report(
            "G561",
            "an offer says until when it is open",
            declaration.name.span,
            "until when?",
            help=("write `within 14 days`, or another time, below `opens`",),
        )
    return within or through


def is_moment(value: nodes.Expr, names: Names) -> bool:
    """Whether a value can be the last day or instant of an offer; reported where not."""
    if isinstance(value.type, types.Date | types.Instant):
        return True
    missing = isinstance(value.type, types.Optional) and isinstance(value.type.of, types.Date | types.Instant)
    text = value.span.text
    names.report(
        "G562",
        f"an offer is open through a date or an instant, and this is {show(value.type)}",
        value.span,
        show(value.type),
        help=(f"write what holds where it is missing: `{text} or last day of this month`",)
        if missing
        else ("name a fact that is a date or an instant, or write `last day of this month`, or `within 14 days`",),
    )
    return False


def after(time: nodes.Duration, within: tree.Within) -> nodes.Expr:
    """The day so long after that of the event."""
    length: types.Type = types.Months() if time.months else types.Days()
    literal = nodes.Literal(time.months or time.days, length, span=within.time.span)
    today = nodes.Field(nodes.Scope.MOMENT, "date", types.Date(), span=within.span)
    return nodes.Arithmetic("+", today, literal, types.Date(), span=within.span)


# ---------------------------------------------------------------- what is asked of it


def is_meant(expr: tree.Path, scene: Scene) -> bool:
    """Whether `opened` names what opened an offer, and no fact of this name."""
    inside, of_a_fact = scene.offer is not None, len(expr.parts) > 1
    if OPENED in scene.event or OPENED in (scene.line or ()):
        return inside and of_a_fact
    return inside or of_a_fact


def unopened(expr: tree.Path, scene: Scene, names: Names) -> None:
    """Reports a word that asks for what opened an offer where there is none, or not for a fact of it."""
    if scene.opening:
        names.report(
            "G563",
            "here the facts of what opens the offer stand by themselves",
            expr.span,
            f"`{OPENED}` is left out",
            help=(f"write `{'.'.join(part.text for part in expr.parts[1:]) or 'date'}`",),
            edit=Edit(expr.span, ".".join(part.text for part in expr.parts[1:])) if len(expr.parts) > 1 else None,
        )
        return
    if scene.of_all:
        names.report(
            "G563",
            "one event may complete several openings, so what opened the offer is known behind `when` and `give` alone",
            expr.span,
            "of which opening?",
            help=("ask for it behind `when`, or say it in the fact of an event that completes the offer",),
        )
        return
    if scene.offer is None:
        names.report(
            "G563",
            f"{scene.what} was not opened by anything: only an offer is",
            expr.span,
            "not in an offer",
            help=("write this in an `offer`, or name a fact of what happens",),
        )
        return
    known = list(scene.opened)
    names.report(
        "G563",
        "`opened` is what opened the offer: say which fact of it",
        expr.span,
        "a fact is missing",
        help=[f"write `{OPENED}.{name}`" for name in known[:3]],
    )


def is_since(window: tree.Window) -> bool:
    """Whether a window starts where an offer was opened."""
    return isinstance(window, tree.Since) and window.word.text == OPENED


def since(written: tree.Since, scene: Scene, names: Names, counts: bool = False) -> nodes.Ever | None:
    """All that came since the offer was opened; `counts`: of events, which are counted apart for each opening."""
    if scene.offer is not None and counts:
        return nodes.Ever(span=written.span)
    names.report(
        "G564",
        "`since opened` stands behind what is counted or added up of the member's own events"
        if scene.offer is not None
        else "`since opened` is since an offer was opened, and this is in none",
        written.word.span,
        "not behind this" if scene.offer is not None else "not in an offer",
        help=("name an event of the member, like `count of purchase since opened`",)
        if scene.offer is not None
        else ("write it in an `offer`, or name another window: `this month`, `last 30 days`",),
    )
    return None


def is_open(expr: tree.Open, scene: Scene, names: Names) -> nodes.Expr | None:
    """Whether an offer is open to the member."""
    word = expr.offer
    declared = names.declared.get(("rule", word.text))
    known = [name for (keyword, name), each in names.declared.items() if keyword == "rule" and is_offer(each)]
    if not scene.happens:
        names.report(
            "G224",
            f"{scene.what} can't ask for what is open",
            expr.span,
            "the past",
            help=("ask for it where a rule needs it, or in a `measure`",),
        )
    elif declared is None:
        names.unknown("G565", f"no offer is called {word.span.text}", word.span, known)
    elif not is_offer(declared):
        assert declared.name is not None
        names.report(
            "G565",
            f"{word.span.text} is no offer, so it is not opened",
            word.span,
            "no offer",
            related=((declared.name.span, "declared here"),),
            help=(f"write `{word.span.text} earned this month`, or another window",),
        )
    else:
        return nodes.Field(nodes.Scope.OFFER, word.text, types.YesNo(), span=expr.span)
    return None
