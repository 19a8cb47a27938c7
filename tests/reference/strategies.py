"""Programs and histories by chance: well-typed texts with every kind of clause, and events to play on them.

A text is built by type: whoever needs a number asks for one of a kind, and gets one of
the ways to write it. What is written is accepted by the checker; `refused` counts
the few texts that are not (a line too long), each a flaw of this file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import hypothesis
from hypothesis import strategies as st

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.program import nodes, types
from guerdon.program.currency import DECIMALS

T = TypeVar("T")
Choose = Callable[[int], int]
"""A number from 0 to below the one given: the one source of chance, hypothesis or a seeded generator."""

made: list[int] = [0]
ORDERED = ("quantity", "number", "percent", "date", "instant", "days", "months")
refused: list[tuple[str, str]] = []

WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
PERIODS = ("day", "week", "month", "quarter", "calendar year", "fiscal year")
CHANNELS = ("shop", "app", "web")
CATEGORIES = ("drink", "food")
LEVELS = ("basic", "plus")
TEXTS = ("a", "b", "tea")
DATES = ("2023-12-31", "2024-02-29", "2026-03-08", "2026-07-01", "2011-12-30")


@dataclass(frozen=True)
class Kind:
    """The type of a value, as far as it decides how one can be written."""

    name: str  # quantity, number, percent, bool, choice, text, date, instant, days, months, member, tier, lines
    of: Any = None  # unit, words, ladder, record
    optional: bool = False


NUMBER, PERCENT, BOOL, TEXT, DATE = (Kind(each) for each in ("number", "percent", "bool", "text", "date"))
DAYS, MONTHS, INSTANT, PERSON = (Kind(each) for each in ("days", "months", "instant", "member"))


def sized(kind: Kind) -> Kind:
    return replace(kind, optional=False)


@dataclass
class Scene:
    """What plain words can name at a place."""

    event: Mapping[str, Kind] = field(default_factory=dict)
    line: Mapping[str, Kind] | None = None
    happens: bool = True
    named: bool = False
    at_event: bool = True  # whether there is an instant


class Writer:
    """Writes one program; `choose` decides everything."""

    def __init__(self, choose: Choose) -> None:
        self.choose = choose
        self.currency = self.one_of("USD", "USD", "USD", "JPY", "KWD")
        self.units: dict[str, int] = {}
        self.events: dict[str, dict[str, Kind]] = {}
        self.line: dict[str, Kind] = {}
        self.member: dict[str, Kind] = {}
        self.ladders: dict[str, tuple[str, ...]] = {}
        self.tables: dict[str, tuple[Kind, Kind | tuple[str, str]]] = {}  # key and result; a pair is a rate
        self.measures: dict[str, Kind] = {}
        self.rules: dict[str, str] = {}  # name, unit: those whose unit is known
        self.own: str | None = None

    # ------------------------------------------------------------ chance

    def one_of(self, *options: T) -> T:
        return options[self.choose(len(options))] if len(options) > 1 else options[0]

    def some(self, options: Sequence[T], least: int = 0) -> list[T]:
        found = [each for each in options if self.chance(2)]
        return found if len(found) >= least else list(options[:least])

    def chance(self, one_in: int) -> bool:
        return self.choose(one_in) == one_in - 1

    def count(self, most: int, least: int = 0) -> int:
        return least + self.choose(most - least + 1)

    # ------------------------------------------------------------ written values

    def decimals(self, unit: str) -> int:
        return self.units[unit] if unit in self.units else DECIMALS[unit]

    def amount(self, unit: str, positive: bool = False) -> str:
        """A written quantity on its unit's grid."""
        places = self.decimals(unit)
        value = self.one_of("1", "2", "3", "5", "10", "20", "50", "100", "7", *([] if positive else ["0"]))
        if places and self.chance(3):
            value += "." + self.one_of("5", "1", "25", "99", "005", "001")[:places].ljust(1, "5")
        return f"{value} {unit}"

    def decimal(self) -> str:
        return self.one_of("1", "2", "0.5", "3", "1.25", "0.1", "10", "0", "0.003")

    def literal(self, kind: Kind, expected: bool = True) -> str:
        match kind.name:
            case "quantity":
                return self.amount(kind.of)
            case "number":
                return self.decimal()
            case "percent":
                return self.one_of("10%", "25%", "0%", "100%", "12.5%", "150%", "1%")
            case "bool":
                return self.one_of("yes", "no")
            case "choice":
                return str(self.one_of(*kind.of))
            case "text":
                return f'"{self.one_of(*TEXTS)}"'
            case "member":
                return f'"{self.one_of("m1", "m2")}"'
            case "date":
                return self.one_of(*DATES)
            case "days":
                return self.one_of("0 days", "1 days", "30 days", "365 days", "7 days")
            case "months":
                return self.one_of("0 months", "1 months", "12 months", "6 months")
            case "tier":
                return self.one_of(*self.ladders[kind.of])
        raise AssertionError(kind)

    def window(self) -> str:
        return self.one_of(
            lambda: "ever",
            lambda: f"this {self.one_of(*PERIODS)}",
            lambda: f"previous {self.one_of(*PERIODS)}",
            lambda: f"last {self.one_of('1', '2', '7', '30')} {self.one_of('days', 'weeks')}",
            lambda: f"last {self.one_of('1', '2', '12')} {self.one_of('months', 'years')}",
        )()

    # ------------------------------------------------------------ expressions

    def fields(self, scene: Scene, kind: Kind) -> list[str]:
        """The words that name a value of this kind, with a value for what may be missing."""
        found = []
        sources = [("", scene.event), *([("", scene.line)] if scene.line is not None else []), ("member.", self.member)]
        for before, facts in sources:
            for name, of in facts.items():
                hidden = before == "" and facts is scene.event and scene.line is not None and name in scene.line
                if sized(of) == kind and not hidden:
                    found.append(f"({before}{name} or {self.literal(kind)})" if of.optional else before + name)
        return found

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
                ways += self._of_the_past(kind, depth)
        if depth > 0 and scene is not None:
            ways += self._of_lines(kind, scene, depth)
            ways += self._put_together(kind, scene, depth)
        if not ways:
            ways.append(lambda: self.literal(kind))
        return self.one_of(*ways)()

    def can(self, kind: Kind, scene: Scene) -> bool:
        """Whether something of this kind can stand where a bare word would not be understood."""
        if self.fields(scene, kind) or (kind.name == "tier" and scene.happens):
            return True
        return scene.happens and (kind.of == tuple(WEEKDAYS) or bool(self._of_the_past(kind, 0)))

    def subject(self, kind: Kind, scene: Scene, depth: int) -> str:
        """What can stand on the left of a comparison of words, texts and tiers."""
        ways: list[Callable[[], str]] = []
        fields = self.fields(scene, kind)
        if fields:
            ways.append(lambda: self.one_of(*fields))
        if scene.happens:
            ways += self._of_the_moment(kind, scene)
            if depth > 0 or not ways:
                ways += self._of_the_past(kind, depth)
        return self.one_of(*ways)()

    def _of_the_moment(self, kind: Kind, scene: Scene) -> list[Callable[[], str]]:
        found: list[Callable[[], str]] = []
        measures = [name for name, of in self.measures.items() if of == kind]
        if measures:
            found.append(lambda: self.one_of(*measures))
        match kind.name:
            case "date":
                found.append(lambda: "date")
            case "choice" if kind.of == tuple(WEEKDAYS):
                found.append(lambda: "weekday")
            case "tier":
                found.append(lambda: str(kind.of))
            case "instant" if scene.at_event:
                found.append(lambda: "at")
            case "quantity" if kind.of in self.units:
                found.append(lambda: f"({kind.of} available)")
                found.append(lambda: f"({kind.of} earned {self.window()})")
                rules = [name for name, unit in self.rules.items() if unit == kind.of]
                if rules:
                    found.append(lambda: f'("{self.one_of(*rules)}" earned {self.window()})')
                    if scene.named and any(name != self.own for name in rules):
                        others = [name for name in rules if name != self.own]
                        found += [lambda: f'"{self.one_of(*others)}"', lambda: f'exact "{self.one_of(*others)}"']
        return found

    def _of_the_past(self, kind: Kind, depth: int) -> list[Callable[[], str]]:
        """Aggregates over events, and over their lines."""
        found: list[Callable[[], str]] = []
        for event, facts in self.events.items():
            found += self._over_events(kind, event, Scene(facts), facts, depth)
            for name, of in facts.items():
                if of.name == "lines":
                    found += self._over_events(kind, f"{event}.{name}", Scene(facts, self.line), self.line, depth)
        return found

    def _where(self, scene: Scene, depth: int) -> str:
        return f" where {self.expr(BOOL, scene, depth - 2)}" if self.chance(3) else ""

    def _over_events(
        self, kind: Kind, path: str, scene: Scene, known: Mapping[str, Kind], depth: int
    ) -> list[Callable[[], str]]:
        """Aggregates over an event, or over a list of its lines: what stands behind the path is judged in the scene."""

        def rest() -> str:
            return f"{self._where(scene, depth)} {self.window()}"

        found: list[Callable[[], str]] = []
        moments = () if "." in path else ("date", "weekday")  # a line has no date of its own
        of_any = [name for name, of in known.items() if of.name != "lines"]
        if kind == NUMBER:
            found.append(lambda: f"(count of {path}{rest()})")
            found.append(lambda: f"(distinct of {path}.{self.one_of(*of_any, *moments)}{rest()})")
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
        key = self.tables[table][0]
        if key.name in ("text", "choice", "tier"):
            return f"{table}({self.subject(key, scene, depth)})"
        return f"{table}({self.expr(key, scene, depth)})"

    def looked_up(self, of: Kind | tuple[str, str], scene: Scene) -> list[str]:
        """The tables with such results whose key is known here."""
        if not scene.happens:
            return []
        return [
            name
            for name, (key, result) in self.tables.items()
            if result == of and (key.name in ("number", "bool") or self.can(key, scene))
        ]

    def rate(self, unit: str, per: str, scene: Scene, depth: int) -> str:
        """A rate of `unit` per `per`."""
        tables = self.looked_up((unit, per), scene)
        if tables and self.chance(2):
            return self.lookup(self.one_of(*tables), scene, depth)
        return self.plain_rate(unit, per)

    def plain_rate(self, unit: str, per: str, full: bool = False) -> str:
        return f"{self.amount(unit)} per {'full ' if full or self.chance(3) else ''}{self.amount(per, positive=True)}"

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
                unit = self.one_of(self.currency, *self.units)
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

        found: list[Callable[[], str]] = [
            compared,
            compared,
            listed,
            worded,
            worded,
            joined,
            lambda: f"(not {self.expr(BOOL, scene, depth - 1)})",
        ]
        if (scene.happens and scene.at_event) or self.fields(scene, INSTANT):
            found.append(moments)
        return found

    # ------------------------------------------------------------ declarations

    def program(self) -> str:
        self._units()
        texts = [self._head()]
        body = [*(f"unit {name}\n  decimals {places}" for name, places in self.units.items())]
        body += self._records()
        for name, tiers in (("status", ("Low", "Mid", "High")), ("club", ("Guest", "Regular"))):
            if not self.chance(3):
                self.ladders[name] = tiers
        body += [self._table(number) for number in range(self.count(3))]
        later = []
        for number in range(self.count(4, 1)):
            if self.chance(3):
                later.append(self._measure(f"measured_{number}"))
            later.append(self._rule(f"R{number}"))
        if self.chance(3):
            later.append(self._measure("measured"))
        later += [self._ladder(name) for name in self.ladders]
        body += later
        if self.chance(3):
            body = [body.pop(self.choose(len(body))) for _ in range(len(body))]
        return "\n".join(texts + body) + "\n"

    def _head(self) -> str:
        lines = ['program "P"', f"currency {self.currency}"]
        zone = self.one_of("UTC", "America/New_York", "Pacific/Apia", "America/Sao_Paulo", "Asia/Beirut")
        lines.append(f"timezone {zone}")
        if self.chance(3):
            lines.append(f"fiscal year starts {self.one_of('04-01', '02-28', '03-01', '12-31', '07-15')}")
        if self.chance(4):
            lines.append(f"day starts {self.one_of('04:00', '00:30', '01:30', '02:30', '23:30', '12:00')}")
        if self.chance(3):
            lines.append(f"week starts {self.one_of(*WEEKDAYS)}")
        return "\n  ".join(lines)

    def _units(self) -> None:
        self.units["point"] = self.count(3)
        if self.chance(2):
            self.units["mile"] = self.count(3)

    def _records(self) -> list[str]:
        money = Kind("quantity", self.currency)
        types_ = {
            "amount": (money, "money"),
            "coupon": (replace(money, optional=True), "money optional"),
            "pieces": (NUMBER, "whole"),
            "score": (Kind("number", optional=True), "number optional"),
            "share": (PERCENT, "percent"),
            "channel": (Kind("choice", CHANNELS), f"one of {', '.join(CHANNELS)}"),
            "gift": (BOOL, "yes/no"),
            "due": (DATE, "date"),
            "back": (Kind("date", optional=True), "date optional"),
            "code": (TEXT, "text"),
            "note": (Kind("text", optional=True), "text optional"),
            "ready": (INSTANT, "instant"),
            "wait": (Kind("days", optional=True), "days optional"),
            "span": (MONTHS, "months"),
            "friend": (Kind("member", optional=True), "member optional"),
            "burnt": (Kind("quantity", "point"), "point"),
        }
        of_line = {
            "price": (money, "money"),
            "category": (Kind("choice", CATEGORIES), f"one of {', '.join(CATEGORIES)}"),
            "product": (TEXT, "text"),
            "number": (NUMBER, "whole"),
            "off": (Kind("percent", optional=True), "percent optional"),
            "fresh": (Kind("bool", optional=True), "yes/no optional"),
        }
        del of_line["number"]
        of_line["many"] = (NUMBER, "whole")
        chosen = ["price", *self.some([name for name in of_line if name != "price"])]
        self.line = {name: of_line[name][0] for name in chosen}
        texts = [f"{name} {of_line[name][1]}" for name in chosen]
        if "many" in self.line and self.chance(2):
            texts.append("total money = price * many")
            self.line["total"] = money
        if self.chance(4):
            texts.append(f"cheap yes/no = {self.expr(BOOL, Scene(dict(self.line), happens=False), 2)}")
            self.line["cheap"] = BOOL
        found = ["record line\n  " + "\n  ".join(texts)]
        of_member = {
            "joined": (Kind("date", optional=True), "date optional"),
            "level": (Kind("choice", LEVELS), f"one of {', '.join(LEVELS)}"),
            "vip": (Kind("bool", optional=True), "yes/no optional"),
            "quota": (NUMBER, "number"),
        }
        own = self.some(list(of_member))
        if own:
            self.member = {name: of_member[name][0] for name in own}
            found.append("member\n  " + "\n  ".join(f"{name} {of_member[name][1]}" for name in own))
        for event in ["purchase", *(["visit"] if self.chance(2) else [])]:
            names = ["amount", *self.some([name for name in types_ if name != "amount"])]
            facts = {name: types_[name][0] for name in names}
            texts = [f"{name} {types_[name][1]}" for name in names]
            if event == "purchase" and self.chance(2):
                facts["lines"] = Kind("lines", "line")
                texts.append("lines list of line")
            known = Scene(dict(facts), happens=False)
            if self.chance(3):
                texts.append(
                    f"net money = {self.one_of('amount', *self.fields(known, money))} - {self.amount(self.currency)}"
                )
                facts["net"] = money
            if self.chance(3):
                known = Scene(dict(facts), happens=False)
                kind, name, of = self.one_of(
                    (BOOL, "large", "yes/no"), (DATE, "until_day", "date"), (NUMBER, "rank_of", "number")
                )
                texts.append(f"{name} {of} = {self.expr(kind, known, 2)}")
                facts[name] = kind
            self.events[event] = facts
            found.append(f"event {event}\n  " + "\n  ".join(texts))
        return found

    def _table(self, number: int) -> str:
        name = f"table_{number}"
        keys: list[tuple[Kind, str, list[str]]] = [
            (Kind("choice", CHANNELS), f"channel one of {', '.join(CHANNELS)}", list(CHANNELS)),
            (TEXT, "key text", [f'"{each}"' for each in TEXTS]),
            (NUMBER, "key number", ["0", "1", "2.5", "3"]),
            (BOOL, "key yes/no", ["yes", "no"]),
            (Kind("choice", tuple(WEEKDAYS)), "weekday", ["Monday", "Sunday"]),
        ]
        keys += [(Kind("tier", ladder), ladder, list(tiers)) for ladder, tiers in self.ladders.items()] * 2
        key, by, words = self.one_of(*keys)
        unit = self.one_of(*self.units)
        per = self.one_of(self.currency, *self.units)
        results: list[Kind | tuple[str, str]] = [
            PERCENT,
            NUMBER,
            Kind("quantity", unit),
            Kind("quantity", unit),
            (unit, per),
        ]
        result = self.one_of(*results)

        def value() -> str:
            return self.plain_rate(*result) if isinstance(result, tuple) else self.literal(result)

        whole = len(words) == len(key.of or ()) or key is BOOL
        chosen = words if whole and self.chance(2) else self.some(words)
        lines = [f"by {by}", *(f"row {each}: {value()}" for each in chosen)]
        if not whole or len(chosen) < len(words):
            lines.append(f"else {value()}")
        self.tables[name] = key, result
        return f"table {name}\n  " + "\n  ".join(lines)

    def _measure(self, name: str) -> str:
        kind = self.one_of(NUMBER, Kind("quantity", self.currency), Kind("quantity", "point"), BOOL, DATE)
        text = self.expr(kind, Scene(at_event=False), 2)
        self.measures[name] = kind
        return f"measure {name}\n  is {text}"

    def _ladder(self, name: str) -> str:
        kind = self.one_of(NUMBER, Kind("quantity", self.currency), Kind("quantity", next(iter(self.units))))
        scene = Scene(at_event=False)
        kept = self.ladders, self.tables, self.measures  # what counts towards a tier may not ask for one
        self.ladders, self.measures = {}, {}
        self.tables = {table: of for table, of in self.tables.items() if of[0].name != "tier"}
        simple = self._of_the_past(kind, 2) + (self._of_the_moment(kind, scene) if kind.name == "quantity" else [])
        counts = self.one_of(*simple)() if simple and not self.chance(4) else self.expr(kind, scene, 2)
        self.ladders, self.tables, self.measures = kept
        unit = f" {kind.of}" if kind.name == "quantity" else ""
        lines, at = [f"counts {counts}", f"tier {self.ladders[name][0]}"], 0
        for tier in self.ladders[name][1:]:
            at += self.one_of(1, 2, 3, 10, 50)
            lines.append(f"tier {tier} at {at}{unit}")
        term = self.one_of(
            lambda: f"through end of {self.one_of('this', 'next')} {self.one_of(*PERIODS)}",
            lambda: f"{self.one_of('1', '2', '30')} {self.one_of('days', 'months', 'weeks')}",
            lambda: "while met",
            lambda: "forever",
        )()
        lines.append(f"lasts {term}")
        if self.chance(2) or self.chance(2):
            lines.append(f"falls {self.one_of('one tier at a time', 'to the tier counted', 'to the lowest', 'never')}")
        return f"tiers {name}\n  " + "\n  ".join(lines)

    # ------------------------------------------------------------ rules

    def _rule(self, name: str) -> str:
        on = list(self.events) if len(self.events) > 1 and self.chance(3) else [self.one_of(*self.events)]
        first = self.events[on[0]]
        shared = {fact: of for fact, of in first.items() if all(self.events[event].get(fact) == of for event in on)}
        scene = inside = Scene(shared, named=True)
        unit = self.one_of(*self.units)
        lines = [f"on {', '.join(on)}"]
        each = "lines" in shared and self.chance(2)
        if each:
            inside = replace(scene, line=self.line)
            where = f" where {self.expr(BOOL, inside, 2)}" if self.chance(2) else ""
            lines.append(f"each line{where}")
        accumulates = self.chance(3)
        give, whole = self._give(unit, inside, scene, accumulates, 0 if each and accumulates else 1)
        lines.append(f"give {give}{self.one_of('', '', ' to member')}")
        if accumulates:
            period = self.one_of("", *PERIODS)
            lines.append("accumulate per member" + (f" per {period}" if period else ""))
        least = self.chance(4)
        places = [
            "event",
            *(["line"] if each and not accumulates else []),
            *(["total"] if accumulates and not least else []),
        ]
        if not whole or self.chance(2):
            lines.append(f"round {self.one_of('down', 'up', 'half up', 'half even')} per {self.one_of(*places)}")
        if least:
            lines.append(f"minimum {self.amount(unit)}")
        self.own = name
        self.rules[name] = unit  # a rule's guards may ask for what it gave itself
        lines += [f"when {self.expr(BOOL, scene, self.one_of(1, 2, 3))}" for _ in range(self.one_of(0, 0, 0, 1, 1, 2))]
        lines += [f"during {self._during()}" for _ in range(self.one_of(0, 0, 0, 0, 1, 2))]
        lines += [self._limit(unit, scene) for _ in range(self.one_of(0, 0, 1, 2, 3))]
        self.own = None
        if self.chance(9):
            lines.append('because "of it"')
        return f'{self.one_of("earn", "rule")} "{name}"\n  ' + "\n  ".join(lines)

    def _give(self, unit: str, inside: Scene, scene: Scene, accumulates: bool, depth: int) -> tuple[str, bool]:
        """What a rule gives, and whether nothing is left to round."""
        per = self.one_of(self.currency, self.currency, *self.units)
        kind = Kind("quantity", unit)
        # a rate that accumulates is one for all lines
        outside = scene if accumulates else inside

        def rated() -> tuple[str, bool]:
            return f"{self.rate(unit, per, outside, depth)} of {self.expr(Kind('quantity', per), inside, 2)}", False

        def in_steps() -> tuple[str, bool]:
            return f"{self.plain_rate(unit, per, full=True)} of {self.expr(Kind('quantity', per), inside, 2)}", True

        def share() -> tuple[str, bool]:
            return f"{self.expr(PERCENT, outside, depth)} of {self.expr(kind, inside, 2)}", False

        def plain() -> tuple[str, bool]:
            return self.amount(unit), True

        def anything() -> tuple[str, bool]:
            return self.expr(kind, inside, 3), False

        return self.one_of(rated, rated, in_steps, share, *([] if accumulates else [plain, anything]))()

    def _during(self) -> str:
        def dates() -> str:
            start, end = sorted([self.one_of(*DATES), self.one_of(*DATES)])
            return self.one_of(start, f"{start} through {end}", f"from {start}", f"before {end}")

        def days() -> str:
            return self.one_of(*WEEKDAYS) + (f" through {self.one_of(*WEEKDAYS)}" if self.chance(2) else "")

        def hours() -> str:
            clocks = ("00:00", "01:30", "02:00", "12:00", "22:00", "23:59")
            return f"{self.one_of(*clocks)} before {self.one_of(*clocks)}"

        kind = self.one_of(dates, days, hours)
        return ", ".join(kind() for _ in range(self.count(2, 1)))

    def _limit(self, unit: str, scene: Scene) -> str:
        tables = self.looked_up(Kind("quantity", unit), scene)
        most = self.one_of(
            lambda: self.amount(unit),
            lambda: f"{self.one_of('0', '1', '2', '3')} times",
            lambda: self.lookup(self.one_of(*tables), scene, 1) if tables else self.amount(unit),
        )()
        if self.chance(4):
            per = " per event"
        else:
            per = " per member" + "".join(
                f" per {name}" for name, of in scene.event.items() if of.name != "lines" and self.chance(9)
            )
            per += self.one_of(
                "", *(f" per {period}" for period in PERIODS), " per 7 days", " per 2 months", " per 1 day"
            )
        return f"limit {most}{per}{', or nothing' if self.chance(3) else ''}"


# ---------------------------------------------------------------- programs and histories


def program_of(choose: Choose) -> tuple[str, nodes.Program] | None:
    """A text and the program that it is; texts that are refused are counted and give None."""
    text = Writer(choose).program()
    program, found = check_bytes("made.guerdon", text.encode())
    made[0] += 1
    if program is None:
        refused.append((text, "; ".join(f"{each.code} {each.message}" for each in found if each.is_error)))
        return None
    return text, program


STARTS = (
    "2026-03-02 12:00",
    "2024-02-28 22:00",
    "2024-02-29 12:00",
    "2026-03-08 01:30",
    "2026-11-01 00:30",
    "2011-12-29 22:00",
    "2018-11-03 23:30",
    "2018-02-17 22:30",
    "2025-03-29 23:30",
    "2023-12-31 23:00",
    "2024-01-31 12:00",
    "2026-06-30 20:00",
)
MINUTE, HOUR, DAY = 60, 3600, 86400
STEPS = (
    0,
    0,
    MINUTE,
    HOUR,
    3 * HOUR,
    12 * HOUR,
    DAY,
    DAY,
    2 * DAY,
    7 * DAY,
    28 * DAY,
    30 * DAY,
    31 * DAY,
    90 * DAY,
    365 * DAY,
)


def _instant(program: nodes.Program, local: str) -> int:
    moment = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(program.frame.timezone))
    return (moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _value(choose: Choose, of: types.Type, program: nodes.Program, at: int) -> Any:
    """A value of a type, none too rare."""
    pick = lambda *values: values[choose(len(values))]  # noqa: E731
    match of:
        case types.Optional(inner):
            return None if choose(2) else _value(choose, inner, program, at)
        case types.Quantity(_, step):
            return (step or 1) * pick(0, 1, 99, 100, 250, 999, 1000, 1001, 5000, 10_000, 123_456, 10**15)
        case types.Number(step, percent):
            if step == 1:
                return Fraction(pick(0, 1, 2, 3, 10, 1000))
            return pick(
                Fraction(0),
                Fraction(1, 4),
                Fraction(1),
                Fraction(1, 10),
                Fraction(5, 2),
                *([] if percent else [Fraction(-3, 2)]),
            )
        case types.Text():
            return pick(*TEXTS)
        case types.Choice(values):
            return pick(*values)
        case types.YesNo():
            return choose(2) == 1
        case types.Date():
            return date.fromisoformat(pick(*DATES))
        case types.Instant():
            return pick(at, at - 1, at + 10**12, 0)
        case types.Days():
            return pick(0, 1, 30)
        case types.Months():
            return pick(0, 1, 12)
        case types.Member():
            return pick("m1", "m2")
        case types.Lines(record):
            return tuple(_facts(choose, program.records[record], program, at) for _ in range(pick(0, 1, 2, 3)))
    raise AssertionError(of)


def _facts(choose: Choose, record: nodes.Record, program: nodes.Program, at: int) -> dict[str, Any]:
    return {name: _value(choose, fact.type, program, at) for name, fact in record.facts.items() if fact.value is None}


@dataclass
class History:
    """Events in their order, facts about members, and the end."""

    events: list[Event]
    members: dict[str, dict[str, Any]]
    as_of: date | None


def history_of(choose: Choose, program: nodes.Program) -> History:
    """What happens to up to three members, in the order in which it is looked at."""
    pick = lambda values: values[choose(len(values))]  # noqa: E731
    at = _instant(program, pick(STARTS))
    members = [f"m{number}" for number in range(1, choose(3) + 2)]
    events, kinds = [], list(program.events)
    for number in range(choose(12) + 1):
        at += 1_000_000 * pick(STEPS)
        kind = pick(kinds)
        facts = _facts(choose, program.events[kind], program, at)
        late = pick((0, 0, 0, 0, 0, 0, 0, 2 * DAY)) * 1_000_000
        sequence = number if choose(4) else 0
        events.append(Event(f"e{number:02}", kind, pick(members), at, at + late, sequence, facts))
    events.sort(key=lambda event: event.order)
    known = {name: _facts(choose, program.member, program, at) for name in members}
    as_of = pick((None, None, -400, -1, 0, 1, 31, 400, 400, 800))
    end = None if as_of is None else (datetime(1970, 1, 1) + timedelta(microseconds=at)).date() + timedelta(as_of)
    return History(events, known, end)


@st.composite
def cases(draw: Callable[[st.SearchStrategy[int]], int]) -> tuple[str, nodes.Program, list[History]]:
    """A text, its program, and histories for it: reading a text takes longer than playing on it."""

    def choose(below: int) -> int:
        return draw(st.integers(0, below - 1))

    found = program_of(choose)
    if found is None:
        hypothesis.reject()
    return *found, [history_of(choose, found[1]) for _ in range(3)]
