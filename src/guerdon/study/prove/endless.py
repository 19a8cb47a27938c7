"""What has no bound for one unit of money, with an event that shows it on the reference engine."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import z3

from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.study.prove.asked import came
from guerdon.study.prove.report import Finding, Undecided
from guerdon.study.prove.rules import Judged
from guerdon.study.prove.solve import WORK, Answer, asked, simplest
from guerdon.study.prove.spent import Spent
from guerdon.study.prove.values import exact, fraction, plainly, total
from guerdon.study.prove.witness import OFTEN, Witness, few, given, repeated, run, witness
from guerdon.text.diagnostic import Diagnostic

ENDLESS = Fraction(10**15)
"""More than this of a unit for one unit of money is no rate that anybody wrote."""
MUCH = Fraction(10**6)
"""So much more than it costs is shown, where there is no bound."""
MANY = 20_000
"""So many lines are tried, where each of them earns for itself."""


def endless(
    found: Judged, unit: str, spent: Spent, gives: Any, conditions: list[Any], what: str
) -> Finding | Undecided:
    """By what it grows, with an event that shows it on the reference engine."""
    program = found.scene.program
    rule = _by_itself(found, unit, spent, conditions)
    much = found.came[rule.name].quantity > fraction(MUCH) * spent.money
    wanted = [*spent.of_money, *few(found), much]
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
    return unbounded(rule, by, shown, program)


def _by_itself(found: Judged, unit: str, spent: Spent, conditions: list[Any]) -> nodes.Rule:
    """The first of the rules that give a unit that has no bound; a later one may only take up what it gives."""
    giving = [each for each in found.came.values() if each.rule.unit == unit and not each.rule.takes]
    without = (
        each
        for each in giving
        if asked(found.scene.known, [*conditions, each.quantity > fraction(ENDLESS) * spent.money], WORK // 4)[0]
        is Answer.FOUND
    )
    return next(without, giving[-1]).rule


def _growing_again(found: Judged, unit: str, spent: Spent, conditions: list[Any]) -> Witness | None:
    """An event that gives more and more where it happens again and again."""
    plain = simplest(
        found.scene.known,
        conditions,
        (spent.money == 1, *(total(each.values) >= 1 for each in (*spent.amounts, *spent.numbers))),
    )
    one = witness(found, plain, "endless") if plain is not None else None
    ways = list(repeated(one)) if one is not None else []
    for at in range(1, len(ways), OFTEN - 1):  # on one day, on days in a row, a month apart
        tried = [ways[0], ways[at + OFTEN // 2 - 2], ways[at + OFTEN - 2]]
        verdicts = [run(each, found.scene.program) for each in tried]
        gave = [given(each, unit) if each is not None else Fraction(0) for each in verdicts]
        if gave[0] < gave[1] < gave[2]:
            return tried[2]
    return None


def unbounded(rule: nodes.Rule, by: str, shown: Witness, program: nodes.Program) -> Finding:
    said = Diagnostic(
        "G943",
        f'what "{rule.name}" gives for one {program.frame.currency} has no bound: it grows with {by}',
        rule.give.span,
        f"grows with {by}",
        help=("put a limit on it, like `limit 500 " + rule.unit + " per event`",),
    )
    return Finding(said, tuple(shown.lines(program)), tuple(came(shown, program)))


_COUNTED = types.Quantity | types.Number | types.Days | types.Months


def _growing(found: Judged, gives: Any, spent: Spent, conditions: list[Any]) -> str:
    """The things without which there would be a bound, in words."""
    wanted = [*conditions, gives > fraction(ENDLESS) * spent.money]
    costs = {each.key for each in (*spent.amounts, *spent.numbers)}
    grows = []
    for key, thing in found.scene.known.things.items():
        if not isinstance(plainly(thing.type), _COUNTED) or key.startswith("line/"):
            continue
        if key in costs and isinstance(plainly(thing.type), types.Quantity):
            continue
        kept = z3.And(thing.value.term <= 1000, thing.value.term >= -1000)
        if asked(found.scene.known, [*wanted, kept], WORK // 4)[0] is Answer.NEVER:
            grows.append(f"`{thing.words}`")
    return " and ".join(grows) or "several things together"


def endless_lines(rule: nodes.Rule, found: Judged, spent: Spent) -> Finding | None:
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
    wanted = [*spent.bounds(), *few(found), *alone, found.came[rule.name].quantity > 0]
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
    return unbounded(rule, f"the number of `{name}`", one, program)


# ---------------------------------------------------------------- as time goes by

YEARS = 100
"""Days that lie further apart than so many years are none that a program has in mind."""


def lasting(
    found: Judged, unit: str, spent: Spent, gives: Any, conditions: list[Any], most: Fraction
) -> Finding | None:
    """That so much is given only where some day lies further from the event than a life is long: it grows with the time between them."""
    known = found.scene.known
    days = {
        thing.words: z3.Or(thing.value.missing, _near(thing.value.term, found.scene.date))
        for key, thing in known.things.items()
        if isinstance(plainly(thing.type), types.Date) and key != "moment/date"
    }
    enough = gives >= fraction(most) * spent.money
    far = [name for name, near in days.items() if _is_never(found, [*conditions, enough, near])]
    if not far or not _is_never(found, [*conditions, enough, *days.values()]):
        return None
    conditions = [*conditions, *days.values()]
    model = simplest(
        known, [*conditions, 2 * gives >= fraction(_of_a_life(found, spent, gives, conditions)) * spent.money]
    )
    shown = witness(found, model, "lasting") if model is not None else None
    if shown is None or run(shown, found.scene.program) is None:
        return None
    by = "the time between " + " and ".join(f"`{name}`" for name in far) + " and the event"
    return unbounded(_longest(found, unit, model), by, shown, found.scene.program)


def _near(day: Any, event: Any) -> Any:
    return z3.And(day - event <= YEARS * 365, event - day <= YEARS * 365)


def _is_never(found: Judged, conditions: list[Any]) -> bool:
    return asked(found.scene.known, conditions, WORK // 4)[0] is Answer.NEVER


def _of_a_life(found: Judged, spent: Spent, gives: Any, conditions: list[Any]) -> Fraction:
    """What is given at some event within a life, doubled as long as there is one that gives so much."""
    much = Fraction(0)
    while True:
        answer, model = asked(found.scene.known, [*conditions, gives > fraction(2 * much) * spent.money], WORK // 4)
        if answer is not Answer.FOUND:
            return much
        much = exact(model.eval(gives, model_completion=True)) / exact(model.eval(spent.money, model_completion=True))


def _longest(found: Judged, unit: str, model: Any) -> nodes.Rule:
    """The rule that gives most of a unit in a model."""
    giving = [each for each in found.came.values() if each.rule.unit == unit and not each.rule.takes]
    return max(giving, key=lambda each: exact(model.eval(each.quantity, model_completion=True))).rule
