"""Gaps and overlaps: in tables, in tiers, between rules."""

from __future__ import annotations

from tests.study.prove.planted import Planted, frame

GAPS = [
    Planted(
        "bands of an amount",
        "G312",
        frame("Bookshop")
        + """
unit point
event sale
  paid money
table bonus
  by paid
  row from 0 EUR below 50 EUR: 1%
  row from 50 EUR below 200 EUR: 2%
  row from 200 EUR: 3%
earn "Back"
  on sale
  give bonus(paid) of (paid / 1 EUR * 1 point)
  round down per event
""",
        "row from 200 EUR",
        "row from 250 EUR",
    ),
    Planted(
        "a tier without a row",
        "G312",
        frame("Gym", "USD", "America/Denver")
        + """
unit sweat
event class
  minutes whole
tiers level
  counts sweat earned this calendar year
  tier Starter
  tier Regular at 500 sweat
  tier Athlete at 2000 sweat
  lasts through end of next calendar year
  falls one tier at a time
table extra
  by level
  row Starter: 0%
  row Regular: 10%
  row Athlete: 20%
earn "Minutes"
  on class
  give 1 sweat * minutes
earn "Extra"
  on class
  give extra(level) of "Minutes"
  round half up per event
""",
        "  row Regular: 10%\n",
        "",
    ),
    Planted(
        "a word without a row",
        "G312",
        frame("Airline")
        + """
unit mile
event flight
  fare one of light, plain, flex
  distance whole
table share
  by fare
  row light: 25%
  row plain: 100%
  row flex: 150%
earn "Flown"
  on flight
  give share(fare) of (1 mile * distance)
  round half even per event
""",
        "  row light: 25%\n",
        "",
    ),
    Planted(
        "bands that share a value",
        "G427",
        frame("Fuel", "GBP", "Europe/London")
        + """
unit point
event fill
  litres whole
  price money
table steps
  by litres
  row below 30: 1
  row from 30 below 60: 2
  row from 60: 3
earn "Fill"
  on fill
  give 1 point * steps(litres)
  limit 30 point per member per day
  round down per event
""",
        "row from 30 below 60: 2",
        "row from 30 through 60: 2",
    ),
    Planted(
        "two keys in one box twice",
        "G427",
        frame("Hotel", "USD", "America/New_York")
        + """
unit night
event stay
  house one of city, beach
  nights whole
table worth
  by house, nights
  row city, below 3: 1
  row city, from 3: 2
  row beach, below 5: 1
  row beach, from 5: 3
earn "Nights"
  on stay
  give 1 night * worth(house, nights)
  round down per event
""",
        "row beach, from 5: 3",
        "row beach, from 4: 3",
    ),
    Planted(
        "a day between two rates",
        "G945",
        frame("Cafe")
        + """
unit star
event purchase
  amount money
earn "Old rate"
  on purchase
  during before 2026-07-01
  give 1 star per 1 EUR of amount
  round down per event
earn "New rate"
  on purchase
  during from 2026-07-01
  give 2 star per 1 EUR of amount
  round down per event
""",
        "during from 2026-07-01",
        "during from 2026-07-02",
    ),
    Planted(
        "a month between two seasons",
        "G945",
        frame("Ski school", "CHF", "Europe/Zurich")
        + """
unit flake
event lesson
  fee money
  group yes/no
earn "Season 25"
  on lesson
  when group
  during 2025-11-01 through 2026-04-30
  give 5 flake
earn "Season 26"
  on lesson
  when group
  during 2026-05-01 through 2027-04-30
  give 6 flake
""",
        "during 2026-05-01",
        "during 2026-06-01",
    ),
    Planted(
        "an amount that neither has",
        "G945",
        frame("Grocer", "USD", "America/Chicago")
        + """
unit point
event basket
  total money
earn "Small"
  on basket
  when total < 40 USD
  give 1 point per 1 USD of total
  round down per event
earn "Large"
  on basket
  when total >= 40 USD
  give 1.5 point per 1 USD of total
  round down per event
""",
        "when total >= 40 USD",
        "when total > 40 USD",
    ),
    Planted(
        "tiers that neither has",
        "G945",
        frame("Salon")
        + """
unit glow
event visit
  paid money
tiers club
  counts sum of visit.paid this calendar year
  tier Basic
  tier Silver at 200 EUR
  tier Gold at 600 EUR
  lasts through end of next calendar year
  falls to the lowest
earn "Start"
  on visit
  when club <= Silver
  give 3 glow
earn "Top"
  on visit
  when club is Gold
  give 7 glow
""",
        "when club <= Silver",
        "when club is Basic",
    ),
    Planted(
        "a day with both rates",
        "G946",
        frame("Bike rental")
        + """
unit km
event ride
  distance whole
earn "Winter"
  on ride
  during before 2026-04-01
  give 1 km * distance
earn "Summer"
  on ride
  during from 2026-04-01
  give 2 km * distance
""",
        "during from 2026-04-01",
        "during from 2026-03-31",
    ),
    Planted(
        "an amount that both have",
        "G946",
        frame("Florist")
        + """
unit petal
event order
  price money
earn "Posy"
  on order
  when price >= 10 EUR and price < 30 EUR
  give 2 petal
earn "Bouquet"
  on order
  when price >= 30 EUR
  give 5 petal
""",
        "price < 30 EUR",
        "price <= 30 EUR",
    ),
]

GAPS += [
    Planted(
        "a price of a line that neither has",
        "G945",
        frame("Garden centre")
        + """
unit bud
record plant
  price money
event sale
  plants list of plant
earn "Small plants"
  on sale
  each plant where price < 8 EUR
  give 1 bud
  limit 10 bud per event
earn "Large plants"
  on sale
  each plant where price >= 8 EUR
  give 3 bud
  limit 30 bud per event
""",
        "price >= 8 EUR",
        "price > 8 EUR",
    ),
]
