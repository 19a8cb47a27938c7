"""A wedding photographer: couples who come once, bring other couples, and whose guests order prints."""

from __future__ import annotations

from guerdon.simulate.kind import MEMBERS, Kind
from guerdon.simulate.member import Habit, Member
from guerdon.simulate.season import STEADY_WEEK, Season
from guerdon.simulate.table import money, table

DIARY = table("diary", "entry what member:member at:time price:money of")
PRINTS = table("prints", "print_order guest:member couple:member at:time recorded:time amount:money")
RETURNS = table("print_returns", "return guest:member at:time print_order amount:money")


def live(member: Member) -> None:
    """An inquiry on the day of joining; six in ten book; a wedding 6 to 14 months later; then prints for guests, five or six in the middle."""
    chance = member.chance
    asked = member.moment(member.joined)
    member.put(DIARY, member.named("E"), "inquiry", member.id, member.time(asked), "", "")
    booked = member.after(asked, 5, 40) if chance.happens(600) else None
    if booked is None:
        return
    booking = member.named("E")
    member.put(
        DIARY, booking, "booking", member.id, member.time(booked), money(100 * (1500 + 50 * chance.below(41))), ""
    )
    if chance.happens(50):
        cancelled = member.after(booked, 10, 120)
        if cancelled is not None:
            member.put(DIARY, member.named("E"), "cancellation", member.id, member.time(cancelled), "", booking)
        return
    wedding = member.after(booked, 180, 420)
    if wedding is None:
        return
    member.put(DIARY, member.named("E"), "wedding", member.id, member.time(wedding), "", "")
    for number in range(chance.wait(6)):
        guests_order(member, wedding, f"{member.id}-guest-{number + 1}")


def guests_order(member: Member, wedding: int, guest: str) -> None:
    ordered = member.after(wedding, 14, 90)
    if ordered is None:
        return
    id, cents, (recorded, back) = member.named("O"), 1500 + 5 * member.chance.wait(900), member.sale(ordered)
    member.put(PRINTS, id, guest, member.id, member.time(ordered), recorded, money(cents))
    if back is not None:
        for _, given_back in member.comes_back([cents]):
            member.put(RETURNS, member.named("R"), guest, member.time(back), id, money(given_back))


KIND = Kind(
    name="weddings",
    habit=Habit(
        season=Season(week=STEADY_WEEK, opens=9, closes=20),
        every=365,
        shape=1,
        lapses=1000,
        invited=400,
        returned=40,
    ),
    tables=(MEMBERS, DIARY, PRINTS, RETURNS),
    live=live,
)
