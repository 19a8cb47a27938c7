"""What a moment shows of a member's past: tiers, measures, balances, each as what it can be by its kind."""

from __future__ import annotations

from itertools import permutations

import z3

from guerdon.program import nodes, types
from guerdon.study import words
from guerdon.study.prove.scene import Scene, meaning
from guerdon.study.prove.values import Value, plainly
from guerdon.study.prove.windows import held, within

Read = nodes.Standing | nodes.Measured | nodes.Streak | nodes.Earned | nodes.Available


def shown(expr: Read, scene: Scene) -> Value:
    """The variable of what is read; it is shared with another version of the program that reads the same."""
    known, name = scene.known, words.written(expr)
    match expr:
        case nodes.Standing(ladder):
            found = known.of(f"tier/{ladder}", ladder, types.Text())
            tiers = [known.words.number(tier.name) for tier in scene.program.ladders[ladder].tiers]
            known.facts.append(z3.Or([found.term == tier for tier in tiers]))
            return found
        case nodes.Measured():
            return _measured(expr, scene)
        case nodes.Streak():
            meters = meaning(tuple(scene.program.meters[meter] for meter in expr.meters), scene.program)
            found = known.of(f"streak/{meters}/{expr.period}/{expr.missed}/{expr.window!r}", name, types.WHOLE)
            most = held(nodes.Calendar(expr.period), expr.window, None)
            known.facts += [found.term >= 0] if most is None else [found.term >= 0, found.term <= most]
            return found
        case nodes.Earned():
            key = f"earned/{expr.unit}/{expr.rule}/{expr.window!r}/{expr.back}"
            below = _is_corrected(scene) or _is_counted_down(expr, scene)
            return known.of(key, name, _on_grid(expr.type, scene), below_zero=below)
        case nodes.Available(unit):
            allowed = scene.program.units[unit].debt.kind is nodes.DebtKind.ALLOWED
            return known.of(f"available/{unit}", name, _on_grid(expr.type, scene), below_zero=allowed)


def _on_grid(of: types.Type, scene: Scene) -> types.Type:
    """The type with the grid of its unit, where that is finer than none."""
    if isinstance(of, types.Quantity) and of.unit in scene.program.units:
        return types.Quantity(of.unit, scene.program.units[of.unit].step)
    return of


def _is_corrected(scene: Scene) -> bool:
    """Whether something may be taken back later than it was counted."""
    return any(event.reverses is not None for event in scene.program.events.values())


def _is_counted_down(expr: nodes.Earned, scene: Scene) -> bool:
    """Whether a correction by hand, or who leaves an account, takes something off what was earned."""
    unit = scene.program.units.get(expr.unit)
    return unit is not None and (unit.account is not None or (expr.rule is None and not unit.spendable))


def _measured(expr: nodes.Measured, scene: Scene) -> Value:
    """What a meter shows: counts are whole and not below zero, and count the event where they see it."""
    known, meter, how = scene.known, scene.program.meters[expr.meter], expr.aggregate
    counted = how in (nodes.Aggregate.COUNT, nodes.Aggregate.DISTINCT, nodes.Aggregate.DAYS_SINCE)
    of_amounts = meter.value is None or (
        isinstance(meter.value, nodes.Field) and isinstance(plainly(meter.value.type), types.Quantity)
    )
    below = not counted and (not of_amounts or (how is nodes.Aggregate.SUM and _is_corrected(scene)))
    kind = types.WHOLE if how in (nodes.Aggregate.COUNT, nodes.Aggregate.DISTINCT) else expr.type
    start = f"measured/{meaning(meter, scene.program)}/{how.name}/"
    key = f"{start}{expr.window!r}"
    new = key not in known.things
    found = known.of(key, words.written(expr), kind, below_zero=below)
    if new:
        _seen(expr, meter, found, scene)
        _nested(expr, meter, start, scene)
        if how is nodes.Aggregate.DAYS_SINCE:
            known.facts.append(found.term >= 0)
            if isinstance(expr.window, nodes.Duration) and not expr.window.months:
                known.facts.append(z3.Or(found.missing, found.term < expr.window.days))
    return found


def _seen(expr: nodes.Measured, meter: nodes.Meter, found: Value, scene: Scene) -> None:
    """What a measure shows at least of the event itself."""
    if not (meter.sees_event and meter.event == scene.event and meter.where is None and meter.lines is None):
        return
    if not _holds_today(expr.window) or meter.offer is not None:
        return
    match expr.aggregate, meter.value:
        case nodes.Aggregate.COUNT, _:
            scene.known.facts.append(found.term >= 1)
        case nodes.Aggregate.SUM, nodes.Field(nodes.Scope.EVENT, name, types.Quantity()) if name in scene.facts:
            if not _is_corrected(scene):
                scene.known.facts.append(found.term >= scene.facts[name].term)


def _holds_today(window: nodes.Window) -> bool:
    return not isinstance(window, nodes.Calendar) or window.ahead == 0


def _nested(expr: nodes.Measured, meter: nodes.Meter, start: str, scene: Scene) -> None:
    """A count or a sum of amounts in a window is no larger than in one that holds it; `start`: how the keys of this measure begin."""
    if expr.aggregate is nodes.Aggregate.SUM and _is_corrected(scene):
        return
    if expr.aggregate not in (nodes.Aggregate.COUNT, nodes.Aggregate.SUM) or (
        meter.value is not None and not isinstance(plainly(meter.value.type), types.Quantity)
    ):
        return
    known = scene.known
    windows = known.windows
    windows[f"{start}{expr.window!r}"] = expr.window
    alike = [key for key in known.things if key.startswith(start) and key in windows]
    for one, other in permutations(alike, 2):
        if within(windows[one], windows[other]):
            known.facts.append(known.things[one].value.term <= known.things[other].value.term)
