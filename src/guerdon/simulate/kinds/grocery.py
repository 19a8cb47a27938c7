"""A grocery: full baskets at the end of the week, of many categories, some with a coupon."""

from __future__ import annotations

from guerdon.simulate.kind import MEMBERS, Kind
from guerdon.simulate.member import Habit, Member
from guerdon.simulate.season import Season
from guerdon.simulate.table import money, table

BASKETS = table("baskets", "basket member:member at:time recorded:time category:word amount:money coupon:money")
RETURNS = table("returns", "return member:member at:time basket amount:money")

SHELVES = (
    ("produce", 120, 260),
    ("produce", 120, 260),
    ("dairy", 150, 280),
    ("bakery", 180, 240),
    ("meat", 450, 900),
    ("drinks", 200, 500),
    ("household", 250, 700),
)
"""Category, the least that something costs there, and how much more it may cost, in cents."""


def live(member: Member) -> None:
    """A basket of six or seven things in the middle; one in twelve things with a coupon of a fifth."""
    chance = member.chance
    for at in member.visits():
        things = []
        for _ in range(1 + chance.wait(6)):
            category, least, more = chance.one_of(SHELVES)
            cents = least + chance.below(more)
            things.append((category, cents, cents // 5 if chance.happens(80) else 0))
        id, (recorded, back) = member.named("B"), member.sale(at)
        shown = member.time(at)
        for category, cents, coupon in things:
            member.put(BASKETS, id, member.id, shown, recorded, category, money(cents), money(coupon) if coupon else "")
        if back is not None:
            cents = sum(cents for _, cents in member.comes_back([cents - coupon for _, cents, coupon in things]))
            member.put(RETURNS, member.named("R"), member.id, member.time(back), id, money(cents))


KIND = Kind(
    name="grocery",
    habit=Habit(
        season=Season(
            week=(80, 75, 85, 100, 135, 150, 75),
            year=(95, 90, 95, 100, 100, 100, 90, 90, 100, 100, 110, 130),
            opens=7,
            closes=22,
        ),
        every=5,
        shape=2,
        lapses=8,
        invited=100,
        returned=20,
    ),
    tables=(MEMBERS, BASKETS, RETURNS),
    live=live,
)
