"""A forecourt with a shop: litres at a price that moves with the seasons, and what is bought beside them."""

from __future__ import annotations

from guerdon.simulate.kind import MEMBERS, Kind
from guerdon.simulate.member import Habit, Member
from guerdon.simulate.season import DAY, Season
from guerdon.simulate.table import money, table

FILLS = table("fills", "fill member:member at:time recorded:time grade:word litres:litres amount:money")
SALES = table("sales", "sale member:member at:time recorded:time partner:word amount:money")
RETURNS = table("returns", "return member:member at:time sale amount:money")

GRADES = (("petrol", 140), ("petrol", 140), ("diesel", 148))
"""What is filled, and what a litre costs in pence, around which it moves."""
PARTNERS = ("shop", "shop", "shop", "bakery", "wash")


def live(member: Member) -> None:
    """Three in four visits are for fuel: 10 litres and waits of 28 more, 75 at most; four in ten of all visits buy something else."""
    chance = member.chance
    grade, price = chance.one_of(GRADES)
    for at in member.visits():
        if chance.happens(750):
            litres = min(1000 + chance.wait(2800), 7500)
            pence = price + abs(at // DAY // 7 % 20 - 10)  # up and down within 20 weeks
            cents = (litres * pence + 50) // 100
            member.put(
                FILLS,
                member.named("F"),
                member.id,
                member.time(at),
                member.known(at),
                grade,
                money(litres),
                money(cents),
            )
        if chance.happens(400):
            id, cents, (recorded, back) = member.named("S"), 120 + chance.wait(650), member.sale(at)
            partner = chance.one_of(PARTNERS)
            member.put(SALES, id, member.id, member.time(at + 120), recorded, partner, money(cents))
            if back is not None:
                for _, given_back in member.comes_back([cents]):
                    member.put(RETURNS, member.named("R"), member.id, member.time(back), id, money(given_back))


KIND = Kind(
    name="forecourt",
    habit=Habit(
        season=Season(
            week=(105, 95, 95, 100, 125, 105, 75),
            year=(90, 90, 95, 100, 105, 105, 115, 115, 100, 100, 90, 95),
            opens=6,
            closes=23,
        ),
        every=9,
        shape=2,
        lapses=15,
        invited=0,
        returned=15,
    ),
    tables=(MEMBERS, FILLS, SALES, RETURNS),
    live=live,
)
