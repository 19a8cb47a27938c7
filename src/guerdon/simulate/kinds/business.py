"""Business customers: buyers of companies, of which some order a hundred times as much as others."""

from __future__ import annotations

from guerdon.simulate.kind import MEMBERS, Kind
from guerdon.simulate.member import Habit, Member
from guerdon.simulate.season import Season
from guerdon.simulate.table import money, table

BUYERS = table("buyers", "member company since:date")
ORDERS = table("orders", "order member:member at:time recorded:time group:word amount:money")
CREDITS = table("credit_notes", "credit_note member:member at:time order amount:money")

GROUPS = ("tools", "parts", "parts", "parts", "service")
SIZES = (1,) * 70 + (5,) * 20 + (20,) * 8 + (100,) * 2
"""What a company orders, times a small one's: of a hundred companies two order a hundred times as much."""


def company(member: Member) -> int:
    """The number of the buyer with whom their company begins: one in three begins one, the others belong to the last before them."""
    number = member.number
    while number > 1 and not member.world.chance("company", number).happens(333):
        number -= 1
    return number


def live(member: Member) -> None:
    """Orders of 1 to 4 lines; a line costs 40 and waits of 120 more, times the size of the company."""
    chance, of = member.chance, company(member)
    size = member.world.chance("size", of).one_of(SIZES)
    member.put(BUYERS, member.id, f"K{of:06}", member.date(member.joined))
    for at in member.visits():
        id, (recorded, back) = member.named("O"), member.sale(at)
        lines = [(chance.one_of(GROUPS), size * (4000 + chance.wait(12000))) for _ in range(1 + chance.below(4))]
        for group, cents in lines:
            member.put(ORDERS, id, member.id, member.time(at), recorded, group, money(cents))
        if back is not None:
            cents = sum(cents for _, cents in member.comes_back([cents for _, cents in lines]))
            member.put(CREDITS, member.named("R"), member.id, member.time(back), id, money(cents))


KIND = Kind(
    name="business",
    habit=Habit(
        season=Season(
            week=(125, 125, 125, 120, 105, 0, 0),
            year=(90, 100, 115, 100, 100, 100, 85, 75, 115, 110, 110, 100),
            opens=8,
            closes=18,
        ),
        every=14,
        shape=2,
        lapses=10,
        invited=0,
        returned=40,
        partly=700,
    ),
    tables=(MEMBERS, BUYERS, ORDERS, CREDITS),
    live=live,
)
