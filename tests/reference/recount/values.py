"""What an expression comes to, seen from somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from tests.reference.recount.days import NAMES, ONE, Days, days_on, months_on
from tests.reference.recount.numbers import ZERO, applied
from tests.reference.recount.past import PLACE, Past, View

from guerdon.program import nodes, types


class Values:
    """The expressions of a program, over what was answered so far."""

    def __init__(self, program: nodes.Program, days: Days, past: Past) -> None:
        self.program, self.days, self.past = program, days, past

    def value(self, expr: nodes.Expr, view: View) -> Any:
        """The value of an expression; None where it is missing."""
        again = lambda each: self.value(each, view)  # noqa: E731
        match expr:
            case nodes.Literal(value):
                return value
            case nodes.Field(nodes.Scope.MOMENT, name):
                return {"date": view.day, "weekday": NAMES[view.day.weekday()], "at": view.at}[name]
            case nodes.Field(scope, name):
                return self._known(scope, view).get(name)
            case nodes.PeriodDay():
                return self._period_day(expr, view)
            case nodes.Standing(ladder):
                return view.tiers[ladder]
            case nodes.Measured(meter, aggregate, window):
                return self._measured(self.program.meters[meter], aggregate, window, view)
            case nodes.Streak():
                return self._streak(expr, view)
            case nodes.Earned(unit, rule, window, _, False):
                return self._earned(unit, rule, window, view)
            case nodes.Earned(unit, rule, window):
                return self._taken_back(unit, rule, window, view)
            case nodes.Available(unit):
                subject = view.subject(self.program.units[unit].account)
                return sum([self.past.pot(subject, unit, pot, view.mark) for pot in ("available", "debt")], ZERO)
            case nodes.Given(rule, exact):
                assert view.here is not None
                gift = view.here.gifts.get(rule)
                return ZERO if gift is None else gift.exact if exact else gift.quantity
            case nodes.OverLines(aggregate, lines, value, where):
                assert view.facts is not None
                values = []
                for line in view.facts[lines]:
                    there = replace(view, line=line)
                    if where is None or self.value(where, there):
                        values.append(None if value is None else self.value(value, there))
                return self._put_together(aggregate, values)
            case nodes.Defined(measure):
                return again(self.program.measures[measure].value)
            case nodes.Lookup(table, keys, column):
                rows, found = self.program.tables[table], [again(key) for key in keys]
                results = next(
                    (list(row.results) for row in rows.rows if list(row.keys) == found), list(rows.otherwise)
                )
                return again(results[column])
            case nodes.Apply(rate, base):
                return applied(again(rate), again(base))
            case nodes.Arithmetic(operator, left, right):
                return self._arithmetic(operator, again(left), again(right), right)
            case nodes.Compare(operator, left, right):
                return self._compare(operator, again(left), again(right), left)
            case nodes.Junction(every, of):
                held = [again(each) for each in of]
                return all(held) if every else any(held)
            case nodes.Negation(of):
                return not again(of)
            case nodes.OrElse(value, default):
                found = again(value)
                return again(default) if found is None else found

    def _known(self, scope: nodes.Scope, view: View) -> Mapping[str, Any]:
        facts = {nodes.Scope.MEMBER: view.person, nodes.Scope.LINE: view.line, nodes.Scope.EVENT: view.facts}[scope]
        assert facts is not None
        return facts

    def _period_day(self, expr: nodes.PeriodDay, view: View) -> date:
        joined = view.joined[view.subjects[""]] if "" in view.subjects else view.day
        day = view.day
        for _ in range(abs(expr.ahead)):
            if expr.ahead > 0:
                day = self.days.last_of(expr.period, day, joined) + ONE
            else:
                day = self.days.first_of(expr.period, day, joined) - ONE
        return (self.days.last_of if expr.last else self.days.first_of)(expr.period, day, joined)

    # ------------------------------------------------------------ the past

    def within(self, window: nodes.Window, day: date, subject: str | None, view: View) -> bool:
        """Whether a day lies in a window of a member or an account."""
        entered = view.entered.get(window.ladder) if isinstance(window, nodes.Since) and window.ladder else None
        return self.days.holds(window, view.day, day, view.joined.get(subject or "", view.day), entered)

    def _earned(self, unit: str, rule: str | None, window: nodes.Window, view: View) -> Fraction:
        subject = view.subject(self.program.units[unit].account)
        return sum(
            [
                each.quantity
                for each in self.past.earned(view.mark)
                if each.subject == subject
                and (each.unit == unit if rule is None else each.rule == rule)
                and self.within(window, each.day, subject, view)
            ],
            ZERO,
        )

    def _taken_back(self, unit: str, rule: str | None, window: nodes.Window, view: View) -> Fraction:
        subject, found = view.subject(self.program.units[unit].account), ZERO
        for each in self.past.earned(view.mark):
            if each.sale is not None and each.subject == subject and each.unit == unit and rule in (None, each.rule):
                is_in = self.within(window, self.past.seen[each.number].day, subject, view)
                found -= each.quantity if is_in else ZERO
        return found

    def _counted(self, meter: nodes.Meter, view: View) -> Iterator[tuple[date, Any]]:
        """The day and the value of all that a meter counts, in the order in which it happened."""
        looked_at = list(self.past.events(view.subjects.get(meter.account or ""), view.mark))
        if view.here is not None and meter.sees_event:
            looked_at.append(view.here)
        for seen in looked_at:
            facts = self.past.remaining(seen, view.mark) if seen is not view.here else seen.facts
            if seen.event.type != meter.event or facts is None:
                continue
            then, first = replace(seen.view, facts=facts), replace(seen.view, facts=seen.facts)
            lines = [(then, first)]
            if meter.lines is not None:
                all_lines = {line[PLACE]: line for line in seen.facts[meter.lines]}
                lines = [
                    (replace(then, line=line), replace(first, line=all_lines[line[PLACE]]))
                    for line in facts[meter.lines]
                ]
            for there, whole in lines:  # what did not count does not begin to by a return
                if meter.where is None or (self.value(meter.where, whole) and self.value(meter.where, there)):
                    yield seen.day, None if meter.value is None else self.value(meter.value, there)

    def _measured(self, meter: nodes.Meter, aggregate: nodes.Aggregate, window: nodes.Window, view: View) -> Any:
        subject = view.subjects.get(meter.account or "")
        counted = [each for each in self._counted(meter, view) if self.within(window, each[0], subject, view)]
        if aggregate is nodes.Aggregate.DAYS_SINCE:
            return (view.day - counted[-1][0]).days if counted else None
        return self._put_together(aggregate, [value for _, value in counted])

    def _streak(self, expr: nodes.Streak, view: View) -> Fraction:
        """Day by day back from today: each new period is one more, or one that was missed."""
        meters = [self.program.meters[each] for each in expr.meters]
        subject = view.subjects.get(meters[0].account or "")
        joined = view.joined.get(subject or "", view.day)
        first_of = lambda day: self.days.first_of(expr.period, day, joined)  # noqa: E731
        days = {
            day if meter.value is None else value
            for meter in meters
            for day, value in self._counted(meter, view)
            if day <= view.day
        }
        days = {day for day in days if day is not None and self.within(expr.window, day, subject, view)}
        day = view.day
        if isinstance(expr.window, nodes.Calendar) and expr.window.ahead:
            day = self.days.first_of(expr.window.period, day, joined) - ONE
        kept, left = 0, expr.missed
        while days and day >= first_of(min(days)) and left >= 0:
            if any(first_of(each) == first_of(day) for each in days):
                kept += 1
            elif first_of(day) != first_of(view.day):
                left -= 1
            day = first_of(day) - ONE
        return Fraction(kept)

    def _put_together(self, aggregate: nodes.Aggregate, values: list[Any]) -> Any:
        there = [value for value in values if value is not None]
        match aggregate:
            case nodes.Aggregate.COUNT:
                return Fraction(len(values))
            case nodes.Aggregate.SUM:
                return sum(there, ZERO)
            case nodes.Aggregate.DISTINCT:
                return Fraction(len(set(there)))
            case _ if not there:
                return None
            case nodes.Aggregate.FIRST:
                return there[0]
            case nodes.Aggregate.LAST:
                return there[-1]
            case nodes.Aggregate.LEAST:
                return min(there)
            case nodes.Aggregate.MOST:
                return max(there)
        raise AssertionError(aggregate)

    # ------------------------------------------------------------ operators

    def _arithmetic(self, operator: str, left: Any, right: Any, of: nodes.Expr) -> Any:
        if operator == "/":
            return None if right == 0 else left / right
        if operator == "*":
            return left * right
        if operator in ("min", "max"):
            return sorted((left, right))[operator == "max"]
        sign = 1 if operator == "+" else -1
        if isinstance(left, date):
            if isinstance(right, date):
                return (left - right).days
            return (months_on if isinstance(of.type, types.Months) else days_on)(left, sign * int(right))
        return left + sign * right

    def _compare(self, operator: str, left: Any, right: Any, of: nodes.Expr) -> bool:
        if isinstance(of.type, types.Tier):
            ladder = self.program.ladders[of.type.ladder]
            left, right = ladder.rank(left), ladder.rank(right)
        return bool(
            {
                "is": lambda: left == right,
                "is not": lambda: left != right,
                "<": lambda: left < right,
                "<=": lambda: left <= right,
                ">": lambda: left > right,
                ">=": lambda: left >= right,
            }[operator]()
        )
