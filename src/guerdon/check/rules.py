"""Rules: each checked when it is first named, so that they end in the order of what they read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from guerdon.check import measured
from guerdon.check.arithmetic import present
from guerdon.check.expressions import condition, quantity, typed
from guerdon.check.facts import clock, lines_of, weekday
from guerdon.check.limits import finer, limit, not_awarded
from guerdon.check.names import Names, clause, clauses
from guerdon.check.scene import Scene
from guerdon.check.wording import plain, quoted, show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit
from guerdon.text.source import Span


@dataclass
class Rules:
    """Checks rules and measures on demand; what is on its way shows circles."""

    names: Names
    under_way: list[str] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    def all(self) -> None:
        """Checks every measure and rule, in text order where nothing else decides."""
        for (keyword, name), declaration in list(self.names.declared.items()):
            assert declaration.name or keyword in ("program", "member")
            if keyword == "measure":
                self.measure(name, declaration.span)
            elif keyword == "rule":
                self.rule(name, declaration.span)

    def measure(self, name: str, span: Span) -> nodes.Measure | None:
        """The measure of this name; None where it was reported."""
        names = self.names
        if name in names.measures or name in names.failed:
            return names.measures.get(name)
        declaration = names.declared["measure", name]
        written = clause(declaration, tree.IsClause)
        if written is None:
            assert declaration.name is not None
            names.report("G320", f"the measure `{name}` measures nothing", declaration.name.span, "`is` is missing",
                         help=("write `is` below it, like `is count of purchase this month`",))  # fmt: skip
            names.failed.add(name)
            return None
        if self._circle(f"`{name}`", span):
            names.failed.add(name)
            return None
        self.under_way.append(f"`{name}`")
        value = typed(written.value, Scene(f"`{name}`", named=False), names)
        self.under_way.pop()
        if value is None:
            names.failed.add(name)
            return None
        assert declaration.name is not None
        names.measures[name] = nodes.Measure(name, value, span=declaration.name.span)
        return names.measures[name]

    def rule(self, name: str, span: Span) -> nodes.Rule | None:
        """The rule of this name; None where it was reported."""
        names = self.names
        if ("rule", name) not in names.declared:
            names.unknown("G120", f"no rule is called \"{name}\"", span, names.names("rule"), "unknown rule")
            return None
        if name in names.rules or name in self.broken:
            return names.rules.get(name)
        if self._circle(f'"{name}"', span):
            return None
        self.under_way.append(f'"{name}"')
        found = self._checked(names.declared["rule", name])
        self.under_way.pop()
        if found is None:
            self.broken.add(name)
            return None
        names.rules[name] = found
        return found

    def unit(self, name: str, span: Span) -> str | None:
        """The unit that a rule gives; a rule may ask for its own once its `give` is known."""
        if name in self.units:
            return self.units[name]
        found = self.rule(name, span)
        return found.unit if found else self.units.get(name)

    def _circle(self, name: str, span: Span) -> bool:
        if name not in self.under_way:
            return False
        path = [*self.under_way[self.under_way.index(name) :], name]
        self.names.report(
            "G321", f"{name} depends on itself", span, "closes the circle",
            help=(f"the path is {' -> '.join(path)}",),
        )  # fmt: skip
        return True

    # ------------------------------------------------------------ one rule

    def _checked(self, declaration: tree.Declaration) -> nodes.Rule | None:
        names = self.names
        assert isinstance(declaration.name, tree.String)
        before = len([each for each in names.found if each.is_error])
        on = self._events(declaration)
        if on is None:
            return None
        scene = _scene(on, names)
        each, inside = self._each(declaration, scene, on)
        give = self._give(declaration, inside) if inside else None
        if give is not None and isinstance(give.type, types.Quantity):
            self.units[declaration.name.text] = give.type.unit  # from here on its guards may ask for it
        when = [condition(guard.condition, scene, names) for guard in clauses(declaration, tree.When)]
        if give is None:
            return None
        unit = self.units[declaration.name.text]
        because = clause(declaration, tree.Because)
        rule = nodes.Rule(
            declaration.name.text,
            on,
            tuple(guard for guard in when if guard is not None),
            tuple(tuple(map(_Stretches(names), during.stretches)) for during in clauses(declaration, tree.During)),
            each,
            self._accumulate(declaration, give, each),
            give,
            unit,
            self._minimum(declaration, unit),
            self._rounding(declaration, give, each),
            tuple(filter(None, (limit(written, unit, scene, names) for written in clauses(declaration, tree.Limit)))),
            because.text.text if because else None,
            span=declaration.name.span,
        )
        return rule if len([each for each in names.found if each.is_error]) == before else None

    def _events(self, declaration: tree.Declaration) -> tuple[str, ...] | None:
        on = clause(declaration, tree.On)
        if on is None:
            assert declaration.name is not None
            self.names.report(
                "G322", "a rule says on which event it is looked at", declaration.name.span, "`on` is missing",
                help=(f"write `on {next(iter(self.names.events), 'purchase')}`",),
            )  # fmt: skip
            return None
        for event in on.events:
            if event.text not in self.names.events:
                self.names.unknown("G115", f"no event is called `{event.text}`", event.span, self.names.events)
                return None
        return tuple(dict.fromkeys(event.text for event in on.events))

    def _each(self, declaration: tree.Declaration, scene: Scene, on: tuple[str, ...]) -> tuple[nodes.Each | None, Scene | None]:
        """The lines that a rule looks at one by one, and the scene inside; no scene where that can't be made out."""
        written, names = clause(declaration, tree.Each), self.names
        if written is None:
            return None, scene
        record = written.record.text
        lists = lines_of(scene.event, record)
        if len(lists) != 1:
            if record not in names.records:
                names.unknown("G118", f"no record is called `{record}`", written.record.span, names.records)
            elif names.damaged.isdisjoint(on):  # else its list may have been reported
                what = f"has {len(lists)} lists" if lists else "has no list"
                help_line = f"list them in records of their own, one for each of {quoted(lists)}" if lists else f"write `lines list of {record}` below {scene.what}"
                names.report("G323", f"{scene.what} {what} of `{record}`", written.record.span, "which lines?", help=(help_line,))
            return None, None
        inside = scene.inside(names.records[record].facts)
        where = condition(written.where, inside, names) if written.where else None
        return nodes.Each(lists[0], where, span=written.span), inside

    def _give(self, declaration: tree.Declaration, scene: Scene) -> nodes.Expr | None:
        names = self.names
        written = clause(declaration, tree.Give)
        if written is None:
            assert declaration.name is not None
            names.report("G324", "a rule gives something", declaration.name.span, "`give` is missing",
                         help=(f"write `give`, like `give 10 {next(iter(names.units), 'point')}`",))  # fmt: skip
            return None
        if written.to is not None and written.to.text != "member":
            names.report("G325", "what a rule gives goes to the event's member", written.to.span, "not here",
                         help=("write `to member`",))  # fmt: skip
        value = typed(written.value, scene, names)
        if value is None or present(value, names) is None:
            return None
        if not isinstance(value.type, types.Quantity) or value.type.unit not in names.units:
            not_awarded(value, written.value.span, names)
            return None
        return value

    def _accumulate(
        self, declaration: tree.Declaration, give: nodes.Expr, each: nodes.Each | None
    ) -> nodes.Accumulate | None:
        """Bases add up per member and period; the rate must be one for all that is added."""
        written, names = clause(declaration, tree.Accumulate), self.names
        if written is None:
            return None
        words = [per.scope.text for per in written.per if isinstance(per.scope, tree.Period)]
        if "member" not in words or len(words) != len(written.per) or len(words) > 2:
            names.report("G326", "`accumulate` adds up per member, and within a period if one is named", written.span,
                         "not this", help=("write `accumulate per member per month`, or `accumulate per member`",))  # fmt: skip
            return None
        if not isinstance(give, nodes.Apply):
            names.report("G327", "`accumulate` adds up the base of a rate or percentage, and there is none", written.span,
                         "nothing to add up", related=((give.span, "no base here"),),
                         help=("give a rate `of` something, like `1 star per full 25 USD of amount`",))  # fmt: skip
            return None
        if each is not None and _reads_line(give.rate):
            names.report("G328", "the rate differs from line to line, so their bases can't be added up", give.rate.span,
                         "reads the line", related=((written.span, "adds up"),),
                         help=("write a rule for each rate, with `each ... where ...`",))  # fmt: skip
            return None
        of = next((per.scope for per in written.per if isinstance(per.scope, tree.Period) and per.scope.text != "member"), None)
        period = measured.period(of, names) if of else None
        return nodes.Accumulate(period, span=written.span) if period or of is None else None

    def _minimum(self, declaration: tree.Declaration, unit: str) -> Fraction | None:
        written = clause(declaration, tree.Minimum)
        if written is None:
            return None
        found = quantity(written.quantity, self.names)
        if found is None:
            return None
        step = self.names.units[unit].step
        if not isinstance(found.type, types.Quantity) or found.type.unit != unit:
            self.names.report("G217", f"this rule gives {unit}, so its minimum is so much {unit}", written.quantity.span,
                              show(found.type), help=(f"write `minimum 10 {unit}`",))  # fmt: skip
            return None
        assert isinstance(found.value, Fraction)
        if not types.on_grid(found.value, step):
            finer(written.quantity.span, self.names.units[unit], self.names)
        return found.value

    def _rounding(
        self, declaration: tree.Declaration, give: nodes.Expr, each: nodes.Each | None
    ) -> nodes.Rounding | None:
        """How the award becomes whole steps; needed unless nothing is left to round."""
        written, names, written_give = clause(declaration, tree.Round), self.names, clause(declaration, tree.Give)
        assert isinstance(give.type, types.Quantity) and written_give is not None
        unit = names.units[give.type.unit]
        if written is None:
            if not types.on_grid(give.type.step, unit.step):
                if isinstance(give, nodes.Literal):
                    finer(give.span, unit, names)
                    return None
                of = "a whole" if unit.decimals == 0 else f"{plain(unit.step)}"
                message = f"this can come to a fraction of {of} {unit.name}: say how it is rounded"
                below = Span(give.span.source, written_give.span.end, written_give.span.end)
                names.report(
                    "G219", message, give.span, f"a fractional {unit.name}",
                    help=("add the line `round down per event`, or `half up`, `half even` or `up`",),
                    edit=Edit(below, f"\n{' ' * (written_give.span.source.place(written_give.span.start)[1] - 1)}round down per event"),
                )  # fmt: skip
            return None
        places_known = [place.value for place in nodes.RoundPlace]
        if written.place.text not in places_known:
            names.unknown("G329", f"nothing is rounded per `{written.place.text}`", written.place.span, places_known, "not known")
            return None
        place = nodes.RoundPlace(written.place.text)
        needs: dict[nodes.RoundPlace, tuple[str, object]] = {
            nodes.RoundPlace.LINE: ("each", each),
            nodes.RoundPlace.TOTAL: ("accumulate", clause(declaration, tree.Accumulate)),
        }
        if place in needs and needs[place][1] is None:
            word = needs[place][0]
            names.report("G330", f"`per {place.value}` needs `{word}`, and this rule has none", written.span, f"per {place.value}",
                         help=("write `per event`",), edit=Edit(written.place.span, "event"))  # fmt: skip
            return None
        return nodes.Rounding(nodes.RoundMode(" ".join(written.mode.text.split())), place, span=written.span)


def _scene(on: tuple[str, ...], names: Names) -> Scene:
    """The facts that all of the events have, with the same type."""
    first, *others = (names.events[event].facts for event in on)
    shared = {
        name: fact for name, fact in first.items() if all(name in each and each[name].type == fact.type for each in others)
    }
    return Scene(quoted(on), shared)


def _reads_line(expr: object) -> bool:
    """Whether a line's fact is read anywhere in it."""
    if isinstance(expr, nodes.Field):
        return expr.scope is nodes.Scope.LINE
    if isinstance(expr, tuple):
        return any(map(_reads_line, expr))
    return isinstance(expr, nodes.Node) and any(_reads_line(getattr(expr, name)) for name in expr.field_names)


class _Stretches:
    """Makes the days, weekdays or hours of `during`; what is wrong is reported."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def __call__(self, written: tree.Stretch) -> nodes.Stretch:
        match written:
            case tree.Dates(first, last):
                start, end = date.fromisoformat(first.text), date.fromisoformat((last or first).text)
                if end < start:
                    assert last is not None
                    turned = f"{last.text} through {first.text}"
                    self.names.report("G331", "this ends before it starts", written.span, "no day at all",
                                      help=(f"write `{turned}`",), edit=Edit(written.span, turned))  # fmt: skip
                return nodes.Dates(start, end + timedelta(1) if end < date.max else None)
            case tree.FromDate(day):
                return nodes.Dates(date.fromisoformat(day.text), None, span=written.span)
            case tree.BeforeDate(day):
                return nodes.Dates(None, date.fromisoformat(day.text), span=written.span)
            case tree.Weekdays(one, other):
                return self._weekdays(one, other or one, written.span)
            case tree.Hours(opens, closes):
                return nodes.Hours(clock(opens, self.names), clock(closes, self.names))

    def _weekdays(self, one: tree.Name, other: tree.Name, span: Span) -> nodes.Weekdays:
        first = weekday(one, self.names)
        last = first if other is one else weekday(other, self.names)
        return nodes.Weekdays(frozenset((first + ahead) % 7 for ahead in range((last - first) % 7 + 1)), span=span)
