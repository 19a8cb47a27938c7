"""Rules: each checked when it is first named, so that they end in the order of what they read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from guerdon.check import (
    control,
    giving,
    grouped,
    groups,
    holds,
    measured,
    messages,
    offers,
    paying,
    ranks,
    receiving,
    redeems,
    triggers,
)
from guerdon.check.admitted import limit_of
from guerdon.check.builtin import NAMES, unknown_event
from guerdon.check.during import during
from guerdon.check.expressions import condition, typed
from guerdon.check.facts import lines_of, shared
from guerdon.check.limits import limit
from guerdon.check.names import Names, clause, clauses
from guerdon.check.scene import Scene
from guerdon.check.wording import quoted
from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.syntax import tree
from guerdon.text.source import Span

MOST_DEEP = 50


@dataclass
class Rules:
    """Checks rules and measures on demand; what is on its way shows circles."""

    names: Names
    under_way: list[str] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    guessed: dict[str, tuple[str, Span]] = field(default_factory=dict)  # units of rules that ask what they gave before
    depths: dict[str, int] = field(default_factory=dict)  # of measures that name measures

    def all(self) -> None:
        """Checks every measure and rule, in text order where nothing else decides."""
        for (keyword, name), declaration in list(self.names.declared.items()):
            assert declaration.name or keyword in ("program", "member")
            if keyword == "measure":
                self.measure(name, declaration.span)
            elif keyword == "rule":
                self._ambiguous(name, declaration)
                self.rule(name, declaration.span)
            elif keyword == "group":
                self.group(name, declaration.span)

    def _ambiguous(self, name: str, declaration: tree.Declaration) -> None:
        """Reports a name that can't be told from another's in the id of an award, which ends with the rule's."""
        rules = self.names.names("rule")
        others = [each for each in rules if name.endswith(f"/{each}") or name.startswith(f"{each}/")]
        if not others and name not in NAMES and not name.isdecimal():
            return
        assert declaration.name is not None
        self.names.report(
            "G419",
            f'the ledger could not tell what "{name}" gave from what '
            + (f'"{others[0]}" gave' if others else "comes of a built-in event"),
            declaration.name.span,
            "a name that means something else there",
            help=("give the rule another name",),
        )

    def measure(self, name: str, span: Span) -> nodes.Measure | None:
        """The measure of this name; None where it was reported."""
        names = self.names
        if name in names.measures or name in names.failed:
            return names.measures.get(name)
        declaration = names.declared["measure", name]
        written = clause(declaration, tree.IsClause)
        if written is None:
            assert declaration.name is not None
            names.report(
                "G320",
                f"the measure `{name}` measures nothing",
                declaration.name.span,
                "`is` is missing",
                help=("write `is` below it, like `is count of purchase this month`",),
            )
            names.failed.add(name)
            return None
        if self._circle(f"`{name}`", span):
            names.failed.add(name)
            return None
        self.under_way.append(f"`{name}`")
        scene = Scene(f"`{name}`", named=False)
        value = typed(written.value, scene, names)
        ranking, fine = ranks.ranking(declaration, value, scene, names) if value is not None else (None, False)
        self.under_way.pop()
        if value is None or not fine:
            names.failed.add(name)
            return None
        assert declaration.name is not None
        self.depths[name] = 1 + max((self.depths[each] for each in _named(value)), default=0)
        if self.depths[name] > MOST_DEEP:
            self._too_deep(declaration.name.span)
            names.failed.add(name)
            return None
        names.measures[name] = nodes.Measure(name, value, ranking, span=declaration.name.span)
        return names.measures[name]

    def rule(self, name: str, span: Span) -> nodes.Rule | None:
        """The rule of this name; None where it was reported."""
        names = self.names
        if ("rule", name) not in names.declared:
            grouped.not_a_rule(name, span, names, of_group=True)
            return None
        if name in names.rules or name in self.broken:
            return names.rules.get(name)
        if self._circle(f'"{name}"', span):
            return None
        self.under_way.append(f'"{name}"')
        for other, place in paying.replacing(name, names):  # whether this one counts is known before
            self.rule(other, place)
        found = self._checked(names.declared["rule", name])
        self.under_way.pop()
        if found is None:
            self.broken.add(name)
            return None
        meant, asked = self.guessed.get(name, (found.unit, span))
        if meant != found.unit:
            self._circle_of([f'"{name}"', f'"{name}"'], asked)
            return None
        names.rules[name] = found
        return found

    def group(self, name: str, span: Span) -> nodes.Group | None:
        """The group of this name, after its rules; None where it was reported."""
        names = self.names
        if name in names.groups or name in self.broken:
            return names.groups.get(name)
        if self._circle(f'"{name}"', span):
            return None
        self.under_way.append(f'"{name}"')
        found = groups.group(names.declared["group", name], names)
        self.under_way.pop()
        if found is None:
            self.broken.add(name)
            return None
        names.groups[name] = found
        return found

    def unit(self, name: str, span: Span) -> str | None:
        """The unit that a rule or a group gives; a rule may ask for its own once its `give` is known."""
        if ("rule", name) in self.names.declared and not messages.gives(name, span, self.names):
            return None
        if name in self.units:
            return self.units[name]
        if ("group", name) in self.names.declared:
            return grouped.unit(name, span, self.names)
        if f'"{name}"' in self.under_way and (meant := self._meant(name)) is not None:
            self.guessed[name] = meant, span
            return meant
        found = self.rule(name, span)
        return found.unit if found else self.units.get(name)

    def _meant(self, name: str) -> str | None:
        """The unit that a rule seems to give whose `give` asks what it gave before; None where it does not say."""
        declaration = self.names.declared["rule", name]
        give = clause(declaration, tree.Give) or clause(declaration, tree.Cost)
        written = [unit for unit in _units(give) if unit in self.names.units] if give else []
        return (
            next(iter(dict.fromkeys([*written, *self.names.units])), None)
            if written or len(self.names.units) == 1
            else None
        )

    def _too_deep(self, span: Span) -> None:
        self.names.report(
            "G354",
            f"more than {MOST_DEEP} rules or measures build on each other",
            span,
            "too deep from here",
            help=("name what is needed directly, instead of by way of the others",),
        )

    def _circle(self, name: str, span: Span) -> bool:
        """Whether a name depends on itself, or on too long a row of others; then it is reported."""
        if len(self.under_way) >= MOST_DEEP:
            self._too_deep(span)
            return True
        if name not in self.under_way:
            return False
        self._circle_of([*self.under_way[self.under_way.index(name) :], name], span)
        return True

    def _circle_of(self, path: list[str], span: Span) -> None:
        self.names.report(
            "G321",
            f"{path[0]} depends on itself",
            span,
            "closes the circle",
            help=(f"the path is {' -> '.join(path)}", *self._first(path)),
        )

    def _first(self, path: list[str]) -> Iterator[str]:
        """Which of a circle's rules come first because they replace another."""
        for name, before in pairwise(path):
            if before.strip('"') in [other for other, _ in paying.replacing(name.strip('"'), self.names)]:
                yield f"{before} is looked at before {name}, which it replaces"

    # ------------------------------------------------------------ one rule

    def _checked(self, declaration: tree.Declaration) -> nodes.Rule | None:
        names = self.names
        assert isinstance(declaration.name, tree.String)
        before = len([each for each in names.found if each.is_error])
        on = self._events(declaration)
        if on is None:
            return None
        scene = shared(on, names)
        offer = self._offer(declaration) if offers.is_offer(declaration) else None
        each: nodes.Each | None = None
        inside: Scene | None = scene
        asked = scene
        if offers.is_offer(declaration):
            if offer is None:
                return None
            facts = offers.facts(shared(offer.opens, names).event)
            inside = asked = replace(scene, offer=declaration.name.text, opened=facts)
            scene = replace(scene, of_all=True)
        else:
            each, inside = self._each(declaration, scene, on)
        give = giving.give(declaration, inside, names) if inside else None
        if give is not None and isinstance(give.type, types.Quantity):
            self.units[declaration.name.text] = give.type.unit  # from here on its guards may ask for it
        when = [condition(guard.condition, asked, names) for guard in clauses(declaration, tree.When)]
        if give is None:
            return None
        unit = self.units[declaration.name.text]
        because, to = clause(declaration, tree.Because), receiving.receiver(declaration, scene, names)
        rule = nodes.Rule(
            declaration.name.text,
            on,
            tuple(guard for guard in when if guard is not None),
            tuple(during(written, names) for written in clauses(declaration, tree.During)),
            each,
            giving.accumulate(declaration, give, each, scene, names),
            give,
            unit,
            giving.minimum(declaration, names.units[unit], names) if unit in names.units else None,
            giving.rounding(declaration, give, each, names),
            self._limits(declaration, unit, on, scene, give, each),
            because.text.text if because else None,
            to,
            receiving.shares(declaration, scene, names),
            holds.hold(declaration, on, unit, scene, names),
            paying.replaces(declaration, on, names),
            paying.funded(declaration, inside or scene, names),
            redeems.takes(declaration),
            clause(declaration, tree.FromOneExpiry) is not None,
            messages.text(declaration, names),
            offer,
            control.control(declaration, unit, names),
            span=declaration.name.span,
        )
        if rule.takes and len(rule.limits) == len(clauses(declaration, tree.Limit)):
            redeems.is_sound(declaration, rule, names)
        return rule if len([each for each in names.found if each.is_error]) == before else None

    def _limits(
        self,
        declaration: tree.Declaration,
        unit: str,
        on: tuple[str, ...],
        scene: Scene,
        give: nodes.Expr,
        each: nodes.Each | None,
    ) -> tuple[nodes.Limit, ...]:
        """Those of facts first: they come before what is given."""
        names = self.names
        sums_up = isinstance(give, nodes.Apply) and clause(declaration, tree.Accumulate) is not None
        seen = give.base if sums_up and isinstance(give, nodes.Apply) else give
        of_facts = (limit_of(written, on, scene, seen, each, names) for written in clauses(declaration, tree.LimitOf))
        who = "this rule takes" if redeems.takes(declaration) else "this rule gives"
        of_award = (limit(written, unit, on, scene, names, who) for written in clauses(declaration, tree.Limit))
        return tuple(filter(None, (*of_facts, *of_award)))

    def _offer(self, declaration: tree.Declaration) -> nodes.Offer | None:
        """What opens an offer and until when it is open; None where something was reported."""
        names = self.names
        opens, last = offers.opening(declaration, names), offers.last(declaration, names)
        on = self._named(opens, declaration) if opens is not None else None
        if opens is None or last is None or on is None:
            return None
        scene = replace(shared(on, names), named=False, opening=True)
        where = condition(opens.where, scene, names) if opens.where is not None else None
        if isinstance(last, tree.Within):
            time = measured.for_time(last.time, names)
            through = offers.after(time, last) if time is not None else None
        else:
            through = typed(last.last, scene, names)
        if through is None or not offers.is_moment(through, names) or (where is None and opens.where is not None):
            return None
        return nodes.Offer(on, where, through, span=opens.span)

    def _events(self, declaration: tree.Declaration) -> tuple[str, ...] | None:
        on = clause(declaration, tree.On)
        if on is None and redeems.takes(declaration):
            return (redeems.ASKED_BY,)
        if on is None:
            assert declaration.name is not None
            self.names.report(
                "G322",
                "a rule says on which event it is looked at",
                declaration.name.span,
                "`on` is missing",
                help=(f"write `on {next(iter(self.names.events), 'purchase')}`",),
            )
            return None
        return self._named(on, declaration)

    def _named(self, on: tree.On | tree.Opens, declaration: tree.Declaration) -> tuple[str, ...] | None:
        """The events or the trigger that a clause names; None where one was reported."""
        if not isinstance(on.what, tuple):
            name = triggers.words(on.what)
            if redeems.takes(declaration):
                redeems.not_asked_by(on.what, name, self.names)
                return None
            return (name,) if name in self.names.triggers else None
        for event in on.what:
            if event.text not in self.names.events:
                if not triggers.meant(event, self.names):
                    unknown_event(event, self.names)
                return None
            if redeems.takes(declaration) and not redeems.can_ask(event, self.names):
                return None
        return tuple(dict.fromkeys(event.text for event in on.what))

    def _each(
        self, declaration: tree.Declaration, scene: Scene, on: tuple[str, ...]
    ) -> tuple[nodes.Each | None, Scene | None]:
        """The lines that a rule looks at one by one, and the scene inside; no scene where that can't be made out."""
        written, names = clause(declaration, tree.Each), self.names
        if written is None:
            return None, scene
        record = written.record.text
        lists = lines_of(scene.event, record)
        if len(lists) != 1:
            if scene.trigger:
                help_line = "take `each` out; of the lines of events measures can be asked for"
                names.report(
                    "G323",
                    f"{scene.what} is no event, and has no lines",
                    written.span,
                    "which lines?",
                    help=(help_line,),
                )
            elif record not in names.records:
                names.unknown("G118", f"no record is called `{record}`", written.record.span, names.records)
            elif names.damaged.isdisjoint(on):  # else its list may have been reported
                what = f"has {len(lists)} lists" if lists else "has no list"
                help_line = (
                    f"list them in records of their own, one for each of {quoted(lists)}"
                    if lists
                    else f"write `lines list of {record}` below {scene.what}"
                )
                names.report(
                    "G323", f"{scene.what} {what} of `{record}`", written.record.span, "which lines?", help=(help_line,)
                )
            return None, None
        inside = scene.inside(names.records[record].facts)
        where = condition(written.where, inside, names) if written.where else None
        return nodes.Each(lists[0], where, span=written.span), inside


def _named(expr: nodes.Expr) -> Iterator[str]:
    """The measures that an expression names itself."""
    return (each.measure for each in walk(expr) if isinstance(each, nodes.Defined))


def _units(part: tree.Node) -> Iterator[str]:
    """The units that are written in a clause, in their order."""
    return (each.unit.text for each in walk(part) if isinstance(each, tree.Quantity))
