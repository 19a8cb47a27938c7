"""What a rule comes to at an event, counted again from all events before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from datetime import time as clock
from fractions import Fraction
from hashlib import sha256

from tests.reference.recount.numbers import ZERO, applied, whole_steps
from tests.reference.recount.past import Gift, Seen, View
from tests.reference.recount.values import Values

from guerdon.program import nodes


class Rules(Values):
    """The rules of a program."""

    def judged(self, rule: nodes.Rule, view: View) -> Gift | None:
        """What comes of a rule; None where it came to nothing."""
        if not self._holds(rule, view):
            return None
        step = self.program.units[rule.unit].step
        mode, place = (rule.rounding.mode, rule.rounding.place) if rule.rounding else (None, nodes.RoundPlace.EVENT)
        to_grid: Callable[[Fraction], Fraction] = lambda value: whole_steps(value, step, mode) if mode else value  # noqa: E731
        if rule.accumulate is not None:
            exact, rounded = self._accumulated(rule, view, to_grid, place)
        else:
            parts = [self.value(rule.give, each) for each in self._views(rule, view)]
            exact = sum(parts, ZERO)
            rounded = sum(map(to_grid, parts), ZERO) if place is nodes.RoundPlace.LINE else to_grid(exact)
        if exact <= 0:
            return None
        if rule.minimum is not None:
            if place is nodes.RoundPlace.LINE:
                if rounded < rule.minimum:  # exact is more than nothing
                    exact, rounded = max(exact, rule.minimum), rule.minimum
            elif exact < rule.minimum:
                exact = rounded = rule.minimum
        rounded = max(rounded, ZERO)  # lines rounded one by one may come to less than nothing
        return Gift(exact, rounded, self._limited(rule, view, rounded))

    # ------------------------------------------------------------ guards and lines

    def _holds(self, rule: nodes.Rule, view: View) -> bool:
        """Whether the guards hold at an event."""
        assert view.here is not None
        if view.here.event.type not in rule.on or not all([self.value(each, view) for each in rule.when]):
            return False
        if rule.control is not None and self._is_drawn(rule.control, view.subjects[""]):
            return False
        wall = self.days.wall(view.at).time()
        return all(any(self._during(stretch, view.day, wall) for stretch in line) for line in rule.during)

    def _is_drawn(self, group: nodes.Control, member: str) -> bool:
        """Whether a member is in a control group: eight bytes are the digits of a fraction of one."""
        first = sha256(group.group.encode() + bytes([10]) + member.encode()).digest()[:8]
        return sum((Fraction(byte, 256**place) for place, byte in enumerate(first, 1)), ZERO) < group.share

    def _during(self, stretch: nodes.Stretch, day: date, wall: clock) -> bool:
        match stretch:
            case nodes.Dates(first, end):
                return (first is None or first <= day) and (end is None or day < end)
            case nodes.Weekdays(days):
                return day.weekday() in days
            case nodes.Hours(start, end):
                return start <= wall < end if start <= end else wall >= start or wall < end

    def _views(self, rule: nodes.Rule, view: View) -> list[View]:
        """The event, or each of its lines that counts."""
        if rule.each is None:
            return [view]
        assert view.facts is not None
        lines = [replace(view, line=line) for line in view.facts[rule.each.lines]]
        return [line for line in lines if rule.each.where is None or self.value(rule.each.where, line)]

    # ------------------------------------------------------------ totals and limits

    def _bases(self, rule: nodes.Rule, view: View) -> list[Fraction]:
        """What an event adds to an accumulated total, guards or not."""
        assert isinstance(rule.give, nodes.Apply)
        return [max(ZERO, self.value(rule.give.base, each)) for each in self._views(rule, view)]

    def _accumulated(
        self, rule: nodes.Rule, view: View, to_grid: Callable[[Fraction], Fraction], place: nodes.RoundPlace
    ) -> tuple[Fraction, Fraction]:
        assert isinstance(rule.give, nodes.Apply) and rule.accumulate is not None
        before = ZERO
        subject = view.subject(rule.accumulate.account)
        for seen in self.past.events(subject, view.mark):
            # what "R" gave is looked up in the gifts of that event
            facts = self.past.remaining(seen, view.mark)
            then = replace(seen.view, facts=facts)
            if facts is not None and self._together(rule.accumulate.period, seen, subject, view):
                before += (
                    sum(self._bases(rule, then), ZERO)
                    if self._holds(rule, then) and self.receives(rule, then)
                    else ZERO
                )
        rate = self.value(rule.give.rate, view)
        total = before + sum(self._bases(rule, view), ZERO)
        exact = applied(rate, total) - applied(rate, before)
        if place is nodes.RoundPlace.TOTAL:
            return exact, to_grid(applied(rate, total)) - to_grid(applied(rate, before))
        return exact, to_grid(exact)

    def _together(self, period: nodes.Period | None, seen: Seen, subject: str | None, view: View) -> bool:
        """Whether an event lies in the period that holds the day."""
        joined = view.joined[subject or ""]
        return period is None or self.days.label(period, seen.day, joined) == self.days.label(period, view.day, joined)

    def _limited(self, rule: nodes.Rule, view: View, quantity: Fraction) -> Fraction:
        for limit in rule.limits:
            given = [] if limit.per_event else self._given_before(rule, limit, view)
            if limit.times is not None:
                if len([each for each in given if each > 0]) >= limit.times:
                    quantity = ZERO
                continue
            assert limit.most is not None
            room = max(ZERO, self.value(limit.most, view) - sum(given, ZERO))
            if quantity > room:
                quantity = ZERO if limit.or_nothing else room
        return quantity

    def _taken(self, rule: nodes.Rule, seen: Seen, view: View) -> Fraction:
        """How much of what a rule gave was taken back, from all who got of it."""
        return sum([self.past.taken(seen, each.name, view.mark) for each in seen.portions[rule.name]], ZERO)

    def receives(self, rule: nodes.Rule, view: View) -> bool:
        """Whether there is somebody to give to."""
        assert view.facts is not None
        return rule.to is None or self.named(rule.to, view) is not None

    def named(self, to: nodes.Expr, view: View) -> str | None:
        """Whom a fact of the event names."""
        assert view.facts is not None and isinstance(to, nodes.Field)
        return None if view.facts[to.name] is None else str(view.facts[to.name])

    def shared(self, rule: nodes.Rule, gift: Gift, view: View) -> list[tuple[str, str, Gift]]:
        """Who gets how much of what a rule gives, with the name of the award: shares first, then what they leave."""
        assert view.facts is not None
        step, left, found = self.program.units[rule.unit].step, gift.quantity, []
        for share in rule.shares:
            name = self.named(share.to, view)
            if name is not None:
                part = whole_steps(max(ZERO, self.value(share.share, view)) * gift.quantity, step, nodes.RoundMode.DOWN)
                part = min(part, left)
                left -= part
                found.append((f"{rule.name}/{share.name}", name, Gift(part, part, part)))
        receiver = view.subjects[""] if rule.to is None else self.named(rule.to, view)
        if receiver is not None:
            given = gift.quantity - left
            found.append((rule.name, receiver, Gift(gift.exact - given, gift.rounded - given, left)))
        return found

    def _given_before(self, rule: nodes.Rule, limit: nodes.Limit, view: View) -> list[Fraction]:
        assert view.facts is not None
        subject = view.subject(limit.account)
        return [
            seen.gifts[rule.name].quantity - (ZERO if limit.kept else self._taken(rule, seen, view))
            for seen in self.past.events(subject, view.mark)
            if rule.name in seen.gifts
            and self.within(limit.window, seen.day, subject, view)
            and all(seen.facts[name] == view.facts[name] for name in limit.fields)
        ]
