"""Rules that never fire for what other events, days or rules come to."""

from __future__ import annotations

from tests.study.prove.planted import Planted, frame

OVER_TIME = [
    Planted(
        "a streak longer than its window",
        "G940",
        frame("Running club")
        + """
unit mark
event run
  distance whole
earn "Every day"
  on run
  when streak per day of run this week >= 7
  give 20 mark
""",
        ">= 7",
        ">= 8",
    ),
    Planted(
        "an end of month that is not in these days",
        "G940",
        frame("Allotment")
        + """
unit seed
event harvest
  weight whole
rule "June"
  on end of month
  during 2026-06-01 through 2026-06-30
  give 5 seed
""",
        "through 2026-06-30",
        "through 2026-06-29",
    ),
    Planted(
        "what another rule never gives",
        "G940",
        frame("Records", "USD", "America/New_York")
        + """
unit groove
event order
  paid money
earn "Base"
  on order
  give 1 groove per 1 USD of paid
  round down per event
  limit 50 groove per event
earn "Big"
  on order
  when "Base" >= 40 groove
  give 25 groove
""",
        ">= 40 groove",
        ">= 60 groove",
    ),
]
