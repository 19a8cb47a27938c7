"""Earning without a bound."""

from __future__ import annotations

from tests.study.prove.planted import Planted, frame

BOUNDS = [
    Planted(
        "lines that cost nothing",
        "G943",
        frame("Supermarket")
        + """
unit point
record line
  promoted yes/no
  price money
event basket
  lines list of line
earn "Spend"
  on basket
  give 1 point per 1 EUR of sum of lines.price this event
  round down per event
earn "Promoted"
  on basket
  each line where promoted
  give 5 point
  limit 25 point per event
""",
        "  limit 25 point per event\n",
        "",
    ),
    Planted(
        "a factor that anybody may type",
        "G943",
        frame("Agency")
        + """
unit credit
event invoice
  net money
  factor number
earn "Credits"
  on invoice
  give min(factor, 3) * (1 credit per 1 EUR of net)
  round down per event
""",
        "min(factor, 3)",
        "factor",
    ),
    Planted(
        "a share that anybody may type",
        "G943",
        frame("Broker", "USD", "America/New_York")
        + """
unit gem
event trade
  volume money
  bonus percent
earn "Base"
  on trade
  give 1 gem per 100 USD of volume
  round down per event
earn "Bonus"
  on trade
  when bonus <= 50%
  give bonus of "Base"
  round down per event
""",
        "  when bonus <= 50%\n",
        "",
    ),
    Planted(
        "interest at each sale",
        "G943",
        frame("Savings")
        + """
unit coin
event sale
  paid money
earn "Coins"
  on sale
  give 1 coin per 1 EUR of paid
  round down per event
earn "Interest"
  on sale
  give 1% of coin available
  round down per event
  limit 10 coin per event
""",
        "  limit 10 coin per event\n",
        "",
    ),
    Planted(
        "a count that grows for ever",
        "G943",
        frame("Coffee")
        + """
unit bean
event cup
  price money
earn "Loyal"
  on cup
  give 1 bean * min(count of cup ever, 10)
  round down per event
""",
        "min(count of cup ever, 10)",
        "count of cup ever",
    ),
]

BOUNDS += [
    Planted(
        "so much for each line that is counted",
        "G943",
        frame("Hardware")
        + """
unit nut
record part
  price money
event sale
  parts list of part
  paid money
earn "Parts"
  on sale
  give 2 nut * min(count of parts this event, 10)
  round down per event
""",
        "min(count of parts this event, 10)",
        "count of parts this event",
    ),
]
