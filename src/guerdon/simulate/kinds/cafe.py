"""A chain of cafes: small sales on workdays, paid in three ways, a drink and often something with it."""

from __future__ import annotations

from guerdon.simulate.kind import MEMBERS, Kind
from guerdon.simulate.member import Habit, Member
from guerdon.simulate.season import Season
from guerdon.simulate.table import money, table

PURCHASES = table("purchases", "purchase item member:member at:time recorded:time paid_by:word product category:word amount:money")  # fmt: skip
RETURNS = table("returns", "return member:member at:time purchase item amount:money")
REQUESTS = table("redemption", "id member:member at:time reward")

DRINKS = (("espresso", 260), ("filter coffee", 310), ("latte", 450), ("cappuccino", 430), ("tea", 320), ("iced latte", 510))  # fmt: skip
FOOD = (("croissant", 340), ("muffin", 360), ("sandwich", 790), ("cookie", 250))
GOODS = (("beans", 1490), ("mug", 1250))
PAID_BY = ("cash", "card", "card", "app", "app")


def live(member: Member) -> None:
    """Visits with one drink and up to two things more; every tenth visit or so a drink is asked for."""
    chance = member.chance
    for at in member.visits():
        items = [(*chance.one_of(DRINKS), "drink")]
        items += [(*chance.one_of(FOOD), "food") for _ in range(2) if chance.happens(300)]
        items += [(*chance.one_of(GOODS), "merchandise")] if chance.happens(30) else []
        id, (recorded, back) = member.named("P"), member.sale(at)
        paid_by = chance.one_of(PAID_BY)
        for number, (product, cents, category) in enumerate(items, 1):
            member.put(PURCHASES, id, str(number), member.id, member.time(at), recorded, paid_by, product, category, money(cents))  # fmt: skip
        if back is not None:
            named = member.named("R")
            for place, cents in member.comes_back([cents for _, cents, _ in items]):
                member.put(RETURNS, named, member.id, member.time(back), id, str(place + 1), money(cents))
        if chance.happens(100):
            member.put(REQUESTS, member.named("D"), member.id, member.time(at + 60), "Any drink")


KIND = Kind(
    name="cafe",
    habit=Habit(
        season=Season(
            week=(110, 115, 115, 115, 120, 75, 50),
            year=(95, 95, 100, 100, 100, 100, 90, 90, 105, 110, 110, 105),
            opens=7,
            closes=19,
        ),
        every=6,
        shape=1,
        lapses=25,
        invited=250,
        returned=12,
    ),
    tables=(MEMBERS, PURCHASES, RETURNS, REQUESTS),
    live=live,
)
