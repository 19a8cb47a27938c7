"""Streaks: periods one after the other in which something came."""

from __future__ import annotations

from guerdon.check import measured
from guerdon.check.arithmetic import holds
from guerdon.check.measured import Typed
from guerdon.check.names import Names
from guerdon.check.scene import Scene
from guerdon.check.wording import show
from guerdon.program import nodes, types
from guerdon.program.nodes import Period
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit
from guerdon.text.source import Span

_SHORTER = (Period.DAY, Period.WEEK, Period.MONTH, Period.QUARTER)
"""The periods below a year, from the shortest to the longest."""


def typed(expr: tree.Streak, scene: Scene, names: Names, any_typed: Typed) -> nodes.Expr | None:
    """The typed streak; None where something was reported."""
    if not measured.past(expr, scene, names):
        return None
    period, window = measured.period(expr.period, names), measured.window(expr.window, scene, names)
    found = [_came(came, names, any_typed) for came in expr.of]
    missed = _missed(expr, names)
    if period is None or window is None or missed is None or None in found:
        return None
    meters = [measured.meter_index(meter, names) for meter in found if meter is not None]
    if not _apart(expr, meters, names) or not _of_one(expr, meters, names) or not _long(expr, period, window, names):
        return None
    return nodes.Streak(tuple(meters), period, missed, window, types.WHOLE, span=expr.span)


def _came(came: tree.Came, names: Names, any_typed: Typed) -> nodes.Meter | None:
    """What keeps a streak up, as a meter of its own or of the dates that count for it."""
    account, path = measured.of_account(came.path, names)
    event, lines, rest = measured.split(path, names)
    if event is None:
        return None
    inside = measured.each_of(event, lines, names)
    value = None
    if rest:
        value, ok = measured.value_of(nodes.Aggregate.DISTINCT, rest, inside, names, came.path, any_typed)
        if not ok or value is None or not _is_date(value, came.path, rest, inside, names):
            return None
    where = holds(any_typed(came.where, inside, names), names) if came.where else None
    if where is None and came.where is not None:
        return None
    return nodes.Meter(event.name, lines and lines[0], value, where, True, account, span=came.span)


def _is_moment(value: nodes.Expr) -> bool:
    return isinstance(value, nodes.Field) and value.scope is nodes.Scope.MOMENT


def _is_date(value: nodes.Expr, path: tree.Path, rest: tuple[tree.Name, ...], inside: Scene, names: Names) -> bool:
    """Whether a fact says on which day something counts; reported where it does not."""
    of = _of(value.type)
    if isinstance(of, types.Date) and not _is_moment(value):
        return True
    whole = ".".join(part.text for part in path.parts[: -len(rest)])
    own = "its own day counts where no fact is named" if _is_moment(value) else "only a date can say so"
    facts = inside.event if inside.line is None else inside.line
    dates = [name for name, fact in facts.items() if _of(fact.type) == types.Date()]
    names.report(
        "G541",
        f"`{path.text}` does not say on which day of a streak `{whole}` counts: {own}",
        path.span,
        "its own day" if isinstance(of, types.Date) else show(of),
        help=(
            *(f"write `{whole}.{name}`, a date of it" for name in dates[:3]),
            f"write `{whole}`, which counts on the day on which it happens",
        ),
        edit=None if dates else Edit(path.span, whole),
    )
    return False


def _of(kind: types.Type) -> types.Type:
    return kind.of if isinstance(kind, types.Optional) else kind


def _missed(expr: tree.Streak, names: Names) -> int | None:
    """How many periods may be missed; None where that was reported."""
    if expr.missed is None:
        return 0
    if expr.missed.text.isdigit() and 0 < int(expr.missed.text) <= measured.MOST_MONTHS:
        return int(expr.missed.text)
    most, whole = measured.MOST_MONTHS, expr.missed.text.partition(".")[0]
    if int(whole):
        meant = str(min(int(whole), most))
        help, edit = f"write `{meant} missed`", Edit(expr.missed.span, meant)
    else:
        rest = Span(expr.span.source, expr.of[-1].span.end, expr.window.span.start)
        help, edit = f"take `{rest.text.strip()}` out: then none may be missed", Edit(rest, " ")
    names.report(
        "G542",
        f"a streak can let a whole number of periods be missed, from 1 to {most}",
        expr.missed.span,
        "not such a number",
        help=(help,),
        edit=edit,
    )
    return None


def _apart(expr: tree.Streak, meters: list[int], names: Names) -> bool:
    """Whether nothing is named twice; reported where it is."""
    for place, meter in enumerate(meters):
        if meter in meters[:place]:
            names.report(
                "G543",
                f"`{expr.of[place].span.text}` stands twice in this streak",
                expr.of[place].span,
                "again here",
                related=((expr.of[meters.index(meter)].span, "first here"),),
                help=("take one of them out",),
                edit=Edit(Span(expr.span.source, expr.of[place - 1].span.end, expr.of[place].span.end), ""),
            )
            return False
    return True


def _of_one(expr: tree.Streak, meters: list[int], names: Names) -> bool:
    """Whether all of it is the member's own, or all of it that of one account; reported where it is not."""
    first = names.meters[meters[0]].account
    for came, meter in zip(expr.of, meters, strict=True):
        other = names.meters[meter].account
        if other != first:
            mine, theirs = (f"the members of `{each}` together" if each else "one member" for each in (first, other))
            meant = f"{first}.{came.path.text}" if first else ".".join(part.text for part in came.path.parts[1:])
            names.report(
                "G540",
                f"a streak is of one member or of one account, and this one begins with what is done by {mine}",
                came.path.span,
                f"by {theirs}",
                related=((expr.of[0].path.span, f"by {mine}"),),
                help=(f"write `{meant}`; or `{first or other}.` in front of each event",),
                edit=Edit(came.path.span, meant),
            )
            return False
    return True


def _long(expr: tree.Streak, period: Period, window: nodes.Window, names: Names) -> bool:
    """Whether a window can hold more than one of the periods; reported where it can't."""
    if not isinstance(window, nodes.Calendar) or not _within(window.period, period):
        return True
    names.report(
        "G544",
        f"`{expr.window.span.text}` lies within one {expr.period.text}, so this streak is never longer than 1",
        expr.window.span,
        "too short",
        related=((expr.period.span, "what is counted"),),
        help=("name a longer window, like `last 12 months` or `ever`",),
    )
    return False


def _within(window: Period, period: Period) -> bool:
    """Whether a window of one period lies within the other; a week may lie in two months."""
    if window is period or window is Period.DAY:
        return True
    return window in _SHORTER[2:] and (period not in _SHORTER or _SHORTER.index(window) < _SHORTER.index(period))
