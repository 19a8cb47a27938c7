"""Expressions by chance: whoever needs a value asks for one of a kind, and gets one of the ways to write it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from tests.generated.chance import (
    BOOL,
    CATEGORIES,
    CHANNELS,
    DATE,
    DAYS,
    INSTANT,
    LEVELS,
    MONTHS,
    NUMBER,
    ORDERED,
    PERCENT,
    PERSON,
    RANK,
    TEXT,
    WEEKDAYS,
    Chance,
    Kind,
    Scene,
    maybe,
    sized,
)


class Expressions(Chance):
    """Writes expressions, in parentheses wherever they could be needed."""

    def somebody(self, scene: Scene) -> list[str]:
        """Who is named at a place; what is declared decides."""
        raise NotImplementedError

    def fields(self, scene: Scene, kind: Kind) -> list[str]:
        """The words that name a value of this kind, with a value for what may be missing."""
        found = []
        sources = [("", scene.event), *([("", scene.line)] if scene.line is not None else [])]
        if scene.opened is not None:
            sources.append(("opened.", scene.opened))
        if scene.whose is None:
            sources.append(("member.", self.member))
        if scene.named and "referrals" in self.knows:
            sources += [
                (f"{name}.", {fact: maybe(of) for fact, of in self.member.items()}) for name in self.somebody(scene)
            ]
        for before, facts in sources:
            for name, of in facts.items():
                hidden = before == "" and facts is scene.event and scene.line is not None and name in scene.line
                if sized(of) == kind and not hidden:
                    found.append(f"({before}{name} or {self.literal(kind)})" if of.optional else before + name)
        return found + [name for name, result in self.params.items() if result == kind and kind != TEXT]

    def expr(self, kind: Kind, scene: Scene, depth: int) -> str:
        """A value of this kind, in parentheses wherever they could be needed."""
        ways: list[Callable[[], str]] = []
        if kind.name not in ("instant", "choice", "text", "tier", "member"):
            ways.append(lambda: self.literal(kind))
        fields = self.fields(scene, kind)
        if fields:
            ways += [lambda: self.one_of(*fields)] * 2
        if scene.happens:
            ways += self._of_the_moment(kind, scene)
            if depth > 0:
                ways += self._of_the_past(kind, scene, depth)
        if depth > 0:
            ways += self._of_lines(kind, scene, depth)
            ways += self._put_together(kind, scene, depth)
        if not ways:
            ways.append(lambda: self.literal(kind))
        return self.one_of(*ways)()

    def can(self, kind: Kind, scene: Scene) -> bool:
        """Whether something of this kind can stand where a bare word would not be understood."""
        if self.fields(scene, kind) or (kind.name == "tier" and scene.happens):
            return True
        return scene.happens and (kind.of == tuple(WEEKDAYS) or bool(self._of_the_past(kind, scene, 0)))

    def subject(self, kind: Kind, scene: Scene, depth: int) -> str:
        """What can stand on the left of a comparison of words, texts and tiers."""
        ways: list[Callable[[], str]] = []
        fields = self.fields(scene, kind)
        if fields:
            ways.append(lambda: self.one_of(*fields))
        if scene.happens:
            ways += self._of_the_moment(kind, scene)
            if depth > 0 or not ways:
                ways += self._of_the_past(kind, scene, depth)
        return self.one_of(*ways)()

    def _of_the_moment(self, kind: Kind, scene: Scene) -> list[Callable[[], str]]:
        found: list[Callable[[], str]] = []
        measures = [name for name, of in self.measures.items() if of == kind]
        if measures and scene.whose is None:
            found.append(lambda: self.one_of(*measures))
        ranks = [name for name, of in self.measures.items() if of == RANK]
        if ranks and kind == NUMBER and scene.whose is None:
            found.append(lambda: f"({self.one_of(*ranks)} or {self.one_of('0', '3', '1000')})")
        match kind.name:
            case "date":
                found.append(lambda: "date")
                if "period days" in self.knows:
                    found.append(self._period_day)
            case "choice" if kind.of == tuple(WEEKDAYS):
                found.append(lambda: "weekday")
            case "tier":
                found.append(lambda: str(kind.of))
            case "instant" if scene.at_event:
                found.append(lambda: "at")
            case "quantity" if kind.of in self.units and scene.whose in (None, self.owner(kind.of)):
                found.append(lambda: f"({kind.of} available)")
                found.append(lambda: f"({kind.of} earned {self.window(scene)})")
                found.append(lambda: f"({kind.of} taken back {self.window(scene)})")
                rules = [name for name, unit in self.rules.items() if unit == kind.of]
                if rules:
                    found.append(
                        lambda: f'("{self.one_of(*rules)}" {self.one_of("earned", "taken back")} {self.window(scene)})'
                    )
                taking = [name for name, unit in self.redeems.items() if unit == kind.of]
                others = [name for name in (*rules, *taking) if name != self.own and self.at.get(name, "") == self.here]
                if scene.named and others:
                    found += [lambda: f'"{self.one_of(*others)}"', lambda: f'exact "{self.one_of(*others)}"']
        return found

    def _of_the_past(self, kind: Kind, scene: Scene, depth: int) -> list[Callable[[], str]]:
        """Aggregates over events, and over their lines; of a member, or of all members of an account."""
        found: list[Callable[[], str]] = []
        for event, facts in self.events.items():
            found += self._over_events(kind, event, Scene(facts), facts, depth, scene)
            for name, of in facts.items():
                if of.name == "lines":
                    inside = Scene(facts, self.line)
                    found += self._over_events(kind, f"{event}.{name}", inside, self.line, depth, scene)
        return found

    def _period_day(self) -> str:
        which = self.one_of("this", "next", "previous")
        return f"({self.one_of('first', 'last')} day of {which} {self.one_of(*self.periods)})"

    def _path(self, path: str, outside: Scene) -> str:
        """A path over a member's events, or over those of all members of an account."""
        if outside.whose is not None:
            return f"{outside.whose}.{path}"
        if self.accounts and self.chance(4):
            return f"{self.one_of(*self.accounts)}.{path}"
        return path

    def _where(self, scene: Scene, depth: int) -> str:
        return f" where {self.expr(BOOL, scene, depth - 2)}" if self.chance(3) else ""

    def _over_events(
        self, kind: Kind, path: str, scene: Scene, known: Mapping[str, Kind], depth: int, outside: Scene
    ) -> list[Callable[[], str]]:
        """Aggregates over an event, or over a list of its lines: what stands behind the path is judged in the scene."""

        moments = () if "." in path else ("date", "weekday")  # a line has no date of its own
        own, path = path, self._path(path, outside)

        def rest() -> str:
            if outside.opened is not None and path == own and self.chance(2):
                return f"{self._where(replace(scene, opened=outside.opened), depth)} since opened"
            return f"{self._where(scene, depth)} {self.window(outside)}"

        found: list[Callable[[], str]] = []
        of_any = [name for name, of in known.items() if of.name != "lines"]
        if kind == NUMBER:
            found.append(lambda: f"(count of {path}{rest()})")
            found.append(lambda: f"(distinct of {path}.{self.one_of(*of_any, *moments)}{rest()})")
            if "streaks" in self.knows:
                found += [lambda: self._streak(path, known, scene, depth, outside)] * 2
        if kind == DAYS:
            found += [lambda: f"(days since {path}{rest()} or {self.literal(kind)})"] * 4
        alike = [name for name, of in known.items() if sized(of) == kind] + (
            ["date"] if kind == DATE and moments else []
        )
        if alike and kind.name in ("quantity", "number"):
            found.append(lambda: f"(sum of {path}.{self.one_of(*alike)}{rest()})")
        if alike and kind != INSTANT:
            how = ("least", "most", "first", "last") if kind.name in ORDERED else ("first", "last")
            found.append(
                lambda: f"({self.one_of(*how)} of {path}.{self.one_of(*alike)}{rest()} or {self.literal(kind)})"
            )
        return found

    def _streak(self, path: str, known: Mapping[str, Kind], scene: Scene, depth: int, outside: Scene) -> str:
        """A streak of an event or of a list of its lines, by its own days and by those of its dates."""
        dates = [name for name, of in known.items() if sized(of) == DATE]
        came = [path, *(f"{path}.{name}" for name in dates)]
        of = ", ".join(each + self._where(scene, depth) for each in self.some(came, 1))
        missed = f", {self.one_of('1', '2')} missed" if self.chance(3) else ""
        shorter = [each for each in self.periods if each in ("day", "week", "month")]
        window, period = self.window(outside), self.one_of(*self.periods)
        if window.startswith(("this", "previous")):
            window, period = f"{window.split()[0]} {self.one_of('quarter', *self.periods[4:])}", self.one_of(*shorter)
        return f"(streak per {period} of {of}{missed} {window})"

    def _of_lines(self, kind: Kind, scene: Scene, depth: int) -> list[Callable[[], str]]:
        lists = [name for name, of in scene.event.items() if of.name == "lines"]
        return [each for lines in lists for each in self._over_lines(kind, lines, scene, depth)]

    def _over_lines(self, kind: Kind, lines: str, scene: Scene, depth: int) -> list[Callable[[], str]]:
        """Aggregates over the event's own lines."""

        def rest() -> str:
            return f"{self._where(replace(scene, line=self.line), depth)} this event"

        found: list[Callable[[], str]] = []
        alike = [name for name, of in self.line.items() if sized(of) == kind]
        if kind == NUMBER:
            found.append(lambda: f"(count of {lines}{rest()})")
            found.append(lambda: f"(distinct of {lines}.{self.one_of(*self.line)}{rest()})")
        if alike and kind.name in ("quantity", "number"):
            found.append(lambda: f"(sum of {lines}.{self.one_of(*alike)}{rest()})")
        if alike and kind.name in ORDERED:
            how = "least", "most"
            found.append(
                lambda: f"({self.one_of(*how)} of {lines}.{self.one_of(*alike)}{rest()} or {self.literal(kind)})"
            )
        return found

    def lookup(self, table: str, scene: Scene, depth: int) -> str:
        name, _, column = table.partition(".")
        if name in self.grids:
            keys = [self.key(key, scene, depth) for key in self.grids[name].keys]
            return f"{name}({', '.join(keys)}){f'.{column}' if column else ''}"
        return f"{table}({self.key(self.tables[table][0], scene, depth)})"

    def key(self, key: Kind, scene: Scene, depth: int) -> str:
        if key.name in ("text", "choice", "tier"):
            return self.subject(key, scene, depth)
        return self.expr(key, scene, depth)

    def known(self, key: Kind, scene: Scene) -> bool:
        """Whether there are values of a key here."""
        return key.name not in ("text", "choice", "tier") or self.can(key, scene)

    def looked_up(self, of: Kind | tuple[str, str], scene: Scene) -> list[str]:
        """The tables with such results whose key is known here."""
        if not scene.happens:
            return []
        return [name for name, (key, result) in self.tables.items() if result == of and self.known(key, scene)] + [
            f"{name}.{column}" if column else name
            for name, grid in self.grids.items()
            for column, result in grid.columns.items()
            if result == of and all(self.known(key, scene) for key in grid.keys)
        ]

    def rate(self, unit: str, per: str, scene: Scene, depth: int) -> str:
        """A rate of `unit` per `per`."""
        tables = self.looked_up((unit, per), scene)
        if tables and self.chance(2):
            return self.lookup(self.one_of(*tables), scene, depth)
        params = [name for name, of in self.params.items() if of == (unit, per)]
        return self.one_of(*params) if params and self.chance(2) else self.plain_rate(unit, per)

    def plain_rate(self, unit: str, per: str, full: bool = False, never_full: bool = False) -> str:
        steps = "full " if full or (not never_full and self.chance(3)) else ""
        return f"{self.amount(unit)} per {steps}{self.amount(per, positive=True)}"

    def _put_together(self, kind: Kind, scene: Scene, depth: int) -> list[Callable[[], str]]:
        def again(of: Kind) -> str:
            return self.expr(of, scene, depth - 1)

        def another(of: Kind) -> str:
            return f"({again(of)} {self.one_of('+', '-')} {again(of)})"

        def extreme() -> str:
            return f"{self.one_of('min', 'max')}({', '.join(again(kind) for _ in range(self.count(3, 2)))})"

        tables = self.looked_up(kind, scene)
        found: list[Callable[[], str]] = [lambda: self.lookup(self.one_of(*tables), scene, depth - 1)] if tables else []
        match kind.name:
            case "quantity":
                found += [
                    lambda: another(kind),
                    extreme,
                    lambda: f"({again(kind)} * {again(NUMBER)})",
                    lambda: f"({again(NUMBER)} * {again(kind)})",
                    lambda: f"({again(kind)} / {self.one_of('2', '3', '0.7')})",
                    lambda: f"({again(kind)} / ({again(NUMBER)} + 0) or {self.amount(kind.of)})",
                    lambda: f"({again(PERCENT)} of {again(kind)})",
                    lambda: self._rated(kind.of, scene, depth),
                ]
            case "number":
                unit, length = self.one_of(self.currency, *self.units), self.one_of(DAYS, MONTHS)
                found += [
                    lambda: another(kind),
                    extreme,
                    lambda: f"({again(NUMBER)} * {again(NUMBER)})",
                    lambda: f"({again(NUMBER)} / {self.one_of('2', '3', '0.7')})",
                    lambda: f"({again(NUMBER)} / ({again(NUMBER)} + 0) or {self.decimal()})",
                    lambda: (
                        f"({again(Kind('quantity', unit))} / ({again(Kind('quantity', unit))} + 0 {unit}) or {self.decimal()})"
                    ),
                    lambda: f"({again(PERCENT)} of {again(NUMBER)})",
                    lambda: f"({again(length)} / ({again(length)} + 0 {length.name}) or {self.decimal()})",
                ]
            case "percent":
                found += [lambda: f"({again(PERCENT)} + {again(PERCENT)})"]
            case "date":
                found += [
                    lambda: f"({again(DATE)} {self.one_of('+', '-')} {self.expr(self.one_of(DAYS, MONTHS), scene, 0)})",
                    extreme,
                ]
            case "days":
                found += [lambda: f"({again(DATE)} - {again(DATE)})", lambda: another(kind), extreme]
            case "months":
                found += [lambda: another(kind), extreme]
            case "bool":
                found += self._conditions(scene, depth)
        return found

    def _rated(self, unit: str, scene: Scene, depth: int) -> str:
        per = self.one_of(self.currency, *self.units)
        return f"({self.rate(unit, per, scene, depth - 1)} of {self.expr(Kind('quantity', per), scene, depth - 1)})"

    def _conditions(self, scene: Scene, depth: int) -> list[Callable[[], str]]:
        def compared() -> str:
            kind = self.one_of(
                Kind("quantity", self.currency),
                Kind("quantity", next(iter(self.units))),
                NUMBER,
                NUMBER,
                DATE,
                DAYS,
                DAYS,
                MONTHS,
            )
            operator = self.one_of("<", "<=", ">", ">=", "is", "is not")
            return f"({self.expr(kind, scene, depth - 1)} {operator} {self.expr(kind, scene, depth - 1)})"

        def listed() -> str:
            kind = self.one_of(Kind("quantity", self.currency), NUMBER, DATE)
            values = ", ".join(self.expr(kind, scene, depth - 2) for _ in range(self.count(3, 1)))
            return f"({self.expr(kind, scene, depth - 1)} {self.one_of('in', 'not in')} [{values}])"

        def worded() -> str:
            kinds = [
                Kind("choice", CHANNELS),
                Kind("choice", tuple(WEEKDAYS)),
                Kind("choice", CATEGORIES),
                Kind("choice", LEVELS),
                TEXT,
                PERSON,
            ]
            kinds += [Kind("tier", name) for name in self.ladders] * 2
            able = [kind for kind in kinds if self.can(kind, scene)]
            if not able:
                return compared()
            kind = self.one_of(*able)
            left = self.subject(kind, scene, depth - 1)
            if self.chance(3):
                return f"({left} {self.one_of('in', 'not in')} [{', '.join(self.literal(kind) for _ in range(self.count(2, 1)))}])"
            operators = ("is", "is not", "<", "<=", ">", ">=") if kind.name == "tier" else ("is", "is not")
            return f"({left} {self.one_of(*operators)} {self.literal(kind)})"

        def moments() -> str:
            return f"({self.expr(INSTANT, scene, 0)} {self.one_of('<', '>=', 'is')} {self.expr(INSTANT, scene, 0)})"

        def joined() -> str:
            word = self.one_of(" and ", " or ")
            return f"({word.join(self.expr(BOOL, scene, depth - 1) for _ in range(self.count(3, 2)))})"

        def alike() -> str:
            who = self.one_of(*self.somebody(scene))
            ways = [f"{who} same as member", f'{who} same as "m1"']
            ways += [f"member.device same as {who}.device"] * 2 if "device" in self.member and scene.named else []
            return f"({self.one_of(*ways)})"

        found: list[Callable[[], str]] = [
            *([alike] * 2 if "referrals" in self.knows and scene.named and self.somebody(scene) else []),
            compared,
            compared,
            listed,
            worded,
            worded,
            joined,
            lambda: f"(not {self.expr(BOOL, scene, depth - 1)})",
        ]
        if self.offers and scene.happens and scene.whose is None:
            found.append(lambda: f'"{self.one_of(*self.offers)}" open')
        if (scene.happens and scene.at_event) or self.fields(scene, INSTANT):
            found.append(moments)
        return found
