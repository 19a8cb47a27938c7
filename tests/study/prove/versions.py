"""Newer versions that give less somewhere."""

from __future__ import annotations

from tests.study.prove.planted import Planted, frame

SHOP = (
    frame("Shop")
    + """
unit point
event sale
  paid money
  channel one of shop, web
earn "Base"
  on sale
  give 1 point per 1 EUR of paid
  round down per event
earn "Web"
  on sale
  when channel is web
  give 10 point
  limit 50 point per member per day
"""
)
HOTEL = (
    frame("Inn", "USD", "America/Denver")
    + """
unit key
event stay
  nights whole
  rate money
tiers guest
  counts sum of stay.nights this calendar year
  tier Member
  tier Silver at 10
  tier Gold at 30
  lasts through end of next calendar year
  falls one tier at a time
table more
  by guest
  row Member: 0%
  row Silver: 10%
  row Gold: 25%
earn "Stay"
  on stay
  give 5 key per 1 USD of rate
  round half up per event
earn "More"
  on stay
  give more(guest) of "Stay"
  round half up per event
"""
)
PARTS = (
    frame("Wholesale")
    + """
unit rebate_point
event order
  net money
table scale
  by net
  bands parts
  row below 1000 EUR: 1 rebate_point per 1 EUR
  row from 1000 EUR below 5000 EUR: 2 rebate_point per 1 EUR
  row from 5000 EUR: 3 rebate_point per 1 EUR
earn "Scale"
  on order
  give scale of net
  round down per event
"""
)
LINES = (
    frame("Chemist")
    + """
unit drop
record item
  brand one of own, other
  price money
event receipt
  items list of item
earn "Own brand"
  on receipt
  each item where brand is own
  give 2 drop per 1 EUR of price
  round down per line
redeem "Soap"
  cost 100 drop
"""
)
BEST = (
    frame("Rail")
    + """
unit mile
event trip
  fare money
  luxury yes/no
earn "Second class"
  on trip
  give 1 mile per 1 EUR of fare
  round down per event
earn "First class"
  on trip
  when luxury
  give 2 mile per 1 EUR of fare
  round down per event
group "Class"
  of "Second class", "First class"
  take best
  limit 500 mile per event
"""
)


def changed(text: str, was: str, becomes: str) -> str:
    assert text.count(was) == 1
    return text.replace(was, becomes)


VERSIONS = [
    Planted(
        "a coarser step",
        "G947",
        changed(SHOP, "give 10 point", "give 12 point"),
        "1 point per 1 EUR of paid",
        "10 point per full 10 EUR of paid",
        SHOP,
    ),
    Planted(
        "a channel with a minimum",
        "G947",
        changed(SHOP, "round down", "round up"),
        "when channel is web",
        "when channel is web and paid >= 5 EUR",
        SHOP,
    ),
    Planted(
        "a smaller limit",
        "G947",
        changed(SHOP, "limit 50 point", "limit 60 point"),
        "limit 60 point",
        "limit 40 point",
        SHOP,
    ),
    Planted("a tier's share", "G947", changed(HOTEL, "Silver: 10%", "Silver: 12%"), "Gold: 25%", "Gold: 24%", HOTEL),
    Planted(
        "half even instead of half up",
        "G947",
        changed(HOTEL, "give 5 key per 1 USD of rate\n  round half up", "give 5 key per 1 USD of rate\n  round up"),
        "5 key per 1 USD of rate\n  round up",
        "5 key per 1 USD of rate\n  round half even",
        HOTEL,
    ),
    Planted(
        "a threshold that rises",
        "G947",
        changed(HOTEL, "Silver at 10", "Silver at 8"),
        "Gold at 30",
        "Gold at 40",
        HOTEL,
    ),
    Planted(
        "a band that ends later",
        "G947",
        changed(PARTS, "3 rebate_point", "4 rebate_point"),
        "row below 1000 EUR: 1 rebate_point per 1 EUR\n  row from 1000 EUR",
        "row below 1200 EUR: 1 rebate_point per 1 EUR\n  row from 1200 EUR",
        PARTS,
    ),
    Planted(
        "a redeem that is dearer",
        "G947",
        changed(LINES, "give 2 drop", "give 3 drop"),
        "cost 100 drop",
        "cost 110 drop",
        LINES,
    ),
]
VERSIONS += [
    Planted(
        "lines rounded together",
        "G947",
        changed(LINES, "round down per line", "round up per line"),
        "brand is own",
        "brand is own and price >= 2 EUR",
        LINES,
    ),
    Planted(
        "a group that takes the first",
        "G947",
        changed(BEST, "limit 500 mile", "limit 600 mile"),
        "take best",
        "take top",
        BEST,
    ),
]

LASTING = (
    frame("Diner", "USD", "America/Chicago")
    + """
unit spoon
  worth 0.05 USD
  expires 12 months after earned
event meal
  bill money
earn "Meal"
  on meal
  give 1 spoon per 1 USD of bill
  round down per event
  hold 7 days
"""
)
VERSIONS += [
    Planted(
        "points that live shorter", "G947", changed(LASTING, "12 months", "18 months"), "18 months", "6 months", LASTING
    ),
    Planted(
        "points that are held longer",
        "G947",
        changed(LASTING, "hold 7 days", "hold 3 days"),
        "hold 3 days",
        "hold 30 days",
        LASTING,
    ),
    Planted(
        "points that are worth less",
        "G947",
        changed(LASTING, "worth 0.05", "worth 0.06"),
        "worth 0.06",
        "worth 0.04",
        LASTING,
    ),
]
