"""A shop with a purpose: purchases, some of which round up for a cause, hours of help, and surveys."""

from __future__ import annotations

from guerdon.simulate.kind import MEMBERS, Kind
from guerdon.simulate.member import Habit, Member
from guerdon.simulate.season import Season
from guerdon.simulate.table import money, table

PURCHASES = table("purchases", "purchase member:member at:time recorded:time channel:word amount:money")
DONATIONS = table("donations", "donation member:member at:time cause:word amount:money")
HELP = table("help", "help member:member at:time hours:whole")
SURVEYS = table("surveys", "survey member:member at:time score:whole")
RETURNS = table("returns", "return member:member at:time purchase amount:money")

CHANNELS = ("shop", "shop", "web")
CAUSES = ("forest", "school", "shelter")


def live(member: Member) -> None:
    """One in four members gives at one purchase in three; one in thirty visits is followed by hours of help, one in forty by a survey."""
    chance = member.chance
    gives, cause = chance.happens(250), chance.one_of(CAUSES)
    for at in member.visits():
        id, cents, (recorded, back) = member.named("P"), 500 + chance.wait(3500), member.sale(at)
        channel = chance.one_of(CHANNELS)
        member.put(PURCHASES, id, member.id, member.time(at), recorded, channel, money(cents))
        if gives and chance.happens(333):
            member.put(
                DONATIONS, member.named("D"), member.id, member.time(at + 30), cause, money(100 * (1 + chance.wait(4)))
            )
        if chance.happens(33):
            member.put(HELP, member.named("H"), member.id, member.time(at + 600), str(1 + chance.below(4)))
        if chance.happens(25):
            member.put(SURVEYS, member.named("N"), member.id, member.time(at + 300), str(min(10, 5 + chance.below(7))))
        if back is not None:
            for _, given_back in member.comes_back([cents]):
                member.put(RETURNS, member.named("R"), member.id, member.time(back), id, money(given_back))


KIND = Kind(
    name="purpose",
    habit=Habit(
        season=Season(
            week=(85, 85, 90, 95, 110, 140, 95),
            year=(80, 85, 90, 95, 100, 100, 90, 90, 100, 105, 120, 145),
            opens=9,
            closes=20,
        ),
        every=21,
        shape=1,
        lapses=30,
        invited=200,
        returned=60,
    ),
    tables=(MEMBERS, PURCHASES, DONATIONS, HELP, SURVEYS, RETURNS),
    live=live,
)
