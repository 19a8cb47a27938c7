"""What a program is made of, by chance: its head, events and records, tables and measures."""

from __future__ import annotations

from dataclasses import replace

from tests.generated.chance import (
    BOOL,
    CATEGORIES,
    CHANNELS,
    DATE,
    INSTANT,
    LEVELS,
    MONTHS,
    NUMBER,
    PERCENT,
    PERIODS,
    PERSON,
    RANK,
    TEXT,
    TEXTS,
    WEEKDAYS,
    Kind,
    Scene,
    maybe,
)
from tests.generated.grids import Grids

ROLES = ("holder", "other")
ZONES = ("UTC", "America/New_York", "Pacific/Apia", "America/Sao_Paulo", "Asia/Beirut")


class Declarations(Grids):
    """Writes declarations, but for those about the life of points and tiers."""

    def _head(self) -> str:
        lines = ['program "P"', f"currency {self.currency}", f"timezone {self.one_of(*ZONES)}"]
        if self.chance(3):
            lines.append(f"fiscal year starts {self.one_of('04-01', '02-28', '03-01', '12-31', '07-15')}")
        if self.chance(4):
            lines.append(f"day starts {self.one_of('04:00', '00:30', '01:30', '02:30', '23:30', '12:00')}")
        if self.chance(3):
            lines.append(f"week starts {self.one_of(*WEEKDAYS)}")
        if self.new("lateness", 4):
            lines.append(f"lateness {self.one_of('3 days', '30 days', '1 months', '400 days')}")
        return "\n  ".join(lines)

    # ------------------------------------------------------------ events and records

    def _records(self) -> list[str]:
        """Lines, the member and the events; what they are is known from here on."""
        found = [self._line()]
        found += self._member()
        names = ["purchase", *(["visit"] if self.chance(2) else [])]
        return found + [self._event(name) for name in names]

    def _line(self) -> str:
        of_line = {
            "price": (self._money, "money"),
            "category": (Kind("choice", CATEGORIES), f"one of {', '.join(CATEGORIES)}"),
            "product": (TEXT, "text"),
            "off": (maybe(PERCENT), "percent optional"),
            "fresh": (maybe(BOOL), "yes/no optional"),
            "many": (NUMBER, "whole"),
        }
        chosen = ["price", *self.some([name for name in of_line if name != "price"])]
        self.line = {name: of_line[name][0] for name in chosen}
        texts = [f"{name} {of_line[name][1]}" for name in chosen]
        if "many" in self.line and self.chance(2):
            texts.append("total money = price * many")
            self.line["total"] = self._money
        if self.chance(4):
            texts.append(f"cheap yes/no = {self.expr(BOOL, Scene(dict(self.line), happens=False), 2)}")
            self.line["cheap"] = BOOL
        return "record line\n  " + "\n  ".join(texts)

    @property
    def _money(self) -> Kind:
        return Kind("quantity", self.currency)

    def _member(self) -> list[str]:
        of_member = {
            "joined": (maybe(DATE), "date optional"),
            "level": (Kind("choice", LEVELS), f"one of {', '.join(LEVELS)}"),
            "vip": (maybe(BOOL), "yes/no optional"),
            "quota": (NUMBER, "number"),
        }
        own = self.some(list(of_member))
        if "accounts" in self.knows:
            of_member["role"] = (maybe(Kind("choice", ROLES)), f"one of {', '.join(ROLES)} optional")
            of_member["household"] = (maybe(TEXT), "text optional")
            of_member["firm"] = (TEXT, "text")
            own += self.some(["role", "household"]) + (["firm"] if self.chance(5) else [])
        if "referrals" in self.knows:
            of_member["invited_by"] = (maybe(PERSON), "member optional")
            of_member["device"] = (maybe(TEXT), "text optional")
            own += ["invited_by", *self.some(["device"])] if self.chance(3) else []
        if not own:
            return []
        self.member = {name: of_member[name][0] for name in own}
        return ["member\n  " + "\n  ".join(f"{name} {of_member[name][1]}" for name in own)]

    def _event(self, event: str) -> str:
        kinds = {
            "amount": (self._money, "money"),
            "coupon": (maybe(self._money), "money optional"),
            "pieces": (NUMBER, "whole"),
            "score": (maybe(NUMBER), "number optional"),
            "share": (PERCENT, "percent"),
            "channel": (Kind("choice", CHANNELS), f"one of {', '.join(CHANNELS)}"),
            "gift": (BOOL, "yes/no"),
            "due": (DATE, "date"),
            "back": (maybe(DATE), "date optional"),
            "code": (TEXT, "text"),
            "note": (maybe(TEXT), "text optional"),
            "ready": (INSTANT, "instant"),
            "wait": (Kind("days", optional=True), "days optional"),
            "span": (MONTHS, "months"),
            "friend": (maybe(PERSON), "member optional"),
            "burnt": (Kind("quantity", "point"), "point"),
        }
        names = ["amount", *self.some([name for name in kinds if name != "amount"])]
        if "code" not in names and self.chance(2):
            names.append("code")
        facts = {name: kinds[name][0] for name in names}
        texts = [f"{name} {kinds[name][1]}" for name in names]
        if self.new("receivers", 3):
            facts["seller"] = PERSON
            texts.append("seller member")
        if event == "purchase" and self.chance(2):
            facts["lines"] = Kind("lines", "line")
            texts.append("lines list of line")
        known = Scene(dict(facts), happens=False)
        if self.chance(3):
            net = self.one_of("amount", *self.fields(known, self._money))
            texts.append(f"net money = {net} - {self.amount(self.currency)}")
            facts["net"] = self._money
        if self.chance(3):
            known = Scene(dict(facts), happens=False)
            kind, name, of = self.one_of(
                (BOOL, "large", "yes/no"), (DATE, "until_day", "date"), (NUMBER, "rank_of", "number")
            )
            texts.append(f"{name} {of} = {self.expr(kind, known, 2)}")
            facts[name] = kind
        self.events[event] = facts
        return f"event {event}\n  " + "\n  ".join(texts)

    def _built_in(self) -> list[str]:
        """Some of the built-in events, whose facts can be asked for; one may get a fact of its own."""
        words = Kind("choice", tuple(sorted(self.units)), optional=True)
        tier = {"tier": maybe(TEXT), "through": maybe(DATE)}
        known: dict[str, dict[str, Kind]] = {
            "joined": {},
            "changed": {name: maybe(of) for name, of in self.member.items()},
            "redemption": {"unit": words, **({"reward": maybe(TEXT)} if self.rewards else {})},
            "adjustment": {"unit": words, "by": maybe(TEXT), "why": maybe(TEXT), **tier},
            "transfer": {"unit": words, "to": PERSON},
            "opening": {"unit": words, "earned": maybe(BOOL), "expires": maybe(DATE), **tier},
            "merged": {"other": PERSON},
            "closed": {"why": maybe(TEXT)},
            "erased": {},
        }
        found = []
        if "endings" not in self.knows:
            known = {name: facts for name, facts in known.items() if name not in ("merged", "closed", "erased")}
        for name, facts in known.items():
            if self.chance(5):
                self.events[name] = dict(facts)
                own = "reward" if name != "redemption" or not self.rewards else "note"
                if self.chance(3):
                    self.events[name][own] = maybe(TEXT)
                    found.append(f"event {name}\n  {own} text optional")
        return found

    # ------------------------------------------------------------ tables and measures

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
        kind = self.one_of(NUMBER, self._money, Kind("quantity", "point"), BOOL, DATE)
        scene = Scene(at_event=False)
        ranks = kind is not BOOL and self.new("ranks", 3)
        plain = ranks and not self.chance(3)
        lines = [f"is {self._ranked_by() if plain else self.expr(kind, scene, 2)}"]
        if ranks:
            first, parts = self.one_of("highest", "lowest"), self.one_of("", " in 2 parts,", " in 5 parts,")
            lines.append(f"ranked {first} first,{parts} at end of {self.one_of(*PERIODS)}")
            when = f"count of purchase {self.window()} > 1" if plain else self.expr(BOOL, scene, 2)
            lines += [f"when {when}"] if self.chance(3) else []
            kind = RANK
        self.measures[name] = kind
        return f"measure {name}\n  " + "\n  ".join(lines)

    def _ranked_by(self) -> str:
        """What members are mostly ranked by: how lately, how often, how much."""
        what = self.one_of(
            "count of purchase", "sum of purchase.amount", "days since purchase", "least of purchase.amount"
        )
        return f"{what} {self.window()}"

    # ------------------------------------------------------------ what a place can see

    def shared(self, on: list[str]) -> dict[str, Kind]:
        """The facts that all of some events have."""
        first = self.events[on[0]]
        return {
            fact: of for fact, of in first.items() if all(self.events.get(event, {}).get(fact) == of for event in on)
        }

    def somebody(self, scene: Scene) -> list[str]:
        """Who is named at a place: by facts of the event, by the member, and by whom these name."""
        named = self.people(dict(scene.event))
        if self.here:
            return []  # a trigger happens to a member alone
        if "invited_by" in self.member:
            named += ["member.invited_by", "member.invited_by.invited_by"]
            named += [f"{name}.invited_by" for name in self.people(dict(scene.event))]
        return named

    def people(self, facts: dict[str, Kind]) -> list[str]:
        return [name for name, of in facts.items() if replace(of, optional=False) == PERSON]
