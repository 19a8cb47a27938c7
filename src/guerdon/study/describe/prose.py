"""Expressions as English: values as noun phrases, conditions as clauses.

A case for each kind of node: one that is added finds its place here. What is nested
stands in parentheses wherever it could be read in two ways.
"""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from guerdon.program import nodes, types
from guerdon.program.nodes import Aggregate
from guerdon.study.describe import english, times
from guerdon.study.describe.english import listed, named, plural, quoted, readable
from guerdon.study.describe.values import literal

_MORE = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least"}
_LATER = {"<": "before", "<=": "on or before", ">": "after", ">=": "on or after"}
_HIGHER = {"<": "lower than {}", "<=": "{} or lower", ">": "higher than {}", ">=": "{} or higher"}
_LONG = (nodes.Apply, nodes.Arithmetic, nodes.Junction, nodes.Compare, nodes.Negation)


class Prose:
    """Says the expressions of one program.

    Shape: `event` is the one that is looked at, where there is just one; `line`: whose a
    fact of a line is.
    """

    def __init__(self, program: nodes.Program, event: str | None = None, line: str = "the line's") -> None:
        self.program, self.event, self.line = program, event, line

    # ------------------------------------------------------------ values

    def value(self, expr: nodes.Expr) -> str:
        """An expression as a noun phrase."""
        match expr:
            case nodes.Literal():
                return literal(expr.value, expr.type)
            case nodes.Field(nodes.Scope.MOMENT, part):
                return {"at": "the moment", "weekday": "the day of the week"}.get(part, "the date")
            case nodes.Field():
                return f"whether {self.condition(expr)}" if _is_yes_no(expr.type) else self._fact(expr)
            case nodes.Theirs(of, name):
                return f"the {named(name)} of {self.person(of)}"
            case nodes.PeriodDay(last, period, ahead):
                return f"the {'last' if last else 'first'} day of {times.which(period, ahead)}"
            case nodes.Standing(ladder):
                return f"{whose(self.program.ladders[ladder].account)} {standing(ladder)}"
            case nodes.Measured():
                return self._measured(expr)
            case nodes.Streak():
                return self._streak(expr)
            case nodes.Earned(unit, rule, window, _, back):
                by = f" from {quoted(rule)}" if rule is not None else ""
                how = (
                    f"earned{by}"
                    if not back
                    else f"taken back{f' of {quoted(rule)}' if rule is not None else ''} by returns"
                )
                return f"the {plural(readable(unit))} {how} {times.window(window)}"
            case nodes.Available(unit):
                return f"{whose(self.program.units[unit].account)} balance of {plural(readable(unit))}"
            case nodes.Given(rule, exact):
                does = "takes" if rule in self.program.rules and self.program.rules[rule].takes else "gives"
                return f"what {quoted(rule)} {'comes to before rounding and limits' if exact else does}"
            case nodes.OverLines():
                return self._over_lines(expr)
            case nodes.Defined(measure):
                return quoted(readable(measure))
            case nodes.Lookup(table, keys, column):
                return self._looked_up(self.program.tables[table], keys, column)
            case nodes.Apply(rate, base):
                return self.applied(rate, self.nested(base))
            case nodes.Arithmetic():
                return self._arithmetic(expr)
            case nodes.OrElse(of, default) if not _is_yes_no(expr.type):
                return f"{self.nested(of)} ({self.value(default)} where there is none)"
            case nodes.Compare() | nodes.Junction() | nodes.Negation() | nodes.OrElse():
                return f"whether {self.condition(expr)}"
            case _:
                assert_never(expr)

    def _looked_up(self, table: nodes.Table, keys: tuple[nodes.Expr, ...], column: int) -> str:
        """A table's row for some keys; a param by its name, with its value where that is written out."""
        what = f"{readable(table.columns[column])} of the " if table.columns else ""
        if not table.keys:
            fixed = table.otherwise[0]
            value = f" ({self.value(fixed)})" if isinstance(fixed, nodes.Literal) else ""
            return f"{quoted(readable(table.name))}{value}"
        by = f" for {english.listed(self.nested(key) for key in keys)}" if keys else ""
        return f"the {what}{readable(table.name)}{by}"

    def person(self, expr: nodes.Expr) -> str:
        """The member whom a value names."""
        match expr:
            case nodes.Field(nodes.Scope.MEMBER, "member"):
                return "the member"
            case nodes.Field(nodes.Scope.EVENT, name):
                return f"the member named by {quoted(readable(name))}"
            case _:
                return f"the member named by {self.value(expr)}"

    def nested(self, expr: nodes.Expr) -> str:
        """A value as a part of another one."""
        said = self.value(expr)
        return f"({said})" if isinstance(expr, _LONG) else said

    def applied(self, rate: nodes.Expr, base: str) -> str:
        """A rate or a share of something."""
        match rate:
            case nodes.Literal():
                return f"{literal(rate.value, rate.type)} of {base}"
            case _ if isinstance(rate.type, types.Rate):
                return f"{self.nested(rate)}, applied to {base}"
            case _:
                return f"{base} times {self.nested(rate)}"

    def _arithmetic(self, expr: nodes.Arithmetic) -> str:
        left, right = self.nested(expr.left), self.nested(expr.right)
        if expr.operator in ("min", "max"):
            words = ("earlier", "later") if isinstance(expr.type, types.Date) else ("smaller", "greater")
            return f"the {words[expr.operator == 'max']} of {left} and {right}"
        if isinstance(expr.left.type, types.Date) and expr.operator in "+-":
            if isinstance(expr.right.type, types.Date):
                return f"the days from {right} to {left}"
            return f"{right} {'after' if expr.operator == '+' else 'before'} {left}"
        word = {"+": "plus", "-": "less", "*": "multiplied by", "/": "divided by"}[expr.operator]
        return f"{left} {word} {right}"

    # ------------------------------------------------------------ measures

    def _measured(self, expr: nodes.Measured) -> str:
        meter = self.program.meters[expr.meter]
        said = self._aggregate(expr.aggregate, meter)
        if meter.offer is not None:
            return f"{said} since it was opened"
        if isinstance(expr.window, nodes.Ever) and not meter.sees_event:
            return said
        return f"{said} {times.window(expr.window)}"

    def _streak(self, expr: nodes.Streak) -> str:
        period = expr.period.value
        held = listed([self._came(self.program.meters[each]) for each in expr.meters], "or")
        missed = f" ({english.so_many(expr.missed, period)} may be missed, which is not counted)" if expr.missed else ""
        within = "" if isinstance(expr.window, nodes.Ever) else f", {times.window(expr.window)}"
        return f"the number of {plural(period)} in a row with {held}{missed}, up to the present {period}{within}"

    def _came(self, meter: nodes.Meter) -> str:
        """What happened in a period of a streak, or whose day lies in it."""
        said = self._aggregate(Aggregate.COUNT, meter).removeprefix("the number of ")
        return said if meter.value is None else f"{said} (on their {_plain_fact(meter.value)})"

    def _aggregate(self, how: Aggregate, meter: nodes.Meter) -> str:
        """What is counted or added up, and over what."""
        inside = Prose(self.program, meter.event)
        where = f" (only where {inside.condition(meter.where)})" if meter.where is not None else ""
        event = english.happening(meter.event)
        many, one = plural(event), event
        if meter.lines is not None:
            many, one = (
                f"{readable(meter.lines)} of {plural(event)}",
                f"one of the {readable(meter.lines)} of {plural(event)}",
            )
        of_all = f" of all members of the {readable(meter.account)}" if meter.account is not None else ""
        if how is Aggregate.COUNT:
            return f"the number of {many}{of_all}{where}"
        if how is Aggregate.DAYS_SINCE:
            return f"the days since the latest {one} before this one{of_all}{where}"
        assert meter.value is not None
        fact = _plain_fact(meter.value)
        match how:
            case Aggregate.SUM:
                return f"the total {fact} of {many}{of_all}{where}"
            case Aggregate.DISTINCT:
                return f"the number of different values of {fact} in {many}{of_all}{where}"
            case Aggregate.FIRST:
                return f"the {fact} of the first {one} before this one{of_all}{where}"
            case Aggregate.LAST:
                return f"the {fact} of the latest {one} before this one{of_all}{where}"
            case Aggregate.LEAST:
                return f"the least {fact} of {many}{of_all}{where}"
            case Aggregate.MOST:
                return f"the greatest {fact} of {many}{of_all}{where}"
            case _:
                assert_never(how)

    def _over_lines(self, expr: nodes.OverLines) -> str:
        many = f"the {readable(expr.lines)}"
        if expr.where is not None:
            many = f"({many} where {Prose(self.program).condition(expr.where)})"
        fact = _plain_fact(expr.value) if expr.value is not None else "number"
        match expr.aggregate:
            case Aggregate.COUNT:
                return f"the number of {many}"
            case Aggregate.SUM:
                return f"the total {fact} of {many}"
            case Aggregate.DISTINCT:
                return f"the number of different values of {fact} in {many}"
            case Aggregate.LEAST | Aggregate.MOST:
                return f"the {'least' if expr.aggregate is Aggregate.LEAST else 'greatest'} {fact} of {many}"
            case Aggregate.FIRST | Aggregate.LAST | Aggregate.DAYS_SINCE:
                raise AssertionError("lines have no order")
            case _:
                assert_never(expr.aggregate)

    # ------------------------------------------------------------ conditions

    def condition(self, expr: nodes.Expr) -> str:
        """A condition as a clause: `the amount is at least 10 USD`."""
        match expr:
            case nodes.Compare():
                return self._compared(expr)
            case nodes.Junction(every, of):
                return self._junction(every, of)
            case nodes.Negation(of):
                return self._denied(of)
            case nodes.Field(nodes.Scope.OFFER, offer):
                return f"{quoted(offer)} is open to the member"
            case nodes.Field():
                return f"{self._marked(expr)} is marked {quoted(readable(expr.name))}"
            case nodes.OrElse(of, default):
                return f"{self._part(of)} {self._unknown(default)}"
            case nodes.Literal(value):
                return "this always holds" if value else "this never holds"
            case nodes.Defined(measure):
                return f"{quoted(readable(measure))} holds"
            case _:
                return f"{self.value(expr)} is yes"

    def _unknown(self, default: nodes.Expr) -> str:
        """What counts where a yes or no is missing."""
        if isinstance(default, nodes.Literal):
            return f"(if that is not known, it counts as {'yes' if default.value else 'no'})"
        return f"(if that is not known, what counts is whether {self.condition(default)})"

    def _part(self, expr: nodes.Expr) -> str:
        """A condition as a part of another one."""
        said = self.condition(expr)
        return f"({said})" if isinstance(expr, nodes.Junction) and _spoken(expr) is None else said

    def _junction(self, every: bool, of: tuple[nodes.Expr, ...]) -> str:
        alike = _spoken(nodes.Junction(every, of, types.YesNo()))
        if alike is None:
            return listed(map(self._part, of), "and" if every else "or")
        left, options = alike
        said = [self.value(each) for each in options]
        if len(said) == 1:
            return f"{self._is(left)} {'not ' if every else ''}{said[0]}"
        return f"{self._is(left)} {'neither ' if every else ''}{listed(said, 'nor' if every else 'or')}"

    def _denied(self, of: nodes.Expr) -> str:
        match of:
            case nodes.Field(nodes.Scope.OFFER, offer):
                return f"{quoted(offer)} is not open to the member"
            case nodes.Field():
                return f"{self._marked(of)} is not marked {quoted(readable(of.name))}"
            case nodes.OrElse(nodes.Field() as field, default):
                return f"{self._denied(field)} {self._unknown(default)}"
            case nodes.Compare("same as") if (one := self.condition(of)).endswith(" are one person"):
                return f"{one.removesuffix('one person')}not one person"
            case nodes.Junction(False) if (alike := _spoken(of)) is not None:
                left, options = alike
                said = [self.value(each) for each in options]
                none = f"none of {listed(said, 'and')}" if len(said) > 1 else f"not {said[0]}"
                return f"{self._is(left)} {none}"
            case _:
                return f"it is not so that {self._part(of)}"

    def _compared(self, expr: nodes.Compare) -> str:
        nth = self._nth(expr)
        if nth:
            return nth
        if _is_yes_no(expr.left.type) and isinstance(expr.right, nodes.Literal) and expr.operator in ("is", "is not"):
            holds = bool(expr.right.value) == (expr.operator == "is")
            return self._part(expr.left) if holds else self._denied(expr.left)
        left, right = self._is(expr.left), self._side(expr.right)
        kind = expr.left.type.of if isinstance(expr.left.type, types.Optional) else expr.left.type
        if expr.operator == "same as" and isinstance(kind, types.Member):
            return f"{self.person(expr.left)} and {self.person(expr.right)} are one person"
        if expr.operator == "same as":
            return f"{left} known and the same as {right}{', however it is spelled' if isinstance(kind, types.Text) else ''}"
        if expr.operator in ("is", "is not"):
            return f"{left}{expr.operator[2:]} {right}"
        if isinstance(kind, types.Tier):
            return f"{left} {_HIGHER[expr.operator].format(right)}"
        return f"{left} {(_LATER if isinstance(kind, types.Date | types.Instant) else _MORE)[expr.operator]} {right}"

    def _is(self, of: nodes.Expr) -> str:
        """A value with `is` or `are` behind it."""
        many = isinstance(of, nodes.Earned) or (isinstance(of, nodes.Field) and english.is_many(of.name))
        since = of.value if isinstance(of, nodes.OrElse) else of
        many |= isinstance(since, nodes.Measured) and since.aggregate is Aggregate.DAYS_SINCE
        return f"{self._side(of)} {'are' if many else 'is'}"

    def _side(self, of: nodes.Expr) -> str:
        """One side of a comparison."""
        whole = isinstance(of, nodes.Apply) or (isinstance(of, nodes.Arithmetic) and of.operator not in ("min", "max"))
        return self.value(of) if whole else self.nested(of)

    def _marked(self, field: nodes.Field) -> str:
        """What a yes/no fact is a mark of."""
        match field.scope:
            case nodes.Scope.EVENT:
                return f"the {english.happening(self.event)}" if self.event is not None else "the event"
            case nodes.Scope.LINE:
                return "the line"
            case nodes.Scope.OPENED:
                return "what opened the offer"
            case nodes.Scope.MEMBER | nodes.Scope.OFFER | nodes.Scope.MOMENT:
                return "the member"
            case _:
                assert_never(field.scope)

    def _fact(self, field: nodes.Field) -> str:
        match field.scope:
            case nodes.Scope.EVENT if self.event in self.program.triggers:
                return "what expires then"
            case nodes.Scope.EVENT:
                said = named(field.name)
                return said if said.startswith("“") else f"the {said}"
            case nodes.Scope.LINE:
                return f"{self.line} {named(field.name)}"
            case nodes.Scope.MEMBER if field.name == "member":
                return "the member"
            case nodes.Scope.MEMBER | nodes.Scope.MOMENT:
                return f"the member's {named(field.name)}"
            case nodes.Scope.OPENED if field.name in ("date", "at"):
                return "the day on which it was opened" if field.name == "date" else "the moment at which it was opened"
            case nodes.Scope.OPENED:
                return f"the {named(field.name)} of what opened it"
            case nodes.Scope.OFFER:
                return quoted(field.name)
            case _:
                assert_never(field.scope)

    def _nth(self, expr: nodes.Compare) -> str:
        """`it is the 5th purchase this month`; empty where a comparison says something else."""
        match expr:
            case nodes.Compare("is", nodes.Measured(number, Aggregate.COUNT, window), nodes.Literal(Fraction() as nth)):
                meter = self.program.meters[number]
                own = meter.lines is None and meter.where is None and meter.account is None
                if own and meter.event == self.event and nth.denominator == 1 and nth >= 1:
                    shown = "ever" if isinstance(window, nodes.Ever) else times.window(window)
                    return f"it is the member's {english.ordinal(int(nth))} {english.happening(meter.event)} {shown}"
        return ""


def standing(ladder: str) -> str:
    """What a place on a ladder is called: `status`, or `tier in travellers`."""
    said = readable(ladder)
    return said if said.endswith(("status", "level", "tier", "rank")) else f"tier in {said}"


def whose(account: str | None) -> str:
    """Whose a thing is: the member's, or the account's."""
    return f"the {readable(account)}'s" if account is not None else "the member's"


def _is_yes_no(of: types.Type) -> bool:
    return isinstance(of.of if isinstance(of, types.Optional) else of, types.YesNo)


def _plain_fact(value: nodes.Expr) -> str:
    """A fact of what is aggregated, by its bare name."""
    return readable(value.name) if isinstance(value, nodes.Field) else "date"


def _spoken(of: nodes.Junction) -> tuple[nodes.Expr, list[nodes.Expr]] | None:
    """What is compared and with which values, where a condition is one of these or none of them."""
    operator = "is not" if of.every else "is"
    compared = [each for each in of.of if isinstance(each, nodes.Compare) and each.operator == operator]
    left = compared[0].left if compared else None
    if (
        left is None
        or len(compared) < len(of.of)
        or any(each.left != left for each in compared)
        or _is_yes_no(left.type)
    ):
        return None
    return left, [each.right for each in compared]
