"""Values of a program as terms of a solver: exact, over whole numbers and fractions.

What a moment holds (facts, a tier, a balance, a measure) is a variable that can be all that its type allows. What can't be
said in terms is a variable too, so that more may happen here than can happen: what is refuted here is proved, and what is
found here counts only once the reference engine has shown it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import count
from typing import Any

import z3

from guerdon.program import nodes, types
from guerdon.program.time import FIRST_YEAR, LAST_YEAR
from guerdon.reference.evaluate import folded

FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1).toordinal(), date(LAST_YEAR, 12, 31).toordinal()
"""All days that a history may name."""
OTHER = -1
"""The number of a text that no program holds."""
FOLDED = z3.Function("folded", z3.IntSort(), z3.IntSort())
"""What is left of a text without its spelling: the same for the same text, and no less for others that are spelled differently only."""
BLANK = -2
"""What is left of a text of nothing but spaces; it is the same as no text."""
NEVER = z3.BoolVal(False)
ALWAYS = z3.BoolVal(True)
ZERO = z3.RealVal(0)


@dataclass(frozen=True, slots=True)
class Value:
    """A term, and when it is missing."""

    term: Any
    missing: Any = NEVER


@dataclass(frozen=True, slots=True)
class Rates:
    """One of several rates: each with the condition under which it is this one."""

    of: tuple[tuple[Any, types.RateValue], ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """The rates of a table by its bands, `rest` for what lies in none; in `parts`, each part at its own.

    Shape: each row with the condition under which the other keys are its own.
    """

    bands: tuple[tuple[Any, nodes.Band, Value | Rates], ...]
    rest: Value | Rates | None
    parts: bool


Term = Value | Rates | Scale


@dataclass(frozen=True, slots=True)
class Thing:
    """What a variable stands for: its name in words, its type, and whether it is as in the program (else something that can't be said)."""

    words: str
    type: types.Type
    value: Value
    is_known: bool = True


class Words:
    """Numbers for words and texts, the same for the same; `facts`: where it is told what is left of them without their spelling."""

    def __init__(self, facts: list[Any]) -> None:
        self.numbers: dict[str, int] = {}
        self.facts = facts
        self.without_spelling: dict[str, int] | None = None

    def number(self, word: str) -> int:
        if word not in self.numbers:
            self.numbers[word] = len(self.numbers)
            self._told(word)
        return self.numbers[word]

    def same(self, one: Any, other: Any) -> Any:
        """Whether two texts are the same however they are spelled; from now on it is told of every word what it is without its spelling."""
        if self.without_spelling is None:
            self.without_spelling = {}
            self.facts.append(FOLDED(z3.IntVal(OTHER)) == OTHER)
            for word in list(self.numbers):
                self._told(word)
        return z3.And(FOLDED(one) == FOLDED(other), FOLDED(one) != BLANK)

    def _told(self, word: str) -> None:
        if self.without_spelling is not None:
            left = folded(word)
            number = self.without_spelling.setdefault(left, len(self.without_spelling)) if left else BLANK
            self.facts.append(FOLDED(z3.IntVal(self.numbers[word])) == number)

    def word(self, number: int) -> str:
        """The word of a number; for one that has none, a word that is not in the program, however it is spelled."""
        found = next((word for word, each in self.numbers.items() if each == number), None)
        if found is not None:
            return found
        taken = {folded(word) for word in self.numbers}
        tried = ("a" if not at else f"a{at}" for at in count(0 if number == OTHER else abs(number)))
        return next(word for word in tried if word not in taken)


@dataclass(slots=True)
class Variables:
    """All that a moment holds, each thing once, and what is always true of it."""

    things: dict[str, Thing] = field(default_factory=dict)
    facts: list[Any] = field(default_factory=list)  # what is always true
    words: Words = field(init=False)
    lost: dict[str, None] = field(default_factory=dict)  # what could not be said, in words
    windows: dict[str, nodes.Window] = field(default_factory=dict)  # of what is measured, by its key
    can_be: dict[int, bool] = field(
        default_factory=dict
    )  # whether so many facts can all be true; False: they contradict each other

    def __post_init__(self) -> None:
        self.words = Words(self.facts)

    def of(self, key: str, words: str, kind: types.Type, *, below_zero: bool = False, known: bool = True) -> Value:
        """The variable of a key; quantities and numbers lie on their grid, and not below zero."""
        if key not in self.things:
            self.things[key] = Thing(words, kind, self._made(key, kind, below_zero), known)
        return self.things[key].value

    def unknown(self, key: str, words: str, kind: types.Type, *, below_zero: bool = True) -> Value:
        """A variable for what can't be said in terms; it is told what that was."""
        self.lost[words] = None
        return self.of(f"unknown/{key}", words, kind, below_zero=below_zero, known=False)

    def _made(self, key: str, kind: types.Type, below_zero: bool) -> Value:
        if isinstance(kind, types.Optional):
            if kind.of == types.Choice(()):
                return Value(z3.Int(key), ALWAYS)  # there is nothing that could be named
            inner = self._made(key, kind.of, below_zero)
            return Value(inner.term, z3.Bool(f"{key}/missing"))
        match kind:
            case types.Quantity(_, step) | types.Number(step, _):
                if step is None:
                    return Value(self._from_zero(z3.Real(key), below_zero))
                return Value(z3.ToReal(self._from_zero(z3.Int(key), below_zero)) * fraction(step))
            case types.AmountOf():
                return Value(z3.Real(key))
            case types.YesNo():
                return Value(z3.Bool(key))
            case types.Choice(values):
                term = z3.Int(key)
                self.facts.append(z3.Or([term == self.words.number(each) for each in values]))
                return Value(term)
            case types.Date():
                term = z3.Int(key)
                self.facts += [term >= FIRST_DAY, term <= LAST_DAY]
                return Value(term)
            case types.Days() | types.Months():
                return Value(self._from_zero(z3.Int(key), below_zero))
        return Value(z3.Int(key))

    def _from_zero(self, term: Any, below_zero: bool) -> Any:
        if not below_zero:
            self.facts.append(term >= 0)
        return term


def fraction(value: Fraction | int) -> Any:
    """An exact number as a term."""
    value = Fraction(value)
    return z3.Q(value.numerator, value.denominator)


def exact(term: Any) -> Fraction:
    """The number that a term of a model is; of one that is no fraction, the nearest below."""
    term = z3.simplify(term)
    if z3.is_algebraic_value(term):
        term = term.approx(20)
    if z3.is_int_value(term):
        return Fraction(term.as_long())
    return Fraction(term.numerator_as_long(), term.denominator_as_long())


def least(one: Any, other: Any) -> Any:
    return z3.If(one <= other, one, other)


def most(one: Any, other: Any) -> Any:
    return z3.If(one >= other, one, other)


def total(terms: Iterable[Any]) -> Any:
    """The sum; of none, zero."""
    found = list(terms)
    return z3.Sum(found) if found else ZERO


def every(terms: Iterable[Any]) -> Any:
    found = list(terms)
    return z3.And(found) if found else ALWAYS


def any_of(terms: Iterable[Any]) -> Any:
    found = list(terms)
    return z3.Or(found) if found else NEVER


def rounded(term: Any, step: Fraction, mode: nodes.RoundMode, *, below_zero: bool = True) -> Any:
    """A term in whole steps, by size whatever the sign, as `reference/exact.py` rounds; simpler where it is never below zero."""
    size = (z3.If(term < 0, -term, term) if below_zero else term) / fraction(step)
    half = z3.Q(1, 2)
    whole = z3.ToInt(size + half if mode is nodes.RoundMode.HALF_UP else size)
    rest = size - z3.ToReal(whole)
    match mode:
        case nodes.RoundMode.DOWN | nodes.RoundMode.HALF_UP:
            up = NEVER
        case nodes.RoundMode.UP:
            up = rest > 0
        case nodes.RoundMode.HALF_EVEN:
            up = z3.Or(rest > half, z3.And(rest == half, whole % 2 == 1))
    found = z3.ToReal(whole + z3.If(up, 1, 0)) * fraction(step)
    return z3.If(term < 0, -found, found) if below_zero else found


def on_grid(of: types.Type) -> Fraction | None:
    """The grid of a quantity or number."""
    of = of.of if isinstance(of, types.Optional) else of
    return of.step if isinstance(of, types.Quantity | types.Number) else None


def plainly(of: types.Type) -> types.Type:
    """The type of what is there."""
    return of.of if isinstance(of, types.Optional) else of


def first_of(cases: Sequence[tuple[Any, Any]], rest: Any) -> Any:
    """The term of the first condition that holds."""
    for condition, term in reversed(cases):
        rest = z3.If(condition, term, rest)
    return rest
