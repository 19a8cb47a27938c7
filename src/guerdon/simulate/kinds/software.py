"""A software subscription: a payment each month until somebody leaves, days of use, features tried, and surveys."""

from __future__ import annotations

from guerdon.simulate.kind import MEMBERS, Kind
from guerdon.simulate.member import Habit, Member
from guerdon.simulate.season import DAY, Season
from guerdon.simulate.table import money, table

PAYMENTS = table("payments", "payment member:member at:time recorded:time plan:word amount:money")
USES = table("uses", "use member:member at:time feature:word")
SURVEYS = table("surveys", "survey member:member at:time score:whole")
REFUNDS = table("refunds", "refund member:member at:time payment amount:money")

PLANS = (("starter", 900), ("team", 2900), ("business", 9900))
FEATURES = ("report", "report", "report", "share", "share", "automation", "api")
MONTH = 30


def live(member: Member) -> None:
    """A payment every 30 days while they use it, three months at least; one in twenty moves to the next plan at a payment."""
    chance, first = member.chance, max(member.joined, 0)
    last = first * DAY
    for at in member.visits():
        member.put(USES, member.named("U"), member.id, member.time(at), chance.one_of(FEATURES))
        last = at
        if chance.happens(15):
            score = min(10, 4 + chance.below(8))
            member.put(SURVEYS, member.named("N"), member.id, member.time(at + 300), str(score))
    plan = chance.below(20) // 9
    days = member.world.calendar.count
    for day in range(first, min(max(last // DAY + MONTH, first + 3 * MONTH), days), MONTH):
        name, cents = PLANS[plan]
        id, at = member.named("P"), member.moment(day)
        recorded, back = member.sale(at)
        member.put(PAYMENTS, id, member.id, member.time(at), recorded, name, money(cents))
        if back is not None:
            for _, given_back in member.comes_back([cents]):
                member.put(REFUNDS, member.named("R"), member.id, member.time(back), id, money(given_back))
        plan = min(plan + 1, 2) if chance.happens(50) else plan


KIND = Kind(
    name="software",
    habit=Habit(
        season=Season(
            week=(130, 135, 135, 130, 110, 30, 30),
            year=(100, 105, 105, 100, 100, 100, 85, 80, 110, 110, 110, 95),
            opens=7,
            closes=20,
        ),
        every=4,
        shape=1,
        lapses=12,
        invited=150,
        returned=25,
    ),
    tables=(MEMBERS, PAYMENTS, USES, SURVEYS, REFUNDS),
    live=live,
)
