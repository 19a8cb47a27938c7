"""The life of points and tiers, by chance: units, accounts, events that reverse, ladders, holds."""

from __future__ import annotations

from collections.abc import Iterator

from tests.generated.chance import BOOL, DATE, DATES, NUMBER, PERCENT, TEXT, Kind, Scene, sized
from tests.generated.declarations import Declarations

ROUNDINGS = ("down", "up", "half up", "half even")


class Life(Declarations):
    """Writes what becomes of points and of tiers."""

    # ------------------------------------------------------------ units and accounts

    def _units(self) -> None:
        self.units["point"] = self.count(3)
        if self.chance(2):
            self.units["mile"] = self.count(3)
        if self.new("status units", 4):
            self.units["night"] = 0
            self.status.add("night")
        if self.new("cash", 6):
            self.units[self.currency] = self.decimals(self.currency)

    def _unit(self, name: str) -> str:
        """A unit, written last: its conditions may ask for all that there is."""
        lines = [] if name == self.currency else [f"decimals {self.units[name]}"]
        if name in self.status:
            return "\n  ".join([f"unit {name}", *lines, *(["kind status"] if name in self.status else [])])
        if name != self.currency and (self.chance(2) or name in self.compared):
            lines.append(f"worth {10 ** self.units[name]} {self.currency}")
        scene = Scene(at_event=False, whose=self.owner(name))
        expires = [f"expires {each}" for each in self._expiries(scene)]
        if name in self.reminded and all(line.startswith("expires never") for line in expires):
            expires = ["expires 2 months after earned"]
        lines += expires
        if expires and self.chance(4):
            lines.append(f"suspended while {self.expr(BOOL, scene, 2)}")
        if self.new("order", 2):
            lines.append(f"spends {self.one_of('oldest', 'newest', 'soonest')} first")
        if self.new("debt", 2):
            debts = ["allowed", "refused", "forgiven", f"up to {self.amount(name)}"]
            debts += ["charged"] if any(line.startswith("worth") for line in lines) or name == self.currency else []
            lines.append(f"debt {self.one_of(*debts)}")
        if self.chance(9):
            lines.append("kind spendable")
        return "\n  ".join([f"unit {name}", *lines])

    def _expiries(self, scene: Scene) -> Iterator[str]:
        """Lines about expiry: those with a condition, those from a day on (the latest first), one for all the rest."""
        if "expiry" not in self.knows or self.chance(4):
            return
        for _ in range(self.one_of(0, 0, 1, 2)):
            since = f" from {self.one_of(*DATES)}" if self.chance(3) else ""
            existing = ", existing too" if since and self.chance(2) else ""
            yield f"{self._life()} when {self.expr(BOOL, scene, 2)}{since}{existing}"
        for day in sorted(self.some(DATES), reverse=True)[: self.one_of(0, 0, 1, 2)]:
            yield f"{self._life()} from {day}{', existing too' if self.chance(2) else ''}"
        if not self.chance(4):
            yield self._life()

    def _end(self) -> str:
        return f"end of {self.one_of('this', 'next')} {self.one_of(*self.periods)}"

    def _life(self) -> str:
        def after() -> str:
            origin = self.one_of("earned", "earned", "released", self._end())
            ends = f", at end of {self.one_of(*self.periods)}" if self.chance(3) else ""
            return f"{self.time()} after {origin}{ends}"

        def without() -> str:
            names = self.some([*self.events, "redemption"], 1)[:2]
            return f"{self.time()} without {', '.join(dict.fromkeys(names))}"

        return self.one_of(
            after,
            after,
            without,
            lambda: f"at {self._end()}",
            lambda: f"on {self.one_of(*DATES)}",
            lambda: "never",
        )()

    def _owners(self) -> None:
        """Which accounts there are, and what they own."""
        things = [*self.units, *self.ladders]
        for name in ("household", "firm") if "accounts" in self.knows else ():
            if name in self.member and self.chance(2):
                owned = self.some(things)
                things = [each for each in things if each not in owned]
                self.accounts[name] = tuple(owned)

    def _account(self, name: str) -> str:
        owned = self.accounts[name]
        lines = [f"members {name}", *([f"owns {', '.join(owned)}"] if owned else [])]
        if any(each in self.units for each in owned):
            if self.chance(2):
                lines.append(f"joins {self.one_of('bringing', 'keeping')} balance")
            if self.chance(2):
                lines.append(f"leaves {self.one_of('taking', 'leaving')} balance")
            if self.chance(3):
                lines.append(f"spends when {self.expr(BOOL, Scene(at_event=False), 1)}")
        return f"account {name}\n  " + "\n  ".join(lines)

    # ------------------------------------------------------------ events that reverse

    def _reversing(self) -> list[str]:
        """Events that take others back, and one that ends holds."""
        found = []
        for name in ("refund", "void"):
            if self.chance(2):
                found.append(
                    self._reversal(name, self.one_of(*(each for each in ("purchase", "visit") if each in self.events)))
                )
        if self.new("undoing", 3):
            found.append(self._reversal("undo", self.one_of("redemption", "adjustment", "transfer")))
        return found

    def _reversal(self, name: str, other: str) -> str:
        theirs = self.events.get(other, {})
        facts: dict[str, Kind] = {}
        lines: list[str] = []
        part, by_lines = self._part(theirs, facts, lines, other)
        within = f" within {self.time()}" if self.chance(2) else ""
        ways = [f"reverses {other}{within}"]
        if sized(theirs.get("code", NUMBER)) == TEXT and "returns without id" in self.knows:
            ways += [f"reverses {self.one_of('', 'latest ', 'earliest ')}{other} by code{within}"] * 2
        if by_lines and "returns without id" in self.knows:
            ways += [f"reverses {self.one_of('latest', 'earliest')} {other}{within}"] * 2
        how = self.one_of(*ways)
        if " by code" in how:
            facts["code"] = TEXT
            lines.append("code text")
        elif how.startswith(f"reverses {other}"):
            facts[other] = TEXT
        self.within.setdefault(other, []).append(bool(within))
        self.events[name] = facts
        clawbacks = ["exactly", "oldest first", "recomputed", "recomputed, oldest first"]
        if part:
            clawbacks += [f"in proportion, round {mode}{self.one_of('', ', oldest first')}" for mode in ROUNDINGS]
        lines += [how, *part]
        if self.new("modes of return", 2):
            lines.append(f"clawback {self.one_of(*clawbacks)}")
        if self.new("returns at return", 2):
            lines.append(f"counted at {self.one_of('sale', 'return', 'return')}")
        return f"event {name}\n  " + "\n  ".join(lines)

    def _part(
        self, theirs: dict[str, Kind], facts: dict[str, Kind], lines: list[str], other: str
    ) -> tuple[list[str], bool]:
        """The `part` of an event that reverses, if it has one, and whether it is over lines."""
        keys = [name for name in ("product", "category") if name in self.line]
        if "lines" in theirs and keys and self.new("returns by line", 2):
            facts["lines"] = Kind("lines", "line")
            lines.append("lines list of line")
            numbers = ["many"] if "many" in self.line and "lines by number" in self.knows else []
            of = self.one_of("price", *numbers)
            return [f"part lines.{of} by {self.one_of(*keys)}"], True
        if other not in ("purchase", "visit"):
            if other == "adjustment" or (other == "redemption" and self.rewards) or not self.chance(2):
                return [], False
            facts["many"] = Kind("quantity", "point", optional=True)
            lines.append("many point optional")
            return ["part many of quantity"], False
        if not self.chance(2):
            return [], False
        if "pieces" in theirs and self.chance(3):
            facts["pieces"] = NUMBER
            lines.append("pieces whole")
            return ["part pieces"], False
        optional = self.chance(3)
        facts["amount"] = Kind("quantity", self.currency, optional)
        lines.append(f"amount money{' optional' if optional else ''}")
        return [f"part amount{' of net' if 'net' in theirs and self.chance(2) else ''}"], False

    # ------------------------------------------------------------ rules

    def _hold(self, on: list[str], scene: Scene) -> str:
        """When what a rule gives can be spent."""

        def until_event() -> str:
            event = self.one_of(*self.events, "redemption", "joined")
            by = ""
            shared = self.shared([*on, event]) if not self.here else {}
            if "code" in shared and self.chance(2):
                by = " by code"
            return f"until {event}{by}"

        ways = [
            self.time,
            self.time,
            lambda: f"until {self.expr(DATE, scene, 1)}",
            until_event,
        ]
        if all(self.within.get(each) and all(self.within[each]) for each in on):
            ways += [lambda: "while returnable"] * 3
        return f"hold {self.one_of(*ways)()}"

    def _shares(self, scene: Scene) -> Iterator[str]:
        """Receivers of a rule's award: ` to FACT` first (or nothing), then lines that share it."""
        people = self.somebody(scene)
        to = self.one_of(*people) if people and self.chance(3) else None
        yield f" to {to}" if to else ""
        for name in people:
            if name != to and self.chance(3):
                share = self.one_of(lambda: self.one_of("10%", "33%"), lambda: self.expr(PERCENT, scene, 1))()
                known = share in self.params or (
                    share[0] != "(" and share.endswith(("%", ")"))
                )  # together they must leave something
                yield f"share {'25%' if known else share} to {name}"
