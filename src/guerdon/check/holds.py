"""Holds: from when on what a rule gives can be spent."""

from __future__ import annotations

from collections.abc import Iterable

from guerdon.check import measured, parts
from guerdon.check.arithmetic import present
from guerdon.check.expressions import typed
from guerdon.check.names import Names, clause
from guerdon.check.scene import Scene
from guerdon.check.wording import show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit
from guerdon.text.source import Span


def hold(
    declaration: tree.Declaration, on: tuple[str, ...], unit: str, scene: Scene, names: Names
) -> nodes.Hold | None:
    """When what a rule gives can be spent; None: at once, or it was reported."""
    written = clause(declaration, tree.Hold)
    if written is None:
        return None
    if not names.units[unit].spendable:
        names.report(
            "G382",
            f"`{unit}` is a status unit: nothing of it is ever spent, so nothing is held back",
            written.span,
            "never spent",
            related=((names.units[unit].span, "this unit"),),
            help=("take the line out",),
        )
        return None
    match written.how:
        case tree.ForTime() as time:
            length = measured.for_time(time, names)
            return nodes.Hold(time=length, span=written.span) if length else None
        case tree.HoldUntil() as until:
            return _until(until, on, written.span, scene, names)
        case tree.HoldReturnable():
            returnable = _returnable(on, written.span, names)
            return nodes.Hold(returnable=True, span=written.span) if returnable else None


def _until(until: tree.HoldUntil, on: tuple[str, ...], span: Span, scene: Scene, names: Names) -> nodes.Hold | None:
    """Until a day, or until something happens."""
    word = until.moment.text if isinstance(until.moment, tree.Path) else ""
    if word in names.events and not _is_date(scene, word):
        if until.by is not None and not _found_by(until.by, (*on, word), names):
            return None
        return nodes.Hold(event=word, by=until.by.text if until.by else None, span=span)
    if _unknown(until.moment, scene, names):
        return None
    value = typed(until.moment, scene, names, types.Date())
    if value is None or present(value, names) is None:
        return None
    if not isinstance(value.type, types.Date):
        names.report(
            "G383",
            f"it is held until a day or an event, and this is {show(value.type)}",
            until.moment.span,
            show(value.type),
            help=_days(value),
        )
        return None
    if until.by is not None:
        names.report(
            "G384",
            "`by` says which event ends the hold, and this is a day",
            until.by.span,
            "of which event?",
            help=("take it out, or write an event, like `hold until delivery by order`",),
            edit=Edit(Span(span.source, until.moment.span.end, until.by.span.end), ""),
        )
        return None
    return nodes.Hold(until=value, span=span)


def _is_date(scene: Scene, word: str) -> bool:
    fact = scene.event.get(word)
    return fact is not None and types.Date() in (fact.type, getattr(fact.type, "of", None))


def _unknown(moment: tree.Expr, scene: Scene, names: Names) -> bool:
    """Whether it is one word that nothing has as a name; reported with the days and events that there are."""
    if not isinstance(moment, tree.Path) or len(moment.parts) > 1:
        return False
    word = moment.text
    if (
        word in scene.event
        or word in names.units
        or word in names.steps
        or word in ("date", "at", "weekday", "yes", "no")
    ):
        return False
    if any((keyword, word) in names.declared for keyword in ("measure", "rule", "table", "param", "event")):
        return False
    days = [name for name in scene.event if _is_date(scene, name)]
    known = [*days, *names.names("event")]
    names.unknown("G101", f"no day and no event is called `{word}`", moment.span, known)
    return True


def _days(value: nodes.Expr) -> tuple[str, ...]:
    """How a hold of so many days is written."""
    text = value.span.text
    if isinstance(value.type, types.Days | types.Months):
        return (f"write `hold {text}`",) if isinstance(value, nodes.Literal) else (f"write `hold until date + {text}`",)
    return ("write a day, like `last day of next month`, or an event",)


def _found_by(by: tree.Name, events: Iterable[str], names: Names) -> bool:
    """Whether all events have the fact, with one type; reported where not."""
    first, *others = dict.fromkeys(events)
    for event in (first, *others):
        if by.text not in names.facts_of(event):
            if by.text not in names.mute:
                names.unknown("G106", f"`{event}` has no fact `{by.text}`", by.span, names.facts_of(event))
            return False
    own = names.facts_of(first)[by.text]
    return all(parts.matched(by, own, names.facts_of(event)[by.text], names) for event in others)


def _returnable(on: tuple[str, ...], span: Span, names: Names) -> bool:
    """Whether each event can be reversed, and only within a time; reported where not."""
    for event in on:
        if event in names.triggers:
            message = f"nothing that happens at `{event}` can be returned"
            names.report("G385", message, span, "never returned", help=("write how long, like `hold 30 days`",))
            return False
        found = [each.reverses for each in names.events.values() if each.reverses and each.reverses.event == event]
        endless = next((each for each in found if each.within is None), None)
        if endless is not None:
            names.report(
                "G385",
                f"a {event} can be returned for ever, so it would never be spent",
                span,
                "without an end",
                related=((endless.span, "within which time?"),),
                help=(f"write `{endless.span.text} within 30 days`",),
                edit=Edit(Span(span.source, endless.span.end, endless.span.end), " within 30 days"),
            )
            return False
        if not found:
            if any(
                (other := clause(each, tree.Reverses)) and other.event.text == event for each in names.declared.values()
            ):
                return False  # that was reported
            names.report(
                "G385",
                f"nothing reverses a {event}, so it is never returnable",
                span,
                "what returns it?",
                help=(f"write `reverses {event} within 30 days` below an event, or `hold 30 days`",),
            )
            return False
    return True
