"""Small programs by chance for laws that hold of some programs only: each says which clauses it may have."""

from __future__ import annotations

import random
from functools import lru_cache

from tests.generated import pool
from tests.generated.chance import DATES, Chance, Choose

from guerdon.check.passes import check_bytes
from guerdon.program import nodes
from guerdon.text.diagnostic import render

CLAWBACKS = ("exactly", "oldest first", "recomputed", "recomputed, oldest first")


class Tame(Chance):
    """Writes a shop: purchases earn points, by rules whose clauses a law allows."""

    def __init__(self, choose: Choose) -> None:
        super().__init__(choose)
        self.currency = "USD"
        self.units = {"point": self.count(2)}

    def head(self, *lines: str) -> str:
        zone = self.one_of("UTC", "America/New_York", "Asia/Beirut")
        return "\n  ".join(['program "P"', "currency USD", f"timezone {zone}", *lines])

    def unit(self, *lines: str, lives: bool = True) -> str:
        """Points, with an expiry that nobody's activity moves, perhaps."""
        expires = self.one_of(
            "",
            "expires 2 months after earned",
            "expires 30 days after earned, at end of month",
            "expires at end of next month",
            "expires never",
        )
        order = f"spends {self.one_of('oldest', 'newest', 'soonest')} first"
        kept = [line for line in (expires if lives else "", order, *lines) if line]
        return "\n  ".join(["unit point", f"decimals {self.units['point']}", *kept])

    def rounding(self) -> str:
        return f"round {self.one_of('down', 'up', 'half up', 'half even')} per event"

    def rate(self) -> str:
        return f"{self.amount('point', positive=True)} per {self.one_of('', 'full ')}{self.one_of('1', '3', '0.7', '20')} USD"

    def rule(self, name: str, *lines: str, on: str = "purchase") -> str:
        return "\n  ".join([f'earn "{name}"', f"on {on}", *[line for line in lines if line]])

    def base(self, *more: str) -> str:
        hold = self.one_of("", "", f"hold {self.time()}")
        return self.rule("Base", f"give {self.rate()} of amount", self.rounding(), hold, *more)

    def refund(self, clawback: str) -> str:
        return "\n  ".join(
            [
                "event refund",
                "code text",
                "amount money",
                "reverses purchase by code",
                "part amount",
                f"clawback {clawback}",
                f"counted at {self.one_of('sale', 'return')}" if "oldest first" not in clawback else "",
            ]
        ).rstrip()

    # ------------------------------------------------------------ programs

    def returned(self) -> str:
        """A shop whose purchases can be returned in part; no rule is about the return itself."""
        debt = self.one_of("allowed", "forgiven", "charged", f"up to {self.amount('point')}")
        texts = [
            self.head(),
            self.unit(f"worth {10 ** self.units['point']} USD", f"debt {debt}"),
            "event purchase\n  code text\n  amount money\n  coupon money optional",
            "event visit",
            self.refund(self.one_of(*CLAWBACKS)),
            self.base(),
        ]
        limit = self.one_of("3 times per member per month", "20 point per member per 7 days", "15 point per member")
        total = f"round {self.one_of('down', 'half up')} per total"
        rules = [
            self.rule("Bonus", f"when amount >= {self.one_of('5', '10', '50')} USD", f"give {self.amount('point')}"),
            self.rule("Part", 'give 10% of "Base"', self.rounding()),
            self.rule("Limited", f"give {self.rate()} of amount", self.rounding(), f"limit {limit}"),
            self.rule("Total", "accumulate per member per month", f"give {self.rate()} of amount", total),
            self.rule("Least", f"give {self.rate()} of amount", "minimum 3 point", self.rounding()),
            self.rule("Third", "when count of purchase this month >= 3", "give 7 point"),
            self.rule("Drawn", "control 50%", "give 3 point"),
            self.rule("Visit", "give 2 point", on="visit"),
            self.rule("Spent", "when sum of purchase.amount this month >= 30 USD", "give 4 point", on="visit"),
            self.rule("Off", f"give {self.rate()} of (amount - (coupon or 0 USD))", self.rounding()),
            self.rule(
                "Counts",
                "limit 70 USD of amount per member per month",
                f"give {self.rate()} of amount",
                self.rounding(),
            ),
        ]
        return "\n".join([*texts, *self.some(rules), *(self.group() if self.chance(2) else []), *self.ladder()]) + "\n"

    def group(self) -> list[str]:
        """Rules of which some stand together, and one that names their sum."""
        take = self.one_of("all", "best", "best", "top")
        rules = [
            self.rule("One", f"give {self.rate()} of amount"),
            self.rule("Two", f"when amount >= {self.one_of('5', '20')} USD", f"give {self.amount('point')}"),
            self.rule("Three", f'give {self.one_of("30%", "120%")} of "Base"', "funded airline 2, hotel 1"),
            self.rule("Of all", 'give 50% of "Group"', "round down per event"),
        ]
        lines = ['of "One", "Two", "Three"', f"take {take}", f"round {self.one_of('down', 'half up')}"]
        lines += [f"minimum {self.one_of('3', '20')} point"] if self.chance(3) else []
        lines += self.some(["limit 25 point per member per month", "limit 3 times per member per 7 days"])
        return [*rules, "\n  ".join(['group "Group"', *lines])]

    def redeemed(self) -> str:
        """A shop in which points are taken at the till, and what is had for them is named by a rule."""
        much = self.amount("point", positive=True)
        cost = self.one_of(
            f"cost {much}",
            f"cost {much} per full {much} of point available",
            f"cost {much} per 10 USD of amount\nround up per event",
            "cost 50% of point available\nround down per event\nfrom one expiry",
        )
        limit = self.one_of("", "limit 3 times per member per month", "limit 50 point per event, or nothing")
        texts = [
            self.head(),
            self.unit(),
            "unit USD",
            "event purchase\n  code text\n  amount money",
            "event visit",
            self.refund("exactly"),
            self.rule("Visit", f"give {self.amount('point', positive=True)}", on="visit"),
            "\n  ".join(['redeem "Off"', "on purchase", *cost.split("\n"), *([limit] if limit else [])]),
            self.rule("Got", 'give 0.10 USD per 1 point of "Off"', "round down per event"),
        ]
        earns = [self.base(), self.rule("Part", 'give 10% of "Off"', self.rounding())]
        return "\n".join([*texts, *self.some(earns)]) + "\n"

    def ladder(self) -> list[str]:
        if self.chance(3):
            return []
        counts = self.one_of("sum of purchase.amount this calendar year", "point earned last 3 months")
        unit = "USD" if "USD" in counts or "amount" in counts else "point"
        lasts = self.one_of("while met", "12 months", "forever", "through end of next calendar year")
        return [
            f"tiers status\n  counts {counts}\n  tier Low\n  tier Mid at 20 {unit}\n  tier High at 60 {unit}\n  lasts {lasts}"
        ]

    def rising(self) -> str:
        """A shop in which more never earns less: rates of the amount, with room that is filled up partly."""
        window = self.one_of("per day", "per month", "per 7 days", "per 2 months", "")
        limit = f"limit {self.amount('point')} per member {window}" if self.chance(2) else ""
        rules = [
            self.base(limit),
            self.rule("Least", f"give {self.rate()} of amount", "minimum 3 point", self.rounding()),
            self.rule(
                "Total", "accumulate per member per month", f"give {self.rate()} of amount", "round down per total"
            ),
            self.rule("Bonus", f"when amount >= {self.one_of('5', '10', '50')} USD", f"give {self.amount('point')}"),
            self.rule("Third", "when count of purchase this month >= 3", "give 7 point"),
            self.rule("Capped", f"give min({self.amount('point')}, 1 point per full 1 USD of amount)", limit),
        ]
        return (
            "\n".join([self.head(), self.unit(), "event purchase\n  amount money", rules[0], *self.some(rules[1:])])
            + "\n"
        )

    def counting(self) -> str:
        """A ladder that counts what is earned, by a rule that sees no tier; nothing is taken back."""
        window = self.one_of(
            "ever", "this calendar year", "last 3 months", "this month", "last 30 days", "previous month"
        )
        lasts = self.one_of("while met", "while met", "forever")
        ladder = (
            f"tiers status\n  counts point earned {window}\n  tier Low\n  tier Mid at 20 point\n  tier High at 60 point"
        )
        texts = [self.head(), self.unit(), "event purchase\n  amount money", self.base(), f"{ladder}\n  lasts {lasts}"]
        return "\n".join(texts) + "\n"

    def patient(self) -> str:
        """A shop that takes late events in; nothing of it depends on what is not in the order of time."""
        rules = [
            self.rule("Third", "when count of purchase this month >= 3", "give 7 point"),
            self.rule(
                "Limited", f"give {self.rate()} of amount", self.rounding(), "limit 20 point per member per 7 days"
            ),
            self.rule(
                "Total", "accumulate per member per month", f"give {self.rate()} of amount", "round down per total"
            ),
            self.rule("Back", "when (days since purchase ever or 0 days) >= 3 days", "give 5 point"),
            self.rule("Silent", "give 3 point", on=f"{self.one_of('2', '7')} days without purchase"),
            self.rule("Follows", "give 2 point", on=f"{self.one_of('3', '30')} days after purchase"),
            self.rule("Reached", "give 30 point", on="status reaching Mid"),
            self.rule(
                "Rebate", f"give {self.rate()} of sum of purchase.amount this month", self.rounding(), on="end of month"
            ),
            self.rule("High", "when status >= Mid", 'give 10% of "Base"', self.rounding()),
        ]
        texts = [
            self.head(f"lateness {self.one_of('30 days', '3 months')}"),
            self.unit(),
            "event purchase\n  code text\n  amount money",
            *([self.refund(self.one_of(*CLAWBACKS))] if self.chance(2) else []),
            self.base(),
        ]
        ladder = [
            "tiers status\n  counts sum of purchase.amount this calendar year\n  tier Low\n  tier Mid at 20 USD",
            f"  lasts {self.one_of('while met', '12 months', 'forever', 'through end of next month')}",
        ]
        return "\n".join([*texts, *self.some(rules[:-1]), rules[-1], *ladder]) + "\n"

    def waiting(self) -> str:
        """A shop in which all that has a day of its own happens."""
        periods = ("week", "month", "quarter", "calendar year", "fiscal year", "membership year")
        ways = [f"end of {each}" for each in self.some(periods, 1)]
        ways += [f"start of {self.one_of(*periods[:-1])}"]
        ways += [f"{self.time()} after {self.one_of('purchase', 'visit', 'redemption')}", self.one_of(*DATES)]
        ways += [f"{self.time()} without {self.one_of('purchase', 'visit', 'purchase, visit')}"]
        ways += ["anniversary of born", "anniversary of joining", f"{self.time()} before point expires"]
        texts = [
            self.head(),
            "unit point\n  expires 2 months after earned",
            "member\n  born date optional",
            "event purchase\n  amount money",
            "event visit",
            self.base(),
            *(self.rule(f"W{number}", "give 3 point", on=way) for number, way in enumerate(ways)),
        ]
        return "\n".join(texts) + "\n"

    def referring(self) -> str:
        """A shop that rewards friends of friends; who is brought by whom never changes."""
        sides = self.one_of(
            ["give 10 point to referrer"],
            ["give 10 point to referrer", "give 5 point to friend"],
            ["give 20% of amount to friend", "give 10 point to referrer", "give 3 point to referrer.invited_by"],
        )
        more = [
            f"limit {self.one_of('1', '2')} times per referrer per {self.one_of('month', '30 days', 'calendar year')}",
            f"limit {self.one_of('15', '25')} point per referrer",
            f"hold {self.one_of('3 days', '1 month')}",
            "refuse same device",
        ]
        clauses = [
            f"friend {self.one_of('signup', 'purchase', 'purchase')}",
            "referrer invited_by",
            f"qualifies purchase{self.one_of('', ' where amount >= 5 USD')}{self.one_of('', '', ' within 3 months of purchase')}",
            *(each.replace("20% of amount", "1 point per 5 USD of amount") for each in sides),
            "round down per event",
            *self.some(more),
        ]
        texts = [
            self.head(self.one_of("", "lateness 30 days")),
            self.unit(),
            "member\n  invited_by member optional\n  device text optional",
            "event signup",
            "event purchase\n  code text\n  amount money",
            self.refund(self.one_of(*CLAWBACKS)),
            'referral "Friends"\n  ' + "\n  ".join(clauses),
        ]
        return "\n".join(texts) + "\n"


@lru_cache(maxsize=2000)
def tame(kind: str, number: int) -> tuple[str, nodes.Program]:
    """The program of a kind and number, in this run."""
    text = getattr(Tame(random.Random(f"{pool.seed[0]}/{kind}/{number}").randrange), kind)()
    program, found = check_bytes("made.guerdon", text.encode())
    assert program is not None, text + "\n".join(map(render, found))
    return text, program
