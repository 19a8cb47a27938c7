"""The most that one unit of money earns at one event, over all rules that give something there, or what makes it endless.

What is bought is money, and what else is counted or measured at the event (litres, nights, items). What grows with these
without a bound is told for as many of them as there is money, with what each of them adds: a station gives for litres, and
each of them is paid for. What even so grows faster than the money has no bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import z3

from guerdon.program import nodes
from guerdon.study import words
from guerdon.study.prove.asked import Asked, came
from guerdon.study.prove.budget import within
from guerdon.study.prove.endless import ENDLESS, endless, endless_lines, lasting
from guerdon.study.prove.report import Finding, Most, Undecided
from guerdon.study.prove.rules import Judged
from guerdon.study.prove.scene import LINES
from guerdon.study.prove.solve import PAST, WORK, Answer, asked, in_the_way, simplest
from guerdon.study.prove.spent import Bought, Spent, spent
from guerdon.study.prove.values import exact, fraction, total
from guerdon.study.prove.witness import Witness, few, given, run, witness

STEPS = 60
"""How often the distance to the most is halved."""
ANSWER = WORK * 10
"""How much one answer may take, in the solver's steps."""
HEAP = 5_040_000
"""So many things are bought to see what each of them adds: whole steps of whatever size."""


def most(of: Asked) -> Iterator[Finding | Undecided | Most]:
    """The most for each event at which money is spent and each unit that is given there."""
    for event in of.happens:
        if event in of.program.triggers:
            continue
        found = of.at(event)
        cost = spent(found.scene)
        rules = [each.rule for each in found.came.values() if not each.rule.takes and not each.rule.only_says]
        if cost is None:
            continue
        rules = [rule for rule in rules if not pays_for(rule.give, of.program)]
        for unit in dict.fromkeys(rule.unit for rule in rules):
            with within(ANSWER):
                answers = list(_most(found, unit, cost, [rule for rule in rules if rule.unit == unit]))
            yield from answers


def pays_for(expr: nodes.Node, program: nodes.Program, adds: bool = True) -> bool:
    """Whether what a redeem took makes an amount larger, so that it is paid for; taken off, it does not."""
    match expr:
        case nodes.Given(rule):
            return adds and any(program.rules[name].takes for name in program.rules_of(rule))
        case nodes.Arithmetic("-", left, right):
            return pays_for(left, program, adds) or pays_for(right, program, not adds)
    parts = (getattr(expr, name) for name in expr.field_names)
    return any(pays_for(each, program, adds) for each in parts if isinstance(each, nodes.Expr))


# ---------------------------------------------------------------- one unit at one event


@dataclass(frozen=True, slots=True)
class _Figure:
    """What is asked for: so much of a unit, for one unit of money, where some conditions hold."""

    found: Judged
    unit: str
    spent: Spent
    gives: Any
    conditions: list[Any]
    assumes: tuple[Bought, ...] = ()

    @property
    def what(self) -> str:
        scene = self.found.scene
        return f"the most {self.unit} that one {scene.program.frame.currency} of `{scene.event}` earns"

    def can(self, bound: Fraction) -> Answer:
        """Whether more than so much can be given for one unit of money."""
        return asked(self.found.scene.known, [*self.conditions, self.gives > fraction(bound) * self.spent.money])[0]

    def where(self, *free: Bought) -> _Figure:
        """The same where there may be any number of some things."""
        kept = tuple(each for each in self.spent.numbers if each not in free)
        return replace(self, conditions=[*self.spent.bounds(kept), *few(self.found)], assumes=kept)


def _most(found: Judged, unit: str, spent: Spent, rules: list[nodes.Rule]) -> Iterator[Finding | Undecided | Most]:
    offered = [rule for rule in rules if rule.offer is not None]
    gives = total(found.came[rule.name].quantity for rule in rules if rule.offer is None)
    figure = _Figure(found, unit, spent, gives, []).where()
    if offered:
        names = ", ".join(f'"{rule.name}"' for rule in offered)
        yield Undecided(f"what {names} adds to {figure.what}", "an offer gives what the event that opened it said")
    if len(offered) == len(rules):
        return
    without = next(filter(None, (endless_lines(rule, found, spent) for rule in rules if rule.offer is None)), None)
    if without is not None:
        yield without
        return
    answer = figure.can(ENDLESS)
    if answer is Answer.FOUND:
        yield endless(found, unit, spent, gives, figure.conditions, figure.what)
    elif answer is Answer.UNDECIDED:
        yield Undecided(figure.what, in_the_way(found.scene.known))
    else:
        yield from _bounded(_free(figure))


def _free(figure: _Figure) -> _Figure:
    """The figure with no more assumed than it needs for a bound: of each number of things that there is no more of it than of the money."""
    numbers = figure.spent.numbers
    if not numbers or (free := figure.where(*numbers)).can(ENDLESS) is Answer.NEVER:
        return free if numbers else figure
    bounded = [each for each in numbers if figure.where(each).can(ENDLESS) is Answer.NEVER]
    freer = figure.where(*bounded)
    return freer if freer.can(ENDLESS) is Answer.NEVER else figure


def _bounded(figure: _Figure) -> Iterator[Finding | Undecided | Most]:
    """The most, and the event that earns most of those that the reference engine confirms: with any past, else with none."""
    found, spent = figure.found, figure.spent
    between = _halved(found, spent.money, figure.gives, figure.conditions)
    if between is None:
        yield Undecided(figure.what, in_the_way(found.scene.known))
        return
    low, high = between
    if not low:
        return
    lasts = lasting(found, figure.unit, spent, figure.gives, figure.conditions, low)
    if lasts is not None:
        yield lasts
        return
    shown = _shown(figure, figure.conditions, low)
    if shown is None:
        newcomer = [*figure.conditions, *_newcomer(found, figure.conditions)]
        of_newcomer = _halved(found, spent.money, figure.gives, newcomer)
        low = of_newcomer[0] if of_newcomer is not None else Fraction(0)
        shown = _shown(figure, newcomer, low)
    if shown is None:
        why = f"no more than {_number(high)} is proved, and no event was found that earns so much: {in_the_way(found.scene.known)}"
        yield Undecided(figure.what, why)
        return
    yield _told(figure, low, high, *shown)


def _told(figure: _Figure, low: Fraction, high: Fraction, shown: Witness, is_spent: bool) -> Most:
    scene, program = figure.found.scene, figure.found.scene.program
    baskets = f"baskets of up to {LINES} lines" if scene.lines else ""
    return Most(
        scene.event,
        figure.unit,
        program.frame.currency,
        low,
        high,
        baskets,
        tuple(shown.lines(program)),
        tuple(came(shown, program)),
        tuple(each.words for each in figure.assumes),
        tuple(filter(None, (_each_adds(figure, each) for each in figure.assumes))),
        is_spent,
    )


def _each_adds(figure: _Figure, of: Bought) -> str | None:
    """What each of a number of things adds, whatever is spent, as the reference engine has it; None where no event shows it."""
    many = total(of.values)
    others = [each for each in figure.assumes if each is not of]
    conditions = [*figure.spent.bounds(others), *few(figure.found), figure.spent.money == 1, many == HEAP]
    between = _halved(figure.found, many, figure.gives, conditions)
    if between is None or not between[0]:
        return None
    shown = _shown(figure, conditions, between[0], many)
    verdicts = run(shown[0], figure.found.scene.program) if shown is not None else None
    if verdicts is None:
        return None
    return f"{_number(given(verdicts, figure.unit) / HEAP)} {figure.unit} more for each of `{of.words}`"


def _halved(found: Judged, per: Any, gives: Any, conditions: list[Any]) -> tuple[Fraction, Fraction] | None:
    """What is given for one of something at some event, and what is never exceeded: one and the same, or nearly so; None where no bound is found."""
    low, high = Fraction(0), ENDLESS
    undecided = False
    for _ in range(STEPS):
        if undecided or high - low <= low / 10**6 or high <= Fraction(1, 10**6):
            break
        middle = max(low * 2, Fraction(1, 100)) if high == ENDLESS else (low + high) / 2
        for bound in (middle, low):  # what is given at an event found is often the most already
            answer, model = asked(found.scene.known, [*conditions, gives > fraction(bound) * per], WORK // 2)
            undecided = answer is Answer.UNDECIDED
            if answer is not Answer.FOUND:
                high = bound if answer is Answer.NEVER else high
                break
            low = max(low, _rate(model, gives, per))
    if low < high and asked(found.scene.known, [*conditions, gives > fraction(low) * per])[0] is Answer.NEVER:
        high = low
    return (low, high) if high < ENDLESS else None


def _shown(figure: _Figure, conditions: Sequence[Any], low: Fraction, per: Any = None) -> tuple[Witness, bool] | None:
    """An event that earns so much for each unit of money, or for each of something else, on the reference engine; and whether so much is spent there."""
    found, spent = figure.found, figure.spent
    per = spent.money if per is None else per
    enough = [*conditions, figure.gives >= fraction(low) * per]
    model = simplest(found.scene.known, enough, (spent.is_paid,)) if low else None
    shown = witness(found, model, "the most") if model is not None else None
    verdicts = run(shown, found.scene.program) if shown is not None else None
    if model is None or shown is None or verdicts is None:
        return None
    if given(verdicts, figure.unit) < low * exact(model.eval(per, model_completion=True)):
        return None
    return shown, z3.is_true(model.eval(spent.is_paid, model_completion=True))


def _newcomer(found: Judged, conditions: list[Any]) -> Iterator[Any]:
    """That all that is read of the past is as plain as it can be at all: as of somebody to whom nothing happened."""
    model = simplest(found.scene.known, conditions)
    for key, thing in found.scene.known.things.items():
        if model is not None and key.startswith(PAST):
            yield thing.value.missing == model.eval(thing.value.missing, model_completion=True)
            yield thing.value.term == model.eval(thing.value.term, model_completion=True)


def _number(value: Fraction) -> str:
    return words.decimal(value, 4).rstrip("0").rstrip(".")


def _rate(model: Any, gives: Any, per: Any) -> Fraction:
    return exact(model.eval(gives, model_completion=True)) / exact(model.eval(per, model_completion=True))
