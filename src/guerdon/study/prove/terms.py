"""Expressions as terms: one function, a case for each kind of node, as `reference/evaluate.py` has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, assert_never

import z3

from guerdon.check.scene import WEEKDAYS
from guerdon.program import nodes, types
from guerdon.study import words
from guerdon.study.prove import measured
from guerdon.study.prove.scene import Line, Scene, meaning
from guerdon.study.prove.tables import apply, bands_met, looked_up
from guerdon.study.prove.values import (
    ALWAYS,
    NEVER,
    Rates,
    Scale,
    Term,
    Value,
    any_of,
    every,
    first_of,
    fraction,
    least,
    most,
    plainly,
    total,
)

Site = tuple[str, int]
"""A row of a table by its place; the place behind the last one is `else`."""


@dataclass(slots=True)
class Terms:
    """What expressions are at a scene's event.

    Shape: `given`: what each rule or group came to so far, exact and in the end; `reached`: for each row of a table when it is
    looked up, by whatever was translated so far; `where`: what holds where the present expression stands.
    """

    scene: Scene
    given: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    reached: dict[Site, list[Any]] = field(default_factory=dict)
    where: Any = ALWAYS
    line: Line | None = None
    opened: str | None = None  # of which offer's opening facts are asked
    admitted: Mapping[str, Value] = field(default_factory=dict)  # facts of which a limit lets only so much count

    def __post_init__(self) -> None:
        for name, fact in self.scene.record.items():
            if fact.value is not None and not isinstance(plainly(fact.type), types.Lines):
                self.scene.facts[name] = self.value(fact.value)
        for lines in self.scene.lines.values():
            for line in lines:
                for each in self.scene.program.records[line.record].facts.values():
                    if each.value is not None:
                        self.line = line
                        line.facts[each.name] = self.value(each.value)
        self.line = None

    # ------------------------------------------------------------ kinds of results

    def value(self, expr: nodes.Expr) -> Value:
        """An expression that is no rate."""
        found = self.term(expr)
        if isinstance(found, Value):
            return found
        return self.lost(expr)

    def holds(self, condition: nodes.Expr) -> Any:
        """Whether a condition holds."""
        return self.value(condition).term

    def lost(self, expr: nodes.Expr, *, below_zero: bool = True) -> Value:
        """An expression that can't be said in terms."""
        return self.scene.known.unknown(self._here(expr), words.written(expr), expr.type, below_zero=below_zero)

    def _here(self, expr: nodes.Expr) -> str:
        """What an expression is and of which line it is asked."""
        at = "" if self.line is None else f"/{id(self.line)}"
        return f"{meaning(expr, self.scene.program)}{at}"

    def term(self, expr: nodes.Expr) -> Term:
        match expr:
            case nodes.Literal(value):
                return self._literal(value)
            case nodes.Field():
                return self._fact(expr)
            case nodes.Theirs():
                return self._theirs(expr)
            case nodes.Compare():
                return Value(self._compare(expr))
            case nodes.Junction(every_one, parts):
                return Value((every if every_one else any_of)([self.holds(each) for each in parts]))
            case nodes.Negation(of):
                return Value(z3.Not(self.holds(of)))
            case nodes.OrElse(value, default):
                return self._or_else(self.value(value), self.value(default))
            case nodes.Arithmetic():
                return self._arithmetic(expr)
            case nodes.Apply(rate, base):
                return Value(self.applied(rate, self.value(base).term))
            case nodes.Lookup():
                return self._lookup(expr)
            case nodes.OverLines():
                return self._over_lines(expr)
            case nodes.Given(rule, exact):
                return Value(self.given.get(rule, (fraction(0), fraction(0)))[0 if exact else 1])
            case nodes.Defined(name):
                measure = self.scene.program.measures[name]
                if measure.ranking is not None:
                    return self.scene.known.of(f"rank/{meaning(expr, self.scene.program)}", name, expr.type)
                return self.term(measure.value)
            case nodes.PeriodDay():
                return self._period_day(expr)
            case nodes.Standing() | nodes.Measured() | nodes.Streak() | nodes.Earned() | nodes.Available():
                return measured.shown(expr, self.scene)
            case _:
                assert_never(expr)

    # ------------------------------------------------------------ facts

    def _literal(self, value: object) -> Term:
        match value:
            case types.RateValue():
                return Rates(((ALWAYS, value),))
            case bool():
                return Value(z3.BoolVal(value))
            case Fraction():
                return Value(fraction(value))
            case date():
                return Value(z3.IntVal(value.toordinal()))
            case int():
                return Value(z3.IntVal(value))
        return Value(z3.IntVal(self.scene.known.words.number(str(value))))

    def _fact(self, expr: nodes.Field) -> Value:
        scene = self.scene
        match expr.scope:
            case nodes.Scope.LINE:
                assert self.line is not None
                found = self.admitted.get(expr.name) or self.line.facts.get(expr.name)
                return found or self.lost(expr)
            case nodes.Scope.EVENT:
                found = (self.admitted.get(expr.name) if self.line is None else None) or scene.facts.get(expr.name)
                return found or self.lost(expr)
            case nodes.Scope.MOMENT if expr.name == "date":
                return Value(scene.date)
            case nodes.Scope.MOMENT if expr.name == "weekday":
                numbers = [scene.known.words.number(day) for day in WEEKDAYS]
                cases = [(scene.weekday == at, z3.IntVal(number)) for at, number in enumerate(numbers)]
                return Value(first_of(cases[:-1], z3.IntVal(numbers[-1])))
            case nodes.Scope.MOMENT:
                return scene.known.unknown("at", "at", types.Instant())
            case nodes.Scope.OPENED:
                key, below = f"opened/{self.opened}/{expr.name}", not isinstance(plainly(expr.type), types.Quantity)
                return scene.known.of(key, words.written(expr), expr.type, below_zero=below)
            case nodes.Scope.OFFER:
                return scene.known.of(f"offer/{expr.name}", words.written(expr), types.YesNo())
            case nodes.Scope.MEMBER:
                below = not isinstance(plainly(expr.type), types.Quantity)
                return scene.known.of(f"member/{expr.name}", f"member.{expr.name}", expr.type, below_zero=below)
            case _:
                assert_never(expr.scope)

    def _theirs(self, expr: nodes.Theirs) -> Value:
        below = not isinstance(plainly(expr.type), types.Quantity)
        key = f"theirs/{self._here(expr)}"
        return self.scene.known.of(key, words.written(expr), _maybe(expr.type), below_zero=below)

    # ------------------------------------------------------------ conditions and sums

    def _compare(self, expr: nodes.Compare) -> Any:
        left, right = self.value(expr.left), self.value(expr.right)
        if expr.operator == "same as":
            return z3.And(z3.Not(left.missing), z3.Not(right.missing), self._same(expr, left.term, right.term))
        one, other = left.term, right.term
        if isinstance(plainly(expr.left.type), types.Tier):
            one, other = (self._rank(each, plainly(expr.left.type)) for each in (one, other))
        match expr.operator:
            case "is":
                return one == other
            case "is not":
                return one != other
            case "<":
                return one < other
            case "<=":
                return one <= other
            case ">":
                return one > other
            case _:
                return one >= other

    def _rank(self, term: Any, of: types.Type) -> Any:
        """The place of a tier on its ladder."""
        assert isinstance(of, types.Tier)
        tiers = self.scene.program.ladders[of.ladder].tiers
        numbers = [self.scene.known.words.number(tier.name) for tier in tiers]
        return first_of([(term == number, z3.IntVal(at)) for at, number in enumerate(numbers)], z3.IntVal(0))

    def _same(self, expr: nodes.Compare, left: Any, right: Any) -> Any:
        """The same however it is spelled; of two members it is left open, for they may have become one."""
        kinds = [plainly(side.type) for side in (expr.left, expr.right)]
        if any(isinstance(of, types.Member) for of in kinds):
            self.scene.known.lost[words.written(expr)] = None
            return z3.Bool(f"same/{left}/{right}")
        if not all(isinstance(of, types.Text | types.Choice) for of in kinds):
            return left == right
        same = self.scene.known.words.same(left, right)
        for side in (expr.left, expr.right):
            if isinstance(side, nodes.Literal):
                for spelled in (str(side.value).upper(), str(side.value).lower(), str(side.value).title()):
                    self.scene.known.words.number(spelled)
        return same

    def _or_else(self, value: Value, default: Value) -> Value:
        return Value(z3.If(value.missing, default.term, value.term), z3.And(value.missing, default.missing))

    def _arithmetic(self, expr: nodes.Arithmetic) -> Value:
        left, right = self.value(expr.left), self.value(expr.right)
        missing = z3.Or(left.missing, right.missing)
        one, other = left.term, right.term
        dates = isinstance(plainly(expr.left.type), types.Date)
        match expr.operator:
            case "*":
                return Value(one * other, missing)
            case "/":
                if not z3.is_real(one):
                    one = z3.ToReal(one)
                if not z3.is_real(other):
                    other = z3.ToReal(other)
                return Value(one / other, z3.Or(missing, other == 0))
            case "min":
                return Value(least(one, other), missing)
            case "max":
                return Value(most(one, other), missing)
        if dates and isinstance(plainly(expr.right.type), types.Months):
            shifted = self.lost(expr).term  # a month has from 28 to 31 days
            sign = 1 if expr.operator == "+" else -1
            low, high = (one + sign * days * other for days in ((28, 31) if sign > 0 else (31, 28)))
            self.scene.known.facts.append(z3.Implies(other >= 0, z3.And(low - 3 <= shifted, shifted <= high + 3)))
            return Value(shifted, missing)
        return Value(one + other if expr.operator == "+" else one - other, missing)

    def _period_day(self, expr: nodes.PeriodDay) -> Value:
        """A day of the week is counted; of longer periods it is known how far it can be."""
        day, week = self.scene.date, self.scene.program.frame.week_start
        match expr.period:
            case nodes.Period.DAY:
                return Value(day + expr.ahead)
            case nodes.Period.WEEK:
                first = day - (self.scene.weekday - week) % 7 + 7 * expr.ahead
                return Value(first + 6 if expr.last else first)
        found = self.lost(expr).term
        longest = {nodes.Period.MONTH: 31, nodes.Period.QUARTER: 92}.get(expr.period, 366)
        if expr.ahead == 0:
            low, high = (day, day + longest) if expr.last else (day - longest, day)
            self.scene.known.facts.append(z3.And(low <= found, found <= high))
        return Value(found)

    # ------------------------------------------------------------ tables and lines

    def _lookup(self, expr: nodes.Lookup) -> Term:
        table = self.scene.program.tables[expr.table]
        keys = [self.value(key).term for key in expr.keys]
        found, rows = looked_up(table, keys, expr, self)
        if not isinstance(found, Scale):
            for at, met in rows:
                self._reach(table.name, at, met)
        return found if found is not None else self.lost(expr)

    def applied(self, rate: nodes.Expr, base: Any) -> Any:
        """A rate applied to a base; of a table's bands it is noted which of them the base reaches."""
        found = self.term(rate)
        if isinstance(rate, nodes.Lookup) and isinstance(found, Scale):
            for at, met in bands_met(found, base):
                self._reach(rate.table, at, met)
        return apply(found, base)

    def _reach(self, table: str, row: int, met: Any) -> None:
        self.reached.setdefault((table, row), []).append(z3.And(self.where, met))

    def result(self, expr: nodes.Expr) -> Value | Rates:
        """A result of a table's row."""
        found = self.term(expr)
        return found if isinstance(found, Value | Rates) else self.lost(expr)

    def key_number(self, word: str) -> int:
        return self.scene.known.words.number(word)

    def _over_lines(self, expr: nodes.OverLines) -> Value:
        """Of few lines what they come to; of more what it can be by its type."""
        above, values = self.line, []
        for line in self.scene.lines.get(expr.lines, ()):
            self.line = line
            there = line.there if expr.where is None else z3.And(line.there, self.holds(expr.where))
            values.append((there, self.value(expr.value) if expr.value is not None else Value(fraction(0))))
        self.line = above
        counted = expr.aggregate in (nodes.Aggregate.COUNT, nodes.Aggregate.DISTINCT)
        of_amounts = isinstance(expr.value, nodes.Field) and isinstance(plainly(expr.value.type), types.Quantity)
        many = self.scene.known.of(
            f"many/{meaning(expr, self.scene.program)}",
            words.written(expr),
            expr.type,
            below_zero=not (counted or of_amounts),
            known=False,
        )
        few = self.scene.few.get(expr.lines, NEVER)
        found = aggregate(expr.aggregate, values)
        return Value(z3.If(few, found.term, many.term), z3.If(few, found.missing, many.missing))


def aggregate(how: nodes.Aggregate, values: Sequence[tuple[Any, Value]]) -> Value:
    """Many values, each where it is there, as one; what is missing is left out."""
    there = [z3.And(here, z3.Not(value.missing)) for here, value in values]
    terms = [value.term for _, value in values]
    if not values:
        return Value(fraction(0), ALWAYS)
    match how:
        case nodes.Aggregate.COUNT:
            return Value(total(z3.If(here, fraction(1), fraction(0)) for here, _ in values))
        case nodes.Aggregate.SUM:
            return Value(total(z3.If(here, term, fraction(0)) for here, term in zip(there, terms, strict=True)))
        case nodes.Aggregate.DISTINCT:
            new = [
                z3.And(here, *(z3.Not(z3.And(there[before], terms[before] == terms[at])) for before in range(at)))
                for at, here in enumerate(there)
            ]
            return Value(total(z3.If(here, fraction(1), fraction(0)) for here in new))
    cases = list(zip(there, terms, strict=True))
    if how is nodes.Aggregate.LAST:
        cases.reverse()
    if how in (nodes.Aggregate.LEAST, nodes.Aggregate.MOST):
        sign = 1 if how is nodes.Aggregate.LEAST else -1
        cases = [
            (z3.And(here, *(z3.Implies(other, sign * term <= sign * against) for other, against in cases)), term)
            for here, term in cases
        ]
    return Value(first_of(cases[:-1], cases[-1][1]), z3.Not(any_of(there)))


def _maybe(of: types.Type) -> types.Type:
    return of if isinstance(of, types.Optional) else types.Optional(of)
