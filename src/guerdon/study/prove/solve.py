"""Questions to the solver: whether something can be, with the simplest moment at which it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import Enum
from fractions import Fraction
from itertools import permutations
from math import ceil
from typing import Any

import z3

from guerdon.program import types
from guerdon.study.prove.budget import Budget, checked
from guerdon.study.prove.values import OTHER, Thing, Variables, Words, exact, fraction, plainly

WORK = 20_000_000
"""How much a question may take, in what the solver counts as its steps; then it is undecided. On every machine it is the same."""

LITTLE_WORK = WORK // 8
"""The same of a wish, which may be left."""

PLAIN_WORK = WORK * 2
"""The same of all wishes for one moment together."""

MOST_WORDS = 20
"""So many words of a program are tried for a text."""

USUAL_DAY = date(2026, 3, 2).toordinal()


PAST = ("used/", "total/", "measured/", "streak/", "earned/", "theirs/", "rank/", "open/", "offer/")
"""How the keys of variables begin that stand for what happened before."""


class Answer(Enum):
    """Whether something can be."""

    NEVER = "never"
    FOUND = "found"
    UNDECIDED = "undecided"


def asked(known: Variables, conditions: Iterable[Any], work: int = WORK) -> tuple[Answer, Any]:
    """Whether all conditions can hold at once, and a model where they do."""
    solver = z3.Solver()
    solver.add(*known.facts, *conditions)
    answer, model = _answer(solver, work)
    if answer is Answer.NEVER and not can_be(known):
        return Answer.UNDECIDED, None
    return answer, model


def can_be(known: Variables) -> bool:
    """Whether what is always true can be true at once: of what contradicts itself nothing follows."""
    many = len(known.facts)
    if many not in known.can_be:
        solver = z3.Solver()
        solver.set("rlimit", WORK)
        solver.add(*known.facts)
        known.can_be[many] = solver.check() != z3.unsat
    return known.can_be[many]


def _answer(solver: Any, work: int, budget: Budget | None = None) -> tuple[Answer, Any]:
    match checked(solver, work, budget):
        case z3.unsat:
            return Answer.NEVER, None
        case z3.sat:
            return Answer.FOUND, solver.model()
    return Answer.UNDECIDED, None


def simplest(known: Variables, conditions: Sequence[Any], wishes: Iterable[Any] = ()) -> Any | None:
    """A model in which all conditions hold and, as far as that can be, the wishes, and each thing is as plain as it can be; None where none is found.

    Shape: the past is made plain first, then the day, then what the event holds: the same for the same question.
    """
    search = _Search(known, conditions)
    if search.model is None:
        return None
    for wish in wishes:
        search.wish(wish)
    things = sorted(
        known.things.items(), key=lambda each: not each[0].startswith(("unknown/", *PAST, "available/", "control/"))
    )
    for key, thing in things:
        if key == "moment/date":
            search.near(thing.value.term, USUAL_DAY)
        elif key == "moment/minute":
            search.near(thing.value.term, 12 * 60)
        else:
            search.plain(thing, known.words)
    return search.model


class _Search:
    """A model that is made plainer step by step."""

    def __init__(self, known: Variables, conditions: Sequence[Any]) -> None:
        self.solver = z3.Solver()
        self.solver.add(*known.facts, *conditions)
        self.model = _answer(self.solver, WORK)[1]
        self.budget = Budget(PLAIN_WORK)
        self.is_all_said = not known.lost

    def wish(self, wish: Any) -> bool:
        """Whether a wish can be met as well; then it is."""
        assert self.model is not None
        if z3.is_true(self.model.eval(wish, model_completion=True)):
            self.solver.add(wish)
            return True
        self.solver.push()
        self.solver.add(wish)
        found, model = _answer(self.solver, LITTLE_WORK, self.budget)
        if found is Answer.FOUND:
            self.model = model
            return True
        self.solver.pop()
        return False

    def plain(self, thing: Thing, words: Words) -> None:
        """Lets a thing be missing, nothing, little, or the first word that it can be."""
        term = thing.value.term
        if isinstance(thing.type, types.Optional) and self.wish(thing.value.missing):
            return
        match plainly(thing.type):
            case types.YesNo():
                self.wish(z3.Not(term))
            case types.Quantity() | types.Number() as kind:
                if not self.wish(term == 0) and not self.wish(term == 1) and self.wish(term >= 0):
                    self.least(term, kind.step or Fraction(1, 100))
            case types.Days() | types.Months():
                self.near(term, 0)
            case types.Date() if self.is_all_said:
                self.near(term, USUAL_DAY)
            case types.Date():
                pass  # what is reckoned from it may be something that can't be said
            case types.Choice(values):
                any(self.wish(term == words.number(value)) for value in values)
            case _:
                any(self.wish(term == number) for number in (OTHER, *list(words.numbers.values())[:MOST_WORDS]))

    def near(self, term: Any, wanted: int) -> None:
        """Lets a whole number be as close to another one as it can be, from there on or else below."""
        if self.wish(term == wanted):
            return
        if self.wish(term > wanted):
            self.least(z3.ToReal(term) - wanted, Fraction(1))
        elif self.wish(term < wanted):
            self.least(wanted - z3.ToReal(term), Fraction(1))

    def least(self, term: Any, step: Fraction) -> None:
        """Lets a term be the least that it can be on a grid, which is found by halving."""
        low, high = 0, ceil(exact(self.model.eval(term, model_completion=True)) / step)
        while high - low > 1:
            middle = (low + high) // 2
            if self.wish(term <= fraction(middle * step)):
                high = min(middle, ceil(exact(self.model.eval(term, model_completion=True)) / step))
            else:
                low = middle
        self.wish(term == fraction(high * step))


MOST_FLOORS = 8


def rising(terms: Iterable[Any]) -> Iterator[Any]:
    """That of whole parts in some terms the larger is of the larger: it is always so, and the solver does not find it by itself."""
    found: dict[int, Any] = {}
    seen: set[int] = set()
    waiting = list(terms)
    while waiting:
        term = waiting.pop()
        if term.get_id() in seen:
            continue
        seen.add(term.get_id())
        if z3.is_to_int(term):
            found[term.get_id()] = term
        waiting += term.children()
    for one, other in permutations(list(found.values())[:MOST_FLOORS], 2):
        yield z3.Implies(one.arg(0) <= other.arg(0), one <= other)


def in_the_way(known: Variables) -> str:
    """Why nothing was shown, in words: a contradiction, what can't be said in terms, or a past that there would have to be."""
    if not can_be(known):
        return "what is known of it contradicts itself, so that nothing follows from it"
    if known.lost:
        return f"it asks for {next(iter(known.lost))}"
    past = next((thing.words for key, thing in known.things.items() if key.startswith(PAST)), None)
    if past is not None:
        return f"it asks for a past that no single event shows, such as {past}"
    return "no event was found that shows it, and nothing shows that there is none"


def core(known: Variables, conditions: Sequence[tuple[Any, Any]]) -> list[Any]:
    """Of labelled conditions that can't all hold, a few that can't already: their labels, in order."""
    solver = z3.Solver()
    solver.set("rlimit", WORK)
    solver.set("core.minimize", True)
    solver.add(*known.facts)
    marks = {}
    for at, (label, term) in enumerate(conditions):
        mark = z3.Bool(f"core/{at}")
        solver.assert_and_track(term, mark)
        marks[mark.decl().name()] = label
    if solver.check() != z3.unsat:
        return []
    found = {each.decl().name() for each in solver.unsat_core()}
    return [label for name, label in marks.items() if name in found]
