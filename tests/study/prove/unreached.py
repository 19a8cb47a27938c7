"""Rules that never fire or are shadowed, rows that are never looked up, limits that never bind, tiers that nobody reaches."""

from __future__ import annotations

from tests.study.prove.planted import Planted, frame

UNREACHED = [
    Planted(
        "amounts that exclude each other",
        "G940",
        frame("Toy shop")
        + """
unit brick
event sale
  paid money
  club yes/no
earn "Base"
  on sale
  give 1 brick per 1 EUR of paid
  round down per event
earn "Middle"
  on sale
  when club
  when paid >= 20 EUR
  when paid < 100 EUR
  give 5 brick
""",
        "when paid < 100 EUR",
        "when paid < 10 EUR",
    ),
    Planted(
        "a sum that can't be so small",
        "G940",
        frame("Deli", "USD", "America/New_York")
        + """
unit bite
record item
  kind one of hot, cold
  price money
event meal
  items list of item
  total money = sum of items.price this event
earn "Bites"
  on meal
  give 1 bite per 1 USD of total
  round down per event
earn "Snack"
  on meal
  when count of items this event is 1
  when total <= 5 USD
  give 2 bite
""",
        "when count of items this event is 1",
        "when count of items this event < 0",
    ),
    Planted(
        "days in the past of its tier",
        "G940",
        frame("Museum")
        + """
unit visit_point
event visit
  opened date
  tickets whole
earn "Visit"
  on visit
  when tickets >= 1
  give 10 visit_point
earn "Anniversary"
  on visit
  when opened >= 2020-01-01 and date >= opened + 30 days
  give 20 visit_point
""",
        "date >= opened + 30 days",
        "opened >= date + 30 days and date > opened",
    ),
    Planted(
        "a weekday on which the days don't lie",
        "G940",
        frame("Market")
        + """
unit leaf
event buy
  spent money
earn "Weekend"
  on buy
  during 2026-06-01 through 2026-06-07
  when weekday in [Saturday, Sunday]
  give 3 leaf
""",
        "during 2026-06-01 through 2026-06-07",
        "during 2026-06-01 through 2026-06-05",
    ),
    Planted(
        "a count that two windows can't have",
        "G940",
        frame("Barber", "USD", "America/Denver")
        + """
unit cut
event haircut
  price money
earn "Regular"
  on haircut
  when count of haircut this month >= 2
  when count of haircut this calendar year < 30
  give 1 cut
""",
        "count of haircut this calendar year < 30",
        "count of haircut this calendar year < 2",
    ),
    Planted(
        "a table that says no",
        "G940",
        frame("Telecom")
        + """
unit gig
event topup
  plan one of basic, plus, max
  amount money
table rate
  by plan
  row basic: 0%
  row plus: 5%
  row max: 10%
earn "Data"
  on topup
  when plan in [plus, max]
  when rate(plan) >= 5%
  give 1 gig per 10 EUR of amount
  round down per event
""",
        "when rate(plan) >= 5%",
        "when rate(plan) > 10%",
    ),
    Planted(
        "nothing is left of it",
        "G940",
        frame("Kiosk")
        + """
unit chip
event sale
  paid money
earn "Chips"
  on sale
  when paid < 5 EUR
  give 1 chip per 1 EUR of paid
  round down per event
""",
        "when paid < 5 EUR",
        "when paid < 1 EUR",
    ),
    Planted(
        "a tier behind a lower one",
        "G940",
        frame("Pet shop")
        + """
unit paw
event order
  value money
tiers pack
  counts paw earned this calendar year
  tier Pup
  tier Hound at 300 paw
  tier Wolf at 900 paw
  lasts through end of next calendar year
  falls one tier at a time
earn "Base"
  on order
  give 1 paw per 1 EUR of value
  round down per event
earn "Top"
  on order
  when pack >= Hound
  when pack is not Pup
  give 10 paw
""",
        "when pack is not Pup",
        "when pack is Pup",
    ),
    Planted(
        "always the lesser of a group",
        "G941",
        frame("Cinema")
        + """
unit reel
event ticket
  price money
  student yes/no
earn "Everybody"
  on ticket
  give 2 reel per 1 EUR of price
  round down per event
earn "Students"
  on ticket
  when student
  give 3 reel per 1 EUR of price
  round down per event
group "One of them"
  of "Everybody", "Students"
  take best
""",
        "give 3 reel",
        "give 1 reel",
    ),
    Planted(
        "behind one that is always first",
        "G941",
        frame("Garage")
        + """
unit bolt
event service
  bill money
  electric yes/no
earn "Large bill"
  on service
  when bill >= 100 EUR
  give 20 bolt
earn "Electric"
  on service
  when electric and bill >= 50 EUR
  give 10 bolt
group "First"
  of "Large bill", "Electric"
  take top
""",
        "when bill >= 100 EUR",
        "when bill >= 50 EUR",
    ),
    Planted(
        "always replaced",
        "G941",
        frame("Sports", "USD", "America/Chicago")
        + """
unit medal
event sale
  paid money
  online yes/no
earn "Plain"
  on sale
  when paid >= 10 USD
  give 1 medal
earn "Online"
  on sale
  when online
  replaces "Plain"
  give 3 medal
""",
        "  when online\n",
        "",
    ),
    Planted(
        "a band that conditions leave out",
        "G942",
        frame("Energy")
        + """
unit watt
event bill
  kwh whole
  green yes/no
table thanks
  by kwh
  row below 100: 1
  row from 100 below 500: 2
  row from 500: 3
earn "Saving"
  on bill
  when green
  when kwh <= 800
  give 1 watt * thanks(kwh)
  round down per event
""",
        "when kwh <= 800",
        "when kwh <= 450",
    ),
    Planted(
        "a tier that never asks",
        "G942",
        frame("Theatre")
        + """
unit act
event seat
  price money
tiers friends
  counts sum of seat.price last 12 months
  tier Guest
  tier Friend at 100 EUR
  tier Patron at 500 EUR
  lasts 12 months
  falls to the tier counted
table plus
  by friends
  row Guest: 1 act
  row Friend: 2 act
  row Patron: 5 act
earn "Seat"
  on seat
  when price > 0 EUR
  give plus(friends) + 1 act
""",
        "when price > 0 EUR",
        "when friends >= Friend",
    ),
    Planted(
        "a day's limit that is tighter",
        "G944",
        frame("Bakery")
        + """
unit crumb
event purchase
  amount money
earn "Crumbs"
  on purchase
  give 1 crumb per 1 EUR of amount
  round down per event
  limit 20 crumb per member per day
  limit 300 crumb per member per month
""",
        "limit 300 crumb",
        "limit 700 crumb",
    ),
    Planted(
        "an event that never brings so much",
        "G944",
        frame("Parking")
        + """
unit slot
event stay
  hours whole
earn "Slots"
  on stay
  when hours <= 24
  give 1 slot * hours
  limit 12 slot per event
  round down per event
""",
        "limit 12 slot per event",
        "limit 24 slot per event",
    ),
    Planted(
        "limits below a tier",
        "G948",
        frame("Club")
        + """
unit badge
event meeting
  minutes whole
tiers rank
  counts badge earned this calendar year
  tier New
  tier Senior at 300 badge
  lasts through end of next calendar year
  falls to the lowest
earn "Meeting"
  on meeting
  when minutes >= 30
  give 5 badge
  limit 5 badge per member per day
  limit 30 badge per member per month
""",
        "tier Senior at 300 badge",
        "tier Senior at 400 badge",
    ),
]
