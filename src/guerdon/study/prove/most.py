"""The most that one unit of money earns at one event, over all rules that give something there, or what makes it endless.

What is bought is money, and what else is counted or measured at the event (litres, nights, items). Of everything that is
bought there is no more than of the money: what then grows faster than the money has no bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import z3

from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.study import words
from guerdon.study.prove.asked import Asked, came
from guerdon.study.prove.report import Finding, Most, Undecided
from guerdon.study.prove.rules import Judged
from guerdon.study.prove.scene import LINES
from guerdon.study.prove.solve import PAST, WORK, Answer, asked, in_the_way, simplest
from guerdon.study.prove.values import ZERO, Value, exact, fraction, plainly, total
from guerdon.study.prove.witness import OFTEN, Witness, few, given, repeated, run, witness
from guerdon.text.diagnostic import Diagnostic

ENDLESS = Fraction(10**15)
"""More than this of a unit for one unit of money is no rate that anybody wrote."""
MUCH = Fraction(10**6)
"""So much more than it costs is shown, where there is no bound."""
STEPS = 60
"""How often the distance to the most is halved."""
MANY = 20_000
"""So many lines are tried, where each of them earns for itself."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What is bought at an event: `money`, which is one unit or the largest amount or number that is named, and what is no more than it."""

    money: Any
    bounds: tuple[Any, ...]
    of_money: tuple[Any, ...]  # those of the bounds that are about money
    bought: tuple[tuple[str, Any], ...]  # numbers of things by the names of their variables


def most(of: Asked) -> Iterator[Finding | Undecided | Most]:
    """The most for each event at which money is spent and each unit that is given there."""
    for event in of.happens:
        if event in of.program.triggers:
            continue
        found = of.at(event)
        spent = _spent(found)
        rules = [each.rule for each in found.came.values() if not each.rule.takes and not each.rule.only_says]
        if spent is None:
            continue
        rules = [rule for rule in rules if not pays_for(rule.give, of.program)]
        for unit in dict.fromkeys(rule.unit for rule in rules):
            yield from _most(found, unit, spent, [rule for rule in rules if rule.unit == unit])


def pays_for(expr: nodes.Node, program: nodes.Program, adds: bool = True) -> bool:
    """Whether what a redeem took makes an amount larger, so that it is paid for; taken off, it does not."""
    match expr:
        case nodes.Given(rule):
            return adds and any(program.rules[name].takes for name in program.rules_of(rule))
        case nodes.Arithmetic("-", left, right):
            return pays_for(left, program, adds) or pays_for(right, program, not adds)
    parts = (getattr(expr, name) for name in expr.field_names)
    return any(pays_for(each, program, adds) for each in parts if isinstance(each, nodes.Expr))


def _spent(found: Judged) -> Spent | None:
    """What an event costs; None where it names no money. What may be missing costs nothing then."""
    program, scene = found.scene.program, found.scene
    money, bought = z3.Real("spent"), []
    amounts: list[Any] = []  # of money, each not below zero
    numbers: list[Any] = []  # of all else
    for name, fact in scene.record.items():
        if fact.value is None and name in scene.facts and _is_bought(fact.type):
            (amounts if _is_money(fact.type, program) else numbers).append([_there(scene.facts[name])])
            bought.append((f"event/{scene.event}/{name}", scene.facts[name].term))
    for lines in scene.lines.values():
        for fact in program.records[lines[0].record].facts.values():
            if fact.value is None and _is_bought(fact.type):
                values = [z3.If(line.there, _there(line.facts[fact.name]), ZERO) for line in lines]
                (amounts if _is_money(fact.type, program) else numbers).append(values)
    if not amounts:
        return None
    largest = z3.Or(money == 1, *(money == total(each) for each in (*amounts, *numbers)))
    of_money = (money >= 1, *(bound for each in amounts for bound in _no_more(each, money)))
    others = (largest, *(bound for each in numbers for bound in _no_more(each, money)))
    return Spent(money, (*of_money, *others), of_money, tuple(bought))


def _there(value: Value) -> Any:
    """What there is; of what is missing, nothing."""
    return z3.If(value.missing, ZERO, value.term)


def _no_more(values: Sequence[Any], money: Any) -> list[Any]:
    """That values together are no more than what is spent, and none of them is less than nothing."""
    return [*(value >= 0 for value in values), total(values) <= money]


def _is_money(of: types.Type, program: nodes.Program) -> bool:
    of = plainly(of)
    return isinstance(of, types.Quantity) and of.unit == program.frame.currency


def _is_bought(of: types.Type) -> bool:
    """Amounts, and numbers of things; a percentage is none."""
    of = plainly(of)
    return isinstance(of, types.Quantity) or (isinstance(of, types.Number) and not of.percent)


# ---------------------------------------------------------------- one unit at one event


def _most(found: Judged, unit: str, spent: Spent, rules: list[nodes.Rule]) -> Iterator[Finding | Undecided | Most]:
    what = f"the most {unit} that one {found.scene.program.frame.currency} of `{found.scene.event}` earns"
    offered = [rule for rule in rules if rule.offer is not None]
    counted = [found.came[rule.name] for rule in rules if rule.offer is None]
    gives = total(each.quantity for each in counted)
    if offered:
        names = ", ".join(f'"{rule.name}"' for rule in offered)
        yield Undecided(f"what {names} adds to {what}", "an offer gives what the event that opened it said")
    if len(offered) == len(rules):
        return
    endless = next(filter(None, (_endless_lines(rule, found, spent) for rule in rules if rule.offer is None)), None)
    if endless is not None:
        yield endless
        return
    conditions = [*spent.bounds, *few(found)]
    answer, _ = asked(found.scene.known, [*conditions, gives > fraction(ENDLESS) * spent.money])
    if answer is Answer.FOUND:
        yield _endless(found, unit, spent, gives, conditions, what)
    elif answer is Answer.UNDECIDED:
        yield Undecided(what, in_the_way(found.scene.known))
    else:
        yield from _bounded(found, unit, spent, gives, conditions, what)


def _bounded(
    found: Judged, unit: str, spent: Spent, gives: Any, conditions: list[Any], what: str
) -> Iterator[Undecided | Most]:
    """The most, and the event that earns most of those that the reference engine confirms: with any past, else with none."""
    between = _halved(found, spent, gives, conditions)
    if between is None:
        yield Undecided(what, in_the_way(found.scene.known))
        return
    low, high = between
    if not low:
        return
    shown = _shown(found, unit, spent, gives, conditions, low)
    if shown is None:
        newcomer = [*conditions, *_newcomer(found, conditions)]
        of_newcomer = _halved(found, spent, gives, newcomer)
        low = of_newcomer[0] if of_newcomer is not None else Fraction(0)
        shown = _shown(found, unit, spent, gives, newcomer, low)
    if shown is None:
        why = f"no more than {_number(high)} is proved, and no event was found that earns so much: {in_the_way(found.scene.known)}"
        yield Undecided(what, why)
        return
    program = found.scene.program
    within = f"baskets of up to {LINES} lines" if found.scene.lines else ""
    lines, gave = tuple(shown.lines(program)), tuple(came(shown, program))
    yield Most(found.scene.event, unit, program.frame.currency, low, high, within, lines, gave)


def _halved(found: Judged, spent: Spent, gives: Any, conditions: list[Any]) -> tuple[Fraction, Fraction] | None:
    """What is given for one unit of money at some event, and what is never exceeded: one and the same, or nearly so; None where that is undecided."""
    low, high = Fraction(0), ENDLESS
    for _ in range(STEPS):
        if high - low <= low / 10**6 or high <= Fraction(1, 10**6):
            break
        middle = max(low * 2, Fraction(1, 100)) if high == ENDLESS else (low + high) / 2
        for bound in (middle, low):  # what is given at an event found is often the most already
            answer, model = asked(found.scene.known, [*conditions, gives > fraction(bound) * spent.money], WORK // 2)
            if answer is Answer.UNDECIDED:
                return None
            if answer is Answer.NEVER:
                high = bound
                break
            low = max(low, _rate(model, gives, spent))
    if low < high and asked(found.scene.known, [*conditions, gives > fraction(low) * spent.money])[0] is Answer.NEVER:
        high = low
    return low, high


def _shown(found: Judged, unit: str, spent: Spent, gives: Any, conditions: list[Any], low: Fraction) -> Witness | None:
    """An event that earns so much for each unit of money on the reference engine."""
    model = simplest(found.scene.known, [*conditions, gives >= fraction(low) * spent.money]) if low else None
    shown = witness(found, model, "the most") if model is not None else None
    verdicts = run(shown, found.scene.program) if shown is not None else None
    if model is None or verdicts is None:
        return None
    return shown if given(verdicts, unit) >= low * exact(model.eval(spent.money, model_completion=True)) else None


def _newcomer(found: Judged, conditions: list[Any]) -> Iterator[Any]:
    """That all that is read of the past is as plain as it can be at all: as of somebody to whom nothing happened."""
    model = simplest(found.scene.known, conditions)
    for key, thing in found.scene.known.things.items():
        if model is not None and key.startswith(PAST):
            yield thing.value.missing == model.eval(thing.value.missing, model_completion=True)
            yield thing.value.term == model.eval(thing.value.term, model_completion=True)


def _number(value: Fraction) -> str:
    return words.decimal(value, 4).rstrip("0").rstrip(".")


def _rate(model: Any, gives: Any, spent: Spent) -> Fraction:
    return exact(model.eval(gives, model_completion=True)) / exact(model.eval(spent.money, model_completion=True))


# ---------------------------------------------------------------- without a bound


def _endless(
    found: Judged, unit: str, spent: Spent, gives: Any, conditions: list[Any], what: str
) -> Finding | Undecided:
    """By what it grows, with an event that shows it on the reference engine."""
    program = found.scene.program
    wanted = [*spent.of_money, *few(found), gives > fraction(MUCH) * spent.money]
    by = _growing(found, gives, spent, conditions)
    plain = simplest(found.scene.known, wanted, (spent.money == 1,))
    shown = witness(found, plain, "endless") if plain is not None else None
    verdicts = run(shown, program) if shown is not None else None
    if shown is None or verdicts is None:
        return Undecided(what, f"it seems to grow without a bound by {by}, and no single event shows it")
    cost = exact(plain.eval(spent.money, model_completion=True)) if plain is not None else Fraction(1)
    if given(verdicts, unit) <= MUCH * cost:
        shown = _growing_again(found, unit, spent, conditions)
        verdicts = run(shown, program) if shown is not None else None
    if shown is None or verdicts is None:
        return Undecided(
            what, f"it seems to grow without a bound by {by}, and the event that was tried does not show it"
        )
    largest = max((each for each in verdicts.values() if each.rule.unit == unit), key=lambda each: each.quantity)
    return _unbounded(largest.rule, by, shown, program)


def _growing_again(found: Judged, unit: str, spent: Spent, conditions: list[Any]) -> Witness | None:
    """An event that gives more and more where it happens again and again."""
    plain = simplest(found.scene.known, conditions, (spent.money == 1, *(term >= 1 for _, term in spent.bought)))
    one = witness(found, plain, "endless") if plain is not None else None
    ways = list(repeated(one)) if one is not None else []
    for at in range(1, len(ways), OFTEN - 1):  # on one day, on days in a row, a month apart
        tried = [ways[0], ways[at + OFTEN // 2 - 2], ways[at + OFTEN - 2]]
        verdicts = [run(each, found.scene.program) for each in tried]
        gave = [given(each, unit) if each is not None else Fraction(0) for each in verdicts]
        if gave[0] < gave[1] < gave[2]:
            return tried[2]
    return None


def _unbounded(rule: nodes.Rule, by: str, shown: Witness, program: nodes.Program) -> Finding:
    said = Diagnostic(
        "G943",
        f'what "{rule.name}" gives for one {program.frame.currency} has no bound: it grows with {by}',
        rule.give.span,
        f"grows with {by}",
        help=("put a limit on it, like `limit 500 " + rule.unit + " per event`",),
    )
    return Finding(said, tuple(shown.lines(program)), tuple(came(shown, program)))


def _growing(found: Judged, gives: Any, spent: Spent, conditions: list[Any]) -> str:
    """The things without which there would be a bound, in words."""
    wanted = [*conditions, gives > fraction(ENDLESS) * spent.money]
    costs = {name for name, _ in spent.bought}
    grows = []
    for key, thing in found.scene.known.things.items():
        if not isinstance(plainly(thing.type), types.Quantity | types.Number) or key.startswith("line/"):
            continue
        if key in costs and isinstance(plainly(thing.type), types.Quantity):
            continue
        kept = z3.And(thing.value.term <= 1000, thing.value.term >= -1000)
        if asked(found.scene.known, [*wanted, kept], WORK // 4)[0] is Answer.NEVER:
            grows.append(f"`{thing.words}`")
    return " and ".join(grows) or "several things together"


def _endless_lines(rule: nodes.Rule, found: Judged, spent: Spent) -> Finding | None:
    """That a rule gives more and more the more lines an event has, of lines that cost nothing."""
    read = {each.lines for each in walk(rule, found.scene.program.measures) if isinstance(each, nodes.OverLines)}
    read |= {rule.each.lines} if rule.each is not None else set()
    return next(
        filter(None, (_endless_list(rule, name, found, spent) for name in found.scene.lines if name in read)), None
    )


def _endless_list(rule: nodes.Rule, name: str, found: Judged, spent: Spent) -> Finding | None:
    scene, program = found.scene, found.scene.program
    first, *others = scene.lines[name]
    free = [
        z3.Or(first.facts[fact.name].missing, first.facts[fact.name].term == 0)
        for fact in program.records[first.record].facts.values()
        if fact.value is None and isinstance(plainly(fact.type), types.Quantity)
    ]
    alone = [first.there, *(z3.Not(line.there) for line in others), *free]
    wanted = [*spent.bounds, *few(found), *alone, found.came[rule.name].quantity > 0]
    model = simplest(scene.known, wanted, (spent.money == 1,))
    one = witness(found, model, "endless") if model is not None else None
    verdicts = run(one, program) if one is not None else None
    if one is None or verdicts is None or not verdicts[rule.name].quantity:
        return None
    line = one.event.facts[name]
    assert isinstance(line, tuple)
    many = run(one.but(**{name: line * MANY}), program)
    if many is None or many[rule.name].quantity < verdicts[rule.name].quantity * MANY:
        return None
    return _unbounded(rule, f"the number of `{name}`", one, program)
