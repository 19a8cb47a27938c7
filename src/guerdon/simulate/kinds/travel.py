"""A hotel and an airline: trips with flights there and back, a stay, or both; some bring points along from another program."""

from __future__ import annotations

from guerdon.simulate.kind import MEMBERS, Kind
from guerdon.simulate.member import Habit, Member
from guerdon.simulate.season import DAY, Season
from guerdon.simulate.table import money, table

FLIGHTS = table("flights", "flight member:member at:time recorded:time fare:word miles:whole amount:money")
STAYS = table("stays", "stay member:member at:time recorded:time nights:whole amount:money")
CANCELLATIONS = table("cancellations", "cancellation member:member at:time flight amount:money")
OPENINGS = table("opening", "id member:member at:time quantity:whole earned")

FARES = (("basic", 9), ("basic", 9), ("main", 14), ("main", 14), ("main", 14), ("business", 45))
"""The fare, and what a mile of it costs in cents."""


def live(member: Member) -> None:
    """Three in ten bring points along; of trips half are a flight and a stay, three in ten a flight alone, two in ten a stay alone."""
    chance = member.chance
    if chance.happens(300):
        quantity = str(100 * (1 + chance.wait(80)))
        member.put(
            OPENINGS, member.named("V"), member.id, member.time(max(member.joined, 0) * DAY + 6 * 3600), quantity, "no"
        )
    for at in member.visits():
        of, nights = chance.below(10), 1 + chance.wait(2)
        if of < 8:
            miles, (fare, cents) = 200 + chance.wait(900), chance.one_of(FARES)
            fly(member, at, fare, miles, miles * cents)
            back = member.after(at, nights, nights)
            if back is not None:
                fly(member, back, fare, miles, miles * cents)
        if of < 5 or of >= 8:
            left = member.after(at, nights, nights)
            if left is not None:
                cents = nights * (8000 + 100 * chance.wait(90))
                member.put(
                    STAYS,
                    member.named("S"),
                    member.id,
                    member.time(left),
                    member.known(left),
                    str(nights),
                    money(cents),
                )


def fly(member: Member, at: int, fare: str, miles: int, cents: int) -> None:
    """A flight, of which the price, or half of it, comes back at times."""
    id, (recorded, back) = member.named("F"), member.sale(at)
    member.put(FLIGHTS, id, member.id, member.time(at), recorded, fare, str(miles), money(cents))
    if back is not None:
        for _, given_back in member.comes_back([cents]):
            member.put(CANCELLATIONS, member.named("C"), member.id, member.time(back), id, money(given_back))


KIND = Kind(
    name="travel",
    habit=Habit(
        season=Season(
            week=(130, 100, 90, 110, 130, 60, 80),
            year=(80, 85, 100, 100, 110, 120, 125, 110, 100, 100, 85, 85),
            opens=6,
            closes=22,
        ),
        every=60,
        shape=1,
        lapses=40,
        invited=50,
        returned=30,
    ),
    tables=(MEMBERS, FLIGHTS, STAYS, CANCELLATIONS, OPENINGS),
    live=live,
)
