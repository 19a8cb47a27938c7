"""Aggregates over a member's events, over an event's lines, and over what was awarded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from guerdon.check import offers, parts, redeems
from guerdon.check.arithmetic import holds, ordered
from guerdon.check.builtin import unknown_event
from guerdon.check.names import Names
from guerdon.check.scene import MOMENTS, Scene
from guerdon.check.wording import show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit

PERIODS = {
    "day": nodes.Period.DAY,
    "week": nodes.Period.WEEK,
    "month": nodes.Period.MONTH,
    "quarter": nodes.Period.QUARTER,
    "year": nodes.Period.YEAR,
    "calendar year": nodes.Period.YEAR,
    "fiscal year": nodes.Period.FISCAL_YEAR,
    "membership year": nodes.Period.MEMBERSHIP_YEAR,
}
_UNSEEN = (nodes.Aggregate.FIRST, nodes.Aggregate.LAST, nodes.Aggregate.DAYS_SINCE)

MOST_DAYS, MOST_MONTHS = 365_000, 12_000

Typed = Callable[[tree.Expr, Scene, Names], nodes.Expr | None]
"""The checker of any expression: filters and values are expressions too."""

Measuring = tree.Measured | tree.Earned | tree.Available


def typed(expr: Measuring, scene: Scene, names: Names, any_typed: Typed) -> nodes.Expr | None:
    """The typed aggregate; None where something was reported."""
    if not (isinstance(expr, tree.Measured) and _of_lines(expr)) and not past(expr, scene, names):
        return None
    match expr:
        case tree.Available(of):
            unit = _unit(of, names)
            return nodes.Available(unit.name, types.Quantity(unit.name, unit.step), span=expr.span) if unit else None
        case tree.Earned():
            return _earned(expr, scene, names)
        case tree.Measured():
            over = _over_lines if _of_lines(expr) else _over_events
            return over(nodes.Aggregate(expr.aggregate.text), expr, scene, names, any_typed)


def _of_lines(expr: tree.Measured) -> bool:
    """Whether an aggregate goes over the lines of the event itself."""
    if not isinstance(expr.window, tree.Calendar) or expr.aggregate.text == nodes.Aggregate.DAYS_SINCE.value:
        return False
    return (expr.window.which.text, expr.window.period.text) == ("this", "event")


def past(expr: Measuring | tree.Streak, scene: Scene, names: Names) -> bool:
    """Whether a member's past can be asked for here; reported where it can't."""
    if not scene.happens:
        names.report(
            "G224",
            f"{scene.what} can't ask for what happened before",
            expr.span,
            "the past",
            help=("ask for it where a rule needs it, or in a `measure`",),
        )
    return scene.happens


def period(written: tree.Period, names: Names) -> nodes.Period | None:
    """The period that these words name."""
    found = PERIODS.get(written.text)
    if found is None:
        names.unknown("G111", f"no period is called `{written.text}`", written.span, PERIODS, "not known")
    return found


def for_time(written: tree.ForTime, names: Names) -> nodes.Duration | None:
    """So many days, weeks, months or years, at least one."""
    word = written.unit.text.removesuffix("s")
    sizes = {"day": (1, 0), "week": (7, 0), "month": (0, 1), "year": (0, 12)}
    if word not in sizes:
        names.unknown("G111", f"`{written.unit.text}` is no length of time", written.unit.span, sizes, "not known")
        return None
    if not written.amount.text.isdigit() or not 0 < int(written.amount.text) <= 12_000:
        names.report(
            "G203", "a length of time is a whole number, from 1 to 12000", written.amount.span, "not from 1 to 12000"
        )
        return None
    days, months = sizes[word]
    length = nodes.Duration(days * int(written.amount.text), months * int(written.amount.text))
    if length.days > MOST_DAYS or length.months > MOST_MONTHS:
        names.report("G203", "a length of time is 1000 years at most", written.span, "longer")
        return None
    return length


def window(written: tree.Window, scene: Scene, names: Names) -> nodes.Window | None:
    """The stretch of days that a window names."""
    match written:
        case tree.Ever():
            return nodes.Ever()
        case tree.Since() if offers.is_since(written):
            return offers.since(written, scene, names)
        case tree.Since(word):
            return _since(word, scene, names)
        case tree.Rolling(time):
            return for_time(time, names)
        case tree.Calendar(which, of):
            found = period(of, names)
            if found is not None and which.text == "next":
                names.report(
                    "G112",
                    "what happens next is not known yet",
                    written.span,
                    "in the future",
                    help=(f"write `this {of.text}` or `previous {of.text}`",),
                )
                return None
            return nodes.Calendar(found, -1 if which.text == "previous" else 0) if found else None


def _since(word: tree.Name, scene: Scene, names: Names) -> nodes.Since | None:
    """Since the member joined, or (for what counts towards a tier) since the tier was entered."""
    if word.text == "joining":
        return nodes.Since()
    if word.text != "entry":
        known = ("joining", "entry", *([offers.OPENED] if scene.offer is not None else []))
        names.unknown("G111", f"no window starts with `since {word.text}`", word.span, known, "not known")
        return None
    if scene.ladder is None:
        names.report(
            "G400",
            "`since entry` is since a tier was entered, and only what counts towards a tier knows of which ladder",
            word.span,
            "of which tier?",
            help=("write it in the `counts` or the `when` of a ladder's tiers, or name another window",),
        )
        return None
    return nodes.Since(scene.ladder)


def _unit(of: tree.Path, names: Names) -> nodes.Unit | None:
    if len(of.parts) == 2 and of.parts[0].text in names.accounts and of.parts[1].text in names.units:
        meant = of.parts[1].text
        names.report(
            "G399",
            f"`{meant}` is asked for by its name alone: who owns it is said once, where the account is declared",
            of.parts[0].span,
            "an account",
            help=(f"write `{meant}`, and `owns {meant}` below `account {of.parts[0].text}`",),
            edit=Edit(of.span, meant),
        )
        return None
    if of.text not in names.units:
        names.unknown_unit(of, "unit", names.units)
        return None
    return names.units[of.text]


def _earned(expr: tree.Earned, scene: Scene, names: Names) -> nodes.Expr | None:
    when = window(expr.window, scene, names)
    if isinstance(expr.of, tree.String):
        if redeems.not_earned(expr.of, names):
            return None
        name, rule = names.rule_unit(expr.of.text, expr.of.span), expr.of.text
        unit = names.units[name] if name else None
    else:
        unit, rule = _unit(expr.of, names), None
    if when is None or unit is None:
        return None
    return nodes.Earned(unit.name, rule, when, types.Quantity(unit.name, unit.step), expr.back, span=expr.span)


def _over_lines(
    aggregate: nodes.Aggregate, expr: tree.Measured, scene: Scene, names: Names, any_typed: Typed
) -> nodes.Expr | None:
    """An aggregate over the lines of the event itself."""
    name = expr.path.parts[0].text
    fact = scene.event.get(name)
    if fact is None or not isinstance(fact.type, types.Lines):
        known = [each.name for each in scene.event.values() if isinstance(each.type, types.Lines)]
        names.unknown("G113", f"`{name}` is no list of {scene.what}", expr.path.parts[0].span, known, "no such list")
        return None
    if not _aggregates_lines(aggregate, expr, names):
        return None
    inside = scene.inside(names.records[fact.type.record].facts)
    value, ok = value_of(aggregate, expr.path.parts[1:], inside, names, expr.path, any_typed)
    where = holds(any_typed(expr.where, inside, names), names) if expr.where else None
    if not ok or (where is None and expr.where is not None):
        return None
    of = _result(aggregate, value, expr, names)
    return nodes.OverLines(aggregate, name, value, where, of, span=expr.span) if of else None


def _aggregates_lines(aggregate: nodes.Aggregate, expr: tree.Measured, names: Names) -> bool:
    if aggregate in (nodes.Aggregate.FIRST, nodes.Aggregate.LAST):
        names.report(
            "G114",
            "lines of one event have no first and last in time",
            expr.aggregate.span,
            "of lines",
            help=("use `least`, `most`, `sum` or `count`",),
        )
        return False
    return True


def _over_events(
    aggregate: nodes.Aggregate, expr: tree.Measured, scene: Scene, names: Names, any_typed: Typed
) -> nodes.Expr | None:
    """An aggregate over the member's events, or over their lines; it gets a meter of its own."""
    account, path = of_account(expr.path, names)
    since_opened = isinstance(expr.window, tree.Since) and offers.is_since(expr.window)
    if isinstance(expr.window, tree.Since) and since_opened:
        when: nodes.Window | None = offers.since(expr.window, scene, names, counts=account is None)
    else:
        when = window(expr.window, scene, names)
    event, lines, rest = split(path, names)
    if event is None or when is None:
        return None
    inside = each_of(event, lines, names)
    if since_opened:  # each opening counts apart, so what is counted may depend on it
        inside = replace(inside, offer=scene.offer, opened=scene.opened)
    value, ok = value_of(aggregate, rest, inside, names, expr.path, any_typed)
    where = holds(any_typed(expr.where, inside, names), names) if expr.where else None
    if not ok or (where is None and expr.where is not None):
        return None
    of = _result(aggregate, value, expr, names)
    if of is None:
        return None
    if aggregate is nodes.Aggregate.SUM:
        of = parts.summed(of, event.name, lines and lines[0], rest[0].text, names)
    seen = aggregate not in _UNSEEN
    offer = scene.offer if since_opened else None
    meter = nodes.Meter(event.name, lines and lines[0], value, where, seen, account, offer, span=expr.span)
    return nodes.Measured(meter_index(meter, names), aggregate, when, of, span=expr.span)


def each_of(event: nodes.Record, lines: tuple[str, str] | None, names: Names) -> Scene:
    """Where the facts of an event, or of a line in its list (name, record), are plain words."""
    inside = Scene(f"`{event.name}`", event.facts, named=False, at_event=True)
    return inside if lines is None else inside.inside(names.records[lines[1]].facts)


def meter_index(meter: nodes.Meter, names: Names) -> int:
    """The number of this meter; one that is there already serves again."""
    if meter in names.meters:
        return names.meters.index(meter)
    names.meters.append(meter)
    return len(names.meters) - 1


def of_account(path: tree.Path, names: Names) -> tuple[str | None, tree.Path]:
    """The account whose members' events a path goes over (None: the member's own), and the path behind it."""
    first, *rest = path.parts
    if first.text not in names.accounts or first.text in names.events:
        return None, path
    if not rest:
        return first.text, path
    return first.text, tree.Path(tuple(rest), span=rest[0].span.to(path.span))


def split(path: tree.Path, names: Names) -> tuple[nodes.Record | None, tuple[str, str] | None, tuple[tree.Name, ...]]:
    """The event that a path starts with, the list it goes through (name, record), and the rest."""
    first, *rest = path.parts
    if first.text not in names.events:
        if ("event", first.text) not in names.declared:
            near = next((f"{name}.{first.text}" for name, of in names.events.items() if first.text in of.facts), None)
            if first.text in names.accounts:
                near = f"{first.text}.{next(iter(names.events))}"
            unknown_event(first, names, near)
        return None, None, ()
    event = names.events[first.text]
    if rest and rest[0].text in event.facts:
        of = event.facts[rest[0].text].type
        if isinstance(of, types.Lines):
            return event, (rest[0].text, of.record), tuple(rest[1:])
    return event, None, tuple(rest)


def value_of(
    aggregate: nodes.Aggregate,
    rest: tuple[tree.Name, ...],
    scene: Scene,
    names: Names,
    path: tree.Path,
    any_typed: Typed,
) -> tuple[nodes.Expr | None, bool]:
    """The value that is aggregated (none for a count), and whether the path makes sense."""
    counted = aggregate in (nodes.Aggregate.COUNT, nodes.Aggregate.DAYS_SINCE)
    if not rest:
        if counted:
            return None, True
        facts = scene.event if scene.line is None else scene.line
        fitting = [
            name for name, fact in facts.items() if isinstance(fact.type, types.Quantity | types.Number)
        ] or list(facts)
        names.report(
            "G116",
            f"`{aggregate.value}` of what: name a fact of `{path.text}`",
            path.span,
            "a fact is missing",
            help=[f"write `{path.text}.{fact}`" for fact in fitting[:3]],
            edit=Edit(path.span, f"{path.text}.{fitting[0]}") if len(fitting) == 1 else None,
        )
        return None, False
    if rest[0].text in names.mute:
        return None, False
    if counted or len(rest) > 1:
        kept = len(path.parts) - len(rest) + (not counted)
        meant = ".".join(part.text for part in path.parts[:kept])
        what = f"`{aggregate.value}` counts events or lines, not a fact of them"
        names.report(
            "G122",
            what if counted else f"`{path.parts[kept - 1].text}` has no facts of its own",
            path.parts[kept].span.to(path.span),
            "too much",
            help=(f"write `{meant}`",),
            edit=Edit(path.span, meant),
        )
        return None, False
    known = scene.event if scene.line is None else scene.line
    if rest[0].text not in known and (scene.line is not None or rest[0].text not in MOMENTS):
        whose = ".".join(part.text for part in path.parts[:-1])
        names.unknown("G106", f"`{whose}` has no fact `{rest[0].text}`", rest[0].span, known)
        return None, False
    name = tree.Path(rest, span=rest[0].span)
    value = any_typed(name, scene, names)
    return value, value is not None


def _result(
    aggregate: nodes.Aggregate, value: nodes.Expr | None, expr: tree.Measured, names: Names
) -> types.Type | None:
    """The type of the aggregate; a sum needs something to add, least and most an order."""
    if value is None:
        return types.WHOLE if aggregate is nodes.Aggregate.COUNT else types.Optional(types.Days())
    of = value.type.of if isinstance(value.type, types.Optional) else value.type
    match aggregate:
        case nodes.Aggregate.DISTINCT if not isinstance(of, types.Lines):
            return types.WHOLE
        case nodes.Aggregate.SUM if isinstance(of, types.Quantity | types.Number):
            return of
        case nodes.Aggregate.LEAST | nodes.Aggregate.MOST if ordered(of):
            return types.Optional(of)
        case nodes.Aggregate.FIRST | nodes.Aggregate.LAST if not isinstance(of, types.Lines):
            return types.Optional(of)
    names.report(
        "G209",
        f"there is no `{aggregate.value}` of {show(of)}",
        expr.path.span,
        show(of),
        help=("`count` counts events, `distinct` counts different values",) if aggregate is nodes.Aggregate.SUM else (),
    )
    return None
