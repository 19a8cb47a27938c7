"""Programs by chance: well-typed texts with every kind of clause.

What is written is accepted by the checker; `refused` counts the few texts that are not
(a line too long), each a flaw of these files.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tests.generated.chance import BOOL, DATES, EVERYTHING, NUMBER, PERCENT, TEXT, WEEKDAYS, Choose, Kind, Scene
from tests.generated.life import ROUNDINGS
from tests.generated.offered import Offered
from tests.generated.together import scopes

from guerdon.check.passes import check_bytes
from guerdon.program import nodes

NAMED = re.compile(r"say .* to \w")
"""What is said to somebody who is named."""

made: list[int] = [0]
refused: list[tuple[str, str]] = []


class Writer(Offered):
    """Writes one program."""

    def program(self) -> str:
        self._units()
        texts = [self._head()]
        body = self._records()
        for name, tiers in (("status", ("Low", "Mid", "High")), ("club", ("Guest", "Regular"))):
            if not self.chance(3):
                self.ladders[name] = tiers
        if "returns" in self.knows:
            body += self._reversing()
        if self.new("holds", 3):
            self.events["delivery"] = {"code": TEXT}
            body.append("event delivery\n  code text")
        if "built-in events" in self.knows:
            body += self._built_in()
        self._owners()
        if "bands" in self.knows:
            body += [self._param(number) for number in range(self.count(2))]
        body += [self._table(number) for number in range(self.count(3))]
        if "bands" in self.knows:
            body += [self._grid(number) for number in range(self.count(2))]
        later = []
        self.planned()
        self.offers = [f"O{number}" for number in range(self.count(2))] if self.new("offers", 3) else []
        later += [self.offer(name) for name in self.offers if self.chance(2)]
        for number in range(self.count(4, 1)):
            if self.chance(3):
                later.append(self._measure(f"measured_{number}"))
            later.append(self._rule(f"R{number}"))
            if self.new("messages", 4):
                later.append(self._message(f"S{number}"))
            if self.new("redeems", 3):
                later.append(self._redeem(f"T{number}", by_name=False))
        later += [self.offer(name) for name in self.offers if name not in self.rules]
        later += self.groups()
        if "invited_by" in self.member and self.chance(2):
            later.append(self._referral("Friends"))
        if self.chance(3):
            later.append(self._measure("measured"))
        if self.rewards:
            later += [self._redeem(f"T{number}", by_name=True) for number in range(8, 10)]
        later += [self._ladder(name) for name in self.ladders]
        body += later
        body += [self._account(name) for name in self.accounts]
        body = [self._unit(name) for name in self.units] + body
        if self.new("tests", 6):
            body.append(self._test())
        if self.new("laws", 4):
            body += self._laws()
        if self.chance(3):
            body = [body.pop(self.choose(len(body))) for _ in range(len(body))]
        return "\n".join(texts + body) + "\n"

    # ------------------------------------------------------------ rules

    def _rule(self, name: str) -> str:
        plain = name == "R0" and not self.chance(4)  # so that something is given
        on = list(dict.fromkeys(self.one_of(*self.events) for _ in range(2 if self.chance(3) else 1)))
        if plain or self.chance(2):
            on = ["purchase"]
        self.here, shared = "", self.shared(on)
        if not plain and self.new("triggers", 4):
            self.here, shared = self.trigger()
            on = [self.here]
        self.at[name] = self.here
        scene = inside = Scene(shared, named=True)
        unit = self.one_of(*self.units)
        lines = [f"on {', '.join(on)}"]
        each = "lines" in shared and not plain and self.chance(2)
        if each:
            inside = replace(scene, line=self.line)
            where = f" where {self.expr(BOOL, inside, 2)}" if self.chance(2) else ""
            lines.append(f"each line{where}")
        accumulates = self.chance(3) and ("settled totals" in self.knows or not self.within)
        give, whole = self.given(unit, inside, scene, accumulates, 0 if each and accumulates else 1)
        if plain:
            give, whole = (
                f"{self.one_of('1', '2', '0.7')} {unit} per {self.one_of('1', '3')} {self.currency} of amount",
                False,
            )
            give = give.replace("0.7", "7") if not self.units[unit] else give
        if not accumulates and not plain and (limited := self.limited_fact(unit, inside, scene)):
            (give, of_fact), whole = limited, False
            lines.append(of_fact)
        to, *shares = self._shares(scene) if "receivers" in self.knows else [""]
        lines.append(f"give {give}{to or self.one_of('', '', ' to member')}")
        lines += shares
        if accumulates:
            period = self.one_of("", *self.periods)
            whose = self.one_of("member", *self.accounts, *(self.somebody(scene) if "referrals" in self.knows else []))
            lines.append(f"accumulate per {whose}" + (f" per {period}" if period else ""))
        least = self.chance(4)
        places = [
            "event",
            *(["line"] if each and not accumulates else []),
            *(["total"] if accumulates and not least else []),
        ]
        plan = self.joins(unit)
        limits = [self._limit(unit, scene) for _ in range(self.one_of(0, 0, 1, 2, 3))]
        rounded_together = plan is not None and plan.rounds and not limits and not self.chance(3)
        if not rounded_together and (not whole or self.chance(2)):
            lines.append(f"round {self.one_of(*ROUNDINGS)} per {self.one_of(*places)}")
        if least:
            amounts = [each for each, of in self.params.items() if of == Kind("quantity", unit)]
            lines.append(f"minimum {self.one_of(*amounts, self.amount(unit))}")
        self.own = name
        self.rules[name] = unit  # a rule's guards may ask for what it gave itself
        guards = (0,) if plain else (0, 0, 0, 1, 1, 2)
        lines += [f"when {self.expr(BOOL, scene, self.one_of(1, 2, 3))}" for _ in range(self.one_of(*guards))]
        lines += [f"during {self._during()}" for _ in range(self.one_of(*guards, 0))]
        lines += limits
        if unit not in self.status and self.new("holds", 3):
            lines.append(self._hold(on, scene))
        self.own = None
        lines += self.replaces(name, on, lines) + self.funded(inside)
        lines += self.controlled(unit) if not to and not shares else []
        self.here = ""
        if plan is not None:
            self.join(plan, name, on, lines)
        if self.new("messages", 5):
            lines.append(f'say "{name} gives"')
        if self.chance(9):
            lines.append('because "of it"')
        return f'{self.one_of("earn", "rule")} "{name}"\n  ' + "\n  ".join(lines)

    def _message(self, name: str) -> str:
        """A rule that only says something."""
        on = [self.one_of("purchase", *self.events)]
        self.here, shared = "", self.shared(on)
        if self.new("triggers", 2):
            self.here, shared = self.trigger()
            on = [self.here]
        self.at[name] = self.here
        scene = Scene(shared, named=True)
        lines = [f"on {', '.join(on)}"]
        lines += [f"when {self.expr(BOOL, scene, self.one_of(1, 2))}" for _ in range(self.one_of(0, 0, 1))]
        lines += [f"during {self._during()}" for _ in range(self.one_of(0, 0, 0, 1))]
        told = self.somebody(scene) if "receivers" in self.knows else []
        lines.append(f'say "of {name}"' + "".join(f" to {each}" for each in told[:1] if self.chance(2)))
        for _ in range(self.one_of(0, 1, 1, 2)):
            per = scopes(self._limit(self.one_of(*self.units), scene)).replace(", kept on return", "")
            lines.append(f"limit {self.one_of('1', '2', '0')} times per {per}")
        lines += self.replaces(name, on, lines)
        lines += self.controlled(nodes.MESSAGE) if not any(NAMED.match(line) for line in lines) else []
        self.here = ""
        return f'rule "{name}"\n  ' + "\n  ".join(lines)

    def _redeem(self, name: str, by_name: bool) -> str:
        """A rule that takes, of what there is or a fixed price."""
        on: list[str] = [self.one_of(*(each for each in self.events if each in ("purchase", "visit")))]
        facts = self.events.get("redemption", {}) if by_name else self.shared(on)
        scene = inside = Scene(facts, named=not by_name)
        unit = self.one_of(*(each for each in self.units if each not in self.status))
        lines = [] if by_name else [f"on {on[0]}"]
        if "lines" in facts and self.chance(3):
            inside = replace(scene, line=self.line)
            lines.append("each line")
        much, there = self.amount(unit, positive=True), f"{unit} available"
        cost, whole = self.one_of(
            lambda: (much, True),
            lambda: (much, True),
            lambda: (f"{much} per full {much} of {there}", True),
            lambda: (f"50% of {there}", False),
            lambda: self.given(unit, inside, scene, False, 1),
        )()
        lines.append(f"cost {cost}")
        if self.chance(3):
            lines.append("from one expiry")
        if not whole or self.chance(3):
            places = ["event", *(["line"] if inside is not scene else [])]
            lines.append(f"round {self.one_of(*ROUNDINGS)} per {self.one_of(*places)}")
        lines += [f"when {self.expr(BOOL, scene, self.one_of(1, 2))}" for _ in range(self.one_of(0, 0, 0, 1))]
        lines += [f"during {self._during()}" for _ in range(self.one_of(0, 0, 0, 1))]
        for _ in range(self.one_of(0, 0, 1, 2)):
            limit = self._limit(unit, scene)
            if " times " not in limit and ", or nothing" not in limit:
                most, kept, end = limit.partition(", kept")
                limit = f"{most}, or nothing{kept}{end}"  # a fixed price is not cut
            lines.append(limit)
        if self.new("messages", 3):
            lines.append(f'say "{name} takes"')
        if self.chance(9):
            lines.append('because "of it"')
        self.redeems[name] = unit
        return f'redeem "{name}"\n  ' + "\n  ".join(lines)

    def trigger(self) -> tuple[str, dict[str, Kind]]:
        """What a rule waits for that is no event, and the facts of that."""
        events = ", ".join(dict.fromkeys(self.one_of(*self.events) for _ in range(2)))
        periods = [each for each in self.periods if each != "day" or self.chance(9)]
        ways = [f"end of {self.one_of(*periods)}"] * 3
        ways += [f"start of {self.one_of(*(each for each in periods if each != 'membership year'))}"]
        ways += [f"{self.time()} after {self.one_of(*self.events)}"] * 2
        ways += [f"{self.time()} without {events}"] * 2 + [self.one_of(*DATES), "anniversary of joining"]
        ways += ["anniversary of joined"] if "joined" in self.member else []
        for ladder, tiers in self.ladders.items():
            if self.owner(ladder) is None:
                ways += [f"{ladder} reaching {self.one_of(*tiers[1:])}"] * 2
        unit = self.one_of(*self.units)
        if "reminders" in self.knows and unit not in self.status and self.owner(unit) is None and self.chance(3):
            self.reminded.add(unit)
            return f"{self.time()} before {unit} expires", {"quantity": Kind("quantity", unit)}
        return self.one_of(*ways), {}

    def given(self, unit: str, inside: Scene, scene: Scene, accumulates: bool, depth: int) -> tuple[str, bool]:
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

        def in_bands() -> tuple[str, bool]:
            applied = self.applied(unit, outside, inside, depth)
            return rated() if applied is None else (applied, False)

        bands = [in_bands] * 2 if self.scales(unit, outside) else []
        return self.one_of(rated, rated, in_steps, share, *bands, *([] if accumulates else [plain, anything]))()

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

    # ------------------------------------------------------------ referrals

    def _referral(self, name: str) -> str:
        """A referral, written out by the checker."""
        unit, other = self.one_of(*self.units), self.one_of(*self.units)
        friend = self.one_of("joined", *(each for each in ("purchase", "visit") if each in self.events))
        fact = self.one_of("invited_by", *self.people(self.events.get(friend, {})))
        where = f" where {self.expr(BOOL, Scene(dict(self.events['purchase'])), 1)}" if self.chance(3) else ""
        within = f" within {self.time()} of {friend}" if self.chance(2) else ""
        lines = [f"friend {friend}", f"referrer {fact}", f"qualifies purchase{where}{within}"]
        sides = self.one_of(("referrer",), ("referrer", "friend"), ("friend",), ("referrer", "referrer.invited_by"))
        for side, of in zip(sides, (unit, other), strict=False):
            lines.append(f"give {self.amount(of, positive=True)} to {side}")
            if self.chance(4) and "." not in side:
                lines.append(f"limit {self.amount(of)} per {side}")
            if self.new("messages", 3):
                lines.append(f'say "{side}" to {side}')
        if self.chance(2):
            lines.append(f"limit {self.one_of('1', '2')} times per referrer{self.one_of('', ' per month')}")
        if self.chance(2) and not {unit, other} & self.status:
            lines.append(f"hold {self.time()}")
        if "device" in self.member and self.chance(2):
            lines.append("refuse same device")
        return f'referral "{name}"\n  ' + "\n  ".join(lines)

    # ------------------------------------------------------------ tests

    def _test(self) -> str:
        """A test that names what there is; whether it holds is no matter here."""
        numbers = [name for name, of in self.measures.items() if of == NUMBER]
        lines = [f"given {self.amount('point')}", "given anna: 3 point"]
        lines += [
            "event joined on 2026-03-02",
            f"event adjustment by anna on 2026-03-03: quantity {self.amount('point')}",
        ]
        expected = [f"expect {self.amount('point')}", 'expect 1 point from "R0"'] if self.rules["R0"] == "point" else []
        expected += [
            f"expect balance -{self.amount('point')}",
            "expect pending 1 point for anna on 2026-03-04",
            "expect refused",
            "expect 0 point on 2026-03-04",
            *(["expect 0 messages"] if "messages" in self.knows else []),
        ]
        expected += [f"expect {name} 3" for name in numbers]
        for ladder, tiers in self.ladders.items():
            lines.append(f"given {ladder} {tiers[1]}")
            expected.append(f"expect {ladder} {tiers[0]} on 2026-03-05")
            if unit := self.counted.get(ladder):
                expected += [f"expect {ladder} counts 1{unit}", f"expect {ladder} needs 2{unit} to reach {tiers[1]}"]
        for name, of in self.member.items():
            if not of.optional:
                lines += [f"given {name} {self.literal(of)}", f"given anna: {name} {self.literal(of)}"]
        return 'test "t"\n  ' + "\n  ".join([*lines, *self.some(expected, 1)])

    # ------------------------------------------------------------ laws

    def _laws(self) -> list[str]:
        """Claims of both kinds; whether they hold is no matter here."""
        of_member = Scene(at_event=False)
        when = f"when {self.expr(BOOL, of_member, 1)}\n  " if self.chance(2) else ""
        reads = self.one_of(
            "count of purchase ever >= 0", "point earned this month < 10 point or", "point available > 1 point and"
        )
        claim = reads if reads.endswith("0") else f"{reads} {self.expr(BOOL, of_member, 1)}"
        fact = "purchase.lines.price" if "lines" in self.events["purchase"] and self.chance(2) else "purchase.amount"
        more = f"never less {self.one_of(*self.units)} for more {fact}"
        return [f'law "L1"\n  {when}always {claim}', f'law "L2"\n  {more}']


def program_of(choose: Choose, knows: frozenset[str] = EVERYTHING) -> tuple[str, nodes.Program] | None:
    """A text and the program that it is; texts that are refused are counted and give None."""
    text = Writer(choose, knows).program()
    program, found = check_bytes("made.guerdon", text.encode())
    made[0] += 1
    if program is None:
        refused.append((text, "; ".join(f"{each.code} {each.message}" for each in found if each.is_error)))
        return None
    return text, program
