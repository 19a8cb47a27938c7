"""A second reading of docs/language.md: everything is counted again from the start at every event.

Nothing is remembered but what was answered: the events, their awards, and the tiers held
before each. Windows are asked day by day, totals added again, limits counted again, and a
member's life is walked one day after the other. It is slow on purpose and shares
nothing with the engine but the typed program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from guerdon.history.event import Event, Facts
from guerdon.program import nodes, types

ZERO = Fraction(0)
EPOCH = datetime(1970, 1, 1)
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Gift:
    """What a rule came to at an event: given, rounded off, cut off."""

    exact: Fraction
    rounded: Fraction
    quantity: Fraction

    @property
    def dropped(self) -> Fraction:
        return self.exact - self.rounded

    @property
    def cut(self) -> Fraction:
        return self.rounded - self.quantity


@dataclass
class Seen:
    """An event that was looked at: its facts, the tiers before it, and what came of each rule."""

    index: int
    event: Event
    day: date
    facts: dict[str, Any]
    tiers: dict[str, str]
    gifts: dict[str, Gift] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """From where something is asked: how many events lie before, at which event, on which day."""

    past: Sequence[Seen]
    here: Seen | None
    day: date
    tiers: Mapping[str, str]
    member: Facts
    facts: Mapping[str, Any] | None = None
    line: Mapping[str, Any] | None = None


@dataclass
class Held:
    """A tier that is held, through its last day (None: no end)."""

    tier: str
    last_day: date | None


@dataclass
class Recounted:
    """All that is compared with the engine."""

    awards: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    moves: list[tuple[str, str, str, int, str]] = field(default_factory=list)
    balances: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    late: list[str] = field(default_factory=list)


# ---------------------------------------------------------------- days


def months_on(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, or the last one that this month has."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    number = day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1
            if number < 28:
                raise


class Days:
    """Which day an instant belongs to, and which days belong together."""

    def __init__(self, frame: nodes.Frame) -> None:
        self.frame = frame
        self.zone = ZoneInfo(frame.timezone)

    def wall(self, at: int) -> datetime:
        """What the clock on the wall shows."""
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def start(self, day: date) -> int:
        """The first instant at which the clock shows the start of this day, or what comes after it."""
        wanted = datetime.combine(day, self.frame.day_start)
        middle = (wanted - EPOCH) // timedelta(microseconds=1)
        hour = 3_600_000_000
        found = []
        for at in (middle - 36 * hour, middle + 36 * hour):
            offset = (self.wall(at) - EPOCH) // timedelta(microseconds=1) - at
            if self.wall(middle - offset) == wanted:
                found.append(middle - offset)
        if found:
            return min(found)
        low, high = middle - 36 * hour, middle + 36 * hour
        while high - low > 1:
            between = (low + high) // 2
            if self.wall(between) >= wanted:
                high = between
            else:
                low = between
        return high

    def of(self, at: int) -> date:
        """The day that has started and the next has not."""
        day = self.wall(at).date() + timedelta(2)
        while self.start(day) > at:
            day -= timedelta(1)
        return day

    def label(self, period: nodes.Period, day: date) -> object:
        """Days with one label lie in one period."""
        match period:
            case nodes.Period.DAY:
                return day
            case nodes.Period.WEEK:
                first = day
                while first.weekday() != self.frame.week_start:
                    first -= timedelta(1)
                return first
            case nodes.Period.MONTH:
                return day.year, day.month
            case nodes.Period.QUARTER:
                return day.year, (day.month + 2) // 3
            case nodes.Period.YEAR:
                return day.year
            case nodes.Period.FISCAL_YEAR:
                return day.year if (day.month, day.day) >= self.frame.fiscal_start else day.year - 1
        raise AssertionError(f"the recount knows no {period}")

    def last_of(self, period: nodes.Period, day: date) -> date:
        """The last day of the period that holds the day."""
        label = self.label(period, day)
        while self.label(period, day + timedelta(1)) == label:
            day += timedelta(1)
        return day

    def holds(self, window: nodes.Window, today: date, day: date) -> bool:
        """Whether a day lies in a window that is asked for today."""
        if day > today:
            return False
        match window:
            case nodes.Ever():
                return True
            case nodes.Calendar(period, ahead):
                there = today
                for _ in range(-ahead):
                    label = self.label(period, there)
                    while self.label(period, there) == label:
                        there -= timedelta(1)
                return self.label(period, day) == self.label(period, there)
            case nodes.Duration(days, months):
                if months:
                    return day > months_on(today, -months)
                return (today - day).days < days
        raise AssertionError(f"the recount knows no {window}")


# ---------------------------------------------------------------- numbers


def whole_steps(value: Fraction, step: Fraction, mode: nodes.RoundMode) -> Fraction:
    """Rounded by size, whatever the sign."""
    steps = abs(value) / step
    below = Fraction(steps.numerator // steps.denominator)
    rest = steps - below
    up = {
        nodes.RoundMode.DOWN: False,
        nodes.RoundMode.UP: rest > 0,
        nodes.RoundMode.HALF_UP: rest >= Fraction(1, 2),
        nodes.RoundMode.HALF_EVEN: rest > Fraction(1, 2) or (rest == Fraction(1, 2) and below % 2 == 1),
    }[mode]
    size = (below + (1 if up else 0)) * step
    return size if value >= 0 else -size


def applied(rate: Any, base: Fraction) -> Fraction:
    """A rate or a percentage of a base; of one below zero, nothing."""
    if base <= 0:
        return ZERO
    if isinstance(rate, types.RateValue):
        times = base / rate.per
        return rate.give * (Fraction(times.numerator // times.denominator) if rate.full else times)
    return Fraction(rate * base)


# ---------------------------------------------------------------- the recount


class Recount:
    """A program, its members' facts, and all of their events."""

    def __init__(self, program: nodes.Program, members: Mapping[str, Facts] | None = None) -> None:
        self.program = program
        self.members = members or {}
        self.days = Days(program.frame)

    def run(self, events: Iterable[Event], as_of: date | None = None) -> Recounted:
        found = Recounted()
        read = [event for event in events if as_of is None or self.days.of(event.at) <= as_of]
        read.sort(key=lambda event: (event.recorded, event.sequence, event.id))
        if not read:
            return found
        end = as_of or max(self.days.of(event.at) for event in read)
        for member in dict.fromkeys(event.member for event in read):
            mine: list[Event] = []
            for event in read:
                if event.member == member:
                    if any(event.at < other.at for other in mine):
                        found.late.append(event.id)
                    else:
                        mine.append(event)
            self._life(member, mine, end, found)
        return found

    # ------------------------------------------------------------ one member, day by day

    def _life(self, member: str, events: list[Event], end: date, found: Recounted) -> None:
        facts = self.members.get(member, {})
        ladders = self.program.ladders
        held = {name: Held(ladder.tiers[0].name, None) for name, ladder in ladders.items()}
        for name in ladders:
            found.moves.append((member, name, held[name].tier, events[0].at, "joined"))
        seen: list[Seen] = []
        dated = [(self.days.of(event.at), event) for event in events]
        today = dated[0][0]
        while today <= end:
            tiers = {name: each.tier for name, each in held.items()}
            for name, ladder in ladders.items():
                if moved := self._morning(ladder, held[name], View(seen, None, today, tiers, facts)):
                    if moved.tier != held[name].tier:
                        reason = "no longer met" if isinstance(ladder.lasts, nodes.WhileMet) else "term ended"
                        found.moves.append((member, name, moved.tier, self.days.start(today), reason))
                    held[name] = moved
            for day, event in dated:
                if day == today:
                    self._happen(event, day, held, seen, facts, found)
            today += timedelta(1)

    def _happen(
        self, event: Event, day: date, held: dict[str, Held], seen: list[Seen], member: Facts, found: Recounted
    ) -> None:
        tiers = {name: each.tier for name, each in held.items()}
        here = Seen(len(seen), event, day, self._facts(event, member), tiers)
        view = View(tuple(seen), here, day, tiers, member, here.facts)
        for rule in self.program.rules.values():
            gift = self._judge(rule, view) if event.type in rule.on else None
            if gift is not None:
                here.gifts[rule.name] = gift
        for name, gift in here.gifts.items():
            unit = self.program.rules[name].unit
            assert gift.quantity + gift.dropped + gift.cut == gift.exact
            found.awards[f"{event.type}/{event.id}/{name}"] = (
                event.member,
                event.id,
                name,
                unit,
                gift.quantity,
                gift.exact,
                gift.dropped,
                gift.cut,
                event.at,
            )
            found.balances[event.member, unit] = found.balances.get((event.member, unit), ZERO) + gift.quantity
        seen.append(here)
        after = View(tuple(seen), None, day, tiers, member)
        for name, ladder in self.program.ladders.items():
            counted, now = self._counted(ladder, after), ladder.rank(held[name].tier)
            if counted > now:
                held[name] = self._from(ladder, counted, day)
                found.moves.append((event.member, name, held[name].tier, event.at, "reached"))
            elif counted < now and isinstance(ladder.lasts, nodes.WhileMet):
                held[name] = self._from(ladder, counted, day)
                found.moves.append((event.member, name, held[name].tier, event.at, "no longer met"))

    # ------------------------------------------------------------ tiers

    def _counted(self, ladder: nodes.Ladder, view: View) -> int:
        """The place of the tier that the count reaches."""
        assert ladder.counts is not None
        count = self.value(ladder.counts, view)
        reached = [place for place, step in enumerate(ladder.tiers) if step.at is None or count >= step.at]
        return max(reached)

    def _from(self, ladder: nodes.Ladder, place: int, day: date) -> Held:
        """A tier that is held from a day on."""
        tier = ladder.tiers[place].name
        if place == 0:
            return Held(tier, None)
        match ladder.lasts:
            case nodes.Duration(days, months):
                return Held(tier, (months_on(day, months) if months else day + timedelta(days)) - timedelta(1))
            case nodes.Calendar(period, ahead):
                last = self.days.last_of(period, day)
                for _ in range(ahead):
                    last = self.days.last_of(period, last + timedelta(1))
                return Held(tier, last)
        return Held(tier, None)

    def _morning(self, ladder: nodes.Ladder, held: Held, view: View) -> Held | None:
        """What becomes of a tier at the start of a day; None where nothing is due."""
        now = ladder.rank(held.tier)
        if now == 0:
            return None
        today = view.day
        if isinstance(ladder.lasts, nodes.WhileMet):
            counted = self._counted(ladder, view)
            return Held(ladder.tiers[counted].name, None) if counted < now else None
        if held.last_day is None or held.last_day >= today:
            return None
        always_ends = isinstance(ladder.lasts, nodes.Calendar) and ladder.lasts.ahead == 0
        reviewed = today if always_ends else held.last_day
        counted = self._counted(ladder, replace(view, day=reviewed))
        if counted > now:
            counted = now  # tiers rise after events only
        # "one more year", "12 months more"; what comes after a term through an end goes on from its last day
        start = held.last_day if isinstance(ladder.lasts, nodes.Calendar) and not always_ends else today
        if not always_ends and counted >= now:
            return self._from(ladder, now, start)
        match ladder.falls:
            case nodes.Fall.ONE:
                to = max(now - 1, counted)
            case nodes.Fall.COUNTED:
                to = counted
            case nodes.Fall.LOWEST:
                to = 0
            case nodes.Fall.NEVER:
                to = now
        return self._from(ladder, to, start)

    # ------------------------------------------------------------ facts

    def _facts(self, event: Event, member: Facts) -> dict[str, Any]:
        record = self.program.events[event.type]
        facts: dict[str, Any] = {
            name: event.facts.get(name) for name, fact in record.facts.items() if fact.value is None
        }
        for name, fact in record.facts.items():
            if fact.value is None and isinstance(fact.type, types.Lines):
                facts[name] = tuple(
                    self._derived(self.program.records[fact.type.record], dict(line), member) for line in facts[name]
                )
        return self._derived(record, facts, member)

    def _derived(self, record: nodes.Record, facts: dict[str, Any], member: Facts) -> dict[str, Any]:
        for name, fact in record.facts.items():
            if fact.value is not None:
                facts[name] = self.value(fact.value, View((), None, date(2000, 1, 1), {}, member, facts, facts))
        return facts

    # ------------------------------------------------------------ rules

    def _holds(self, rule: nodes.Rule, view: View) -> bool:
        """Whether the guards hold at an event."""
        assert view.here is not None
        if view.here.event.type not in rule.on or not all([self.value(each, view) for each in rule.when]):
            return False
        wall = self.days.wall(view.here.event.at).time()
        return all(any(self._during(stretch, view.day, wall) for stretch in line) for line in rule.during)

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

    def _bases(self, rule: nodes.Rule, view: View) -> list[Fraction]:
        """What an event adds to an accumulated total, guards or not."""
        assert isinstance(rule.give, nodes.Apply)
        return [max(ZERO, self.value(rule.give.base, each)) for each in self._views(rule, view)]

    def _at(self, view: View, seen: Seen) -> View:
        """How it looked at an earlier event, or at this one."""
        return View(view.past[: seen.index], seen, seen.day, seen.tiers, view.member, seen.facts)

    def _judge(self, rule: nodes.Rule, view: View) -> Gift | None:
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

    def _accumulated(
        self, rule: nodes.Rule, view: View, to_grid: Callable[[Fraction], Fraction], place: nodes.RoundPlace
    ) -> tuple[Fraction, Fraction]:
        assert isinstance(rule.give, nodes.Apply) and rule.accumulate is not None
        before = ZERO
        for seen in view.past:
            then = self._at(view, seen)
            period = rule.accumulate.period
            together = period is None or self.days.label(period, seen.day) == self.days.label(period, view.day)
            # what "R" gave is looked up in the gifts of that event
            if together and self._holds(rule, then):
                before += sum(self._bases(rule, then), ZERO)
        rate = self.value(rule.give.rate, view)
        bases = self._bases(rule, view)
        total = before + sum(bases, ZERO)
        exact = applied(rate, total) - applied(rate, before)
        if place is nodes.RoundPlace.TOTAL:
            return exact, to_grid(applied(rate, total)) - to_grid(applied(rate, before))
        return exact, to_grid(exact)

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

    def _given_before(self, rule: nodes.Rule, limit: nodes.Limit, view: View) -> list[Fraction]:
        assert view.facts is not None
        return [
            seen.gifts[rule.name].quantity
            for seen in view.past
            if rule.name in seen.gifts
            and self.days.holds(limit.window, view.day, seen.day)
            and all(seen.facts[name] == view.facts[name] for name in limit.fields)
        ]

    # ------------------------------------------------------------ values

    def value(self, expr: nodes.Expr, view: View) -> Any:
        """The value of an expression; None where it is missing."""
        again = lambda each: self.value(each, view)  # noqa: E731
        match expr:
            case nodes.Literal(value):
                return value
            case nodes.Field(scope, name):
                if scope is nodes.Scope.MEMBER:
                    return view.member.get(name)
                facts = view.line if scope is nodes.Scope.LINE else view.facts
                assert facts is not None
                return facts[name]
            case nodes.Moment(part):
                if part == "date":
                    return view.day
                if part == "weekday":
                    return NAMES[view.day.weekday()]
                assert part == "at" and view.here is not None
                return view.here.event.at
            case nodes.Standing(ladder):
                return view.tiers[ladder]
            case nodes.Measured(meter, aggregate, window):
                return self._measured(self.program.meters[meter], aggregate, window, view)
            case nodes.Earned(unit, rule, window):
                gifts = [
                    gift.quantity
                    for seen in view.past
                    if self.days.holds(window, view.day, seen.day)
                    for name, gift in seen.gifts.items()
                    if (self.program.rules[name].unit == unit if rule is None else name == rule)
                ]
                return sum(gifts, ZERO)
            case nodes.Available(unit):
                gifts = [
                    gift.quantity
                    for seen in view.past
                    for name, gift in seen.gifts.items()
                    if self.program.rules[name].unit == unit
                ]
                return sum(gifts, ZERO)
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
                return self._put_together(aggregate, values, expr.value)
            case nodes.Defined(measure):
                return again(self.program.measures[measure].value)
            case nodes.Lookup(name, keys, column):
                table, found = self.program.tables[name], tuple(again(key) for key in keys)
                rows = [row.results for row in table.rows if row.keys == found]
                return again((rows[0] if rows else table.otherwise)[column])
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

    def _measured(self, meter: nodes.Meter, aggregate: nodes.Aggregate, window: nodes.Window, view: View) -> Any:
        looked_at = [*view.past, *([view.here] if view.here is not None and meter.sees_event else [])]
        values: list[Any] = []
        latest: date | None = None
        for seen in looked_at:
            if seen.event.type != meter.event or not self.days.holds(window, view.day, seen.day):
                continue
            then = self._at(view, seen)
            for there in (
                [then] if meter.lines is None else [replace(then, line=line) for line in seen.facts[meter.lines]]
            ):
                if meter.where is None or self.value(meter.where, there):
                    values.append(None if meter.value is None else self.value(meter.value, there))
                    latest = seen.day
        if aggregate is nodes.Aggregate.DAYS_SINCE:
            return None if latest is None else (view.day - latest).days
        return self._put_together(aggregate, values, meter.value)

    def _put_together(self, aggregate: nodes.Aggregate, values: list[Any], of: nodes.Expr | None) -> Any:
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
            if isinstance(of.type, types.Months):
                return months_on(left, sign * int(right))
            return left + timedelta(sign * int(right))
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
