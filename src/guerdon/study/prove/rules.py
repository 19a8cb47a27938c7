"""All rules at one event as terms, in their order, as `reference/rules.py` and `reference/groups.py` have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import z3

from guerdon.program import nodes, types
from guerdon.study.prove.scene import Scene, begin, holds, meaning
from guerdon.study.prove.tables import apply
from guerdon.study.prove.terms import Terms
from guerdon.study.prove.values import (
    ALWAYS,
    NEVER,
    ZERO,
    Value,
    Variables,
    any_of,
    every,
    fraction,
    least,
    most,
    on_grid,
    plainly,
    rounded,
    total,
)


@dataclass(slots=True)
class Came:
    """What comes of a rule at an event.

    Shape: `asks`: each condition of its own with what it is about; `guarded`: that all of them hold; `fires`: and that no other rule
    replaces it; `stood`: what it gives before its group, and in the end `quantity`.
    """

    rule: nodes.Rule
    asks: list[tuple[nodes.Node, Any]]
    guarded: Any
    fires: Any
    exact: Any
    before_limits: Any
    stood: Any
    quantity: Any
    entering: dict[int, Any] = field(default_factory=dict)  # what each of its limits has to let in, by their place


@dataclass(slots=True)
class Sheet:
    """What a group gives: what each of its limits has to let in, and in the end."""

    group: nodes.Group
    entering: dict[int, Any]
    quantity: Any


@dataclass(slots=True)
class Judged:
    """All that comes of an event."""

    scene: Scene
    terms: Terms
    came: dict[str, Came]
    sheets: dict[str, Sheet]


def judged(program: nodes.Program, event: str, known: Variables, prefix: str = "") -> Judged:
    """What all rules come to at an event of a kind, or at a trigger."""
    scene = begin(program, event, known, prefix)
    found = Judged(scene, Terms(scene), {}, {})
    order = {name: place for place, name in enumerate(program.rules)}
    behind = {max(group.of, key=order.__getitem__): group for group in program.groups.values()}
    replaced: dict[str, list[Any]] = {}
    for rule in program.rules.values():
        if event in rule.on:
            found.came[rule.name] = came = _judge(rule, found.terms, replaced)
            found.terms.given[rule.name] = came.exact, came.quantity
        group = behind.get(rule.name)
        if group is not None:
            _settle(group, found)
    return found


def _judge(rule: nodes.Rule, terms: Terms, replaced: dict[str, list[Any]]) -> Came:
    """One rule; it is added to what replaces others."""
    terms.where, terms.opened = ALWAYS, rule.name
    asks = list(_asked(rule, terms))
    guarded = every(term for _, term in asks)
    for name in rule.replaces:
        replaced.setdefault(name, []).append(guarded)
    fires = z3.And(guarded, z3.Not(any_of(replaced.get(rule.name, ()))))
    terms.where = fires
    exact, quantity = _given(rule, terms)
    entering: dict[int, Any] = {}
    before = quantity = z3.If(fires, quantity, ZERO)
    for index, limit in enumerate(rule.limits):
        if limit.of is None:
            entering[index] = quantity
            quantity = fits(limit, room(limit, rule.name, index, terms), quantity)
    return Came(rule, asks, guarded, fires, z3.If(fires, exact, ZERO), before, quantity, quantity, entering)


def _asked(rule: nodes.Rule, terms: Terms) -> list[tuple[nodes.Node, Any]]:
    """The conditions of a rule, each looked at where those before it hold."""
    found: list[tuple[nodes.Node, Any]] = []
    scene = terms.scene
    if rule.takes and scene.event == "redemption" and "reward" in scene.facts:
        reward = scene.facts["reward"]
        found.append((rule, z3.And(z3.Not(reward.missing), reward.term == terms.key_number(rule.name))))
    if rule.to is not None:
        found.append((rule.to, z3.Not(terms.value(rule.to).missing)))
    for condition in rule.when:
        found.append((condition, terms.holds(condition)))
        terms.where = z3.And(terms.where, found[-1][1])
    for stretches in rule.during:
        found.append((stretches[0] if stretches else rule, any_of(holds(each, scene) for each in stretches)))
        terms.where = z3.And(terms.where, found[-1][1])
    if rule.control is not None:
        left_out = scene.known.of(f"control/{rule.control.group}", f'control "{rule.control.group}"', types.YesNo())
        found.append((rule.control, z3.Not(left_out.term)))
    if rule.offer is not None:
        found.append((rule.offer, scene.known.of(f"open/{rule.name}", f'"{rule.name}" open', types.YesNo()).term))
    return found


# ---------------------------------------------------------------- what a rule gives


def _given(rule: nodes.Rule, terms: Terms) -> tuple[Any, Any]:
    """The exact value, and what `minimum` and `round` make of it."""
    scene = terms.scene
    step = scene.program.units[rule.unit].step if rule.unit in scene.program.units else Fraction(1)
    if rule.offer is not None:
        terms.value(rule.give)
        free = scene.known.unknown(
            f"offer/{meaning(rule, scene.program)}", f'what "{rule.name}" gives', types.Quantity("", step)
        )
        scene.known.facts.append(free.term >= 0)
        return free.term, free.term
    few, parts, many = _parts(rule, terms)
    per_line = rule.rounding is not None and rule.rounding.place is nodes.RoundPlace.LINE
    mode = rule.rounding.mode if rule.rounding is not None else None
    if rule.accumulate is not None:
        exact, quantity = _accumulated(rule, rule.accumulate, terms, step)
    else:
        exact = quantity = total(parts)
        if per_line and mode is not None:
            quantity = total(rounded(part, step, mode) for part in parts)
        if rule.each is not None:
            exact, quantity = z3.If(few, exact, many), z3.If(few, quantity, many)
        below = exact < 0
        exact, quantity = z3.If(below, ZERO, exact), z3.If(below, ZERO, quantity)
    if rule.minimum is not None:
        raised = z3.And(exact > 0, quantity < fraction(rule.minimum))
        exact = z3.If(raised, most(exact, fraction(rule.minimum)), exact)
        quantity = z3.If(raised, fraction(rule.minimum), quantity)
    if mode is not None and rule.rounding is not None and rule.rounding.place is nodes.RoundPlace.EVENT:
        quantity = rounded(most(quantity, ZERO), step, mode, below_zero=False)
    return exact, most(quantity, ZERO)


def _parts(rule: nodes.Rule, terms: Terms) -> tuple[Any, list[Any], Any]:
    """Whether there are few lines, what each part comes to, and what those of many lines come to together."""
    base = rule.accumulate is not None
    if rule.each is None:
        terms.admitted = _admitted(rule, terms, terms.scene.facts, {})
        parts = [] if base else [terms.value(rule.give).term]
        if base:
            parts = [_base(rule, terms)]
        terms.admitted = {}
        return ALWAYS, parts, ZERO
    name, found, used = rule.each.lines, [], dict[int, Any]()
    for line in terms.scene.lines.get(name, ()):
        terms.line = line
        there = line.there if rule.each.where is None else z3.And(line.there, terms.holds(rule.each.where))
        above, terms.where = terms.where, z3.And(terms.where, there)
        terms.admitted = _admitted(rule, terms, line.facts, used, there)
        part = _base(rule, terms) if base else terms.value(rule.give).term
        terms.admitted, terms.where = {}, above
        found.append(z3.If(there, part, ZERO))
    terms.line = None
    many = terms.scene.known.of(
        f"lines/{terms.scene.event}/{meaning(rule, terms.scene.program)}",
        f"all lines of `{name}`",
        types.Quantity("", None),
        known=False,
    )
    return terms.scene.few.get(name, NEVER), found, many.term


def _base(rule: nodes.Rule, terms: Terms) -> Any:
    """What a running total is added to by one part."""
    assert isinstance(rule.give, nodes.Apply)
    return most(terms.value(rule.give.base).term, ZERO)


def _admitted(
    rule: nodes.Rule, terms: Terms, facts: dict[str, Value], used: dict[int, Any], there: Any = ALWAYS
) -> dict[str, Value]:
    """The facts of which limits let only so much count; `used` is what the lines before took of each limit."""
    found: dict[str, Value] = {}
    for index, limit in enumerate(rule.limits):
        if limit.of is None or limit.of not in facts:
            continue
        value = found.get(limit.of) or facts[limit.of]
        left = most(room(limit, rule.name, index, terms) - used.get(index, ZERO), ZERO)
        let_in = fits(limit, left, value.term)
        counts = z3.And(z3.Not(value.missing), value.term > 0)
        found[limit.of] = Value(z3.If(counts, let_in, value.term), value.missing)
        used[index] = used.get(index, ZERO) + z3.If(z3.And(there, counts), let_in, ZERO)
    return found


def _accumulated(rule: nodes.Rule, accumulate: nodes.Accumulate, terms: Terms, step: Fraction) -> tuple[Any, Any]:
    """F(total so far) - F(total before), with the same F on both sides."""
    assert isinstance(rule.give, nodes.Apply)
    few, parts, many = _parts(rule, terms)
    base = z3.If(few, total(parts), many)
    key = (
        f"total/{rule.name}/{accumulate.period}/{accumulate.account}/{meaning(accumulate.person, terms.scene.program)}"
    )
    before = terms.scene.known.of(key, f'the running total of "{rule.name}"', _plain_base(rule)).term
    was, now = apply(terms.term(rule.give.rate), before), terms.applied(rule.give.rate, before + base)
    exact = most(now - was, ZERO)
    if rule.rounding is not None and rule.rounding.place is nodes.RoundPlace.TOTAL:
        mode = rule.rounding.mode
        return exact, most(
            rounded(now, step, mode, below_zero=False) - rounded(was, step, mode, below_zero=False), ZERO
        )
    return exact, exact


def _plain_base(rule: nodes.Rule) -> types.Type:
    assert isinstance(rule.give, nodes.Apply)
    of = plainly(rule.give.base.type)
    return types.Quantity("", on_grid(of))


# ---------------------------------------------------------------- limits


def room(limit: nodes.Limit, name: str, index: int, terms: Terms) -> Any:
    """How much, or whether once more, a limit leaves room for: less what was used up before, which can be anything.

    Shape: what was used is shared with another version of the program that counts it in the same way.
    """
    scene = terms.scene
    where = f"used/{name}/{limit.of}/{limit.times is None}/{limit.account}/{limit.fields}/{limit.window!r}"
    where += f"/{meaning(limit.person, scene.program)}/{limit.everybody}/{limit.kept}"
    what = f'what limit {index + 1} of "{name}" counted before'
    if limit.times is not None:
        if limit.per_event:
            return z3.BoolVal(limit.times > 0)
        return scene.known.of(where, what, types.WHOLE).term < limit.times
    assert limit.most is not None
    size = terms.value(limit.most).term
    if limit.per_event:
        return most(size, ZERO)
    unit = plainly(limit.most.type)
    used = scene.known.of(where, what, types.Quantity("", on_grid(unit))).term
    return most(size - used, ZERO)


def fits(limit: nodes.Limit, left: Any, quantity: Any) -> Any:
    """What of a quantity there is room for; partly, unless the limit says `or nothing`."""
    if limit.times is not None:
        return z3.If(left, quantity, ZERO)
    if limit.or_nothing:
        return z3.If(quantity <= left, quantity, ZERO)
    return least(quantity, left)


# ---------------------------------------------------------------- groups


def _settle(group: nodes.Group, found: Judged) -> None:
    """Takes, raises, rounds and cuts what the rules of a group give."""
    came = [found.came[name] for name in group.of if name in found.came]
    terms = found.terms
    if not came:
        terms.given[group.name] = ZERO, ZERO
        return
    units = terms.scene.program.units
    parts = [each.quantity for each in came]
    if group.take in (nodes.Take.BEST, nodes.Take.TOP):
        parts = [z3.If(taken, part, ZERO) for taken, part in zip(_taken(group, came, units), parts, strict=True)]
    if group.minimum is not None:
        parts = _raised(parts, fraction(group.minimum))
    if group.rounding is not None:
        parts = _rounded(group, parts, units[came[0].rule.unit].step, terms)
    entering: dict[int, Any] = {}
    terms.where = ALWAYS
    for index, limit in enumerate(group.limits):
        entering[index] = total(parts)
        left = room(limit, group.name, index, terms)
        parts = _cut(parts, fits(limit, left, total(parts)))
    for each, part in zip(came, parts, strict=True):
        each.quantity = part
        terms.given[each.rule.name] = each.exact, part
    found.sheets[group.name] = Sheet(group, entering, total(parts))
    terms.given[group.name] = total(parts), total(parts)


def _taken(group: nodes.Group, came: Sequence[Came], units: object) -> list[Any]:
    """Which award alone stands: the largest, of equals the first listed; or the first that gives something."""
    assert isinstance(units, dict)
    if group.take is nodes.Take.TOP:
        return [z3.And(each.stood > 0, *(before.stood <= 0 for before in came[:at])) for at, each in enumerate(came)]
    several = len({each.rule.unit for each in came}) > 1
    worths = [fraction(units[each.rule.unit].worth or 1) if several else fraction(1) for each in came]
    values = [each.stood * worth for each, worth in zip(came, worths, strict=True)]
    return [
        z3.And(
            value > 0,
            *(before < value for before in values[:at]),
            *(after <= value for after in values[at + 1 :]),
        )
        for at, value in enumerate(values)
    ]


def _raised(parts: Sequence[Any], minimum: Any) -> list[Any]:
    """The first that gives something raised by what all together lack."""
    whole, found = total(parts), []
    lacks = z3.And(whole > 0, whole < minimum)
    for at, part in enumerate(parts):
        first = z3.And(part > 0, *(before <= 0 for before in parts[:at]))
        found.append(z3.If(z3.And(lacks, first), part + minimum - whole, part))
    return found


def _rounded(group: nodes.Group, parts: Sequence[Any], step: Fraction, terms: Terms) -> list[Any]:
    """The sum rounded; each part is less than a step from its own."""
    assert group.rounding is not None
    whole = rounded(total(parts), step, group.rounding, below_zero=False)
    if len(parts) == 1 or group.take is not nodes.Take.ALL:
        return [z3.If(part > 0, whole, ZERO) for part in parts]
    known, free = terms.scene.known, []
    for at, part in enumerate(parts):
        share = known.of(
            f"share/{at}/{terms.scene.event}/{meaning(group, terms.scene.program)}",
            f'shares of "{group.name}"',
            types.Quantity("", step),
            known=False,
        )
        free.append(share.term)
        known.facts.append(z3.And(share.term < part + fraction(step), z3.Implies(part == 0, share.term == 0)))
        known.facts.append(share.term > part - fraction(step))
    known.facts.append(total(free) == whole)
    return free


def _cut(parts: Sequence[Any], fit: Any) -> list[Any]:
    """What does not fit is cut off the last listed first."""
    found, left = [], fit
    for part in parts:
        found.append(least(part, left))
        left = left - found[-1]
    return found
